"""Pictures as SVG: well formed, small, and the same whenever they are drawn."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from matplotlib.collections import PathCollection
from matplotlib.mathtext import MathTextParser
from PIL import Image

from dlmath import _svg


@pytest.fixture
def figure():
    figure, axes = plt.subplots(1, 2, figsize=(5, 3))
    x = np.linspace(0, 6, 300)
    axes[0].plot(x, np.sin(x), label="sine")
    axes[0].plot(x, np.cos(x), "o--", markevery=30, label="cosine")
    axes[0].legend(loc="upper right")
    axes[1].imshow(np.outer(np.arange(8), np.arange(8)), interpolation="none")
    axes[1].contourf(np.outer(np.arange(8), np.arange(8)), alpha=1)
    axes[1].scatter([1, 2], [3, 4], [20, 40])
    yield figure
    plt.close(figure)


def drawn(figure, name="a"):
    definitions = _svg.Definitions(name)
    body = "".join(_svg.all_pieces(figure, definitions).values())
    return _svg.picture(figure, definitions.markup(body) + body)


def corners(path):
    """The absolute corners of a path that is written in steps, and where its strokes begin."""
    strokes = []
    for stroke in path.split("M")[1:]:
        start, _, steps = stroke.rstrip("z").partition("l")
        numbers = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", start + " " + steps)]
        strokes.append(np.cumsum(np.reshape(numbers, (-1, 2)), axis=0))
    return strokes


def distance(point, line):
    """From a point to the nearest place on a line of several corners."""
    start, end = line[:-1], line[1:]
    along = end - start
    length = np.maximum((along**2).sum(axis=1), 1e-300)
    fraction = np.clip(((point - start) * along).sum(axis=1) / length, 0, 1)
    return np.hypot(*(start + fraction[:, None] * along - point).T).min()


def test_the_picture_is_well_formed_and_every_reference_is_defined_once(figure):
    svg = drawn(figure)
    ET.fromstring(svg)
    identifiers = re.findall(r' id="([^"]*)"', svg)
    assert len(identifiers) == len(set(identifiers))
    assert set(re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg)) != set()
    for clip, use in re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg):
        assert (clip or use) in identifiers


def test_two_pictures_have_no_name_in_common(figure):
    names = [set(re.findall(r' id="([^"]*)"', drawn(figure, name))) for name in ("a", "b")]
    assert not names[0] & names[1]


def test_the_same_figure_gives_the_same_picture(figure):
    assert drawn(figure) == drawn(figure)


def test_a_part_drawn_alone_is_the_part_of_the_whole(figure):
    definitions = _svg.Definitions("a")
    figure.draw_without_rendering()
    whole = _svg.all_pieces(figure, definitions)
    order = _svg.draw_order(figure)
    assert [artist for artist in order if artist in whole] == list(whole)
    parts = [artist for axes in figure.axes for artist in (*axes.lines, *axes.collections, *axes.images)]
    assert len(parts) >= 5
    for artist, piece in _svg.pieces(figure, parts, definitions).items():
        assert piece == whole[artist]
        assert piece


def test_drawing_leaves_artists_as_they_were(figure):
    artists = _svg.draw_order(figure)
    drawn(figure)
    assert all("draw" not in vars(artist) for artist in artists)


def test_drawing_leaves_artists_as_they_were_when_it_fails(figure, monkeypatch):
    line = figure.axes[0].lines[0]
    monkeypatch.setattr(type(line), "draw", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        drawn(figure)
    assert "draw" not in vars(line)


def test_texts_that_look_like_markup_do_not_reach_the_page(figure):
    figure.axes[0].set_title("<script>--></svg>&\"'<dl-cut/>")
    figure.axes[0].annotate('"><img src=x>', (1, 0))
    svg = drawn(figure)
    ET.fromstring(svg)
    assert "script" not in svg
    assert "img" not in svg
    assert "<!--" not in svg


@given(arrays.arrays(float, st.tuples(st.integers(1, 60), st.just(2)), elements=st.floats(-500, 500)))
def test_a_short_path_stays_within_a_tenth_of_a_point(points):
    path = "M " + " \nL ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    (short,) = corners(_svg.short_path(path))
    assert np.abs(short[[0, -1]] - points[[0, -1]]).max() <= 0.026
    if len(short) > 1:
        assert max(distance(point, short) for point in points) <= 0.15


def test_a_smooth_curve_keeps_its_shape_and_loses_most_corners():
    x = np.linspace(0, 300, 2000)
    points = np.column_stack([x, 100 * np.sin(x / 20)])
    path = "M " + " \nL ".join(f"{x:.6f} {y:.6f}" for x, y in points)
    (short,) = corners(_svg.short_path(path))
    assert len(short) < 300
    assert max(distance(point, short) for point in points) <= 0.1


def test_strokes_and_closed_shapes_stay_apart():
    assert _svg.short_path("M 0 0 \nL 4 0 \nL 4 4 \nz\nM 10 10 \nL 12 10 \nz") == "M0 0l4 0 0 4zM10 10l2 0z"


def test_curves_are_left_alone():
    assert _svg.short_path("M 0 0 \nC 1 1 2 2 3 3 \nz") == "M 0 0 C 1 1 2 2 3 3 z"


def test_areas_between_contours_overlap_by_a_hair(figure):
    (contours,) = [c for c in figure.axes[1].collections if not c.get_antialiased()[0]]
    definitions = _svg.Definitions("a")
    piece = _svg.pieces(figure, [contours], definitions)[contours]
    for fill, stroke in re.findall(r"fill: (#\w+); stroke: (#\w+)", piece):
        assert fill == stroke
    assert piece.count("stroke-width: 0.5") == piece.count("<path")


def test_an_image_keeps_its_colours(figure):
    (image,) = figure.axes[1].images
    piece = _svg.pieces(figure, [image], _svg.Definitions("a"))[image]
    (encoded,) = re.findall(r"base64,([^\"]*)", piece)
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))
    expected = image.to_rgba(image.get_array(), bytes=True)
    assert pixels.shape == (8, 8, 4)
    assert np.array_equal(pixels, expected) or np.array_equal(pixels, expected[::-1])


def sizes_of_images(markup):
    return [Image.open(io.BytesIO(base64.b64decode(each))).size for each in re.findall(r"base64,([^\"]*)", markup)]


def test_what_is_drawn_in_pixels_has_two_of_them_in_each_point(figure):
    _, axes = figure.axes
    smooth = axes.imshow(np.outer(np.arange(8), np.arange(8)), interpolation="bilinear", extent=(0, 7, 0, 7))
    axes.set(aspect="auto", xlim=(0, 7), ylim=(0, 7))
    (scattered,) = [each for each in axes.collections if isinstance(each, PathCollection)]
    scattered.set(rasterized=True, offsets=[(0, 0), (7, 7)], clip_on=False, linewidths=0, sizes=[100, 100])
    figure.draw_without_rendering()
    width, height = np.array(axes.get_position().size) * figure.get_size_inches() * 72
    markup = _svg.pieces(figure, [smooth, scattered], _svg.Definitions("a"))
    np.testing.assert_allclose(sizes_of_images(markup[smooth]), [(2 * width, 2 * height)], atol=2)
    np.testing.assert_allclose(
        sizes_of_images("".join(markup.values()))[1:], [(2 * width + 20, 2 * height + 20)], atol=3
    )


def test_what_is_drawn_in_pixels_is_a_piece_of_its_own(figure):
    (image,) = figure.axes[1].images
    for artist in (figure.axes[0].lines[0], figure.axes[1].collections[-1], figure.axes[1].set_title("title")):
        artist.set_rasterized(True)
        whole = _svg.all_pieces(figure, _svg.Definitions("a"))
        assert {each for each, piece in whole.items() if "<image" in piece} == {image, artist}
        artist.set_rasterized(False)


class TestDots:
    def markup(self, figure, line):
        figure.draw_without_rendering()  # finds the limits of the axes
        return _svg.pieces(figure, [line], _svg.Definitions("test"))[line]

    def test_round_markers_of_one_colour_are_one_path(self):
        figure, axes = plt.subplots()
        (line,) = axes.plot(np.arange(50), np.arange(50) ** 2, "o", markersize=4)
        text = self.markup(figure, line)
        assert "<use" not in text
        (path,) = re.findall(r'<path d="([^"]*)"', text)
        assert path.count("h0") == 50
        assert "stroke-linecap: round" in text
        assert "stroke-width: 5;" in text, "four points across, and an edge of one"
        figure.dpi = _svg.POINTS_PER_INCH
        x, y = axes.transData.transform((10, 100))
        found = np.array([part.split() for part in path.removesuffix("h0").replace("M", "").split("h0")], dtype=float)
        np.testing.assert_allclose(found[10], [x, figure.bbox.height - y], atol=0.051)
        plt.close(figure)

    @pytest.mark.parametrize(
        "style",
        [
            {"marker": "s"},
            {"marker": "o", "markeredgecolor": "red"},
            {"marker": "o", "alpha": 0.3},
            {"marker": "o", "fillstyle": "none"},
            {"marker": "P"},
        ],
        ids=str,
    )
    def test_other_markers_stay_as_matplotlib_draws_them(self, style):
        figure, axes = plt.subplots()
        (line,) = axes.plot(np.arange(5), np.arange(5), linestyle="", **style)
        assert self.markup(figure, line).count("<use") == 5
        plt.close(figure)


def test_matplotlib_remembers_the_formulas_of_a_whole_figure():
    moved = "matplotlib keeps parsed formulas elsewhere now: see the end of the renderer in dlmath/_svg.py"
    assert hasattr(MathTextParser._parse_cached, "cache_info"), moved
    assert MathTextParser._parse_cached.cache_info().maxsize == 4096, moved


def test_a_formula_is_parsed_once_for_all_frames():
    figure, axes = plt.subplots()
    words = [axes.text(0.5, i / 80, rf"$\omega_{{{i}}}$") for i in range(80)]
    definitions = _svg.Definitions("formulas")
    first = _svg.pieces(figure, words, definitions)
    parsed = MathTextParser._parse_cached.cache_info().misses
    assert _svg.pieces(figure, words, definitions) == first
    assert MathTextParser._parse_cached.cache_info().misses == parsed
    plt.close(figure)
