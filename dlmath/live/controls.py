"""The controls of a live figure: what can be chosen, on which values, and where it starts.

A control knows the finitely many values that it can take. The built page shows a figure for each of them, and a kernel
offers the same ones, so that both show the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from dlmath import _check as check


@dataclass(frozen=True)
class Control:
    """A control, its values and what is written for each."""

    kind: str
    """``range``, ``play``, ``choice`` or ``switch``"""
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    start: int
    """the index of the value it starts with"""
    widget: Any = None
    """the author's own ipywidget, if there is one"""


def slider(low: float, high: float, *, value: float | None = None, points: int = 11) -> Control:
    """A number from ``low`` to ``high``, in equal steps.

    Values are rounded to three significant digits (more if they would coincide), so that what is written beside the
    slider is what ``update`` gets; the ends and ``value`` are as given.

    Args:
        low: the smallest value.
        high: the largest value.
        value: where the slider starts; ``low`` if not given. It is added to the points if it is none of them.
        points: how many values there are.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: the range is empty or inverted, or ``value`` lies outside it.
        TypeError: an argument is not a number.

    Example:
        >>> slider(0, 1, points=4).values
        (0.0, 0.333, 0.667, 1.0)
    """
    low, high = _ends(low, high)
    numbers = np.linspace(low, high, check.integer("points", points, least=2))
    # Zero in the middle of a range may come out of linspace as some 1e-17.
    numbers[1:-1][abs(numbers[1:-1]) < 1e-12 * (high - low)] = 0.0
    return _numbers(numbers, value)


def log_slider(low: float, high: float, *, value: float | None = None, points: int = 11) -> Control:
    """A positive number from ``low`` to ``high``, in equal ratios.

    Args:
        low: the smallest value, above 0.
        high: the largest value.
        value: where the slider starts; ``low`` if not given. It is added to the points if it is none of them.
        points: how many values there are.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: the range is empty, inverted or not positive, or ``value`` lies outside it.
        TypeError: an argument is not a number.

    Example:
        >>> log_slider(1e-3, 10, value=0.1, points=5).values
        (0.001, 0.01, 0.1, 1.0, 10.0)
    """
    low, high = _ends(low, high, above=0.0)
    return _numbers(np.geomspace(low, high, check.integer("points", points, least=2)), value)


def integers(low: int, high: int, *, value: int | None = None, step: int = 1) -> Control:
    """A whole number from ``low`` to ``high``, both included.

    Args:
        low: the smallest value.
        high: the largest value.
        value: where the control starts; ``low`` if not given.
        step: the distance from one value to the next.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: the range is empty or inverted, or ``value`` is not in it.
        TypeError: an argument is not an integer.

    Example:
        >>> integers(0, 10, step=5).values
        (0, 5, 10)
    """
    return _integers("range", low, high, value, step)


def play(low: int, high: int, *, value: int | None = None, step: int = 1) -> Control:
    """Whole numbers from ``low`` to ``high`` with a button that runs through them.

    Args:
        low: the first value.
        high: the last value.
        value: where the control starts; ``low`` if not given.
        step: the distance from one value to the next.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: the range is empty or inverted, or ``value`` is not in it.
        TypeError: an argument is not an integer.

    Example:
        >>> play(0, 40, step=20).texts
        ('0', '20', '40')
    """
    return _integers("play", low, high, value, step)


def stages(numbers: Sequence[int], *, value: int | None = None) -> Control:
    """Chosen whole numbers, such as 0, 1, 2, 5, 10, with a button that runs through them.

    Args:
        numbers: the values, each larger than the one before.
        value: where the control starts; the first number if not given.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: fewer than two numbers, numbers that do not rise, or ``value`` is none of them.
        TypeError: an argument is not of integers.

    Example:
        >>> stages([0, 1, 10, 100], value=10).start
        2
    """
    numbers = tuple(check.integer("numbers", number, least=-(2**53)) for number in numbers)
    if len(numbers) < 2 or any(low >= high for low, high in pairwise(numbers)):
        raise ValueError(f"numbers must rise, two at least, got {list(numbers)}")
    value = numbers[0] if value is None else check.integer("value", value, least=-(2**53))
    if value not in numbers:
        raise ValueError(f"value must be one of {', '.join(map(str, numbers))}, got {value}")
    return Control("play", numbers, tuple(map(str, numbers)), numbers.index(value))


