"""Wrong answers to the exercises on activation functions."""

SOFTMAX = """def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
"""

BACKWARD = "lambda G, S: S * (G - (G * S).sum(axis=1, keepdims=True))"

GELU = "lambda G, Z, Phi: G * (Phi + Z * np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi))"

WRONG = {
    "gelu-backward": [
        ("lambda G, Z, Phi: G * Phi", "a constant Phi", ["constant"]),
        ((GELU, "Phi + Z * ", "Phi + "), "no z", ["factor"]),
        ((GELU, "Phi + Z", "Z"), "one term", ["two terms"]),
        ((GELU, "Phi + Z", "Phi - Z"), "a minus", ["sign"]),
        ((GELU, " / np.sqrt(2 * np.pi)", ""), "no area", ["area"]),
        ((GELU, "(Z**2) / 2", "(Z**2)"), "no half", ["half"]),
        ((GELU, "(Z**2) / 2", "Z / 2"), "no square", []),
        ((GELU, "-(Z**2)", "(np.minimum(abs(Z), 6)**2)"), "a bell that grows", []),
        ((GELU, "2 * np.pi", "np.pi"), "no two in the root", []),
        ((GELU, "np.sqrt(2 * np.pi)", "(2 * np.pi)"), "no root", []),
        ((GELU, "G * ", ""), "only the slope", ["arrives"]),
        ((GELU, "G * (Phi", "(G * Phi"), "the gradient at one term", []),
        ("lambda G, Z, Phi: G * Z * Phi", "the value", ["value"]),
        ("lambda G, Z, Phi: G * (Phi + Z * Phi * (1 - Phi))", "the slope of SiLU's pattern", ["density"]),
        ("lambda G, Z, Phi: G * (Z > 0)", "ReLU", []),
        ((GELU, "Phi + Z", "1 + Z"), "one for Phi", []),
    ],
    "silu-derivative": [
        ("s", "the sigmoid as a constant", ["constant"]),
        ("s * (1 - s)", "the derivative of the sigmoid", ["product"]),
        ("z * s * (1 - s)", "one term", ["two terms"]),
        ("s - z * s * (1 - s)", "a minus", []),
        ("s + z * s * (1 + s)", "a plus in the slope", []),
        ("1 + z * s * (1 - s)", "one for s", []),
        ("s + z * (1 - s**2)", "the slope of tanh", []),
        ("s + z * s", "no second factor", []),
        ("z * s + s * (1 - s)", "factors exchanged", []),
    ],
    "batch-softmax": [
        ("lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)", "no shift", ["added"]),
        ((SOFTMAX, "E.sum(axis=1, keepdims=True)", "E.sum()"), "the whole batch", []),
        ((SOFTMAX, "E.sum(axis=1, keepdims=True)", "E.sum(axis=0)"), "columns", []),
        ((SOFTMAX, "E.sum(axis=1, keepdims=True)", "E.sum(axis=1)"), "no keepdims", []),
        ((SOFTMAX, "Z.max(axis=1, keepdims=True)", "Z.max()"), "one shift", ["one shift"]),
        ((SOFTMAX, "Z.max(axis=1, keepdims=True)", "Z.mean(axis=1, keepdims=True)"), "the mean for the largest", []),
        ((SOFTMAX, "Z.max(axis=1, keepdims=True)", "Z.max(axis=0)"), "the shift of the columns", []),
        ((SOFTMAX, "Z.max(axis=1, keepdims=True)", "np.abs(Z).max(axis=1, keepdims=True)"), "the largest size", []),
        ((SOFTMAX, "Z.max(axis=1, keepdims=True)", "700"), "a fixed shift", []),
        ((SOFTMAX, "np.exp(Z - Z.max(axis=1, keepdims=True))", "np.exp(np.clip(Z, -700, 700))"), "clipped", []),
        ((SOFTMAX, "E.sum(axis=1, keepdims=True)", "(E.sum(axis=1, keepdims=True) + 1e-6)"), "a guard too large", []),
        ((SOFTMAX, "return E / E.sum(axis=1, keepdims=True)", "return E"), "no shares", ["shares"]),
        ("lambda Z: Z / Z.sum(axis=1, keepdims=True)", "no exponentials", []),
        ("lambda Z: 1 / (1 + np.exp(-np.clip(Z, -700, 700)))", "the sigmoid", []),
        ("lambda Z: np.eye(Z.shape[1])[Z.argmax(axis=1)]", "the largest takes all", []),
        (
            "def softmax(Z):\n"
            "    Z -= Z.max(axis=1, keepdims=True)\n"
            "    E = np.exp(Z)\n"
            "    return E / E.sum(axis=1, keepdims=True)\n",
            "in place",
            ["writes into"],
        ),
    ],
    "softmax-backward": [
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "(G * S).sum()"), "the whole batch", ["batch"]),
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "(G * S).sum(axis=0)"), "columns", ["samples"]),
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "(G * S).mean(axis=1, keepdims=True)"), "a mean", []),
        (
            (BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "G.mean(axis=1, keepdims=True)"),
            "a mean without weights",
            [],
        ),
        ((BACKWARD, "G - (G", "G + (G"), "a plus", ["added"]),
        ((BACKWARD, "S * (G", "(G"), "no factor", ["factor"]),
        ("lambda G, S: G * S * (1 - S)", "the diagonal", ["diagonal"]),
        ("lambda G, S: S * G", "one term", []),
        ("lambda G, S: G - S * (G * S).sum(axis=1, keepdims=True)", "the factor at one term", []),
        ("lambda G, S: S - G", "shares minus labels", []),
        ("lambda G, S: -S * (G - (G * S).sum(axis=1, keepdims=True))", "the sign", ["sign"]),
        ("lambda G, S: G @ (np.diag(S[0]) - np.outer(S[0], S[0]))", "the first sample's Jacobian for all", []),
        ("lambda G, S: S * (G - (G * S).sum(axis=1))", "no keepdims", []),
    ],
}
