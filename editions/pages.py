"""The pages of the built book, made ready for paper and for reading devices by ``pages.js``."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from playwright.sync_api import Page as Tab
from playwright.sync_api import Route, sync_playwright

from editions import CHROMIUM_FLAGS

BOOK = Path(__file__).parents[1]
HERE = Path(__file__).parent
# Pages that are for looking things up on a screen.
LEFT_OUT = (
    "chapters/appendix/run-this-book",
    "chapters/appendix/ledger",
    "chapters/appendix/api",
    "chapters/appendix/my-work",
    "chapters/appendix/teaching",
    "chapters/appendix/accessibility",
    "genindex",
)


class Page(NamedTuple):
    """A page of the book, as it is read in an edition."""

    name: str
    """Its name in the table of contents, such as ``chapters/math/loss``."""
    part: str
    """The part of the book that it belongs to; empty for the first page."""
    title: str
    address: str
    """The address of the page that it was made from."""
    content: bytes
    """A PDF, or the article as XHTML."""


def named_in(toc: Path) -> list[tuple[str, str]]:
    """The pages of an edition with their parts, in the order of the table of contents.

    Example:
        >>> named_in(BOOK / "_toc.yml")[:2]
        [('index', ''), ('chapters/math/introduction', 'Part I: Deep Learning Math')]
    """
    book = yaml.safe_load(toc.read_text(encoding="utf-8"))
    pages = [(book["root"], "")]
    for part in book["parts"]:
        pages += [(chapter["file"], part["caption"]) for chapter in part["chapters"] if "file" in chapter]
    return [(name, part) for name, part in pages if name not in LEFT_OUT]


def prepared(html: Path, kind: str, only: Sequence[str] = ()) -> Iterator[Page]:
    """The pages one after another, each opened in Chromium, in the light palette and without a network.

    Args:
        html: the folder of the built book.
        kind: ``"pdf"`` for pages that are printed, ``"epub"`` for XHTML with MathML.
        only: names of pages; all pages of an edition, if there are none.
    """
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("Chromium is needed, which prints the pages and writes their formulas as MathML; install it first.")
    chosen = [(name, part) for name, part in named_in(BOOK / "_toc.yml") if not only or name in only]
    missing = [name for name, _ in chosen if not (html / f"{name}.html").exists()]
    if missing or not chosen:
        sys.exit(f"{html} has no page {', '.join(missing or only)}; run `make book` first.")
    script = (HERE / "pages.js").read_text(encoding="utf-8")
    with sync_playwright() as api:
        browser = api.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        tab = browser.new_context(offline=True, color_scheme="light").new_page()
        tab.set_default_timeout(120_000)
        tab.add_init_script("for (const key of ['mode', 'theme']) localStorage.setItem(key, 'light')")
        tab.route("**/*.js*", mathematics_only)
        for name, part in chosen:
            tab.goto((html / f"{name}.html").resolve().as_uri())
            if tab.query_selector("script[src*=mathjax]"):
                tab.wait_for_function("() => window.MathJax?.startup?.promise")
                tab.evaluate("() => MathJax.startup.promise")
            title = tab.evaluate(script, kind)
            content = printed(tab) if kind == "pdf" else tab.evaluate("() => window.editionXHTML").encode()
            yield Page(name, part, title, tab.url, content)
        browser.close()


def mathematics_only(route: Route) -> None:
    """Of the scripts of a page, an edition needs MathJax alone."""
    route.continue_() if "/mathjax/" in route.request.url else route.abort()


def printed(tab: Tab) -> bytes:
    tab.add_style_tag(path=HERE / "print.css")
    return tab.pdf(format="A4", print_background=True, prefer_css_page_size=True, tagged=True, outline=True)
