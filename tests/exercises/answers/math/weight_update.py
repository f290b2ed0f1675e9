"""Wrong answers to the exercises on training the network."""

DESCEND = """def descend(gradient, start, learning_rate, steps):
    theta = start
    for step in range(steps):
        theta = theta - learning_rate * gradient(theta)
    return theta
"""

WRONG = {
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
