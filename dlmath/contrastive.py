"""The symmetric contrastive loss of CLIP: of all pairs in a batch, the matching ones are to be recognised.

Row i of ``images`` and row i of ``texts`` belong together; every other row is a wrong answer.
"""

from __future__ import annotations

import math

import numpy as np

from dlmath import _check as check
from dlmath.activations import log_softmax, softmax


@check.overflowing
def cosine_similarities(images: np.ndarray, texts: np.ndarray) -> np.ndarray:
    r"""The cosines of the angles between two sets of embeddings,

    .. math::
        s_{ij} = \hat{\mathbf u}_i^T \hat{\mathbf v}_j, \qquad \hat{\mathbf u} = \mathbf u/\|\mathbf u\|,
        \quad \hat{\mathbf v} = \mathbf v/\|\mathbf v\| .

    Args:
        images: the embeddings u, shape ``(N, d)``; complex for the complex step.
        texts: the embeddings v, shape ``(N, d)``.

    Returns:
        The similarities, between -1 and 1 up to rounding, shape ``(N, N)``: one row an image, one column a text.

    Raises:
        ValueError: as everywhere, or an embedding is zero: it has no direction.

    Example:
        >>> cosine_similarities(np.array([[2.0, 0.0], [3.0, 4.0]]), np.array([[1.0, 0.0], [0.0, 5.0]]))
        array([[1. , 0. ],
               [0.6, 0.8]])
    """
    images, texts = _embeddings(images, texts)
    return _directions("images", images)[0] @ _directions("texts", texts)[0].T


@check.overflowing
def clip_loss(images: np.ndarray, texts: np.ndarray, temperature: float) -> float:
    r"""The symmetric InfoNCE loss of CLIP (Radford et al., 2021; van den Oord et al., 2018).

    With the cosines :math:`s_{ij}` and the temperature :math:`\tau`, it is the mean of two cross-entropies, "which text
    belongs to image i" along the rows and "which image belongs to text j" along the columns:

    .. math::
        L = -\frac{1}{2N} \sum_{i=1}^{N} \left( \log\frac{e^{s_{ii}/\tau}}{\sum_j e^{s_{ij}/\tau}}
        + \log\frac{e^{s_{ii}/\tau}}{\sum_j e^{s_{ji}/\tau}} \right).

    CLIP's "logit scale" is :math:`1/\tau`.

    Args:
        images: one embedding a row, shape ``(N, d)``; complex for the complex step.
        texts: the embeddings that belong to them, in the same order, shape ``(N, d)``.
        temperature: :math:`\tau > 0`.

    Returns:
        The loss in nats; :math:`\log N` if all pairs look the same.

    Raises:
        ValueError: as ``cosine_similarities``, or a temperature so small that :math:`1/\tau` overflows.

    Example:
        >>> loss = clip_loss(np.eye(2), np.eye(2), temperature=1 / np.log(3.0))
        >>> bool(np.isclose(loss, np.log(4 / 3)))
        True
    """
    logits = cosine_similarities(images, texts) / _temperature(temperature)
    rows, columns = log_softmax(logits, axis=1), log_softmax(logits, axis=0)
    return 0 - (np.trace(rows) + np.trace(columns)) / (2 * len(logits))  # so that no loss is 0.0, not -0.0


