"""Item g: the loss of a classifier with many classes, and its gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.harness import Case
from dlmath.losses import categorical_cross_entropy_from_logits_with_grad


def cases() -> Iterator[Case]:
    rng = np.random.default_rng(0)
    count, classes = 1024, 1000
    logits = 3 * rng.standard_normal((count, classes))
    labels = rng.integers(0, classes, count)
    tensor, tensor_labels = torch.tensor(logits, requires_grad=True), torch.tensor(labels)

    def with_torch():
        tensor.grad = None
        loss = torch.nn.functional.cross_entropy(tensor, tensor_labels)
        loss.backward()
        return loss.item(), tensor.grad.numpy()

    scratch, column = np.empty_like(logits), np.empty((count, 1))

    def floor():
        """Largest, shift, exponential, sum and quotient of a softmax, once each."""
        np.max(logits, axis=1, keepdims=True, out=column)
        np.subtract(logits, column, out=scratch)
        np.exp(scratch, out=scratch)
        np.sum(scratch, axis=1, keepdims=True, out=column)
        np.divide(scratch, count * column, out=scratch)

    yield Case(
        item="g",
        work="softmax cross-entropy, forward and backward, 1024 × 1000",
        ours=lambda: categorical_cross_entropy_from_logits_with_grad(logits, labels),
        peers={"torch": with_torch},
        floor=floor,
        memory=int(1.1 * logits.nbytes),  # one array of this shape, and some of its length
    )
