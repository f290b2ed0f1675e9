"""Panels that lie side by side are stacked on a phone: which belong together, and where they go."""

from __future__ import annotations

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.transforms import Bbox

from dlmath import _stacking, plotting


@pytest.fixture(autouse=True)
def style():
    with plt.rc_context(plotting.STYLE):
        yield
    plt.close("all")


def drawn(*shape, legend=False, bar=False, **options):
    figure, axes = plt.subplots(*shape, **options)
    axes = np.atleast_1d(axes).ravel()
    for each in axes:
        (line,) = each.plot([0, 1], [0, 1], label="a line")
        each.set(xlabel="x", ylabel="y")
    if legend:
        figure.legend(handles=[line], loc="outside upper center")
    if bar:
        figure.colorbar(axes[0].imshow(np.eye(3)), ax=axes[0])
    figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize("bar", [False, True])
@pytest.mark.parametrize("count", [2, 3])
def test_panels_side_by_side_are_stacked_and_keep_their_colour_bar(count, bar):
    figure = drawn(1, count, bar=bar)
    stack = _stacking.stack_of(figure)
    assert len(stack.panels) == count
    assert stack.width < 0.7 * figure.bbox.width
    for axes in figure.axes:
        box = axes.get_tightbbox()
        box = Bbox([[box.x0, figure.bbox.height - box.y1], [box.x1, figure.bbox.height - box.y0]])
        around = [panel for panel in stack.panels if all(panel.contains(*corner) for corner in box.corners())]
        assert len(around) == 1, "it is whole in one panel; the margin of the next may touch it"


def test_moved_panels_lie_one_below_the_other_within_the_stack():
    stack = _stacking.stack_of(drawn(1, 3, legend=True))
    assert len(stack.panels) == 4, "the legend is a panel of its own, above the others"
    bottom = 0.0
    for panel, (x, y) in zip(stack.panels, stack.shifts):
        moved = panel.translated(x, y)
        assert moved.y0 == pytest.approx(bottom)
        assert moved.x0 >= -1e-9
        assert moved.x1 <= stack.width + 1e-9
        bottom = moved.y1
    assert bottom == pytest.approx(stack.height)


def test_a_narrower_panel_stands_in_the_middle():
    stack = _stacking.stack_of(drawn(1, 2, gridspec_kw={"width_ratios": [2, 1]}))
    wide, narrow = (panel.translated(x, y) for panel, (x, y) in zip(stack.panels, stack.shifts))
    assert (wide.x0, wide.x1) == pytest.approx((0, stack.width))
    assert narrow.width < 0.8 * stack.width
    assert narrow.x0 == pytest.approx(stack.width - narrow.x1)


@pytest.mark.parametrize("size", [(8, 6), (16, 4), (6, 12)])
def test_each_panel_of_a_grid_is_found_by_its_axes_and_by_what_is_in_them(size):
    figure = drawn(2, 2, figsize=size)
    stack = _stacking.stack_of(figure)
    assert len(stack.panels) == 4
    places = [_stacking.panel_of(figure, stack, axes) for axes in figure.axes]
    assert places == [0, 1, 2, 3], "row by row"
    for axes, place in zip(figure.axes, places):
        for part in (axes.lines[0], axes.patch, axes.xaxis):
            assert _stacking.panel_of(figure, stack, part) == place


def test_the_style_sheet_is_told_how_large_the_stack_is():
    figure = drawn(1, 2)
    stack = _stacking.stack_of(figure)
    html = _stacking.container(figure, stack, "<svg/>")
    found = re.fullmatch(
        r'<div class="dl-figure dl-stack" style="--dl-w:(\d+);--dl-h:(\d+);--dl-zoom:([\d.]+)%"><svg/></div>', html
    )
    width, height, zoom = map(float, found.groups())
    assert (width, height) == pytest.approx((stack.width, stack.height), abs=0.5)
    assert width * zoom / 100 == pytest.approx(figure.bbox.width, rel=0.005), "the picture fills the page again"


@pytest.mark.parametrize("shape", [(1, 1), (2, 1)])
def test_what_is_not_side_by_side_stays_as_it_is(shape):
    assert _stacking.stack_of(drawn(*shape)) is None


def test_every_piece_comes_in_its_order_and_in_the_group_of_its_panel():
    figure = drawn(1, 2, legend=True)
    stack = _stacking.stack_of(figure)
    left, right = figure.axes
    artists = [figure, left, left.lines[0], right, right.xaxis, figure.legends[0]]
    pieces = [(_stacking.panel_of(figure, stack, artist), piece) for artist, piece in zip(artists, "abcdef")]
    text = _stacking.in_panels(stack, pieces)
    assert re.sub("<[^>]*>", "", text) == "abcdef"
    groups = re.findall(r'<g class="dl-panel"[^>]*>([a-f]*)</g>', text)
    assert groups == ["bc", "de", "f"], "the paper of the figure stays where it is"
    assert _stacking.in_panels(None, pieces) == "abcdef"


def test_text_of_a_single_panel_keeps_eleven_pixels():
    figure = drawn(1, 1)
    figure.axes[0].legend(fontsize=9)
    html = _stacking.container(figure, None, "<svg/>")
    (least,) = re.findall(r"--dl-least:(\d+)px", html)
    assert 9 * int(least) / figure.bbox.width == pytest.approx(11, abs=0.05)


def test_text_that_is_not_seen_need_not_be_read():
    figure = drawn(1, 1)
    figure.text(0.5, 0.5, "hidden", fontsize=1, visible=False)
    figure.text(0.5, 0.5, "  ", fontsize=1)
    assert _stacking.container(figure, None, "") == _stacking.container(drawn(1, 1), None, "")
    bare = plt.figure(figsize=(5, 3))
    assert f"--dl-least:{bare.bbox.width:.0f}px" in _stacking.container(bare, None, "")


def test_a_picture_and_a_live_figure_are_stacked_alike():
    picture = plotting.show(drawn(1, 2), "Two panels, each with one straight line.")
    assert 'class="dl-figure dl-stack"' in picture._repr_html_()
    assert picture.svg.count('class="dl-panel"') >= 2
