"""Wrong answers to the exercises on regularization."""

DROPOUT = """def dropout(X, draws, rate):
    mask = (draws >= rate) / (1 - rate)
    return X * mask, mask
"""

WRONG = {
    "penalized-minimum": [
        ("h * c / (h + s)", "no m", ["samples"]),
        ("c * (1 - s / m)", "one step", ["one step"]),
        ("h * c / (h + 2 * s / m)", "a 2", ["half"]),
        ("h * c / (h - s / m)", "a minus", ["sign"]),
        ("h / (h + s / m)", "the factor", ["factor"]),
        ("c / (h + s / m)", "no curvature above", []),
        ("h * c / (h + s * m)", "multiplied by m", []),
        ("c", "the old place", []),
        ("0", "zero", []),
        ("c * s / m / (h + s / m)", "the other share", []),
        ("h * c / (h + s / (2 * m))", "a half", []),
        ("c / (1 + s / m)", "without curvature", []),
        ("h * sp.Abs(c) / (h + s / m)", "the size of c", []),
    ],
    "inverted-dropout": [
        ((DROPOUT, "draws >= rate", "draws > rate"), "equal draws dropped", ["equal"]),
        ((DROPOUT, "draws >= rate", "draws < rate"), "kept and dropped exchanged", ["exchanged"]),
        ((DROPOUT, "draws >= rate", "draws <= 1 - rate"), "the other end of the draws", []),
        ((DROPOUT, "draws >= rate", "draws < 1 - rate"), "the other end", []),
        ((DROPOUT, "(draws >= rate) / (1 - rate)", "1.0 * (draws >= rate)"), "not scaled", ["mean"]),
        ((DROPOUT, " / (1 - rate)", " / rate"), "divided by the rate", ["that of keeping"]),
        ((DROPOUT, " / (1 - rate)", " * (1 - rate)"), "multiplied", ["second time"]),
        (
            (DROPOUT, "(draws >= rate) / (1 - rate)", "draws >= rate", "X * mask", "X * mask / (1 - rate)"),
            "booleans as the mask",
            [],
        ),
        ((DROPOUT, "X * mask", "mask"), "no input", []),
        ((DROPOUT, ", mask\n", "\n"), "one value", ["2 values"]),
        ((DROPOUT, "X * mask, mask", "mask, X * mask"), "exchanged", []),
        ((DROPOUT, "draws >= rate", "np.random.random(X.shape) >= rate"), "draws of its own", []),
        ((DROPOUT, "X * mask", "X * mask * mask"), "twice", []),
        ((DROPOUT, "X * mask, mask", "X[mask > 0] / (1 - rate), mask"), "the rest only", ["shape"]),
        (
            "def dropout(X, draws, rate):\n"
            "    X[draws < rate] = 0\n"
            "    return X / (1 - rate), (draws >= rate) / (1 - rate)\n",
            "in place",
            ["X"],
        ),
    ],
}
