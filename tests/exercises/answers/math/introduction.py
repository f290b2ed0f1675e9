"""Wrong answers to the exercises on fitting a known model."""

FIT = """def fit_amplitudes(locations, heights):
    x, y = locations[:, 0], locations[:, 1]
    J = np.column_stack([np.sin(x), np.cos(y)])
    return np.linalg.solve(J.T @ J, J.T @ heights)
"""

STEP = """def weighted_step(r, J, s):
    A = J / s[:, None]
    y = r / s
    return -np.linalg.solve(A.T @ A, A.T @ y)
"""

WRONG = {
    "fit-with-a-guess": [
        ("(J.T * J).I * J.T * z", "the guess ignored", ["has none", "term"]),
        ("(J.T * J + mu * sp.Identity(P)).I * J.T * z", "drawn towards zero", ["guess"]),
        ("(J.T * J + mu * sp.Identity(P)).I * (J.T * z + guess)", "the price at one place only", ["missing"]),
        ("(J.T * J + mu * sp.Identity(P)).I * (J.T * z - mu * guess)", "away from the guess", ["away"]),
        ("(J.T * J - mu * sp.Identity(P)).I * (J.T * z + mu * guess)", "a minus in the matrix", []),
        ("(J.T * J + mu * sp.Identity(P)) * (J.T * z + mu * guess)", "multiplied, not solved", []),
        ("J.T * z + mu * guess", "the right side alone", []),
        ("(J.T * J + mu * sp.Identity(P) / 2).I * (J.T * z + mu * guess / 2)", "a half left", []),
        ("(J.T * J + mu * sp.Identity(P)).I * J.T * (z - J * guess)", "the step from the guess", ["start"]),
        ("guess", "the guess itself", []),
        ("J.T * (J * guess - z)", "a gradient", ["slope"]),
        ("(J.T * J).I * J.T * z + guess", "fit and guess added", []),
    ],
    "weighted-step": [
        ((STEP, "r / s", "r"), "no weights in the data", []),
        ((STEP, "J / s[:, None]", "J"), "no weights in the Jacobian", []),
        ((STEP, "J / s[:, None]", "J", "r / s", "r"), "no weights at all", ["errors"]),
        ((STEP, "J / s[:, None]", "J * s[:, None]", "r / s", "r * s"), "weights upside down", ["upside down"]),
        (
            (STEP, "J / s[:, None]", "J / np.sqrt(s)[:, None]", "r / s", "r / np.sqrt(s)"),
            "errors instead of their squares",
            ["squared"],
        ),
        ((STEP, "J / s[:, None]", "J / s[:, None] ** 2", "r / s", "r / s**2"), "squared twice", []),
        ((STEP, "-np.linalg", "np.linalg"), "uphill", ["uphill"]),
        ((STEP, "-np.linalg.solve(A.T @ A, A.T @ y)", "-A.T @ y"), "the gradient", ["curvature"]),
        ((STEP, "A.T @ A, A.T @ y", "A, y"), "for a square Jacobian only", []),
        ((STEP, "s[:, None]", "s"), "broadcast along the wrong axis", []),
        ((STEP, "r / s", "r / s[0]"), "the first error for all", []),
        ((STEP, "s[:, None]", "s.mean()", "r / s", "r / s.mean()"), "the mean error for all", []),
        ((STEP, "-np.linalg.solve(A.T @ A, A.T @ y)", "-np.linalg.inv(A.T @ A)"), "the covariance", []),
        ((STEP, "-np.linalg.solve(A.T @ A, A.T @ y)", "-np.linalg.lstsq(A, y)"), "all of lstsq", []),
    ],
    "fit-amplitudes": [
        ((FIT, "np.sin(x), np.cos(y)", "np.cos(y), np.sin(x)"), "the order of the amplitudes", ["order"]),
        ((FIT, "np.sin(x), np.cos(y)", "np.sin(x), np.cos(x)"), "x twice", []),
        ((FIT, "np.sin(x), np.cos(y)", "np.sin(y), np.cos(y)"), "y twice", []),
        ((FIT, "np.sin(x), np.cos(y)", "np.sin(x), np.sin(y)"), "two sines", []),
        ((FIT, "np.sin(x), np.cos(y)", "np.sin(x), np.cos(y), np.ones(len(x))"), "a constant too", []),
        ((FIT, "np.sin(x), np.cos(y)", "x, y"), "a plane", ["plane"]),
        ((FIT, "locations[:, 0], locations[:, 1]", "locations[0], locations[1]"), "rows for columns", []),
        ((FIT, "J.T @ heights", "-J.T @ heights"), "the sign", ["sign"]),
        ((FIT, "solve(J.T @ J, J.T @ heights)", "solve(J, heights)"), "for two places only", []),
        ((FIT, "np.linalg.solve(J.T @ J, J.T @ heights)", "J.T @ heights"), "not solved", []),
        (
            "lambda p, z: np.array([z @ np.sin(p[:, 0]) / np.sum(np.sin(p[:, 0]) ** 2), "
            "z @ np.cos(p[:, 1]) / np.sum(np.cos(p[:, 1]) ** 2)])",
            "each amplitude alone",
            [],
        ),
        (
            "lambda p, z: tuple(np.linalg.lstsq(np.column_stack([np.sin(p[:, 0]), np.cos(p[:, 1])]), z)[0])",
            "a tuple",
            [],
        ),
    ],
}
