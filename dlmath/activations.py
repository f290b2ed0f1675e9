"""Activation functions and their derivatives.

``f(z)`` is the function and ``f_grad(z)`` its element-wise derivative, both of the shape of ``z``.
A network differentiates from the *outputs* it has kept: ``FROM_OUTPUT`` has the derivatives in that form.
"""

from __future__ import annotations

import numpy as np

from dlmath import _check as check


def identity(z: np.ndarray) -> np.ndarray:
    r"""The identity, for a layer without activation: :math:`g(z) = z`.

    Args:
        z: pre-activations, any shape.

    Returns:
        ``z`` in a new array.

    Example:
        >>> identity(np.array([-1.0, 2.0]))
        array([-1.,  2.])
    """
    return check.array("z", z, analytic=True).copy()


def identity_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the identity: :math:`g'(z) = 1`.

    Example:
        >>> identity_grad(np.array([-1.0, 2.0]))
        array([1., 1.])
    """
    return np.ones_like(check.array("z", z, analytic=True))


@np.errstate(over="ignore")
def sigmoid(z: np.ndarray) -> np.ndarray:
    r"""The logistic sigmoid, :math:`\sigma(z) = 1 / (1 + e^{-z})`, between 0 and 1.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        :math:`\sigma(z)`, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of numbers.
        ValueError: ``z`` is empty or contains NaN.

    Example:
        >>> sigmoid(np.array([0.0, np.log(3.0), -1000.0]))
        array([0.5 , 0.75, 0.  ])
    """
    # Far on the left e^{-z} overflows to infinity, and 1/(1 + infinity) is the right answer: 0.
    return 1 / (1 + np.exp(-check.array("z", z, analytic=True)))


def sigmoid_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the sigmoid, :math:`\sigma'(z) = \sigma(z)\,\sigma(-z)`, at most 1/4.

    It equals :math:`\sigma(1 - \sigma)`; written with :math:`\sigma(-z)` it keeps its precision for large ``z``, where
    :math:`1 - \sigma` cancels to zero.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        :math:`\sigma'(z)`, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of numbers.
        ValueError: ``z`` is empty or contains NaN.

    Example:
        >>> sigmoid_grad(np.array([0.0, np.log(3.0)]))
        array([0.25  , 0.1875])
    """
    return sigmoid(z) * sigmoid(-check.array("z", z, analytic=True))


def tanh(z: np.ndarray) -> np.ndarray:
    r"""The hyperbolic tangent, :math:`\tanh z = 2\sigma(2z) - 1`, between -1 and 1.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        :math:`\tanh z`, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of numbers.
        ValueError: ``z`` is empty or contains NaN.

    Example:
        >>> tanh(np.array([0.0, np.log(2.0)]))
        array([0. , 0.6])
    """
    return np.tanh(check.array("z", z, analytic=True))


@np.errstate(over="ignore")
def tanh_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the hyperbolic tangent, :math:`1 - \tanh^2 z = 4\,\sigma'(2z)`, at most 1.

    Example:
        >>> tanh_grad(np.array([0.0, np.log(2.0)]))
        array([1.  , 0.64])
    """
    return 4 * sigmoid_grad(2 * check.array("z", z, analytic=True))


def relu(z: np.ndarray) -> np.ndarray:
    r"""The rectified linear unit, :math:`\max(0, z)` (Nair and Hinton, 2010).

    Args:
        z: pre-activations, any shape.

    Returns:
        :math:`\max(0, z)`, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of real numbers.
        ValueError: ``z`` is empty or contains NaN.

    Example:
        >>> relu(np.array([-1.0, 0.0, 2.0]))
        array([0., 0., 2.])
    """
    return np.maximum(check.array("z", z), 0)


def relu_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the rectified linear unit: 1 where ``z > 0``, else 0.

    At 0 there is no derivative but a range of subgradients, [0, 1]; the book takes 0, as PyTorch and JAX do.

    Example:
        >>> relu_grad(np.array([-1.0, 0.0, 2.0]))
        array([0., 0., 1.])
    """
    z = check.array("z", z)
    return (z > 0).astype(z.dtype)


ACTIVATIONS = {"identity": identity, "sigmoid": sigmoid, "tanh": tanh, "relu": relu}
"""The element-wise activations a network layer can name."""

FROM_OUTPUT = {
    "identity": lambda a: np.ones_like(a),
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a * a,
    "relu": lambda a: (a > 0).astype(a.dtype),
}
"""Their derivatives g'(z) as functions of the output a = g(z), which the forward pass has kept."""
