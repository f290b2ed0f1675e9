"""Certificates: a formula is shown only after it was derived, and three independent computations of it have agreed.

``certify`` evaluates a SymPy equation on random inputs of random shapes, calls the package's function on the same
inputs, calls a witness that knows neither (differences of the function that the formula differentiates, or another
library), and raises ``CertificateError`` with the numbers if two of the three differ. Given the loss, it has SymPy
derive the formula as well, at small sizes and entry by entry. What it returns shows itself on
the page as the formula, printed from the very object that was checked, and leaves a machine-readable record in the
notebook.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import sympy as sp
from sympy.core.function import AppliedUndef

from dlmath import _check as check
from dlmath import derive, falsify, symbolic
from dlmath._written import written_numbers
from dlmath.printing import latex

Sampler = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]

EXACT = 1e-9
"""Largest relative difference of an entry between SymPy and the code, which nothing but rounding separates."""
WITNESSED = 1e-6
"""Largest difference from the witness, relative to the largest entry; a central difference is good to about 1e-9."""
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
    """LaTeX of the quantities it uses; the chapter shows them before the formula."""
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
    wrong_versions: int
    """How many versions of the formula and its definitions, each with one small change, were put to the same check."""
    uncomputable: int
    """How many of them could not be computed, because shapes did not fit or an entry did not exist."""
    survivors: tuple[str, ...]
    """LaTeX of those that passed all the same; they say the same in other words, or the check is blind."""
    derived: str
    """What SymPy derived, such as ``"proved"``, ``"25 digits"``, ``"not a derivative"`` or why it is not possible."""
    of: str
    """LaTeX of what SymPy differentiated; empty if nothing."""
    wrt: str
    """LaTeX of what it differentiated by."""

    def summary(self, mark: str = "✓", code: str = "") -> str:
        """The line under the formula: who agrees. The book links its mark and the function's name."""
        derived = "SymPy's derivative = formula" if self.of else "SymPy"
        return f"{mark} {derived} = {code or self.code} = {self.witness}"

    def details(self) -> str:
        """How well they agree, and on what, in Markdown."""
        shapes = ", ".join(f"{name} from {low} to {high}" for name, (low, high) in self.sizes.items())
        code, witness = (written_numbers(f"{error:.0e}") for error in (self.error_code, self.error_witness))
        drawn = f"{self.draws} random draws" + (f" with {shapes}" if shapes else "")
        told = f"Largest relative difference from the package {code}, from the witness {witness}, in {drawn}."
        how = {"proved": "proved equal at small sizes", "25 digits": "equal to 25 digits at small sizes"}
        if self.of and self.derived in how:
            told += f" SymPy's derivative of ${self.of}$ by ${self.wrt}$ and the formula are {how[self.derived]}."
        elif self.derived in how:
            told += f" The two sides are {how[self.derived]}."
        elif self.derived.startswith("not possible"):
            told += f" SymPy cannot derive it: {self.derived.partition(': ')[2]}."
        return told

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, str], dict[str, Any]]:
        line, details = self.summary(), self.details()
        linked = self.summary(f"{{in-ledger}}`{self.name}`", f"{{in-reference}}`{self.code}`")
        shown = {
            "text/plain": f"{self.formula}\n{line}\n{details}",
            "text/html": (
                f'<div class="certificate">$${self.formula}$$<p class="certificate-line">{line}</p>'
                f"<p>{details}</p></div>"
            ),
            "text/markdown": (
                f"```{{math}}\n:label: {self.name}\n{self.formula}\n```\n\n"
                f"```{{div}} certificate-line\n{linked}\n```\n\n```{{div}} certificate-detail\n{details}\n```\n"
            ),
        }
        return shown, {RECORD: asdict(self)}


