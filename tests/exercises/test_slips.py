"""Slips differ from the function by one change, each says which, and all the usual kinds are among them."""

import ast
import inspect
import textwrap

import numpy as np
import pytest

from dlmath.exercises.definition import Coding, Derivation, exercises
from dlmath.exercises.slips import slips


def spread(values, weights, smallest):
    """A function that has a little of everything."""
    total = np.zeros(len(values))
    for k in range(1, len(values)):
        if values[k] < smallest and k > 0:
            continue
        total[k] += np.maximum(values[k - 1], 0) ** 2
    if smallest:
        total = total - np.abs(values).max(axis=0, keepdims=True)
    return np.where(weights > 0, weights @ total, -total), total


def line_of_code(slip):
    return slip.line if slip.line != str(slip) else ""


@pytest.fixture(scope="module")
def lines():
    return {line_of_code(slip) for slip in slips(spread)}


@pytest.fixture(scope="module")
def sentences():
    return {str(slip) for slip in slips(spread)}


@pytest.mark.parametrize(
    "line",
    [
        "total = np.zeros(values)",
        "for k in range(2, len(values)):",
        "for k in range(0, len(values)):",
        "for k in range(1, len(values) - 1):",
        "for k in range(len(values), 1):",
        "if values[k] <= smallest and k > 0:",
        "if values[k] > smallest and k > 0:",
        "if values[k] < smallest or k > 0:",
        "if values[k] < smallest:",
        "if values[k + 1] < smallest and k > 0:",
        "total[k] -= np.maximum(values[k - 1], 0) ** 2",
        "total[k] = np.maximum(values[k - 1], 0) ** 2",
        "total[k + 1] += np.maximum(values[k - 1], 0) ** 2",
        "total[k] += np.minimum(values[k - 1], 0) ** 2",
        "total[k] += values[k - 1] ** 2",
        "total[k] += np.maximum(values[k], 0) ** 2",
        "total[k] += np.maximum(values[k + 1], 0) ** 2",
        "total[k] += np.maximum(values[k - 1], 0) * 2",
        "total[k] += np.maximum(values[k - 1], 0)",
        "total[k] += np.maximum(values[k - 1], 0) ** 4",
        "total = total + np.abs(values).max(axis=0, keepdims=True)",
        "total = total",
        "total = np.abs(values).max(axis=0, keepdims=True) - total",
        "total = total - np.abs(values).max(axis=1, keepdims=True)",
        "total = total - np.abs(values).max(keepdims=True)",
        "total = total - np.abs(values).max(axis=0)",
        "total = total - np.abs(values).min(axis=0, keepdims=True)",
        "total = total - values.max(axis=0, keepdims=True)",
        "return (np.where(weights > 0, -total, weights @ total), total)",
        "return (np.where(weights > 0, total @ weights, -total), total)",
        "return (np.where(weights > 0, weights.T @ total, -total), total)",
        "return (np.where(weights > 0, weights * total, -total), total)",
        "return (np.where(weights > 0, weights @ total, total), total)",
        "return (weights @ total, total)",
        "return (total, np.where(weights > 0, weights @ total, -total))",
        "return (np.where(weights > 0, weights @ values, -total), total)",
        "return (np.where(weights > 0, weights @ total, -total), -total)",
    ],
)
def test_the_usual_slips_are_made(lines, line):
    assert line in lines


@pytest.mark.parametrize(
    "sentence",
    [
        "`axis=1` where `axis=0` is meant",
        "`keepdims=True` is left out",
        "`continue` is left out",
        "`break` is added",
        "`if smallest` is left out",
        "`total[k] += np.maximum(values[k - 1], 0) ** 2` is left out",
        "`values[k - 1]` where `np.maximum(values[k - 1], 0)` is meant",
    ],
)
def test_a_slip_says_what_was_changed(sentences, sentence):
    assert sentence in sentences


def test_names_are_exchanged_for_those_that_are_known_there():
    def doubled(first, second):
        both = [one * first for one in second]
        later = both[0]
        return later

    names = {(slip.meant, slip.written) for slip in slips(doubled) if slip.kind == "name"}
    assert ("second", "first") in names
    assert ("one", "first") in names
    assert ("later", "both") in names
    assert ("second", "later") not in names
    assert ("later", "one") not in names


