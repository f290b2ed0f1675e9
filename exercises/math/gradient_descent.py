"""Exercises of the chapter on the four gradients of the 2-3-1 network."""

from __future__ import annotations

import numpy as np

from dlmath.activations import sigmoid
from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Ordering, Prediction, Question


def height_delta(outputs, heights):
    """The gradient with respect to the last pre-activations.

    outputs are values of the sigmoid, which stand for the heights
    6 * outputs - 3; all shapes are (N, 1).
    """
    return 12 / len(outputs) * (6 * outputs - 3 - heights) * outputs * (1 - outputs)


def _outputs(rng):
    """One sample, outputs that are right or saturated, and batches."""
    one = (np.array([[0.75]]), np.array([[0.25]]))
    borders = (np.array([[0.0], [1.0], [0.5]]), np.array([[1.0], [-1.0], [0.0]]))
    return [one] + [(rng.uniform(0, 1, (n, 1)), rng.uniform(-3, 3, (n, 1))) for n in (2, 7)] + [borders]


def network_gradients(X, Y, W0, b0, W1, b1):
    """The four gradients, each of the shape of its parameter.

    X has shape (N, n_in), Y has shape (N, n_out),
    W0 has shape (n_hidden, n_in), b0 has shape (n_hidden,),
    W1 has shape (n_out, n_hidden), b1 has shape (n_out,).
    Return (grad_W0, grad_b0, grad_W1, grad_b1).
    """
    H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
    outputs = 1 / (1 + np.exp(-(H @ W1.T + b1)))
    delta1 = 2 / len(X) * (outputs - Y) * outputs * (1 - outputs)
    delta0 = delta1 @ W1 * H * (1 - H)
    return delta0.T @ X, delta0.sum(axis=0), delta1.T @ H, delta1.sum(axis=0)


def _wrong_gradients(
    *,
    mean=len,
    slope1=lambda a: a * (1 - a),
    slope0=lambda a: a * (1 - a),
    weigh=lambda G, A: G.T @ A,
    total=lambda G: G.sum(axis=0),
    back=lambda G, W: G @ W,
    slope_at_W1=lambda H: 1,
    sign=1,
):
    """The four gradients with one step of the computation exchanged."""

    def gradients(X, Y, W0, b0, W1, b1):
        H = sigmoid(X @ W0.T + b0)
        outputs = sigmoid(H @ W1.T + b1)
        delta1 = sign * 2 / mean(X) * (outputs - Y) * slope1(outputs)
        delta0 = back(delta1, W1) * slope0(H)
        return weigh(delta0, X), total(delta0), weigh(delta1, H * slope_at_W1(H)), total(delta1)

    return gradients


def _without_the_output_weights(X, Y, W0, b0, W1, b1):
    grad_W0, _, grad_W1, grad_b1 = network_gradients(X, Y, W0, b0, W1, b1)
    _, grad_b0, _, _ = _wrong_gradients(back=lambda G, W: G.sum(axis=1, keepdims=True))(X, Y, W0, b0, W1, b1)
    return grad_W0, grad_b0, grad_W1, grad_b1


def _without_the_last_sum(X, Y, W0, b0, W1, b1):
    *others, _ = network_gradients(X, Y, W0, b0, W1, b1)
    *_, grad_b1 = _wrong_gradients(total=lambda G: G)(X, Y, W0, b0, W1, b1)
    return *others, grad_b1


def _problems(rng):
    """One number everywhere, then equal widths, then one sample, one hidden node, one output and several of each."""
    return [
        (
            rng.standard_normal((n, n_in)),
            rng.uniform(0, 1, (n, n_out)),
            rng.standard_normal((n_hidden, n_in)),
            rng.standard_normal(n_hidden),
            rng.standard_normal((n_out, n_hidden)),
            rng.standard_normal(n_out),
        )
        for n, n_in, n_hidden, n_out in [
            (1, 1, 1, 1),
            (2, 2, 2, 2),
            (1, 2, 3, 1),
            (6, 2, 3, 1),
            (1, 3, 2, 4),
            (3, 2, 1, 3),
            (5, 3, 4, 2),
        ]
    ]


