"""The public door: what it lets through, and what it says when it does not."""

import numpy as np
import pytest
from support import NOT_NUMBERS

from dlmath import _check as check


def message_of(error, call):
    with pytest.raises(error) as caught:
        call()
    assert caught.value.__cause__ is None
    return str(caught.value)


class TestArray:
    def test_a_floating_point_array_passes_as_it_is(self):
        for dtype in (np.float64, np.float32):
            value = np.ones((2, 3), dtype)
            assert check.array("X", value) is value
            assert check.array("X", value, ("N", 3)) is value

    @pytest.mark.parametrize("value", [[1, 2], (1, 2), np.array([1, 2]), np.array([1, 2], np.uint8), [True, 2]])
    def test_lists_integers_and_booleans_become_float64(self, value):
        result = check.array("X", value)
        assert result.dtype == np.float64
        np.testing.assert_array_equal(result, [1, 2])
        assert check.array("X", np.array([True, False])).tolist() == [1.0, 0.0]

    def test_half_and_extended_precision_become_float64(self):
        assert check.array("X", np.ones(2, np.float16)).dtype == np.float64
        assert check.array("X", np.ones(2, np.longdouble)).dtype == np.float64

    def test_subclasses_and_scalars(self):
        assert check.array("X", 2).shape == ()
        assert check.array("X", np.float32(2)).dtype == np.float32

    def test_shapes(self):
        X = np.ones((2, 3))
        assert check.array("X", X, ("N",), ("N", "n")) is X
        assert message_of(ValueError, lambda: check.array("X", X, ("N", 4))) == "X must have shape (N, 4), got (2, 3)"
        message = message_of(ValueError, lambda: check.array("X", X, (4,), ("N", 4)))
        assert message == "X must have shape (4,) or (N, 4), got (2, 3)"
        assert message_of(ValueError, lambda: check.array("X", 1.0, ("N",))) == "X must have shape (N,), got ()"
        assert message_of(ValueError, lambda: check.array("X", X[0], (1, 3))) == "X must have shape (1, 3), got (3,)"

    def test_empty(self):
        message = message_of(ValueError, lambda: check.array("X", np.ones((0, 2)), ("N", 2)))
        assert message == "X must not be empty, got shape (0, 2)"

    def test_nan(self):
        X = np.array([[1, np.nan], [np.nan, 2]])
        assert message_of(ValueError, lambda: check.array("X", X)) == "X must not contain NaN, got 2 of 4 entries"
        assert message_of(ValueError, lambda: check.array("X", X + 0j, analytic=True)).startswith(
            "X must not contain NaN"
        )
        assert np.isinf(check.array("X", [np.inf, -np.inf])).all()

    @pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
    @pytest.mark.parametrize("size", [1, 3, 33, 9_999, 10_000, 20_001])
    def test_nan_at_every_kind_of_place(self, dtype, size):
        for nan in (np.nan,) if dtype in (np.float32, np.float64) else (np.nan, complex(1, np.nan)):
            for place in {0, size // 2, size - 1}:
                X = np.linspace(-1, 1, size).astype(dtype)
                X[-1 - place] = -np.inf
                check.array("X", X, analytic=True)
                X[place] = nan
                for view in (X, X[::-1], np.repeat(X, 2)[::2], np.stack([X, X]).T):
                    with pytest.raises(ValueError, match="X must not contain NaN"):
                        check.array("X", view, analytic=True)

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    @pytest.mark.parametrize("analytic", [False, True])
    def test_not_numbers(self, value, analytic):
        expected = "an array of real or complex numbers" if analytic else "an array of real numbers"
        message = message_of(TypeError, lambda: check.array("X", value, analytic=analytic))
        came = f"an array of dtype {value.dtype}" if isinstance(value, np.ndarray) else (value and type(value).__name__)
        assert message.startswith(f"X must be {expected}, got {came}")

    def test_complex_numbers_for_analytic_functions_only(self):
        value = np.array([1 + 2j])
        assert check.array("X", value, analytic=True) is value
        message = message_of(TypeError, lambda: check.array("X", value))
        assert message == "X must be an array of real numbers, got an array of dtype complex128"

    def test_ragged_and_masked(self):
        message = message_of(ValueError, lambda: check.array("X", [[1, 2], [3]]))
        assert message == "X must be a rectangular array of numbers, got rows of different lengths"
        message = message_of(TypeError, lambda: check.array("X", np.ma.array([1.0], mask=[True])))
        assert message == "X must be a plain array, got a masked one (its mask would be lost)"


def test_same_shape():
    check.same_shape("a", np.ones(2), "b", np.zeros(2))
    message = message_of(ValueError, lambda: check.same_shape("a", np.ones(2), "b", np.ones((2, 1))))
    assert message == "a must have the shape of b, got (2,) against (2, 1)"


class TestNumber:
    @pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int8(2), np.array(2.0), np.array(2)])
    def test_numbers_become_a_float(self, value):
        result = check.number("a", value)
        assert type(result) is float
        assert result == 2

    @pytest.mark.parametrize(
        "value", [True, np.True_, "2", None, 2j, [2.0], np.array([2.0]), np.array(2j), np.array(True)]
    )
    def test_other_things(self, value):
        assert message_of(TypeError, lambda: check.number("a", value)).startswith("a must be a number, got ")

    def test_what_came_is_named(self):
        assert message_of(TypeError, lambda: check.number("a", "2")) == "a must be a number, got str '2'"
        assert (
            message_of(TypeError, lambda: check.number("a", np.ones(2)))
            == "a must be a number, got an array of dtype float64"
        )

    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, np.float64(np.nan)])
    def test_not_finite(self, value):
        assert message_of(ValueError, lambda: check.number("a", value)) == f"a must be finite, got {value!r}"

    def test_bounds(self):
        assert check.number("a", 0.0, least=0, most=0) == 0
        assert check.number("a", 1e-300, above=0) > 0
        assert check.number("a", 0.999, least=0, below=1) < 1
        for call, text in (
            (lambda: check.number("a", 0.0, above=0), "a must be finite and above 0, got 0.0"),
            (lambda: check.number("a", -1, least=0), "a must be finite and at least 0, got -1"),
            (lambda: check.number("a", 2.5, most=2), "a must be finite and at most 2, got 2.5"),
            (lambda: check.number("a", 1.0, least=0, below=1), "a must be finite and at least 0 and below 1, got 1.0"),
            (
                lambda: check.number("a", np.inf, above=0.5, most=3),
                "a must be finite and above 0.5 and at most 3, got inf",
            ),
        ):
            assert message_of(ValueError, call) == text


