"""The slip that explains an answer is found and told; nothing is told of answers that are further away."""

import re

import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import check, nearby
from dlmath.exercises.comparing import same
from dlmath.exercises.definition import Coding, Derivation, exercises
from dlmath.exercises.running import run_trusted


def weighted(x, y, weights):
    """The weighted mean of the squared differences, and the weights as they are used."""
    scale = weights / weights.sum()
    squares = (x - y) ** 2
    return np.sqrt((scale * squares).sum(axis=0)), scale


def _samples(rng):
    return [tuple(rng.uniform(1, 3, size=shape) for shape in ((n, 2), (n, 2), (n, 1))) for n in (2, 3, 4)]


TOY = Coding("toy", "", "", weighted, _samples, [], returns=("distance", "weights"))


@pytest.fixture
def judge(monkeypatch):
    from dlmath.exercises import engine

    monkeypatch.setattr(engine, "find", lambda name: TOY)

    def judge(answer):
        return check("toy", answer).message

    return judge


def answer(scale="w / w.sum()", squares="(x - y) ** 2", result="np.sqrt((s * q).sum(axis=0))", last="s"):
    names = {"np": np}
    exec(f"def weighted(x, y, w):\n    s = {scale}\n    q = {squares}\n    return {result}, {last}", names)
    return names["weighted"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scale": "w"}, "division is missing, by the part with `sum` of `weights`"),
        ({"squares": "(x + y) ** 2"}, "`y` is added where it should be subtracted"),
        ({"squares": "(x - y)"}, "square is missing"),
        ({"squares": "x ** 2"}, "should be subtracted from `x` is missing: `y`"),
        ({"result": "np.sqrt((s * q).sum(axis=1))"}, "wrong axis, `axis=1`"),
        ({"result": "np.sqrt((s * q).mean(axis=0))"}, "`mean` is taken where `sum` is meant"),
        ({"result": "(s * q).sum(axis=0)"}, "function is left out: `sqrt`"),
        ({"result": "np.sqrt(q.sum(axis=0))"}, "factor is missing"),
        ({"result": "-np.sqrt((s * q).sum(axis=0))"}, "sign"),
        ({"last": "w"}, "(`distance` is right.)"),
        ({"result": "2 * np.sqrt((s * q).sum(axis=0))"}, "`distance`: Your result is twice"),
        ({"result": "0 * x[0]", "last": "w"}, "`weights`: A division is missing"),
    ],
)
def test_a_slip_is_told(judge, change, words):
    text = judge(answer(**change))
    assert words in text
    assert "random" not in text


def test_exchanged_values_are_told(judge):
    right = answer()
    assert "`distance` and `weights` are exchanged" in judge(lambda x, y, w: right(x, y, w)[::-1])


@pytest.mark.parametrize(
    "far",
    [lambda x, y, w: (np.cos(x[0]), np.sin(w)), lambda x, y, w: (0 * x[0], 0 * w), lambda x, y, w: (x[0], w * np.nan)],
)
def test_what_is_no_slip_is_not_taken_for_one(judge, far):
    text = judge(far)
    assert not re.search("missing|left out|exchanged|wrong axis|sign|is meant", text), text


def test_the_right_line_is_not_told():
    for exercise in exercises().values():
        if type(exercise) is not Coding:
            continue
        for slip, _ in nearby._versions(exercise, exercise.inputs(np.random.default_rng(0))):
            text = nearby.told(slip, nearby._known(exercise))
            lines = [line.strip() for line in exercise.body.splitlines() if len(line.strip()) > 25]
            assert not any(line in text for line in lines), text
            assert text[0].isupper() or text[0] == "`"
            assert text.endswith((".", "?"))


def derivation(monkeypatch, given, solution):
    from dlmath.exercises import engine

    made = Derivation("toy", "", "", given, solution, [])
    monkeypatch.setattr(engine, "find", lambda name: made)
    return lambda expression: check("toy", expression).message


def expression_of_three(a, b, c):
    return a * (1 - b**2) * c + sp.exp(-c)


