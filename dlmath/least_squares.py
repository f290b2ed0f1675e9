"""Least squares for models that are linear in their parameters, and for models that are not.

A problem is two functions of the parameters ``theta`` of shape ``(P,)``: the residuals ``r(theta)``, shape ``(N,)``,
and their Jacobian ``J(theta)``, shape ``(N, P)``, with entries :math:`\\partial r_i / \\partial \\theta_j`. The cost is
:math:`C(\\theta) = \\tfrac12 \\|r(\\theta)\\|^2`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dlmath import _check as check

Function = Callable[[np.ndarray], np.ndarray]

MEMORY = 0.95
"""What is left, after a step, of the influence that a parameter has had."""


class Fit(NamedTuple):
    """How a fit went: the parameters after each accepted step, the cost at each, and whether it came to rest."""

    path: np.ndarray
    """The start and every accepted iterate, shape ``(steps + 1, P)``."""
    costs: np.ndarray
    """Half the sum of squared residuals at each, shape ``(steps + 1,)``."""
    converged: bool
    """Whether it came to rest, at a point from which the undamped step leads nowhere."""

    @property
    def theta(self) -> np.ndarray:
        """The last iterate, shape ``(P,)``."""
        return self.path[-1]


@check.overflowing
def gauss_newton_step(residuals: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    r"""The Gauss-Newton step, :math:`\mathbf p = -(\mathbf J^T \mathbf J)^{-1}\mathbf J^T \mathbf r`.

    It minimizes the linearized cost :math:`\|\mathbf J \mathbf p + \mathbf r\|^2` (Gauss, 1809), and is computed from
    an orthogonal factorization: :math:`\mathbf J^T\mathbf J` would square the condition number.

    Args:
        residuals: :math:`\mathbf r`, finite, shape ``(N,)``.
        jacobian: :math:`\mathbf J`, finite, shape ``(N, P)``.

    Returns:
        The step, shape ``(P,)``; the shortest one if the Jacobian's columns are dependent.

    Example:
        >>> gauss_newton_step(np.array([-2.0, 0.0]), np.array([[1.0], [1.0]]))
        array([1.])
    """
    residuals, jacobian = _linearization(residuals, jacobian)
    return -np.linalg.lstsq(jacobian, residuals, rcond=None)[0]


@check.overflowing
def levenberg_marquardt_step(residuals: np.ndarray, jacobian: np.ndarray, damping: float) -> np.ndarray:
    r"""The damped step, :math:`\mathbf p = -(\mathbf J^T \mathbf J + \mu \mathbf I)^{-1}\mathbf J^T \mathbf r`.

    With :math:`\mu = 0` it is the Gauss-Newton step; as :math:`\mu` grows it turns towards the negative gradient and
    shrinks (Levenberg, 1944; Marquardt, 1963). Computed as the least-squares solution of the Jacobian with
    :math:`\sqrt\mu\,\mathbf I` written below it.

    Args:
        residuals: :math:`\mathbf r`, finite, shape ``(N,)``.
        jacobian: :math:`\mathbf J`, finite, shape ``(N, P)``.
        damping: :math:`\mu \ge 0`, in units of the squared Jacobian.

    Returns:
        The step, shape ``(P,)``.

    Example:
        >>> levenberg_marquardt_step(np.array([-2.0, 0.0]), np.array([[1.0], [1.0]]), 2.0)
        array([0.5])
    """
    residuals, jacobian = _linearization(residuals, jacobian)
    damping = check.number("damping", damping, least=0, most=check.largest(jacobian))
    n_parameters = jacobian.shape[1]
    price = math.sqrt(damping) * np.eye(n_parameters, dtype=jacobian.dtype)
    return gauss_newton_step(
        np.concatenate([residuals, np.zeros(n_parameters, residuals.dtype)]), np.vstack([jacobian, price])
    )


@np.errstate(all="ignore")
def gauss_newton(
    residual: Function, jacobian: Function, start: np.ndarray, *, steps: int = 50, tolerance: float = 1e-10
) -> Fit:
    r"""Repeat the Gauss-Newton step until it changes next to nothing.

    A step is measured by what it does to the residuals: every parameter counts in units of the length of its column of
    the Jacobian, :math:`d_j = \|\mathbf J_{\cdot j}\|`, and the run has come to rest when

    .. math::
        \|\mathbf d \odot \mathbf p\| \le \text{tolerance} \cdot
        (\|\mathbf d \odot \boldsymbol\theta\| + \|\mathbf r\|) .

    Nothing keeps the cost from rising: from a bad start the iterates of a nonlinear model can run away. The run then
    ends with ``converged=False``: before the first residual that is not finite, or where the Jacobian is infinite or a
    parameter has lost all influence.

    Args:
        residual: the function :math:`\mathbf r(\theta)`.
        jacobian: the function :math:`\mathbf J(\theta)`.
        start: :math:`\theta_0`, shape ``(P,)``.
        steps: the largest number of steps.
        tolerance: the size of a step that counts as rest, relative to what it changes.

    Example:
        >>> fit = gauss_newton(lambda t: t - 3.0, lambda t: np.eye(1), np.array([0.0]))
        >>> fit.path
        array([[0.],
               [3.],
               [3.]])
        >>> fit.converged
        True
    """
    theta, r, J, tolerance, steps = _problem(residual, jacobian, start, tolerance, steps)
    influence = _lengths(J)
    rank = _rank(J, influence)
    path, residuals, converged = [theta], [r], False
    while len(path) <= steps and not converged and np.isfinite(influence).all() and J.any():
        step = _undamped_step(r, J, influence)
        converged = _is_short(step, r, influence, theta, tolerance) and _rank(J, influence) >= rank
        theta = theta + gauss_newton_step(r, J)
        r = _residuals_at(theta, residual, r.size)
        if not np.isfinite(_lengths(r)):
            return _fit(path, residuals, False)
        path.append(theta)
        residuals.append(r)
        J = _jacobian_at(theta, jacobian, r.size)
        influence = _lengths(J)
    return _fit(path, residuals, converged)


@np.errstate(all="ignore")
def levenberg_marquardt(
    residual: Function,
    jacobian: Function,
    start: np.ndarray,
    *,
    damping: float = 1e-6,
    steps: int = 1000,
    tolerance: float = 1e-10,
) -> Fit:
    r"""Take damped steps, accept those that do not raise the cost, and learn the damping on the way.

    Parameters have different units. So each is measured in units of its influence :math:`d_j`, and the damped step is
    taken in these units,

    .. math::
        \mathbf p = -(\mathbf J^T\mathbf J + \mu\operatorname{diag}(\mathbf d)^2)^{-1}\mathbf J^T\mathbf r, \qquad
        d_j \leftarrow \max(0.95\, d_j,\, \|\mathbf J_{\cdot j}\|) .

    The influence is the length of the parameter's column of the Jacobian. Marquardt (1963) takes the one of now, and a
    parameter that loses its influence can run away; Moré (1978) the largest so far, and a parameter can stay where it
    is if its influence was once large, as that of a sigmoid that was steep and is saturated. Here what is past fades by
    5 % with every accepted step.

    An accepted step divides :math:`\mu` by 10; a rejected one triples it and is tried again, so the cost never rises.

    A damped step can be short anywhere. Whether the run has come to rest is therefore asked of the *undamped* step,
    with the current lengths of the columns for units: it has if that step is as short as ``gauss_newton`` wants it, or
    if the residuals are so nearly orthogonal to the columns of the Jacobian that it would lower the cost by less than
    rounding can show. A parameter that has lost all influence keeps the run from counting as converged.

    Args:
        residual: the function :math:`\mathbf r(\theta)`.
        jacobian: the function :math:`\mathbf J(\theta)`.
        start: :math:`\theta_0`, shape ``(P,)``; the fit has its precision.
        damping: :math:`\mu` of the first trial.
        steps: the largest number of trials, accepted or not.
        tolerance: the size of an undamped step that counts as rest, relative to what it changes.

    Returns:
        The ``Fit``; its costs never rise.

    Example:
        >>> fit = levenberg_marquardt(lambda t: np.exp(t) - 2.0, lambda t: np.diag(np.exp(t)), np.array([5.0]))
        >>> bool(fit.converged), fit.theta.round(6)
        (True, array([0.693147]))
    """
    damping = check.number("damping", damping, above=0)
    theta, r, J, tolerance, steps = _problem(residual, jacobian, start, tolerance, steps)
    lengths = influence = _lengths(J)
    rank = _rank(J, lengths)
    path, residuals, converged = [theta], [r], _at_rest(r, J, lengths, theta, tolerance)
    for _ in range(steps):
        if converged or damping > np.finfo(J.dtype).max:
            break
        units = np.where(influence > 0, influence, 1)
        trial = theta + levenberg_marquardt_step(r, J / units, damping) / units
        trial_r = _residuals_at(trial, residual, r.size)
        accepted = _lengths(trial_r) <= _lengths(r)
        if accepted:
            trial_J = _jacobian_at(trial, jacobian, r.size)
            lengths = _lengths(trial_J)
            accepted = np.isfinite(lengths).all()
        if accepted:
            theta, r, J = trial, trial_r, trial_J
            path.append(theta)
            residuals.append(r)
            influence = np.maximum(MEMORY * influence, lengths)
            converged = _at_rest(r, J, lengths, theta, tolerance) and _rank(J, lengths) >= rank
            damping /= 10
        else:
            damping *= 3
    return _fit(path, residuals, converged)


@np.errstate(all="ignore")
def standard_errors(residuals: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    r"""Standard errors of fitted parameters, :math:`\sqrt{\operatorname{diag}\, s^2 (\mathbf J^T\mathbf J)^{-1}}`.

    :math:`s^2 = \|\mathbf r\|^2/(N - P)` estimates the variance of the noise, which is taken to be independent and
    equal at all samples. Exact for a linear model, a first-order approximation otherwise.

    Args:
        residuals: :math:`\mathbf r` at the fit, finite, shape ``(N,)``.
        jacobian: :math:`\mathbf J` at the fit, finite, shape ``(N, P)`` with ``N > P`` and independent columns.

    Returns:
        One standard error a parameter, in its units, shape ``(P,)``.

    Example:
        >>> standard_errors(np.array([1.0, -1.0]), np.array([[1.0], [1.0]]))
        array([1.])
    """
    residuals, jacobian = _linearization(residuals, jacobian)
    n_samples, n_parameters = jacobian.shape
    if n_samples <= n_parameters:
        raise ValueError(f"jacobian must have more rows than columns, got {n_samples} rows and {n_parameters} columns")
    # Every column in units of its largest entry: no parameter counts as noise because of its units.
    units = np.abs(jacobian).max(axis=0)
    if not units.all() or np.linalg.matrix_rank(jacobian / units) < n_parameters:
        raise ValueError("jacobian must have independent columns: the data do not determine all the parameters")
    # With J = QR, (J^T J)^{-1} = R^{-1} R^{-T}: its diagonal is the squared length of the rows of R^{-1}.
    inverse_r = np.linalg.inv(np.linalg.qr(jacobian / units, mode="r"))
    deviation = _lengths(residuals) / math.sqrt(n_samples - n_parameters)
    return deviation * np.linalg.norm(inverse_r, axis=1) / units


def _problem(
    residual: Function, jacobian: Function, start: np.ndarray, tolerance: float, steps: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, float, int]:
    check.function("residual", residual)
    check.function("jacobian", jacobian)
    theta = check.array("start", start, ("P",)).copy()
    tolerance, steps = check.number("tolerance", tolerance, above=0), check.integer("steps", steps, least=1)
    r = check.array("residual(start)", residual(theta), ("N",))
    J = check.array("jacobian(start)", jacobian(theta), (r.size, theta.size))
    for name, value in (("start", theta), ("residual(start)", r), ("jacobian(start)", J)):
        check.finite(name, value)
    r, J = check.in_precision_of(r, theta), check.in_precision_of(J, theta)
    for name, value in (("residual(start)", r), ("jacobian(start)", J)):
        if not np.isfinite(_lengths(value)).all():
            raise ValueError(f"{name} must have a length that does not overflow, got {float(np.abs(value).max())!r}")
    return theta, r, J, tolerance, steps


def _residuals_at(theta: np.ndarray, residual: Function, count: int) -> np.ndarray:
    r = check.array("residual(theta)", _nan_is_infinite("residual(theta)", residual(theta)), (count,))
    return check.in_precision_of(r, theta)


def _jacobian_at(theta: np.ndarray, jacobian: Function, count: int) -> np.ndarray:
    J = check.array("jacobian(theta)", _nan_is_infinite("jacobian(theta)", jacobian(theta)), (count, theta.size))
    return check.in_precision_of(J, theta)


def _nan_is_infinite(name: str, value: np.ndarray) -> np.ndarray:
    """On the way NaN means a step out of the function's domain, or too far: no mistake of the caller's."""
    value = check.from_array_like(name, value)
    return np.where(np.isnan(value), np.inf, value) if value.dtype.kind == "f" else value


def _fit(path: list[np.ndarray], residuals: list[np.ndarray], converged: bool) -> Fit:
    lengths = [float(_lengths(r)) for r in residuals]
    costs = np.array([0.5 * length * length for length in lengths])
    return Fit(np.array(path), costs.astype(path[0].dtype), converged)


def _lengths(columns: np.ndarray) -> np.ndarray:
    """The length of a vector, or of each column of a matrix: squared only after the largest entry is divided out."""
    largest = np.abs(columns).max(axis=0)
    unit = np.where((largest > 0) & np.isfinite(largest), largest, 1)
    scaled = columns / unit
    return unit * np.sqrt(np.sum(scaled * scaled, axis=0))


# Where a Jacobian is passed, the lengths of its columns come with it: each is computed once.


def _undamped_step(r: np.ndarray, J: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The Gauss-Newton step, computed with columns of length 1: no parameter counts as noise because of its units."""
    units = np.where(lengths > 0, lengths, 1)
    return gauss_newton_step(r, J / units) / units


