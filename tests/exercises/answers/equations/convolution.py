"""Wrong answers to the exercises on convolution."""

WRONG = {
    "places-with-gaps": [
        ("(n + 2*p - k) / s + 1", "no gaps", ["without gaps"]),
        ("(n + 2*p - d*k) / s + 1", "a gap too many", ["gaps"]),
        ("(n + 2*p - d*(k - 1)) / s + 1", "the pixel under the first weight", ["forgotten"]),
        ("(n + 2*p - d*(k - 1) - 1) / s", "the first place", ["one place"]),
        ("(n + p - d*(k - 1) - 1) / s + 1", "zeros at one end", ["both ends"]),
        ("(n - d*(k - 1) - 1) / s + 1", "no padding", ["zeros"]),
        ("n + 2*p - d*(k - 1)", "no stride", ["stride"]),
        ("(n + 2*p - d*(k - 1) - 1) * s + 1", "multiplied by the stride", []),
        ("(n + 2*p + d*(k - 1) - 1) / s + 1", "kernel added", ["fewer places"]),
        ("(n - 2*p - d*(k - 1) - 1) / s + 1", "padding subtracted", []),
        ("(n + 2*p - (d + 1)*(k - 1) - 1) / s + 1", "d pixels between, not d apart", []),
        ("d*(k - 1) + 1", "the length of the kernel", ["covers"]),
        ("k * ((n + 2*p - d*(k - 1) - 1) / s + 1)", "all weights", ["one of them"]),
        ("(n + 2*p - d*(k - 1) - 1) / (s + 1) + 1", "s + 1", []),
    ],
    "receptive-field": [
        ("1 + L * (k - 1)", "no stride", ["stride 1"]),
        ("(k - 1) * (s**L - 1) / (s - 1)", "the first pixel", ["one, not none"]),
        ("k**L", "a product of kernels", ["multiply"]),
        ("L * k", "kernels side by side", ["overlap"]),
        ("L * k * s", "kernels and strides", ["overlap"]),
        ("1 + (k - 1) * s**(L - 1)", "the highest layer alone", ["highest layer"]),
        ("1 + (k - 1) * s * L", "distances added", ["multiply"]),
        ("1 + (k - 1) * (s**(L - 1) - 1) / (s - 1)", "one layer too few", ["missing"]),
        ("1 + (k - 1) * (s**(L + 1) - 1) / (s - 1)", "one layer too many", ["too many"]),
        ("1 + (k - 1) * s * (s**L - 1) / (s - 1)", "stride in the lowest layer", ["lowest layer"]),
        ("1 + k * (s**L - 1) / (s - 1)", "k for k - 1", ["fewer than $k$"]),
        ("1+(k-1)*s**L", "sL", []),
    ],
    "correlate": [
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        for m, n in np.ndindex(kernel.shape):\n"
            "            S[i, j] += image[i + m, j + n] * kernel[a - 1 - m, b - 1 - n]\n"
            "    return S",
            "as printed, by name: a convolution",
            ["flipped in both directions"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        for m, n in np.ndindex(kernel.shape):\n"
            "            S[i, j] += image[i - m, j - n] * kernel[m, n]\n"
            "    return S",
            "minus for plus: negative indices count from the end",
            ["minus"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    k = kernel.shape[0]\n"
            "    S = np.zeros((image.shape[0] - k + 1, image.shape[1] - k + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(image[i:i + k, j:j + k] * kernel)\n"
            "    return S",
            "square kernels only",
            ["width"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a, image.shape[1] - b))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(image[i:i + a, j:j + b] * kernel)\n"
            "    return S",
            "one place too few",
            ["last place"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        for m, n in np.ndindex(kernel.shape):\n"
            "            S[i, j] = image[i + m, j + n] * kernel[m, n]\n"
            "    return S",
            "assigned, not added",
            ["one product"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros(image.shape)\n"
            "    padded = np.pad(image, ((0, a - 1), (0, b - 1)))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(padded[i:i + a, j:j + b] * kernel)\n"
            "    return S",
            "zeros behind the image",
            ["zeros"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(image[i:i + a, j:j + b])\n"
            "    return S",
            "the kernel is not used",
            ["kernel", "not used"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.max(image[i:i + a, j:j + b] * kernel)\n"
            "    return S",
            "maximum for sum",
            ["largest"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.mean(image[i:i + a, j:j + b] * kernel)\n"
            "    return S",
            "mean for sum",
            ["mean"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(image[i:i + a, j:j + b] * kernel)\n"
            "        return S",
            "return inside the loop",
            ["first place"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(image[i:i + a, j:j + b] @ kernel.T)\n"
            "    return S",
            "a matrix product",
            ["matrix product"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[1] - b + 1, image.shape[0] - a + 1))\n"
            "    for i, j in np.ndindex(S.T.shape):\n"
            "        S[j, i] = np.sum(image[i:i + a, j:j + b] * kernel)\n"
            "    return S",
            "the result is transposed",
            ["transpose"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    S = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i, j in np.ndindex(S.shape):\n"
            "        S[i, j] = np.sum(image[i:i + a, j:j + b] * kernel[::-1])\n"
            "    return S",
            "flipped from top to bottom",
            ["flipped", "top"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    from numpy.lib.stride_tricks import sliding_window_view\n"
            "    return np.einsum('ijmn,mn->ij', sliding_window_view(image, kernel.shape), kernel[:, ::-1])",
            "flip lr",
            ["left to right"],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a,b=kernel.shape\n"
            "    S=np.zeros((image.shape[0]-a+1, image.shape[1]-b+1))\n"
            "    for i in range(S.shape[0]):\n"
            "        for j in range(S.shape[1]):\n"
            "            S[i,j]=np.sum(image[i:a,j:b]*kernel)\n"
            "    return S",
            "slice end",
            [],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a,b=kernel.shape\n"
            "    S=np.zeros((image.shape[0]-a+1, image.shape[1]-b+1))\n"
            "    for i in range(S.shape[0]):\n"
            "        for j in range(S.shape[1]):\n"
            "            S[i,j]=np.sum(image[i:i+a,j:j+b]*kernel)/np.sum(kernel)\n"
            "    return S",
            "normalised by kernel sum",
            [],
        ),
        (
            "def correlate(image, kernel):\n"
            "    a,b=kernel.shape\n"
            "    S=np.zeros((image.shape[0]-a+1, image.shape[1]-b+1))\n"
            "    for i in range(S.shape[0]-1):\n"
            "        for j in range(S.shape[1]-1):\n"
            "            S[i,j]=np.sum(image[i:i+a,j:j+b]*kernel)\n"
            "    return S",
            "loop ends early",
            ["last places"],
        ),
    ],
    "kernel-gradient": [
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    k = image.shape[0] - a + 1\n"
            "    D = np.zeros((k, k))\n"
            "    for m in range(k):\n"
            "        for n in range(k):\n"
            "            D[m, n] = np.sum(grad_result * image[m:m + a, n:n + b])\n"
            "    return D",
            "square kernels only",
            ["width"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a = grad_result.shape[0]\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - a + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = np.sum(grad_result * image[m:m + a, n:n + a])\n"
            "    return D",
            "square results only",
            ["width"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = np.sum(grad_result[::-1, ::-1] * image[m:m + a, n:n + b])\n"
            "    return D",
            "G flipped: a convolution",
            ["flipped"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = np.mean(grad_result * image[m:m + a, n:n + b])\n"
            "    return D",
            "mean over the places",
            ["divided"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = np.sum(image[m:m + a, n:n + b])\n"
            "    return D",
            "G is not used",
            ["not used"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i in range(a):\n"
            "        for j in range(b):\n"
            "            D = grad_result[i, j] * image[i:i + D.shape[0], j:j + D.shape[1]]\n"
            "    return D",
            "only the last place counts",
            ["one place"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = np.sum(grad_result * image[m:m + a, n:n + b])\n"
            "    return D[::-1, ::-1]",
            "the gradient is flipped",
            ["itself is flipped"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] -= np.sum(grad_result * image[m:m + a, n:n + b])\n"
            "    return D",
            "the sign of the update",
            ["sign"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a, image.shape[1] - b))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = np.sum(grad_result * image[m:m + a, n:n + b])\n"
            "    return D",
            "one row and column too few",
            ["last row"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    H, W = image.shape\n"
            "    D = np.zeros((H + a - 1, W + b - 1))\n"
            "    for i, j in np.ndindex(a, b):\n"
            "        D[i:i + H, j:j + W] += grad_result[i, j] * image\n"
            "    return D",
            "the full convolution, which belongs to the image's gradient",
            ["larger than the image"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a, b = grad_result.shape\n"
            "    D = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m, n in np.ndindex(D.shape):\n"
            "        D[m, n] = grad_result[0, 0] * image[m, n]\n"
            "    return D",
            "only the first place counts",
            ["one place"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a,b=grad_result.shape\n"
            "    D=np.zeros((image.shape[0]-a+1,image.shape[1]-b+1))\n"
            "    k,l=D.shape\n"
            "    for i in range(a):\n"
            "        for j in range(b):\n"
            "            D += image[i:i+k,j:j+l]\n"
            "    return D",
            "G not used",
            ["not used"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a,b=grad_result.shape\n"
            "    D=np.zeros((image.shape[0]-a+1,image.shape[1]-b+1))\n"
            "    k,l=D.shape\n"
            "    for i in range(a):\n"
            "        for j in range(b):\n"
            "            D += grad_result[i,j]*image[i:i+k,j:j+l]\n"
            "    return D/D.size",
            "divided by kernel size",
            ["number of weights"],
        ),
        (
            "def kernel_gradient(grad_result, image):\n"
            "    a,b=grad_result.shape\n"
            "    D=np.zeros((image.shape[0]-a+1,image.shape[1]-b+1))\n"
            "    k,l=D.shape\n"
            "    for i in range(a):\n"
            "        for j in range(b):\n"
            "            D += grad_result[i,j]*image[a-1-i:a-1-i+k,b-1-j:b-1-j+l]\n"
            "    return D",
            "flipped G by loops",
            ["flipped"],
        ),
    ],
}
