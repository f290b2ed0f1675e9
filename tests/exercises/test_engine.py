"""Whatever a student hands in, ``check`` answers in words and raises nothing."""

import os
import subprocess
import sys
import threading
import time
import types

import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import check, engine, running
from dlmath.exercises.definition import Coding, Mistake, Reaching, exercises


def right(predictions, targets):
    return 2 * (predictions - targets) / len(predictions)


def message(answer, **options):
    feedback = check("mse-gradient", answer, **options)
    assert feedback.state == "wrong", feedback
    return feedback.message


def test_a_function_that_raises_is_told_the_error_and_its_line():
    def broken(predictions, targets):
        residuals = predictions - targets
        return residuals @ residuals

    text = message(broken)
    assert "ValueError" in text
    assert "return residuals @ residuals" in text
    assert "transposed" in text
    # The first input is 1 by 1, where the product exists: the second is the one to show.
    assert "predictions = array([[" in text
    shown = text.split("`predictions = ")[1].split("`")[0]
    assert "," in shown


def test_an_unknown_name_is_explained():
    def unknown(predictions, targets):
        return 2 * (prediction - targets)  # noqa: F821

    assert "does not know that name" in message(unknown)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, StopIteration, AssertionError])
def test_no_exception_gets_out(error):
    def raising(predictions, targets):
        raise error("from the student")

    assert "from the student" in message(raising)


