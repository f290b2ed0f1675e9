"""Exercises of the chapter on the training objective."""

from __future__ import annotations

import numpy as np

from dlmath import datasets, training
from dlmath.exercises.definition import (
    Chapter,
    Coding,
    Derivation,
    Mistake,
    Prediction,
    Question,
    Reaching,
)


def one_epoch(gradient, theta, X, y, order, batch_size, learning_rate):
    """The parameters after one epoch of minibatch gradient descent.

    gradient is a function: gradient(theta, X, y) is that of the mean loss
    of the given rows. order has all row numbers, in the order of their use.
    The last minibatch has what remains.
    """
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size]
        theta = theta - learning_rate * gradient(theta, X[rows], y[rows])
    return theta


def _of_squares(theta, X, y):
    """The gradient of the mean squared error of a linear model."""
    return 2 * X.T @ (X @ theta - y) / len(y)


def _of_yes_or_no(theta, X, y):
    """The gradient of the mean binary cross-entropy of a linear model."""
    return X.T @ (1 / (1 + np.exp(-X @ theta)) - y) / len(y)


def _epoch_wrongly(*, sign=-1, stale=False, dropped=False, shuffled=True, targets_shuffled=True, scale=len):
    """``one_epoch`` with one of its parts done otherwise."""

    def wrong(gradient, theta, X, y, order, batch_size, learning_rate):
        start, count = theta, len(order)
        stop = count - count % batch_size if dropped else count
        for first in range(0, stop, batch_size):
            plain = np.arange(first, min(first + batch_size, count))
            rows = order[plain] if shuffled else plain
            targets = y[rows] if targets_shuffled else y[plain]
            slope = gradient(start if stale else theta, X[rows], targets)
            theta = theta + sign * learning_rate * slope * scale(rows) / len(rows)
        return theta

    return wrong


def _whole_batch(gradient, theta, X, y, order, batch_size, learning_rate):
    return theta - learning_rate * gradient(theta, X, y)


def _batches(order, batch_size):
    return np.split(order, range(batch_size, len(order), batch_size))


def _only_the_last(gradient, theta, X, y, order, batch_size, learning_rate):
    rows = _batches(order, batch_size)[-1]
    return theta - learning_rate * gradient(theta, X[rows], y[rows])


def _last_gradient(gradient, theta, X, y, order, batch_size, learning_rate):
    rows = _batches(order, batch_size)[-1]
    theta = one_epoch(gradient, theta, X, y, order[: -len(rows)], batch_size, learning_rate)
    return gradient(theta, X[rows], y[rows])


def _whole_set_each_step(gradient, theta, X, y, order, batch_size, learning_rate):
    for _ in _batches(order, batch_size):
        theta = theta - learning_rate * gradient(theta, X, y)
    return theta


def _sliding(gradient, theta, X, y, order, batch_size, learning_rate):
    for first in range(len(order)):
        rows = order[first : first + batch_size]
        theta = theta - learning_rate * gradient(theta, X[rows], y[rows])
    return theta


def _overlapping(gradient, theta, X, y, order, batch_size, learning_rate):
    for first in range(0, len(order), batch_size):
        rows = order[first : first + batch_size + 1]
        theta = theta - learning_rate * gradient(theta, X[rows], y[rows])
    return theta


def _epochs(rng):
    """Minibatches that come out even, that leave a rest, of one row, of all rows and of more than there are."""
    sizes = [(4, 1, 2), (3, 1, 2), (3, 2, 1), (6, 2, 3), (4, 2, 4), (3, 2, 5), (7, 3, 3), (1, 2, 1), (3, 3, 2)]
    inputs = []
    for index, (count, width, batch_size) in enumerate(sizes):
        X, theta = rng.standard_normal((count, width)), rng.standard_normal(width)
        order = np.append(rng.permutation(count - 1) + 1, 0)  # never in the order of the rows
        gradient, y = _of_squares, rng.standard_normal(count)
        if index % 3 == 1:
            gradient, y = _of_yes_or_no, rng.integers(0, 2, count).astype(float)
        inputs.append((gradient, theta, X, y, order, batch_size, (0.1, 0.25)[index % 2]))
    return inputs


