"""Grading outside of the notebook: nothing that a cell does changes what another answer is worth."""

import json
import os
import pickle
import subprocess
import textwrap
import time
import types

import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import check, expressions, grading
from dlmath.exercises.definition import Coding, Derivation, Ordering, Prediction, Reaching, chapters, exercises
from dlmath.exercises.grading import Cell, Place, expression_of, grade

CHAPTER = chapters()["math/loss"]
RIGHT = {exercise.name: exercise.solution_code for exercise in CHAPTER.exercises}
NONSENSE = "mse = mse_gradient = lambda predictions, targets: predictions * 0 + 1.0\nweight_gradient = 3\n"


def graded(answers, *extra):
    """Which of the exercises are solved, and the feedback."""
    steps = [Cell("import numpy as np\nfrom dlmath.exercises import check"), *map(Cell, extra)]
    for exercise in CHAPTER.exercises:
        steps += [Cell(answers.get(exercise.name, exercise.stub)), Place(exercise.name)]
    feedback = grade(steps, "secret", "ada")
    assert list(feedback) == list(RIGHT)
    return [each.state for each in feedback.values()], feedback


def test_right_answers_and_none():
    assert graded(RIGHT)[0] == ["solved"] * len(RIGHT)
    assert graded({})[0] == ["open"] * len(RIGHT)


@pytest.mark.parametrize(
    "cheat",
    [
        "import dlmath.exercises\ndlmath.exercises.check = lambda *a, **o: type('Yes', (), {'solved': True})",
        "from dlmath.exercises import engine, expressions\n"
        "engine._verdict = engine.judge_outcomes = expressions.judge = lambda *a: ('solved', 'solved.')",
        "from dlmath.exercises import grading\ngrading._report = lambda *a: ('solved', 'solved.')",
        "from dlmath.exercises import grading\ngrading._report = lambda *a: ('outcomes', [([], None, '')] * 3)",
        "from dlmath.exercises import grading\ngrading._report = lambda *a: ('expression', '__import__(1)')",
        "np.abs = lambda *a, **o: 0.0\nnp.isclose = np.allclose = lambda *a, **o: True",
        "get_ipython().input_transformers_post.append(lambda lines: [])",
        "for i in (3, 5, 7, 9):\n    open(f'{i}.report', 'wb').write(b'solved')\n"
        "open('finished', 'w')\nimport os\nos._exit(0)",
        "feedback = seed = grade = check = type('Yes', (), {'solved': True})",
    ],
)
def test_nothing_that_a_cell_writes_over_earns_a_point(cheat):
    assert "solved" not in graded(dict.fromkeys(RIGHT, NONSENSE), cheat)[0]


@pytest.mark.parametrize("end", ["exit()", "quit()", "raise SystemExit", "raise KeyboardInterrupt"])
def test_a_cell_that_wants_to_end_costs_nothing(end):
    assert graded(RIGHT, end)[0] == ["solved"] * len(RIGHT)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("import os\nos._exit(0)", "ended Python"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "ended Python"),
        ("while True:\n    pass", "ran longer than it may"),
        ("sum(range(10**11))", "ran longer than it may"),
    ],
)
def test_a_cell_that_ends_python_costs_its_own_exercise(monkeypatch, end, reason):
    monkeypatch.setattr(grading, "CELL_SECONDS", 10)
    states, feedback = graded(RIGHT | {"mean-squared-error": end})
    assert states == ["open" if name == "mean-squared-error" else "solved" for name in RIGHT]
    assert f"A cell above {reason} and was left out." in feedback["mean-squared-error"].message


def test_a_cell_with_an_error_costs_its_own_exercise_and_is_named():
    states, feedback = graded(RIGHT | {"mean-squared-error": "def mse(:"})
    assert states == ["open" if name == "mean-squared-error" else "solved" for name in RIGHT]
    assert "The cell raised SyntaxError." in feedback["mean-squared-error"].message


def test_names_of_ours_are_free_for_the_student():
    taken = "\nfeedback = seed = grade = check = exercises = engine = steps = 3"
    assert graded({name: code + taken for name, code in RIGHT.items()})[0] == ["solved"] * len(RIGHT)