def test_an_exception_that_cannot_be_printed():
    class SilentError(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    def raising(predictions, targets):
        raise SilentError

    assert "SilentError" in message(raising)


def test_none_asks_for_the_return():
    def forgot(predictions, targets):
        2 * (predictions - targets) / len(predictions)

    assert "`return` missing" in message(forgot)


def test_a_body_of_three_dots_with_other_documentation_is_not_attempted():
    def stub(predictions, targets):
        """My own words."""
        ...

    assert check("mse-gradient", stub).state == "open"
    assert check("mse-gradient", ...).state == "open"
    assert check("mse-gradient", None).state == "open"
    assert check("mse-gradient", lambda predictions, targets: ...).state == "open"


def test_a_constant_is_an_attempt():
    def constant(predictions, targets):
        """Return something."""
        return 5

    assert "has shape ()" in message(constant)


def test_the_wrong_shape_is_told_with_the_expected_one():
    text = message(lambda p, t: (2 * (p - t) / len(p)).ravel())
    assert "shape (1,)" in text
    assert "shape (1, 1)" in text


def test_a_list_is_told_to_become_an_array():
    assert "`np.array(...)`" in message(lambda p, t: right(p, t).tolist())


@pytest.mark.parametrize(
    "value",
    [
        "text",
        1j,
        object(),
        {"a": 1},
        np.array(["a"]),
        np.array([None]),
        np.ones((1, 1), dtype=complex),
        np.ones((1, 1), dtype=object),
        np.ma.masked_array([[1.0]]),
        np.ones((1, 1)).view(np.matrix),
        (x for x in [1]),
        np.ma.masked,
        range(3),
        (1.0, 2.0),
        10**400,
    ],
)
def test_other_things_are_named_by_their_type(value):
    text = message(lambda p, t: value)
    assert "expected is an array of shape (1, 1)" in text


def test_changed_arguments_are_named_even_if_the_values_are_right():
    def in_place(predictions, targets):
        predictions -= targets
        return 2 * predictions / len(predictions)

    text = message(in_place)
    assert "writes into its argument `predictions`" in text


def test_a_returned_array_that_is_used_again_is_not_mistaken():
    buffer = np.zeros((10, 10))

    def reuses(predictions, targets):
        out = buffer[: predictions.shape[0], : predictions.shape[1]]
        out[...] = right(predictions, targets)
        return out

    assert check("mse-gradient", reuses).solved


def test_printing_is_kept_out_of_the_notebook_and_shown_with_a_failure(capsys):
    def talks(predictions, targets):
        print("shape:", predictions.shape)
        return predictions**2

    assert "It printed: `shape: (1, 1)" in message(talks)
    assert capsys.readouterr().out == ""


def test_printing_does_not_spoil_a_right_answer(capsys):
    def talks(predictions, targets):
        print("hello")
        return right(predictions, targets)

    assert check("mse-gradient", talks).solved


@pytest.mark.parametrize("catches", [False, True])
def test_an_endless_loop_is_stopped(catches):
    def runs(predictions, targets):
        while True:
            try:
                print("still here")
            except Exception:
                if not catches:
                    raise

    before = threading.active_count()
    start = time.monotonic()
    text = message(runs, seconds=0.2)
    assert time.monotonic() - start < 2
    assert "was stopped" in text
    assert "loop that never ends" in text
    assert threading.active_count() == before


def test_an_endless_loop_is_stopped_in_a_thread_too():
    def runs(predictions, targets):
        while True:
            pass

    texts = []
    thread = threading.Thread(target=lambda: texts.append(message(runs, seconds=0.2)))
    thread.start()
    thread.join(5)
    assert "was stopped" in texts[0]


def test_what_cannot_be_stopped_is_left_behind_and_said(monkeypatch):
    monkeypatch.setattr(running, "CAN_FORK", False)
    release = threading.Event()

    def waits(predictions, targets):
        release.wait(20)

    text = message(waits, seconds=0.1)
    release.set()
    assert "could not be stopped" in text


def test_endless_recursion():
    def recursive(predictions, targets):
        return recursive(predictions, targets)

    assert "calls itself" in message(recursive)


@pytest.mark.parametrize("answer", [3, "mse_gradient", np.ones(3), [right]])
def test_a_value_in_place_of_the_function(answer):
    text = message(answer)
    assert "without parentheses" in text


def test_the_wrong_number_of_arguments():
    assert "`predictions, targets`" in message(lambda predictions: predictions)
    assert check("mse-gradient", lambda *arguments: right(*arguments)).solved


def test_things_that_can_be_called_but_are_not_functions():
    class Model:
        def __call__(self, predictions, targets):
            return right(predictions, targets)

    assert check("mse-gradient", Model()).solved
    assert "wrong" in message(np.add)


def test_nan_is_named():
    assert "NaN" in message(lambda p, t: p * np.nan)


def test_an_unknown_mistake_shows_the_first_failing_input_and_not_the_answer():
    def wrong(predictions, targets):
        return right(predictions, targets) + (len(predictions) > 2)

    text = message(wrong)
    assert "15 of its 15" not in text
    assert "5 of its 5 values are wrong" in text
    assert "was called with `predictions = array" in text


def test_sign_factor_and_transposition_are_named_without_a_definition():
    # These exercises have no mistake of that kind in their definitions.
    assert check("stable-sigmoid", lambda z: -(1 + np.tanh(z / 2)) / 2).message.startswith("The sign is wrong")
    assert "constant multiple" in check("stable-sigmoid", lambda z: 3 * (1 + np.tanh(z / 2)) / 2).message
    assert "transpose" in check("stable-sigmoid", lambda z: ((1 + np.tanh(z / 2)) / 2).T).message


def test_several_values_are_named_one_by_one():
    def gradients(X, Y, W0, b0, W1, b1):
        return np.zeros_like(W0), np.zeros_like(b0), np.zeros_like(W1), np.zeros_like(b1)

    assert "`grad_W0`" in check("network-gradients", gradients).message
    text = check("network-gradients", lambda X, Y, W0, b0, W1, b1: W0).message
    assert "4 values, `grad_W0`, `grad_b0`, `grad_W1`, `grad_b1`" in text


@pytest.mark.parametrize("name", ["mse-gradiant", "", 3, None, ["mse-gradient"]])
def test_an_unknown_exercise(name):
    feedback = check(name, right)
    assert feedback.state == "wrong"
    assert "no exercise of this name" in feedback.message


def test_a_name_with_a_slip_is_recognised():
    assert "`mse-gradient`" in check("mse-gradiant", right).message


def test_a_warning_that_the_reference_does_not_raise_is_a_failure():
    def warns(z):
        np.exp(np.float64(1000))
        return (1 + np.tanh(z / 2)) / 2

    # Only an overflow on the extreme input is the definition's mistake; this one warns everywhere.
    text = check("stable-sigmoid", warns).message
    assert "overflow" in text
    assert "values are right" in text


def test_right_values_with_another_fault_are_not_taken_for_a_mistake_with_right_values():
    def warns(theta, gradient, learning_rate):
        np.exp(np.float64(1000))
        return theta - learning_rate * gradient

    # The definition's mistake with right values writes into its argument; this one warns.
    assert "NumPy warns" in check("descent-step", warns).message

    def writes(z):
        result = (1 + np.tanh(z / 2)) / 2
        z += 1
        return result

    # And here the definition's mistake with right values warns.
    assert "writes into its argument `z`" in check("stable-sigmoid", writes).message

    def writes_and_warns(z):
        result = 1 / (1 + np.exp(-z))
        z += 1
        return result

    assert "writes into its argument `z`" in check("stable-sigmoid", writes_and_warns).message

    def warns_and_writes(theta, gradient, learning_rate):
        np.exp(np.float64(1000))
        theta -= learning_rate * gradient
        return theta

    assert "writes into its argument `theta`" in check("descent-step", warns_and_writes).message


def test_an_error_alone_is_not_taken_for_a_mistake_that_raises(monkeypatch):
    def fails(number):
        raise ValueError("no")

    def double(number):
        """Twice the number."""
        return 2 * number

    exercise = Coding("double", "", "", double, lambda rng: [(1,), (2,)], [Mistake("Do not fail.", fails)])
    monkeypatch.setattr(engine, "find", lambda name: exercise)
    assert "raised `ValueError: no`" in check("double", fails).message


needs_fork = pytest.mark.skipif(not running.CAN_FORK, reason="answers have no process of their own here")


def test_a_list_of_arrays_that_is_written_into_is_noticed():
    right = exercises()["collapse-bypasses"].solution

    def pops(parameters):
        result = right(parameters)
        parameters.pop()
        return result

    def adds(parameters):
        result = right(parameters)
        _, b = parameters[0]
        b += 1
        return result

    for answer in (pops, adds):
        assert "writes into its argument `parameters`" in check("collapse-bypasses", answer).message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda result: np.ma.masked_array(result), "a masked array"),
        (lambda result: result.view(np.matrix), "np.matrix"),
        (lambda result: result.astype(object), "and objects"),
        (lambda result: result.astype(complex), "and complex numbers"),
        (lambda result: result.astype(str), "and texts"),
    ],
)
def test_right_values_of_another_kind_are_named_by_the_kind(change, words):
    assert words in message(lambda p, t: change(right(p, t)))


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_rounding_is_no_mistake_and_is_said(kind):
    for answer in (
        lambda p, t: right(p, t).astype(kind),
        lambda p, t: right(p.astype(kind), t.astype(kind)),
        lambda p, t: right(p.astype(kind), t.astype(kind)).astype(float),
    ):
        feedback = check("mse-gradient", answer)
        assert feedback.solved, feedback
        assert f"in the precision in which it computes (`{kind.__name__}`)" in feedback.message
    assert "precision" not in check("mse-gradient", right).message


