"""The exercises' cells in the chapters are written from the definitions, and nothing else is touched."""

import dataclasses
import importlib.util
import json
from pathlib import Path

import pytest

from dlmath.exercises.definition import chapters

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool():
    specification = importlib.util.spec_from_file_location("chapters_tool", ROOT / "classroom" / "chapters.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def text_of(name):
    return (ROOT / "chapters" / f"{name}.ipynb").read_text(encoding="utf-8")


def test_a_cell_that_departs_is_written_again_and_no_other(tool):
    text = text_of("math/loss")
    changed = text.replace("The mean squared error of a batch, a number.", "A number.", 1)
    changed = changed.replace('check(\\"mse-gradient\\", mse_gradient)', 'check(\\"mse-gradient\\", mse)', 1)
    assert changed != text
    assert tool.written(changed, chapters()["math/loss"]) == text


def test_a_new_exercise_gets_its_cells_after_the_one_before(tool):
    chapter = chapters()["math/loss"]
    new = dataclasses.replace(chapter.exercises[0], name="one-more")
    for exercises in ([*chapter.exercises, new], [chapter.exercises[0], new, *chapter.exercises[1:]], [new]):
        more = dataclasses.replace(chapter, exercises=exercises)
        text = tool.written(text_of("math/loss"), more)
        assert tool.written(text, more) == text
        before, after = (json.loads(each)["cells"] for each in (text_of("math/loss"), text))
        assert [cell for cell in after if cell in before] == before
        assert len(after) == len(before) + 4
        assert len({cell["id"] for cell in after}) == len(after)


def test_half_an_exercise_is_refused(tool):
    text = text_of("math/loss").replace('"solution(\\"mse-gradient\\")"', '"pass"', 1)
    with pytest.raises(ValueError, match="only some cells of 'mse-gradient'"):
        tool.written(text, chapters()["math/loss"])
