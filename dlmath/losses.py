"""Loss functions and their gradients with respect to the predictions.

Every loss is a mean over the N samples of a batch; what a sample has in several outputs is added. A cross-entropy takes
probabilities or, better, logits: from logits it neither overflows nor loses its gradient, and its gradient is the
prediction minus the target. ``*_with_grad`` returns loss and gradient together, for training.
"""

from __future__ import annotations

import numpy as np

from dlmath import _check as check
from dlmath._stable import stable_shift, times, total
from dlmath.activations import sigmoid


@check.overflowing
def mse(predictions: np.ndarray, targets: np.ndarray) -> float:
    r"""Mean squared error, :math:`L = \frac1N \sum_{i=1}^{N} \|\hat{\mathbf y}_i - \mathbf y_i\|^2`.

    The mean is over the N samples; the squares of a sample with several outputs are added. (PyTorch's ``mse_loss``
    divides by the number of outputs as well.)

    Args:
        predictions: :math:`\hat{\mathbf Y}`, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf Y`, exactly the shape of ``predictions``.

    Returns:
        The loss, in squared units of the targets.

    Example:
        >>> float(mse(np.array([1.0, 2.0]), np.array([0.0, 4.0])))
        2.5
    """
    predictions, targets = _pair(predictions, targets)
    residuals = predictions - targets
    return np.sum(residuals * residuals) / len(residuals)


