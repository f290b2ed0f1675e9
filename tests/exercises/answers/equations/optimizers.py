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

MOMENTUM = """def momentum_update(theta, velocity, gradient, learning_rate, momentum):
    velocity = momentum * velocity - learning_rate * gradient
    return theta + velocity, velocity
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
    "momentum-update": [
        ((MOMENTUM, "- learning_rate", "+ learning_rate"), "uphill", ["climbs"]),
        ((MOMENTUM, "theta + velocity", "theta - velocity"), "against the velocity", []),
        ((MOMENTUM, "theta + velocity", "theta + learning_rate * velocity"), "the rate twice", ["twice"]),
        ((MOMENTUM, "momentum * velocity", "velocity"), "no damping", []),
        ((MOMENTUM, "momentum * velocity", "(1 - momentum) * velocity"), "one minus momentum", []),
        ((MOMENTUM, "theta + velocity, velocity", "velocity, theta + velocity"), "exchanged", []),
        ((MOMENTUM, "theta + velocity, velocity", "theta + velocity"), "one value", ["2 values"]),
        ((MOMENTUM, "theta + velocity,", "theta + momentum * velocity - learning_rate * gradient,"), "Nesterov", []),
        ((MOMENTUM, "momentum * velocity - ", "-"), "no memory", []),
        ((MOMENTUM, "theta + velocity,", "theta - learning_rate * gradient,"), "no momentum in the step", []),
        (
            "def momentum_update(theta, velocity, gradient, learning_rate, momentum):\n"
            "    velocity *= momentum\n"
            "    velocity -= learning_rate * gradient\n"
            "    return theta + velocity, velocity\n",
            "in place",
            ["velocity"],
        ),
        (
            "lambda theta, v, g, rate, beta: (theta - rate * (beta * v + g), beta * v + g)",
            "the form of PyTorch",
            ["PyTorch"],
        ),
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
