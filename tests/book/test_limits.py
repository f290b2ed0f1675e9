"""What a page may weigh, how much of it is code and how much picture: the limits of ``python -m benchmarks.pages``."""

import re

import pytest

from benchmarks.pages import Page, beyond, measure

KEPT = Page("math/loss", 17_000, 0.07, 0.2, 15_000, 0.001, 129_000, 12.0)


@pytest.fixture(scope="module")
def window(browser):
    """One window for all pages: it keeps the scripts that they share."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def test_a_page_is_within_its_limits(page, window, html):
    tab = window.new_page()
    measured = measure(tab, html / f"{page}.html", page)
    tab.close()
    assert not beyond(measured), measured
    if re.match(r"chapters/(math|equations|forward)/", page):
        assert measured.frame > 0, "a chapter has something that moves"


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("code", 0.21),
        ("pictures", 0.14),
        ("nodes", 30_001),
        ("shift", 0.06),
        ("weight", 300_001),
        ("frame", 34.0),
    ],
)
def test_what_is_beyond_a_limit_is_named(what, value):
    assert not beyond(KEPT)
    assert beyond(KEPT._replace(**{what: value})) == [what]
    elsewhere = beyond(KEPT._replace(name="chapters/appendix/ledger", **{what: value}))
    assert elsewhere == ([what] if what in ("shift", "weight", "frame") else [])


def test_on_a_phone_a_figure_of_one_panel_has_the_whole_width(browser, html):
    tab = browser.new_page(viewport={"width": 390, "height": 844})
    tab.goto((html / "chapters/math/weight-update.html").as_uri())
    widths = tab.evaluate(
        "() => [...document.querySelectorAll('figure .dl-figure:not(.dl-stack)')].map(figure => figure.clientWidth)"
    )
    page = tab.evaluate("() => document.documentElement.scrollWidth")
    tab.close()
    assert set(widths) == {390}
    assert page == 390
