"""Activation functions and their derivatives.

``f(z)`` is the function and ``f_grad(z)`` its element-wise derivative, both of the shape of ``z``.
``ACTIVATIONS`` has one record for each: what a layer of a network needs to apply it and to differentiate it.
Softmax mixes the entries along an axis, so it has a Jacobian, and a ``*_backward`` that pulls a gradient back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath._stable import exp, stable_shift, times, total

NEGATIVE_SLOPE = 0.01
"""The slope of the leaky rectified linear unit on the left, if no other is given."""


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


@check.rounding
def sigmoid(z: np.ndarray) -> np.ndarray:
    r"""The logistic sigmoid, :math:`\sigma(z) = 1 / (1 + e^{-z})`, between 0 and 1.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        :math:`\sigma(z)`, the shape of ``z``.

    Example:
        >>> sigmoid(np.array([0.0, np.log(3.0), -1000.0]))
        array([0.5 , 0.75, 0.  ])
    """
    # Far on the left e^{-z} overflows to infinity: 1/(1 + infinity) is 0, less than 1e-308 away from the truth.
    z = check.array("z", z, analytic=True)
    return 1 / (1 + exp(-z))


@check.rounding
def sigmoid_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the sigmoid, :math:`\sigma'(z) = \sigma(z)\,\sigma(-z)`, at most 1/4.

    It equals :math:`\sigma(1 - \sigma)`; written with :math:`\sigma(-z)` it keeps its precision for large ``z``, where
    :math:`1 - \sigma` cancels to zero.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        :math:`\sigma'(z)`, the shape of ``z``.

    Example:
        >>> sigmoid_grad(np.array([0.0, np.log(3.0)]))
        array([0.25  , 0.1875])
    """
    z = check.array("z", z, analytic=True)
    return sigmoid(z) * sigmoid(-z)


@check.rounding
def tanh(z: np.ndarray) -> np.ndarray:
    r"""The hyperbolic tangent, :math:`\tanh z = 2\sigma(2z) - 1`, between -1 and 1.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        :math:`\tanh z`, the shape of ``z``.

    Example:
        >>> tanh(np.array([0.0, np.log(2.0)]))
        array([0. , 0.6])
    """
    z = check.array("z", z, analytic=True)
    return np.tanh(z)


@check.rounding
def tanh_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the hyperbolic tangent, :math:`1 - \tanh^2 z = 4\,\sigma'(2z)`, at most 1.

    Example:
        >>> tanh_grad(np.array([0.0, np.log(2.0)]))
        array([1.  , 0.64])
    """
    z = check.array("z", z, analytic=True)
    return 4 * sigmoid_grad(2 * z)


def relu(z: np.ndarray) -> np.ndarray:
    r"""The rectified linear unit, :math:`\max(0, z)` (Nair and Hinton, 2010).

    Args:
        z: pre-activations, any shape.

    Returns:
        :math:`\max(0, z)`, the shape of ``z``.

    Example:
        >>> relu(np.array([-1.0, 0.0, 2.0]))
        array([0., 0., 2.])
    """
    z = check.array("z", z)
    return np.maximum(z, 0)


def relu_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the rectified linear unit: 1 where ``z > 0``, else 0.

    At 0 there is no derivative but a range of subgradients, [0, 1]; the book takes 0, as PyTorch and JAX do.

    Example:
        >>> relu_grad(np.array([-1.0, 0.0, 2.0]))
        array([0., 0., 1.])
    """
    z = check.array("z", z)
    return (z > 0).astype(z.dtype)


