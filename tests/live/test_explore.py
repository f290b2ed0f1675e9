"""What ``explore`` shows, with a kernel and in a book build, and what it refuses."""

from __future__ import annotations

import base64
import functools
import inspect
import itertools
import json
import re
from collections import Counter

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from support import refuses

from dlmath import live as package
from dlmath import plotting
from dlmath.live import choice, explorer, integers, log_slider, play, slider
from dlmath.live.drawing import Drawing

X = np.linspace(-2, 2, 50)
SEEN = "Two panels: a straight line through the origin that gets steeper, and beside it a wave or a cubic."
explore = functools.partial(package.explore, description=SEEN)


class Plot:
    """Two curves: one depends on the slope alone, the other on the function alone."""

    def __init__(self):
        with plt.rc_context(plotting.STYLE):
            self.figure, axes = plt.subplots(1, 2)
        (self.slope,) = axes[0].plot(X, X)
        (self.curve,) = axes[1].plot(X, X)
        axes[0].set(xlabel="x", ylabel="slope", ylim=(-4, 4), title="Slopes")
        axes[1].set(xlabel="x", ylabel="curve", ylim=(-4, 4))
        self.calls = []

    def update(self, a, function="sine", shown=True):
        self.calls.append((a, function, shown))
        self.slope.set_ydata(a * X)
        self.curve.set_ydata({"sine": np.sin, "cube": lambda x: x**3, "</script>": np.cos}[function](X))
        self.curve.set_visible(shown)
        return self.slope, self.curve, f"{function} & {a:g}"


@pytest.fixture
def plot():
    plot = Plot()
    yield plot
    plt.close(plot.figure)


@pytest.fixture
def book(a_new_process, monkeypatch):
    monkeypatch.setenv("DLMATH_BOOK", "1")


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch):
    monkeypatch.delenv("DLMATH_BOOK", raising=False)
    monkeypatch.setattr(explorer, "_names", Counter())


def bundle(live):
    return live._repr_mimebundle_()


def data_of(html):
    (text,) = re.findall(r'<script type="application/json">(.*?)</script>', html, flags=re.DOTALL)
    return json.loads(text)


def full_picture(plot, **values):
    """The pieces of both curves, drawn with nothing else than matplotlib and the book's colours."""
    plot.update(**values)
    drawing = Drawing(plot.update, plot.figure, values, "test")
    return drawing.frame(values)


