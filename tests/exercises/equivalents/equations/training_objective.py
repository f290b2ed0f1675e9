"""The exercises on the training objective, solved by the package, by array operations and by recursion."""

import numpy as np

from dlmath import network
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


def by_the_network(X, labels, W1, b1, W2, b2):
    """The package's own loss and gradient, for a flat vector."""
    sizes = [W1.shape[1], len(b1), len(b2)]
    theta = network.pack([(W1, b1), (W2, b2)])
    loss = "categorical_cross_entropy_from_logits"
    _, gradient = network.loss_and_gradient(theta, sizes, X, labels, ["relu", "identity"], loss=loss)
    (grad_W1, grad_b1), (grad_W2, grad_b2) = network.unpack(gradient, sizes)
    return grad_W1, grad_b1, grad_W2, grad_b2


def image_by_image(X, labels, W1, b1, W2, b2):
    sums = [np.zeros_like(p) for p in (W1, b1, W2, b2)]
    for x, label in zip(X, labels):
        z = W1 @ x + b1
        h = z * (z > 0)
        scores = W2 @ h + b2
        signal = np.exp(scores - np.logaddexp.reduce(scores))
        signal[label] -= 1
        below = (W2.T @ signal) * (z > 0)
        for total, part in zip(sums, (np.outer(below, x), below, np.outer(signal, h), signal)):
            total += part / len(X)
    return sums


def with_einsum(X, labels, W1, b1, W2, b2):
    Z = np.einsum("ni,hi->nh", X, W1) + b1
    H = np.where(Z > 0, Z, 0)
    S = H @ W2.T + b2
    S = np.exp(S - np.max(S, axis=1)[:, None])
    S /= np.sum(S, axis=1)[:, None]
    S[np.arange(len(labels)), labels] -= 1
    D = np.where(Z > 0, np.einsum("nk,kh->nh", S, W2), 0) / len(X)
    return np.einsum("nh,ni->hi", D, X), D.sum(0), np.einsum("nk,nh->kh", S, H) / len(X), S.mean(0)


def trained(hidden, steps, step_size, batch):
    """Another network, another optimizer, and another order of the images."""

    def train(X, labels, X_new):
        rng = np.random.default_rng(1)
        weights = rng.normal(0, 0.15, (hidden, 64)), rng.normal(0, 0.1, (10, hidden))
        parameters = [weights[0], np.zeros(hidden), weights[1], np.zeros(10)]
        velocities = [np.zeros_like(p) for p in parameters]
        for _ in range(steps):
            rows = rng.integers(0, len(X), batch)
            for p, v, g in zip(parameters, velocities, with_einsum(X[rows], labels[rows], *parameters)):
                v *= 0.9
                v -= step_size * g
                p += v
        W1, b1, W2, b2 = parameters
        return np.argmax(np.maximum(X_new @ W1.T + b1, 0) @ W2.T + b2, axis=1)

    return train


def nearest(X, labels, X_new):
    """No network at all: the label of the nearest image. It is judged by what it reaches."""
    distances = (X_new**2).sum(axis=1)[:, None] - 2 * X_new @ X.T + (X**2).sum(axis=1)
    return labels[distances.argmin(axis=1)]


EQUIVALENTS = {
    "classifier-gradients": [by_the_network, image_by_image, with_einsum],
    "read-digits": [trained(64, 1500, 0.1, 32), trained(100, 1200, 0.1, 64), nearest],
    "weights-at-rest": [
        lambda H, Y, Y_hat, lam, m, N: (H.T * (Y - Y_hat)).T * (m / lam / N),
        lambda H, Y, Y_hat, lam, m, N: m / (N * lam) * (Y.T * H - Y_hat.T * H),
        lambda H, Y, Y_hat, lam, m, N: -((Y_hat - Y).T * H / N) / (lam / m),
    ],
    "one-epoch": [by_the_package, sorted_first, by_recursion],
    "early-stopping": [by_array_operations, with_a_counter, prefix_by_prefix],
}

_SAMPLES = "All of these have N rows."

EQUIVALENT_SLIPS = {
    "classifier-gradients": {
        **{
            f"delta2 = (shares - np.eye(len(b2))[labels]) / len({rows})": _SAMPLES
            for rows in ("H", "exponentials", "labels", "scores", "shares")
        },
        "delta2 = (shares - np.eye(len(W2))[labels]) / len(X)": "Both have one row a class.",
    },
    "one-epoch": {
        "for first in range(0, len(X), batch_size):": "there are as many inputs as row numbers",
        "for first in range(0, len(y), batch_size):": "there are as many targets as row numbers",
    },
}
