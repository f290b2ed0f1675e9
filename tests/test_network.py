import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import losses, network
from dlmath.network import (
    backward,
    count_parameters,
    forward,
    initialize,
    l2_penalty,
    loss_and_gradient,
    pack,
    predict,
    unpack,
)

SIZES = [3, 5, 4, 2]
NETWORKS = [
    ([2, 3, 1], "sigmoid"),
    ([2, 1], "identity"),
    (SIZES, "tanh"),
    (SIZES, ["relu", "relu", "identity"]),
    (SIZES, ["leaky_relu", "sigmoid", "tanh"]),
    ([1, 1, 1, 1, 1], "sigmoid"),
]
LOGIT_LOSSES = ["binary_cross_entropy_from_logits", "categorical_cross_entropy_from_logits"]


def torch_activation(torch, name):
    return {"identity": lambda z: z, "leaky_relu": torch.nn.functional.leaky_relu}.get(name) or getattr(torch, name)


def torch_network(torch, theta, sizes, activations, X):
    """The network in PyTorch, its parameters cut out of the same flat vector."""
    names = [activations] * (len(sizes) - 1) if isinstance(activations, str) else activations
    start, A = 0, X
    for n_in, n_out, name in zip(sizes, sizes[1:], names):
        W = theta[start : start + n_in * n_out].reshape(n_out, n_in)
        b = theta[start + n_in * n_out : start + (n_in + 1) * n_out]
        A, start = torch_activation(torch, name)(torch.nn.functional.linear(A, W, b)), start + (n_in + 1) * n_out
    return A


def case(sizes, rng, count=6):
    return initialize(sizes, rng) + 0.1 * rng.standard_normal(count_parameters(sizes)), rng.standard_normal(
        (count, sizes[0])
    )


@pytest.mark.parametrize(("sizes", "activations"), NETWORKS, ids=str)
class TestAgainstTorch:
    @pytest.mark.parametrize("count", [1, 6])
    def test_forward_and_backward(self, sizes, activations, count, rng):
        torch = pytest.importorskip("torch")
        theta, X = case(sizes, rng, count)

        def gradient(grad_output, theta):
            parameters = unpack(theta, sizes)
            return pack(backward(grad_output, forward(X, parameters, activations), parameters, activations))

        agrees_with_torch(
            lambda theta: predict(X, unpack(theta, sizes), activations),
            lambda theta: torch_network(torch, theta, sizes, activations, torch.tensor(X)),
            theta,
            gradients=gradient,
        )

    def test_loss_and_gradient(self, sizes, activations, rng):
        torch = pytest.importorskip("torch")
        theta, X = case(sizes, rng)
        Y = rng.standard_normal((6, sizes[-1]))
        tensor = torch.tensor(theta, requires_grad=True)
        predictions = torch_network(torch, tensor, sizes, activations, torch.tensor(X))
        expected = ((predictions - torch.tensor(Y)) ** 2).sum(1).mean()
        expected.backward()
        loss, gradient = loss_and_gradient(theta, sizes, X, Y, activations)
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-12)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-11, atol=1e-14)

    def test_it_is_the_parts_put_together(self, sizes, activations, rng):
        theta, X = case(sizes, rng)
        Y = rng.standard_normal((6, sizes[-1]))
        parameters = unpack(theta, sizes)
        outputs = forward(X, parameters, activations)
        expected = pack(backward(losses.mse_grad(outputs[-1], Y), outputs, parameters, activations))
        loss, gradient = loss_and_gradient(theta, sizes, X, Y, activations, "mse")
        np.testing.assert_allclose(gradient, expected, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(loss, losses.mse(outputs[-1], Y), rtol=1e-13)


@pytest.mark.parametrize("activations", ["sigmoid", "tanh", "identity", ["tanh", "sigmoid", "identity"]], ids=str)
def test_gradient_by_the_complex_step(activations, rng):
    theta, X = case(SIZES, rng)
    Y = rng.standard_normal((6, 2))
    _, gradient = loss_and_gradient(theta, SIZES, X, Y, activations)
    assert_gradient(lambda t: loss_and_gradient(t, SIZES, X, Y, activations)[0], gradient, theta, analytic=True)
    assert_gradient(lambda t: losses.mse(predict(X, unpack(t, SIZES), activations), Y), gradient, theta, analytic=True)


@pytest.mark.parametrize("loss", LOGIT_LOSSES)
def test_gradients_of_losses_from_logits(loss, rng):
    torch = pytest.importorskip("torch")
    names = ["relu", "tanh", "identity"]
    theta, X = case(SIZES, rng)
    labels = rng.integers(0, 2, 6)
    one_hot = losses.one_hot(labels, 2)
    targets = labels if loss.startswith("categorical") else one_hot
    value, gradient = loss_and_gradient(theta, SIZES, X, targets, names, loss)
    tensor = torch.tensor(theta, requires_grad=True)
    logits = torch_network(torch, tensor, SIZES, names, torch.tensor(X))
    if loss.startswith("categorical"):
        expected = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    else:
        expected = (
            torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(one_hot), reduction="sum") / 6
        )
    expected.backward()
    np.testing.assert_allclose(value, expected.item(), rtol=1e-12)
    np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-14)
    assert_gradient(lambda t: loss_and_gradient(t, SIZES, X, targets, names, loss)[0], gradient, theta)


