"""Optimizers, against PyTorch over many steps and by what they must leave as it is."""

import functools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, leaves_arguments_alone, refuses

from dlmath import optimizers
from dlmath.optimizers import (
    OPTIMIZERS,
    AdamState,
    adagrad_step,
    adam_step,
    adam_step_in_place,
    adamw_step,
    clip_by_norm,
    cosine_annealing,
    gradient_descent_step,
    momentum_step,
    nesterov_step,
    rmsprop_step,
    sgd_step,
)

STEPS = list(OPTIMIZERS.values())
WITH_MEMORY = [momentum_step, nesterov_step, adagrad_step, rmsprop_step]
WITH_MOMENTS = [adam_step, adamw_step]


def as_in_place(theta, gradient, state, learning_rate, **options):
    """``adam_step_in_place`` in the form of the others."""
    theta = theta.copy()
    state = adam_step_in_place(theta, gradient, state, learning_rate, **options)
    return theta, state


def walk(step, start, gradients, learning_rate, **options):
    theta, state, path = start, None, []
    for gradient in gradients:
        theta, state = step(theta, gradient, state, learning_rate, **options)
        path.append(np.array(theta))
    return np.array(path)


def walk_of_torch(make, start, gradients):
    torch = pytest.importorskip("torch")
    theta = torch.tensor(start, requires_grad=True)
    optimizer, path = make(torch.optim, [theta]), []
    for gradient in gradients:
        theta.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    return np.array(path)


def arrays_of(state):
    if state is None:
        return []
    return list(state[:2]) if isinstance(state, AdamState) else [state]


LIKE_TORCH = {
    "sgd": (sgd_step, {}, lambda optim, p: optim.SGD(p, lr=0.05)),
    "momentum": (momentum_step, {}, lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.9)),
    "momentum 0.5": (momentum_step, {"momentum": 0.5}, lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.5)),
    "nesterov": (nesterov_step, {}, lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True)),
    "nesterov 0.5": (
        nesterov_step,
        {"momentum": 0.5},
        lambda optim, p: optim.SGD(p, lr=0.05, momentum=0.5, nesterov=True),
    ),
    "adagrad": (adagrad_step, {}, lambda optim, p: optim.Adagrad(p, lr=0.05)),
    "adagrad with epsilon": (adagrad_step, {"epsilon": 0.1}, lambda optim, p: optim.Adagrad(p, lr=0.05, eps=0.1)),
    "rmsprop": (rmsprop_step, {}, lambda optim, p: optim.RMSprop(p, lr=0.05, alpha=0.9)),
    "rmsprop 0.99": (
        rmsprop_step,
        {"decay": 0.99, "epsilon": 0.1},
        lambda optim, p: optim.RMSprop(p, lr=0.05, alpha=0.99, eps=0.1),
    ),
    "adam": (adam_step, {}, lambda optim, p: optim.Adam(p, lr=0.05)),
    "adam with others": (
        adam_step,
        {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.1},
        lambda optim, p: optim.Adam(p, lr=0.05, betas=(0.5, 0.9), eps=0.1),
    ),
    "adam in place": (as_in_place, {}, lambda optim, p: optim.Adam(p, lr=0.05)),
    "adam in place with others": (
        as_in_place,
        {"beta1": 0.5, "beta2": 0.9, "epsilon": 0.1},
        lambda optim, p: optim.Adam(p, lr=0.05, betas=(0.5, 0.9), eps=0.1),
    ),
    "adamw": (adamw_step, {}, lambda optim, p: optim.AdamW(p, lr=0.05)),
    "adamw with others": (
        adamw_step,
        {"weight_decay": 0.3, "beta1": 0.5, "beta2": 0.9, "epsilon": 0.1},
        lambda optim, p: optim.AdamW(p, lr=0.05, betas=(0.5, 0.9), eps=0.1, weight_decay=0.3),
    ),
}


