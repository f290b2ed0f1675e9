"""The exercises on convergence, solved by singular values, by the package and by a sum over directions."""

import numpy as np

from dlmath import losses, optimizers


def step_from(theta, X, y, rows, learning_rate):
    slope = losses.mse_grad(X[rows] @ theta, y[rows])
    return optimizers.sgd_step(theta, slope @ X[rows], None, learning_rate)[0]


EQUIVALENTS = {
    "line-search-rate": [
        lambda a, b, x, y: 1 / (a + b - a * b * (a * x**2 + b * y**2) / ((a * x) ** 2 + (b * y) ** 2))
    ],
    "best-learning-rate": [lambda A: 2 / (np.linalg.norm(A, 2) + 1 / np.linalg.norm(np.linalg.inv(A), 2))],
    "minibatch-step": [step_from],
}