def test_an_answer_may_use_a_helper_of_another_cell():
    helper = "def squared(array):\n    return array**2"
    mse = "def mse(predictions, targets):\n    return squared(predictions - targets).sum() / len(predictions)"
    assert graded(RIGHT | {"mean-squared-error": mse}, helper)[0] == ["solved"] * len(RIGHT)


@pytest.mark.parametrize(
    "exercise", [e for e in exercises().values() if isinstance(e, Derivation)], ids=lambda exercise: exercise.name
)
def test_every_expression_survives_its_text(exercise, rng):
    symbols = exercise.symbols()
    points = [expressions._draw(symbols, rng)]
    for function in (exercise.solution, *(mistake.wrong for mistake in exercise.mistakes)):
        expression = sp.sympify(function(**symbols))
        again = expression_of(sp.srepr(expression))
        assert again.free_symbols == expression.free_symbols
        np.testing.assert_allclose(expressions._at(again, points), expressions._at(expression, points), rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "sin('__import__(\"os\").getcwd()')",
        "Add(Symbol('x'), 'y')",
        "Symbol.__subclasses__()",
        "sympify('1')",
        "(lambda: 1)()",
        "[x for x in (1,)]",
        "lambdify([], '1')",
        "Symbol('x'",
        "exec('1')",
    ],
)
def test_a_text_that_is_no_expression_is_refused(text):
    with pytest.raises(ValueError, match="expression"):
        expression_of(text)


def test_seeds_are_secret_and_repeat():
    assert grading.seeds("one", "ada", "mse-gradient") != grading.seeds("two", "ada", "mse-gradient")
    assert 0 not in grading.seeds("one", "ada", "mse-gradient")


def first(kind):
    return next(each for each in exercises().values() if type(each) is kind)


def reported(exercise, answer, drawn=(1, 2, 3)):
    return grading._report(exercise, {exercise.answer: answer}, list(drawn))


def of(exercise, code):
    namespace = {"np": np}
    exec(code, namespace)
    return namespace[exercise.answer]


@pytest.mark.parametrize("kind", [Coding, Derivation, Ordering, Prediction])
def test_a_report_is_plain_data_from_which_the_verdict_follows(kind):
    exercise, drawn = first(kind), [1, 2, 3]
    report = reported(exercise, of(exercise, exercise.solution_code), drawn)
    again = grading._plain(pickle.dumps(report))
    assert again[0] == {Coding: "outcomes", Derivation: "expression"}.get(kind, "plain")
    feedback = grading._judge(exercise.name, again, drawn, "A reason.")
    assert (feedback.name, feedback.state) == (exercise.name, "solved")
    assert "A reason." not in feedback.message
    for nothing in (None, ...):
        state, message = reported(exercise, nothing)
        assert state == "open"
        assert message.startswith("not attempted yet")
    assert grading._judge(exercise.name, ("open", "not yet."), drawn, "A reason.").message == "not yet. A reason."
    assert grading._judge(exercise.name, ("wrong", "no."), drawn, "").message == "no."
    with pytest.raises(KeyError):
        grading._report(exercise, {}, drawn)


def test_what_is_no_answer_of_its_kind_is_reported_in_words():
    assert reported(first(Ordering), "abc") == ("wrong", "Expected is a list of the numbers of the lines, got a text.")
    assert reported(first(Coding), 3)[0] == "wrong"
    assert "needs the function itself" in reported(first(Coding), 3)[1]
    state, message = reported(first(Derivation), "x + 1")
    assert state == "wrong"
    assert "text" in message
    for number in (3, 2.5):
        assert reported(first(Derivation), number)[0] == "expression"


def test_an_answer_that_takes_too_long_or_ends_python_is_reported(monkeypatch):
    exercise = exercises()["mse-gradient"]
    monkeypatch.setattr(grading.engine, "SECONDS", 0.5)

    def waits(predictions, targets):
        time.sleep(60)

    def ends(predictions, targets):
        os._exit(0)

    state, message = reported(exercise, waits)
    assert state == "wrong"
    assert "after 0.5 seconds" in message
    state, message = reported(exercise, ends)
    assert state == "wrong"
    assert "ended Python itself" in message


