"""Losses and their gradients, against PyTorch and scikit-learn, at the ends of floating point too."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath import losses


def torch_mse(predictions, targets):
    """The book's convention: squares added over the outputs, mean over the batch."""
    return (
        ((predictions - targets) ** 2).flatten(1).sum(1).mean()
        if predictions.ndim > 1
        else ((predictions - targets) ** 2).mean()
    )


@pytest.mark.parametrize("shape", [(1,), (7,), (7, 1), (5, 3)])
def test_mse_agrees_with_torch(shape, rng):
    predictions, targets = rng.standard_normal((2, *shape))
    agrees_with_torch(losses.mse, torch_mse, predictions, targets, gradients=lambda g, p, t: g * losses.mse_grad(p, t))


def test_mse_of_one_output_is_the_library_s_mse(rng):
    functional = pytest.importorskip("torch.nn.functional")
    agrees_with_torch(losses.mse, functional.mse_loss, *rng.standard_normal((2, 6, 1)))


def test_mse_gradient_in_random_directions(rng):
    predictions, targets = rng.standard_normal((2, 6, 2))
    assert_gradient(lambda p: losses.mse(p, targets), losses.mse_grad(predictions, targets), predictions, analytic=True)


@given(st.floats(-1e3, 1e3), st.integers(1, 20))
def test_mse_of_a_constant_shift_is_its_square_whatever_the_batch(shift, count):
    targets = np.linspace(-1, 1, count)
    np.testing.assert_allclose(losses.mse(targets + shift, targets), shift**2, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("function", [losses.mse, losses.mse_grad])
class TestBadInput:
    def test_column_against_vector_is_refused_and_not_broadcast(self, function, rng):
        refuses(
            lambda: function(rng.normal(size=(4, 1)), rng.normal(size=4)),
            "targets",
            "of predictions,",
            "(4, 1)",
            "(4,)",
        )
        refuses(lambda: function(rng.normal(size=4), rng.normal(size=(4, 1))), "targets", "(4, 1)", "(4,)")

    def test_other_shapes(self, function):
        refuses(lambda: function(np.ones((2, 2, 2)), np.ones((2, 2, 2))), "predictions", "(N, n_out)")
        refuses(lambda: function(np.ones(0), np.ones(0)), "predictions", "empty")
        refuses(lambda: function(1.0, 1.0), "predictions", "(N,)")

    def test_nan(self, function):
        refuses(lambda: function(np.array([np.nan, 1]), np.ones(2)), "predictions", "NaN", "1 of 2")
        refuses(lambda: function(np.ones(2), np.array([np.nan, 1])), "targets", "NaN")

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, function, value):
        refuses(lambda: function(value, np.ones(1)), "predictions", error=TypeError)
        refuses(lambda: function(np.ones(1), value), "targets", error=TypeError)

    def test_ragged(self, function):
        refuses(lambda: function([[1, 2], [3]], np.ones(2)), "predictions", "different lengths")


def test_integers_do_not_wrap_and_lists_are_taken():
    unsigned = np.array([0, 255], dtype=np.uint8)
    assert losses.mse(unsigned, unsigned[::-1]) == 255**2
    assert losses.mse([1, 2], [0, 4]) == 2.5


def test_float32_is_kept(rng):
    predictions, targets = rng.standard_normal((2, 5)).astype(np.float32)
    assert losses.mse(predictions, targets).dtype == np.float32
    assert losses.mse_grad(predictions, targets).dtype == np.float32


def test_infinity_less_infinity_is_nan_without_a_warning():
    infinity = np.array([np.inf])
    loss, gradient = losses.mse_with_grad(infinity, infinity)
    values = [losses.mse(infinity, infinity), loss, *losses.mse_grad(infinity, infinity), *gradient]
    assert np.isnan(values).all()


def test_no_warning_for_any_finite_input():
    huge = np.array([1e308, -1e308])
    assert losses.mse(huge, -huge) == np.inf
    assert np.isinf(losses.mse_grad(huge, -huge)).all()


def test_arguments_are_left_alone(rng):
    leaves_arguments_alone(losses.mse_grad, *rng.standard_normal((2, 3, 2)))


