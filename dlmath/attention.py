"""Attention: every query takes a mean of the values, weighted by a softmax over its scores with the keys.

The arrays end in two axes, positions and features: ``(..., T, d)``. Axes before them, a batch or the heads, are carried
along.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath.activations import softmax_in_place


@check.overflowing
def attention(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    r"""Scaled dot-product attention (Vaswani et al., 2017),

    .. math::
        \mathbf P = \operatorname{softmax}\!\left(\frac{\mathbf Q \mathbf K^T}{\sqrt{d_k}}\right), \qquad
        \mathbf O = \mathbf P \mathbf V,

    with the softmax along each row. Masked scores count as :math:`-\infty`. A query that may attend to nothing has
    weights 0 and output 0. (So it is in PyTorch's ``scaled_dot_product_attention``; its ``MultiheadAttention`` returns
    NaN there if it is asked for the weights.)

    Args:
        Q: queries, shape ``(..., T, d_k)``.
        K: keys, shape ``(..., S, d_k)``.
        V: values, shape ``(..., S, d_v)``.
        mask: booleans, true where the query (row) may attend to the key (column), shape ``(T, S)`` for all or
            ``(..., T, S)``; ``None`` for everything.

    Returns:
        ``(output, weights)``: O, shape ``(..., T, d_v)``, and P, shape ``(..., T, S)``.

    Raises:
        ValueError: as everywhere, or a score that is not masked overflows.

    Example:
        >>> Q, K, V = np.array([[1.0]]), np.array([[0.0], [np.log(3.0)]]), np.array([[0.0], [8.0]])
        >>> attention(Q, K, V)
        (array([[6.]]), array([[0.25, 0.75]]))
        >>> attention(Q, K, V, mask=np.array([[True, False]]))
        (array([[0.]]), array([[1., 0.]]))
    """
    Q, K, V = _queries_keys_values(*check.in_one_precision(Q, K, V))
    allowed = None if mask is None else _checked_mask(mask, (*Q.shape[:-1], K.shape[-2]))
    return _attend(Q, K, V, allowed, "Q and K")


def _attend(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, allowed: np.ndarray | None, names: str
) -> tuple[np.ndarray, np.ndarray]:
    """Attention of arrays that were checked; ``names`` are the arguments from which the scores come."""
    # Scaling the queries is the same as scaling the scores, and there are fewer of them.
    scaled = Q / math.sqrt(Q.shape[-1])
    scores = scaled @ _transposed(K)
    # No score is larger than the largest norms of a query and a key multiplied (Cauchy and Schwarz). If that is far
    # from where exp overflows, softmax needs no shift, and the scores need not be looked through for their largest.
    largest = np.sqrt(_largest_square(scaled) * _largest_square(K))
    moderate = largest < np.log(np.finfo(scores.dtype).max) / 2
    if not moderate and not np.isfinite(scores if allowed is None else scores[_of_shape(allowed, scores)]).all():
        raise ValueError(f"{names} must have finite scores, got a product that overflows to infinity")
    if allowed is not None:
        np.copyto(scores, -np.inf, where=~allowed)
    weights = _exponentials_over_their_sum(scores) if moderate else softmax_in_place(scores)
    return _weighted_sum(weights, V), weights


@check.overflowing
def attention_backward(
    grad_output: np.ndarray, Q: np.ndarray, K: np.ndarray, V: np.ndarray, output: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Pull a gradient back through attention.

    With :math:`\mathbf G = \partial L/\partial \mathbf O` and the scores
    :math:`\mathbf S = \mathbf Q \mathbf K^T/\sqrt{d_k}`,

    .. math::
        \frac{\partial L}{\partial \mathbf V} &= \mathbf P^T \mathbf G, \qquad
        \frac{\partial L}{\partial \mathbf P} = \mathbf G \mathbf V^T, \\
        \frac{\partial L}{\partial \mathbf S} &= \mathbf P \odot \left(\frac{\partial L}{\partial \mathbf P}
        - \operatorname{rowsum}(\mathbf G \odot \mathbf O)\right), \\
        \frac{\partial L}{\partial \mathbf Q} &= \frac{\partial L}{\partial \mathbf S} \frac{\mathbf K}{\sqrt{d_k}},
        \qquad
        \frac{\partial L}{\partial \mathbf K} = \frac{\partial L}{\partial \mathbf S}^{\!T}
        \frac{\mathbf Q}{\sqrt{d_k}} .

    The softmax asks for the row sums of :math:`\mathbf P \odot \partial L/\partial \mathbf P`. Because
    :math:`\mathbf O = \mathbf P \mathbf V`, those of :math:`\mathbf G \odot \mathbf O` are the same numbers, from
    smaller arrays (Dao et al., 2022). A masked score has weight 0 and passes nothing back.

    Args:
        grad_output: G, shape ``(..., T, d_v)``.
        Q: the queries that ``attention`` was given, shape ``(..., T, d_k)``.
        K: the keys, shape ``(..., S, d_k)``.
        V: the values, shape ``(..., S, d_v)``.
        output: the output it returned, shape ``(..., T, d_v)``.
        weights: the weights it returned, shape ``(..., T, S)``.

    Returns:
        The gradients ``(grad_Q, grad_K, grad_V)``, each of the shape of what it differentiates.

    Example:
        >>> Q, K, V = np.array([[1.0]]), np.array([[0.0], [np.log(3.0)]]), np.array([[0.0], [8.0]])
        >>> grad_Q, grad_K, grad_V = attention_backward(np.array([[1.0]]), Q, K, V, *attention(Q, K, V))
        >>> grad_K.ravel(), grad_V.ravel()
        (array([-1.5,  1.5]), array([0.25, 0.75]))
    """
    Q, K, V = check.in_one_precision(Q, K, V)
    Q, K, V = _queries_keys_values(Q, K, V, analytic=False)
    output = check.array("output", output, (*Q.shape[:-1], V.shape[-1]), beside=("Q", Q))
    weights = check.array("weights", weights, (*Q.shape[:-1], K.shape[-2]), beside=("Q", Q))
    grad_output = check.array("grad_output", grad_output, output.shape, beside=("output", output))
    return _attend_backward(*(check.in_precision_of(G, Q, K, V) for G in (grad_output, Q, K, V, output, weights)))


