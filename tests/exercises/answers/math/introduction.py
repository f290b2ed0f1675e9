"""Wrong answers to the exercises on fitting a known model."""

FIT = """def fit_amplitudes(locations, heights):
    x, y = locations[:, 0], locations[:, 1]
    J = np.column_stack([np.sin(x), np.cos(y)])
    return np.linalg.solve(J.T @ J, J.T @ heights)
"""

WRONG = {
    "linear-cost-gradient": [
        ("J.T * J * theta - z", "a factor forgotten", []),
        ("J.T * (J * theta + z)", "a plus", []),
        ("J.T * J * theta", "no data", []),
        ("J * (J.T * theta - z)", "transposes exchanged", []),
        ("-J.T * z", "only the data", []),
        ("J.T * (J * theta - z) / 2", "the half left", []),
        ("J.T * (z - J * theta)", "the sign", ["sign"]),
    ],
    "gauss-newton-step": [
        ("lambda r, J: np.linalg.solve(J.T @ J, J.T @ r)", "uphill", ["uphill"]),
        ("lambda r, J: -np.linalg.solve(J, r)", "for a square Jacobian only", []),
        ("lambda r, J: -np.linalg.solve(J @ J.T, r)", "the product the other way round", []),
        ("lambda r, J: -J.T @ r", "the gradient", ["curvature"]),
        ("lambda r, J: -np.linalg.inv(J.T @ J) @ r", "a factor forgotten", []),
        ("lambda r, J: -J.T @ r / np.linalg.norm(J) ** 2", "a norm for the matrix", []),
        ("lambda r, J: -np.linalg.lstsq(J, r, rcond=None)[1]", "the residuals of lstsq", []),
        ("lambda r, J: -np.linalg.lstsq(J, r, rcond=None)", "all that lstsq returns", []),
        ("lambda r, J: -np.linalg.solve(J.T @ J + np.eye(J.shape[1]), J.T @ r)", "damped", []),
        ("lambda r, J: -0.5 * np.linalg.solve(J.T @ J, J.T @ r)", "half as long", ["constant multiple"]),
        ("lambda r, J: -np.linalg.solve(J.T @ J, J.T @ r)[:, None]", "a column", ["shape"]),
        ("lambda r, J: -np.linalg.solve(J.T @ J, J.T @ r)[::-1]", "parameters in the wrong order", []),
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
