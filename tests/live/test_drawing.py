"""Frames against full redraws, and every way in which an update can change something unsaid."""

from __future__ import annotations

import gc

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.legend import Legend

from dlmath import _stacking, _svg
from dlmath.live.drawing import Drawing

X = np.linspace(-2, 2, 30)
GRID = np.multiply.outer(X, X)


class Plot:
    """Two axes with something of everything that stays, and a line that moves."""

    def __init__(self):
        self.figure, (self.left, self.right) = plt.subplots(1, 2, layout="constrained")
        (self.still,) = self.left.plot(X, X, label="still")
        (self.line,) = self.left.plot(X, X, label="moving")
        self.left.legend()
        self.left.set(xlabel="x", ylabel="y", ylim=(-4, 4), title="left")
        self.right.set(xlim=(-2, 2), ylim=(-2, 2), title="right")
        self.note = self.figure.text(0.01, 0.97, "note")

    def move(self, a):
        self.line.set_ydata(a * X)
        return self.line, f"slope {a}"

    def drawing(self, also=lambda a: [], a=1):
        """A drawing whose update moves the line, does something else, and returns what that returns."""

        def update(a):
            return [*self.move(a), *(also(a) or [])]

        return Drawing(update, self.figure, {"a": a}, "test")


@pytest.fixture
def plot():
    plot = Plot()
    yield plot
    plt.close(plot.figure)


def full_redraw(drawing):
    pieces = _svg.all_pieces(drawing.figure, drawing.definitions)
    stack = drawing.stack
    body = _stacking.in_panels(
        stack, [(_stacking.panel_of(drawing.figure, stack, each), pieces[each]) for each in pieces]
    )
    return _svg.picture(drawing.figure, drawing.definitions.markup(body) + body)


def complains(drawing, *words, a=2, error=ValueError):
    """The next frame, or the comparison with the whole figure, fails and says why."""
    with pytest.raises(error) as caught:
        drawing.check(drawing.frame({"a": a}), {"a": a}, whole=True)
    for word in words:
        assert word in str(caught.value)


def test_a_frame_is_what_a_full_redraw_gives(plot):
    drawing = plot.drawing()
    pictures = set()
    for a in (1, 2, -1):
        frame = drawing.frame({"a": a})
        assert drawing.svg(frame) == full_redraw(drawing)
        assert frame.sentence == f"slope {a}".replace("-", "−")
        assert list(frame.moving) == [plot.line]
        pictures.add(drawing.svg(frame))
    assert len(pictures) == 3


@pytest.mark.parametrize("switch_off", [lambda axes: axes.axis("off"), lambda axes: axes.set_frame_on(False)])
def test_axes_that_are_switched_off_draw_no_frame_and_no_ticks(plot, switch_off):
    switch_off(plot.right)
    drawing = plot.drawing()
    for a in (1, 2):
        frame = drawing.frame({"a": a})
        drawing.check(frame, {"a": a})
        assert drawing.svg(frame) == full_redraw(drawing)


def test_what_moves_keeps_its_place_below_what_stays(plot):
    plot.line.set_zorder(0.5)
    drawing = plot.drawing()
    frame = drawing.frame({"a": 2})
    assert frame.order.index(plot.line) < frame.order.index(plot.still)
    assert drawing.svg(frame) == full_redraw(drawing)


def test_artists_marked_as_animated_are_drawn(plot):
    plot.line.set_animated(True)
    drawing = plot.drawing()
    assert drawing.frame({"a": 2}).moving[plot.line]
    drawing.check(drawing.frame({"a": 2}), {"a": 2}, whole=True)


def test_contours_are_replaced_by_new_ones(plot):
    contours = plot.right.contourf(X, X, GRID, levels=5)
    plot.right.plot(0, 0, "o")

    def redraw(a):
        nonlocal contours
        contours.remove()
        contours = plot.right.contourf(X, X, a * GRID, levels=np.linspace(-4, 4, 6))
        return [contours]

    drawing = plot.drawing(redraw)
    for a in (1, 3, -2, 1):
        frame = drawing.frame({"a": a})
        drawing.check(frame, {"a": a}, whole=True)
        assert drawing.svg(frame) == full_redraw(drawing)
    del frame
    gc.collect()
    assert len(drawing.moving) <= 3, "contours that were replaced stay in memory"


