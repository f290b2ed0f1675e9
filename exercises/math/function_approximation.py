"""Exercises of the chapter on the 2-3-1 network."""

from __future__ import annotations

import numpy as np

from dlmath.activations import sigmoid
from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def predict(X, W0, b0, W1, b1):
    """The outputs of the network for a batch, shape (N, n_out).

    X has shape (N, n_in),
    W0 has shape (n_hidden, n_in), b0 has shape (n_hidden,),
    W1 has shape (n_out, n_hidden), b1 has shape (n_out,).
    """
    hidden = 1 / (1 + np.exp(-(X @ W0.T + b0)))
    return 1 / (1 + np.exp(-(hidden @ W1.T + b1)))


def _networks(rng):
    """One number everywhere, then equal widths, then one sample, one hidden unit, one output and several of each."""
    # Where all widths are equal, a forgotten transposition gives numbers instead of an error.
    return [
        (
            rng.standard_normal((n, n_in)),
            rng.standard_normal((n_hidden, n_in)),
            rng.standard_normal(n_hidden),
            rng.standard_normal((n_out, n_hidden)),
            rng.standard_normal(n_out),
        )
        for n, n_in, n_hidden, n_out in [
            (1, 1, 1, 1),
            (2, 2, 2, 2),
            (1, 2, 3, 1),
            (5, 2, 3, 1),
            (3, 4, 1, 3),
            (4, 3, 5, 2),
        ]
    ]


def count_parameters(n_in, n_hidden, n_out):
    """The number of weights and biases with one hidden layer."""
    return (n_in + 1) * n_hidden + (n_hidden + 1) * n_out


def _widths(rng):
    return [(2, 3, 1), (1, 1, 1), (5, 2, 4), *(tuple(int(n) for n in rng.integers(1, 50, 3)) for _ in range(3))]


def slope(h, f, v, w):
    return f * (1 - f) * v * h * (1 - h) * w


def ways_to_write():
    """In how many ways a network with four hidden units can be written, counted one by one."""
    from itertools import permutations, product

    own = np.random.default_rng(0).standard_normal((4, 2))  # of each unit: what comes in, and what goes out
    ways = set()
    for order in permutations(range(4)):
        for signs in product([1, -1], repeat=4):
            ways.add((own[list(order)] * np.array(signs)[:, np.newaxis]).tobytes())
    return len(ways)


