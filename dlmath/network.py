"""The fully connected network of any depth: parameters, forward pass, backpropagation.

The parameters are a list with one pair ``(W, b)`` a layer. The same numbers can be held in one flat vector ``theta``,
of which the pairs are views: an optimizer then updates all layers in one line.

Arguments are checked once, at the public functions; the private ones below them compute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath import regularization
from dlmath._stable import all_finite, column_sums, times
from dlmath.activations import ACTIVATIONS, Activation
from dlmath.losses import LOSSES, _of_outputs

IDENTITY = ACTIVATIONS["identity"]

Parameters = list[tuple[np.ndarray, np.ndarray]]
"""One pair (W, b) a layer."""

Activations = str | Activation | Sequence[str | Activation]
"""The activation of each layer, by name or as a record, or one for all layers."""


def count_parameters(sizes: Sequence[int]) -> int:
    r"""The number of weights and biases, :math:`\sum_l (n_{l-1} + 1)\, n_l`.

    Args:
        sizes: the widths :math:`n_0, n_1, \dots, n_L` from input to output.

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

    Example:
        >>> (W0, b0), (W1, b1) = unpack(np.arange(5.0), [2, 1, 1])
        >>> W0, b0, W1, b1
        (array([[0., 1.]]), array([2.]), array([[3.]]), array([4.]))
    """
    return _views(*_with_places(theta, sizes))


def pack(parameters: Parameters) -> np.ndarray:
    """Copy the parameters of a network (or their gradients) into one flat vector: the inverse of ``unpack``.

    Example:
        >>> pack([(np.array([[1.0, 2.0]]), np.array([3.0]))])
        array([1., 2., 3.])
    """
    parameters = _parameters(parameters)
    return np.concatenate([part.ravel() for layer in parameters for part in layer])


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


@check.overflowing
def forward(X: np.ndarray, parameters: Parameters, activations: Activations = "sigmoid") -> list[np.ndarray]:
    r"""The forward pass, one layer after another.

    .. math::
        \mathbf A_0 = \mathbf X, \qquad \mathbf A_l = g_l(\mathbf A_{l-1}\mathbf W_l^T + \mathbf b_l)

    Args:
        X: inputs, shape ``(N, n_0)``.
        parameters: one pair ``(W, b)`` a layer.
        activations: each layer's activation, or one for all: a name of ``activations.ACTIVATIONS``, such as ``"relu"``,
            or an ``activations.Activation`` of one's own.

    Returns:
        ``[A_0, A_1, ..., A_L]``: what ``backward`` needs. The last one is the prediction; the first is ``X`` itself.

    Example:
        >>> parameters = [(np.array([[1.0, -1.0]]), np.array([0.0]))]
        >>> forward(np.array([[2.0, 2.0]]), parameters)[-1]
        array([[0.5]])
    """
    parameters = _parameters(parameters)
    X = check.array("X", X, ("N", parameters[0][0].shape[1]), analytic=True)
    parameters = _at_least_precision_of(X, parameters)
    return _forward(X, parameters, _activations(activations, parameters))


def predict(X: np.ndarray, parameters: Parameters, activations: Activations = "sigmoid") -> np.ndarray:
    r"""The network as a function, :math:`f(\mathbf X; \theta) = \mathbf A_L`: the last output of ``forward``.

    Example:
        >>> predict(np.array([[2.0, 2.0]]), [(np.array([[1.0, -1.0]]), np.array([0.0]))])
        array([[0.5]])
    """
    return forward(X, parameters, activations)[-1]


@check.overflowing
def backward(
    grad_output: np.ndarray,
    outputs: Sequence[np.ndarray],
    parameters: Parameters,
    activations: Activations = "sigmoid",
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

    Example:
        >>> parameters = [(np.array([[1.0, -1.0]]), np.array([0.0]))]
        >>> outputs = forward(np.array([[2.0, 2.0]]), parameters)
        >>> backward(np.array([[4.0]]), outputs, parameters)
        [(array([[2., 2.]]), array([1.]))]
    """
    parameters = _parameters(parameters)
    outputs = check.sequence("outputs", outputs, "the list that forward returned")
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
    layers = _activations(activations, parameters)
    dtype = np.result_type(grad_output, *outputs, *parameters[0])
    grad_output, *outputs = (A.astype(dtype, copy=False) for A in (grad_output, *outputs))
    parameters = [(W.astype(dtype, copy=False), b.astype(dtype, copy=False)) for W, b in parameters]
    gradients = [(np.empty_like(W), np.empty_like(b)) for W, b in parameters]
    _backward(grad_output, outputs, parameters, layers, gradients)
    return gradients


