"""Exercises of the chapter on regularization."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Ordering, Question


def penalized_minimum(h, c, s, m):
    return h * c / (h + s / m)


def dropout(X, draws, rate):
    """Inverted dropout: the output, and the mask that made it.

    X and draws have one shape; draws are uniform between 0 and 1, and an
    entry is dropped where its draw lies below rate. Return (output, mask).
    """
    mask = (draws >= rate) / (1 - rate)
    return X * mask, mask


def _masked(make_mask):
    def wrong(X, draws, rate):
        mask = make_mask(draws, rate)
        return X * mask, mask

    return wrong


def _activations(rng):
    """Draws below, at and above the rate; nothing dropped, everything dropped; a rate of zero; and all shapes."""
    X = np.array([[1.0, -2.0, 4.0]])
    return [
        (X, np.array([[0.25, 0.75, 0.9]]), 0.5),
        (X, np.array([[0.25, 0.5, 0.75]]), 0.5),
        (X, np.array([[0.5, 0.75, 0.9]]), 0.25),
        (X, np.array([[0.1, 0.2, 0.3]]), 0.75),
        (X, np.array([[0.0, 0.5, 0.9]]), 0.0),
        *(
            (rng.standard_normal(shape), rng.random(shape), rate)
            for shape, rate in [
                ((1, 4), 0.5),
                ((3, 5), 0.2),
                ((4, 6), 0.75),
                ((2, 3), 0.0),
                ((5,), 0.4),
                ((2, 3, 2), 0.6),
            ]
        ),
    ]


def adamw(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon, decay):
    """One step of AdamW; the weights decay before they move."""
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    theta = theta * (1 - alpha * decay)
    theta = theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon)
    return theta, m, v


def _decaying(rng):
    return [
        (*rng.standard_normal((3, *shape)), rng.uniform(0.1, 2, shape), t, 0.1, 0.9, 0.99, 0.05, 0.5)
        for shape, t in [((1,), 1), ((3,), 2), ((2, 3), 7)]
    ]


chapter = Chapter(
    name="equations/regularization",
    title="Regularization",
    exercises=[
        Derivation(
            name="penalized-minimum",
            title="Where the penalty moves the minimum",
            statement=(
                "A loss $\\frac h2(w - c)^2$ has its minimum at $w = c$ and the curvature $h > 0$. Add the penalty "
                "$\\frac{s}{2m}w^2$ of strength $s$. Derive the place of the new minimum."
            ),
            given=('import sympy as sp\n\nh, s, m = sp.symbols("h s m", positive=True)\nc = sp.Symbol("c", real=True)'),
            solution=penalized_minimum,
            mistakes=[
                Mistake(
                    "The number of samples is lost: the penalty is divided by it.",
                    lambda h, c, s, m: h * c / (h + s),
                ),
                Mistake(
                    "The half of the penalty takes the 2 of its derivative away.",
                    lambda h, c, s, m: h * c / (h + 2 * s / m),
                ),
                Mistake(
                    "The penalty has a half, and the derivative of the square brings a 2: they cancel.",
                    lambda h, c, s, m: h * c / (h + s / (2 * m)),
                ),
                Mistake(
                    "This is the factor by which the minimum shrinks. Asked for is the place.",
                    lambda h, c, s, m: h / (h + s / m),
                ),
                Mistake(
                    "This is one step of weight decay from the old minimum. Where do the two gradients balance?",
                    lambda h, c, s, m: c * (1 - s / m),
                ),
                Mistake(
                    "A sign is turned: this minimum lies farther from zero than without penalty.",
                    lambda h, c, s, m: h * c / (h - s / m),
                ),
            ],
        ),
        Coding(
            name="inverted-dropout",
            title="Inverted dropout",
            statement=(
                "Write inverted dropout. The random numbers are given, so that the result is determined: drop an entry "
                "where `draws` is below `rate`. The expectation of the output must be the input, and the way back "
                "needs the mask as it was applied."
            ),
            solution=dropout,
            inputs=_activations,
            returns=("output", "mask"),
            mistakes=[
                Mistake(
                    "This is the mask as printed. What is the mean of the output over many draws?",
                    _masked(lambda draws, rate: (draws >= rate).astype(float)),
                    as_printed="dropout-backward",
                ),
                Mistake(
                    "Kept and dropped are exchanged: with a rate of 0 nothing may be dropped.",
                    _masked(lambda draws, rate: (draws < rate) / (1 - rate)),
                ),
                Mistake(
                    "The mask is multiplied by the probability of keeping. That shrinks the mean a second time.",
                    _masked(lambda draws, rate: (draws >= rate) * (1 - rate)),
                ),
                Mistake(
                    "The mask is divided by the probability of dropping. What is kept is divided by that of keeping.",
                    _masked(lambda draws, rate: (draws >= rate) / rate),
                ),
                Mistake(
                    "The output is right, the mask is not: on the way back the gradient needs the same factor.",
                    lambda X, draws, rate: (X * (draws >= rate) / (1 - rate), (draws >= rate).astype(float)),
                ),
                Mistake(
                    "Nearly: an entry is dropped where its draw lies below the rate. What if the two are equal? "
                    "With a rate of 0 nothing may be dropped.",
                    _masked(lambda draws, rate: (draws > rate) / (1 - rate)),
                ),
                Mistake(
                    "The scale is taken from how many entries happened to be kept in this draw. "
                    "Over many draws it is the rate that counts.",
                    _masked(lambda draws, rate: (draws >= rate) / np.maximum(np.mean(draws >= rate), 1e-12)),
                ),
            ],
            points=3,
        ),
        Ordering(
            name="order-of-adamw",
            title="Put in order: decay beside Adam",
            statement=(
                "These lines are one step of AdamW, in which the weights decay beside the step of Adam, not through "
                "its gradient. Put them in order. Two of them do not belong."
            ),
            solution=adamw,
            inputs=_decaying,
            returns=("theta", "m", "v"),
            before={
                (
                    "m = beta1 * m + (1 - beta1) * gradient",
                    "m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)",
                ): "What is corrected is the old first moment, without this step's gradient.",
                (
                    "v = beta2 * v + (1 - beta2) * gradient**2",
                    "m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)",
                ): "What is corrected is the old second moment, without this step's gradient.",
                (
                    "theta = theta * (1 - alpha * decay)",
                    "theta = theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon)",
                ): "The step decays too. Only what the weights were before it should.",
            },
            extra={
                "gradient = gradient + decay * theta": "That is the penalty as a part of the gradient: Adam divides it "
                "by the size of the gradients, and those with large ones hardly decay.",
                "theta = theta - alpha * m / (np.sqrt(v) + epsilon)": "That is the printed step, without the "
                "correction of the bias.",
            },
        ),
    ],
    quiz=[
        Question(
            "Which of these do the printed penalty and the package leave free?",
            right=(
                "The biases.",
                "The sum runs over the weights. A bias shifts a unit's threshold; shrinking it would pull the "
                "predictions towards a particular value.",
            ),
            wrong={
                "The weights of the last layer.": "The sum runs over all layers.",
                "The largest weight.": "It is held back most: its square is the largest.",
                "Nothing.": "The sum names $\\mathbf W$ only.",
            },
        ),
        Question(
            "An L2 penalty is put into the gradient that Adam gets. Two weights are equal, but the gradient of the "
            "loss of the first is a hundred times noisier. Which one decays faster?",
            right=(
                "The second.",
                "Adam divides the gradient, penalty included, by its size, which the noise of the first makes large.",
            ),
            wrong={
                "The first.": "Its large gradient makes the divisor large.",
                "Both alike.": "So it is with AdamW, and with plain gradient descent.",
                "Neither decays.": "Both do, at different speeds.",
            },
        ),
        Question(
            "Inverted dropout with $p = 0.8$. What is the mask made of?",
            right=("0 and 5", "$1/(1-p) = 5$, with probability $0.2$: the mean is 1."),
            wrong={
                "0 and 1": "Then the mean would be 0.2.",
                "0 and 1.25": "That is $1/p$. Divide by the probability of *keeping*.",
                "0 and 0.2": "Then the mean would be 0.04.",
            },
        ),
        Question(
            "The learning rate is 0.1, and 100 samples are in the training set. From which strength $\\lambda$ on does "
            "the penalty alone make gradient descent diverge?",
            right=("2000", "$\\alpha\\lambda/m = 2$: beyond it a step multiplies each weight by less than $-1$."),
            wrong={
                "20": "This leaves out that the penalty is divided by $m$.",
                "1000": "There a step sets every weight to exactly zero.",
                "Never: it pulls towards zero.": "A step may go beyond zero, and farther out than it came from.",
            },
        ),
        Question(
            "A model is trained with inverted dropout. Its training loss, measured during training, is higher than its "
            "loss on new data. What is the likely reason?",
            right=(
                "The training loss was measured with dropout.",
                "The masks disturb the predictions. Measured without masks, the loss on the training data is lower.",
            ),
            wrong={
                "A bug in the gradient.": "Possible, but this happens with right gradients as well.",
                "Too large a penalty.": "A penalty raises both.",
                "The network is overfitting.": "Then the loss on new data would be the higher one.",
            },
        ),
    ],
)
