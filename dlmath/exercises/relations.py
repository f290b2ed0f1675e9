"""What separates a wrong result from the right one, and the inputs on which it is right from those on which it is not.

Nothing here knows an exercise. A wrong result may be the right one with another sign, transposed, times a number or
times a length of an argument, flipped, squared, not yet summed up: each is tried, and has to hold on all inputs. And
where nothing of that kind holds, it may be said on which inputs, or in which entries, the answer is right.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np

from dlmath.exercises.comparing import close, numbers, same

Pairs = Sequence[tuple[Any, Any]]
"""An answer's result and the right one, for each input."""

Inputs = Sequence[tuple[Any, ...]]


def exchanged(pairs: Pairs, returns: Sequence[str]) -> str | None:
    """Whether two of several values stand in each other's place.

    Example:
        >>> exchanged([((1.0, 2.0), (2.0, 1.0)), ((3.0, 5.0), (5.0, 3.0))], ["output", "mask"])
        '`output` and `mask` are exchanged.'
    """
    for i, j in combinations(range(len(returns)), 2):
        swapped = all(same(value[i], right[j]) and same(value[j], right[i]) for value, right in pairs)
        if swapped and not all(same(right[i], right[j]) for _, right in pairs):
            return f"`{returns[i]}` and `{returns[j]}` are exchanged."
    for i, j in ((i, j) for i in range(len(returns)) for j in range(len(returns)) if i != j):
        if all(same(value[i], right[j]) for value, right in pairs):
            return f"In the place of `{returns[i]}` stands what belongs to `{returns[j]}`."
    return None


def of_the_result(pairs: Pairs) -> str | None:
    """The relation of all results to the right ones that any formula can have: the sign, the transpose, a factor.

    Example:
        >>> of_the_result([(-2.0, 2.0), (3.0, -3.0)])
        'The sign is wrong, and nothing else.'
        >>> of_the_result([(1.0, 2.0), (3.0, 6.0)])
        'Your result is half of the right one, a constant multiple. Which factor is lost, or there twice?'
    """
    arrays = _arrays(pairs)
    if arrays is None or not any(right.any() for _, right in arrays):
        return None
    if _all(pairs, lambda right: -right):
        return "The sign is wrong, and nothing else."
    if any(right.ndim == 2 for _, right in arrays) and _all(pairs, np.transpose):
        return "This is the transpose of what is asked for."
    factors = _factors(arrays)
    if factors is not None and len(factors) > 1 and np.allclose(factors, factors[0], rtol=1e-7, atol=0):
        times = _times(factors[0])
        return f"Your result is {times} the right one, a constant multiple. Which factor is lost, or there twice?"
    return None


def unchanging(pairs: Pairs) -> str | None:
    """Whether the results do not depend on the arguments.

    Example:
        >>> unchanging([(0.0, 2.0), (0.0, 3.0)])
        'Your result is 0 for all inputs.'
    """
    if any(numbers(each) is None for pair in pairs for each in pair) or len(pairs) < 2:
        return None
    if not any(np.any(value) for value, _ in pairs):
        return "Your result is 0 for all inputs."
    first = np.asarray(pairs[0][0])
    if first.size and all(np.size(value) and bool((np.asarray(value) == first.flat[0]).all()) for value, _ in pairs):
        return "Your result is the same number for all inputs: it does not depend on the arguments."
    return None


