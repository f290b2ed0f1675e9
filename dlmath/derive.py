"""SymPy derives what a chapter prints: it differentiates the loss itself, entry by entry, at small sizes.

A loss and a formula are written out at sizes that differ from each other, such as 3 × 2 and 2 × 4. SymPy differentiates
the loss by every entry, and each derivative is compared with that entry of the formula: exactly, if the difference
can be reduced to zero with bounded work, and otherwise to 25 digits at random points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp
from sympy.matrices.expressions.matexpr import MatrixElement

from dlmath.printing import latex
from dlmath.proof import vanish
from dlmath.symbolic import DIGITS, EXPRESSIONS, Evaluator

PROVED, TO_DIGITS, NOT_DERIVED, NO_DERIVATIVE = "proved", "25 digits", "not derived", "not a derivative"
DIGITS_COMPARED, DIGITS_COMPUTED, POINTS = 25, 45, 4

Sampler = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


class DisagreementError(AssertionError):
    """What SymPy derives is not what is printed."""


class _Question(NamedTuple):
    """What is compared: two values that an evaluator computes, and the symbols that they need."""

    sides: Callable[[Evaluator], tuple[Any, Any]]
    symbols: Sequence[Any]
    kept: Sequence[Any]
    """Symbols that stay symbols, because the derivative is taken by them."""
    names: tuple[str, str]


def derivative(
    equation: sp.Eq,
    where: Sequence[sp.Eq],
    samplers: Mapping[Any, Sampler],
    drawn_by_default: Iterable[Any],
    of: sp.Expr,
    wrt: sp.Expr,
    seed: int = 0,
) -> str:
    """Compare a formula with SymPy's derivative of ``of`` by ``wrt``; returns PROVED or TO_DIGITS.

    The formula is the right side of the equation; or, if that is a rule which contains the gradient, the right side of
    the definition in ``where`` whose name is the derivative by ``wrt``.

    Example:
        >>> x = sp.Symbol("x")
        >>> slope = sp.Eq(sp.Symbol("y"), 2 * x)
        >>> derivative(slope, [], {x: lambda rng, shape: rng.normal(size=shape)}, [x], of=x**2, wrt=x)
        'proved'
    """
    variable = wrt.parent if isinstance(wrt, MatrixElement) else wrt
    where = [definition for definition in where if definition.lhs != variable]
    target, before = _formula(equation, where, wrt)
    needed = needed_for(where, of)
    if variable not in _all_symbols([of, *(definition.rhs for definition in needed)]):
        raise ValueError(f"of must contain wrt, got {latex(of)}, which does not depend on {latex(wrt)}")

    def sides(at: Evaluator) -> tuple[Any, Any]:
        loss = _after(needed, at)(of)
        entry = at(wrt)
        return _differentiated(loss, entry, of, wrt), _after(before, at)(target.rhs)

    symbols = _all_symbols([of, wrt, target.rhs, *(part.rhs for part in (*needed, *before))])
    symbols -= {definition.lhs for definition in (*needed, *before)}
    return _compared(
        _Question(sides, _ordered(symbols), [variable], ("SymPy's derivative", "the formula")),
        samplers,
        set(drawn_by_default),
        seed,
    )


def equality(
    equation: sp.Eq,
    where: Sequence[sp.Eq],
    samplers: Mapping[Any, Sampler],
    drawn_by_default: Iterable[Any],
    seed: int = 0,
) -> str:
    """Compare the two sides of an equation; returns PROVED or TO_DIGITS.

    Example:
        >>> x = sp.Symbol("x")
        >>> square = sp.Eq((x + 1) ** 2, x**2 + 2 * x + 1)
        >>> equality(square, [], {x: lambda rng, shape: rng.normal(size=shape)}, [x])
        'proved'
    """

    def sides(at: Evaluator) -> tuple[Any, Any]:
        return tuple(_after(where, at)(side) for side in (equation.lhs, equation.rhs))

    symbols = _all_symbols([equation.lhs, equation.rhs, *(part.rhs for part in where)]) - {part.lhs for part in where}
    return _compared(
        _Question(sides, _ordered(symbols), [], ("the left side", "the right side")),
        samplers,
        set(drawn_by_default),
        seed,
    )


def _formula(equation: sp.Eq, where: Sequence[sp.Eq], wrt: sp.Expr) -> tuple[sp.Eq, Sequence[sp.Eq]]:
    """The equation that says what the derivative is, and the definitions before it."""
    ending = rf"}}{{\partial {latex(wrt)}}}"
    if not str(equation.lhs).endswith(ending):
        for i, definition in enumerate(where):
            if str(definition.lhs).endswith(ending):
                return definition, where[:i]
    return equation, where


def needed_for(where: Sequence[sp.Eq], expression: sp.Expr) -> list[sp.Eq]:
    """The definitions that an expression uses, directly or through others.

    Example:
        >>> x, y, z = sp.symbols("x y z")
        >>> needed_for([sp.Eq(y, x**2), sp.Eq(z, x**3)], y + 1)
        [Eq(y, x**2)]
    """
    symbols, needed = _all_symbols([expression]), []
    for definition in reversed(where):
        if definition.lhs in symbols:
            symbols |= _all_symbols([definition.rhs])
            needed.append(definition)
    return needed[::-1]


def _all_symbols(expressions: Iterable[Any]) -> set[Any]:
    found: set[Any] = set()
    for expression in expressions:
        found |= expression.free_symbols
    return found


def _ordered(symbols: Iterable[Any]) -> list[Any]:
    return sorted(symbols, key=lambda symbol: (str(symbol), str(getattr(symbol, "shape", ()))))


def _after(definitions: Sequence[sp.Eq], at: Evaluator) -> Evaluator:
    at = at.knowing({})
    for definition in definitions:
        at.given[definition.lhs] = at(definition.rhs)
    return at


def _differentiated(loss: Any, entry: Any, of: sp.Expr, wrt: sp.Expr) -> Any:
    """The derivative by every entry: of the shape of ``wrt`` for a number, a Jacobian for one column by another."""
    loss, entry = np.asarray(loss, dtype=object), np.asarray(entry, dtype=object)
    if loss.ndim and entry.ndim:
        if loss.shape == (1, 1):
            loss = loss.reshape(())
        elif loss.shape[1] == entry.shape[1] == 1:
            loss, entry = loss[:, 0], entry[:, 0]
        else:
            raise ValueError(f"of must be a number or a column, to be differentiated by a matrix, got {latex(of)}")
    slopes = np.empty((loss.size, entry.size), dtype=object)
    for i, number in enumerate(loss.flat):
        slopes[i] = _gradient(number, list(entry.flat))
    return slopes.reshape(loss.shape + entry.shape)


def _gradient(loss: sp.Expr, entries: Sequence[sp.Symbol]) -> list[sp.Expr]:
    r"""The derivatives by all entries, :math:`\frac{\partial L}{\partial s} = \sum_t \frac{\partial L}{\partial t}
    \frac{\partial t}{\partial s}`, where the parts :math:`t` are those that occur in the loss more than once.

    SymPy differentiates each part by what stands in it. For the loss as a whole, written out, it takes ten times as
    long, and what it finds is ten times as long.
    """
    parts, (whole,) = sp.cse(loss, iter(lambda: sp.Dummy(real=True), None), order="none")
    variable = set(entries)
    for name, part in parts:
        if variable & part.free_symbols and isinstance(part, sp.Expr):  # not the condition of a case
            variable.add(name)
    slopes: dict[Any, list[sp.Expr]] = {"whole": [sp.S.One]}
    for name, part in [("whole", whole), *reversed(parts)]:
        if slope := sp.Add(*slopes.get(name, ())):
            for term in sp.Add.make_args(part):
                for symbol in variable & term.free_symbols:
                    slopes.setdefault(symbol, []).append(slope * sp.diff(term, symbol))
    meaning: dict[sp.Symbol, sp.Expr] = {}
    for name, part in parts:
        meaning[name] = part.xreplace(meaning)
    return [sp.Add(*slopes.get(entry, ())).xreplace(meaning) for entry in entries]


def _compared(question: _Question, samplers: Mapping[Any, Sampler], by_default: set[Any], seed: int) -> str:
    rng = np.random.default_rng([seed, 1])
    drawn = [symbol for symbol in question.symbols if symbol in samplers and symbol not in question.kept]
    integers = [symbol for symbol in drawn if symbol.is_integer]
    special = [symbol for symbol in drawn if symbol not in by_default]
    verdicts = []
    for _ in range(3 if integers else 1):
        verdict, values = _verdict(question, samplers, integers, rng)
        if (
            verdict != PROVED and special
        ):  # the formula may need what the sampler guarantees, such as rows that add up to 1
            verdict, values = _verdict(question, samplers, special, rng)
        if not verdict:
            raise DisagreementError("\n".join(f"{name}:\n{value}" for name, value in zip(question.names, values)))
        verdicts.append(verdict)
    return PROVED if set(verdicts) == {PROVED} else TO_DIGITS


def _verdict(
    question: _Question, samplers: Mapping[Any, Sampler], fixed: Sequence[Any], rng: np.random.Generator
) -> tuple[str, list[np.ndarray]]:
    """Compare the sides, with numbers for the symbols that are fixed and symbols for the entries of all others."""
    lengths = _lengths(question.symbols)
    shapes = {
        symbol: tuple(int(size.subs(lengths)) for size in getattr(symbol, "shape", ()))
        for symbol in question.symbols
        if symbol not in lengths
    }
    entries = {
        symbol: _exactly(_draw(symbol, shape, samplers, rng))
        if symbol in fixed
        else _symbols(f"{symbol}_{i}", shape, bool(symbol.is_positive))
        for i, (symbol, shape) in enumerate(shapes.items())
    }
    known = {**{size: sp.Integer(length) for size, length in lengths.items()}, **entries}
    left, right = (np.asarray(side, dtype=object) for side in question.sides(Evaluator(known, EXPRESSIONS)))
    if {left.shape, right.shape} == {(), (1, 1)}:
        left = left.reshape(right.shape)
    if left.shape != right.shape:
        one, other = question.names
        raise ValueError(f"{one} has the shape {left.shape} where {other} has {right.shape}")
    left, right = (np.vectorize(_away_from_kinks, otypes=[object])(side) for side in (left, right))
    if not any(left.flat):
        raise ValueError(f"{question.names[0]} is zero everywhere, which says nothing")
    for point in range(POINTS):
        values = {
            entry: number
            for symbol, shape in shapes.items()
            if symbol not in fixed
            for entry, number in zip(np.ravel(entries[symbol]), np.ravel(_draw(symbol, shape, samplers, rng)).tolist())
        }
        with mpmath.workdps(DIGITS_COMPUTED):
            at = Evaluator({entry: mpmath.mpf(number) for entry, number in values.items()}, DIGITS)
            computed = [np.vectorize(at, otypes=[object])(side) for side in (left, right)]
            if not _agree(*computed):
                return "", [value.astype(np.complex128).real for value in computed]
        if point == 0 and vanish(np.ravel(left - right)):  # what differs at a point is not worth the attempt
            return PROVED, []
    return TO_DIGITS, []


def _lengths(symbols: Iterable[Any]) -> dict[sp.Symbol, int]:
    """Lengths that differ from each other: 3, 2, 4, 5, and so on."""
    sizes: dict[sp.Symbol, None] = {}
    for symbol in symbols:
        for size in getattr(symbol, "shape", ()):
            sizes.update(dict.fromkeys(_ordered(size.free_symbols)))
    return {size: length for size, length in zip(sizes, (3, 2, *range(4, len(sizes) + 4)))}


def _draw(symbol: Any, shape: tuple[int, ...], samplers: Mapping[Any, Sampler], rng: np.random.Generator) -> np.ndarray:
    if symbol in samplers:
        return np.asarray(samplers[symbol](rng, shape))
    return rng.uniform(0.2, 2, shape) if symbol.is_positive else rng.standard_normal(shape)


def _exactly(numbers: np.ndarray) -> Any:
    """The rational numbers that floating point numbers are."""
    exact = np.vectorize(lambda x: sp.Rational(*float(x).as_integer_ratio()), otypes=[object])(numbers)
    return exact if exact.ndim else exact.item()


def _symbols(name: str, shape: tuple[int, ...], positive: bool) -> Any:
    assumptions = {"positive": True} if positive else {"real": True}
    if not shape:
        return sp.Symbol(name, **assumptions)
    entries = np.empty(shape, dtype=object)
    for place in np.ndindex(shape):
        entries[place] = sp.Symbol(f"{name}_{place[0]}_{place[1]}", **assumptions)
    return entries


def _away_from_kinks(entry: sp.Expr) -> sp.Expr:
    return sp.sympify(entry).xreplace(dict.fromkeys(sp.sympify(entry).atoms(sp.DiracDelta), sp.S.Zero))


def _agree(left: np.ndarray, right: np.ndarray) -> bool:
    largest = max(abs(value) for value in (*left.flat, *right.flat))
    return all(abs(a - b) <= largest * mpmath.mpf(10) ** -DIGITS_COMPARED for a, b in zip(left.flat, right.flat))
