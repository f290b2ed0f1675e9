import pytest
import sympy as sp

from dlmath import display, symbolic

x, y = sp.symbols("x y")


def test_one_formula_is_displayed_mathematics():
    assert display.formula(sp.Eq(y, x**2))._repr_markdown_() == "$$\ny = x^{2}\n$$"


def test_several_formulas_stand_one_below_the_other_and_strings_as_they_are():
    shown = display.formula(r"\frac{\partial L}{\partial W}", x + 1, symbolic.ones(3))._repr_markdown_()
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
    assert "return len(text)" in display.source(bare)._repr_markdown_()


def bare(text):
    return len(text)


def test_answers_fold_without_the_book_too():
    shown = display.answers("Twice `a*b*c`, so **$2$**.", "See [it](x.ipynb): 2e-7 < 1.")
    assert shown._repr_html_() == (
        '<details class="mathjax_process"><summary>Answers</summary><ol>'
        "<li>Twice <code>a*b*c</code>, so <strong>\\(2\\)</strong>.</li>"
        '<li>See <a href="x.ipynb">it</a>: 2·10⁻⁷ &lt; 1.</li></ol></details>'
    )
    assert shown._repr_markdown_().startswith("````{dropdown} Answers\n1. Twice ")
