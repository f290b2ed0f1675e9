"""The exercises on reinforcement learning, solved by the package, by a loop and by another form of the series."""

import numpy as np

from dlmath import reinforcement


def learnt_entry(Q, state, action, reward, next_state, ended, alpha, gamma):
    """The weighted mean of the old value and the target."""
    future = 0.0 if ended else max(Q[next_state].tolist())
    return np.average([Q[state, action], reward + gamma * future], weights=[1 - alpha, alpha])


EQUIVALENTS = {
    "value-of-a-round-trip": [lambda gamma, r, n: r / gamma / (gamma**-n - 1)],
    "bellman-sweep": [reinforcement.bellman_optimality],
    "q-learning-entry": [learnt_entry],
}
