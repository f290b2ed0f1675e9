"""The HTML of controls and of what surrounds a picture, without a figure: what a browser and its script read."""

from __future__ import annotations

import itertools
import json
import re
from typing import ClassVar

import matplotlib.pyplot as plt
import numpy as np
import pytest

from dlmath.live import choice, page, play, slider, switch
from dlmath.live.drawing import Drawing, Frame


@pytest.mark.parametrize(
    ("control", "html"),
    [
        (
            choice(["sine", "<b>"], value="<b>", label="what & why"),
            '<div class="dl-live-control"><label for="f-x">what &amp; why</label>'
            '<select id="f-x" autocomplete="off"><option>sine</option>'
            "<option selected>&lt;b&gt;</option></select></div>",
        ),
        (
            switch(True),
            '<div class="dl-live-control"><label for="f-x">x</label>'
            '<input type="checkbox" id="f-x" autocomplete="off" checked></div>',
        ),
        (
            switch(False),
            '<div class="dl-live-control"><label for="f-x">x</label>'
            '<input type="checkbox" id="f-x" autocomplete="off"></div>',
        ),
        (
            slider(-1, 1, value=0, points=5),
            '<div class="dl-live-control"><label for="f-x">x</label>'
            '<input type="range" id="f-x" autocomplete="off" min="0" max="4" value="2" aria-valuetext="0">'
            '<span aria-hidden="true" style="min-width: 4ch">0</span></div>',
        ),
    ],
    ids=["choice", "on", "off", "range"],
)
def test_controls_are_those_of_the_browser(control, html):
    assert page._control_html("f-x", "x", control) == html


def test_only_what_plays_has_a_button():
    button = '<button type="button" aria-pressed="false" aria-label="play the step">'
    assert page._control_html("f-x", "the_step", play(0, 3)).count(button) == 1
    assert "<button" not in page._control_html("f-x", "the_step", slider(0, 3))


def test_data_in_a_page_is_data_and_cannot_end_its_script():
    data = {"name": "é", "texts": ["</script>", "<!-- <b>", "1·10⁻⁷"]}
    text = page._json(data)
    assert json.loads(text) == data
    assert "</" not in text
    assert "<!--" not in text
    assert '"é"' in text, "letters stay as they are, which takes less space"
    assert ", " not in text.replace("<b>", "")


def test_a_picture_that_nothing_moves_has_style_and_sentence_and_no_controls():
    html = page.still_page("<svg/>", 500, "from <1 & up")
    assert html.startswith('<div class="dl-live" style="max-width: max(30rem, 500px)"><style>')
    assert page.source("live.css") in html
    assert html.endswith(
        '<svg/><p class="dl-live-sentence" aria-live="polite" data-longest="from &lt;1 &amp; up">'
        "<span>from &lt;1 &amp; up</span></p></div>"
    )
    for missing in ("<script", 'class="dl-live-controls"', 'class="dl-live-note"'):
        assert missing not in html


def test_controls_wait_hidden_for_the_script_and_a_note_is_there_if_it_is_needed():
    html = page._html("<svg/>", 500, "one", "longest", controls="<i/>", script="<script/>", style=False, note=True)
    assert html == (
        '<div class="dl-live" style="max-width: max(30rem, 500px)">'
        '<div class="dl-live-controls" role="group" aria-label="Controls" hidden><i/>'
        '<button type="button" class="dl-live-reset" disabled>Reset</button></div>'
        '<p class="dl-live-note" aria-live="polite"></p>'
        '<svg/><p class="dl-live-sentence" aria-live="polite" data-longest="longest">'
        "<span>one</span></p><script/></div>"
    )


def test_states_are_numbered_with_the_last_control_first():
    controls = {"a": slider(0, 1, points=3), "b": choice(["x", "y"])}
    assert [page._number((i, j), controls) for i in range(3) for j in range(2)] == [0, 1, 2, 3, 4, 5]
    assert page._indices(["b", "a", "b"], {"a": None, "b": None}) == [1, 0, 1]


def test_the_size_is_that_of_the_compressed_text():
    assert page.compressed_size("a" * 10_000) < 100 < page.compressed_size("".join(map(str, range(1000))))


def frame(order, sentence="", **moving):
    """A frame of artists that are called by letters."""
    return Frame(moving, list(order), sentence)


