"""``check``: is the answer right, and if not, which mistake is it?

The student's function and the reference get the same inputs. Where they differ, the student's results are compared with
those of the usual mistakes, which are functions too: the one that agrees on every input names the mistake.
"""

from __future__ import annotations

import contextlib
import difflib
import dis
import inspect
import re
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from types import FunctionType
from typing import Any

import numpy as np

from dlmath.exercises import kinds, nearby, relations
from dlmath.exercises.comparing import close, lowered, numbers, precision, rounded, same
from dlmath.exercises.definition import Coding, Exercise, Ordering, Prediction, Reaching, exercises, find
from dlmath.exercises.running import (
    Observed,
    Other,
    Outcome,
    OutOfTimeError,
    ProcessEndedError,
    Raised,
    described,
    kind_of,
    observed,
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
        >>> check("mse-gradient", mse_gradient).message
        'The loss is a mean over the batch. Where is the number of samples N?'
    """
    exercise = find(name) if isinstance(name, str) else None
    if exercise is None:
        close = [f" Do you mean `{known}`?" for known in difflib.get_close_matches(str(name), exercises(), n=1)]
        return Feedback(_short(name), "wrong", "".join(["There is no exercise of this name.", *close]))
    seconds = seconds_for(exercise) if seconds is None else seconds
    rng = np.random.default_rng(seed)
    where = _nowhere
    try:
        if isinstance(exercise, Coding):
            state, message, where = _function(exercise, answer, rng, seconds)
        elif isinstance(exercise, Ordering | Prediction):
            state, message = judge_plain(exercise, answer, rng, seconds)
        else:
            from dlmath.exercises import expressions  # SymPy, which a function does not need

            state, message = expressions.judge(exercise, answer, rng, seconds)
            rng = np.random.default_rng(seed)
            where = partial(expressions.at_a_point, exercise, answer, rng, seconds)
    except OutOfTimeError as error:
        state, message = "wrong", time_text(error, seconds)
    except ProcessEndedError as error:
        state, message = "wrong", end_text(error)
    except Exception as error:  # an answer is any object, and may behave in any way
        state, message = "wrong", f"Your answer could not be looked at: `{_told(described(error))}`."
    return Feedback(name, state, message, _more(exercise, state, message, where))


_said: dict[str, list[str]] = {}
"""What was said about the last three wrong answers to each exercise."""

COMPARE = (
    "What to compare: go through these numbers by hand, write down every step, and print what your code has there, "
    "with its shape. The first step that differs is the place."
)


def _more(exercise: Exercise, state: str, message: str, where: Callable[[], str]) -> str:
    """What is added if the same mistake is made again: where it shows, then what to compare, then the solution."""
    if state != "wrong":
        if state == "solved":
            _said.pop(exercise.name, None)
        return ""
    said = _said.setdefault(exercise.name, [])
    said.append(message)
    del said[:-3]
    repeated = next((count for count, each in enumerate(reversed(said)) if each != message), len(said))
    shows_input = "It was called with" in message
    compared = not isinstance(exercise, Ordering | Prediction | Reaching)
    more = []
    if compared and repeated > 1 and not shows_input:
        with contextlib.suppress(Exception):  # an answer that cannot be tried once more
            more.append(where())
    if compared and (repeated > 2 or (repeated > 1 and shows_input)):
        more.append(COMPARE)
    if len(said) > 2:
        more.append(f'To see one way to do it: `solution("{exercise.name}")`.')
    return "".join(f"\n\n{each}" for each in more if each)


def _nowhere() -> str:
    return ""


def _where(exercise: Coding, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Outcome]) -> str:
    """The first input on which the answer is wrong."""
    names = _names(exercise)
    references = run_trusted(exercise.solution, inputs, names)
    problems = [_problem(exercise, o, r.value, None) for o, r in zip(outcomes, references)]
    failing = next(index for index, problem in enumerate(problems) if problem)
    return f"Where: {problems[failing]} It was called with {_given(names, inputs[failing])}."


def _given(names: Sequence[str], arguments: tuple[Any, ...]) -> str:
    return "; ".join(f"`{name} = {_short(value)}`" for name, value in zip(names, arguments))


def _function(
    exercise: Coding, answer: Any, rng: np.random.Generator, seconds: float
) -> tuple[str, str, Callable[[], str]]:
    """The state and the message of a function, and what tells where it is wrong."""
    refusal = refused(exercise, answer, seconds)
    if refusal is not None:
        return *refusal, _nowhere
    inputs = exercise.inputs(rng)
    outcomes, printed = run(answer, inputs, _names(exercise), seconds)
    behaviour = cache(lambda: within(seconds, lambda: observed(answer, inputs)))
    state, message = judge_outcomes(exercise, inputs, outcomes, printed, behaviour)
    return state, message, partial(_where, exercise, inputs, outcomes)


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
    coding = exercise.coding
    inputs = coding.inputs(rng)
    outcomes, _ = run(kinds.assembled(exercise, value), inputs, _names(coding), seconds)
    references = run_trusted(coding.solution, inputs, _names(coding))
    problems = [_problem(coding, outcome, reference.value, None) for outcome, reference in zip(outcomes, references)]
    problem = next(filter(None, problems), None)
    if problem is None:
        return "solved", f"solved. These lines agree with the reference on all {len(inputs)} inputs."
    return "wrong", kinds.out_of_order(exercise, value) or problem


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


def tried(exercise: Coding, answer: Any, seed: int, seconds: float) -> tuple[list[Outcome], Observed, str]:
    """What an answer does: the outcomes, how it computes, and what it printed."""
    inputs = exercise.inputs(np.random.default_rng(seed))
    outcomes, printed = run(answer, inputs, _names(exercise), seconds)
    if isinstance(exercise, Reaching):  # how it computes is its own affair
        return outcomes, Observed(), printed
    return outcomes, within(seconds, lambda: observed(answer, inputs)), printed


def judge_outcomes(
    exercise: Coding,
    inputs: Sequence[tuple[Any, ...]],
    outcomes: Sequence[Outcome],
    printed: str,
    behaviour: Callable[[], Observed],
) -> tuple[str, str]:
    """The state and the message of what an answer did.

    Args:
        exercise: the exercise.
        inputs: that the answer was tried on.
        outcomes: what it did on each.
        printed: what it printed.
        behaviour: finds how it computes; called only if that matters.
    """
    if isinstance(exercise, Reaching):
        return _reached(exercise, inputs, outcomes)
    references = run_trusted(exercise.solution, inputs, _names(exercise))
    low = _low_precision(outcomes)
    if low is None and _agree_roughly(outcomes, references):
        found = behaviour().precision
        low = getattr(np, found) if found else None
    if low is not None:
        outcomes = [replace(outcome, value=lowered(outcome.value, low)) for outcome in outcomes]
    of_rounded = [None] * len(inputs)
    if low is not None:
        rounded_inputs = [rounded(arguments, low) for arguments in inputs]
        of_rounded = [outcome.value for outcome in run_trusted(exercise.solution, rounded_inputs, _names(exercise))]
    state, message = _verdict(exercise, inputs, outcomes, references, of_rounded, behaviour)
    if printed and state == "wrong":
        message += f"\n\nIt printed: `{printed.strip()[:200]}`"
    return state, message


def _verdict(
    exercise: Coding,
    inputs: Sequence[tuple[Any, ...]],
    outcomes: Sequence[Outcome],
    references: Sequence[Outcome],
    of_rounded: Sequence[Any],
    behaviour: Callable[[], Observed],
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
    agree = [problem is None for problem in problems]
    hint = _unrecorded(exercise, inputs, outcomes, references, agree, behaviour)
    if hint:
        return "wrong", hint
    # An error says more than a wrong value, so the first error is shown, if there is one.
    errors = [index for index, outcome in enumerate(outcomes) if outcome.error is not None]
    failing = (errors or [index for index, problem in enumerate(problems) if problem])[0]
    return "wrong", f"{problems[failing]}\n\nIt was called with {_given(names, inputs[failing])}."


def _unrecorded(
    exercise: Coding,
    inputs: Sequence[tuple[Any, ...]],
    outcomes: Sequence[Outcome],
    references: Sequence[Outcome],
    right: Sequence[bool],
    behaviour: Callable[[], Observed],
) -> str | None:
    """What can be said about a mistake that is none of the usual ones, from what the answer did."""
    names = _names(exercise)
    values, rights = [o.value for o in outcomes], [r.value for r in references]
    if any(outcome.changed for outcome in outcomes) or all(outcome.error for outcome in outcomes):
        return None
    if any(outcome.error for outcome in outcomes):
        return nearby.named(exercise, inputs, outcomes, references)
    if any(outcome.warning for outcome in outcomes) and all(map(same, values, rights)):
        return None  # the warning is all that is wrong
    count = len(exercise.returns)
    if not count:
        pairs = list(zip(values, rights))
        first = relations.of_the_result(pairs)
        if first is not None and first.startswith(("The sign", "This is the transpose")):
            return first
        return (
            nearby.named(exercise, inputs, outcomes, references)
            or first
            or _behaves(outcomes, references, behaviour())
            or (_unused(exercise, inputs, behaviour()) if _comparable(pairs) else None)
            or _as_a_whole(pairs, inputs, names)
            or nearby.named_twice(exercise, inputs, outcomes)
            or _where_it_is_right(pairs, inputs, names, right)
        )
    if not all(isinstance(value, tuple | list) and len(value) == count for value in values):
        return None
    pairs = list(zip(values, rights))
    hint = relations.exchanged(pairs, exercise.returns) or nearby.named(exercise, inputs, outcomes, references)
    hint = hint or _behaves(outcomes, references, behaviour())
    if hint:
        return f"{hint}{_which_are_right(exercise, pairs)}"
    for index, name in enumerate(exercise.returns):
        of_this = [(value[index], each[index]) for value, each in pairs]
        agree = [same(*pair) for pair in of_this]
        if not all(agree):
            hint = (
                relations.of_the_result(of_this)
                or _as_a_whole(of_this, inputs, names)
                or _where_it_is_right(of_this, inputs, names, agree)
            )
            if hint:
                unused = _unused(exercise, inputs, behaviour())
                also = f" {unused}" if unused else _which_are_right(exercise, pairs)
                return f"`{name}`: {hint}{also}"
    return _unused(exercise, inputs, behaviour()) if all(_comparable(zip(*pair)) for pair in pairs) else None


def _comparable(pairs: Iterable[tuple[Any, Any]]) -> bool:
    """Whether all values are numbers, of the expected shapes."""
    return all(
        (found := numbers(value)) is not None and found.shape == np.shape(right) and bool(np.isfinite(found).all())
        for value, right in pairs
    )


def _behaves(outcomes: Sequence[Outcome], references: Sequence[Outcome], behaviour: Observed) -> str | None:
    """What can be said about how the answer computes."""
    if behaviour.changes:
        return (
            "Your function returns something else when it is called again with the same arguments. "
            "Is there a random number in it, or something that is kept from call to call?"
        )
    step = behaviour.step
    lost = [_finite(r.value) and not _finite(o.value) for o, r in zip(outcomes, references)]
    if step is not None and any(lost):
        what = "NaN (not a number)" if any(_has_nan(outcome.value) for outcome in outcomes) else "an infinite number"
        line = f" in the line `{step.line}`" if step.line else ""
        return f"The result contains {what}. It begins with `{step.text}`{line}: what is computed there, and from what?"
    return None


def _unused(exercise: Coding, inputs: Sequence[tuple[Any, ...]], behaviour: Observed) -> str | None:
    """Which arguments the answer does not use, of those on whose values the result depends."""
    names = _names(exercise)
    unused = [names[place] for place in behaviour.unused if place < len(names) and _matters(exercise, inputs, place)]
    if not unused:
        return None
    return f"Your function never uses {', '.join(f'`{name}`' for name in unused)}, on which the result depends."


def _finite(value: Any) -> bool:
    parts = value if isinstance(value, tuple | list) else [value]
    return all((found := numbers(part)) is not None and bool(np.isfinite(found).all()) for part in parts)


def _has_nan(value: Any) -> bool:
    parts = value if isinstance(value, tuple | list) else [value]
    return any((found := numbers(part)) is not None and bool(np.isnan(found).any()) for part in parts)


def _matters(exercise: Coding, inputs: Sequence[tuple[Any, ...]], place: int) -> bool:
    """Whether the values of an argument matter, and not only its shape; of what is no array, they do."""
    changed = []
    for arguments in inputs:
        given = arguments[place]
        if type(given) is not np.ndarray or given.dtype.kind != "f":
            return True
        moved = 1.5 * given + 0.1 * np.arange(given.size).reshape(given.shape)
        changed.append((*arguments[:place], moved, *arguments[place + 1 :]))
    before, after = (run_trusted(exercise.solution, each, _names(exercise)) for each in (inputs, changed))
    return not all(same(one.value, other.value) for one, other in zip(before, after))


def _as_a_whole(pairs: relations.Pairs, inputs: relations.Inputs, names: Sequence[str]) -> str | None:
    """How all results are connected with the right ones."""
    shaped = relations.changed_as_a_whole(pairs) or relations.unfinished(pairs) or relations.unchanging(pairs)
    if shaped:
        return f"{shaped}{_shapes(pairs)}"
    return relations.by_a_quantity(pairs, relations.quantities(inputs, names)) or relations.by_an_argument(
        pairs, inputs, names
    )


def _where_it_is_right(
    pairs: relations.Pairs, inputs: relations.Inputs, names: Sequence[str], right: Sequence[bool]
) -> str | None:
    """On which inputs, or in which entries, the answer is right."""
    # Where the result is 0, it may be right by chance.
    tells = [index for index, (_, value) in enumerate(pairs) if not right[index] or np.any(value)]
    return relations.separates(
        [right[index] for index in tells], [inputs[index] for index in tells], names
    ) or relations.in_which_entries(pairs, inputs, names)


def _shapes(pairs: relations.Pairs) -> str:
    """The first shapes that are not as expected."""
    for value, reference in pairs:
        if np.shape(value) != np.shape(reference):
            return f" Your result has shape {np.shape(value)}; expected is {_expected(reference)}."
    return ""


def _expected(reference: Any) -> str:
    return f"an array of shape {np.shape(reference)}" if np.ndim(reference) else "a single number"


def _which_are_right(exercise: Coding, pairs: relations.Pairs) -> str:
    """Which of several values are right, if some are."""
    right = [
        f"`{name}`" for index, name in enumerate(exercise.returns) if all(same(v[index], r[index]) for v, r in pairs)
    ]
    if not right:
        return ""
    return f" ({right[0]} is right.)" if len(right) == 1 else f" ({', '.join(right[:-1])} and {right[-1]} are right.)"


def _reached(exercise: Reaching, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Outcome]) -> tuple[str, str]:
    """The verdict on an answer that is worth what it reaches: the first input on which that is not enough decides."""
    message = ""
    for arguments, outcome in zip(inputs, outcomes):
        if outcome.value is Ellipsis:
            return "open", "not attempted yet. Replace the three dots by your code."
        if outcome.error is not None:
            return "wrong", error_text(outcome.error)
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
        return error_text(outcome.error)
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
    expected = _expected(reference)
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


def _told(error: Raised) -> str:
    return f"{error.kinds[0]}: {error.text}"


def error_text(error: Raised, who: str = "Your function") -> str:
    text = f"{who} raised `{_told(error)}`"
    if error.line:
        text += f" in the line `{error.line}`"
    advice = _advice(error) or next((advice for kind, advice in ADVICE.items() if kind in error.kinds), "")
    return f"{text}. {advice}".strip()


def _advice(error: Raised) -> str | None:
    """What an error's type, text and place say together."""
    kind, text = error.kinds[0], error.text
    if "LinAlgError" in error.kinds:
        if "must be square" in text:
            return f"Only a square matrix has an inverse, and this one is not square.{_shapes_there(error)}"
        return "This matrix has no inverse: its columns depend on each other." if "ingular" in text else None
    if kind == "ValueError" and ("matmul" in text or "not aligned" in text):
        if "enough dimensions" in text or "is a scalar" in text:
            return (
                "A factor of the matrix product is a single number. Which step has made one number of an array? "
                "(`np.max` and `np.sum` without an axis do; `np.maximum` compares entry by entry.)"
            )
        asks = " Is one transposed?" if _fits_transposed(error) else ""
        return (
            "In a matrix product the columns on the left meet the rows on the right, and here their numbers differ."
            f"{_shapes_there(error)}{asks}"
        )
    if kind == "ValueError" and "could not be broadcast" in text:
        return _of_entries(text)
    if kind == "ValueError" and "cannot reshape" in text:
        return "`reshape` keeps every number: the product of the new lengths is not how many there are."
    if kind == "ValueError" and "truth value" in text:
        return (
            "`if`, `and`, `or` and Python's `max` ask for one truth value and get an array of them: "
            "`np.where`, `&`, `|` and `np.maximum` work entry by entry."
        )
    if kind == "ValueError" and "to unpack" in text:
        return "On the left of `=` stand more or fewer names than there are values on the right."
    if (kind == "ValueError" and "inhomogeneous" in text) or "setting an array element with a sequence" in text:
        return "The rows of this array have different lengths, or an array stands where a number is meant."
    if kind == "IndexError":
        found = re.search(r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)", text)
        if found and found[1] == found[2]:
            return f"The entries are counted from 0: the last of {found[2]} has the index {int(found[2]) - 1}."
        if "too many indices" in text:
            return f"The array has fewer axes than there are indices.{_shapes_there(error)}"
        if "could not be broadcast" in text:
            return "The indices of rows and of columns are taken in pairs, and there are not as many of both."
    if kind in ("TypeError", "IndexError") and ("integer" in text or "slice indices" in text):
        return "A whole number is needed here, such as an index or a length: `/` makes a decimal number, `//` does not."
    if kind == "TypeError" and "'tuple'" in text:
        return "A function in this line returns several values, a tuple: take the one that is needed, such as `[0]`."
    if kind == "TypeError" and ("not callable" in text or "NoneType" in text or "unexpected keyword" in text):
        return "One of the values in this line is of another kind than it is used for. Print its type."
    return None


def _of_entries(text: str) -> str:
    """Advice for arrays that are combined entry by entry."""
    shapes = [tuple(map(int, re.findall(r"\d+", shape))) for shape in re.findall(r"\(([\d,]*)\)", text)]
    begin = "Two arrays are combined entry by entry, and their shapes do not fit"
    if len(shapes) != 2:
        return f"{begin}."
    one, other = shapes
    begin += f": {one} and {other}."
    for short, long in ((one, other), (other, one)):
        if len(short) == 1 and len(long) == 2 and short[0] == long[0] != long[1]:
            return (
                f"{begin} One number for each row meets the columns: is an axis lost (`keepdims`, `[:, np.newaxis]`)?"
            )
    if len(one) == len(other) == 2 and one == other[::-1]:
        return f"{begin} Is one transposed?"
    if len(one) == len(other) and all(abs(a - b) <= 1 for a, b in zip(one, other)):
        return f"{begin} They differ by 1: does a slice or a `range` begin or end one place off?"
    return begin


def _shapes_there(error: Raised) -> str:
    if not error.shapes:
        return ""
    return f" There {', '.join(f'`{name}` has shape {shape}' for name, shape in error.shapes)}."


def _fits_transposed(error: Raised) -> bool:
    """Whether the two matrices of the line's product fit if one of them is transposed."""
    factors = re.findall(r"(?<![\w.)\]])([A-Za-z_]\w*) *@ *([A-Za-z_]\w*)(?![\w.(\[])", error.line or "")
    shapes = dict(error.shapes)
    if len(factors) != 1 or not all(len(shapes.get(name, ())) == 2 for name in factors[0]):
        return False
    (rows, columns), (other_rows, other_columns) = (shapes[name] for name in factors[0])
    return columns != other_rows and (rows == other_rows or columns == other_columns)


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
    if isinstance(value, float):
        return f"{value:.6g}"
    with np.printoptions(precision=4, threshold=12, edgeitems=2, suppress=True):
        text = " ".join(repr(value).split()).replace(", dtype=int64", "")  # which is said where integers are shorter
    return text if len(text) <= 200 else text[:200] + " ..."


def _kind(value: Any) -> str:
    return value.kind if isinstance(value, Other) else kind_of(value)
