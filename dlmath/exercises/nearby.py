"""One step from the solution: which slip of the pen makes of the solution what the student's answer is?

All versions of the solution with one slip in it (``dlmath.exercises.slips``) are run once on the inputs, or at the
points, at which an answer is judged. The one whose results are those of the answer says what is wrong with it. The
first search for an exercise takes up to ``SECONDS`` of computing, and its results are kept.
"""

from __future__ import annotations

import ast
import inspect
import operator
import sys
import textwrap
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from types import FunctionType
from typing import Any, cast

import numpy as np

from dlmath.exercises import relations
from dlmath.exercises.comparing import numbers, same
from dlmath.exercises.definition import Coding
from dlmath.exercises.running import Outcome, run_trusted
from dlmath.exercises.slips import Slip, slips_of
from dlmath.exercises.telling import TELLERS, Known, names_of, told

SECONDS = 2.0
"""Of computing, for the versions of one solution on one set of inputs."""

clock = time.perf_counter if sys.platform == "emscripten" else time.process_time
"""Seconds of computing. Python in a browser does not count them, and has nothing else to do meanwhile."""

KEPT = 64
"""Searches whose results are kept."""

_found: dict[Any, list[Any]] = {}


def named(
    exercise: Coding, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Outcome], right: Sequence[Outcome]
) -> str | None:
    """The slip that makes of the solution what the answer is, in a sentence, or None.

    Of several values those that are wrong are looked at one by one, if no slip explains them together.
    """
    versions = _versions(exercise, inputs)
    known = _known(exercise)
    if not versions:
        return None
    slip = _first(slip for slip, wrongs in versions if _alike(outcomes, wrongs))
    if slip is not None:
        return told(slip, known)
    if exercise.returns and not any(outcome.error or outcome.changed for outcome in outcomes):
        return _part_by_part(exercise, versions, known, outcomes, right)
    return None


def named_twice(exercise: Coding, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Outcome]) -> str | None:
    """Two slips that make of the solution what the answer is, or one and the sign or a factor of all, in a sentence."""
    if not all(_tells(outcome.value) for outcome in outcomes[-1:]):
        return None
    versions, known = _versions(exercise, inputs), _known(exercise)
    # A second mistake, of the whole: the sign or a factor.
    for slip, wrongs in versions:
        if any(wrong.error for wrong in wrongs):
            continue
        whole = relations.of_the_result([(o.value, w.value) for o, w in zip(outcomes, wrongs)])
        if whole is not None and "transpose" not in whole:
            also = "the sign of all" if whole.startswith("The sign") else "a constant factor"
            return f"{told(slip, known)} And {also} is wrong."
    for first, second, wrongs in _with_two_slips(exercise, inputs, versions):
        if all(same(outcome.value, wrong) for outcome, wrong in zip(outcomes, wrongs)):
            return f"Two slips: {told(first, known)} {told(second, known)}"
    return None


def _part_by_part(
    exercise: Coding,
    versions: Sequence[tuple[Slip, Sequence[Outcome]]],
    known: Known,
    outcomes: Sequence[Outcome],
    right: Sequence[Outcome],
) -> str | None:
    count = len(exercise.returns)
    if not all(isinstance(each.value, tuple | list) and len(each.value) == count for each in outcomes):
        return None
    sentences = []
    for part, name in enumerate(exercise.returns):
        values = [outcome.value[part] for outcome in outcomes]
        if not any(map(_tells, values)):
            continue
        if all(same(value, each.value[part]) for value, each in zip(values, right)):
            continue
        slip = _first(
            slip
            for slip, wrongs in versions
            if all(
                isinstance(wrong.value, tuple) and len(wrong.value) == count and same(value, wrong.value[part])
                for value, wrong in zip(values, wrongs)
            )
        )
        if slip is not None:
            sentences.append(f"`{name}`: {told(slip, known)}")
    return "\n\n".join(dict.fromkeys(sentences[:2])) or None


def _first(found: Iterator[Slip]) -> Slip | None:
    """Of slips that make the same result, the one of the plainest kind."""
    kinds = list(TELLERS)
    return min(found, key=lambda slip: kinds.index(slip.kind) if slip.kind in kinds else len(kinds), default=None)


