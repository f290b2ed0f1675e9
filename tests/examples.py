"""A call of every public function of the package, from its own example, and numbers of every size to call it with.

This file needs NumPy and the package alone, so that Python in the browser runs it too.
"""

import dataclasses
import doctest
import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

import dlmath


class Call(NamedTuple):
    """A function, and the arguments of a call in its example."""

    function: Callable[..., Any]
    arguments: dict[str, Any]

    def __call__(self, **changed: Any) -> Any:
        bound = inspect.signature(self.function).bind_partial()
        bound.arguments.update(copied({**self.arguments, **changed}))
        result = self.function(*bound.args, **bound.kwargs)
        return list(result) if isinstance(result, Iterator) else result


def copied(value: Any) -> Any:
    """The value with its arrays copied, so that a function that writes into them leaves the example as it is."""
    return mapped(np.copy, value, of=lambda part: isinstance(part, np.ndarray))


def mapped(change: Callable[[Any], Any], value: Any, of: Callable[[Any], bool]) -> Any:
    """The value with some of its parts changed, at any depth of lists, tuples, records and dictionaries."""
    if of(value):
        return change(value)
    if isinstance(value, dict):
        return {key: mapped(change, part, of) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(mapped(change, part, of) for part in value))
    if isinstance(value, list | tuple):
        return type(value)(mapped(change, part, of) for part in value)
    return value


def parts(value: Any, of: Callable[[Any], bool]) -> list[Any]:
    found: list[Any] = []
    mapped(lambda part: found.append(part), value, of)
    return found


def is_float_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim > 0


def example_call(module: Any, name: str) -> Call:
    """Run the example of a function and write down the arguments of its first call."""
    function = getattr(module, name)
    signature = inspect.signature(function)
    seen: list[dict[str, Any]] = []

    def recorded(*args: Any, **kwargs: Any) -> Any:
        seen.append(copied(dict(signature.bind(*args, **kwargs).arguments)))
        return function(*args, **kwargs)

    (test,) = doctest.DocTestFinder(recurse=False).find(function, name, module, globs={**vars(module), name: recorded})
    doctest.DocTestRunner(verbose=False).run(test, out=lambda text: None, clear_globs=False)
    assert seen, f"{module.__name__}.{name} is not called in its example"
    # What the example leaves at its default can be got wrong like everything else.
    parameters = signature.parameters.values()
    defaults = {key.name: key.default for key in parameters if isinstance(key.default, float | int | str)}
    # A loop that goes round three times does all that it does.
    repeated = {key: min(seen[0][key], 3) for key in ("epochs", "episodes", "steps") if key in seen[0]}
    return Call(function, defaults | seen[0] | repeated)


def public_functions() -> Iterator[tuple[Any, str]]:
    for name in dlmath.__all__:
        module = importlib.import_module(f"dlmath.{name}")
        for key, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_"):
                yield module, key


CALLS = {f"{module.__name__.removeprefix('dlmath.')}.{name}": (module, name) for module, name in public_functions()}


# --- Numbers of every size -------------------------------------------------------------------------------------------

SIZES = {
    np.dtype(np.float64): [5e-324, 1e-320, 1e-300, 1e-200, 1e-17, 0.0, 0.5, 1.0, 1e8, 1e200, 1e300, 1.7e308],
    np.dtype(np.float32): [1e-45, 1e-40, 1e-30, 1e-8, 0.0, 0.5, 1.0, 1e8, 1e30, 3.4e38],
}
NUMBERS = [5e-324, 1e-300, 1e-39, 0.0, 0.5, 1.0, 1e39, 1e300, 1.7e308]


def extremes(array: np.ndarray) -> Iterator[np.ndarray]:
    """Arrays of one size, of one size with both signs, of all sizes mixed, and all zeros but one."""
    sizes = np.array(SIZES[array.dtype])
    places = np.arange(array.size)
    for size in sizes:
        yield from (
            values.reshape(array.shape).astype(array.dtype)
            for values in (
                np.full(array.size, size),
                np.full(array.size, -size),
                size * (-1.0) ** places,
                np.where(places % 3, sizes[places % len(sizes)], size),
                np.where(places % 2, -sizes[(5 * places + 1) % len(sizes)], size),
                np.where(places == 0, size, 0.0),
            )
        )
    if array.min() >= 0 and array.max() <= 1:  # probabilities, which are refused outside
        for low in sizes[sizes < 0.1]:
            yield np.where(places % 2 == 0, low, 1 - low).reshape(array.shape).astype(array.dtype)


