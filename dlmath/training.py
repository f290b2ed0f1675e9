"""Training loops: an update rule, repeated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dlmath import _check as check
from dlmath.optimizers import gradient_descent_step


def gradient_descent(
    loss_and_gradient: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    learning_rate: float,
    steps: int,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Repeat :math:`\theta \leftarrow \theta - \gamma\, \nabla L(\theta)`, and write down the loss before each step.

    A run that diverges ends early: its last loss is the first one that was not finite.

    Args:
        loss_and_gradient: takes ``theta`` and returns the loss and its gradient.
        start: the parameters to begin with, shape ``(P,)``.
        learning_rate: :math:`\gamma`, not negative.
        steps: how many steps to make.

    Returns:
        ``(theta, losses)``: the last parameters and the losses at the start and after every step,
        shape ``(steps + 1,)`` for a run that stayed finite.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: ``start`` is not a vector, is empty or has NaN; a negative learning rate or number of steps.

    Example:
        >>> theta, losses = gradient_descent(lambda t: (float(t @ t), 2 * t), np.array([1.0]), 0.25, 3)
        >>> theta, losses
        (array([0.125]), array([1.      , 0.25    , 0.0625  , 0.015625]))
    """
    theta = check.array("start", start, ("P",)).copy()
    check.number("learning_rate", learning_rate, least=0)
    losses = []
    for _ in range(check.integer("steps", steps)):
        loss, gradient = loss_and_gradient(theta)
        losses.append(loss)
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            return theta, np.array(losses)
        theta = gradient_descent_step(theta, gradient, learning_rate)
    losses.append(loss_and_gradient(theta)[0])
    return theta, np.array(losses)
