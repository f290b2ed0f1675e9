"""The contrastive loss and its gradients, against PyTorch, in random directions, and by its bounds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, assert_gradient, leaves_arguments_alone, refuses

from dlmath.contrastive import clip_loss, clip_loss_grad, cosine_similarities, mutual_information_bound

SHAPES = [(1, 1), (1, 4), (2, 1), (5, 3), (3, 8)]


def torch_clip_loss(temperature):
    """As in the pseudocode of the CLIP paper."""
    functional = pytest.importorskip("torch.nn.functional")
    torch = pytest.importorskip("torch")

    def loss(images, texts):
        logits = functional.normalize(images) @ functional.normalize(texts).T / temperature
        labels = torch.arange(len(logits))
        return (functional.cross_entropy(logits, labels) + functional.cross_entropy(logits.T, labels)) / 2

    return loss


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("temperature", [0.07, 1.0, 30.0])
def test_loss_and_gradients_agree_with_torch(shape, temperature, rng):
    agrees_with_torch(
        lambda images, texts: clip_loss(images, texts, temperature),
        torch_clip_loss(temperature),
        *rng.standard_normal((2, *shape)),
        gradients=lambda g, images, texts: [g * part for part in clip_loss_grad(images, texts, temperature)[:2]],
        rtol=1e-10,
        atol=1e-12,
    )


@pytest.mark.parametrize("temperature", [0.07, 1.0, 30.0])
def test_the_temperature_s_gradient_agrees_with_torch(temperature, rng):
    torch = pytest.importorskip("torch")
    images, texts = rng.standard_normal((2, 5, 3))
    tau = torch.tensor(temperature, dtype=torch.float64, requires_grad=True)
    torch_clip_loss(tau)(torch.tensor(images), torch.tensor(texts)).backward()
    grad_temperature = clip_loss_grad(images, texts, temperature)[2]
    np.testing.assert_allclose(grad_temperature, tau.grad.item(), rtol=1e-11)
    # CLIP's parameter is the logarithm of the logit scale 1/tau.
    log_scale = torch.tensor(-math.log(temperature), dtype=torch.float64, requires_grad=True)
    torch_clip_loss(torch.exp(-log_scale))(torch.tensor(images), torch.tensor(texts)).backward()
    np.testing.assert_allclose(-temperature * grad_temperature, log_scale.grad.item(), rtol=1e-11)


def test_gradients_in_random_directions(rng):
    images, texts = rng.standard_normal((2, 5, 3))
    grad_images, grad_texts, grad_temperature = clip_loss_grad(images, texts, 0.3)
    assert_gradient(lambda u: clip_loss(u, texts, 0.3), grad_images, images, analytic=True)
    assert_gradient(lambda v: clip_loss(images, v, 0.3), grad_texts, texts, analytic=True)
    assert_gradient(lambda tau: clip_loss(images, texts, tau.item()), np.array(grad_temperature), np.array(0.3))


def test_similarities_agree_with_scipy(rng):
    distance = pytest.importorskip("scipy.spatial.distance")
    images, texts = rng.standard_normal((2, 6, 4))
    np.testing.assert_allclose(
        cosine_similarities(images, texts), 1 - distance.cdist(images, texts, "cosine"), rtol=1e-12, atol=1e-14
    )


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_lengths_and_the_order_of_the_pairs_do_not_matter(N, d, seed):
    rng = np.random.default_rng(seed)
    images, texts = rng.standard_normal((2, N, d))
    loss = clip_loss(images, texts, 0.5)
    lengths = rng.uniform(0.1, 10, (2, N, 1))
    order = rng.permutation(N)
    np.testing.assert_allclose(clip_loss(lengths[0] * images, lengths[1] * texts, 0.5), loss, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(clip_loss(images[order], texts[order], 0.5), loss, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(clip_loss(texts, images, 0.5), loss, rtol=1e-9, atol=1e-12)


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_each_gradient_is_perpendicular_to_its_embedding(N, d, seed):
    images, texts = np.random.default_rng(seed).standard_normal((2, N, d))
    grad_images, grad_texts, _ = clip_loss_grad(images, texts, 0.5)
    np.testing.assert_allclose((grad_images * images).sum(axis=1), 0, atol=1e-13)
    np.testing.assert_allclose((grad_texts * texts).sum(axis=1), 0, atol=1e-13)


@pytest.mark.parametrize("N", [1, 2, 64])
def test_pairs_that_look_the_same_cost_log_n(N):
    same = np.ones((N, 3))
    np.testing.assert_allclose(clip_loss(same, same, 0.07), math.log(N), atol=1e-12)
    np.testing.assert_allclose(mutual_information_bound(clip_loss(same, same, 0.07), N), 0, atol=1e-12)


def test_no_loss_is_zero_without_a_sign():
    """A pair that is alone is always recognised."""
    loss = clip_loss(np.ones((1, 3)), np.ones((1, 3)), 0.07)
    assert loss == 0
    assert not np.signbit(loss)


def test_perfect_pairs_cost_nothing_at_low_temperature_and_prove_log_n():
    eye = np.eye(8)
    assert clip_loss(eye, eye, 0.01) < 1e-12
    np.testing.assert_allclose(mutual_information_bound(clip_loss(eye, eye, 0.01), 8), math.log(8), rtol=1e-12)
    # In closed form: the right logit is 1/tau, the seven others 0.
    np.testing.assert_allclose(clip_loss(eye, eye, 0.5), math.log(1 + 7 * math.exp(-2)), rtol=1e-13)


def test_the_bound_never_exceeds_the_information_there_is(rng):
    """Two unit vectors in the plane, the second turned by a small angle: their information is known in closed form."""
    N, spread, batches = 16, 0.5, 2000
    tau = spread**2  # with this temperature the score is the optimal one, cos(angle)/spread^2, of a von Mises density
    losses = []
    for _ in range(batches):
        angles = rng.uniform(0, 2 * np.pi, N)
        turned = angles + rng.vonmises(0, 1 / tau, N)
        circle = [np.column_stack([np.cos(a), np.sin(a)]) for a in (angles, turned)]
        losses.append(clip_loss(*circle, tau))
    kappa = 1 / tau
    bessel = pytest.importorskip("scipy.special").i0(kappa), pytest.importorskip("scipy.special").i1(kappa)
    information = kappa * bessel[1] / bessel[0] - math.log(bessel[0])
    bound = mutual_information_bound(float(np.mean(losses)), N)
    assert 0.8 * information < bound < information


@pytest.mark.parametrize("function", [clip_loss, clip_loss_grad])
class TestBadInput:
    one = np.array([[1.0, 2.0], [3.0, 4.0]])

    def test_shapes(self, function):
        refuses(
            lambda: function(self.one, self.one[:1], 1.0),
            "texts must have the shape of images",
            "(1, 2)",
            error=ValueError,
        )
        refuses(lambda: function(self.one[0], self.one, 1.0), "images", "(N, d)", error=ValueError)
        refuses(lambda: function(self.one, self.one[0], 1.0), "texts", "(N, d)", error=ValueError)

    def test_a_zero_embedding(self, function):
        zero = np.array([[1.0, 2.0], [0.0, 0.0]])
        refuses(lambda: function(zero, self.one, 1.0), "images", "zero row", "at 1", error=ValueError)
        refuses(lambda: function(self.one, zero[::-1], 1.0), "texts", "zero row", "at 0", error=ValueError)

    def test_temperatures(self, function):
        for temperature in (0, -1.0, np.inf, np.nan, 1e-300):
            refuses(lambda t=temperature: function(self.one, self.one, t), "temperature", error=ValueError)
        refuses(lambda: function(self.one, self.one, "warm"), "temperature", error=TypeError)

    @pytest.mark.parametrize("value", NOT_NUMBERS, ids=repr)
    def test_not_numbers(self, function, value):
        refuses(lambda: function(value, self.one, 1.0), "images", error=TypeError)
        refuses(lambda: function(self.one, value, 1.0), "texts", error=TypeError)

    def test_nan(self, function):
        refuses(lambda: function(self.one * np.nan, self.one, 1.0), "images", "NaN")
        refuses(lambda: function(self.one, self.one * np.nan, 1.0), "texts", "NaN")

    def test_infinity(self, function):
        refuses(lambda: function(self.one * np.inf, self.one, 1.0), "images must be finite", error=ValueError)
        refuses(lambda: function(self.one, self.one * -np.inf, 1.0), "texts must be finite", error=ValueError)


def test_the_arguments_of_the_bound():
    refuses(lambda: mutual_information_bound(np.nan, 2), "loss", error=ValueError)
    refuses(lambda: mutual_information_bound("none", 2), "loss", error=TypeError)
    refuses(lambda: mutual_information_bound(1.0, 0), "count", "at least 1", error=ValueError)
    refuses(lambda: mutual_information_bound(1.0, 2.0), "count", error=TypeError)


def test_unsigned_integers_do_not_wrap():
    image = np.array([[200, 200]], np.uint8)
    np.testing.assert_allclose(cosine_similarities(image, image), 1)


def test_float32_is_kept(rng):
    images, texts = rng.standard_normal((2, 4, 3)).astype(np.float32)
    assert cosine_similarities(images, texts).dtype == np.float32
    assert clip_loss(images, texts, 0.1).dtype == np.float32
    assert {np.asarray(part).dtype for part in clip_loss_grad(images, texts, 0.1)} == {np.dtype(np.float32)}


def test_each_gradient_has_the_precision_of_its_embeddings(rng):
    single, double = rng.standard_normal((4, 3)).astype(np.float32), rng.standard_normal((4, 3))
    assert [gradient.dtype for gradient in clip_loss_grad(single, double, 0.1)[:2]] == [np.float32, np.float64]
    assert [gradient.dtype for gradient in clip_loss_grad(double, single, 0.1)[:2]] == [np.float64, np.float32]


@pytest.mark.parametrize("size", [1e308, 1e-308])
def test_huge_and_tiny_embeddings_have_a_direction_too(size, rng):
    directions = np.sign(rng.standard_normal((4, 3)))
    np.testing.assert_allclose(
        cosine_similarities(size * directions, directions), cosine_similarities(directions, directions), rtol=1e-12
    )
    assert np.isfinite(clip_loss(size * directions, directions, 0.1))
    clip_loss_grad(size * directions, directions, 0.1)


def test_the_lowest_temperature_gives_no_warning(rng):
    images, texts = rng.standard_normal((2, 4, 3)).astype(np.float32)
    lowest = float(np.finfo(np.float32).tiny)
    assert clip_loss(images, texts, lowest) > 1e38
    clip_loss_grad(images, texts, lowest)


def test_arguments_are_left_alone(rng):
    images, texts = rng.standard_normal((2, 4, 3))
    leaves_arguments_alone(cosine_similarities, images, texts)
    leaves_arguments_alone(lambda u, v: clip_loss_grad(u, v, 0.5), images, texts)
