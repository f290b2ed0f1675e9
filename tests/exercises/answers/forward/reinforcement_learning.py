"""Wrong answers to the exercises on reinforcement learning."""

SWEEP = """def bellman_sweep(Q, P, R, terminal, gamma):
    S, A = Q.shape
    new = np.zeros((S, A))
    for s in range(S):
        if terminal[s]:
            continue
        for a in range(A):
            after = sum(P[s, a, u] * Q[u].max() for u in range(S) if not terminal[u])
            new[s, a] = R[s, a] + gamma * after
    return new
"""

ENTRY = """def learnt_entry(Q, state, action, reward, next_state, ended, alpha, gamma):
    old = Q[state, action]
    future = 0 if ended else np.max(Q[next_state])
    target = reward + gamma * future
    return (1 - alpha) * old + alpha * target
"""

LEARN = """def learn_policy(step, n_states, start, gamma, rng):
    Q = np.zeros((n_states, 4))
    for _ in range(400):
        state = start
        for _ in range(200):
            action = int(rng.integers(4)) if rng.random() < 0.3 else int(Q[state].argmax())
            following, reward, ended = step(state, action)
            target = reward if ended else reward + gamma * Q[following].max()
            Q[state, action] += 0.5 * (target - Q[state, action])
            state = following
            if ended:
                break
    return Q.argmax(axis=1)
"""

