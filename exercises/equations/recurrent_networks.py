"""Exercises of the chapter on recurrent neural networks."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def states(X, h_0, W_x, W_h, b):
    """All states of h_t = tanh(W_x x_t + W_h h_(t-1) + b).

    X has shape (T, n_in), h_0 has shape (n_h,), W_x has shape (n_h, n_in),
    W_h has shape (n_h, n_h), b has shape (n_h,). Return shape (T, n_h).
    """
    h, H = h_0, []
    for x in X:
        h = np.tanh(W_x @ x + W_h @ h + b)
        H.append(h)
    return np.array(H)


def _wrong_states(step, readout=lambda h: h, start=lambda h: h, times=lambda X: X):
    def run(X, h_0, W_x, W_h, b):
        h, H = start(h_0), []
        for x in times(X):
            h = step(x, h, W_x, W_h, b)
            H.append(readout(h))
        return np.array(H)

    return run


def _step(x, h, W_x, W_h, b):
    return np.tanh(W_x @ x + W_h @ h + b)


def _wrong_sums(X, h_0, W_x, W_h, b):
    before = [h_0, *states(X, h_0, W_x, W_h, b)[:-1]]
    return np.array([W_x @ x + W_h @ h + b for x, h in zip(X, before)])


def _sequences(rng):
    """One unit, one time, square matrices, where nothing complains, and then any sizes."""
    cases = []
    for T, n_in, n_h in [(2, 1, 1), (1, 2, 3), (2, 2, 2), (3, 3, 3), (6, 1, 4), (4, 3, 2)]:
        cases.append(
            (
                rng.standard_normal((T, n_in)),
                rng.standard_normal(n_h),
                rng.standard_normal((n_h, n_in)),
                rng.standard_normal((n_h, n_h)),
                rng.standard_normal(n_h),
            )
        )
    return cases


def recurrent_gradient(grad_H, H, h_0, W_h):
    """The gradient of the loss with respect to W_h.

    grad_H holds the gradients that reach each state directly, shape (T, n_h),
    H the states, shape (T, n_h), h_0 the state before them, shape (n_h,),
    W_h has shape (n_h, n_h). Return an array of the shape of W_h.
    """
    gradient, delta = np.zeros_like(W_h), np.zeros_like(h_0)
    before = [h_0, *H[:-1]]
    for t in reversed(range(len(H))):
        delta = (grad_H[t] + W_h.T @ delta) * (1 - H[t] ** 2)
        gradient += np.outer(delta, before[t])
    return gradient


def _wrong_gradient(
    *,
    back=lambda W_h, delta: W_h.T @ delta,
    slope=lambda h: 1 - h**2,
    previous=lambda H, h_0: [h_0, *H[:-1]],
    outer=np.outer,
    collect=lambda parts: sum(parts),
    signal=lambda g, back, slope: (g + back) * slope,
):
    def gradient(grad_H, H, h_0, W_h):
        parts, delta = [], np.zeros_like(h_0)
        before = previous(H, h_0)
        for t in reversed(range(len(H))):
            delta = signal(grad_H[t], back(W_h, delta), slope(H[t]))
            parts.append(outer(delta, before[t]))
        return collect(parts)

    return gradient


def _only_the_last_loss(grad_H, H, h_0, W_h):
    return recurrent_gradient(np.vstack([0 * grad_H[:-1], grad_H[-1:]]), H, h_0, W_h)


def _forward_in_time(grad_H, H, h_0, W_h):
    gradient, delta, before = 0, 0 * h_0, h_0
    for g, h in zip(grad_H, H):
        delta = (g + W_h.T @ delta) * (1 - h**2)
        gradient, before = gradient + np.outer(delta, before), h
    return gradient


def _slope_of_the_state_before(grad_H, H, h_0, W_h):
    gradient, delta, before = 0, 0 * h_0, [h_0, *H[:-1]]
    for t in reversed(range(len(H))):
        delta = (grad_H[t] + W_h.T @ delta) * (1 - before[t] ** 2)
        gradient = gradient + np.outer(delta, before[t])
    return gradient


def _passes(rng):
    """One unit, one time, and then any sizes."""
    return [
        (
            rng.standard_normal((T, n)),
            np.tanh(rng.standard_normal((T, n))),
            rng.standard_normal(n),
            rng.standard_normal((n, n)),
        )
        for T, n in [(2, 1), (1, 2), (2, 2), (3, 3), (5, 4)]
    ]


def bias_gradient(h1, h2, w):
    return (1 - h2**2) + w * (1 - h2**2) * (1 - h1**2)


def lag_of_a_hundredth():
    """After how many steps a hundredth is left of a gradient that is multiplied by 0.9 in each."""
    return float(np.log(0.01) / np.log(0.9))


chapter = Chapter(
    name="equations/recurrent-networks",
    title="Recurrent neural networks",
    exercises=[
        Prediction(
            name="a-hundredth-left",
            title="Predict: how far back",
            question=(
                "The spectral radius is 0.9, and of the gradient each step back leaves that share: the dashed line in "
                "the figure of the reach. After how many steps is a hundredth left of it?"
            ),
            solution=lag_of_a_hundredth,
            within=0.08,
            why=(
                "$0.9^k = 0.01$ at $k = \\log 0.01/\\log 0.9$. In the figure follow the dashed line down two decades."
            ),
            mistakes=[
                Mistake("A tenth is taken of what is left, not of what was there at the beginning.", lambda: 9.9),
                Mistake("That is a tenth. A hundredth takes twice as long.", lambda: 21.85),
                Mistake(
                    "So it would be if a hundredth were left in one step, and each step were as long as the tenth "
                    "before.",
                    lambda: 100.0,
                ),
            ],
        ),
        Derivation(
            name="shared-bias-gradient",
            title="One bias, used twice",
            statement=(
                "One unit, two times: $h_1 = \\tanh(u x_1 + b)$ and $h_2 = \\tanh(u x_2 + w h_1 + b)$. The loss is "
                "$h_2$. Derive $\\partial h_2/\\partial b$ in terms of $h_1$, $h_2$ and $w$."
            ),
            given='import sympy as sp\n\nh1, h2, w = sp.symbols("h1 h2 w", real=True)',
            solution=bias_gradient,
            values=lambda rng: {name: rng.uniform(-0.98, 0.98) for name in ("h1", "h2")},
            mistakes=[
                Mistake(
                    "The bias also acts through $h_1$: that way is missing.",
                    lambda h1, h2, w: 1 - h2**2,
                ),
                Mistake(
                    "The bias also acts directly at the second time: that way is missing.",
                    lambda h1, h2, w: w * (1 - h2**2) * (1 - h1**2),
                ),
                Mistake(
                    "Between the two signals stands the recurrent weight.",
                    lambda h1, h2, w: (1 - h2**2) + (1 - h2**2) * (1 - h1**2),
                ),
                Mistake(
                    "The slope of the first state is missing on the way through $h_1$.",
                    lambda h1, h2, w: (1 - h2**2) + w * (1 - h2**2),
                ),
                Mistake(
                    "The slope of the second state is missing on the way through $h_1$: it is on both ways.",
                    lambda h1, h2, w: (1 - h2**2) + w * (1 - h1**2),
                ),
                Mistake(
                    "The slope of the second state is missing on the direct way: it is on both ways.",
                    lambda h1, h2, w: 1 + w * (1 - h2**2) * (1 - h1**2),
                ),
                Mistake(
                    "Both slopes are missing. What is the derivative of tanh, in terms of its value?",
                    lambda h1, h2, w: 1 + w,
                ),
                Mistake(
                    "Way and way are multiplied. The bias acts by both, so that the two add up.",
                    lambda h1, h2, w: (1 - h2**2) * w * (1 - h2**2) * (1 - h1**2),
                ),
                Mistake(
                    "One way is subtracted from the other. The bias acts by both, so that the two add up.",
                    lambda h1, h2, w: (1 - h2**2) - w * (1 - h2**2) * (1 - h1**2),
                ),
                Mistake(
                    "σ′ in place of tanh′: the slope of tanh is one minus the square.",
                    lambda h1, h2, w: h2 * (1 - h2) + w * h2 * (1 - h2) * h1 * (1 - h1),
                ),
                Mistake(
                    "The squares are missing: the slope of tanh is not one minus its value.",
                    lambda h1, h2, w: (1 - h2) + w * (1 - h2) * (1 - h1),
                ),
                Mistake(
                    "The direct way goes through the second state. Here it has the slope of the first.",
                    lambda h1, h2, w: (1 - h1**2) + w * (1 - h2**2) * (1 - h1**2),
                ),
                Mistake(
                    "This is half of what is asked for, as if the two uses were averaged. They add up.",
                    lambda h1, h2, w: ((1 - h2**2) + w * (1 - h2**2) * (1 - h1**2)) / 2,
                ),
            ],
        ),
        Coding(
            name="recurrent-states",
            title="Run the recursion",
            statement=(
                "Write the forward pass: all states $\\mathbf h_t = "
                "\\tanh(\\mathbf W_x\\mathbf x_t + \\mathbf W_h\\mathbf h_{t-1} + \\mathbf b)$ of one sequence."
            ),
            solution=states,
            inputs=_sequences,
            mistakes=[
                Mistake(
                    "The state is not carried on: every time begins at $\\mathbf h_0$.",
                    lambda X, h_0, W_x, W_h, b: np.array([_step(x, h_0, W_x, W_h, b) for x in X]),
                ),
                Mistake(
                    "The given $\\mathbf h_0$ is not used.",
                    _wrong_states(_step, start=np.zeros_like),
                ),
                Mistake(
                    "$\\mathbf W_h$ is transposed.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + W_h.T @ h + b)),
                ),
                Mistake(
                    "$\\mathbf W_x$ is transposed: it has a row for each unit.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x.T @ x + W_h @ h + b)),
                ),
                Mistake(
                    "The bias is missing.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + W_h @ h)),
                ),
                Mistake(
                    "The tanh is missing: the recursion is linear.",
                    _wrong_states(lambda x, h, W_x, W_h, b: W_x @ x + W_h @ h + b),
                ),
                Mistake(
                    "The sequence is read backwards.",
                    _wrong_states(_step, times=lambda X: X[::-1]),
                ),
                Mistake(
                    "$\\mathbf h_0$ is in the result too. There is one state for each input, the first one after it.",
                    lambda X, h_0, *weights: np.array([h_0, *states(X, h_0, *weights)]),
                ),
                Mistake(
                    "Every state is kept one time too early: the first row is $\\mathbf h_0$, the last state is lost.",
                    lambda X, h_0, *weights: np.array([h_0, *states(X, h_0, *weights)[:-1]]),
                ),
                Mistake(
                    "Only the first state is returned. What ends the loop?",
                    lambda *arguments: states(*arguments)[:1],
                ),
                Mistake("Only the last state is returned.", lambda *arguments: states(*arguments)[-1]),
                Mistake(
                    "The logistic function stands in the place of tanh.",
                    _wrong_states(lambda x, h, W_x, W_h, b: 1 / (1 + np.exp(-(W_x @ x + W_h @ h + b)))),
                ),
                Mistake(
                    "ReLU stands in the place of tanh.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.maximum(0, W_x @ x + W_h @ h + b)),
                ),
                Mistake(
                    "The state before is not used: $\\mathbf W_h$ is missing.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + b)),
                ),
                Mistake(
                    "The input is not used: $\\mathbf W_x$ is missing.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_h @ h + b)),
                ),
                Mistake(
                    "The bias is added after the tanh.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + W_h @ h) + b),
                ),
                Mistake(
                    "The part of the state before is added after the tanh.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + b) + W_h @ h),
                ),
                Mistake(
                    "The part of the input is added after the tanh.",
                    _wrong_states(lambda x, h, W_x, W_h, b: W_x @ x + np.tanh(W_h @ h + b)),
                ),
                Mistake(
                    "Kept are the sums before the tanh. A state is what comes after it.",
                    _wrong_sums,
                ),
                Mistake(
                    "The bias is subtracted.", _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x + W_h @ h - b))
                ),
                Mistake(
                    "Input and state go through a tanh each. It is taken of their sum.",
                    _wrong_states(lambda x, h, W_x, W_h, b: np.tanh(W_x @ x) + np.tanh(W_h @ h) + b),
                ),
            ],
        ),
        Coding(
            name="recurrent-gradient",
            title="Back through time",
            statement=(
                "Write the gradient with respect to $\\mathbf W_h$. For every time, $\\boldsymbol\\delta_t = "
                "(\\mathbf g_t + \\mathbf W_h^T\\boldsymbol\\delta_{t+1})\\odot(1 - \\mathbf h_t^2)$, and the gradient "
                "collects from all times."
            ),
            solution=recurrent_gradient,
            inputs=_passes,
            mistakes=[
                Mistake(
                    "Nothing comes back from later times: the signal of the time after is missing.",
                    _wrong_gradient(back=lambda W_h, delta: 0 * delta),
                ),
                Mistake(
                    "On the way back the weights are transposed.",
                    _wrong_gradient(back=lambda W_h, delta: W_h @ delta),
                ),
                Mistake(
                    "The slope of tanh is missing.",
                    _wrong_gradient(slope=lambda h: 1 + 0 * h),
                ),
                Mistake(
                    "σ′ in place of tanh′: the slope of tanh is one minus the square.",
                    _wrong_gradient(slope=lambda h: h * (1 - h)),
                ),
                Mistake(
                    "The signal of a time belongs to the state *before* it, which $\\mathbf W_h$ was multiplied by.",
                    _wrong_gradient(previous=lambda H, h_0: H),
                ),
                Mistake(
                    "This is the transpose of the gradient.",
                    _wrong_gradient(outer=lambda delta, h: np.outer(h, delta)),
                ),
                Mistake(
                    "Averaged over time. The weights are used at every time, and the parts add up.",
                    _wrong_gradient(collect=lambda parts: sum(parts) / len(parts)),
                ),
                Mistake(
                    "Only the first time counts here. The weights are used at every time.",
                    _wrong_gradient(collect=lambda parts: parts[-1]),
                ),
                Mistake(
                    "Only the last time counts here. The weights are used at every time.",
                    _wrong_gradient(collect=lambda parts: parts[0]),
                ),
                Mistake(
                    "The first time is left out. There is a state before it, too: $\\mathbf h_0$.",
                    _wrong_gradient(previous=lambda H, h_0: [0 * h_0, *H[:-1]]),
                ),
                Mistake(
                    "Before the first time stands $\\mathbf h_0$. An index of $-1$ takes the last state instead.",
                    _wrong_gradient(previous=lambda H, h_0: [H[-1], *H[:-1]]),
                ),
                Mistake(
                    "$\\mathbf h_0$ is taken for the state before every time. It stands before the first one only.",
                    _wrong_gradient(previous=lambda H, h_0: [h_0] * len(H)),
                ),
                Mistake(
                    "The direct gradient of the last time is used at all times. Each time has its own.",
                    lambda grad_H, *arguments: recurrent_gradient(0 * grad_H + grad_H[-1], *arguments),
                ),
                Mistake(
                    "What comes back from the time after is not multiplied by the slope of this time.",
                    _wrong_gradient(signal=lambda g, back, slope: g * slope + back),
                ),
                Mistake(
                    "What reaches a state directly is not multiplied by its slope.",
                    _wrong_gradient(signal=lambda g, back, slope: g + back * slope),
                ),
                Mistake(
                    "The gradient that reaches a state directly is only used at the last time.",
                    _only_the_last_loss,
                ),
                Mistake(
                    "The slope is missing a square.",
                    _wrong_gradient(slope=lambda h: 1 - h),
                ),
                Mistake(
                    "tanh is applied to states. They have gone through it already.",
                    _wrong_gradient(slope=lambda h: 1 - np.tanh(h) ** 2),
                ),
                Mistake(
                    "The loop runs forward in time. The signal comes from the time after.",
                    _forward_in_time,
                ),
                Mistake(
                    "The slope is that of the state before. A signal belongs to the state that it goes through.",
                    _slope_of_the_state_before,
                ),
                Mistake("The slope of tanh has a minus, not a plus.", _wrong_gradient(slope=lambda h: 1 + h**2)),
            ],
            points=4,
        ),
    ],
    quiz=[
        Question(
            "A recurrent network reads 100 times. How many different matrices $\\mathbf W_h$ does it have?",
            right=("One.", "It is used a hundred times, and its gradient is a sum of a hundred parts."),
            wrong={
                "One hundred.": "That would be a deep network without sharing; it could read no other length.",
                "Ninety-nine.": "There are that many steps from state to state, but they share one matrix.",
                "It depends on the input.": "The parameters do not depend on the input.",
            },
        ),
        Question(
            "All singular values of $\\mathbf W_h$ are 0.5. At most which part of a gradient survives ten steps back?",
            right=("About a thousandth.", "$0.5^{10} \\approx 0.001$, and the slope of tanh can only make it less."),
            wrong={
                "A twentieth.": "The factors multiply: they do not add.",
                "All of it, if the inputs are large.": "Large inputs saturate tanh and make the slopes smaller.",
                "Half of it.": "Half survives a single step.",
            },
        ),
        Question(
            "What does clipping do to a gradient that is too long?",
            right=("It keeps its direction and shortens it.", "The step then has a known largest length."),
            wrong={
                "It sets the large entries to a limit.": "That would turn the direction; here the norm is limited.",
                "It drops the early times.": "That is truncated backpropagation through time.",
                "It repairs vanishing gradients.": "It only shortens. What has vanished stays small.",
            },
        ),
        Question(
            "Why can a network without memory not copy the sign from three steps before?",
            right=(
                "Its answer depends on the present input alone.",
                "And that says nothing about the sign to be repeated: the best answer is 0.",
            ),
            wrong={
                "It has too few parameters.": "More of them do not bring the past back.",
                "The tanh forgets.": "Without $\\mathbf W_h$ there is nothing to forget: the past never enters.",
                "Its gradients vanish.": "They do not; there is nothing to be learned from this input.",
            },
        ),
    ],
)
