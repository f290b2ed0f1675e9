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
    # Nothing is a multiple of 0.
    assert relations.separates([True, False] * 3, [(each, 0) for each in (4, 7, 15, 10, 21, 9)], ["n", "m"]) is None


def test_the_entries_that_are_wrong():
    z = [np.array([-1.0, 2.0, -3.0, 0.5]), np.array([4.0, -2.0])]
    made = [(np.maximum(each, 0), each) for each in z]
    assert "where `z` is negative are wrong" in relations.in_which_entries(made, [(each,) for each in z], ["z"])
    squares = [RNG.standard_normal((3, 3)), RNG.standard_normal((2, 2))]
    made = [(np.diag(np.diag(each)) + 5 * (1 - np.eye(len(each))), each) for each in squares]
    assert relations.in_which_entries(made, [(1,), (2,)], ["n"]) == "Only the entries on the diagonal are right."
    row = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    assert relations.in_which_entries([(row * [1, 2, 1, 2, 1], row)] * 2, [(1,), (2,)], ["n"]) is None


def test_results_of_another_shape_are_no_multiple():
    for shape in ((2,), (3, 1), ()):
        assert (
            relations.of_the_result([(np.full(shape, 2.0), np.arange(3.0)), (np.full(shape, 4.0), np.ones(3))]) is None
        )


def column(*entries):
    return np.array(entries, dtype=float)[:, np.newaxis]


@pytest.mark.parametrize(
    ("yes", "no", "where", "else_where"),
    [
        ([True, np.True_], [False, np.False_], "`x` is true", "it is false"),
        ([[], ()], [[2], [1, 2]], "`x` is empty", "it is not"),
        ([[1], (2,)], [[1, 2], [], [3, 4]], "`x` has one entry", "it has more"),
        ([np.array([2.0]), np.array([3.0])], [np.array([1.0, 2.0])] * 2, "`x` has one entry", "it has more"),
        (
            [np.array([[2, 2.0]]), np.array([[2.0]])],
            [np.full((2, 2), 2), np.full((3, 1), 2)],
            "`x` has one row",
            "it has more",
        ),
        ([column(2, 2), column(3)], [np.full((2, 2), 2), np.full((1, 3), 2)], "`x` has one column", "it has more"),
        ([column(2), column(3)], [column(2, 3), np.full((1, 2), 3)], "`x` has a single entry", "it has more"),
        ([np.array([[1, 2], [3, 4]]), column(2)], [column(2, 3), np.full((1, 2), 3)], "`x` is square", "it is not"),
        (
            [np.array([[1, 2], [2, 4]]), np.full((3, 3), 2)],
            [np.array([[1, 2], [3, 4]]), column(1, 2)],
            "`x` is symmetric",
            "it is not",
        ),
        (
            [np.array([[1, 2], [3, 4]]), column(1, 2)],
            [np.arange(1, 10).reshape(3, 3), column(1, 2, 3)],
            "`x` is at most 2 by 2",
            "it is larger",
        ),
        (
            [np.ones(2, bool), np.ones(3, bool)],
            [np.arange(2) > 0, np.arange(3) > 0],
            "`x` is true everywhere",
            "it is false somewhere",
        ),
        (
            [np.zeros(2, bool), np.zeros(3, bool)],
            [np.arange(2) > 0, np.arange(3) > 0],
            "`x` is false everywhere",
            "it is true somewhere",
        ),
        (
            [np.eye(2, 3) > 0, np.eye(3, 4) > 0],
            [
                np.array([[True, True, True], [False, False, False]]),
                np.array([[False, False, False], [True, False, True]]),
            ],
            "`x` is true somewhere in every row",
            "a row of it is false everywhere",
        ),
        (
            [np.array([0, 2.0]), np.array([1.0, 3])],
            [np.array([0, -2.0]), np.array([1.0, -3])],
            "no entry of `x` is negative",
            "one is",
        ),
        (
            [np.array([0, -2.0]), np.array([-1.0, -3])],
            [np.array([-1, 2.0]), np.array([-1.0, 3])],
            "no entry of `x` is positive",
            "one is",
        ),
        ([np.zeros(2), np.zeros(3)], [np.array([0, 2.0]), np.array([0.0, -2])], "`x` is zero", "it is not"),
        (
            [np.array([1.0, -1]), np.array([-2.0, 3])],
            [np.array([0, 2.0, -1]), np.array([-1.0, 3, 0])],
            "no entry of `x` is zero",
            "one is",
        ),
        (
            [np.array([1.0, -29]), np.array([-2.0, 29])],
            [np.array([30, 2.0, -1]), np.array([-30.0, 3, 1])],
            "all of `x` is small",
            "some of it is large",
        ),
        ([0, 0.0], [1, -2], "`x` is 0", "it is not"),
        ([1, 1.0], [0, 2, -1], "`x` is 1", "it is not"),
        ([0.5, 3], [-1, 0], "`x` is positive", "it is not"),
        ([-0.5, -3], [1, 0], "`x` is negative", "it is not"),
        ([1, -2, 3], [0, 0.5, -0.5], "`x` is at least 1", "it is less"),
        (
            [np.array([1, 2, 2]), np.array([-3, 5])],
            [np.array([1, 3, 2]), np.array([5, -3])],
            "`x` is in ascending order",
            "it is not",
        ),
        (
            [np.array([3, 1, -2]), np.array([-3, 5])],
            [np.array([1, -3, 1]), np.array([5, 5, -3])],
            "all of `x` are different",
            "two are equal",
        ),
    ],
    ids=str,
)
def test_every_property_of_the_inputs_has_its_words(yes, no, where, else_where):
    inputs = [(each,) for each in [*yes, *no]]
    right = [True] * len(yes) + [False] * len(no)
    text = relations.separates(right, inputs, ["x"])
    assert text == f"Of the inputs tried, your function is right where {where}, and wrong where {else_where}."
    text = relations.separates([not each for each in right], inputs, ["x"])
    assert text == f"Of the inputs tried, your function is wrong where {where}, and right where {else_where}."


