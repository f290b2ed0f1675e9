"""Convolution and pooling, forward and backward, against PyTorch and in random directions."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import (
    NOT_NUMBERS,
    agrees_with_torch,
    assert_gradient,
    assert_symmetric_second_derivatives,
    leaves_arguments_alone,
    refuses,
)

from dlmath import convolution
from dlmath.convolution import conv2d, conv2d_backward, max_pool2d, max_pool2d_backward


def layer(X, kernel, bias, stride=1, padding=0):
    return conv2d(X, kernel, bias, stride, padding)[0]


def backward(grad_Y, X, kernel, stride=1, padding=0):
    _, patches = conv2d(X, kernel, np.zeros(len(kernel), X.dtype), stride, padding)
    return conv2d_backward(grad_Y, X, kernel, patches, stride, padding)


SHAPES = [
    # N, C_in, H, W, C_out, kH, kW, stride, padding
    (1, 1, 1, 1, 1, 1, 1, 1, 0),
    (2, 1, 5, 6, 1, 3, 3, 1, 0),
    (2, 3, 7, 6, 4, 3, 2, 1, 0),
    (3, 2, 6, 7, 3, 2, 3, 1, 2),
    (2, 3, 8, 9, 4, 3, 3, 2, 1),
    (2, 2, 9, 7, 3, 2, 4, 3, 0),
    (1, 2, 4, 4, 2, 4, 4, 1, 0),
    (1, 2, 3, 3, 2, 5, 4, 2, 3),
    (2, 2, 6, 5, 3, 3, 5, 1, "same"),
    (2, 2, 6, 5, 3, 4, 2, 1, "same"),
]


def arrays_of(shape):
    N, C_in, H, W, C_out, kH, kW, _, _ = shape
    rng = np.random.default_rng(0)
    return rng.standard_normal((N, C_in, H, W)), rng.standard_normal((C_out, C_in, kH, kW)), rng.standard_normal(C_out)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_layer_agrees_with_torch(shape):
    functional = pytest.importorskip("torch.nn.functional")
    stride, padding = shape[-2:]

    def theirs(X, kernel, bias):
        with warnings.catch_warnings():
            # PyTorch says that it copies for an even kernel with "same" padding.
            warnings.simplefilter("ignore")
            return functional.conv2d(X, kernel, bias, stride, padding)

    agrees_with_torch(
        lambda X, kernel, bias: layer(X, kernel, bias, stride, padding),
        theirs,
        *arrays_of(shape),
        gradients=lambda g, X, kernel, bias: backward(g, X, kernel, stride, padding),
    )


@pytest.mark.parametrize("shape", [SHAPES[3], SHAPES[4], SHAPES[9]], ids=str)
def test_gradients_in_random_directions(shape, rng):
    X, kernel, bias = arrays_of(shape)
    stride, padding = shape[-2:]
    G = rng.standard_normal(layer(X, kernel, bias, stride, padding).shape)
    grad_X, grad_kernel, grad_bias = backward(G, X, kernel, stride, padding)
    assert_gradient(lambda x: np.sum(G * layer(x, kernel, bias, stride, padding)), grad_X, X, analytic=True)
    assert_gradient(lambda k: np.sum(G * layer(X, k, bias, stride, padding)), grad_kernel, kernel, analytic=True)
    assert_gradient(lambda b: np.sum(G * layer(X, kernel, b, stride, padding)), grad_bias, bias, analytic=True)


@pytest.mark.parametrize("shape", [SHAPES[3], SHAPES[4], SHAPES[9]], ids=str)
def test_second_derivatives_are_symmetric(shape, rng):
    """Of the sum of G ⊙ Y, which has Y for its gradient with respect to G."""
    X, kernel, bias = arrays_of(shape)
    stride, padding = shape[-2:]
    assert_symmetric_second_derivatives(
        lambda G, X, kernel, bias: (layer(X, kernel, bias, stride, padding), *backward(G, X, kernel, stride, padding)),
        rng.standard_normal(layer(X, kernel, bias, stride, padding).shape),
        *(X, kernel, bias),
    )


@pytest.mark.parametrize("function", [convolution.cross_correlation, convolution.convolution])
def test_the_sums_of_the_text_books_have_the_complex_step(function, rng):
    """They are linear in the image and in the kernel, and so is the matrix."""
    image, other_image = rng.standard_normal((2, 4, 5))
    kernel, other_kernel = rng.standard_normal((2, 2, 3))
    by_image, by_kernel = function(image + 1j * other_image, kernel), function(image, kernel + 1j * other_kernel)
    np.testing.assert_allclose(by_image, function(image, kernel) + 1j * function(other_image, kernel), rtol=1e-12)
    np.testing.assert_allclose(by_kernel, function(image, kernel) + 1j * function(image, other_kernel), rtol=1e-12)
    matrix = convolution.correlation_matrix(kernel + 1j * other_kernel, 4, 5)
    np.testing.assert_array_equal(matrix.imag, convolution.correlation_matrix(other_kernel, 4, 5))


def test_the_sums_of_the_text_books_agree_with_scipy(rng):
    signal = pytest.importorskip("scipy.signal")
    image, kernel = rng.standard_normal((7, 9)), rng.standard_normal((3, 4))
    correlated, convolved = convolution.cross_correlation(image, kernel), convolution.convolution(image, kernel)
    np.testing.assert_allclose(correlated, signal.correlate2d(image, kernel, "valid"), rtol=1e-12)
    np.testing.assert_allclose(convolved, signal.convolve2d(image, kernel, "valid"), rtol=1e-12)
    assert np.abs(correlated - convolved).max() > 0.1


def test_the_sums_written_out(rng):
    image, kernel = rng.standard_normal((4, 5)), rng.standard_normal((2, 3))
    for i in range(3):
        for j in range(3):
            correlation = sum(image[i + m, j + n] * kernel[m, n] for m in range(2) for n in range(3))
            # The first place where the flipped kernel fits is i = 1, j = 2.
            convolved = sum(image[i + 1 - m, j + 2 - n] * kernel[m, n] for m in range(2) for n in range(3))
            assert convolution.cross_correlation(image, kernel)[i, j] == pytest.approx(correlation, rel=1e-12)
            assert convolution.convolution(image, kernel)[i, j] == pytest.approx(convolved, rel=1e-12)


def test_convolution_is_commutative_and_cross_correlation_is_not(rng):
    """With zeros around, so that nothing is cut off: the property that gives convolution its name in mathematics."""
    one, other = rng.standard_normal((2, 3, 3))
    framed = [np.pad(kernel, 2) for kernel in (one, other)]
    np.testing.assert_allclose(
        convolution.convolution(framed[0], other), convolution.convolution(framed[1], one), atol=1e-12
    )
    there = convolution.cross_correlation(framed[0], other)
    back = convolution.cross_correlation(framed[1], one)
    assert np.abs(there - back).max() > 0.1
    np.testing.assert_allclose(there, back[::-1, ::-1], atol=1e-12)


def test_the_layer_sums_the_channels_of_cross_correlation(rng):
    X, kernel, bias = arrays_of(SHAPES[2])
    expected = sum(convolution.cross_correlation(X[1, c], kernel[3, c]) for c in range(3)) + bias[3]
    np.testing.assert_allclose(layer(X, kernel, bias)[1, 3], expected, rtol=1e-12)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_matrix_is_the_same_linear_map_and_its_transpose_the_backward_pass(height, width, kH, kW, seed):
    rng = np.random.default_rng(seed)
    kH, kW = min(kH, height), min(kW, width)
    image, kernel = rng.standard_normal((height, width)), rng.standard_normal((kH, kW))
    matrix = convolution.correlation_matrix(kernel, height, width)
    output = convolution.cross_correlation(image, kernel)
    np.testing.assert_allclose(matrix @ image.ravel(), output.ravel(), atol=1e-12)
    G = rng.standard_normal(output.shape)
    grad_X, _, _ = backward(G[None, None], image[None, None], kernel[None, None])
    np.testing.assert_allclose(matrix.T @ G.ravel(), grad_X.ravel(), atol=1e-12)


def test_the_matrix_is_doubly_blocked_toeplitz(rng):
    linalg = pytest.importorskip("scipy.linalg")
    kernel = rng.standard_normal((2, 3))
    matrix = convolution.correlation_matrix(kernel, 4, 5).reshape(3, 3, 4, 5).transpose(0, 2, 1, 3)  # blocks (i, p)
    zero = np.zeros((3, 5))
    for i in range(3):
        for p in range(4):
            row = kernel[p - i] if 0 <= p - i < 2 else None
            block = zero if row is None else linalg.toeplitz([row[0], 0, 0], [*row, 0, 0])
            np.testing.assert_array_equal(matrix[i, p], block)


def test_the_layer_is_its_kernels_times_the_patches(rng):
    X, kernel, bias = arrays_of(SHAPES[4])
    Y, patches = conv2d(X, kernel, bias, 2, 1)
    np.testing.assert_allclose(Y[1, 3].ravel(), kernel[3].ravel() @ patches[1] + bias[3], rtol=1e-12)
    padded = np.pad(X[1], ((0, 0), (1, 1), (1, 1)))
    np.testing.assert_array_equal(patches[1][:, 0], padded[:, :3, :3].ravel())
    np.testing.assert_array_equal(patches[1][:, 1], padded[:, :3, 2:5].ravel())


@given(st.integers(0, 3), st.integers(0, 3), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_a_shifted_image_gives_a_shifted_output(down, right, stride, seed):
    rng = np.random.default_rng(seed)
    X = np.zeros((1, 2, 20, 20))
    X[:, :, 3:8, 3:8] = rng.standard_normal((1, 2, 5, 5))
    kernel, bias = rng.standard_normal((3, 2, 3, 3)), rng.standard_normal(3)
    shifted = np.roll(X, (stride * down, stride * right), axis=(2, 3))
    np.testing.assert_allclose(
        layer(shifted, kernel, bias, stride, padding=1),
        np.roll(layer(X, kernel, bias, stride, padding=1), (down, right), axis=(2, 3)),
        atol=1e-12,
    )


@given(st.integers(1, 40), st.integers(1, 12), st.integers(1, 5), st.integers(0, 4))
def test_the_output_size_counts_the_places_of_the_kernel(size, kernel_size, stride, padding):
    places = range(-padding, size + padding - kernel_size + 1, stride)
    if len(places) == 0:
        refuses(lambda: convolution.output_size(size, kernel_size, stride, padding), "kernel_size", "padded")
    else:
        assert convolution.output_size(size, kernel_size, stride, padding) == len(places)


def test_an_even_kernel_with_same_padding_gets_the_extra_zero_behind():
    X = np.arange(1.0, 5.0).reshape(1, 1, 1, 4)
    sum_of_two = np.ones((1, 1, 1, 2))
    np.testing.assert_array_equal(layer(X, sum_of_two, np.zeros(1), padding="same").ravel(), [3, 5, 7, 4])
    sum_of_four = np.ones((1, 1, 1, 4))
    np.testing.assert_array_equal(layer(X, sum_of_four, np.zeros(1), padding="same").ravel(), [6, 10, 9, 7])
    np.testing.assert_array_equal(
        layer(X.reshape(1, 1, 4, 1), sum_of_two.reshape(1, 1, 2, 1), np.zeros(1), padding="same").ravel(), [3, 5, 7, 4]
    )
    assert convolution.output_size(7, 20, padding="same") == 7


class TestBadInput:
    X, kernel, bias = arrays_of(SHAPES[2])

    def test_shapes_that_do_not_fit(self):
        X, kernel, bias = self.X, self.kernel, self.bias
        refuses(lambda: layer(X[0], kernel, bias), "X", "(N, 3, H, W)")
        refuses(
            lambda: layer(X[:, :2], kernel, bias),
            "X",
            "(N, 3, H, W) beside kernel of shape (4, 3, 3, 2)",
            "(2, 2, 7, 6)",
        )
        refuses(lambda: layer(X, kernel[0], bias), "kernel", "(C_out, C_in, kH, kW)")
        refuses(lambda: layer(X, kernel, bias[:1]), "bias", "(4,) beside kernel of shape", "(1,)")
        refuses(
            lambda: backward(np.ones((2, 4, 5, 4)), X, kernel), "grad_Y", "(2, 4, 5, 5) beside X of shape (2, 3, 7, 6)"
        )
        refuses(lambda: convolution.cross_correlation(X[0], kernel[0, 0]), "image", "(H, W)")
        refuses(lambda: convolution.cross_correlation(X[0, 0], kernel[0]), "kernel", "(kH, kW)")
        refuses(lambda: convolution.convolution(X[0, 0], kernel[0]), "kernel", "(kH, kW)")
        refuses(lambda: convolution.convolution(X[0, 0], kernel[0, 0, 0]), "kernel", "(kH, kW)")
        refuses(lambda: convolution.correlation_matrix(kernel[0], 4, 4), "kernel", "(kH, kW)")

    def test_patches_that_do_not_fit(self):
        X, kernel, bias = self.X, self.kernel, self.bias
        Y, patches = conv2d(X, kernel, bias)
        refuses(
            lambda: conv2d_backward(Y, X, kernel, patches[:1]),
            "patches",
            "(2, 18, 25) beside X of shape (2, 3, 7, 6)",
            "(1, 18, 25)",
        )
        refuses(lambda: conv2d_backward(Y, X, kernel, patches * np.nan), "patches", "NaN")
        refuses(lambda: conv2d_backward(Y, X, kernel, None), "patches", error=TypeError)

    def test_a_kernel_larger_than_the_image(self):
        X, kernel, bias = self.X, np.ones((4, 3, 8, 2)), self.bias
        refuses(lambda: layer(X, kernel, bias), "kernel", "(2, 3, 7, 6)", "(4, 3, 8, 2)", error=ValueError)
        refuses(
            lambda: layer(X, np.ones((4, 3, 2, 9)), bias, padding=1),
            "kernel",
            "(2, 3, 7, 6)",
            "(4, 3, 2, 9)",
            error=ValueError,
        )
        refuses(lambda: convolution.cross_correlation(X[0, 0], kernel[0, 0]), "kernel", "(7, 6)", "(8, 2)")
        refuses(lambda: convolution.correlation_matrix(kernel[0, 0], 7, 6), "height and width", "(8, 2)", "7 and 6")
        assert layer(X, kernel, bias, padding=1).shape == (2, 4, 2, 7)

    def test_stride_and_padding(self):
        X, kernel, bias = self.X, self.kernel, self.bias
        for function in (
            lambda **how: layer(X, kernel, bias, **how),
            lambda **how: backward(X, X, kernel, **how),
        ):
            refuses(lambda f=function: f(stride=0), "stride", "at least 1", error=ValueError)
            refuses(lambda f=function: f(stride=1.0), "stride", "integer", error=TypeError)
            refuses(lambda f=function: f(padding=-1), "padding", "at least 0", error=ValueError)
            refuses(lambda f=function: f(padding=0.5), "padding", "integer", error=TypeError)
            refuses(lambda f=function: f(padding="valid"), "padding", "same", error=ValueError)
            refuses(lambda f=function: f(stride=2, padding="same"), "padding", "stride 2", error=ValueError)
        refuses(lambda: convolution.output_size(4, 2, stride=0), "stride", "at least 1", error=ValueError)
        refuses(lambda: convolution.output_size(0, 1), "size", "at least 1")
        refuses(lambda: convolution.output_size(4, 0), "kernel_size", "at least 1")
        refuses(lambda: convolution.output_size(2.0, 1), "size", "integer", error=TypeError)
        refuses(lambda: convolution.correlation_matrix(kernel[0, 0], 7.0, 6), "height", "integer", error=TypeError)
        refuses(lambda: convolution.correlation_matrix(kernel[0, 0], 0, 6), "height", "at least 1", error=ValueError)
        refuses(lambda: convolution.correlation_matrix(kernel[0, 0], 7, 0), "width", "at least 1", error=ValueError)

    def test_nan(self):
        X, kernel, bias = self.X, self.kernel, self.bias
        G = layer(X, kernel, bias)
        for i, (name, array) in enumerate([("X", X), ("kernel", kernel), ("bias", bias)]):
            spoilt = array.copy()
            spoilt.flat[1] = np.nan
            arguments = [X, kernel, bias]
            arguments[i] = spoilt
            refuses(lambda a=arguments: layer(*a), name, "NaN")
        refuses(lambda: backward(G * np.nan, X, kernel), "grad_Y", "NaN")

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, value):
        X, kernel, bias = self.X, self.kernel, self.bias
        refuses(lambda: layer(value, kernel, bias), "X", error=TypeError)
        refuses(lambda: layer(X, value, bias), "kernel", error=TypeError)
        refuses(lambda: layer(X, kernel, value), "bias", error=TypeError)
        refuses(lambda: backward(value, X, kernel), "grad_Y", error=TypeError)
        refuses(lambda: convolution.cross_correlation(value, kernel[0, 0]), "image", error=TypeError)
        refuses(lambda: convolution.convolution(X[0, 0], value), "kernel", error=TypeError)
        refuses(lambda: convolution.correlation_matrix(value, 3, 3), "kernel", error=TypeError)


def test_unsigned_integers_do_not_wrap():
    X, kernel = np.full((1, 1, 2, 2), 255, np.uint8), np.full((1, 1, 2, 2), 255, np.uint8)
    assert layer(X, kernel, np.array([255], np.uint8)).item() == 4 * 255**2 + 255
    assert convolution.cross_correlation(X[0, 0], kernel[0, 0]).item() == 4 * 255**2
    assert convolution.correlation_matrix(np.array([[200]], np.uint8), 1, 1).dtype == np.float64


@pytest.mark.parametrize("padding", [0, 1, "same"])
def test_float32_is_kept(padding):
    X, kernel, bias = (array.astype(np.float32) for array in arrays_of(SHAPES[2]))
    Y = layer(X, kernel, bias, padding=padding)
    assert Y.dtype == np.float32
    assert {gradient.dtype for gradient in backward(Y, X, kernel, padding=padding)} == {np.dtype(np.float32)}
    assert convolution.convolution(X[0, 0], kernel[0, 0]).dtype == np.float32
    assert convolution.correlation_matrix(kernel[0, 0], 4, 4).dtype == np.float32


def test_the_outcome_has_the_precision_of_images_and_kernel():
    X, kernel, bias = arrays_of(SHAPES[2])
    single = X.astype(np.float32)
    np.testing.assert_array_equal(
        layer(single, kernel, bias), layer(single.astype(np.float64), kernel, bias), strict=True
    )
    G = np.ones((2, 4, 5, 5), np.float32)
    assert [gradient.dtype.itemsize for gradient in backward(G, single, kernel)] == [8, 8, 8]
    of_double = backward(G.astype(np.float64), single, kernel.astype(np.float32))
    assert [gradient.dtype.itemsize for gradient in of_double] == [4, 4, 4]


@pytest.mark.parametrize("complex_one", ["grad_Y", "kernel"])
def test_the_gradient_of_the_images_has_a_complex_step(complex_one, rng):
    """It is linear in the gradient above and in the kernel."""
    X, kernel, _ = arrays_of(SHAPES[2])
    arguments = {"grad_Y": rng.standard_normal((2, 4, 5, 5)), "X": X, "kernel": kernel}
    real, imaginary = arguments[complex_one], rng.standard_normal(arguments[complex_one].shape)
    whole, one, other = (
        backward(**{**arguments, complex_one: each})[0] for each in (real + 1j * imaginary, real, imaginary)
    )
    np.testing.assert_allclose(whole, one + 1j * other, rtol=1e-12, atol=1e-14)


def test_no_warning_for_any_finite_input():
    huge = np.full((1, 1, 3, 3), 1e308)
    huge[0, 0, 0, 0] *= -1
    Y = layer(huge, huge, np.array([1e308]), padding=1)
    assert not np.isfinite(Y).all()
    backward(huge, huge, huge, padding=1)
    convolution.cross_correlation(huge[0, 0], huge[0, 0])


@pytest.mark.parametrize("padding", [0, 1, "same"])
def test_arguments_are_left_alone(padding):
    X, kernel, bias = arrays_of(SHAPES[2])
    leaves_arguments_alone(lambda X, k, b: conv2d(X, k, b, padding=padding), X, kernel, bias)
    G = layer(X, kernel, bias, padding=padding)
    patches = conv2d(X, kernel, bias, padding=padding)[1]
    leaves_arguments_alone(lambda G, X, k, p: conv2d_backward(G, X, k, p, padding=padding), G, X, kernel, patches)
    one = np.ones((1, 1, 1, 1))
    leaves_arguments_alone(conv2d, np.ones((1, 1, 2, 2)), one, np.zeros(1))
    leaves_arguments_alone(conv2d_backward, np.ones((1, 1, 1, 1)), one, one, np.ones((1, 1, 1)))
    leaves_arguments_alone(convolution.convolution, X[0, 0], kernel[0, 0])
    leaves_arguments_alone(lambda k: convolution.correlation_matrix(k, 3, 2), kernel[0, 0])


def test_arrays_of_any_memory_layout_are_taken(rng):
    X, kernel, bias = arrays_of(SHAPES[4])
    G = layer(X, kernel, bias, 2, 1)
    expected = backward(G, X, kernel, 2, 1)
    turned = [np.asfortranarray(G), X[::-1][::-1], kernel.transpose(3, 2, 1, 0).copy().transpose(3, 2, 1, 0)]
    np.testing.assert_allclose(layer(*turned[1:], bias, 2, 1), G, rtol=1e-13)
    for gradient, other in zip(backward(*turned, 2, 1), expected):
        np.testing.assert_allclose(gradient, other, rtol=1e-12, atol=1e-13)


# --- Pooling ---------------------------------------------------------------------------------------------------------


def torch_pool(size):
    torch = pytest.importorskip("torch")
    return lambda X: torch.nn.functional.max_pool2d(X, size)


@pytest.mark.parametrize(
    ("shape", "size"), [((1, 1, 1, 1), 1), ((2, 3, 4, 6), 2), ((3, 2, 7, 5), 3), ((1, 2, 5, 9), 4)]
)
def test_pooling_agrees_with_torch(shape, size, rng):
    agrees_with_torch(
        lambda X: max_pool2d(X, size),
        torch_pool(size),
        rng.standard_normal(shape),
        gradients=lambda grad, X: max_pool2d_backward(grad, X, size),
    )


def test_pooling_breaks_ties_as_torch_does(rng):
    """Most windows of an image with two grey values have several largest pixels."""
    agrees_with_torch(
        lambda X: max_pool2d(X, 3),
        torch_pool(3),
        rng.integers(0, 2, (4, 2, 9, 7)).astype(float),
        gradients=lambda grad, X: max_pool2d_backward(grad, X, 3),
    )


def test_pooling_passes_on_all_of_the_gradient(rng):
    X, grad = rng.standard_normal((2, 3, 7, 8)), rng.standard_normal((2, 3, 2, 2))
    np.testing.assert_allclose(max_pool2d_backward(grad, X, 3).sum(axis=(2, 3)), grad.sum(axis=(2, 3)), rtol=1e-12)


def test_pooling_of_negative_numbers_and_of_ends_that_fill_no_window():
    X = -np.arange(1.0, 21).reshape(1, 1, 4, 5)
    np.testing.assert_array_equal(max_pool2d(X, 2), [[[[-1, -3], [-11, -13]]]])
    assert not max_pool2d_backward(np.ones((1, 1, 2, 2)), X, 2)[..., 4].any()


def test_pooling_refuses_bad_input(rng):
    X = rng.standard_normal((2, 3, 4, 5))
    refuses(lambda: max_pool2d(X[0], 2), "X", "(N, C, H, W)", error=ValueError)
    refuses(lambda: max_pool2d(X * np.nan, 2), "X", "NaN", error=ValueError)
    refuses(lambda: max_pool2d(X, 5), "size", "4 by 5", error=ValueError)
    refuses(lambda: max_pool2d(X, 0), "size", error=ValueError)
    refuses(lambda: max_pool2d(X, 1.5), "size")
    refuses(lambda: max_pool2d_backward(np.ones((2, 3, 2, 1)), X, 2), "grad_Y", "(2, 3, 2, 2)", error=ValueError)
    for value in NOT_NUMBERS:
        refuses(lambda value=value: max_pool2d(value, 2), "X", error=TypeError)


def test_pooling_keeps_float32_and_its_arguments(rng):
    X = rng.standard_normal((2, 3, 4, 5)).astype(np.float32)
    Y = max_pool2d(X, 2)
    assert Y.dtype == max_pool2d_backward(Y, X, 2).dtype == np.float32
    assert max_pool2d_backward(Y.astype(np.float64), X, 2).dtype == np.float32
    assert max_pool2d_backward(Y, X.astype(np.float64), 2).dtype == np.float64
    leaves_arguments_alone(lambda X: max_pool2d(X, 2), X)
    leaves_arguments_alone(lambda X: max_pool2d(X, 1), X)
    leaves_arguments_alone(lambda grad, X: max_pool2d_backward(grad, X, 2), Y, X)
