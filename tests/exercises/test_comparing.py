"""What counts as equal, on both sides of every border, and which difference gets which words."""

import numpy as np
import pytest

from dlmath.exercises.comparing import close, lowered, numbers, precision, rounded, same, tolerance

DOUBLE, SINGLE, HALF = (float(np.finfo(kind).eps) for kind in (np.float64, np.float32, np.float16))


@pytest.mark.parametrize("scale", [1e-200, 1e-12, 1.0, 7.3, 1e200])
@pytest.mark.parametrize("sign", [1, -1])
def test_seven_digits_of_double_precision_must_agree(scale, sign):
    assert same(sign * scale * (1 + 9e-8), sign * scale)
    assert not same(sign * scale * (1 + 1.2e-7), sign * scale)
    assert not same(-sign * scale, sign * scale)


def test_what_cancellation_leaves_is_measured_by_the_largest_number_of_the_array():
    reference = np.array([1e6, 0.0])
    assert same(np.array([1e6, 0.9e-7]), reference)
    assert not same(np.array([1e6, 1.2e-7]), reference)
    assert not same(np.array([0.9e-7, 1e6]), reference)
    assert same(np.array([1e6, -np.inf, 0.9e-7]), np.array([1e6, -np.inf, 0.0]))
    assert not same(np.array([1e6, -np.inf, 1.2e-7]), np.array([1e6, -np.inf, 0.0]))


def test_an_array_of_zeros_may_be_off_by_what_is_left_when_everything_cancels():
    assert same(np.array([0.9e-10, 0]), np.zeros(2))
    assert not same(np.array([1.1e-10, 0]), np.zeros(2))
    assert not same(0.9e-10, 1e-12)  # tiny is not zero


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_low_precision_may_be_off_by_a_few_roundings(kind):
    last_digit = np.finfo(kind).eps
    within, beyond = (np.array([1 + count * last_digit], kind) for count in (15, 18))
    for reference in (np.ones(1), np.ones(1, kind)):
        assert same(within, reference)
        assert not same(beyond, reference)
    # Whichever of the two is less precise decides; the other may be in double precision.
    assert same(within.astype(float), np.ones(1, kind))
    assert not same(beyond.astype(float), np.ones(1, kind))
    # Near zero there are no more digits, but the distance of the smallest numbers.
    smallest = np.finfo(kind).smallest_subnormal
    tiny = np.array([10 * smallest], kind)
    assert same(tiny + 2 * smallest, tiny)
    assert not same(tiny + 3 * smallest, tiny)


def test_of_two_low_precisions_the_coarser_counts():
    half, single = np.array([1 + 10 * HALF], np.float16), np.ones(1, np.float32)
    assert same(half, single)
    assert same(single, half)
    tiny = np.array([3 * np.finfo(np.float16).smallest_subnormal], np.float16)
    assert same(0 * tiny + np.float16(6e-8), np.array([1.5e-7], np.float32))
    assert same(np.array([1.5e-7], np.float32), 0 * tiny + np.float16(6e-8))


SINGLE_NUMBERS = [
    *(
        sign * scale * factor
        for sign in (1, -1)
        for scale in (1e-300, 1e-9, 1.0, 1e308)
        for factor in (1, 1 + 5e-8, 1.7)
    ),
    *(np.float16(x) for x in (0, 6e-8, 0.007, 1, 1.007, 1.2, 6e4)),
    *(np.float32(x) for x in (0, 1e-6, 1, 1.0000005, 3e38)),
    *(0, 1, True, 10**15, np.inf, -np.inf, np.nan, np.float32(np.inf), np.float16(np.nan)),
]


@pytest.mark.parametrize("one", SINGLE_NUMBERS, ids=repr)
def test_single_numbers_are_compared_as_arrays_of_one(one):
    for other in SINGLE_NUMBERS:
        assert same(one, other) == same(np.array([one]), np.array([other])), other


def test_integers_are_exact_however_large():
    for large in (3, 10**9, -(10**15)):
        assert same(float(large), large)
        assert not same(float(large) + 1, large)
        assert not same(large - 1, large)
    assert same(np.array([1e9, 2.0]), np.array([10**9, 2]))
    assert same(10**9 + 0.25, 10**9)
    assert not same(10**9 + 0.3, 10**9)
    assert not same(False, True)
    assert not same(np.float16(2048.0), np.uint16(2049))


