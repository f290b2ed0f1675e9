"""The book's exercises: statement, stub, solution, usual mistakes and quizzes, and the checker that knows them.

``exercise(name)`` shows the task, ``check(name, answer)`` judges an answer, ``solution(name)`` shows the reference,
``quiz(chapter)`` asks questions. The definitions are in the package ``exercises``, one module per chapter.
"""

from dlmath.exercises.engine import check
from dlmath.exercises.shown import exercise, quiz, solution

__all__ = ["check", "exercise", "quiz", "solution"]
