"""The parts of a transformer, forward and backward, against PyTorch and in random directions."""

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

from dlmath import transformer
from dlmath.attention import causal_mask
from dlmath.transformer import (
    EncoderParameters,
    encoder_block,
    encoder_block_backward,
    feed_forward,
    feed_forward_backward,
    initialize_encoder,
    layer_norm,
    layer_norm_backward,
)

SHAPES = [(4,), (3, 4), (2, 3, 4), (2, 1, 3, 4)]


def weights(d_model=4, d_ff=5):
    rng = np.random.default_rng(0)
    return (
        rng.standard_normal((d_ff, d_model)),
        rng.standard_normal(d_ff),
        rng.standard_normal((d_model, d_ff)),
        rng.standard_normal(d_model),
    )


def random_parameters(d_model=6, d_ff=8, seed=0):
    """All of them random, gains and biases too, so that none can hide behind a 1 or a 0."""
    rng = np.random.default_rng(seed)
    start = initialize_encoder(d_model, d_ff, rng)
    return EncoderParameters(*(part + 0.3 * rng.standard_normal(part.shape) for part in start))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_feed_forward_agrees_with_torch(shape, rng):
    functional = pytest.importorskip("torch.nn.functional")
    agrees_with_torch(
        feed_forward,
        lambda X, W_1, b_1, W_2, b_2: functional.linear(functional.relu(functional.linear(X, W_1, b_1)), W_2, b_2),
        rng.standard_normal(shape),
        *weights(),
        gradients=lambda g, X, W_1, b_1, W_2, b_2: feed_forward_backward(g, X, W_1, b_1, W_2),
    )


def test_feed_forward_as_printed_takes_the_transposed_matrices(rng):
    x, (W_1, b_1, W_2, b_2) = rng.standard_normal((3, 4)), weights()
    printed_W_1, printed_W_2 = W_1.T, W_2.T
    expected = np.where(x @ printed_W_1 + b_1 > 0, x @ printed_W_1 + b_1, 0) @ printed_W_2 + b_2
    np.testing.assert_allclose(feed_forward(x, W_1, b_1, W_2, b_2), expected, rtol=1e-13)


@pytest.mark.parametrize("argument", range(5), ids=["X", "W_1", "b_1", "W_2", "b_2"])
def test_feed_forward_gradients_in_random_directions(argument, rng):
    arrays = [rng.standard_normal((2, 3, 4)), *weights()]
    G = rng.standard_normal((2, 3, 4))
    gradient = feed_forward_backward(G, *arrays[:4])[argument]
    assert_gradient(
        lambda value: np.sum(G * feed_forward(*arrays[:argument], value, *arrays[argument + 1 :])),
        gradient,
        arrays[argument],
    )


