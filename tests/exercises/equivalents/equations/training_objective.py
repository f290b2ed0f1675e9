"""The exercises on the training objective, solved by the package, by array operations and by recursion."""

import numpy as np

from dlmath.optimizers import sgd_step


def by_the_package(gradient, theta, X, y, order, batch_size, learning_rate):
    for rows in np.split(order, range(batch_size, len(order), batch_size)):
        theta, _ = sgd_step(theta, gradient(theta, X[rows], y[rows]), None, learning_rate)
    return theta


def sorted_first(gradient, theta, X, y, order, batch_size, learning_rate):
    X, y, theta = X[order], y[order], theta.copy()
    first = 0
    while first < len(X):
        theta -= learning_rate * gradient(theta, X[first : first + batch_size], y[first : first + batch_size])
        first += batch_size
    return theta


def by_recursion(gradient, theta, X, y, order, batch_size, learning_rate):
    rows, rest = order[:batch_size], order[batch_size:]
    theta = theta - gradient(theta, X[rows], y[rows]) * learning_rate
    return theta if len(rest) == 0 else by_recursion(gradient, theta, X, y, rest, batch_size, learning_rate)


def by_array_operations(validation_losses, patience):
    lowest_so_far = np.minimum.accumulate(validation_losses)
    improved = np.append(True, np.diff(lowest_so_far) < 0)
    epochs = np.arange(len(validation_losses))
    best = np.maximum.accumulate(np.where(improved, epochs, 0))
    stopped = next((epoch for epoch in epochs if epoch - best[epoch] >= patience), epochs[-1])
    return best[stopped], stopped


def with_a_counter(validation_losses, patience):
    lowest, kept, waited = float("inf"), 0, 0
    for epoch, loss in enumerate(validation_losses.tolist()):
        if loss < lowest:
            lowest, kept, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return [kept, epoch]
    return [kept, epoch]


def prefix_by_prefix(validation_losses, patience):
    for count in range(1, len(validation_losses) + 1):
        kept = np.argmin(validation_losses[:count])
        if count - 1 - kept >= patience:
            break
    return int(kept), count - 1


EQUIVALENTS = {
    "weights-at-rest": [
        lambda H, Y, Y_hat, lam, m, N: (H.T * (Y - Y_hat)).T * (m / lam / N),
        lambda H, Y, Y_hat, lam, m, N: m / (N * lam) * (Y.T * H - Y_hat.T * H),
        lambda H, Y, Y_hat, lam, m, N: -((Y_hat - Y).T * H / N) / (lam / m),
    ],
    "one-epoch": [by_the_package, sorted_first, by_recursion],
    "early-stopping": [by_array_operations, with_a_counter, prefix_by_prefix],
}

EQUIVALENT_SLIPS = {
    "one-epoch": {
        "for first in range(0, len(X), batch_size):": "there are as many inputs as row numbers",
        "for first in range(0, len(y), batch_size):": "there are as many targets as row numbers",
    },
}
