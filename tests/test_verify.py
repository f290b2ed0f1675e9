"""Certificates: what holds is shown, and what does not hold is refused with the numbers."""

import dataclasses
import functools
import json
import subprocess
import sys

import mpmath
import numpy as np
import pytest
import scipy.integrate
import sympy as sp

from dlmath import activations, layers, losses, network, verify
from dlmath.printing import latex
from dlmath.symbolic import elementwise, hadamard, ones, partial, sigma, sizes
from dlmath.verify import CertificateError, central_difference, certify, complex_step, normal, uniform

N, n_in, n_out = sizes("N n_in n_out")
P, Y = sp.MatrixSymbol("P", N, n_out), sp.MatrixSymbol("Y", N, n_out)
X = sp.MatrixSymbol("X", N, n_in)
W, b = sp.MatrixSymbol("W", n_out, n_in), sp.MatrixSymbol("b", n_out, 1)
G = sp.MatrixSymbol("G", N, n_out)
z = sp.Symbol("z", real=True)
MSE = {"inputs": [P, Y], "code": losses.mse_grad, "witness": central_difference(losses.mse, wrt=0)}


def certify_mse(right, **changes):
    return certify("mse-gradient", sp.Eq(partial("L", P), right), **(MSE | changes))


def affine_gradient(which):
    return {
        "inputs": [G, X, W, b],
        "code": lambda G, X, W, b: layers.affine_backward(G, X, W)[which],
        "checks": layers.affine_backward,
        "witness": complex_step(lambda G, X, W, b: np.sum(G * layers.affine(X, W, b)), wrt=which + 1),
    }


def network_gradient(which):
    """One layer of sigmoids under the mean squared error."""

    def code(X, W, b, Y):
        outputs = network.forward(X, [(W, b)])
        return network.backward(losses.mse_grad(outputs[-1], Y), outputs, [(W, b)])[0][which]

    def loss(X, W, b, Y):
        return losses.mse(network.predict(X, [(W, b)]), Y)

    A, D = sp.MatrixSymbol("A", N, n_out), sp.MatrixSymbol("Delta", N, n_out)
    where = [
        sp.Eq(A, elementwise(sigma, X * W.T + ones(N) * b.T)),
        sp.Eq(D, hadamard(2 / N * (A - Y), A, ones(N, n_out) - A)),
    ]
    return D, {
        "inputs": [X, W, b, Y],
        "where": where,
        "code": code,
        "checks": network.backward,
        "witness": complex_step(loss, wrt=which + 1),
    }


class TestWhatHolds:
    def test_matrices_of_symbolic_size(self):
        certificate = certify_mse(2 / N * (P - Y))
        assert certificate.error_code < 1e-14
        assert 0 < certificate.error_witness < 1e-8
        assert certificate.code == "dlmath.losses.mse_grad"
        assert certificate.witness == "central difference"
        assert certificate.draws == 20
        assert certificate.sizes["N"][0] == 1
        assert certificate.sizes["N"][1] >= 4

    @pytest.mark.parametrize(
        ("which", "left", "right"), [(0, X, G * W), (1, W, G.T * X), (2, b, G.T * ones(N))], ids=str
    )
    def test_a_gradient_of_every_shape_with_a_vector_among_them(self, which, left, right):
        certificate = certify("affine-gradient", sp.Eq(partial("L", left), right), **affine_gradient(which))
        assert certificate.error_witness < 1e-13

    def test_definitions_are_evaluated_in_order(self):
        D, arguments = network_gradient(0)
        certificate = certify("weights", sp.Eq(partial("L", W), D.T * X), **arguments)
        assert len(certificate.definitions) == 2
        assert certificate.definitions[0].startswith(r"\mathbf{A} = \sigma")

    def test_a_scalar_equation_whose_left_side_is_a_derivative(self):
        equation = sp.Eq(sp.Derivative(sigma(z), z), sigma(z) * (1 - sigma(z)))
        witness = complex_step(activations.sigmoid, wrt=0)
        certificate = certify("sigmoid", equation, inputs=[z], code=activations.sigmoid_grad, witness=witness)
        assert certificate.sizes == {}
        assert "with" not in certificate.details()

    def test_an_explicit_matrix(self):
        x, w = sp.MatrixSymbol("x", 2, 1), sp.MatrixSymbol("W", 1, 2)
        bias = sp.MatrixSymbol("b", 1, 1)
        right = sp.Matrix([[w[0, 0] * x[0, 0] + w[0, 1] * x[1, 0] + bias[0, 0]]])
        certify(
            "expanded",
            sp.Eq(sp.MatrixSymbol("z", 1, 1), right),
            inputs=[x, w, bias],
            code=lambda x, w, bias: layers.affine(x, w, bias),
            checks=layers.affine,
            witness=lambda x, w, bias: np.einsum("oi,i->o", w, x) + bias,
        )

    def test_a_scalar_code_under_a_matrix_of_one_entry(self):
        residual = sp.MatrixSymbol("r", N, 1)
        equation = sp.Eq(sp.MatrixSymbol("L", 1, 1), residual.T * residual / N)
        certify(
            "one-entry",
            equation,
            inputs=[residual],
            code=lambda r: losses.mse(r, np.zeros_like(r)),
            checks=losses.mse,
            witness=lambda r: np.mean(r**2),
        )

    def test_relu_away_from_its_corner(self):
        Z = sp.MatrixSymbol("Z", N, n_out)
        right = elementwise(lambda u: sp.Heaviside(u, 0), Z)
        arguments = {"code": activations.relu_grad, "witness": lambda Z: (np.sign(Z) + 1) / 2}
        certify("relu", sp.Eq(partial("g", Z), right), inputs=[Z], **arguments)

    def test_more_samples_than_parameters(self):
        J, r = sp.MatrixSymbol("J", n_in + n_out, n_in), sp.MatrixSymbol("r", n_in + n_out, 1)

        def code(J, r):
            return layers.affine(r, np.linalg.inv(J.T @ J) @ J.T, np.zeros(J.shape[1]))

        certificate = certify(
            "normal-equations",
            sp.Eq(sp.MatrixSymbol("theta", n_in, 1), (J.T * J).I * J.T * r),
            inputs=[J, r],
            code=code,
            checks=layers.affine,
            witness=lambda J, r: np.linalg.lstsq(J, r)[0],
        )
        assert set(certificate.sizes) == {"n_in", "n_out"}

    def test_a_named_sampler(self):
        seen = []

        def code(p):
            seen.append(p)
            return losses.mse([p], [0])

        p = sp.Symbol("p")
        arguments = {"code": code, "checks": losses.mse, "witness": lambda p: p**2}
        certify("square", sp.Eq(sp.Symbol("L"), p**2), inputs={p: uniform(3, 4)}, **arguments)
        assert all(3 <= value <= 4 for value in seen)

    def test_positive_symbols_are_drawn_positive(self):
        rate = sp.Symbol("gamma", positive=True)
        seen = []
        arguments = {"checks": losses.mse, "witness": lambda g: g**2}
        certify(
            "rate",
            sp.Eq(sp.Symbol("L"), rate**2),
            inputs=[rate],
            code=lambda g: losses.mse([g], [0]) if seen.append(g) is None else None,
            **arguments,
        )
        assert min(seen) > 0


