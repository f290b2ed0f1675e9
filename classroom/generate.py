"""Write nbgrader assignments from the definitions of the exercises: one notebook a chapter.

    python -m classroom.generate [--course course] [--overwrite] [math/loss ...] [--exercises mse-gradient=3 ...]

The course folder holds ``source/``, the teacher's version with solutions, and ``release/``, the students' version,
which ``nbgrader generate_assignment`` makes of it. What is there and differs is not overwritten without being told.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from classroom import gradebook
from dlmath.exercises.definition import Chapter, Coding, Exercise, chapters

PREFACE = """# {title}

Write your answers in place of the three dots, and run the cell below each to see what it says.
You can run it as often as you like. Grading tries other inputs than you see here.
"""

SETUP = """import numpy as np

from dlmath.exercises import check"""


def assignment_name(chapter: Chapter) -> str:
    """The name of the assignment and of its notebook: ``math-loss`` for ``math/loss``.

    Example:
        >>> assignment_name(chapters()["math/loss"])
        'math-loss'
    """
    return chapter.name.replace("/", "-")


def plan(names: Sequence[str] = (), exercises: Sequence[str] = ()) -> dict[str, dict[str, float]]:
    """The points of every exercise that is handed out, by chapter.

    Without names of chapters, those of all chapters; with exercises, of these alone, each with its usual points or
    with those behind an equals sign.

    Example:
        >>> plan(["math/loss"], ["mse-gradient=3", "mean-squared-error"])
        {'math/loss': {'mean-squared-error': 2, 'mse-gradient': 3.0}}

    Raises:
        ValueError: the book has no such chapter or exercise, or the points are no number.
    """
    usual: dict[str, dict[str, float]] = {
        chapter.name: {each.name: each.points for each in chapter.exercises} for chapter in chapters().values()
    }
    unknown = sorted(set(names) - set(usual))
    if unknown:
        raise ValueError(f"no exercises for {', '.join(unknown)}; there are some for {', '.join(usual)}")
    taken = {chapter: points for chapter, points in usual.items() if chapter in names or not names}
    if not exercises:
        return taken
    wanted = dict(map(_exercise_and_points, exercises))
    unknown = sorted(set(wanted) - {name for points in taken.values() for name in points})
    if unknown:
        raise ValueError(f"no exercise {', '.join(unknown)} in {', '.join(taken)}")
    chosen = {
        chapter: {name: wanted[name] or points for name, points in all_points.items() if name in wanted}
        for chapter, all_points in taken.items()
    }
    return {chapter: points for chapter, points in chosen.items() if points}


def _exercise_and_points(text: str) -> tuple[str, float | None]:
    name, given, points = text.partition("=")
    if not given:
        return name, None
    try:
        value = float(points)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ValueError(f"the points of {name} must be a number greater than 0, got {points!r}")
    return name, value


def notebook(chapter: Chapter, points: Mapping[str, float]) -> NotebookNode:
    """The teacher's version of an assignment, with the exercises that have points."""
    cells = [
        _locked(new_markdown_cell(PREFACE.format(title=chapter.title)), "preface"),
        _locked(new_code_cell(SETUP), "setup"),
    ]
    for exercise in chapter.exercises:
        if exercise.name not in points:
            continue
        worth = points[exercise.name]
        statement = f"## {exercise.title} ({worth:g} point{'s' * (worth != 1)})\n\n{exercise.statement}"
        cells += [
            _locked(new_markdown_cell(statement), f"{exercise.name}-statement"),
            _cell(new_code_cell(_with_solution(exercise)), f"{exercise.name}-answer", solution=True, locked=False),
            _cell(new_code_cell(_tests(exercise)), f"{exercise.name}-tests", grade=True, points=worth),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def write_course(course: Path, planned: Mapping[str, Mapping[str, float]], overwrite: bool = False) -> list[str]:
    """Write ``source/`` and the settings of the course; return the names of the assignments that are new.

    Raises:
        FileExistsError: a file is there that differs from what would be written; nothing was written.
    """
    files = {course / "nbgrader_config.py": Path(__file__).with_name("nbgrader_config.py").read_text(encoding="utf-8")}
    assignments = {}
    for name, points in planned.items():
        assignment = assignment_name(chapters()[name])
        file = course / "source" / assignment / f"{assignment}.ipynb"
        files[file] = nbformat.writes(notebook(chapters()[name], points)) + "\n"
        assignments[assignment] = file
    there = {file: file.read_text(encoding="utf-8") for file in files if file.exists()}
    differ = [str(file) for file, text in there.items() if text != files[file]]
    if differ and not overwrite:
        raise FileExistsError(
            f"would be overwritten: {', '.join(differ)}. Add --overwrite if nothing in them is yours."
        )
    new = [
        assignment
        for assignment, file in assignments.items()
        if there.get(file) != files[file] or not (course / "release" / assignment).exists()
    ]
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return new


def release(course: Path, assignments: Sequence[str]) -> None:
    """Make the students' versions, and register these assignments in the gradebook."""
    nbgrader = gradebook.open_course(course)
    # One process for all of them: starting nbgrader takes longer than making an assignment.
    for assignment in assignments:
        done = nbgrader.generate_assignment(assignment, force=True, create=True)
        if not done["success"]:
            raise SystemExit(f"nbgrader could not generate {assignment}:\n{done['log']}")
        print(course / "release" / assignment / f"{assignment}.ipynb", flush=True)


def _with_solution(exercise: Exercise) -> str:
    if isinstance(exercise, Coding):
        return f"{exercise.head}\n    ### BEGIN SOLUTION\n{exercise.body}\n    ### END SOLUTION"
    return (
        f"{exercise.given}\n\n{exercise.answer} = (\n"
        f"    ### BEGIN SOLUTION\n    {exercise.expression}\n    ### END SOLUTION\n)"
    )


def _tests(exercise: Exercise) -> str:
    # Answers are judged outside of the notebook (nbgrader_config.py). Should that be missing, nobody gets points.
    return (
        f'check("{exercise.name}", {exercise.answer})\n'
        "### BEGIN HIDDEN TESTS\n"
        'raise RuntimeError("not graded: the nbgrader_config.py of this course is not in use")\n'
        "### END HIDDEN TESTS"
    )


def _locked(cell: NotebookNode, grade_id: str) -> NotebookNode:
    return _cell(cell, grade_id)


def _cell(cell: NotebookNode, grade_id: str, **settings: Any) -> NotebookNode:
    cell.id = grade_id
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": False,
        "solution": False,
        "locked": True,
        "task": False,
        **settings,
    }
    return cell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", type=Path, default=Path("course"), help="folder of the course")
    parser.add_argument("--overwrite", action="store_true", help="also what differs from what would be written")
    parser.add_argument("chapters", nargs="*", metavar="chapter", help="such as math/loss; all, if none is given")
    parser.add_argument(
        "--exercises", nargs="+", default=[], metavar="exercise", help="these alone; mse-gradient=3 gives it 3 points"
    )
    arguments = parser.parse_args()
    try:
        planned = plan(arguments.chapters, arguments.exercises)
    except ValueError as error:
        parser.error(str(error))
    try:
        new = write_course(arguments.course, planned, arguments.overwrite)
    except FileExistsError as error:
        raise SystemExit(str(error)) from None
    release(arguments.course, new)


if __name__ == "__main__":
    main()
