"""Matplotlib's SVG taken apart: a piece of markup for each artist, and apart from it what the pieces share.

Matplotlib writes a figure as one text, in which glyphs, markers and clip paths are defined where they are first used,
and in which the same names occur in every figure. Here each artist is a piece of its own that can be put in the place
of another, and definitions get names that are the figure's alone and depend on nothing but what they define.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser
from matplotlib.path import Path
from matplotlib.spines import Spine
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Transform
from PIL import Image

POINTS_PER_INCH = 72
RASTER_DPI = 144
_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_CUT = "dl-cut"


class Definitions:
    """What the pieces of one figure refer to: glyphs, markers, clip paths and hatches, each kept once."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._names: dict[tuple[str, str], str] = {}

    def name(self, tag: str, content: str) -> str:
        """The name of a definition, the same for the same content."""
        return self._names.setdefault((tag, content), f"{self._prefix}-{len(self._names)}")

    def markup(self, body: str) -> str:
        """The ``<defs>`` element of everything that a text refers to."""
        used = set(_REFERENCE.findall(body))
        return "".join(
            ["<defs>"]
            + [f'<{tag} id="{name}"{rest}' for (tag, rest), name in self._names.items() if name in used]
            + ["</defs>"]
        )


class _Renderer(RendererSVG):
    """Matplotlib's SVG without its groups, whose names would occur in every figure of a page."""

    def open_group(self, s: str, gid: str | None = None) -> None:
        pass

    def close_group(self, s: str) -> None:
        pass

    def draw_path(self, gc, path, transform, rgbFace=None):
        # Areas that are not to be antialiased, as those between contours, shall leave no light seam between each other.
        if rgbFace is not None and not gc.get_antialiased() and gc.get_linewidth() == 0 and gc.get_alpha() == 1:
            edge = self.new_gc()
            edge.copy_properties(gc)
            edge.set_linewidth(0.5)
            edge.set_foreground(rgbFace)
            gc = edge
        super().draw_path(gc, path, transform, rgbFace)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        # Hundreds of dots take a browser longer than a frame has. A stroke of no length with round ends is a dot, and
        # all dots of a line are one path.
        size = _diameter(marker_path, marker_trans) if _one_opaque_colour(gc, rgbFace) else None
        if size is None:
            super().draw_markers(gc, marker_path, marker_trans, path, trans, rgbFace)
            return
        inside = (0, 0, self.width * POINTS_PER_INCH, self.height * POINTS_PER_INCH)
        points = path.iter_segments(self._make_flip_transform(trans), clip=inside, simplify=False)
        corners = [vertices[-2:] for vertices, _ in points if len(vertices)]
        if corners:
            grid = np.rint(np.asarray(corners) * _STEPS_PER_POINT).astype(int).tolist()
            colour, width = mpl.colors.to_hex(rgbFace), size + gc.get_linewidth()
            self.writer.start("g", **self._get_clip_attrs(gc))
            self.writer.element(
                "path",
                d="".join(f"M{_number(x)} {_number(y)}h0" for x, y in grid),
                style=f"fill: none; stroke: {colour}; stroke-width: {width:g}; stroke-linecap: round",
            )
            self.writer.end("g")


def _diameter(marker: Path, transform: Transform) -> float | None:
    """The diameter of a round marker; None for one of another shape."""
    matrix = transform.get_matrix() if transform.is_affine else np.zeros((3, 3))
    ours, circle = np.asarray(marker.vertices), np.asarray(Path.unit_circle().vertices)
    scale = matrix[0, 0]
    return (
        2 * scale
        if np.array_equal(ours, circle) and scale > 0 and np.allclose(matrix, np.diag([scale, scale, 1]))
        else None
    )


def _one_opaque_colour(gc: GraphicsContextBase, face: Sequence[float] | None) -> bool:
    """Whether a shape is filled with the colour of its edge, and nothing shines through."""
    if face is None or gc.get_alpha() != 1 or gc.get_hatch() is not None:
        return False
    edge = gc.get_rgb()
    same = gc.get_linewidth() == 0 or np.allclose(edge[:3], face[:3])
    return same and min([1, *edge[3:], *face[3:]]) == 1


# matplotlib remembers fifty formulas. A figure with more of them would have each parsed anew in every frame.
_parse: Any = getattr(MathTextParser, "_parse_cached", None)
if hasattr(_parse, "__wrapped__"):
    setattr(MathTextParser, "_parse_cached", functools.lru_cache(4096)(_parse.__wrapped__))  # noqa: B010


