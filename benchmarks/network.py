"""Items a, b and c: training steps of fully connected networks."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from benchmarks.harness import Case, assert_equal
from benchmarks.optimizers import adam_passes
from dlmath import network
from dlmath.optimizers import adam_step_in_place, gradient_descent_step

try:
    import autograd
    import autograd.numpy as anp
except ImportError:  # one peer less
    autograd = None

TORCH_ACTIVATIONS = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}


def cases() -> Iterator[Case]:
    yield _sigmoid_step()
    yield _classifier_step()
    yield _regression_training()


def _torch_network(theta: np.ndarray, sizes: list[int], names: list[str]) -> torch.nn.Sequential:
    """The same network with the same parameters."""
    layers = []
    for (W, b), name in zip(network.unpack(theta, sizes), names):
        linear = torch.nn.Linear(W.shape[1], W.shape[0], dtype=torch.float64)
        linear.weight.data, linear.bias.data = torch.tensor(W), torch.tensor(b)
        layers.append(linear)
        if name != "identity":
            layers.append(TORCH_ACTIVATIONS[name]())
    return torch.nn.Sequential(*layers)


def _floor(
    start: np.ndarray, sizes: list[int], names: list[str], loss: Callable[..., None], update: Callable[..., None]
) -> Callable[..., np.ndarray]:
    """A training step in the calls that no NumPy program can avoid, each into an array that is there already.

    It makes the same step as ours. A product of two matrices is ``np.dot``, which calls BLAS with the least around it;
    a small matrix is copied, because a product with its transposed view takes up to twice as long. A sum over the batch
    is a product with ones. What a step needs is made before the first: views of the parameters and of their gradient,
    the ones, and arrays for all results. Of checks there is only what gives the same answers: an overflow is not
    warned of, what the two functions are given is searched for NaN and the outputs for infinity, in the quickest call,
    because the smallest entry of an array is found at a NaN if there is one.
    """
    theta, gradient = start.copy(), np.zeros_like(start)
    layers = [*zip(network.unpack(theta, sizes), network.unpack(gradient, sizes), names)]

    def arrays(count: int) -> list[np.ndarray]:
        return [np.empty((count, size)) for size in sizes[1:]]

    @cache
    def room(count: int) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray], np.ndarray]:
        return arrays(count), arrays(count), arrays(count), np.ones(count)

    @np.errstate(over="ignore", under="ignore", invalid="ignore")
    def step(X: np.ndarray, targets: np.ndarray) -> np.ndarray:
        outputs, deltas, slopes, ones = room(len(X))
        for given in (theta, X, targets):
            given.argmin()
        A = X
        for ((W, b), _, name), Z in zip(layers, outputs):
            np.dot(A, W.T.copy() if W.size <= 4096 else W.T, out=Z)
            np.add(Z, b, out=Z)
            FORWARD[name](Z)
            A = Z
        A.argmin(), A.argmax()
        loss(A, targets, deltas[-1])
        for i in reversed(range(len(layers))):
            (W, _), (grad_W, grad_b), name = layers[i]
            BACKWARD[name](outputs[i], deltas[i], slopes[i])
            np.dot(deltas[i].T, outputs[i - 1] if i else X, out=grad_W)
            np.dot(ones, deltas[i], out=grad_b)
            if i:
                np.dot(deltas[i], W, out=deltas[i - 1])
        for given in (theta, gradient):
            given.argmin()
        update(theta, gradient)
        return theta

    return step


def _nothing(*arrays: np.ndarray) -> None:
    pass


def _sigmoid(z: np.ndarray) -> None:
    np.negative(z, out=z)
    np.exp(z, out=z)
    np.add(z, 1, out=z)
    np.reciprocal(z, out=z)


def _sigmoid_backward(a: np.ndarray, delta: np.ndarray, slope: np.ndarray) -> None:
    np.subtract(1, a, out=slope)
    np.multiply(slope, a, out=slope)
    np.multiply(delta, slope, out=delta)


def _tanh_backward(a: np.ndarray, delta: np.ndarray, slope: np.ndarray) -> None:
    np.multiply(a, a, out=slope)
    np.subtract(1, slope, out=slope)
    np.multiply(delta, slope, out=delta)


FORWARD = {
    "identity": _nothing,
    "sigmoid": _sigmoid,
    "tanh": lambda z: np.tanh(z, out=z),
    "relu": lambda z: np.maximum(z, 0, out=z),
}
BACKWARD = {
    "identity": _nothing,
    "sigmoid": _sigmoid_backward,
    "tanh": _tanh_backward,
    "relu": lambda a, delta, slope: np.multiply(delta, a > 0, out=delta),
}


def _squared_error(predictions: np.ndarray, targets: np.ndarray, delta: np.ndarray) -> None:
    np.subtract(predictions, targets, out=delta)
    np.vdot(delta, delta)
    np.multiply(delta, 2 / len(delta), out=delta)


def _softmax_cross_entropy(rows: np.ndarray) -> Callable[..., None]:
    largest, sums = np.empty((2, len(rows), 1))

    def loss(logits: np.ndarray, labels: np.ndarray, delta: np.ndarray) -> None:
        np.max(logits, axis=1, keepdims=True, out=largest)
        np.subtract(logits, largest, out=delta)
        of_labels = delta[rows, labels].sum()
        np.exp(delta, out=delta)
        np.sum(delta, axis=1, keepdims=True, out=sums)
        np.log(sums).sum() - of_labels
        np.multiply(sums, len(rows), out=sums)
        np.divide(delta, sums, out=delta)
        delta[rows, labels] -= 1 / len(rows)

    return loss


def _descent(learning_rate: float) -> Callable[..., None]:
    def update(theta: np.ndarray, gradient: np.ndarray) -> None:
        np.multiply(gradient, learning_rate, out=gradient)
        np.subtract(theta, gradient, out=theta)

    return update


def _adam(start: np.ndarray, learning_rate: float) -> Callable[..., None]:
    m, v, work, t = np.zeros_like(start), np.zeros_like(start), np.empty_like(start), 0

    def update(theta: np.ndarray, gradient: np.ndarray) -> None:
        nonlocal t
        t += 1
        adam_passes(theta, gradient, m, v, work, learning_rate, t)

    return update


def _flat(parameters: np.ndarray | torch.nn.Module) -> np.ndarray:
    if isinstance(parameters, torch.nn.Module):
        return torch.nn.utils.parameters_to_vector(parameters.parameters()).detach().numpy()
    return parameters


def _same_parameters(ours: np.ndarray, theirs: np.ndarray | torch.nn.Module) -> None:
    assert_equal(ours, _flat(theirs))


def _sigmoid_step() -> Case:
    sizes, learning_rate = [2, 3, 1], 0.1
    rng = np.random.default_rng(0)
    X, Y = rng.standard_normal((100, 2)), rng.uniform(size=(100, 1))
    start = network.initialize(sizes, rng)

    theta = start.copy()

    def ours():
        nonlocal theta
        _, gradient = network.loss_and_gradient(theta, sizes, X, Y, "sigmoid", "mse")
        theta = gradient_descent_step(theta, gradient, learning_rate)
        return theta

    model = _torch_network(start, sizes, ["sigmoid", "sigmoid"])
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    criterion = torch.nn.MSELoss()
    tensor_x, tensor_y = torch.tensor(X), torch.tensor(Y)

    def with_torch():
        optimizer.zero_grad()
        loss = criterion(model(tensor_x), tensor_y)
        loss.backward()
        optimizer.step()
        return model

    theta_by_hand = start.copy()

    def loss_and_gradient_by_hand(theta):
        W0, b0, W1, b1 = theta[:6].reshape(3, 2), theta[6:9], theta[9:12].reshape(1, 3), theta[12:]
        hidden = 1 / (1 + np.exp(-(X @ W0.T + b0)))
        output = 1 / (1 + np.exp(-(hidden @ W1.T + b1)))
        delta1 = 2 / len(X) * (output - Y) * output * (1 - output)
        delta0 = delta1 @ W1 * hidden * (1 - hidden)
        gradient = [(delta0.T @ X).ravel(), delta0.sum(axis=0), (delta1.T @ hidden).ravel(), delta1.sum(axis=0)]
        return np.mean((output - Y) ** 2), np.concatenate(gradient)

    def by_hand():
        nonlocal theta_by_hand
        _, gradient = loss_and_gradient_by_hand(theta_by_hand)
        theta_by_hand = theta_by_hand - learning_rate * gradient
        return theta_by_hand

    theta_of_floor = start.copy()

    def floor():
        """By hand, with the same answers: NaN is refused in what comes in, and an overflow is no warning.

        On 100 rows of two numbers the time is that of Python's calls, not of the arithmetic: the calls alone take two
        thirds of the formulas written out. What no program in NumPy can avoid is then that program itself. It is
        written without a loop over layers, and with nothing checked but what changes a result.
        """
        nonlocal theta_of_floor
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isnan(theta_of_floor).any() or np.isnan(X).any() or np.isnan(Y).any():
                raise ValueError
            loss, gradient = loss_and_gradient_by_hand(theta_of_floor)
            if not np.isfinite(loss) or np.isnan(gradient).any():
                raise ValueError
            theta_of_floor = theta_of_floor - learning_rate * gradient
        return theta_of_floor

    calls = _floor(start, sizes, ["sigmoid", "sigmoid"], _squared_error, _descent(learning_rate))
    peers = {
        "torch.nn, optimizer": with_torch,
        "NumPy by hand, nothing checked": by_hand,
        "its calls alone, into ready arrays": partial(calls, X, Y),
    }
    if autograd is not None:
        theta_of_autograd = start.copy()

        def loss_of_autograd(theta):
            W0, b0, W1, b1 = theta[:6].reshape(3, 2), theta[6:9], theta[9:12].reshape(1, 3), theta[12:]
            hidden = 1 / (1 + anp.exp(-(anp.dot(X, W0.T) + b0)))
            output = 1 / (1 + anp.exp(-(anp.dot(hidden, W1.T) + b1)))
            return anp.mean((output - Y) ** 2)

        loss_and_gradient = autograd.value_and_grad(loss_of_autograd)

        def with_autograd():
            nonlocal theta_of_autograd
            _, gradient = loss_and_gradient(theta_of_autograd)
            theta_of_autograd = theta_of_autograd - learning_rate * gradient
            return theta_of_autograd

        peers["HIPS autograd"] = with_autograd
    work = "one step of the 2-3-1 sigmoid network, N = 100"
    return Case("a", work, ours, peers, floor=floor, check=_same_parameters)


def _classifier_step() -> Case:
    sizes, names, learning_rate = [64, 128, 10], ["relu", "identity"], 0.1
    rng = np.random.default_rng(0)
    X, labels = rng.uniform(size=(128, 64)), rng.integers(0, 10, 128)
    start = network.initialize(sizes, rng, "he")

    theta = start.copy()

    def ours():
        nonlocal theta
        _, gradient = network.loss_and_gradient(theta, sizes, X, labels, names, "categorical_cross_entropy_from_logits")
        theta = gradient_descent_step(theta, gradient, learning_rate)
        return theta

    model = _torch_network(start, sizes, names)
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    criterion = torch.nn.CrossEntropyLoss()
    tensor_x, tensor_labels = torch.tensor(X), torch.tensor(labels)

    def with_torch():
        optimizer.zero_grad()
        loss = criterion(model(tensor_x), tensor_labels)
        loss.backward()
        optimizer.step()
        return model

    work = "one step of MLP 64-128-10, ReLU, softmax cross-entropy, SGD, batch 128"
    step = _floor(start, sizes, names, _softmax_cross_entropy(np.arange(len(X))), _descent(learning_rate))
    floor = partial(step, X, labels)
    return Case("b", work, ours, {"torch.nn, optimizer": with_torch}, floor=floor, check=_same_parameters)


def _regression_training() -> Case:
    sizes, names, learning_rate, batch, epochs = [2, 32, 32, 1], ["tanh", "tanh", "identity"], 1e-3, 256, 100
    rng = np.random.default_rng(0)
    X = rng.uniform(-np.pi, np.pi, (2560, 2))
    Y = (1.5 * np.sin(X[:, 0]) - 0.8 * np.cos(X[:, 1]))[:, np.newaxis]
    batches = [slice(first, first + batch) for first in range(0, len(X), batch)]
    start = network.initialize(sizes, rng)

    def ours():
        theta, state = start.copy(), None
        for _ in range(epochs):
            for rows in batches:
                _, gradient = network.loss_and_gradient(theta, sizes, X[rows], Y[rows], names, "mse")
                state = adam_step_in_place(theta, gradient, state, learning_rate)
        return theta

    tensor_x, tensor_y = torch.tensor(X), torch.tensor(Y)

    def with_torch():
        model = _torch_network(start, sizes, names)
        optimizer = torch.optim.Adam(model.parameters(), lr=learning_rate)
        criterion = torch.nn.MSELoss()
        for _ in range(epochs):
            for rows in batches:
                optimizer.zero_grad()
                loss = criterion(model(tensor_x[rows]), tensor_y[rows])
                loss.backward()
                optimizer.step()
        return model

    def with_scikit_learn():
        # Its loss has a factor 1/2, so half the epsilon makes the same steps; it starts from our weights.
        model = MLPRegressor(
            hidden_layer_sizes=sizes[1:-1],
            activation="tanh",
            solver="adam",
            alpha=0,
            batch_size=batch,
            learning_rate_init=learning_rate,
            epsilon=0.5e-8,
            max_iter=epochs,
            tol=0,
            n_iter_no_change=epochs + 1,
            shuffle=False,
            warm_start=True,
            random_state=0,
        )
        model._validate_params()
        model.n_outputs_ = 1
        model._random_state = np.random.RandomState(0)
        model._initialize(Y, sizes, np.float64)
        model.coefs_ = [W.T.copy() for W, _ in network.unpack(start, sizes)]
        model.intercepts_ = [b.copy() for _, b in network.unpack(start, sizes)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(X, Y[:, 0])
        return network.pack([(W.T, b) for W, b in zip(model.coefs_, model.intercepts_)])

    def same_function(ours, theirs):
        """A thousand steps blow rounding up, and scikit-learn's epsilon enters a little differently."""
        predictions = network.predict(X, network.unpack(ours, sizes), names)
        others = network.predict(X, network.unpack(_flat(theirs), sizes), names)
        assert_equal(predictions, others, rtol=1e-4, atol=1e-4)

    def floor():
        step = _floor(start, sizes, names, _squared_error, _adam(start, learning_rate))
        for _ in range(epochs):
            for rows in batches:
                theta = step(X[rows], Y[rows])
        return theta

    return Case(
        "c",
        "1000 steps of MLP 2-32-32-1, tanh, MSE, Adam, batch 256",
        ours,
        {"torch.nn, Adam": with_torch, "scikit-learn MLP": with_scikit_learn},
        floor=floor,
        check=same_function,
    )
