"""The answers of the chapter, written in another way."""

import numpy as np

from dlmath import losses, network


def backpropagated(X, Y, W0, b0, W1, b1):
    parameters = [(W0, b0), (W1, b1)]
    outputs = network.forward(X, parameters)
    gradients = network.backward(losses.mse_grad(outputs[-1], Y), outputs, parameters)
    return [part for layer in gradients for part in layer]


def sample_by_sample(X, Y, W0, b0, W1, b1):
    gradients = [np.zeros_like(parameter) for parameter in (W0, b0, W1, b1)]
    for x, y in zip(X, Y):
        h = 1 / (1 + np.exp(-(W0 @ x + b0)))
        a = 1 / (1 + np.exp(-(W1 @ h + b1)))
        delta1 = 2 * (a - y) * a * (1 - a) / len(X)
        delta0 = W1.T @ delta1 * h * (1 - h)
        for gradient, part in zip(gradients, (np.outer(delta0, x), delta0, np.outer(delta1, h), delta1)):
            gradient += part
    return tuple(gradients)


def with_einsum(X, Y, W0, b0, W1, b1):
    H = 1 / (1 + np.exp(-X @ W0.T - b0))
    A = 1 / (1 + np.exp(-H @ W1.T - b1))
    D = -2 * (Y - A) * (A - A**2)
    E = np.einsum("no,oh,nh,nh->nh", D, W1, H, 1 - H)
    means = (np.einsum("nh,ni->hi", E, X), np.sum(E, 0), np.einsum("no,nh->oh", D, H), np.sum(D, 0))
    return [gradient / X.shape[0] for gradient in means]


def one_after_the_other(outputs, heights):
    delta = np.zeros(outputs.shape)
    for i in range(outputs.shape[0]):
        a = outputs[i, 0]
        delta[i, 0] = 2 * (6 * a - 3 - heights[i, 0]) * 6 * a * (1 - a) / outputs.shape[0]
    return delta


EQUIVALENTS = {
    "one-weight-twice": [
        lambda a, y, h, w, x: 2 * h * (a - y) * (a - a**2) * (1 + w * x - w * x * h),
        lambda a, y, h, w, x: -2 * (y - a) * a * (1 - a) * h - 2 * (y - a) * a * (1 - a) * w * (h - h**2) * x,
        lambda a, y, h, w, x: 2 * h * a * (a - 1) * (y - a) * (w * x * (1 - h) + 1),
    ],
    "pair-weights-gradient": [
        lambda D, A, B: (B.T * D.T * A).T,
        lambda D, A, B: A.T * (D * B),
        lambda D, A, B: 2 * A.T * D * B - A.T * D * B,
    ],
    "height-delta": [
        one_after_the_other,
        lambda a, z: 72 * losses.mse_grad(a, (z + 3) / 6) * a * (1 - a) / 2,
        lambda a, z: 12 * (a - a * a) * (6 * a - 3 - z) / a.size,
    ],
    "network-gradients": [backpropagated, sample_by_sample, with_einsum],
}

_SAMPLES = "All of these have N rows."

EQUIVALENT_SLIPS = {
    "height-delta": {
        "return 12 / len(heights) * (6 * outputs - 3 - heights) * outputs * (1 - outputs)": _SAMPLES,
    },
    "network-gradients": {
        "delta1 = 2 / len(H) * (outputs - Y) * outputs * (1 - outputs)": _SAMPLES,
        "delta1 = 2 / len(Y) * (outputs - Y) * outputs * (1 - outputs)": _SAMPLES,
        "delta1 = 2 / len(outputs) * (outputs - Y) * outputs * (1 - outputs)": _SAMPLES,
    },
}
