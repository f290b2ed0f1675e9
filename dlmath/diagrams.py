"""Diagrams: networks, computational graphs and blocks, drawn by matplotlib in the book's one style.

A diagram stands on a board whose unit is an inch. What is written in it is taken from arrays: the numbers of nodes and
edges are those that the package computed, and the shape under an array is the array's own. Every function draws one
thing and returns its artists, which a live figure can change and return.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Patch, PathPatch
from matplotlib.path import Path
from matplotlib.text import Text

from dlmath import _check as check
from dlmath.plotting import BLUE, GRID, INK, ORANGE, PAPER

Point = tuple[float, float]


class Node(NamedTuple):
    """A circle or a box with a text in it."""

    at: Point
    shape: Patch
    label: Text


class Edge(NamedTuple):
    """An arrow, and the text on it."""

    line: FancyArrowPatch
    label: Text


class Array(NamedTuple):
    """An array as a grid of cells, and its name with its shape below it."""

    at: Point
    shape: Patch
    cells: list[Patch]
    label: Text


class Network(NamedTuple):
    """The nodes layer by layer from the input on, and the edges: ``edges[l][i][j]`` goes from node j to node i."""

    layers: list[list[Node]]
    edges: list[list[list[Edge]]]


def board(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty board of so many inches, with its origin at the lower left.

    Example:
        >>> figure, axes = board(4, 2)
        >>> figure.get_size_inches().tolist()
        [4.0, 2.0]
        >>> plt.close(figure)
    """
    size = (check.number("width", width, above=0), check.number("height", height, above=0))
    figure = plt.figure(figsize=size)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, size[0]), ylim=(0, size[1]))
    axes.axis("off")
    return figure, axes


def node(axes: Axes, at: Point, text: str = "", *, radius: float = 0.26, color: str = INK) -> Node:
    """A unit of a network or a value of a graph: a circle with a text in it.

    Example:
        >>> figure, axes = board(1, 1)
        >>> node(axes, (0.5, 0.5), "$x_0$").label.get_text()
        '$x_0$'
        >>> plt.close(figure)
    """
    shape = axes.add_patch(Circle(at, radius, facecolor=PAPER, edgecolor=color, linewidth=1.5, zorder=3))
    return Node(at, shape, write(axes, at, text))


def box(axes: Axes, at: Point, text: str, *, width: float = 1.2, height: float = 0.45, color: str = INK) -> Node:
    """A step of a computation: a box with its name, centred at a point.

    Example:
        >>> figure, axes = board(2, 1)
        >>> box(axes, (1, 0.5), "softmax").label.get_text()
        'softmax'
        >>> plt.close(figure)
    """
    corner = (at[0] - width / 2, at[1] - height / 2)
    shape = FancyBboxPatch(
        corner,
        width,
        height,
        boxstyle="round,pad=0,rounding_size=0.08",
        facecolor=PAPER,
        edgecolor=color,
        linewidth=1.5,
    )
    shape.set_zorder(3)
    return Node(at, axes.add_patch(shape), write(axes, at, text))


def edge(
    axes: Axes,
    start: Node | Array | Point,
    end: Node | Array | Point,
    text: str = "",
    *,
    along: float = 0.5,
    bend: float = 0.0,
    color: str = INK,
    width: float = 1.2,
) -> Edge:
    """An arrow from one thing to another, which begins and ends at their borders.

    Args:
        axes: the board.
        start: a node, a box, an array or a point.
        end: the same.
        text: what stands on the arrow.
        along: where it stands, from 0 at the start to 1 at the end.
        bend: how far the arrow swerves to the left, as a part of its length; a negative number is to the right.
        color: of the arrow and its text.
        width: of the line, in points.

    Example:
        >>> figure, axes = board(3, 1)
        >>> arrow = edge(axes, node(axes, (0.5, 0.5)), node(axes, (2.5, 0.5)), r"$\\times 3$")
        >>> arrow.label.get_position()
        (1.5, 0.5)
        >>> plt.close(figure)
    """
    (x0, y0), (x1, y1) = _centre(start), _centre(end)
    # A quadratic curve whose middle control point lies `bend` of the length to the left.
    control = ((x0 + x1) / 2 - bend * (y1 - y0), (y0 + y1) / 2 + bend * (x1 - x0))
    curve = np.array([(x0, y0), control, (x1, y1)])
    line = FancyArrowPatch(
        path=Path(_between_borders(curve, start, end), [Path.MOVETO, Path.CURVE3, Path.CURVE3]),
        arrowstyle="-|>",
        mutation_scale=10,
        color=color,
        linewidth=width,
        zorder=1,
    )
    axes.add_patch(line)
    x, y = (float(coordinate) for coordinate in _on_curve(curve, along))
    label = write(axes, (x, y), text, color=color, size=10)
    label.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1.2})
    label.set_zorder(2)
    label.set_visible(bool(text))
    return Edge(line, label)


