"""Exercises of the chapter on activation functions."""

from __future__ import annotations

import math

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.symbolic import sigma


def silu_slope(z, s):
    return s + z * s * (1 - s)


def gelu_backward(G, Z, Phi):
    """The gradient with respect to the pre-activations Z of a GELU layer.

    G is the gradient of the loss with respect to gelu(Z), and Phi holds the
    values of the normal distribution function at Z. All have one shape.
    """
    density = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi)
    return G * (Phi + Z * density)


def _normal_pre_activations(rng):
    """Zero, both signs, several shapes, and numbers far from zero."""
    arrays = [
        np.array([0.0]),
        np.array([1.0]),
        np.array([-1.0]),
        rng.normal(0, 1.5, 4),
        rng.normal(0, 1.5, (2, 3)),
        rng.normal(0, 1.5, (3, 1, 2)),
        np.array([[-40.0, 40.0, 0.5]]),
    ]
    below = np.vectorize(lambda z: math.erfc(-z / math.sqrt(2)) / 2, otypes=[float])
    return [(rng.normal(0, 1, Z.shape) + 3, Z, below(Z)) for Z in arrays]


def _bell(Z):
    return np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi)


def softmax(Z):
    """The softmax of every row of Z, without overflow for any Z.

    Z has shape (N, K): one sample a row, one class a column.
    """
    shifted = Z - Z.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def _moderate_scores(rng):
    """One sample, one class, equal scores, as many samples as classes, and other shapes."""
    # In a square batch a sum over the wrong axis gives numbers instead of an error.
    return [np.array([[0.0, 1.0]]), np.array([[2.0], [-3.0]]), np.array([[1.0, 1.0], [0.0, 0.0]])] + [
        rng.normal(0, 2, shape) for shape in [(2, 2), (3, 4), (1, 5), (5, 2)]
    ]


def _scores(rng):
    """Also scores whose exponentials are not numbers, and rows of very different size."""
    large = [[1000.0, 1001.0]], [[-1000.0, -1003.0]], [[1000.0, 1001.0], [-1000.0, -1003.0], [0.0, -2000.0]]
    return [(Z,) for Z in [*_moderate_scores(rng), *map(np.array, large), np.array([[1e30, -1e30, 0.0]])]]


def _unshifted(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)


def _stable_over(axis):
    def wrong(Z):
        exponentials = np.exp(Z - Z.max(axis=axis, keepdims=True))
        return exponentials / exponentials.sum(axis=axis, keepdims=True)

    return wrong


def _shifted_after(Z):
    return np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True) - Z.max(axis=1, keepdims=True)


def _one_shift_for_all(Z):
    exponentials = np.exp(Z - Z.max())
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def softmax_backward(G, S):
    """The gradient with respect to the scores Z of a batch.

    S = softmax(Z), and G is the gradient of the loss with respect
    to S. All have shape (N, K), one sample a row.
    """
    weighted_mean = (G * S).sum(axis=1, keepdims=True)
    return S * (G - weighted_mean)


def _gradients(rng):
    """Also shares of exactly 0 and 1."""
    certain = (np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[0.0, 1.0], [0.5, 0.5]]))
    return [(rng.standard_normal(Z.shape), softmax(Z)) for Z in _moderate_scores(rng)] + [certain]


def share_at_two():
    """The larger share of the scores 2 and 0 at the temperature 2."""
    from dlmath import activations

    return float(activations.softmax(np.array([2.0, 0.0]) / 2)[0])


