"""SymPy for the chapters: what the evaluator computes is what SymPy writes out."""

import re

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions.diagonal import DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.hadamard import HadamardPower
from sympy.matrices.expressions.kronecker import KroneckerProduct

from dlmath.symbolic import (
    DIGITS,
    NUMBERS,
    Evaluator,
    elementwise,
    evaluate,
    evaluator,
    hadamard,
    ones,
    partial,
    sigma,
    sizes,
)
from dlmath.symbolic import EXPRESSIONS as EXACT

N, n, m = sizes("N n m")
X, Z = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("Z", N, n)
Y = sp.MatrixSymbol("Y", N, m)
W = sp.MatrixSymbol("W", m, n)
S = sp.MatrixSymbol("S", n, n)
x, b = sp.MatrixSymbol("x", n, 1), sp.MatrixSymbol("b", m, 1)
z, alpha = sp.symbols("z alpha", real=True)
i, j = sp.symbols("i j", integer=True)


class TestSigma:
    def test_its_derivative_follows_from_its_definition(self):
        definition = sigma(z).rewrite(sp.exp)
        assert sp.simplify(sigma(z).diff(z).rewrite(sp.exp) - definition.diff(z)) == 0
        assert sp.simplify(sigma(2 * z + 1).diff(z, 2).rewrite(sp.exp) - (1 / (1 + sp.exp(-2 * z - 1))).diff(z, 2)) == 0

    def test_value_at_zero_and_in_decimals(self):
        assert sigma(0) == sp.Rational(1, 2)
        assert float(sigma(sp.log(3)).evalf()) == pytest.approx(0.75, rel=1e-15)

    def test_an_argument_that_may_be_zero_stays(self):
        assert sigma(z).args == (z,)


def test_sizes_are_positive_integers_also_when_there_is_one():
    (only,) = sizes("N")
    assert only.is_positive
    assert only.is_integer
    assert sizes("N") == (N,)


def test_matrices_that_are_made_here_have_the_shapes_they_should():
    assert (ones(N).shape, ones(N, m).shape, ones(2, 3).as_explicit()) == ((N, 1), (N, m), sp.ones(2, 3))
    squared = elementwise(lambda u: u**2 + alpha, sp.MatrixSymbol("A", 1, 2))
    a = sp.MatrixSymbol("A", 1, 2)
    assert squared.as_explicit() == sp.Matrix([[a[0, 0] ** 2 + alpha, a[0, 1] ** 2 + alpha]]).as_immutable()


def test_the_name_of_a_derivative_has_the_shape_of_what_it_is_by():
    assert partial("L", X) == sp.MatrixSymbol(r"\frac{\partial L}{\partial \mathbf{X}}", N, n)
    assert partial("L", alpha) == sp.Symbol(r"\frac{\partial L}{\partial \alpha}")
    assert partial("f", x).shape == (n, 1)


# SymPy writes each of these out entry by entry at given sizes; that explicit matrix, with the numbers put in, is what
# the evaluator has to give.
EXPRESSIONS = [
    X.T * X / N,
    (X * W.T - Y).T * X * 2 / N,
    X - 3 * Z,
    X * S * x,
    x.T * S * x,
    X * W.T + ones(N) * b.T,
    ones(N).T * (X * W.T - Y),
    hadamard(X, Z - X, 2 * Z),
    HadamardPower(X, 2),
    HadamardPower(2, X),
    (S + 7 * sp.Identity(n)) ** 3,
    S - sp.Identity(n) + sp.ZeroMatrix(n, n),
    elementwise(lambda u: u**2 - 3 * u, X * W.T),
    elementwise(lambda u: alpha * u + 1, X),
    elementwise(lambda u: sp.Max(0, u), X),
    elementwise(lambda u: sp.Piecewise((0, u < 0), (u, True)), Z),
    elementwise(lambda u: sp.Heaviside(u, 0), X),
    elementwise(lambda u: sp.Integer(5), X),
    elementwise(sp.Abs, X) - elementwise(sp.sign, X),
    elementwise(sp.tanh, X) + elementwise(sp.exp, Z),
    sp.DiagMatrix(x) * S,
    DiagonalOf(S),
    DiagonalMatrix(S),
    KroneckerProduct(S, W),
    sp.BlockMatrix([[X, Y]]),
    X[0:1, :],
    S[1:, 0:2],
]
SCALARS = [
    sp.Trace(X.T * X) / (2 * N),
    sp.Trace(sp.Trace(S) * S),
    sp.sqrt(sp.Trace(x.T * x)),
    sp.Determinant(S) - alpha,
    sp.Sum(X[i, j] ** 2, (i, 0, N - 1), (j, 0, n - 1)) / N,
    (X * S)[0, 1] * x[1, 0],
    (x.T * S * x)[0, 0],
    elementwise(lambda u: u**2, X)[1, 0],
    sp.Max(X[0, 0], Z[0, 1], 0),
    sp.Piecewise((alpha, alpha > 0), (-alpha, True)),
    sp.Derivative(alpha**3 * z, alpha),
    N * n + m,
]