def choice(options: Sequence[str | float]) -> Control:
    """One of some texts or numbers; the first is where the control starts."""
    if not options:
        raise ValueError("must offer something to choose from, got an empty list")
    for option in options:
        if not isinstance(option, str | int | float):
            raise TypeError(f"must offer texts or numbers, got {type(option).__name__} {option!r}")
    texts = tuple(map(str, options))
    if len(set(texts)) < len(texts):
        raise ValueError(f"must offer different things, got {list(options)!r}")
    return Control("choice", tuple(options), texts, 0)


def switch(value: bool) -> Control:
    """A check box."""
    return Control("switch", (False, True), ("off", "on"), int(value))


def control(name: str, given: Any) -> Control:
    """Understand what was given for a control: one of this module's, a list, a boolean or an ipywidget."""
    try:
        if isinstance(given, Control):
            return given
        if isinstance(given, bool | np.bool_):
            return switch(bool(given))
        if isinstance(given, list | tuple):
            return choice(given)
        if hasattr(given, "trait_names"):
            return _from_widget(given)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} {error}") from None
    raise TypeError(
        f"{name} must be slider(...), log_slider(...), integers(...), play(...), a list of choices, "
        f"True, False or an ipywidget, got {type(given).__name__} {given!r}"
    )


def _from_widget(widget: Any) -> Control:
    """The values that an ipywidget can take."""
    traits = widget.trait_names()
    if "_options_full" in traits or "options" in traits:
        if not hasattr(widget, "index") or isinstance(widget.index, tuple) or widget.index is None:
            raise TypeError(f"must be a widget with one chosen value, got {type(widget).__name__}")
        texts, values = zip(*widget._options_full)
        kind = "range" if "Slider" in type(widget).__name__ else "choice"
        return Control(kind, values, texts, widget.index, widget)
    if isinstance(getattr(widget, "value", None), bool):
        return Control("switch", (False, True), ("off", "on"), int(widget.value), widget)
    if {"min", "max", "step"} <= set(traits) and isinstance(widget.value, int | float) and widget.step:
        low, high, step = widget.min, widget.max, widget.step
        steps = int((high - low) / step + 1e-9)
        last = high if np.isclose(low + steps * step, high) else low + steps * step
        points = np.linspace(low, last, steps + 1)
        if isinstance(widget.value, int):
            values = tuple(int(point) for point in points)
            kind = "play" if "interval" in traits else "range"
            return Control(kind, values, tuple(map(str, values)), values.index(widget.value), widget)
        if "base" in traits:
            points = widget.base**points
        made = _numbers(points, widget.value)
        return Control(made.kind, made.values, made.texts, made.start, widget)
    raise TypeError(f"must be a widget with a number, a choice or a check box, got {type(widget).__name__}")


def _ends(low: Any, high: Any, above: float = -np.inf) -> tuple[float, float]:
    low, high = check.number("low", low, above=above), check.number("high", high, above=above)
    if low >= high:
        raise ValueError(f"low must be below high, got low={low:g} and high={high:g}")
    return low, high


def _numbers(points: np.ndarray, value: Any) -> Control:
    low, high = float(points[0]), float(points[-1])
    value = low if value is None else check.number("value", value, least=low, most=high)
    between = [point for point in points[1:-1] if not np.isclose(point, value, rtol=1e-12, atol=0)]
    for digits in range(3, 17):
        rounded = {float(_text(point, digits)) for point in between} - {low, high, value}
        if len(rounded) == len(between) and all(low < number < high for number in rounded):
            break
    values = sorted(rounded | {low, high, value})
    return Control(
        "range", tuple(values), tuple(_text(number, max(digits, 6)) for number in values), values.index(value)
    )


def _integers(kind: str, low: Any, high: Any, value: Any, step: Any) -> Control:
    low = check.integer("low", low, least=-(2**53))
    high, step = check.integer("high", high, least=-(2**53)), check.integer("step", step, least=1)
    if low >= high:
        raise ValueError(f"low must be below high, got low={low} and high={high}")
    values = tuple(range(low, high + 1, step))
    value = low if value is None else check.integer("value", value, least=low)
    if value not in values:
        raise ValueError(f"value must be one of {values[0]}, {values[1]}, …, {values[-1]}, got {value}")
    return Control(kind, values, tuple(map(str, values)), values.index(value))


def _text(number: float, digits: int) -> str:
    """The number in so many significant digits, with an exponent only where it saves reading many zeros."""
    if number == 0 or 1e-4 <= abs(number) < 1e6:
        return np.format_float_positional(number, precision=digits, fractional=False, trim="-")
    return f"{number:.{digits}g}"
