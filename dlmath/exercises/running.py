"""Run a student's function: what it returned, raised, printed, warned of, and which arguments it wrote into.

On Linux the function runs in a process of its own, a fork of this one: it starts in milliseconds, inherits what the
notebook has defined, and is ended from outside when the time is up. So nothing that the function does reaches the
notebook: an endless loop in Python or in compiled code, ``exit()``, ``os._exit()``, a crash, endless output, threads,
more memory than there is (``MEMORY``), settings of NumPy, a function of NumPy that is written over.

Elsewhere it runs in a thread. A fork is not safe on macOS, whose mathematical library may hang in the child; Windows
and Pyodide have none. In a thread, a loop written in Python is stopped by an exception raised from outside; a single
long call into compiled code (``time.sleep``, ``sum(range(10**9))``) cannot be stopped: it is waited for, if it holds
the interpreter, or else left behind in the background. ``exit()``, ``os._exit()`` and ``input()`` raise, and NumPy's
settings, random state and functions are put back afterwards; a crash or too much memory ends the kernel. Where there
are no threads either, as in a browser, there is no limit.

What comes back is described in plain data, made where the function runs: an object of the student's is never touched
by ``check`` itself.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import ctypes
import dis
import faulthandler
import gc
import io
import os
import pickle
import re
import select
import signal
import struct
import sys
import sysconfig
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any, cast

import numpy as np

from dlmath.exercises import signals

MOST_OUTPUT = 1000
"""Printed characters that are kept: a loop that prints must not fill the memory."""

MEMORY = 4 * 2**30
"""Bytes that a function may take in a process of its own."""

CAN_FORK = sys.platform == "linux" and hasattr(os, "fork")

_LONGEST = 50
"""Values in a tuple or a list that are looked at."""


class OutOfTimeError(Exception):
    """The time limit was reached."""

    def __init__(self, stopped: bool, waited: bool = False) -> None:
        self.stopped = stopped
        """False if the function is still running in the background."""
        self.waited = waited
        """Whether it is known that it did not compute, but waited."""


class ProcessEndedError(Exception):
    """The function ended the process that it ran in."""

    def __init__(self, by_signal: int | None) -> None:
        self.by_signal = by_signal
        """The signal, if it crashed or was killed."""


@dataclass(frozen=True)
class Other:
    """A value that is no number, array, tuple or list of numbers."""

    kind: str
    """What it is, in words, such as "a text"."""


@dataclass(frozen=True)
class Raised:
    """An exception."""

    kinds: tuple[str, ...]
    """The names of its classes, from its own up."""
    text: str
    line: str | None = None
    """The last line of the student's that was at work."""
    shapes: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """The arrays that this line names, in its order, and their shapes."""


@dataclass(frozen=True)
class Observed:
    """How a function computes, beside what it returns."""

    precision: str | None = None
    """The lowest precision below double that its code names, or has in a variable."""
    changes: bool = False
    """Whether it returns something else when it is called again with the same arguments."""
    unused: tuple[int, ...] = ()
    """The arguments that its code never reads."""
    step: Raised | None = None
    """The first step whose result is infinite or no number, be its warning suppressed or not."""


@dataclass(frozen=True)
class Outcome:
    """What one call did."""

    value: Any = None
    """A number, an array of numbers, a tuple or a list of such, ``None``, ``...``, or ``Other``."""
    error: Raised | None = None
    warning: str | None = None
    """The first warning of NumPy, if there was one."""
    changed: str | None = None
    """The name of an argument that the function wrote into."""


class _Stop(SystemExit):
    """Raised in the student's thread: ``except Exception`` does not catch it, and the thread ends without a word."""


class _ShortText(io.StringIO):
    def write(self, text: str) -> int:
        super().write(text[: max(0, MOST_OUTPUT - self.tell())])
        return len(text)


def run(
    function: Callable[..., Any], inputs: Sequence[tuple[Any, ...]], names: Sequence[str], seconds: float
) -> tuple[list[Outcome], str]:
    """Call a function that may do anything with each of the inputs.

    Args:
        function: the student's.
        inputs: tuples of arguments; the function gets copies.
        names: of the arguments.
        seconds: the time limit for all calls together.

    Returns:
        One outcome an input, and what was printed.

    Raises:
        OutOfTimeError: the time limit was reached.
        ProcessEndedError: the function ended the process it ran in.
    """
    return within(seconds, lambda: _watched(function, inputs, names))


