"""Least squares: the steps of Gauss-Newton and Levenberg-Marquardt, where they arrive, and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, leaves_arguments_alone, refuses

from dlmath import datasets, network
from dlmath.least_squares import (
    Fit,
    gauss_newton,
    gauss_newton_step,
    levenberg_marquardt,
    levenberg_marquardt_step,
    standard_errors,
)
from dlmath.verify import complex_step

# y = a exp(k t), measured with noise: two parameters, one of them in an exponent.
TIMES = np.linspace(0, 2, 30)


def exponential(theta):
    return theta[0] * np.exp(theta[1] * TIMES)


def exponential_jacobian(theta):
    return np.column_stack([np.exp(theta[1] * TIMES), theta[0] * TIMES * np.exp(theta[1] * TIMES)])


@pytest.fixture
def measured(rng):
    return exponential([2.0, -1.3]) + 0.05 * rng.standard_normal(len(TIMES))


@pytest.fixture
def linear(rng):
    return rng.standard_normal((12, 3)), rng.standard_normal(12)


class TestSteps:
    def test_gauss_newton_solves_the_linear_problem(self, linear):
        J, r = linear
        np.testing.assert_allclose(gauss_newton_step(r, J), np.linalg.lstsq(J, -r, rcond=None)[0], rtol=1e-10)
        np.testing.assert_allclose(gauss_newton_step(r, J), -np.linalg.solve(J.T @ J, J.T @ r), rtol=1e-9)

    @given(st.floats(1e-6, 1e6))
    def test_levenberg_marquardt_solves_the_damped_normal_equations(self, damping):
        rng = np.random.default_rng(2)
        J, r = rng.standard_normal((12, 3)), rng.standard_normal(12)
        expected = -np.linalg.solve(J.T @ J + damping * np.eye(3), J.T @ r)
        np.testing.assert_allclose(levenberg_marquardt_step(r, J, damping), expected, rtol=1e-8)

    def test_without_damping_the_two_are_one(self, linear):
        J, r = linear
        np.testing.assert_allclose(levenberg_marquardt_step(r, J, 0), gauss_newton_step(r, J), rtol=1e-10)

    def test_damping_shortens_the_step_and_turns_it_to_the_gradient(self, linear):
        J, r = linear
        steps = [levenberg_marquardt_step(r, J, damping) for damping in (0, 1, 10, 1e8)]
        lengths = [np.linalg.norm(step) for step in steps]
        assert lengths == sorted(lengths, reverse=True)
        np.testing.assert_allclose(steps[-1] * 1e8, -J.T @ r, rtol=1e-6)

    def test_dependent_columns_give_the_shortest_step(self):
        J = np.ones((4, 2))
        np.testing.assert_allclose(gauss_newton_step(-np.ones(4), J), [0.5, 0.5], rtol=1e-12)

    @pytest.mark.parametrize(
        "step", [gauss_newton_step, lambda r, J: levenberg_marquardt_step(r, J, 1.0), standard_errors]
    )
    def test_bad_input(self, step, linear):
        J, r = linear
        refuses(lambda: step(r[:, np.newaxis], J), "residuals must", "(N,)", error=ValueError)
        refuses(
            lambda: step(r, J[1:]),
            "jacobian must",
            "(12, P) beside residuals of shape (12,)",
            "(11, 3)",
            error=ValueError,
        )
        refuses(lambda: step(r, r), "jacobian must", "(12, P)", error=ValueError)
        refuses(lambda: step(r * np.nan, J), "residuals must", "NaN", error=ValueError)
        refuses(lambda: step(r * np.inf, J), "residuals must be finite", "infinity", error=ValueError)
        refuses(lambda: step(r, J * np.inf), "jacobian must be finite", "infinity", error=ValueError)
        refuses(lambda: step(r[:0], J[:0]), "residuals must", "empty", error=ValueError)
        for value in NOT_NUMBERS:
            refuses(lambda v=value: step(v, J), "residuals must", error=TypeError)
            refuses(lambda v=value: step(r, v), "jacobian must", error=TypeError)

    def test_single_precision_is_kept(self, linear):
        J, r = (array.astype(np.float32) for array in linear)
        assert gauss_newton_step(r, J).dtype == np.float32
        for damping in (1, 0.5, np.float64(0.5)):
            assert levenberg_marquardt_step(r, J, damping).dtype == np.float32
        assert levenberg_marquardt_step(np.ones(12, int), J, 1).dtype == np.float32
        assert levenberg_marquardt_step(r, np.eye(12, 3, dtype=int), 1).dtype == np.float32
        assert standard_errors(r, J).dtype == np.float32

    def test_damping_is_a_number_from_zero_up(self, linear):
        J, r = linear
        refuses(lambda: levenberg_marquardt_step(r, J, -1.0), "damping must", "at least 0", error=ValueError)
        refuses(lambda: levenberg_marquardt_step(r, J, None), "damping must", "number", error=TypeError)
        single = r.astype(np.float32), J.astype(np.float32)
        refuses(lambda: levenberg_marquardt_step(*single, 1e39), "damping must", "at most", error=ValueError)

    def test_arguments_are_left_alone(self, linear):
        J, r = linear
        leaves_arguments_alone(gauss_newton_step, r, J)
        leaves_arguments_alone(lambda r, J: levenberg_marquardt_step(r, J, 0.5), r, J)
        leaves_arguments_alone(standard_errors, r, J)


class TestGaussNewton:
    def test_a_linear_model_needs_one_step_from_anywhere(self, linear):
        J, y = linear
        exact = np.linalg.lstsq(J, y, rcond=None)[0]
        for start in (np.zeros(3), np.array([1e3, -1e3, 5.0])):
            fit = gauss_newton(lambda t: J @ t - y, lambda t: J, start)
            np.testing.assert_allclose(fit.path[1], exact, rtol=1e-9, atol=1e-9)
            assert fit.converged
            assert len(fit.path) <= 4

    def test_a_nonlinear_model_agrees_with_scipy(self, measured):
        optimize = pytest.importorskip("scipy.optimize")
        expected = optimize.least_squares(lambda t: exponential(t) - measured, [1.5, -1.0], xtol=1e-15, ftol=1e-15)
        fit = gauss_newton(lambda t: exponential(t) - measured, exponential_jacobian, [1.5, -1.0])
        assert fit.converged
        np.testing.assert_allclose(fit.theta, expected.x, rtol=1e-7)
        np.testing.assert_allclose(fit.costs[-1], expected.cost, rtol=1e-10)

    def test_path_and_costs_belong_together(self, measured):
        fit = gauss_newton(lambda t: exponential(t) - measured, exponential_jacobian, np.array([1.5, -1.0]))
        assert len(fit.path) == len(fit.costs)
        np.testing.assert_array_equal(fit.path[0], [1.5, -1.0])
        np.testing.assert_array_equal(fit.theta, fit.path[-1])
        expected = [0.5 * np.sum((exponential(theta) - measured) ** 2) for theta in fit.path]
        np.testing.assert_allclose(fit.costs, expected, rtol=1e-12)

    def test_too_few_steps_do_not_converge(self, measured):
        fit = gauss_newton(lambda t: exponential(t) - measured, exponential_jacobian, [1.5, -1.0], steps=2)
        assert not fit.converged
        assert len(fit.path) == 3

    def test_a_looser_tolerance_stops_earlier(self, measured):
        paths = [
            gauss_newton(
                lambda t: exponential(t) - measured, exponential_jacobian, [1.5, -1.0], tolerance=tolerance
            ).path
            for tolerance in (1e-1, 1e-12)
        ]
        assert len(paths[0]) < len(paths[1])

    def test_the_tolerance_is_relative_to_one_plus_the_length_of_theta(self):
        # Steps of length 1 along a line: at theta = 9 the step is a tenth of 1 + |theta|.
        fit = gauss_newton(lambda t: np.ones(1), lambda t: -np.ones((1, 1)), [9.0], tolerance=0.1, steps=5)
        assert fit.converged
        assert len(fit.path) == 2
        fit = gauss_newton(lambda t: np.ones(1), lambda t: -np.ones((1, 1)), [8.0], tolerance=0.1, steps=5)
        assert len(fit.path) == 3

    def test_a_run_that_leaves_the_numbers_ends_before(self):
        # atan: Gauss-Newton from far away doubles its distance again and again.
        fit = gauss_newton(lambda t: np.arctan(t), lambda t: np.diag(1 / (1 + t**2)), np.array([3.0]))
        assert fit.converged is False
        assert abs(fit.theta[0]) > 1e100
        assert np.isfinite(fit.path).all()
        assert np.isfinite(fit.costs).all()

    def test_infinite_residuals_end_the_run(self):
        fit = gauss_newton(lambda t: np.where(t > 1, np.inf, t - 3), lambda t: np.eye(1), np.array([0.0]))
        assert fit.path.tolist() == [[0.0]]
        assert fit.costs.tolist() == [4.5]
        assert fit.converged is False

    def test_an_infinite_jacobian_ends_the_run(self):
        fit = gauss_newton(lambda t: t - 3, lambda t: np.array([[np.inf if t[0] > 1 else 1.0]]), np.array([0.0]))
        assert fit.path.tolist() == [[0.0], [3.0]]
        assert fit.converged is False


class TestLevenbergMarquardt:
    def test_agrees_with_scipy(self, measured):
        optimize = pytest.importorskip("scipy.optimize")
        expected = optimize.least_squares(lambda t: exponential(t) - measured, [1.5, -1.0], method="lm", xtol=1e-15)
        fit = levenberg_marquardt(lambda t: exponential(t) - measured, exponential_jacobian, [0.2, 3.0])
        assert fit.converged
        np.testing.assert_allclose(fit.theta, expected.x, rtol=1e-6)

    def test_costs_never_rise_and_belong_to_the_path(self, measured):
        fit = levenberg_marquardt(lambda t: exponential(t) - measured, exponential_jacobian, [0.2, 3.0])
        assert (np.diff(fit.costs) <= 0).all()
        expected = [0.5 * np.sum((exponential(theta) - measured) ** 2) for theta in fit.path]
        np.testing.assert_allclose(fit.costs, expected, rtol=1e-12)
        np.testing.assert_array_equal(fit.path[0], [0.2, 3.0])

    def test_it_finds_what_gauss_newton_runs_away_from(self):
        fit = levenberg_marquardt(lambda t: np.arctan(t), lambda t: np.diag(1 / (1 + t**2)), np.array([3.0]))
        assert fit.converged
        assert abs(fit.theta[0]) < 1e-8

    def test_rosenbrock(self):
        optimize = pytest.importorskip("scipy.optimize")
        fit = levenberg_marquardt(
            lambda t: np.array([10 * (t[1] - t[0] ** 2), 1 - t[0]]),
            lambda t: np.array([[-20 * t[0], 10], [-1, 0]]),
            [-1.2, 1.0],
        )
        assert fit.converged
        np.testing.assert_allclose(fit.theta, optimize.minimize(optimize.rosen, [-1.2, 1.0], tol=1e-12).x, atol=1e-5)

    def test_the_first_damping_is_relative_to_the_jacobian(self):
        # One parameter, r = c (t - 1): the first step is -1 / (1 + damping) of the way, whatever c.
        for c in (1.0, 1e3):
            fit = levenberg_marquardt(
                lambda t, c=c: c * (t - 1), lambda t, c=c: np.array([[c]]), [0.0], damping=1.0, steps=1
            )
            np.testing.assert_allclose(fit.path[1], [0.5], rtol=1e-12)

    def test_the_damping_is_divided_by_ten_after_a_good_step(self):
        fit = levenberg_marquardt(lambda t: t - 1, lambda t: np.eye(1), [0.0], damping=1.0, steps=2)
        # 1/2 of the way, then 1/(1 + 1/10) of what remains.
        np.testing.assert_allclose(fit.path[:, 0], [0, 0.5, 0.5 + 0.5 / 1.1], rtol=1e-12)
        assert not fit.converged

    def test_the_first_damping_is_that_part_of_the_diagonal(self):
        J, r = np.array([[1.0, 2.0], [0.0, 2.0]]), np.array([1.0, -2.0])
        for options, part in (({"damping": 0.5}, 0.5), ({}, 1e-6)):
            fit = levenberg_marquardt(lambda t: J @ t + r, lambda t: J, [0.0, 0.0], steps=1, **options)
            expected = -np.linalg.solve(J.T @ J + part * np.diag([1.0, 8.0]), J.T @ r)
            np.testing.assert_allclose(fit.path[1], expected, rtol=1e-12)

    def test_a_step_that_keeps_the_cost_is_accepted(self):
        fit = levenberg_marquardt(lambda t: np.ones(1), lambda t: np.eye(1), [0.0], steps=3)
        assert len(fit.path) == 4

    def test_a_refused_trial_stays_where_it_was_and_triples_the_damping(self):
        calls = []

        def residual(theta):
            calls.append(float(theta[0]))
            return np.array([1.0]) if theta[0] == 0 else np.array([2.0])

        fit = levenberg_marquardt(residual, lambda t: np.eye(1), [0.0], damping=1.0, steps=3)
        np.testing.assert_allclose(calls, [0, -1 / 2, -1 / 4, -1 / 10], rtol=1e-12)
        np.testing.assert_array_equal(fit.path, [[0.0]])
        assert not fit.converged

    def test_residuals_that_overflow_are_refused_like_any_other_rise(self):
        def residual(theta):
            return np.array([1.0]) if theta[0] == 0 else np.array([1e300])

        fit = levenberg_marquardt(residual, lambda t: np.eye(1), [0.0], steps=4)
        np.testing.assert_array_equal(fit.path, [[0.0]])

    def test_a_small_network_from_several_starts(self):
        """Its sigmoids saturate on the way: what they once did must not hold them where they are."""
        optimize = pytest.importorskip("scipy.optimize")
        sizes, names, rng = [2, 5, 1], ("sigmoid", "identity"), np.random.default_rng(0)
        places = datasets.square_grid(15)
        heights = datasets.sensor_surface(places, 1.5, -0.8)

        def residual(theta):
            return (network.predict(places, network.unpack(theta, sizes), names) - heights)[:, 0]

        jacobian = complex_step(residual, wrt=0)
        starts = [2 * network.initialize(sizes, rng) for _ in range(6)]
        ours = [levenberg_marquardt(residual, jacobian, start, steps=300) for start in starts]
        distances = [np.sqrt(2 * fit.costs[-1] / len(places)) for fit in ours]
        theirs = [optimize.least_squares(residual, start, jacobian, method="lm", max_nfev=300) for start in starts]
        assert max(distances) < 0.08  # a flat fit has 0.9
        assert min(distances) < 1.05 * np.sqrt(2 * min(fit.cost for fit in theirs) / len(places))
        for fit in ours:
            if fit.converged:
                further = optimize.least_squares(residual, fit.theta, jacobian, method="lm", max_nfev=300)
                assert further.cost > (1 - 1e-6) * fit.costs[-1]

    def test_influence_fades(self):
        """The column is 10 at the start and 1 from there on: after one step it counts as 0.95 times 10."""
        fit = levenberg_marquardt(
            lambda t: np.array([t[0] - 1e3]),
            lambda t: np.array([[10.0 if t[0] == 0 else 1.0]]),
            [0.0],
            damping=1.0,
            steps=2,
        )
        first = 1e3 * 10 / (100 + 100)
        second = (1e3 - first) / (1 + 0.1 * 9.5**2)
        np.testing.assert_allclose(fit.path[:, 0], [0, first, first + second], rtol=1e-12)

    def test_bad_numbers(self):
        def call(**options):
            return levenberg_marquardt(lambda t: t, lambda t: np.eye(1), [1.0], **options)

        refuses(lambda: call(damping=0), "damping must", "above 0", error=ValueError)
        refuses(lambda: call(steps=0), "steps must", "at least 1", error=ValueError)
        refuses(lambda: call(tolerance=0), "tolerance must", "above 0", error=ValueError)


@pytest.mark.parametrize("method", [gauss_newton, levenberg_marquardt])
class TestBothMethods:
    def test_the_largest_number_of_steps(self, method):
        calls = []

        def residual(theta):
            calls.append(theta)
            return np.ones(1)

        method(residual, lambda t: np.eye(1), [0.0], tolerance=1e-300)
        assert len(calls) == 1 + {gauss_newton: 50, levenberg_marquardt: 1000}[method]

    def test_what_overflows_in_the_caller_s_function_does_not_warn(self, method):
        def residual(theta):
            huge = np.array([1e200]) * 1e200 if theta[0] != 0 else np.zeros(1)
            return theta - 1 + huge - huge

        fit = method(residual, lambda t: np.eye(1), [0.0], steps=3)
        assert fit.path.tolist() == [[0.0]]
        assert not fit.converged

    def test_bad_input(self, method):
        def jacobian(theta):
            return np.eye(1)

        refuses(lambda: method(lambda t: t, jacobian, [[1.0]]), "start must", "(P,)", error=ValueError)
        refuses(lambda: method(lambda t: t, jacobian, [np.nan]), "start must", "NaN", error=ValueError)
        refuses(lambda: method(lambda t: t, jacobian, [1.0], steps=1.0), "steps must", "integer", error=TypeError)
        refuses(
            lambda: method(lambda t: t, jacobian, [1.0], tolerance=-1), "tolerance must", "above 0", error=ValueError
        )
        refuses(
            lambda: method(lambda t: t, lambda t: np.eye(2), [1.0]), "jacobian(start) must", "(1, 1)", error=ValueError
        )
        for value in NOT_NUMBERS:
            refuses(lambda v=value: method(lambda t: t, jacobian, v), "start must", error=TypeError)

    @pytest.mark.parametrize(
        ("result", "error", "said"),
        [
            (None, TypeError, "numbers"),
            (1.0, ValueError, "shape (N,), got ()"),
            (np.ones((2, 1)), ValueError, "shape (N,), got (2, 1)"),
            ([], ValueError, "empty"),
            ("text", TypeError, "numbers"),
            ([np.nan, 1.0], ValueError, "NaN"),
            ([np.inf, 1.0], ValueError, "finite"),
            (np.ma.array([1.0, 2.0], mask=[True, False]), TypeError, "masked"),
        ],
    )
    def test_what_the_residuals_cannot_be(self, method, result, error, said):
        refuses(lambda: method(lambda t: result, lambda t: np.eye(2), [1.0, 1.0]), "residual(start)", said, error=error)

    @pytest.mark.parametrize(
        ("result", "error", "said"),
        [
            (None, TypeError, "numbers"),
            (1.0, ValueError, "shape (2, 2), got ()"),
            (np.ones(2), ValueError, "shape (2, 2), got (2,)"),
            (np.ones((3, 2)), ValueError, "shape (2, 2), got (3, 2)"),
            (np.full((2, 2), np.nan), ValueError, "NaN"),
            (np.full((2, 2), np.inf), ValueError, "finite"),
        ],
    )
    def test_what_the_jacobian_cannot_be(self, method, result, error, said):
        refuses(lambda: method(lambda t: t, lambda t: result, [1.0, 1.0]), "jacobian(start)", said, error=error)

    def test_lists_will_do(self, method):
        fit = method(lambda t: [t[0] - 1, t[1] - 2], lambda t: [[1, 0], [0, 1]], [0, 0])
        assert fit.converged
        np.testing.assert_allclose(fit.theta, [1, 2], atol=1e-9)

    def test_what_changes_its_length_on_the_way(self, method):
        refuses(
            lambda: method(lambda t: np.ones(1 if t[0] == 0 else 2), lambda t: np.eye(1), [0.0]),
            "residual(theta)", "(1,)", "(2,)", error=ValueError,
        )  # fmt: skip
        refuses(
            lambda: method(lambda t: t - 1, lambda t: np.ones((1 if t[0] == 0 else 2, 1)), [0.0]),
            "jacobian(theta) must have shape (1, 1), got (2, 1)", error=ValueError,
        )  # fmt: skip

    def test_functions_must_be_functions(self, method):
        refuses(lambda: method(np.ones(1), lambda t: np.eye(1), [0.0]), "residual", "function", error=TypeError)
        refuses(lambda: method(lambda t: t, np.eye(1), [0.0]), "jacobian", "function", error=TypeError)

    @pytest.mark.parametrize("unit", [1e-200, 1.0, 1e200])
    def test_the_units_of_the_residuals_change_nothing(self, method, unit):
        fit = method(lambda t: unit * (np.exp(t) - 2), lambda t: unit * np.diag(np.exp(t)), [1.0])
        assert fit.converged
        np.testing.assert_allclose(fit.theta, [np.log(2)], rtol=1e-9)

    def test_a_parameter_that_has_lost_its_influence_is_not_at_rest(self, method):
        """From b = 30 the exponential is 0 on all samples, and the best mean of the data is no fit of the curve."""
        x = np.array([2.0, 3.0, 5.0, 7.0])

        def residual(t):
            return t[0] * (1 - np.exp(-t[1] * x)) - (1 - np.exp(-0.3 * x))

        def jacobian(t):
            return np.column_stack([1 - np.exp(-t[1] * x), t[0] * x * np.exp(-t[1] * x)])

        fit = method(residual, jacobian, [1.0, 300.0])
        assert not fit.converged

    @pytest.mark.parametrize("unit", [1e-12, 1.0, 1e12])
    def test_influence_does_not_depend_on_the_unit_of_a_parameter(self, method, unit):
        """The second residual falls until the parameter is -1, and stays there."""

        def residual(t):
            return np.array([t[0] - 1, unit * (max(t[1], -1) + 2)])

        fit = method(residual, lambda t: np.diag([1, unit * (t[1] > -1)]), [0.0, 0.0])
        assert fit.theta[1] < -1
        assert not fit.converged

    def test_nan_on_the_way_is_a_step_too_far(self, method):
        fit = method(lambda t: np.sqrt(t) - 3, lambda t: np.diag(0.5 / np.sqrt(t)), [100.0])
        assert fit.converged == (method is levenberg_marquardt)

    def test_single_precision_comes_to_rest(self, method):
        times, measured = TIMES.astype(np.float32), exponential([2.0, -1.3]).astype(np.float32)

        def residual(t):
            return (t[0] * np.exp(t[1] * times) - measured).astype(np.float32)

        def jacobian(t):
            return exponential_jacobian(t).astype(np.float32)

        fit = method(residual, jacobian, np.array([1.5, -1.0], np.float32))
        assert fit.converged
        assert fit.path.dtype == np.float32
        np.testing.assert_allclose(fit.theta, [2.0, -1.3], rtol=1e-4)

    def test_the_start_is_left_alone(self, method):
        leaves_arguments_alone(lambda start: method(lambda t: t - 1, lambda t: np.eye(2), start).path, np.zeros(2))


class TestStandardErrors:
    def test_they_are_scipy_s(self, measured):
        optimize = pytest.importorskip("scipy.optimize")
        theta, covariance = optimize.curve_fit(
            lambda t, a, k: a * np.exp(k * t), TIMES, measured, p0=[1.5, -1.0], ftol=1e-15, xtol=1e-15
        )
        ours = standard_errors(exponential(theta) - measured, exponential_jacobian(theta))
        np.testing.assert_allclose(ours, np.sqrt(np.diag(covariance)), rtol=1e-4)

    def test_they_are_the_formula_s(self, linear):
        J, r = linear
        expected = np.sqrt(np.diag(np.linalg.inv(J.T @ J)) * (r @ r) / (12 - 3))
        np.testing.assert_allclose(standard_errors(r, J), expected, rtol=1e-10)

    def test_they_are_the_scatter_of_many_fits(self, rng):
        J = rng.standard_normal((20, 2))
        fits = np.array([np.linalg.lstsq(J, 0.3 * rng.standard_normal(20), rcond=None)[0] for _ in range(4000)])
        estimated = 0.3 * standard_errors(np.ones(20) * np.sqrt(18 / 20), J)
        np.testing.assert_allclose(fits.std(axis=0), estimated, rtol=0.05)

    @pytest.mark.parametrize("of_r", [1e-200, 1.0, 1e200])
    @pytest.mark.parametrize("of_jacobian", [1e-100, 1.0, 1e100, 1e200])
    def test_any_units(self, linear, of_r, of_jacobian):
        J, r = linear
        expected = standard_errors(r, J) * (of_r / of_jacobian)
        with np.errstate(all="raise"):
            computed = standard_errors(of_r * r, of_jacobian * J)
        np.testing.assert_allclose(computed, expected, rtol=1e-9)

    def test_too_few_samples_and_dependent_columns(self, rng):
        J = rng.standard_normal((3, 3))
        refuses(
            lambda: standard_errors(np.ones(3), J), "jacobian must", "more rows than columns", "3 rows and 3 columns"
        )
        refuses(
            lambda: standard_errors(np.ones(4), np.ones((4, 2))),
            "jacobian must",
            "independent columns",
            error=ValueError,
        )


def test_the_last_iterate_is_theta():
    fit = Fit(np.array([[1.0], [2.0]]), np.array([3.0, 0.0]), True)
    assert fit.theta.tolist() == [2.0]


def test_standard_errors_of_parameters_in_units_far_apart():
    rng = np.random.default_rng(1)
    J, r = rng.standard_normal((12, 2)), rng.standard_normal(12)
    units = np.array([1e-20, 1e20])
    np.testing.assert_allclose(standard_errors(r, J * units) * units, standard_errors(r, J), rtol=1e-12)


@pytest.mark.parametrize("method", [gauss_newton, levenberg_marquardt])
class TestPrecisionOfTheFit:
    def test_it_is_that_of_the_start(self, method):
        fit = method(lambda t: np.asarray(t, float) - 3, lambda t: np.eye(1), np.zeros(1, np.float32))
        assert fit.path.dtype == fit.costs.dtype == np.float32
        assert fit.theta == 3

    def test_lengths_that_overflow(self, method):
        refuses(
            lambda: method(lambda t: np.full(4, 1.7e308), lambda t: np.ones((4, 1)), [1.0]),
            "residual(start)", "overflow", error=ValueError,
        )  # fmt: skip
        refuses(
            lambda: method(lambda t: np.ones(4), lambda t: np.full((4, 1), 1.7e308), [1.0]),
            "jacobian(start)", "overflow", error=ValueError,
        )  # fmt: skip

    def test_damping_beyond_single_precision_ends_the_run(self, method):
        fit = method(
            lambda t: np.where(t == 0, 1, 2).astype(np.float32), lambda t: np.eye(1, dtype=np.float32),
            np.zeros(1, np.float32), steps=300,
        )  # fmt: skip
        assert not fit.converged