@st.composite
def small_integers(draw):
    """Sizes from 2 to 3, all entries small integers."""
    lengths = {size: draw(st.integers(2, 3)) for size in (N, n, m)}

    def array(symbol):
        rows, columns = (int(size.subs(lengths)) for size in symbol.shape)
        entry = st.integers(-3, 3)
        return np.array(draw(st.lists(entry, min_size=rows * columns, max_size=rows * columns))).reshape(rows, columns)

    return lengths, {symbol: array(symbol) for symbol in (X, Z, Y, W, S, x, b)}


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
@given(small_integers())
@settings(max_examples=3)
def test_matrices_are_what_sympy_writes_out(expression, drawn):
    lengths, values = drawn
    entries = {
        symbol.subs(lengths)[place]: sp.Integer(int(array[place]))
        for symbol, array in values.items()
        for place in np.ndindex(array.shape)
    }
    explicit = expression.subs({**lengths, alpha: 2}).as_explicit()
    expected = np.array(sp.Matrix(explicit).xreplace(entries).doit().evalf().tolist(), dtype=float)
    result = evaluate(expression, {**values, alpha: 2})
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-13, atol=1e-13)


@given(small_integers())
@settings(max_examples=8)
def test_scalars_are_what_numpy_computes(drawn):
    _, v = drawn
    references = [
        np.einsum("ij,ij", v[X], v[X]) / (2 * len(v[X])),
        sum(v[S][k, k] for k in range(len(v[S]))) ** 2,
        np.linalg.norm(v[x]),
        np.linalg.det(v[S]) - 0.5,
        np.mean(np.sum(v[X] ** 2, axis=1)),
        np.dot(v[X][0], v[S][:, 1]) * v[x][1, 0],
        np.einsum("ik,ij,jk", v[x], v[S], v[x]),
        v[X][1, 0] ** 2,
        max(v[X][0, 0], v[Z][0, 1], 0),
        0.5,
        3 * 0.5**2 * 1.5,
        v[X].size + len(v[b]),
    ]
    for scalar, reference in zip(SCALARS, references, strict=True):
        value = evaluate(scalar, {**v, alpha: 0.5, z: 1.5})
        assert np.ndim(value) == 0
        np.testing.assert_allclose(value, reference, rtol=1e-12, atol=1e-12, err_msg=str(scalar))


def test_the_power_zero_of_a_matrix_without_an_inverse():
    power = sp.MatPow(S, sp.Symbol("k", integer=True))
    for k, expected in [(0, np.eye(2)), (1, np.ones((2, 2))), (2, 2 * np.ones((2, 2)))]:
        np.testing.assert_array_equal(evaluate(power, {S: np.ones((2, 2)), sp.Symbol("k", integer=True): k}), expected)


def test_negative_powers_of_a_matrix_are_those_of_its_inverse():
    matrix = np.array([[2.0, 1.0], [0.0, 4.0]])
    np.testing.assert_allclose(evaluate(S**-2, {S: matrix}) @ matrix @ matrix, np.eye(2), atol=1e-15)


