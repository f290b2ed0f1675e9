"""Exercises of the chapter on reinforcement learning."""

from __future__ import annotations

import numpy as np

from dlmath.exercises.definition import Chapter, Coding, Derivation, Mistake, Question


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
    ]


def round_trip_value(gamma, r, n):
    return gamma ** (n - 1) * r / (1 - gamma**n)


chapter = Chapter(
    name="forward/reinforcement-learning",
    title="Reinforcement learning",
    exercises=[
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
