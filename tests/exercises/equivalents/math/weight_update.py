"""The answers of the chapter, written in another way."""

import numpy as np
import sympy as sp

from dlmath import optimizers


def in_a_copy(theta, gradient, learning_rate):
    theta = theta.copy()
    theta -= learning_rate * gradient
    return theta


def number_by_number(theta, gradient, learning_rate):
    new = np.empty_like(theta)
    for place in np.ndindex(theta.shape):
        new[place] = theta[place] - learning_rate * gradient[place]
    return new


def descend_backwards(gradient, start, learning_rate, steps):
    while steps > 0:
        start, steps = optimizers.gradient_descent_step(start, gradient(start), learning_rate), steps - 1
    return start


def descend_in_a_copy(gradient, start, learning_rate, steps):
    theta = np.array(start)
    for _ in range(steps):
        theta -= learning_rate * gradient(theta)
    return theta


def descend_by_recursion(gradient, start, learning_rate, steps):
    if steps == 0:
        return start
    return descend_by_recursion(gradient, start - learning_rate * gradient(start), learning_rate, steps - 1)


EQUIVALENTS = {
    "loss-after-step": [
        lambda lam, gamma, theta: sp.expand(lam * (theta - gamma * lam * theta) ** 2) / 2,
        lambda lam, gamma, theta: (theta - gamma * lam * theta) ** 2 / (2 / lam),
        lambda lam, gamma, theta: sp.Rational(1, 2) * lam * theta**2 * (gamma * lam - 1) ** 2,
    ],
    "descent-step": [
        lambda theta, gradient, rate: np.add(theta, np.multiply(gradient, -rate)),
        in_a_copy,
        number_by_number,
        lambda theta, gradient, rate: theta.astype(np.float32) - np.float32(rate) * gradient.astype(np.float32),
    ],
    "descend": [descend_backwards, descend_in_a_copy, descend_by_recursion],
}

EQUIVALENT_SLIPS = {
    "loss-after-step": {
        "return lam * (gamma * lam - 1) ** 2 * theta ** 2 / 2": "The square does not see the sign.",
    },
}
