"""The nonlinear problems of NIST's Statistical Reference Datasets, from both of their starts.

Models, data and certified values (https://www.itl.nist.gov/div898/strd/nls/nls_main.shtml) are in ``nist_strd.json``.
"""

import functools
import json
from pathlib import Path

import numpy as np
import pytest

from dlmath.least_squares import gauss_newton, levenberg_marquardt, standard_errors

sp = pytest.importorskip("sympy")

PROBLEMS = json.loads(Path(__file__).with_name("nist_strd.json").read_text(encoding="utf-8"))
CASES = [(name, start) for name in PROBLEMS for start in (0, 1)]
WITHOUT_NOISE = {"Lanczos1"}  # data exact to 14 digits: what is left of the cost is rounding


@functools.cache
def problem(name):
    """The residuals and the Jacobian, which SymPy differentiates, and the record."""
    record = PROBLEMS[name]
    parameters = sp.symbols(f"b1:{len(record['certified']) + 1}")
    given = [key for key in ("x", "x2") if key in record]
    symbols = (*parameters, *sp.symbols(given))
    model = sp.sympify(record["model"], locals={symbol.name: symbol for symbol in symbols})
    values = sp.lambdify(symbols, model)
    columns = sp.lambdify(symbols, [model.diff(parameter) for parameter in parameters])
    x = [np.array(record[key]) for key in given]
    y = np.array(record["y"])
    if name == "Nelson":
        y = np.log(y)

    def jacobian(theta):
        return np.column_stack([np.broadcast_to(column, y.shape) for column in columns(*theta, *x)])

    return lambda theta: values(*theta, *x) - y, jacobian, record


def excess(cost, record):
    """How far above the certified least a cost is, as a fraction of it."""
    return 2 * cost / record["sum_of_squares"] - 1


def test_all_of_them_are_there():
    assert len(PROBLEMS) == 27
    assert sorted({record["difficulty"] for record in PROBLEMS.values()}) == ["average", "higher", "lower"]


@pytest.mark.parametrize(("name", "start"), CASES)
def test_levenberg_marquardt_arrives(name, start):
    residual, jacobian, record = problem(name)
    fit = levenberg_marquardt(residual, jacobian, record["starts"][start], steps=5000)
    assert fit.converged
    np.testing.assert_allclose(fit.theta, record["certified"], rtol=1e-5)
    if name not in WITHOUT_NOISE:
        assert abs(excess(fit.costs[-1], record)) < 1e-8
        errors = standard_errors(residual(fit.theta), jacobian(fit.theta))
        np.testing.assert_allclose(errors, record["standard_errors"], rtol=1e-4)


@pytest.mark.parametrize("method", [gauss_newton, levenberg_marquardt])
@pytest.mark.parametrize(("name", "start"), CASES)
def test_converged_is_never_said_far_away(method, name, start):
    residual, jacobian, record = problem(name)
    for steps in (1, 3, 10, 30, 100):
        fit = method(residual, jacobian, record["starts"][start], steps=steps)
        if fit.converged:
            np.testing.assert_allclose(fit.theta, record["certified"], rtol=1e-5)


@pytest.mark.parametrize(("name", "start"), CASES)
def test_it_arrives_where_scipy_does(name, start):
    optimize = pytest.importorskip("scipy.optimize")
    residual, jacobian, record = problem(name)
    if name in WITHOUT_NOISE:
        return  # the excess over a least cost of 1e-25 is rounding; the parameters are compared above
    with np.errstate(all="ignore"):
        theirs = optimize.least_squares(residual, record["starts"][start], jacobian, method="lm")
    if abs(excess(theirs.cost, record)) < 1e-6:
        ours = levenberg_marquardt(residual, jacobian, record["starts"][start])
        assert ours.converged
        assert abs(excess(ours.costs[-1], record)) < 1e-6


@pytest.mark.parametrize(("name", "start"), CASES)
def test_a_tight_damping_does_not_fake_rest(name, start):
    """With a huge first damping the first steps are short: none of them is taken for rest."""
    residual, jacobian, record = problem(name)
    fit = levenberg_marquardt(residual, jacobian, record["starts"][start], damping=1e20, steps=5)
    assert not fit.converged