def _alike(outcomes: Sequence[Outcome], wrongs: Sequence[Outcome]) -> bool:
    """Whether the answer did on every input what the version did: the same value, or the same error."""
    return any(outcome.error is None and _tells(outcome.value) for outcome in outcomes) and all(
        (o.error and o.error.kinds[0]) == (w.error and w.error.kinds[0])
        and o.changed == w.changed
        and (o.error is not None or same(o.value, w.value))
        for o, w in zip(outcomes, wrongs)
    )


def _tells(value: Any) -> bool:
    """Whether a value can be that of one slip only: zeros and NaN have many reasons."""
    if isinstance(value, tuple | list):
        return any(map(_tells, value))
    found = numbers(value)
    return found is not None and bool(np.any(np.isfinite(found) & (found != 0)))


def _versions(exercise: Coding, inputs: Sequence[tuple[Any, ...]]) -> list[tuple[Slip, list[Outcome]]]:
    return _searched(_tried, (exercise.name, fingerprint(inputs)), exercise, inputs)


def _tried(exercise: Coding, inputs: Sequence[tuple[Any, ...]]) -> Iterator[tuple[Slip, list[Outcome]]]:
    names = list(inspect.signature(exercise.solution).parameters)
    tree = _tree(exercise.solution)
    if any(isinstance(node, ast.While) for node in ast.walk(tree)):
        return  # a slip may make it endless
    begin = clock()
    right = run_trusted(exercise.solution, inputs, names)
    if clock() - begin > SECONDS / 20:
        return  # too few versions could be tried
    space = exercise.solution.__globals__
    for slip in chain(slips_of(tree, space), slips_of(tree, space, far=True)):
        if clock() - begin > SECONDS:
            return
        wrongs = run_trusted(slip.function, inputs, names)
        if not all(wrong.error is None and same(wrong.value, each.value) for wrong, each in zip(wrongs, right)):
            yield slip, wrongs


def _with_two_slips(
    exercise: Coding, inputs: Sequence[tuple[Any, ...]], versions: Sequence[tuple[Slip, Any]]
) -> list[tuple[Slip, Slip, list[Any]]]:
    return _searched(_tried_twice, (exercise.name, fingerprint(inputs)), exercise, inputs, versions)


def _tried_twice(
    exercise: Coding, inputs: Sequence[tuple[Any, ...]], versions: Sequence[tuple[Slip, Any]]
) -> Iterator[tuple[Slip, Slip, list[Any]]]:
    names = list(inspect.signature(exercise.solution).parameters)
    for first, second in _with_a_second(versions, exercise.solution.__globals__):
        wrongs = run_trusted(second.function, inputs, names)
        if not any(wrong.error for wrong in wrongs):
            yield first, second, [wrong.value for wrong in wrongs]


def _with_a_second(
    versions: Sequence[tuple[Slip, Any]], namespace: dict[str, Any], *, matrix_products: bool = False
) -> Iterator[tuple[Slip, Slip]]:
    """Versions with one plain slip, and with a second one in each, no two alike, for a quarter of the time."""
    begin, known = clock(), {slip.code for slip, _ in versions}
    for first in (slip for slip, _ in versions if slip.kind in PLAIN):
        tree = ast.parse(first.code)
        for second in slips_of(tree, namespace, matrix_products=matrix_products, kinds=PLAIN, known=known):
            yield first, second
            if clock() - begin > SECONDS / 4:
                return
        if clock() - begin > SECONDS / 4:
            return


def _known(exercise: Coding) -> Known:
    return names_of(cast(ast.FunctionDef, _tree(exercise.solution).body[0]))


def _tree(function: Callable[..., Any]) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _searched(search: Callable[..., Iterator[Any]], key: Any, *arguments: Any) -> list[Any]:
    """What the search finds for these arguments, which the key stands for; it is kept."""
    if (search, key) not in _found:
        found = list(search(*arguments))
        if len(_found) >= KEPT:
            del _found[next(iter(_found))]
        _found[search, key] = found
    return _found[search, key]


def fingerprint(value: Any) -> Any:
    """Something hashable that is equal for equal arguments, and for functions with equal contents.

    Example:
        >>> fingerprint((1, np.ones(2))) == fingerprint((1, np.ones(2))) != fingerprint((1, np.zeros(2)))
        True
    """
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, list | tuple):
        return tuple(map(fingerprint, value))
    if isinstance(value, FunctionType):
        return value.__qualname__, fingerprint([cell.cell_contents for cell in value.__closure__ or ()])
    return repr(value)


