"""Grade the answers of a notebook where the notebook cannot reach the grader.

The student's cells run in a fresh interpreter, which reports what the answers do on inputs that are drawn for this
submission: numbers, and SymPy expressions as text. Whether they are right is judged here, in a process in which no
line of the student's has run: whatever a cell writes over, ``check`` or ``numpy`` or the whole package, is its own
loss. A cell that ends Python, crashes or never comes back costs the exercise that it belongs to: the interpreter is
started again without it.
"""

from __future__ import annotations

import ast
import faulthandler
import hashlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from dlmath import symbolic
from dlmath.exercises import engine, expressions, kinds
from dlmath.exercises.definition import Coding, Ordering, Prediction, exercises
from dlmath.exercises.running import OutOfTimeError, Plain, ProcessEndedError
from dlmath.exercises.shown import Feedback

CELL_SECONDS = 30
"""How long a cell may take."""

ANSWER_SECONDS = engine.SECONDS
"""How long an answer may take."""

DRAWS = 3
"""Sets of inputs that an answer is tried on."""


@dataclass(frozen=True)
class Cell:
    """A code cell of the student's."""

    source: str


@dataclass(frozen=True)
class Place:
    """The place in the notebook where an exercise is graded, after its answer."""

    exercise: str


def seeds(secret: str, student: str, exercise: str) -> list[int]:
    """Seeds that nobody knows without the secret of the course, and that are the same when grading is repeated.

    Example:
        >>> seeds("secret", "ada", "mse-gradient") == seeds("secret", "ada", "mse-gradient")
        True
        >>> seeds("secret", "ada", "mse-gradient") == seeds("secret", "bob", "mse-gradient")
        False
    """
    digest = hashlib.sha256(f"{secret}\n{student}\n{exercise}".encode()).digest()
    return [int.from_bytes(digest[4 * i : 4 * i + 4], "big") for i in range(DRAWS)]


def grade(steps: Sequence[Cell | Place], secret: str, student: str) -> dict[str, Feedback]:
    """Run the cells in their order and judge every exercise at its place.

    Returns:
        The feedback on each exercise, by name; on the last of its places, if there are several.
    """
    judged = judge_places(steps, secret, student)
    return {step.exercise: judged[index] for index, step in enumerate(steps) if isinstance(step, Place)}


def judge_places(steps: Sequence[Cell | Place], secret: str, student: str) -> dict[int, Feedback]:
    """Run the cells in their order, and judge at every place what they have defined there.

    Returns:
        The feedback at each place, by its index among the steps.
    """
    judged: dict[int, Feedback] = {}
    lost: dict[int, str] = {}
    for _ in range(len(steps) + 1):
        reports, at, ended = _run(steps, lost, judged, secret, student)
        for index, report in reports.items():
            place = steps[index]
            assert isinstance(place, Place)
            name = place.exercise
            try:
                judged[index] = _judge(name, report, seeds(secret, student, name), _reason(steps, lost, index))
            except Exception:  # a report that no answer of ours has written
                judged[index] = Feedback(name, "wrong", "the answer has interfered with its report.")
        if at is None or at in lost or not 0 <= at < len(steps):
            break
        step = steps[at]
        if isinstance(step, Place):  # its answer has ended the interpreter where it is not protected
            judged[at] = Feedback(step.exercise, "wrong", f"the answer {ended}.")
        lost[at] = ended
    for index, step in enumerate(steps):
        if isinstance(step, Place):
            judged.setdefault(index, Feedback(step.exercise, "wrong", "the answer could not be tried."))
    return judged


def _seconds(name: str) -> float:
    return engine.seconds_for(exercises()[name])


def _reason(steps: Sequence[Cell | Place], lost: dict[int, str], index: int) -> str:
    """Why an answer may be missing: what happened in the cells since the exercise before."""
    reasons = []
    for i in range(index - 1, -1, -1):
        if isinstance(steps[i], Place):
            break
        if i in lost:
            reasons.append(f"A cell above {lost[i]} and was left out.")
    return " ".join(reasons)


