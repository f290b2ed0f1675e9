import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import losses


def torch_mse(predictions, targets):
    """The book's convention: squares added over the outputs, mean over the batch."""
    return (
        ((predictions - targets) ** 2).flatten(1).sum(1).mean()
        if predictions.ndim > 1
        else ((predictions - targets) ** 2).mean()
    )


@pytest.mark.parametrize("shape", [(1,), (7,), (7, 1), (5, 3)])
def test_mse_agrees_with_torch(shape, rng):
    predictions, targets = rng.standard_normal((2, *shape))
    agrees_with_torch(losses.mse, torch_mse, predictions, targets, gradients=lambda g, p, t: g * losses.mse_grad(p, t))


def test_mse_of_one_output_is_the_library_s_mse(rng):
    functional = pytest.importorskip("torch.nn.functional")
    agrees_with_torch(losses.mse, functional.mse_loss, *rng.standard_normal((2, 6, 1)))


def test_mse_gradient_in_random_directions(rng):
    predictions, targets = rng.standard_normal((2, 6, 2))
    assert_gradient(lambda p: losses.mse(p, targets), losses.mse_grad(predictions, targets), predictions, analytic=True)


@given(st.floats(-1e3, 1e3), st.integers(1, 20))
def test_mse_of_a_constant_shift_is_its_square_whatever_the_batch(shift, count):
    targets = np.linspace(-1, 1, count)
    np.testing.assert_allclose(losses.mse(targets + shift, targets), shift**2, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("function", [losses.mse, losses.mse_grad])
class TestBadInput:
    def test_column_against_vector_is_refused_and_not_broadcast(self, function, rng):
        refuses(lambda: function(rng.normal(size=(4, 1)), rng.normal(size=4)), "targets", "(4, 1)", "(4,)")
        refuses(lambda: function(rng.normal(size=4), rng.normal(size=(4, 1))), "targets", "(4, 1)", "(4,)")

    def test_other_shapes(self, function):
        refuses(lambda: function(np.ones((2, 2, 2)), np.ones((2, 2, 2))), "predictions", "(N, n_out)")
        refuses(lambda: function(np.ones(0), np.ones(0)), "predictions", "empty")
        refuses(lambda: function(1.0, 1.0), "predictions", "(N,)")

    def test_nan(self, function):
        refuses(lambda: function(np.array([np.nan, 1]), np.ones(2)), "predictions", "NaN", "1 of 2")
        refuses(lambda: function(np.ones(2), np.array([np.nan, 1])), "targets", "NaN")

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, function, value):
        refuses(lambda: function(value, np.ones(1)), "predictions", error=TypeError)
        refuses(lambda: function(np.ones(1), value), "targets", error=TypeError)

    def test_ragged(self, function):
        refuses(lambda: function([[1, 2], [3]], np.ones(2)), "predictions", "different lengths")


def test_integers_do_not_wrap_and_lists_are_taken():
    unsigned = np.array([0, 255], dtype=np.uint8)
    assert losses.mse(unsigned, unsigned[::-1]) == 255**2
    assert losses.mse([1, 2], [0, 4]) == 2.5


def test_float32_is_kept(rng):
    predictions, targets = rng.standard_normal((2, 5)).astype(np.float32)
    assert losses.mse(predictions, targets).dtype == np.float32
    assert losses.mse_grad(predictions, targets).dtype == np.float32


def test_no_warning_for_any_finite_input():
    huge = np.array([1e308, -1e308])
    assert losses.mse(huge, -huge) == np.inf
    assert np.isinf(losses.mse_grad(huge, -huge)).all()


def test_arguments_are_left_alone(rng):
    leaves_arguments_alone(losses.mse_grad, *rng.standard_normal((2, 3, 2)))
