"""The exercises on optimizers, solved by the package, by averages and by another form of the geometric series."""

import numpy as np

from dlmath import optimizers


def adam_update(theta, gradient, m, v, t, alpha, beta1, beta2, epsilon):
    """The corrections gathered into the learning rate and epsilon."""
    m = np.average([m, gradient], weights=[beta1, 1 - beta1], axis=0)
    v = np.average([v, gradient * gradient], weights=[beta2, 1 - beta2], axis=0)
    root = np.sqrt(1 - beta2**t)
    return theta - alpha * root / (1 - beta1**t) * m / (np.sqrt(v) + epsilon * root), m, v


def momentum_update(theta, velocity, gradient, learning_rate, momentum):
    return optimizers.momentum_step(theta, gradient, velocity, learning_rate, momentum=momentum)


EQUIVALENTS = {
    "velocity-after-t-steps": [lambda alpha, beta, g, t: alpha * g * (beta**t - 1) / (1 - beta)],
    "momentum-update": [momentum_update],
    "adam-update": [adam_update],
}