def test_layers_without_activation_collapse_to_one_affine_map(rng):
    theta, X = case(SIZES, rng)
    (W0, b0), (W1, b1), (W2, b2) = unpack(theta, SIZES)
    W, b = W2 @ W1 @ W0, W2 @ (W1 @ b0 + b1) + b2
    np.testing.assert_allclose(predict(X, unpack(theta, SIZES), "identity"), X @ W.T + b, rtol=1e-12)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_pack_is_the_inverse_of_unpack(sizes):
    theta = np.arange(count_parameters(sizes), dtype=float)
    parameters = unpack(theta, sizes)
    assert [W.shape for W, _ in parameters] == list(zip(sizes[1:], sizes))
    assert [b.shape for _, b in parameters] == [(n,) for n in sizes[1:]]
    np.testing.assert_array_equal(pack(parameters), theta)
    assert sum(W.size + b.size for W, b in parameters) == len(theta)


class TestFlatVector:
    def test_the_order_is_weights_row_by_row_then_biases(self):
        (W0, b0), (W1, b1) = unpack(np.arange(13.0), [2, 3, 1])
        assert W0.tolist() == [[0, 1], [2, 3], [4, 5]]
        assert b0.tolist() == [6, 7, 8]
        assert W1.tolist() == [[9, 10, 11]]
        assert b1.tolist() == [12]

    def test_the_pairs_are_views_and_pack_is_a_copy(self):
        theta = np.zeros(13)
        parameters = unpack(theta, [2, 3, 1])
        parameters[0][0][1, 0] = 5
        parameters[1][1][0] = 7
        assert theta[2] == 5
        assert theta[12] == 7
        assert not np.shares_memory(pack(parameters), theta)

    def test_a_transposed_weight_does_not_lose_its_update(self):
        theta = np.zeros(13)
        (W0, _), _ = unpack(theta, [2, 3, 1])
        W0.T[1, 2] += 1
        assert theta[5] == 1

    def test_counts(self):
        assert count_parameters([2, 3, 1]) == 13
        assert count_parameters([784, 10]) == 7850
        assert count_parameters(np.array([2, 3, 1])) == 13

    def test_bad_sizes(self):
        refuses(lambda: count_parameters([3]), "sizes must", "two widths", "[3]", error=ValueError)
        refuses(lambda: count_parameters([3, 0]), "sizes[1] must", "at least 1", error=ValueError)
        refuses(lambda: count_parameters([3, 2.0]), "sizes[1] must", "integer", error=TypeError)
        refuses(lambda: unpack(np.zeros(12), [2, 3, 1]), "theta must", "(13,)", "(12,)", error=ValueError)
        refuses(lambda: unpack(np.zeros((13, 1)), [2, 3, 1]), "theta must", "(13,)", error=ValueError)
        refuses(lambda: unpack(np.full(13, np.nan), [2, 3, 1]), "theta must", "NaN", error=ValueError)
        refuses(lambda: unpack("theta", [2, 3, 1]), "theta must", error=TypeError)


