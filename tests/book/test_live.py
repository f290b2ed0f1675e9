"""Live figures as readers have them: from disk, from a server, by keyboard, on a phone, on paper, and in JupyterLab."""

from __future__ import annotations

import gzip
import itertools
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from contextlib import suppress

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from support import serving

from dlmath import plotting
from dlmath.live import explore, explorer, log_slider, page, play

X = np.linspace(-3, 3, 60)
HALVES = np.linspace(0, 1, 12)


def training_figure(**options):
    with plt.rc_context(plotting.STYLE):
        figure, axes = plt.subplots()
    (line,) = axes.plot(X, X)
    axes.set(xlabel="x", ylabel="y", ylim=(-3, 3))

    def training(learning_rate, activation, shown):
        line.set_ydata({"tanh": np.tanh, "sine": lambda z: np.sin(z) - 1}[activation](learning_rate * X))
        line.set_visible(shown)
        return line, f"{activation} at {learning_rate:g}" + ("" if shown else ", hidden")

    return explore(
        training,
        figure,
        learning_rate=log_slider(0.01, 100, value=1, points=5),
        activation=["tanh", "sine"],
        shown=True,
        description="A curve from the lower left to the upper right, which a larger factor makes steeper.",
        **options,
    )


def descent_figure(**options):
    with plt.rc_context(plotting.STYLE):
        figure, axes = plt.subplots()
    image = axes.imshow(np.outer(HALVES, HALVES), vmin=0, vmax=1, interpolation="none")

    def descent(step):
        image.set_data(np.outer(HALVES, HALVES) ** (1 + step))
        return image, f"after {step} steps"

    seen = "A square that is bright in its upper right corner and gets darker elsewhere with every step."
    return explore(descent, figure, description=seen, step=play(0, 9), **options)


def panels_figure(count):
    with plt.rc_context(plotting.STYLE):
        figure, axes = plt.subplots(1, count, squeeze=False)
    lines = [each.plot(X, X, label="a line")[0] for each in axes[0]]
    axes[0, 0].legend(fontsize=9)
    for each in axes[0]:
        each.set(xlabel="x", ylabel="y", ylim=(-9, 9))

    def tilt(slope):
        for line in lines:
            line.set_ydata(slope * X)
        return lines, f"slope {slope:g}"

    seen = "The same straight line in each panel, which gets steeper with its slope."
    return explore(tilt, figure, description=seen, name=f"tilt {count}", slope=log_slider(0.1, 10, points=3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory, root):
    """A page with two live figures, a heading to jump to, and one page with the second figure alone."""
    patch = pytest.MonkeyPatch()
    patch.setenv("DLMATH_BOOK", "1")
    patch.setattr(explorer, "_names", Counter())
    figures = [figure()._repr_mimebundle_()["text/html"] for figure in (training_figure, descent_figure)]
    patch.setattr(explorer, "_names", Counter())  # a page of its own
    groups = training_figure(name="groups", combine=[["learning_rate", "activation"], ["activation", "shown"]])
    patch.setattr(explorer, "_names", Counter())
    panels = [panels_figure(count)._repr_mimebundle_()["text/html"] for count in (2, 1)]
    patch.undo()
    folder = tmp_path_factory.mktemp("live")
    head = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<style>{(root / '_static' / 'book.css').read_text(encoding='utf-8')}</style><title>Live figures</title>"
        '<link rel="icon" href="data:,"><body style="margin: 8px">'
    )
    between = '<p><a href="#below">to the text below</a></p>'
    below = '<p style="height: 3000px">Text.</p><h2 id="below">Below</h2>'
    (folder / "both.html").write_text(head + figures[0] + between + figures[1] + below, encoding="utf-8")
    (folder / "groups.html").write_text(head + groups._repr_mimebundle_()["text/html"], encoding="utf-8")
    (folder / "panels.html").write_text(head + "".join(panels), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def http(folder):
    with serving(folder) as address:
        yield address


@pytest.fixture
def visit(browser, folder):
    """Open a page from disk, in a tab that is offline and reports every complaint."""
    contexts, complaints = [], []

    def open_page(address="both.html", **options):
        origin = "" if address.startswith("http") else folder.as_uri() + "/"
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_offline(not address.startswith("http"))
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("requestfailed", lambda request: complaints.append(request.url))
        tab.goto(origin + address)
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def sentences(tab):
    return [text.strip() for text in tab.locator(".dl-live-sentence").all_inner_texts()]


def curve(tab):
    return tab.locator("g[data-layer]").first.inner_html()


def hash_is(tab, expected):
    tab.wait_for_function(f"decodeURIComponent(location.hash) === {expected!r}")


@pytest.mark.parametrize("origin", ["disk", "server"])
def test_controls_move_picture_and_sentence(visit, http, origin):
    tab = visit("both.html" if origin == "disk" else f"{http}/both.html")
    assert sentences(tab) == ["tanh at 1", "after 0 steps"]
    before = curve(tab)
    tab.get_by_label("learning rate").fill("3")
    assert sentences(tab) == ["tanh at 10", "after 0 steps"]
    assert curve(tab) != before
    tab.get_by_label("activation").select_option("sine")
    assert sentences(tab)[0] == "sine at 10"
    tab.get_by_label("shown").uncheck()
    assert sentences(tab)[0] == "sine at 10, hidden"
    assert curve(tab) == ""
    tab.get_by_label("shown").check()
    tab.get_by_label("activation").select_option("tanh")
    tab.get_by_label("learning rate").fill("2")
    assert curve(tab) == before


def test_every_state_shows_its_own_picture(visit):
    tab = visit()
    pictures = set()
    for position in range(5):
        tab.get_by_label("learning rate").fill(str(position))
        for activation in ("tanh", "sine"):
            tab.get_by_label("activation").select_option(activation)
            assert sentences(tab)[0] == f"{activation} at {10.0 ** (position - 2):g}"
            assert tab.locator(".dl-live-control span").first.inner_text() == f"{10.0 ** (position - 2):g}"
            pictures.add(curve(tab))
    assert len(pictures) == 10


def test_the_keyboard_reaches_and_moves_everything(visit):
    tab = visit()
    reached = []
    for _ in range(6):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("document.activeElement.id || document.activeElement.tagName"))
        outline = tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", f"{reached[-1]} does not show that it has the focus"
    assert reached == [
        "training-learning_rate", "training-activation", "training-shown", "A", "BUTTON", "descent-step",
    ]  # fmt: skip
    tab.keyboard.press("ArrowRight")
    assert sentences(tab)[1] == "after 1 steps"
    tab.get_by_label("learning rate").focus()
    tab.keyboard.press("End")
    assert sentences(tab)[0] == "tanh at 100"
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowDown")
    assert sentences(tab)[0] == "sine at 100"
    tab.keyboard.press("Tab")
    tab.keyboard.press("Space")
    assert sentences(tab)[0] == "sine at 100, hidden"


