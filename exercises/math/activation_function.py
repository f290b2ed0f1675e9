"""Exercises of the chapter on the sigmoid."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.exercises.later import Later

sp = Later("sympy")


def sigmoid(z):
    """The sigmoid of every entry of z, without overflow for any z."""
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, e) / (1 + e)


def sigmoid_grad(z):
    """The derivative of the sigmoid at every entry of z."""
    e = np.exp(-np.abs(z))
    return e / (1 + e) ** 2


def _naive(z):
    return 1 / (1 + np.exp(-z))


def _pre_activations(rng):
    """Both signs, zero, all shapes, and numbers whose exponentials are not numbers."""
    return [
        (z,)
        for z in (
            np.array([0.5]),
            np.array([-0.5]),
            np.array([[0.0, -2.0]]),
            rng.normal(0, 3, 5),
            rng.normal(0, 3, (2, 3)),
            rng.normal(0, 3, (2, 1, 2)),
            np.array(1.0),
            np.array([1000.0]),
            np.array([0.0, -1000.0, 1000.0]),
            np.array([1e30, -1e30]),
        )
    ]


def _also_far_out(rng):
    """Also where the derivative is tiny, on either side."""
    return [*_pre_activations(rng), (np.array([40.0]),), (np.array([-700.0, 700.0]),)]


def sigmoid_derivative(x):
    return sp.exp(-x) / (1 + sp.exp(-x)) ** 2


def slope_of_a_chain():
    """The largest slope of a chain of five units with the weight 2, over that with the weight 4."""
    slopes = []
    for weight in (2.0, 4.0):
        slope = 1.0  # at x = 0, where every unit is steepest
        for _ in range(5):
            slope *= weight * 0.25
        slopes.append(slope)
    return slopes[1] / slopes[0]


chapter = Chapter(
    name="math/activation-function",
    title="Activation function: the sigmoid",
    exercises=[
        Prediction(
            name="half-the-weight",
            title="Predict: half the weight",
            question=(
                "In the figure of the chain of sigmoids, five units have the weight 4, and the slope at $x = 0$ is 1. "
                "You set the weight to 2. How many times flatter does the curve become at $x = 0$?"
            ),
            solution=slope_of_a_chain,
            why=(
                "Each unit passes on the factor $w/4$, and five factors of one half follow one another. Choose five "
                "units in the figure, and the weights 4 and 2."
            ),
            mistakes=[
                Mistake("That is one unit. There are five of them, one after the other.", lambda: 2.0),
                Mistake("The factors of the units multiply, they do not add.", lambda: 10.0),
                Mistake("Count the units: there are five factors, one for each.", lambda: 16.0),
                Mistake(
                    "$\\frac14$ is the slope of each unit with either weight. By what do the two chains differ?",
                    lambda: 4.0**5,
                ),
            ],
        ),
        Derivation(
            name="sigmoid-derivative",
            title="The derivative of the sigmoid",
            statement=(
                "Derive $\\mathrm d\\sigma/\\mathrm d x$ of $\\sigma(x) = 1/(1 + e^{-x})$ by hand, "
                "and write the result as a SymPy expression in $x$. Any equivalent form counts."
            ),
            given='import sympy as sp\n\nx = sp.Symbol("x", real=True)',
            solution=sigmoid_derivative,
            mistakes=[
                Mistake(
                    (
                        "The sign is turned: two minus signs come up on the way, one "
                        "from the quotient and one from $e^{-x}$."
                    ),
                    lambda x: -sp.exp(-x) / (1 + sp.exp(-x)) ** 2,
                ),
                Mistake(
                    "The inner derivative is missing: what is the derivative of $1 + e^{-x}$?",
                    lambda x: -1 / (1 + sp.exp(-x)) ** 2,
                ),
                Mistake(
                    "This is $1 - \\sigma(x)$, a factor of the derivative. Or is a denominator not squared?",
                    lambda x: sp.exp(-x) / (1 + sp.exp(-x)),
                ),
                Mistake(
                    "The derivative of $e^{-x}$ is not $e^{x}$.",
                    lambda x: sp.exp(x) / (1 + sp.exp(-x)) ** 2,
                ),
            ],
        ),
        Coding(
            name="stable-sigmoid",
            title="A sigmoid that does not overflow",
            statement=(
                "Write $\\sigma(z) = 1/(1 + e^{-z})$ for an array of any shape, so that NumPy warns for no number, "
                "not even for $z = -1000$. An exponential of a number that is never positive cannot overflow."
            ),
            solution=sigmoid,
            inputs=_pre_activations,
            mistakes=[
                Mistake(
                    "The values are right, but $e^{-z}$ overflows for large negative $z$, wherever it is computed: "
                    "`np.where` computes both of its branches for all numbers.",
                    _naive,
                ),
                Mistake(
                    "This form is safe for negative $z$ and overflows for large positive ones, where it gives "
                    "infinity over infinity.",
                    lambda z: np.exp(z) / (1 + np.exp(z)),
                ),
                Mistake(
                    "The sign in the exponent is lost: this falls where the sigmoid rises.",
                    lambda z: 1 / (1 + np.exp(z)),
                ),
                Mistake(
                    (
                        "This is right for $z \\ge 0$ and mirrored for negative $z$: "
                        "the absolute value alone forgets the sign."
                    ),
                    lambda z: 1 / (1 + np.exp(-np.abs(z))),
                ),
                Mistake(
                    "The slope is wrong by a factor: the hyperbolic tangent is a sigmoid of the doubled argument.",
                    lambda z: (1 + np.tanh(z)) / 2,
                ),
            ],
        ),
        Coding(
            name="sigmoid-grad",
            title="The derivative in code",
            statement=(
                "Write $\\sigma'(z)$ for an array of any shape, again without a warning for any number. "
                "It should be right to seven digits also where it is tiny: "
                "at $z = 40$ it is $4.2\\cdot10^{-18}$, not 0. "
                "The derivative is symmetric, $\\sigma'(-z) = \\sigma'(z)$."
            ),
            solution=sigmoid_grad,
            inputs=_also_far_out,
            mistakes=[
                Mistake(
                    "This takes the argument for the output: in $\\sigma(1 - \\sigma)$ both are values of the sigmoid.",
                    lambda z: z * (1 - z),
                ),
                Mistake(
                    "The sigmoid is applied twice: the derivative is σ(1 - σ) at z, not at σ(z).",
                    lambda z: _naive(_naive(z)) * (1 - _naive(_naive(z))),
                ),
                Mistake("This is the sigmoid itself.", sigmoid),
                Mistake("A plus where a minus belongs: σ(1 + σ).", lambda z: sigmoid(z) * (1 + sigmoid(z))),
                Mistake(
                    "The formula as printed breaks far on the left: there it is infinity over infinity. "
                    "Use the symmetry.",
                    lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
                ),
                Mistake(
                    "Far on the left $e^{-z}$ overflows, and far on the right $\\sigma$ is rounded to 1, so that "
                    "$1 - \\sigma$ is 0. Use the symmetry.",
                    lambda z: _naive(z) * (1 - _naive(z)),
                ),
                Mistake(
                    "There is no warning, but for large $z$ the value of $\\sigma$ is rounded to 1, and $1 - \\sigma$ "
                    "has lost all its digits. Which value of the sigmoid is $1 - \\sigma(z)$?",
                    lambda z: sigmoid(z) * (1 - sigmoid(z)),
                ),
                Mistake(
                    "There is no warning, but far from 0 the hyperbolic tangent is rounded to 1 or -1, and what is "
                    "missing to it has lost all its digits. Use an exponential that is small there.",
                    lambda z: (1 - np.tanh(z / 2) ** 2) / 4,
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            "Where is the sigmoid steepest, and how steep?",
            right=(
                "At 0, with slope 1/4.",
                "$\\sigma(1 - \\sigma)$ is largest where $\\sigma = 1/2$, and there it is 1/4.",
            ),
            wrong={
                "At 0, with slope 1/2.": "1/2 is its value at 0.",
                "At 0, with slope 1.": "That is the hyperbolic tangent, which is twice as high and runs twice as fast.",
                "Far on the right, where it is largest.": "There it is flat: it has come close to 1.",
            },
        ),
        Question(
            "What is $\\sigma(-x)$?",
            right=("$1 - \\sigma(x)$", "The curve is symmetric about the point (0, 1/2)."),
            wrong={
                "$-\\sigma(x)$": "The sigmoid is never negative.",
                "$\\sigma(x)$": "So it is for the derivative. The sigmoid itself rises from 0 to 1.",
                "$1/\\sigma(x)$": "That would be above 1.",
            },
        ),
        Question(
            "A program has stored $a = \\sigma(z)$ but not $z$. How does it get $\\sigma'(z)$?",
            right=(
                "`a * (1 - a)`",
                "The derivative depends on the output alone: this is why the sigmoid is cheap to train.",
            ),
            wrong={
                "`sigmoid(a) * (1 - sigmoid(a))`": (
                    "That is the derivative at $a$, and not at $z$: a usual mistake in backpropagation."
                ),
                "It cannot: z is needed.": "The output says all that is needed.",
                "`1 - a`": "One factor is missing: for $z \\to -\\infty$ this goes to 1, and the slope to 0.",
            },
        ),
        Question(
            "In float64, `1 / (1 + np.exp(-z))` at $z = -1000$ gives",
            right=(
                "0.0, with an overflow warning.",
                "$e^{1000}$ is infinite in floating point, and one over infinity is 0: right to all digits it has.",
            ),
            wrong={
                "NaN.": "Infinity over infinity would be NaN. Here the numerator is 1.",
                "An error that ends the program.": "NumPy warns and goes on.",
                "A tiny positive number.": "$e^{-1000}$ is smaller than the smallest number of float64.",
            },
        ),
    ],
)
