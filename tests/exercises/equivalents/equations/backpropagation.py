"""The exercises on backpropagation, solved by the package and by a loop over the layers' numbers."""

import numpy as np

from dlmath import activations, layers


def step_back(grad_A, A, A_below, W):
    return layers.affine_backward(grad_A - grad_A * A * A, A_below, W)


def sample_by_sample(grad_A, A, A_below, W):
    below, weights, biases = np.zeros(A_below.shape), np.zeros(W.shape), np.zeros(W.shape[0])
    for n in range(A.shape[0]):
        delta = (1 - A[n]) * (1 + A[n]) * grad_A[n]
        below[n] = delta @ W
        weights += delta[:, np.newaxis] * A_below[n]
        biases += delta
    return below, weights, biases


def with_einsum(grad_A, A, A_below, W):
    delta = np.einsum("no,no->no", grad_A, 1 - np.square(A))
    return [np.einsum("no,oi->ni", delta, W), np.einsum("no,ni->oi", delta, A_below), np.add.reduce(delta)]


def first_signal(delta, weights, outputs):
    """The slope is found from the pre-activation."""
    for number in range(len(weights) - 1, -1, -1):
        slope = activations.tanh_grad(np.arctanh(outputs[number]))
        delta = np.einsum("no,oi,ni->ni", delta, weights[number], slope)
    return delta


def first_signal_by_recursion(delta, weights, outputs):
    if not weights:
        return delta
    return first_signal_by_recursion((weights[-1].T @ delta.T).T * (1 - outputs[-1] ** 2), weights[:-1], outputs[:-1])


def first_signal_from_copies(delta, weights, outputs):
    weights, outputs = list(weights), list(outputs)
    while weights:
        slope = 1 - outputs.pop() ** 2
        delta = delta.dot(weights.pop())
        delta *= slope
    return delta


EQUIVALENTS = {
    "first-of-two-weights": [
        lambda a1, a2, w2, x, y: -2 * w2 * x * (1 - a1) * (1 + a1) * (y - a2) * (1 - a2 * a2),
        lambda a1, a2, w2, x, y: (2 * a2 - 2 * y) * (w2 - w2 * a2**2) * (x - x * a1**2),
        lambda a1, a2, w2, x, y: 2 * (a2 - y) * (a2**2 - 1) * w2 * (a1**2 - 1) * x,
    ],
    "tanh-layer-backward": [step_back, sample_by_sample, with_einsum],
    "first-signal": [first_signal, first_signal_by_recursion, first_signal_from_copies],
}
