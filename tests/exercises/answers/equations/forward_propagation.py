"""Wrong answers to the exercises on forward propagation."""

FORWARD = """def predict(X, parameters):
    A = X
    for layer, (W, b) in enumerate(parameters):
        A = A @ W.T + b
        if layer < len(parameters) - 1:
            A = np.maximum(A, 0)
    return A
"""

WRONG = {
    "uniform-weights": [
        ("2 / n", "the variance", ["variance"]),
        ("sp.sqrt(2 / n)", "the standard deviation", []),
        ("6 / n", "no root", []),
        ("sp.sqrt(3 / n)", "without the 2 of ReLU", []),
        ("sp.sqrt(1 / n)", "neither", []),
        ("sp.sqrt(24 / n)", "the whole width", []),
        ("sp.sqrt(6) / n", "n outside the root", []),
        ("sp.sqrt(6 * n)", "multiplied", []),
    ],
    "forward-pass": [
        ((FORWARD, "if layer < len(parameters) - 1", "if True"), "relu at the end", ["last layer"]),
        ((FORWARD, "if layer < len(parameters) - 1", "if layer < len(parameters) - 2"), "a layer without relu", []),
        ((FORWARD, "if layer < len(parameters) - 1", "if layer > 0"), "relu after all but the first", []),
        ((FORWARD, "if layer < len(parameters) - 1", "if layer == 0"), "relu after the first only", []),
        ((FORWARD, "W.T", "W"), "not transposed", ["transposed"]),
        ((FORWARD, " + b", ""), "no bias", ["biases"]),
        ((FORWARD, "A @ W.T", "X @ W.T"), "the input at every layer", []),
        ((FORWARD, "np.maximum(A, 0)", "np.abs(A)"), "the absolute value", []),
        ((FORWARD, "np.maximum(A, 0)", "np.tanh(A)"), "tanh", []),
        ((FORWARD, "np.maximum(A, 0)", "np.maximum(A, 0.01 * A)"), "leaky", []),
        ((FORWARD, "np.maximum(A, 0)", "np.max(A, 0)"), "max for maximum", []),
        ((FORWARD, "np.maximum(A, 0)", "A > 0"), "the slope of relu", []),
        ((FORWARD, "    return A", "        return A"), "return inside the loop", []),
        ((FORWARD, "enumerate(parameters)", "enumerate(parameters[::-1])"), "from the end", []),
        (
            "def predict(X, parameters):\n"
            "    (W, b), (V, c) = parameters\n"
            "    return np.maximum(X @ W.T + b, 0) @ V.T + c\n",
            "two layers only",
            [],
        ),
        (
            "def predict(X, parameters):\n"
            "    A = np.maximum(X @ parameters[0][0].T + parameters[0][1], 0)\n"
            "    for W, b in parameters[1:-1]:\n"
            "        A = np.maximum(A @ W.T + b, 0)\n"
            "    W, b = parameters[-1]\n"
            "    return A @ W.T + b\n",
            "not for one layer",
            [],
        ),
        ((FORWARD, "return A", "return A.ravel() if A.shape[1] == 1 else A"), "flattened", ["shape"]),
    ],
    "multiply-adds": [
        ("lambda w, s: sum(n * m for n, m in zip(w, w[1:]))", "one sample", ["one sample"]),
        ("lambda w, s: s * sum((n + 1) * m for n, m in zip(w, w[1:]))", "biases", ["bias"]),
        ("lambda w, s: s + sum(n * m for n, m in zip(w, w[1:]))", "added", []),
        ("lambda w, s: s * (w[0] * w[1] + w[1] * w[2])", "two layers only", []),
        ("lambda w, s: s * sum(n + m for n, m in zip(w, w[1:]))", "sums", []),
        ("lambda w, s: s * int(np.prod(w))", "a product", ["add up"]),
        ("lambda w, s: s * sum(n * m for n, m in zip(w, w))", "squares", []),
        ("lambda w, s: s * w[0] * w[-1]", "the ends only", []),
        ("lambda w, s: 2 * s * sum(n * m for n, m in zip(w, w[1:]))", "additions too", ["constant multiple"]),
        ("lambda w, s: s * sum(w)", "the units", []),
    ],
}