class TestWrongFormulas:
    @pytest.mark.parametrize(
        "wrong",
        [
            -2 / N * (P - Y),
            2 / N * (P + Y),
            2 * (P - Y),
            1 / N * (P - Y),
            2 / n_out * (P - Y),
            2 / (N + 1) * (P - Y),
            2 / N * (P - Y) + P / 10**8,
            2 / N * P,
            2 / N * ones(N) * ones(N).T * (P - Y),
            sp.Rational(19999, 10000) / N * (P - Y),
        ],
        ids=str,
    )
    def test_of_the_mean_squared_error(self, wrong):
        with pytest.raises(CertificateError, match="'mse-gradient' does not hold"):
            certify_mse(wrong)

    @pytest.mark.parametrize(
        ("which", "left", "wrong"),
        [
            (1, W, X.T * G),
            (1, W, (X.T * G).T / N),
            (1, W, G.T * X + W),
            (0, X, G * W.T),
            (0, X, -G * W),
            (2, b, G.T * ones(N) / N),
            (2, b, G.T * G * ones(n_out)),
            (0, X, hadamard(G, ones(N) * b.T) * W),
        ],
        ids=str,
    )
    def test_transposed_factors_and_missing_means(self, which, left, wrong):
        with pytest.raises(CertificateError, match="does not hold"):
            certify("affine-gradient", sp.Eq(partial("L", left), wrong), **affine_gradient(which))

    def test_a_wrong_definition(self):
        D, arguments = network_gradient(0)
        A, _ = (definition.lhs for definition in arguments["where"])
        wrong = [arguments["where"][0], sp.Eq(D, hadamard(2 / N * (A - Y), A, A))]
        with pytest.raises(CertificateError, match="does not hold"):
            certify("weights", sp.Eq(partial("L", W), D.T * X), **arguments | {"where": wrong})

    def test_a_square_weight_matrix_that_should_be_transposed(self):
        S = sp.MatrixSymbol("S", n_in, n_in)
        arguments = {
            "code": lambda X, S: layers.affine(X, S, np.zeros(len(S))),
            "checks": layers.affine,
            "witness": lambda X, S: np.einsum("ni,oi->no", X, S),
        }
        certify("square", sp.Eq(sp.MatrixSymbol("Z", N, n_in), X * S.T), inputs=[X, S], **arguments)
        with pytest.raises(CertificateError):
            certify("square", sp.Eq(sp.MatrixSymbol("Z", N, n_in), X * S), inputs=[X, S], **arguments)

    def test_a_left_side_of_another_shape(self):
        with pytest.raises(CertificateError, match="the two sides differ in shape"):
            certify("mse-gradient", sp.Eq(sp.MatrixSymbol("dL", n_out, n_out), 2 / N * (P - Y)), **MSE)

    def test_a_left_side_that_is_not_the_right_one(self):
        wrong = sp.Eq(sp.Derivative(sigma(z) ** 2, z), sigma(z) * (1 - sigma(z)))
        with pytest.raises(CertificateError, match="the left-hand side differ"):
            certify(
                "sigmoid",
                wrong,
                inputs=[z],
                code=activations.sigmoid_grad,
                witness=complex_step(activations.sigmoid, wrt=0),
            )

    def test_a_left_side_that_is_nearly_the_right_one_at_a_small_scale(self):
        small = sp.Rational(1, 10**8)
        arguments = {
            "inputs": {z: uniform(1, 2)},
            "code": lambda z: losses.mse_grad(np.array([z]), np.zeros(1))[0] * 5e-9,
            "checks": losses.mse_grad,
            "witness": lambda z: z * 1e-8,
        }
        certify("small", sp.Eq(small * (z + 1) - small, small * z, evaluate=False), **arguments)
        nearly = sp.Eq(small * (z + 1) * (1 + small) - small, small * z, evaluate=False)
        with pytest.raises(CertificateError, match="SymPy and the left-hand side differ by"):
            certify("small", nearly, **arguments)

    def test_a_function_without_a_value_is_a_name(self):
        arguments = {"inputs": [z], "code": activations.sigmoid, "witness": lambda z: 0.5 * (1 + np.tanh(z / 2))}
        assert certify("sigmoid", sp.Eq(sp.Function("s")(z), sigma(z)), **arguments).derived == "not a derivative"

    def test_a_result_that_is_not_finite_is_shown(self):
        with pytest.raises(
            CertificateError, match=r"the witness fails.*: ValueError: the result must be finite, got\n"
        ):
            certify_mse(2 / N * (P - Y), witness=lambda P, Y: np.full_like(P, np.inf))

    def test_a_formula_that_holds_for_one_sample_only(self):
        """For one sample, 2 (P - Y) and 2/N (P - Y) are the same. The first draw has more."""
        for seed in range(60):
            with pytest.raises(CertificateError):
                certify_mse(2 * (P - Y), draws=2, seed=seed)

    def test_tiny_numbers_are_compared_as_strictly(self):
        tiny = {symbol: lambda rng, shape: 1e-9 * rng.standard_normal(shape) for symbol in (P, Y)}
        exact = {"witness": lambda P, Y: 2 * (P - Y) / len(P)}
        certify_mse(2 / N * (P - Y), inputs=tiny, **exact)
        with pytest.raises(CertificateError):
            certify_mse(-2 / N * (P - Y), inputs=tiny, **exact)

    def test_a_small_entry_cannot_hide_behind_a_large_one(self):
        p = sp.Symbol("p")
        vector = sp.MatrixSymbol("v", 2, 1)
        arguments = {
            "inputs": [p],
            "code": lambda p: losses.mse_grad(np.array([5e5 * p, 0.5 * p]) * 2, [0, 0]),
            "checks": losses.mse_grad,
            "witness": lambda p: np.array([1e6 * p, p]),
        }
        certify("two-scales", sp.Eq(vector, sp.Matrix([10**6 * p, p])), **arguments)
        with pytest.raises(CertificateError):
            certify("two-scales", sp.Eq(vector, sp.Matrix([10**6 * p, p * (1 + sp.Rational(1, 10**5))])), **arguments)