def test_a_slip_in_a_derivation_is_told(monkeypatch):
    judge = derivation(
        monkeypatch, 'import sympy as sp\n\na, b, c = sp.symbols("a b c", real=True)', expression_of_three
    )
    a, b, c = sp.symbols("a b c", real=True)
    for expression, words in (
        (a * (1 + b**2) * c + sp.exp(-c), "sign"),
        (a * (1 - b) * c + sp.exp(-c), "square is missing: `b`"),
        (a * (1 - b**2) + sp.exp(-c), "factor is missing: `c`"),
        (a * (1 - b**2) * c + sp.exp(c), "minus sign is lost, before `c`"),
        (a * (1 - b**2) * c, "term of a sum is missing"),
        (a * (1 - c**2) * c + sp.exp(-c), "`c` stands where `b` is meant"),
        (-a * (1 - b**2) * c - sp.exp(-c), "sign is wrong, and nothing else"),
        ((1 - b) * c + sp.exp(-c), "Two slips"),
        (sp.exp(-c) + sp.Rational(1, 3), "depends on `a`, `b` too"),
    ):
        assert words in judge(expression), judge(expression)


def test_a_slip_of_the_pen_comes_first():
    """``t`` for ``t - 1`` is also ``t * 1``."""

    def counted(first, second):
        """The first without one."""
        return first - 1 + second

    exercise = Coding("counted", "", "", counted, lambda rng: [(3, 5), (4, 7), (5, 2)], [])
    inputs = exercise.inputs(None)
    outcomes, right = (run_trusted(f, inputs, ["first", "second"]) for f in (lambda a, b: a + b, counted))
    assert nearby.named(exercise, inputs, outcomes, right) == "What should be subtracted from `first` is missing: `1`."


@pytest.mark.parametrize(
    ("name", "answer", "words"),
    [
        ("mean-squared-error", lambda p, t: np.prod((p - t) ** 2) / len(p), "`prod` is taken where `sum` is meant"),
        ("mean-squared-error", lambda p, t: np.max((p - t) ** 2) / len(p), "`max` is taken where `sum` is meant"),
        (
            "rms-norm-gradients",
            lambda G, X, g, e: (
                (
                    G * g
                    - (G * g * X / (r := np.sqrt(X.mean(axis=1, keepdims=True) ** 2 + e))).mean(axis=1, keepdims=True)
                    * X
                    / r
                )
                / r,
                (G * X / r).sum(axis=0),
            ),
            "`mean` comes before the square",
        ),
        (
            "cross-entropy-from-logits",
            lambda z, y: np.mean(
                np.log(np.exp((z - z.max(axis=1, keepdims=True)).sum(axis=1)))
                - (z - z.max(axis=1, keepdims=True))[np.arange(len(y)), y]
            ),
            "`sum` comes before `exp`",
        ),
        ("mse-gradient", lambda p, t: 2 * (p * t) / len(p), "multiplied where they should be subtracted"),
        ("descent-step", lambda t, g, r: t * r * g, "multiplied where they should be subtracted"),
        ("multiply-adds", lambda w, s: s * int(np.add(w[:-1], w[1:]).sum()), "`add` is taken where `multiply`"),
        ("multiply-adds", lambda w, s: s + int(np.multiply(w[:-1], w[1:]).sum()), "added where they should be multipl"),
        (
            "count-parameters",
            lambda a, b, c: (a + 1 + b) + (b + 1) * c,
            "`n_hidden` and the part with `n_in` are added",
        ),
        ("best-learning-rate", lambda A: 2 / np.prod(np.linalg.eigvalsh(A)[[0, -1]]), "wo parts with `A` are multipl"),
    ],
)
def test_another_operation_is_named(name, answer, words):
    """What no slip of the pen makes, and no exercise has in its list."""
    assert words in check(name, answer).message


def test_a_product_whose_parts_are_added_is_named():
    h, f, v, w = exercises()["network-slope"].symbols().values()
    message = check("network-slope", f * (1 - f) + v * h * (1 - h) * w).message
    assert "are added where they should be multiplied" in message