def _run(
    steps: Sequence[Cell | Place], lost: dict[int, str], judged: dict[int, Feedback], secret: str, student: str
) -> tuple[dict[int, Any], int | None, str]:
    """Go through the steps in a fresh interpreter: the reports, and the step at which it ended, if it did."""
    work: list[dict[str, Any]] = []
    for index, step in enumerate(steps):
        if index in lost or index in judged:
            continue
        if isinstance(step, Cell):
            work.append({"index": index, "source": step.source})
        else:
            drawn = seeds(secret, student, step.exercise)
            work.append({"index": index, "exercise": step.exercise, "seeds": drawn})
    if not any("exercise" in each for each in work):
        return {}, None, ""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "work.json").write_text(json.dumps([CELL_SECONDS, work]), encoding="utf-8")
        seconds = (CELL_SECONDS + 2 * ANSWER_SECONDS) * (len(work) + 1)
        seconds += sum(2 * DRAWS * _seconds(each["exercise"]) for each in work if "exercise" in each)
        try:
            done = subprocess.run(
                [sys.executable, "-m", __name__, folder],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=seconds,
                check=False,
            )
            ended = "ran longer than it may" if b"Timeout (" in done.stderr[-20000:] else "ended Python"
        except subprocess.TimeoutExpired:
            ended = "ran longer than it may"
        reports = {}
        for each in work:
            file = Path(folder) / f"{each['index']}.report"
            if file.exists() and "exercise" in each:
                reports[each["index"]] = _plain(file.read_bytes())
        if (Path(folder) / "finished").exists():
            return reports, None, ""
        started = Path(folder) / "started"
        text = started.read_text(encoding="utf-8") if started.exists() else ""
        at = int(text) if text.isdecimal() else work[0]["index"]
    return reports, at, ended


def _plain(report: bytes) -> Any:
    try:
        return Plain(BytesIO(report)).load()
    except Exception:  # written by somebody else
        return "wrong", "the answer has interfered with its report."


def _judge(name: str, report: Any, drawn: Sequence[int], reason: str) -> Feedback:
    exercise = exercises()[name]
    kind, content = report
    if kind in ("open", "wrong"):
        return Feedback(name, kind, f"{content} {reason}".strip())
    state, message = "wrong", "it was not tried."
    for index, seed in enumerate(drawn):
        rng = np.random.default_rng(seed)
        if isinstance(exercise, Coding):
            outcomes, behaviour, printed = content[index]
            state, message = engine.judge_outcomes(
                exercise,
                exercise.inputs(rng),
                outcomes,
                printed,
                lambda: behaviour,  # noqa: B023
            )
        elif isinstance(exercise, Ordering | Prediction):
            state, message = engine.judge_plain(exercise, content, rng, ANSWER_SECONDS)
        else:
            try:
                answer = expression_of(content)
            except ValueError as error:
                return Feedback(name, "wrong", str(error))
            state, message = expressions.judge(exercise, answer, rng, ANSWER_SECONDS)
        if state != "solved":
            break
    return Feedback(name, state, message)


TEXTS = ("Symbol", "Dummy", "Str", "Float", "Function", "Integer")
"""What is made of a text. To all others SymPy would run a text as code."""


