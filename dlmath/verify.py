"""Certificates: a formula is shown only after three independent computations of it have agreed.

``certify`` evaluates a SymPy equation on random inputs of random shapes, calls the package's function on the same inputs,
calls a witness that knows neither (differences of the function that the formula differentiates, or another library), and
raises ``CertificateError`` with the numbers if two of the three differ. What it returns shows itself on the page as the
formula, printed from the very object that was checked, and leaves a machine-readable record in the notebook.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import sympy as sp

from dlmath import symbolic

Sampler = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]

EXACT = 1e-9
"""Largest relative difference between SymPy and the code: both round, nothing else separates them."""
WITNESSED = 1e-6
"""Largest relative difference from the witness: a central difference in float64 is good to about 1e-9."""
RECORD = "dlmath_certificate"
"""The key of the machine-readable record in the metadata of a notebook's output."""


class CertificateError(AssertionError):
    """Two of the three computations of a formula differ."""


@dataclass(frozen=True)
class Certificate:
    """A formula that was checked, and the record of the check."""

    name: str
    formula: str
    """LaTeX of the equation."""
    definitions: tuple[str, ...]
    """LaTeX of the quantities it uses."""
    code: str
    """The function of the package that agrees with it."""
    witness: str
    draws: int
    sizes: dict[str, list[int]]
    """Smallest and largest of each size that was drawn."""
    error_code: float
    """Worst relative difference between SymPy and the code."""
    error_witness: float
    """Worst relative difference between the witness and the other two."""

    def summary(self) -> str:
        """The line under the formula."""
        shapes = ", ".join(f"{name} {low} to {high}" for name, (low, high) in self.sizes.items())
        return (
            f"✓ SymPy = {self.code} = {self.witness}; worst relative error {_power_of_ten(self.error_code)} and "
            f"{_power_of_ten(self.error_witness)} in {self.draws} random draws{f' ({shapes})' if shapes else ''}"
        )

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, str], dict[str, Any]]:
        equations = [self.formula, *(rf"\text{{with}}\quad {definition}" for definition in self.definitions)]
        body = (
            equations[0] if len(equations) == 1 else r"\begin{gathered}" + r" \\ ".join(equations) + r"\end{gathered}"
        )
        shown = {
            "text/plain": f"{self.formula}\n{self.summary()}",
            "text/html": f'<div class="certificate">$${body}$$<p class="certificate-line">{self.summary()}</p></div>',
            "text/markdown": (
                f"```{{math}}\n:label: {self.name}\n{body}\n```\n\n```{{div}} certificate-line\n{self.summary()}\n```\n"
            ),
        }
        return shown, {RECORD: asdict(self)}


def certify(
    name: str,
    equation: sp.Eq,
    *,
    inputs: Iterable[sp.Expr] | Mapping[sp.Expr, Sampler],
    code: Callable[..., Any],
    witness: Callable[..., Any],
    where: Sequence[sp.Eq] = (),
    checks: Callable[..., Any] | None = None,
    draws: int = 20,
    seed: int = 0,
) -> Certificate:
    r"""Check a formula against the package and against a witness, and return it ready to be shown.

    In every draw the sizes (symbols in the shapes of matrix symbols) are different numbers from 1 up, so that a
    transposed factor cannot hide, and the inputs are random arrays. The right-hand side is evaluated without
    broadcasting. ``code`` and ``witness`` are called with the inputs in the given order; a matrix symbol with one column
    reaches them as a vector of shape ``(n,)``, a scalar as a float.

    Args:
        name: the label of the formula in the book: lower-case words joined by hyphens, unique.
        equation: ``sympy.Eq(left, right)``; the right side is what is checked.
        inputs: the symbols to draw, in the order of the arguments of ``code``; or a dictionary from each symbol to a
            sampler such as ``uniform(0, 1)``. The default is the normal distribution, and ``uniform(0.2, 2)`` for a
            scalar declared positive.
        code: the package's function, or a small function that calls it and picks a result.
        witness: an independent computation of the same, such as ``central_difference(loss, wrt=0)``.
        where: equations that define the symbols which the right side uses, each from the inputs and those before it.
        checks: the package's function, if ``code`` is a wrapper around it. That it is called is checked as well.
        draws: how many random inputs.
        seed: of the random generator.

    Returns:
        The certificate.

    Raises:
        CertificateError: two of the three differ, with both values.
        ValueError: the check would say nothing: unknown symbols, all values zero, a function that is never called.

    Example:
        >>> from dlmath import losses
        >>> N, n = symbolic.sizes("N n")
        >>> P, Y = sp.MatrixSymbol("P", N, n), sp.MatrixSymbol("Y", N, n)
        >>> certificate = certify(
        ...     "mse-gradient-example",
        ...     sp.Eq(symbolic.partial("L", P), 2 * (P - Y) / N),
        ...     inputs=[P, Y],
        ...     code=losses.mse_grad,
        ...     witness=central_difference(losses.mse, wrt=0),
        ... )
        >>> certificate.error_code < 1e-15
        True
    """
    checked = checks if checks is not None else code
    samplers = _samplers(inputs)
    _refuse_unknown_symbols(name, equation, where, samplers)
    rng = np.random.default_rng(seed)
    worst_code = worst_witness = largest = 0.0
    drawn: dict[str, list[int]] = {}
    for draw in range(draws):
        sizes = _draw_sizes(samplers, rng)
        values = {symbol: sampler(rng, _shape(symbol, sizes)) for symbol, sampler in samplers.items()}
        for size, length in sizes.items():
            low, high = drawn.get(str(size), (length, length))
            drawn[str(size)] = [min(low, length), max(high, length)]
        formula = _evaluate_equation(equation, where, values)
        arguments = [_as_argument(symbol, value) for symbol, value in values.items()]
        if draw == 0:
            _require_call(name, checked, code, arguments)
        results = {"the code": code(*arguments), "the witness": witness(*arguments)}
        results = {who: _like_formula(name, who, result, formula) for who, result in results.items()}
        error_code = _relative_error(formula, results["the code"])
        error_witness = max(_relative_error(results["the witness"], other) for other in (formula, results["the code"]))
        for who, error, limit in (("the code", error_code, EXACT), ("the witness", error_witness, WITNESSED)):
            if not error <= limit:
                lengths = ", ".join(f"{size} = {length}" for size, length in sizes.items())
                raise CertificateError(
                    f"certificate {name!r} does not hold: SymPy and {who} differ by {error:.1e} (at most {limit:.0e}) "
                    f"in draw {draw}{f' with {lengths}' if lengths else ''}\n"
                    f"{symbolic.latex(equation)}\nSymPy:\n{formula}\nthe code ({_full_name(checked)}):\n"
                    f"{results['the code']}\nthe witness ({_full_name(witness)}):\n{results['the witness']}"
                )
        worst_code, worst_witness = max(worst_code, error_code), max(worst_witness, error_witness)
        largest = max(largest, float(np.max(np.abs(formula))))
    if largest == 0:
        raise ValueError(f"certificate {name!r} says nothing: the formula is zero in all {draws} draws")
    return Certificate(
        name=name,
        formula=symbolic.latex(equation),
        definitions=tuple(symbolic.latex(definition) for definition in where),
        code=_full_name(checked),
        witness=_full_name(witness),
        draws=draws,
        sizes=drawn,
        error_code=worst_code,
        error_witness=worst_witness,
    )


