"""Wrong answers to the exercises on the affine layer."""

BACKWARD = "lambda G, X, W, A, B: (G @ (W + B @ A), B.T @ G.T @ X, G.T @ X @ A.T)"

WRONG = {
    "tied-weights-gradient": [
        ("W * (W.T * W * x - x) * x.T", "the encoder alone", ["way back"]),
        ("W * x * (W.T * W * x - x).T", "the decoder alone", ["depends"]),
        ("2 * W * x * (W.T * W * x - x).T", "the decoder twice", []),
        ("W * x * x.T + W * (W.T * W * x - x) * x.T", "the error missing in one path", []),
        ("W * x * (W.T * W * x).T + W * W.T * W * x * x.T", "no target", []),
        ("W * x * (W.T * W * x + x).T + W * (W.T * W * x + x) * x.T", "a plus", []),
        ("-W * x * (W.T * W * x - x).T - W * (W.T * W * x - x) * x.T", "the sign", ["sign"]),
        ("W * x * (W.T * W * x - x).T - W * (W.T * W * x - x) * x.T", "the paths subtracted", []),
        ("(W.T * W * x - x) * x.T * W.T + x * (W.T * W * x - x).T * W.T", "transposed", ["transpose"]),
        ("(W * x * (W.T * W * x - x).T + W * (W.T * W * x - x) * x.T) / 2", "their mean", ["half"]),
    ],
    "low-rank-backward": [
        ((BACKWARD, "G @ (W + B @ A)", "G @ W"), "the correction forgotten on the way back", ["correction"]),
        ((BACKWARD, "G @ (W + B @ A)", "G @ B @ A"), "the old weights forgotten", []),
        ((BACKWARD, "G @ (W + B @ A)", "G @ (W + B @ A).T"), "transposed", ["other way round"]),
        ((BACKWARD, "G @ (W + B @ A)", "G @ (W - B @ A)"), "a minus", []),
        ((BACKWARD, "B.T @ G.T @ X", "X.T @ G @ B"), "A transposed", ["transpose"]),
        ((BACKWARD, "G.T @ X @ A.T", "A @ X.T @ G"), "B transposed", ["transpose"]),
        ((BACKWARD, "B.T @ G.T @ X", "G.T @ X"), "the gradient of the whole for A", []),
        ((BACKWARD, "G.T @ X @ A.T", "G.T @ X"), "the gradient of the whole for B", []),
        ((BACKWARD, "B.T @ G.T @ X", "A @ X.T @ G @ B @ A"), "A and B confused", []),
        ((BACKWARD, "B.T @ G.T @ X, G.T @ X @ A.T", "G.T @ X @ A.T, B.T @ G.T @ X"), "exchanged", []),
        ((BACKWARD, "B.T @ G.T @ X", "B.T @ G.T @ X / len(X)"), "a mean once more", []),
        ((BACKWARD, "G @ (W + B @ A), B.T @ G.T @ X", "B.T @ G.T @ X"), "two values", ["3 values"]),
        ((BACKWARD, "B.T @ G.T @ X", "A"), "A itself", []),
        ((BACKWARD, "B.T @ G.T @ X", "B.T @ np.outer(G[0], X[0])"), "the first sample only", []),
        ((BACKWARD, "G.T @ X @ A.T", "-G.T @ X @ A.T"), "a sign", ["sign"]),
    ],
    "half-axes": [
        ("lambda W: np.abs(np.linalg.eigvals(W))", "eigenvalues", []),
        ("lambda W: np.linalg.svd(W, compute_uv=False) ** 2", "squares", ["squares"]),
        ("lambda W: np.linalg.svd(W, compute_uv=False)[::-1]", "the order", ["first"]),
        ("lambda W: np.linalg.svd(W)[0][0]", "a vector of U", []),
        ("lambda W: 2 * np.linalg.svd(W, compute_uv=False)", "whole axes", ["whole"]),
        ("lambda W: np.linalg.norm(W, axis=1)", "the lengths of the rows", []),
        ("lambda W: np.array([np.linalg.norm(W), abs(np.linalg.det(W)) / np.linalg.norm(W)])", "the norm of all", []),
        (
            "lambda W: np.array([np.linalg.norm(W, 2), abs(np.linalg.det(W)) / np.linalg.norm(W, 2)])",
            "divides by zero for a point",
            [],
        ),
        ("lambda W: np.array([np.linalg.norm(W, 2), 1 / np.linalg.norm(np.linalg.inv(W), 2)])", "invertible only", []),
        (
            "lambda W: np.array([np.linalg.norm(W, 2), np.linalg.det(W) / max(np.linalg.norm(W, 2), 1e-300)])",
            "the sign of a mirror",
            [],
        ),
        ("lambda W: np.diag(W)", "the diagonal", []),
        ("lambda W: np.linalg.eigvalsh(W @ W.T)[::-1]", "no root", ["squares"]),
        ("lambda W: np.sqrt(np.abs(np.linalg.eigvalsh(W @ W)))[::-1]", "no transpose", []),
    ],
}
