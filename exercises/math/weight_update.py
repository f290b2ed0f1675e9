"""Exercises of the chapter on training the network."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Question


def descent_step(theta, gradient, learning_rate):
    """The parameters after one step, in a new array."""
    return theta - learning_rate * gradient


def _steps(rng):
    """One number, a gradient of zero, a learning rate of zero, and arrays of all shapes."""
    return [
        (np.array([1.0]), np.array([2.0]), 0.25),
        (np.array([1.0, -2.0]), np.array([0.0, 3.0]), 0.5),
        *(
            (rng.standard_normal(shape), rng.standard_normal(shape), rate)
            for shape, rate in [((2,), 0.0), ((4,), 0.5), ((3, 2), 2.0), ((2, 1, 3), 0.75), ((), 0.1)]
        ),
    ]


def _add_in_place(theta, gradient, learning_rate):
    theta -= learning_rate * gradient
    return theta


def descend(gradient, start, learning_rate, steps):
    """The parameters after several steps of gradient descent.

    gradient is a function: gradient(theta) is the gradient at theta.
    """
    theta = start
    for _ in range(steps):
        theta = theta - learning_rate * gradient(theta)
    return theta


def _bowl(theta):
    return np.arange(1, theta.size + 1) * theta


def _well(theta):
    return theta**3 - theta


def _runs(rng):
    """One step, no step, a learning rate of zero, and several steps from starts of all shapes."""
    return [
        (gradient, rng.uniform(0.5, 2, shape), rate, steps)
        for gradient, shape, rate, steps in [
            (_bowl, 1, 0.1, 1),
            (_bowl, 1, 0.1, 2),
            (_well, 2, 0.05, 0),
            (_bowl, 3, 0.1, 3),
            (_well, 2, 0.0, 2),
            (_well, (2, 3), 0.05, 7),
            (_well, (), 0.05, 3),
        ]
    ]


def loss_after_step(lam, gamma, theta):
    return lam * (1 - gamma * lam) ** 2 * theta**2 / 2


chapter = Chapter(
    name="math/weight-update",
    title="Weight update: training the network",
    exercises=[
        Derivation(
            name="loss-after-step",
            title="The loss after one step",
            statement=(
                "The loss is $L(\\theta) = \\frac12\\lambda\\theta^2$. Derive the "
                "loss after one step of gradient descent with "
                "learning rate $\\gamma$, in terms of $\\lambda$, $\\gamma$ and "
                "$\\theta$. For which $\\gamma$ is it smaller than before?"
            ),
            given=(
                'import sympy as sp\n\nlam, gamma = sp.symbols("lambda gamma", positive=True)\n'
                'theta = sp.Symbol("theta", real=True)'
            ),
            solution=loss_after_step,
            mistakes=[
                Mistake(
                    "The gradient of the loss is $\\lambda\\theta$, not $\\theta$.",
                    lambda lam, gamma, theta: lam * (1 - gamma) ** 2 * theta**2 / 2,
                ),
                Mistake(
                    "The step goes against the gradient: a minus, not a plus.",
                    lambda lam, gamma, theta: lam * (1 + gamma * lam) ** 2 * theta**2 / 2,
                ),
                Mistake(
                    "The new parameter is squared, and with it the whole factor in front of $\\theta$.",
                    lambda lam, gamma, theta: lam * (1 - gamma * lam) * theta**2 / 2,
                ),
                Mistake(
                    "This is the new parameter. The question is for the loss there.",
                    lambda lam, gamma, theta: (1 - gamma * lam) * theta,
                ),
            ],
        ),
        Coding(
            name="descent-step",
            title="One step",
            statement=(
                "Write the update $\\theta\\leftarrow\\theta - \\gamma\\,\\partial "
                "L/\\partial\\theta$ for an array of any shape. "
                "Leave the arguments as they were."
            ),
            solution=descent_step,
            inputs=_steps,
            mistakes=[
                Mistake(
                    "The plus climbs: the gradient points to where the loss rises.",
                    lambda t, g, r: t + r * g,
                ),
                Mistake(
                    "The derivative is upside down, as in the printed formula: the step is a multiple of the gradient.",
                    lambda t, g, r: t - r / g,
                ),
                Mistake("The learning rate is not used.", lambda t, g, r: t - g),
                Mistake("This is the step. Where does it start?", lambda t, g, r: -r * g),
                Mistake(
                    "The values are right, but `-=` writes into the caller's array. Compute in a new one.",
                    _add_in_place,
                ),
            ],
            points=1,
        ),
        Coding(
            name="descend",
            title="Many steps",
            statement=(
                "Write the whole descent: from `start`, make `steps` steps of "
                "gradient descent, and return the last parameters. "
                "With no steps, the start is the result."
            ),
            solution=descend,
            inputs=_runs,
            mistakes=[
                Mistake(
                    "One step too many.",
                    lambda g, s, r, n: descend(g, s, r, n + 1),
                ),
                Mistake(
                    "One step is missing.",
                    lambda g, s, r, n: descend(g, s, r, n - 1),
                ),
                Mistake(
                    "The gradient is that of the start in every step. It has to be computed anew where you are.",
                    lambda g, s, r, n: s - n * r * g(s),
                ),
                Mistake(
                    "Only one step counts. Does each begin at the start again, or does a `return` end the loop?",
                    lambda g, s, r, n: descend(g, s, r, min(n, 1)),
                ),
                Mistake(
                    "The plus climbs: the gradient points to where the loss rises.",
                    lambda g, s, r, n: descend(g, s, -r, n),
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            (
                "The printed update is $\\mathbf W_{n+1} = \\mathbf W_n - "
                "\\gamma\\,\\partial\\mathbf W_n/\\partial L$. What is wrong?"
            ),
            right=(
                "The derivative is upside down.",
                "The loss is differentiated by the weights: $\\partial L/\\partial\\mathbf W$ has one entry a weight.",
            ),
            wrong={
                "The minus should be a plus.": "A plus would climb.",
                "γ should divide.": "A larger learning rate means a larger step.",
                "Nothing: the step has the units of W.": "It has, with $\\gamma$ in units of the loss. "
                "But it grows where the loss is flat, and is infinite at the minimum.",
            },
        ),
        Question(
            "On $L = \\frac12\\lambda\\theta^2$, from which learning rate on does gradient descent diverge?",
            right=(
                "Above $2/\\lambda$.",
                "A step multiplies $\\theta$ by $1 - \\gamma\\lambda$, whose size is then above 1.",
            ),
            wrong={
                "Above $1/\\lambda$.": (
                    "There it begins to jump across the minimum, and still comes closer with every jump."
                ),
                "Above 1.": "The limit depends on the curvature $\\lambda$.",
                "Never, it only becomes slower.": "Beyond the limit every step is longer than the one before.",
            },
        ),
        Question(
            "Exactly one step reaches the minimum of $\\frac12\\lambda\\theta^2$. Which learning rate is that?",
            right=("$1/\\lambda$", "Then $1 - \\gamma\\lambda = 0$. It is the Newton step."),
            wrong={
                "$2/\\lambda$": "There the parameter jumps to the other side, at the same height.",
                "$\\lambda$": "The step must be shorter where the curve is steeper.",
                "As small as possible.": "Then it takes very many steps.",
            },
        ),
        Question(
            "The loss falls in every step and comes to rest at 0.3. What do we know?",
            right=(
                "The gradient is small there.",
                (
                    "It may be the minimum, another minimum, a saddle point or a plateau, and "
                    "noise in the data can keep even the best loss above 0."
                ),
            ),
            wrong={
                "The network has found the best fit.": "Other starting points may end lower: the loss has many minima.",
                "The learning rate is too large.": "Then it would rise or jump.",
                "There is an error in the gradient.": (
                    "There may be, but this does not show it. A finite difference would."
                ),
            },
        ),
    ],
)