def test_two_lengths_are_equal_multiples_or_less():
    def tried(*sizes):
        return [(np.ones(n) * 2, m) for n, m in sizes]

    for sizes, words, otherwise in (
        ([(3, 3), (5, 5), (3, 4), (4, 3)], "the number of entries of `x` is `m`", "it is not"),
        ([(2, 5), (3, 7), (5, 2), (6, 4)], "the number of entries of `x` is less than `m`", "it is not"),
        ([(6, 2), (9, 3), (5, 3), (7, 2)], "the number of entries of `x` is a multiple of `m`", "it is not"),
        ([(2, 6), (3, 9), (3, 5), (2, 7)], "`m` is a multiple of the number of entries of `x`", "it is not"),
    ):
        text = relations.separates([True, True, False, False], tried(*sizes), ["x", "m"])
        assert text == f"Of the inputs tried, your function is right where {words}, and wrong where {otherwise}."


def test_what_is_right_by_chance_on_a_few_others_is_wrong_on_most():
    inputs = [(np.full(n, 2.0),) for n in (1, 1, 3, 4, 5, 6)]
    text = relations.separates([True, True, False, True, False, False], inputs, ["x"])
    assert text.endswith("right where `x` has one entry, and wrong on most where it has more.")
    assert relations.separates([True, True, True, False, False], inputs[:-1], ["x"]) is None, "a third is not few"
    assert relations.separates([True, False, False, False, True, False], inputs, ["x"]) is None


@pytest.mark.parametrize(
    ("words", "mask"),
    [
        ("where `z` is negative", lambda z: z < 0),
        ("where `z` is positive", lambda z: z > 0),
        ("where `z` is 0", lambda z: z == 0),
        ("where `z` is large", lambda z: abs(z) > 20),
        ("where `z` is large and positive", lambda z: z > 20),
        ("where `z` is large and negative", lambda z: z < -20),
        ("in the first row", lambda z: np.arange(len(z))[:, np.newaxis] == 0),
        ("in the last row", lambda z: np.arange(len(z))[:, np.newaxis] == len(z) - 1),
        ("in the first column", lambda z: np.arange(z.shape[1]) == 0),
        ("in the last column", lambda z: np.arange(z.shape[1]) == z.shape[1] - 1),
        ("in the last row and in the last column", lambda z: np.indices(z.shape).max(axis=0) == len(z) - 1),
        ("on the diagonal", lambda z: np.eye(len(z)) > 0),
    ],
)
def test_every_part_of_the_entries_has_its_words(words, mask):
    z = np.array([[1.0, -2, 0, 21], [30, -40, 20, -20], [-21, 0, 3, 4], [5, 6, -7, 50]])
    inputs = [(z,), (z[::-1, ::-1][:3, :3],)]
    wrong = [(np.where(mask(each), 7.0 + each, each), each) for (each,) in inputs]
    assert relations.in_which_entries(wrong, inputs, ["z"]) == f"The entries {words} are wrong, all others are right."
    right = [(np.where(mask(each), each, 7.0 + each), each) for (each,) in inputs]
    assert relations.in_which_entries(right, inputs, ["z"]) == f"Only the entries {words} are right."


