"""The exercises on the contrastive loss, solved by the package, by a Jacobian and by the logarithm of a quotient."""

import numpy as np
import sympy as sp

from dlmath.contrastive import clip_loss


def embedding_gradients(G, U, V, tau):
    """Vector by vector, with the Jacobian of the direction written out."""

    def pull(g, a):
        length = np.sqrt(a @ a)
        return (np.eye(len(a)) - np.outer(a, a) / length**2) @ g / (tau * length)

    U_hat, V_hat = (np.array([a / np.sqrt(a @ a) for a in A]) for A in (U, V))
    grad_U = np.array([pull(sum(G[i, j] * V_hat[j] for j in range(len(V))), U[i]) for i in range(len(U))])
    grad_V = np.array([pull(sum(G[i, j] * U_hat[i] for i in range(len(U))), V[j]) for j in range(len(V))])
    return grad_U, grad_V


EQUIVALENTS = {
    "loss-with-copies": [lambda N, k, c, tau: sp.log(k * sp.exp(1 / tau) + (N - k) * sp.exp(c / tau)) - 1 / tau],
    "symmetric-contrastive-loss": [clip_loss],
    "embedding-gradients": [embedding_gradients],
}