def test_what_a_screen_reader_is_told(visit):
    tab = visit()
    rate = tab.get_by_role("slider", name="learning rate", exact=True)
    assert rate.get_attribute("aria-valuetext") == "1"
    rate.fill("4")
    assert rate.get_attribute("aria-valuetext") == "100"
    assert tab.get_by_role("combobox", name="activation").count() == 1
    assert tab.get_by_role("checkbox", name="shown").count() == 1
    assert tab.get_by_role("button", name="play step").get_attribute("aria-pressed") == "false"
    assert tab.get_by_role("img", name="A curve from the lower left").count() == 1
    assert tab.locator(".dl-live-sentence").first.get_attribute("aria-live") == "polite"


class TestAddress:
    def test_it_holds_what_differs_from_the_start_and_opens_in_that_state(self, visit):
        tab = visit()
        tab.get_by_label("learning rate").fill("0")
        tab.get_by_label("activation").select_option("sine")
        tab.get_by_label("step", exact=True).fill("4")
        hash_is(tab, "#training.learning_rate=0.01&training.activation=sine&descent.step=4")
        again = visit(tab.url.rsplit("/", 1)[1])
        assert sentences(again) == ["sine at 0.01", "after 4 steps"]
        assert again.get_by_label("learning rate").input_value() == "0"
        assert curve(again) == curve(tab)

    def test_it_is_as_it_was_when_all_is_back_at_the_start(self, visit):
        tab = visit()
        tab.get_by_label("learning rate").fill("0")
        hash_is(tab, "#training.learning_rate=0.01")
        tab.get_by_label("learning rate").fill("2")
        hash_is(tab, "")
        assert tab.evaluate("history.length") == visit().evaluate("history.length"), (
            "the back button must not be filled"
        )

    def test_a_changed_address_moves_the_figure_it_names_and_no_other(self, visit):
        tab = visit("both.html#descent.step=3")
        tab.get_by_label("learning rate").fill("0")
        tab.evaluate("location.hash = 'descent.step=7'")
        tab.wait_for_function("document.querySelectorAll('.dl-live-sentence')[1].innerText.trim() == 'after 7 steps'")
        assert sentences(tab)[0] == "tanh at 0.01"

    def test_a_number_between_two_points_is_the_nearer_one(self, visit):
        assert sentences(visit("both.html#training.learning_rate=60"))[0] == "tanh at 100"

    @pytest.mark.parametrize(
        "hash",
        [
            "training.learning_rate=",
            "training.activation=<b>",
            "training.shown=9e99x",
            "other.step=3",
            "=&&=%",
            "step=2",
        ],
    )
    def test_nonsense_is_ignored(self, visit, hash):
        assert sentences(visit(f"both.html#{hash}")) == ["tanh at 1", "after 0 steps"]

    def test_ordinary_anchors_work_and_are_left_alone(self, visit):
        tab = visit()
        tab.get_by_label("learning rate").fill("3")
        hash_is(tab, "#training.learning_rate=10")
        tab.get_by_role("link", name="to the text below").click()
        hash_is(tab, "#below")
        assert tab.evaluate("document.getElementById('below').getBoundingClientRect().top < innerHeight")
        assert sentences(tab)[0] == "tanh at 10"
        tab.wait_for_timeout(500)
        hash_is(tab, "#below")
        tab.go_back()
        hash_is(tab, "#training.learning_rate=10")

    def test_the_figure_that_the_address_names_is_in_sight(self, visit):
        tab = visit("both.html#descent.step=3", viewport={"width": 1000, "height": 350})
        tab.wait_for_function("document.querySelectorAll('.dl-live')[1].getBoundingClientRect().top < innerHeight")


