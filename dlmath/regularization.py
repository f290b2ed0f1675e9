"""Regularization: the L2 penalty on the weights, and dropout."""

from __future__ import annotations

import numpy as np

from dlmath import _check as check
from dlmath._stable import times


@check.rounding
def l2_penalty(W: np.ndarray, weight_decay: float, count: int) -> float:
    r"""The L2 penalty, :math:`\frac{\lambda}{2m} \|\mathbf W\|^2` (Hoerl and Kennard, 1970; Krogh and Hertz, 1991).

    The half is there so that the gradient has no factor 2. It is for weights; biases are left free.
    A network's penalty is the sum over its layers.

    Args:
        W: weights, any shape.
        weight_decay: :math:`\lambda \ge 0`, in units of loss over squared weight.
        count: :math:`m`, the number of training samples.

    Returns:
        The penalty, to be added to the loss.

    Example:
        >>> float(l2_penalty(np.array([[3.0, 4.0]]), weight_decay=2.0, count=5))
        5.0
    """
    W = check.array("W", W, analytic=True)
    weight_decay = check.number("weight_decay", weight_decay, least=0, most=check.largest(W))
    count = check.integer("count", count, least=1)
    return np.sum(times(times(weight_decay / (2 * count), W), W))


@check.rounding
def l2_penalty_grad(W: np.ndarray, weight_decay: float, count: int) -> np.ndarray:
    r"""The gradient of the L2 penalty, :math:`\frac{\lambda}{m} \mathbf W`.

    With gradient descent it shrinks every weight by the factor :math:`1 - \gamma\lambda/m` a step, hence "weight
    decay". With Adam it does not, because Adam rescales it: that needs ``optimizers.adamw_step``.

    Args:
        W: weights, any shape.
        weight_decay: :math:`\lambda \ge 0`.
        count: :math:`m`, the number of training samples.

    Returns:
        The gradient, the shape of ``W``.

    Example:
        >>> l2_penalty_grad(np.array([[3.0, 4.0]]), weight_decay=2.0, count=5)
        array([[1.2, 1.6]])
    """
    W = check.array("W", W, analytic=True)
    weight_decay = check.number("weight_decay", weight_decay, least=0, most=check.largest(W))
    count = check.integer("count", count, least=1)
    return times(weight_decay / count, W)


@check.rounding
def dropout(
    X: np.ndarray, rate: float, rng: np.random.Generator, *, training: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    r"""Inverted dropout, :math:`\mathbf X \odot \mathbf D` with a random mask (Srivastava et al., 2014).

    The mask :math:`\mathbf D` is 0 with probability :math:`p` and :math:`1/(1-p)` otherwise; the division keeps the
    expectation, so that at evaluation nothing remains to be done.

    Args:
        X: activations, any shape.
        rate: :math:`p`, the probability of dropping an entry, from 0 up to but not including 1.
        rng: the random generator to draw from; not used at evaluation.
        training: ``False`` at evaluation: nothing is dropped, the mask is 1.

    Returns:
        ``(output, mask)``, both of the shape of ``X``; ``dropout_backward`` needs the mask.

    Example:
        >>> output, mask = dropout(np.array([1.0, 2.0, 3.0, 4.0]), 0.5, np.random.default_rng(0))
        >>> output, mask
        (array([2., 0., 0., 0.]), array([2., 0., 0., 0.]))
        >>> dropout(np.array([1.0, 2.0]), 0.5, np.random.default_rng(0), training=False)[0]
        array([1., 2.])
    """
    X = check.array("X", X, analytic=True)
    rate = check.number("rate", rate, least=0, below=1)
    rng = check.generator("rng", rng)
    mask = np.ones_like(X.real)
    if check.boolean("training", training):
        mask *= rng.random(X.shape) >= rate
        mask /= 1 - rate
    return times(mask, X), mask


@check.rounding
def dropout_backward(grad_output: np.ndarray, mask: np.ndarray) -> np.ndarray:
    r"""Pull a gradient back through dropout: it passes where the activation passed, times the same mask.

    Args:
        grad_output: gradient with respect to the output of ``dropout``, any shape.
        mask: the mask ``dropout`` returned.

    Returns:
        The gradient with respect to the input, :math:`\mathbf G \odot \mathbf D`.

    Example:
        >>> dropout_backward(np.array([1.0, 1.0]), np.array([2.0, 0.0]))
        array([2., 0.])
    """
    grad_output = check.array("grad_output", grad_output, analytic=True)
    mask = check.array("mask", mask)
    check.same_shape("mask", mask, "grad_output", grad_output)
    return times(mask, grad_output)