def test_inverse_solves_the_normal_equations(rng):
    inputs, targets = rng.standard_normal((6, 2)), rng.standard_normal((6, 3))
    solution = evaluate((X.T * X).I * X.T * Y, {X: inputs, Y: targets})
    np.testing.assert_allclose(solution, np.linalg.lstsq(inputs, targets)[0], rtol=1e-10)


def test_explicit_matrices_with_sigma_and_symbols(rng):
    W0, b0 = sp.MatrixSymbol("W_0", 3, 2), sp.MatrixSymbol("b_0", 3, 1)
    point = sp.Matrix([z, alpha])
    hidden = (W0 * point + b0).as_explicit().applyfunc(sigma)
    weights, biases = rng.standard_normal((3, 2)), rng.standard_normal((3, 1))
    result = evaluate(hidden, {W0: weights, b0: biases, z: 0.3, alpha: -2})
    np.testing.assert_allclose(result, 1 / (1 + np.exp(-(weights @ [[0.3], [-2]] + biases))), rtol=1e-14)


def test_sigma_beside_tanh_far_out_is_finite_and_warns_of_nothing():
    assert evaluate(sp.tanh(z) + sigma(z), {z: 1000.0}) == 2
    assert evaluate(sigma(z), {z: -1000.0}) == 0


def test_sizes_may_be_sums_and_are_read_off_in_any_order():
    J, v = sp.MatrixSymbol("J", n + 1, n), sp.MatrixSymbol("v", n, 1)
    np.testing.assert_array_equal(evaluate(J * v, {J: np.eye(3)[:, :2], v: [[4.0], [5.0]]}), [[4], [5], [0]])
    tall = sp.MatrixSymbol("J", n + m, n)
    assert evaluate(tall.T, {tall: np.ones((5, 2)), m: 3}).shape == (2, 5)
    with pytest.raises(ValueError, match=r"J must have shape .* = \(6, 2\), got \(5, 2\)"):
        evaluate(tall.T, {tall: np.ones((5, 2)), m: 4})


def test_names_that_are_no_python_names_or_are_taken_twice():
    hat = sp.MatrixSymbol(r"\hat{Y}", N, 1)
    assert (
        evaluate(
            hat[1, 0] * sp.Symbol(r"\lambda") * sp.Symbol("in"),
            {hat: [[2], [3]], **{sp.Symbol(r"\lambda"): 5, sp.Symbol("in"): 7}},
        )
        == 105
    )
    assert evaluate(sp.Symbol("x", real=True) * sp.Symbol("x"), {sp.Symbol("x", real=True): 2, sp.Symbol("x"): 3}) == 6
    assert evaluate(X[0, 0] * sp.Symbol("X"), {X: [[2]], sp.Symbol("X"): 3}) == 6


def test_a_product_that_cannot_be_formed_is_refused():
    with pytest.raises(ValueError, match="mismatch"):
        evaluate(X * Z, {X: np.ones((4, 2)), Z: np.ones((4, 2))})


@pytest.mark.parametrize(
    "expression",
    [X + sp.MatrixSymbol("c", N, 1), hadamard(X, sp.MatrixSymbol("c", N, 1)), X - ones(1, n), HadamardPower(X, x.T)],
    ids=str,
)
def test_nothing_is_broadcast(expression):
    values = {X: np.ones((3, 2)), sp.MatrixSymbol("c", N, 1): np.ones((3, 1)), x: np.ones((2, 1))}
    terms = re.escape(str(expression))
    with pytest.raises(ValueError, match=rf"^the terms of {terms} must have one shape, got \(.*\), \(.*\)"):
        evaluate(expression, values)


def test_a_product_over_an_index_is_written_out():
    A = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    assert evaluate(sp.Product(X[i, 0] + z, (i, 0, N - 1)), {X: A, z: 1.0}) == 2 * 4 * 6
    assert evaluate(sp.Product(X[i, j], (i, 0, N - 1), (j, 1, n - 1)), {X: A}) == 2 * 4 * 6
    assert evaluate(3 - sp.Product(X[i, 0], (i, 1, m)), {X: A, m: 0}) == 2
    assert evaluate(sp.Product(X[i, 0], (i, 1, 2)) * X.T * X, {X: A}) == pytest.approx(15 * A.T @ A)