@pytest.mark.parametrize("name", list(losses.LOSSES))
def test_the_pair_of_loss_and_gradient_is_the_loss_and_the_gradient(name, rng):
    predictions = rng.standard_normal((6, 3))
    targets = np.eye(3)[rng.integers(0, 3, 6)]
    loss, gradient = losses.LOSSES[name](predictions, targets)
    np.testing.assert_allclose(loss, getattr(losses, name)(predictions, targets), rtol=1e-14)
    np.testing.assert_allclose(gradient, getattr(losses, f"{name}_grad")(predictions, targets), rtol=1e-14)
    leaves_arguments_alone(lambda p, t: losses.LOSSES[name](p, t)[1], predictions, targets)
    outputs = predictions.astype(np.float32)  # which training has just computed, and does not check once more
    unchecked, checked = losses._of_outputs(name, outputs, targets), losses.LOSSES[name](outputs, targets)
    assert unchecked[0] == checked[0]
    np.testing.assert_array_equal(unchecked[1], checked[1], strict=True)


def test_the_pair_for_mean_squared_error_refuses_and_survives_what_the_others_do(rng):
    refuses(lambda: losses.mse_with_grad(rng.normal(size=(4, 1)), rng.normal(size=4)), "targets", "(4, 1)", "(4,)")
    loss, gradient = losses.mse_with_grad(np.array([1e308, -1e308]), np.array([-1e308, 1e308]))
    assert loss == np.inf
    assert np.isinf(gradient).all()
    predictions, targets = rng.standard_normal((2, 5)) + 0j
    assert losses.mse_with_grad(predictions, targets)[1].dtype == complex


BINARY = {
    "binary_cross_entropy": "binary_cross_entropy",
    "binary_cross_entropy_from_logits": "binary_cross_entropy_with_logits",
}


def binary_case(name, shape, rng):
    """Inputs of a binary cross-entropy, and targets between 0 and 1."""
    inputs = rng.uniform(0.05, 0.95, shape) if name == "binary_cross_entropy" else 3 * rng.standard_normal(shape)
    return inputs, rng.uniform(0, 1, shape)


@pytest.mark.parametrize("name", BINARY)
class TestBinaryCrossEntropy:
    @pytest.mark.parametrize("shape", [(1,), (7,), (5, 1), (5, 3)])
    @pytest.mark.parametrize("hard", [True, False])
    def test_agrees_with_torch(self, name, shape, hard, rng):
        functional = pytest.importorskip("torch.nn.functional")
        inputs, targets = binary_case(name, shape, rng)
        targets = targets.round() if hard else targets
        function, gradient = getattr(losses, name), getattr(losses, f"{name}_grad")
        agrees_with_torch(
            function,
            lambda inputs, targets: getattr(functional, BINARY[name])(inputs, targets, reduction="sum") / shape[0],
            inputs,
            targets,
            gradients=lambda g, inputs, targets: g * gradient(inputs, targets),
        )

    def test_gradient_by_the_complex_step(self, name, rng):
        inputs, targets = binary_case(name, (6, 2), rng)
        inputs[0, 0] = 0.5 if name == "binary_cross_entropy" else 0.0
        function, gradient = getattr(losses, name), getattr(losses, f"{name}_grad")
        assert_gradient(lambda x: function(x, targets), gradient(inputs, targets), inputs, analytic=True)

    def test_column_against_vector_is_refused_and_not_broadcast(self, name):
        argument = "logits" if "logits" in name else "probabilities"
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            refuses(
                lambda f=function: f(np.full((4, 1), 0.5), np.ones(4)),
                "targets must",
                f"of {argument}, got (4,) against (4, 1)",
            )
            refuses(lambda f=function: f(np.full(4, 0.5), np.ones((4, 1))), "targets must", "(4, 1) against (4,)")

    def test_targets_outside_the_unit_interval(self, name):
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            refuses(
                lambda f=function: f([0.5, 0.5], [1, -1]), "targets must", "between 0 and 1", "-1", error=ValueError
            )
            refuses(lambda f=function: f([0.5, 0.5], [1, 2]), "targets must", "between 0 and 1", "2", error=ValueError)

    def test_bad_input(self, name):
        argument = "logits" if "logits" in name else "probabilities"
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            refuses(
                lambda f=function: f(np.ones((2, 2, 2)), np.ones((2, 2, 2))), f"{argument} must", "(N,) or (N, n_out)"
            )
            refuses(lambda f=function: f([np.nan], [1]), f"{argument} must", "NaN")
            refuses(lambda f=function: f([0.5], [np.nan]), "targets must", "NaN")
            refuses(lambda f=function: f([], []), f"{argument} must", "empty")
            for value in NOT_NUMBERS:
                refuses(lambda f=function, v=value: f(v, [1]), f"{argument} must", error=TypeError)
                refuses(lambda f=function, v=value: f([0.5], v), "targets must", error=TypeError)

    def test_float32_is_kept_whatever_the_targets(self, name):
        inputs = np.array([0.25, 0.5], np.float32)
        for targets in ([0, 1], np.array([0, 1], np.uint8), np.array([0.0, 1.0]), np.array([0, 1], np.float32)):
            assert getattr(losses, name)(inputs, targets).dtype == np.float32
            assert getattr(losses, f"{name}_grad")(inputs, targets).dtype == np.float32

    def test_arguments_are_left_alone(self, name, rng):
        leaves_arguments_alone(getattr(losses, f"{name}_grad"), *binary_case(name, (3, 2), rng))


