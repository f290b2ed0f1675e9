"""Wrong answers to the exercises on the training objective."""

EPOCH = """def one_epoch(gradient, theta, X, y, order, batch_size, learning_rate):
    n = len(order)
    for i in range(0, n, batch_size):
        rows = order[i:i + batch_size]
        g = gradient(theta, X[rows], y[rows])
        theta = theta - learning_rate * g
    return theta
"""

STOPPING = """def early_stopping(validation_losses, patience):
    best, kept = validation_losses[0], 0
    for epoch in range(1, len(validation_losses)):
        if validation_losses[epoch] < best:
            best, kept = validation_losses[epoch], epoch
        elif epoch - kept >= patience:
            return kept, epoch
    return kept, len(validation_losses) - 1
"""

BACK = """def classifier_gradients(X, labels, W1, b1, W2, b2):
    H = np.maximum(X @ W1.T + b1, 0)
    scores = H @ W2.T + b2
    E = np.exp(scores - scores.max(axis=1, keepdims=True))
    S = E / E.sum(axis=1, keepdims=True)
    d2 = (S - np.eye(len(b2))[labels]) / len(X)
    d1 = d2 @ W2 * (H > 0)
    return d1.T @ X, d1.sum(axis=0), d2.T @ H, d2.sum(axis=0)
"""

READ = """def read_digits(X, labels, X_new):
    rng = np.random.default_rng(0)
    W, b = 0.01 * rng.standard_normal((10, 64)), np.zeros(10)
    for _ in range(300):
        S = np.exp(X @ W.T + b)
        D = (S / S.sum(axis=1, keepdims=True) - np.eye(10)[labels]) / len(X)
        W, b = W - 0.5 * D.T @ X, b - 0.5 * D.sum(axis=0)
    return (X_new @ W.T + b).argmax(axis=1)
"""

