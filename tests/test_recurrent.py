"""Recurrent networks: states and gradients through time, against PyTorch and in random directions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import (
    NOT_NUMBERS,
    agrees_with_torch,
    assert_gradient,
    assert_symmetric_second_derivatives,
    leaves_arguments_alone,
    refuses,
)

from dlmath.recurrent import lstm, lstm_backward, rnn, rnn_backward

SHAPES = [(1, 1, 1, 1), (3, 1, 2, 4), (2, 6, 3, 4), (4, 5, 1, 3), (1, 7, 4, 1)]  # N, T, n_in, n_hidden


def arrays_of(shape):
    N, T, n_in, n_hidden = shape
    rng = np.random.default_rng(0)
    return (
        rng.standard_normal((N, T, n_in)),
        rng.standard_normal((N, n_hidden)),
        rng.standard_normal((n_hidden, n_in)),
        rng.standard_normal((n_hidden, n_hidden)),
        rng.standard_normal(n_hidden),
    )


def torch_rnn(X, h_0, W_x, W_h, b):
    """PyTorch's own network, given our weights; its second bias is zero."""
    torch = pytest.importorskip("torch")
    module = torch.nn.RNN(W_x.shape[1], W_x.shape[0], nonlinearity="tanh", batch_first=True, dtype=torch.float64)
    weights = {"weight_ih_l0": W_x, "weight_hh_l0": W_h, "bias_ih_l0": b, "bias_hh_l0": torch.zeros_like(b)}
    return torch.func.functional_call(module, weights, (X, h_0.unsqueeze(0)))[0]