class TestWrongCodeAndWitness:
    @pytest.mark.parametrize(
        "bug",
        [
            lambda right: -right,
            lambda right: right * 1.0001,
            lambda right: right / len(right),
            lambda right: right.T,
            lambda right: right[0],
            lambda right: right.sum(),
            lambda right: np.where(np.arange(right.size).reshape(right.shape) == 0, np.nan, right),
            lambda right: np.full_like(right, np.inf),
            lambda right: right + 0j,
            lambda right: None,
            lambda right: right.tolist()[1:],
            lambda right: 1 / 0,
        ],
    )
    @pytest.mark.parametrize("which", ["code", "witness"])
    def test_is_rejected(self, which, bug):
        if which == "code":
            changes = {"code": lambda P, Y: bug(losses.mse_grad(P, Y)), "checks": losses.mse_grad}
        else:
            changes = {"witness": lambda P, Y: bug(2 * (P - Y) / len(P))}
        with pytest.raises(CertificateError, match=r"'mse-gradient' does not hold.*the (code|witness)"):
            certify_mse(2 / N * (P - Y), **changes)

    def test_code_in_single_precision_is_rejected(self):
        with pytest.raises(CertificateError, match="the code differ"):
            certify_mse(2 / N * (P - Y), code=lambda *PY: np.float32(losses.mse_grad(*PY)), checks=losses.mse_grad)

    def test_formula_and_code_wrong_in_the_same_way(self):
        changes = {"code": lambda P, Y: -losses.mse_grad(P, Y), "checks": losses.mse_grad}
        with pytest.raises(CertificateError, match="the witness differ"):
            certify_mse(-2 / N * (P - Y), **changes)

    def test_code_that_writes_into_its_arguments_spoils_nobody_else(self):
        def code(P, Y):
            gradient = losses.mse_grad(P, Y)
            P[...] = 0
            Y[...] = 0
            return gradient

        certify_mse(2 / N * (P - Y), code=code, checks=losses.mse_grad)


