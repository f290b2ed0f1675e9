"""Wrong versions of formulas: every usual slip is among them, none is the formula itself."""

import numpy as np
import pytest
import sympy as sp

from dlmath.falsify import SLIPS, SLIPS_OF_THE_WHOLE, wrong_as_a_whole, wrong_versions
from dlmath.symbolic import elementwise, evaluate, hadamard, ones, sizes

N, n, m = sizes("N n m")
X, Y = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("Y", N, n)
W, A, B = sp.MatrixSymbol("W", m, n), sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)
v = sp.MatrixSymbol("v", n, 1)
x, y = sp.symbols("x y")
i = sp.Symbol("i", integer=True)


@pytest.mark.parametrize(
    ("formula", "slip"),
    [
        pytest.param(X - Y, X + Y, id="sign of a matrix"),
        pytest.param(x - y**2, x + y**2, id="sign of a number"),
        pytest.param(2 * (X - Y) / N, 2 * (X - Y), id="factor"),
        pytest.param(X * W.T, W.T, id="matrix factor"),
        pytest.param(hadamard(X, Y), X, id="factor of a product by entries"),
        pytest.param(X * W.T, X * W, id="transpose left out"),
        pytest.param(A * v, A.T * v, id="transpose added"),
        pytest.param(A.inv() * v, A * v, id="inverse left out"),
        pytest.param(x**2 / 2, x**3 / 2, id="exponent"),
        pytest.param(2 * X, 3 * X, id="number"),
        pytest.param(sp.sin(x), x, id="function"),
        pytest.param(elementwise(lambda z: z**2, X), elementwise(lambda z: z**3, X), id="inside a function of entries"),
        pytest.param(sp.Sum(v[i, 0], (i, 0, n - 1)), sp.Sum(v[i, 0], (i, 1, n - 1)), id="first term of a sum"),
        pytest.param(sp.Matrix([[x, y + 1]]), sp.ImmutableMatrix([[x, y + 2]]), id="entry of a matrix"),
        pytest.param(
            sp.Piecewise((x, x > 0), (0, True)), sp.Piecewise((x, x > 0), (1, True)), id="branch of a case distinction"
        ),
        pytest.param(A[i, 0] ** 2, A.T[i, 0] ** 2, id="entry of the transpose"),
        pytest.param(X - 2 * Y, X, id="term of a matrix left out"),
        pytest.param(x - y**2, -(y**2), id="term of a number left out"),
        pytest.param(x * A * v + y * v, y * A * v + y * v, id="number for another"),
        pytest.param(hadamard(X, Y), hadamard(X, X), id="matrix for another"),
        pytest.param(A * B, A * A, id="matrix factor for another"),
        pytest.param(sp.Symbol("k") * v[i, 0], i * v[i, 0], id="size for another"),
        pytest.param(elementwise(lambda z: x * z + y, X), elementwise(lambda z: y * z + y, X), id="number inside"),
        pytest.param(A * B, hadamard(A, B), id="product by entries"),
        pytest.param(hadamard(A, B), A * B, id="matrix product"),
        pytest.param(x * A * B * v, x * hadamard(A, B) * v, id="product by entries within a product"),
        pytest.param(X * ones(n) * ones(n).T, ones(N) * ones(N).T * X, id="sums of columns for those of rows"),
        pytest.param(ones(N) * ones(N).T * X, X * ones(n) * ones(n).T, id="sums of rows for those of columns"),
        pytest.param(2 * X * ones(n, n), 2 * ones(N, N) * X, id="sums of columns, with one matrix of ones"),
        pytest.param(x * ones(N, N) * X * A * B, x * X * A * B * ones(n, n), id="sums of rows, of a product"),
        pytest.param(elementwise(sp.sin, X - Y), elementwise(sp.sin, X + Y), id="argument of a function of entries"),
        pytest.param(
            sp.Transpose(elementwise(sp.sin, X - Y)), sp.Transpose(elementwise(sp.sin, X)), id="under a transpose"
        ),
        pytest.param(sp.Sum(x * i, (i, 1 + n, 5)), sp.Sum(x * i, (i, 1 - n, 5)), id="sign in a lower limit"),
        pytest.param(A[0, i] ** 2, A[1, i] ** 2, id="next row"),
        pytest.param(A[0, i] ** 2, A[0, i - 1] ** 2, id="column before"),
        pytest.param(v[i, 0] ** 2, v[i - 1, 0] ** 2, id="entry before"),
        pytest.param(sp.Sum(v[i, 0], (i, 0, n - 1)), sp.Sum(v[i, 0], (i, 0, n - 2)), id="last term of a sum"),
        pytest.param(sp.Sum(v[i, 0], (i, m, n - 1)), sp.Sum(v[i, 0], (i, m + 1, n - 1)), id="first term, symbolic"),
        pytest.param(sp.Product(v[i, 0], (i, 0, n - 1)), sp.Product(v[i, 0], (i, 1, n - 1)), id="factor of a product"),
    ],
)
def test_the_slip_is_among_the_wrong_versions(formula, slip):
    draw = np.random.default_rng(3)
    shapes = {X: (3, 2), Y: (3, 2), A: (2, 2), B: (2, 2), v: (2, 1)}
    values = {symbol: draw.normal(size=shape) for symbol, shape in shapes.items()}
    values |= {x: 0.7, y: 1.9, i: 1, sp.Symbol("k"): 5, N: 3, n: 2, m: 0}

    def value(expression):
        known = {symbol: values[symbol] for symbol in expression.free_symbols if symbol in values}
        try:
            return np.asarray(evaluate(expression, known | {W: np.ones((4, 2))}))
        except (ValueError, KeyError, IndexError):
            return str(expression)  # shapes that do not fit

    def same(a, b):
        return np.shape(a) == np.shape(b) and (
            a == b if isinstance(a, str) or isinstance(b, str) else np.allclose(a, b)
        )

    assert any(same(value(version), value(slip)) for version in wrong_versions(formula))


