"""The exercises on convolution, solved by the convolution theorem, by the matrix, by windows and by loops."""

import numpy as np
import sympy as sp
from numpy.lib.stride_tricks import sliding_window_view

from dlmath import convolution


def by_the_convolution_theorem(image, kernel):
    size = np.add(image.shape, kernel.shape) - 1
    product = np.fft.rfft2(image, size) * np.fft.rfft2(kernel[::-1, ::-1], size)
    rows, columns = kernel.shape
    return np.fft.irfft2(product, size)[rows - 1 : image.shape[0], columns - 1 : image.shape[1]]


def in_plain_python(image, kernel):
    (H, W), (a, b) = image.shape, kernel.shape
    rows = []
    for i in range(H - a + 1):
        rows.append([])
        for j in range(W - b + 1):
            rows[i].append(sum(float(image[i + m, j + n] * kernel[m, n]) for m in range(a) for n in range(b)))
    return np.array(rows)


def by_windows(image, kernel):
    return np.tensordot(sliding_window_view(image, kernel.shape), kernel, axes=2)


def by_the_matrix(grad_result, image):
    """The image as a vector, multiplied by the matrix of a kernel that is the gradient."""
    shape = np.subtract(image.shape, grad_result.shape) + 1
    return (convolution.correlation_matrix(grad_result, *image.shape) @ image.ravel()).reshape(shape)


def result_by_result(grad_result, image):
    """Each result leaves its patch, weighted, in the gradient."""
    a, b = grad_result.shape
    rows, columns = image.shape[0] - a + 1, image.shape[1] - b + 1
    return sum(grad_result[i, j] * image[i : i + rows, j : j + columns] for i in range(a) for j in range(b))


def by_differences(grad_result, image):
    """The loss is linear in the kernel: its value at the unit kernels is the gradient."""
    shape = tuple(np.subtract(image.shape, grad_result.shape) + 1)
    units = np.eye(np.prod(shape)).reshape(-1, *shape)
    return np.array([np.sum(grad_result * by_windows(image, unit)) for unit in units]).reshape(shape)


EQUIVALENTS = {
    "places-with-gaps": [
        lambda n, k, d, p, s: (n + 2 * p - d * k + d - 1 + s) / s,
        lambda n, k, d, p, s: 1 + (n - 1) / s + 2 * p / s - d * (k - 1) / s,
        lambda n, k, d, p, s: sp.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1,
        lambda n, k, d, p, s: (n + 2 * p - d * (k - 1) - 1) // s + 1,
        lambda n, k, d, p, s: sp.ceiling((n + 2 * p - d * (k - 1)) / s),
    ],
    "receptive-field": [
        lambda L, k, s: 1 + (k - 1) * (1 - s**L) / (1 - s),
        lambda L, k, s: (s - 1 + (k - 1) * (s**L - 1)) / (s - 1),
        lambda L, k, s: k + (k - 1) * s * (s ** (L - 1) - 1) / (s - 1),
    ],
    "correlate": [by_the_convolution_theorem, in_plain_python, by_windows],
    "kernel-gradient": [by_the_matrix, result_by_result, by_differences, lambda G, image: by_windows(image, G)],
}
