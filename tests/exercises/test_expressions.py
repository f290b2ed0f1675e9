import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import check, engine, expressions
from dlmath.exercises.definition import Derivation, exercises
from dlmath.symbolic import sigma, sizes

x = sp.Symbol("x", real=True)


def message(name, answer):
    feedback = check(name, answer)
    assert feedback.state == "wrong", feedback
    return feedback.message


@pytest.mark.parametrize(
    "answer",
    [
        sp.diff(1 / (1 + sp.exp(-x)), x),
        sp.Derivative(1 / (1 + sp.exp(-x)), x),
        sigma(x) * (1 - sigma(x)),
        sp.Eq(sp.Symbol("s"), sigma(x) * sigma(-x)),
        sigma(sp.Symbol("x")) * (1 - sigma(sp.Symbol("x"))),
        (1 - sp.tanh(x / 2) ** 2) / 4,
    ],
    ids=str,
)
def test_equivalent_forms_and_symbols_made_anew_are_accepted(answer):
    assert check("sigmoid-derivative", answer).solved


@pytest.mark.parametrize("seconds", [0.05, 5.0])
def test_a_form_that_sympy_does_not_prove_is_accepted_at_random_points(monkeypatch, seconds):
    def unable(expression):
        while seconds < 1:
            pass
        raise NotImplementedError

    assert "proved" in check("sigmoid-derivative", sigma(x) * sigma(-x)).message
    monkeypatch.setattr(sp, "simplify", unable)
    assert "random points" in check("sigmoid-derivative", sigma(x) * sigma(-x), seconds=seconds).message


def test_matrix_expressions_in_another_form():
    N, n = sizes("N n")
    X, w, y = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("w", n, 1), sp.MatrixSymbol("y", N, 1)
    assert check("linear-mse-gradient", 2 / N * ((w.T * X.T - y.T) * X).T).solved
    assert check("linear-mse-gradient", sp.diff(sp.Trace((X * w - y).T * (X * w - y)) / N, w)).solved


def test_sign_factor_and_transposition():
    h, f, v, w = sp.symbols("h f v w")
    right = exercises()["network-slope"].solution(h, f, v, w)
    assert message("network-slope", -right) == "The sign is wrong, and nothing else."
    assert "constant multiple" in message("network-slope", right / 3)
    N, n = sizes("N n")
    X, w, y = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("w", n, 1), sp.MatrixSymbol("y", N, 1)
    assert message("linear-mse-gradient", (2 * X.T * (X * w - y) / N).T) == (
        "This is a row. The gradient has the shape of the weights: a column."
    )


def test_a_matrix_of_another_shape():
    N, n = sizes("N n")
    assert "matrix of shape (N, n); expected is a matrix of shape (n, 1)" in message(
        "linear-mse-gradient", sp.MatrixSymbol("X", N, n)
    )
    assert "a scalar; expected is a matrix" in message("linear-mse-gradient", sp.Integer(3))


def test_a_wrong_expression_with_nothing_recognised():
    assert "differs from the right one" in message("sigmoid-derivative", sp.cos(x))


def test_a_symbol_from_elsewhere_is_named():
    text = message("sigmoid-derivative", sp.exp(-sp.Symbol("t")))
    assert "`t`" in text
    assert "`x`" in text


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ("exp(-x)", "without quotes"),
        (np.ones(3), "ndarray"),
        (lambda x: x, "function"),
        ([x], "list"),
        (sp.true, "SymPy"),
        (1j, "complex"),
        (sp.S.NaN, "random points"),
        (sp.zoo, ""),
        (sp.Matrix([[x]]), "expected is a scalar"),
        (sp.Function("g")(x), "could not be computed"),
        (sp.Interval(0, 1), "SymPy"),
    ],
    ids=repr,
)
def test_other_things_are_refused_in_words(answer, word):
    assert word in message("sigmoid-derivative", answer)


def test_dots_and_none_are_not_attempted():
    assert check("sigmoid-derivative", ...).state == "open"
    assert check("sigmoid-derivative", None).state == "open"


def test_a_row_of_other_symbols_with_the_same_names_is_taken_for_ours():
    N, n = sp.symbols("N n")
    X, w, y = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("w", n, 1), sp.MatrixSymbol("y", N, 1)
    assert check("linear-mse-gradient", 2 * X.T * (X * w - y) / N).solved


@pytest.mark.parametrize(
    "exercise", [e for e in exercises().values() if isinstance(e, Derivation)], ids=lambda exercise: exercise.name
)
def test_the_reference_is_finite_and_not_constant_where_it_is_compared(exercise, rng):
    symbols = exercise.symbols()
    points = [expressions._draw(symbols, rng) for _ in range(expressions.POINTS)]
    values = expressions._at(exercise.solution(**symbols), points)
    assert all(np.isfinite(value).all() for value in values)
    assert len({value.ravel()[0] for value in values}) == len(values)


def test_positive_symbols_get_positive_values(monkeypatch):
    def logarithm(t):
        return sp.log(t)

    exercise = Derivation("log", "", "", 'import sympy as sp\n\nt = sp.Symbol("t", positive=True)', logarithm, [])
    monkeypatch.setattr(engine, "exercises", lambda: {"log": exercise})
    t = sp.Symbol("t", positive=True)
    assert check("log", sp.log(t**2) / 2).solved
    assert check("log", sp.log(2 * t)).state == "wrong"
    monkeypatch.setattr(sp, "simplify", lambda difference: difference)
    assert "random points" in check("log", sp.log(1 / t) * sp.Integer(-1) + sp.cos(t) ** 2 + sp.sin(t) ** 2 - 1).message
