"""Exercises of the chapter on optimizers."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import (
    Chapter,
    Coding,
    Derivation,
    Mistake,
    Ordering,
    Prediction,
    Question,
)


def adam(gradient, theta, alpha, beta1, beta2, epsilon, steps):
    """The parameters after several steps of Adam with bias correction.

    gradient is a function of theta and returns an array of its shape.
    Nothing is remembered from before the first step.
    """
    m, v = np.zeros(theta.shape), np.zeros(theta.shape)
    for t in range(1, steps + 1):
        g = gradient(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        theta = theta - alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return theta


def _wrong_adam(
    *,
    first=lambda g: g,
    second=lambda g: g**2,
    correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1**t), v / (1 - beta2**t)),
    divide=lambda m, v, epsilon: m / (np.sqrt(v) + epsilon),
    remember=lambda m, v, m_hat, v_hat: (m, v),
    shares=lambda beta1, beta2: (beta1, beta2),
    at=lambda theta, start: theta,
    count=lambda steps: steps,
    sign=-1,
):
    """``adam`` with one of its parts exchanged."""

    def run(gradient, theta, alpha, beta1, beta2, epsilon, steps):
        start = theta
        m, v = np.zeros_like(theta), np.zeros_like(theta)
        keep1, keep2 = shares(beta1, beta2)
        for t in range(1, count(steps) + 1):
            g = gradient(at(theta, start))
            m = keep1 * m + (1 - keep1) * first(g)
            v = keep2 * v + (1 - keep2) * second(g)
            m_hat, v_hat = correct(m, v, t, beta1, beta2)
            theta = theta + sign * alpha * divide(m_hat, v_hat, epsilon)
            m, v = remember(m, v, m_hat, v_hat)
        return theta

    return run


def _adam_runs(rng):
    """One step of one parameter, no step, no memory, a flat place, and runs in all shapes."""

    def bowl(theta):
        return np.arange(1, theta.size + 1).reshape(theta.shape) * theta

    def well(theta):
        return theta**3 - theta

    # epsilon is large, so that its place can be seen.
    return [
        (bowl, np.array([1.0]), 0.1, 0.9, 0.999, 0.05, 1),
        (bowl, np.array([1.0, -0.5]), 0.1, 0.9, 0.999, 0.05, 2),
        (well, rng.uniform(0.2, 0.9, 2), 0.1, 0.8, 0.95, 0.05, 0),
        (well, rng.uniform(0.2, 0.9, 3), 0.1, 0.0, 0.75, 0.1, 3),
        (well, rng.uniform(0.2, 0.9, 3), 0.1, 0.75, 0.0, 0.1, 3),
        (bowl, np.array([0.0, 1.0]), 0.2, 0.7, 0.9, 0.01, 4),
        (well, rng.uniform(1.2, 2, (2, 3)), 0.2, 0.9, 0.99, 0.05, 6),
        (well, np.array(0.5), 0.05, 0.6, 0.8, 0.05, 5),
    ]


def momentum_descent(gradient, start, learning_rate, momentum, steps):
    """The parameters after several steps with momentum, from rest.

    No velocity is stored: it is what theta has just moved by. gradient is a
    function of theta and returns an array of its shape.
    """
    before, theta = start, start
    for _ in range(steps):
        moved = theta - before
        before, theta = theta, theta + momentum * moved - learning_rate * gradient(theta)
    return theta


def _wrong_ball(
    *,
    remember=lambda before, theta: theta,
    add=lambda theta, moved, g, rate, beta: theta + beta * moved - rate * g,
    look=lambda theta, moved, beta: theta,
    count=lambda steps: steps,
):
    """``momentum_descent`` with one of its parts exchanged."""

    def run(gradient, start, learning_rate, momentum, steps):
        before, theta = start, start
        for _ in range(count(steps)):
            moved = theta - before
            g = gradient(look(theta, moved, momentum))
            before, theta = remember(before, theta), add(theta, moved, g, learning_rate, momentum)
        return theta

    return run


def _balls(rng):
    """No step, one, two, without momentum, with a learning rate of zero, and more steps in all shapes."""

    def well(theta):
        return theta**3 - theta

    def bowl(theta):
        return np.arange(1, theta.size + 1).reshape(theta.shape) * theta

    return [
        (gradient, rng.uniform(0.3, 0.9, shape), rate, beta, steps)
        for gradient, shape, rate, beta, steps in [
            (bowl, 1, 0.1, 0.5, 2),
            (bowl, 2, 0.2, 0.9, 1),
            (well, 3, 0.1, 0.8, 0),
            (well, 2, 0.25, 0.0, 3),
            (bowl, 3, 0.0, 0.9, 3),
            (well, (2, 3), 0.1, 0.8, 4),
            (bowl, (3, 2), 0.15, 0.6, 5),
        ]
    ]


def velocity_after(alpha, beta, g, t):
    return -alpha * g * (1 - beta**t) / (1 - beta)


def first_step_of_adam():
    """The first step of Adam for a gradient of 1000, over that for a gradient of 1."""
    from dlmath import optimizers

    steps = [optimizers.adam_step(np.zeros(1), np.array([g]), None, 0.1)[0] for g in (1.0, 1000.0)]
    return float(steps[1][0] / steps[0][0])


def nesterov(gradient, theta, velocity, learning_rate, momentum, steps):
    """The parameters after several steps with Nesterov's momentum."""
    for _ in range(steps):
        ahead = theta + momentum * velocity
        slope = gradient(ahead)
        velocity = momentum * velocity - learning_rate * slope
        theta = theta + velocity
    return theta


