"""The exercises on diffusion models, solved by the package, and one by variances."""

import numpy as np
import sympy as sp

from dlmath.diffusion import diffuse, posterior


def step_back(x_t, t, predicted_noise, z, betas):
    """The posterior of the data that the predicted noise implies."""
    bar = np.prod(1 - betas[:t])
    implied = (x_t - np.sqrt(1 - bar) * predicted_noise) / np.sqrt(bar)
    mean, variance = posterior(implied, x_t, t, betas)
    return mean + np.sqrt(variance) * z


EQUIVALENTS = {
    # The noise of step s has the variance 1 - abar_s, and the later steps multiply it by the root of a quotient.
    "covariance-of-two-steps": [lambda abar_s, abar_t: sp.sqrt(abar_t) * (1 / sp.sqrt(abar_s) - sp.sqrt(abar_s))],
    "noised-batch": [diffuse],
    "step-back": [step_back],
}
