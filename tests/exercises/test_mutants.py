"""Every version of a solution with one slip in it is refused, or is the same function, and it is written down why.

The versions are made by ``dlmath.exercises.slips``. Those that are right are named, with the reason, by the exercise in
its ``right_slips``, or in ``EQUIVALENT_SLIPS`` of the chapter's file in ``equivalents``.

    python tests/exercises/test_mutants.py [NAME ...]

writes the table of the teaching page, with the exercises that are new in it, or that are named, counted anew.
"""

import csv
import dataclasses
import runpy
import sys
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from dlmath.exercises import engine, expressions, nearby, running
from dlmath.exercises.definition import Coding, Derivation, Reaching, chapters, exercises
from dlmath.exercises.slips import slips

SEEDS = (0, 1)
"""0 is the seed of the check in the notebook."""

HERE = Path(__file__).parent
BOOK = HERE.parent.parent
TABLE = BOOK / "chapters" / "appendix" / "exercises.csv"


def of_all_chapters(folder, name):
    """What the files of a folder, one a chapter, say under this name about each exercise."""
    found = [runpy.run_path(str(file)).get(name, {}) for file in sorted((HERE / folder).rglob("*.py"))]
    return {exercise: value for chapter in found for exercise, value in chapter.items()}


BY_HAND = {"answers": of_all_chapters("answers", "WRONG"), "equivalents": of_all_chapters("equivalents", "EQUIVALENTS")}
"""Answers that were written from the statements: ``test_answers`` and ``test_definitions`` try them."""


def has_slips(exercise):
    """What is worth what it reaches may reach it with a slip; lines and predictions are tried in ``test_kinds``."""
    return isinstance(exercise, Coding | Derivation) and not isinstance(exercise, Reaching)


WITH_SLIPS = [exercise.name for exercise in exercises().values() if has_slips(exercise)]
RIGHT_SLIPS = of_all_chapters("equivalents", "EQUIVALENT_SLIPS")
RIGHT_SLIPS |= {name: exercises()[name].right_slips for name in WITH_SLIPS if exercises()[name].right_slips}


def answers(exercise):
    """The versions of the solution as answers: functions, or expressions that SymPy can build and are not the same."""
    if isinstance(exercise, Coding):
        yield from ((slip, slip.function) for slip in slips(exercise.solution))
        return
    symbols = exercise.symbols()
    reference = exercise.solution(**symbols)
    for slip in slips(exercise.solution, matrix_products=True):
        try:
            expression = slip.function(**symbols)
        except Exception:  # shapes that do not fit: the student is stopped by SymPy
            continue
        if expression != reference:
            yield slip, expression


def states(exercise, answer):
    """What the checker says, without a search for the name of the mistake."""
    judge = engine._function if isinstance(exercise, Coding) else expressions.judge
    unnamed = dataclasses.replace(exercise, mistakes=())
    # A thread gives the same verdict as a process of its own, and starts sooner.
    with (
        mock.patch.object(running, "CAN_FORK", False),
        mock.patch.object(nearby, "slips_of", return_value=()),
        mock.patch.object(nearby, "_found", {}),  # and nothing of this is remembered
    ):
        return {judge(unnamed, answer, np.random.default_rng(seed), 1.0)[0] for seed in SEEDS}


@cache
def verdicts(name):
    """The slips that are refused with every seed, those that are solved with every seed, and the rest."""
    sorted_slips = {"refused": [], "solved": [], "undecided": []}
    for slip, answer in answers(exercises()[name]):
        found = states(exercises()[name], answer)
        verdict = "refused" if found == {"wrong"} else "solved" if found == {"solved"} else "undecided"
        sorted_slips[verdict].append(slip)
    return sorted_slips


@pytest.mark.parametrize("name", WITH_SLIPS)
def test_a_slip_is_refused_or_known_to_be_right(name):
    known = RIGHT_SLIPS.get(name, {})
    passed = {slip.line for slip in verdicts(name)["solved"] + verdicts(name)["undecided"]}
    assert not passed - set(known), "accepted, and not known to be right"
    assert not set(known) - passed, "no longer a slip that is accepted"
    assert not verdicts(name)["undecided"], "accepted with one seed and refused with another"


def test_reasons_are_given_for_exercises_that_exist():
    assert set(RIGHT_SLIPS) <= set(exercises())
    assert all(reason for reasons in RIGHT_SLIPS.values() for reason in reasons.values())


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
def test_there_are_slips_of_every_exercise(chapter):
    for exercise in filter(has_slips, chapter.exercises):
        assert len(verdicts(exercise.name)["refused"]) >= 5


HEADS = ["Chapter", "Exercise", "Slips refused", "Slips that are right", "Wrong by hand", "Right by hand"]


def counted(exercise):
    """How many slips of an exercise are refused, and how many are right."""
    return [len(verdicts(exercise.name)[verdict]) for verdict in ("refused", "solved")]


def rows(known=None):
    """The table of the teaching page: an exercise a line, in the order of the book, and their sum.

    The slips of those are not counted again that are ``known``: the names of chapter and exercise, and the two counts.
    """
    contents = (BOOK / "_toc.yml").read_text(encoding="utf-8")
    in_order = sorted(chapters().values(), key=lambda chapter: contents.index(f"chapters/{chapter.name}"))
    lines = [
        [
            chapter.title,
            exercise.title,
            *((known or {}).get((chapter.title, exercise.title)) or counted(exercise)),
            len(BY_HAND["answers"].get(exercise.name, [])),
            len(BY_HAND["equivalents"].get(exercise.name, [])),
        ]
        for chapter in in_order
        for exercise in filter(has_slips, chapter.exercises)
    ]
    return [HEADS, *lines, ["All", "", *(sum(column) for column in list(zip(*lines))[2:])]]


def written_rows():
    """The table as it is written, with its numbers as numbers."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        heads, *lines = csv.reader(file)
    return [heads, *([*line[:2], *map(int, line[2:])] for line in lines)]


def write(names):
    """Write the table, with the exercises counted that are new in it or named."""
    again = {exercises()[name].title for name in names}
    known = {(row[0], row[1]): row[2:4] for row in written_rows()[1:] if row[1] not in again}
    table = rows(known)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


def test_the_table_on_the_teaching_page_is_that_of_today():
    stale = [f"{row[0]}: {row[1]}" for row in rows() if row not in written_rows()]
    assert written_rows() == rows(), f"run python tests/exercises/test_mutants.py with the names of {stale}"


if __name__ == "__main__":
    write(sys.argv[1:])
