"""Training loops: an update rule, repeated, and what was seen on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath.optimizers import OPTIMIZERS, clip_by_norm, gradient_descent_step


class Run(NamedTuple):
    """What a training run came to."""

    theta: np.ndarray
    """The last parameters, shape ``(P,)``."""
    losses: np.ndarray
    """The mean training loss of each epoch, over its minibatches, shape ``(epochs,)``."""
    curves: dict[str, np.ndarray]
    """What ``measure`` found before the first epoch and after each, by name, shape ``(epochs + 1,)``."""


@check.overflowing
def gradient_descent(
    loss_and_gradient: Callable[[np.ndarray], tuple[float, np.ndarray]],
    start: np.ndarray,
    learning_rate: float,
    steps: int,
    *,
    progress: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Repeat :math:`\theta \leftarrow \theta - \gamma\, \nabla L(\theta)`, and write down the loss before each step.

    A run that diverges ends early: its last loss is the first one that was not finite.

    Args:
        loss_and_gradient: takes ``theta`` and returns the loss and its gradient.
        start: the parameters to begin with, shape ``(P,)``.
        learning_rate: :math:`\gamma`, not negative.
        steps: how many steps to make.
        progress: show a progress bar (needs tqdm).

    Returns:
        ``(theta, losses)``: the last parameters and the losses at the start and after every step,
        shape ``(steps + 1,)`` for a run that stayed finite.

    Example:
        >>> theta, losses = gradient_descent(lambda t: (float(t @ t), 2 * t), np.array([1.0]), 0.25, 3)
        >>> theta, losses
        (array([0.125]), array([1.      , 0.25    , 0.0625  , 0.015625]))
    """
    theta = check.array("start", start, ("P",)).copy()
    learning_rate = check.number("learning_rate", learning_rate, least=0)
    steps = check.integer("steps", steps)
    check.function("loss_and_gradient", loss_and_gradient)
    losses: list[float] = []
    for _ in _counted(range(steps), progress):
        loss, gradient = _evaluated(loss_and_gradient, theta)
        losses.append(loss)
        if not (np.isfinite(loss) and np.isfinite(gradient).all()):
            return theta, np.array(losses)
        theta = gradient_descent_step(theta, gradient, learning_rate)
    losses.append(_evaluated(loss_and_gradient, theta)[0])
    return theta, np.array(losses)


