"""Running an answer: values and errors come through, and nothing that it does reaches the notebook."""

import builtins
import contextlib
import copy
import ctypes
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import types
import warnings

import numpy as np
import pytest

from dlmath.exercises import running
from dlmath.exercises.running import Other, OutOfTimeError, ProcessEndedError, Raised, plain, run, within

needs_fork = pytest.mark.skipif(not running.CAN_FORK, reason="answers have no process of their own here")


@pytest.fixture(params=["process", "thread"])
def everywhere(request, monkeypatch):
    """Both ways to run an answer."""
    if request.param == "process" and not running.CAN_FORK:
        pytest.skip("answers have no process of their own here")
    monkeypatch.setattr(running, "CAN_FORK", request.param == "process")
    return request.param


@pytest.fixture
def in_a_thread(monkeypatch):
    monkeypatch.setattr(running, "CAN_FORK", False)


def test_a_value_and_an_error_come_through(everywhere):
    assert within(1.0, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(1.0, lambda: 1 / 0)


def test_a_loop_that_catches_everything_is_still_stopped(everywhere):
    def stubborn():
        caught = 0
        while caught < 3:
            try:
                while True:
                    pass
            except:  # noqa: E722
                caught += 1

    with pytest.raises(OutOfTimeError) as caught:
        within(0.1, stubborn)
    assert caught.value.stopped


def test_where_there_are_no_threads_there_is_no_limit(monkeypatch, in_a_thread):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    assert within(0.0, lambda: 3) == 3


def test_outcomes_record_the_value_the_error_the_warning_and_the_change(everywhere):
    def function(array, how):
        if how == "raise":
            raise ValueError("no")
        if how == "warn":
            np.exp(np.array([1000.0]))
        if how == "change":
            array[0] = 7
        return array.sum()

    array = np.zeros(3)
    inputs = [(array, how) for how in ("", "raise", "warn", "change")]
    outcomes, printed = run(function, inputs, ["array", "how"], 5.0)
    assert [bool(o.error) for o in outcomes] == [False, True, False, False]
    assert [bool(o.warning) for o in outcomes] == [False, False, True, False]
    assert [o.changed for o in outcomes] == [None, None, None, "array"]
    assert outcomes[3].value == 7
    assert printed == ""
    np.testing.assert_array_equal(array, 0)


def test_only_the_beginning_of_endless_output_is_kept(everywhere):
    _, printed = run(lambda: [print("x" * 100) for _ in range(1000)], [()], [], 5.0)
    assert 500 < len(printed) <= 1000


def test_warnings_of_the_notebook_stay_as_they_were(everywhere):
    before = list(warnings.filters)
    run(lambda: np.exp(np.array([1000.0])), [()], [], 5.0)
    assert warnings.filters == before


def one(function, *arguments, seconds=5.0):
    """The outcome of one call."""
    (outcome,), _ = run(function, [arguments], [f"argument_{i}" for i in range(len(arguments))], seconds)
    return outcome


def change(how):
    return [
        (how, lambda weights: weights.pop(), [1.0, 2.0]),
        (how, lambda weights: weights.__setitem__(0, 3.0), [1.0, 2.0]),
        (how, lambda weights: weights.append(3), [1.0, 2.0]),
        (how, lambda weights: weights.reverse(), [1.0, 2.0]),
        (how, lambda layers: layers[1].__iadd__(1), [np.zeros(2), np.zeros(3)]),
        (how, lambda layers: layers[0][1].__imul__(2), [(np.ones((2, 2)), np.ones(2)), (np.ones(1), np.ones(1))]),
        (how, lambda table: table.update(b=1), {"a": 1}),
        (how, lambda table: table["a"].fill(7), {"a": np.zeros(2)}),
        (how, lambda table: table.pop("a"), {"a": 1, "b": 2}),
        (how, lambda seen: seen.add(3), {1, 2}),
        (how, lambda array: setattr(array, "shape", (4,)), np.zeros((2, 2))),
        (how, lambda array: setattr(array, "dtype", np.int64), np.zeros(2)),
        (how, lambda array: array.sort(), np.array([2.0, 1.0])),
        (how, lambda array: array.put([0], np.nan), np.array([2.0, 1.0])),
        (how, lambda objects: objects[0].append(1), np.array([[], None], dtype=object)),
        (how, lambda array: np.add(array, 1, out=array), np.zeros(2)),
    ]


@pytest.mark.parametrize(("name", "function", "argument"), change("argument_0"))
def test_a_change_of_an_argument_is_noticed_at_any_depth(name, function, argument):
    assert one(function, argument).changed == name


@pytest.mark.parametrize(
    "argument",
    [
        [1.0, 2.0],
        [np.zeros(2), (np.ones(1), 3)],
        {"a": [np.array([np.nan])]},
        np.array([np.nan, -0.0]),
        float("nan"),
        abs,
    ],
)
def test_an_argument_that_is_only_read_is_not_changed(argument):
    assert one(lambda value: 1, argument).changed is None


def test_what_a_function_returns_is_described_in_plain_data():
    class Lies(np.ndarray):
        def copy(self, *arguments):
            raise RuntimeError

    assert plain(np.ma.masked_array([1.0], [True])).kind.startswith("a masked array")
    assert "np.matrix" in plain(np.ones((1, 1)).view(np.matrix)).kind
    assert plain(np.array([None])) == Other("an array of shape (1,) and objects")
    assert plain(1j) == Other("a complex number")
    assert plain(np.complex64(1)) == Other("a value of type `complex64`")
    assert plain(np.ones(2, dtype=complex)) == Other("an array of shape (2,) and complex numbers")
    assert plain("3.0") == Other("a text")
    assert plain(np.array(["3.0"])) == Other("an array of shape (1,) and texts")
    assert plain(np.zeros(2).view(Lies)) == Other("a value of type `Lies`")
    assert plain([1, [2]]) == [1, Other("a list inside a list")]
    assert plain(np.linalg.eigh(np.eye(2)))[0].tolist() == [1, 1]  # a named tuple
    assert plain(list(range(1000))) == Other("a list of 1000 values")


def test_numbers_come_back_as_what_they_are():
    for value in (None, ..., True, 2.5, 7, -(2**1023) + 1, np.float32(1.5), np.bool_(True), np.uint8(3)):
        result = plain(value)
        assert (type(result), result) == (type(value), value)
    assert plain(2**1023) == plain(-(2**1023)) == Other("an integer of more than 300 digits")
    array = np.arange(3, dtype=np.int8)
    copied = plain(array)
    array[0] = 9
    assert (copied.tolist(), copied.dtype) == ([0, 1, 2], np.int8)
    assert plain((1, (2.0, [3, [4]]))) == (1, (2.0, [3, Other("a list inside a list")]))
    assert plain(([1],)) == ([1],)
    assert [len(plain(sequence)) for sequence in ([0] * 50, (0,) * 50)] == [50, 50]
    assert plain((0,) * 51) == Other("a tuple of 51 values")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.ones((1, 1)).view(np.matrix), "an `np.matrix`, for which `*` means something else, not a plain array"),
        (np.ma.ones(2), "a masked array (`np.ma`), not a plain one"),
        (np.array([b"1"]), "an array of shape (1,) and bytes"),
        (np.zeros((2, 0), dtype="i4,f4"), "an array of shape (2, 0) and records"),
        (np.zeros(1, dtype="M8[s]"), "an array of shape (1,) and dtype datetime64[s]"),
        (np.zeros((2, 3)), "an array of shape (2, 3)"),
        ({}, "a dictionary"),
        (range(3), "a value of type `range`"),
        (True, "a value of type `bool`"),
        ([1, 2], "a list of 2 values"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_kinds_in_words(value, words):
    assert running.kind_of(value) == words


def test_errors_in_plain_data():
    told = running.described(ValueError("x" * 1000))
    assert told == Raised(("ValueError", "Exception", "BaseException", "object"), "x" * 300)
    assert running.described(KeyError()).text == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([1], (1,)),
        (np.zeros(2), np.zeros(2, np.float32)),
        (np.zeros(2), np.zeros((2, 1))),
        (np.array([np.nan, 1.0]), np.array([1.0, np.nan])),
        (np.array(["a"]), np.array(["b"])),
        (np.array([[1, 2], None], dtype=object), np.array([[1, 3], None], dtype=object)),
        (np.array([np.ones(2), None], dtype=object), np.array([np.zeros(2), None], dtype=object)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": 1}, {"a": 2}),
        ([1, 2], [1]),
        ([1, 2], [1, 3]),
        ({1}, {2}),
        ("a", "b"),
        (float("nan"), 1.0),
        (1.0, float("nan")),
        (np.float64(1), np.float64(2)),
        (types.SimpleNamespace(a=[1]), types.SimpleNamespace(a=[2])),
    ],
    ids=str,
)
def test_every_difference_of_an_argument_counts(before, after):
    assert running._differs(before, after)
    assert not running._differs(before, copy.deepcopy(before))


