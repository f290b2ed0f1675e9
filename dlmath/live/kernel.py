"""A live figure where a kernel runs: ipywidgets, and a picture that is drawn when one of them moves."""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from dlmath.live.controls import Control, label_text


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
        widget.description = widget.description or label_text(name, controls[name])
    picture = widgets.HTML()

    def show(_change: Any = None) -> None:
        try:
            picture.value = draw({name: _value(control, inputs[name]) for name, control in controls.items()})
        except Exception as error:
            # What a widget's callback raises ends in a log that nobody reads.
            picture.value = f'<pre role="alert">{html.escape("".join(traceback.format_exception(error)))}</pre>'

    for name, widget in inputs.items():
        # Two options may have equal values, such as 1 and 1.0: only their places differ.
        widget.observe(show, names="index" if _chosen_by_place(controls[name]) else "value")
    show()
    row = [
        _player(control, inputs[name]) if control.kind == "play" else inputs[name] for name, control in controls.items()
    ]
    reset = widgets.Button(description="Reset", layout=widgets.Layout(width="auto"))
    reset.on_click(lambda _button: _start_again(controls, inputs))
    return widgets.VBox([widgets.HBox(row, layout=widgets.Layout(flex_flow="row wrap")), picture, reset])


def _start_again(controls: dict[str, Control], inputs: dict[str, widgets.Widget]) -> None:
    for name, control in controls.items():
        if _chosen_by_place(control):
            inputs[name].index = control.start
        else:
            inputs[name].value = control.values[control.start]


def widget_view(widget: widgets.Widget) -> dict[str, Any]:
    """The representation by which a notebook finds a widget, the same in all versions of ipywidgets."""
    reference = {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}
    return {"application/vnd.jupyter.widget-view+json": reference}


def _widget(name: str, control: Control) -> widgets.Widget:
    options = {"description": label_text(name, control), "style": {"description_width": "initial"}}
    if control.kind == "switch":
        return widgets.Checkbox(value=control.values[control.start], indent=False, **options)
    kind = widgets.Dropdown if control.kind == "choice" else widgets.SelectionSlider
    # A widget finds its value among the options by comparing: what cannot be told apart so is offered by its place.
    plain = all(isinstance(value, str | int | float) for value in control.values)
    distinct = plain and len({value for value in control.values if value == value}) == len(control.values)
    offered = control.values if distinct else range(len(control.values))
    return kind(options=list(zip(control.written, offered)), value=offered[control.start], **options)


def _value(control: Control, widget: widgets.Widget) -> Any:
    return control.values[widget.index] if _chosen_by_place(control) else widget.value


def _chosen_by_place(control: Control) -> bool:
    return control.widget is None and control.kind != "switch"


def _player(control: Control, slider: widgets.Widget) -> widgets.Widget:
    """A play button beside a slider, which it moves from value to value without the kernel."""
    if isinstance(slider, widgets.Play):
        return slider
    button = widgets.Play(min=0, max=len(control.values) - 1, value=control.start, interval=100)
    widgets.jslink((button, "value"), (slider, "index"))
    return widgets.HBox([button, slider])
