"""How exercises, solutions, feedback and quizzes look: HTML in a notebook, Markdown where the book makes pages of it.

There is no script in what is shown: an answer or a solution is a ``<details>`` element, which the browser opens and
closes, by mouse, touch and keyboard, with and without a kernel.
"""

from __future__ import annotations

import html
import zlib
from dataclasses import dataclass
from typing import Any

from dlmath._markup import inline, to_html
from dlmath.exercises.definition import Chapter, Exercise, Prediction, Question, chapters, exercises, find

COLOURS = {"open": "#6b7785", "wrong": "#d55e00", "solved": "#009e73"}
SIGNS = {"open": "○", "wrong": "✗", "solved": "✓"}

QUIZ_STYLE = """
.dl-quiz ol { padding-left: 1.4em; }
.dl-quiz li { margin: 0 0 1.2em; }
.dl-quiz details { margin: 0.35em 0; border: 1px solid #8a96a3; border-radius: 0.4em; }
.dl-quiz summary { cursor: pointer; padding: 0.45em 0.7em; overflow-wrap: anywhere; }
.dl-quiz summary:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
.dl-quiz p { margin: 0 0 0.4em; }
.dl-quiz details p { margin: 0; padding: 0.1em 0.7em 0.6em; }
.dl-quiz details[open].dl-right { border-color: #009e73; box-shadow: inset 0.3em 0 #009e73; }
.dl-quiz details[open].dl-wrong { border-color: #d55e00; box-shadow: inset 0.3em 0 #d55e00; }
"""


class Shown:
    """Something to show: HTML for notebooks, Markdown for the book (if it differs), plain text for the rest."""

    def __init__(self, plain: str, html_text: str, markdown: str | None = None) -> None:
        self.plain = plain
        self.html = html_text
        self.markdown = markdown

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        forms = {"text/plain": self.plain, "text/html": self.html, "text/markdown": self.markdown}
        return {kind: form for kind, form in forms.items() if form is not None}

    def __repr__(self) -> str:
        return self.plain


@dataclass(frozen=True, repr=False)
class Feedback:
    """What ``check`` says about an answer."""

    name: str
    state: str
    """``"open"`` (not attempted), ``"wrong"`` or ``"solved"``."""
    message: str
    more: str = ""
    """What is added when the same mistake is made again, and after the third wrong answer."""

    @property
    def solved(self) -> bool:
        return self.state == "solved"

    def __repr__(self) -> str:
        return f"{SIGNS[self.state]} {self.name}: {self.message}{self.more}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        style = f"border-left: 0.3em solid {COLOURS[self.state]}; padding: 0.3em 0.8em; overflow-wrap: anywhere"
        body = to_html(f"**{SIGNS[self.state]} {self.name}:** {self.message}{self.more}").replace(
            "<p>", '<p style="margin: 0.2em 0">'
        )
        return {
            "text/plain": repr(self),
            "text/html": f'<div class="dl-feedback mathjax_process" role="status" style="{style}">{body}</div>',
        }


def exercise(name: str) -> Shown:
    """Show the title and the statement of an exercise.

    Example:
        >>> exercise("mse-gradient")
        Exercise: The gradient of the mean squared error
        ...
    """
    shown = _find(name)
    return Shown(
        f"Exercise: {shown.title}\n\n{shown.statement}",
        f'<div class="mathjax_process">{to_html(f"**Exercise: {shown.title}.** {shown.statement}")}</div>',
        f"````{{exercise}} {shown.title}\n:label: exercise-{name}\n\n{shown.statement}\n````\n",
    )


def solution(name: str) -> Shown:
    """Show the reference solution of an exercise, folded away.

    Example:
        >>> solution("mse-gradient")
        def mse_gradient(predictions, targets):
            ...
    """
    shown = _find(name)
    code = shown.solution_code
    why = f"{shown.why}\n\n" if isinstance(shown, Prediction) else ""
    return Shown(
        why + code,
        f"<details><summary>Solution</summary>{to_html(why) if why else ''}"
        f"<pre><code>{html.escape(code)}</code></pre></details>",
        f"`````{{dropdown}} Solution\n{why}````python\n{code}\n````\n`````\n",
    )


def quiz(chapter: str) -> Shown:
    """Show the quiz of a chapter: every answer opens and says why it is right or wrong.

    Example:
        >>> quiz("math/loss")
        1. ...
    """
    if chapter not in chapters():
        raise ValueError(f"chapter must be one of {', '.join(chapters())}, got {chapter!r}")
    found = chapters()[chapter]
    items = "".join(_question_html(found, index, question) for index, question in enumerate(found.quiz))
    section = f'<section class="dl-quiz mathjax_process" aria-label="Quiz"><ol>{items}</ol></section>'
    plain = "\n".join(
        f"{index}. {question.text}" + "".join(f"\n   - {answer}" for answer, _, _ in _answers(question))
        for index, question in enumerate(found.quiz, start=1)
    )
    return Shown(plain, f"<style>{QUIZ_STYLE}</style>{section}")


def _find(name: str) -> Exercise:
    found = find(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"name must be one of {', '.join(exercises())}, got {name!r}")
    return found


def _answers(question: Question) -> list[tuple[str, str, bool]]:
    """Answer, explanation and whether it is right, in an order that looks random and is always the same."""
    answers = [(*question.right, True), *((answer, why, False) for answer, why in question.wrong.items())]
    return sorted(answers, key=lambda answer: zlib.crc32((question.text + answer[0]).encode()))


def _question_html(chapter: Chapter, index: int, question: Question) -> str:
    group = f"quiz-{chapter.name.replace('/', '-')}-{index}"
    answers = "".join(
        # Answers of one name: opening one closes the others.
        f'<details name="{group}" class="{"dl-right" if right else "dl-wrong"}">'
        # The letter is also a name for those who hear the page: an answer may be nothing but a formula.
        f"<summary><b>{letter}</b> {inline(answer)}</summary>"
        f"<p><strong>{'✓ Right.' if right else '✗'}</strong> {inline(why)}</p></details>"
        for letter, (answer, why, right) in zip("ABCDEFG", _answers(question))
    )
    text = f'<p id="{group}">{inline(question.text)}</p>'
    return f'<li>{text}<div role="group" aria-labelledby="{group}">{answers}</div></li>'