def _nesterov_runs(rng):
    def well(theta):
        return theta**3 - theta

    return [
        (well, rng.uniform(0.2, 0.9, shape), rng.uniform(0.2, 0.9, shape), 0.1, 0.8, steps)
        for shape, steps in [(1, 1), (2, 2), (3, 4), ((2, 3), 3)]
    ]


chapter = Chapter(
    name="equations/optimizers",
    title="Optimizers",
    exercises=[
        Prediction(
            name="a-thousandfold-gradient",
            title="Predict: a thousandfold gradient",
            question=(
                "Adam makes its first step. Then everything begins anew with a loss that is a thousand times as large. "
                "By which factor is the first step longer?"
            ),
            solution=first_step_of_adam,
            why=(
                "Both $\\hat m$ and $\\sqrt{\\hat v}$ grow a thousandfold. In the race of the optimizers, SGD would "
                "leave the picture."
            ),
            mistakes=[
                Mistake("So it would be for SGD, whose step is a multiple of the gradient.", lambda: 1000.0),
                Mistake("The second moment grows with the square of the gradient. What is divided by?", lambda: 0.001),
                Mistake("The root of the second moment grows as much as the first.", lambda: 1000**0.5),
            ],
        ),
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
            name="heavy-ball",
            title="Momentum without a velocity",
            statement=(
                "The velocity of the chapter is what $\\theta$ has just moved by, $\\mathbf v_t = \\theta_t - "
                "\\theta_{t-1}$. So it need not be stored: put it into the rule, and write the whole descent with the "
                "last two places alone, begun at rest. With no steps, the start is the result."
            ),
            solution=momentum_descent,
            inputs=_balls,
            mistakes=[
                Mistake(
                    "This climbs: the step goes against the gradient.",
                    _wrong_ball(add=lambda theta, moved, g, rate, beta: theta + beta * moved + rate * g),
                ),
                Mistake(
                    "Nothing is remembered: this is gradient descent. The last move fades, and is added.",
                    _wrong_ball(add=lambda theta, moved, g, rate, beta: theta - rate * g),
                ),
                Mistake(
                    "The place before is always the start. It has to follow, one step behind.",
                    _wrong_ball(remember=lambda before, theta: before),
                ),
                Mistake(
                    "The new gradient is damped as well. Only what is remembered fades.",
                    _wrong_ball(add=lambda theta, moved, g, rate, beta: theta + beta * (moved - rate * g)),
                ),
                Mistake(
                    "This is a running mean: the new gradient is multiplied by 1 - momentum. Here it is not.",
                    _wrong_ball(add=lambda theta, moved, g, rate, beta: theta + beta * moved - (1 - beta) * rate * g),
                ),
                Mistake(
                    "What was moved does not fade: momentum says how much of it is kept.",
                    _wrong_ball(add=lambda theta, moved, g, rate, beta: theta + moved - rate * g),
                ),
                Mistake(
                    "The last move is taken back: the place before is subtracted from this one, not the other way "
                    "round.",
                    _wrong_ball(add=lambda theta, moved, g, rate, beta: theta - beta * moved - rate * g),
                ),
                Mistake(
                    "The gradient is taken where the velocity will carry: that is Nesterov's. Here it is that of the "
                    "place where you are.",
                    _wrong_ball(look=lambda theta, moved, beta: theta + beta * moved),
                ),
                Mistake("One step too many.", _wrong_ball(count=lambda steps: steps + 1)),
                Mistake("One step is missing.", _wrong_ball(count=lambda steps: steps - 1)),
            ],
        ),
        Coding(
            name="adam-descent",
            title="The whole of Adam",
            statement=(
                "Write the whole descent with Adam, from the first step to the last, with bias correction. You will "
                "need it for the digits of the last chapter of this part."
            ),
            solution=adam,
            inputs=_adam_runs,
            mistakes=[
                Mistake(
                    "The bias correction is missing, as in the printed rule: both moments begin at zero.",
                    _wrong_adam(correct=lambda m, v, t, beta1, beta2: (m, v)),
                    as_printed="adam-step",
                ),
                Mistake(
                    "Only the first moment is corrected. The second begins at zero as well.",
                    _wrong_adam(correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1**t), v)),
                ),
                Mistake(
                    "Only the second moment is corrected. The first begins at zero as well.",
                    _wrong_adam(correct=lambda m, v, t, beta1, beta2: (m, v / (1 - beta2**t))),
                ),
                Mistake(
                    "The correction stays that of the first step. It fades with the powers of β.",
                    _wrong_adam(correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1), v / (1 - beta2))),
                ),
                Mistake(
                    "$t$ is one too large in the correction: in the first step it is 1.",
                    _wrong_adam(
                        correct=lambda m, v, t, beta1, beta2: (m / (1 - beta1 ** (t + 1)), v / (1 - beta2 ** (t + 1)))
                    ),
                ),
                Mistake(
                    "The corrected moments are remembered, and in the next step corrected a second time.",
                    _wrong_adam(remember=lambda m, v, m_hat, v_hat: (m_hat, v_hat)),
                ),
                Mistake(
                    "The moments begin at zero in every step: nothing is remembered.",
                    _wrong_adam(remember=lambda m, v, m_hat, v_hat: (0 * m, 0 * v)),
                ),
                Mistake(
                    "ε stands inside the root. In Adam it is added to the root.",
                    _wrong_adam(divide=lambda m, v, epsilon: m / np.sqrt(v + epsilon)),
                ),
                Mistake(
                    "The root is missing: the step has not the unit of the learning rate.",
                    _wrong_adam(divide=lambda m, v, epsilon: m / (v + epsilon)),
                ),
                Mistake(
                    "The first moment averages the squares: it has lost the sign of the gradient.",
                    _wrong_adam(first=lambda g: g**2),
                ),
                Mistake(
                    "There is one second moment for all parameters. Each has its own.",
                    _wrong_adam(second=lambda g: np.sum(g**2)),
                ),
                Mistake(
                    "The shares are exchanged: β is what is kept of the old.",
                    _wrong_adam(shares=lambda beta1, beta2: (1 - beta1, 1 - beta2)),
                ),
                Mistake(
                    "The gradient is that of the start in every step. It has to be computed anew where you are.",
                    _wrong_adam(at=lambda theta, start: start),
                ),
                Mistake("One step is missing.", _wrong_adam(count=lambda steps: steps - 1)),
                Mistake("One step too many.", _wrong_adam(count=lambda steps: steps + 1)),
                Mistake("These steps go uphill.", _wrong_adam(sign=1)),
            ],
            points=3,
        ),
        Ordering(
            name="order-of-nesterov",
            title="Put in order: look ahead",
            statement=(
                "These lines are descent with Nesterov's momentum, which takes the slope where the velocity will have "
                "carried it. Put them in order. Two of them do not belong."
            ),
            solution=nesterov,
            inputs=_nesterov_runs,
            before={
                (
                    "    ahead = theta + momentum * velocity",
                    "    theta = theta + velocity",
                ): "Ahead of where the step begins the slope is taken, not of where it ends.",
                (
                    "    velocity = momentum * velocity - learning_rate * slope",
                    "    theta = theta + velocity",
                ): "The parameters move with the old velocity. It is renewed first.",
            },
            extra={
                "    slope = gradient(theta)": "That is ordinary momentum: the slope where the step begins.",
                "    velocity = momentum * velocity + learning_rate * slope": "This climbs: the velocity turns against "
                "the slope.",
            },
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
