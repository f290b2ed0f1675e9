"""Wrong answers to the exercises of Part II on training, with the words by which a hint would name the mistake."""

WRONG = {
    "line-search-rate": [
        (
            "(a * x**2 + b * y**2) / (a**2 * x**2 + b**2 * y**2)",
            "all powers of a and b one too low",
            "power|exponent|gradient|curvature|square|`?a`?\\b",
            "sign",
        ),
        (
            "(a**2 * x**2 + b**2 * y**2) / (2 * (a**3 * x**2 + b**3 * y**2))",
            "half of it",
            "factor|2|half|constant",
            "sign",
        ),
        (
            "(a**3 * x**2 + b**3 * y**2) / (a**2 * x**2 + b**2 * y**2)",
            "upside down",
            "upside|inverse|turned|numerator|denominator|1 /",
            "sign",
        ),
    ],
    "best-learning-rate": [
        (
            "lambda A: 2 / np.linalg.eigvalsh(A)[-1]",
            "the stability limit",
            "border|stab|limit|smallest|largest|missing|eigenvalues\\[0\\]",
            "sign",
        ),
        (
            "lambda A: 1 / np.linalg.eigvalsh(A)[-1]",
            "one over the largest curvature",
            "flattest|largest|smallest|missing|eigenvalue",
            "sign",
        ),
        (
            "lambda A: 2 / np.trace(A)",
            "the trace has all eigenvalues",
            "2 by 2|trace|two|more|size|eigenvalue|p = 2",
            "sign",
        ),
    ],
    "minibatch-step": [
        (
            "lambda theta, X, y, rows, r: theta - r * 2 / len(X) * X[rows].T @ (X[rows] @ theta - y[rows])",
            "divided by all samples",
            "rows|minibatch|all samples|len\\(",
            "sign|transpose",
        ),
        (
            "lambda theta, X, y, rows, r: theta - r / len(rows) * X[rows].T @ (X[rows] @ theta - y[rows])",
            "no 2",
            "2|two|half",
            "transpose",
        ),
        (
            "lambda theta, X, y, rows, r: theta - r * 2 / len(rows) * X.T @ (X @ theta - y)",
            "all samples in the place of the minibatch",
            "rows|minibatch|all samples",
            "sign|transpose",
        ),
    ],
    "tied-weights-gradient": [
        (
            "W * (W.T * W * x - x) * x.T",
            "only the first use of the matrix",
            "both|path|way|use|term",
            "sign|transpose",
        ),
        (
            "W * x * x.T * W.T * W + W * W.T * W * x * x.T",
            "the sample itself is not subtracted",
            "`?x`?\\b|term|target|subtract",
            "transpose",
        ),
        (
            "2 * (W * x * (W.T * W * x - x).T + W * (W.T * W * x - x) * x.T)",
            "twice too large",
            "2|twice|half|½",
            "sign|transpose",
        ),
    ],
    "low-rank-backward": [
        (
            "lambda g, X, W, A, B: (g @ W, B.T @ g.T @ X, g.T @ X @ A.T)",
            "the correction does not pass anything back",
            "correction|old weights|term|`?B`?\\b",
            "sign|transpose",
        ),
        (
            "lambda g, X, W, A, B: (g @ (W + B @ A), X.T @ g @ B, g.T @ X @ A.T)",
            "grad_A is transposed",
            "transpose",
            "sign",
        ),
        (
            "lambda g, X, W, A, B: (g @ (W + B @ A), B.T @ (g.T @ X) / len(X), (g.T @ X) @ A.T / len(X))",
            "the mean once more",
            "mean|divi|len|rows|number of",
            "sign|transpose",
        ),
    ],
    "half-axes": [
        (
            "lambda W: np.abs(np.linalg.eigvals(W))",
            "eigenvalues in the place of singular values",
            "eigenvalue|singular|symmetric",
            "sign",
        ),
        (
            "lambda W: np.linalg.svd(W, compute_uv=False)[::-1]",
            "the shorter one first",
            "order|longer|revers|exchanged|first",
            "sign",
        ),
        ("lambda W: np.linalg.svd(W, compute_uv=False) ** 2", "squares", "square", "sign"),
    ],
    "weighted-coin-slope": [
        (
            "w * ((1 - y) * sigma(z) - y * (1 - sigma(z)))",
            "the weight on both terms",
            "both|term|factor|weight|`?w`?\\b",
            "sign",
        ),
        ("sigma(z) - y", "the unweighted slope", "`?w`?\\b|weight", "sign"),
        ("(1 - y) * sigma(z) + w * y * (1 - sigma(z))", "a sign", "sign|minus|plus|added|subtract", ""),
    ],
    "cross-entropy-from-logits": [
        (
            "def cross_entropy(logits, labels):\n"
            "    z = logits - logits.max(axis=1, keepdims=True)\n"
            "    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[:, labels])",
            "all rows with all labels",
            "has one row|arange|every row|each row|one entry|pairs|rows|fit|one number a row",
            "transpose",
        ),
        (
            "def cross_entropy(logits, labels):\n"
            "    z = logits - logits.max(axis=1, keepdims=True)\n"
            "    return np.mean(np.log(np.exp(z).sum(axis=1)) - logits[np.arange(len(labels)), labels])",
            "the logit is not shifted",
            "shift|maximum|max|subtract",
            "transpose",
        ),
        (
            "def cross_entropy(logits, labels):\n"
            "    z = logits - logits.max(axis=1, keepdims=True)\n"
            "    return np.sum(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(labels)), labels])",
            "a sum in the place of the mean",
            "mean|sum|divi|N\\b",
            "sign|transpose",
        ),
    ],
    "velocity-after-t-steps": [
        ("alpha * g * (1 - beta**t) / (1 - beta)", "the sign", "sign|minus", ""),
        (
            "-alpha * g * (1 - beta**(t - 1)) / (1 - beta)",
            "one step too few",
            "step|exponent|one|t`|off by one",
            "sign",
        ),
        ("-alpha * g * t", "momentum is ignored", "count alike|beta|momentum", "sign"),
    ],
    "heavy-ball": [
        (
            "def momentum_descent(gradient, start, learning_rate, momentum, steps):\n"
            "    a = b = start\n"
            "    for _ in range(steps):\n"
            "        b = b + momentum * (b - a) - learning_rate * gradient(b)\n"
            "        a = b\n"
            "    return b",
            "both places are the same, so that nothing is remembered",
            "remember|same|before|descent",
            "sign",
        ),
        (
            "def momentum_descent(gradient, start, learning_rate, momentum, steps):\n"
            "    a = b = start\n"
            "    for _ in range(steps):\n"
            "        a, b = b, b - momentum * (b - a) - learning_rate * gradient(b)\n"
            "    return b",
            "the last move is subtracted",
            "sign|minus|round|back|subtract|added",
            "",
        ),
        (
            "def momentum_descent(gradient, start, learning_rate, momentum, steps):\n"
            "    a = b = start\n"
            "    for _ in range(steps):\n"
            "        a, b = b, b + momentum * (b - a) - (1 - momentum) * learning_rate * gradient(b)\n"
            "    return b",
            "a moving average",
            "average|running mean|1 - m|factor|weight",
            "sign",
        ),
    ],
    "shared-bias-gradient": [
        ("(1 - h2**2) + w * (1 - h2**2)", "the slope of the first time", "h_?1|slope|factor", "sign"),
        ("(1 - h2**2)", "only the direct path", "h_?1|path|term|time|`?w`?\\b", "sign"),
        ("(1 - h2**2) + (1 - h2**2) * (1 - h1**2)", "w is missing", "`?w`?\\b", "sign"),
    ],
    "recurrent-states": [
        (
            "def states(X, h_0, W_x, W_h, b):\n    return np.array([np.tanh(W_x @ x + W_h @ h_0 + b) for x in X])",
            "the state is not carried on",
            "h_0|before|carried|previous|state|first step|one time",
            "sign|transpose",
        ),
        (
            "def states(X, h_0, W_x, W_h, b):\n"
            "    h, H = h_0, [h_0]\n"
            "    for x in X:\n        h = np.tanh(W_x @ x + W_h @ h + b)\n        H.append(h)\n"
            "    return np.array(H)",
            "the state before the first is returned too",
            "shape|h_0|one more|too many|first",
            "sign|transpose",
        ),
        (
            "def states(X, h_0, W_x, W_h, b):\n"
            "    h, H = h_0, []\n"
            "    for x in X:\n        h = W_x @ x + W_h @ h + b\n        H.append(h)\n"
            "    return np.array(H)",
            "no tanh",
            "tanh",
            "sign|transpose",
        ),
    ],
    "recurrent-gradient": [
        (
            "def recurrent_gradient(gH, H, h0, W):\n"
            "    out, d = np.zeros_like(W), np.zeros_like(h0)\n"
            "    prev = [h0, *H[:-1]]\n"
            "    for t in reversed(range(len(H))):\n"
            "        d = (gH[t] + W @ d) * (1 - H[t] ** 2)\n        out += np.outer(d, prev[t])\n    return out",
            "the recurrent matrix is not transposed",
            "transpose|\\.t\\b",
            "sign",
        ),
        (
            "def recurrent_gradient(gH, H, h0, W):\n"
            "    out, d = np.zeros_like(W), np.zeros_like(h0)\n"
            "    for t in reversed(range(len(H))):\n"
            "        d = (gH[t] + W.T @ d) * (1 - H[t] ** 2)\n        out += np.outer(d, H[t])\n    return out",
            "the state itself in the place of the one before",
            "before|earlier|previous",
            "sign|transpose",
        ),
        (
            "def recurrent_gradient(gH, H, h0, W):\n"
            "    out, d = np.zeros_like(W), np.zeros_like(h0)\n"
            "    prev = [h0, *H[:-1]]\n"
            "    for t in reversed(range(len(H))):\n"
            "        d = (gH[t] + W.T @ d) * (1 - H[t] ** 2)\n        out = np.outer(d, prev[t])\n    return out",
            "only the first time is kept",
            "only the first time|all times|sum|collect|\\+=|added|last|overwritten",
            "sign|transpose",
        ),
    ],
    "penalized-minimum": [
        ("h * c / (h + 2 * s / m)", "the half of the penalty does not cancel", "2|factor|half|twice", "sign"),
        ("h * c / (h - s / m)", "a minus", "sign|minus|plus|added|subtract", ""),
        ("h * c / (h + s)", "m is missing", "number of samples|`?m`?\\b", "sign"),
    ],
    "inverted-dropout": [
        (
            "lambda X, d, r: (X * (d >= r), (d >= r) * 1.0)",
            "not scaled",
            "mean of the output|scale|1 - rate|divi|expect",
            "sign",
        ),
        (
            "lambda X, d, r: (X * ((d < r) / r), (d < r) / r)",
            "what should be dropped is kept",
            "kept|drop|<|compar",
            "sign",
        ),
        ("lambda X, d, r: (X * (d >= r) / (1 - r), d >= r)", "the mask without its factor", "mask", "sign"),
    ],
    "weights-at-rest": [
        ("m / (lam * N) * (Y_hat - Y).T * H", "the sign", "sign|minus", "transpose"),
        ("-1 / (lam * N) * (Y_hat - Y).T * H", "m is missing", "`?m`?\\b", "sign|transpose"),
        ("-m / (lam * N) * H.T * (Y_hat - Y)", "the transpose", "transpose|shape", "sign"),
    ],
    "one-epoch": [
        (
            "def one_epoch(gradient, theta, X, y, order, size, r):\n"
            "    for i in range(len(order) // size):\n"
            "        rows = order[i * size:(i + 1) * size]\n"
            "        theta = theta - r * gradient(theta, X[rows], y[rows])\n    return theta",
            "the rest of the rows is left out",
            "rest|remain|last|divid|multiple",
            "sign|transpose",
        ),
        (
            "def one_epoch(gradient, theta, X, y, order, size, r):\n"
            "    for i in range(0, len(order), size):\n"
            "        theta = theta - r * gradient(theta, X[i:i + size], y[i:i + size])\n    return theta",
            "the order is ignored",
            "order",
            "sign|transpose",
        ),
        (
            "def one_epoch(gradient, theta, X, y, order, size, r):\n"
            "    new = theta\n"
            "    for i in range(0, len(order), size):\n"
            "        rows = order[i:i + size]\n"
            "        new = new - r * gradient(theta, X[rows], y[rows])\n    return new",
            "all gradients at the start of the epoch",
            "start|old|new|where the last|same|one minibatch",
            "sign|transpose",
        ),
    ],
    "early-stopping": [
        (
            "def early_stopping(losses, patience):\n"
            "    best = 0\n"
            "    for e, l in enumerate(losses):\n"
            "        if l <= losses[best]:\n            best = e\n"
            "        if e - best >= patience:\n            break\n    return best, e",
            "an equal loss counts as an improvement",
            "equal|<=|tie",
            "sign",
        ),
        (
            "def early_stopping(losses, patience):\n"
            "    best = 0\n"
            "    for e, l in enumerate(losses):\n"
            "        if l < losses[best]:\n            best = e\n"
            "        if e - best > patience:\n            break\n    return best, e",
            "one epoch too late",
            ">=|`>`|late|one epoch|stopped",
            "sign",
        ),
        (
            "def early_stopping(losses, patience):\n    return int(np.argmin(losses)), len(losses) - 1",
            "never stops",
            "never stop|stop|last epoch|future",
            "sign",
        ),
    ],
    "printed-hidden-weights": [
        ("x.T * (G * W_2.T)", "the mask is forgotten", "`?m`?\\b|mask|relu|max", "sign|transpose"),
        ("hadamard(M, G * W_2.T).T * x", "the transpose", "transpose|shape", "sign"),
        ("x.T * hadamard(M, x * G.T * x * W_2.T)", "the input comes in twice", "shape|`?x`?\\b|twice|factor", "sign"),
    ],
    "layer-norm": [
        (
            "lambda X, g, b, e: g * (X - X.mean(axis=1, keepdims=True)) / (X.std(axis=1, keepdims=True) + e) + b",
            "epsilon outside the root",
            "epsilon|root",
            "sign",
        ),
        (
            "lambda X, g, b, e: g * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + e) + b",
            "batch norm: over the positions",
            "axis|position|column|batch norm|row",
            "sign",
        ),
        (
            "lambda X, g, b, e: g * (X - X.mean(axis=1, keepdims=True)) / (X.var(axis=1, keepdims=True) + e) + b",
            "divided by the variance",
            "root|variance|standard deviation|sqrt",
            "sign",
        ),
    ],
    "rms-norm-gradients": [
        (
            "def rms_norm_gradients(G, X, g, e):\n"
            "    r = np.sqrt((X ** 2).mean(axis=1, keepdims=True) + e)\n"
            "    s = X / r\n    U = G * g\n"
            "    U = U - U.mean(axis=1, keepdims=True)\n"
            "    return (U - (U * s).mean(axis=1, keepdims=True) * s) / r, (G * s).sum(axis=0)",
            "the mean is taken out, as in layer norm",
            "mean|layer norm",
            "sign",
        ),
        (
            "def rms_norm_gradients(G, X, g, e):\n"
            "    r = np.sqrt((X ** 2).mean(axis=1, keepdims=True) + e)\n"
            "    s = X / r\n    U = G * g\n"
            "    return U / r, (G * s).sum(axis=0)",
            "the root is taken for a constant",
            "grad_x|root|along|depends|constant|term",
            "sign",
        ),
        (
            "def rms_norm_gradients(G, X, g, e):\n"
            "    r = np.sqrt((X ** 2).mean(axis=1, keepdims=True) + e)\n"
            "    s = X / r\n"
            "    return (G - (G * s).mean(axis=1, keepdims=True) * s) / r, (G * s).sum(axis=0)",
            "the gain is forgotten on the way back",
            "gain",
            "sign",
        ),
    ],
}