def array(axes: Axes, at: Point, values: np.ndarray, name: str, *, cell: float = 0.16, color: str = BLUE) -> Array:
    """An array as a grid of cells, darker where the entry is larger, with its name and its shape below it.

    Args:
        axes: the board.
        at: the centre of the grid.
        values: a vector (drawn as a column) or a matrix.
        name: what it is called, in LaTeX.
        cell: the side of a cell in inches.
        color: of the cells.

    Example:
        >>> figure, axes = board(2, 2)
        >>> array(axes, (1, 1), np.eye(3, 2), "W").label.get_text()
        '$W$\\n$3 \\\\times 2$'
        >>> plt.close(figure)
    """
    values = check.array("values", values, ("n",), ("rows", "columns"))
    shape = r" \times ".join(map(str, values.shape))
    grid = np.abs(values.reshape(len(values), -1))
    strength = grid / max(grid.max(), np.finfo(float).tiny)
    rows, columns = grid.shape
    left, top = at[0] - columns * cell / 2, at[1] + rows * cell / 2
    cells = [
        axes.add_patch(
            plt.Rectangle(
                (left + j * cell, top - (i + 1) * cell),
                cell,
                cell,
                facecolor=color,
                alpha=0.1 + 0.8 * float(strength[i, j]),
                linewidth=0,
                zorder=2,
            )
        )
        for i in range(rows)
        for j in range(columns)
    ]
    frame = plt.Rectangle((left, top - rows * cell), columns * cell, rows * cell, fill=False, edgecolor=INK, zorder=3)
    axes.add_patch(frame)
    label = write(axes, (at[0], top - rows * cell - 0.06), f"${name}$\n${shape}$", size=10)
    label.set_verticalalignment("top")
    return Array(at, frame, cells, label)


def brace(axes: Axes, start: Point, end: Point, text: str, *, depth: float = 0.12) -> tuple[Patch, Text]:
    """A curly brace from one point to another, with a text at its tip, on the left as seen from the start.

    Example:
        >>> figure, axes = board(2, 1)
        >>> brace(axes, (1.8, 0.7), (0.2, 0.7), "hidden layer")[1].get_text()
        'hidden layer'
        >>> plt.close(figure)
    """
    a, b = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    along = b - a
    out = depth * np.array([-along[1], along[0]]) / np.hypot(*along)
    middle = (a + b) / 2 + out
    tip = middle + out
    path = Path(
        [a, a + out, a + out + along / 4, middle, tip, middle, b + out - along / 4, b + out, b],
        [Path.MOVETO, *[Path.CURVE3] * 8],
    )
    curve = axes.add_patch(PathPatch(path, fill=False, edgecolor=INK, linewidth=1))
    label = write(axes, tuple(tip + 1.2 * out), text, size=10)
    return curve, label


def write(axes: Axes, at: Point, text: str, *, color: str = INK, size: float = 12) -> Text:
    """A text centred at a point.

    Example:
        >>> figure, axes = board(1, 1)
        >>> write(axes, (0.5, 0.5), "loss").get_text()
        'loss'
        >>> plt.close(figure)
    """
    return axes.text(*at, text, color=color, fontsize=size, ha="center", va="center", zorder=4)


