"""The exercises on the contrastive loss, solved by the package, by Jacobians, by pairs and by logarithms of sums."""

import math

import numpy as np
import sympy as sp

from dlmath.contrastive import clip_loss


def by_logarithms_of_sums(U, V, tau):
    cosines = (U @ V.T) / np.outer(np.linalg.norm(U, axis=1), np.linalg.norm(V, axis=1))
    Z = cosines / tau
    sums = np.logaddexp.reduce(Z, axis=0) + np.logaddexp.reduce(Z, axis=1)
    return np.mean(sums) / 2 - np.trace(Z) / len(Z)


def pair_by_pair(U, V, tau):
    def cosine(a, b):
        return float(a @ b) / math.sqrt(float(a @ a) * float(b @ b))

    def cost(logits, right):
        largest = max(logits)
        return math.log(sum(math.exp(z - largest) for z in logits)) + largest - logits[right]

    N = len(U)
    texts = sum(cost([cosine(u, v) / tau for v in V], i) for i, u in enumerate(U))
    images = sum(cost([cosine(u, v) / tau for u in U], i) for i, v in enumerate(V))
    return (texts + images) / (2 * N)


def from_differences(U, V, tau):
    """The logits enter by their differences from the right one, which are all that a softmax sees."""
    A, B = (M / np.sqrt(np.einsum("ij,ij->i", M, M))[:, None] for M in (U, V))
    Z = np.einsum("id,jd->ij", A, B) / tau
    right = np.diag(Z)
    rows, columns = Z - right[:, None], Z.T - right[:, None]
    return 0.5 * float(np.mean(np.logaddexp.reduce(rows, axis=1)) + np.mean(np.logaddexp.reduce(columns, axis=1)))


def by_jacobians(G, U, V, tau):
    """Vector by vector, with the Jacobian of the direction written out."""

    def pull(g, a):
        length = np.sqrt(a @ a)
        return (np.eye(len(a)) - np.outer(a, a) / length**2) @ g / (tau * length)

    U_hat, V_hat = (np.array([a / np.sqrt(a @ a) for a in A]) for A in (U, V))
    grad_U = np.array([pull(sum(G[i, j] * V_hat[j] for j in range(len(V))), U[i]) for i in range(len(U))])
    grad_V = np.array([pull(sum(G[i, j] * U_hat[i] for i in range(len(U))), V[j]) for j in range(len(V))])
    return grad_U, grad_V


def by_cosines(G, U, V, tau):
    """The derivative of a cosine with respect to a vector: the partner's direction less the cosine times one's own."""
    lengths_U, lengths_V = (np.sqrt((A**2).sum(axis=1)) for A in (U, V))
    A, B = U / lengths_U[:, None], V / lengths_V[:, None]
    weighted = G * (A @ B.T)
    grad_U = (G @ B - weighted.sum(axis=1)[:, None] * A) / (tau * lengths_U)[:, None]
    grad_V = (G.T @ A - weighted.sum(axis=0)[:, None] * B) / (tau * lengths_V)[:, None]
    return [grad_U, grad_V]


def by_indices(G, U, V, tau):
    inverse_U, inverse_V = 1 / np.linalg.norm(U, axis=1), 1 / np.linalg.norm(V, axis=1)

    def one_side(G, A, B, inverse_A, inverse_B):
        g = np.einsum("ij,jd,j->id", G, B, inverse_B) / tau
        return np.einsum("id,i->id", g, inverse_A) - np.einsum("ie,ie,id,i->id", g, A, A, inverse_A**3)

    return one_side(G, U, V, inverse_U, inverse_V), one_side(G.T, V, U, inverse_V, inverse_U)


EQUIVALENTS = {
    "loss-with-copies": [
        lambda N, k, c, tau: sp.log(k * sp.exp(1 / tau) + (N - k) * sp.exp(c / tau)) - 1 / tau,
        lambda N, k, c, tau: -sp.log(sp.exp(1 / tau) / (k * sp.exp(1 / tau) + (N - k) * sp.exp(c / tau))),
        lambda N, k, c, tau: sp.log(k) + sp.log(1 + (N - k) / k * sp.exp(-(1 - c) / tau)),
    ],
    "symmetric-contrastive-loss": [clip_loss, by_logarithms_of_sums, pair_by_pair, from_differences],
    "embedding-gradients": [by_jacobians, by_cosines, by_indices],
}

EQUIVALENT_SLIPS = {
    "symmetric-contrastive-loss": {"for logits in (Z.T, Z):": "the two directions are added, in any order"},
}
