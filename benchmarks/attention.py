"""Items e1 and e2: scaled dot-product attention, batch 8, 4 heads, 128 positions of 64 features.

PyTorch has it ready-made and fused (``scaled_dot_product_attention``); written out in three lines it is another peer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from benchmarks.harness import BEST, Case, assert_equal
from dlmath.attention import attention, attention_backward

MUST = {
    ("e1", "float32"): {"torch SDPA": 1.35},
    ("e1", "float64"): {"torch SDPA": 1.1},
    ("e2", "float32"): {BEST: 1.0},
    ("e2", "float64"): {BEST: 1.0},
}


def cases() -> Iterator[Case]:
    for dtype in ("float32", "float64"):
        arrays = np.random.default_rng(0).standard_normal((4, 8, 4, 128, 64)).astype(dtype)
        grad_output, *inputs = arrays
        tensors = [torch.tensor(array, requires_grad=True) for array in inputs]
        functions = {"torch SDPA": torch.nn.functional.scaled_dot_product_attention, "torch written out": _written_out}
        check = partial(assert_equal, rtol=1e-4, atol=1e-5) if dtype == "float32" else None
        yield Case(
            item="e1",
            work=f"attention forward, batch 8, heads 4, T 128, d 64, {dtype}",
            ours=partial(_forward, inputs),
            peers={name: partial(_torch_forward, function, tensors) for name, function in functions.items()},
            must=MUST["e1", dtype],
            check=check,
        )
        yield Case(
            item="e2",
            work=f"attention forward and backward, batch 8, heads 4, T 128, d 64, {dtype}",
            ours=partial(_both, grad_output, inputs),
            peers={
                name: partial(_torch_both, function, torch.tensor(grad_output), tensors)
                for name, function in functions.items()
            },
            must=MUST["e2", dtype],
            check=check,
        )


def _forward(inputs):
    return attention(*inputs)[0]


def _both(grad_output, inputs):
    output, weights = attention(*inputs)
    return output, *attention_backward(grad_output, *inputs, output, weights)


def _written_out(Q, K, V):
    return torch.softmax(Q @ K.mT / math.sqrt(Q.shape[-1]), dim=-1) @ V


def _torch_forward(function, tensors):
    with torch.no_grad():
        return function(*tensors).numpy()


def _torch_both(function, grad_output, tensors):
    for tensor in tensors:
        tensor.grad = None
    output = function(*tensors)
    output.backward(grad_output)
    return output.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)
