"""The limits of ``python -m benchmarks.pages``: what a page may weigh, how much of it is code and how much picture.

Whether the pages are within them is tested in ``test_pages``, which has them open.
"""

import pytest

from benchmarks.pages import Page, beyond

KEPT = Page("math/loss", 17_000, 0.07, 0.2, 15_000, 0.001, 129_000, 12.0)


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