def central_difference(function: Callable[..., Any], wrt: int, step: float = 6e-6) -> Callable[..., np.ndarray]:
    r"""Differentiate a function by central differences, :math:`(f(x + h) - f(x - h)) / 2h`.

    The step is relative: :math:`h = 6\cdot10^{-6} \max(1, |x|)`, near the cube root of the machine precision, where the
    errors of truncation and of rounding are balanced.

    Args:
        function: takes arrays and returns a number or an array.
        wrt: the position of the argument to differentiate by.
        step: the relative step.

    Returns:
        A function of the same arguments; it returns the derivative, of the shape of the function's value followed by the
        shape of the argument (the gradient, for a function that returns a number).

    Example:
        >>> gradient = central_difference(lambda x: np.sum(x**3), wrt=0)
        >>> gradient(np.array([1.0, 2.0])).round(6)
        array([ 3., 12.])
    """

    def difference(shifted: Callable[[float], Any], x: float) -> Any:
        h = step * max(1.0, abs(x))
        return (np.asarray(shifted(h)) - np.asarray(shifted(-h))) / (2 * h)

    return _entry_by_entry(function, wrt, difference, dtype=float, label="central difference")


def complex_step(function: Callable[..., Any], wrt: int, step: float = 1e-30) -> Callable[..., np.ndarray]:
    r"""Differentiate an analytic function by the complex step, :math:`\operatorname{Im} f(x + ih) / h`.

    Nothing is subtracted, so nothing cancels: the step can be tiny and the result is exact to rounding (Squire and
    Trapp, 1998). The function must compute with complex numbers and be analytic: no absolute value, no maximum.

    Args:
        function: takes arrays and returns a number or an array.
        wrt: the position of the argument to differentiate by.
        step: :math:`h`.

    Returns:
        A function of the same arguments, as for ``central_difference``.

    Example:
        >>> gradient = complex_step(lambda x: np.sum(x**3), wrt=0)
        >>> gradient(np.array([1.0, 2.0]))
        array([ 3., 12.])
    """

    def difference(shifted: Callable[[complex], Any], x: float) -> Any:
        return np.imag(shifted(1j * step)) / step

    return _entry_by_entry(function, wrt, difference, dtype=complex, label="complex step")


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The sampler of the standard normal distribution."""
    return rng.standard_normal(shape)


def uniform(low: float, high: float) -> Sampler:
    """The sampler of the uniform distribution between ``low`` and ``high``."""
    return lambda rng, shape: rng.uniform(low, high, shape)


def _samplers(inputs: Iterable[sp.Expr] | Mapping[sp.Expr, Sampler]) -> dict[sp.Expr, Sampler]:
    if isinstance(inputs, Mapping):
        return dict(inputs)
    return {symbol: uniform(0.2, 2) if symbol.is_positive else normal for symbol in inputs}


def _size_symbols(symbols: Iterable[sp.Expr]) -> list[sp.Symbol]:
    found: dict[sp.Symbol, None] = {}
    for symbol in symbols:
        for size in getattr(symbol, "shape", ()):
            found.update(dict.fromkeys(sorted(size.free_symbols, key=str)))
    return list(found)


def _refuse_unknown_symbols(
    name: str, equation: sp.Eq, where: Sequence[sp.Eq], samplers: Mapping[sp.Expr, Sampler]
) -> None:
    known = {*samplers, *_size_symbols(samplers)}
    for part in (*where, equation):
        unknown = {symbol for symbol in _symbols(part.rhs) if symbol not in known}
        if unknown:
            raise ValueError(
                f"certificate {name!r}: no value for {', '.join(sorted(map(str, unknown)))}; "
                "name it in inputs or define it in where"
            )
        known.add(part.lhs)


def _symbols(expression: Any) -> set[Any]:
    matrices = expression.atoms(sp.MatrixSymbol)
    return matrices | {s for s in expression.free_symbols if s.is_Symbol and not isinstance(s, sp.MatrixSymbol)}


def _draw_sizes(symbols: Iterable[sp.Expr], rng: np.random.Generator) -> dict[sp.Symbol, int]:
    sizes = _size_symbols(symbols)
    lengths = rng.permutation(np.arange(1, len(sizes) + 4))
    return {size: int(length) for size, length in zip(sizes, lengths)}


def _shape(symbol: sp.Expr, sizes: Mapping[sp.Symbol, int]) -> tuple[int, ...]:
    return tuple(int(size.subs(sizes)) for size in getattr(symbol, "shape", ()))


def _as_argument(symbol: sp.Expr, value: Any) -> Any:
    shape = getattr(symbol, "shape", None)
    if shape is None or shape == ():
        return float(value)
    return value[:, 0].copy() if shape[1] == 1 else value.copy()


def _evaluate_equation(equation: sp.Eq, where: Sequence[sp.Eq], values: Mapping[sp.Expr, Any]) -> np.ndarray:
    known = dict(values)
    for definition in where:
        known[definition.lhs] = symbolic.evaluate(definition.rhs, known)
    return np.asarray(symbolic.evaluate(equation.rhs, known), dtype=float)


def _like_formula(name: str, who: str, result: Any, formula: np.ndarray) -> np.ndarray:
    result = np.asarray(result)
    if result.ndim == 1 and formula.shape == (result.size, 1):
        result = result[:, np.newaxis]
    if result.shape != formula.shape:
        raise CertificateError(
            f"certificate {name!r} does not hold: SymPy gives shape {formula.shape}, {who} gives {result.shape}"
        )
    return result


def _relative_error(one: np.ndarray, other: np.ndarray) -> float:
    scale = max(np.max(np.abs(one)), np.max(np.abs(other)), 1e-3)
    return float(np.max(np.abs(one - other)) / scale)


def _require_call(name: str, function: Callable[..., Any], code: Callable[..., Any], arguments: list[Any]) -> None:
    """Run ``code`` once and see that it reaches ``function``, which must belong to the package."""
    target = getattr(function, "__wrapped__", function)
    if not getattr(function, "__module__", "").startswith("dlmath."):
        raise ValueError(
            f"certificate {name!r}: {_full_name(function)} is not a function of dlmath; name one in checks"
        )
    called = False

    def watch(frame: Any, event: str, argument: Any) -> None:
        nonlocal called
        called = called or frame.f_code is target.__code__

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        code(*arguments)
    finally:
        sys.setprofile(before)
    if not called:
        raise ValueError(f"certificate {name!r} says nothing: its code never calls {_full_name(function)}")


def _full_name(function: Callable[..., Any]) -> str:
    if hasattr(function, "label"):
        return str(function.label)
    module = getattr(function, "__module__", "")
    name = getattr(function, "__qualname__", repr(function))
    return f"{module}.{name}" if module.startswith(("dlmath.", "numpy", "mpmath")) else name


def _power_of_ten(error: float) -> str:
    return "0" if error == 0 else f"{error:.0e}".replace("e-0", "e-")


def _entry_by_entry(
    function: Callable[..., Any], wrt: int, difference: Callable[..., Any], dtype: type, label: str
) -> Callable[..., np.ndarray]:
    def derivative(*arguments: Any) -> np.ndarray:
        x = np.array(arguments[wrt], dtype=dtype)
        columns = []
        for index in np.ndindex(x.shape):

            def shifted(h: Any, index: tuple[int, ...] = index) -> Any:
                moved = x.copy()
                moved[index] += h
                return function(*arguments[:wrt], moved, *arguments[wrt + 1 :])

            columns.append(difference(shifted, abs(x[index])))
        return np.moveaxis(np.array(columns), 0, -1).reshape(np.shape(columns[0]) + x.shape)

    derivative.label = label  # type: ignore[attr-defined]
    return derivative
