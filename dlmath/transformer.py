"""The encoder block of the Transformer and its parts: feed-forward layer, layer norm, residual connection.

The arrays end in two axes, positions and features: ``(..., T, d_model)``. A block normalises *after* each residual
connection, ``LayerNorm(x + Sublayer(x))``, as Vaswani et al. (2017) do ("post-norm").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath._stable import total
from dlmath.attention import MultiHeadPass, _attend_in_heads, _attend_in_heads_backward, _checked_mask

EPSILON = 1e-5
"""What a layer norm adds to the variance if it is not told otherwise, as in PyTorch."""


@check.overflowing
def feed_forward(X: np.ndarray, W_1: np.ndarray, b_1: np.ndarray, W_2: np.ndarray, b_2: np.ndarray) -> np.ndarray:
    r"""The position-wise feed-forward layer (Vaswani et al., 2017): the same two-layer network at every position,

    .. math::
        \operatorname{FFN}(\mathbf X) = \max(0,\, \mathbf X \mathbf W_1^T + \mathbf b_1)\, \mathbf W_2^T + \mathbf b_2 .

    The paper prints :math:`\max(0, x W_1 + b_1) W_2 + b_2` with x a row: its matrices have a row for each input and are
    the transposes of these, which have a row for each output as everywhere in the book.

    Args:
        X: inputs, shape ``(..., d_model)``.
        W_1: weights of the hidden layer, shape ``(d_ff, d_model)``.
        b_1: its biases, shape ``(d_ff,)``.
        W_2: weights of the output, shape ``(d_model, d_ff)``.
        b_2: its biases, shape ``(d_model,)``.

    Returns:
        The outputs, the shape of ``X``.

    Example:
        >>> W_1, b_1, W_2, b_2 = np.array([[1.0], [-1.0]]), np.zeros(2), np.array([[1.0, 1.0]]), np.zeros(1)
        >>> feed_forward(np.array([[-3.0], [2.0]]), W_1, b_1, W_2, b_2)  # the absolute value
        array([[3.],
               [2.]])
    """
    X, W_1, b_1, W_2, b_2 = check.in_one_precision(X, W_1, b_1, W_2, b_2)
    X, W_1, b_1, W_2 = _feed_forward_arguments(X, W_1, b_1, W_2)
    b_2 = check.array("b_2", b_2, (len(W_2),), beside=("W_2", W_2))
    return _feed_forward(X, W_1, b_1, W_2, b_2)


def _feed_forward(X: np.ndarray, W_1: np.ndarray, b_1: np.ndarray, W_2: np.ndarray, b_2: np.ndarray) -> np.ndarray:
    return np.maximum(X @ W_1.T + b_1, 0) @ W_2.T + b_2


@check.overflowing
def feed_forward_backward(
    grad_Y: np.ndarray, X: np.ndarray, W_1: np.ndarray, b_1: np.ndarray, W_2: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""Pull a gradient back through the feed-forward layer.

    With :math:`\mathbf G = \partial L/\partial \mathbf Y`, the hidden layer
    :math:`\mathbf A = \max(0,\, \mathbf X \mathbf W_1^T + \mathbf b_1)`, and one row a position,

    .. math::
        \boldsymbol\Delta &= (\mathbf G \mathbf W_2) \odot [\mathbf A > 0], \qquad
        \frac{\partial L}{\partial \mathbf X} = \boldsymbol\Delta \mathbf W_1, \\
        \frac{\partial L}{\partial \mathbf W_1} &= \boldsymbol\Delta^T \mathbf X, \quad
        \frac{\partial L}{\partial \mathbf b_1} = \boldsymbol\Delta^T \mathbf 1, \quad
        \frac{\partial L}{\partial \mathbf W_2} = \mathbf G^T \mathbf A, \quad
        \frac{\partial L}{\partial \mathbf b_2} = \mathbf G^T \mathbf 1 .

    Args:
        grad_Y: gradient with respect to the output, the shape of ``X``.
        X: the inputs that ``feed_forward`` was given.
        W_1: its weights of the hidden layer.
        b_1: its biases of the hidden layer.
        W_2: its weights of the output.

    Returns:
        The gradients ``(grad_X, grad_W_1, grad_b_1, grad_W_2, grad_b_2)``, each of the shape of what it differentiates.

    Example:
        >>> W_1, b_1, W_2 = np.array([[1.0], [-1.0]]), np.zeros(2), np.array([[1.0, 1.0]])
        >>> feed_forward_backward(np.array([[1.0], [1.0]]), np.array([[-3.0], [2.0]]), W_1, b_1, W_2)[0]
        array([[-1.],
               [ 1.]])
    """
    X, W_1, b_1, W_2 = _feed_forward_arguments(*check.in_one_precision(X, W_1, b_1, W_2))
    grad_Y = check.array("grad_Y", grad_Y, X.shape, beside=("X", X))
    return _feed_forward_backward(check.in_precision_of(grad_Y, X, W_1, b_1, W_2), X, W_1, b_1, W_2)


