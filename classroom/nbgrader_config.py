# The settings of the course that classroom.generate writes.
import secrets
import uuid
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbformat.v4 import new_output
from nbgrader import preprocessors, utils

from dlmath.exercises.grading import Cell, Place, grade

COURSE = Path(__file__).parent


class OneOfEach(preprocessors.NbGraderPreprocessor):
    """A cell that a student has copied keeps its place among the graded ones once: the last one counts."""

    def preprocess(self, nb, resources):
        seen = set()
        for cell in reversed(nb.cells):
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in seen:
                self.log.warning("The cell %s is there more than once: the last one counts", grade_id)
                del cell.metadata["nbgrader"]
                cell.id = uuid.uuid4().hex[:8]
            elif grade_id is not None:
                seen.add(grade_id)
        return nb, resources


class JudgeAnswers(preprocessors.NbGraderPreprocessor):
    """In place of running the notebook in a kernel, where a cell could write over what grades it."""

    def preprocess(self, nb, resources):
        steps = []
        for cell in nb.cells:
            if utils.is_grade(cell):
                steps.append(Place(cell.metadata.nbgrader.grade_id.removesuffix("-tests")))
            elif cell.cell_type == "code":
                steps.append(Cell(cell.source))
        feedback = grade(steps, secret(), resources["nbgrader"]["student"])
        for cell in nb.cells:
            if utils.is_grade(cell):
                cell.outputs = [output(feedback[cell.metadata.nbgrader.grade_id.removesuffix("-tests")])]
        return nb, resources


def output(feedback):
    """nbgrader gives no points where the output is an error, and all of them otherwise."""
    if feedback.solved:
        return new_output("display_data", data=feedback._repr_mimebundle_())
    return new_output("error", ename="NotSolved", evalue=feedback.message, traceback=repr(feedback).splitlines())


def secret():
    """What the inputs of grading are drawn from: in a file of the course, and in no notebook."""
    file = COURSE / "secret.txt"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(16), encoding="utf-8")
    return file.read_text(encoding="utf-8").strip()


c = get_config()  # type: ignore[name-defined]  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "dlmath"

# What stands in the student's version in place of a solution.
c.ClearSolutions.code_stub = {"python": "..."}

c.Autograde.sanitize_preprocessors = [
    preprocessors.ClearOutput,
    OneOfEach,
    preprocessors.DeduplicateIds,
    preprocessors.OverwriteKernelspec,
    preprocessors.OverwriteCells,
    preprocessors.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    JudgeAnswers,
    ClearMetadataPreprocessor,
    preprocessors.LimitOutput,
    preprocessors.SaveAutoGrades,
    preprocessors.AssignLatePenalties,
    preprocessors.CheckCellMetadata,
]
