"""One check, three places: notebook, page and nbgrader give the same verdict on an answer, in the same words.

Two wrong answers to every exercise and its solution are judged where a notebook judges them, where a page of the book
does (here without the browser), and in the interpreter that grades a submission, with the same inputs.
"""

import re
import runpy
from pathlib import Path

import pytest
from answered import changed

from dlmath.exercises import check, engine, grading, page
from dlmath.exercises.definition import Coding, Derivation, chapters

HERE = Path(__file__).parent


def code(exercise, source):
    """The cell of a student who answers this."""
    if isinstance(source, tuple):
        source = changed(*source)
    begin = f"{exercise.given}\n" if isinstance(exercise, Derivation) else "import numpy as np\n"
    return begin + (source if source.startswith("def") else f"{exercise.answer} = {source}")


def answers(exercise, chapter):
    wrong = runpy.run_path(str(HERE / "answers" / f"{chapter.replace('-', '_')}.py"))["WRONG"].get(exercise.name, [])
    begin = "" if isinstance(exercise, Derivation) else "import numpy as np\n"
    return [code(exercise, source) for source, *_ in wrong[::5][:2]] + [begin + exercise.solution_code]


def words(text):
    """What is said, without the line of the error, which a cell names as it stands in it."""
    return re.sub(r" in the line `.*?`", "", text)


def in_a_notebook(exercise, source):
    engine._said.clear()
    namespace = page.new_namespace()
    assert page.run(source, namespace)[1] is None
    feedback = check(exercise.name, namespace[exercise.answer])
    return feedback.state, words(feedback.message)


def on_a_page(exercise, source):
    engine._said.clear()
    found = page.checked(exercise.name, source)
    return found["state"], words(found["message"])


def graded(exercises, sources, monkeypatch):
    monkeypatch.setattr(grading, "seeds", lambda secret, student, exercise: [0])  # those of the notebook
    steps = [step for e, source in zip(exercises, sources) for step in (grading.Cell(source), grading.Place(e.name))]
    return {name: (f.state, words(f.message)) for name, f in grading.grade(steps, "secret", "ada").items()}


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
def test_the_same_verdict_in_the_same_words(chapter, monkeypatch):
    by_name = {exercise.name: exercise for exercise in chapter.exercises if type(exercise) in (Coding, Derivation)}
    tried = {name: answers(exercise, chapter.name) for name, exercise in by_name.items()}
    for turn in range(3):
        now = {name: sources[turn] for name, sources in tried.items() if turn < len(sources)}
        by_grading = graded([by_name[name] for name in now], now.values(), monkeypatch)
        for name, source in now.items():
            here = in_a_notebook(by_name[name], source)
            assert here[0] == ("solved" if source is tried[name][-1] else "wrong")
            assert on_a_page(by_name[name], source) == here
            assert by_grading[name] == here
