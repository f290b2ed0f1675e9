"""The printer: formulas in the book's notation."""

import subprocess
import sys

import pytest
import sympy as sp
from sympy.matrices.expressions.hadamard import HadamardPower
from sympy.matrices.expressions.kronecker import KroneckerProduct

from dlmath.printing import gathered, latex
from dlmath.symbolic import elementwise, hadamard, ones, partial, sigma, sizes

N, n, m = sizes("N n m")
X, Z = sp.MatrixSymbol("X", N, n), sp.MatrixSymbol("Z", N, n)
Y = sp.MatrixSymbol("Y", N, m)
W = sp.MatrixSymbol("W", m, n)
S = sp.MatrixSymbol("S", n, n)
x, b = sp.MatrixSymbol("x", n, 1), sp.MatrixSymbol("b", m, 1)
z, alpha = sp.symbols("z alpha", real=True)
i, j = sp.symbols("i j", integer=True)
D = sp.MatrixSymbol(r"\delta_1", N, m)
gamma, beta_1 = sp.symbols("gamma beta_1", positive=True)
g = sp.MatrixSymbol("g", n, 1)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Names: bold letters, plain scripts.
        (W, r"\mathbf{W}"),
        (D, r"\boldsymbol{\delta}_{1}"),
        (sp.MatrixSymbol("delta_1", n, 1), r"\boldsymbol{\delta}_{1}"),
        (sp.MatrixSymbol("beta", n, 1), r"\boldsymbol{\beta}"),
        (sp.MatrixSymbol("Delta", n, n), r"\mathbf{\Delta}"),
        (sp.MatrixSymbol("W0", n, n), r"\mathbf{W}_{0}"),
        (sp.MatrixSymbol("w0", n, 1), r"\mathbf{w}_{0}"),
        (sp.MatrixSymbol("theta12", n, 1), r"\boldsymbol{\theta}_{12}"),
        (sp.MatrixSymbol("W_0", n, n).T, r"\mathbf{W}_{0}^{T}"),
        (sp.MatrixSymbol("W_out", n, n), r"\mathbf{W}_{out}"),
        (sp.MatrixSymbol("W^{(1)}", n, m).T, r"\left(\mathbf{W}^{(1)}\right)^{T}"),
        (sp.MatrixSymbol(r"\hat{Y}", N, m), r"\mathbf{\hat{Y}}"),
        (sp.MatrixSymbol(r"\hat{y}_i", n, 1), r"\mathbf{\hat{y}}_{i}"),
        (sp.MatrixSymbol(r"\hat{\delta}", n, 1), r"\boldsymbol{\hat{\delta}}"),
        (sp.MatrixSymbol("m_{t+1}", n, 1), r"\mathbf{m}_{t+1}"),
        # Sums: plus before minus, a coefficient keeps its own sign.
        (-Y + X * W.T, r"\mathbf{X} \mathbf{W}^{T} - \mathbf{Y}"),
        (-X - Z, r"- \mathbf{X} - \mathbf{Z}"),
        (W - gamma * sp.MatrixSymbol("G", m, n), r"\mathbf{W} - \gamma \mathbf{G}"),
        (
            beta_1 * x + (1 - beta_1) * g,
            r"\beta_{1} \mathbf{x} + \left(1 - \beta_{1}\right) \mathbf{g}",
        ),
        (sp.Identity(n) - S, r"\mathbf{I} - \mathbf{S}"),
        # Products.
        (2 / N * (X * S - Z) * x, r"\frac{2}{N} \left(\mathbf{X} \mathbf{S} - \mathbf{Z}\right) \mathbf{x}"),
        (X / 2, r"\frac{1}{2} \mathbf{X}"),
        (-X / (2 * N), r"- \frac{1}{2 N} \mathbf{X}"),
        (-3 * X, r"- 3 \mathbf{X}"),
        ((alpha - 1) * X, r"\left(\alpha - 1\right) \mathbf{X}"),
        (X / sp.sqrt(n), r"\frac{1}{\sqrt{n}} \mathbf{X}"),
        (X * W.T + ones(N) * b.T, r"\mathbf{X} \mathbf{W}^{T} + \mathbf{1} \mathbf{b}^{T}"),
        (ones(N).T * X, r"\mathbf{1}^{T} \mathbf{X}"),
        ((X.T * X).I * X.T * Y, r"\left(\mathbf{X}^{T} \mathbf{X}\right)^{-1} \mathbf{X}^{T} \mathbf{Y}"),
        (S**2, r"\mathbf{S}^{2}"),
        (KroneckerProduct(S**2, S), r"\mathbf{S}^{2} \otimes \mathbf{S}"),
        (x.T * S * x, r"\mathbf{x}^{T} \mathbf{S} \mathbf{x}"),
        # Element-wise products and powers: what is not a letter is bracketed.
        (hadamard(D, Y), r"\boldsymbol{\delta}_{1} \odot \mathbf{Y}"),
        (hadamard(Y, X * W.T), r"\mathbf{Y} \odot \left(\mathbf{X} \mathbf{W}^{T}\right)"),
        (hadamard(X * W.T, Y), r"\left(\mathbf{X} \mathbf{W}^{T}\right) \odot \mathbf{Y}"),
        (hadamard(X, Z) * W.T, r"\left(\mathbf{X} \odot \mathbf{Z}\right) \mathbf{W}^{T}"),
        (-hadamard(X, Z), r"- \mathbf{X} \odot \mathbf{Z}"),
        (hadamard(2 / N * (X - Z), Z), r"\frac{2}{N} \left(\mathbf{X} - \mathbf{Z}\right) \odot \mathbf{Z}"),
        (hadamard(Y, ones(N, m) - Y), r"\mathbf{Y} \odot \left(\mathbf{1} - \mathbf{Y}\right)"),
        (HadamardPower(X, 2), r"\mathbf{X}^{\odot 2}"),
        (HadamardPower(X - Z, 2), r"\left(\mathbf{X} - \mathbf{Z}\right)^{\odot 2}"),
        (HadamardPower(sp.MatrixSymbol("S^*", n, n), 2), r"\left(\mathbf{S}^{*}\right)^{\odot 2}"),
        # Element-wise functions: the matrix takes the place of the variable.
        (elementwise(lambda u: u**2 + u, X), r"\mathbf{X}^{\odot 2} + \mathbf{X}"),
        (elementwise(lambda u: sp.tanh(u) - u**2 - 1, X),
         r"- \mathbf{X}^{\odot 2} + \tanh\left(\mathbf{X}\right) - 1"),
        (elementwise(sigma, X * W.T), r"\sigma\left(\mathbf{X} \mathbf{W}^{T}\right)"),
        (elementwise(sp.exp, X), r"\exp\left(\mathbf{X}\right)"),
        (elementwise(sp.tanh, X), r"\tanh\left(\mathbf{X}\right)"),
        (elementwise(lambda u: sp.Max(0, u), X), r"\max\left(0, \mathbf{X}\right)"),
        (elementwise(lambda u: sp.Max(alpha, u), X), r"\max\left(\alpha, \mathbf{X}\right)"),
        (elementwise(lambda u: sp.Min(u, z), X), r"\min\left(z, \mathbf{X}\right)"),
        (elementwise(lambda u: u**2, X - Z), r"\left(\mathbf{X} - \mathbf{Z}\right)^{\odot 2}"),
        (elementwise(lambda u: 1 - u**2, X), r"1 - \mathbf{X}^{\odot 2}"),
        (
            hadamard(X, elementwise(lambda u: 1 - u**2, X)),
            r"\mathbf{X} \odot \left(1 - \mathbf{X}^{\odot 2}\right)",
        ),
        (elementwise(lambda u: 1 - u, X) * W.T, r"\left(1 - \mathbf{X}\right) \mathbf{W}^{T}"),
        (elementwise(lambda u: 1 - u, X - Z), r"1 - \left(\mathbf{X} - \mathbf{Z}\right)"),
        (elementwise(lambda u: u * sigma(u), X), r"\mathbf{X} \odot \sigma\left(\mathbf{X}\right)"),
        (
            elementwise(lambda u: sigma(u).diff(u), X),
            r"\left(1 - \sigma\left(\mathbf{X}\right)\right) \odot \sigma\left(\mathbf{X}\right)",
        ),
        (elementwise(lambda u: -2 * alpha * sigma(-u), X), r"- 2 \alpha \sigma\left(- \mathbf{X}\right)"),
        (elementwise(lambda u: sp.Heaviside(u, 0), X - Z), r"H\left(\mathbf{X} - \mathbf{Z}\right)"),
        (elementwise(lambda u: 2 * sp.Heaviside(u), X), r"2 H\left(\mathbf{X}\right)"),
        (elementwise(lambda u: 1 / u, X), r"\left(z \mapsto \frac{1}{z}\right)\left(\mathbf{X}\right)"),
        # The rest.
        (X[0, 1] * x[i, 0], r"X_{0,1} x_{i}"),
        (sp.MatrixSymbol("W_0", n, n)[i, j], r"\left(W_{0}\right)_{i,j}"),
        (sp.Trace(X.T * X) / N, r"\frac{\operatorname{tr}\left(\mathbf{X}^{T} \mathbf{X} \right)}{N}"),
        (sp.DiagMatrix(x), r"\operatorname{diag}\left(\mathbf{x}\right)"),
        (partial("L", W), r"\frac{\partial L}{\partial \mathbf{W}}"),
        (partial("L", W).T, r"\left(\frac{\partial L}{\partial \mathbf{W}}\right)^{T}"),
        (partial("L", sp.Symbol("b_1")), r"\frac{\partial L}{\partial b_{1}}"),
        (
            sp.Eq(sp.Derivative(sigma(z), z), sigma(z).diff(z)),
            r"\frac{d}{d z} \sigma{\left(z \right)} = \left(1 - \sigma{\left(z \right)}\right) \sigma{\left(z \right)}",
        ),
    ],
)  # fmt: skip
def test_latex(expression, expected):
    assert latex(expression) == expected


