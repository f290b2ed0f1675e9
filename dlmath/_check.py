"""The public door: every function looks at its arguments here, before it computes with them.

A refusal names the argument, what came and what was expected. Lists, integers and booleans are taken as float64;
float32 stays float32; nothing is ever broadcast, cut or filled to make it fit.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Collection, Sequence
from functools import cache
from numbers import Integral, Real
from typing import Any

import numpy as np

rounding = np.errstate(over="ignore", under="ignore")
"""Decorates a public function: what is too large is infinite and what is too small is 0, and neither is an error."""

overflowing = np.errstate(over="ignore", under="ignore", invalid="ignore")
"""The same for sums of products: where they overflow, infinities of both signs may meet, and their sum is NaN."""

LARGEST_INTEGER = 2**63 - 1
"""The largest size or index of NumPy."""

Dimension = int | str
"""A length: a number that must be met, or the name of a length that may be anything from 1 up."""


def array(
    name: str,
    value: Any,
    *shapes: Sequence[Dimension],
    analytic: bool = False,
    beside: tuple[str, np.ndarray] | None = None,
) -> np.ndarray:
    """Return ``value`` as a floating-point array of one of the given shapes (any shape, if none is given).

    With ``analytic=True`` complex numbers are let through: the function is analytic, and the complex step
    differentiates it. ``beside`` is the argument from which the shapes were read, for the message: it may be the wrong
    one of the two. The array that comes back may be the caller's own, so it must not be written into.
    """
    if type(value) is not np.ndarray or value.dtype.char not in "df":
        value = _as_floating(name, value, analytic)
    if shapes and value.shape not in shapes and not _fits_one_of(value.shape, shapes):
        expected = " or ".join(_shape_text(shape) for shape in shapes)
        if beside is not None:
            expected += f" beside {beside[0]} of shape {_shape_text(beside[1].shape)}"
        raise ValueError(f"{name} must have shape {expected}, got {_shape_text(value.shape)}")
    if value.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {_shape_text(value.shape)}")
    # The smallest entry is NaN if one entry is. Its place among a few is found before a reduction has begun.
    least = value.item(value.argmin()) if value.size < 10_000 else np.minimum.reduce(value, axis=None)
    if least != least:
        raise ValueError(f"{name} must not contain NaN, got {int(np.isnan(value).sum())} of {value.size} entries")
    return value


def from_array_like(name: str, value: Any) -> np.ndarray:
    """Return ``value`` as a NumPy array of whatever dtype it has."""
    parts = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(part, np.ma.MaskedArray) for part in parts):
        raise TypeError(f"{name} must be a plain array, got a masked one (its mask would be lost)")
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(f"{name} must be a rectangular array of numbers, got rows of different lengths") from None
    except Exception as error:  # whatever an object of another library raises when it is asked for an array
        raise TypeError(f"{name} must be an array, got {kind(value)}: {error}") from None


def finite(name: str, value: np.ndarray) -> None:
    """Refuse infinities, where nothing sensible could be computed from them."""
    if not np.isfinite(value).all():
        raise ValueError(f"{name} must be finite, got infinity")


def in_one_precision(*values: Any) -> tuple[Any, ...]:
    """The values as they came, but whole numbers in the precision of the floating-point arrays they stand beside.

    They have none of their own, and would make double precision of what is in single.
    """
    floating = [value.dtype for value in values if isinstance(value, np.ndarray) and value.dtype.kind in "fc"]
    if not floating or np.dtype(np.float32) not in floating:
        return values
    precision = np.result_type(*floating)
    return tuple(
        value.astype(precision) if type(value) is np.ndarray and value.dtype.kind in "biu" else value
        for value in values
    )


def in_precision_of(value: np.ndarray, *others: np.ndarray) -> np.ndarray:
    """The value in the precision of the others: a target in that of predictions, a gradient in that of weights."""
    for other in others:
        if other.dtype != value.dtype:
            break
    else:
        return value
    precision = np.result_type(*(other.real.dtype for other in others))
    if value.dtype.kind == "c":
        precision = np.result_type(precision, np.complex64)
    return value.astype(precision, copy=False)


def same_shape(name: str, value: np.ndarray, other_name: str, other: np.ndarray) -> None:
    """Refuse two arrays that NumPy might broadcast against each other."""
    if value.shape != other.shape:
        raise ValueError(
            f"{name} must have the shape of {other_name}, "
            f"got {_shape_text(value.shape)} against {_shape_text(other.shape)}"
        )


def writable(name: str, value: Any, shape: Sequence[Dimension] | None = None, *, analytic: bool = False) -> np.ndarray:
    """Return ``value`` if it can be overwritten: a floating-point array that is not read-only."""
    if type(value) is not np.ndarray or value.dtype.char not in ("dfDF" if analytic else "df"):
        raise TypeError(f"{name} is overwritten and must be a floating-point array, got {kind(value)}")
    if shape is not None and value.shape != shape and not _fits_one_of(value.shape, [shape]):
        raise ValueError(f"{name} must have shape {_shape_text(shape)}, got {_shape_text(value.shape)}")
    if not value.flags.writeable:
        raise ValueError(f"{name} is overwritten and must not be read-only")
    if value.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {_shape_text(value.shape)}")
    return value


def separate(overwritten: dict[str, np.ndarray], read: dict[str, np.ndarray]) -> None:
    """Refuse arrays of which one would be overwritten through another, or through itself."""
    rest = [*overwritten.items(), *read.items()]
    if len({id(value) for _, value in rest if value.base is None and 0 not in value.strides}) == len(rest):
        return  # each has memory of its own
    for name, value in overwritten.items():
        del rest[0]
        for other_name, other in rest:
            if np.may_share_memory(value, other) and np.shares_memory(value, other):
                raise ValueError(f"{name} is overwritten and must not share memory with {other_name}")
        if 0 in value.strides and value.size > 1:
            raise ValueError(f"{name} is overwritten and must have an entry of its own at each place")


def unit_interval(name: str, value: np.ndarray) -> None:
    """Refuse an array with a (real part of an) entry outside [0, 1]."""
    low, high = float(value.real.min()), float(value.real.max())
    if low < 0 or high > 1:
        raise ValueError(f"{name} must be between 0 and 1, got {low if low < 0 else high!r}")


def number(
    name: str,
    value: Any,
    *,
    above: float = -np.inf,
    least: float = -np.inf,
    most: float = np.inf,
    below: float = np.inf,
) -> float:
    """Return ``value`` as a finite float with ``above < value < below`` and ``least <= value <= most``."""
    given = value
    if type(value) is not float:
        if type(value) is np.ndarray and value.ndim == 0:
            value = value.item()
        if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
            raise TypeError(f"{name} must be a number, got {kind(given)}")
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
    if not (math.isfinite(value) and above < value < below and least <= value <= most):
        bounds = []
        if above > -np.inf:
            bounds.append(f"above {above:g}")
        if least > -np.inf:
            bounds.append(f"at least {least:g}")
        if most < np.inf:
            bounds.append(f"at most {most:g}")
        if below < np.inf:
            bounds.append(f"below {below:g}")
        raise ValueError(f"{name} must be {' and '.join(['finite', *bounds])}, got {_number_text(given)}")
    return value


def largest(value: np.ndarray) -> float:
    """The largest finite number in the precision of an array: what a number that multiplies it must not exceed."""
    return _limits(value.dtype)[1]


def smallest(value: np.ndarray) -> float:
    """The smallest positive number that has all its digits in the precision of an array."""
    return _limits(value.dtype)[0]


@cache
def _limits(dtype: np.dtype) -> tuple[float, float]:
    return float(np.finfo(dtype).tiny), float(np.finfo(dtype).max)


def integer(name: str, value: Any, *, least: float = 0) -> int:
    """Return ``value`` as an ``int`` that is at least ``least``, and no larger than an index of NumPy."""
    if type(value) is not int:
        if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
            raise TypeError(f"{name} must be an integer, got {kind(value)}")
        value = int(value)
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {_number_text(value)}")
    if value > LARGEST_INTEGER:
        raise ValueError(f"{name} must be at most {LARGEST_INTEGER}, got {_number_text(value)}")
    return value


def integers(name: str, values: Sequence[Any], *, least: float = 0) -> list[int]:
    """The same of each of several values; a refusal says which."""
    checked = list(values)
    for i, value in enumerate(values):
        if type(value) is not int or not least <= value <= LARGEST_INTEGER:
            checked[i] = integer(f"{name}[{i}]", value, least=least)
    return checked


def axis(name: str, value: Any, dimensions: int, of: str = "the array") -> int:
    """Return ``value`` if it is an axis of an array with so many dimensions, counted from the front or the back."""
    value = integer(name, value, least=-np.inf)
    if dimensions == 0:
        raise ValueError(f"{of} must have at least one axis, got a single number, which has 0 dimensions")
    if not -dimensions <= value < dimensions:
        raise ValueError(f"{name} must be an axis of an array with {dimensions} dimensions, got {_number_text(value)}")
    return value


def labels(name: str, value: Any, count: int, classes: int) -> np.ndarray:
    """Return ``value`` as integer class labels ``0, ..., classes - 1`` of shape ``(count,)``.

    A negative label would silently mean a class counted from the end, so it is refused like one that is too large.
    """
    value = from_array_like(name, value)
    if value.dtype.kind not in "iu":
        raise TypeError(f"{name} must be integer class labels, got {kind(value)}")
    if value.shape != (count,):
        raise ValueError(f"{name} must have shape ({count},), got {_shape_text(value.shape)}")
    if count == 0:
        raise ValueError(f"{name} must not be empty")
    for extreme in (value.min(), value.max()):
        if not 0 <= extreme < classes:
            raise ValueError(f"{name} must be class labels from 0 to {classes - 1}, got {extreme}")
    return value


def boolean(name: str, value: Any) -> bool:
    """Return ``value`` if it is true or false, and nothing that Python would take for one of them."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} must be True or False, got {kind(value)}")
    return bool(value)


