"""Exercises of the chapter on reinforcement learning."""

from __future__ import annotations

import numpy as np

from dlmath import reinforcement
from dlmath.exercises.definition import (
    Chapter,
    Coding,
    Derivation,
    Mistake,
    Ordering,
    Prediction,
    Question,
    Reaching,
)


def bellman_sweep(Q, P, R, terminal, gamma):
    """One sweep of value iteration over all states and actions.

    Q and R have shape (S, A), P has shape (S, A, S), terminal holds S
    booleans. Return the new table; its rows of terminal states are zero.
    """
    values = np.where(terminal, 0, Q.max(axis=1))
    new = R + gamma * P @ values
    return np.where(terminal[:, None], 0, new)


def _wrong_sweep(
    *,
    best=lambda Q: Q.max(axis=1),
    ahead=lambda P, values: P @ values,
    combine=lambda R, following, gamma: R + gamma * following,
    ends_ahead=True,
    ends_here=True,
):
    """``bellman_sweep`` with one of its steps exchanged."""

    def sweep(Q, P, R, terminal, gamma):
        values = np.where(terminal & ends_ahead, 0, best(Q))
        new = combine(R, ahead(P, values), gamma)
        return np.where(terminal[:, None] & ends_here, 0, new)

    return sweep


def _worlds(rng):
    def world(states, actions, terminal, gamma, rewards=1.0):
        return (
            rng.standard_normal((states, actions)) + 1,
            rng.dirichlet(np.ones(states), (states, actions)),
            rewards * rng.standard_normal((states, actions)),
            np.isin(np.arange(states), terminal),
            gamma,
        )

    two_rooms = np.zeros((3, 2, 3))
    two_rooms[0, 0, 2] = two_rooms[0, 1, 1] = two_rooms[1, 0, 2] = two_rooms[1, 1, 0] = two_rooms[2, :, 2] = 1
    rewards = np.array([[1.0, 0.0], [4.0, 2.0], [0.0, 0.0]])
    Q = np.array([[1.0, 0.0], [4.0, 2.0], [3.0, 1.0]])
    below = (Q - 9, two_rooms, rewards - 5, np.array([False, False, True]), 0.5)
    return [
        (Q, two_rooms, rewards, np.array([False, False, True]), 0.5),
        below,  # every value is negative, and the end is the best that can happen
        world(4, 3, [3], 0.7),
        world(4, 3, [0], 0.6),  # the terminal state is not the last one
        world(5, 2, [1, 3], 0.8),
        world(3, 2, [], 0.9),
        world(3, 2, [0, 1, 2], 0.9),
        world(3, 1, [2], 0.4),  # nothing to choose from
        world(3, 2, [2], 0.0),
        world(3, 2, [2], 1.0),
        world(3, 2, [2], 0.5, rewards=0.0),
        world(3, 3, [1], 0.7),  # as many actions as states: a maximum over the wrong axis has the right shape
    ]


def learnt_entry(Q, state, action, reward, next_state, ended, alpha, gamma):
    """The new value of Q[state, action] after one step.

    ended says whether next_state is terminal. Return a number.
    """
    target = reward if ended else reward + gamma * Q[next_state].max()
    return Q[state, action] + alpha * (target - Q[state, action])


def _wrong_entry(
    *,
    following=lambda Q, state, action, next_state: Q[next_state].max(),
    target=lambda reward, following, ended, gamma: reward if ended else reward + gamma * following,
    mix=lambda old, target, alpha: old + alpha * (target - old),
):
    """``learnt_entry`` with one of its steps exchanged."""

    def entry(Q, state, action, reward, next_state, ended, alpha, gamma):
        after = following(Q, state, action, next_state)
        return mix(Q[state, action], target(reward, after, ended, gamma), alpha)

    return entry


