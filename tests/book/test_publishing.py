"""A book that is not published names no address; one setting gives it all of them. And its notebooks run elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import types
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree

import downloads
import nbformat
import publishing
import pytest
from building import CERTIFICATE, SmallBook
from IPython.core.inputtransformer2 import TransformerManager
from nbclient import NotebookClient
from publishing import Place
from support import chapter_files, serving

REPOSITORY = "https://github.com/Ada/deep-math"
SITE = "https://ada.github.io/deep-math/"
CHAPTERS = re.compile(r"chapters/(math|equations|forward)/")
DIRECTIVE = re.compile(
    r"^\s*(?::{3,}|`{3,}|~{3,})\s*\{|\{[\w:-]+\}`|^\([\w-]+\)=|^:[\w-]+:|^:{3,}|\{\{|\$\$ *\(\w", flags=re.MULTILINE
)
PROSE = """\
# One: how $N$ samples $\\to$ a loss

The promise, with {cite:t}`huber1964` and *no* mark-up.

:::{admonition} Before you start
:class: note

1. See {eq}`mse-gradient`, {numref}`fig-line`, [two](two.ipynb) and [the list](appendix/list.md).

```{dropdown} More
As {cite:p}`legendre1805,gauss1809` say, `{eq}` is a role.
```
:::

```text
:::{admonition} is how it is written
```

```{exercise} Try it
:label: exercise-one
Do it.
```
"""
FIGURE = """\
import matplotlib.pyplot as plt
from dlmath import plotting

figure, axes = plt.subplots()
plotting.show(figure, "Nothing is drawn.")
"""
TWO = "# Two\n\n(a-place)=\n## A place\n\nMore."
LIST = """\
# List

::::{published}
At <[[wheel]]>.
::::

::::{unpublished}
Nowhere.
::::

