"""Convolution in two dimensions, as deep learning uses the word: the kernel is slid over the image without a flip.

``cross_correlation`` and ``convolution`` are the two sums of the textbooks, for one image and one kernel.
``conv2d`` is the layer: a batch of images with channels, several kernels, stride and padding, with its backward pass.
``max_pool2d`` makes its results coarser.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from dlmath import _check as check
from dlmath._stable import total


@check.overflowing
def cross_correlation(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    r"""Cross-correlation, :math:`S(i, j) = \sum_m \sum_n I(i + m,\, j + n)\, K(m, n)`, where the kernel fits the image.

    Args:
        image: :math:`I`, shape ``(H, W)``; complex for the complex step.
        kernel: :math:`K`, shape ``(kH, kW)``, no larger than the image.

    Returns:
        :math:`S`, shape ``(H - kH + 1, W - kW + 1)``.

    Example:
        >>> cross_correlation(np.array([[1.0, 2.0, 4.0]]), np.array([[-1.0, 1.0]]))
        array([[1., 2.]])
    """
    image, kernel = check.in_one_precision(image, kernel)
    image = check.array("image", image, ("H", "W"), analytic=True)
    kernel = check.array("kernel", kernel, ("kH", "kW"), analytic=True)
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError(f"kernel must fit the image, of shape {image.shape}, got shape {kernel.shape}")
    return np.einsum("ijmn,mn->ij", sliding_window_view(image, kernel.shape), kernel)


def convolution(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    r"""Convolution, :math:`S(i, j) = \sum_m \sum_n I(i - m,\, j - n)\, K(m, n)`, where the kernel fits the image.

    It is the cross-correlation with the kernel flipped in both directions: the first output is the one with
    :math:`i = kH - 1` and :math:`j = kW - 1`.

    Args:
        image: :math:`I`, shape ``(H, W)``; complex for the complex step.
        kernel: :math:`K`, shape ``(kH, kW)``, no larger than the image.

    Returns:
        :math:`S`, shape ``(H - kH + 1, W - kW + 1)``.

    Example:
        >>> convolution(np.array([[1.0, 2.0, 4.0]]), np.array([[-1.0, 1.0]]))
        array([[-1., -2.]])
    """
    image, kernel = check.in_one_precision(image, kernel)
    kernel = check.array("kernel", kernel, ("kH", "kW"), analytic=True)
    return cross_correlation(image, kernel[::-1, ::-1])


def correlation_matrix(kernel: np.ndarray, height: int, width: int) -> np.ndarray:
    r"""The matrix :math:`\mathbf T` with :math:`\operatorname{vec} S = \mathbf T \operatorname{vec} I`, vec row by row.

    It is doubly blocked Toeplitz: block (i, p) holds row p - i of the kernel on its diagonals, and is zero where the
    kernel has no such row. :math:`\mathbf T^T` pulls a gradient back to the image.

    Args:
        kernel: :math:`K`, shape ``(kH, kW)``.
        height: H of the image, at least kH.
        width: W of the image, at least kW.

    Returns:
        :math:`\mathbf T`, shape ``((H - kH + 1) * (W - kW + 1), H * W)``, mostly zeros.

    Example:
        >>> correlation_matrix(np.array([[-1.0, 1.0]]), 1, 3)
        array([[-1.,  1.,  0.],
               [ 0., -1.,  1.]])
    """
    kernel = check.array("kernel", kernel, ("kH", "kW"), analytic=True)
    height, width = check.integer("height", height, least=1), check.integer("width", width, least=1)
    kernel_height, kernel_width = kernel.shape
    if height < kernel_height or width < kernel_width:
        raise ValueError(
            f"height and width must not be less than those of the kernel, of shape {kernel.shape}, "
            f"got {height} and {width}"
        )
    rows, columns = height - kernel_height + 1, width - kernel_width + 1
    matrix = np.zeros((rows, columns, height, width), dtype=kernel.dtype)
    for i in range(rows):
        for j in range(columns):
            matrix[i, j, i : i + kernel_height, j : j + kernel_width] = kernel
    return matrix.reshape(rows * columns, height * width)


def output_size(size: int, kernel_size: int, stride: int = 1, padding: int | str = 0) -> int:
    r"""How many places a kernel has along one axis, :math:`\lfloor (n + 2p - k) / s \rfloor + 1`.

    Args:
        size: n, the length of the image along the axis.
        kernel_size: k, that of the kernel.
        stride: s, the distance between neighbouring places.
        padding: p, the zeros added at either end; or ``"same"``, with which the output is as long as the image.

    Raises:
        ValueError: as everywhere, ``"same"`` with a stride other than 1, or a kernel longer than the padded image.

    Example:
        >>> output_size(28, 5), output_size(28, 5, stride=2, padding=2), output_size(28, 4, padding="same")
        (24, 14, 28)
    """
    size = check.integer("size", size, least=1)
    kernel_size = check.integer("kernel_size", kernel_size, least=1)
    stride = check.integer("stride", stride, least=1)
    padded = size + sum(_margins(kernel_size, stride, padding))
    if kernel_size > padded:
        raise ValueError(f"kernel_size must not be larger than the padded size, {padded}, got {kernel_size}")
    return (padded - kernel_size) // stride + 1


@check.overflowing
def conv2d(
    X: np.ndarray, kernel: np.ndarray, bias: np.ndarray, stride: int = 1, padding: int | str = 0
) -> tuple[np.ndarray, np.ndarray]:
    r"""The convolutional layer (LeCun et al., 1989): cross-correlation of every image with every kernel.

    .. math::
        Y_o(i, j) = b_o + \sum_c \sum_m \sum_n X_c(s\,i + m - p,\; s\,j + n - p)\, K_{o,c}(m, n),

    with channels c, kernels o, stride s, padding p, and X = 0 outside the image. The patches of an image that the
    kernel meets are written as the columns of a matrix ("im2col"); then all the sums are one matrix product, kernels as
    rows times patches.

    Args:
        X: a batch of images, shape ``(N, C_in, H, W)``; complex for the complex step.
        kernel: K, shape ``(C_out, C_in, kH, kW)``.
        bias: b, shape ``(C_out,)``.
        stride: s, the distance between neighbouring places of the kernel.
        padding: p, the zeros added on each side; or ``"same"``, for stride 1: the output is as large as the image. An
            even kernel of length k has no middle; it then gets k/2 - 1 zeros before the image and k/2 behind it, as in
            PyTorch and TensorFlow.

    Returns:
        ``(Y, patches)``: Y, shape ``(N, C_out, H_out, W_out)`` with the sizes of ``output_size``; and the patches,
        shape ``(N, C_in * kH * kW, H_out * W_out)``, which the backward pass needs.

    Example:
        >>> X, kernel = np.array([[[[1.0, 2.0, 4.0]]]]), np.array([[[[-1.0, 1.0]]]])
        >>> Y, patches = conv2d(X, kernel, np.array([0.5]))
        >>> Y
        array([[[[1.5, 2.5]]]])
        >>> patches
        array([[[1., 2.],
                [2., 4.]]])
    """
    X, kernel, bias = check.in_one_precision(X, kernel, bias)
    X, kernel, height, width = _images_and_kernel(X, kernel, stride, padding)
    N, C_out = len(X), len(kernel)
    bias = check.array("bias", bias, (C_out,), analytic=True, beside=("kernel", kernel))
    padded = _padded(X, _frame(kernel, stride, padding))
    windows = sliding_window_view(padded, kernel.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    patches = windows.transpose(0, 1, 4, 5, 2, 3).reshape(N, kernel[0].size, height * width)
    Y = np.empty((N, C_out, height * width), np.result_type(X, kernel, bias))
    np.matmul(kernel.reshape(C_out, -1), patches, out=Y)
    Y += bias[:, np.newaxis]
    return Y.reshape(N, C_out, height, width), patches


@check.overflowing
def conv2d_backward(
    grad_Y: np.ndarray,
    X: np.ndarray,
    kernel: np.ndarray,
    patches: np.ndarray,
    stride: int = 1,
    padding: int | str = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Pull a gradient back through the convolutional layer.

    With :math:`G = \partial L/\partial Y`, and for the kernel and the bias also summed over the images of the batch,

    .. math::
        \frac{\partial L}{\partial K_{o,c}(m, n)} &= \sum_{i,j} G_o(i, j)\, X_c(s\,i + m - p,\; s\,j + n - p), \qquad
        \frac{\partial L}{\partial b_o} = \sum_{i,j} G_o(i, j), \\
        \frac{\partial L}{\partial X_c(u, v)}
            &= \sum_{o,m,n} G_o(i, j)\, K_{o,c}(m, n) \quad\text{where } s\,i + m - p = u,\; s\,j + n - p = v .

    Args:
        grad_Y: gradient with respect to the layer's output, shape ``(N, C_out, H_out, W_out)``.
        X: the images the layer was given, shape ``(N, C_in, H, W)``.
        kernel: its kernels, shape ``(C_out, C_in, kH, kW)``.
        patches: the patches it returned, shape ``(N, C_in * kH * kW, H_out * W_out)``.
        stride: its stride.
        padding: its padding.

    Returns:
        The gradients ``(grad_X, grad_kernel, grad_bias)``, each of the shape of what it differentiates.

    Example:
        >>> X, kernel = np.array([[[[1.0, 2.0, 4.0]]]]), np.array([[[[-1.0, 1.0]]]])
        >>> Y, patches = conv2d(X, kernel, np.array([0.5]))
        >>> grad_X, grad_kernel, grad_bias = conv2d_backward(np.array([[[[1.0, 10.0]]]]), X, kernel, patches)
        >>> grad_X.ravel(), grad_kernel.ravel(), grad_bias
        (array([-1., -9., 10.]), array([21., 42.]), array([11.]))
    """
    X, kernel = check.in_one_precision(X, kernel)
    X, kernel, height, width = _images_and_kernel(X, kernel, stride, padding)
    (N, C_in, H, W), (C_out, _, kernel_height, kernel_width) = X.shape, kernel.shape
    grad_Y = check.array("grad_Y", grad_Y, (N, C_out, height, width), analytic=True, beside=("X", X))
    patches = check.array("patches", patches, (N, kernel[0].size, height * width), analytic=True, beside=("X", X))
    grad_Y, patches = check.in_precision_of(grad_Y, X, kernel), check.in_precision_of(patches, X, kernel)
    G = grad_Y.reshape(N, C_out, height * width)
    grad_kernel = total(G @ patches.transpose(0, 2, 1), axis=0).reshape(kernel.shape)
    # What each output passes back is added to the places it was computed from ("col2im"), for one row m of the kernel
    # at a time. Its columns go to the same rows of the image: they are added there first, and shifted sideways after.
    top, bottom, left, right = _frame(kernel, stride, padding)
    by_column = np.zeros((N, C_in, kernel_width, top + H + bottom, width), np.result_type(G, kernel))
    for m in range(kernel_height):
        passed_back = kernel[:, :, m].reshape(C_out, C_in * kernel_width).T @ G
        rows = slice(m, m + stride * height, stride)
        by_column[:, :, :, rows] += passed_back.reshape(N, C_in, kernel_width, height, width)
    grad_padded = np.zeros((N, C_in, top + H + bottom, left + W + right), by_column.dtype)
    for n in range(kernel_width):
        columns = slice(n, n + stride * width, stride)
        grad_padded[:, :, :, columns] += by_column[:, :, n]
    return (
        grad_padded[:, :, top : top + H, left : left + W],
        grad_kernel,
        total(total(G, axis=2), axis=0),
    )


