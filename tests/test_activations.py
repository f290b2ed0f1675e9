"""Activation functions and their slopes, against PyTorch, the complex step and numbers of many digits."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import activations
from dlmath._stable import stable_shift
from dlmath.activations import (
    ACTIVATIONS,
    Activation,
    gelu,
    gelu_grad,
    leaky_relu,
    leaky_relu_grad,
    log_softmax,
    log_softmax_backward,
    logsumexp,
    logsumexp_grad,
    silu,
    silu_grad,
    softmax,
    softmax_backward,
    softmax_in_place,
    softmax_jacobian,
    softplus,
    softplus_grad,
)

ELEMENTWISE = list(ACTIVATIONS)
ANALYTIC = [name for name, record in ACTIVATIONS.items() if record.analytic]
FUNCTIONS = [getattr(activations, name + suffix) for name in ELEMENTWISE for suffix in ("", "_grad")]
ON_AN_AXIS = [softmax, log_softmax, softmax_jacobian]
finite = st.floats(-1e3, 1e3)


def of_torch(torch, name):
    """PyTorch has every activation of the table under its name, but not always in the same place."""
    if name == "identity":
        return lambda z: z * 1
    return getattr(torch.nn.functional, name, None) or getattr(torch, name)


def exactly(formula, z, digits=60):
    """A formula of mpmath, in so many digits, at each number of an array, and rounded."""
    mpmath = pytest.importorskip("mpmath")
    with mpmath.workdps(digits):
        return np.array([float(formula(mpmath, mpmath.mpf(float(x)))) for x in z])


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 4), (2, 3, 4)])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_functions_agree_with_torch(name, shape, rng):
    torch = pytest.importorskip("torch")
    function, derivative = getattr(activations, name), getattr(activations, f"{name}_grad")
    agrees_with_torch(
        function,
        of_torch(torch, name),
        np.array(3 * rng.standard_normal(shape)),
        gradients=lambda g, z: g * derivative(z),
    )


@pytest.mark.parametrize("name", ANALYTIC)
def test_analytic_functions_by_the_complex_step(name, rng):
    function, derivative = getattr(activations, name), getattr(activations, f"{name}_grad")
    z, weights = 3 * rng.standard_normal((2, 50))
    assert_gradient(lambda z: np.sum(weights * function(z)), weights * derivative(z), z, analytic=True)
    assert derivative(z + 0j).dtype == complex
    # The second derivative: by the complex step of the first, and by its central difference.
    second = np.imag(derivative(z + 1e-30j)) / 1e-30
    np.testing.assert_allclose(second, (derivative(z + 1e-6) - derivative(z - 1e-6)) / 2e-6, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ANALYTIC)
@pytest.mark.parametrize("far", [-1.7e308, -1e5, -1000.0, -720.0, 720.0, 1000.0, 1e5, 1.7e308])
def test_the_complex_step_far_out(name, far):
    function, derivative = getattr(activations, name), getattr(activations, f"{name}_grad")
    value = function(np.array([far + 1e-30j]))
    np.testing.assert_allclose(value.real, function(np.array([far])), rtol=1e-12, atol=1e-300)
    np.testing.assert_allclose(value.imag / 1e-30, derivative(np.array([far])), rtol=1e-12, atol=1e-250)
    np.testing.assert_allclose(derivative(np.array([far + 1e-30j])).real, derivative(np.array([far])), atol=1e-250)


class TestTable:
    """A record says the same in all its fields, and the same as the public functions of its name."""

    @pytest.mark.parametrize("name", ELEMENTWISE)
    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    def test_a_record_holds_the_functions_of_its_name(self, name, dtype, rng):
        record = ACTIVATIONS[name]
        z = (3 * rng.standard_normal((4, 3))).astype(dtype)
        z[0, 0] = 0  # where a kink is
        expected = getattr(activations, name)(z)
        assert record.function is getattr(activations, name)
        own = z.copy()
        in_place = (record.in_place or record.function)(own)
        tolerance = 1e-15 if dtype == np.float64 else 1e-6
        np.testing.assert_allclose(in_place, expected, rtol=tolerance)
        slope = record.slope(expected if record.from_output else z)
        derivative = getattr(activations, f"{name}_grad")(z)
        np.testing.assert_allclose(slope * dtype(1), derivative, rtol=1e3 * tolerance)
        assert in_place.dtype == (z * slope).dtype == dtype

    @pytest.mark.parametrize("name", ANALYTIC)
    def test_an_analytic_record_takes_complex_numbers_also_far_out(self, name, rng):
        record = ACTIVATIONS[name]
        z = np.array([-1e5, -1000, -2, 0.5, 1000, 1e5]) + 1e-30j
        expected = getattr(activations, name)(z)
        in_place = record.in_place or record.function
        np.testing.assert_allclose(in_place(z.copy()), expected, rtol=1e-14)
        assert np.isfinite(record.slope(expected if record.from_output else z)).all()

    def test_whether_the_output_is_enough_is_a_property_of_the_function(self):
        """It is for a function that does not fall; one that falls and rises again hides where it came from."""
        z = np.linspace(-8, 8, 4001)
        for name, record in ACTIVATIONS.items():
            assert record.from_output == bool((np.diff(record.function(z)) >= 0).all()), name

    def test_every_activation_of_the_module_is_in_the_table(self):
        """What has an element-wise derivative beside it is an activation."""
        names = {
            name.removesuffix("_grad")
            for name, _ in inspect.getmembers(activations, inspect.isfunction)
            if name.endswith("_grad") and not name.startswith("_")
        }
        assert names - {"logsumexp"} == set(ACTIVATIONS)

    def test_the_slope_of_the_leaky_relu_stands_once(self, monkeypatch):
        z = np.array([-2.0, 3.0])
        record = ACTIVATIONS["leaky_relu"]
        assert activations.NEGATIVE_SLOPE == 0.01
        for values in (leaky_relu(z), record.function(z), record.in_place(z.copy())):
            np.testing.assert_array_equal(values, [-0.02, 3])
        for slopes in (leaky_relu_grad(z), record.slope(z)):
            np.testing.assert_array_equal(slopes, [0.01, 1])

    def test_a_record_of_ones_own_has_short_defaults(self):
        record = Activation(np.sin, np.cos, from_output=False)
        assert record.in_place is None
        assert record.analytic is False


class TestSmoothActivations:
    """Softplus, SiLU and GELU against 60 digits, from one end of the numbers to the other."""

    Z = np.concatenate(
        [np.linspace(-40, 40, 161), [-700, -300.5, -38.4, -0.75179, -1e-3, -1e-20, 1e-300, 1e-9, 37.123, 300, 1e10]]
    )

    @pytest.mark.parametrize(
        ("function", "formula"),
        [
            (softplus, lambda mp, z: mp.log1p(mp.exp(z))),
            (softplus_grad, lambda mp, z: 1 / (1 + mp.exp(-z))),
            (silu, lambda mp, z: z / (1 + mp.exp(-z))),
            (silu_grad, lambda mp, z: (1 + mp.exp(-z) * (1 + z)) / (1 + mp.exp(-z)) ** 2),
            (gelu, lambda mp, z: z * mp.erfc(-z / mp.sqrt(2)) / 2),
            (gelu_grad, lambda mp, z: mp.erfc(-z / mp.sqrt(2)) / 2 + z * mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_against_many_digits(self, function, formula):
        expected = exactly(formula, self.Z)
        # Near their zeros the derivatives of silu and gelu are differences: there only the last place of 1 is left.
        # Below 1e-308 numbers have fewer digits.
        np.testing.assert_allclose(
            function(self.Z), expected, rtol=1e-14, atol=1e-16 if function.__name__.endswith("grad") else 1e-307
        )
        single = self.Z[np.abs(self.Z) < 80].astype(np.float32)
        np.testing.assert_allclose(function(single), exactly(formula, single), rtol=2e-6, atol=1e-7)

    def test_against_scipy(self, rng):
        special = pytest.importorskip("scipy.special")
        z = 5 * rng.standard_normal(1000)
        np.testing.assert_allclose(gelu(z), z * special.ndtr(z), rtol=1e-13)  # SciPy rounds z/√2 first
        np.testing.assert_allclose(softplus(z), np.logaddexp(z, 0), rtol=1e-14)
        np.testing.assert_allclose(silu(z), z * special.expit(z), rtol=1e-14)
        w = z + 2j * rng.standard_normal(1000)
        left = w[w.real < 0]
        np.testing.assert_allclose(gelu(left), left * special.erfc(-left / np.sqrt(2)) / 2, rtol=1e-12)

    def test_the_series_of_gelu_is_that_of_the_scaled_error_function(self):
        special = pytest.importorskip("scipy.special")
        pole, series = activations._weideman(40)
        x = np.linspace(0, 30, 1000)
        w = 2 * np.polyval(series, (pole - x) / (pole + x)) / (pole + x) ** 2 + 1 / np.sqrt(np.pi) / (pole + x)
        np.testing.assert_allclose(w, special.erfcx(x), rtol=1e-14)

    @pytest.mark.parametrize("function", [softplus, softplus_grad, silu, silu_grad, gelu, gelu_grad])
    def test_at_the_ends(self, function):
        ends = np.array([-np.inf, -1.7e308, 1.7e308, np.inf])
        rising = {softplus: [0, 0, 1.7e308, np.inf], silu: [0, 0, 1.7e308, np.inf], gelu: [0, 0, 1.7e308, np.inf]}
        np.testing.assert_array_equal(function(ends), rising.get(function, [0, 0, 1, 1]))

    def test_the_approximation_with_tanh_is_another_function(self):
        z = np.linspace(-6, 6, 100_001)
        approximate = z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))) / 2
        assert 4e-4 < np.abs(gelu(z) - approximate).max() < 5e-4

    def test_the_minimum_of_silu_is_where_its_docstring_says(self):
        z = np.linspace(-3, 1, 400_001)
        assert z[np.argmin(silu(z))] == pytest.approx(-1.278, abs=5e-4)
        assert silu(z).min() == pytest.approx(-0.278, abs=5e-4)


class TestLogSumExp:
    @pytest.mark.parametrize("axis", [0, 1, -1])
    def test_agrees_with_torch_on_any_axis(self, axis, rng):
        torch = pytest.importorskip("torch")
        agrees_with_torch(
            lambda z: logsumexp(z, axis),
            lambda z: torch.logsumexp(z, axis),
            3 * rng.standard_normal((3, 4)),
            gradients=lambda g, z: np.expand_dims(g, axis) * logsumexp_grad(z, axis),
        )

    def test_huge_tiny_and_infinite_entries(self):
        inf = np.inf
        z = np.array([[1e308, 1e308], [-1e308, -1e308], [0, -40], [-inf, 3], [-inf, -inf], [inf, 1], [inf, -inf]])
        expected = [1e308, -1e308, np.log1p(np.exp(-40)), 3, -inf, inf, inf]
        np.testing.assert_allclose(logsumexp(z), expected, rtol=1e-15)

    def test_the_complex_step(self, rng):
        z = rng.standard_normal((3, 4))
        assert_gradient(lambda z: np.sum(logsumexp(z, 0)), logsumexp_grad(z, 0), z, analytic=True)

    def test_softplus_is_that_of_zero_and_z(self, rng):
        z = 20 * rng.standard_normal(50)
        np.testing.assert_allclose(softplus(z), logsumexp(np.stack([z, 0 * z]), axis=0), rtol=1e-14)

    def test_bad_input(self):
        refuses(lambda: logsumexp(1.0), "axis", "0 dimensions", error=ValueError)
        refuses(lambda: logsumexp([1.0, np.nan]), "z must", "NaN", error=ValueError)
        refuses(lambda: logsumexp_grad([1.0, np.inf]), "z must", "+infinity", error=ValueError)
        for value in NOT_NUMBERS:
            refuses(lambda v=value: logsumexp(v), "z must", error=TypeError)
        assert logsumexp(np.ones((2, 3), np.float32)).dtype == np.float32
        leaves_arguments_alone(logsumexp, np.ones((2, 3)))


class TestSinglePrecision:
    """NumPy adds along the first axis one row after the other: a million numbers of single precision lost 1 %."""

    def test_sums_along_the_first_axis(self, rng):
        z = rng.random((1_000_000, 2)).astype(np.float32)
        exact = z.astype(np.float64)
        np.testing.assert_allclose(softmax(z, 0), softmax(exact, 0), rtol=1e-6)
        np.testing.assert_allclose(log_softmax(z, 0), log_softmax(exact, 0), rtol=1e-6)
        np.testing.assert_allclose(logsumexp(z, 0), logsumexp(exact, 0), rtol=1e-6)
        s = softmax(exact, 0)
        tiny = np.abs(softmax_backward(exact, s, 0)).max() * 1e-5
        np.testing.assert_allclose(
            softmax_backward(z, s.astype(np.float32), 0), softmax_backward(exact, s, 0), atol=tiny
        )
        np.testing.assert_allclose(
            log_softmax_backward(z, np.log(s).astype(np.float32), 0),
            log_softmax_backward(exact, np.log(s), 0),
            atol=1e-6,
        )


class TestTails:
    def test_sigmoid_is_exact_where_it_is_tiny(self):
        np.testing.assert_allclose(activations.sigmoid(np.array([-700.0])), np.exp(-700.0), rtol=1e-12)
        np.testing.assert_array_equal(activations.sigmoid(np.array([-1e4, 0, 1e4])), [0, 0.5, 1])

    def test_derivatives_keep_their_precision_where_one_minus_sigma_cancels(self):
        z = np.array([40.0, 300.0])
        np.testing.assert_allclose(activations.sigmoid_grad(z), np.exp(-z), rtol=1e-12)
        np.testing.assert_allclose(activations.tanh_grad(z), 4 * np.exp(-2 * z), rtol=1e-12)

    @pytest.mark.parametrize("function", [*FUNCTIONS, softmax, log_softmax, softmax_jacobian], ids=lambda f: f.__name__)
    def test_no_warning_and_no_nan_for_any_finite_number(self, function):
        z = np.array([1.7e308, -1.7e308, 1.0, 5e-324, 0.0, -0.0])
        assert not np.isnan(function(z)).any()


class TestKinks:
    def test_relu_has_slope_zero_at_zero(self):
        np.testing.assert_array_equal(activations.relu_grad(np.array([-1e-300, 0.0, -0.0, 1e-300])), [0, 0, 0, 1])

    @pytest.mark.parametrize("alpha", [0.0, 0.01, 1.0, 2.0])
    def test_leaky_relu_agrees_with_torch_for_every_slope(self, alpha, rng):
        torch = pytest.importorskip("torch")
        z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
        agrees_with_torch(
            lambda z: leaky_relu(z, alpha),
            lambda z: torch.nn.functional.leaky_relu(z, alpha),
            z,
            gradients=lambda g, z: g * leaky_relu_grad(z, alpha),
        )

    def test_leaky_relu_is_the_printed_maximum_only_up_to_slope_one(self):
        z = np.linspace(-2, 2, 9)
        np.testing.assert_array_equal(leaky_relu(z, 1.0), np.maximum(1.0 * z, z))
        np.testing.assert_array_equal(leaky_relu(z, 0.25), np.maximum(0.25 * z, z))
        assert np.max(np.abs(leaky_relu(z, 2.0) - np.maximum(2.0 * z, z))) == 2

    def test_leaky_relu_has_the_slope_of_the_left_at_zero(self):
        np.testing.assert_array_equal(leaky_relu_grad(np.array([0.0, -0.0]), 0.25), [0.25, 0.25])

    def test_slopes_near_the_largest_number(self):
        """The right value without a warning, also where 0 meets infinity."""
        np.testing.assert_array_equal(leaky_relu(np.array([-1e300, 0.0, 1.0]), 1e10), [-np.inf, 0, 1])
        single = np.array([-1.0, 0.0, 1.0], np.float32)
        np.testing.assert_array_equal(leaky_relu(single, 1e39), np.array([-np.inf, 0, 1], np.float32))
        np.testing.assert_array_equal(leaky_relu_grad(single, 1e39), np.array([np.inf, np.inf, 1], np.float32))

    @pytest.mark.parametrize("function", [leaky_relu, leaky_relu_grad])
    def test_slopes_that_are_refused(self, function):
        refuses(lambda: function(np.ones(2), -0.1), "negative_slope", "at least 0", "-0.1", error=ValueError)
        refuses(lambda: function(np.ones(2), np.inf), "negative_slope", "finite", error=ValueError)
        refuses(lambda: function(np.ones(2), "0.1"), "negative_slope", "number", error=TypeError)

    @pytest.mark.parametrize("name", ["relu", "leaky_relu"])
    def test_complex_numbers_are_refused(self, name):
        refuses(lambda: getattr(activations, name)(np.array([1j])), "z", "real", "complex128", error=TypeError)
        refuses(lambda: getattr(activations, f"{name}_grad")(np.array([1j])), "z", "real", error=TypeError)


class TestSoftmax:
    @pytest.mark.parametrize(("shape", "axis"), [((4,), -1), ((4,), 0), ((3, 4), 0), ((3, 4), 1), ((2, 3, 4), 1)])
    def test_agrees_with_torch_on_any_axis(self, shape, axis, rng):
        torch = pytest.importorskip("torch")
        z = 3 * rng.standard_normal(shape)
        agrees_with_torch(
            lambda z: softmax(z, axis),
            lambda z: torch.softmax(z, axis),
            z,
            gradients=lambda g, z: softmax_backward(g, softmax(z, axis), axis),
        )
        agrees_with_torch(
            lambda z: log_softmax(z, axis),
            lambda z: torch.log_softmax(z, axis),
            z,
            gradients=lambda g, z: log_softmax_backward(g, log_softmax(z, axis), axis),
        )

    def test_the_last_axis_is_the_default(self, rng):
        z, g = rng.standard_normal((2, 3, 4))
        s = softmax(z)
        np.testing.assert_array_equal(s, softmax(z, 1))
        np.testing.assert_array_equal(log_softmax(z), log_softmax(z, 1))
        np.testing.assert_array_equal(softmax_backward(g, s), softmax_backward(g, s, 1))
        np.testing.assert_array_equal(log_softmax_backward(g, z), log_softmax_backward(g, z, 1))
        own = z.copy()
        assert softmax_in_place(own) is own
        np.testing.assert_array_equal(own, s)

    def test_gradients_in_random_directions(self, rng):
        z, w = rng.standard_normal((2, 3, 4))
        for axis in (0, 1):
            s = softmax(z, axis)
            assert_gradient(lambda z, a=axis: np.sum(w * softmax(z, a)), softmax_backward(w, s, axis), z, analytic=True)
            log_s = log_softmax(z, axis)
            expected = log_softmax_backward(w, log_s, axis)
            assert_gradient(lambda z, a=axis: np.sum(w * log_softmax(z, a)), expected, z, analytic=True)

    def test_jacobian_agrees_with_torch(self, rng):
        torch = pytest.importorskip("torch")
        z = rng.standard_normal(5)
        expected = torch.autograd.functional.jacobian(lambda z: torch.softmax(z, 0), torch.tensor(z)).numpy()
        np.testing.assert_allclose(softmax_jacobian(z), expected, rtol=1e-12, atol=1e-15)

    def test_the_product_form_is_the_product_with_the_jacobian(self, rng):
        z, g = rng.standard_normal((2, 2, 3, 4))
        jacobian = softmax_jacobian(z)
        assert jacobian.shape == (2, 3, 4, 4)
        np.testing.assert_allclose(
            softmax_backward(g, softmax(z)), np.einsum("...ij,...i->...j", jacobian, g), atol=1e-15
        )

    @given(arrays(float, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=finite), finite)
    def test_a_shift_changes_nothing_and_the_sum_is_one(self, z, shift):
        s = softmax(z)
        np.testing.assert_allclose(s.sum(axis=-1), 1, rtol=1e-12)
        np.testing.assert_allclose(softmax(z + shift), s, rtol=1e-9, atol=1e-12)
        assert (s >= 0).all()

    @given(arrays(float, 6, elements=st.floats(-30, 30)), st.permutations(range(6)))
    def test_it_commutes_with_permutations_and_log_softmax_is_its_logarithm(self, z, order):
        order = list(order)
        np.testing.assert_allclose(softmax(z[order]), softmax(z)[order], rtol=1e-12)
        np.testing.assert_allclose(np.exp(log_softmax(z)), softmax(z), rtol=1e-12)

    @given(arrays(float, (3, 5), elements=finite), arrays(float, (3, 5), elements=finite))
    def test_the_gradient_has_no_component_along_a_shift(self, z, g):
        np.testing.assert_allclose(softmax_backward(g, softmax(z)).sum(axis=1), 0, atol=1e-9)

    def test_minus_infinity_masks(self):
        z = np.array([[0.0, -np.inf, 0.0], [-np.inf, -np.inf, 5.0]])
        np.testing.assert_array_equal(softmax(z), [[0.5, 0, 0.5], [0, 0, 1]])
        np.testing.assert_allclose(log_softmax(z), [[-np.log(2), -np.inf, -np.log(2)], [-np.inf, -np.inf, 0]])

    def test_a_row_that_is_masked_throughout_is_zero(self):
        z = np.array([[0.0, 0.0], [-np.inf, -np.inf]])
        np.testing.assert_array_equal(softmax(z), [[0.5, 0.5], [0, 0]])
        np.testing.assert_array_equal(softmax(z.T, axis=0), [[0.5, 0], [0.5, 0]])
        np.testing.assert_array_equal(log_softmax(z)[1], [-np.inf, -np.inf])
        np.testing.assert_array_equal(softmax_jacobian(z)[1], np.zeros((2, 2)))
        np.testing.assert_array_equal(softmax_backward(np.ones((2, 2)), softmax(z))[1], [0, 0])

    @pytest.mark.parametrize("function", ON_AN_AXIS, ids=lambda f: f.__name__)
    def test_plus_infinity_is_refused(self, function):
        with pytest.raises(ValueError, match=r"^z must not contain \+infinity: softmax has no value there$"):
            function(np.array([[0.0, np.inf], [0.0, -np.inf]]))

    def test_the_shift_is_the_largest_entry_or_zero(self):
        z = np.array([[1.0, 3.0], [-np.inf, -np.inf]])
        np.testing.assert_array_equal(stable_shift("z", z, 1), [[3], [0]])
        np.testing.assert_array_equal(stable_shift("z", z, 0), [[1, 3]])
        refuses(lambda: stable_shift("scores", np.array([np.inf]), 0), "scores", "+infinity")

    def test_no_probability_is_lost_to_a_large_logit(self):
        np.testing.assert_array_equal(softmax(np.array([1e308, 1e308, -1e308])), [0.5, 0.5, 0])
        np.testing.assert_array_equal(log_softmax(np.array([1e5, 0.0])), [0, -1e5])

    @pytest.mark.parametrize("axis", [2, -3])
    def test_an_axis_that_is_not_there(self, axis, rng):
        z = rng.standard_normal((2, 3))
        for call in (
            lambda: softmax(z, axis),
            lambda: softmax_in_place(z, axis),
            lambda: log_softmax(z, axis),
            lambda: logsumexp(z, axis),
            lambda: softmax_backward(z, z, axis),
            lambda: log_softmax_backward(z, z, axis),
        ):
            refuses(call, "axis must", "2 dimensions", str(axis), error=ValueError)

    def test_in_place_it_takes_what_can_be_overwritten(self):
        refuses(lambda: softmax_in_place([1.0]), "z is", "floating-point array", "list", error=TypeError)
        refuses(lambda: softmax_in_place(np.ones(2, int)), "z is", "floating-point array", error=TypeError)
        refuses(lambda: softmax_in_place(np.ones(2), 1), "axis must", error=ValueError)
        refuses(lambda: softmax_in_place(np.broadcast_to(1.0, 2)), "z is", "read-only", error=ValueError)

    def test_rows_of_very_different_size(self):
        z = np.array([[0.0, 1.0], [1000.0, 1001.0]])
        for function in (softmax, log_softmax):
            np.testing.assert_allclose(function(z)[0], function(z)[1], rtol=1e-12)

    def test_an_axis_that_is_no_integer(self):
        refuses(lambda: softmax(np.ones(2), 0.0), "axis must", "integer", error=TypeError)
        refuses(lambda: softmax(np.ones(2), None), "axis must", "integer", error=TypeError)

    def test_a_single_number_has_no_axis(self):
        for function in (softmax, log_softmax, logsumexp, lambda z: softmax_in_place(np.array(z))):
            refuses(lambda f=function: f(1.0), "z must have at least one axis", "0 dimensions", error=ValueError)
        for name, back in (("s", softmax_backward), ("log_s", log_softmax_backward)):
            refuses(lambda f=back: f(1.0, 1.0), f"{name} must have at least one axis", error=ValueError)

    @pytest.mark.parametrize("function", [softmax_backward, log_softmax_backward])
    def test_gradients_of_another_shape_are_refused(self, function):
        name = {softmax_backward: "s", log_softmax_backward: "log_s"}[function]
        refuses(
            lambda: function(np.ones(2), np.ones((2, 1))),
            f"grad_{name} must",
            f"of {name},",
            "(2,) against (2, 1)",
            error=ValueError,
        )
        refuses(lambda: function(np.array([np.nan]), np.ones(1)), f"grad_{name} must", "NaN")
        refuses(lambda: function(np.ones(1), np.array([np.nan])), f"{name} must", "NaN")
        refuses(lambda: function("a", np.ones(1)), f"grad_{name} must", error=TypeError)

    def test_complex_gradients_are_those_of_real_input(self, rng):
        g, z = rng.standard_normal((2, 3, 4))
        for function in (softmax_backward, log_softmax_backward):
            expected = function(g, z)
            np.testing.assert_allclose(function(g + 0j, z), expected, rtol=1e-13)
            np.testing.assert_allclose(function(g, z + 0j), expected, rtol=1e-13)

    def test_backward_of_huge_gradients_does_not_warn(self):
        log_softmax_backward(np.full(2, 1e308), np.array([-1000.0, 0.0]))
        softmax_backward(np.array([1e308, 1e308, -1e308]), np.array([2.0, 0.0, 2.0]))
        huge = np.full(2, 1e308)
        softmax_backward(huge, np.array([0.5, 0.5]))
        log_softmax_backward(huge, np.log([0.5, 0.5]))


@pytest.mark.parametrize("function", [*FUNCTIONS, *ON_AN_AXIS], ids=lambda f: f.__name__)
class TestArguments:
    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, function, value):
        refuses(lambda: function(value), "z must", error=TypeError)

    def test_empty_nan_ragged_and_masked(self, function):
        refuses(lambda: function(np.ones((0, 2))), "z must", "empty", "(0, 2)", error=ValueError)
        refuses(lambda: function(np.array([1, np.nan])), "z must", "NaN", "1 of 2", error=ValueError)
        refuses(lambda: function([[1, 2], [3]]), "z must", "different lengths", error=ValueError)
        refuses(lambda: function(np.ma.array([1.0], mask=[True])), "z must", "masked", error=TypeError)

    def test_integers_do_not_wrap_and_lists_are_taken(self, function):
        unsigned = np.array([0, 200, 255], np.uint8)
        expected = function(np.array([0.0, 200.0, 255.0]))
        assert expected.dtype == np.float64
        np.testing.assert_array_equal(function(unsigned), expected)
        np.testing.assert_array_equal(function([0, 200, 255]), expected)

    def test_float32_is_kept(self, function):
        assert function(np.array([-1.0, 0.5], np.float32)).dtype == np.float32

    def test_arguments_are_left_alone(self, function, rng):
        leaves_arguments_alone(function, rng.standard_normal((3, 2)))


def test_backward_functions_keep_float32_and_their_arguments(rng):
    g, s = rng.standard_normal((2, 3, 4)).astype(np.float32)
    for function in (softmax_backward, log_softmax_backward):
        assert function(g, s).dtype == np.float32
        leaves_arguments_alone(function, g, s)
    assert softmax_jacobian(s).dtype == np.float32