class TestVacuousChecks:
    @pytest.mark.parametrize(
        ("right", "changes", "message"),
        [
            (0 * P, {"code": lambda P, Y: 0 * losses.mse_grad(P, Y), "checks": losses.mse_grad,
                     "witness": lambda P, Y: 0 * P}, "zero in all 20 draws"),
            (2 / N * (P - Y), {"code": lambda P, Y: 2 * (P - Y) / len(P), "checks": losses.mse_grad},
             "its code never calls dlmath.losses.mse_grad"),
            (2 / N * (P - Y), {"code": lambda P, Y: 2 * (P - Y) / len(P)}, "is not a function of dlmath"),
            (2 / N * (P - Y), {"checks": np.linalg.inv}, "numpy.linalg.inv is not a function of dlmath"),
            (2 / N * (P - Y), {"witness": losses.mse_grad}, "its witness calls dlmath.losses.mse_grad"),
            (2 / N * (P - Y), {"witness": lambda P, Y: -losses.mse_grad(Y, P)}, "its witness calls"),
            (2 / N * (P - G), {}, "no value for G; name it in inputs or define it in where"),
            (2 / n_in * (P - Y), {}, "no value for n_in"),
            (2 / N * (P - Y), {"where": [sp.Eq(G, P + Y)]}, "G is defined in where, but nothing uses it"),
            (2 / N * (P - Y), {"where": [sp.Eq(P, P + Y)]}, "where must define new symbols, got P"),
            (2 / N * (P - Y), {"inputs": []}, "no inputs"),
            (2 / N * (P - Y), {"inputs": [P, Y, N]}, "must not name the size N"),
            (2 / N * (P - Y), {"inputs": [P, Y, sp.Symbol("k", integer=True)]}, "sampler for the integer k"),
            (2 / N * (P - Y), {"inputs": {P: normal, Y: lambda rng, shape: 1.0}}, "the sampler of Y must give"),
            (2 / N * (P - Y), {"inputs": {P: normal, Y: lambda rng, shape: np.full(shape, np.nan)}}, "finite numbers"),
            (2 / N * (P - Y), {"draws": 0}, "draws must be at least 2"),
            (2 / N * (P - Y), {"draws": 1}, "draws must be at least 2"),
        ],
    )  # fmt: skip
    def test_is_refused(self, right, changes, message):
        with pytest.raises(ValueError, match=message) as caught:
            certify_mse(right, **changes)
        assert not isinstance(caught.value, CertificateError)
        told = str(caught.value)
        assert "'mse-gradient'" in told or not told.startswith("certificate")

    @pytest.mark.parametrize("equation", [sp.Eq(P, P), 2 / N * (P - Y), sp.Ge(z, 1)], ids=str)
    def test_what_is_no_equation_is_refused(self, equation):
        with pytest.raises(TypeError, match="needs equations"):
            certify("mse-gradient", equation, **MSE)

    @pytest.mark.parametrize("inputs", [{P, Y}, ["P", "Y"], [P, P + Y]], ids=["a set", "texts", "a sum"])
    def test_inputs_that_are_no_symbols_in_an_order(self, inputs):
        with pytest.raises(TypeError, match="inputs must be"):
            certify_mse(2 / N * (P - Y), inputs=inputs)

    @pytest.mark.parametrize("name", ["", "MSE", "mse gradient", "mse_gradient", "-mse", None])
    def test_a_name_that_is_no_label(self, name):
        with pytest.raises(ValueError, match="lower-case words joined by hyphens"):
            certify(name, sp.Eq(partial("L", P), 2 / N * (P - Y)), **MSE)


def test_the_message_has_name_formula_sizes_and_all_values():
    with pytest.raises(CertificateError) as caught:
        certify_mse(-2 / N * (P - Y), seed=3)
    message = str(caught.value)
    assert "certificate 'mse-gradient' does not hold: SymPy and the code differ by" in message
    assert r"\frac{\partial L}{\partial \mathbf{P}} = - \frac{2}{N} \left(\mathbf{P} - \mathbf{Y}\right)" in message
    assert "N = " in message
    assert "n_out = " in message
    assert "the code (dlmath.losses.mse_grad):\n[[" in message
    assert "the witness (central difference):\n[[" in message
    formula, code = (message.split(part)[1].split("the ")[0] for part in ("SymPy:\n", "mse_grad):\n"))
    numbers = [np.array(text.replace("[", "").replace("]", "").split(), dtype=float) for text in (formula, code)]
    np.testing.assert_allclose(numbers[0], -numbers[1])


def test_the_message_of_a_formula_that_does_not_compose_names_the_certificate():
    with pytest.raises(CertificateError, match=r"'mse-gradient' does not hold: SymPy fails with N = \d+, n_out = \d+"):
        certify_mse(2 / N * P * Y)


