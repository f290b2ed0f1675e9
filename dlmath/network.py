"""The fully connected network of any depth: parameters, forward pass, backpropagation.

The parameters are a list with one pair ``(W, b)`` a layer. The same numbers can be held in one flat vector ``theta``,
of which the pairs are views: an optimizer then updates all layers in one line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlmath import _check as check
from dlmath.activations import ACTIVATIONS, FROM_OUTPUT

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
    sizes = _sizes(sizes)
    return sum((n_in + 1) * n_out for n_in, n_out in zip(sizes, sizes[1:]))


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
    theta = check.array("theta", theta, (count_parameters(sizes),), analytic=True)
    parameters, start = [], 0
    for n_in, n_out in zip(sizes, sizes[1:]):
        middle, stop = start + n_out * n_in, start + n_out * (n_in + 1)
        parameters.append((theta[start:middle].reshape(n_out, n_in), theta[middle:stop]))
        start = stop
    return parameters


def pack(parameters: Parameters) -> np.ndarray:
    """Copy the parameters of a network (or their gradients) into one flat vector: the inverse of ``unpack``.

    Example:
        >>> pack([(np.array([[1.0, 2.0]]), np.array([3.0]))])
        array([1., 2., 3.])
    """
    return np.concatenate([part.ravel() for layer in _parameters(parameters) for part in layer])


def initialize(sizes: Sequence[int], rng: np.random.Generator, scheme: str = "xavier") -> np.ndarray:
    r"""Random weights and zero biases, as one flat vector.

    The weights are normal with variance :math:`2/(n_{in}+n_{out})` for ``"xavier"`` (Glorot and Bengio, 2010),
    :math:`2/n_{in}` for ``"he"`` (He et al., 2015).

    Args:
        sizes: the widths from input to output.
        rng: the random generator to draw from.
        scheme: ``"xavier"`` or ``"he"``.

    Returns:
        ``theta``, shape ``(count_parameters(sizes),)``.

    Raises:
        TypeError: ``rng`` is not a generator, or a width not an integer.
        ValueError: a width below 1, or an unknown scheme.

    Example:
        >>> theta = initialize([2, 3, 1], np.random.default_rng(0))
        >>> [b for W, b in unpack(theta, [2, 3, 1])]
        [array([0., 0., 0.]), array([0.])]
    """
    rng = check.generator("rng", rng)
    check.choice("scheme", scheme, ["xavier", "he"])
    theta = np.zeros(count_parameters(sizes))
    for W, _ in unpack(theta, sizes):
        n_out, n_in = W.shape
        variance = 2 / (n_in + n_out) if scheme == "xavier" else 2 / n_in
        W[...] = rng.normal(0, np.sqrt(variance), W.shape)
    return theta


@np.errstate(over="ignore", invalid="ignore")
def forward(X: np.ndarray, parameters: Parameters, activations: str | Sequence[str] = "sigmoid") -> list[np.ndarray]:
    r"""The forward pass: :math:`\mathbf A_0 = \mathbf X`, :math:`\mathbf A_l = g_l(\mathbf A_{l-1}\mathbf W_l^T + \mathbf b_l)`.

    Args:
        X: inputs, shape ``(N, n_0)``.
        parameters: one pair ``(W, b)`` a layer.
        activations: the name of each layer's activation, or one name for all: ``"identity"``, ``"sigmoid"``,
            ``"tanh"`` or ``"relu"``.

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
    names = _activation_names(activations, len(parameters))
    outputs = [check.array("X", X, ("N", parameters[0][0].shape[1]), analytic=True)]
    for (W, b), name in zip(parameters, names):
        outputs.append(ACTIVATIONS[name](outputs[-1] @ W.T + b))
    return outputs


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
    names = _activation_names(activations, len(parameters))
    if len(outputs) != len(parameters) + 1:
        raise ValueError(
            f"outputs must have {len(parameters) + 1} arrays, one a layer and the input, got {len(outputs)}"
        )
    grad_output = check.array("grad_output", grad_output, outputs[-1].shape, analytic=True)
    gradients: Parameters = []
    delta = grad_output * FROM_OUTPUT[names[-1]](outputs[-1])
    for layer in reversed(range(len(parameters))):
        gradients.append((delta.T @ outputs[layer], delta.sum(axis=0)))
        if layer > 0:  # the gradient with respect to the data is not needed
            delta = (delta @ parameters[layer][0]) * FROM_OUTPUT[names[layer - 1]](outputs[layer])
    return gradients[::-1]


def _sizes(sizes: Sequence[int]) -> list[int]:
    sizes = [check.integer(f"sizes[{i}]", size, least=1) for i, size in enumerate(sizes)]
    if len(sizes) < 2:
        raise ValueError(f"sizes must have at least two widths, input and output, got {sizes}")
    return sizes


def _activation_names(activations: str | Sequence[str], n_layers: int) -> Sequence[str]:
    names = [activations] * n_layers if isinstance(activations, str) else activations
    if len(names) != n_layers:
        raise ValueError(f"activations must name one activation a layer, {n_layers}, got {len(names)}")
    for i, name in enumerate(names):
        if name not in ACTIVATIONS:
            check.choice(f"activations[{i}]", name, list(ACTIVATIONS))
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
