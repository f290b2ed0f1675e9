"""The data the chapters learn from: generated from a seed, and the small images of digits in ``digits.npz``.

A set for classification is a pair ``(X, labels)`` of shapes ``(N, n)`` and ``(N,)``, its classes taken in turn:
0, 1, ..., 0, 1, ... so that they are as equal in number as they can be.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dlmath import _check as check

MOST_TURNS = 1e15
"""Beyond this a spiral's angle, in double precision, has no digits left behind its full turns."""


@check.rounding
def sensor_surface(locations: np.ndarray, a: float, b: float) -> np.ndarray:
    r"""The surface that the sensors of Part I measure, :math:`z(x, y) = a \sin x + b \cos y`.

    Args:
        locations: one place :math:`(x, y)` a row, in radians, shape ``(N, 2)``.
        a: amplitude along x.
        b: amplitude along y.

    Returns:
        The heights :math:`z`, shape ``(N, 1)``.

    Example:
        >>> sensor_surface(np.array([[np.pi / 2, 0.0]]), 2.0, 0.5)
        array([[2.5]])
    """
    locations = check.array("locations", locations, ("N", 2))
    check.finite("locations", locations)
    x, y = locations.T
    most = check.largest(locations)
    a, b = check.number("a", a, least=-most, most=most), check.number("b", b, least=-most, most=most)
    z = a * np.sin(x) + b * np.cos(y)
    return z[:, np.newaxis]


@check.rounding
def sensors(
    count: int, rng: np.random.Generator, *, a: float = 1.5, b: float = -0.8, noise: float = 0.2
) -> tuple[np.ndarray, np.ndarray]:
    r"""Noisy measurements of ``sensor_surface`` at random places of the square :math:`[-\pi, \pi]^2`.

    Args:
        count: the number of sensors N, at least 1.
        rng: the random generator to draw from.
        a: true amplitude along x.
        b: true amplitude along y.
        noise: standard deviation of the normal noise, in units of z.

    Returns:
        ``(locations, measurements)`` of shapes ``(N, 2)`` and ``(N, 1)``.

    Example:
        >>> locations, measurements = sensors(100, np.random.default_rng(0))
        >>> locations.shape, measurements.shape
        ((100, 2), (100, 1))
    """
    rng = check.generator("rng", rng)
    locations = rng.uniform(-np.pi, np.pi, size=(check.integer("count", count, least=1), 2))
    exact = sensor_surface(locations, a, b)
    return locations, exact + check.number("noise", noise, least=0) * rng.standard_normal(exact.shape)


@check.rounding
def square_grid(points: int, half_width: float = np.pi) -> np.ndarray:
    r"""The points of a regular grid over the square :math:`[-h, h]^2`, row by row, for drawing a surface.

    Args:
        points: points along each side, at least 2.
        half_width: :math:`h`, above 0.

    Returns:
        One place (x, y) a row, shape ``(points**2, 2)``; x changes fastest.

    Example:
        >>> square_grid(2, 1.0)
        array([[-1., -1.],
               [ 1., -1.],
               [-1.,  1.],
               [ 1.,  1.]])
    """
    half_width = check.number("half_width", half_width, above=0)
    side = half_width * np.linspace(-1, 1, check.integer("points", points, least=2))
    x, y = np.meshgrid(side, side)
    return np.column_stack([x.ravel(), y.ravel()])


@check.rounding
def blobs(
    count: int, rng: np.random.Generator, *, classes: int = 3, spread: float = 0.5, radius: float = 2.0
) -> tuple[np.ndarray, np.ndarray]:
    """Normal clouds in the plane, their centres evenly on a circle: lines separate them while the spread is small.

    Args:
        count: the number of points N.
        rng: the random generator to draw from.
        classes: the number of clouds.
        spread: standard deviation of a cloud, along x and along y.
        radius: radius of the circle of centres.

    Returns:
        ``(X, labels)`` of shapes ``(N, 2)`` and ``(N,)``.

    Example:
        >>> X, labels = blobs(4, np.random.default_rng(0), classes=2, spread=0.0, radius=1.0)
        >>> X.round(6) + 0.0, labels
        (array([[ 1.,  0.],
               [-1.,  0.],
               [ 1.,  0.],
               [-1.,  0.]]), array([0, 1, 0, 1]))
    """
    labels = _in_turn(count, check.integer("classes", classes, least=1))
    angle = 2 * np.pi * labels / classes
    radius = check.number("radius", radius, least=0)
    return _noisy(radius * np.cos(angle), radius * np.sin(angle), "spread", spread, rng), labels