@check.overflowing
def mse_grad(predictions: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""The gradient of mean squared error by the predictions, :math:`\frac2N(\hat{\mathbf Y} - \mathbf Y)`.

    Args:
        predictions: :math:`\hat{\mathbf Y}`, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf Y`, exactly the shape of ``predictions``.

    Returns:
        The gradient, the shape of ``predictions``.

    Example:
        >>> mse_grad(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
        array([ 1., -2.])
    """
    predictions, targets = _pair(predictions, targets)
    return (2 / len(predictions)) * (predictions - targets)


@check.overflowing
def mse_with_grad(predictions: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """``mse`` and ``mse_grad``, from one subtraction.

    Example:
        >>> loss, gradient = mse_with_grad(np.array([1.0, 2.0]), np.array([0.0, 4.0]))
        >>> float(loss), gradient
        (2.5, array([ 1., -2.]))
    """
    return _mse_with_grad(*_pair(predictions, targets))


@check.rounding
@np.errstate(divide="ignore")
def binary_cross_entropy(probabilities: np.ndarray, targets: np.ndarray) -> float:
    r"""Binary cross-entropy, :math:`L = -\frac1N \sum_i \left[y_i \log \hat y_i + (1 - y_i) \log(1 - \hat y_i)\right]`.

    The negative log-likelihood of independent Bernoulli variables. A probability of exactly 0 or 1 is taken at its
    word: the loss is infinite if the target says otherwise, and :math:`0 \log 0 = 0` if it does not. (PyTorch cuts
    the logarithm off at -100, scikit-learn moves the probability by a rounding error.)

    Args:
        probabilities: :math:`\hat{\mathbf y}`, between 0 and 1, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf y`, 0 or 1 or a probability between, exactly the shape of ``probabilities``.

    Returns:
        The loss in nats, the mean over the samples; outputs of one sample are added.

    Example:
        >>> float(binary_cross_entropy(np.array([0.5, 1.0]), np.array([1, 1])).round(6))
        0.346574
    """
    p, y = _bernoulli("probabilities", probabilities, targets)
    return 0 - np.sum(times(y, np.log(p)) + times(1 - y, np.log1p(-p))) / len(y)  # so that no loss is 0.0, not -0.0


@check.rounding
@np.errstate(divide="ignore")
def binary_cross_entropy_grad(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""The gradient of binary cross-entropy with respect to the probabilities.

    .. math::
        \frac{\partial L}{\partial \hat y_i} = \frac1N\left(\frac{1 - y_i}{1 - \hat y_i} - \frac{y_i}{\hat y_i}\right)

    At a probability of exactly 0 or 1 it is infinite if the target says otherwise; a term with a factor of 0 is 0.

    Args:
        probabilities: :math:`\hat{\mathbf y}`, between 0 and 1, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf y`, exactly the shape of ``probabilities``.

    Returns:
        The gradient, the shape of ``probabilities``.

    Example:
        >>> binary_cross_entropy_grad(np.array([0.5, 0.0]), np.array([1, 0]))
        array([-1. ,  0.5])
    """
    p, y = _bernoulli("probabilities", probabilities, targets)
    return (_over(1 - y, 1 - p) - _over(y, p)) / len(y)


@check.rounding
def binary_cross_entropy_from_logits(logits: np.ndarray, targets: np.ndarray) -> float:
    r"""Binary cross-entropy of :math:`\hat y = \sigma(z)`.

    .. math::
        L = \frac1N \sum_i \left[y_i \log(1 + e^{-z_i}) + (1 - y_i) \log(1 + e^{z_i})\right]

    Written with :math:`\log(1 + e^z) = \max(z, 0) + \log(1 + e^{-|z|})` it is exact for logits of any size, also where
    the sigmoid would round to 0 or 1.

    Args:
        logits: :math:`\mathbf z`, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf y`, between 0 and 1, exactly the shape of ``logits``.

    Returns:
        The loss in nats, the mean over the samples; outputs of one sample are added.

    Example:
        >>> float(binary_cross_entropy_from_logits(np.array([-1000.0, 1000.0]), np.array([1, 1])))
        500.0
    """
    z, y = _bernoulli("logits", logits, targets)
    right = z.real > 0
    size = np.where(right, z, -z)
    losses = times(y, np.where(right, 0, -z)) + times(1 - y, np.where(right, z, 0)) + np.log1p(np.exp(-size))
    return np.sum(losses) / len(y)


@check.rounding
def binary_cross_entropy_from_logits_grad(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""The gradient of binary cross-entropy with respect to the logits, :math:`\frac1N(\sigma(\mathbf z) - \mathbf y)`.

    Args:
        logits: :math:`\mathbf z`, shape ``(N,)`` or ``(N, n_out)``.
        targets: :math:`\mathbf y`, between 0 and 1, exactly the shape of ``logits``.

    Returns:
        The gradient, the shape of ``logits``.

    Example:
        >>> binary_cross_entropy_from_logits_grad(np.array([0.0, 0.0]), np.array([1, 0]))
        array([-0.25,  0.25])
    """
    z, y = _bernoulli("logits", logits, targets)
    return (sigmoid(z) - y) / len(y)


def binary_cross_entropy_from_logits_with_grad(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """``binary_cross_entropy_from_logits`` and its gradient.

    Example:
        >>> loss, gradient = binary_cross_entropy_from_logits_with_grad(np.array([0.0]), np.array([1]))
        >>> float(loss.round(6)), gradient
        (0.693147, array([-0.5]))
    """
    return binary_cross_entropy_from_logits(logits, targets), binary_cross_entropy_from_logits_grad(logits, targets)


@check.rounding
@np.errstate(divide="ignore")
def categorical_cross_entropy(probabilities: np.ndarray, targets: np.ndarray) -> float:
    r"""Categorical cross-entropy, :math:`L = -\frac1N \sum_i \sum_k y_{ik} \log \hat y_{ik}`.

    The negative log-likelihood of the classes. A probability of 0 for the class that came gives an infinite loss;
    :math:`0 \log 0 = 0`. The rows of ``probabilities`` are not required to add up to 1: the formula does not use it.

    Args:
        probabilities: :math:`\hat{\mathbf Y}`, between 0 and 1, shape ``(N, K)``.
        targets: integer class labels from 0 to K - 1, shape ``(N,)``; or one distribution a row (one-hot, or soft
            labels), shape ``(N, K)``.

    Returns:
        The loss in nats, the mean over the samples.

    Example:
        >>> probabilities = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]])
        >>> float(categorical_cross_entropy(probabilities, np.array([1, 1])).round(6))
        0.693147
    """
    probabilities = check.array("probabilities", probabilities, ("N", "K"), analytic=True)
    check.unit_interval("probabilities", probabilities)
    targets = _classes(targets, probabilities)
    return 0 - np.sum(_picked(np.log(probabilities), targets)) / len(targets)  # so that no loss is 0.0, not -0.0


@check.rounding
@np.errstate(divide="ignore")
def categorical_cross_entropy_grad(probabilities: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""The gradient of categorical cross-entropy, :math:`-\frac1N\, y_{ik} / \hat y_{ik}`; 0 where :math:`y_{ik} = 0`.

    Args:
        probabilities: :math:`\hat{\mathbf Y}`, between 0 and 1, shape ``(N, K)``.
        targets: integer class labels, shape ``(N,)``, or one distribution a row, shape ``(N, K)``.

    Returns:
        The gradient, the shape of ``probabilities``; :math:`-\infty` at probability 0 of the class that came.

    Example:
        >>> categorical_cross_entropy_grad(np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]]), np.array([1, 1]))
        array([[ 0. , -2. ,  0. ],
               [ 0. , -0.5,  0. ]])
    """
    probabilities = check.array("probabilities", probabilities, ("N", "K"), analytic=True)
    check.unit_interval("probabilities", probabilities)
    targets = _classes(targets, probabilities)
    if targets.ndim == 2:
        return -_over(targets, probabilities) / len(targets)
    gradient = np.zeros_like(probabilities)
    of_class = np.arange(len(targets)), targets
    gradient[of_class] = -1 / probabilities[of_class] / len(targets)
    return gradient


