"""Can a check fail? A formula is made wrong by one small change at a time, and every wrong version should be noticed.

The changes are those that slips of the pen make; ``SLIPS`` and ``SLIPS_OF_THE_WHOLE`` list them. ``verify.certify``
puts each wrong version in the place of the formula it checks, and counts those it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.hadamard import HadamardProduct
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice

_NO_PARTS = (sp.Symbol, sp.MatrixSymbol, sp.Identity, sp.OneMatrix, sp.ZeroMatrix)
_FIRST_PART_ONLY = (sp.Derivative, sp.Heaviside, sp.Inverse, MatrixSlice)
"""Their other arguments say what is meant, and are no part of the formula's arithmetic."""

Symbols = Sequence[Any]


class Slip(NamedTuple):
    """One kind of mistake."""

    name: str
    sentence: str
    """What happens to the formula."""
    at: Callable[[Any, Symbols], Iterator[Any]]
    """The wrong versions of an expression, without those of its parts. The symbols are those of the whole formula."""


def wrong_versions(expression: Any) -> list[Any]:
    r"""Every expression that differs from the given one by one slip. Some cannot be computed, as shapes do not fit.

    Args:
        expression: a SymPy scalar or matrix expression.

    Returns:
        The changed expressions, all different from the given one and from each other.

    Example:
        >>> x, y = sp.symbols("x y")
        >>> wrong_versions(x - y)
        [-x - y, x + y, x, -y, 0, x - 1]
    """
    if isinstance(expression, sp.MatrixBase):
        expression = sp.ImmutableMatrix(expression)
    symbols = sorted(expression.free_symbols, key=str)
    return [version for version in dict.fromkeys(_changes(expression, symbols)) if version not in (expression, None)]


def wrong_as_a_whole(expression: Any) -> list[Any]:
    """The formula with a slip that concerns all of it.

    Example:
        >>> wrong_as_a_whole(sp.Symbol("x"))
        [-x, 2*x]
    """
    return [version for slip in SLIPS_OF_THE_WHOLE for version in slip.at(expression, ())]


def _changes(node: Any, symbols: Symbols) -> Iterator[Any]:
    yield from chain.from_iterable(slip.at(node, symbols) for slip in SLIPS)
    for part, exchange in _parts(node):
        yield from (exchange(version) for version in _changes(part, symbols) if version is not None)


def _sign(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Add | sp.MatAdd):
        for i, term in enumerate(node.args):
            yield node.func(*_exchanged(node.args, i, -term))


def _term(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Add | sp.MatAdd):
        for i in reversed(range(len(node.args))):
            yield node.func(*node.args[:i], *node.args[i + 1 :])


def _factor(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Mul | sp.MatMul | HadamardProduct):
        for i, factor in enumerate(node.args):
            if not isinstance(factor, sp.Number):
                yield _attempt(node.func, node.args[:i] + node.args[i + 1 :])


def _number(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Number):
        yield node + 1


def _transposed(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.MatrixSymbol) and 1 not in node.shape:
        yield node.T


def _upright(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Transpose | sp.Inverse):
        yield node.arg


def _function(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Function) and len(node.args) == 1:
        yield node.args[0]


def _symbol(node: Any, symbols: Symbols) -> Iterator[Any]:
    if node in symbols:
        yield from (other for other in symbols if other != node and _shape(other) == _shape(node))


def _product(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, HadamardProduct):
        yield _attempt(sp.MatMul, node.args)
    if isinstance(node, sp.MatMul):
        for i, (left, right) in enumerate(zip(node.args, node.args[1:])):
            if _shape(left) == _shape(right) != ():
                yield _attempt(node.func, (*node.args[:i], HadamardProduct(left, right), *node.args[i + 2 :]))


def _axis(node: Any, symbols: Symbols) -> Iterator[Any]:
    """A before a square of ones has the sums of its rows in all columns; after it, of its columns in all rows."""
    if isinstance(node, sp.MatMul):
        scalar, matrices = node.as_coeff_matrices()
        first, last = matrices[0], matrices[-1]
        if isinstance(last, sp.OneMatrix) and last.shape[0] == last.shape[1]:
            yield sp.MatMul(scalar, sp.OneMatrix(first.shape[0], first.shape[0]), *matrices[:-1])
        if isinstance(first, sp.OneMatrix) and first.shape[0] == first.shape[1]:
            yield sp.MatMul(scalar, *matrices[1:], sp.OneMatrix(last.shape[1], last.shape[1]))


