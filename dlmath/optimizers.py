"""Update rules: one step from parameters and a gradient to the next parameters.

Every ``*_step(theta, gradient, state, learning_rate)`` returns ``(theta, state)``, the next of both. The state is what
the rule remembers of earlier gradients: ``None`` before the first step, then whatever the last step returned. All rules
work entry by entry, so the parameters of a whole network are one flat vector and one call.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from dlmath import _check as check
from dlmath._check import smallest
from dlmath._stable import times


@check.overflowing
def gradient_descent_step(theta: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
    r"""Gradient descent, :math:`\theta \leftarrow \theta - \gamma\, \partial L/\partial\theta` (Cauchy, 1847).

    Args:
        theta: parameters, any shape.
        gradient: :math:`\partial L/\partial\theta`, the shape of ``theta``.
        learning_rate: :math:`\gamma \ge 0`, in units of theta squared over loss.

    Returns:
        The new parameters, in a new array.

    Example:
        >>> gradient_descent_step(np.array([1.0, 2.0]), np.array([10.0, -10.0]), 0.1)
        array([0., 3.])
    """
    theta, gradient = _pair(theta, gradient)
    learning_rate = _learning_rate(learning_rate, theta)
    return theta - learning_rate * gradient


def sgd_step(theta: np.ndarray, gradient: np.ndarray, state: None, learning_rate: float) -> tuple[np.ndarray, None]:
    r"""One step of stochastic descent, :math:`\theta \leftarrow \theta - \alpha\, \mathbf g` (Robbins and Monro, 1951).

    The rule is that of ``gradient_descent_step``; what makes it stochastic is a gradient from a part of the data. It
    remembers nothing: the state is ``None`` and stays so.

    Args:
        theta: parameters, any shape.
        gradient: :math:`\mathbf g`, the shape of ``theta``.
        state: ``None``.
        learning_rate: :math:`\alpha \ge 0`.

    Returns:
        ``(theta, None)``: the next parameters.

    Example:
        >>> sgd_step(np.array([1.0]), np.array([10.0]), None, 0.1)
        (array([0.]), None)
    """
    return gradient_descent_step(theta, gradient, learning_rate), None


@check.overflowing
def momentum_step(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray | None,
    learning_rate: float,
    *,
    momentum: float = 0.9,
) -> tuple[np.ndarray, np.ndarray]:
    r"""One step with momentum (Polyak, 1964).

    .. math::
        \mathbf v \leftarrow \beta \mathbf v - \alpha\, \mathbf g, \qquad \theta \leftarrow \theta + \mathbf v

    (PyTorch keeps :math:`-\mathbf v/\alpha` instead, which is the same while :math:`\alpha` does not change.)

    Args:
        theta: parameters, any shape.
        gradient: :math:`\mathbf g`, the shape of ``theta``.
        state: the velocity :math:`\mathbf v`, the shape of ``theta``; ``None`` before the first step.
        learning_rate: :math:`\alpha \ge 0`.
        momentum: :math:`\beta`, from 0 up to but not including 1.

    Returns:
        ``(theta, velocity)``, the next of both.

    Example:
        >>> theta, velocity = momentum_step(np.array([1.0]), np.array([1.0]), None, 0.5)
        >>> theta, velocity
        (array([0.5]), array([-0.5]))
        >>> momentum_step(theta, np.array([0.0]), velocity, 0.5)
        (array([0.05]), array([-0.45]))
    """
    theta, gradient = _pair(theta, gradient)
    velocity = _memory("state", state, theta)
    learning_rate = _learning_rate(learning_rate, theta)
    momentum = check.number("momentum", momentum, least=0, below=1)
    velocity = momentum * velocity - learning_rate * gradient
    return theta + velocity, velocity


@check.overflowing
def rmsprop_step(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray | None,
    learning_rate: float,
    *,
    decay: float = 0.9,
    epsilon: float = 1e-8,
) -> tuple[np.ndarray, np.ndarray]:
    r"""One step of RMSprop (Tieleman and Hinton, 2012).

    .. math::
        \mathbf v \leftarrow \rho\, \mathbf v + (1 - \rho)\, \mathbf g^2, \qquad
        \theta \leftarrow \theta - \alpha\, \frac{\mathbf g}{\sqrt{\mathbf v} + \epsilon}

    As in Adam, :math:`\epsilon` stands outside the root (so it does in PyTorch; TensorFlow puts it inside).

    Args:
        theta: parameters, any shape.
        gradient: :math:`\mathbf g`, the shape of ``theta``.
        state: the mean square :math:`\mathbf v`, the shape of ``theta``; ``None`` before the first step.
        learning_rate: :math:`\alpha \ge 0`, in units of theta.
        decay: :math:`\rho`, from 0 up to but not including 1.
        epsilon: :math:`\epsilon > 0`, in units of the gradient.

    Returns:
        ``(theta, mean_square)``, the next of both.

    Example:
        >>> theta, mean_square = rmsprop_step(np.array([1.0]), np.array([2.0]), None, 0.1, decay=0.75)
        >>> theta.round(6), mean_square
        (array([0.8]), array([1.]))
    """
    theta, gradient = _pair(theta, gradient)
    mean_square = _memory("state", state, theta, least=0)
    learning_rate = _learning_rate(learning_rate, theta)
    decay = check.number("decay", decay, least=0, below=1)
    epsilon = _epsilon(epsilon, theta)
    mean_square = decay * mean_square + (1 - decay) * gradient**2
    return theta - learning_rate * (gradient / (np.sqrt(mean_square) + epsilon)), mean_square


class AdamState(NamedTuple):
    """What Adam remembers: the moments of the gradient, and how many steps it has made."""

    first_moment: np.ndarray
    """The running mean of the gradient, the shape of the parameters."""
    second_moment: np.ndarray
    """The running mean of its square, the shape of the parameters."""
    step: int
    """The number of steps made."""


@check.overflowing
def adam_step(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: AdamState | None,
    learning_rate: float,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    bias_correction: bool = True,
) -> tuple[np.ndarray, AdamState]:
    r"""One step of Adam (Kingma and Ba, 2015).

    .. math::
        \mathbf m \leftarrow \beta_1 \mathbf m + (1 - \beta_1)\, \mathbf g, \qquad
        \mathbf v &\leftarrow \beta_2 \mathbf v + (1 - \beta_2)\, \mathbf g^2, \\
        \hat{\mathbf m} = \frac{\mathbf m}{1 - \beta_1^t}, \qquad
        \hat{\mathbf v} = \frac{\mathbf v}{1 - \beta_2^t}, \qquad
        \theta &\leftarrow \theta - \alpha\, \frac{\hat{\mathbf m}}{\sqrt{\hat{\mathbf v}} + \epsilon}

    :math:`\epsilon` stands outside the root, as in the paper. The moments start at zero; the division by
    :math:`1 - \beta^t` makes up for that. Without it (``bias_correction=False``, the form often printed) the first step
    is longer by the factor :math:`(1-\beta_1)/\sqrt{1-\beta_2}`, 3.16 at the defaults.

    Args:
        theta: parameters, any shape.
        gradient: :math:`\mathbf g`, the shape of ``theta``.
        state: :math:`(\mathbf m, \mathbf v, t)`; ``None`` before the first step.
        learning_rate: :math:`\alpha \ge 0`, in units of theta.
        beta1: :math:`\beta_1`, from 0 up to but not including 1.
        beta2: :math:`\beta_2`, from 0 up to but not including 1.
        epsilon: :math:`\epsilon > 0`, in units of the gradient.
        bias_correction: whether the moments are divided by :math:`1 - \beta^t`.

    Returns:
        ``(theta, state)``, the next of both.

    Example:
        >>> theta, state = adam_step(np.array([1.0]), np.array([100.0]), None, 0.1)
        >>> theta.round(6), state.step
        (array([0.9]), 1)
    """
    theta, gradient = _pair(theta, gradient)
    m, v, t = _adam_state(state)
    m = _memory("state.first_moment", m, theta)
    v = _memory("state.second_moment", v, theta, least=0)
    learning_rate, beta1, beta2, epsilon = _adam_numbers(theta, learning_rate, beta1, beta2, epsilon)
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta2) * gradient**2
    m_hat, v_hat = (m / (1 - beta1**t), v / (1 - beta2**t)) if bias_correction else (m, v)
    return theta - learning_rate * (m_hat / (np.sqrt(v_hat) + epsilon)), AdamState(m, v, t)


@check.overflowing
def adamw_step(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: AdamState | None,
    learning_rate: float,
    *,
    weight_decay: float = 0.01,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[np.ndarray, AdamState]:
    r"""One step of Adam with decoupled weight decay (Loshchilov and Hutter, 2019).

    .. math::
        \theta \leftarrow (1 - \alpha\lambda)\, \theta
        - \alpha\, \frac{\hat{\mathbf m}}{\sqrt{\hat{\mathbf v}} + \epsilon}

    The decay does not pass through the moments, so it shrinks all parameters alike; an L2 penalty in the gradient would
    be divided by :math:`\sqrt{\hat{\mathbf v}}` with the rest.

    Args:
        theta: parameters, any shape; all of them decay.
        gradient: the gradient of the loss without penalty, the shape of ``theta``.
        state: as for ``adam_step``.
        learning_rate: :math:`\alpha \ge 0`.
        weight_decay: :math:`\lambda \ge 0`.
        beta1: as for ``adam_step``.
        beta2: as for ``adam_step``.
        epsilon: as for ``adam_step``.

    Returns:
        ``(theta, state)``, the next of both.

    Example:
        >>> theta, state = adamw_step(np.array([1.0]), np.array([0.0]), None, 0.1, weight_decay=0.5)
        >>> theta
        array([0.95])
    """
    theta = check.array("theta", theta)
    learning_rate = _learning_rate(learning_rate, theta)
    weight_decay = check.number("weight_decay", weight_decay, least=0, most=check.largest(theta))
    decayed = times(theta, 1 - learning_rate * weight_decay)
    return adam_step(decayed, gradient, state, learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon)


@check.overflowing
def adam_step_in_place(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: AdamState | None,
    learning_rate: float,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> AdamState:
    r"""The step of ``adam_step``, written into ``theta`` and the moments: for many parameters.

    Block by block, so that each block stays in the processor's cache through all the operations on it, and the only
    temporary has the size of a block. The corrections are gathered into two numbers,

    .. math::
        \alpha\,\frac{\hat{\mathbf m}}{\sqrt{\hat{\mathbf v}} + \epsilon}
        = \alpha_t\,\frac{\mathbf m}{\sqrt{\mathbf v} + \epsilon_t}

    with :math:`\alpha_t = \alpha\sqrt{1-\beta_2^t}/(1-\beta_1^t)` and :math:`\epsilon_t = \epsilon\sqrt{1-\beta_2^t}`.

    Args:
        theta: one flat vector of parameters, shape ``(P,)``, a floating-point array. It is overwritten.
        gradient: :math:`\mathbf g`, the shape of ``theta``; not overwritten.
        state: ``None`` before the first step, then what the last step returned. Its moments are overwritten, and not
            searched for NaN: the last step left none.
        learning_rate: :math:`\alpha \ge 0`.
        beta1: as for ``adam_step``.
        beta2: as for ``adam_step``.
        epsilon: as for ``adam_step``.

    Returns:
        The next state; its moments are the arrays of ``state``. No two of the arrays may share memory.

    Example:
        >>> theta = np.array([1.0, 2.0])
        >>> state = adam_step_in_place(theta, np.array([100.0, -0.01]), None, 0.1)
        >>> theta.round(6), state.step
        (array([0.9, 2.1]), 1)
    """
    check.writable("theta", theta, ("P",))
    theta, gradient = _pair(theta, gradient)
    if state is None:
        state = AdamState(np.zeros_like(theta), np.zeros_like(theta), 0)
    first_moment, second_moment, t = _adam_state(state)
    m = check.writable("state.first_moment", first_moment, theta.shape)
    v = check.writable("state.second_moment", second_moment, theta.shape)
    check.separate({"theta": theta, "state.first_moment": m, "state.second_moment": v}, {"gradient": gradient})
    learning_rate, beta1, beta2, epsilon = _adam_numbers(theta, learning_rate, beta1, beta2, epsilon)
    root = math.sqrt(1 - beta2**t)
    learning_rate = learning_rate * root / (1 - beta1**t)
    epsilon = max(epsilon * root, smallest(theta))
    scratch = np.empty(min(BLOCK, theta.size), dtype=theta.dtype)
    for start in range(0, theta.size, BLOCK):
        block = slice(start, start + BLOCK)
        theta_, g_, m_, v_ = theta[block], gradient[block], m[block], v[block]
        work = scratch[: theta_.size]
        m_ *= beta1
        m_ += np.multiply(g_, 1 - beta1, out=work)
        v_ *= beta2
        np.multiply(g_, g_, out=work)
        v_ += np.multiply(work, 1 - beta2, out=work)
        np.sqrt(v_, out=work)
        work += epsilon
        np.divide(m_, work, out=work)
        theta_ -= np.multiply(work, learning_rate, out=work)
    return AdamState(m, v, t)


@check.overflowing
def nesterov_step(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray | None,
    learning_rate: float,
    *,
    momentum: float = 0.9,
) -> tuple[np.ndarray, np.ndarray]:
    r"""One step of Nesterov's accelerated gradient (Nesterov, 1983; in this form Bengio et al., 2013).

    .. math::
        \mathbf v \leftarrow \beta \mathbf v - \alpha\, \mathbf g, \qquad
        \theta \leftarrow \theta + \beta \mathbf v - \alpha\, \mathbf g

    Here ``theta`` is the point at which the gradient is taken, as in PyTorch: the place to which the velocity would
    carry the parameters.

    Args:
        theta: parameters, any shape.
        gradient: :math:`\mathbf g`, the shape of ``theta``.
        state: the velocity :math:`\mathbf v`, the shape of ``theta``; ``None`` before the first step.
        learning_rate: :math:`\alpha \ge 0`.
        momentum: :math:`\beta`, from 0 up to but not including 1.

    Returns:
        ``(theta, velocity)``, the next of both.

    Example:
        >>> theta, velocity = nesterov_step(np.array([1.0]), np.array([1.0]), None, 0.5, momentum=0.5)
        >>> theta, velocity
        (array([0.25]), array([-0.5]))
    """
    theta, gradient = _pair(theta, gradient)
    velocity = _memory("state", state, theta)
    learning_rate = _learning_rate(learning_rate, theta)
    momentum = check.number("momentum", momentum, least=0, below=1)
    velocity = momentum * velocity - learning_rate * gradient
    return theta + momentum * velocity - learning_rate * gradient, velocity


@check.overflowing
def adagrad_step(
    theta: np.ndarray,
    gradient: np.ndarray,
    state: np.ndarray | None,
    learning_rate: float,
    *,
    epsilon: float = 1e-10,
) -> tuple[np.ndarray, np.ndarray]:
    r"""One step of AdaGrad (Duchi, Hazan and Singer, 2011).

    .. math::
        \mathbf s \leftarrow \mathbf s + \mathbf g^2, \qquad
        \theta \leftarrow \theta - \alpha\, \frac{\mathbf g}{\sqrt{\mathbf s} + \epsilon}

    The sum never forgets: with a constant gradient step :math:`t` has the length :math:`\alpha/\sqrt t`.

    Args:
        theta: parameters, any shape.
        gradient: :math:`\mathbf g`, the shape of ``theta``.
        state: the sum of squares :math:`\mathbf s`, the shape of ``theta``; ``None`` before the first step.
        learning_rate: :math:`\alpha \ge 0`, in units of theta.
        epsilon: :math:`\epsilon > 0`, in units of the gradient.

    Returns:
        ``(theta, sum_of_squares)``, the next of both.

    Example:
        >>> theta, squares = adagrad_step(np.array([1.0]), np.array([3.0]), np.array([16.0]), 0.5)
        >>> theta.round(6), squares
        (array([0.7]), array([25.]))
    """
    theta, gradient = _pair(theta, gradient)
    squares = _memory("state", state, theta, least=0)
    learning_rate = _learning_rate(learning_rate, theta)
    epsilon = _epsilon(epsilon, theta)
    squares = squares + gradient**2
    return theta - learning_rate * (gradient / (np.sqrt(squares) + epsilon)), squares


def cosine_annealing(step: int, steps: int, learning_rate: float, *, warm_up: int = 0) -> float:
    r"""The learning rate of a step: a straight rise, then half a cosine down to 0 (Loshchilov and Hutter, 2017).

    .. math::
        \alpha_t = \begin{cases}
        \alpha\, t/w & t \le w \\
        \tfrac{\alpha}{2}\bigl(1 + \cos(\pi\,\tfrac{t - w}{T - w})\bigr) & t > w
        \end{cases}

    Args:
        step: :math:`t`, from 0 to ``steps``. Step ``warm_up`` has the whole rate, the last one has none.
        steps: :math:`T`, the number of the last step, above 0.
        learning_rate: :math:`\alpha \ge 0`, the largest that is reached.
        warm_up: :math:`w`, how many steps the rise takes, below ``steps``.

    Returns:
        The learning rate of this step.

    Example:
        >>> [round(cosine_annealing(t, 6, 0.8, warm_up=2), 3) for t in range(7)]
        [0.0, 0.4, 0.8, 0.683, 0.4, 0.117, 0.0]
    """
    steps = check.integer("steps", steps, least=1)
    step = check.integer("step", step)
    warm_up = check.integer("warm_up", warm_up)
    if step > steps:
        raise ValueError(f"step must be at most steps, which is {steps}, got {step}")
    if warm_up >= steps:
        raise ValueError(f"warm_up must be below steps, which is {steps}, got {warm_up}")
    learning_rate = check.number("learning_rate", learning_rate, least=0)
    if step < warm_up:
        return learning_rate * (step / warm_up)
    return learning_rate * (1 + math.cos(math.pi * (step - warm_up) / (steps - warm_up))) / 2


@check.rounding
def clip_by_norm(gradient: np.ndarray, max_norm: float) -> np.ndarray:
    r"""Shorten a gradient to a largest norm, :math:`\mathbf g \min(1, c/\|\mathbf g\|)` (Pascanu et al., 2013).

    The direction stays. A gradient that is short enough comes back as it is.

    Args:
        gradient: :math:`\mathbf g`, any shape; of a network, all gradients in one flat vector.
        max_norm: :math:`c > 0`, in units of the gradient.

    Returns:
        The clipped gradient, in a new array.

    Example:
        >>> clip_by_norm(np.array([3.0, 4.0]), 1.0)
        array([0.6, 0.8])
        >>> clip_by_norm(np.array([0.3, 0.4]), 1.0)
        array([0.3, 0.4])
    """
    gradient = check.array("gradient", gradient)
    max_norm = check.number("max_norm", max_norm, above=0)
    # Divided by its largest entry first, because squares of very large or small numbers would round to infinity or 0.
    scale = np.max(np.abs(gradient))
    if np.isinf(scale):
        raise ValueError("gradient must be finite, got infinity: it has no direction")
    if scale == 0:
        return gradient.copy()
    unit = gradient / scale
    norm = float(np.linalg.norm(unit))
    return gradient.copy() if float(scale) * norm <= max_norm else unit * (max_norm / norm)


OPTIMIZERS: dict[str, Callable[..., tuple[np.ndarray, Any]]] = {
    "sgd": sgd_step,
    "momentum": momentum_step,
    "nesterov": nesterov_step,
    "adagrad": adagrad_step,
    "rmsprop": rmsprop_step,
    "adam": adam_step,
    "adamw": adamw_step,
}
"""The update rules by name."""

BLOCK = 32768
"""Parameters in a block of ``adam_step_in_place``: five arrays of this length about fill a second-level cache."""


def _pair(theta: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    theta = check.array("theta", theta)
    gradient = check.array("gradient", gradient)
    check.same_shape("gradient", gradient, "theta", theta)
    return theta, gradient


def _memory(name: str, memory: np.ndarray | None, theta: np.ndarray, *, least: float = -np.inf) -> np.ndarray:
    """What an optimizer remembers of one kind: zeros before the first step."""
    if memory is None:
        return np.zeros_like(theta)
    memory = check.array(name, memory)
    check.same_shape(name, memory, "theta", theta)
    if least > -np.inf and memory.min() < least:
        raise ValueError(f"{name} must be at least {least:g}, got {memory.min():g}")
    return memory


def _adam_state(state: AdamState | None) -> tuple[np.ndarray | None, np.ndarray | None, int]:
    """The moments, and the number of the step that is to be made: the first is 1."""
    if state is None:
        return None, None, 1
    if not isinstance(state, tuple) or len(state) != 3:
        raise TypeError(f"state must be None or (first_moment, second_moment, step), got {check.kind(state)}")
    m, v, step = state
    return m, v, check.integer("state.step", step) + 1


def _adam_numbers(
    theta: np.ndarray, learning_rate: float, beta1: float, beta2: float, epsilon: float
) -> tuple[float, float, float, float]:
    return (
        _learning_rate(learning_rate, theta),
        check.number("beta1", beta1, least=0, below=1),
        check.number("beta2", beta2, least=0, below=1),
        _epsilon(epsilon, theta),
    )


def _learning_rate(learning_rate: float, theta: np.ndarray) -> float:
    return check.number("learning_rate", learning_rate, least=0, most=check.largest(theta))


def _epsilon(epsilon: float, theta: np.ndarray) -> float:
    """One that is not 0 in the precision of the parameters: it is there so that nothing is divided by 0."""
    return check.number("epsilon", epsilon, above=0, least=smallest(theta))
