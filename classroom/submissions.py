"""List what was handed in and could not be graded, with the reason; to run after autograding and before the export.

python classroom/submissions.py [--course course] math-loss
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path


def problems(course: Path, assignment: str) -> dict[str, str]:
    """Why a student has no mark, by student."""
    found = {}
    for folder in sorted((course / "submitted").glob(f"*/{assignment}")):
        student = folder.parent.name
        reason = _reason(folder, course / "autograded" / student / assignment, assignment)
        if reason:
            found[student] = reason
    return found


def _reason(folder: Path, graded: Path, assignment: str) -> str | None:
    file = folder / f"{assignment}.ipynb"
    if not file.exists():
        others = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
        return f"there is no {file.name}, but {others}: rename the notebook"
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        cells = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{file.name} is no notebook ({type(error).__name__}): ask for the file again"
    if not any(cells):
        return f"{file.name} has lost what nbgrader marks its cells with: copy the answers into the handed out notebook"
    if not (graded / file.name).exists():
        return "it was not graded: run `nbgrader autograde` for this student alone, and read what it says"
    if (graded / file.name).stat().st_mtime < file.stat().st_mtime:
        return "it was handed in again after grading: grade it again"
    return None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--course", type=Path, default=Path("course"), help="folder of the course")
    parser.add_argument("assignment", help="such as math-loss")
    arguments = parser.parse_args()
    found = problems(arguments.course, arguments.assignment)
    for student, reason in found.items():
        print(f"{student}: {reason}")
    if not found:
        print("everything that was handed in is graded")


if __name__ == "__main__":
    main()