def _images_and_kernel(
    X: np.ndarray, kernel: np.ndarray, stride: int, padding: int | str
) -> tuple[np.ndarray, np.ndarray, int, int]:
    """The checked arrays, and the height and width of the output."""
    kernel = check.array("kernel", kernel, ("C_out", "C_in", "kH", "kW"), analytic=True)
    _, C_in, kernel_height, kernel_width = kernel.shape
    X = check.array("X", X, ("N", C_in, "H", "W"), analytic=True, beside=("kernel", kernel))
    stride = check.integer("stride", stride, least=1)
    top, bottom, left, right = _frame(kernel, stride, padding)
    if kernel_height > top + X.shape[2] + bottom or kernel_width > left + X.shape[3] + right:
        raise ValueError(f"kernel must fit the padded images of X, of shape {X.shape}, got shape {kernel.shape}")
    height = output_size(X.shape[2], kernel_height, stride, padding)
    width = output_size(X.shape[3], kernel_width, stride, padding)
    return X, kernel, height, width


def _margins(kernel_size: int, stride: int, padding: int | str) -> tuple[int, int]:
    """The zeros before and behind the image along one axis."""
    if not isinstance(padding, str):
        padding = check.integer("padding", padding)
        return padding, padding
    check.choice("padding", padding, ["same"])
    if stride != 1:
        raise ValueError(f"padding must be an integer for a stride other than 1, got 'same' with stride {stride}")
    return (kernel_size - 1) // 2, kernel_size // 2