@check.rounding
def leaky_relu(z: np.ndarray, negative_slope: float = NEGATIVE_SLOPE) -> np.ndarray:
    r"""The leaky rectified linear unit: ``z`` where ``z > 0``, :math:`\alpha z` elsewhere (Maas, Hannun and Ng, 2013).

    Often written :math:`\max(\alpha z, z)`. The two agree for :math:`\alpha \le 1` only: beyond, the maximum picks
    :math:`\alpha z` on the right and :math:`z` on the left. This function keeps its slopes for every :math:`\alpha`.

    Args:
        z: pre-activations, any shape.
        negative_slope: :math:`\alpha \ge 0`, the slope on the left.

    Returns:
        The activations, the shape of ``z``.

    Example:
        >>> leaky_relu(np.array([-1.0, 0.0, 2.0]), negative_slope=0.1)
        array([-0.1,  0. ,  2. ])
    """
    z = check.array("z", z)
    negative_slope = check.number("negative_slope", negative_slope, least=0)
    return _leaky_relu_in_place(z.copy(), negative_slope)


@check.rounding
def leaky_relu_grad(z: np.ndarray, negative_slope: float = NEGATIVE_SLOPE) -> np.ndarray:
    r"""The derivative of the leaky rectified linear unit: 1 where ``z > 0``, else :math:`\alpha`.

    At 0 the book takes the slope of the left, :math:`\alpha`, as PyTorch and JAX do.

    Args:
        z: pre-activations, any shape.
        negative_slope: :math:`\alpha \ge 0`, the slope on the left.

    Returns:
        The derivative, the shape of ``z``.

    Example:
        >>> leaky_relu_grad(np.array([-1.0, 0.0, 2.0]), negative_slope=0.1)
        array([0.1, 0.1, 1. ])
    """
    z = check.array("z", z)
    negative_slope = check.number("negative_slope", negative_slope, least=0)
    return np.where(z > 0, 1, negative_slope).astype(z.dtype)


@check.rounding
def softplus(z: np.ndarray) -> np.ndarray:
    r"""Softplus, :math:`\log(1 + e^z)`: a smooth ReLU (Dugas et al., 2001). Its derivative is the sigmoid.

    Written :math:`\max(z, 0) + \log(1 + e^{-|z|})` it neither overflows nor loses its digits where it is small.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        The activations, the shape of ``z``.

    Example:
        >>> softplus(np.array([-1000.0, np.log(3.0), 1000.0])).round(6)
        array([   0.      ,    1.386294, 1000.      ])
    """
    z = check.array("z", z, analytic=True)
    return _softplus(z)


def softplus_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of softplus: the sigmoid, :math:`1 / (1 + e^{-z})`.

    Example:
        >>> softplus_grad(np.array([0.0, np.log(3.0)]))
        array([0.5 , 0.75])
    """
    return sigmoid(z)


@check.rounding
def silu(z: np.ndarray) -> np.ndarray:
    r"""The sigmoid linear unit, :math:`z\,\sigma(z)` (Elfwing, Uchibe and Doya, 2018), also called swish.

    It falls to :math:`-0.278` at :math:`z = -1.278` and rises again to 0: its output does not tell its input, and the
    derivative has to be taken from the input.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        The activations, the shape of ``z``.

    Example:
        >>> silu(np.array([0.0, np.log(3.0), -1000.0])).round(6)
        array([0.      , 0.823959, 0.      ])
    """
    z = check.array("z", z, analytic=True)
    return times(_sigmoid(z), z)


@check.rounding
def silu_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the sigmoid linear unit, :math:`\sigma(z)\,(1 + z\,\sigma(-z))`.

    Example:
        >>> silu_grad(np.array([0.0, 1000.0]))
        array([0.5, 1. ])
    """
    z = check.array("z", z, analytic=True)
    return _silu_slope(z)


@check.rounding
def gelu(z: np.ndarray) -> np.ndarray:
    r"""The Gaussian error linear unit, :math:`z\,\Phi(z)` (Hendrycks and Gimpel, 2016).

    :math:`\Phi(z) = \frac12\left(1 + \operatorname{erf}(z/\sqrt2)\right)` is the distribution function of the standard
    normal distribution. This is the exact form; the approximation with tanh, which GPT-2 used, is up to 0.0005 away.
    Like ``silu`` it falls and rises again, so its derivative has to be taken from the input.

    Args:
        z: pre-activations, any shape; complex for the complex step.

    Returns:
        The activations, the shape of ``z``.

    Example:
        >>> gelu(np.array([-1.0, 0.0, 1.0])).round(6)
        array([-0.158655,  0.      ,  0.841345])
    """
    z = check.array("z", z, analytic=True)
    return _gelu(z)