def _walked_steps(rng):
    first = np.array([[0.0, 1.0], [4.0, 2.0], [3.0, 5.0]])
    return [
        (first, 0, 1, 1.0, 1, False, 0.5, 0.5),
        (first, 1, 0, 4.0, 2, True, 0.25, 0.5),
        (first, 1, 1, 2.0, 1, False, 0.5, 0.25),  # the state does not change
        (first - 9, 0, 1, 1.0, 1, False, 0.5, 0.5),  # all values are negative
        (first[:, :1], 0, 0, 1.0, 2, False, 0.25, 0.5),  # one action
        (first, 0, 0, 0.0, 2, False, 0.5, 0.5),
        (first, 0, 0, 2.0, 2, False, 1.0, 0.5),
        (first, 0, 0, 2.0, 2, False, 0.5, 0.0),
        (first, 0, 0, 2.0, 1, False, 0.5, 1.0),
        *(
            (
                rng.standard_normal((5, 3)) + 1,
                int(rng.integers(2)),
                int(rng.integers(3)),
                float(rng.standard_normal()),
                int(rng.integers(2, 5)),
                ended,
                float(rng.uniform(0.1, 0.9)),
                float(rng.uniform(0.3, 0.9)),
            )
            for ended in (False, False, True, False)
        ),
        (rng.standard_normal((3, 3)), 0, 2, 0.5, 1, False, 0.4, 0.8),  # as many actions as states
    ]


def round_trip_value(gamma, r, n):
    return gamma ** (n - 1) * r / (1 - gamma**n)


MAZES = (
    ["..#G", ".X..", "...."],
    ["...#..G", ".#.#.#.", ".#...#.", ".###.#X", "...#...", "##...#."],
    [".......G", ".####.X.", ".#....#.", "...##...", ".#.#..#.", ".......X"],
)
STARTS = (8, 0, 40)
STEP_REWARD = -0.02


def learn_policy(step, n_states, start, gamma, rng):
    """The best action in each state of a world that can only be walked in.

    step is a function of a state and an action. It returns (next_state,
    reward, ended). The actions are 0 up, 1 right, 2 down, 3 left. Walks
    begin at start, and rng is a generator of random numbers. Return n_states
    integers from 0 to 3.
    """
    Q = np.zeros((n_states, 4))
    for _ in range(500):
        state = start
        for _ in range(200):
            explores = rng.random() < 0.2
            action = int(rng.integers(4)) if explores else int(Q[state].argmax())
            next_state, reward, ended = step(state, action)
            target = reward if ended else reward + gamma * Q[next_state].max()
            Q[state, action] += 0.5 * (target - Q[state, action])
            state = next_state
            if ended:
                break
    return Q.argmax(axis=1)


def _world(number):
    P, R, terminal = reinforcement.grid_world(MAZES[number], step_reward=STEP_REWARD)
    return P.argmax(axis=2), R, terminal


def _mazes(rng):
    """A small world, and one of two larger ones."""
    worlds = []
    for number in (0, int(rng.integers(1, len(MAZES)))):
        next_states, rewards, terminal = _world(number)

        def step(state, action, next_states=next_states, rewards=rewards, terminal=terminal):
            next_state = int(next_states[state, action])
            return next_state, float(rewards[state, action]), bool(terminal[next_state])

        worlds.append((step, len(terminal), STARTS[number], 0.97, np.random.default_rng(rng.integers(2**32))))
    return worlds


def _walked(policy, next_states, terminal, start):
    """The states of the walk that a policy makes, until it ends or has been everywhere."""
    walk = [start]
    while not terminal[walk[-1]] and len(walk) <= len(terminal):
        walk.append(int(next_states[walk[-1], policy[walk[-1]]]))
    return walk


