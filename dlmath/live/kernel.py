"""A live figure where a kernel runs: ipywidgets, and a picture that is drawn when one of them moves."""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from dlmath.live.controls import Control
from dlmath.live.page import label_text


def live_widget(controls: dict[str, Control], draw: Callable[[dict[str, Any]], str]) -> widgets.VBox:
    """The controls as ipywidgets above the picture that ``draw`` makes for their values.

    Args:
        controls: the controls by name.
        draw: from the values of the controls to the HTML of the picture.

    Returns:
        The widget to display.
    """
    inputs = {name: control.widget or _widget(name, control) for name, control in controls.items()}
    for name, widget in inputs.items():
        widget.description = widget.description or label_text(name)
    picture = widgets.HTML()

    def show(_change: Any = None) -> None:
        try:
            picture.value = draw({name: widget.value for name, widget in inputs.items()})
        except Exception as error:
            # What a widget's callback raises ends in a log that nobody reads.
            picture.value = f'<pre role="alert">{html.escape("".join(traceback.format_exception(error)))}</pre>'

    for widget in inputs.values():
        widget.observe(show, names="value")
    show()
    row = [
        _player(control, inputs[name]) if control.kind == "play" else inputs[name] for name, control in controls.items()
    ]
    return widgets.VBox([widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap")), picture])


def _widget(name: str, control: Control) -> widgets.Widget:
    label, start = label_text(name), control.values[control.start]
    options = {"description": label, "style": {"description_width": "initial"}, "value": start}
    if control.kind == "switch":
        return widgets.Checkbox(**options, indent=False)
    kind = widgets.Dropdown if control.kind == "choice" else widgets.SelectionSlider
    return kind(options=list(zip(control.texts, control.values)), **options)


def _player(control: Control, slider: widgets.Widget) -> widgets.Widget:
    """A play button beside a slider, which it moves from value to value without the kernel."""
    if isinstance(slider, widgets.Play):
        return slider
    button = widgets.Play(min=0, max=len(control.values) - 1, value=control.start, interval=100)
    widgets.jslink((button, "value"), (slider, "index"))
    return widgets.HBox([button, slider])
