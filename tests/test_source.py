"""The source of a function as a chapter shows it."""

import ast
import builtins
import inspect
import textwrap

import numpy as np
import pytest

import dlmath
from dlmath import _check as check
from dlmath import activations, display, layers, losses
from dlmath._source import without_checks

PUBLIC = [
    function
    for name in dlmath.__all__
    for _, function in inspect.getmembers(getattr(dlmath, name), inspect.isfunction)
    if function.__module__ == f"dlmath.{name}" and not function.__name__.startswith("_")
]


@pytest.mark.parametrize("function", PUBLIC, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_the_source_of_every_function_is_shown_without_its_docstring_and_its_checks(function):
    shown = display.source(function).markdown
    first, module, *lines, last = shown.splitlines()
    assert (first, last) == ("```python", "```")
    code = "\n".join(lines)
    (definition,) = ast.parse(code).body
    original = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert ast.dump(definition.args) == ast.dump(original.args)
    assert module.startswith(f"# {function.__module__}")
    guarded = any(word in ast.unparse(original) for word in ("check.", "raise ", "errstate"))
    assert guarded or not module.endswith(", without its checks")
    assert '"""' not in code
    assert "check." not in code
    assert "errstate" not in code
    # What is shown still computes: no name is left that was bound in a line that is not shown.
    known = set(inspect.unwrap(function).__globals__) | set(dir(builtins))
    bound = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(definition) if isinstance(node, ast.arg)}
    bound |= {node.name for node in ast.walk(definition) if isinstance(node, ast.FunctionDef)}
    read = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert read <= known | bound, read - known - bound
    # And it computes from the same arguments.
    arguments = {node.arg for node in ast.walk(original.args) if isinstance(node, ast.arg)}
    given = {node.id for node in ast.walk(original) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert arguments & given <= read, arguments & given - read


@pytest.mark.parametrize(
    ("function", "body"),
    [
        (layers.affine, ["return X @ W.T + b"]),
        (activations.sigmoid, ["return 1 / (1 + exp(-z))"]),
        (activations.relu, ["return np.maximum(z, 0)"]),
        (
            losses.mse_grad,
            [
                "predictions, targets = _pair(predictions, targets)",
                "return (2 / len(predictions)) * (predictions - targets)",
            ],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_left_is_the_mathematics(function, body):
    _, _, definition, *lines, _ = display.source(function).markdown.splitlines()
    assert definition.startswith(f"def {function.__name__}(")
    assert [line.strip() for line in lines] == body


def test_what_is_no_function_is_refused():
    with pytest.raises(TypeError, match="source shows functions, got class Shown"):
        display.source(display.Shown)


def guarded(X, count):
    """A function with every kind of check."""
    check.writable("X", X)
    # What is negative cannot be counted.
    if count < 0:
        raise ValueError("count must not be negative")
    for row in X:
        if row is None:
            raise TypeError("no row may be missing")
    _, n_columns = X.shape
    check.integer("n_columns", n_columns, least=2)
    total = check.number("count", count) * np.sum(check.array("X", X)) + check.integer("count", count)  # twice é
    if count:
        total += 1
    else:
        raise ValueError("not a guard: what it guards has another branch")
    return total


def test_every_kind_of_check_is_left_out_and_nothing_else():
    lines = display.source(guarded).markdown.splitlines()
    assert lines[1].endswith(", without its checks")
    assert [line.strip() for line in lines[2:-1]] == [
        "def guarded(X, count):",
        "total = count * np.sum(X) + count  # twice é",
        "if count:",
        "total += 1",
        "else:",
        'raise ValueError("not a guard: what it guards has another branch")',
        "return total",
    ]


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ("a, b = check.in_one_precision(a, b)", None),
        ("c, d = check.in_one_precision(a, b)", "c, d = (a, b)"),
        ("c = joined(*check.in_one_precision(a, b), 2)", "c = joined(a, b, 2)"),
        ("c = joined(*check.pair('a', (a, b)))", "c = joined(a, b)"),
        ("c = joined(*a, check.array('b', b))", "c = joined(*a, b)"),
        ("c = check.in_precision_of(a, b)", "c = a"),
    ],
)
def test_what_a_check_returns_stands_in_its_place(line, left):
    body = f"    {left}\n" * (left is not None)
    assert (
        without_checks(f"def f(a, b):\n    {line}\n    return a, b, c, d")
        == f"def f(a, b):\n{body}    return a, b, c, d"
    )