def expression_of(text: str) -> Any:
    """Read what ``sympy.srepr`` has written, and nothing that could do anything else.

    Example:
        >>> expression_of("Add(Symbol('x', real=True), Integer(1))")
        x + 1
        >>> expression_of("sin('print(1)')")
        Traceback (most recent call last):
        ValueError: the expression contains what is no SymPy expression: 'print(1)'
    """

    def read(node: ast.AST, parent: str = "") -> Any:
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and parent not in TEXTS:
                raise ValueError(f"the expression contains what is no SymPy expression: {node.value!r}")
            return node.value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -read(node.operand)
        if isinstance(node, ast.List | ast.Tuple):
            return [read(each) for each in node.elts]
        if isinstance(node, ast.Name) and (found := _known(node.id)) is not None:
            return found
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            make = read(node.func)
            if not (isinstance(make, type) and (issubclass(make, sp.Basic | sp.MatrixBase))):
                raise ValueError("the expression contains what is no SymPy expression: a call")
            named = {each.arg: read(each.value, name) for each in node.keywords if each.arg}
            return make(*(read(each, name) for each in node.args), **named)
        raise ValueError(f"the expression contains what is no SymPy expression: {ast.unparse(node)[:60]}")

    try:
        return read(ast.parse(text, mode="eval").body)
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"the expression cannot be read: {type(error).__name__}") from error


def _known(name: str) -> Any:
    if name in ("true", "false", "pi", "E", "I", "oo", "zoo", "nan", "EulerGamma", "GoldenRatio", "Catalan"):
        return getattr(sp, name)
    places = (symbolic, sp, sp.matrices.expressions, sp.matrices, sp.core.symbol)
    inner = (sp.matrices.expressions.applyfunc, sp.matrices.expressions.diagonal)
    for place in (*places, *inner, sp.functions.elementary.piecewise):  # whose pairs have no name in SymPy itself
        found = getattr(place, name, None)
        if isinstance(found, type) and issubclass(found, sp.Basic | sp.MatrixBase):
            return found
    return None


def _work(folder: Path) -> None:
    """In the fresh interpreter: run the cells, and report what the answers do."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    _go_through(InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}})), folder)
    os._exit(0)


def _go_through(shell: Any, folder: Path) -> None:
    cell_seconds, steps = json.loads((folder / "work.json").read_text(encoding="utf-8"))
    failed = None
    for step in steps:
        (folder / "started").write_text(str(step["index"]), encoding="utf-8")
        limit = cell_seconds if "source" in step else cell_seconds + 2 * DRAWS * _seconds(step["exercise"])
        faulthandler.dump_traceback_later(limit, exit=True, file=2)
        if "source" in step:
            result = shell.run_cell(step["source"])
            failed = result.error_before_exec or result.error_in_exec
            continue
        exercise = exercises()[step["exercise"]]
        try:
            report = _report(exercise, shell.user_ns, step["seeds"])
        except KeyError:
            told = f" The cell raised {type(failed).__name__}." if failed else ""
            report = "open", f"not attempted yet: `{exercise.answer}` is not defined.{told}"
        partial = folder / f"{step['index']}.partial"
        partial.write_bytes(pickle.dumps(report))
        partial.rename(folder / f"{step['index']}.report")
    (folder / "finished").touch()


def _report(exercise: Any, namespace: dict[str, Any], drawn: Sequence[int]) -> tuple[str, Any]:
    answer = namespace[exercise.answer]
    if isinstance(exercise, Ordering | Prediction):
        if answer is None or answer is Ellipsis:
            return "open", "not attempted yet."
        try:
            return "plain", kinds.plain(exercise, answer)
        except TypeError as error:
            return "wrong", str(error)
    if not isinstance(exercise, Coding):
        if answer is None or answer is Ellipsis:
            return "open", "not attempted yet."
        if not issubclass(type(answer), sp.Basic | sp.MatrixBase | int | float):
            return expressions.judge(exercise, answer, np.random.default_rng(0), ANSWER_SECONDS)
        return "expression", sp.srepr(sp.sympify(answer))
    refused = engine.refused(exercise, answer, ANSWER_SECONDS)
    if refused is not None:
        return refused
    try:
        return "outcomes", [engine.tried(exercise, answer, seed, engine.seconds_for(exercise)) for seed in drawn]
    except OutOfTimeError as error:
        return "wrong", engine.time_text(error, engine.seconds_for(exercise))
    except ProcessEndedError as error:
        return "wrong", engine.end_text(error)


if __name__ == "__main__":
    _work(Path(sys.argv[1]))