def minibatches(count: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """The rows of each minibatch of one epoch: every row once, in random order.

    Args:
        count: the number of samples N.
        batch_size: rows in a minibatch; the last one has what remains.
        rng: the random generator to draw the order from.

    Yields:
        Row numbers, shape ``(batch_size,)`` or, in the last one, fewer.

    Example:
        >>> [rows.tolist() for rows in minibatches(5, 2, np.random.default_rng(0))]
        [[2, 4], [3, 0], [1]]
    """
    count = check.integer("count", count, least=1)
    batch_size = check.integer("batch_size", batch_size, least=1)
    order = check.generator("rng", rng).permutation(count)
    return (order[first : first + batch_size] for first in range(0, count, batch_size))


@check.overflowing
def train(
    loss_and_gradient: Callable[..., tuple[float, np.ndarray]],
    start: np.ndarray,
    data: Sequence[np.ndarray],
    *,
    rng: np.random.Generator,
    epochs: int,
    batch_size: int,
    learning_rate: float,
    optimizer: str | Callable[..., tuple[np.ndarray, Any]] = "adam",
    max_norm: float | None = None,
    measure: Callable[[np.ndarray], dict[str, float]] | None = None,
    progress: bool = False,
) -> Run:
    r"""Minimize the mean loss over a data set, minibatch by minibatch: :math:`\theta^* = \arg\min_\theta L(\theta)`.

    A run that diverges ends early, with the first loss that was not finite.

    Args:
        loss_and_gradient: takes ``theta`` and the rows of each array of ``data`` that are in the minibatch, and returns
            the mean loss over them and its gradient, such as ``lambda theta, X, y: network.loss_and_gradient(...)``.
        start: the parameters to begin with, shape ``(P,)``.
        data: arrays with one sample a row, such as ``(X, y)``.
        rng: the random generator that the order of the samples is drawn from.
        epochs: how often to go through the data.
        batch_size: rows in a minibatch.
        learning_rate: of the optimizer.
        optimizer: a name in ``optimizers.OPTIMIZERS``, such as ``"sgd"`` or ``"adam"``; or a function like those in
            ``optimizers``, such as ``functools.partial(momentum_step, momentum=0.5)``.
        max_norm: clip the gradient to this norm; ``None`` not to.
        measure: takes ``theta`` and returns named numbers: the learning curves.
        progress: show a progress bar (needs tqdm).

    Returns:
        The ``Run``.

    Example:
        >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([1.0, 3.0, 5.0, 7.0])
        >>> def loss_and_gradient(theta, X, y):
        ...     residuals = theta[0] * X[:, 0] + theta[1] - y
        ...     return np.mean(residuals**2), 2 * np.array([np.mean(residuals * X[:, 0]), np.mean(residuals)])
        >>> run = train(
        ...     loss_and_gradient,
        ...     np.zeros(2),
        ...     (X, y),
        ...     rng=np.random.default_rng(0),
        ...     epochs=400,
        ...     batch_size=2,
        ...     learning_rate=0.1,
        ...     optimizer="sgd",
        ... )
        >>> run.theta.round(6)
        array([2., 1.])
    """
    theta = check.array("start", start, ("P",)).copy()
    data, count = _samples(data)
    rng = check.generator("rng", rng)
    epochs = check.integer("epochs", epochs)
    batch_size = check.integer("batch_size", batch_size, least=1)
    learning_rate = check.number("learning_rate", learning_rate, least=0)
    check.function("loss_and_gradient", loss_and_gradient)
    step = _step_of(optimizer)
    if max_norm is not None:
        max_norm = check.number("max_norm", max_norm, above=0)
    state: Any = None
    losses: list[float] = []
    measured: list[dict[str, float]] = []
    if measure is not None:
        measured.append(_measured(measure, theta, None))
    for _ in _counted(range(epochs), progress):
        total = 0.0
        for rows in minibatches(count, batch_size, rng):
            loss, gradient = _evaluated(loss_and_gradient, theta, *(array[rows] for array in data))
            if not (np.isfinite(loss) and np.isfinite(gradient).all()):
                return Run(theta, np.array([*losses, loss]), _curves(measured))
            total += float(loss) * len(rows)
            if max_norm is not None:
                gradient = clip_by_norm(gradient, max_norm)
            theta, state = step(theta, gradient, state, learning_rate)
        losses.append(total / count)
        if measure is not None:
            measured.append(_measured(measure, theta, measured[0]))
    return Run(theta, np.array(losses), _curves(measured))


def split(
    data: Sequence[np.ndarray], fraction: float, rng: np.random.Generator
) -> tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]:
    """Divide the samples at random: one part to learn from, one to test on what was not seen.

    Args:
        data: arrays with one sample a row, such as ``(X, y)``.
        fraction: the share of the samples that is held out, between 0 and 1; rounded to whole samples.
        rng: the random generator to draw from.

    Returns:
        ``(kept, held_out)``, each with the same arrays as ``data``.

    Example:
        >>> (X, y), (X_test, y_test) = split((np.eye(4), np.arange(4)), 0.25, np.random.default_rng(0))
        >>> y, y_test
        (array([0, 1, 3]), array([2]))
    """
    data, count = _samples(data)
    held_out = round(check.number("fraction", fraction, above=0, below=1) * count)
    if not 0 < held_out < count:
        raise ValueError(f"fraction must leave samples in both parts, got {fraction} of {count} samples")
    order = check.generator("rng", rng).permutation(count)
    chosen, rest = np.sort(order[:held_out]), np.sort(order[held_out:])
    return tuple(array[rest] for array in data), tuple(array[chosen] for array in data)


def accuracy(scores: np.ndarray, labels: np.ndarray) -> float:
    """The share of samples whose largest score is that of their class.

    Args:
        scores: logits or probabilities, one sample a row, shape ``(N, K)``. Of equal scores the first counts.
        labels: integer class labels from 0 to K - 1, shape ``(N,)``.

    Returns:
        A number from 0 to 1.

    Example:
        >>> accuracy(np.array([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0], [1.0, 0.0]]), np.array([0, 1, 0, 1]))
        0.75
    """
    scores = check.array("scores", scores, ("N", "K"))
    labels = check.labels("labels", labels, *scores.shape)
    return float(np.mean(np.argmax(scores, axis=1) == labels))


