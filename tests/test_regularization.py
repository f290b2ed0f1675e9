"""Penalties, weight decay and dropout, against PyTorch and by their means."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath.optimizers import adam_step, adamw_step, gradient_descent_step
from dlmath.regularization import dropout, dropout_backward, l2_penalty, l2_penalty_grad


class TestL2:
    def test_agrees_with_torch(self, rng):
        agrees_with_torch(
            lambda W: l2_penalty(W, 0.7, 5),
            lambda W: 0.7 / (2 * 5) * (W**2).sum(),
            rng.standard_normal((3, 4)),
            gradients=lambda g, W: g * l2_penalty_grad(W, 0.7, 5),
        )

    def test_gradient_by_the_complex_step(self, rng):
        W = rng.standard_normal((3, 2))
        assert_gradient(lambda W: l2_penalty(W, 0.3, 7), l2_penalty_grad(W, 0.3, 7), W, analytic=True)

    def test_the_half_is_in_the_penalty_and_not_in_the_gradient(self):
        assert l2_penalty(np.array([2.0]), 1.0, 1) == 2
        np.testing.assert_array_equal(l2_penalty_grad(np.array([2.0]), 1.0, 1), [2.0])

    def test_it_is_weight_decay_for_gradient_descent_and_not_for_adam(self, rng):
        W, gradient = rng.standard_normal((2, 4))
        strength, count, rate = 0.5, 10, 0.1
        penalized = gradient + l2_penalty_grad(W, strength, count)
        decayed = (1 - rate * strength / count) * W
        np.testing.assert_allclose(
            gradient_descent_step(W, penalized, rate), gradient_descent_step(decayed, gradient, rate), rtol=1e-13
        )
        with_penalty = adam_step(W, penalized, None, rate)[0]
        with_decay = adamw_step(W, gradient, None, rate, weight_decay=strength / count)[0]
        assert np.max(np.abs(with_penalty - with_decay)) > 1e-3

    @pytest.mark.parametrize("function", [l2_penalty, l2_penalty_grad])
    def test_bad_input(self, function):
        W = np.ones(2)
        refuses(lambda: function(W, -1.0, 5), "weight_decay must", "at least 0", error=ValueError)
        refuses(lambda: function(W, 1.0, 0), "count must", "at least 1", error=ValueError)
        refuses(lambda: function(W, 1.0, 2.0), "count must", "integer", error=TypeError)
        refuses(lambda: function(W * np.nan, 1.0, 5), "W must", "NaN", error=ValueError)
        for value in NOT_NUMBERS:
            refuses(lambda value=value: function(value, 1.0, 5), "W must", error=TypeError)
        assert function(W, 0, 1) is not None

    def test_complex_weights_have_a_gradient(self):
        np.testing.assert_allclose(l2_penalty_grad(np.array([1j, 2]), 3.0, 6), [0.5j, 1])

    def test_a_strength_that_is_0_in_single_precision_costs_nothing(self):
        infinite = np.full(3, np.inf, np.float32)
        assert l2_penalty(infinite, 1e-50, 1) == 0
        np.testing.assert_array_equal(l2_penalty_grad(infinite, 1e-50, 1), np.zeros(3))
        assert l2_penalty_grad(infinite, 1e-50, 1).dtype == np.float32

    def test_huge_integer_and_single_precision_weights(self):
        assert l2_penalty(np.array([1e200]), 1.0, 1) == np.inf
        assert np.isinf(l2_penalty_grad(np.array([1e300]), 1e300, 1))
        assert l2_penalty(np.array([200], np.uint8), 2.0, 1) == 40000
        assert l2_penalty_grad(np.ones(2, np.float32), 0.1, 3).dtype == np.float32
        leaves_arguments_alone(lambda W: l2_penalty_grad(W, 1.0, 1), np.ones(2))


class TestDropout:
    def test_entries_are_dropped_or_scaled_and_the_mask_says_which(self, rng):
        X = rng.uniform(1, 2, (50, 40))
        output, mask = dropout(X, 0.2, rng)
        dropped = output == 0
        assert 0.15 < dropped.mean() < 0.25
        np.testing.assert_allclose(output[~dropped], X[~dropped] / 0.8, rtol=1e-14)
        np.testing.assert_array_equal(mask == 0, dropped)
        np.testing.assert_allclose(mask[~dropped], 1.25, rtol=1e-14)

    @given(st.floats(0, 0.9))
    def test_the_expectation_is_kept(self, rate):
        count = 40_000
        output, _ = dropout(np.ones(count), rate, np.random.default_rng(3))
        deviation = np.sqrt(rate / (1 - rate) / count)
        assert abs(output.mean() - 1) <= 5 * deviation + 1e-12

    def test_every_entry_is_as_likely_to_go(self, rng):
        kept = sum(dropout(np.ones(6), 0.5, rng)[1] > 0 for _ in range(2000))
        np.testing.assert_allclose(kept / 2000, 0.5, atol=0.06)

    def test_evaluation_changes_nothing_and_draws_nothing(self, rng):
        X, before = rng.standard_normal((3, 4)), rng.bit_generator.state
        output, mask = dropout(X, 0.5, rng, training=False)
        np.testing.assert_array_equal(output, X)
        np.testing.assert_array_equal(mask, np.ones((3, 4)))
        assert rng.bit_generator.state == before
        assert not np.shares_memory(output, X)

    def test_rate_zero_drops_nothing(self, rng):
        X = rng.standard_normal(100)
        np.testing.assert_array_equal(dropout(X, 0, rng)[0], X)

    def test_the_same_seed_drops_the_same(self):
        first, second = (dropout(np.ones(20), 0.5, np.random.default_rng(1))[1] for _ in range(2))
        np.testing.assert_array_equal(first, second)

    def test_backward_agrees_with_torch_and_the_complex_step(self, rng):
        torch = pytest.importorskip("torch")
        X, mask = rng.standard_normal((3, 4)), dropout(np.ones((3, 4)), 0.5, rng)[1]
        agrees_with_torch(
            lambda X: X * mask, lambda X: X * torch.tensor(mask), X, gradients=lambda g, X: dropout_backward(g, mask)
        )
        weights = rng.standard_normal((3, 4))

        def through(X):
            return np.sum(weights * dropout(X, 0.5, np.random.default_rng(5))[0])

        same_mask = dropout(X, 0.5, np.random.default_rng(5))[1]
        assert_gradient(through, dropout_backward(weights, same_mask), X, analytic=True)

    def test_it_has_the_distribution_of_torch(self, rng):
        functional = pytest.importorskip("torch.nn.functional")
        torch = pytest.importorskip("torch")
        torch.manual_seed(0)
        theirs = functional.dropout(torch.ones(20_000, dtype=torch.float64), 0.3).numpy()
        ours, _ = dropout(np.ones(20_000), 0.3, rng)
        np.testing.assert_allclose(np.unique(ours), np.unique(theirs), rtol=1e-14)
        assert abs((ours == 0).mean() - (theirs == 0).mean()) < 0.02

    @pytest.mark.parametrize("rate", [1.0, 1.5, -0.1, np.inf])
    def test_rates_that_are_refused(self, rate, rng):
        for training in (True, False):
            refuses(
                lambda t=training: dropout(np.ones(2), rate, rng, training=t), "rate must", "at least 0 and below 1"
            )

    def test_bad_input(self, rng):
        refuses(lambda: dropout(np.ones(2), "0.5", rng), "rate must", "number", error=TypeError)
        refuses(lambda: dropout(np.ones(2), 0.5, 0), "rng must", "default_rng", error=TypeError)
        refuses(lambda: dropout(np.ones(2), 0.5, None, training=False), "rng must", error=TypeError)
        refuses(lambda: dropout(np.ones(2), 0.5, rng, training="no"), "training must", error=TypeError)
        refuses(lambda: dropout(np.array([np.nan]), 0.5, rng), "X must", "NaN", error=ValueError)
        refuses(
            lambda: dropout_backward(np.ones(2), np.ones(3)), "mask must", "of grad_output,", "(3,)", error=ValueError
        )
        refuses(lambda: dropout_backward(np.array([np.nan]), np.ones(1)), "grad_output must", "NaN", error=ValueError)
        refuses(lambda: dropout_backward(np.ones(1), np.array([np.nan])), "mask must", "NaN", error=ValueError)
        for value in NOT_NUMBERS:
            refuses(lambda value=value: dropout(value, 0.5, rng), "X must", error=TypeError)
            refuses(lambda value=value: dropout_backward(value, np.ones(1)), "grad_output must", error=TypeError)
            refuses(lambda value=value: dropout_backward(np.ones(1), value), "mask must", error=TypeError)

    def test_precision_is_kept_and_arguments_are_left_alone(self, rng):
        X = np.ones(6, np.float32)
        output, mask = dropout(X, 0.5, rng)
        assert output.dtype == mask.dtype == dropout_backward(X, mask).dtype == np.float32
        leaves_arguments_alone(lambda X: dropout(X, 0.5, rng), X)
        leaves_arguments_alone(dropout_backward, X, mask)

    def test_huge_numbers_do_not_warn(self, rng):
        dropout(np.full(50, 1.7e308), 0.5, rng)
        dropout_backward(np.full(2, 1.7e308), np.array([2.0, 0.0]))
        dropout(np.full(50, np.inf), 0.5, rng)
        dropout_backward(np.full(2, np.inf), np.array([2.0, 0.0]))

    def test_complex_gradients_pass(self):
        np.testing.assert_array_equal(dropout_backward(np.array([1j, 2j]), np.array([2.0, 0.0])), [2j, 0])


class TestExtremes:
    def test_no_penalty_is_none_for_any_weight(self):
        assert l2_penalty(np.array([[1e200]]), 0, 1) == 0
        assert l2_penalty(np.array([[np.inf]]), 0, 1) == 0
        np.testing.assert_array_equal(l2_penalty_grad(np.array([np.inf]), 0, 1), [0])

    def test_the_square_does_not_overflow_before_the_factor(self):
        np.testing.assert_allclose(l2_penalty(np.array([1e200]), 2e-300, 1), 1e100, rtol=1e-14)

    def test_what_is_dropped_is_dropped_however_large(self):
        output, mask = dropout(np.full(1000, np.inf), 0.5, np.random.default_rng(0))
        np.testing.assert_array_equal(output, np.where(mask > 0, np.inf, 0))
        np.testing.assert_array_equal(dropout_backward(np.full(1000, -np.inf), mask), np.where(mask > 0, -np.inf, 0))

    def test_a_factor_that_single_precision_cannot_hold(self):
        for function in (l2_penalty, l2_penalty_grad):
            refuses(lambda f=function: f(np.ones(1, np.float32), 1e39, 1), "weight_decay must", "3.40282e+38")
            refuses(lambda f=function: f(np.ones(1), 1.0, 2**63), "count must", "at most")