class TestInitialize:
    @pytest.mark.parametrize("distribution", ["normal", "uniform"])
    @pytest.mark.parametrize(("scheme", "variance"), [("xavier", 2 / (100 + 300)), ("he", 2 / 100), ("unscaled", 1.0)])
    def test_variance_and_mean(self, scheme, variance, distribution, rng):
        (W, b), _ = unpack(initialize([100, 300, 1], rng, scheme, distribution), [100, 300, 1])
        assert W.var() == pytest.approx(variance, rel=0.05)
        assert abs(W.mean()) < 5 * np.sqrt(variance / W.size)
        np.testing.assert_array_equal(b, np.zeros(300))
        # Kurtosis tells the two apart: 3 for the normal distribution, 1.8 for the uniform one.
        kurtosis = np.mean(W**4) / W.var() ** 2
        assert kurtosis == pytest.approx(3.0 if distribution == "normal" else 1.8, abs=0.15)
        if distribution == "uniform":
            assert np.abs(W).max() <= np.sqrt(3 * variance)

    def test_xavier_and_normal_are_the_defaults(self):
        draw = [
            initialize([3, 4, 2], np.random.default_rng(1), *more) for more in ((), ("xavier",), ("xavier", "normal"))
        ]
        np.testing.assert_array_equal(draw[0], draw[1])
        np.testing.assert_array_equal(draw[0], draw[2])
        assert not np.array_equal(draw[0], initialize([3, 4, 2], np.random.default_rng(1), "he"))

    def test_he_keeps_the_size_of_a_relu_signal_through_depth(self, rng):
        sizes = [200] * 11
        outputs = forward(rng.standard_normal((100, 200)), unpack(initialize(sizes, rng, "he"), sizes), "relu")
        assert 0.5 < np.mean(outputs[-1] ** 2) / np.mean(outputs[1] ** 2) < 2

    def test_bad_input(self, rng):
        refuses(lambda: initialize([2, 1], 0), "rng must", error=TypeError)
        refuses(lambda: initialize([2, 1], rng, "glorot"), "scheme must", "xavier, he, unscaled", "glorot")
        refuses(lambda: initialize([2, 1], rng, "he", "gauss"), "distribution must", "normal, uniform", "gauss")
        refuses(lambda: initialize([2], rng), "sizes must", "two widths")


class TestForward:
    def test_it_returns_the_output_of_every_layer(self, rng):
        theta, X = case(SIZES, rng)
        parameters = unpack(theta, SIZES)
        outputs = forward(X, parameters, "tanh")
        assert outputs[0] is X
        for layer, (W, b) in enumerate(parameters):
            np.testing.assert_allclose(outputs[layer + 1], np.tanh(outputs[layer] @ W.T + b), rtol=1e-13)
        np.testing.assert_array_equal(predict(X, parameters, "tanh"), outputs[-1])

    def test_sigmoid_is_the_default(self, rng):
        theta, X = case(SIZES, rng)
        parameters = unpack(theta, SIZES)
        Y = rng.standard_normal((6, 2))
        outputs = forward(X, parameters)
        np.testing.assert_array_equal(outputs[-1], forward(X, parameters, ["sigmoid"] * 3)[-1])
        np.testing.assert_array_equal(predict(X, parameters), outputs[-1])
        np.testing.assert_array_equal(
            pack(backward(outputs[-1], outputs, parameters)),
            pack(backward(outputs[-1], outputs, parameters, "sigmoid")),
        )
        assert loss_and_gradient(theta, SIZES, X, Y)[0] == loss_and_gradient(theta, SIZES, X, Y, "sigmoid", "mse")[0]

    @pytest.mark.parametrize("name", ["relu", "leaky_relu"])
    def test_complex_numbers_need_analytic_activations(self, name, rng):
        theta, X = case([3, 2], rng)
        refuses(
            lambda: forward(X, unpack(theta + 0j, [3, 2]), name),
            "activations[0] must",
            "analytic",
            name,
            error=TypeError,
        )
        refuses(
            lambda: loss_and_gradient(theta + 0j, [3, 2], X, X[:, :2], name), "activations[0] must", error=TypeError
        )
        refuses(lambda: forward(X + 0j, unpack(theta, [3, 2]), name), "activations[0] must", error=TypeError)

    def test_one_complex_or_precise_part_makes_the_whole_so(self, rng):
        W, b, X = rng.standard_normal((2, 3)), rng.standard_normal(2), rng.standard_normal((4, 3))
        step = 1e-30j * np.array([1, 0])
        slope = np.imag(forward(X, [(W, b + step)], "tanh")[-1]) / 1e-30
        np.testing.assert_allclose(slope[:, 0], 1 - np.tanh(X @ W.T + b)[:, 0] ** 2, rtol=1e-12)
        single = W.astype(np.float32), b.astype(np.float32)
        assert forward(X.astype(np.float32), [single], "tanh")[-1].dtype == np.float32
        assert forward(X, [single], "tanh")[-1].dtype == np.float64
        mixed = forward(X.astype(np.float32), [(single[0], b)], "tanh")[-1]
        np.testing.assert_allclose(mixed, np.tanh(X.astype(np.float32).astype(float) @ single[0].T.astype(float) + b))

    def test_a_run_that_overflows_does_not_warn(self):
        parameters = [(np.full((1, 1), 1e300), np.zeros(1)), (np.full((1, 1), -1e300), np.zeros(1))]
        assert forward(np.array([[1e300]]), parameters, "identity")[-1] == -np.inf
        assert forward(np.array([[-1e300]]), parameters, "sigmoid")[-1] == 0.5
        backward(
            np.array([[1e300]]), [np.array([[1e300]]), np.array([[1e300]]), np.array([[1.0]])], parameters, "identity"
        )

    def test_backward_neither_warns_where_infinities_meet_nor_refuses_complex_numbers(self, rng):
        W = np.array([[1e200], [-1e200]])
        outputs = [np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 2))]
        backward(np.full((1, 2), 1e200), outputs, [(np.ones((1, 1)), np.zeros(1)), (W, np.zeros(2))], "identity")
        theta, X = case(SIZES, rng)
        parameters = unpack(theta, SIZES)
        outputs, g = forward(X, parameters), rng.standard_normal((6, 2))
        expected = pack(backward(g, outputs, parameters))
        np.testing.assert_allclose(pack(backward(g + 0j, outputs, parameters)), expected, rtol=1e-13)
        imaginary = [A + 0j for A in outputs]
        np.testing.assert_allclose(pack(backward(g, imaginary, parameters)), expected, rtol=1e-13)