def run_trusted(function: Callable[..., Any], inputs: Sequence[tuple[Any, ...]], names: Sequence[str]) -> list[Outcome]:
    """Call a function of ours with each of the inputs, here and without a limit."""
    return _watched(function, inputs, names)[0]


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """Return ``work()``, or raise ``OutOfTimeError`` if it takes longer than that.

    What it raises is raised here, if it is an ``Exception``; ``SystemExit`` and its like as a ``RuntimeError``.

    ``work`` may run in another process: it returns plain data, and what it changes is lost.

    Example:
        >>> within(1.0, lambda: 6 * 7)
        42
    """
    if CAN_FORK:
        try:
            return _in_a_process(seconds, work)
        except BlockingIOError:  # no more processes for this user
            pass
    return in_a_thread(seconds, work)


def _in_a_process(seconds: float, work: Callable[[], Any]) -> Any:
    give_up = time.monotonic() + seconds
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python warns of threads, whose locks stay locked in the child. The child uses none that they could hold:
        # its output, signals and exit are its own.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        _be_the_child(writing, work)
    os.close(writing)
    try:
        message = _receive(reading, give_up)
    finally:  # also when the student interrupts the kernel
        os.close(reading)
        status, waited = _end(child, seconds)
    if message is None:
        raise OutOfTimeError(stopped=True, waited=waited)
    if not message:
        raise ProcessEndedError(os.WTERMSIG(status) if os.WIFSIGNALED(status) else None)
    try:
        succeeded, result = Plain(io.BytesIO(message)).load()
    except Exception:  # the function has interfered with what sends it
        raise ProcessEndedError(None) from None
    if succeeded:
        return result
    raise _as_exception(result)


def _be_the_child(writing: int, work: Callable[[], Any]) -> None:
    """Do the work, send the result and end: never returns."""
    try:
        faulthandler.disable()
        gc.freeze()  # looking through objects of the notebook would copy them
        os.setsid()  # an interrupt from the keyboard is for the notebook
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115
        _limit_memory()
        with _no_way_out():
            try:
                answer = (True, work())
            except BaseException as error:
                answer = (False, error)
        try:
            message = pickle.dumps(answer)
            Plain(io.BytesIO(message)).load()
        except Exception:
            told = described(answer[1]) if isinstance(answer[1], BaseException) else Raised(("TypeError",), "")
            message = pickle.dumps((False, RuntimeError(f"{told.kinds[0]}: {told.text}")))
        message = struct.pack("<Q", len(message)) + message
        while message:
            message = message[os.write(writing, message) :]
    finally:
        _exit(0)


_exit = os._exit


def _limit_memory() -> None:
    import resource

    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0])
        most = pages * os.sysconf("SC_PAGE_SIZE") + MEMORY
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _receive(reading: int, give_up: float) -> bytes | None:
    """The message of the child: empty if it ended without one, None if the time is up."""
    parts: list[bytes] = []
    size, length = None, 0
    while size is None or length < size:
        ready, _, _ = select.select([reading], [], [], max(0.0, give_up - time.monotonic()))
        if not ready:
            return None
        part = os.read(reading, 1 << 20)
        if not part:
            return b""
        parts.append(part)
        length += len(part)
        if size is None and length >= 8:
            received = b"".join(parts)
            size = struct.unpack("<Q", received[:8])[0]
            parts, length = [received[8:]], len(received) - 8
    return b"".join(parts)


