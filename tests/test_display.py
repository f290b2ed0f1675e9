"""What a chapter shows besides figures: formulas, sentences, answers and source."""

import pytest
import sympy as sp

from dlmath import display, symbolic

x, y = sp.symbols("x y")


def test_one_formula_is_displayed_mathematics():
    assert display.formula(sp.Eq(y, x**2)).markdown == "$$\ny = x^{2}\n$$"


def test_several_formulas_stand_one_below_the_other_and_strings_as_they_are():
    shown = display.formula(r"\frac{\partial L}{\partial W}", x + 1, symbolic.ones(3)).markdown
    assert shown.splitlines() == [
        "$$",
        r"\begin{gathered}",
        r"\frac{\partial L}{\partial W} \\",
        r"x + 1 \\",
        r"\mathbf{1}",
        r"\end{gathered}",
        "$$",
    ]


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="formula needs an expression"):
        display.formula()


def test_a_function_without_a_docstring_keeps_its_first_line():
    assert "return len(text)" in display.source(bare).markdown


def bare(text):
    return len(text)
