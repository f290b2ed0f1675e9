"""The public door: every function looks at its arguments here, before it computes with them.

A refusal names the argument, what came and what was expected. Lists, integers and booleans are taken as float64;
float32 stays float32; nothing is ever broadcast, cut or filled to make it fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

Dimension = int | str
"""A length: a number that must be met, or the name of a length that may be anything from 1 up."""


def array(name: str, value: Any, *shapes: Sequence[Dimension], analytic: bool = False) -> np.ndarray:
    """Return ``value`` as a floating-point array of one of the given shapes (any shape, if none is given).

    With ``analytic=True`` complex numbers are let through: the function is analytic, and the complex step
    differentiates it. The array that comes back may be the caller's own, so it must not be written into.
    """
    if type(value) is not np.ndarray:
        value = _from_array_like(name, value)
    if value.dtype.char not in "df":
        value = _as_floating(name, value, analytic)
    if shapes and not any(_fits(value.shape, shape) for shape in shapes):
        expected = " or ".join(_shape_text(shape) for shape in shapes)
        raise ValueError(f"{name} must have shape {expected}, got {_shape_text(value.shape)}")
    if value.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {_shape_text(value.shape)}")
    # The minimum of an array is NaN if one entry is, and costs one pass without a temporary.
    smallest = np.minimum.reduce(value, axis=None)
    if smallest != smallest:
        raise ValueError(f"{name} must not contain NaN, got {int(np.isnan(value).sum())} of {value.size} entries")
    return value


def same_shape(name: str, value: np.ndarray, other_name: str, other: np.ndarray) -> None:
    """Refuse two arrays that NumPy might broadcast against each other."""
    if value.shape != other.shape:
        raise ValueError(
            f"{name} must have the shape of {other_name}, "
            f"got {_shape_text(value.shape)} against {_shape_text(other.shape)}"
        )


def number(name: str, value: Any, *, above: float = -np.inf, least: float = -np.inf, most: float = np.inf) -> float:
    """Return ``value`` as a finite float with ``above < value``, ``least <= value`` and ``value <= most``."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {_kind(value)}")
    if not (np.isfinite(value) and above < value and least <= value <= most):
        bounds = []
        if above > -np.inf:
            bounds.append(f"above {above:g}")
        if least > -np.inf:
            bounds.append(f"at least {least:g}")
        if most < np.inf:
            bounds.append(f"at most {most:g}")
        raise ValueError(f"{name} must be {' and '.join(['finite', *bounds])}, got {value!r}")
    return float(value)


def integer(name: str, value: Any, *, least: int = 0) -> int:
    """Return ``value`` as an ``int`` that is at least ``least``."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an integer, got {_kind(value)}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)


def choice(name: str, value: Any, choices: Sequence[str]) -> str:
    """Return ``value`` if it is one of ``choices``."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be one of {', '.join(choices)}, got {_kind(value)}")
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return value


def generator(name: str, value: Any) -> np.random.Generator:
    """Return ``value`` if it is a NumPy random generator: the book passes its randomness by hand."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator such as default_rng(0), got {_kind(value)}")
    return value


def _from_array_like(name: str, value: Any) -> np.ndarray:
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, got a masked one (its mask would be lost)")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array of numbers, got rows of different lengths") from None


def _as_floating(name: str, value: np.ndarray, analytic: bool) -> np.ndarray:
    if value.dtype.kind in "biuf":
        return value.astype(np.float64)
    if analytic and value.dtype.kind == "c":
        return value
    expected = "an array of real or complex numbers" if analytic else "an array of real numbers"
    raise TypeError(f"{name} must be {expected}, got {_kind(value)}")


def _fits(shape: tuple[int, ...], expected: Sequence[Dimension]) -> bool:
    return len(shape) == len(expected) and all(
        isinstance(length, str) or size == length for size, length in zip(shape, expected)
    )


def _shape_text(shape: Sequence[Dimension]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    return f"{type(value).__name__} {value!r}"
