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


def test_every_array_in_what_is_given_is_watched_and_can_be_made_plain_again():
    array = np.ones(2)
    given = (array, [array, {"a": (array, 3)}], "text")
    found = signals.watched(given)
    assert type(found[0]) is type(found[1][0]) is type(found[1][1]["a"][0]) is signals.Watched
    assert (type(found), type(found[1]), found[1][1]["a"][1], found[2]) == (tuple, list, 3, "text")
    found[0][0] = 7
    assert array[0] == 7, "they share their memory"
    plain = signals.unwatched(found)
    assert type(plain[0]) is type(plain[1][0]) is type(plain[1][1]["a"][0]) is np.ndarray
    assert (type(plain), type(plain[1]), plain[1][1]["a"][1], plain[2]) == (tuple, list, 3, "text")


def test_results_are_watched_too_and_an_output_is_the_one_that_was_given():
    x = signals.watched(np.array([1.0, 4.0]))
    assert type(np.sqrt(x)) is type(x.T @ np.eye(2)) is type(np.concatenate([x, x])) is signals.Watched
    out = signals.watched(np.zeros(2))
    assert np.sqrt(x, out=out) is out
    np.testing.assert_array_equal(out, [1, 2])
    quotient, rest = signals.watched(np.zeros(2)), signals.watched(np.zeros(2))
    both = np.divmod(x, 2, out=(quotient, rest))
    assert both[0] is quotient
    assert both[1] is rest
    np.testing.assert_array_equal(both, [[0, 2], [1, 0]])
    assert np.sqrt(x, where=signals.watched(np.array([True, False])), out=signals.watched(np.zeros(2)))[1] == 0


@pytest.mark.parametrize(
    ("name", "inputs", "result", "kind"),
    [
        ("log", (0.0,), -np.inf, "divide"),
        ("log", (1.0,), np.inf, "over"),
        ("log1p", (-1.0,), -np.inf, "divide"),
        ("arctanh", (1.0,), np.inf, "divide"),
        ("exp", (0.0,), np.inf, "over"),
        ("exp", (1000.0,), np.inf, "over"),
        ("exp", (np.inf,), np.inf, None),
        ("exp", (np.nan,), np.nan, None),
        ("sqrt", (-1.0,), np.nan, "invalid"),
        ("subtract", (np.inf, np.inf), np.nan, "invalid"),
        ("divide", (1.0, 0.0), np.inf, "divide"),
        ("divide", (1e300, 1e-300), np.inf, "over"),
        ("multiply", (2.0, 3.0), 6.0, None),
        ("frexp", (2.0,), (np.array(np.nan), np.array(1)), "invalid"),
        ("add", (np.array(["a"]), 1.0), np.array(["b"]), None),
    ],
)
def test_which_signal_an_operation_gives(name, inputs, result, kind):
    assert signals._signal(name, tuple(map(np.asarray, inputs)), result) == kind


def test_a_singular_system_is_refused_and_what_was_no_number_before_is_not_singular():
    singular = signals.watched(np.ones((2, 2)))
    with np.errstate(all="ignore"):
        found = np.linalg.inv(signals.watched(np.full((2, 2), np.nan)))
        assert np.isnan(found).all()
        assert type(found) is signals.Watched
    with pytest.raises(np.linalg.LinAlgError, match=r"^Singular matrix$"):
        np.linalg.solve(singular, np.ones(2))
    np.testing.assert_array_equal(np.linalg.solve(signals.watched(2 * np.eye(2)), np.ones(2)), [0.5, 0.5])


def test_a_test_is_asked_of_all_numbers_and_of_nothing_else():
    array = signals.watched(np.ones((2, 2)))
    assert signals._has(np.isnan, (np.ones(1), np.array([np.nan])))
    assert signals._has(np.isnan, np.ones(1), float("nan"))
    assert signals._has(np.isnan, np.array([1j * np.nan]))
    assert not signals._has(np.isnan, np.ones(1), array, 3, "text", np.array(["a"]))


def test_the_warning_names_the_operation_or_the_method():
    big = signals.watched(np.full(2, 1e308))
    for call, words in (
        (lambda: big * 10, "overflow encountered in multiply"),
        (lambda: np.add.reduce(big), "overflow encountered in reduce"),
        (lambda: np.log(0 * big), "divide by zero encountered in log"),
        (lambda: np.sqrt(-big), "invalid value encountered in sqrt"),
    ):
        with pytest.warns(RuntimeWarning, match=f"^{words}$") as caught:
            call()
        assert caught[0].filename == __file__, "it is the line of the operation that is told"
        with np.errstate(all="raise"), pytest.raises(FloatingPointError, match=f"^{words}$"):
            call()


@pytest.mark.parametrize("name", ["inv", "solve"])
def test_where_the_processor_is_silent_what_becomes_no_number_is_singular(monkeypatch, name):
    def silent(*arguments):
        raise AssertionError("it is the implementation that is called")

    silent._implementation = lambda matrix, *others: np.where(matrix == 0, np.nan, 1.0)
    monkeypatch.setattr(np.linalg, name, silent)

    def call(matrix, function=silent):
        array = signals.watched(matrix)
        return array.__array_function__(function, (signals.Watched,), (array, np.ones(2)), {})

    with pytest.raises(np.linalg.LinAlgError, match=r"^Singular matrix$"):
        call(np.zeros((2, 2)))
    np.testing.assert_array_equal(call(np.eye(2) + 1), 1)
    assert np.isnan(call(np.array([[0.0, np.nan]]))[0, 0]), "it was no number before"

    def other(*arguments):
        pass

    other._implementation = silent._implementation
    assert np.isnan(call(np.zeros(2), other)).all(), "only what needs an inverse can be singular"


def test_whether_there_are_signals_is_found_out_by_an_overflow(monkeypatch):
    assert signals._are_missing() is signals.MISSING
    with np.errstate(all="ignore"):
        assert signals._are_missing() is signals.MISSING, "whatever the settings are"
    monkeypatch.setattr(np, "exp", np.ones_like)
    assert signals._are_missing() is True
