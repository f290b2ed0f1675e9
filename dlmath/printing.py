"""The printer of the book: LaTeX of SymPy expressions in its notation.

Bold letters are matrices, a circled dot multiplies them entry by entry, and a bold one is the matrix of ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import sympy as sp
from sympy.core.alphabets import greeks
from sympy.core.function import Function
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction
from sympy.matrices.expressions.hadamard import HadamardProduct
from sympy.matrices.expressions.matexpr import MatrixElement, MatrixExpr
from sympy.printing.latex import LatexPrinter, translate
from sympy.printing.precedence import PRECEDENCE


def latex(expression: Any) -> str:
    r"""LaTeX in the book's notation: :math:`\odot` for the element-wise product, a bold one for the matrix of ones.

    A sum or a product that was built with ``evaluate=False`` keeps the order in which it was written, if that is
    another than the one in which SymPy stores it.

    Example:
        >>> print(latex(sp.OneMatrix(1, 3) * sp.MatrixSymbol("r", 3, 1)))
        \mathbf{1}^{T} \mathbf{r}
        >>> v, epsilon = sp.symbols("v epsilon")
        >>> print(latex(sp.sqrt(v) + epsilon), latex(sp.Add(sp.sqrt(v), epsilon, evaluate=False)), sep="; ")
        \epsilon + \sqrt{v}; \sqrt{v} + \epsilon
    """
    return _Printer().doprint(expression)


def gathered(formulas: Iterable[str]) -> str:
    r"""Formulas one below the other; one alone stands as it is.

    Example:
        >>> print(gathered(["a", "b"]))
        \begin{gathered}
        a \\
        b
        \end{gathered}
    """
    lines = list(formulas)
    return lines[0] if len(lines) == 1 else "\\begin{gathered}\n" + " \\\\\n".join(lines) + "\n\\end{gathered}"


def _is_negative(term: Any) -> bool:
    """Whether a minus sign is written before the term. The sign of a sum such as 1 - beta is its own."""
    coefficient = term.as_coeff_matrices()[0] if isinstance(term, sp.MatMul) else term
    return bool(coefficient.is_Mul or coefficient.is_Number) and bool(coefficient.as_coeff_Mul()[0].is_negative)


def _is_in_written_order(expression: Any) -> bool:
    """Whether its terms or factors stand in another order than SymPy's: built with ``evaluate=False``."""
    own = expression.func(*expression.args)
    return own.func is expression.func and own.args != expression.args and set(own.args) == set(expression.args)


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
            text.append(self.parenthesize(coefficient, PRECEDENCE["Add"]))
        if len(matrices) == 1 and isinstance(matrices[0], HadamardProduct):
            return " ".join([*text, self._print(matrices[0])])
        return " ".join([*text, *(self.parenthesize(matrix, PRECEDENCE["Mul"]) for matrix in matrices)])

    def _print_Transpose(self, expr: Any) -> str:
        if isinstance(expr.arg, sp.MatrixSymbol) and expr.arg.name.startswith(r"\frac"):
            return rf"\left({self._print(expr.arg)}\right)^{{T}}"
        return super()._print_Transpose(expr)

    def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
        if _is_in_written_order(expr):
            return list(expr.args)
        # The same for sums of numbers.
        terms = super()._as_ordered_terms(expr, order=order)
        return sorted(terms, key=lambda term: term.could_extract_minus_sign())

    def _print_Mul(self, expr: Any) -> str:
        below = [1 / factor for factor in expr.args if factor.is_Pow and factor.exp.could_extract_minus_sign()]
        sums = [factor for factor in expr.args if isinstance(factor, sp.Sum)]
        if below and len(sums) == 1:  # 1/N before the sum, not under it
            coefficient = expr.func(*(factor for factor in expr.args if factor is not sums[0]))
            return f"{self._print(coefficient)} {self._print(sums[0])}"
        written = _is_in_written_order(expr)
        entries = not below and expr.has(MatrixElement) and any(factor.is_Function for factor in expr.args)
        if not written and not entries:
            return super()._print_Mul(expr)
        factors = list(expr.args) if written else sorted(expr.as_ordered_factors(), key=lambda f: f.is_Function)
        if factors[0] == -1:
            return "- " + self._print(sp.Mul(*factors[1:], evaluate=False))
        above = [factor for factor in factors if 1 / factor not in below]
        top, bottom = (
            self._print(factors[0])
            if len(factors) == 1
            else " ".join(self.parenthesize(factor, PRECEDENCE["Mul"]) for factor in factors)
            for factors in (above, below)
        )
        return rf"\frac{{{top or 1}}}{{{bottom}}}" if below else top

    def _print_Sum(self, expr: Any) -> str:
        innermost, *others = expr.limits
        signs = [
            rf"\sum_{{{self._print(index)}={self._print(low)}}}^{{{self._print(high)}}}"
            for index, low, high in reversed(others)
        ]
        return " ".join([*signs, super()._print_Sum(sp.Sum(expr.function, innermost))])

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
        return self.parenthesize(factor, PRECEDENCE["Mul"])

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
            return self.parenthesize(body, PRECEDENCE["Add"])
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
            scale = "" if constant == 1 else self.parenthesize(constant, PRECEDENCE["Add"]) + " "
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
    letter, scripts = _groups(r"(.+?)((?:[_^](?:\{.*?\}|[^_^{}]+))*)", name)
    if re.fullmatch(r"[A-Za-z]+\d+", letter):
        letter, digits = _groups(r"([A-Za-z]+)(\d+)", letter)
        scripts = f"_{digits}{scripts}"
    parts = re.findall(r"([_^])(?:\{(.*?)\}|([^_^{}]+))(?=[_^]|$)", scripts)
    return (
        letter if "\\" in letter else translate(letter),
        "".join(f"{mark}{{{braced or translate(plain)}}}" for mark, braced, plain in parts),
    )


def _groups(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    assert found is not None  # the patterns match every name
    return found.groups()
