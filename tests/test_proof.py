"""What is proved to be zero is zero, and what is not zero is never proved to be."""

import itertools

import pytest
import sympy as sp
from sympy.polys.rings import ring

from dlmath import proof
from dlmath.proof import vanish
from dlmath.symbolic import sigma

x, y, z = sp.symbols("x y z", real=True)
p, q = sp.symbols("p q", positive=True)
softmax = sp.exp(x) / (sp.exp(x) + sp.exp(y) + sp.exp(z))
half = sp.exp(x / 2)
length = sp.sqrt(x**2 + y**2 + z**2)
CASE = sp.Piecewise((1, sp.Eq(y, 1)), (0, True))
REST = sp.Piecewise((x, x > 1))

ZERO = {
    "polynomial": (x + y) ** 3 - x**3 - 3 * x**2 * y - 3 * x * y**2 - y**3,
    "number": sp.Integer(0),
    "fraction": 1 / (x - y) - (x + y) / (x**2 - y**2),
    "nested fraction": 1 / (1 + 1 / (1 + x)) - (1 + x) / (2 + x),
    "quotient rule": softmax.diff(x) - softmax * (1 - softmax),
    "mixed derivative": softmax.diff(y) + softmax * (1 - softmax - sp.exp(z) / (sp.exp(x) + sp.exp(y) + sp.exp(z))),
    "exponents that add up": sp.exp(x + 2 * y) - sp.exp(x) * sp.exp(y) ** 2,
    "exponents of both signs": sp.exp(-x) / (1 + sp.exp(-x)) - 1 / (1 + sp.exp(x)),
    "halves of an exponent": (half + 1) ** 3 - 3 * (half + 1) ** 2 + 3 * (half + 1) - 1 - half**3,
    "root": length.diff(x) * (length + x) - x - x**2 / length,
    "root of a root": sp.sqrt(1 + sp.sqrt(p)) ** 4 - (1 + 2 * sp.sqrt(p) + p),
    "power and reciprocal of a root": (length**3 + 1) / length - 1 / length - x**2 - y**2 - z**2,
    "cube root": (sp.cbrt(p + q) + 1) ** 3 - (p + q) - 3 * sp.cbrt(p + q) ** 2 - 3 * sp.cbrt(p + q) - 1,
    "negative powers of one base": ((p + q) ** sp.Rational(-3, 2) + 1) * (p + q) - 1 / sp.sqrt(p + q) - p - q,
    "root of a number": (1 + 1 / sp.sqrt(3)) * (1 - 1 / sp.sqrt(3)) - sp.Rational(2, 3),
    "fractions of numbers": (x / 2 + y) ** 2 - x**2 / 4 - x * y - y**2,
    "constant": (1 + 1 / sp.pi) * sp.pi - sp.pi - 1,
    "symbolic exponent": p ** (q + 1) - p * p**q,
    "negative symbolic exponent": (p ** (-q) + 1) * p**q - 1 - p**q,
    "tanh": sp.tanh(x * y).diff(x) - y * (1 - sp.tanh(x * y)) * (1 + sp.tanh(x * y)),
    "sigmoid": sigma(x).diff(x, 2) - sigma(x) * (1 - sigma(x)) * (1 - 2 * sigma(x)),
    "sigmoid and tanh": 2 * sigma(2 * x) - 1 - sp.tanh(x),
    "logarithm": sp.log(1 + sp.exp(x)).diff(x) - 1 / (1 + sp.exp(-x)),
    "relu": sp.Max(0, x).diff(x) - sp.Piecewise((1, x > 0), (0, True)),
    "relu of the other sign": sp.Max(0, -2 * x) - sp.Max(0, x) * 2 + 2 * x,
    "minimum": sp.Min(x, y) + sp.Max(x, y) - x - y,
    "three": (sp.Max(x, y, z) + 1) ** 2 - sp.Max(x, y, z) ** 2 - 2 * sp.Max(x, y, z) - 1,
    "absolute value": sp.Abs(x) * sp.sign(x) - x,
    "square of a step": sp.Heaviside(x) ** 3 - sp.Heaviside(x),
    "derivative of a step": sp.Heaviside(x).diff(x) * y,
    "cases": sp.Piecewise((x, x >= 1), (1, True)) - sp.Max(x, 1),
    "cases from above": sp.Piecewise((1, x < 1), (x, True)) - sp.Max(x, 1),
    "cases with other conditions": sp.Piecewise((x, sp.Eq(y, 1)), (z, True)) * 2
    - sp.Piecewise((2 * x, sp.Eq(y, 1)), (2 * z, True)),
    "square of a case": (CASE - 1) * CASE,
    "cases that leave a rest": (y + 1) * REST - y * REST - REST,
}  # fmt: skip

