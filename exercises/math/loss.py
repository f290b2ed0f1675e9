"""Exercises of the chapter on the mean squared error."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def mse(predictions, targets):
    """The mean squared error of a batch, a number.

    Both arguments have shape (N, n_out).
    """
    return np.sum((predictions - targets) ** 2) / len(predictions)


def mse_gradient(predictions, targets):
    """The gradient of the loss, of the shape of predictions.

    Both arguments have shape (N, n_out).
    """
    return 2 * (predictions - targets) / len(predictions)


def _batches(rng):
    """One number, a prediction that is right, one output, one sample, several of both, and as many of both."""
    # With several outputs, dividing by all entries is not dividing by the samples.
    one, right = (np.array([[3.0]]), np.array([[1.0]])), (np.array([[2.0, -1.0]]), np.array([[2.0, -1.0]]))
    shapes = [(2, 1), (1, 3), (5, 1), (4, 3), (2, 5), (3, 3)]
    return [one, right] + [tuple(rng.standard_normal((2, *shape))) for shape in shapes]


def weight_gradient(N, X, w, y):
    return 2 * X.T * (X * w - y) / N


def over_all_pairs():
    """The loss over all pairs when every prediction is perfect, over that when all are the mean of the targets."""
    targets = np.random.default_rng(0).uniform(0, 1, (10, 1))
    losses = [np.mean((p - targets.T) ** 2) for p in (np.full_like(targets, targets.mean()), targets)]
    return float(losses[1] / losses[0])


chapter = Chapter(
    name="math/loss",
    title="Loss: the mean squared error",
    exercises=[
        Prediction(
            name="perfect-over-all-pairs",
            title="Predict: perfect predictions, all pairs",
            question=(
                "A column of predictions minus a vector of targets makes the mean of the squares run over all pairs, "
                "by mistake. At first every prediction is the mean of the targets. In the figure of the table you move "
                "them all the way to the targets, until each is perfect. How many times as large is the loss over all "
                "pairs then?"
            ),
            solution=over_all_pairs,
            why=(
                "At first each pair has a target's distance from the mean: the average of their squares is the "
                "variance of the targets. At the end both numbers of a pair are targets, and the variances of both add "
                "up. So the better the predictions, the larger this loss. Move the slider from 0 to 100 % and see."
            ),
            mistakes=[
                Mistake(
                    "That is the loss over the right pairs. How far apart are the *other* pairs when all is perfect?",
                    lambda: 0.0,
                ),
                Mistake(
                    "At first one number of each pair stands still, at the mean. At the end both spread.",
                    lambda: 1.0,
                ),
                Mistake("Is this the larger one over the smaller one, or the other way round?", lambda: 0.5),
                Mistake(
                    "Each of the two numbers of a pair brings the variance of the targets once.",
                    lambda: 4.0,
                ),
            ],
        ),
        Derivation(
            name="linear-mse-gradient",
            title="The gradient with respect to the weights",
            statement=(
                "The predictions of a linear model are $\\hat{\\mathbf y} = "
                "\\mathbf X\\mathbf w$. Derive the gradient of "
                "$L = \\frac1N\\|\\mathbf X\\mathbf w - \\mathbf y\\|^2$ with respect to $\\mathbf w$, "
                "a column of the shape of $\\mathbf w$."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'N, n = sizes("N n")\n'
                'X = sp.MatrixSymbol("X", N, n)\n'
                'w = sp.MatrixSymbol("w", n, 1)\n'
                'y = sp.MatrixSymbol("y", N, 1)'
            ),
            solution=weight_gradient,
            mistakes=[
                Mistake(
                    "The loss is a mean over the batch. Where is the number of samples N?",
                    lambda N, X, w, y: 2 * X.T * (X * w - y),
                ),
                Mistake(
                    "The 2 of the square is missing: nothing cancels it here.",
                    lambda N, X, w, y: X.T * (X * w - y) / N,
                ),
                Mistake(
                    "The sign is turned: the residual is prediction minus target.",
                    lambda N, X, w, y: 2 * X.T * (y - X * w) / N,
                ),
                Mistake(
                    "This is a row. The gradient has the shape of the weights: a column.",
                    lambda N, X, w, y: 2 * (X * w - y).T * X / N,
                ),
                Mistake(
                    "This is the gradient with respect to the predictions. How do they change with the weights?",
                    lambda N, X, w, y: 2 * (X * w - y) / N,
                ),
            ],
        ),
        Coding(
            name="mean-squared-error",
            title="The mean squared error",
            statement=(
                "Write the loss $L = \\frac1N\\sum_{i=1}^N \\|\\hat{\\mathbf "
                "y}_i - \\mathbf y_i\\|^2$, a single number. "
                "A sample may have several outputs; their squares are added."
            ),
            solution=mse,
            inputs=_batches,
            mistakes=[
                Mistake(
                    "Every prediction meets every target: NumPy has broadcast the difference to all pairs of samples. "
                    "Print its shape.",
                    lambda p, t: np.mean(np.sum((p[:, np.newaxis] - t) ** 2, axis=-1)),
                ),
                Mistake(
                    "This is the sum of the squares. The loss is a mean over the samples.",
                    lambda p, t: np.sum((p - t) ** 2),
                ),
                Mistake(
                    "As printed, the sum runs from 0 to N: these are N + 1 terms, divided by N. Divide by their "
                    "number.",
                    lambda p, t: np.sum((p - t) ** 2) / (len(p) - 1),
                    as_printed="mse",
                ),
                Mistake(
                    "This divides by the number of all entries. The mean is over the N samples; "
                    "the squares of one sample are added.",
                    lambda p, t: np.mean((p - t) ** 2),
                ),
                Mistake("Half of it: this loss has no factor ½.", lambda p, t: np.sum((p - t) ** 2) / (2 * len(p))),
                Mistake("The root is not part of this loss.", lambda p, t: np.sqrt(np.sum((p - t) ** 2) / len(p))),
                Mistake(
                    "These are absolute values; the residuals should be squared.",
                    lambda p, t: np.sum(np.abs(p - t)) / len(p),
                ),
                Mistake(
                    "The sum is squared instead of the residuals: positive and negative residuals cancel.",
                    lambda p, t: np.sum(p - t) ** 2 / len(p),
                ),
                Mistake(
                    "This is one loss a sample. Average them.",
                    lambda p, t: np.sum((p - t) ** 2, axis=1),
                ),
            ],
        ),
        Coding(
            name="mse-gradient",
            title="The gradient of the mean squared error",
            statement=(
                "Write the gradient of the loss with respect to the predictions, "
                "$\\partial L/\\partial\\hat{\\mathbf Y}$, an array of their shape."
            ),
            solution=mse_gradient,
            inputs=_batches,
            mistakes=[
                Mistake(
                    "The loss is a mean over the batch. Where is the number of samples N?",
                    lambda p, t: 2 * (p - t),
                ),
                Mistake("The 2 of the square is missing.", lambda p, t: (p - t) / len(p)),
                Mistake(
                    "The sign is turned: raising a prediction that is already too high raises the loss.",
                    lambda p, t: 2 * (t - p) / len(p),
                ),
                Mistake(
                    "This divides by the number of all entries. The mean is over the N samples.",
                    lambda p, t: 2 * (p - t) / p.size,
                ),
                Mistake(
                    "The gradient has one entry a prediction: nothing is summed over the batch here.",
                    lambda p, t: np.sum(2 * (p - t) / len(p), axis=0),
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            (
                "`predictions` has shape (100,) and `targets` has shape (100, 1). "
                "What shape has `predictions - targets` in NumPy?"
            ),
            right=(
                "(100, 100)",
                "Broadcasting subtracts every target from every prediction. The mean of the squares is then a wrong "
                "number, and nothing complains.",
            ),
            wrong={
                "(100, 1)": "This is what was meant. NumPy aligns shapes from the right, and stretches both.",
                "(100,)": "NumPy does not drop dimensions.",
                "None: it raises an error.": "NumPy broadcasts silently. The package's `mse` raises the error.",
            },
        ),
        Question(
            "The printed sum runs from $i = 0$ to $N$ with the factor $1/N$. What is wrong?",
            right=(
                "It has N + 1 terms.",
                (
                    "It should run from 1 to N, or from 0 to N - 1. For equal squared "
                    "errors e the printed form gives (N + 1) e / N."
                ),
            ),
            wrong={
                "Nothing.": "Count the terms for N = 1.",
                "The factor should be 2/N.": "The 2 comes with the derivative, not with the loss.",
                "The factor should be 1/(N - 1).": (
                    "That is for an unbiased sample variance; here no mean was estimated."
                ),
            },
        ),
        Question(
            "All residuals double. What happens to the loss and to its gradient with respect to the predictions?",
            right=(
                "The loss is 4 times as large, the gradient twice.",
                "The loss is quadratic in the residuals, its gradient linear.",
            ),
            wrong={
                "Both double.": "The loss squares the residuals.",
                "Both are 4 times as large.": "The derivative of a square is linear.",
                "The loss doubles, the gradient stays.": "So it would be for the mean absolute error.",
            },
        ),
        Question(
            "Every sample of the batch is there twice. What happens to the loss?",
            right=("Nothing.", "Twice the terms and twice N: a mean does not depend on the size of the batch."),
            wrong={
                "It doubles.": "A sum of squares would.",
                "It halves.": "N doubles, but so does the number of terms.",
                "It is 4 times as large.": "No residual has changed.",
            },
        ),
    ],
)