class TestBinaryCrossEntropyAtTheEnds:
    def test_a_certain_and_right_probability_costs_nothing(self):
        loss = losses.binary_cross_entropy([0.0, 1.0], [0, 1])
        assert loss == 0
        assert not np.signbit(loss)
        np.testing.assert_array_equal(losses.binary_cross_entropy_grad([0.0, 1.0], [0, 1]), [0.5, -0.5])

    def test_a_certain_and_wrong_probability_costs_everything(self):
        assert losses.binary_cross_entropy([0.0, 0.5], [1, 1]) == np.inf
        assert losses.binary_cross_entropy([1.0, 0.5], [0.5, 1]) == np.inf
        np.testing.assert_array_equal(losses.binary_cross_entropy_grad([0.0, 1.0], [1, 0]), [-np.inf, np.inf])

    @pytest.mark.parametrize("value", [-1e-9, 1 + 1e-9])
    def test_what_is_no_probability_is_refused(self, value):
        for function in (losses.binary_cross_entropy, losses.binary_cross_entropy_grad):
            refuses(
                lambda f=function: f([0.5, value], [1, 1]), "probabilities must", "between 0 and 1", error=ValueError
            )

    def test_small_probabilities_keep_their_digits(self):
        assert losses.binary_cross_entropy([1e-20], [0]) == pytest.approx(1e-20, rel=1e-12)
        assert losses.binary_cross_entropy([5e-324], [1]) == pytest.approx(744.4400719213812)
        losses.binary_cross_entropy_grad([5e-324], [1])

    def test_logits_of_any_size(self):
        from_logits, gradient = losses.binary_cross_entropy_from_logits, losses.binary_cross_entropy_from_logits_grad
        assert from_logits([1000.0, -1000.0], [0, 1]) == 1000
        assert from_logits([-50.0], [0]) == pytest.approx(np.exp(-50.0), rel=1e-12)
        assert from_logits([1.7e308, -1.7e308], [0, 1]) == np.inf
        np.testing.assert_array_equal(gradient([1e5, -1e5], [0, 1]), [0.5, -0.5])

    def test_infinite_logits_are_certain(self):
        assert losses.binary_cross_entropy_from_logits([np.inf, -np.inf], [1, 0]) == 0
        assert losses.binary_cross_entropy_from_logits([np.inf, 0.0], [0, 0]) == np.inf

    @given(st.floats(-20, 20), st.floats(0, 1))
    def test_logits_and_probabilities_agree(self, logit, target):
        probability = 1 / (1 + np.exp(-logit))
        expected = losses.binary_cross_entropy([probability], [target])
        assert losses.binary_cross_entropy_from_logits([logit], [target]) == pytest.approx(expected, rel=1e-6, abs=1e-9)

    @given(st.floats(-50, 50), st.floats(0, 1))
    def test_the_loss_is_least_at_the_logit_of_the_target(self, logit, target):
        def loss(z):
            return losses.binary_cross_entropy_from_logits([z], [target])

        entropy = losses.binary_cross_entropy([target], [target])
        assert loss(logit) >= entropy - 1e-12
        assert loss(logit) == pytest.approx(loss(-logit) + logit * (1 - 2 * target), abs=1e-10)


