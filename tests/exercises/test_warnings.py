"""A chapter that warns of a mistake has an exercise that recognises it.

Each line: the chapter, some words of the sentence that warns, an exercise of that chapter, an answer with the mistake,
and what the hint must say. If the sentence goes, or the hint, or says something general only, it is noticed here. The
formulas as printed have a test of their own, ``test_as_printed``.
"""

import json
import re

import pytest
from answered import SAYS_NOTHING, evaluated
from support import ROOT

from dlmath.exercises import check
from dlmath.exercises.definition import chapters

NETWORK = """def network_gradients(X, Y, W0, b0, W1, b1):
    H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
    A = 1 / (1 + np.exp(-(H @ W1.T + b1)))
    d1 = 2 / len(X) * (A - Y) * A * (1 - A)
    d0 = d1 @ W1 * H * (1 - H)
    grad_W0, grad_b0, grad_W1, grad_b1 = d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)
    return grad_W0, grad_b0, grad_W1, grad_b1
"""
TANH_LAYER = """def tanh_layer_backward(G, A, below, W):
    d = G * (1 - A**2)
    return d @ W, d.T @ below, d.sum(axis=0)
"""
ATTEND = """def masked_attention(Q, K, V, mask):
    with np.errstate(all="ignore"):
        S = np.where(mask, Q @ K.T / np.sqrt(K.shape[1]), -np.inf)
        E = np.exp(S - np.where(mask.any(axis=1), S.max(axis=1), 0)[:, None])
        total = E.sum(axis=1, keepdims=True)
        P = E / np.where(total == 0, 1, total)
        return P @ V
"""
ADAM = """def adam(gradient, theta, alpha, beta1, beta2, epsilon, steps):
    m, v = 0 * theta, 0 * theta
    for t in range(1, steps + 1):
        g = gradient(theta)
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        theta = theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon)
    return theta
"""
CONTRAST = """def symmetric_loss(U, V, tau):
    U, V = U / np.linalg.norm(U, axis=1)[:, None], V / np.linalg.norm(V, axis=1)[:, None]
    Z = U @ V.T / tau
    def rows(Z):
        largest = Z.max(axis=1)
        return np.mean(np.log(np.exp(Z - largest[:, None]).sum(axis=1)) + largest - np.diag(Z))
    return (rows(Z) + rows(Z.T)) / 2
"""
BACK = """def step_back(x_t, t, predicted_noise, z, betas):
    bars = np.cumprod(1 - betas)
    before = bars[t - 2] if t > 1 else 1.0
    b = betas[t - 1]
    mean = (x_t - b / np.sqrt(1 - bars[t - 1]) * predicted_noise) / np.sqrt(1 - b)
    return mean + np.sqrt((1 - before) / (1 - bars[t - 1]) * b) * z
"""
SWEEP = """def bellman_sweep(Q, P, R, terminal, gamma):
    V = np.where(terminal, 0, Q.max(axis=1))
    return np.where(terminal[:, None], 0, R + gamma * P @ V)
"""
LEARN = """def learnt_entry(Q, state, action, reward, next_state, ended, alpha, gamma):
    target = reward if ended else reward + gamma * Q[next_state].max()
    return Q[state, action] + alpha * (target - Q[state, action])
"""
STATES = """def states(X, h_0, W_x, W_h, b):
    h, H = h_0, []
    for x in X:
        h = np.tanh(W_x @ x + W_h @ h + b)
        H.append(h)
    return np.array(H)
"""