def test_every_draw_counts():
    exercise = exercises()["mse-gradient"]
    right = reported(exercise, exercise.solution, [1, 2, 3])[1]
    wrong = reported(exercise, lambda predictions, targets: 3 * (predictions - targets), [1, 2, 3])[1]
    for place in range(3):
        mixed = [wrong[i] if i == place else right[i] for i in range(3)]
        assert grading._judge("mse-gradient", ("outcomes", mixed), [1, 2, 3], "").state == "wrong"
    assert grading._judge("mse-gradient", ("outcomes", right), [1, 2, 3], "").state == "solved"
    assert grading._judge("mse-gradient", ("outcomes", right), [4, 5, 6], "").state == "wrong", (
        "other inputs were drawn"
    )
    assert grading._judge("mse-gradient", ("outcomes", []), [], "").message == "it was not tried."
    derivation = first(Derivation)
    feedback = grading._judge(derivation.name, ("expression", "__import__('os')"), [1], "")
    assert feedback.state == "wrong"
    assert "no SymPy expression" in feedback.message


def test_a_report_that_somebody_else_has_written_is_wrong():
    interfered = ("wrong", "the answer has interfered with its report.")
    for report in (b"solved", pickle.dumps(print), pickle.dumps(("a", "b", "c"))[:-2]):
        assert grading._plain(report) == interfered


def test_why_an_answer_is_missing_is_told_of_the_cells_since_the_exercise_before():
    steps = [Cell("a"), Place("one"), Cell("b"), Cell("c"), Place("two"), Place("three")]
    lost = {0: "ended Python", 2: "ran longer than it may", 3: "ended Python"}
    assert grading._reason(steps, lost, 1) == "A cell above ended Python and was left out."
    assert grading._reason(steps, lost, 4) == (
        "A cell above ended Python and was left out. A cell above ran longer than it may and was left out."
    )
    assert grading._reason(steps, lost, 5) == ""


class Shell:
    """What the grader needs of IPython's."""

    def __init__(self):
        self.user_ns = {}

    def run_cell(self, source):
        result = types.SimpleNamespace(error_before_exec=None, error_in_exec=None)
        try:
            code = compile(source, "<cell>", "exec")
        except SyntaxError as error:
            result.error_before_exec = error
            return result
        try:
            exec(code, self.user_ns)
        except Exception as error:
            result.error_in_exec = error
        return result


def test_the_steps_are_gone_through_and_each_place_gets_its_report(tmp_path, monkeypatch):
    limits = []
    monkeypatch.setattr(
        grading.faulthandler, "dump_traceback_later", lambda *limit, **how: limits.append((*limit, how))
    )
    mse, gradient, weight = (exercise for exercise in CHAPTER.exercises if isinstance(exercise, Coding | Derivation))
    work = [
        {"index": 1, "source": "import numpy as np"},
        {"index": 2, "source": f"1 / 0\n{mse.solution_code}"},
        {"index": 3, "exercise": mse.name, "seeds": [1, 2, 3]},
        {"index": 5, "source": "def ("},
        {"index": 6, "exercise": weight.name, "seeds": [1]},
        {"index": 7, "source": gradient.solution_code},
        {"index": 8, "exercise": gradient.name, "seeds": [4, 5, 6]},
        {"index": 9, "exercise": mse.name, "seeds": [1]},
    ]
    (tmp_path / "work.json").write_text(json.dumps([7, work]), encoding="utf-8")
    grading._go_through(Shell(), tmp_path)
    reports = {int(file.stem): grading._plain(file.read_bytes()) for file in tmp_path.glob("*.report")}
    assert set(reports) == {3, 6, 8, 9}
    assert reports[3] == (
        "open",
        f"not attempted yet: `{mse.answer}` is not defined. The cell raised ZeroDivisionError.",
    )
    assert reports[6] == ("open", f"not attempted yet: `{weight.answer}` is not defined. The cell raised SyntaxError.")
    assert grading._judge(gradient.name, reports[8], [4, 5, 6], "").state == "solved"
    assert reports[9] == ("open", f"not attempted yet: `{mse.answer}` is not defined.")
    assert (tmp_path / "finished").exists()
    assert (tmp_path / "started").read_text(encoding="utf-8") == "9"
    assert not list(tmp_path.glob("*.partial"))
    answer = 7 + 2 * grading.DRAWS * grading.engine.SECONDS
    assert limits == [(limit, {"exit": True, "file": 2}) for limit in (7, 7, answer, 7, answer, 7, answer, answer)]


