"""The controls of a live figure: what can be chosen, on which values, and where it starts.

A control knows the finitely many values that it can take. The built page shows a figure for each of them, and a kernel
offers the same ones, so that both show the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np

from dlmath import _check as check
from dlmath._written import written_numbers


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
    label: str = ""
    """what is written beside it; its name, in words, if empty"""

    @property
    def written(self) -> tuple[str, ...]:
        """The texts as people write them; in an address they stand as they are."""
        return tuple(map(written_numbers, self.texts))


def slider(low: float, high: float, *, value: float | None = None, points: int = 11, label: str = "") -> Control:
    """A number from ``low`` to ``high``, in equal steps.

    Values are rounded to three significant digits (more if they would coincide), so that what is written beside the
    slider is what ``update`` gets; the ends and ``value`` are as given.

    Args:
        low: the smallest value.
        high: the largest value.
        value: where the slider starts; ``low`` if not given. It is added to the points if it is none of them.
        points: how many values there are.
        label: what is written beside the control; its name, in words, if not given.

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
    return _labelled(_numbers(numbers, value), label)


def log_slider(low: float, high: float, *, value: float | None = None, points: int = 11, label: str = "") -> Control:
    """A positive number from ``low`` to ``high``, in equal ratios.

    Args:
        low: the smallest value, above 0.
        high: the largest value.
        value: where the slider starts; ``low`` if not given. It is added to the points if it is none of them.
        points: how many values there are.
        label: what is written beside the control; its name, in words, if not given.

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
    return _labelled(_numbers(np.geomspace(low, high, check.integer("points", points, least=2)), value), label)


def integers(low: int, high: int, *, value: int | None = None, step: int = 1, label: str = "") -> Control:
    """A whole number from ``low`` to ``high``, both included.

    Args:
        low: the smallest value.
        high: the largest value.
        value: where the control starts; ``low`` if not given.
        step: the distance from one value to the next.
        label: what is written beside the control; its name, in words, if not given.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: the range is empty or inverted, or ``value`` is not in it.
        TypeError: an argument is not an integer.

    Example:
        >>> integers(0, 10, step=5).values
        (0, 5, 10)
    """
    return _labelled(_integers("range", low, high, value, step), label)


def play(low: int, high: int, *, value: int | None = None, step: int = 1, label: str = "") -> Control:
    """Whole numbers from ``low`` to ``high`` with a button that runs through them.

    Args:
        low: the first value.
        high: the last value.
        value: where the control starts; ``low`` if not given.
        step: the distance from one value to the next.
        label: what is written beside the control; its name, in words, if not given.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: the range is empty or inverted, or ``value`` is not in it.
        TypeError: an argument is not an integer.

    Example:
        >>> play(0, 40, step=20).texts
        ('0', '20', '40')
    """
    return _labelled(_integers("play", low, high, value, step), label)


def stages(numbers: Sequence[int], *, value: int | None = None, label: str = "") -> Control:
    """Chosen whole numbers, such as 0, 1, 2, 5, 10, with a button that runs through them.

    Args:
        numbers: the values, each larger than the one before.
        value: where the control starts; the first number if not given.
        label: what is written beside the control; its name, in words, if not given.

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
    return _labelled(Control("play", numbers, tuple(map(str, numbers)), numbers.index(value)), label)


def choice(options: Any, *, value: Any = None, label: str = "") -> Control:
    """One of some texts or numbers, or of anything that has a name.

    Args:
        options: a list, an array or a range of texts or numbers; or a dictionary from what is written to what
            ``update`` gets.
        value: where the control starts; the first option if not given.
        label: what is written beside the control; its name, in words, if not given.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        ValueError: nothing to choose from, options that are written the same, or ``value`` is none of them.
        TypeError: an option is neither a text nor a number.

    Example:
        >>> choice({"none": 0, "strong": 10}, value=10).start
        1
    """
    if isinstance(options, str) or not isinstance(options, Mapping | Sequence | np.ndarray):
        raise TypeError(f"must be a list of choices, got {type(options).__name__} {options!r}")
    if isinstance(options, Mapping):
        texts, values = tuple(map(_option_text, options)), tuple(options.values())
    else:
        if isinstance(options, np.ndarray) and options.ndim != 1:
            raise ValueError(f"must offer one choice after another, got an array of shape {options.shape}")
        texts, values = tuple(map(_option_text, options)), tuple(options)
    if not texts:
        raise ValueError(f"must offer something to choose from, got an empty {type(options).__name__}")
    if len(set(texts)) < len(texts):
        raise ValueError(f"must offer different things, got {', '.join(texts)}")
    start = 0 if value is None else _place("value", value, values, texts)
    return _labelled(Control("choice", values, texts, start), label)


