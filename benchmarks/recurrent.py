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

    small, states, one = np.empty((N, n_hidden)), np.empty((N * T, n_hidden)), np.zeros((N, n_hidden))
    rows = X.reshape(-1, n_in)

    def floor():
        """The products and passes of every time, each once, forward and back."""
        np.matmul(rows, W_x.T, out=states)
        np.add(states, b, out=states)
        H = states.reshape(N, T, n_hidden)
        for t in range(T):
            np.matmul(one, W_h, out=small)
            np.add(small, H[:, t], out=small)
            np.tanh(small, out=H[:, t])
        for t in range(T):
            np.add(grad_H[:, t], one, out=small)
            np.multiply(H[:, t], H[:, t], out=small)
            np.subtract(1, small, out=small)
            np.multiply(small, one, out=small)
            np.matmul(small, W_h, out=small)
        np.matmul(states.T, rows)
        np.matmul(states.T, rows)
        np.matmul(states, W_x)
        np.sum(states, axis=0)

    yield Case(
        item="f",
        work="tanh RNN, forward and back through time, T 50, batch 32, hidden 64",
        ours=ours,
        peers={"torch.nn.RNN": with_torch},
        floor=floor,
    )