class TestBadInput:
    def test_shapes(self, rng):
        theta, X = case(SIZES, rng)
        parameters = unpack(theta, SIZES)
        (W0, b0), (_, b1), (W2, b2) = parameters
        refuses(lambda: forward(X[:, :2], parameters), "X must", "(N, 3)", "(6, 2)", error=ValueError)
        refuses(lambda: forward(X[0], parameters), "X must", "(N, 3)", "(3,)", error=ValueError)
        refuses(lambda: forward(X, [(W0, b0), (W2, b2)]), "W of layer 1 must", "(n_out, 5)", "(2, 4)", error=ValueError)
        refuses(lambda: forward(X, [(W0, b1)]), "b of layer 0 must", "(5,)", "(4,)", error=ValueError)
        refuses(lambda: forward(X, [(W0[0], b0)]), "W of layer 0 must", "(n_out, n_in)", error=ValueError)
        with pytest.raises(ValueError, match=r"^parameters must have at least one layer, got none$"):
            forward(X, [])
        refuses(lambda: pack([]), "parameters must", "none", error=ValueError)
        refuses(lambda: predict(X * np.nan, parameters), "X must", "NaN", error=ValueError)

    def test_activations(self, rng):
        theta, X = case(SIZES, rng)
        parameters = unpack(theta, SIZES)
        refuses(lambda: forward(X, parameters, ["tanh"]), "activations must", "3, got 1", error=ValueError)
        refuses(
            lambda: forward(X, parameters, "softmax"),
            "activations[0] must",
            "leaky_relu",
            "'softmax'",
            error=ValueError,
        )
        refuses(
            lambda: forward(X, parameters, ["tanh", "gelu", "tanh"]), "activations[1] must", "'gelu'", error=ValueError
        )
        refuses(lambda: forward(X, parameters, ["tanh", 1, "tanh"]), "activations[1] must", "int 1", error=TypeError)

    def test_backward(self, rng):
        theta, X = case(SIZES, rng)
        parameters = unpack(theta, SIZES)
        outputs = forward(X, parameters)
        g = np.ones((6, 2))
        refuses(lambda: backward(g[:, 0], outputs, parameters), "grad_output must", "(6, 2)", "(6,)", error=ValueError)
        refuses(lambda: backward(g[:1], outputs, parameters), "grad_output must", "(6, 2)", "(1, 2)", error=ValueError)
        refuses(lambda: backward(g * np.nan, outputs, parameters), "grad_output must", "NaN", error=ValueError)
        refuses(lambda: backward(g, outputs[1:], parameters), "outputs must", "4 arrays", "got 3", error=ValueError)
        swapped = [outputs[0], outputs[2], outputs[1], outputs[3]]
        refuses(lambda: backward(g, swapped, parameters), "outputs[1] must", "(6, 5)", "(6, 4)", error=ValueError)
        refuses(
            lambda: backward(g, [X[:, :2], *outputs[1:]], parameters), "outputs[0] must", "(N, 3)", error=ValueError
        )
        for value in NOT_NUMBERS:
            refuses(lambda v=value: backward(v, outputs, parameters), "grad_output must", error=TypeError)
            refuses(lambda v=value: backward(g, [v, *outputs[1:]], parameters), "outputs[0] must", error=TypeError)
            refuses(lambda v=value: forward(v, parameters), "X must", error=TypeError)
            refuses(lambda v=value: forward(X, [(v, np.ones(1))]), "W of layer 0 must", error=TypeError)

    def test_loss_and_gradient(self, rng):
        theta, X = case(SIZES, rng)
        Y = np.zeros((6, 2))
        refuses(lambda: loss_and_gradient(theta[1:], SIZES, X, Y), "theta must", "(54,)", "(53,)", error=ValueError)
        refuses(lambda: loss_and_gradient(theta, SIZES, X[:, 1:], Y), "X must", "(N, 3)", error=ValueError)
        refuses(lambda: loss_and_gradient(theta, SIZES, X, Y[:, 0]), "targets must", "(6, 2)", error=ValueError)
        refuses(lambda: loss_and_gradient(theta, SIZES, X, Y, loss="l1"), "loss must", "mse", "'l1'", error=ValueError)
        refuses(lambda: loss_and_gradient(theta * np.nan, SIZES, X, Y), "theta must", "NaN", error=ValueError)
        refuses(lambda: loss_and_gradient(theta, SIZES, X * np.nan, Y), "X must", "NaN", error=ValueError)
        refuses(lambda: loss_and_gradient(theta, SIZES, X, Y, "gelu"), "activations[0] must", "gelu", error=ValueError)