def early_stopping(validation_losses, patience):
    """The epoch whose parameters are kept, and the one at which it stops.

    validation_losses[k] is the loss after epoch k, beginning with epoch 0.
    Training stops as soon as the lowest loss so far is patience epochs old.
    If that never happens, it stops with the last epoch. An equal loss is
    no improvement. patience is at least 1. Return (kept, stopped).
    """
    kept = 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[kept]:
            kept = epoch
        if epoch - kept >= patience:
            break
    return kept, epoch


def _stop_wrongly(*, better=lambda loss, best: loss < best, wait=0):
    def wrong(validation_losses, patience):
        kept = 0
        for epoch, loss in enumerate(validation_losses):
            if epoch and better(loss, validation_losses[kept]):
                kept = epoch
            if epoch - kept >= patience + wait:
                break
        return kept, epoch

    return wrong


def _peek(validation_losses, patience):
    return int(np.argmin(validation_losses)), early_stopping(validation_losses, patience)[1]


def _keep_the_last(validation_losses, patience):
    _, stopped = early_stopping(validation_losses, patience)
    return stopped, stopped


def _since_the_last_fall(validation_losses, patience):
    """Counts the epochs in which the loss did not fall below that of the epoch before."""
    kept, waited = 0, 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[kept]:
            kept = epoch
        waited = 0 if epoch == 0 or loss < validation_losses[epoch - 1] else waited + 1
        if waited >= patience:
            break
    return kept, epoch


def _never_reset(validation_losses, patience):
    kept, waited = 0, 0
    for epoch, loss in enumerate(validation_losses):
        if loss < validation_losses[kept]:
            kept = epoch
        elif epoch:
            waited += 1
        if waited >= patience:
            break
    return kept, epoch


def _stop_early(validation_losses, patience):
    kept = 0
    for epoch in range(1, len(validation_losses)):
        if validation_losses[epoch] < validation_losses[kept]:
            kept = epoch
        elif epoch - kept >= patience - 1:
            return kept, epoch
    return kept, len(validation_losses) - 1


def _keep_the_last_if_stopped(validation_losses, patience):
    kept, stopped = early_stopping(validation_losses, patience)
    return (stopped, stopped) if stopped - kept >= patience else (kept, stopped)


def _into_the_future(validation_losses, patience):
    kept = int(np.argmin(validation_losses))
    return kept, min(kept + patience, len(validation_losses) - 1)


def _lower_than_the_last(validation_losses, patience):
    kept, waited, epoch = 0, 0, 0
    for epoch in range(1, len(validation_losses)):
        kept, waited = (epoch, 0) if validation_losses[epoch] < validation_losses[epoch - 1] else (kept, waited + 1)
        if waited >= patience:
            break
    return kept, epoch


def _one_past_the_end(validation_losses, patience):
    kept, stopped = early_stopping(validation_losses, patience)
    return kept, stopped if stopped - kept >= patience else len(validation_losses)


def _histories(rng):
    """Never stopped, stopped, saved in the last moment, ties, one epoch, no improvement, little patience and much."""
    return [
        (np.array(losses), patience)
        for losses, patience in [
            ([3.0, 2.0, 1.0], 2),
            ([3.0, 2.0, 2.5, 2.2, 1.0], 2),
            ([3.0, 2.0, 2.5, 1.5, 1.8, 1.4, 1.6, 1.5, 1.0], 2),
            ([2.0, 1.0, 1.0, 1.0, 1.0, 0.5], 3),
            ([1.0, 2.0, 1.5, 0.5], 1),
            ([1.0, 2.0, 3.0, 0.5, 2.0, 3.0, 4.0], 2),
            ([3.0, 1.0, 2.0, 1.5, 1.8, 1.9], 2),
            ([2.0], 1),
            ([1.0, 2.0, 3.0, 4.0], 3),
            ([3.0, 1.0, 2.0, 4.0], 9),
            ([2e9, 1e9, 3e9, 2e9, 5e8], 2),
            ([-1.0, -3.0, -2.0, -2.5, -4.0], 3),
        ]
    ]