WRONG = {
    "classifier-gradients": [
        ((BACK, " * (H > 0)", ""), "no slope", ["ReLU"]),
        ((BACK, "(H > 0)", "H * (1 - H)"), "the slope of sigma", ["sigmoid"]),
        ((BACK, " / len(X)", ""), "a sum", ["1/N"]),
        ((BACK, "(S - np.eye(len(b2))[labels])", "S"), "no labels", ["label"]),
        (
            (BACK, "(S - np.eye(len(b2))[labels])", "(S - np.eye(len(b2))[labels]) * S * (1 - S)"),
            "slope twice",
            ["twice"],
        ),
        ((BACK, "d2 @ W2 ", "d2 @ W2.T "), "transposed", ["transposed"]),
        ((BACK, " - scores.max(axis=1, keepdims=True)", ""), "no shift", ["overflow"]),
        ((BACK, "scores.max(axis=1, keepdims=True)", "scores.max()"), "one shift", ["one shift"]),
        ((BACK, "d1.sum(axis=0)", "d1.mean(axis=0)"), "one mean", []),
        (
            (
                BACK,
                "d1.T @ X, d1.sum(axis=0), d2.T @ H, d2.sum(axis=0)",
                "d2.T @ H, d2.sum(axis=0), d1.T @ X, d1.sum(axis=0)",
            ),
            "the layers exchanged",
            [],
        ),
        ((BACK, "E.sum(axis=1, keepdims=True)", "E.sum()"), "shares of the batch", []),
        ((BACK, "np.maximum(X @ W1.T + b1, 0)", "X @ W1.T + b1"), "no ReLU", []),
    ],
    "read-digits": [
        (READ, "a single layer", ["stopped early"]),
        ((READ, "range(300)", "range(10)"), "ten steps", ["begun to learn"]),
        ((READ, "range(300)", "range(0)"), "no step", ["chance"]),
        ((READ, "np.eye(10)[labels]", "np.eye(10)[labels[::-1]]"), "labels in another order", ["stay together"]),
        ((READ, "W - 0.5 * D", "W + 50 * D"), "uphill", ["every image is read as a"]),
        ((READ, ".argmax(axis=1)", ""), "the scores", ["ten numbers an image"]),
        ((READ, "(X_new @", "(X @"), "the old images", ["learnt from"]),
        ((READ, ".argmax(axis=1)", ".argmax(axis=0)"), "the wrong axis", ["one digit for each"]),
        ((READ, ".argmax(axis=1)", ".max(axis=1)"), "the largest score", ["digits, integers"]),
        ((READ, ".argmax(axis=1)", ".argmin(axis=1)"), "the smallest score", ["chance"]),
    ],
    "weights-at-rest": [
        ("m / (lam * N) * (Y_hat - Y).T * H", "the sign", ["sign"]),
        ("-m / lam * (Y_hat - Y).T * H", "N forgotten", ["mean"]),
        ("-(Y_hat - Y).T * H / (lam * N)", "m forgotten", ["divided by $m$"]),
        ("-2 * m / (lam * N) * (Y_hat - Y).T * H", "a factor 2", ["factor 2"]),
        ("-m / (2 * lam * N) * (Y_hat - Y).T * H", "half", ["half"]),
        ("-lam / (m * N) * (Y_hat - Y).T * H", "lambda on the wrong side", ["wrong side"]),
        ("-m / N * (Y_hat - Y).T * H", "lambda forgotten", ["lambda"]),
        ("(-m / (lam * N) * (Y_hat - Y).T * H).T", "transposed", ["transpose"]),
        ("-N / (lam * m) * (Y_hat - Y).T * H", "m and N exchanged", ["exchanged"]),
        ("(Y_hat - Y).T * H / N", "the gradient of the loss", ["gradient of the loss"]),
        ("-m / (lam * N) * Y_hat.T * H", "no targets", ["targets"]),
        ("-m*lam/N*(Y_hat-Y).T*H", "lambda multiplied", ["divides"]),
    ],
    "one-epoch": [
        ((EPOCH, "theta - learning_rate", "theta + learning_rate"), "climbs", ["climbs"]),
        ((EPOCH, "    return", "        return"), "return inside the loop", ["first minibatch"]),
        (
            (EPOCH, "range(0, n, batch_size)", "range(0, n - n % batch_size, batch_size)"),
            "the rest left out",
            ["last rows"],
        ),
        ((EPOCH, "order[i:i + batch_size]", "np.arange(n)[i:i + batch_size]"), "the order not used", ["own order"]),
        ((EPOCH, "y[rows]", "y[i:i + batch_size]"), "targets in their own order", ["targets"]),
        (
            (
                EPOCH,
                "    n = len(order)",
                "    start = theta\n    n = len(order)",
                "gradient(theta,",
                "gradient(start,",
            ),
            "gradients at the start",
            ["at the start"],
        ),
        ((EPOCH, "learning_rate * g", "learning_rate * g / len(rows)"), "divided by the size", ["divided"]),
        ((EPOCH, "learning_rate * g", "learning_rate * g * len(rows)"), "multiplied by the size", ["multiplied"]),
        ((EPOCH, "learning_rate * g", "g"), "no learning rate", ["learning rate"]),
        ((EPOCH, "X[rows], y[rows]", "X, y"), "the whole set in each step", ["whole set"]),
        ((EPOCH, "range(0, n, batch_size)", "range(n)"), "windows that overlap", ["every row"]),
        ((EPOCH, "range(0, n, batch_size)", "range(n)", "i:i + batch_size", "i:i + 1"), "row by row", ["each row"]),
        ((EPOCH, "i:i + batch_size", "i:i + batch_size + 1"), "one row too many", ["share a row"]),
        ((EPOCH, "i:i + batch_size", "i:batch_size"), "empty after the first", []),
        (
            (EPOCH, "theta = theta - learning_rate * g", "theta -= learning_rate * g"),
            "writes into the argument",
            ["writes into"],
        ),
        ((EPOCH, "return theta", "return g"), "the gradient", ["gradient of the last"]),
        (
            (EPOCH, "theta = theta - learning_rate * g", "theta - learning_rate * g"),
            "nothing is assigned",
            ["as they were"],
        ),
        (
            (EPOCH, "range(0, n, batch_size)", "range(batch_size, n, batch_size)"),
            "first batch skipped",
            ["first minibatch"],
        ),
        ((EPOCH, "range(0, n, batch_size)", "range(0, n - 1, batch_size)"), "n-1", []),
        (
            (EPOCH, "for i", "rng = np.random.default_rng(0)\n    order = rng.permutation(n)\n    for i"),
            "own permutation",
            [],
        ),
    ],
    "early-stopping": [
        ((STOPPING, "] < best", "] <= best"), "ties count", ["equal"]),
        ((STOPPING, ">= patience", "> patience"), "one epoch late", ["too late"]),
        ((STOPPING, ">= patience", ">= patience - 1"), "one epoch early", ["too early"]),
        (
            (STOPPING, "return kept, epoch", "return epoch, epoch"),
            "the last parameters, if stopped",
            ["last parameters"],
        ),
        ((STOPPING, "return kept, epoch", "return epoch, kept"), "exchanged, if stopped", []),
        ((STOPPING, "len(validation_losses) - 1", "len(validation_losses)"), "one past the end", ["number of losses"]),
        ((STOPPING, "best, kept = validation_losses[0], 0", "best, kept = 0.0, 0"), "best begins at 0", []),
        ((STOPPING, "best, kept = validation_losses[0], 0", "best, kept = 100.0, 0"), "best begins at a number", []),
        (
            (STOPPING, "            return kept, epoch", "            break"),
            "the last epoch, whenever it stopped",
            ["last epoch"],
        ),
        (
            (STOPPING, "return kept, epoch", "return best, epoch", "return kept, len", "return best, len"),
            "the loss itself",
            ["epoch"],
        ),
        (
            "def early_stopping(validation_losses, patience):\n"
            "    best = int(np.argmin(validation_losses))\n"
            "    return best, min(best + patience, len(validation_losses) - 1)",
            "looks into the future",
            ["after the stop"],
        ),
        (
            "def early_stopping(validation_losses, patience):\n"
            "    kept, waited = 0, 0\n"
            "    for epoch in range(1, len(validation_losses)):\n"
            "        if validation_losses[epoch] < validation_losses[epoch - 1]:\n"
            "            kept, waited = epoch, 0\n"
            "        else:\n"
            "            waited += 1\n"
            "        if waited >= patience:\n"
            "            return kept, epoch\n"
            "    return kept, len(validation_losses) - 1",
            "compared with the epoch before, and kept",
            ["one before"],
        ),
        (
            (
                STOPPING,
                "return kept, epoch",
                "return kept + 1, epoch + 1",
                "return kept, len(validation_losses) - 1",
                "return kept + 1, len(validation_losses)",
            ),
            "counted from 1",
            ["from 1"],
        ),
        ((STOPPING, "return kept, epoch", "return kept, kept + patience + 1"), "stop+1", []),
        ((STOPPING, "range(1, len", "range(1, -1 + len"), "last not looked at", []),
    ],
}
