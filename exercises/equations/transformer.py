"""Exercises of the chapter on the feed-forward layer and the encoder block of a transformer."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Ordering, Question
from dlmath.exercises.later import Later

hadamard = Later("dlmath.symbolic", "hadamard")
ones = Later("dlmath.symbolic", "ones")


def normalise_positions(X, gain, bias, epsilon):
    """Layer norm.

    X has shape (T, d), one position a row; gain and bias have shape (d,).
    epsilon is added to the variance. Return an array of the shape of X.
    """
    centred = X - X.mean(axis=1, keepdims=True)
    spread = (centred**2).mean(axis=1, keepdims=True)
    return gain * centred / np.sqrt(spread + epsilon) + bias


def _normalise_wrongly(
    *,
    axis=1,
    ddof=0,
    centre=True,
    divide=lambda variance, epsilon: np.sqrt(variance + epsilon),
    finish=lambda normalised, gain, bias: gain * normalised + bias,
):
    """``normalise_positions`` with one of its rules exchanged."""

    def wrong(X, gain, bias, epsilon):
        centred = X - X.mean(axis=axis, keepdims=True)
        variance = X.var(axis=axis, ddof=ddof, keepdims=True)
        return finish((centred if centre else X) / divide(variance, epsilon), gain, bias)

    return wrong


def _positions(rng):
    """One position, one feature, square arrays, where nothing complains, any shape, and a constant position."""
    inputs = [(np.array([[1.0, 5.0]]), np.array([2.0, -3.0]), np.array([1.0, 4.0]), 0.5)]
    for T, d, epsilon in [(2, 1, 0.5), (3, 3, 0.5), (2, 5, 0.1), (6, 4, 1e-5)]:
        gain, bias = rng.uniform(0.5, 2, (2, d)) * rng.choice([-1.0, 1.0], (2, d))
        inputs.append((3 + rng.standard_normal((T, d)), gain, bias, epsilon))
    constant = inputs[2][0] * np.array([[1.0], [0.0], [1.0]]) + 7
    return [*inputs, (constant, *inputs[2][1:])]


def rms_norm_gradients(G, X, gain, epsilon):
    """Back through root-mean-square norm.

    Every row of X is divided by the root of (the mean of its squares plus
    epsilon) and multiplied by gain. No mean is subtracted. X has shape
    (T, d), gain has shape (d,), and G, the gradient with respect to the
    output, has the shape of X. Return (grad_X, grad_gain).
    """
    root = np.sqrt((X**2).mean(axis=1, keepdims=True) + epsilon)
    scaled = X / root
    U = G * gain
    along = (U * scaled).mean(axis=1, keepdims=True)
    return (U - along * scaled) / root, (G * scaled).sum(axis=0)


def _pull_wrongly(
    *,
    squares=lambda X, epsilon: (X**2).mean(axis=1, keepdims=True) + epsilon,
    upstream=lambda G, gain: G * gain,
    to_rows=lambda U, N: U - N * (U * N).mean(axis=1, keepdims=True),
    divisor=lambda root: root,
    finish=lambda rows, gain: rows,
    to_gain=lambda G, N, gain: (G * N).sum(axis=0),
):
    """``rms_norm_gradients`` with one of its rules exchanged."""

    def wrong(G, X, gain, epsilon):
        root = np.sqrt(squares(X, epsilon))
        N = X / root
        return finish(to_rows(upstream(G, gain), N) / divisor(root), gain), to_gain(G, N, gain)

    return wrong


def _epsilon_outside(G, X, gain, epsilon):
    root = np.sqrt((X**2).mean(axis=1, keepdims=True)) + epsilon
    U, N = G * gain, X / root
    return (U - N * (U * N).mean(axis=1, keepdims=True)) / root, (G * N).sum(axis=0)


def _with_the_features(G, X, gain, epsilon):
    root = np.sqrt((X**2).mean(axis=1, keepdims=True) + epsilon)
    U = G * gain
    along = (U * X).mean(axis=1, keepdims=True) * X / root
    return (U - along) / root, (G * X / root).sum(axis=0)


def _passes(rng):
    """One position, one feature, square arrays, where nothing complains, any shape, and a position of zeros."""
    inputs = [(np.array([[1.0, 2.0]]), np.array([[1.0, 5.0]]), np.array([2.0, -3.0]), 3.0)]
    for T, d, epsilon in [(2, 1, 0.5), (3, 3, 0.5), (2, 4, 0.1), (5, 3, 1e-5)]:
        gain = rng.uniform(0.5, 2, d) * rng.choice([-1.0, 1.0], d)
        inputs.append((rng.standard_normal((T, d)), 1 + rng.standard_normal((T, d)), gain, epsilon))
    G, X, gain, epsilon = inputs[2]
    return [*inputs, (G, X * np.array([[1.0], [0.0], [1.0]]), gain, epsilon)]


def printed_gradient(x, G, W_2, M):
    return x.T * hadamard(M, G * W_2.T)


def block_backward(G, feed_back, norm2_back, attend_back, norm1_back):
    """The gradient with respect to the input of a pre-norm block.

    G is that with respect to its output; the functions are the ways back.
    """
    G_norm2 = feed_back(G)
    G = G + norm2_back(G_norm2)
    G_norm1 = attend_back(G)
    G = G + norm1_back(G_norm1)
    return G


def _ways_back(rng):
    """Linear maps: that is all that a way back is."""

    def way(M):
        return lambda G: G @ M

    return [
        (rng.standard_normal((n, d)), *(way(rng.standard_normal((d, d))) for _ in range(4)))
        for n, d in [(1, 1), (3, 3), (4, 2)]
    ]


chapter = Chapter(
    name="equations/transformer",
    title="Transformer feed-forward layer",
    exercises=[
        Derivation(
            name="printed-hidden-weights",
            title="The gradient in the printed convention",
            statement=(
                "Take the formula as it is printed, $\\max(0, xW_1 + b_1)W_2 + b_2$, for all positions at once: $x$ is "
                "$T\\times d$, $W_1$ is $d\\times d_\\text{ff}$ and $W_2$ is $d_\\text{ff}\\times d$. Given "
                "$G = \\partial L/\\partial\\,\\text{FFN}$ and $M$, which is 1 where a hidden unit is above 0 and else "
                "0, derive $\\partial L/\\partial W_1$. It has the shape of the printed $W_1$."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import hadamard, sizes\n\n"
                'T, d, d_ff = sizes("T d d_ff")\n'
                'x, G = sp.MatrixSymbol("x", T, d), sp.MatrixSymbol("G", T, d)\n'
                'W_2, M = sp.MatrixSymbol("W_2", d_ff, d), sp.MatrixSymbol("M", T, d_ff)'
            ),
            solution=printed_gradient,
            mistakes=[
                Mistake(
                    "The ReLU is missing: it passes nothing back where its input was below 0.",
                    lambda x, G, W_2, M: x.T * G * W_2.T,
                ),
                Mistake(
                    "This has the shape that $\\mathbf W_1$ has in this book, a row for each output. "
                    "The printed $W_1$ has a row for each input.",
                    lambda x, G, W_2, M: hadamard(M, G * W_2.T).T * x,
                ),
                Mistake(
                    "$M$ is turned round: what passes is what was above 0.",
                    lambda x, G, W_2, M: x.T * hadamard(ones(M.shape[0]) * ones(M.shape[1]).T - M, G * W_2.T),
                ),
                Mistake(
                    "$G$ is not used. How does the loss depend on what comes out?",
                    lambda x, G, W_2, M: x.T * M,
                ),
                Mistake(
                    "This is a mean over the positions. The loss decides about means, and $G$ has it already.",
                    lambda x, G, W_2, M: x.T * hadamard(M, G * W_2.T) / x.shape[0],
                ),
                Mistake(
                    "This is the gradient with respect to $W_2$, without its bias: it is made of hidden units.",
                    lambda x, G, W_2, M: M.T * G,
                ),
                Mistake(
                    "This is the gradient with respect to $x$ without its last product: $W_2$ does not belong to $x$.",
                    lambda x, G, W_2, M: hadamard(M, G * W_2.T) * W_2,
                ),
                Mistake(
                    "This is the gradient with respect to $xW_1 + b_1$. One product is still to come.",
                    lambda x, G, W_2, M: hadamard(M, G * W_2.T),
                ),
                Mistake(
                    "This is the gradient with respect to $b_1$, written as a column. A weight is multiplied by $x$.",
                    lambda x, G, W_2, M: hadamard(M, G * W_2.T).T * ones(M.shape[0]),
                ),
            ],
        ),
        Coding(
            name="layer-norm",
            title="Layer norm",
            statement=(
                "Write layer norm for all positions at once: bring every position to mean 0 and variance 1, up to "
                "$\\epsilon$, then apply gain and bias."
            ),
            solution=normalise_positions,
            inputs=_positions,
            mistakes=[
                Mistake(
                    "The mean and the variance run over the positions. "
                    "That is batch normalisation: a position would see the others.",
                    _normalise_wrongly(axis=0),
                ),
                Mistake(
                    "There is one mean and one variance for the whole array. Every position has its own.",
                    _normalise_wrongly(axis=(0, 1)),
                ),
                Mistake(
                    "The sum of squares is divided by $d - 1$. Layer norm divides by $d$.",
                    _normalise_wrongly(ddof=1),
                ),
                Mistake(
                    "$\\epsilon$ is added to the standard deviation. It has the unit of a variance.",
                    _normalise_wrongly(divide=lambda variance, epsilon: np.sqrt(variance) + epsilon),
                ),
                Mistake(
                    "$\\epsilon$ is missing. What does a constant position give?",
                    _normalise_wrongly(divide=lambda variance, epsilon: np.sqrt(variance)),
                ),
                Mistake(
                    "The position is divided by its variance. Which power of it has the unit of a feature?",
                    _normalise_wrongly(divide=lambda variance, epsilon: variance + epsilon),
                ),
                Mistake(
                    "The mean is used in the variance, but not subtracted from the features.",
                    _normalise_wrongly(centre=False),
                ),
                Mistake(
                    "The mean is subtracted nowhere: this is the norm by the root of the mean square.",
                    lambda X, gain, bias, epsilon: (
                        gain * X / np.sqrt((X**2).mean(axis=1, keepdims=True) + epsilon) + bias
                    ),
                ),
                Mistake(
                    "Only the mean is taken out. The variance is not yet 1.",
                    _normalise_wrongly(divide=lambda variance, epsilon: 1),
                ),
                Mistake(
                    "The features are multiplied by the deviation. They should be divided by it.",
                    _normalise_wrongly(divide=lambda variance, epsilon: 1 / np.sqrt(variance + epsilon)),
                ),
                Mistake(
                    "The sum of the squares stands where their mean should.",
                    lambda X, gain, bias, epsilon: _normalise_wrongly(
                        divide=lambda variance, epsilon: np.sqrt(X.shape[1] * variance + epsilon)
                    )(X, gain, bias, epsilon),
                ),
                Mistake(
                    "$\\epsilon$ is subtracted from the variance. It keeps the divisor from being 0.",
                    _normalise_wrongly(divide=lambda variance, epsilon: np.sqrt(variance - epsilon)),
                ),
                Mistake(
                    "Mean and variance have lost their axis: they lie along the row and not beside it.",
                    lambda X, gain, bias, epsilon: (
                        gain * (X - X.mean(axis=1)) / np.sqrt(X.var(axis=1) + epsilon) + bias
                    ),
                ),
                Mistake(
                    "The gain is missing.", _normalise_wrongly(finish=lambda normalised, gain, bias: normalised + bias)
                ),
                Mistake(
                    "The bias is missing.", _normalise_wrongly(finish=lambda normalised, gain, bias: gain * normalised)
                ),
                Mistake(
                    "Gain and bias are both missing.",
                    _normalise_wrongly(finish=lambda normalised, gain, bias: normalised),
                ),
                Mistake(
                    "Gain and bias are exchanged.",
                    _normalise_wrongly(finish=lambda normalised, gain, bias: bias * normalised + gain),
                ),
                Mistake(
                    "Gain and bias come before the norm, which takes a part of them out again.",
                    lambda X, gain, bias, epsilon: normalise_positions(gain * X + bias, 1, 0, epsilon),
                ),
                Mistake(
                    "The bias is multiplied by the gain. In which order do they come?",
                    _normalise_wrongly(finish=lambda normalised, gain, bias: gain * (normalised + bias)),
                ),
                Mistake(
                    "The variance is taken for the mean of the squares. Whose squares?",
                    lambda X, gain, bias, epsilon: (
                        gain
                        * (X - X.mean(axis=1, keepdims=True))
                        / np.sqrt((X**2).mean(axis=1, keepdims=True) + epsilon)
                        + bias
                    ),
                ),
                Mistake(
                    "The features are subtracted from their mean. It is the other way round.",
                    lambda X, gain, bias, epsilon: normalise_positions(X, -gain, bias, epsilon),
                ),
                Mistake(
                    "The standard deviation stands where the variance should, below the root.",
                    lambda X, gain, bias, epsilon: _normalise_wrongly(
                        divide=lambda variance, epsilon: np.sqrt(np.sqrt(variance) + epsilon)
                    )(X, gain, bias, epsilon),
                ),
                Mistake(
                    "The bias is subtracted.",
                    lambda X, gain, bias, epsilon: normalise_positions(X, gain, -bias, epsilon),
                ),
            ],
        ),
        Coding(
            name="rms-norm-gradients",
            title="Back through a norm that does not centre",
            statement=(
                "Root-mean-square norm leaves the mean where it is: "
                "$\\mathbf y = \\mathbf g\\odot\\mathbf x/r$ with $r^2 = \\mathbf x^T\\mathbf x/d + \\epsilon$. "
                "Derive its way back as the chapter does for layer norm, and write it. "
                "How many directions are taken out of the gradient now?"
            ),
            solution=rms_norm_gradients,
            inputs=_passes,
            returns=("grad_X", "grad_gain"),
            mistakes=[
                Mistake(
                    "The mean of the gradient is taken out, as in layer norm. Here the forward pass takes no mean out.",
                    _pull_wrongly(
                        to_rows=lambda U, N: U - U.mean(axis=1, keepdims=True) - N * (U * N).mean(axis=1, keepdims=True)
                    ),
                ),
                Mistake(
                    "The root is treated as a constant. It depends on every feature.",
                    _pull_wrongly(to_rows=lambda U, N: U),
                ),
                Mistake(
                    "The gain is missing on the way to the features.",
                    _pull_wrongly(upstream=lambda G, gain: G),
                ),
                Mistake(
                    "The gain comes after the projection. It is the last step forward, so it is the first one back.",
                    _pull_wrongly(upstream=lambda G, gain: G, finish=lambda rows, gain: rows * gain),
                ),
                Mistake(
                    "The projection takes the sum over the features. The normalised features have the squared "
                    "length $d$, not 1.",
                    _pull_wrongly(to_rows=lambda U, N: U - N * (U * N).sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The projection takes means over the positions. No position sees another.",
                    _pull_wrongly(to_rows=lambda U, N: U - N * (U * N).mean(axis=0)),
                ),
                Mistake(
                    "What comes back is not divided by the root. Double the features: what becomes of the slope?",
                    _pull_wrongly(divisor=lambda root: 1),
                ),
                Mistake(
                    "The part along the features is added. It should be taken out.",
                    _pull_wrongly(to_rows=lambda U, N: U + N * (U * N).mean(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The part along the features is made with $\\mathbf x$ in one of its two places, and with "
                    "$\\mathbf x/r$ in the other.",
                    _with_the_features,
                ),
                Mistake(
                    "The sum of the squares stands where their mean should.",
                    _pull_wrongly(squares=lambda X, epsilon: (X**2).sum(axis=1, keepdims=True) + epsilon),
                ),
                Mistake(
                    "The squares are those of the centred features: that is layer norm. Here no mean is subtracted.",
                    _pull_wrongly(squares=lambda X, epsilon: X.var(axis=1, keepdims=True) + epsilon),
                ),
                Mistake(
                    "The root is taken for its square: $r^2$ contains $\\epsilon$, $r$ divides.",
                    _pull_wrongly(divisor=lambda root: root**2),
                ),
                Mistake(
                    "What comes back is multiplied by the root. Forward it divides.",
                    _pull_wrongly(divisor=lambda root: 1 / root),
                ),
                Mistake(
                    "The gradient of the gain has the features before the norm. The gain is multiplied after it.",
                    lambda G, X, gain, epsilon: (rms_norm_gradients(G, X, gain, epsilon)[0], (G * X).sum(axis=0)),
                ),
                Mistake(
                    "The gradient of the gain has the output of the norm after the gain. It is multiplied before it.",
                    _pull_wrongly(to_gain=lambda G, N, gain: (G * N / gain).sum(axis=0)),
                ),
                Mistake(
                    "The gradient of the gain is added up over the features. Each feature has a gain of its own.",
                    _pull_wrongly(to_gain=lambda G, N, gain: (G * N).sum(axis=1)),
                ),
                Mistake(
                    "The gradient of the gain is not added up over the positions.",
                    _pull_wrongly(to_gain=lambda G, N, gain: G * N),
                ),
                Mistake(
                    "The two gradients are exchanged.",
                    lambda *arguments: rms_norm_gradients(*arguments)[::-1],
                ),
                Mistake(
                    "The gradient of the gain contains the gain. The output is linear in it.",
                    _pull_wrongly(to_gain=lambda G, N, gain: (G * N * gain).sum(axis=0)),
                ),
                Mistake(
                    "The gradient of the gain is a mean. Every position adds its own.",
                    _pull_wrongly(to_gain=lambda G, N, gain: (G * N).mean(axis=0)),
                ),
                Mistake(
                    "$\\epsilon$ is missing from the root.",
                    _pull_wrongly(squares=lambda X, epsilon: (X**2).mean(axis=1, keepdims=True)),
                ),
                Mistake(
                    "This would be the gradient of a bias. The gain is multiplied by something.",
                    lambda *arguments: (rms_norm_gradients(*arguments)[0], arguments[0].sum(axis=0)),
                ),
                Mistake("$\\epsilon$ is added to the root. It belongs to the mean of the squares.", _epsilon_outside),
            ],
            points=3,
        ),
        Ordering(
            name="order-of-a-block-backward",
            title="Put in order: back through a block",
            statement=(
                "A pre-norm block computes $X + \\mathrm{attend}(\\mathrm{norm}_1(X))$, and adds "
                "$\\mathrm{feed}(\\mathrm{norm}_2(\\cdot))$ of that to it. Put the lines of its way back in order. Two "
                "of them do not belong."
            ),
            solution=block_backward,
            inputs=_ways_back,
            before={
                (
                    "G = G + norm2_back(G_norm2)",
                    "G_norm1 = attend_back(G)",
                ): "What comes back through attention lacks what the feed-forward layer has sent to it.",
            },
            extra={
                "G = norm2_back(G_norm2)": "The residual connection is lost: the gradient goes round the layer too.",
                "G_norm1 = attend_back(G_norm2)": "Attention lies below the sum: it gets what arrives there, not what "
                "has come out of the feed-forward layer alone.",
            },
        ),
    ],
    quiz=[
        Question(
            "A position has 512 features, and there are 2048 hidden units. Which shape has $W_1$ as printed, and which "
            "has $\\mathbf W_1$ in this book?",
            right=(
                "512 × 2048 and 2048 × 512",
                "The printed row $x$ stands left of $W_1$; the book's rows are outputs.",
            ),
            wrong={
                "2048 × 512 and 512 × 2048": "A row $x$ with 512 entries needs a $W_1$ with 512 rows.",
                "512 × 2048 for both": "In this book a weight matrix has a row for each output: here 2048.",
                "512 × 512 for both": "That would give 512 hidden units.",
            },
        ),
        Question(
            "All features of a position are doubled, and then 3 is added to each. $\\epsilon$ is negligible. "
            "What happens to the output of layer norm?",
            right=("Nothing.", "The 3 goes with the mean, the 2 with the deviation."),
            wrong={
                "It doubles.": "The deviation by which it is divided doubles too.",
                "It doubles, and 3 is added.": "Mean and deviation take out both.",
                "3 is added.": "The mean grows by 3 as well, and is subtracted.",
            },
        ),
        Question(
            "The gradient that arrives at the normalised features is $(5, 5, 5, 5)$. What does layer norm pass back?",
            right=(
                "$(0, 0, 0, 0)$",
                "It lies along $\\mathbf 1$. The normalised features add up to 0 whatever happens: no slope there.",
            ),
            wrong={
                "$(5, 5, 5, 5)$ divided by the deviation": "The projection that takes out the mean is missing.",
                "$(5, 5, 5, 5)$": "Neither the mean is taken out nor the deviation divided.",
                "It depends on the gain.": "The gain has been passed already: this is what arrives behind it.",
            },
        ),
        Question(
            "A hidden unit $j$ is below 0 at all positions of a batch. Which of its parameters get a gradient?",
            right=(
                "None: not row $j$ of $\\mathbf W_1$, not $b_{1j}$, not column $j$ of $\\mathbf W_2$.",
                "Before the ReLU the slope is 0, and behind it the output of the unit is.",
            ),
            wrong={
                "Only column $j$ of $\\mathbf W_2$.": "Its gradient has the factor $a_j$, which is 0.",
                "Only $b_{1j}$.": "The bias lies before the ReLU, which passes nothing.",
                "All of them.": "A silent unit changes nothing, and small changes leave it silent.",
            },
        ),
        Question(
            "$d = 512$, $d_\\text{ff} = 2048$, and the sequence has 512 positions. Where are most multiplications?",
            right=(
                "In the feed-forward layer.",
                "$2Tdd_\\text{ff} = 8Td^2$, against $4Td^2$ in the projections and $2T^2d = 2Td^2$ in the pairs.",
            ),
            wrong={
                "In the pairs of positions.": "They are $2T^2d$, and $T$ is smaller than $d_\\text{ff}$.",
                "In the projections of the attention.": "They are $4Td^2$, half as many as in the feed-forward layer.",
                "In the layer norms.": "These need a few operations for each feature, not $d$.",
            },
        ),
    ],
)
