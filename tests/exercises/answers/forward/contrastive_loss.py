"""Wrong answers to the exercises on the contrastive loss."""

LOSS = """def symmetric_loss(U, V, tau):
    A = U / np.linalg.norm(U, axis=1, keepdims=True)
    B = V / np.linalg.norm(V, axis=1, keepdims=True)
    Z = A @ B.T / tau
    n = len(Z)
    m1, m2 = Z.max(axis=1), Z.max(axis=0)
    rows = m1 + np.log(np.exp(Z - m1[:, None]).sum(axis=1))
    cols = m2 + np.log(np.exp(Z - m2[None, :]).sum(axis=0))
    right = np.diag(Z)
    return 0.5 * (np.mean(rows - right) + np.mean(cols - right))
"""

GRADIENTS = """def embedding_gradients(G, U, V, tau):
    nu = np.sqrt((U**2).sum(axis=1, keepdims=True))
    nv = np.sqrt((V**2).sum(axis=1, keepdims=True))
    A, B = U / nu, V / nv
    gA = G @ B / tau
    gB = G.T @ A / tau
    gU = (gA - A * np.sum(A * gA, axis=1, keepdims=True)) / nu
    gV = (gB - B * np.sum(B * gB, axis=1, keepdims=True)) / nv
    return gU, gV
"""

