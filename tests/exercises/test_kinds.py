"""Lines in an order, predictions, and what is worth what it reaches: every answer that is wrong is named."""

import itertools
from unittest import mock

import numpy as np
import pytest

from dlmath.exercises import check as check_again
from dlmath.exercises import engine, running
from dlmath.exercises.definition import Ordering, Prediction, Reaching, chapters, exercises
from dlmath.exercises.engine import judge_plain
from dlmath.exercises.grading import Cell, Place, grade
from dlmath.exercises.kinds import disorder


def check(name, answer):
    """What is said at the first time."""
    engine._said.clear()
    return check_again(name, answer)


def of_all(kind):
    found = [exercise for exercise in exercises().values() if isinstance(exercise, kind)]
    return pytest.mark.parametrize("exercise", found, ids=lambda exercise: exercise.name)


def chapters_with(kind):
    return [name for name, chapter in chapters().items() if any(isinstance(e, kind) for e in chapter.exercises)]


def test_there_are_enough_of_each():
    assert len(chapters_with(Prediction)) >= 6
    assert len(chapters_with(Ordering)) >= 6
    assert {*chapters_with(Prediction), *chapters_with(Ordering)} == set(chapters())
    assert {name.split("/")[0] for name in chapters_with(Reaching)} == {"math", "equations", "forward"}


def judged(exercise, answer):
    # A thread gives the same verdict as a process of its own, and starts sooner.
    with mock.patch.object(running, "CAN_FORK", False):
        return judge_plain(exercise, answer, np.random.default_rng(0), 5.0)


def orders(exercise):
    """Every order of any of the lines that gets as far as being tried, by adding one line after another."""
    count, needed = len(exercise.lines), len(exercise.right_lines)
    open_orders = [[]]
    for _ in range(needed):
        longer = [[*order, n] for order in open_orders for n in range(1, count + 1) if n not in order]
        open_orders = [order for order in longer if can_go_on(disorder(exercise, order))]
    return [order for order in open_orders if disorder(exercise, order) is None]


def can_go_on(said):
    return said is None or "needed" in said or "Nothing that stands" in said


@of_all(Ordering)
def test_the_lines_are_shuffled_and_each_is_one_statement(exercise):
    right = exercise.right_lines
    assert len(set(exercise.lines)) == len(right) + len(exercise.extra)
    assert [line for line in exercise.lines if line in right] != right
    assert 4 <= len(right) <= 10
    assert not any(line.rstrip().endswith((",", "(", "[")) for line in right)
    assert right[-1].startswith("return")


@of_all(Ordering)
def test_every_order_is_right_or_named(exercise):
    """Those that compute the same are right; all others get a hint, and each hint is some order's."""
    said = [judged(exercise, order) for order in orders(exercise)]
    assert any(state == "solved" for state, _ in said)
    told = {message.split(". ", 1)[1] for state, message in said if state == "wrong"}
    assert told == set(exercise.before.values())


@of_all(Ordering)
def test_a_line_that_does_not_belong_is_named_wherever_it_stands(exercise):
    right = [exercise.lines.index(line) + 1 for line in exercise.right_lines]
    for line, hint in exercise.extra.items():
        for place in range(len(right)):
            state, message = judged(exercise, [*right[:place], exercise.lines.index(line) + 1, *right[place:]])
            assert (state, hint in message) == ("wrong", True)


@of_all(Ordering)
def test_what_is_no_order_is_refused(exercise):
    right = [exercise.lines.index(line) + 1 for line in exercise.right_lines]
    assert check(exercise.name, tuple(right)).solved
    assert check(exercise.name, np.array(right)).solved
    assert "is there 2 times" in check(exercise.name, [*right, right[0]]).message
    assert "There is no line 99" in check(exercise.name, [*right, 99]).message
    assert (
        "needs `" in check(exercise.name, right[::-1]).message
        or "indented" in check(exercise.name, right[::-1]).message
    )
    for short in (right[:-1], []):
        assert "needed" in check(exercise.name, short).message
    for nonsense in ("3, 1, 2", 3, [1.0, 2.0], [True], {1: 2}, lambda: right):
        feedback = check(exercise.name, nonsense)
        assert feedback.state == "wrong"
        assert "list of the numbers of the lines" in feedback.message


