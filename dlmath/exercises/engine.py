"""``check``: is the answer right, and if not, which mistake is it?

The student's function and the reference get the same inputs. Where they differ, the student's results are compared with
those of the usual mistakes, which are functions too: the one that agrees on every input names the mistake.
"""

from __future__ import annotations

import difflib
import inspect
import traceback
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from dlmath.exercises import expressions
from dlmath.exercises.comparing import ABSOLUTE, RELATIVE, common_hint, numbers, same
from dlmath.exercises.definition import Coding, exercises
from dlmath.exercises.running import Outcome, OutOfTimeError, run
from dlmath.exercises.shown import Feedback

UNLIMITED = 60.0
"""Seconds for what is not the student's."""


def check(name: str, answer: Any, *, seed: int = 0, seconds: float = 5.0) -> Feedback:
    """Say whether the answer to an exercise is right, and if not, what is known about the mistake.

    Whatever the answer does, the notebook goes on: nothing is raised.

    Args:
        name: the exercise, such as ``"mse-gradient"``.
        answer: the function (not called), or the SymPy expression of a derivation.
        seed: of the random inputs.
        seconds: how long the answer may take.

    Returns:
        The feedback; as the last value of a cell it is displayed.

    Example:
        >>> def mse_gradient(predictions, targets):
        ...     return 2 * (predictions - targets)
        >>> check("mse-gradient", mse_gradient)
        ✗ mse-gradient: The loss is a mean over the batch. Where is the number of samples N?
    """
    if not isinstance(name, str) or name not in exercises():
        close = [f" Do you mean `{known}`?" for known in difflib.get_close_matches(str(name), exercises(), n=1)]
        return Feedback(_short(name), "wrong", "".join(["There is no exercise of this name.", *close]))
    exercise = exercises()[name]
    judge = _function if isinstance(exercise, Coding) else expressions.judge
    state, message = judge(exercise, answer, np.random.default_rng(seed), seconds)
    return Feedback(name, state, message)


def _function(exercise: Coding, answer: Any, rng: np.random.Generator, seconds: float) -> tuple[str, str]:
    if answer is None or answer is Ellipsis or _is_stub(answer, exercise):
        return "open", "not attempted yet. Replace the three dots by your code."
    if not callable(answer):
        return "wrong", (
            f"`check` needs the function itself, got {_kind(answer)}. "
            f'Write its name without parentheses: `check("{exercise.name}", {exercise.answer})`.'
        )
    expected = list(inspect.signature(exercise.solution).parameters)
    if not _can_be_called(answer, len(expected)):
        return (
            "wrong",
            f"The function is called with {len(expected)} arguments, `{', '.join(expected)}`, and does not take them.",
        )
    inputs = exercise.inputs(rng)
    try:
        outcomes, printed = run(answer, inputs, expected, seconds)
    except OutOfTimeError as error:
        return "wrong", (
            f"Your function was still running after {seconds:g} seconds"
            + (" and was stopped." if error.stopped else " and could not be stopped: restart the kernel when you can.")
            + " Is there a loop that never ends?"
        )
    references = run(exercise.solution, inputs, expected, UNLIMITED)[0]
    state, message = _verdict(exercise, inputs, outcomes, references)
    if printed and state == "wrong":
        message += f"\n\nIt printed: `{printed.strip()[:200]}`"
    return state, message


def _verdict(
    exercise: Coding, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Outcome], references: Sequence[Outcome]
) -> tuple[str, str]:
    if outcomes[0].value is Ellipsis:
        return "open", "not attempted yet. Replace the three dots by your code."
    problems = [_problem(exercise, o, r.value) for o, r in zip(outcomes, references)]
    if not any(problems):
        return "solved", f"solved. It agrees with the reference on all {len(inputs)} inputs."
    names = list(inspect.signature(exercise.solution).parameters)
    for mistake in exercise.mistakes:
        if _same_mistake(outcomes, run(mistake.wrong, inputs, names, UNLIMITED)[0]):
            return "wrong", mistake.hint
    if not any(o.error or o.changed or o.warning for o in outcomes):
        hint = common_hint([o.value for o in outcomes], [r.value for r in references])
        if hint:
            return "wrong", hint
    # An error says more than a wrong value, so the first error is shown, if there is one.
    errors = [index for index, outcome in enumerate(outcomes) if outcome.error is not None]
    failing = (errors or [index for index, problem in enumerate(problems) if problem])[0]
    given = "; ".join(f"`{name} = {_short(value)}`" for name, value in zip(names, inputs[failing]))
    return "wrong", f"{problems[failing]}\n\nIt was called with {given}."


