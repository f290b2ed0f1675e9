"""Items e1 and e2: scaled dot-product attention, batch 8, 4 heads, 128 positions of 64 features.

PyTorch has it ready-made and fused (``scaled_dot_product_attention``); written out in three lines it is another peer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from benchmarks.harness import Case, assert_equal
from dlmath.attention import attention, attention_backward


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
            floor=partial(_forward_floor, inputs, *_scratch(inputs)),
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
            floor=partial(_both_floor, grad_output, inputs, *_scratch(inputs)),
            check=check,
        )


def _forward(inputs):
    return attention(*inputs)[0]


def _both(grad_output, inputs):
    output, weights = attention(*inputs)
    return output, *attention_backward(grad_output, *inputs, output, weights)


def _scratch(inputs):
    Q, K, V = inputs
    return np.empty((*Q.shape[:-1], K.shape[-2]), Q.dtype), np.empty((*Q.shape[:-1], 1), Q.dtype), np.empty_like(V)


def _forward_floor(inputs, scores, totals, output):
    """Two products, and softmax without a shift."""
    Q, K, V = inputs
    np.matmul(Q, K.swapaxes(-1, -2), out=scores)
    np.exp(scores, out=scores)
    np.sum(scores, axis=-1, keepdims=True, out=totals)
    np.divide(scores, totals, out=scores)
    np.matmul(scores, V, out=output)


def _both_floor(grad_output, inputs, scores, totals, output):
    """Four products more, and the slope of the softmax."""
    Q, K, V = inputs
    _forward_floor(inputs, scores, totals, output)
    grad_scores = np.matmul(grad_output, V.swapaxes(-1, -2))
    np.subtract(grad_scores, np.vecdot(grad_output, output)[..., np.newaxis], out=grad_scores)
    np.multiply(grad_scores, scores, out=grad_scores)
    np.matmul(scores.swapaxes(-1, -2), grad_output)
    np.matmul(grad_scores, K)
    np.matmul(grad_scores.swapaxes(-1, -2), Q)


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