def test_what_may_take_long_is_given_the_time(monkeypatch):
    reaching = first(Reaching)
    assert grading._seconds(reaching.name) == reaching.seconds > grading._seconds("mse-gradient") == 5


x, y = sp.symbols("x y", real=True)
i, n = sp.symbols("i n", integer=True, positive=True)
X, A, v = sp.MatrixSymbol("X", 2, 3), sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("v", n, 1)
f = sp.Function("f")


@pytest.mark.parametrize(
    "expression",
    [
        -(x**2) + sp.Rational(1, 3),
        sp.Float("0.1") * sp.pi + sp.E - sp.I * sp.EulerGamma,
        sp.oo,
        -sp.oo,
        sp.Integer(-3),
        sp.Piecewise((x, x > 0), (0, True)),
        sp.Piecewise((x, sp.And(x > 0, y < 1)), (0, sp.Or(x < 0, sp.Eq(y, 2))), (1, sp.Ne(x, y)), (2, True)),
        sp.Abs(x) + sp.sign(y) + sp.Heaviside(x, 0) + sp.Max(x, y, 0) - sp.Min(x, -x),
        sp.Derivative(f(x), (x, 2)),
        sp.Subs(f(x), x, 0),
        sp.Sum(x**i, (i, 0, n)) * sp.Product(i, (i, 1, n)) * sp.Integral(x, (x, 0, 1)),
        sp.IndexedBase("a")[i],
        sp.KroneckerDelta(i, n) + sp.floor(x) + sp.Mod(i, n) + sp.binomial(n, i),
        sp.Matrix([[x, 1], [0, -2]]),
        sp.ImmutableMatrix([[x, 1]]),
        X.T,
        X[0, 1] + A[i, 0],
        X[0:1, :],
        sp.HadamardProduct(X, sp.MatrixSymbol("Y", 2, 3)),
        sp.HadamardPower(X, 2),
        X + sp.ZeroMatrix(2, 3),
        sp.OneMatrix(n, 1).T,
        A.I * A**2 * (sp.Identity(n) + A) * v,
        sp.Trace(A) + sp.Determinant(A),
        v.applyfunc(sp.exp) + v.applyfunc(sp.Lambda(x, sp.Max(x, 0))),
        sp.DiagMatrix(v) * sp.DiagonalMatrix(A),
        sp.BlockMatrix([[A, v]]),
    ],
    ids=str,
)
def test_an_expression_is_read_as_it_was_written(expression):
    assert expression_of(sp.srepr(expression)) == expression


def test_an_answer_with_cases_is_graded_as_it_is_checked():
    exercise = next(
        each
        for each in exercises().values()
        if isinstance(each, Derivation) and isinstance(each.solution(**each.symbols()), sp.Expr)
    )
    right, symbol = exercise.solution(**exercise.symbols()), next(iter(exercise.symbols().values()))
    for other, state in ((right, "solved"), (2 * right, "wrong")):
        cases = sp.Piecewise((right, symbol > 0), (other, True), evaluate=False)
        assert check(exercise.name, cases).state == state
        assert grading._judge(exercise.name, reported(exercise, cases), [1, 2, 3], "").state == state


def test_texts_that_are_no_expression_say_what_is_none():
    assert expression_of("-3") == -3
    for text, words in (
        ("x", "no SymPy expression: x"),
        ("sin('a')", r"no SymPy expression: 'a'$"),
        ("Symbol('x')()", "a call$"),
        ("Add(1, 2) if 1 else 2", "no SymPy expression: "),
        ("Symbol('x'", "cannot be read: SyntaxError"),
        ("Symbol()", "cannot be read: TypeError"),
    ):
        with pytest.raises(ValueError, match=words):
            expression_of(text)
    long = "[" + "y, " * 100 + "]"
    with pytest.raises(ValueError, match=r"no SymPy expression: y$"):
        expression_of(long)


