"""Every kind of slip is told in its own sentence, by what a student knows: arguments, and functions of NumPy."""

import ast
import inspect
import textwrap

import numpy as np
import pytest

from dlmath.exercises.slips import Slip, slips
from dlmath.exercises.telling import names_of, told


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


def several(x, y, n):
    pairs = np.outer(x, y).T / x.shape[0]
    half, rest = n // 2, n % 2
    count = 0
    while not rest:
        count -= 3 * n
        break
    mean = x.mean(axis=1) if n == 2 else np.std(x, ddof=1)
    window = pairs[1:half, 0] ** 3
    return -np.exp(mean - 1) / (window + y[0]), count * True


def sentences(*functions):
    """What is said of each slip, by what the slip has changed."""
    said: dict[tuple[str, str], set[str]] = {}
    for function in functions:
        known = names_of(ast.parse(inspect.getsource(function)).body[0])
        for slip in slips(function):
            said.setdefault((slip.kind, str(slip)), set()).add(told(slip, known))
    return said


@pytest.fixture(scope="module")
def said():
    return sentences(spread, several)


@pytest.mark.parametrize(
    ("kind", "slip", "sentence"),
    [
        (
            "call",
            "`len(values)` where `np.zeros(len(values))` is meant",
            "A function is left out: `zeros` of `len(values)`.",
        ),
        (
            "name",
            "`smallest` where `values` is meant",
            "`smallest` stands where `values` is meant.",
        ),
        (
            "statement",
            "`for k in range(1, len(values)):` is left out",
            "A loop is left out.",
        ),
        (
            "loop",
            "`break` is added",
            "Only the first turn of a loop counts. Is a `return` inside the loop?",
        ),
        (
            "order",
            "`range(len(values), 1)` where `range(1, len(values))` is meant",
            "The arguments of `range` are exchanged.",
        ),
        (
            "bound",
            "`range(1 + 1, len(values))` where `range(1, len(values))` is meant",
            "The loop makes one turn too many or too few: look at its `range`, at the first and the last turn.",
        ),
        (
            "constant",
            "`2` where `1` is meant",
            "A number in `range` is wrong: it is not `2`.",
        ),
        (
            "name",
            "`total` where `values` is meant",
            "The part with `values` stands where `values` is meant.",
        ),
        (
            "condition",
            "`if smallest` is left out",
            "A case is not told from the others: nothing asks about `smallest`.",
        ),
        (
            "condition",
            "`if False` where `if smallest` is meant",
            "A case is never treated: `smallest`.",
        ),
        (
            "condition",
            "`else` where `if smallest` is meant",
            "A condition is the wrong way round: `smallest`.",
        ),
        (
            "sign",
            (
                "`-np.where(weights > 0, weights @ total, -total)` where `np.where(weights > 0, weights @ total, "
                "-total)` is meant"
            ),
            "The sign of the part with `where` of `weights` and `values` is turned.",
        ),
        (
            "order",
            (
                "`(total, np.where(weights > 0, weights @ total, -total))` where `(np.where(weights > 0, weights @ "
                "total, -total), total)` is meant"
            ),
            "Two values are exchanged: the part with `where` of `weights` and `values` and the part with `values`.",
        ),
        (
            "call",
            "`weights > 0` where `np.where(weights > 0, weights @ total, -total)` is meant",
            "A function is left out: `where` of the part with `weights`.",
        ),
        (
            "branch",
            (
                "`np.where(weights > 0, -total, weights @ total)` where `np.where(weights > 0, weights @ total, "
                "-total)` is meant"
            ),
            "Two branches are exchanged: the condition with the part with `weights` is the wrong way round.",
        ),
        (
            "branch",
            "`weights @ total` where `np.where(weights > 0, weights @ total, -total)` is meant",
            "One branch is used for all: there are two cases, told by the part with `weights`.",
        ),
        (
            "name",
            "`k` where `total` is meant",
            (
                "A value stands where another one is meant, and both are the part with `values`: an earlier or a "
                "later one."
            ),
        ),
        (
            "name",
            "`smallest` where `total` is meant",
            "`smallest` stands where the part with `values` is meant.",
        ),
        (
            "comparison",
            "`weights >= 0` where `weights > 0` is meant",
            (
                "In the comparison of `weights` with `0` the case that both are equal is treated wrongly: `>=` where"
                " `>` is meant."
            ),
        ),
        (
            "comparison",
            "`weights < 0` where `weights > 0` is meant",
            "The comparison of `weights` with `0` is the wrong way round: `<`.",
        ),
        (
            "operator",
            "`weights * total` where `weights @ total` is meant",
            "`weights` and the part with `values` are multiplied entry by entry (`*`), not as matrices (`@`).",
        ),
        (
            "factor",
            "`total` is left out",
            "A factor is missing: the part with `values`.",
        ),
        (
            "factor",
            "`weights` is left out",
            "A factor is missing: `weights`.",
        ),
        (
            "order",
            "`total @ weights` where `weights @ total` is meant",
            "A product is in the wrong order: `weights` and the part with `values` are exchanged.",
        ),
        (
            "transpose",
            "`weights.T` where `weights` is meant",
            "A transpose is too much: `weights` stands the other way round.",
        ),
        (
            "transpose",
            "`total.T` where `total` is meant",
            "A transpose is too much: the part with `values` stands the other way round.",
        ),
        (
            "sign",
            "`total` where `-total` is meant",
            "A minus sign is lost, before the part with `values`.",
        ),
        (
            "constant",
            "`1` where `0` is meant",
            "What is compared is off: the bound is not `1`.",
        ),
        (
            "condition",
            "`if values[k] < smallest and k > 0` is left out",
            "A case is not told from the others: nothing asks about the part with `smallest` and `values`.",
        ),
        (
            "condition",
            "`if False` where `if values[k] < smallest and k > 0` is meant",
            "A case is never treated: the part with `smallest` and `values`.",
        ),
        (
            "condition",
            "`else` where `if values[k] < smallest and k > 0` is meant",
            "A condition is the wrong way round: the part with `smallest` and `values`.",
        ),
        (
            "logic",
            "`values[k] < smallest or k > 0` where `values[k] < smallest and k > 0` is meant",
            "`and` and `or` are exchanged.",
        ),
        (
            "logic",
            "`values[k] < smallest` where `values[k] < smallest and k > 0` is meant",
            "One of two conditions is missing: only the part with `smallest` and `values` is asked.",
        ),
        (
            "comparison",
            "`values[k] <= smallest` where `values[k] < smallest` is meant",
            (
                "In the comparison of the part with `values` with `smallest` the case that both are equal is treated"
                " wrongly: `<=` where `<` is meant."
            ),
        ),
        (
            "comparison",
            "`values[k] > smallest` where `values[k] < smallest` is meant",
            "The comparison of the part with `values` with `smallest` is the wrong way round: `>`.",
        ),
        (
            "index",
            "`values` where `values[k]` is meant",
            "All of `values` is taken where a part of it is meant: an index is missing.",
        ),
        (
            "index",
            "`values[k + 1]` where `values[k]` is meant",
            "An index or a slice of `values` is off by one.",
        ),
        (
            "operator",
            (
                "`total[k] -= np.maximum(values[k - 1], 0) ** 2` where `total[k] += np.maximum(values[k - 1], 0) ** "
                "2` is meant"
            ),
            "A sign: the part with `maximum` of `values` is subtracted where it should be added.",
        ),
        (
            "operator",
            (
                "`total[k] = np.maximum(values[k - 1], 0) ** 2` where `total[k] += np.maximum(values[k - 1], 0) ** "
                "2` is meant"
            ),
            "In the loop the new value replaces what came before: the terms of all turns should be added up (`+=`).",
        ),
        (
            "statement",
            "`total[k] += np.maximum(values[k - 1], 0) ** 2` is left out",
            "A step is left out: the part with `maximum` of `values`.",
        ),
        (
            "index",
            "`total[k + 1]` where `total[k]` is meant",
            "An index or a slice of the part with `values` is off by one.",
        ),
        (
            "operator",
            "`np.maximum(values[k - 1], 0) * 2` where `np.maximum(values[k - 1], 0) ** 2` is meant",
            "The part with `maximum` of `values` is multiplied by the exponent: a power is meant.",
        ),
        (
            "power",
            "`np.maximum(values[k - 1], 0)` where `np.maximum(values[k - 1], 0) ** 2` is meant",
            "A square is missing: the part with `maximum` of `values` is not squared.",
        ),
        (
            "function",
            "`minimum` where `maximum` is meant",
            "`minimum` is taken where `maximum` is meant.",
        ),
        (
            "constant",
            "`3` where `2` is meant",
            "The exponent of the part with `maximum` of `values` is wrong: it is not `3`.",
        ),
        (
            "operator",
            "`k + 1` where `k - 1` is meant",
            "A sign: `1` is added where it should be subtracted.",
        ),
        (
            "term",
            "`1` is left out",
            "What should be subtracted from the part with `values` is missing: `1`.",
        ),
        (
            "term",
            "`k` is left out",
            "A term of a sum is missing, beside `1`: the part with `values`.",
        ),
        (
            "order",
            "`1 - k` where `k - 1` is meant",
            "A difference is the wrong way round, and so its sign: that of the part with `values` and `1`.",
        ),
        (
            "constant",
            "`2` where `1` is meant",
            "In a sum or a difference the number beside the part with `values` is not `2`. Is it off by one?",
        ),
        (
            "operator",
            (
                "`total + np.abs(values).max(axis=0, keepdims=True)` where `total - np.abs(values).max(axis=0, "
                "keepdims=True)` is meant"
            ),
            "A sign: the part with `max` and `abs` of `values` is added where it should be subtracted.",
        ),
        (
            "term",
            "`np.abs(values).max(axis=0, keepdims=True)` is left out",
            (
                "What should be subtracted from the part with `values` is missing: the part with `max` and `abs` of "
                "`values`."
            ),
        ),
        (
            "term",
            "`total` is left out",
            "A term of a sum is missing, beside the part with `max` and `abs` of `values`: the part with `values`.",
        ),
        (
            "axis",
            "`axis=0` is left out",
            "The `max` runs over all entries: it should run over one axis only.",
        ),
        (
            "axis",
            "`axis=1` where `axis=0` is meant",
            "The `max` runs over the wrong axis, `axis=1` (along the rows).",
        ),
        (
            "keepdims",
            "`keepdims=True` is left out",
            (
                "The `max` loses an axis (`keepdims`), and what is left is matched with the wrong axis. Compare the "
                "shapes."
            ),
        ),
        (
            "statement",
            "`continue` is left out",
            "A case is not passed over.",
        ),
        (
            "operator",
            "`np.outer(x, y).T * x.shape[0]` where `np.outer(x, y).T / x.shape[0]` is meant",
            "The part with `x` multiplies where it should divide.",
        ),
        (
            "factor",
            "`x.shape[0]` is left out",
            "A division is missing, by the part with `x`.",
        ),
        (
            "order",
            "`x.shape[0] / np.outer(x, y).T` where `np.outer(x, y).T / x.shape[0]` is meant",
            (
                "A fraction is upside down: numerator and denominator, the part with `outer` of `x` and `y` and the "
                "part with `x`, are exchanged."
            ),
        ),
        (
            "transpose",
            "`np.outer(x, y)` where `np.outer(x, y).T` is meant",
            "A transpose is missing, of the part with `outer` of `x` and `y`.",
        ),
        (
            "index",
            "`x.shape` where `x.shape[0]` is meant",
            "All of the part with `x` is taken where a part of it is meant: an index is missing.",
        ),
        (
            "attribute",
            "`x.size` where `x.shape` is meant",
            "Something else is counted than should be: `x.size` is not the length that is meant.",
        ),
        (
            "constant",
            "`1` where `0` is meant",
            "The index of the part with `x` is off by one, or counts from another end.",
        ),
        (
            "operator",
            "`n / 2` where `n // 2` is meant",
            "A division `/` stands where the quotient is to be a whole number (`//`).",
        ),
        (
            "operator",
            "`n // 2` where `n % 2` is meant",
            "The quotient `//` stands where the rest (`%`) is meant.",
        ),
        (
            "constant",
            "`3` where `2` is meant",
            "A number is wrong: `3` stands where another one is meant.",
        ),
        (
            "sign",
            "`rest` where `not rest` is meant",
            "A `not` is lost: the condition with the part with `n` is the wrong way round.",
        ),
        (
            "name",
            "`pairs` where `rest` is meant",
            "The part with `outer` of `x` and `y` stands where the part with `n` is meant.",
        ),
        (
            "branch",
            "`the other branch` is added",
            "Two branches are exchanged: the condition with the part with `n` is the wrong way round.",
        ),
        (
            "axis",
            "`axis=0` where `axis=1` is meant",
            "The `mean` runs over the wrong axis, `axis=0` (down the columns).",
        ),
        (
            "ddof",
            "`ddof=1` is left out",
            "An argument of `std` is missing: `ddof`.",
        ),
        (
            "operator",
            "`pairs[1:half, 0] * 3` where `pairs[1:half, 0] ** 3` is meant",
            "The part with `x`, `y` and `n` is multiplied by the exponent: a power is meant.",
        ),
        (
            "power",
            "`pairs[1:half, 0]` where `pairs[1:half, 0] ** 3` is meant",
            "A power is missing: the part with `x`, `y` and `n` has an exponent.",
        ),
        (
            "order",
            "`pairs[0, 1:half]` where `pairs[1:half, 0]` is meant",
            "Two indices of the part with `outer` of `x` and `y` are exchanged: row and column.",
        ),
        (
            "constant",
            "`4` where `3` is meant",
            "The exponent of the part with `x`, `y` and `n` is wrong: it is not `4`.",
        ),
        (
            "sign",
            "`-(-np.exp(mean - 1) / (window + y[0]))` where `-np.exp(mean - 1) / (window + y[0])` is meant",
            "A minus sign is lost, before the part with `exp` of `x`, `y` and `n`.",
        ),
        (
            "sign",
            "`-(count * True)` where `count * True` is meant",
            "The sign of one part is turned.",
        ),
        (
            "order",
            (
                "`(count * True, -np.exp(mean - 1) / (window + y[0]))` where `(-np.exp(mean - 1) / (window + y[0]), "
                "count * True)` is meant"
            ),
            "Two values are exchanged: the part with `exp` of `x`, `y` and `n` and one part.",
        ),
        (
            "operator",
            "`-np.exp(mean - 1) * (window + y[0])` where `-np.exp(mean - 1) / (window + y[0])` is meant",
            "The part with `x`, `y` and `n` multiplies where it should divide.",
        ),
        (
            "factor",
            "`window + y[0]` is left out",
            "A division is missing, by the part with `x`, `y` and `n`.",
        ),
        (
            "order",
            "`(window + y[0]) / -np.exp(mean - 1)` where `-np.exp(mean - 1) / (window + y[0])` is meant",
            (
                "A fraction is upside down: numerator and denominator, the part with `exp` of `n` and `x` and the "
                "part with `x`, `y` and `n`, are exchanged."
            ),
        ),
        (
            "operator",
            "`count / True` where `count * True` is meant",
            "`True` divides where it should multiply.",
        ),
        (
            "operator",
            "`window - y[0]` where `window + y[0]` is meant",
            "A sign: `y[0]` is subtracted where it should be added.",
        ),
        (
            "term",
            "`y[0]` is left out",
            "A term of a sum is missing, beside the part with `x`, `y` and `n`: `y[0]`.",
        ),
        (
            "term",
            "`window` is left out",
            "A term of a sum is missing, beside `y[0]`: the part with `x`, `y` and `n`.",
        ),
        (
            "name",
            "`window` where `count` is meant",
            "The part with `x`, `y` and `n` stands where `0` is meant.",
        ),
        (
            "constant",
            "`False` where `True` is meant",
            "`False` stands where `True` is meant.",
        ),
        (
            "name",
            "`count` where `window` is meant",
            "`0` stands where the part with `x`, `y` and `n` is meant.",
        ),
        (
            "name",
            "`half` where `window` is meant",
            "The part with `n` stands where the part with `x`, `y` and `n` is meant.",
        ),
        (
            "constant",
            "`1` where `0` is meant",
            "The index of `y` is off by one, or counts from another end.",
        ),
        (
            "name",
            "`window` where `mean` is meant",
            "The part with `x`, `y` and `n` stands where the part with `mean` and `std` of `n` and `x` is meant.",
        ),
        (
            "constant",
            "`4` where `3` is meant",
            "The factor of `n` is wrong: it is not `4`.",
        ),
        (
            "statement",
            "`break` is left out",
            "A loop does not stop where it should.",
        ),
    ],
)
def test_each_kind_of_slip_has_its_sentence(said, kind, slip, sentence):
    assert sentence in said[kind, slip]