@pytest.mark.parametrize("name", LIKE_TORCH)
def test_many_steps_agree_with_torch(name, rng):
    step, options, make = LIKE_TORCH[name]
    start, gradients = rng.standard_normal(7), rng.standard_normal((20, 7))
    path = walk(step, start, gradients, 0.05, **options)
    np.testing.assert_allclose(path, walk_of_torch(make, start, gradients), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("size", [1, 5, 6, 13])
def test_adam_in_place_is_adam_whatever_the_blocks(size, dtype, rng, monkeypatch):
    monkeypatch.setattr(optimizers, "BLOCK", 6)
    start, gradients = rng.standard_normal(size).astype(dtype), rng.standard_normal((9, size)).astype(dtype)
    expected = walk(adam_step, start, gradients, 0.1)
    path = walk(as_in_place, start, gradients, 0.1)
    assert path.dtype == expected.dtype == dtype
    np.testing.assert_allclose(
        path, expected, **{"rtol": 1e-12} if dtype == np.float64 else {"rtol": 1e-5, "atol": 1e-6}
    )


def test_a_step_of_gradient_descent_moves_against_the_gradient():
    np.testing.assert_array_equal(gradient_descent_step([1.0, 2.0], [10, -10], 0.1), [0, 3])
    np.testing.assert_array_equal(gradient_descent_step([[1.0]], [[10]], 0), [[1]])


class TestDecisions:
    def test_the_first_step_of_adam_has_the_length_of_the_learning_rate(self, rng):
        gradient = np.array([1e-3, -5.0, 1e6])
        theta, state = adam_step(np.zeros(3), gradient, None, 0.1)
        np.testing.assert_allclose(theta, [-0.1, 0.1, -0.1], rtol=1e-4)
        assert state.step == 1

    def test_without_correction_it_is_longer_by_the_printed_rule_s_factor(self):
        gradient = np.array([-5.0, 1e3])
        printed, _ = adam_step(np.zeros(2), gradient, None, 0.1, bias_correction=False)
        np.testing.assert_allclose(np.abs(printed), 0.1 * 0.1 / np.sqrt(0.001), rtol=1e-6)

    def test_the_correction_fades(self, rng):
        m, v = rng.uniform(1, 2, (2, 4))
        gradient, late = rng.standard_normal(4), AdamState(m, v, 100_000)
        corrected, _ = adam_step(np.zeros(4), gradient, late, 0.1)
        printed, state = adam_step(np.zeros(4), gradient, late, 0.1, bias_correction=False)
        np.testing.assert_allclose(corrected, printed, rtol=1e-12)
        assert state.step == 100_001

    def test_epsilon_is_outside_the_root(self):
        theta, _ = adam_step(np.zeros(1), np.array([1.0]), None, 1.0, epsilon=1.0)
        np.testing.assert_allclose(theta, -1 / (1 + 1), rtol=1e-12)  # inside it would be -1/√2
        theta, _ = rmsprop_step(np.zeros(1), np.array([1.0]), None, 1.0, decay=0.0, epsilon=1.0)
        np.testing.assert_allclose(theta, -1 / (1 + 1), rtol=1e-12)

    def test_decay_of_adamw_does_not_depend_on_the_gradient(self, rng):
        theta = np.array([1.0, -2.0])
        for gradient in (np.array([1e-3, 1e-3]), np.array([1e3, 1e3])):
            without, _ = adam_step(theta, gradient, None, 0.1)
            decayed, _ = adamw_step(theta, gradient, None, 0.1, weight_decay=0.5)
            np.testing.assert_allclose(without - decayed, 0.1 * 0.5 * theta, rtol=1e-9)

    def test_adamw_without_decay_is_adam(self, rng):
        theta, gradient = rng.standard_normal((2, 4))
        expected, _ = adam_step(theta, gradient, None, 0.1)
        np.testing.assert_array_equal(adamw_step(theta, gradient, None, 0.1, weight_decay=0)[0], expected)

    def test_momentum_keeps_the_velocity_of_the_formula(self):
        theta, velocity = momentum_step(np.array([1.0]), np.array([2.0]), np.array([3.0]), 0.5, momentum=0.25)
        np.testing.assert_allclose(velocity, 0.25 * 3 - 0.5 * 2)
        np.testing.assert_allclose(theta, 1 + velocity)

    def test_state_of_sgd_is_nothing(self):
        assert sgd_step(np.ones(1), np.ones(1), None, 0.1)[1] is None


@given(st.floats(1e-3, 1e3), st.integers(1, 30))
def test_adam_does_not_see_the_scale_of_the_gradient(scale, count):
    gradients = np.random.default_rng(count).standard_normal((count, 3))
    path = walk(adam_step, np.zeros(3), gradients, 0.1, epsilon=1e-100)
    np.testing.assert_allclose(walk(adam_step, np.zeros(3), scale * gradients, 0.1, epsilon=1e-100), path, rtol=1e-9)


@pytest.mark.parametrize("step", [*STEPS, as_in_place], ids=lambda f: f.__name__)
class TestEveryStep:
    def test_it_goes_down_a_bowl(self, step):
        theta, state = np.array([3.0, -2.0]), None
        learning_rate = 1.0 if step is adagrad_step else 0.02  # AdaGrad's steps shrink by themselves
        for _ in range(600):
            theta, state = step(theta, 2 * theta, state, learning_rate)
        assert np.linalg.norm(theta) < 0.05

    def test_learning_rate_zero_stays(self, step, rng):
        theta, gradient = rng.standard_normal((2, 4))
        np.testing.assert_array_equal(step(theta, gradient, None, 0)[0], theta)

    def test_bad_input(self, step):
        theta, gradient = np.ones(2), np.ones(2)
        refuses(
            lambda: step(theta, np.ones((2, 1)), None, 0.1), "gradient must", "of theta,", "(2, 1)", error=ValueError
        )
        refuses(lambda: step(theta * np.nan, gradient, None, 0.1), "theta must", "NaN", error=ValueError)
        refuses(lambda: step(theta, gradient * np.nan, None, 0.1), "gradient must", "NaN", error=ValueError)
        refuses(lambda: step(theta, gradient, None, -0.1), "learning_rate must", "at least 0", error=ValueError)
        refuses(lambda: step(theta, gradient, None, "0.1"), "learning_rate must", "number", error=TypeError)
        for value in NOT_NUMBERS:
            refuses(lambda v=value: step(theta, v, None, 0.1), "gradient must", error=TypeError)

    def test_float32_is_kept_and_integers_do_not_wrap(self, step):
        theta, gradient = np.ones(3, np.float32), np.full(3, 0.5, np.float32)
        moved, state = step(theta, gradient, None, 0.1)
        again, _ = step(moved, gradient, state, 0.1)
        assert moved.dtype == again.dtype == np.float32
        unsigned = np.array([200, 255], np.uint8)
        np.testing.assert_array_equal(
            step(np.ones(2), unsigned, None, 0.1)[0], step(np.ones(2), unsigned * 1.0, None, 0.1)[0]
        )

    def test_huge_gradients_do_not_warn(self, step):
        theta, state = step(np.ones(2), np.array([1.7e308, -1e200]), None, 0.1)
        theta, state = step(theta, np.array([-1.7e308, 1e200]), state, 100.0)
        assert not np.isnan(theta).any()

    def test_infinite_gradients_do_not_warn(self, step):
        theta, state = step(np.ones(1), np.array([np.inf]), None, 0.1)
        if not np.isnan(theta).any() and state is not None and not isinstance(state, tuple):
            step(theta, np.array([-np.inf]), state, 0.1)

    def test_arguments_are_left_alone(self, step, rng):
        theta, gradient = rng.standard_normal((2, 4))
        leaves_arguments_alone(lambda theta, gradient: step(theta, gradient, None, 0.1)[0], theta, gradient)


@pytest.mark.parametrize("step", STEPS, ids=lambda f: f.__name__)
def test_pure_steps_take_any_shape_and_leave_their_state_alone(step, rng):
    theta, gradient = rng.standard_normal((2, 3, 2))
    _, state = step(theta, gradient, None, 0.1)
    arrays = arrays_of(state)
    copies = [a.copy() for a in arrays]
    flat, _ = step(theta.ravel(), gradient.ravel(), None, 0.1)
    np.testing.assert_array_equal(step(theta, gradient, None, 0.1)[0].ravel(), flat)
    _, after = step(theta, gradient, state, 0.1)
    for array, copy in zip(arrays, copies):
        np.testing.assert_array_equal(array, copy)
    for new in arrays_of(after):
        assert not any(np.shares_memory(new, old) for old in (*arrays, theta, gradient))


@pytest.mark.parametrize("step", WITH_MEMORY, ids=lambda f: f.__name__)
def test_bad_memory(step):
    theta = np.ones(2)
    refuses(lambda: step(theta, theta, np.ones(3), 0.1), "state must", "of theta,", "(3,)", error=ValueError)
    refuses(lambda: step(theta, theta, np.array([1, np.nan]), 0.1), "state must", "NaN", error=ValueError)
    refuses(lambda: step(theta, theta, "state", 0.1), "state must", error=TypeError)


def test_a_mean_square_cannot_be_negative():
    theta = np.ones(2)
    refuses(lambda: rmsprop_step(theta, theta, np.array([1.0, -0.5]), 0.1), "state must", "at least 0", "-0.5")
    refuses(lambda: adagrad_step(theta, theta, np.array([1.0, -0.5]), 0.1), "state must", "at least 0", "-0.5")
    state = AdamState(np.ones(2), np.array([1.0, -0.5]), 1)
    refuses(lambda: adam_step(theta, theta, state, 0.1), "state.second_moment must", "at least 0", "-0.5")
    momentum_step(theta, theta, np.array([1.0, -0.5]), 0.1)
    nesterov_step(theta, theta, np.array([1.0, -0.5]), 0.1)
    adam_step(theta, theta, AdamState(np.array([-1.0, 1.0]), np.zeros(2), 1), 0.1)


@pytest.mark.parametrize("step", [*WITH_MOMENTS, as_in_place], ids=lambda f: f.__name__)
class TestMoments:
    def test_bad_states(self, step):
        theta, m = np.ones(2), np.ones(2)
        refuses(
            lambda: step(theta, theta, m, 0.1), "state must", "(first_moment, second_moment, step)", error=TypeError
        )
        refuses(lambda: step(theta, theta, (m, m), 0.1), "state must", "tuple", error=TypeError)
        refuses(lambda: step(theta, theta, [m, m, 1], 0.1), "state must", "list", error=TypeError)
        refuses(
            lambda: step(theta, theta, (np.ones(3), m, 1), 0.1), "state.first_moment must", "(3,)", error=ValueError
        )
        refuses(
            lambda: step(theta, theta, (m, np.ones(3), 1), 0.1), "state.second_moment must", "(3,)", error=ValueError
        )
        refuses(lambda: step(theta, theta, (m, m, 1.0), 0.1), "state.step must", "integer", error=TypeError)
        refuses(lambda: step(theta, theta, (m, m, -1), 0.1), "state.step must", "at least 0", error=ValueError)
        refuses(lambda: step(theta, theta, ("m", m, 1), 0.1), "state.first_moment", error=TypeError)
        refuses(lambda: step(theta, theta, (m, "v", 1), 0.1), "state.second_moment", error=TypeError)

    def test_a_plain_tuple_is_a_state(self, step):
        theta, zero = np.array([1.0]), np.zeros(1)
        expected, _ = step(theta, theta, None, 0.1)
        np.testing.assert_array_equal(step(theta, theta, (zero, zero.copy(), 0), 0.1)[0], expected)

    @pytest.mark.parametrize(
        ("name", "value", "text"),
        [
            ("beta1", 1.0, "below 1"),
            ("beta1", -0.1, "at least 0"),
            ("beta2", 1.0, "below 1"),
            ("beta2", -0.1, "at least 0"),
            ("epsilon", 0.0, "above 0"),
        ],
    )
    def test_numbers_out_of_range(self, step, name, value, text):
        theta = np.ones(2)
        refuses(lambda: step(theta, theta, None, 0.1, **{name: value}), f"{name} must", text, error=ValueError)
        refuses(lambda: step(theta, theta, None, 0.1, **{name: None}), f"{name} must", "number", error=TypeError)

    def test_decay_rates_of_zero_forget_at_once(self, step):
        gradient = np.array([3.0])
        options = {"weight_decay": 0.0} if step is adamw_step else {}
        theta, state = step(np.zeros(1), gradient, None, 1.0, beta1=0, beta2=0, **options)
        assert state.first_moment == 3
        assert state.second_moment == 9
        np.testing.assert_allclose(theta, -1, rtol=1e-8)


def test_other_numbers_out_of_range():
    theta = np.ones(2)
    refuses(lambda: momentum_step(theta, theta, None, 0.1, momentum=1.0), "momentum must", "below 1", error=ValueError)
    refuses(
        lambda: momentum_step(theta, theta, None, 0.1, momentum=-0.1), "momentum must", "at least 0", error=ValueError
    )
    refuses(lambda: nesterov_step(theta, theta, None, 0.1, momentum=1.0), "momentum must", "below 1", error=ValueError)
    refuses(
        lambda: nesterov_step(theta, theta, None, 0.1, momentum=-0.1), "momentum must", "at least 0", error=ValueError
    )
    refuses(lambda: adagrad_step(theta, theta, None, 0.1, epsilon=0), "epsilon must", "above 0", error=ValueError)
    refuses(lambda: rmsprop_step(theta, theta, None, 0.1, decay=1.0), "decay must", "below 1", error=ValueError)
    refuses(lambda: rmsprop_step(theta, theta, None, 0.1, decay=-0.1), "decay must", "at least 0", error=ValueError)
    refuses(lambda: rmsprop_step(theta, theta, None, 0.1, epsilon=0), "epsilon must", "above 0", error=ValueError)
    refuses(
        lambda: adamw_step(theta, theta, None, 0.1, weight_decay=-1.0),
        "weight_decay must",
        "at least 0",
        error=ValueError,
    )


def test_a_decay_that_overflows_does_not_warn():
    theta, _ = adamw_step(np.array([1e308]), np.ones(1), None, 100.0, weight_decay=1.0)
    assert theta == -np.inf


class TestInPlace:
    def test_theta_and_the_moments_are_overwritten_and_the_gradient_is_not(self, rng):
        theta, gradient = rng.standard_normal((2, 5))
        before, gradient_before = theta.copy(), gradient.copy()
        state = adam_step_in_place(theta, gradient, None, 0.1)
        assert not np.any(theta == before)
        after = adam_step_in_place(theta, gradient, state, 0.1)
        assert after.first_moment is state.first_moment
        assert after.second_moment is state.second_moment
        assert (state.step, after.step) == (1, 2)
        np.testing.assert_array_equal(gradient, gradient_before)

    def test_the_views_of_a_network_s_layers_are_updated(self):
        theta = np.zeros(6)
        W = theta[:4].reshape(2, 2).T
        adam_step_in_place(theta, np.ones(6), None, 0.1)
        np.testing.assert_allclose(W, -0.1, rtol=1e-6)

    def test_what_cannot_be_overwritten_is_refused_before_anything_is(self):
        gradient, constant = np.ones(2), np.ones(2)
        constant.flags.writeable = False
        refuses(
            lambda: adam_step_in_place([1.0, 2.0], gradient, None, 0.1), "theta is overwritten", "list", error=TypeError
        )
        refuses(
            lambda: adam_step_in_place(np.ones(2, int), gradient, None, 0.1), "theta is overwritten", error=TypeError
        )
        refuses(
            lambda: adam_step_in_place(np.ones((2, 1)), gradient, None, 0.1), "theta must", "(P,)", error=ValueError
        )
        refuses(lambda: adam_step_in_place(constant, gradient, None, 0.1), "theta is", "read-only", error=ValueError)
        theta = np.ones(2)
        for state, name in (
            ((constant, np.ones(2), 1), "state.first_moment is"),
            ((np.ones(2), constant, 1), "state.second_moment is"),
        ):
            refuses(lambda s=state: adam_step_in_place(theta, gradient, s, 0.1), name, "read-only", error=ValueError)
        np.testing.assert_array_equal(theta, [1, 1])

    def test_it_needs_memory_for_a_block_only(self):
        theta, gradient = np.ones((2, 4 * optimizers.BLOCK))
        state = adam_step_in_place(theta, gradient, None, 0.1)
        tracemalloc.start()
        adam_step_in_place(theta, gradient, state, 0.1)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1.5 * theta.nbytes / 4


class TestCosineSchedule:
    def test_agrees_with_torch(self):
        torch = pytest.importorskip("torch")
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        schedule, expected = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20), []
        for _ in range(21):
            expected.append(schedule.get_last_lr()[0])
            optimizer.step()
            schedule.step()
        np.testing.assert_allclose([cosine_annealing(t, 20, 0.3) for t in range(21)], expected, rtol=1e-12, atol=1e-15)

    def test_the_rise_is_a_straight_line_and_comes_before_the_whole_cosine(self):
        rates = [cosine_annealing(t, 30, 2.0, warm_up=10) for t in range(31)]
        np.testing.assert_allclose(rates[:11], np.linspace(0, 2, 11))
        np.testing.assert_allclose(rates[10:], [cosine_annealing(t, 20, 2.0) for t in range(21)], atol=1e-15)
        assert np.argmax(rates) == 10
        assert rates[-1] == 0

    def test_bad_input(self):
        refuses(lambda: cosine_annealing(7, 6, 0.1), "step must", "at most", "6", "7", error=ValueError)
        refuses(lambda: cosine_annealing(-1, 6, 0.1), "step must", "-1", error=ValueError)
        refuses(lambda: cosine_annealing(0.5, 6, 0.1), "step must", "integer", error=TypeError)
        refuses(lambda: cosine_annealing(0, 0, 0.1), "steps must", "at least 1", error=ValueError)
        refuses(lambda: cosine_annealing(0, 6, -0.1), "learning_rate must", "at least 0", error=ValueError)
        refuses(lambda: cosine_annealing(0, 6, 0.1, warm_up=6), "warm_up must", "below", "6", error=ValueError)


