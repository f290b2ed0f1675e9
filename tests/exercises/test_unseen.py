"""How often a hint names the mistake, of wrong answers that were written from the statements before any hint was read.

In the files of ``unseen``: for every exercise the source of an answer, what is wrong about it, the words of which a
hint that names it has one, and the words that would mislead. The words were written with the answers. Afterwards all
hints were read, and where one named the mistake in other words, these were added; nothing in the exercises or the
checker is made for these answers. A new exercise needs none.

    PYTHONPATH=.:tests python tests/exercises/test_unseen.py        write the teaching page's table anew, show all hints
"""

import csv
import re
import runpy
from functools import cache
from pathlib import Path

import pytest
from answered import SAYS_NOTHING, evaluated

from dlmath.exercises import check
from dlmath.exercises.definition import chapters

HERE = Path(__file__).parent
BOOK = HERE.parent.parent
TABLE = BOOK / "chapters" / "appendix" / "hints.csv"

WORTHS = ("named", "generic", "misleading")

UNSEEN = [
    (name, *answer)
    for file in sorted((HERE / "unseen").rglob("*.py"))
    for name, answers in runpy.run_path(str(file))["WRONG"].items()
    for answer in answers
]

WRITE = "run PYTHONPATH=.:tests python tests/exercises/test_unseen.py"

NAMED = 0.85
"""The share of wrong answers whose mistake is to be named."""


def kind(hint, named, misleading):
    """Whether a hint is ``"named"``, ``"generic"`` or ``"misleading"``."""
    told = SAYS_NOTHING.sub("", hint)
    if misleading and re.search(rf"\b({misleading})\b", told, re.IGNORECASE):
        return "misleading"
    return "named" if re.search(named, told, re.IGNORECASE) else "generic"


@cache
def judged(name):
    """The unseen answers to an exercise: what is wrong about each, its hint, and what that is worth."""
    found = []
    for exercise, source, fault, named, misleading in UNSEEN:
        if exercise == name:
            feedback = check(name, evaluated(name, source))
            assert feedback.state == "wrong", (fault, feedback)
            found.append((fault, feedback.message, kind(feedback.message, named, misleading)))
    return found


def rows():
    """The table of the teaching page: a chapter a line, in the order of the book, and their sum."""
    contents = (BOOK / "_toc.yml").read_text(encoding="utf-8")
    lines = []
    for chapter in sorted(chapters().values(), key=lambda chapter: contents.index(f"chapters/{chapter.name}")):
        worths = [worth for exercise in chapter.exercises for *_, worth in judged(exercise.name)]
        lines.append([chapter.title, len(worths), *map(worths.count, WORTHS)])
    heads = ["Chapter", "Wrong answers", "Mistake named", "General, but true", "Misleading"]
    return [heads, *lines, ["All", *(sum(column) for column in list(zip(*lines))[1:])]]


def test_the_hints_name_the_mistake_and_none_misleads():
    *_, (_, answers, named, _, misleading) = rows()
    assert answers == len(UNSEEN) >= 150
    assert misleading == 0
    assert named >= NAMED * answers


def test_the_table_on_the_teaching_page_is_that_of_today():
    with TABLE.open(encoding="utf-8", newline="") as file:
        written_heads, *written = csv.reader(file)
    heads, *today = rows()
    assert written_heads == heads
    assert [row[:2] for row in written] == [[title, str(answers)] for title, answers, *_ in today], WRITE
    for (title, _, *before), (_, _, *now) in zip(written, today):
        # A search for a slip ends after some seconds of computing: on a slow machine a mistake may stay unnamed.
        allowed = 3 if title == "All" else 1
        assert max(abs(int(old) - new) for old, new in zip(before, now)) <= allowed, f"{title}: {now}; {WRITE}"


@pytest.mark.parametrize(
    ("hint", "worth"),
    [
        ("The `sum` runs over the wrong axis.", "named"),
        ("The sign is wrong, and nothing else.", "misleading"),
        ("The signal is lost.", "generic"),
        ("The result has the expected shape, but its value is wrong: your function returns `axis`.", "generic"),
        ("Your function raised `AxisError: axis 1`. Print the shapes.", "generic"),
        ("Something is wrong.\n\nIt was called with `axis = 1`.", "generic"),
    ],
)
def test_what_a_hint_is_worth(hint, worth):
    assert kind(hint, "axis", "sign") == worth


if __name__ == "__main__":
    for name in dict.fromkeys(name for name, *_ in UNSEEN):
        for fault, hint, worth in judged(name):
            print(f"{worth:10} {name}: {fault}\n           {hint}")
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows())
    print(rows()[-1])