def test_shapes_that_do_not_fit_in_a_derivation_are_told():
    exercise = exercises()["pair-weights-gradient"]
    D, A = (exercise.symbols()[name] for name in "DA")
    assert (
        "in the product of `D` and `A` the left one has $M$ columns and the right one $N$ rows"
        in check(exercise.name, D * A).message
    )


def test_a_usual_mistake_that_cannot_be_computed_does_not_end_the_check(monkeypatch):
    from dlmath.exercises import engine
    from dlmath.exercises.definition import Mistake

    def fails(a, b, c):
        raise ValueError("no")

    judge = derivation(
        monkeypatch, 'import sympy as sp\n\na, b, c = sp.symbols("a b c", real=True)', expression_of_three
    )
    made = engine.find("toy")
    object.__setattr__(made, "mistakes", [Mistake("never", fails)])
    a, b, c = sp.symbols("a b c", real=True)
    text = judge(a * (1 - b**2) + sp.exp(-c))
    assert "factor is missing" in text


def test_one_search_is_kept(monkeypatch):
    exercise = exercises()["mean-squared-error"]
    inputs = exercise.inputs(np.random.default_rng(11))
    first = nearby._versions(exercise, inputs)
    monkeypatch.setattr(nearby, "slips_of", lambda *arguments, **options: 1 / 0)
    assert nearby._versions(exercise, exercise.inputs(np.random.default_rng(11))) is first
    with pytest.raises(ZeroDivisionError):
        nearby._versions(exercise, exercise.inputs(np.random.default_rng(12)))


def test_functions_with_other_contents_are_told_apart():
    def scaled(factor):
        return lambda theta: factor * theta

    assert nearby.fingerprint([scaled(2)]) == nearby.fingerprint([scaled(2)])
    assert nearby.fingerprint([scaled(np.ones(2))]) != nearby.fingerprint([scaled(np.zeros(2))])


def test_what_is_the_same_has_the_same_fingerprint():
    array = np.arange(4.0)
    others = [array.astype(np.float32), array.reshape(2, 2), array + 1, [0.0, 1.0, 2.0, 3.0], "array", 3, None]
    prints = [nearby.fingerprint(each) for each in [array, *others]]
    assert len(set(prints)) == len(prints)
    assert prints == [nearby.fingerprint(each) for each in [array.copy(), *others]]
    assert nearby.fingerprint(np.sum) != nearby.fingerprint(np.mean)
    assert nearby.fingerprint([1, [2, array]]) == nearby.fingerprint((1, (2, array)))


def test_only_so_many_searches_are_kept(monkeypatch):
    monkeypatch.setattr(nearby, "_found", {})
    searched = []

    def search(number):
        searched.append(number)
        yield -number

    for _ in range(2):
        for number in range(nearby.KEPT):
            assert nearby._searched(search, number, number) == [-number]
    assert searched == list(range(nearby.KEPT)), "each once"
    nearby._searched(search, nearby.KEPT, nearby.KEPT)
    assert [key for _, key in nearby._found] == list(range(1, nearby.KEPT + 1)), "the oldest is forgotten"


@pytest.mark.parametrize(
    ("value", "tells"),
    [
        (1.0, True),
        (0.0, False),
        (np.nan, False),
        (np.inf, False),
        (np.array([0, 0, 2]), True),
        (np.array([0, np.nan, np.inf]), False),
        (np.array([0, np.nan, 1]), True),
        ((0, np.zeros(2)), False),
        ((0, np.ones(2)), True),
        ([], False),
        (None, False),
        ("text", False),
    ],
    ids=str,
)
def test_zeros_and_nan_tell_no_slip(value, tells):
    assert nearby._tells(value) is tells