def _end(child: int, seconds: float) -> tuple[int, bool]:
    """Kill the child and what it has started; its status, and whether it spent the time waiting."""
    finished, status, used = os.wait4(child, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if not finished:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status, used = os.wait4(child, 0)
    return status, used.ru_utime + used.ru_stime < 0.05 * seconds


class Plain(pickle.Unpickler):
    """Reads numbers, arrays and the classes of this module, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        own = {each.__name__: each for each in (Outcome, Other, Raised, Observed, OutOfTimeError, ProcessEndedError)}
        if module == __name__ and name in own:
            return own[name]
        if module == "builtins":
            found = getattr(builtins, name, None)
            if name in ("complex", "Ellipsis") or (isinstance(found, type) and issubclass(found, BaseException)):
                return found
        if module.split(".")[0] == "numpy" and name in ("_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


def in_a_thread(seconds: float, work: Callable[[], Any]) -> Any:
    """``within``, in a thread of this process."""
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
    with _no_way_out(), _numpy_kept():
        try:
            thread.start()
        except RuntimeError:  # no threads on this platform
            return _counted(work)
        try:
            thread.join(seconds)
        finally:  # also when the student interrupts the kernel
            in_time = bool(results or errors)
            stopped = _stop(thread)
    if not in_time:
        raise OutOfTimeError(stopped)
    if errors:
        raise _as_exception(errors[0])
    return results[0]


def _ignore(counts: bool) -> None:
    pass


time_counts: Callable[[bool], object] = _ignore
"""Where nothing here can stop the work, it is called with True when work begins whose time is limited, and with False
when it has ended, so that somebody else can: the page that Python runs in."""


def _counted(work: Callable[[], Any]) -> Any:
    global time_counts
    tell, time_counts = time_counts, _ignore  # what begins inside is counted already
    tell(True)
    try:
        return work()
    finally:
        time_counts = tell
        tell(False)


def _as_exception(error: BaseException) -> Exception:
    """An error of the answer's, in place of one that would end Python."""
    if issubclass(type(error), Exception):
        return cast(Exception, error)  # whose ``__class__`` may say something else
    told = described(error)
    return RuntimeError(f"{told.kinds[0]}: {told.text}")


def _stop(thread: threading.Thread, patience: float = 1.0) -> bool:
    """Raise ``_Stop`` in the thread until it ends; again and again, for a bare ``except:`` catches it once."""
    give_up = time.monotonic() + patience
    while thread.is_alive() and time.monotonic() < give_up:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stop))
        thread.join(0.02)
    return not thread.is_alive()


@contextlib.contextmanager
def _no_way_out() -> Iterator[None]:
    """Calls that end Python, or wait for somebody at the keyboard, raise."""

    def leave(*arguments: Any) -> None:
        raise SystemExit("the function asks Python to end")

    def ask(*arguments: Any) -> str:
        raise EOFError("nobody is there to answer input()")

    replaced: list[tuple[Any, str, Callable[..., Any]]] = [(builtins, "input", ask), (os, "abort", leave)]
    if not CAN_FORK:
        replaced.append((os, "_exit", leave))
    # IPython's `exit` does not raise: it tells the shell to end after the cell.
    shell = sys.modules["IPython"].get_ipython() if hasattr(sys.modules.get("IPython"), "get_ipython") else None
    if shell is not None:
        replaced.append((shell, "ask_exit", leave))
    before = [(owner, name, vars(owner).get(name)) for owner, name, _ in replaced]
    for owner, name, function in replaced:
        setattr(owner, name, function)
    try:
        yield
    finally:
        for owner, name, function in before:
            if function is None:
                delattr(owner, name)
            else:
                setattr(owner, name, function)


@contextlib.contextmanager
def _numpy_kept() -> Iterator[None]:
    """NumPy afterwards is as it was: its functions, the state of its random numbers, how it prints and warns."""
    modules = [np, np.linalg, np.random]
    functions = [dict(vars(module)) for module in modules]
    state, errors, printing = np.random.get_state(), np.geterr(), np.get_printoptions()  # noqa: NPY002
    try:
        yield
    finally:
        for module, before in zip(modules, functions):
            for name in [name for name, value in before.items() if vars(module).get(name) is not value]:
                setattr(module, name, before[name])
        np.random.set_state(state)  # noqa: NPY002
        np.seterr(**errors)
        np.set_printoptions(**printing)


def _watched(
    function: Callable[..., Any], inputs: Sequence[tuple[Any, ...]], names: Sequence[str]
) -> tuple[list[Outcome], str]:
    printed = _ShortText()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(_ShortText()),
        warnings.catch_warnings(record=True) as caught,
        # Whoever hunts a NaN has `np.seterr(all="raise")` in the notebook: a number that is rounded to 0 is no error.
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
    ):
        warnings.simplefilter("always")
        outcomes = [_call(function, arguments, names, caught) for arguments in inputs]
    return outcomes, printed.getvalue()


