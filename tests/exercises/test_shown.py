"""How exercises, solutions and quizzes look: plain elements, for a notebook and for the book."""

import re
from html.parser import HTMLParser

import pytest

from dlmath.exercises import check, exercise, quiz, solution
from dlmath.exercises.definition import chapters, exercises
from dlmath.exercises.shown import to_html


class Elements(HTMLParser):
    """The elements of a piece of HTML; raises if they are not closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.found.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
def test_a_quiz_is_plain_elements_that_need_no_script(chapter):
    page = quiz(chapter.name)._repr_mimebundle_()["text/html"]
    elements = Elements(page)
    assert not elements.named("script")
    assert "http" not in page
    assert len(elements.named("summary")) == sum(1 + len(question.wrong) for question in chapter.quiz)
    assert sum(a["class"] == "dl-right" for a in elements.named("details")) == len(chapter.quiz)
    # Answers of one question form a group with a name; no two questions share one.
    assert len({attributes["name"] for attributes in elements.named("details")}) == len(chapter.quiz)
    labels = {attributes["id"] for attributes in elements.named("p") if "id" in attributes}
    assert all(a["aria-labelledby"] in labels for a in elements.named("div"))


@pytest.mark.parametrize("chapter", chapters().values(), ids=lambda chapter: chapter.name)
def test_every_answer_explains_itself_and_right_ones_are_not_always_in_one_place(chapter):
    for question in chapter.quiz:
        assert 2 <= len(question.wrong) <= 4
        explanations = [question.right[1], *question.wrong.values()]
        assert all(len(text) >= 15 for text in explanations)
        assert len(set(explanations)) == len(explanations)
    page = quiz(chapter.name).html
    places = [re.findall(r'class="(dl-right|dl-wrong)"', group).index("dl-right") for group in page.split("<li>")[1:]]
    assert len(set(places)) > 1


def test_a_quiz_is_the_same_in_every_build():
    assert quiz("math/loss").html == quiz("math/loss").html


def test_the_right_answer_is_not_in_the_plain_text_more_than_the_wrong_ones():
    assert "✓" not in quiz("math/loss").plain


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="math/loss"):
        quiz("loss")
    with pytest.raises(ValueError, match="mse-gradient"):
        solution("mse")
    with pytest.raises(ValueError, match="mse-gradient"):
        exercise("mse")


@pytest.mark.parametrize("name", exercises())
def test_statement_and_solution_come_from_the_definition(name):
    definition = exercises()[name]
    bundle = exercise(name)._repr_mimebundle_()
    assert definition.statement in bundle["text/markdown"]
    assert f":label: exercise-{name}" in bundle["text/markdown"]
    Elements(bundle["text/html"])
    assert "$" not in bundle["text/html"]  # every formula was found
    answer = solution(name)._repr_mimebundle_()
    assert definition.solution_code in answer["text/markdown"]
    assert answer["text/markdown"].startswith("`````{dropdown}")
    assert Elements(answer["text/html"]).named("details") == [{}]


def test_feedback_escapes_what_the_student_wrote():
    feedback = check("mse-gradient", lambda p, t: "<script>alert(1)</script>")
    assert "<script>" not in feedback._repr_mimebundle_()["text/html"]

    def prints(predictions, targets):
        print("<script>alert(1)</script>")

    assert "<script>" not in check("mse-gradient", prints)._repr_mimebundle_()["text/html"]


def test_feedback_says_its_state_in_words_and_not_by_colour_alone():
    assert repr(check("mse-gradient", ...)).startswith("○ mse-gradient: not attempted")
    assert repr(check("mse-gradient", lambda p, t: 2 * (p - t) / len(p))).startswith("✓ mse-gradient: solved")
    assert repr(check("mse-gradient", lambda p, t: p)).startswith("✗ mse-gradient: ")


def test_inline_markup():
    assert to_html("a\n\nb") == "<p>a</p><p>b</p>"
    assert to_html("$a_*b*$ and `x**2` **and $y$**") == (
        r"<p>\(a_*b*\) and <code>x**2</code> <strong>and \(y\)</strong></p>"
    )
    assert to_html("a < b `c` d < e") == "<p>a &lt; b <code>c</code> d &lt; e</p>"
    assert to_html("$$a < b$$") == r"<p>\[a &lt; b\]</p>"
