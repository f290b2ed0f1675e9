"""``explore``: a figure with controls, live where a kernel runs and live in the page without one."""

from __future__ import annotations

import base64
import inspect
import io
import itertools
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from dlmath import _svg, plotting
from dlmath._written import written_numbers
from dlmath.live import page
from dlmath.live.controls import Control, control
from dlmath.live.drawing import Drawing, Frame, Values, text_of
from dlmath.live.namespace import as_it_was, namespace_of

MOST_FRAMES = 400
MOST_BYTES = 250_000

_names: Counter[str] = Counter()


class LiveFigure:
    """A figure with controls; as the last value of a cell it is displayed.

    Attributes:
        widget: the controls above the picture as an ipywidget, or None where nobody could move them: in a book build,
            and in a notebook that a program runs.
    """

    def __init__(self, bundle: dict[str, Any], widget: Any = None) -> None:
        self._bundle = bundle
        self.widget = widget

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return dict(self._bundle)

    def __repr__(self) -> str:
        return self._bundle["text/plain"]


def explore(
    update: Callable[..., Any],
    figure: Figure,
    /,
    *,
    description: str,
    name: str | None = None,
    combine: Sequence[Sequence[str]] | None = None,
    **controls: Any,
) -> LiveFigure:
    """Show a figure that changes as its reader moves controls, with a kernel and without one.

    Where a kernel runs, the controls are ipywidgets and each move calls ``update``. In the built book every combination
    of their values was drawn when the book was built, and the page needs nothing else. Either way only what ``update``
    returns is drawn anew.

    Whenever the figure draws, the notebook's global names stand for what they stood for when ``explore`` was called,
    for ``update`` and for all that it calls: a later cell may use the same names for other things. This holds for
    names; what a later cell changes in place, such as an array that it writes into, is changed for the figure too.

    Args:
        update: takes the value of each control by name, changes artists of the figure and returns those it changed
            (the contract of ``matplotlib.animation.FuncAnimation`` with ``blit=True``). A string among them is the
            sentence that says what is seen. It may remove an artist and return a new one in its place; if it returns
            axes, all of them are drawn anew.
        figure: the figure, with everything that stays already drawn and the limits of its axes set.
        description: what is to be seen, in one or two sentences, for those who do not see the picture: what is drawn
            against what, and what the controls do to it. No formulas in TeX.
        name: what the figure is called in the address of the page; the name of ``update`` if not given.
        combine: groups of names of controls; only the controls in a group are combined with each other in the built
            page. All are, if not given.
        **controls: a control for each parameter of ``update``: :func:`slider`, :func:`log_slider`, :func:`integers`,
            :func:`play`, :func:`stages`, :func:`choice` or a list, array, range or dictionary to choose from,
            :func:`switch` or a boolean, or an ipywidget.

    Returns:
        The live figure; as the last value of a cell it is displayed.

    Raises:
        TypeError: an argument is of the wrong kind, or ``update`` does not take a control's name.
        ValueError: ``update`` changed something that it did not return, or the built page would be too large.

    Example:
        >>> import numpy as np
        >>> from dlmath.live import integers
        >>> figure, axes = plt.subplots()
        >>> x = np.linspace(0, 1)
        >>> (line,) = axes.plot(x, x)
        >>> def power(exponent):
        ...     line.set_ydata(x**exponent)
        ...     return line, f"At one half the power is {0.5**exponent:g}."
        >>> seen = "The curve of a power of x between 0 and 1. A higher exponent bends it down to the right corner."
        >>> explore(power, figure, description=seen, exponent=integers(1, 4))
        Live figure power(exponent=1): At one half the power is 0.5.
    """
    if not callable(update):
        raise TypeError(f"update must be a function, got {type(update).__name__} {update!r}")
    if not isinstance(figure, Figure):
        raise TypeError(f"figure must be a matplotlib Figure, got {type(figure).__name__} {figure!r}")
    _check_own_names(update, {"name": name, "description": description, "combine": combine})
    if not controls:
        raise ValueError("controls must be given, at least one, such as learning_rate=slider(0, 1)")
    understood = {named: control(named, given) for named, given in controls.items()}
    _check_signature(update, list(understood))
    groups = _groups(combine, list(understood))
    combinations = _combinations(understood, groups)
    in_book = os.environ.get("DLMATH_BOOK") == "1"
    if in_book and len(combinations) > MOST_FRAMES:
        raise ValueError(_too_much(f"{len(combinations)} frames, and at most {MOST_FRAMES} are kept", understood))

    described = _checked_description(description, figure)
    # What pyplot still holds it shows a second time at the end of the cell.
    plt.close(figure)
    first_of_page = not _names
    called = _fit_for_an_address(name or str(getattr(update, "__name__", "figure")))
    # Two figures of a page must not share their names in HTML. With a kernel a cell may run again, and keeps its name.
    distinct = _unique_name(called)
    called = distinct if in_book else called
    start = _values(understood, [each.start for each in understood.values()])
    drawing = Drawing(update, figure, start, distinct)
    first = drawing.frame(start)
    drawing.check(first, start)
    text = f"Live figure {called}({text_of(start)})"
    bundle = {"text/plain": f"{text}: {first.sentence}" if first.sentence else text}
    if in_book:
        frames = _frames(understood, combinations, drawing)
        _check_again(understood, _ends(understood, groups), frames, drawing)
        together = {named: {other for group in groups if named in group for other in group} for named in understood}
        html = page.live_page(called, described, understood, together, drawing, frames, first_of_page)
        _check_size(html, len(frames), understood)
        return LiveFigure(bundle | {"text/html": html})
    bundle["image/png"] = _png(figure)  # for what shows neither widgets nor HTML; the book shows HTML

    names = [each for each in (namespace_of(update), _callers_names()) if each is not None]
    as_they_were = [(each, dict(each)) for each in {id(each): each for each in names}.values()]

    def draw(values: Values) -> str:
        with ExitStack() as stack:
            for now, then in as_they_were:
                stack.enter_context(as_it_was(now, then))
            frame = drawing.frame(values)
        svg = plotting.with_description(plotting.with_page_colours(drawing.svg(frame)), described)
        return page.still_page(drawing.container(svg), _svg.shown_width(figure), frame.sentence)

    if _nobody_is_there():
        return LiveFigure(bundle | {"text/html": draw(start)})

    from dlmath.live.kernel import live_widget, widget_view  # the book is built without it

    widget = live_widget(understood, draw)
    return LiveFigure(widget_view(widget) | bundle | {"text/html": draw(start)}, widget)


