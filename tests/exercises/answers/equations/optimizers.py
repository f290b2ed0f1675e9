"""Wrong answers to the exercises on optimizers."""

ADAM = """def adam(gradient, theta, alpha, beta1, beta2, epsilon, steps):
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t in range(1, steps + 1):
        g = gradient(theta)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon)
    return theta
"""

BALL = """def momentum_descent(gradient, start, learning_rate, momentum, steps):
    before, theta = start, start
    for _ in range(steps):
        new = theta + momentum * (theta - before) - learning_rate * gradient(theta)
        before, theta = theta, new
    return theta
"""

WRONG = {
    "velocity-after-t-steps": [
        ("-alpha * g * (1 - beta**(t - 1)) / (1 - beta)", "a term too few", ["term"]),
        ("-alpha * g * (1 - beta**(t + 1)) / (1 - beta)", "a term too many", ["term"]),
        ("-alpha * g / (1 - beta)", "the limit", ["limit"]),
        ("-alpha * g * (1 + beta**t) / (1 + beta)", "pluses", []),
        ("-alpha * g * beta**t", "the last term", []),
        ("-alpha * g * (1 - beta**t) / beta", "divided by beta", []),
        ("-g * (1 - beta**t) / (1 - beta)", "no rate", []),
        ("-alpha * (1 - beta**t) / (1 - beta)", "no gradient", []),
        ("-alpha * g * (1 - beta)**t / (1 - beta)", "the power of the difference", []),
        ("-alpha * g * t", "no memory", ["count"]),
        ("-alpha * g * (1 - beta**t) * (1 - beta)", "multiplied", []),
        ("-alpha * g * beta * (1 - beta**t) / (1 - beta)", "damped once more", []),
    ],
    "heavy-ball": [
        ((BALL, "- learning_rate", "+ learning_rate"), "uphill", ["climbs"]),
        ((BALL, "(theta - before)", "(before - theta)"), "the last move turned round", ["other way round"]),
        ((BALL, "momentum * (theta - before)", "(theta - before)"), "no damping", ["fade"]),
        ((BALL, "momentum * (theta - before)", "(1 - momentum) * (theta - before)"), "one minus momentum", []),
        ((BALL, "theta + momentum * (theta - before)", "theta"), "no memory", ["remembered"]),
        ((BALL, "theta + momentum * (theta - before)", "momentum * (theta - before)"), "only the move", []),
        ((BALL, "before, theta = theta, new", "theta = new"), "the place before stays", ["follow"]),
        ((BALL, "before, theta = theta, new", "before = theta = new"), "both at the same place", ["remembered"]),
        ((BALL, "gradient(theta)", "gradient(start)"), "the slope of the start", []),
        ((BALL, "gradient(theta)", "gradient(before)"), "the slope of the place before", []),
        ((BALL, "gradient(theta)", "gradient(theta + momentum * (theta - before))"), "Nesterov", ["Nesterov"]),
        ((BALL, "range(steps)", "range(1, steps)"), "a step missing", ["step"]),
        ((BALL, "range(steps)", "range(steps + 1)"), "a step too many", ["step"]),
        ((BALL, "    return theta", "        return theta"), "return inside the loop", []),
        ((BALL, "    return theta", "    return before"), "the place before", []),
        ((BALL, "- learning_rate * gradient", "- gradient"), "no rate", []),
        ((BALL, "before, theta = start, start", "before, theta = 0 * start, start"), "not from rest", []),
    ],
    "adam-descent": [
        ((ADAM, "m / (1 - beta1**t), v / (1 - beta2**t)", "m, v"), "no correction", ["correction"]),
        ((ADAM, "m / (1 - beta1**t)", "m"), "the first not corrected", ["only the second"]),
        ((ADAM, "v / (1 - beta2**t)", "v"), "the second not corrected", ["only the first"]),
        ((ADAM, "range(1, steps + 1)", "range(steps)"), "counted from 0", []),
        ((ADAM, "range(1, steps + 1)", "range(1, steps)"), "a step missing", ["one step"]),
        ((ADAM, "np.sqrt(v_hat) + epsilon", "np.sqrt(v_hat + epsilon)"), "epsilon inside", ["inside"]),
        ((ADAM, " + epsilon", ""), "no epsilon", []),
        ((ADAM, "np.sqrt(v_hat)", "v_hat"), "no root", ["root"]),
        ((ADAM, "np.sqrt(v_hat)", "np.sqrt(v)"), "the moment not corrected in the step", []),
        ((ADAM, "g**2", "g"), "no square", []),
        ((ADAM, "g**2", "np.sum(g**2)"), "one second moment for all", ["each has its own"]),
        ((ADAM, "        m_hat, v_hat = m", "        m, v = m_hat, v_hat = m"), "corrected again", ["second time"]),
        ((ADAM, "theta - a", "theta + a"), "uphill", ["uphill"]),
        ((ADAM, "alpha * m_hat", "alpha * g"), "the gradient for its mean", []),
        ((ADAM, "(1 - beta1) * g\n", "g\n"), "no running mean", []),
        ((ADAM, "    return", "        return"), "one step only", []),
    ],
}
