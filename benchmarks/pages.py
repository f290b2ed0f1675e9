"""What a reader sees of each page: height, share of code and of pictures, weight, layout shift, by a browser.

    python -m benchmarks.pages                    all pages of the built book
    python -m benchmarks.pages math/loss          pages whose name has this in it

The shares are parts of the height of the article at a width of 1280 pixels, with all folds closed. The weight is what
a server sends for the page alone, compressed; the scripts, styles and fonts that all pages share are not counted.
"""

from __future__ import annotations

import gzip
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

HTML = Path(__file__).parents[1] / "_build" / "html"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

MEASURE = """
() => {
  const article = document.querySelector('article');
  const visible = (element) => element.getBoundingClientRect().height > 0 && !element.closest('details:not([open])');
  const outermost = (selector) => [...article.querySelectorAll(selector)]
    .filter((element) => visible(element) && !element.parentElement.closest(selector));
  const height = (selector) => outermost(selector)
    .reduce((sum, element) => sum + element.getBoundingClientRect().height, 0);
  const total = article.getBoundingClientRect().height;
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
    """Of the article, in pixels."""
    code: float
    """The part of the height that is visible code."""
    pictures: float
    """The part of the height that is pictures and live figures with their controls and captions."""
    nodes: int
    shift: float
    """Cumulative layout shift while the page loads."""
    weight: int
    """Compressed, in bytes."""


def measure(tab: Any, file: Path, name: str) -> Page:
    """Open a page in a browser tab and measure it.

    Args:
        tab: a page of Playwright, 1280 pixels wide.
        file: the HTML file.
        name: what the page is called.
    """
    tab.add_init_script(WATCH_SHIFTS)
    tab.goto(file.as_uri())
    tab.wait_for_load_state("networkidle")
    tab.wait_for_timeout(500)
    return Page(name, **tab.evaluate(MEASURE), weight=len(gzip.compress(file.read_bytes(), 6)))


def pages(html: Path, part: str = "") -> Iterator[tuple[str, Path]]:
    """The pages of a built book whose name has a part in it, with their files."""
    for file in [html / "index.html", *sorted((html / "chapters").rglob("*.html"))]:
        name = file.relative_to(html).with_suffix("").as_posix()
        if part in name:
            yield name, file


def row(page: Page) -> str:
    return (
        f"| {page.name.removeprefix('chapters/')} | {page.height:,} | {page.code:.0%} | {page.pictures:.0%} "
        f"| {page.weight / 1000:,.0f} | {page.nodes:,} | {page.shift:.3f} |"
    )


def main(part: str = "") -> None:
    from playwright.sync_api import sync_playwright

    print("| page | height, px | code | pictures | gzip, kB | nodes | layout shift |\n|---|---|---|---|---|---|---|")
    with sync_playwright() as api:
        browser = api.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, file in pages(HTML, part):
            tab = browser.new_page(viewport={"width": 1280, "height": 900})
            print(row(measure(tab, file, name)), flush=True)
            tab.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
