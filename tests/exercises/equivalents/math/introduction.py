"""The answers of the chapter, written in another way."""

import numpy as np

from dlmath import least_squares


def fit_by_lstsq(locations, heights):
    x, y = locations.T
    return np.linalg.lstsq(np.array([np.sin(x), np.cos(y)]).T, heights, rcond=None)[0]


EQUIVALENTS = {
    "linear-cost-gradient": [lambda J, theta, z: (J.T * J) * theta - J.T * z],
    "gauss-newton-step": [least_squares.gauss_newton_step],
    "fit-amplitudes": [fit_by_lstsq],
}