def _combinations(controls: dict[str, Control], groups: list[list[str]]) -> list[page.Positions]:
    """The positions that are drawn: in each group every one with every other, and the rest where they start."""
    return list(
        dict.fromkeys(
            positions
            for group in groups
            for positions in itertools.product(
                *(range(len(each.values)) if named in group else [each.start] for named, each in controls.items())
            )
        )
    )


def _ends(controls: dict[str, Control], groups: list[list[str]]) -> list[page.Positions]:
    """The start, both ends of each control, and the corners of each group."""
    start = tuple(each.start for each in controls.values())
    ends = [
        (*start[:i], end, *start[i + 1 :])
        for i, each in enumerate(controls.values())
        for end in (0, len(each.values) - 1)
    ]
    corners = [
        positions
        for group in groups
        for positions in itertools.product(
            *([0, len(each.values) - 1] if named in group else [each.start] for named, each in controls.items())
        )
    ]
    return list(dict.fromkeys([start, *ends, *corners]))


def _frames(
    controls: dict[str, Control], combinations: list[page.Positions], drawing: Drawing
) -> dict[page.Positions, Frame]:
    # An artist that first moves in a later frame is taken for background in the ones before: then all are drawn again.
    for _ in range(2):
        frames = {positions: drawing.frame(_values(controls, positions)) for positions in combinations}
        if len({tuple(frame.still()) for frame in frames.values()}) == 1:
            return frames
    raise ValueError("update changed the order in which artists are drawn that it did not return")


def _check_again(
    controls: dict[str, Control],
    ends: list[page.Positions],
    frames: dict[page.Positions, Frame],
    drawing: Drawing,
) -> None:
    """Draw the frames at the ends once more, in another order and in whole: they must come out the same."""
    for positions in reversed(ends):
        values = _values(controls, positions)
        again, before = drawing.frame(values), frames[positions]
        drawing.check(again, values, whole=positions == ends[-1])
        if list(again.moving.values()) != list(before.moving.values()) or again.sentence != before.sentence:
            raise ValueError(
                f"update({text_of(values)}) showed something else when it was called again: it must "
                "depend on its arguments alone, and return every time all that it ever changes"
            )