def draw_order(figure: Figure, whole: Iterable[Artist] = ()) -> list[Artist]:
    """All artists that the figure draws, in the order of drawing, axes before what they hold.

    The artists in ``whole`` are not looked into.
    """
    whole = set(whole)

    def visit(container: Artist) -> Iterator[Artist]:
        yield container
        if container not in whole and isinstance(container, Figure | Axes):
            background = container.patch
            for child in sorted(container.get_children(), key=lambda child: (child is not background, child.zorder)):
                if not _left_out(container, child):
                    yield from visit(child)

    return list(visit(figure))


def _left_out(container: Artist, child: Artist) -> bool:
    """Whether axes that are switched off, or have no frame, do not draw this part of theirs."""
    if not isinstance(container, Axes):
        return False
    if not container.axison and isinstance(child, Axis):
        return True
    framed = container.axison and container.get_frame_on()
    return not framed and (child is container.patch or isinstance(child, Spine))


def lay_out(figure: Figure) -> None:
    """Find the places of the axes, as matplotlib does before it draws."""
    if engine := figure.get_layout_engine():
        engine.execute(figure)


def pieces(figure: Figure, artists: list[Artist], definitions: Definitions) -> dict[Artist, str]:
    """Draw artists of a figure, each to a piece of SVG, in the order given."""
    return _draw(figure, artists, artists, definitions)


def all_pieces(figure: Figure, definitions: Definitions, whole: Iterable[Artist] = ()) -> dict[Artist, str]:
    """Draw a whole figure, and return the piece of each of its artists, in the order in which matplotlib draws them."""
    return _draw(figure, [figure], draw_order(figure, whole), definitions)


def picture(figure: Figure, content: str) -> str:
    """The ``<svg>`` element around the content; where there is room, letters of 12 points are as large as the text."""
    width, height = figure.get_size_inches() * POINTS_PER_INCH
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="100%" '
        f'style="max-width: {shown_width(figure)}px; stroke-linejoin: round">{content}</svg>'
    )


def shown_width(figure: Figure) -> int:
    """The width in pixels that the picture of a figure has where there is room."""
    return round(figure.get_size_inches()[0] * POINTS_PER_INCH * 1.45)


def _draw(figure: Figure, drawn: list[Artist], marked: list[Artist], definitions: Definitions) -> dict[Artist, str]:
    order: list[Artist] = []
    buffer = io.StringIO()
    width, height = figure.get_size_inches() * POINTS_PER_INCH
    dpi, figure.dpi = figure.dpi, POINTS_PER_INCH
    try:
        for artist in marked:
            setattr(artist, "draw", _after_a_cut(artist, order))  # noqa: B010 - a method of its own, for this picture
        with _settings():
            vector = _Renderer(width, height, buffer, image_dpi=RASTER_DPI, metadata=_NO_METADATA)
            vector._text2path = text_to_path  # one for all pictures: it remembers the formulas that it has parsed
            inches = figure.get_size_inches()
            renderer: Any = MixedModeRenderer(figure, inches[0], inches[1], RASTER_DPI, vector)
            for artist in drawn:
                artist.draw(renderer)
            renderer.finalize()
    finally:
        for artist in marked:
            del artist.draw
        figure.dpi = dpi
    _, *markup = _tidied(buffer.getvalue(), definitions).split(f"<{_CUT}/>")
    return dict(zip(order, markup, strict=True))


def _settings():
    # Images that lie side by side would be joined into one, and could not be told apart.
    settings = {"svg.fonttype": "path", "svg.image_inline": True, "image.composite_image": False}
    # Entering a context copies all of matplotlib's settings, which takes as long as drawing a line.
    needed = any(mpl.rcParams[name] != value for name, value in settings.items())
    return mpl.rc_context(settings) if needed else contextlib.nullcontext()


def _after_a_cut(artist: Artist, order: list[Artist]):
    draw = artist.draw

    def cut_and_draw(renderer, *args, **kwargs):
        order.append(artist)
        renderer.writer.element(_CUT)
        drawn = draw(renderer, *args, **kwargs)
        if renderer._rasterizing and renderer._raster_depth == 0:
            # matplotlib would draw these pixels when the next artist begins, behind the cut.
            renderer.stop_rasterizing()
            renderer._rasterizing = False
        return drawn

    return cut_and_draw


_REFERENCE = re.compile(r'(?<=url\(#)[^)]+|(?<=href="#)[^"]+')
_DEFINITION = re.compile(r'<(\w+) id="([^"]*)"([^>]*?/>|.*?</\1>)', re.DOTALL)
_PATH = re.compile(r'(?<= d=")[^"]+')
_IMAGE = re.compile(r'<image href="data:image/png;base64,\s*([^"]*)"(?: id="[^"]*")?')
# A twentieth of a point is less than a tenth of a pixel.
_STEPS_PER_POINT = 20
_INVISIBLE = 0.05