def certify(
    name: str,
    equation: sp.Eq,
    *,
    inputs: Iterable[sp.Expr] | Mapping[sp.Expr, Sampler | None],
    code: Callable[..., Any],
    witness: Callable[..., Any],
    where: Sequence[sp.Eq] = (),
    checks: Callable[..., Any] | None = None,
    of: sp.Expr | None = None,
    wrt: sp.Expr | None = None,
    underived: str = "",
    draws: int = 20,
    seed: int = 0,
) -> Certificate:
    r"""Check a formula against the package and against a witness, and return it ready to be shown.

    In every draw the sizes (symbols in the shapes of matrix symbols) are different numbers, so that a transposed factor
    cannot hide, and the inputs are random arrays. The right-hand side is evaluated without broadcasting. ``code`` and
    ``witness`` are called with the inputs in the given order; a matrix symbol with one column reaches them as a vector
    of shape ``(n,)``, a scalar as a float.

    The left-hand side is a name, such as ``symbolic.partial("L", W)``, whose shape is checked; or an expression of the
    inputs, such as ``Derivative(sigma(z), z)``, and then its value is compared as well, and SymPy proves that the sides
    are equal at small sizes, or compares them to 25 digits.

    Given ``of`` and ``wrt``, SymPy differentiates the one by every entry of the other at small sizes and compares the
    derivatives with the formula in the same two ways.

    Args:
        name: the label of the formula in the book: lower-case words joined by hyphens, unique.
        equation: ``sympy.Eq(left, right)``; the right side is what is compared with the code and the witness.
        inputs: the symbols to draw, in the order of the arguments of ``code``; or a dictionary from each symbol to a
            sampler such as ``uniform(0, 1)``. The default is the normal distribution, and ``uniform(0.2, 2)`` for a
            scalar declared positive.
        code: the package's function, or a small function that calls it and picks a result.
        witness: an independent computation of the same, such as ``central_difference(loss, wrt=0)``. It may call other
            functions of the package, not the one that is checked.
        where: equations that define the symbols which the right side or ``of`` uses, each from the inputs and those
            before it.
        checks: the package's function, if ``code`` is a wrapper around it. That it is called is checked as well.
        of: what the formula differentiates: a number such as the loss, or a column whose Jacobian the formula is; in
            terms of inputs, of what ``where`` defines, and of symbols of its own. The gradient that a network passes
            back is differentiated as a pairing: ``Trace(G.T * f(X))``.
        wrt: the symbol, matrix symbol or entry ``K[m, n]`` to differentiate by. If the formula is a rule that contains
            the gradient, the definition in ``where`` that is named ``partial(..., wrt)`` is what is compared.
        underived: the reason why a derivative cannot be derived by SymPy.
        draws: how many random inputs.
        seed: of the random generator.

    Returns:
        The certificate.

    Raises:
        CertificateError: two of the three differ, with both values; or one of them cannot be computed; or the formula
            is not SymPy's derivative of ``of``.
        TypeError: ``equation`` or ``where`` is not of equations, or ``inputs`` not of symbols in an order.
        ValueError: the check would say nothing: symbols without a value, a definition that nothing uses, a formula that
            is zero, a function that is never called, or one that is its own witness; or ``of`` does not depend on
            ``wrt``, or its derivative has another shape than the formula.

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
        ...     of=sp.Trace((P - Y).T * (P - Y)) / N,
        ...     wrt=P,
        ... )
        >>> certificate.error_code < 1e-15, certificate.derived
        (True, 'proved')
    """
    _refuse_unfit_name(name)
    check.integer("draws", draws, least=2)
    checked = checks if checks is not None else code
    samplers, by_default = _samplers(name, inputs)
    _refuse_unfit_equations(name, equation, where, samplers, of, wrt, underived)
    rng = np.random.default_rng(seed)
    drawn = []
    for draw in range(draws):
        sizes = _draw_sizes(samplers, rng, least=2 if draw == 0 else 1)
        values = {symbol: _sample(symbol, sampler, sizes, rng) for symbol, sampler in samplers.items()}
        if draw == 0:
            _refuse_idle_code(name, checked, code, witness, values)
        drawn.append(_compute(name, equation, where, sizes, values, code, witness))
    largest = max(np.max(np.abs(result["SymPy"])) for *_, result in drawn)
    if largest == 0:
        raise ValueError(f"certificate {name!r} says nothing: the formula is zero in all {draws} draws")
    worst = {"the code": 0.0, "the witness": 0.0, "the left-hand side": 0.0}
    for draw, (sizes, _, result) in enumerate(drawn):
        for who, error, limit in _errors(result, largest):
            if not error <= limit:
                raise CertificateError(
                    f"certificate {name!r} does not hold: SymPy and {who} differ by {error:.1e} (at most {limit:.0e}) "
                    f"in draw {draw}{_in_sizes(sizes)}\n{latex(equation)}\n"
                    + "\n".join(
                        f"{computed_by}{_called(computed_by, checked, witness)}:\n{value}"
                        for computed_by, value in result.items()
                    )
                )
            worst[who] = max(worst[who], error)
    derived = _derive(name, equation, where, samplers, by_default, of, wrt, underived, seed)
    wrong_versions, uncomputable, survivors = _falsify(
        [*derive.needed_for(where, equation.rhs), equation], drawn, largest
    )
    return Certificate(
        name=name,
        formula=latex(equation),
        definitions=tuple(latex(definition) for definition in where),
        code=_full_name(checked),
        witness=_full_name(witness),
        draws=draws,
        sizes={
            str(size): [min(sizes[size] for sizes, *_ in drawn), max(sizes[size] for sizes, *_ in drawn)]
            for size in drawn[0][0]
        },
        error_code=worst["the code"],
        error_witness=worst["the witness"],
        wrong_versions=wrong_versions,
        uncomputable=uncomputable,
        survivors=survivors,
        derived=derived,
        of="" if of is None else latex(of),
        wrt="" if wrt is None else latex(wrt),
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
        A function of the same arguments; it returns the derivative, of the shape of the function's value followed by
        the shape of the argument (the gradient, for a function that returns a number).

    Example:
        >>> gradient = central_difference(lambda x: np.sum(x**3), wrt=0)
        >>> gradient(np.array([1.0, 2.0])).round(6)
        array([ 3., 12.])
    """

    check.number("step", step, above=0)

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

    check.number("step", step, above=0)

    def difference(shifted: Callable[[complex], Any], x: float) -> Any:
        return np.imag(shifted(1j * step)) / step

    return _entry_by_entry(function, wrt, difference, dtype=complex, label="complex step")


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """The sampler of the standard normal distribution.

    Example:
        >>> normal(np.random.default_rng(0), (2, 3)).shape
        (2, 3)
    """
    return rng.standard_normal(shape)


def uniform(low: float, high: float) -> Sampler:
    """The sampler of the uniform distribution between ``low`` and ``high``.

    Example:
        >>> probability = uniform(0, 1)
        >>> float(probability(np.random.default_rng(0), ())) < 1
        True
    """
    return lambda rng, shape: rng.uniform(low, high, shape)


def _refuse_unfit_name(name: str) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"name must be lower-case words joined by hyphens, got {name!r}")


def _samplers(
    name: str, inputs: Iterable[sp.Expr] | Mapping[sp.Expr, Sampler | None]
) -> tuple[dict[sp.Expr, Sampler], list[sp.Expr]]:
    """A sampler for every input, and the inputs that have the one which stands for no particular choice."""
    if isinstance(inputs, set | frozenset):
        raise TypeError("inputs must be in the order of the arguments, got a set, which has none")
    given = dict(inputs) if isinstance(inputs, Mapping) else dict.fromkeys(inputs)
    if not given:
        raise ValueError(f"certificate {name!r} says nothing: it has no inputs")
    sizes, samplers = _size_symbols(given), {}
    for symbol, sampler in given.items():
        if not isinstance(symbol, sp.Symbol | sp.MatrixSymbol):
            raise TypeError(f"inputs must be symbols and matrix symbols, got {type(symbol).__name__} {symbol}")
        if symbol in sizes:
            raise ValueError(f"inputs must not name the size {symbol}: it is drawn with the shapes")
        if sampler is None and symbol.is_integer:
            raise ValueError(f"inputs must give a sampler for the integer {symbol}")
        samplers[symbol] = sampler or (uniform(0.2, 2) if symbol.is_nonnegative else normal)
    return samplers, [symbol for symbol, sampler in given.items() if sampler is None]


def _size_symbols(symbols: Iterable[sp.Expr]) -> list[sp.Symbol]:
    found: dict[sp.Symbol, None] = {}
    for symbol in symbols:
        for size in getattr(symbol, "shape", ()):
            found.update(dict.fromkeys(sorted(size.free_symbols, key=str)))
    return list(found)


def _refuse_unfit_equations(
    name: str,
    equation: sp.Eq,
    where: Sequence[sp.Eq],
    samplers: Mapping[sp.Expr, Sampler],
    of: sp.Expr | None,
    wrt: sp.Expr | None,
    underived: str,
) -> None:
    if (of is None) != (wrt is None):
        raise ValueError(f"certificate {name!r}: of and wrt belong together: what is differentiated, and by what")
    if of is not None and underived:
        raise ValueError(f"certificate {name!r}: underived is the reason why there is no of, got both")
    for part in (equation, *where):
        if part == sp.false:
            raise CertificateError(f"certificate {name!r} does not hold: the two sides differ in shape or in value")
        if not isinstance(part, sp.Eq):
            raise TypeError(f"certificate {name!r} needs equations sympy.Eq(left, right), got {part}")
    known = {*samplers, *_size_symbols(samplers)}
    unused: list[sp.Expr] = []
    for part in (*where, equation):
        unknown = _symbols(part.rhs) - known
        if unknown:
            raise ValueError(
                f"certificate {name!r}: no value for {', '.join(sorted(map(str, unknown)))}; "
                "name it in inputs or define it in where"
            )
        unused = [symbol for symbol in unused if symbol not in _symbols(part.rhs)]
        if part is not equation:
            if part.lhs in known or not isinstance(part.lhs, sp.Symbol | sp.MatrixSymbol):
                raise ValueError(f"certificate {name!r}: where must define new symbols, got {part.lhs}")
            known.add(part.lhs)
            unused.append(part.lhs)
    used_by_loss = [] if of is None else [part.lhs for part in derive.needed_for(where, of)]
    unused = [symbol for symbol in unused if symbol not in used_by_loss]
    if unused:
        raise ValueError(f"certificate {name!r}: {unused[0]} is defined in where, but nothing uses it")


def _symbols(expression: Any) -> set[Any]:
    """The symbols an expression needs values for; not the sizes in the shapes of its matrix symbols."""
    return set(expression.free_symbols)


def _draw_sizes(symbols: Iterable[sp.Expr], rng: np.random.Generator, least: int) -> dict[sp.Symbol, int]:
    sizes = _size_symbols(symbols)
    lengths = rng.permutation(np.arange(least, least + len(sizes) + 3))
    return {size: int(length) for size, length in zip(sizes, lengths)}


def _sample(symbol: sp.Expr, sampler: Sampler, sizes: Mapping[sp.Symbol, int], rng: np.random.Generator) -> np.ndarray:
    shape = tuple(int(size.subs(sizes)) for size in getattr(symbol, "shape", ()))
    value = np.asarray(sampler(rng, shape))
    if value.shape != shape or not np.all(np.isfinite(value)):
        raise ValueError(f"the sampler of {symbol} must give finite numbers of shape {shape}, got {value}")
    return value


def _arguments(values: Mapping[sp.Expr, np.ndarray]) -> list[Any]:
    """Fresh copies, so that a function that writes into its arguments spoils no other."""

    def argument(symbol: sp.Expr, value: np.ndarray) -> Any:
        if value.ndim == 0:
            return value.item()
        return value[:, 0].copy() if symbol.shape[1] == 1 else value.copy()

    return [argument(symbol, value) for symbol, value in values.items()]


def _compute(
    name: str,
    equation: sp.Eq,
    where: Sequence[sp.Eq],
    sizes: Mapping[sp.Symbol, int],
    values: Mapping[sp.Expr, np.ndarray],
    code: Callable[..., Any],
    witness: Callable[..., Any],
) -> _Draw:
    """Compute the formula by all means there are, each an array of the formula's shape and of finite real numbers."""
    at = symbolic.evaluator({**sizes, **values})
    means = {
        "SymPy": lambda: _evaluate([*where, equation], at),
        "the code": lambda: code(*_arguments(values)),
        "the witness": lambda: witness(*_arguments(values)),
    }
    if not _is_name(equation.lhs, {*sizes, *values, *(definition.lhs for definition in where)}):
        means["the left-hand side"] = lambda: at(equation.lhs)
    shape = tuple(int(size.subs(sizes)) for size in getattr(equation.lhs, "shape", ()))
    results = {}
    for who, compute in means.items():
        try:
            results[who] = _of_shape(compute(), shape)
        except Exception as error:
            raise CertificateError(
                f"certificate {name!r} does not hold: {who} fails{_in_sizes(sizes)}: {type(error).__name__}: {error}\n"
                f"{latex(equation)}"
            ) from error
    return _Draw(dict(sizes), at, results)


class _Draw(NamedTuple):
    """Random inputs, and what was computed from them."""

    sizes: dict[sp.Symbol, int]
    at: symbolic.Evaluator
    """It knows the inputs and what the definitions define."""
    results: dict[str, np.ndarray]


def _evaluate(equations: Sequence[sp.Eq], at: symbolic.Evaluator) -> Any:
    """The right-hand side of the last equation; the evaluator learns the symbols that those before it define."""
    *definitions, formula = equations
    for definition in definitions:
        at.given[definition.lhs] = at(definition.rhs)
    return at(formula.rhs)


def _derive(
    name: str,
    equation: sp.Eq,
    where: Sequence[sp.Eq],
    samplers: Mapping[sp.Expr, Sampler],
    by_default: Iterable[sp.Expr],
    of: sp.Expr | None,
    wrt: sp.Expr | None,
    underived: str,
    seed: int,
) -> str:
    """What the record says about how the formula was derived."""
    if underived:
        return f"not possible: {underived}"
    known = {*samplers, *_size_symbols(samplers), *(definition.lhs for definition in where)}
    try:
        if of is not None:
            return derive.derivative(equation, where, samplers, by_default, of, wrt, seed)
        if not _is_name(equation.lhs, known):
            return derive.equality(equation, where, samplers, by_default, seed)
    except derive.DisagreementError as error:
        raise CertificateError(
            f"certificate {name!r} does not hold: it is not what SymPy derives\n{latex(equation)}\n{error}"
        ) from error
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise ValueError(f"certificate {name!r}: SymPy cannot derive it: {error.args[0]}") from error
    return derive.NOT_DERIVED if r"\partial" in str(equation.lhs) else derive.NO_DERIVATIVE


def _falsify(equations: Sequence[sp.Eq], drawn: Sequence[_Draw], largest: float) -> tuple[int, int, tuple[str, ...]]:
    """Put wrong versions of the equations to the check: how many there were, could not be computed, and passed."""
    verdicts = []
    for i, equation in enumerate(equations):
        of_the_whole = falsify.wrong_as_a_whole(equation.rhs) if equation is equations[-1] else []
        for wrong in dict.fromkeys([*of_the_whole, *falsify.wrong_versions(equation.rhs)]):
            verdicts.append((_passes(wrong, equation, equations[i + 1 :], drawn, largest), equation, wrong))
    return (
        len(verdicts),
        sum(passed is None for passed, *_ in verdicts),
        tuple(latex(sp.Eq(equation.lhs, wrong, evaluate=False)) for passed, equation, wrong in verdicts if passed),
    )


def _passes(
    wrong: Any, equation: sp.Eq, following: Sequence[sp.Eq], drawn: Sequence[_Draw], largest: float
) -> bool | None:
    """Whether a changed formula agrees with the code and the witness in all draws; None if it cannot be computed."""
    for draw in drawn:
        try:
            value = draw.at(wrong)
            if following:
                value = _with_change(equation.lhs, value, following, draw.at)
            value = _of_shape(value, draw.results["SymPy"].shape)
        except Exception:  # whatever goes wrong in the evaluation of a wrong formula is a reason to refuse it
            return None
        if any(not error <= limit for _, error, limit in _errors(draw.results | {"SymPy": value}, largest)):
            return False
    return True


def _with_change(symbol: sp.Expr, value: Any, following: Sequence[sp.Eq], at: symbolic.Evaluator) -> Any:
    """The formula's value if a definition had another one; what does not depend on it is not computed again."""
    changed = at.knowing({symbol: value})
    dependent = {symbol}
    *definitions, formula = following
    for definition in definitions:
        if dependent & _symbols(definition.rhs):
            changed.given[definition.lhs] = changed(definition.rhs)
            dependent.add(definition.lhs)
    return changed(formula.rhs)


def _is_name(left: sp.Expr, known: Iterable[sp.Expr]) -> bool:
    """Whether the left side only names the right one: a symbol, or an expression with parts that have no value."""
    if isinstance(left, sp.Symbol | sp.MatrixSymbol):
        return True
    return bool(left.atoms(AppliedUndef)) or not _symbols(left) <= set(known)


def _of_shape(result: Any, shape: tuple[int, ...]) -> np.ndarray:
    result = np.asarray(result)
    if result.dtype.kind not in "biuf":
        raise TypeError(f"the result must be made of real numbers, got dtype {result.dtype}")
    if result.ndim == 1 and shape == (result.size, 1):
        result = result[:, np.newaxis]
    elif {result.shape, shape} == {(), (1, 1)}:
        result = result.reshape(shape)
    if result.shape != shape:
        raise ValueError(f"the result must have the shape {shape} of the left-hand side, got {result.shape}")
    if not np.all(np.isfinite(result)):
        raise ValueError(f"the result must be finite, got\n{result}")
    return result.astype(np.float64)


def _errors(result: Mapping[str, np.ndarray], largest: float) -> Iterable[tuple[str, float, float]]:
    """The relative differences, with their limits. ``largest`` is the largest entry of the formula in all draws."""
    formula, code, witness = result["SymPy"], result["the code"], result["the witness"]
    # Entry by entry, so that a wrong small entry cannot hide behind a large one; zeros may differ by their rounding.
    entries = np.maximum(np.maximum(np.abs(formula), np.abs(code)), 1e-6 * largest)
    yield "the code", float(np.max(np.abs(formula - code) / entries)), EXACT
    # The error of a difference quotient is that of the function's value, and does not shrink with the entry.
    scale = max(np.max(np.abs(formula)), np.max(np.abs(witness)), 1e-3 * largest)
    difference = np.maximum(np.abs(witness - formula), np.abs(witness - code))
    yield "the witness", float(np.max(difference) / scale), WITNESSED
    if "the left-hand side" in result:
        yield "the left-hand side", float(np.max(np.abs(formula - result["the left-hand side"]) / entries)), EXACT


def _in_sizes(sizes: Mapping[sp.Symbol, int]) -> str:
    return f" with {', '.join(f'{size} = {length}' for size, length in sizes.items())}" if sizes else ""


def _refuse_idle_code(
    name: str,
    function: Callable[..., Any],
    code: Callable[..., Any],
    witness: Callable[..., Any],
    values: Mapping[sp.Expr, np.ndarray],
) -> None:
    """Run both: ``code`` must reach ``function``, which must be the package's, and ``witness`` must not."""
    target = getattr(inspect.unwrap(function), "__code__", None)
    if not (getattr(function, "__module__", None) or "").startswith("dlmath.") or target is None:
        raise ValueError(
            f"certificate {name!r}: {_full_name(function)} is not a function of dlmath; name one in checks"
        )
    if not _reaches(target, code, _arguments(values)):
        raise ValueError(f"certificate {name!r} says nothing: its code never calls {_full_name(function)}")
    if _reaches(target, witness, _arguments(values)):
        raise ValueError(
            f"certificate {name!r} says nothing: its witness calls {_full_name(function)}, the function that is checked"
        )


def _reaches(target: Any, function: Callable[..., Any], arguments: list[Any]) -> bool:
    reached = False

    def watch(frame: Any, event: str, argument: Any) -> None:
        nonlocal reached
        reached = reached or frame.f_code is target

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        function(*arguments)
    except Exception:
        return reached  # what it raises is reported where it is computed
    finally:
        sys.setprofile(before)
    return reached


def _called(who: str, checked: Callable[..., Any], witness: Callable[..., Any]) -> str:
    names = {"the code": checked, "the witness": witness}
    return f" ({_full_name(names[who])})" if who in names else ""


def _full_name(function: Callable[..., Any]) -> str:
    if hasattr(function, "label"):
        return str(function.label)
    module = getattr(function, "__module__", None) or ""
    name = getattr(function, "__name__", type(function).__name__)
    if name == "<lambda>":
        return "direct computation"
    return f"{module}.{name}" if module.startswith(("dlmath.", "numpy", "scipy", "mpmath")) else name


def _entry_by_entry(
    function: Callable[..., Any], wrt: int, difference: Callable[..., Any], dtype: type, label: str
) -> Callable[..., np.ndarray]:
    check.integer("wrt", wrt)

    def derivative(*arguments: Any) -> np.ndarray:
        x: np.ndarray = np.array(arguments[wrt], dtype=dtype)
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
