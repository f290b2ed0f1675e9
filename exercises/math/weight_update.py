"""Exercises of the chapter on training the network."""

from __future__ import annotations

import numpy as np

from dlmath.activations import sigmoid
from dlmath.exercises.definition import (
    Chapter,
    Coding,
    Derivation,
    Mistake,
    Ordering,
    Prediction,
    Question,
    Reaching,
)


def descent_step(theta, gradient, learning_rate):
    """The parameters after one step, in a new array."""
    return theta - learning_rate * gradient


def _steps(rng):
    """One number, a gradient of zero, a learning rate of zero, and arrays of all shapes."""
    return [
        (np.array([1.0]), np.array([2.0]), 0.25),
        (np.array([1.0, -2.0]), np.array([0.0, 3.0]), 0.5),
        *(
            (rng.standard_normal(shape), rng.standard_normal(shape), rate)
            for shape, rate in [((2,), 0.0), ((4,), 0.5), ((3, 2), 2.0), ((2, 1, 3), 0.75), ((), 0.1)]
        ),
    ]


def _add_in_place(theta, gradient, learning_rate):
    theta -= learning_rate * gradient
    return theta


def descend(gradient, start, learning_rate, steps):
    """The parameters after several steps of gradient descent.

    gradient is a function: gradient(theta) is the gradient at theta.
    """
    theta = start
    for _ in range(steps):
        theta = theta - learning_rate * gradient(theta)
    return theta


def _bowl(theta):
    return np.arange(1, theta.size + 1) * theta


def _well(theta):
    return theta**3 - theta


def _runs(rng):
    """One step, no step, a learning rate of zero, and several steps from starts of all shapes."""
    return [
        (gradient, rng.uniform(0.5, 2, shape), rate, steps)
        for gradient, shape, rate, steps in [
            (_bowl, 1, 0.1, 1),
            (_bowl, 1, 0.1, 2),
            (_well, 2, 0.05, 0),
            (_bowl, 3, 0.1, 3),
            (_well, 2, 0.0, 2),
            (_well, (2, 3), 0.05, 7),
            (_well, (), 0.05, 3),
        ]
    ]


def loss_after_step(lam, gamma, theta):
    return lam * (1 - gamma * lam) ** 2 * theta**2 / 2


def last_place():
    """Where the tenth step on (w - 3)**2 ends, from w = 1 at the rate 0.95."""
    w = 1.0
    for _ in range(10):
        w = w - 0.95 * 2 * (w - 3)
    return w


def one_step(X, Y, W0, W1, learning_rate):
    """One step of a network without biases; return the new (W0, W1)."""
    H = sigmoid(X @ W0.T)
    outputs = sigmoid(H @ W1.T)
    delta1 = 2 / len(X) * (outputs - Y) * outputs * (1 - outputs)
    delta0 = delta1 @ W1 * H * (1 - H)
    W1 = W1 - learning_rate * delta1.T @ H
    W0 = W0 - learning_rate * delta0.T @ X
    return W0, W1


def _small_networks(rng):
    """One number everywhere, then equal widths, then several of each."""
    return [
        (
            rng.standard_normal((n, n_in)),
            rng.uniform(0, 1, (n, n_out)),
            rng.standard_normal((n_hidden, n_in)),
            rng.standard_normal((n_out, n_hidden)),
            0.5,
        )
        for n, n_in, n_hidden, n_out in [(1, 1, 1, 1), (2, 2, 2, 2), (5, 2, 3, 1), (4, 3, 2, 3)]
    ]


def train_network(X, Y, W0, b0, W1, b1, learning_rate, steps):
    """The parameters of the network after steps of gradient descent.

    The network is sigmoid(sigmoid(X @ W0.T + b0) @ W1.T + b1), and the loss
    is the sum of the squared residuals over the number of samples. X has
    shape (N, n_in), Y has shape (N, n_out). Return the new W0, b0, W1 and b1.
    """
    for _ in range(steps):
        H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
        outputs = 1 / (1 + np.exp(-(H @ W1.T + b1)))
        delta1 = 2 / len(X) * (outputs - Y) * outputs * (1 - outputs)
        delta0 = delta1 @ W1 * H * (1 - H)
        W0, b0 = W0 - learning_rate * delta0.T @ X, b0 - learning_rate * delta0.sum(axis=0)
        W1, b1 = W1 - learning_rate * delta1.T @ H, b1 - learning_rate * delta1.sum(axis=0)
    return W0, b0, W1, b1


