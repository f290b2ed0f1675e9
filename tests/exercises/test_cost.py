"""A check is quick enough to be made after every change of an answer.

It is timed in an interpreter of its own, as a reader's is: the answer runs in a fork, which takes longer to make from
the large process that runs all tests.
"""

import json
import os
import resource
import subprocess
import sys

import pytest
from support import ROOT

from dlmath.exercises import check
from dlmath.exercises.definition import Coding, Derivation, Reaching, exercises

SECONDS = 0.05
"""Of the processor, here and in the process in which the answer runs."""

CHECKED = {
    name: exercise
    for name, exercise in exercises().items()
    if isinstance(exercise, Coding | Derivation) and not isinstance(exercise, Reaching)  # which may train a network
}


def processor_seconds():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def least_seconds(exercise, function, state):
    """What a check of an answer takes: the first time something is prepared, and a busy machine may be slow once."""
    answer = function if isinstance(exercise, Coding) else function(**exercise.symbols())
    taken = []
    while len(taken) < 5 and (not taken or taken[-1] >= SECONDS):
        before = processor_seconds()
        assert check(exercise.name, answer).state == state
        taken.append(processor_seconds() - before)
    return min(taken)


@pytest.fixture(scope="module")
def seconds():
    """Of every exercise, for its solution and for its first usual mistake."""
    found_in = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests")))}
    timed = subprocess.run([sys.executable, __file__], check=True, stdout=subprocess.PIPE, env=os.environ | found_in)
    return json.loads(timed.stdout)


@pytest.mark.parametrize("name", CHECKED)
def test_a_check_takes_less_than_a_twentieth_of_a_second(name, seconds):
    assert max(seconds[name]) < SECONDS


if __name__ == "__main__":
    answers = {name: ((e.solution, "solved"), (e.mistakes[0].wrong, "wrong")) for name, e in CHECKED.items()}
    print(json.dumps({n: [least_seconds(CHECKED[n], *answer) for answer in both] for n, both in answers.items()}))