def test_layers_have_a_piece_for_every_frame_in_their_places():
    frames = {
        (0,): frame("abcdef", a="a0", b="b0", d="d0", f="f0"),
        (1,): frame("cadef", a="a1", d="d1", f=""),
        (2,): frame("acef", a="a2", f="f2"),
    }
    assert page._layers(frames) == {
        ("c", 0): ["a0", "", "a2"],
        ("c", 1): ["b0", "", ""],
        ("e", 0): ["d0", "a1", ""],
        ("e", 1): ["", "d1", ""],
        (None, 0): ["f0", "", "f2"],
    }
    assert page._owners(frames[0,]) == {("c", 0): "a", ("c", 1): "b", ("e", 0): "d", (None, 0): "f"}
    assert page._owners(frames[1,]) == {("e", 0): "a", ("e", 1): "d", (None, 0): "f"}


def test_the_background_has_a_group_for_each_layer_in_its_place():
    class Drawn:
        background: ClassVar = {"c": "<c/>", "e": "<e/>"}

        @staticmethod
        def in_panels(parts):
            return parts

    frames = {
        (0,): frame("acef", a="a0", f="f0"),
        (1,): frame("abcdef", a="a1", b="b1", d="d1", f="f1"),
    }
    shown = {place: pieces[0] for place, pieces in page._layers(frames).items()}
    assert page._body(Drawn, frames, frames[0,], shown) == [
        ("a", "<g data-layer>a0</g>"),
        ("b", "<g data-layer></g>"),
        ("c", "<c/>"),
        ("d", "<g data-layer></g>"),
        ("e", "<e/>"),
        ("f", "<g data-layer>f0</g>"),
        (None, ""),
    ]


@pytest.fixture
def moving():
    """A figure with a line, a curve and what moves them: the picture, its controls and its frames."""
    x = np.linspace(0, 1, 5)
    figure, axes = plt.subplots()
    line, curve = axes.plot(x, x, x, x)
    axes.set_ylim(0, 4)

    def update(a, b, shown):
        line.set_ydata(a * x)
        curve.set_ydata(b * x**2)
        curve.set_visible(shown)
        return line, curve, "z" if a == 1 else "a longer sentence"

    controls = {"a": slider(1, 3, points=3), "b": slider(0, 1, points=2), "shown": switch(True)}
    drawing = Drawing(update, figure, {"a": 1, "b": 0, "shown": True}, "test")
    positions = list(itertools.product(range(3), range(2), range(2)))
    frames = {
        each: drawing.frame({name: control.values[i] for (name, control), i in zip(controls.items(), each)})
        for each in positions
    }
    yield drawing, controls, frames
    plt.close(figure)


def test_a_live_page_in_whole(moving):
    drawing, controls, frames = moving
    everything = {name: set(controls) for name in controls}
    html = page.live_page("f", "What is seen.", controls, everything, drawing, frames)
    assert html.count('</div><div class="dl-live-control">') == 2
    assert 'data-longest="a longer sentence"' in html
    assert ">z</span>" in html
    assert 'class="dl-live-note"' not in html
    assert page.source("live.css") in html
    assert page.source("live.js") in html
    assert 'role="img" aria-label="What is seen."' in html
    data = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', html, flags=re.DOTALL)[0])
    assert data["name"] == "f"
    assert data["states"] == {str(number): number for number in range(12)}
    assert [(each["name"], each["label"], each["start"], each["with"]) for each in data["controls"]] == [
        ("a", "a", 0, [0, 1, 2]),
        ("b", "b", 0, [0, 1, 2]),
        ("shown", "shown", 1, [0, 1, 2]),
    ]
    assert data["controls"][0]["texts"] == ["1", "2", "3"]
    assert data["controls"][0]["written"] == ["1", "2", "3"]
    assert data["sentences"] == ["z", "a longer sentence"]
    assert data["sentence"] == [0] * 4 + [1] * 8
    line, curve = data["layers"]
    assert line == [0] * 4 + [line[4]] * 4 + [line[8]] * 4
    assert len(set(line)) == 3
    assert len(set(curve)) == 3, "nothing, and one for each b"
    assert data["fragments"][curve[0]] == "", "it is not shown"
    assert html.count("<g data-layer>") == 2


def test_a_page_below_another_brings_no_script_and_says_what_is_not_combined(moving):
    drawing, controls, frames = moving
    together = {"a": {"a", "b"}, "b": {"a", "b"}, "shown": {"shown"}}
    html = page.live_page("f", "What is seen.", controls, together, drawing, frames, first_of_page=False)
    assert '<p class="dl-live-note" aria-live="polite"></p>' in html
    assert "<style>" not in html
    assert "<script>window.dlmathLive?.()</script>" in html
    assert page.source("live.js") not in html
    data = json.loads(re.findall(r'<script type="application/json">(.*?)</script>', html, flags=re.DOTALL)[0])
    assert [each["with"] for each in data["controls"]] == [[0, 1], [0, 1], [2]]