def test_a_slip_in_an_expression_and_a_sign_of_all_or_a_second_slip(rng):
    points = [{"a": a, "b": b} for a, b in rng.uniform(1, 2, size=(4, 2))]

    def told(answer, forms=("a * sp.exp(-b) + b",)):
        ours = [a * np.exp(-b) + b for a, b in (point.values() for point in points)]
        theirs = [answer(**point) for point in points]
        return nearby.named_expression("toy", forms, ["a", "b"], nearby.FUNCTIONS, points, theirs, ours)

    assert told(lambda a, b: np.sin(a)) is None
    assert told(lambda a, b: 0 * a) is None
    assert told(lambda a, b: a * np.exp(b) + b) == "A minus sign is lost, before `b`."
    assert told(lambda a, b: -np.exp(-b) - b) == "A factor is missing: `a`. And the sign of all is wrong."
    two = told(lambda a, b: np.exp(-b) - b)
    assert two.startswith("Two slips: ")
    assert "A factor is missing: `a`." in two
    # A form that is not equal is not looked at; a second one that is equal is.
    assert told(lambda a, b: a * np.exp(b) + b, forms=("a + b",)) is None
    assert told(lambda a, b: a * np.exp(b) + b, forms=("a + b", "b + a * sp.exp(-b)")) is not None


def test_products_of_matrices_in_an_expression_are_those_of_matrices(rng):
    points = [{"A": rng.normal(size=(2, 3)), "B": rng.normal(size=(3, 2)), "c": rng.normal()} for _ in range(3)]
    ours = [point["c"] * point["A"] @ point["B"] for point in points]

    def told(answer):
        theirs = [answer(**point) for point in points]
        return nearby.named_expression("mat", ["c * A * B"], ["A", "B", "c"], nearby.FUNCTIONS, points, theirs, ours)

    assert "factor is missing: `c`" in told(lambda A, B, c: A @ B)
    assert told(lambda A, B, c: np.ones((2, 2))) is None


def double_and_shift(x, y):
    """Two values."""
    return 2 * x + y, x - 3 * y


PAIR = Coding("pair", "", "", double_and_shift, lambda rng: [(2.0, 5.0), (3.0, -1.5), (4.0, 7.0)], [], ("sum", "rest"))


def test_several_values_are_looked_at_one_by_one():
    inputs = PAIR.inputs(None)
    right = run_trusted(double_and_shift, inputs, ["x", "y"])

    def told(answer):
        return nearby.named(PAIR, inputs, run_trusted(answer, inputs, ["x", "y"]), right)

    one, other = "`sum`: ", "`rest`: "
    first = told(lambda x, y: (2 * x - y, np.cos(x) + y))
    assert first.startswith(one)
    assert other not in first
    both = told(lambda x, y: (2 * x - y, x + 3 * y))
    assert [line[:7] for line in both.split("\n\n")] == [one[:7], other[:7]]
    assert told(lambda x, y: (np.cos(x), np.sin(y))) is None
    assert told(lambda x, y: (0 * x, 0 * y)) is None
    assert told(lambda x, y: (2 * x - y, x - 3 * y, 1)) is None, "three values"
    assert told(lambda x, y: 2 * x - y) is None, "one value"
    assert told(lambda x, y: 1 / 0) is None


def test_a_slip_and_the_sign_or_a_factor_of_all_or_a_second_slip():
    def line(x, y):
        """One value."""
        return 2 * x + y**2

    exercise = Coding("line", "", "", line, lambda rng: [(2.0, 5.0), (3.0, -1.5), (4.0, 7.0)], [])
    inputs = exercise.inputs(None)

    def told(answer):
        return nearby.named_twice(exercise, inputs, run_trusted(answer, inputs, ["x", "y"]))

    assert told(lambda x, y: -(2 * x + y)).endswith(" And the sign of all is wrong.")
    assert told(lambda x, y: 5 * (2 * x + y)).endswith(" And a constant factor is wrong.")
    assert "square is missing" in told(lambda x, y: -(2 * x + y))
    assert told(lambda x, y: x - y**2).startswith("Two slips: ")
    assert told(lambda x, y: np.cos(x * y)) is None
    assert told(lambda x, y: 0 * x) is None


