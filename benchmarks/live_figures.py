"""Live figures: what they weigh, how soon they move, and what a redraw costs beside ``ipywidgets.interact``.

``python -m benchmarks.live_figures`` prints one table; with ``--smoke`` it takes a few measurements only.
The comparison with ``interact`` is also a case of ``python -m benchmarks``.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import ipywidgets
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure

from benchmarks.harness import Case, table
from dlmath import plotting
from dlmath.live import LiveFigure, explore, log_slider, page

KILOBYTE = 1000
RATES = log_slider(1e-3, 1, value=0.1, points=15)
ACTIVATIONS = {"sigmoid": lambda z: 1 / (1 + np.exp(-z)), "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
DATA_SETS = {"sine": np.sin, "bump": lambda x: np.exp(-(x**2))}
SEEN = "The boundary that a network draws between two classes of points, and its loss step by step."
CONTROLS = {"learning_rate": RATES, "activation": list(ACTIVATIONS), "data": list(DATA_SETS)}
CHROMIUM = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


class Plot(NamedTuple):
    """A figure of two panels, and the function that changes both with each of 90 combinations."""

    update: Callable[..., Any]
    figure: Figure


class Row(NamedTuple):
    """A line of the table: what was measured, and the limit it is held to."""

    what: str
    measured: str
    limit: str
    kept: bool


def curves() -> Plot:
    """Lines only: a loss on a logarithmic axis, and a fit through 200 points."""
    with mpl.rc_context(plotting.STYLE):
        figure, (left, right) = plt.subplots(1, 2)
    plt.close(figure)
    step, x = np.arange(201), np.linspace(-3, 3, 200)
    (loss,) = left.semilogy(step, np.ones(201))
    (data,) = right.plot(x, x, ".", markersize=3, markevery=8, label="data")
    (fit,) = right.plot(x, x, label="fit")
    left.set(xlabel="step", ylabel="loss", ylim=(1e-4, 10))
    right.set(xlabel="x", ylabel="y", ylim=(-2, 3))
    right.legend(loc="upper left")

    def update(learning_rate: float, activation: str, data: str) -> list[Any]:
        losses = _losses(step, learning_rate, activation, data)
        loss.set_ydata(losses)
        points.set_ydata(DATA_SETS[data](x))
        fit.set_ydata(DATA_SETS[data](x) + ACTIVATIONS[activation](3 * x) * losses[-1])
        return [loss, points, fit, f"The loss falls from {losses[0]:.2g} to {losses[-1]:.2g} in 200 steps."]

    points = data
    return Plot(update, figure)


def surface() -> Plot:
    """A loss, and filled contours of a surface on a grid of 30 by 30 points that are drawn anew each time."""
    with mpl.rc_context(plotting.STYLE):
        figure, (left, right) = plt.subplots(1, 2)
    plt.close(figure)
    step, x = np.arange(201), np.linspace(-3, 3, 30)
    (loss,) = left.semilogy(step, np.ones(201))
    left.set(xlabel="step", ylabel="loss", ylim=(1e-4, 10))
    right.set(xlabel="$x$", ylabel="$y$")
    levels = np.linspace(-2, 2, 10)
    contours = right.contourf(x, x, np.outer(x, x), levels=levels, extend="both")
    figure.colorbar(contours, ax=right)

    def update(learning_rate: float, activation: str, data: str) -> list[Any]:
        nonlocal contours
        losses = _losses(step, learning_rate, activation, data)
        loss.set_ydata(losses)
        height = np.add.outer(DATA_SETS[data](x), ACTIVATIONS[activation](3 * x) * losses[-1])
        contours.remove()
        contours = right.contourf(x, x, height, levels=levels, extend="both")
        return [loss, contours, f"The loss falls from {losses[0]:.2g} to {losses[-1]:.2g} in 200 steps."]

    return Plot(update, figure)


PLOTS = {"two panels of lines": curves, "a line and filled contours": surface}


def built(plot: Plot) -> str:
    """The figure's HTML, as the build of the book makes it."""
    before = os.environ.get("DLMATH_BOOK")
    os.environ["DLMATH_BOOK"] = "1"
    try:
        live = explore(plot.update, plot.figure, description=SEEN, **CONTROLS)
    finally:
        if before is None:
            del os.environ["DLMATH_BOOK"]
        else:
            os.environ["DLMATH_BOOK"] = before
    return live._repr_mimebundle_()["text/html"]


def size_rows() -> Iterator[Row]:
    limits = {"two panels of lines": 60, "a line and filled contours": 150}
    for name, make in PLOTS.items():
        kilobytes = page.compressed_size(built(make())) / KILOBYTE
        yield Row(f"{name}, 90 states, gzip", f"{kilobytes:.1f} kB", f"≤ {limits[name]} kB", kilobytes <= limits[name])
    kilobytes = page.compressed_size(page.source("live.js")) / KILOBYTE
    yield Row("the script, gzip", f"{kilobytes:.1f} kB", "≤ 6 kB", kilobytes <= 6)


