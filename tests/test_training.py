"""Training loops, against series that are known, PyTorch's steps and scikit-learn's accuracy."""

import functools
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, leaves_arguments_alone, refuses

from dlmath import datasets, network
from dlmath.optimizers import momentum_step
from dlmath.training import accuracy, gradient_descent, minibatches, split, train


def bowl(theta):
    return float(theta @ theta), 2 * theta


def line(theta, X, y):
    """The mean squared error of a line, by hand."""
    residuals = theta[0] * X[:, 0] + theta[1] - y
    return np.mean(residuals**2), 2 * np.array([np.mean(residuals * X[:, 0]), np.mean(residuals)])


@pytest.fixture
def points(rng):
    X = rng.uniform(-1, 1, (40, 1))
    return X, 3 * X[:, 0] - 1 + 0.1 * rng.standard_normal(40)


class TestGradientDescent:
    def test_on_a_bowl_it_is_a_geometric_series(self):
        theta, losses = gradient_descent(bowl, np.array([3.0, -4.0]), 0.1, 25)
        np.testing.assert_allclose(theta, 0.8**25 * np.array([3, -4]), rtol=1e-12)
        np.testing.assert_allclose(losses, 25 * 0.8 ** (2 * np.arange(26)), rtol=1e-12)

    def test_no_step_is_the_start(self):
        theta, losses = gradient_descent(bowl, [3, -4], 0.1, 0)
        np.testing.assert_array_equal(theta, [3, -4])
        np.testing.assert_array_equal(losses, [25])

    def test_it_agrees_with_torch(self, points):
        torch = pytest.importorskip("torch")
        X, y = points
        theta, losses = gradient_descent(lambda t: line(t, X, y), np.zeros(2), 0.3, 20)
        tensor = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([tensor], lr=0.3)
        expected = []
        for _ in range(20):
            optimizer.zero_grad()
            loss = ((tensor[0] * torch.tensor(X[:, 0]) + tensor[1] - torch.tensor(y)) ** 2).mean()
            loss.backward()
            optimizer.step()
            expected.append(loss.item())
        np.testing.assert_allclose(losses[:-1], expected, rtol=1e-12)
        np.testing.assert_allclose(theta, tensor.detach().numpy(), rtol=1e-12)

    def test_a_diverging_run_ends_with_its_first_loss_that_is_not_finite(self):
        theta, losses = gradient_descent(bowl, np.array([1.0]), 1e60, 100)
        assert losses[-1] == np.inf
        assert np.isfinite(losses[:-1]).all()
        assert len(losses) < 10
        assert not np.isnan(theta).any()

    @pytest.mark.parametrize("method", ["gradient_descent", "train"])
    def test_what_overflows_in_the_caller_s_function_does_not_warn(self, method):
        def steep(theta, *rows):
            huge = 1e308 * (1 + theta**2) * 10
            return float((huge - huge)[0]), theta

        if method == "gradient_descent":
            _, losses = gradient_descent(steep, np.array([2.0]), 1.0, 50)
        else:
            settings = {"epochs": 50, "batch_size": 1, "learning_rate": 1.0, "optimizer": "sgd"}
            losses = train(steep, np.array([2.0]), (np.ones(1),), rng=np.random.default_rng(0), **settings).losses
        assert np.isnan(losses).tolist() == [True]

    def test_a_gradient_that_is_not_finite_ends_the_run_too(self):
        calls = []

        def cliff(theta):
            calls.append(theta)
            return 1.0, np.array([np.nan if len(calls) == 3 else 1.0])

        theta, losses = gradient_descent(cliff, np.array([0.0]), 1.0, 10)
        np.testing.assert_array_equal(losses, [1, 1, 1])
        np.testing.assert_array_equal(theta, [-2])

    def test_a_network_that_diverges_does_not_raise(self, rng):
        X, Y, sizes = rng.standard_normal((5, 2)), rng.standard_normal((5, 1)), [2, 3, 1]
        start = network.initialize(sizes, rng)
        _, losses = gradient_descent(
            lambda t: network.loss_and_gradient(t, sizes, X, Y, ["relu", "identity"]), start, 1e100, 20
        )
        assert not np.isfinite(losses[-1])
        assert len(losses) < 21

    def test_the_start_is_left_alone(self):
        leaves_arguments_alone(lambda start: gradient_descent(bowl, start, 0.1, 3)[0], np.ones(2))
        leaves_arguments_alone(lambda start: gradient_descent(bowl, start, 0.1, 0)[0], np.ones(2))

    def test_bad_input(self):
        refuses(lambda: gradient_descent(bowl, np.ones((2, 2)), 0.1, 3), "start must", "(P,)", error=ValueError)
        refuses(lambda: gradient_descent(bowl, [np.nan], 0.1, 3), "start must", "NaN", error=ValueError)
        refuses(lambda: gradient_descent(bowl, [1.0], -0.1, 3), "learning_rate must", "at least 0", error=ValueError)
        refuses(lambda: gradient_descent(bowl, [1.0], -0.1, 0), "learning_rate must", "at least 0", error=ValueError)
        refuses(lambda: gradient_descent(bowl, [1.0], 0.1, -1), "steps must", "at least 0", error=ValueError)
        refuses(lambda: gradient_descent(bowl, [1.0], 0.1, 2.0), "steps must", "integer", error=TypeError)
        for value in NOT_NUMBERS:
            refuses(lambda v=value: gradient_descent(bowl, v, 0.1, 3), "start must", error=TypeError)


