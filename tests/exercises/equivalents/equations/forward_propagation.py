"""The same answers, written differently."""

import sympy as sp

from dlmath import network


def predict_by_the_package(X, parameters):
    return network.predict(X, parameters, ["relu"] * (len(parameters) - 1) + ["identity"])


EQUIVALENTS = {
    "uniform-weights": [lambda n: sp.sqrt(3) * sp.sqrt(2) / sp.sqrt(n)],
    "forward-pass": [predict_by_the_package],
    "multiply-adds": [lambda widths, samples: samples * (network.count_parameters(widths) - sum(widths[1:]))],
}
