"""Denoising diffusion: noise is added to data in T small steps, and a network learns to take it away again.

Steps are numbered t = 1, ..., T. ``x_0`` is data and ``x_T`` almost pure noise; ``betas[t - 1]`` is the variance that
step t adds. With :math:`\\alpha_t = 1 - \\beta_t` and :math:`\\bar\\alpha_t = \\alpha_1 \\cdots \\alpha_t`, and
:math:`\\bar\\alpha_0 = 1` because nothing has been added yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath._stable import times
from dlmath.losses import mse


@check.rounding
def linear_schedule(steps: int, first: float = 1e-4, last: float = 0.02) -> np.ndarray:
    r"""Noise variances that grow evenly from ``first`` to ``last`` (Ho, Jain and Abbeel, 2020).

    The defaults are theirs, for 1000 steps; with fewer steps they leave some of the data in :math:`x_T`.

    Args:
        steps: T.
        first: :math:`\beta_1`, between 0 and 1, both excluded.
        last: :math:`\beta_T`, between 0 and 1, both excluded.

    Returns:
        :math:`\beta_1, \dots, \beta_T`, shape ``(T,)``.

    Example:
        >>> linear_schedule(3, first=0.1, last=0.5)
        array([0.1, 0.3, 0.5])
    """
    steps = check.integer("steps", steps, least=1)
    return np.linspace(_variance("first", first), _variance("last", last), steps)


@check.rounding
def cosine_schedule(steps: int, offset: float = 0.008) -> np.ndarray:
    r"""Noise variances with which :math:`\bar\alpha_t` falls like a squared cosine (Nichol and Dhariwal, 2021),

    .. math::
        \bar\alpha_t = \frac{f(t)}{f(0)}, \qquad
        f(t) = \cos^2\!\left(\frac{t/T + s}{1 + s} \cdot \frac\pi2\right), \qquad
        \beta_t = \min\!\left(1 - \frac{\bar\alpha_t}{\bar\alpha_{t-1}},\; 0.999\right).

    Args:
        steps: T.
        offset: s > 0, which keeps the first steps from being too small.

    Returns:
        :math:`\beta_1, \dots, \beta_T`, shape ``(T,)``.

    Example:
        >>> cosine_schedule(3).round(3)
        array([0.257, 0.668, 0.999])
    """
    steps = check.integer("steps", steps, least=1)
    offset = check.number("offset", offset, above=0)
    angle = (np.arange(steps + 1) / steps + offset) / (1 + offset) * np.pi / 2
    before, after = angle[:-1], angle[1:]
    # 1 - cos²(after)/cos²(before), without the difference that would lose the digits of small steps.
    return np.minimum(np.sin(after - before) * np.sin(after + before) / np.cos(before) ** 2, 0.999)


@check.rounding
def alpha_bars(betas: np.ndarray) -> np.ndarray:
    r"""The share of the data's variance that is left, :math:`\bar\alpha_t = \prod_{s=1}^{t} (1 - \beta_s)`.

    Args:
        betas: the variances of the steps, shape ``(T,)``, each between 0 and 1, both excluded.

    Returns:
        :math:`\bar\alpha_0 = 1, \bar\alpha_1, \dots, \bar\alpha_T`, shape ``(T + 1,)``: entry t belongs to step t.

    Example:
        >>> alpha_bars(np.array([0.5, 0.5]))
        array([1.  , 0.5 , 0.25])
    """
    betas = _checked_betas(betas)
    return _bars(betas).astype(betas.dtype)


@check.overflowing
def diffuse(x_0: np.ndarray, t: int | np.ndarray, noise: np.ndarray, betas: np.ndarray) -> np.ndarray:
    r"""Data after t steps of noise, all of them at once (Ho, Jain and Abbeel, 2020, equation 4):

    .. math::
        x_t = \sqrt{\bar\alpha_t}\; x_0 + \sqrt{1 - \bar\alpha_t}\; \varepsilon,

    a sample of :math:`q(x_t \mid x_0) = \mathcal N(\sqrt{\bar\alpha_t}\, x_0,\; (1 - \bar\alpha_t)\, \mathbf I)` if
    :math:`\varepsilon` is standard normal.

    Args:
        x_0: data, any shape, ``(N, ...)`` if each sample has a step of its own; complex for the complex step.
        t: the step, from 1 to T; or integers of shape ``(N,)``, one for each sample.
        noise: :math:`\varepsilon`, the shape of ``x_0``.
        betas: the noise variances, shape ``(T,)``.

    Returns:
        :math:`x_t`, the shape of ``x_0``.

    Example:
        >>> diffuse(np.array([5.0, -5.0]), 1, np.array([0.0, 10.0]), betas=np.array([0.36]))
        array([4., 2.])
    """
    x_0 = check.array("x_0", x_0, analytic=True)
    noise = _of_the_shape_of("noise", noise, "x_0", x_0)
    at = _at_step(t, betas, "x_0", x_0)
    x_t = times(np.sqrt(at.bar), x_0) + np.sqrt(at.noise) * noise
    return x_t.astype(np.result_type(x_0, noise), copy=False)


@check.overflowing
def posterior(
    x_0: np.ndarray, x_t: np.ndarray, t: int | np.ndarray, betas: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""Where a noisy sample came from, if the data are known: the normal distribution :math:`q(x_{t-1} \mid x_t, x_0)`.

    Its mean and variance are

    .. math::
        \tilde\mu_t = \frac{\sqrt{\bar\alpha_{t-1}}\, \beta_t}{1 - \bar\alpha_t}\, x_0
        + \frac{\sqrt{\alpha_t}\, (1 - \bar\alpha_{t-1})}{1 - \bar\alpha_t}\, x_t, \qquad
        \tilde\beta_t = \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}\, \beta_t

    (Ho, Jain and Abbeel, 2020, equations 6 and 7). At t = 1 the answer is certain: :math:`\bar\alpha_0 = 1`, so the
    mean is :math:`x_0` and the variance 0.

    Args:
        x_0: data, any shape, ``(N, ...)`` if each sample has a step of its own; complex for the complex step.
        x_t: the same after t steps, the shape of ``x_0``.
        t: the step, from 1 to T; or integers of shape ``(N,)``, one for each sample.
        betas: the noise variances, shape ``(T,)``.

    Returns:
        ``(mean, variance)``: the mean has the shape of ``x_0``; the variance, which all entries of a sample share, is
        one number, or of shape ``(N, 1, ..., 1)`` for N steps.

    Example:
        >>> mean, variance = posterior(np.array([1.0]), np.array([0.0]), 2, betas=np.array([0.5, 0.5]))
        >>> mean.round(4), float(variance.round(4))
        (array([0.4714]), 0.3333)
    """
    x_0 = check.array("x_0", x_0, analytic=True)
    x_t = _of_the_shape_of("x_t", x_t, "x_0", x_0)
    at = _at_step(t, betas, "x_0", x_0)
    of_x_0 = np.sqrt(at.previous_bar) * (at.beta / at.noise)
    of_x_t = np.sqrt(1 - at.beta) * (at.previous_noise / at.noise)
    mean = times(of_x_0, x_0) + times(of_x_t, x_t)
    return mean.astype(np.result_type(x_0, x_t), copy=False), at.previous_noise / at.noise * at.beta


