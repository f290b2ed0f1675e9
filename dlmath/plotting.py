"""The book's one style of figure, and its figures as SVG that follows the page's light and dark mode.

Every colour of the style is a CSS variable in the page: ``--dl-ink`` for text and axes, ``--dl-grid`` for grid lines,
``--dl-muted`` for lines to compare with, and ``--dl-1`` to ``--dl-6`` for data. The SVG carries the light colours as
fallback, so that it reads anywhere.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from matplotlib.rcsetup import cycler

from dlmath import _stacking, _svg

INK, GRID, PAPER = "#22303c", "#d3dae0", "#fefefe"
# For lines that are there to compare with, such as level lines: fainter than data, and still to be seen.
MUTED = "#7b8793"

# After Okabe and Ito's palette, safe for colour-blind readers, in an order that keeps neighbours apart; each has a
# contrast of at least 3 to 1 with the page.
BLUE, ORANGE, GREEN, PINK, SKY, BROWN = "#0072b2", "#d55e00", "#009e73", "#c7589a", "#3d98d3", "#8a6d1f"
PALETTE = (BLUE, ORANGE, GREEN, SKY, PINK, BROWN)

_VARIABLES = {
    INK: f"var(--dl-ink, var(--jp-ui-font-color1, {INK}))",
    GRID: f"var(--dl-grid, var(--jp-border-color2, {GRID}))",
    MUTED: f"var(--dl-muted, {MUTED})",
    PAPER: f"var(--dl-paper, var(--jp-layout-color0, {PAPER}))",
} | {colour: f"var(--dl-{i}, {colour})" for i, colour in enumerate(PALETTE, start=1)}
_COLOURS = re.compile("|".join(_VARIABLES))

STYLE: dict[Any, Any] = {
    "figure.figsize": (6.4, 3.4),
    "figure.facecolor": "none",
    "figure.constrained_layout.use": True,
    "figure.dpi": 72,
    "axes.facecolor": "none",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": "medium",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=PALETTE),
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 2,
    "image.cmap": "cividis",
    # An image is stored with the pixels it has, and the page enlarges them.
    "image.interpolation": "none",
    "image.composite_image": False,
    "font.size": 12,
    "font.family": "sans-serif",
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
}


class Picture:
    """A finished figure: SVG in the page, and its description for those who do not see it."""

    def __init__(self, svg: str, description: str, html: str | None = None) -> None:
        self.svg = svg
        self._html = html or f'<div class="dl-figure">{svg}</div>'
        self.description = description

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return f"Picture({self.description!r})"


def use_style() -> None:
    """Draw all figures that follow in the book's style.

    Example:
        >>> with mpl.rc_context():
        ...     use_style()
        ...     mpl.rcParams["text.color"] == INK
        True
    """
    mpl.rcParams.update(STYLE)


def show(figure: Figure, description: str) -> Picture:
    """Turn a figure into the picture that the page shows, and close it.

    Args:
        figure: the matplotlib figure.
        description: what a reader who does not see the figure should learn from it, in a sentence or two.

    Returns:
        The picture; as the last value of a cell it is displayed.

    Raises:
        ValueError: the description is empty.

    Example:
        >>> figure, axes = plt.subplots()
        >>> show(figure, "An empty pair of axes.")
        Picture('An empty pair of axes.')
    """
    if not description.strip():
        raise ValueError("description must say what the figure shows, got an empty text")
    svg, stack = _rendered(figure, salt=description)
    svg = with_description(svg, description)
    plt.close(figure)
    return Picture(svg, description, _stacking.container(figure, stack, svg))


def render(figure: Figure, salt: str) -> str:
    """Render a figure as an inline ``<svg>`` in the colours of the page.

    Args:
        figure: the matplotlib figure.
        salt: a text that is different for every figure of a page; it keeps their internal names apart.

    Returns:
        The SVG element, without an XML header, scaled to the width it is given.

    Example:
        >>> figure, axes = plt.subplots(figsize=(4, 3))
        >>> 'viewBox="0 0 288 216"' in render(figure, salt="empty axes")
        True
        >>> plt.close(figure)
    """
    return _rendered(figure, salt)[0]


def _rendered(figure: Figure, salt: str) -> tuple[str, _stacking.Stack | None]:
    """The picture, and how its panels are stacked."""
    definitions = _svg.Definitions(f"dl-{hashlib.sha256(salt.encode()).hexdigest()[:8]}")
    pieces = _svg.all_pieces(figure, definitions)
    stack = _stacking.stack_of(figure)
    body = _stacking.in_panels(stack, [(_stacking.panel_of(figure, stack, each), pieces[each]) for each in pieces])
    return with_page_colours(_svg.picture(figure, definitions.markup(body) + body)), stack


def with_page_colours(svg: str) -> str:
    """Replace the colours of the style by variables of the page.

    JupyterLab, which does not know the book's variables, has its own for what must stand out from its light or dark
    paper; where neither is known the light colour stands.

    Example:
        >>> with_page_colours('<path style="stroke: #009e73"/>')
        '<path style="stroke: var(--dl-3, #009e73)"/>'
    """
    return _COLOURS.sub(lambda match: _VARIABLES[match.group()], svg)


def with_description(svg: str, description: str) -> str:
    """Make an ``<svg>`` an image with alternative text.

    Example:
        >>> print(with_description('<svg width="9"/>', "A line < a curve."))
        <svg role="img" aria-label="A line &lt; a curve." width="9"/>
    """
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(description)}" ', 1)


def label_axes(axes: plt.Axes | Sequence[plt.Axes], x: str, y: str) -> None:
    """Write the labels of one or several axes.

    Example:
        >>> figure, axes = plt.subplots()
        >>> label_axes(axes, "z", "value")
        >>> axes.get_xlabel()
        'z'
    """
    for single in [axes] if isinstance(axes, plt.Axes) else axes:
        single.set(xlabel=x, ylabel=y)
