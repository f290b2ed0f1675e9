"""Exercises of the chapter on optimizers."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Question


def adam_update(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
    """One step of Adam with bias correction.

    theta, gradient and the moments m and v have the same shape; t is the
    number of this step, 1 for the first. Return (theta, m, v), the next
    parameters and moments.
    """
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def _wrong_adam(
    *,
    first=lambda g: g,
    correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1**t), v / (1 - beta2**t)),
    divide=lambda m, v, epsilon: m / (np.sqrt(v) + epsilon),
    remember=lambda m, v, m_hat, v_hat: (m, v),
    sign=-1,
):
    """``adam_update`` with one of its steps exchanged."""

    def update(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
        m = beta1 * m + (1 - beta1) * first(gradient)
        v = beta2 * v + (1 - beta2) * gradient**2
        m_hat, v_hat = correct(m, v, t, beta1, beta2)
        return theta + sign * alpha * divide(m_hat, v_hat, epsilon), *remember(m, v, m_hat, v_hat)

    return update


def _shares_exchanged(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
    m = (1 - beta1) * m + beta1 * gradient
    v = (1 - beta2) * v + beta2 * gradient**2
    return theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v


def _adam_states(rng):
    """The first step of one parameter, any states of all shapes, no gradient yet, no memory, a late step."""
    # epsilon is large, so that its place can be seen.
    first = (np.array([1.0]), np.array([0.5]), np.zeros(1), np.zeros(1), 1, 0.1, 0.9, 0.999, 0.01)
    return [
        first,
        *(
            (
                rng.standard_normal(shape),
                rng.standard_normal(shape),
                rng.standard_normal(shape),
                rng.uniform(0.1, 2, shape),
                t,
                *rng.uniform(0.05, 0.95, 3),
                0.05,
            )
            for shape, t in [((2,), 2), ((3,), 5), ((2, 3), 20)]
        ),
        (np.array([1.0, 2.0]), np.zeros(2), np.zeros(2), np.zeros(2), 1, 0.1, 0.9, 0.999, 0.01),
        (np.array([1.0]), np.array([-2.0]), np.array([0.5]), np.array([0.25]), 2, 0.5, 0.0, 0.75, 0.5),
        (np.array([1.0]), np.array([-2.0]), np.array([0.5]), np.array([0.25]), 2, 0.5, 0.75, 0.0, 0.5),
        (np.array(1.0), np.array(-2.0), np.array(0.5), np.array(0.25), 1000, 0.5, 0.9, 0.999, 0.25),
    ]


def momentum_update(theta, velocity, gradient, learning_rate, momentum):
    """One step with momentum.

    theta, velocity and gradient have the same shape.
    Return (theta, velocity), the next of both.
    """
    velocity = momentum * velocity - learning_rate * gradient
    return theta + velocity, velocity


def _pytorch(theta, velocity, gradient, learning_rate, momentum):
    velocity = momentum * velocity + gradient
    return theta - learning_rate * velocity, velocity


def _velocities(rng):
    """One parameter, at rest, without momentum, with a learning rate of zero, and all shapes."""
    theta, velocity, gradient = np.array([1.0]), np.array([-0.5]), np.array([2.0])
    return [
        (theta, velocity, gradient, 0.1, 0.9),
        (theta, np.zeros(1), gradient, 0.1, 0.9),
        (theta, velocity, gradient, 0.1, 0.0),
        (theta, velocity, gradient, 0.0, 0.9),
        *(
            (*map(np.array, rng.standard_normal((3, *shape))), *rng.uniform(0.1, 0.9, 2))
            for shape in [(2,), (4,), (2, 3), (2, 1, 3), ()]
        ),
    ]


def velocity_after(alpha, beta, g, t):
    return -alpha * g * (1 - beta**t) / (1 - beta)


chapter = Chapter(
    name="equations/optimizers",
    title="Optimizers",
    exercises=[
        Derivation(
            name="velocity-after-t-steps",
            title="How fast momentum gets going",
            statement=(
                "The gradient is $g$ at every step, and momentum starts with $v_0 = 0$. Derive the velocity $v_t$ "
                "after $t$ steps, without a sum."
            ),
            given=(
                'import sympy as sp\n\nalpha, beta = sp.symbols("alpha beta", positive=True)\n'
                't = sp.Symbol("t", integer=True, positive=True)\ng = sp.Symbol("g", real=True)'
            ),
            solution=velocity_after,
            values=lambda rng: {"beta": rng.uniform(0.05, 0.95), "t": int(rng.integers(2, 12))},
            mistakes=[
                Mistake(
                    "This is the limit, which is reached after infinitely many steps. "
                    "The geometric series ends after $t$ terms.",
                    lambda alpha, beta, g, t: -alpha * g / (1 - beta),
                ),
                Mistake(
                    "The sign is turned: momentum goes down, against the gradient.",
                    lambda alpha, beta, g, t: alpha * g * (1 - beta**t) / (1 - beta),
                ),
                Mistake(
                    "This is a running mean, as in Adam. In momentum the new gradient is not multiplied by "
                    "$1 - \\beta$.",
                    lambda alpha, beta, g, t: -alpha * g * (1 - beta**t),
                ),
                Mistake(
                    "One term is missing. Put $t = 1$ in: the first velocity is not zero.",
                    lambda alpha, beta, g, t: -alpha * g * (1 - beta ** (t - 1)) / (1 - beta),
                ),
                Mistake(
                    "There is a term too many. Put $t = 1$ in: how long is the first step?",
                    lambda alpha, beta, g, t: -alpha * g * (1 - beta ** (t + 1)) / (1 - beta),
                ),
                Mistake(
                    "Every gradient is $g$, but they do not all count alike: the older, the less.",
                    lambda alpha, beta, g, t: -alpha * g * t,
                ),
            ],
        ),
        Coding(
            name="momentum-update",
            title="One step with momentum",
            statement=(
                "Write one step with momentum, in the form of the chapter: $\\mathbf v$ is what is added to $\\theta$."
            ),
            solution=momentum_update,
            inputs=_velocities,
            returns=("theta", "velocity"),
            mistakes=[
                Mistake(
                    "This climbs: the gradient pushes the velocity against itself.",
                    lambda theta, v, g, rate, beta: (theta + (beta * v + rate * g), beta * v + rate * g),
                ),
                Mistake(
                    "The learning rate is applied twice: it is in the velocity already.",
                    lambda theta, v, g, rate, beta: (theta + rate * (beta * v - rate * g), beta * v - rate * g),
                ),
                Mistake(
                    "θ moves with the old velocity. Renew the velocity first.",
                    lambda theta, v, g, rate, beta: (theta + v, beta * v - rate * g),
                ),
                Mistake(
                    "The new gradient is damped as well. Only what is remembered fades.",
                    lambda theta, v, g, rate, beta: (theta + beta * (v - rate * g), beta * (v - rate * g)),
                ),
                Mistake(
                    "This is a running mean: the new gradient is multiplied by 1 - momentum. Here it is not.",
                    lambda theta, v, g, rate, beta: (
                        theta + beta * v - (1 - beta) * rate * g,
                        beta * v - (1 - beta) * rate * g,
                    ),
                ),
                Mistake(
                    "This is the velocity of PyTorch, a sum of gradients. Here the velocity is what is added to θ, "
                    "and the learning rate is in it.",
                    _pytorch,
                ),
            ],
        ),
        Coding(
            name="adam-update",
            title="One step of Adam",
            statement=(
                "Write one step of Adam with bias correction. The moments that are returned are those that the next "
                "step begins with."
            ),
            solution=adam_update,
            inputs=_adam_states,
            returns=("theta", "m", "v"),
            mistakes=[
                Mistake(
                    "The bias correction is missing: the first step is $\\sqrt{10}$ times as long as it should be.",
                    _wrong_adam(correct=lambda m, v, t, beta1, beta2: (m, v)),
                ),
                Mistake(
                    "Only the first moment is corrected. The second starts at zero as well.",
                    _wrong_adam(correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1**t), v)),
                ),
                Mistake(
                    "ε stands inside the root. In Adam it is added to the root.",
                    _wrong_adam(divide=lambda m, v, epsilon: m / np.sqrt(v + epsilon)),
                ),
                Mistake(
                    "The first moment averages the squares: it has lost the sign of the gradient.",
                    _wrong_adam(first=lambda g: g**2),
                ),
                Mistake(
                    "The root is missing: the step has not the unit of the learning rate.",
                    _wrong_adam(divide=lambda m, v, epsilon: m / (v + epsilon)),
                ),
                Mistake(
                    "t is one too large in the correction: it is the number of this step already.",
                    _wrong_adam(
                        correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1)))
                    ),
                ),
                Mistake(
                    "The corrected moments are returned. The next step would correct them a second time.",
                    _wrong_adam(remember=lambda m, v, m_hat, v_hat: (m_hat, v_hat)),
                ),
                Mistake(
                    "The shares are exchanged: β is what is kept of the old.",
                    _shares_exchanged,
                ),
                Mistake("This step goes uphill.", _wrong_adam(sign=1)),
            ],
            points=3,
        ),
    ],
    quiz=[
        Question(
            "Adam runs well with a learning rate of 0.001. The loss is multiplied by 100. What has to change?",
            right=("Nothing.", "Both $\\hat m$ and $\\sqrt{\\hat v}$ grow a hundredfold, and the quotient stays."),
            wrong={
                "The rate, to a hundredth of it.": "So it would be for SGD, whose steps grow with the gradient.",
                "The rate, to a tenth of it.": "$\\hat v$ grows ten thousandfold, and its root as much as $\\hat m$.",
                "$\\beta_2$, which averages the squares.": "How long it averages has nothing to do with the scale.",
            },
        ),
        Question(
            "As printed, both means start at zero and both are too small. Why is the first step too long?",
            right=(
                "The root of $v$ is too small by more than $m$.",
                "At the usual values $m$ is a tenth of $g$, and $\\sqrt v$ about a thirty-second of $|g|$.",
            ),
            wrong={
                "$m$ is too large.": "It is too small: a tenth of the gradient.",
                "$\\epsilon$ is too small.": "$\\epsilon$ hardly enters; it is far smaller than $\\sqrt v$.",
                "It is not: two errors of a quotient cancel.": "They would if both were equal. They are 10 and 32.",
            },
        ),
        Question(
            "Momentum with $\\beta = 0.99$ runs down a long constant slope. How long are its steps in the end, "
            "compared with those of SGD?",
            right=("100 times as long", "The geometric series adds up to $1/(1-\\beta)$."),
            wrong={
                "1.99 times as long": "That is $1 + \\beta$, by which the stable learning rate grows.",
                "99 times as long": "The newest gradient counts as well: $1 + 0.99 + 0.99^2 + \\dots$",
                "As long as those of SGD": "That would be a running mean, with the factor $1-\\beta$.",
            },
        ),
        Question(
            "The gradient alternates, $+1, -1, +1, \\dots$ How long are the steps of momentum in the end, "
            "with $\\beta = 0.9$?",
            right=("$\\alpha/1.9$", "The series $1 - 0.9 + 0.9^2 - \\dots$ adds up to $1/(1+\\beta)$."),
            wrong={
                "$10\\,\\alpha$": "That is for gradients of one sign. Here they work against each other.",
                "0": "They cancel in part: the newest counts more than the one before it.",
                "$\\alpha$": "That is SGD, which forgets the gradient before.",
            },
        ),
        Question(
            "A run of Adam is interrupted. What has to be stored so that it goes on as if nothing had happened?",
            right=(
                "$\\theta$, both moments and the number of the step.",
                "Twice as much as the parameters, and one number.",
            ),
            wrong={
                "$\\theta$ and both moments.": "With $t = 1$ the correction would blow up moments that need none.",
                "$\\theta$ alone.": "Then Adam begins anew, with a first step of full length.",
                "$\\theta$ and the last gradient.": "The moments are made of all earlier gradients.",
            },
        ),
    ],
)