WRONG = {
    "loss-with-copies": [
        ("sp.log(1 + (N - 1) * sp.exp((c - 1) / tau))", "without copies", ["without copies"]),
        ("sp.log(k + N * sp.exp((c - 1) / tau))", "copies counted twice", ["N$ logits"]),
        ("sp.log(k + (N - k) * sp.exp((1 - c) / tau))", "the sign of the difference", ["wrong sign"]),
        ("sp.log(k + (N - k) * sp.exp(c / tau))", "the right cosine left out", ["right one is left out"]),
        ("sp.log(k + (N - k) * sp.exp(tau * (c - 1)))", "times the temperature", ["multiplied"]),
        ("sp.log(k + (N - k) * sp.exp(c - 1))", "no temperature", ["temperature"]),
        ("2 * sp.log(k + (N - k) * sp.exp((c - 1) / tau))", "both directions added", ["added"]),
        ("-sp.log(k + (N - k) * sp.exp((c - 1) / tau))", "the sign", ["sign"]),
        ("k + (N - k) * sp.exp((c - 1) / tau)", "no logarithm", ["logarithm"]),
        ("sp.log(k * sp.exp(1/tau) + (N - k) * sp.exp(c/tau))", "the log of the sum alone", ["right logit"]),
        ("sp.log((k + (N - k) * sp.exp((c - 1) / tau)) / k)", "a copy counts as right", ["copy"]),
        ("sp.log(1 + (N - k) * sp.exp((c - 1) / tau))", "copies left out", ["copies are left out"]),
        ("sp.log(k)", "the limit", ["limit"]),
        ("N * sp.log(k + (N - k) * sp.exp((c - 1) / tau))", "a sum over the batch", ["pairs are added"]),
        ("sp.log(k + (N - k) * sp.exp((c - 1) / tau)) / N", "divided by N once more", []),
        ("sp.log(k+(N-k)*sp.exp((c-1)/tau))/k", "over k", []),
        ("sp.log(N)", "logN", []),
    ],
    "symmetric-contrastive-loss": [
        (
            (
                LOSS,
                "U / np.linalg.norm(U, axis=1, keepdims=True)",
                "U",
                "V / np.linalg.norm(V, axis=1, keepdims=True)",
                "V",
            ),
            "not normalised",
            ["not normalised"],
        ),
        ((LOSS, "U / np.linalg.norm(U, axis=1, keepdims=True)", "U"), "U not normalised", ["normalised"]),
        (
            (LOSS, "norm(U, axis=1", "norm(U, axis=0", "norm(V, axis=1", "norm(V, axis=0"),
            "columns normalised",
            ["columns"],
        ),
        (
            (LOSS, "norm(U, axis=1, keepdims=True)", "norm(U)", "norm(V, axis=1, keepdims=True)", "norm(V)"),
            "one norm",
            ["whole matrix"],
        ),
        ((LOSS, " / tau", ""), "no temperature", ["temperature"]),
        ((LOSS, " / tau", " * tau"), "times the temperature", ["multiplied"]),
        ((LOSS, " + np.mean(cols - right))", ")", "0.5 * (", "("), "one direction", ["the other way"]),
        ((LOSS, "np.mean(rows - right) + ", "", "0.5 * (", "("), "the other direction", ["the other way"]),
        ((LOSS, "0.5 * ", ""), "both added", ["added"]),
        ((LOSS, "0.5 * ", "-0.5 * "), "the sign", ["sign"]),
        ((LOSS, "0.5 * ", "n * 0.5 * "), "a sum over the pairs", ["pairs are added"]),
        (
            (LOSS, "rows - right", "rows", "cols - right", "cols"),
            "as printed, damaged: the right ones are not taken away",
            ["right logits"],
        ),
        (
            (LOSS, "np.mean(rows - right) + np.mean(cols - right)", "rows - right + cols - right"),
            "no mean",
            ["each pair"],
        ),
        (
            (LOSS, "Z - m1[:, None]", "Z", "m1 + np", "np", "Z - m2[None, :]", "Z", "m2 + np", "np"),
            "no shift",
            ["overflow"],
        ),
        (
            "def symmetric_loss(U, V, tau):\n"
            "    A = U / np.linalg.norm(U, axis=1, keepdims=True)\n"
            "    B = V / np.linalg.norm(V, axis=1, keepdims=True)\n"
            "    E = np.exp(A @ B.T / tau)\n"
            "    d = np.diag(E)\n"
            "    return -np.mean(np.log(d / E.sum(axis=1)) + np.log(d / E.sum(axis=0))) / 2",
            "the formula as it stands",
            ["overflow"],
        ),
        (
            (LOSS, "Z.max(axis=1), Z.max(axis=0)", "Z.max(axis=0), Z.max(axis=1)"),
            "the maxima of the other axis",
            ["of a column"],
        ),
        ((LOSS, "A @ B.T / tau", "A @ A.T / tau"), "one side with itself", ["itself"]),
        ((LOSS, "np.diag(Z)", "np.sum(Z) / n"), "mean logit", []),
        ((LOSS, "right = np.diag(Z)", "right = Z.max(axis=1)"), "best", ["largest"]),
        ((LOSS, "rows - right", "right - rows"), "one sign", ["opposite"]),
    ],
    "embedding-gradients": [
        (
            (
                GRADIENTS,
                "gA - A * np.sum(A * gA, axis=1, keepdims=True)",
                "gA",
                "gB - B * np.sum(B * gB, axis=1, keepdims=True)",
                "gB",
            ),
            "not projected",
            ["along the embedding"],
        ),
        ((GRADIENTS, "gA - A", "gA + A", "gB - B", "gB + B"), "plus", ["taken out"]),
        (
            (GRADIENTS, "True)) / nu\n", "True))\n", "True)) / nv\n", "True))\n"),
            "not divided by the lengths",
            ["divided"],
        ),
        (
            (GRADIENTS, "True)) / nu\n", "True)) * nu\n", "True)) / nv\n", "True)) * nv\n"),
            "multiplied by the lengths",
            ["multiplied"],
        ),
        (
            (GRADIENTS, "True)) / nu\n", "True)) / nu**2\n", "True)) / nv\n", "True)) / nv**2\n"),
            "lengths squared",
            ["square"],
        ),
        ((GRADIENTS, "G @ B / tau", "G @ B", "G.T @ A / tau", "G.T @ A"), "no temperature", ["temperature"]),
        (
            (GRADIENTS, "G @ B / tau", "G @ B * tau", "G.T @ A / tau", "G.T @ A * tau"),
            "times the temperature",
            ["multiplied"],
        ),
        ((GRADIENTS, "G.T @ A", "G @ A"), "not transposed for V", ["wrong way round"]),
        ((GRADIENTS, "G @ B", "G @ V", "G.T @ A", "G.T @ U"), "partners with their lengths", ["lengths"]),
        ((GRADIENTS, "G @ B", "G @ A", "G.T @ A", "G.T @ B"), "its own side", ["own side"]),
        ((GRADIENTS, "return gU, gV", "return gV, gU"), "exchanged", ["exchanged"]),
        ((GRADIENTS, "return gU, gV", "return gA, gB"), "gradients of the directions", ["directions"]),
        (
            (GRADIENTS, "A * gA, axis=1", "A * gA, axis=0", "B * gB, axis=1", "B * gB, axis=0"),
            "along the columns",
            ["columns"],
        ),
        ((GRADIENTS, "return gU, gV", "return -gU, -gV"), "both signs", ["signs"]),
        ((GRADIENTS, "B * gB, axis=1", "A * gB, axis=1"), "wrong partner", []),
        ((GRADIENTS, "return gU, gV", "return gU / len(U), gV / len(V)"), "mean", ["number of pairs"]),
    ],
}