@pytest.mark.parametrize(
    ("expression", "values", "error", "message"),
    [
        (X, {}, KeyError, "no value for X"),
        (z + alpha, {z: 1.0}, KeyError, "no value for alpha"),
        (X / m, {X: np.ones((2, 2))}, KeyError, "no value for m"),
        (X, {X: np.ones(3)}, ValueError, "X must be an array of two dimensions, got shape (3,)"),
        (z, {z: np.ones(3)}, ValueError, "z must be a number, got shape (3,)"),
        (X, {X: [["a"]]}, TypeError, "X must be made of numbers, got list of dtype <U1"),
        (X, {X: np.ones((2, 2)), Z: np.ones((2, 3))}, ValueError, "Z must have shape (N, n) = (2, 2), got (2, 3)"),
        (S, {S: np.ones((2, 3))}, ValueError, "S must have shape (n, n)"),
        (sp.MatrixSymbol("W", 3, 2), {sp.MatrixSymbol("W", 3, 2): np.ones((2, 3))}, ValueError, "(3, 2)"),
        (sp.Trace(X * W.T), {X: np.ones((3, 2)), W: np.ones((4, 2))}, ValueError, "square matrix, got shape (3, 4)"),
        (sp.Determinant(S * X.T), {S: np.eye(2), X: np.ones((3, 2))}, ValueError, "square matrix, got shape (2, 3)"),
        (DiagonalOf(S * X.T), {S: np.eye(2), X: np.ones((3, 2))}, ValueError, "square matrix, got shape (2, 3)"),
        (X[i, 0], {X: np.ones((2, 2)), i: -1}, IndexError, "X[-1, 0] does not exist: its shape is (2, 2)"),
        (sp.Sum(X[i, 0], (i, 1, N)), {X: np.ones((3, 1))}, IndexError, "X[3, 0] does not exist"),
        (sp.Product(X[i, 0], (i, 1, N)), {X: np.ones((3, 1))}, IndexError, "X[3, 0] does not exist"),
        (S ** sp.Rational(1, 2), {S: np.eye(2)}, TypeError, "exponent of S**(1/2) must be an integer"),
        (sp.Eq(z, 1), {z: 1.0}, TypeError, "must be a SymPy scalar or matrix, got Equality"),
        (sp.Function("f")(z), {z: 1.0}, TypeError, "cannot evaluate f in f(z)"),
        (sp.Integral(sp.exp(z**alpha), (z, 0, 1)), {alpha: 3}, TypeError, "cannot evaluate Integral"),
        (sp.Sum(i * S, (i, 0, 2)), {S: np.eye(2)}, TypeError, "cannot evaluate the matrix i*S inside a scalar"),
        (sp.MatrixSymbol("A", 2, 2).as_explicit().det() * X, {X: np.eye(2)}, KeyError, "no value for A"),
    ],
)  # fmt: skip
def test_what_is_not_known_or_does_not_fit_is_refused(expression, values, error, message):
    with pytest.raises(error) as caught:
        evaluate(expression, values)
    assert message in str(caught.value)


def test_arguments_are_left_alone_and_integers_do_not_wrap():
    array = np.array([[200, 100]], dtype=np.uint8)
    np.testing.assert_array_equal(evaluate(X + X, {X: array}), [[400, 200]])
    np.testing.assert_array_equal(evaluate(HadamardPower(X, -1), {X: array}), [[1 / 200, 1 / 100]])
    np.testing.assert_array_equal(array, [[200, 100]])


def test_numbers_are_python_s_and_matrices_of_double_precision():
    given = evaluator({z: np.float32(3), X: np.ones((2, 2), np.float32), Z: np.ones((2, 2), np.complex64)}).given
    assert type(given[z]) is float
    assert (given[X].dtype, given[Z].dtype) == (np.float64, np.complex64)
    assert type(evaluate(sp.Integer(3), {})) is int
    assert np.isnan(evaluate(sp.nan, {}))
    assert evaluate(sp.oo, {}) == np.inf