def switch(value: bool, *, label: str = "") -> Control:
    """A check box.

    Args:
        value: whether it is on at the start.
        label: what is written beside the control; its name, in words, if not given.

    Returns:
        The control, for :func:`dlmath.live.explore`.

    Raises:
        TypeError: ``value`` is neither True nor False.

    Example:
        >>> switch(True, label="with bias").texts
        ('off', 'on')
    """
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"value must be True or False, got {type(value).__name__} {value!r}")
    return _labelled(Control("switch", (False, True), ("off", "on"), int(value)), label)


def control(name: str, given: Any) -> Control:
    """Understand what was given for a control: one of this module's, choices, a boolean or an ipywidget."""
    try:
        if isinstance(given, Control):
            return given
        if isinstance(given, bool | np.bool_):
            return switch(bool(given))
        if isinstance(given, tuple) and _is_a_range_elsewhere(given):
            low, high = given[:2]
            raise TypeError(
                f"is a range to ipywidgets.interact and would be choices here, got {given!r}: "
                f"write slider({low}, {high}) or integers({low}, {high}) for a range, and {list(given)} for choices"
            )
        if isinstance(given, list | tuple | range | Mapping | np.ndarray):
            return choice(given)
        if hasattr(given, "trait_names"):
            return _from_widget(given)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} {error}") from None
    raise TypeError(
        f"{name} must be slider(...), log_slider(...), integers(...), play(...), a list of choices, "
        f"True, False or an ipywidget, got {type(given).__name__} {given!r}"
    )


def label_text(name: str, control: Control) -> str:
    """What is written beside a control: its label, or its name in words."""
    return control.label or getattr(control.widget, "description", "") or name.replace("_", " ")


def _labelled(control: Control, label: str) -> Control:
    if not isinstance(label, str):
        raise TypeError(f"label must be a text, got {type(label).__name__} {label!r}")
    return replace(control, label=label.strip())


def _is_a_range_elsewhere(given: tuple[Any, ...]) -> bool:
    """Whether ``ipywidgets.interact`` would make a slider of it: two numbers, or three with the step."""
    return len(given) in (2, 3) and all(isinstance(each, Real) and not isinstance(each, bool) for each in given)


def _option_text(option: Any) -> str:
    """What is written for an option, and stands for it in an address."""
    if isinstance(option, np.generic):
        option = option.item() if option.dtype.char != "f" else float(str(option))
    if not isinstance(option, str | int | float):
        raise TypeError(f"must offer texts or numbers, got {type(option).__name__} {option!r}")
    # A tenth added three times has seventeen digits, of which nobody means more than a few.
    text = _text(option, 12) if isinstance(option, float) and np.isfinite(option) else str(option)
    if not text.strip():
        raise ValueError(f"must offer texts that can be read, got {option!r}")
    return text


def _place(name: str, value: Any, values: Sequence[Any], texts: Sequence[str]) -> int:
    """Where a value stands among the options, by what it is or by how it is written."""
    for place, each in enumerate(values):
        if same(each, value):
            return place
    raise ValueError(f"{name} must be one of {', '.join(texts)}, got {value!r}")


def same(one: Any, other: Any) -> bool:
    """Whether two values are one option: NaN is itself here, and arrays are not compared entry by entry."""
    return one is other or (
        np.isscalar(one) and np.isscalar(other) and (one == other or (one != one and other != other))
    )


def _from_widget(widget: Any) -> Control:
    """The values that an ipywidget can take."""
    traits = widget.trait_names()
    if "options" in traits:
        if not hasattr(widget, "index") or isinstance(widget.index, tuple) or widget.index is None:
            raise TypeError(f"must be a widget with one chosen value, got {type(widget).__name__}")
        texts, values = zip(*_options(widget.options))
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
            texts = tuple(map(str, values))
            kind = "play" if "interval" in traits else "range"
            return Control(kind, values, texts, _place("value", widget.value, values, texts), widget)
        if "base" in traits:
            points = widget.base**points
        return replace(_numbers(points, widget.value), widget=widget)
    raise TypeError(f"must be a widget with a number, a choice or a check box, got {type(widget).__name__}")


def _options(options: Any) -> tuple[tuple[str, Any], ...]:
    """What is written and what is meant, for each option of an ipywidget: values, pairs, or a dictionary."""
    options = tuple(options.items()) if isinstance(options, Mapping) else tuple(options)
    if all(isinstance(option, tuple | list) and len(option) == 2 for option in options):
        return tuple((str(text), value) for text, value in options)
    return tuple((str(option), option) for option in options)


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
    return f"{number:.{digits}g}"
