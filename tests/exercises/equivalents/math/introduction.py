"""The answers of the chapter, written in another way."""

import numpy as np
import sympy as sp

from dlmath import least_squares


def weighted_by_loops(residuals, jacobian, errors):
    count = jacobian.shape[1]
    matrix, right = np.zeros((count, count)), np.zeros(count)
    for residual, row, error in zip(residuals, jacobian, errors):
        matrix += np.outer(row, row) / error**2
        right -= residual * row / error**2
    return np.linalg.solve(matrix, right)


def weighted_by_qr(residuals, jacobian, errors):
    Q, R = np.linalg.qr(np.diag(1 / errors) @ jacobian)
    return np.linalg.solve(R, -(Q.T @ (residuals / errors)))


def fit_by_lstsq(locations, heights):
    x, y = locations.T
    return np.linalg.lstsq(np.array([np.sin(x), np.cos(y)]).T, heights, rcond=None)[0]


def fit_by_cramer(locations, heights):
    s, c = np.sin(locations[:, 0]), np.cos(locations[:, 1])
    determinant = s @ s * (c @ c) - (s @ c) ** 2
    a = (c @ c * (s @ heights) - s @ c * (c @ heights)) / determinant
    b = (s @ s * (c @ heights) - s @ c * (s @ heights)) / determinant
    return np.array([a, b])


def fit_place_by_place(locations, heights):
    matrix, right = np.zeros((2, 2)), np.zeros(2)
    for (x, y), z in zip(locations, heights):
        row = np.array([np.sin(x), np.cos(y)])
        matrix += np.outer(row, row)
        right += z * row
    return np.linalg.inv(matrix) @ right


EQUIVALENTS = {
    "fit-with-a-guess": [
        lambda J, z, guess, mu: guess - (J.T * J + mu * sp.Identity(J.cols)).I * J.T * (J * guess - z),
        lambda J, z, guess, mu: (J.T * J / mu + sp.Identity(J.cols)).I * (J.T * z / mu + guess),
        lambda J, z, guess, mu: sp.Inverse(mu * sp.Identity(J.cols) + J.T * J) * (mu * guess + J.T * z),
    ],
    "weighted-step": [
        lambda r, J, s: least_squares.gauss_newton_step(r / s, J / s[:, None]),
        lambda r, J, s: np.linalg.lstsq(J / s.reshape(-1, 1), -r / s, rcond=None)[0],
        lambda r, J, s: -np.linalg.inv(J.T @ np.diag(s**-2.0) @ J) @ J.T @ (r * s**-2.0),
        lambda r, J, s: -np.linalg.pinv((J.T / s).T) @ (r / s),
        weighted_by_loops,
        weighted_by_qr,
    ],
    "fit-amplitudes": [fit_by_lstsq, fit_by_cramer, fit_place_by_place],
}

EQUIVALENT_SLIPS = {
    "fit-amplitudes": {
        "return np.linalg.solve(jacobian.T @ jacobian, jacobian.T @ heights.T)": "A vector is its own transpose.",
    },
}