class TestWrongVersions:
    def test_all_are_refused_where_the_check_sees_everything(self):
        certificate = certify_mse(2 / N * (P - Y))
        assert certificate.wrong_versions > 8
        assert 0 < certificate.uncomputable < certificate.wrong_versions  # P and Y transposed do not fit
        assert certificate.survivors == ()

    def test_inputs_that_hide_a_mistake_are_found_out(self):
        """Where all targets are zero, their sign cannot be seen."""
        certificate = certify_mse(2 / N * (P - Y), inputs={P: None, Y: lambda rng, shape: np.zeros(shape)})
        sums = [survivor.split("= ")[1].removeprefix(r"\frac{2}{N} ") for survivor in certificate.survivors]
        assert set(sums) == {  # Y added, left out, and taken 0 times
            r"\left(\mathbf{Y} + \mathbf{P}\right)",
            r"\left(\mathbf{P}\right)",
            r"\left(0 \mathbf{Y} + \mathbf{P}\right)",
        }

    def test_what_says_the_same_survives(self):
        """A symmetric matrix is its own transpose."""
        A, theta = sp.MatrixSymbol("A", n_in, n_in), sp.MatrixSymbol("theta", n_in, 1)

        def symmetric(rng, shape):
            M = rng.standard_normal(shape)
            return M + M.T

        def code(theta, A):
            return layers.affine(theta[np.newaxis], A, np.zeros(len(theta)))[0]

        arguments = {"code": code, "checks": layers.affine, "witness": lambda theta, A: np.einsum("ij,j->i", A, theta)}
        product = sp.Eq(sp.MatrixSymbol("g", n_in, 1), A * theta)
        assert certify("product", product, inputs=[theta, A], **arguments).survivors == ()
        (survivor,) = certify("product", product, inputs={theta: None, A: symmetric}, **arguments).survivors
        assert survivor == r"\mathbf{g} = \mathbf{A}^{T} \boldsymbol{\theta}"

    def test_definitions_are_made_wrong_too(self):
        D, arguments = network_gradient(0)
        alone = certify("weights", sp.Eq(partial("L", W), D.T * X), **arguments)
        assert alone.wrong_versions > 20
        assert alone.survivors == ()

    def test_what_follows_from_a_wrong_definition_is_computed_again(self):
        """A chain of definitions, of which the formula uses the last."""
        a, b, c, d = sp.symbols("a b c d")
        certificate = certify(
            "chain",
            sp.Eq(sp.Symbol("s"), d + 1),
            inputs=[a],
            where=[sp.Eq(b, a + 2), sp.Eq(c, 3 * b), sp.Eq(d, c**2)],
            code=lambda a: losses.mse(np.array([3 * (a + 2)]), np.zeros(1)) + 1,
            checks=losses.mse,
            witness=lambda a: 9 * (a + 2) ** 2 + 1,
        )
        assert certificate.wrong_versions > 10
        assert certificate.uncomputable == 0  # they differ; none merely fails
        assert certificate.survivors == ()

    def test_a_formula_of_one_symbol_can_be_wrong_in_sign_and_size(self):
        def code(P):
            return layers.affine(P, np.eye(P.shape[1]), np.zeros(P.shape[1]))

        certificate = certify(
            "same",
            sp.Eq(sp.MatrixSymbol("Z", *P.shape), P),
            inputs=[P],
            code=code,
            checks=layers.affine,
            witness=np.copy,
        )
        assert certificate.wrong_versions == 3  # and transposed
        assert certificate.survivors == ()


SQUARES = {"of": sp.Trace((P - Y).T * (P - Y)) / N, "wrt": P}