def by_a_quantity(pairs: Pairs, quantities: Sequence[tuple[str, Sequence[float]]]) -> str | None:
    """Whether the results are the right ones times a power of something that varies from input to input.

    Args:
        pairs: results and the right ones.
        quantities: what a factor may be, in words, and its value for each input.

    Example:
        >>> by_a_quantity([(4.0, 2.0), (9.0, 3.0)], [("`n`", [2, 3])])
        'Your result is the right one times `n`. Is a division by it missing, or a factor too much?'
    """
    arrays = _arrays(pairs)
    if arrays is None:
        return None
    known = [index for index, (_, right) in enumerate(arrays) if right.any()]
    factors = _factors([arrays[index] for index in known])
    if factors is None or len(factors) < 2:
        return None
    measured = [(words, np.array([values[index] for index in known], dtype=float)) for words, values in quantities]
    varying = [(words, values) for words, values in measured if np.ptp(values) > 0 and values.all()]
    for number in (1.0, -1.0, 2.0, 0.5):
        times = "" if number == 1 else f"{_times(number)} "
        for power, told in POWERS.items():
            for words, values in varying:
                if (power % 1 == 0 or (values > 0).all()) and _equal(factors, number * values**power):
                    return f"Your result is {times}the right one {told.format(words)}"
    for (one, first), (other, second) in permutations(varying, 2):
        if _equal(factors, first / second):
            return (
                f"Your result is the right one times {one} and divided by {other}. "
                "Is the one taken for the other, or is one too much and the other missing?"
            )
    return None


def _equal(factors: np.ndarray, values: np.ndarray) -> bool:
    return bool(np.allclose(factors, values, rtol=1e-7, atol=0))


POWERS = {
    1.0: "times {}. Is a division by it missing, or a factor too much?",
    -1.0: "divided by {}. Is a factor missing, or a division too much?",
    0.5: "times the root of {}. Is a root too much, or missing?",
    -0.5: "divided by the root of {}. Is a root too much, or missing?",
    2.0: "times the square of {}. Is a factor too much, or turned round?",
    -2.0: "divided by the square of {}. Is a factor missing, or turned round?",
}


def changed_as_a_whole(pairs: Pairs) -> str | None:
    """Whether the results are a simple function of the right ones, or the other way round.

    Example:
        >>> changed_as_a_whole([(4.0, 2.0), (9.0, 3.0)])
        'This is the square of what is asked for.'
    """
    if any(numbers(each) is None for pair in pairs for each in pair):
        return None
    if sum(np.asarray(numbers(right)).any() for _, right in pairs) < 2 and all(
        np.ndim(right) == 0 for _, right in pairs
    ):
        return None
    with np.errstate(all="ignore"):
        for words, change in CHANGES.items():
            if _all(pairs, change):
                return words
    return None


CHANGES: dict[str, Callable[[np.ndarray], Any]] = {
    "These are absolute values of what is asked for: a sign is lost.": np.abs,
    "This is the square of what is asked for.": np.square,
    "This is the root of what is asked for.": np.sqrt,
    "This is one over what is asked for: a fraction is upside down.": lambda right: 1 / right,
    "This is 1 minus what is asked for.": lambda right: 1 - right,
    "An `exp` is too much, or a `log` is missing.": np.exp,
    "A `log` is too much, or an `exp` is missing.": np.log,
    "The result is one too large.": lambda right: right + 1,
    "The result is one too small.": lambda right: right - 1,
    "Negative values are cut off: is there a ReLU or a `maximum` too much?": lambda right: np.maximum(right, 0),
    "The order is reversed: the first stands where the last belongs.": lambda right: right[::-1],
    "The order of the columns is reversed.": lambda right: right[:, ::-1],
    "The result is flipped in both directions.": lambda right: right[::-1, ::-1],
    "The entries stand in another order: columns are read where rows are meant.": lambda right: (
        right.T.reshape(right.shape) if min(right.shape) > 1 else None
    ),
    "The values are right, but the columns are filled where the rows are meant.": lambda right: (
        right.reshape(right.shape[::-1]).T if min(right.shape) > 1 else None
    ),
    "One sum over everything is returned.": np.sum,
    "One mean over everything is returned.": np.mean,
    "The result is summed over the rows: it should have one row for each.": lambda right: right.sum(axis=0),
    "The result is averaged over the rows: it should have one row for each.": lambda right: right.mean(axis=0),
    "The result is summed over the columns: it should have one column for each.": lambda right: right.sum(axis=1),
    "The result is averaged over the columns: it should have one column for each.": lambda right: right.mean(axis=1),
    "The first entry is missing, the others are right.": lambda right: right[1:],
    "The last entry is missing, the others are right.": lambda right: right[:-1],
    "The values are right, but not their shape: everything stands in one row.": np.ravel,
    "The values are right, but not their shape: there is an axis too much at the end.": lambda right: right[..., None],
    "The values are right, but not their shape: there is an axis too much at the front.": lambda right: right[None],
    "The values are right, but not their shape: the last axis is lost.": lambda right: right[..., 0],
}
"""What may have become of the right result."""

