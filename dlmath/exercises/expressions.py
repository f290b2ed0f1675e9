"""Derivations: is a SymPy expression equal to the reference, and if not, by what do they differ?

Two expressions are equal if SymPy proves it, or if they agree at random numbers: at ordinary ones, and then, in
arithmetic of a thousand digits, at numbers close to 0 and far from it, so that a wrong branch does not pass. Symbols
that are declared to be integers get integers. What an answer leaves to do (``Derivative``, ``Sum``, ``Integral``) is
carried out, since ``diff`` would have done the same, and the verdict says so.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Mapping
from itertools import combinations, pairwise
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from dlmath import symbolic
from dlmath.exercises import nearby, relations
from dlmath.exercises.comparing import same
from dlmath.exercises.definition import Derivation, Mistake
from dlmath.exercises.running import OutOfTimeError, in_a_thread, kind_of, type_name, within

POINTS = 12
"""Random points, with sizes of their own, at which two expressions are compared."""

PROOF = 2.0
"""Seconds for the attempt at a proof: what SymPy does not simplify by then is compared at random points."""

KEPT = 64
"""Attempts at a proof that are remembered: an answer is often checked again, with other points."""

_tried: dict[Any, bool] = {}

FAR_POINTS = 24
"""Random points close to 0 and far from it."""

CLOSEST, FARTHEST = 1e-5, 200.0
"""Their smallest and their largest absolute value."""

DIGITS = 1000
"""Of the arithmetic at these points: ``1 - tanh(x)**2`` is right also where it is 0 in double precision."""


def judge(exercise: Derivation, answer: Any, rng: np.random.Generator, seconds: float) -> tuple[str, str]:
    """Compare the expression with the reference: proved equal, equal at random points, or wrong."""
    if answer is None or answer is Ellipsis:
        return "open", "not attempted yet. Replace the three dots by your expression."
    symbols = exercise.symbols()
    reference = _spelled_out(exercise, exercise.solution(**symbols), symbols)
    try:
        expression = _spelled_out(exercise, _as_expression(answer, symbols), symbols)
    except TypeError as error:
        return "wrong", str(error)
    values = [_draw(symbols, rng) | _possible(exercise, symbols, rng) for _ in range(POINTS)]
    ours = _at(reference, values)
    try:
        attempt = expression, reference, min(PROOF, seconds / 2)
        theirs, proved = within(seconds, lambda: _computed(*attempt, values, ours, _tried.get(attempt)))
    except OutOfTimeError:
        return "wrong", time_text(seconds)
    except Exception as error:  # SymPy has many parts, and a student may use any of them
        return "wrong", (
            _misfit(expression)
            or (NO_INVERSE if "Singular matrix" in str(error) else None)
            or f"Your expression could not be computed from numbers: `{type(error).__name__}: {error}`"
        )
    if _all_same(theirs, ours):
        _remember(attempt, proved)
        left = ", ".join(sorted({f"`{type_name(type(part))}`" for part in expression.atoms(*LEFT_TO_DO)}))
        carried_out = f" ({left} in it was carried out)" if left else ""
        if proved:
            return "solved", f"solved: proved equal by SymPy{carried_out}."
        far = [_draw_far(symbols, rng) | _possible(exercise, symbols, rng) for _ in range(FAR_POINTS)]
        differs = _differs_at(expression, reference, far, seconds)
        if differs:
            return "wrong", (
                f"Your expression is right at ordinary numbers, but not everywhere, such as at {differs}. "
                "Is there a case, or a form that is right on one side only?"
            )
        return "solved", f"solved: equal at {POINTS} random points, and close to 0 and far from it{carried_out}."
    for mistake in exercise.mistakes:
        wrongs = _wrong_values(exercise, mistake, symbols, values)
        if wrongs is not None and _all_same(theirs, wrongs):
            return "wrong", mistake.hint
    hint = _unrecorded(exercise, symbols, values, expression, reference, theirs, ours)
    return "wrong", hint or _difference(expression, reference)


def _wrong_values(
    exercise: Derivation, mistake: Mistake, symbols: Mapping[str, Any], values: list[dict[Any, Any]]
) -> list[Any] | None:
    """The values of a usual mistake; None if it cannot be computed, as when its shapes do not fit at these sizes."""
    try:
        return _at(_spelled_out(exercise, mistake.wrong(**symbols), symbols), values)
    except Exception:  # SymPy has many parts, and a mistake may use any of them
        return None


def _unrecorded(
    exercise: Derivation,
    symbols: Mapping[str, Any],
    values: list[dict[Any, Any]],
    expression: Any,
    reference: Any,
    theirs: list[Any],
    ours: list[Any],
) -> str | None:
    """What can be said about a mistake that is none of the usual ones."""
    if not all(np.isfinite(each).all() for each in theirs):
        return None
    pairs = list(zip(theirs, ours))
    hint = relations.of_the_result(pairs)
    if hint is not None and hint.startswith(("The sign", "This is the transpose")):
        return hint
    points = [_by_name(exercise, symbols, point) for point in values]
    names = list(inspect.signature(exercise.solution).parameters)
    slip = nearby.named_expression(
        exercise.name, _forms(exercise, symbols, reference), names, nearby.FUNCTIONS, points, theirs, ours
    )
    if slip or hint:
        return slip or hint
    scalars = [(symbol, [point[symbol] for point in values]) for symbol in values[0] if np.ndim(values[0][symbol]) == 0]
    quantities = [(f"`{symbol}`", numbers) for symbol, numbers in scalars]
    quantities += [(f"(1 - `{symbol}`)", [1 - number for number in numbers]) for symbol, numbers in scalars]
    quantities += [(f"(1 + `{symbol}`)", [1 + number for number in numbers]) for symbol, numbers in scalars]
    quantities += [
        (f"(`{one}` - `{other}`)", [a - b for a, b in zip(first, second)])
        for (one, first), (other, second) in combinations(scalars, 2)
    ]
    return (
        relations.by_a_quantity(pairs, quantities)
        or relations.changed_as_a_whole(pairs)
        or _missing(expression, reference)
    )


def _misfit(expression: Any) -> str | None:
    """The first product or sum in the expression whose parts have shapes that do not fit."""
    for node in sp.preorder_traversal(expression):
        parts = [part for part in node.args if _shape(part)]
        for left, right in pairwise(parts):
            if isinstance(node, sp.MatMul) and left.shape[1] != right.shape[0]:
                return (
                    f"The shapes do not fit: in the product of `{left}` and `{right}` the left one has "
                    f"${sp.latex(left.shape[1])}$ columns and the right one ${sp.latex(right.shape[0])}$ rows."
                )
            if isinstance(node, sp.MatAdd) and left.shape != right.shape:
                return (
                    f"The shapes do not fit: in a sum, `{left}` has the shape ${sp.latex(left.shape)}$ "
                    f"and `{right}` the shape ${sp.latex(right.shape)}$."
                )
    return None


def _missing(expression: Any, reference: Any) -> str | None:
    """Symbols that the result depends on, and the answer does not have."""
    if _shape(expression) != _shape(reference):
        return None
    missing = sorted(str(s) for s in reference.free_symbols - sp.sympify(expression).free_symbols)
    if not missing:
        return None
    listed = ", ".join(f"`{name}`" for name in missing)
    return f"The result depends on {listed} too, which your expression does not contain."


def _by_name(exercise: Derivation, symbols: Mapping[str, Any], point: Mapping[Any, Any]) -> dict[str, Any]:
    """The values of the given symbols, and of what they stand for, by the names of the exercise."""
    by_name = {name: point[symbol] for name, symbol in symbols.items() if symbol in point}
    for name, definition in exercise.definitions.items():
        takes = {parameter: symbols[parameter] for parameter in inspect.signature(definition).parameters}
        by_name[name] = float(symbolic.evaluate(definition(**takes), point))
    return by_name


def _forms(exercise: Derivation, symbols: Mapping[str, Any], reference: Any) -> list[str]:
    """The solution as code: as it is written, and multiplied out, for a slip in one of the terms."""
    forms = [" ".join(exercise.expression.split())]
    try:
        expanded = reference.expand()
        named = {
            symbol: sp.MatrixSymbol(name, *symbol.shape) if isinstance(symbol, sp.MatrixSymbol) else sp.Symbol(name)
            for name, symbol in symbols.items()
        }
        if expanded != reference:
            forms.append(str(expanded.xreplace(named)))
    except Exception:  # not every expression can be multiplied out
        pass
    return forms


def at_a_point(exercise: Derivation, answer: Any, rng: np.random.Generator, seconds: float) -> str:
    """The value of a scalar answer at numbers with few digits, in words; nothing for a matrix."""
    symbols = exercise.symbols()
    expression = _spelled_out(exercise, _as_expression(answer, symbols), symbols)
    point = _draw(symbols, rng) | _possible(exercise, symbols, rng)
    if any(np.ndim(value) for value in point.values()):
        return ""
    few = {symbol: value if isinstance(value, int) else round(value, 1) for symbol, value in point.items()}
    (value,) = within(seconds, lambda: _at(expression, [few]))
    listed = ", ".join(f"`{symbol} = {number:g}`" for symbol, number in few.items())
    return f"Where: at {listed} your expression has the value {float(value):.4g}."


def time_text(seconds: float) -> str:
    return f"Your expression could not be computed in {seconds:g} seconds. Is there a shorter form?"


NO_INVERSE = (
    "A matrix whose inverse you take has none at some of the random points, where it can have fewer rows than "
    "columns or the other way round. In the right expression every inverse exists: is a term missing in the matrix?"
)


def _singular(expression: Any, points: list[dict[Any, Any]]) -> bool:
    """Whether a matrix that is inverted has no inverse at a point."""
    nodes = sp.preorder_traversal(_carried_out(expression))
    matrices = (value for node in nodes if isinstance(node, sp.Inverse) for value in _at(node.arg, points))
    return any(np.isfinite(value).all() and np.linalg.matrix_rank(value) < len(value) for value in matrices)


LEFT_TO_DO = (sp.Derivative, sp.Integral, sp.Limit, sp.Sum, sp.Product)


def _spelled_out(exercise: Derivation, expression: Any, symbols: Mapping[str, Any]) -> Any:
    """The expression without the symbols that stand for something in the other ones."""
    for name, definition in exercise.definitions.items():
        takes = {parameter: symbols[parameter] for parameter in inspect.signature(definition).parameters}
        expression = sp.sympify(expression).subs(symbols[name], definition(**takes))
    return expression


def _as_expression(answer: Any, symbols: Mapping[str, Any]) -> Any:
    kind = type(answer)
    if issubclass(kind, str):
        raise TypeError("This is a text. Write the expression without quotes.")
    if not issubclass(kind, sp.Basic | sp.MatrixBase | int | float):
        raise TypeError(f"A SymPy expression is expected, got {kind_of(answer)}.")
    # A symbol that the student made anew, with other assumptions, is meant to be ours.
    names = {str(symbol): symbol for symbol in [*symbols.values(), *_sizes(symbols)]}
    if issubclass(kind, sp.Equality):
        # The side with the result: the other one is its name.
        left, right = answer.args
        named = right.is_Symbol and str(right) not in names and not (left.is_Symbol and str(left) not in names)
        answer = left if named else right
    expression = sp.sympify(answer)
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
    sizes = dict(zip(names, map(sp.Integer, rng.permutation(np.arange(2, len(names) + 4)))))
    values: dict[Any, Any] = {name: int(size) for name, size in sizes.items()}
    for symbol in symbols.values():
        if isinstance(symbol, sp.MatrixSymbol):
            values[symbol] = rng.standard_normal([int(length.xreplace(sizes)) for length in symbol.shape])
        elif symbol.is_integer and symbol not in sizes:
            values[symbol] = int(rng.integers(2, 12) * _sign(symbol, rng))
        elif symbol not in sizes:
            values[symbol] = rng.uniform(0.2, 2) * _sign(symbol, rng)
    return values


def _draw_far(symbols: Mapping[str, Any], rng: np.random.Generator) -> dict[Any, Any]:
    """Random values of all orders of magnitude, each with an order of its own."""
    values, sizes = _draw(symbols, rng), _sizes(symbols)
    for symbol, value in values.items():
        if isinstance(symbol, sp.MatrixSymbol):
            values[symbol] = value * math.exp(rng.uniform(math.log(CLOSEST), math.log(FARTHEST)))
        elif symbol.is_integer and symbol not in sizes:
            values[symbol] = int(rng.integers(1, 60) * _sign(symbol, rng))
        elif not symbol.is_integer:
            values[symbol] = math.exp(rng.uniform(math.log(CLOSEST), math.log(FARTHEST))) * _sign(symbol, rng)
    return values


def _possible(exercise: Derivation, symbols: Mapping[str, Any], rng: np.random.Generator) -> dict[Any, Any]:
    """Values of the symbols that cannot have any value, drawn by the definition."""
    drawn = exercise.values(rng) if exercise.values else {}
    return {symbols[name]: value for name, value in drawn.items()}


def _sign(symbol: Any, rng: np.random.Generator) -> int:
    if symbol.is_nonnegative:
        return 1
    return -1 if symbol.is_nonpositive else int(rng.choice([-1, 1]))


def _at(expression: Any, points: list[dict[Any, Any]]) -> list[Any]:
    expression = _carried_out(expression)
    return [np.asarray(_evaluated(expression, values), dtype=float) for values in points]


def _evaluated(expression: Any, values: Mapping[Any, Any]) -> Any:
    try:
        return symbolic.evaluate(expression, values)
    except TypeError:
        # A sum or an integral that is left is carried out when its limits are numbers.
        if not isinstance(expression, sp.Expr) or not expression.has(*LEFT_TO_DO) or expression.has(sp.MatrixSymbol):
            raise
        return float(expression.xreplace({symbol: sp.sympify(value) for symbol, value in values.items()}).doit())


def _carried_out(expression: Any) -> Any:
    """The expression with its sums and derivatives carried out, so far as SymPy can."""
    has = isinstance(expression, sp.Expr) and not isinstance(expression, sp.MatrixExpr) and expression.has(*LEFT_TO_DO)
    return expression.doit() if has else expression


def _differs_at(expression: Any, reference: Any, points: list[dict[Any, Any]], seconds: float) -> str | None:
    """A point where the two differ, in words, or None."""

    has_decimals = any(sp.sympify(each).has(sp.Float) for each in (expression, reference))

    def find() -> str | None:
        for values in points:
            one, other = (_exactly(each, values) for each in (expression, reference))
            # A number of a thousand digits does not overflow: what is not finite has no value there.
            if other is None or (one is not None and _close(one, other, has_decimals)):
                continue
            scalars = {s: value for s, value in values.items() if not isinstance(s, sp.MatrixSymbol)}
            return ", ".join(f"`{symbol} = {value:.4g}`" for symbol, value in scalars.items()) or "other entries"
        return None

    try:
        return within(seconds, find)
    except Exception:  # what cannot be computed so exactly was computed at the ordinary points
        return None


def _exactly(expression: Any, values: Mapping[Any, Any]) -> Any:
    """The value at a point, with so many digits that nothing cancels; None where there is no finite real number."""
    if isinstance(expression, sp.MatrixExpr | sp.MatrixBase) or sp.sympify(expression).has(sp.MatrixSymbol):
        value = np.asarray(symbolic.evaluate(expression, values), dtype=float)
        return value if np.isfinite(value).all() else None
    expression = _carried_out(sp.sympify(expression)).rewrite(sp.exp, deep=True)
    arguments = sorted(expression.free_symbols, key=str)
    function = sp.lambdify(arguments, expression, "mpmath")
    with mpmath.workdps(DIGITS):
        value = function(*(mpmath.mpf(values[symbol]) for symbol in arguments))
        value = value.real if isinstance(value, mpmath.mpc) and abs(value.imag) <= 1e-30 * abs(value) else value
        return value if isinstance(value, mpmath.mpf | int | float) and mpmath.isfinite(value) else None


def _close(one: Any, other: Any, has_decimals: bool) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return same(one, other)
    # Numbers such as 0.333 have few digits, and what is left of them when they cancel says nothing. All others are
    # exact, so that a wrong limit is told from the right value. A number of which the thousand digits hold only the
    # last ones, such as log(1 + exp(-1e5)), is as good as 0.
    relative, absolute = (1e-9, 1e-12) if has_decimals else (mpmath.mpf(10) ** -200, mpmath.mpf(10) ** (-0.7 * DIGITS))
    return bool(abs(one - other) <= relative * abs(other) + absolute)


def _computed(
    expression: Any,
    reference: Any,
    seconds: float,
    points: list[dict[Any, Any]],
    ours: list[Any],
    known: bool | None,
) -> tuple[list[Any], bool]:
    """The values of an expression, and whether it is proved equal to the reference, if the values are.

    Nothing is attempted if it is ``known`` what the attempt comes to.
    """
    theirs = _at(expression, points)
    if not _all_same(theirs, ours) and _singular(expression, points):
        raise np.linalg.LinAlgError("Singular matrix")  # whatever rounding has made of it
    if known is not None or not _all_same(theirs, ours):
        return theirs, bool(known)
    return theirs, _proved(expression, reference, seconds)


def _remember(attempt: Any, proved: bool) -> None:
    _tried[attempt] = proved
    if len(_tried) > KEPT:
        del _tried[next(iter(_tried))]


def _proved(one: Any, other: Any, seconds: float) -> bool:
    def difference() -> bool:
        if isinstance(one, sp.MatrixExpr):
            return bool((one - other).doit().expand().is_ZeroMatrix)
        return bool(sp.simplify((one - other).rewrite(sp.exp)) == 0)

    try:
        return in_a_thread(min(PROOF, seconds), difference)
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
