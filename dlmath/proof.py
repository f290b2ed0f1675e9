r"""Is an expression zero, whatever its symbols are? The exact answer, where it can be had with bounded work.

Functions such as :math:`\exp(x)`, roots and reciprocals take the place of new unknowns, so that what is left is a
polynomial in more unknowns, which SymPy multiplies out. The relations between them (:math:`t\,b = 1` for a reciprocal,
:math:`t^2 b = 1` for that of a root) remove the reciprocals and roots again. Functions with a kink are taken apart at
it: away from it they are zero, one, or a straight line.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from itertools import chain
from operator import mul
from typing import Any

import sympy as sp
from sympy.polys.rings import PolyElement, PolyRing, ring

MOST_TERMS = 20_000
"""A polynomial of more terms is given up."""


def vanish(expressions: Iterable[sp.Expr]) -> bool:
    r"""Whether all expressions are proved to be zero. That one is not proved does not mean that it is not zero.

    Away from the kinks of absolute values, maxima and case distinctions, and where nothing is divided by zero.

    Example:
        >>> x, y = sp.symbols("x y", real=True)
        >>> softmax = sp.exp(x) / (sp.exp(x) + sp.exp(y))
        >>> vanish([softmax.diff(x) - softmax * (1 - softmax), sp.sqrt(x**2 + y**2).diff(x) - x / sp.sqrt(x**2 + y**2)])
        True
        >>> vanish([softmax.diff(x) - softmax])
        False
    """
    expressions = list(expressions)
    return _vanish(expressions) or _vanish([expression.rewrite(sp.exp) for expression in expressions])


class _TooLargeError(Exception):
    pass


class _Unknowns:
    """Symbols for what is no polynomial, with the relations between them."""

    def __init__(self) -> None:
        self.symbols: dict[Any, sp.Symbol] = {}
        self.powers: dict[sp.Symbol, tuple[int, sp.Expr]] = {}
        """For a symbol t: q and b of the relation t^q b = 1, in which b contains earlier symbols only."""
        self.steps: set[sp.Symbol] = set()
        """Symbols for functions that are 0 or 1."""
        self.polynomials: dict[sp.Expr, sp.Expr] = {}

    def symbol(self, key: Any) -> sp.Symbol:
        return self.symbols.setdefault(key, sp.Symbol(f"unknown_{len(self.symbols)}"))

    def polynomial(self, node: sp.Expr) -> sp.Expr:
        """The expression with unknowns in the place of what is no polynomial."""
        if node not in self.polynomials:
            self.polynomials[node] = self._polynomial(node)
        return self.polynomials[node]

    def _polynomial(self, node: sp.Expr) -> sp.Expr:
        if node.is_Rational:
            return node
        if isinstance(node, sp.Add | sp.Mul):
            return node.func(*map(self.polynomial, node.args))
        if isinstance(node, sp.Pow | sp.exp):
            base, exponent = node.as_base_exp()
            return reduce(mul, [self.power(base, term) for term in sp.Add.make_args(exponent)])
        if isinstance(node, sp.Max | sp.Min):
            first, *others = node.args
            rest = node.func(*others)
            step = self.step(first - rest if isinstance(node, sp.Max) else rest - first)
            return step * self.polynomial(first) + (1 - step) * self.polynomial(rest)
        if isinstance(node, sp.Heaviside):
            return self.step(node.args[0])
        if isinstance(node, sp.DiracDelta):
            return sp.S.Zero
        if isinstance(node, sp.Abs | sp.sign) and node.args[0].is_extended_real:
            sign = 2 * self.step(node.args[0]) - 1
            return sign * self.polynomial(node.args[0]) if isinstance(node, sp.Abs) else sign
        if isinstance(node, sp.Piecewise):
            return self.cases(node.args)
        return self.symbol(node)

    def power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        coefficient, rest = exponent.as_coeff_Mul()
        if rest != 1:  # b to the power 3x / 2 is the cube of that to the power x / 2
            rest, coefficient = rest / coefficient.q, sp.Integer(coefficient.p)
            value = self.symbol((base, rest))
        elif base.is_Symbol or base.is_Rational or not base.is_Atom:
            value = self.polynomial(base)
        else:
            value = self.symbol(base)
        whole = sp.ceiling(coefficient) if coefficient > 0 else sp.S.Zero
        below = whole - coefficient
        if below == 0:
            return value**whole
        known = self.symbols.get(("reciprocal", value, below.q))
        t = known or self.symbol(("reciprocal", value, below.q))
        self.powers.setdefault(t, (int(below.q), value))
        return value**whole * t ** int(below.p)

    def step(self, argument: sp.Expr) -> sp.Expr:
        """1 where the argument is positive, 0 where it is negative."""
        argument = argument.as_coeff_Mul()[1] * sp.sign(argument.as_coeff_Mul()[0])
        if argument.could_extract_minus_sign():
            return 1 - self.step(-argument)
        symbol = self.symbol(("step", argument))
        self.steps.add(symbol)
        return symbol

    def cases(self, branches: tuple[Any, ...]) -> sp.Expr:
        (value, condition), *others = branches
        if condition == sp.true:
            return self.polynomial(value)
        if isinstance(condition, sp.Gt | sp.Ge):
            here = self.step(condition.lhs - condition.rhs)
        elif isinstance(condition, sp.Lt | sp.Le):
            here = self.step(condition.rhs - condition.lhs)
        else:
            here = self.symbol(condition)
            self.steps.add(here)
        rest = self.cases(tuple(others)) if others else self.symbol(("elsewhere", branches))
        return here * self.polynomial(value) + (1 - here) * rest


def _vanish(expressions: list[sp.Expr]) -> bool:
    unknowns = _Unknowns()
    polynomials = [unknowns.polynomial(expression) for expression in expressions]
    bases = [base for _, base in unknowns.powers.values()]
    symbols = sorted(
        set().union(*(each.free_symbols for each in (*polynomials, *bases))) | set(unknowns.powers), key=str
    )
    if not symbols:
        return all(polynomial.is_zero for polynomial in polynomials)
    try:
        to_ring = _ToRing(symbols)
        relations = [(symbols.index(t), q, to_ring(base)) for t, (q, base) in reversed(list(unknowns.powers.items()))]
        steps = {symbols.index(step) for step in unknowns.steps if step in symbols}
        return all(_is_zero(to_ring(polynomial), relations, steps) for polynomial in polynomials)
    except _TooLargeError:
        return False


class _ToRing:
    """Multiplies polynomials out; what it has multiplied out once it remembers."""

    def __init__(self, symbols: list[sp.Symbol]) -> None:
        self.ring: PolyRing = ring(symbols, sp.QQ)[0]
        self.known: dict[sp.Expr, PolyElement] = dict(zip(symbols, self.ring.gens))

    def __call__(self, node: sp.Expr) -> PolyElement:
        if node not in self.known:
            self.known[node] = self._multiplied_out(node)
        return self.known[node]

    def _multiplied_out(self, node: sp.Expr) -> PolyElement:
        if node.is_Rational:
            return self.ring.ground_new(sp.QQ(node.p, node.q))
        if node.is_Add:
            terms = chain.from_iterable(self(part).iterterms() for part in node.args)
            return _collected(self.ring, terms)
        if node.is_Mul:
            return reduce(_times, map(self, node.args))
        return reduce(_times, [self(node.base)] * int(node.exp))


def _times(a: PolyElement, b: PolyElement) -> PolyElement:
    if len(a) * len(b) > MOST_TERMS * 10:
        raise _TooLargeError
    product = a * b
    if len(product) > MOST_TERMS:
        raise _TooLargeError
    return product


def _is_zero(polynomial: PolyElement, relations: list[tuple[int, int, PolyElement]], steps: set[int]) -> bool:
    polynomial = _once(polynomial, steps)
    if not polynomial:
        return True
    if not relations:
        return False
    (t, q, base), *others = relations
    return all(_is_zero(part, others, steps) for part in _without(polynomial, t, q, base))


def _once(polynomial: PolyElement, steps: set[int]) -> PolyElement:
    """A step function is its own square."""
    if not steps:
        return polynomial
    return _collected(
        polynomial.ring,
        (
            (tuple(min(power, 1) if i in steps else power for i, power in enumerate(monomial)), coefficient)
            for monomial, coefficient in polynomial.iterterms()
        ),
    )


def _collected(among: PolyRing, terms: Iterable[tuple[tuple[int, ...], Any]]) -> PolyElement:
    """The sum of terms, in one pass: a sum of polynomials copies all that it has at every addition."""
    sums: dict[tuple[int, ...], Any] = {}
    for monomial, coefficient in terms:
        sums[monomial] = sums.get(monomial, 0) + coefficient
    return among.from_dict(sums)


def _without(polynomial: PolyElement, t: int, q: int, base: PolyElement) -> list[PolyElement]:
    """The polynomial times a power of b, by powers of t below q, as t^q b = 1. It is zero if all these parts are."""
    by_power: dict[int, dict[tuple[int, ...], Any]] = {}
    for monomial, coefficient in polynomial.iterterms():
        by_power.setdefault(monomial[t], {})[(*monomial[:t], 0, *monomial[t + 1 :])] = coefficient
    highest = max(by_power) // q
    parts: dict[int, PolyElement] = {}
    for power, terms in by_power.items():
        part = polynomial.ring.from_dict(terms)
        for _ in range(highest - power // q):
            part = _times(part, base)
        parts[power % q] = parts.get(power % q, polynomial.ring.zero) + part
    return list(parts.values())
