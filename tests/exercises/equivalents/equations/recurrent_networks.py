"""The exercises on recurrent networks, solved by the package, by recursion, by unit matrices and by differences."""

import numpy as np
import sympy as sp

from dlmath import recurrent


def with_one_product_before_the_loop(X, h_0, W_x, W_h, b):
    H = np.empty((len(X), len(h_0)))
    for t, z in enumerate(X @ W_x.T + b):
        H[t] = np.tanh(z + (h_0 if t == 0 else H[t - 1]) @ W_h.T)
    return H


def by_recursion(X, h_0, W_x, W_h, b):
    if len(X) == 0:
        return np.zeros((0, len(b)))
    h = np.tanh(np.dot(W_h, h_0) + np.dot(W_x, X[0]) + b)
    return np.vstack([h, by_recursion(X[1:], h, W_x, W_h, b)])


def with_both_weights_in_one_matrix(X, h_0, W_x, W_h, b):
    W, H = np.hstack([W_h, W_x, b[:, None]]), [h_0]
    for x in X:
        e = np.exp(-2 * W @ np.concatenate([H[-1], x, [1.0]]))
        H.append((1 - e) / (1 + e))
    return np.array(H[1:])


def by_the_package(grad_H, H, h_0, W_h):
    """The package wants inputs too; with none, their weights do not matter."""
    no_inputs = np.zeros((len(H), 1))
    return recurrent.rnn_backward(grad_H, H, no_inputs, h_0, np.zeros((len(h_0), 1)), W_h)[3]


def signals_first(grad_H, H, h_0, W_h):
    T = len(H)
    D = np.zeros((T + 1, len(h_0)))
    for t in range(T - 1, -1, -1):
        D[t] = (1 - H[t]) * (1 + H[t]) * (D[t + 1] @ W_h + grad_H[t])
    return np.einsum("ti,tj->ij", D[:T], np.vstack([h_0, H[:-1]]))


def forward_with_jacobians(grad_H, H, h_0, W_h):
    """The derivatives of each state with respect to every weight, carried forward in time."""
    n = len(h_0)
    slopes, before, gradient = np.zeros((n, n, n)), h_0, np.zeros((n, n))
    for g, h in zip(grad_H, H):
        direct = np.einsum("ik,l->ikl", np.eye(n), before)
        slopes = (1 - h**2)[:, None, None] * (direct + np.einsum("ij,jkl->ikl", W_h, slopes))
        gradient, before = gradient + np.einsum("i,ikl->kl", g, slopes), h
    return gradient


EQUIVALENTS = {
    "shared-bias-gradient": [
        lambda h1, h2, w: (1 - h2**2) * (1 + w - w * h1**2),
        lambda h1, h2, w: (1 - h2) * (1 + h2) + w * (1 - h1) * (1 + h1) * (1 - h2) * (1 + h2),
        lambda h1, h2, w: sp.cosh(sp.atanh(h2)) ** -2 * (1 + w / sp.cosh(sp.atanh(h1)) ** 2),
    ],
    "recurrent-states": [
        recurrent.rnn,
        with_one_product_before_the_loop,
        by_recursion,
        with_both_weights_in_one_matrix,
    ],
    "recurrent-gradient": [by_the_package, signals_first, forward_with_jacobians],
}

VECTOR = "a vector has one axis, and transposing it changes nothing"

EQUIVALENT_SLIPS = {
    "recurrent-states": {
        "h = np.tanh(W_x @ x.T + W_h @ h + b)": VECTOR,
        "h = np.tanh(W_x @ x + W_h @ h.T + b)": VECTOR,
    },
    "recurrent-gradient": {
        "before = [h_0, *H]": "the last state is before no other, and is not asked for",
        "before = [h_0, *H[:]]": "the last state is before no other, and is not asked for",
        "for t in reversed(range(len(before))):": "there are as many states before as states",
        "for t in reversed(range(len(grad_H))):": "there are as many gradients as states",
        "delta = (grad_H[t] + W_h.T @ delta.T) * (1 - H[t] ** 2)": VECTOR,
    },
}