def named_expression(
    name: str,
    forms: Sequence[str],
    arguments: Sequence[str],
    functions: Mapping[str, Callable[..., Any]],
    points: Sequence[Mapping[str, Any]],
    theirs: Sequence[Any],
    ours: Sequence[Any],
) -> str | None:
    """The slip that makes of an expression what the answer is, in a sentence, or None.

    Args:
        name: of the exercise.
        forms: the expression as code, in forms that are equal.
        arguments: the names in it.
        functions: what functions of SymPy in it do with numbers, by name.
        points: the values of the names, at each point.
        theirs: the values of the answer.
        ours: those of the expression.
    """
    key = (name, tuple(forms), fingerprint([[point[each] for each in arguments] for point in points]))
    versions = _searched(_computed, key, forms, arguments, functions, points, ours)
    known: Known = dict.fromkeys(arguments)
    if not any(map(_tells, theirs)):
        return None
    slip = _first(slip for slip, values in versions if all(map(same, theirs, values)))
    if slip is not None:
        return told(slip, known)
    for slip, values in versions:
        if all(map(same, theirs, [-value for value in values])):
            return f"{told(slip, known)} And the sign of all is wrong."
    for first, second, values in _searched(_of_two_slips, key, versions, arguments, functions, points):
        if all(map(same, theirs, values)):
            return f"Two slips: {told(first, known)} {told(second, known)}"
    return None


PLAIN = {"sign", "operator", "term", "factor", "power", "constant", "transpose"}
"""Kinds of slips of which two are made at once."""


def _of_two_slips(
    versions: Sequence[tuple[Slip, Any]],
    arguments: Sequence[str],
    functions: Mapping[str, Callable[..., Any]],
    points: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[Slip, Slip, list[Any]]]:
    names, numbers = _namespace(functions), _numbers(arguments, points)
    for first, second in _with_a_second(versions, names, matrix_products=_has_matrices(numbers)):
        values = _values(second.function, numbers)
        if values is not None:
            yield first, second, values


def _computed(
    forms: Sequence[str],
    arguments: Sequence[str],
    functions: Mapping[str, Callable[..., Any]],
    points: Sequence[Mapping[str, Any]],
    ours: Sequence[Any],
) -> Iterator[tuple[Slip, list[Any]]]:
    begin = clock()
    names, numbers = _namespace(functions), _numbers(arguments, points)
    for form in forms:
        tree = ast.parse(f"def expression({', '.join(arguments)}):\n    return {form}")
        space: dict[str, Any] = dict(names)
        exec(compile(tree, "<the expression>", "exec"), space)
        right = _values(space["expression"], numbers)
        if right is None or not all(map(same, right, ours)):
            continue
        near = slips_of(tree, names, matrix_products=_has_matrices(numbers))
        for slip in chain(near, slips_of(tree, names, far=True)):
            if clock() - begin > SECONDS:
                return
            values = _values(slip.function, numbers)
            if values is not None and not all(map(same, values, ours)):
                yield slip, values


def _namespace(functions: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    return {**functions, "sp": _Numbers(functions)}


def _numbers(arguments: Sequence[str], points: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{each: _for_products(point[each]) for each in arguments} for point in points]


def _has_matrices(numbers: Sequence[Mapping[str, Any]]) -> bool:
    return any(isinstance(each, _Matrix) for point in numbers for each in point.values())


def _values(function: Callable[..., Any], points: Sequence[Mapping[str, Any]]) -> list[Any] | None:
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [np.asarray(function(**point), dtype=float) for point in points]
    except Exception:  # shapes that do not fit, a division by zero
        return None


class _Matrix(np.ndarray):
    """A matrix as SymPy has it: its product is that of matrices."""

    def __mul__(self, other: Any) -> Any:
        return self @ other if isinstance(other, _Matrix) else np.multiply(self, other)


def _for_products(value: Any) -> Any:
    return np.asarray(value, dtype=float).view(_Matrix) if np.ndim(value) == 2 else value


class _Numbers:
    """SymPy's functions, for numbers."""

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        self._functions = functions

    def __getattr__(self, name: str) -> Any:
        return self._functions[name] if name in self._functions else getattr(np, name)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Abs": np.abs,
    "Integer": int,
    "Max": np.maximum,
    "Min": np.minimum,
    "Rational": operator.truediv,
    "exp": np.exp,
    "hadamard": np.multiply,
    "log": np.log,
    "sigma": lambda z: 1 / (1 + np.exp(-z)),
    "sqrt": np.sqrt,
    "tanh": np.tanh,
}
"""What is used in derivations, for numbers."""