def test_what_asks_python_to_end_is_told_as_what_it_is(everywhere):
    with pytest.raises(RuntimeError, match=r"^SystemExit: bye$"):
        within(5.0, lambda: sys.exit("bye"))
    with pytest.raises(RuntimeError, match=r"^SystemExit: the function asks Python to end$"):
        within(5.0, lambda: os.abort())


def test_invalid_values_are_warned_of(everywhere):
    assert "invalid value" in one(lambda: np.float64(np.inf) - np.float64(np.inf)).warning
    assert "divide by zero" in one(lambda: np.float64(1) / np.float64(0)).warning


def test_where_no_process_can_be_started_a_thread_does(monkeypatch):
    def refuse(seconds, work):
        raise BlockingIOError

    monkeypatch.setattr(running, "CAN_FORK", True)
    monkeypatch.setattr(running, "_in_a_process", refuse)
    assert within(1.0, lambda: os.getpid()) == os.getpid()


def test_all_that_is_printed_is_counted_and_the_beginning_is_kept(everywhere):
    written, printed = run(lambda: sys.stdout.write("ab" * 600), [()], [], 5.0)
    assert written[0].value == 1200
    assert printed == "ab" * 500
    assert run(lambda: print("x", file=sys.stderr), [()], [], 5.0)[1] == ""
    _, printed = run(lambda text: print(text), [("one",), ("two",)], ["text"], 5.0)
    assert printed == "one\ntwo\n"


