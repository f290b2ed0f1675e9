"""Exercises of the chapter on forward propagation."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.exercises.later import Later

sp = Later("sympy")


def uniform_bound(n):
    return sp.sqrt(6 / n)


def predict(X, parameters):
    """The output of a network with ReLU in its hidden layers.

    X has shape (N, n_0), one sample a row. parameters is a list of
    pairs (W, b), the first layer first; W has shape (n_out, n_in).
    The last layer has no activation.
    """
    A = X
    for layer, (W, b) in enumerate(parameters, start=1):
        A = A @ W.T + b
        if layer < len(parameters):
            A = np.maximum(A, 0)
    return A


def _networks(rng):
    """One layer of one unit, then equal widths, then one sample, one unit in a layer, and one to five layers."""
    # Where all widths and the samples are equal in number, a missing transpose gives numbers instead of an error.
    one = (np.array([[1.0]]), [(np.array([[-2.0]]), np.array([1.0]))])
    two = (np.array([[1.0]]), [(np.array([[-2.0]]), np.array([1.0])), (np.array([[3.0]]), np.array([-1.0]))])
    return [one, two] + [
        (
            rng.standard_normal((count, widths[0])),
            [(rng.standard_normal((m, n)), rng.standard_normal(m)) for n, m in pairwise(widths)],
        )
        for count, widths in [
            (3, [3, 3, 3]),
            (2, [3, 5, 1]),
            (4, [2, 3, 4, 2]),
            (5, [4, 2]),
            (1, [2, 3, 2]),
            (3, [2, 4, 1, 3, 2, 2]),
        ]
    ]


def _predict_wrongly(*, turn=lambda W: W.T, bias=lambda b: b, hidden=lambda z: np.maximum(z, 0), last=lambda z: z):
    """``predict`` with one step exchanged."""

    def wrong(X, parameters):
        A = X
        for index, (W, b) in enumerate(parameters, start=1):
            g = last if index == len(parameters) else hidden
            A = g(A @ turn(W) + bias(b))
        return A

    return wrong


def _bias_last(X, parameters):
    *hidden, (W_last, b_last) = parameters
    A = X
    for W, b in hidden:
        A = np.maximum(A @ W.T, 0) + b
    return A @ W_last.T + b_last


def multiply_adds(widths, samples):
    """How many multiplications a forward pass of a network takes.

    widths are the numbers of units, from the input to the output.
    """
    weights = np.multiply(widths[:-1], widths[1:]).sum()
    return samples * int(weights)


def _sizes(rng):
    """One sample, one layer, layers of one unit, and any widths."""
    return [
        ([2, 3, 1], 1),
        ([2, 2], 3),
        ([1, 1, 1], 2),
        ([5, 4, 3, 2], 7),
        ([int(n) for n in rng.integers(2, 9, 6)], 10),
    ]


def size_after_twenty():
    """The root mean square after twenty ReLU layers of Xavier's weights, relative to the input."""
    from dlmath import network

    rng = np.random.default_rng(0)
    X, sizes = rng.standard_normal((20, 100)), [100] * 21
    left = []
    for _ in range(10):
        parameters = [
            (rng.normal(0, np.sqrt(1 / 100), W.shape), b)
            for W, b in network.unpack(network.initialize(sizes, rng), sizes)
        ]
        left.append(np.sqrt(np.mean(network.predict(X, parameters, "relu") ** 2)))
    size = float(np.median(left))
    readings = {"A": 1.0, "B": 1 / 20, "C": 1e-3, "D": 1e-6}
    return min(readings, key=lambda letter: abs(np.log(size / readings[letter])))