class TestMinibatches:
    @given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 5))
    def test_every_row_comes_once(self, count, batch_size, seed):
        batches = list(minibatches(count, batch_size, np.random.default_rng(seed)))
        assert sorted(np.concatenate(batches)) == list(range(count))
        assert all(len(rows) == batch_size for rows in batches[:-1])
        assert 1 <= len(batches[-1]) <= batch_size

    def test_the_order_is_drawn_anew_each_time(self, rng):
        first, second = (np.concatenate(list(minibatches(50, 8, rng))) for _ in range(2))
        assert not np.array_equal(first, second)
        assert not np.array_equal(first, np.arange(50))

    def test_bad_input_is_refused_at_once(self, rng):
        refuses(lambda: minibatches(0, 2, rng), "count must", "at least 1", error=ValueError)
        refuses(lambda: minibatches(5, 0, rng), "batch_size must", "at least 1", error=ValueError)
        refuses(lambda: minibatches(5, 2, 0), "rng must", error=TypeError)


def run(points, **options):
    settings = {"rng": np.random.default_rng(4), "epochs": 60, "batch_size": 8, "learning_rate": 0.05}
    return train(line, np.zeros(2), points, **(settings | options))


class TestTrain:
    @pytest.mark.parametrize("optimizer", ["sgd", "momentum", "rmsprop", "adam", "adamw"])
    def test_every_optimizer_finds_the_line(self, optimizer, points):
        exact = np.polyfit(points[0][:, 0], points[1], 1)
        result = run(points, optimizer=optimizer, epochs=200)
        np.testing.assert_allclose(result.theta, exact, atol=0.06)
        assert result.losses[-1] < 0.05 * result.losses[0]
        assert result.losses.shape == (200,)
        assert result.curves == {}

    def test_one_batch_of_all_rows_is_gradient_descent(self, points):
        expected, losses = gradient_descent(lambda t: line(t, *points), np.zeros(2), 0.1, 30)
        result = run(points, optimizer="sgd", batch_size=40, epochs=30, learning_rate=0.1)
        np.testing.assert_allclose(result.theta, expected, rtol=1e-12)
        np.testing.assert_allclose(result.losses, losses[:-1], rtol=1e-12)

    def test_adam_is_the_default(self, points):
        np.testing.assert_array_equal(run(points).theta, run(points, optimizer="adam").theta)
        assert not np.array_equal(run(points).theta, run(points, optimizer="sgd").theta)

    def test_the_state_is_carried_from_batch_to_batch(self, points):
        """Momentum over two epochs, against PyTorch on the same batches."""
        torch = pytest.importorskip("torch")
        X, y = (torch.tensor(array) for array in points)
        theta = torch.zeros(2, dtype=torch.float64, requires_grad=True)
        optimizer, rng = torch.optim.SGD([theta], lr=0.05, momentum=0.5), np.random.default_rng(4)
        for _ in range(2):
            for rows in minibatches(40, 7, rng):
                optimizer.zero_grad()
                ((theta[0] * X[rows, 0] + theta[1] - y[rows]) ** 2).mean().backward()
                optimizer.step()
        result = run(points, optimizer=functools.partial(momentum_step, momentum=0.5), batch_size=7, epochs=2)
        np.testing.assert_allclose(result.theta, theta.detach().numpy(), rtol=1e-12)

    def test_losses_are_means_over_samples_even_if_the_last_batch_is_short(self, points):
        X, y = points
        result = run(points, learning_rate=0.0, batch_size=7, epochs=3)
        np.testing.assert_allclose(result.losses, np.mean(y**2), rtol=1e-12)
        assert X.shape == (40, 1)

    def test_curves_hold_what_was_measured_before_and_after_each_epoch(self, points):
        seen = []

        def measure(theta):
            seen.append(theta.copy())
            return {"slope": theta[0], "loss": line(theta, *points)[0]}

        result = run(points, measure=measure, epochs=5)
        assert list(result.curves) == ["slope", "loss"]
        np.testing.assert_array_equal(result.curves["slope"], [theta[0] for theta in seen])
        assert len(seen) == 6
        np.testing.assert_array_equal(seen[0], [0, 0])
        np.testing.assert_array_equal(seen[-1], result.theta)
        assert result.curves["loss"][-1] < result.curves["loss"][0]

    def test_a_seed_repeats_the_run(self, points):
        np.testing.assert_array_equal(run(points).losses, run(points).losses)
        assert not np.array_equal(run(points).losses, run(points, rng=np.random.default_rng(5)).losses)

    def test_clipping_shortens_every_step(self, points):
        result = run(points, optimizer="sgd", batch_size=40, epochs=1, learning_rate=1.0, max_norm=0.01)
        assert np.linalg.norm(result.theta) == pytest.approx(0.01, rel=1e-12)

    @pytest.mark.parametrize("broken", ["loss", "gradient"])
    def test_a_diverging_run_ends_early(self, broken, points):
        calls = []

        def breaks(theta, X, y):
            calls.append(len(X))
            loss, gradient = line(theta, X, y)
            if len(calls) == 8:
                return (np.inf, gradient) if broken == "loss" else (loss, gradient * np.nan)
            return loss, gradient

        def measure(theta):
            return {"calls": len(calls)}

        result = train(
            breaks,
            np.zeros(2),
            points,
            rng=np.random.default_rng(0),
            epochs=9,
            batch_size=8,
            learning_rate=0.1,
            measure=measure,
        )
        assert len(calls) == 8
        assert result.losses.shape == (2,)
        assert result.curves["calls"].tolist() == [0, 5]
        assert np.isfinite(result.theta).all()
        if broken == "loss":
            assert result.losses[-1] == np.inf

    def test_no_epoch_is_the_start(self, points):
        result = run(points, epochs=0, measure=lambda theta: {"first": theta[0]})
        np.testing.assert_array_equal(result.theta, [0, 0])
        assert result.losses.shape == (0,)
        np.testing.assert_array_equal(result.curves["first"], [0])

    def test_the_arguments_are_left_alone(self, points):
        leaves_arguments_alone(
            lambda start, X, y: (
                train(
                    line, start, (X, y), rng=np.random.default_rng(0), epochs=2, batch_size=9, learning_rate=0.1
                ).theta
            ),
            np.zeros(2),
            *points,
        )

    def test_bad_input(self, points):
        X, y = points
        refuses(lambda: run((X, y[:-1])), "data[1] must", "rows", "39 against 40", error=ValueError)
        refuses(lambda: run(([[1], [1, 2]], y)), "data[0] must", "different lengths", error=ValueError)
        with pytest.raises(ValueError, match=r"^data must have at least one array, got none$"):
            run(())
        refuses(lambda: run(X), "data must", "(X, y)", "ndarray", error=TypeError)
        refuses(lambda: run(None), "data must", "NoneType", error=TypeError)
        refuses(lambda: run((X[:0], y[:0])), "data[0] must", "one sample a row", "(0, 1)", error=ValueError)
        refuses(lambda: run((X, 1.0)), "data[1] must", "()", error=ValueError)
        refuses(lambda: run(points, optimizer="adadelta"), "optimizer must", "momentum", "'adadelta'", error=ValueError)
        refuses(lambda: run(points, optimizer=None), "optimizer must", error=TypeError)
        refuses(lambda: run(points, epochs=-1), "epochs must", "at least 0", error=ValueError)
        refuses(lambda: run(points, batch_size=0), "batch_size must", "at least 1", error=ValueError)
        refuses(lambda: run(points, batch_size=0, epochs=0), "batch_size must", "at least 1", error=ValueError)
        refuses(lambda: run(points, rng=1), "rng must", error=TypeError)
        refuses(lambda: run(points, rng=1, epochs=0), "rng must", error=TypeError)
        refuses(lambda: run(points, learning_rate=-1.0), "learning_rate must", error=ValueError)
        refuses(lambda: run(points, max_norm=0.0), "max_norm must", "above 0", error=ValueError)
        refuses(
            lambda: train(
                line, np.ones((2, 1)), points, rng=np.random.default_rng(0), epochs=1, batch_size=1, learning_rate=1
            ),
            "start must",
            "(P,)",
        )