@of_all(Prediction)
def test_every_prediction_is_right_or_named(exercise):
    right = exercise.solution()
    assert check(exercise.name, right).message == f"solved. {exercise.why}"
    for mistake in exercise.mistakes:
        feedback = check(exercise.name, mistake.wrong())
        assert (feedback.state, feedback.message) == ("wrong", mistake.hint)
    if exercise.choices:
        assert {right, *(mistake.wrong() for mistake in exercise.mistakes)} == set(exercise.choices)
        assert len(exercise.choices) == len(exercise.mistakes) + 1 >= 3
        assert check(exercise.name, f" {right.lower()} ").solved
        assert "Choose one of" in check(exercise.name, "Z").message
        assert "Choose one of" in check(exercise.name, 1).message
    else:
        assert check(exercise.name, np.float64(right)).solved
        assert check(exercise.name, 1e7 * abs(right)).message == "That is too large."
        assert check(exercise.name, -1e7 * abs(right)).message == "That is too small."
        for nonsense in ("1", None is None, [right], np.nan, np.inf):
            assert "Expected is a number" in check(exercise.name, nonsense).message


@of_all(Prediction)
def test_the_words_of_a_prediction_do_not_hold_the_number(exercise):
    if exercise.choices:
        return
    words = " ".join([exercise.statement, *(mistake.hint for mistake in exercise.mistakes)])
    assert f" {exercise.expression} " not in words.replace(",", " ").replace(".", " ").replace("$", " ")


@pytest.mark.parametrize("state", ["solved", "open", "wrong"])
def test_they_are_graded_as_they_are_checked(state):
    steps, names = [Cell("import numpy as np")], []
    for kind in (Ordering, Prediction, Reaching):
        exercise = next(exercise for exercise in exercises().values() if isinstance(exercise, kind))
        nonsense = f"{exercise.answer} = {'lambda *arguments: ' * (kind is Reaching)}'nonsense'"
        answer = {"solved": exercise.solution_code, "open": exercise.stub, "wrong": nonsense}[state]
        steps += [Cell(answer), Place(exercise.name)]
        names.append(exercise.name)
    feedback = grade(steps, "secret", "ada")
    assert {name: feedback[name].state for name in names} == dict.fromkeys(names, state)


@of_all(Reaching)
def test_what_is_reached_is_told(exercise):
    feedback = check(exercise.name, exercise.solution)
    assert feedback.solved
    assert any(letter.isdigit() for letter in feedback.message), feedback
    for value in ("a text", 3, np.zeros(2), (1, 2), [], object()):
        refused = check(exercise.name, lambda *arguments, value=value: value)
        assert refused.state == "wrong"
    assert "`None`" in check(exercise.name, lambda *arguments: print() or None).message


def half(x):
    """Half of x."""
    whole = x + 0.0
    part = whole / 2
    return part


EXAMPLE = Ordering("half", "Half", "Half.", half, lambda rng: [(1.0,), (2.0,)], {}, {"part = 0.0": "No."})


def number_of(line):
    return EXAMPLE.lines.index(line) + 1


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["part = whole / 2", "whole = x + 0.0", "return part"], "needs `whole`, which no line above it has made"),
        (["whole = x + 0.0", "part = 0.0", "return part"], "does not belong. No."),
        (["whole = x + 0.0", "part = whole / 2"], "1 more of the lines is needed"),
        (["whole = x + 0.0"], "2 more of the lines are needed"),
    ],
)
def test_the_disorder_is_named(lines, words):
    assert words in judged(EXAMPLE, [number_of(line) for line in lines])[1]
    assert judged(EXAMPLE, [number_of(line) for line in EXAMPLE.right_lines])[0] == "solved"


def test_all_orders_are_looked_at():
    """The search leaves out no order that could be tried: compared with all permutations."""
    tried = [list(order) for order in itertools.permutations(range(1, 5), 3) if disorder(EXAMPLE, list(order)) is None]
    assert sorted(orders(EXAMPLE)) == sorted(tried)
