"""The book's one style of figure, and its figures as SVG that follows the page's light and dark mode.

Every colour of the style is a CSS variable in the page: ``--dl-ink`` for text and axes, ``--dl-grid`` for grid lines and
``--dl-1`` to ``--dl-6`` for data. The SVG carries the light colours as fallback, so that it reads anywhere.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

INK, GRID, PAPER = "#22303c", "#d3dae0", "#fefefe"

# Okabe and Ito's palette, safe for colour-blind readers, in an order that keeps neighbours apart.
BLUE, ORANGE, GREEN, PINK, SKY, BROWN = "#0072b2", "#d55e00", "#009e73", "#c7589a", "#56b4e9", "#8a6d1f"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, BROWN)

_VARIABLES = {INK: "--dl-ink", GRID: "--dl-grid", PAPER: "--dl-paper"} | {
    colour: f"--dl-{i}" for i, colour in enumerate(PALETTE, start=1)
}

STYLE = {
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
    "axes.prop_cycle": mpl.cycler(color=PALETTE),
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.labelcolor": INK,
    "lines.linewidth": 2,
    "image.cmap": "cividis",
    "font.size": 11,
    "font.family": "sans-serif",
    "mathtext.fontset": "dejavusans",
    "svg.fonttype": "path",
}


class Picture:
    """A finished figure: SVG in the page, and its description for those who do not see it."""

    def __init__(self, svg: str, description: str) -> None:
        self.svg = svg
        self.description = description

    def _repr_html_(self) -> str:
        return f'<div class="dl-figure">{self.svg}</div>'

    def __repr__(self) -> str:
        return f"Picture({self.description!r})"


def use_style() -> None:
    """Draw all figures that follow in the book's style."""
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
    """
    if not description.strip():
        raise ValueError("description must say what the figure shows, got an empty text")
    svg = render(figure, salt=description)
    plt.close(figure)
    label = html.escape(description, quote=True)
    return Picture(svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1), description)


def render(figure: Figure, salt: str) -> str:
    """Render a figure as an inline ``<svg>`` in the colours of the page.

    Args:
        figure: the matplotlib figure.
        salt: a text that is different for every figure of a page; it keeps their internal names apart.

    Returns:
        The SVG element, without an XML header, scaled to the width it is given.
    """
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt, "svg.fonttype": STYLE["svg.fonttype"]}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg ") :]
    # matplotlib's style element would reach every element of the page.
    svg = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>", "", svg, flags=re.S)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.S)
    width, height = figure.get_size_inches() * 72
    size = rf'width="100%" style="max-width: {width * 1.25:.0f}px; stroke-linejoin: round" preserveAspectRatio="xMidYMid meet"'
    svg = re.sub(
        r'(<svg [^>]*?)width="[^"]*" height="[^"]*"|(<svg [^>]*?)height="[^"]*" width="[^"]*"', r"\1\2" + size, svg
    )
    return with_page_colours(svg)


def with_page_colours(svg: str) -> str:
    """Replace the colours of the style by the CSS variables of the page, each with its light colour as fallback."""
    return re.sub(
        "|".join(_VARIABLES), lambda match: f"var({_VARIABLES[match.group()]}, {match.group()})", svg, flags=re.I
    )


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
