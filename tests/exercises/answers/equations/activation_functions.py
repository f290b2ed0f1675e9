"""Wrong answers to the exercises on activation functions."""

SOFTMAX = """def softmax(Z):
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
"""

BACKWARD = """def tempered_backward(G, S, Z, T):
    grad_Z = S * (G - (G * S).sum(axis=1, keepdims=True)) / T
    return grad_Z, -(grad_Z * Z).sum() / T
"""

GATE = "lambda G, A, B, S: (G * B * S, G * A * (S + B * S * (1 - S)))"

WRONG = {
    "gated-backward": [
        ((GATE, "G * A * (S", "G * (S"), "no A", ["missing"]),
        ((GATE, "S + B * S * (1 - S)", "S"), "a constant sigmoid", ["constant"]),
        ((GATE, "S + B * S * (1 - S)", "B * S * (1 - S)"), "one term", ["two terms"]),
        ((GATE, "S + B * S * (1 - S)", "S + S * (1 - S)"), "no B", ["factor"]),
        ((GATE, "S + B * S * (1 - S)", "B * S"), "the value", ["value"]),
        ((GATE, "S + B * S * (1 - S)", "S - B * S * (1 - S)"), "a minus", []),
        ((GATE, "S + B * S * (1 - S)", "S + B * (1 - S)"), "no S in the slope", []),
        ((GATE, "S + B * S * (1 - S)", "S + B * S * (1 - S**2)"), "the slope of tanh", []),
        ((GATE, "G * B * S", "G * S"), "a gate without B", []),
        ((GATE, "G * B * S", "B * S", "G * A", "A"), "no G", ["arrives"]),
        ("lambda G, A, B, S: (G * A * (S + B * S * (1 - S)), G * B * S)", "exchanged", ["exchanged"]),
        ((GATE, "G * B * S", "G * A * B * S"), "the value of the layer", []),
        ("lambda G, A, B, S: G * B * S", "one value", ["2 values"]),
    ],
    "silu-bend": [
        ("2 * s * (1 - s)", "no third term", ["missing"]),
        ("s * (1 - s) + z * s * (1 - s) * (1 - 2 * s)", "one of two", ["twice"]),
        ("2 * s * (1 - s) + z * (1 - 2 * s)", "no chain rule", ["change with z"]),
        ("s + z * s * (1 - s)", "the slope", ["slope"]),
        ("s * (1 - s) * (2 - z * (1 - 2 * s))", "a minus", ["sign"]),
        ("z * s * (1 - s) * (1 - 2 * s)", "the last term alone", []),
        ("s * (1 - s) * (2 + z * (1 - s))", "no 2 in the last factor", []),
        ("2 + z * (1 - 2 * s)", "no factor", []),
        ("s * (1 - s) * (1 - 2 * s)", "the bend of the sigmoid", []),
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
    "tempered-softmax-backward": [
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "(G * S).sum()"), "the whole batch", ["batch"]),
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "(G * S).sum(axis=0)"), "columns", ["samples"]),
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "(G * S).mean(axis=1, keepdims=True)"), "a mean", []),
        ((BACKWARD, "(G * S).sum(axis=1, keepdims=True)", "G.mean(axis=1, keepdims=True)"), "no weights", []),
        ((BACKWARD, "G - (G", "G + (G"), "a plus", ["added"]),
        ((BACKWARD, "S * (G - (", "(G - ("), "no factor", ["factor"]),
        ((BACKWARD, "(G - (G * S).sum(axis=1, keepdims=True))", "G * (1 - S)"), "the diagonal", ["diagonal"]),
        ((BACKWARD, "keepdims=True)) / T", "keepdims=True))"), "no T, nowhere", []),
        (
            (BACKWARD, "-(grad_Z * Z).sum() / T", "-(grad_Z * Z).sum()"),
            "one T at the temperature",
            ["one T is missing"],
        ),
        ((BACKWARD, "-(grad_Z * Z)", "(grad_Z * Z)"), "the sign", ["sign"]),
        ((BACKWARD, "-(grad_Z * Z).sum()", "-grad_Z.sum()"), "no scores", ["scores"]),
        ((BACKWARD, "-(grad_Z * Z).sum()", "-(grad_Z * Z).mean()"), "a mean over all", []),
        ((BACKWARD, "-(grad_Z * Z).sum()", "-(grad_Z * Z).sum(axis=1)"), "one a sample", ["one number"]),
        ((BACKWARD, "-(grad_Z * Z)", "-(grad_Z * S)"), "the shares for the scores", []),
    ],
}
