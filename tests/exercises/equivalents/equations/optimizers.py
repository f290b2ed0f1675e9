"""The exercises on optimizers, solved by the package, by averages and by another form of the geometric series."""

import numpy as np
import sympy as sp

from dlmath import optimizers


def adam_update(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
    """The corrections gathered into the learning rate and epsilon."""
    m = np.average([m, gradient], weights=[beta1, 1 - beta1], axis=0)
    v = np.average([v, gradient * gradient], weights=[beta2, 1 - beta2], axis=0)
    root = np.sqrt(1 - beta2**t)
    return theta - alpha * root / (1 - beta1**t) * m / (np.sqrt(v) + epsilon * root), m, v


def adam_number_by_number(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
    new = [np.empty_like(theta) for _ in range(3)]
    for place in np.ndindex(theta.shape):
        g = gradient[place]
        first = m[place] + (1 - beta1) * (g - m[place])
        second = v[place] + (1 - beta2) * (g * g - v[place])
        step = alpha * (first / (1 - beta1**t)) / ((second / (1 - beta2**t)) ** 0.5 + epsilon)
        for array, number in zip(new, (theta[place] - step, first, second)):
            array[place] = number
    return new


def adam_in_copies(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
    theta, m, v = theta.copy(), m.copy(), v.copy()
    m *= beta1
    m += (1 - beta1) * gradient
    v *= beta2
    v += (1 - beta2) * np.square(gradient)
    theta -= alpha * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    return theta, m, v


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
    "adam-update": [adam_update, adam_number_by_number, adam_in_copies],
}