def test_images_bars_and_error_bars_move(plot):
    image = plot.right.imshow(GRID, extent=(-2, 2, -2, 2), interpolation="none")
    bars = plot.left.bar([0, 1], [1, 2])

    def redraw(a):
        image.set_data(np.sin(a * GRID))
        for bar in bars:
            bar.set_height(a / 2)
        return image, bars

    drawing = plot.drawing(redraw)
    for a in (1, 2):
        frame = drawing.frame({"a": a})
        drawing.check(frame, {"a": a}, whole=True)
        assert drawing.svg(frame) == full_redraw(drawing)
        assert len(frame.moving) == 4


def test_a_part_of_a_legend_stands_for_the_legend(plot):
    legend = plot.left.get_legend()

    def rename(a):
        legend.get_texts()[1].set_text(f"{a} x")
        return [legend.get_texts()[1]]

    drawing = plot.drawing(rename)
    frame = drawing.frame({"a": 2})
    assert legend in frame.moving
    drawing.check(frame, {"a": 2}, whole=True)


def test_axes_that_are_returned_may_change_in_every_way(plot):
    def zoom(a):
        plot.right.set(xlim=(0, a), title=f"to {a}")
        return [plot.right]

    drawing = plot.drawing(zoom)
    for a in (1, 5):
        frame = drawing.frame({"a": a})
        drawing.check(frame, {"a": a}, whole=True)
        assert drawing.svg(frame) == full_redraw(drawing)


def test_surfaces_in_three_dimensions():
    figure, axes = plt.subplots(subplot_kw={"projection": "3d"})
    surface = axes.plot_surface(*np.meshgrid(X[::6], X[::6]), GRID[::6, ::6])
    axes.set_zlim(-4, 4)

    def update(a):
        nonlocal surface
        surface.remove()
        surface = axes.plot_surface(*np.meshgrid(X[::6], X[::6]), a * GRID[::6, ::6], color="C0")
        return surface

    drawing = Drawing(update, figure, {"a": 1}, "test")
    frame = drawing.frame({"a": 0.5})
    drawing.check(frame, {"a": 0.5}, whole=True)
    assert drawing.svg(frame) == full_redraw(drawing)
    plt.close(figure)


def test_an_artist_that_is_hidden_is_not_shown(plot):
    drawing = plot.drawing(lambda a: plot.line.set_visible(a > 0))
    assert drawing.frame({"a": -1}).moving[plot.line] == ""
    assert drawing.svg(drawing.frame({"a": -1})) == full_redraw(drawing)


class TestChangedAndNotReturned:
    """``also`` changes something; the moving line alone is returned."""

    def test_another_line(self, plot):
        drawing = plot.drawing(lambda a: plot.still.set_ydata(a * X + 1))
        complains(drawing, "still", "did not return it", "update(a=2)", "return it too")

    def test_a_line_whose_data_is_changed_in_place(self, plot):
        def scribble(a):
            plot.still.get_path().vertices[:, 1] = a * X

        complains(plot.drawing(scribble), "still", "did not return it")

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            (lambda plot, a: plot.left.set_title(f"title {a}"), "title 2"),
            (lambda plot, a: plot.left.set_xlabel(f"label {a}"), "Axis"),
            (lambda plot, a: plot.left.set_xticks([0, a]), "Axis"),
            (lambda plot, a: plot.left.tick_params(labelsize=5 + a), "Axis"),
            (lambda plot, a: plot.left.get_legend().set_visible(a == 1), "Legend"),
            (lambda plot, a: plot.note.set_text(f"note {a}"), "note 2"),
            (lambda plot, a: plot.left.spines["left"].set_linewidth(a), "Spine"),
            (lambda plot, a: plot.still.set_zorder(10 * a - 10), "order"),
        ],
        ids=["title", "label", "ticks", "tick labels", "legend", "text of the figure", "spine", "order"],
    )
    def test_other_things(self, plot, change, named):
        complains(plot.drawing(lambda a: change(plot, a) and None), named, "update(a=2)")

    @pytest.mark.parametrize("change", ["set_xlim", "set_ylim"])
    def test_limits_even_without_a_comparison(self, plot, change):
        drawing = plot.drawing(lambda a: getattr(plot.right, change)(0, a) and None)
        with pytest.raises(ValueError, match=r"update\(a=2\) changed the limits of the axes 'right'.*return the axes"):
            drawing.frame({"a": 2})

    def test_another_line_even_without_a_comparison(self, plot):
        drawing = plot.drawing(lambda a: plot.still.set_ydata(a * X + 1))
        with pytest.raises(ValueError, match="did not return it"):
            drawing.frame({"a": 2})

    def test_a_new_artist(self, plot):
        drawing = plot.drawing(lambda a: a > 1 and plot.right.plot(X, X) and None)
        complains(drawing, "added", "Line2D", "did not return it")

    def test_the_same_value_set_again_is_no_change(self, plot):
        drawing = plot.drawing(lambda a: plot.left.set_title("left") and None)
        drawing.frame({"a": 2})