class TestClipping:
    def test_agrees_with_torch(self, rng):
        torch = pytest.importorskip("torch")
        gradient = 5 * rng.standard_normal(9)
        theta = torch.zeros(9, dtype=torch.float64)
        theta.grad = torch.tensor(gradient)
        torch.nn.utils.clip_grad_norm_([theta], 2.0)
        # PyTorch adds 1e-6 to the norm that it divides by.
        np.testing.assert_allclose(clip_by_norm(gradient, 2.0), theta.grad.numpy(), rtol=1e-6)

    @given(st.floats(1e-3, 1e3), st.integers(0, 1000))
    def test_the_direction_stays_and_the_norm_is_the_smaller_one(self, largest, seed):
        gradient = np.random.default_rng(seed).standard_normal((2, 3)) * 10 ** (seed % 5 - 2)
        clipped = clip_by_norm(gradient, largest)
        norm = np.linalg.norm(gradient)
        assert np.linalg.norm(clipped) == pytest.approx(min(norm, largest), rel=1e-12)
        np.testing.assert_allclose(clipped / np.linalg.norm(clipped), gradient / norm, rtol=1e-10)

    def test_it_is_the_norm_that_counts_and_not_the_largest_entry(self):
        np.testing.assert_allclose(clip_by_norm(np.array([10.0, 10.0]), 12.0), 12 * np.sqrt([0.5, 0.5]), rtol=1e-12)
        np.testing.assert_array_equal(clip_by_norm(np.array([10.0, 10.0]), 15.0), [10, 10])

    def test_a_short_gradient_comes_back_as_it_is(self):
        gradient = np.array([0.1, 0.2])
        clipped = clip_by_norm(gradient, 1.0)
        np.testing.assert_array_equal(clipped, gradient)
        assert not np.shares_memory(clipped, gradient)
        np.testing.assert_array_equal(clip_by_norm(np.array([3.0, 4.0]), 5.0), [3, 4])
        np.testing.assert_array_equal(clip_by_norm(np.zeros(2), 1.0), [0, 0])

    @pytest.mark.parametrize("scale", [1e300, 1e-300])
    def test_the_norm_neither_overflows_nor_vanishes(self, scale):
        clipped = clip_by_norm(scale * np.array([3.0, -4.0]), scale)
        np.testing.assert_allclose(clipped, scale * np.array([0.6, -0.8]), rtol=1e-12)
        np.testing.assert_allclose(clip_by_norm(np.array([1.7e308, 1.7e308]), 1.0), np.sqrt([0.5, 0.5]), rtol=1e-12)

    def test_bad_input(self):
        refuses(lambda: clip_by_norm([1.0, np.inf], 1.0), "gradient must", "infinity", error=ValueError)
        refuses(lambda: clip_by_norm([1.0, np.nan], 1.0), "gradient must", "NaN", error=ValueError)
        refuses(lambda: clip_by_norm([1.0], 0.0), "max_norm must", "above 0", error=ValueError)
        refuses(lambda: clip_by_norm([1.0], "1"), "max_norm must", "number", error=TypeError)
        for value in NOT_NUMBERS:
            refuses(lambda v=value: clip_by_norm(v, 1.0), "gradient must", error=TypeError)

    def test_precision_is_kept_and_the_argument_left_alone(self):
        assert clip_by_norm(np.ones(3, np.float32), 1.0).dtype == np.float32
        np.testing.assert_allclose(clip_by_norm(np.array([200, 200], np.uint8), 1.0), np.sqrt([0.5, 0.5]))
        leaves_arguments_alone(functools.partial(clip_by_norm, max_norm=1.0), np.array([3.0, 4.0]))
        with pytest.raises(ValueError, match=r"^gradient must be finite, got infinity: it has no direction$"):
            clip_by_norm(np.array([np.inf]), 1.0)