chapter = Chapter(
    name="math/function-approximation",
    title="Function approximation: the 2-3-1 network",
    exercises=[
        Prediction(
            name="one-unit-more",
            title="Predict: one unit more",
            question=(
                "The 2-3-1 network can be written in 48 ways: its units stand in any order, and each may be turned "
                "round. In how many ways can a 2-4-1 network be written?"
            ),
            solution=ways_to_write,
            why=(
                "Four units have $4!$ orders, and each of them may be turned round or not, which makes $2^4$. With "
                "three it is $3!\\cdot2^3$, which the chapter has counted."
            ),
            within=0.0,
            mistakes=[
                Mistake("These are the orders alone. Each unit may be turned round besides.", lambda: 24),
                Mistake("These are the ways to turn units round. They also stand in any order.", lambda: 16),
                Mistake("The new unit may be turned round. It may also stand in any of four places.", lambda: 96),
                Mistake("The new unit may stand in any of four places. It may also be turned round.", lambda: 192),
                Mistake("Orders and turns can be combined: each order with each choice of turns.", lambda: 24 + 16),
                Mistake("The number of ways is not in proportion to the number of units.", lambda: 64),
            ],
        ),
        Derivation(
            name="network-slope",
            title="How the output follows the input",
            statement=(
                "The smallest network has one input, one hidden unit and one output: $h = \\sigma(w x + b)$ and "
                "$f = \\sigma(v h + c)$. Derive $\\mathrm d f/\\mathrm d x$ by the chain rule, "
                "in terms of $h$, $f$, $v$ and $w$ (use $\\sigma' = \\sigma(1 - \\sigma)$)."
            ),
            given='import sympy as sp\n\nh, f, v, w = sp.symbols("h f v w", real=True)',
            solution=slope,
            mistakes=[
                Mistake(
                    "The derivative of the outer sigmoid is missing.",
                    lambda h, f, v, w: v * h * (1 - h) * w,
                ),
                Mistake(
                    "The derivative of the hidden sigmoid is missing.",
                    lambda h, f, v, w: f * (1 - f) * v * w,
                ),
                Mistake(
                    "The inner derivative is missing: how does $w x + b$ change with $x$?",
                    lambda h, f, v, w: f * (1 - f) * v * h * (1 - h),
                ),
                Mistake(
                    "The weight of the output is missing: how does $v h + c$ change with $h$?",
                    lambda h, f, v, w: f * (1 - f) * h * (1 - h) * w,
                ),
            ],
        ),
        Coding(
            name="two-layer-network",
            title="The network as a function",
            statement=(
                "Write the network $f(\\mathbf X) = \\sigma(\\sigma(\\mathbf "
                "X\\mathbf W_0^T + \\mathbf b_0)\\mathbf W_1^T + "
                "\\mathbf b_1)$ for a batch, one sample a row. It should work for any widths, not only for 2-3-1."
            ),
            solution=predict,
            inputs=_networks,
            mistakes=[
                Mistake(
                    "The hidden layer has no activation: two affine maps in a row are one affine map.",
                    lambda X, W0, b0, W1, b1: sigmoid((X @ W0.T + b0) @ W1.T + b1),
                ),
                Mistake(
                    "The output layer has no activation here. The printed network has one at both layers.",
                    lambda X, W0, b0, W1, b1: sigmoid(X @ W0.T + b0) @ W1.T + b1,
                ),
                Mistake(
                    "The biases are missing.",
                    lambda X, W0, b0, W1, b1: sigmoid(sigmoid(X @ W0.T) @ W1.T),
                ),
                Mistake(
                    "The weights should be transposed: a sample is a row of X, and a row of W holds the weights of "
                    "one unit. With square matrices nothing complains, and the result is wrong.",
                    lambda X, W0, b0, W1, b1: sigmoid(sigmoid(X @ W0 + b0) @ W1 + b1),
                ),
                Mistake(
                    "The weights of the output are used as they are printed, without the transpose. With as many "
                    "outputs as hidden units nothing complains.",
                    lambda X, W0, b0, W1, b1: sigmoid(sigmoid(X @ W0.T + b0) @ W1 + b1),
                    as_printed="network-forward",
                ),
                Mistake(
                    "The sign in the exponent of the sigmoid is lost: this is σ(-z).",
                    lambda X, W0, b0, W1, b1: sigmoid(-(sigmoid(-(X @ W0.T + b0)) @ W1.T + b1)),
                ),
            ],
            points=3,
        ),
        Coding(
            name="count-parameters",
            title="Counting the parameters",
            statement="How many numbers does training have to find in a network with one hidden layer?",
            solution=count_parameters,
            inputs=_widths,
            mistakes=[
                Mistake("The biases are not counted.", lambda i, h, o: i * h + h * o),
                Mistake("There is one bias per unit, not one per layer.", lambda i, h, o: i * h + 1 + h * o + 1),
                Mistake("The inputs have no bias: they are data.", lambda i, h, o: i * h + h * o + i + h + o),
                Mistake(
                    "The units are counted, but it is the connections that carry weights.", lambda i, h, o: i + h + o
                ),
            ],
            points=1,
        ),
    ],
    quiz=[
        Question(
            "Why does a network with a sigmoid at its output fail to fit $z = a\\sin x + b\\cos y$ as it stands?",
            right=(
                "Its values lie between 0 and 1, and z is often negative.",
                "No weights can help. Scale the targets into (0, 1), or leave the last sigmoid out.",
            ),
            wrong={
                "It has too few parameters.": "More hidden units do not help: the last sigmoid still ends at 0 and 1.",
                "Sigmoids cannot make waves.": (
                    "Sums of shifted sigmoids can make waves; the range of the output is the problem."
                ),
                "It has no randomness.": "The noise is in the measurements. The surface z itself has none.",
            },
        ),
        Question(
            (
                "$\\mathbf W_0$ has shape (3, 2). What shape has the batch $\\mathbf "
                "X$ with N samples in $\\mathbf X\\mathbf W_0^T$?"
            ),
            right=("(N, 2)", "One sample a row, one column for each input; the product has shape (N, 3)."),
            wrong={
                "(2, N)": "One sample a column is the other convention; then the product is $\\mathbf W_0\\mathbf X$.",
                "(N, 3)": "That is the shape of the product: one column for each hidden unit.",
                "(3, N)": "The 3 belongs to the hidden units, not to the data.",
            },
        ),
        Question(
            "What is left of the network if both sigmoids are taken out?",
            right=(
                "An affine function of the inputs.",
                "$(\\mathbf X\\mathbf W_0^T + \\mathbf b_0)\\mathbf W_1^T + \\mathbf b_1$ multiplies out to "
                "one matrix and one bias.",
            ),
            wrong={
                "A quadratic function, for two layers multiply.": "The weights are multiplied with each other, "
                "but the inputs appear to the first power only.",
                "The same function, only not bounded.": "Without bends between them the layers collapse into one.",
                "A constant.": "The inputs still enter.",
            },
        ),
        Question(
            "Two hidden units are exchanged, with their weights and biases. What happens to the output?",
            right=(
                "Nothing.",
                (
                    "The sum over the hidden units does not know their order. So "
                    "different parameters give the same function."
                ),
            ),
            wrong={
                "It changes sign.": "No weight changes its sign, only its place.",
                "It changes, since the weights differ.": (
                    "Both the weights into a unit and the one out of it move together."
                ),
                "It is undefined.": "The shapes are as before.",
            },
        ),
    ],
)