class TestWhatUpdateReturns:
    def test_nothing(self, plot):
        with pytest.raises(ValueError, match="must return the artists that it changed, got none"):
            Drawing(lambda a: "a sentence", plot.figure, {"a": 1}, "test")
        with pytest.raises(ValueError, match="got none"):
            Drawing(lambda a: None, plot.figure, {"a": 1}, "test")

    @pytest.mark.parametrize("other", [3.5, {"line": 1}, b"bytes", object()])
    def test_what_is_no_artist(self, plot, other):
        with pytest.raises(TypeError, match=f"must return the artists.*{type(other).__name__}"):
            Drawing(lambda a: [plot.line, other], plot.figure, {"a": 1}, "test")

    def test_two_sentences(self, plot):
        with pytest.raises(ValueError, match="one sentence"):
            Drawing(lambda a: [plot.line, "one", "two"], plot.figure, {"a": 1}, "test")

    def test_an_artist_of_another_figure(self, plot):
        other, axes = plt.subplots()
        (line,) = axes.plot(X, X)
        with pytest.raises(ValueError, match=r"Line2D.*not in the figure"):
            Drawing(lambda a: line, plot.figure, {"a": 1}, "test")
        plt.close(other)

    def test_an_artist_that_was_removed(self, plot):
        def update(a):
            if a > 1:
                plot.line.remove()
            return plot.line

        with pytest.raises(ValueError, match="not in the figure"):
            Drawing(update, plot.figure, {"a": 1}, "test").frame({"a": 2})

    def test_an_exception_names_the_values(self, plot):
        with pytest.raises(ZeroDivisionError) as caught:
            plot.drawing(lambda a: 1 / (a - 1))
        assert "a=1" in "".join(caught.value.__notes__)


@pytest.mark.parametrize("legends", [False, True])
def test_axes_and_legends_lie_where_matplotlib_draws_them(legends):
    def figure():
        figure, (left, right) = plt.subplots(1, 2, figsize=(6.4, 3), dpi=_svg.POINTS_PER_INCH, layout="constrained")
        left.plot([0, 1], [0, 2], label="a curve")
        left.set(aspect="equal")
        right.loglog([1, 10], [1e-3, 1], label="another curve")
        right.set_ylabel("value")
        if legends:
            left.legend(loc="upper center")
            figure.legend(loc="outside upper center", ncols=2)
        return figure

    made, drawn = figure(), figure()
    Drawing(lambda: [*made.axes[0].lines], made, {}, "test")
    drawn.canvas.draw()
    assert len(made.findobj(Legend)) == 2 * legends
    for kind in (Axes, Legend):
        for one, other in zip(made.findobj(kind), drawn.findobj(kind), strict=True):
            np.testing.assert_allclose(one.get_window_extent().extents, other.get_window_extent().extents, atol=0.1)
    plt.close(made)
    plt.close(drawn)
