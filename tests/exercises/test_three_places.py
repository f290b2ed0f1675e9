"""One check, three places: notebook, page and nbgrader give the same verdict on an answer, in the same words.

Every answer that is written down anywhere, right or wrong, is judged where a notebook judges it, where a page of the
book does (here without the browser), and as a submission to nbgrader is, with the same inputs. The answers of a chapter
are one submission, which an interpreter of its own runs; what the search for a slip has found, it finds once.
"""

import re
import runpy
from pathlib import Path
from unittest import mock

import pytest
from answered import changed

from dlmath.exercises import check, engine, grading, page, running
from dlmath.exercises.definition import Derivation, Prediction, Reaching, chapters

HERE = Path(__file__).parent


def recorded(folder, name, chapter):
    """What the chapter's file in a folder says under this name, and where that file is."""
    file = HERE / folder / f"{chapter.name.replace('-', '_')}.py"
    return file, runpy.run_path(str(file)).get(name, {}) if file.exists() else {}


def begin(exercise):
    return f"{exercise.given}\n" if isinstance(exercise, Derivation) else "import numpy as np\n"


def as_cell(exercise, source):
    """The cell of a student who answers this."""
    if isinstance(source, tuple):
        source = changed(*source)
    return begin(exercise) + (source if source.startswith("def") else f"{exercise.answer} = {source}")


def found(exercise, code):
    """A cell with an answer that is a function of ours: it is asked for the expression, if one is wanted."""
    called = "(**find_exercise.symbols())" if isinstance(exercise, Derivation) else ""
    called = "()" if isinstance(exercise, Prediction) else called
    return (
        "import runpy\nfrom dlmath.exercises.definition import find\n"
        f'find_exercise = find("{exercise.name}")\n{exercise.answer} = {code}{called}'
    )


def answers(exercise, chapter):
    """The cells with the recorded answers to an exercise, and the state that each has to get."""
    _, wrong = recorded("answers", "WRONG", chapter)
    for source, *_ in wrong.get(exercise.name, []):
        yield as_cell(exercise, source), "wrong"
    for index in range(len(getattr(exercise, "mistakes", ()))):
        yield found(exercise, f"find_exercise.mistakes[{index}].wrong"), "wrong"
    file, right = recorded("equivalents", "EQUIVALENTS", chapter)
    for index in range(len(right.get(exercise.name, []))):
        yield found(exercise, f'runpy.run_path({str(file)!r})["EQUIVALENTS"]["{exercise.name}"][{index}]'), "solved"
    yield f"import numpy as np\n{exercise.solution_code}", "solved"


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
    with mock.patch.object(running, "CAN_FORK", False):  # as in a browser, where there are no processes
        told = page.checked(exercise.name, source)
    return told["state"], words(told["message"])


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
def test_the_same_verdict_in_the_same_words(chapter, monkeypatch):
    monkeypatch.setattr(grading, "seeds", lambda secret, student, exercise: [0])  # those of the notebook
    tried = [
        (exercise, source, state)
        for exercise in chapter.exercises
        if not isinstance(exercise, Reaching)  # a minute each: `test_kinds` grades one
        for source, state in answers(exercise, chapter)
        if "np.random" not in source  # which answers differently each time
    ]
    steps = [step for e, source, _ in tried for step in (grading.Cell(source), grading.Place(e.name))]
    graded = grading.judge_places(steps, "secret", "ada")
    for index, (exercise, source, state) in enumerate(tried):
        here = in_a_notebook(exercise, source)
        assert here[0] == state, source
        assert on_a_page(exercise, source) == here, source
        feedback = graded[2 * index + 1]
        assert (feedback.state, words(feedback.message)) == here, source