def _networks(rng):
    """No step, one step of one number everywhere, then one sample, one output, and several steps of several of each."""
    return [
        (
            rng.standard_normal((n, n_in)),
            rng.uniform(0, 1, (n, n_out)),
            rng.standard_normal((n_hidden, n_in)),
            rng.standard_normal(n_hidden),
            rng.standard_normal((n_out, n_hidden)),
            rng.standard_normal(n_out),
            rate,
            steps,
        )
        for n, n_in, n_hidden, n_out, rate, steps in [
            (1, 1, 1, 1, 0.5, 1),
            (2, 2, 3, 1, 0.5, 0),
            (2, 2, 2, 2, 1.0, 2),
            (1, 3, 2, 4, 0.25, 3),
            (6, 2, 3, 1, 3.0, 5),
            (5, 3, 4, 2, 0.5, 4),
        ]
    ]


def _trained(
    *,
    mean=len,
    slope1=lambda a: a * (1 - a),
    slope0=lambda a: a * (1 - a),
    back=lambda delta1, W1: delta1 @ W1,
    weigh1=lambda delta1, H: delta1.T @ H,
    biases=1.0,
    sign=1.0,
    first_outputs_only=False,
):
    """``train_network`` with one step of the computation exchanged."""

    def train(X, Y, W0, b0, W1, b1, learning_rate, steps):
        outputs = None
        for _ in range(steps):
            H = sigmoid(X @ W0.T + b0)
            if outputs is None or not first_outputs_only:
                outputs = sigmoid(H @ W1.T + b1)
            delta1 = sign * 2 / mean(X) * (outputs - Y) * slope1(outputs)
            delta0 = back(delta1, W1) * slope0(H)
            W0, b0 = W0 - learning_rate * delta0.T @ X, b0 - biases * learning_rate * delta0.sum(axis=0)
            W1, b1 = W1 - learning_rate * weigh1(delta1, H), b1 - biases * learning_rate * delta1.sum(axis=0)
        return W0, b0, W1, b1

    return train


def _layer_after_layer(X, Y, W0, b0, W1, b1, learning_rate, steps):
    for _ in range(steps):
        H = sigmoid(X @ W0.T + b0)
        outputs = sigmoid(H @ W1.T + b1)
        delta1 = 2 / len(X) * (outputs - Y) * outputs * (1 - outputs)
        W1, b1 = W1 - learning_rate * delta1.T @ H, b1 - learning_rate * delta1.sum(axis=0)
        delta0 = delta1 @ W1 * H * (1 - H)
        W0, b0 = W0 - learning_rate * delta0.T @ X, b0 - learning_rate * delta0.sum(axis=0)
    return W0, b0, W1, b1


def largest_stable_rate(gradient, theta):
    """The largest learning rate at which descent comes back to a minimum.

    theta, of shape (P,), is the minimum, and gradient(theta) is the gradient
    of the loss at theta. Return a number, right to 2 %.
    """
    h = 1e-5
    rows = [gradient(theta + h * e) - gradient(theta - h * e) for e in np.eye(theta.size)]
    hessian = np.array(rows) / (2 * h)
    return 2 / np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1]


def _minima(rng):
    """A bowl with two curvatures, and a 2-3-1 network at a minimum: it made its targets itself."""
    X = rng.uniform(-np.pi, np.pi, (40, 2))
    theta = 2 * rng.standard_normal(13)

    def bowl(theta):
        return np.array([1.0, 4.0]) * theta

    def parts(theta):
        return theta[:6].reshape(3, 2), theta[6:9], theta[9:12], theta[12]

    def outputs_of(theta):
        W0, b0, w1, b1 = parts(theta)
        H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
        return H, 1 / (1 + np.exp(-(H @ w1 + b1)))

    targets = outputs_of(theta)[1]

    def network(theta):
        H, outputs = outputs_of(theta)
        delta1 = 2 / 40 * (outputs - targets) * outputs * (1 - outputs)
        delta0 = delta1[:, np.newaxis] * theta[9:12] * H * (1 - H)
        return np.concatenate([(delta0.T @ X).ravel(), delta0.sum(axis=0), H.T @ delta1, [delta1.sum()]])

    return [(bowl, np.zeros(2)), (network, theta)]


