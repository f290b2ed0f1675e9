"""Whatever a student hands in, ``check`` answers in words and raises nothing."""

import threading
import time

import numpy as np
import pytest

from dlmath.exercises import check, engine
from dlmath.exercises.definition import Coding, Mistake


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
    assert "], [" in text


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
    ["text", 1j, object(), {"a": 1}, np.array(["a"]), np.array([None]), (x for x in [1]), np.ma.masked, range(3)],
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


def test_what_cannot_be_stopped_is_left_behind_and_said():
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
    monkeypatch.setattr(engine, "exercises", lambda: {"double": exercise})
    assert "raised `ValueError: no`" in check("double", fails).message
