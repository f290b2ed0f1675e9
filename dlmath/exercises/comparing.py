"""Whether two results are equal, and by what they differ if they are not: what any formula can have wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

RELATIVE, ABSOLUTE = 1e-7, 1e-10
"""Tolerances: another order of the same operations passes, a one-sided difference does not."""


def numbers(value: Any) -> np.ndarray | None:
    """The value as an array of real numbers, or None if it is something else."""
    if (
        not isinstance(value, np.ndarray | np.number | np.bool_ | int | float)
        or np.asarray(value).dtype.kind not in "biuf"
    ):
        return None
    return np.asarray(value, dtype=float)


def common_hint(values: Sequence[Any], references: Sequence[Any]) -> str | None:
    """Name what can be wrong in any formula: the sign, a constant factor, a transposition."""
    if any(numbers(result) is None for result in (*values, *references)):
        return None
    pairs = [(numbers(value), numbers(reference)) for value, reference in zip(values, references)]
    if all(same(value, -reference) for value, reference in pairs):
        return "The sign is wrong, and nothing else."
    if all(same(value, reference.T) for value, reference in pairs):
        return "This is the transpose of what is asked for."
    factor = _common_factor(pairs)
    if factor is not None:
        return "Your result is a constant multiple of the right one. Which factor is lost, or there twice?"
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal up to rounding: numbers of the same shape, or tuples of such."""
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other))
    one, other = numbers(one), numbers(other)
    if one is None or other is None or one.shape != other.shape:
        return False
    return bool(np.allclose(one, other, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))


def _common_factor(pairs: Sequence[tuple[np.ndarray, np.ndarray]]) -> float | None:
    if any(value.shape != reference.shape for value, reference in pairs):
        return None
    values, references = (np.concatenate([np.ravel(pair[i]) for pair in pairs]) for i in (0, 1))
    if not np.isfinite(values).all() or not references.any():
        return None
    factor = float(values @ references / (references @ references))
    return factor if abs(factor) > 1e-6 and same(values, factor * references) else None
