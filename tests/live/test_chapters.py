"""The live figures of the chapters, moved after the whole chapter has run, as a reader with a kernel moves them."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import nbformat
import pytest

from dlmath import live

ROOT = Path(__file__).parents[2]
CHAPTERS = [
    str(path.relative_to(ROOT))
    for path in sorted((ROOT / "chapters").rglob("*.ipynb"))
    if ".ipynb_" not in str(path) and "explore(" in path.read_text(encoding="utf-8")
]
MOST_VALUES = 6


class Made(NamedTuple):
    """A figure of a chapter, and what it showed, move by move, when its cell ran."""

    figure: live.LiveFigure
    description: str | None
    shown: dict[tuple[str, int], str]


def moves(widget) -> Iterator[tuple[str, int, str]]:
    """Move every control through its values, each from the start: the control, the place of the value, the picture."""
    row, picture = widget.children
    for box in row.children:
        control = box.children[-1] if hasattr(box, "children") else box
        places = range(2) if not hasattr(control, "index") else range(len(control.options))
        trait = "index" if hasattr(control, "index") else "value"
        start = getattr(control, trait)
        step = max(1, (len(places) - 1) // (MOST_VALUES - 1))
        for place in sorted({*places[::step], places[-1]}):
            setattr(control, trait, place)
            yield control.description, place, picture.value
        setattr(control, trait, start)


def run_chapter(path: Path) -> list[Made]:
    """Run all cells of a notebook in one namespace, as a kernel does; return its figures."""
    figures: list[Made] = []

    def explore(*arguments, **options):
        figure = original(*arguments, **options)
        shown = {(control, place): picture for control, place, picture in moves(figure.widget)}
        figures.append(Made(figure, options.get("description"), shown))
        return figure

    original = live.explore
    names = {"__name__": "__main__", "display": lambda *shown: None}
    live.explore = explore
    try:
        for number, cell in enumerate(nbformat.read(path, 4).cells):
            if cell.cell_type != "code":
                continue
            called = f"{path}:{number}"
            linecache.cache[called] = (len(cell.source), None, cell.source.splitlines(keepends=True), called)
            exec(compile(ast.parse(cell.source), called, "exec"), names)
    finally:
        live.explore = original
    return figures


@pytest.fixture(scope="module", params=CHAPTERS)
def figures(request) -> Iterator[list[Made]]:
    """The figures of a chapter; each chapter runs once for all tests."""
    patch = pytest.MonkeyPatch()
    patch.delenv("DLMATH_BOOK", raising=False)
    with plt.rc_context(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield run_chapter(ROOT / request.param)
    patch.undo()
    plt.close("all")


def test_after_the_whole_chapter_every_move_shows_what_it_showed_when_the_cell_ran(figures):
    assert figures
    for made in figures:
        for control, place, picture in moves(made.figure.widget):
            assert 'role="alert"' not in picture, f"{made.figure!r}, {control} at {place}: {picture}"
            assert picture == made.shown[control, place], f"{made.figure!r}: {control} at {place} shows something else"