class TestInABook:
    @pytest.fixture
    def page(self, plot, book):
        live = explore(
            plot.update, plot.figure, name="curves", a=slider(0, 2, value=1, points=5), function=["sine", "cube"]
        )
        return bundle(live)["text/html"]

    def test_nothing_but_html(self, plot, book):
        assert set(bundle(explore(plot.update, plot.figure, a=slider(0, 1, points=3)))) == {"text/html", "text/plain"}

    def test_every_combination_was_computed(self, plot, page):
        assert set(itertools.product((0, 0.5, 1, 1.5, 2), ("sine", "cube"), (True,))) == set(plot.calls)

    def test_distinct_pieces_are_stored_once(self, page):
        data = data_of(page)
        assert [control["texts"] for control in data["controls"]] == [["0", "0.5", "1", "1.5", "2"], ["sine", "cube"]]
        assert len(data["states"]) == 10
        assert [len(layer) for layer in data["layers"]] == [10, 10]
        assert [len(set(layer)) for layer in data["layers"]] == [5, 2]
        assert len(data["fragments"]) == 7
        assert len(set(data["fragments"])) == 7

    def test_each_state_has_the_pieces_and_the_sentence_of_its_values(self, page):
        data = data_of(page)
        for (i, a), (j, function) in itertools.product(enumerate((0, 0.5, 1, 1.5, 2)), enumerate(("sine", "cube"))):
            state = data["states"][str(2 * i + j)]
            assert data["sentences"][data["sentence"][state]] == f"{function} & {a:g}"
            other = Plot()
            frame = full_picture(other, a=a, function=function)
            expected = [re.sub(r"#dl-[\w-]+", "#", frame.moving[line]) for line in (other.slope, other.curve)]
            stored = [re.sub(r"#dl-[\w-]+", "#", data["fragments"][layer[state]]) for layer in data["layers"]]
            assert stored == [plotting.with_page_colours(piece) for piece in expected]
            plt.close(other.figure)

    def test_the_page_starts_with_the_default_and_says_so(self, page):
        data = data_of(page)
        state = data["states"]["4"]
        shown = re.findall(r"<g data-layer>(.*?)</g>", page)
        assert shown == [data["fragments"][layer[state]] for layer in data["layers"]]
        assert "<span>sine &amp; 1</span>" in page
        assert f'role="img" aria-label="{SEEN}"' in page
        assert [control["start"] for control in data["controls"]] == [2, 0]

    def test_controls_are_hidden_where_no_script_runs(self, page):
        assert re.search(r'<div class="dl-live-controls"[^>]* hidden>', page)

    def test_every_control_has_a_label_of_its_own(self, page):
        targets = re.findall(r'<label for="([^"]*)">', page)
        assert targets == ["curves-a", "curves-function"]
        for target in targets:
            assert page.count(f'id="{target}"') == 1

    def test_sentences_and_choices_cannot_end_the_script(self, plot, book):
        html = bundle(explore(plot.update, plot.figure, function=["</script>", "sine"], a=integers(1, 2)))["text/html"]
        assert html.count("</script>") == 2, "the data's and the script's own"
        assert data_of(html)["sentences"][0] == "</script> & 1"
        assert "<span>&lt;/script&gt; &amp; 1</span>" in html
        assert "<option selected>&lt;/script&gt;</option>" in html

    def test_a_description_is_said_and_escaped(self, plot, book):
        said = 'A "curve" & <more>, from -1 to 2e-07 and  back again.'
        live = explore(plot.update, plot.figure, description=said, a=integers(1, 2))
        written = "A &quot;curve&quot; &amp; &lt;more&gt;, from −1 to 2·10⁻⁷ and back again."
        assert f'aria-label="{written}"' in bundle(live)["text/html"]

    def test_the_first_figure_of_a_page_brings_the_script_for_all(self, book):
        pages = []
        for _ in range(3):
            plot = Plot()
            pages.append(bundle(explore(plot.update, plot.figure, a=integers(1, 2)))["text/html"])
        assert [page.count("window.dlmathLive ??=") for page in pages] == [1, 0, 0]
        assert [page.count("<style>") for page in pages] == [1, 0, 0]
        assert [page.count("window.dlmathLive?.()") for page in pages] == [0, 1, 1]

    def test_two_figures_of_one_name_keep_apart(self, book):
        pages = []
        for _ in range(2):
            plot = Plot()
            pages.append(
                bundle(explore(plot.update, plot.figure, name="twins of a page", a=integers(1, 2)))["text/html"]
            )
        assert [data_of(page)["name"] for page in pages] == ["twins-of-a-page", "twins-of-a-page-2"]
        names = [set(re.findall(r' id="([^"]*)"', page)) for page in pages]
        assert not names[0] & names[1]

    def test_one_computation_more_at_each_end_and_no_more(self, plot, book):
        explore(plot.update, plot.figure, a=slider(0, 1, points=9))
        # Nine frames, the first one before and twice to begin with, and both ends (one is the start) again.
        assert len(plot.calls) == 9 + 2 + 2

    def test_controls_that_are_combined_in_groups(self, plot, book):
        controls = {"a": integers(1, 4), "function": ["sine", "cube"], "shown": True}
        live = explore(plot.update, plot.figure, combine=[["a", "function"], ["function", "shown"]], **controls)
        data = data_of(bundle(live)["text/html"])
        assert len(data["states"]) == 4 * 2 + 2 * 2 - 2
        assert [control["with"] for control in data["controls"]] == [[0, 1], [0, 1, 2], [1, 2]]

    def test_quotes_and_angles_in_labels_and_options_are_text(self, plot, book):
        own = ipywidgets.SelectionSlider(options=['"<i>', "sine"], description="<b>'\"")
        curves = {'"<i>': np.cos, "sine": np.sin}

        def update(function, kind):
            plot.curve.set_ydata(curves[function](X))
            return plot.curve, kind

        html = bundle(explore(update, plot.figure, function=own, kind=choice(["<u>", "'\""], label="<s>")))["text/html"]
        controls = html[html.index('<div class="dl-live-controls"') : html.index('<div class="dl-figure')]
        assert not re.search("<[ibus]>", controls)
        assert 'aria-valuetext="&quot;&lt;i&gt;"' in controls
        assert ">&lt;s&gt;</label>" in controls

    def test_too_many_frames(self, plot, book):
        refuses(
            lambda: explore(plot.update, plot.figure, a=slider(0, 1, points=300), function=["sine", "cube"]),
            "the figure has 600 frames",
            "Give a fewer points",
            "at most 400",
            "a 300, function 2",
            "combine=",
        )
        assert plot.calls == [], "refused after all was computed"

    def test_too_many_bytes(self, plot, book, monkeypatch):
        monkeypatch.setattr(explorer, "MOST_BYTES", 5_000)
        refuses(
            lambda: explore(plot.update, plot.figure, a=slider(0, 1, points=12)),
            "the figure has 12 frames",
            "Give a fewer points",
            "kB (gzip)",
            "5 kB",
        )

    def test_an_update_that_fails_somewhere_names_the_values(self, plot, book):
        def update(a, function):
            if a == 3 and function == "cube":
                raise ZeroDivisionError("no")
            return plot.update(a, function)

        with pytest.raises(ZeroDivisionError) as caught:
            explore(update, plot.figure, a=integers(1, 4), function=["sine", "cube"])
        assert "update(a=3, function='cube')" in caught.value.__notes__[0]

    def test_an_update_that_remembers_is_refused(self, plot, book):
        def update(a):
            plot.slope.set_ydata(plot.slope.get_ydata() + a)
            return plot.slope

        refuses(lambda: explore(update, plot.figure, a=integers(1, 3)), "update(a=1)", "arguments alone")

    def test_a_change_unsaid_between_the_ends_is_found(self, plot, book):
        def update(a):
            plot.slope.set_ydata(a * X)
            plot.curve.set_ydata(-X if a == 3 else X)
            return plot.slope

        refuses(lambda: explore(update, plot.figure, a=integers(1, 5)), "update(a=3)", "did not return it", "Line2D")

    def test_an_artist_that_is_replaced_stays_in_its_panel(self, book):
        with plt.rc_context(plotting.STYLE):
            figure, (left, right) = plt.subplots(1, 2)
        (kept,) = left.plot(X, X)
        drawn = [right.fill_between(X, X, color="blue")]
        right.set(xlim=(-2, 2), ylim=(-9, 9))

        def update(a):
            drawn.pop().remove()
            drawn.append(right.fill_between(X, a * X, color="blue"))
            return kept, drawn[0]

        html = bundle(explore(update, figure, a=integers(1, 3)))["text/html"]
        panels = re.findall(r'<g class="dl-panel" style="([^"]*)">(.*?)(?=<g class="dl-panel"|</svg>)', html, re.DOTALL)
        layers = [(style, content.count("<g data-layer>")) for style, content in panels if "data-layer" in content]
        assert [count for _, count in layers] == [1, 1]
        assert layers[0][0] != layers[1][0]

    def test_an_artist_returned_only_sometimes_starts_as_it_was(self, plot, book):
        def update(a):
            plot.curve.set_ydata(np.full_like(X, max(a, 2)))
            return [plot.slope, plot.curve] if a > 2 else plot.slope

        html = bundle(explore(update, plot.figure, a=integers(1, 4)))["text/html"]
        data = data_of(html)
        curves = [data["fragments"][i] for i in data["layers"][1]]
        assert curves[0] == curves[1] != curves[2] != curves[3]


