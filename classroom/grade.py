"""Grade what was handed in for an assignment: points, feedback pages, and tables for Moodle and Canvas.

    python -m classroom.grade [--course course] math-loss

What students handed in is expected in ``submitted/STUDENT/math-loss/`` of the course. What cannot be graded is listed
with the reason, and the others are graded nevertheless.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from classroom import gradebook, submissions


def grade(course: Path, assignment: str) -> dict[str, str]:
    """Do all of it; return why a student has no mark, by student."""
    for student, name in submissions.rename(course, assignment).items():
        print(f"{student}: {name} is taken for {assignment}.ipynb")
    nbgrader = gradebook.open_course(course)
    for student, folder in submissions.handed_in(course, assignment):
        if (folder / f"{assignment}.ipynb").exists():
            nbgrader.autograde(assignment, student, force=True, create=True)
    nbgrader.generate_feedback(assignment, force=True)
    found = gradebook.marks(course, assignment)
    gradebook.write(gradebook.table(found), course / "marks" / f"{assignment}.csv")
    gradebook.write(gradebook.canvas_table(found), course / "marks" / f"{assignment}-canvas.csv")
    return submissions.problems(course, assignment)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", type=Path, default=Path("course"), help="folder of the course")
    parser.add_argument("assignment", help="such as math-loss")
    arguments = parser.parse_args()
    released = arguments.course / "source" / arguments.assignment
    if not released.is_dir():
        parser.error(f"{arguments.course} has no assignment {arguments.assignment}: there is no {released}")
    problems = grade(arguments.course, arguments.assignment)
    for student, reason in problems.items():
        print(f"{student} has no mark: {reason}")
    for name in ("feedback", "marks"):
        print(f"{name}: {arguments.course / name}")


if __name__ == "__main__":
    main()
