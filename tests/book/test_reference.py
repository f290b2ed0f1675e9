"""The reference has a page for every module of the package, and on it every public function with its example."""

import importlib
import inspect
import os
import pkgutil
import re
from types import SimpleNamespace

import pytest
import reference

import dlmath

MODULES = [f"dlmath.{module.name}" for module in pkgutil.iter_modules(dlmath.__path__) if module.name[0] != "_"]


def documented(name):
    """The public functions and classes of a module: those it defines, or those its package gathers."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", [key for key in vars(module) if not key.startswith("_")])
    members = [(key, getattr(module, key)) for key in names]
    return [
        key
        for key, member in members
        if (inspect.isfunction(member) or inspect.isclass(member)) and member.__module__.startswith(name)
    ]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_on_its_page(name, html):
    page = html / "chapters/appendix/api" / f"{name.removeprefix('dlmath.')}.html"
    assert page.exists(), f"{name} has no page in the reference"
    text = page.read_text(encoding="utf-8")
    missing = [key for key in documented(name) if f'id="{name}.{key}"' not in text]
    assert documented(name)
    assert not missing


def test_the_overview_names_every_module(html):
    overview = (html / "chapters/appendix/api.html").read_text(encoding="utf-8")
    assert [name for name in MODULES if name not in overview] == []


def test_pages_are_written_when_they_are_missing_or_differ_and_go_with_their_module(tmp_path):
    book = SimpleNamespace(srcdir=tmp_path)
    reference.write_pages(book, None)
    assert not list(tmp_path.rglob("*"))  # a book without the reference
    overview = tmp_path / "chapters/appendix/api.md"
    overview.parent.mkdir(parents=True)
    overview.write_text("# The package\n", encoding="utf-8")
    reference.write_pages(book, None)
    page, folder = overview.with_suffix("") / "losses.md", overview.with_suffix("")
    assert {f"dlmath.{path.stem}" for path in folder.iterdir()} == set(MODULES)
    written = page.read_text(encoding="utf-8")

    os.utime(page, (0, 0))
    (folder / "attention.md").write_text(written[:10], encoding="utf-8")
    (folder / "gone.md").write_text(written, encoding="utf-8")
    reference.write_pages(book, None)
    assert page.stat().st_mtime == 0
    assert (folder / "attention.md").read_text(encoding="utf-8") == written.replace("losses", "attention")
    assert {f"dlmath.{path.stem}" for path in folder.iterdir()} == set(MODULES)


def test_the_list_of_sources_has_a_page_for_each(html):
    listed = re.findall(r'<li><a href="([^"]+)">', (html / "_modules/index.html").read_text(encoding="utf-8"))
    assert any(page.startswith("dlmath/network") for page in listed)
    assert [page for page in listed if not (html / "_modules" / page).exists()] == []
