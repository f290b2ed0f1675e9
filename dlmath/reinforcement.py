"""Finite Markov decision processes: Bellman's optimality equation, value iteration, Q-learning, and a grid to try them.

A process is three arrays: ``P[s, a, s']`` is the probability of arriving in state s' after action a in state s,
``R[s, a]`` the expected reward of it, and ``terminal[s]`` says whether the process is over in s. Nothing comes after a
terminal state: its value is 0, whatever ``P`` and ``R`` hold there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dlmath import _check as check

UP, RIGHT, DOWN, LEFT = range(4)
"""The actions in a grid world."""

MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))
"""Their steps in rows and columns."""


@check.overflowing
def bellman_optimality(
    Q: np.ndarray, P: np.ndarray, R: np.ndarray, terminal: np.ndarray, discount: float
) -> np.ndarray:
    r"""The Bellman optimality operator (Bellman, 1957),

    .. math::
        (\mathcal T Q)(s, a) = R(s, a) + \gamma \sum_{s'} P(s' \mid s, a)\, \max_{a'} Q(s', a'),

    where a terminal s' contributes 0, and :math:`(\mathcal T Q)(s, a) = 0` for a terminal s. The optimal action values
    are its fixed point. It brings any two tables closer by the factor :math:`\gamma`:
    :math:`\|\mathcal T Q_1 - \mathcal T Q_2\|_\infty \le \gamma\, \|Q_1 - Q_2\|_\infty`.

    Args:
        Q: action values, shape ``(S, A)``, in units of reward.
        P: transition probabilities, shape ``(S, A, S)``.
        R: expected rewards, shape ``(S, A)``.
        terminal: booleans, shape ``(S,)``.
        discount: :math:`\gamma`, from 0 to 1.

    Returns:
        :math:`\mathcal T Q`, shape ``(S, A)``.

    Raises:
        ValueError: as everywhere, or a row of ``P`` is not a distribution.

    Example:
        >>> P, R, terminal = grid_world(["..G"], step_reward=-1.0)
        >>> bellman_optimality(np.zeros((3, 4)), P, R, terminal, discount=0.9)[:, RIGHT]
        array([-1.,  0.,  0.])
    """
    Q, P, R = check.in_one_precision(Q, P, R)
    P, R, terminal = _process(P, R, terminal)
    Q = check.array("Q", Q, R.shape, beside=("R", R))
    discount = check.number("discount", discount, least=0, most=1)
    return check.in_precision_of(_backup(Q, P, R, terminal, discount), Q)


@check.overflowing
def value_iteration(
    P: np.ndarray, R: np.ndarray, terminal: np.ndarray, discount: float, tolerance: float = 1e-10
) -> tuple[np.ndarray, np.ndarray]:
    r"""The optimal action values: :math:`Q_0 = 0`, :math:`Q_{k+1} = \mathcal T Q_k` until a sweep changes little.

    The operator is a contraction, so the changes :math:`\|Q_{k+1} - Q_k\|_\infty` fall at least like :math:`\gamma^k`.
    This bounds the number of sweeps in advance, and the last change c bounds the distance to the optimum:
    :math:`\|Q - Q^*\|_\infty \le c\, \gamma / (1 - \gamma)`.

    Args:
        P: transition probabilities, shape ``(S, A, S)``.
        R: expected rewards, shape ``(S, A)``.
        terminal: booleans, shape ``(S,)``.
        discount: :math:`\gamma`, from 0 to below 1.
        tolerance: the change of a sweep at which it stops, as a multiple of the first change.

    Returns:
        ``(Q, changes)``: the action values, shape ``(S, A)``, and the largest change of each sweep.

    Example:
        >>> Q, changes = value_iteration(*grid_world(["..G"], step_reward=0.0), discount=0.5)
        >>> Q.max(axis=1), changes
        (array([0.5, 1. , 0. ]), array([1.  , 0.5 , 0.25, 0.  ]))
    """
    P, R = check.in_one_precision(P, R)
    P, R, terminal = _process(P, R, terminal)
    check.finite("R", R)
    discount = check.number("discount", discount, least=0, below=1)
    tolerance = check.number("tolerance", tolerance, above=0)
    Q = np.zeros(R.shape, np.result_type(P, R))
    changes: list[float] = []
    while not changes or (changes[-1] > tolerance * changes[0] and discount ** (len(changes) - 1) > tolerance):
        following = _backup(Q, P, R, terminal, discount)
        changes.append(np.max(np.abs(np.where(following == Q, 0, following - Q))))  # no change from infinity to it
        Q = following
    return Q, np.array(changes)


def greedy_policy(Q: np.ndarray) -> np.ndarray:
    r"""The best action in every state, :math:`\pi(s) = \arg\max_a Q(s, a)`; of equal ones the first.

    Args:
        Q: action values, shape ``(S, A)``.

    Returns:
        Actions, integers of shape ``(S,)``.

    Example:
        >>> greedy_policy(np.array([[1.0, 2.0], [3.0, 3.0]]))
        array([1, 0])
    """
    return check.array("Q", Q, ("S", "A")).argmax(axis=1)


def epsilon_greedy(action_values: np.ndarray, epsilon: float, rng: np.random.Generator) -> int:
    r"""Choose an action: with probability :math:`\epsilon` any, each as likely as the others, else a best one.

    Among equally good ones it draws lots: an agent that knows nothing yet would otherwise always try the first.

    Args:
        action_values: Q(s, ·) of one state, shape ``(A,)``.
        epsilon: :math:`\epsilon`, from 0 to 1.
        rng: the random generator to draw from.

    Returns:
        The action, from 0 to A - 1.

    Example:
        >>> epsilon_greedy(np.array([0.0, 5.0, 1.0]), 0.0, np.random.default_rng(0))
        1
    """
    action_values = check.array("action_values", action_values, ("A",))
    epsilon = check.number("epsilon", epsilon, least=0, most=1)
    return _choose(action_values, epsilon, check.generator("rng", rng))


@check.rounding
def epsilon_greedy_probabilities(action_values: np.ndarray, epsilon: float) -> np.ndarray:
    r"""How likely ``epsilon_greedy`` is to choose each action.

    With A actions of which m are best,

    .. math::
        \pi(a) = \frac{\epsilon}{A} + \begin{cases} (1 - \epsilon)/m & a \text{ is one of the best} \\
        0 & \text{otherwise.} \end{cases}

    The best share what is not given to chance equally, because ``epsilon_greedy`` draws lots among them.

    Args:
        action_values: Q(s, ·), the last axis for the actions: shape ``(A,)`` of one state, or ``(S, A)`` of all.
        epsilon: :math:`\epsilon`, from 0 to 1.

    Returns:
        The probabilities, the shape of ``action_values``; they add up to 1 for every state.

    Example:
        >>> epsilon_greedy_probabilities(np.array([5.0, 0.0, 5.0, 1.0]), 0.2)
        array([0.45, 0.05, 0.45, 0.05])
    """
    action_values = check.array("action_values", action_values, ("A",), ("S", "A"))
    epsilon = check.number("epsilon", epsilon, least=0, most=1)
    best = action_values == action_values.max(axis=-1, keepdims=True)
    greedy = best / best.sum(axis=-1, keepdims=True)
    return (epsilon / action_values.shape[-1] + (1 - epsilon) * greedy).astype(action_values.dtype)


@check.overflowing
def q_learning_update(
    Q: np.ndarray,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    ended: bool,
    learning_rate: float,
    discount: float,
) -> np.ndarray:
    r"""Learn from one step (Watkins, 1989),

    .. math::
        Q(s, a) \leftarrow Q(s, a) + \alpha \big(r + \gamma \max_{a'} Q(s', a') - Q(s, a)\big);

    if the step ended the episode, nothing comes after it and the target is r alone.

    Args:
        Q: action values, shape ``(S, A)``.
        state: s, where the step began.
        action: a, what was done.
        reward: r, what it brought.
        next_state: s', where it led.
        ended: whether s' is terminal.
        learning_rate: :math:`\alpha`, from 0 to 1.
        discount: :math:`\gamma`, from 0 to 1.

    Returns:
        The new table; it differs from ``Q`` in one entry.

    Example:
        >>> Q = np.array([[0.0, 0.0], [4.0, 8.0]])
        >>> q_learning_update(Q, 0, 1, reward=2.0, next_state=1, ended=False, learning_rate=0.5, discount=0.5)
        array([[0., 3.],
               [4., 8.]])
        >>> q_learning_update(Q, 0, 1, reward=2.0, next_state=1, ended=True, learning_rate=0.5, discount=0.5)
        array([[0., 1.],
               [4., 8.]])
    """
    Q = check.array("Q", Q, ("S", "A")).copy()
    n_states, n_actions = Q.shape
    state = _index("state", state, n_states)
    action = _index("action", action, n_actions)
    reward = check.number("reward", reward)
    next_state = _index("next_state", next_state, n_states)
    ended = check.boolean("ended", ended)
    learning_rate = check.number("learning_rate", learning_rate, least=0, most=1)
    discount = check.number("discount", discount, least=0, most=1)
    _learn(Q, state, action, reward, next_state, ended, learning_rate, discount)
    return Q


@check.overflowing
def q_learning(
    P: np.ndarray,
    R: np.ndarray,
    terminal: np.ndarray,
    start: int,
    episodes: int,
    rng: np.random.Generator,
    *,
    learning_rate: float,
    discount: float,
    epsilon: float,
    longest: int = 1000,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Play episodes with the :math:`\epsilon`-greedy policy of what has been learnt so far, and learn from each step.

    The agent sees states and rewards only; ``P`` and ``R`` are the world it acts in.

    Args:
        P: transition probabilities, shape ``(S, A, S)``.
        R: expected rewards, shape ``(S, A)``: what the agent receives.
        terminal: booleans, shape ``(S,)``.
        start: the state in which every episode begins, not a terminal one.
        episodes: how many to play.
        rng: the random generator to draw from.
        learning_rate: :math:`\alpha`, from 0 to 1.
        discount: :math:`\gamma`, from 0 to 1.
        epsilon: :math:`\epsilon`, from 0 to 1.
        longest: the number of steps after which an episode is broken off.

    Returns:
        ``(Q, returns)``: the learnt action values, shape ``(S, A)``, and the undiscounted reward of each episode, shape
        ``(episodes,)``.

    Example:
        >>> world, rng = grid_world(["..G"], step_reward=0.0), np.random.default_rng(0)
        >>> Q, returns = q_learning(*world, 0, 200, rng, learning_rate=1.0, discount=0.5, epsilon=0.5)
        >>> Q.max(axis=1), float(returns.mean())
        (array([0.5, 1. , 0. ]), 1.0)
    """
    P, R = check.in_one_precision(P, R)
    P, R, terminal = _process(P, R, terminal)
    n_states = len(terminal)
    start = _index("start", start, n_states)
    if terminal[start]:
        raise ValueError(f"start must not be a terminal state, got {start}")
    episodes, longest = check.integer("episodes", episodes), check.integer("longest", longest, least=1)
    rng = check.generator("rng", rng)
    learning_rate = check.number("learning_rate", learning_rate, least=0, most=1)
    discount = check.number("discount", discount, least=0, most=1)
    epsilon = check.number("epsilon", epsilon, least=0, most=1)
    cumulative = np.cumsum(P, axis=2)
    cumulative /= cumulative[:, :, -1:]  # so that rounding leaves no gap below 1
    Q, returns = np.zeros(R.shape, R.dtype), np.zeros(episodes, R.dtype)
    for episode in range(episodes):
        state, total = start, 0.0
        for _ in range(longest):
            action = _choose(Q[state], epsilon, rng)
            next_state = int(np.searchsorted(cumulative[state, action], rng.random(), side="right"))
            reward, ended = R[state, action], terminal[next_state]
            _learn(Q, state, action, reward, next_state, ended, learning_rate, discount)
            total += float(reward)
            state = next_state
            if ended:
                break
        returns[episode] = total
    return Q, returns


def grid_world(
    rows: Sequence[str], step_reward: float = -0.04, slip: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""A grid to walk in (after Russell and Norvig, 1995), as a Markov decision process.

    The actions are 0 up, 1 right, 2 down, 3 left. A step into a wall or over the edge leaves the agent where it is.
    With probability ``slip`` a step turns to the left of where it was meant to go, and as often to the right.

    Args:
        rows: the grid, one string a row: ``.`` free, ``#`` wall, ``G`` goal (terminal, reward +1 for entering), ``X``
            trap (terminal, reward -1 for entering).
        step_reward: the reward of every step, in addition.
        slip: from 0 to 1/2.

    Returns:
        ``(P, R, terminal)``. The cells are the states, counted row by row, walls too (nothing leads into them, and they
        are marked terminal): ``Q.max(axis=1).reshape(height, width)`` is a map of the values.

    Raises:
        ValueError: as everywhere, or the grid is ragged or has other characters.

    Example:
        >>> P, R, terminal = grid_world([".G"], step_reward=-0.5)
        >>> P[0].round(1)  # from the left cell: up, right, down, left
        array([[1., 0.],
               [0., 1.],
               [1., 0.],
               [1., 0.]])
        >>> R[0], terminal
        (array([-0.5,  0.5, -0.5, -0.5]), array([False,  True]))
    """
    cells = _cells(rows)
    step_reward = check.number("step_reward", step_reward)
    slip = check.number("slip", slip, least=0, most=0.5)
    height, width = cells.shape
    flat = cells.ravel()
    n_states, n_actions = flat.size, len(MOVES)
    terminal = flat != "."
    P = np.zeros((n_states, n_actions, n_states))
    for state in range(n_states):
        for action in range(n_actions):
            for turn, probability in ((-1, slip), (0, 1 - 2 * slip), (1, slip)):
                d_row, d_column = MOVES[(action + turn) % n_actions]
                row, column = state // width + d_row, state % width + d_column
                free = 0 <= row < height and 0 <= column < width and cells[row, column] != "#"
                next_state = row * width + column if free and not terminal[state] else state
                P[state, action, next_state] += probability
    entering = np.where(flat == "G", 1.0, np.where(flat == "X", -1.0, 0.0))
    R = np.where(terminal[:, np.newaxis], 0.0, step_reward + P @ entering)
    return P, R, terminal


def _backup(Q: np.ndarray, P: np.ndarray, R: np.ndarray, terminal: np.ndarray, discount: float) -> np.ndarray:
    """The Bellman optimality operator."""
    values = np.where(terminal, 0, Q.max(axis=1))
    return np.where(terminal[:, np.newaxis], 0, R + _discounted(discount, _expected(P, values)))


def _expected(P: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of the values over the next state; a state that is never reached counts for nothing, be it infinite."""
    infinite = np.isinf(values)
    if not infinite.any():
        return P @ values
    expected = P @ np.where(infinite, 0, values)
    reached = np.where(P > 0, np.where(infinite, values, 0), 0)
    return expected + reached.sum(axis=-1)


def _discounted(discount: float, values: np.ndarray) -> np.ndarray:
    """Without a future, nothing is left even of an infinite value."""
    return discount * values if discount else np.zeros_like(values)


def _learn(
    Q: np.ndarray,
    state: int,
    action: int,
    reward: float,
    next_state: int,
    ended: bool,
    learning_rate: float,
    discount: float,
) -> None:
    """Write one step of Q-learning into the table, as the mean of what was there and the target.

    What has weight 0 in it does not count, be it infinite. The difference of the two could overflow.
    """
    target = reward if ended or discount == 0 else reward + discount * Q[next_state].max()
    if learning_rate == 1:
        Q[state, action] = target
    elif learning_rate > 0:
        Q[state, action] = (1 - learning_rate) * Q[state, action] + learning_rate * target


def _choose(action_values: np.ndarray, epsilon: float, rng: np.random.Generator) -> int:
    """The epsilon-greedy action."""
    if rng.random() < epsilon:
        return int(rng.integers(len(action_values)))
    best = np.flatnonzero(~(action_values < action_values.max()))  # all of them, if overflow has led to NaN
    return int(best[rng.integers(len(best))])


def _process(P: np.ndarray, R: np.ndarray, terminal: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    R = check.array("R", R, ("S", "A"))
    n_states, n_actions = R.shape
    P = check.array("P", P, (n_states, n_actions, n_states), beside=("R", R))
    if P.min() < 0:
        raise ValueError(f"P must be probabilities, got {float(P.min())!r}")
    totals = P.sum(axis=2)
    s, a = np.unravel_index(np.argmax(np.abs(totals - 1)), totals.shape)
    if not abs(totals[s, a] - 1) <= 1e-6:
        raise ValueError(
            f"P must be probabilities with P[s, a].sum() = 1 for every s and a, "
            f"got {float(totals[s, a])!r} for s = {s} and a = {a}"
        )
    given, terminal = terminal, check.from_array_like("terminal", terminal)
    if terminal.dtype != bool:
        raise TypeError(f"terminal must be an array of booleans, got {check.kind(given)}")
    if terminal.shape != (n_states,):
        raise ValueError(f"terminal must have shape ({n_states},) beside R of shape {R.shape}, got {terminal.shape}")
    return P, R, terminal


def _index(name: str, value: int, count: int) -> int:
    value = check.integer(name, value)
    if value >= count:
        raise ValueError(f"{name} must be below {count}, got {value}")
    return value


def _cells(rows: Sequence[str]) -> np.ndarray:
    expected = "a sequence of strings, one a row of the grid"
    rows = check.sequence("rows", rows, expected)
    strange = [row for row in rows if not isinstance(row, str)]
    if strange:
        raise TypeError(f"rows must be {expected}, got {check.kind(strange[0])} among them")
    if len(rows) == 0 or len(rows[0]) == 0 or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError(f"rows must be strings of one length, at least one cell, got {check.kind(rows)}")
    cells = np.array([list(row) for row in rows])
    unknown = set(cells.ravel().tolist()) - set(".#GX")
    if unknown:
        raise ValueError(f"rows must consist of the cells . # G X, got {', '.join(sorted(unknown))}")
    return cells