def _goal_reached(policy, step, n_states, start, gamma, rng):
    """Whether the walk of a policy is a shortest one to the goal, and what becomes of it otherwise."""
    if np.shape(policy) == (n_states, 4):
        return False, "This is a table with four numbers a state. Which action is the best of them?"
    if not isinstance(policy, np.ndarray | list) or np.shape(policy) != (n_states,):
        return False, f"Expected is one action for each state, {n_states} integers from 0 to 3."
    policy = np.asarray(policy)
    if policy.dtype.kind not in "iuf" or not np.isin(policy, np.arange(4)).all():
        return False, "Not all of these are actions, integers from 0 to 3."
    number = next(i for i, maze in enumerate(MAZES) if len("".join(maze)) == n_states and STARTS[i] == start)
    next_states, _, terminal = _world(number)
    Q, _ = reinforcement.value_iteration(*reinforcement.grid_world(MAZES[number], step_reward=STEP_REWARD), gamma)
    shortest = len(_walked(Q.argmax(axis=1), next_states, terminal, start)) - 1
    walk = _walked(policy.astype(int), next_states, terminal, start)
    where = f"In the world of {n_states} states "
    if not terminal[walk[-1]]:
        stuck = "stays where it is, before a wall" if walk[-1] == walk[-2] else "goes round in a circle"
        return False, (
            f"{where}the walk from the start never ends: in the end it {stuck}. Has it found the goal while it learnt? "
            "How often does it try something else than the best it knows?"
        )
    if "".join(MAZES[number])[walk[-1]] == "X":
        return False, f"{where}the walk from the start ends in the trap. With which sign does the reward count?"
    if len(walk) - 1 > shortest:
        return False, (
            f"{where}the walk reaches the goal after {len(walk) - 1} steps. There is a shorter way. Does the future "
            "count with the discount, and has every way been tried often enough?"
        )
    return True, f"{where}the walk reaches the goal after {shortest} steps, and there is no shorter way."


def sweeps_needed():
    """Sweeps until the error of every value is below a hundredth of what it was, for two discounts, as a ratio."""
    sweeps = []
    for gamma in (0.9, 0.99):
        value, count = 0.0, 0
        while 1 / (1 - gamma) - value > 0.01 / (1 - gamma):
            value, count = 1 + gamma * value, count + 1
        sweeps.append(count)
    return sweeps[1] / sweeps[0]


def replay(Q, steps, alpha, gamma):
    """The table after Q-learning from steps that were recorded."""
    Q = Q.copy()
    for state, action, reward, next_state, ended in steps:
        target = reward
        if not ended:
            target = target + gamma * Q[next_state].max()
        error = target - Q[state, action]
        Q[state, action] = Q[state, action] + alpha * error
    return Q


def _recorded(rng):
    """One step, one that ends, and walks."""
    table = rng.standard_normal((4, 2))
    one, last = (0, 1, 1.0, 2, False), (3, 0, -1.0, 1, True)
    walk = [
        (*map(int, rng.integers(0, (4, 2))), float(rng.normal()), int(rng.integers(4)), bool(i % 3)) for i in range(8)
    ]
    return [
        (table, [one], 0.5, 0.9),
        (table, [last], 0.5, 0.9),
        (table, walk, 0.25, 0.8),
        (table, [one, last] * 3, 0.5, 0.5),
    ]


