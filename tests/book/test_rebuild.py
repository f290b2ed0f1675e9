"""A build after another one is as good as a build from scratch: after any edit, and after any end of the one before."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from building import CERTIFICATE, SmallBook

TABLE = "\n\n| symbol | meaning | shape | in the code |\n|---|---|---|---|\n| $N$ | samples | | |\n"
ONE = "# One\n\nSome {term}`loss`, as in {cite}`curious2026`.\n\n(the-label)=\n## A section" + TABLE
TWO = "# Two\n\n{ref}`Back <the-label>`, {eq}`mse-gradient`." + TABLE
THREE = "# Three\n\nAfter {doc}`two`: {eq}`blind-gradient`.\n\n$$y = 1$$ (late)\n\nSee {eq}`late`." + TABLE.replace(
    "samples", "sensors"
)
# Where targets are zero their sign cannot be seen.
BLIND = CERTIFICATE.replace("inputs=[P, Y]", "inputs={P: None, Y: lambda rng, shape: 0 * rng.random(shape)}")
SURVIVORS = "```{survivors} 3\n:of: blind-gradient\nThere is no other target.\n```\n"
WRONG = "    - {printed: x = 2, verdict: wrong, found: It is 1., certificates: [blind-gradient]}\n"
PAGES = {
    "appendix/notation.md": "# Notation\n\n## All\n\n```{symbols}\n```\n",
    "appendix/glossary.md": "# Glossary\n\n```{glossary}\nloss\n  What is lost.\n\nerror\n  What is off.\n```\n",
    "appendix/documents.yml": "- document: A\n  sections:\n  - section: B\n    chapter: math/one\n    formulas:\n"
    "    - {printed: x = 1, verdict: right, found: So it is., certificates: [mse-gradient]}\n" + WRONG,
    "appendix/printed.md": "# Printed\n\n```{documents} documents.yml\n```\n",
    "appendix/bibliography.md": "# Bibliography\n\n```{bibliography}\n```\n",
    "appendix/api/losses.md": "# Losses\n\n```{eval-rst}\n.. py:module:: dlmath.losses\n\n.. autofunction:: mse\n\n"
    ".. autofunction:: mse_grad\n```\n",
    "appendix/ledger.md": "# The ledger\n\n{certificates}`formulas` checks.\n\n## All\n\n```{ledger}\n```\n\n"
    + SURVIVORS,
}
INTERRUPT = '''
"""End the build at the phase that the environment names."""

import errno
import os
import signal

EVENTS = {"reading": "source-read", "pickled": "env-check-consistency", "written": "html-page-context",
          "finishing": "html-collect-pages", "finished": "build-finished"}


def setup(app):
    phase, _, end = os.environ.get("END", "").partition(" ")
    if phase in EVENTS:
        app.connect(EVENTS[phase], lambda *arguments: stop(app, end, arguments))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def stop(app, end, arguments):
    if arguments[1:2] == ("chapters/math/two",) or not isinstance(arguments[-1], str):
        if end == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        os.kill(os.getpid(), getattr(signal, end))
'''


@pytest.fixture(scope="module")
def built(tmp_path_factory, root):
    """A small book with one of everything, and its build, each time as it was."""
    book = SmallBook(
        tmp_path_factory.mktemp("book"),
        root,
        **{
            "math/one": [ONE, CERTIFICATE, "from dlmath.display import source\n\nsource(losses.mse)"],
            "math/two": [
                TWO,
                BLIND.replace("mse-", "blind-"),
            ],
            "math/three": [
                THREE,
                "import os, signal, time\n\n"
                "if os.environ.get('END', '').startswith('executing'):\n"
                "    os.kill(os.getppid(), getattr(signal, os.environ['END'].split()[1]))\n"
                "    time.sleep(100)",
                CERTIFICATE.replace("mse-", "third-"),
            ],
        },
    )
    for name, text in PAGES.items():
        file = book.folder / "chapters" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    with open(book.folder / "references.bib", "a", encoding="utf-8") as bibliography:
        bibliography.write("@misc{curious2026, title = {Of Curiosity}, author = {A. Cat}, year = {2026}}\n")
    (book.folder / "_ext/interrupt.py").write_text(INTERRUPT, encoding="utf-8")
    book.replace("_config.yml", "    documents: _ext\n", "    documents: _ext\n    interrupt: _ext\n")
    book.replace("_config.yml", "      - documents\n", "      - documents\n      - interrupt\n")
    names = ["math/one", "math/two", "math/three", *(name[:-3] for name in PAGES if name.endswith(".md"))]
    book.toc(*names)
    book.build()
    saved = book.copied(book.folder.with_name("saved"))

    def again() -> SmallBook:
        shutil.rmtree(book.folder)
        return saved.copied(book.folder)

    return again


def edited(book, *edits):
    for file, old, new in edits:
        if old is None:
            (book.folder / file).unlink()
        else:
            book.replace(file, old, new)
    return book


def outcome(book):
    """The warnings of a build, or its pages if it has none."""
    code, output = book.run()
    output = output.replace(str(book.folder), "")
    if code == 0:
        return book.pages()
    return sorted({line for line in output.splitlines() if "WARNING" in line or "ERROR" in line}) or output


def test_a_build_in_a_fork_is_that_of_the_command(built):
    book = built()
    by_fork = book.pages()
    book.forget_pages()
    process = book.start()
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert book.pages() == by_fork


TITLE = ("chapters/math/one.ipynb", "# One", "# Uno")
EDITS = {
    "an explanation": (False, ("chapters/appendix/ledger.md", SURVIVORS, "")),
    "which formulas are explained": (False, ("chapters/appendix/ledger.md", "of: blind-", "of: mse-")),
    "a certificate": (False, ("chapters/math/one.ipynb", json.dumps(CERTIFICATE.splitlines()[-1])[1:-1], "")),
    "a term": (False, ("chapters/appendix/glossary.md", "loss\n  What is lost.\n\n", "")),
    "a row": (True, ("chapters/math/one.ipynb", "| $N$ | samples | | |", "")),
    "a function in the reference": (False, ("chapters/appendix/api/losses.md", ".. autofunction:: mse_grad\n", "")),
    "a printed formula": (True, ("chapters/appendix/documents.yml", WRONG, "")),
    "a publication": (False, ("references.bib", "curious2026", "serious2026")),
    "a label": (False, ("chapters/math/one.ipynb", "(the-label)=", "")),
    "a chapter": (
        False,
        ("_toc.yml", "- file: chapters/math/two\n", ""),
        ("chapters/math/two.ipynb", None, None),
    ),
    "a chapter that is left behind": (False, ("_toc.yml", "- file: chapters/math/three\n", "")),
    "a page": (
        True,
        ("_toc.yml", "- file: chapters/appendix/notation\n", ""),
        ("chapters/appendix/notation.md", None, None),
    ),
    "a title": (True, TITLE),
    "one formula more": (
        True,
        ("chapters/math/one.ipynb", "## A section\\n", "## A section\\n\\n$$x = 0$$ (early)\\n"),
    ),
    "a label that moves": (
        True,
        ("chapters/math/one.ipynb", "(the-label)=", ""),
        ("chapters/math/two.ipynb", "# Two\\n", "# Two\\n\\n(the-label)=\\n## Moved\\n"),
    ),
    "a label that moves up": (
        True,
        ("chapters/math/three.ipynb", "(late)", ""),
        ("chapters/math/one.ipynb", "## A section\\n", "## A section\\n\\n$$x = 0$$ (late)\\n"),
    ),
    "the style": (True, ("_static/book.css", "div.certificate-line { ", "div.certificate-line { color: red; ")),
}


@pytest.mark.parametrize("edit", EDITS)
def test_after_an_edit(built, tmp_path, edit):
    green, *changes = EDITS[edit]
    book = edited(built(), *changes)
    scratch = book.copied(tmp_path / "scratch")
    scratch.forget_pages()
    with ThreadPoolExecutor() as pool:
        incremental, from_scratch = pool.map(outcome, [book, scratch])
    assert incremental == from_scratch
    assert isinstance(incremental, dict) == green, incremental


def test_after_a_file_is_replaced_by_an_older_one(built):
    """It is noticed; and what shows nothing of it is not written again."""
    book = built()
    html = book.folder / "_build/html"
    written = {page: page.stat().st_mtime_ns for page in html.rglob("chapters/**/*.html")}
    book.replace("chapters/math/one.ipynb", "Some {term}", "Any {term}")
    book.replace("chapters/appendix/documents.yml", "found: So it is", "found: As it should be")
    for file in ("math/one.ipynb", "appendix/documents.yml"):
        os.utime(book.folder / "chapters" / file, (0, 0))
    book.build()
    assert "As it should be" in book.page("appendix/printed")
    assert "Any <a" in book.page("math/one")
    again = {page.relative_to(html / "chapters") for page, time in written.items() if page.stat().st_mtime_ns > time}
    assert set(map(str, again)) == {"appendix/printed.html", "math/one.html"}


@pytest.fixture(scope="module")
def from_scratch(built):
    """The pages after the edits that the next test makes."""
    pages = {}
    for phase, edits in AT.items():
        book = edited(built(), *edits)
        book.forget_pages()
        book.build()
        pages[phase] = book.pages()
    return pages


PACKAGE = ("dlmath/__init__.py", '__version__ = "', '__version__ = "1.0.0-edited"  # "')
AT = {"executing": [TITLE, PACKAGE], "later": [TITLE]}


@pytest.mark.parametrize(
    "end",
    [
        *("executing SIGKILL", "executing SIGINT", "reading SIGTERM", "reading full", "pickled SIGKILL"),
        *("written SIGINT", "written SIGKILL", "written full", "finishing SIGTERM", "finished SIGKILL"),
    ],
)
def test_after_an_end_halfway(built, from_scratch, end):
    phase = "executing" if end.startswith("executing") else "later"
    book = edited(built(), *AT[phase])
    book.build(succeeds=False, END=end)
    book.build()
    assert book.pages() == from_scratch[phase]


def spoiled_database(cache):
    (cache / "global.db").write_bytes(b"no database" * 100)


def no_tables(cache):
    (cache / "global.db").write_bytes(b"")


def no_results(cache):
    shutil.rmtree(cache / "executed")


def half_a_result(cache):
    for file in cache.rglob("base.ipynb"):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


@pytest.mark.parametrize("damage", [spoiled_database, no_tables, no_results, half_a_result])
def test_a_damaged_cache_heals(built, from_scratch, damage):
    book = edited(built(), TITLE)
    damage(book.folder / "_build/.jupyter_cache")
    assert "executing 3 chapters" in book.build()
    assert book.pages() == from_scratch["later"]