class TestLossAndGradient:
    def test_the_data_may_be_complex(self, rng):
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))
        expected = loss_and_gradient(theta, SIZES, X, Y)
        for one, other in zip(loss_and_gradient(theta, SIZES, X + 0j, Y), expected):
            np.testing.assert_allclose(one, other, rtol=1e-13)

    def test_a_run_that_has_diverged_says_so(self, rng):
        theta = np.full(count_parameters([2, 2, 1]), 1e300)
        loss, gradient = loss_and_gradient(theta, [2, 2, 1], np.ones((3, 2)), np.ones((3, 1)), "identity")
        assert loss == np.inf
        assert gradient.shape == theta.shape
        assert np.isnan(gradient).all()

    def test_float32_is_kept_and_the_other_dtypes_give_way(self, rng):
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))
        single = [a.astype(np.float32) for a in (theta, X, Y)]
        loss, gradient = loss_and_gradient(single[0], SIZES, single[1], single[2])
        assert loss.dtype == gradient.dtype == np.float32
        assert loss_and_gradient(single[0], SIZES, X, Y)[1].dtype == np.float64
        assert loss_and_gradient(theta, SIZES, single[1], Y)[1].dtype == np.float64
        integers = np.full((6, 3), 200, np.uint8)
        np.testing.assert_array_equal(
            loss_and_gradient(theta, SIZES, integers, Y)[1],
            loss_and_gradient(theta, SIZES, integers.astype(float), Y)[1],
        )

    @pytest.mark.parametrize("name", ["sigmoid", "identity", "relu", "leaky_relu", "tanh"])
    def test_arguments_are_left_alone(self, name, rng):
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))
        leaves_arguments_alone(lambda theta, X, Y: loss_and_gradient(theta, SIZES, X, Y, name)[1], theta, X, Y)
        parameters = unpack(theta.copy(), SIZES)
        leaves_arguments_alone(lambda X: predict(X, parameters, name), X)
        outputs = forward(X, parameters, name)
        grad_output = rng.standard_normal((6, 2))
        leaves_arguments_alone(lambda g, *A: pack(backward(g, A, parameters, name)), grad_output, *outputs)
        leaves_arguments_alone(lambda g, *A: backward(g, A, parameters, name)[-1], grad_output, *outputs)


