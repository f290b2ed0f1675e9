"""Wrong answers to the exercises on the four gradients."""

GRADIENTS = """def network_gradients(X, Y, W0, b0, W1, b1):
    H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
    A = 1 / (1 + np.exp(-(H @ W1.T + b1)))
    d1 = 2 / len(X) * (A - Y) * A * (1 - A)
    d0 = d1 @ W1 * H * (1 - H)
    return d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)
"""

WRONG = {
    "one-weight-twice": [
        ("2 * (a - y) * a * (1 - a) * h", "the upper place only", ["upper"]),
        ("2 * (a - y) * a * (1 - a) * w * h * (1 - h) * x", "the lower place only", ["lower"]),
        ("2 * (a - y) * (h + w * h * (1 - h) * x)", "no slope at the output", ["sigmoid"]),
        ("2 * (a - y) * a * (1 - a) * (h + w * x)", "no slope at the hidden unit", ["hidden"]),
        ("(a - y) * a * (1 - a) * (h + w * h * (1 - h) * x)", "no 2", ["2"]),
        ("2 * (a - y) * a * (1 - a) * (h + h * (1 - h) * x)", "no upper weight", ["weight"]),
        ("2 * (a - y) * a * (1 - a) * (h + w * h * (1 - h))", "no input", []),
        ("2 * (a - y) * a * (1 - a) * (h - w * h * (1 - h) * x)", "a minus between the paths", []),
        ("2 * (a + y) * a * (1 - a) * (h + w * h * (1 - h) * x)", "a plus in the residual", []),
        ("2 * (a - y) * (1 - a**2) * (h + w * (1 - h**2) * x)", "the slopes of tanh", []),
        ("2 * (y - a) * a * (1 - a) * (h + w * h * (1 - h) * x)", "the sign", ["sign"]),
        ("2 * (a - y) * a * (1 - a) * (x + w * h * (1 - h) * x)", "the input for the hidden value", []),
    ],
    "pair-weights-gradient": [
        ("B.T * D.T * A", "transposed", ["transpose"]),
        ("A.T * D", "no B", ["batches"]),
        ("D * B", "no A", []),
        ("A * D * B", "a transpose forgotten", []),
        ("A.T * D * B / N", "the mean twice", ["1/N"]),
        ("-A.T * D * B", "the sign", ["sign"]),
        ("2 * A.T * D * B", "a 2", ["constant multiple"]),
        ("A.T * B", "no signal", []),
    ],
    "height-delta": [
        ("lambda a, z: 12 / len(a) * (6 * a - 3 - z)", "no slope", ["sigmoid"]),
        ("lambda a, z: 12 * (6 * a - 3 - z) * a * (1 - a)", "no N", ["N"]),
        ("lambda a, z: 6 * (6 * a - 3 - z) * a * (1 - a) / len(a)", "no 2", ["2"]),
        ("lambda a, z: 2 * (6 * a - 3 - z) * a * (1 - a) / len(a)", "no 6", ["change with the output"]),
        ("lambda a, z: 12 / len(a) * (6 * a - z) * a * (1 - a)", "no 3", []),
        ("lambda a, z: 12 / len(a) * (6 * a - 3 - z) * a", "half of the slope", []),
        ("lambda a, z: 12 / len(a) * (6 * a - 3 - z) * (1 - a**2)", "the slope of tanh", []),
        ("lambda a, z: 12 / len(a) * (6 * a - 3 - z) ** 2 * a * (1 - a)", "still squared", []),
        ("lambda a, z: np.sum(12 / len(a) * (6 * a - 3 - z) * a * (1 - a))", "summed", []),
        ("lambda a, z: 12 / len(a) * (z + 3 - 6 * a) * a * (1 - a)", "the sign", ["sign"]),
        ("lambda a, z: 2 / len(a) * (a - (z + 3) / 6) * a * (1 - a)", "the scaled loss", ["36"]),
    ],
    "network-gradients": [
        ((GRADIENTS, "2 / len(X)", "2"), "no N", ["1/N"]),
        ((GRADIENTS, "2 / len(X)", "1 / len(X)"), "no 2", []),
        ((GRADIENTS, "2 / len(X)", "2 / Y.size"), "all entries", []),
        ((GRADIENTS, "2 / len(X)", "2 / X.shape[1]"), "the inputs", []),
        ((GRADIENTS, "* H * (1 - H)", ""), "no hidden slope", ["hidden"]),
        ((GRADIENTS, "* A * (1 - A)", ""), "no output slope", ["output"]),
        ((GRADIENTS, "d1 @ W1 * H * (1 - H)", "d1 @ W1.T * H * (1 - H)"), "transposed on the way back", []),
        ((GRADIENTS, "d1 @ W1 * H * (1 - H)", "d1 * H * (1 - H)"), "the weights forgotten on the way back", []),
        ((GRADIENTS, "d1.T @ H", "H.T @ d1"), "the second transposed", []),
        ((GRADIENTS, "d1.T @ H", "d1.T @ A"), "the output for the hidden layer", []),
        ((GRADIENTS, "d0.T @ X", "d0.T @ H"), "the hidden layer for the input", []),
        (
            (
                GRADIENTS,
                "d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)",
                "d1.T @ H, d1.sum(axis=0), d0.T @ X, d0.sum(axis=0)",
            ),
            "the layers exchanged",
            [],
        ),
        (
            (
                GRADIENTS,
                "d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)",
                "d0.T @ X, d1.T @ H, d0.sum(axis=0), d1.sum(axis=0)",
            ),
            "weights before biases",
            [],
        ),
        (
            (GRADIENTS, "d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)", "d0.T @ X, d0.sum(), d1.T @ H, d1.sum()"),
            "biases summed over the nodes",
            [],
        ),
        (
            (
                GRADIENTS,
                "d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)",
                "d0.T @ X, d0.sum(axis=1), d1.T @ H, d1.sum(axis=1)",
            ),
            "biases summed over the nodes of a sample",
            [],
        ),
        (
            (
                GRADIENTS,
                "d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)",
                "d0.T @ X, d0.sum(axis=0, keepdims=True), d1.T @ H, d1.sum(axis=0, keepdims=True)",
            ),
            "biases as rows",
            ["shape"],
        ),
        ((GRADIENTS, "A - Y", "Y - A"), "the sign", []),
        ((GRADIENTS, "d1 @ W1", "(d1 - 0.1 * d1) @ W1"), "after the step", []),
    ],
}
