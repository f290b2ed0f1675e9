"""Item h: one step of Adam on a million parameters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.harness import Case
from dlmath.optimizers import adam_step_in_place


def cases() -> Iterator[Case]:
    rng = np.random.default_rng(0)
    theta, gradient = rng.standard_normal((2, 1_000_000))
    tensor = torch.tensor(theta, requires_grad=True)
    tensor.grad = torch.tensor(gradient)
    optimizer = torch.optim.Adam([tensor], lr=1e-3)
    state = adam_step_in_place(theta, gradient, None, 1e-3)
    optimizer.step()

    def ours():
        nonlocal state
        state = adam_step_in_place(theta, gradient, state, 1e-3)
        return theta

    def with_torch():
        optimizer.step()
        return tensor.detach().numpy()

    yield Case(
        item="h",
        work="one step of Adam, 1 M parameters",
        ours=ours,
        peers={"torch.optim.Adam": with_torch},
        must={"torch.optim.Adam": 0.9},
        memory=theta.nbytes,
    )