class TestInteger:
    @pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
    def test_integers_become_an_int(self, value):
        result = check.integer("n", value)
        assert type(result) is int
        assert result == 3

    @pytest.mark.parametrize("value", [True, np.False_, 3.0, "3", None, np.array(3), np.float64(3)])
    def test_other_things(self, value):
        assert message_of(TypeError, lambda: check.integer("n", value)).startswith("n must be an integer, got ")

    def test_bound(self):
        assert check.integer("n", 0) == 0
        assert check.integer("n", 2, least=2) == 2
        assert message_of(ValueError, lambda: check.integer("n", -1)) == "n must be at least 0, got -1"
        assert message_of(ValueError, lambda: check.integer("n", 1, least=2)) == "n must be at least 2, got 1"
        assert message_of(TypeError, lambda: check.integer("n", 1.5)) == "n must be an integer, got float 1.5"


class TestAxis:
    @pytest.mark.parametrize("axis", [-2, -1, 0, 1, np.int64(1)])
    def test_axes_of_a_matrix(self, axis):
        assert check.axis("axis", axis, 2) == axis

    @pytest.mark.parametrize("axis", [-3, 2])
    def test_others(self, axis):
        message = message_of(ValueError, lambda: check.axis("axis", axis, 2))
        assert message == f"axis must be an axis of an array with 2 dimensions, got {axis}"
        assert message_of(TypeError, lambda: check.axis("axis", 0.5, 2)) == "axis must be an integer, got float 0.5"