def _feed_forward_backward(
    grad_Y: np.ndarray, X: np.ndarray, W_1: np.ndarray, b_1: np.ndarray, W_2: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rows, grad_rows = X.reshape(-1, X.shape[-1]), grad_Y.reshape(-1, X.shape[-1])
    hidden = np.maximum(rows @ W_1.T + b_1, 0)
    delta = (grad_rows @ W_2) * (hidden > 0)
    return (
        (delta @ W_1).reshape(X.shape),
        delta.T @ rows,
        total(delta, axis=0),
        grad_rows.T @ hidden,
        total(grad_rows, axis=0),
    )


@check.overflowing
def layer_norm(X: np.ndarray, gain: np.ndarray, bias: np.ndarray, epsilon: float = EPSILON) -> np.ndarray:
    r"""Layer normalisation (Ba, Kiros and Hinton, 2016): every position is brought to mean 0 and variance 1,

    .. math::
        \hat{\mathbf x} = \frac{\mathbf x - \mu}{\sqrt{\sigma^2 + \epsilon}}, \qquad
        \mathbf y = \mathbf g \odot \hat{\mathbf x} + \mathbf b,

    with the mean :math:`\mu` and the variance :math:`\sigma^2` (divided by d, not d - 1) over the d features.

    Args:
        X: inputs, shape ``(..., d)``; complex for the complex step.
        gain: g, shape ``(d,)``.
        bias: b, shape ``(d,)``.
        epsilon: :math:`\epsilon > 0`, inside the root, in squared units of ``X``.

    Returns:
        The outputs, the shape of ``X``.

    Example:
        >>> layer_norm(np.array([[1.0, 3.0], [0.0, 0.0]]), np.ones(2), np.zeros(2), epsilon=1e-12)
        array([[-1.,  1.],
               [ 0.,  0.]])
    """
    X, gain, bias = check.in_one_precision(X, gain, bias)
    X, gain, epsilon = _norm_arguments(X, gain, epsilon)
    bias = check.array("bias", bias, gain.shape, analytic=True, beside=("gain", gain))
    return _layer_norm(X, gain, bias, epsilon)


def _layer_norm(X: np.ndarray, gain: np.ndarray, bias: np.ndarray, epsilon: float) -> np.ndarray:
    normalised, _ = _normalise(X, epsilon)
    return gain * normalised + bias


@check.overflowing
def layer_norm_backward(
    grad_Y: np.ndarray, X: np.ndarray, gain: np.ndarray, epsilon: float = EPSILON
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Pull a gradient back through layer normalisation.

    With :math:`\mathbf u = \mathbf g \odot \partial L/\partial \mathbf y` and means over the features,

    .. math::
        \frac{\partial L}{\partial \mathbf x} = \frac{1}{\sqrt{\sigma^2 + \epsilon}}
        \left(\mathbf u - \operatorname{mean}(\mathbf u)
        - \hat{\mathbf x}\, \operatorname{mean}(\mathbf u \odot \hat{\mathbf x})\right);

    the gain and the bias collect :math:`\hat{\mathbf x} \odot \partial L/\partial \mathbf y` and
    :math:`\partial L/\partial \mathbf y` from every position.

    Args:
        grad_Y: gradient with respect to the output, the shape of ``X``.
        X: the inputs that ``layer_norm`` was given.
        gain: its gain.
        epsilon: its epsilon.

    Returns:
        The gradients ``(grad_X, grad_gain, grad_bias)``, each of the shape of what it differentiates.

    Example:
        >>> layer_norm_backward(np.array([[1.0, 0.0, 0.0]]), np.array([[-1.0, 0.0, 1.0]]), np.ones(3), epsilon=1e-12)[1]
        array([-1.22474487,  0.        ,  0.        ])
    """
    X, gain = check.in_one_precision(X, gain)
    X, gain, epsilon = _norm_arguments(X, gain, epsilon)
    grad_Y = check.array("grad_Y", grad_Y, X.shape, analytic=True, beside=("X", X))
    return _layer_norm_backward(check.in_precision_of(grad_Y, X, gain), X, gain, epsilon)


def _layer_norm_backward(
    grad_Y: np.ndarray, X: np.ndarray, gain: np.ndarray, epsilon: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    normalised, deviation = _normalise(X, epsilon)
    u = gain * grad_Y
    means = u.mean(axis=-1, keepdims=True), (u * normalised).mean(axis=-1, keepdims=True)
    grad_X = (u - means[0] - normalised * means[1]) / deviation
    d = X.shape[-1]
    return grad_X, total((grad_Y * normalised).reshape(-1, d), axis=0), total(grad_Y.reshape(-1, d), axis=0)


class EncoderParameters(NamedTuple):
    """The weights of an encoder block, or their gradients."""

    W_Q: np.ndarray
    W_K: np.ndarray
    W_V: np.ndarray
    W_O: np.ndarray
    """The projections of the attention, each ``(d_model, d_model)``."""
    gain_1: np.ndarray
    bias_1: np.ndarray
    """Of the layer norm after the attention, each ``(d_model,)``."""
    W_1: np.ndarray
    b_1: np.ndarray
    W_2: np.ndarray
    b_2: np.ndarray
    """Of the feed-forward layer, ``(d_ff, d_model)``, ``(d_ff,)``, ``(d_model, d_ff)``, ``(d_model,)``."""
    gain_2: np.ndarray
    bias_2: np.ndarray
    """Of the layer norm after the feed-forward layer, each ``(d_model,)``."""


class EncoderPass(NamedTuple):
    """What a pass through an encoder block computed: its output, and what the way back needs."""

    output: np.ndarray
    """Shape ``(..., T, d_model)``."""
    attention: MultiHeadPass
    first_sum: np.ndarray
    """The input of the first layer norm, :math:`x + \\operatorname{attention}(x)`."""
    middle: np.ndarray
    """Its output, which the feed-forward layer is given."""
    second_sum: np.ndarray
    """The input of the second layer norm."""


def initialize_encoder(d_model: int, d_ff: int, rng: np.random.Generator) -> EncoderParameters:
    r"""Random parameters for an encoder block.

    The weights are normal with variance :math:`2/(n_{in} + n_{out})` (Glorot and Bengio, 2010), biases 0 and gains 1.

    Args:
        d_model: the features of a position.
        d_ff: the hidden units of the feed-forward layer.
        rng: the random generator to draw from.

    Returns:
        The parameters.

    Example:
        >>> parameters = initialize_encoder(4, 8, np.random.default_rng(0))
        >>> parameters.W_1.shape, parameters.gain_1
        ((8, 4), array([1., 1., 1., 1.]))
    """
    d_model, d_ff = check.integer("d_model", d_model, least=1), check.integer("d_ff", d_ff, least=1)
    rng = check.generator("rng", rng)

    def weights(n_out: int, n_in: int) -> np.ndarray:
        return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_out, n_in))

    return EncoderParameters(
        W_Q=weights(d_model, d_model),
        W_K=weights(d_model, d_model),
        W_V=weights(d_model, d_model),
        W_O=weights(d_model, d_model),
        gain_1=np.ones(d_model),
        bias_1=np.zeros(d_model),
        W_1=weights(d_ff, d_model),
        b_1=np.zeros(d_ff),
        W_2=weights(d_model, d_ff),
        b_2=np.zeros(d_model),
        gain_2=np.ones(d_model),
        bias_2=np.zeros(d_model),
    )


@check.overflowing
def encoder_block(
    X: np.ndarray, parameters: EncoderParameters, heads: int, mask: np.ndarray | None = None
) -> EncoderPass:
    r"""One encoder block (Vaswani et al., 2017), with the norm after each residual connection:

    .. math::
        \mathbf Y = \operatorname{LayerNorm}(\mathbf X + \operatorname{MultiHead}(\mathbf X, \mathbf X, \mathbf X)),
        \qquad
        \mathbf Z = \operatorname{LayerNorm}(\mathbf Y + \operatorname{FFN}(\mathbf Y)) .

    Args:
        X: inputs, shape ``(..., T, d_model)``.
        parameters: the weights of the block.
        heads: the number of heads, a divisor of d_model.
        mask: true where a position (row) may attend to another (column), shape ``(T, T)`` for all or ``(..., T, T)``.

    Returns:
        An ``EncoderPass``: the output Z, and what ``encoder_block_backward`` needs.

    Example:
        >>> parameters = initialize_encoder(4, 8, np.random.default_rng(0))
        >>> X = np.random.default_rng(1).normal(size=(2, 3, 4))
        >>> encoder_block(X, parameters, heads=2).output.mean(axis=-1).round(12) + 0
        array([[0., 0., 0.],
               [0., 0., 0.]])
    """
    X, p = _encoder_arguments(X, parameters)
    heads = check.integer("heads", heads, least=1)
    if X.shape[-1] % heads:
        raise ValueError(f"heads must divide d_model = {X.shape[-1]}, got {heads}")
    allowed = None if mask is None else _checked_mask(mask, (*X.shape[:-1], X.shape[-2]))
    attention = _attend_in_heads(X, X, X, p.W_Q, p.W_K, p.W_V, p.W_O, heads, allowed, "X and parameters")
    first_sum = X + attention.output
    middle = _layer_norm(first_sum, p.gain_1, p.bias_1, EPSILON)
    second_sum = middle + _feed_forward(middle, p.W_1, p.b_1, p.W_2, p.b_2)
    output = _layer_norm(second_sum, p.gain_2, p.bias_2, EPSILON)
    return EncoderPass(output, attention, first_sum, middle, second_sum)


@check.overflowing
def encoder_block_backward(
    grad_output: np.ndarray, X: np.ndarray, parameters: EncoderParameters, kept: EncoderPass
) -> tuple[np.ndarray, EncoderParameters]:
    r"""Pull a gradient back through an encoder block, last line of it to first.

    At each residual connection :math:`\mathbf x + f(\mathbf x)` the gradient goes both ways, unchanged to the left term
    and through f to the right one, and what arrives at :math:`\mathbf x` is added.

    Args:
        grad_output: gradient with respect to the output, the shape of ``X``.
        X: the inputs that ``encoder_block`` was given.
        parameters: its parameters.
        kept: what it returned.

    Returns:
        ``(grad_X, gradients)``, with one gradient for each of the parameters, under its name.

    Example:
        >>> parameters = initialize_encoder(4, 8, np.random.default_rng(0))
        >>> X = np.random.default_rng(1).normal(size=(2, 3, 4))
        >>> grad_X, gradients = encoder_block_backward(np.ones(X.shape), X, parameters, encoder_block(X, parameters, 2))
        >>> gradients.bias_2
        array([6., 6., 6., 6.])
    """
    X, p = _encoder_arguments(X, parameters)
    grad_output = check.array("grad_output", grad_output, X.shape, beside=("X", X))
    grad_output = check.in_precision_of(grad_output, X, *p)
    if not isinstance(kept, EncoderPass):
        raise TypeError(f"kept must be what encoder_block returned, an EncoderPass, got {check.kind(kept)}")
    if kept.output.shape != X.shape:
        raise ValueError(
            f"kept must be what encoder_block returned for X of shape {X.shape}, "
            f"got an output of shape {kept.output.shape}"
        )
    first_sum, middle, second_sum = (
        check.in_precision_of(each, X, *p) for each in (kept.first_sum, kept.middle, kept.second_sum)
    )
    grad_second_sum, grad_gain_2, grad_bias_2 = _layer_norm_backward(grad_output, second_sum, p.gain_2, EPSILON)
    grad_middle, grad_W_1, grad_b_1, grad_W_2, grad_b_2 = _feed_forward_backward(
        grad_second_sum, middle, p.W_1, p.b_1, p.W_2
    )
    grad_middle = grad_second_sum + grad_middle
    grad_first_sum, grad_gain_1, grad_bias_1 = _layer_norm_backward(grad_middle, first_sum, p.gain_1, EPSILON)
    grad_Q, grad_K, grad_V, grad_W_Q, grad_W_K, grad_W_V, grad_W_O = _attend_in_heads_backward(
        grad_first_sum, X, X, X, p.W_Q, p.W_K, p.W_V, p.W_O, kept.attention
    )
    grad_X = grad_first_sum + grad_Q + grad_K + grad_V
    return grad_X, EncoderParameters(
        W_Q=grad_W_Q,
        W_K=grad_W_K,
        W_V=grad_W_V,
        W_O=grad_W_O,
        gain_1=grad_gain_1,
        bias_1=grad_bias_1,
        W_1=grad_W_1,
        b_1=grad_b_1,
        W_2=grad_W_2,
        b_2=grad_b_2,
        gain_2=grad_gain_2,
        bias_2=grad_bias_2,
    )


def _encoder_parameters(parameters: EncoderParameters) -> EncoderParameters:
    if isinstance(parameters, EncoderParameters):
        return parameters
    if isinstance(parameters, tuple | list) and len(parameters) == len(EncoderParameters._fields):
        return EncoderParameters(*parameters)
    expected = f"EncoderParameters, or a tuple of its {len(EncoderParameters._fields)} arrays in their order"
    came = f"{len(parameters)} of them" if isinstance(parameters, tuple | list) else check.kind(parameters)
    raise TypeError(f"parameters must be {expected}, got {came}")


def _encoder_arguments(X: np.ndarray, parameters: EncoderParameters) -> tuple[np.ndarray, EncoderParameters]:
    given = _encoder_parameters(parameters)
    X, *rest = check.in_one_precision(X, *given)
    X = check.array("X", X)
    if X.ndim < 2:
        raise ValueError(f"X must have shape (..., T, d_model), got {X.shape}")
    check.finite("X", X)
    d_model = X.shape[-1]
    W_1 = check.array("parameters.W_1", rest[EncoderParameters._fields.index("W_1")], ("d_ff", d_model))
    d_ff = len(W_1)
    shapes = {"W_1": (d_ff, d_model), "b_1": (d_ff,), "W_2": (d_model, d_ff)}
    checked = []
    for name, value in zip(EncoderParameters._fields, rest):
        shape = shapes.get(name, (d_model, d_model) if name.startswith("W_") else (d_model,))
        checked.append(check.array(f"parameters.{name}", value, shape, beside=("X", X)))
        check.finite(f"parameters.{name}", checked[-1])
    return X, EncoderParameters(*checked)


def _feed_forward_arguments(
    X: np.ndarray, W_1: np.ndarray, b_1: np.ndarray, W_2: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    W_1 = check.array("W_1", W_1, ("d_ff", "d_model"))
    d_ff, d_model = W_1.shape
    X = check.array("X", X)
    if X.ndim == 0 or X.shape[-1] != d_model:
        raise ValueError(f"X must have shape (..., {d_model}) beside W_1 of shape {W_1.shape}, got {X.shape}")
    b_1 = check.array("b_1", b_1, (d_ff,), beside=("W_1", W_1))
    return X, W_1, b_1, check.array("W_2", W_2, (d_model, d_ff), beside=("W_1", W_1))


def _norm_arguments(X: np.ndarray, gain: np.ndarray, epsilon: float) -> tuple[np.ndarray, np.ndarray, float]:
    X = check.array("X", X, analytic=True)
    if X.ndim == 0:
        raise ValueError("X must have shape (..., d), got a single number")
    gain = check.array("gain", gain, (X.shape[-1],), analytic=True, beside=("X", X))
    return X, gain, check.number("epsilon", epsilon, above=0)


def _normalise(X: np.ndarray, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """The normalised inputs, and the deviation they were divided by."""
    # Not smaller than the precision can show: equal features would be 0/0.
    smallest = check.smallest(X)
    centred, deviation = _centred(X, max(epsilon, smallest))
    overflows = ~np.isfinite(deviation)
    if not overflows.any():
        return centred / deviation, deviation
    # Divided by the largest first, the squares of huge features do not overflow.
    unit = np.where(overflows, np.abs(X.real).max(axis=-1, keepdims=True), 1)
    centred, deviation = _centred(X / unit, np.maximum(epsilon / unit / unit, smallest))
    return centred / deviation, unit * deviation


def _centred(X: np.ndarray, epsilon: float | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The inputs without their mean, and their deviation."""
    centred = X - X.mean(axis=-1, keepdims=True)
    variance = (centred * centred).mean(axis=-1, keepdims=True)
    return centred, np.sqrt(variance + epsilon)
