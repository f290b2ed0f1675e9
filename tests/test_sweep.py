"""What holds for every public function of the package, whatever it computes.

The calls come from the functions' own examples: each docstring has one that is run. A function that is added is in the
sweep with its example.
"""

import doctest
import importlib
import inspect
import re
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest

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
calls = pytest.mark.parametrize("name", CALLS)


@pytest.fixture(scope="module")
def example() -> Callable[[str], Call]:
    kept: dict[str, Call] = {}

    def get(name: str) -> Call:
        if name not in kept:
            kept[name] = example_call(*CALLS[name])
        return kept[name]

    return get


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


def in_single_precision(call: Call) -> Call:
    single = mapped(lambda array: array.astype(np.float32), call.arguments, is_float_array)
    return Call(call.function, single)


def names_its_argument(message: str, key: str) -> bool:
    return re.search(rf"(?<!\w){key}(?!\w)", message) is not None


def strictly(call: Call, **changed: Any) -> Any:
    """Call with every floating-point event and every warning an error; a refusal of an argument is none."""
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        try:
            return call(**changed)
        except (ValueError, TypeError) as refusal:
            if not any(names_its_argument(str(refusal), key) for key in inspect.signature(call.function).parameters):
                raise
            return None


@calls
def test_ordinary_input_under_all_raise(name, example):
    call = example(name)
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        call()


@pytest.mark.parametrize("precision", ["double", "single"])
@calls
def test_no_finite_number_makes_a_warning_or_a_floating_point_error(name, precision, example):
    call = example(name) if precision == "double" else in_single_precision(example(name))
    failures = []
    for changed in variants(call):
        try:
            strictly(call, **changed)
        except Exception as error:
            failures.append(f"{changed}: {type(error).__name__} {error}")
    assert not failures, f"{len(failures)} of the calls, such as\n" + "\n".join(failures[:3])


@pytest.mark.parametrize("precision", ["double", "single"])
@calls
def test_no_number_up_to_one_makes_nan(name, precision, example):
    """Nothing overflows there, so a NaN would be 0/0 or 0 times infinity."""
    call = example(name) if precision == "double" else in_single_precision(example(name))
    failures = []
    for changed in variants(call):
        numbers = parts(changed, lambda part: is_float_array(part) or isinstance(part, float))
        if all(np.max(np.abs(number)) <= 1 for number in numbers):
            try:
                result = strictly(call, **changed)
            except Exception:
                continue  # the other test says so
            if any(np.isnan(array).any() for array in parts(result, is_float_array)):
                failures.append(f"{changed}: {result}")
    assert not failures, f"{len(failures)} of the calls, such as\n" + "\n".join(failures[:3])


# --- Precision -------------------------------------------------------------------------------------------------------

OWN_PRECISION = {
    "datasets": "draws or loads its numbers in double precision",
    "training": "the losses are numbers that the caller's function returned, or their means",
}


@calls
def test_single_precision_stays_single(name, example):
    call = example(name)
    if not parts(call.arguments, is_float_array) or name.split(".")[0] in OWN_PRECISION:
        return  # no floating-point array goes in, so there is no precision to keep
    result = in_single_precision(call)()
    for array in parts(result, is_float_array):
        assert array.dtype == np.float32


# --- Natural mistakes ------------------------------------------------------------------------------------------------


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("cannot be shown")


MISTAKES: dict[str, Callable[[Any], Any]] = {
    "None": lambda value: None,
    "text": lambda value: "text",
    "ragged": lambda value: [[1.0, 2.0], [3.0]],
    "one axis more": lambda value: np.asarray(value)[np.newaxis] if isinstance(value, np.ndarray) else [value],
    "a number for an array": lambda value: 0.5 if isinstance(value, np.ndarray | list | tuple) else value,
    "empty": lambda value: np.zeros((0,) * max(np.ndim(value), 1)) if isinstance(value, np.ndarray) else [],
    "NaN": lambda value: np.full(value.shape, np.nan) if isinstance(value, np.ndarray) else np.nan,
    "infinity": lambda value: np.full(value.shape, np.inf) if isinstance(value, np.ndarray) else np.inf,
    "masked": lambda value: (
        np.ma.array(value, mask=True) if isinstance(value, np.ndarray) else np.ma.array(1.0, mask=True)
    ),
    "objects": lambda value: np.full(np.shape(value) if isinstance(value, np.ndarray) else (), None),
    "boolean": lambda value: True,
    "complex": lambda value: 1j * np.ones(np.shape(value)) if isinstance(value, np.ndarray) else 1j,
    "huge integer": lambda value: 10**400,
    "huge negative integer": lambda value: -(10**400),
    "integer of 5000 digits": lambda value: 10**5000,
    "zero axes": lambda value: np.array(2.0),
    "an iterator": lambda value: iter(value) if isinstance(value, np.ndarray | list | tuple) else iter([1.0]),
    "a generator": lambda value: (x for x in [1.0, 2.0]),
    "dictionary": lambda value: {"a": 1.0},
    "set": lambda value: {1.0},
    "a function": lambda value: np.sin,
    "a type": lambda value: float,
    "what cannot be shown": lambda value: Broken(),
    "negative": lambda value: -1,
    "nothing from the callback": lambda value: (lambda *args: None) if callable(value) else value,
    "a list from the callback": lambda value: (lambda *args: [1.0]) if callable(value) else value,
    "a number from the callback": lambda value: (lambda *args: 1.0) if callable(value) else value,
    "a column from the callback": lambda value: (lambda *args: np.ones((7, 1))) if callable(value) else value,
    "text from the callback": lambda value: (lambda *args: "text") if callable(value) else value,
}


def takes_functions(call: Call, key: str) -> bool:
    return callable(call.arguments[key]) or "Callable" in str(inspect.signature(call.function).parameters[key])


@calls
def test_every_mistake_is_refused_by_the_name_of_its_argument(name, example):
    call = example(name)
    failures = []
    for key, value in call.arguments.items():
        for mistake, change in MISTAKES.items():
            if takes_functions(call, key) and mistake in ("a function", "a type"):
                continue  # what such a function says when it is called is its own affair
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", UserWarning)
                    call(**{key: change(value)})
            except (ValueError, TypeError) as refusal:
                if not names_its_argument(str(refusal), key) or len(str(refusal)) > 500:
                    failures.append(f"{key}, {mistake}: {type(refusal).__name__} {str(refusal)[:500]}")
            except MemoryError:
                pass
            except Exception as error:
                failures.append(f"{key}, {mistake}: {type(error).__name__} {error}")
    assert not failures, "\n".join(failures)


@calls
def test_swapped_arguments_are_refused_or_taken(name, example):
    call = example(name)
    keys = list(call.arguments)
    failures = []
    for first, second in pairwise(keys):
        try:
            call(**{first: call.arguments[second], second: call.arguments[first]})
        except (ValueError, TypeError) as refusal:
            if not any(names_its_argument(str(refusal), key) for key in (first, second)):
                failures.append(f"{first} and {second}: {refusal!r}")
        except Exception as error:
            failures.append(f"{first} and {second}: {error!r}")
    assert not failures, "\n".join(failures)
