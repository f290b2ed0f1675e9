"""What students hand in: give notebooks back the names that browsers took, and say what was not graded, and why."""

from __future__ import annotations

import json
import re
from pathlib import Path

COPIES = re.compile(r"( ?\(\d+\)|[ -]\d+| copy( \d+)?| - \w+( \(\d+\))?)?")
"""What a browser, macOS or Windows puts behind the name of a file that is there already."""


def rename(course: Path, assignment: str) -> dict[str, str]:
    """Give each notebook the name that nbgrader looks for; return what was renamed, by student.

    A notebook that came back as ``math-loss (1).ipynb``, ``math-loss copy.ipynb`` or ``math-loss.ipynb.txt`` is meant.
    Where there are two, or none with such a name, nothing is renamed, and `problems` says so.
    """
    renamed = {}
    for student, folder in handed_in(course, assignment):
        file = folder / f"{assignment}.ipynb"
        candidates = [each for each in _files(folder) if is_copy(each.name, assignment)]
        if not file.exists() and len(candidates) == 1:
            renamed[student] = candidates[0].name
            candidates[0].rename(file)
    return renamed


def is_copy(name: str, assignment: str) -> bool:
    """Whether a file has the assignment's name, as browsers and systems change it.

    Example:
        >>> is_copy("math-loss (1).ipynb", "math-loss"), is_copy("my notes.ipynb", "math-loss")
        (True, False)
    """
    stem = re.sub(r"\.ipynb(\.txt|\.json)?$", "", name, flags=re.IGNORECASE)
    rest = stem.lower().removeprefix(assignment)
    return stem != name and len(rest) < len(stem) and COPIES.fullmatch(rest) is not None


def problems(course: Path, assignment: str) -> dict[str, str]:
    """Why a student has no mark, by student."""
    found = {}
    for student, folder in handed_in(course, assignment):
        reason = _reason(folder, course / "autograded" / student / assignment, assignment)
        if reason:
            found[student] = reason
    return found


def _reason(folder: Path, graded: Path, assignment: str) -> str | None:
    file = folder / f"{assignment}.ipynb"
    if not file.exists():
        others = ", ".join(each.name for each in _files(folder)) or "nothing"
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


def handed_in(course: Path, assignment: str) -> list[tuple[str, Path]]:
    """The students who handed something in, each with the folder of it."""
    return [(folder.parent.name, folder) for folder in sorted((course / "submitted").glob(f"*/{assignment}"))]


def _files(folder: Path) -> list[Path]:
    # An archive that was packed on macOS brings hidden twins of its files.
    return sorted(each for each in folder.iterdir() if each.is_file() and not each.name.startswith("."))