def weight_gradient(a, y, h, w, x):
    return 2 * (a - y) * a * (1 - a) * (h + w * h * (1 - h) * x)


def pair_gradient(D, A, B):
    return A.T * D * B


def way_back(X, Y, W0, b0, W1, b1):
    """The gradients of the two weight matrices."""
    H = sigmoid(X @ W0.T + b0)
    outputs = sigmoid(H @ W1.T + b1)
    delta = 2 / len(X) * (outputs - Y) * outputs * (1 - outputs)
    grad_W1 = delta.T @ H
    delta = delta @ W1 * H * (1 - H)
    grad_W0 = delta.T @ X
    return grad_W0, grad_W1


def error_ratio():
    """The error of the one-sided difference with the step 1e-2, over that with the step 1e-4."""
    errors = [abs((np.sin(1 + h) - np.sin(1)) / h - np.cos(1)) for h in (1e-2, 1e-4)]
    return errors[0] / errors[1]


chapter = Chapter(
    name="math/gradient-descent",
    title="Gradient descent: the four gradients",
    exercises=[
        Prediction(
            name="a-hundredth-of-the-step",
            title="Predict: a smaller step",
            question=(
                "A one-sided difference $\\frac{f(x+h)-f(x)}h$ measures the slope of the sine at $x = 1$. On the right "
                "branch of the V, where rounding does not count yet, $h$ is made a hundred times smaller, from "
                "$10^{-2}$ to $10^{-4}$. By which factor does the error become smaller?"
            ),
            solution=error_ratio,
            why=(
                "The error of the one-sided difference is $\\frac h2f''$ and a little more: it shrinks in proportion "
                "to $h$. In the figure of the V its right branch has the slope 1, that of the central difference 2."
            ),
            mistakes=[
                Mistake("That would be the central difference, whose error goes with $h^2$.", lambda: 1e4),
                Mistake("The leading error goes with $h$ itself, not with its root.", lambda: 10.0),
                Mistake("The smaller step is the better one here: rounding does not count yet.", lambda: 0.01),
            ],
        ),
        Derivation(
            name="one-weight-twice",
            title="One weight in two places",
            statement=(
                "A unit feeds a unit, and both have the same weight: $h = \\sigma(w x)$, $a = \\sigma(w h)$ and $L = "
                "(a - y)^2$. Derive $\\mathrm d L/\\mathrm d w$ in terms of $a$, $y$, $h$, $w$ and $x$. By how many "
                "paths does a change of $w$ reach the loss?"
            ),
            given='import sympy as sp\n\na, y, h, w, x = sp.symbols("a y h w x", real=True)',
            solution=weight_gradient,
            mistakes=[
                Mistake(
                    "That is the path through the upper place alone: $h$ depends on $w$ too.",
                    lambda a, y, h, w, x: 2 * (a - y) * a * (1 - a) * h,
                ),
                Mistake(
                    "That is the path through the lower place alone. The weight also stands beside $h$.",
                    lambda a, y, h, w, x: 2 * (a - y) * a * (1 - a) * w * h * (1 - h) * x,
                ),
                Mistake(
                    "The paths are added, each with the factors on its way. They do not multiply.",
                    lambda a, y, h, w, x: 2 * (a - y) * a * (1 - a) * h * w * h * (1 - h) * x,
                ),
                Mistake(
                    "The derivative of the sigmoid at the output is missing.",
                    lambda a, y, h, w, x: 2 * (a - y) * (h + w * h * (1 - h) * x),
                ),
                Mistake(
                    "The derivative of the sigmoid at the hidden unit is missing.",
                    lambda a, y, h, w, x: 2 * (a - y) * a * (1 - a) * (h + w * x),
                ),
                Mistake(
                    "On the way to the lower place the signal passes the upper weight.",
                    lambda a, y, h, w, x: 2 * (a - y) * a * (1 - a) * (h + h * (1 - h) * x),
                ),
                Mistake(
                    "The 2 of the square is missing.",
                    lambda a, y, h, w, x: (a - y) * a * (1 - a) * (h + w * h * (1 - h) * x),
                ),
                Mistake(
                    "The sign is turned: is it target minus output, or output minus target?",
                    lambda a, y, h, w, x: 2 * (y - a) * a * (1 - a) * (h + w * h * (1 - h) * x),
                ),
            ],
        ),
        Derivation(
            name="pair-weights-gradient",
            title="Weights between two batches",
            statement=(
                "How well does each of $N$ queries fit each of $M$ answers? A matrix of weights between both says it, "
                "$\\mathbf Z = \\mathbf A\\mathbf W\\mathbf B^T$: $\\mathbf A$ has shape $(N, m)$, $\\mathbf B$ has "
                "shape $(M, k)$, and $\\mathbf W$ has shape $(m, k)$. Given $\\mathbf D = \\partial "
                "L/\\partial\\mathbf Z$ of shape $(N, M)$, derive $\\partial L/\\partial\\mathbf W$, which has the "
                "shape of $\\mathbf W$."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'N, M, m, k = sizes("N M m k")\n'
                'D = sp.MatrixSymbol("D", N, M)\n'
                'A, B = sp.MatrixSymbol("A", N, m), sp.MatrixSymbol("B", M, k)'
            ),
            solution=pair_gradient,
            mistakes=[
                Mistake(
                    (
                        "This is the transpose: the gradient of $\\mathbf W^T$. "
                        "Compare its shape with that of $\\mathbf W$."
                    ),
                    lambda D, A, B: B.T * D.T * A,
                ),
                Mistake(
                    "The sign is turned. The minus belongs to the update, not to the gradient.",
                    lambda D, A, B: -A.T * D * B,
                ),
                Mistake(
                    "The 1/N is there twice: $\\mathbf D$ has it from the loss already.",
                    lambda D, A, B: A.T * D * B / D.shape[0],
                ),
                Mistake(
                    "One of the two batches is missing: every entry of $\\mathbf W$ stands between an entry of "
                    "$\\mathbf A$ and one of $\\mathbf B$.",
                    lambda D, A, B: A.T * D,
                ),
            ],
        ),
        Coding(
            name="height-delta",
            title="The error at the output, in heights",
            statement=(
                "The sigmoid at the output stays between 0 and 1; its value $\\hat y$ stands for the height $6\\hat y "
                "- 3$. So the loss can be measured in heights: $L = \\frac1N\\sum_i(6\\hat y_i - 3 - z_i)^2$, where "
                "$z_i$ is what the sensor measured. Write its gradient with respect to the pre-activations of the "
                "output. The function gets the outputs of the sigmoid, not its arguments."
            ),
            solution=height_delta,
            inputs=_outputs,
            mistakes=[
                Mistake(
                    "The residuals are right. How does the height change with the output? That factor is missing.",
                    lambda a, z: 2 / len(a) * (6 * a - 3 - z) * a * (1 - a),
                ),
                Mistake(
                    "The outputs are compared with heights. They are to be turned into heights first.",
                    lambda a, z: 2 / len(a) * (a - z) * a * (1 - a),
                ),
                Mistake(
                    "The residual is that of the scaled targets: so the loss would be 36 times as small.",
                    lambda a, z: 2 / len(a) * (a - (z + 3) / 6) * a * (1 - a),
                ),
                Mistake(
                    "The derivative of the sigmoid is missing.",
                    lambda a, z: 12 / len(a) * (6 * a - 3 - z),
                ),
                Mistake(
                    "σ' is taken of the activation: `outputs` are values of the sigmoid already.",
                    lambda a, z: 12 / len(a) * (6 * a - 3 - z) * sigmoid(a) * (1 - sigmoid(a)),
                ),
                Mistake(
                    "The loss is a mean over the batch: 1/N is missing.",
                    lambda a, z: 12 * (6 * a - 3 - z) * a * (1 - a),
                ),
                Mistake(
                    "The sign is turned: output minus measurement.",
                    lambda a, z: 12 / len(a) * (z - 6 * a + 3) * a * (1 - a),
                ),
                Mistake(
                    "The 2 of the square is missing.",
                    lambda a, z: 6 / len(a) * (6 * a - 3 - z) * a * (1 - a),
                ),
            ],
        ),
        Coding(
            name="network-gradients",
            title="The four gradients",
            statement=(
                "Write the gradients of the mean squared error of the network "
                "$\\hat{\\mathbf Y} = \\sigma(\\sigma(\\mathbf X\\mathbf W_0^T + "
                "\\mathbf b_0)\\mathbf W_1^T + \\mathbf b_1)$ "
                "with respect to its four parameters. The loss is "
                "$\\frac1N\\sum_i\\|\\hat{\\mathbf y}_i - \\mathbf y_i\\|^2$."
            ),
            solution=network_gradients,
            inputs=_problems,
            returns=("grad_W0", "grad_b0", "grad_W1", "grad_b1"),
            mistakes=[
                Mistake(
                    "The mean is taken twice: 1/N comes in with the loss, once, and is in the signals already.",
                    _wrong_gradients(weigh=lambda G, A: G.T @ A / len(G), total=lambda G: G.mean(axis=0)),
                ),
                Mistake(
                    "The bias gradients are not summed over the batch: one bias serves all samples, "
                    "and collects from all of them.",
                    _wrong_gradients(total=lambda G: G),
                ),
                Mistake(
                    "The bias gradients are averaged over the batch. The 1/N is in δ already: sum.",
                    _wrong_gradients(total=lambda G: G.mean(axis=0)),
                ),
                Mistake(
                    "The loss is a mean over the batch: 1/N is missing.",
                    _wrong_gradients(mean=lambda X: 1),
                ),
                Mistake(
                    "The derivative of the sigmoid at the output is missing.",
                    _wrong_gradients(slope1=lambda a: 1),
                ),
                Mistake(
                    "The derivative of the sigmoid at the hidden layer is missing.",
                    _wrong_gradients(slope0=lambda a: 1),
                ),
                Mistake(
                    "σ' is taken of the activation: H and the outputs are values of the sigmoid already.",
                    _wrong_gradients(
                        slope1=lambda a: sigmoid(a) * (1 - sigmoid(a)), slope0=lambda a: sigmoid(a) * (1 - sigmoid(a))
                    ),
                ),
                Mistake(
                    "A slope too many at $\\mathbf W_1$, as in the printed formula: its path to the loss does not pass "
                    "through the hidden activation.",
                    _wrong_gradients(slope_at_W1=lambda H: H * (1 - H)),
                    as_printed="gradient-w1",
                ),
                Mistake(
                    "The factor $\\mathbf W_1$ is missing on the way back to the hidden layer, in both of its "
                    "gradients.",
                    _wrong_gradients(back=lambda G, W: G.sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The factor $\\mathbf W_1$ is missing in the gradient of $\\mathbf b_0$, as in the printed "
                    "formula.",
                    _without_the_output_weights,
                    as_printed="gradient-b0",
                ),
                Mistake(
                    "On the way back the weights of the output are used as forward, transposed. With square matrices "
                    "nothing complains.",
                    _wrong_gradients(back=lambda G, W: G @ W.T),
                ),
                Mistake(
                    "The gradient of $\\mathbf b_1$ is not summed over the batch, as in the printed formula: one bias "
                    "serves all samples.",
                    _without_the_last_sum,
                    as_printed="gradient-b1",
                ),
                Mistake(
                    "The weight gradients are transposed: each has the shape of its weights.",
                    _wrong_gradients(weigh=lambda G, A: A.T @ G),
                ),
                Mistake(
                    "All signs are turned. The minus belongs to the update, not to the gradient.",
                    _wrong_gradients(sign=-1),
                ),
            ],
            points=5,
        ),
        Ordering(
            name="order-of-the-way-back",
            title="Put in order: the way back",
            statement=(
                "These lines compute the gradients of both weight matrices, and use one name, `delta`, for both "
                "signals. Put them in order. Two of them are not needed: they are what the document prints."
            ),
            solution=way_back,
            inputs=_problems,
            returns=("grad_W0", "grad_W1"),
            before={
                (
                    "grad_W1 = delta.T @ H",
                    "delta = delta @ W1 * H * (1 - H)",
                ): "The signal of the hidden layer is used for $\\mathbf W_1$, whose path to the loss does not pass "
                "through the hidden activation.",
                (
                    "delta = delta @ W1 * H * (1 - H)",
                    "grad_W0 = delta.T @ X",
                ): "The signal of the output is used for $\\mathbf W_0$, which lies a layer below.",
            },
            extra={
                "grad_W1 = (delta * H * (1 - H)).T @ H": "The printed formula for $\\mathbf W_1$ has the slope of the "
                "hidden activation too. From $\\mathbf W_1$ to the loss there is no hidden activation.",
                "delta = delta * H * (1 - H)": "The printed formula for $\\mathbf b_0$ lacks $\\mathbf W_1$: how does "
                "the output change with $\\mathbf H$?",
            },
        ),
    ],
    quiz=[
        Question(
            "In which direction does a function rise fastest?",
            right=(
                "Along its gradient.",
                "The slope in a unit direction is its product with the gradient, largest when both are parallel.",
            ),
            wrong={
                "Against its gradient.": "That is where it falls fastest: the direction of the descent.",
                "At right angles to its gradient.": "There it does not change, to first order.",
                "Towards its maximum.": "The gradient knows the slope here, not where the maximum is.",
            },
        ),
        Question(
            "Why is the gradient of a bias a sum over the batch?",
            right=(
                "The same bias is added to every sample.",
                "Each sample brings its share of the derivative, and the shares add up.",
            ),
            wrong={
                "To make it larger.": "Nothing is made: it is what the chain rule gives.",
                "Because the bias has no input.": "It has the input 1, once for each sample.",
                "It is a mean, not a sum.": "The 1/N of the mean is in δ already; here the shares are added.",
            },
        ),
        Question(
            "A network with sigmoids is trained on the squared error. Its outputs are almost 0 or 1 everywhere, and "
            "many are wrong. How large are its gradients?",
            right=(
                "Tiny.",
                (
                    "Every gradient has the factor $\\hat y(1 - \\hat y)$, which "
                    "is near 0 there: the sigmoid is saturated."
                ),
            ),
            wrong={
                "Large, because the errors are large.": "The error is one factor. The slope of the sigmoid is another.",
                "Exactly zero.": "Only at exactly 0 or 1, which rounding can reach but the sigmoid does not.",
                "Infinite.": "No factor grows beyond bounds.",
            },
        ),
        Question(
            (
                "A finite difference with step $h$ checks a gradient. Why does a "
                "smaller $h$ not always give a smaller error?"
            ),
            right=(
                "Subtracting two almost equal numbers loses digits.",
                "The rounding error grows like $1/h$, while the truncation error falls: there is a best $h$ between.",
            ),
            wrong={
                "The derivative changes with h.": "The derivative is a limit; it has no $h$.",
                "It does, down to h = 0.": "At $h = 0$ it is 0/0.",
                "The computation takes longer.": "It takes two evaluations, whatever $h$ is.",
            },
        ),
        Question(
            (
                "$\\mathbf H$ has shape (N, 3) and $\\mathbf\\Delta_1$ has shape (N, "
                "1). Which product has the shape (1, 3) of $\\mathbf W_1$?"
            ),
            right=(
                "$\\mathbf\\Delta_1^T\\mathbf H$",
                "(1, N) times (N, 3): the sum over the batch is in the product.",
            ),
            wrong={
                "$\\mathbf H^T\\mathbf\\Delta_1$": (
                    "This has shape (3, 1): right if the weights are kept as a column."
                ),
                "$\\mathbf\\Delta_1\\mathbf H$": "(N, 1) times (N, 3) does not compose.",
                "$\\mathbf H\\odot\\mathbf\\Delta_1$": (
                    "This has shape (N, 3): one contribution a sample, not yet summed."
                ),
            },
        ),
    ],
)
