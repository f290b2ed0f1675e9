"""Rounding to single precision is no mistake in any exercise, and what is more than that is one."""

from unittest import mock

import numpy as np
import pytest

from dlmath.exercises import check, nearby
from dlmath.exercises.definition import Coding, Reaching, exercises


@pytest.mark.parametrize(
    "exercise",
    [e for e in exercises().values() if isinstance(e, Coding) and not isinstance(e, Reaching)],
    ids=lambda exercise: exercise.name,
)
def test_every_exercise_accepts_single_precision_and_no_more_than_its_rounding(exercise):
    def single(value):
        if isinstance(value, list | tuple):
            return type(value)(map(single, value))
        real = isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")
        return np.asarray(value).astype(np.float32)[()] if real else value

    def from_single(*arguments):
        return exercise.solution(*map(single, arguments))

    def to_single(*arguments):
        return single(exercise.solution(*arguments))

    def off(*arguments):
        result = exercise.solution(*arguments)
        first = result[0] if isinstance(result, tuple) else result
        changed = (np.asarray(first) * np.float32(1.001)).astype(np.float32)[()]
        return (changed, *result[1:]) if isinstance(result, tuple) else changed

    for seed in range(3):
        for answer in (from_single, to_single):
            feedback = check(exercise.name, answer, seed=seed)
            assert feedback.solved, feedback
        with mock.patch.object(nearby, "slips_of", return_value=()):  # what is wrong with it is not asked
            assert not check(exercise.name, off, seed=seed).solved
