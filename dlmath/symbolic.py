"""SymPy for the chapters: the sigmoid, element-wise functions of matrices, and an evaluator.

A matrix of symbolic size is a ``sympy.MatrixSymbol``; a vector is one with a single column. SymPy composes and
differentiates such expressions. What it lacks is here: an evaluator that refuses shapes that do not fit (SymPy compares
only sizes that are numbers) and never broadcasts. One table of rules computes with whatever the entries are: floating
point numbers, SymPy's expressions (which writes a formula out entry by entry), or numbers of 40 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, reduce
from typing import Any, NamedTuple

import mpmath
import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef, Function
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.diagonal import DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.hadamard import HadamardPower, HadamardProduct
from sympy.matrices.expressions.kronecker import KroneckerProduct
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr
from sympy.matrices.expressions.slice import MatrixSlice

from dlmath.printing import latex


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
    return evaluator(values)(expression)


def evaluator(values: Mapping[Any, Any]) -> Evaluator:
    """What ``evaluate`` computes with: for several expressions of the same values, as it remembers common parts.

    Example:
        >>> x = sp.Symbol("x")
        >>> of = evaluator({x: 3.0})
        >>> float(of(2 * x)), float(of(x**2))
        (6.0, 9.0)
    """
    known = {symbol: _value(symbol, value) for symbol, value in values.items()}
    _learn_sizes(known)
    return Evaluator(known, NUMBERS)


class Arithmetic(NamedTuple):
    """What the entries of arrays are, and how one computes with them."""

    number: Callable[[sp.Expr], Any]
    """A number of SymPy's as an entry."""
    array: Callable[[Any], np.ndarray]
    power: Callable[[Any, Any], Any]
    function: Callable[[type], Callable[..., Any]]
    """A function of SymPy's as one of entries and arrays of entries."""
    choose: Callable[..., Any]
    """The value that belongs to the first condition that holds."""
    inverse: Callable[[np.ndarray], np.ndarray]
    determinant: Callable[[np.ndarray], Any]


class Evaluator:
    """Computes expressions from the values of symbols and sizes; what it has computed once it remembers.

    Example:
        >>> x, y = sp.symbols("x y")
        >>> entries = Evaluator({x: y + 1}, EXPRESSIONS)
        >>> entries(2 * x), entries.knowing({x: y})(2 * x)
        (2*y + 2, 2*y)
    """

    def __init__(self, values: Mapping[Any, Any], arithmetic: Arithmetic, axes: int = 0) -> None:
        self.given = dict(values)
        self.arithmetic = arithmetic
        self.axes = axes
        """How many axes the values of scalars may have, which stand for many scalars at once."""
        self.computed: dict[Any, Any] = {}

    def knowing(self, values: Mapping[Any, Any]) -> Evaluator:
        """The same with other values, or with values of other symbols."""
        return Evaluator({**self.given, **values}, self.arithmetic, self.axes)

    def __call__(self, expression: Any) -> Any:
        """The value of an expression: an array of two dimensions for a matrix, an entry for a scalar."""
        expression = sp.sympify(expression)
        if not isinstance(expression, sp.Expr | sp.MatrixBase):
            raise TypeError(
                f"expression must be a SymPy scalar or matrix, got {type(expression).__name__} {expression}"
            )
        with np.errstate(all="ignore"):  # both branches of a Piecewise are computed, also where one is not finite
            return self.value(sp.ImmutableMatrix(expression) if isinstance(expression, sp.MatrixBase) else expression)

    def value(self, node: Any) -> Any:
        """The value of a part of an expression."""
        if node in self.given:
            return self.given[node]
        if node not in self.computed:
            kind: Any = type(node)
            self.computed[node] = _rule(kind)(node, self)
        return self.computed[node]

    def number(self, node: Any) -> Any:
        """The value of a part that must not be a matrix."""
        if isinstance(node, MatrixExpr | sp.MatrixBase):
            raise TypeError(f"cannot evaluate the matrix {node} inside a scalar")
        return self.value(node)

    def length(self, node: Any) -> int:
        """A size or an index."""
        return int(self.number(node))


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
        expected = tuple(int(size.xreplace(known)) for size in symbol.shape)
        if expected != known[symbol].shape:
            raise ValueError(f"{symbol} must have shape {symbol.shape} = {expected}, got {known[symbol].shape}")


@cache
def _rule(kind: Any) -> Callable[[Any, Evaluator], Any]:
    for base in kind.__mro__:
        if base in _RULES:
            return _RULES[base]
    return _not_understood