def test_the_first_warning_of_numpy_and_the_first_changed_argument_are_told(everywhere):
    def function(a, b, c):
        warnings.warn("of the student", UserWarning, stacklevel=1)
        np.log(np.float64(0.0))
        np.exp(np.float64(1000.0))
        b[0] = c[0] = 7
        return 1

    outcome = one(function, np.zeros(1), np.zeros(1), np.zeros(1))
    assert "divide by zero" in outcome.warning
    assert outcome.changed == "argument_1"
    assert one(lambda: warnings.warn("mine", stacklevel=1)).warning is None


class Hostile:
    """Raises at whatever it is asked."""

    def _raise(self, *arguments):
        raise SystemExit("no")

    __repr__ = __str__ = __eq__ = __len__ = __array__ = __iter__ = __bool__ = __float__ = __hash__ = _raise
    __getattr__ = __reduce__ = __deepcopy__ = _raise

    @property
    def __class__(self):
        raise SystemExit("no")


def test_an_object_that_raises_at_every_question(everywhere):
    assert one(Hostile).value == Other("a value of type `Hostile`")
    assert one(lambda: (Hostile(), 1)).value == (Other("a value of type `Hostile`"), 1)


def test_an_error_is_described_even_if_it_does_not_want_to(everywhere):
    class SilentError(Exception):
        def __str__(self):
            raise KeyboardInterrupt

    def fails():
        raise SilentError

    assert one(fails).error == Raised(("SilentError", "Exception", "BaseException", "object"), "", "raise SilentError")


def test_the_line_of_an_error_is_the_students_and_not_the_librarys(everywhere):
    def fails():
        return np.linalg.inv(np.zeros((2, 2)))

    assert one(fails).error.line == "return np.linalg.inv(np.zeros((2, 2)))"


