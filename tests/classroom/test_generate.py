"""The teacher's version of every assignment, which needs no nbgrader to be written."""

import doctest
import subprocess
from pathlib import Path

import nbformat
import numpy as np
import pytest

from classroom import generate
from dlmath.exercises import check
from dlmath.exercises.definition import chapters

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
class TestEveryChapter:
    def test_it_is_a_valid_notebook_with_points_for_every_exercise(self, chapter):
        notebook = generate.notebook(chapter, usual(chapter))
        nbformat.validate(notebook)
        settings = [cell.metadata.nbgrader for cell in notebook.cells]
        assert len({setting.grade_id for setting in settings}) == len(settings)
        points = [setting.points for setting in settings if setting.grade]
        assert points == [exercise.points for exercise in chapter.exercises]
        # Students write into the cells for answers, and into no other.
        assert all(setting.locked != setting.solution for setting in settings)

    def test_its_solutions_are_right_and_its_stubs_are_not_attempted(self, chapter):
        for name, state in (("solution", "solved"), ("stub", "open")):
            namespace = {"np": np, "check": check}
            for cell in generate.notebook(chapter, usual(chapter)).cells:
                if cell.metadata.nbgrader.solution:
                    exec(cell.source if name == "solution" else cleared(cell.source), namespace)
            for exercise in chapter.exercises:
                assert check(exercise.name, namespace[exercise.answer]).state == state

    def test_nothing_that_grades_is_in_the_notebook(self, chapter):
        for cell in generate.notebook(chapter, usual(chapter)).cells:
            assert "seed" not in cell.source
            if cell.metadata.nbgrader.grade:
                visible, hidden = cell.source.split("### BEGIN HIDDEN TESTS")
                name = cell.metadata.nbgrader.grade_id.removesuffix("-tests")
                assert visible.startswith(f'check("{name}", ')
                # Without the settings of the course nobody gets a point.
                with pytest.raises(RuntimeError, match="not graded"):
                    exec(hidden, {})


def usual(chapter):
    return {exercise.name: exercise.points for exercise in chapter.exercises}


def cleared(source):
    """A cell of the students' version: what nbgrader leaves of it, with the indentation of the first mark."""
    before, rest = source.split("### BEGIN SOLUTION")
    _, after = rest.split("### END SOLUTION")
    return before + "..." + after


def files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_course_is_written_twice_without_a_trace_of_the_first(tmp_path):
    assert generate.write_course(tmp_path, generate.plan(["math/loss"])) == ["math-loss"]
    before = files(tmp_path)
    assert generate.write_course(tmp_path, generate.plan(["math/loss"])) == ["math-loss"]  # not released yet
    assert files(tmp_path) == before
    (tmp_path / "release" / "math-loss").mkdir(parents=True)
    assert generate.write_course(tmp_path, generate.plan(["math/loss"])) == []


@pytest.mark.parametrize("file", ["nbgrader_config.py", "source/math-loss/math-loss.ipynb"])
def test_what_a_teacher_has_changed_is_not_overwritten_without_being_told(tmp_path, monkeypatch, file):
    generate.write_course(tmp_path, generate.plan(["math/loss"]))
    (tmp_path / file).write_text("mine", encoding="utf-8")
    (tmp_path / "gradebook.db").write_text("points", encoding="utf-8")
    before = files(tmp_path)
    monkeypatch.setattr("sys.argv", ["generate.py", "--course", str(tmp_path), "math/loss", "math/introduction"])
    with pytest.raises(SystemExit, match=Path(file).name):
        generate.main()
    assert files(tmp_path) == before
    generate.write_course(tmp_path, generate.plan(["math/loss"]), overwrite=True)
    assert (tmp_path / file).read_text(encoding="utf-8") != "mine"
    assert (tmp_path / "gradebook.db").read_text(encoding="utf-8") == "points"


def test_cleaning_deletes_no_course(tmp_path):
    """A dry run of `make clean` in a folder like this one, with a course and without."""
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text(encoding="utf-8"), encoding="utf-8")
    for folder in ("course", "_build/html"):
        (tmp_path / folder).mkdir(parents=True)
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "course").exists()
    assert not (tmp_path / "_build").exists()
    (tmp_path / "_build" / "classroom").mkdir(parents=True)
    done = subprocess.run(["make", "clean"], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode
    assert "move it away" in done.stderr
    assert (tmp_path / "_build" / "classroom").exists()


def test_the_examples_hold():
    result = doctest.testmod(generate)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_chapter_without_exercises_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["generate.py", "--course", str(tmp_path), "math/nothing"])
    with pytest.raises(SystemExit):
        generate.main()
    assert "math/nothing" in capsys.readouterr().err


def test_some_exercises_with_points_of_the_teachers_choice():
    assert generate.plan(["math/loss"]) == {"math/loss": usual(chapters()["math/loss"])}
    assert list(generate.plan()) == list(chapters())
    assert generate.plan(exercises=["mse-gradient=0.5"]) == {"math/loss": {"mse-gradient": 0.5}}
    chosen = generate.plan(["math/loss"], ["mse-gradient=3", "mean-squared-error"])
    notebook = generate.notebook(chapters()["math/loss"], chosen["math/loss"])
    graded = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.nbgrader.grade
    }
    assert graded == {"mean-squared-error-tests": 2, "mse-gradient-tests": 3}
    assert any("(3 points)" in cell.source for cell in notebook.cells)


@pytest.mark.parametrize(
    ("names", "exercises", "words"),
    [
        (["math/los"], [], "no exercises for math/los"),
        ([], ["mse-gradien"], "no exercise mse-gradien"),
        (["math/introduction"], ["mse-gradient"], "no exercise mse-gradient in math/introduction"),
        ([], ["mse-gradient="], "must be a number greater than 0, got ''"),
        ([], ["mse-gradient=-1"], "got '-1'"),
        ([], ["mse-gradient=nan"], "got 'nan'"),
        ([], ["mse-gradient=inf"], "got 'inf'"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(names, exercises, words):
    with pytest.raises(ValueError, match=words):
        generate.plan(names, exercises)
