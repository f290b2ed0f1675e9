"""SymPy for the chapters: the sigmoid, element-wise functions of matrices, evaluation and printing.

A matrix of symbolic size is a ``sympy.MatrixSymbol``; a vector is one with a single column. SymPy composes and
differentiates such expressions. What it lacks is here: an evaluator that refuses shapes that do not fit (SymPy compares
only sizes that are numbers) and never broadcasts, and a printer in the book's notation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from typing import Any

import numpy as np
import sympy as sp
from sympy.core.alphabets import greeks
from sympy.core.function import AppliedUndef, Function
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct
from sympy.matrices.expressions.kronecker import KroneckerProduct
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr
from sympy.matrices.expressions.slice import MatrixSlice
from sympy.printing.latex import LatexPrinter, translate
from sympy.printing.precedence import PRECEDENCE


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


def evaluate(expression: Any, values: Mapping[Any, Any]) -> Any:
    """Compute a SymPy expression from numbers, in NumPy, and never broadcast.

    Matrices of symbolic size, explicit matrices and scalars are understood; derivatives are carried out. The sizes are
    read off the arrays. Entries ``X[i, j]`` are counted from 0, as SymPy does.

    Args:
        expression: the SymPy expression.
        values: a number for every scalar symbol, an array of two dimensions for every matrix symbol, a number for a
            size that no array has.

    Returns:
        An array of two dimensions for a matrix, a number for a scalar.

    Raises:
        KeyError: a symbol has no value.
        ValueError: the arrays have shapes that do not fit the expression.
        IndexError: an entry that a matrix does not have.
        TypeError: the expression has a part that is not understood, or a value is not made of numbers.

    Example:
        >>> N, n = sizes("N n")
        >>> X = sp.MatrixSymbol("X", N, n)
        >>> evaluate(X.T * X / N, {X: np.array([[1.0, 2.0], [3.0, 4.0]])})
        array([[ 5.,  7.],
               [ 7., 10.]])
    """
    expression = sp.sympify(expression)
    if not isinstance(expression, sp.Expr | sp.MatrixBase):
        raise TypeError(f"expression must be a SymPy scalar or matrix, got {type(expression).__name__} {expression}")
    known = {symbol: _value(symbol, value) for symbol, value in values.items()}
    _learn_sizes(known)
    with np.errstate(all="ignore"):  # both branches of a Piecewise are computed, also where one is not finite
        return _evaluate(expression, known)


def latex(expression: Any) -> str:
    r"""LaTeX in the book's notation: :math:`\odot` for the element-wise product, a bold one for the matrix of ones.

    Example:
        >>> (N,) = sizes("N")
        >>> print(latex(ones(N).T * sp.MatrixSymbol("r", N, 1)))
        \mathbf{1}^{T} \mathbf{r}
    """
    return _Printer().doprint(expression)


def _value(symbol: Any, value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"{symbol} must be made of numbers, got {type(value).__name__} of dtype {array.dtype}")
    dimensions = 2 if isinstance(symbol, MatrixExpr) else 0
    if array.ndim != dimensions:
        wanted = "an array of two dimensions" if dimensions else "a number"
        raise ValueError(f"{symbol} must be {wanted}, got shape {array.shape}")
    if dimensions == 0:
        return array.item()
    return array if array.dtype.kind == "c" else array.astype(np.float64)


def _learn_sizes(known: dict[Any, Any]) -> None:
    matrices = [symbol for symbol in known if isinstance(symbol, MatrixExpr)]
    for symbol in matrices:
        for size, length in zip(symbol.shape, known[symbol].shape):
            if size.is_Symbol:
                known.setdefault(size, length)
    for symbol in matrices:
        expected = tuple(_size(size, known) for size in symbol.shape)
        if expected != known[symbol].shape:
            raise ValueError(f"{symbol} must have shape {symbol.shape} = {expected}, got {known[symbol].shape}")


def _evaluate(node: Any, known: Mapping[Any, Any]) -> Any:
    if isinstance(node, sp.MatrixBase):
        return np.array([[_scalar(entry, known) for entry in row] for row in node.tolist()])
    if node in known:
        return known[node]
    if isinstance(node, sp.MatrixSymbol):
        raise KeyError(f"no value for {node}")
    if isinstance(node, MatrixExpr):
        for kind, rule in _RULES.items():
            if isinstance(node, kind):
                return rule(node, known)
        raise TypeError(f"cannot evaluate {type(node).__name__} in {node}")
    value = _scalar(node, known)
    if np.ndim(value) != 0:
        raise TypeError(f"{node} must be a number, got an array of shape {np.shape(value)}")
    return value


def _written_out(factor: sp.Expr, ranges: Iterable[Any], known: Mapping[Any, Any]) -> sp.Expr:
    """A product over an index factor by factor, which the printer of NumPy code has no word for."""
    for index, low, high in ranges:
        factor = sp.Mul(*(factor.subs(index, i) for i in range(_size(low, known), _size(high, known) + 1)))
    return factor


class _Entries:
    """The entries of a matrix, one by one, and only those it has: NumPy would count -1 from the end."""

    def __init__(self, name: str, array: np.ndarray) -> None:
        self.name = name
        self.array = array

    def __getitem__(self, index: tuple[int, int]) -> Any:
        if not all(0 <= i < length for i, length in zip(index, self.array.shape)):
            raise IndexError(f"{self.name}[{index[0]}, {index[1]}] does not exist: its shape is {self.array.shape}")
        return self.array[index]


def _scalar(node: sp.Expr, known: Mapping[Any, Any]) -> Any:
    """Compute an expression that is not a matrix. Its symbols may stand for arrays, of which all have one shape."""
    node = node.replace(sp.Derivative, lambda *arguments: sp.Derivative(*arguments).doit())
    node = node.replace(sp.Product, lambda factor, *ranges: _written_out(factor, ranges, known))
    stand_ins, values = {}, {}

    def stand_in(part: Any, symbol: Any, value: Any) -> None:
        stand_ins[part] = symbol
        values[symbol] = value

    # What has a matrix inside is computed first and stands in as a symbol.
    for part in _ordered(node.atoms(sp.Trace, sp.Determinant)):
        stand_in(part, sp.Symbol(f"number_{len(values)}"), _RULES_SCALAR[type(part)](_evaluate(part.arg, known)))
    node = node.xreplace(stand_ins)
    for parent in _ordered({element.parent for element in node.atoms(MatrixElement)}):
        symbol = sp.MatrixSymbol(f"entries_{len(values)}", *sp.symbols("rows columns"))
        stand_in(parent, symbol, _Entries(str(parent), _evaluate(parent, known)))
    node = node.xreplace(stand_ins)
    # The other symbols too, because their names may be no names in Python, or be taken twice.
    for symbol in _ordered(node.free_symbols - values.keys()):
        if isinstance(symbol, MatrixExpr):
            raise TypeError(f"cannot evaluate the matrix {symbol} inside the scalar {node}")
        if symbol not in known:
            raise KeyError(f"no value for {symbol}")
        stand_in(symbol, sp.Symbol(f"number_{len(values)}"), known[symbol])
    node = node.xreplace(stand_ins)
    not_understood = node.atoms(AppliedUndef, sp.Derivative, sp.Integral)
    if not_understood:
        raise TypeError(f"cannot evaluate {', '.join(map(str, _ordered(not_understood)))}")
    return _compiled(tuple(values), node)(*values.values())


@lru_cache(maxsize=1000)
def _compiled(arguments: tuple[Any, ...], node: sp.Expr) -> Callable[..., Any]:
    return sp.lambdify(arguments, node, modules=[{"sigma": _sigmoid}, "numpy"])


def _ordered(parts: Iterable[Any]) -> list[Any]:
    return sorted(parts, key=str)


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def _size(size: sp.Expr, known: Mapping[Any, Any]) -> int:
    return int(_scalar(size, known))


def _one_shape(node: Any, arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    arrays = list(arrays)
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) > 1:
        raise ValueError(f"the terms of {node} must have one shape, got {', '.join(map(str, shapes))}")
    return arrays


def _sum(node: sp.MatAdd, known: Mapping[Any, Any]) -> np.ndarray:
    return reduce(np.add, _one_shape(node, (_evaluate(term, known) for term in node.args)))


def _product(node: sp.MatMul, known: Mapping[Any, Any]) -> np.ndarray:
    scalar, matrices = node.as_coeff_matrices()
    return _scalar(scalar, known) * reduce(np.matmul, [_evaluate(factor, known) for factor in matrices])


def _hadamard_product(node: HadamardProduct, known: Mapping[Any, Any]) -> np.ndarray:
    return reduce(np.multiply, _one_shape(node, (_evaluate(factor, known) for factor in node.args)))


def _hadamard_power(node: HadamardPower, known: Mapping[Any, Any]) -> np.ndarray:
    base, exponent = _evaluate(node.base, known), _evaluate(node.exp, known)
    _one_shape(node, [part for part in (base, exponent) if np.ndim(part)])
    return base**exponent


def _power(node: sp.MatPow, known: Mapping[Any, Any]) -> np.ndarray:
    exponent = _scalar(node.exp, known)
    if exponent != int(exponent):
        raise TypeError(f"the exponent of {node} must be an integer, got {exponent}")
    return np.linalg.matrix_power(_evaluate(node.base, known), int(exponent))


def _map_entries(node: ElementwiseApplyFunction, known: Mapping[Any, Any]) -> np.ndarray:
    array = _evaluate(node.expr, known)
    (z,) = node.function.variables
    # A constant function gives one number, for all entries.
    return np.broadcast_to(_scalar(node.function.expr, {**known, z: array}), array.shape).copy()


def _slice(node: MatrixSlice, known: Mapping[Any, Any]) -> np.ndarray:
    ranges = [slice(*(_size(part, known) for part in part_of)) for part_of in (node.rowslice, node.colslice)]
    return _evaluate(node.parent, known)[tuple(ranges)]


def _constant(make: Callable[[tuple[int, int]], np.ndarray]) -> Callable[[Any, Mapping[Any, Any]], np.ndarray]:
    return lambda node, known: make((_size(node.shape[0], known), _size(node.shape[1], known)))


_RULES: dict[type, Callable[[Any, Mapping[Any, Any]], np.ndarray]] = {
    sp.MatAdd: _sum,
    sp.MatMul: _product,
    HadamardProduct: _hadamard_product,
    HadamardPower: _hadamard_power,
    ElementwiseApplyFunction: _map_entries,
    sp.Transpose: lambda node, known: _evaluate(node.arg, known).T,
    sp.Inverse: lambda node, known: np.linalg.inv(_evaluate(node.arg, known)),
    sp.MatPow: _power,
    sp.Identity: _constant(lambda shape: np.eye(*shape)),
    sp.OneMatrix: _constant(np.ones),
    sp.ZeroMatrix: _constant(np.zeros),
    sp.DiagMatrix: lambda node, known: np.diagflat(_evaluate(node.args[0], known)),
    DiagonalMatrix: lambda node, known: np.diag(np.diag(_evaluate(node.arg, known))),
    DiagonalOf: lambda node, known: np.diag(_evaluate(node.arg, known))[:, np.newaxis],
    KroneckerProduct: lambda node, known: reduce(np.kron, [_evaluate(factor, known) for factor in node.args]),
    sp.BlockMatrix: lambda node, known: np.block(
        [[_evaluate(block, known) for block in row] for row in node.blocks.tolist()]
    ),
    MatrixSlice: _slice,
}

_RULES_SCALAR: dict[type, Callable[[np.ndarray], float]] = {sp.Trace: np.trace, sp.Determinant: np.linalg.det}


def _is_negative(term: Any) -> bool:
    """Whether a minus sign is written before the term. The sign of a sum such as 1 - beta is its own."""
    coefficient = term.as_coeff_matrices()[0] if isinstance(term, sp.MatMul) else term
    return bool(coefficient.is_Mul or coefficient.is_Number) and bool(coefficient.as_coeff_Mul()[0].is_negative)


class _Printer(LatexPrinter):
    def _print_OneMatrix(self, expr: Any, exp: str | None = None) -> str:
        return r"\mathbf{1}^{T}" if expr.shape[0] == 1 != expr.shape[1] else r"\mathbf{1}"

    def _print_Identity(self, expr: Any, exp: str | None = None) -> str:
        return r"\mathbf{I}"

    def _print_MatrixSymbol(self, expr: Any) -> str:
        name = expr.name
        if name.startswith(r"\frac"):  # a derivative, already in bold where it should be
            return name
        letter, scripts = _letter_and_scripts(name)
        style = r"\boldsymbol" if _LOWER_GREEK.search(letter) else r"\mathbf"
        return rf"{style}{{{letter}}}{scripts}"

    def _print_MatrixElement(self, expr: Any) -> str:
        # The entries of a bold matrix are plain: X_{i,j}. A vector has one index.
        index = self._print(expr.i) if expr.parent.shape[1] == 1 else f"{self._print(expr.i)},{self._print(expr.j)}"
        if not isinstance(expr.parent, sp.MatrixSymbol):
            return rf"\left({self._print(expr.parent)}\right)_{{{index}}}"
        letter, scripts = _letter_and_scripts(expr.parent.name)
        return rf"\left({letter}{scripts}\right)_{{{index}}}" if scripts else rf"{letter}_{{{index}}}"

    def _print_MatAdd(self, expr: Any) -> str:
        # Terms with a plus sign come first: \hat{Y} - Y, not -Y + \hat{Y}.
        text = ""
        for term in sorted(expr.args, key=_is_negative):
            sign = " - " if _is_negative(term) else " + " if text else ""
            text += sign if text else sign.lstrip()
            text += self.parenthesize(-term if _is_negative(term) else term, PRECEDENCE["Add"])
        return text

    def _print_MatMul(self, expr: Any) -> str:
        coefficient, matrices = expr.as_coeff_matrices()
        text = []
        if _is_negative(expr):
            text, coefficient = ["-"], -coefficient
        if coefficient != 1:
            text.append(self.parenthesize(coefficient, PRECEDENCE["Add"], strict=False))
        if len(matrices) == 1 and isinstance(matrices[0], HadamardProduct):
            return " ".join([*text, self._print(matrices[0])])
        return " ".join([*text, *(self.parenthesize(matrix, PRECEDENCE["Mul"], strict=False) for matrix in matrices)])

    def _print_Transpose(self, expr: Any) -> str:
        if isinstance(expr.arg, sp.MatrixSymbol) and expr.arg.name.startswith(r"\frac"):
            return rf"\left({self._print(expr.arg)}\right)^{{T}}"
        return super()._print_Transpose(expr)

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        # The same for sums of numbers.
        terms = super()._as_ordered_terms(expr, order=order)
        return sorted(terms, key=lambda term: term.could_extract_minus_sign())

    def _print_HadamardProduct(self, expr: Any) -> str:
        first, *others = expr.args
        scaled = isinstance(first, sp.MatMul) and len(first.as_coeff_matrices()[1]) == 1
        return r" \odot ".join(
            [self._print(first) if scaled else self._factor(first), *(self._factor(factor) for factor in others)]
        )

    def _print_HadamardPower(self, expr: Any) -> str:
        return rf"{self._base(expr.base)}^{{\odot {self._print(expr.exp)}}}"

    def _base(self, matrix: MatrixExpr) -> str:
        text = self._print(matrix)
        plain = isinstance(matrix, sp.MatrixSymbol) and "^" not in text and not text.startswith(r"\frac")
        return text if plain else rf"\left({text}\right)"

    def _factor(self, factor: Any) -> str:
        text = self.parenthesize(factor, PRECEDENCE["Mul"])
        is_product = isinstance(factor, sp.MatMul | HadamardProduct) and not text.startswith(r"\left(")
        return rf"\left({text}\right)" if is_product else text

    def parenthesize(self, item: Any, level: int, is_neg: bool = False, strict: bool = False) -> str:
        is_sum = isinstance(item, ElementwiseApplyFunction) and item.function.expr.is_Add
        if is_sum and level > PRECEDENCE["Add"]:  # SymPy takes every function of a matrix for a single letter
            return rf"\left({self._print(item)}\right)"
        return super().parenthesize(item, level, is_neg, strict)

    def _print_ElementwiseApplyFunction(self, expr: Any) -> str:
        (z,) = expr.function.variables
        return self._entrywise(expr.function.expr, z, expr.expr, outermost=True)

    def _entrywise(self, body: sp.Expr, z: sp.Symbol, matrix: MatrixExpr, outermost: bool = False) -> str:
        """A scalar function with a matrix in place of its variable: products and powers are marked by a dot."""
        if body == z:
            return self._print(matrix) if outermost else self._factor(matrix)
        if not body.has(z):
            return self.parenthesize(body, PRECEDENCE["Add"], strict=False)
        if isinstance(body, sp.Heaviside):  # its second argument, the value at 0, is not printed
            return rf"H\left({self._entrywise(body.args[0], z, matrix, outermost=True)}\right)"
        if isinstance(body, Function) and len(body.args) == 1:
            name = r"\exp" if body.func == sp.exp else self._print(body.func(sp.Symbol("z"))).split(r"{\left")[0]
            if "{" not in name:  # brackets around the argument, such as |z|, are left to the last line
                return rf"{name}\left({self._entrywise(body.args[0], z, matrix, outermost=True)}\right)"
        if isinstance(body, sp.Max | sp.Min):
            arguments = ", ".join(
                self._entrywise(argument, z, matrix) for argument in sorted(body.args, key=lambda a: a.has(z))
            )
            return rf"\{str(body.func).lower()}\left({arguments}\right)"
        if body.is_Pow and body.exp.is_Integer and body.exp > 1:
            base = self._base(matrix) if body.base == z else rf"\left({self._entrywise(body.base, z, matrix)}\right)"
            return rf"{base}^{{\odot {body.exp}}}"
        if body.is_Add:
            text = ""
            for term in body.as_ordered_terms():
                sign = " - " if _is_negative(term) else " + " if text else ""
                text += sign if text else sign.lstrip()
                text += self._entrywise(-term if _is_negative(term) else term, z, matrix)
            return text
        constant, product = body.as_independent(z, as_Add=False)
        factors = sp.Mul.make_args(product)
        if body.is_Mul and not any(factor.is_Pow and not factor.exp.is_positive for factor in factors):
            if _is_negative(constant):
                return f"- {self._entrywise(-body, z, matrix)}"
            texts = [self._entrywise(factor, z, matrix) for factor in factors]
            texts = [rf"\left({text}\right)" if factor.is_Add else text for factor, text in zip(factors, texts)]
            scale = "" if constant == 1 else self.parenthesize(constant, PRECEDENCE["Add"], strict=False) + " "
            return scale + r" \odot ".join(texts)
        variable = sp.Symbol("z")
        return rf"\left(z \mapsto {self._print(body.subs(z, variable))}\right)\left({self._print(matrix)}\right)"

    def _print_Heaviside(self, expr: Any, exp: str | None = None) -> str:
        return rf"H\left({self._print(expr.args[0])}\right)"  # not SymPy's theta, which is the parameters here

    def _print_DiagMatrix(self, expr: Any) -> str:
        return rf"\operatorname{{diag}}\left({self._print(expr.args[0])}\right)"

    def _print_DiagonalMatrix(self, expr: Any) -> str:
        return self._print_DiagMatrix(expr)

    def _print_DiagonalOf(self, expr: Any) -> str:
        return self._print_DiagMatrix(expr)


_LOWER_GREEK = re.compile(r"\\(?:var)?(?:" + "|".join(greeks) + ")(?![a-z])")


def _letter_and_scripts(name: str) -> tuple[str, str]:
    """Split a name such as ``W0``, ``delta_1``, ``\\hat{y}_i`` or ``W^{(1)}`` into its letter and its scripts."""
    letter, scripts = re.fullmatch(r"(.+?)((?:[_^](?:\{.*?\}|[^_^{}]+))*)", name).groups()
    if re.fullmatch(r"[A-Za-z]+\d+", letter):
        letter, digits = re.fullmatch(r"([A-Za-z]+)(\d+)", letter).groups()
        scripts = f"_{digits}{scripts}"
    parts = re.findall(r"([_^])(?:\{(.*?)\}|([^_^{}]+))(?=[_^]|$)", scripts)
    return (
        letter if "\\" in letter else translate(letter),
        "".join(f"{mark}{{{braced or translate(plain)}}}" for mark, braced, plain in parts),
    )