def _not_understood(node: Any, at: Evaluator) -> Any:
    raise TypeError(f"cannot evaluate {type(node).__name__} in {node}")


def _no_value(node: Any, at: Evaluator) -> Any:
    raise KeyError(f"no value for {node}")


def _number(node: sp.Expr, at: Evaluator) -> Any:
    return at.arithmetic.number(node)


def _add(node: sp.Add, at: Evaluator) -> Any:
    return reduce(np.add, [at.number(term) for term in node.args])


def _multiply(node: sp.Mul, at: Evaluator) -> Any:
    return reduce(np.multiply, [at.number(factor) for factor in node.args])


def _scalar_power(node: sp.Pow, at: Evaluator) -> Any:
    return at.arithmetic.power(at.number(node.base), at.number(node.exp))


def _function(node: sp.Basic, at: Evaluator) -> Any:
    return at.arithmetic.function(node.func)(*(at.number(argument) for argument in node.args))


def _extreme(node: sp.Max | sp.Min, at: Evaluator) -> Any:
    larger = at.arithmetic.function(node.func)
    return reduce(larger, [at.number(argument) for argument in node.args])


def _piecewise(node: sp.Piecewise, at: Evaluator) -> Any:
    return at.arithmetic.choose(*((at.number(branch), at.value(condition)) for branch, condition in node.args))


def _derivative(node: sp.Derivative, at: Evaluator) -> Any:
    carried_out = node.doit()
    if isinstance(carried_out, sp.Derivative):
        return _not_understood(node, at)
    return at.value(carried_out)


def _over_indices(combine: np.ufunc, node: Any, at: Evaluator) -> Any:
    """A sum or a product. Where the upper limit is below the lower one there is nothing to combine."""
    *inner, (index, low, high) = node.limits
    body = node.func(node.function, *inner) if inner else node.function
    values = range(at.length(low), at.length(high) + 1)
    if _decides_shapes(index, body):
        terms = [at.knowing({index: i}).number(body) for i in values]
        return reduce(combine, terms, at.arithmetic.number(sp.Integer(combine.identity)))
    # All terms at once: the index is an array along an axis of its own, before those of other indices.
    everywhere = at.arithmetic.array(np.reshape(values, (-1, *[1] * at.axes)))
    terms = Evaluator({**at.given, index: everywhere}, at.arithmetic, at.axes + 1).number(body)
    return combine.reduce(np.broadcast_to(terms, np.broadcast_shapes(np.shape(terms), everywhere.shape)), axis=0)


def _decides_shapes(index: sp.Symbol, body: sp.Expr) -> bool:
    """Whether an index stands in a matrix expression or in the limits of another sum, which need a single number."""
    inside = [
        *body.atoms(MatrixExpr),
        *(end for over in body.atoms(sp.Sum, sp.Product) for _, *ends in over.limits for end in ends),
    ]
    return any(index in part.free_symbols for part in inside)


def _entry(node: MatrixElement, at: Evaluator) -> Any:
    array, index = at.value(node.parent), tuple(_whole(at.number(part)) for part in (node.i, node.j))
    for place in np.broadcast(*index):
        if not all(0 <= i < length for i, length in zip(place, array.shape)):  # NumPy would count -1 from the end
            raise IndexError(f"{node.parent}[{place[0]}, {place[1]}] does not exist: its shape is {array.shape}")
    return array[index]


def _whole(numbers: Any) -> Any:
    return np.frompyfunc(int, 1, 1)(numbers).astype(int) if np.ndim(numbers) else int(numbers)