def _call(function: Callable[..., Any], arguments: tuple[Any, ...], names: Sequence[str], caught: list[Any]) -> Outcome:
    given = copy.deepcopy(arguments)
    if signals.MISSING:
        given = signals.watched(given)
    del caught[:]
    value, error = None, None
    try:
        value = plain(signals.unwatched(function(*given)))
    except _Stop:
        raise
    except BaseException as raised:  # sys.exit() in an answer must not end the notebook
        error = described(raised)
    new = [str(each.message) for each in caught if issubclass(each.category, RuntimeWarning)]
    after = signals.unwatched(given)
    changed = (name for name, old, new in zip(names, arguments, after) if _differs(old, new))
    return Outcome(value, error, new[0] if new else None, next(changed, None))


def observed(function: Callable[..., Any], inputs: Sequence[tuple[Any, ...]]) -> Observed:
    """How a function computes.

    Example:
        >>> observed(lambda x, y: np.log(x), [(np.zeros(1), 1.0)]).unused
        (1,)
    """
    steps = (_first_unsafe_step(function, arguments) for arguments in inputs)
    return Observed(
        precision_inside(function, inputs[0]),
        _changes(function, inputs[0]),
        _unused(function),
        next((step for step in steps if step is not None), None),
    )


def _changes(function: Callable[..., Any], arguments: tuple[Any, ...]) -> bool:
    first, second = (_call(function, arguments, [], []) for _ in range(2))
    return first.error is None and second.error is None and _differs(first.value, second.value)


def _unused(function: Callable[..., Any]) -> tuple[int, ...]:
    """The places of the arguments that the code of a function does not read."""
    if type(function) is not FunctionType:
        return ()
    code = function.__code__
    read: set[str] = set(code.co_cellvars)
    for step in dis.get_instructions(function):
        if step.opname.startswith("LOAD"):
            read.update(step.argval if isinstance(step.argval, tuple) else [step.argval])
        elif step.opname.startswith("STORE_FAST_LOAD") and isinstance(step.argval, tuple):
            read.add(step.argval[1])
    return tuple(place for place, name in enumerate(code.co_varnames[: code.co_argcount]) if name not in read)


class _NoSettings(contextlib.ContextDecorator):
    """In the place of ``np.errstate``: what is suppressed is to be seen."""

    def __init__(self, **settings: Any) -> None:
        pass

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass


