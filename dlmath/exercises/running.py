"""Run a student's function: what it returned, raised, printed, warned of, and which arguments it wrote into.

The time limit works by running the function in a thread of its own, in which an exception is raised from outside when
the time is up. With CPython, on Linux, macOS and Windows, that stops loops written in Python, whichever thread asks for
it. A single long call into compiled code (``time.sleep``, a huge product) cannot be stopped from within a process: it
is left behind in the background, and the notebook goes on. Where there are no threads, as in a browser, there is no
limit.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import io
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_OUTPUT = 1000
"""Printed characters that are kept: a loop that prints must not fill the memory."""


class OutOfTimeError(Exception):
    """The time limit was reached."""

    def __init__(self, stopped: bool) -> None:
        self.stopped = stopped
        """False if the function is still running in the background."""


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    value: Any = None
    error: BaseException | None = None
    warning: str | None = None
    """The first warning of NumPy, if there was one."""
    changed: str | None = None
    """The name of an argument that the function wrote into."""


class _Stop(SystemExit):
    """Raised in the student's thread: ``except Exception`` does not catch it, and the thread ends without a word."""


class _ShortText(io.StringIO):
    def write(self, text: str) -> int:
        super().write(text[: MOST_OUTPUT - self.tell()])
        return len(text)


def run(
    function: Callable[..., Any], inputs: Sequence[tuple[Any, ...]], names: Sequence[str], seconds: float
) -> tuple[list[Outcome], str]:
    """Call the function with each of the inputs.

    Args:
        function: the student's.
        inputs: tuples of arguments; the function gets copies.
        names: of the arguments.
        seconds: the time limit for all calls together.

    Returns:
        One outcome an input, and what was printed.

    Raises:
        OutOfTimeError: the time limit was reached.
    """
    printed = _ShortText()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outcomes = within(seconds, lambda: [_call(function, arguments, names, caught) for arguments in inputs])
    return outcomes, printed.getvalue()


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """Return ``work()``, or raise ``OutOfTimeError`` if it takes longer than that. What it raises is raised here.

    Example:
        >>> within(1.0, lambda: 6 * 7)
        42
    """
    results: list[Any] = []
    errors: list[BaseException] = []

    def target() -> None:
        try:
            results.append(work())
        except _Stop:
            pass
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=target, daemon=True)
    try:
        thread.start()
    except RuntimeError:  # no threads on this platform
        return work()
    try:
        thread.join(seconds)
    finally:  # also when the student interrupts the kernel
        in_time = bool(results or errors)
        stopped = _stop(thread)
    if not in_time:
        raise OutOfTimeError(stopped)
    if errors:
        raise errors[0]
    return results[0]


def _stop(thread: threading.Thread, patience: float = 1.0) -> bool:
    """Raise ``_Stop`` in the thread until it ends; again and again, for a bare ``except:`` catches it once."""
    give_up = time.monotonic() + patience
    while thread.is_alive() and time.monotonic() < give_up:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Stop))
        thread.join(0.02)
    return not thread.is_alive()


def _call(function: Callable[..., Any], arguments: tuple[Any, ...], names: Sequence[str], caught: list[Any]) -> Outcome:
    given = copy.deepcopy(arguments)
    warned = len(caught)
    try:
        value, error = function(*given), None
    except _Stop:
        raise
    except BaseException as raised:  # sys.exit() in an answer must not end the notebook
        value, error = None, raised
    new = [str(each.message) for each in caught[warned:] if issubclass(each.category, RuntimeWarning)]
    if isinstance(value, np.ndarray):
        value = value.copy()  # the function may keep the array and write into it in the next call
    return Outcome(value, error, new[0] if new else None, next(_changed(names, arguments, given), None))


def _changed(names: Sequence[str], before: tuple[Any, ...], after: tuple[Any, ...]) -> Iterator[str]:
    for name, old, new in zip(names, before, after):
        if isinstance(old, np.ndarray) and not (old.shape == new.shape and np.array_equal(old, new)):
            yield name
