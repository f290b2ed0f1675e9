"""The controls of live figures: the values that they have, how these are written, and what is refused."""

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import refuses

from dlmath.live import choice, explore, integers, log_slider, play, slider, stages, switch
from dlmath.live.controls import control, label_text


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
    assert slider(-3e-5, 3e-5, points=7).values[3] == 0


def test_small_numbers_are_not_zero_nor_all_the_same():
    np.testing.assert_allclose(slider(-1e-9, 1e-9, points=5).values, [-1e-9, -5e-10, 0, 5e-10, 1e-9])
    assert slider(0, 1e-9, value=3e-10, points=3).values == (0, 3e-10, 5e-10, 1e-9)


def test_texts_and_what_is_written():
    assert slider(-1, 1, points=3).texts == ("-1", "0", "1")
    assert slider(-1, 1, points=3).written == ("−1", "0", "1")
    assert log_slider(1e-7, 1, points=2).written == ("10⁻⁷", "1")
    assert log_slider(1e-5, 1e7, points=4).texts == ("1e-05", "0.1", "1000", "1e+07")
    assert (switch(False).texts, switch(False).start, switch(True).start) == (("off", "on"), 0, 1)
    assert control("x", ipywidgets.Checkbox(False)).texts == ("off", "on")
    assert control("x", ipywidgets.IntSlider(3, 0, 6, step=3)).texts == ("0", "3", "6")


def test_integers_and_play():
    assert integers(2, 8, value=5, step=3).values == (2, 5, 8)
    assert integers(2, 8, value=5, step=3).start == 1
    assert play(0, 3).kind == "play"
    assert integers(-2, 1).values == play(-2, 1).values == (-2, -1, 0, 1)


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
    with pytest.raises(TypeError, match=r"^value must be an integer"):
        stages([0, 2], value=2.0)
    assert stages([-(2**53), -1000, 0]).values == (-(2**53), -1000, 0)
    with pytest.raises(ValueError, match=r"^numbers must be "):
        stages([-(2**53) - 1, 0])


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
        (ipywidgets.IntSlider(3, 0, 7, step=3), "range", (0, 3, 6), 3),
        (ipywidgets.FloatSlider(value=0.5, min=0, max=1.2, step=0.5), "range", (0, 0.5, 1), 0.5),
        (ipywidgets.FloatLogSlider(value=10, base=10, min=0, max=2.5, step=1), "range", (1, 10, 100), 10),
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
        refuses(lambda: made(0, 10, value=5, step=2), "value must be one of 0, 2, …, 10, got 5", error=ValueError)
        refuses(lambda: made(0.5, 10), "low", "integer", error=TypeError)
        refuses(lambda: made(-(2**53) - 1, 1 - 2**53), "low", "at least", error=ValueError)

    def test_lists_that_offer_no_choice(self):
        refuses(lambda: control("kind", []), "kind", "empty", error=ValueError)
        refuses(lambda: control("kind", ["a", "a"]), "kind", "different things, got a, a", error=ValueError)
        refuses(lambda: control("kind", [None]), "kind", "NoneType", error=TypeError)

    @pytest.mark.parametrize("given", [None, 3.5, "text", (n for n in "ab"), {"a", "b"}, np.float32(1), explore])
    def test_what_is_no_control(self, given):
        refuses(lambda: control("rate", given), "rate", "slider", type(given).__name__, error=TypeError)

    def test_a_widget_that_starts_between_its_steps(self):
        own = ipywidgets.IntSlider(value=4, min=0, max=6, step=3)
        refuses(lambda: control("rate", own), "rate value must be one of 0, 3, 6, got 4", error=ValueError)

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


