"""``check``: is the answer right, and if not, which mistake is it?

The student's function and the reference get the same inputs. Where they differ, the student's results are compared with
those of the usual mistakes, which are functions too: the one that agrees on every input names the mistake.
"""

from __future__ import annotations

import difflib
import dis
import inspect
import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import FunctionType
from typing import Any

import numpy as np

from dlmath.exercises import expressions, kinds
from dlmath.exercises.comparing import close, common_hint, lowered, numbers, precision, rounded, same
from dlmath.exercises.definition import Coding, Ordering, Prediction, Reaching, exercises
from dlmath.exercises.running import (
    Other,
    Outcome,
    OutOfTimeError,
    ProcessEndedError,
    Raised,
    described,
    kind_of,
    precision_inside,
    run,
    run_trusted,
    within,
)
from dlmath.exercises.shown import Feedback

SECONDS = 5.0
"""How long an answer may take, if its exercise does not say more."""


def seconds_for(exercise: Any) -> float:
    """How long an answer to this exercise may take."""
    return exercise.seconds if isinstance(exercise, Reaching) else SECONDS


def check(name: str, answer: Any, *, seed: int = 0, seconds: float | None = None) -> Feedback:
    """Say whether the answer to an exercise is right, and if not, what is known about the mistake.

    Whatever the answer does, the notebook goes on: nothing is raised, and on Linux nothing that the answer does
    outlasts it. What can be stopped where is told in ``dlmath.exercises.running``.

    Args:
        name: the exercise, such as ``"mse-gradient"``.
        answer: the function (not called), or the SymPy expression of a derivation.
        seed: of the random inputs.
        seconds: how long the answer may take; 5 if nothing is said, and 60 where something is trained.

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
    seconds = seconds_for(exercise) if seconds is None else seconds
    rng = np.random.default_rng(seed)
    try:
        if isinstance(exercise, Coding):
            state, message = _function(exercise, answer, rng, seconds)
        elif isinstance(exercise, Ordering | Prediction):
            state, message = judge_plain(exercise, answer, rng, seconds)
        else:
            state, message = expressions.judge(exercise, answer, rng, seconds)
    except OutOfTimeError as error:
        state, message = "wrong", time_text(error, seconds)
    except ProcessEndedError as error:
        state, message = "wrong", end_text(error)
    except Exception as error:  # an answer is any object, and may behave in any way
        state, message = "wrong", f"Your answer could not be looked at: `{_told(described(error))}`."
    return Feedback(name, state, message)


def _function(exercise: Coding, answer: Any, rng: np.random.Generator, seconds: float) -> tuple[str, str]:
    refusal = refused(exercise, answer, seconds)
    if refusal is not None:
        return refusal
    inputs = exercise.inputs(rng)
    outcomes, printed = run(answer, inputs, _names(exercise), seconds)
    inside = lambda: within(seconds, lambda: precision_inside(answer, inputs[0]))  # noqa: E731
    return judge_outcomes(exercise, inputs, outcomes, printed, inside)


def judge_plain(
    exercise: Ordering | Prediction, answer: Any, rng: np.random.Generator, seconds: float
) -> tuple[str, str]:
    """The state and the message of an answer that is plain data; of lines, of the function that they make."""
    if answer is None or answer is Ellipsis:
        return "open", "not attempted yet. Replace the three dots by your answer."
    try:
        value = kinds.plain(exercise, answer)
    except TypeError as error:
        return "wrong", str(error)
    if isinstance(exercise, Prediction):
        return kinds.judge_prediction(exercise, value)
    disorder = kinds.disorder(exercise, value)
    if disorder:
        return "wrong", disorder
    state, message = _function(exercise.coding, kinds.assembled(exercise, value), rng, seconds)
    return state, (kinds.out_of_order(exercise, value) or message) if state == "wrong" else message


def _names(exercise: Coding) -> list[str]:
    return list(inspect.signature(exercise.solution).parameters)


def refused(exercise: Coding, answer: Any, seconds: float) -> tuple[str, str] | None:
    """The state and the message of an answer that need not be tried, or None."""
    if answer is None or answer is Ellipsis or _is_stub(answer, exercise):
        return "open", "not attempted yet. Replace the three dots by your code."
    if not callable(answer):
        return "wrong", (
            f"`check` needs the function itself, got {kind_of(answer)}. "
            f'Write its name without parentheses: `check("{exercise.name}", {exercise.answer})`.'
        )
    expected = _names(exercise)
    if not _can_be_called(answer, len(expected), seconds):
        return "wrong", (
            f"The function is called with {_count(len(expected), 'argument')}, `{', '.join(expected)}`, "
            "and does not take them."
        )
    return None


def tried(exercise: Coding, answer: Any, seed: int, seconds: float) -> tuple[list[Outcome], str | None, str]:
    """What an answer does: the outcomes, the low precision in which it computes if it does, and what it printed."""
    inputs = exercise.inputs(np.random.default_rng(seed))
    outcomes, printed = run(answer, inputs, _names(exercise), seconds)
    if isinstance(exercise, Reaching):  # no digits of it are compared
        return outcomes, None, printed
    return outcomes, within(seconds, lambda: precision_inside(answer, inputs[0])), printed


def judge_outcomes(
    exercise: Coding,
    inputs: Sequence[tuple[Any, ...]],
    outcomes: Sequence[Outcome],
    printed: str,
    inside: Callable[[], str | None],
) -> tuple[str, str]:
    """The state and the message of what an answer did.

    Args:
        exercise: the exercise.
        inputs: that the answer was tried on.
        outcomes: what it did on each.
        printed: what it printed.
        inside: finds the low precision in which it computes, if it does; called only if that matters.
    """
    if isinstance(exercise, Reaching):
        return _reached(exercise, inputs, outcomes)
    references = run_trusted(exercise.solution, inputs, _names(exercise))
    low = _low_precision(outcomes)
    if low is None and _agree_roughly(outcomes, references):
        found = inside()
        low = getattr(np, found) if found else None
    if low is not None:
        outcomes = [replace(outcome, value=lowered(outcome.value, low)) for outcome in outcomes]
    of_rounded = [None] * len(inputs)
    if low is not None:
        rounded_inputs = [rounded(arguments, low) for arguments in inputs]
        of_rounded = [outcome.value for outcome in run_trusted(exercise.solution, rounded_inputs, _names(exercise))]
    state, message = _verdict(exercise, inputs, outcomes, references, of_rounded)
    if printed and state == "wrong":
        message += f"\n\nIt printed: `{printed.strip()[:200]}`"
    return state, message


def _verdict(
    exercise: Coding,
    inputs: Sequence[tuple[Any, ...]],
    outcomes: Sequence[Outcome],
    references: Sequence[Outcome],
    of_rounded: Sequence[Any],
) -> tuple[str, str]:
    if outcomes[0].value is Ellipsis:
        return "open", "not attempted yet. Replace the three dots by your code."
    problems = [_problem(exercise, o, r.value, low) for o, r, low in zip(outcomes, references, of_rounded)]
    if not any(problems):
        low = _low_precision(outcomes)
        digits = f", in the precision in which it computes (`{low.__name__}`)" if low else ""
        return "solved", f"solved. It agrees with the reference on all {len(inputs)} inputs{digits}."
    names = _names(exercise)
    for mistake in exercise.mistakes:
        if _same_mistake(outcomes, run_trusted(mistake.wrong, inputs, names)):
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


def _reached(exercise: Reaching, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """The verdict on an answer that is worth what it reaches: the first input on which that is not enough decides."""
    message = ""
    for arguments, outcome in zip(inputs, outcomes):
        if outcome.value is Ellipsis:
            return "open", "not attempted yet. Replace the three dots by your code."
        if outcome.error is not None:
            return "wrong", _error_text(outcome.error)
        if outcome.value is None:
            return "wrong", "Your function returns nothing (`None`). Is a `return` missing at the end?"
        good, message = exercise.reached(outcome.value, *arguments)
        if not good:
            return "wrong", message
    return "solved", f"solved. {message}"


def _agree_roughly(outcomes: Sequence[Outcome], references: Sequence[Outcome]) -> bool:
    """Whether the results are right to a few digits, but not to those of double precision."""
    pairs = [(outcome.value, reference.value) for outcome, reference in zip(outcomes, references)]
    return not all(same(value, reference) for value, reference in pairs) and all(
        same(lowered(value, np.float16), reference) for value, reference in pairs
    )


def _low_precision(outcomes: Sequence[Outcome]) -> type[np.floating] | None:
    """The precision of the results, if it is lower than double."""
    kinds = {float(np.finfo(kind).eps): kind for kind in (np.float16, np.float32)}
    return kinds.get(max(precision(outcome.value) for outcome in outcomes))


def _problem(exercise: Coding, outcome: Outcome, reference: Any, of_rounded: Any) -> str | None:
    """What is wrong with one outcome, in a sentence, without the right answer."""
    value = outcome.value
    if outcome.error is not None:
        return _error_text(outcome.error)
    if value is None:
        return "Your function returns nothing (`None`). Is a `return` missing at the end?"
    if outcome.changed:
        return (
            f"Your function writes into its argument `{outcome.changed}`, which the caller still needs. "
            "Compute the result anew, in a copy."
        )
    if isinstance(reference, tuple):
        names = ", ".join(f"`{name}`" for name in exercise.returns)
        if not isinstance(value, tuple | list) or len(value) != len(reference):
            return f"Your function should return {len(reference)} values, {names}, and returns {_kind(value)}."
        of_rounded = of_rounded or [None] * len(reference)
        parts = [(f"`{name}`", *three) for name, *three in zip(exercise.returns, value, reference, of_rounded)]
    else:
        parts = [("The result", value, reference, of_rounded)]
    wrong = (problem for part in parts if (problem := _part_problem(*part)))
    return next(wrong, _warning_text(outcome.warning))


def _part_problem(what: str, value: Any, reference: Any, of_rounded: Any) -> str | None:
    expected = f"an array of shape {np.shape(reference)}" if np.ndim(reference) else "a single number"
    if isinstance(value, list):
        return f"{what} is a list; expected is {expected}. `np.array(...)` makes an array of a list."
    result = numbers(value)
    if result is None:
        return f"{what} is {_kind(value)}; expected is {expected}."
    if result.shape != np.shape(reference):
        return f"{what} has shape {result.shape}; expected is {expected}."
    wrong = ~close(value, reference, of_rounded)
    if not wrong.any():
        return None
    if np.isnan(result).any():
        return f"{what} has the expected shape, but contains NaN (not a number)."
    count = f"{wrong.sum()} of its {wrong.size} values are" if wrong.size > 1 else "its value is"
    return f"{what} has the expected shape, but {count} wrong: your function returns `{_short(value)}`."


def _same_mistake(outcomes: Sequence[Outcome], wrongs: Sequence[Outcome]) -> bool:
    """Whether the student's function did on every input what the wrong function does, be it an error or a warning."""
    returned = [o.error is None for o in outcomes]
    return any(returned) and all(
        (o.error and o.error.kinds[0]) == (w.error and w.error.kinds[0])
        and o.changed == w.changed
        and bool(o.warning) == bool(w.warning)
        and (o.error is not None or same(o.value, w.value))
        for o, w in zip(outcomes, wrongs)
    )


