"""Reinforcement learning: Bellman's operator, its fixed point, and agents that come close to it."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import NOT_NUMBERS, agrees_with_torch, leaves_arguments_alone, refuses

from dlmath import reinforcement
from dlmath.reinforcement import (
    bellman_optimality,
    epsilon_greedy,
    greedy_policy,
    grid_world,
    q_learning,
    q_learning_update,
    value_iteration,
)

UP, RIGHT, DOWN, LEFT = reinforcement.UP, reinforcement.RIGHT, reinforcement.DOWN, reinforcement.LEFT
seeds = st.integers(0, 2**32 - 1)


def random_process(seed, states=5, actions=3):
    rng = np.random.default_rng(seed)
    P = rng.dirichlet(np.full(states, 0.5), (states, actions))
    terminal = rng.random(states) < 0.2
    return P, rng.standard_normal((states, actions)), terminal


def test_the_operator_written_out():
    P, R, terminal = random_process(1)
    terminal[:] = [False, True, False, False, True]
    Q = np.random.default_rng(2).standard_normal(R.shape)
    result = bellman_optimality(Q, P, R, terminal, 0.9)
    for s, a in itertools.product(range(5), range(3)):
        after = sum(P[s, a, n] * max(Q[n]) for n in (0, 2, 3))  # the states that are not terminal
        expected = 0 if s in (1, 4) else R[s, a] + 0.9 * after
        assert result[s, a] == pytest.approx(expected, rel=1e-12)


def test_the_operator_agrees_with_torch():
    torch = pytest.importorskip("torch")
    P, R, terminal = random_process(3)
    alive = torch.tensor(~terminal, dtype=torch.float64)

    def theirs(Q):
        values = Q.max(dim=1).values * alive
        return (torch.tensor(R) + 0.9 * torch.einsum("san,n->sa", torch.tensor(P), values)) * alive[:, None]

    Q = np.random.default_rng(4).standard_normal(R.shape)
    agrees_with_torch(lambda Q: bellman_optimality(Q, P, R, terminal, 0.9), theirs, Q)


@given(seeds, st.floats(0, 1))
def test_the_operator_brings_two_tables_closer_by_the_discount(seed, discount):
    P, R, terminal = random_process(seed)
    rng = np.random.default_rng(seed + 1)
    one, other = 10 * rng.standard_normal((2, *R.shape))
    before = np.abs(one - other).max()
    after = np.abs(
        bellman_optimality(one, P, R, terminal, discount) - bellman_optimality(other, P, R, terminal, discount)
    ).max()
    assert after <= discount * before + 1e-12


def test_the_factor_of_the_contraction_is_reached():
    P, R, terminal = np.ones((1, 1, 1)), np.zeros((1, 1)), np.array([False])
    assert bellman_optimality(np.ones((1, 1)), P, R, terminal, 0.7).item() == 0.7


@given(seeds)
def test_the_operator_keeps_the_order_of_tables(seed):
    P, R, terminal = random_process(seed)
    rng = np.random.default_rng(seed + 1)
    low = rng.standard_normal(R.shape)
    high = low + rng.random(R.shape)
    assert (bellman_optimality(high, P, R, terminal, 0.9) >= bellman_optimality(low, P, R, terminal, 0.9) - 1e-12).all()


@given(seeds, st.sampled_from([0.0, 0.5, 0.9]))
def test_value_iteration_finds_the_best_of_all_policies(seed, discount):
    """By brute force: the values of every deterministic policy from its linear equations, (I - gamma P) V = R."""
    P, R, terminal = random_process(seed, states=4, actions=2)
    alive = ~terminal
    best = np.full(4, -np.inf)
    for policy in itertools.product(range(2), repeat=4):
        moves = P[range(4), policy] * alive[:, None] * alive[None, :]
        values = np.linalg.solve(np.eye(4) - discount * moves, R[range(4), policy] * alive)
        best = np.maximum(best, values)
    Q, _ = value_iteration(P, R, terminal, discount)
    np.testing.assert_allclose(Q.max(axis=1), best, atol=1e-7)
    np.testing.assert_allclose(bellman_optimality(Q, P, R, terminal, discount), Q, atol=1e-7)


@given(seeds, st.floats(0.01, 0.95), st.sampled_from([1e-2, 1e-6, 1e-12]))
def test_the_changes_fall_by_the_discount_and_bound_the_error(seed, discount, tolerance):
    P, R, terminal = random_process(seed)
    Q, changes = value_iteration(P, R, terminal, discount, tolerance)
    assert (changes[1:] <= discount * changes[:-1] + 1e-13).all()
    assert changes[-1] <= tolerance * changes[0] * (1 + 1e-9)
    assert (changes[:-1] > tolerance * changes[0]).all()
    best, _ = value_iteration(P, R, terminal, discount, 1e-15)
    assert np.abs(Q - best).max() <= changes[-1] * discount / (1 - discount) + 1e-11


def test_value_iteration_ends_whatever_the_tolerance():
    P, R = np.ones((1, 1, 1)), np.ones((1, 1))
    Q, changes = value_iteration(P, R, np.array([False]), 0.5, tolerance=1e-300)
    assert Q.item() == 2
    assert len(changes) <= 1000  # 0.5^996 is below the tolerance
    assert len(value_iteration(P, 0 * R, np.array([False]), 0.5)[1]) == 1
    np.testing.assert_array_equal(value_iteration(P, R, np.array([False]), 0.0)[1], [1, 0])


def test_a_state_reached_at_the_end_is_worth_nothing():
    """Two states and one action; the second state would pay for ever if it were not terminal."""
    P, R = np.array([[[0.0, 1.0]], [[0.0, 1.0]]]), np.array([[1.0], [100.0]])
    Q, _ = value_iteration(P, R, np.array([False, True]), 0.9)
    np.testing.assert_array_equal(Q, [[1], [0]])
    Q, _ = value_iteration(P, R, np.array([False, False]), 0.9)
    np.testing.assert_allclose(Q, [[901], [1000]], rtol=1e-7)


RUSSELL_NORVIG = ["...G", ".#.X", "...."]


def test_the_grid_of_the_text_book():
    """Russell and Norvig, figure 17.3: utilities without discount, a step costs 0.04, one step in five slips."""
    P, R, terminal = grid_world(RUSSELL_NORVIG, step_reward=-0.04, slip=0.1)
    Q = np.zeros((12, 4))
    for _ in range(200):
        Q = bellman_optimality(Q, P, R, terminal, 1.0)
    published = [0.812, 0.868, 0.918, 0, 0.762, 0, 0.660, 0, 0.705, 0.655, 0.611, 0.388]
    np.testing.assert_allclose(Q.max(axis=1), published, atol=5.1e-4)
    policy = greedy_policy(Q)
    assert [int(policy[s]) for s in (0, 1, 2, 4, 6, 8, 9, 10, 11)] == [
        *(RIGHT, RIGHT, RIGHT),
        *(UP, UP),
        *(UP, LEFT, LEFT, LEFT),
    ]


def test_without_slipping_the_value_is_discounted_by_the_distance():
    P, R, terminal = grid_world(["....", ".##.", "...G"], step_reward=0.0)
    values = value_iteration(P, R, terminal, 0.5)[0].max(axis=1).reshape(3, 4)
    distance = np.array([[5, 4, 3, 2], [4, 0, 0, 1], [3, 2, 1, 0]])
    expected = np.where(distance > 0, 0.5 ** (distance - 1.0), 0)
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_the_grid_as_arrays():
    P, R, terminal = grid_world(RUSSELL_NORVIG, step_reward=-0.04, slip=0.1)
    assert P.shape == (12, 4, 12)
    np.testing.assert_allclose(P.sum(axis=2), 1, rtol=1e-15)
    np.testing.assert_array_equal(terminal.nonzero()[0], [3, 5, 7])
    assert (P[:, :, 5].sum(axis=1)[np.arange(12) != 5] == 0).all()  # nothing leads into a wall
    expected = np.zeros(12)
    expected[[2, 1, 10]] = 0.1, 0.0, 0.1
    # From the cell below the top right goal's neighbour: up goes to 2, slips to the wall (stays) and to the trap.
    expected = np.zeros(12)
    expected[[2, 6, 7]] = 0.8, 0.1, 0.1
    np.testing.assert_allclose(P[6, UP], expected)
    assert R[6, UP] == pytest.approx(-0.04 - 0.1)
    expected = np.zeros(12)
    expected[[3, 2, 6]] = 0.8, 0.1, 0.1
    np.testing.assert_allclose(P[2, RIGHT], expected)
    assert R[2, RIGHT] == pytest.approx(-0.04 + 0.8)
    # In the corner, left and down push against the edge.
    expected = np.zeros(12)
    expected[[8, 4]] = 0.9, 0.1
    np.testing.assert_allclose(P[8, LEFT], expected)
    expected = np.zeros(12)
    expected[[8, 9]] = 0.9, 0.1
    np.testing.assert_allclose(P[8, DOWN], expected)
    for s in (3, 5, 7):
        np.testing.assert_array_equal(R[s], 0)
        np.testing.assert_array_equal(P[s], np.eye(12)[[s] * 4])


def test_the_defaults_of_the_grid():
    P, R, _ = grid_world(["..G"])
    np.testing.assert_allclose(R[0], -0.04)
    assert P[0, RIGHT, 1] == 1
    np.testing.assert_allclose(grid_world([".G"], slip=0.5)[0][0, RIGHT], [1, 0])


def test_q_learning_update_written_out(rng):
    Q = rng.standard_normal((3, 2))
    expected = Q.copy()
    expected[1, 0] = 0.75 * Q[1, 0] + 0.25 * (2 + 0.9 * max(Q[2]))
    np.testing.assert_allclose(q_learning_update(Q, 1, 0, 2.0, 2, False, 0.25, 0.9), expected, rtol=1e-14)
    expected[1, 0] = 0.75 * Q[1, 0] + 0.25 * 2
    np.testing.assert_allclose(q_learning_update(Q, 1, 0, 2.0, 2, True, 0.25, 0.9), expected, rtol=1e-14)
    np.testing.assert_array_equal(q_learning_update(Q, 1, 0, 2.0, 2, np.True_, 0.0, 0.9), Q)


def test_q_learning_update_is_a_gradient_step_on_the_squared_error(rng):
    """The target is held still, as in a network that learns Q: half the squared error has the gradient Q - target."""
    torch = pytest.importorskip("torch")
    Q = rng.standard_normal((3, 2))
    table = torch.tensor(Q, requires_grad=True)
    target = (2 + 0.9 * table[2].max()).detach()
    ((table[1, 0] - target) ** 2 / 2).backward()
    expected = Q - 0.25 * table.grad.numpy()
    np.testing.assert_allclose(q_learning_update(Q, 1, 0, 2.0, 2, False, 0.25, 0.9), expected, rtol=1e-14)


@pytest.mark.parametrize("discount", [0.5, 0.9])
def test_q_learning_finds_the_optimum_of_a_world_without_chance(discount):
    """With the learning rate 1 an update writes down the truth, once the states after it are known."""
    world = grid_world(RUSSELL_NORVIG)
    learnt, _ = q_learning(*world, 8, 600, np.random.default_rng(0), learning_rate=1.0, discount=discount, epsilon=0.8)
    best, _ = value_iteration(*world, discount, 1e-15)
    np.testing.assert_allclose(learnt, best, atol=1e-12)


def test_q_learning_comes_close_in_a_world_with_chance():
    world = grid_world(RUSSELL_NORVIG, slip=0.1)
    learnt, returns = q_learning(
        *world, 8, 3000, np.random.default_rng(0), learning_rate=0.05, discount=0.9, epsilon=0.5
    )
    best, _ = value_iteration(*world, 0.9)
    assert np.abs(learnt - best).max() < 0.2
    states = [0, 1, 2, 4, 8]
    np.testing.assert_array_equal(greedy_policy(learnt)[states], greedy_policy(best)[states])
    assert returns.shape == (3000,)
    assert returns[-500:].mean() > returns[:100].mean()


def test_episodes_are_broken_off_and_returns_added_up():
    """A world without an end: every step pays 1."""
    P, R, terminal = np.ones((1, 1, 1)), np.ones((1, 1)), np.array([False])
    Q, returns = q_learning(
        P, R, terminal, 0, 3, np.random.default_rng(0), learning_rate=1.0, discount=0.5, epsilon=0.0, longest=7
    )
    np.testing.assert_array_equal(returns, [7, 7, 7])
    assert Q.item() == pytest.approx(2 - 2.0**-20)
    _, returns = q_learning(P, R, terminal, 0, 1, np.random.default_rng(0), learning_rate=1, discount=0, epsilon=0)
    assert returns.item() == 1000


def test_the_steps_taken_have_the_probabilities_of_the_world():
    """One state, one action, three ways out that pay alike but are worth 1, 2 and 4 afterwards."""
    P = np.zeros((5, 1, 5))
    P[0, 0, 1:4] = 0.2, 0.3, 0.5
    P[1:4, 0, 4] = P[4, 0, 4] = 1
    R = np.array([[0.0], [1.0], [2.0], [4.0], [0.0]])
    terminal = np.array([False, False, False, False, True])
    _, returns = q_learning(
        P, R, terminal, 0, 5000, np.random.default_rng(0), learning_rate=0.1, discount=1.0, epsilon=0.1
    )
    shares = [(returns == value).mean() for value in (1, 2, 4)]
    np.testing.assert_allclose(shares, [0.2, 0.3, 0.5], atol=0.02)


class AlwaysTheSame(np.random.Generator):
    """Draws one number again and again."""

    def __init__(self, number):
        super().__init__(np.random.PCG64(0))
        self.number = number

    def random(self):
        return self.number


@pytest.mark.parametrize("number", [0.0, 1 - 2.0**-53], ids=["lowest", "highest"])
def test_the_extremes_that_can_be_drawn_lead_to_states_with_a_probability(number):
    """To the middle state, though the probabilities add up to one only up to rounding."""
    P = np.zeros((3, 1, 3))
    P[:, :, 1] = 1 - 5e-7
    world = P, np.array([[0.0], [1.0], [2.0]]), np.zeros(3, bool)
    _, returns = q_learning(*world, 0, 1, AlwaysTheSame(number), learning_rate=1, discount=0.5, epsilon=0, longest=5)
    assert returns.item() == 4


def test_greedy_policy_takes_the_first_of_equal_actions():
    np.testing.assert_array_equal(greedy_policy([[0, 2, 2], [5, 1, 0], [-1, -1, -1]]), [1, 0, 0])


def test_epsilon_greedy_has_its_probabilities(rng):
    values = np.array([0.0, 3.0, 1.0, 3.0])
    counts = np.bincount([epsilon_greedy(values, 0.4, rng) for _ in range(20000)], minlength=4)
    np.testing.assert_allclose(counts / 20000, [0.1, 0.4, 0.1, 0.4], atol=0.015)
    assert {epsilon_greedy(values, 0.0, rng) for _ in range(100)} == {1, 3}
    assert {epsilon_greedy(values, 1.0, rng) for _ in range(200)} == {0, 1, 2, 3}
    lowest = AlwaysTheSame(0.0)  # which is not below an epsilon of 0
    assert {epsilon_greedy(values, 0.0, lowest) for _ in range(100)} == {1, 3}
    assert type(epsilon_greedy(values, 0.0, rng)) is type(epsilon_greedy(values, 1.0, rng)) is int


class TestBadInput:
    P, R, terminal = random_process(0)
    Q = np.zeros((5, 3))

    def test_the_process(self):
        P, R, terminal, Q = self.P, self.R, self.terminal, self.Q
        for call in (
            lambda P=P, R=R, terminal=terminal: bellman_optimality(np.zeros((5, 3)), P, R, terminal, 0.9),
            lambda P=P, R=R, terminal=terminal: value_iteration(P, R, terminal, 0.9),
            lambda P=P, R=R, terminal=terminal: q_learning(
                P, R, terminal, 0, 1, np.random.default_rng(0), learning_rate=1, discount=1, epsilon=1
            ),
        ):
            refuses(lambda c=call: c(P=P[:4]), "P", "(5, 3, 5)", error=ValueError)
            refuses(lambda c=call: c(R=R[0]), "R", "(S, A)", error=ValueError)
            refuses(lambda c=call: c(P=2 * P), "P must be probabilities", error=ValueError)
            refuses(lambda c=call: c(P=0.99 * P), "P", "probabilities", error=ValueError)
            for factor in (0.5, 1.5):
                one_row = P.copy()
                one_row[2, 1] *= factor
                said = f"got {factor} for s = 2 and a = 1"
                refuses(lambda c=call, p=one_row: c(P=p), "P", "P[s, a].sum() = 1", said, error=ValueError)
            signed = P.copy()
            signed[0, 0, 0], signed[0, 0, 1] = -0.5, signed[0, 0, :2].sum() + 0.5
            refuses(lambda c=call, p=signed: c(P=p), "P", "probabilities", error=ValueError)
            refuses(lambda c=call: c(P=P * np.nan), "P", "NaN", error=ValueError)
            refuses(lambda c=call: c(R=R * np.nan), "R", "NaN", error=ValueError)
            refuses(lambda c=call: c(terminal=terminal.astype(int)), "terminal", "booleans", error=TypeError)
            refuses(lambda c=call: c(terminal=terminal[:4]), "terminal", "(5,)", "(4,)", error=ValueError)
            for value in NOT_NUMBERS:
                refuses(lambda c=call, v=value: c(P=v), "P", error=TypeError)
                refuses(lambda c=call, v=value: c(R=v), "R", error=TypeError)
        refuses(lambda: bellman_optimality(Q[:4], P, R, terminal, 0.9), "Q", "(5, 3) beside R of shape (5, 3)")
        refuses(lambda: bellman_optimality(Q * np.nan, P, R, terminal, 0.9), "Q", "NaN")

    def test_numbers_out_of_range(self):
        P, R, terminal, Q = self.P, self.R, self.terminal, self.Q
        refuses(lambda: value_iteration(P, R - np.inf, terminal, 0.9), "R must be finite", error=ValueError)
        for discount in (-0.1, 1.1, np.nan):
            refuses(lambda d=discount: bellman_optimality(Q, P, R, terminal, d), "discount", error=ValueError)
            refuses(lambda d=discount: value_iteration(P, R, terminal, d), "discount", error=ValueError)
            refuses(lambda d=discount: q_learning_update(Q, 0, 0, 0.0, 0, False, 1, d), "discount", error=ValueError)
        refuses(lambda: value_iteration(P, R, terminal, 1.0), "discount", error=ValueError)
        refuses(lambda: value_iteration(P, R, terminal, "far"), "discount", error=TypeError)
        refuses(lambda: value_iteration(P, R, terminal, 0.5, tolerance=0.0), "tolerance", "above 0", error=ValueError)
        for rate in (-0.1, 1.1):
            refuses(lambda r=rate: q_learning_update(Q, 0, 0, 0.0, 0, False, r, 1), "learning_rate", error=ValueError)
        for index in (5, -1):
            refuses(lambda i=index: q_learning_update(Q, i, 0, 0.0, 0, False, 1, 1), "state", error=ValueError)
            refuses(lambda i=index: q_learning_update(Q, 0, i, 0.0, 0, False, 1, 1), "action", error=ValueError)
            refuses(lambda i=index: q_learning_update(Q, 0, 0, 0.0, i, False, 1, 1), "next_state", error=ValueError)
        refuses(lambda: q_learning_update(Q, 0, 3, 0.0, 0, False, 1, 1), "action", "below 3", error=ValueError)
        refuses(lambda: q_learning_update(Q, 0.0, 0, 0.0, 0, False, 1, 1), "state", error=TypeError)
        refuses(lambda: q_learning_update(Q, 0, 0, np.nan, 0, False, 1, 1), "reward", error=ValueError)
        refuses(lambda: q_learning_update(Q, 0, 0, 0.0, 0, 1, 1, 1), "ended", "True or False", error=TypeError)
        refuses(lambda: q_learning_update(Q[0], 0, 0, 0.0, 0, False, 1, 1), "Q", "(S, A)", error=ValueError)

    def test_the_arguments_of_q_learning(self):
        world, rng = grid_world(["..G"]), np.random.default_rng(0)

        def run(start=0, episodes=1, rng=rng, learning_rate=1.0, discount=0.9, epsilon=0.5, longest=10):
            return q_learning(
                *world,
                start,
                episodes,
                rng,
                learning_rate=learning_rate,
                discount=discount,
                epsilon=epsilon,
                longest=longest,
            )

        refuses(lambda: run(start=2), "start", "terminal", error=ValueError)
        refuses(lambda: run(start=3), "start", "below 3", error=ValueError)
        refuses(lambda: run(episodes=-1), "episodes", "at least 0", error=ValueError)
        refuses(lambda: run(longest=0), "longest", "at least 1", error=ValueError)
        refuses(lambda: run(rng=0), "rng", error=TypeError)
        for name in ("learning_rate", "discount", "epsilon"):
            refuses(lambda n=name: run(**{n: -0.1}), name, "at least 0", error=ValueError)
            refuses(lambda n=name: run(**{n: 1.1}), name, "at most 1", error=ValueError)
        Q, returns = run(episodes=0)
        assert (Q == 0).all()
        assert len(returns) == 0

    def test_choices(self, rng):
        refuses(lambda: greedy_policy(np.zeros(3)), "Q", "(S, A)", error=ValueError)
        refuses(lambda: greedy_policy(np.full((2, 2), np.nan)), "Q", "NaN", error=ValueError)
        refuses(lambda: epsilon_greedy(np.zeros((2, 2)), 0.1, rng), "action_values", "(A,)", error=ValueError)
        refuses(lambda: epsilon_greedy(np.zeros(2), 1.1, rng), "epsilon", error=ValueError)
        refuses(lambda: epsilon_greedy(np.zeros(2), -0.1, rng), "epsilon", error=ValueError)
        refuses(lambda: epsilon_greedy(np.zeros(2), 0.1, None), "rng", error=TypeError)
        for value in NOT_NUMBERS:
            refuses(lambda v=value: greedy_policy(v), "Q", error=TypeError)
            refuses(lambda v=value: epsilon_greedy(v, 0.1, rng), "action_values", error=TypeError)

    def test_grids(self):
        refuses(lambda: grid_world([]), "rows", "at least one cell", error=ValueError)
        refuses(lambda: grid_world([""]), "rows", "at least one cell", error=ValueError)
        refuses(lambda: grid_world(["..", "."]), "rows", "one length", error=ValueError)
        refuses(lambda: grid_world([".A", "B."]), "rows", "A, B", error=ValueError)
        refuses(lambda: grid_world("..G"), "rows", "sequence of strings", error=TypeError)
        refuses(lambda: grid_world([1, 2]), "rows", "sequence of strings", error=TypeError)
        refuses(lambda: grid_world(["."], slip=0.6), "slip", "at most 0.5", error=ValueError)
        refuses(lambda: grid_world(["."], slip=-0.1), "slip", "at least 0", error=ValueError)
        refuses(lambda: grid_world(["."], step_reward=np.inf), "step_reward", "finite", error=ValueError)


def test_unsigned_integers_do_not_wrap():
    P, R = np.ones((1, 1, 1), np.uint8), np.array([[200]], np.uint8)
    assert bellman_optimality(np.array([[200]], np.uint8), P, R, np.array([False]), 1.0) == 400
    assert q_learning_update(np.array([[200]], np.uint8), 0, 0, 200, 0, False, 1, 1) == 400


def test_float32_is_kept():
    P, R, terminal = random_process(0)
    P, R = P.astype(np.float32), R.astype(np.float32)
    assert bellman_optimality(R, P, R, terminal, 0.9).dtype == np.float32
    assert value_iteration(P, R, terminal, 0.9)[0].dtype == np.float32
    assert q_learning_update(R, 0, 0, 0.1, 1, False, 0.5, 0.9).dtype == np.float32
    Q, _ = q_learning(
        P, R, np.zeros(5, bool), 0, 2, np.random.default_rng(0), learning_rate=1, discount=0, epsilon=0, longest=3
    )
    assert Q.dtype == np.float32


def test_no_warning_for_any_finite_input():
    P, R, terminal = np.full((2, 1, 2), 0.5), np.array([[1e308], [-1e308]]), np.array([False, False])
    Q = np.array([[1e308], [1e308]])
    assert np.isinf(bellman_optimality(Q, P, R, terminal, 1.0)).any()
    value_iteration(P, R * 1.7, terminal, 0.9)
    assert q_learning_update(Q, 0, 0, -1e308, 1, False, 1, 1)[0, 0] == 0
    q_learning_update(-Q, 0, 0, 1.7e308, 1, True, 1, 1)
    assert np.isnan(bellman_optimality(np.array([[np.inf], [-np.inf]]), P, R, terminal, 1.0)).all()
    assert np.isinf(value_iteration(P, np.abs(R) * 1.7, terminal, 0.9)[0]).all()
    learnt, returns = q_learning(
        P, np.abs(R), terminal, 0, 1, np.random.default_rng(0), learning_rate=1, discount=1, epsilon=0, longest=50
    )
    assert not np.isnan(learnt).any()
    assert np.isinf(learnt).any()
    assert np.isinf(returns).all()


def test_arguments_are_left_alone():
    P, R, terminal = random_process(0)
    Q = np.random.default_rng(0).standard_normal(R.shape)
    leaves_arguments_alone(lambda *arrays: bellman_optimality(*arrays, 0.9), Q, P, R, terminal)
    leaves_arguments_alone(lambda *arrays: value_iteration(*arrays, 0.9), P, R, terminal)
    leaves_arguments_alone(lambda Q: q_learning_update(Q, 0, 1, 2.0, 1, False, 0.5, 0.9), Q)
    leaves_arguments_alone(greedy_policy, Q)
    leaves_arguments_alone(
        lambda *arrays: q_learning(
            *arrays, 0, 1, np.random.default_rng(0), learning_rate=1, discount=1, epsilon=1, longest=5
        ),
        P,
        R,
        np.zeros(5, bool),
    )


class TestEpsilonGreedyProbabilities:
    @pytest.mark.parametrize("epsilon", [0.0, 0.3, 1.0])
    @pytest.mark.parametrize("values", [[1.0, 2.0, 0.0], [2.0, 2.0, 0.0], [1.0, 1.0, 1.0], [-np.inf, -np.inf, 0.0]])
    def test_they_are_the_frequencies_of_the_agent(self, values, epsilon):
        rng = np.random.default_rng(0)
        chosen = [reinforcement.epsilon_greedy(np.array(values), epsilon, rng) for _ in range(20_000)]
        expected = np.bincount(chosen, minlength=3) / 20_000
        probabilities = reinforcement.epsilon_greedy_probabilities(values, epsilon)
        np.testing.assert_allclose(probabilities, expected, atol=0.02)
        assert probabilities.sum() == pytest.approx(1, abs=1e-15)
        assert ((probabilities > 0) == (expected > 0)).all()

    def test_a_table_is_done_state_by_state(self, rng):
        Q = rng.integers(0, 3, (6, 4)).astype(np.float32)
        table = reinforcement.epsilon_greedy_probabilities(Q, 0.1)
        assert table.dtype == np.float32
        for row, values in zip(table, Q):
            np.testing.assert_array_equal(row, reinforcement.epsilon_greedy_probabilities(values, 0.1))

    def test_bad_input(self):
        refuses(lambda: reinforcement.epsilon_greedy_probabilities(None, 0.1), "action_values", error=TypeError)
        refuses(lambda: reinforcement.epsilon_greedy_probabilities([1.0], 1.5), "epsilon", "1.5", error=ValueError)
        refuses(lambda: reinforcement.epsilon_greedy_probabilities([], 0.5), "action_values", error=ValueError)


class TestInfiniteValues:
    """State 2 is never reached from state 0 and always from state 1."""

    P = np.array([[[1.0, 0, 0]], [[0, 0, 1.0]], [[0, 0, 1.0]]])
    Q = np.array([[1.0], [2.0], [-np.inf]])

    @pytest.mark.parametrize("infinite", [np.inf, -np.inf])
    def test_they_count_only_where_they_are_reached(self, infinite):
        Q = np.where(np.isinf(self.Q), infinite, self.Q)
        TQ = reinforcement.bellman_optimality(Q, self.P, np.ones((3, 1)), np.zeros(3, bool), 0.5)
        np.testing.assert_array_equal(TQ, [[1.5], [infinite], [infinite]])

    def test_without_a_future_they_do_not_count(self):
        TQ = reinforcement.bellman_optimality(self.Q, self.P, np.ones((3, 1)), np.zeros(3, bool), 0.0)
        np.testing.assert_array_equal(TQ, np.ones((3, 1)))

    def test_terminal_may_not_be_masked(self):
        refuses(
            lambda: reinforcement.bellman_optimality(
                self.Q, self.P, np.ones((3, 1)), np.ma.array([0, 0, 1], dtype=bool, mask=[0, 1, 0]), 0.5
            ),
            "terminal", "masked", error=TypeError,
        )  # fmt: skip
