"""How exercises, solutions and quizzes look: plain elements, for a notebook and for the book."""

import dataclasses
import html
import re
from html.parser import HTMLParser

import pytest

from dlmath._shown import Shown
from dlmath.exercises import check, exercise, quiz, shown, solution
from dlmath.exercises.definition import Prediction, Question, chapters, exercises
from dlmath.exercises.shown import Feedback, to_html


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


@pytest.mark.parametrize(
    ("state", "sign", "colour"), [("open", "○", "#6b7785"), ("wrong", "✗", "#d55e00"), ("solved", "✓", "#009e73")]
)
def test_feedback_is_a_status_with_a_sign_and_a_colour(state, sign, colour):
    feedback = Feedback("mse-gradient", state, "it is `so`.", "\n\nMore: a < b.")
    assert feedback.solved == (state == "solved")
    assert feedback._repr_mimebundle_() == {
        "text/plain": f"{sign} mse-gradient: it is `so`.\n\nMore: a < b.",
        "text/html": (
            f'<div class="dl-feedback mathjax_process" role="status" style="border-left: 0.3em solid {colour}; '
            'padding: 0.3em 0.8em; overflow-wrap: anywhere">'
            f'<p style="margin: 0.2em 0"><strong>{sign} mse-gradient:</strong> it is <code>so</code>.</p>'
            '<p style="margin: 0.2em 0">More: a &lt; b.</p></div>'
        ),
    }


def test_an_exercise_and_its_solution_in_all_their_forms():
    definition = exercises()["mse-gradient"]
    statement, answer = exercise("mse-gradient"), solution("mse-gradient")
    assert statement.plain == f"Exercise: {definition.title}\n\n{definition.statement}"
    assert statement.html == (
        f'<div class="mathjax_process">{to_html(f"**Exercise: {definition.title}.** {definition.statement}")}</div>'
    )
    assert statement.markdown == (
        f"````{{exercise}} {definition.title}\n:label: exercise-mse-gradient\n\n{definition.statement}\n````\n"
    )
    code = definition.solution_code
    assert answer.plain == code
    assert answer.html == f"<details><summary>Solution</summary><pre><code>{html.escape(code)}</code></pre></details>"
    assert answer.markdown == f"`````{{dropdown}} Solution\n````python\n{code}\n````\n`````\n"


def test_the_solution_of_a_prediction_says_why():
    prediction = next(each for each in exercises().values() if isinstance(each, Prediction))
    answer = solution(prediction.name)
    assert answer.plain == f"{prediction.why}\n\n{prediction.solution_code}"
    assert answer.html.startswith(f"<details><summary>Solution</summary>{to_html(prediction.why)}<pre><code>")
    assert answer.markdown.startswith(f"`````{{dropdown}} Solution\n{prediction.why}\n\n````python\n")


def test_a_quiz_in_all_its_forms(monkeypatch):
    question = Question(
        "Why $x$?", right=("Because `a`.", "So it is."), wrong={"No.": "It is **not**.", "Yes.": "Nor so."}
    )
    chapter = dataclasses.replace(chapters()["math/loss"], name="math/toy", quiz=[question, question])
    monkeypatch.setattr(shown, "chapters", lambda: {"math/toy": chapter})
    found = quiz("math/toy")
    answers = re.findall(r"   - (.*)", found.plain)
    assert found.plain.splitlines()[::4] == ["1. Why $x$?", "2. Why $x$?"]
    assert sorted(answers[:3]) == ["Because `a`.", "No.", "Yes."]
    assert answers[:3] == answers[3:]
    style, section = found.html.split("</style>")
    assert style == f"<style>{shown.QUIZ_STYLE}"
    assert section.startswith('<section class="dl-quiz mathjax_process" aria-label="Quiz"><ol><li>')
    first = (
        r'<li><p id="quiz-math-toy-0">Why \(x\)?</p><div role="group" aria-labelledby="quiz-math-toy-0">'
        + "".join(
            f'<details name="quiz-math-toy-0" class="dl-{"right" if why == "So it is." else "wrong"}">'
            f"<summary><b>{letter}</b> {answer}</summary>"
            f"<p><strong>{'✓ Right.' if why == 'So it is.' else '✗'}</strong> {why}</p></details>"
            for letter, (answer, why) in zip(
                "ABC",
                [
                    (
                        to_html(answer)[3:-4],
                        {"B": "So it is.", "N": "It is <strong>not</strong>.", "Y": "Nor so."}[answer[0]],
                    )
                    for answer in answers[:3]
                ],
            )
        )
        + "</div></li>"
    )
    assert section.count(first) == 1
    assert section.count(first.replace("toy-0", "toy-1")) == 1
    assert found.markdown is None
    with pytest.raises(ValueError, match=r"^chapter must be one of math/toy, got 'loss'$"):
        quiz("loss")


def test_what_is_asked_for_and_unknown_is_named():
    for show in (exercise, solution):
        for name in ("mse", 3):
            with pytest.raises(ValueError, match=rf"^name must be one of .*mse-gradient, .*, got {name!r}$"):
                show(name)


def test_links_and_formulas_are_found_over_the_end_of_a_line():
    assert to_html('see [the\nfirst](a.ipynb "x") or [`b` & c](d&e.html)') == (
        '<p>see [the\nfirst](a.ipynb &quot;x&quot;) or <a href="d&amp;e.html"><code>b</code> &amp; c</a></p>'
    )
    assert (
        to_html("$$a\n= b$$ **bold\nface** $x\ny$") == r"<p>\[a"
        "\n"
        r"= b\] <strong>bold"
        "\n"
        r"face</strong> \(x"
        "\n"
        r"y\)</p>"
    )
    assert to_html(" \n a \n \n\n b $5 ") == "<p>a </p><p> b $5</p>"


def test_each_form_that_there_is_has_its_kind():
    everything = {"text/plain": "a", "text/html": "<p>a</p>", "text/markdown": "**a**"}
    assert Shown("a", "<p>a</p>", "**a**")._repr_mimebundle_() == everything
    assert Shown("a")._repr_mimebundle_(include=None) == {"text/plain": "a"}
    assert repr(Shown("a", "<p>b</p>")) == "a"
