"""SymPy differentiates the loss: right gradients of every construction are derived, wrong ones are refused."""

import itertools

import numpy as np
import pytest
import sympy as sp

from dlmath import derive
from dlmath.derive import DisagreementError, derivative, equality
from dlmath.symbolic import elementwise, hadamard, ones, partial, sigma, sizes
from dlmath.verify import uniform

N, n, m, k = sizes("N n m k")
X, Y = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("Y", N, m)
W, b = sp.MatrixSymbol("W", m, n), sp.MatrixSymbol("b", m, 1)
Z, G, S = (sp.MatrixSymbol(name, N, m) for name in "ZGS")
A = sp.MatrixSymbol("A", n, n)
v, u = sp.MatrixSymbol("v", n, 1), sp.MatrixSymbol("u", n, 1)
x, y = sp.symbols("x y", real=True)
c, step = sp.symbols("c step", positive=True)
i, j = sp.symbols("i j", integer=True)
p, q = sp.symbols("p q", integer=True)


def normal(rng, shape):
    return rng.standard_normal(shape)


def derived(left, right, of, wrt, where=(), special=None, seed=0):
    """With every symbol that is not defined drawn from the normal distribution, except the special ones."""
    defined = {definition.lhs for definition in where}
    expressions = [right, *(definition.rhs for definition in where)]
    symbols = set().union(*(expression.free_symbols for expression in expressions)) - defined
    inputs = sorted((symbol for symbol in symbols if symbol not in (N, n, m, k)), key=str)
    samplers = {symbol: normal for symbol in inputs} | (special or {})
    equation = sp.Eq(left, right, evaluate=False)
    return derivative(equation, list(where), samplers, set(inputs) - set(special or {}), of, wrt, seed)


softmax = sp.Eq(S, hadamard(elementwise(sp.exp, Z), sp.HadamardPower(elementwise(sp.exp, Z) * ones(m, m), -1)))
predicted = sp.Eq(Z, X * W.T + ones(N) * b.T)
delta = sp.MatrixSymbol("Delta", N, m)
squares = sp.Trace((Z - Y).T * (Z - Y)) / N
centred = v - sp.Sum(v[i, 0], (i, 0, n - 1)) / n * ones(n)
kernel, image = sp.MatrixSymbol("K", n, 1), sp.MatrixSymbol("I", n + m, 1)
correlated = sp.Sum(image[i + j, 0] * kernel[j, 0], (j, 0, n - 1))
sigmoid = elementwise(sigma, Z)
g = sp.MatrixSymbol("g", m, 1)
steps = [sp.MatrixSymbol(f"h_{t}", n, 1) for t in range(3)]
recurrence = [sp.Eq(steps[t + 1], elementwise(sp.tanh, A * steps[t])) for t in (0, 1)]
signals = [sp.MatrixSymbol(f"d_{t}", n, 1) for t in (1, 2)]


def slope(state):
    return elementwise(lambda h: 1 - h**2, state)