def test_a_solution_that_may_be_made_endless_is_not_changed():
    def counted(x):
        """With a loop."""
        while x > 1:
            x = x / 2
        return x

    exercise = Coding("counted", "", "", counted, lambda rng: [(3.0,), (9.0,)], [])
    assert nearby._versions(exercise, exercise.inputs(None)) == []
    assert nearby.named(exercise, exercise.inputs(None), [], []) is None


def test_the_search_ends_with_its_time(monkeypatch):
    inputs = PAIR.inputs(None)
    versions = nearby._versions(PAIR, inputs)
    for begin in (0.0, 1000.0):
        times = iter([begin, begin, *([begin + 1] * 3), *([begin + nearby.SECONDS + 1] * 1000)])
        monkeypatch.setattr(nearby, "clock", lambda: next(times))  # noqa: B023
        assert 1 <= len(list(nearby._tried(PAIR, inputs))) <= 3
        times = iter([begin, begin + nearby.SECONDS])  # the solution itself takes too long
        assert list(nearby._tried(PAIR, inputs)) == []
        times = iter([begin, *([begin + 0.1] * 3), *([begin + nearby.SECONDS / 4 + 0.1] * 1000)])
        assert len(list(nearby._with_a_second(versions, double_and_shift.__globals__))) == 4


def difference_of(x, y):
    return x - y


def test_a_slip_and_a_transpose_are_not_taken_for_a_factor(rng):
    inputs = [tuple(rng.normal(size=(2, 2, 3))) for _ in range(3)]
    exercise = Coding("difference", "", "", difference_of, lambda rng: inputs, [])
    outcomes = run_trusted(lambda x, y: (x + y).T, inputs, ["x", "y"])
    assert nearby.named_twice(exercise, inputs, outcomes) is None
    outcomes = run_trusted(lambda x, y: 3 * (x + y), inputs, ["x", "y"])
    assert nearby.named_twice(exercise, inputs, outcomes).endswith("And a constant factor is wrong.")


def twice_the_first(x):
    return 2 * x[0]


def test_an_error_on_one_input_is_that_of_the_slip():
    inputs = [(np.array([2.0, 3.0]),), (np.array([5.0]),), (np.array([4.0, 1.0]),)]
    exercise = Coding("first", "", "", twice_the_first, lambda rng: inputs, [])
    right = run_trusted(twice_the_first, inputs, ["x"])
    outcomes = run_trusted(lambda x: 2 * x[1], inputs, ["x"])
    assert outcomes[1].error.kinds[0] == "IndexError"
    assert "off by one" in nearby.named(exercise, inputs, outcomes, right)
    outcomes = run_trusted(lambda x: 2 * x[1] if len(x) > 1 else 1 / 0, inputs, ["x"])
    assert nearby.named(exercise, inputs, outcomes, right) is None


def test_a_matrix_times_a_number_is_each_entry_times_it(rng):
    points = [{"A": rng.normal(size=(2, 3)), "B": rng.normal(size=(3, 2)), "c": rng.normal()} for _ in range(3)]
    ours = [point["c"] * point["A"] @ point["B"] for point in points]
    theirs = [point["A"] @ point["B"] for point in points]
    functions = nearby.FUNCTIONS
    told = nearby.named_expression("right", ["A * c * B"], ["A", "B", "c"], functions, points, theirs, ours)
    assert told == "A factor is missing: `c`."


@pytest.mark.parametrize("exercise", [TOY, PAIR], ids=lambda exercise: exercise.name)
def test_what_is_the_same_function_is_no_slip(exercise, rng):
    """Such as ``(y - x) ** 2`` for ``(x - y) ** 2``."""
    inputs = exercise.inputs(rng)
    right = [exercise.solution(*each) for each in inputs]
    versions = nearby._versions(exercise, inputs)
    assert len(versions) > 10
    for slip, wrongs in versions:
        results = [None if wrong.error else wrong.value for wrong in wrongs]
        assert not all(map(same, results, right)), slip.code