class TestWithAKernel:
    def test_a_widget_and_no_grid(self, plot):
        live = explore(plot.update, plot.figure, a=slider(0, 1, points=101), function=["sine", "cube"])
        shown = bundle(live)
        assert "application/vnd.jupyter.widget-view+json" in shown
        assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")
        assert {call[0] for call in plot.calls} == {0}
        assert "<script" not in shown["text/html"]
        assert "sine &amp; 0" in shown["text/html"]

    def test_each_control_has_its_widget(self, plot):
        def update(a, b, c, d, e, f):
            return plot.slope

        own = ipywidgets.IntSlider(2, 0, 4)
        controls = {"a": slider(0, 1), "b": ["x", "y"], "c": True, "d": play(0, 5), "e": log_slider(1, 10), "f": own}
        live = explore(update, plot.figure, **controls)
        row = widgets_of(live)
        assert [type(each).__name__ for each in row] == [
            "SelectionSlider",
            "Dropdown",
            "Checkbox",
            "Play",
            "SelectionSlider",
            "SelectionSlider",
            "IntSlider",
        ]
        assert own in row

    def test_moving_a_widget_redraws_picture_and_sentence(self, plot):
        live = explore(
            plot.update, plot.figure, a=slider(0, 2, value=1, points=5), function=["sine", "cube"], shown=True
        )
        a, function, shown = widgets_of(live)
        picture = picture_of(live)
        before = picture.value
        a.value = 1.5
        assert "<span>sine &amp; 1.5</span>" in picture.value
        assert picture.value != before
        function.value = "cube"
        shown.value = False
        assert plot.calls[-1] == (1.5, "cube", False)
        assert "<span>cube &amp; 1.5</span>" in picture.value
        a.value, function.value, shown.value = 1, "sine", True
        assert picture.value == before

    def test_an_error_is_shown_where_the_picture_was(self, plot):
        def update(a):
            if a > 1:
                raise ZeroDivisionError("<no>")
            return plot.update(a)

        live = explore(update, plot.figure, a=integers(1, 3))
        (a,) = widgets_of(live)
        a.value = 2
        assert "ZeroDivisionError: &lt;no&gt;" in picture_of(live).value
        assert "update(a=2)" in picture_of(live).value
        a.value = 1
        assert "ZeroDivisionError" not in picture_of(live).value

    def test_running_a_cell_again_does_not_rename_its_figure(self):
        shown = []
        for _ in range(3):
            plot = Plot()
            live = explore(plot.update, plot.figure, name="up", a=integers(1, 3))
            shown.append((repr(live), set(re.findall(r' id="([^"]*)"', bundle(live)["text/html"]))))
            plt.close(plot.figure)
        assert {text for text, _ in shown} == {"Live figure up(a=1): sine & 1"}
        assert not shown[0][1] & shown[1][1], "one page may show both"

    def test_values_that_do_not_equal_themselves_or_equal_others(self, plot):
        seen = []

        def update(a, b, c):
            seen.append((a, b, c))
            return plot.slope, f"{a}, {b}, {c}"

        tables = {"zeros": np.zeros(2), "ones": np.ones(3)}
        live = explore(update, plot.figure, a=[1, True], b=[0.5, np.nan], c=tables)
        for each in widgets_of(live):
            for place in (1, len(each.options) - 1):
                each.index = place
                assert 'role="alert"' not in picture_of(live).value
        assert seen[-1][0] is True
        assert np.isnan(seen[-1][1])
        assert seen[-1][2] is tables["ones"]

    def test_the_widget_is_shown_without_its_own_representation(self, plot, monkeypatch):
        """ipywidgets 7 has no ``_repr_mimebundle_``: there a widget displays itself."""
        monkeypatch.delattr(ipywidgets.Widget, "_repr_mimebundle_", raising=False)
        live = explore(plot.update, plot.figure, a=integers(1, 3))
        view = bundle(live)["application/vnd.jupyter.widget-view+json"]
        assert view == {"version_major": 2, "version_minor": 0, "model_id": live.widget.model_id}

    def test_reset_brings_everything_back(self, plot):
        own = ipywidgets.IntSlider(2, 0, 4)

        def update(a, b, c, d, e):
            plot.slope.set_ydata(X * a)
            return plot.slope, f"{a}, {b}, {c}, {d}, {e}"

        live = explore(update, plot.figure, a=slider(0, 2, value=1), b=["x", "y"], c=True, d=play(0, 5), e=own)
        before = picture_of(live).value
        a, b, c, _, d, e = widgets_of(live)
        a.value, b.value, c.value, d.value, e.value = 0.0, "y", False, 3, 4
        assert picture_of(live).value != before
        live.widget.children[2].click()
        assert picture_of(live).value == before
        assert (a.value, b.value, c.value, d.value, e.value) == (1, "x", True, 0, 2)

    def test_labels_and_numbers_are_written_as_people_do(self, plot):
        def update(rate, bias):
            plot.slope.set_ydata(X * rate)
            return plot.slope, f"rate {rate:g}, bias {bias:g}"

        rate = log_slider(1e-7, 1, value=1e-7, points=3, label="rate γ")
        live = explore(update, plot.figure, rate=rate, bias=slider(-1, 1, points=3))
        rate, bias = widgets_of(live)
        assert rate.description == "rate γ"
        assert rate.options[rate.index][0] == "10⁻⁷"
        assert bias.options[bias.index][0] == "−1"
        assert "<span>rate 10⁻⁷, bias −1</span>" in picture_of(live).value
        assert rate.value == 1e-7

    def test_pyplot_does_not_show_the_figure_a_second_time(self, plot):
        explore(plot.update, plot.figure, a=integers(1, 3))
        assert plot.figure.number not in plt.get_fignums()