def all_of_one_size(call: Call) -> Iterator[dict[str, Any]]:
    """All arguments of random numbers of one size or of mixed ones, also those that are nested or were kept."""
    for mixed, size in [(False, size) for size in SIZES[np.dtype(np.float64)]] + [(True, size) for size in range(5)]:
        rng = np.random.default_rng(1 if not mixed else size)

        def filled(array: np.ndarray, mixed=mixed, size=size, rng=rng) -> np.ndarray:
            sizes = np.array(SIZES[array.dtype])
            chosen = rng.choice(sizes, array.shape) if mixed else min(size, sizes[-1])
            with np.errstate(under="ignore"):
                return (chosen * rng.uniform(-1, 1, array.shape)).astype(array.dtype)

        yield mapped(filled, call.arguments, is_float_array)


def variants(call: Call) -> Iterator[dict[str, Any]]:
    """Each floating-point argument in turn with numbers of every size, and all of them together."""
    yield from all_of_one_size(call)
    arrays = {key: value for key, value in call.arguments.items() if is_float_array(value)}
    for key, value in arrays.items():
        yield from ({key: extreme} for extreme in extremes(value))
    yield from (dict(zip(arrays, together)) for together in zip(*map(extremes, arrays.values())))
    for key, value in call.arguments.items():
        if isinstance(value, float):
            for number in (sign * number for number in NUMBERS for sign in (1, -1)):
                yield {key: number}
                for other, array in arrays.items():
                    yield from ({key: number, other: extreme} for extreme in list(extremes(array))[::12])


# --- Results, here and elsewhere -------------------------------------------------------------------------------------

LARGEST = 1.0
"""Sums of products of larger numbers may overflow or cancel on their way, which depends on the order of their terms."""


class Result(NamedTuple):
    """What a call returned, number by number, or what it said when it refused; and its largest number."""

    largest: float
    parts: list[np.ndarray]
    refusal: str


def results(name: str) -> list[Result]:
    """Of the example of a function, and of calls with numbers of every size up to the largest."""
    call = example_call(*CALLS[name])
    changes = ({}, *variants(call))
    return [result(call, changed) for changed in changes if largest(call.arguments | changed) <= LARGEST]


def result(call: Call, changed: dict[str, Any]) -> Result:
    try:
        value = call(**changed)
    except (ValueError, TypeError) as refusal:
        return Result(0.0, [], str(refusal).replace("-0.0", "0.0"))  # which zero the smallest is depends on the machine
    return Result(largest([call.arguments | changed, value]), [np.asarray(leaf) for leaf in leaves(value)], "")


def largest(value: Any) -> float:
    """The absolute value of the largest finite number in a value."""
    numbers = [np.abs(leaf[np.isfinite(leaf)]) for leaf in map(np.asarray, leaves(value)) if leaf.dtype.kind in "fc"]
    return max((float(number.max()) for number in numbers if number.size), default=0.0)


def leaves(value: Any) -> Iterator[Any]:
    """The arrays and numbers in a value, at any depth."""
    if dataclasses.is_dataclass(value):
        value = vars(value)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    elif value is not None:
        yield value


def differences(here: list[Result], there: list[Result], tolerance: float = 1e-12) -> Iterator[str]:
    """Where two lists of results differ: numbers by more than the tolerance times the largest of their call."""
    if len(here) != len(there):
        yield f"{len(here)} calls, and {len(there)} there"
    for index, (one, other) in enumerate(zip(here, there)):
        if one.refusal != other.refusal or len(one.parts) != len(other.parts):
            yield f"call {index}: {one.refusal or one.parts}, and {other.refusal or other.parts} there"
        for number, expected in zip(one.parts, other.parts):
            if number.shape != expected.shape or number.dtype.kind != expected.dtype.kind:
                yield f"call {index}: {number!r}, and {expected!r} there"
            elif not np.allclose(number, expected, rtol=tolerance, atol=tolerance * other.largest, equal_nan=True):
                yield f"call {index}: {number}, and {expected} there"
