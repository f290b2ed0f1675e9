"""Wrong answers to the exercises on the encoder block."""

LAYER_NORM = """def normalise_positions(X, gain, bias, epsilon):
    mu = X.mean(axis=1, keepdims=True)
    var = X.var(axis=1, keepdims=True)
    return gain * (X - mu) / np.sqrt(var + epsilon) + bias
"""

RMS = """def rms_norm_gradients(G, X, gain, epsilon):
    d = X.shape[1]
    r = np.sqrt(np.sum(X**2, axis=1, keepdims=True) / d + epsilon)
    dN = G * gain
    N = X / r
    dX = (dN - N * np.sum(dN * N, axis=1, keepdims=True) / d) / r
    return dX, np.sum(G * N, axis=0)
"""

WRONG = {
    "printed-hidden-weights": [
        ("x.T * G * W_2.T", "no ReLU", ["ReLU"]),
        ("hadamard(M, G * W_2.T).T * x", "the book's shape", ["shape"]),
        ("hadamard(M, G * W_2.T)", "the gradient of the sums", ["One product"]),
        ("x.T * M", "G left out", ["not used"]),
        ("x.T * hadamard(M, G * W_2.T) / T", "a mean over the positions", ["mean"]),
        ("-x.T * hadamard(M, G * W_2.T)", "the sign", ["sign"]),
        ("2 * x.T * hadamard(M, G * W_2.T)", "a factor 2", ["constant multiple"]),
        ("M.T * G", "the gradient of the other matrix", ["W_2"]),
        ("x.T*hadamard(M, G*W_2.T)/d_ff", "dff", []),
    ],
    "layer-norm": [
        (
            (LAYER_NORM, "X.mean(axis=1", "X.mean(axis=0", "X.var(axis=1", "X.var(axis=0"),
            "along the batch",
            ["positions"],
        ),
        (
            (LAYER_NORM, "X.mean(axis=1, keepdims=True)", "X.mean()", "X.var(axis=1, keepdims=True)", "X.var()"),
            "one mean",
            ["whole array"],
        ),
        (
            (
                LAYER_NORM,
                "X.mean(axis=1, keepdims=True)",
                "X.mean(axis=1)",
                "X.var(axis=1, keepdims=True)",
                "X.var(axis=1)",
            ),
            "no keepdims",
            ["axis"],
        ),
        ((LAYER_NORM, "X.var(axis=1", "X.var(axis=1, ddof=1"), "d - 1", ["d - 1"]),
        (
            (LAYER_NORM, "np.sqrt(var + epsilon)", "(np.sqrt(var) + epsilon)"),
            "epsilon outside of the root",
            ["standard deviation"],
        ),
        ((LAYER_NORM, "np.sqrt(var + epsilon)", "np.sqrt(var)"), "no epsilon", ["epsilon"]),
        ((LAYER_NORM, "np.sqrt(var + epsilon)", "np.sqrt(var + epsilon**2)"), "epsilon squared", []),
        ((LAYER_NORM, "np.sqrt(var + epsilon)", "(var + epsilon)"), "divided by the variance", ["variance"]),
        ((LAYER_NORM, "(X - mu)", "X"), "not centred", ["subtracted"]),
        (
            (LAYER_NORM, "X.var(axis=1, keepdims=True)", "np.mean(X**2, axis=1, keepdims=True)"),
            "the mean square",
            ["squares"],
        ),
        (
            (LAYER_NORM, "X.var(axis=1, keepdims=True)", "np.sum((X - mu)**2, axis=1, keepdims=True)"),
            "a sum",
            ["sum of the squares"],
        ),
        ((LAYER_NORM, "gain * ", ""), "no gain", ["gain"]),
        ((LAYER_NORM, " + bias", ""), "no bias", ["bias"]),
        (
            (
                LAYER_NORM,
                "gain * (X - mu) / np.sqrt(var + epsilon) + bias",
                "gain * ((X - mu) / np.sqrt(var + epsilon) + bias)",
            ),
            "gain times bias",
            ["multiplied by the gain"],
        ),
        ((LAYER_NORM, "gain *", "bias *", "+ bias", "+ gain"), "exchanged", ["exchanged"]),
        ((LAYER_NORM, "(X - mu) / np", "(X - mu) * np"), "multiplied", ["divided"]),
        (
            (
                LAYER_NORM,
                "    mu",
                "    X = gain * X + bias\n    mu",
                "gain * (X - mu) / np.sqrt(var + epsilon) + bias",
                "(X - mu) / np.sqrt(var + epsilon)",
            ),
            "gain and bias first",
            ["before the norm"],
        ),
        ((LAYER_NORM, "(X - mu)", "(mu - X)"), "the difference turned round", ["other way round"]),
        ((LAYER_NORM, "var + epsilon", "var - epsilon"), "minus eps", ["subtracted"]),
        ((LAYER_NORM, "+ bias", "- bias"), "minus bias", ["subtracted"]),
        ((LAYER_NORM, "X.var(axis=1", "X.std(axis=1"), "std for var", ["standard deviation"]),
    ],
    "rms-norm-gradients": [
        ((RMS, "dN - N * np.sum(dN * N, axis=1, keepdims=True) / d", "dN"), "the root as a constant", ["constant"]),
        ((RMS, "axis=1, keepdims=True) / d)", "axis=1, keepdims=True))"), "a sum for the mean", ["squared"]),
        ((RMS, "dN - N *", "dN - dN.mean(axis=1, keepdims=True) - N *"), "as in layer norm", ["layer norm"]),
        ((RMS, "dN - N *", "dN + N *"), "plus", ["taken out"]),
        ((RMS, "dN = G * gain", "dN = G"), "no gain", ["gain is missing"]),
        ((RMS, ") / r\n    return", ")\n    return"), "not divided by the root", ["not divided"]),
        ((RMS, ") / r\n    return", ") * r\n    return"), "multiplied by the root", ["multiplied"]),
        ((RMS, "np.sum(G * N, axis=0)", "np.sum(G * N * gain, axis=0)"), "gain in its own gradient", ["linear"]),
        ((RMS, "np.sum(G * N, axis=0)", "np.mean(G * N, axis=0)"), "mean over the positions", ["mean"]),
        ((RMS, "np.sum(G * N, axis=0)", "np.sum(G * X, axis=0)"), "features before the norm", ["before the norm"]),
        ((RMS, "np.sum(G * N, axis=0)", "G * N"), "not summed", ["added up"]),
        ((RMS, "np.sum(G * N, axis=0)", "np.sum(G * N, axis=1)"), "the other axis", ["features"]),
        ((RMS, "np.sum(G * N, axis=0)", "np.sum(G, axis=0)"), "the gradient of a bias", ["bias"]),
        ((RMS, " / d + epsilon", " / d"), "no epsilon", ["epsilon"]),
        ((RMS, " / d + epsilon", " + epsilon"), "a sum of squares", ["sum of the squares"]),
        (
            (
                RMS,
                "np.sqrt(np.sum(X**2, axis=1, keepdims=True) / d + epsilon)",
                "np.sqrt(np.sum(X**2, axis=1, keepdims=True) / d) + epsilon",
            ),
            "epsilon outside",
            ["epsilon"],
        ),
        ((RMS, "dN * N, axis=1", "dN * X, axis=1"), "x for x/r", ["two places"]),
        ((RMS, "return dX, np.sum(G * N, axis=0)", "return np.sum(G * N, axis=0), dX"), "exchanged", ["exchanged"]),
        ((RMS, "np.sum(G * N, axis=0)", "np.sum(G * X / gain, axis=0)"), "features, divided by the gain", []),
        ((RMS, "axis=1, keepdims=True) / d)", "axis=0, keepdims=True) / d)"), "axis", []),
    ],
}
