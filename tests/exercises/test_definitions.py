"""Every definition keeps its promises: the reference and its equivalents pass, every mistake gets its own hint."""

import ast
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from dlmath import layers
from dlmath.exercises import check
from dlmath.exercises.definition import Coding, Derivation, Ordering, Prediction, Reaching, chapters, exercises

PART_ONE = [
    "math/introduction",
    "math/function-approximation",
    "math/activation-function",
    "math/loss",
    "math/gradient-descent",
    "math/weight-update",
]


# The same answers, written differently, by the package or by another formula: one file a chapter, as the definitions. A
# new exercise needs none here: ``test_rewritten`` writes its solution in other ways.
EQUIVALENTS = {
    name: functions
    for file in sorted((Path(__file__).parent / "equivalents").rglob("*.py"))
    for name, functions in runpy.run_path(str(file))["EQUIVALENTS"].items()
}


def answer(exercise, function):
    return function if isinstance(exercise, Coding) else function(**exercise.symbols())


def of_all_exercises(test):
    return pytest.mark.parametrize("exercise", exercises().values(), ids=lambda exercise: exercise.name)(test)


@of_all_exercises
def test_the_stub_is_not_attempted(exercise):
    namespace = {"np": np}
    exec(exercise.stub, namespace)
    feedback = check(exercise.name, namespace[exercise.answer])
    assert feedback.state == "open"
    assert "not attempted" in feedback.message


@of_all_exercises
def test_the_printed_solution_is_accepted(exercise):
    namespace = {"np": np}
    exec(exercise.solution_code, namespace)
    for seed in (0, 1, 2):
        feedback = check(exercise.name, namespace[exercise.answer], seed=seed)
        assert feedback.solved, feedback


@pytest.mark.parametrize("name", EQUIVALENTS)
def test_another_way_to_write_it_is_accepted(name):
    exercise = exercises()[name]
    assert len(EQUIVALENTS[name]) >= 3
    for function in EQUIVALENTS[name]:
        for seed in (0, 1, 2):
            feedback = check(name, answer(exercise, function), seed=seed)
            assert feedback.solved, feedback


@pytest.mark.parametrize(
    ("exercise", "mistake"),
    [
        pytest.param(exercise, mistake, id=f"{exercise.name}-{index}")
        for exercise in exercises().values()
        if isinstance(exercise, Coding | Derivation)
        for index, mistake in enumerate(exercise.mistakes)
    ],
)
def test_a_mistake_gets_its_own_hint(exercise, mistake):
    for seed in (0, 1, 2):
        feedback = check(exercise.name, answer(exercise, mistake.wrong), seed=seed)
        assert feedback.state == "wrong"
        assert feedback.message == mistake.hint


def hints_of(exercise):
    if isinstance(exercise, Ordering):
        return [*exercise.before.values(), *exercise.extra.values()]
    return [mistake.hint for mistake in exercise.mistakes]


@of_all_exercises
def test_hints_differ_and_there_are_enough(exercise):
    hints = hints_of(exercise)
    # What an answer reaches has its sentences in `reached`.
    least = 0 if isinstance(exercise, Reaching) else 2 if isinstance(exercise, Ordering | Prediction) else 3
    assert len(hints) == len(set(hints)) >= least


@of_all_exercises
def test_hints_do_not_give_the_answer_away(exercise):
    lines = set(exercise.solution_code.splitlines()) - set(exercise.stub.splitlines())
    results = [line.replace("return ", "").split(" = ")[-1].replace(" ", "") for line in lines]
    # Names alone, such as `W0, b0, W1, b1`, stand in the first line of the stub too.
    telling = [result for result in results if len(result) > 8 and not re.fullmatch(r"[\w,]+", result)] or results
    if isinstance(exercise, Ordering | Prediction):
        telling = [exercise.expression.replace(" ", "")] if len(exercise.expression) > 8 else []
    for text in [exercise.statement, exercise.stub, *hints_of(exercise)]:
        assert not any(result in text.replace(" ", "") for result in telling)


@of_all_exercises
def test_the_stub_fits_the_page(exercise):
    assert max(map(len, exercise.stub.splitlines())) <= 78


@of_all_exercises
def test_the_stub_holds_nothing_of_the_solution(exercise):
    """A solution without a docstring, or symbols that give the answer, would be shown to the student."""
    statements = ast.parse(exercise.stub).body
    solution = ast.parse(exercise.solution_code).body
    if isinstance(exercise, Coding):
        (statements,), (solution,) = ([function.body for function in each] for each in (statements, solution))
        assert ast.get_docstring(ast.Module(solution[:1], [])) is not None
        solution = solution[1:]
    elif isinstance(exercise, Ordering | Prediction):
        assert statements[-1].value.value is ...
        assert len(statements) == 1
        return
    else:
        names = {node.id for each in statements[:-1] for node in ast.walk(each) if isinstance(node, ast.Name)}
        assert exercise.answer not in names
        solution = [solution[-1].value]
    given = {ast.dump(node) for statement in statements for node in ast.walk(statement)}
    assert solution
    assert not given & set(map(ast.dump, solution))


def test_answers_have_names_of_their_own_within_a_chapter():
    for chapter in chapters().values():
        names = [exercise.answer for exercise in chapter.exercises]
        assert len(names) == len(set(names))


def test_names_of_exercises_are_unique():
    assert len(exercises()) == sum(len(chapter.exercises) for chapter in chapters().values())


@pytest.mark.parametrize("name", PART_ONE)
def test_every_chapter_of_part_one_has_code_a_derivation_and_a_quiz(name):
    kinds = {type(exercise) for exercise in chapters()[name].exercises}
    assert kinds >= {Coding, Derivation}
    assert 3 <= len(chapters()[name].quiz) <= 5


def test_the_gradient_of_the_weights_between_two_batches_is_the_package_s(rng):
    """The derived form, in numbers, against two layers of the package: A times (B W^T)^T, and B times W^T."""
    from dlmath.symbolic import evaluate

    exercise = exercises()["pair-weights-gradient"]
    symbols = exercise.symbols()
    D, A, B = (rng.standard_normal(shape) for shape in [(5, 2), (5, 3), (2, 4)])
    W = rng.standard_normal((3, 4))
    values = {symbols["D"]: D, symbols["A"]: A, symbols["B"]: B}
    _, of_both, _ = layers.affine_backward(D, A, B @ W.T)
    np.testing.assert_allclose(
        evaluate(exercise.solution(**symbols), values), layers.affine_backward(of_both, B, W)[1], rtol=1e-12
    )
