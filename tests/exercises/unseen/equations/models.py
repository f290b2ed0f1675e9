"""Wrong answers to the exercises of Part II on models, with the words by which a hint would name the mistake."""

WRONG = {
    "batch-softmax": [
        (
            "lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=1, keepdims=True)",
            "the maximum of the batch: rows far below are 0/0",
            "row|axis|each|sample|whole batch",
            "sign",
        ),
        (
            "lambda Z: np.exp(Z - Z.max(axis=0)) / np.exp(Z - Z.max(axis=0)).sum(axis=1, keepdims=True)",
            "the maximum of the columns",
            "axis|row|column",
            "sign",
        ),
        (
            "lambda Z: np.exp(Z - Z.max(axis=1, keepdims=True)) / np.exp(Z - Z.max(axis=1, keepdims=True)).sum()",
            "the whole batch adds up to 1",
            "row|axis|batch|all",
            "sign",
        ),
    ],
    "query-weight-gradient": [
        ("W_K * X.T * D * X / sp.sqrt(d_k)", "D is not transposed", "wrong way round|transpose", "sign"),
        ("W_K * X.T * D.T * X", "the scale is missing", "d_k|scale|root|sqrt", "transpose|sign"),
        ("W_Q * X.T * D.T * X / sp.sqrt(d_k)", "the wrong weights", "w_k|w_q", "transpose|sign"),
    ],
    "masked-attention": [
        (
            "def masked_attention(Q, K, V, mask):\n"
            "    Z = Q @ K.T / np.sqrt(Q.shape[1])\n"
            "    E = np.exp(Z - Z.max(axis=1, keepdims=True))\n"
            "    P = E / E.sum(axis=1, keepdims=True)\n"
            "    return (P * mask) @ V",
            "masked after the softmax: the rows no longer add up to 1",
            "after|before|add up|normal",
            "sign|transpose",
        ),
        (
            "def masked_attention(Q, K, V, mask):\n"
            "    Z = np.where(mask, Q @ K.T, -1e30)\n"
            "    E = np.exp(Z - Z.max(axis=1, keepdims=True)) * mask\n"
            "    return E / np.maximum(E.sum(axis=1, keepdims=True), 1e-300) @ V",
            "not divided by the root of d_k",
            "not divided|sqrt|root|scale|d_k|shape\\[1\\]",
            "sign|transpose",
        ),
        (
            "def masked_attention(Q, K, V, mask):\n"
            "    Z = np.where(mask, -1e30, Q @ K.T / np.sqrt(Q.shape[1]))\n"
            "    E = np.exp(Z - Z.max(axis=1, keepdims=True)) * ~mask\n"
            "    return E / np.maximum(E.sum(axis=1, keepdims=True), 1e-300) @ V",
            "the mask the wrong way round",
            "mask",
            "sign|transpose",
        ),
    ],
    "attention-gradients": [
        (
            "def attention_gradients(G, Q, K, V, P):\n"
            "    D = G @ V.T\n"
            "    Z = P * (D - (D * P).sum(axis=1, keepdims=True)) / np.sqrt(Q.shape[1])\n"
            "    return Z @ K, Z @ Q, P.T @ G",
            "a transpose is missing in the gradient of the keys",
            "keys|grad_k|transpose|shapes",
            "sign",
        ),
        (
            "def attention_gradients(G, Q, K, V, P):\n"
            "    D = G @ V.T\n"
            "    Z = P * (D - (D * P).sum(axis=1, keepdims=True))\n"
            "    return Z @ K, Z.T @ Q, P.T @ G",
            "the scale is forgotten on the way back",
            "sqrt|root|scale|d_k|factor",
            "sign|transpose",
        ),
        (
            "def attention_gradients(G, Q, K, V, P):\n"
            "    D = G @ V.T\n"
            "    Z = P * (D - (D * P).sum(axis=0, keepdims=True)) / np.sqrt(Q.shape[1])\n"
            "    return Z @ K, Z.T @ Q, P.T @ G",
            "the sum of the softmax's way back runs over the wrong axis",
            "axis|row|column|queries",
            "sign|transpose",
        ),
    ],
    "first-of-two-weights": [
        ("2 * (a2 - y) * (1 - a2**2) * w2 * x", "the slope of the first unit", "a_?1|slope|first", "sign"),
        ("2 * (a2 - y) * (1 - a2**2) * (1 - a1**2) * x", "w2 is missing", "w_?2", "sign"),
        ("2 * (a2 - y) * (1 - a2) * w2 * (1 - a1) * x", "the squares are missing", "square|power|\\*\\*", "sign"),
    ],
    "tanh-layer-backward": [
        (
            "def tanh_layer_backward(g, A, B, W):\n    d = g * (1 - A)\n    return d @ W, d.T @ B, d.sum(axis=0)",
            "the square in the slope of tanh",
            "square|\\*\\*|power",
            "sign|transpose",
        ),
        (
            "def tanh_layer_backward(g, A, B, W):\n"
            "    d = g * (1 - np.tanh(A) ** 2)\n    return d @ W, d.T @ B, d.sum(axis=0)",
            "tanh once more",
            "tanh|already|twice|again",
            "sign|transpose",
        ),
        (
            "def tanh_layer_backward(g, A, B, W):\n    d = g * (1 - A ** 2)\n    return g @ W, d.T @ B, d.sum(axis=0)",
            "the gradient below is taken before the activation's slope",
            "`grad_a` stands where|grad_a_below|slope|delta|activation",
            "sign|transpose",
        ),
    ],
    "first-signal": [
        (
            "def first_signal(delta, weights, outputs):\n"
            "    for W, A in zip(weights, outputs):\n"
            "        delta = delta @ W * (1 - A ** 2)\n    return delta",
            "from the bottom up",
            "order|reverse|last|top|backward|first",
            "sign",
        ),
        (
            "def first_signal(delta, weights, outputs):\n"
            "    for W, A in zip(weights[::-1], outputs[::-1]):\n"
            "        delta = delta @ W\n    return delta",
            "no slopes",
            "slope|1 - a|outputs|tanh",
            "sign",
        ),
        (
            "def first_signal(delta, weights, outputs):\n"
            "    for W, A in zip(weights[::-1], outputs[::-1]):\n"
            "        return delta @ W * (1 - A ** 2)\n    return delta",
            "return in the loop",
            "return|loop|first turn|one layer|layers",
            "",
        ),
    ],
    "three-layer-bias": [
        ("W3 * b1 + W3 * b2 + b3", "W2 is missing", "shape|w_?2", "sign"),
        ("W3 * W2 * b1 + b2 + b3", "W3 before b2 is missing", "shape|fit|add|w_?3", "sign"),
        ("W3 * W2 * b1 + W3 * b2", "the last bias", "b_?3|last", "sign"),
    ],
    "unpack-parameters": [
        (
            "def unpack(t, i, h, o):\n"
            "    a = h * i\n    b = a + h\n    c = b + o * h\n"
            "    return t[:a].reshape(i, h).T, t[a:b], t[b:c].reshape(o, h), t[c:]",
            "W1 column by column",
            "w1|row by row|column|order",
            "sign",
        ),
        (
            "def unpack(t, i, h, o):\n"
            "    a = h * i\n    b = a + o * h\n"
            "    return t[:a].reshape(h, i), t[b:b + h], t[a:b].reshape(o, h), t[b + h:]",
            "both matrices first",
            "b1|order|layer by layer|bias",
            "sign|transpose",
        ),
        (
            "def unpack(t, i, h, o):\n"
            "    a = h * i\n    b = a + h\n    c = b + o * h\n"
            "    return t[:a], t[a:b], t[b:c], t[c:]",
            "not reshaped",
            "shape|w1",
            "sign|transpose",
        ),
    ],
    "collapse-bypasses": [
        (
            "def collapse_bypasses(p):\n"
            "    W, b = np.eye(len(p[0][1])), 0 * p[0][1]\n"
            "    for V, c in p:\n        W, b = W + V @ W, b + c\n    return W, b",
            "the biases do not pass the later layers",
            "bias|`b`|w_next",
            "sign|transpose",
        ),
        (
            "def collapse_bypasses(p):\n"
            "    W, b = np.eye(len(p[0][1])), 0 * p[0][1]\n"
            "    for V, c in p:\n        W = W + V @ W\n        b = b + W @ b + c\n    return W, b",
            "the bias is multiplied by the map so far",
            "bias|`b`|w_next|new|map",
            "sign",
        ),
        (
            "def collapse_bypasses(p):\n"
            "    W, b = p[0]\n"
            "    for V, c in p[1:]:\n        W, b = V @ W, V @ b + c\n    return W, b",
            "the bypasses are forgotten",
            "bypass|adds|term",
            "sign|transpose",
        ),
    ],
    "places-with-gaps": [
        (
            "(n + 2 * p - d * (k - 1)) / s",
            "the pixel of the first weight and the first place",
            "1|one|first|pixel",
            "sign",
        ),
        ("(n + 2 * p - (k - 1) - 1) / s + 1", "the gaps are left out", "gaps|`?d`?\\b", "sign"),
        ("(n + 2 * p - d * (k + 1) - 1) / s + 1", "gaps at both ends of the kernel", "gaps|1|sign|minus", ""),
    ],
    "receptive-field": [
        ("1 + L * (k - 1)", "the stride is forgotten", "`?s`?\\b|stride", "sign"),
        (
            "1 + (k - 1) * (s**(L - 1) - 1) / (s - 1)",
            "one layer too few",
            "layer|off by one|L - 1|exponent|one less|l`",
            "sign",
        ),
        ("1 + k * (s**L - 1) / (s - 1)", "k where k - 1 is meant", "k - 1|k − 1|`?k`?\\b|1", "sign"),
    ],
    "correlate": [
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    out = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i in range(out.shape[0]):\n        for j in range(out.shape[1]):\n"
            "            out[i, j] = np.sum(image[i:i + a, j:j + b] * kernel[::-1, ::-1])\n    return out",
            "a convolution: the kernel is flipped",
            "flip|convolution|revers|turned",
            "sign|transpose",
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    out = np.zeros((image.shape[0] - a, image.shape[1] - b))\n"
            "    for i in range(out.shape[0]):\n        for j in range(out.shape[1]):\n"
            "            out[i, j] = np.sum(image[i:i + a, j:j + b] * kernel)\n    return out",
            "the last place is forgotten",
            "shape|last|\\+ 1|one",
            "sign|transpose",
        ),
        (
            "def correlate(image, kernel):\n"
            "    a, b = kernel.shape\n"
            "    out = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for i in range(out.shape[0]):\n        for j in range(out.shape[1]):\n"
            "            out[i, j] = np.mean(image[i:i + a, j:j + b] * kernel)\n    return out",
            "a mean in the place of the sum",
            "mean|sum|divi|factor|size",
            "sign|transpose",
        ),
    ],
    "kernel-gradient": [
        (
            "def kernel_gradient(g, image):\n"
            "    a, b = g.shape\n"
            "    out = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m in range(out.shape[0]):\n        for n in range(out.shape[1]):\n"
            "            out[m, n] = np.sum(g[::-1, ::-1] * image[m:m + a, n:n + b])\n    return out",
            "the gradient is flipped",
            "flip|revers|turned|convolution",
            "sign|transpose",
        ),
        (
            "def kernel_gradient(g, image):\n"
            "    a, b = g.shape\n"
            "    out = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m in range(out.shape[0]):\n        for n in range(out.shape[1]):\n"
            "            out[m, n] = np.sum(g * image[:a, :b])\n    return out",
            "always the same piece of the image",
            "index|slice|same|m`|place|entries are equal|moved",
            "sign|transpose",
        ),
        (
            "def kernel_gradient(g, image):\n"
            "    a, b = g.shape\n"
            "    out = np.zeros((image.shape[0] - a + 1, image.shape[1] - b + 1))\n"
            "    for m in range(out.shape[0] - 1):\n        for n in range(out.shape[1] - 1):\n"
            "            out[m, n] = np.sum(g * image[m:m + a, n:n + b])\n    return out",
            "the last row and column are not filled",
            "last|zero|range|bound",
            "sign|transpose",
        ),
    ],
    "uniform-weights": [
        ("sp.sqrt(2 / n)", "He's standard deviation, not the bound", "standard deviation|3|bound|variance", "sign"),
        ("sp.sqrt(3 / n)", "the half that ReLU loses", "relu|half|2|factor", "sign"),
        ("6 / n", "no root", "root|square|sqrt", "sign"),
    ],
    "forward-pass": [
        (
            "def predict(X, parameters):\n"
            "    for W, b in parameters:\n        X = np.maximum(X @ W.T + b, 0)\n    return X",
            "ReLU after the last layer",
            "last|relu|activation|negative",
            "sign|transpose",
        ),
        (
            "def predict(X, parameters):\n    for W, b in parameters:\n        X = X @ W.T + b\n    return X",
            "no ReLU at all",
            "relu|activation|maximum",
            "sign|transpose",
        ),
        (
            "def predict(X, parameters):\n"
            "    for W, b in parameters[:-1]:\n        X = np.max(X @ W.T + b, 0)\n"
            "    return X @ parameters[-1][0].T + parameters[-1][1]",
            "np.max in the place of np.maximum",
            "np\\.max`?|maximum|axis",
            "transposed",
        ),
    ],
    "multiply-adds": [
        (
            "lambda widths, samples: samples * sum(widths)",
            "units are counted, not weights",
            "weights|product|multipl|units",
            "sign",
        ),
        (
            "lambda widths, samples: samples * int(np.prod(widths))",
            "one product of all widths",
            "product|sum|layer|add",
            "sign",
        ),
        ("lambda widths, samples: sum(a * b for a, b in zip(widths, widths[1:]))", "one sample only", "sample", "sign"),
    ],
}