def test_a_hidden_unit_at_zero_passes_nothing_back():
    """The book's relu'(0) = 0, here too."""
    one = np.ones((1, 1))
    grad_X, grad_W_1, grad_b_1, grad_W_2, grad_b_2 = feed_forward_backward(one, 0 * one, one, np.zeros(1), one)
    assert grad_X == grad_W_1 == grad_b_1 == grad_W_2 == 0
    assert grad_b_2 == 1


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_feed_forward_treats_every_position_alike(T, seed):
    rng = np.random.default_rng(seed)
    X, order = rng.standard_normal((T, 4)), rng.permutation(T)
    np.testing.assert_allclose(feed_forward(X[order], *weights()), feed_forward(X, *weights())[order], rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("epsilon", [1e-5, 0.5])
def test_layer_norm_agrees_with_torch(shape, epsilon, rng):
    functional = pytest.importorskip("torch.nn.functional")
    agrees_with_torch(
        lambda X, gain, bias: layer_norm(X, gain, bias, epsilon),
        lambda X, gain, bias: functional.layer_norm(X, (4,), gain, bias, epsilon),
        rng.standard_normal(shape),
        *rng.standard_normal((2, 4)),
        gradients=lambda g, X, gain, bias: layer_norm_backward(g, X, gain, epsilon),
        rtol=1e-11,
        atol=1e-12,
    )


def test_the_default_epsilon_is_torch_s(rng):
    functional = pytest.importorskip("torch.nn.functional")
    X, gain, bias = 1e-3 * rng.standard_normal((3, 4)), *rng.standard_normal((2, 4))
    agrees_with_torch(
        layer_norm,
        lambda X, gain, bias: functional.layer_norm(X, (4,), gain, bias),
        X,
        gain,
        bias,
        gradients=lambda g, X, gain, bias: layer_norm_backward(g, X, gain),
        rtol=1e-10,
    )


@pytest.mark.parametrize("argument", range(3), ids=["X", "gain", "bias"])
def test_layer_norm_gradients_in_random_directions(argument, rng):
    arrays = [rng.standard_normal((2, 3, 4)), *rng.standard_normal((2, 4))]
    G = rng.standard_normal((2, 3, 4))
    assert_gradient(
        lambda value: np.sum(G * layer_norm(*arrays[:argument], value, *arrays[argument + 1 :])),
        layer_norm_backward(G, *arrays[:2])[argument],
        arrays[argument],
        analytic=True,
    )


def test_second_derivatives_of_layer_norm_are_symmetric(rng):
    """Of the sum of G ⊙ Y, which has Y for its gradient with respect to G."""
    arrays = [*rng.standard_normal((2, 3, 4)), *rng.standard_normal((2, 4))]
    assert_symmetric_second_derivatives(
        lambda G, X, gain, bias: (layer_norm(X, gain, bias), *layer_norm_backward(G, X, gain)), *arrays
    )


@pytest.mark.parametrize(("size", "dtype"), [(1e160, np.float64), (3e307, np.float64), (1e25, np.float32)])
def test_layer_norm_does_not_see_the_scale_of_huge_features_either(size, dtype, rng):
    """Their squares overflow. The row beside them is small and feels epsilon as ever."""
    X, G = rng.standard_normal((2, 2, 4)).astype(dtype)
    gain, bias = rng.standard_normal((2, 4)).astype(dtype)
    huge, small = (np.array([factor, 1], dtype)[:, np.newaxis] * X for factor in (size, 1e6))
    tolerance = {"rtol": 1e-10, "atol": 1e-12} if dtype is np.float64 else {"rtol": 1e-5, "atol": 1e-6}
    normalised = layer_norm(huge, gain, bias)
    assert normalised.dtype == dtype
    np.testing.assert_allclose(normalised, layer_norm(small, gain, bias), **tolerance)
    np.testing.assert_array_equal(normalised[1], layer_norm(small[1], gain, bias))
    grad_X, grad_gain, grad_bias = layer_norm_backward(G, huge, gain)
    expected = layer_norm_backward(G, small, gain)
    np.testing.assert_allclose(grad_X[0] * size, expected[0][0] * 1e6, **tolerance)
    np.testing.assert_allclose(grad_X[1], expected[0][1], **tolerance)
    np.testing.assert_allclose(grad_gain, expected[1], **tolerance)
    np.testing.assert_allclose(grad_bias, expected[2], **tolerance)


def test_each_row_of_huge_features_has_its_own_unit(rng):
    """In the unit of the other the squares of the first would be too small for full precision."""
    x, one, zero = rng.uniform(-1, 1, (1, 4)), np.ones(4), np.zeros(4)
    x[0, 0] = 1
    normalised = layer_norm(np.array([[[1e155]], [[1e308]]]) * x, one, zero)
    np.testing.assert_allclose(normalised, [layer_norm(1e6 * x, one, zero)] * 2, rtol=1e-10)


def test_layer_norm_of_huge_features_has_the_complex_step(rng):
    X, direction, G = rng.standard_normal((3, 2, 4))
    X *= 1e160
    moved = layer_norm(X + 1e140j * direction, np.ones(4), np.zeros(4))
    grad_X, *_ = layer_norm_backward(G, X, np.ones(4))
    np.testing.assert_allclose(np.sum(G * moved.imag) / 1e140, np.sum(grad_X * direction), rtol=1e-10)


@given(st.floats(-100, 100), st.floats(0.1, 100), st.integers(0, 2**32 - 1))
def test_layer_norm_does_not_see_shift_and_scale(shift, scale, seed):
    x = np.random.default_rng(seed).standard_normal((2, 8))
    one, zero = np.ones(8), np.zeros(8)
    normalised = layer_norm(x, one, zero, 1e-12)
    np.testing.assert_allclose(layer_norm(scale * x + shift, one, zero, 1e-12), normalised, atol=1e-8)
    np.testing.assert_allclose(normalised.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(normalised.var(axis=-1), 1, atol=1e-8)


@pytest.mark.parametrize("size", [7.0, 1e308])
def test_equal_features_are_normalised_to_zero(size):
    np.testing.assert_array_equal(layer_norm(np.full((2, 3), size), np.ones(3), np.full(3, 5.0)), 5)


def torch_encoder(parameters, heads, mask):
    """PyTorch's own encoder layer with our weights; the biases it has in addition are zero."""
    torch = pytest.importorskip("torch")
    d_ff, d_model = parameters.W_1.shape

    def run(X, *parts):
        p = EncoderParameters(*parts)
        layer = torch.nn.TransformerEncoderLayer(
            d_model, heads, d_ff, dropout=0.0, activation="relu", batch_first=True, norm_first=False, dtype=X.dtype
        )
        state = {
            "self_attn.in_proj_weight": torch.cat([p.W_Q, p.W_K, p.W_V]),
            "self_attn.in_proj_bias": torch.zeros(3 * d_model, dtype=X.dtype),
            "self_attn.out_proj.weight": p.W_O,
            "self_attn.out_proj.bias": torch.zeros(d_model, dtype=X.dtype),
            "linear1.weight": p.W_1,
            "linear1.bias": p.b_1,
            "linear2.weight": p.W_2,
            "linear2.bias": p.b_2,
            "norm1.weight": p.gain_1,
            "norm1.bias": p.bias_1,
            "norm2.weight": p.gain_2,
            "norm2.bias": p.bias_2,
        }
        blocked = None if mask is None else ~torch.tensor(mask)
        return torch.func.functional_call(layer, state, (X,), {"src_mask": blocked})

    return run


@pytest.mark.parametrize(("heads", "T"), [(1, 1), (2, 4), (3, 5)])
@pytest.mark.parametrize("causal", [False, True])
def test_the_encoder_block_agrees_with_torch(heads, T, causal, rng):
    parameters, mask = random_parameters(), causal_mask(T) if causal else None

    def backward(G, X, *parts):
        p = EncoderParameters(*parts)
        grad_X, grads = encoder_block_backward(G, X, p, encoder_block(X, p, heads, mask))
        return grad_X, *grads

    agrees_with_torch(
        lambda X, *parts: encoder_block(X, EncoderParameters(*parts), heads, mask).output,
        torch_encoder(parameters, heads, mask),
        rng.standard_normal((2, T, 6)),
        *parameters,
        gradients=backward,
        rtol=1e-9,
        atol=1e-11,
    )


@pytest.mark.parametrize("name", ["X", *EncoderParameters._fields])
def test_encoder_gradients_in_random_directions(name, rng):
    parameters, X = random_parameters(), rng.standard_normal((4, 6))
    G = rng.standard_normal(X.shape)
    grad_X, gradients = encoder_block_backward(G, X, parameters, encoder_block(X, parameters, 2))
    if name == "X":
        assert_gradient(lambda x: np.sum(G * encoder_block(x, parameters, 2).output), grad_X, X)
    else:
        assert_gradient(
            lambda part: np.sum(G * encoder_block(X, parameters._replace(**{name: part}), 2).output),
            getattr(gradients, name),
            getattr(parameters, name),
        )


def test_the_norm_comes_last(rng):
    """Post-norm: with gain 1 and bias 0 every position of the output has mean 0 and variance 1."""
    parameters = random_parameters()._replace(gain_2=np.ones(6), bias_2=np.zeros(6))
    output = encoder_block(10 * rng.standard_normal((3, 6)), parameters, 2).output
    np.testing.assert_allclose(output.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(output.var(axis=-1), 1, atol=1e-4)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_encoder_block_is_permutation_equivariant(T, seed):
    rng = np.random.default_rng(seed)
    X, order, parameters = rng.standard_normal((T, 6)), rng.permutation(T), random_parameters()
    output = encoder_block(X, parameters, 3).output
    np.testing.assert_allclose(encoder_block(X[order], parameters, 3).output, output[order], atol=1e-11)


def test_initial_weights_have_the_variance_of_xavier():
    parameters = initialize_encoder(200, 400, np.random.default_rng(0))
    for name in ("W_Q", "W_K", "W_V", "W_O"):
        assert getattr(parameters, name).shape == (200, 200)
        assert getattr(parameters, name).var() == pytest.approx(2 / 400, rel=0.03)
        assert getattr(parameters, name).mean() == pytest.approx(0, abs=2e-3)
    assert parameters.W_1.shape == parameters.W_2.T.shape == (400, 200)
    assert parameters.W_1.var() == pytest.approx(2 / 600, rel=0.03)
    assert parameters.W_2.var() == pytest.approx(2 / 600, rel=0.03)
    np.testing.assert_array_equal(parameters.W_Q, initialize_encoder(200, 400, np.random.default_rng(0)).W_Q)
    for name, value, size in [("gain_1", 1, 200), ("gain_2", 1, 200), ("b_1", 0, 400), ("b_2", 0, 200)]:
        np.testing.assert_array_equal(getattr(parameters, name), np.full(size, float(value)))
    for name in ("bias_1", "bias_2"):
        np.testing.assert_array_equal(getattr(parameters, name), np.zeros(200))


class TestBadInput:
    X = np.random.default_rng(0).standard_normal((2, 3, 4))

    def test_feed_forward_shapes(self):
        X, (W_1, b_1, W_2, b_2) = self.X, weights()
        refuses(lambda: feed_forward(X[..., :3], W_1, b_1, W_2, b_2), "X", "(..., 4)", "(2, 3, 3)")
        refuses(lambda: feed_forward(1.0, W_1, b_1, W_2, b_2), "X", "(..., 4)")
        refuses(lambda: feed_forward(X, W_1[0], b_1, W_2, b_2), "W_1", "(d_ff, d_model)")
        refuses(lambda: feed_forward(X, W_1, b_1[:1], W_2, b_2), "b_1", "(5,) beside W_1 of shape (5, 4)")
        refuses(lambda: feed_forward(X, W_1, b_1, W_2.T, b_2), "W_2", "(4, 5) beside W_1 of shape (5, 4)")
        refuses(lambda: feed_forward(X, W_1, b_1, W_2, b_1), "b_2", "(4,) beside W_2 of shape (4, 5)")
        refuses(lambda: feed_forward_backward(X[:1], X, W_1, b_1, W_2), "grad_Y", "(2, 3, 4) beside X of shape")

    def test_layer_norm_arguments(self):
        X, gain, bias = self.X, np.ones(4), np.zeros(4)
        refuses(lambda: layer_norm(1.0, gain, bias), "X", "(..., d)")
        refuses(lambda: layer_norm(X, np.ones(3), bias), "gain", "(4,) beside X of shape (2, 3, 4)", "(3,)")
        refuses(lambda: layer_norm(X, np.ones((2, 3, 4)), bias), "gain", "(4,)")
        refuses(lambda: layer_norm(X, gain, np.zeros(1)), "bias", "(4,) beside gain of shape (4,)")
        refuses(lambda: layer_norm(X, gain, bias, epsilon=0), "epsilon", "above 0")
        refuses(lambda: layer_norm(X, gain, bias, epsilon="small"), "epsilon", error=TypeError)
        refuses(lambda: layer_norm_backward(X[0], X, gain), "grad_Y", "(2, 3, 4) beside X of shape")
        refuses(lambda: layer_norm_backward(X, X, gain, epsilon=-1.0), "epsilon", "above 0")

    def test_encoder_arguments(self):
        X, parameters = self.X, random_parameters(4)
        refuses(lambda: encoder_block(X, parameters, heads=3), "heads", "d_model = 4")
        refuses(lambda: encoder_block(X[..., :3], parameters, heads=1), "parameters.W_1", "(d_ff, 3)")
        narrow = parameters._replace(W_Q=np.ones((3, 3)))
        refuses(lambda: encoder_block(X, narrow, heads=1), "parameters.W_Q", "(4, 4) beside X of shape (2, 3, 4)")
        refuses(lambda: encoder_block(X, parameters._replace(W_1=np.ones((8, 5))), 2), "parameters.W_1", "(d_ff, 4)")
        refuses(lambda: encoder_block(X, parameters, 2, np.ones((3, 3))), "mask", error=TypeError)
        kept = encoder_block(X, parameters, 2)
        refuses(
            lambda: encoder_block_backward(X[:1], X, parameters, kept), "grad_output", "(2, 3, 4) beside X of shape"
        )
        refuses(
            lambda: encoder_block_backward(X[:1], X[:1], parameters, kept),
            "kept", "returned for X of shape (1, 3, 4), got an output of shape (2, 3, 4)", error=ValueError,
        )  # fmt: skip
        refuses(lambda: encoder_block(X, parameters, 2.0), "heads", "integer", error=TypeError)
        refuses(lambda: encoder_block(1e200 * X, parameters, 2), "X and parameters", "finite scores", error=ValueError)
        refuses(lambda: initialize_encoder(0, 1, np.random.default_rng(0)), "d_model", "at least 1")
        refuses(lambda: initialize_encoder(1, 0, np.random.default_rng(0)), "d_ff", "at least 1")
        refuses(lambda: initialize_encoder(1, 1, 0), "rng", error=TypeError)

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, value):
        X, (W_1, b_1, W_2, b_2) = self.X, weights()
        refuses(lambda: feed_forward(value, W_1, b_1, W_2, b_2), "X", error=TypeError)
        refuses(lambda: feed_forward(X, W_1, b_1, value, b_2), "W_2", error=TypeError)
        refuses(lambda: layer_norm(value, np.ones(4), np.ones(4)), "X", error=TypeError)
        refuses(lambda: layer_norm_backward(X, X, value), "gain", error=TypeError)
        parameters = random_parameters(4)
        refuses(lambda: encoder_block(value, parameters, 2), "X", error=TypeError)
        kept = encoder_block(X, parameters, 2)
        refuses(lambda: encoder_block_backward(X, value, parameters, kept), "X", error=TypeError)
        refuses(lambda: encoder_block_backward(value, X, parameters, kept), "grad_output", error=TypeError)

    def test_nan(self):
        X, (W_1, b_1, W_2, b_2) = self.X, weights()
        refuses(lambda: feed_forward(X, W_1, b_1 * np.nan, W_2, b_2), "b_1", "NaN")
        refuses(lambda: layer_norm(X * np.nan, b_2, b_2), "X", "NaN")
        refuses(lambda: encoder_block(X * np.nan, random_parameters(4), 2), "X", "NaN")


def test_unsigned_integers_do_not_wrap():
    one = np.array([[16]], np.uint8)
    zero = np.zeros(1, np.uint8)
    assert feed_forward(one, one, zero, one, zero) == 16**3
    np.testing.assert_allclose(
        layer_norm(np.array([[0, 255]], np.uint8), np.ones(2), np.zeros(2)), [[-1, 1]], rtol=1e-6
    )


def test_float32_is_kept():
    X = np.random.default_rng(0).standard_normal((2, 3, 6)).astype(np.float32)
    parameters = EncoderParameters(*(part.astype(np.float32) for part in random_parameters()))
    kept = encoder_block(X, parameters, 2)
    assert kept.output.dtype == np.float32
    grad_X, gradients = encoder_block_backward(kept.output, X, parameters, kept)
    assert {grad_X.dtype, *(g.dtype for g in gradients)} == {np.dtype(np.float32)}


def test_no_warning_for_any_finite_input():
    huge = np.array([[1e308, -1e308, 1e308]])
    big = 1e308 * np.ones((3, 3))
    feed_forward(huge, big, big[0], -big, big[0])
    feed_forward_backward(huge, huge, big, big[0], big)
    layer_norm(huge, big[0], big[0])
    layer_norm_backward(huge, huge, big[0])
    # A hidden unit that overflows, and a weight of zero behind it.
    one = np.ones((1, 1))
    assert np.isnan(feed_forward(1e308 * one, 1e308 * one, [0], 0 * one, [0])).all()
    assert np.isnan(layer_norm([[np.inf, 1.0]], np.ones(2), np.zeros(2))).all()


def test_arguments_are_left_alone():
    X, (W_1, b_1, W_2, b_2) = np.random.default_rng(0).standard_normal((2, 3, 4)), weights()
    leaves_arguments_alone(feed_forward, X, W_1, b_1, W_2, b_2)
    leaves_arguments_alone(feed_forward_backward, np.ones_like(X), X, W_1, b_1, W_2)
    leaves_arguments_alone(layer_norm, X, np.ones(4), np.zeros(4))
    leaves_arguments_alone(layer_norm_backward, np.ones_like(X), X, np.ones(4))
    leaves_arguments_alone(layer_norm_backward, np.ones(4), X[0, 0], np.ones(4))
    parameters = random_parameters(4)
    leaves_arguments_alone(lambda X, *p: encoder_block(X, EncoderParameters(*p), 2).output, X, *parameters)
    kept = encoder_block(X, parameters, 2)

    def backward(G, X, *p):
        grad_X, gradients = encoder_block_backward(G, X, EncoderParameters(*p), kept)
        return grad_X, *gradients

    leaves_arguments_alone(backward, np.ones_like(X), X, *parameters)


class TestWhatTheBlockIsGiven:
    X = np.random.default_rng(0).standard_normal((2, 3, 4))
    parameters = transformer.initialize_encoder(4, 8, np.random.default_rng(1))

    def test_a_plain_tuple_of_parameters_will_do(self):
        expected = transformer.encoder_block(self.X, self.parameters, 2)
        kept = transformer.encoder_block(self.X, tuple(self.parameters), 2)
        np.testing.assert_array_equal(kept.output, expected.output)
        _, gradients = transformer.encoder_block_backward(self.X, self.X, tuple(self.parameters), kept)
        assert isinstance(gradients, transformer.EncoderParameters)

    @pytest.mark.parametrize("value", [None, "text", (1, 2), 5, np.ones(3), {}])
    def test_other_parameters(self, value):
        refuses(lambda: transformer.encoder_block(self.X, value, 2), "parameters", "EncoderParameters", error=TypeError)

    @pytest.mark.parametrize("value", [None, "text", (1, 2), np.ones(3)])
    def test_other_passes(self, value):
        refuses(
            lambda: transformer.encoder_block_backward(self.X, self.X, self.parameters, value),
            "kept", "EncoderPass", error=TypeError,
        )  # fmt: skip

    def test_the_gradient_is_named_as_the_caller_named_it(self):
        kept = transformer.encoder_block(self.X, self.parameters, 2)
        refuses(
            lambda: transformer.encoder_block_backward(None, self.X, self.parameters, kept),
            "grad_output", error=TypeError,
        )  # fmt: skip


def test_what_was_kept_in_double_precision_leaves_the_gradients_in_that_of_the_parameters():
    rng = np.random.default_rng(0)
    X, parameters = rng.normal(size=(3, 4)), transformer.initialize_encoder(4, 8, rng)
    kept = transformer.encoder_block(X, parameters, 2)
    single = transformer.EncoderParameters(*map(np.float32, parameters))
    grad_X, gradients = transformer.encoder_block_backward(X, np.float32(X), single, kept)
    assert {each.dtype for each in (grad_X, *gradients)} == {np.dtype(np.float32)}
    expected, _ = transformer.encoder_block_backward(X, X, parameters, kept)
    np.testing.assert_allclose(grad_X, expected, rtol=1e-4, atol=1e-5)


def test_sums_over_a_million_positions_keep_their_digits_in_single_precision():
    rng = np.random.default_rng(0)
    rows = (0.1 + rng.random((1_000_000, 2))).astype(np.float32)
    grads = transformer.layer_norm_backward(rows, rows, np.ones(2, np.float32))
    np.testing.assert_allclose(grads[2], rows.astype(np.float64).sum(axis=0), rtol=1e-6)
    W = np.eye(2, dtype=np.float32)
    grads = transformer.feed_forward_backward(rows, rows, W, np.zeros(2, np.float32), W)
    for gradient in (grads[2], grads[4]):
        np.testing.assert_allclose(gradient, rows.astype(np.float64).sum(axis=0), rtol=1e-6)
        assert gradient.dtype == np.float32
