"""The affine layer and its gradients, against PyTorch and the complex step."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath.layers import affine, affine_backward


@pytest.fixture
def arguments(rng):
    return rng.standard_normal((5, 3)), rng.standard_normal((2, 3)), rng.standard_normal(2)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (5, 3)])
def test_agrees_with_torch(shape, rng):
    functional = pytest.importorskip("torch.nn.functional")
    X, W, b = rng.standard_normal(shape), rng.standard_normal((2, 3)), rng.standard_normal(2)
    agrees_with_torch(affine, functional.linear, X, W, b, gradients=lambda g, X, W, b: affine_backward(g, X, W))


def test_gradients_by_the_complex_step(arguments, rng):
    X, W, b = arguments
    weights = rng.standard_normal((5, 2))
    grad_X, grad_W, grad_b = affine_backward(weights, X, W)
    assert_gradient(lambda X: np.sum(weights * affine(X, W, b)), grad_X, X, analytic=True)
    assert_gradient(lambda W: np.sum(weights * affine(X, W, b)), grad_W, W, analytic=True)
    assert_gradient(lambda b: np.sum(weights * affine(X, W, b)), grad_b, b, analytic=True)


def test_a_batch_is_its_samples_one_by_one(arguments):
    X, W, b = arguments
    np.testing.assert_allclose(affine(X, W, b), [affine(x, W, b) for x in X], rtol=1e-14)


def test_the_gradients_of_a_batch_add_up(arguments, rng):
    X, W, _ = arguments
    grad_Z = rng.standard_normal((5, 2))
    _, grad_W, grad_b = affine_backward(grad_Z, X, W)
    alone = [affine_backward(g, x, W) for g, x in zip(grad_Z, X)]
    np.testing.assert_allclose(grad_W, sum(one[1] for one in alone), rtol=1e-13)
    np.testing.assert_allclose(grad_b, sum(one[2] for one in alone), rtol=1e-13)


@given(st.integers(1, 5), st.integers(1, 5), st.floats(-10, 10))
def test_the_map_is_affine(n_in, n_out, t):
    rng = np.random.default_rng(n_in + 7 * n_out)
    W, b = rng.standard_normal((n_out, n_in)), rng.standard_normal(n_out)
    x, y = rng.standard_normal((2, n_in))
    mixed = affine(t * x + (1 - t) * y, W, b)
    np.testing.assert_allclose(mixed, t * affine(x, W, b) + (1 - t) * affine(y, W, b), rtol=1e-9, atol=1e-10)


class TestBadInput:
    def test_shapes(self, arguments):
        X, W, b = arguments
        refuses(lambda: affine(X.T, W, b), "X must", "(3,) or (N, 3)", "(3, 5)", error=ValueError)
        refuses(lambda: affine(X, W[0], b), "W must", "(n_out, n_in)", "(3,)", error=ValueError)
        refuses(lambda: affine(X, W, b[:1]), "b must", "(2,)", "(1,)", error=ValueError)
        refuses(lambda: affine(X, W, 1.0), "b must", "(2,)", "()", error=ValueError)
        refuses(lambda: affine_backward(X, X, W), "grad_Z must", "(5, 2)", "(5, 3)", error=ValueError)
        refuses(lambda: affine_backward(b, X, W), "grad_Z must", "(5, 2)", "(2,)", error=ValueError)
        refuses(lambda: affine_backward(b, X[0], W[0]), "W must", "(n_out, n_in)", error=ValueError)
        refuses(lambda: affine_backward(b, X[0, :1], W), "X must", "(3,) or (N, 3)", error=ValueError)

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, value, arguments):
        X, W, b = arguments
        for call, name in (
            (lambda: affine(value, W, b), "X"),
            (lambda: affine(X, value, b), "W"),
            (lambda: affine(X, W, value), "b"),
            (lambda: affine_backward(value, X, W), "grad_Z"),
            (lambda: affine_backward(X @ W.T, value, W), "X"),
            (lambda: affine_backward(X @ W.T, X, value), "W"),
        ):
            refuses(call, f"{name} must", error=TypeError)

    def test_nan_and_empty(self, arguments):
        X, W, b = arguments
        refuses(lambda: affine(X * np.nan, W, b), "X must", "NaN")
        refuses(lambda: affine(X, W, b * np.nan), "b must", "NaN")
        refuses(lambda: affine_backward(X @ W.T * np.nan, X, W), "grad_Z must", "NaN")
        refuses(lambda: affine(X[:0], W, b), "X must", "empty")


def test_integers_do_not_wrap_and_float32_is_kept(arguments):
    unsigned = np.full((1, 2), 200, np.uint8)
    assert affine(unsigned, unsigned, np.zeros(1, np.uint8)) == 80000
    single = [argument.astype(np.float32) for argument in arguments]
    assert affine(*single).dtype == np.float32
    assert all(gradient.dtype == np.float32 for gradient in affine_backward(affine(*single), *single[:2]))


@pytest.mark.parametrize(("argument", "bits"), [(0, 32), (1, 64), (2, 64)], ids=["grad_Z", "X", "W"])
def test_the_gradients_have_the_precision_of_inputs_and_weights(argument, bits, arguments):
    X, W, b = (array.astype(np.float32) for array in arguments)
    given = [affine(X, W, b), X, W]
    given[argument] = given[argument].astype(np.float64)
    assert {gradient.dtype for gradient in affine_backward(*given)} == {np.dtype(f"float{bits}")}


def test_no_warning_for_finite_input():
    huge = np.full((2, 2), 1e200)
    assert np.isinf(affine(huge, huge, np.zeros(2))).all()
    affine_backward(np.array([[1e200, -1e200], [1.0, 1.0]]), huge, huge)


def test_infinities_of_both_signs_do_not_warn():
    X, apart = np.array([[np.inf, np.inf]]), np.array([[1.0, -1.0]])
    assert np.isnan(affine(X, apart, np.zeros(1))).all()
    assert affine(X, np.ones((1, 2)), np.array([-1.0])) == np.inf
    grad_X, _, _ = affine_backward(X, apart, np.array([[1.0], [-1.0]]) * np.ones((2, 2)))
    assert np.isnan(grad_X).all()
    with np.errstate(invalid="raise"):
        affine(np.array([[np.inf]]), np.ones((1, 1)), np.array([-np.inf]))


def test_the_gradients_of_complex_input_are_those_of_real_input(arguments, rng):
    X, W, _ = arguments
    grad_Z = rng.standard_normal((5, 2))
    for complex_ones in ((grad_Z + 0j, X, W), (grad_Z, X + 0j, W), (grad_Z, X, W + 0j)):
        for one, other in zip(affine_backward(*complex_ones), affine_backward(grad_Z, X, W)):
            np.testing.assert_allclose(one, other, rtol=1e-13)


def test_arguments_are_left_alone(arguments, rng):
    X, W, b = arguments
    leaves_arguments_alone(affine, X, W, b)
    leaves_arguments_alone(affine_backward, rng.standard_normal((5, 2)), X, W)
    leaves_arguments_alone(affine_backward, rng.standard_normal(2), X[0], W)
