"""What a page of the book asks of Python in the browser: to check an answer, run a cell, or repeat a certificate.

A page has texts and no objects, so code comes as text, and plain data goes back. In the browser there are neither
processes nor threads: the page itself ends Python when the time is up. ``prepared`` and its like have told it how long
that is and what to say then; ``count_time``, when the time begins and ends.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import linecache
import logging
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from io import StringIO
from typing import Any

import numpy as np

import dlmath
from dlmath.exercises import engine, nearby, running
from dlmath.exercises.definition import Derivation, find
from dlmath.exercises.running import OutOfTimeError, described, in_a_thread
from dlmath.exercises.slicing import needed

SECONDS = 5.0
"""How long an answer may take."""

SEARCH_SECONDS = 4.0
"""How long the slip in a wrong answer may be searched for: Python in a browser computes several times slower."""

SCRATCH_SECONDS = 60.0
"""How long a cell of the reader's own may run."""

CERTIFICATE_SECONDS = 120.0
"""How long a certificate may take, which tries many wrong versions of its formula."""

DRAWN_AGAIN = 5
"""How often a certificate that says nothing about its random inputs gets other ones."""

MOST_PRINTED = 20_000
"""Characters that are shown: a page with millions would be no page any more."""

FILE = "<your code>"


def count_time(tell: Callable[[bool], object]) -> None:
    """Have the page told when code begins whose time is limited, and when it has ended."""
    running.time_counts = tell
    nearby.SECONDS = SEARCH_SECONDS


def unpack_when_imported(archives: dict[str, str], folder: str) -> None:
    """Have libraries that only some exercises need unpacked into a folder when they are first imported.

    Args:
        archives: the file of each library, a wheel of pure Python, by the name under which it is imported.
        folder: one from which Python imports.
    """
    sys.meta_path.insert(0, _Packed(dict(archives), folder))


class _Packed(MetaPathFinder):
    def __init__(self, archives: dict[str, str], folder: str) -> None:
        self.archives, self.folder = archives, folder

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        archive = self.archives.pop(fullname, None)
        if archive is None:
            return None
        shutil.unpack_archive(archive, self.folder, "zip")
        importlib.invalidate_caches()
        return PathFinder.find_spec(fullname, [self.folder])


def prepared(name: str, code: str) -> dict[str, Any]:
    """Import what checking the exercise needs; how long it may take, and what is to be said if it takes longer.

    Example:
        >>> prepared("mse-gradient", "...")["late"]
        'Your function was still running after 5 seconds and was stopped. Is there a loop that never ends?'
    """
    exercise = find(name)
    if not isinstance(exercise, Derivation):
        seconds = engine.seconds_for(exercise)
        return {"seconds": seconds, "late": engine.time_text(OutOfTimeError(stopped=True), seconds)}
    expressions = importlib.import_module("dlmath.exercises.expressions")
    seconds = 2 * SECONDS  # to be computed and compared, and to be compared once more far from 0
    return {"seconds": seconds, "late": expressions.time_text(seconds)}


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
        feedback = engine.check(name, namespace[exercise.answer])
    return {"state": feedback.state, "message": feedback.message + feedback.more, "printed": printed}


def scratch_prepared(code: str) -> dict[str, Any]:
    """How long a cell of the reader's own may take, and what is to be said if it takes longer."""
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # it tells that it looks for fonts
    late = f"Your code was still running after {SCRATCH_SECONDS:g} seconds and was stopped. What it defined is lost."
    return {"seconds": SCRATCH_SECONDS, "late": late}


def scratch(code: str) -> dict[str, Any]:
    """Run a cell of the reader's own; what it defines is there in the next one.

    Returns:
        What it printed, its error, if there was one, and its figures, as SVG.

    Example:
        >>> scratch("x = np.arange(3)")["printed"], scratch("len(x)")["printed"]
        ('', '3\\n')
    """
    for name, value in new_namespace().items():
        SCRATCH.setdefault(name, value)
    printed, error = run(code, SCRATCH, SCRATCH_SECONDS)
    return {"printed": printed, "error": error or "", "figures": _figures()}


SCRATCH: dict[str, Any] = {}
"""The names of the reader's own cells."""


def _figures() -> list[str]:
    """The open figures, which are closed."""
    if "matplotlib.pyplot" not in sys.modules:
        return []
    pyplot = importlib.import_module("matplotlib.pyplot")
    figures = []
    for number in pyplot.get_fignums():
        file = StringIO()
        pyplot.figure(number).savefig(file, format="svg")
        figures.append(file.getvalue())
    pyplot.close("all")
    return figures


def certificate_prepared(cells: Iterable[str], code: str) -> dict[str, Any]:
    """Import what a certificate needs; how long it may take, and what is to be said if it takes longer."""
    importlib.import_module("dlmath.verify")
    late = f"The check was still running after {CERTIFICATE_SECONDS:g} seconds and was stopped."
    return {"seconds": CERTIFICATE_SECONDS, "late": late}


def certified(cells: Iterable[str], code: str) -> dict[str, str]:
    """Repeat a certificate with random numbers that nobody has seen before.

    Args:
        cells: the cells of the chapter that come before.
        code: the cell of the certificate.

    Returns:
        The state, ``"solved"`` or ``"wrong"``, and what is to be said.
    """
    verify: Any = importlib.import_module("dlmath.verify")
    original, told = verify.certify, []

    def certify(*arguments: Any, **options: Any) -> Any:
        for seed in map(int, np.random.default_rng().integers(2**31, size=DRAWN_AGAIN)):
            try:
                certificate = original(*arguments, **{**options, "seed": seed})
            except verify.CertificateError:
                raise
            except ValueError as error:  # such as a gradient that is 0 in one draw, and says nothing
                said_nothing = error
                continue
            told.append(f"{certificate.summary()}\n\n{certificate.details()} Drawn anew, from seed {seed}.")
            return certificate
        raise said_nothing

    verify.certify = certify
    try:
        _, error = run(f"{needed(list(cells), code)}\n{code}", new_namespace(), CERTIFICATE_SECONDS)
    finally:
        verify.certify = original
    if error is not None:
        return {"state": "wrong", "message": f"The check did not pass here. {error}"}
    return {"state": "solved", "message": "\n\n".join(told)}


def new_namespace() -> dict[str, Any]:
    """The names that code in a page has without importing them: NumPy and the modules of the package."""
    modules = {name: getattr(dlmath, name) for name in dlmath.__all__}
    return {"__name__": "__main__", "np": np, "dlmath": dlmath, **modules}


def run(code: str, namespace: dict[str, Any], seconds: float = SECONDS) -> tuple[str, str | None]:
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
            error = in_a_thread(seconds, work)
        except OutOfTimeError as late:
            error = engine.time_text(late, seconds)
    return printed.shown(), error


def _execute(code: str, namespace: dict[str, Any]) -> None:
    tree = ast.parse(code, FILE)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        del tree.body[-1]
    exec(compile(tree, FILE, "exec"), namespace)
    if isinstance(last, ast.Expr):
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