class TestDropout:
    def test_gradient_with_the_same_masks(self, rng):
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))

        def with_dropout(theta):
            return loss_and_gradient(theta, SIZES, X, Y, "tanh", dropout_rate=0.4, rng=np.random.default_rng(8))

        assert_gradient(lambda t: with_dropout(t)[0], with_dropout(theta)[1], theta, analytic=True)
        assert with_dropout(theta)[0] != loss_and_gradient(theta, SIZES, X, Y, "tanh")[0]

    def test_it_is_the_network_with_masks_between_its_layers(self, rng):
        torch = pytest.importorskip("torch")
        sizes, rate = [3, 50, 1], 0.5
        theta, X = case(sizes, rng)
        Y = rng.standard_normal((6, 1))
        loss, gradient = loss_and_gradient(
            theta, sizes, X, Y, ["relu", "identity"], dropout_rate=rate, rng=np.random.default_rng(8)
        )
        mask = torch.tensor((np.random.default_rng(8).random((6, 50)) >= rate) / (1 - rate))
        tensor = torch.tensor(theta, requires_grad=True)
        hidden = torch.relu(torch.tensor(X) @ tensor[:150].reshape(50, 3).T + tensor[150:200]) * mask
        expected = ((hidden @ tensor[200:250].reshape(1, 50).T + tensor[250:] - torch.tensor(Y)) ** 2).mean()
        expected.backward()
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-12)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-11, atol=1e-14)

    def test_the_mean_over_masks_of_a_linear_network_is_the_network_without(self, rng):
        sizes = [3, 40, 1]
        theta, X = case(sizes, rng, 1)
        exact = predict(X, unpack(theta, sizes), "identity")[0, 0]
        target = np.array([[exact - 100.0]])  # so far away that the loss is nearly linear in the prediction
        values = [
            loss_and_gradient(theta, sizes, X, target, "identity", dropout_rate=0.3, rng=rng)[0] for _ in range(2000)
        ]
        assert np.mean(values) == pytest.approx(1e4, rel=0.01)
        assert np.std(values) > 0

    def test_rate_and_generator(self, rng):
        theta, X = case([3, 2], rng)
        Y = np.zeros((6, 2))
        plain = loss_and_gradient(theta, [3, 2], X, Y)
        no_hidden = loss_and_gradient(theta, [3, 2], X, Y, dropout_rate=0.5, rng=rng)
        assert plain[0] == no_hidden[0]
        refuses(
            lambda: loss_and_gradient(theta, [3, 2], X, Y, dropout_rate=0.5), "rng must", "default_rng", error=TypeError
        )
        refuses(
            lambda: loss_and_gradient(theta, [3, 2], X, Y, dropout_rate=1.0, rng=rng), "dropout_rate must", "below 1"
        )
        refuses(
            lambda: loss_and_gradient(theta, [3, 2], X, Y, dropout_rate=-0.1, rng=rng),
            "dropout_rate must",
            "at least 0",
        )

    def test_float32_is_kept(self, rng):
        theta, X = (a.astype(np.float32) for a in case(SIZES, rng))
        Y = np.zeros((6, 2), np.float32)
        assert loss_and_gradient(theta, SIZES, X, Y, dropout_rate=0.5, rng=rng)[1].dtype == np.float32


class TestL2Penalty:
    def test_agrees_with_torch_and_leaves_biases_free(self, rng):
        torch = pytest.importorskip("torch")
        theta, _ = case([2, 3, 1], rng)
        tensor = torch.tensor(theta, requires_grad=True)
        expected = 0.7 / (2 * 9) * ((tensor[:6] ** 2).sum() + (tensor[9:12] ** 2).sum())
        expected.backward()
        penalty, gradient = l2_penalty(theta, [2, 3, 1], 0.7, 9)
        np.testing.assert_allclose(penalty, expected.item(), rtol=1e-13)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-13)
        np.testing.assert_array_equal(gradient[[6, 7, 8, 12]], 0)
        leaves_arguments_alone(lambda t: l2_penalty(t, [2, 3, 1], 0.7, 9)[1], theta)

    def test_bad_input_and_precision(self, rng):
        theta, _ = case([2, 1], rng)
        refuses(lambda: l2_penalty(theta[1:], [2, 1], 1.0, 1), "theta must", "(3,)", error=ValueError)
        refuses(lambda: l2_penalty(theta, [2, 1], -1.0, 1), "strength must", error=ValueError)
        refuses(lambda: l2_penalty(theta, [2, 1], 1.0, 0), "count must", error=ValueError)
        assert l2_penalty(theta.astype(np.float32), [2, 1], 1.0, 1)[1].dtype == np.float32
        penalty, gradient = l2_penalty([3, 4, 9], [2, 1], 2.0, 5)
        assert penalty == 5
        np.testing.assert_allclose(gradient, [1.2, 1.6, 0], rtol=1e-15)


def test_the_variances_are_those_of_the_papers():
    assert network.VARIANCES["xavier"](3, 5) == 0.25
    assert network.VARIANCES["he"](4, 9) == 0.5
    assert network.VARIANCES["unscaled"](4, 9) == 1
