"""The exercises on the encoder block, solved by the package, position by position and by Jacobians."""

import statistics

import numpy as np

from dlmath.symbolic import hadamard
from dlmath.transformer import layer_norm


def position_by_position(X, gain, bias, epsilon):
    rows = []
    for x in X:
        values = x.tolist()
        mean, variance = statistics.fmean(values), statistics.pvariance(values)
        rows.append([g * (v - mean) / (variance + epsilon) ** 0.5 + b for g, v, b in zip(gain, values, bias)])
    return np.array(rows)


def along_columns(X, gain, bias, epsilon):
    return (gain[:, None] * (X.T - X.mean(1)) / np.sqrt(X.var(1) + epsilon) + bias[:, None]).T


def centred_by_a_matrix(X, gain, bias, epsilon):
    d = X.shape[1]
    centred = X @ (np.eye(d) - np.ones((d, d)) / d)
    deviation = np.sqrt(np.einsum("ti,ti->t", centred, centred) / d + epsilon)
    return np.multiply(centred / deviation[:, None], gain) + bias


def rms_by_jacobians(G, X, gain, epsilon):
    rows, d = [], X.shape[1]
    grad_gain = np.zeros(d)
    for g, x in zip(G, X):
        r = np.sqrt(x @ x / d + epsilon)
        jacobian = np.eye(d) / r - np.outer(x, x) / (d * r**3)
        rows.append(jacobian @ (gain * g))
        grad_gain += g * x / r
    return np.array(rows), grad_gain


def rms_with_the_cube(G, X, gain, epsilon):
    d = X.shape[1]
    square = np.einsum("ti,ti->t", X, X)[:, None] / d + epsilon
    grad_X = gain * G * square**-0.5 - X * ((gain * G * X).sum(axis=1, keepdims=True) / d) * square**-1.5
    return [grad_X, np.einsum("ti,ti->i", G, X / np.sqrt(square))]


def rms_by_a_mean_of_products(G, X, gain, epsilon):
    r = (np.mean(X**2, axis=-1) + epsilon) ** 0.5
    N = (X.T / r).T
    along = np.mean(gain * G * N, axis=-1)
    return ((gain * G - along[:, None] * N) / r[:, None], np.diag(G.T @ N).copy())


EQUIVALENTS = {
    "printed-hidden-weights": [
        lambda x, G, W_2, M: (hadamard(G * W_2.T, M).T * x).T,
        lambda x, G, W_2, M: x.T * hadamard((W_2 * G.T).T, M),
        lambda x, G, W_2, M: (hadamard(M.T, W_2 * G.T) * x).T,
    ],
    "layer-norm": [layer_norm, position_by_position, along_columns, centred_by_a_matrix],
    "rms-norm-gradients": [rms_by_jacobians, rms_with_the_cube, rms_by_a_mean_of_products],
}