WRONG = {
    "new-grid-world": [
        ((LEARN, "Q.argmax(axis=1)", "Q"), "the table", ["table"]),
        ((LEARN, "Q.argmax(axis=1)", "Q.max(axis=1)"), "the values", ["integers from 0 to 3"]),
        ((LEARN, "Q.argmax(axis=1)", "Q.argmax(axis=0)"), "the wrong axis", ["one action for each state"]),
        ((LEARN, "Q.argmax(axis=1)", "Q.argmin(axis=1)"), "the worst", []),
        ((LEARN, "range(400)", "range(0)"), "not learnt at all", ["never ends"]),
        (
            (
                LEARN,
                "Q[state].argmax()",
                "Q[state].argmin()",
                "Q.argmax(axis=1)",
                "Q.argmin(axis=1)",
                "reward if ended else reward",
                "-reward if ended else -reward",
            ),
            "rewards turned and the future not",
            [],
        ),
        ((LEARN, "            state = following\n", ""), "the walk does not move on", ["never ends"]),
        ((LEARN, "gamma * Q[following].max()", "0"), "no future", ["never ends"]),
        ((LEARN, "return Q.argmax(axis=1)", "return list(range(n_states))"), "the states", ["integers from 0 to 3"]),
        ((LEARN, "+= 0.5", "-= 0.5"), "away from the target", []),
    ],
    "value-of-a-round-trip": [
        ("r / (1 - gamma**n)", "the first reward at once", ["first reward"]),
        ("gamma**n * r / (1 - gamma**n)", "one discount too many", ["once too often"]),
        ("gamma**(n - 1) * r / (1 - gamma)", "a reward every step after", ["one a round"]),
        ("gamma**(n - 1) * r", "one round", ["first round"]),
        ("r / (1 - gamma)", "a reward every step", ["every step"]),
        ("gamma**(n - 1) * r / (1 + gamma**n)", "plus in the denominator", ["sign"]),
        ("gamma**(n - 1) * r / (1 - gamma**(n - 1))", "a round of n - 1 steps", ["round take"]),
        ("r / n / (1 - gamma)", "spread over the steps", ["spread"]),
        ("gamma**(n - 1) / (1 - gamma**n)", "no reward", ["reward is missing"]),
        ("-gamma**(n - 1) * r / (1 - gamma**n)", "the sign", ["sign"]),
        ("gamma**(n - 1) * r * (1 + gamma**n)", "two rounds", ["for ever"]),
        ("gamma**(n + 1) * r / (1 - gamma**n)", "n + 1", ["exponent"]),
        ("r*gamma**n/(1-gamma)**n", "power", []),
    ],
    "bellman-sweep": [
        ((SWEEP, " if not terminal[u]", ""), "as warned: a terminal next state contributes", ["contributes"]),
        ((SWEEP, "        if terminal[s]:\n            continue\n", ""), "terminal rows not zero", ["not zero"]),
        (
            (SWEEP, " if not terminal[u]", "", "        if terminal[s]:\n            continue\n", ""),
            "terminal states like all others",
            ["like all others"],
        ),
        ((SWEEP, "Q[u].max()", "Q[u].mean()"), "mean over the actions", ["averages"]),
        ((SWEEP, "Q[u].max()", "Q[u].sum()"), "sum over the actions", ["adds up"]),
        ((SWEEP, "Q[u].max()", "Q[u].min()"), "the worst", ["worst"]),
        ((SWEEP, "Q[u].max()", "Q[u].argmax()"), "the number of the action", ["number"]),
        ((SWEEP, "Q[u].max()", "Q[u, a]"), "the same action again", ["same action"]),
        ((SWEEP, "gamma * after", "after"), "as printed: no discount", ["discount"]),
        ((SWEEP, "R[s, a] + gamma * after", "gamma * (R[s, a] + after)"), "the reward discounted", ["comes now"]),
        ((SWEEP, "R[s, a] + ", ""), "no reward", ["rewards"]),
        ((SWEEP, "R[s, a] +", "R[s, a] -"), "the future subtracted", ["subtracted"]),
        ((SWEEP, "P[s, a, u]", "P[u, a, s]"), "read backwards", ["backwards"]),
        (
            (
                SWEEP,
                "sum(P[s, a, u] * Q[u].max() for u in range(S) if not terminal[u])",
                "max(Q[u].max() for u in range(S) if P[s, a, u] > 0 and not terminal[u])",
            ),
            "the luckiest",
            [],
        ),
        (
            (SWEEP, "            new[s, a]", "            Q[s, a]", "return new", "return Q"),
            "in place",
            ["writes into"],
        ),
        (
            (SWEEP, "            continue", "            new[s] = R[s]\n            continue"),
            "terminal rows keep their reward",
            ["reward"],
        ),
        (
            (SWEEP, "if terminal[s]", "if s == S - 1", "not terminal[u]", "u < S - 1"),
            "the last state is the end",
            ["last state"],
        ),
        ((SWEEP, "    return new", "    return new.max(axis=1)"), "values for the table", ["table"]),
        ((SWEEP, "gamma * after", "gamma**2 * after"), "discount twice", ["twice"]),
        ((SWEEP, "P[s, a, u] * ", ""), "probabilities left out", ["probabilities"]),
    ],
    "q-learning-entry": [
        ((ENTRY, "0 if ended else ", ""), "as warned: looks beyond the end", ["after the end"]),
        ((ENTRY, "gamma * future", "future"), "as printed: no discount", ["discount"]),
        ((ENTRY, "Q[next_state]", "Q[state]"), "the state that was left", ["state that was left"]),
        ((ENTRY, "np.max(Q[next_state])", "Q[next_state, action]"), "the same action", ["same action"]),
        ((ENTRY, "np.max(Q[next_state])", "np.mean(Q[next_state])"), "the mean", ["averages"]),
        ((ENTRY, "np.max(Q[next_state])", "np.min(Q[next_state])"), "the minimum", ["worst"]),
        ((ENTRY, "np.max(Q[next_state])", "np.sum(Q[next_state])"), "the sum", ["added up"]),
        ((ENTRY, "np.max(Q[next_state])", "np.argmax(Q[next_state])"), "the number of the action", ["number"]),
        ((ENTRY, "np.max(Q[next_state])", "np.max(Q)"), "the whole table", ["whole table"]),
        (
            (ENTRY, "(1 - alpha) * old + alpha * target", "old + alpha * target"),
            "the old value stays",
            ["not subtracted"],
        ),
        (
            (ENTRY, "(1 - alpha) * old + alpha * target", "alpha * old + (1 - alpha) * target"),
            "shares exchanged",
            ["exchanged"],
        ),
        ((ENTRY, "(1 - alpha) * old + alpha * target", "target"), "no learning rate", ["learning rate"]),
        ((ENTRY, "(1 - alpha) * old + alpha * target", "old - alpha * (target - old)"), "away", ["away"]),
        (
            (ENTRY, "(1 - alpha) * old + alpha * target", "alpha * (target - old)"),
            "the correction alone",
            ["correction alone"],
        ),
        ((ENTRY, "reward + gamma * future", "gamma * (reward + future)"), "the reward discounted", ["comes now"]),
        ((ENTRY, "reward + gamma", "gamma"), "no reward", ["reward is missing"]),
        (
            (ENTRY, "    target = reward + gamma * future\n", "    target = 0 if ended else reward + gamma * future\n"),
            "no reward at the end",
            ["has a reward"],
        ),
        ((ENTRY, "0 if ended else np", "0 if not ended else np"), "ended turned round", ["other way round"]),
        ((ENTRY, "reward + gamma", "reward - gamma"), "minus", ["subtracted"]),
        ((ENTRY, "np.max(Q[next_state])", "np.max(Q[:, next_state])"), "columns for rows", []),
        (
            (ENTRY, "    return (", "    Q[state, action] = (", "alpha * target\n", "alpha * target\n    return Q\n"),
            "writes into the table and returns it",
            ["writes into"],
        ),
        ((ENTRY, "gamma * future", "alpha * future"), "alpha for gamma", ["learning rate"]),
        ((ENTRY, "reward + gamma * future", "reward + gamma * (future - old)"), "double subtract", []),
    ],
}