def test_seven_digits_in_double_precision_are_not_enough():
    """What is not due to single precision is no rounding: a difference quotient, an approximation."""
    assert not check("mse-gradient", lambda p, t: right(p, t) * (1 + 1e-6)).solved


def with_definition(monkeypatch, solution, *inputs):
    exercise = Coding("toy", "", "", solution, lambda rng: list(inputs), [])
    monkeypatch.setattr(engine, "find", lambda name: exercise)
    return lambda answer: check("toy", answer)


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1.0, 1e12, 1e300])
def test_tiny_and_huge_values_are_compared_by_their_ratio(monkeypatch, scale):
    def reference(x):
        """A number."""
        return scale * x

    judge = with_definition(monkeypatch, reference, (1.0,), (np.array([1.0, 3.0]),))
    assert judge(lambda x: x * scale * (1 + 1e-12)).solved
    for wrong in (lambda x: scale * x * 1.00001, lambda x: 0 * x, lambda x: scale * x + scale / 1000):
        assert not judge(wrong).solved


def test_a_large_integer_is_exact(monkeypatch):
    def reference(n):
        """A number."""
        return 10**9 + n

    judge = with_definition(monkeypatch, reference, (1,), (2,))
    assert judge(lambda n: n + 1e9).solved
    assert judge(lambda n: np.int64(n + 10**9)).solved
    assert not judge(lambda n: n + 10**9 + 1).solved