class TestDerived:
    """SymPy differentiates the loss and finds the formula."""

    def test_a_gradient_is_proved_and_the_line_says_so(self):
        certificate = certify_mse(2 / N * (P - Y), **SQUARES)
        assert certificate.derived == "proved"
        assert certificate.of == latex(SQUARES["of"])
        assert certificate.wrt == r"\mathbf{P}"
        assert certificate.summary().startswith(
            "✓ SymPy's derivative = formula = dlmath.losses.mse_grad = central diff"
        )

    def test_without_a_loss_it_is_not_derived(self):
        certificate = certify_mse(2 / N * (P - Y))
        assert certificate.derived == "not derived"
        assert certificate.of == certificate.wrt == ""
        assert certificate.summary().startswith("✓ SymPy = dlmath.losses.mse_grad = central difference")

    def test_a_factor_that_code_and_witness_share_is_refused(self):
        """Formula, code and witness agree on twice the gradient; the loss does not."""
        shared = {
            "code": lambda P, Y: 2 * losses.mse_grad(P, Y),
            "checks": losses.mse_grad,
            "witness": central_difference(lambda P, Y: 2 * losses.mse(P, Y), wrt=0),
        }
        assert certify_mse(4 / N * (P - Y), **shared).survivors == ()
        with pytest.raises(CertificateError, match="'mse-gradient' does not hold: it is not what SymPy derives"):
            certify_mse(4 / N * (P - Y), **shared, **SQUARES)
        assert certify_mse(4 / N * (P - Y), **shared, of=2 * SQUARES["of"], wrt=P).derived == "proved"

    def test_definitions_are_used_and_may_be_for_the_loss_alone(self):
        D, arguments = network_gradient(0)
        A = arguments["where"][0].lhs
        loss = sp.Trace((A - Y).T * (A - Y)) / N
        certificate = certify("weights", sp.Eq(partial("L", W), D.T * X), **arguments, of=loss, wrt=W)
        assert certificate.derived == "proved"
        J = sp.MatrixSymbol("J", N, n_out)
        difference = [sp.Eq(J, P - Y)]
        alone = certify_mse(2 / N * (P - Y), where=difference, of=sp.Trace(J.T * J) / N, wrt=P)
        assert alone.derived == "proved"
        assert alone.survivors == ()

    def test_an_identity_is_proved(self):
        equation = sp.Eq(sp.Derivative(sigma(z), z), sigma(z) * (1 - sigma(z)))
        witness = complex_step(activations.sigmoid, wrt=0)
        certificate = certify("sigmoid", equation, inputs=[z], code=activations.sigmoid_grad, witness=witness)
        assert certificate.derived == "proved"

    def test_a_name_that_is_no_derivative(self):
        arguments = {"inputs": [P, Y], "code": losses.mse, "witness": lambda P, Y: np.sum((P - Y) ** 2) / len(P)}
        certificate = certify("mse", sp.Eq(sp.Symbol("L"), SQUARES["of"]), **arguments)
        assert certificate.derived == "not a derivative"

    def test_a_reason_why_it_is_not_derived(self):
        assert certify_mse(2 / N * (P - Y), underived="a reason").derived == "not possible: a reason"

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"of": SQUARES["of"]}, "of and wrt belong together"),
            ({"wrt": P}, "of and wrt belong together"),
            ({**SQUARES, "underived": "a reason"}, "got both"),
            ({**SQUARES, "of": sp.Trace(Y.T * Y)}, "'mse-gradient': SymPy cannot derive it: of must contain wrt"),
            ({**SQUARES, "of": sp.Function("f")(sp.Trace(P.T * Y))}, "cannot derive it: cannot evaluate f in f"),
            ({**SQUARES, "of": sp.Trace(P.T * Y) * P[-1, 0]}, "cannot derive it"),
            ({**SQUARES, "of": sp.Trace(P.T * Y) * P[9, 0]}, r"cannot derive it: P\[9, 0\] does not exist"),
            ({**SQUARES, "of": sp.Trace((P - Y).T * (P - Y)), "wrt": Y.T[0, 0]}, "'mse-gradient'"),
            ({**SQUARES, "where": [sp.Eq(G, P + Y)]}, "G is defined in where, but nothing uses it"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, changes, message):
        with pytest.raises(ValueError, match=message):
            certify_mse(2 / N * (P - Y), **changes)


class TestLimits:
    """The tolerances are what they say: a little more is refused, a little less is not."""

    @pytest.mark.parametrize(("error", "holds"), [(0.5e-9, True), (2e-9, False), (-0.5e-9, True), (-2e-9, False)])
    def test_of_the_code(self, error, holds):
        changes = {"code": lambda P, Y: losses.mse_grad(P, Y) * (1 + error), "checks": losses.mse_grad}
        if holds:
            assert certify_mse(2 / N * (P - Y), **changes).error_code == pytest.approx(abs(error), rel=1e-3)
        else:
            with pytest.raises(CertificateError, match=r"the code differ by 2\.0e-09 \(at most 1e-09\)"):
                certify_mse(2 / N * (P - Y), **changes)

    @pytest.mark.parametrize(("error", "holds"), [(0.5e-6, True), (2e-6, False)])
    def test_of_the_witness(self, error, holds):
        changes = {"witness": lambda P, Y: 2 * (P - Y) / len(P) * (1 + error)}
        if holds:
            assert certify_mse(2 / N * (P - Y), **changes).error_witness == pytest.approx(error, rel=1e-3)
        else:
            with pytest.raises(CertificateError, match=r"the witness differ by 2\.0e-06 \(at most 1e-06\)"):
                certify_mse(2 / N * (P - Y), **changes)

    @staticmethod
    def two_entries(code, witness, small=1.0):
        """A formula with one entry near 1 and one that is smaller."""
        p = sp.Symbol("p")
        return certify(
            "two-entries",
            sp.Eq(sp.MatrixSymbol("v", 2, 1), sp.Matrix([p, p * sp.Float(small)])),
            inputs={p: uniform(0.99, 1)},
            code=lambda p: code(losses.mse_grad(np.array([p, p * small]), np.zeros(2))),
            checks=losses.mse_grad,
            witness=lambda p: witness(np.array([p, p * small])),
        )

    def test_a_tiny_entry_may_differ_by_the_rounding_of_a_large_one(self):
        """Below a millionth of the largest entry, the code's error is relative to a millionth."""

        def moved(by):
            return lambda v: v + np.array([0, by])

        assert self.two_entries(moved(0.9e-15), np.copy, small=1e-8).error_code == pytest.approx(0.9e-9, rel=0.02)
        with pytest.raises(CertificateError, match="the code"):
            self.two_entries(moved(1.1e-15), np.copy, small=1e-8)
        with pytest.raises(CertificateError, match="the code"):
            self.two_entries(moved(1.1e-14), np.copy, small=1e-5)

    def test_the_witness_is_compared_with_formula_and_code(self):
        with pytest.raises(CertificateError, match="the witness"):
            self.two_entries(np.copy, lambda v: v + np.array([0, 1.1e-6]))
        assert self.two_entries(np.copy, lambda v: v + np.array([0, 0.9e-6])).error_witness == pytest.approx(
            0.9e-6, rel=0.02
        )

    def test_the_witness_may_be_nearer_to_the_formula_than_to_the_code(self):
        def moved(by):
            return lambda v: v * (1 + by)

        self.two_entries(np.copy, moved(9.995e-7))
        with pytest.raises(CertificateError, match="the witness differ"):
            self.two_entries(moved(-8e-10), moved(9.995e-7))

    def test_a_draw_that_is_small_as_a_whole(self):
        """The witness's error is relative to a thousandth of the largest entry of all draws at least."""
        p = sp.Symbol("p")

        def certified(move):
            values = iter([1.0, 1e-5])
            return certify(
                "small-draw",
                sp.Eq(sp.Symbol("s"), p),
                inputs={p: lambda rng, shape: next(values)},
                code=lambda p: losses.mse_grad(np.array([p]), np.zeros(1))[0] / 2,
                checks=losses.mse_grad,
                witness=lambda p: p + (move if p < 1e-4 else 0),
                draws=2,
            )

        assert certified(0.9e-9).error_witness == pytest.approx(0.9e-6, rel=0.01)
        with pytest.raises(CertificateError, match="the witness"):
            certified(1.1e-9)


