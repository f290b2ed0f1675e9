"""The mathematics of deep learning, in NumPy, one short module a subject.

Every function takes arrays and returns arrays, keeps no state and leaves its arguments as they were. The two that write
into an argument say so in their names: ``activations.softmax_in_place`` and ``optimizers.adam_step_in_place``.
One sample is a vector of shape ``(n_in,)``; a batch ``X`` has one sample a row, shape ``(N, n_in)``; a weight matrix
``W`` has shape ``(n_out, n_in)``, so that a layer computes ``X @ W.T + b``.

What holds for every function, and is not repeated in its docstring:

- Lists, integers and booleans are taken as arrays of double precision. Single precision goes in and comes out. A
  function that is analytic takes complex numbers too, so that the complex step differentiates it.
- ``TypeError``: an argument is of the wrong kind: not an array of numbers, a masked array, a number where a name is
  expected, an iterator where a list is. ``ValueError``: it is of the right kind and cannot be meant: shapes that do not
  fit, which are never broadcast, empty arrays, NaN, a number out of its range, a name that does not exist. The message
  names the argument, what came and what was expected, and nothing was changed before it was raised.
- No finite number makes a warning, whatever ``numpy.seterr`` says: what is too large for its precision is infinite, and
  what is too small is 0. Infinities are let through where they have a meaning, such as a logit of minus infinity.

Importing ``dlmath`` needs NumPy alone. The layers that derive, certify and draw are imported by name:
``dlmath.symbolic`` and ``dlmath.verify`` (SymPy), ``dlmath.display`` and ``dlmath.plotting`` (IPython, matplotlib).
"""

from types import ModuleType

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

__all__ = sorted(
    name for name, value in globals().items() if isinstance(value, ModuleType) and not name.startswith("_")
)

__version__ = "1.0.0"