class TestLabels:
    @pytest.mark.parametrize("value", [[0, 2, 1], np.array([0, 2, 1], np.uint8), np.array([0, 2, 1], np.int32)])
    def test_integers_in_range(self, value):
        result = check.labels("y", value, 3, 3)
        assert result.dtype.kind in "iu"
        assert result.tolist() == [0, 2, 1]

    def test_out_of_range(self):
        assert (
            message_of(ValueError, lambda: check.labels("y", [0, -1], 2, 3))
            == "y must be class labels from 0 to 2, got -1"
        )
        assert (
            message_of(ValueError, lambda: check.labels("y", [3, 0], 2, 3))
            == "y must be class labels from 0 to 2, got 3"
        )

    def test_shape_and_type(self):
        assert message_of(ValueError, lambda: check.labels("y", [0, 1], 3, 2)) == "y must have shape (3,), got (2,)"
        assert (
            message_of(ValueError, lambda: check.labels("y", [[0], [1]], 2, 2)) == "y must have shape (2,), got (2, 1)"
        )
        assert message_of(ValueError, lambda: check.labels("y", np.zeros(0, int), 0, 2)) == "y must not be empty"
        assert message_of(ValueError, lambda: check.labels("y", [[0], [0, 1]], 2, 2)).startswith(
            "y must be a rectangular"
        )
        for value in ([0.0, 1.0], [True, False], ["0", "1"], [None, 0]):
            message = message_of(TypeError, lambda value=value: check.labels("y", value, 2, 2))
            assert message.startswith("y must be integer class labels, got an array of dtype ")


class TestWritable:
    def test_floating_point_arrays(self):
        check.writable("theta", np.ones(3), ("P",))
        check.writable("theta", np.ones(3, np.float32), (3,))

    def test_others(self):
        text = "theta is overwritten and must be a floating-point array, got "
        assert message_of(TypeError, lambda: check.writable("theta", [1.0], ("P",))) == text + "list [1.0]"
        message = message_of(TypeError, lambda: check.writable("theta", np.ones(2, int), ("P",)))
        assert message == text + "an array of dtype int64"
        message = message_of(ValueError, lambda: check.writable("theta", np.ones((2, 1)), ("P",)))
        assert message == "theta must have shape (P,), got (2, 1)"
        constant = np.ones(2)
        constant.flags.writeable = False
        message = message_of(ValueError, lambda: check.writable("theta", constant, ("P",)))
        assert message == "theta is overwritten and must not be read-only"


def test_unit_interval():
    check.unit_interval("p", np.array([0.0, 0.5, 1.0]))
    check.unit_interval("p", np.array([1 + 1e-30j]))
    assert message_of(ValueError, lambda: check.unit_interval("p", np.array([0.5, -0.25, 3.0]))) == (
        "p must be between 0 and 1, got -0.25"
    )
    assert message_of(ValueError, lambda: check.unit_interval("p", np.array([0.0, 1.5]))) == (
        "p must be between 0 and 1, got 1.5"
    )


def test_unit_interval_says_by_how_little():
    message = message_of(ValueError, lambda: check.unit_interval("p", np.array([1 + 2.0**-52])))
    assert message == "p must be between 0 and 1, got 1.0000000000000002"
    message = message_of(ValueError, lambda: check.unit_interval("p", np.array([-1e-320])))
    assert message == "p must be between 0 and 1, got -1e-320"


