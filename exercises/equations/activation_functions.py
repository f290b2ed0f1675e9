"""Exercises of the chapter on activation functions."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.exercises.later import Later

sigma = Later("dlmath.symbolic", "sigma")


def silu_bend(z, s):
    return s * (1 - s) * (2 + z * (1 - 2 * s))


def gated_backward(G, A, B, S):
    """The gradients with respect to the two factors of a gated layer.

    The layer returns A * silu(B), and S = sigmoid(B) was kept. G is the
    gradient of the loss with respect to what it returns. All have one shape.
    Return (grad_A, grad_B).
    """
    return G * B * S, G * A * (S + B * S * (1 - S))


def _gates(rng):
    """Zero, both signs, several shapes, and numbers far from zero."""
    arrays = [
        np.array([1.0]),
        np.array([0.0]),
        np.array([-1.0]),
        rng.normal(0, 1.5, 4),
        rng.normal(0, 1.5, (2, 3)),
        rng.normal(0, 1.5, (3, 1, 2)),
        np.array([[-40.0, 40.0, 0.5]]),
    ]
    return [(rng.normal(0, 1, B.shape) + 3, rng.normal(0, 1, B.shape) + 2, B, 1 / (1 + np.exp(-B))) for B in arrays]


def _wrong_gate(*, by_A=lambda B, S: B * S, slope=lambda B, S: S + B * S * (1 - S), factor=lambda A: A):
    """``gated_backward`` with one of its parts exchanged."""
    return lambda G, A, B, S: (G * by_A(B, S), G * factor(A) * slope(B, S))


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


def tempered_backward(G, S, Z, T):
    """The gradients with respect to the scores and to the temperature.

    S = softmax(Z / T) row by row, and G is the gradient of the loss with
    respect to S. All three have shape (N, K), one sample a row; T is a
    number. Return (grad_Z, grad_T).
    """
    weighted_mean = (G * S).sum(axis=1, keepdims=True)
    grad_Z = S * (G - weighted_mean) / T
    return grad_Z, -(grad_Z * Z).sum() / T


def _wrong_tempered(
    *,
    pull=lambda G, S: S * (G - (G * S).sum(axis=1, keepdims=True)),
    cool=lambda U, T: U / T,
    by_T=lambda grad_Z, Z, T: -(grad_Z * Z).sum() / T,
):
    """``tempered_backward`` with one of its parts exchanged."""

    def backward(G, S, Z, T):
        grad_Z = cool(pull(G, S), T)
        return grad_Z, by_T(grad_Z, Z, T)

    return backward


def _gradients(rng):
    """Temperatures below and above 1, and shares of exactly 0 and 1."""
    certain = (
        np.array([[1.0, -2.0], [3.0, 0.5]]),
        np.array([[0.0, 1.0], [0.5, 0.5]]),
        np.array([[0.0, 900], [2, 2.0]]),
        1.0,
    )
    cases = [(rng.standard_normal(Z.shape), Z, T) for Z, T in zip(_moderate_scores(rng), [2, 3, 0.5, 2, 0.75, 1.5, 4])]
    return [*((G, softmax(Z / T), Z, float(T)) for G, Z, T in cases), certain]


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
            name="silu-bend",
            title="Where SiLU is steepest",
            statement=(
                "The slope of SiLU, $g(z) = z\\,\\sigma(z)$, is above 1 at its steepest place. There its own slope is "
                "0. Derive $g''(z)$, in terms of $z$ and of $s = \\sigma(z)$. It is $\\tfrac12$ at 0. Where is it 0, "
                "according to the figure?"
            ),
            given='import sympy as sp\n\nz, s = sp.symbols("z s", real=True)',
            solution=silu_bend,
            definitions={"s": lambda z: sigma(z)},
            mistakes=[
                Mistake(
                    "The slope of $\\sigma$ comes in twice: once from the first term of $g'$, once from the $z$ in "
                    "the second.",
                    lambda z, s: s * (1 - s) * (1 + z * (1 - 2 * s)),
                ),
                Mistake(
                    "A term is missing: the slope of the sigmoid, $s(1-s)$, depends on z as well.",
                    lambda z, s: 2 * s * (1 - s),
                ),
                Mistake(
                    "$s(1-s)$ is differentiated with respect to $s$. How does $s$ change with z?",
                    lambda z, s: 2 * s * (1 - s) + z * (1 - 2 * s),
                ),
                Mistake(
                    "The last term has the wrong sign: on the right the slope of the sigmoid falls.",
                    lambda z, s: s * (1 - s) * (2 - z * (1 - 2 * s)),
                ),
                Mistake("This is the slope. Asked is the slope of the slope.", lambda z, s: s + z * s * (1 - s)),
            ],
        ),
        Coding(
            name="gated-backward",
            title="Back through a gate",
            statement=(
                "A gated layer, as in the Llama models, multiplies two layers entry by entry, one of them through "
                "SiLU: $\\mathbf Y = \\mathbf A\\odot\\mathrm{silu}(\\mathbf B)$, with $\\mathrm{silu}(b) = "
                "b\\,\\sigma(b)$. Write its pull-back: from $\\mathbf G = \\partial L/\\partial\\mathbf Y$ to the "
                "gradients with respect to both factors. The forward pass has kept $\\mathbf S = \\sigma(\\mathbf B)$."
            ),
            solution=gated_backward,
            inputs=_gates,
            returns=("grad_A", "grad_B"),
            mistakes=[
                Mistake(
                    "In the gradient of $\\mathbf B$ the other factor, $\\mathbf A$, is missing.",
                    _wrong_gate(factor=lambda A: 1),
                ),
                Mistake(
                    "The gate is taken for $\\sigma(\\mathbf B)$. It is SiLU, which has $\\mathbf B$ as a factor.",
                    _wrong_gate(by_A=lambda B, S: S, slope=lambda B, S: S * (1 - S)),
                ),
                Mistake(
                    "You have differentiated SiLU as if $\\sigma$ were a constant. It depends on $\\mathbf B$ as well.",
                    _wrong_gate(slope=lambda B, S: S),
                ),
                Mistake(
                    "SiLU is a product: its slope has two terms, and one is missing. At 0 it is not 0.",
                    _wrong_gate(slope=lambda B, S: B * S * (1 - S)),
                ),
                Mistake(
                    "In the second term of the slope one factor of the product is lost: it stays when the other is "
                    "differentiated.",
                    _wrong_gate(slope=lambda B, S: S + S * (1 - S)),
                ),
                Mistake(
                    "The value of SiLU stands where its slope belongs.",
                    _wrong_gate(slope=lambda B, S: B * S),
                ),
                Mistake(
                    "The slope of SiLU stands at $\\mathbf A$. What does $\\mathbf A$ get multiplied by, going "
                    "forward?",
                    _wrong_gate(by_A=lambda B, S: S + B * S * (1 - S)),
                ),
                Mistake(
                    "What arrives, $\\mathbf G$, is missing.",
                    lambda G, A, B, S: (B * S, A * (S + B * S * (1 - S))),
                ),
                Mistake(
                    "The two gradients are exchanged.",
                    lambda G, A, B, S: (G * A * (S + B * S * (1 - S)), G * B * S),
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
            name="tempered-softmax-backward",
            title="Back through a softmax with a temperature",
            statement=(
                "A network is to learn its temperature too: $\\mathbf S = \\mathrm{softmax}(\\mathbf Z/T)$, row by "
                "row. Write the pull-back for a batch: from $\\mathbf G = \\partial L/\\partial\\mathbf S$ to "
                "$\\partial L/\\partial\\mathbf Z$ and to $\\partial L/\\partial T$, a number. No Jacobian is needed, "
                "and no loop."
            ),
            solution=tempered_backward,
            inputs=_gradients,
            returns=("grad_Z", "grad_T"),
            mistakes=[
                Mistake(
                    "This is the diagonal of the Jacobian only. Each share depends on all the scores.",
                    _wrong_tempered(pull=lambda G, S: G * S * (1 - S)),
                ),
                Mistake(
                    "The sum is not restricted to the sample: it mixes the whole batch.",
                    _wrong_tempered(pull=lambda G, S: S * (G - (G * S).sum())),
                ),
                Mistake(
                    "The sum runs over the samples instead of over the classes.",
                    _wrong_tempered(pull=lambda G, S: S * (G - (G * S).sum(axis=0, keepdims=True))),
                ),
                Mistake(
                    "What is subtracted is a mean with the shares as weights, not the plain sum of the gradients.",
                    _wrong_tempered(pull=lambda G, S: S * (G - G.sum(axis=1, keepdims=True))),
                ),
                Mistake(
                    "The weighted mean is added where it should be taken away. Add the same number to all of a row "
                    "of G: the result should not change.",
                    _wrong_tempered(pull=lambda G, S: S * (G + (G * S).sum(axis=1, keepdims=True))),
                ),
                Mistake(
                    "The factor in front is missing: a class with a tiny share can hardly change.",
                    _wrong_tempered(pull=lambda G, S: G - (G * S).sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "These are the gradients with respect to what enters the softmax. How does that change with the "
                    "scores?",
                    _wrong_tempered(cool=lambda U, T: U, by_T=lambda U, Z, T: -(U * Z).sum() / T**2),
                ),
                Mistake(
                    "The gradient of the scores is multiplied by the temperature. In the heat they count less.",
                    _wrong_tempered(cool=lambda U, T: U * T, by_T=lambda U, Z, T: -(U * Z).sum() / T**3),
                ),
                Mistake(
                    "The gradient of the temperature has the wrong sign: $1/T$ falls.",
                    _wrong_tempered(by_T=lambda grad_Z, Z, T: (grad_Z * Z).sum() / T),
                ),
                Mistake(
                    "The derivative of $1/T$ is $-1/T^2$: in the gradient of the temperature one T is missing.",
                    _wrong_tempered(by_T=lambda grad_Z, Z, T: -(grad_Z * Z).sum()),
                ),
                Mistake(
                    "One T too many in the gradient of the temperature: the scores' gradient has one already.",
                    _wrong_tempered(by_T=lambda grad_Z, Z, T: -(grad_Z * Z).sum() / T**2),
                ),
                Mistake(
                    "The scores are missing in the gradient of the temperature: how does $\\mathbf Z/T$ change with "
                    "$T$?",
                    _wrong_tempered(by_T=lambda grad_Z, Z, T: -grad_Z.sum() / T),
                ),
                Mistake(
                    "One temperature serves all samples: its gradient is a sum over all of them, one number.",
                    _wrong_tempered(by_T=lambda grad_Z, Z, T: -(grad_Z * Z).sum(axis=1) / T),
                ),
            ],
            points=3,
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
