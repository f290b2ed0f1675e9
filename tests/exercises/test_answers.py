"""Wrong answers, written from the statements alone: each is refused, and the hint has the words that name its mistake.

One file a chapter in ``answers``: for every exercise the source of an answer, what is wrong about it, and the words.
A source may be written as changes of a right one: ``(source, old, new, old, new, ...)``.
"""

import runpy
from pathlib import Path

import pytest
from answered import evaluated

from dlmath.exercises import check

WRONG = [
    (name, *answer)
    for file in sorted((Path(__file__).parent / "answers").rglob("*.py"))
    for name, answers in runpy.run_path(str(file))["WRONG"].items()
    for answer in answers
]


@pytest.mark.parametrize(
    ("name", "source", "fault", "words"), WRONG, ids=[f"{name}: {fault}" for name, _, fault, _ in WRONG]
)
def test_a_wrong_answer_is_refused_and_the_hint_is_true(name, source, fault, words):
    for seed in (0, 1, 2):
        feedback = check(name, evaluated(name, source), seed=seed)
        assert feedback.state == "wrong", feedback
        hint = feedback.message.split("It was called with")[0].lower()
        missing = [word for word in words if word.lower() not in hint]
        assert not missing, feedback
