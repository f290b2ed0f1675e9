"""Whether two results are equal.

Equal means up to rounding, at the precision of the result: one in ``float32`` has seven digits. Every number is
compared relative to itself, with an allowance for cancellation relative to the largest number of its array: so tiny
results are told from zero, and huge ones may be in the last digits what they like. Integers are exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

RELATIVE = 1e-7
"""Of a number in double precision: another order of the same operations passes, a one-sided difference does not."""

CANCELLATION = 1e-13
"""Of the largest number of an array in double precision: where large terms cancel, their rounding is left."""

NOTHING = 1e-10
"""In an array of zeros: what may be left when everything cancels."""

ROUNDINGS = 8
"""Roundings that single and half precision are allowed, in units of their last digit."""

DOUBLE = float(np.finfo(float).eps)
"""The distance from 1 to the next number in double precision."""

FAR = 0.1
"""More than any precision allows: who searches compares thousands of single numbers, most of them farther off."""


def numbers(value: Any) -> np.ndarray | None:
    """The value as an array of real numbers, or None if it is something else."""
    if type(value) is int:
        return np.asarray(float(value)) if abs(value) < 2**1023 else None
    if type(value) not in (np.ndarray, bool, float) and not isinstance(value, np.number | np.bool_):
        return None
    return np.asarray(value, dtype=float) if np.asarray(value).dtype.kind in "biuf" else None


def _certain(value: Any) -> np.ndarray:
    """The numbers of a value that has been found to be such."""
    found = numbers(value)
    assert found is not None
    return found


def precision(value: Any) -> float:
    """The distance from 1 to the next number in the precision of a result; of several results, the coarsest.

    Example:
        >>> precision(np.float32(3))
        1.1920928955078125e-07
        >>> precision(3) == precision((3.0, np.ones(2))) == float(np.finfo(float).eps)
        True
    """
    if isinstance(value, tuple | list):
        return max(map(precision, value), default=DOUBLE)
    dtype = np.asarray(value).dtype
    return float(np.finfo(dtype).eps) if dtype.kind == "f" and dtype.itemsize < 8 else DOUBLE


def lowered(value: Any, kind: type[np.floating]) -> Any:
    """The real numbers in a value, in a lower precision.

    Example:
        >>> lowered((0.1, 3), np.float32)
        (np.float32(0.1), 3)
    """
    return _mapped(value, lambda number: np.asarray(number).astype(kind)[()])


def rounded(value: Any, kind: type[np.floating]) -> Any:
    """The real numbers in a value, as they are in a lower precision, in double precision again.

    Example:
        >>> rounded((0.5, 0.1, 3), np.float32)
        (np.float64(0.5), np.float64(0.10000000149011612), 3)
    """
    return _mapped(value, lambda number: np.asarray(number).astype(kind).astype(float)[()])


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_mapped(each, change) for each in value)
    if isinstance(value, float) or (isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f"):
        with np.errstate(over="ignore"):
            return change(value)
    return value


def tolerance(value: Any, reference: Any, of_rounded: Any = None) -> np.ndarray:
    """How far each number of a result may be from the reference.

    Args:
        value: the result.
        reference: what it should be.
        of_rounded: the reference for arguments in the precision of the result, if that is low: whoever computes in
            it starts from these.
    """
    exact = _certain(reference)
    finite = np.where(np.isfinite(exact), np.abs(exact), 0)
    largest = finite.max(initial=0)
    rounding = max(precision(value), precision(reference))
    if rounding > DOUBLE:
        relative = cancellation = nothing = ROUNDINGS * rounding
        coarser = value if precision(value) >= precision(reference) else reference
        smallest = float(np.finfo(np.asarray(coarser).dtype).smallest_subnormal)
    else:
        relative, cancellation, nothing, smallest = RELATIVE, CANCELLATION, NOTHING, 0.0
    allowed = relative * finite + (cancellation * largest if largest else nothing) + 2 * smallest
    moved = numbers(of_rounded)
    if moved is not None and moved.shape == exact.shape:
        with np.errstate(invalid="ignore"):
            shift = np.abs(moved - exact)
        allowed = allowed + 4 * np.where(np.isfinite(shift), shift, 0)
    # An integer is exact, however large it is.
    return np.minimum(allowed, 0.25) if np.asarray(reference).dtype.kind in "biu" else allowed


def close(value: Any, reference: Any, of_rounded: Any = None) -> np.ndarray:
    """Where two results of one shape are equal up to rounding; NaN is equal to NaN."""
    one, other = _certain(value), _certain(reference)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(one - other) <= tolerance(value, reference, of_rounded)
    return near | (one == other) | (np.isnan(one) & np.isnan(other))


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal up to rounding: numbers of the same shape, or tuples of such.

    Example:
        >>> same(1e-12, 2e-12), same(np.float32(1e-12), 1e-12), same(0.1 + 0.2 - 0.3, 0.0)
        (False, True, True)
    """
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    ones, others = numbers(one), numbers(other)
    if ones is None or others is None or ones.shape != others.shape:
        return False
    if ones.ndim == 0 and abs(float(ones) - float(others)) > FAR * (1 + abs(float(others))):
        return False
    return bool(close(one, other).all())
