"""What a reader sees of each page: height, share of code and of pictures, weight, layout shift, by a browser.

    python -m benchmarks.pages                    all pages of the built book
    python -m benchmarks.pages math/loss          pages whose name has this in it

The shares are parts of the height of what is read, at a width of 1280 pixels, with all folds closed: the boxes in which
a reader writes answers are no part of it. The weight is what
a server sends for the page alone, compressed; the scripts, styles and fonts that all pages share are not counted.
The time of a frame is processor time of the browser's main thread, from a control's move to the painted picture, so
that it hardly depends on what else the machine does. What is beyond a limit is marked, and a test refuses it.
"""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from editions import CHROMIUM_FLAGS

MOST_CODE = 0.20
"""of what is read in a chapter may be visible code"""
LEAST_PICTURES = 0.15
"""of what is read in a chapter are pictures and live figures"""
MOST_WEIGHT = 300_000
"""compressed bytes of a page"""
MOST_NODES = 30_000
"""elements of a chapter"""
MOST_SHIFT = 0.05
"""cumulative layout shift of a page"""
MOST_FRAME = 33.0
"""milliseconds for 95 of 100 moves of the controls of a chapter"""
MOVES = 12
"""of each live figure, spread over its controls and their values"""

HTML = Path(__file__).parents[1] / "_build" / "html"

MEASURE = """
() => {
  const article = document.querySelector('article');
  const visible = (element) => element.getBoundingClientRect().height > 0 && !element.closest('details:not([open])');
  const outermost = (selector) => [...article.querySelectorAll(selector)]
    .filter((element) => visible(element) && !element.parentElement.closest(selector));
  const height = (selector) => outermost(selector)
    .reduce((sum, element) => sum + element.getBoundingClientRect().height, 0);
  const total = article.getBoundingClientRect().height - height('.dl-answer');
  return {
    height: Math.round(total),
    code: height('div.highlight') / total,
    pictures: height('figure, .dl-live, .dl-figure, img') / total,
    nodes: document.getElementsByTagName('*').length,
    shift: window.layoutShift || 0,
  };
}
"""
WATCH_SHIFTS = """
window.layoutShift = 0;
new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.layoutShift += entry.value; }))
  .observe({type: 'layout-shift', buffered: true});
"""


class Page(NamedTuple):
    """What was measured on a page."""

    name: str
    height: int
    """Of what is read, in pixels."""
    code: float
    """The part of this that is visible code."""
    pictures: float
    """The part of the height that is pictures and live figures with their controls and captions."""
    nodes: int
    shift: float
    """Cumulative layout shift while the page loads."""
    weight: int
    """Compressed, in bytes."""
    frame: float
    """The processor time of 95 of 100 moves of the controls, in milliseconds; 0 if nothing moves."""


FIGURES = """
(moves) => [...document.querySelectorAll('.dl-live')].map((figure) => {
  const inputs = [...figure.querySelectorAll('.dl-live-controls :is(input, select)')];
  return Array.from({length: moves}, (_, i) => [i % inputs.length, (i * 0.381966) % 1]);
})
"""
MOVE = """
([figure, control, part]) => new Promise((done) => requestAnimationFrame(() => {
  const controls = document.querySelectorAll('.dl-live')[figure].querySelector('.dl-live-controls');
  const input = controls.querySelectorAll('input, select')[control];
  if (input.disabled) return done();
  if (input.type === 'checkbox') input.checked = !input.checked;
  else if (input.tagName === 'SELECT') input.selectedIndex = Math.floor(part * input.options.length);
  else input.value = Math.floor(part * (+input.max + 1));
  input.dispatchEvent(new Event('input', {bubbles: true}));
  const channel = new MessageChannel();  // its message arrives once the frame was laid out and painted
  channel.port1.onmessage = done;
  channel.port2.postMessage(null);
}))
"""


def frame_time(tab: Any, moves: int = MOVES) -> float:
    """Processor time in milliseconds within which 95 of 100 moves of the controls of a page are shown."""
    session = tab.context.new_cdp_session(tab)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")

    times = []
    for figure, planned in enumerate(tab.evaluate(FIGURES, moves)):
        tab.locator(".dl-live").nth(figure).scroll_into_view_if_needed()
        for control, part in planned:
            before = spent()
            tab.evaluate(MOVE, [figure, control, part])
            times.append(1000 * (spent() - before))
    return float(np.percentile(times, 95)) if times else 0.0


SETTLED = """
async () => {
  await document.fonts.ready;
  await window.MathJax?.startup?.promise;
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}
"""


def measure(tab: Any, file: Path, name: str) -> Page:
    """Open a page in a browser tab and measure it.

    Args:
        tab: a page of Playwright, 1280 pixels wide.
        file: the HTML file.
        name: what the page is called.
    """
    tab.add_init_script(WATCH_SHIFTS)
    tab.goto(file.as_uri())
    return with_moves(tab, file, name, seen(tab))


def seen(tab: Any) -> dict[str, Any]:
    """What a page that was opened is like once it is typeset and nothing was touched."""
    tab.evaluate(SETTLED)
    return cast(dict[str, Any], tab.evaluate(MEASURE))


def with_moves(tab: Any, file: Path, name: str, seen: dict[str, Any]) -> Page:
    """What was seen of a page, its weight, and how long its moves take."""
    return Page(name, **seen, weight=len(gzip.compress(file.read_bytes(), 6)), frame=frame_time(tab))


def beyond(page: Page) -> list[str]:
    """The names of what is beyond its limit on a page."""
    chapter = re.match(r"(chapters/)?(math|equations|forward)/", page.name) is not None
    return [
        what
        for what, kept in (
            ("weight", page.weight <= MOST_WEIGHT),
            ("shift", page.shift <= MOST_SHIFT),
            ("code", page.code <= MOST_CODE or not chapter),
            ("pictures", page.pictures >= LEAST_PICTURES or not chapter),
            ("nodes", page.nodes <= MOST_NODES or not chapter),
            ("frame", page.frame <= MOST_FRAME),
        )
        if not kept
    ]


def pages(html: Path, part: str = "") -> Iterator[tuple[str, Path]]:
    """The pages of a built book whose name has a part in it, with their files."""
    for file in [html / "index.html", *sorted((html / "chapters").rglob("*.html"))]:
        name = file.relative_to(html).with_suffix("").as_posix()
        if part in name:
            yield name, file


def row(page: Page) -> str:
    marked = dict.fromkeys(beyond(page), " !")
    cells = [
        page.name.removeprefix("chapters/"),
        f"{page.height:,}",
        f"{page.code:.1%}{marked.get('code', '')}",
        f"{page.pictures:.1%}{marked.get('pictures', '')}",
        f"{page.weight / 1000:,.0f}{marked.get('weight', '')}",
        f"{page.nodes:,}{marked.get('nodes', '')}",
        f"{page.shift:.3f}{marked.get('shift', '')}",
        f"{page.frame:.1f}{marked.get('frame', '')}",
    ]
    return f"| {' | '.join(cells)} |"


def main(part: str = "") -> None:
    from playwright.sync_api import sync_playwright

    print("| page | height, px | code | pictures | gzip, kB | nodes | layout shift | frame, ms |")
    print("|---|---|---|---|---|---|---|---|")
    with sync_playwright() as api:
        browser = api.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        for name, file in pages(HTML, part):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            print(row(measure(tab, file, name)), flush=True)
            tab.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
