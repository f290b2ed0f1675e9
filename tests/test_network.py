"""Fully connected networks: forward, backward and the flat vector of parameters, against PyTorch."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import layers, losses, network, training
from dlmath.activations import ACTIVATIONS, Activation, gelu, gelu_grad
from dlmath.datasets import digits
from dlmath.network import (
    backward,
    count_parameters,
    forward,
    initialize,
    loss_and_gradient,
    pack,
    penalty_and_gradient,
    predict,
    unpack,
)

SIZES = [3, 5, 4, 2]
NETWORKS = [
    *((SIZES, name) for name in ACTIVATIONS),
    ([2, 3, 1], "sigmoid"),
    ([2, 1], "identity"),
    (SIZES, ["relu", "relu", "identity"]),
    (SIZES, ["leaky_relu", "sigmoid", "tanh"]),
    (SIZES, ["gelu", "silu", "identity"]),
    ([1, 1, 1, 1, 1], "sigmoid"),
]
ANALYTIC = [name for name, record in ACTIVATIONS.items() if record.analytic]
LOGIT_LOSSES = ["binary_cross_entropy_from_logits", "categorical_cross_entropy_from_logits"]


def torch_activation(torch, name):
    if name == "identity":
        return lambda z: z
    return getattr(torch.nn.functional, name, None) or getattr(torch, name)


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


@pytest.mark.parametrize("activations", [*ANALYTIC, ["tanh", "sigmoid", "identity"]], ids=str)
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

    @pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in ANALYTIC])
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
            lambda: forward(X, parameters, ["tanh", "swish", "tanh"]),
            "activations[1] must",
            "'swish'",
            error=ValueError,
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
        refuses(
            lambda: loss_and_gradient(theta, SIZES, X, Y, "swish"), "activations[0] must", "swish", error=ValueError
        )


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

    @pytest.mark.parametrize("name", ACTIVATIONS)
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


class TestLossesFromLogits:
    """Sigmoid is the default on every layer; with a loss that has one itself it would train, and train badly."""

    @pytest.mark.parametrize("loss", LOGIT_LOSSES)
    @pytest.mark.parametrize(
        "activations", [*(name for name in ACTIVATIONS if name != "identity"), ["relu", "sigmoid"]], ids=str
    )
    def test_the_last_layer_must_be_the_identity(self, activations, loss, rng):
        theta, X = case([3, 4, 2], rng)
        labels = np.zeros(6, int) if loss.startswith("categorical") else np.zeros((6, 2))
        hidden = activations if isinstance(activations, str) else "relu"
        advice = f"write activations=['{hidden}', 'identity']"
        last = activations if isinstance(activations, str) else activations[-1]
        refuses(
            lambda: loss_and_gradient(theta, [3, 4, 2], X, labels, activations, loss),
            "activations must",
            "end with 'identity'",
            f"got '{last}'",
            loss,
            advice,
            error=ValueError,
        )
        refuses(lambda: loss_and_gradient(theta, [3, 4, 2], X, labels, loss=loss), "activations must", error=ValueError)
        value, _ = loss_and_gradient(theta, [3, 4, 2], X, labels, [hidden, "identity"], loss)
        assert np.isfinite(value)

    def test_the_record_of_the_identity_will_do_and_one_of_ones_own_will_not(self, rng):
        theta, X = case([3, 2], rng)
        loss = "categorical_cross_entropy_from_logits"
        labels = np.zeros(6, int)
        value, _ = loss_and_gradient(theta, [3, 2], X, labels, ACTIVATIONS["identity"], loss)
        assert value == loss_and_gradient(theta, [3, 2], X, labels, "identity", loss)[0]
        refuses(lambda: loss_and_gradient(theta, [3, 2], X, labels, SINE, loss), "activations must", "'another'")

    def test_digits_are_learned(self):
        """The loss after the same short training was 1.507 with a sigmoid before the softmax."""
        X, labels = digits()
        X = X / X.max()
        sizes = [X.shape[1], 32, 10]
        run = training.train(
            lambda theta, X, y: loss_and_gradient(
                theta, sizes, X, y, ["gelu", "identity"], "categorical_cross_entropy_from_logits"
            ),
            initialize(sizes, np.random.default_rng(0), "he"),
            (X, labels),
            rng=np.random.default_rng(0),
            epochs=20,
            batch_size=64,
            learning_rate=3e-3,
        )
        assert run.losses[-1] < 0.1


SINE = Activation(np.sin, np.cos, from_output=False, analytic=True)
CUBE = Activation(lambda z: z**3, lambda a: 3 * np.cbrt(a) ** 2, from_output=True)


class TestRecordsOfOnesOwn:
    def test_they_stand_where_a_name_does(self, rng):
        torch = pytest.importorskip("torch")
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))
        own = [SINE, CUBE, SINE]
        tensor = torch.tensor(theta, requires_grad=True)
        A = torch.tensor(X)
        start = 0
        for (n_in, n_out), g in zip(pairwise(SIZES), (torch.sin, lambda z: z**3, torch.sin)):
            W, b = tensor[start : start + n_in * n_out].reshape(n_out, n_in), tensor[start + n_in * n_out :][:n_out]
            A, start = g(A @ W.T + b), start + (n_in + 1) * n_out
        expected = ((A - torch.tensor(Y)) ** 2).sum(1).mean()
        expected.backward()
        loss, gradient = loss_and_gradient(theta, SIZES, X, Y, own)
        np.testing.assert_allclose(loss, expected.item(), rtol=1e-12)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-14)
        parameters = unpack(theta, SIZES)
        np.testing.assert_allclose(predict(X, parameters, own), A.detach().numpy(), rtol=1e-12)
        outputs = forward(X, parameters, own)
        by_parts = backward(losses.mse_grad(outputs[-1], Y), outputs, parameters, own)
        np.testing.assert_allclose(pack(by_parts), gradient, rtol=1e-12)

    def test_one_stands_for_all_layers_and_beside_names(self, rng):
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))
        assert_gradient(
            lambda t: loss_and_gradient(t, SIZES, X, Y, SINE)[0],
            loss_and_gradient(theta, SIZES, X, Y, SINE)[1],
            theta,
            analytic=True,
        )
        mixed = ["gelu", SINE, "identity"]
        assert_gradient(
            lambda t: loss_and_gradient(t, SIZES, X, Y, mixed)[0],
            loss_and_gradient(theta, SIZES, X, Y, mixed)[1],
            theta,
            analytic=True,
        )

    def test_the_public_functions_make_the_record_of_a_name(self, rng):
        theta, X = case(SIZES, rng)
        own = Activation(gelu, gelu_grad, from_output=False, analytic=True)
        Y = rng.standard_normal((6, 2))
        for one, other in zip(
            loss_and_gradient(theta, SIZES, X, Y, own), loss_and_gradient(theta, SIZES, X, Y, "gelu")
        ):
            np.testing.assert_allclose(one, other, rtol=1e-14)

    @pytest.mark.parametrize(
        ("record", "parts"),
        [
            (Activation(lambda z: None, np.cos, False), ["activations[0].function", "None"]),
            (Activation(lambda z: z.sum(axis=1), np.cos, False), ["activations[0].function", "(6, 2)", "(6,)"]),
            (Activation(np.sin, lambda z: 1.0, False), ["activations[0].slope", "(6, 2)", "()"]),
            (Activation(np.sin, lambda z: "a", False), ["activations[0].slope"]),
            (Activation("sin", np.cos, False), ["activations[0].function", "a function", "str 'sin'"]),
            (Activation(np.sin, None, False), ["activations[0].slope", "a function", "None"]),
        ],
    )
    def test_a_record_that_does_not_work_says_so(self, record, parts, rng):
        theta, X = case([3, 2], rng)
        refuses(lambda: loss_and_gradient(theta, [3, 2], X, np.zeros((6, 2)), record), *parts)

    def test_a_record_that_returns_lists_or_integers_works(self, rng):
        theta, X = case([3, 2], rng)
        steps = Activation(lambda z: (z > 0).tolist(), lambda z: np.zeros(z.shape, int), from_output=False)
        loss, gradient = loss_and_gradient(theta, [3, 2], X, np.zeros((6, 2)), steps)
        assert loss > 0
        np.testing.assert_array_equal(gradient, np.zeros(8))

    def test_a_run_that_diverges_ends_with_every_activation(self, rng):
        theta = np.full(count_parameters([2, 2, 1]), 1e300)
        for name in ACTIVATIONS:
            loss, gradient = loss_and_gradient(
                theta, [2, 2, 1], np.full((3, 2), 1e300), np.ones((3, 1)), [name, "identity"]
            )
            assert not np.isnan(loss)
            assert gradient.shape == theta.shape


class TestNaturalMistakes:
    @pytest.mark.parametrize(
        ("activations", "came"),
        [
            (np.tanh, "tanh"),
            pytest.param(losses.mse, "mse", id="a loss"),
            (None, "None"),
            (7, "int 7"),
            ({"a": 1}, "dict"),
            ([None, None], "None"),
            pytest.param([gelu, "relu"], "gelu", id="a function among names"),
            pytest.param(iter(["relu"]), "iterator", id="an iterator"),
        ],
        ids=str,
    )
    def test_activations(self, activations, came, rng):
        theta, X = case([3, 4, 2], rng)
        parameters = unpack(theta, [3, 4, 2])
        outputs = forward(X, parameters)
        for call in (
            lambda: forward(X, parameters, activations),
            lambda: predict(X, parameters, activations),
            lambda: backward(outputs[-1], outputs, parameters, activations),
            lambda: loss_and_gradient(theta, [3, 4, 2], X, outputs[-1], activations),
        ):
            refuses(call, "activations", "relu", "Activation", came, error=TypeError)

    def test_parameters(self, rng):
        theta, X = case([3, 2], rng)
        ((W, b),) = unpack(theta, [3, 2])
        for call in (lambda p: forward(X, p), lambda p: predict(X, p), pack, lambda p: backward(X, [X, X], p)):
            refuses(
                lambda c=call: c(theta),
                "parameters must",
                "(W, b)",
                "flat vector",
                "unpack(theta, sizes)",
                error=TypeError,
            )
            refuses(lambda c=call: c((W, b)), "parameters[0] must", "(W, b)", "array", error=TypeError)
            refuses(lambda c=call: c([(W, b, b)]), "parameters[0] must", "(W, b)", error=TypeError)
            refuses(lambda c=call: c([W]), "parameters[0] must", error=TypeError)
            refuses(lambda c=call: c(iter([(W, b)])), "parameters must", "iterator", error=TypeError)
            refuses(lambda c=call: c(None), "parameters must", "None", error=TypeError)
            refuses(lambda c=call: c({"W": W}), "parameters must", "dict", error=TypeError)

    @pytest.mark.parametrize(
        "sizes",
        [
            *(5, None, "21", {2: 1}, {2, 1}, np.array(3)),
            pytest.param(iter([2, 1]), id="an iterator"),
            pytest.param((n for n in [2, 1]), id="a generator"),
        ],
        ids=str,
    )
    def test_sizes(self, sizes, rng):
        for call in (
            lambda: count_parameters(sizes),
            lambda: unpack(np.ones(3), sizes),
            lambda: initialize(sizes, rng),
            lambda: loss_and_gradient(np.ones(3), sizes, np.ones((2, 2)), np.ones((2, 1))),
            lambda: penalty_and_gradient(np.ones(3), sizes, 1.0, 1),
        ):
            refuses(call, "sizes must", "[2, 3, 1]", error=TypeError)

    def test_outputs(self, rng):
        theta, X = case([3, 2], rng)
        parameters = unpack(theta, [3, 2])
        for outputs in (None, 3, iter([X])):
            refuses(lambda o=outputs: backward(X[:, :2], o, parameters), "outputs must", "forward", error=TypeError)

    @pytest.mark.parametrize("targets", [np.zeros((6, 1), int), np.zeros((1, 6), int), np.zeros((6, 2, 1))])
    def test_labels_as_a_column(self, targets, rng):
        theta, X = case([3, 2], rng)
        loss = "categorical_cross_entropy_from_logits"
        call = lambda: loss_and_gradient(theta, [3, 2], X, targets, "identity", loss)  # noqa: E731
        refuses(call, "targets must", "(6,)", "(6, 2)", str(targets.shape), error=ValueError)

    def test_a_count_or_a_rate_that_is_too_large_for_a_float(self, rng):
        refuses(
            lambda: penalty_and_gradient(np.ones(3), [2, 1], 10**400, 1),
            "weight_decay must",
            "finite",
            error=ValueError,
        )
        refuses(
            lambda: penalty_and_gradient(np.ones(3), [2, 1], 1.0, 10**5000), "count must", "at most", error=ValueError
        )
        refuses(lambda: count_parameters([10**400, 1]), "sizes[0] must", "at most", error=ValueError)


def test_bias_gradients_of_single_precision_over_a_million_rows():
    """One row after the other, they were 1 % off."""
    grad = np.full((1_000_000, 1), 0.1, np.float32)
    X = np.ones((1_000_000, 1), np.float32)
    W = np.ones((1, 1), np.float32)
    exact = grad.sum(dtype=np.float64)
    ((_, grad_b),) = backward(grad, [X, X], [(W, np.zeros(1, np.float32))], "identity")
    np.testing.assert_allclose(grad_b, [exact], rtol=1e-6)
    np.testing.assert_allclose(layers.affine_backward(grad, X, W)[2], [exact], rtol=1e-6)
    assert grad_b.dtype == np.float32


class TestDropout:
    @pytest.mark.parametrize("name", ACTIVATIONS)
    def test_gradient_with_the_same_masks(self, name, rng):
        theta, X = case(SIZES, rng)
        Y = rng.standard_normal((6, 2))

        def with_dropout(theta):
            return loss_and_gradient(theta, SIZES, X, Y, name, dropout_rate=0.4, rng=np.random.default_rng(8))

        assert_gradient(lambda t: with_dropout(t)[0], with_dropout(theta)[1], theta, analytic=name in ANALYTIC)
        assert with_dropout(theta)[0] != loss_and_gradient(theta, SIZES, X, Y, name)[0]

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
        penalty, gradient = penalty_and_gradient(theta, [2, 3, 1], 0.7, 9)
        np.testing.assert_allclose(penalty, expected.item(), rtol=1e-13)
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-13)
        np.testing.assert_array_equal(gradient[[6, 7, 8, 12]], 0)
        leaves_arguments_alone(lambda t: penalty_and_gradient(t, [2, 3, 1], 0.7, 9)[1], theta)
        for kind, strength in ((np.float64, 0.0), (np.float32, 1e-50)):
            penalty, gradient = penalty_and_gradient(np.full(13, np.inf, kind), [2, 3, 1], strength, 9)
            assert penalty == 0
            np.testing.assert_array_equal(gradient, np.zeros(13))

    def test_bad_input_and_precision(self, rng):
        theta, _ = case([2, 1], rng)
        refuses(lambda: penalty_and_gradient(theta[1:], [2, 1], 1.0, 1), "theta must", "(3,)", error=ValueError)
        refuses(lambda: penalty_and_gradient(theta, [2, 1], -1.0, 1), "weight_decay must", error=ValueError)
        refuses(lambda: penalty_and_gradient(theta, [2, 1], 1.0, 0), "count must", error=ValueError)
        assert penalty_and_gradient(theta.astype(np.float32), [2, 1], 1.0, 1)[1].dtype == np.float32
        penalty, gradient = penalty_and_gradient([3, 4, 9], [2, 1], 2.0, 5)
        assert penalty == 5
        np.testing.assert_allclose(gradient, [1.2, 1.6, 0], rtol=1e-15)


def test_the_variances_are_those_of_the_papers():
    assert network.VARIANCES["xavier"](3, 5) == 0.25
    assert network.VARIANCES["he"](4, 9) == 0.5
    assert network.VARIANCES["unscaled"](4, 9) == 1
