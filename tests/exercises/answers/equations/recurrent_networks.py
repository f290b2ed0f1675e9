"""Wrong answers to the exercises on recurrent networks."""

STATES = """def states(X, h_0, W_x, W_h, b):
    h, H = h_0, []
    for x in X:
        h = np.tanh(W_x @ x + W_h @ h + b)
        H.append(h)
    return np.array(H)
"""

GRADIENT = """def recurrent_gradient(grad_H, H, h_0, W_h):
    T, n = H.shape
    total, signal = np.zeros((n, n)), np.zeros(n)
    for t in range(T - 1, -1, -1):
        signal = (grad_H[t] + W_h.T @ signal) * (1 - H[t] ** 2)
        before = H[t - 1] if t > 0 else h_0
        total += np.outer(signal, before)
    return total
"""

WRONG = {
    "shared-bias-gradient": [
        ("1 - h2**2", "the direct way alone", ["missing"]),
        ("w * (1 - h2**2) * (1 - h1**2)", "the way through the first state alone", ["missing", "directly"]),
        ("(1 - h2**2) + (1 - h2**2) * (1 - h1**2)", "no recurrent weight", ["recurrent weight"]),
        ("(1 - h2**2) + w * (1 - h1**2)", "one slope forgotten", ["slope of the second"]),
        ("(1 - h2**2) * w * (1 - h2**2) * (1 - h1**2)", "the two ways multiplied", ["add up"]),
        ("1 + w * (1 - h2**2) * (1 - h1**2)", "no slope on the direct way", ["slope", "direct way"]),
        ("h2*(1 - h2) + w*h2*(1 - h2)*h1*(1 - h1)", "the slope of sigma", ["σ′"]),
        ("-(1 - h2**2) * (1 + w * (1 - h1**2))", "the sign", ["sign"]),
        ("(1 - h2**2) * (1 - w * (1 - h1**2))", "a minus between the ways", ["subtracted"]),
        ("(1 - h2) * (1 + w * (1 - h1))", "no squares", ["square"]),
        ("(1-h2**2)+w*(1-h1**2)*h1", "the state for the weight", []),
    ],
    "recurrent-states": [
        ((STATES, "h, H = h_0, []", "h, H = h_0, [h_0]"), "the beginning is in the result", ["one state for each"]),
        ((STATES, "np.array(H)", "h"), "the last state only", ["last"]),
        ((STATES, "np.array(H)", "H"), "a list", ["list"]),
        (
            (
                STATES,
                "h = np.tanh(W_x @ x + W_h @ h + b)",
                "s = np.tanh(W_x @ x + W_h @ h_0 + b)",
                "append(h)",
                "append(s)",
            ),
            "the state is not carried on",
            ["carried on"],
        ),
        (
            (STATES, "h, H = h_0, []", "h, H = np.zeros_like(b), []"),
            "begins at zero",
            ["not used"],
        ),
        ((STATES, " + b", ""), "no bias", ["bias"]),
        ((STATES, "W_h @ h", "h @ W_h"), "the recurrent weights from the other side", ["transposed"]),
        ((STATES, "W_x @ x", "x @ W_x"), "the input weights from the other side", ["W_x", "transposed"]),
        ((STATES, "W_x @ x", "W_x.T @ x"), "the input weights transposed", ["W_x", "transposed"]),
        ((STATES, "W_h @ h + ", ""), "no recurrence", ["state before", "not used"]),
        (
            (STATES, "np.tanh(W_x @ x + W_h @ h + b)", "1 / (1 + np.exp(-(W_x @ x + W_h @ h + b)))"),
            "the logistic function",
            ["logistic"],
        ),
        ((STATES, "np.tanh(W_x @ x + W_h @ h + b)", "W_x @ x + W_h @ h + b"), "no tanh", ["tanh is missing"]),
        (
            (STATES, "np.tanh(W_x @ x + W_h @ h + b)", "np.tanh(W_x @ x + W_h @ h) + b"),
            "bias after tanh",
            ["bias", "after"],
        ),
        (
            (
                STATES,
                "h = np.tanh(W_x @ x + W_h @ h + b)",
                "H.append(h)",
                "        H.append(h)\n    return",
                "        h = np.tanh(W_x @ x + W_h @ h + b)\n    return",
            ),
            "kept before the step",
            ["too early"],
        ),
        ((STATES, "W_h @ h + b", "W_h * h + b"), "an entry-by-entry product", ["entry by entry"]),
        ((STATES, "    return np.array(H)", "        return np.array(H)"), "return inside the loop", ["first state"]),
        ((STATES, "np.array(H)", "np.array(H).T"), "times along the columns", ["transpose"]),
        ((STATES, "for x in X:", "for x in X[::-1]:"), "read backwards", ["backwards"]),
        ((STATES, "for x in X:", "for x in X[1:]:"), "the first input left out", ["shape"]),
        ((STATES, "for x in X:", "for x in X.T:"), "columns", []),
        ((STATES, "h, H = h_0, []", "h, H = h_0, []\n    X = X[:-1]"), "last left out", []),
        ((STATES, "+ b)", "- b)"), "minus bias", ["subtracted"]),
        ((STATES, "np.tanh(W_x @ x + W_h @ h + b)", "np.tanh(W_x @ x) + np.tanh(W_h @ h) + b"), "two tanh", ["each"]),
    ],
    "recurrent-gradient": [
        ((GRADIENT, "W_h.T @ signal", "W_h @ signal"), "not transposed on the way back", ["transposed"]),
        ((GRADIENT, " + W_h.T @ signal", ""), "nothing comes back", ["later times"]),
        ((GRADIENT, " * (1 - H[t] ** 2)", ""), "no slope", ["slope"]),
        ((GRADIENT, "1 - H[t] ** 2", "H[t] * (1 - H[t])"), "the slope of sigma", ["σ′"]),
        ((GRADIENT, "1 - H[t] ** 2", "1 - np.tanh(H[t]) ** 2"), "tanh twice", ["already"]),
        ((GRADIENT, "1 - H[t] ** 2", "1 - H[t]"), "no square", ["square"]),
        ((GRADIENT, "H[t - 1] if t > 0 else h_0", "H[t]"), "the state after the step", ["before"]),
        (
            (GRADIENT, "H[t - 1] if t > 0 else h_0", "H[t - 1]"),
            "index -1 wraps around: the last state for h_0",
            ["h_0"],
        ),
        ((GRADIENT, "H[t - 1] if t > 0 else h_0", "h_0"), "h_0 at all times", ["h_0"]),
        ((GRADIENT, "range(T - 1, -1, -1)", "range(T - 1, 0, -1)"), "the first time left out", ["first time"]),
        ((GRADIENT, "range(T - 1, -1, -1)", "range(T)"), "forward in time", ["forward"]),
        ((GRADIENT, "np.outer(signal, before)", "np.outer(before, signal)"), "transposed", ["transpose"]),
        ((GRADIENT, "total += np", "total = np"), "only the first time counts", ["every time"]),
        ((GRADIENT, "return total", "return total / T"), "a mean over time", ["averaged"]),
        (
            (
                GRADIENT,
                "(grad_H[t] + W_h.T @ signal) * (1 - H[t] ** 2)",
                "grad_H[t] * (1 - H[t] ** 2) + W_h.T @ signal",
            ),
            "the slope on the direct part only",
            ["slope"],
        ),
        (
            (
                GRADIENT,
                "(grad_H[t] + W_h.T @ signal) * (1 - H[t] ** 2)",
                "grad_H[t] + W_h.T @ signal * (1 - H[t] ** 2)",
            ),
            "the slope on what comes back only",
            ["slope"],
        ),
        ((GRADIENT, "total += np", "total -= np"), "the sign of the update", ["sign"]),
        ((GRADIENT, "grad_H[t] + W_h", "grad_H[-1] + W_h"), "the last direct gradient at all times", ["last time"]),
        ((GRADIENT, "np.outer(signal, before)", "np.outer(signal, before) / T"), "mean", ["averaged"]),
        ((GRADIENT, "(1 - H[t] ** 2)", "(1 + H[t] ** 2)"), "plus", ["minus"]),
        ((GRADIENT, "W_h.T @ signal", "W_h.T * signal"), "entrywise", []),
    ],
}