def output_weights(H, Y, Y_hat, lam, m, N):
    return -m / (lam * N) * (Y_hat - Y).T * H


def classifier_gradients(X, labels, W1, b1, W2, b2):
    """The gradients of the mean cross-entropy of a classifier.

    X has shape (N, n_in), labels holds N numbers of classes. The hidden
    layer is a ReLU, and the scores of the classes go into a softmax.
    Return (grad_W1, grad_b1, grad_W2, grad_b2).
    """
    H = np.maximum(X @ W1.T + b1, 0)
    scores = H @ W2.T + b2
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    delta2 = (shares - np.eye(len(b2))[labels]) / len(X)
    delta1 = delta2 @ W2 * (H > 0)
    return delta1.T @ X, delta1.sum(axis=0), delta2.T @ H, delta2.sum(axis=0)


def _wrong_classifier(
    *,
    output=lambda scores: scores,
    shift=lambda scores: scores.max(axis=1, keepdims=True),
    error=lambda shares, targets: shares - targets,
    mean=len,
    back=lambda delta2, W2: delta2 @ W2,
    slope=lambda H: H > 0,
    weigh=lambda delta, A: delta.T @ A,
    total=lambda delta: delta.sum(axis=0),
):
    """``classifier_gradients`` with one of its steps exchanged."""

    def gradients(X, labels, W1, b1, W2, b2):
        H = np.maximum(X @ W1.T + b1, 0)
        scores = output(H @ W2.T + b2)
        exponentials = np.exp(scores - shift(scores))
        shares = exponentials / exponentials.sum(axis=1, keepdims=True)
        delta2 = error(shares, np.eye(len(b2))[labels]) / mean(X)
        delta1 = back(delta2, W2) * slope(H)
        return weigh(delta1, X), total(delta1), weigh(delta2, H), total(delta2)

    return gradients


def _classified(rng):
    """One sample, two classes; equal widths; one hidden unit; several of each; scores of a thousand; and rows of "
    "very different size."""
    cases = []
    for n, n_in, n_hidden, classes, size in [
        (1, 1, 2, 2, 1.0),
        (3, 3, 3, 3, 1.0),
        (5, 2, 4, 3, 1.0),
        (4, 3, 1, 2, 1.0),
        (6, 4, 3, 5, 1.0),
        (4, 3, 5, 3, 1000.0),
    ]:
        W1, W2 = rng.standard_normal((n_hidden, n_in)), rng.standard_normal((classes, n_hidden))
        X, labels = size * rng.standard_normal((n, n_in)), rng.integers(0, classes, n)
        cases.append((X, labels, W1, rng.uniform(0.2, 1, n_hidden), W2, rng.standard_normal(classes)))
    W1, W2 = rng.uniform(0.2, 1, (4, 3)), rng.uniform(0.2, 1, (3, 4))
    X = rng.uniform(0.2, 1, (4, 3)) * np.array([[10000.0], [0.001], [1.0], [30000.0]])
    b1, b2 = rng.uniform(0.2, 1, 4), rng.standard_normal(3)
    cases.append((X[:1], np.array([1]), W1, b1, W2, b2))
    cases.append((X, np.array([0, 1, 2, 0]), W1, b1, W2, b2))
    return cases


def read_digits(X, labels, X_new):
    """The digits in new images, read by a network that learns from others.

    X has shape (N, 64): images of 8 by 8 grey values from 0 to 1, one a row.
    labels has shape (N,), integers from 0 to 9. X_new has shape (M, 64).
    Return M integers.
    """
    rng = np.random.default_rng(0)
    W1, b1 = rng.normal(0, np.sqrt(2 / 64), (64, 64)), np.zeros(64)
    W2, b2 = rng.normal(0, np.sqrt(2 / 64), (10, 64)), np.zeros(10)
    parameters, t = [W1, b1, W2, b2], 0
    m, v = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
    for _ in range(30):
        order = rng.permutation(len(X))
        for first in range(0, len(X), 32):
            rows = order[first : first + 32]
            W1, b1, W2, b2 = parameters
            H = np.maximum(X[rows] @ W1.T + b1, 0)
            scores = H @ W2.T + b2
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            shares = shares / shares.sum(axis=1, keepdims=True)
            delta2 = (shares - np.eye(10)[labels[rows]]) / len(rows)
            delta1 = delta2 @ W2 * (H > 0)
            gradients = [delta1.T @ X[rows], delta1.sum(axis=0), delta2.T @ H, delta2.sum(axis=0)]
            t += 1
            for i, gradient in enumerate(gradients):
                m[i] = 0.9 * m[i] + 0.1 * gradient
                v[i] = 0.999 * v[i] + 0.001 * gradient**2
                step = m[i] / (1 - 0.9**t) / (np.sqrt(v[i] / (1 - 0.999**t)) + 1e-8)
                parameters[i] = parameters[i] - 0.003 * step
    W1, b1, W2, b2 = parameters
    return (np.maximum(X_new @ W1.T + b1, 0) @ W2.T + b2).argmax(axis=1)


