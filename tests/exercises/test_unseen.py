"""How often a hint names the mistake: wrong answers that were written from the statements alone, before any hint was read.

One file a part in ``unseen``: for every exercise the source of an answer, what is wrong about it, the words of which a
hint that names it has one, and the words that would mislead. Nothing in the exercises is made for these answers.

    python tests/exercises/test_unseen.py        write the figure of the teaching page anew, and show all hints
"""

import csv
import re
import runpy
from functools import cache
from pathlib import Path

import pytest
from test_answers import evaluated

from dlmath.exercises import check

HERE = Path(__file__).parent
TABLE = HERE.parent.parent / "chapters" / "appendix" / "hints.csv"

UNSEEN = [
    (name, *answer)
    for file in sorted((HERE / "unseen").rglob("*.py"))
    for name, answers in runpy.run_path(str(file))["WRONG"].items()
    for answer in answers
]

NAMED = 0.85
"""The share of wrong answers whose mistake is to be named."""

SAYS_NOTHING = re.compile(
    r"Your function raised `.*?`( in the line `.*?`)?\."
    r"|[^.]* has the expected shape, but [^`]*(`[^`]*`)?"
    r"|Your expression is [^.]*random points\."
    r"|It printed.*"
    r"|It was called with.*",
    re.DOTALL,
)
"""Sentences that are true of many mistakes."""


def kind(hint, named, misleading):
    """Whether a hint is ``"named"``, ``"generic"`` or ``"misleading"``."""
    told = SAYS_NOTHING.sub("", hint)
    if misleading and re.search(misleading, told, re.IGNORECASE):
        return "misleading"
    return "named" if re.search(named, told, re.IGNORECASE) else "generic"


@cache
def judged():
    """Every unseen answer with its hint, and what the hint is worth."""
    found = []
    for name, source, fault, named, misleading in UNSEEN:
        feedback = check(name, evaluated(name, source))
        assert feedback.state == "wrong", (name, fault, feedback)
        found.append((name, fault, feedback.message, kind(feedback.message, named, misleading)))
    return found


if __name__ == "__main__":
    for name, fault, hint, worth in judged():
        print(f"{worth:10} {name}: {fault}\n           {hint}")
    kinds = [worth for *_, worth in judged()]
    print({each: kinds.count(each) for each in ("named", "generic", "misleading")}, len(kinds))