def _values(controls: dict[str, Control], positions: Sequence[int]) -> Values:
    return {named: each.values[position] for (named, each), position in zip(controls.items(), positions)}


def _callers_names() -> dict[str, Any]:
    """The names of the notebook, or of whatever else called ``explore``."""
    return sys._getframe(2).f_globals


def _check_own_names(update: Callable[..., Any], given: dict[str, Any]) -> None:
    """Refuse a control that is called as one of explore's own arguments, which would never reach ``update``."""
    parameters = inspect.signature(update).parameters
    for named, value in given.items():
        parameter = parameters.get(named)
        if parameter is not None and (parameter.default is parameter.empty or value is not None):
            raise TypeError(
                f"update must not have a control called {named!r}, which is explore's own argument: "
                f"give the parameter of update another name, such as {named}_"
            )
    for named in ("name", "description"):
        if not isinstance(given[named], str) and (given[named] is not None or named == "description"):
            raise TypeError(
                f"{named} must be a text, got {type(given[named]).__name__} {given[named]!r}; "
                "a control needs another name"
            )
    groups = given["combine"]
    if groups is not None and (
        isinstance(groups, str | Control)
        or not isinstance(groups, Sequence)
        or not all(isinstance(group, Sequence) and not isinstance(group, str) for group in groups)
    ):
        raise TypeError(f"combine must be groups of names, such as [['a', 'b']], got {groups!r}")


def _check_signature(update: Callable[..., Any], given: list[str]) -> None:
    parameters = inspect.signature(update).parameters.values()
    takes = [each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    for named in given:
        if named not in takes and not any(each.kind == each.VAR_KEYWORD for each in parameters):
            raise TypeError(f"update does not take {named!r}; it takes {', '.join(takes) or 'nothing'}")
    for each in parameters:
        if each.default is each.empty and each.name in takes and each.name not in given:
            raise TypeError(f"update needs {each.name!r}, for which there is no control")


def _groups(combine: Sequence[Sequence[str]] | None, names: list[str]) -> list[list[str]]:
    if combine is None:
        return [names]
    groups = [list(group) for group in combine]
    for named in itertools.chain(*groups):
        if named not in names:
            raise ValueError(f"combine names {named!r}, which is no control; there are {', '.join(names)}")
    return groups + [[named] for named in names if named not in itertools.chain(*groups)]


def _fit_for_an_address(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "figure"


def _unique_name(name: str) -> str:
    """The name, with a number if another figure has it."""
    _names[name] += 1
    return name if _names[name] == 1 else f"{name}-{_names[name]}"


def _checked_description(description: str, figure: Figure) -> str:
    """The description, if it is a sentence, and says more than the labels of the axes do."""
    shown = [text.get_text() for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label)]
    own = set(_words(description)) - set(_words(" ".join(shown))) - {"interactive", "figure", "over", "against", "and"}
    if "$" in description or "\\" in description:
        raise ValueError(f"description must be plain text without TeX, got {description!r}")
    if len(own) < 5:
        raise ValueError(
            "description must say in a sentence or two what is to be seen, and more than the labels of the axes do, "
            f"got {description!r}"
        )
    return written_numbers(" ".join(description.split()))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _nobody_is_there() -> bool:
    """Whether a program runs the notebook, as nbconvert does: its kernel has nobody who could answer a question."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    request: dict[str, Any] = getattr(shell, "get_parent", dict)()
    return not request.get("content", {}).get("allow_stdin", True)


def _png(figure: Figure) -> str:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, facecolor=plotting.PAPER)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def _check_size(html: str, frames: int, controls: dict[str, Control]) -> None:
    size = page.compressed_size(html)
    if size > MOST_BYTES:
        what = f"{frames} frames and {size / 1000:.0f} kB (gzip), and at most {MOST_BYTES / 1000:.0f} kB are kept"
        raise ValueError(_too_much(what, controls))


def _too_much(what: str, controls: dict[str, Control]) -> str:
    counts = {named: len(each.values) for named, each in controls.items()}
    longest = max(counts, key=counts.__getitem__)
    listed = ", ".join(f"{named} {count}" for named, count in counts.items())
    return (
        f"the figure has {what}; values of its controls: {listed}. Give {longest} fewer points, "
        "or name with combine= the controls that need to be combined"
    )
