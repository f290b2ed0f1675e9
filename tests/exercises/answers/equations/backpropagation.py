"""Wrong answers to the exercises on backpropagation."""

LAYER = """def tanh_layer_backward(grad_A, A, A_below, W):
    delta = grad_A * (1 - A**2)
    return delta @ W, delta.T @ A_below, delta.sum(axis=0)
"""

SIGNAL = """def first_signal(delta, weights, outputs):
    for W, A in zip(weights[::-1], outputs[::-1]):
        delta = delta @ W * (1 - A**2)
    return delta
"""

WRONG = {
    "first-of-two-weights": [
        ("2 * (a2 - y) * w2 * (1 - a1**2) * x", "no last slope", ["last activation"]),
        ("2 * (a2 - y) * (1 - a2**2) * w2 * x", "no first slope", ["first activation"]),
        ("2 * (a2 - y) * (1 - a2**2) * (1 - a1**2) * x", "no weight", ["between"]),
        ("2 * (a2 - y) * (1 - a2**2) * w2 * (1 - a1**2)", "no input", []),
        ("2 * (a2 - y) * (1 - a2**2) * a1", "the other weight", []),
        ("2 * (a2 - y) * (1 - a2**2) * w2 * (1 - a1**2) * a1", "the output for the input", []),
        ("2 * (a2 - y) * a2 * (1 - a2) * w2 * a1 * (1 - a1) * x", "the slopes of sigma", []),
        ("(a2 - y) * (1 - a2**2) * w2 * (1 - a1**2) * x", "no 2", ["2"]),
        ("2 * (a2 - y) * (1 + a2**2) * w2 * (1 - a1**2) * x", "a plus", []),
        ("2 * (a2 - y) * (1 - a2**2) + w2 * (1 - a1**2) * x", "a sum", []),
        ("2 * (y - a2) * (1 - a2**2) * w2 * (1 - a1**2) * x", "the sign", ["sign"]),
        ("2 * (a2 - y) * (1 - a2) * w2 * (1 - a1) * x", "no squares", []),
    ],
    "tanh-layer-backward": [
        ((LAYER, " * (1 - A**2)", ""), "no slope", ["slope"]),
        ((LAYER, "1 - A**2", "A * (1 - A)"), "the slope of sigma", []),
        ((LAYER, "1 - A**2", "1 - A"), "no square", []),
        ((LAYER, "1 - A**2", "1 + A**2"), "a plus", []),
        ((LAYER, "1 - A**2", "1 - A_below**2"), "the slope below", []),
        ((LAYER, "grad_A * (1 - A**2)", "grad_A @ (1 - A**2).T"), "a matrix product", []),
        ((LAYER, "delta @ W,", "grad_A @ W,"), "the slope only at the weights", []),
        ((LAYER, "delta.T @ A_below", "grad_A.T @ A_below"), "the slope only below", []),
        ((LAYER, "delta.T @ A_below", "delta.T @ A"), "the wrong output", []),
        ((LAYER, "delta.sum(axis=0)", "grad_A.sum(axis=0)"), "the slope not at the biases", []),
        ((LAYER, "delta.sum(axis=0)", "delta.sum(axis=1)"), "summed over the units", []),
        ((LAYER, "delta.sum(axis=0)", "delta.mean(axis=0)"), "a mean", []),
        ((LAYER, "delta.sum(axis=0)", "delta.sum()"), "one number", []),
        ((LAYER, "delta @ W,", "delta @ W * (1 - A_below**2),"), "one step too far", []),
        ((LAYER, "delta @ W, delta.T @ A_below", "delta.T @ A_below, delta @ W"), "exchanged", []),
        (
            (LAYER, "    delta = grad_A * (1 - A**2)", "    grad_A *= 1 - A**2\n    delta = grad_A"),
            "in place",
            ["grad_A"],
        ),
    ],
    "first-signal": [
        ((SIGNAL, "[::-1], outputs[::-1]", ", outputs"), "forward", ["order"]),
        ((SIGNAL, "weights[::-1]", "weights"), "weights forward, outputs back", []),
        ((SIGNAL, "delta @ W", "delta @ W.T"), "transposed", ["direction"]),
        ((SIGNAL, " * (1 - A**2)", ""), "no slopes", ["slopes"]),
        ((SIGNAL, "1 - A**2", "A * (1 - A)"), "the slope of sigma", []),
        ((SIGNAL, "1 - A**2", "1 - A"), "no square", []),
        ((SIGNAL, "delta @ W * (1 - A**2)", "(delta * (1 - A**2)) @ W"), "the slope before the weights", []),
        ((SIGNAL, "    return", "        return"), "return inside the loop", []),
        (
            (SIGNAL, "weights[::-1], outputs[::-1]", "weights[:0:-1], outputs[:0:-1]"),
            "one layer too early",
            ["too early"],
        ),
        ((SIGNAL, "return delta", "return delta.sum(axis=0)"), "summed", ["shape"]),
        ((SIGNAL, "return delta", "return delta / len(delta)"), "a mean", []),
        (
            "def first_signal(delta, weights, outputs):\n    return delta @ weights[0] * (1 - outputs[0] ** 2)\n",
            "two layers only",
            [],
        ),
        (
            "def first_signal(delta, weights, outputs):\n"
            "    while weights:\n"
            "        delta = delta @ weights.pop() * (1 - outputs.pop() ** 2)\n"
            "    return delta\n",
            "the lists are emptied",
            ["weights"],
        ),
        (
            "def first_signal(delta, weights, outputs):\n"
            "    for W, A in zip(weights[::-1], outputs[::-1]):\n"
            "        d = delta @ W * (1 - A**2)\n"
            "    return d\n",
            "from the last layer each time",
            [],
        ),
    ],
}