def _one_shape(node: Any, arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    arrays = list(arrays)
    shapes = [array.shape for array in arrays]
    if len(set(shapes)) > 1:
        raise ValueError(f"the terms of {node} must have one shape, got {', '.join(map(str, shapes))}")
    return arrays


def _sum(node: sp.MatAdd, at: Evaluator) -> np.ndarray:
    return reduce(np.add, _one_shape(node, (at.value(term) for term in node.args)))


def _product(node: sp.MatMul, at: Evaluator) -> np.ndarray:
    scalar, matrices = node.as_coeff_matrices()
    together = reduce(np.matmul, [at.value(factor) for factor in matrices])
    return together if scalar == 1 else at.number(scalar) * together


def _hadamard_product(node: HadamardProduct, at: Evaluator) -> np.ndarray:
    return reduce(np.multiply, _one_shape(node, (at.value(factor) for factor in node.args)))


def _hadamard_power(node: HadamardPower, at: Evaluator) -> np.ndarray:
    base, exponent = at.value(node.base), at.value(node.exp)
    _one_shape(node, [part for part in (base, exponent) if np.ndim(part)])
    return at.arithmetic.power(base, exponent)


def _power(node: sp.MatPow, at: Evaluator) -> np.ndarray:
    base, exponent = at.value(node.base), at.number(node.exp)
    if exponent != int(exponent):
        raise TypeError(f"the exponent of {node} must be an integer, got {exponent}")
    if exponent < 0:
        base, exponent = at.arithmetic.inverse(base), -exponent
    return reduce(np.matmul, [base] * int(exponent), at.arithmetic.array(np.eye(len(base), dtype=int)))


def _map_entries(node: ElementwiseApplyFunction, at: Evaluator) -> np.ndarray:
    array = at.value(node.expr)
    (z,) = node.function.variables
    # A constant function gives one number, for all entries.
    inside = Evaluator({**at.given, z: array}, at.arithmetic, axes=array.ndim)
    return np.broadcast_to(inside.number(node.function.expr), array.shape).copy()


def _square(node: Any, at: Evaluator) -> np.ndarray:
    array = at.value(node.arg)
    if array.shape[0] != array.shape[1]:  # NumPy has a trace for every matrix
        raise ValueError(f"{node} needs a square matrix, got shape {array.shape}")
    return array


def _slice(node: MatrixSlice, at: Evaluator) -> np.ndarray:
    ranges = [slice(*(at.length(part) for part in part_of)) for part_of in (node.rowslice, node.colslice)]
    return at.value(node.parent)[tuple(ranges)]


def _explicit(node: sp.MatrixBase, at: Evaluator) -> np.ndarray:
    return np.array([[at.number(entry) for entry in row] for row in node.tolist()])


def _constant(make: Callable[..., np.ndarray], node: Any, at: Evaluator) -> np.ndarray:
    return at.arithmetic.array(make(*(at.length(size) for size in node.shape)))


_RULES: dict[type, Callable[[Any, Evaluator], Any]] = {
    # Numbers.
    sp.Symbol: _no_value,
    sp.Number: _number,
    sp.NumberSymbol: _number,
    type(sp.I): _number,
    BooleanAtom: lambda node, at: bool(node),
    sp.Add: _add,
    sp.Mul: _multiply,
    sp.Pow: _scalar_power,
    Function: _function,
    AppliedUndef: _not_understood,
    Relational: _function,
    Boolean: _function,
    sp.Max: _extreme,
    sp.Min: _extreme,
    sp.Piecewise: _piecewise,
    sp.Derivative: _derivative,
    sp.Sum: lambda node, at: _over_indices(np.add, node, at),
    sp.Product: lambda node, at: _over_indices(np.multiply, node, at),
    sp.Trace: lambda node, at: np.trace(_square(node, at)),
    sp.Determinant: lambda node, at: at.arithmetic.determinant(_square(node, at)),
    MatrixElement: _entry,
    # Matrices.
    sp.MatrixSymbol: _no_value,
    sp.MatAdd: _sum,
    sp.MatMul: _product,
    HadamardProduct: _hadamard_product,
    HadamardPower: _hadamard_power,
    ElementwiseApplyFunction: _map_entries,
    sp.Transpose: lambda node, at: at.value(node.arg).T,
    sp.Inverse: lambda node, at: at.arithmetic.inverse(_square(node, at)),
    sp.MatPow: _power,
    sp.Identity: lambda node, at: _constant(lambda rows, columns: np.eye(rows, columns, dtype=int), node, at),
    sp.OneMatrix: lambda node, at: _constant(lambda *shape: np.ones(shape, dtype=int), node, at),
    sp.ZeroMatrix: lambda node, at: _constant(lambda *shape: np.zeros(shape, dtype=int), node, at),
    sp.DiagMatrix: lambda node, at: np.diagflat(at.value(node.args[0])),
    DiagonalMatrix: lambda node, at: np.diag(np.diag(_square(node, at))),
    DiagonalOf: lambda node, at: np.diag(_square(node, at))[:, np.newaxis],
    KroneckerProduct: lambda node, at: reduce(np.kron, [at.value(factor) for factor in node.args]),
    sp.BlockMatrix: lambda node, at: np.block([[at.value(block) for block in row] for row in node.blocks.tolist()]),
    MatrixSlice: _slice,
    sp.MatrixBase: _explicit,
}


def _floating_point(number: sp.Expr) -> Any:
    if number.is_Integer:
        return int(number)
    return float(number) if number.is_extended_real or number is sp.nan else complex(number)


def _floating_power(base: Any, exponent: Any) -> Any:
    if np.ndim(exponent) == 0 and exponent == 0.5:
        return np.sqrt(base)
    kind = complex if np.iscomplexobj(base) else float
    return np.power(np.asarray(base, dtype=kind), exponent)[()]


def _sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


@cache
def _numpy_function(function: type) -> Callable[..., Any]:
    if function in (sp.Max, sp.Min):
        return np.maximum if function is sp.Max else np.minimum
    if function in (sp.And, sp.Or):
        combine = np.logical_and if function is sp.And else np.logical_or
        return lambda *conditions: reduce(combine, conditions)
    return _lambdified(
        function, [{"sigma": _sigmoid, "Heaviside": lambda z, at_zero=0.5: np.heaviside(z, at_zero)}, "numpy"]
    )


def _lambdified(function: type, modules: list[Any]) -> Callable[..., Any]:
    """The library's function of the same name, found by SymPy's own printer of code."""

    @cache
    def of(count: int) -> Callable[..., Any]:
        arguments = sp.symbols(f"x_:{count}")
        return sp.lambdify(arguments, function(*arguments), modules=modules)

    return lambda *arguments: of(len(arguments))(*arguments)


def _numpy_choice(*branches: tuple[Any, Any]) -> Any:
    return np.select([condition for _, condition in branches], [value for value, _ in branches], np.nan)[()]


NUMBERS = Arithmetic(
    number=_floating_point,
    array=lambda array: array.astype(np.float64),
    power=_floating_power,
    function=_numpy_function,
    choose=_numpy_choice,
    inverse=np.linalg.inv,
    determinant=np.linalg.det,
)
"""Entries are floating point numbers, real or complex."""


@cache
def _of_each_entry(function: type) -> Callable[..., Any]:
    return lambda *arguments: np.frompyfunc(function, len(arguments), 1)(*arguments)


def _symbolic_choice(*branches: tuple[Any, Any]) -> Any:
    flat = [part for branch in branches for part in branch]

    def choose(*flat: Any) -> sp.Expr:
        return sp.Piecewise(*zip(flat[::2], flat[1::2]))

    return np.frompyfunc(choose, len(flat), 1)(*flat)


def _symbolic_array(array: Any) -> np.ndarray:
    return np.frompyfunc(sp.Integer, 1, 1)(array).astype(object)


EXPRESSIONS = Arithmetic(
    number=lambda number: number,
    array=_symbolic_array,
    power=_of_each_entry(sp.Pow),
    function=_of_each_entry,
    choose=_symbolic_choice,
    inverse=lambda array: np.array(sp.Matrix(array).inv(method="ADJ").tolist(), dtype=object),
    determinant=lambda array: sp.Matrix(array).det(method="berkowitz"),
)
"""Entries are expressions of SymPy, so that a value is the formula written out."""


def _mpmath_number(number: sp.Expr) -> Any:
    if number.is_Integer:
        return mpmath.mpf(int(number))
    if number.is_Rational:
        return mpmath.mpf(number.p) / number.q
    return mpmath.mpmathify(number.evalf(mpmath.mp.dps))


@cache
def _mpmath_function(function: type) -> Callable[..., Any]:
    if function in (sp.Max, sp.Min):
        return _of_each_entry(max if function is sp.Max else min)
    by_name = {"sigma": lambda z: 1 / (1 + mpmath.exp(-z)), "Heaviside": _mpmath_heaviside}
    return _of_each_entry(_lambdified(function, [by_name, "mpmath"]))


def _mpmath_heaviside(z: Any, at_zero: Any = 0.5) -> Any:
    return at_zero if z == 0 else mpmath.mpf(z > 0)


def _mpmath_choice(*branches: tuple[Any, Any]) -> Any:
    flat = [part for branch in branches for part in branch]

    def choose(*flat: Any) -> Any:
        return next(value for value, condition in zip(flat[::2], flat[1::2]) if condition)

    return np.frompyfunc(choose, len(flat), 1)(*flat)


DIGITS = Arithmetic(
    number=_mpmath_number,
    array=lambda array: np.frompyfunc(mpmath.mpf, 1, 1)(np.frompyfunc(int, 1, 1)(array)).astype(object),
    power=lambda base, exponent: np.frompyfunc(lambda b, e: b**e, 2, 1)(base, exponent),
    function=_mpmath_function,
    choose=_mpmath_choice,
    inverse=lambda array: np.array((mpmath.matrix(array.tolist()) ** -1).tolist(), dtype=object),
    determinant=lambda array: mpmath.det(mpmath.matrix(array.tolist())),
)
"""Entries are numbers of mpmath, of as many digits as ``mpmath.mp.dps`` says."""