def _attend_backward(
    grad_output: np.ndarray, Q: np.ndarray, K: np.ndarray, V: np.ndarray, output: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    grad_V = _weighted_sum(_transposed(weights), grad_output)
    # Both other gradients have the factor 1/sqrt(d_k): it is cheapest here, where both begin.
    scaled = grad_output / math.sqrt(Q.shape[-1])
    grad_scores = scaled @ _transposed(V)
    grad_scores -= np.vecdot(scaled, output)[..., np.newaxis]
    grad_scores *= weights
    if not np.isfinite(grad_scores).all():
        grad_scores[weights == 0] = 0  # what is masked passes nothing back, be its value infinite
    return _weighted_sum(grad_scores, K), _weighted_sum(_transposed(grad_scores), Q), grad_V


def causal_mask(length: int) -> np.ndarray:
    """The mask with which position t attends to itself and what came before, never to what comes after.

    Args:
        length: how many positions.

    Returns:
        Booleans, shape ``(length, length)``: true on and below the diagonal.

    Example:
        >>> causal_mask(3)
        array([[ True, False, False],
               [ True,  True, False],
               [ True,  True,  True]])
    """
    return np.tri(check.integer("length", length, least=1), dtype=bool)


def positional_encoding(length: int, d_model: int) -> np.ndarray:
    r"""The sinusoidal encoding of positions (Vaswani et al., 2017), which is added to what attention is given,

    .. math::
        P_{t,2i} = \sin\frac{t}{10000^{2i/d}}, \qquad P_{t,2i+1} = \cos\frac{t}{10000^{2i/d}},

    for the positions :math:`t = 0, 1, \dots` and the pairs of features :math:`i = 0, \dots, d/2 - 1`.

    Args:
        length: how many positions.
        d_model: d, the features of a position, an even number.

    Returns:
        The encoding, shape ``(length, d_model)``.

    Example:
        >>> positional_encoding(2, 4).round(4)
        array([[0.    , 1.    , 0.    , 1.    ],
               [0.8415, 0.5403, 0.01  , 1.    ]])
    """
    length, d_model = check.integer("length", length, least=1), check.integer("d_model", d_model, least=2)
    if d_model % 2:
        raise ValueError(f"d_model must be even, a sine and a cosine per pair, got {d_model}")
    angles = np.arange(length)[:, np.newaxis] / 10000 ** (np.arange(0, d_model, 2) / d_model)
    return np.stack([np.sin(angles), np.cos(angles)], axis=-1).reshape(length, d_model)


class MultiHeadPass(NamedTuple):
    """What a pass through multi-head attention computed: its output, and what the way back needs."""

    output: np.ndarray
    """Shape ``(..., T, d_model)``."""
    weights: np.ndarray
    """The attention weights of each head, shape ``(..., heads, T, S)``."""
    queries: np.ndarray
    """The projected queries of each head, shape ``(..., heads, T, d_model / heads)``."""
    keys: np.ndarray
    """The same of the keys, shape ``(..., heads, S, d_model / heads)``."""
    values: np.ndarray
    """The same of the values, shape ``(..., heads, S, d_model / heads)``."""
    outputs: np.ndarray
    """The output of each head, shape ``(..., heads, T, d_model / heads)``."""


@check.overflowing
def multi_head_attention(
    Q: np.ndarray,
    K: np.ndarray,
    V: np.ndarray,
    W_Q: np.ndarray,
    W_K: np.ndarray,
    W_V: np.ndarray,
    W_O: np.ndarray,
    heads: int,
    mask: np.ndarray | None = None,
) -> MultiHeadPass:
    r"""Multi-head attention (Vaswani et al., 2017): several small attentions side by side.

    Queries, keys and values are projected, cut into ``heads`` slices of :math:`d_{model}/h` features, and each head
    attends on its own; the outputs are joined and projected once more:

    .. math::
        \mathbf O_i = \operatorname{attention}(\mathbf Q \mathbf W_Q^T,\; \mathbf K \mathbf W_K^T,\;
        \mathbf V \mathbf W_V^T)\ \text{on slice } i, \qquad
        \mathbf Y = [\mathbf O_1, \dots, \mathbf O_h]\, \mathbf W_O^T .

    There are no biases. In self-attention ``Q``, ``K`` and ``V`` are the same array.

    Args:
        Q: where the queries come from, shape ``(..., T, d_model)``.
        K: where the keys come from, shape ``(..., S, d_model)``.
        V: where the values come from, shape ``(..., S, d_model)``.
        W_Q: projection of the queries, shape ``(d_model, d_model)``, rows are outputs as in every layer of the book.
        W_K: projection of the keys, the same shape.
        W_V: projection of the values, the same shape.
        W_O: projection of the joined outputs, the same shape.
        heads: h, a divisor of d_model.
        mask: true where a query may attend to a key, shape ``(T, S)`` for all or ``(..., T, S)``, for every head.

    Returns:
        A ``MultiHeadPass``: the output, the attention weights and what ``multi_head_attention_backward`` needs.

    Example:
        >>> X, eye = np.array([[1.0, 0.0], [0.0, 1.0]]), np.eye(2)
        >>> multi_head_attention(X, X, X, eye, eye, eye, eye, heads=2, mask=causal_mask(2)).output.round(3)
        array([[1.   , 0.   ],
               [0.5  , 0.731]])
    """
    Q, K, V, W_Q, W_K, W_V, W_O = check.in_one_precision(Q, K, V, W_Q, W_K, W_V, W_O)
    Q, K, V = _queries_keys_values(Q, K, V)
    W_Q, W_K, W_V, W_O = _projections(Q, V, W_Q, W_K, W_V, W_O)
    heads = check.integer("heads", heads, least=1)
    if Q.shape[-1] % heads:
        raise ValueError(f"heads must divide d_model = {Q.shape[-1]}, got {heads}")
    allowed = None if mask is None else _checked_mask(mask, (*Q.shape[:-1], K.shape[-2]))
    return _attend_in_heads(Q, K, V, W_Q, W_K, W_V, W_O, heads, allowed, "Q, K, W_Q and W_K")


def _attend_in_heads(
    Q: np.ndarray,
    K: np.ndarray,
    V: np.ndarray,
    W_Q: np.ndarray,
    W_K: np.ndarray,
    W_V: np.ndarray,
    W_O: np.ndarray,
    heads: int,
    allowed: np.ndarray | None,
    names: str,
) -> MultiHeadPass:
    """Multi-head attention of arrays that were checked; ``names`` are the arguments from which the scores come."""
    if allowed is not None:
        allowed = np.broadcast_to(allowed, (*Q.shape[:-1], K.shape[-2]))[..., np.newaxis, :, :]
        allowed = np.repeat(allowed, heads, axis=-3)
    queries, keys, values = (_split(X @ W.T, heads) for X, W in ((Q, W_Q), (K, W_K), (V, W_V)))
    outputs, weights = _attend(queries, keys, values, allowed, names)
    return MultiHeadPass(_join(outputs) @ W_O.T, weights, queries, keys, values, outputs)


@check.overflowing
def multi_head_attention_backward(
    grad_output: np.ndarray,
    Q: np.ndarray,
    K: np.ndarray,
    V: np.ndarray,
    W_Q: np.ndarray,
    W_K: np.ndarray,
    W_V: np.ndarray,
    W_O: np.ndarray,
    kept: MultiHeadPass,
) -> tuple[np.ndarray, ...]:
    r"""Pull a gradient back through multi-head attention: the four affine layers and the heads, last to first.

    In self-attention the gradient of the one input is ``grad_Q + grad_K + grad_V``.

    Args:
        grad_output: gradient with respect to the output, shape ``(..., T, d_model)``.
        Q: what ``multi_head_attention`` was given, as are ``K``, ``V``, ``W_Q``, ``W_K``, ``W_V`` and ``W_O``.
        K: see ``Q``.
        V: see ``Q``.
        W_Q: see ``Q``.
        W_K: see ``Q``.
        W_V: see ``Q``.
        W_O: see ``Q``.
        kept: what it returned.

    Returns:
        ``(grad_Q, grad_K, grad_V, grad_W_Q, grad_W_K, grad_W_V, grad_W_O)``, each of the shape of what it
        differentiates.

    Example:
        >>> X, eye = np.array([[1.0, 0.0], [0.0, 1.0]]), np.eye(2)
        >>> kept = multi_head_attention(X, X, X, eye, eye, eye, eye, heads=1, mask=causal_mask(2))
        >>> gradients = multi_head_attention_backward(np.ones((2, 2)), X, X, X, eye, eye, eye, eye, kept)
        >>> gradients[6].round(3)
        array([[1.33, 0.67],
               [1.33, 0.67]])
    """
    Q, K, V, W_Q, W_K, W_V, W_O = check.in_one_precision(Q, K, V, W_Q, W_K, W_V, W_O)
    Q, K, V = _queries_keys_values(Q, K, V, analytic=False)
    W_Q, W_K, W_V, W_O = _projections(Q, V, W_Q, W_K, W_V, W_O, analytic=False)
    grad_output = check.array("grad_output", grad_output, Q.shape, beside=("Q", Q))
    if not isinstance(kept, MultiHeadPass):
        raise TypeError(f"kept must be what multi_head_attention returned, a MultiHeadPass, got {check.kind(kept)}")
    if kept.output.shape != Q.shape or kept.weights.shape[-1] != K.shape[-2]:
        raise ValueError(
            f"kept must be what multi_head_attention returned for Q and K of shapes {Q.shape} and {K.shape}, "
            f"got an output of shape {kept.output.shape} and weights of shape {kept.weights.shape}"
        )
    grad_output = check.in_precision_of(grad_output, Q, K, V, W_Q, W_K, W_V, W_O)
    return _attend_in_heads_backward(grad_output, Q, K, V, W_Q, W_K, W_V, W_O, kept)


def _attend_in_heads_backward(
    grad_output: np.ndarray,
    Q: np.ndarray,
    K: np.ndarray,
    V: np.ndarray,
    W_Q: np.ndarray,
    W_K: np.ndarray,
    W_V: np.ndarray,
    W_O: np.ndarray,
    kept: MultiHeadPass,
) -> tuple[np.ndarray, ...]:
    heads = kept.weights.shape[-3]
    kept = MultiHeadPass(*(check.in_precision_of(each, grad_output) for each in kept))
    grad_outputs = _split(grad_output @ W_O, heads)
    grads = _attend_backward(grad_outputs, kept.queries, kept.keys, kept.values, kept.outputs, kept.weights)
    grad_queries, grad_keys, grad_values = map(_join, grads)
    return (
        grad_queries @ W_Q,
        grad_keys @ W_K,
        grad_values @ W_V,
        _rows(grad_queries).T @ _rows(Q),
        _weighted_sum(_rows(grad_keys).T, _rows(K)),
        _weighted_sum(_rows(grad_values).T, _rows(V)),
        _rows(grad_output).T @ _rows(_join(kept.outputs)),
    )


def _queries_keys_values(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, analytic: bool = True
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    Q = check.array("Q", Q, analytic=analytic)
    if Q.ndim < 2:
        raise ValueError(f"Q must have shape (..., T, d_k), got {Q.shape}")
    *carried, _, d_k = Q.shape
    K = check.array("K", K, (*carried, "S", d_k), analytic=analytic, beside=("Q", Q))
    V = check.array("V", V, (*carried, K.shape[-2], "d_v"), analytic=analytic, beside=("K", K))
    return Q, K, V


def _projections(Q: np.ndarray, V: np.ndarray, *matrices: np.ndarray, analytic: bool = True) -> list[np.ndarray]:
    d_model = Q.shape[-1]
    if V.shape[-1] != d_model:
        raise ValueError(f"V must have as many features as Q, {d_model}, got {V.shape[-1]}")
    checked = []
    for name, W in zip(("W_Q", "W_K", "W_V", "W_O"), matrices):
        W = check.array(name, W, (d_model, d_model), analytic=analytic, beside=("Q", Q))
        check.finite(name, W)
        checked.append(W)
    return checked


def _checked_mask(mask: np.ndarray, scores_shape: tuple[int, ...]) -> np.ndarray:
    given, mask = mask, check.from_array_like("mask", mask)
    if mask.dtype != bool:
        raise TypeError(f"mask must be an array of booleans, true where a query may attend, got {check.kind(given)}")
    if mask.shape not in (scores_shape, scores_shape[-2:]):
        raise ValueError(f"mask must have shape {scores_shape[-2:]} or {scores_shape}, got {mask.shape}")
    return mask


def _of_shape(mask: np.ndarray, scores: np.ndarray) -> np.ndarray:
    return np.broadcast_to(mask, scores.shape)


def _largest_square(X: np.ndarray) -> float:
    """The largest squared norm of a vector."""
    return float(np.vecdot(X, X).real.max())


def _exponentials_over_their_sum(scores: np.ndarray) -> np.ndarray:
    """Softmax of moderate scores, in place; a row of which all are masked becomes 0."""
    np.exp(scores, out=scores)
    total = scores.sum(axis=-1, keepdims=True)
    total[total == 0] = 1
    scores /= total
    return scores


def _weighted_sum(weights: np.ndarray, X: np.ndarray) -> np.ndarray:
    """The product ``weights @ X``, in which what has weight 0 is not there, be it infinite."""
    finite = np.isfinite(X)
    if finite.all():
        return weights @ X
    product = weights @ np.where(finite, X, 0)
    up, down = ~finite & ~(X.real < 0), ~finite & ~(X.real > 0)  # NaN, from infinities before, is both
    upwards = ((weights.real > 0) @ up) | ((weights.real < 0) @ down)
    downwards = ((weights.real > 0) @ down) | ((weights.real < 0) @ up)
    product[upwards] = np.inf
    product[downwards] = -np.inf
    product[upwards & downwards] = np.nan
    return product


def _transposed(X: np.ndarray) -> np.ndarray:
    return np.swapaxes(X, -1, -2)


def _split(X: np.ndarray, heads: int) -> np.ndarray:
    """Cut the features into heads: (..., T, d_model) to (..., heads, T, d_model / heads)."""
    *carried, length, d_model = X.shape
    return X.reshape(*carried, length, heads, d_model // heads).swapaxes(-3, -2)


def _join(X: np.ndarray) -> np.ndarray:
    """Put the heads side by side again: the inverse of ``_split``."""
    *carried, heads, length, d_head = X.shape
    return X.swapaxes(-3, -2).reshape(*carried, length, heads * d_head)


def _rows(X: np.ndarray) -> np.ndarray:
    """Every position of every sequence as one row."""
    return X.reshape(-1, X.shape[-1])
