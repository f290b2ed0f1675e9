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

    yield Case(
        item="g",
        work="softmax cross-entropy, forward and backward, 1024 × 1000",
        ours=lambda: categorical_cross_entropy_from_logits_with_grad(logits, labels),
        peers={"torch": with_torch},
        must={"torch": 0.8},
        memory=int(1.1 * logits.nbytes),  # one array of this shape, and some of its length
    )
