"""Update rules: one step from parameters and a gradient to the next parameters."""

from __future__ import annotations

import numpy as np

from dlmath import _check as check


@np.errstate(over="ignore", invalid="ignore")
def gradient_descent_step(theta: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
    r"""One step of gradient descent, :math:`\theta \leftarrow \theta - \gamma\, \partial L/\partial\theta` (Cauchy, 1847).

    Args:
        theta: parameters, any shape.
        gradient: :math:`\partial L/\partial\theta`, the shape of ``theta``.
        learning_rate: :math:`\gamma \ge 0`, in units of theta squared over loss.

    Returns:
        The new parameters, in a new array.

    Raises:
        TypeError: an argument is not of real numbers.
        ValueError: the shapes differ, NaN or empty arrays, or a negative learning rate.

    Example:
        >>> gradient_descent_step(np.array([1.0, 2.0]), np.array([10.0, -10.0]), 0.1)
        array([0., 3.])
    """
    theta = check.array("theta", theta)
    gradient = check.array("gradient", gradient)
    check.same_shape("gradient", gradient, "theta", theta)
    return theta - check.number("learning_rate", learning_rate, least=0) * gradient
