"""Wrong answers to the exercises of Part III, with the words by which a hint would name the mistake."""

WRONG = {
    "loss-with-copies": [
        (
            "sp.log(k + (N - k) * sp.exp(c / tau))",
            "the right one's exponent is not divided out",
            "1|exponent|cosine|c - 1",
            "sign",
        ),
        ("sp.log(1 + (N - 1) * sp.exp((c - 1) / tau))", "the copies are taken for others", "cop|`?k`?\\b", "sign"),
        ("sp.log(1 + (N - k) * sp.exp((c - 1) / tau))", "one term where there are k", "`?k`?\\b|cop", "sign"),
    ],
    "symmetric-contrastive-loss": [
        (
            "def symmetric_loss(U, V, tau):\n"
            "    U = U / np.linalg.norm(U, axis=1, keepdims=True)\n"
            "    V = V / np.linalg.norm(V, axis=1, keepdims=True)\n"
            "    Z = U @ V.T / tau\n"
            "    Z = Z - Z.max(axis=1, keepdims=True)\n"
            "    return np.mean(np.log(np.exp(Z).sum(axis=1)) - np.diag(Z))",
            "one direction only",
            "direction|both|symmetric|other|column",
            "sign",
        ),
        (
            "def symmetric_loss(U, V, tau):\n"
            "    Z = U @ V.T / tau\n"
            "    out = 0.0\n"
            "    for A in (Z, Z.T):\n"
            "        A = A - A.max(axis=1, keepdims=True)\n"
            "        out += np.mean(np.log(np.exp(A).sum(axis=1)) - np.diag(A)) / 2\n"
            "    return out",
            "not normalised",
            "normal|length|cosine|norm",
            "sign|transpose",
        ),
        (
            "def symmetric_loss(U, V, tau):\n"
            "    U = U / np.linalg.norm(U, axis=1, keepdims=True)\n"
            "    V = V / np.linalg.norm(V, axis=1, keepdims=True)\n"
            "    Z = U @ V.T / tau\n"
            "    out = 0.0\n"
            "    for A in (Z, Z.T):\n"
            "        A = A - A.max(axis=1, keepdims=True)\n"
            "        out += np.mean(np.log(np.exp(A).sum(axis=1)) - np.diag(A))\n"
            "    return out",
            "the two directions are added",
            "2|half|twice|mean|average|factor",
            "sign|transpose",
        ),
    ],
    "embedding-gradients": [
        (
            "def embedding_gradients(G, U, V, tau):\n"
            "    a = np.linalg.norm(U, axis=1, keepdims=True)\n"
            "    b = np.linalg.norm(V, axis=1, keepdims=True)\n"
            "    u, v = U / a, V / b\n"
            "    return G @ v / tau, G.T @ u / tau",
            "the way back through the normalisation is missing",
            "normal|length|project|along",
            "sign|transpose",
        ),
        (
            "def embedding_gradients(G, U, V, tau):\n"
            "    a = np.linalg.norm(U, axis=1, keepdims=True)\n"
            "    b = np.linalg.norm(V, axis=1, keepdims=True)\n"
            "    u, v = U / a, V / b\n"
            "    p, q = G @ v, G.T @ u\n"
            "    p = (p - (p * u).sum(axis=1, keepdims=True) * u) / a\n"
            "    q = (q - (q * v).sum(axis=1, keepdims=True) * v) / b\n"
            "    return p, q",
            "no temperature",
            "tau|temperature",
            "sign|transpose",
        ),
        (
            "def embedding_gradients(G, U, V, tau):\n"
            "    a = np.linalg.norm(U, axis=1, keepdims=True)\n"
            "    b = np.linalg.norm(V, axis=1, keepdims=True)\n"
            "    u, v = U / a, V / b\n"
            "    p, q = G @ v / tau, G @ u / tau\n"
            "    p = (p - (p * u).sum(axis=1, keepdims=True) * u) / a\n"
            "    q = (q - (q * v).sum(axis=1, keepdims=True) * v) / b\n"
            "    return p, q",
            "G is not transposed for V",
            "wrong way round|transpose|\\.t\\b|`grad_v`",
            "sign",
        ),
    ],
    "covariance-of-two-steps": [
        ("sp.sqrt(abar_t / abar_s) * (1 - abar_t)", "the noise of the later step", "later|abar_|x_t", "sign"),
        (
            "sp.sqrt(abar_t / abar_s) * abar_s",
            "the signal in the place of the noise",
            "1 - |variance|noise|subtract",
            "sign",
        ),
        (
            "sp.sqrt(abar_t * abar_s) * (1 - abar_s)",
            "a product in the place of the ratio",
            "divi|ratio|product|power|multipl",
            "sign",
        ),
    ],
    "noised-batch": [
        (
            "def noised_batch(x_0, t, noise, betas):\n"
            "    a = np.cumprod(1 - betas)[t][:, None]\n"
            "    return np.sqrt(a) * x_0 + np.sqrt(1 - a) * noise",
            "the steps are counted from 1",
            "from `t` is missing|t - 1|count|from 1|off by one|index",
            "sign|transpose",
        ),
        (
            "def noised_batch(x_0, t, noise, betas):\n"
            "    a = np.cumprod(1 - betas)[t - 1]\n"
            "    return np.sqrt(a) * x_0 + np.sqrt(1 - a) * noise",
            "a row of factors where a column is meant",
            "newaxis|column|row|shape|\\[:, none",
            "sign|transposed",
        ),
        (
            "def noised_batch(x_0, t, noise, betas):\n"
            "    a = np.cumprod(1 - betas)[t - 1][:, None]\n"
            "    return np.sqrt(1 - a) * x_0 + np.sqrt(a) * noise",
            "signal and noise are exchanged",
            "exchanged",
            "sign|transpose",
        ),
    ],
    "step-back": [
        (
            "def step_back(x, t, e, z, betas):\n"
            "    bars = np.concatenate([[1.0], np.cumprod(1 - betas)])\n"
            "    b = betas[t - 1]\n"
            "    return (x - b / np.sqrt(1 - bars[t]) * e) / np.sqrt(1 - b) + np.sqrt(b) * z",
            "the larger variance",
            "variance|larger|smaller|β|beta",
            "sign|transpose",
        ),
        (
            "def step_back(x, t, e, z, betas):\n"
            "    bars = np.concatenate([[1.0], np.cumprod(1 - betas)])\n"
            "    b = betas[t - 1]\n"
            "    s = (1 - bars[t - 1]) / (1 - bars[t]) * b\n"
            "    return (x - b / np.sqrt(1 - bars[t]) * e) / np.sqrt(1 - b) + s * z",
            "the variance in the place of its root",
            "root|standard deviation|sqrt",
            "sign|transpose",
        ),
        (
            "def step_back(x, t, e, z, betas):\n"
            "    bars = np.concatenate([[1.0], np.cumprod(1 - betas)])\n"
            "    b = betas[t - 1]\n"
            "    s = np.sqrt((1 - bars[t - 1]) / (1 - bars[t]) * b)\n"
            "    return (x - b / np.sqrt(1 - bars[t]) * e) * np.sqrt(1 - b) + s * z",
            "multiplied where it should be divided",
            "shrunk|divi|multipl",
            "sign|transpose",
        ),
    ],
    "value-of-a-round-trip": [
        (
            "gamma**n * r / (1 - gamma**n)",
            "one discount too many",
            "exponent|one|power|discount|off by one|gamma",
            "sign",
        ),
        ("r / (1 - gamma**n)", "the reward is not discounted", "gamma|discount|factor", "sign"),
        ("gamma**(n - 1) * r / (1 - gamma)", "a trip of one step", "one a round|`?n`?\\b|trip|power|exponent", "sign"),
    ],
    "bellman-sweep": [
        (
            "def bellman_sweep(Q, P, R, terminal, gamma):\n"
            "    return np.where(terminal[:, None], 0, R + gamma * P @ Q.max(axis=1))",
            "what a terminal next state is worth",
            "terminal",
            "sign|transpose",
        ),
        (
            "def bellman_sweep(Q, P, R, terminal, gamma):\n"
            "    v = np.where(terminal, 0, Q.mean(axis=1))\n"
            "    return np.where(terminal[:, None], 0, R + gamma * P @ v)",
            "a mean in the place of the best action",
            "mean|max|best",
            "sign|transpose",
        ),
        (
            "def bellman_sweep(Q, P, R, terminal, gamma):\n"
            "    v = np.where(terminal, 0, Q.max(axis=1))\n"
            "    return np.where(terminal[:, None], 0, gamma * (R + P @ v))",
            "the reward of this step is discounted",
            "reward|gamma|discount|factor|`r`",
            "sign|transpose",
        ),
    ],
    "q-learning-entry": [
        (
            "lambda Q, s, a, r, n, ended, alpha, gamma: Q[s, a] + alpha * (r + gamma * Q[n].max() - Q[s, a])",
            "the end of an episode is ignored",
            "ended|terminal|end",
            "sign|transpose",
        ),
        (
            "lambda Q, s, a, r, n, e, alpha, gamma: Q[s, a] + alpha * (r + (0 if e else gamma * Q[n, a]) - Q[s, a])",
            "the same action in the next state",
            "max|action|best",
            "sign|transpose",
        ),
        (
            "lambda Q, s, a, r, n, ended, alpha, gamma: alpha * (r + (0 if ended else gamma * Q[n].max()) - Q[s, a])",
            "the change, not the new value",
            "change|added|old|q\\[|entry|term|missing",
            "sign|transpose",
        ),
    ],
}