def runs(monkeypatch, steps, *results):
    """What is judged if the interpreter ends like this, one time after the other, and what it was started without."""
    started, coming = [], iter(results)

    def run(steps, lost, judged, secret, student):
        started.append((dict(lost), sorted(judged)))
        return next(coming)

    monkeypatch.setattr(grading, "_run", run)
    judged = grading.judge_places(steps, "secret", "ada")
    return {index: (each.name, each.state, each.message) for index, each in judged.items()}, started


def test_what_ends_the_interpreter_is_left_out_when_it_is_started_again(monkeypatch):
    steps = [Cell("a"), Place("mse-gradient"), Cell("b"), Place("mean-squared-error")]
    open_report = ("open", "not yet.")
    judged, started = runs(
        monkeypatch,
        steps,
        ({}, 0, "ended Python"),
        ({}, 1, "ran longer than it may"),
        ({3: open_report}, 2, "ended Python"),
        ({}, None, ""),
    )
    assert judged == {
        1: ("mse-gradient", "wrong", "the answer ran longer than it may."),
        3: ("mean-squared-error", "open", "not yet."),
    }
    first_two = {0: "ended Python", 1: "ran longer than it may"}
    assert started == [
        ({}, []),
        ({0: "ended Python"}, []),
        (first_two, [1]),
        (first_two | {2: "ended Python"}, [1, 3]),
    ]


@pytest.mark.parametrize("again", [0, -1, 4, 10**9], ids=str)
def test_grading_ends_where_the_interpreter_tells_nothing_new(monkeypatch, again):
    steps = [Cell("a"), Place("mse-gradient"), Cell("b"), Place("mean-squared-error")]
    judged, started = runs(monkeypatch, steps, ({}, 0, "ended Python"), ({}, again, "ended Python"))
    assert len(started) == 2
    untried = "the answer could not be tried."
    assert judged == {1: ("mse-gradient", "wrong", untried), 3: ("mean-squared-error", "wrong", untried)}


def test_a_report_that_cannot_be_judged_is_wrong(monkeypatch):
    steps = [Place("mse-gradient"), Place("mse-gradient")]
    reports = {0: ("outcomes", [1, 2, 3]), 1: "nothing of ours"}
    judged, _ = runs(monkeypatch, steps, (reports, None, ""))
    interfered = ("mse-gradient", "wrong", "the answer has interfered with its report.")
    assert judged == {0: interfered, 1: interfered}


def test_a_cell_cannot_read_what_the_grader_reads():
    kept, (reading, writing) = os.dup(0), os.pipe()
    os.write(writing, b"the secret of the course")
    os.close(writing)
    os.dup2(reading, 0)
    try:
        code = textwrap.indent(RIGHT["mse-gradient"], "    ")
        steps = [Cell(f"import sys\nif not sys.stdin.read():\n{code}"), Place("mse-gradient")]
        assert grade(steps, "secret", "ada")["mse-gradient"].state == "solved"
    finally:
        os.dup2(kept, 0)
        for descriptor in (kept, reading):
            os.close(descriptor)


def test_the_whole_may_take_as_long_as_its_parts(monkeypatch):
    times = []

    def run(command, timeout, **options):
        times.append(timeout)
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(grading.subprocess, "run", run)
    reaching = first(Reaching)
    steps = [Cell("a"), Cell("b"), Place("mse-gradient"), Place(reaching.name)]
    assert grading._run(steps, {}, {}, "secret", "ada") == ({}, 0, "ran longer than it may")
    assert grading._run(steps, {0: "ended Python"}, {}, "secret", "ada") == ({}, 1, "ran longer than it may")
    cells, answers = len(steps) * grading.CELL_SECONDS, grading.ANSWER_SECONDS + reaching.seconds
    assert times[0] >= cells + 2 * grading.DRAWS * answers
    judged = {2: None, 3: None}
    assert grading._run(steps, {}, judged, "secret", "ada") == ({}, None, "")
    assert len(times) == 2, "nothing is left to judge"