```{bibliography}
```
"""


def markdown(notebook: nbformat.NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture(scope="module")
def books(tmp_path_factory, root):
    """A small book as it is built without the setting, and then with it."""
    book = SmallBook(tmp_path_factory.mktemp("book"), root, one=[PROSE, CERTIFICATE, FIGURE], two=[TWO, "1"])
    source = book.folder / "chapters/one.ipynb"
    notebook = nbformat.read(source, as_version=4)
    caption = {"name": "fig-line", "caption": "A line, {eq}`mse-gradient`."}
    notebook.cells[2].metadata = {"tags": ["hide-input"], "mystnb": {"figure": caption}}
    nbformat.write(notebook, source)
    (book.folder / "chapters/appendix").mkdir()
    (book.folder / "chapters/appendix/list.md").write_text(LIST, encoding="utf-8")
    book.toc("one", "two", "appendix/list")
    before = source.read_bytes()
    html = book.folder / "_build/html"
    book.build()
    unpublished = Path(shutil.copytree(html, book.folder / "unpublished"))
    book.replace("_config.yml", 'url: ""', f'url: "{REPOSITORY}"')
    book.build()
    assert source.read_bytes() == before
    return unpublished, html


def test_without_the_setting_there_is_no_address_and_no_place_for_one(books):
    unpublished, _ = books
    pages = {file.name: file.read_text(encoding="utf-8") for file in unpublished.rglob("*.html")}
    for name, text in pages.items():
        for word in ("colab", "mybinder", "og:", 'rel="canonical"', "github.io", "OWNER", "[["):
            assert word not in text, f"{word} is on {name}"
    assert "Nowhere." in pages["list.html"]
    assert not (unpublished / "sitemap.xml").exists()
    assert not (unpublished / "404.html").exists()
    assert re.search(r'<p class="dl-run">.*href="../_sources/chapters/one.ipynb" download', pages["one.html"])


def test_with_it_every_page_has_its_address_and_every_chapter_can_be_opened(books):
    _, published = books
    page = (published / "chapters/one.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="{SITE}chapters/one.html"' in page
    tags = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)"', page))
    assert tags["description"] == tags["og:description"] == "The promise, with Huber [Hub64] and no mark-up."
    assert tags["og:url"] == f"{SITE}chapters/one.html"
    assert tags["og:image"].startswith(SITE)
    assert (published / tags["og:image"].removeprefix(SITE)).read_bytes().startswith(b"\x89PNG")
    (line,) = re.findall(r'<p class="dl-run">.*', page)
    for address in publishing.launches(Place(REPOSITORY, SITE), "chapters/one").values():
        assert f'href="{address}"' in line
        assert page.count(address) == 2, "in the line and in the menu"
    text = (published / "chapters/appendix/list.html").read_text(encoding="utf-8")
    assert f'href="{SITE}{publishing.WHEEL}"' in text
    assert "Nowhere." not in text
    assert (published / publishing.WHEEL).exists()


def test_the_sitemap_has_the_pages_and_no_others(books):
    _, published = books
    addresses = {element.text for element in ElementTree.parse(published / "sitemap.xml").iter() if element.text}
    pages = ("index", "chapters/one", "chapters/two", "chapters/appendix/list")
    assert addresses == {f"{SITE}{page}.html" for page in pages}


def test_the_page_for_wrong_addresses_can_stand_at_any_of_them(books):
    _, published = books
    page = (published / "404.html").read_text(encoding="utf-8")
    addresses = re.findall(r'(?:href|src)="([^"]+)"', page)
    assert len(addresses) > 10
    assert [a for a in addresses if not a.startswith(("/deep-math/", "#", "https://", "data:"))] == []


def file_of(address: str, pages: Path) -> Path:
    """The file that is served at an address of the published pages."""
    file = pages / unquote(urlsplit(address).path.removeprefix(urlsplit(SITE).path))
    return file / "index.html" if file.is_dir() else file


def test_every_address_of_the_pages_below_their_path_has_its_file(books):
    _, published = books
    places = set()
    for page in set(published.rglob("*.html")) - set((published / "_static").rglob("*")):  # the theme's templates
        here = f"{SITE}{page.relative_to(published).as_posix()}"
        text = page.read_text(encoding="utf-8")
        links = re.findall(r'(?:href|src)="([^"#:]+)["#]', text) + re.findall(rf'"({re.escape(SITE)}[^"#]*)["#]', text)
        places |= {urljoin(here, link) for link in links}
    for notebook in (published / "_sources").rglob("*.ipynb"):
        places |= set(re.findall(rf"{re.escape(SITE)}[\w./-]+", notebook.read_text(encoding="utf-8")))
    ours = {place for place in places if urlsplit(place).netloc == urlsplit(SITE).netloc}
    assert len(ours) > 30
    assert [place for place in ours if not place.startswith(SITE) or not file_of(place, published).is_file()] == []


def test_colab_and_binder_open_files_of_the_branches_they_name(books):
    _, published = books
    root = published.parents[1]
    for chapter in ("chapters/one", "chapters/two"):
        found = publishing.launches(Place(REPOSITORY, SITE), chapter)
        on_pages = found["Colab"].partition(f"/Ada/deep-math/blob/{publishing.PAGES_BRANCH}/")[2]
        assert (published / on_pages).is_file()
        in_repository = found["Binder"].partition("/Ada/deep-math/HEAD?urlpath=lab/tree/")[2]
        assert (root / in_repository).is_file()


@pytest.fixture(scope="module")
def github(books, tmp_path_factory):
    """The published book as GitHub serves it, below a path; and a preview of a pull request below that."""
    _, published = books
    place = tmp_path_factory.mktemp("github")
    hidden = () if (published / ".nojekyll").exists() else ("_*", ".*")  # what Jekyll leaves out
    for folder in ("deep-math", "deep-math/pull/pr-7"):
        shutil.copytree(published, place / folder, ignore=shutil.ignore_patterns(*hidden), dirs_exist_ok=True)
    with serving(place) as address:
        yield address


@pytest.mark.parametrize("below", ["deep-math", "deep-math/pull/pr-7"])
def test_github_serves_all_that_a_page_asks_for(browser, github, below):
    tab = browser.new_page()
    failed = []
    tab.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    tab.goto(f"{github}/{below}/chapters/one.html", wait_until="networkidle")
    assert failed == []
    assert tab.locator("mjx-container").count() > 0
    assert tab.evaluate("getComputedStyle(document.querySelector('.bd-sidebar-primary')).position") == "sticky"
    notebook = tab.locator(".dl-run a[download]").evaluate("link => link.href")
    assert tab.request.get(notebook).ok
    tab.close()


@pytest.mark.parametrize(
    ("repository", "site"),
    [
        ("https://github.com/Ada/deep-math", SITE),
        ("https://github.com/Ada/ada.github.io", "https://ada.github.io/"),
        ("https://gitlab.com/ada/book", "https://ada.gitlab.io/book/"),
        ("https://git.example.org/ada/book", ""),
        ("", ""),
    ],
)
def test_the_address_of_the_pages_follows_from_that_of_the_repository(repository, site):
    assert publishing.site_of(repository) == site


def test_the_environment_comes_before_the_configuration():
    theme = {"repository_url": "https://github.com/ada/book.git"}
    assert publishing.repository_of(theme, {}) == "https://github.com/ada/book"
    assert publishing.repository_of(theme, {"REPOSITORY": f"{REPOSITORY}/"}) == REPOSITORY
    assert publishing.repository_of({"repository_url": ""}, {"REPOSITORY": ""}) == ""


def test_a_repository_elsewhere_opens_in_binder_alone():
    assert set(publishing.launches(Place("https://git.example.org/ada/book", ""), "chapters/one")) == {"Binder"}
    assert publishing.launches(Place("", ""), "chapters/one") == {}


# The notebooks that are downloaded


def test_a_download_is_plain_markdown_that_says_the_same(books):
    near, far = (nbformat.read(book / "_sources/chapters/one.ipynb", as_version=4) for book in books)
    for notebook in (near, far):
        nbformat.validate(notebook)
        text = markdown(notebook).replace("```text\n:::{admonition} is how it is written\n```", "")
        assert DIRECTIVE.findall(text.replace("`{eq}` is a role", "")) == []
        assert "`{eq}` is a role" in text
        for part in (
            "Huber [Hub64]",
            "[Leg05, Gau09]",
            "**Before you start**",
            "<details><summary>More</summary>",
            "**Exercise: Try it.**\n\nDo it.",
            "Robust estimation of a location parameter",
            "Fig. 1,",
        ):
            assert part in text, part
        (figure,) = [cell for cell in notebook.cells if "plt.subplots" in cell.source]
        assert figure.metadata["jupyter"] == {"source_hidden": True}
    assert "See (1, `mse-gradient`), Fig. 1, [two](two.ipynb) and the list." in markdown(near)
    assert f"[(1, `mse-gradient`)]({SITE}chapters/one.html#equation-mse-gradient)" in markdown(far)
    assert f"[the list]({SITE}chapters/appendix/list.html)" in markdown(far)
    assert "*Fig. 1.* A line, (1, `mse-gradient`)." in markdown(near)


def run_first_cell(place: Place, missing: set[str], monkeypatch, **situation: object) -> list[str]:
    """What the first cell runs as a magic command, where some modules are missing."""
    commands: list[str] = []
    shell = types.SimpleNamespace(run_line_magic=lambda name, line, **options: commands.append(f"{name} {line}"))
    code = TransformerManager().transform_cell(downloads.first_cell(place).source)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name in missing else object())
    for name, value in situation.items():
        if name == "colab":
            monkeypatch.setitem(sys.modules, "google.colab", value)
        else:
            monkeypatch.setattr(sys, name, value)
    exec(code, {"get_ipython": lambda: shell})
    return commands


@pytest.mark.parametrize("place", [Place("", ""), Place(REPOSITORY, SITE)], ids=["from disk", "published"])
def test_the_first_cell_does_nothing_where_nothing_is_missing(place, monkeypatch):
    assert run_first_cell(place, set(), monkeypatch) == []


def test_the_first_cell_says_what_is_missing_and_how_to_get_it(monkeypatch):
    with pytest.raises(ModuleNotFoundError, match="needs dlmath, sympy") as error:
        run_first_cell(Place(REPOSITORY, SITE), {"sympy", "dlmath"}, monkeypatch)
    assert f'%pip install "dlmath[book] @ {SITE}{publishing.WHEEL}"\n' in str(error.value)
    with pytest.raises(ModuleNotFoundError, match="page 'Run this book', put it beside this notebook") as error:
        run_first_cell(Place("", ""), {"dlmath"}, monkeypatch)
    assert f'%pip install "./{Path(publishing.WHEEL).name}[book]"\n' in str(error.value)


def test_the_first_cell_installs_on_colab_and_in_the_browser(monkeypatch):
    place = Place(REPOSITORY, SITE)
    (command,) = run_first_cell(place, {"dlmath"}, monkeypatch, colab=types.ModuleType("colab"))
    assert command == f'pip install --quiet "dlmath[book] @ {SITE}{publishing.WHEEL}"'


def test_the_first_cell_installs_in_the_browser(monkeypatch):
    (command,) = run_first_cell(Place("", ""), {"dlmath"}, monkeypatch, platform="emscripten")
    assert command.startswith("pip install --quiet dlmath ")


def test_what_the_chapters_import_is_looked_for():
    imported = set()
    for file in chapter_files():
        for cell in nbformat.read(file, as_version=4).cells:
            if cell.cell_type == "code":
                imported |= set(re.findall(r"^\s*(?:import|from) (\w+)", cell.source, flags=re.MULTILINE))
    brought_along = {"numpy", "mpmath"}  # by what is looked for
    assert imported - sys.stdlib_module_names - brought_along <= set(downloads.NEEDED)


def test_no_directive_is_left_and_no_word_is_lost(html, root, notebook):
    download = html / "_sources" / notebook.removeprefix("./")
    text = markdown(nbformat.read(download, as_version=4))
    outside = re.sub(r"^```[^{`\n]*\n.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    assert DIRECTIVE.findall(outside) == []
    code = [cell.source for cell in nbformat.read(download, as_version=4).cells if cell.cell_type == "code"]
    assert re.findall(r"\{(?:eq|numref|doc|cite:\w)\}+`.*", "\n".join(code)) == []
    source = markdown(nbformat.read(root / notebook, as_version=4))
    marks = r"^(?::{3,}|`{3,})\{[\w-]+\}|^:[\w-]+:.*|\{[\w:]+\}`[^`]+`|\]\([^)\s]+\)|^\([\w-]+\)=$"
    said = re.findall(r"[^\W\d_]+", re.sub(marks, " ", source, flags=re.MULTILINE))
    there = re.findall(r"[^\W\d_]+", text)
    assert [word for word in set(said) if said.count(word) > there.count(word)] == []


def test_citations_are_those_of_the_page(html, notebook):
    page = (html / notebook).with_suffix(".html").read_text(encoding="utf-8")
    cited = set(re.findall(r'\[<a class="reference internal" href="[^"]*bibliography.html#[^>]*>([^<]+)</a>', page))
    download = markdown(nbformat.read(html / "_sources" / notebook, as_version=4))
    assert cited <= set(re.findall(r"\[([^\]]+)\] \S", download.partition("**References**")[2]))


@pytest.mark.parametrize("chapter", ["chapters/math/loss"])
def test_a_download_runs_with_the_published_wheel_alone(html, tmp_path, chapter):
    wheel = html / publishing.WHEEL
    shutil.unpack_archive(wheel, tmp_path / "wheel", "zip")
    notebook = nbformat.read(html / "_sources" / f"{chapter}.ipynb", as_version=4)
    where = nbformat.v4.new_code_cell("import dlmath, exercises\nprint(dlmath.__file__, exercises.__file__)")
    notebook.cells.append(where)
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "wheel"), "MPLBACKEND": "agg"}
    environment.pop("DLMATH_BOOK", None)
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment)
    files = notebook.cells[-1].outputs[0].text.split()
    assert [file for file in files if not file.startswith(str(tmp_path / "wheel"))] == []


def test_the_wheel_can_be_installed(html, tmp_path):
    wheel = html / publishing.WHEEL
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", tmp_path, wheel]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "exercises/math/loss.py").exists()
    assert (tmp_path / "dlmath/live").is_dir()
    metadata = next(tmp_path.glob("dlmath-*.dist-info/METADATA")).read_text(encoding="utf-8")
    assert "Provides-Extra: book" in metadata
