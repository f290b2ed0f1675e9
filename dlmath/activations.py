"""Activation functions and their derivatives.

``f(z)`` is the function and ``f_grad(z)`` its element-wise derivative, both of the shape of ``z``.
A network differentiates from the *outputs* it has kept: ``FROM_OUTPUT`` has the derivatives in that form.
Softmax mixes the entries along an axis, so it has a Jacobian, and a ``*_backward`` that pulls a gradient back.
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
    z = check.array("z", z, analytic=True)
    return sigmoid(z) * sigmoid(-z)


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


def leaky_relu(z: np.ndarray, alpha: float = 0.01) -> np.ndarray:
    r"""The leaky rectified linear unit: ``z`` where ``z > 0``, :math:`\alpha z` elsewhere (Maas, Hannun and Ng, 2013).

    Often written :math:`\max(\alpha z, z)`. The two agree for :math:`\alpha \le 1` only: beyond, the maximum picks
    :math:`\alpha z` on the right and :math:`z` on the left. This function keeps its slopes for every :math:`\alpha`.

    Args:
        z: pre-activations, any shape.
        alpha: the slope :math:`\alpha \ge 0` on the left.

    Returns:
        The activations, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of real numbers, or ``alpha`` not a number.
        ValueError: ``z`` is empty or contains NaN, or ``alpha`` is negative.

    Example:
        >>> leaky_relu(np.array([-1.0, 0.0, 2.0]), alpha=0.1)
        array([-0.1,  0. ,  2. ])
    """
    return _leaky_relu_in_place(check.array("z", z).copy(), check.number("alpha", alpha, least=0))


def leaky_relu_grad(z: np.ndarray, alpha: float = 0.01) -> np.ndarray:
    r"""The derivative of the leaky rectified linear unit: 1 where ``z > 0``, else :math:`\alpha`.

    At 0 the book takes the slope of the left, :math:`\alpha`, as PyTorch and JAX do.

    Args:
        z: pre-activations, any shape.
        alpha: the slope :math:`\alpha \ge 0` on the left.

    Returns:
        The derivative, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of real numbers, or ``alpha`` not a number.
        ValueError: ``z`` is empty or contains NaN, or ``alpha`` is negative.

    Example:
        >>> leaky_relu_grad(np.array([-1.0, 0.0, 2.0]), alpha=0.1)
        array([0.1, 0.1, 1. ])
    """
    z = check.array("z", z)
    return np.where(z > 0, 1, check.number("alpha", alpha, least=0)).astype(z.dtype)


def softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Softmax, :math:`s_i = e^{z_i} / \sum_j e^{z_j}`: positive numbers that add up to 1 along an axis (Bridle, 1990).

    Adding a constant to all of ``z`` changes nothing, so the largest entry is subtracted first and no exponential
    overflows. An entry of :math:`-\infty` has probability 0: it is masked. Where all entries are, there is nothing to
    distribute and the result is defined to be 0 throughout (PyTorch returns NaN).

    Args:
        z: logits, any shape with at least one axis; :math:`-\infty` is allowed, :math:`+\infty` is not.
        axis: the axis along which the result adds up to 1.

    Returns:
        :math:`\mathbf s`, the shape of ``z``.

    Raises:
        TypeError: ``z`` is not an array of numbers, or ``axis`` not an integer.
        ValueError: ``z`` is empty, contains NaN or :math:`+\infty`, or has no such axis.

    Example:
        >>> softmax(np.array([0.0, np.log(3.0), -np.inf]))
        array([0.25, 0.75, 0.  ])
    """
    z = check.array("z", z, analytic=True)
    return softmax_in_place(z.copy(), check.axis("axis", axis, z.ndim))


