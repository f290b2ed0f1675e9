"""What holds for every public function of the package, whatever it computes.

The calls come from the functions' own examples: each docstring has one that is run (``examples.py``). A function that
is added is in the sweep with its example.
"""

import inspect
import re
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from examples import CALLS, Call, example_call, is_float_array, mapped, parts, variants

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
