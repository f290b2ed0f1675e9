"""Diagrams: what they show is in the arrays, and their arrows begin and end at the borders of things."""

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from dlmath import diagrams, network, plotting
from dlmath.live import explore


@pytest.fixture
def axes():
    figure, axes = diagrams.board(5, 3)
    yield axes
    plt.close(figure)


def ends(edge):
    """Where an arrow's line begins and ends on the board, without its head."""
    path = edge.line.get_path()
    return path.vertices[0], path.vertices[np.argmax(np.linalg.norm(path.vertices - path.vertices[0], axis=1))]


class TestNetwork:
    def test_has_a_node_per_unit_and_an_edge_per_weight(self, axes, rng):
        sizes = [4, 3, 5, 2]
        parameters = network.unpack(network.initialize(sizes, rng), sizes)
        drawn = diagrams.network(axes, parameters)
        assert [len(layer) for layer in drawn.layers] == sizes
        for (W, _), edges in zip(parameters, drawn.edges):
            assert np.array(edges, dtype=object).shape[:2] == W.shape

    def test_the_sign_of_a_weight_is_its_colour_and_its_size_the_thickness(self, axes):
        W = np.array([[1.0, -2.0], [0.0, 4.0]])
        edges = diagrams.network(axes, [(W, np.zeros(2))]).edges[0]
        colours = [[plt.matplotlib.colors.to_hex(e.line.get_edgecolor()) for e in row] for row in edges]
        assert colours == [[plotting.BLUE, plotting.ORANGE], [plotting.GRID, plotting.BLUE]]
        thickness = np.array([[e.line.get_linewidth() for e in row] for row in edges])
        assert np.argsort(thickness.ravel()).tolist() == np.argsort(np.abs(W).ravel()).tolist()

    def test_text_on_an_edge_is_that_of_its_weight(self, axes):
        W = np.arange(6.0).reshape(3, 2)
        drawn = diagrams.network(axes, [(W, np.zeros(3))], weight_text=lambda layer, i, j: f"{W[i, j]:g}")
        assert [[e.label.get_text() for e in row] for row in drawn.edges[0]] == [["0", "1"], ["2", "3"], ["4", "5"]]

    def test_the_texts_on_the_edges_of_the_book_s_network_do_not_overlap(self, axes):
        parameters = network.unpack(np.ones(13), [2, 3, 1])
        drawn = diagrams.network(axes, parameters, weight_text=lambda layer, i, j: r"$\omega_0$")
        axes.figure.draw_without_rendering()
        labels = [e.label.get_window_extent() for edges in drawn.edges for row in edges for e in row]
        assert not [(a, b) for k, a in enumerate(labels) for b in labels[:k] if a.overlaps(b)]

    def test_stays_in_the_width_it_is_given(self, axes):
        drawn = diagrams.network(axes, [(np.ones((3, 2)), np.zeros(3))], width=2.0)
        assert max(one.at[0] for layer in drawn.layers for one in layer) == 1.5
        with pytest.raises(ValueError, match="width must be finite and above 0, got -1"):
            diagrams.network(axes, [(np.ones((3, 2)), np.zeros(3))], width=-1)


class TestEdge:
    @pytest.mark.parametrize("bend", [0, 0.3, -0.3])
    def test_begins_and_ends_at_the_borders(self, axes, bend):
        start, end = diagrams.node(axes, (1, 1), radius=0.3), diagrams.box(axes, (4, 2), "b", width=1, height=0.5)
        edge = diagrams.edge(axes, start, end, bend=bend)
        first, last = ends(edge)
        assert np.hypot(*(first - start.at)) == pytest.approx(0.3, abs=0.03)
        x, y = np.abs(last - end.at)
        assert max(x / 0.5, y / 0.25) == pytest.approx(1, abs=0.1)

    def test_the_text_lies_on_the_curve(self, axes):
        edge = diagrams.edge(axes, (1, 1), (3, 1), "w", bend=0.5)
        x, y = edge.label.get_position()
        assert (x, y) == (2, 1.5)  # half of the way to the control point, which lies 1 to the left of the direction
        pixels = edge.line.get_path().transformed(Affine2D().scale(100)).cleaned(curves=False)
        curve = pixels.vertices[pixels.codes == Path.LINETO] / 100
        assert np.linalg.norm(curve - (x, y), axis=1).min() < 0.1


class TestArray:
    def test_says_the_shape_that_it_has(self, axes):
        for shape, text in (((3, 2), r"3 \times 2"), ((4,), "4"), ((1, 5), r"1 \times 5")):
            assert diagrams.array(axes, (2, 2), np.ones(shape), "A").label.get_text() == f"$A$\n${text}$"

    def test_a_larger_entry_is_darker(self, axes):
        cells = diagrams.array(axes, (2, 2), np.array([[0.0, -3.0], [1.0, 2.0]]), "A").cells
        assert np.argsort([cell.get_alpha() for cell in cells]).tolist() == [0, 2, 3, 1]

    def test_nothing_but_zeros(self, axes):
        assert {cell.get_alpha() for cell in diagrams.array(axes, (2, 2), np.zeros((2, 2)), "A").cells} == {0.1}

    def test_refuses_what_is_no_vector_or_matrix(self, axes):
        with pytest.raises(ValueError, match=r"values must have shape \(n,\) or \(rows, columns\), got \(1, 1, 1\)"):
            diagrams.array(axes, (2, 2), np.ones((1, 1, 1)), "A")