def network(
    axes: Axes,
    parameters: Sequence[tuple[np.ndarray, np.ndarray]],
    *,
    names: Sequence[Sequence[str]] = (),
    weight_text: Callable[[int, int, int], str] | None = None,
    width: float | None = None,
    margin: float = 0.5,
    radius: float = 0.26,
) -> Network:
    r"""A fully connected network with the parameters that it has: a positive weight is blue, a negative one orange.

    The thickness of an edge grows with the size of its weight, :math:`|w| / \max |w|` of its layer.

    Args:
        axes: the board, of which the network fills the height.
        parameters: one pair ``(W, b)`` per layer, as in ``dlmath.network``.
        names: the text in each node, layer by layer from the input on; none if left out.
        weight_text: from layer, row and column of a weight to what stands on its edge.
        width: how much of the board from its left border on, in inches; all of it if left out.
        margin: between the border of the board and the outermost nodes, in inches.
        radius: of the nodes, in inches.

    Returns:
        The nodes and the edges.

    Example:
        >>> figure, axes = board(4, 3)
        >>> drawn = network(axes, [(np.ones((3, 2)), np.zeros(3)), (np.ones((1, 3)), np.zeros(1))])
        >>> [len(layer) for layer in drawn.layers], len(drawn.edges[0]), len(drawn.edges[0][0])
        ([2, 3, 1], 3, 2)
        >>> plt.close(figure)
    """
    sizes = [parameters[0][0].shape[1], *(len(W) for W, _ in parameters)]
    width = axes.get_xlim()[1] if width is None else check.number("width", width, above=0)
    height = axes.get_ylim()[1]
    columns = np.linspace(margin, width - margin, len(sizes))
    gap = (height - 2 * margin) / max(1, max(sizes) - 1)
    layers = [
        [
            node(
                axes,
                (float(x), height / 2 + gap * ((size - 1) / 2 - i)),
                names[layer][i] if names else "",
                radius=radius,
            )
            for i in range(size)
        ]
        for layer, (x, size) in enumerate(zip(columns, sizes))
    ]
    edges = [
        [
            [
                edge(
                    axes,
                    start,
                    end,
                    weight_text(layer, i, j) if weight_text else "",
                    along=0.3 if len(layers[layer]) > len(layers[layer + 1]) else 0.64,  # where the edges lie apart
                    **weight_style(W[i, j], np.abs(W).max()),
                )
                for j, start in enumerate(layers[layer])
            ]
            for i, end in enumerate(layers[layer + 1])
        ]
        for layer, (W, _) in enumerate(parameters)
    ]
    return Network(layers, edges)


def weight_style(weight: float, largest: float) -> dict[str, Any]:
    """The colour and the width of an edge: its sign, and its size beside the largest.

    Example:
        >>> weight_style(-1.0, largest=2.0)
        {'color': '#d55e00', 'width': 1.75}
    """
    if weight == 0 or largest == 0:
        return {"color": GRID, "width": 0.5}
    return {"color": BLUE if weight > 0 else ORANGE, "width": 0.5 + 2.5 * abs(float(weight)) / float(largest)}


def _on_curve(curve: np.ndarray, t: Any) -> np.ndarray:
    """The points of a quadratic Bézier curve at the parameters t."""
    t = np.expand_dims(t, -1)
    a, b, c = curve
    return (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c


def _between_borders(curve: np.ndarray, start: Node | Array | Point, end: Node | Array | Point) -> np.ndarray:
    """The part of a curve that lies outside of the things that it joins.

    matplotlib cuts arrows too, but anew whenever it draws one, which takes longer than all the rest.
    """
    t = np.linspace(0, 1, 4001)
    points = _on_curve(curve, t)
    inside_start, inside_end = (_contains(thing, points) for thing in (start, end))
    first = t[np.argmin(inside_start)] if not inside_start.all() else 0.0
    last = t[-1 - np.argmin(inside_end[::-1])] if not inside_end.all() else 1.0
    if first >= last:  # they overlap
        return curve
    a, b, c = curve
    # The control point of a part of the curve: the blossom of its two ends.
    control = (1 - first) * (1 - last) * a + ((1 - first) * last + first * (1 - last)) * b + first * last * c
    return np.array([_on_curve(curve, first), control, _on_curve(curve, last)])


def _contains(thing: Node | Array | Point, points: np.ndarray) -> np.ndarray:
    """Which points lie in a thing, or on the line around it."""
    if not isinstance(thing, Node | Array):
        return np.zeros(len(points), dtype=bool)
    inches = thing.shape.get_linewidth() / 72
    return thing.shape.get_path().contains_points(points, thing.shape.get_patch_transform(), radius=inches)


def _centre(thing: Node | Array | Point) -> Point:
    return thing.at if isinstance(thing, Node | Array) else thing