@pytest.mark.parametrize(
    ("file", "is_students"),
    [
        ("<ipython-input-3-abc>", True),
        ("/tmp/ipykernel_1/12345.py", True),
        ("/home/student/dlmath_answers.py", True),
        (running._OURS + "_mine/answer.py", True),
        (running.__file__, False),
        (running._OURS + "/losses.py", False),
        (os.__file__, False),
        (np.__file__, False),
        ("<frozen importlib._bootstrap>", False),
        ("/opt/other/lib/python3/site-packages/library.py", False),
        ("/usr/lib/python3/dist-packages/library.py", False),
    ],
)
def test_whose_a_file_is(file, is_students):
    assert running._is_students(file) == is_students


@pytest.mark.parametrize("leave", [exit, sys.exit, lambda: os._exit(3), lambda: os.abort(), lambda: input("?")])
def test_nothing_ends_python_or_waits_for_the_keyboard(everywhere, leave):
    with contextlib.suppress(ProcessEndedError):  # what `os._exit` does to a process of its own
        assert one(leave).error.kinds[0] in ("SystemExit", "EOFError")
    assert builtins.input.__name__ != "ask"
    assert os._exit.__name__ == "_exit"


def test_the_exit_of_ipython_raises_instead_of_ending_the_kernel(everywhere, monkeypatch):
    class Shell:
        def __init__(self):
            self.ended = False

        def ask_exit(self):
            self.ended = True

    shell = Shell()
    monkeypatch.setitem(sys.modules, "IPython", type(sys)("IPython"))
    sys.modules["IPython"].get_ipython = lambda: shell
    assert one(lambda: shell.ask_exit()).error.kinds[0] == "SystemExit"
    assert not shell.ended
    shell.ask_exit()
    assert shell.ended


@needs_fork
def test_a_call_into_compiled_code_is_ended():
    start = time.monotonic()
    with pytest.raises(OutOfTimeError) as caught:
        one(lambda: sum(range(10**11)), seconds=0.3)
    assert time.monotonic() - start < 5
    assert caught.value.stopped
    assert not caught.value.waited


@needs_fork
def test_waiting_is_told_from_computing():
    with pytest.raises(OutOfTimeError) as caught:
        one(lambda: time.sleep(60), seconds=3.0)  # a busy machine needs some time to begin
    assert caught.value.waited


@needs_fork
def test_a_crash_is_told():
    with pytest.raises(ProcessEndedError) as caught:
        one(lambda: ctypes.string_at(0))
    assert caught.value.by_signal == signal.SIGSEGV


@needs_fork
def test_more_memory_than_there_is_is_an_error_and_not_the_end(monkeypatch):
    monkeypatch.setattr(running, "MEMORY", 2**28)
    assert "MemoryError" in one(lambda: np.ones(2**28)).error.kinds
    assert "MemoryError" in one(lambda: bytearray(2**31)).error.kinds


def test_settings_of_numpy_are_put_back(everywhere):
    def meddles():
        np.seterr(all="raise")
        np.random.seed(3)  # noqa: NPY002
        np.exp = np.log
        np.linalg.norm = None
        warnings.simplefilter("error")
        np.set_printoptions(precision=1)

    state = np.random.get_state()[1].copy()  # noqa: NPY002
    before = np.geterr(), np.exp, np.linalg.norm, list(warnings.filters), np.get_printoptions()
    run(meddles, [()], [], 5.0)
    assert before == (np.geterr(), np.exp, np.linalg.norm, list(warnings.filters), np.get_printoptions())
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


def test_a_notebook_that_hunts_nans_judges_as_any_other(everywhere):
    with np.errstate(all="raise"):
        assert one(lambda: np.exp(-1000.0)) == running.Outcome(0.0)
        assert "overflow" in one(lambda: np.exp(np.float64(1000.0))).warning


@needs_fork
def test_threads_and_processes_of_an_answer_do_not_outlast_it(tmp_path):
    file = tmp_path / "still here"

    def writes():
        time.sleep(0.5)
        file.touch()

    def leaves_them_behind():
        threading.Thread(target=writes).start()
        if os.fork() == 0:
            writes()
            os._exit(0)
        return 1.0

    before = threading.active_count()
    assert one(leaves_them_behind).value == 1.0
    assert threading.active_count() == before
    time.sleep(1)
    assert not file.exists()


