"""The classroom, for real: generate an assignment, hand in, grade and give feedback, with nbgrader itself.

nbgrader has an environment of its own (``make test-classroom`` makes it). The tests call it from outside.
"""

import base64
import copy
import csv
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_output

from dlmath.exercises import grading
from dlmath.exercises.definition import Prediction, chapters

ROOT = Path(__file__).parents[2]
ASSIGNMENT = "math-loss"
CHAPTER = chapters()["math/loss"]
POINTS = {exercise.name: exercise.points for exercise in CHAPTER.exercises}
CELL_SECONDS = 12
"""The time limit of a cell, in place of a longer one."""

LOOP = '''def mse(predictions, targets):
    """Never comes back."""
    while True:
        pass
'''
CHEATS = {
    "check": "import dlmath.exercises\ndlmath.exercises.check = lambda *a, **o: type('Yes', (), {'solved': True})\n",
    "verdict": "from dlmath.exercises import engine\nengine._verdict = lambda *a: ('solved', 'solved.')\n"
    "engine.judge_outcomes = engine._verdict\n",
    "numpy": "import numpy as np\nnp.abs = lambda *a, **o: 0.0\nnp.isclose = np.allclose = lambda *a, **o: True\n",
    "shell": "ip = get_ipython()\nip.set_custom_exc((BaseException,), lambda *a, **o: None)\n"
    "ip.input_transformers_post.append(lambda lines: [])\n",
    "exit code": "import atexit, os\nos.write(1, b'solved')\natexit.register(lambda: os._exit(0))\n",
    "report": "import glob, os, pickle\nfor file in ('finished', '2.report', '4.report', '6.report', '8.report'):\n"
    "    open(file, 'wb').write(pickle.dumps(('solved', 'solved.')))\nos._exit(0)\n",
    "names": "feedback = type('Yes', (), {'solved': True})\nseed = grade = steps = exercise = 3\n",
}
NONSENSE = "mse = mse_gradient = lambda predictions, targets: predictions * 0 + 1.0\nweight_gradient = 3\n"
CHEAT = """class Solved:
    solved = True


def check(*arguments, **options):
    return Solved()


mse = mse_gradient = weight_gradient = None
"""


def interpreter():
    """Python of an environment with nbgrader."""
    for candidate in (os.environ.get("CLASSROOM_PYTHON"), ROOT / ".venv-classroom" / "bin" / "python"):
        if candidate and Path(candidate).exists():
            return str(candidate)
    return None


pytestmark = pytest.mark.skipif(
    interpreter() is None, reason="nbgrader is not installed: run `make test-classroom`, or set CLASSROOM_PYTHON"
)


def run(*arguments, cwd):
    python = interpreter()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PATH": os.pathsep.join([str(Path(python).parent), os.environ["PATH"]]),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    done = subprocess.run(
        [python, *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf-8", timeout=300
    )
    return done


def answers(kind):
    """What a student of each kind writes, by exercise; what is left out stays as it was handed out."""
    right = {exercise.name: exercise.solution_code for exercise in CHAPTER.exercises}
    if kind == "right":
        return right
    if kind == "wrong":
        return {
            "linear-mse-gradient": right["linear-mse-gradient"].replace(" / N", ""),
            "mean-squared-error": "def mse(predictions, targets):\n    return ((predictions - targets) ** 2).sum()",
            "mse-gradient": "def mse_gradient(predictions, targets):\n    return (targets - predictions) * (1 / 0)",
        }
    if kind == "endless-function":
        return right | {"mean-squared-error": LOOP}
    if kind == "endless-cell":
        return right | {"mean-squared-error": "while True:\n    pass\n" + right["mean-squared-error"]}
    if kind == "cheating":
        return {"linear-mse-gradient": CHEAT}
    if kind.startswith("cheat "):
        return dict.fromkeys(POINTS, CHEATS[kind.removeprefix("cheat ")] + NONSENSE)
    if kind == "names":  # of what once graded in the same kernel
        return {name: code + "\nfeedback = seed = grade = check = 3\n" for name, code in right.items()}
    if kind == "exit":
        return right | {"mean-squared-error": right["mean-squared-error"] + "\nexit()"}
    if kind == "os-exit":
        return right | {"mean-squared-error": "import os\nos._exit(0)"}
    if kind in ("duplicated", "deleted", "renamed", "long output", "damaged"):
        return right
    assert kind == "empty"
    return {}