@check.overflowing
def reverse_step(
    x_t: np.ndarray, t: int | np.ndarray, predicted_noise: np.ndarray, noise: np.ndarray, betas: np.ndarray
) -> np.ndarray:
    r"""One step back from :math:`x_t` to :math:`x_{t-1}` (Ho, Jain and Abbeel, 2020, algorithm 2),

    .. math::
        x_{t-1} = \frac{1}{\sqrt{\alpha_t}} \left(x_t - \frac{1 - \alpha_t}{\sqrt{1 - \bar\alpha_t}}\,
        \varepsilon_\theta(x_t, t)\right) + \sigma_t z, \qquad
        \sigma_t^2 = \tilde\beta_t = \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}\, \beta_t .

    The mean is that of ``posterior``, with the :math:`x_0` that the predicted noise implies; the variance is that of
    ``posterior`` too. So :math:`\sigma_1 = 0`, and the last step adds no noise. (The other usual choice,
    :math:`\sigma_t^2 = \beta_t`, has to make t = 1 an exception to say the same.)

    Args:
        x_t: noisy samples, any shape, ``(N, ...)`` if each has a step of its own.
        t: the step, from 1 to T; or integers of shape ``(N,)``, one for each sample.
        predicted_noise: :math:`\varepsilon_\theta(x_t, t)`, the shape of ``x_t``.
        noise: z, standard normal, the shape of ``x_t``; of no effect at t = 1.
        betas: the noise variances, shape ``(T,)``.

    Returns:
        :math:`x_{t-1}`, the shape of ``x_t``.

    Example:
        >>> reverse_step(np.array([4.0, 2.0]), 1, np.array([0.0, 10.0]), np.ones(2), betas=np.array([0.36]))
        array([ 5., -5.])
    """
    x_t = check.array("x_t", x_t, analytic=True)
    predicted_noise = _of_the_shape_of("predicted_noise", predicted_noise, "x_t", x_t)
    noise = _of_the_shape_of("noise", noise, "x_t", x_t)
    at = _at_step(t, betas, "x_t", x_t)
    mean = (x_t - at.beta / np.sqrt(at.noise) * predicted_noise) / np.sqrt(1 - at.beta)
    x_before = mean + times(np.sqrt(at.previous_noise / at.noise * at.beta), noise)
    return x_before.astype(np.result_type(x_t, predicted_noise, noise), copy=False)


