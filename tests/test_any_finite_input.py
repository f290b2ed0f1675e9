"""The functions of the deeper chapters with input of any finite size: no warning, no error, and float32 stays float32.

Half of them run as people do who hunt a NaN, with ``np.seterr(all="raise")``.
"""

import re

import numpy as np
import pytest

from dlmath import attention, contrastive, convolution, datasets, diffusion, recurrent, reinforcement, transformer

SIZES = [0.0, 1e-320, 1e-300, 1e-200, 1e-45, 1e-38, 1e-20, 1.0, 1e19, 1e38, 1e150, 1e200, 1e300, np.finfo(float).max]


def calls(make):
    """Every function with arrays of one maker."""
    rng = np.random.default_rng(0)
    d = 4
    X, W, b, gain = make((2, 3, d)), make((d, d)), make((d,)), make((d,))
    image, kernel, images, kernels = make((4, 5)), make((2, 3)), make((2, 1, 4, 5)), make((3, 1, 2, 3))
    betas = np.array([1e-12, 0.3, 0.999])
    P = np.full((2, 2, 2), 0.5)
    one = make((2, 3))
    parameters = transformer.EncoderParameters(W, W, W, W, gain, b, W, b, W, b, gain, b)
    weights = np.full((2, 3, 3), 1 / 3).astype(X.dtype)

    def encoder():
        kept = transformer.encoder_block(X, parameters, 2)
        return kept.output, transformer.encoder_block_backward(X, X, parameters, kept)

    def conv():
        Y, patches = convolution.conv2d(images, kernels, make((3,)))
        return Y, convolution.conv2d_backward(np.ones_like(Y), images, kernels, patches)

    yield "attention", lambda: attention.attention(X, X, X)
    yield "attention_backward", lambda: attention.attention_backward(X, X, X, X, X, weights)
    yield "multi_head", lambda: attention.multi_head_attention(X, X, X, W, W, W, W, 2)
    yield "feed_forward", lambda: transformer.feed_forward(X, W, b, W, b)
    yield "feed_forward_backward", lambda: transformer.feed_forward_backward(X, X, W, b, W)
    yield "layer_norm", lambda: transformer.layer_norm(X, gain, b)
    yield "layer_norm_backward", lambda: transformer.layer_norm_backward(X, X, gain)
    yield "encoder", encoder
    yield "cross_correlation", lambda: convolution.cross_correlation(image, kernel)
    yield "convolution", lambda: convolution.convolution(image, kernel)
    yield "correlation_matrix", lambda: convolution.correlation_matrix(kernel, 4, 5)
    yield "conv", conv
    yield "rnn", lambda: recurrent.rnn(X, make((2, d)), W, W, b)
    yield "rnn_backward", lambda: recurrent.rnn_backward(X, np.tanh(X), X, make((2, d)), W, W)
    yield "cosine", lambda: contrastive.cosine_similarities(one, one)
    for temperature in (1e-30, 1.0, 1e200):
        yield "clip_loss", lambda t=temperature: contrastive.clip_loss(one, one, t)
        yield "clip_loss_grad", lambda t=temperature: contrastive.clip_loss_grad(one, one, t)[:2]
    for t in (1, 3):
        yield "diffuse", lambda t=t: diffusion.diffuse(X, t, X, betas)
        yield "posterior", lambda t=t: diffusion.posterior(X, X, t, betas)[0]
        yield "reverse_step", lambda t=t: diffusion.reverse_step(X, t, X, X, betas)
        yield "expected_noise", lambda t=t: diffusion.expected_noise(X, t, 1.0, 2.0, betas)
        yield "training_loss", lambda t=t: diffusion.training_loss(lambda x, t: x, X, t, X, betas)
    Q, terminal = make((2, 2)), np.array([False, True])
    yield "bellman", lambda: reinforcement.bellman_optimality(Q, P.astype(Q.dtype), Q, terminal, 0.9)
    yield "value_iteration", lambda: reinforcement.value_iteration(P.astype(Q.dtype), Q, terminal, 0.9)
    yield "q_learning_update", lambda: reinforcement.q_learning_update(Q, 0, 1, 1.0, 1, False, 0.1, 0.9)
    yield (
        "q_learning",
        lambda: reinforcement.q_learning(
            P, Q.astype(float), terminal, 0, 3, rng, learning_rate=0.5, discount=0.9, epsilon=0.1, longest=20
        ),
    )
    yield "sensor_surface", lambda: datasets.sensor_surface(make((3, 2)), 1.0, 2.0)


NAMES = sorted({name for name, _ in calls(lambda shape: np.ones(shape))})


def arrays(value):
    if isinstance(value, tuple):
        for part in value:
            yield from arrays(part)
    elif isinstance(value, np.ndarray):
        yield value


@pytest.mark.parametrize("how", ["warn", "raise"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_no_warning_no_error_and_the_precision_stays(name, dtype, how):
    largest = float(np.finfo(dtype).max)
    # Refused in words: scores that overflow, and embeddings without a direction.
    refused = r"finite scores|zero row|\+infinity|NaN"
    for size in [size for size in SIZES if size <= largest] + ["mixed"]:
        rng = np.random.default_rng(1)

        def make(shape, size=size, rng=rng):
            with np.errstate(all="ignore"):
                factor = rng.choice([-1, 0, 1e-300, 1e-30, 1, 1e30, largest], shape) if size == "mixed" else size
                return np.clip(factor * rng.uniform(-1, 1, shape), -largest, largest).astype(dtype)

        for called, call in calls(make):
            if called != name:
                continue
            with np.errstate(all=how):
                try:
                    result = call()
                except ValueError as error:
                    if not re.search(refused, str(error)):
                        raise
                    continue
            kept = {array.dtype for array in arrays(result) if array.dtype.kind == "f"}
            if name != "q_learning":
                assert kept <= {np.dtype(dtype)}, (size, kept)