def _problem(exercise: Coding, outcome: Outcome, reference: Any) -> str | None:
    """What is wrong with one outcome, in a sentence, without the right answer."""
    value = outcome.value
    if outcome.error is not None:
        return _error_text(outcome.error)
    if value is None:
        return "Your function returns nothing (`None`). Is a `return` missing at the end?"
    if outcome.changed:
        return (
            f"Your function writes into its argument `{outcome.changed}`, which the caller still needs. "
            "Compute the result in a new array."
        )
    if isinstance(reference, tuple):
        names = ", ".join(f"`{name}`" for name in exercise.returns)
        if not isinstance(value, tuple | list) or len(value) != len(reference):
            return f"Your function should return {len(reference)} values, {names}, and returns {_kind(value)}."
        parts = [(f"`{name}`", *pair) for name, *pair in zip(exercise.returns, value, reference)]
    else:
        parts = [("The result", value, reference)]
    wrong = (problem for part in parts if (problem := _part_problem(*part)))
    return next(wrong, _warning_text(outcome.warning))


def _part_problem(what: str, value: Any, reference: Any) -> str | None:
    expected = f"an array of shape {np.shape(reference)}" if np.ndim(reference) else "a single number"
    if isinstance(value, list | tuple):
        return f"{what} is a {type(value).__name__}; expected is {expected}. `np.array(...)` makes an array of a list."
    result = numbers(value)
    if result is None:
        return f"{what} is {_kind(value)}; expected is {expected}."
    if result.shape != np.shape(reference):
        return f"{what} has shape {result.shape}; expected is {expected}."
    if np.isnan(result).any():
        return f"{what} has the expected shape, but contains NaN (not a number)."
    wrong = ~np.isclose(result, reference, rtol=RELATIVE, atol=ABSOLUTE)
    if wrong.any():
        count = f"{wrong.sum()} of its {wrong.size} values are" if wrong.size > 1 else "its value is"
        return f"{what} has the expected shape, but {count} wrong: your function returns `{_short(value)}`."
    return None


def _same_mistake(outcomes: Sequence[Outcome], wrongs: Sequence[Outcome]) -> bool:
    """Whether the student's function did on every input what the wrong function does, be it an error or a warning."""
    returned = [o.error is None for o in outcomes]
    return any(returned) and all(
        type(o.error) is type(w.error)
        and o.changed == w.changed
        and bool(o.warning) == bool(w.warning)
        and (o.error is not None or same(o.value, w.value))
        for o, w in zip(outcomes, wrongs)
    )


def _is_stub(answer: Any, exercise: Coding) -> bool:
    """Whether the function does nothing, as the stub: ``...`` or ``pass``, with or without a docstring."""
    if not isinstance(answer, FunctionType):
        return False
    namespace: dict[str, Any] = {}
    exec(exercise.stub, namespace)
    ours, theirs = namespace[exercise.answer].__code__, answer.__code__
    return ours.co_code == theirs.co_code and ours.co_consts[1:] == theirs.co_consts[1:]


def _can_be_called(function: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # some compiled functions have no signature; calling them will show
        return True
    return True


ADVICE = {
    NameError: "Python does not know that name. Is it spelled as in the first line of the function? Is it imported?",
    IndexError: "An index is larger than the array. Print the shapes of the arrays.",
    ZeroDivisionError: "Something divides by zero.",
    RecursionError: "The function calls itself and never ends.",
    AttributeError: "The value before the dot has no such attribute. Print its type.",
}


def _error_text(error: BaseException) -> str:
    try:
        told = str(error)[:300]
    except Exception:
        told = ""
    text = f"Your function raised `{type(error).__name__}: {told}`"
    lines = [frame.line for frame in traceback.extract_tb(error.__traceback__) if _is_students(frame.filename)]
    if lines and lines[-1]:
        text += f" in the line `{lines[-1]}`"
    advice = next((advice for kind, advice in ADVICE.items() if isinstance(error, kind)), "")
    if isinstance(error, ValueError) and any(word in told for word in ("shape", "dimension", "broadcast")):
        advice = "Two arrays do not fit together. Write the shape of each beside it: is one transposed?"
    return f"{text}. {advice}".strip()


def _is_students(filename: str) -> bool:
    return "site-packages" not in filename and "dist-packages" not in filename and "dlmath" not in filename


def _warning_text(warning: str | None) -> str | None:
    if warning is None:
        return None
    return (
        f"The values are right, but NumPy warns: `{warning}`. "
        "Find the step whose numbers become too large or too small."
    )


def _short(value: Any) -> str:
    if isinstance(value, FunctionType):
        return f"<function {value.__name__}>"
    with np.printoptions(precision=4, threshold=12, edgeitems=2, suppress=True):
        text = " ".join(repr(value).split())
    return text if len(text) <= 200 else text[:200] + " ..."


def _kind(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" + f" and dtype {value.dtype}" * (value.dtype.kind not in "biuf")
    return f"a value of type `{type(value).__name__}`"
