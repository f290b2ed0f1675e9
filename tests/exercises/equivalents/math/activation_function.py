"""The answers of the chapter, written in another way."""

import numpy as np
import sympy as sp

from dlmath import activations


def by_branches(z):
    result = np.empty(z.shape)
    positive = z >= 0
    result[positive] = 1 / (1 + np.exp(-z[positive]))
    exponentials = np.exp(z[~positive])
    result[~positive] = exponentials / (1 + exponentials)
    return result


def number_by_number(z):
    result = np.zeros_like(z)
    for place in np.ndindex(z.shape):
        e = np.exp(-abs(z[place]))
        result[place] = 1 / (1 + e) if z[place] > 0 else e / (1 + e)
    return result


EQUIVALENTS = {
    "sigmoid-derivative": [
        lambda x: 1 / (4 * sp.cosh(x / 2) ** 2),
        lambda x: 1 / (1 + sp.exp(-x)) * (1 - 1 / (1 + sp.exp(-x))),
        lambda x: 1 / (sp.exp(x) + 2 + sp.exp(-x)),
        lambda x: sp.diff(1 / (1 + sp.exp(-x)), x),
    ],
    "stable-sigmoid": [
        lambda z: (1 + np.tanh(np.asarray(z) / 2)) / 2,
        activations.sigmoid,
        by_branches,
        number_by_number,
        lambda z: np.exp(-np.logaddexp(0, -z)),
        lambda z: np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z))),
        lambda z: by_branches(z.astype(np.float32)).astype(np.float32),
    ],
    "sigmoid-grad": [
        activations.sigmoid_grad,
        lambda z: by_branches(z) * by_branches(-z),
        lambda z: np.exp(-np.abs(z) - 2 * np.log1p(np.exp(-np.abs(z)))),
        lambda z: by_branches(np.abs(z)) * (1 / (1 + np.exp(-np.abs(z)))) * np.exp(-np.abs(z)),
    ],
}

EQUIVALENT_SLIPS = {
    "stable-sigmoid": {"return np.where(z > 0, 1, e) / (1 + e)": "At 0 both branches are 1."},
}