def categorical_case(name, rng, count=6, classes=4):
    """Inputs of a categorical cross-entropy: probabilities or logits."""
    if name == "categorical_cross_entropy":
        return rng.dirichlet(np.ones(classes), count)
    return 3 * rng.standard_normal((count, classes))


CATEGORICAL = ["categorical_cross_entropy", "categorical_cross_entropy_from_logits"]


@pytest.mark.parametrize("name", CATEGORICAL)
class TestCategoricalCrossEntropy:
    def torch_loss(self, name):
        torch = pytest.importorskip("torch")
        functional = torch.nn.functional
        if name == "categorical_cross_entropy":
            return lambda inputs, targets: (
                functional.nll_loss(inputs.log(), targets)
                if targets.ndim == 1
                else -(targets * inputs.log()).sum() / len(inputs)
            )
        return functional.cross_entropy

    @pytest.mark.parametrize("kind", ["labels", "one-hot", "soft"])
    @pytest.mark.parametrize(("count", "classes"), [(1, 3), (6, 4), (5, 1)])
    def test_agrees_with_torch(self, name, kind, count, classes, rng):
        inputs, labels = categorical_case(name, rng, count, classes), rng.integers(0, classes, count)
        targets = {
            "labels": labels,
            "one-hot": np.eye(classes)[labels],
            "soft": rng.dirichlet(np.ones(classes), count),
        }[kind]
        agrees_with_torch(
            getattr(losses, name),
            self.torch_loss(name),
            inputs,
            targets,
            gradients=lambda g, inputs, targets: g * getattr(losses, f"{name}_grad")(inputs, targets),
        )

    def test_gradient_by_the_complex_step(self, name, rng):
        inputs = categorical_case(name, rng)
        for targets in (rng.integers(0, 4, 6), rng.dirichlet(np.ones(4), 6)):
            gradient = getattr(losses, f"{name}_grad")(inputs, targets)
            assert_gradient(lambda x, t=targets: getattr(losses, name)(x, t), gradient, inputs, analytic=True)

    def test_complex_input_has_a_gradient_too(self, name, rng):
        inputs, gradient = categorical_case(name, rng), getattr(losses, f"{name}_grad")
        for targets in (rng.integers(0, 4, 6), rng.dirichlet(np.ones(4), 6)):
            np.testing.assert_allclose(gradient(inputs + 0j, targets), gradient(inputs, targets), rtol=1e-13)

    def test_labels_and_one_hot_are_the_same(self, name, rng):
        inputs, labels = categorical_case(name, rng), rng.integers(0, 4, 6)
        one_hot = losses.one_hot(labels, 4)
        np.testing.assert_array_equal(one_hot, np.eye(4)[labels])
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            expected = function(inputs, labels)
            for targets in (one_hot, one_hot.astype(int), one_hot.tolist(), labels.tolist(), labels.astype(np.uint8)):
                np.testing.assert_allclose(function(inputs, targets), expected, rtol=1e-14)

    @pytest.mark.parametrize("bad", [-1, 4])
    def test_a_label_that_is_no_class_is_refused(self, name, bad, rng):
        labels = rng.integers(0, 4, 6)
        labels[2] = bad
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            refuses(
                lambda f=function: f(categorical_case(name, rng), labels),
                "targets must",
                "0 to 3",
                str(bad),
                error=ValueError,
            )

    def test_targets_that_are_no_distributions(self, name, rng):
        inputs = categorical_case(name, rng, 2, 3)
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            for targets, text in (
                ([[0.5, 0.5, 0.5], [1, 0, 0]], "adds up to 1.5"),
                ([[1, 0, 0], [0.25, 0.25, 0]], "adds up to 0.5"),
                ([[1.5, -0.5, 0], [1, 0, 0]], "between 0 and 1"),
            ):
                refuses(lambda f=function, t=targets: f(inputs, t), "targets must", text, error=ValueError)
            function(inputs, [[1 / 3 + 1e-7, 1 / 3, 1 / 3], [1, 0, 0]])

    def test_the_mean_is_over_the_samples(self, name, rng):
        inputs, labels = categorical_case(name, rng), rng.integers(0, 4, 6)
        function = getattr(losses, name)
        alone = [function(inputs[i : i + 1], labels[i : i + 1]) for i in range(6)]
        assert function(inputs, labels) == pytest.approx(np.mean(alone), rel=1e-12)

    def test_bad_input(self, name, rng):
        argument = "logits" if "logits" in name else "probabilities"
        inputs, labels = categorical_case(name, rng), rng.integers(0, 4, 6)
        for function in (getattr(losses, name), getattr(losses, f"{name}_grad")):
            refuses(lambda f=function: f(inputs[0], labels), f"{argument} must", "(N, K)", "(4,)", error=ValueError)
            refuses(lambda f=function: f(inputs, labels[:5]), "targets must", "(6,)", "(5,)", error=ValueError)
            refuses(lambda f=function: f(inputs, np.eye(6)), "targets must", "(6, 4)", "(6, 6)", error=ValueError)
            refuses(lambda f=function: f(inputs, 1), "targets must", "(6,)", "()", error=ValueError)
            refuses(lambda f=function: f(inputs, np.ones((6, 4, 1), int)), "targets must", "(6,)", error=ValueError)
            refuses(lambda f=function: f(inputs, labels.astype(float)), "targets must", "integer", error=TypeError)
            refuses(lambda f=function: f(inputs * np.nan, labels), f"{argument} must", "NaN", error=ValueError)
            refuses(lambda f=function: f(inputs, np.full((6, 4), np.nan)), "targets must", "NaN", error=ValueError)
            refuses(lambda f=function: f(inputs, [[1], [1, 2]]), "targets must", "different lengths", error=ValueError)
            for value in NOT_NUMBERS:
                refuses(lambda f=function, v=value: f(v, labels), f"{argument} must", error=TypeError)
                refuses(lambda f=function, v=value: f(inputs, v), "targets must", error=TypeError)

    def test_float32_is_kept_whatever_the_targets(self, name, rng):
        inputs = categorical_case(name, rng, 2, 2).astype(np.float32)
        for targets in ([0, 1], np.eye(2), np.eye(2, dtype=np.float32), np.eye(2, dtype=int)):
            assert getattr(losses, name)(inputs, targets).dtype == np.float32
            assert getattr(losses, f"{name}_grad")(inputs, targets).dtype == np.float32

    def test_arguments_are_left_alone(self, name, rng):
        gradient = getattr(losses, f"{name}_grad")
        leaves_arguments_alone(gradient, categorical_case(name, rng), rng.integers(0, 4, 6))
        leaves_arguments_alone(gradient, categorical_case(name, rng), rng.dirichlet(np.ones(4), 6))


