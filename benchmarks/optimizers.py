"""Item h: one step of Adam on a million parameters."""

from __future__ import annotations

import math
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
    p, m, v = theta.copy(), state.first_moment.copy(), state.second_moment.copy()
    work, t = np.empty(block), state.step

    def floor():
        """On blocks that stay in the cache."""
        nonlocal t
        t += 1
        for start in range(0, theta.size, block):
            p_, g_, m_, v_ = (vector[start : start + block] for vector in (p, gradient, m, v))
            adam_passes(p_, g_, m_, v_, work[: p_.size], 1e-3, t)
        return p

    yield Case(
        item="h",
        work="one step of Adam, 1 M parameters",
        ours=ours,
        peers={"torch.optim.Adam": with_torch},
        floor=floor,
        memory=theta.nbytes,
    )


def adam_passes(
    theta: np.ndarray,
    gradient: np.ndarray,
    m: np.ndarray,
    v: np.ndarray,
    work: np.ndarray,
    learning_rate: float,
    t: int,
) -> None:
    """The step numbered t in twelve passes over the entries, the corrections of the moments in two numbers."""
    root = math.sqrt(1 - 0.999**t)
    np.multiply(m, 0.9, out=m)
    np.multiply(gradient, 1 - 0.9, out=work)
    np.add(m, work, out=m)
    np.multiply(v, 0.999, out=v)
    np.multiply(gradient, gradient, out=work)
    np.multiply(work, 1 - 0.999, out=work)
    np.add(v, work, out=v)
    np.sqrt(v, out=work)
    np.add(work, 1e-8 * root, out=work)
    np.divide(m, work, out=work)
    np.multiply(work, learning_rate * root / (1 - 0.9**t), out=work)
    np.subtract(theta, work, out=theta)
