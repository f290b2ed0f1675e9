"""The answers of the chapter, written in another way."""

import numpy as np

from dlmath import network


def node_by_node(X, W0, b0, W1, b1):
    outputs = []
    for x in X:
        hidden = [1 / (1 + np.exp(-(w @ x + b))) for w, b in zip(W0, b0)]
        outputs.append([1 / (1 + np.exp(-(w @ hidden + b))) for w, b in zip(W1, b1)])
    return np.array(outputs)


def with_einsum(X, W0, b0, W1, b1):
    A = X
    for W, b in [(W0, b0), (W1, b1)]:
        Z = np.einsum("ni,oi->no", A, W)
        Z += b
        A = (1 + np.tanh(Z / 2)) / 2
    return A


def in_single_precision(X, W0, b0, W1, b1):
    X, W0, b0, W1, b1 = (array.astype(np.float32) for array in (X, W0, b0, W1, b1))
    return node_by_node(X, W0, b0, W1, b1).astype(np.float32)


def counted_layer_by_layer(n_in, n_hidden, n_out):
    total = 0
    for n, m in [(n_in, n_hidden), (n_hidden, n_out)]:
        total += n * m
        total += m
    return total


EQUIVALENTS = {
    "network-slope": [
        lambda h, f, v, w: v * w * (h - h**2) * (f - f**2),
        lambda h, f, v, w: v * w * h * f * (1 - h - f + h * f),
        lambda h, f, v, w: (f - 1) * f * v * (h - 1) * h * w,
    ],
    "two-layer-network": [
        lambda X, W0, b0, W1, b1: network.predict(X, [(W0, b0), (W1, b1)]),
        node_by_node,
        with_einsum,
        in_single_precision,
        lambda X, W0, b0, W1, b1: (
            (1 / (np.exp(-(W1 @ (1 / (np.exp(-(W0 @ X.T) - b0[:, None]) + 1)) + b1[:, None])) + 1)).T
        ),
    ],
    "count-parameters": [
        lambda n, m, k: network.count_parameters([n, m, k]),
        lambda n, m, k: m * (n + k + 1) + k,
        lambda n, m, k: np.zeros((m, n)).size + m + np.zeros((k, m)).size + k,
        counted_layer_by_layer,
        lambda n, m, k: float(n * m + m + m * k + k),
    ],
}