class TestMemoryOfItsOwn:
    """What is overwritten shares no memory with anything that is read, or the step would read its own results."""

    def test_one_array_for_two_things(self):
        theta, gradient, m, v = (np.full(4, value) for value in (1.0, 2.0, 0.0, 0.0))
        for changed, words in (
            ({"theta": gradient}, ("theta", "gradient")),
            ({"m": v}, ("state.first_moment", "state.second_moment")),
            ({"m": theta}, ("theta", "state.first_moment")),
            ({"v": gradient}, ("state.second_moment", "gradient")),
            ({"m": v[::-1]}, ("state.first_moment", "state.second_moment")),
        ):
            given = {"theta": theta, "gradient": gradient, "m": m, "v": v, **changed}
            before = {name: array.copy() for name, array in given.items()}
            refuses(
                lambda g=given: adam_step_in_place(g["theta"], g["gradient"], (g["m"], g["v"], 0), 0.1),
                words[0],
                "must not share memory",
                words[1],
                error=ValueError,
            )
            for name, array in given.items():
                np.testing.assert_array_equal(array, before[name])

    def test_halves_of_one_array_are_apart(self):
        whole = np.ones(8)
        expected, _ = adam_step(np.ones(4), np.full(4, 2.0), None, 0.1)
        state = adam_step_in_place(whole[:4], np.full(4, 2.0), None, 0.1)
        np.testing.assert_allclose(whole, [*expected, 1, 1, 1, 1], rtol=1e-14)
        assert state.step == 1