class TestWhatUsersPass:
    @pytest.mark.parametrize(
        ("given", "texts"),
        [
            (list(np.array([1, 2])), ("1", "2")),
            (np.array([1, 2]), ("1", "2")),
            (list(np.float32([0.1, 0.2])), ("0.1", "0.2")),
            (np.linspace(0, 1, 11)[2:5], ("0.2", "0.3", "0.4")),
            ([0.1 + 0.2, 1e-7], ("0.3", "1e-07")),
            (range(0, 6, 2), ("0", "2", "4")),
            ([True, False], ("True", "False")),
            (list(np.array(["a", "b"])), ("a", "b")),
            ({"none": 0, "strong": 10}, ("none", "strong")),
            (["it's", 'a "b"', "<b>", "&amp;"], ("it's", 'a "b"', "<b>", "&amp;")),
            (("a", "b"), ("a", "b")),
            ((1, 2, 3, 4), ("1", "2", "3", "4")),
            ([1, 1.5, np.inf, np.nan], ("1", "1.5", "inf", "nan")),
        ],
        ids=repr,
    )
    def test_choices(self, given, texts):
        made = control("kind", given)
        assert (made.kind, made.texts, made.start) == ("choice", texts, 0)
        expected = list(given.values()) if isinstance(given, dict) else list(given)
        assert [type(value) for value in made.values] == [type(value) for value in expected]
        np.testing.assert_array_equal(made.values, expected)

    def test_a_dictionary_may_hold_anything(self):
        arrays = {"small": np.zeros(2), "large": np.ones(3)}
        assert control("kind", arrays).values == tuple(arrays.values())
        assert choice(arrays, value=arrays["large"]).start == 1

    @pytest.mark.parametrize("given", [(0, 10), (0.0, 1.0), (0, 10, 2), (np.int64(0), 10), (-1, np.float32(1))])
    def test_what_interact_takes_for_a_range_is_refused_with_both_ways_to_say_it(self, given):
        refuses(lambda: control("rate", given), "rate", "interact", "slider(", "integers(", "[", error=TypeError)

    def test_choices_that_nobody_can_tell_apart_or_read(self):
        refuses(lambda: control("kind", [1, np.int64(1)]), "kind", "different", error=ValueError)
        refuses(lambda: control("kind", [np.nan, np.nan]), "kind", "different", error=ValueError)
        refuses(lambda: control("kind", ["a", " "]), "kind", "read", error=ValueError)
        refuses(lambda: control("kind", {}), "kind", "empty", error=ValueError)
        refuses(lambda: control("kind", np.zeros((2, 2))), "kind", "(2, 2)", error=ValueError)
        refuses(lambda: control("kind", [np.array([1, 2])]), "kind", "ndarray", error=TypeError)

    def test_single_precision_and_numpy_integers_in_sliders(self):
        assert slider(np.float32(0), np.float32(1), value=np.float32(0.5), points=3).values == (0, 0.5, 1)
        assert integers(np.int64(1), np.int32(3)).values == (1, 2, 3)
        assert stages(np.array([1, 5])).texts == ("1", "5")

    def test_where_a_choice_starts(self):
        assert choice([16, 1, 4], value=4).start == 2
        assert choice([np.nan, 1.0], value=float("nan")).start == 0
        refuses(lambda: choice(["a", "b"], value="c"), "value", "a, b", "'c'", error=ValueError)

    def test_labels(self):
        makers = [
            slider(0, 1, label="β₁"), log_slider(1, 2, label="β₁"), integers(0, 1, label="β₁"),
            play(0, 1, label="β₁"), stages([0, 1], label="β₁"), choice(["a"], label="β₁"), switch(True, label="β₁"),
        ]  # fmt: skip
        assert {label_text("beta_1", made) for made in makers} == {"β₁"}
        plain = slider(0, 1), log_slider(1, 2), integers(0, 1), play(0, 1), stages([0, 1]), choice(["a"]), switch(True)
        assert {label_text("beta_1", made) for made in plain} == {"beta 1"}
        assert [made.kind for made in plain] == ["range", "range", "range", "play", "play", "choice", "switch"]
        assert label_text("weight_scale", slider(0, 1)) == "weight scale"
        assert label_text("n", control("n", ipywidgets.IntSlider(description="Steps"))) == "Steps"
        refuses(lambda: slider(0, 1, label=3), "label", "int", error=TypeError)
        refuses(lambda: switch("yes"), "value", "str", error=TypeError)

    @pytest.mark.filterwarnings("ignore:Support for mapping types:DeprecationWarning")
    @pytest.mark.parametrize("options", [["a", "b"], [("a", 1), ("b", 2)], {"a": 1, "b": 2}], ids=str)
    def test_the_options_of_a_widget_are_read_as_it_reads_them(self, options):
        made = control("kind", ipywidgets.Dropdown(options=options))
        assert made.texts == ("a", "b")
        assert made.values == ((1, 2) if options != ["a", "b"] else ("a", "b"))
