"""The same answers, written differently."""

from itertools import pairwise

import numpy as np
import sympy as sp

from dlmath import network


def predict_by_the_package(X, parameters):
    return network.predict(X, parameters, ["relu"] * (len(parameters) - 1) + ["identity"])


def sample_by_sample(X, parameters):
    outputs = []
    for x in X:
        for W, b in parameters[:-1]:
            x = W @ x + b
            x = x * (x > 0)
        outputs.append(parameters[-1][0] @ x + parameters[-1][1])
    return np.array(outputs)


def as_columns(X, parameters):
    A = X.T
    for number in range(len(parameters)):
        W, b = parameters[number]
        A = np.dot(W, A) + b.reshape(-1, 1)
        if number != len(parameters) - 1:
            A[A < 0] = 0
    return A.T


def in_single_precision(X, parameters):
    return sample_by_sample(X.astype(np.float32), [(W.astype(np.float32), b.astype(np.float32)) for W, b in parameters])


def counted_in_a_loop(widths, samples):
    total = 0
    for layer in range(len(widths) - 1):
        total += samples * widths[layer] * widths[layer + 1]
    return total


EQUIVALENTS = {
    "uniform-weights": [
        lambda n: sp.sqrt(3) * sp.sqrt(2) / sp.sqrt(n),
        lambda n: sp.sqrt(3 * 2 / n),
        lambda n: (6 / n) ** sp.Rational(1, 2),
    ],
    "forward-pass": [predict_by_the_package, sample_by_sample, as_columns, in_single_precision],
    "multiply-adds": [
        lambda widths, samples: samples * (network.count_parameters(widths) - sum(widths[1:])),
        counted_in_a_loop,
        lambda widths, samples: float(np.dot(widths[1:], widths[:-1]) * samples),
        lambda widths, samples: sum(n * m for n, m in pairwise(widths)) * samples,
    ],
}