UNFINISHED: dict[str, Callable[[np.ndarray], Any]] = {
    "One value for each entry is returned. Their sum is asked for.": np.sum,
    "One value for each entry is returned. Their mean is asked for.": np.mean,
    "The rows are not summed up yet.": lambda value: value.sum(axis=0),
    "The columns are not summed up yet.": lambda value: value.sum(axis=1),
    "The rows are not averaged yet.": lambda value: value.mean(axis=0),
    "The columns are not averaged yet.": lambda value: value.mean(axis=1),
    "The first entry is one too many; those after it are right.": lambda value: value[1:],
    "The last entry is one too many; those before it are right.": lambda value: value[:-1],
    "The diagonal is right. Nothing else is asked for.": np.diag,
}
"""What may be left to do with the result."""


def unfinished(pairs: Pairs) -> str | None:
    """What is left to do with the results, if that makes the right ones of them.

    Example:
        >>> unfinished([(np.array([1.0, 2.0]), 3.0), (np.array([4.0, 1.0]), 5.0)])
        'One value for each entry is returned. Their sum is asked for.'
    """
    turned = [(right, value) for value, right in pairs]
    if any(numbers(each) is None for pair in pairs for each in pair):
        return None
    if not any(np.asarray(numbers(right)).any() for _, right in pairs) or all(
        np.shape(value) == np.shape(right) for value, right in pairs
    ):
        return None
    return next((words for words, change in UNFINISHED.items() if _all(turned, change)), None)


def by_an_argument(pairs: Pairs, inputs: Inputs, names: Sequence[str]) -> str | None:
    """Whether an argument is what is missing, or too much.

    Example:
        >>> by_an_argument([(1.0, 3.0), (4.0, 5.0)], [(2.0,), (1.0,)], ["reward"])
        '`reward` itself is missing in the sum.'
    """
    for index, name in enumerate(names):
        argument = [arguments[index] for arguments in inputs]
        if any(numbers(each) is None or np.size(each) == 0 for each in argument):
            continue
        if sum(bool(np.any(each)) for each in argument) < 2:
            continue
        for number, words in ((-1, "is missing in the sum"), (1, "is added once too often")):
            moved = []
            for (value, right), each in zip(pairs, argument):
                if numbers(value) is None or numbers(right) is None or np.shape(value) != np.shape(right):
                    break
                try:
                    moved.append((value, np.asarray(numbers(right)) + number * np.asarray(numbers(each))))
                except ValueError:
                    break
            if len(moved) == len(pairs) and all(same(*pair) for pair in moved):
                return f"`{name}` itself {words}."
    return None


def _arrays(pairs: Pairs) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """The pairs as arrays, or None if something in them is no number."""
    arrays = []
    for value, right in pairs:
        one, other = numbers(value), numbers(right)
        if one is None or other is None:
            return None
        arrays.append((one, other))
    return arrays


def _all(pairs: Pairs, change: Callable[[np.ndarray], Any]) -> bool:
    for value, right in pairs:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)  # the mean of nothing is NaN, and equal to no result
                changed = change(np.asarray(numbers(right)))
        except (ValueError, IndexError, TypeError):  # the change is for another number of axes
            return False
        if changed is None or not same(value, changed):
            return False
    return True