class TestCategoricalCrossEntropyAtTheEnds:
    def test_a_certain_and_right_probability_costs_nothing(self):
        for targets in ([1], [[0, 1]]):
            loss = losses.categorical_cross_entropy([[0.0, 1.0]], targets)
            assert loss == 0
            assert not np.signbit(loss)
            np.testing.assert_array_equal(losses.categorical_cross_entropy_grad([[0.0, 1.0]], targets), [[0, -1]])

    def test_a_certain_and_wrong_probability_costs_everything(self):
        assert losses.categorical_cross_entropy([[0.0, 1.0], [0.5, 0.5]], [0, 0]) == np.inf
        np.testing.assert_array_equal(losses.categorical_cross_entropy_grad([[0.0, 1.0]], [0]), [[-np.inf, 0]])
        losses.categorical_cross_entropy_grad([[5e-324, 1.0]], [0])

    def test_what_is_no_probability_is_refused(self):
        for function in (losses.categorical_cross_entropy, losses.categorical_cross_entropy_grad):
            refuses(lambda f=function: f([[1.5, 0.2]], [0]), "probabilities must", "between 0 and 1", error=ValueError)
            refuses(lambda f=function: f([[-0.5, 0.2]], [0]), "probabilities must", "between 0 and 1", error=ValueError)

    def test_probabilities_need_not_add_up_to_one(self):
        assert losses.categorical_cross_entropy([[0.5, 0.25]], [1]) == pytest.approx(np.log(4))

    def test_logits_of_any_size(self):
        pair = losses.categorical_cross_entropy_from_logits_with_grad
        loss, gradient = pair(np.array([[1e5, 0.0], [0.0, 1e5]]), np.array([1, 1]))
        assert loss == 5e4
        np.testing.assert_array_equal(gradient, [[0.5, -0.5], [0, 0]])
        loss, _ = pair(np.array([[1.7e308, -1.7e308]]), np.array([1]))
        assert loss == np.inf

    def test_rows_of_very_different_size(self):
        logits, labels = np.array([[0.0, 1.0], [1000.0, 1001.0]]), np.array([1, 1])
        expected = losses.categorical_cross_entropy_from_logits([[0.0, 1.0]], [1])
        loss, gradient = losses.categorical_cross_entropy_from_logits_with_grad(logits, labels)
        assert loss == pytest.approx(expected, rel=1e-12)
        np.testing.assert_allclose(gradient[0], gradient[1], rtol=1e-12)

    def test_it_needs_memory_for_one_array(self, rng):
        logits, labels = rng.standard_normal((400, 300)), rng.integers(0, 300, 400)
        tracemalloc.start()
        losses.categorical_cross_entropy_from_logits_with_grad(logits, labels)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 1.2 * logits.nbytes

    def test_classes_that_are_ruled_out(self):
        pair = losses.categorical_cross_entropy_from_logits_with_grad
        for targets in ([0], [[1.0, 0.0, 0.0]]):
            loss, gradient = pair([[0.0, 0.0, -np.inf]], targets)
            assert loss == pytest.approx(np.log(2))
            np.testing.assert_array_equal(gradient, [[-0.5, 0.5, 0]])
            assert pair([[-np.inf, 0.0, 0.0]], targets)[0] == np.inf

    def test_a_row_without_any_class_is_infinitely_wrong(self):
        loss, gradient = losses.categorical_cross_entropy_from_logits_with_grad([[-np.inf, -np.inf]], [0])
        assert loss == np.inf
        np.testing.assert_array_equal(gradient, [[-1, 0]])

    def test_plus_infinity_is_refused(self):
        with pytest.raises(ValueError, match=r"^logits must not contain \+infinity"):
            losses.categorical_cross_entropy_from_logits([[0.0, np.inf]], [0])

    @given(st.integers(1, 6), st.integers(2, 6), st.floats(-1e3, 1e3))
    def test_a_shift_of_the_logits_changes_nothing_and_gradients_add_up_to_zero(self, count, classes, shift):
        rng = np.random.default_rng(count * 10 + classes)
        logits, labels = 5 * rng.standard_normal((count, classes)), rng.integers(0, classes, count)
        loss, gradient = losses.categorical_cross_entropy_from_logits_with_grad(logits, labels)
        shifted, _ = losses.categorical_cross_entropy_from_logits_with_grad(logits + shift, labels)
        assert shifted == pytest.approx(loss, rel=1e-9, abs=1e-10)
        np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-14)

    def test_two_classes_are_the_binary_case(self, rng):
        z, y = rng.standard_normal(7), rng.integers(0, 2, 7)
        logits = np.column_stack([np.zeros(7), z])
        expected = losses.binary_cross_entropy_from_logits(z, y)
        assert losses.categorical_cross_entropy_from_logits(logits, y) == pytest.approx(expected, rel=1e-12)