def test_what_the_rounding_of_the_arguments_moves_is_allowed():
    reference, of_rounded = np.array([1.0, 2.0, np.nan]), np.array([1.001, 2.0, np.nan])
    assert close(np.array([1.0039, 2.0, np.nan]), reference, of_rounded).tolist() == [True, True, True]
    assert close(np.array([1.0041, 2.001, 0.0]), reference, of_rounded).tolist() == [False, False, False]
    assert close(np.array([0.9961, 2.0]), reference[:2], of_rounded[:2]).tolist() == [True, True]
    # What is no reference for these numbers says nothing about them.
    for other in (None, "text", np.array([1.1]), np.array([np.inf, np.nan, 1.0])):
        assert not close(np.array([1.0039, 2.0, np.nan]), reference, other)[0]
    np.testing.assert_allclose(
        tolerance(reference[:1], reference[:1], of_rounded[:1]), [1e-7 + 1e-13 + 4e-3], rtol=1e-9
    )


def test_infinities_and_nan_are_equal_to_themselves_alone():
    special = [np.inf, -np.inf, np.nan, 1.0]
    for one in special:
        for other in special:
            assert same(one, other) == (one is other), (one, other)
    assert not same(np.array([np.inf, 1e-14]), np.array([np.inf, 1e-20])), "infinity is no measure"
    infinite = np.array([np.inf, 1.0])
    assert close(infinite, infinite, infinite).all()
    assert np.isfinite(tolerance(infinite, infinite, infinite)).all()


def test_the_largest_numbers_and_none_at_all():
    assert not same(1.7e308, -1.7e308)
    assert same(np.zeros((0, 2)), np.zeros((0, 2)))
    assert not same(np.zeros((0, 2)), np.zeros((0, 3)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.ones(2), np.ones((2, 1))),
        (1.0, np.ones(1)),
        ((1.0, 2.0), (1.0,)),
        ((1.0, 2.0), (1.0, 3.0)),
        ((1.0, 2.0), (3.0, 2.0)),
        (1.0, (1.0,)),
        ("1", "1"),
        (None, None),
        (1j, 1j),
        (2**1023, 2**1023),
        (np.array(["1"]), np.array(["1"])),
        ((1.0, "1"), (1.0, "1")),
    ],
)
def test_other_shapes_lengths_and_kinds_are_not_equal(one, other):
    assert not same(one, other)


def test_tuples_and_lists_are_compared_one_by_one():
    assert same((1.0, np.ones(2)), [1.0, np.ones(2)])
    assert same((), [])


def test_what_numbers_are():
    for value, expected in [(3, 3.0), (True, 1.0), (2.5, 2.5), (np.float32(2), 2.0), (np.uint8(7), 7.0)]:
        found = numbers(value)
        assert (found.dtype, found.shape, float(found)) == (np.dtype(float), (), expected)
    assert numbers(2**1023 - 1) is not None
    assert numbers(-(2**1023)) is None
    assert numbers(np.array([True, False])).tolist() == [1.0, 0.0]
    assert numbers(np.array([True])).dtype == float
    for value in (1j, "3", None, [1.0], np.complex64(1), np.ones(1, complex), np.array([None]), np.ma.ones(1)):
        assert numbers(value) is None


def test_the_precision_of_results():
    assert precision(1.0) == precision(3) == precision(np.array([1])) == precision(()) == DOUBLE
    assert precision(np.float32(1)) == precision((1.0, np.ones(2, np.float32))) == SINGLE
    assert precision([np.ones(1, np.float32), np.float16(1), 1.0]) == HALF
    assert precision(np.longdouble(1)) == DOUBLE


def test_numbers_are_lowered_and_all_else_is_left():
    third = 1 / 3
    result = lowered([third, (np.array([third]), np.int64(3), 2, "text"), np.float64(third)], np.float32)
    assert isinstance(result[1], tuple)
    assert [type(result[0]), result[1][0].dtype, result[1][1:], type(result[2])] == [
        np.float32,
        np.dtype(np.float32),
        (np.int64(3), 2, "text"),
        np.float32,
    ]
    assert lowered(np.array([1, 2]), np.float32).dtype == int
    back = rounded((third, np.array([third])), np.float32)
    assert back[0].dtype == back[1].dtype == float
    assert back[0] == back[1][0] == float(np.float32(third)) != third
    assert np.isinf(lowered(1e300, np.float32))  # without a warning
    assert np.isinf(rounded(np.array([1e300]), np.float32)).all()
