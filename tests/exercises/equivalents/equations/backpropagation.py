"""The exercises on backpropagation, solved by the package and by a loop over the layers' numbers."""

import numpy as np

from dlmath import activations, layers


def step_back(grad_A, A, A_below, W):
    return layers.affine_backward(grad_A - grad_A * A * A, A_below, W)


def first_signal(delta, weights, outputs):
    """The slope is found from the pre-activation."""
    for number in range(len(weights) - 1, -1, -1):
        slope = activations.tanh_grad(np.arctanh(outputs[number]))
        delta = np.einsum("no,oi,ni->ni", delta, weights[number], slope)
    return delta


EQUIVALENTS = {
    "first-of-two-weights": [lambda a1, a2, w2, x, y: -2 * w2 * x * (1 - a1) * (1 + a1) * (y - a2) * (1 - a2 * a2)],
    "tanh-layer-backward": [step_back],
    "first-signal": [first_signal],
}
