"""What separates wrong results from right ones is said where it holds on all inputs, and only there."""

import numpy as np
import pytest

from dlmath.exercises import relations

RNG = np.random.default_rng(3)
RIGHT = [RNG.standard_normal(shape) for shape in [(2, 3), (4, 2), (1, 5)]]


def pairs(change):
    return [(change(right), right) for right in RIGHT]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda right: -right, "sign"),
        (lambda right: right.T, "transpose"),
        (lambda right: right / 2, "half of"),
        (lambda right: -2 * right, "minus twice"),
    ],
)
def test_sign_transpose_and_factor(change, words):
    assert words in relations.of_the_result(pairs(change))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (np.abs, "absolute"),
        (np.square, "square"),
        (lambda right: 1 / right, "upside down"),
        (np.exp, "`exp` is too much"),
        (lambda right: right[::-1], "reversed"),
        (lambda right: right[:, ::-1], "order of the columns"),
        (lambda right: right.sum(axis=0), "summed over the rows"),
        (lambda right: right.mean(axis=1), "averaged over the columns"),
        (lambda right: right[1:], "first entry is missing"),
        (np.ravel, "not their shape"),
        (lambda right: right + 1, "one too large"),
        (lambda right: np.maximum(right, 0), "cut off"),
    ],
)
def test_the_whole_result_changed(change, words):
    assert words in relations.changed_as_a_whole(pairs(change))


@pytest.mark.parametrize("change", [lambda right: right**3 + 1, lambda right: right + RNG.standard_normal(right.shape)])
def test_nothing_is_said_where_nothing_holds(change):
    made = pairs(change)
    assert relations.of_the_result(made) is None
    assert relations.changed_as_a_whole(made) is None
    assert relations.unfinished(made) is None
    assert relations.by_a_quantity(made, relations.quantities([(right,) for right in RIGHT], ["X"])) is None


def test_a_relation_that_holds_on_all_inputs_but_one_is_none():
    made = pairs(lambda right: -right)
    made[-1] = (made[-1][1], made[-1][1])
    assert relations.of_the_result(made) is None


def test_zeros_have_no_relation_to_anything():
    zeros = [(np.zeros(2), np.zeros(2)), (np.zeros(3), np.zeros(3))]
    assert relations.of_the_result(zeros) is None
    assert relations.unchanging([(np.zeros(2), np.ones(2)), (np.zeros(3), np.ones(3))]).endswith("0 for all inputs.")


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (len, "times the number of rows of `X`"),
        (lambda right: 1 / right.shape[1], "divided by the number of columns of `X`"),
        (lambda right: np.sqrt(right.size), "times the root of the number of all entries of `X`"),
        (lambda right: len(right) / right.shape[1], "the number of rows of `X` and divided by the number of columns"),
        (lambda right: 2 * len(right), "twice the right one times the number of rows of `X`"),
    ],
)
def test_a_length_that_is_too_much_or_missing(factor, words):
    made = pairs(lambda right: factor(right) * right)
    assert words in relations.by_a_quantity(made, relations.quantities([(right,) for right in RIGHT], ["X"]))


def test_what_is_left_to_do():
    assert "Their sum" in relations.unfinished([(right, right.sum()) for right in RIGHT])
    assert "rows are not averaged" in relations.unfinished([(right, right.mean(axis=0)) for right in RIGHT])


def test_values_in_each_others_place():
    rights = [(one, 2 * one.T) for one in RIGHT]
    assert "exchanged" in relations.exchanged([(right[::-1], right) for right in rights], ["a", "b"])
    assert "belongs to `a`" in relations.exchanged([((right[0], right[0]), right) for right in rights], ["a", "b"])
    assert relations.exchanged([((right[0], -right[1]), right) for right in rights], ["a", "b"]) is None


def test_an_argument_that_is_missing():
    inputs = [(right, right[:, :1]) for right in RIGHT]
    made = [(X * 3, X * 3 + b) for X, b in inputs]
    assert relations.by_an_argument(made, inputs, ["X", "b"]) == "`b` itself is missing in the sum."


def test_the_inputs_on_which_an_answer_is_right():
    inputs = [(np.ones((1, 2)), 1), (np.ones((3, 3)), 2), (np.ones((3, 2)), 3)]
    names = ["X", "steps"]
    assert "`X` has one row" in relations.separates([True, False, False], inputs, names)
    assert "`X` is square" in relations.separates([False, True, False], inputs, names)
    assert relations.separates([False, False, False], inputs, names) is None
    assert relations.separates([True, True, True], inputs, names) is None


def test_one_input_with_a_single_number_tells_nothing():
    inputs = [(np.ones(shape),) for shape in ((1, 1), (3, 1), (1, 2), (3, 3))]
    assert relations.separates([True, False, False, False], inputs, ["X"]) is None


def test_two_lengths_are_compared_only_where_chance_is_small():
    def tried(batch, rows):
        return np.arange(rows), batch

    inputs = [tried(2, 4), tried(3, 7)]
    assert relations.separates([True, False], inputs, ["order", "batch"]) is None
    inputs = [tried(2, 4), tried(3, 7), tried(5, 15), tried(4, 10), tried(7, 21), tried(2, 9)]
    text = relations.separates([True, False, True, False, True, False], inputs, ["order", "batch"])
    assert "is a multiple of `batch`" in text


def test_the_entries_that_are_wrong():
    z = [np.array([-1.0, 2.0, -3.0, 0.5]), np.array([4.0, -2.0])]
    made = [(np.maximum(each, 0), each) for each in z]
    assert "where `z` is negative are wrong" in relations.in_which_entries(made, [(each,) for each in z], ["z"])
    squares = [RNG.standard_normal((3, 3)), RNG.standard_normal((2, 2))]
    made = [(np.diag(np.diag(each)) + 5 * (1 - np.eye(len(each))), each) for each in squares]
    assert relations.in_which_entries(made, [(1,), (2,)], ["n"]) == "Only the entries on the diagonal are right."
