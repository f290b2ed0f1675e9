import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import refuses

from dlmath.live import explore, integers, log_slider, play, slider, stages
from dlmath.live.controls import control


@given(
    st.floats(-1e6, 1e6, allow_subnormal=False),
    st.floats(1e-3, 1e6),
    st.floats(0, 1),
    st.integers(2, 60),
)
def test_a_slider_rises_from_end_to_end_and_holds_its_start(low, width, fraction, points):
    high = low + width
    value = min(high, low + fraction * width)
    made = slider(low, high, value=value, points=points)
    assert made.values[0] == low
    assert made.values[-1] == high
    assert made.values[made.start] == value
    assert points <= len(made.values) <= points + 1
    assert np.all(np.diff(made.values) > 0)


@given(st.floats(1e-6, 1e3), st.floats(1.5, 1e6), st.integers(2, 30))
def test_a_logarithmic_slider_keeps_its_ratio_to_three_digits(low, ratio, points):
    made = log_slider(low, low * ratio, points=points)
    assert len(made.values) == points
    step = ratio ** (1 / (points - 1))
    np.testing.assert_allclose(made.values, low * step ** np.arange(points), rtol=5e-3)


@pytest.mark.parametrize(
    "made",
    [slider(0, 1, value=0.3, points=14), log_slider(1e-3, 10, value=0.1, points=13), log_slider(1e-9, 1e9, points=7)],
    ids=["equal steps", "equal ratios", "many orders of magnitude"],
)
def test_what_is_written_is_what_update_gets(made):
    assert [float(text) for text in made.texts] == list(made.values)
    assert len(set(made.texts)) == len(made.texts)


def test_numbers_that_no_three_digits_tell_apart_get_more():
    assert slider(1, 1.001, points=3).texts == ("1", "1.0005", "1.001")


def test_zero_between_the_ends_is_zero():
    assert slider(-0.3, 0.3, points=7).texts[3] == "0"


def test_integers_and_play():
    assert integers(2, 8, value=5, step=3).values == (2, 5, 8)
    assert integers(2, 8, value=5, step=3).start == 1
    assert play(0, 3).kind == "play"


def test_stages_are_the_numbers_given():
    assert stages([-1, 0, 10]) == stages((-1, 0, 10), value=-1)
    made = stages([0, 1, 10, 100], value=100)
    assert (made.kind, made.values, made.texts, made.start) == ("play", (0, 1, 10, 100), ("0", "1", "10", "100"), 3)
    for unfit in ([], [3], [0, 2, 2], [0, 2, 1]):
        with pytest.raises(ValueError, match=r"^numbers must rise, two at least, got \["):
            stages(unfit)
    with pytest.raises(ValueError, match=r"^value must be one of 0, 2, got 1$"):
        stages([0, 2], value=1)
    with pytest.raises(TypeError, match=r"^numbers must be an integer"):
        stages([0, 1.5])


def test_lists_and_booleans_are_controls():
    made = control("activation", ["sigmoid", "tanh"])
    assert (made.kind, made.values, made.start) == ("choice", ("sigmoid", "tanh"), 0)
    made = control("show", np.True_)
    assert (made.kind, made.values, made.start) == ("switch", (False, True), 1)


@pytest.mark.parametrize(
    ("widget", "kind", "values", "start"),
    [
        (ipywidgets.IntSlider(3, 0, 6, step=3), "range", (0, 3, 6), 3),
        (ipywidgets.FloatSlider(value=0.2, min=0, max=0.3, step=0.1), "range", (0, 0.1, 0.2, 0.3), 0.2),
        (ipywidgets.FloatLogSlider(value=0.1, base=10, min=-2, max=0, step=1), "range", (0.01, 0.1, 1), 0.1),
        (ipywidgets.SelectionSlider(options=[1, 4]), "range", (1, 4), 1),
        (ipywidgets.Dropdown(options=[("one", 1), ("two", 2)], value=2), "choice", (1, 2), 2),
        (ipywidgets.RadioButtons(options=["a", "b"]), "choice", ("a", "b"), "a"),
        (ipywidgets.Checkbox(True), "switch", (False, True), True),
        (ipywidgets.Play(min=0, max=2, value=1), "play", (0, 1, 2), 1),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, ipywidgets.Widget) else None,
)
def test_an_ipywidget_is_taken_with_the_values_it_offers(widget, kind, values, start):
    made = control("x", widget)
    assert made.kind == kind
    np.testing.assert_array_equal(made.values, values)
    assert made.values[made.start] == start
    assert made.widget is widget


class TestBadInput:
    @pytest.mark.parametrize("made", [slider, log_slider, integers, play])
    def test_empty_and_inverted_ranges(self, made):
        refuses(lambda: made(3, 3), "low", "low=3", "high=3", error=ValueError)
        refuses(lambda: made(3, 2), "low", "low=3", "high=2", error=ValueError)

    def test_logarithms_of_what_is_not_positive(self):
        refuses(lambda: log_slider(0, 1), "low", "above 0", "0", error=ValueError)
        refuses(lambda: log_slider(-1, 1), "low", "above 0", "-1", error=ValueError)

    @pytest.mark.parametrize("made", [slider, log_slider])
    def test_starts_outside_and_too_few_points(self, made):
        refuses(lambda: made(1, 2, value=2.5), "value", "at most 2", "2.5", error=ValueError)
        refuses(lambda: made(1, 2, value=float("nan")), "value", "nan", error=ValueError)
        refuses(lambda: made(1, 2, points=1), "points", "at least 2", error=ValueError)
        refuses(lambda: made(1, 2, points=2.5), "points", "integer", error=TypeError)
        refuses(lambda: made("a", 2), "low", "number", error=TypeError)
        refuses(lambda: made(1, float("inf")), "high", "finite", error=ValueError)

    @pytest.mark.parametrize("made", [integers, play])
    def test_integers_that_are_not_on_the_way(self, made):
        refuses(lambda: made(0, 10, value=5, step=2), "value", "5", error=ValueError)
        refuses(lambda: made(0, 10, value=11), "value", "11", error=ValueError)
        refuses(lambda: made(0, 10, step=0), "step", "at least 1", error=ValueError)
        refuses(lambda: made(0.5, 10), "low", "integer", error=TypeError)

    def test_lists_that_offer_no_choice(self):
        refuses(lambda: control("kind", []), "kind", "empty", error=ValueError)
        refuses(lambda: control("kind", ["a", "a"]), "kind", "different", error=ValueError)
        refuses(lambda: control("kind", [None]), "kind", "NoneType", error=TypeError)

    @pytest.mark.parametrize("given", [None, 3.5, "text", {"a": 1}, (n for n in "ab"), np.arange(3), explore])
    def test_what_is_no_control(self, given):
        refuses(lambda: control("rate", given), "rate", "slider", type(given).__name__, error=TypeError)

    @pytest.mark.parametrize(
        "widget",
        [
            ipywidgets.Text("a"),
            ipywidgets.FloatRangeSlider(),
            ipywidgets.SelectMultiple(options=[1, 2]),
            ipywidgets.Dropdown(),
        ],
        ids=lambda each: type(each).__name__,
    )
    def test_widgets_without_one_value_out_of_some(self, widget):
        refuses(lambda: control("rate", widget), "rate", type(widget).__name__, error=TypeError)
