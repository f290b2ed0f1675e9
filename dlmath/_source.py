"""The source of a function as a chapter shows it: the mathematics, without what looks at its arguments first."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, TypeGuard, cast


def function_definition(code: str) -> ast.FunctionDef:
    """The syntax tree of the source of one function."""
    (definition,) = ast.parse(code).body
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError(f"source shows functions, got {code.splitlines()[0]}")
    return definition


def without_checks(code: str) -> str:
    """The source of a function without what guards it: ``check`` calls, what raises, and floating-point states."""
    code = _edited(code, lambda definition: [(node, "") for node in _guards(definition)])
    code = _edited(code, lambda definition: [(call, _checked(call)) for call in _check_calls(definition)])
    code = _edited(code, lambda definition: [(node, "") for node in _assigned_to_itself(definition)])
    while (shorter := _edited(code, lambda definition: [(node, "") for node in _unused(definition)])) != code:
        code = shorter
    return code


def _edited(code: str, edits: Callable[[ast.FunctionDef], list[tuple[ast.expr | ast.stmt, str]]]) -> str:
    """The code with some of its nodes replaced by other text; a statement without text takes its lines with it."""
    definition = function_definition(code)
    lines = [line.encode() for line in code.splitlines()]  # positions in a syntax tree count bytes
    for node, text in sorted(edits(definition), key=lambda edit: (edit[0].lineno, edit[0].col_offset), reverse=True):
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        if text:
            before, after = lines[first][: node.col_offset], lines[last - 1][node.end_col_offset :]
            lines[first:last] = [before + text.encode() + after]
        else:
            while lines[first - 1].lstrip().startswith(b"#"):  # the comment above says what was left out
                first -= 1
            del lines[first:last]
    return b"\n".join(lines).decode()


def _guards(definition: ast.FunctionDef) -> list[ast.expr | ast.stmt]:
    """The decorators and the statements that do nothing but look at the arguments."""
    statements = [node for node in ast.walk(definition) if isinstance(node, ast.stmt) and _is_guard(node)]
    return [*definition.decorator_list, *_outermost(statements)]


def _outermost(nodes: list[Any]) -> list[Any]:
    """Those that are not inside another."""
    inside = {inner for node in nodes for inner in ast.walk(node) if inner is not node}
    return [node for node in nodes if node not in inside]


def _is_guard(node: ast.stmt) -> bool:
    if isinstance(node, ast.If | ast.For):
        return not node.orelse and all(isinstance(inner, ast.Raise) or _is_guard(inner) for inner in node.body)
    if isinstance(node, ast.Expr):
        return _is_check(node.value)
    if isinstance(node, ast.Assign) and _is_check(node.value):
        return [ast.unparse(target) for target in node.targets] == [_checked(node.value)]
    return False


def _check_calls(definition: ast.FunctionDef) -> list[ast.expr]:
    """The calls of checks, with the star before a call whose values are arguments."""
    return _outermost([node for node in ast.walk(definition) if _is_check(node) or _is_starred_check(node)])


def _checked(node: ast.expr) -> str:
    """What a check returns: its second argument, after the name for the message, or what it casts."""
    if isinstance(node, ast.Starred):
        return _checked(node.value).removeprefix("(").removesuffix(")")
    call = cast("ast.Call", node)
    function = ast.unparse(call.func)
    if function == "check.in_one_precision":
        return ast.unparse(ast.Tuple(call.args, ast.Load()))
    return ast.unparse(call.args[0 if function == "check.in_precision_of" else 1])


def _is_starred_check(node: ast.AST) -> bool:
    return isinstance(node, ast.Starred) and _is_check(node.value)


def _is_check(node: ast.AST) -> TypeGuard[ast.Call]:
    return _of_check(node) and len(node.args) > 1


def _of_check(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and ast.unparse(node.func).startswith("check.")


def _assigned_to_itself(definition: ast.FunctionDef) -> list[ast.Assign]:
    """What is left of several checks in one line."""
    assignments = [node for node in ast.walk(definition) if isinstance(node, ast.Assign)]
    return [node for node in assignments if [ast.unparse(node.value)] == [ast.unparse(t) for t in node.targets]]


def _unused(definition: ast.FunctionDef) -> list[ast.Assign]:
    """Lengths and limits that only the checks needed: names that nothing reads."""
    read = {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    unused = []
    for node in ast.walk(definition):
        if isinstance(node, ast.Assign) and (isinstance(node.value, ast.Attribute) or _of_check(node.value)):
            names = [part.id for part in ast.walk(node.targets[0]) if isinstance(part, ast.Name)]
            if not read & set(names):
                unused.append(node)
    return unused