class TestIdleCode:
    def test_a_profiler_that_is_running_goes_on(self):
        def watch(frame, event, argument):
            pass

        sys.setprofile(watch)
        try:
            certify_mse(2 / N * (P - Y))
            assert sys.getprofile() is watch
        finally:
            sys.setprofile(None)

    def test_no_profiler_is_left_behind(self):
        before = sys.getprofile()
        certify_mse(2 / N * (P - Y))
        assert sys.getprofile() is before

    def test_code_that_fails_after_it_was_reached_is_reported_where_it_is_computed(self):
        def code(P, Y):
            losses.mse_grad(P, Y)
            raise ArithmeticError("too late")

        with pytest.raises(CertificateError, match=r"the code fails with N = .*ArithmeticError: too late"):
            certify_mse(2 / N * (P - Y), code=code, checks=losses.mse_grad)

    def test_draws_sizes_and_errors_are_recorded(self):
        certificate = certify_mse(2 / N * (P - Y), draws=7)
        assert certificate.draws == 7
        assert certificate.sizes.keys() == {"N", "n_out"}
        for low, high in certificate.sizes.values():
            assert 1 <= low < high <= 6

    def test_sizes_are_different_in_every_draw(self):
        seen = []

        def witness(P, Y):
            seen.append(P.shape)
            return 2 * (P - Y) / len(P)

        certify_mse(2 / N * (P - Y), witness=witness, draws=40)
        assert all(rows != columns for rows, columns in seen)
        assert min(min(shape) for shape in seen[:2]) >= 2  # the first draw, and the run that looks for the function
        assert {length for shape in seen for length in shape} == set(range(1, 6)) | set(map(max, seen[:1]))