chapter = Chapter(
    name="equations/activation-functions",
    title="Activation functions",
    exercises=[
        Prediction(
            name="twice-the-temperature",
            title="Predict: twice the temperature",
            question=(
                "Two classes have the scores 2 and 0. At the temperature 1 the softmax gives the first a share of "
                "0.88. What is its share at the temperature 2?"
            ),
            solution=share_at_two,
            why=(
                "The scores are divided by the temperature, and the share of the first of two is $\\sigma$ of their "
                "difference, here of 1. In the figure of the temperature all shares come closer to each other."
            ),
            mistakes=[
                Mistake("The shares add up to 1. If both were halved, where would the rest go?", lambda: 0.4404),
                Mistake("The scores are divided by the temperature, not multiplied: heat evens out.", lambda: 0.982),
                Mistake(
                    "Nothing would change if the same were *added* to both scores. Here they are divided.",
                    lambda: 0.8808,
                ),
                Mistake("Only an infinite temperature makes all shares equal.", lambda: 0.5),
            ],
        ),
        Derivation(
            name="silu-derivative",
            title="A smooth relative of ReLU",
            statement=(
                "The activation $g(z) = z\\,\\sigma(z)$ is called SiLU or swish. Derive $g'(z)$, in terms of $z$ and "
                "of $s = \\sigma(z)$. Its slope at 0 is $\\tfrac12$, and for large $z$ it comes close to 1."
            ),
            given='import sympy as sp\n\nz, s = sp.symbols("z s", real=True)',
            solution=silu_slope,
            definitions={"s": lambda z: sigma(z)},
            mistakes=[
                Mistake(
                    "Both factors depend on z: the product rule has two terms, and one is missing. "
                    "What is the slope at 0 with yours?",
                    lambda z, s: z * s * (1 - s),
                ),
                Mistake(
                    "The sigmoid depends on z as well. You have differentiated as if it were a constant.",
                    lambda z, s: s,
                ),
                Mistake(
                    "The derivative of a product is not the product of the derivatives.",
                    lambda z, s: s * (1 - s),
                ),
                Mistake(
                    "In the second term one factor of the product is lost: it stays when the other is differentiated.",
                    lambda z, s: s + s * (1 - s),
                ),
                Mistake(
                    "The derivative of the sigmoid is the product of its value and what is missing to 1.",
                    lambda z, s: s + z * (1 - s),
                ),
            ],
        ),
        Coding(
            name="gelu-backward",
            title="Back through GELU",
            statement=(
                "The activation $g(z) = z\\,\\Phi(z)$ is called GELU; $\\Phi$ is the distribution function of the "
                "standard normal distribution, and its derivative is the density $\\varphi(z) = "
                "e^{-z^2/2}/\\sqrt{2\\pi}$. Write the pull-back: from $\\mathbf G = \\partial L/\\partial "
                "g(\\mathbf Z)$ to $\\partial L/\\partial\\mathbf Z$. The forward pass has kept $\\Phi(\\mathbf Z)$."
            ),
            solution=gelu_backward,
            inputs=_normal_pre_activations,
            mistakes=[
                Mistake(
                    "You have differentiated as if $\\Phi$ were a constant. It depends on z as well.",
                    lambda G, Z, Phi: G * Phi,
                ),
                Mistake(
                    "Both factors depend on z: the product rule has two terms, and one is missing. The slope at 0 is "
                    "not 0.",
                    lambda G, Z, Phi: G * Z * _bell(Z),
                ),
                Mistake(
                    "In the second term one factor of the product is lost: z stays when $\\Phi$ is differentiated.",
                    lambda G, Z, Phi: G * (Phi + _bell(Z)),
                ),
                Mistake(
                    "The bell is not yet a density: its area must be 1.",
                    lambda G, Z, Phi: G * (Phi + Z * np.exp(-(Z**2) / 2)),
                ),
                Mistake(
                    "The exponent of the normal density is half of the square.",
                    lambda G, Z, Phi: G * (Phi + Z * np.exp(-(Z**2)) / np.sqrt(2 * np.pi)),
                ),
                Mistake(
                    "This is the slope of GELU. A pull-back multiplies it by what arrives.",
                    lambda G, Z, Phi: Phi + Z * _bell(Z),
                ),
                Mistake(
                    "This multiplies by the value of GELU. What passes back is multiplied by its slope.",
                    lambda G, Z, Phi: G * Z * Phi,
                ),
                Mistake(
                    "The derivative of $\\sigma$ is $\\sigma(1-\\sigma)$; that of $\\Phi$ is the density.",
                    lambda G, Z, Phi: G * (Phi + Z * Phi * (1 - Phi)),
                ),
                Mistake(
                    "The second term has the wrong sign: $\\Phi$ grows with z.",
                    lambda G, Z, Phi: G * (Phi - Z * _bell(Z)),
                ),
            ],
        ),
        Coding(
            name="batch-softmax",
            title="Softmax for a batch",
            statement=(
                "Write softmax for a batch of scores, so that every row adds up to 1 and NumPy does not warn, however "
                "large the scores are: $\\pm 1000$, or $10^{30}$. The softmax does not change if a number is added "
                "to all scores of a sample."
            ),
            solution=softmax,
            inputs=_scores,
            mistakes=[
                Mistake(
                    "Right for moderate scores. For large ones it is infinity over infinity, for very negative ones "
                    "zero over zero. Which number may be added to a row without changing the result?",
                    _unshifted,
                    as_printed="softmax",
                ),
                Mistake(
                    "The columns add up to 1 instead of the rows: the classes of one sample compete, "
                    "not the samples of one class.",
                    _stable_over(0),
                ),
                Mistake(
                    "The whole batch adds up to 1. Every sample has its own distribution.",
                    lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(),
                ),
                Mistake(
                    "One shift for the whole batch is not enough: in a row far below the largest score of the batch "
                    "all exponentials are 0, and zero over zero is left.",
                    _one_shift_for_all,
                ),
                Mistake(
                    "These are the exponentials, not yet the shares: what do they add up to?",
                    lambda Z: np.exp(Z - Z.max(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The shift belongs into the exponent. Subtracted from the result, it makes shares negative.",
                    _shifted_after,
                ),
            ],
        ),
        Coding(
            name="softmax-backward",
            title="Back through softmax",
            statement=(
                "Write the pull-back through softmax for a batch: from $\\mathbf G = \\partial L/\\partial\\mathbf S$ "
                "to $\\partial L/\\partial\\mathbf Z$. No Jacobian is needed, and no loop."
            ),
            solution=softmax_backward,
            inputs=_gradients,
            mistakes=[
                Mistake(
                    "This is the diagonal of the Jacobian only. Each share depends on all the scores.",
                    lambda G, S: G * S * (1 - S),
                ),
                Mistake(
                    "The sum is not restricted to the sample: it mixes the whole batch.",
                    lambda G, S: S * (G - (G * S).sum()),
                ),
                Mistake(
                    "The sum runs over the samples instead of over the classes.",
                    lambda G, S: S * (G - (G * S).sum(axis=0, keepdims=True)),
                ),
                Mistake(
                    "What is subtracted is a mean with the shares as weights, not the plain sum of the gradients.",
                    lambda G, S: S * (G - G.sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The weighted mean is added where it should be taken away. Add the same number to all of a row "
                    "of G: the result should not change.",
                    lambda G, S: S * (G + (G * S).sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The factor in front is missing: a class with a tiny share can hardly change.",
                    lambda G, S: G - (G * S).sum(axis=1, keepdims=True),
                ),
            ],
        ),
    ],
    quiz=[
        Question(
            "Which function is $\\max(\\alpha z, z)$ for $\\alpha = 2$?",
            right=(
                "Slope 1 on the left and slope 2 on the right.",
                "The maximum picks the upper of the two lines: $z$ for negative $z$, $2z$ for positive ones.",
            ),
            wrong={
                "Slope 2 on the left and slope 1 on the right.": "That is the leaky ReLU. For negative $z$ the line "
                "$2z$ lies below $z$, and the maximum does not pick it.",
                "The line $2z$.": "For negative $z$ the other line is higher.",
                "It is not defined.": "The maximum of two numbers always exists.",
            },
        ),
        Question(
            "What is $\\text{softmax}(\\mathbf z + 5)$, with 5 added to every score?",
            right=(
                "The same as $\\text{softmax}(\\mathbf z)$.",
                "Every exponential gets the factor $e^5$, and so does their sum.",
            ),
            wrong={
                "$e^5$ times as large.": "The sum in the denominator grows by the same factor.",
                "More even.": "That is what dividing by a temperature above 1 does; adding changes nothing.",
                "Closer to one-hot.": "Multiplying the scores by a number above 1 does that; adding changes nothing.",
            },
        ),
        Question(
            "Why has softmax a Jacobian, when the other activations have an element-wise derivative?",
            right=(
                "Each output depends on all inputs.",
                "The sum in the denominator runs over all scores, so raising one lowers all other shares.",
            ),
            wrong={
                "Its outputs are probabilities.": "So is the output of a sigmoid, whose derivative is element-wise.",
                "It has a vector as input.": "The others are applied to vectors too, entry by entry.",
                "The exponential has no simple derivative.": "It is its own derivative.",
            },
        ),
        Question(
            "A ReLU unit of the first layer is off for every sample of the data. What does plain gradient descent do "
            "with it?",
            right=(
                "Nothing, ever.",
                "Its slope is 0 for all samples, so the gradients of its weights and bias are exactly 0, and the data "
                "do not move either. In a deeper layer its inputs move, and they may switch it on again.",
            ),
            wrong={
                "It raises the bias until some sample switches it on.": "For that the bias needs a gradient, "
                "and the gradient passes through the slope, which is 0.",
                "It turns it into a linear unit.": "Nothing changes it at all.",
                "It moves it slowly.": "A leaky ReLU moves slowly. The slope of a ReLU that is off is 0, not small.",
            },
        ),
        Question(
            "At $z = 0$ the package gives ReLU the slope 0. Why?",
            right=(
                "It is a choice: every number from 0 to 1 is a subgradient.",
                "A line through the corner with any such slope stays below the graph. SymPy chooses 1/2.",
            ),
            wrong={
                "It is the derivative there.": "There is none: the difference quotient is 0 from one side and 1 "
                "from the other.",
                "Because the value is 0 there.": "The value does not decide the slope: tanh is 0 at 0 with slope 1.",
                "To avoid a division by zero.": "Nothing is divided.",
            },
        ),
    ],
)