RIGHT = {
    "trace": (partial("L", X), 2 * X / N, sp.Trace(X.T * X) / N, X, []),
    "weights": (partial("L", W), delta.T * X, squares, W, [predicted, sp.Eq(delta, 2 / N * (Z - Y))]),
    "biases": (partial("L", b), 2 / N * (Z - Y).T * ones(N), squares, b, [predicted]),
    "pullback through a function": (partial("L", Z), hadamard(G, sigmoid, ones(N, m) - sigmoid),
                                    sp.Trace(G.T * sigmoid), Z, []),
    "pullback through a softmax": (partial("L", Z), hadamard(S, G - hadamard(G, S) * ones(m, m)),
                                  sp.Trace(G.T * S), Z, [softmax]),
    "Jacobian of a softmax": (sp.MatrixSymbol("J", n, n), sp.DiagMatrix(u) - u * u.T, u, v,
                              [sp.Eq(u, elementwise(sp.exp, v) * (ones(n).T * elementwise(sp.exp, v)).inverse())]),
    "Jacobian of an affine map": (sp.MatrixSymbol("J", m, n), W, W * v + b, v, []),
    "a column by a number": (sp.MatrixSymbol("J", n, 1), 2 * c * v, c**2 * v, c, []),
    "a number by a number": (sp.Symbol("s"), sigma(x) * (1 - sigma(x)), sigma(x), x, []),
    "a matrix of one entry": (partial("L", v), 2 * A.T * A * v, v.T * A.T * A * v, v, []),
    "relu": (partial("L", Z), hadamard(G, elementwise(lambda z: sp.Heaviside(z, 0), Z)),
             sp.Trace(G.T * elementwise(lambda z: sp.Max(0, z), Z)), Z, []),
    "cases": (sp.Symbol("s"), sp.Piecewise((1, x > 0), (c, True)), sp.Piecewise((x, x > 0), (c * x, True)), x, []),
    "layer norm": (partial("L", v), (u - ones(n) * (ones(n).T * u) / n - centred * (centred.T * u) / (n * c**2)) / c,
                   sp.Trace(u.T * centred) / sp.sqrt(sp.Trace(centred.T * centred) / n + 1), v,
                   [sp.Eq(c, sp.sqrt(sp.Trace(centred.T * centred) / n + 1))]),
    "kernel of a convolution": (sp.Symbol("s"), sp.Sum(g[i, 0] * image[i + p, 0], (i, 0, m - 1)),
                                sp.Sum(g[i, 0] * correlated, (i, 0, m - 1)), kernel[p, 0], []),
    "recurrence": (partial("L", A), signals[0] * steps[0].T + signals[1] * steps[1].T, sp.Trace(u.T * steps[2]), A,
                   [*recurrence, sp.Eq(signals[1], hadamard(u, slope(steps[2]))),
                    sp.Eq(signals[0], hadamard(A.T * signals[1], slope(steps[1])))]),
    "a rule that contains the gradient": (sp.MatrixSymbol("W_new", m, n), W - step * partial("L", W), squares, W,
                                          [predicted, sp.Eq(partial("L", W), 2 / N * (Z - Y).T * X)]),
    "by a symbol that is defined": (partial("L", Z), 2 / N * (Z - Y), squares, Z, [predicted]),
}  # fmt: skip


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
def test_a_right_gradient_is_proved(case):
    left, right, of, wrt, where = case
    special = {p: lambda rng, shape: rng.integers(0, 2)} if right.has(p) else None
    assert derived(left, right, of, wrt, where, special) == derive.PROVED


@pytest.mark.parametrize("case", RIGHT.values(), ids=RIGHT)
@pytest.mark.parametrize(
    "wrong", [lambda right: -right, lambda right: 2 * right, lambda right: right * (1 + sp.Rational(1, 10**20))]
)
def test_a_wrong_factor_is_refused_however_small_it_is(case, wrong):
    left, right, of, wrt, where = case
    special = {p: lambda rng, shape: rng.integers(0, 2)} if right.has(p) else None
    if not left.name.endswith("_new"):  # there the definition is compared
        with pytest.raises(DisagreementError, match=r"(?s)^SymPy's derivative:\n.*\nthe formula:\n"):
            derived(left, wrong(right), of, wrt, where, special)


def test_the_definition_of_the_gradient_in_a_rule_is_what_is_compared():
    wrong = [predicted, sp.Eq(partial("L", W), (Z - Y).T * X)]
    with pytest.raises(DisagreementError):
        derived(sp.MatrixSymbol("W_new", m, n), W - step * partial("L", W), squares, W, wrong)


def test_a_chain_that_is_wrong_in_the_middle():
    where = [predicted, sp.Eq(delta, 1 / N * (Z - Y))]
    with pytest.raises(DisagreementError):
        derived(partial("L", W), delta.T * X, squares, W, where)


def test_a_transposed_square_matrix_is_refused():
    assert derived(partial("L", A), u * v.T, sp.Trace(u.T * A * v), A) == derive.PROVED
    with pytest.raises(DisagreementError):
        derived(partial("L", A), v * u.T, sp.Trace(u.T * A * v), A)


def test_an_index_that_is_off_by_one_is_refused():
    off = sp.Sum(g[i, 0] * image[i + p + 1, 0], (i, 0, m - 1))
    _, _, of, wrt, _ = RIGHT["kernel of a convolution"]
    with pytest.raises(DisagreementError):
        derived(sp.Symbol("s"), off, of, wrt, [], {p: lambda rng, shape: rng.integers(0, 2)})