chapter = Chapter(
    name="equations/forward-propagation",
    title="Forward propagation",
    exercises=[
        Prediction(
            name="xavier-for-relu",
            title="Predict: Xavier's weights for ReLU",
            question=(
                "In the first figure, twenty ReLU layers have Xavier's weights, whose variance is one over the width. "
                "What is left of the size, the root mean square, of the signal?"
            ),
            solution=size_after_twenty,
            choices={
                "A": "About all of it.",
                "B": "About a twentieth.",
                "C": "About a thousandth.",
                "D": "About a millionth.",
            },
            why=(
                "A ReLU keeps half of the mean square, so twenty of them leave $2^{-20}$ of it, about a millionth; of "
                "its root a thousandth. Choose xavier and relu in the figure; he makes up for the half."
            ),
            mistakes=[
                Mistake(
                    "Xavier's weights keep the mean square of what they get. What does a ReLU do to it afterwards?",
                    lambda: "A",
                ),
                Mistake("The layers follow one another: their factors multiply, they do not add up.", lambda: "B"),
                Mistake("This is the mean square. The size is its root.", lambda: "D"),
            ],
        ),
        Derivation(
            name="uniform-weights",
            title="He's weights from a uniform distribution",
            statement=(
                "A ReLU layer with $n$ inputs gets weights that are uniform between $-r$ and $r$. Which $r$ keeps the "
                "mean square of the signal from layer to layer? The mean of $w^2$ over that interval is $r^2/3$."
            ),
            given='import sympy as sp\n\nn = sp.Symbol("n", positive=True)',
            solution=uniform_bound,
            mistakes=[
                Mistake(
                    "This keeps the signal of a layer without activation. ReLU cuts off half of the mean square.",
                    lambda n: sp.sqrt(3 / n),
                ),
                Mistake(
                    "This is the standard deviation that is wanted. The bound of a uniform distribution is larger "
                    "than its standard deviation.",
                    lambda n: sp.sqrt(2 / n),
                ),
                Mistake(
                    "This is the square of the bound.",
                    lambda n: 6 / n,
                ),
                Mistake(
                    "This is the variance that is wanted. How does it follow from the bound?",
                    lambda n: 2 / n,
                ),
                Mistake(
                    "ReLU makes the signal smaller, so the weights must be larger, not smaller, than without.",
                    lambda n: sp.sqrt(sp.Rational(3, 2) / n),
                ),
            ],
        ),
        Coding(
            name="forward-pass",
            title="A network of any depth",
            statement=(
                "Write the forward pass of a network with any number of layers: ReLU after each layer but the last, "
                "which has no activation."
            ),
            solution=predict,
            inputs=_networks,
            mistakes=[
                Mistake(
                    "The last layer has an activation here: no output is ever negative.",
                    _predict_wrongly(last=lambda z: np.maximum(z, 0)),
                ),
                Mistake(
                    "There is no activation: this network is one affine map, whatever its depth.",
                    _predict_wrongly(hidden=lambda z: z),
                ),
                Mistake(
                    "The weights should be transposed: a sample is a row, and a row of W holds the weights of one "
                    "unit. In square layers nothing complains, and the result is wrong.",
                    _predict_wrongly(turn=lambda W: W),
                ),
                Mistake(
                    "The biases are missing.",
                    _predict_wrongly(bias=lambda b: 0 * b),
                ),
                Mistake(
                    "The negative part is kept and the positive part cut off.",
                    _predict_wrongly(hidden=lambda z: np.minimum(z, 0)),
                ),
                Mistake(
                    "The activation is applied before the bias is added: it acts on the whole pre-activation.",
                    _bias_last,
                ),
            ],
            points=3,
        ),
        Coding(
            name="multiply-adds",
            title="The cost of a forward pass",
            statement=(
                "Count the multiplications of a forward pass. The activations and the additions are not counted."
            ),
            solution=multiply_adds,
            inputs=_sizes,
            mistakes=[
                Mistake(
                    "This counts the parameters. A bias is added, and multiplied with nothing.",
                    lambda widths, samples: samples * sum((n + 1) * m for n, m in pairwise(widths)),
                ),
                Mistake(
                    "This is the count for one sample.",
                    lambda widths, samples: sum(n * m for n, m in pairwise(widths)),
                ),
                Mistake(
                    "A unit has a weight for each unit of the layer before, and of no other layer.",
                    lambda widths, samples: samples * sum(n * m for n, m in combinations(widths, 2)),
                ),
                Mistake(
                    "These are the units. Each has as many weights as there are units in the layer before.",
                    lambda widths, samples: samples * sum(widths[1:]),
                ),
                Mistake(
                    "The layers work one after the other: their costs add up.",
                    lambda widths, samples: samples * int(np.prod(widths)),
                ),
            ],
            points=1,
        ),
    ],
    quiz=[
        Question(
            "A batch $\\mathbf X$ has one sample per row. What is the first layer's pre-activation?",
            right=(
                "$\\mathbf X\\mathbf W^T + \\mathbf 1\\mathbf b^T$",
                "Row $i$ of the product is $\\mathbf W\\mathbf x_i$, as the document prints it for one sample.",
            ),
            wrong={
                "$\\mathbf W\\mathbf X + \\mathbf b$": "That needs one sample per column. With as many samples as "
                "inputs it runs, and mixes the samples.",
                "$\\mathbf X\\mathbf W + \\mathbf b$": "A row of $\\mathbf W$ holds the weights of one unit, so "
                "$\\mathbf W$ has to be transposed.",
                "$\\mathbf W^T\\mathbf X + \\mathbf b$": "The shapes do not fit: (inputs × outputs) times "
                "(samples × inputs).",
            },
        ),
        Question(
            "A network has the widths 10, 20, 5. How many multiplications does one sample take?",
            right=("300", "$10\\cdot 20 + 20\\cdot 5$: one for each weight."),
            wrong={
                "325": "That is the number of parameters. The 25 biases are added, not multiplied.",
                "1000": "The layers work one after the other: $10\\cdot20$ and $20\\cdot5$ are added.",
                "35": "These are the units.",
            },
        ),
        Question(
            "The weights of a deep ReLU network with $n = 50$ inputs per unit have variance $1/50$. "
            "What happens to the signal?",
            right=(
                "Its mean square halves at each layer.",
                "The product keeps it, since $n v = 1$, and ReLU cuts off half.",
            ),
            wrong={
                "It keeps its size.": "So it would without activation. ReLU halves the mean square.",
                "It doubles at each layer.": "The sum of products keeps the size, and ReLU can only make it smaller.",
                "It falls as $1/l$.": "That is tanh. For ReLU the factor is the same at every layer.",
            },
        ),
        Question(
            "All weights and biases of a network with tanh start at 0.1. What does it learn?",
            right=(
                "What a network with one unit in each hidden layer can learn.",
                "Units with equal weights get equal gradients and stay equal.",
            ),
            wrong={
                "Nothing at all.": "That is near to what happens with zeros. With 0.1 the gradients are not zero, "
                "only equal.",
                "The same as from random weights, only slower.": "No number of steps makes equal units different.",
                "It diverges.": "0.1 is small; nothing explodes.",
            },
        ),
    ],
)
