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


def momentum_update(theta, velocity, gradient, learning_rate, momentum):
    return optimizers.momentum_step(theta, gradient, velocity, learning_rate, momentum=momentum)


def momentum_in_copies(theta, velocity, gradient, learning_rate, momentum):
    new_velocity = velocity.copy()
    new_velocity *= momentum
    new_velocity -= learning_rate * gradient
    return theta + new_velocity, new_velocity


def momentum_in_single_precision(theta, velocity, gradient, learning_rate, momentum):
    theta, velocity, gradient = (array.astype(np.float32) for array in (theta, velocity, gradient))
    velocity = np.float32(momentum) * velocity - np.float32(learning_rate) * gradient
    return [theta + velocity, velocity]


EQUIVALENTS = {
    "velocity-after-t-steps": [
        lambda alpha, beta, g, t: alpha * g * (beta**t - 1) / (1 - beta),
        lambda alpha, beta, g, t: -alpha * g / (1 - beta) + alpha * g * beta**t / (1 - beta),
        lambda alpha, beta, g, t: -alpha * g * (sp.exp(t * sp.log(beta)) - 1) / (beta - 1),
    ],
    "momentum-update": [
        momentum_update,
        momentum_in_copies,
        momentum_in_single_precision,
        lambda theta, v, g, rate, beta: (theta + beta * v - rate * g, -(rate * g - beta * v)),
    ],
    "adam-descent": [adam_by_the_package, adam_with_corrections_in_the_rate, adam_from_all_gradients],
}
