"""Derivations: is a SymPy expression equal to the reference, and if not, by what do they differ?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from dlmath import symbolic
from dlmath.exercises.comparing import common_hint, same
from dlmath.exercises.definition import Derivation
from dlmath.exercises.running import OutOfTimeError, within

POINTS = 12
"""Random points, with sizes of their own, at which two expressions are compared."""


def judge(exercise: Derivation, answer: Any, rng: np.random.Generator, seconds: float) -> tuple[str, str]:
    """Compare the expression with the reference: proved equal, equal at random points, or wrong."""
    if answer is None or answer is Ellipsis:
        return "open", "not attempted yet. Replace the three dots by your expression."
    symbols = exercise.symbols()
    reference = exercise.solution(**symbols)
    try:
        expression = _as_expression(answer, symbols)
    except TypeError as error:
        return "wrong", str(error)
    try:
        values = [_draw(symbols, rng) for _ in range(POINTS)]
        ours = _at(reference, values)
        theirs = within(seconds, lambda: _at(expression, values))
    except OutOfTimeError:
        return "wrong", f"Your expression could not be computed in {seconds:g} seconds. Is there a shorter form?"
    except Exception as error:  # SymPy has many parts, and a student may use any of them
        return "wrong", f"Your expression could not be computed from numbers: `{type(error).__name__}: {error}`"
    if _all_same(theirs, ours):
        proved = _proved(expression, reference, seconds)
        return "solved", f"solved: {'proved equal by SymPy' if proved else f'equal at {POINTS} random points'}."
    for mistake in exercise.mistakes:
        wrong = mistake.wrong(**symbols)
        if _all_same(theirs, _at(wrong, values)):
            return "wrong", mistake.hint
    return "wrong", common_hint(theirs, ours) or _difference(expression, reference)


def _as_expression(answer: Any, symbols: Mapping[str, Any]) -> Any:
    if isinstance(answer, sp.Equality):
        answer = answer.rhs
    if isinstance(answer, str):
        raise TypeError("This is a text. Write the expression without quotes.")
    if isinstance(answer, np.ndarray) or not isinstance(answer, sp.Basic | sp.MatrixBase | int | float):
        raise TypeError(f"A SymPy expression is expected, got a value of type `{type(answer).__name__}`.")
    expression = sp.sympify(answer)
    # A symbol that the student made anew, with other assumptions, is meant to be ours.
    names = {str(symbol): symbol for symbol in [*symbols.values(), *_sizes(symbols)]}
    free = expression.free_symbols
    renamed = {s: names[str(s)] for s in free if str(s) in names and s != names[str(s)]}
    unknown = sorted(str(s) for s in free if str(s) not in names)
    if unknown:
        listed = ", ".join(f"`{name}`" for name in names)
        raise TypeError(f"The expression contains `{', '.join(unknown)}`; this exercise has {listed}.")
    return expression.xreplace(renamed) if renamed else expression


def _sizes(symbols: Mapping[str, Any]) -> list[Any]:
    """The symbols in the shapes of the matrix symbols."""
    shapes = [getattr(symbol, "shape", ()) for symbol in symbols.values()]
    return sorted({size for shape in shapes for length in shape for size in length.free_symbols}, key=str)


def _draw(symbols: Mapping[str, Any], rng: np.random.Generator) -> dict[Any, Any]:
    """Random values for all symbols. Every size is different, so that a transposed factor cannot hide."""
    names = _sizes(symbols)
    sizes = dict(zip(names, rng.permutation(np.arange(2, len(names) + 4)).tolist()))
    values: dict[Any, Any] = dict(sizes)
    for symbol in symbols.values():
        if isinstance(symbol, sp.MatrixSymbol):
            values[symbol] = rng.standard_normal([int(length.subs(sizes)) for length in symbol.shape])
        elif symbol not in sizes:
            values[symbol] = rng.uniform(0.2, 2) * _sign(symbol, rng)
    return values


def _sign(symbol: Any, rng: np.random.Generator) -> float:
    return 1.0 if symbol.is_positive else rng.choice([-1.0, 1.0])


def _at(expression: Any, points: list[dict[Any, Any]]) -> list[Any]:
    return [np.asarray(symbolic.evaluate(expression, values), dtype=float) for values in points]


def _proved(one: Any, other: Any, seconds: float) -> bool:
    def difference() -> bool:
        if isinstance(one, sp.MatrixExpr):
            return bool((one - other).doit().expand().is_ZeroMatrix)
        return bool(sp.simplify((one - other).rewrite(sp.exp)) == 0)

    try:
        return within(seconds, difference)
    except Exception:  # no proof: the random points decide
        return False


def _all_same(one: list[Any], other: list[Any]) -> bool:
    return all(same(a, b) for a, b in zip(one, other))


def _shape(expression: Any) -> tuple[Any, ...]:
    return tuple(getattr(expression, "shape", ()))


def _difference(expression: Any, reference: Any) -> str:
    if _shape(expression) != _shape(reference):
        return f"Your expression is {_kind(expression)}; expected is {_kind(reference)}."
    return f"Your expression is {_kind(expression)}, as expected, but differs from the right one at random points."


def _kind(expression: Any) -> str:
    return f"a matrix of shape {_shape(expression)}" if _shape(expression) else "a scalar"
