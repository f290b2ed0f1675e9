"""Exercises of the chapter on the training objective."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Question


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
    sizes = [(4, 1, 2), (3, 1, 2), (3, 2, 1), (6, 2, 3), (4, 2, 4), (3, 2, 5), (7, 3, 3), (1, 2, 1)]
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


chapter = Chapter(
    name="equations/training-objective",
    title="What is minimised, and what is meant: the training objective",
    exercises=[
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
                "import sympy as sp\n\n"
                "from dlmath.symbolic import sizes\n\n"
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
