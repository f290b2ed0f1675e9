"""Parts of formulas that keep their value where the plain form would round it away."""

import numpy as np
import pytest

from dlmath._stable import all_finite, column_sums, exp, stable_shift, times, total


class TestTimes:
    def test_zero_times_infinity_is_zero(self):
        np.testing.assert_array_equal(
            times(np.array([0.0, 2.0, -0.0]), np.array([np.inf, np.inf, -np.inf])), [0, np.inf, 0]
        )

    def test_only_the_weights_make_it_so(self):
        with np.errstate(invalid="ignore"):
            assert np.isnan(times(np.array([np.inf]), np.array([0.0]))).all()

    @pytest.mark.parametrize(("weights", "values"), [(2.0, np.array([3.0])), (np.array([2.0]), 3.0)])
    def test_numbers(self, weights, values):
        np.testing.assert_array_equal(times(weights, values), [6])

    def test_precision_is_that_of_numpy(self):
        single, double = np.ones(2, np.float32), np.ones(2)
        assert times(single, single).dtype == times(0.5, single).dtype == np.float32
        assert times(double, single).dtype == np.float64
        assert times(single, 1j * double).dtype == np.complex128


class TestSums:
    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("axis", [0, 1, -1])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
    def test_along_any_axis_in_any_order_of_memory(self, dtype, axis, order, rng):
        values = np.asarray(rng.integers(-4, 5, (3, 5)), dtype, order=order)
        for keepdims in (False, True):
            result = total(values, axis, keepdims=keepdims)
            np.testing.assert_array_equal(result, values.sum(axis=axis, keepdims=keepdims))
            assert result.dtype == dtype
        np.testing.assert_array_equal(column_sums(values), values.sum(axis=0))
        assert column_sums(values).dtype == dtype

    def test_a_million_numbers_of_single_precision(self):
        values = np.full((1_000_000, 1), 0.1, np.float32)
        exact = values.sum(dtype=np.float64)
        assert abs(np.add.accumulate(values[:, 0])[-1] / exact - 1) > 0.009  # one after the other
        # Side by side in memory NumPy adds in pairs, from blocks of 128 with eight sums each: a number takes part in
        # 16 + 3 additions there and in log2(N / 128) = 13 above, which is less than 2 log2(N). Each rounds by at most
        # eps / 2 (Higham, Accuracy and Stability of Numerical Algorithms, 4.2). Sums in double precision round once.
        eps = np.finfo(np.float32).eps
        in_pairs, once = np.log2(len(values)) * eps, 0.51 * eps
        for columns, rounding in ((values, in_pairs), (np.repeat(values, 2, axis=1), once)):
            np.testing.assert_allclose(total(columns, 0), exact, rtol=rounding)
            np.testing.assert_allclose(column_sums(columns), exact, rtol=rounding)
            np.testing.assert_allclose(total(columns.T, 1), exact, rtol=rounding)


class TestExp:
    def test_real_numbers_are_numpy_s(self):
        z = np.array([-1.0, 0.0, 700.0])
        np.testing.assert_array_equal(exp(z), np.exp(z))

    @pytest.mark.parametrize(("dtype", "limit"), [(np.complex128, 709.78), (np.complex64, 88.72)])
    def test_complex_numbers_up_to_the_largest_and_beyond(self, dtype, limit):
        z = np.array([limit - 0.01 + 1e-3j, limit + 0.01 + 1e-3j, 1e30 - 2j, -1e30 + 1j], dtype)
        with np.errstate(all="raise", under="ignore"):
            result = exp(z)
        assert result.dtype == dtype
        np.testing.assert_array_equal(result[:1], np.exp(z[:1]))
        np.testing.assert_array_equal(result[1:], [np.inf, np.inf, 0])

    def test_the_logarithm_of_the_largest_number_is_not_too_large(self):
        largest = np.finfo(float).max
        np.testing.assert_allclose(exp(np.array([np.log(largest) + 0j])), [largest], rtol=1e-12)


class TestStableShift:
    def test_the_largest_entry_or_zero(self):
        z = np.array([[1.0, 3.0], [-np.inf, -np.inf]])
        np.testing.assert_array_equal(stable_shift("z", z, 1), [[3], [0]])
        np.testing.assert_array_equal(stable_shift("z", z, 0), [[1, 3]])

    def test_plus_infinity_is_refused_by_the_name_of_the_argument(self):
        with pytest.raises(ValueError, match=r"^scores must not contain \+infinity"):
            stable_shift("scores", np.array([1.0, np.inf]), 0)


def test_all_finite():
    for values, finite in (
        ([1.0, -2.0, 0.0], True),
        ([1.0, np.nan], False),
        ([[np.inf, 1.0], [2.0, 3.0]], False),
        ([np.nan, np.nan], False),
        ([1.0, -np.inf], False),
        ([np.inf, np.nan, -np.inf], False),
        ([1j, -2.0], True),
        ([1.0, complex(0, np.inf)], False),
        ([complex(np.nan, 0), 1.0], False),
    ):
        assert all_finite(np.array(values)) is finite


@pytest.mark.parametrize("kinds", [(np.float32, np.float32), (np.float32, np.float64), (np.float64, np.float32)])
def test_a_product_has_the_finer_precision_whether_weights_are_zero_or_not(kinds):
    for weights in ([2.0, 1.0], [2.0, 0.0]):
        product = times(np.array(weights, kinds[0]), np.array([3.0, 4.0], kinds[1]))
        assert product.dtype == np.result_type(*kinds)
        np.testing.assert_array_equal(product, [6, 4 * weights[1]])