def _comes_back(rate, gradient, theta):
    """The rate against 2/λ, and what becomes of a small disturbance just below and just above it."""
    if not isinstance(rate, int | float | np.number) or not 0 < rate < np.inf:
        return False, "A learning rate is a number above 0."
    h = 1e-5
    rows = [gradient(theta + h * e) - gradient(theta - h * e) for e in np.eye(theta.size)]
    hessian = (np.array(rows) + np.array(rows).T) / (4 * h)
    curvatures, directions = np.linalg.eigh(hessian)
    limit = 2 / curvatures[-1]

    def disturbance(times):
        """How far from the minimum the steepest disturbance is after fifty steps, in units of its size."""
        place = theta + 1e-6 * directions[:, -1]
        for _ in range(50):
            place = place - times * rate * gradient(place)
        return float(np.linalg.norm(place - theta) / 1e-6)

    if abs(rate / limit - 1) <= 0.02:
        return True, (
            f"{rate:.3g} is $2/\\lambda_{{\\max}}$, with $\\lambda_{{\\max}} = {curvatures[-1]:.3g}$, to 2 %. "
            f"Of a small disturbance fifty steps leave {disturbance(0.95):.2g} of its size at a rate 5 % lower, "
            f"and make {disturbance(1.05):.3g} times as much of it at a rate 5 % higher."
        )
    readings = {
        "This is the curvature of the steepest direction. The rate is to be small where it is large.": curvatures[-1],
        "At this rate the steepest direction is at rest after one step. How much longer may a step be?": limit / 2,
        "This is two over the *mean* curvature. Which direction leaves first?": 2 / curvatures.mean(),
        "This is two over the sum of the curvatures: a safe rate, but not the largest.": 2 / curvatures.sum(),
        "This is two over the curvature of the flattest direction. Which direction leaves first?": 2 / curvatures[0],
    }
    for hint, reading in readings.items():
        if abs(rate / reading - 1) <= 0.02:
            return False, hint
    if rate > limit:
        return False, (
            f"At the rate {rate:.3g} descent does not come back: fifty steps make {disturbance(1.0):.3g} times as much "
            "of a small disturbance. Start it in every direction, not in one."
        )
    return False, (
        f"The rate {rate:.3g} is safe, but not the largest: also at {1.02 * rate:.3g} all disturbances die out. "
        "Do you look long enough, and close enough to the minimum?"
    )


