"""The exercises on the training objective, solved by the package and by array operations."""

import numpy as np

from dlmath.optimizers import sgd_step


def one_epoch(gradient, theta, X, y, order, batch_size, learning_rate):
    for rows in np.split(order, range(batch_size, len(order), batch_size)):
        theta, _ = sgd_step(theta, gradient(theta, X[rows], y[rows]), None, learning_rate)
    return theta


def early_stopping(validation_losses, patience):
    lowest_so_far = np.minimum.accumulate(validation_losses)
    improved = np.append(True, np.diff(lowest_so_far) < 0)
    epochs = np.arange(len(validation_losses))
    best = np.maximum.accumulate(np.where(improved, epochs, 0))
    stopped = next((epoch for epoch in epochs if epoch - best[epoch] >= patience), epochs[-1])
    return best[stopped], stopped


EQUIVALENTS = {
    "weights-at-rest": [lambda H, Y, Y_hat, lam, m, N: (H.T * (Y - Y_hat)).T * (m / lam / N)],
    "one-epoch": [one_epoch],
    "early-stopping": [early_stopping],
}
