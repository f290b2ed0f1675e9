"""The exercises on convolution, solved by the convolution theorem and by the matrix form."""

import numpy as np

from dlmath import convolution


def correlate(image, kernel):
    size = np.add(image.shape, kernel.shape) - 1
    product = np.fft.rfft2(image, size) * np.fft.rfft2(kernel[::-1, ::-1], size)
    rows, columns = kernel.shape
    return np.fft.irfft2(product, size)[rows - 1 : image.shape[0], columns - 1 : image.shape[1]]


def kernel_gradient(grad_result, image):
    """The image as a vector, multiplied by the matrix of a kernel that is the gradient."""
    shape = np.subtract(image.shape, grad_result.shape) + 1
    return (convolution.correlation_matrix(grad_result, *image.shape) @ image.ravel()).reshape(shape)


EQUIVALENTS = {
    "convolution-output-length": [lambda n, k, p, s: (n + 2 * p - k + s) / s],
    "correlate": [correlate],
    "kernel-gradient": [kernel_gradient],
}
