"""Figures on a phone: panels that lie side by side are put one below the other, and text stays large enough to read.

The picture is the same and its pieces are the same. Each panel is a group in the SVG, and the page's style sheet moves
the groups where the page is narrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

LEAST_TEXT = 11
"""the smallest text on a phone, in pixels"""
_MARGIN = 4
_WORTH_IT = 0.7


class Stack(NamedTuple):
    """The panels of a figure, in points from its upper left corner, and where they go in a narrow page."""

    panels: list[Bbox]
    shifts: list[tuple[float, float]]
    width: float
    height: float


def stack_of(figure: Figure) -> Stack | None:
    """How the panels of a figure are stacked; None if they are not side by side."""
    together = _together(figure)
    if len(together) < 2:
        return None
    boxes = [_flipped(Bbox.union(_boxes(group)), figure.bbox.height) for group in together]
    panels = [Bbox.union(group).padded(_MARGIN) for group in _cut(boxes)]
    width = max(panel.width for panel in panels)
    if len(panels) < 2 or width > _WORTH_IT * figure.bbox.width:
        return None
    shifts, below = [], 0.0
    for panel in panels:
        shifts.append(((width - panel.width) / 2 - panel.x0, below - panel.y0))
        below += panel.height
    return Stack(panels, shifts, width, below)


def in_panels(stack: Stack | None, pieces: Iterable[tuple[int | None, str]]) -> str:
    """Join pieces of SVG in their order, those of a panel in a group that the style sheet can move."""
    if stack is None:
        return "".join(piece for _, piece in pieces)
    joined = []
    for place, run in groupby(pieces, key=itemgetter(0)):
        content = "".join(piece for _, piece in run)
        if place is not None and content:
            x, y = stack.shifts[place]
            content = f'<g class="dl-panel" style="--x:{x:.1f}px;--y:{y:.1f}px">{content}</g>'
        joined.append(content)
    return "".join(joined)


def container(figure: Figure, stack: Stack | None, svg: str) -> str:
    """The element around the picture of a figure, with what the style sheet needs to know for a narrow page.

    One panel is not made narrower than its smallest text allows: on a phone it goes from edge to edge, and scrolls.
    """
    if stack is None:
        sizes = [
            float(text.get_fontsize())
            for text in figure.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]
        least = figure.bbox.width * LEAST_TEXT / min(sizes, default=LEAST_TEXT)
        return f'<div class="dl-figure" style="--dl-least:{least:.0f}px">{svg}</div>'
    zoom = 100 * figure.bbox.width / stack.width
    size = f"--dl-w:{stack.width:.0f};--dl-h:{stack.height:.0f};--dl-zoom:{zoom:.1f}%"
    return f'<div class="dl-figure dl-stack" style="{size}">{svg}</div>'


def _together(figure: Figure) -> list[list[Artist]]:
    """What must stay together: axes with their colour bars, and each legend of the figure."""
    bars = {
        bar.ax: axes
        for axes in figure.axes
        for mappable in axes.get_children()
        if (bar := getattr(mappable, "colorbar", None)) is not None
    }
    groups: dict[Artist, list[Artist]] = {}
    for axes in figure.axes:
        groups.setdefault(bars.get(axes, axes), []).append(axes)
    return [*groups.values(), *([artist] for artist in (*figure.legends, *figure.texts))]


def _boxes(artists: list[Artist]) -> list[Bbox]:
    boxes = (each.get_tightbbox() if isinstance(each, Axes) else each.get_window_extent() for each in artists)
    return [box for box in boxes if box is not None]


def _flipped(box: Bbox, height: float) -> Bbox:
    return Bbox([[box.x0, height - box.y1], [box.x1, height - box.y0]])


def _cut(boxes: Sequence[Bbox]) -> list[list[Bbox]]:
    """Cut into rows, the rows into columns and so on, as long as something is beside or below something else."""
    for low, high in (("y0", "y1"), ("x0", "x1")):
        groups: list[list[Bbox]] = []
        end = -float("inf")
        for box in sorted(boxes, key=lambda box: getattr(box, low)):
            if getattr(box, low) < end:
                groups[-1].append(box)
            else:
                groups.append([box])
            end = max(end, getattr(box, high))
        if len(groups) > 1:
            return [part for group in groups for part in _cut(group)]
    return [list(boxes)]


def panel_of(figure: Figure, stack: Stack | None, artist: Artist) -> int | None:
    """The panel that holds the middle of an artist's axes, or of a legend or text of the figure."""
    if stack is None:
        return None
    grounds: dict[Artist, Axes] = {axes.patch: axes for axes in figure.axes}  # which do not know whose they are
    axes = artist if isinstance(artist, Axes) else grounds.get(artist, getattr(artist, "axes", None))
    if isinstance(axes, Axes):  # that of a figure is a list
        box = axes.bbox
    elif artist in figure.legends or artist in figure.texts:
        box = artist.get_window_extent()
    else:
        return None
    box = _flipped(box, figure.bbox.height)
    x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return min(
        range(len(stack.panels)),
        key=lambda i: max(
            stack.panels[i].x0 - x, x - stack.panels[i].x1, stack.panels[i].y0 - y, y - stack.panels[i].y1
        ),
    )
