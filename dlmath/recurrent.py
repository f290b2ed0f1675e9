"""Recurrent networks, forward through time and back: Elman's, and the long short-term memory.

One step of Elman's is ``h_t = tanh(W_x x_t + W_h h_{t-1} + b)``. What is read out of the states is left to
``layers.affine``.
"""

from __future__ import annotations

import numpy as np

from dlmath import _check as check
from dlmath._stable import column_sums, total
from dlmath.activations import _sigmoid


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


@check.overflowing
def lstm(
    X: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The long short-term memory (Hochreiter and Schmidhuber, 1997) with a forget gate (Gers et al., 2000).

    At each time, for t = 1, ..., T, one affine map gives the input gate i, the forget gate f, the candidate u and the
    output gate o; the cell state c adds up what the gates let pass, and the state h is what is read of it:

    .. math::
        (\mathbf i, \mathbf f, \mathbf u, \mathbf o) &= (\sigma, \sigma, \tanh, \sigma)
        (\mathbf W_x \mathbf x_t + \mathbf W_h \mathbf h_{t-1} + \mathbf b), \\
        \mathbf c_t &= \mathbf f \odot \mathbf c_{t-1} + \mathbf i \odot \mathbf u, \qquad
        \mathbf h_t = \mathbf o \odot \tanh(\mathbf c_t).

    Args:
        X: a sequence, shape ``(T, n_in)``, or a batch of them, shape ``(N, T, n_in)``.
        h_0: the state before the first input, shape ``(n_hidden,)`` or ``(N, n_hidden)``.
        c_0: the cell state before it, the shape of ``h_0``.
        W_x: weights of the inputs, shape ``(4 * n_hidden, n_in)``: the rows of i, f, u and o, in this order, which is
            PyTorch's.
        W_h: weights of the previous state, shape ``(4 * n_hidden, n_hidden)``, in the same order.
        b: biases, shape ``(4 * n_hidden,)``.

    Returns:
        ``(H, C, gates)``: the states and the cell states, shape ``(T, n_hidden)`` or ``(N, T, n_hidden)``, and
        (i, f, u, o) side by side, shape ``(T, 4 * n_hidden)`` or ``(N, T, 4 * n_hidden)``, which the backward pass
        needs.

    Example:
        With all weights zero every gate is 1/2 and the candidate is 0: the cell state is halved.

        >>> X, h_0, c_0, W_x, W_h = np.zeros((2, 1)), np.zeros(1), np.full(1, 4.0), np.zeros((4, 1)), np.zeros((4, 1))
        >>> H, C, gates = lstm(X, h_0, c_0, W_x, W_h, np.zeros(4))
        >>> C.ravel(), gates[0]
        (array([2., 1.]), array([0.5, 0.5, 0. , 0.5]))
    """
    X, h_0, c_0, W_x, W_h, b = check.in_one_precision(X, h_0, c_0, W_x, W_h, b)
    X, h_0, c_0, W_x, W_h = _lstm_arrays(X, h_0, c_0, W_x, W_h)
    b = check.array("b", b, (len(W_x),), analytic=True)
    n_hidden, n_in = W_h.shape[1], W_x.shape[1]
    gates = np.empty((*X.shape[:-1], 4 * n_hidden), np.result_type(X, h_0, c_0, W_x, W_h, b))
    np.matmul(X.reshape(-1, n_in), W_x.T, out=gates.reshape(-1, 4 * n_hidden))
    gates += b
    H, C = np.empty((2, *X.shape[:-1], n_hidden), gates.dtype)
    h, c = h_0, c_0
    for t in range(X.shape[-2]):
        z = gates[..., t, :] + h @ W_h.T
        gates[..., t, :] = _sigmoid(z)
        i, f, u, o = _four(gates[..., t, :])
        u[...] = np.tanh(_four(z)[2])
        c = f * c + i * u
        h = o * np.tanh(c)
        H[..., t, :], C[..., t, :] = h, c
    return H, C, gates


@check.overflowing
def lstm_backward(
    grad_H: np.ndarray,
    grad_C: np.ndarray,
    H: np.ndarray,
    C: np.ndarray,
    gates: np.ndarray,
    X: np.ndarray,
    h_0: np.ndarray,
    c_0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Backpropagation through time for the long short-term memory.

    With :math:`\boldsymbol\eta_t` and :math:`\boldsymbol\kappa_t` the gradients at :math:`\mathbf h_t` and
    :math:`\mathbf c_t`, each the sum of what reaches it directly and of what later times send back, and with
    :math:`\boldsymbol\delta_t = (\boldsymbol\delta^i, \boldsymbol\delta^f, \boldsymbol\delta^u, \boldsymbol\delta^o)`
    that at :math:`\mathbf W_x \mathbf x_t + \mathbf W_h \mathbf h_{t-1} + \mathbf b`,

    .. math::
        \boldsymbol\eta_t &= \frac{\partial L}{\partial \mathbf h_t}\Big|_\text{direct}
        + \mathbf W_h^T \boldsymbol\delta_{t+1}, \qquad
        \boldsymbol\kappa_t = \frac{\partial L}{\partial \mathbf c_t}\Big|_\text{direct}
        + \boldsymbol\eta_t \odot \mathbf o_t \odot (1 - \tanh^2 \mathbf c_t)
        + \mathbf f_{t+1} \odot \boldsymbol\kappa_{t+1}, \\
        \boldsymbol\delta^i_t &= \boldsymbol\kappa_t \odot \mathbf u_t \odot \mathbf i_t \odot (1 - \mathbf i_t), \qquad
        \boldsymbol\delta^f_t = \boldsymbol\kappa_t \odot \mathbf c_{t-1} \odot \mathbf f_t \odot (1 - \mathbf f_t), \\
        \boldsymbol\delta^u_t &= \boldsymbol\kappa_t \odot \mathbf i_t \odot (1 - \mathbf u_t^2), \qquad
        \boldsymbol\delta^o_t = \boldsymbol\eta_t \odot \tanh(\mathbf c_t) \odot \mathbf o_t \odot (1 - \mathbf o_t).

    From :math:`\boldsymbol\delta_t` on the gradients are those of ``rnn_backward``.

    Args:
        grad_H: what reaches each state directly, the shape of ``H``; zero where the loss does not read the state.
        grad_C: the same for the cell states; zeros if the loss reads the states alone.
        H: the states that ``lstm`` returned.
        C: the cell states that it returned.
        gates: the gates that it returned.
        X: the sequences it was given.
        h_0: the initial state it was given.
        c_0: the initial cell state it was given.
        W_x: its weights of the inputs.
        W_h: its weights of the previous state.

    Returns:
        The gradients ``(grad_X, grad_h_0, grad_c_0, grad_W_x, grad_W_h, grad_b)``, each of the shape of what it
        differentiates.

    Example:
        >>> X, h_0, c_0, W_x, W_h = np.zeros((2, 1)), np.zeros(1), np.zeros(1), np.zeros((4, 1)), np.zeros((4, 1))
        >>> H, C, gates = lstm(X, h_0, c_0, W_x, W_h, np.zeros(4))
        >>> lstm_backward(np.array([[0.0], [8.0]]), np.zeros((2, 1)), H, C, gates, X, h_0, c_0, W_x, W_h)[2]
        array([1.])
    """
    X, h_0, c_0, W_x, W_h = _lstm_arrays(*check.in_one_precision(X, h_0, c_0, W_x, W_h))
    n_hidden, n_in = W_h.shape[1], W_x.shape[1]
    H = check.array("H", H, (*X.shape[:-1], n_hidden), analytic=True)
    C = check.array("C", C, H.shape, analytic=True)
    gates = check.array("gates", gates, (*X.shape[:-1], 4 * n_hidden), analytic=True)
    grad_H = check.array("grad_H", grad_H, H.shape, analytic=True)
    grad_C = check.array("grad_C", grad_C, H.shape, analytic=True)
    H, C, gates, grad_H, grad_C = (
        check.in_precision_of(each, X, h_0, c_0, W_x, W_h) for each in (H, C, gates, grad_H, grad_C)
    )
    deltas = np.empty(gates.shape, np.result_type(grad_H, grad_C, C, gates, c_0, W_h))
    to_h = np.zeros_like(deltas[..., 0, :n_hidden])  # what later times send back, to the state and to the cell state
    to_c = np.zeros_like(to_h)
    for t in reversed(range(X.shape[-2])):
        i, f, u, o = _four(gates[..., t, :])
        c_before = C[..., t - 1, :] if t else c_0
        squashed = np.tanh(C[..., t, :])
        grad_h = grad_H[..., t, :] + to_h
        grad_c = grad_h * o * (1 - squashed * squashed) + grad_C[..., t, :] + to_c
        delta_i = grad_c * u * i * (1 - i)
        delta_f = grad_c * c_before * f * (1 - f)
        delta_u = grad_c * i * (1 - u * u)
        delta_o = grad_h * squashed * o * (1 - o)
        deltas[..., t, :] = np.concatenate([delta_i, delta_f, delta_u, delta_o], axis=-1)
        to_c = f * grad_c
        to_h = deltas[..., t, :] @ W_h
    previous = np.concatenate([h_0[..., np.newaxis, :], H[..., :-1, :]], axis=-2)
    rows = deltas.reshape(-1, 4 * n_hidden)  # every time of every sequence
    grad_X = (rows @ W_x).reshape(X.shape)
    grad_W_x = rows.T @ X.reshape(-1, n_in)
    grad_W_h = rows.T @ previous.reshape(-1, n_hidden)
    return grad_X, to_h, to_c, grad_W_x, grad_W_h, column_sums(rows)


def _four(gates: np.ndarray) -> list[np.ndarray]:
    """Views of i, f, u and o, which lie side by side."""
    size = gates.shape[-1] // 4
    return [gates[..., start : start + size] for start in range(0, 4 * size, size)]


def _lstm_arrays(
    X: np.ndarray, h_0: np.ndarray, c_0: np.ndarray, W_x: np.ndarray, W_h: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    W_h = check.array("W_h", W_h, ("4 * n_hidden", "n_hidden"), analytic=True)
    rows, n_hidden = W_h.shape
    W_h = check.array("W_h", W_h, (4 * n_hidden, n_hidden), analytic=True)
    W_x = check.array("W_x", W_x, (rows, "n_in"), analytic=True, beside=("W_h", W_h))
    X = check.array("X", X, ("T", W_x.shape[1]), ("N", "T", W_x.shape[1]), analytic=True, beside=("W_x", W_x))
    h_0 = check.array("h_0", h_0, (*X.shape[:-2], n_hidden), analytic=True, beside=("X", X))
    c_0 = check.array("c_0", c_0, h_0.shape, analytic=True, beside=("h_0", h_0))
    return X, h_0, c_0, W_x, W_h
