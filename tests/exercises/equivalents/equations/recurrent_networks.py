"""The exercises on recurrent networks, solved by the package."""

import numpy as np

from dlmath import recurrent


def recurrent_gradient(grad_H, H, h_0, W_h):
    """The package wants inputs too; with none, their weights do not matter."""
    no_inputs = np.zeros((len(H), 1))
    return recurrent.rnn_backward(grad_H, H, no_inputs, h_0, np.zeros((len(h_0), 1)), W_h)[3]


EQUIVALENTS = {
    "shared-bias-gradient": [lambda h1, h2, w: (1 - h2**2) * (1 + w - w * h1**2)],
    "recurrent-states": [recurrent.rnn],
    "recurrent-gradient": [recurrent_gradient],
}
