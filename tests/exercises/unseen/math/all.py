"""Wrong answers to the exercises of Part I, with the words by which a hint would name the mistake."""

WRONG = {
    "fit-with-a-guess": [
        (
            "(J.T * J).I * (J.T * z + mu * guess)",
            "the price is left out of the matrix",
            "`?mu`?\\b|term|price|matrix",
            "sign|transpose",
        ),
        (
            "(J.T * J + mu * sp.Identity(P)).I * (J.T * z - mu * guess)",
            "the guess is subtracted",
            "sign|minus|plus|subtract|away",
            "transpose",
        ),
        (
            "(J.T * J + mu * sp.Identity(P)).I * J.T * (z + mu * J * guess)",
            "the guess passes the Jacobian, which it should not",
            "`?J`?\\b|guess|factor|transpose",
            "sign",
        ),
    ],
    "weighted-step": [
        (
            "lambda r, J, e: -np.linalg.solve(J.T @ (J / e[:, None]), J.T @ (r / e))",
            "the weights are not squared",
            "square|power|weight",
            "transpose|sign",
        ),
        (
            "lambda r, J, e: -np.linalg.solve(J.T @ J, J.T @ (r / e**2))",
            "the matrix is not weighted",
            "weighted|errors|divi",
            "transpose|sign",
        ),
        (
            "lambda r, J, e: -np.linalg.inv(J / e[:, None]) @ (r / e)",
            "the Jacobian is not square",
            "square",
            "transposed",
        ),
    ],
    "fit-amplitudes": [
        (
            "lambda l, h: np.linalg.lstsq(np.column_stack([np.cos(l[:, 0]), np.sin(l[:, 1])]), h, rcond=None)[0]",
            "sine and cosine are exchanged",
            "sin|cos",
            "sign",
        ),
        (
            "lambda l, h: np.linalg.lstsq(np.column_stack([np.sin(l[:, 0]), np.cos(l[:, 1])]), h, rcond=None)",
            "everything that lstsq returns",
            "tuple of 4|4 values|first",
            r"np\.array\(",
        ),
        (
            "lambda l, h: np.linalg.lstsq(np.column_stack([np.sin(l[:, 0]), np.cos(l[:, 0])]), h, rcond=None)[0]",
            "both functions of x",
            r"locations\[|`y`|coordinate|column|index|both",
            "sign|transpose",
        ),
    ],
    "loss-after-step": [
        ("lam * (1 + gamma * lam)**2 * theta**2 / 2", "a step uphill", "sign|minus|plus|uphill|added|subtract", ""),
        ("lam * (1 - gamma * lam) * theta**2 / 2", "the factor is not squared", "square|power|factor", "sign"),
        (
            "lam * (1 - gamma * theta)**2 * theta**2 / 2",
            "theta in the place of lambda in the gradient",
            "theta|lam",
            "sign",
        ),
    ],
    "descent-step": [
        ("lambda t, g, r: t + r * g", "ascent", "sign|minus|plus|uphill|ascent|added", ""),
        ("lambda t, g, r: t - r + g", "a plus in the place of a product", "product|multipl|times|factor", ""),
        ("lambda t, g, r: -r * g", "the step, not the place after it", "theta|step|place|start|parameters", "sign"),
    ],
    "descend": [
        (
            "def descend(gradient, start, learning_rate, steps):\n"
            "    for _ in range(steps):\n"
            "        theta = start - learning_rate * gradient(start)\n"
            "    return theta",
            "every step begins at the start, and there is no value with no steps",
            "start|before it has a value|no value",
            "",
        ),
        (
            "def descend(gradient, start, learning_rate, steps):\n"
            "    theta = start\n"
            "    for _ in range(steps):\n"
            "        theta = theta - learning_rate * gradient(theta)\n"
            "        return theta\n"
            "    return theta",
            "the return is in the loop",
            "first turn|return|loop|one step",
            "begins at the start",
        ),
        (
            "def descend(gradient, start, learning_rate, steps):\n"
            "    for _ in range(1, steps):\n"
            "        start = start - learning_rate * gradient(start)\n"
            "    return start",
            "one step too few",
            "one step|few|range|once|off by one|one turn|turns",
            "",
        ),
    ],
    "linear-mse-gradient": [
        ("2 * X.T * (X * w - y) / n", "the mean is over the features", "`?n`?|samples|divi", "transpose|sign"),
        ("2 * X.T * (X * w - y) / N * w", "an additional w", "shape|(1, 1)|fit|factor", ""),
        ("2 * X.T * X * w - 2 * X.T * y / N", "one of the two terms is not divided", "term|divi|factor", "sign"),
    ],
    "mean-squared-error": [
        (
            "lambda p, t: np.sum((p - t) ** 2) / p.shape[1]",
            "divided by the number of outputs",
            "sample|row|outputs|column|divi|shape\\[1\\]",
            "sign|transpose",
        ),
        ("lambda p, t: np.sum(np.abs(p - t)) ** 2 / len(p)", "the sum is squared", "single entry|square", "transpose"),
        (
            "lambda p, t: np.mean((p - t) ** 2, axis=1).sum() / p.shape[0]",
            "also a mean over the outputs",
            "entries|outputs|column|mean|divi",
            "sign",
        ),
    ],
    "mse-gradient": [
        ("lambda p, t: 2 * (p - t) * len(p)", "multiplied by N", "divi|factor|multipl", "transpose|sign"),
        (
            "lambda p, t: np.mean(2 * (p - t), axis=0)",
            "averaged over the samples",
            "summed over the batch|shape|mean|average",
            "sign",
        ),
        ("lambda p, t: 2 * (p - t) / np.sqrt(len(p))", "divided by the root of N", "root|factor|divi", "sign"),
    ],
    "one-weight-twice": [
        (
            "2 * (a - y) * a * (1 - a) * (h + w * h * (1 - h))",
            "the input is forgotten in the lower place",
            "`?x`?\\b|input|factor",
            "sign",
        ),
        (
            "2 * (a - y) * a * (1 - a) * (h + w * x)",
            "the slope of the hidden unit",
            "hidden|slope|derivative|sigmoid|1 - h",
            "sign",
        ),
        (
            "2 * (a - y) * a * (1 - a) * h",
            "h is taken for a constant",
            "path|depends|term|lower|upper",
            "sign",
        ),
    ],
    "pair-weights-gradient": [
        ("B.T * D.T * A", "the transpose", "transpose", ""),
        ("A.T * D * B / M", "a mean that is not asked for", "mean|divi|`?M`?|factor", "transpose"),
        ("A * D * B.T", "shapes that do not fit", "shape|transpose|columns", ""),
    ],
    "network-gradients": [
        (
            "def network_gradients(X, Y, W0, b0, W1, b1):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    H = s(X @ W0.T + b0)\n"
            "    P = s(H @ W1.T + b1)\n"
            "    d1 = 2 * (P - Y) / len(X) * P * (1 - P)\n"
            "    d0 = d1 @ W1\n"
            "    return d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)",
            "the slope of the hidden layer is missing",
            "hidden|slope|derivative|1 - h|factor",
            "sign|transpose",
        ),
        (
            "def network_gradients(X, Y, W0, b0, W1, b1):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    H = s(X @ W0.T + b0)\n"
            "    P = s(H @ W1.T + b1)\n"
            "    d1 = 2 * (P - Y) / len(X) * P * (1 - P)\n"
            "    d0 = d1 @ W1 * H * (1 - H)\n"
            "    return d0.T @ X, d0.mean(axis=0), d1.T @ H, d1.mean(axis=0)",
            "means where sums are meant in the biases",
            "mean|sum|divi|times",
            "sign",
        ),
        (
            "def network_gradients(X, Y, W0, b0, W1, b1):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    H = s(X @ W0.T + b0)\n"
            "    P = s(H @ W1.T + b1)\n"
            "    d1 = 2 * (P - Y) / len(X) * P * (1 - P)\n"
            "    d0 = d1 @ W1 * H * (1 - H)\n"
            "    return d1.T @ H, d1.sum(axis=0), d0.T @ X, d0.sum(axis=0)",
            "the two layers are exchanged",
            "exchanged|order|shape",
            "sign",
        ),
    ],
    "sigmoid-derivative": [
        ("-sp.exp(-x) / (1 + sp.exp(-x))**2", "the inner derivative's sign", "sign|minus", ""),
        ("1 / (1 + sp.exp(-x))**2", "no inner derivative", "inner|exp|factor|numerator", "sign"),
        (
            "sp.exp(-x) / (1 + sp.exp(-x))",
            "the denominator is not squared: this is 1 - sigma",
            "square|power|1 - |1 −|complement|factor",
            "sign",
        ),
    ],
    "stable-sigmoid": [
        (
            "lambda z: np.where(z >= 0, 1 / (1 + np.exp(-z)), np.exp(z) / (1 + np.exp(z)))",
            "both branches are computed",
            "both|every branch|overflow",
            "which exponential",
        ),
        (
            "lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))",
            "the negative side for all",
            "branch|positive|side|>= 0|negative",
            "",
        ),
        (
            "lambda z: 1 / (1 + np.exp(-np.clip(z, -20, 20)))",
            "clipped: large numbers are wrong",
            "large|clip|small|far|tail",
            "sign",
        ),
    ],
    "sigmoid-grad": [
        (
            "lambda z: np.where(z >= 0, 1 / (1 + np.exp(-np.abs(z))), 0.5) * (1 - 1 / (1 + np.exp(-np.abs(z))))",
            "cancels where z is large, and one half on the left",
            "large|cancel|tiny|side|negative|positive",
            "",
        ),
        (
            "lambda z: np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z)))",
            "the denominator is not squared",
            "square|power",
            "sign",
        ),
        (
            "lambda z: np.sign(z) * np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))) ** 2",
            "negative on the left",
            "sign|negative|left|symmetric",
            "",
        ),
    ],
    "network-slope": [
        ("f * (1 - f) * v * h * (1 - h)", "the inner w is missing", "`?w`?\\b", "sign"),
        ("f * (1 - f) * v * (1 - h) * w", "an h is missing", "`?h`?\\b|slope", "sign"),
        ("f * (1 - f) * h * (1 - h) * w * v**2", "v twice", "`?v`?\\b|twice", "sign"),
    ],
    "two-layer-network": [
        (
            "def predict(X, W0, b0, W1, b1):\n    h = 1 / (1 + np.exp(-(X @ W0.T + b0)))\n    return h @ W1.T + b1",
            "no sigmoid at the output",
            "sigmoid|output|activation|last",
            "sign",
        ),
        (
            "def predict(X, W0, b0, W1, b1):\n"
            "    s = lambda z: 1 / (1 + np.exp(z))\n"
            "    return s(s(X @ W0.T + b0) @ W1.T + b1)",
            "the minus in the exponent is lost",
            "sign|minus",
            "",
        ),
        (
            "def predict(X, W0, b0, W1, b1):\n"
            "    s = lambda z: 1 / (1 + np.exp(-z))\n"
            "    return s(s(X @ W0.T) @ W1.T + b1)",
            "the first bias is forgotten",
            "b0|bias",
            "sign|transpose",
        ),
    ],
    "count-parameters": [
        ("lambda a, b, c: a * b + b * c + b", "the biases of the output are missing", "missing, beside|bias|n_out", ""),
        ("lambda a, b, c: (a + 1) * (b + 1) * c", "all multiplied", "product|sum|add|multipl|layer", "sign"),
        ("lambda a, b, c: a * b + c * b + a + c", "a bias an input", "bias|n_in|n_hidden|input", ""),
    ],
}
