"""Wrong answers to the exercises on training the network."""

DESCEND = """def descend(gradient, start, learning_rate, steps):
    theta = start
    for step in range(steps):
        theta = theta - learning_rate * gradient(theta)
    return theta
"""

TRAIN = """def train_network(X, Y, W0, b0, W1, b1, learning_rate, steps):
    for _ in range(steps):
        H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
        A = 1 / (1 + np.exp(-(H @ W1.T + b1)))
        d1 = 2 / len(X) * (A - Y) * A * (1 - A)
        d0 = d1 @ W1 * H * (1 - H)
        W0, b0 = W0 - learning_rate * d0.T @ X, b0 - learning_rate * d0.sum(axis=0)
        W1, b1 = W1 - learning_rate * d1.T @ H, b1 - learning_rate * d1.sum(axis=0)
    return W0, b0, W1, b1
"""

RATE = """def largest_stable_rate(gradient, theta):
    rows = [(gradient(theta + 1e-5 * e) - gradient(theta - 1e-5 * e)) / 2e-5 for e in np.eye(theta.size)]
    values = np.linalg.eigvalsh(np.array(rows))
    return 2 / values[-1]
"""

WRONG = {
    "train-network": [
        (
            (TRAIN, ", b0 - learning_rate * d0.sum(axis=0)", ", b0", ", b1 - learning_rate * d1.sum(axis=0)", ", b1"),
            "weights only",
            ["only the weights"],
        ),
        ((TRAIN, "2 / len(X)", "2"), "a sum", ["1/N"]),
        ((TRAIN, "(A - Y)", "(Y - A)"), "uphill", ["climbs"]),
        ((TRAIN, " * H * (1 - H)", ""), "no hidden slope", ["hidden layer"]),
        ((TRAIN, " * A * (1 - A)", ""), "no output slope", ["at the output"]),
        ((TRAIN, "d1.T @ H,", "(d1.T @ (H * H * (1 - H))),"), "as printed", ["slope too many"]),
        (
            (
                TRAIN,
                "        d0 = d1 @ W1 * H * (1 - H)\n",
                "        W1 = W1 - learning_rate * d1.T @ H\n        d0 = d1 @ W1 * H * (1 - H)\n",
                "W1, b1 = W1 - learning_rate * d1.T @ H,",
                "W1, b1 = W1,",
            ),
            "sent back through the new weights",
            [],
        ),
        ((TRAIN, "    return", "        return"), "one step only", []),
        ((TRAIN, "d1 @ W1", "d1 @ W1.T"), "transposed", []),
        ((TRAIN, "range(steps)", "range(steps + 1)"), "one step too many", []),
        ((TRAIN, "return W0, b0, W1, b1", "return W0, W1, b0, b1"), "another order", []),
        ((TRAIN, "2 / len(X)", "1 / len(X)"), "no 2", []),
    ],
    "largest-stable-rate": [
        ((RATE, "2 / values[-1]", "1 / values[-1]"), "half", ["at rest after one step"]),
        ((RATE, "2 / values[-1]", "values[-1]"), "the curvature", ["the curvature of the steepest"]),
        ((RATE, "2 / values[-1]", "2 / values.sum()"), "the trace", ["the sum of the curvatures"]),
        ((RATE, "2 / values[-1]", "2 / values.mean()"), "the mean", ["*mean* curvature"]),
        ((RATE, "2 / values[-1]", "2 / values[0]"), "the flattest", []),
        ((RATE, "2 / values[-1]", "1.9 / values[-1]"), "a little less", ["safe, but not the largest"]),
        ((RATE, "2 / values[-1]", "2.2 / values[-1]"), "a little more", ["does not come back"]),
        ((RATE, "2 / values[-1]", "-2 / values[-1]"), "negative", ["above 0"]),
        ((RATE, "2 / values[-1]", "2 / values"), "all of them", ["a number"]),
        ((RATE, "    return 2 / values[-1]", "    2 / values[-1]"), "nothing", []),
    ],
    "loss-after-step": [
        ("lam * (1 - gamma)**2 * theta**2 / 2", "no curvature in the gradient", ["gradient"]),
        ("lam * (1 - gamma * lam) * theta**2 / 2", "not squared", ["squared"]),
        ("(1 - gamma * lam)**2 * theta**2 / 2", "no curvature in the loss", []),
        ("lam * (1 - gamma * lam)**2 * theta**2", "no half", []),
        ("lam * theta**2 / 2 - gamma * (lam * theta)**2", "to first order", []),
        ("lam * (theta - gamma * lam * theta**2 / 2)**2 / 2", "the loss for the gradient", []),
        ("lam * (1 - gamma * lam)**2 * theta / 2", "theta not squared", []),
        ("(1 - gamma * lam) * theta", "the parameter", ["parameter"]),
        ("lam * theta**2 / 2", "the loss before", []),
        ("lam * (1 + gamma * lam)**2 * theta**2 / 2", "uphill", ["minus"]),
    ],
    "descent-step": [
        ("lambda t, g, r: t + r * g", "uphill", ["climbs"]),
        ("lambda t, g, r: t - g", "no rate", ["learning rate"]),
        ("lambda t, g, r: r * g", "the step", []),
        ("lambda t, g, r: t - r / g", "upside down", ["upside down"]),
        ("lambda t, g, r: t * (1 - r * g)", "a product", []),
        ("lambda t, g, r: (1 - r) * t - r * g", "a running mean", []),
        ("lambda t, g, r: t - r * np.sign(g)", "the sign of the gradient", []),
        ("lambda t, g, r: t - r * g / np.linalg.norm(g)", "a step of fixed length", []),
        ("lambda t, g, r: t - r * np.abs(g)", "absolute values", []),
        ("lambda t, g, r: t - r * g.T", "transposed", []),
        ("lambda t, g, r: [a - r * b for a, b in zip(t, g)]", "a list", []),
        (
            "def descent_step(theta, gradient, learning_rate):\n"
            "    theta -= learning_rate * gradient\n"
            "    return theta\n",
            "in place",
            ["caller"],
        ),
        (
            "def descent_step(theta, gradient, learning_rate):\n"
            "    gradient *= learning_rate\n"
            "    return theta - gradient\n",
            "the gradient is overwritten",
            ["gradient"],
        ),
    ],
    "descend": [
        ((DESCEND, "range(steps)", "range(steps + 1)"), "a step too many", ["too many"]),
        ((DESCEND, "range(steps)", "range(1, steps)"), "a step too few", ["missing"]),
        ((DESCEND, "gradient(theta)", "gradient(start)"), "the gradient of the start", ["anew"]),
        ((DESCEND, "theta - l", "start - l"), "from the start each time", []),
        ((DESCEND, "theta - l", "theta + l"), "uphill", ["climbs"]),
        ((DESCEND, "    return theta", "        return theta"), "return inside the loop", []),
        ((DESCEND, "learning_rate * ", ""), "no rate", []),
        (
            (DESCEND, "learning_rate * gradient(theta)", "learning_rate / (step + 1) * gradient(theta)"),
            "a falling rate",
            [],
        ),
        ((DESCEND, "gradient(theta)", "gradient"), "the function itself", []),
        ((DESCEND, "    return theta", "    return theta - start"), "the way", []),
        ((DESCEND, "theta = start", "theta = np.zeros_like(start)"), "from zero", []),
        ((DESCEND, "theta = theta - learning", "theta -= learning"), "in place", ["start"]),
        (
            (
                DESCEND,
                "    theta = start\n",
                "    theta = start - learning_rate * gradient(start)\n",
                "range(steps)",
                "range(steps - 1)",
            ),
            "at least one step",
            [],
        ),
    ],
}