def hostile(callable_too=False):
    """An object that raises at every question, made out of sight of pytest, which asks some."""

    class Hostile:
        def _raise(self, *arguments):
            raise SystemExit("no")

        __repr__ = __str__ = __eq__ = __len__ = __array__ = __iter__ = __bool__ = __float__ = __hash__ = _raise
        __getattr__ = __reduce__ = _raise
        __class__ = property(_raise)

    class HostileCall(Hostile):
        def __call__(self, *arguments):
            return self

    return HostileCall() if callable_too else Hostile()


@pytest.mark.parametrize(
    "make",
    [
        hostile,
        lambda: hostile(callable_too=True),
        lambda: lambda p, t: hostile(),
        lambda: lambda p, t: (hostile(),),
        lambda: lambda p, t: [[hostile()]],
        lambda: lambda *arguments: (hostile(),) * 4,
        lambda: type,
    ],
)
@pytest.mark.parametrize("name", ["mse-gradient", "sigmoid-derivative", "network-gradients"])
@pytest.mark.parametrize("forks", {False, running.CAN_FORK})
def test_nothing_gets_out_whatever_the_answer_is(name, make, forks, monkeypatch):
    monkeypatch.setattr(running, "CAN_FORK", forks)
    assert check(name, make()).state == "wrong"


@needs_fork
def test_what_ends_python_is_told():
    assert "ended Python itself" in message(lambda p, t: os._exit(0))
    assert "`return` ends a function" in message(lambda p, t: sys.exit())
    assert "The numbers come as arguments" in message(lambda p, t: input())
    assert "still waiting after 1 seconds" in message(lambda p, t: time.sleep(60), seconds=1)
    text = message(lambda p, t: sum(range(10**11)), seconds=0.5)
    assert "was stopped" in text
    assert "loop that never ends" in text


@needs_fork
def test_an_answer_cannot_change_the_checker():
    def cheats(predictions, targets):
        engine._verdict = lambda *arguments: ("solved", "solved.")
        np.allclose = np.isclose = lambda *arguments, **options: True
        for module in list(sys.modules.values()):
            if isinstance(module, types.ModuleType) and module.__name__.startswith("dlmath.exercises"):
                for name in ("same", "close"):
                    if hasattr(module, name):
                        setattr(module, name, lambda *arguments: np.bool_(True))
        return predictions

    assert not check("mse-gradient", cheats).solved
    assert not check("mse-gradient", lambda p, t: p).solved


def test_a_kernel_goes_on_after_exit():
    """IPython's own `exit`, in a shell of its own."""
    code = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_cell("from dlmath.exercises import check")
shell.run_cell("def mse_gradient(p, t):\\n    exit()\\n    return 2 * (p - t) / len(p)")
print(repr(shell.run_cell("check('mse-gradient', mse_gradient)").result))
print(getattr(shell, "exit_now", False))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=120)
    assert "asks Python to end" in done.stdout, done.stderr
    assert done.stdout.strip().endswith("False")


def test_a_second_argument_is_counted_in_words():
    assert "called with 1 argument, `z`," in check("stable-sigmoid", lambda: 1).message
    assert "called with 2 arguments" in message(lambda: 1)


def test_an_unset_variable_is_not_taken_for_a_forgotten_import():
    def unset(predictions, targets):
        for _ in range(0):
            result = predictions
        return result

    text = message(unset)
    assert "before it has a value" in text
    assert "imported" not in text


def test_a_word_like_shape_in_an_error_is_no_sign_of_a_transposition():
    text = message(lambda p, t: p.reshape(7, 3))
    assert "cannot reshape" in text
    assert "transposed" not in text


def test_a_result_that_changes_from_call_to_call_is_told():
    rng = np.random.default_rng(0)
    assert "when it is called again" in message(lambda p, t: right(p, t) * rng.uniform(1, 2))


def test_a_suppressed_warning_is_told_with_its_line():
    def hides(predictions, targets):
        with np.errstate(all="ignore"):
            logarithm = np.log(predictions - targets)
        return 2 * np.exp(logarithm) / len(predictions)

    text = message(hides)
    assert "NaN" in text
    assert "encountered in log` in the line `logarithm = np.log(predictions - targets)`" in text


@pytest.mark.parametrize("kind", [np.errstate, np.seterr])
def test_numpy_is_as_it_was_after_a_look_at_suppressed_warnings(kind, monkeypatch):
    monkeypatch.setattr(running, "CAN_FORK", False)
    message(lambda p, t: np.log(-np.abs(p) - 1))
    assert getattr(np, kind.__name__) is kind


