"""Items d1 and d2: one convolutional layer on a small batch of images, in single and double precision."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.harness import Case, assert_equal
from dlmath.convolution import conv2d, conv2d_backward


def cases() -> Iterator[Case]:
    for dtype in ("float32", "float64"):
        rng = np.random.default_rng(0)
        X = rng.standard_normal((32, 1, 28, 28)).astype(dtype)
        kernel = rng.standard_normal((8, 1, 5, 5)).astype(dtype)
        bias = rng.standard_normal(8).astype(dtype)
        grad_Y = rng.standard_normal((32, 8, 24, 24)).astype(dtype)
        tensors = [torch.tensor(array, requires_grad=True) for array in (X, kernel, bias)]
        for item, work, ours, theirs, floor in (
            (
                "d1",
                "forward",
                partial(_forward, X, kernel, bias),
                partial(_torch_forward, tensors),
                partial(_forward_floor, X, kernel, bias),
            ),
            (
                "d2",
                "forward and backward",
                partial(_both, grad_Y, X, kernel, bias),
                partial(_torch_both, torch.tensor(grad_Y), tensors),
                partial(_both_floor, grad_Y, X, kernel, bias),
            ),
        ):
            yield Case(
                item=item,
                work=f"conv2d {work}, 32×1×28×28, 8 kernels 5×5, {dtype}",
                ours=ours,
                peers={"torch": theirs},
                floor=floor,
                # A gradient of the kernel adds up 18,432 products.
                check=partial(assert_equal, rtol=1e-3, atol=1e-2) if dtype == "float32" else None,
            )


def _forward(X, kernel, bias):
    return conv2d(X, kernel, bias)[0]


def _both(grad_Y, X, kernel, bias):
    Y, patches = conv2d(X, kernel, bias)
    return Y, *conv2d_backward(grad_Y, X, kernel, patches)


def _forward_floor(X, kernel, bias):
    return _patches_floor(X, kernel, bias)[0]


def _patches_floor(X, kernel, bias):
    """One copy of the patches, one product, one sum."""
    windows = sliding_window_view(X, (5, 5), axis=(2, 3))
    patches = windows.transpose(0, 1, 4, 5, 2, 3).reshape(32, 25, 576)
    Y = kernel.reshape(8, 25) @ patches
    np.add(Y, bias[:, np.newaxis], out=Y)
    return Y.reshape(32, 8, 24, 24), patches


def _both_floor(grad_Y, X, kernel, bias):
    """Two products more, and every place of the kernel added once to the image.

    The gradient of the images is part of the result: PyTorch is asked for it too.
    """
    Y, patches = _patches_floor(X, kernel, bias)
    G = grad_Y.reshape(32, 8, 576)
    grad_kernel = (G @ patches.transpose(0, 2, 1)).sum(axis=0)
    grad_bias = G.sum(axis=(0, 2))
    passed_back = (kernel.reshape(8, 25).T @ G).reshape(32, 5, 5, 24, 24)
    by_column = np.zeros((32, 5, 28, 24), X.dtype)
    for m in range(5):
        by_column[:, :, m : m + 24] += passed_back[:, m]
    grad_X = np.zeros((32, 28, 28), X.dtype)
    for n in range(5):
        grad_X[:, :, n : n + 24] += by_column[:, n]
    return Y, grad_X.reshape(X.shape), grad_kernel.reshape(kernel.shape), grad_bias


def _torch_forward(tensors):
    with torch.no_grad():
        return torch.nn.functional.conv2d(*tensors).numpy()


def _torch_both(grad_Y, tensors):
    for tensor in tensors:
        tensor.grad = None
    Y = torch.nn.functional.conv2d(*tensors)
    Y.backward(grad_Y)
    return Y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)
