"""Wrong answers to the exercises on convergence."""

STEP = """def minibatch_step(theta, X, y, rows, learning_rate):
    part = X[rows]
    errors = part @ theta - y[rows]
    return theta - learning_rate * 2 / len(rows) * part.T @ errors
"""

WRONG = {
    "line-search-rate": [
        ("2 / (a + b)", "the best for all steps", ["all steps"]),
        ("(a**2 * x**2 + b**2 * y**2) / (a * x**2 + b * y**2)", "the curvature along (x, y)", ["curvature"]),
        ("(x**2 + y**2) / (a * x**2 + b * y**2)", "the step along (x, y)", ["along the gradient"]),
        ("(a * x**2 + b * y**2) / (a**2 * x**2 + b**2 * y**2)", "one power less", []),
        ("(a**2 * x**2 - b**2 * y**2) / (a**3 * x**2 - b**3 * y**2)", "minus", []),
        ("(a * x + b * y) / (a**2 * x + b**2 * y)", "not squared", []),
        ("1 / a + 1 / b", "one over each", []),
        ("1 / (a + b)", "half of the best for all", []),
        ("2 / sp.Max(a, b)", "the border", []),
        ("(a**2 * x**2 + b**2 * y**2) / (2 * (a**3 * x**2 + b**3 * y**2))", "half of it", ["constant multiple"]),
    ],
    "best-learning-rate": [
        ("lambda A: 2 / np.linalg.eigvalsh(A).max()", "the border", ["border"]),
        ("lambda A: 1 / np.linalg.eigvalsh(A).max()", "one over the largest", ["steepest"]),
        ("lambda A: 2 / (np.linalg.eigvals(A)[0] + np.linalg.eigvals(A)[-1])", "not sorted", []),
        ("lambda A: 2 / (A[0, 0] + A[-1, -1])", "the corners", []),
        ("lambda A: 2 / np.trace(A)", "the trace", ["trace"]),
        ("lambda A: 2 / np.linalg.eigvalsh(A).sum()", "all eigenvalues", ["trace"]),
        ("lambda A: 1 / np.linalg.eigvalsh(A).mean()", "the mean of all", []),
        ("lambda A: 2 / np.sqrt(np.linalg.eigvalsh(A)[0] * np.linalg.eigvalsh(A)[-1])", "the geometric mean", []),
        ("lambda A: 2 / (np.linalg.eigvalsh(A)[0] + np.linalg.eigvalsh(A)[1])", "the two smallest", []),
        ("lambda A: 2 / (A.min() + A.max())", "entries", []),
        ("lambda A: 2 / (np.linalg.eigvalsh(A)[-1] - np.linalg.eigvalsh(A)[0])", "the difference", []),
        ("lambda A: np.linalg.eigvalsh(A)[0] / np.linalg.eigvalsh(A)[-1]", "the condition", []),
        ("lambda A: 2 / (np.linalg.norm(A) + 1 / np.linalg.norm(np.linalg.inv(A)))", "the norm of all entries", []),
    ],
    "minibatch-step": [
        ((STEP, "len(rows)", "len(y)"), "all samples counted", ["minibatch"]),
        ((STEP, "2 / len(rows)", "2"), "no mean", ["mean"]),
        ((STEP, "2 / len(rows)", "1 / len(rows)"), "no 2", ["2"]),
        ((STEP, "theta - l", "theta + l"), "uphill", ["uphill"]),
        ((STEP, "y[rows]", "y[: len(rows)]"), "the first targets", []),
        ((STEP, "part = X[rows]", "part = X[: len(rows)]"), "the first samples", []),
        ((STEP, "part = X[rows]", "part = X"), "all samples", []),
        ((STEP, "part @ theta - y", "part @ theta + y"), "a plus", []),
        ((STEP, "2 / len(rows)", "2 / len(theta)"), "the parameters counted", []),
        ((STEP, "return theta - learning_rate * 2", "return -learning_rate * 2"), "the step", []),
        ((STEP, "part.T @ errors", "errors.mean()"), "no inner derivative", []),
        ((STEP, "learning_rate * 2", "2"), "no rate", []),
        (STEP.replace("    return theta - ", "    theta -= ") + "    return theta\n", "in place", ["theta"]),
    ],
}