@check.overflowing
def expected_noise(x_t: np.ndarray, t: int | np.ndarray, mean: float, variance: float, betas: np.ndarray) -> np.ndarray:
    r"""The best guess of the noise if the data are normal, :math:`x_0 \sim \mathcal N(m, s^2)` in every coordinate:

    .. math::
        \mathrm E[\varepsilon \mid x_t] =
        \frac{\sqrt{1 - \bar\alpha_t}\,(x_t - \sqrt{\bar\alpha_t}\, m)}{\bar\alpha_t s^2 + 1 - \bar\alpha_t} .

    No network can have a smaller ``training_loss`` on such data, so sampling can be tested with it apart from training.

    Args:
        x_t: noisy samples, any shape, ``(N, ...)`` if each has a step of its own; complex for the complex step.
        t: the step, from 1 to T; or integers of shape ``(N,)``, one for each sample.
        mean: m.
        variance: :math:`s^2 \ge 0`.
        betas: the noise variances, shape ``(T,)``.

    Returns:
        The guess, the shape of ``x_t``.

    Example:
        >>> expected_noise(np.array([0.0, 1.0]), 1, mean=0.0, variance=1.0, betas=np.array([0.36]))
        array([0. , 0.6])
    """
    x_t = check.array("x_t", x_t, analytic=True)
    mean, variance = check.number("mean", mean), check.number("variance", variance, least=0)
    at = _at_step(t, betas, "x_t", x_t)
    guess = np.sqrt(at.noise) * (x_t - np.sqrt(at.bar) * mean) / (at.bar * variance + at.noise)
    return guess.astype(x_t.dtype, copy=False)


