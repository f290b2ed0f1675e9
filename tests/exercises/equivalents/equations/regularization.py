"""The exercises on regularization, written as a weighted mean and with a choice instead of a product."""

import numpy as np


def dropout_by_choice(X, draws, rate):
    mask = np.where(draws < rate, 0.0, 1 / (1 - rate))
    return np.where(draws < rate, 0.0, X / (1 - rate)), mask


EQUIVALENTS = {
    "penalized-minimum": [lambda h, c, s, m: c / (1 + s / (m * h))],
    "inverted-dropout": [dropout_by_choice],
}