SCORES = {
    "right": POINTS,
    "wrong": {},
    "empty": {},
    "endless-function": POINTS | {"mean-squared-error": 0},
    "endless-cell": POINTS | {"mean-squared-error": 0},
    "cheating": {},
    **{f"cheat {name}": {} for name in CHEATS},
    "names": POINTS,
    "exit": POINTS,
    "os-exit": POINTS | {"mean-squared-error": 0},
    "duplicated": POINTS,
    "deleted": POINTS | {"mean-squared-error": 0},
    "renamed": POINTS,
    "long output": POINTS,
}
DAMAGED = "damaged"
"""Handed in a file that is no notebook, and has no mark."""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course after the whole round trip."""
    course = tmp_path_factory.mktemp("course")
    done = run("-m", "classroom.generate", "--course", str(course), CHAPTER.name, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    handed_out = course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    for student in [*SCORES, DAMAGED]:
        notebook = nbformat.read(handed_out, as_version=4)
        for name, code in answers(student).items():
            (cell,) = [c for c in notebook.cells if c.metadata.nbgrader.grade_id == f"{name}-answer"]
            cell.source = code
        if student == "duplicated":
            for place in (9, 5, 2, 0):
                twin = copy.deepcopy(notebook.cells[place])
                twin.id = f"copy-{place}"
                notebook.cells.insert(place, twin)
        if student == "deleted":
            notebook.cells = [c for c in notebook.cells if "mean-squared" not in c.metadata.nbgrader.grade_id]
        folder = course / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        if student == "long output":
            notebook.cells[3].outputs = [new_output("stream", name="stdout", text="9" * 30_000_000)]
        file = folder / (f"{ASSIGNMENT} (1).ipynb" if student == "renamed" else f"{ASSIGNMENT}.ipynb")
        nbformat.write(notebook, file)
        if student == DAMAGED:
            file.write_text(file.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    config = course / "nbgrader_config.py"
    shorter = f"from dlmath.exercises import grading\n\ngrading.CELL_SECONDS = {CELL_SECONDS}\n"
    config.write_text(config.read_text(encoding="utf-8") + shorter, encoding="utf-8")
    done = run("-m", "classroom.grade", "--course", str(course), ASSIGNMENT, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    (course / "said.txt").write_text(done.stdout, encoding="utf-8")
    return course


def rows_of(file):
    with file.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_the_scores_are_what_the_answers_deserve(course):
    rows = {
        row.pop("username"): list(map(float, row.values())) for row in rows_of(course / "marks" / f"{ASSIGNMENT}.csv")
    }
    expected = {student: [got.get(name, 0) for name in POINTS] for student, got in SCORES.items()}
    assert rows == {student: [sum(points), *points] for student, points in expected.items()}


def test_canvas_gets_its_columns_and_the_points_possible(course):
    with (course / "marks" / f"{ASSIGNMENT}-canvas.csv").open(newline="", encoding="utf-8") as lines:
        header, possible, *rows = csv.reader(lines)
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert header[5:] == [ASSIGNMENT, *(f"{ASSIGNMENT}: {name}" for name in POINTS)]
    assert possible[0] == "Points Possible"
    assert list(map(float, possible[5:])) == [sum(POINTS.values()), *POINTS.values()]
    assert sorted(row[3] for row in rows) == sorted(SCORES)
    assert {len(row) for row in rows} == {len(header)}


def test_what_was_renamed_and_what_has_no_mark_is_said(course):
    said = (course / "said.txt").read_text(encoding="utf-8")
    assert f"renamed: {ASSIGNMENT} (1).ipynb is taken for {ASSIGNMENT}.ipynb" in said
    assert f"{DAMAGED} has no mark: {ASSIGNMENT}.ipynb is no notebook" in said
    assert said.count("has no mark") == 1


def test_nbgraders_own_export_agrees(course):
    done = run("-m", "nbgrader", "export", "--to", "grades.csv", cwd=course)
    assert done.returncode == 0, done.stderr
    scores = {row["student_id"]: float(row["score"]) for row in rows_of(course / "grades.csv")}
    assert {name: scores[name] for name in SCORES} == {name: sum(got.values()) for name, got in SCORES.items()}


@pytest.mark.parametrize("student", SCORES)
def test_points_are_given_for_each_exercise_by_itself(course, student):
    graded = nbformat.read(course / "autograded" / student / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    for name, points in POINTS.items():
        found = [c for c in graded.cells if c.metadata.get("nbgrader", {}).get("grade_id") == f"{name}-tests"]
        if student == "deleted" and name == "mean-squared-error":
            assert found == []
            continue
        (cell,) = found
        failed = any(output.output_type == "error" for output in cell.outputs)
        assert cell.metadata.nbgrader.points == points
        assert failed == (SCORES[student].get(name, 0) == 0)


def test_feedback_tells_the_mistake_and_what_ran_for_ever(course):
    pages = {
        student: (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
        for student in SCORES
    }
    assert "Where is the number of samples N?" in pages["wrong"]
    assert "ZeroDivisionError" in pages["wrong"]
    assert "not attempted yet" in pages["empty"]
    assert "still running after 5 seconds and was stopped" in pages["endless-function"]
    assert "A cell above ran longer than it may" in pages["endless-cell"]
    assert "A cell above ended Python" in pages["os-exit"]


def test_no_page_shows_what_grades(course):
    secret = (course / "secret.txt").read_text(encoding="utf-8")
    assert len(secret) >= 32
    for student in SCORES:
        page = (course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html").read_text(encoding="utf-8")
        assert secret not in page
        # The hidden test is there, and says nothing.
        shown = re.sub(r"<[^>]*>", "", page)
        assert "seed" not in shown.replace("feedback = seed = grade", "").replace("seed = grade = steps", "")


def test_students_get_inputs_of_their_own_and_the_same_when_graded_again(course):
    secret = (course / "secret.txt").read_text(encoding="utf-8").strip()
    drawn = {student: grading.seeds(secret, student, "mse-gradient") for student in SCORES}
    assert len({tuple(seeds) for seeds in drawn.values()}) == len(SCORES)
    assert drawn["right"] == grading.seeds(secret, "right", "mse-gradient")


def test_without_the_settings_of_the_course_nobody_gets_points(course, tmp_path):
    shutil.copytree(course / "source", tmp_path / "source")
    folder = tmp_path / "submitted" / "right" / ASSIGNMENT
    shutil.copytree(course / "submitted" / "right" / ASSIGNMENT, folder)
    assert run("-m", "nbgrader", "generate_assignment", ASSIGNMENT, "--create", cwd=tmp_path).returncode == 0
    assert run("-m", "nbgrader", "autograde", ASSIGNMENT, "--create", cwd=tmp_path).returncode == 0
    assert run("-m", "nbgrader", "export", "--to", "grades.csv", cwd=tmp_path).returncode == 0
    with (tmp_path / "grades.csv").open(encoding="utf-8") as file:
        assert [float(row["score"]) for row in csv.DictReader(file)] == [0]


@pytest.fixture(scope="module")
def html():
    folder = Path(os.environ.get("DLMATH_HTML", ROOT / "_build" / "html"))
    if not (folder / "chapters" / "appendix" / "my-work.html").exists():
        pytest.skip("the book is not built: run `make book`")
    return folder


def saved_by_the_page(browser, html, answers, folder):
    """What "My work" saves for a reader who has written the answers into the page of the chapter."""
    with browser.new_context(offline=True) as context:
        tab = context.new_page()
        tab.goto(f"{html.as_uri()}/chapters/{CHAPTER.name}.html")
        for name, code in answers.items():
            tab.locator(f".dl-answer[data-exercise='{name}'] textarea").fill(code)
        tab.goto(f"{html.as_uri()}/chapters/appendix/my-work.html")
        with tab.expect_download() as download:
            tab.get_by_role("button", name=f"the notebook {ASSIGNMENT}.ipynb").click()
        download.value.save_as(folder / download.value.suggested_filename)


def test_what_a_reader_saves_from_the_pages_gets_the_marks_it_deserves(browser, html, tmp_path):
    done = run("-m", "classroom.generate", "--course", str(tmp_path), CHAPTER.name, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    readers = {"right": POINTS, "wrong": {}, "half": {"linear-mse-gradient": POINTS["linear-mse-gradient"]}}
    for reader in readers:
        written = answers(reader if reader != "half" else "right")
        if reader == "half":
            written = {"linear-mse-gradient": written["linear-mse-gradient"], "mse-gradient": "def mse_gradient("}
        saved_by_the_page(browser, html, written, tmp_path / "submitted" / reader / ASSIGNMENT)
    done = run("-m", "classroom.grade", "--course", str(tmp_path), ASSIGNMENT, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "has no mark" not in done.stdout
    rows = {row["username"]: row for row in rows_of(tmp_path / "marks" / f"{ASSIGNMENT}.csv")}
    for reader, got in readers.items():
        points = [float(value) for key, value in rows[reader].items() if key != "username"]
        assert points == [sum(got.values()), *(got.get(name, 0) for name in POINTS)], reader


def telling(exercise):
    """The lines of a solution that are not in its stub, without spaces."""
    new = set(exercise.solution_code.splitlines()) - set(exercise.stub.splitlines())
    return {re.sub(r"\s|return ", "", line).removeprefix(f"{exercise.answer}=") for line in new if line.strip()}


def test_no_solution_is_in_the_students_version_in_any_form(course):
    released = [path for path in (course / "release").rglob("*") if path.is_file()]
    assert [path.name for path in released] == [f"{ASSIGNMENT}.ipynb"]
    text = released[0].read_text(encoding="utf-8")
    content = json.loads(text)
    squeezed = re.sub(r"\s", "", text.encode().decode("unicode_escape", errors="ignore"))
    for exercise in CHAPTER.exercises:
        assert telling(exercise)
        for line in telling(exercise):
            assert line not in squeezed
            assert line[::-1] not in squeezed
            for shift in range(3):  # base64 of the line at any offset in a longer text
                code = base64.b64encode(b"\0" * shift + line.encode()).decode()
                assert code[4:-4] not in squeezed
        for mistake in exercise.mistakes:
            assert mistake.hint not in text
    for word in ("SOLUTION", "HIDDEN", "seed", "solved", "pickle", "base64", "exec("):
        assert word not in text
    assert all(cell.get("outputs", []) == [] for cell in content["cells"])
    assert all("attachments" not in cell for cell in content["cells"])
    known = {"nbgrader", "deletable", "editable"}
    assert all(set(cell["metadata"]) <= known for cell in content["cells"])
    assert set(content["metadata"]) <= {"kernelspec", "language_info"}


def test_the_search_for_solutions_finds_them_in_the_teachers_version(course):
    text = (course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb").read_text(encoding="utf-8")
    squeezed = re.sub(r"\s", "", text.encode().decode("unicode_escape", errors="ignore"))
    written = [exercise for exercise in CHAPTER.exercises if not isinstance(exercise, Prediction)]  # that is a number
    assert all(line in squeezed for exercise in written for line in telling(exercise))
    assert "HIDDEN" in text


def test_the_students_version_runs_as_it_is(course, tmp_path):
    """All cells of the notebook as handed out run without an error, and every check says that nothing was attempted."""
    shutil.copy(course / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", tmp_path)
    done = run("-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", f"{ASSIGNMENT}.ipynb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(tmp_path / f"{ASSIGNMENT}.ipynb", as_version=4)
    shown = [output.data["text/plain"] for cell in executed.cells for output in cell.get("outputs", [])]
    assert len(shown) == len(CHAPTER.exercises)
    assert all("not attempted yet" in text for text in shown)


TEACHING = ROOT / "chapters" / "appendix" / "teaching.md"


def commands(page, heading):
    """The lines of the shell under a heading, up to the next one of its level."""
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    blocks = re.findall(r"```shell\n(.*?)```", section, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_the_page_for_teachers_leads_from_nothing_to_grades(tmp_path):
    """Its commands, one after the other, in a copy of the tree; a student fills in what was handed out."""
    lines = commands(TEACHING.read_text(encoding="utf-8"), "Assignments")
    assert [line.split()[0] for line in lines] == ["make", "mkdir", "cp", "make"]
    book = tmp_path / "a book, für alle"
    files = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    for name in filter(None, files.split("\0")):
        if not name.startswith(("chapters/", "tests/")):
            (book / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, book / name)
    (book / ".venv-classroom").symlink_to(Path(interpreter()).parents[1])
    for line in lines:
        if line.startswith("cp "):
            (book / "math-loss.ipynb").write_text(
                answered(book / "course/release/math-loss/math-loss.ipynb"), encoding="utf-8"
            )
        done = subprocess.run(line, shell=True, cwd=book, capture_output=True, encoding="utf-8", timeout=300)
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    (row,) = rows_of(book / "course" / "marks" / "math-loss.csv")
    assert row["username"] == "ada"
    assert float(row[f"math-loss (of {sum(POINTS.values())})"]) == sum(POINTS.values())
    assert (book / "course" / "feedback" / "ada" / "math-loss" / "math-loss.html").exists()


def answered(file):
    notebook = nbformat.read(file, as_version=4)
    for name, code in answers("right").items():
        (cell,) = [c for c in notebook.cells if c.metadata.nbgrader.grade_id == f"{name}-answer"]
        cell.source = code
    return nbformat.writes(notebook)
