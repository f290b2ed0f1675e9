"""The exercises on the affine layer, solved by the package, by NumPy and multiplied out."""

import numpy as np

from dlmath import layers


def sample_by_sample(grad_Z, X, W):
    grad_X, grad_W, grad_b = np.zeros(X.shape), np.zeros(W.shape), np.zeros(len(W))
    for n in range(len(X)):
        grad_X[n] = W.T @ grad_Z[n]
        grad_W += np.outer(grad_Z[n], X[n])
        grad_b += grad_Z[n]
    return grad_X, grad_W, grad_b


def with_einsum(grad_Z, X, W):
    return [np.einsum("no,oi->ni", grad_Z, W), np.einsum("no,ni->oi", grad_Z, X), np.einsum("no->o", grad_Z)]


def by_the_eigenvalues_of_the_square(W):
    squares = np.linalg.eigvalsh(W.T @ W)
    return np.sqrt(np.maximum(squares[::-1], 0))


def by_sum_and_determinant(W):
    total, area = np.sum(W**2), np.linalg.det(W)
    root, other = np.sqrt(total + 2 * abs(area)), np.sqrt(max(total - 2 * abs(area), 0.0))
    return np.array([(root + other) / 2, (root - other) / 2])


EQUIVALENTS = {
    "squared-error-of-a-layer": [
        lambda W, x, b, y: W * x * x.T - (y - b) * x.T,
        lambda W, x, b, y: (x * (W * x + b - y).T).T,
        lambda W, x, b, y: -(y - b - W * x) * x.T,
    ],
    "affine-layer-backward": [
        layers.affine_backward,
        sample_by_sample,
        with_einsum,
        lambda G, X, W: ((W.T @ G.T).T, (X.T @ G).T, np.ones(len(G)) @ G),
    ],
    "half-axes": [
        lambda W: np.linalg.svd(W, compute_uv=False),
        by_the_eigenvalues_of_the_square,
        by_sum_and_determinant,
    ],
}

EQUIVALENT_SLIPS = {
    "half-axes": {
        "u, v = (np.hypot(a - d, b + c) / 2, np.hypot(a + d, b - c) / 2)": "u + v and |u − v| are symmetric in both.",
        "u, v = (np.hypot(a + d, c - b) / 2, np.hypot(a - d, b + c) / 2)": "The root of a sum of squares sees no sign.",
        "u, v = (np.hypot(a + d, b - c) / 2, np.hypot(d - a, b + c) / 2)": "The root of a sum of squares sees no sign.",
        "return np.array([u + v, abs(v - u)])": "The absolute value does not see the sign.",
    },
}
