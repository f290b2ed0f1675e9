"""An exercise asks for more than to copy: no function that the chapter shows is its solution under other names."""

import ast
import importlib
import re

import nbformat
import pytest
from support import ROOT

import dlmath
from dlmath.display import source
from dlmath.exercises.definition import Coding, chapters

ON_PURPOSE = {
    "descent-step": "one line, to be written from memory and without writing into its arguments; worth one point",
}
"""Solutions that the chapter shows, and why they are asked for all the same."""


def body(function):
    """The statements of a function with its names in the order in which they come, without the checks of arguments."""
    statements = [
        statement
        for statement in function.body
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        and not (isinstance(statement, ast.Assign) and re.match(r"\w+(, \w+)* = _", ast.unparse(statement)))
    ]
    names = {}

    class Renamed(ast.NodeTransformer):
        def visit_Name(self, node):
            return ast.Name(names.setdefault(node.id, f"name{len(names)}"), ast.Load())

    return [ast.dump(Renamed().visit(statement)) for statement in statements]


def functions(code):
    return [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]


def shown(name):
    """The functions that the chapter shows: in cells that are not folded, and with ``source``."""
    notebook = nbformat.read(ROOT / "chapters" / f"{name}.ipynb", 4)
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if not {"hide-input", "remove-input"} & set(cell.metadata.get("tags", [])):
            yield from functions(cell.source)
        for module, function in re.findall(r"^source\((?:(\w+)\.)?(\w+)\)", cell.source, flags=re.M):
            owner = importlib.import_module(f"dlmath.{module}") if module else _owner(function)
            yield from functions(re.search(r"```python\n(.*?)```", str(source(getattr(owner, function))), re.S)[1])


def _owner(function):
    modules = [importlib.import_module(f"dlmath.{name}") for name in dlmath.__all__]
    return next(module for module in modules if hasattr(module, function))


@pytest.mark.parametrize("name", chapters())
def test_no_function_that_is_shown_is_a_solution(name):
    bodies = [body(function) for function in shown(name)]
    copied = {
        exercise.name
        for exercise in chapters()[name].exercises
        if isinstance(exercise, Coding) and body(functions(exercise.solution_code)[0]) in bodies
    }
    assert copied == set(ON_PURPOSE) & {exercise.name for exercise in chapters()[name].exercises}


def test_other_names_are_no_other_function():
    one, other, third = functions(
        "def f(a, b):\n    c = a @ b\n    return c + a\n"
        "def g(x, y):\n    x, y = _checked(x, y)\n    z = x @ y\n    return z + x\n"
        "def h(x, y):\n    z = x @ y\n    return z + y\n"
    )
    assert body(one) == body(other) != body(third)