def test_entries_are_told_by_a_row_s_argument_and_by_truth():
    z = np.ones((3, 2))
    kept = np.array([True, False, True])
    made = [(np.where(kept[:, np.newaxis], 2.0, z), z)]
    assert relations.in_which_entries(made, [(kept,)], ["kept"]) == (
        "The entries where `kept` is true are wrong, all others are right."
    )
    assert relations.in_which_entries([(z, z)], [(kept,)], ["kept"]) is None
    assert relations.in_which_entries([(2 * z, z)], [(kept,)], ["kept"]) is None
    assert relations.in_which_entries([(z[:2], z)], [(kept,)], ["kept"]) is None
    line = np.arange(1.0, 5)
    assert relations.in_which_entries([(np.append(line[:3], 9), line)], [(1,)], ["n"]) == (
        "The entries in the last place are wrong, all others are right."
    )


@pytest.mark.parametrize(("words", "change"), relations.CHANGES.items())
def test_every_change_of_the_whole_is_recognised(words, change):
    rights = [RNG.uniform(1.5, 4, shape) for shape in [(2, 3), (4, 3), (3, 2)]]
    if "absolute" in words or "cut off" in words:
        rights = [each - 2.5 for each in rights]
    assert relations.changed_as_a_whole([(change(right), right) for right in rights]) == words


@pytest.mark.parametrize(("words", "change"), relations.UNFINISHED.items())
def test_everything_that_is_left_to_do_is_recognised(words, change):
    values = [RNG.uniform(1, 2, shape) for shape in [(3, 3), (4, 4)]]
    assert relations.unfinished([(value, change(value)) for value in values]) == words


@pytest.mark.parametrize(
    ("power", "words"),
    [(power, told.format("`n`")) for power, told in relations.POWERS.items()],
)
@pytest.mark.parametrize(("number", "times"), [(1, ""), (-1, "minus "), (2, "twice "), (0.5, "half of ")])
def test_every_power_of_a_quantity_is_recognised(power, words, number, times):
    n = [3, 5, 7]
    made = [(number * each**power * right, right) for each, right in zip(n, RIGHT)]
    found = relations.quantities([(each,) for each in n], ["n"])
    assert relations.by_a_quantity(made, found) == f"Your result is {times}the right one {words}"


def test_what_varies_between_the_inputs_is_measured():
    inputs = [(0.25, np.ones((2, 3)), [1, 2], np.ones(4), True), (0.5, np.ones((1, 2)), [3], np.ones(2), False)]
    assert relations.quantities(inputs, ["p", "X", "layers", "b", "mask"]) == [
        ("`p`", [0.25, 0.5]),
        ("1 minus `p`", [0.75, 0.5]),
        ("the number of rows of `X`", [2, 1]),
        ("the number of columns of `X`", [3, 2]),
        ("the number of all entries of `X`", [6, 2]),
        ("the length of `layers`", [2, 1]),
        ("the number of entries of `b`", [4, 2]),
    ]


def test_an_argument_is_missing_or_added_once_too_often():
    inputs = [(right, right[0]) for right in RIGHT]
    assert relations.by_an_argument([(X + b, X) for X, b in inputs], inputs, ["X", "b"]) == (
        "`b` itself is added once too often."
    )
    assert relations.by_an_argument([(X + 2 * b, X) for X, b in inputs], inputs, ["X", "b"]) is None
    # What is nothing in all inputs but one may be there by chance.
    few = [(X, b * (index == 0)) for index, (X, b) in enumerate(inputs)]
    assert relations.by_an_argument([(X * 5 + b, X * 5) for X, b in few], few, ["X", "b"]) is None


def test_results_that_never_change():
    assert relations.unchanging([(3.0, 1.0), (np.full(2, 3.0), np.ones(2))]) == (
        "Your result is the same number for all inputs: it does not depend on the arguments."
    )
    assert relations.unchanging([(3.0, 1.0), (4.0, 1.0)]) is None
    assert relations.unchanging([(0.0, 1.0)]) is None
    assert relations.unchanging([("0", 1.0), (0.0, 1.0)]) is None