@needs_fork
def test_only_plain_data_comes_back():
    for value in (print, os.system, np.exp):
        with pytest.raises(pickle.UnpicklingError):
            running.Plain(io.BytesIO(pickle.dumps(value))).load()
    # A result that is none is an error of the call, and not of the notebook.
    with pytest.raises(RuntimeError):
        within(5.0, lambda: print)


@needs_fork
def test_no_process_is_left_to_be_reaped():
    # In a process of its own: the tests that ran before this one may have started some.
    program = """
import os
from dlmath.exercises.running import within
within(5.0, lambda: 1)
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("none")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    assert done.stdout == "none\n"


def test_single_precision_inside_is_seen():
    def casts(x):
        return np.asarray(x, dtype=np.float32).sum() * 1.0

    def says(x):
        return x.astype("float16").astype(float)

    assert running.precision_inside(casts, (np.ones(2),)) == "float32"
    assert running.precision_inside(says, (np.ones(2),)) == "float16"
    assert running.precision_inside(lambda x: x + 1, (np.ones(2),)) is None
    assert running.precision_inside(np.linalg.norm, (np.ones(2),)) is None
    assert running.precision_inside(lambda x: x[0] + 1, ([np.ones(2, np.float32)],)) == "float32"
    assert running.precision_inside(lambda x: np.half(1) + np.single(2), (1,)) == "float16"
    assert running.precision_inside(lambda x: [[x[0][0]]], ([[(np.float16(1),)]],)) == "float16"
    before = sys.gettrace()
    running.precision_inside(casts, (np.ones(2),))
    assert sys.gettrace() is before


def in_a_file(code, file, name="f"):
    """A function whose code comes from a file of this name."""
    namespace = {"np": np}
    exec(compile(code, file, "exec"), namespace)
    return namespace[name]


def test_single_precision_is_looked_for_in_the_students_code_and_in_ours_but_in_no_library():
    code = "def f(x):\n    y = np.ones(2, 'f')\n    return x"
    for file, found in {
        "<ipython-input-3>": "float32",
        running._OURS + "/losses.py": "float32",
        "/opt/lib/python3/site-packages/library.py": None,
    }.items():
        inner = in_a_file(code, file)
        assert running.precision_inside(lambda x: inner(x), (1.0,)) == found  # noqa: B023
    endless = []
    endless += [endless, np.float32(1)]
    assert running.precision_inside(lambda x: endless, (1.0,)) == "float32"


def test_how_a_function_computes_is_observed():
    count = iter(range(100))

    def fails_the_second_time(x):
        if next(count) % 2:
            raise ValueError
        return x

    def uses(a, b, c):
        inside = lambda: a  # noqa: E731
        b = 2
        return inside() + c + b

    assert running.observed(lambda x: 2 * x, [(1.0,)]) == running.Observed()
    assert running.observed(lambda x: next(count), [(1.0,)]) == running.Observed(changes=True, unused=(0,))
    assert not running._changes(fails_the_second_time, (1.0,))
    assert not running._changes(lambda x: 1 / 0, (1.0,))
    assert running._changes(lambda x: np.array([next(count)]), (1.0,))
    assert running._unused(uses) == ()
    assert running._unused(lambda a, b, c: b) == (0, 2)
    assert running._unused(np.linalg.norm) == running._unused(np.exp) == ()


@np.errstate()
def test_the_first_step_that_is_infinite_or_no_number_is_found_though_it_is_hushed_up():
    def hushes(x):
        with np.errstate(all="ignore"):
            y = np.log(x)
        np.seterr(all="ignore")
        z = np.exp(x - 1000)
        return np.where(x > 0, y + z, 0)

    before = np.errstate, np.seterr
    step = running.observed(hushes, [(np.ones(1),), (np.zeros(1),), (-np.ones(1),)]).step
    assert (step.kinds[0], step.text, step.line) == (
        "FloatingPointError",
        "divide by zero encountered in log",
        "y = np.log(x)",
    )
    assert "invalid value" in running.observed(hushes, [(-np.ones(1),)]).step.text
    assert "overflow" in running.observed(lambda x: np.exp(x), [(np.full(1, 1e3),)]).step.text
    assert running.observed(hushes, [(np.ones(1),)]).step is None, "what is rounded to 0 is no error"
    assert running.observed(lambda x: 1 / 0, [(np.ones(1),)]).step is None, "another error is told elsewhere"
    assert before == (np.errstate, np.seterr)


def test_the_shapes_in_the_line_of_an_error_are_told_in_its_order():
    def fails(X, W, n):
        b = np.zeros(n)
        return (b + W) @ X

    def fails_elsewhere(a, b, c, d, e):
        exec("a @ b")

    outcome = one(fails, np.zeros((2, 3)), np.zeros((4, 5)), 5)
    assert outcome.error.line == "return (b + W) @ X"
    assert outcome.error.shapes == (("b", (5,)), ("W", (4, 5)), ("X", (2, 3)))
    arrays = [np.zeros(n) for n in range(2, 7)]
    assert len(one(fails_elsewhere, *arrays).error.shapes) <= 4
    assert running.described(ValueError()).shapes == ()


def test_a_function_of_ours_is_watched_too():
    array = np.zeros(2)
    ok, failed, changed = running.run_trusted(
        lambda a, how: {0: a.sum, 1: lambda: 1 / 0, 2: lambda: a.fill(1)}[how](),
        [(array, 0), (array, 1), (array, 2)],
        ["a", "how"],
    )
    assert ok == running.Outcome(0.0)
    assert failed.error.kinds[0] == "ZeroDivisionError"
    assert changed.changed == "a"
    assert not array.any()


def test_exactly_the_beginning_of_the_output_is_kept(everywhere):
    _, printed = run(lambda: [print(end=str(k % 10) * 7) for k in range(1000)], [()], [], 5.0)
    assert printed == "".join(str(k % 10) * 7 for k in range(1000))[: running.MOST_OUTPUT]


@needs_fork
def test_the_end_of_a_process_is_told_from_a_signal():
    for leave, by_signal in ((lambda: os._exit(3), None), (lambda: os.kill(os.getpid(), signal.SIGKILL), 9)):
        with pytest.raises(ProcessEndedError) as caught:
            one(leave)
        assert caught.value.by_signal == by_signal


def test_plain_data_is_read_as_it_was_written():
    plain_data = [
        1j,
        ...,
        np.arange(3),
        np.float32(2),
        KeyError("a"),
        Raised(("E",), "t"),
        Other("a text"),
        (None, True),
    ]
    for value in plain_data:
        read = running.Plain(io.BytesIO(pickle.dumps(value))).load()
        assert type(read) is type(value)
        assert repr(read) == repr(value)
    for value in (eval, getattr, int.__add__, np.load, subprocess.Popen, running.Plain):
        with pytest.raises((pickle.UnpicklingError, TypeError)):
            running.Plain(io.BytesIO(pickle.dumps(value))).load()


def sent(*parts):
    """What is read of a pipe into which these parts are written one after the other."""
    reading, writing = os.pipe()

    def write():
        for part in parts:
            time.sleep(0.05)
            os.write(writing, part)
        os.close(writing)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        return running._receive(reading, time.monotonic() + 60)
    finally:
        thread.join()
        os.close(reading)


def test_a_message_arrives_whole_or_not_at_all():
    size = (10).to_bytes(8, "little")
    assert sent(size + b"0123456789") == b"0123456789"
    assert sent(size[:3], size[3:] + b"01234", b"56789") == b"0123456789"
    assert sent((0).to_bytes(8, "little")) == b""
    assert sent(size + b"012345678") == sent(size[:7]) == sent() == b"", "it ended before all was said"
    reading, writing = os.pipe()
    assert running._receive(reading, time.monotonic() - 1) is None
    os.close(reading)
    os.close(writing)


def test_what_is_counted_is_told_to_begin_and_to_end_even_if_it_fails(monkeypatch):
    told = []

    def work():
        assert told == [True]
        return running._counted(lambda: len(told))

    monkeypatch.setattr(running, "time_counts", told.append)
    assert running._counted(work) == 1, "what begins inside is counted already"
    assert told == [True, False]
    with pytest.raises(ZeroDivisionError):
        running._counted(lambda: 1 / 0)
    assert told == [True, False] * 2