class TestWhatCame:
    """A message says what came in a few words, whatever came."""

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (None, "None"),
            (np.sin, "the ufunc sin"),
            (len, "the builtin_function_or_method len"),
            (np.ma.array([1.0]), "a masked array"),
            ("x" * 1000, "str 'xxx"),
            ({"a": 1}, "dict {'a': 1}"),
        ],
    )
    def test_in_a_few_words(self, value, text):
        message = message_of(TypeError, lambda: check.number("a", value))
        assert message.startswith(f"a must be a number, got {text}")
        assert len(message) < 120

    def test_an_object_that_cannot_show_itself(self):
        class Broken:
            def __repr__(self):
                raise RuntimeError

        assert message_of(TypeError, lambda: check.number("a", Broken())).startswith(
            "a must be a number, got Broken <Broken instance"
        )

    def test_numbers_that_no_float_and_no_index_can_hold(self):
        assert message_of(ValueError, lambda: check.number("a", 10**400)).startswith("a must be finite, got 1000")
        assert "at most 1e+300" not in message_of(ValueError, lambda: check.number("a", -(10**400), least=0))
        assert "16610 bits" in message_of(ValueError, lambda: check.number("a", 10**5000))
        text = "n must be at most 9223372036854775807, got "
        assert message_of(ValueError, lambda: check.integer("n", 2**63)) == text + "9223372036854775808"
        assert check.integer("n", 2**63 - 1) == 2**63 - 1
        assert "16610 bits" in message_of(ValueError, lambda: check.integer("n", 10**5000))
        assert "16610 bits" in message_of(ValueError, lambda: check.axis("axis", -(10**5000), 2))

    def test_an_object_that_refuses_to_be_an_array(self):
        class Elsewhere:
            def __array__(self, dtype=None, copy=None):
                raise RuntimeError("it is on another device")

        message = message_of(TypeError, lambda: check.array("X", Elsewhere()))
        assert message.startswith("X must be an array, got Elsewhere")
        assert message.endswith("it is on another device")

    def test_a_list_of_masked_arrays(self):
        rows = [np.ma.array([1.0, 2.0], mask=[False, True]), np.ma.array([1.0, 2.0])]
        assert "masked" in message_of(TypeError, lambda: check.array("X", rows))
        assert "masked" in message_of(TypeError, lambda: check.number("a", np.ma.array(1.0, mask=True)))


class TestSequence:
    @pytest.mark.parametrize("value", [[1, 2], (1, 2), np.array([1, 2]), range(1, 3)])
    def test_what_has_an_order_and_a_length(self, value):
        assert check.sequence("sizes", value, "a list") == [1, 2]

    @pytest.mark.parametrize("value", [5, None, "12", b"12", {1, 2}, {1: 2}, iter([1]), np.array(1), np.ma.array([1])])
    def test_others(self, value):
        message = message_of(TypeError, lambda: check.sequence("sizes", value, "a list of widths"))
        assert message.startswith("sizes must be a list of widths, got ")


def test_function():
    assert check.function("f", len) is len
    assert message_of(TypeError, lambda: check.function("f", None)) == "f must be a function, got None"


class TestSeparate:
    def test_arrays_that_share_nothing(self):
        whole = np.zeros(6)
        check.separate({"a": whole[:3], "b": whole[3:]}, {"c": np.zeros(3)})
        check.separate({"a": whole[::2], "b": whole[1::2]}, {})

    def test_arrays_that_do(self):
        whole = np.zeros(6)
        text = "a is overwritten and must not share memory with b"
        assert message_of(ValueError, lambda: check.separate({"a": whole, "b": whole}, {})) == text
        assert message_of(ValueError, lambda: check.separate({"a": whole[:4], "b": whole[2:]}, {})) == text
        text = "a is overwritten and must not share memory with c"
        assert message_of(ValueError, lambda: check.separate({"a": whole}, {"c": whole[::-1]})) == text

    def test_an_array_of_which_one_place_holds_several_entries(self):
        same = np.lib.stride_tricks.as_strided(np.zeros(1), (3,), (0,))
        message = message_of(ValueError, lambda: check.separate({"a": same}, {}))
        assert message == "a is overwritten and must have an entry of its own at each place"


def test_choice():
    assert check.choice("kind", "b", ["a", "b"]) == "b"
    assert message_of(ValueError, lambda: check.choice("kind", "c", ["a", "b"])) == "kind must be one of a, b, got 'c'"
    assert message_of(TypeError, lambda: check.choice("kind", 1, ["a", "b"])) == "kind must be one of a, b, got int 1"


def test_generator():
    rng = np.random.default_rng(0)
    assert check.generator("rng", rng) is rng
    message = message_of(TypeError, lambda: check.generator("rng", 0))
    assert message == "rng must be a numpy.random.Generator such as default_rng(0), got int 0"
    message_of(TypeError, lambda: check.generator("rng", np.random.RandomState(0)))


