"""The fully connected network of any depth: parameters, forward pass, backpropagation.

The parameters are a list with one pair ``(W, b)`` a layer. The same numbers can be held in one flat vector ``theta``,
of which the pairs are views: an optimizer then updates all layers in one line.

Arguments are checked once, at the public functions; the private ones below them compute. An array that the network has
made itself is worked on in place, and derivatives come from the outputs that the forward pass has kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dlmath import _check as check
from dlmath import regularization
from dlmath.activations import ACTIVATIONS, FROM_OUTPUT, IN_PLACE, NOT_ANALYTIC
from dlmath.losses import LOSSES

Parameters = list[tuple[np.ndarray, np.ndarray]]
"""One pair (W, b) a layer."""


def count_parameters(sizes: Sequence[int]) -> int:
    r"""The number of weights and biases, :math:`\sum_l (n_{l-1} + 1)\, n_l`.

    Args:
        sizes: the widths :math:`n_0, n_1, \dots, n_L` from input to output.

    Raises:
        TypeError: a width is not an integer.
        ValueError: fewer than two widths, or one below 1.

    Example:
        >>> count_parameters([2, 3, 1])
        13
    """
    return sum((n_in + 1) * n_out for n_in, n_out in pairwise(_sizes(sizes)))


def unpack(theta: np.ndarray, sizes: Sequence[int]) -> Parameters:
    r"""View a flat vector as the parameters of a network, without copying.

    The order is ``W`` of the first layer row by row, its ``b``, then the next layer.

    Args:
        theta: all parameters, shape ``(count_parameters(sizes),)``.
        sizes: the widths from input to output.

    Returns:
        One pair ``(W, b)`` a layer, of shapes ``(n_out, n_in)`` and ``(n_out,)``; they share memory with ``theta``
        if it is a floating-point array, so that writing into one changes the other.

    Raises:
        TypeError: ``theta`` is not an array of numbers, or a width not an integer.
        ValueError: ``theta`` has another length, or contains NaN.

    Example:
        >>> (W0, b0), (W1, b1) = unpack(np.arange(5.0), [2, 1, 1])
        >>> W0, b0, W1, b1
        (array([[0., 1.]]), array([2.]), array([[3.]]), array([4.]))
    """
    return _views(check.array("theta", theta, (count_parameters(sizes),), analytic=True), sizes)


def pack(parameters: Parameters) -> np.ndarray:
    """Copy the parameters of a network (or their gradients) into one flat vector: the inverse of ``unpack``.

    Example:
        >>> pack([(np.array([[1.0, 2.0]]), np.array([3.0]))])
        array([1., 2., 3.])
    """
    return np.concatenate([part.ravel() for layer in _parameters(parameters) for part in layer])


def initialize(
    sizes: Sequence[int], rng: np.random.Generator, scheme: str = "xavier", distribution: str = "normal"
) -> np.ndarray:
    r"""Random weights and zero biases, as one flat vector.

    The weights have mean 0 and a variance that keeps a signal's size from layer to layer:
    :math:`2/(n_{in}+n_{out})` for ``"xavier"`` (Glorot and Bengio, 2010), :math:`2/n_{in}` for ``"he"`` (He et al.,
    2015), which makes up for the half that ReLU cuts off. ``"unscaled"`` has variance 1, to see what happens without.

    Args:
        sizes: the widths from input to output.
        rng: the random generator to draw from.
        scheme: ``"xavier"``, ``"he"`` or ``"unscaled"``.
        distribution: ``"normal"``, or ``"uniform"`` between :math:`\pm\sqrt{3 \cdot \text{variance}}`.

    Returns:
        ``theta``, shape ``(count_parameters(sizes),)``.

    Raises:
        TypeError: ``rng`` is not a generator, or a width not an integer.
        ValueError: a width below 1, or an unknown scheme or distribution.

    Example:
        >>> theta = initialize([2, 3, 1], np.random.default_rng(0))
        >>> [b for W, b in unpack(theta, [2, 3, 1])]
        [array([0., 0., 0.]), array([0.])]
    """
    rng = check.generator("rng", rng)
    check.choice("scheme", scheme, list(VARIANCES))
    check.choice("distribution", distribution, ["normal", "uniform"])
    theta = np.zeros(count_parameters(sizes))
    for W, _ in unpack(theta, sizes):
        n_out, n_in = W.shape
        deviation = np.sqrt(VARIANCES[scheme](n_in, n_out))
        if distribution == "normal":
            W[...] = rng.normal(0, deviation, W.shape)
        else:
            W[...] = rng.uniform(-np.sqrt(3) * deviation, np.sqrt(3) * deviation, W.shape)
    return theta


@np.errstate(over="ignore", invalid="ignore")
def forward(X: np.ndarray, parameters: Parameters, activations: str | Sequence[str] = "sigmoid") -> list[np.ndarray]:
    r"""The forward pass, one layer after another.

    .. math::
        \mathbf A_0 = \mathbf X, \qquad \mathbf A_l = g_l(\mathbf A_{l-1}\mathbf W_l^T + \mathbf b_l)

    Args:
        X: inputs, shape ``(N, n_0)``.
        parameters: one pair ``(W, b)`` a layer.
        activations: the name of each layer's activation, or one name for all: ``"identity"``, ``"sigmoid"``,
            ``"tanh"``, ``"relu"`` or ``"leaky_relu"`` (with slope 0.01).

    Returns:
        ``[A_0, A_1, ..., A_L]``: what ``backward`` needs. The last one is the prediction; the first is ``X`` itself.

    Raises:
        TypeError: an argument is not of numbers, or a name not a string.
        ValueError: shapes that do not fit, an unknown activation, empty input or NaN.

    Example:
        >>> parameters = [(np.array([[1.0, -1.0]]), np.array([0.0]))]
        >>> forward(np.array([[2.0, 2.0]]), parameters)[-1]
        array([[0.5]])
    """
    parameters = _parameters(parameters)
    X = check.array("X", X, ("N", parameters[0][0].shape[1]), analytic=True)
    parameters = _at_least_precision_of(X, parameters)
    return _forward(X, parameters, _activation_names(activations, parameters))


def predict(X: np.ndarray, parameters: Parameters, activations: str | Sequence[str] = "sigmoid") -> np.ndarray:
    r"""The network as a function, :math:`f(\mathbf X; \theta) = \mathbf A_L`: the last output of ``forward``.

    Example:
        >>> predict(np.array([[2.0, 2.0]]), [(np.array([[1.0, -1.0]]), np.array([0.0]))])
        array([[0.5]])
    """
    return forward(X, parameters, activations)[-1]


@np.errstate(over="ignore", invalid="ignore")
def backward(
    grad_output: np.ndarray,
    outputs: Sequence[np.ndarray],
    parameters: Parameters,
    activations: str | Sequence[str] = "sigmoid",
) -> Parameters:
    r"""Backpropagation: the gradient of the loss with respect to every weight and bias.

    .. math::
        \Delta_L &= \frac{\partial L}{\partial \mathbf A_L} \odot g_L'(\mathbf Z_L), \qquad
        \Delta_l = (\Delta_{l+1} \mathbf W_{l+1}) \odot g_l'(\mathbf Z_l), \\
        \frac{\partial L}{\partial \mathbf W_l} &= \Delta_l^T \mathbf A_{l-1}, \qquad
        \frac{\partial L}{\partial \mathbf b_l} = \Delta_l^T \mathbf 1

    (Rumelhart, Hinton and Williams, 1986). The mean over the batch is in ``grad_output``: the loss put it there.

    Args:
        grad_output: :math:`\partial L/\partial \mathbf A_L`, the shape of the last output.
        outputs: what ``forward`` returned.
        parameters: the parameters ``forward`` was given.
        activations: the activations ``forward`` was given.

    Returns:
        One pair ``(grad_W, grad_b)`` a layer, of the shapes of the parameters.

    Raises:
        TypeError: an argument is not of numbers, or a name not a string.
        ValueError: shapes that do not fit, or NaN.

    Example:
        >>> parameters = [(np.array([[1.0, -1.0]]), np.array([0.0]))]
        >>> outputs = forward(np.array([[2.0, 2.0]]), parameters)
        >>> backward(np.array([[4.0]]), outputs, parameters)
        [(array([[2., 2.]]), array([1.]))]
    """
    parameters = _parameters(parameters)
    if len(outputs) != len(parameters) + 1:
        raise ValueError(
            f"outputs must have {len(parameters) + 1} arrays, one a layer and the input, got {len(outputs)}"
        )
    X = check.array("outputs[0]", outputs[0], ("N", parameters[0][0].shape[1]), analytic=True)
    outputs = [X] + [
        check.array(f"outputs[{i}]", A, (len(X), len(b)), analytic=True)
        for i, (A, (_, b)) in enumerate(zip(outputs[1:], parameters), start=1)
    ]
    parameters = _at_least_precision_of(X, parameters)
    grad_output = check.array("grad_output", grad_output, outputs[-1].shape, analytic=True)
    return _backward(grad_output, outputs, parameters, _activation_names(activations, parameters))


@np.errstate(over="ignore", invalid="ignore")
def loss_and_gradient(
    theta: np.ndarray,
    sizes: Sequence[int],
    X: np.ndarray,
    targets: np.ndarray,
    activations: str | Sequence[str] = "sigmoid",
    loss: str = "mse",
    *,
    dropout_rate: float = 0.0,
    rng: np.random.Generator | None = None,
) -> tuple[float, np.ndarray]:
    r"""The loss of a network on a batch, and its gradient with respect to all parameters: what training repeats.

    ``forward``, the loss and ``backward`` in one call, from a flat vector to a flat vector.

    Args:
        theta: all parameters, shape ``(count_parameters(sizes),)``.
        sizes: the widths from input to output.
        X: inputs, shape ``(N, sizes[0])``.
        targets: what the loss compares with: shape ``(N, sizes[-1])``, or class labels of shape ``(N,)``.
        activations: the name of each layer's activation, or one name for all, as in ``forward``.
        loss: ``"mse"``, ``"binary_cross_entropy_from_logits"`` or ``"categorical_cross_entropy_from_logits"``; the last
            layer's activation is ``"identity"`` for the last two.
        dropout_rate: the probability of dropping an output of a hidden layer (inverted dropout).
        rng: the random generator for dropout; needed if ``dropout_rate`` is not 0.

    Returns:
        ``(loss, gradient)``; the gradient has the shape of ``theta``. If the parameters are so large that the forward
        pass overflows, the loss is infinite and the gradient NaN: the run has diverged.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: shapes that do not fit, an unknown name, a rate outside [0, 1), empty input or NaN.

    Example:
        >>> theta = np.array([1.0, -1.0, 0.0])
        >>> loss, gradient = loss_and_gradient(theta, [2, 1], np.array([[2.0, 2.0]]), np.array([[0.0]]))
        >>> float(loss), gradient
        (0.25, array([0.5 , 0.5 , 0.25]))
    """
    theta = check.array("theta", theta, (count_parameters(sizes),), analytic=True)
    X = check.array("X", X, ("N", sizes[0]), analytic=True)
    check.choice("loss", loss, LOSSES)
    if X.dtype != theta.dtype:
        theta = theta.astype(np.result_type(X, theta))
    parameters = _views(theta, sizes)
    names = _activation_names(activations, parameters)
    masks = _dropout_masks(X, parameters, dropout_rate, rng)
    outputs = _forward(X, parameters, names, masks)
    if not np.isfinite(outputs[-1]).all():
        return np.inf, np.full_like(theta, np.nan)
    value, grad_output = LOSSES[loss](outputs[-1], targets)
    gradient = np.empty(len(theta), dtype=grad_output.dtype)
    _backward(grad_output, outputs, parameters, names, masks, into=_views(gradient, sizes))
    return value, gradient


def l2_penalty(theta: np.ndarray, sizes: Sequence[int], strength: float, count: int) -> tuple[float, np.ndarray]:
    r"""The L2 penalty of all weights, :math:`\frac{\lambda}{2m}\sum_l\|\mathbf W_l\|^2`, and its gradient.

    Add them to what ``loss_and_gradient`` returns. Biases are not penalized; their part of the gradient is 0.

    Args:
        theta: all parameters, shape ``(count_parameters(sizes),)``.
        sizes: the widths from input to output.
        strength: :math:`\lambda \ge 0`.
        count: :math:`m`, the number of training samples.

    Returns:
        ``(penalty, gradient)``; the gradient has the shape of ``theta``.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: ``theta`` has another length or contains NaN, a negative strength, or a count below 1.

    Example:
        >>> l2_penalty(np.array([3.0, 4.0, 7.0]), [2, 1], strength=2.0, count=5)
        (5.0, array([1.2, 1.6, 0. ]))
    """
    parameters = unpack(theta, sizes)
    gradient = np.zeros_like(theta, dtype=parameters[0][0].dtype)
    for (W, _), (grad_W, _) in zip(parameters, unpack(gradient, sizes)):
        grad_W[...] = regularization.l2_penalty_grad(W, strength, count)
    return float(sum(regularization.l2_penalty(W, strength, count) for W, _ in parameters)), gradient


VARIANCES = {
    "xavier": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
    "unscaled": lambda n_in, n_out: 1.0,
}
"""The variance of initial weights by the name of the scheme."""


def _forward(
    X: np.ndarray, parameters: Parameters, names: Sequence[str], masks: Sequence[np.ndarray | None] | None = None
) -> list[np.ndarray]:
    outputs = [X]
    for layer, ((W, b), name) in enumerate(zip(parameters, names)):
        # A product of small matrices takes up to half as long if neither of them is a transposed view.
        weights = W.T.copy() if W.size <= 4096 else W.T
        Z = np.dot(_input_of(layer, outputs, masks), weights)
        Z += b
        outputs.append(IN_PLACE[name](Z))
    return outputs


def _backward(
    grad_output: np.ndarray,
    outputs: Sequence[np.ndarray],
    parameters: Parameters,
    names: Sequence[str],
    masks: Sequence[np.ndarray | None] | None = None,
    into: Parameters | None = None,
) -> Parameters:
    delta = grad_output if names[-1] == "identity" else grad_output * FROM_OUTPUT[names[-1]](outputs[-1])
    ones = np.ones(len(delta), dtype=delta.dtype)
    if into is None:
        into = [(np.empty_like(W, dtype=delta.dtype), np.empty_like(b, dtype=delta.dtype)) for W, b in parameters]
    for layer in reversed(range(len(parameters))):
        grad_W, grad_b = into[layer]
        np.matmul(delta.T, _input_of(layer, outputs, masks), out=grad_W)
        np.matmul(ones, delta, out=grad_b)
        if layer > 0:  # the gradient with respect to the data is not needed
            delta = np.dot(delta, parameters[layer][0])
            delta *= FROM_OUTPUT[names[layer - 1]](outputs[layer])
            if masks is not None:
                delta *= masks[layer - 1]
    return into


def _input_of(layer: int, outputs: Sequence[np.ndarray], masks: Sequence[np.ndarray] | None) -> np.ndarray:
    """What a layer was given: the output of the layer before, with dropout if there is any; the data as they are."""
    return outputs[layer] if masks is None or layer == 0 else outputs[layer] * masks[layer - 1]


def _dropout_masks(
    X: np.ndarray, parameters: Parameters, rate: float, rng: np.random.Generator | None
) -> list[np.ndarray] | None:
    """One mask for each hidden layer, or ``None`` without dropout."""
    if check.number("dropout_rate", rate, least=0, below=1) == 0:
        return None
    rng = check.generator("rng", rng)
    hidden = [np.ones((len(X), W.shape[0]), dtype=W.real.dtype) for W, _ in parameters[:-1]]
    return [regularization.dropout(ones, rate, rng)[1] for ones in hidden]


def _views(theta: np.ndarray, sizes: Sequence[int]) -> Parameters:
    parameters, start = [], 0
    for n_in, n_out in pairwise(sizes):
        middle, stop = start + n_out * n_in, start + n_out * (n_in + 1)
        parameters.append((theta[start:middle].reshape(n_out, n_in), theta[middle:stop]))
        start = stop
    return parameters


def _at_least_precision_of(X: np.ndarray, parameters: Parameters) -> Parameters:
    """The parameters in one dtype that holds both them and X, so that nothing is lost where a layer works in place."""
    parts = [part for layer in parameters for part in layer]
    if all(part.dtype == X.dtype for part in parts):
        return parameters
    dtype = np.result_type(X, *parts)
    return [(W.astype(dtype, copy=False), b.astype(dtype, copy=False)) for W, b in parameters]


def _sizes(sizes: Sequence[int]) -> list[int]:
    sizes = [check.integer(f"sizes[{i}]", size, least=1) for i, size in enumerate(sizes)]
    if len(sizes) < 2:
        raise ValueError(f"sizes must have at least two widths, input and output, got {sizes}")
    return sizes


def _activation_names(activations: str | Sequence[str], parameters: Parameters) -> Sequence[str]:
    names = [activations] * len(parameters) if isinstance(activations, str) else activations
    if len(names) != len(parameters):
        raise ValueError(f"activations must name one activation a layer, {len(parameters)}, got {len(names)}")
    for i, name in enumerate(names):
        if name not in ACTIVATIONS:
            check.choice(f"activations[{i}]", name, list(ACTIVATIONS))
        if name in NOT_ANALYTIC and parameters[0][0].dtype.kind == "c":
            raise TypeError(f"activations[{i}] must be analytic for complex input, got {name!r}")
    return names


def _parameters(parameters: Parameters) -> Parameters:
    if len(parameters) == 0:
        raise ValueError("parameters must have at least one layer, got none")
    checked, n_in = [], "n_in"
    for i, (W, b) in enumerate(parameters):
        W = check.array(f"W of layer {i}", W, ("n_out", n_in), analytic=True)
        b = check.array(f"b of layer {i}", b, (W.shape[0],), analytic=True)
        checked.append((W, b))
        n_in = W.shape[0]
    return checked
