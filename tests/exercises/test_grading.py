"""Grading outside of the notebook: nothing that a cell does changes what another answer is worth."""

import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import expressions, grading
from dlmath.exercises.definition import Derivation, chapters, exercises
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
