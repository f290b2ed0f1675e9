"""A solution that is written in another way is accepted: every rule that changes no value is applied to every solution.

Answers that were written by hand, which ``test_definitions`` tries, differ from the solution by more than such rules.
"""

import ast
import inspect
import textwrap

import numpy as np
import pytest
import sympy as sp

from dlmath.exercises import check
from dlmath.exercises.definition import Coding, Derivation, Reaching, exercises


def negated(node):
    return ast.UnaryOp(ast.USub(), node)


def call(text, *arguments):
    return ast.Call(ast.parse(text, mode="eval").body, list(arguments), [])


def turned_difference(node):
    """a - b is -(b - a)."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
        return negated(ast.BinOp(node.right, ast.Sub(), node.left))


def multiplied_quotient(node):
    """a / b is a times 1 / b."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        return ast.BinOp(node.left, ast.Mult(), ast.BinOp(ast.Constant(1), ast.Div(), node.right))


def multiplied_square(node):
    """a ** 2 is a times a."""
    match node:
        case ast.BinOp(base, ast.Pow(), ast.Constant(2)):
            return ast.BinOp(base, ast.Mult(), base)


def mirrored_comparison(node):
    """a < b is b > a."""
    mirror = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in mirror:
        return ast.Compare(node.comparators[0], [mirror[type(node.ops[0])]()], [node.left])


def exchanged_branches(node):
    """One value if a condition holds and else another is the other one if it does not."""
    if isinstance(node, ast.IfExp):
        return ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.orelse, node.body)


def product_by_einsum(node):
    """A matrix product is a sum over the last index of one factor and the last but one of the other."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        by_einsum = "lambda a, b: np.einsum('...ij,...jk->...ik', a, b) if min(np.ndim(a), np.ndim(b)) > 1 else a @ b"
        return call(by_einsum, node.left, node.right)


def transposed_by_axes(node):
    """The transpose has the axes in the opposite order."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return call("lambda a: np.transpose(a)", node.value)


def in_other_memory(node):
    """The arrays that are returned lie column by column in memory."""
    if isinstance(node, ast.Return):
        columns = "lambda a: np.array(a, order='F') if isinstance(a, np.ndarray) else a"
        if isinstance(node.value, ast.Tuple):
            return ast.Return(ast.Tuple([call(columns, part) for part in node.value.elts], ast.Load()))
        return ast.Return(call(columns, node.value))


RULES = [
    turned_difference,
    multiplied_quotient,
    multiplied_square,
    mirrored_comparison,
    exchanged_branches,
    product_by_einsum,
    transposed_by_axes,
    in_other_memory,
]


class Everywhere(ast.NodeTransformer):
    """Apply a rule wherever it can be."""

    def __init__(self, rule):
        self.rule, self.applied = rule, 0

    def visit(self, node):
        node = self.generic_visit(node)
        changed = self.rule(node)
        self.applied += changed is not None
        return node if changed is None else changed


def rewritten(function, rule):
    """The function with the rule applied, or None if there is nothing to apply it to."""
    everywhere = Everywhere(rule)
    tree = everywhere.visit(ast.parse(textwrap.dedent(inspect.getsource(function))))
    if not everywhere.applied:
        return None
    namespace = dict(vars(inspect.getmodule(function)))
    exec(compile(ast.fix_missing_locations(tree), "<rewritten>", "exec"), namespace)
    return namespace[function.__name__]


CODING = [e for e in exercises().values() if isinstance(e, Coding) and not isinstance(e, Reaching)]
DERIVED = [e for e in exercises().values() if isinstance(e, Derivation)]


@pytest.mark.parametrize("exercise", CODING, ids=lambda exercise: exercise.name)
def test_a_rewritten_function_is_accepted(exercise):
    answers = {rule.__name__: rewritten(exercise.solution, rule) for rule in RULES}
    tried = {name: check(exercise.name, answer) for name, answer in answers.items() if answer is not None}
    assert tried
    assert not {name: feedback.message for name, feedback in tried.items() if not feedback.solved}


@pytest.mark.parametrize("exercise", DERIVED, ids=lambda exercise: exercise.name)
def test_a_rewritten_expression_is_accepted(exercise):
    symbols = exercise.symbols()
    right = exercise.solution(**symbols)
    answers = {"expanded": sp.expand(right)}
    if isinstance(right, sp.MatrixExpr):
        answers["half of twice"] = sp.MatAdd(right, right, evaluate=False) / 2
    else:
        answers |= {"as one fraction": sp.together(right), "in factors": sp.factor(right)}
        with sp.evaluate(False):  # SymPy 1.14 loses the sign of -m / n * M with a matrix M here
            answers["as it was typed"] = exercise.solution(**symbols)
    tried = {name: check(exercise.name, answer) for name, answer in answers.items()}
    assert not {name: feedback.message for name, feedback in tried.items() if not feedback.solved}


def test_the_rules_change_the_source_and_not_the_value():
    def example(a, b):
        c = (a - b) @ b.T / 2
        return c**2 if np.sum(a) > np.sum(b) else -c

    a, b = np.random.default_rng(0).standard_normal((2, 3, 3))
    for rule in RULES:
        changed = rewritten(example, rule)
        assert changed is not None, rule.__name__
        for arguments in ((a, b), (b, a)):
            np.testing.assert_allclose(changed(*arguments), example(*arguments), rtol=1e-12, atol=1e-14)
