"""Exercises of the chapter on convolution."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question


def correlate(image, kernel):
    """The cross-correlation of an image with a kernel, where the kernel fits.

    image has shape (H, W), kernel has shape (kH, kW).
    Return an array of shape (H - kH + 1, W - kW + 1).
    """
    rows, columns = kernel.shape
    result = np.zeros((image.shape[0] - rows + 1, image.shape[1] - columns + 1))
    for m in range(rows):
        for n in range(columns):
            result += kernel[m, n] * image[m : m + result.shape[0], n : n + result.shape[1]]
    return result


def _correlate(image, kernel):
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("ijmn,mn->ij", windows, kernel)


def _product_by_product(under_the_kernel, *, size=lambda image, kernel: kernel.shape, zeros=lambda length: (0, 0)):
    """``correlate`` place by place, with another sum, another size of the kernel, or zeros before and behind."""

    def wrong(image, kernel):
        a, b = size(image, kernel)
        image = np.pad(image, [zeros(a), zeros(b)])
        result = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))
        for i, j in np.ndindex(result.shape):
            result[i, j] = under_the_kernel(image[i : i + a, j : j + b], kernel)
        return result

    return wrong


def _only_the_first_place(image, kernel):
    result = _correlate(image, kernel)
    return np.where(np.arange(result.size).reshape(result.shape) == 0, result, 0)


def _without_the_last_places(image, kernel):
    result = _correlate(image, kernel)
    result[-1], result[:, -1] = 0, 0
    return result


def _counted_back(image, kernel):
    """Minus for plus, with kernel and result as in ``correlate``: negative indices count from the end."""
    a, b = kernel.shape
    result = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))
    for i, j in np.ndindex(result.shape):
        result[i, j] = sum(image[i - m, j - n] * kernel[m, n] for m, n in np.ndindex(a, b))
    return result


def _images(rng):
    """A row and a column, one pixel, a kernel as large as the image, any shapes, a side as long as the other one."""
    row, two = np.array([[1.0, 2.0, 4.0]]), np.array([[-1.0, 2.0]])
    shapes = [((2, 3), (1, 1)), ((2, 3), (2, 3)), ((3, 3), (2, 2)), ((5, 4), (3, 2)), ((4, 6), (2, 3))]
    shapes += [((3, 4), (2, 3)), ((4, 3), (3, 2))]
    drawn = [(rng.standard_normal(image), rng.standard_normal(kernel)) for image, kernel in shapes]
    return [(row, two), (row.T, two.T), *drawn]


def kernel_gradient(grad_result, image):
    """The gradient with respect to the kernel of a cross-correlation.

    grad_result, the gradient with respect to the result, has shape (a, b),
    image has shape (H, W). Return an array of shape (H - a + 1, W - b + 1).
    """
    a, b = grad_result.shape
    gradient = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))
    for m, n in np.ndindex(gradient.shape):
        gradient[m, n] = np.sum(grad_result * image[m : m + a, n : n + b])
    return gradient


def _gradients(rng):
    """A row and a column, one result, a kernel of one pixel, and then square and other kernels."""
    row, two = np.array([[1.0, 2.0, 4.0]]), np.array([[-1.0, 2.0]])
    shapes = [
        ((1, 1), (2, 2)),
        ((2, 3), (2, 3)),
        ((2, 2), (3, 3)),
        ((1, 3), (4, 4)),
        ((3, 2), (5, 4)),
        ((2, 4), (3, 6)),
        ((2, 3), (3, 4)),
        ((3, 2), (4, 3)),
    ]
    drawn = [(rng.standard_normal(result), rng.standard_normal(image)) for result, image in shapes]
    return [(two, row), (two.T, row.T), *drawn]


def _square_gradient(G, image):
    a, b = G.shape
    size = image.shape[0] - a + 1
    gradient = np.zeros((size, size))
    for m, n in np.ndindex(gradient.shape):
        gradient[m, n] = np.sum(G * image[m : m + a, n : n + b])
    return gradient


def _spread(G, image):
    H, W = image.shape
    result = np.zeros((H + G.shape[0] - 1, W + G.shape[1] - 1))
    for i, j in np.ndindex(G.shape):
        result[i : i + H, j : j + W] += G[i, j] * image
    return result


def receptive_field(L, k, s):
    return 1 + (k - 1) * (s**L - 1) / (s - 1)


def _exact_rows(rng):
    """Sizes at which the last place is exactly at the end."""
    d, k, p, s, places = (int(number) for number in rng.integers((1, 2, 1, 1, 1), (6, 8, 8, 8, 8)))
    length = d * (k - 1) + 1 + s * (places - 1)
    p = min(p, (length - 1) // 2)
    return {"n": length - 2 * p, "k": k, "d": d, "p": p, "s": s}


def places_with_gaps(n, k, d, p, s):
    return (n + 2 * p - d * (k - 1) - 1) / s + 1


def field_of_five():
    """How many pixels wide the field of one result is after two kernels, two poolings and one more kernel."""
    width, apart = 1, 1
    for size, stride in [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]:
        width, apart = width + (size - 1) * apart, apart * stride
    return width


chapter = Chapter(
    name="equations/convolution",
    title="Convolution",
    exercises=[
        Prediction(
            name="one-more-kernel",
            title="Predict: one more kernel",
            question=(
                "The figure of the receptive field shows four layers: a kernel of $3\\times3$, a pooling of "
                "$2\\times2$, and both again. How many pixels wide is the field after one more kernel of $3\\times3$?"
            ),
            solution=field_of_five,
            within=0,
            why=(
                "After two poolings neighbouring results are four pixels apart, so that a kernel of three looks at "
                "two more places on either side together: $2\\cdot4$ pixels more than the ten before."
            ),
            mistakes=[
                Mistake("Neighbouring results of the layer below are no longer one pixel apart.", lambda: 12),
                Mistake("There were two poolings: neighbouring results are farther apart than two pixels.", lambda: 14),
                Mistake(
                    "The kernel is three wide, but its fields overlap: only two steps to the side are new.", lambda: 22
                ),
                Mistake("This is the field of the four layers that are shown.", lambda: 10),
            ],
        ),
        Derivation(
            name="places-with-gaps",
            title="A kernel with gaps",
            statement=(
                "The $k$ weights of a *dilated* kernel stand $d$ pixels apart: it looks at every $d$-th pixel only, "
                "and the same weights see farther. A row of $n$ pixels gets $p$ zeros at either end, and the kernel "
                "moves over it in steps of $s$; its last place is exactly at the end, so that nothing has to be "
                "rounded. How many places are there? So many terms has the gradient with respect to one of the weights."
            ),
            given='import sympy as sp\n\nn, k, d, p, s = sp.symbols("n k d p s", integer=True, positive=True)',
            solution=places_with_gaps,
            values=_exact_rows,
            mistakes=[
                Mistake(
                    "These are the places of a kernel without gaps. How many pixels does this one cover, from its "
                    "first weight to its last?",
                    lambda n, k, d, p, s: (n + 2 * p - k) / s + 1,
                ),
                Mistake(
                    "Between $k$ weights there are $k - 1$ gaps, not $k$: behind the last weight nothing follows.",
                    lambda n, k, d, p, s: (n + 2 * p - d * k) / s + 1,
                ),
                Mistake(
                    "The pixel under the first weight is forgotten: one gap of $d$ leads from the first to the second, "
                    "and both are covered.",
                    lambda n, k, d, p, s: (n + 2 * p - d * (k - 1)) / s + 1,
                ),
                Mistake(
                    "If the kernel is as long as the row, with no zeros and the stride 1, it has one place, not none.",
                    lambda n, k, d, p, s: (n + 2 * p - d * (k - 1) - 1) / s,
                ),
                Mistake(
                    "There are zeros at both ends.",
                    lambda n, k, d, p, s: (n + p - d * (k - 1) - 1) / s + 1,
                ),
                Mistake(
                    "The zeros are missing.",
                    lambda n, k, d, p, s: (n - d * (k - 1) - 1) / s + 1,
                ),
                Mistake(
                    "The stride is missing: the kernel does not stop at every pixel.",
                    lambda n, k, d, p, s: n + 2 * p - d * (k - 1),
                ),
                Mistake(
                    "The length of the kernel is missing: its end must stay in the row, too.",
                    lambda n, k, d, p, s: (n + 2 * p - 1) / s + 1,
                ),
                Mistake(
                    "The length of the kernel is added. A longer kernel has fewer places.",
                    lambda n, k, d, p, s: (n + 2 * p + d * (k - 1) - 1) / s + 1,
                ),
                Mistake(
                    "This counts the products of all $k$ weights together. Asked is one of them.",
                    lambda n, k, d, p, s: k * ((n + 2 * p - d * (k - 1) - 1) / s + 1),
                ),
                Mistake(
                    "This is how many pixels the kernel covers. In how many places does it fit?",
                    lambda n, k, d, p, s: d * (k - 1) + 1,
                ),
            ],
        ),
        Derivation(
            name="receptive-field",
            title="How far does a stack see?",
            statement=(
                "$L$ layers stand on one another. All have a kernel of length $k$ and the stride $s > 1$, and the "
                "lowest looks at a row of pixels. How many pixels does one result of the highest layer depend on, far "
                "from the border? Begin with two layers: how far apart are neighbouring results of the first, in "
                "pixels?"
            ),
            given='import sympy as sp\n\nL, k, s = sp.symbols("L k s", integer=True, positive=True)',
            solution=receptive_field,
            values=lambda rng: {
                "L": int(rng.integers(1, 5)),
                "k": int(rng.integers(1, 6)),
                "s": int(rng.integers(2, 5)),
            },
            mistakes=[
                Mistake(
                    "This is right for the stride 1. With a larger one the results of a layer are more than one pixel "
                    "apart.",
                    lambda L, k, s: 1 + L * (k - 1),
                ),
                Mistake(
                    "A result sees at least the first pixel under its kernel: with $k = 1$ it sees one, not none.",
                    lambda L, k, s: (k - 1) * (s**L - 1) / (s - 1),
                ),
                Mistake(
                    "Kernels do not multiply: they overlap. By how much is the kernel of a higher layer wider, in "
                    "pixels?",
                    lambda L, k, s: k**L,
                ),
                Mistake("The kernels overlap, and are counted without that.", lambda L, k, s: L * k),
                Mistake(
                    "This is the part of the highest layer. Each of those below adds its own.",
                    lambda L, k, s: 1 + (k - 1) * s ** (L - 1),
                ),
                Mistake(
                    "The results of the second layer are $s$ results of the first apart, and these are $s$ pixels "
                    "apart. Distances multiply.",
                    lambda L, k, s: 1 + (k - 1) * s * L,
                ),
                Mistake(
                    "One layer is missing from the sum.",
                    lambda L, k, s: 1 + (k - 1) * (s ** (L - 1) - 1) / (s - 1),
                ),
                Mistake(
                    "There is one layer too many in the sum. In the lowest the pixels are one apart.",
                    lambda L, k, s: 1 + (k - 1) * (s ** (L + 1) - 1) / (s - 1),
                ),
                Mistake(
                    "The lowest layer looks at pixels that are one apart, not $s$: its stride is for those above.",
                    lambda L, k, s: 1 + (k - 1) * s * (s**L - 1) / (s - 1),
                ),
                Mistake(
                    "From the first to the last of $k$ pixels there are fewer than $k$ steps.",
                    lambda L, k, s: 1 + k * (s**L - 1) / (s - 1),
                ),
                Mistake(
                    "The kernels overlap, and each distance is multiplied by the strides of the layers below it only.",
                    lambda L, k, s: L * k * s,
                ),
            ],
        ),
        Coding(
            name="correlate",
            title="Slide the kernel",
            statement=(
                "Write $\\mathbf S(i,j) = \\sum_m\\sum_n \\mathbf I(i+m, j+n)\\,\\mathbf K(m,n)$ "
                "for all places where the kernel fits."
            ),
            solution=correlate,
            inputs=_images,
            mistakes=[
                Mistake(
                    "The kernel is flipped in both directions: this is the convolution, not the sum above.",
                    lambda image, kernel: _correlate(image, kernel[::-1, ::-1]),
                ),
                Mistake(
                    "The kernel is flipped from top to bottom.",
                    lambda image, kernel: _correlate(image, kernel[::-1]),
                ),
                Mistake(
                    "The kernel is flipped from left to right.",
                    lambda image, kernel: _correlate(image, kernel[:, ::-1]),
                ),
                Mistake(
                    "This is the mean under the kernel. The sum is not divided by anything.",
                    lambda image, kernel: _correlate(image, kernel) / kernel.size,
                ),
                Mistake(
                    "The last place where the kernel fits is missing in each direction.",
                    lambda image, kernel: _correlate(image, kernel)[:-1, :-1],
                ),
                Mistake(
                    "The indices are subtracted. With the minus the kernel looks back, and a negative index takes "
                    "pixels from the other end of the image.",
                    _counted_back,
                ),
                Mistake(
                    "The height of the kernel is taken for its width as well.",
                    _product_by_product(
                        lambda patch, kernel: np.sum(patch * kernel), size=lambda image, kernel: [len(kernel)] * 2
                    ),
                ),
                Mistake(
                    "Only one product of each sum is left, the last: it overwrites those before it.",
                    _product_by_product(lambda patch, kernel: patch[-1, -1] * kernel[-1, -1]),
                ),
                Mistake(
                    "The kernel is not used: this is the sum of the pixels under it.",
                    _product_by_product(lambda patch, kernel: np.sum(patch)),
                ),
                Mistake(
                    "This is the largest product under the kernel. They should be added.",
                    _product_by_product(lambda patch, kernel: np.max(patch * kernel)),
                ),
                Mistake(
                    "This is a matrix product of the pixels and the kernel. Pixel and weight of the same place are "
                    "multiplied.",
                    _product_by_product(lambda patch, kernel: np.sum(patch @ kernel)),
                ),
                Mistake(
                    "This is a matrix product of the pixels and the transposed kernel. Pixel and weight of the same "
                    "place are multiplied.",
                    _product_by_product(lambda patch, kernel: np.sum(patch @ kernel.T)),
                ),
                Mistake(
                    "The kernel is moved on where it hangs over the end of the image, as if zeros lay there. It should "
                    "fit.",
                    _product_by_product(lambda patch, kernel: np.sum(patch * kernel), zeros=lambda k: (0, k - 1)),
                ),
                Mistake(
                    "Zeros are put on all sides of the image. The kernel should fit without them.",
                    _product_by_product(lambda patch, kernel: np.sum(patch * kernel), zeros=lambda k: (k // 2, k // 2)),
                ),
                Mistake(
                    "Zeros are put around the image, so that the result is as large. The kernel should fit.",
                    _product_by_product(
                        lambda patch, kernel: np.sum(patch * kernel), zeros=lambda k: ((k - 1) // 2, k // 2)
                    ),
                ),
                Mistake("Only the first place is computed. What ends the loop?", _only_the_first_place),
                Mistake("The last places are left at 0. Where does the loop end?", _without_the_last_places),
            ],
            points=3,
        ),
        Coding(
            name="kernel-gradient",
            title="The gradient of the kernel",
            statement=(
                "The loss depends on the result of a cross-correlation, and $\\mathbf G$ is its gradient with respect "
                "to that result. Write the gradient with respect to the kernel."
            ),
            solution=kernel_gradient,
            inputs=_gradients,
            mistakes=[
                Mistake(
                    "$\\mathbf G$ is flipped: the kernel's gradient is a cross-correlation, only the image's is a "
                    "convolution.",
                    lambda G, image: _correlate(image, G[::-1, ::-1]),
                ),
                Mistake(
                    "The gradient itself is flipped: entry $(m, n)$ belongs to $\\mathbf K(m, n)$.",
                    lambda G, image: _correlate(image, G)[::-1, ::-1],
                ),
                Mistake(
                    "Divided by the number of results. The kernel's part in each of them adds up.",
                    lambda G, image: _correlate(image, G) / G.size,
                ),
                Mistake(
                    "The sign is turned. The minus belongs to the update, not to the gradient.",
                    lambda G, image: -_correlate(image, G),
                ),
                Mistake(
                    "The gradient gets as many columns as rows. The width of a kernel is another number than its "
                    "height.",
                    _square_gradient,
                ),
                Mistake(
                    "The height of $\\mathbf G$ is taken for its width as well.",
                    lambda G, image: _product_by_product(
                        lambda patch, G: np.sum(patch * G), size=lambda image, G: [len(G)] * 2
                    )(image, G),
                ),
                Mistake(
                    "$\\mathbf G$ is not used: how does the loss depend on each result?",
                    lambda G, image: _correlate(image, np.ones_like(G)),
                ),
                Mistake(
                    "Only one place counts here, the last one of the kernel: it overwrites those before it.",
                    lambda G, image: G[-1, -1] * image[G.shape[0] - 1 :, G.shape[1] - 1 :],
                ),
                Mistake(
                    "Only one place counts here, the first one of the kernel. A weight is used at all of them.",
                    lambda G, image: (
                        G[0, 0] * image[: image.shape[0] - G.shape[0] + 1, : image.shape[1] - G.shape[1] + 1]
                    ),
                ),
                Mistake(
                    "The last row and the last column of the kernel are missing.",
                    lambda G, image: _correlate(image, G)[:-1, :-1],
                ),
                Mistake(
                    "The result is larger than the image: every pixel is spread out, as on the way back to an image. "
                    "A weight collects.",
                    _spread,
                ),
                Mistake(
                    "This is the gradient of the cross-correlation with the image flipped. Which pixel does "
                    "$\\mathbf K(m, n)$ meet at the place $(i, j)$?",
                    lambda G, image: _correlate(image[::-1, ::-1], G),
                ),
                Mistake(
                    "Divided by the number of weights. Each has a gradient of its own.",
                    lambda G, image: _correlate(image, G) / _correlate(image, G).size,
                ),
            ],
            points=3,
        ),
    ],
    quiz=[
        Question(
            "What tells a convolution from a cross-correlation?",
            right=(
                "The kernel is flipped in both directions.",
                "The arguments of image and kernel then add up to the place of the result.",
            ),
            wrong={
                "The kernel is transposed.": "Flipping turns each axis round; it does not exchange the axes.",
                "The kernel is normalised.": "Both take the weights as they are.",
                "The result is larger.": "Both have results at the same places.",
            },
        ),
        Question(
            "A layer learns its kernel. What changes if it computes true convolutions instead?",
            right=(
                "The learned kernel is flipped, and nothing else.",
                "Every kernel of one form is a kernel of the other, turned round.",
            ),
            wrong={
                "It learns more slowly.": "The two losses are the same function of a relabelled kernel.",
                "It loses its equivariance to shifts.": "Both commute with shifts.",
                "It needs more parameters.": "The kernel has the same size.",
            },
        ),
        Question(
            "An image of 28 by 28, a kernel of 5 by 5, stride 2 and padding 2. How large is the result?",
            right=("14 by 14", "$\\lfloor(28 + 4 - 5)/2\\rfloor + 1 = 14$."),
            wrong={
                "13 by 13": "The first place counts too: one is added after the division.",
                "12 by 12": "That is without the padding.",
                "28 by 28": "That would need stride 1.",
            },
        ),
        Question(
            "With stride 2 the image moves by one pixel. What happens to the result?",
            right=(
                "Its numbers change.",
                "The kernel now meets patches that it did not meet before. Only even shifts are whole steps.",
            ),
            wrong={
                "It moves by one place.": "A place is two pixels wide.",
                "It moves by half a place.": "There are no half places: other patches are met.",
                "Nothing.": "Equivariance means that it moves, invariance that nothing happens. Neither holds here.",
            },
        ),
    ],
)
