import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import activations
from dlmath.activations import (
    ACTIVATIONS,
    FROM_OUTPUT,
    IN_PLACE,
    leaky_relu,
    leaky_relu_grad,
    log_softmax,
    log_softmax_backward,
    softmax,
    softmax_backward,
    softmax_in_place,
    softmax_jacobian,
    stable_shift,
)

ELEMENTWISE = {
    "identity": lambda torch, z: z * 1,
    "sigmoid": lambda torch, z: torch.sigmoid(z),
    "tanh": lambda torch, z: torch.tanh(z),
    "relu": lambda torch, z: torch.relu(z),
    "leaky_relu": lambda torch, z: torch.nn.functional.leaky_relu(z),
}
FUNCTIONS = [getattr(activations, name + suffix) for name in ELEMENTWISE for suffix in ("", "_grad")]
ON_AN_AXIS = [softmax, log_softmax, softmax_jacobian]
finite = st.floats(-1e3, 1e3)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (3, 4), (2, 3, 4)])
@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise_functions_agree_with_torch(name, shape, rng):
    torch = pytest.importorskip("torch")
    function, derivative = getattr(activations, name), getattr(activations, f"{name}_grad")
    agrees_with_torch(
        function,
        lambda z: ELEMENTWISE[name](torch, z),
        np.array(3 * rng.standard_normal(shape)),
        gradients=lambda g, z: g * derivative(z),
    )


@pytest.mark.parametrize("name", ["identity", "sigmoid", "tanh"])
def test_analytic_functions_by_the_complex_step(name, rng):
    function, derivative = getattr(activations, name), getattr(activations, f"{name}_grad")
    z, weights = rng.standard_normal((2, 5))
    assert_gradient(lambda z: np.sum(weights * function(z)), weights * derivative(z), z, analytic=True)
    assert derivative(z + 0j).dtype == complex


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_the_tables_of_a_network_hold_the_same_functions(name, rng):
    z = rng.standard_normal((4, 3))
    expected = getattr(activations, name)(z)
    np.testing.assert_array_equal(ACTIVATIONS[name](z), expected)
    own = z.copy()
    assert IN_PLACE[name](own) is own
    np.testing.assert_allclose(own, expected, rtol=1e-15)
    derivative = getattr(activations, f"{name}_grad")(z)
    np.testing.assert_allclose(FROM_OUTPUT[name](expected) * 1.0, derivative, rtol=1e-12)


def test_the_tables_name_the_same_activations():
    assert ACTIVATIONS.keys() == IN_PLACE.keys() == FROM_OUTPUT.keys() == ELEMENTWISE.keys()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_tables_keep_float32(name):
    z = np.array([-1.0, 2.0], np.float32)
    assert IN_PLACE[name](z).dtype == np.float32
    assert (z * FROM_OUTPUT[name](z)).dtype == np.float32


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

    @pytest.mark.parametrize("function", [leaky_relu, leaky_relu_grad])
    def test_slopes_that_are_refused(self, function):
        refuses(lambda: function(np.ones(2), -0.1), "alpha", "at least 0", "-0.1", error=ValueError)
        refuses(lambda: function(np.ones(2), np.inf), "alpha", "finite", error=ValueError)
        refuses(lambda: function(np.ones(2), "0.1"), "alpha", "number", error=TypeError)

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
            lambda: log_softmax(z, axis),
            lambda: softmax_backward(z, z, axis),
            lambda: log_softmax_backward(z, z, axis),
        ):
            refuses(call, "axis must", "2 dimensions", str(axis), error=ValueError)

    def test_rows_of_very_different_size(self):
        z = np.array([[0.0, 1.0], [1000.0, 1001.0]])
        for function in (softmax, log_softmax):
            np.testing.assert_allclose(function(z)[0], function(z)[1], rtol=1e-12)

    def test_an_axis_that_is_no_integer(self):
        refuses(lambda: softmax(np.ones(2), 0.0), "axis must", "integer", error=TypeError)
        refuses(lambda: softmax(np.ones(2), None), "axis must", "integer", error=TypeError)

    def test_a_single_number_has_no_axis(self):
        refuses(lambda: softmax(1.0), "axis", "0 dimensions", error=ValueError)

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