def _first_unsafe_step(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Raised | None:
    before = np.errstate, np.seterr
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        np.errstate, np.seterr = _NoSettings, lambda **settings: {}  # type: ignore[misc, assignment]
        try:
            error = _call(function, arguments, [], []).error
        finally:
            np.errstate, np.seterr = before  # type: ignore[misc]
    return error if error is not None and error.kinds[0] == "FloatingPointError" else None


_LOW = {"float32": np.float32, "single": np.float32, "float16": np.float16, "half": np.float16}


def precision_inside(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str | None:
    """The lowest precision below double that the student's code names, or has in a variable."""
    found: set[str] = set()

    def look(frame: Any, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if _is_students(name):
            found.update(word for word in _words(frame.f_code) if word in _LOW)
        elif not name.startswith(_OURS):
            return None
        search(list(frame.f_locals.values()))
        return look

    def search(values: Any, depth: int = 0) -> None:
        for value in values:
            if issubclass(type(value), np.ndarray | np.floating):
                found.update({value.dtype.name} & _LOW.keys())
            elif type(value) in (tuple, list) and depth < 3:
                search(value[:_LONGEST], depth + 1)

    before = sys.gettrace()
    sys.settrace(look)
    try:
        _call(function, arguments, [], [])
    finally:
        sys.settrace(before)
    kinds = [_LOW[name].__name__ for name in found]
    return min(kinds, default=None)  # "float16" comes before "float32"


def _words(code: Any) -> list[str]:
    return [*code.co_names, *(constant for constant in code.co_consts if isinstance(constant, str))]


def plain(value: Any) -> Any:
    """A copy of what a function returned, in which nothing is left that could act by itself.

    Example:
        >>> plain((1, "two"))
        (1, Other(kind='a text'))
    """
    kind = type(value)
    if value is None or value is Ellipsis or kind in (bool, float):
        return value
    if kind is int:
        return value if abs(value) < 2**1023 else Other("an integer of more than 300 digits")
    if kind is np.ndarray and value.dtype.kind in "biuf":
        return value.copy()  # the function may keep the array and write into it in the next call
    if issubclass(kind, np.number | np.bool_) and kind.__module__ == "numpy" and value.dtype.kind in "biuf":
        return value
    for sequence in (tuple, list):
        if issubclass(kind, sequence) and sequence.__len__(value) <= _LONGEST:
            # Not a nested list: only that it is one is told.
            return sequence(
                Other("a list inside a list") if issubclass(type(each), list) and sequence is list else plain(each)
                for each in sequence.__iter__(value)
            )
    return Other(kind_of(value))


def kind_of(value: Any) -> str:
    """What a value is, in words, without a call into it.

    Example:
        >>> kind_of(1j), kind_of(np.ones(2, complex)), kind_of("text")
        ('a complex number', 'an array of shape (2,) and complex numbers', 'a text')
    """
    kind = type(value)
    if issubclass(kind, np.ma.MaskedArray):
        return "a masked array (`np.ma`), not a plain one"
    if issubclass(kind, np.matrix):
        return "an `np.matrix`, for which `*` means something else, not a plain array"
    if kind is np.ndarray:
        contents = {"c": "complex numbers", "O": "objects", "U": "texts", "S": "bytes", "V": "records"}.get(
            value.dtype.kind, f"dtype {value.dtype}"
        )
        return f"an array of shape {value.shape}" + f" and {contents}" * (value.dtype.kind not in "biuf")
    for ours, words in (
        (complex, "a complex number"),
        (str, "a text"),
        (tuple, "a tuple"),
        (list, "a list"),
        (dict, "a dictionary"),
    ):
        if issubclass(kind, ours):
            if ours in (tuple, list):
                return f"{words} of {ours.__len__(value)} values"
            return words
    return f"a value of type `{type_name(kind)}`"


def type_name(kind: type) -> str:
    """The name of a type, which a metaclass cannot falsify.

    Example:
        >>> type_name(type(3))
        'int'
    """
    return type.__dict__["__name__"].__get__(kind)


def described(error: BaseException) -> Raised:
    """An exception in plain data."""
    text = _safely(lambda: str(error)[:300], "")
    lines = _safely(
        lambda: [
            frame.line for frame in traceback.extract_tb(error.__traceback__)[-200:] if _is_students(frame.filename)
        ],
        [],
    )
    line = lines[-1] if lines else None
    shapes = _safely(lambda: _shapes_at(error, line), ())
    return Raised(tuple(type_name(kind) for kind in type(error).__mro__), str(text), line, shapes)


def _shapes_at(error: BaseException, line: str | None) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The arrays in the student's last frame that its line names; all of them if the line is not known."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if _is_students(frame.f_code.co_filename)]
    values = dict(frames[-1].f_locals) if frames else {}
    names = dict.fromkeys(re.findall(r"[A-Za-z_]\w*", line)) if line else values
    return tuple((name, values[name].shape) for name in names if issubclass(type(values.get(name)), np.ndarray))[:4]


_OURS = str(Path(__file__).resolve().parents[1])
_LIBRARIES = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}


def _is_students(filename: str) -> bool:
    inside = [_OURS, *_LIBRARIES]
    foreign = any(filename.startswith(folder + os.sep) for folder in inside) or filename.startswith("<frozen ")
    return not foreign and "site-packages" not in filename and "dist-packages" not in filename


def _safely(action: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return action()
    except _Stop:
        raise
    except BaseException:
        return otherwise


def _differs(before: Any, after: Any) -> bool:
    """Whether anything in an argument is not what it was: values, lengths, shapes, kinds of numbers, at any depth."""
    if type(before) is not type(after):
        return True
    if isinstance(before, np.ndarray):
        if before.dtype != after.dtype or before.shape != after.shape:
            return True
        if before.dtype.kind == "O":
            return any(_differs(a, b) for a, b in zip(before.ravel(), after.ravel()))
        return not np.array_equal(before, after, equal_nan=before.dtype.kind in "fc")
    if isinstance(before, tuple | list):
        return len(before) != len(after) or any(_differs(a, b) for a, b in zip(before, after))
    if isinstance(before, dict):
        return list(before) != list(after) or any(_differs(before[key], after[key]) for key in before)
    if isinstance(before, set | frozenset | str | bytes | int | float | complex | np.generic):
        return not (before == after or (before != before and after != after))
    if hasattr(before, "__dict__") and not callable(before):
        return _differs(vars(before), vars(after))
    return False
