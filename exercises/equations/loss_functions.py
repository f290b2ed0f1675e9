"""Exercises of the chapter on loss functions."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.exercises.later import Later

sigma = Later("dlmath.symbolic", "sigma")


def weighted_slope(z, y, w):
    return (1 - y) * sigma(z) - w * y * (1 - sigma(z))


def cross_entropy(logits, labels):
    """The mean cross-entropy of a batch, a number.

    logits has shape (N, K), labels has shape (N,): the classes that came.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_totals = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_totals - shifted[np.arange(len(labels)), labels])


def _log_softmax(logits):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _of_labels(values, labels):
    return values[np.arange(len(labels)), labels]


def _naive(logits, labels):
    exponentials = np.exp(logits)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return -np.mean(np.log(_of_labels(probabilities, labels)))


def _log_of_softmax(logits, labels):
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    return -np.mean(np.log(_of_labels(probabilities, labels)))


def _one_shift_for_all(logits, labels):
    shifted = logits - logits.max()
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - _of_labels(shifted, labels))


def _batches(rng):
    """One sample, one class, equal logits, batches, large logits, and a class that came against all odds."""
    large = np.array([[1000.0, 0.0, 999.0], [-1000.0, -1001.0, -1003.0]])
    return [
        (np.array([[0.0, 1.0]]), np.array([0])),
        (np.array([[2.0], [-1.0]]), np.array([0, 0])),
        (np.array([[1.0, 1.0], [0.0, 0.0]]), np.array([0, 1])),
        *((rng.standard_normal((n, k)), rng.integers(0, k, n)) for n, k in [(3, 3), (3, 2), (5, 4)]),
        (np.array([[1000.0, 999.0]]), np.array([0])),
        (np.array([[1000.0, 0.0]]), np.array([1])),
        (np.array([[-1000.0, -1001.0]]), np.array([1])),
        (np.array([[1000.0, -1000.0, -1000.0]]), np.array([1])),
        (large, np.array([2, 0])),
    ]


def gradients_compared():
    """The gradient of the squared error over that of the cross-entropy, at the logit -6 and the target 1."""
    s = 1 / (1 + np.exp(6.0))
    squared_error, cross_entropy = 2 * (s - 1) * s * (1 - s), s - 1
    return float(squared_error / cross_entropy)


