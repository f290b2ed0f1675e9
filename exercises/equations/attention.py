"""Exercises of the chapter on attention."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Prediction, Question
from dlmath.exercises.later import Later

sp = Later("sympy")


def masked_attention(Q, K, V, mask):
    """Scaled dot-product attention with a mask.

    Q has shape (T, d_k), K has shape (S, d_k), V has shape (S, d_v).
    mask has shape (T, S) and is true where a query may look at a key.
    A query that may look at nothing gets the output 0.
    Return the output, of shape (T, d_v).
    """
    scores = np.where(mask, Q @ K.T / np.sqrt(Q.shape[1]), -np.inf)
    largest = np.where(mask.any(axis=1), scores.max(axis=1), 0)
    E = np.exp(scores - largest[:, np.newaxis])
    sums = E.sum(axis=1, keepdims=True)
    return E / np.where(sums == 0, 1, sums) @ V


def _shares(scores, axis=1, shift=True):
    """A softmax along an axis that gives zeros where all scores are minus infinity."""
    largest = scores.max(axis=axis, keepdims=True)
    E = np.exp(scores - np.where(np.isfinite(largest), largest, 0) * shift)
    sums = E.sum(axis=axis, keepdims=True)
    return E / np.where(sums == 0, 1, sums)


def _softmax_of_rows(scores):
    E = np.exp(scores - scores.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


def _plain_softmax(scores, mask):
    E = np.exp(_hidden(scores, mask))
    return E / E.sum(axis=1, keepdims=True)


def _not_shared(scores, mask):
    scores = _hidden(scores, mask)
    largest = scores.max(axis=1, keepdims=True)
    return np.exp(scores - np.where(np.isfinite(largest), largest, 0))


def _hidden(scores, mask, score=-np.inf):
    return np.where(mask, scores, score)


def _one_sum(scores, mask):
    E = _not_shared(scores, mask)
    return E / E.sum()


def _shifted_before_the_mask(scores, mask):
    """The largest score is taken from all keys, and the forbidden exponentials are set to 0."""
    E = np.exp(scores - scores.max(axis=1, keepdims=True)) * mask
    sums = E.sum(axis=1, keepdims=True)
    return E / np.where(sums == 0, 1, sums)


def _shifted_by_the_largest_of_all(scores, mask):
    E = np.exp(_hidden(scores, mask) - scores.max(where=mask, initial=-np.inf))
    sums = E.sum(axis=1, keepdims=True)
    return E / np.where(sums == 0, 1, sums)


def _attend_wrongly(*, root=lambda Q, K: np.sqrt(Q.shape[1]), weigh=lambda Z, mask: _shares(_hidden(Z, mask))):
    """``masked_attention`` with another divisor of the scores or another way from scores to weights."""
    return lambda Q, K, V, mask: weigh(Q @ K.T / root(Q, K), mask) @ V


def _masked(rng):
    # Square arrays come first: there nothing complains.
    inputs = []
    for T, S, d_k, d_v in [(2, 2, 2, 2), (1, 2, 1, 1), (3, 5, 4, 2), (4, 3, 2, 5), (3, 4, 9, 2)]:
        arrays = (rng.standard_normal(shape) for shape in [(T, d_k), (S, d_k), (S, d_v)])
        mask = rng.random((T, S)) < 0.6
        mask[:, 0], mask[0, -1] = True, False
        inputs.append((*arrays, mask))
    inputs.append((*inputs[2][:3], np.ones((3, 5), bool)))
    inputs.append((*inputs[0][:3], np.array([[True, False], [False, False]])))
    # Large scores with both signs, and a forbidden key whose score is far above those of the others.
    queries, keys = np.array([[1000.0], [-1000.0]]), np.array([[1.0], [2.0], [1e3]])
    large = (queries, keys[:2], keys[:2], np.ones((2, 2), bool))
    return [*inputs, large, (queries[:1], keys, keys[::-1], np.array([[True, True, False]]))]


def attention_gradients(G, Q, K, V, P):
    """The gradients with respect to the queries, the keys and the values.

    Q has shape (T, d_k), K has shape (S, d_k), V has shape (S, d_v).
    P are the weights, of shape (T, S), and G is the gradient with respect
    to the output, of shape (T, d_v). Return (grad_Q, grad_K, grad_V).
    """
    D = G @ V.T
    grad_Z = P * (D - (D * P).sum(axis=1, keepdims=True))
    grad_Z = grad_Z / np.sqrt(Q.shape[1])
    return grad_Z @ K, grad_Z.T @ Q, P.T @ G


def _pull_wrongly(
    *,
    softmax=lambda D, P: P * (D - (D * P).sum(axis=1, keepdims=True)),
    root=lambda Q, K: np.sqrt(Q.shape[1]),
    to_keys=lambda grad_Z, Q: grad_Z.T @ Q,
    to_values=lambda P, G: P.T @ G,
):
    """``attention_gradients`` with one of its rules exchanged."""

    def wrong(G, Q, K, V, P):
        grad_Z = softmax(G @ V.T, P) / root(Q, K)
        return grad_Z @ K, to_keys(grad_Z, Q), to_values(P, G)

    return wrong


def _values_from_scores(G, Q, K, V, P, root=False):
    D = G @ V.T
    grad_Z = P * (D - (D * P).sum(axis=1, keepdims=True))
    return *attention_gradients(G, Q, K, V, P)[:2], grad_Z.T @ G / (np.sqrt(Q.shape[1]) if root else 1)


def _passes(rng):
    inputs = []
    for T, S, d_k, d_v in [(1, 2, 1, 1), (2, 2, 2, 2), (2, 1, 2, 2), (4, 3, 5, 2), (3, 5, 2, 4), (3, 4, 3, 3)]:
        G, Q, K, V = (rng.standard_normal(shape) for shape in [(T, d_v), (T, d_k), (S, d_k), (S, d_v)])
        scores = Q @ K.T / np.sqrt(d_k)
        inputs.append((G, Q, K, V, _softmax_of_rows(scores)))
    # The same behind a mask: the last query may look at nothing.
    scores[0, -1] = scores[-1] = -np.inf
    return [*inputs, (G, Q, K, V, _shares(scores))]


def query_weight_gradient(X, W_Q, W_K, D, d_k):
    return W_K * X.T * D.T * X / sp.sqrt(d_k)


def spread_of_scores():
    """The standard deviation of dot products of 256 entries, over that of 4 entries."""
    rng = np.random.default_rng(0)
    spreads = [
        np.std(np.sum(rng.standard_normal((20000, d)) * rng.standard_normal((20000, d)), axis=1)) for d in (256, 4)
    ]
    return float(spreads[0] / spreads[1])


chapter = Chapter(
    name="equations/attention",
    title="Attention",
    exercises=[
        Prediction(
            name="longer-keys",
            title="Predict: longer keys",
            question=(
                "All entries of queries and keys have mean 0 and variance 1, and nothing is divided. $d_k$ goes from "
                "4 to 256. How many times as large is the standard deviation of the scores?"
            ),
            solution=spread_of_scores,
            within=0.05,
            why=(
                "A score adds up $d_k$ products of variance 1: its variance is $d_k$, its standard deviation "
                "$\\sqrt{d_k}$. In the figure of the weights compare both lengths with the divisor 1, and then with "
                "$\\sqrt{d_k}$."
            ),
            mistakes=[
                Mistake("This is the factor of the variance. The standard deviation is its root.", lambda: 64.0),
                Mistake("So it is when the scores are divided by $\\sqrt{d_k}$. Here nothing is divided.", lambda: 1.0),
                Mistake(
                    "This is the standard deviation itself. How many times that of the short keys is it?", lambda: 16.0
                ),
            ],
        ),
        Derivation(
            name="query-weight-gradient",
            title="The weights that make the queries",
            statement=(
                "In self-attention the scores are $\\mathbf Z = \\mathbf X\\mathbf W_Q^T\\,"
                "(\\mathbf X\\mathbf W_K^T)^T/\\sqrt{d_k}$. Given $\\mathbf D = \\partial L/\\partial\\mathbf Z$, "
                "derive $\\partial L/\\partial\\mathbf W_Q$. It has the shape of $\\mathbf W_Q$."
            ),
            given=(
                "import sympy as sp\n\nfrom dlmath.symbolic import sizes\n\n"
                'T, n, d_k = sizes("T n d_k")\n'
                'X, D = sp.MatrixSymbol("X", T, n), sp.MatrixSymbol("D", T, T)\n'
                'W_Q, W_K = sp.MatrixSymbol("W_Q", d_k, n), sp.MatrixSymbol("W_K", d_k, n)'
            ),
            solution=query_weight_gradient,
            mistakes=[
                Mistake(
                    "The scores are divided by a root. The gradient is too.",
                    lambda X, W_Q, W_K, D, d_k: W_K * X.T * D.T * X,
                ),
                Mistake(
                    "This is the gradient with respect to $\\mathbf W_K$: it contains the other weights.",
                    lambda X, W_Q, W_K, D, d_k: W_Q * X.T * D * X / sp.sqrt(d_k),
                ),
                Mistake(
                    "$\\mathbf D$ stands the wrong way round. Which of its two axes belongs to the queries?",
                    lambda X, W_Q, W_K, D, d_k: W_K * X.T * D * X / sp.sqrt(d_k),
                ),
                Mistake(
                    "This is the gradient with respect to the queries. One more layer lies before them.",
                    lambda X, W_Q, W_K, D, d_k: D * X * W_K.T / sp.sqrt(d_k),
                ),
                Mistake(
                    "The root is multiplied. The scores are divided by it, and so is the gradient.",
                    lambda X, W_Q, W_K, D, d_k: W_K * X.T * D.T * X * sp.sqrt(d_k),
                ),
                Mistake(
                    "Divided by $d_k$: a root is lost.",
                    lambda X, W_Q, W_K, D, d_k: W_K * X.T * D.T * X / d_k,
                ),
                Mistake(
                    "The other weights are missing. With what does a query meet the score?",
                    lambda X, W_Q, W_K, D, d_k: X.T * D.T * X / sp.sqrt(d_k),
                ),
                Mistake(
                    "The scores are linear in $\\mathbf W_Q$: it does not occur in its own gradient.",
                    lambda X, W_Q, W_K, D, d_k: W_Q * X.T * D.T * X / sp.sqrt(d_k),
                ),
                Mistake(
                    "This is the transpose of the gradient with respect to the queries. One more layer lies before "
                    "them.",
                    lambda X, W_Q, W_K, D, d_k: W_K * X.T * D.T / sp.sqrt(d_k),
                ),
                Mistake(
                    "This is the transpose: compare its shape with that of $\\mathbf W_Q$.",
                    lambda X, W_Q, W_K, D, d_k: X.T * D * X * W_K.T / sp.sqrt(d_k),
                ),
            ],
        ),
        Coding(
            name="masked-attention",
            title="Attention with a mask",
            statement=(
                "Write scaled dot-product attention with a mask. A forbidden key counts as if it were not there. "
                "A query that may look at nothing gets zeros, and NumPy has nothing to warn about, however large the "
                "scores are."
            ),
            solution=masked_attention,
            inputs=_masked,
            mistakes=[
                Mistake(
                    "Large scores overflow, and far below 0 all exponentials vanish. "
                    "What may be subtracted from all scores of a query?",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(_hidden(Z, mask), shift=False)),
                ),
                Mistake(
                    "The largest of *all* scores is subtracted. All exponentials of a query can vanish then: what is "
                    "the largest of its own scores?",
                    _attend_wrongly(weigh=_shifted_by_the_largest_of_all),
                ),
                Mistake(
                    "The largest score is looked for among the forbidden ones too. If it is there, what is left of "
                    "the exponentials of the others?",
                    _attend_wrongly(weigh=_shifted_before_the_mask),
                ),
                Mistake(
                    "The scores are not divided. What is the variance of a dot product?",
                    _attend_wrongly(root=lambda Q, K: 1),
                ),
                Mistake(
                    "The scores are divided by their variance. Divide by the standard deviation.",
                    _attend_wrongly(root=lambda Q, K: Q.shape[1]),
                ),
                Mistake(
                    "The scores are divided by the root of the number of entries of all keys. "
                    "A score is a product of a query and one key.",
                    _attend_wrongly(root=lambda Q, K: np.sqrt(K.size)),
                ),
                Mistake(
                    "The scores are divided by the root of 2, the number of axes of $\\mathbf K$. "
                    "The variance of a score comes from the dimension of one key.",
                    _attend_wrongly(root=lambda Q, K: np.sqrt(K.ndim)),
                ),
                Mistake(
                    "The scores are divided by the root of the number of keys. "
                    "The variance of a score comes from the dimension of one key.",
                    _attend_wrongly(root=lambda Q, K: np.sqrt(len(K))),
                ),
                Mistake(
                    "The weights of each key add up to 1. Which sum should be 1, that of a row or that of a column?",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(_hidden(Z, mask), axis=0)),
                ),
                Mistake(
                    "The mask comes after the softmax, so that the weights left over do not add up to 1.",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(Z) * mask),
                ),
                Mistake(
                    "Forbidden scores are set to 0. What is the exponential of 0?",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(Z * mask)),
                ),
                Mistake(
                    "A query that may look at nothing gets the mean of what it must not see. "
                    "A large negative score is still a score.",
                    _attend_wrongly(weigh=lambda Z, mask: _softmax_of_rows(_hidden(Z, mask, -1e9))),
                ),
                Mistake(
                    "A query that may look at nothing gets `nan`. What is the sum of its exponentials?",
                    _attend_wrongly(weigh=lambda Z, mask: _softmax_of_rows(_hidden(Z, mask))),
                ),
                Mistake(
                    "The mask is turned round: it is true where a query may look.",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(_hidden(Z, ~mask))),
                ),
                Mistake(
                    "The mask is not used.",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(Z)),
                    as_printed="attention-masked",
                ),
                Mistake(
                    "The scores are multiplied by the root.",
                    _attend_wrongly(root=lambda Q, K: 1 / np.sqrt(Q.shape[1])),
                ),
                Mistake(
                    "The exponentials are not divided by their sum: the weights of a query should add up to 1.",
                    _attend_wrongly(weigh=_not_shared),
                ),
                Mistake(
                    "These are the weights. The output is made of the values.",
                    lambda Q, K, V, mask: _shares(_hidden(Q @ K.T / np.sqrt(Q.shape[1]), mask)),
                ),
                Mistake(
                    "The scores are divided by the root of the length of a value. Values have no part in the scores.",
                    lambda Q, K, V, mask: _shares(_hidden(Q @ K.T / np.sqrt(V.shape[1]), mask)) @ V,
                ),
                *(
                    Mistake(f"{hint} And large scores overflow.", wrong)
                    for hint, wrong in [
                        (
                            "The scores are not divided by anything.",
                            _attend_wrongly(
                                root=lambda Q, K: 1, weigh=lambda Z, mask: _shares(_hidden(Z, mask), shift=False)
                            ),
                        ),
                        (
                            "The scores are divided by their variance, not by the standard deviation.",
                            _attend_wrongly(
                                root=lambda Q, K: Q.shape[1],
                                weigh=lambda Z, mask: _shares(_hidden(Z, mask), shift=False),
                            ),
                        ),
                        (
                            "The weights left over by the mask do not add up to 1.",
                            _attend_wrongly(weigh=lambda Z, mask: _shares(Z, shift=False) * mask),
                        ),
                        (
                            "Forbidden scores are set to 0, whose exponential is 1.",
                            _attend_wrongly(weigh=lambda Z, mask: _shares(Z * mask, shift=False)),
                        ),
                        (
                            "A query that may look at nothing gets `nan`.",
                            _attend_wrongly(weigh=_plain_softmax),
                        ),
                        ("The mask is not used.", _attend_wrongly(weigh=lambda Z, mask: _shares(Z, shift=False))),
                    ]
                ),
                Mistake(
                    "The weights stand the wrong way round: a row of them belongs to a query.",
                    _attend_wrongly(weigh=lambda Z, mask: _shares(_hidden(Z, mask)).T),
                ),
                Mistake(
                    "A query that may look at nothing gets a mean of what it must not see: a large number taken "
                    "from all of its scores changes no difference between them.",
                    _attend_wrongly(weigh=lambda Z, mask: _softmax_of_rows(Z + np.where(mask, 0, -1e9))),
                ),
                Mistake(
                    "All exponentials are divided by one sum. The weights of each query should add up to 1.",
                    _attend_wrongly(weigh=_one_sum),
                ),
                Mistake(
                    "The scores are divided by the root of the number of queries. The variance of a score comes "
                    "from the dimension of one key.",
                    _attend_wrongly(root=lambda Q, K: np.sqrt(len(Q))),
                ),
            ],
            points=3,
        ),
        Coding(
            name="attention-gradients",
            title="Back through attention",
            statement=(
                "Given the gradient of the loss with respect to the output, and the weights that the forward pass has "
                "kept, with or without a mask, return the gradients with respect to $\\mathbf Q$, $\\mathbf K$ and "
                "$\\mathbf V$."
            ),
            solution=attention_gradients,
            inputs=_passes,
            returns=("grad_Q", "grad_K", "grad_V"),
            mistakes=[
                Mistake(
                    "Forward the scores are divided by a root. Backward it is missing.",
                    _pull_wrongly(root=lambda Q, K: 1),
                ),
                Mistake(
                    "The root is there twice: the gradient of the scores is divided by it once.",
                    _pull_wrongly(root=lambda Q, K: Q.shape[1]),
                ),
                Mistake(
                    "The softmax is taken for an element-wise function. "
                    "A weight that grows takes from the others in its row.",
                    _pull_wrongly(softmax=lambda D, P: P * D),
                ),
                Mistake(
                    "In the softmax the sum runs over the queries. The weights of one query share out 1.",
                    _pull_wrongly(softmax=lambda D, P: P * (D - (D * P).sum(axis=0))),
                ),
                Mistake(
                    "The mean that is subtracted in the softmax is a plain one. By what is it weighted?",
                    _pull_wrongly(softmax=lambda D, P: P * (D - D.mean(axis=1, keepdims=True))),
                ),
                Mistake(
                    "For the values the weights stand the wrong way round: a value collects from all queries.",
                    _pull_wrongly(to_values=lambda P, G: P @ G),
                ),
                Mistake(
                    "The slope of a softmax is taken for that of a sigmoid, $p(1-p)$. "
                    "A weight that grows takes from the others in its row.",
                    _pull_wrongly(softmax=lambda D, P: D * P * (1 - P)),
                ),
                Mistake(
                    "In the softmax the last factor is missing: in the end everything is multiplied by the weights.",
                    _pull_wrongly(softmax=lambda D, P: D - (D * P).sum(axis=1, keepdims=True)),
                ),
                Mistake(
                    "The softmax is passed over: what comes back to the weights is not yet what comes back to the "
                    "scores.",
                    _pull_wrongly(softmax=lambda D, P: D),
                ),
                Mistake(
                    "The weighted mean in the softmax is added. It should be taken away.",
                    _pull_wrongly(softmax=lambda D, P: P * (D + (D * P).sum(axis=1, keepdims=True))),
                ),
                Mistake(
                    "The row sums have lost their axis, so that each is subtracted from a column.",
                    _pull_wrongly(softmax=lambda D, P: P * (D - (D * P).sum(axis=1))),
                ),
                Mistake(
                    "The root is that of the number of keys. Forward it is that of the dimension of one key.",
                    _pull_wrongly(root=lambda Q, K: np.sqrt(len(K))),
                ),
                Mistake(
                    "The root is multiplied. Forward the scores are divided by it.",
                    _pull_wrongly(root=lambda Q, K: 1 / np.sqrt(Q.shape[1])),
                ),
                Mistake(
                    "The weights are computed anew, without the mask of the forward pass. They are given.",
                    lambda G, Q, K, V, P: attention_gradients(
                        G, Q, K, V, _softmax_of_rows(Q @ K.T / np.sqrt(Q.shape[1]))
                    ),
                ),
                Mistake(
                    "The gradients of the queries and of the keys are exchanged.",
                    lambda *arguments: tuple(attention_gradients(*arguments)[i] for i in (1, 0, 2)),
                ),
                Mistake(
                    "The gradients come in another order: values, queries, keys.",
                    lambda *arguments: tuple(attention_gradients(*arguments)[i] for i in (2, 0, 1)),
                ),
                Mistake(
                    "The values collect the gradient of the scores. They collect with the weights.",
                    _values_from_scores,
                ),
                Mistake(
                    "For the keys the gradient of the scores stands the wrong way round: "
                    "a key collects from all queries.",
                    _pull_wrongly(to_keys=lambda grad_Z, Q: grad_Z @ Q),
                ),
                Mistake(
                    "The keys collect from keys. A score is a product of a query and a key: which is the other one?",
                    lambda G, Q, K, V, P: _pull_wrongly(to_keys=lambda grad_Z, Q: grad_Z.T @ K)(G, Q, K, V, P),
                ),
                Mistake(
                    "The values collect the gradient of the scores, divided by the root. "
                    "They collect with the weights.",
                    lambda G, Q, K, V, P: _values_from_scores(G, Q, K, V, P, root=True),
                ),
            ],
            points=3,
        ),
    ],
    quiz=[
        Question(
            "`Q` has shape (10, 64), `K` has shape (20, 64), `V` has shape (20, 32). "
            "Which shapes have the weights and the output?",
            right=("(10, 20) and (10, 32)", "A weight for each query and key, and for each query a mean of values."),
            wrong={
                "(10, 20) and (10, 64)": "The output is a mean of values, and a value has 32 entries.",
                "(20, 10) and (20, 32)": "One row is one query: there are ten.",
                "None: `K` and `V` do not fit.": (
                    "Keys meet queries and must be as long as these. Of values there must be as many as keys."
                ),
            },
        ),
        Question(
            "The entries of queries and keys are independent with mean 0 and variance 1, and $d_k = 100$. "
            "What is the standard deviation of $\\mathbf q\\cdot\\mathbf k$?",
            right=("10", "The variance is 100."),
            wrong={
                "100": "That is the variance.",
                "1": "It is 1 after the division by $\\sqrt{d_k}$.",
                "0, because the mean is 0.": "The products cancel on average, not in every sum.",
            },
        ),
        Question(
            "A query has the scores 5, 5 and 5. Then all three fall to $-5$. What happens to its weights?",
            right=(
                "Nothing.",
                "Softmax sees differences only. Attention cannot say that no key fits.",
            ),
            wrong={
                "They fall to nearly 0.": "They add up to 1, whatever the scores are.",
                "They become negative.": "Exponentials are positive.",
                "They fall by the factor $e^{-10}$.": "So do all exponentials, and their sum with them.",
            },
        ),
        Question(
            "Causal self-attention over six words. The fourth word is exchanged for another. Which outputs can change?",
            right=("The fourth, fifth and sixth.", "A word is seen by itself and by those that come after it."),
            wrong={
                "Only the fourth.": "The later words look back at the fourth.",
                "The first to the fourth.": "The first three may not look at what comes later.",
                "All six.": "Without the mask, yes. With it nothing flows back to earlier positions.",
            },
        ),
        Question(
            "The width stays $d$, and the number of heads goes from 1 to 8. What happens to the number of parameters?",
            right=("Nothing.", "The four $d\\times d$ matrices are cut into slices; there are not more of them."),
            wrong={
                "It is multiplied by 8.": "Each head is narrower: its matrices have $d/8$ rows.",
                "It is divided by 8.": "There are eight heads, each with an eighth of the rows.",
                "It is multiplied by 64.": "Neither inputs nor outputs of the projections grow.",
            },
        ),
    ],
)
