"""The exercises on convergence, solved by singular values, by the package and by a sum over directions."""

import numpy as np
import sympy as sp

from dlmath import losses, optimizers


def rate_by_the_slowest_factor(A):
    """The rate at which the two extreme directions shrink equally: 1 - a x = b x - 1."""
    curvatures = np.sort(np.linalg.eigvals(A).real)  # complex since NumPy 2.5, and so no learning rate
    x = sp.Symbol("x")
    smallest, largest = map(sp.Float, (curvatures.min(), curvatures.max()))
    return float(sp.solve(2 - (smallest + largest) * x, x)[0])


def step_from(theta, X, y, rows, learning_rate):
    slope = losses.mse_grad(X[rows] @ theta, y[rows])
    return optimizers.sgd_step(theta, slope @ X[rows], None, learning_rate)[0]


def step_sample_by_sample(theta, X, y, rows, learning_rate):
    gradient = np.zeros_like(theta)
    for row in rows:
        gradient += 2 * (X[row] @ theta - y[row]) * X[row]
    return theta - learning_rate * gradient / rows.size


def step_in_a_copy(theta, X, y, rows, learning_rate):
    part, new = X[rows], theta.copy()
    new += 2 * learning_rate * part.T.dot(y[rows] - part.dot(theta)) / part.shape[0]
    return new


def step_with_normal_equations(theta, X, y, rows, learning_rate):
    part = np.take(X, rows, axis=0)
    matrix, right = part.T @ part / len(part), part.T @ y[rows] / len(part)
    return theta - 2 * learning_rate * (matrix @ theta - right)


EQUIVALENTS = {
    "line-search-rate": [
        lambda a, b, x, y: 1 / (a + b - a * b * (a * x**2 + b * y**2) / ((a * x) ** 2 + (b * y) ** 2)),
        lambda a, b, x, y: ((a * x) ** 2 + (b * y) ** 2) / (a * (a * x) ** 2 + b * (b * y) ** 2),
        lambda a, b, x, y: (1 + (b * y / (a * x)) ** 2) / (a + b * (b * y / (a * x)) ** 2),
    ],
    "best-learning-rate": [
        lambda A: 2 / (np.linalg.norm(A, 2) + 1 / np.linalg.norm(np.linalg.inv(A), 2)),
        lambda A: 2 / (np.linalg.eigvals(A).real.min() + np.linalg.eigvals(A).real.max()),
        lambda A: 2 / np.linalg.svd(A)[1][[0, -1]].sum(),
        lambda A: 1 / np.mean([np.linalg.eigh(A)[0][0], np.linalg.eigh(A)[0][-1]]),
        rate_by_the_slowest_factor,
    ],
    "minibatch-step": [step_from, step_sample_by_sample, step_in_a_copy, step_with_normal_equations],
}

EQUIVALENT_SLIPS = {
    "minibatch-step": {
        "errors = X[rows] @ theta.T - y[rows]": "A vector is its own transpose.",
        "return theta - learning_rate * 2 / len(rows) * X[rows].T @ errors.T": "A vector is its own transpose.",
        "return theta - learning_rate * 2 / len(errors) * X[rows].T @ errors": "There is one error a row.",
    },
}