def test_an_argument_that_is_not_used_is_told():
    assert "never uses `targets`" in message(lambda p, t: np.tanh(p) + 0.1)
    assert "never uses" not in message(lambda p, t: np.tanh(p) + 0.1 * t**2)
    assert "never uses" not in message(lambda *both: np.tanh(both[0]) + 0.1)


def unfinished_states(X, h_0, W_x, W_h, b):
    H = np.zeros((len(X), len(h_0)))
    H[0] = np.tanh(W_x @ X[0] + W_h @ h_0 + b)
    return H


def test_the_entries_or_inputs_where_an_answer_is_right_are_told():
    text = check("recurrent-states", unfinished_states).message
    assert "one row" in text or "first row" in text


def inverse(r, J, errors):
    return -np.linalg.inv(J) @ r


def one_more(p, t):
    return np.sum((p - t) ** 2, axis=1) - np.ones(len(p) + 1)


def hard_coded(p, t):
    return p.reshape(7, 3)


def one_number(p, t):
    largest = np.max(p, 0).sum()
    return largest @ t


def from_one(p, t):
    return (p - t)[len(p)]


def axis_lost(p, t):
    return p / p.mean(axis=1)


def compared(p, t):
    return p if p > t else t


def half(p, t):
    return np.zeros(len(p) / 2)


def all_of_it(r, J, errors):
    return -np.linalg.lstsq(J, r, rcond=None)


def not_turned(p, t):
    return p @ t


def too_long(p, t):
    ones = np.ones((len(t) + 7, 3))
    return p @ ones


@pytest.mark.parametrize(
    ("name", "answer", "words", "never"),
    [
        ("weighted-step", inverse, "Only a square matrix has an inverse", "transposed"),
        ("mean-squared-error", one_more, "differ by 1: does a slice or a `range`", "transposed"),
        ("mse-gradient", hard_coded, "keeps every number", "transposed"),
        ("mse-gradient", one_number, "single number", "transposed"),
        ("mse-gradient", from_one, "counted from 0", "transposed"),
        ("mse-gradient", axis_lost, "is an axis lost", "transposed"),
        ("mse-gradient", compared, "one truth value", "transposed"),
        ("mse-gradient", half, "whole number", "transposed"),
        ("weighted-step", all_of_it, "several values, a tuple", "np.array"),
        ("mse-gradient", not_turned, "Is one transposed?", "inverse"),
        ("mse-gradient", too_long, "columns on the left meet the rows", "transposed"),
    ],
)
def test_an_error_is_explained_by_its_type_its_text_and_its_place(name, answer, words, never):
    text = check(name, answer).message
    assert words in text
    assert never not in text


def five_times(p, t):
    return 5 * (p - t) / len(p)


def test_the_same_mistake_again_is_told_in_three_steps():
    engine._said.clear()
    first, second, third = (check("mse-gradient", five_times) for _ in range(3))
    assert first.message == second.message == third.message
    assert first.more == ""
    assert "Where" in second.more
    assert "It was called with" in second.more
    assert "What to compare" not in second.more
    assert "What to compare" in third.more
    assert "solution(" not in second.more
    assert '`solution("mse-gradient")`' in third.more
    assert third.more in repr(third)


def test_a_hint_that_shows_the_input_goes_on_with_what_to_compare():
    engine._said.clear()
    for _ in range(2):
        feedback = check("mse-gradient", lambda p, t: np.cos(p) + 2 * t**3)
    assert "It was called with" in feedback.message
    assert "Where" not in feedback.more
    assert "What to compare" in feedback.more


def test_other_mistakes_begin_at_the_first_step_and_a_right_answer_forgets_them():
    engine._said.clear()
    check("mse-gradient", five_times)
    assert check("mse-gradient", lambda p, t: np.tanh(p - t)).more == ""
    assert check("mse-gradient", right).more == ""
    assert check("mse-gradient", five_times).more == ""
    assert "solution(" not in check("mse-gradient", five_times).more


def test_a_derivation_shows_where_at_numbers():
    x = sp.Symbol("x", real=True)
    engine._said.clear()
    assert check("sigmoid-derivative", sp.cos(x)).more == ""
    text = check("sigmoid-derivative", sp.cos(x)).more
    point = float(text.split("`x = ")[1].split("`")[0])
    assert f"{np.cos(point):.4g}" in text