def choice(name: str, value: Any, choices: Collection[str]) -> str:
    """Return ``value`` if it is one of ``choices``."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be one of {', '.join(choices)}, got {kind(value)}")
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return value


def generator(name: str, value: Any) -> np.random.Generator:
    """Return ``value`` if it is a NumPy random generator: the book passes its randomness by hand."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator such as default_rng(0), got {kind(value)}")
    return value


def sequence(name: str, value: Any, expected: str) -> list[Any]:
    """Return ``value`` as a list: what has an order and a length, and no iterator, which can be read only once."""
    if type(value) is list or type(value) is tuple:
        return list(value)
    if isinstance(value, np.ndarray):
        ordered = type(value) is np.ndarray and value.ndim > 0
    else:
        ordered = isinstance(value, Sequence) and not isinstance(value, str | bytes)
    if not ordered:
        raise TypeError(f"{name} must be {expected}, got {kind(value)}")
    return list(value)


def function(name: str, value: Any) -> Callable[..., Any]:
    """Return ``value`` if it can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {kind(value)}")
    return value


def kind(value: Any) -> str:
    """What came, in a few words: one line, however long the value."""
    if isinstance(value, np.ma.MaskedArray):
        return "a masked array"
    if isinstance(value, np.ndarray):
        return f"an array of dtype {value.dtype}"
    if value is None:
        return "None"
    if callable(value) and hasattr(value, "__name__"):
        return f"the {type(value).__name__} {value.__name__}"
    try:
        return f"{type(value).__name__} {_SHORT.repr(value)}"
    except Exception:  # a value that cannot show itself
        return type(value).__name__


@rounding
def _as_floating(name: str, given: Any, analytic: bool) -> np.ndarray:
    value = from_array_like(name, given)
    if value.dtype.char in "df" or (analytic and value.dtype.kind == "c"):
        return value
    if value.dtype.kind in "biuf":
        return value.astype(np.float64)
    expected = "an array of real or complex numbers" if analytic else "an array of real numbers"
    raise TypeError(f"{name} must be {expected}, got {kind(given if value.ndim == 0 else value)}")


# Loops, because any() and all() of a generator take longer than the rest of the check.
def _fits_one_of(shape: tuple[int, ...], shapes: Sequence[Sequence[Dimension]]) -> bool:
    for expected in shapes:
        if len(shape) == len(expected):
            for size, length in zip(shape, expected):
                if size != length and type(length) is not str:
                    break
            else:
                return True
    return False


def _shape_text(shape: Sequence[Dimension]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def _number_text(value: Any) -> str:
    try:
        return _SHORT.repr(value) if isinstance(value, int) else repr(value)
    except ValueError:  # Python does not write out an integer of more than 4300 digits
        return f"an integer of {value.bit_length()} bits"


_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60