NOT_ZERO = {
    "number": sp.Integer(1),
    "tiny number": sp.Rational(1, 10**30) * x,
    "factor": softmax.diff(x) - 2 * softmax * (1 - softmax),
    "sign": softmax.diff(y) - softmax * sp.exp(y) / (sp.exp(x) + sp.exp(y) + sp.exp(z)),
    "fraction": 1 / (x - y) - (x - y) / (x**2 - y**2),
    "root": length - x,
    "root and its reciprocal": sp.sqrt(p) - 1 / sp.sqrt(p),
    "cube root": sp.cbrt(p) ** 2 - p,
    "symbolic exponent": p ** (q + 1) - p**q,
    "half an exponent": sp.exp(x / 2) - sp.exp(x),
    "step": sp.Heaviside(x) - sp.Heaviside(-x),
    "step of another": sp.Heaviside(x) - sp.Heaviside(y),
    "square of a line": sp.Max(0, x) ** 2 - sp.Max(0, x),
    "cases": sp.Piecewise((x, x > 1), (0, True)) - sp.Max(x, 1),
    "cases the other way round": sp.Piecewise((1, x > 0), (0, True)) - sp.Piecewise((1, x < 0), (0, True)),
    "equal only where two numbers are": sp.Piecewise((x, sp.Eq(y, 1)), (z, True)) - x,
    "equal only under another condition": sp.Piecewise((x, sp.Eq(y, 1)), (z, True))
    - sp.Piecewise((x, sp.Eq(y, 2)), (z, True)),
    "equal only where it is said": sp.Piecewise((x, x > 1)) - x,
    "constants": 1 / sp.pi - 1 / sp.EulerGamma,
    "logarithm": sp.log(1 + sp.exp(x)).diff(x) - 1 / (1 + sp.exp(x)),
    "tanh": sp.tanh(x).diff(x) - 1 + sp.tanh(x),
    "maximum": sp.Max(x, y) - x,
    "minimum": sp.Min(x, y) - sp.Max(x, y),
    "three": sp.Max(x, y, z) - sp.Max(x, y),
    "absolute value": sp.Abs(x) - x,
}


@pytest.mark.parametrize("expression", ZERO.values(), ids=ZERO)
def test_zero_is_proved(expression):
    assert isinstance(expression, sp.Integer) or expression != 0, "SymPy has found it already"
    assert vanish([expression])


@pytest.mark.parametrize("expression", NOT_ZERO.values(), ids=NOT_ZERO)
def test_what_is_not_zero_is_not_proved(expression):
    assert not vanish([expression])
    assert not vanish([sp.Integer(0), expression, sp.Integer(0)])


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.combinations(["polynomial", "quotient rule", "root", "relu"], 2))
)
def test_several_are_proved_together(one, other):
    assert vanish([ZERO[one], ZERO[other]])


def test_unknown_functions_are_unknowns():
    f = sp.Function("f")
    assert vanish([(f(x) + 1) ** 2 - f(x) ** 2 - 2 * f(x) - 1])
    assert not vanish([f(x) - f(y)])


def test_the_bounds_are_on_the_terms_of_a_product_and_on_the_work_that_it_takes(monkeypatch):
    monkeypatch.setattr(proof, "MOST_TERMS", 10)
    _, t = ring("t", sp.QQ)
    one, powers = t**0, [sum((t**k for k in range(terms)), 0 * t) for terms in range(60)]
    assert len(proof._times(one, powers[10])) == 10
    with pytest.raises(proof._TooLargeError):
        proof._times(one, powers[11])
    # What takes twice fifty products leaves two terms.
    assert proof._times(one - t, powers[50]) == one - t**50
    for factors in [(one - t, powers[51]), (powers[51], one - t)]:
        with pytest.raises(proof._TooLargeError):
            proof._times(*factors)


def test_what_has_too_many_terms_is_given_up(monkeypatch):
    many = sp.symbols("a_:12", real=True)
    expression = sp.Add(*many) ** 6 - sp.Add(*many) ** 5 * sp.Add(*many[:6]) - sp.Add(*many) ** 5 * sp.Add(*many[6:])
    assert vanish([expression])
    monkeypatch.setattr(proof, "MOST_TERMS", 100)
    assert not vanish([expression])
    assert vanish([(x + y) ** 2 - x**2 - 2 * x * y - y**2])
