"""Exercises of the chapter on backpropagation."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Ordering, Prediction, Question


def tanh_layer_backward(grad_A, A, A_below, W):
    """One step back, through A = tanh(A_below @ W.T + b).

    grad_A, the gradient of the loss with respect to A, has shape (N, n_out),
    A has shape (N, n_out), A_below has shape (N, n_in), W has shape
    (n_out, n_in). Return (grad_A_below, grad_W, grad_b).
    """
    delta = grad_A * (1 - A**2)
    return delta @ W, delta.T @ A_below, delta.sum(axis=0)


def _wrong_layer(
    *,
    slope=lambda A, A_below: 1 - A**2,
    below=lambda D, W: D @ W,
    weights=lambda D, A_below: D.T @ A_below,
    biases=lambda D: D.sum(axis=0),
):
    """``tanh_layer_backward`` with one of its steps exchanged."""

    def backward(grad_A, A, A_below, W):
        delta = grad_A * slope(A, A_below)
        return below(delta, W), weights(delta, A_below), biases(delta)

    return backward


def _layers(rng):
    """One number everywhere, then square layers, then one sample, one input, one output and several of each."""
    # In a square layer a wrong transposition gives numbers instead of an error.
    cases = [tuple(np.array([[number]]) for number in (2.0, 0.5, -0.5, 3.0))]
    for n, n_in, n_out in [(2, 2, 2), (3, 3, 3), (5, 3, 2), (1, 2, 4), (3, 1, 2), (4, 3, 1)]:
        A_below, W = np.tanh(rng.standard_normal((n, n_in))), rng.standard_normal((n_out, n_in))
        A = np.tanh(A_below @ W.T + rng.standard_normal(n_out))
        cases.append((rng.standard_normal((n, n_out)), A, A_below, W))
    return cases


def first_signal(delta, weights, outputs):
    """The error signal of the first layer, from that of the last.

    delta is the signal of layer L, shape (N, n_L). weights is the list
    [W_2, ..., W_L], outputs is the list [A_1, ..., A_(L-1)] of the layers
    below, all of them with tanh. Return an array of shape (N, n_1).
    """
    for W, A in zip(reversed(weights), reversed(outputs)):
        delta = delta @ W * (1 - A**2)
    return delta


def _wrong_signal(step, steps=lambda weights, outputs: list(zip(weights, outputs))[::-1]):
    def signal(delta, weights, outputs):
        for W, A in steps(weights, outputs):
            delta = step(delta, W, A)
        return delta

    return signal


def _tanh_step(delta, W, A):
    return delta @ W * (1 - A**2)


def _chains(rng):
    """One layer, two of one unit, then equal widths, then one sample, one unit in a layer, and many layers."""
    # Where all widths are equal, a wrong order or transposition gives numbers instead of an error.
    half, two, three = (np.array([[number]]) for number in (0.5, 2.0, 3.0))
    chains = [(two, [], []), (two, [three], [half])]
    for n, widths in [
        (3, (2, 2, 2)),
        (4, (3, 3, 3, 3)),
        (2, (2, 2, 2)),
        (1, (2, 4, 3)),
        (2, (3,)),
        (4, (2, 1, 3)),
        (3, (3, 2, 4, 1, 2, 2)),
    ]:
        weights = [rng.standard_normal(shape) for shape in zip(widths[1:], widths)]
        outputs = [np.tanh(rng.standard_normal((n, width))) for width in widths[:-1]]
        chains.append((rng.standard_normal((n, widths[-1])), weights, outputs))
    return chains


def first_weight_gradient(a1, a2, w2, x, y):
    return 2 * (a2 - y) * (1 - a2**2) * w2 * (1 - a1**2) * x


def all_weight_gradients(grad_output, outputs, weights):
    """The gradients of all weights; outputs[0] is the batch."""
    delta = grad_output * (1 - outputs[-1] ** 2)
    gradients = []
    for layer in reversed(range(len(weights))):
        gradients.append(delta.T @ outputs[layer])
        delta = delta @ weights[layer] * (1 - outputs[layer] ** 2)
    gradients.reverse()
    return gradients[0], gradients[-1]


def _deep_networks(rng):
    """Equal widths, then one layer, one sample, and several of each."""
    cases = []
    for n, widths in [(2, (2, 2, 2)), (3, (3, 3, 3, 3)), (4, (3, 2)), (1, (2, 3, 4)), (4, (2, 3, 1, 2))]:
        weights = [rng.standard_normal(shape) for shape in zip(widths[1:], widths)]
        outputs = [rng.uniform(-0.9, 0.9, (n, width)) for width in widths]
        cases.append((rng.standard_normal((n, widths[-1])), outputs, weights))
    return cases


def growth_of_the_first_signal():
    """How much more of the signal reaches the first of five ReLU layers when all weights are doubled."""
    from dlmath import network

    rng = np.random.default_rng(0)
    X, sizes = rng.standard_normal((1, 30)), [30] * 6
    layers = network.unpack(network.initialize(sizes, rng), sizes)
    shares = []
    for scale in (1, 2):
        scaled = [(scale * W, b) for W, b in layers]
        outputs = network.forward(X, scaled, "relu")[1:]
        signals = [(outputs[-1] > 0) * 1.0]
        for (W, _), A in zip(scaled[:0:-1], outputs[-2::-1]):
            signals.append(signals[-1] @ W * (A > 0))
        shares.append(np.linalg.norm(signals[-1]) / np.linalg.norm(signals[0]))
    return float(shares[1] / shares[0])


chapter = Chapter(
    name="equations/backpropagation",
    title="Backpropagation",
    exercises=[
        Prediction(
            name="twice-the-weights",
            title="Predict: twice the weights",
            question=(
                "In the figure of the sizes of the error signal, choose relu and five layers. Its biases are 0. Now "
                "the weight scale is doubled. By which factor does the signal at the first layer grow, relative to "
                "that at the last?"
            ),
            solution=growth_of_the_first_signal,
            why=(
                "Four steps lie between five layers, and each multiplies by one weight matrix; which units are on does "
                "not change when all weights are doubled. Move the weight scale by a factor of 2, and compare."
            ),
            mistakes=[
                Mistake("Five layers have fewer than five steps between them.", lambda: 32.0),
                Mistake("That is one step. How many lie between the last layer and the first?", lambda: 2.0),
                Mistake("The steps follow one another: their factors multiply, they do not add.", lambda: 8.0),
            ],
        ),
        Derivation(
            name="first-of-two-weights",
            title="The weight that is farthest from the loss",
            statement=(
                "Two layers of one unit: $a_1 = \\tanh(w_1 x)$, $a_2 = \\tanh(w_2 a_1)$ and "
                "$\\mathcal L = (a_2 - y)^2$. Derive $\\partial\\mathcal L/\\partial w_1$ in terms of "
                "$a_1$, $a_2$, $w_2$, $x$ and $y$. Write down both signals on the way."
            ),
            given='import sympy as sp\n\na1, a2, w2, x, y = sp.symbols("a1 a2 w2 x y", real=True)',
            solution=first_weight_gradient,
            mistakes=[
                Mistake(
                    "The base case lacks the slope of the last activation: the loss depends on $z_2$ through $a_2$.",
                    lambda a1, a2, w2, x, y: 2 * (a2 - y) * w2 * (1 - a1**2) * x,
                    as_printed="backprop-base-case",
                ),
                Mistake(
                    "The slope of the first activation is missing: on the way from $a_1$ to $z_1$ there is a tanh.",
                    lambda a1, a2, w2, x, y: 2 * (a2 - y) * (1 - a2**2) * w2 * x,
                ),
                Mistake(
                    "How does $z_2$ change with $a_1$? That factor is missing between the two signals.",
                    lambda a1, a2, w2, x, y: 2 * (a2 - y) * (1 - a2**2) * (1 - a1**2) * x,
                ),
                Mistake(
                    "This is the signal $\\delta_1$. One factor leads from $z_1$ to the weight.",
                    lambda a1, a2, w2, x, y: 2 * (a2 - y) * (1 - a2**2) * w2 * (1 - a1**2),
                ),
                Mistake(
                    "Both slopes are those of the same layer.",
                    lambda a1, a2, w2, x, y: 2 * (a2 - y) * (1 - a2**2) * w2 * (1 - a2**2) * x,
                ),
            ],
        ),
        Coding(
            name="tanh-layer-backward",
            title="One step back",
            statement=(
                "A layer computes $\\mathbf A = \\tanh(\\mathbf A_\\text{below}\\mathbf W^T + \\mathbf 1\\mathbf "
                "b^T)$. Given the gradient of the loss with respect to $\\mathbf A$, return those with respect to "
                "$\\mathbf A_\\text{below}$, $\\mathbf W$ and $\\mathbf b$. The mean over the batch is in the given "
                "gradient already."
            ),
            solution=tanh_layer_backward,
            inputs=_layers,
            returns=("grad_A_below", "grad_W", "grad_b"),
            mistakes=[
                Mistake(
                    "The slope of the activation is missing: the given gradient is with respect to $\\mathbf A$, "
                    "not $\\mathbf Z$.",
                    _wrong_layer(slope=lambda A, A_below: 1),
                ),
                Mistake(
                    "This is the slope of the layer below. Which layer's tanh lies between `grad_A` and this "
                    "layer's signal?",
                    _wrong_layer(slope=lambda A, A_below: 1 - A_below**2),
                ),
                Mistake(
                    "The slope is taken at $\\mathbf A$. That is a value of tanh already, and so all that its "
                    "slope needs.",
                    _wrong_layer(slope=lambda A, A_below: 1 - np.tanh(A) ** 2),
                ),
                Mistake(
                    "To the layer below the weights are used the other way round than forward. "
                    "With a square matrix nothing complains.",
                    _wrong_layer(below=lambda D, W: D @ W.T),
                ),
                Mistake(
                    "A slope too many at $\\mathbf W$, as in the formula that is printed in Part I: its path to the "
                    "loss "
                    "does not pass through the activation below.",
                    _wrong_layer(weights=lambda D, A_below: D.T @ (A_below * (1 - A_below**2))),
                ),
                Mistake(
                    "The gradient of the weights is transposed: one row an output, one column an input.",
                    _wrong_layer(weights=lambda D, A_below: A_below.T @ D),
                ),
                Mistake(
                    "The gradient of the biases is not summed: one bias serves all samples.",
                    _wrong_layer(biases=lambda D: D),
                    as_printed="backprop-biases",
                ),
                Mistake(
                    "The gradients of the weights and biases are divided by N. The loss has done that already.",
                    _wrong_layer(weights=lambda D, A_below: D.T @ A_below / len(D), biases=lambda D: D.mean(axis=0)),
                ),
            ],
            points=3,
        ),
        Coding(
            name="first-signal",
            title="All the way back",
            statement=(
                "Repeat the recursion from the last layer down to the first, for a network of tanh layers of any "
                "depth. The base case, the signal of the last layer, is given."
            ),
            solution=first_signal,
            inputs=_chains,
            mistakes=[
                Mistake(
                    "The layers are visited in the order of the forward pass. Where does the signal start?",
                    _wrong_signal(_tanh_step, steps=lambda weights, outputs: list(zip(weights, outputs))),
                ),
                Mistake(
                    "The weights are used in the direction of the forward pass. With equal widths nothing complains.",
                    _wrong_signal(lambda delta, W, A: delta @ W.T * (1 - A**2)),
                ),
                Mistake(
                    "The slopes of the activations are missing.",
                    _wrong_signal(lambda delta, W, A: delta @ W),
                ),
                Mistake(
                    "The slopes are taken at the outputs. Those are values of tanh already.",
                    _wrong_signal(lambda delta, W, A: delta @ W * (1 - np.tanh(A) ** 2)),
                ),
                Mistake(
                    "The recursion stops one layer too early.",
                    _wrong_signal(_tanh_step, steps=lambda weights, outputs: list(zip(weights, outputs))[:0:-1]),
                ),
            ],
            points=3,
        ),
        Ordering(
            name="order-of-backpropagation",
            title="Put in order: all layers",
            statement=(
                "These lines go back through a network of tanh layers of any depth, and return the gradients of the "
                "first and of the last weight matrix. `outputs[0]` is the batch, `outputs[-1]` the result. Put them in "
                "order. Two of them do not belong."
            ),
            solution=all_weight_gradients,
            inputs=_deep_networks,
            returns=("first", "last"),
            before={
                (
                    "    gradients.append(delta.T @ outputs[layer])",
                    "    delta = delta @ weights[layer] * (1 - outputs[layer] ** 2)",
                ): "The signal moves one layer down before the gradient of this layer's weights is taken.",
                (
                    "    gradients.append(delta.T @ outputs[layer])",
                    "gradients.reverse()",
                ): "The list is turned round before there is anything in it.",
            },
            extra={
                "delta = grad_output": "The base case has the slope of the last activation: the given gradient is with "
                "respect to the outputs, not to the pre-activations.",
                "    delta = delta @ weights[layer].T * (1 - outputs[layer] ** 2)": "On the way back the weights are "
                "used the other way round than forward.",
            },
        ),
    ],
    quiz=[
        Question(
            "Why are the signals computed from the last layer to the first?",
            right=(
                "Each one is a short product with the one after it.",
                "So no factor of the chain rule is multiplied twice, and the cost stays that of two forward passes.",
            ),
            wrong={
                "The last layer has to be corrected first.": (
                    "No weight moves before all gradients are known; the order is for the computation."
                ),
                "The chain rule holds in this direction only.": (
                    "It holds in both. Forward, one would have to begin anew for every parameter."
                ),
                "The first layer's weights are needed for the last signal.": (
                    "It is the other way round: the signal of layer 1 needs the weights of layer 2."
                ),
            },
        ),
        Question(
            "Ten layers of sigmoids, and every weight matrix has $\\lVert\\mathbf W\\rVert_2 = 2$. The first layer's "
            "signal, compared with the last layer's, is",
            right=("at most $(2/4)^9$", "Nine steps lie between ten layers, each of at most $2\\cdot\\frac14$."),
            wrong={
                "at most $(2/4)^{10}$": "Ten layers have nine steps between them.",
                "at most $(1/4)^9$": "That forgets the weights, which may double the signal at every step.",
                "exactly $(2/4)^9$": (
                    "That would need slope ¼ everywhere and a signal along the largest singular vector each time."
                ),
            },
        ),
        Question(
            "Every sample of a batch is put in twice. The loss is a mean. What happens to the gradient?",
            right=("Nothing.", "Twice as many terms are added, and divided by twice as many."),
            wrong={
                "It doubles.": "It would if the loss were a sum over the samples.",
                "It is halved.": "The 1/N is half as large, but there are twice as many terms.",
                "It becomes more accurate.": "The same samples say nothing new.",
            },
        ),
        Question(
            "A network has 1000 parameters. Forward takes one second. About how long do forward and backward pass "
            "take together?",
            right=("3 seconds", "The pass back multiplies two matrices where the pass forward multiplied one."),
            wrong={
                "2000 seconds": "That is the price of central differences, two passes a parameter.",
                "1000 seconds": "That would be one pass a parameter. All gradients come out of a single pass back.",
                "1 second": "The pass back alone takes about twice the pass forward.",
            },
        ),
        Question(
            "What must be kept from the forward pass for the pass back?",
            right=(
                "The output of every layer.",
                "The gradient of $\\mathbf W_l$ needs $\\mathbf A_{l-1}$. The memory grows with the depth.",
            ),
            wrong={
                "The loss alone.": "The gradients of the weights are products with the layers' inputs.",
                "The output of the last layer.": "It begins the recursion. Each gradient needs its layer's input too.",
                "Nothing but the weights.": "The weights do not tell which inputs the layers had.",
            },
        ),
    ],
)