@check.overflowing
def training_loss(
    predict_noise: Callable[[np.ndarray, int | np.ndarray], np.ndarray],
    x_0: np.ndarray,
    t: int | np.ndarray,
    noise: np.ndarray,
    betas: np.ndarray,
) -> float:
    r"""How well a network guesses the noise in noised data (Ho, Jain and Abbeel, 2020, equation 14),

    .. math::
        L = \frac1N \sum_{i=1}^{N} \left\| \varepsilon_i - \varepsilon_\theta\big(x_{t_i},\; t_i\big) \right\|^2,
        \qquad x_{t_i} = \sqrt{\bar\alpha_{t_i}}\; x_{0,i} + \sqrt{1 - \bar\alpha_{t_i}}\; \varepsilon_i .

    This is ``losses.mse`` between the predicted and the true noise, and ``losses.mse_grad`` is its gradient with
    respect to the prediction.

    Args:
        predict_noise: :math:`\varepsilon_\theta`, takes :math:`x_t` and t and returns the guess, the shape of ``x_0``.
        x_0: data, shape ``(N, ...)``.
        t: the step, from 1 to T; or integers of shape ``(N,)``, one for each sample.
        noise: :math:`\varepsilon`, standard normal, the shape of ``x_0``.
        betas: the noise variances, shape ``(T,)``.

    Returns:
        The loss, the mean over the samples.

    Example:
        >>> betas, x_0, noise = linear_schedule(10), np.zeros((4, 2)), np.ones((4, 2))
        >>> float(training_loss(lambda x_t, t: np.zeros(x_t.shape), x_0, np.array([1, 2, 3, 10]), noise, betas))
        2.0
    """
    predict_noise = check.function("predict_noise", predict_noise)
    x_t = diffuse(x_0, t, noise, betas)
    if x_t.ndim == 0:
        raise ValueError("x_0 must have shape (N, ...), got a single number")
    predicted = _of_the_shape_of("the result of predict_noise", predict_noise(x_t, t), "x_0", x_t)
    return mse(predicted.reshape(len(x_t), -1), np.reshape(noise, (len(x_t), -1)))


def _variance(name: str, value: float) -> float:
    value = check.number(name, value, above=0)
    if value >= 1:
        raise ValueError(f"{name} must be between 0 and 1, both excluded, got {value!r}")
    return value


def _checked_betas(betas: np.ndarray) -> np.ndarray:
    betas = check.array("betas", betas, ("T",))
    if not ((betas > 0) & (betas < 1)).all():
        raise ValueError(f"betas must be between 0 and 1, both excluded, got {betas.min()} to {betas.max()}")
    return betas


def _bars(betas: np.ndarray) -> np.ndarray:
    """The products, in double precision: the schedule decides what is left after a thousand factors."""
    return np.concatenate([[1.0], np.cumprod(1 - betas.astype(np.float64))])


class _Step(NamedTuple):
    """The numbers of a step t, ready to be multiplied with samples."""

    beta: np.ndarray
    bar: np.ndarray
    previous_bar: np.ndarray
    noise: np.ndarray
    """:math:`1 - \\bar\\alpha_t`, and not by that difference, which for small variances has no digits left."""
    previous_noise: np.ndarray


def _at_step(t: int | np.ndarray, betas: np.ndarray, name: str, x: np.ndarray) -> _Step:
    betas = _checked_betas(betas).astype(np.float64)
    bars = _bars(betas)
    given, t = t, check.from_array_like("t", t)
    if t.dtype.kind not in "iu":
        raise TypeError(f"t must be an integer or an array of integers, got {check.kind(given)}")
    if t.ndim > 0 and t.shape != x.shape[:1]:
        raise ValueError(f"t must be one step or one for each sample of {name}, {x.shape[:1]}, got shape {t.shape}")
    if t.size == 0 or t.min() < 1 or t.max() > len(betas):
        raise ValueError(f"t must be between 1 and {len(betas)}, got {t.min()} to {t.max()}")
    noises = np.concatenate([[0.0], -np.expm1(np.cumsum(np.log1p(-betas)))])
    noises[1] = betas[0]
    t = t.astype(np.int64).reshape(t.shape + (1,) * (x.ndim - 1) * t.ndim)
    return _Step(betas[t - 1], bars[t], bars[t - 1], noises[t], noises[t - 1])


def _of_the_shape_of(name: str, value: np.ndarray, other_name: str, other: np.ndarray) -> np.ndarray:
    value = check.array(name, value, analytic=True)
    check.same_shape(name, value, other_name, other)
    return check.in_precision_of(value, other)
