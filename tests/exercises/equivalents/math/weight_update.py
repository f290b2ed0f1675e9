"""The answers of the chapter, written in another way."""

import numpy as np
import sympy as sp

from dlmath import network, optimizers


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


def by_the_package(X, Y, W0, b0, W1, b1, learning_rate, steps):
    sizes = [W0.shape[1], *map(len, (b0, b1))]
    theta = network.pack([(W0, b0), (W1, b1)])
    for _ in range(steps):
        _, gradient = network.loss_and_gradient(theta, sizes, X, Y)
        theta = theta - learning_rate * gradient
    (W0, b0), (W1, b1) = network.unpack(theta, sizes)
    return W0, b0, W1, b1


def sample_by_sample(X, Y, W0, b0, W1, b1, learning_rate, steps):
    parameters = [p.copy() for p in (W0, b0, W1, b1)]
    for _ in range(steps):
        sums = [np.zeros_like(p) for p in parameters]
        for x, y in zip(X, Y):
            h = 1 / (1 + np.exp(-parameters[0] @ x - parameters[1]))
            a = 1 / (1 + np.exp(-parameters[2] @ h - parameters[3]))
            d1 = (a - y) * a * (1 - a)
            d0 = parameters[2].T @ d1 * h * (1 - h)
            for total, part in zip(sums, (np.outer(d0, x), d0, np.outer(d1, h), d1)):
                total += part
        for p, total in zip(parameters, sums):
            p -= 2 * learning_rate / len(X) * total
    return parameters


def by_recursion(X, Y, W0, b0, W1, b1, learning_rate, steps):
    if steps == 0:
        return W0, b0, W1, b1
    *moved, rest = *by_the_package(X, Y, W0, b0, W1, b1, learning_rate, 1), steps - 1
    return by_recursion(X, Y, *moved, learning_rate, rest)


def by_trying_rates(gradient, theta):
    """Bisection on what becomes of a small disturbance in all directions."""
    rng = np.random.default_rng(0)
    start = theta + 1e-5 * rng.standard_normal(theta.size)

    def comes_back(rate):
        place = start
        for _ in range(250):
            place = place - rate * gradient(place)
        return np.linalg.norm(place - theta) < 10 * np.linalg.norm(start - theta)

    low, high = 0.0, 1.0
    while comes_back(high):
        low, high = high, 2 * high
    for _ in range(8):
        middle = (low + high) / 2
        low, high = (middle, high) if comes_back(middle) else (low, middle)
    return (low + high) / 2


def by_power_iteration(gradient, theta):
    direction = np.ones(theta.size)
    for _ in range(300):
        change = (gradient(theta + 1e-5 * direction) - gradient(theta - 1e-5 * direction)) / 2e-5
        curvature = np.linalg.norm(change)
        direction = change / curvature
    return 2 / curvature


def by_one_sided_differences(gradient, theta):
    hessian = [(gradient(theta + 1e-6 * e) - gradient(theta)) / 1e-6 for e in np.eye(theta.size)]
    return np.float64(2 / np.abs(np.linalg.eigvals(np.array(hessian))).max())


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
    "train-network": [by_the_package, sample_by_sample, by_recursion],
    "largest-stable-rate": [by_trying_rates, by_power_iteration, by_one_sided_differences],
}

_SAMPLES = "All of these have N rows."

EQUIVALENT_SLIPS = {
    "train-network": {
        "delta1 = 2 / len(H) * (outputs - Y) * outputs * (1 - outputs)": _SAMPLES,
        "delta1 = 2 / len(Y) * (outputs - Y) * outputs * (1 - outputs)": _SAMPLES,
        "delta1 = 2 / len(outputs) * (outputs - Y) * outputs * (1 - outputs)": _SAMPLES,
    },
    "loss-after-step": {
        "return lam * (gamma * lam - 1) ** 2 * theta ** 2 / 2": "The square does not see the sign.",
    },
}