@check.rounding
def gelu_grad(z: np.ndarray) -> np.ndarray:
    r"""The derivative of the Gaussian error linear unit, :math:`\Phi(z) + z\,\varphi(z)`.

    :math:`\varphi(z) = e^{-z^2/2}/\sqrt{2\pi}` is the density of the standard normal distribution.

    Example:
        >>> gelu_grad(np.array([-1.0, 0.0, 1.0])).round(6)
        array([-0.083315,  0.5     ,  1.083315])
    """
    z = check.array("z", z, analytic=True)
    return _gelu_slope(z)


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
        ValueError: ``z`` contains :math:`+\infty`, where softmax has no value.

    Example:
        >>> softmax(np.array([0.0, np.log(3.0), -np.inf]))
        array([0.25, 0.75, 0.  ])
    """
    z = check.array("z", z, analytic=True)
    axis = check.axis("axis", axis, z.ndim, "z")
    return softmax_in_place(z.copy(), axis)


@check.rounding
def softmax_in_place(z: np.ndarray, axis: int = -1) -> np.ndarray:
    """Write the softmax of ``z`` over ``z`` and return it: for a floating-point array that the caller owns.

    It is not searched for NaN in a pass of its own: that would take as long as the exponentials.

    Example:
        >>> scores = np.array([0.0, np.log(3.0)])
        >>> softmax_in_place(scores) is scores, scores
        (True, array([0.25, 0.75]))
    """
    check.writable("z", z, analytic=True)
    axis = check.axis("axis", axis, z.ndim, "z")
    z -= stable_shift("z", z, axis)
    np.exp(z, out=z)
    of_all = total(z, axis, keepdims=True)
    z /= np.where(of_all == 0, 1, of_all)
    return z


@check.rounding
def softmax_jacobian(z: np.ndarray) -> np.ndarray:
    r"""The Jacobian of softmax, :math:`\partial s_i/\partial z_j = s_i(\delta_{ij} - s_j)`.

    As a matrix it is :math:`\operatorname{diag}\mathbf s - \mathbf s\mathbf s^T`.

    Args:
        z: logits along the last axis, shape ``(K,)`` or with any axes before, ``(..., K)``.

    Returns:
        One Jacobian for each vector of logits, shape ``(..., K, K)``.

    Raises:
        ValueError: ``z`` contains :math:`+\infty`, where softmax has no value.

    Example:
        >>> softmax_jacobian(np.array([0.0, np.log(3.0)]))
        array([[ 0.1875, -0.1875],
               [-0.1875,  0.1875]])
    """
    z = check.array("z", z, analytic=True)
    s = softmax(z)
    return s[..., :, np.newaxis] * (np.eye(s.shape[-1], dtype=s.dtype) - s[..., np.newaxis, :])


@check.overflowing
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

    Example:
        >>> softmax_backward(np.array([1.0, 0.0]), np.array([0.25, 0.75]))
        array([ 0.1875, -0.1875])
    """
    s = check.array("s", s, analytic=True)
    grad_s = check.array("grad_s", grad_s, analytic=True)
    check.same_shape("grad_s", grad_s, "s", s)
    axis = check.axis("axis", axis, s.ndim, "s")
    return s * (grad_s - total(grad_s * s, axis, keepdims=True))