def _split_digits(rng):
    """The split of the chapter, always the same: the luck of another split is as large as what is asked for."""
    (X, labels), (X_new, _) = training.split(datasets.digits(), 0.2, np.random.default_rng(0))
    return [(X, labels, X_new)]


def _digits_read(read, X, labels, X_new):
    """How many of the new images are read, and what it looks like if these are few."""
    count = len(X_new)
    if not isinstance(read, np.ndarray | list) or np.shape(read) not in [(count,), (count, 10), (len(X),)]:
        return False, f"Expected is one digit for each of the {count} new images, an array of shape ({count},)."
    if np.shape(read) == (count, 10):
        return False, "These are ten numbers an image, one for each class. Which digit is the largest of them?"
    if np.shape(read) == (len(X),):
        return False, "These are answers for the images it has learnt from. Asked are those for the new ones."
    read = np.asarray(read)
    if read.dtype.kind not in "iuf" or not np.isin(read, np.arange(10)).all():
        return False, "Not all of these are digits, integers from 0 to 9."
    _, (_, truth) = training.split(datasets.digits(), 0.2, np.random.default_rng(0))
    right = float(np.mean(read == truth))
    told = f"It reads {right:.1%} of the {count} new images."
    if right >= 0.97:
        return True, f"{told} Of the images that it learnt from it has seen each label, of these none."
    if len(set(read.tolist())) == 1:
        return False, (
            f"Every image is read as a {int(read[0])}. Look at the weights after training: are they NaN, so that the "
            "steps go uphill or are far too long? Or are they all equal, because they all began at zero?"
        )
    if right < 0.3:
        return False, (
            f"{told} Chance gives 10 %. Does the loss fall? Do images and labels stay together when they are shuffled?"
        )
    if right < 0.93:
        return False, f"{told} It has begun to learn. Print the loss of every epoch: does it still fall at the end?"
    return False, (
        f"{told} That is what a network comes to that is stopped early, has few hidden units, or has a wrong slope in "
        "its way back. Compare its gradients with differences of the loss, then give it more epochs."
    )


def how_much_farther():
    """How a weight grows from step 1,000 to 10,000, beside what it grew from 100 to 1,000."""
    w, at = 0.0, {}
    for step in range(1, 10_001):
        w += 1 / (1 + np.exp(w))  # one point, on the right side, at the distance 1
        if step in (100, 1_000, 10_000):
            at[step] = w
    share = (at[10_000] - at[1_000]) / (at[1_000] - at[100])
    return "A" if 0.8 < share < 1.2 else "B" if share > 5 else "C"