def categorical_cross_entropy_from_logits(logits: np.ndarray, targets: np.ndarray) -> float:
    r"""Categorical cross-entropy of :math:`\hat{\mathbf y} = \operatorname{softmax}(\mathbf z)`.

    For the class :math:`c` that came, a sample's loss is :math:`\log\sum_k e^{z_k} - z_c`.

    Args:
        logits: :math:`\mathbf Z`, shape ``(N, K)``; :math:`-\infty` for a class that is ruled out.
        targets: integer class labels from 0 to K - 1, shape ``(N,)``; or one distribution a row, shape ``(N, K)``.

    Returns:
        The loss in nats, the mean over the samples.

    Example:
        >>> float(categorical_cross_entropy_from_logits(np.array([[0.0, 1000.0], [0.0, 1000.0]]), np.array([0, 1])))
        500.0
    """
    return categorical_cross_entropy_from_logits_with_grad(logits, targets)[0]


@check.rounding
def categorical_cross_entropy_from_logits_grad(logits: np.ndarray, targets: np.ndarray) -> np.ndarray:
    r"""The gradient with respect to the logits, :math:`\frac1N(\operatorname{softmax}(\mathbf z) - \mathbf y)`.

    Args:
        logits: :math:`\mathbf Z`, shape ``(N, K)``.
        targets: integer class labels, shape ``(N,)``, or one distribution a row, shape ``(N, K)``.

    Returns:
        The gradient, the shape of ``logits``.

    Example:
        >>> categorical_cross_entropy_from_logits_grad(np.zeros((1, 4)), np.array([2]))
        array([[ 0.25,  0.25, -0.75,  0.25]])
    """
    return categorical_cross_entropy_from_logits_with_grad(logits, targets)[1]