@pytest.mark.parametrize(
    "formula",
    [
        2 * (elementwise(sp.tanh, X * W.T) - ones(N) * ones(m).T) / N,
        (X.T * X + x * sp.Identity(n)).inv() * X.T * sp.MatrixSymbol("y", N, 1),
        sp.Sum((X[i, 0] - Y[i, 0]) ** 2, (i, 0, N - 1)) / N,
        sp.Heaviside(x, 0) * sp.Max(0, x) + sp.Derivative(sp.exp(-x), x),
        sp.Piecewise((x, x > 0), (y * x, True)),
        sp.Matrix([[x, y], [1 - x, 0]]),
        A * v,
    ],
    ids=str,
)
def test_no_version_is_the_formula_and_none_comes_twice(formula):
    versions = wrong_versions(formula)
    assert versions
    assert formula not in versions
    assert len(set(versions)) == len(versions)
    assert all(isinstance(version, sp.Basic | sp.MatrixBase) for version in versions)


def test_names_and_sizes_are_left_alone():
    """A wrong version of a matrix symbol would be another symbol, without a value."""
    for version in wrong_versions(ones(N) * v.T + sp.ZeroMatrix(N, n)):
        assert version.free_symbols <= {N, n, v}


def test_every_kind_of_slip_has_a_name_and_a_sentence_and_is_made():
    slips = [*SLIPS, *SLIPS_OF_THE_WHOLE]
    assert len({slip.name for slip in slips}) == len(slips)
    assert all(slip.sentence and slip.sentence[-1].isalpha() for slip in slips)
    formula = hadamard(A * B * ones(n) * ones(n).T, A.T) + sp.Sum(sp.sin(v[i, 0]), (i, 0, n - 1)) * A * B
    symbols = sorted(formula.free_symbols, key=str)
    for slip in slips:
        parts = sp.preorder_traversal(formula)
        assert any(version is not None for part in parts for version in slip.at(part, symbols)), slip.name


@pytest.mark.parametrize("formula", [sp.Heaviside(x - y, 3), sp.Derivative(x * y, x)])
def test_what_says_what_is_meant_is_no_part_of_the_arithmetic(formula):
    versions = [version for version in wrong_versions(formula) if version.func == formula.func]
    assert versions
    assert all(version.args[1:] == formula.args[1:] for version in versions)


def test_the_whole_is_negated_and_doubled():
    assert wrong_as_a_whole(X) == [-X, 2 * X]


@pytest.mark.parametrize(
    ("formula", "versions"),
    [
        (x * y + 1, {1 - x * y, x * y - 1, x * y, sp.Integer(1), x + 1, y + 1, x * y + 2, x**2 + 1, y**2 + 1}),
        (A.T * v, {"A*v", "A.T", "v"}),
        (
            hadamard(X, Y),  # whether shapes fit, the evaluator finds out
            {f"HadamardProduct({factors})" for factors in ("X", "Y", "X, X", "Y, Y", "X.T, Y", "X, Y.T")} | {"X*Y"},
        ),
        (v[i, 0], {v[i + 1, 0], v[i - 1, 0]}),
        (
            sp.Sum(v[i, 0], (i, 1, m)),
            {
                sp.Sum(v[i, 0], (i, 2, m)),
                sp.Sum(v[i, 0], (i, 1, m - 1)),
                sp.Sum(v[i + 1, 0], (i, 1, m)),
                sp.Sum(v[i - 1, 0], (i, 1, m)),
            },
        ),
    ],
    ids=lambda part: f"{len(part)} versions" if isinstance(part, set) else str(part),
)
def test_the_versions_are_these_and_no_others(formula, versions):
    assert {str(version) for version in wrong_versions(formula)} == set(map(str, versions))