def _factors(arrays: Sequence[tuple[np.ndarray, np.ndarray]]) -> np.ndarray | None:
    """The number by which each result differs, if it is one number; inputs where all is 0 are left out."""
    factors = []
    for value, right in arrays:
        if value.shape != right.shape or not np.isfinite(value).all() or not np.isfinite(right).all():
            return None
        if not right.any():
            if value.any():
                return None
            continue
        place = np.unravel_index(np.abs(right).argmax(), right.shape)
        factor = value[place] / right[place]
        if abs(factor) < 1e-6 or not np.isfinite(factor) or not same(value, factor * right):
            return None
        factors.append(float(factor))
    return np.array(factors)


def _times(factor: float) -> str:
    """A factor in words, as what stands before "the right one".

    Example:
        >>> _times(0.5), _times(-2.0), _times(3.0)
        ('half of', 'minus twice', '3 times')
    """
    minus, size = "minus " * bool(factor < 0), abs(factor)
    for number, words in ((1, ""), (2, "twice"), (0.5, "half of"), (4, "four times"), (0.25, "a quarter of")):
        if abs(size - number) < 1e-7:
            return f"{minus}{words}".strip()
    return f"{minus}{size:.3g} times"


def quantities(inputs: Inputs, names: Sequence[str]) -> list[tuple[str, list[float]]]:
    """The numbers and lengths in the arguments, in words, with their values for each input."""
    found: list[tuple[str, list[float]]] = []
    for index, name in enumerate(names):
        arguments = [each[index] for each in inputs]
        if all(isinstance(each, float | int | np.number) and not isinstance(each, bool) for each in arguments):
            found.append((f"`{name}`", [float(each) for each in arguments]))
            if all(0 < each < 1 for each in arguments):
                found.append((f"1 minus `{name}`", [1 - float(each) for each in arguments]))
        elif all(isinstance(each, np.ndarray) and each.ndim == arguments[0].ndim for each in arguments):
            axes = AXES.get(arguments[0].ndim, [])
            for axis, words in enumerate(axes):
                found.append((f"the number of {words} of `{name}`", [each.shape[axis] for each in arguments]))
            if len(axes) > 1:
                found.append((f"the number of all entries of `{name}`", [each.size for each in arguments]))
        elif all(isinstance(each, list | tuple) for each in arguments):
            found.append((f"the length of `{name}`", [len(each) for each in arguments]))
    return found


AXES = {1: ["entries"], 2: ["rows", "columns"]}


def separates(right: Sequence[bool], inputs: Inputs, names: Sequence[str]) -> str | None:
    """On which inputs the answer is right, if one simple property tells them from those on which it is wrong.

    Example:
        >>> inputs = [(np.ones((1, 2)),), (np.ones((3, 2)),), (np.ones((2, 1)),)]
        >>> separates([True, False, False], inputs, ["X"])
        'Of the inputs tried, your function is right where `X` has one row, and wrong where it has more.'
    """
    if all(right) or not any(right):
        return None
    # An answer is easily right by chance on one input, such as one with a single number.
    by_chance = min(sum(right), len(right) - sum(right)) < 2
    properties = [
        ([bool(each) for each in holds], yes, no)
        for holds, yes, no in _properties(inputs, names)
        if not by_chance or yes.endswith(("one row", "one column", "is square", "is true", "is empty", "somewhere"))
    ]
    for holds, yes, no in properties:
        if holds == list(right):
            return f"Of the inputs tried, your function is right where {yes}, and wrong where {no}."
        if holds == [not each for each in right]:
            return f"Of the inputs tried, your function is wrong where {yes}, and right where {no}."
    # Right by chance on some others too.
    for holds, yes, no in properties:
        if no != "it has more" or not any(holds):
            continue
        others = [each for each, small in zip(right, holds) if not small]
        if all(each for each, small in zip(right, holds) if small) and sum(others) < len(others) / 3:
            return f"Of the inputs tried, your function is right where {yes}, and wrong on most where {no}."
    # What compares two properties holds by chance, unless there are several of both sorts.
    if by_chance:
        return None
    for holds, yes, no in _comparisons(inputs, names):
        if holds == list(right):
            return f"Of the inputs tried, your function is right where {yes}, and wrong where {no}."
        if holds == [not each for each in right]:
            return f"Of the inputs tried, your function is wrong where {yes}, and right where {no}."
    return None