def _frame(kernel: np.ndarray, stride: int, padding: int | str) -> tuple[int, int, int, int]:
    """The zeros above, below, to the left and to the right of the image."""
    _, _, kernel_height, kernel_width = kernel.shape
    return *_margins(kernel_height, stride, padding), *_margins(kernel_width, stride, padding)


def _padded(X: np.ndarray, frame: tuple[int, int, int, int]) -> np.ndarray:
    """The images with zeros around them, in a new array; ``np.pad`` needs three times as long for a small batch."""
    top, bottom, left, right = frame
    N, C, H, W = X.shape
    padded = np.zeros((N, C, top + H + bottom, left + W + right), X.dtype)
    padded[:, :, top : top + H, left : left + W] = X
    return padded


def max_pool2d(X: np.ndarray, size: int) -> np.ndarray:
    r"""Maximum pooling, :math:`Y_c(i, j) = \max_{0 \le m, n < k} X_c(k i + m,\; k j + n)`: windows side by side.

    Rows and columns at the end that fill no window are left out.

    Args:
        X: a batch of images, shape ``(N, C, H, W)``.
        size: k, the side of a window, at most H and W.

    Returns:
        Y, shape ``(N, C, H // size, W // size)``.

    Example:
        >>> max_pool2d(np.array([[[[1.0, 5.0, 2.0, 2.0], [3.0, 4.0, 0.0, 2.0]]]]), 2)
        array([[[[5., 2.]]]])
    """
    return _pooling_windows(X, size).max(axis=0)