def gradients(grad_H, X, h_0, W_x, W_h, b):
    return rnn_backward(grad_H, rnn(X, h_0, W_x, W_h, b), X, h_0, W_x, W_h)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_states_and_gradients_agree_with_torch(shape):
    agrees_with_torch(rnn, torch_rnn, *arrays_of(shape), gradients=gradients, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("argument", range(5), ids=["X", "h_0", "W_x", "W_h", "b"])
def test_gradients_in_random_directions(argument, rng):
    arrays = list(arrays_of(SHAPES[2]))
    G = rng.standard_normal(rnn(*arrays).shape)

    def loss(value):
        return np.sum(G * rnn(*arrays[:argument], value, *arrays[argument + 1 :]))

    gradient = gradients(G, *arrays)[argument]
    assert_gradient(loss, gradient, arrays[argument], analytic=True)


def test_second_derivatives_are_symmetric(rng):
    """Of the sum of G ⊙ H, which has H for its gradient with respect to G."""
    arrays = arrays_of(SHAPES[2])
    G = rng.standard_normal(rnn(*arrays).shape)
    assert_symmetric_second_derivatives(lambda G, *arrays: (rnn(*arrays), *gradients(G, *arrays)), G, *arrays)


def test_one_step_is_the_formula(rng):
    X, h_0, W_x, W_h, b = arrays_of((1, 1, 3, 4))
    expected = np.tanh(W_x @ X[0, 0] + W_h @ h_0[0] + b)
    np.testing.assert_allclose(rnn(X[0], h_0[0], W_x, W_h, b)[0], expected, rtol=1e-13)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_two_parts_of_a_sequence_are_one_if_the_state_is_handed_on(first, second, seed):
    rng = np.random.default_rng(seed)
    X, (W_x, b) = rng.standard_normal((2, first + second, 3)), (rng.standard_normal((4, 3)), rng.standard_normal(4))
    W_h, h_0 = rng.standard_normal((4, 4)), rng.standard_normal((2, 4))
    H = rnn(X, h_0, W_x, W_h, b)
    begin = rnn(X[:, :first], h_0, W_x, W_h, b)
    end = rnn(X[:, first:], begin[:, -1], W_x, W_h, b)
    np.testing.assert_allclose(np.concatenate([begin, end], axis=1), H, rtol=1e-12, atol=1e-14)
    # And backward: the gradient of the state handed on is added to that of the last state of the first part.
    G = rng.standard_normal(H.shape)
    grad_end = rnn_backward(G[:, first:], end, X[:, first:], begin[:, -1], W_x, W_h)
    grad_begin_states = G[:, :first].copy()
    grad_begin_states[:, -1] += grad_end[1]
    grad_begin = rnn_backward(grad_begin_states, begin, X[:, :first], h_0, W_x, W_h)
    whole = rnn_backward(G, H, X, h_0, W_x, W_h)
    np.testing.assert_allclose(grad_begin[1], whole[1], rtol=1e-9, atol=1e-12)
    for one, other, both in zip(grad_begin[2:], grad_end[2:], whole[2:]):
        np.testing.assert_allclose(one + other, both, rtol=1e-9, atol=1e-11)


def test_a_batch_is_its_sequences_one_by_one():
    X, h_0, W_x, W_h, b = arrays_of((3, 4, 2, 3))
    H = rnn(X, h_0, W_x, W_h, b)
    grads = gradients(H, X, h_0, W_x, W_h, b)
    single = [gradients(H[i], X[i], h_0[i], W_x, W_h, b) for i in range(3)]
    for i in range(3):
        np.testing.assert_allclose(rnn(X[i], h_0[i], W_x, W_h, b), H[i], rtol=1e-13)
        np.testing.assert_allclose(single[i][0], grads[0][i], rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(single[i][1], grads[1][i], rtol=1e-12, atol=1e-14)
    for j in (2, 3, 4):
        np.testing.assert_allclose(sum(s[j] for s in single), grads[j], rtol=1e-11, atol=1e-13)


def test_an_input_reaches_no_earlier_state():
    X, *rest = arrays_of(SHAPES[2])
    changed = X.copy()
    changed[:, 3] += 1
    before, after = rnn(X, *rest), rnn(changed, *rest)
    np.testing.assert_array_equal(before[:, :3], after[:, :3])
    assert (before[:, 3:] != after[:, 3:]).all()


def test_a_gradient_through_a_contraction_vanishes_by_its_factor():
    """With W_h = r I, no inputs and states near 0, the slope of tanh is 1 and a step multiplies the gradient by r."""
    T, r = 20, 0.5
    X, h_0, W_x, W_h = np.zeros((T, 1)), np.zeros(2), np.zeros((2, 1)), r * np.eye(2)
    grad_H = np.zeros((T, 2))
    grad_H[-1] = 1
    _, grad_h_0, *_ = rnn_backward(grad_H, rnn(X, h_0, W_x, W_h, np.zeros(2)), X, h_0, W_x, W_h)
    np.testing.assert_allclose(grad_h_0, r**T, rtol=1e-13)


class TestBadInput:
    arrays = arrays_of(SHAPES[2])
    names = ("X", "h_0", "W_x", "W_h", "b")

    @pytest.mark.parametrize(
        ("argument", "value", "expected"),
        [
            (0, np.ones((2, 6, 4)), "(N, T, 3) beside W_x of shape (4, 3)"),
            (0, np.ones(3), "(T, 3) or (N, T, 3)"),
            (1, np.ones((3, 4)), "(2, 4) beside X of shape (2, 6, 3)"),
            (1, np.ones(4), "(2, 4)"),
            (2, np.ones(3), "(n_hidden, n_in)"),
            (3, np.ones((4, 3)), "(4, 4) beside W_x of shape (4, 3)"),
            (4, np.ones(3), "(4,)"),
        ],
    )
    def test_shapes_that_do_not_fit(self, argument, value, expected):
        arrays = list(self.arrays)
        arrays[argument] = value
        refuses(lambda: rnn(*arrays), self.names[argument], expected, error=ValueError)

    def test_shapes_of_the_backward_pass(self):
        X, h_0, W_x, W_h, b = self.arrays
        H = rnn(X, h_0, W_x, W_h, b)
        refuses(lambda: rnn_backward(H[:, :5], H, X, h_0, W_x, W_h), "grad_H", "(2, 6, 4) beside H of shape")
        refuses(lambda: rnn_backward(H, H[:, :5], X, h_0, W_x, W_h), "H", "(2, 6, 4) beside X of shape")
        refuses(lambda: rnn_backward(H, H, X, h_0[0], W_x, W_h), "h_0", "(2, 4)")
        refuses(lambda: rnn_backward(H * np.nan, H, X, h_0, W_x, W_h), "grad_H", "NaN")

    @pytest.mark.parametrize("argument", range(5))
    def test_not_numbers_and_nan(self, argument):
        arrays = list(self.arrays)
        for value in NOT_NUMBERS:
            arrays[argument] = value
            refuses(lambda: rnn(*arrays), self.names[argument], error=TypeError)
        arrays[argument] = self.arrays[argument] * np.nan
        refuses(lambda: rnn(*arrays), self.names[argument], "NaN", error=ValueError)


def test_unsigned_integers_do_not_wrap():
    one = np.array([[255]], np.uint8)
    states = rnn(one, np.array([0], np.uint8), one, np.array([[1]], np.uint8), np.array([255], np.uint8))
    assert states == np.tanh(255.0**2 + 255)


def test_float32_is_kept():
    arrays = [array.astype(np.float32) for array in arrays_of(SHAPES[2])]
    H = rnn(*arrays)
    assert H.dtype == np.float32
    assert {gradient.dtype for gradient in gradients(H, *arrays)} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("argument", "bits"), [(0, 32), (1, 32), (2, 64), (3, 64), (4, 64), (5, 64)])
def test_the_gradients_have_the_precision_of_inputs_and_weights(argument, bits):
    """One array of float64 among those of float32."""
    X, h_0, W_x, W_h, b = (array.astype(np.float32) for array in arrays_of(SHAPES[2]))
    H = rnn(X, h_0, W_x, W_h, b)
    arrays = [np.ones_like(H), H, X, h_0, W_x, W_h]
    arrays[argument] = arrays[argument].astype(np.float64)
    mixed, double = rnn_backward(*arrays), rnn_backward(*(array.astype(np.float64) for array in arrays))
    assert {gradient.dtype for gradient in mixed} == {np.dtype(f"float{bits}")}
    for gradient, exact in zip(mixed, double):
        np.testing.assert_allclose(gradient, exact, rtol=1e-4 if bits == 32 else 1e-14)


def test_no_warning_for_any_finite_input():
    huge = [1e308 * np.sign(array) for array in arrays_of(SHAPES[2])]
    X, h_0, W_x, W_h, b = huge
    rnn(X, 0 * h_0, W_x, np.eye(4), b)
    rnn_backward(X[..., :1] * np.ones(4), np.zeros((2, 6, 4)), X, h_0, W_x, W_h)
    # Infinity from the input meets minus infinity from the state.
    H = rnn([[1e308]], np.ones(2), np.full((2, 1), 1e308), np.full((2, 2), -1e308), np.zeros(2))
    assert np.isnan(H).all()


def test_arguments_are_left_alone():
    X, h_0, W_x, W_h, b = arrays_of(SHAPES[2])
    H = rnn(X, h_0, W_x, W_h, b)
    leaves_arguments_alone(rnn, X, h_0, W_x, W_h, b)
    leaves_arguments_alone(rnn_backward, np.ones_like(H), H, X, h_0, W_x, W_h)


# --- The long short-term memory --------------------------------------------------------------------------------------


def lstm_arrays(shape):
    X, h_0, W_x, *_ = arrays_of(shape)
    rng = np.random.default_rng(1)
    n_hidden, n_in = W_x.shape
    return (
        X,
        h_0,
        rng.standard_normal(h_0.shape),
        rng.standard_normal((4 * n_hidden, n_in)),
        rng.standard_normal((4 * n_hidden, n_hidden)),
        rng.standard_normal(4 * n_hidden),
    )


def lstm_states(*arrays):
    """States and cell states side by side."""
    H, C, _ = lstm(*arrays)
    return np.concatenate([H, C], axis=-1)


def lstm_gradients(grad_states, X, h_0, c_0, W_x, W_h, b):
    states = lstm(X, h_0, c_0, W_x, W_h, b)
    return lstm_backward(*np.split(grad_states, 2, axis=-1), *states, X, h_0, c_0, W_x, W_h)


def torch_lstm(X, h_0, c_0, W_x, W_h, b):
    """PyTorch's own cell, given our weights, one step after the other: it returns the cell state of every time."""
    torch = pytest.importorskip("torch")
    cell = torch.nn.LSTMCell(W_x.shape[1], W_h.shape[1], dtype=torch.float64)
    weights = {"weight_ih": W_x, "weight_hh": W_h, "bias_ih": b, "bias_hh": torch.zeros_like(b)}
    states = [(h_0, c_0)]
    for t in range(X.shape[1]):
        states.append(torch.func.functional_call(cell, weights, (X[:, t], states[-1])))
    return torch.stack([torch.cat(state, dim=-1) for state in states[1:]], dim=1)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_lstm_states_and_gradients_agree_with_torch(shape):
    agrees_with_torch(lstm_states, torch_lstm, *lstm_arrays(shape), gradients=lstm_gradients, rtol=1e-11, atol=1e-12)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_lstm_in_two_parts_is_one_if_both_states_are_handed_on(first, second, seed):
    rng = np.random.default_rng(seed)
    X, weights = (
        rng.standard_normal((2, first + second, 3)),
        (rng.standard_normal((16, 3)), rng.standard_normal((16, 4))),
    )
    b, h_0, c_0 = rng.standard_normal(16), rng.standard_normal((2, 4)), rng.standard_normal((2, 4))
    G_H, G_C = rng.standard_normal((2, 2, first + second, 4))
    whole = lstm(X, h_0, c_0, *weights, b)
    begin = lstm(X[:, :first], h_0, c_0, *weights, b)
    handed_on = begin[0][:, -1], begin[1][:, -1]
    end = lstm(X[:, first:], *handed_on, *weights, b)
    for both, one, other in zip(whole, begin, end):
        np.testing.assert_allclose(np.concatenate([one, other], axis=1), both, rtol=1e-11, atol=1e-13)
    back = lstm_backward(G_H, G_C, *whole, X, h_0, c_0, *weights)
    back_end = lstm_backward(G_H[:, first:], G_C[:, first:], *end, X[:, first:], *handed_on, *weights)
    G_begin = np.stack([G_H[:, :first], G_C[:, :first]])
    G_begin[:, :, -1] += back_end[1:3]
    back_begin = lstm_backward(*G_begin, *begin, X[:, :first], h_0, c_0, *weights)
    for both, one in zip(back[1:3], back_begin[1:3]):
        np.testing.assert_allclose(one, both, rtol=1e-9, atol=1e-12)
    for both, one, other in zip(back[3:], back_begin[3:], back_end[3:]):
        np.testing.assert_allclose(one + other, both, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("argument", range(6), ids=["X", "h_0", "c_0", "W_x", "W_h", "b"])
def test_lstm_gradients_in_random_directions(argument, rng):
    arrays = list(lstm_arrays(SHAPES[2]))
    G = rng.standard_normal(lstm_states(*arrays).shape)

    def loss(value):
        return np.sum(G * lstm_states(*arrays[:argument], value, *arrays[argument + 1 :]))

    assert_gradient(loss, lstm_gradients(G, *arrays)[argument], arrays[argument], analytic=True)


def test_lstm_of_one_sequence_is_that_of_a_batch_of_one():
    X, h_0, c_0, *weights = lstm_arrays((1, 5, 3, 4))
    for batch, one in zip(lstm(X, h_0, c_0, *weights), lstm(X[0], h_0[0], c_0[0], *weights)):
        np.testing.assert_array_equal(batch[0], one)
    G = np.ones((1, 5, 8))
    for batch, one in zip(
        lstm_gradients(G, X, h_0, c_0, *weights), lstm_gradients(G[0], X[0], h_0[0], c_0[0], *weights)
    ):
        np.testing.assert_allclose(batch.reshape(one.shape), one, rtol=1e-13)


def test_an_open_forget_gate_and_a_closed_input_gate_keep_the_cell_state(rng):
    X, c_0 = rng.standard_normal((30, 2)), rng.standard_normal(3)
    b = np.repeat([-50.0, 50.0, 0.0, 0.0], 3)
    _, C, _ = lstm(X, np.zeros(3), c_0, rng.standard_normal((12, 2)), np.zeros((12, 3)), b)
    np.testing.assert_allclose(C, np.tile(c_0, (30, 1)), rtol=1e-12)


class TestBadInputOfLstm:
    names = ("X", "h_0", "c_0", "W_x", "W_h", "b")

    @pytest.mark.parametrize(
        ("argument", "value", "expected"),
        [
            (0, np.ones((2, 6, 4)), "(N, T, 3) beside W_x of shape (16, 3)"),
            (1, np.ones(4), "(2, 4) beside X of shape (2, 6, 3)"),
            (2, np.ones((2, 3)), "(2, 4) beside h_0 of shape (2, 4)"),
            (3, np.ones((4, 3)), "(16, n_in) beside W_h of shape (16, 4)"),
            (0, np.ones(3), "(T, 3) or (N, T, 3)"),
            (4, np.ones((4, 4)), "(16, 4)"),
            (4, np.ones(4), "(4 * n_hidden, n_hidden)"),
            (3, np.ones(4), "(16, n_in)"),
            (5, np.ones(4), "(16,)"),
        ],
    )
    def test_shapes_that_do_not_fit(self, argument, value, expected):
        arrays = list(lstm_arrays(SHAPES[2]))
        arrays[argument] = value
        refuses(lambda: lstm(*arrays), self.names[argument], expected, error=ValueError)

    @pytest.mark.parametrize("argument", range(5))
    def test_shapes_of_the_backward_pass(self, argument):
        *given, _ = arrays = lstm_arrays(SHAPES[2])
        H, C, gates = lstm(*arrays)
        passed = [H, C, H, C, gates]
        passed[argument] = passed[argument][:, :5]
        name = ("grad_H", "grad_C", "H", "C", "gates")[argument]
        refuses(lambda: lstm_backward(*passed, *given), name, "(2, 6, ", error=ValueError)

    @pytest.mark.parametrize("argument", range(6))
    def test_not_numbers_and_nan(self, argument):
        arrays = list(lstm_arrays(SHAPES[2]))
        before = arrays[argument]
        for value in [*NOT_NUMBERS, before * np.nan]:
            arrays[argument] = value
            refuses(lambda: lstm(*arrays), self.names[argument])


def test_lstm_keeps_float32():
    arrays = [array.astype(np.float32) for array in lstm_arrays(SHAPES[2])]
    assert {array.dtype for array in lstm(*arrays)} == {np.dtype(np.float32)}
    assert {gradient.dtype for gradient in lstm_gradients(lstm_states(*arrays), *arrays)} == {np.dtype(np.float32)}


@pytest.mark.parametrize(("argument", "bits"), [*((i, 32) for i in range(5)), *((i, 64) for i in range(5, 10))])
def test_the_gradients_of_lstm_have_the_precision_of_inputs_and_weights(argument, bits):
    *given, b = (array.astype(np.float32) for array in lstm_arrays(SHAPES[2]))
    H, C, gates = lstm(*given, b)
    arrays = [H, C, H, C, gates, *given]
    arrays[argument] = arrays[argument].astype(np.float64)
    mixed, double = lstm_backward(*arrays), lstm_backward(*(array.astype(np.float64) for array in arrays))
    assert {gradient.dtype for gradient in mixed} == {np.dtype(f"float{bits}")}
    for gradient, exact in zip(mixed, double):
        np.testing.assert_allclose(gradient, exact, rtol=1e-4 if bits == 32 else 1e-14, atol=1e-6 if bits == 32 else 0)


def test_the_ways_back_have_the_complex_step(rng):
    """In each of their arguments, against the central difference."""
    *given, b = arrays_of(SHAPES[2])
    H = rnn(*given, b)
    *lstm_given, b = lstm_arrays(SHAPES[2])
    kept = lstm(*lstm_given, b)
    for back, arguments in (
        (rnn_backward, [np.ones_like(H), H, *given]),
        (lstm_backward, [np.ones_like(H), np.ones_like(H), *kept, *lstm_given]),
    ):
        for place, at in enumerate(arguments):
            direction = rng.standard_normal(at.shape)

            def along(step):
                return back(*arguments[:place], at + step * direction, *arguments[place + 1 :])  # noqa: B023

            for ahead, behind, complex_one in zip(along(1e-6), along(-1e-6), along(1e-30j)):
                np.testing.assert_allclose(complex_one.imag / 1e-30, (ahead - behind) / 2e-6, rtol=1e-6, atol=1e-6)


def test_lstm_of_huge_numbers_warns_of_nothing():
    *given, b = (1e308 * np.sign(array) for array in lstm_arrays(SHAPES[2]))
    lstm(*given, b)
    H = np.full((2, 6, 4), 1e308)
    lstm_backward(H, H, H, H, np.concatenate([H] * 4, axis=-1), *given)


def test_lstm_leaves_arguments_alone():
    *given, b = lstm_arrays(SHAPES[2])
    states = lstm(*given, b)
    leaves_arguments_alone(lstm, *given, b)
    leaves_arguments_alone(lstm_backward, np.ones_like(states[0]), np.ones_like(states[0]), *states, *given)