def widgets_of(live):
    """The ipywidgets of the controls, in their order."""
    return [inner for each in live.widget.children[0].children for inner in getattr(each, "children", [each])]


def picture_of(live):
    return live.widget.children[1]


class TestBadInput:
    def test_what_is_no_function_and_no_figure(self, plot):
        refuses(lambda: explore(3, plot.figure, a=integers(1, 2)), "update", "int", error=TypeError)
        refuses(lambda: explore(plot.update, plot, a=integers(1, 2)), "figure", "Plot", error=TypeError)

    def test_a_description_is_required_and_says_more_than_the_axes(self, plot):
        a = integers(1, 2)
        with pytest.raises(TypeError, match="description"):
            package.explore(plot.update, plot.figure, a=a)
        for poor in ("", "  ", "A figure.", "Slopes: slope over x; curve over x", "Interactive figure. Slopes over x."):
            refuses(lambda poor=poor: explore(plot.update, plot.figure, description=poor, a=a), "description", "seen")
        for tex in (
            r"The curve of $x^2$ against x as it grows steeper.",
            r"The curve of \sigma as it grows steeper.",
        ):
            refuses(lambda tex=tex: explore(plot.update, plot.figure, description=tex, a=a), "description", "TeX")
        refuses(lambda: explore(plot.update, plot.figure, description=None, a=a), "description", "None")

    def test_no_controls(self, plot):
        refuses(lambda: explore(plot.update, plot.figure), "controls", "slider", error=ValueError)

    def test_names_that_update_does_not_take(self, plot):
        refuses(
            lambda: explore(plot.update, plot.figure, a=integers(1, 2), b=True),
            "update",
            "'b'",
            "a, function, shown",
            error=TypeError,
        )
        refuses(lambda: explore(plot.update, plot.figure, shown=True), "update", "'a'", "no control", error=TypeError)

    def test_controls_that_are_not_understood(self, plot):
        refuses(lambda: explore(plot.update, plot.figure, a=3.5), "a", "slider", "3.5", error=TypeError)

    def test_groups_of_what_is_no_control(self, plot):
        refuses(
            lambda: explore(plot.update, plot.figure, combine=[["b"]], a=integers(1, 2)),
            "combine",
            "'b'",
            "a",
            error=ValueError,
        )

    @pytest.mark.parametrize("own", ["name", "combine"])
    def test_a_control_that_has_the_name_of_an_own_argument(self, plot, own):
        names: dict = {"plot": plot}
        exec(f"def needs(a, {own}): return plot.slope\ndef may(a, {own}=1): return plot.slope", names)
        a = integers(1, 2)
        for given in ({}, {own: ["one", "two"]}, {own: slider(0, 1)}, {own: True}):
            refuses(lambda given=given: explore(names["needs"], plot.figure, a=a, **given), own, own + "_")
        refuses(lambda: explore(names["may"], plot.figure, a=a, **{own: ["one", "two"]}), own, own + "_")
        assert "a=1" in repr(explore(names["may"], plot.figure, a=a))

    def test_own_arguments_of_the_wrong_kind(self, plot):
        a = integers(1, 2)
        refuses(lambda: explore(lambda a: plot.slope, plot.figure, a=a, name=["x", "y"]), "name", "list")
        refuses(lambda: explore(lambda a: plot.slope, plot.figure, a=a, description=slider(0, 1)), "description")
        for groups in ("ab", ["ab"], slider(0, 1), 3, {"a": 1}):
            refuses(lambda groups=groups: explore(lambda a: plot.slope, plot.figure, a=a, combine=groups), "combine")

    @pytest.mark.parametrize("own", ["update", "figure", "values", "self", "draw", "controls"])
    def test_other_names_are_free(self, plot, own):
        seen = []

        def update(**values):
            seen.append(values)
            return plot.slope

        explore(update, plot.figure, **{own: integers(1, 2)})
        assert seen[0] == {own: 1}

    def test_a_function_of_any_keywords_is_taken(self, plot):
        def update(**values):
            return plot.update(**values)

        assert "a=1" in repr(explore(update, plot.figure, a=integers(1, 2)))


def test_the_signature_that_the_chapters_rely_on():
    parameters = list(inspect.signature(package.explore).parameters.values())
    assert [each.name for each in parameters] == ["update", "figure", "description", "name", "combine", "controls"]
    assert parameters[2].default is inspect.Parameter.empty
    assert parameters[-1].kind == inspect.Parameter.VAR_KEYWORD
