"""The inputs of an exercise tell every axis from every other one.

Two axes are the same if they are as long as each other in all inputs. Of any two that are not, an answer may have taken
the one for the other: it is found out where all lengths differ. And an answer may be right for that reason alone, that
no table was ever square: it is found out where the two are equally long.
"""

import inspect
from itertools import combinations

import numpy as np
import pytest

from dlmath.exercises.definition import Coding, Reaching, exercises

ONE_LETTER = {
    ("best-learning-rate", "A"): "a symmetric matrix",
    ("half-axes", "W"): "a matrix of the plane",
    ("recurrent-states", "W_h"): "from state to state",
    ("recurrent-gradient", "W_h"): "from state to state",
    ("embedding-gradients", "G"): "pictures and captions are pairs",
    ("bellman-sweep", "P"): "from state to state",
}
"""Arguments two of whose axes belong to the same letter."""


def axes(exercise):
    """The lengths of the axes over the inputs: for each different one, the arguments and axes that have them."""
    inputs = exercise.inputs(np.random.default_rng(0))
    found = {}
    for index, name in enumerate(inspect.signature(exercise.solution).parameters):
        arguments = [each[index] for each in inputs]
        if all(isinstance(each, np.ndarray) and each.ndim == arguments[0].ndim for each in arguments):
            for axis in range(arguments[0].ndim):
                lengths = tuple(each.shape[axis] for each in arguments)
                if len(set(lengths)) > 1:  # always 1 column, or always the 2 of the plane
                    found.setdefault(lengths, []).append((name, axis))
    return found


AXES = {
    exercise.name: axes(exercise)
    for exercise in exercises().values()
    if isinstance(exercise, Coding) and not isinstance(exercise, Reaching)
}
of_all_with_axes = pytest.mark.parametrize("name", [name for name, found in AXES.items() if len(found) > 1])


@of_all_with_axes
def test_in_one_input_all_axes_have_different_lengths(name):
    assert any(len(set(lengths)) == len(lengths) for lengths in zip(*AXES[name])), AXES[name]


@of_all_with_axes
def test_in_some_input_two_axes_are_equally_long(name):
    never = [
        (AXES[name][one], AXES[name][other])
        for one, other in combinations(AXES[name], 2)
        if not any(a == b > 1 for a, b in zip(one, other))
    ]
    assert not never


def test_two_axes_of_one_argument_are_the_same_only_where_they_are_meant_to_be():
    same = {
        (name, argument)
        for name, found in AXES.items()
        for members in found.values()
        for (argument, one), (other, two) in combinations(members, 2)
        if argument == other
    }
    constant = {("half-axes", "W")}  # its axes are always 2
    assert same == set(ONE_LETTER) - constant


def test_there_is_much_to_look_at():
    assert sum(len(found) > 1 for found in AXES.values()) >= 25