def raised(kind, text="", line=None, shapes=(), bases=()):
    return engine.error_text(running.Raised((kind, *bases, "Exception"), text, line, tuple(shapes)))


@pytest.mark.parametrize(
    ("kind", "text", "advice"),
    [
        (
            "LinAlgError",
            "Last 2 dimensions of the array must be square",
            "Only a square matrix has an inverse, and this one is not square.",
        ),
        ("LinAlgError", "Singular matrix", "This matrix has no inverse: its columns depend on each other."),
        ("LinAlgError", "SVD did not converge", ""),
        (
            "ValueError",
            "matmul: Input operand 1 does not have enough dimensions",
            (
                "A factor of the matrix product is a single number. Which step has made one number of an "
                "array? (`np.max` and `np.sum` without an axis do; `np.maximum` compares entry by entry.)"
            ),
        ),
        (
            "ValueError",
            "matmul: Input operand 1 has a mismatch",
            ("In a matrix product the columns on the left meet the rows on the right, and here their numbers differ."),
        ),
        (
            "ValueError",
            "shapes (2,3) and (2,3) not aligned",
            ("In a matrix product the columns on the left meet the rows on the right, and here their numbers differ."),
        ),
        (
            "ValueError",
            "cannot reshape array of size 6 into shape (4,)",
            "`reshape` keeps every number: the product of the new lengths is not how many there are.",
        ),
        (
            "ValueError",
            "The truth value of an array is ambiguous",
            (
                "`if`, `and`, `or` and Python's `max` ask for one truth value and get an array of them: "
                "`np.where`, `&`, `|` and `np.maximum` work entry by entry."
            ),
        ),
        (
            "ValueError",
            "not enough values to unpack (expected 2, got 1)",
            "On the left of `=` stand more or fewer names than there are values on the right.",
        ),
        (
            "ValueError",
            "setting an array element with a sequence. The array has an inhomogeneous shape",
            "The rows of this array have different lengths, or an array stands where a number is meant.",
        ),
        (
            "TypeError",
            "setting an array element with a sequence",
            "The rows of this array have different lengths, or an array stands where a number is meant.",
        ),
        (
            "IndexError",
            "index 3 is out of bounds for axis 0 with size 3",
            "The entries are counted from 0: the last of 3 has the index 2.",
        ),
        (
            "IndexError",
            "index 5 is out of bounds for axis 0 with size 3",
            "An index is larger than the array. Print the shapes of the arrays.",
        ),
        ("IndexError", "too many indices for array", "The array has fewer axes than there are indices."),
        (
            "IndexError",
            "shape mismatch: indexing arrays could not be broadcast together",
            "The indices of rows and of columns are taken in pairs, and there are not as many of both.",
        ),
        (
            "IndexError",
            "arrays used as indices must be of integer (or boolean) type",
            ("A whole number is needed here, such as an index or a length: `/` makes a decimal number, `//` does not."),
        ),
        (
            "TypeError",
            "slice indices must be integers or None",
            ("A whole number is needed here, such as an index or a length: `/` makes a decimal number, `//` does not."),
        ),
        (
            "TypeError",
            "unsupported operand type(s) for +: 'tuple' and 'int'",
            ("A function in this line returns several values, a tuple: take the one that is needed, such as `[0]`."),
        ),
        (
            "TypeError",
            "'int' object is not callable",
            "One of the values in this line is of another kind than it is used for. Print its type.",
        ),
        (
            "TypeError",
            "unsupported operand type(s) for +: 'NoneType' and 'int'",
            "One of the values in this line is of another kind than it is used for. Print its type.",
        ),
        ("ValueError", "something else", ""),
        (
            "ValueError",
            "operands could not be broadcast together with shapes (3,) (3,2) ",
            (
                "Two arrays are combined entry by entry, and their shapes do not fit: (3,) and (3, 2). One "
                "number for each row meets the columns: is an axis lost (`keepdims`, `[:, np.newaxis]`)?"
            ),
        ),
        (
            "ValueError",
            "operands could not be broadcast together with shapes (3,2) (3,) ",
            (
                "Two arrays are combined entry by entry, and their shapes do not fit: (3, 2) and (3,). One "
                "number for each row meets the columns: is an axis lost (`keepdims`, `[:, np.newaxis]`)?"
            ),
        ),
        (
            "ValueError",
            "operands could not be broadcast together with shapes (2,5) (5,2) ",
            (
                "Two arrays are combined entry by entry, and their shapes do not fit: (2, 5) and (5, 2). Is "
                "one transposed?"
            ),
        ),
        (
            "ValueError",
            "operands could not be broadcast together with shapes (4,) (5,) ",
            (
                "Two arrays are combined entry by entry, and their shapes do not fit: (4,) and (5,). They "
                "differ by 1: does a slice or a `range` begin or end one place off?"
            ),
        ),
        (
            "ValueError",
            "operands could not be broadcast together with shapes (4,) (7,) ",
            "Two arrays are combined entry by entry, and their shapes do not fit: (4,) and (7,).",
        ),
        (
            "ValueError",
            "could not be broadcast",
            "Two arrays are combined entry by entry, and their shapes do not fit.",
        ),
        *((kind, "t", advice) for kind, advice in engine.ADVICE.items()),
    ],
)
def test_every_error_has_its_advice(kind, text, advice):
    assert raised(kind, text) == f"Your function raised `{kind}: {text}`. {advice}".strip()


