"""The affine layer, forward and backward."""

from __future__ import annotations

import numpy as np

from dlmath import _check as check
from dlmath._stable import total


@check.overflowing
def affine(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    r"""The affine layer :math:`\mathbf z = \mathbf W \mathbf x + \mathbf b`, for one sample or a batch.

    A batch has one sample a row, and then the same line reads :math:`\mathbf Z = \mathbf X \mathbf W^T + \mathbf b`.

    Args:
        X: inputs, shape ``(n_in,)`` or ``(N, n_in)``.
        W: weights, shape ``(n_out, n_in)``.
        b: biases, shape ``(n_out,)``.

    Returns:
        Pre-activations, shape ``(n_out,)`` or ``(N, n_out)``.

    Example:
        >>> W, b = np.array([[1.0, 2.0], [0.0, -1.0]]), np.array([0.5, 0.0])
        >>> affine(np.array([3.0, 1.0]), W, b)
        array([ 5.5, -1. ])
    """
    W = check.array("W", W, ("n_out", "n_in"), analytic=True)
    n_out, n_in = W.shape
    X = check.array("X", X, (n_in,), ("N", n_in), analytic=True)
    b = check.array("b", b, (n_out,), analytic=True)
    return X @ W.T + b


@check.overflowing
def affine_backward(grad_Z: np.ndarray, X: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Pull a gradient back through the affine layer.

    With :math:`\mathbf G = \partial L / \partial \mathbf Z`,

    .. math::
        \frac{\partial L}{\partial \mathbf X} = \mathbf G \mathbf W, \qquad
        \frac{\partial L}{\partial \mathbf W} = \mathbf G^T \mathbf X, \qquad
        \frac{\partial L}{\partial \mathbf b} = \mathbf G^T \mathbf 1 .

    Args:
        grad_Z: gradient with respect to the layer's output, shape ``(n_out,)`` or ``(N, n_out)``.
        X: the inputs the layer was given, shape ``(n_in,)`` or ``(N, n_in)``.
        W: its weights, shape ``(n_out, n_in)``.

    Returns:
        The gradients ``(grad_X, grad_W, grad_b)``, each of the shape of what it differentiates.

    Example:
        >>> X, W = np.array([[3.0, 1.0]]), np.array([[1.0, 2.0]])
        >>> grad_X, grad_W, grad_b = affine_backward(np.array([[2.0]]), X, W)
        >>> grad_X, grad_W, grad_b
        (array([[2., 4.]]), array([[6., 2.]]), array([2.]))
    """
    W = check.array("W", W, ("n_out", "n_in"), analytic=True)
    n_out, n_in = W.shape
    X = check.array("X", X, (n_in,), ("N", n_in), analytic=True)
    grad_Z = check.array("grad_Z", grad_Z, (*X.shape[:-1], n_out), analytic=True)
    grad_Z = check.in_precision_of(grad_Z, X, W)
    if X.ndim == 1:
        return grad_Z @ W, np.outer(grad_Z, X), grad_Z.copy()
    return grad_Z @ W, grad_Z.T @ X, total(grad_Z, axis=0)
