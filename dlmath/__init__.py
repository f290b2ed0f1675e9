"""The mathematics of deep learning, in NumPy, one short module a subject.

Every function takes arrays and returns arrays, keeps no state and leaves its arguments as they were.
One sample is a vector of shape ``(n_in,)``; a batch ``X`` has one sample a row, shape ``(N, n_in)``; a weight matrix
``W`` has shape ``(n_out, n_in)``, so that a layer computes ``X @ W.T + b``.

Importing ``dlmath`` needs NumPy alone. The layers that derive, certify and draw are imported by name:
``dlmath.symbolic`` and ``dlmath.verify`` (SymPy), ``dlmath.display`` and ``dlmath.plotting`` (IPython, matplotlib).
"""

from dlmath import (
    activations,
    attention,
    contrastive,
    convolution,
    datasets,
    diffusion,
    layers,
    least_squares,
    losses,
    network,
    optimizers,
    recurrent,
    regularization,
    reinforcement,
    training,
    transformer,
)

__all__ = [
    "activations",
    "attention",
    "contrastive",
    "convolution",
    "datasets",
    "diffusion",
    "layers",
    "least_squares",
    "losses",
    "network",
    "optimizers",
    "recurrent",
    "regularization",
    "reinforcement",
    "training",
    "transformer",
]

__version__ = "1.0.0"