def test_matrices_exchange_their_order_only_where_they_are_matrices():
    def weight_gradient(D, H):
        return D.T * H

    as_matrices = {slip.line for slip in slips(weight_gradient, matrix_products=True)}
    assert {"return H * D.T", "return D * H", "return D.T * H.T"} <= as_matrices
    assert "return H * D.T" not in {slip.line for slip in slips(weight_gradient)}


@pytest.mark.parametrize(
    "exercise",
    [exercise for exercise in exercises().values() if isinstance(exercise, Coding | Derivation)],
    ids=lambda exercise: exercise.name,
)
def test_every_slip_is_new_and_is_a_function_of_the_same_arguments(exercise):
    made = list(slips(exercise.solution, matrix_products=not isinstance(exercise, Coding)))
    codes = [slip.function.__code__ for slip in made]
    ours = exercise.solution.__code__
    assert all(code.co_varnames[: code.co_argcount] == ours.co_varnames[: ours.co_argcount] for code in codes)
    assert all(slip.meant != slip.written for slip in made)
    assert len({(slip.line, str(slip)) for slip in made}) > 0.9 * len(made)
    source = ast.unparse(ast.parse(textwrap.dedent(inspect.getsource(exercise.solution))))
    assert not any(slip.line in source.splitlines() for slip in made)


def test_a_changed_solution_computes_what_its_line_says():
    exercise = exercises()["mse-gradient"]
    p, t = np.array([[3.0], [1.0]]), np.array([[1.0], [2.0]])
    results = {slip.line: slip.function for slip in slips(exercise.solution)}
    np.testing.assert_array_equal(
        results["return 2 * (predictions + targets) / len(predictions)"](p, t), [[4.0], [3.0]]
    )
    np.testing.assert_array_equal(exercise.solution(p, t), [[2.0], [-1.0]])


WHERE = "np.where(weights > 0, weights @ total, -total)"


def test_every_slip_names_its_kind_and_what_it_left_out():
    made = [(slip.kind, slip.meant, slip.written) for slip in slips(spread)]
    for expected in (
        ("call", "np.abs(values)", "values"),
        ("call", "np.zeros(len(values))", "len(values)"),
        ("call", "np.abs(values).max(axis=0, keepdims=True)", "np.abs(values)"),
        ("power", "np.maximum(values[k - 1], 0) ** 2", "np.maximum(values[k - 1], 0)"),
        ("transpose", "weights", "weights.T"),
        ("axis", "axis=0", "axis=1"),
        ("axis", "axis=0", ""),
        ("keepdims", "keepdims=True", ""),
        ("sign", "-total", "total"),
        ("statement", "continue", ""),
        ("loop", "", "break"),
        ("condition", "if smallest", ""),
        ("logic", "values[k] < smallest and k > 0", "values[k] < smallest or k > 0"),
        ("index", "values[k - 1]", "values"),
        ("order", "weights @ total", "total @ weights"),
        ("order", "k - 1", "1 - k"),
        ("order", f"({WHERE}, total)", f"(total, {WHERE})"),
        ("operator", "weights @ total", "weights * total"),
        ("function", "maximum", "minimum"),
        ("function", "max", "min"),
    ):
        assert expected in made


def test_a_call_without_arguments_is_not_left_out():
    def bare(x):
        return x + locals()["x"]

    assert {slip.kind for slip in slips(bare)} >= {"operator", "term"}
    assert not [slip for slip in slips(bare) if slip.kind == "call"]


def chosen(values):
    return [value for value in values if value in (1, 2) or value > 3]


def test_what_is_chosen_by_a_condition_may_be_chosen_without_it():
    made = {(slip.kind, slip.meant, slip.written) for slip in slips(chosen)}
    assert ("condition", "value in (1, 2) or value > 3", "") in made
    assert not [kind for kind, meant, _ in made if meant == "value in (1, 2)"], "`in` has no neighbour"


def over_all(values):
    return np.sum(values, axis=None)


def test_no_axis_is_turned_into_another():
    assert "return np.sum(values)" in {line_of_code(slip) for slip in slips(over_all)}
