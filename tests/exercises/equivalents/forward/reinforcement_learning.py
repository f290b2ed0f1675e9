"""The exercises on reinforcement learning, solved by the package, by loops and by other forms of the series."""

import numpy as np
import sympy as sp

from dlmath import reinforcement


def by_loops(Q, P, R, terminal, gamma):
    states, actions = R.shape
    best = [0.0 if terminal[s] else max(Q[s]) for s in range(states)]
    table = [[0.0] * actions for _ in range(states)]
    for s in range(states):
        for a in range(actions):
            if not terminal[s]:
                table[s][a] = R[s, a] + gamma * sum(p * value for p, value in zip(P[s, a], best))
    return np.array(table)


def with_factors(Q, P, R, terminal, gamma):
    """One minus a truth value is a number."""
    goes_on = 1 - terminal
    return (R + gamma * np.einsum("sat,t,t->sa", P, Q.max(axis=1), goes_on)) * goes_on[:, None]


def with_zeroed_rows(Q, P, R, terminal, gamma):
    Q = Q.copy()
    Q[terminal] = 0
    new = R + gamma * np.tensordot(P, np.amax(Q, axis=-1), axes=([2], [0]))
    new[terminal, :] = 0
    return new


def as_a_weighted_mean(Q, state, action, reward, next_state, ended, alpha, gamma):
    future = 0.0 if ended else max(Q[next_state].tolist())
    return np.average([Q[state, action], reward + gamma * future], weights=[1 - alpha, alpha])


def with_a_factor(Q, state, action, reward, next_state, ended, alpha, gamma):
    return (1 - alpha) * Q[state][action] + alpha * (reward + (not ended) * gamma * np.max(Q[next_state]))


def in_a_copy(Q, state, action, reward, next_state, ended, alpha, gamma):
    table = np.array(Q)
    error = reward - table[state, action]
    if not ended:
        error += gamma * np.sort(table[next_state])[-1]
    table[state, action] += alpha * error
    return float(table[state, action])


def at_random(step, n_states, start, gamma, rng):
    """Walks without a plan, and the rate 1: in a world without chance nothing needs to be averaged."""
    Q = np.zeros((n_states, 4))
    for _ in range(300):
        state, ended = start, False
        while not ended:
            action = int(rng.integers(4))
            state_before = state
            state, reward, ended = step(state, action)
            Q[state_before, action] = reward + (0 if ended else gamma * max(Q[state]))
    return Q.argmax(axis=1).tolist()


def hopeful(step, n_states, start, gamma, rng):
    """Nothing is drawn: what was not tried is thought to be good."""
    Q = np.ones((n_states, 4))
    for _ in range(400):
        state = start
        for _ in range(100):
            action = int(np.argmax(Q[state]))
            following, reward, ended = step(state, action)
            Q[state, action] = reward if ended else reward + gamma * Q[following].max()
            state = following
            if ended:
                break
    return np.argmax(Q, axis=1)


def by_a_map(step, n_states, start, gamma, rng):
    """The world is explored once, and its values are computed from the map."""
    found, waiting, map_of = {start}, [start], {}
    while waiting:
        state = waiting.pop()
        for action in range(4):
            following, _, ended = map_of[state, action] = step(state, action)
            if not ended and following not in found:
                found.add(following)
                waiting.append(following)
    values, policy = np.zeros(n_states), np.zeros(n_states, dtype=int)
    for _ in range(100):
        for state in found:
            options = [r + (0 if ended else gamma * values[s]) for s, r, ended in (map_of[state, a] for a in range(4))]
            values[state], policy[state] = max(options), int(np.argmax(options))
    return policy


EQUIVALENTS = {
    "new-grid-world": [at_random, hopeful, by_a_map],
    "value-of-a-round-trip": [
        lambda gamma, r, n: r / gamma / (gamma**-n - 1),
        lambda gamma, r, n: r * gamma**n / (gamma - gamma ** (n + 1)),
        lambda gamma, r, n: -r * sp.exp((n - 1) * sp.log(gamma)) / (gamma**n - 1),
    ],
    "bellman-sweep": [reinforcement.bellman_optimality, by_loops, with_factors, with_zeroed_rows],
    "q-learning-entry": [as_a_weighted_mean, with_a_factor, in_a_copy],
}

EQUIVALENT_SLIPS = {
    "bellman-sweep": {
        "new = R + gamma * P @ values.T": "a vector has one axis, and transposing it changes nothing",
    },
}
