"""Answers that are formulas: equal in another form is right, anything else is refused in words."""

import re
import time

import mpmath
import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import check, engine, expressions, running
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


@pytest.mark.parametrize("seconds", [0.5, 5.0])
def test_a_form_that_sympy_does_not_prove_is_accepted_at_random_points(monkeypatch, seconds):
    def unable(expression):
        while seconds < 1:
            pass
        raise NotImplementedError

    assert "proved" in check("sigmoid-derivative", sigma(x) * sigma(-x)).message
    monkeypatch.setattr(sp, "simplify", unable)
    monkeypatch.setattr(expressions, "_tried", {})  # as in a new notebook
    assert "random points" in check("sigmoid-derivative", sigma(x) * sigma(-x), seconds=seconds).message


def test_a_proof_is_attempted_once_though_the_points_are_others(monkeypatch):
    attempts = []
    monkeypatch.setattr(running, "CAN_FORK", False)
    monkeypatch.setattr(expressions, "_tried", {})
    monkeypatch.setattr(expressions, "_proved", lambda *attempt: attempts.append(attempt) or True)
    for seed in (0, 1, 2):
        assert "proved" in check("sigmoid-derivative", sigma(x) * sigma(-x), seed=seed).message
    assert len(attempts) == 1
    assert "proved" in check("sigmoid-derivative", (1 - sp.tanh(x / 2) ** 2) / 4).message
    assert len(attempts) == 2


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
        (np.ones(3), "array of shape (3,)"),
        pytest.param(lambda x: x, "function", id="a function"),
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
    monkeypatch.setattr(engine, "find", lambda name: exercise)
    t = sp.Symbol("t", positive=True)
    assert check("log", sp.log(t**2) / 2).solved
    assert check("log", sp.log(2 * t)).state == "wrong"
    monkeypatch.setattr(sp, "simplify", lambda difference: difference)
    assert "random points" in check("log", sp.log(1 / t) * sp.Integer(-1) + sp.cos(t) ** 2 + sp.sin(t) ** 2 - 1).message


z, s = sp.symbols("z s", real=True)
n, k, d, p, stride = sp.symbols("n k d p s", positive=True)
alpha, beta, t = sp.symbols("alpha beta t", positive=True)
abar_s, abar_t, g = sp.symbols("abar_s abar_t g")
i = sp.Symbol("i", integer=True)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        # A given symbol may stand for itself or for its definition.
        ("silu-bend", sp.diff(z * sigma(z), z, 2)),
        ("silu-bend", sp.exp(-z) / (1 + sp.exp(-z)) ** 2 * (2 + z * (sp.exp(-z) - 1) / (1 + sp.exp(-z)))),
        ("silu-bend", s * (1 - sigma(z)) * (2 + z * (1 - 2 * s))),
        ("silu-bend", sp.Eq(sp.Symbol("bend"), s * (1 - s) * (2 + z * (1 - 2 * s)))),
        ("silu-bend", sp.Eq(s * (1 - s) * (2 + z * (1 - 2 * s)), sp.Symbol("bend"))),
        # Lengths are integers.
        ("places-with-gaps", sp.floor((n + 2 * p - d * (k - 1) - 1) / stride) + 1),
        ("places-with-gaps", (n + 2 * p - d * (k - 1) - 1) // stride + 1),
        ("places-with-gaps", sp.ceiling((n + 2 * p - d * (k - 1)) / stride)),
        ("places-with-gaps", (n + 2 * p - 1 - d * (k - 1) - sp.Mod(n + 2 * p - 1 - d * (k - 1), stride)) / stride + 1),
        # Sums, and a range outside of which the answer means nothing.
        ("velocity-after-t-steps", -alpha * g * sp.Sum(beta**i, (i, 0, t - 1))),
        ("velocity-after-t-steps", -alpha * g * sp.summation(beta**i, (i, 0, t - 1))),
        (
            "covariance-of-two-steps",
            sp.sqrt(sp.Symbol("abar_t") / sp.Symbol("abar_s")) * sp.Abs(1 - sp.Symbol("abar_s")),
        ),
        # Other forms of a smooth function.
        ("sigmoid-derivative", 1 / (2 + 2 * sp.cosh(x))),
        ("sigmoid-derivative", 0.25 * (1 - sp.tanh(0.5 * x) ** 2)),
        ("sigmoid-derivative", sp.exp(-sp.Abs(x)) / (1 + sp.exp(-sp.Abs(x))) ** 2),
        ("sigmoid-derivative", sp.exp(-sp.Max(x, -x)) / (1 + sp.exp(-sp.Max(x, -x))) ** 2),
        (
            "sigmoid-derivative",
            sp.Piecewise((sp.exp(x) / (1 + sp.exp(x)) ** 2, x < 0), (sp.exp(-x) / (1 + sp.exp(-x)) ** 2, True)),
        ),
        (
            "sigmoid-derivative",
            sp.Heaviside(x) * sigma(x) * sigma(-x) + sp.Heaviside(-x) * sigma(x) * (1 - sigma(x)),
        ),
        ("uniform-weights", 6**0.5 * n**-0.5),
    ],
    ids=str,
)
def test_right_answers_in_other_forms(name, answer):
    for seed in range(3):
        feedback = check(name, answer, seed=seed)
        assert feedback.solved, feedback