class TestWhatTheInputsGuarantee:
    """Under the cross entropy of a softmax the gradient is S - Y only if the rows of Y add up to 1."""

    loss = -sp.Trace(Y.T * elementwise(sp.log, S)) / N

    @staticmethod
    def sixteenths(rng, shape):
        return rng.multinomial(16, np.full(shape[1], 1 / shape[1]), size=shape[0]) / 16

    def test_is_used_where_it_is_needed(self):
        result = derived(partial("L", Z), (S - Y) / N, self.loss, Z, [softmax], {Y: self.sixteenths})
        assert result == derive.PROVED

    def test_is_missed_where_it_is_not_given(self):
        with pytest.raises(DisagreementError):
            derived(partial("L", Z), (S - Y) / N, self.loss, Z, [softmax], {Y: normal})

    def test_without_it_the_general_formula_holds(self):
        general = (hadamard(S, Y * ones(m, m)) - Y) / N
        assert derived(partial("L", Z), general, self.loss, Z, [softmax]) == derive.PROVED


def test_what_cannot_be_proved_is_compared_to_25_digits():
    samplers = {c: uniform(0.2, 2), step: uniform(0.2, 2), x: normal}
    left, right = sp.log(c * step), sp.log(c) + sp.log(step)
    assert equality(sp.Eq(left, right), [], samplers, [c, step]) == derive.TO_DIGITS
    with pytest.raises(DisagreementError, match=r"(?s)^the left side:\n.*\nthe right side:\n"):
        equality(sp.Eq(left, right * (1 + sp.Rational(1, 10**24))), [], samplers, [c, step])
    assert equality(sp.Eq(left, right * (1 + sp.Rational(1, 10**26))), [], samplers, [c, step]) == derive.TO_DIGITS
    clipped = sp.Piecewise((-1, x < -1), (1, x > 1), (x, True))  # that x > 1 is seldom x < -1 is not known
    assert equality(sp.Eq(sp.Max(-1, sp.Min(1, x)), clipped), [], samplers, [x]) == derive.TO_DIGITS


def test_symbols_that_are_positive_or_real_stay_so():
    positive = {c: uniform(0.2, 2), step: uniform(0.2, 2)}
    assert equality(sp.Eq(sp.sqrt(y), c), [sp.Eq(y, c**2)], positive, [c]) == derive.PROVED
    absolute = sp.Eq(elementwise(lambda z: sp.sqrt(z**2), v), elementwise(sp.Abs, v), evaluate=False)
    assert equality(absolute, [], {v: normal}, [v]) == derive.PROVED
    # Symbols that only the loss has are drawn as what they are: the logarithms of negative numbers do not add up.
    one = 1 + sp.log(c * step) - sp.log(c) - sp.log(step)
    assert derived(sp.Symbol("s"), 2 * x, x**2 * one, x) == derive.TO_DIGITS


def test_a_derivative_that_is_zero_at_a_point_is_compared_there():
    for seed in range(6):  # in which x is below 0 at first, or above
        assert derived(sp.Symbol("s"), sp.Heaviside(x, 0), sp.Max(0, x), x, seed=seed) == derive.PROVED


def test_both_names_are_in_the_message():
    with pytest.raises(ValueError, match=r"^of must contain wrt, got x\^\{2\}, which does not depend on c$"):
        derived(sp.Symbol("s"), 2 * x, x**2, c)


def test_identities_with_definitions():
    equation = sp.Eq(sp.tanh(x), 2 * y - 1)
    assert equality(equation, [sp.Eq(y, sigma(2 * x))], {x: normal}, [x]) == derive.PROVED
    with pytest.raises(DisagreementError):
        equality(equation, [sp.Eq(y, sigma(x))], {x: normal}, [x])
    trace = sp.Eq(sp.Trace(X * W.T * Y.T), sp.Trace(W.T * Y.T * X), evaluate=False)
    assert equality(trace, [], {X: normal, W: normal, Y: normal}, [X, W, Y]) == derive.PROVED
    # A matrix of one row and one column is the number in it, on either side.
    for one, other in [(sp.Trace(u * u.T), u.T * u), (u.T * u, sp.Trace(u * u.T))]:
        assert equality(sp.Eq(one, other, evaluate=False), [], {u: normal}, [u]) == derive.PROVED