def _rank(J: np.ndarray, lengths: np.ndarray) -> int:
    """How many combinations of the parameters have an influence on the residuals."""
    return int(np.linalg.matrix_rank(J / np.where(lengths > 0, lengths, 1)))


def _is_short(step: np.ndarray, r: np.ndarray, lengths: np.ndarray, theta: np.ndarray, tolerance: float) -> bool:
    """Whether a step changes little, with every parameter in units of its column of the Jacobian."""
    tolerance = max(tolerance, 4 * float(np.finfo(step.dtype).eps))
    size = _lengths(lengths * theta) + _lengths(r)
    return bool(np.isfinite(size) and _lengths(lengths * step) <= tolerance * size)


def _at_rest(r: np.ndarray, J: np.ndarray, lengths: np.ndarray, theta: np.ndarray, tolerance: float) -> bool:
    """Whether the undamped step leads nowhere: it is short, or it gains nothing."""
    step = _undamped_step(r, J, lengths)
    gain = _lengths(J @ step) / _lengths(r) if r.any() else 0.0
    return _is_short(step, r, lengths, theta, tolerance) or bool(gain <= 16 * math.sqrt(np.finfo(r.dtype).eps))


def _linearization(residuals: np.ndarray, jacobian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    residuals, jacobian = check.in_one_precision(residuals, jacobian)
    residuals = check.array("residuals", residuals, ("N",))
    jacobian = check.array("jacobian", jacobian, (residuals.size, "P"), beside=("residuals", residuals))
    check.finite("residuals", residuals)
    check.finite("jacobian", jacobian)
    return check.in_precision_of(residuals, jacobian), jacobian
