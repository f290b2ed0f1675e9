"""Parts of formulas that keep their value where the plain form would round it away: private to the package."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np


def times(weights: np.ndarray | float, values: np.ndarray | float) -> np.ndarray:
    r"""The product, with :math:`0 \cdot \infty = 0`: what has no weight does not count."""
    if type(weights) is float and isinstance(values, np.ndarray):
        weights = values.real.dtype.type(weights)  # which may be 0 in single precision
    counted = np.not_equal(weights, 0)
    if counted.all():
        return np.asarray(np.multiply(weights, values))
    zeros = np.zeros(np.broadcast(weights, values).shape, np.result_type(weights, values))
    return np.multiply(weights, values, out=zeros, where=counted)


def total(values: np.ndarray, axis: int, *, keepdims: bool = False) -> np.ndarray:
    """The sum along an axis, in the precision of the values.

    NumPy adds in pairs along the entries that lie side by side in memory, and one after the other along any other axis.
    A million single-precision numbers would lose five digits there, so they are added in double precision.
    """
    if values.itemsize < 8 and values.strides[axis] != values.itemsize:
        return values.sum(axis=axis, dtype=np.float64, keepdims=keepdims).astype(values.dtype)
    return values.sum(axis=axis, keepdims=keepdims)


def column_sums(values: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """The sum over the rows of a matrix: a product with ones is faster than ``total``, if it is precise enough."""
    if values.dtype.char == "d":
        return np.dot(_ones(len(values)), values, out=out)
    return np.positive(total(values, axis=0), out=out)


@lru_cache(maxsize=2)
def _ones(count: int) -> np.ndarray:
    """Kept from step to step: the batches of a training have one size, or two."""
    ones = np.ones(count)
    ones.flags.writeable = False
    return ones


def all_finite(values: np.ndarray) -> bool:
    """Whether no entry is infinite or NaN, of at least one: of real numbers, the least is NaN if any is."""
    if values.dtype.kind == "c":
        return bool(np.isfinite(values).all())
    return math.isfinite(values.item(values.argmin())) and math.isfinite(values.item(values.argmax()))


def stable_shift(name: str, z: np.ndarray, axis: int) -> np.ndarray:
    """What to subtract from logits before taking exponentials: their maximum along the axis, 0 if all are -infinity.

    Example:
        >>> stable_shift("z", np.array([[1.0, 3.0], [-np.inf, -np.inf]]), axis=1)
        array([[3.],
               [0.]])
    """
    largest = z.real.max(axis=axis, keepdims=True)
    if np.isfinite(largest).all():
        return largest
    if np.isposinf(largest).any():
        raise ValueError(f"{name} must not contain +infinity: softmax has no value there")
    return np.where(np.isneginf(largest), 0, largest)


def exp(z: np.ndarray) -> np.ndarray:
    """The exponential; of a complex number that is too large it is infinity, where NumPy has NaN.

    Infinity has no argument, so ``np.exp(1000 + 1e-30j)`` cannot be a complex number with parts. Here it is real.
    """
    if z.dtype.kind != "c":
        return np.exp(z)
    large = z.real > np.log(np.finfo(z.dtype).max)
    return np.where(large, np.inf, np.exp(np.where(large, 0, z)))
