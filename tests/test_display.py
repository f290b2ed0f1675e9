"""What a chapter shows besides figures: formulas, sentences, answers and source."""

import pytest
import sympy as sp

from dlmath import attention, display, layers, symbolic

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


@pytest.mark.parametrize(
    ("show", "message"),
    [
        (display.formula, "formula needs an expression to show, got none"),
        (display.say, "say needs a sentence, got none"),
        (display.answers, "answers needs an answer, got none"),
    ],
)
def test_nothing_is_refused(show, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        show()


def test_sentences_are_paragraphs_whose_numbers_are_written_as_people_write_them():
    shown = display.say("It fell to 2e-07.", "Here `x = 2e-07` and ``y-1`` are code, -1 and `-1` are not alike.")
    expected = "It fell to 2·10⁻⁷.\n\nHere `x = 2e-07` and ``y-1`` are code, −1 and `-1` are not alike."
    assert shown.markdown == repr(shown) == expected


def test_answers_are_numbered_and_folded():
    shown = display.answers("At -2.", "Where `z-1e-3` is 0.").markdown
    assert shown == "````{dropdown} Answers\n1. At −2.\n2. Where `z-1e-3` is 0.\n````"


def test_source_leaves_out_docstring_and_checks_and_says_so():
    assert display.source(layers.affine).markdown.splitlines() == [
        "```python",
        "# dlmath.layers, without its checks",
        "def affine(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:",
        "    return X @ W.T + b",
        "```",
    ]
    assert display.source(documented).markdown.splitlines() == [
        "```python",
        f"# {__name__}",
        "def documented(text):",
        "    length = len(text)",
        "    return length",
        "```",
    ]


def test_a_function_without_a_docstring_keeps_its_first_line():
    assert "return len(text)" in display.source(bare).markdown


def test_the_book_links_a_public_function_to_its_place_in_the_reference(monkeypatch):
    monkeypatch.delenv("DLMATH_BOOK", raising=False)
    in_notebook = display.source(layers.affine).markdown
    assert in_notebook.endswith("return X @ W.T + b\n```")
    monkeypatch.setenv("DLMATH_BOOK", "1")
    link = "\n\n```{div} source-link\n{in-reference}`dlmath.layers.affine`\n```"
    assert display.source(layers.affine).markdown == in_notebook + link
    assert "in-reference" not in display.source(attention._attend).markdown


def documented(text):
    """The length.

    Of a text.
    """
    length = len(text)
    return length


def bare(text):
    return len(text)


def test_answers_fold_without_the_book_too():
    shown = display.answers("Twice `a*b*c`, so **$2$**.", "See [it](x.ipynb): 2e-7 < 1.")
    assert shown.html == (
        '<details class="mathjax_process"><summary>Answers</summary><ol>'
        "<li>Twice <code>a*b*c</code>, so <strong>\\(2\\)</strong>.</li>"
        '<li>See <a href="x.ipynb">it</a>: 2·10⁻⁷ &lt; 1.</li></ol></details>'
    )
    assert shown.markdown.startswith("````{dropdown} Answers\n1. Twice ")
