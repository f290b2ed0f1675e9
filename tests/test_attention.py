"""Attention and its gradients, against PyTorch, in random directions, and by what it must leave as it is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath.attention import (
    attention,
    attention_backward,
    causal_mask,
    multi_head_attention,
    multi_head_attention_backward,
    positional_encoding,
)

SHAPES = [((), 1, 1, 1, 1), ((), 4, 3, 2, 5), ((2,), 3, 5, 4, 4), ((2, 3), 5, 4, 3, 2)]  # carried, T, S, d_k, d_v


def arrays_of(shape):
    carried, T, S, d_k, d_v = shape
    rng = np.random.default_rng(0)
    return [rng.standard_normal((*carried, *end)) for end in ((T, d_k), (S, d_k), (S, d_v))]


def some_mask(shape):
    """Random, with one query that may attend to nothing."""
    carried, T, S, _, _ = shape
    mask = np.random.default_rng(1).random((*carried, T, S)) < 0.7
    mask[..., 0, :] = True
    if T > 1:
        mask[..., -1, :] = False
    return mask


def gradients(mask=None):
    return lambda G, Q, K, V: attention_backward(G, Q, K, V, *attention(Q, K, V, mask))


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_output_and_gradients_agree_with_torch(shape, masked):
    torch = pytest.importorskip("torch")
    mask = some_mask(shape) if masked else None

    def theirs(Q, K, V):
        allowed = None if mask is None else torch.tensor(mask)
        return torch.nn.functional.scaled_dot_product_attention(Q, K, V, allowed)

    agrees_with_torch(
        lambda Q, K, V: attention(Q, K, V, mask)[0], theirs, *arrays_of(shape), gradients=gradients(mask), rtol=1e-11
    )


def test_weights_agree_with_torch():
    torch = pytest.importorskip("torch")
    Q, K, V = arrays_of(SHAPES[3])
    agrees_with_torch(
        lambda Q, K: attention(Q, K, V)[1], lambda Q, K: torch.softmax(Q @ K.mT / np.sqrt(3), dim=-1), Q, K
    )


@pytest.mark.parametrize("argument", range(3), ids=["Q", "K", "V"])
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_in_random_directions(argument, masked, rng):
    shape = SHAPES[3]
    arrays, mask = arrays_of(shape), some_mask(shape) if masked else None
    G = rng.standard_normal(attention(*arrays)[0].shape)

    def loss(value):
        return np.sum(G * attention(*arrays[:argument], value, *arrays[argument + 1 :], mask)[0])

    assert_gradient(loss, gradients(mask)(G, *arrays)[argument], arrays[argument], analytic=True)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_permuted_queries_permute_the_output_and_permuted_pairs_change_nothing(T, S, seed):
    rng = np.random.default_rng(seed)
    Q, K, V = rng.standard_normal((T, 3)), rng.standard_normal((S, 3)), rng.standard_normal((S, 2))
    mask = rng.random((T, S)) < 0.8
    queries, pairs = rng.permutation(T), rng.permutation(S)
    output, weights = attention(Q, K, V, mask)
    permuted_output, permuted_weights = attention(Q[queries], K[pairs], V[pairs], mask[queries][:, pairs])
    np.testing.assert_allclose(permuted_output, output[queries], atol=1e-13)
    np.testing.assert_allclose(permuted_weights, weights[queries][:, pairs], atol=1e-13)


@given(st.floats(-1e3, 1e3), st.integers(0, 2**32 - 1))
def test_a_vector_added_to_all_keys_changes_nothing(size, seed):
    """It adds the same number to all scores of a query, and softmax does not see that."""
    rng = np.random.default_rng(seed)
    (Q, K, V), shift = rng.standard_normal((3, 3, 4)), rng.standard_normal(4)
    np.testing.assert_allclose(attention(Q, K + size * shift, V)[0], attention(Q, K, V)[0], atol=1e-9)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_weights_are_a_distribution_and_the_output_a_mean_of_the_values(T, S, seed):
    rng = np.random.default_rng(seed)
    Q, K, V = 10 * rng.standard_normal((T, 3)), 10 * rng.standard_normal((S, 3)), rng.standard_normal((S, 2))
    output, weights = attention(Q, K, V)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=-1), 1, rtol=1e-12)
    assert (output >= V.min(axis=0) - 1e-12).all()
    assert (output <= V.max(axis=0) + 1e-12).all()


def test_orthogonal_queries_take_the_plain_mean():
    K, V = np.array([[1.0, 0.0], [2.0, 0.0], [-5.0, 0.0]]), np.array([[1.0], [2.0], [6.0]])
    output, weights = attention(np.array([[0.0, 4.0]]), K, V)
    np.testing.assert_allclose(weights, 1 / 3)
    np.testing.assert_allclose(output, 3)


def test_scaling_keeps_the_variance_of_scores_at_one(rng):
    """A dot product of d terms of unit variance has variance d: without the root the softmax would saturate."""
    d = 256
    Q, K = rng.standard_normal((2, 500, d))
    _, weights = attention(Q, K, np.ones((500, 1)))
    log_weights = np.log(weights)
    assert log_weights.var(axis=1).mean() == pytest.approx(1, abs=0.02)  # a shift by the log-sum is constant in a row


def test_masked_keys_are_as_if_they_were_not_there():
    Q, K, V = arrays_of(((), 3, 5, 4, 2))
    mask = np.ones((3, 5), bool)
    mask[:, [1, 4]] = False
    output, weights = attention(Q, K, V, mask)
    kept = [0, 2, 3]
    np.testing.assert_allclose(output, attention(Q, K[kept], V[kept])[0], rtol=1e-12)
    assert (weights[:, [1, 4]] == 0).all()


def test_a_query_that_may_attend_to_nothing_gets_zero_and_passes_nothing_back():
    Q, K, V = arrays_of(((2,), 3, 4, 4, 2))
    mask = np.ones((3, 4), bool)
    mask[1] = False
    output, weights = attention(Q, K, V, mask)
    np.testing.assert_array_equal(output[:, 1], 0)
    np.testing.assert_array_equal(weights[:, 1], 0)
    G = np.zeros_like(output)
    G[:, 1] = 7
    for gradient in attention_backward(G, Q, K, V, output, weights):
        np.testing.assert_array_equal(gradient, 0)


def test_a_causal_output_depends_on_nothing_later():
    Q, K, V = arrays_of(((), 5, 5, 3, 3))
    mask = causal_mask(5)
    before = attention(Q, K, V, mask)[0]
    for array in (Q, K, V):
        array[3:] += 1
    after = attention(Q, K, V, mask)[0]
    np.testing.assert_array_equal(before[:3], after[:3])
    assert (before[3:] != after[3:]).all()


def test_causal_mask():
    np.testing.assert_array_equal(causal_mask(1), [[True]])
    np.testing.assert_array_equal(causal_mask(3), [[1, 0, 0], [1, 1, 0], [1, 1, 1]])
    assert causal_mask(3).dtype == bool
    refuses(lambda: causal_mask(0), "length", "at least 1", error=ValueError)
    refuses(lambda: causal_mask(2.0), "length", "integer", error=TypeError)


def test_one_mask_for_all_is_the_mask_repeated():
    Q, K, V = arrays_of(SHAPES[2])
    mask = some_mask(SHAPES[2])[0]
    np.testing.assert_array_equal(attention(Q, K, V, mask)[0], attention(Q, K, V, np.stack([mask, mask]))[0])
    np.testing.assert_array_equal(attention(Q, K, V, mask.tolist())[0], attention(Q, K, V, mask)[0])


# Multi-head attention


def projections(d_model, seed=3):
    return list(np.random.default_rng(seed).standard_normal((4, d_model, d_model)) / np.sqrt(d_model))


def torch_multi_head(heads, mask=None):
    torch = pytest.importorskip("torch")

    def run(Q, K, V, W_Q, W_K, W_V, W_O):
        output, _ = torch.nn.functional.multi_head_attention_forward(
            *(X.transpose(0, 1) for X in (Q, K, V)),
            embed_dim_to_check=Q.shape[-1],
            num_heads=heads,
            in_proj_weight=torch.cat([W_Q, W_K, W_V]),
            in_proj_bias=None,
            bias_k=None,
            bias_v=None,
            add_zero_attn=False,
            dropout_p=0.0,
            out_proj_weight=W_O,
            out_proj_bias=None,
            attn_mask=None if mask is None else ~torch.tensor(mask),
        )
        return output.transpose(0, 1)

    return run


@pytest.mark.parametrize(("heads", "T", "S"), [(1, 3, 3), (2, 4, 3), (3, 1, 5), (6, 2, 2)])
@pytest.mark.parametrize("masked", [False, True])
def test_multi_head_attention_agrees_with_torch(heads, T, S, masked, rng):
    Q, K, V = rng.standard_normal((2, T, 6)), rng.standard_normal((2, S, 6)), rng.standard_normal((2, S, 6))
    mask = np.tri(T, S, dtype=bool) if masked else None

    def backward(G, *arrays):
        return multi_head_attention_backward(G, *arrays, multi_head_attention(*arrays, heads, mask))

    agrees_with_torch(
        lambda *arrays: multi_head_attention(*arrays, heads, mask).output,
        torch_multi_head(heads, mask),
        *(Q, K, V, *projections(6)),
        gradients=backward,
        rtol=1e-10,
        atol=1e-12,
    )


@pytest.mark.parametrize("argument", range(7), ids=["Q", "K", "V", "W_Q", "W_K", "W_V", "W_O"])
def test_multi_head_gradients_in_random_directions(argument, rng):
    arrays = [*rng.standard_normal((3, 4, 6)), *projections(6)]
    G, mask = rng.standard_normal((4, 6)), causal_mask(4)
    kept = multi_head_attention(*arrays, 2, mask)
    gradient = multi_head_attention_backward(G, *arrays, kept)[argument]

    def loss(value):
        return np.sum(G * multi_head_attention(*arrays[:argument], value, *arrays[argument + 1 :], 2, mask).output)

    assert_gradient(loss, gradient, arrays[argument], analytic=True)


def test_one_head_with_identities_is_plain_attention(rng):
    Q, K, V = rng.standard_normal((3, 2, 4, 6))
    eye = np.eye(6)
    kept = multi_head_attention(Q, K, V, eye, eye, eye, eye, heads=1)
    output, weights = attention(Q, K, V)
    np.testing.assert_allclose(kept.output, output, rtol=1e-13)
    np.testing.assert_allclose(kept.weights[:, 0], weights, rtol=1e-13)


def test_each_head_sees_its_slice_of_the_features(rng):
    X, eye = rng.standard_normal((4, 6)), np.eye(6)
    kept = multi_head_attention(X, X, X, eye, eye, eye, eye, heads=3)
    for head in range(3):
        part = X[:, 2 * head : 2 * head + 2]
        np.testing.assert_allclose(kept.output[:, 2 * head : 2 * head + 2], attention(part, part, part)[0], rtol=1e-12)


@given(st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_self_attention_is_permutation_equivariant(T, seed):
    rng = np.random.default_rng(seed)
    X, order = rng.standard_normal((T, 4)), rng.permutation(T)
    W = projections(4)
    output = multi_head_attention(X, X, X, *W, heads=2).output
    permuted = X[order]
    np.testing.assert_allclose(
        multi_head_attention(permuted, permuted, permuted, *W, heads=2).output, output[order], atol=1e-12
    )


def test_a_mask_for_each_sequence_serves_all_heads(rng):
    X, W = rng.standard_normal((3, 4, 6)), projections(6)
    mask = rng.random((3, 4, 4)) < 0.6
    kept = multi_head_attention(X, X, X, *W, 2, mask)
    assert (kept.weights.transpose(1, 0, 2, 3)[:, ~mask] == 0).all()
    for i in range(3):
        alone = multi_head_attention(X[i], X[i], X[i], *W, 2, mask[i])
        np.testing.assert_allclose(kept.output[i], alone.output, rtol=1e-12, atol=1e-14)


class TestBadInput:
    Q, K, V = arrays_of(SHAPES[2])  # (2, 3, 4), (2, 5, 4), (2, 5, 4)

    def test_shapes_that_do_not_fit(self):
        Q, K, V = self.Q, self.K, self.V
        refuses(lambda: attention(Q[0, 0], K, V), "Q", "(..., T, d_k)", "(4,)")
        refuses(lambda: attention(Q, K[..., :3], V), "K", "(2, S, 4) beside Q of shape (2, 3, 4)")
        refuses(lambda: attention(Q, K[:1], V), "K", "(2, S, 4)", "(1, 5, 4)")
        refuses(lambda: attention(Q, K[0], V), "K", "(2, S, 4)")
        refuses(lambda: attention(Q, K, V[:, :4]), "V", "(2, 5, d_v) beside K of shape (2, 5, 4)")
        output, weights = attention(Q, K, V)
        refuses(
            lambda: attention_backward(output[:1], Q, K, V, output, weights),
            "grad_output",
            "(2, 3, 4) beside output of shape (2, 3, 4)",
        )
        refuses(
            lambda: attention_backward(output, Q, K, V, output[:, :1], weights), "output", "(2, 3, 4) beside Q of shape"
        )
        refuses(
            lambda: attention_backward(output, Q, K, V, output, weights[..., :1]),
            "weights",
            "(2, 3, 5) beside Q of shape",
        )

    def test_masks(self):
        Q, K, V = self.Q, self.K, self.V
        refuses(lambda: attention(Q, K, V, np.ones((3, 5))), "mask", "booleans", error=TypeError)
        refuses(lambda: attention(Q, K, V, np.ones((3, 5), int)), "mask", "booleans", error=TypeError)
        refuses(lambda: attention(Q, K, V, np.ones((5, 3), bool)), "mask", "(3, 5)", "(5, 3)", error=ValueError)
        refuses(lambda: attention(Q, K, V, np.ones((1, 3, 5), bool)), "mask", "(2, 3, 5)", error=ValueError)
        refuses(lambda: attention(Q, K, V, np.ones(5, bool)), "mask", "(3, 5)", error=ValueError)
        with_heads = np.ones((2, 1, 3, 5), bool)
        refuses(lambda: multi_head_attention(Q, K, V, *projections(4), 2, with_heads), "mask", "(2, 3, 5)")

    def test_multi_head_shapes(self):
        Q, K, V, W = self.Q, self.K, self.V, projections(4)
        refuses(lambda: multi_head_attention(Q, K, V, *W, heads=3), "heads", "d_model = 4", "3", error=ValueError)
        refuses(lambda: multi_head_attention(Q, K, V, *W, heads=0), "heads", "at least 1", error=ValueError)
        refuses(lambda: multi_head_attention(Q, K, V, *W, heads=2.0), "heads", "integer", error=TypeError)
        refuses(lambda: multi_head_attention(Q, K, V[..., :2], *W, heads=2), "V", "4", "2", error=ValueError)
        for i, name in enumerate(("W_Q", "W_K", "W_V", "W_O")):
            wrong = [*W[:i], np.ones((4, 5)), *W[i + 1 :]]
            expected = "(4, 4) beside Q of shape (2, 3, 4)"
            refuses(lambda w=wrong: multi_head_attention(Q, K, V, *w, heads=2), name, expected, "(4, 5)")
            kept = multi_head_attention(Q, K, V, *W, heads=2)
            refuses(lambda w=wrong, k=kept: multi_head_attention_backward(Q, Q, K, V, *w, k), name, expected)
        expected = "(2, 3, 4) beside Q of shape (2, 3, 4)"
        refuses(lambda: multi_head_attention_backward(K, Q, K, V, *W, kept), "grad_output", expected)

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, value):
        Q, K, V = self.Q, self.K, self.V
        refuses(lambda: attention(value, K, V), "Q", error=TypeError)
        refuses(lambda: attention(Q, value, V), "K", error=TypeError)
        refuses(lambda: attention(Q, K, value), "V", error=TypeError)
        refuses(lambda: multi_head_attention(Q, K, V, *projections(4)[:3], value, 2), "W_O", error=TypeError)

    @pytest.mark.parametrize("argument", range(8))
    def test_the_way_back_is_for_real_numbers(self, argument):
        name = ("grad_output", "Q", "K", "V", "W_Q", "W_K", "W_V", "W_O")[argument]
        arrays = [self.Q, self.Q, self.K, self.V, *projections(4)]
        kept = multi_head_attention(*arrays[1:], heads=2)
        output, weights = attention(*arrays[1:4])
        arrays[argument] = arrays[argument] + 0j
        refuses(lambda: multi_head_attention_backward(*arrays, kept), name, "of real numbers", error=TypeError)
        if argument < 4:
            refuses(lambda: attention_backward(*arrays[:4], output, weights), name, "of real numbers", error=TypeError)

    def test_nan_and_a_score_that_overflows(self):
        Q, K, V = self.Q, self.K, self.V
        refuses(lambda: attention(Q * np.nan, K, V), "Q", "NaN")
        refuses(lambda: attention(Q, K, V * np.nan), "V", "NaN")
        one = np.ones((1, 1))
        refuses(
            lambda: multi_head_attention(1e200 * Q, 1e200 * K, V, *projections(4), 2),
            "Q, K, W_Q and W_K", "finite scores", error=ValueError,
        )  # fmt: skip
        refuses(lambda: attention(1e200 * one, 1e200 * one, one), "Q and K", "finite scores", error=ValueError)
        both = np.array([[1e200, 1e200], [-1e200, 1e200]])  # infinity minus infinity
        refuses(lambda: attention(both, both, both), "Q and K", "finite scores", error=ValueError)


def test_unsigned_integers_do_not_wrap():
    Q, K, V = np.array([[16]], np.uint8), np.array([[0], [16]], np.uint8), np.array([[1], [255]], np.uint8)
    assert attention(Q, K, V)[0] == 255  # 16 times 16 is 256, which is 0 in eight bits


def test_float32_is_kept():
    Q, K, V = (array.astype(np.float32) for array in arrays_of(SHAPES[2]))
    output, weights = attention(Q, K, V, some_mask(SHAPES[2]))
    assert output.dtype == weights.dtype == np.float32
    assert {g.dtype for g in attention_backward(output, Q, K, V, output, weights)} == {np.dtype(np.float32)}
    W = [matrix.astype(np.float32) for matrix in projections(4)]
    kept = multi_head_attention(Q, K, V, *W, heads=2)
    assert {array.dtype for array in kept} == {np.dtype(np.float32)}
    grads = multi_head_attention_backward(kept.output, Q, K, V, *W, kept)
    assert {g.dtype for g in grads} == {np.dtype(np.float32)}
    in_double = multi_head_attention(*map(np.float64, (Q, K, V, *W)), heads=2)
    grads = multi_head_attention_backward(kept.output, Q, K, V, *W, in_double)
    assert {g.dtype for g in grads} == {np.dtype(np.float32)}


@pytest.mark.parametrize("argument", range(7))
def test_one_argument_in_double_precision_is_enough(argument):
    arrays = [array.astype(np.float32) for array in (*arrays_of(SHAPES[2]), *projections(4))]
    grad = np.ones_like(arrays[0])
    single = multi_head_attention(*arrays, heads=2)
    arrays[argument] = arrays[argument].astype(np.float64)
    assert multi_head_attention(*arrays, heads=2).output.dtype == np.float64
    assert {g.dtype for g in multi_head_attention_backward(grad, *arrays, single)} == {np.dtype(np.float64)}
    if argument < 3:
        Q, K, V = arrays[:3]
        kept = (array.astype(np.float32) for array in attention(Q, K, V))
        assert {g.dtype for g in attention_backward(grad, Q, K, V, *kept)} == {np.dtype(np.float64)}


def test_no_warning_for_large_input():
    Q, K, V = (1e150 * array for array in arrays_of(SHAPES[2]))
    output, weights = attention(Q, K, V)
    assert set(np.unique(weights)) == {0, 1}
    attention_backward(1e308 * np.sign(output), Q, K, V, output, weights)
    infinite = np.array([[np.inf], [-np.inf]])
    assert np.isnan(attention(np.zeros((1, 1)), np.zeros((2, 1)), infinite)[0]).all()
    # Gradients that overflow, and weights of zero behind them.
    X, W = np.ones((2, 2)), np.array([[9.0, 0.0], [0.0, -9.0]])
    kept = multi_head_attention(X, X, X, W, W, W, W, heads=1)
    assert np.isnan(multi_head_attention(X, X, 1e308 * X, W, W, W, W, heads=1).output).all()
    gradients = multi_head_attention_backward(1e308 * X, X, X, X, W, W, W, W, kept)
    assert np.isnan(gradients[2]).any()
    assert np.isinf(gradients[6]).any()


def test_arguments_are_left_alone():
    Q, K, V = arrays_of(SHAPES[2])
    output, weights = attention(Q, K, V)
    leaves_arguments_alone(attention, Q, K, V)
    mask = some_mask(SHAPES[2])
    leaves_arguments_alone(lambda Q, m: attention(Q, K, V, m), Q, mask)
    leaves_arguments_alone(attention_backward, np.ones_like(output), Q, K, V, output, weights)
    W = projections(4)
    leaves_arguments_alone(lambda *arrays: multi_head_attention(*arrays, heads=2), Q, K, V, *W)
    kept = multi_head_attention(Q, K, V, *W, heads=1)
    leaves_arguments_alone(lambda *arrays: multi_head_attention_backward(*arrays, kept), np.ones_like(Q), Q, K, V, *W)
    before = [array.copy() for array in kept]
    multi_head_attention_backward(np.ones_like(Q), Q, K, V, *W, kept)
    for array, copy in zip(kept, before):
        np.testing.assert_array_equal(array, copy)


class TestWhatIsMaskedIsNotThere:
    """Infinite keys and values behind a mask leave everything as it would be without them."""

    mask = np.array([[True, True, False], [True, False, False]])

    @pytest.mark.parametrize("infinite", [np.inf, -np.inf])
    @pytest.mark.parametrize("where", ["K", "V", "both"])
    def test_infinite_rows(self, infinite, where, rng):
        Q, K, V = rng.standard_normal((2, 3)), rng.standard_normal((3, 3)), rng.standard_normal((3, 2))
        if where != "V":
            K[2] = infinite
        if where != "K":
            V[2, 0] = infinite
        expected = attention(Q, K[:2], V[:2], self.mask[:, :2])
        output, weights = attention(Q, K, V, self.mask)
        np.testing.assert_allclose(output, expected[0], rtol=1e-13)
        np.testing.assert_allclose(weights[:, :2], expected[1], rtol=1e-13)
        grad_output = rng.standard_normal(output.shape)
        gradients = attention_backward(grad_output, Q, K, V, output, weights)
        without = attention_backward(grad_output, Q, K[:2], V[:2], *expected)
        for gradient, other in zip(gradients, without):
            np.testing.assert_allclose(gradient[: len(other)], other, rtol=1e-12, atol=1e-14)
            np.testing.assert_array_equal(gradient[len(other) :], 0)

    def test_an_infinite_value_reaches_those_who_may_see_it(self):
        V = np.array([[1.0, 1.0], [np.inf, -np.inf]])
        output, _ = attention(np.zeros((2, 1)), np.zeros((2, 1)), V, causal_mask(2))
        np.testing.assert_array_equal(output, [[1, 1], [np.inf, -np.inf]])


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_that_overflow_are_refused_whatever_their_sign(sign, dtype):
    huge = np.full((1, 1), np.sqrt(np.finfo(dtype).max) * 10, dtype)
    one = np.ones((1, 1), dtype)
    refuses(lambda: attention(sign * huge, huge, one), "Q and K", "finite scores", error=ValueError)
    both = np.concatenate([huge, 0 * huge])
    refuses(lambda: attention(sign * huge, both, np.ones((2, 1), dtype)), "Q and K", "finite", error=ValueError)
    output, _ = attention(sign * huge, both, np.array([[5], [7]], dtype), np.array([[False, True]]))
    assert output == 7


@pytest.mark.parametrize("size", [1.0, 30.0, 1e3, 1e100])
def test_softmax_with_and_without_a_shift_is_one(size, rng):
    Q, K, V = rng.standard_normal((3, 4, 4))
    weights = attention(size * Q, K, V)[1]
    scores = size * Q @ K.T / 2
    expected = np.exp(scores - scores.max(axis=1, keepdims=True))
    np.testing.assert_allclose(weights, expected / expected.sum(axis=1, keepdims=True), rtol=1e-11, atol=1e-300)


@pytest.mark.parametrize("size", [1e-320, 1e-200, 1.0, 1e3, 1e100])
def test_underflow_is_no_error(size):
    Q, K, V = arrays_of(SHAPES[2])
    Q, V = size * Q, size * V
    with np.errstate(all="raise"):
        output, weights = attention(Q, K, V)
        attention_backward(V[:, :3], Q, K, V, output, weights)


def test_a_masked_array_is_no_mask():
    Q, K, V = arrays_of(SHAPES[0])
    refuses(lambda: attention(Q, K, V, np.ma.array([[True]], mask=[[True]])), "mask", "masked", error=TypeError)


def test_positional_encoding_is_the_formula_of_the_paper():
    mpmath = pytest.importorskip("mpmath")
    P = positional_encoding(40, 6)
    assert P.shape == (40, 6)
    for t in (0, 1, 7, 39):
        for i in range(3):
            angle = t / mpmath.mpf(10000) ** (mpmath.mpf(2 * i) / 6)
            assert P[t, 2 * i] == pytest.approx(float(mpmath.sin(angle)), abs=1e-14)
            assert P[t, 2 * i + 1] == pytest.approx(float(mpmath.cos(angle)), abs=1e-14)


def test_a_shift_of_the_positions_is_one_linear_map_for_all_of_them():
    P = positional_encoding(50, 8)
    shift, *_ = np.linalg.lstsq(P[:-3], P[3:])
    np.testing.assert_allclose(P[:-3] @ shift, P[3:], atol=1e-9)
    products = P @ P.T
    for distance in (0, 1, 20):
        np.testing.assert_allclose(np.diag(products, distance), products[0, distance], atol=1e-12)


def test_positions_are_told_apart():
    P = positional_encoding(200, 16)
    distances = np.linalg.norm(P[:, np.newaxis] - P, axis=-1)
    assert distances[~np.eye(200, dtype=bool)].min() > 0.5


def test_positional_encoding_refuses():
    with pytest.raises(ValueError, match="d_model must be even, a sine and a cosine per pair, got 5"):
        positional_encoding(3, 5)
    with pytest.raises(ValueError, match="length must be"):
        positional_encoding(0, 4)
    with pytest.raises(TypeError, match="length"):
        positional_encoding(2.5, 4)
    with pytest.raises(ValueError, match="d_model must be"):
        positional_encoding(3, 0)