def test_a_brace_points_to_the_left_of_its_direction(axes):
    curve, text = diagrams.brace(axes, (4, 2), (1, 2), "below")
    assert text.get_position()[1] < 2
    assert curve.get_path().vertices[:, 1].min() < 2


def test_a_diagram_moves_in_a_live_figure(axes):
    one = diagrams.node(axes, (1, 1), "0")

    def count(n):
        one.label.set_text(str(n))
        return one.label, f"It says {n}."

    described = "A circle with a number in it, which is the value of the control."
    assert "It says 1." in repr(explore(count, axes.figure, description=described, n=[1, 2]))


class TestPlaces:
    """Where things are, in the units of the board."""

    def test_a_box_is_centred_and_its_text_stands_in_it(self, axes):
        drawn = diagrams.box(axes, (2, 1), "softmax", width=1.5, height=0.5, color=plotting.BLUE)
        extent = drawn.shape.get_path().get_extents()
        np.testing.assert_allclose([extent.x0, extent.y0, extent.x1, extent.y1], [1.25, 0.75, 2.75, 1.25])
        assert plt.matplotlib.colors.to_hex(drawn.shape.get_edgecolor()) == plotting.BLUE
        label = drawn.label
        assert label.get_position() == (2, 1)
        assert (label.get_ha(), label.get_va()) == ("center", "center")
        assert label.get_zorder() > drawn.shape.get_zorder(), "the text is on the box"
        assert drawn.at == (2, 1)

    def test_a_brace_has_its_tip_in_the_middle_and_its_text_beyond_it(self, axes):
        curve, label = diagrams.brace(axes, (1.0, 2.0), (3.0, 2.0), "text", depth=0.1)
        vertices = curve.get_path().vertices
        np.testing.assert_allclose(vertices[[0, -1]], [[1, 2], [3, 2]])
        np.testing.assert_allclose(vertices[4], [2, 2.2])
        np.testing.assert_allclose(vertices[:, 0] + vertices[::-1, 0], 4, err_msg="it is symmetric")
        np.testing.assert_allclose(vertices[:, 1], vertices[::-1, 1])
        np.testing.assert_allclose(label.get_position(), [2, 2.32])
        default = diagrams.brace(axes, (3.0, 2.0), (1.0, 2.0), "text")[0].get_path().vertices
        np.testing.assert_allclose(default[4], [2, 1.76], err_msg="on the left as seen from the start")

    @pytest.mark.parametrize("sizes", [[2, 3], [4, 1, 2], [1, 5]])
    def test_layers_stand_side_by_side_and_are_centred(self, sizes):
        figure, axes = diagrams.board(6, 4)
        parameters = [(np.ones((m, n)), np.zeros(m)) for n, m in itertools.pairwise(sizes)]
        layers = diagrams.network(axes, parameters).layers
        columns = [{one.at[0] for one in layer} for layer in layers]
        assert all(len(column) == 1 for column in columns)
        (*places,) = (column.pop() for column in columns)
        np.testing.assert_allclose(np.diff(places, n=2), 0, atol=1e-12)
        assert places == sorted(places)
        gaps = set()
        for layer in layers:
            heights = [one.at[1] for one in layer]
            assert np.mean(heights) == pytest.approx(2), "in the middle of the board"
            assert heights == sorted(heights, reverse=True), "the first is on top"
            gaps |= set(np.round(-np.diff(heights), 9))
        assert len(gaps) == 1, "all neighbours are equally far apart"
        plt.close(figure)

    def test_a_part_of_a_curve_lies_on_the_curve(self, axes):
        curve = np.array([[0.5, 0.5], [2.0, 3.0], [4.0, 1.0]])
        start, end = (diagrams.node(axes, tuple(curve[i]), radius=0.3) for i in (0, 2))
        part = diagrams._between_borders(curve, start, end)
        t = np.linspace(0, 1, 20_001)
        points = diagrams._on_curve(curve, t)
        first, last = (t[np.argmin(np.linalg.norm(points - part[i], axis=1))] for i in (0, 2))
        assert 0 < first < last < 1
        for s in (0, 0.25, 0.5, 1):
            on_part, on_curve = diagrams._on_curve(part, s), diagrams._on_curve(curve, first + s * (last - first))
            np.testing.assert_allclose(on_part, on_curve, atol=1e-3)
        for place, centre in ((part[0], curve[0]), (part[2], curve[2])):
            assert 0.3 <= np.linalg.norm(place - centre) < 0.32, "the line around it has a width"

    def test_between_things_that_overlap_the_curve_stays_whole(self, axes):
        curve = np.array([[1.0, 1.0], [1.1, 1.0], [1.2, 1.0]])
        start, end = (diagrams.node(axes, tuple(curve[i]), radius=0.5) for i in (0, 2))
        np.testing.assert_array_equal(diagrams._between_borders(curve, start, end), curve)

    @pytest.mark.parametrize(("size", "name"), [((-1, 1), "width"), ((1, 0), "height"), ((1, np.nan), "height")])
    def test_a_board_has_a_size(self, size, name):
        with pytest.raises(ValueError, match=rf"^{name} must be"):
            diagrams.board(*size)