def _properties(inputs: Inputs, names: Sequence[str]) -> Iterator[tuple[list[bool], str, str]]:
    """Simple properties of the inputs: on which they hold, and how it is said that they do and that they do not."""
    columns = {name: [arguments[index] for arguments in inputs] for index, name in enumerate(names)}
    arrays = {name: each for name, each in columns.items() if all(type(value) is np.ndarray for value in each)}
    for name, values in columns.items():
        if all(isinstance(value, bool | np.bool_) for value in values):
            yield [bool(value) for value in values], f"`{name}` is true", "it is false"
        elif all(isinstance(value, list | tuple) for value in values):
            yield [len(value) == 0 for value in values], f"`{name}` is empty", "it is not"
            yield [len(value) == 1 for value in values], f"`{name}` has one entry", "it has more"
    for name, values in arrays.items():
        if all(value.ndim >= 1 for value in values):
            rows = "row" if any(value.ndim > 1 for value in values) else "entry"
            yield [len(value) == 1 for value in values], f"`{name}` has one {rows}", "it has more"
        if all(value.ndim == 2 for value in values):
            yield [value.shape[1] == 1 for value in values], f"`{name}` has one column", "it has more"
            yield [value.size == 1 for value in values], f"`{name}` has a single entry", "it has more"
            yield [value.shape[0] == value.shape[1] for value in values], f"`{name}` is square", "it is not"
            yield (
                [value.shape == value.T.shape and np.array_equal(value, value.T) for value in values],
                f"`{name}` is symmetric",
                "it is not",
            )
            yield [max(value.shape) <= 2 for value in values], f"`{name}` is at most 2 by 2", "it is larger"
    for name, values in arrays.items():
        if all(value.dtype == bool for value in values):
            yield [bool(value.all()) for value in values], f"`{name}` is true everywhere", "it is false somewhere"
            yield [not value.any() for value in values], f"`{name}` is false everywhere", "it is true somewhere"
            if all(value.ndim == 2 for value in values):
                yield (
                    [bool(value.any(axis=1).all()) for value in values],
                    f"`{name}` is true somewhere in every row",
                    "a row of it is false everywhere",
                )
        else:
            yield [not (value < 0).any() for value in values], f"no entry of `{name}` is negative", "one is"
            yield [not (value > 0).any() for value in values], f"no entry of `{name}` is positive", "one is"
            yield [not value.any() for value in values], f"`{name}` is zero", "it is not"
            yield [bool(value.all()) for value in values], f"no entry of `{name}` is zero", "one is"
            yield (
                [bool((np.abs(value) < 30).all()) for value in values],
                f"all of `{name}` is small",
                "some of it is large",
            )
    for name, values in columns.items():
        if all(isinstance(value, float | int | np.number) and not isinstance(value, bool) for value in values):
            yield [value == 0 for value in values], f"`{name}` is 0", "it is not"
            yield [value == 1 for value in values], f"`{name}` is 1", "it is not"
            yield [value > 0 for value in values], f"`{name}` is positive", "it is not"
            yield [value < 0 for value in values], f"`{name}` is negative", "it is not"
            yield [abs(value) >= 1 for value in values], f"`{name}` is at least 1", "it is less"


def _comparisons(inputs: Inputs, names: Sequence[str]) -> Iterator[tuple[list[bool], str, str]]:
    """Properties that arguments have together, or that many have by chance."""
    for index, name in enumerate(names):
        arrays = [arguments[index] for arguments in inputs]
        if all(type(value) is np.ndarray and value.ndim == 1 for value in arrays):
            yield [bool((np.diff(each) >= 0).all()) for each in arrays], f"`{name}` is in ascending order", "it is not"
            yield (
                [len(np.unique(each)) == len(each) for each in arrays],
                f"all of `{name}` are different",
                "two are equal",
            )
    lengths = {
        words: values for words, values in quantities(inputs, names) if all(value == int(value) for value in values)
    }
    for (one, first), (other, second) in combinations(lengths.items(), 2):
        yield [a == b for a, b in zip(first, second)], f"{one} is {other}", "it is not"
        for what, whole, part, of in ((one, first, second, other), (other, second, first, one)):
            if all(b > 0 for b in part):
                yield [a % b == 0 for a, b in zip(whole, part)], f"{what} is a multiple of {of}", "it is not"
        yield [a < b for a, b in zip(first, second)], f"{one} is less than {other}", "it is not"


