"""The answers of the chapter, written in another way."""

import numpy as np
import sympy as sp

from dlmath import activations

EQUIVALENTS = {
    "sigmoid-derivative": [lambda x: 1 / (4 * sp.cosh(x / 2) ** 2)],
    "stable-sigmoid": [lambda z: (1 + np.tanh(np.asarray(z) / 2)) / 2],
    "sigmoid-grad": [activations.sigmoid_grad],
}
