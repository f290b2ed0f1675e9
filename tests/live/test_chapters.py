"""The live figures of the chapters, moved after the whole chapter has run, as a reader with a kernel moves them."""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.transforms import Bbox

from dlmath import live, plotting

ROOT = Path(__file__).parents[2]
CHAPTERS = [
    str(path.relative_to(ROOT))
    for path in sorted((ROOT / "chapters").rglob("*.ipynb"))
    if ".ipynb_" not in str(path) and "explore(" in path.read_text(encoding="utf-8")
]
MOST_VALUES = 6


class Made(NamedTuple):
    """A figure of a chapter, and what it showed at the start and, move by move, when its cell ran and later."""

    figure: live.LiveFigure
    picture: Figure
    start: str
    shown: dict[tuple[str, int], str]
    again: dict[tuple[str, int], str]
    """The same when the whole chapter had run."""
    covered: list[str]
    """What then was under a legend."""


def moves(widget) -> Iterator[tuple[str, int, str]]:
    """Move every control through its values, each from the start: the control, the place of the value, the picture."""
    row, picture = widget.children[:2]
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


class Chapter(NamedTuple):
    """What a chapter shows: its live figures, and what lies under a legend of those that stand still."""

    live: list[Made]
    covered: list[str]


def run_chapter(path: Path) -> Chapter:
    """Run all cells of a notebook in one namespace, as a kernel does; return its figures."""
    figures: list[Made] = []
    covered: list[str] = []

    def explore(*arguments, **options):
        figure = original(*arguments, **options)
        start = figure.widget.children[1].value
        shown = {(control, place): picture for control, place, picture in moves(figure.widget)}
        figures.append(Made(figure, arguments[1], start, shown, {}, []))
        return figure

    def show(figure, description):
        figure.draw_without_rendering()
        covered.extend(f"{description[:60]}: {line}" for line in under_a_legend(legends_of(figure)))
        return original_show(figure, description)

    original, original_show = live.explore, plotting.show
    names = {"__name__": "__main__", "display": lambda *shown: None}
    live.explore, plotting.show = explore, show
    try:
        for number, cell in enumerate(nbformat.read(path, 4).cells):
            if cell.cell_type != "code":
                continue
            called = f"{path}:{number}"
            linecache.cache[called] = (len(cell.source), None, cell.source.splitlines(keepends=True), called)
            exec(compile(ast.parse(cell.source), called, "exec"), names)
    finally:
        live.explore, plotting.show = original, original_show
    for made in figures:
        move_again(made)
    return Chapter(figures, covered)


def move_again(made: Made) -> None:
    """Move all controls once more, for all that the tests ask."""
    made.picture.draw_without_rendering()
    legends = legends_of(made.picture)
    for control, place, picture in moves(made.figure.widget):
        made.again[control, place] = picture
        made.covered.extend(f"{control} at {place}: {line}" for line in under_a_legend(legends))


def legends_of(figure: Figure) -> list[tuple[Legend, Bbox]]:
    return [(legend, legend.get_window_extent()) for legend in figure.findobj(Legend)]


@pytest.fixture(scope="module", params=CHAPTERS)
def chapter(request) -> Iterator[Chapter]:
    """A chapter that has run, once for all tests."""
    patch = pytest.MonkeyPatch()
    patch.delenv("DLMATH_BOOK", raising=False)
    with plt.rc_context(), warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        yield run_chapter(ROOT / request.param)
    patch.undo()
    plt.close("all")


@pytest.fixture
def figures(chapter) -> list[Made]:
    """Its live figures."""
    return chapter.live


def test_after_the_whole_chapter_every_move_shows_what_it_showed_when_the_cell_ran(figures):
    assert figures
    for made in figures:
        assert made.again
        for (control, place), picture in made.again.items():
            assert 'role="alert"' not in picture, f"{made.figure!r}, {control} at {place}: {picture}"
            assert picture == made.shown[control, place], f"{made.figure!r}: {control} at {place} shows something else"


def svg_and_sentence(html: str) -> tuple[str, str]:
    svg, sentence = html[html.index("<svg") :].split('<p class="dl-live-sentence"')
    return svg, re.search("<span>(.*?)</span>", sentence, flags=re.DOTALL).group(1)


def test_every_control_changes_picture_and_sentence_at_the_start(figures):
    for made in figures:
        svg, sentence = svg_and_sentence(made.start)
        for control in {control for control, _ in made.shown}:
            moved = [svg_and_sentence(html) for (name, _), html in made.shown.items() if name == control]
            assert any(other != svg for other, _ in moved), f"{made.figure!r}: {control} leaves the picture as it is"
            assert any(other != sentence for _, other in moved), f"{made.figure!r}: {control} is not in the sentence"


def test_what_is_written_is_written_as_people_do(figures):
    for made in figures:
        sentences = [svg_and_sentence(html)[1] for html in (made.start, *made.shown.values())]
        labels = [control for control, _ in made.shown]
        for text in [*sentences, *labels]:
            assert not re.search(r"\de[-+]?\d|(?<!\w)-\d|\$|\\|\[\d|\bnan\b|\binf\b", text), text
            assert text.strip(), made.figure
        for label in labels:
            code = re.search(r"[_\[\]{}()<>=]|[A-Za-z]\d", label.replace("(degrees)", ""))
            assert not code, f"{made.figure!r}: {label!r} is code, and neither words nor a symbol"


def test_no_legend_of_a_still_figure_lies_on_a_curve(chapter):
    assert not chapter.covered


def test_no_legend_lies_on_a_curve(figures):
    for made in figures:
        assert not made.covered, f"{made.figure!r}: under a legend are {made.covered}"


def under_a_legend(legends: list[tuple[Legend, Bbox]]) -> Iterator[str]:
    """The labels of the lines that pass under one of the legends."""
    for legend, box in legends:
        for line in legend.axes.get_lines() if legend.axes else ():
            corners = line.get_transform().transform(line.get_xydata())
            joined = line.get_linestyle() != "None"
            # What leaves the axes is cut off there, and covers nothing outside.
            seen = Bbox.intersection(box, legend.axes.bbox) if line.get_clip_on() else box
            if seen and line.get_visible() and any_inside(seen, corners, joined):
                yield str(line.get_label())


def any_inside(box, corners: np.ndarray, joined: bool) -> bool:
    """Whether points, or the line through them, lie in a box."""
    if len(corners) == 0:
        return False
    along = np.linspace(0, len(corners) - 1, 20 * len(corners) if joined else len(corners))
    x, y = (np.interp(along, np.arange(len(corners)), each) for each in np.transpose(corners))
    return bool(((x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)).any())
