import warnings

import numpy as np
import pytest

from dlmath.exercises.running import OutOfTimeError, run, within


def test_a_value_and_an_error_come_through():
    assert within(1.0, lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        within(1.0, lambda: 1 / 0)


def test_a_loop_that_catches_everything_is_still_stopped():
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


def test_where_there_are_no_threads_there_is_no_limit(monkeypatch):
    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    assert within(0.0, lambda: 3) == 3


def test_outcomes_record_the_value_the_error_the_warning_and_the_change():
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


def test_only_the_beginning_of_endless_output_is_kept():
    _, printed = run(lambda: [print("x" * 100) for _ in range(1000)], [()], [], 5.0)
    assert 500 < len(printed) <= 1000


def test_warnings_of_the_notebook_stay_as_they_were():
    before = list(warnings.filters)
    run(lambda: np.exp(np.array([1000.0])), [()], [], 5.0)
    assert warnings.filters == before
