"""The exercises on attention, solved by the package, query by query, by sums over indices and by Jacobians."""

import numpy as np
import sympy as sp

from dlmath.attention import attention, attention_backward


def by_the_package(Q, K, V, mask):
    return attention(Q, K, V, mask)[0]


def without_the_forbidden_keys(Q, K, V, mask):
    rows = []
    for q, allowed in zip(Q, mask):
        if not allowed.any():
            rows.append(np.zeros(V.shape[1]))
            continue
        scores = K[allowed] @ q / len(q) ** 0.5
        weights = np.exp(scores - max(scores))
        rows.append(weights @ V[allowed] / weights.sum())
    return np.array(rows)


def with_a_lowest_number(Q, K, V, mask):
    """Minus infinity is not needed if the forbidden weights are set to zero before they are summed."""
    scores = np.einsum("ti,si->ts", Q, K) * Q.shape[-1] ** -0.5
    scores = np.where(mask, scores, np.finfo(float).min)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True)) * mask
    sums = weights.sum(axis=-1, keepdims=True)
    return np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0) @ V


def by_logarithms(Q, K, V, mask):
    scores = np.where(mask, (Q / np.sqrt(K.shape[1])) @ K.T, -np.inf)
    sums = np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return np.where(mask, np.exp(scores - np.where(np.isinf(sums), 0, sums)), 0) @ V


def gradients_by_the_package(G, Q, K, V, P):
    return attention_backward(G, Q, K, V, P @ V, P)


def gradients_by_indices(G, Q, K, V, P):
    D = np.einsum("tj,sj->ts", G, V)
    E = P * D - P * np.einsum("ts,ts->t", P, D)[:, None]
    return [np.einsum("ts,si->ti", E, K / Q.shape[1] ** 0.5), (E.T @ Q) / Q.shape[1] ** 0.5, (G.T @ P).T]


def gradients_query_by_query(G, Q, K, V, P):
    root = np.sqrt(K.shape[1])
    grad_Q, grad_K, grad_V = (np.zeros_like(A) for A in (Q, K, V))
    for t, (g, q, p) in enumerate(zip(G, Q, P)):
        grad_z = (np.diag(p) - np.outer(p, p)) @ (V @ g)
        grad_Q[t] = K.T @ grad_z / root
        grad_K += np.outer(grad_z, q) / root
        grad_V += np.outer(p, g)
    return grad_Q, grad_K, grad_V


def gradients_from_the_output(G, Q, K, V, P):
    """The weighted mean of what comes back is the product of the gradient with the output."""
    grad_Z = P * (G @ V.T - np.sum(G * (P @ V), axis=1)[:, np.newaxis]) / np.sqrt(Q.shape[1])
    return grad_Z @ K, grad_Z.T @ Q, P.T @ G


EQUIVALENTS = {
    "query-weight-gradient": [
        lambda X, W_Q, W_K, D, d_k: (D * (X * W_K.T) / sp.sqrt(d_k)).T * X,
        lambda X, W_Q, W_K, D, d_k: (X.T * D * X * W_K.T).T / sp.sqrt(d_k),
        lambda X, W_Q, W_K, D, d_k: (X * W_K.T).T * (D.T * X) * d_k ** sp.Rational(-1, 2),
    ],
    "masked-attention": [by_the_package, without_the_forbidden_keys, with_a_lowest_number, by_logarithms],
    "attention-gradients": [
        gradients_by_the_package,
        gradients_by_indices,
        gradients_query_by_query,
        gradients_from_the_output,
    ],
}

NOTHING = "where a query may look at nothing all its exponentials are zero, whatever they are shifted and divided by"

EQUIVALENT_SLIPS = {
    "masked-attention": {
        "scores = np.where(mask, Q @ K.T / np.sqrt(K.shape[1]), -np.inf)": "keys are as long as queries",
        "largest = np.where(mask.any(axis=1), scores.max(axis=1), 1)": NOTHING,
        "largest = np.where(mask.any(axis=1), scores.max(axis=1), -1)": NOTHING,
        "return E / np.where(sums == 0, 2, sums) @ V": NOTHING,
        "return E / np.where(sums == 0, 0.5, sums) @ V": NOTHING,
        "return E / np.where(E == 0, 1, sums) @ V": "a weight of zero stays zero, whatever it is divided by",
        "return E / np.where(mask == 0, 1, sums) @ V": "a forbidden weight is zero, whatever it is divided by",
    },
    "attention-gradients": {"grad_Z = grad_Z / np.sqrt(K.shape[1])": "keys are as long as queries"},
}