def _tidied(svg: str, definitions: Definitions) -> str:
    """Take comments, definitions and names out of matplotlib's SVG, and write its paths and images in short."""
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r">\s+<", "><", svg.replace("xlink:href", "href")).removesuffix("</svg>\n")
    names = {}

    def collect(block: re.Match[str]) -> str:
        for tag, name, rest in _DEFINITION.findall(block.group(1)):
            names[name] = definitions.name(tag, rest)
        return ""

    svg = re.sub(r"<defs>(.*?)</defs>", collect, svg, flags=re.DOTALL)
    svg = _REFERENCE.sub(lambda match: names.get(match.group(), match.group()), svg)
    svg = _PATH.sub(lambda match: short_path(match.group()), svg)
    return _IMAGE.sub(lambda match: f'<image href="data:image/png;base64,{_short_png(match.group(1))}"', svg)


@functools.lru_cache(4096)  # from frame to frame most paths stay as they are
def short_path(path: str) -> str:
    """Write a path of straight lines in steps from corner to corner, without those corners that nobody can see.

    Args:
        path: the ``d`` attribute of a path, as matplotlib writes it.

    Returns:
        The same path to within about a tenth of a point; unchanged, if it has curves, or dots.

    Example:
        >>> short_path("M 0 0 L 1 1.003 L 2 2 L 2 0 z")
        'M0 0l2 2 0-2z'
    """
    if any(curve in path for curve in "CQh"):
        return path.replace("\n", "").strip()
    strokes = path.split("M")[1:]
    numbers = path.replace("M", " ").replace("L", " ").replace("z", " ")
    corners = np.fromstring(numbers, sep=" ").reshape(-1, 2)
    last = np.cumsum([stroke.count("L") + 1 for stroke in strokes]) - 1
    first = np.concatenate([[0], last[:-1] + 1])
    kept = _visible(corners.view(complex)[:, 0], np.union1d(first, last))
    # Far outside of the picture whole numbers cannot overflow.
    grid = np.rint(np.clip(corners, -1e6, 1e6) * _STEPS_PER_POINT).astype(int)
    text = []
    for stroke, start, end in zip(strokes, first, last):
        points = grid[kept[np.searchsorted(kept, start) : np.searchsorted(kept, end) + 1]]
        x, y, *steps = np.vstack([points[:1], np.diff(points, axis=0)]).ravel().tolist()
        text.append(f"M{_number(x)} {_number(y)}" + "l" * bool(steps) + " ".join(map(_number, steps)))
        text.append("z" * ("z" in stroke))
    return "".join(text).replace(" -", "-")


def _visible(corners: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The indices of the corners that stay: both ends of a stroke, and what is off the line between its neighbours.

    Corners are complex numbers: then one product of the ways to the next corner but one and to the next has as its real
    part how far along the line a corner lies, and as its imaginary part how far aside.
    """
    kept = np.arange(len(corners))
    fixed = np.zeros(len(corners), dtype=bool)
    fixed[ends] = True
    unchanged = 0
    for turn in range(8):
        points = corners[kept]
        along = points[2:] - points[:-2]
        length = np.abs(along)
        product = along.conj() * (points[1:-1] - points[:-2])
        straight = np.abs(product.imag) <= _INVISIBLE * length
        straight &= (product.real >= 0) & (product.real <= length**2) & (length > 0)
        straight &= ~fixed[kept[1:-1]]
        # Of two neighbours only one goes at a time, since each was measured against the other.
        straight[turn % 2 :: 2] = False
        unchanged = 0 if straight.any() else unchanged + 1
        if unchanged == 2:
            break
        kept = np.concatenate([kept[:1], kept[1:-1][~straight], kept[-1:]]) if len(kept) > 2 else kept
    return kept


@functools.cache
def _number(steps: int) -> str:
    return (
        f"{steps / _STEPS_PER_POINT:g}".replace("0.", ".")
        if abs(steps) < _STEPS_PER_POINT
        else (f"{steps / _STEPS_PER_POINT:.9g}")
    )


def _short_png(encoded: str) -> str:
    """An image of at most 256 colours as indices into a palette, which take a quarter of the space."""
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))
    distinct, indices = np.unique(pixels.view(np.uint32), return_inverse=True)
    colours = distinct.view(np.uint8).reshape(-1, 4)
    if len(colours) > 256 or np.any(colours[:, 3] < 255):
        return encoded.strip()
    image = Image.fromarray(indices.reshape(pixels.shape[:2]).astype(np.uint8), mode="P")
    image.putpalette(colours[:, :3].tobytes())
    buffer = io.BytesIO()
    image.save(buffer, format="png", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
