"""Write nbgrader assignments from the definitions of the exercises: one notebook a chapter.

    python classroom/generate.py [--course course] [--overwrite] [math/loss ...]

The course folder holds ``source/``, the teacher's version with solutions, and ``release/``, the students' version,
which ``nbgrader generate_assignment`` makes of it. What is there and differs is not overwritten without being told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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


def notebook(chapter: Chapter) -> NotebookNode:
    """The teacher's version of an assignment."""
    cells = [
        _locked(new_markdown_cell(PREFACE.format(title=chapter.title)), "preface"),
        _locked(new_code_cell(SETUP), "setup"),
    ]
    for exercise in chapter.exercises:
        statement = (
            f"## {exercise.title} ({exercise.points} point{'s' * (exercise.points > 1)})\n\n{exercise.statement}"
        )
        cells += [
            _locked(new_markdown_cell(statement), f"{exercise.name}-statement"),
            _cell(new_code_cell(_with_solution(exercise)), f"{exercise.name}-answer", solution=True, locked=False),
            _cell(new_code_cell(_tests(exercise)), f"{exercise.name}-tests", grade=True, points=exercise.points),
        ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel, "language_info": {"name": "python"}})


def write_course(course: Path, names: Sequence[str], overwrite: bool = False) -> list[str]:
    """Write ``source/`` and the settings of the course; return the names of the assignments that are new.

    Raises:
        FileExistsError: a file is there that differs from what would be written; nothing was written.
    """
    files = {course / "nbgrader_config.py": Path(__file__).with_name("nbgrader_config.py").read_text(encoding="utf-8")}
    assignments = {}
    for name in names:
        assignment = assignment_name(chapters()[name])
        file = course / "source" / assignment / f"{assignment}.ipynb"
        files[file] = nbformat.writes(notebook(chapters()[name])) + "\n"
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


def release(course: Path, assignment: str) -> None:
    """Make the students' version."""
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", assignment, "--create", "--force"]
    # nbgrader calls a program that is installed beside Python, whether or not the environment is activated.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=course, env=os.environ | {"PATH": path}, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"nbgrader generate_assignment {assignment} failed:\n{done.stderr}")


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
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.chapters) - set(chapters()))
    if unknown:
        parser.error(f"no exercises for {', '.join(unknown)}; there are some for {', '.join(chapters())}")
    try:
        new = write_course(arguments.course, arguments.chapters or list(chapters()), arguments.overwrite)
    except FileExistsError as error:
        raise SystemExit(str(error)) from None
    for assignment in new:
        release(arguments.course, assignment)
        print(arguments.course / "release" / assignment / f"{assignment}.ipynb")


if __name__ == "__main__":
    main()
