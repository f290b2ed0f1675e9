"""Exercises of the chapter on the convergence of gradient descent."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def best_learning_rate(A):
    """The fixed learning rate at which gradient descent is fastest.

    A, the matrix of second derivatives, has shape (P, P). It is symmetric
    and its eigenvalues are positive. Return a number.
    """
    eigenvalues = np.linalg.eigvalsh(A)
    return 2 / (eigenvalues[0] + eigenvalues[-1])


def _curvatures(rng):
    """Diagonals in any order, one parameter, equal curvatures, very different ones, and any matrices."""
    diagonals = [[1.0, 2.0, 5.0], [4.0, 1.0, 3.0], [2.0], [3.0, 3.0], [1e-4, 1e4]]
    random = [rng.standard_normal((P + 2, P)) for P in (2, 3, 5)]
    return [(np.diag(diagonal),) for diagonal in diagonals] + [(B.T @ B,) for B in random]


def minibatch_step(theta, X, y, rows, learning_rate):
    """One step of minibatch descent for the linear model X @ theta.

    The loss is the mean of the squared errors. theta has shape (P,), X has
    shape (N, P), y has shape (N,), rows are the numbers of the B samples
    in the minibatch. Return the new theta.
    """
    errors = X[rows] @ theta - y[rows]
    return theta - learning_rate * 2 / len(rows) * X[rows].T @ errors


def _wrong_step(*, factor=lambda rows, y: 2 / len(rows), chosen=lambda rows, y: rows, sign=-1):
    """``minibatch_step`` with another factor, other samples or another sign."""

    def step(theta, X, y, rows, learning_rate):
        used = chosen(rows, y)
        return theta + sign * learning_rate * factor(rows, y) * X[used].T @ (X[used] @ theta - y[used])

    return step


def _in_turn(theta, X, y, rows, learning_rate):
    theta = theta.copy()
    for p in range(len(theta)):
        theta[p] -= learning_rate * 2 / len(rows) * X[rows, p] @ (X[rows] @ theta - y[rows])
    return theta


def _minibatches(rng):
    """One parameter, some of the samples, one of them, all of them, a learning rate of zero, a square table."""
    one = (np.array([1.0]), np.array([[1.0], [2.0], [3.0]]), np.array([1.0, 1.0, 2.0]), np.array([2, 0]), 0.5)
    return [one] + [
        (rng.standard_normal(P), rng.standard_normal((N, P)), rng.standard_normal(N), rng.permutation(N)[:B], rate)
        for N, P, B, rate in [
            (4, 2, 2, 0.25),
            (9, 3, 4, 0.25),
            (6, 2, 1, 0.1),
            (5, 2, 5, 1.5),
            (4, 3, 2, 0.0),
            (4, 4, 2, 0.1),
        ]
    ]


def line_search_rate(a, b, x, y):
    return (a**2 * x**2 + b**2 * y**2) / (a**3 * x**2 + b**3 * y**2)


def steps_compared():
    """Steps to a hundredth of the distance, at the best rate, for the condition numbers 100 and 10, as a ratio."""
    steps = []
    for steepest in (100.0, 10.0):
        curvatures = np.array([1.0, steepest])
        rate, left, count = 2 / curvatures.sum(), np.ones(2), 0
        while np.abs(left).max() > 0.01:
            left, count = left * (1 - rate * curvatures), count + 1
        steps.append(count)
    return steps[0] / steps[1]


chapter = Chapter(
    name="equations/gradient-descent",
    title="Gradient descent: how fast, and how far",
    exercises=[
        Prediction(
            name="ten-times-the-ravine",
            title="Predict: ten times as narrow",
            question=(
                "A bowl has the curvatures 1 and 10, and the best learning rate. Now the steeper one becomes 100, and "
                "the rate is again the best. How many times as many steps are needed to come to a hundredth of the "
                "distance?"
            ),
            solution=steps_compared,
            within=0.1,
            why=(
                "At the best rate each step leaves $\\frac{\\kappa-1}{\\kappa+1}$ of the distance, about $1 - "
                "2/\\kappa$: the number of steps goes with $\\kappa$. In the figure of the two factors the lines "
                "cross ever nearer to 1."
            ),
            mistakes=[
                Mistake("So it is with momentum, where the root of the condition number counts.", lambda: 10**0.5),
                Mistake("The number of steps goes with the condition number, not with its square.", lambda: 100.0),
                Mistake("A smaller rate suits the steep direction. What becomes of the flat one?", lambda: 1.0),
            ],
        ),
        Derivation(
            name="line-search-rate",
            title="The best rate for one step",
            statement=(
                "The loss is $\\frac12(a x^2 + b y^2)$. From the point $(x, y)$ one step of gradient descent is made. "
                "For which learning rate is the loss after this single step smallest? Derive it by writing the loss "
                "after the step as a function of $\\alpha$."
            ),
            given='import sympy as sp\n\na, b = sp.symbols("a b", positive=True)\nx, y = sp.symbols("x y", real=True)',
            solution=line_search_rate,
            mistakes=[
                Mistake(
                    "This is the best rate for all steps together. The best for one step depends on where it begins.",
                    lambda a, b, x, y: 2 / (a + b),
                ),
                Mistake(
                    "After this step the loss is what it was before: the difference of the losses is zero, "
                    "not the derivative.",
                    lambda a, b, x, y: 2 * (a**2 * x**2 + b**2 * y**2) / (a**3 * x**2 + b**3 * y**2),
                ),
                Mistake(
                    "The step goes along the gradient, whose entries are $ax$ and $by$, not along $(x, y)$.",
                    lambda a, b, x, y: (x**2 + y**2) / (a * x**2 + b * y**2),
                ),
                Mistake(
                    "The denominator is the curvature along $(x, y)$. The step goes along the gradient: "
                    "what is the curvature there?",
                    lambda a, b, x, y: (a**2 * x**2 + b**2 * y**2) / (a * x**2 + b * y**2),
                ),
                Mistake(
                    "The fraction is upside down.",
                    lambda a, b, x, y: (a**3 * x**2 + b**3 * y**2) / (a**2 * x**2 + b**2 * y**2),
                ),
            ],
        ),
        Coding(
            name="best-learning-rate",
            title="The best fixed rate",
            statement=(
                "Compute the learning rate at which gradient descent on "
                "$\\frac12(\\theta-\\theta_\\star)^T\\mathbf A(\\theta-\\theta_\\star)$ is fastest in the long run, "
                "from the matrix $\\mathbf A$."
            ),
            solution=best_learning_rate,
            inputs=_curvatures,
            mistakes=[
                Mistake(
                    "This is the border: at this rate the steepest direction neither shrinks nor grows.",
                    lambda A: 2 / np.linalg.eigvalsh(A)[-1],
                ),
                Mistake(
                    "At this rate the steepest direction is done after one step, but the flattest takes longer "
                    "than it must.",
                    lambda A: 1 / np.linalg.eigvalsh(A)[-1],
                ),
                Mistake(
                    "This is far beyond the border: the flattest direction shrinks, and the steepest explodes.",
                    lambda A: 2 / np.linalg.eigvalsh(A)[0],
                ),
                Mistake(
                    "Only two of the eigenvalues count. The trace adds all of them.",
                    lambda A: 2 / np.trace(A),
                ),
                Mistake(
                    "The entries of the diagonal are eigenvalues of a diagonal matrix only.",
                    lambda A: 2 / (np.diag(A).min() + np.diag(A).max()),
                ),
                Mistake(
                    "This rate is half as large as it could be: which two factors have to be equal, "
                    "and with which signs?",
                    lambda A: 1 / (np.linalg.eigvalsh(A)[0] + np.linalg.eigvalsh(A)[-1]),
                ),
            ],
        ),
        Coding(
            name="minibatch-step",
            title="A step from a part of the data",
            statement=(
                "Write one step of minibatch descent for a linear model $\\hat{\\mathbf y} = \\mathbf X\\theta$ and "
                "the mean squared error. `X[rows]` are the samples of the minibatch."
            ),
            solution=minibatch_step,
            inputs=_minibatches,
            mistakes=[
                Mistake(
                    "The mean is over the minibatch. Divided by N, a small batch makes small steps.",
                    _wrong_step(factor=lambda rows, y: 2 / len(y)),
                ),
                Mistake(
                    "The mean over the minibatch is missing: the step grows with its size.",
                    _wrong_step(factor=lambda rows, y: 2),
                ),
                Mistake(
                    "This is the step of the whole batch: `rows` is not used.",
                    _wrong_step(factor=lambda rows, y: 2 / len(y), chosen=lambda rows, y: slice(None)),
                ),
                Mistake("This step goes uphill.", _wrong_step(sign=1)),
                Mistake(
                    "The 2 of the square is missing.",
                    _wrong_step(factor=lambda rows, y: 1 / len(rows)),
                ),
                Mistake(
                    "The parameters move in turn, and the second one sees a gradient in which the first has moved "
                    "already. All of them move at once.",
                    _in_turn,
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            "A quadratic has the curvatures 0.5 and 8. Below which learning rate does gradient descent converge?",
            right=("0.25", "The border is $2/\\lambda_{\\max}$, and the largest curvature is 8."),
            wrong={
                "4": "That is $2/\\lambda_{\\min}$. The steepest direction explodes long before.",
                "0.235": "That is the best rate, $2/(\\lambda_{\\min}+\\lambda_{\\max})$. One can go beyond.",
                "0.125": "At $1/\\lambda_{\\max}$ the steepest direction is done in one step. One can go twice as far.",
            },
        ),
        Question(
            "The condition number grows from 10 to 1000. How many times as many steps are needed, at the best rate?",
            right=("About 100", "The number of steps is proportional to $\\kappa$, about $7\\kappa$ for six digits."),
            wrong={
                "About 10": "That would be $\\sqrt\\kappa$, which momentum can reach and gradient descent cannot.",
                "About 3": "The steps grow with the logarithm of the accuracy, but not with that of $\\kappa$.",
                "As many as before": "Steep and flat directions then need different rates, and there is only one.",
            },
        ),
        Question(
            "A run diverges. Along which direction does the distance from the minimum grow fastest?",
            right=(
                "Along the eigenvector of the largest curvature.",
                "Its factor $1 - \\alpha\\lambda_{\\max}$ is the first to pass $-1$, and stays the largest in size.",
            ),
            wrong={
                "Along the flattest direction.": "There the factor is close to 1: slow, but shrinking.",
                "Along all directions alike.": "Each has its own factor, and some of them may still shrink.",
                "Along the line from the start to the minimum.": (
                    "The start says how much of each eigenvector there is, not how fast it grows."
                ),
            },
        ),
        Question(
            "The minibatch is made four times larger and is still a small part of the data. What happens to the "
            "standard deviation of its gradient?",
            right=("It is halved.", "The variance falls like $1/B$, and the standard deviation is its root."),
            wrong={
                "It falls to a quarter.": "The variance does. The standard deviation is its root.",
                "Nothing: the gradient is right on average.": "Its mean does not change, its spread does.",
                "It doubles.": "The sum would spread twice as wide. The gradient is a mean.",
            },
        ),
        Question(
            "Stochastic descent with a fixed learning rate has stopped improving, above the minimum. What helps?",
            right=(
                "A smaller learning rate.",
                "The variance at which it hovers is proportional to $\\alpha$, for small $\\alpha$.",
            ),
            wrong={
                "More steps.": "It hovers: the noise brings in as much as each step takes away.",
                "A larger learning rate.": "That raises the floor.",
                "A better start.": "The floor does not depend on the start, which is forgotten.",
            },
        ),
    ],
)