class TestProgressBar:
    def test_it_counts_epochs_and_steps(self, points, capsys):
        run(points, epochs=3, progress=True)
        assert "3/3" in capsys.readouterr().err
        gradient_descent(bowl, [1.0], 0.1, 7, progress=True)
        assert "7/7" in capsys.readouterr().err

    def test_none_is_shown_unless_asked_for(self, points, capsys):
        run(points, epochs=2)
        gradient_descent(bowl, [1.0], 0.1, 2)
        assert capsys.readouterr() == ("", "")

    def test_tqdm_is_needed_for_it_alone(self, points, monkeypatch):
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
        run(points, epochs=1)
        with pytest.raises(ImportError, match=r"^progress=True needs tqdm: pip install tqdm$"):
            run(points, epochs=1, progress=True)


class TestSplit:
    @given(st.integers(2, 50), st.floats(0.01, 0.99))
    def test_the_parts_are_the_whole(self, count, fraction):
        if not 0 < round(fraction * count) < count:
            return
        X = np.arange(count)[:, np.newaxis]
        (kept, y), (held_out, y_held_out) = split((X, X[:, 0] * 10), fraction, np.random.default_rng(0))
        assert sorted([*kept[:, 0], *held_out[:, 0]]) == list(range(count))
        assert len(held_out) == round(fraction * count)
        np.testing.assert_array_equal(y, kept[:, 0] * 10)
        np.testing.assert_array_equal(y_held_out, held_out[:, 0] * 10)

    def test_it_is_random(self):
        chosen = {tuple(split((np.arange(20),), 0.25, np.random.default_rng(seed))[1][0]) for seed in range(5)}
        assert len(chosen) == 5

    def test_bad_input(self, rng):
        X = np.arange(4)
        refuses(lambda: split((X,), 0.0, rng), "fraction must", "above 0", error=ValueError)
        refuses(lambda: split((X,), 1.0, rng), "fraction must", "below 1", error=ValueError)
        refuses(lambda: split((X,), 0.1, rng), "fraction must", "both parts", "0.1 of 4 samples", error=ValueError)
        refuses(lambda: split((X,), 0.95, rng), "fraction must", "both parts", error=ValueError)
        refuses(lambda: split((X, X[1:]), 0.5, rng), "data[1] must", "3 against 4", error=ValueError)
        refuses(lambda: split((X,), 0.5, 0), "rng must", error=TypeError)

    def test_nothing_is_shared(self, rng):
        leaves_arguments_alone(lambda X: [*split((X,), 0.5, rng)[0], *split((X,), 0.5, rng)[1]], np.arange(6.0))