class TestSinglePrecision:
    @pytest.mark.parametrize(
        "step", [adam_step, adamw_step, adam_step_in_place, rmsprop_step], ids=lambda f: f.__name__
    )
    def test_an_epsilon_that_is_zero_there_is_refused(self, step):
        """It would divide 0 by 0 for a parameter without gradient."""
        zero = np.zeros(2, np.float32)
        refuses(
            lambda: step(zero.copy(), zero, None, 0.1, epsilon=1e-46),
            "epsilon must",
            "1.17549e-38",
            "1e-46",
            error=ValueError,
        )
        step(zero.astype(float), zero.astype(float), None, 0.1, epsilon=1e-46)

    @pytest.mark.parametrize("beta2", [0.999, 1 - 2.0**-53])
    def test_a_parameter_without_gradient_stays(self, beta2):
        for dtype in (np.float32, np.float64):
            theta = np.ones(2, dtype)
            tiny = float(np.finfo(dtype).tiny)
            adam_step_in_place(theta, np.zeros(2, dtype), None, 0.1, epsilon=tiny, beta2=beta2)
            np.testing.assert_array_equal(theta, [1, 1])
            np.testing.assert_array_equal(adam_step(theta, 0 * theta, None, 0.1, epsilon=tiny, beta2=beta2)[0], [1, 1])

    @pytest.mark.parametrize(
        "step",
        [sgd_step, momentum_step, rmsprop_step, adam_step, adamw_step, adam_step_in_place],
        ids=lambda f: f.__name__,
    )
    def test_a_learning_rate_that_is_infinite_there_is_refused(self, step):
        ones = np.ones(2, np.float32)
        refuses(lambda: step(ones.copy(), 0 * ones, None, 1e39), "learning_rate must", "3.40282e+38", error=ValueError)
        refuses(lambda: step(ones.copy(), ones, None, 10**400), "learning_rate must", "finite", error=ValueError)

    def test_a_decay_that_overflows_leaves_zero_at_zero(self):
        theta, _ = adamw_step(np.array([0.0, 1.0]), np.zeros(2), None, 1e200, weight_decay=1e200)
        np.testing.assert_array_equal(theta, [0, -np.inf])