@check.rounding
def log_softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""The logarithm of softmax, :math:`\log s_i = z_i - \log\sum_j e^{z_j}`, also where softmax underflows to 0.

    Args:
        z: logits, any shape with at least one axis; :math:`-\infty` is allowed, :math:`+\infty` is not.
        axis: the axis along which the probabilities add up to 1.

    Returns:
        :math:`\log\mathbf s`, the shape of ``z``; :math:`-\infty` where softmax is exactly 0.

    Raises:
        ValueError: ``z`` contains :math:`+\infty`, where softmax has no value.

    Example:
        >>> log_softmax(np.array([0.0, -1000.0]))
        array([    0., -1000.])
    """
    z = check.array("z", z, analytic=True)
    axis = check.axis("axis", axis, z.ndim, "z")
    z = z - stable_shift("z", z, axis)
    of_all = total(np.exp(z), axis, keepdims=True)
    z -= np.log(np.where(of_all == 0, 1, of_all))
    return z


@check.overflowing
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

    Example:
        >>> log_softmax_backward(np.array([1.0, 0.0]), np.log([0.25, 0.75]))
        array([ 0.75, -0.75])
    """
    log_s = check.array("log_s", log_s, analytic=True)
    grad_log_s = check.array("grad_log_s", grad_log_s, analytic=True)
    check.same_shape("grad_log_s", grad_log_s, "log_s", log_s)
    axis = check.axis("axis", axis, log_s.ndim, "log_s")
    return grad_log_s - np.exp(log_s) * total(grad_log_s, axis, keepdims=True)


@check.rounding
@np.errstate(divide="ignore")  # the logarithm of a sum of nothing is -infinity
def logsumexp(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""The logarithm of a sum of exponentials, :math:`\log\sum_j e^{z_j}`: a smooth maximum. Its gradient is softmax.

    With the largest entry :math:`z_m` in front it is :math:`z_m + \log(1 + \sum_{j \ne m} e^{z_j - z_m})`, in which
    nothing overflows and nothing is lost against the 1.

    Args:
        z: any shape with at least one axis; infinities are allowed.
        axis: the axis along which to add.

    Returns:
        The shape of ``z`` without the axis; :math:`-\infty` where all entries are.

    Example:
        >>> float(logsumexp(np.array([1000.0, 1000.0 + np.log(3.0), -np.inf])).round(6))
        1001.386294
    """
    z = check.array("z", z, analytic=True)
    axis = check.axis("axis", axis, z.ndim, "z")
    place = np.argmax(z.real, axis=axis, keepdims=True)
    largest = np.take_along_axis(z, place, axis)
    others = exp(z - np.where(np.isfinite(largest), largest, 0))
    np.put_along_axis(others, place, 0, axis)
    return np.squeeze(largest, axis) + np.log1p(total(others, axis))


def logsumexp_grad(z: np.ndarray, axis: int = -1) -> np.ndarray:
    r"""The gradient of ``logsumexp``, :math:`e^{z_i} / \sum_j e^{z_j}`: softmax, which says what is refused.

    Example:
        >>> logsumexp_grad(np.array([0.0, np.log(3.0)]))
        array([0.25, 0.75])
    """
    return softmax(z, axis)


class Activation(NamedTuple):
    """An element-wise activation, as a layer of a network uses it. Own ones are made like those of ``ACTIVATIONS``.

    Example:
        >>> square = Activation(lambda z: z**2, lambda z: 2 * z, from_output=False)
        >>> square.function(np.array([3.0])), square.slope(np.array([3.0]))
        (array([9.]), array([6.]))
    """

    function: Callable[[np.ndarray], np.ndarray]
    """The activation, from the pre-activations z to the outputs a = g(z), of the same shape."""
    slope: Callable[[np.ndarray], np.ndarray]
    """The derivative g'(z), a function of the output a or of the input z."""
    from_output: bool
    """Whether ``slope`` takes the output. A network keeps the outputs only, and computes an input again."""
    in_place: Callable[[np.ndarray], np.ndarray] | None = None
    """The activation written over its argument, an array that the caller owns; ``None`` for ``function``."""
    analytic: bool = False
    """Whether it has no kink, so that it takes complex numbers, for the complex step."""


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + exp(-z))


def _sigmoid_in_place(z: np.ndarray) -> np.ndarray:
    if z.dtype.kind == "c":
        z[...] = _sigmoid(z)
        return z
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


def _leaky_relu_in_place(z: np.ndarray, negative_slope: float = NEGATIVE_SLOPE) -> np.ndarray:
    return np.multiply(z, negative_slope, out=z, where=z < 0)