def test_a_factor_is_told_in_words():
    for factor, words in {
        1: "",
        2: "twice",
        0.5: "half of",
        4: "four times",
        0.25: "a quarter of",
        3: "3 times",
    }.items():
        assert relations._times(factor) == words
        assert relations._times(-factor) == f"minus {words}".strip()
    assert relations._times(1 / 3) == "0.333 times"
    text = relations.of_the_result([(3.0, 1.0), (6.0, 2.0)])
    assert text == "Your result is 3 times the right one, a constant multiple. Which factor is lost, or there twice?"
    assert relations.of_the_result([(3.0, 1.0), (7.0, 2.0)]) is None
    assert relations.of_the_result([(3.0, 1.0)]) is None, "one input has always a factor"
    assert relations.of_the_result([(3.0, 1.0), (1.0, 0.0), (6.0, 2.0)]) is None
    assert relations.of_the_result([(3.0, 1.0), ("6", 2.0)]) is None


def test_of_two_values_one_may_stand_twice():
    rights = [(1.0, 2.0, 5.0), (3.0, 4.0, 6.0)]
    assert relations.exchanged([((a, c, b), (a, b, c)) for a, b, c in rights], ["a", "b", "c"]) == (
        "`b` and `c` are exchanged."
    )
    assert relations.exchanged([((c, b, c), (a, b, c)) for a, b, c in rights], ["a", "b", "c"]) == (
        "In the place of `a` stands what belongs to `c`."
    )
    equal = [(1.0, 1.0), (2.0, 2.0)]
    said = relations.exchanged([(each, each) for each in equal], ["a", "b"])
    assert "exchanged" not in said, "what is the same everywhere cannot be exchanged"


def test_what_is_no_number_or_fits_nothing_has_no_relation():
    values = [np.array([1.0, 2.5]), np.array([4.0, 1.0])]
    assert relations.unfinished([(value, 1000.0 + value[0]) for value in values]) is None
    inputs = [(2.0,), (1.0,)]
    for nothing in ([("a", 3.0), (4.0, 5.0)], [(1.0, "a"), (4.0, "b")], [("a", "a"), (4.0, 5.0)]):
        assert relations.by_an_argument(nothing, inputs, ["x"]) is None
        assert relations.by_a_quantity(nothing, [("`n`", [2, 3])]) is None
        assert relations.changed_as_a_whole(nothing) is None
        assert relations.unfinished(nothing) is None
        assert relations.in_which_entries(nothing, inputs, ["x"]) is None
    almost = [(1.000002e-3 * 2.0, 2.0), (2.000004e-3 * 3.0, 3.0)]
    assert relations.by_a_quantity(almost, [("`n`", [1e-3, 2e-3])]) is None, "small factors have no fewer digits"


def test_arguments_that_are_no_numbers_are_passed_over():
    pairs = [(1.0, 3.0), (4.0, 5.0)]
    for other in (["a", "b"], [0.0, 0.0], [np.ones(0), np.ones(0)]):
        inputs = list(zip(other, [2.0, 1.0]))
        assert relations.by_an_argument(pairs, inputs, ["name", "reward"]) == "`reward` itself is missing in the sum."


def test_a_quantity_may_be_negative_in_a_whole_power():
    told = relations.by_a_quantity([(-4.0, 2.0), (9.0, 3.0)], [("`n`", [-2, 3])])
    assert told == "Your result is the right one times `n`. Is a division by it missing, or a factor too much?"


def test_a_matrix_beside_a_vector_has_no_entries_in_common_with_it():
    X, right = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0, 3.0])
    told = relations.in_which_entries([(right + np.eye(3)[0], right)] * 2, [(X,), (X,)], ["X"])
    assert told == "The entries in the first place are wrong, all others are right."


def test_a_length_in_the_place_of_another():
    told = relations.by_a_quantity([(4.0, 6.0), (5.0, 2.0)], [("`n`", [2, 5]), ("`m`", [3, 2])])
    assert told == (
        "Your result is the right one times `n` and divided by `m`. "
        "Is the one taken for the other, or is one too much and the other missing?"
    )


def test_an_argument_that_is_a_text_has_no_entries():
    right = np.array([1.0, 2.0, 3.0])
    told = relations.in_which_entries([(right + np.eye(3)[2], right)] * 2, [("mean",), ("sum",)], ["reduction"])
    assert told == "The entries in the last place are wrong, all others are right."