def test_one_hot_refuses_what_is_no_label():
    refuses(lambda: losses.one_hot([0, -1], 3), "labels must", "0 to 2", "-1", error=ValueError)
    refuses(lambda: losses.one_hot([3], 3), "labels must", "0 to 2", "3", error=ValueError)
    refuses(lambda: losses.one_hot([0.0], 3), "labels must", "integer", error=TypeError)
    refuses(lambda: losses.one_hot([[0]], 3), "labels must", "(1,)", error=ValueError)
    refuses(lambda: losses.one_hot([[0], [0, 1]], 3), "labels must", "different lengths", error=ValueError)
    refuses(lambda: losses.one_hot([0], 0), "classes must", "at least 1", error=ValueError)
    refuses(lambda: losses.one_hot(np.zeros(0, int), 2), "labels must", "empty", error=ValueError)
    np.testing.assert_array_equal(losses.one_hot([1, 0], 2), [[0, 1], [1, 0]])


class TestPrecision:
    """The predictions say how precise a gradient is; the targets come as they come."""

    @pytest.mark.parametrize(
        "targets", [np.ones((3, 2)), np.ones((3, 2), int), np.ones((3, 2), np.float32)], ids=lambda t: str(t.dtype)
    )
    def test_targets_of_any_type_leave_single_precision_single(self, targets):
        predictions = np.full((3, 2), 0.25, np.float32)
        soft = targets / 2
        for loss, y in (
            ("mse", targets),
            ("binary_cross_entropy", targets),
            ("categorical_cross_entropy", soft),
            ("binary_cross_entropy_from_logits", targets),
            ("categorical_cross_entropy_from_logits", soft),
        ):
            assert getattr(losses, loss)(predictions, y).dtype == np.float32, loss
            assert getattr(losses, f"{loss}_grad")(predictions, y).dtype == np.float32, loss
            if hasattr(losses, f"{loss}_with_grad"):
                value, gradient = getattr(losses, f"{loss}_with_grad")(predictions, y)
                assert value.dtype == gradient.dtype == np.float32, loss

    def test_complex_targets_of_single_predictions(self):
        predictions, targets = np.ones(2, np.float32), np.array([1j, 1])
        assert losses.mse_grad(predictions, targets).dtype == np.complex64

    def test_means_over_a_million_samples(self, rng):
        single = rng.random((1_000_000, 2)).astype(np.float32)
        exact = single.astype(float)
        labels = rng.integers(0, 2, len(single))
        zeros = np.zeros_like(single)
        np.testing.assert_allclose(losses.mse(single, zeros), losses.mse(exact, zeros), rtol=2e-6)
        np.testing.assert_allclose(losses.mse_with_grad(single, zeros)[0], losses.mse(exact, zeros), rtol=2e-6)
        for loss in (losses.categorical_cross_entropy, losses.categorical_cross_entropy_from_logits):
            np.testing.assert_allclose(loss(single, labels), loss(exact, labels), rtol=2e-6)
        for loss in (losses.binary_cross_entropy, losses.binary_cross_entropy_from_logits):
            np.testing.assert_allclose(loss(single, zeros), loss(exact, zeros), rtol=2e-6)