def _leaky_relu_slope(a: np.ndarray) -> np.ndarray:
    return np.where(a > 0, 1, NEGATIVE_SLOPE).astype(a.dtype)


def _softplus(z: np.ndarray) -> np.ndarray:
    right = z.real > 0
    return np.where(right, z, 0) + np.log1p(np.exp(np.where(right, -z, z)))


def _silu_slope(z: np.ndarray) -> np.ndarray:
    return times(_sigmoid(z), 1 + times(_sigmoid(-z), z))


def _gelu(z: np.ndarray) -> np.ndarray:
    below, _ = _normal(z)
    return times(below, z).astype(z.dtype)


def _gelu_slope(z: np.ndarray) -> np.ndarray:
    below, density = _normal(z)
    return (below + times(density, z)).astype(z.dtype)


def _normal(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    r"""The distribution function and the density of the standard normal distribution, in double precision.

    On the left :math:`\Phi(z) = \frac12 e^{-z^2/2}\, w(-iz/\sqrt2)` keeps its digits, where
    :math:`1 + \operatorname{erf}` cancels; on the right :math:`\Phi(z) = 1 - \Phi(-z)`. The function w is a power
    series in :math:`(L-x)/(L+x)`, with :math:`x = |z|/\sqrt2` (Weideman, 1994, "Computation of the complex error
    function", SIAM J. Numer. Anal. 31, 1497-1518). It takes complex numbers too.
    """
    size = np.minimum(np.abs(z.real), 40).astype(np.float64)  # beyond, the density is 0 in double precision
    if z.dtype.kind == "c":
        size = size + 1j * np.where(z.real > 0, z.imag, -z.imag)
    # The square of a number of single precision is exact in double precision; what remains enters as a factor.
    rough = size.real.astype(np.float32).astype(np.float64)
    bell = np.exp(-rough * rough / 2) * np.exp((rough - size) * (rough + size) / 2)
    to_pole = POLE + size / np.sqrt(2)
    series = np.polyval(SERIES, (2 * POLE - to_pole) / to_pole)
    left = bell * (series / to_pole + 0.5 / np.sqrt(np.pi)) / to_pole
    return np.where(z.real > 0, 1 - left, left), bell / np.sqrt(2 * np.pi)


def _weideman(terms: int) -> tuple[float, np.ndarray]:
    """The number L and the coefficients of Weideman's series, highest power first, by a Fourier transform."""
    pole = np.sqrt(terms / np.sqrt(2))
    t = pole * np.tan(np.arange(1 - 2 * terms, 2 * terms) * np.pi / (4 * terms))
    samples = np.concatenate([[0], np.exp(-t * t) * (pole * pole + t * t)])
    coefficients = np.fft.fft(np.fft.fftshift(samples)).real / (4 * terms)
    return float(pole), coefficients[terms:0:-1]


POLE, SERIES = _weideman(40)  # so many terms that the error is that of rounding


ACTIVATIONS = {
    "identity": Activation(identity, np.ones_like, True, lambda z: z, analytic=True),
    "sigmoid": Activation(sigmoid, _sigmoid_slope, True, _sigmoid_in_place, analytic=True),
    "tanh": Activation(tanh, _tanh_slope, True, lambda z: np.tanh(z, out=z), analytic=True),
    "relu": Activation(relu, lambda a: a > 0, True, lambda z: np.maximum(z, 0, out=z)),
    "leaky_relu": Activation(leaky_relu, _leaky_relu_slope, True, _leaky_relu_in_place),
    "softplus": Activation(softplus, lambda a: -np.expm1(-a), True, _softplus, analytic=True),
    "silu": Activation(silu, _silu_slope, False, lambda z: times(_sigmoid(z), z), analytic=True),
    "gelu": Activation(gelu, _gelu_slope, False, _gelu, analytic=True),
}
"""The activations that a layer of a network can name. The slope of ReLU is true or false, which multiply as 1 and 0."""