bend = s * (1 - s) * (2 + z * (1 - 2 * s))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("silu-bend", sp.Piecewise((bend, z < 3), (0, True))),
        ("silu-bend", sp.Piecewise((bend, z < 10), (0, True))),
        ("silu-bend", sp.Piecewise((bend, z < 10))),
        ("silu-bend", sp.Piecewise((bend, sp.Abs(z) > 0.1), (sp.Rational(1, 2), True))),
        ("sigmoid-derivative", sp.Piecewise((sigma(x) * sigma(-x), sp.Abs(x) <= 30), (0, True))),
        ("sigmoid-derivative", sigma(x) * sigma(-x) + sp.Heaviside(x - 5) / 1000),
        ("sigmoid-derivative", sigma(x) * sigma(-x) + sp.Max(0, -x - 4) / 100),
    ],
    ids=str,
)
def test_a_branch_that_is_wrong_only_far_away_or_close_to_0_does_not_pass(name, answer):
    for seed in range(3):
        assert "not everywhere, such as at `" in check(name, answer, seed=seed).message


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("places-with-gaps", sp.floor((n + 2 * p - d * (k - 1)) / stride) + 1),
        ("places-with-gaps", sp.floor((n + p - d * (k - 1) - 1) / stride) + 1),
        ("velocity-after-t-steps", -alpha * g * sp.Sum(beta**i, (i, 0, t))),
        ("silu-bend", sigma(z) + z * sigma(z)),
    ],
    ids=str,
)
def test_wrong_answers_in_these_forms(name, answer):
    for seed in range(3):
        assert check(name, answer, seed=seed).state == "wrong"


def test_what_an_answer_leaves_to_do_is_carried_out_and_said():
    text = check("sigmoid-derivative", sp.Derivative(1 / (1 + sp.exp(-x)), x)).message
    assert "`Derivative` in it was carried out" in text
    assert "carried out" not in check("sigmoid-derivative", sp.diff(1 / (1 + sp.exp(-x)), x)).message


def test_integers_are_drawn_for_symbols_that_are_declared_to_be_integers(rng):
    symbols = {"m": sp.Symbol("m", integer=True), "j": sp.Symbol("j", integer=True, positive=True)}
    for draw in (expressions._draw, expressions._draw_far):
        values = [draw(symbols, rng) for _ in range(20)]
        assert all(type(value) is int for point in values for value in point.values())
        assert all(point[symbols["j"]] > 0 for point in values)
        assert any(point[symbols["m"]] < 0 for point in values)


def test_a_computation_that_holds_the_interpreter_is_ended():
    """One power of integers is one call into compiled code."""

    class Huge(sp.Expr):
        def doit(self, **hints):
            return sp.Integer(len(str(7 ** (10**8))))

    start = time.monotonic()
    assert check("sigmoid-derivative", sp.Derivative(Huge() * x, x), seconds=0.5).state == "wrong"
    assert time.monotonic() - start < 5


def toy(given, solution, **more):
    return Derivation("toy", "", "", f"import sympy as sp\n\n{given}", solution, [], **more)


def product(u, v, m):
    return u * v**m


OF_THREE = toy("u, v = sp.symbols('u v', real=True)\nm = sp.Symbol('m', integer=True, positive=True)", product)


def test_the_value_at_a_point_is_that_of_the_answer(rng):
    symbols = OF_THREE.symbols()
    for answer, value in ((symbols["u"] - symbols["v"], lambda u, v, m: u - v), (symbols["m"], lambda u, v, m: m)):
        text = expressions.at_a_point(OF_THREE, answer, rng, 5.0)
        found = re.fullmatch(
            r"Where: at `u = (-?\d(?:\.\d)?)`, `v = (-?\d(?:\.\d)?)`, `m = (\d+)` "
            r"your expression has the value (\S+)\.",
            text,
        )
        assert found is not None, text
        *numbers, shown = map(float, found.groups())
        assert shown == pytest.approx(value(*numbers), rel=1e-3)
    of_matrices = exercises()["linear-mse-gradient"]
    assert expressions.at_a_point(of_matrices, of_matrices.solution(**of_matrices.symbols()), rng, 5.0) == ""