def test_advice_knows_the_line_and_the_shapes():
    mismatch, there = "matmul: mismatch", [("X", (3, 2)), ("W", (3, 4))]
    text = raised("ValueError", mismatch, "return X @ W", there)
    assert " in the line `return X @ W`. " in text
    assert text.endswith("differ. There `X` has shape (3, 2), `W` has shape (3, 4). Is one transposed?")
    assert raised("ValueError", mismatch, "return X @ W.T", there).endswith("has shape (3, 4).")
    fits = [("X", (3, 2)), ("W", (2, 4))]
    assert raised("ValueError", mismatch, "return X @ W @ V", fits).endswith("has shape (2, 4).")
    assert raised("ValueError", mismatch, "X @ W", [("X", (3, 2)), ("W", (4, 2))]).endswith("Is one transposed?")
    assert raised("ValueError", mismatch, "X @ W", [("X", (3, 2)), ("W", (4, 5))]).endswith("has shape (4, 5).")
    assert raised("ValueError", mismatch, "X @ W", [("X", (3, 2)), ("W", (3,))]).endswith("has shape (3,).")
    assert raised("LinAlgError", "must be square", None, [("A", (2, 3))]).endswith("There `A` has shape (2, 3).")
    assert raised("IndexError", "too many indices", None, [("A", (2,))]).endswith("There `A` has shape (2,).")
    assert raised("MineError", "t", bases=("IndexError",)).endswith("Print the shapes of the arrays.")
    assert engine.error_text(running.Raised(("KeyError",), "a"), "Your expression") == (
        "Your expression raised `KeyError: a`."
    )


def test_how_an_answer_ended_is_told():
    assert engine.time_text(running.OutOfTimeError(True), 2.5) == (
        "Your function was still running after 2.5 seconds and was stopped. Is there a loop that never ends?"
    )
    assert engine.time_text(running.OutOfTimeError(False), 5) == (
        "Your function was still running after 5 seconds and could not be stopped: restart the kernel when you can. "
        "Is there a loop that never ends?"
    )
    assert engine.time_text(running.OutOfTimeError(True, waited=True), 5).startswith(
        "Your function was still waiting after 5 seconds and was stopped. It did not compute: "
    )
    assert engine.end_text(running.ProcessEndedError(None)).startswith(
        "Your function ended Python itself (`os._exit`?)"
    )
    assert "more memory than there is" in engine.end_text(running.ProcessEndedError(9))
    assert "crashed Python (SIGSEGV)" in engine.end_text(running.ProcessEndedError(11))


def test_values_are_shown_in_little_room():
    assert engine._short(right) == "<function right>"
    assert engine._short(1 / 3) == "0.333333"
    assert engine._short(np.arange(3)) == "array([0, 1, 2])"
    assert engine._short(np.array([[1 / 3, 2], [1e-9, 4]])) == "array([[0.3333, 2. ], [0. , 4. ]])"
    assert engine._short("x" * 300) == "'" + "x" * 199 + " ..."
    assert engine._short([0] * 66) == repr([0] * 66)
    assert engine._count(1, "argument") == "1 argument"
    assert engine._count(0, "argument") == "0 arguments"