@check.overflowing
def loss_and_gradient(
    theta: np.ndarray,
    sizes: Sequence[int],
    X: np.ndarray,
    targets: np.ndarray,
    activations: Activations = "sigmoid",
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
        activations: each layer's activation, or one for all, as in ``forward``.
        loss: ``"mse"``, ``"binary_cross_entropy_from_logits"`` or ``"categorical_cross_entropy_from_logits"``. The last
            two take logits: the last layer's activation must be ``"identity"``.
        dropout_rate: the probability of dropping an output of a hidden layer (inverted dropout).
        rng: the random generator for dropout; needed if ``dropout_rate`` is not 0.

    Returns:
        ``(loss, gradient)``; the gradient has the shape of ``theta``. If the parameters are so large that the forward
        pass overflows, the loss is infinite and the gradient NaN: the run has diverged.

    Example:
        >>> theta = np.array([1.0, -1.0, 0.0])
        >>> loss, gradient = loss_and_gradient(theta, [2, 1], np.array([[2.0, 2.0]]), np.array([[0.0]]))
        >>> float(loss), gradient
        (0.25, array([0.5 , 0.5 , 0.25]))
    """
    theta, places = _with_places(theta, sizes)
    X = check.array("X", X, ("N", sizes[0]), analytic=True)
    check.choice("loss", loss, LOSSES)
    if X.dtype != theta.dtype:
        theta = theta.astype(np.result_type(X, theta))
    parameters = _views(theta, places)
    layers = _activations(activations, parameters)
    _takes_logits(loss, layers)
    with_dropout = _with_dropout(layers, X, parameters, dropout_rate, rng)
    outputs = _forward(X, parameters, with_dropout)
    if not all_finite(outputs[-1]):
        return np.inf, np.full_like(theta, np.nan)
    value, grad_output = _of_outputs(loss, outputs[-1], targets)
    gradient = np.empty_like(theta, grad_output.dtype)
    _backward(grad_output, outputs, parameters, with_dropout, _views(gradient, places))
    return value, gradient


@check.rounding
def penalty_and_gradient(
    theta: np.ndarray, sizes: Sequence[int], weight_decay: float, count: int
) -> tuple[float, np.ndarray]:
    r"""The L2 penalty of all weights, :math:`\frac{\lambda}{2m}\sum_l\|\mathbf W_l\|^2`, and its gradient.

    Add them to what ``loss_and_gradient`` returns. Biases are not penalized; their part of the gradient is 0.

    Args:
        theta: all parameters, shape ``(count_parameters(sizes),)``.
        sizes: the widths from input to output.
        weight_decay: :math:`\lambda \ge 0`.
        count: :math:`m`, the number of training samples.

    Returns:
        ``(penalty, gradient)``; the gradient has the shape of ``theta``.

    Example:
        >>> penalty_and_gradient(np.array([3.0, 4.0, 7.0]), [2, 1], weight_decay=2.0, count=5)
        (5.0, array([1.2, 1.6, 0. ]))
    """
    theta, places = _with_places(theta, sizes)
    gradient = np.zeros_like(theta)
    count = check.integer("count", count, least=1)
    weight_decay = check.number("weight_decay", weight_decay, least=0, most=check.largest(theta))
    penalty = 0.0
    for (W, _), (slope, _) in zip(_views(theta, places), _views(gradient, places)):
        slope[...] = times(weight_decay / count, W)
        penalty += np.sum(times(slope / 2, W)).item()
    return penalty, gradient


VARIANCES = {
    "xavier": lambda n_in, n_out: 2 / (n_in + n_out),
    "he": lambda n_in, n_out: 2 / n_in,
    "unscaled": lambda n_in, n_out: 1.0,
}
"""The variance of initial weights by the name of the scheme."""


def _forward(X: np.ndarray, parameters: Parameters, activations: Sequence[Activation]) -> list[np.ndarray]:
    outputs = [X]
    for (W, b), activation in zip(parameters, activations):
        Z = _affine(outputs[-1], W, b)
        outputs.append((activation.in_place or activation.function)(Z))
    return outputs


def _affine(A: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    # A product of small matrices takes up to half as long if neither of them is a transposed view.
    Z = np.dot(A, W.T.copy() if W.size <= 4096 else W.T)
    Z += b
    return Z


def _backward(
    grad_output: np.ndarray,
    outputs: Sequence[np.ndarray],
    parameters: Parameters,
    activations: Sequence[Activation],
    gradients: Parameters,
) -> None:
    """Write the gradient of every weight and bias into ``gradients``, arrays of the shapes of the parameters."""
    delta = grad_output
    for layer in reversed(range(len(parameters))):
        (W, _), (grad_W, grad_b) = parameters[layer], gradients[layer]
        if activations[layer] is not IDENTITY:
            delta = delta * _slope(activations[layer], outputs[layer], parameters[layer], outputs[layer + 1])
        np.dot(delta.T, outputs[layer], out=grad_W)
        column_sums(delta, out=grad_b)
        if layer > 0:  # the gradient with respect to the data is not needed
            delta = np.dot(delta, W)


def _slope(
    activation: Activation, A_below: np.ndarray, layer: tuple[np.ndarray, np.ndarray], A: np.ndarray
) -> np.ndarray:
    """The derivative of a layer's activation, from the output that was kept or from the input, computed again."""
    return activation.slope(A if activation.from_output else _affine(A_below, *layer))


def _with_dropout(
    activations: Sequence[Activation],
    X: np.ndarray,
    parameters: Parameters,
    rate: float,
    rng: np.random.Generator | None,
) -> Sequence[Activation]:
    """The activations of a network with dropout after each hidden layer."""
    if check.number("dropout_rate", rate, least=0, below=1) == 0:
        return activations
    rng = check.generator("rng", rng)
    hidden = [np.ones((len(X), len(b)), dtype=b.real.dtype) for _, b in parameters[:-1]]
    masks = [regularization.dropout(ones, rate, rng)[1] for ones in hidden]
    return [*(_dropped(g, mask, rate) for g, mask in zip(activations, masks)), activations[-1]]


def _dropped(activation: Activation, mask: np.ndarray, rate: float) -> Activation:
    """An activation that is followed by a dropout mask, 0 or 1/(1 - rate), as one activation."""

    def function(z: np.ndarray) -> np.ndarray:
        return mask * (activation.in_place or activation.function)(z)

    def slope(of: np.ndarray) -> np.ndarray:
        if activation.from_output:
            of = of * (1 - rate)  # the output before dropout, wherever it was not dropped
        return mask * activation.slope(of)

    return Activation(function, slope, activation.from_output, analytic=activation.analytic)


class _Place(NamedTuple):
    """Where the parameters of a layer lie in the flat vector."""

    W: slice
    shape: tuple[int, int]
    b: slice


@lru_cache  # training asks for the same places at every step
def _places(*sizes: int) -> tuple[_Place, ...]:
    places, start = [], 0
    for n_in, n_out in pairwise(sizes):
        middle, stop = start + n_out * n_in, start + n_out * (n_in + 1)
        places.append(_Place(slice(start, middle), (n_out, n_in), slice(middle, stop)))
        start = stop
    return tuple(places)


def _with_places(theta: np.ndarray, sizes: Sequence[int]) -> tuple[np.ndarray, tuple[_Place, ...]]:
    """The flat vector, if it has one entry a parameter, and the places of the parameters in it."""
    places = _places(*_sizes(sizes))
    return check.array("theta", theta, (places[-1].b.stop,), analytic=True), places


def _views(theta: np.ndarray, places: Sequence[_Place]) -> Parameters:
    return [(theta[W].reshape(shape), theta[b]) for W, shape, b in places]


def _at_least_precision_of(X: np.ndarray, parameters: Parameters) -> Parameters:
    """The parameters in one dtype that holds both them and X, so that nothing is lost where a layer works in place."""
    parts = [part for layer in parameters for part in layer]
    if all(part.dtype == X.dtype for part in parts):
        return parameters
    dtype = np.result_type(X, *parts)
    return [(W.astype(dtype, copy=False), b.astype(dtype, copy=False)) for W, b in parameters]


def _sizes(sizes: Sequence[int]) -> list[int]:
    sizes = check.sequence("sizes", sizes, "a list of widths such as [2, 3, 1]")
    sizes = check.integers("sizes", sizes, least=1)
    if len(sizes) < 2:
        raise ValueError(f"sizes must have at least two widths, input and output, got {sizes}")
    return sizes


def _activations(activations: Activations, parameters: Parameters) -> list[Activation]:
    """One record a layer."""
    given: Sequence[str | Activation]
    if isinstance(activations, (str, Activation)):
        given = [activations] * len(parameters)
    elif isinstance(activations, list):
        given = activations
    else:
        expected = f"a name such as 'relu', an activations.Activation, or a list with one a layer ({len(parameters)})"
        given = check.sequence("activations", activations, expected)
    if len(given) != len(parameters):
        raise ValueError(f"activations must name one activation a layer, {len(parameters)}, got {len(given)}")
    records = [_activation(i, one) for i, one in enumerate(given)]
    if parameters[0][0].dtype.kind == "c":
        for i, record in enumerate(records):
            if not record.analytic:
                raise TypeError(f"activations[{i}] must be analytic for complex input, got {given[i]!r}")
    return records


def _activation(layer: int, one: str | Activation) -> Activation:
    if isinstance(one, str) and one in ACTIVATIONS:
        return ACTIVATIONS[one]
    name = f"activations[{layer}]"
    if not isinstance(one, Activation):
        if isinstance(one, str):
            check.choice(name, one, list(ACTIVATIONS))
        raise TypeError(
            f"{name} must be one of {', '.join(ACTIVATIONS)}, or an activations.Activation, got {check.kind(one)}"
        )
    if any(one is own for own in ACTIVATIONS.values()):
        return one
    return one._replace(
        function=_of_one_shape(f"{name}.function", one.function),
        slope=_of_one_shape(f"{name}.slope", one.slope),
        in_place=None if one.in_place is None else _of_one_shape(f"{name}.in_place", one.in_place),
    )


def _of_one_shape(name: str, function: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of someone else, which has to return an array of the shape it was given."""
    check.function(name, function)

    def checked(z: np.ndarray) -> np.ndarray:
        shape, dtype = z.shape, z.dtype
        returned = function(z)
        result = check.from_array_like(f"the result of {name}", returned)
        if result.dtype.kind not in "biufc":
            raise TypeError(f"the result of {name} must be an array of numbers, got {check.kind(returned)}")
        if result.shape != shape:
            raise ValueError(f"the result of {name} must have the shape of its argument {shape}, got {result.shape}")
        return result.astype(np.result_type(dtype, result.dtype) if result.dtype.kind == "c" else dtype, copy=False)

    return checked


def _takes_logits(loss: str, activations: Sequence[Activation]) -> None:
    """Refuse an activation between the last layer and a loss that has the sigmoid or softmax in it already."""
    if loss.endswith("_from_logits") and activations[-1] is not IDENTITY:
        names = {record.function: name for name, record in ACTIVATIONS.items()}
        hidden = [names.get(activation.function, "relu") for activation in activations[:-1]]
        raise ValueError(
            f"activations must end with 'identity' for the loss {loss}, which takes logits, "
            f"got {names.get(activations[-1].function, 'another')!r}: write activations={[*hidden, 'identity']}"
        )


def _parameters(parameters: Parameters) -> Parameters:
    expected = "a list with one pair (W, b) a layer"
    if isinstance(parameters, np.ndarray) and parameters.ndim == 1:
        raise TypeError(f"parameters must be {expected}, got a flat vector: unpack(theta, sizes) makes the pairs")
    given = check.sequence("parameters", parameters, expected)
    if len(given) == 0:
        raise ValueError("parameters must have at least one layer, got none")
    checked: Parameters = []
    n_in: check.Dimension = "n_in"
    for i, layer in enumerate(given):
        if not isinstance(layer, tuple | list) or len(layer) != 2:
            raise TypeError(f"parameters[{i}] must be a pair (W, b), got {check.kind(layer)}")
        W = check.array(f"parameters: W of layer {i}", layer[0], ("n_out", n_in), analytic=True)
        b = check.array(f"parameters: b of layer {i}", layer[1], (W.shape[0],), analytic=True)
        checked.append((W, b))
        n_in = W.shape[0]
    return checked
