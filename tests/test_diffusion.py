"""Diffusion: schedules, the forward process, the posterior and sampling, against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import diffusion
from dlmath.diffusion import cosine_schedule, diffuse, expected_noise, posterior, reverse_step, training_loss
from dlmath.losses import mse_grad

schedules = st.lists(st.floats(1e-4, 0.999), min_size=1, max_size=8).map(np.array)


def test_the_linear_schedule_is_that_of_ddpm():
    betas = diffusion.linear_schedule(1000)
    assert betas.shape == (1000,)
    assert (betas[0], betas[-1]) == (1e-4, 0.02)
    np.testing.assert_allclose(np.diff(betas), (0.02 - 1e-4) / 999, rtol=1e-9)
    # The paper: x_T carries about 10^-5 bits of x_0 a dimension, log2(1 / (1 - alpha_bar)) / 2.
    left = diffusion.alpha_bars(betas)[-1]
    assert left == pytest.approx(4.036e-5, rel=1e-3)
    np.testing.assert_array_equal(diffusion.linear_schedule(1, 0.3, 0.5), [0.3])


@pytest.mark.parametrize("steps", [1, 2, 10, 1000])
def test_the_cosine_schedule_follows_its_cosine(steps):
    betas, offset = diffusion.cosine_schedule(steps), 0.008
    share = np.arange(steps + 1) / steps
    f = np.cos((share + offset) / (1 + offset) * np.pi / 2) ** 2
    np.testing.assert_allclose(diffusion.alpha_bars(betas)[:-1], (f / f[0])[:-1], rtol=1e-9)
    assert betas[-1] == 0.999
    assert ((betas > 0) & (betas <= 0.999)).all()
    assert (np.diff(betas) > 0).all()


def test_the_offset_of_the_cosine_schedule():
    assert diffusion.cosine_schedule(1000)[0] == pytest.approx(4.128e-5, rel=1e-3)
    assert diffusion.cosine_schedule(1000, offset=0.1)[0] > 1e-4


@given(schedules)
def test_alpha_bars_fall_from_one(betas):
    bars = diffusion.alpha_bars(betas)
    assert bars.shape == (len(betas) + 1,)
    assert bars[0] == 1
    assert (np.diff(bars) < 0).all()
    for t in range(1, len(bars)):
        np.testing.assert_allclose(bars[t], np.prod([1 - beta for beta in betas[:t]]), rtol=1e-12)


def steps_one_by_one(x_0, noises, betas):
    """The definition: every step scales and adds noise."""
    x = x_0
    for beta, noise in zip(betas, noises):
        x = np.sqrt(1 - beta) * x + np.sqrt(beta) * noise
    return x


@given(schedules, st.integers(0, 2**32 - 1))
def test_all_steps_at_once_have_the_mean_and_variance_of_one_by_one(betas, seed):
    """Both are linear in x_0 and the noises: compare the coefficient of x_0 and the squares of those of the noises."""
    T = len(betas)
    of_x_0 = steps_one_by_one(np.ones(1), np.zeros((T, 1)), betas)
    of_noises = [steps_one_by_one(np.zeros(1), np.eye(T)[i][:, None], betas)[0] for i in range(T)]
    x_0 = np.random.default_rng(seed).standard_normal(1)
    np.testing.assert_allclose(diffuse(x_0, T, np.zeros(1), betas), of_x_0 * x_0, rtol=1e-10, atol=1e-14)
    at_once = diffuse(np.zeros(1), T, np.ones(1), betas)
    np.testing.assert_allclose(at_once**2, np.sum(np.square(of_noises)), rtol=1e-10)


@given(schedules, st.integers(0, 2**32 - 1), st.data())
def test_the_posterior_agrees_with_bayes(betas, seed, data):
    """q(x_{t-1} | x_t, x_0) by conditioning the joint normal distribution of (x_{t-1}, x_t) given x_0."""
    t = data.draw(st.integers(1, len(betas)))
    x_0, x_t = np.random.default_rng(seed).standard_normal((2, 3))
    shift, variance_before = 1.0, 0.0  # of x_{t-1} given x_0
    for beta in betas[: t - 1]:
        shift, variance_before = shift * np.sqrt(1 - beta), variance_before * (1 - beta) + beta
    slope, added = np.sqrt(1 - betas[t - 1]), betas[t - 1]
    covariance = slope * variance_before
    variance_t = slope**2 * variance_before + added
    gain = covariance / variance_t
    mean, variance = posterior(x_0, x_t, t, betas)
    np.testing.assert_allclose(mean, shift * x_0 + gain * (x_t - slope * shift * x_0), rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(variance, variance_before - gain * covariance, rtol=1e-7, atol=1e-12)


def test_the_posterior_agrees_with_sympy():
    """The product of two normal densities in x_{t-1}, differentiated: the mode and the curvature of its logarithm."""
    sp = pytest.importorskip("sympy")
    x, x_0, x_t = sp.symbols("x x_0 x_t", real=True)
    alpha, previous = sp.symbols("alpha previous", positive=True)
    log_density = -((x_t - sp.sqrt(alpha) * x) ** 2) / (2 * (1 - alpha)) - (x - sp.sqrt(previous) * x_0) ** 2 / (
        2 * (1 - previous)
    )
    variance = sp.simplify(-1 / sp.diff(log_density, x, 2))
    (mode,) = sp.solve(sp.diff(log_density, x), x)
    betas = np.array([0.1, 0.2, 0.4])
    for t in (2, 3):
        known = {alpha: 1 - betas[t - 1], previous: np.prod(1 - betas[: t - 1]), x_0: 0.7, x_t: -1.3}
        mean, measured = posterior(np.array([0.7]), np.array([-1.3]), t, betas)
        assert mean[0] == pytest.approx(float(mode.subs(known)), rel=1e-12)
        assert float(measured) == pytest.approx(float(variance.subs(known)), rel=1e-12)


@given(schedules)
def test_the_posterior_variance_is_positive_from_the_second_step_and_below_beta(betas):
    x = np.zeros(1)
    for t in range(2, len(betas) + 1):
        _, variance = posterior(x, x, t, betas)
        assert 0 < variance < betas[t - 1]


@given(st.floats(1e-12, 0.999), st.integers(0, 2**32 - 1))
def test_before_the_first_step_there_is_no_doubt(beta, seed):
    x_0, x_1 = np.random.default_rng(seed).standard_normal((2, 3))
    mean, variance = posterior(x_0, x_1, 1, np.array([beta, 0.5]))
    np.testing.assert_array_equal(mean, x_0)
    assert variance == 0


@given(schedules, st.integers(0, 2**32 - 1), st.data())
def test_a_step_back_has_the_posterior_of_the_x_0_that_the_noise_implies(betas, seed, data):
    t = data.draw(st.integers(1, len(betas)))
    x_0, noise, z = np.random.default_rng(seed).standard_normal((3, 4))
    x_t = diffuse(x_0, t, noise, betas)
    mean, variance = posterior(x_0, x_t, t, betas)
    np.testing.assert_allclose(
        reverse_step(x_t, t, noise, z, betas), mean + np.sqrt(variance) * z, rtol=1e-7, atol=1e-9
    )


def test_the_last_step_back_adds_no_noise_and_returns_the_data(rng):
    betas = diffusion.linear_schedule(10)
    x_0, noise, z = rng.standard_normal((3, 5))
    x_1 = diffuse(x_0, 1, noise, betas)
    np.testing.assert_allclose(reverse_step(x_1, 1, noise, z, betas), x_0, rtol=1e-9)
    np.testing.assert_array_equal(reverse_step(x_1, 1, noise, z, betas), reverse_step(x_1, 1, noise, 99 * z, betas))


def test_sampling_with_the_right_noise_gives_back_the_distribution(rng):
    """For normal data the best guess of the noise is known: its mean given x_t. The variance needs small steps."""
    betas, mean, deviation = diffusion.linear_schedule(1000), 2.0, 0.5
    bars = diffusion.alpha_bars(betas)
    x = rng.standard_normal(4000)
    for t in range(1000, 0, -1):
        variance = bars[t] * deviation**2 + 1 - bars[t]
        guess = np.sqrt(1 - bars[t]) * (x - np.sqrt(bars[t]) * mean) / variance
        x = reverse_step(x, t, guess, rng.standard_normal(x.shape), betas)
    assert x.mean() == pytest.approx(mean, abs=0.03)
    assert x.std() == pytest.approx(deviation, rel=0.03)


def test_one_step_for_each_sample_is_the_steps_one_by_one(rng):
    betas, t = diffusion.linear_schedule(5, 0.1, 0.5), np.array([5, 1, 3], np.uint8)
    x_0, noise, z = rng.standard_normal((3, 3, 2, 4))
    x_t = diffuse(x_0, t, noise, betas)
    mean, variance = posterior(x_0, x_t, t, betas)
    back = reverse_step(x_t, t, noise, z, betas)
    assert variance.shape == (3, 1, 1)
    for i, step in enumerate([5, 1, 3]):
        one_mean, one_variance = posterior(x_0[i], x_t[i], step, betas)
        np.testing.assert_allclose(x_t[i], diffuse(x_0[i], step, noise[i], betas), rtol=1e-14)
        np.testing.assert_allclose(mean[i], one_mean, rtol=1e-14)
        np.testing.assert_allclose(variance[i], one_variance, rtol=1e-14)
        np.testing.assert_allclose(back[i], reverse_step(x_t[i], step, noise[i], z[i], betas), rtol=1e-14)


def test_the_expected_noise_is_the_mean_of_what_bayes_says(rng):
    """On a fine grid of noises, weighted by their own density and that of the data they imply."""
    betas, grid = np.array([0.3, 0.1, 0.5]), np.linspace(-12, 12, 6001)
    for t in (1, 2, 3):
        bar, (x_t, mean), variance = np.prod(1 - betas[:t]), rng.standard_normal(2), rng.uniform(0.1, 3)
        implied = (x_t - np.sqrt(1 - bar) * grid) / np.sqrt(bar)
        weights = np.exp(-(grid**2) / 2 - (implied - mean) ** 2 / (2 * variance))
        guess = diffusion.expected_noise(np.array([x_t]), t, mean, variance, betas)
        np.testing.assert_allclose(guess, np.average(grid, weights=weights), rtol=1e-9)


def test_the_expected_noise_of_one_point_is_the_noise(rng):
    betas, noise = diffusion.linear_schedule(5, 0.1, 0.5), rng.standard_normal((3, 2))
    x_t = diffuse(np.full((3, 2), 1.5), np.array([1, 3, 5]), noise, betas)
    np.testing.assert_allclose(diffusion.expected_noise(x_t, np.array([1, 3, 5]), 1.5, 0.0, betas), noise, rtol=1e-12)
    assert diffusion.expected_noise(x_t.astype(np.float32), 2, 1.5, 0.0, betas).dtype == np.float32
    leaves_arguments_alone(lambda x_t, betas: diffusion.expected_noise(x_t, 2, 1.5, 0.0, betas), x_t, betas)


def test_the_expected_noise_has_a_complex_step(rng):
    """It is affine in the noisy data."""
    betas, (x, direction) = diffusion.linear_schedule(5, 0.1, 0.5), rng.standard_normal((2, 4))
    ahead, here, step = (
        diffusion.expected_noise(z, 2, 1.5, 0.3, betas) for z in (x + direction, x, x + 1j * direction)
    )
    np.testing.assert_allclose(step, here + 1j * (ahead - here), rtol=1e-12)


def test_no_guess_has_a_smaller_loss_than_the_expected_noise(rng):
    betas, t, (m, s) = diffusion.linear_schedule(5, 0.1, 0.5), 3, (2.0, 0.5)
    x_0, noise = m + s * rng.standard_normal((4000, 1)), rng.standard_normal((4000, 1))

    def loss(slope, shift):
        def guess(x_t, t):
            return slope * diffusion.expected_noise(x_t, t, m, s**2, betas) + shift

        return training_loss(guess, x_0, t, noise, betas)

    assert all(loss(1, 0) < loss(slope, shift) for slope, shift in [(0.9, 0), (1.1, 0), (1, 0.1), (1, -0.1)])


def test_expected_noise_refuses_bad_input():
    x, betas = np.ones((3, 2)), np.array([0.1, 0.2])
    refuses(lambda: diffusion.expected_noise(x, 3, 0.0, 1.0, betas), "t must be between 1 and 2", error=ValueError)
    refuses(lambda: diffusion.expected_noise(x, 1, 0.0, -1.0, betas), "variance", error=ValueError)
    refuses(lambda: diffusion.expected_noise(x, 1, "m", 1.0, betas), "mean", error=TypeError)
    refuses(lambda: diffusion.expected_noise(x * np.nan, 1, 0.0, 1.0, betas), "x_t", "NaN", error=ValueError)
    diffusion.expected_noise(np.array([1e308, -1e308]), 1, -1e308, 1e-308, betas)


@pytest.mark.parametrize("t", [1, 3, np.array([1, 5, 2])], ids=str)
def test_loss_and_its_gradient_agree_with_torch(t, rng):
    torch = pytest.importorskip("torch")
    betas, W = diffusion.linear_schedule(5, 0.1, 0.5), rng.standard_normal((2, 2))
    x_0, noise = rng.standard_normal((2, 3, 2))

    def theirs(W):
        bars = torch.cumprod(1 - torch.tensor(betas), 0)[torch.as_tensor(t) - 1].reshape(-1, 1)
        x_t = bars.sqrt() * torch.tensor(x_0) + (1 - bars).sqrt() * torch.tensor(noise)
        return ((torch.tensor(noise) - x_t @ W.T) ** 2).sum(dim=1).mean()

    def gradient(g, W):
        x_t = diffuse(x_0, t, noise, betas)
        return g * mse_grad(x_t @ W.T, noise).T @ x_t

    agrees_with_torch(
        lambda W: training_loss(lambda x_t, t: x_t @ W.T, x_0, t, noise, betas),
        theirs,
        W,
        gradients=gradient,
        rtol=1e-11,
    )


def test_the_network_is_given_the_noised_data_and_the_step(rng):
    betas, (x_0, noise), seen = np.array([0.1, 0.2]), rng.standard_normal((2, 3, 2, 2)), []

    def network(x_t, t):
        seen.append((x_t, t))
        return noise + np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)

    t = np.array([1, 2, 2])
    assert training_loss(network, x_0, t, noise, betas) == pytest.approx(4 * (1 + 4 + 9) / 3)
    np.testing.assert_array_equal(seen[0][0], diffuse(x_0, t, noise, betas))
    assert seen[0][1] is t


def test_gradients_in_random_directions(rng):
    """All three steps are linear: their derivatives are the coefficients, found by the complex step."""
    betas, t = diffusion.linear_schedule(4, 0.1, 0.6), 3
    x_0, x_t, z, G = rng.standard_normal((4, 2, 3))
    bar, before, beta = np.prod(1 - betas[:3]), np.prod(1 - betas[:2]), betas[2]
    assert_gradient(lambda x: np.sum(G * diffuse(x, t, z, betas)), np.sqrt(bar) * G, x_0, analytic=True)
    assert_gradient(lambda e: np.sum(G * diffuse(x_0, t, e, betas)), np.sqrt(1 - bar) * G, z, analytic=True)
    of_x_0, of_x_t = np.sqrt(before) * beta / (1 - bar), np.sqrt(1 - beta) * (1 - before) / (1 - bar)
    assert_gradient(lambda x: np.sum(G * posterior(x, x_t, t, betas)[0]), of_x_0 * G, x_0, analytic=True)
    assert_gradient(lambda x: np.sum(G * posterior(x_0, x, t, betas)[0]), of_x_t * G, x_t, analytic=True)
    slope = 1 / np.sqrt(1 - beta)
    assert_gradient(lambda x: np.sum(G * reverse_step(x, t, x_0, z, betas)), slope * G, x_t, analytic=True)
    of_guess = -slope * beta / np.sqrt(1 - bar)
    assert_gradient(lambda e: np.sum(G * reverse_step(x_t, t, e, z, betas)), of_guess * G, x_0, analytic=True)
    deviation = np.sqrt((1 - before) / (1 - bar) * beta)
    assert_gradient(lambda n: np.sum(G * reverse_step(x_t, t, x_0, n, betas)), deviation * G, z, analytic=True)


CALLS = {
    "diffuse": lambda x=None, t=1, other=None, betas=None: diffuse(x, t, other, betas),
    "posterior": lambda x=None, t=1, other=None, betas=None: posterior(x, other, t, betas),
    "reverse_step": lambda x=None, t=1, other=None, betas=None: reverse_step(x, t, other, other, betas),
    "training_loss": lambda x=None, t=1, other=None, betas=None: training_loss(
        lambda x_t, t: np.zeros_like(x_t), x, t, other, betas
    ),
}

NAMES = {
    "diffuse": ("x_0", "noise"),
    "posterior": ("x_0", "x_t"),
    "reverse_step": ("x_t", "predicted_noise"),
    "training_loss": ("x_0", "noise"),
}
"""What each calls the first array and the other."""


@pytest.mark.parametrize("name", CALLS)
class TestBadInput:
    x, betas = np.ones((3, 2)), np.array([0.1, 0.2])

    def test_steps(self, name):
        call = CALLS[name]
        for t in (0, 3, -1, np.array([1, 2, 3]), np.array([0, 1, 2])):
            refuses(lambda t=t: call(self.x, t, self.x, self.betas), "t must be between 1 and 2", error=ValueError)
        for t in (np.array([1, 2]), np.ones((3, 1), int), np.ones((3, 2), int), np.ones(0, int)):
            expected = f"t must be one step or one for each sample of {NAMES[name][0]}"
            refuses(lambda t=t: call(self.x, t, self.x, self.betas), expected, "(3,)", error=ValueError)
        for t in (1.0, "1", None, True, np.array([1.0, 2.0, 1.0])):
            refuses(lambda t=t: call(self.x, t, self.x, self.betas), "t must be an integer", error=TypeError)

    def test_variances(self, name):
        call = CALLS[name]
        for betas in ([0.0, 0.1], [0.1, 1.0], [-0.1, 0.1], [0.1, 2.0], [0.1, np.inf]):
            refuses(lambda b=betas: call(self.x, 1, self.x, b), "betas must be between 0 and 1", error=ValueError)
        refuses(lambda: call(self.x, 1, self.x, 0.1), "betas", "(T,)", error=ValueError)
        refuses(lambda: call(self.x, 1, self.x, [np.nan]), "betas", "NaN", error=ValueError)
        refuses(lambda: call(self.x, 1, self.x, "small"), "betas", error=TypeError)

    def test_shapes_and_nan(self, name):
        call, (x, other) = CALLS[name], NAMES[name]
        shape = f"{other} must have the shape of {x}"
        refuses(lambda: call(self.x, 1, self.x[:1], self.betas), shape, "(1, 2)", "(3, 2)", error=ValueError)
        refuses(lambda: call(self.x * np.nan, 1, self.x, self.betas), x, "NaN", error=ValueError)
        refuses(lambda: call(self.x, 1, self.x * np.nan, self.betas), other, "NaN", error=ValueError)

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, name, value):
        x, other = NAMES[name]
        refuses(lambda: CALLS[name](value, 1, self.x, self.betas), x, error=TypeError)
        refuses(lambda: CALLS[name](self.x, 1, value, self.betas), other, error=TypeError)


def test_other_bad_input():
    x, betas = np.ones((3, 2)), np.array([0.1, 0.2])
    refuses(lambda: reverse_step(x, 1, x, x[:1], betas), "noise must have the shape of x_t", "(1, 2)")
    expected = "the result of predict_noise must have the shape of x_0"
    refuses(lambda: training_loss(lambda x_t, t: x_t[:1], x, 1, x, betas), expected, "(1, 2)", "(3, 2)")
    refuses(lambda: training_loss(lambda x_t, t: x_t, 1.0, 1, 1.0, betas), "x_0", "(N, ...)", error=ValueError)
    for steps in (0, -1):
        refuses(lambda s=steps: diffusion.linear_schedule(s), "steps", "at least 1", error=ValueError)
        refuses(lambda s=steps: diffusion.cosine_schedule(s), "steps", "at least 1", error=ValueError)
    refuses(lambda: diffusion.linear_schedule(10.0), "steps", error=TypeError)
    refuses(lambda: diffusion.linear_schedule(10, first=0.0), "first", "above 0", error=ValueError)
    refuses(lambda: diffusion.linear_schedule(10, last=1.0), "last", "between 0 and 1", error=ValueError)
    refuses(lambda: diffusion.linear_schedule(10, first=1.0), "first", "between 0 and 1", error=ValueError)
    refuses(lambda: diffusion.cosine_schedule(10, offset=0.0), "offset", "above 0", error=ValueError)
    refuses(lambda: diffusion.cosine_schedule(10, offset="s"), "offset", error=TypeError)


def test_data_of_one_number_or_of_many_axes_are_taken():
    betas = np.array([0.36])
    assert diffuse(5.0, 1, 10.0, betas) == pytest.approx(0.8 * 5 + 0.6 * 10)
    assert diffuse(np.ones((2, 3, 4, 5)), np.array([1, 1]), np.ones((2, 3, 4, 5)), betas).shape == (2, 3, 4, 5)


def test_unsigned_integers_do_not_wrap():
    pixel = np.array([255, 0], np.uint8)
    np.testing.assert_allclose(diffuse(pixel, 1, pixel[::-1], np.array([0.36])), [0.8 * 255, 0.6 * 255])
    np.testing.assert_allclose(diffuse(np.zeros(300), np.uint8(255), np.zeros(300), np.full(300, 0.1)), 0)


def test_float32_is_kept(rng):
    x_0, noise, z = rng.standard_normal((3, 4, 2)).astype(np.float32)
    betas = diffusion.linear_schedule(5)
    for t in (2, np.array([1, 2, 3, 5])):
        x_t = diffuse(x_0, t, noise, betas)
        assert x_t.dtype == np.float32
        assert posterior(x_0, x_t, t, betas)[0].dtype == np.float32
        assert reverse_step(x_t, t, noise, z, betas).dtype == np.float32
        assert training_loss(lambda x_t, t: 0 * x_t, x_0, t, noise, betas).dtype == np.float32


def test_no_warning_for_any_finite_input():
    huge = np.array([1e308, -1e308])
    betas = np.array([0.999] * 200)  # alpha_bar underflows to 0
    assert diffusion.alpha_bars(betas)[-1] == 0
    diffuse(huge, 200, -huge, betas)
    posterior(huge, -huge, 200, betas)
    reverse_step(huge, 200, -huge, huge, betas)
    training_loss(lambda x_t, t: -huge, huge, 1, huge, betas)
    assert np.isinf(diffuse(1.7 * huge, 1, 1.7 * huge, np.array([0.5]))).all()


def test_infinities_that_meet_are_nan_without_a_warning():
    infinite, betas = np.array([np.inf, -np.inf]), np.array([0.1, 0.2])
    for x in (
        diffuse(infinite, 2, -infinite, betas),
        posterior(infinite, -infinite, 2, betas)[0],
        reverse_step(infinite, 2, infinite, infinite, betas),
    ):
        assert np.isnan(x).all()


def test_arguments_are_left_alone(rng):
    x_0, noise, z = rng.standard_normal((3, 4, 2))
    betas, t = diffusion.linear_schedule(5), np.array([1, 2, 3, 5])
    leaves_arguments_alone(diffuse, x_0, t, noise, betas)
    leaves_arguments_alone(posterior, x_0, noise, t, betas)
    leaves_arguments_alone(reverse_step, x_0, t, noise, z, betas)
    leaves_arguments_alone(diffusion.alpha_bars, betas)


class TestSmallVariances:
    """1 - alpha-bar of a tiny beta, against fifty digits."""

    @staticmethod
    def exact(betas, t):
        mp = pytest.importorskip("mpmath")
        mp.mp.dps = 700
        bar = previous = mp.mpf(1)
        for beta in betas[:t]:
            previous, bar = bar, bar * (1 - mp.mpf(float(beta)))
        return mp, bar, previous

    @pytest.mark.parametrize("beta", [1e-300, 1e-20, 1e-12, 1e-6, 0.3, 1 - 1e-12, np.nextafter(1, 0)])
    @pytest.mark.parametrize("t", [1, 2, 5])
    def test_every_function(self, beta, t):
        betas = np.full(5, beta)
        mp, bar, previous = self.exact(betas, t)
        variance = float((1 - previous) / (1 - bar) * mp.mpf(float(beta)))
        zero, one = np.zeros(1), np.ones(1)
        np.testing.assert_allclose(diffuse(zero, t, one, betas), float(mp.sqrt(1 - bar)), rtol=1e-14)
        mean, computed = posterior(zero, one, t, betas)
        of_x_t = mp.sqrt(1 - mp.mpf(float(beta))) * (1 - previous) / (1 - bar)
        np.testing.assert_allclose(computed, variance, rtol=1e-13)
        np.testing.assert_allclose(mean, float(of_x_t), rtol=1e-13)
        of_x_0 = mp.sqrt(previous) * mp.mpf(float(beta)) / (1 - bar)
        np.testing.assert_allclose(posterior(one, zero, t, betas)[0], float(of_x_0), rtol=1e-13)
        factor = mp.mpf(float(beta)) / mp.sqrt(1 - bar) / mp.sqrt(1 - mp.mpf(float(beta)))
        np.testing.assert_allclose(reverse_step(zero, t, -one, zero, betas), float(factor), rtol=1e-13)
        np.testing.assert_allclose(reverse_step(zero, t, zero, one, betas), float(mp.sqrt(variance)), rtol=1e-13)
        guess = mp.sqrt(1 - bar) / (bar * mp.mpf("0.25") + 1 - bar)
        np.testing.assert_allclose(expected_noise(one, t, 0.0, 0.25, betas), float(guess), rtol=1e-13)

    def test_the_first_steps_of_a_long_cosine_schedule(self):
        mp = pytest.importorskip("mpmath")
        mp.mp.dps = 700
        steps, offset = 10**6, mp.mpf(0.008)

        def f(t):
            return mp.cos((mp.mpf(t) / steps + offset) / (1 + offset) * mp.pi / 2) ** 2

        expected = [float(1 - f(t) / f(t - 1)) for t in (1, 2, 10)]
        np.testing.assert_allclose(cosine_schedule(steps)[[0, 1, 9]], expected, rtol=1e-9)

    def test_a_masked_array_is_no_t(self):
        refuses(
            lambda: diffuse(np.zeros(2), np.ma.array([1, 2], mask=[1, 0]), np.zeros(2), np.full(3, 0.1)),
            "t", "masked", error=TypeError,
        )  # fmt: skip

    @pytest.mark.parametrize("size", [1e-320, 1e-200, 1.0, 1e200])
    def test_underflow_is_no_error(self, size):
        x, betas = np.array([size, -size]), np.full(2000, 0.9)
        with np.errstate(all="raise"):
            for t in (1, 2, 2000):
                diffuse(x, t, x, betas)
                posterior(x, x, t, betas)
                reverse_step(x, t, x, x, betas)
                expected_noise(x, t, 0.0, 1.0, betas)


@pytest.mark.parametrize("t", [1, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_finite_samples_at_the_first_step_and_the_last(dtype, t):
    """With a step so small that it has no digits beside 1, and one that leaves next to nothing."""
    betas = np.array([1e-12, 0.3, 0.999])
    largest = np.finfo(dtype).max
    for size in (0, 1e-320, 1e-45, 1e-38, 1.0, 1e19, 1e38, 1e150, largest):
        x = np.array([size, -size, 0], np.float64).clip(-largest, largest).astype(dtype)
        with np.errstate(all="raise"):
            results = [
                diffuse(x, t, x, betas),
                posterior(x, x, t, betas)[0],
                reverse_step(x, t, x, x, betas),
                expected_noise(x, t, 1.0, 2.0, betas),
            ]
            training_loss(lambda x, t: x, x, t, x, betas)
        assert {result.dtype for result in results} == {np.dtype(dtype)}


def test_what_has_no_weight_does_not_count_be_it_infinite():
    betas, one, infinite = np.array([0.36, 0.5]), np.ones(1), np.full(1, np.inf)
    assert posterior(one, infinite, 1, betas)[0] == 1
    assert reverse_step(one, 1, one, infinite, betas) == reverse_step(one, 1, one, one, betas)
    nothing_left = np.full(2000, 0.9)
    assert diffuse(infinite, 2000, one, nothing_left) == 1


def test_noise_of_double_precision_leaves_samples_in_single():
    betas, x, noise = np.array([0.36, 0.5]), np.ones(2, np.float32), np.ones(2)
    assert diffuse(x, 1, noise, betas).dtype == np.float32
    assert posterior(x, noise, 2, betas)[0].dtype == np.float32
    assert reverse_step(x, 2, noise, noise, betas).dtype == np.float32
