"""The room that a formula in a line keeps is about what it takes once it is typeset."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rooms import room

WIDTHS = """
() => [...document.querySelectorAll('article p > span.math')].map((formula) => {
  const font = parseFloat(getComputedStyle(formula).fontSize);
  return [parseFloat(formula.style.getPropertyValue('--room')), formula.getBoundingClientRect().width / font];
})
"""


@pytest.mark.parametrize("name", ["math/loss", "equations/optimizers", "appendix/api/losses"])
def test_it_is_what_mathjax_takes(browser, html, name):
    tab = browser.new_page(viewport={"width": 1280, "height": 900})
    tab.goto((html / f"chapters/{name}.html").as_uri())
    tab.evaluate("() => MathJax.startup.promise.then(() => true)")
    kept, taken = np.array(tab.evaluate(WIDTHS)).T
    tab.close()
    assert len(kept) > 20
    assert np.abs(kept - taken).mean() < 0.3
    assert np.quantile(np.abs(kept - taken), 0.95) < 1


def test_a_fraction_is_as_wide_as_its_wider_part_and_an_index_is_small():
    assert room(r"\frac{a}{bcd}") == room(r"\frac{bcd}{a}") < room("bcd") + 0.3
    assert room("x") < room("x_i") < room("xi")
    assert room("x_i^2") == room("x_i") or room("x_i^2") < room("x_i") + room("2")
    assert room(r"\mathbf x") == room("x")


@given(st.text(alphabet=r"ab\{}_^ +\frac", max_size=30))
def test_any_text_has_a_width(tex):
    assert 0 <= room(tex) < 100
