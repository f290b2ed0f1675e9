"""The built book, as a reader's browser sees it: from a server and from disk, wide and narrow, light and dark."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from visiting import Visit, barriers, check_layout

from benchmarks.pages import WATCH_SHIFTS, beyond, seen, with_moves

CHAPTERS = re.compile(r"chapters/(math|equations|forward)/")
FIGURES_WITHOUT_A_NAME = """
() => [...document.querySelectorAll('article img, article svg, article canvas')]
  .filter(figure => !figure.closest('a.headerlink, button, [aria-hidden=true], mjx-container'))
  .filter(figure => !(figure.alt || figure.getAttribute('aria-label') || figure.getAttribute('aria-labelledby')))
  .filter(figure => !figure.parentElement.closest('svg, [role=img][aria-label]'))
  .map(figure => figure.outerHTML.slice(0, 120))
"""
HEADINGS = (
    "() => [...document.querySelectorAll('article :is(h1, h2, h3, h4, h5, h6)')].map(h => [+h.tagName[1], h.innerText])"
)


@pytest.fixture(scope="module")
def wide(page, browser, server):
    """A page over http in a wide window, for two tests, and what was seen of it before they touched anything."""
    with Visit(browser, server, page, width=1280, script=WATCH_SHIFTS) as visit:
        yield visit, seen(visit.tab)


def test_over_http_wide_then_narrow(page, wide):
    visit, _ = wide
    check_layout(visit)
    visit.problems += [f"figure without a name: {figure}" for figure in visit.tab.evaluate(FIGURES_WITHOUT_A_NAME)]
    visit.problems += disorder(visit.tab.evaluate(HEADINGS))
    if CHAPTERS.match(page) and visit.tab.locator("div.certificate-line").count() == 0:
        visit.problems.append("no certificate")
    visit.problems += barriers(visit.tab)
    visit.tab.set_viewport_size({"width": 390, "height": 800})
    check_layout(visit)
    assert not visit.problems, "\n".join(visit.problems)


def test_a_page_is_within_its_limits(page, wide, html, browser, server):
    visit, at_first = wide
    visit.tab.set_viewport_size({"width": 1280, "height": 900})
    measured = with_moves(visit.tab, html / f"{page}.html", page, at_first)
    if beyond(measured) == ["frame"]:  # what the search for barriers has left in the tab is not the page's
        with Visit(browser, server, page, width=1280, script=WATCH_SHIFTS) as fresh:
            measured = with_moves(fresh.tab, html / f"{page}.html", page, seen(fresh.tab))
    assert not beyond(measured), measured
    if CHAPTERS.match(page):
        assert measured.frame > 0, "a chapter has something that moves"


def test_formulas_are_no_stops_of_the_tab_key(browser, server):
    with Visit(browser, server, "chapters/equations/optimizers", width=1280) as visit:
        assert visit.tab.locator("mjx-container").count() > 50
        assert visit.tab.locator("mjx-container[tabindex='0']").count() == 0


def test_what_no_page_needs_is_not_published(html):
    assert not (html / "_static/scripts/fontawesome.js").exists()
    published = sum(file.stat().st_size for file in (html / "_static/mathjax").rglob("*") if file.is_file())
    assert published < 6e6


def test_in_dark_mode(browser, server, pages):
    for page in [pages[0], *[page for page in pages if CHAPTERS.match(page)][:2]]:
        with Visit(browser, server, page, width=1280, mode="dark") as visit:
            assert visit.tab.evaluate("() => document.documentElement.dataset.theme") == "dark"
            background = visit.tab.evaluate("() => getComputedStyle(document.body).backgroundColor")
            assert max(map(int, re.findall(r"\d+", background)[:3])) < 60, f"{page}: {background}"
            assert not visit.problems, f"{page}: " + "\n".join(visit.problems)


def test_the_mode_can_be_switched_and_there_is_one_search_field(browser, server):
    with Visit(browser, server, "index", width=1280) as visit:
        seen = set()
        for _ in range(3):
            visit.tab.locator(".theme-switch-button >> visible=true").click()
            seen.add(visit.tab.evaluate("() => document.documentElement.dataset.theme"))
        assert seen == {"light", "dark"}
        assert visit.tab.locator("button.search-button-field >> visible=true").count() == 1
        assert not visit.problems, "\n".join(visit.problems)


def disorder(headings):
    levels = [level for level, _ in headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        return [f"the page must have one heading of the first level, before all others, got levels {levels}"]
    return [
        f"heading {text!r} of level {level} follows one of level {before}"
        for before, (level, text) in zip(levels, headings[1:])
        if level > before + 1
    ]


class Links(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors |= {attributes[key] for key in ("id", "name") if attributes.get(key)}
        for key in ("href", "src"):
            if attributes.get(key):
                self.links.append(attributes[key])


@pytest.fixture(scope="module")
def links(html):
    """Every page of the build, parsed once."""
    parsed = {}

    def of(file):
        if file not in parsed:
            parsed[file] = Links(file.read_text(encoding="utf-8"))
        return parsed[file]

    return of


def test_every_internal_link_resolves(page, html, links):
    file = html / f"{page}.html"
    assert file.exists(), f"the page {page} is in _toc.yml but was not built"
    broken = []
    for link in links(file).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = (file.parent / unquote(parts.path)).resolve() if parts.path else file
        anchor = unquote(parts.fragment)
        if not target.is_file():
            broken.append(f"{link}: no such file")
        # "#name=value" is the state of a live figure, not a place.
        elif target.suffix == ".html" and anchor and "=" not in anchor and anchor not in links(target).anchors:
            broken.append(f"{link}: no such place")
    assert not broken, f"{page}:\n" + "\n".join(broken)


def test_no_page_is_left_of_a_chapter_that_is_gone(html, pages):
    built = {file.relative_to(html).with_suffix("").as_posix() for file in (html / "chapters").rglob("*.html")}
    assert built <= set(pages)


def test_a_chapter_can_be_downloaded_as_a_notebook(html, pages, links):
    chapters = [page for page in pages if CHAPTERS.match(page)]
    for page in chapters:
        (source,) = {
            link for link in links(html / f"{page}.html").links if link.endswith(".ipynb") and "_sources" in link
        }
        notebook = json.loads(((html / f"{page}.html").parent / source).read_text(encoding="utf-8"))
        assert notebook["cells"], page


def test_the_licence_is_on_every_page(page, html):
    assert "CC BY 4.0" in (html / f"{page}.html").read_text(encoding="utf-8")
