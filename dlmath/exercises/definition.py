"""What an exercise is: one definition, from which the chapter, the checker and the classroom take what they show.

A coding exercise is a solution, written as a student would write it. Its stub is the solution without its body, and the
usual mistakes are solutions too, wrong ones, each with a hint.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import textwrap
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.abc import InspectLoader
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Mistake:
    """A usual mistake: what is told to the student whose answer does what ``wrong`` does."""

    hint: str
    wrong: Callable[..., Any]
    as_printed: str = ""
    """The certificate of a formula, if this is what the document prints in its place, taken at its word."""


@dataclass(frozen=True)
class Coding:
    """Write a function."""

    name: str
    """Lower-case words joined by hyphens, unique in the book."""
    title: str
    statement: str
    """The task, in Markdown with formulas between dollar signs."""
    solution: Callable[..., Any]
    """The reference; its docstring is part of the stub."""
    inputs: Callable[[np.random.Generator], Sequence[tuple[Any, ...]]]
    """The arguments to try, the simplest first: it is the first failing one that the student sees."""
    mistakes: Sequence[Mistake]
    returns: Sequence[str] = ()
    """Names of the returned values, if there are several."""
    points: int = 2
    right_slips: Mapping[str, str] = field(default_factory=dict)
    """What is the same function although one thing in the solution was changed: the changed line, and why."""

    @property
    def answer(self) -> str:
        """The name of what the student writes."""
        return self.solution.__name__

    @property
    def solution_code(self) -> str:
        return _source(self.solution)

    @property
    def head(self) -> str:
        """The solution up to its docstring."""
        lines = self.solution_code.splitlines()
        return "\n".join(lines[: self._docstring_end])

    @property
    def body(self) -> str:
        """The solution after its docstring, indented."""
        lines = self.solution_code.splitlines()
        return "\n".join(lines[self._docstring_end :]).strip("\n")

    @property
    def stub(self) -> str:
        """The solution up to its docstring, and ``...`` for the body."""
        return f"{self.head}\n    ..."

    @property
    def _docstring_end(self) -> int:
        return _definition(self.solution_code).body[0].end_lineno


@dataclass(frozen=True)
class Derivation:
    """Derive a formula, given as a SymPy expression."""

    name: str
    title: str
    statement: str
    given: str
    """Code that defines the symbols."""
    solution: Callable[..., Any]
    """One ``return``: the expression, as a function of the symbols that its parameters name."""
    mistakes: Sequence[Mistake]
    points: int = 2
    definitions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """What given symbols stand for, if that can be said in the other ones: ``{"s": lambda z: sigma(z)}``. An answer may
    use either."""
    values: Callable[[np.random.Generator], Mapping[str, float]] | None = None
    """Draws values for some of the symbols by name, if not all are possible: ``{"gamma": rng.uniform(0, 1)}``. A symbol
    that is declared to be an integer gets integers without it."""
    right_slips: Mapping[str, str] = field(default_factory=dict)
    """What is the same function although one thing in the solution was changed: the changed line, and why."""

    @property
    def answer(self) -> str:
        return self.solution.__name__

    @property
    def expression(self) -> str:
        """The code of the expression."""
        code = _source(self.solution)
        statement = _definition(code).body[-1]
        assert isinstance(statement, ast.Return)
        assert statement.value is not None
        return ast.get_source_segment(code, statement.value) or ""

    @property
    def solution_code(self) -> str:
        return f"{self.given}\n\n{self.answer} = {self.expression}"

    @property
    def stub(self) -> str:
        return f"{self.given}\n\n{self.answer} = ..."

    def symbols(self) -> dict[str, Any]:
        """The symbols that the solution and the mistakes take, by name."""
        namespace: dict[str, Any] = {}
        exec(self.given, namespace)
        return {name: namespace[name] for name in inspect.signature(self.solution).parameters}


@dataclass(frozen=True)
class Reaching(Coding):
    """Write a function that is worth what it reaches, however it does it."""

    reached: Callable[..., tuple[bool, str]] = lambda value, *arguments: (True, "")
    """Of a result and the arguments: whether it is good enough, and in a sentence what was reached or what is wrong."""
    seconds: float = 60.0
    """How long an answer may take."""


@dataclass(frozen=True)
class Ordering:
    """Put the lines of a function in order, and leave out those that do not belong."""

    name: str
    title: str
    statement: str
    solution: Callable[..., Any]
    """The function; every statement in its body is one line."""
    inputs: Callable[[np.random.Generator], Sequence[tuple[Any, ...]]]
    """The arguments on which an order is tried: every order that computes the same is right."""
    before: Mapping[tuple[str, str], str]
    """Of two lines the first has to stand before the second: what goes wrong otherwise."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Lines that do not belong, and what is wrong about each."""
    returns: Sequence[str] = ()
    points: int = 1

    @property
    def answer(self) -> str:
        return f"{self.solution.__name__}_order"

    @property
    def coding(self) -> Coding:
        """The exercise to write the function: what the lines make is judged as an answer to it."""
        return Coding(self.name, self.title, self.statement, self.solution, self.inputs, (), self.returns, self.points)

    @cached_property
    def right_lines(self) -> list[str]:
        return textwrap.dedent(self.coding.body).splitlines()

    @cached_property
    def lines(self) -> list[str]:
        """All lines, in an order that looks random and is always the same."""
        lines = [*self.right_lines, *self.extra]
        return sorted(lines, key=lambda line: zlib.crc32((self.name + line).encode()))

    @property
    def given(self) -> str:
        """The lines with their numbers, as comments."""
        numbered = [f"#  {number}  {line}" for number, line in enumerate(self.lines, start=1)]
        first = self.coding.head.splitlines()[0]
        return "\n".join(["# A list of the numbers of the lines, such as [3, 1, 2], makes", f"# {first}", *numbered])

    @property
    def expression(self) -> str:
        return repr([self.lines.index(line) + 1 for line in self.right_lines])

    @property
    def solution_code(self) -> str:
        return f"{self.answer} = {self.expression}\n\n\n{self.coding.solution_code}"

    @property
    def stub(self) -> str:
        return f"{self.given}\n\n{self.answer} = ..."


