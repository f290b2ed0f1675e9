"""The course as nbgrader keeps it: its programs, and the marks of an assignment as tables.

nbgrader is imported where it is used, for it has an environment of its own (requirements-classroom.txt).
"""

from __future__ import annotations

import csv
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Marks:
    """What the students got for an assignment."""

    assignment: str
    points: dict[str, float]
    """The most that an exercise gives, in the order of the notebook."""
    scores: dict[str, dict[str, float]]
    """By student and exercise; an exercise that was deleted from the notebook has 0."""


def open_course(course: Path) -> Any:
    """nbgrader's programs for a course, with the settings of its nbgrader_config.py."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    # nbgrader calls a program that is installed beside Python, whether or not the environment is activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course.resolve())
    return NbGraderAPI(config=config)


def marks(course: Path, assignment: str) -> Marks:
    """What is in the gradebook. Who handed in nothing, or nothing that could be graded, is not among the students."""
    from nbgrader.api import Gradebook

    points = _points(course / "source" / assignment / f"{assignment}.ipynb")
    scores = {}
    with Gradebook(f"sqlite:///{(course / 'gradebook.db').resolve()}") as book:
        for submission in book.assignment_submissions(assignment):
            if not (course / "autograded" / submission.student.id / assignment / f"{assignment}.ipynb").exists():
                continue
            got = {_exercise(each.name): each.score for notebook in submission.notebooks for each in notebook.grades}
            scores[submission.student.id] = {name: float(got.get(name, 0.0)) for name in points}
    return Marks(assignment, points, dict(sorted(scores.items())))


def _points(file: Path) -> dict[str, float]:
    settings = [cell["metadata"]["nbgrader"] for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]]
    return {_exercise(each["grade_id"]): float(each["points"]) for each in settings if each["grade"]}


def _exercise(grade_id: str) -> str:
    return grade_id.removesuffix("-tests")


def table(found: Marks) -> list[list[str | float]]:
    """A row a student, with the sum and the points of each exercise: what Moodle imports and a spreadsheet opens."""
    titles = [f"{found.assignment} (of {sum(found.points.values()):g})"]
    titles += [f"{name} (of {points:g})" for name, points in found.points.items()]
    rows = [[student, sum(got.values()), *got.values()] for student, got in found.scores.items()]
    return [["username", *titles], *rows]


def canvas_table(found: Marks) -> list[list[str | float]]:
    """The same with the columns that Canvas's gradebook imports: it wants these five first, and the points possible."""
    columns = [found.assignment, *(f"{found.assignment}: {name}" for name in found.points)]
    most = [sum(found.points.values()), *found.points.values()]
    rows = [["", "", "", student, "", sum(got.values()), *got.values()] for student, got in found.scores.items()]
    return [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns],
        ["Points Possible", "", "", "", "", *most],
        *rows,
    ]


def write(rows: list[list[str | float]], file: Path) -> None:
    """Write a table of comma-separated values, numbers as short as they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([[f"{each:g}" if isinstance(each, float) else each for each in row] for row in rows])
