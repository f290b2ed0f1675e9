"""Loss functions and their gradients with respect to the predictions."""

from __future__ import annotations

import numpy as np

from dlmath import _check as check


@np.errstate(over="ignore", invalid="ignore")
def mse(predictions: np.ndarray, targets: np.ndarray) -> float:
    r"""Mean squared error, :math:`L = \frac1N \sum_{i=1}^{N} \|\hat{\mathbf y}_i - \mathbf y_i\|^2`.

    The mean is over the N samples; the squares of a sample with several outputs are added. (PyTorch's ``mse_loss``
    divides by the number of outputs as well.)

    Args:
        predictions: :math:`\hat{\mathbf Y}`, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf Y`, exactly the shape of ``predictions``.

    Returns:
        The loss, in squared units of the targets.

    Raises:
        TypeError: an argument is not an array of numbers.
        ValueError: the shapes differ (``(N,)`` against ``(N, 1)`` too), or an argument is empty or contains NaN.

    Example:
        >>> float(mse(np.array([1.0, 2.0]), np.array([0.0, 4.0])))
        2.5
    """
    predictions, targets = _pair(predictions, targets)
    residuals = predictions - targets
    return np.sum(residuals * residuals) / len(residuals)


@np.errstate(over="ignore", invalid="ignore")
def mse_grad(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""The gradient of the mean squared error, :math:`\partial L/\partial\hat{\mathbf Y} = \frac2N(\hat{\mathbf Y} - \mathbf Y)`.

    Args:
        predictions: :math:`\hat{\mathbf Y}`, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf Y`, exactly the shape of ``predictions``.

    Returns:
        The gradient, the shape of ``predictions``.

    Raises:
        TypeError: an argument is not an array of numbers.
        ValueError: the shapes differ, or an argument is empty or contains NaN.

    Example:
        >>> mse_grad(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
        array([ 1., -2.])
    """
    predictions, targets = _pair(predictions, targets)
    return (2 / len(predictions)) * (predictions - targets)


def _pair(predictions: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predictions = check.array("predictions", predictions, ("N",), ("N", "n_out"), analytic=True)
    targets = check.array("targets", targets, analytic=True)
    check.same_shape("targets", targets, "predictions", predictions)
    return predictions, targets
