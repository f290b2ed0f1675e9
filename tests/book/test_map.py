"""The map on the first page has every chapter, with the question that it answers and the chapters that it builds on."""

import re

import nbformat
from building import SmallBook

NEEDS = (
    "# II.2 Two\n\n:::{admonition} Before you start\n**You need** [three](three.ipynb), [one](../first/one.ipynb).\n:::"
)


def test_it_follows_the_chapters(tmp_path, root):
    chapters = {"first/one": "# I.1 One", "second/two": NEEDS, "second/three": "# II.3 Three\n\n[Two](two.ipynb)."}
    book = SmallBook(tmp_path, root, **{name: [prose, "1 + 1"] for name, prose in chapters.items()})
    index = "# A small book\n\n## First\n\n```{map} first\n```\n\n## Second\n\n```{map} second\n```\n"
    (tmp_path / "index.md").write_text(index, encoding="utf-8")
    for name in ("first/one", "second/two"):
        ask(tmp_path / f"chapters/{name}.ipynb", f"What is in {name}?")
    assert "chapters/second/three has no question in its metadata" in book.build(succeeds=False)

    ask(tmp_path / "chapters/second/three.ipynb", "What is it for?")
    book.build()
    assert rows(book) == [
        ["I.1 One", "What is in first/one?", ""],
        ["II.2 Two", "What is in second/two?", "I.1, II.3"],
        ["II.3 Three", "What is it for?", ""],
    ]

    # The first page follows, though it was not touched.
    ask(tmp_path / "chapters/second/three.ipynb", "What else?")
    book.replace("chapters/second/two.ipynb", "[three](three.ipynb), ", "")
    book.build()
    assert [row[1:] for row in rows(book)[1:]] == [["What is in second/two?", "I.1"], ["What else?", ""]]


def test_the_book_s_first_page_has_every_chapter(html, pages):
    index = (html / "index.html").read_text(encoding="utf-8")
    chapters = [page for page in pages if re.match("chapters/(math|equations|forward)/", page)]
    assert re.findall(r'<tr class="row-\w+"><td><p><a [^>]*href="(\S+)\.html"', index) == chapters


def ask(path, question):
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["question"] = question
    nbformat.write(notebook, path)


def rows(book):
    """The cells of the tables on the first page, as text."""
    index = (book.folder / "_build/html/index.html").read_text(encoding="utf-8")
    cells = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr.*?</tr>", index, re.DOTALL)]
    return [[re.sub("<[^>]+>", "", cell) for cell in row] for row in cells if row]