class TestAccuracy:
    def test_agrees_with_scikit_learn(self, rng):
        metrics = pytest.importorskip("sklearn.metrics")
        scores, labels = rng.standard_normal((50, 4)), rng.integers(0, 4, 50)
        assert accuracy(scores, labels) == metrics.accuracy_score(labels, scores.argmax(axis=1))

    def test_of_equal_scores_the_first_counts(self):
        assert accuracy([[1, 1], [1, 1]], [0, 1]) == 0.5

    def test_bad_input(self):
        refuses(lambda: accuracy(np.ones(3), [0, 0, 0]), "scores must", "(N, K)", error=ValueError)
        refuses(lambda: accuracy(np.ones((2, 2)), [0, 2]), "labels must", "0 to 1", error=ValueError)
        refuses(lambda: accuracy(np.ones((2, 2)), [0, -1]), "labels must", "-1", error=ValueError)
        refuses(lambda: accuracy(np.ones((2, 2)), [0]), "labels must", "(2,)", error=ValueError)
        refuses(lambda: accuracy(np.array([[np.nan, 1]]), [0]), "scores must", "NaN", error=ValueError)


def test_a_network_learns_the_moons(rng):
    X, labels = datasets.moons(200, rng)
    (X, labels), (X_test, labels_test) = split((X, labels), 0.25, rng)
    sizes, names = [2, 16, 2], ["tanh", "identity"]
    result = train(
        lambda t, X, y: network.loss_and_gradient(t, sizes, X, y, names, "categorical_cross_entropy_from_logits"),
        network.initialize(sizes, rng),
        (X, labels),
        rng=rng,
        epochs=80,
        batch_size=25,
        learning_rate=0.05,
        measure=lambda t: {"test": accuracy(network.predict(X_test, network.unpack(t, sizes), names), labels_test)},
    )
    assert result.curves["test"][-1] > 0.95


