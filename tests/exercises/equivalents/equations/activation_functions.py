"""The same answers, written differently."""

import numpy as np
import sympy as sp

from dlmath import activations


def row_by_row(Z):
    rows = []
    for z in Z:
        e = np.exp(z - max(z))
        rows.append(e / sum(e))
    return np.array(rows)


def in_a_copy(Z):
    S = Z.copy()
    S -= np.max(S, axis=-1)[:, np.newaxis]
    np.exp(S, out=S)
    S /= np.sum(S, axis=-1)[:, np.newaxis]
    return S


def by_differences(Z):
    """Every share is one over a sum of exponentials of differences; those that overflow are cut off where it is 0."""
    differences = np.minimum(Z[:, np.newaxis, :] - Z[:, :, np.newaxis], 700)
    return 1 / np.exp(differences).sum(axis=2)


def backward_by_jacobians(G, S, Z, T):
    grad = np.array([(np.diag(s) - np.outer(s, s)) @ g for g, s in zip(G, S)])
    return grad / T, np.vdot(grad, Z) * -(T**-2)


def backward_by_the_package(G, S, Z, T):
    """The pull-back by the Jacobian of the package, at the scores that give these shares."""
    grad_Z = np.array([activations.softmax_jacobian(z / T) @ g for g, z in zip(G, Z)]) / T
    return [grad_Z, -sum(float(g @ z) for g, z in zip(grad_Z, Z)) / T]


def gate_by_the_package(G, A, B, S):
    return G * activations.silu(B), G * A * activations.silu_grad(B)


def gate_one_by_one(G, A, B, S):
    pairs = [(g * b * s, g * a * (s * (1 + b * (1 - s)))) for g, a, b, s in zip(G.flat, A.flat, B.flat, S.flat)]
    by_A, by_B = zip(*pairs)
    return np.reshape(by_A, B.shape), np.reshape(by_B, B.shape)


EQUIVALENTS = {
    "gated-backward": [
        gate_by_the_package,
        gate_one_by_one,
        lambda G, A, B, S: [S * B * G, A * G * S * (1 + B - B * S)],
    ],
    "silu-bend": [
        lambda z, s: sp.expand(s * (1 - s) * (2 + z - 2 * z * s)),
        lambda z, s: 2 * s * (1 - s) + z * s * (1 - s) * (1 - 2 * s),
        lambda z, s: (s - s**2) * (2 - z * (2 * s - 1)),
    ],
    "batch-softmax": [
        activations.softmax,
        row_by_row,
        in_a_copy,
        by_differences,
        lambda Z: row_by_row(Z.astype(np.float32)),
    ],
    "tempered-softmax-backward": [
        backward_by_jacobians,
        backward_by_the_package,
        lambda G, S, Z, T: (
            (S * G - S * np.sum(S * G, axis=1)[:, None]) / T,
            -np.sum(S * (G - np.sum(G * S, axis=1)[:, None]) * Z) / T**2,
        ),
    ],
}