@np.errstate(over="ignore")
def softmax_in_place(z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Write the softmax of ``z`` over ``z`` and return it: for a floating-point array that the caller owns.

    Example:
        >>> scores = np.array([0.0, np.log(3.0)])
        >>> softmax_in_place(scores) is scores, scores
        (True, array([0.25, 0.75]))
    """
    z -= stable_shift("z", z, axis)
    np.exp(z, out=z)
    total = z.sum(axis=axis, keepdims=True)
    z /= np.where(total == 0, 1, total)
    return z


def stable_shift(name: str, z: np.ndarray, axis: int) -> np.ndarray:
    """What to subtract from logits before taking exponentials: their maximum along the axis, 0 if all are -infinity.

    Example:
        >>> stable_shift("z", np.array([[1.0, 3.0], [-np.inf, -np.inf]]), axis=1)
        array([[3.],
               [0.]])
    """
    largest = z.real.max(axis=axis, keepdims=True)
    if np.isfinite(largest).all():
        return largest
    if np.isposinf(largest).any():
        raise ValueError(f"{name} must not contain +infinity: softmax has no value there")
    return np.where(np.isneginf(largest), 0, largest)


def softmax_jacobian(z: np.ndarray) -> np.ndarray:
    r"""The Jacobian of softmax, :math:`\partial s_i/\partial z_j = s_i(\delta_{ij} - s_j)`.

    As a matrix it is :math:`\operatorname{diag}\mathbf s - \mathbf s\mathbf s^T`.

    Args:
        z: logits along the last axis, shape ``(K,)`` or with any axes before, ``(..., K)``.

    Returns:
        One Jacobian for each vector of logits, shape ``(..., K, K)``.

    Raises:
        TypeError: ``z`` is not an array of numbers.
        ValueError: ``z`` is a single number, is empty, or contains NaN or :math:`+\infty`.

    Example:
        >>> softmax_jacobian(np.array([0.0, np.log(3.0)]))
        array([[ 0.1875, -0.1875],
               [-0.1875,  0.1875]])
    """
    s = softmax(z)
    return s[..., :, np.newaxis] * (np.eye(s.shape[-1], dtype=s.dtype) - s[..., np.newaxis, :])


@np.errstate(over="ignore", invalid="ignore")
def softmax_backward(grad_s: np.ndarray, s: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Pull a gradient back through softmax: with :math:`\mathbf g = \partial L/\partial\mathbf s`,

    .. math::
        \frac{\partial L}{\partial \mathbf z} = \mathbf s \odot (\mathbf g - \mathbf g^T\mathbf s) .

    This is the product with the (symmetric) Jacobian, which is never formed.

    Args:
        grad_s: gradient with respect to the output, the shape of ``s``.
        s: what ``softmax`` returned.
        axis: the axis that ``softmax`` was given.

    Returns:
        The gradient with respect to the logits, the shape of ``s``.

    Raises:
        TypeError: an argument is not an array of numbers, or ``axis`` not an integer.
        ValueError: the shapes differ, an argument is empty or contains NaN, or there is no such axis.

    Example:
        >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.25, 0.75]))
        array([ 0.1875, -0.1875])
    """
    s = check.array("s", s, analytic=True)
    grad_s = check.array("grad_s", grad_s, analytic=True)
    check.same_shape("grad_s", grad_s, "s", s)
    axis = check.axis("axis", axis, s.ndim)
    return s * (grad_s - np.sum(grad_s * s, axis=axis, keepdims=True))


@np.errstate(over="ignore")
def log_softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""The logarithm of softmax, :math:`\log s_i = z_i - \log\sum_j e^{z_j}`, also where softmax underflows to 0.

    Args:
        z: logits, any shape with at least one axis; :math:`-\infty` is allowed, :math:`+\infty` is not.
        axis: the axis along which the probabilities add up to 1.

    Returns:
        :math:`\log\mathbf s`, the shape of ``z``; :math:`-\infty` where softmax is exactly 0.

    Raises:
        TypeError: ``z`` is not an array of numbers, or ``axis`` not an integer.
        ValueError: ``z`` is empty, contains NaN or :math:`+\infty`, or has no such axis.

    Example:
        >>> log_softmax(np.array([0.0, -1000.0]))
        array([    0., -1000.])
    """
    z = check.array("z", z, analytic=True)
    axis = check.axis("axis", axis, z.ndim)
    z = z - stable_shift("z", z, axis)
    total = np.exp(z).sum(axis=axis, keepdims=True)
    z -= np.log(np.where(total == 0, 1, total))
    return z


@np.errstate(over="ignore", invalid="ignore")
def log_softmax_backward(grad_log_s: np.ndarray, log_s: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""Pull a gradient back through log-softmax: with :math:`\mathbf g = \partial L/\partial\log\mathbf s`,

    .. math::
        \frac{\partial L}{\partial \mathbf z} = \mathbf g - \mathbf s\,(\mathbf 1^T\mathbf g) .

    Args:
        grad_log_s: gradient with respect to the output, the shape of ``log_s``.
        log_s: what ``log_softmax`` returned.
        axis: the axis that ``log_softmax`` was given.

    Returns:
        The gradient with respect to the logits, the shape of ``log_s``.

    Raises:
        TypeError: an argument is not an array of numbers, or ``axis`` not an integer.
        ValueError: the shapes differ, an argument is empty or contains NaN, or there is no such axis.

    Example:
        >>> log_softmax_backward(np.array([1.0, 0.0]), np.log([0.25, 0.75]))
        array([ 0.75, -0.75])
    """
    log_s = check.array("log_s", log_s, analytic=True)
    grad_log_s = check.array("grad_log_s", grad_log_s, analytic=True)
    check.same_shape("grad_log_s", grad_log_s, "log_s", log_s)
    axis = check.axis("axis", axis, log_s.ndim)
    return grad_log_s - np.exp(log_s) * grad_log_s.sum(axis=axis, keepdims=True)


def _leaky_relu_in_place(z: np.ndarray, alpha: float = 0.01) -> np.ndarray:
    return np.multiply(z, alpha, out=z, where=z <= 0)


def _sigmoid_in_place(z: np.ndarray) -> np.ndarray:
    np.negative(z, out=z)
    np.exp(z, out=z)
    z += 1
    return np.reciprocal(z, out=z)


def _sigmoid_slope(a: np.ndarray) -> np.ndarray:
    """:math:`a(1 - a)`, in one new array."""
    slope = 1 - a
    slope *= a
    return slope


def _tanh_slope(a: np.ndarray) -> np.ndarray:
    """:math:`1 - a^2`, in one new array."""
    slope = a * a
    return np.subtract(1, slope, out=slope)


ACTIVATIONS = {"identity": identity, "sigmoid": sigmoid, "tanh": tanh, "relu": relu, "leaky_relu": leaky_relu}
"""The element-wise activations a network layer can name; the slope of ``"leaky_relu"`` is 0.01."""

IN_PLACE = {
    "identity": lambda z: z,
    "sigmoid": _sigmoid_in_place,
    "tanh": lambda z: np.tanh(z, out=z),
    "relu": lambda z: np.maximum(z, 0, out=z),
    "leaky_relu": _leaky_relu_in_place,
}
"""The same, written over their argument, for arrays that the caller owns."""

FROM_OUTPUT = {
    "identity": lambda a: np.ones_like(a),
    "sigmoid": _sigmoid_slope,
    "tanh": _tanh_slope,
    "relu": lambda a: a > 0,
    "leaky_relu": lambda a: np.where(a > 0, 1, 0.01).astype(a.dtype),
}
"""Their derivatives g'(z) as functions of the output a = g(z), which the forward pass has kept.

That of ReLU is true or false, which multiply as 1 and 0 and take an eighth of the memory."""

NOT_ANALYTIC = ("relu", "leaky_relu")
"""Those that have a kink, which are not for complex numbers."""
