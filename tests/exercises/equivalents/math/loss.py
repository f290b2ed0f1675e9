"""The answers of the chapter, written in another way."""

import numpy as np

from dlmath import losses


def sample_by_sample(predictions, targets):
    total = 0.0
    for prediction, target in zip(predictions, targets):
        for one, other in zip(prediction, target):
            total += (one - other) ** 2
    return total / predictions.shape[0]


def entry_by_entry(predictions, targets):
    gradient = np.empty_like(predictions)
    samples, outputs = predictions.shape
    for i in range(samples):
        for j in range(outputs):
            gradient[i, j] = 2 / samples * (predictions[i, j] - targets[i, j])
    return gradient


def in_a_copy(predictions, targets):
    gradient = predictions.copy()
    gradient -= targets
    gradient *= 2
    gradient /= predictions.shape[0]
    return gradient


EQUIVALENTS = {
    "linear-mse-gradient": [
        lambda N, X, w, y: (2 / N) * ((X.T * X) * w - X.T * y),
        lambda N, X, w, y: -2 / N * X.T * (y - X * w),
        lambda N, X, w, y: 2 * ((X * w - y).T * X).T / N,
    ],
    "mean-squared-error": [
        losses.mse,
        sample_by_sample,
        lambda p, t: np.mean(np.sum((p - t) ** 2, axis=1)),
        lambda p, t: np.linalg.norm(p - t) ** 2 / p.shape[0],
        lambda p, t: float(np.einsum("ij,ij->", p - t, p - t)) / len(t),
        lambda p, t: np.trace((p - t) @ (p - t).T) / len(p),
        lambda p, t: np.sum(np.square(p.astype(np.float32) - t.astype(np.float32))) / np.float32(len(p)),
    ],
    "mse-gradient": [
        losses.mse_grad,
        entry_by_entry,
        in_a_copy,
        lambda p, t: -2 / t.shape[0] * (t - p),
        lambda p, t: (2 * p - 2 * t) / len(p),
        lambda p, t: np.float32(2) * (p.astype(np.float32) - t.astype(np.float32)) / np.float32(len(p)),
    ],
}

EQUIVALENT_SLIPS = {
    "mean-squared-error": {
        "return np.sum((predictions - targets) ** 2) / len(targets)": "Both have N rows.",
        "return np.sum((targets - predictions) ** 2) / len(predictions)": "The square does not see the sign.",
    },
    "mse-gradient": {
        "return 2 * (predictions - targets) / len(targets)": "Both have N rows.",
    },
}
