"""The same answers, written differently."""

import numpy as np
import sympy as sp

from dlmath import activations


def backward_by_jacobians(G, S):
    return np.array([(np.diag(s) - np.outer(s, s)) @ g for g, s in zip(G, S)])


EQUIVALENTS = {
    "silu-derivative": [lambda z, s: sp.expand(s * (1 + z - z * s))],
    "batch-softmax": [activations.softmax],
    "softmax-backward": [backward_by_jacobians],
}
