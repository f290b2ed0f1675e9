"""Wrong answers to the exercises on the network as a function."""

UNPACK = """def unpack(theta, n_in, n_hidden, n_out):
    a = n_hidden * n_in
    b = a + n_hidden
    c = b + n_out * n_hidden
    return theta[:a].reshape(n_hidden, n_in), theta[a:b], theta[b:c].reshape(n_out, n_hidden), theta[c:]
"""

COLLAPSE = """def collapse(parameters):
    W, b = parameters[0]
    for V, c in parameters[1:]:
        W, b = V @ W, V @ b + c
    return W, b
"""

WRONG = {
    "three-layer-bias": [
        ("W3 * b2 + b3", "the first bias lost", ["first layer"]),
        ("W3 * W2 * b1 + W3 * b2", "the last bias lost", ["last layer"]),
        ("W3 * W2 * b1 + b3", "the second bias lost", ["second layer"]),
        ("W3 * W2 * b1 - W3 * b2 + b3", "a minus", []),
        ("W3 * (W2 * b1 + b2 + W2 * b1) + b3", "a term twice", []),
        ("W3 * (W2 * b1 + b2) - b3", "a minus before the last", []),
        ("W3 * W2 * b1 + W3 * b2 + 2 * b3", "the last twice", []),
        ("b3", "the last alone", ["last bias alone"]),
    ],
    "unpack-parameters": [
        ((UNPACK, "theta[:a].reshape(n_hidden, n_in)", "theta[:a].reshape(n_in, n_hidden).T"), "column by column", []),
        (
            (UNPACK, "theta[:a].reshape(n_hidden, n_in)", "theta[:a].reshape(n_in, n_hidden)"),
            "the first shape turned",
            [],
        ),
        (
            (UNPACK, "theta[b:c].reshape(n_out, n_hidden)", "theta[b:c].reshape(n_hidden, n_out)"),
            "the second shape turned",
            [],
        ),
        ((UNPACK, "theta[a:b]", "theta[a:b].reshape(-1, 1)"), "a bias as a column", ["shape"]),
        ((UNPACK, "theta[:a].reshape(n_hidden, n_in)", "theta[:a]"), "not reshaped", ["shape"]),
        ((UNPACK, "theta[c:]", "theta[c : c + 1]"), "one output only", []),
        ((UNPACK, "theta[c:]", "theta[-1:]"), "the last number only", []),
        ((UNPACK, "theta[a:b]", "theta[a : a + n_in]"), "as many biases as inputs", []),
        ((UNPACK, "theta[a:b]", "theta[a + 1 : b + 1]"), "off by one", []),
        ((UNPACK, "b = a + n_hidden", "b = a + n_out"), "the widths exchanged", []),
        (
            (
                UNPACK,
                "theta[a:b], theta[b:c].reshape(n_out, n_hidden)",
                "theta[b:c].reshape(n_out, n_hidden), theta[a:b]",
            ),
            "returned in another order",
            [],
        ),
        ((UNPACK, ", theta[c:]", ""), "three values", ["4 values"]),
    ],
    "collapse-layers": [
        ((COLLAPSE, "V @ W,", "W @ V,"), "the wrong order", ["order"]),
        ((COLLAPSE, "V @ b + c", "b + c"), "biases added up", ["added up"]),
        ((COLLAPSE, "V @ b + c", "c"), "the last bias", ["last bias"]),
        ((COLLAPSE, "V @ b + c", "V @ b"), "no bias of its own", []),
        ((COLLAPSE, "V @ b + c", "W @ b + c"), "the weights before", []),
        ((COLLAPSE, "V @ b + c", "V.T @ b + c"), "transposed", []),
        ((COLLAPSE, "parameters[1:]", "parameters"), "the first layer twice", []),
        ((COLLAPSE, "parameters[1:]", "parameters[1:-1]"), "the last layer left out", []),
        ((COLLAPSE, "parameters[1:]", "parameters[:0:-1]"), "from the end", []),
        ((COLLAPSE, "    return W, b", "        return W, b"), "return inside the loop", ["None"]),
        ((COLLAPSE, "return W, b", "return b, W"), "exchanged", []),
        ((COLLAPSE, "return W, b", "return W"), "the matrix alone", ["2 values"]),
        (
            "def collapse(parameters):\n    (W, b), (V, c) = parameters\n    return V @ W, V @ b + c\n",
            "two layers only",
            [],
        ),
        (
            "def collapse(parameters):\n"
            "    W = np.linalg.multi_dot([W for W, b in parameters[::-1]])\n"
            "    b = sum(b for W, b in parameters)\n"
            "    return W, b\n",
            "two or more layers only",
            [],
        ),
        (
            "def collapse(parameters):\n"
            "    W = np.eye(2)\n"
            "    b = 0\n"
            "    for V, c in parameters:\n"
            "        W, b = V @ W, V @ (np.zeros(V.shape[1]) + b) + c\n"
            "    return W, b\n",
            "two inputs only",
            [],
        ),
    ],
}
