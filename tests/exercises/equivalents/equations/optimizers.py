"""The exercises on optimizers, solved by the package, by averages and by another form of the geometric series."""

import numpy as np
import sympy as sp

from dlmath import optimizers


def adam_by_the_package(gradient, theta, alpha, beta1, beta2, epsilon, steps):
    state = None
    for _ in range(steps):
        theta, state = optimizers.adam_step(
            theta, gradient(theta), state, alpha, beta1=beta1, beta2=beta2, epsilon=epsilon
        )
    return theta


def adam_with_corrections_in_the_rate(gradient, theta, alpha, beta1, beta2, epsilon, steps):
    """The corrections gathered into the learning rate and epsilon, and powers that are carried along."""
    m, v, power1, power2 = 0 * theta, 0 * theta, 1.0, 1.0
    for _ in range(steps):
        g = gradient(theta)
        power1, power2 = beta1 * power1, beta2 * power2
        m, v = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v)
        root = np.sqrt(1 - power2)
        theta = theta - alpha * root / (1 - power1) * m / (np.sqrt(v) + epsilon * root)
    return theta


def adam_from_all_gradients(gradient, theta, alpha, beta1, beta2, epsilon, steps):
    """The running means written out as sums over all gradients so far."""
    gradients = []
    for t in range(1, steps + 1):
        gradients.append(gradient(theta))
        m = sum((1 - beta1) * beta1 ** (t - 1 - i) * g for i, g in enumerate(gradients))
        v = sum((1 - beta2) * beta2 ** (t - 1 - i) * g**2 for i, g in enumerate(gradients))
        theta = theta - alpha * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return theta


def ball_by_the_package(gradient, start, learning_rate, momentum, steps):
    theta, velocity = start, None
    for _ in range(steps):
        theta, velocity = optimizers.momentum_step(theta, gradient(theta), velocity, learning_rate, momentum=momentum)
    return theta


def ball_from_all_places(gradient, start, learning_rate, momentum, steps):
    places = [start, start]
    while len(places) < steps + 2:
        places.append((1 + momentum) * places[-1] - momentum * places[-2] - learning_rate * gradient(places[-1]))
    return places[-1]


def ball_in_copies(gradient, start, learning_rate, momentum, steps):
    before, theta = start.copy(), start.copy()
    for _ in range(steps):
        new = np.copy(theta)
        new -= learning_rate * gradient(theta)
        new += momentum * (theta - before)
        before, theta = theta, new
    return theta


EQUIVALENTS = {
    "velocity-after-t-steps": [
        lambda alpha, beta, g, t: alpha * g * (beta**t - 1) / (1 - beta),
        lambda alpha, beta, g, t: -alpha * g / (1 - beta) + alpha * g * beta**t / (1 - beta),
        lambda alpha, beta, g, t: -alpha * g * (sp.exp(t * sp.log(beta)) - 1) / (beta - 1),
    ],
    "heavy-ball": [ball_by_the_package, ball_from_all_places, ball_in_copies],
    "adam-descent": [adam_by_the_package, adam_with_corrections_in_the_rate, adam_from_all_gradients],
}
