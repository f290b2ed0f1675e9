"""Exercises of the chapter on the network as a function of its parameters."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def unpack(theta, n_in, n_hidden, n_out):
    """The matrices and biases of two layers, cut from one vector.

    theta holds W1 row by row, then b1, then W2 row by row, then b2.
    Return (W1, b1, W2, b2) of shapes (n_hidden, n_in), (n_hidden,),
    (n_out, n_hidden) and (n_out,).
    """
    ends = np.cumsum([n_hidden * n_in, n_hidden, n_out * n_hidden])
    W1, b1, W2, b2 = np.split(theta, ends)
    return W1.reshape(n_hidden, n_in), b1, W2.reshape(n_out, n_hidden), b2


def _vectors(rng):
    """One unit a layer, then width 2 everywhere, then one input, one hidden unit, one output and different widths."""
    # Where all widths are equal, a wrong shape gives numbers instead of an error.
    widths = [(2, 2, 2), (2, 3, 1), (1, 2, 3), (3, 1, 2), (4, 2, 3)]
    drawn = [(rng.standard_normal((n + 1) * h + (h + 1) * m), n, h, m) for n, h, m in widths]
    return [(np.array([1.0, 2.0, 3.0, 4.0]), 1, 1, 1), *drawn]


def _unpack_wrongly(*, order="C", bias_first=False, turned=False):
    """``unpack`` with one convention exchanged."""

    def layer(theta, n_in, n_out):
        count = n_in * n_out
        weights, bias = (theta[n_out:], theta[:n_out]) if bias_first else (theta[:count], theta[count:])
        shape = (n_in, n_out) if turned else (n_out, n_in)
        return weights.reshape(shape, order=order), bias

    def wrong(theta, n_in, n_hidden, n_out):
        middle = (n_in + 1) * n_hidden
        return (*layer(theta[:middle], n_in, n_hidden), *layer(theta[middle:], n_hidden, n_out))

    return wrong


def _weights_before_all_biases(theta, n_in, n_hidden, n_out):
    ends = np.cumsum([n_hidden * n_in, n_out * n_hidden, n_hidden])
    W1, W2, b1, b2 = np.split(theta, ends)
    return W1.reshape(n_hidden, n_in), b1, W2.reshape(n_out, n_hidden), b2


def collapse_bypasses(parameters):
    """One affine map that does what all layers with a bypass do.

    parameters is a list of pairs (W, b), the first layer first. Every W is
    square: its layer takes a to a + W a + b. Return (W, b) of the one map.
    """
    W, b = np.eye(len(parameters[0][1])), np.zeros(len(parameters[0][1]))
    for W_next, b_next in parameters:
        W, b = W + W_next @ W, b + W_next @ b + b_next
    return W, b


def _collapse_wrongly(*, product=lambda W, V: W + V @ W, bias=lambda b, V, c: b + V @ b + c):
    """``collapse_bypasses`` with another rule for the product or for the bias."""

    def wrong(parameters):
        W, b = np.eye(len(parameters[0][1])), np.zeros(len(parameters[0][1]))
        for W_next, b_next in parameters:
            W, b = product(W, W_next), bias(b, W_next, b_next)
        return W, b

    return wrong


def _stacks(rng):
    """One layer of one unit, two of them, and then any number of any width."""
    one, other = (np.array([[2.0]]), np.array([1.0])), (np.array([[3.0]]), np.array([5.0]))
    return [
        ([one],),
        ([one, other],),
        *(
            ([(rng.standard_normal((n, n)), rng.standard_normal(n)) for _ in range(layers)],)
            for n, layers in [(2, 1), (2, 2), (3, 3), (4, 2), (3, 5)]
        ),
    ]


def three_layer_bias(W2, W3, b1, b2, b3):
    return W3 * W2 * b1 + W3 * b2 + b3


def slope_of_the_outgoing_weight():
    """The slope by the outgoing weight of a ReLU unit that is scaled up by ten, over that before."""
    x, y, slopes = np.array([1.0, 2.0]), 1.0, []
    for c in (1.0, 10.0):
        w, b, v = c * np.array([0.5, 1.0]), c * 0.25, 0.5 / c
        hidden = max(w @ x + b, 0)
        slopes.append(2 * (v * hidden - y) * hidden)
    return float(slopes[1] / slopes[0])


chapter = Chapter(
    name="equations/basics",
    title="The basics: a neural network as a function",
    exercises=[
        Prediction(
            name="a-scaled-unit",
            title="Predict: a unit, scaled",
            question=(
                "Multiply the incoming weights and the bias of a hidden ReLU unit by ten, and divide its outgoing "
                "weight by ten: the network is the same function, and has the same loss. By which factor does the "
                "slope of the loss with respect to the *outgoing* weight change?"
            ),
            solution=slope_of_the_outgoing_weight,
            why=(
                "That slope is the slope by the output times what the unit returns, which is ten times as large. The "
                "slopes by the incoming weights are a tenth of what they were. So one learning rate does not fit both "
                "spellings: see the curves of the section on training them."
            ),
            mistakes=[
                Mistake(
                    "The loss is the same. But how far does the output move if the outgoing weight changes a little?",
                    lambda: 1.0,
                ),
                Mistake("That is what becomes of the slopes with respect to the incoming weights.", lambda: 0.1),
                Mistake(
                    "That is the slope of one side over that of the other. Asked for is one of them.", lambda: 100.0
                ),
            ],
        ),
        Derivation(
            name="three-layer-bias",
            title="Three layers without activations",
            statement=(
                "Three affine layers $\\mathbf W_l\\mathbf a + \\mathbf b_l$, $l = 1, 2, 3$, follow each other without "
                "activations. They are one affine map $\\mathbf W\\mathbf x + \\mathbf b$ with "
                "$\\mathbf W = \\mathbf W_3\\mathbf W_2\\mathbf W_1$. Derive $\\mathbf b$."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'n, m, k = sizes("n m k")\n'
                'W2, W3 = sp.MatrixSymbol("W_2", m, n), sp.MatrixSymbol("W_3", k, m)\n'
                'b1, b2 = sp.MatrixSymbol("b_1", n, 1), sp.MatrixSymbol("b_2", m, 1)\n'
                'b3 = sp.MatrixSymbol("b_3", k, 1)'
            ),
            solution=three_layer_bias,
            mistakes=[
                Mistake(
                    "What becomes of the bias of the first layer? Two more layers act on it.",
                    lambda W2, W3, b1, b2, b3: W3 * b2 + b3,
                ),
                Mistake(
                    "What becomes of the bias of the second layer? One more layer acts on it.",
                    lambda W2, W3, b1, b2, b3: W3 * W2 * b1 + b3,
                ),
                Mistake(
                    "The last layer adds its own bias too.",
                    lambda W2, W3, b1, b2, b3: W3 * W2 * b1 + W3 * b2,
                ),
                Mistake(
                    "This is the last bias alone. What do the three layers return for the input zero?",
                    lambda W2, W3, b1, b2, b3: b3,
                ),
            ],
        ),
        Coding(
            name="unpack-parameters",
            title="From a vector to matrices",
            statement=(
                "All parameters of a network with one hidden layer stand in one vector $\\theta$: layer by layer, "
                "the weights row by row and then the biases. Cut it up."
            ),
            solution=unpack,
            inputs=_vectors,
            returns=("W1", "b1", "W2", "b2"),
            mistakes=[
                Mistake(
                    "The weights are read column by column. They stand row by row.",
                    _unpack_wrongly(order="F"),
                ),
                Mistake(
                    "In each layer the weights come before the biases.",
                    _unpack_wrongly(bias_first=True),
                ),
                Mistake(
                    "The shapes of the weights are turned round: one row an output, one column an input.",
                    _unpack_wrongly(turned=True),
                ),
                Mistake(
                    "The order is layer by layer: the biases of the first layer come before the second layer.",
                    _weights_before_all_biases,
                ),
            ],
            points=3,
        ),
        Coding(
            name="collapse-bypasses",
            title="Many layers with a bypass, one map",
            statement=(
                "In a deep network a layer often *adds* to what it gets: it takes $\\mathbf a$ to $\\mathbf a + "
                "\\mathbf W\\mathbf a + \\mathbf b$. Without activations such a stack is one affine map as well. "
                "Compute it from the list of the layers."
            ),
            solution=collapse_bypasses,
            inputs=_stacks,
            returns=("W", "b"),
            mistakes=[
                Mistake(
                    "The biases are lost. What do these layers make of the input zero?",
                    _collapse_wrongly(bias=lambda b, V, c: 0 * c),
                ),
                Mistake(
                    "These are layers without a bypass. Each one here adds to what it gets.",
                    _collapse_wrongly(product=lambda W, V: V @ W, bias=lambda b, V, c: V @ b + c),
                ),
                Mistake(
                    "The product is in the wrong order. Which layer touches the input first, and where does it stand?",
                    _collapse_wrongly(product=lambda W, V: W + W @ V),
                ),
                Mistake(
                    "The bypass carries the weights, and not the biases: an earlier bias passes through it too.",
                    _collapse_wrongly(bias=lambda b, V, c: V @ b + c),
                ),
                Mistake(
                    "The biases are added up as they are. What do the later layers do to an earlier bias?",
                    _collapse_wrongly(bias=lambda b, V, c: b + c),
                ),
                Mistake(
                    "The matrices are added up, as if every layer saw the input itself. It sees what the layers "
                    "before have made.",
                    _collapse_wrongly(product=lambda W, V: W + V),
                ),
                Mistake(
                    "The bypass of each layer carries what comes into that layer, not the input of the network.",
                    _collapse_wrongly(product=lambda W, V: np.eye(len(W)) + V @ W),
                ),
                Mistake(
                    "A layer's weights multiply what comes into the layer, not the bias that it adds itself.",
                    _collapse_wrongly(bias=lambda b, V, c: b + V @ (b + c) + c),
                ),
            ],
            points=3,
        ),
    ],
    quiz=[
        Question(
            "A network has the widths 10, 20, 5. How many parameters has it?",
            right=("325", "$(10 + 1)\\cdot 20 + (20 + 1)\\cdot 5 = 220 + 105$."),
            wrong={
                "300": "These are the weights alone: $10\\cdot 20 + 20\\cdot 5$. Every unit has a bias too.",
                "35": "That is the number of nodes. Parameters belong to connections and to units.",
                "302": "There is one bias per unit, not one per layer.",
                "335": "The inputs have no biases: they are data.",
            },
        ),
        Question(
            "Ten layers of width 100 without activations, from 100 inputs to 100 outputs. What can they compute that "
            "one layer cannot?",
            right=("Nothing.", "Their product is one matrix, and their biases add up to one vector."),
            wrong={
                "Polynomials of degree ten.": (
                    "The weights are multiplied with each other. The input appears to the first power."
                ),
                "Affine maps of higher rank.": "One layer reaches the rank 100, and there is none higher.",
                "The same maps, with ten times the precision.": "The function is the same; rounding only adds up.",
            },
        ),
        Question(
            "Which activation leaves a deep network affine?",
            right=(
                "$g(z) = 3z - 2$",
                "It is not linear, but it is affine, and affine after affine is affine.",
            ),
            wrong={
                "$g(z) = |z|$": "The corner at zero cannot be undone by an affine map.",
                "$g(z) = z^2$": (
                    "It bends: two layers with it between them give polynomials of degree two, which are not affine."
                ),
                "$g(z) = \\max(0.1z, z)$": "Its slope changes at zero, so it is not affine.",
            },
        ),
        Question(
            "In a ReLU network the weights and the bias of one hidden unit are multiplied by $-2$, and the weight "
            "that leaves it by $-\\frac12$. Is the function the same?",
            right=(
                "No, in general not.",
                "$\\mathrm{relu}(-2z) = 2\\,\\mathrm{relu}(-z)$: the unit is now on where it was off. "
                "Only positive factors pass through.",
            ),
            wrong={
                "Yes, the factors cancel.": "They cancel for a linear unit. ReLU lets positive factors through only.",
                "Yes, if the bias is zero.": "Also then $\\mathrm{relu}(-2z)$ is not $-2\\,\\mathrm{relu}(z)$.",
            },
        ),
        Question(
            "`theta` holds 13 numbers of type float, and `(W1, b1), (W2, b2) = network.unpack(theta, [2, 3, 1])`. "
            "What does `theta -= 0.1` do to `W1`?",
            right=("Every entry falls by 0.1.", "`W1` is a view of the vector, and `-=` writes into the vector."),
            wrong={
                "Nothing: `W1` was made before.": "It was made before, but of the same memory.",
                "Nothing, as with `theta = theta - 0.1`.": (
                    "That line would make a new vector and leave `W1` on the old one. `-=` writes into the old one."
                ),
            },
        ),
    ],
)