chapter = Chapter(
    name="math/weight-update",
    title="Weight update: training the network",
    exercises=[
        Prediction(
            name="ten-steps-down-a-parabola",
            title="Predict: ten steps",
            question=(
                "In the figure of the parabola $L = (w-3)^2$ ten steps begin at $w = 1$. Before you move its slider: "
                "where does the tenth end at the learning rate 0.95?"
            ),
            solution=last_place,
            why=(
                "Each step multiplies the distance from 3 by $1 - 2\\cdot0.95 = -0.9$: it jumps to the other side, and "
                "after an even number of steps it is back on the side where it began. Move the slider to 0.95 and see."
            ),
            mistakes=[
                Mistake(
                    "The slope of $(w-3)^2$ is $2(w-3)$. With $w - 3$ alone the tenth step would be as good as there.",
                    lambda: 3 - 2 * (1 - 0.95) ** 10,
                ),
                Mistake("On which side is $w$ after an even number of jumps?", lambda: 3 + 2 * 0.9**10),
                Mistake("This is the distance from the minimum. Where is $w$?", lambda: 2 * 0.9**10),
                Mistake(
                    "This is the distance, with its sign. Where is $w$ itself?",
                    lambda: -2 * 0.9**10,
                ),
                Mistake("Count the steps: this is where the ninth ends.", lambda: 3 + 2 * 0.9**9),
            ],
        ),
        Derivation(
            name="loss-after-step",
            title="The loss after one step",
            statement=(
                "The loss is $L(\\theta) = \\frac12\\lambda\\theta^2$. Derive the "
                "loss after one step of gradient descent with "
                "learning rate $\\gamma$, in terms of $\\lambda$, $\\gamma$ and "
                "$\\theta$. For which $\\gamma$ is it smaller than before?"
            ),
            given=(
                'import sympy as sp\n\nlam, gamma = sp.symbols("lambda gamma", positive=True)\n'
                'theta = sp.Symbol("theta", real=True)'
            ),
            solution=loss_after_step,
            mistakes=[
                Mistake(
                    "The gradient of the loss is $\\lambda\\theta$, not $\\theta$.",
                    lambda lam, gamma, theta: lam * (1 - gamma) ** 2 * theta**2 / 2,
                ),
                Mistake(
                    "The step goes against the gradient: a minus, not a plus.",
                    lambda lam, gamma, theta: lam * (1 + gamma * lam) ** 2 * theta**2 / 2,
                ),
                Mistake(
                    "The new parameter is squared, and with it the whole factor in front of $\\theta$.",
                    lambda lam, gamma, theta: lam * (1 - gamma * lam) * theta**2 / 2,
                ),
                Mistake(
                    "This is the new parameter. The question is for the loss there.",
                    lambda lam, gamma, theta: (1 - gamma * lam) * theta,
                ),
            ],
        ),
        Coding(
            name="descent-step",
            title="One step",
            statement=(
                "Write the update $\\theta\\leftarrow\\theta - \\gamma\\,\\partial "
                "L/\\partial\\theta$ for an array of any shape. "
                "Leave the arguments as they were."
            ),
            solution=descent_step,
            inputs=_steps,
            mistakes=[
                Mistake(
                    "The plus climbs: the gradient points to where the loss rises.",
                    lambda t, g, r: t + r * g,
                ),
                Mistake(
                    "The derivative is upside down, as in the printed formula: the step is a multiple of the gradient.",
                    lambda t, g, r: t - r / g,
                    as_printed="gradient-descent-step",
                ),
                Mistake("The learning rate is not used.", lambda t, g, r: t - g),
                Mistake("This is the step. Where does it start?", lambda t, g, r: -r * g),
                Mistake(
                    "The values are right, but `-=` writes into the caller's array. Compute in a new one.",
                    _add_in_place,
                ),
            ],
            points=1,
        ),
        Coding(
            name="descend",
            title="Many steps",
            statement=(
                "Write the whole descent: from `start`, make `steps` steps of "
                "gradient descent, and return the last parameters. "
                "With no steps, the start is the result."
            ),
            solution=descend,
            inputs=_runs,
            mistakes=[
                Mistake(
                    "One step too many.",
                    lambda g, s, r, n: descend(g, s, r, n + 1),
                ),
                Mistake(
                    "One step is missing.",
                    lambda g, s, r, n: descend(g, s, r, n - 1),
                ),
                Mistake(
                    "The gradient is that of the start in every step. It has to be computed anew where you are.",
                    lambda g, s, r, n: s - n * r * g(s),
                ),
                Mistake(
                    "Only one step counts. Does each begin at the start again, or does a `return` end the loop?",
                    lambda g, s, r, n: descend(g, s, r, min(n, 1)),
                ),
                Mistake(
                    "The plus climbs: the gradient points to where the loss rises.",
                    lambda g, s, r, n: descend(g, s, -r, n),
                ),
            ],
        ),
        Ordering(
            name="order-of-one-step",
            title="Put in order: one step",
            statement=(
                "These lines make one step of the network $\\sigma(\\sigma(\\mathbf X\\mathbf W_0^T)\\mathbf W_1^T)$: "
                "forward, back, and down. Put them in order. Two of them do not belong."
            ),
            solution=one_step,
            inputs=_small_networks,
            returns=("W0", "W1"),
            before={
                (
                    "delta0 = delta1 @ W1 * H * (1 - H)",
                    "W1 = W1 - learning_rate * delta1.T @ H",
                ): "The error is sent back through weights that have moved already. Both gradients are those of the "
                "place where the step begins."
            },
            extra={
                "W1 = W1 - learning_rate / (delta1.T @ H)": "That is the printed rule, with the derivative upside "
                "down: its step is longest where the slope is flattest.",
                "delta0 = delta1 * H * (1 - H)": "How does the output change with $\\mathbf H$? On the way back "
                "through the output layer its weights are missing.",
            },
        ),
        Coding(
            name="train-network",
            title="Capstone, first half: train the network yourself",
            statement=(
                "From the data to the trained network, with nothing but NumPy: make `steps` steps of gradient descent "
                "on the loss $\\frac1N\\sum_i\\|\\hat{\\mathbf y}_i - \\mathbf y_i\\|^2$ of the network "
                "$\\hat{\\mathbf Y} = \\sigma(\\sigma(\\mathbf X\\mathbf W_0^T + \\mathbf b_0)\\mathbf W_1^T + "
                "\\mathbf b_1)$. All four parameters move at once."
            ),
            solution=train_network,
            inputs=_networks,
            returns=("W0", "b0", "W1", "b1"),
            mistakes=[
                Mistake(
                    "Only the weights move, as the printed rule says. What can a network without biases not learn?",
                    _trained(biases=0.0),
                    as_printed="gradient-descent-step",
                ),
                Mistake(
                    "The error is sent back through weights that have moved already. All four gradients are those of "
                    "the place where the step begins.",
                    _layer_after_layer,
                ),
                Mistake("It climbs: the step goes against the gradient.", _trained(sign=-1.0)),
                Mistake("The loss is a mean over the samples: 1/N is missing.", _trained(mean=lambda X: 1)),
                Mistake(
                    "The outputs are those of the start in every step. They have to be computed anew where you are.",
                    _trained(first_outputs_only=True),
                ),
                Mistake(
                    "A slope too many, as in the printed formula for $\\mathbf W_1$: its path to the loss does not "
                    "pass through the hidden activation.",
                    _trained(weigh1=lambda delta1, H: delta1.T @ (H * H * (1 - H))),
                ),
                Mistake("The derivative of the sigmoid at the output is missing.", _trained(slope1=lambda a: 1)),
                Mistake("The derivative of the sigmoid at the hidden layer is missing.", _trained(slope0=lambda a: 1)),
            ],
            points=4,
        ),
        Reaching(
            name="largest-stable-rate",
            title="Capstone, second half: the largest stable step",
            statement=(
                "Find the largest learning rate at which gradient descent, begun a little beside a minimum, comes back "
                "to it. Any way counts: try rates and watch a few hundred steps of each, or measure the curvature from "
                "differences of gradients. What is found is compared with $2/\\lambda_{\\max}$. Then try it on the "
                "network that your `train_network` has trained."
            ),
            solution=largest_stable_rate,
            inputs=_minima,
            mistakes=[],
            reached=_comes_back,
            points=4,
        ),
    ],
    quiz=[
        Question(
            (
                "The printed update is $\\mathbf W_{n+1} = \\mathbf W_n - "
                "\\gamma\\,\\partial\\mathbf W_n/\\partial L$. What is wrong?"
            ),
            right=(
                "The derivative is upside down.",
                "The loss is differentiated by the weights: $\\partial L/\\partial\\mathbf W$ has one entry a weight.",
            ),
            wrong={
                "The minus should be a plus.": "A plus would climb.",
                "γ should divide.": "A larger learning rate means a larger step.",
                "Nothing: the step has the units of W.": "It has, with $\\gamma$ in units of the loss. "
                "But it grows where the loss is flat, and is infinite at the minimum.",
            },
        ),
        Question(
            "On $L = \\frac12\\lambda\\theta^2$, from which learning rate on does gradient descent diverge?",
            right=(
                "Above $2/\\lambda$.",
                "A step multiplies $\\theta$ by $1 - \\gamma\\lambda$, whose size is then above 1.",
            ),
            wrong={
                "Above $1/\\lambda$.": (
                    "There it begins to jump across the minimum, and still comes closer with every jump."
                ),
                "Above 1.": "The limit depends on the curvature $\\lambda$.",
                "Never, it only becomes slower.": "Beyond the limit every step is longer than the one before.",
            },
        ),
        Question(
            "Exactly one step reaches the minimum of $\\frac12\\lambda\\theta^2$. Which learning rate is that?",
            right=("$1/\\lambda$", "Then $1 - \\gamma\\lambda = 0$. It is the Newton step."),
            wrong={
                "$2/\\lambda$": "There the parameter jumps to the other side, at the same height.",
                "$\\lambda$": "The step must be shorter where the curve is steeper.",
                "As small as possible.": "Then it takes very many steps.",
            },
        ),
        Question(
            "The loss falls in every step and comes to rest at 0.3. What do we know?",
            right=(
                "The gradient is small there.",
                (
                    "It may be the minimum, another minimum, a saddle point or a plateau, and "
                    "noise in the data can keep even the best loss above 0."
                ),
            ),
            wrong={
                "The network has found the best fit.": "Other starting points may end lower: the loss has many minima.",
                "The learning rate is too large.": "Then it would rise or jump.",
                "There is an error in the gradient.": (
                    "There may be, but this does not show it. A finite difference would."
                ),
            },
        ),
    ],
)