def _is_stub(answer: Any, exercise: Coding) -> bool:
    """Whether the function does nothing, as the stub: ``...`` or ``pass``, with or without a docstring."""
    if type(answer) is not FunctionType:
        return False
    namespace: dict[str, Any] = {}
    exec(exercise.stub, namespace)
    return _instructions(answer) == _instructions(namespace[exercise.answer])


def _instructions(function: FunctionType) -> list[tuple[str, Any]]:
    return [(step.opname, step.argval) for step in dis.get_instructions(function) if step.opname != "NOP"]


def _can_be_called(function: Callable[..., Any], count: int, seconds: float) -> bool:
    def binds() -> bool:
        try:
            inspect.signature(function).bind(*range(count))
        except TypeError:
            return False
        except ValueError:  # some compiled functions have no signature; calling them will show
            return True
        return True

    # An object that can be called may answer any question by code of its own.
    return binds() if type(function) is FunctionType else within(seconds, binds)


ADVICE = {
    "UnboundLocalError": "A variable is read before it has a value. Is it set only in a loop or an `if`?",
    "NameError": "Python does not know that name. Is it spelled as in the first line of the function? Is it imported?",
    "IndexError": "An index is larger than the array. Print the shapes of the arrays.",
    "ZeroDivisionError": "Something divides by zero.",
    "RecursionError": "The function calls itself and never ends.",
    "AttributeError": "The value before the dot has no such attribute. Print its type.",
    "SystemExit": "`return` ends a function; `exit()` and `quit()` end Python.",
    "EOFError": "The numbers come as arguments: there is nothing to ask for.",
    "MemoryError": "That is more memory than there is. Print the shapes of the arrays before this line.",
}