class TestPlay:
    def test_it_runs_to_the_end_and_stops(self, visit):
        tab = visit()
        button = tab.get_by_role("button", name="play step")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert tab.locator(".dl-live-sentence").nth(1).get_attribute("aria-live") == "off", "thirty sentences a second"
        tab.wait_for_function("document.querySelectorAll('.dl-live-sentence')[1].innerText.trim() == 'after 9 steps'")
        tab.wait_for_function(
            "document.querySelector('.dl-live button[aria-pressed]').getAttribute('aria-pressed') == 'false'"
        )
        hash_is(tab, "#descent.step=9")
        button.click()
        assert sentences(tab)[1] == "after 0 steps"

    def test_it_pauses_where_it_is(self, visit):
        tab = visit()
        button = tab.get_by_role("button", name="play step")
        button.click()
        button.click()
        at = sentences(tab)[1]
        tab.wait_for_timeout(900)
        assert sentences(tab)[1] == at != "after 9 steps"

    def test_nothing_moves_by_itself_and_steps_are_slow_where_motion_is_unwanted(self, visit):
        tab = visit(reduced_motion="reduce")
        tab.wait_for_timeout(300)
        assert sentences(tab)[1] == "after 0 steps"
        tab.get_by_role("button", name="play step").click()
        tab.wait_for_timeout(700)
        assert sentences(tab)[1] == "after 1 steps"


