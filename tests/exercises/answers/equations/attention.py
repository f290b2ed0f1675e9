"""Wrong answers to the exercises on attention."""

ATTENTION = """def masked_attention(Q, K, V, mask):
    Z = Q @ K.T / np.sqrt(Q.shape[1])
    Z = np.where(mask, Z, -np.inf)
    top = Z.max(axis=1, keepdims=True)
    top = np.where(np.isinf(top), 0, top)
    E = np.exp(Z - top)
    s = E.sum(axis=1, keepdims=True)
    s = np.where(s == 0, 1, s)
    return (E / s) @ V
"""

GRADIENTS = """def attention_gradients(G, Q, K, V, P):
    dP = G @ V.T
    dZ = P * (dP - np.sum(dP * P, axis=1, keepdims=True))
    dS = dZ / np.sqrt(Q.shape[1])
    return dS @ K, dS.T @ Q, P.T @ G
"""

WRONG = {
    "query-weight-gradient": [
        ("W_K * X.T * D.T * X", "the root forgotten", ["root"]),
        ("W_K * X.T * D.T * X * sp.sqrt(d_k)", "multiplied by the root", ["root", "divided"]),
        ("W_K * X.T * D.T * X / d_k", "divided by d_k", ["root"]),
        ("W_K * X.T * D * X / sp.sqrt(d_k)", "D not transposed", ["wrong way round"]),
        ("W_Q * X.T * D * X / sp.sqrt(d_k)", "the gradient of the other weights", ["other weights"]),
        ("D * X * W_K.T / sp.sqrt(d_k)", "the gradient of the queries", ["queries"]),
        ("(W_K * X.T * D.T * X / sp.sqrt(d_k)).T", "transposed", ["transpose"]),
        ("X.T * D.T * X / sp.sqrt(d_k)", "no key weights", ["missing"]),
        ("W_Q * X.T * D.T * X / sp.sqrt(d_k)", "its own weights", ["linear"]),
        ("-W_K * X.T * D.T * X / sp.sqrt(d_k)", "the sign", ["sign"]),
        ("W_K * X.T * D.T * X / (2 * sp.sqrt(d_k))", "halved", ["constant multiple"]),
        ("W_K*X.T*D.T*X/sp.sqrt(n)", "n", []),
    ],
    "masked-attention": [
        ((ATTENTION, "Z - top", "Z"), "no shift", ["overflow"]),
        ((ATTENTION, " / np.sqrt(Q.shape[1])", ""), "not scaled", ["not divided"]),
        ((ATTENTION, "np.sqrt(Q.shape[1])", "Q.shape[1]"), "scaled by d_k", ["standard deviation"]),
        (
            (ATTENTION, "np.sqrt(Q.shape[1])", "np.sqrt(K.shape[0])"),
            "as printed, dimension of K: number of keys",
            ["number of keys"],
        ),
        (
            (ATTENTION, "np.sqrt(Q.shape[1])", "np.sqrt(K.size)"),
            "as printed, dimension of K: number of entries",
            ["entries"],
        ),
        ((ATTENTION, "np.sqrt(Q.shape[1])", "np.sqrt(K.ndim)"), "as printed, dimension of K: number of axes", ["axes"]),
        ((ATTENTION, "np.sqrt(Q.shape[1])", "np.sqrt(V.shape[1])"), "length of a value", ["value"]),
        ((ATTENTION, "    Z = np.where(mask, Z, -np.inf)\n", ""), "no mask", ["mask is not used"]),
        ((ATTENTION, "mask, Z, -np.inf", "mask, -np.inf, Z"), "mask inverted", ["turned round"]),
        ((ATTENTION, "-np.inf", "-1e9"), "a large negative number", ["must not see"]),
        ((ATTENTION, "-np.inf", "0"), "forbidden scores 0", ["exponential of 0"]),
        (
            (ATTENTION, "    Z = np.where(mask, Z, -np.inf)\n", "", "E / s", "E / s * mask"),
            "mask after the softmax",
            ["add up to 1"],
        ),
        ((ATTENTION, "    s = np.where(s == 0, 1, s)\n", ""), "0/0 for a query without keys", ["nan"]),
        (
            (
                ATTENTION,
                "Z.max(axis=1, keepdims=True)",
                "Z.max(axis=0, keepdims=True)",
                "E.sum(axis=1, keepdims=True)",
                "E.sum(axis=0, keepdims=True)",
            ),
            "as printed, the axis is open: softmax along columns",
            ["row or that of a column"],
        ),
        (
            (ATTENTION, "    Z = np.where(mask, Z, -np.inf)\n", "", "np.exp(Z - top)", "np.exp(Z - top) * mask"),
            "the largest of the forbidden scores",
            ["forbidden"],
        ),
        ((ATTENTION, "(E / s) @ V", "E / s"), "the weights", ["weights"]),
        ((ATTENTION, "(E / s) @ V", "E @ V"), "not normalised", ["add up to 1"]),
        ((ATTENTION, "Z.max(axis=1, keepdims=True)", "Z.max()"), "the largest of all scores", ["its own scores"]),
        ((ATTENTION, "Q @ K.T", "K @ Q.T"), "queries and keys exchanged", []),
        ((ATTENTION, "(E / s) @ V", "(E / s).T @ V"), "weights transposed", ["wrong way round"]),
        (
            "def masked_attention(Q, K, V, mask):\n"
            "    E = np.exp(Q @ K.T) * mask\n"
            "    s = E.sum(axis=1, keepdims=True)\n"
            "    return E / np.where(s == 0, 1, s) @ V",
            "not scaled, no shift",
            [],
        ),
        (
            "def masked_attention(Q, K, V, mask):\n"
            "    Z = np.where(mask, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)\n"
            "    E = np.exp(Z)\n"
            "    return E / E.sum(axis=1, keepdims=True) @ V",
            "no shift, and 0/0",
            ["nan"],
        ),
        (
            "def masked_attention(Q, K, V, mask):\n"
            "    Z = np.where(mask, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)\n"
            "    E = np.exp(Z - Z.max(axis=1, keepdims=True))\n"
            "    return np.nan_to_num(E / E.sum(axis=1, keepdims=True) @ V)",
            "nan replaced afterwards: NumPy warns",
            ["warns"],
        ),
        ((ATTENTION, "np.sqrt(Q.shape[1])", "np.sqrt(Q.shape[0])"), "number of queries", ["number of queries"]),
        ((ATTENTION, "np.where(mask, Z, -np.inf)", "Z * mask"), "zero scores", ["exponential of 0"]),
        ((ATTENTION, "np.where(mask, Z, -np.inf)", "Z + np.where(mask, 0, -1e9)"), "add -1e9", ["must not see"]),
        ((ATTENTION, "E.sum(axis=1, keepdims=True)", "E.sum()"), "sum of all", ["one sum"]),
    ],
    "attention-gradients": [
        ((GRADIENTS, "dZ / np.sqrt(Q.shape[1])", "dZ"), "the root forgotten", ["root"]),
        ((GRADIENTS, "dZ / np.sqrt(Q.shape[1])", "dZ / Q.shape[1]"), "the root twice", ["twice"]),
        ((GRADIENTS, "dZ / np", "dZ * np"), "the root multiplied", ["divided"]),
        ((GRADIENTS, "np.sqrt(Q.shape[1])", "np.sqrt(len(K))"), "the root of the number of keys", ["number of keys"]),
        (
            (GRADIENTS, "P * (dP - np.sum(dP * P, axis=1, keepdims=True))", "P * dP"),
            "an element-wise softmax",
            ["element-wise"],
        ),
        (
            (GRADIENTS, "P * (dP - np.sum(dP * P, axis=1, keepdims=True))", "dP * P * (1 - P)"),
            "the slope of sigma",
            ["sigmoid"],
        ),
        ((GRADIENTS, "P * (dP - np.sum(dP * P, axis=1, keepdims=True))", "dP"), "no softmax", ["softmax"]),
        ((GRADIENTS, "P * (dP - ", "(dP - "), "no weights before the bracket", ["factor"]),
        ((GRADIENTS, "dP - np.sum", "dP + np.sum"), "plus", ["taken away"]),
        ((GRADIENTS, "axis=1, keepdims=True", "axis=0"), "the sum over the queries", ["queries"]),
        ((GRADIENTS, ", keepdims=True", ""), "no keepdims", ["axis"]),
        (
            (GRADIENTS, "np.sum(dP * P, axis=1, keepdims=True)", "dP.mean(axis=1, keepdims=True)"),
            "a plain mean",
            ["weighted"],
        ),
        ((GRADIENTS, "dS.T @ Q", "dS @ Q"), "keys: not transposed", ["keys"]),
        ((GRADIENTS, "dS.T @ Q", "dS.T @ K"), "keys with keys", ["keys collect from keys"]),
        ((GRADIENTS, "P.T @ G", "P @ G"), "values: not transposed", ["values"]),
        ((GRADIENTS, "P.T @ G", "dS.T @ G"), "values by the scores", ["values"]),
        ((GRADIENTS, "P.T @ G", "dZ.T @ G"), "values by the gradient of the scores", ["values"]),
        ((GRADIENTS, "dS @ K, dS.T @ Q,", "dS.T @ Q, dS @ K,"), "exchanged", ["exchanged"]),
        (
            (
                GRADIENTS,
                "    dP",
                "    Z = Q @ K.T / np.sqrt(Q.shape[1])\n    E = np.exp(Z - Z.max(axis=1, keepdims=True))\n"
                "    P = E / E.sum(axis=1, keepdims=True)\n    dP",
            ),
            "the weights computed anew, without the mask",
            ["given"],
        ),
        ((GRADIENTS, "axis=1, keepdims=True", "axis=1, keepdims=True) / len(V"), "mean for weighted", []),
        ((GRADIENTS, "dS @ K", "dS @ Q"), "queries with queries", []),
    ],
}
