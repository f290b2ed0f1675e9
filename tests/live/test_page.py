"""The HTML of controls and of what surrounds a picture, without a figure: what a browser and its script read."""

from __future__ import annotations

import json

import pytest

from dlmath.live import choice, page, play, slider, switch


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
