"""Wrong answers to the exercises on the network as a function."""

UNPACK = """def unpack(theta, n_in, n_hidden, n_out):
    a = n_hidden * n_in
    b = a + n_hidden
    c = b + n_out * n_hidden
    return theta[:a].reshape(n_hidden, n_in), theta[a:b], theta[b:c].reshape(n_out, n_hidden), theta[c:]
"""

COLLAPSE = """def collapse_bypasses(parameters):
    n = len(parameters[0][1])
    W, b = np.eye(n), np.zeros(n)
    for V, c in parameters:
        W, b = W + V @ W, b + V @ b + c
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
    "collapse-bypasses": [
        ((COLLAPSE, "W + V @ W, b + V @ b", "V @ W, V @ b"), "no bypass", ["bypass"]),
        ((COLLAPSE, "W + V @ W", "W + W @ V"), "the wrong order", ["order"]),
        ((COLLAPSE, "b + V @ b + c", "V @ b + c"), "no bypass for the bias", ["bypass"]),
        ((COLLAPSE, "b + V @ b + c", "b + c"), "biases added up", ["added up"]),
        ((COLLAPSE, "b + V @ b + c", "b + V @ b"), "no bias of its own", []),
        ((COLLAPSE, "b + V @ b + c", "c"), "the last bias", []),
        ((COLLAPSE, "b + V @ b + c", "b + V @ (b + c)"), "the own bias multiplied", []),
        ((COLLAPSE, "W + V @ W", "W - V @ W"), "a minus", []),
        ((COLLAPSE, "W + V @ W", "W + V"), "matrices added up", ["added up"]),
        ((COLLAPSE, "W + V @ W", "V @ W"), "no bypass for the weights", []),
        ((COLLAPSE, "V @ b + c", "V.T @ b + c"), "transposed", []),
        ((COLLAPSE, "V @ b + c", "W @ b + c"), "the map so far for the layer", []),
        ((COLLAPSE, "in parameters:", "in parameters[1:]:"), "the first layer left out", []),
        ((COLLAPSE, "in parameters:", "in parameters[::-1]:"), "from the end", []),
        ((COLLAPSE, "    return W, b", "        return W, b"), "return inside the loop", []),
        ((COLLAPSE, "return W, b", "return b, W"), "exchanged", []),
        ((COLLAPSE, "return W, b", "return W"), "the matrix alone", ["2 values"]),
        ((COLLAPSE, "np.eye(n)", "np.zeros((n, n))"), "begun with zeros", []),
        ((COLLAPSE, "np.eye(n)", "np.ones((n, n))"), "begun with ones", []),
    ],
}
