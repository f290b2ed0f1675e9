"""Diagrams: what they show is in the arrays, and their arrows begin and end at the borders of things."""

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
