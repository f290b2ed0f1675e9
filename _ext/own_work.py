"""The page on which readers see what they have solved, take it along, and hand it in.

``{own-work}`` lists the exercises of all chapters. What is solved is known to the reader's browser alone: the scripts
in ``_static/python`` fill it in, and make the notebook that a teacher grades from the one in the page.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from docutils import nodes
from parallel_execution import in_order, package
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from dlmath.exercises.definition import Chapter, chapters

sys.path.append(str(package("dlmath").parent))  # the classroom lies beside the package, and is not installed


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("own-work", OwnWork)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class OwnWork(SphinxDirective):
    """A list for each chapter, and its assignment as data, in the same order."""

    def run(self) -> list[nodes.Node]:
        pages = {f"chapters/{name}": chapter for name, chapter in chapters().items()}
        found = {page: pages[page] for page in in_order(self.env.app) if page in pages}
        root = package("dlmath").parent
        for file in [root / "classroom/generate.py", *package("exercises").rglob("*.py")]:
            self.env.note_dependency(str(file))
        data = json.dumps([handed_out(page, chapter) for page, chapter in found.items()]).replace("<", "\\u003c")
        script = f'<script type="application/json" id="dl-assignments">{data}</script>'
        text = "\n\n".join(listed(page, chapter) for page, chapter in found.items())
        return [*self.parse_text_to_nodes(text), nodes.raw("", script, format="html")]


def listed(page: str, chapter: Chapter) -> str:
    """The exercises of a chapter, each with a link to it."""
    lines = [f"- {{ref}}`{exercise.title} <exercise-{exercise.name}>`" for exercise in chapter.exercises]
    return "\n".join(["::::{div} dl-own-chapter", f"{{doc}}`/{page}`", "", *lines, "::::"])


def handed_out(page: str, chapter: Chapter) -> dict[str, Any]:
    """The students' version of the chapter's assignment, as a notebook."""
    from classroom.generate import assignment_name, notebook

    points = {exercise.name: exercise.points for exercise in chapter.exercises}
    assignment = notebook(chapter, points)
    stubs = {f"{exercise.name}-answer": exercise.stub for exercise in chapter.exercises}
    checks = {f"{e.name}-tests": f'check("{e.name}", {e.answer})' for e in chapter.exercises}
    for cell in assignment.cells:
        cell.source = (stubs | checks).get(cell.id, cell.source)
    names = [exercise.name for exercise in chapter.exercises]
    return {"page": page, "exercises": names, "file": f"{assignment_name(chapter)}.ipynb", "notebook": assignment}
