"""The Elman recurrent network, forward through time and back.

One step is ``h_t = tanh(W_x x_t + W_h h_{t-1} + b)``. What is read out of the states is left to ``layers.affine``.
"""

from __future__ import annotations

import numpy as np

from dlmath import _check as check
from dlmath._stable import total


@check.overflowing
def rnn(X: np.ndarray, h_0: np.ndarray, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""All states of the Elman network (Elman, 1990),

    .. math::
        \mathbf h_t = \tanh(\mathbf W_x \mathbf x_t + \mathbf W_h \mathbf h_{t-1} + \mathbf b), \qquad t = 1, \dots, T.

    Args:
        X: a sequence, shape ``(T, n_in)``, or a batch of them, shape ``(N, T, n_in)``; ``X[..., t - 1, :]`` is x_t.
        h_0: the state before the first input, shape ``(n_hidden,)`` or ``(N, n_hidden)``.
        W_x: weights of the inputs, shape ``(n_hidden, n_in)``.
        W_h: weights of the previous state, shape ``(n_hidden, n_hidden)``.
        b: biases, shape ``(n_hidden,)``.

    Returns:
        The states ``H``, shape ``(T, n_hidden)`` or ``(N, T, n_hidden)``; ``H[..., t - 1, :]`` is h_t.

    Example:
        >>> one, half = np.array([[1.0]]), np.array([[0.5]])
        >>> rnn(np.array([[0.0], [0.0]]), np.array([2.0]), one, half, np.array([0.0])).round(4)
        array([[0.7616],
               [0.3634]])
    """
    X, h_0, W_x, W_h, b = check.in_one_precision(X, h_0, W_x, W_h, b)
    X, h_0, W_x, W_h = _sequences_and_weights(X, h_0, W_x, W_h)
    b = check.array("b", b, (len(W_x),), analytic=True)
    n_hidden, n_in = W_x.shape
    H = np.empty((*X.shape[:-1], n_hidden), np.result_type(X, h_0, W_x, W_h, b))
    # What comes from the inputs waits for nothing: one matrix product for every time of every sequence. The states
    # then take its place, one after the other.
    np.matmul(X.reshape(-1, n_in), W_x.T, out=H.reshape(-1, n_hidden))
    H += b
    W_h_transposed = W_h.T.copy()  # laid out once in the order in which every step reads it
    h = h_0
    for t in range(X.shape[-2]):
        h = np.tanh(H[..., t, :] + h @ W_h_transposed)
        H[..., t, :] = h
    return H


@check.overflowing
def rnn_backward(
    grad_H: np.ndarray, H: np.ndarray, X: np.ndarray, h_0: np.ndarray, W_x: np.ndarray, W_h: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Backpropagation through time (Werbos, 1990).

    With :math:`\mathbf g_t` the part of the gradient that reaches state t directly, and
    :math:`\boldsymbol\delta_t = \partial L/\partial\mathbf z_t` that at
    :math:`\mathbf z_t = \mathbf W_x \mathbf x_t + \mathbf W_h \mathbf h_{t-1} + \mathbf b`,

    .. math::
        \boldsymbol\delta_t &= (\mathbf g_t + \mathbf W_h^T \boldsymbol\delta_{t+1}) \odot (1 - \mathbf h_t^2),
        \qquad \boldsymbol\delta_{T+1} = 0, \\
        \frac{\partial L}{\partial \mathbf W_x} &= \sum_t \boldsymbol\delta_t \mathbf x_t^T, \qquad
        \frac{\partial L}{\partial \mathbf W_h} = \sum_t \boldsymbol\delta_t \mathbf h_{t-1}^T, \qquad
        \frac{\partial L}{\partial \mathbf b} = \sum_t \boldsymbol\delta_t, \\
        \frac{\partial L}{\partial \mathbf x_t} &= \mathbf W_x^T \boldsymbol\delta_t, \qquad
        \frac{\partial L}{\partial \mathbf h_0} = \mathbf W_h^T \boldsymbol\delta_1,

    added over the sequences of a batch.

    Args:
        grad_H: the gradients :math:`\mathbf g_t`, the shape of ``H``; zero where the loss does not read the state.
        H: the states that ``rnn`` returned.
        X: the sequences it was given.
        h_0: the initial state it was given.
        W_x: its weights of the inputs.
        W_h: its weights of the previous state.

    Returns:
        The gradients ``(grad_X, grad_h_0, grad_W_x, grad_W_h, grad_b)``, each of the shape of what it differentiates.

    Example:
        >>> X, h_0, W_x, W_h = np.zeros((2, 1)), np.zeros(1), np.array([[1.0]]), np.array([[0.5]])
        >>> H = rnn(X, h_0, W_x, W_h, np.zeros(1))
        >>> rnn_backward(np.array([[0.0], [8.0]]), H, X, h_0, W_x, W_h)[:2]
        (array([[4.],
               [8.]]), array([2.]))
    """
    X, h_0, W_x, W_h = _sequences_and_weights(*check.in_one_precision(X, h_0, W_x, W_h))
    n_hidden, n_in = W_x.shape
    H = check.array("H", H, (*X.shape[:-1], n_hidden), analytic=True, beside=("X", X))
    grad_H = check.array("grad_H", grad_H, H.shape, analytic=True, beside=("H", H))
    H, grad_H = check.in_precision_of(H, X, h_0, W_x, W_h), check.in_precision_of(grad_H, X, h_0, W_x, W_h)
    deltas = np.empty(H.shape, np.result_type(grad_H, H, W_h))
    from_the_future = np.zeros_like(deltas[..., 0, :])
    for t in reversed(range(X.shape[-2])):
        h = H[..., t, :]
        delta = (grad_H[..., t, :] + from_the_future) * (1 - h * h)
        deltas[..., t, :] = delta
        from_the_future = delta @ W_h
    previous = np.concatenate([h_0[..., np.newaxis, :], H[..., :-1, :]], axis=-2)
    rows = deltas.reshape(-1, n_hidden)  # every time of every sequence
    grad_X = (rows @ W_x).reshape(X.shape)
    grad_W_x = rows.T @ X.reshape(-1, n_in)
    grad_W_h = rows.T @ previous.reshape(-1, n_hidden)
    return grad_X, from_the_future, grad_W_x, grad_W_h, total(rows, axis=0)


def _sequences_and_weights(
    X: np.ndarray, h_0: np.ndarray, W_x: np.ndarray, W_h: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    W_x = check.array("W_x", W_x, ("n_hidden", "n_in"), analytic=True)
    n_hidden, n_in = W_x.shape
    W_h = check.array("W_h", W_h, (n_hidden, n_hidden), analytic=True, beside=("W_x", W_x))
    X = check.array("X", X, ("T", n_in), ("N", "T", n_in), analytic=True, beside=("W_x", W_x))
    h_0 = check.array("h_0", h_0, (*X.shape[:-2], n_hidden), analytic=True, beside=("X", X))
    return X, h_0, W_x, W_h
