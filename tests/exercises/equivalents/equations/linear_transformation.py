"""The exercises on the affine layer, solved by the package, by NumPy and multiplied out."""

import numpy as np

from dlmath import layers


def sample_by_sample(grad_Z, X, W, A, B):
    grad_X, grad_A, grad_B = np.zeros(X.shape), np.zeros(A.shape), np.zeros(B.shape)
    for n in range(len(X)):
        grad_X[n] = W.T @ grad_Z[n] + A.T @ (B.T @ grad_Z[n])
        grad_A += np.outer(B.T @ grad_Z[n], X[n])
        grad_B += np.outer(grad_Z[n], A @ X[n])
    return grad_X, grad_A, grad_B


def two_layers(grad_Z, X, W, A, B):
    """The correction is a network of two layers beside the old layer."""
    squeezed = X @ A.T
    through_B, grad_B, _ = layers.affine_backward(grad_Z, squeezed, B)
    through_A, grad_A, _ = layers.affine_backward(through_B, X, A)
    return layers.affine_backward(grad_Z, X, W)[0] + through_A, grad_A, grad_B


def from_the_whole_gradient(grad_Z, X, W, A, B):
    whole = np.einsum("no,ni->oi", grad_Z, X)
    return [np.einsum("no,oi->ni", grad_Z, W + B @ A), B.T @ whole, whole @ A.T]


def by_the_eigenvalues_of_the_square(W):
    squares = np.linalg.eigvalsh(W.T @ W)
    return np.sqrt(np.maximum(squares[::-1], 0))


def by_sum_and_determinant(W):
    total, area = np.sum(W**2), np.linalg.det(W)
    root, other = np.sqrt(total + 2 * abs(area)), np.sqrt(max(total - 2 * abs(area), 0.0))
    return np.array([(root + other) / 2, (root - other) / 2])


EQUIVALENTS = {
    "tied-weights-gradient": [
        lambda W, x: W * (x * x.T * W.T * W + W.T * W * x * x.T - 2 * x * x.T),
        lambda W, x: W * x * x.T * W.T * W + W * W.T * W * x * x.T - 2 * W * x * x.T,
        lambda W, x: -W * (x * (x - W.T * W * x).T + (x - W.T * W * x) * x.T),
    ],
    "low-rank-backward": [sample_by_sample, two_layers, from_the_whole_gradient],
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
