"""Can a check fail? A formula is made wrong by one small change at a time, and every wrong version should be noticed.

The changes are those that slips of the pen make: a sign, a factor left out, a transpose, a constant, a missing
function. ``verify.certify`` puts each wrong version in the place of the formula it checks, and counts those it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.hadamard import HadamardProduct
from sympy.matrices.expressions.matexpr import MatrixElement
from sympy.matrices.expressions.slice import MatrixSlice

_NO_PARTS = (sp.Symbol, sp.MatrixSymbol, sp.Identity, sp.OneMatrix, sp.ZeroMatrix)
_FIRST_PART_ONLY = (sp.Derivative, sp.Heaviside, sp.Inverse, MatrixSlice)
"""Their other arguments say what is meant, and are no part of the formula's arithmetic."""


def wrong_versions(expression: Any) -> list[Any]:
    r"""Every expression that differs from the given one by one small change.

    The sign of a term is turned, a factor left out, a transpose or an inverse left out, a matrix transposed, 1 added to
    a number, a function left out. Some of the results cannot be computed, because their shapes do not fit.

    Args:
        expression: a SymPy scalar or matrix expression.

    Returns:
        The changed expressions, all different from the given one and from each other.

    Example:
        >>> x, y = sp.symbols("x y")
        >>> wrong_versions(x - y)
        [-x - y, x + y, x - 1, x]
    """
    if isinstance(expression, sp.MatrixBase):
        expression = sp.ImmutableMatrix(expression)
    return [version for version in dict.fromkeys(_changes(expression)) if version not in (expression, None)]


def _changes(node: Any) -> Iterator[Any]:
    yield from _changes_at(node)
    for part, exchange in _parts(node):
        yield from (exchange(version) for version in _changes(part) if version is not None)


def _changes_at(node: Any) -> Iterator[Any]:
    """The changes of an expression itself, not of its parts."""
    if isinstance(node, sp.Number):
        yield node + 1
    elif isinstance(node, sp.Add | sp.MatAdd):
        for i, term in enumerate(node.args):
            yield node.func(*_exchanged(node.args, i, -term))
    elif isinstance(node, sp.Mul | sp.MatMul | HadamardProduct):
        for i, factor in enumerate(node.args):
            if not isinstance(factor, sp.Number):
                yield _attempt(node.func, node.args[:i] + node.args[i + 1 :])
    elif isinstance(node, sp.MatrixSymbol) and 1 not in node.shape:
        yield node.T
    elif isinstance(node, sp.Transpose | sp.Inverse):
        yield node.arg
    elif isinstance(node, sp.Function) and len(node.args) == 1:
        yield node.args[0]


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
        entries = node.flat()
        for i, entry in enumerate(entries):
            yield entry, lambda new, i=i: sp.ImmutableMatrix(*node.shape, _exchanged(entries, i, new))
    elif isinstance(node, sp.Sum | sp.Product):
        yield node.function, lambda body: node.func(body, *node.limits)
        for i, limits in enumerate(node.limits):
            for end in (1, 2):
                yield (
                    limits[end],
                    lambda new, i=i, end=end: node.func(
                        node.function, *_exchanged(node.limits, i, _exchanged(node.limits[i], end, new))
                    ),
                )
    else:
        for i in _positions(node):
            yield node.args[i], lambda new, i=i: _attempt(node.func, _exchanged(node.args, i, new))


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
