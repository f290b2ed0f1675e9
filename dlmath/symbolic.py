"""SymPy for the chapters: the sigmoid, element-wise functions of matrices, evaluation and printing.

A matrix of symbolic size is a ``sympy.MatrixSymbol``; a vector is one with a single column. SymPy composes and
differentiates such expressions and refuses shapes that do not fit. What it lacks, an evaluator that never broadcasts and
a printer in the book's notation, is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.function import Function
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct
from sympy.matrices.expressions.matexpr import MatrixExpr
from sympy.printing.latex import LatexPrinter


class sigma(Function):  # lower case, as SymPy names its functions
    r"""The logistic sigmoid as a SymPy function, :math:`\sigma(z) = 1/(1 + e^{-z})`.

    SymPy differentiates it by the quotient rule and finds :math:`\sigma(1 - \sigma)`; ``expr.rewrite(sp.exp)`` puts the
    definition in.

    Example:
        >>> z = sp.Symbol("z")
        >>> sigma(z).diff(z)
        (1 - sigma(z))*sigma(z)
        >>> sigma(z).rewrite(sp.exp)
        1/(1 + exp(-z))
    """

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return self * (1 - self)

    @classmethod
    def eval(cls, z: sp.Expr) -> sp.Expr | None:
        return sp.Rational(1, 2) if z.is_zero else None

    def _eval_rewrite_as_exp(self, z: sp.Expr, **hints: Any) -> sp.Expr:
        return 1 / (1 + sp.exp(-z))

    def _eval_evalf(self, prec: int) -> sp.Expr:
        return self.rewrite(sp.exp)._eval_evalf(prec)


def sizes(names: str) -> tuple[sp.Symbol, ...]:
    """Symbols for lengths: positive integers.

    Example:
        >>> N, n_in = sizes("N n_in")
        >>> N.is_positive and N.is_integer
        True
    """
    return sp.symbols(names, integer=True, positive=True, seq=True)


def ones(rows: Any, columns: Any = 1) -> MatrixExpr:
    r"""The matrix of ones of symbolic size: :math:`\mathbf 1 \mathbf b^T` writes the bias once into every row.

    Example:
        >>> N, n = sizes("N n")
        >>> (ones(N) * sp.MatrixSymbol("b", n, 1).T).shape
        (N, n)
    """
    return sp.OneMatrix(rows, columns)


def elementwise(function: Callable[[sp.Expr], sp.Expr], matrix: MatrixExpr) -> MatrixExpr:
    r"""Apply a scalar function to every entry of a matrix.

    Example:
        >>> N, n = sizes("N n")
        >>> print(latex(elementwise(sigma, sp.MatrixSymbol("Z", N, n))))
        \sigma\left(\mathbf{Z}\right)
    """
    z = sp.Dummy("z")
    return matrix.applyfunc(sp.Lambda(z, function(z)))


def hadamard(*factors: MatrixExpr) -> MatrixExpr:
    r"""The element-wise product :math:`\odot` of matrices of one shape.

    Example:
        >>> N, n = sizes("N n")
        >>> print(latex(hadamard(sp.MatrixSymbol("A", N, n), sp.MatrixSymbol("B", N, n))))
        \mathbf{A} \odot \mathbf{B}
    """
    return HadamardProduct(*factors)


def partial(function: str, variable: sp.Expr) -> sp.Expr:
    r"""The name of a derivative, of the shape of what it differentiates: the left side of an equation.

    Example:
        >>> N, n = sizes("N n")
        >>> gradient = partial("L", sp.MatrixSymbol("X", N, n))
        >>> gradient.shape
        (N, n)
        >>> print(latex(gradient))
        \frac{\partial L}{\partial \mathbf{X}}
    """
    name = rf"\frac{{\partial {function}}}{{\partial {latex(variable)}}}"
    return sp.MatrixSymbol(name, *variable.shape) if isinstance(variable, MatrixExpr) else sp.Symbol(name)


def evaluate(expression: Any, values: Mapping[Any, Any]) -> np.ndarray:
    """Compute a SymPy expression from numbers, in NumPy, and never broadcast.

    Matrices of symbolic size, explicit matrices and scalars are understood. The sizes are read off the arrays.

    Args:
        expression: the SymPy expression.
        values: a number for every scalar symbol, an array of two dimensions for every matrix symbol.

    Returns:
        An array of two dimensions for a matrix, a number for a scalar.

    Raises:
        KeyError: a symbol has no value.
        ValueError: the arrays have shapes that do not fit the expression.
        TypeError: the expression has a part that is not understood.

    Example:
        >>> N, n = sizes("N n")
        >>> X = sp.MatrixSymbol("X", N, n)
        >>> evaluate(X.T * X / N, {X: np.array([[1.0, 2.0], [3.0, 4.0]])})
        array([[ 5.,  7.],
               [ 7., 10.]])
    """
    known = dict(values)
    for symbol, value in values.items():
        if isinstance(symbol, sp.MatrixSymbol):
            _learn_sizes(symbol, np.shape(value), known)
    return _evaluate(sp.sympify(expression), known)


def latex(expression: Any) -> str:
    r"""LaTeX in the book's notation: :math:`\odot` for the element-wise product, a bold one for the matrix of ones.

    Example:
        >>> N, = sizes("N")
        >>> print(latex(ones(N).T * sp.MatrixSymbol("r", N, 1)))
        \mathbf{1}^{T} \mathbf{r}
    """
    return _Printer().doprint(expression)


def _learn_sizes(symbol: sp.MatrixSymbol, shape: tuple[int, ...], known: dict[Any, Any]) -> None:
    if len(shape) != 2:
        raise ValueError(f"{symbol} must be an array of two dimensions, got shape {shape}")
    for size, length in zip(symbol.shape, shape):
        if size.is_Symbol:
            if known.setdefault(size, length) != length:
                raise ValueError(f"{symbol} must have shape {symbol.shape} with {size} = {known[size]}, got {shape}")
        elif size.subs(known) != length:
            raise ValueError(f"{symbol} must have shape {symbol.shape}, got {shape}")


def _evaluate(node: Any, known: dict[Any, Any]) -> Any:
    if node in known:
        return known[node]
    if isinstance(node, sp.MatrixBase):
        return np.array([[_evaluate(entry, known) for entry in row] for row in node.tolist()])
    if isinstance(node, sp.MatrixSymbol):
        raise KeyError(f"no value for {node}")
    if isinstance(node, MatrixExpr):
        for kind, rule in _RULES.items():
            if isinstance(node, kind):
                return rule(node, known)
        raise TypeError(f"cannot evaluate {type(node).__name__} in {node}")
    return _scalar(node, known)


def _scalar(node: sp.Expr, known: dict[Any, Any]) -> Any:
    # Matrix-valued parts of a scalar, such as a trace, are computed first and stand in as symbols.
    parts = node.atoms(sp.Trace, sp.Determinant)
    stand_ins = {part: sp.Dummy() for part in parts}
    values = {stand_ins[part]: _RULES_SCALAR[type(part)](_evaluate(part.arg, known)) for part in parts}
    node = node.xreplace(stand_ins).rewrite(sp.exp) if node.has(sigma) else node.xreplace(stand_ins)
    for symbol in node.free_symbols:
        if symbol not in values:
            if symbol not in known:
                raise KeyError(f"no value for {symbol}")
            values[symbol] = known[symbol]
    symbols = list(values)
    return sp.lambdify(symbols, node, modules="numpy")(*(values[symbol] for symbol in symbols))


def _map_entries(function: sp.Lambda, array: np.ndarray) -> np.ndarray:
    (z,) = function.variables
    body = function.expr.rewrite(sp.exp) if function.expr.has(sigma) else function.expr
    result = sp.lambdify(z, body, modules="numpy")(array)
    return np.broadcast_to(result, array.shape).copy()  # a constant function gives one number


def _size(size: sp.Expr, known: dict[Any, Any]) -> int:
    return int(_scalar(size, known))


def _product(node: sp.MatMul, known: dict[Any, Any]) -> np.ndarray:
    scalar, matrices = node.as_coeff_matrices()
    return _scalar(scalar, known) * reduce(np.matmul, [_evaluate(factor, known) for factor in matrices])


def _constant(make: Callable[[tuple[int, int]], np.ndarray]) -> Callable[[Any, dict[Any, Any]], np.ndarray]:
    return lambda node, known: make((_size(node.shape[0], known), _size(node.shape[1], known)))


_RULES: dict[type, Callable[[Any, dict[Any, Any]], np.ndarray]] = {
    sp.MatAdd: lambda node, known: reduce(np.add, [_evaluate(term, known) for term in node.args]),
    sp.MatMul: _product,
    HadamardProduct: lambda node, known: reduce(np.multiply, [_evaluate(factor, known) for factor in node.args]),
    HadamardPower: lambda node, known: _evaluate(node.base, known) ** _scalar(node.exp, known),
    ElementwiseApplyFunction: lambda node, known: _map_entries(node.function, _evaluate(node.expr, known)),
    sp.Transpose: lambda node, known: _evaluate(node.arg, known).T,
    sp.Inverse: lambda node, known: np.linalg.inv(_evaluate(node.arg, known)),
    sp.MatPow: lambda node, known: np.linalg.matrix_power(_evaluate(node.base, known), int(_scalar(node.exp, known))),
    sp.Identity: _constant(lambda shape: np.eye(*shape)),
    sp.OneMatrix: _constant(np.ones),
    sp.ZeroMatrix: _constant(np.zeros),
    sp.DiagMatrix: lambda node, known: np.diagflat(_evaluate(node.arg, known)),
    sp.DiagonalMatrix: lambda node, known: np.diag(np.diag(_evaluate(node.arg, known))),
}

_RULES_SCALAR: dict[type, Callable[[np.ndarray], float]] = {sp.Trace: np.trace, sp.Determinant: np.linalg.det}


def _is_negative(term: MatrixExpr) -> bool:
    return isinstance(term, sp.MatMul) and bool(term.as_coeff_mmul()[0].could_extract_minus_sign())


class _Printer(LatexPrinter):
    def _print_OneMatrix(self, expr: Any, exp: str | None = None) -> str:
        return r"\mathbf{1}^{T}" if expr.shape[0] == 1 != expr.shape[1] else r"\mathbf{1}"

    def _print_MatrixSymbol(self, expr: Any) -> str:
        name = expr.name
        if name.startswith(r"\frac"):  # a derivative, already in bold where it should be
            return name
        style = r"\boldsymbol" if name.startswith("\\") and name[1].islower() and "{" not in name else r"\mathbf"
        letter, *index = name.split("_")
        return rf"{style}{{{letter}}}" + "".join(f"_{{{i}}}" for i in index)

    def _print_MatAdd(self, expr: Any) -> str:
        # Terms with a plus sign come first: \hat{Y} - Y, not -Y + \hat{Y}.
        text = ""
        for term in sorted(expr.args, key=lambda term: _is_negative(term)):
            sign = " - " if _is_negative(term) else " + " if text else ""
            text += (sign if text else sign.strip()) + self.parenthesize(-term if _is_negative(term) else term, 40)
        return text

    def _print_HadamardProduct(self, expr: Any) -> str:
        return r" \odot ".join(self._factor(factor) for factor in expr.args)

    def _factor(self, factor: Any) -> str:
        text = self._print(factor)
        return rf"\left({text}\right)" if isinstance(factor, sp.MatAdd | HadamardProduct) else text

    def _print_ElementwiseApplyFunction(self, expr: Any) -> str:
        function = expr.function
        (z,) = function.variables
        argument = self._print(expr.expr)
        if isinstance(function.expr, Function) and function.expr.args == (z,):
            name = self._print(function.expr.func(sp.Symbol("z"))).split(r"{\left")[0]
            return rf"{name}\left({argument}\right)"
        if isinstance(function.expr, sp.Pow) and function.expr.base == z:
            return rf"\left({argument}\right)^{{\odot {self._print(function.expr.exp)}}}"
        body = self._print(function.expr.subs(z, sp.Symbol("z")))
        return rf"\left(z \mapsto {body}\right)\left({argument}\right)"
