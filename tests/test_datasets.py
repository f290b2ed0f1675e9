"""The data sets: what they are drawn from, that they repeat, and what is refused."""

import sys

import numpy as np
import pytest
from support import leaves_arguments_alone, refuses

from dlmath import datasets

PLANE = [datasets.blobs, datasets.moons, datasets.circles, datasets.spirals]


class TestSensors:
    def test_the_surface_is_the_formula(self):
        locations = np.array([[np.pi / 2, 0.0], [0.0, np.pi], [np.pi / 6, np.pi / 3]])
        np.testing.assert_allclose(datasets.sensor_surface(locations, 2.0, 3.0), [[5], [-3], [2.5]], rtol=1e-12)

    def test_without_noise_the_measurements_are_the_surface(self, rng):
        locations, z = datasets.sensors(50, rng, a=0.7, b=2.0, noise=0)
        np.testing.assert_array_equal(z, datasets.sensor_surface(locations, 0.7, 2.0))
        assert np.abs(locations).max() <= np.pi

    def test_the_defaults(self, rng):
        locations, z = datasets.sensors(20_000, rng)
        residuals = z - datasets.sensor_surface(locations, 1.5, -0.8)
        assert residuals.std() == pytest.approx(0.2, rel=0.02)
        assert abs(residuals.mean()) < 0.01
        np.testing.assert_allclose(locations.std(axis=0), 2 * np.pi / np.sqrt(12), rtol=0.02)

    def test_a_seed_repeats_the_draw(self):
        first, second = (datasets.sensors(5, np.random.default_rng(3))[1] for _ in range(2))
        np.testing.assert_array_equal(first, second)

    def test_bad_input(self, rng):
        refuses(lambda: datasets.sensors(0, rng), "count must", "at least 1", error=ValueError)
        refuses(lambda: datasets.sensors(5, rng, noise=-1), "noise must", "at least 0", error=ValueError)
        refuses(lambda: datasets.sensors(5, 0), "rng must", error=TypeError)
        refuses(lambda: datasets.sensors(5, rng, a="1"), "a must", error=TypeError)
        refuses(lambda: datasets.sensor_surface(np.ones((2, 3)), 1, 1), "locations must", "(N, 2)", error=ValueError)
        refuses(lambda: datasets.sensor_surface(np.ones((2, 2)), np.inf, 1), "a must", "finite", error=ValueError)
        refuses(lambda: datasets.sensor_surface(np.ones((2, 2)), 1, None), "b must", error=TypeError)
        refuses(lambda: datasets.sensor_surface(np.array([[np.nan, 1]]), 1, 1), "locations must", "NaN")

    def test_the_argument_is_left_alone(self, rng):
        leaves_arguments_alone(lambda x: datasets.sensor_surface(x, 1.0, 1.0), rng.standard_normal((3, 2)))


class TestSquareGrid:
    def test_x_changes_fastest(self):
        grid = datasets.square_grid(3, 2.0)
        np.testing.assert_array_equal(grid[:4], [[-2, -2], [0, -2], [2, -2], [-2, 0]])
        np.testing.assert_array_equal(grid[-1], [2, 2])
        assert grid.shape == (9, 2)

    def test_it_spans_pi_unless_told(self):
        assert datasets.square_grid(2).max() == np.pi
        assert datasets.square_grid(2).min() == -np.pi

    def test_bad_input(self):
        refuses(lambda: datasets.square_grid(1), "points must", "at least 2", error=ValueError)
        refuses(lambda: datasets.square_grid(2.0), "points must", "integer", error=TypeError)
        refuses(lambda: datasets.square_grid(2, 0), "half_width must", "above 0", error=ValueError)


@pytest.mark.parametrize("make", PLANE, ids=lambda f: f.__name__)
class TestPlaneSets:
    @pytest.mark.parametrize("count", [1, 2, 100, 101])
    def test_shapes_and_balance(self, make, count, rng):
        X, labels = make(count, rng)
        assert X.shape == (count, 2)
        assert labels.shape == (count,)
        assert labels.dtype.kind == "i"
        counts = np.bincount(labels)
        assert counts.max() - counts.min() <= 1
        assert np.isfinite(X).all()

    def test_a_seed_repeats_the_draw(self, make):
        first, second, third = (make(9, np.random.default_rng(seed))[0] for seed in (3, 3, 4))
        np.testing.assert_array_equal(first, second)
        assert not np.array_equal(first, third)

    def test_noise_has_the_given_deviation_in_both_directions(self, make):
        noise = "spread" if make is datasets.blobs else "noise"
        clean = make(20_000, np.random.default_rng(1), **{noise: 0.0})[0]
        noisy = make(20_000, np.random.default_rng(1), **{noise: 0.3})[0]
        np.testing.assert_allclose((noisy - clean).std(axis=0), 0.3, rtol=0.03)
        np.testing.assert_allclose((noisy - clean).mean(axis=0), 0, atol=0.02)

    def test_bad_input(self, make, rng):
        noise = "spread" if make is datasets.blobs else "noise"
        refuses(lambda: make(0, rng), "count must", "at least 1", error=ValueError)
        refuses(lambda: make(2.0, rng), "count must", "integer", error=TypeError)
        refuses(lambda: make(5, 0), "rng must", "default_rng", error=TypeError)
        refuses(lambda: make(5, rng, **{noise: -0.1}), f"{noise} must", "at least 0", error=ValueError)


