"""Least squares for models that are linear in their parameters, and for models that are not.

A problem is two functions of the parameters ``theta`` of shape ``(P,)``: the residuals ``r(theta)``, shape ``(N,)``,
and their Jacobian ``J(theta)``, shape ``(N, P)``, with entries :math:`\\partial r_i / \\partial \\theta_j`. The cost is
:math:`C(\\theta) = \\tfrac12 \\|r(\\theta)\\|^2`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dlmath import _check as check

Function = Callable[[np.ndarray], np.ndarray]


class Fit(NamedTuple):
    """How a fit went: the parameters after each accepted step, the cost at each, and whether it came to rest."""

    path: np.ndarray
    """The start and every accepted iterate, shape ``(steps + 1, P)``."""
    costs: np.ndarray
    """Half the sum of squared residuals at each, shape ``(steps + 1,)``."""
    converged: bool
    """Whether the last step was shorter than the tolerance."""

    @property
    def theta(self) -> np.ndarray:
        """The last iterate, shape ``(P,)``."""
        return self.path[-1]


def gauss_newton_step(residuals: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    r"""The Gauss-Newton step, :math:`\mathbf p = -(\mathbf J^T \mathbf J)^{-1}\mathbf J^T \mathbf r`.

    It minimizes the linearized cost :math:`\|\mathbf J \mathbf p + \mathbf r\|^2` (Gauss, 1809), and is computed from
    an orthogonal factorization: :math:`\mathbf J^T\mathbf J` would square the condition number.

    Args:
        residuals: :math:`\mathbf r`, shape ``(N,)``.
        jacobian: :math:`\mathbf J`, shape ``(N, P)``.

    Returns:
        The step, shape ``(P,)``; the shortest one if the Jacobian's columns are dependent.

    Raises:
        TypeError: an argument is not of real numbers.
        ValueError: the shapes do not fit, or an argument is empty, infinite or contains NaN.

    Example:
        >>> gauss_newton_step(np.array([-2.0, 0.0]), np.array([[1.0], [1.0]]))
        array([1.])
    """
    residuals, jacobian = _linearization(residuals, jacobian)
    return -np.linalg.lstsq(jacobian, residuals, rcond=None)[0]


def levenberg_marquardt_step(residuals: np.ndarray, jacobian: np.ndarray, damping: float) -> np.ndarray:
    r"""The damped step, :math:`\mathbf p = -(\mathbf J^T \mathbf J + \mu \mathbf I)^{-1}\mathbf J^T \mathbf r`.

    With :math:`\mu = 0` it is the Gauss-Newton step; as :math:`\mu` grows it turns towards the negative gradient and
    shrinks (Levenberg, 1944; Marquardt, 1963). Computed as the least-squares solution of the Jacobian with
    :math:`\sqrt\mu\,\mathbf I` written below it.

    Args:
        residuals: :math:`\mathbf r`, shape ``(N,)``.
        jacobian: :math:`\mathbf J`, shape ``(N, P)``.
        damping: :math:`\mu \ge 0`, in units of the squared Jacobian.

    Returns:
        The step, shape ``(P,)``.

    Raises:
        TypeError: an argument is not of real numbers.
        ValueError: the shapes do not fit, an argument is empty, infinite or contains NaN, or the damping is negative.

    Example:
        >>> levenberg_marquardt_step(np.array([-2.0, 0.0]), np.array([[1.0], [1.0]]), 2.0)
        array([0.5])
    """
    residuals, jacobian = _linearization(residuals, jacobian)
    root = np.sqrt(check.number("damping", damping, least=0))
    n_parameters = jacobian.shape[1]
    return gauss_newton_step(
        np.concatenate([residuals, np.zeros(n_parameters)]), np.vstack([jacobian, root * np.eye(n_parameters)])
    )


@np.errstate(over="ignore", invalid="ignore")
def gauss_newton(
    residual: Function, jacobian: Function, start: np.ndarray, *, steps: int = 50, tolerance: float = 1e-10
) -> Fit:
    r"""Repeat the Gauss-Newton step until it is shorter than ``tolerance * (1 + |theta|)``.

    Nothing keeps the cost from rising: from a bad start the iterates of a nonlinear model can run away. The run then
    ends with ``converged=False``: before the first residual that is not finite, or where the Jacobian is infinite or
    has vanished and points nowhere.

    Args:
        residual: the function :math:`\mathbf r(\theta)`.
        jacobian: the function :math:`\mathbf J(\theta)`.
        start: :math:`\theta_0`, shape ``(P,)``.
        steps: the largest number of steps.
        tolerance: length of a step that counts as rest, relative to :math:`1 + \|\theta\|`.

    Returns:
        The ``Fit``.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: shapes that do not fit, or NaN.

    Example:
        >>> fit = gauss_newton(lambda t: t - 3.0, lambda t: np.eye(1), np.array([0.0]))
        >>> fit.path
        array([[0.],
               [3.],
               [3.]])
        >>> fit.converged
        True
    """
    theta, tolerance, steps = _problem(start, tolerance, steps)
    r = residual(theta)
    path, costs, converged = [theta], [_cost(r)], False
    while len(path) <= steps and not converged:
        J = _jacobian_at(theta, jacobian)
        if np.isinf(J).any() or not J.any():
            break
        step = gauss_newton_step(r, J)
        converged = _at_rest(step, theta, tolerance)
        theta = theta + step
        r = residual(theta)
        if not np.isfinite(_cost(r)):
            return Fit(np.array(path), np.array(costs), converged=False)
        path.append(theta)
        costs.append(_cost(r))
    return Fit(np.array(path), np.array(costs), converged)


@np.errstate(over="ignore", invalid="ignore")
def levenberg_marquardt(
    residual: Function,
    jacobian: Function,
    start: np.ndarray,
    *,
    damping: float = 1e-2,
    steps: int = 100,
    tolerance: float = 1e-10,
) -> Fit:
    r"""Take damped steps, accept those that lower the cost, and learn the damping on the way.

    An accepted step divides :math:`\mu` by 3; a rejected one doubles it and is tried again, so the cost never rises.

    Args:
        residual: the function :math:`\mathbf r(\theta)`.
        jacobian: the function :math:`\mathbf J(\theta)`.
        start: :math:`\theta_0`, shape ``(P,)``.
        damping: :math:`\mu` of the first trial, relative to the largest diagonal entry of
            :math:`\mathbf J^T\mathbf J` at the start.
        steps: the largest number of trials, accepted or not.
        tolerance: length of a step that counts as rest, relative to :math:`1 + \|\theta\|`.

    Returns:
        The ``Fit``; its costs never rise.

    Raises:
        TypeError: an argument is of the wrong type.
        ValueError: shapes that do not fit, NaN, or a damping that is not positive.

    Example:
        >>> fit = levenberg_marquardt(lambda t: np.exp(t) - 2.0, lambda t: np.diag(np.exp(t)), np.array([5.0]))
        >>> bool(fit.converged), fit.theta.round(6)
        (True, array([0.693147]))
    """
    damping = check.number("damping", damping, above=0)
    theta, tolerance, steps = _problem(start, tolerance, steps)
    r, J = residual(theta), _jacobian_at(theta, jacobian)
    damping *= np.max(np.sum(J * J, axis=0))
    path, costs, converged = [theta], [_cost(r)], False
    for _ in range(steps):
        step = levenberg_marquardt_step(r, J, damping)
        converged = _at_rest(step, theta, tolerance)
        trial_r = residual(theta + step)
        if _cost(trial_r) <= costs[-1]:
            theta, r = theta + step, trial_r
            J = _jacobian_at(theta, jacobian)
            path.append(theta)
            costs.append(_cost(r))
            damping /= 3
        else:
            damping *= 2
        if converged:
            break
    return Fit(np.array(path), np.array(costs), converged)


def standard_errors(residuals: np.ndarray, jacobian: np.ndarray) -> np.ndarray:
    r"""Standard errors of fitted parameters, :math:`\sqrt{\operatorname{diag}\, s^2 (\mathbf J^T\mathbf J)^{-1}}`.

    :math:`s^2 = \|\mathbf r\|^2/(N - P)` estimates the variance of the noise, which is taken to be independent and
    equal at all samples. Exact for a linear model, a first-order approximation otherwise.

    Args:
        residuals: :math:`\mathbf r` at the fit, shape ``(N,)``.
        jacobian: :math:`\mathbf J` at the fit, shape ``(N, P)`` with ``N > P``.

    Returns:
        One standard error a parameter, in its units, shape ``(P,)``.

    Raises:
        TypeError: an argument is not of real numbers.
        ValueError: not more samples than parameters, dependent columns, or an argument with NaN or infinity.

    Example:
        >>> standard_errors(np.array([1.0, -1.0]), np.array([[1.0], [1.0]]))
        array([1.])
    """
    residuals, jacobian = _linearization(residuals, jacobian)
    n_samples, n_parameters = jacobian.shape
    if n_samples <= n_parameters:
        raise ValueError(f"jacobian must have more rows than columns, got {n_samples} rows and {n_parameters} columns")
    if np.linalg.matrix_rank(jacobian) < n_parameters:
        raise ValueError("jacobian must have independent columns: the data do not determine all the parameters")
    # With J = QR, (J^T J)^{-1} = R^{-1} R^{-T}: its diagonal is the squared length of the rows of R^{-1}.
    inverse_r = np.linalg.inv(np.linalg.qr(jacobian, mode="r"))
    variance = residuals @ residuals / (n_samples - n_parameters)
    return np.sqrt(variance) * np.linalg.norm(inverse_r, axis=1)


def _problem(start: np.ndarray, tolerance: float, steps: int) -> tuple[np.ndarray, float, int]:
    return (
        check.array("start", start, ("P",)).copy(),
        check.number("tolerance", tolerance, above=0),
        check.integer("steps", steps, least=1),
    )


def _jacobian_at(theta: np.ndarray, jacobian: Function) -> np.ndarray:
    return check.array("jacobian(theta)", jacobian(theta), ("N", theta.size))


def _cost(residuals: np.ndarray) -> float:
    return 0.5 * float(residuals @ residuals)


def _at_rest(step: np.ndarray, theta: np.ndarray, tolerance: float) -> bool:
    return bool(np.linalg.norm(step) <= tolerance * (1 + np.linalg.norm(theta)))


def _linearization(residuals: np.ndarray, jacobian: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    residuals = check.array("residuals", residuals, ("N",))
    jacobian = check.array("jacobian", jacobian, (residuals.size, "P"))
    for name, value in (("residuals", residuals), ("jacobian", jacobian)):
        if not np.isfinite(value).all():
            raise ValueError(f"{name} must be finite, got infinity")
    return residuals, jacobian
