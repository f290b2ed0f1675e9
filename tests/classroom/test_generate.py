"""The teacher's version of every assignment, which needs no nbgrader to be written."""

import ast
import doctest
import importlib.util
from pathlib import Path

import nbformat
import numpy as np
import pytest

from dlmath.exercises import check
from dlmath.exercises.definition import chapters

SCRIPT = Path(__file__).parents[2] / "classroom" / "generate.py"


@pytest.fixture(scope="module")
def generate():
    specification = importlib.util.spec_from_file_location("generate", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
class TestEveryChapter:
    def test_it_is_a_valid_notebook_with_points_for_every_exercise(self, generate, chapter):
        notebook = generate.notebook(chapter)
        nbformat.validate(notebook)
        settings = [cell.metadata.nbgrader for cell in notebook.cells]
        assert len({setting.grade_id for setting in settings}) == len(settings)
        points = [setting.points for setting in settings if setting.grade]
        assert points == [exercise.points for exercise in chapter.exercises]
        # Students write into the cells for answers, and into no other.
        assert all(setting.locked != setting.solution for setting in settings)

    def test_its_solutions_are_right_and_its_stubs_are_not_attempted(self, generate, chapter):
        for name, state in (("solution", "solved"), ("stub", "open")):
            namespace = {"np": np, "check": check}
            for cell in generate.notebook(chapter).cells:
                if cell.metadata.nbgrader.solution:
                    exec(cell.source if name == "solution" else cleared(cell.source), namespace)
            for exercise in chapter.exercises:
                assert check(exercise.name, namespace[exercise.answer]).state == state

    def test_hidden_tests_draw_other_inputs_than_the_students_see(self, generate, chapter):
        assert 0 not in generate.HIDDEN_SEEDS
        for cell in generate.notebook(chapter).cells:
            if cell.metadata.nbgrader.grade:
                visible, hidden = cell.source.split("### BEGIN HIDDEN TESTS")
                assert "seed" not in visible
                assert "assert feedback.solved" in hidden
                ast.parse(cell.source)


def cleared(source):
    """A cell of the students' version: what nbgrader leaves of it, with the indentation of the first mark."""
    before, rest = source.split("### BEGIN SOLUTION")
    _, after = rest.split("### END SOLUTION")
    return before + "..." + after


def test_a_course_is_written_twice_without_a_trace_of_the_first(generate, tmp_path):
    first = generate.write_course(tmp_path, ["math/loss"])
    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert first == generate.write_course(tmp_path, ["math/loss"]) == ["math-loss"]
    assert files == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_the_examples_hold(generate):
    result = doctest.testmod(generate)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_chapter_without_exercises_is_refused(generate, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["generate.py", "--course", str(tmp_path), "math/nothing"])
    with pytest.raises(SystemExit):
        generate.main()
    assert "math/nothing" in capsys.readouterr().err