@check.rounding
def moons(count: int, rng: np.random.Generator, *, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    r"""Two half circles that reach into each other: no line separates them.

    The points of class 0 are :math:`(\cos t, \sin t)`, those of class 1 :math:`(1 - \cos t, \frac12 - \sin t)`, with
    :math:`t` uniform between 0 and :math:`\pi`.

    Args:
        count: the number of points N.
        rng: the random generator to draw from.
        noise: standard deviation of the normal noise, along x and along y.

    Returns:
        ``(X, labels)`` of shapes ``(N, 2)`` and ``(N,)``.

    Example:
        >>> X, labels = moons(200, np.random.default_rng(0))
        >>> X.shape, labels[:4]
        ((200, 2), array([0, 1, 0, 1]))
    """
    labels = _in_turn(count, 2)
    t = check.generator("rng", rng).uniform(0, np.pi, count)
    x = np.where(labels == 0, np.cos(t), 1 - np.cos(t))
    y = np.where(labels == 0, np.sin(t), 0.5 - np.sin(t))
    return _noisy(x, y, "noise", noise, rng), labels


@check.rounding
def circles(
    count: int, rng: np.random.Generator, *, noise: float = 0.1, inner: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    r"""A circle of radius 1 (class 0) around a smaller one (class 1): :math:`x^2 + y^2` separates them, no line does.

    Args:
        count: the number of points N.
        rng: the random generator to draw from.
        noise: standard deviation of the normal noise, along x and along y.
        inner: radius of the smaller circle, between 0 and 1.

    Returns:
        ``(X, labels)`` of shapes ``(N, 2)`` and ``(N,)``.

    Example:
        >>> X, labels = circles(200, np.random.default_rng(0), noise=0.0)
        >>> np.linalg.norm(X, axis=1)[:4].round(6)
        array([1. , 0.5, 1. , 0.5])
    """
    labels = _in_turn(count, 2)
    angle = check.generator("rng", rng).uniform(0, 2 * np.pi, count)
    radius = np.where(labels == 0, 1.0, check.number("inner", inner, above=0, below=1))
    return _noisy(radius * np.cos(angle), radius * np.sin(angle), "noise", noise, rng), labels


@check.rounding
def spirals(
    count: int, rng: np.random.Generator, *, noise: float = 0.02, classes: int = 2, turns: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    r"""Arms of a spiral, wound around each other: the hardest of the plane sets.

    A point of class c has radius :math:`r`, uniform between 0 and 1, and angle :math:`2\pi(\text{turns}\, r + c/C)`.

    Args:
        count: the number of points N.
        rng: the random generator to draw from.
        noise: standard deviation of the normal noise, along x and along y.
        classes: the number of arms C.
        turns: how often an arm goes round, above 0.

    Returns:
        ``(X, labels)`` of shapes ``(N, 2)`` and ``(N,)``.

    Example:
        >>> X, labels = spirals(300, np.random.default_rng(0), classes=3)
        >>> X.shape, labels[:4]
        ((300, 2), array([0, 1, 2, 0]))
    """
    labels = _in_turn(count, check.integer("classes", classes, least=1))
    radius = check.generator("rng", rng).uniform(0, 1, count)
    angle = 2 * np.pi * (check.number("turns", turns, above=0, most=MOST_TURNS) * radius + labels / classes)
    return _noisy(radius * np.cos(angle), radius * np.sin(angle), "noise", noise, rng), labels


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits, 1797 images of 8 × 8 pixels (Alpaydin and Kaynak, 1998), from the file beside this module.

    They are the test set of the UCI repository's "Optical Recognition of Handwritten Digits", written by 13 people, in
    its order. A pixel counts the dark points, from 0 to 16, in a square of 4 × 4 of the scanned image; here that is
    divided by 16. The data are licensed under CC BY 4.0, https://doi.org/10.24432/C50P49.

    Returns:
        ``(X, labels)``: images as rows of 64 grey values from 0 to 1, shape ``(1797, 64)``, and the digits 0 to 9,
        shape ``(1797,)``.

    Example:
        >>> X, labels = digits()
        >>> X.shape, labels[:10]
        ((1797, 64), array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    """
    with np.load(Path(__file__).with_name("digits.npz")) as file:
        return file["images"] / 16, file["labels"].astype(np.int64)


def _in_turn(count: int, classes: int) -> np.ndarray:
    return np.arange(check.integer("count", count, least=1)) % classes


def _noisy(x: np.ndarray, y: np.ndarray, name: str, deviation: float, rng: np.random.Generator) -> np.ndarray:
    """The points as rows, each coordinate moved by normal noise."""
    points = np.column_stack([x, y])
    deviation = check.number(name, deviation, least=0)
    return points + deviation * check.generator("rng", rng).standard_normal(points.shape)