def test_what_is_taken_away_turn_by_turn_is_not_added_up(said):
    assert said["operator", "`count = 3 * n` where `count -= 3 * n` is meant"] == {
        "In the loop the new value replaces what came before: the terms of all turns should be subtracted (`-=`)."
    }


def test_parts_are_told_by_the_arguments_behind_the_names_of_the_solution():
    def nested(a, b, rows):
        first = a * b
        second = first + 1
        one, other = second, -b
        total = 0
        for row in rows:
            total += row
        third = [each * one for each in rows]
        return total - one, other, third

    known = names_of(ast.parse(textwrap.dedent(inspect.getsource(nested))).body[0])
    assert [name for name, value in known.items() if value is None] == ["a", "b", "rows"]
    assert {name: ast.unparse(value) for name, value in known.items() if value is not None} == {
        "first": "a * b",
        "second": "first + 1",
        "one": "second",
        "other": "-b",
        "total": "0",
        "row": "rows",
        "each": "rows",
        "third": "[each * one for each in rows]",
    }
    told_of = {told(slip, known) for slip in slips(nested)}
    assert "What should be subtracted from `0` is missing: the part with `a` and `b`." in told_of


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        (
            ("axis", "axis=0", "axis=-1", "x.sum(axis=0)"),
            "The `sum` runs over the wrong axis, `axis=-1` (along the rows).",
        ),
        (("axis", "axis=0", "axis=2", "np.sum(x, axis=0)"), "The `sum` runs over the wrong axis, `axis=2`."),
        (("constant", "4", "8", "x / 4"), "The number by which `x` is divided is wrong: it is not `8`."),
        (("constant", "4", "8", "4 / x"), "A number is wrong: `8` stands where another one is meant."),
        (("constant", "4", "8", "4 * x"), "The factor of `x` is wrong: it is not `8`."),
        (
            ("constant", "4", "8", "4 + x"),
            "In a sum or a difference the number beside `x` is not `8`. Is it off by one?",
        ),
        (
            ("keyword", "indexing='ij'", "", "np.meshgrid(x, y, indexing='ij')"),
            "An argument of `meshgrid` is missing: `indexing`.",
        ),
        (("order", "x < y", "y < x", "x < y"), "Two things are exchanged."),
        (("order", "[x, 1, y]", "[x, y, 1]", "[x, 1, y]"), "Two values are exchanged: `1` and `y`."),
        (("comparison", "x is None", "x is not None", "x is None"), "A comparison is the wrong way round."),
        (
            ("comparison", "x <= y", "x < y", "x <= y"),
            "In the comparison of `x` with `y` the case that both are equal is treated wrongly: "
            "`<` where `<=` is meant.",
        ),
        (("comparison", "x != y", "x == y", "x != y"), "The comparison of `x` with `y` is the wrong way round: `==`."),
        (("operator", "x -= y", "x += y", "x -= y"), "A sign: `y` is added where it should be subtracted."),
        (
            ("operator", "x *= y", "x = y", "x *= y"),
            "In the loop the new value replaces what came before: the terms of all turns should be multiplied (`*=`).",
        ),
        (("operator", "x & y", "x | y", "x & y"), "Something is left out or exchanged in the part with `x` and `y`."),
        (("power", "x ** y", "x", "x ** y"), "A power is missing: `x` has an exponent."),
        (("power", "np.square(x)", "x", "np.square(x)"), "Something is left out or exchanged in the part with `x`."),
        (("term", "x", "", "abs(x)"), "Something is left out or exchanged in the part with `abs` of `x`."),
        (("comparison", "x == y", "x != y", "x == y"), "The comparison of `x` with `y` is the wrong way round: `!=`."),
        (("factor", "x.T", "", "y * x.T"), "A factor is missing: `x`."),
        (("factor", "-x", "", "y * -x"), "A factor is missing: `x`."),
        (("factor", "x[y[0] + n]", "", "z * x[y[0] + n]"), "A factor is missing: `x[y[0] + n]`."),
        (("factor", "x[y[0] + n, w[0]]", "", "z * x[y[0] + n, w[0]]"), "A factor is missing: `x[y[0] + n, w[0]]`."),
        (("factor", "x[y[0] + n, w[100]]", "", "0"), "A factor is missing: `x[y[0] + n, w[100]]`."),
        (("factor", "x[y[0], n[1], w[10000]]", "", "0"), "A factor is missing: the part with `x`, `y` and `n`."),
        (
            ("branch", "f(x) if z else y", "y", "f(x) if z else y"),
            "One branch is used for all: there are two cases, told by `z`.",
        ),
        (
            ("branch", "np.where(z, x, y)", "f(x)", "np.where(z, x, y)"),
            "One branch is used for all: there are two cases, told by `z`.",
        ),
        (("index", "x[0]", "x[1]", "x[0]"), "An index or a slice of `x` is off by one."),
        (
            ("unheard of", "x", "y", "np.hypot(x, y)"),
            "Something is left out or exchanged in the part with `hypot` of `x` and `y`.",
        ),
        (("statement", "continue", "", "continue"), "A case is not passed over."),
        (("statement", "del x", "", "del x"), "A step is left out."),
        (("factor", "f(1)", "", "x * f(1)"), "A factor is missing: one part."),
        (
            ("factor", "np.exp(1) + np.sqrt(2)", "", "x * (np.exp(1) + np.sqrt(2))"),
            "A factor is missing: the part with `exp` and `sqrt`.",
        ),
        (
            ("factor", "f(x, y, n, w)", "", "z * f(x, y, n, w)"),
            "A factor is missing: the part with `x`, `y` and `n`.",
        ),
        (("factor", "len(x)", "", "z / len(x)"), "A division is missing, by `len(x)`."),
        (("factor", "len(x)", "", "len(x) / z"), "A factor is missing: `len(x)`."),
    ],
)
def test_a_slip_is_told_by_its_code_alone(slip, sentence):
    known = dict.fromkeys(["x", "y", "z", "n", "w"])
    assert told(slip_of(*slip), known) == sentence


def slip_of(kind, meant, written, place):
    return Slip(kind, meant, written, "", abs, ast.parse(place), ast.Pass())


def test_what_has_many_names_behind_it_is_followed_to_a_certain_depth_and_ends():
    known = {
        "a": None,
        **{f"x{i + 1}": ast.parse(f"{'a' if i == 0 else f'x{i}'} + 1", mode="eval").body for i in range(9)},
    }

    def of(name):
        return told(slip_of("transpose", f"({name} + 2).T", f"{name} + 2", f"({name} + 2).T"), known)

    assert of("x5") == "A transpose is missing, of the part with `a`."
    assert of("x9") == "A transpose is missing, of one part."
    around = {"b": ast.parse("b * 2", mode="eval").body}
    assert told(slip_of("transpose", "b.T", "b", "b.T"), around).startswith("A transpose is missing")
