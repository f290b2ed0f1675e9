"""A check is quick enough to be made after every change of an answer."""

import resource

import pytest

from dlmath.exercises import check
from dlmath.exercises.definition import Coding, Derivation, Reaching, exercises

SECONDS = 0.05
"""Of the processor, here and in the process in which the answer runs."""

CHECKED = [
    exercise
    for exercise in exercises().values()
    if isinstance(exercise, Coding | Derivation) and not isinstance(exercise, Reaching)  # which may train a network
]


def processor_seconds():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


@pytest.mark.parametrize("exercise", CHECKED, ids=lambda exercise: exercise.name)
def test_a_check_takes_less_than_a_twentieth_of_a_second(exercise):
    for function, state in ((exercise.solution, "solved"), (exercise.mistakes[0].wrong, "wrong")):
        answer = function if isinstance(exercise, Coding) else function(**exercise.symbols())
        taken = []
        for _ in range(5):  # the first time something is prepared, and a busy machine may be slow once
            before = processor_seconds()
            assert check(exercise.name, answer).state == state
            taken.append(processor_seconds() - before)
            if taken[-1] < SECONDS:
                break
        assert min(taken) < SECONDS, taken
