"""The answers of the chapter, written in another way."""

import numpy as np

from dlmath import least_squares


def step_by_loops(residuals, jacobian):
    count = jacobian.shape[1]
    matrix, right = np.zeros((count, count)), np.zeros(count)
    for residual, row in zip(residuals, jacobian):
        matrix += np.outer(row, row)
        right -= residual * row
    return np.linalg.solve(matrix, right)


def step_by_qr(residuals, jacobian):
    Q, R = np.linalg.qr(jacobian)
    return np.linalg.solve(R, -(Q.T @ residuals))


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
    "linear-cost-gradient": [
        lambda J, theta, z: (J.T * J) * theta - J.T * z,
        lambda J, theta, z: -J.T * (z - J * theta),
        lambda J, theta, z: ((J * theta - z).T * J).T,
    ],
    "gauss-newton-step": [
        least_squares.gauss_newton_step,
        lambda r, J: -np.linalg.inv(J.T @ J) @ J.T @ r,
        lambda r, J: -np.linalg.pinv(J) @ r,
        lambda r, J: np.linalg.lstsq(J, -r, rcond=None)[0],
        step_by_loops,
        step_by_qr,
    ],
    "fit-amplitudes": [fit_by_lstsq, fit_by_cramer, fit_place_by_place],
}

EQUIVALENT_SLIPS = {
    "gauss-newton-step": {
        "return -np.linalg.solve(jacobian.T @ jacobian, jacobian.T @ residuals.T)": "A vector is its own transpose.",
    },
    "fit-amplitudes": {
        "return np.linalg.solve(jacobian.T @ jacobian, jacobian.T @ heights.T)": "A vector is its own transpose.",
    },
}