def in_which_entries(pairs: Pairs, inputs: Inputs, names: Sequence[str]) -> str | None:
    """Which entries of the results are wrong, if one simple property tells them from those that are right.

    Example:
        >>> z = np.array([-1.0, 2.0, -3.0])
        >>> in_which_entries([(np.abs(z), z)], [(z,)], ["z"])
        'The entries where `z` is negative are wrong, all others are right.'
    """
    wrong = []
    for value, right in pairs:
        if numbers(value) is None or numbers(right) is None or np.shape(value) != np.shape(right):
            return None
        wrong.append(~close(value, right))
    everywhere = np.concatenate([each.ravel() for each in wrong])
    if everywhere.all() or not everywhere.any():
        return None
    for words, masks in _places(wrong, inputs, names):
        flat = np.concatenate([np.broadcast_to(mask, each.shape).ravel() for mask, each in zip(masks, wrong)])
        if (flat == everywhere).all():
            return f"The entries {words} are wrong, all others are right."
        if (flat != everywhere).all():
            return f"Only the entries {words} are right."
    return None


def _places(wrong: Sequence[np.ndarray], inputs: Inputs, names: Sequence[str]) -> Iterator[tuple[str, list[Any]]]:
    """Parts of the results, in words, and the masks of the entries in them."""
    for index, name in enumerate(names):
        given = [each[index] for each in inputs]
        if any(numbers(each) is None for each in given) or all(np.ndim(each) == 0 for each in given):
            continue
        masks = [np.asarray(each) for each in given]
        if not all(each.shape == mask.shape for each, mask in zip(masks, wrong)):
            if not all(
                each.ndim == 1 and mask.ndim == 2 and len(each) == len(mask) for each, mask in zip(masks, wrong)
            ):
                continue
            masks = [each[:, np.newaxis] for each in masks]
        if all(each.dtype == bool for each in masks):
            yield f"where `{name}` is true", masks
        else:
            yield f"where `{name}` is negative", [each < 0 for each in masks]
            yield f"where `{name}` is positive", [each > 0 for each in masks]
            yield f"where `{name}` is 0", [each == 0 for each in masks]
            yield f"where `{name}` is large", [np.abs(each) > 20 for each in masks]
            yield f"where `{name}` is large and positive", [each > 20 for each in masks]
            yield f"where `{name}` is large and negative", [each < -20 for each in masks]
    for axis, words in ((0, "row" if any(mask.ndim > 1 for mask in wrong) else "place"), (1, "column")):
        if all(mask.ndim > axis for mask in wrong) and any(mask.shape[axis] > 1 for mask in wrong):
            places = [np.arange(mask.shape[axis]).reshape([-1] + [1] * (mask.ndim - 1 - axis)) for mask in wrong]
            yield f"in the first {words}", [place == 0 for place in places]
            yield f"in the last {words}", [place == place.size - 1 for place in places]
    if all(mask.ndim == 2 for mask in wrong):
        rows = [np.arange(len(mask))[:, np.newaxis] == len(mask) - 1 for mask in wrong]
        columns = [np.arange(mask.shape[1]) == mask.shape[1] - 1 for mask in wrong]
        yield "in the last row and in the last column", [row | column for row, column in zip(rows, columns)]
        if all(mask.shape[0] == mask.shape[1] for mask in wrong):
            yield "on the diagonal", [np.eye(len(mask), dtype=bool) for mask in wrong]