class TestDigits:
    """The run of the chapter on the training objective, beside those of other libraries with the same budget."""

    WIDTHS = (64, 128, 10)
    NAMES = ("relu", "identity")
    STRENGTH, EPOCHS, BATCH_SIZE, LEARNING_RATE = 1.0, 30, 32, 0.1

    def trained(self, X, y, epochs):
        def loss_and_gradient(theta, X_rows, y_rows):
            loss = "categorical_cross_entropy_from_logits"
            value, gradient = network.loss_and_gradient(theta, self.WIDTHS, X_rows, y_rows, self.NAMES, loss)
            penalty, slope = network.penalty_and_gradient(theta, self.WIDTHS, self.STRENGTH, len(X))
            return value + penalty, gradient + slope

        rng = np.random.default_rng(0)
        start = network.initialize(self.WIDTHS, rng, "he")
        settings = {"epochs": epochs, "batch_size": self.BATCH_SIZE, "learning_rate": self.LEARNING_RATE}
        return start, train(loss_and_gradient, start, (X, y), rng=rng, optimizer="momentum", **settings).theta

    def parts(self):
        return split(datasets.digits(), 0.2, np.random.default_rng(0))

    def test_they_are_read_as_well_as_by_scikit_learn(self):
        neural_network = pytest.importorskip("sklearn.neural_network")
        (X, y), (X_test, y_test) = self.parts()
        _, theta = self.trained(X, y, self.EPOCHS)
        ours = accuracy(network.predict(X_test, network.unpack(theta, self.WIDTHS), self.NAMES), y_test)
        scores = []
        for seed in range(3):
            theirs = neural_network.MLPClassifier(
                self.WIDTHS[1:-1],
                solver="sgd",
                momentum=0.9,
                nesterovs_momentum=False,
                alpha=self.STRENGTH * self.BATCH_SIZE / len(X),  # it divides by the rows of the minibatch
                batch_size=self.BATCH_SIZE,
                learning_rate_init=self.LEARNING_RATE,
                max_iter=self.EPOCHS,
                n_iter_no_change=self.EPOCHS,
                random_state=seed,
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it would go on
                scores.append(theirs.fit(X, y).score(X_test, y_test))
        assert ours >= 0.97
        assert min(scores) - 0.01 < ours < max(scores) + 0.01

    def test_torch_takes_the_same_steps(self):
        torch = pytest.importorskip("torch")
        X, y = (array[:200] for array in self.parts()[0])
        start, theta = self.trained(X, y, 5)
        model = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10)).double()
        weights = [model[0].weight, model[2].weight]
        with torch.no_grad():
            for layer, (W, b) in zip((model[0], model[2]), network.unpack(start, self.WIDTHS)):
                layer.weight.copy_(torch.tensor(W))
                layer.bias.copy_(torch.tensor(b))
        optimizer = torch.optim.SGD(model.parameters(), lr=self.LEARNING_RATE, momentum=0.9)
        rng = np.random.default_rng(0)
        network.initialize(self.WIDTHS, rng, "he")
        for _ in range(5):
            order = rng.permutation(len(X))
            for first in range(0, len(X), self.BATCH_SIZE):
                rows = order[first : first + self.BATCH_SIZE]
                loss = torch.nn.functional.cross_entropy(model(torch.tensor(X[rows])), torch.tensor(y[rows]))
                penalty = self.STRENGTH / (2 * len(X)) * sum((weight**2).sum() for weight in weights)
                optimizer.zero_grad()
                (loss + penalty).backward()
                optimizer.step()
        theirs = np.concatenate([part.detach().numpy().ravel() for part in model.parameters()])
        np.testing.assert_allclose(theta, theirs, rtol=0, atol=1e-12)


