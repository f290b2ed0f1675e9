"""Watched arrays warn of the same as NumPy does where the processor has signals, in the same words."""

import warnings

import numpy as np
import pytest

from dlmath.exercises import check, running, signals

OPERATIONS = {
    "overflow": lambda x: np.exp(1000 * x),
    "large power": lambda x: (1e200 * x) ** 2,
    "product": lambda x: (1e200 * x) * 1e200,
    "division by zero": lambda x: x / np.zeros(3),
    "pole of the logarithm": lambda x: np.log(0 * x),
    "pole of log1p": lambda x: np.log1p(-np.ones(3) + 0 * x),
    "zero by zero": lambda x: (0 * x) / 0,
    "root": lambda x: np.sqrt(-x),
    "logarithm": lambda x: np.log(-x),
    "infinities": lambda x: (x + np.inf) - np.inf,
    "after where": lambda x: np.where(x > 5, x, -np.inf) - np.full(3, -np.inf),
    "sum": lambda x: np.sum(1e308 * x),
    "mean": lambda x: (1.7e308 * np.minimum(x, 1)).mean(),
    "square": lambda x: np.square(1e200 * x),
    "in place": lambda x: np.multiply(x, 1e308 * x, out=np.zeros(3)),
    "nothing": lambda x: np.log(x) + np.exp(-1e4 * x) + np.sqrt(x) @ x,
    "infinite, and meant": lambda x: np.exp(np.full(3, np.inf) * x) + np.log(np.inf * x),
    "NaN, and given": lambda x: np.exp(np.full(3, np.nan) * x),
}
X = np.array([1.0, 2.0, 3.0])


def warned(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = call()
    return [str(each.message) for each in caught], np.asarray(result)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_the_warnings_and_the_values_are_those_of_numpy(operation):
    expected, value = warned(lambda: operation(X))
    found, watched = warned(lambda: operation(signals.watched(X)))
    assert found == expected
    np.testing.assert_array_equal(watched, value)


def test_it_obeys_the_settings_of_numpy():
    with np.errstate(over="ignore"):
        assert warned(lambda: np.exp(1000 * signals.watched(X)))[0] == []
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow encountered in exp"):
        np.exp(1000 * signals.watched(X))


def test_a_singular_matrix_has_no_inverse():
    with pytest.raises(np.linalg.LinAlgError, match="Singular matrix"):
        np.linalg.inv(signals.watched(np.zeros((2, 2))))


def test_what_is_watched_is_graded_as_before(monkeypatch):
    """Where there are no signals, an answer that is right but for a warning is refused, and a right one is solved."""
    monkeypatch.setattr(signals, "MISSING", True)
    monkeypatch.setattr(running, "CAN_FORK", False)

    def mse_gradient(predictions, targets):
        errors = predictions - targets
        np.exp(1e4 + 0 * errors)
        return 2 * errors / len(errors)

    def right(predictions, targets):
        return 2 * (predictions - targets) / len(predictions)

    def changes(predictions, targets):
        predictions -= targets
        return 2 * predictions / predictions.size

    assert "overflow encountered in exp" in check("mse-gradient", mse_gradient).message
    assert check("mse-gradient", right).solved
    assert "writes into its argument `predictions`" in check("mse-gradient", changes).message
