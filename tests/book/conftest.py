"""The built book, page by page."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from support import ROOT, chapter_files, serving


def pages_of_the_book() -> list[str]:
    """The names of all pages, in the order of the table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))

    def files(node):
        if isinstance(node, dict):
            yield from (node[key] for key in ("root", "file") if key in node)
            for path in sorted(ROOT.glob(f"{node['glob']}.md")) if "glob" in node else ():
                yield path.relative_to(ROOT).with_suffix("").as_posix()
            for value in node.values():
                yield from files(value)
        elif isinstance(node, list):
            for value in node:
                yield from files(value)

    return list(files(toc))


def pytest_generate_tests(metafunc):
    """A test that takes ``page`` runs for every page, one that takes ``notebook`` for every chapter.

    In a file all tests of a page follow each other, so that they can share what they open.
    """
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", pages_of_the_book(), scope="module")
    if "notebook" in metafunc.fixturenames:
        metafunc.parametrize("notebook", [str(file.relative_to(ROOT)) for file in chapter_files()])


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def pages() -> list[str]:
    return pages_of_the_book()


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built book; DLMATH_HTML names another one than ``make book`` writes."""
    folder = Path(os.environ.get("DLMATH_HTML", ROOT / "_build" / "html"))
    if not (folder / "index.html").exists():
        pytest.fail(f"the book is not built: there is no {folder / 'index.html'}; run `make book` first", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def server(html):
    """The address of the built book over http."""

    with serving(html) as address:
        yield address