def test_where_a_symbol_stands_for_something_its_value_is_that(rng):
    bending = exercises()["silu-bend"]
    text = expressions.at_a_point(bending, bending.symbols()["s"], rng, 5.0)
    at, value = map(float, re.findall(r"`z = (\S+)`.*value (\S+)\.$", text)[0])
    assert value == pytest.approx(1 / (1 + np.exp(-at)), rel=1e-3)


def test_values_are_drawn_of_every_size_and_sign_that_a_symbol_may_have(rng):
    N, n = sizes("N n")
    free, positive, negative = sp.Symbol("f"), sp.Symbol("p", positive=True), sp.Symbol("m", negative=True)
    symbols = {"X": sp.MatrixSymbol("X", N, n), "f": free, "p": positive, "m": negative, "n": n}
    near = [expressions._draw(symbols, rng) for _ in range(100)]
    far = [expressions._draw_far(symbols, rng) for _ in range(300)]
    for points in (near, far):
        for point in points:
            assert point[symbols["X"]].shape == (point[N], point[n])
            assert point[N] != point[n]
            assert min(point[N], point[n]) >= 2
            assert point[positive] > 0 > point[negative]
        assert {np.sign(point[free]) for point in points} == {-1, 1}
        assert {point[N] for point in points} >= {2, 3, 4, 5}
    for symbol in (free, positive, negative):
        ordinary, others = (np.abs([point[symbol] for point in points]) for points in (near, far))
        assert 0.2 <= ordinary.min() < 0.4 < 1.6 < ordinary.max() <= 2
        assert expressions.CLOSEST <= others.min() < 1e-4
        assert 50 < others.max() <= expressions.FARTHEST
    entries = [np.abs(point[symbols["X"]]).max() for point in far]
    assert min(entries) < 1e-3
    assert max(entries) > 50
    assert {type(point[n]) for point in near + far} == {int}


def test_integers_are_drawn_from_a_range(rng):
    symbols = {"m": sp.Symbol("m", integer=True, positive=True)}
    m = symbols["m"]
    near, far = ({draw(symbols, rng)[m] for _ in range(2000)} for draw in (expressions._draw, expressions._draw_far))
    assert near == set(range(2, 12))
    assert far == set(range(1, 60))


def test_where_no_values_are_possible_but_some_these_are_drawn(rng):
    exercise = toy("u, v = sp.symbols('u v')", lambda u, v: sp.sqrt(1 - u) * v, values=lambda rng: {"u": 0.25})
    u, v = exercise.symbols().values()
    for answer in (sp.sqrt(1 - u) * v, sp.sqrt(1 - u) * v + sp.Max(0, u - 1)):
        assert expressions.judge(exercise, answer, rng, 5.0)[0] == "solved"


def test_parts_whose_shapes_do_not_fit_are_named():
    N, n = sizes("N n")
    X, w = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("w", n, 1)
    assert expressions._misfit(X * w) is None
    assert expressions._misfit(2 * X + X) is None
    assert expressions._misfit(sp.Symbol("x") + 1) is None
    assert expressions._misfit(2 * w * X) == (
        "The shapes do not fit: in the product of `w` and `X` the left one has $1$ columns and the right one $N$ rows."
    )
    assert expressions._misfit(w + X) == (
        "The shapes do not fit: in a sum, `X` has the shape $\\left( N, \\  n\\right)$ "
        "and `w` the shape $\\left( n, \\  1\\right)$."
    )


def test_numbers_of_a_thousand_digits_are_close_or_not():
    with mpmath.workdps(expressions.DIGITS):
        one = mpmath.mpf(1)
        for other, exact, decimal in (
            (one, True, True),
            (one + mpmath.mpf(10) ** -220, True, True),
            (one + mpmath.mpf(10) ** -150, False, True),
            (one + mpmath.mpf(10) ** -10, False, True),
            (one - mpmath.mpf(10) ** -7, False, False),
            (-one, False, False),
        ):
            for scale in (1, 10**50):
                assert expressions._close(scale * other, scale * one, False) == exact
                assert expressions._close(scale * other, scale * one, True) == decimal
        assert expressions._close(mpmath.mpf(10) ** -900, mpmath.mpf(0), False)
        assert not expressions._close(mpmath.mpf(10) ** -500, mpmath.mpf(0), False)
        assert expressions._close(mpmath.mpf(10) ** -13, mpmath.mpf(0), True)
        assert not expressions._close(mpmath.mpf(10) ** -11, mpmath.mpf(0), True)
    assert expressions._close(np.ones(2), np.ones(2), False)
    assert not expressions._close(np.ones(2), np.array([1, 1.1]), False)


