"""The widgets of a live figure, without a figure: what they offer, what they hand over, and what a reset does."""

from __future__ import annotations

import ipywidgets
import numpy as np
import pytest

from dlmath.live import choice, integers, log_slider, play, slider, switch
from dlmath.live.controls import control
from dlmath.live.kernel import live_widget, widget_view


class Shown:
    """A live widget whose picture is the text of the values."""

    def __init__(self, **controls):
        self.seen = []
        self.widget = live_widget({name: control(name, given) for name, given in controls.items()}, self.draw)
        row, self.picture, self.reset = self.widget.children
        self.inputs = row.children
        self.layout = row.layout

    def draw(self, values):
        self.seen.append(values)
        if "fail" in values.values():
            raise ValueError("<b> is no picture")
        return ", ".join(f"{name}={value!r}" for name, value in values.items())


def test_controls_above_the_picture_and_a_reset_below():
    shown = Shown(rate=slider(0, 1, points=3), kind=["a", "b"], on=True)
    assert [type(each).__name__ for each in shown.widget.children] == ["HBox", "HTML", "Button"]
    assert [type(each).__name__ for each in shown.inputs] == ["SelectionSlider", "Dropdown", "Checkbox"]
    assert shown.layout.flex_flow == "row wrap"
    assert (shown.reset.description, shown.reset.layout.width) == ("Reset", "auto")
    assert shown.picture.value == "rate=0.0, kind='a', on=True"
    assert len(shown.seen) == 1


def test_each_is_called_by_its_label_or_its_name_in_words():
    shown = Shown(
        weight_scale=slider(0, 1),
        rate=log_slider(1, 2, label="rate γ"),
        on=switch(True, label="with bias"),
        own=ipywidgets.IntSlider(description="Mine"),
        nameless_one=ipywidgets.IntSlider(),
    )
    assert [each.description for each in shown.inputs] == [
        "weight scale",
        "rate γ",
        "with bias",
        "Mine",
        "nameless one",
    ]
    assert all(each.style.description_width == "initial" for each in shown.inputs[:3])
    assert shown.inputs[2].indent is False


def test_what_is_written_is_chosen_and_its_value_is_handed_over():
    shown = Shown(rate=log_slider(1e-7, 1, value=1, points=2), kind=choice({"none": None, "all": "ALL"}), on=False)
    rate, kind, on = shown.inputs
    assert [text for text, _ in rate.options] == ["10⁻⁷", "1"]
    assert [text for text, _ in kind.options] == ["none", "all"]
    assert (rate.index, kind.index, on.value) == (1, 0, False)
    rate.index, kind.index, on.value = 0, 1, True
    assert shown.seen[-1] == {"rate": 1e-7, "kind": "ALL", "on": True}
    assert shown.picture.value == "rate=1e-07, kind='ALL', on=True"
    assert len(shown.seen) == 1 + 3, "one picture a move"
    rate.value, kind.value = 1.0, kind.options[0][1]
    assert shown.seen[-1] == {"rate": 1.0, "kind": None, "on": True}


@pytest.mark.parametrize(
    "values", [[1, 1.0], [True, 1, 0], [np.nan, 2.0, np.nan], [np.zeros(2), np.ones(2)], ["a", np.int64(1)], [[1], [1]]]
)
def test_equal_and_strange_values_are_told_apart_by_their_place(values):
    shown = Shown(given=choice({f"option {place}": value for place, value in enumerate(values)}))
    (menu,) = shown.inputs
    for place in [*reversed(range(len(values))), len(values) - 1]:
        menu.index = place
        assert shown.seen[-1]["given"] is values[place]


def test_numbers_are_offered_as_themselves():
    shown = Shown(count=integers(2, 8, step=3), rate=slider(0, 1, points=3), kind=["a", "b"])
    assert [[value for _, value in each.options] for each in shown.inputs] == [[2, 5, 8], [0, 0.5, 1], ["a", "b"]]


def test_a_play_button_moves_the_slider_beside_it(monkeypatch):
    links = []
    monkeypatch.setattr(ipywidgets, "jslink", lambda *ends: links.append(ends))
    shown = Shown(step=play(0, 30, value=10, step=10), own=ipywidgets.Play(min=0, max=2, value=1))
    beside, own = shown.inputs
    button, steps = beside.children
    assert isinstance(own, ipywidgets.Play)
    assert isinstance(beside, ipywidgets.HBox)
    assert isinstance(steps, ipywidgets.SelectionSlider)
    assert (button.min, button.max, button.value, button.interval) == (0, 3, 1, 100)
    assert links == [((button, "value"), (steps, "index"))]
    own.value = 2
    assert shown.seen[-1] == {"step": 10, "own": 2}


def test_an_error_is_in_the_place_of_the_picture_until_the_next_move():
    shown = Shown(kind=["ok", "fail"])
    shown.inputs[0].index = 1
    assert shown.picture.value.startswith('<pre role="alert">Traceback (most recent call last):\n  File')
    assert shown.picture.value.endswith("ValueError: &lt;b&gt; is no picture\n</pre>")
    shown.inputs[0].index = 0
    assert shown.picture.value == "kind='ok'"


def test_reset_puts_every_control_where_it_started():
    own = ipywidgets.IntSlider(2, 0, 4)
    shown = Shown(rate=slider(0, 1, value=0.5, points=3), kind=choice([1, 1.5], value=1.5), on=True, own=own)
    start = shown.picture.value
    shown.inputs[0].index, shown.inputs[1].index, shown.inputs[2].value, own.value = 2, 0, False, 4
    assert shown.picture.value == "rate=1.0, kind=1, on=False, own=4"
    shown.reset.click()
    assert shown.picture.value == start == "rate=0.5, kind=1.5, on=True, own=2"


def test_a_notebook_finds_the_widget_by_its_model():
    shown = Shown(on=True)
    view = {"version_major": 2, "version_minor": 0, "model_id": shown.widget.model_id}
    assert widget_view(shown.widget) == {"application/vnd.jupyter.widget-view+json": view}
