"""The exercises on attention, solved by the package, and one by the rules of two layers."""

import sympy as sp

from dlmath.attention import attention, attention_backward


def masked_attention(Q, K, V, mask):
    return attention(Q, K, V, mask)[0]


def attention_gradients(G, Q, K, V, P):
    return attention_backward(G, Q, K, V, P @ V, P)


EQUIVALENTS = {
    "query-weight-gradient": [lambda X, W_Q, W_K, D, d_k: (D * (X * W_K.T) / sp.sqrt(d_k)).T * X],
    "masked-attention": [masked_attention],
    "attention-gradients": [attention_gradients],
}