class TestExtremes:
    def test_a_tiny_target_over_a_tiny_probability_is_their_quotient(self):
        """One over the probability alone would be infinite."""
        np.testing.assert_array_equal(losses.binary_cross_entropy_grad([1e-320], [1e-320]), [0])
        soft = np.array([[1e-320, 1.0]])
        np.testing.assert_array_equal(losses.categorical_cross_entropy_grad(soft, soft), [[-1, -1]])

    def test_what_has_no_weight_does_not_count(self):
        assert losses.binary_cross_entropy([0.0, 1.0], [0, 1]) == 0
        np.testing.assert_array_equal(losses.binary_cross_entropy_grad([0.0, 1.0], [0, 1]), [0.5, -0.5])
        np.testing.assert_array_equal(losses.categorical_cross_entropy_grad([[0.0, 1.0]], [[0, 1]]), [[0, -1]])

    def test_a_probability_just_above_one_is_written_out(self):
        refuses(
            lambda: losses.binary_cross_entropy([1 + 2.0**-52], [1]), "probabilities must", "got 1.0000000000000002"
        )


class TestMemory:
    """A square matrix with one row a class took 72 MB for 3000 classes, where one row a label takes 24 kB."""

    @pytest.mark.parametrize(
        "call",
        [
            lambda: losses.one_hot([1], 30_000),
            lambda: losses.categorical_cross_entropy_grad(np.full((1, 30_000), 0.5), [1]),
            lambda: losses.categorical_cross_entropy_from_logits_grad(np.zeros((1, 30_000)), [1]),
        ],
    )
    def test_no_more_than_the_result_needs(self, call):
        tracemalloc.start()
        try:
            call()
            assert tracemalloc.get_traced_memory()[1] < 10 * 30_000 * 8
        finally:
            tracemalloc.stop()


@pytest.mark.parametrize("targets", [[[0], [1]], [[0, 1]], [[0, 1, 0], [1, 0, 0]]])
def test_labels_of_another_shape_are_told_both_shapes(targets):
    for loss in (losses.categorical_cross_entropy, losses.categorical_cross_entropy_from_logits_with_grad):
        refuses(
            lambda f=loss: f([[0.5, 0.5], [0.5, 0.5]], targets),
            "targets must",
            "(2,)",
            "(2, 2)",
            str(np.shape(targets)),
        )