def test_latex_does_not_depend_on_the_order_of_sets():
    program = (
        "import sympy as sp; from dlmath.symbolic import *; from dlmath.printing import latex; N, n = sizes('N n');"
        "A, B, C = (sp.MatrixSymbol(name, n, n) for name in 'ABC'); a, b = sp.symbols('a b');"
        "print(latex(hadamard(C, A) * B + a * b * A - B.T + elementwise(lambda u: a * u + b * sigma(u), B * C)))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(printed) == 1


def test_formulas_one_below_the_other():
    assert gathered(["a"]) == "a"
    assert gathered(["a", "b", "c"]).split("\n") == [r"\begin{gathered}", r"a \\", r"b \\", "c", r"\end{gathered}"]


class TestWrittenOrder:
    """What is built with ``evaluate=False`` keeps its order; what SymPy orders by itself is printed as before."""

    v, epsilon = sp.symbols("v epsilon", positive=True)

    def test_of_a_sum(self):
        root = sp.sqrt(self.v)
        assert latex(root + self.epsilon) == r"\epsilon + \sqrt{v}"
        assert latex(sp.Add(root, self.epsilon, evaluate=False)) == r"\sqrt{v} + \epsilon"
        difference = sp.Add(z**2, -sp.Mul(1 + gamma, z, evaluate=False), gamma, evaluate=False)
        assert latex(difference) == r"z^{2} - \left(\gamma + 1\right) z + \gamma"

    def test_of_a_product(self):
        product = sp.Mul(1 - beta_1, z, evaluate=False)
        assert latex(product) == r"\left(1 - \beta_{1}\right) z"
        assert latex(-product) == r"- \left(1 - \beta_{1}\right) z"
        assert latex((1 - beta_1) * z) == r"z \left(1 - \beta_{1}\right)"

    def test_of_a_fraction(self):
        below = sp.Add(sp.sqrt(self.v), self.epsilon, evaluate=False)
        assert latex(z / below) == r"\frac{z}{\sqrt{v} + \epsilon}"
        written = sp.Mul(1 - gamma, z, 1 / below, evaluate=False)
        assert latex(written) == r"\frac{\left(1 - \gamma\right) z}{\sqrt{v} + \epsilon}"

    def test_the_value_is_the_same(self):
        written = sp.Mul(1 - beta_1, z, evaluate=False)
        assert written.doit() == z * (1 - beta_1)
        assert written.subs({beta_1: sp.Rational(1, 4), z: 4}) == 3


class TestSums:
    entry, logarithm = Y[i, j], sp.log(Y[i, j])

    def test_each_index_has_a_sign_of_its_own_and_the_outermost_comes_first(self):
        double = sp.Sum(self.entry, (j, 0, m - 1), (i, 0, N - 1))
        assert latex(double) == r"\sum_{i=0}^{N - 1} \sum_{j=0}^{m - 1} Y_{i,j}"
        assert latex(sp.Sum(self.entry + 1, (j, 0, 2))) == r"\sum_{j=0}^{2} \left(Y_{i,j} + 1\right)"

    def test_what_it_is_divided_by_stands_before_it(self):
        single = sp.Sum(self.entry, (j, 0, 2))
        assert latex(single / N) == r"\frac{1}{N} \sum_{j=0}^{2} Y_{i,j}"
        assert latex(-2 * single / N) == r"- \frac{2}{N} \sum_{j=0}^{2} Y_{i,j}"
        assert latex(2 * single) == r"2 \sum_{j=0}^{2} Y_{i,j}"

    def test_an_entry_comes_before_a_function(self):
        assert latex(self.entry * self.logarithm) == r"Y_{i,j} \log{\left(Y_{i,j} \right)}"
        assert latex(-self.entry * self.logarithm) == r"- Y_{i,j} \log{\left(Y_{i,j} \right)}"
        assert latex(2 * self.entry * self.logarithm) == r"2 Y_{i,j} \log{\left(Y_{i,j} \right)}"
        assert latex(z * sp.log(z)) == r"z \log{\left(z \right)}"