def _evaluated(
    loss_and_gradient: Callable[..., tuple[float, np.ndarray]], theta: np.ndarray, *batch: np.ndarray
) -> tuple[float, np.ndarray]:
    """What a function that was passed in returned, if it is a loss and a gradient; they may be infinite or NaN."""
    result = loss_and_gradient(theta, *batch)
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise TypeError(f"loss_and_gradient must return a pair (loss, gradient), got {check.kind(result)}")
    loss = check.from_array_like("the loss that loss_and_gradient returned", result[0])
    gradient = check.from_array_like("the gradient that loss_and_gradient returned", result[1])
    if loss.ndim > 0 or loss.dtype.kind not in "iuf":
        raise TypeError(f"loss_and_gradient must return the loss as one number, got {check.kind(result[0])}")
    if gradient.dtype.kind not in "iuf":
        raise TypeError(f"loss_and_gradient must return the gradient as an array, got {check.kind(result[1])}")
    check.same_shape("the gradient that loss_and_gradient returned", gradient, "theta", theta)
    return result[0], gradient


def _step_of(optimizer: str | Callable[..., tuple[np.ndarray, Any]]) -> Callable[..., tuple[np.ndarray, Any]]:
    """The update rule of a name; one that was passed in has to return the next parameters and its state."""
    if not callable(optimizer):
        return OPTIMIZERS[check.choice("optimizer", optimizer, list(OPTIMIZERS))]
    rule = optimizer

    def step(theta: np.ndarray, gradient: np.ndarray, state: Any, learning_rate: float) -> tuple[np.ndarray, Any]:
        result = rule(theta, gradient, state, learning_rate)
        if not isinstance(result, tuple | list) or len(result) != 2:
            raise TypeError(f"optimizer must return a pair (theta, state), got {check.kind(result)}")
        following = check.array("the theta that optimizer returned", result[0])
        check.same_shape("the theta that optimizer returned", following, "theta", theta)
        return following, result[1]

    return step


def _measured(
    measure: Callable[[np.ndarray], dict[str, float]], theta: np.ndarray, before: dict[str, float] | None
) -> dict[str, float]:
    """What ``measure`` returned, if it is one number a name, with the names it had before."""
    values = check.function("measure", measure)(theta)
    if not isinstance(values, dict):
        raise TypeError(f"measure must return a dict of named numbers, got {check.kind(values)}")
    for name, value in values.items():
        if np.ndim(value) > 0 or np.asarray(value).dtype.kind not in "biuf":
            raise TypeError(f"measure must return one number for each name, got {check.kind(value)} for {name!r}")
    if before is not None and before.keys() != values.keys():
        raise ValueError(f"measure must return the same names each time, {list(before)}, got {list(values)}")
    return values


def _samples(data: Sequence[np.ndarray]) -> tuple[tuple[np.ndarray, ...], int]:
    """The arrays, and how many samples they have."""
    if isinstance(data, np.ndarray | str | bytes) or not isinstance(data, Sequence):
        raise TypeError(f"data must be a tuple of arrays such as (X, y), got {type(data).__name__}")
    arrays = tuple(check.from_array_like(f"data[{i}]", array) for i, array in enumerate(data))
    if len(arrays) == 0:
        raise ValueError("data must have at least one array, got none")
    for i, array in enumerate(arrays):
        if array.ndim == 0 or len(array) == 0:
            raise ValueError(f"data[{i}] must have one sample a row, got shape {array.shape}")
        if len(array) != len(arrays[0]):
            raise ValueError(f"data[{i}] must have as many rows as data[0], got {len(array)} against {len(arrays[0])}")
    return arrays, len(arrays[0])


def _curves(measured: list[dict[str, float]]) -> dict[str, np.ndarray]:
    return {name: np.array([values[name] for values in measured]) for name in (measured[0] if measured else ())}


def _counted(steps: range, progress: bool) -> Iterable[int]:
    """The steps, with a progress bar if one is asked for: only then is tqdm imported."""
    if not progress:
        return steps
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise ImportError("progress=True needs tqdm: pip install tqdm") from None
    return tqdm(steps)