def build_rows(rounds: int) -> Iterator[Row]:
    """Processor time of the build for each of 90 frames, checks and page included.

    Without ``update``'s own time, and without that of drawing the figure once, which a still picture takes too.
    """
    for name, make in PLOTS.items():
        beyond = []
        for _ in range(rounds):
            plot, own = make(), 0.0

            def timed(learning_rate, activation, data, update=plot.update):
                nonlocal own
                start = time.process_time()
                result = update(learning_rate, activation, data)
                own += time.process_time() - start
                return result

            start = time.process_time()
            built(Plot(timed, plot.figure))
            live = time.process_time() - start - own
            start = time.process_time()
            plotting.show(make().figure, "The same figure, as it stands still.")
            beyond.append((live - (time.process_time() - start)) / 90)
        milliseconds = 1e3 * np.median(beyond)
        yield Row(f"{name}, build of a frame", f"{milliseconds:.1f} ms", "≤ 10 ms", milliseconds <= 10)


def cases() -> Iterator[Case]:
    for letter, (name, make) in zip("ab", PLOTS.items()):
        work = f"live figure in a kernel, {name}: update and redraw"
        peers = {"interact, inline PNG": _mover(_interact(make()))}
        yield Case(
            f"live-{letter}", work, _mover(_live(make())), peers, {"interact, inline PNG": 0.1}, check=_no_result
        )


def kernel_rows(rounds: int) -> Iterator[Row]:
    """Processor time from a new value of a widget to the picture for the browser, in turns with ``interact``."""
    for name, make in PLOTS.items():
        ours, theirs = _mover(_live(make())), _mover(_interact(make()))
        ratios, times = [], []
        for _ in range(rounds):
            pair = []
            for move in (ours, theirs):
                start = time.process_time()
                move()
                pair.append(time.process_time() - start)
            ratios.append(pair[1] / pair[0])
            times.append(pair)
        live, png = 1e3 * np.median(times, axis=0)
        ratio = float(np.median(ratios))
        what = f"{name}, update and redraw in a kernel"
        yield Row(what, f"{live:.1f} ms, interact with PNG {png:.0f} ms: {ratio:.0f} ×", "≥ 10 ×", ratio >= 10)


def browser_rows(moves: int) -> Iterator[Row]:
    """The time from an input event to the end of the frame that shows it, in a headless Chromium."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        print("no Chromium is installed: the page was not measured", file=sys.stderr)
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM.split())
        for name, make in PLOTS.items():
            file = Path(folder) / "figure.html"
            file.write_text(f'<!doctype html><meta charset="utf-8"><body>{built(make())}', encoding="utf-8")
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            tab.goto(file.as_uri())
            times = tab.evaluate(_MOVE_AND_MEASURE, moves)
            median, late = np.percentile(times, [50, 95])
            what = f"{name}, input to painted frame"
            yield Row(what, f"median {median:.1f} ms, 95 % within {late:.1f} ms", "≤ 16 ms", late <= 16)
        browser.close()


# Browsers hand over input just before they draw a frame; so does this. A message that is posted then arrives once the
# frame was laid out and painted.
_MOVE_AND_MEASURE = """async (moves) => {
  const slider = document.querySelector("input[type=range]"), select = document.querySelector("select"), times = [];
  const painted = () => new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(null);
  });
  for (let i = 0; i < moves; i++) {
    times.push(await new Promise((done) => requestAnimationFrame(async () => {
      const start = performance.now(), input = i % 5 ? slider : select;
      if (input === slider) slider.value = (+slider.value + 1) % (+slider.max + 1);
      else select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      await painted();
      done(performance.now() - start);
    })));
  }
  return times;
}"""


def _losses(step: np.ndarray, learning_rate: float, activation: str, data: str) -> np.ndarray:
    rate = learning_rate * {"sigmoid": 0.3, "tanh": 1.0, "relu": 0.8}[activation] * {"sine": 1.0, "bump": 0.7}[data]
    return np.maximum(2 * np.abs(1 - rate) ** (step / 10) * (1 + 0.1 * np.sin(step * rate)), 1e-5)


def _live(plot: Plot) -> ipywidgets.Widget:
    live: LiveFigure = explore(plot.update, plot.figure, description=SEEN, **CONTROLS)
    return live.widget.children[0].children[0]


def _interact(plot: Plot) -> ipywidgets.Widget:
    """The slider of ``interact`` with the same controls, whose picture is the PNG that a notebook would show."""

    def show(learning_rate: float, activation: str, data: str) -> None:
        plot.update(learning_rate, activation, data)
        print_figure(plot.figure, fmt="png", base64=True)

    slider = ipywidgets.SelectionSlider(options=RATES.values)
    with contextlib.redirect_stdout(io.StringIO()):
        ipywidgets.interactive(show, learning_rate=slider, activation=list(ACTIVATIONS), data=list(DATA_SETS)).update()
    return slider


def _mover(slider: ipywidgets.Widget) -> Callable[[], None]:
    values = itertools.cycle(RATES.values)

    def move() -> None:
        # Outside of a notebook, interact clears its output with control characters for a terminal.
        with contextlib.redirect_stdout(io.StringIO()):
            slider.value = next(values)

    return move


def _no_result(ours: None, theirs: None) -> None:
    """Pictures in two formats are not compared here; the tests compare ours with a redraw of the whole figure."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live_figures", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a few measurements only: that everything runs")
    options = parser.parse_args(arguments)
    few = options.smoke
    measurements = [
        size_rows,
        partial(build_rows, 1 if few else 5),
        partial(kernel_rows, 2 if few else 40),
        partial(browser_rows, 10 if few else 300),
    ]
    rows = []
    for measure in measurements:
        rows += measure()
        gc.collect()
    print(table([[*row[:3], "yes" if row.kept else "no"] for row in rows], ["", "measured", "must", "reached"]))
    return 0 if few or all(row.kept for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