@check.rounding
def categorical_cross_entropy_from_logits_with_grad(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    r"""``categorical_cross_entropy_from_logits`` and its gradient, from one pass of exponentials.

    It needs memory for one array of shape ``(N, K)``, in which the exponentials turn into the gradient.

    Example:
        >>> loss, gradient = categorical_cross_entropy_from_logits_with_grad(np.zeros((1, 4)), np.array([2]))
        >>> float(loss.round(6)), gradient
        (1.386294, array([[ 0.25,  0.25, -0.75,  0.25]]))
    """
    logits = check.array("logits", logits, ("N", "K"), analytic=True)
    return _categorical_cross_entropy_from_logits_with_grad(logits, _classes(targets, logits))


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Class labels as vectors: 1 at the place of the class, 0 elsewhere.

    Args:
        labels: integers from 0 to K - 1, shape ``(N,)``.
        classes: K, the number of classes.

    Returns:
        One row a label, shape ``(N, K)``.

    Example:
        >>> one_hot(np.array([2, 0]), 3)
        array([[0., 0., 1.],
               [1., 0., 0.]])
    """
    classes = check.integer("classes", classes, least=1)
    labels = check.labels("labels", labels, np.size(check.from_array_like("labels", labels)), classes)
    vectors = np.zeros((len(labels), classes))
    vectors[np.arange(len(labels)), labels] = 1
    return vectors


LOSSES = {
    "mse": mse_with_grad,
    "binary_cross_entropy_from_logits": binary_cross_entropy_from_logits_with_grad,
    "categorical_cross_entropy_from_logits": categorical_cross_entropy_from_logits_with_grad,
}
"""The losses that training can name; each returns the loss and its gradient."""


def _of_outputs(loss: str, outputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """A loss of ``LOSSES`` and its gradient, of outputs that were computed just now: only the targets are checked."""
    if loss == "mse":
        return _mse_with_grad(outputs, _alike(targets, outputs))
    if loss == "categorical_cross_entropy_from_logits":
        return _categorical_cross_entropy_from_logits_with_grad(outputs, _classes(targets, outputs))
    return LOSSES[loss](outputs, targets)


def _mse_with_grad(predictions: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    residuals = predictions - targets
    flat = residuals.ravel()
    loss = np.dot(flat, flat) / len(residuals)
    residuals *= 2 / len(residuals)
    return loss, residuals


def _categorical_cross_entropy_from_logits_with_grad(
    logits: np.ndarray, targets: np.ndarray
) -> tuple[float, np.ndarray]:
    count = len(logits)
    shifted = logits - stable_shift("logits", logits, axis=1)
    of_targets = _picked(shifted, targets).sum()
    exponentials = np.exp(shifted, out=shifted)
    of_all = total(exponentials, axis=1, keepdims=True)
    of_all[of_all == 0] = 1  # a row of -infinity: its softmax is 0
    loss = (np.log(of_all).sum() - of_targets) / count
    of_all *= count
    gradient = np.divide(exponentials, of_all, out=exponentials)
    if targets.ndim == 1:
        gradient[np.arange(count), targets] -= 1 / count
    else:
        gradient -= targets / count
    return loss, gradient


def _pair(predictions: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    predictions = check.array("predictions", predictions, ("N",), ("N", "n_out"), analytic=True)
    return predictions, _alike(targets, predictions)


def _alike(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Targets of the shape and precision of predictions."""
    targets = check.array("targets", targets, analytic=True)
    check.same_shape("targets", targets, "predictions", predictions)
    return check.in_precision_of(targets, predictions)


def _bernoulli(name: str, value: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities or logits, and targets in [0, 1] of the same shape and precision."""
    value = check.array(name, value, ("N",), ("N", "n_out"), analytic=True)
    if name == "probabilities":
        check.unit_interval(name, value)
    targets = check.array("targets", targets)
    check.same_shape("targets", targets, name, value)
    check.unit_interval("targets", targets)
    return value, check.in_precision_of(targets, value)


def _classes(targets: np.ndarray, predictions: np.ndarray) -> np.ndarray:
    """Class labels (N,), or one distribution a row (N, K)."""
    count, classes = predictions.shape
    targets = check.from_array_like("targets", targets)
    if targets.ndim < 2:
        return check.labels("targets", targets, count, classes)
    if targets.shape != predictions.shape:
        raise ValueError(
            f"targets must have shape ({count},) for class labels or ({count}, {classes}) for one distribution a row, "
            f"got {targets.shape}"
        )
    targets = check.array("targets", targets)
    check.unit_interval("targets", targets)
    totals = targets.sum(axis=1)
    worst = totals[np.argmax(np.abs(totals - 1))]
    if abs(worst - 1) > 1e-5:
        raise ValueError(
            f"targets must be distributions, rows that add up to 1, got a row that adds up to {float(worst)!r}"
        )
    return check.in_precision_of(targets, predictions)


def _picked(values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The values at the labels, or all values weighted by the distributions."""
    return values[np.arange(len(values)), targets] if targets.ndim == 1 else times(targets, values)


def _over(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    r"""The quotient, with :math:`0 / 0 = 0`: what has no weight does not count."""
    return np.divide(weights, values, out=np.zeros_like(values), where=weights != 0)