class TestPage:
    def test_without_scripts_the_first_picture_is_shown_and_no_dead_control(self, visit):
        tab = visit(java_script_enabled=False)
        assert sentences(tab) == ["tanh at 1", "after 0 steps"]
        assert tab.get_by_role("img").count() == 2
        assert tab.locator(".dl-figure svg").first.bounding_box()["height"] > 200
        assert not tab.locator(".dl-live-controls").first.is_visible()

    def test_on_paper_there_is_the_picture_and_no_control(self, visit):
        tab = visit()
        assert tab.locator(".dl-live-controls").first.is_visible()
        tab.emulate_media(media="print")
        assert not tab.locator(".dl-live-controls").first.is_visible()
        assert tab.locator(".dl-figure svg").first.is_visible()
        assert tab.locator(".dl-live-sentence").first.is_visible()

    def test_on_a_phone_controls_stack_and_nothing_overflows(self, visit):
        tab = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 390
        boxes = [each.bounding_box() for each in tab.locator(".dl-live").first.locator(".dl-live-control").all()]
        assert len({box["x"] for box in boxes}) == 1
        for above, below in itertools.pairwise(boxes):
            assert above["y"] + above["height"] <= below["y"] + 0.5
        assert all(box["height"] >= 44 for box in boxes), "too small for a finger"

    @pytest.mark.parametrize("width", [320, 390, 1280])
    def test_panels_are_stacked_on_a_phone_and_text_is_never_small(self, visit, width):
        tab = visit("panels.html", viewport={"width": width, "height": 900})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        scales = tab.locator(".dl-figure > svg").evaluate_all("svgs => svgs.map(svg => svg.getScreenCTM().a)")
        assert min(9 * scale for scale in scales) >= 10.99
        assert max(12 * scale for scale in scales) <= 19
        sides = (
            "panels => panels.map(panel => panel.getBoundingClientRect()).map(box => [box.left, box.right, box.top])"
        )
        boxes = tab.locator(".dl-stack .dl-panel").evaluate_all(sides)
        assert all(left >= 0 and right <= width for left, right, _ in boxes)
        tops = {round(top / 100) for _, _, top in boxes}
        assert (len(tops) > 1) == (width < 600)
        before = [each.inner_html() for each in tab.locator(".dl-stack g[data-layer]").all()]
        tab.get_by_label("slope").first.fill("2")
        after = [each.inner_html() for each in tab.locator(".dl-stack g[data-layer]").all()]
        assert all(one != other for one, other in zip(before, after, strict=True))

    def test_paper_is_light_whatever_the_screen_is(self, visit):
        tab = visit()
        stroke = "getComputedStyle(document.querySelector('g[data-layer] path')).stroke"
        light = tab.evaluate(stroke)
        tab.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert tab.evaluate(stroke) != light
        tab.emulate_media(media="print")
        assert tab.evaluate(stroke) == light

    @pytest.mark.parametrize("width", [1280, 390])
    def test_nothing_jumps_when_values_change(self, visit, width):
        tab = visit(viewport={"width": width, "height": 900})

        def places():
            elements = tab.locator(".dl-live input, .dl-live select, .dl-live .dl-figure, .dl-live-sentence, h2").all()
            return [
                element.evaluate("e => { const b = e.getBoundingClientRect(); return [b.x, b.y] }")
                for element in elements
            ]

        before = places()
        for position in range(5):
            tab.get_by_label("learning rate").fill(str(position))
            assert places() == before

    def test_colours_follow_the_mode_of_the_page(self, visit):
        tab = visit()
        stroke = "getComputedStyle(document.querySelector('g[data-layer] path')).stroke"
        light = tab.evaluate(stroke)
        tab.evaluate("document.documentElement.dataset.theme = 'dark'")
        assert tab.evaluate(stroke) != light
        tab.get_by_label("learning rate").fill("0")
        assert tab.evaluate(stroke) != light, "a picture that is put in later must follow too"

    def test_one_script_runs_for_all_figures(self, visit):
        tab = visit()
        assert tab.evaluate("document.querySelectorAll('.dl-live[data-live]').length") == 2
        tab.evaluate(f"{page.source('live.js')}")
        tab.get_by_label("step", exact=True).fill("3")
        assert sentences(tab)[1] == "after 3 steps"

    def test_what_was_not_combined_cannot_be_chosen_and_says_why(self, visit):
        tab = visit("groups.html")
        note, rate, shown = tab.locator(".dl-live-note"), tab.get_by_label("learning rate"), tab.get_by_label("shown")
        assert note.inner_text() == ""
        rate.fill("4")
        assert sentences(tab) == ["tanh at 100"]
        assert shown.is_disabled()
        assert note.inner_text() == "Not drawn together with learning rate: shown. Set it back, or press Reset."
        assert "learning rate" in tab.locator(".dl-live-control", has=shown).get_attribute("title")
        assert tab.get_by_label("activation").is_enabled()
        rate.fill("2")
        assert shown.is_enabled()
        assert note.inner_text() == ""
        shown.uncheck()
        assert rate.is_disabled()
        assert sentences(tab) == ["tanh at 1, hidden"]

    def test_no_choice_that_can_be_made_is_undone(self, visit):
        tab = visit("groups.html")
        controls = [tab.get_by_label("learning rate"), tab.get_by_label("activation"), tab.get_by_label("shown")]
        moves = [lambda c: c.fill("0"), lambda c: c.select_option("sine"), lambda c: c.uncheck()]
        read = "es => es.map(e => e.type == 'checkbox' ? e.checked : e.value)"
        for order in itertools.permutations(range(3)):
            tab.get_by_role("button", name="Reset").click() if tab.get_by_role(
                "button", name="Reset"
            ).is_enabled() else 0
            for i in order:
                before = tab.locator(".dl-live-control :is(input, select)").evaluate_all(read)
                if controls[i].is_enabled():
                    moves[i](controls[i])
                    after = tab.locator(".dl-live-control :is(input, select)").evaluate_all(read)
                    assert [k for k in range(3) if before[k] != after[k]] == [i]

    def test_reset_brings_everything_back(self, visit):
        tab = visit()
        reset = tab.get_by_role("button", name="Reset")
        assert reset.count() == 2
        assert reset.first.is_disabled()
        before = curve(tab)
        tab.get_by_label("learning rate").fill("4")
        tab.get_by_label("shown").uncheck()
        hash_is(tab, "#training.learning_rate=100&training.shown=off")
        reset.first.click()
        assert sentences(tab)[0] == "tanh at 1"
        assert curve(tab) == before
        assert reset.first.is_disabled()
        assert tab.evaluate("document.activeElement.id") == "training-learning_rate"
        hash_is(tab, "")
        tab.get_by_role("button", name="play step").click()
        reset.last.click()
        tab.wait_for_timeout(700)
        assert sentences(tab)[1] == "after 0 steps"


