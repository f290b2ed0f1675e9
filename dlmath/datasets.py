"""The data the chapters learn from, generated from a seed."""

from __future__ import annotations

import numpy as np

from dlmath import _check as check


def sensor_surface(locations: np.ndarray, a: float, b: float) -> np.ndarray:
    r"""The surface that the sensors of Part I measure, :math:`z(x, y) = a \sin x + b \cos y`.

    Args:
        locations: one place :math:`(x, y)` a row, in radians, shape ``(N, 2)``.
        a: amplitude along x.
        b: amplitude along y.

    Returns:
        The heights :math:`z`, shape ``(N, 1)``.

    Raises:
        TypeError: an argument is not of real numbers.
        ValueError: another shape, empty, or NaN.

    Example:
        >>> sensor_surface(np.array([[np.pi / 2, 0.0]]), 2.0, 0.5)
        array([[2.5]])
    """
    x, y = check.array("locations", locations, ("N", 2)).T
    z = check.number("a", a) * np.sin(x) + check.number("b", b) * np.cos(y)
    return z[:, np.newaxis]


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

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: no sensor, or a negative noise.

    Example:
        >>> locations, measurements = sensors(100, np.random.default_rng(0))
        >>> locations.shape, measurements.shape
        ((100, 2), (100, 1))
    """
    rng = check.generator("rng", rng)
    locations = rng.uniform(-np.pi, np.pi, size=(check.integer("count", count, least=1), 2))
    exact = sensor_surface(locations, a, b)
    return locations, exact + rng.normal(0, check.number("noise", noise, least=0), exact.shape)


def square_grid(points: int, half_width: float = np.pi) -> np.ndarray:
    r"""The points of a regular grid over the square :math:`[-h, h]^2`, row by row, for drawing a surface.

    Args:
        points: points along each side, at least 2.
        half_width: :math:`h`, above 0.

    Returns:
        One place (x, y) a row, shape ``(points**2, 2)``; x changes fastest.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: fewer than two points, or a half width that is not positive.

    Example:
        >>> square_grid(2, 1.0)
        array([[-1., -1.],
               [ 1., -1.],
               [-1.,  1.],
               [ 1.,  1.]])
    """
    half_width = check.number("half_width", half_width, above=0)
    side = np.linspace(-half_width, half_width, check.integer("points", points, least=2))
    x, y = np.meshgrid(side, side)
    return np.column_stack([x.ravel(), y.ravel()])