class TestPrecision:
    def test_whole_numbers_take_that_of_what_they_stand_beside(self):
        single, double, whole = np.ones(2, np.float32), np.ones(2), np.ones(2, int)
        assert [value.dtype for value in check.in_one_precision(single, whole)] == [np.float32, np.float32]
        assert check.in_one_precision(double, whole)[1] is whole
        assert check.in_one_precision(single, double, whole)[2].dtype == np.float64
        assert check.in_one_precision(single, [1, 2], None, "text")[1:] == ([1, 2], None, "text")
        masked = np.ma.array([1, 2], mask=[True, False])
        assert check.in_one_precision(single, masked)[1] is masked

    def test_in_the_precision_of_others(self):
        single, double = np.ones(2, np.float32), np.ones(2)
        assert check.in_precision_of(double, single).dtype == np.float32
        assert check.in_precision_of(double, single, double) is double
        assert check.in_precision_of(1j * double, single).dtype == np.complex64
        assert check.in_precision_of(double, 1j * single).dtype == np.float32

    def test_finite(self):
        check.finite("X", np.ones(2))
        assert message_of(ValueError, lambda: check.finite("X", np.array([1, np.inf]))) == (
            "X must be finite, got infinity"
        )

    def test_boolean(self):
        assert check.boolean("ended", np.True_) is True
        assert message_of(TypeError, lambda: check.boolean("ended", 1)) == "ended must be True or False, got int 1"

    def test_what_the_shape_was_read_from_is_named(self):
        message = message_of(ValueError, lambda: check.array("K", [1.0], (2,), beside=("Q", np.ones((2, 1)))))
        assert message == "K must have shape (2,) beside Q of shape (2, 1), got (1,)"


def test_integers_are_checked_one_by_one():
    assert check.integers("strides", (2, np.int64(3))) == [2, 3]
    assert check.integers("strides", (), least=1) == []
    assert check.integers("strides", [0, 1]) == [0, 1]
    for values, least, words in (
        ((1, 2, 0), 1, r"^strides\[2\] must be .*1.*, got 0$"),
        ((1, np.int64(0), 1), 1, r"^strides\[1\] must be .*1.*, got 0$"),
        ((-1, 2), 0, r"^strides\[0\] must be .*, got -1$"),
        ((2, 10**400), 0, r"^strides\[1\] must be "),
    ):
        with pytest.raises(ValueError, match=words):
            check.integers("strides", values, least=least)
    with pytest.raises(TypeError, match=r"^strides\[1\] must be an integer, got float 2\.5$"):
        check.integers("strides", (1, 2.5))


def test_what_came_is_said_in_a_few_words():
    class Called:
        def __call__(self):
            return 1

    for value, words in (
        (np.ma.array([1.0]), "a masked array"),
        (np.zeros(3, np.float32), "an array of dtype float32"),
        (None, "None"),
        (len, "the builtin_function_or_method len"),
        (int, "the type int"),
        ("text", "str 'text'"),
        (3, "int 3"),
    ):
        assert check.kind(value) == words
    assert check.kind(Called()).startswith("Called ")  # callable, but without a name
    assert check.kind(np).startswith("module ")  # a name, but not callable
    assert len(check.kind("x" * 10**6)) < 100


def test_what_is_overwritten_must_be_an_array_that_can_be():
    array = np.ones((2, 3), np.float32)
    assert check.writable("out", array) is array
    assert check.writable("out", array, (2, 3)) is array
    assert check.writable("out", array + 1j, analytic=True).dtype == np.complex64
    read_only = array.copy()
    read_only.flags.writeable = False
    for value, error, words in (
        (array + 1j, TypeError, r"^out is overwritten and must be a floating-point array, got an array of dtype compl"),
        ([1.0], TypeError, r"^out is overwritten and must be a floating-point array, got list"),
        (
            np.ones(3, int),
            TypeError,
            r"^out is overwritten and must be a floating-point array, got an array of dtype int",
        ),
        (np.ones((3, 2)), ValueError, r"^out must have shape \(2, 3\), got \(3, 2\)$"),
        (read_only, ValueError, r"^out is overwritten and must not be read-only$"),
    ):
        with pytest.raises(error, match=words):
            check.writable("out", value, (2, 3))
    with pytest.raises(ValueError, match=r"^out must not be empty, got shape \(0, 3\)$"):
        check.writable("out", np.ones((0, 3)))
