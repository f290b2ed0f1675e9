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

    block = 16384
    p, m, v, g = (np.ones(theta.size) for _ in range(4))
    work = np.empty(block)

    def floor():
        """The twelve passes over the entries, on blocks that stay in the cache."""
        for start in range(0, theta.size, block):
            p_, m_, v_, g_ = (vector[start : start + block] for vector in (p, m, v, g))
            w = work[: p_.size]
            np.multiply(m_, 0.9, out=m_)
            np.multiply(g_, 0.1, out=w)
            np.add(m_, w, out=m_)
            np.multiply(v_, 0.999, out=v_)
            np.multiply(g_, g_, out=w)
            np.multiply(w, 0.001, out=w)
            np.add(v_, w, out=v_)
            np.sqrt(v_, out=w)
            np.add(w, 1e-8, out=w)
            np.divide(m_, w, out=w)
            np.multiply(w, 1e-3, out=w)
            np.subtract(p_, w, out=p_)

    yield Case(
        item="h",
        work="one step of Adam, 1 M parameters",
        ours=ours,
        peers={"torch.optim.Adam": with_torch},
        floor=floor,
        memory=theta.nbytes,
    )