@dataclass(frozen=True)
class Prediction:
    """Say what a figure or a run will show, before it does."""

    name: str
    title: str
    question: str
    solution: Callable[[], Any]
    """Computes what is asked for: a number, or the letter of the right choice."""
    why: str
    """Why it is so, and where to see it: told when the prediction is right."""
    mistakes: Sequence[Mistake]
    """What is thought in place of it. With choices, one for each that is wrong."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """The choices by their letters, if it is not a number that is asked for."""
    within: float = 0.02
    """How far a number may be from the computed one, as a share of it."""
    points: int = 1

    @property
    def answer(self) -> str:
        return self.solution.__name__

    @property
    def statement(self) -> str:
        return "\n\n".join([self.question, *(f"**{letter}** {text}" for letter, text in self.choices.items())])

    @property
    def given(self) -> str:
        if self.choices:
            return f"# one of {', '.join(map(repr, self.choices))}".replace("'", '"')
        return f"# a number{f', to {self.within:.0%}' if self.within else ''}"

    @property
    def expression(self) -> str:
        value = self.solution()
        return f'"{value}"' if isinstance(value, str) else f"{value:.4g}"

    @property
    def solution_code(self) -> str:
        return f"{_source(self.solution)}\n\n\n{self.answer} = {self.answer}()"

    @property
    def stub(self) -> str:
        return f"{self.given}\n{self.answer} = ..."


Exercise = Coding | Derivation | Ordering | Prediction


@dataclass(frozen=True)
class Question:
    """A question with one right answer; every answer comes with what it teaches."""

    text: str
    right: tuple[str, str]
    """The right answer, and why it is right."""
    wrong: dict[str, str]
    """The wrong answers, each with what is wrong about it."""


@dataclass(frozen=True)
class Chapter:
    """The exercises and the quiz of a chapter."""

    name: str
    """The path of the chapter in ``chapters/``, such as ``math/loss``."""
    title: str
    exercises: Sequence[Exercise]
    quiz: Sequence[Question]


@cache
def chapters() -> dict[str, Chapter]:
    """All chapters that have exercises, by name: every module of ``exercises`` that defines ``chapter``."""
    found = map(_chapter_in, _modules())
    return {chapter.name: chapter for chapter in found if chapter is not None}


@cache
def exercises() -> dict[str, Exercise]:
    """All exercises by name."""
    return {exercise.name: exercise for chapter in chapters().values() for exercise in chapter.exercises}


@cache
def find(name: str) -> Exercise | None:
    """The exercise of this name, if there is one; of the chapters, only those that mention the name are imported.

    Example:
        >>> find("mse-gradient").title
        'The gradient of the mean squared error'
    """
    for module in _modules():
        spec = importlib.util.find_spec(module)
        source = spec.loader.get_source(module) if spec and isinstance(spec.loader, InspectLoader) else None
        if f'"{name}"' in (source or ""):
            chapter = _chapter_in(module)
            found = [exercise for exercise in chapter.exercises if exercise.name == name] if chapter else []
            if found:
                return found[0]
    return None


@cache
def _modules() -> list[str]:
    package = importlib.import_module("exercises")
    return [module.name for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]


def _chapter_in(module: str) -> Chapter | None:
    chapter = getattr(importlib.import_module(module), "chapter", None)
    return chapter if isinstance(chapter, Chapter) else None


def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function)).rstrip()


def _definition(code: str) -> Any:
    return ast.parse(code).body[0]