WARNINGS = [
    (
        "math/introduction",
        "one parameter explains changes what is left for the other",
        "fit-amplitudes",
        "lambda p, z: np.array([z @ np.sin(p[:, 0]) / np.sum(np.sin(p[:, 0]) ** 2), "
        "z @ np.cos(p[:, 1]) / np.sum(np.cos(p[:, 1]) ** 2)])",
        "alone|other|together",
    ),
    (
        "math/function-approximation",
        "the product does not exist",
        "two-layer-network",
        "lambda X, W0, b0, W1, b1: 1 / (1 + np.exp(-(1 / (1 + np.exp(-(X @ W0 + b0))) @ W1 + b1)))",
        "transposed",
    ),
    (
        "math/activation-function",
        "a layer of sigmoids with doubled weights",
        "stable-sigmoid",
        "lambda z: (1 + np.tanh(z)) / 2",
        "doubled",
    ),
    (
        "math/activation-function",
        "is 0 above 36.74",
        "sigmoid-grad",
        "lambda z: (s := 0.5 + np.tanh(z / 2) / 2) * (1 - s)",
        "digits",
    ),
    (
        "math/activation-function",
        "`nan` below $-709.8$",
        "sigmoid-grad",
        "lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2",
        "printed",
    ),
    (
        "math/loss",
        "**The sum has one term too many.**",
        "mean-squared-error",
        "lambda p, t: np.sum((p - t) ** 2) / (len(p) - 1)",
        r"N \+ 1|one too|term|`len\(p|counts",
    ),
    (
        "math/loss",
        "Without the $\\frac1N$ the loss would be a sum",
        "mean-squared-error",
        "lambda p, t: np.sum((p - t) ** 2)",
        "mean|samples",
    ),
    (
        "math/loss",
        "The number of samples divides, the number of outputs does not.",
        "mean-squared-error",
        "lambda p, t: np.mean((p - t) ** 2)",
        "outputs|entries",
    ),
    (
        "math/loss",
        "A column against a vector makes $N\\times N$ differences",
        "mean-squared-error",
        "lambda p, t: np.mean(np.sum((p[:, None] - t) ** 2, axis=-1))",
        "pairs|broadcast|every",
    ),
    (
        "math/gradient-descent",
        "has a factor $\\sigma' = h(1-h)$ too many",
        "network-gradients",
        (NETWORK, "d1.T @ H", "d1.T @ (H * H * (1 - H))"),
        "too many",
    ),
    (
        "math/gradient-descent",
        "lacks the factor $w_1$",
        "network-gradients",
        (NETWORK, "d0.sum(axis=0)", "(d1.sum(axis=1, keepdims=True) * H * (1 - H)).sum(axis=0)"),
        "printed|W_1|W1",
    ),
    (
        "math/gradient-descent",
        "or the sum over the batch",
        "network-gradients",
        (NETWORK, "d1.sum(axis=0)", "d1"),
        "sum",
    ),
    (
        "math/gradient-descent",
        "The mean over the batch enters here, once.",
        "network-gradients",
        (
            NETWORK,
            "d0.T @ X, d0.sum(axis=0), d1.T @ H, d1.sum(axis=0)",
            "d0.T @ X / len(X), d0.mean(axis=0), d1.T @ H / len(X), d1.mean(axis=0)",
        ),
        "twice",
    ),
    (
        "math/weight-update",
        "The derivative is upside down.",
        "descent-step",
        "lambda t, g, r: t - r / g",
        "upside down",
    ),
    (
        "math/weight-update",
        "**Only weights are updated.**",
        "train-network",
        """def train_network(X, Y, W0, b0, W1, b1, learning_rate, steps):
    for _ in range(steps):
        H = 1 / (1 + np.exp(-(X @ W0.T + b0)))
        A = 1 / (1 + np.exp(-(H @ W1.T + b1)))
        d1 = 2 / len(X) * (A - Y) * A * (1 - A)
        d0 = d1 @ W1 * H * (1 - H)
        W0, W1 = W0 - learning_rate * d0.T @ X, W1 - learning_rate * d1.T @ H
    return W0, b0, W1, b1
""",
        "Only the weights",
    ),
    ("equations/basics", "The layers are affine, not linear", "three-layer-bias", "0 * b3", "depends on"),
    (
        "equations/basics",
        "The layers are affine, not linear",
        "collapse-bypasses",
        """def collapse_bypasses(parameters):
    W = np.eye(len(parameters[0][1]))
    for V, _ in parameters:
        W = W + V @ W
    return W, 0 * parameters[0][1]
""",
        "biases are lost",
    ),
    (
        "equations/linear-transformation",
        "With a square matrix a mixture is wrong without a complaint",
        "low-rank-backward",
        "lambda G, X, W, A, B: (G @ (W + B @ A).T, B.T @ G.T @ X, G.T @ X @ A.T)",
        "other way round",
    ),
    (
        "equations/linear-transformation",
        "There is no mean in it",
        "low-rank-backward",
        "lambda G, X, W, A, B: (G @ (W + B @ A), B.T @ G.T @ X / len(X), G.T @ X @ A.T / len(X))",
        "number of samples",
    ),
    (
        "equations/linear-transformation",
        "the singular values are the half-axes",
        "half-axes",
        "lambda W: np.sort(np.abs(np.linalg.eigvals(W)))[::-1]",
        "eigenvalues",
    ),
    (
        "equations/activation-functions",
        "softmax is `nan` for large scores",
        "batch-softmax",
        "lambda Z: np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)",
        "infinity",
    ),
    (
        "equations/activation-functions",
        "and for very negative ones",
        "batch-softmax",
        "lambda Z: np.exp(Z - Z.max()) / np.exp(Z - Z.max()).sum(axis=1, keepdims=True)",
        "row|sample",
    ),
    (
        "equations/forward-propagation",
        "mixes the samples without a word",
        "forward-pass",
        """def predict(X, parameters):
    A = X
    for layer, (W, b) in enumerate(parameters, start=1):
        A = W @ A + b
        if layer < len(parameters):
            A = np.maximum(A, 0)
    return A
""",
        "samples|rows|transposed",
    ),
    (
        "equations/forward-propagation",
        "biases these are the weights",
        "multiply-adds",
        "lambda widths, samples: samples * sum((a + 1) * b for a, b in zip(widths, widths[1:]))",
        "bias",
    ),
    ("equations/forward-propagation", "twice the variance", "uniform-weights", "sp.sqrt(3 / n)", "half|ReLU"),
    (
        "equations/loss-functions",
        "the printed row grows with the batch",
        "cross-entropy-from-logits",
        """def cross_entropy(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.sum(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(labels)), labels])
""",
        "mean",
    ),
    (
        "equations/backpropagation",
        "no hidden slopes, no mean, weights the wrong way",
        "tanh-layer-backward",
        (TANH_LAYER, "G * (1 - A**2)", "G"),
        "slope|derivative",
    ),
    (
        "equations/backpropagation",
        "no hidden slopes, no mean, weights the wrong way",
        "tanh-layer-backward",
        (TANH_LAYER, "d @ W", "d @ W.T"),
        "other way round|transposed",
    ),
    (
        "equations/backpropagation",
        "no hidden slopes, no mean, weights the wrong way",
        "tanh-layer-backward",
        (TANH_LAYER, "d.T @ below, d.sum(axis=0)", "d.T @ below / len(d), d.mean(axis=0)"),
        "divided by N",
    ),
    (
        "equations/gradient-descent",
        "a gradient in which the first has moved already",
        "minibatch-step",
        """def minibatch_step(theta, X, y, rows, learning_rate):
    theta = theta.copy()
    for k in range(len(theta)):
        theta[k] -= learning_rate * 2 / len(rows) * X[rows, k] @ (X[rows] @ theta - y[rows])
    return theta
""",
        "moved|turn|at once",
    ),
    (
        "equations/gradient-descent",
        "which is the border of [Part I]",
        "best-learning-rate",
        "lambda A: 2 / np.linalg.eigvalsh(A)[-1]",
        "border|limit|longest|largest",
    ),
    (
        "equations/optimizers",
        "Adam has all its letters and lacks its correction",
        "adam-descent",
        (ADAM, "m / (1 - beta1**t), v / (1 - beta2**t)", "m, v"),
        "correction",
    ),
    (
        "equations/optimizers",
        "a new $v$ from the old one *minus* something",
        "heavy-ball",
        """def momentum_descent(gradient, start, learning_rate, momentum, steps):
    a = b = start
    for _ in range(steps):
        a, b = b, b + momentum * (b - a) + learning_rate * gradient(b)
    return b
""",
        "climbs",
    ),
    (
        "equations/optimizers",
        "Momentum takes the gradient where it stands",
        "heavy-ball",
        """def momentum_descent(gradient, start, learning_rate, momentum, steps):
    a = b = start
    for _ in range(steps):
        a, b = b, b + momentum * (b - a) - learning_rate * gradient(b + momentum * (b - a))
    return b
""",
        "Nesterov",
    ),
    (
        "equations/regularization",
        "what must not be missing is one of the two",
        "inverted-dropout",
        "lambda X, draws, rate: (X * (draws >= rate), (draws >= rate) * 1.0)",
        "expectation|inverted|divided|mean",
    ),
    (
        "equations/convolution",
        "**The asterisk is wrong.**",
        "correlate",
        """def correlate(image, kernel):
    a, b = kernel.shape
    size = image.shape[0] - a + 1, image.shape[1] - b + 1
    return np.array(
        [[np.sum(image[i:i + a, j:j + b] * kernel[::-1, ::-1]) for j in range(size[1])] for i in range(size[0])]
    )
""",
        "convolution|turned|flip",
    ),
    (
        "equations/convolution",
        "**The range is missing.**",
        "correlate",
        """def correlate(image, kernel):
    a, b = kernel.shape
    padded = np.pad(image, ((0, a - 1), (0, b - 1)))
    return np.array(
        [[np.sum(padded[i:i + a, j:j + b] * kernel) for j in range(image.shape[1])] for i in range(image.shape[0])]
    )
""",
        "should fit",
    ),
    (
        "equations/recurrent-networks",
        "And the recursion needs a beginning",
        "recurrent-states",
        (STATES, "h, H = h_0, []", "h, H = 0 * h_0, []"),
        "h_0|before|beginning|start",
    ),
    (
        "equations/recurrent-networks",
        "`h_0`",
        "recurrent-gradient",
        """def recurrent_gradient(grad_H, H, h_0, W_h):
    gradient, delta = 0 * W_h, 0 * h_0
    for t in reversed(range(len(H))):
        delta = (grad_H[t] + W_h.T @ delta) * (1 - H[t] ** 2)
        gradient = gradient + np.outer(delta, H[t - 1] if t > 0 else 0 * h_0)
    return gradient
""",
        "h_0|first|state before",
    ),
    (
        "equations/attention",
        "Scores set to 0: $e^0 = 1$ is a weight like any other",
        "masked-attention",
        (ATTEND, "np.sqrt(K.shape[1]), -np.inf)", "np.sqrt(K.shape[1]), 0.0)"),
        "0",
    ),
    (
        "equations/attention",
        "Weights set to 0 after the softmax",
        "masked-attention",
        """def masked_attention(Q, K, V, mask):
    S = Q @ K.T / np.sqrt(K.shape[1])
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True) * mask @ V
""",
        "add up",
    ),
    (
        "equations/attention",
        "works only as long as a query has something to look at",
        "masked-attention",
        """def masked_attention(Q, K, V, mask):
    S = np.where(mask, Q @ K.T / np.sqrt(K.shape[1]), -1e9)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True) @ V
""",
        "look at nothing|nothing",
    ),
    (
        "equations/attention",
        "every reading runs and gives an output of the right shape",
        "masked-attention",
        (ATTEND, "np.sqrt(K.shape[1])", "np.sqrt(len(K))"),
        "d_k|keys|root|`K`",
    ),
    (
        "equations/transformer",
        "The printed $W_1, W_2$ are the transposes of the book's",
        "printed-hidden-weights",
        "hadamard(M, G * W_2.T).T * x",
        "a row for each input",
    ),
    (
        "forward/contrastive-loss",
        "The rows alone can be content with texts",
        "symmetric-contrastive-loss",
        (CONTRAST, "(rows(Z) + rows(Z.T)) / 2", "rows(Z)"),
        "the other way",
    ),
    (
        "forward/contrastive-loss",
        "and so turns half as far for the same step",
        "embedding-gradients",
        """def embedding_gradients(G, U, V, tau):
    u, v = U / np.linalg.norm(U, axis=1)[:, None], V / np.linalg.norm(V, axis=1)[:, None]
    a, b = G @ v / tau, G.T @ u / tau
    return a - (a * u).sum(axis=1)[:, None] * u, b - (b * v).sum(axis=1)[:, None] * v
""",
        "long embedding",
    ),
    (
        "forward/diffusion",
        "if the noise on the way back is forgotten",
        "step-back",
        (BACK, "return mean + np.sqrt((1 - before) / (1 - bars[t - 1]) * b) * z", "return mean"),
        "noise",
    ),
    (
        "forward/diffusion",
        "which is 0 at $t = 1$",
        "step-back",
        (BACK, "np.sqrt((1 - before) / (1 - bars[t - 1]) * b) * z", "np.sqrt(b) * z"),
        "variance",
    ),
    (
        "forward/reinforcement-learning",
        "A program that leaves this out may seem to work",
        "q-learning-entry",
        (LEARN, "reward if ended else reward", "reward"),
        "end|terminal|ended",
    ),
    (
        "forward/reinforcement-learning",
        "and the terminal states",
        "bellman-sweep",
        (SWEEP, "np.where(terminal, 0, Q.max(axis=1))", "Q.max(axis=1)"),
        "terminal|end",
    ),
    (
        "forward/reinforcement-learning",
        "has lost the maximum, the discount and the primes",
        "bellman-sweep",
        (SWEEP, "Q.max(axis=1)", "Q.mean(axis=1)"),
        "mean|best|largest",
    ),
    (
        "forward/reinforcement-learning",
        "has lost the maximum, the discount and the primes",
        "bellman-sweep",
        (SWEEP, "gamma * P", "P"),
        "discount|gamma",
    ),
    (
        "forward/reinforcement-learning",
        "has lost the maximum, the discount and the primes",
        "q-learning-entry",
        (LEARN, "Q[next_state].max()", "Q[next_state, action]"),
        "best|maximum|largest|max",
    ),
]


@pytest.mark.parametrize("chapter", sorted({chapter for chapter, *_ in WARNINGS}))
def test_the_chapter_still_warns(chapter):
    notebook = json.loads((ROOT / "chapters" / f"{chapter}.ipynb").read_text(encoding="utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    missing = [words for other, words, *_ in WARNINGS if other == chapter and words not in text]
    assert not missing


@pytest.mark.parametrize(
    ("chapter", "warning", "name", "source", "says"),
    WARNINGS,
    ids=[f"{name}: {words}" for _, words, name, *_ in WARNINGS],
)
def test_the_mistake_is_recognised(chapter, warning, name, source, says):
    assert name in [exercise.name for exercise in chapters()[chapter].exercises]
    feedback = check(name, evaluated(name, source))
    told = SAYS_NOTHING.sub("", feedback.message)
    assert feedback.state == "wrong"
    assert re.search(says, told, re.IGNORECASE), feedback.message


def test_almost_every_chapter_warns_of_something():
    assert len(WARNINGS) >= 50
    assert len({chapter for chapter, *_ in WARNINGS}) >= len(chapters()) - 1
