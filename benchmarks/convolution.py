"""Items d1 and d2: one convolutional layer on a small batch of images, in single and double precision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from benchmarks.harness import Case, assert_equal
from dlmath.convolution import conv2d, conv2d_backward

MUST = {("d1", "float32"): 1.7, ("d2", "float32"): 0.75, ("d2", "float64"): 1.05}


def cases() -> Iterator[Case]:
    for dtype in ("float32", "float64"):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((32, 1, 28, 28)).astype(dtype)
        kernel = rng.standard_normal((8, 1, 5, 5)).astype(dtype)
        bias = rng.standard_normal(8).astype(dtype)
        grad_Y = rng.standard_normal((32, 8, 24, 24)).astype(dtype)
        tensors = [torch.tensor(array, requires_grad=True) for array in (X, kernel, bias)]
        for item, work, ours, theirs in (
            ("d1", "forward", partial(_forward, X, kernel, bias), partial(_torch_forward, tensors)),
            (
                "d2",
                "forward and backward",
                partial(_both, grad_Y, X, kernel, bias),
                partial(_torch_both, torch.tensor(grad_Y), tensors),
            ),
        ):
            limit = MUST.get((item, dtype))
            yield Case(
                item=item,
                work=f"conv2d {work}, 32×1×28×28, 8 kernels 5×5, {dtype}",
                ours=ours,
                peers={"torch": theirs},
                must={} if limit is None else {"torch": limit},
                # A gradient of the kernel adds up 18,432 products.
                check=partial(assert_equal, rtol=1e-3, atol=1e-2) if dtype == "float32" else None,
            )


def _forward(X, kernel, bias):
    return conv2d(X, kernel, bias)[0]


def _both(grad_Y, X, kernel, bias):
    Y, patches = conv2d(X, kernel, bias)
    return Y, *conv2d_backward(grad_Y, X, kernel, patches)


def _torch_forward(tensors):
    with torch.no_grad():
        return torch.nn.functional.conv2d(*tensors).numpy()


def _torch_both(grad_Y, tensors):
    for tensor in tensors:
        tensor.grad = None
    Y = torch.nn.functional.conv2d(*tensors)
    Y.backward(grad_Y)
    return Y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)