class TestShapes:
    def test_blobs_stand_evenly_on_a_circle(self, rng):
        X, labels = datasets.blobs(8, rng, classes=4, spread=0.0, radius=3.0)
        expected = np.array([[3, 0], [0, 3], [-3, 0], [0, -3]])[labels]
        np.testing.assert_allclose(X, expected, atol=1e-12)
        assert labels.tolist() == [0, 1, 2, 3] * 2
        spread = datasets.blobs(30_000, rng)
        assert set(spread[1]) == {0, 1, 2}
        assert spread[0][spread[1] == 0].std(axis=0) == pytest.approx(0.5, rel=0.03)
        assert spread[0][spread[1] == 0].mean(axis=0) == pytest.approx([2, 0], abs=0.03)
        assert datasets.blobs(3, rng, radius=0, spread=0)[0].tolist() == [[0, 0]] * 3

    def test_moons_are_half_circles_that_reach_into_each_other(self, rng):
        X, labels = datasets.moons(400, rng, noise=0.0)
        upper, lower = X[labels == 0], X[labels == 1]
        np.testing.assert_allclose(np.linalg.norm(upper, axis=1), 1, rtol=1e-12)
        np.testing.assert_allclose(np.linalg.norm(lower - [1, 0.5], axis=1), 1, rtol=1e-12)
        assert upper[:, 1].min() >= 0
        assert lower[:, 1].max() <= 0.5
        assert lower[:, 1].min() < 0 < upper[:, 1].max()
        assert upper[:, 0].min() < -0.9

    def test_moons_are_scikit_learn_s(self, rng):
        theirs, _ = pytest.importorskip("sklearn.datasets").make_moons(4000, random_state=0)
        ours, _ = datasets.moons(4000, rng, noise=0.0)
        np.testing.assert_allclose(ours.mean(axis=0), theirs.mean(axis=0), atol=0.03)
        np.testing.assert_allclose(np.cov(ours.T), np.cov(theirs.T), atol=0.03)

    def test_circles(self, rng):
        X, labels = datasets.circles(100, rng, noise=0.0, inner=0.3)
        np.testing.assert_allclose(np.linalg.norm(X, axis=1), np.where(labels == 0, 1.0, 0.3), rtol=1e-12)
        many, labels = datasets.circles(4000, rng, noise=0.0)
        np.testing.assert_allclose(np.linalg.norm(many[labels == 1], axis=1), 0.5, rtol=1e-12)
        np.testing.assert_allclose(many.mean(axis=0), 0, atol=0.04)
        np.testing.assert_allclose(many.std(axis=0), np.sqrt((1 + 0.25) / 4), rtol=0.05)

    def test_spirals_turn_with_the_radius(self, rng):
        X, labels = datasets.spirals(90, rng, noise=0.0, classes=3, turns=1.5)
        radius = np.linalg.norm(X, axis=1)
        assert radius.max() <= 1
        np.testing.assert_allclose([radius.mean(), radius.std()], [1 / 2, 1 / np.sqrt(12)], atol=0.1)
        angle = 2 * np.pi * (1.5 * radius + labels / 3)
        np.testing.assert_allclose(
            X, radius[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)]), atol=1e-12
        )
        X, labels = datasets.spirals(50, rng, noise=0.0)
        radius = np.linalg.norm(X, axis=1)
        np.testing.assert_allclose(X[:, 0], radius * np.cos(2 * np.pi * (radius + labels / 2)), atol=1e-12)

    def test_the_default_noise(self):
        for make, deviation in ((datasets.moons, 0.1), (datasets.circles, 0.1), (datasets.spirals, 0.02)):
            noisy, clean = (make(10_000, np.random.default_rng(0), **more)[0] for more in ({}, {"noise": 0}))
            assert (noisy - clean).std() == pytest.approx(deviation, rel=0.03)

    def test_numbers_out_of_range(self, rng):
        refuses(lambda: datasets.blobs(5, rng, classes=0), "classes must", "at least 1", error=ValueError)
        refuses(lambda: datasets.blobs(5, rng, radius=-1.0), "radius must", "at least 0", error=ValueError)
        refuses(lambda: datasets.circles(5, rng, inner=1.0), "inner must", "below 1", error=ValueError)
        refuses(lambda: datasets.circles(5, rng, inner=0.0), "inner must", "above 0", error=ValueError)
        refuses(lambda: datasets.spirals(5, rng, classes=0), "classes must", "at least 1", error=ValueError)
        refuses(lambda: datasets.spirals(5, rng, turns=0), "turns must", "above 0", error=ValueError)


class TestDigits:
    def test_they_are_scikit_learn_s_scaled_to_one(self):
        theirs = pytest.importorskip("sklearn.datasets").load_digits()
        X, labels = datasets.digits()
        np.testing.assert_array_equal(X * 16, theirs.data)
        np.testing.assert_array_equal(labels, theirs.target)
        assert (X.min(), X.max()) == (0, 1)

    def test_they_need_numpy_alone(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
        X, labels = datasets.digits()
        assert (X.dtype, X.shape) == (np.float64, (1797, 64))
        assert (labels.dtype, np.bincount(labels).min(), np.bincount(labels).max()) == (np.int64, 174, 183)

    def test_each_call_gives_arrays_of_its_own(self):
        X, labels = datasets.digits()
        X[:] = labels[:] = 0
        assert datasets.digits()[0].max() == 1
        assert datasets.digits()[1].max() == 9
