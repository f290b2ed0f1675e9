"""Wrong versions of formulas: every usual slip is among them, none is the formula itself."""

import numpy as np
import pytest
import sympy as sp

from dlmath.falsify import wrong_versions
from dlmath.symbolic import elementwise, evaluate, hadamard, ones, sizes

N, n, m = sizes("N n m")
X, Y = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("Y", N, n)
W, A = sp.MatrixSymbol("W", m, n), sp.MatrixSymbol("A", n, n)
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
    ],
)
def test_the_slip_is_among_the_wrong_versions(formula, slip):
    draw = np.random.default_rng(3)
    values = {symbol: draw.normal(size=shape) for symbol, shape in [(X, (3, 2)), (Y, (3, 2)), (A, (2, 2)), (v, (2, 1))]}
    values |= {x: 0.7, y: 1.9, i: 1}

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