class TestWhatIsShown:
    def test_the_record_is_in_the_metadata_and_survives_json(self):
        certificate = certify_mse(2 / N * (P - Y))
        shown, metadata = certificate._repr_mimebundle_()
        record = json.loads(json.dumps(metadata))[verify.RECORD]
        assert record["name"] == "mse-gradient"
        assert record["formula"] == certificate.formula
        assert record["error_code"] == certificate.error_code
        assert record["sizes"] == certificate.sizes
        assert set(shown) == {"text/plain", "text/html", "text/markdown"}
        assert all(certificate.formula in text for text in shown.values())
        assert all(certificate.summary() in shown[kind] for kind in ("text/plain", "text/html"))
        linked = certificate.summary("{in-ledger}`mse-gradient`", "{in-reference}`dlmath.losses.mse_grad`")
        assert linked in shown["text/markdown"]
        assert ":label: mse-gradient" in shown["text/markdown"]
        assert "certificate-line" in shown["text/markdown"]

    def test_a_nameless_witness_leaves_no_angle_bracket_on_the_page(self):
        certificate = certify_mse(2 / N * (P - Y), witness=lambda P, Y: 2 * (P - Y) / len(P))
        assert "dlmath.losses.mse_grad = direct computation" in certificate.summary()
        assert "<" not in certificate.summary()

    def test_the_certificate_is_the_same_in_every_process(self):
        program = (
            "import json, sympy as sp; from dlmath import losses; from dlmath.symbolic import *;"
            "from dlmath.verify import *; N, n = sizes('N n'); P, Y = (sp.MatrixSymbol(s, N, n) for s in 'PY');"
            "certificate = certify('mse', sp.Eq(partial('L', P), 2 / N * (P - Y)), inputs=[P, Y],"
            "code=losses.mse_grad, witness=central_difference(losses.mse, wrt=0));"
            "print(json.dumps(certificate._repr_mimebundle_()))"
        )
        command = [sys.executable, "-c", program]
        first, second = (subprocess.check_output(command, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2"))
        assert first == second

    def test_the_line_has_all_sizes_and_both_errors(self):
        certificate = dataclasses.replace(
            certify_mse(2 / N * (P - Y)),
            error_code=0.0,
            error_witness=3.2e-9,
            sizes={"N": [1, 4], "n": [2, 5]},
            draws=7,
        )
        assert certificate.summary() == "✓ SymPy = dlmath.losses.mse_grad = central difference"
        assert certificate.details() == (
            "Largest relative difference from the package 0, from the witness 3·10⁻⁹, "
            "in 7 random draws with N from 1 to 4, n from 2 to 5."
        )
        without = dataclasses.replace(certificate, sizes={}, error_code=1e-12)
        assert without.details().endswith("package 10⁻¹², from the witness 3·10⁻⁹, in 7 random draws.")

    @pytest.mark.parametrize(
        ("derived", "of", "told"),
        [
            ("proved", "L", "derivative of $L$ by $x$ and the formula are proved equal at small sizes."),
            ("25 digits", "L", "derivative of $L$ by $x$ and the formula are equal to 25 digits at small sizes."),
            ("proved", "", "The two sides are proved equal at small sizes."),
            ("not possible: it is random", "", "SymPy cannot derive it: it is random."),
            ("not a derivative", "", "random draws"),
        ],
    )
    def test_the_details_say_what_sympy_derived(self, derived, of, told):
        certificate = dataclasses.replace(certify_mse(2 / N * (P - Y)), derived=derived, of=of, wrt="x", sizes={})
        assert told in certificate.details()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (losses.mse, "dlmath.losses.mse"),
        (np.linalg.norm, "numpy.linalg.norm"),
        (scipy.integrate.quad, "scipy.integrate._quadpack_py.quad"),
        (mpmath.libmp.mpf_add, "mpmath.libmp.libmpf.mpf_add"),
        (json.dumps, "dumps"),
        (lambda x: x, "direct computation"),
        (central_difference(losses.mse, wrt=0), "central difference"),
        (functools.partial(losses.mse, targets=np.zeros(1)), "partial"),
    ],
)
def test_what_functions_are_called(function, name):
    assert verify._full_name(function) == name


class TestDifferences:
    @pytest.mark.parametrize(("x", "h"), [(0.0, 6e-6), (-0.5, 6e-6), (1.0, 6e-6), (-2000.0, 1.2e-2)])
    def test_the_step_is_relative_above_one(self, x, h):
        seen = []
        central_difference(lambda x: seen.append(x) or 0.0, wrt=0)(x)
        np.testing.assert_allclose(seen, [x + h, x - h], rtol=1e-15)

    def test_their_names(self):
        assert central_difference(np.sin, wrt=0).label == "central difference"
        assert complex_step(np.sin, wrt=0).label == "complex step"

    @pytest.mark.parametrize("method", [central_difference, complex_step])
    @pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
    def test_gradient_of_a_number(self, method, shape, rng):
        at = rng.standard_normal(shape)
        gradient = method(lambda scale, x: scale * np.sum(np.sin(x)), wrt=1)(2.0, at)
        assert gradient.shape == shape
        np.testing.assert_allclose(gradient, 2 * np.cos(at), rtol=1e-9)

    @pytest.mark.parametrize("method", [central_difference, complex_step])
    def test_jacobian_has_the_shape_of_the_value_and_then_of_the_argument(self, method, rng):
        A, x = rng.standard_normal((2, 3)), rng.standard_normal(3)
        np.testing.assert_allclose(method(lambda x: A @ x, wrt=0)(x), A, rtol=1e-9)
        assert method(lambda X: X @ A.T, wrt=0)(rng.standard_normal((4, 3))).shape == (4, 2, 4, 3)

    def test_complex_step_is_exact_where_the_central_difference_is_not(self):
        exact = np.exp(1.0)
        assert abs(complex_step(np.exp, wrt=0)(1.0) - exact) < 1e-15
        assert abs(central_difference(np.exp, wrt=0, step=1e-2)(1.0) - exact) > 1e-6

    def test_integers_are_differentiated_too_and_arguments_left_alone(self):
        x = np.array([1, 2])
        np.testing.assert_allclose(central_difference(lambda x: np.sum(x**2), wrt=0)(x), [2, 4])
        np.testing.assert_array_equal(x, [1, 2])

    @pytest.mark.parametrize("method", [central_difference, complex_step])
    def test_bad_settings(self, method):
        with pytest.raises(ValueError, match=r"^wrt must"):
            method(np.sum, wrt=-1)
        for step in (0.0, -1e-6):
            with pytest.raises(ValueError, match=r"^step must"):
                method(np.sum, wrt=0, step=step)
        method(np.sum, wrt=0, step=0.5)


def test_samplers_draw_from_where_they_say(rng):
    assert normal(rng, (2, 3)).shape == (2, 3)
    drawn = uniform(2, 5)(rng, (1000,))
    assert 2 <= drawn.min() < 2.1
    assert 4.9 < drawn.max() <= 5