chapter = Chapter(
    name="forward/reinforcement-learning",
    title="Reinforcement learning",
    exercises=[
        Prediction(
            name="ten-times-as-patient",
            title="Predict: a more patient agent",
            question=(
                "Every step has the reward 1, for ever, and value iteration begins with zeros. With the discount 0.9 "
                "it takes some number of sweeps until a hundredth of the value is missing. With 0.99, how many times "
                "as many does it take?"
            ),
            solution=sweeps_needed,
            within=0.1,
            why=(
                "Each sweep multiplies the error by $\\gamma$, so the number of sweeps goes with $1/\\log(1/\\gamma)$, "
                "about $1/(1-\\gamma)$: 10 and 100. Move the discount in the figure of value iteration."
            ),
            mistakes=[
                Mistake("0.99 is ten per cent more than 0.9. What counts is what is missing to 1.", lambda: 1.1),
                Mistake(
                    "A more patient agent looks further ahead. Does it need fewer sweeps for that?",
                    lambda: 0.1,
                ),
                Mistake("The horizon $1/(1-\\gamma)$ grows from 10 to 100, not its square.", lambda: 100.0),
            ],
        ),
        Derivation(
            name="value-of-a-round-trip",
            title="Round and round",
            statement=(
                "A round trip takes $n$ steps. Its last step has the reward $r$, all others have none, and then it "
                "begins again, for ever. Derive the value of the place where it begins, for a discount $\\gamma$."
            ),
            given=(
                "import sympy as sp\n\n"
                'gamma, r = sp.Symbol("gamma", positive=True), sp.Symbol("r", real=True)\n'
                'n = sp.Symbol("n", integer=True, positive=True)'
            ),
            solution=round_trip_value,
            values=lambda rng: {"gamma": rng.uniform(0.05, 0.95), "n": int(rng.integers(2, 9))},
            mistakes=[
                Mistake(
                    "The first reward is discounted as well: how many steps lie before the step that brings it?",
                    lambda gamma, r, n: r / (1 - gamma**n),
                ),
                Mistake(
                    "The reward of the $n$-th step is discounted once too often. Put $n = 1$ in: "
                    "the first reward comes at once.",
                    lambda gamma, r, n: gamma**n * r / (1 - gamma**n),
                ),
                Mistake(
                    "After the first round you count a reward for every step. There is one a round.",
                    lambda gamma, r, n: gamma ** (n - 1) * r / (1 - gamma),
                ),
                Mistake("This is the first round alone.", lambda gamma, r, n: gamma ** (n - 1) * r),
                Mistake(
                    "This is the value with a reward in every step.",
                    lambda gamma, r, n: r / (1 - gamma),
                ),
                Mistake(
                    "The second round is discounted by $n - 1$ steps. How long does a round take?",
                    lambda gamma, r, n: gamma ** (n - 1) * r / (1 - gamma ** (n - 1)),
                ),
                Mistake(
                    "The reward is spread over the steps. It comes at the end of a round, as a whole.",
                    lambda gamma, r, n: r / n / (1 - gamma),
                ),
                Mistake(
                    "Rewards are not discounted in the first round.",
                    lambda gamma, r, n: r + gamma**n * gamma ** (n - 1) * r / (1 - gamma**n),
                ),
                Mistake(
                    "After the second round it ends. It goes on for ever.",
                    lambda gamma, r, n: gamma ** (n - 1) * r * (1 + gamma**n),
                ),
                Mistake(
                    "The reward is missing.",
                    lambda gamma, r, n: gamma ** (n - 1) / (1 - gamma**n),
                ),
                Mistake(
                    "$n$ is a factor here. Discounts multiply, step by step.",
                    lambda gamma, r, n: gamma * (n - 1) * r / (1 - gamma * n),
                ),
                Mistake(
                    "The sign in the denominator is turned: later rounds add to the value.",
                    lambda gamma, r, n: gamma ** (n - 1) * r / (1 + gamma**n),
                ),
                Mistake(
                    "The exponent counts steps that are not there: $n - 1$ of them lie before the first reward.",
                    lambda gamma, r, n: gamma ** (n + 1) * r / (1 - gamma**n),
                ),
            ],
        ),
        Coding(
            name="bellman-sweep",
            title="A sweep of value iteration",
            statement="Apply the Bellman operator to a table.",
            solution=bellman_sweep,
            inputs=_worlds,
            mistakes=[
                Mistake(
                    "A next state that is terminal still contributes its row of the table. What comes after the end?",
                    _wrong_sweep(ends_ahead=False),
                ),
                Mistake(
                    "The rows of terminal states are not zero.",
                    _wrong_sweep(ends_here=False),
                ),
                Mistake(
                    "You treat terminal states like all others.",
                    _wrong_sweep(ends_ahead=False, ends_here=False),
                ),
                Mistake(
                    "This averages over the next actions. The agent will take the best of them.",
                    _wrong_sweep(best=lambda Q: Q.mean(axis=1)),
                ),
                Mistake(
                    "This adds up the next actions. The agent takes one of them.",
                    _wrong_sweep(best=lambda Q: Q.sum(axis=1)),
                ),
                Mistake(
                    "This takes the *number* of the best next action for its value.",
                    _wrong_sweep(best=lambda Q: Q.argmax(axis=1)),
                ),
                Mistake(
                    "The same action is taken again in the next state. The agent will take the best there.",
                    lambda Q, P, R, terminal, gamma: np.where(
                        terminal[:, None], 0, R + gamma * np.einsum("sat,ta->sa", P, np.where(terminal[:, None], 0, Q))
                    ),
                ),
                Mistake(
                    "The rows of terminal states keep their rewards. They should be zero.",
                    lambda Q, P, R, terminal, gamma: np.where(
                        terminal[:, None], R, bellman_sweep(Q, P, R, terminal, gamma)
                    ),
                ),
                Mistake(
                    "The rows of terminal states keep their old values. They should be zero.",
                    lambda Q, P, R, terminal, gamma: np.where(
                        terminal[:, None], Q, bellman_sweep(Q, P, R, terminal, gamma)
                    ),
                ),
                Mistake(
                    "This takes the worst next action. The agent will take the best of them.",
                    _wrong_sweep(best=lambda Q: Q.min(axis=1)),
                ),
                Mistake(
                    "This takes the first action always. The agent will take the best of them.",
                    _wrong_sweep(best=lambda Q: Q[:, 0]),
                ),
                Mistake(
                    "A next state is never worth less than 0 here. A value can be negative.",
                    _wrong_sweep(best=lambda Q: np.maximum(Q.max(axis=1), 0)),
                ),
                Mistake(
                    "The rewards are missing.",
                    _wrong_sweep(combine=lambda R, following, gamma: gamma * following),
                ),
                Mistake(
                    "The old values are added to the new ones. The Bellman operator replaces them.",
                    lambda Q, P, R, terminal, gamma: np.where(
                        terminal[:, None], 0, Q + bellman_sweep(Q, P, R, terminal, gamma)
                    ),
                ),
                Mistake(
                    "The future is subtracted.",
                    _wrong_sweep(combine=lambda R, following, gamma: R - gamma * following),
                ),
                Mistake(
                    "The reward and the future share the discount as a mean would: the reward counts in full.",
                    _wrong_sweep(combine=lambda R, following, gamma: (1 - gamma) * R + gamma * following),
                ),
                Mistake(
                    "`terminal` is read the other way round: it is true where the walk is over.",
                    lambda Q, P, R, terminal, gamma: bellman_sweep(Q, P, R, ~terminal, gamma),
                ),
                Mistake(
                    "The last state is taken for the terminal one. `terminal` says which are.",
                    lambda Q, P, R, terminal, gamma: bellman_sweep(Q, P, R, np.arange(len(Q)) == len(Q) - 1, gamma),
                ),
                Mistake(
                    "This is the value of the best action in each state. Asked is the whole table.",
                    lambda *arguments: bellman_sweep(*arguments).max(axis=1),
                ),
                Mistake(
                    "The best over *all* states and actions stands for what follows. A step leads to some states only.",
                    _wrong_sweep(ahead=lambda P, values: np.max(values) * P.sum(axis=2)),
                ),
                Mistake(
                    "The discount is missing.",
                    _wrong_sweep(combine=lambda R, following, gamma: R + following),
                    as_printed="bellman-optimality",
                ),
                Mistake(
                    "The reward of this step comes now. It is not discounted.",
                    _wrong_sweep(combine=lambda R, following, gamma: gamma * (R + following)),
                ),
                Mistake(
                    "The probabilities are read backwards, from the next state to this one.",
                    _wrong_sweep(ahead=lambda P, values: np.einsum("tas,t->sa", P, values)),
                ),
                Mistake(
                    "This assumes the luckiest next state. It should be the mean over where the step may lead.",
                    _wrong_sweep(ahead=lambda P, values: np.where(P > 0, values, -np.inf).max(axis=2)),
                ),
                Mistake(
                    "The probabilities are missing: all next states count in full.",
                    _wrong_sweep(ahead=lambda P, values: np.ones_like(P) @ values),
                ),
                Mistake(
                    "The discount is there twice.",
                    _wrong_sweep(combine=lambda R, following, gamma: R + gamma**2 * following),
                ),
            ],
            points=3,
        ),
        Coding(
            name="q-learning-entry",
            title="Learn from one step",
            statement="Write the Q-learning update of the one entry that a step changes.",
            solution=learnt_entry,
            inputs=_walked_steps,
            mistakes=[
                Mistake(
                    "The step that ended the walk still looks ahead. What comes after the end?",
                    _wrong_entry(target=lambda reward, following, ended, gamma: reward + gamma * following),
                ),
                Mistake(
                    "The discount is missing.",
                    _wrong_entry(target=lambda reward, following, ended, gamma: reward + following * (not ended)),
                ),
                Mistake(
                    "You look at the best action of the state that was left. The future begins in the next state.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[state].max()),
                ),
                Mistake(
                    "You assume that the same action is repeated in the next state. The target takes the best one.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[next_state, action]),
                ),
                Mistake(
                    "This averages over the next actions. The target takes the best one.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[next_state].mean()),
                ),
                Mistake(
                    "This is the best entry of the whole table, wherever it stands.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q.max()),
                ),
                Mistake(
                    "The old value is not subtracted: the entry grows with every visit.",
                    _wrong_entry(mix=lambda old, target, alpha: old + alpha * target),
                ),
                Mistake(
                    "The shares are exchanged: the learning rate is the share of the new.",
                    _wrong_entry(mix=lambda old, target, alpha: alpha * old + (1 - alpha) * target),
                ),
                Mistake(
                    "The target replaces the old value. Where is the learning rate?",
                    _wrong_entry(mix=lambda old, target, alpha: target),
                ),
                Mistake(
                    "The entry moves away from the target.",
                    _wrong_entry(mix=lambda old, target, alpha: old - alpha * (target - old)),
                ),
                Mistake(
                    "The correction is the target. What was believed before is to be taken away from it.",
                    _wrong_entry(mix=lambda old, target, alpha: alpha * target),
                ),
                Mistake(
                    "This is the correction alone. It is added to the old value.",
                    _wrong_entry(mix=lambda old, target, alpha: alpha * (target - old)),
                ),
                Mistake(
                    "This is the difference of target and old value. Asked is the new value.",
                    _wrong_entry(mix=lambda old, target, alpha: target - old),
                ),
                Mistake(
                    "The reward is discounted. It comes now.",
                    _wrong_entry(
                        target=lambda reward, following, ended, gamma: gamma * (reward + following * (not ended))
                    ),
                ),
                Mistake(
                    "The reward is missing.",
                    _wrong_entry(target=lambda reward, following, ended, gamma: gamma * following * (not ended)),
                ),
                Mistake(
                    "The worst next action is taken. The target takes the best one.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[next_state].min()),
                ),
                Mistake(
                    "The next actions are added up. The target takes the best one.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[next_state].sum()),
                ),
                Mistake(
                    "This takes the *number* of the best action for its value.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[next_state].argmax()),
                ),
                Mistake(
                    "The index of the state and that of the action are exchanged on the way to the next state: "
                    "states are rows.",
                    _wrong_entry(following=lambda Q, state, action, next_state: Q[:, next_state].max()),
                ),
                Mistake(
                    "`ended` is read the other way round.",
                    _wrong_entry(
                        target=lambda reward, following, ended, gamma: reward + gamma * following if ended else reward
                    ),
                ),
                Mistake(
                    "The future is subtracted.",
                    _wrong_entry(
                        target=lambda reward, following, ended, gamma: reward - gamma * following * (not ended)
                    ),
                ),
                Mistake(
                    "A step that ended the walk has no future, but it has a reward.",
                    _wrong_entry(
                        target=lambda reward, following, ended, gamma: 0 if ended else reward + gamma * following
                    ),
                ),
                Mistake(
                    "The learning rate stands in the place of the discount.",
                    lambda Q, state, action, reward, next_state, ended, alpha, gamma: learnt_entry(
                        Q, state, action, reward, next_state, ended, alpha, alpha
                    ),
                ),
            ],
        ),
        Ordering(
            name="order-of-q-learning",
            title="Put in order: Q-learning",
            statement=(
                "These lines learn from steps that were recorded on walks. Put them in order. Two of them do not "
                "belong."
            ),
            solution=replay,
            inputs=_recorded,
            before={
                (
                    "Q = Q.copy()",
                    "for state, action, reward, next_state, ended in steps:",
                ): "What is changed is the table of the caller. Copy it first.",
                (
                    "        target = target + gamma * Q[next_state].max()",
                    "    error = target - Q[state, action]",
                ): "The error is taken before the target looks ahead.",
            },
            extra={
                "    target = reward + Q[next_state].max()": "That is the printed equation: the discount is missing, "
                "and a step that ends the walk looks ahead too.",
                "    Q[state, action] = Q[state, action] + alpha * target": "The old value is not taken away: the "
                "entry grows with every visit.",
            },
        ),
        Reaching(
            name="new-grid-world",
            title="Capstone: a world that you have not seen",
            statement=(
                "Now without a table of the world: you only get `step`, and must walk to know. Write Q-learning from "
                "beginning to end, and return the action that your table likes best in each state. What counts is the "
                "walk that these actions make from the start: does it reach the goal, and is there no shorter way? A "
                "few hundred walks of at most two hundred steps are enough, and take less than a second."
            ),
            solution=learn_policy,
            inputs=_mazes,
            mistakes=[],
            reached=_goal_reached,
            points=5,
        ),
    ],
    quiz=[
        Question(
            "Value iteration starts with an error of at most 8, at $\\gamma = \\tfrac12$. How many sweeps are certain "
            "to bring it to at most 1?",
            right=("3", "Each sweep at least halves the error: 4, 2, 1."),
            wrong={
                "8": "The error is multiplied at every sweep. It does not fall by a fixed amount.",
                "4": "That is certain as well, but one fewer is enough: 4, 2, 1.",
                "It depends on the number of states": "The factor is $\\gamma$, however many states there are.",
            },
        ),
        Question(
            "Every reward of a world without terminal states is raised by 1. What happens to $Q^*$ and to the best "
            "policy?",
            right=(
                "$Q^*$ rises by $1/(1-\\gamma)$ everywhere, and the policy stays.",
                "Every walk gains $1 + \\gamma + \\gamma^2 + \\dots$, whatever the agent does.",
            ),
            wrong={
                "$Q^*$ rises by 1, and the policy stays.": "The reward is raised in every later step, too.",
                "The policy changes, because long walks gain more.": (
                    "So it is where walks can end. Here all are infinitely long."
                ),
                "Nothing: only differences count.": "That is true of the policy, not of the values.",
            },
        ),
        Question(
            "Why does Q-learning find the values of the best policy although the agent acts at random?",
            right=(
                "The target contains the best next action, not the one that is taken.",
                "How the agent acts decides only what is visited, and how often.",
            ),
            wrong={
                "Random actions average out.": "They would not: the mean over random actions is less than the best.",
                "The learning rate falls to zero.": "That removes noise. It does not change what the mean is.",
                "It does not; it finds the values of the random policy.": (
                    "That would be so with the mean over the next actions in place of the maximum."
                ),
            },
        ),
        Question(
            "A world without chance, every pair visited again and again. Which learning rate is best?",
            right=("1", "Every target is exact for the table as it is, so there is no noise to average away."),
            wrong={
                "As small as possible": "That only slows things down: there is no noise to average away.",
                "$1/n$ at the $n$-th visit": (
                    "It converges, but it keeps averaging with the first targets, which were wrong."
                ),
                "$\\gamma$": "The discount belongs to the question and the learning rate to the method.",
            },
        ),
    ],
)