def test_conditions_are_combined():
    cases = sp.Piecewise((1, (z > 0) & (alpha > 0) & (z < 2)), (2, (z > 3) | (alpha > 5) | (z < -3)), (3, True))
    for values, expected in [
        ((1, 1), 1),
        ((3, 1), 3),
        ((-1, 1), 3),
        ((4, 1), 2),
        ((1, -1), 3),
        ((0, 6), 2),
        ((-4, 0), 2),
    ]:
        assert evaluate(cases, dict(zip((z, alpha), map(float, values)))) == expected
    assert np.isnan(evaluate(sp.Piecewise((1, z > 0)), {z: -1.0})), "where no case holds there is no value"


def test_complex_numbers_pass_through():
    assert evaluate(sp.I * z + 1, {z: 2.0}) == 1 + 2j
    assert evaluate(z**2, {z: 1j}) == -1
    np.testing.assert_array_equal(evaluate(X.T, {X: [[1j, 2]]}), [[1j], [2]])


class TestSumsOverIndices:
    """Sums are computed for all indices at once where that can be, and one by one where it cannot."""

    A = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    p = sp.Symbol("p", integer=True)

    @pytest.mark.parametrize(
        ("expression", "expected"),
        [
            (sp.Sum(X[i, j] * (i + 2 * j), (i, 0, N - 1), (j, 0, n - 1)), 0 + 4 + 3 + 12 + 10 + 24),
            (sp.Sum(X[i, 1] * sp.Sum(X[j, 0], (j, 0, 1)), (i, 0, 2)), 12 * 4),
            (sp.Sum(sp.Sum(X[j, 0], (j, i, 2)), (i, 0, 2)), 1 + 2 * 3 + 3 * 5),  # limits that depend on an index
            (sp.Sum(X[j, 0], (j, i, 2), (i, 0, 2)), 1 + 2 * 3 + 3 * 5),
            (sp.Sum(z, (i, 0, 4)), 5 * 1.5),
            (sp.Sum(z * i, (i, 3, 2)), 0),
            (sp.Sum(z, (i, 0, -1), (j, 0, 3)), 0),
            (sp.Product(z, (i, 1, 3)), 1.5**3),
            (sp.Product(z * i, (i, 3, 2)), 1),
            (sp.Product(sp.Sum(X[i, j], (j, 0, 1)), (i, 0, 2)), 3 * 7 * 11),
            (sp.Sum(sp.Max(X[i, 0], 3), (i, 0, 2)), 3 + 3 + 5),
            (sp.Sum(sp.Piecewise((X[i, 0], i > 0), (-1, True)), (i, 0, 2)), -1 + 3 + 5),
            (sp.Sum((X.T * X)[i, j], (i, 0, 1), (j, 0, 1)), 35 + 44 + 44 + 56),
            (sp.Sum(sp.Trace(i * X.T * X), (i, 1, 2)), 3 * 91),  # an index within a matrix
            (sp.Sum((X.T * X)[i, i], (i, 0, 1)), 91),
        ],
        ids=str,
    )
    def test_value(self, expression, expected):
        assert evaluate(expression, {X: self.A, z: 1.5}) == pytest.approx(expected, rel=1e-14)

    def test_inside_a_function_of_entries(self):
        body = elementwise(lambda u: sp.Sum(u**j * X[j, 0], (j, 0, 2)), Z)
        result = evaluate(body, {X: self.A, Z: self.A})
        np.testing.assert_allclose(result, 1 + 3 * self.A + 5 * self.A**2, rtol=1e-14)
        over_limits = elementwise(lambda u: sp.Sum(sp.Sum(u**j * X[j, 0], (j, i, 2)), (i, 0, 2)), Z)
        result = evaluate(over_limits, {X: self.A, Z: self.A})
        np.testing.assert_allclose(result, 1 + 2 * 3 * self.A + 3 * 5 * self.A**2, rtol=1e-14)

    def test_every_missing_entry_is_refused(self):
        for low, high in ((-1, 1), (1, 3)):
            with pytest.raises(IndexError, match=rf"X\[{low if low < 0 else high}, 0\] does not exist"):
                evaluate(sp.Sum(X[i, 0], (i, low, high)), {X: self.A})