def max_pool2d_backward(grad_Y: np.ndarray, X: np.ndarray, size: int) -> np.ndarray:
    r"""Pull a gradient back through the maximum: each window passes it on to its largest pixel, the first of equals.

    Args:
        grad_Y: gradient with respect to the result, shape ``(N, C, H // size, W // size)``.
        X: the images that ``max_pool2d`` was given, shape ``(N, C, H, W)``.
        size: the side of a window.

    Returns:
        The gradient with respect to X, of its shape, which is zero at every other pixel.

    Example:
        >>> X = np.array([[[[1.0, 5.0, 2.0, 2.0], [3.0, 4.0, 0.0, 2.0]]]])
        >>> max_pool2d_backward(np.array([[[[10.0, 20.0]]]]), X, 2)
        array([[[[ 0., 10., 20.,  0.],
                 [ 0.,  0.,  0.,  0.]]]])
    """
    windows = _pooling_windows(X, size)
    _, N, C, height, width = windows.shape
    grad_Y = check.array("grad_Y", grad_Y, (N, C, height, width))
    grad_Y = check.in_precision_of(grad_Y, windows)
    by_window = np.zeros_like(windows)
    np.put_along_axis(by_window, windows.argmax(axis=0)[np.newaxis], grad_Y[np.newaxis], axis=0)
    grad_X = np.zeros(np.shape(X), by_window.dtype)
    rows_and_columns = by_window.reshape(size, size, N, C, height, width).transpose(2, 3, 4, 0, 5, 1)
    grad_X[:, :, : height * size, : width * size] = rows_and_columns.reshape(N, C, height * size, width * size)
    return grad_X


def _pooling_windows(X: np.ndarray, size: int) -> np.ndarray:
    """The windows, with their pixels, row by row, on the first axis: ``(size**2, N, C, H // size, W // size)``."""
    X = check.array("X", X, ("N", "C", "H", "W"))
    size = check.integer("size", size, least=1)
    N, C, H, W = X.shape
    if size > min(H, W):
        raise ValueError(f"size must not be larger than the images X, got {size} against {H} by {W}")
    height, width = H // size, W // size
    tiles = X[:, :, : height * size, : width * size].reshape(N, C, height, size, width, size)
    return tiles.transpose(3, 5, 0, 1, 2, 4).reshape(size * size, N, C, height, width)
