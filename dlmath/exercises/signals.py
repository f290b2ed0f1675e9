"""NumPy's warnings where the processor gives none: WebAssembly does not signal overflow, division by zero and the like.

There an answer gets its arrays as ``Watched`` ones, which look at the result of every operation and warn like NumPy.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np


def _are_missing() -> bool:
    with warnings.catch_warnings(record=True) as caught, np.errstate(over="warn"):
        warnings.simplefilter("always")
        np.exp(np.full(1, 1000.0))
    return not caught


MISSING = _are_missing()
"""Whether this platform has no signals of its own."""

OF_ZERO = {"divide", "reciprocal", "log", "log2", "log10", "log1p", "arctanh", "power", "float_power"}
"""Operations with a pole."""

WORDS = {"over": "overflow", "divide": "divide by zero", "invalid": "invalid value"}


class Watched(np.ndarray):
    """An array that warns of what NumPy warns of elsewhere.

    Example:
        >>> with warnings.catch_warnings(record=True) as caught:
        ...     warnings.simplefilter("always")
        ...     found = np.exp(watched(np.array([1.0, 1000.0])))
        >>> [str(each.message) for each in caught]
        ['overflow encountered in exp']
    """

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        given = unwatched(inputs)
        if out is not None:
            options["out"] = unwatched(out)
        with np.errstate(all="ignore"):
            result = getattr(ufunc, method)(*given, **unwatched(options))
        _warn(ufunc.__name__, method, given, result)
        return watched(result) if out is None else out[0] if len(out) == 1 else out

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        result = super().__array_function__(function, types, arguments, options)
        if function in (np.linalg.inv, np.linalg.solve) and _has(np.isnan, result) and not _has(np.isnan, *arguments):
            raise np.linalg.LinAlgError("Singular matrix")
        return watched(result)


def watched(value: Any) -> Any:
    """The value with its arrays watched, which share their memory."""
    if type(value) is np.ndarray:
        return value.view(Watched)
    if type(value) in (tuple, list):
        return type(value)(map(watched, value))
    return {key: watched(each) for key, each in value.items()} if type(value) is dict else value


def unwatched(value: Any) -> Any:
    """The value with plain arrays again."""
    if type(value) is Watched:
        return value.view(np.ndarray)
    if type(value) in (tuple, list):
        return type(value)(map(unwatched, value))
    return {key: unwatched(each) for key, each in value.items()} if type(value) is dict else value


def _warn(name: str, method: str, inputs: Any, result: Any) -> None:
    kind = _signal(name, inputs, result)
    mode = dict(np.geterr())[kind] if kind else "ignore"
    if kind and mode != "ignore":
        message = f"{WORDS[kind]} encountered in {name if method == '__call__' else method}"
        if mode == "raise":
            raise FloatingPointError(message)
        warnings.warn(message, RuntimeWarning, stacklevel=3)


def _signal(name: str, inputs: Any, result: Any) -> str | None:
    """The signal that an operation gives: NaN came of numbers, or infinity of finite ones."""
    if _has(np.isnan, result) and not _has(np.isnan, *inputs):
        return "invalid"
    if _has(np.isinf, result) and not _has(np.isinf, *inputs):
        at_pole = name in OF_ZERO and (name in ("log1p", "arctanh") or _has(lambda x: x == 0, *inputs))
        return "divide" if at_pole else "over"
    return None


def _has(test: Any, *values: Any) -> bool:
    """Whether the test is true of a number in any of the values."""
    arrays = [np.asarray(each) for value in values for each in (value if type(value) is tuple else (value,))]
    return any(bool(np.any(test(array))) for array in arrays if array.dtype.kind in "fc")
