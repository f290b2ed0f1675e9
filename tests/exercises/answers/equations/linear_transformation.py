"""Wrong answers to the exercises on the affine layer."""

BACKWARD = "lambda G, X, W: (G @ W, G.T @ X, G.sum(axis=0))"

WRONG = {
    "squared-error-of-a-layer": [
        ("x * (W * x + b - y).T", "transposed", ["transpose"]),
        ("W * x + b - y", "the gradient of the bias", ["factor"]),
        ("2 * (W * x + b - y) * x.T", "a 2", ["half"]),
        ("(W * x - b - y) * x.T", "a minus before the bias", []),
        ("(W * x + b + y) * x.T", "a plus", []),
        ("(W * x + b) * x.T", "no target", []),
        ("(y - W * x - b) * x.T", "the sign", ["sign"]),
        ("(b - y) * x.T", "no output", []),
        ("(W * x + b - y) * x.T * W.T", "one factor too many", []),
    ],
    "affine-layer-backward": [
        ((BACKWARD, "G @ W", "G @ W.T"), "transposed", ["other way round"]),
        ((BACKWARD, "G.T @ X", "X.T @ G"), "the weights transposed", ["transposed"]),
        ((BACKWARD, "G.sum(axis=0)", "G"), "not summed", ["summed"]),
        ((BACKWARD, "G.sum(axis=0)", "G.sum(axis=1)"), "summed over the outputs", []),
        ((BACKWARD, "G.sum(axis=0)", "G.sum()"), "summed over all", []),
        ((BACKWARD, "G.sum(axis=0)", "G.sum(axis=0, keepdims=True)"), "a row", ["shape"]),
        ((BACKWARD, "G.sum(axis=0)", "G.mean(axis=0)"), "a mean", ["mean"]),
        ((BACKWARD, "G.sum(axis=0)", "np.ones(W.shape[0])"), "ones", []),
        ((BACKWARD, "G.sum(axis=0)", "G[0]"), "the first sample", []),
        ((BACKWARD, "G @ W, G.T @ X, G.sum(axis=0)", "G.T @ X, G @ W, G.sum(axis=0)"), "exchanged", []),
        ((BACKWARD, "G @ W, G.T @ X, G.sum(axis=0)", "G @ W, G.T @ X / len(G), G.mean(axis=0)"), "means", []),
        ((BACKWARD, "G @ W, G.T @ X, G.sum(axis=0)", "G @ W, G.T @ X"), "two values", ["3 values"]),
        ((BACKWARD, "G.T @ X", "np.outer(G[0], X[0])"), "one sample only", []),
        ((BACKWARD, "G.T @ X", "np.outer(G, X)"), "an outer product", []),
        ((BACKWARD, "G @ W", "(X @ W.T) @ W"), "the output for its gradient", []),
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
