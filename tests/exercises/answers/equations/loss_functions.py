"""Wrong answers to the exercises on loss functions."""

LOSS = """def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_totals = np.log(np.exp(shifted).sum(axis=1))
    return np.mean(log_totals - shifted[np.arange(len(labels)), labels])
"""

SOFTMAX = """def cross_entropy(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(len(labels)), labels]))
"""

WRONG = {
    "weighted-coin-slope": [
        ("sigma(z) - y", "no weight", ["weight"]),
        ("w * (sigma(z) - y)", "both weighted", ["both terms"]),
        ("sigma(z) - w * y", "the weight at the target", []),
        ("(1 - y) * sigma(z) + w * y * (1 - sigma(z))", "a plus", []),
        ("w * y * (1 - sigma(z)) - (1 - y) * sigma(z)", "the sign", ["sign"]),
        ("(1 - y) * sigma(z) - w * y", "half of the second", []),
        ("-w * y * (1 - sigma(z))", "the first term lost", []),
        ("(1 - y) * sigma(z)", "the second term lost", []),
        ("-w * y / sigma(z) + (1 - y) / (1 - sigma(z))", "with respect to the probability", ["probability"]),
    ],
    "cross-entropy-from-logits": [
        (SOFTMAX, "the logarithm of a rounded probability", ["rounded to 0"]),
        ((SOFTMAX, "np.log(P[", "np.log(1e-12 + P["), "a guard in the logarithm", []),
        (
            (
                SOFTMAX,
                "np.log(P[np.arange(len(labels)), labels])",
                "np.log(np.clip(P[np.arange(len(labels)), labels], 1e-15, 1))",
            ),
            "clipped",
            [],
        ),
        ((LOSS, "logits.max(axis=1, keepdims=True)", "0"), "no shift", ["subtracted"]),
        ((LOSS, "logits.max(axis=1, keepdims=True)", "logits.max()"), "one shift", ["whole batch"]),
        ((LOSS, "logits.max(axis=1, keepdims=True)", "logits.max(axis=0)"), "the largest of the columns", []),
        ((LOSS, "logits.max(axis=1, keepdims=True)", "logits.mean(axis=1, keepdims=True)"), "the mean", []),
        ((LOSS, "np.mean(", "np.sum("), "a sum", ["sum"]),
        ((LOSS, "np.mean(", "("), "one loss a sample", ["average"]),
        ((LOSS, "- shifted[np", "+ shifted[np"), "a plus", []),
        ((LOSS, "- shifted[np", "- logits[np"), "shifted once", []),
        ((LOSS, "np.log(", "np.log2("), "bits", []),
        ((LOSS, "shifted[np.arange(len(labels)), labels]", "shifted[:, labels]"), "all pairs", []),
        ((LOSS, "shifted[np.arange(len(labels)), labels]", "shifted[labels]"), "labels as rows", []),
        ((LOSS, "shifted[np.arange(len(labels)), labels]", "shifted.max(axis=1)"), "the likeliest class", []),
        ((LOSS, "return np", "return -np"), "the sign", ["sign"]),
        (
            (LOSS, "log_totals - shifted[np.arange(len(labels)), labels]", "log_totals[:, None] - shifted"),
            "all classes",
            [],
        ),
        ((LOSS, ".sum(axis=1)", ".mean(axis=1)"), "a mean of exponentials", []),
    ],
}