def test_which_values_are_right_is_told():
    toy = Coding("toy", "", "", lambda a: a, lambda rng: [], [], returns=("a", "b", "c"))
    for value, said in (
        ((1.0, 0.0, 0.0), " (`a` is right.)"),
        ((1.0, 0.0, 3.0), " (`a` and `c` are right.)"),
        ((1.0, 2.0, 3.0), " (`a`, `b` and `c` are right.)"),
        ((0.0, 0.0, 0.0), ""),
    ):
        assert engine._which_are_right(toy, [(value, (1.0, 2.0, 3.0))]) == said
    assert engine._shapes([(1.0, 2.0), (np.ones(2), np.ones((2, 1)))]) == (
        " Your result has shape (2,); expected is an array of shape (2, 1)."
    )
    assert engine._shapes([(np.ones(2), 1.0)]) == " Your result has shape (2,); expected is a single number."
    assert engine._shapes([(1.0, 2.0)]) == ""


def test_a_part_that_is_wrong_is_described_without_the_right_one():
    def problem(value, reference):
        return engine._part_problem("The result", value, np.asarray(reference), None)

    assert problem([1.0], [1.0]) == (
        "The result is a list; expected is an array of shape (1,). `np.array(...)` makes an array of a list."
    )
    assert problem(running.Other("a text"), 1.0) == "The result is a text; expected is a single number."
    assert problem(np.ones(2), np.ones(3)) == "The result has shape (2,); expected is an array of shape (3,)."
    assert problem(np.array([1.0, np.nan]), np.ones(2)) == (
        "The result has the expected shape, but contains NaN (not a number)."
    )
    assert problem(np.array([1.0, 3, 4]), np.ones(3)) == (
        "The result has the expected shape, but 2 of its 3 values are wrong: "
        "your function returns `array([1., 3., 4.])`."
    )
    assert problem(2.0, 1.0) == "The result has the expected shape, but its value is wrong: your function returns `2`."
    assert problem(np.ones(2), np.ones(2)) is None


def test_what_is_not_attempted_and_what_cannot_be_looked_at(monkeypatch):
    for nothing in (None, ...):
        feedback = check("mse-gradient", nothing)
        assert (feedback.state, feedback.message) == (
            "open",
            "not attempted yet. Replace the three dots by your code.",
        )

    def fails(*arguments):
        raise ValueError("no luck")

    monkeypatch.setattr(engine, "_function", fails)
    assert message(right) == "Your answer could not be looked at: `ValueError: no luck`."


def test_what_is_worth_what_it_reaches_is_judged_input_by_input():
    toy = Reaching(
        "toy", "", "", lambda x: x, lambda rng: [], [], reached=lambda value, x: (value >= x, f"{value} of {x}.")
    )
    inputs = [(1,), (2,)]

    def judged(*values):
        return engine._reached(toy, inputs, [running.Outcome(value) for value in values])

    assert judged(1, 3) == ("solved", "solved. 3 of 2.")
    assert judged(1, 1) == ("wrong", "1 of 2.")
    assert judged(0, 3) == ("wrong", "0 of 1.")
    assert judged(..., 3) == ("open", "not attempted yet. Replace the three dots by your code.")
    assert judged(1, None) == ("wrong", "Your function returns nothing (`None`). Is a `return` missing at the end?")
    failed = running.Outcome(error=running.Raised(("KeyError",), "a"))
    assert engine._reached(toy, inputs, [failed, failed]) == ("wrong", "Your function raised `KeyError: a`.")


def test_of_an_array_it_may_be_that_only_the_shape_matters():
    def toy(solution, *inputs):
        return Coding("toy", "", "", solution, lambda rng: list(inputs), []), list(inputs)

    array = np.array([1.0, 2.0])
    for solution, arguments, matters in (
        (lambda a, b: a + len(b), (array, array), (True, False)),
        (lambda a, b: b.sum(), (array, array), (False, True)),
        (lambda a, b: len(a), (array.astype(int), 3), (True, True)),
        (lambda a, b: len(a), (np.zeros(2), np.zeros(2)), (False, False)),
        (lambda a, b: (b > 0).sum(), (array, np.zeros(2)), (False, True)),
    ):
        exercise, inputs = toy(solution, arguments, arguments)
        assert tuple(engine._matters(exercise, inputs, place) for place in (0, 1)) == matters
