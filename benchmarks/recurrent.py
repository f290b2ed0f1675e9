"""Item f: a recurrent network forward and back through time, 50 steps, batch 32, 64 hidden units."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from benchmarks.harness import Case
from dlmath.recurrent import rnn, rnn_backward


def cases() -> Iterator[Case]:
    N, T, n_in, n_hidden = 32, 50, 64, 64
    rng = np.random.default_rng(0)
    X, h_0 = rng.standard_normal((N, T, n_in)), rng.standard_normal((N, n_hidden))
    W_x, W_h = rng.standard_normal((n_hidden, n_in)) / 8, rng.standard_normal((n_hidden, n_hidden)) / 8
    b, grad_H = rng.standard_normal(n_hidden), rng.standard_normal((N, T, n_hidden))

    module = torch.nn.RNN(n_in, n_hidden, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        module.weight_ih_l0.copy_(torch.tensor(W_x))
        module.weight_hh_l0.copy_(torch.tensor(W_h))
        module.bias_ih_l0.copy_(torch.tensor(b))
        module.bias_hh_l0.zero_()
    inputs = torch.tensor(X, requires_grad=True), torch.tensor(h_0[np.newaxis], requires_grad=True)
    tensors = *inputs, module.weight_ih_l0, module.weight_hh_l0, module.bias_ih_l0
    grad_states = torch.tensor(grad_H)

    def ours():
        H = rnn(X, h_0, W_x, W_h, b)
        return H, *rnn_backward(grad_H, H, X, h_0, W_x, W_h)

    def with_torch():
        for tensor in tensors:
            tensor.grad = None
        module.bias_hh_l0.grad = None
        H, _ = module(*inputs)
        H.backward(grad_states)
        grad_X, grad_h_0, *others = (tensor.grad.numpy() for tensor in tensors)
        return H.detach().numpy(), grad_X, grad_h_0[0], *others

    yield Case(
        item="f",
        work="tanh RNN, forward and back through time, T 50, batch 32, hidden 64",
        ours=ours,
        peers={"torch.nn.RNN": with_torch},
        must={"torch.nn.RNN": 0.5},
    )