chapter = Chapter(
    name="equations/training-objective",
    title="What is minimised, and what is meant: the training objective",
    exercises=[
        Prediction(
            name="how-far-it-walks",
            title="Predict: how far it walks",
            question=(
                "In the figure of the walk there is no wrong label and no penalty. From step 100 to step 1,000 the "
                "length of $\\mathbf w$ grows by some amount. By how much does it grow from step 1,000 to step 10,000?"
            ),
            solution=how_much_farther,
            choices={
                "A": "By about as much again.",
                "B": "By about ten times as much: there are ten times as many steps.",
                "C": "Hardly at all: it has found the minimum.",
            },
            why=(
                "The slope that is left falls like $e^{-\\lVert\\mathbf w\\rVert}$, and so the length grows like the "
                "logarithm of the number of steps: by the same amount for every factor of ten, without an end. In the "
                "figure the axis of the steps is logarithmic and the curve becomes a straight line."
            ),
            mistakes=[
                Mistake("The steps do not stay as long as they were: what becomes of the slope?", lambda: "B"),
                Mistake(
                    "There is no minimum to be found: a longer $\\mathbf w$ is surer of every point, and has a smaller "
                    "loss.",
                    lambda: "C",
                ),
            ],
        ),
        Derivation(
            name="weights-at-rest",
            title="What the output weights are made of",
            statement=(
                "At a minimum of the objective over the whole training set all gradients vanish. Solve for "
                "$\\mathbf W_2$: express it by the hidden outputs $\\mathbf H$, the targets $\\mathbf Y$, the "
                "predictions $\\hat{\\mathbf Y}$, $\\lambda$, $m$ and the number of rows $N$ (which is $m$ here, but "
                "keep both). Check that samples which are predicted perfectly contribute nothing."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'N, h, K = sizes("N h K")\n'
                'H, Y = sp.MatrixSymbol("H", N, h), sp.MatrixSymbol("Y", N, K)\n'
                'Y_hat = sp.MatrixSymbol("Y_hat", N, K)\n'
                'lam, m = sp.symbols("lambda m", positive=True)'
            ),
            solution=output_weights,
            mistakes=[
                Mistake(
                    "A sign is turned. The sum of the two gradients is zero, so that one is minus the other.",
                    lambda H, Y, Y_hat, lam, m, N: m / (lam * N) * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "The mean over the rows is lost: the loss is divided by $N$.",
                    lambda H, Y, Y_hat, lam, m, N: -m / lam * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "The penalty is divided by $m$. On the other side of the equation that is a factor.",
                    lambda H, Y, Y_hat, lam, m, N: -1 / (lam * N) * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "$\\lambda$ stands on the wrong side: a stronger penalty makes smaller weights.",
                    lambda H, Y, Y_hat, lam, m, N: -lam / (m * N) * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "The gradient of half a square has no 2. The penalty is divided by 2 for that.",
                    lambda H, Y, Y_hat, lam, m, N: -m / (2 * lam * N) * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "A factor 2 too many: the gradient of the cross-entropy has none, unlike that of a square.",
                    lambda H, Y, Y_hat, lam, m, N: -2 * m / (lam * N) * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "There is no $\\lambda$ left. How does the penalty enter the gradient?",
                    lambda H, Y, Y_hat, lam, m, N: -m / N * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "$m$ and $N$ are exchanged: the penalty is divided by $m$, the loss by $N$.",
                    lambda H, Y, Y_hat, lam, m, N: -N / (lam * m) * (Y_hat - Y).T * H,
                ),
                Mistake(
                    "This is the gradient of the loss. It is not $\\mathbf W_2$, but it says what $\\mathbf W_2$ is.",
                    lambda H, Y, Y_hat, lam, m, N: (Y_hat - Y).T * H / N,
                ),
                Mistake(
                    "The targets are missing: what pulls is the difference of prediction and target.",
                    lambda H, Y, Y_hat, lam, m, N: -m / (lam * N) * Y_hat.T * H,
                ),
                Mistake(
                    "The predictions are missing: what pulls is the difference of prediction and target.",
                    lambda H, Y, Y_hat, lam, m, N: m / (lam * N) * Y.T * H,
                ),
                Mistake(
                    "This is the transpose: compare its shape with that of $\\mathbf W_2$, outputs by inputs.",
                    lambda H, Y, Y_hat, lam, m, N: -m / (lam * N) * H.T * (Y_hat - Y),
                ),
                Mistake(
                    "The penalty has the factor $\\lambda$. On the other side of the equation it divides.",
                    lambda H, Y, Y_hat, lam, m, N: -m * lam / N * (Y_hat - Y).T * H,
                ),
            ],
        ),
        Coding(
            name="one-epoch",
            title="One epoch",
            statement=(
                "Write one epoch of minibatch gradient descent. The rows come in the given order, `batch_size` at a "
                "time, and each minibatch makes one step from where the last one ended."
            ),
            solution=one_epoch,
            inputs=_epochs,
            mistakes=[
                Mistake(
                    "All steps use the gradient at the start. A minibatch begins where the last one ended.",
                    _epoch_wrongly(stale=True),
                ),
                Mistake("The plus climbs: the step goes against the gradient.", _epoch_wrongly(sign=1)),
                Mistake(
                    "The last rows are left out if they do not fill a minibatch.",
                    _epoch_wrongly(dropped=True),
                ),
                Mistake("The rows come in their own order, not in the given one.", _epoch_wrongly(shuffled=False)),
                Mistake(
                    "The inputs come in the given order and the targets do not: each image gets another's label.",
                    _epoch_wrongly(targets_shuffled=False),
                ),
                Mistake(
                    "The step is divided by the size of the minibatch. The gradient is one of a mean already.",
                    _epoch_wrongly(scale=lambda rows: 1),
                ),
                Mistake("This is one step with the whole set.", _whole_batch),
                Mistake(
                    "There is a step for each row. A minibatch makes one.",
                    lambda gradient, theta, X, y, order, batch_size, rate: one_epoch(
                        gradient, theta, X, y, order, 1, rate
                    ),
                ),
                Mistake(
                    "Only the first minibatch makes a step. What ends the loop?",
                    lambda gradient, theta, X, y, order, batch_size, rate: one_epoch(
                        gradient, theta, X, y, order[:batch_size], batch_size, rate
                    ),
                ),
                Mistake(
                    "Only the last minibatch makes a step, and it makes it from the start.",
                    _only_the_last,
                ),
                Mistake(
                    "The step is multiplied by the size of the minibatch. The gradient is one of a mean.",
                    _epoch_wrongly(scale=lambda rows: len(rows) ** 2),
                ),
                Mistake(
                    "The steps of the minibatches are averaged. They come one after another.",
                    lambda gradient, theta, X, y, order, batch_size, rate: (
                        theta
                        + (_epoch_wrongly(stale=True)(gradient, theta, X, y, order, batch_size, rate) - theta)
                        / -(-len(order) // batch_size)
                    ),
                ),
                Mistake(
                    "Neighbouring minibatches share a row. Where does a slice end?",
                    _overlapping,
                ),
                Mistake(
                    "There is no learning rate.",
                    lambda gradient, theta, X, y, order, batch_size, rate: one_epoch(
                        gradient, theta, X, y, order, batch_size, 1
                    ),
                ),
                Mistake(
                    "The steps begin at zero, not at the given parameters.",
                    lambda gradient, theta, *rest: one_epoch(gradient, 0 * theta, *rest),
                ),
                Mistake(
                    "This is the gradient of the last minibatch. Asked are the parameters.",
                    _last_gradient,
                ),
                Mistake("Each step uses the whole set. A minibatch uses its rows.", _whole_set_each_step),
                Mistake("There is a minibatch beginning at every row. They should follow one another.", _sliding),
                Mistake("The parameters come back as they were.", lambda gradient, theta, *rest: theta),
                Mistake(
                    "The first minibatch is left out.",
                    lambda gradient, theta, X, y, order, batch_size, rate: one_epoch(
                        gradient, theta, X, y, order[batch_size:], batch_size, rate
                    ),
                ),
            ],
        ),
        Coding(
            name="early-stopping",
            title="When to stop",
            statement=(
                "Write early stopping with a patience. Nothing is known of a loss before its epoch is over: the "
                "parameters that are kept must have been seen before training stopped."
            ),
            solution=early_stopping,
            inputs=_histories,
            returns=("kept", "stopped"),
            mistakes=[
                Mistake(
                    "The lowest loss of all is chosen, also from epochs after the stop, which never took place.",
                    _peek,
                ),
                Mistake("The parameters of the last epoch are kept. Which are the best seen?", _keep_the_last),
                Mistake(
                    "An equal loss counts as an improvement.", _stop_wrongly(better=lambda loss, best: loss <= best)
                ),
                Mistake("It stops one epoch too late.", _stop_wrongly(wait=1)),
                Mistake("It stops one epoch too early.", _stop_early),
                Mistake(
                    "If training is stopped, the last parameters are kept. Which are the best seen?",
                    _keep_the_last_if_stopped,
                ),
                Mistake(
                    "The last epoch of all is returned. At which one did training stop?",
                    lambda losses, patience: (early_stopping(losses, patience)[0], len(losses) - 1),
                ),
                Mistake(
                    "Epochs after the stop are looked at. Nothing is known of them when it stops.",
                    _into_the_future,
                ),
                Mistake(
                    "Each loss is compared with the one before, and kept if it is lower. Is it the lowest so far?",
                    _lower_than_the_last,
                ),
                Mistake("It never stops.", lambda losses, patience: early_stopping(losses, len(losses))),
                Mistake(
                    "The two values are exchanged.",
                    lambda losses, patience: early_stopping(losses, patience)[::-1],
                ),
                Mistake(
                    "The first value is a loss. Asked is its epoch.",
                    lambda losses, patience: (
                        losses[early_stopping(losses, patience)[0]],
                        early_stopping(losses, patience)[1],
                    ),
                ),
                Mistake(
                    "The epochs are counted from 1. The first loss is that of epoch 0.",
                    lambda losses, patience: tuple(epoch + 1 for epoch in early_stopping(losses, patience)),
                ),
                Mistake(
                    "If it never stops by itself, the last epoch is the one before the number of losses.",
                    _one_past_the_end,
                ),
                Mistake(
                    "The highest loss is looked for. Which is the best?",
                    lambda losses, patience: early_stopping(-losses, patience),
                ),
                Mistake(
                    "The parameters from `patience` epochs before the end are kept, also if it ended by itself.",
                    lambda losses, patience: (
                        max(early_stopping(losses, patience)[1] - patience, 0),
                        early_stopping(losses, patience)[1],
                    ),
                ),
                Mistake(
                    "Each loss is compared with the one before. The patience counts from the lowest so far.",
                    _since_the_last_fall,
                ),
                Mistake(
                    "The epochs without improvement are counted over the whole run. An improvement starts them anew.",
                    _never_reset,
                ),
            ],
        ),
        Coding(
            name="classifier-gradients",
            title="Capstone, first half: forward and back",
            statement=(
                "The network for the digits: a hidden layer of ReLU units, a softmax over the classes, and the mean "
                "cross-entropy $L = -\\frac1N\\sum_i\\log s_{i c_i}$, where $c_i$ is the label of sample $i$. Write "
                "the gradients of its four parameters: forward, and back. The scores may be as large as thousands."
            ),
            solution=classifier_gradients,
            inputs=_classified,
            returns=("grad_W1", "grad_b1", "grad_W2", "grad_b2"),
            mistakes=[
                Mistake("The slope of the ReLU is missing on the way back.", _wrong_classifier(slope=lambda H: 1)),
                Mistake(
                    "The slope of the softmax is there twice: with the cross-entropy it has cancelled already.",
                    _wrong_classifier(error=lambda shares, targets: (shares - targets) * shares * (1 - shares)),
                ),
                Mistake("The loss is a mean over the samples: 1/N is missing.", _wrong_classifier(mean=lambda X: 1)),
                Mistake(
                    "The label is not used: what is taken away from the shares at the class that came?",
                    _wrong_classifier(error=lambda shares, targets: shares),
                ),
                Mistake(
                    "All signs are turned. The minus belongs to the step, not to the gradient.",
                    _wrong_classifier(error=lambda shares, targets: targets - shares),
                ),
                Mistake(
                    "This is the slope of a sigmoid. The hidden units are ReLUs.",
                    _wrong_classifier(slope=lambda H: H * (1 - H)),
                ),
                Mistake(
                    "On the way back the weights of the output are used as forward, transposed.",
                    _wrong_classifier(back=lambda delta2, W2: delta2 @ W2.T),
                ),
                Mistake(
                    "The weight gradients are transposed: each has the shape of its weights.",
                    _wrong_classifier(weigh=lambda delta, A: A.T @ delta),
                ),
                Mistake(
                    "The bias gradients are not summed: one bias serves all samples.",
                    _wrong_classifier(total=lambda delta: delta),
                ),
                Mistake(
                    "The bias gradients are averaged. The 1/N of the mean is in the signal already.",
                    _wrong_classifier(total=lambda delta: delta.mean(axis=0)),
                ),
                Mistake(
                    "The scores pass through a ReLU too. The last layer has none.",
                    _wrong_classifier(output=lambda scores: np.maximum(scores, 0)),
                ),
                Mistake(
                    "Right for moderate scores. For thousands the exponentials overflow: what may be taken away from "
                    "all scores of a sample?",
                    _wrong_classifier(shift=lambda scores: 0),
                ),
                Mistake(
                    "One shift for the whole batch is not enough: in a row far below it all exponentials are 0.",
                    _wrong_classifier(shift=lambda scores: scores.max()),
                ),
            ],
            points=4,
        ),
        Reaching(
            name="read-digits",
            title="Capstone, second half: read the digits",
            statement=(
                "Train a network from nothing but NumPy, and read at least 97 % of the held-out digits of this "
                "chapter. Your own forward pass, way back and Adam are all that it takes: a network of 64 hidden units "
                "needs thirty epochs, a second at most. After a minute the checker stops it. It judges what "
                "you reach, however you reach it; and since a network learns in spite of many a mistake, check your "
                "`classifier_gradients` first."
            ),
            solution=read_digits,
            inputs=_split_digits,
            mistakes=[],
            reached=_digits_read,
            points=5,
        ),
    ],
    quiz=[
        Question(
            "You have trained with five learning rates. Which set tells you which to take, and which how good it is?",
            right=(
                "The validation set, then the test set.",
                "Having chosen by a number makes it too good. The second number was not chosen by.",
            ),
            wrong={
                "The training set, then the validation set.": (
                    "The training loss prefers whatever learns by heart fastest."
                ),
                "The test set, then the same test set.": "What was chosen by is no fair judge of the choice.",
                "The validation set, then the same validation set.": (
                    "Of five numbers you took the best, luck included."
                ),
            },
        ),
        Question(
            "A network has one hidden layer with three different tanh units. How many parameter vectors at least give "
            "the same function?",
            right=("48", "$3!\\cdot2^3$: six orders, and two signs for each unit."),
            wrong={
                "6": "These are the orders. Each unit can also turn its sign.",
                "8": "These are the signs. The units can also change places.",
                "1": "Exchange two units with their weights, in and out: the function does not notice.",
            },
        ),
        Question(
            "Without a penalty, a network reads every training image right. What is the minimum of its cross-entropy?",
            right=(
                "There is none.",
                "Multiplying the output weights and the output biases by a number above 1 always lowers it, towards 0, "
                "which no finite parameters reach.",
            ),
            wrong={
                "It is where the network is now.": "Multiply the output weights and biases by 2: the loss falls.",
                "It is 0.": "That is the infimum. Softmax is never exactly 1.",
                "It is at the origin.": "There all classes are equally likely.",
            },
        ),
        Question(
            "The validation loss rises from 0.27 to 0.32, the validation accuracy stays at 91%. "
            "What can have happened?",
            right=(
                "Wrong answers became surer, or right ones less sure.",
                "Cross-entropy charges for the probability given to the right class; accuracy only counts which score "
                "is largest. The losses of the single samples tell the two apart.",
            ),
            wrong={
                "An error in the program: both must move together.": "Accuracy sees only which score is largest.",
                "More answers became wrong than right.": "Then the accuracy would have fallen.",
                "The training loss rises too.": "It can fall all the while, and usually does.",
            },
        ),
        Question(
            "One class makes up 10% of the training set. What is true at every minimum of the objective, if the output "
            "biases carry no penalty?",
            right=(
                "Its mean predicted probability is 10%.",
                "The gradient of its bias is mean prediction minus share, and vanishes.",
            ),
            wrong={
                "It is predicted with 10% for every sample.": "Only on average.",
                "10% of the samples are read as this class.": (
                    "The largest score decides that, and the gradient says nothing about it."
                ),
                "Its output bias is 0.1.": "A bias is a score, and the probability depends on all scores.",
            },
        ),
    ],
)