def test_the_script_is_small():
    assert len(gzip.compress(page.source("live.js").encode(), 9)) <= 4_000


LAB_CELL = """
import numpy as np
import matplotlib.pyplot as plt
from dlmath import plotting
from dlmath.live import explore, play, slider

plotting.use_style()
figure, axes = plt.subplots()
x = np.linspace(-3, 3, 100)
(line,) = axes.plot(x, x)
axes.set(xlabel="x", ylabel="y", ylim=(-9, 9))

def power(factor, function, step):
    line.set_ydata(factor * {"sine": np.sin, "square": np.square}[function](x) - step)
    return line, f"{function} times {factor:g}, less {step}"

seen = "A wave or a parabola that grows with its factor."
factor = slider(0, 2, value=1, points=5)
explore(power, figure, description=seen, factor=factor, function=["sine", "square"], step=play(0, 3))
"""


@pytest.fixture
def lab(tmp_path):
    """The address of a notebook in a JupyterLab of its own, away from the settings of whoever runs the test."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LAB_CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, tmp_path / "live.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = (
        "HOME",
        "JUPYTER_CONFIG_DIR",
        "JUPYTER_DATA_DIR",
        "JUPYTER_RUNTIME_DIR",
        "JUPYTERLAB_SETTINGS_DIR",
        "JUPYTERLAB_WORKSPACES_DIR",
    )
    environment = os.environ | {name: str(tmp_path / name.lower()) for name in folders}
    environment.pop("DLMATH_BOOK", None)
    (tmp_path / "home").mkdir()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"]
    with open(tmp_path / "log", "w", encoding="utf-8") as log:
        server = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=log, stderr=log)
    try:
        while True:
            assert server.poll() is None, (tmp_path / "log").read_text(encoding="utf-8")
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/lab/tree/live.ipynb?token={token}"
    finally:
        server.terminate()
        server.wait(20)


def run_until_shown(tab, selector):
    """Run the first cell. JupyterLab drops the key while a notebook is still being set up, so it is pressed again."""
    from playwright.sync_api import TimeoutError as NotYet

    for _ in range(6):
        tab.locator(".jp-Notebook .jp-Cell").first.click()
        tab.keyboard.press("Control+Enter")
        with suppress(NotYet):
            tab.locator(selector).wait_for(timeout=10_000)
            return
    raise AssertionError(f"no {selector} after the cell was run six times")


def test_in_jupyterlab_widgets_move_picture_and_sentence(browser, lab):
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    tab = context.new_page()
    tab.set_default_timeout(40_000)
    tab.goto(lab)
    run_until_shown(tab, ".dl-live-sentence")
    assert sentences(tab) == ["sine times 1, less 0"], "the widget is to be shown, and it alone"
    assert tab.locator(".jp-OutputArea-output img").count() == 0, "pyplot showed the figure too"
    before = tab.locator(".dl-live .dl-figure svg").inner_html()

    def sentence_becomes(text):
        tab.wait_for_function(f"document.querySelector('.dl-live-sentence').innerText.trim() == {text!r}")

    tab.locator(".widget-slider .noUi-handle").first.press("ArrowRight")
    sentence_becomes("sine times 1.5, less 0")
    assert tab.locator(".dl-live .dl-figure svg").inner_html() != before
    tab.locator(".widget-dropdown select").select_option("square")
    sentence_becomes("square times 1.5, less 0")
    tab.locator(".jupyter-widgets button").first.click()
    sentence_becomes("square times 1.5, less 3")
    context.close()