def test_a_value_is_exact_or_there_is_none():
    u = sp.Symbol("u", real=True)
    with mpmath.workdps(expressions.DIGITS):
        assert abs(expressions._exactly(1 - sp.tanh(u) ** 2, {u: 200.0}) * mpmath.cosh(200) ** 2 - 1) < 1e-300
        assert expressions._exactly(sp.sqrt(u) ** 2, {u: -2.0}) == pytest.approx(-2)
    for expression in (sp.sqrt(u), sp.log(u)):
        assert expressions._exactly(expression, {u: -2.0}) is None
    X = sp.MatrixSymbol("X", 2, 2)
    entries = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(expressions._exactly(2 * X, {X: entries}), 2 * entries)
    assert expressions._exactly(2 * X, {X: entries * np.inf}) is None


def test_where_two_expressions_differ_is_told():
    u, v = sp.symbols("u v", real=True)
    points = [{u: 1.0, v: 2.0}, {u: 30.0, v: 123.456}, {u: 40.0, v: 1.0}]
    assert expressions._differs_at(u * v, v * u, points, 5.0) is None
    assert expressions._differs_at(u + sp.Max(0, u - 20), u + 0 * v, points, 5.0) == "`u = 30`, `v = 123.5`"
    X = sp.MatrixSymbol("X", 2, 2)
    assert expressions._differs_at(2 * X, X, [{X: np.eye(2)}], 5.0) == "other entries"
    assert expressions._differs_at(sp.Function("g")(u), u, points, 5.0) is None
    assert expressions._differs_at(u, sp.log(-u), points, 5.0) is None, "there is no right value anywhere"


def test_only_so_many_attempts_at_a_proof_are_remembered(monkeypatch):
    monkeypatch.setattr(expressions, "_tried", {})
    for attempt in range(expressions.KEPT + 2):
        expressions._remember(attempt, attempt % 2 == 0)
    assert expressions._tried == {attempt: attempt % 2 == 0 for attempt in range(2, expressions.KEPT + 2)}


def test_what_can_be_proved_and_what_cannot():
    u = sp.Symbol("u", real=True)
    X = sp.MatrixSymbol("X", 2, 3)
    for one, other, equal in (
        ((u + 1) ** 2, u**2 + 2 * u + 1, True),
        ((u + 1) ** 2, u**2 + 2 * u + 2, False),
        (sp.sinh(u), (sp.exp(u) - sp.exp(-u)) / 2, True),
        (2 * (X + X), 4 * X, True),
        (2 * (X + X), 3 * X, False),
    ):
        assert expressions._proved(one, other, 5.0) is equal


def test_missing_symbols_and_another_shape_are_told():
    u, v, w = sp.symbols("u v w")
    N, n = sizes("N n")
    assert expressions._missing(u, u * w * v) == (
        "The result depends on `v`, `w` too, which your expression does not contain."
    )
    assert expressions._missing(u * v, u + v) is None
    assert expressions._missing(u, sp.MatrixSymbol("X", N, n)) is None
    assert expressions._difference(u, v) == (
        "Your expression is a scalar, as expected, but differs from the right one at random points."
    )
    assert expressions._difference(u, sp.MatrixSymbol("X", N, n)) == (
        "Your expression is a scalar; expected is a matrix of shape (N, n)."
    )


@pytest.mark.parametrize("inverse", [np.linalg.inv, np.linalg.pinv], ids=["which may raise", "which never raises"])
def test_a_matrix_without_an_inverse_is_told_whatever_rounding_makes_of_it(monkeypatch, inverse):
    monkeypatch.setattr(np.linalg, "inv", inverse)
    exercise = exercises()["fit-with-a-guess"]
    J, z = (exercise.symbols()[name] for name in ("J", "z"))
    for seed in range(5):
        told = expressions.judge(exercise, (J.T * J).I * J.T * z, np.random.default_rng(seed), 5)
        assert told == ("wrong", expressions.NO_INVERSE)
