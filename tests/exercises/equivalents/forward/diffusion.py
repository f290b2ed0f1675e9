"""The exercises on diffusion models, solved by the package, step by step, by variances and by logarithms."""

import numpy as np
import sympy as sp

from dlmath.diffusion import diffuse, posterior


def sample_by_sample(x_0, t, noise, betas):
    rows = []
    for x, step, e in zip(x_0, t, noise):
        left = 1.0
        for beta in betas[:step].tolist():
            left *= 1 - beta
        rows.append(left**0.5 * x + (1 - left) ** 0.5 * e)
    return np.array(rows)


def by_angles(x_0, t, noise, betas):
    """The squares of the factors add up to 1, like those of a cosine and a sine."""
    angles = np.arccos(np.sqrt(np.take(np.cumprod(1 - betas), t - 1)))
    return (x_0.T * np.cos(angles) + noise.T * np.sin(angles)).T


def by_logarithms(x_0, t, noise, betas):
    logs = np.concatenate([[0.0], np.cumsum(np.log1p(-betas))])[t][:, None]
    return np.exp(logs / 2) * x_0 + np.sqrt(-np.expm1(logs)) * noise


def by_the_posterior(x_t, t, predicted_noise, z, betas):
    """The posterior of the data that the predicted noise implies."""
    bar = np.prod(1 - betas[:t])
    implied = (x_t - np.sqrt(1 - bar) * predicted_noise) / np.sqrt(bar)
    mean, variance = posterior(implied, x_t, t, betas)
    return mean + np.sqrt(variance) * z


def by_data_and_direction(x_t, t, predicted_noise, z, betas):
    """The implied data, noised again up to the step before, with a part of the noise that is fresh."""
    now, before = np.prod(1 - betas[:t]), np.prod(1 - betas[: t - 1])
    variance = (1 - before) / (1 - now) * (1 - now / before)
    implied = (x_t - (1 - now) ** 0.5 * predicted_noise) / now**0.5
    return before**0.5 * implied + (1 - before - variance) ** 0.5 * predicted_noise + variance**0.5 * z


def with_an_exception_for_the_last_step(x_t, t, predicted_noise, z, betas):
    alpha, bar = 1 - betas[t - 1], np.cumprod(1 - betas)
    x = (x_t - (1 - alpha) * predicted_noise / (1 - bar[t - 1]) ** 0.5) / alpha**0.5
    if t == 1:
        return x
    return x + (betas[t - 1] * (1 - bar[t - 2]) / (1 - bar[t - 1])) ** 0.5 * z


EQUIVALENTS = {
    # The noise of step s has the variance 1 - abar_s, and the later steps multiply it by the root of a quotient.
    "covariance-of-two-steps": [
        lambda abar_s, abar_t: sp.sqrt(abar_t) * (1 / sp.sqrt(abar_s) - sp.sqrt(abar_s)),
        lambda abar_s, abar_t: sp.sqrt(abar_t) / sp.sqrt(abar_s) * (1 - abar_s),
        lambda abar_s, abar_t: sp.sqrt(abar_t / abar_s) - sp.sqrt(abar_t * abar_s),
    ],
    "noised-batch": [diffuse, sample_by_sample, by_angles, by_logarithms],
    "step-back": [by_the_posterior, by_data_and_direction, with_an_exception_for_the_last_step],
}
