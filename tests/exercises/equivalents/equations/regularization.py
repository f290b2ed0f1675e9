"""The exercises on regularization, written as a weighted mean and with a choice instead of a product."""

import numpy as np
import sympy as sp


def dropout_by_choice(X, draws, rate):
    mask = np.where(draws < rate, 0.0, 1 / (1 - rate))
    return np.where(draws < rate, 0.0, X / (1 - rate)), mask


def dropout_number_by_number(X, draws, rate):
    mask = np.zeros(X.shape)
    for place, draw in np.ndenumerate(draws):
        if not draw < rate:
            mask[place] = 1 / (1 - rate)
    return [mask * X, mask]


def dropout_in_copies(X, draws, rate):
    mask = np.full_like(X, 1 / (1 - rate))
    mask[draws < rate] = 0
    output = X.copy()
    output *= mask
    return output, mask


def dropout_in_single_precision(X, draws, rate):
    mask = np.asarray(~(draws < rate), dtype=np.float32) / np.float32(1 - rate)
    return X.astype(np.float32) * mask, mask


EQUIVALENTS = {
    "penalized-minimum": [
        lambda h, c, s, m: c / (1 + s / (m * h)),
        lambda h, c, s, m: c * h * m / (h * m + s),
        lambda h, c, s, m: c - c * s / (h * m + s),
        lambda h, c, s, m: sp.solve(h * (sp.Symbol("w") - c) + s / m * sp.Symbol("w"), sp.Symbol("w"))[0],
    ],
    "inverted-dropout": [
        dropout_by_choice,
        dropout_number_by_number,
        dropout_in_copies,
        dropout_in_single_precision,
    ],
}