class TestWhatIsPassedIn:
    """Functions of someone else: what they return is looked at before it is used."""

    @pytest.mark.parametrize(
        ("result", "parts", "error"),
        [
            (None, ["loss_and_gradient must return", "(loss, gradient)", "None"], TypeError),
            (1.0, ["loss_and_gradient must return", "(loss, gradient)", "float 1.0"], TypeError),
            (np.ones(2), ["loss_and_gradient must return", "(loss, gradient)"], TypeError),
            ((1.0, np.ones(2), 3), ["loss_and_gradient must return", "(loss, gradient)"], TypeError),
            ((np.ones(2), np.ones(2)), ["loss_and_gradient must return the loss as one number"], TypeError),
            (("low", np.ones(2)), ["loss_and_gradient must return the loss as one number", "str 'low'"], TypeError),
            ((1.0, None), ["loss_and_gradient must return the gradient as an array", "None"], TypeError),
            ((1.0, np.ones((2, 1))), ["the gradient that loss_and_gradient returned", "(2, 1)", "(2,)"], ValueError),
            ((1.0, 1.0), ["the gradient that loss_and_gradient returned", "()", "(2,)"], ValueError),
            ((1.0, [[1.0], [1.0, 2.0]]), ["the gradient that loss_and_gradient returned", "lengths"], ValueError),
            ((1.0, np.ma.ones(2)), ["the gradient that loss_and_gradient returned", "masked"], TypeError),
            ((1j, np.ones(2)), ["loss_and_gradient must return the loss as one number"], TypeError),
        ],
    )
    def test_a_loss_and_a_gradient(self, result, parts, error, rng):
        refuses(lambda: gradient_descent(lambda theta: result, np.ones(2), 0.1, 1), *parts, error=error)
        refuses(
            lambda: train(
                lambda theta, X: result, np.ones(2), (np.ones(4),), rng=rng, epochs=1, batch_size=2, learning_rate=0.1
            ),
            *parts,
            error=error,
        )

    def test_a_list_is_a_gradient(self):
        theta, _ = gradient_descent(lambda theta: (1, [1, 2]), np.zeros(2), 0.5, 2)
        np.testing.assert_array_equal(theta, [-1, -2])

    @pytest.mark.parametrize("value", [None, 3, "loss", np.ones(2)], ids=str)
    def test_what_is_no_function(self, value, rng):
        refuses(
            lambda: gradient_descent(value, np.ones(2), 0.1, 1), "loss_and_gradient must", "a function", error=TypeError
        )
        arguments = {"rng": rng, "epochs": 1, "batch_size": 2, "learning_rate": 0.1}
        refuses(lambda: train(value, np.ones(2), (np.ones(4),), **arguments), "loss_and_gradient must", error=TypeError)

        def flat(theta, X):
            return 0.0, 0 * theta

        if value is not None:
            refuses(
                lambda: train(flat, np.ones(2), (np.ones(4),), measure=value, **arguments), "measure must", "a function"
            )

    def test_measures_and_optimizers(self, rng):
        def flat(theta, X):
            return 0.0, 0 * theta

        def call(**changed):
            arguments = {"rng": rng, "epochs": 2, "batch_size": 2, "learning_rate": 0.1, **changed}
            return train(flat, np.ones(2), (np.ones(4),), **arguments)

        refuses(lambda: call(measure=lambda theta: 1.0), "measure must return a dict", "float 1.0", error=TypeError)
        refuses(lambda: call(measure=lambda theta: None), "measure must return a dict", "None", error=TypeError)
        refuses(
            lambda: call(measure=lambda theta: {"a": theta}), "measure must return one number", "'a'", error=TypeError
        )
        names = iter(["a", "b"])
        refuses(
            lambda: call(measure=lambda theta: {next(names): 1.0}),
            "measure must return the same names",
            error=ValueError,
        )
        refuses(
            lambda: call(optimizer=lambda t, g, s, a: t),
            "optimizer must return a pair",
            "(theta, state)",
            error=TypeError,
        )
        refuses(
            lambda: call(optimizer=lambda t, g, s, a: None), "optimizer must return a pair", "None", error=TypeError
        )
        refuses(
            lambda: call(optimizer=lambda t, g, s, a: (t[:1], s)),
            "the theta that optimizer returned",
            "(1,)",
            error=ValueError,
        )
        refuses(lambda: call(optimizer=lambda t, g, s, a: (t * np.nan, s)), "the theta that optimizer returned", "NaN")
        refuses(lambda: call(learning_rate=10**400), "learning_rate must", "finite", error=ValueError)
        refuses(lambda: call(max_norm=0.0), "max_norm must", "above 0", error=ValueError)
        refuses(lambda: call(max_norm="1"), "max_norm must", "number", error=TypeError)

    def test_nothing_is_computed_before_the_arguments_are_right(self):
        def never(theta, *batch):
            raise AssertionError("called")

        refuses(
            lambda: gradient_descent(never, np.ones(2), 10**400, 1), "learning_rate must", "finite", error=ValueError
        )
        refuses(lambda: gradient_descent(never, np.ones(2), 0.1, 2.5), "steps must", "integer", error=TypeError)
