"""What a page of the book asks of Python in the browser: to check an answer, or to run a cell of the reader's own.

A page has texts and no objects, so code comes as text, and plain data goes back. In the browser there are neither
processes nor threads: the page itself ends Python when the time is up, and ``prepared`` has told it what to say then.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import linecache
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import dlmath
from dlmath.exercises import engine
from dlmath.exercises.definition import Coding, find
from dlmath.exercises.running import OutOfTimeError, described, in_a_thread

SECONDS = 5.0
"""How long an answer may take."""

MOST_PRINTED = 20_000
"""Characters that are shown: a page with millions would be no page any more."""

FILE = "<your code>"


def prepared(name: str) -> str:
    """Import what checking the exercise needs, and tell what is to be said of an answer that takes too long.

    Example:
        >>> prepared("mse-gradient")
        'Your function was still running after 5 seconds and was stopped. Is there a loop that never ends?'
    """
    if isinstance(find(name), Coding):
        return engine.time_text(OutOfTimeError(stopped=True), SECONDS)
    expressions = importlib.import_module("dlmath.exercises.expressions")
    return expressions.time_text(SECONDS)


def checked(name: str, code: str) -> dict[str, str]:
    """Run the code of an answer, and check what it defines.

    Returns:
        The state and the message of the feedback, and what the code printed while it was read.

    Example:
        >>> checked("mse-gradient", "def mse_gradient(predictions, targets):\\n    ...")["state"]
        'open'
        >>> checked("mse-gradient", "def mse_gradient(predictions, targets)\\n    ...")["message"]
        "Python cannot read line 1, `def mse_gradient(predictions, targets)`: expected ':'."
    """
    exercise = find(name)
    if exercise is None:
        raise ValueError(f"name must be that of an exercise, got {name!r}")
    namespace = new_namespace()
    printed, error = run(code, namespace)
    if error is not None:
        return {"state": "wrong", "message": error, "printed": printed}
    if exercise.answer not in namespace:
        message = f"Your code does not define `{exercise.answer}`: that is the name by which your answer is found."
        return {"state": "wrong", "message": message, "printed": printed}
    with _python_kept():
        feedback = engine.check(name, namespace[exercise.answer], seconds=SECONDS)
    return {"state": feedback.state, "message": feedback.message, "printed": printed}


def new_namespace() -> dict[str, Any]:
    """The names that code in a page has without importing them: NumPy and the modules of the package."""
    modules = {name: getattr(dlmath, name) for name in dlmath.__all__}
    return {"__name__": "__main__", "np": importlib.import_module("numpy"), "dlmath": dlmath, **modules}


def run(code: str, namespace: dict[str, Any]) -> tuple[str, str | None]:
    """Run code that may do anything; a value in its last line is printed, as in a notebook.

    Returns:
        What it printed, and what is to be said of its error, if there was one.

    Example:
        >>> run("x = 2\\nx + 1", {})
        ('3\\n', None)
        >>> run("print('so far')\\nraise OSError", {})
        ('so far\\n', 'Your code raised `OSError: ` in the line `raise OSError`.')
    """
    linecache.cache[FILE] = (len(code), None, code.splitlines(keepends=True), FILE)
    printed = _Printed()

    def work() -> str | None:
        with redirect_stdout(printed), redirect_stderr(printed):
            try:
                _execute(code, namespace)
            except SyntaxError as error:
                return _cannot_be_read(error)
            except BaseException as error:  # exit() too, and it must not end Python
                return engine.error_text(described(error), "Your code")
        return None

    with _python_kept():
        try:
            error = in_a_thread(SECONDS, work)
        except OutOfTimeError as late:
            error = engine.time_text(late, SECONDS)
    return printed.shown(), error


def _execute(code: str, namespace: dict[str, Any]) -> None:
    tree = ast.parse(code, FILE)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, FILE, "exec"), namespace)
    if last is not None:
        value = eval(compile(ast.Expression(last.value), FILE, "eval"), namespace)
        if value is not None and value is not Ellipsis:
            print(repr(value))


def _cannot_be_read(error: SyntaxError) -> str:
    line = f", `{error.text.strip()}`" if error.text and error.text.strip() else ""
    return f"Python cannot read line {error.lineno}{line}: {error.msg}."


class _Printed(StringIO):
    """What is printed, up to a limit: a loop that prints must not fill the memory."""

    left_out = 0

    def write(self, text: str) -> int:
        room = max(0, MOST_PRINTED - self.tell())
        super().write(text[:room])
        self.left_out += len(text) - len(text[:room])
        return len(text)

    def shown(self) -> str:
        return self.getvalue() + (f"\n… and {self.left_out:,} characters more" if self.left_out else "")


@contextmanager
def _python_kept() -> Iterator[None]:
    """Python's own functions, and how deep a function may call itself, are afterwards as they were."""
    now = builtins.__dict__
    before, depth = now.copy(), sys.getrecursionlimit()
    try:
        yield
    finally:
        now.update(before)
        for name in now.keys() - before.keys():
            del now[name]
        sys.setrecursionlimit(depth)