DO_NOT_FIT = ("could not be broadcast", "matmul", "not aligned", "dot product")


def _told(error: Raised) -> str:
    return f"{error.kinds[0]}: {error.text}"


def _error_text(error: Raised) -> str:
    text = f"Your function raised `{_told(error)}`"
    if error.line:
        text += f" in the line `{error.line}`"
    advice = next((advice for kind, advice in ADVICE.items() if kind in error.kinds), "")
    if "ValueError" in error.kinds and any(words in error.text for words in DO_NOT_FIT):
        advice = "Two arrays do not fit together. Write the shape of each beside it: is one transposed?"
    return f"{text}. {advice}".strip()


def time_text(error: OutOfTimeError, seconds: float) -> str:
    if error.waited:
        return (
            f"Your function was still waiting after {seconds:g} seconds and was stopped. It did not compute: "
            "does it sleep, or wait for something that does not come?"
        )
    return (
        f"Your function was still running after {seconds:g} seconds"
        + (" and was stopped." if error.stopped else " and could not be stopped: restart the kernel when you can.")
        + " Is there a loop that never ends?"
    )


def end_text(error: ProcessEndedError) -> str:
    if error.by_signal is None:
        return "Your function ended Python itself (`os._exit`?). `return` ends a function."
    if error.by_signal == signal.SIGKILL:
        return "Your function was killed: it took more memory than there is, or ended itself."
    return (
        f"Your function crashed Python ({signal.Signals(error.by_signal).name}). "
        "Does it call itself without end, or go around NumPy's checks?"
    )


def _warning_text(warning: str | None) -> str | None:
    if warning is None:
        return None
    return (
        f"The values are right, but NumPy warns: `{warning}`. "
        "Find the step whose numbers become too large or too small."
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _short(value: Any) -> str:
    """One of our values, in little room."""
    if isinstance(value, FunctionType):
        return f"<function {value.__name__}>"
    with np.printoptions(precision=4, threshold=12, edgeitems=2, suppress=True):
        text = " ".join(repr(value).split())
    return text if len(text) <= 200 else text[:200] + " ..."


def _kind(value: Any) -> str:
    return value.kind if isinstance(value, Other) else kind_of(value)
