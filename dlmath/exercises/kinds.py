"""Answers that are neither a function nor an expression: lines in an order, and predictions."""

from __future__ import annotations

import ast
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlmath.exercises.definition import Ordering, Prediction
from dlmath.exercises.running import kind_of


def plain(exercise: Ordering | Prediction, answer: Any) -> Any:
    """An answer as plain data: a list of numbers, a letter or a number.

    Raises:
        TypeError: it is something else; the message says what is expected.
    """
    if isinstance(exercise, Ordering):
        numbers = answer.tolist() if type(answer) is np.ndarray else answer
        if type(numbers) not in (list, tuple) or not all(type(number) is int for number in numbers):
            raise TypeError(f"Expected is a list of the numbers of the lines, got {kind_of(answer)}.")
        return list(numbers)
    if exercise.choices:
        letter = answer.strip().upper() if type(answer) is str else None
        if letter not in exercise.choices:
            raise TypeError(f'Choose one of {", ".join(exercise.choices)}, such as `"{min(exercise.choices)}"`.')
        return letter
    number = answer.item() if isinstance(answer, np.number) else answer
    if type(number) not in (int, float) or not abs(number) < np.inf:
        raise TypeError(f"Expected is a number, got {kind_of(answer)}.")
    return float(number)


def judge_prediction(exercise: Prediction, value: str | float) -> tuple[str, str]:
    """The state and the message of a prediction."""
    right = exercise.solution()
    if _meets(exercise, value, right):
        return "solved", f"solved. {exercise.why}"
    for mistake in exercise.mistakes:
        if _meets(exercise, value, mistake.wrong()):
            return "wrong", mistake.hint
    return "wrong", "That is too large." if value > right else "That is too small."


def _meets(exercise: Prediction, value: Any, other: Any) -> bool:
    return bool(value == other) if exercise.choices else bool(abs(value - other) <= exercise.within * abs(other))


def disorder(exercise: Ordering, order: Sequence[int]) -> str | None:
    """What is wrong with an order before it is tried, in a sentence, or None."""
    lines = exercise.lines
    for number, count in Counter(order).items():
        if not 1 <= number <= len(lines):
            return f"There is no line {number}: they are numbered from 1 to {len(lines)}."
        if count > 1:
            return f"Line {number} is there {count} times. Each is needed once at most."
    for number in order:
        if lines[number - 1] in exercise.extra:
            return f"Line {number} does not belong. {exercise.extra[lines[number - 1]]}"
    return _unmade(exercise, order) or _misplaced(exercise, order)


def _unmade(exercise: Ordering, order: Sequence[int]) -> str | None:
    """The first line that reads what no line above it has made."""
    made: set[str] = set()
    to_be_made = {name for line in exercise.right_lines for name in _names(line, ast.Store)}
    arguments = set(exercise.solution.__code__.co_varnames[: exercise.solution.__code__.co_argcount])
    for number in order:
        line = exercise.lines[number - 1]
        for name in _names(line, ast.Load):
            if name in to_be_made and name not in made | arguments | _bound_first(line):
                return f"Line {number} needs `{name}`, which no line above it has made."
        made |= set(_names(line, ast.Store))
    return None


def _misplaced(exercise: Ordering, order: Sequence[int]) -> str | None:
    """What keeps the lines from being a function, or from being all of it."""
    lines = [exercise.lines[number - 1] for number in order]
    for number, line, above in zip(order, lines, ["", *lines]):
        deeper = _depth(line) - _depth(above)
        if above.endswith(":") and deeper <= 0:
            return f"Line {number} is not indented, and the line above it begins a loop or a case."
        if deeper > 0 and not above.endswith(":"):
            return f"Line {number} is indented: it belongs into a loop or a case, below a line that ends with a colon."
    missing = len(exercise.right_lines) - len(order)
    if missing > 0:
        return f"{missing} more of the lines {'is' if missing == 1 else 'are'} needed."
    if not lines[-1].startswith("return"):
        return "Nothing that stands below `return` is computed."
    return None


def out_of_order(exercise: Ordering, order: Sequence[int]) -> str | None:
    """What is wrong with an order that was tried, if two of its lines stand the wrong way round."""
    place = {exercise.lines[number - 1]: index for index, number in enumerate(order)}
    for (first, second), hint in exercise.before.items():
        if place[first] > place[second]:
            return f"Line {order[place[second]]} stands above line {order[place[first]]}. {hint}"
    return None


def assembled(exercise: Ordering, order: Sequence[int]) -> Callable[..., Any]:
    """The function that the lines make in this order."""
    body = textwrap.indent("\n".join(exercise.lines[number - 1] for number in order), "    ")
    namespace = dict(exercise.solution.__globals__)
    exec(f"{exercise.coding.head}\n{body}", namespace)
    function: Callable[..., Any] = namespace[exercise.solution.__name__]
    return function


def _names(line: str, use: type[ast.expr_context]) -> list[str]:
    """The names that a line reads or makes."""
    code = line.strip() + (" pass" if line.endswith(":") else "")
    tree = ast.parse(code)
    found = [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, use)]
    if use is ast.Load:  # `total += x` reads the total too
        found += [
            node.target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
        ]
    return found


def _bound_first(line: str) -> set[str]:
    """The names that a comprehension or a lambda of the line makes for itself."""
    tree = ast.parse(line.strip() + (" pass" if line.endswith(":") else ""))
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.comprehension)]
    return {name.id for loop in loops for name in ast.walk(loop.target) if isinstance(name, ast.Name)}


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