class TestOtherArithmetic:
    """The same rules with SymPy's expressions and with numbers of many digits."""

    @pytest.mark.parametrize("expression", [*EXPRESSIONS, (S + 7 * sp.Identity(n)).inv(), S**-2], ids=str)
    @pytest.mark.parametrize("arithmetic", [EXACT, DIGITS], ids=["expressions", "digits"])
    def test_of_matrices_agrees_with_numpy(self, expression, arithmetic, rng):
        lengths = {N: 3, n: 2, m: 4}
        known, numbers = {size: sp.Integer(length) for size, length in lengths.items()}, {}
        for symbol in (X, Z, Y, W, S, x, b):
            numbers[symbol] = rng.integers(1, 9, [lengths.get(size, 1) for size in symbol.shape]) / 4
            entry = sp.Rational if arithmetic is EXACT else mpmath.mpf
            known[symbol] = np.vectorize(entry, otypes=[object])(numbers[symbol])
        numbers[alpha], known[alpha] = 0.5, sp.Rational(1, 2) if arithmetic is EXACT else mpmath.mpf(0.5)
        with mpmath.workdps(40):
            result = Evaluator(known, arithmetic)(expression)
        np.testing.assert_allclose(result.astype(float), evaluate(expression, numbers), rtol=1e-12, atol=1e-13)

    @pytest.mark.parametrize("arithmetic", [EXACT, DIGITS], ids=["expressions", "digits"])
    def test_of_numbers_agrees_with_numpy(self, arithmetic):
        entry = sp.Rational if arithmetic is EXACT else mpmath.mpf
        at = Evaluator({alpha: entry(0.5), z: entry(-1.5), n: sp.Integer(3)}, arithmetic)
        for expression in [
            sp.Max(alpha, z, 0), sp.Min(alpha, z), sp.Heaviside(z), sp.Heaviside(alpha), sp.Heaviside(z + 1.5, 0.25),
            sp.Piecewise((alpha, z > 0), (n, z < -1), (7, True)), sigma(z), sp.sqrt(alpha), z**n, sp.exp(z),
            sp.pi * alpha,
            sp.Abs(z), sp.sign(z), sp.Sum(i * z, (i, 1, n)), sp.Product(i + z, (i, 1, n)), sp.log(alpha), sp.tanh(z),
            sp.E,
            sp.Determinant(sp.Matrix([[alpha, z], [1, n]]).as_immutable()),
        ]:  # fmt: skip
            expected = evaluate(expression, {alpha: 0.5, z: -1.5, n: 3})
            assert float(at(expression)) == pytest.approx(expected, rel=1e-12), expression

    def test_expressions_are_written_out(self):
        u, v = sp.symbols("u v")
        entries = Evaluator({X: np.array([[u, v]]), N: sp.Integer(1), n: sp.Integer(2), alpha: u}, EXACT)
        assert entries(X * X.T / n).tolist() == [[(u**2 + v**2) / 2]]
        assert entries(elementwise(lambda w: sp.Max(0, w), X)).tolist() == [[sp.Max(0, u), sp.Max(0, v)]]
        assert entries(sp.Piecewise((alpha, alpha > 0), (0, True))) == sp.Piecewise((u, u > 0), (0, True))

    def test_many_digits_are_computed(self):
        with mpmath.workdps(50):
            value = Evaluator({z: mpmath.mpf(1) / 3}, DIGITS)(sp.exp(z) + sp.Rational(1, 7) + sp.pi)
            expected = mpmath.exp(mpmath.mpf(1) / 3) + mpmath.mpf(1) / 7 + mpmath.pi
            assert abs(value - expected) < mpmath.mpf(10) ** -48

    def test_what_was_computed_is_remembered_and_forgotten_with_other_values(self):
        at = Evaluator({z: 2.0}, NUMBERS)
        assert at(z**2 + 1) == 5
        assert at.computed[z**2] == 4
        assert at.knowing({z: 3.0})(z**2 + 1) == 10
        assert at(z**2 + 1) == 5