chapter = Chapter(
    name="equations/loss-functions",
    title="Loss functions",
    exercises=[
        Prediction(
            name="sure-and-wrong",
            title="Predict: sure, and wrong",
            question=(
                "The target is 1, and a sigmoid has the logit $-6$: it is sure, and wrong. How large is the gradient "
                "of the squared error $(\\hat y - y)^2$ with respect to the logit, as a multiple of that of the "
                "cross-entropy?"
            ),
            solution=gradients_compared,
            within=0.1,
            why=(
                "The cross-entropy pulls with nearly 1. The squared error has the factor $2\\hat y(1-\\hat y)$ in "
                "addition, and $\\hat y$ is 0.0025. In the figure of both losses put the start at $-6$."
            ),
            mistakes=[
                Mistake(
                    "That would be at the steepest place of the sigmoid, where $\\hat y = \\frac12$. Here it is "
                    "almost flat.",
                    lambda: 0.5,
                ),
                Mistake("The 2 of the square is missing.", lambda: 0.002467),
                Mistake(
                    "Both are differences of prediction and target. But one of them passes through the slope of the "
                    "sigmoid.",
                    lambda: 1.0,
                ),
                Mistake(
                    "The square makes the error larger, not its gradient: the slope of the sigmoid is a factor.",
                    lambda: 2.0,
                ),
            ],
        ),
        Derivation(
            name="weighted-coin-slope",
            title="A coin with one expensive side",
            statement=(
                "Missing a disease is worse than a false alarm. So the term of the target 1 gets a weight $w$: "
                "$L = -w\\,y\\log\\sigma(z) - (1-y)\\log(1-\\sigma(z))$. Derive $\\partial L/\\partial z$."
            ),
            given=(
                'import sympy as sp\n\nfrom dlmath.symbolic import sigma\n\nz, y, w = sp.symbols("z y w", real=True)'
            ),
            solution=weighted_slope,
            mistakes=[
                Mistake(
                    "This is the slope without the weight. Where does $w$ stay when the sigmoid cancels?",
                    lambda z, y, w: sigma(z) - y,
                ),
                Mistake(
                    "Here the weight stands before both terms. A target of 0 is not weighted.",
                    lambda z, y, w: w * (sigma(z) - y),
                ),
                Mistake(
                    "The weight was only put before the target of the familiar result. "
                    "Differentiate the two logarithms one at a time.",
                    lambda z, y, w: sigma(z) - w * y,
                ),
                Mistake(
                    "This is the derivative with respect to the probability. One factor of the chain rule is missing.",
                    lambda z, y, w: (1 - y) / (1 - sigma(z)) - w * y / sigma(z),
                ),
                Mistake(
                    "The weight has gone to the wrong side: it belongs to the target 1.",
                    lambda z, y, w: w * (1 - y) * sigma(z) - y * (1 - sigma(z)),
                ),
            ],
        ),
        Coding(
            name="cross-entropy-from-logits",
            title="Cross-entropy from logits",
            statement=(
                "Write the categorical cross-entropy of a batch from its logits, $L = \\frac1N\\sum_i\\bigl("
                "\\log\\sum_k e^{z_{ik}} - z_{ic_i}\\bigr)$, where $c_i$ is the class that came. It must be right, "
                "without a warning, for logits such as $\\pm 1000$."
            ),
            solution=cross_entropy,
            inputs=_batches,
            mistakes=[
                Mistake(
                    "Right for small logits. For large ones the exponentials overflow: what may be subtracted from "
                    "all logits of a row?",
                    _naive,
                ),
                Mistake(
                    "Right for small logits. For large ones the sum overflows before its logarithm is taken: what may "
                    "be subtracted from all logits of a row without changing the loss?",
                    lambda z, labels: np.mean(np.log(np.exp(z).sum(axis=1)) - _of_labels(z, labels)),
                ),
                Mistake(
                    "The probabilities are right, but that of an unlikely class is rounded to 0, and its logarithm is "
                    "infinite. Take the logarithm of the quotient on paper first.",
                    _log_of_softmax,
                ),
                Mistake(
                    "One number is subtracted from the whole batch. A row far below it has only zeros left.",
                    _one_shift_for_all,
                ),
                Mistake(
                    "This is a sum over the batch. The loss is a mean over the samples.",
                    lambda z, labels: -np.sum(_of_labels(_log_softmax(z), labels)),
                ),
                Mistake(
                    "This divides by the number of all logits. The mean is over the N samples.",
                    lambda z, labels: -np.sum(_of_labels(_log_softmax(z), labels)) / z.size,
                ),
                Mistake(
                    "The sign is turned: a probability below 1 has a negative logarithm, and a loss is not negative.",
                    lambda z, labels: np.mean(_of_labels(_log_softmax(z), labels)),
                ),
                Mistake(
                    "All classes are charged. Only the class that came counts.",
                    lambda z, labels: -np.sum(_log_softmax(z)) / len(z),
                ),
                Mistake(
                    "This is one loss a sample. Average them.",
                    lambda z, labels: -_of_labels(_log_softmax(z), labels),
                ),
            ],
            points=3,
        ),
    ],
    quiz=[
        Question(
            "A network with a sigmoid output says $\\hat y = 0.001$, and the target is 1. What is the gradient of the "
            "binary cross-entropy with respect to the logit, for a batch of one?",
            right=(
                "$-0.999$",
                "$\\hat y - y$: the sigmoid's derivative cancels, and the pull is nearly as hard as can be.",
            ),
            wrong={
                "$-1000$": "That is the gradient with respect to the probability, $-1/\\hat y$.",
                "$-0.001$": "The more wrong the prediction, the harder cross-entropy pulls.",
                "about $-0.002$": "That is the squared error's gradient, $2(\\hat y-y)\\hat y(1-\\hat y)$.",
            },
        ),
        Question(
            "Somebody computes $-\\log(1 - \\sigma(z))$ in float64 just as it is written. At which $z$ does it become "
            "infinite?",
            right=("37", "From $53\\log 2 \\approx 36.7$ on, $\\sigma(z)$ is rounded to 1."),
            wrong={
                "710": "There $e^z$ overflows. The sigmoid has been rounded to 1 long before.",
                "Never: $\\sigma(z) < 1$ for all $z$.": "On paper. A float64 has 53 binary digits.",
                "15": "There about eleven digits of the loss are left, but it is finite.",
            },
        ),
        Question(
            "It rains on 30 of 100 days. One forecaster says 0.3 every day. Her cross-entropy is 0.61 nats a day. "
            "What does that say about her?",
            right=(
                "Without knowing more about single days nobody can do better.",
                "0.61 is the entropy of such weather, the lowest average price of a constant forecast.",
            ),
            wrong={
                "She is badly calibrated, for a perfect loss is 0.": (
                    "Zero is for those who know every day for certain. Constant forecasts cannot do better than the "
                    "entropy."
                ),
                "She should say 0 every day and be right on 70 days.": "Then the 30 rainy days cost infinitely much.",
                "She should say 0.5.": "Then every day costs $\\log 2 \\approx 0.69$.",
            },
        ),
        Question(
            "The printed categorical formula, $-\\sum_{i=1}^{C} y_i\\log\\hat y_i$, is added up over a batch. "
            "The batch is made ten times larger. What happens to a step of gradient descent?",
            right=(
                "It becomes about ten times longer.",
                "A sum in place of a mean: the learning rate would have to shrink.",
            ),
            wrong={
                "Nothing.": "So it is with a mean over the batch. The printed formula has none.",
                "It becomes ten times shorter.": "A sum grows with its terms.",
                "It becomes longer by $\\sqrt{10}$.": "That is how noise adds up; the sum itself grows tenfold.",
            },
        ),
    ],
)
