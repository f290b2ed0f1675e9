"""Wrong answers to the exercises on the 2-3-1 network."""

NETWORK = """def predict(X, W0, b0, W1, b1):
    hidden = 1 / (1 + np.exp(-(X @ W0.T + b0)))
    return 1 / (1 + np.exp(-(hidden @ W1.T + b1)))
"""

WRONG = {
    "network-slope": [
        ("v * w", "no slopes", []),
        ("f * (1 - f) * v * h * (1 - h)", "no first weight", ["inner"]),
        ("f * (1 - f) * v * w", "no hidden slope", ["hidden"]),
        ("f * (1 - f) + v * h * (1 - h) * w", "a sum", []),
        ("f * (1 - f) * v * (1 - h) * w", "half of a slope", []),
        ("f * (1 + f) * v * h * (1 - h) * w", "a plus", []),
        ("v * h * (1 - v * h) * v * h * (1 - h) * w", "the slope at the wrong place", []),
        ("(1 - f**2) * v * (1 - h**2) * w", "the slopes of tanh", []),
        ("-f * (1 - f) * v * h * (1 - h) * w", "the sign", ["sign"]),
    ],
    "two-layer-network": [
        ((NETWORK, "W0.T + b0", "W0.T"), "no first bias", []),
        ((NETWORK, "W1.T + b1", "W1.T"), "no second bias", []),
        ((NETWORK, "-(hidden @ W1.T + b1)", "-hidden @ W1.T + b1"), "the minus before the product only", []),
        ((NETWORK, "-(X @ W0.T + b0)", "-X @ W0.T + b0"), "the minus before the first product only", []),
        ((NETWORK, "-(hidden", "(hidden"), "one sign", []),
        ((NETWORK, "hidden @ W1.T", "X @ W1.T"), "the input again", []),
        (
            (NETWORK, "1 / (1 + np.exp(-(hidden @ W1.T + b1)))", "hidden @ W1.T + b1"),
            "no output sigmoid",
            ["output layer"],
        ),
        ((NETWORK, "1 / (1 + np.exp(-(X @ W0.T + b0)))", "np.tanh(X @ W0.T + b0)"), "tanh inside", []),
        ((NETWORK, "1 / (1 + np.exp(-(X @ W0.T + b0)))", "np.maximum(X @ W0.T + b0, 0)"), "relu inside", []),
        ((NETWORK, "hidden @ W1.T + b1)))", "hidden @ W1.T + b1))).ravel()"), "flattened", ["shape"]),
        ((NETWORK, "hidden @ W1.T + b1)))", "hidden @ W1.T + b1)))[0]"), "the first sample only", ["shape"]),
        ((NETWORK, "X @ W0.T + b0", "W0 @ X.T + b0"), "samples as columns", []),
        ((NETWORK, "b0)))", "b0.reshape(-1, 1))))"), "the bias as a column", []),
        ((NETWORK, "X @ W0.T", "X.reshape(-1, 2) @ W0.T"), "two inputs only", []),
        ((NETWORK, "hidden @ W1.T", "hidden @ W1[0]"), "one output only", []),
    ],
    "count-parameters": [
        ("lambda i, h, o: i * h + h * o", "no biases", ["biases"]),
        ("lambda i, h, o: i * h + h * o + h", "no output bias", []),
        ("lambda i, h, o: i * h + h * o + o", "no hidden bias", []),
        ("lambda i, h, o: i * h * o + h + o", "a product", []),
        ("lambda i, h, o: i * h + h * o + i + h + o", "biases of inputs", ["inputs"]),
        ("lambda i, h, o: i * h + h * o + 2", "two biases", ["bias per unit"]),
        ("lambda i, h, o: 13", "the 2-3-1 network", []),
        ("lambda i, h, o: i * h + h * o + i * o + h + o", "a way around the hidden layer", []),
        ("lambda i, h, o: [i * h, h, h * o, o]", "a list", ["list"]),
    ],
}
