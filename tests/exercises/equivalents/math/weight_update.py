"""The answers of the chapter, written in another way."""

import numpy as np
import sympy as sp

from dlmath import optimizers


def descend_backwards(gradient, start, learning_rate, steps):
    while steps > 0:
        start, steps = optimizers.gradient_descent_step(start, gradient(start), learning_rate), steps - 1
    return start


EQUIVALENTS = {
    "loss-after-step": [lambda lam, gamma, theta: sp.expand(lam * (theta - gamma * lam * theta) ** 2) / 2],
    "descent-step": [lambda theta, gradient, rate: np.add(theta, np.multiply(gradient, -rate))],
    "descend": [descend_backwards],
}