@pytest.mark.parametrize(
    ("left", "right", "of", "wrt", "where", "message"),
    [
        (partial("L", W), 2 * W, sp.Trace(X.T * X), W, [], "of must contain wrt"),
        (partial("L", W), delta.T * X, squares, W, [sp.Eq(delta, Z - Y)], "of must contain wrt"),
        (partial("L", X), 2 * X.T, sp.Trace(X.T * X), X, [], "has the shape (3, 2) where the formula has (2, 3)"),
        (sp.Symbol("s"), sp.Trace(X.T * X), sp.Trace(X.T * X), X, [], "has the shape (3, 2) where the formula has ()"),
        (partial("L", X), 2 * X, X * A, X, [],
         r"of must be a number or a column, to be differentiated by a matrix, got \mathbf{X} \mathbf{A}"),
        (partial("L", X), X - X + 0 * X, sp.Trace(X - X + 0 * X.T * X), X, [], "of must contain wrt"),
        (partial("L", c), c - x, sp.floor(c + x) * 0 + c**0 + c - c + x, c, [], "of must contain wrt"),
        (sp.Symbol("s"), 0 * x + y - y, sp.sign(x), x, [], "is zero everywhere"),
    ],
)  # fmt: skip
def test_what_says_nothing_is_refused_in_a_sentence(left, right, of, wrt, where, message):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 (the message is compared below)
        derived(left, right, of, wrt, where)
    assert message in str(caught.value)


def test_numbers_are_drawn_on_both_sides_of_zero_where_they_may_be_negative():
    real, positive = sp.Symbol("r", real=True), sp.Symbol("q", positive=True)
    root = [sp.Eq(sp.sqrt(s**2) + sp.exp(s), s + sp.exp(s), evaluate=False) for s in (real, positive)]
    with pytest.raises(DisagreementError):
        equality(root[0], [], {}, [])
    assert equality(root[1], [], {}, []) == derive.PROVED


def test_the_sizes_differ_from_each_other():
    lengths = derive._lengths([X, W, sp.MatrixSymbol("V", k, n)])
    assert sorted(lengths.values()) == [2, 3, 4, 5]


def test_integers_are_drawn_several_times():
    """A power that is right for the first exponent alone is refused."""
    t = sp.Symbol("t", integer=True, positive=True)
    drawn = itertools.count(2)
    with pytest.raises(DisagreementError):
        derived(sp.Symbol("s"), 2 * x, x**t, x, [], {t: lambda rng, shape: next(drawn)})


inner = sp.exp(x * y) + x
TOGETHER = {
    "a number": sp.Integer(3),
    "no part twice": x**2 * y - sp.log(c),
    "parts of parts": sp.log(inner + sp.tanh(inner)) * inner**2 - sp.sqrt(c + inner**2) / (c + inner**2),
    "a part that has none of it": sp.exp(c) * x + sp.exp(c) * sp.tanh(y),
    "softmax": sp.log(sp.exp(x) + sp.exp(y) + sp.exp(c)) - c * sp.exp(x) / (sp.exp(x) + sp.exp(y) + sp.exp(c)),
    "one condition twice": sp.Piecewise((x * y, x + y > 0), (y, True)) * sp.Piecewise((inner, x + y > 0), (0, True)),
    "kinks": sp.Max(0, x * y) * x * y + sp.Abs(x * y) + sp.Max(0, x * y, x),
    "a positive part": sp.sqrt(c**2 * inner**2) + c * inner,
}


@pytest.mark.parametrize("loss", TOGETHER.values(), ids=TOGETHER)
def test_the_derivative_by_way_of_common_parts_is_that_of_the_whole(loss, rng):
    symbols = (x, y, c)
    slopes = derive._gradient(loss, symbols)
    for _ in range(5):
        point = dict(zip(symbols, [*rng.standard_normal(2), rng.uniform(0.2, 2)]))
        for slope, symbol in zip(slopes, symbols, strict=True):
            assert slope.free_symbols <= set(symbols)
            expected = sp.N(sp.diff(loss, symbol).subs(point))
            assert abs(sp.N(slope.subs(point)) - expected) <= 1e-12 * max(1, abs(expected))