def _index(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, MatrixElement):
        for axis in _positions(node)[1:]:
            for step in (1, -1):
                yield _attempt(node.func, _exchanged(node.args, axis, node.args[axis] + step))


def _end(node: Any, symbols: Symbols) -> Iterator[Any]:
    if isinstance(node, sp.Sum | sp.Product):
        for i, (index, low, high) in enumerate(node.limits):
            for limits in ((index, low + 1, high), (index, low, high - 1)):
                yield node.func(node.function, *_exchanged(node.limits, i, limits))


SLIPS = (
    Slip("sign", "the sign of a term is turned", _sign),
    Slip("term", "a term of a sum is left out", _term),
    Slip("factor", "a factor of a product is left out", _factor),
    Slip("number", "1 is added to a number", _number),
    Slip("transposed", "a matrix is transposed", _transposed),
    Slip("upright", "a transpose or an inverse is left out", _upright),
    Slip("function", "a function is left out", _function),
    Slip("symbol", "a symbol stands for another of the same shape", _symbol),
    Slip("product", "a product by entries stands for a matrix product, or the other way round", _product),
    Slip("axis", "sums run over the columns instead of the rows, or the other way round", _axis),
    Slip("index", "an index is moved by one", _index),
    Slip("end", "the first or the last term of a sum over an index is left out", _end),
)
"""The slips that are tried at every part of a formula and of the definitions that it uses."""

SLIPS_OF_THE_WHOLE = (
    Slip("negated", "the formula is negated", lambda node, symbols: iter([-node])),
    Slip("doubled", "the formula is doubled", lambda node, symbols: iter([2 * node])),
)
"""The slips that are tried with the formula alone, as for many a definition the scale is a matter of taste."""


def _shape(symbol: Any) -> tuple[Any, ...]:
    return getattr(symbol, "shape", ())


def _parts(node: Any) -> Iterator[tuple[Any, Callable[[Any], Any]]]:
    """The parts of an expression, each with a function that puts another one in its place, or gives None."""
    if isinstance(node, _NO_PARTS) or not node.args:
        return
    if isinstance(node, ElementwiseApplyFunction):
        variables = node.function.variables
        yield node.function.expr, lambda body: _attempt(node.func, [sp.Lambda(variables, body), node.expr])
        yield node.expr, lambda matrix: _attempt(node.func, [node.function, matrix])
    elif isinstance(node, sp.Transpose):
        yield node.arg, lambda matrix: matrix.T
    elif isinstance(node, sp.MatrixBase):
        for i, entry in enumerate(node.flat()):
            yield entry, partial(_with_entry, node, i)
    elif isinstance(node, sp.Sum | sp.Product):
        yield node.function, lambda body: node.func(body, *node.limits)
        for i, limits in enumerate(node.limits):
            for end in (1, 2):
                yield limits[end], partial(_with_end, node, i, end)
    else:
        for i in _positions(node):
            yield node.args[i], partial(_with_part, node, i)


def _with_part(node: Any, i: int, new: Any) -> Any:
    return _attempt(node.func, _exchanged(node.args, i, new))


def _with_entry(matrix: Any, i: int, new: Any) -> Any:
    return sp.ImmutableMatrix(*matrix.shape, _exchanged(matrix.flat(), i, new))


def _with_end(node: Any, i: int, end: int, new: Any) -> Any:
    limits = _exchanged(node.limits[i], end, new)
    return node.func(node.function, *_exchanged(node.limits, i, limits))


def _positions(node: Any) -> list[int]:
    if isinstance(node, _FIRST_PART_ONLY):
        return [0]
    if isinstance(node, MatrixElement):  # a vector has one index; that of its only column is no choice
        return [0, *(axis + 1 for axis, size in enumerate(node.parent.shape) if size != 1)]
    return list(range(len(node.args)))


def _exchanged(parts: Sequence[Any], i: int, new: Any) -> tuple[Any, ...]:
    return (*parts[:i], new, *parts[i + 1 :])


def _attempt(make: Callable[..., Any], parts: Sequence[Any]) -> Any:
    """The expression, or None where SymPy itself refuses to make it."""
    try:
        return make(*parts)
    except (TypeError, ValueError, IndexError, AttributeError):  # what SymPy raises when shapes or kinds do not fit
        return None