@check.overflowing
def clip_loss_grad(images: np.ndarray, texts: np.ndarray, temperature: float) -> tuple[np.ndarray, np.ndarray, float]:
    r"""The gradients of the CLIP loss.

    Each cross-entropy passes softmax minus one-hot to the logits :math:`z_{ij} = s_{ij}/\tau`, with the softmax along
    the rows, :math:`\mathbf P`, or along the columns, :math:`\mathbf C`:

    .. math::
        \frac{\partial L}{\partial \mathbf Z} = \frac{1}{2N} (\mathbf P + \mathbf C - 2\,\mathbf I), \qquad
        \frac{\partial L}{\partial \hat{\mathbf U}} = \frac1\tau \frac{\partial L}{\partial \mathbf Z} \hat{\mathbf V},
        \qquad
        \frac{\partial L}{\partial \mathbf u} = \frac{1}{\|\mathbf u\|}
        (\mathbf I - \hat{\mathbf u} \hat{\mathbf u}^T) \frac{\partial L}{\partial \hat{\mathbf u}}, \qquad
        \frac{\partial L}{\partial \tau} = -\frac1\tau \sum_{ij} \frac{\partial L}{\partial z_{ij}} z_{ij} .

    The length of an embedding does not matter, so its gradient is perpendicular to it. CLIP learns the logarithm of the
    logit scale; by the chain rule :math:`\partial L/\partial\log(1/\tau) = -\tau\, \partial L/\partial\tau`.

    Args:
        images: the embeddings that ``clip_loss`` was given, shape ``(N, d)``.
        texts: the other ones, shape ``(N, d)``.
        temperature: :math:`\tau > 0`.

    Returns:
        The gradients ``(grad_images, grad_texts, grad_temperature)``.

    Example:
        >>> images, texts = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])  # all pairs wrong
        >>> grad_images, grad_texts, grad_temperature = clip_loss_grad(images, texts, 1 / np.log(3.0))
        >>> bool(grad_temperature < 0)  # a higher temperature would forgive them
        True
    """
    images, texts = _embeddings(images, texts)
    temperature = _temperature(temperature)
    (U, image_norms), (V, text_norms) = _directions("images", images), _directions("texts", texts)
    logits = (U @ V.T) / temperature
    rows, columns = softmax(logits, axis=1), softmax(logits, axis=0)
    grad_logits = (rows + columns - 2 * np.eye(len(logits), dtype=logits.dtype)) / (2 * len(logits))
    grad_images = _across(grad_logits @ V, U) / temperature / image_norms
    grad_texts = _across(grad_logits.T @ U, V) / temperature / text_norms
    grad_temperature = -np.sum(grad_logits * logits) / temperature
    return check.in_precision_of(grad_images, images), check.in_precision_of(grad_texts, texts), grad_temperature


def mutual_information_bound(loss: float, count: int) -> float:
    r"""What an InfoNCE loss proves about the mutual information of the two sides, :math:`I \ge \log N - L`, in nats.

    The bound (van den Oord et al., 2018) can never exceed :math:`\log N`, however much the two have in common.

    Args:
        loss: an expected InfoNCE loss L in nats, or its average over many batches.
        count: N, the pairs in a batch.

    Example:
        >>> mutual_information_bound(0.0, 1)
        0.0
    """
    return math.log(check.integer("count", count, least=1)) - check.number("loss", loss)


def _embeddings(images: np.ndarray, texts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    images, texts = check.in_one_precision(images, texts)
    images = check.array("images", images, ("N", "d"), analytic=True)
    texts = check.array("texts", texts, ("N", "d"), analytic=True)
    check.same_shape("texts", texts, "images", images)
    check.finite("images", images)
    check.finite("texts", texts)
    return images, texts


def _temperature(temperature: float) -> float:
    # 1/temperature overflows below this, and with it the logits.
    return check.number("temperature", temperature, least=float(np.finfo(np.float32).tiny))


def _directions(name: str, embeddings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The embeddings brought to length 1, and the lengths they had, as a column."""
    # Divided by the largest entry first, the squares of huge or tiny embeddings neither overflow nor vanish.
    largest = np.abs(embeddings.real).max(axis=1, keepdims=True)
    if not (largest > 0).all():
        raise ValueError(
            f"{name} must not have a zero row, which has no direction, got one at {int(np.argmin(largest))}"
        )
    scaled = embeddings / largest
    lengths = np.sqrt((scaled * scaled).sum(axis=1, keepdims=True))
    return scaled / lengths, lengths * largest


def _across(gradients: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """What of the gradients is perpendicular to the directions."""
    along = (gradients * directions).sum(axis=1, keepdims=True)
    return gradients - along * directions
