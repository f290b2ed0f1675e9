"""One slip of the pen: every version of a solution that differs from it by one change of its syntax tree.

A sign, a factor, an axis, a name, an index is exchanged or left out, one at a time. Each version is a function, and
knows what was changed; so it can be tried (does the checker refuse it?) and it can be told ("`axis=0` where `axis=1` is
meant").
"""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple, cast

OPERATORS: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Mod: [ast.FloorDiv],
    ast.Pow: [ast.Mult],
}

FAR_OPERATORS: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Mult],
    ast.Sub: [ast.Mult, ast.Div],
    ast.Mult: [ast.Add, ast.Sub],
    ast.Div: [ast.Sub],
    ast.MatMult: [ast.Add],
}
"""Operators that no slip of the pen exchanges: who takes one for the other has another formula in mind."""

COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}

NEIGHBOURS = {
    "abs": ["square"],
    "any": ["all"],
    "all": ["any"],
    "argmax": ["argmin", "max"],
    "argmin": ["argmax", "min"],
    "cos": ["sin"],
    "cosh": ["sinh"],
    "cumprod": ["cumsum", "prod"],
    "cumsum": ["cumprod", "sum"],
    "eigvals": ["diag"],
    "eigvalsh": ["diag"],
    "exp": ["expm1"],
    "expm1": ["exp"],
    "log": ["log1p", "log2"],
    "log1p": ["log"],
    "max": ["min", "sum"],
    "maximum": ["minimum"],
    "mean": ["sum", "median"],
    "min": ["max"],
    "minimum": ["maximum"],
    "outer": ["dot"],
    "prod": ["sum"],
    "sin": ["cos"],
    "sqrt": ["square"],
    "std": ["var"],
    "sum": ["mean"],
    "var": ["std"],
}
"""Functions that are taken for each other. Methods of arrays are exchanged too, where there is such a method."""

FAR_NEIGHBOURS = {
    "cumprod": ["prod", "sum"],
    "cumsum": ["sum", "prod"],
    "eigvals": ["svd"],
    "exp": ["log", "exp2", "square"],
    "hypot": ["add", "maximum"],
    "log": ["exp", "log10", "sqrt"],
    "max": ["mean", "prod"],
    "maximum": ["add", "multiply"],
    "mean": ["max", "min", "prod", "std", "var"],
    "min": ["max", "mean"],
    "multiply": ["add", "subtract"],
    "norm": ["sum", "max"],
    "prod": ["mean", "max"],
    "sqrt": ["log", "abs", "exp"],
    "sum": ["prod", "max", "min", "cumsum"],
    "tanh": ["arctan", "sinh", "sin", "exp"],
    "var": ["mean", "max"],
}
"""And functions of that kind."""

ARRAY_METHODS = {
    "all",
    "any",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "max",
    "mean",
    "min",
    "prod",
    "std",
    "sum",
    "var",
}

COMMUTATIVE = {"maximum", "minimum", "hypot", "multiply", "add", "logaddexp", "hadamard", "ndindex"}

CONVERSIONS = {"array", "asarray", "bool", "float", "float64", "int", "list", "tuple", "enumerate", "range"}
"""Calls that change the kind of a value only, or without which a loop does not run: they are not left out."""

WHOLE_STATEMENTS = {"statement", "loop", "condition"}
"""Kinds of slips that change more than one line."""


@dataclass(frozen=True)
class Slip:
    """A solution with one change."""

    kind: str
    """What was changed, in a word: ``"sign"``, ``"axis"``, ``"name"``..."""
    meant: str
    """The code of the solution at this place; empty if something was added."""
    written: str
    """The code that stands there now; empty if something was left out."""
    code: str
    """The whole function, with the change."""
    function: Callable[..., Any]
    _around: ast.AST
    _changed: ast.AST

    @property
    def place(self) -> str:
        """The expression or the statement of the solution that was changed; of a number or a name, the one around."""
        return ast.unparse(self._around)

    @property
    def line(self) -> str:
        """The line of the solution with the change in it; if a whole statement has changed, what has changed."""
        return str(self) if self.kind in WHOLE_STATEMENTS else ast.unparse(self._changed).splitlines()[0]

    def __str__(self) -> str:
        if not self.written:
            return f"`{self.meant}` is left out"
        if not self.meant:
            return f"`{self.written}` is added"
        return f"`{self.written}` where `{self.meant}` is meant"


class _Change(NamedTuple):
    kind: str
    node: ast.AST
    """The node that takes the place of the old one."""
    meant: str
    written: str


def slips(function: Callable[..., Any], *, matrix_products: bool = False) -> Iterator[Slip]:
    """Every version of a function with one change, in the order of its lines.

    Args:
        function: written as a ``def`` in a file, such as the solution of an exercise.
        matrix_products: whether ``*`` multiplies matrices, as in SymPy: then the order of its factors matters.

    Yields:
        The slips. No two have the same code, and none has the code of the function itself.

    Example:
        >>> from exercises.math.loss import mse_gradient
        >>> for slip in slips(mse_gradient):
        ...     if slip.kind == "factor":
        ...         print(slip, "|", slip.line)
        `len(predictions)` is left out | return 2 * (predictions - targets)
        `2 * (predictions - targets)` is left out | return 1 / len(predictions)
        `predictions - targets` is left out | return 2 / len(predictions)
        `2` is left out | return (predictions - targets) / len(predictions)
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    return slips_of(tree, function.__globals__, matrix_products=matrix_products)


def slips_of(
    tree: ast.Module,
    namespace: dict[str, Any],
    *,
    matrix_products: bool = False,
    far: bool = False,
    kinds: Collection[str] | None = None,
    known: set[str] | None = None,
) -> Iterator[Slip]:
    """``slips`` of a function that is given as a syntax tree, with the names that it finds in its module.

    With ``far`` the changes are those that no slip of the pen makes, such as a product in the place of a sum. With
    ``kinds`` they are of these kinds only. What is in ``known`` is not made again, and what is made is added to it.
    """
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    visible = _visible_names(definition)
    around = {id(child): node for node in ast.walk(definition) for child in ast.iter_child_nodes(node)}
    known = set() if known is None else known
    known.add(ast.unparse(tree))
    for statement in _statements(definition):
        for node in _nodes_of(statement):
            changes = _far_changes(node, visible) if far else _changes(node, visible, matrix_products)
            for change in changes:
                if kinds is not None and change.kind not in kinds:
                    continue
                changed = ast.copy_location(_exchanged(statement, node, change.node), statement)
                version = _exchanged(tree, statement, changed)
                code = ast.unparse(version)
                if code not in known:
                    known.add(code)
                    ast.fix_missing_locations(changed)
                    function = _compiled(version, namespace)
                    whole = around[id(node)] if isinstance(node, ast.Constant | ast.Name) else node
                    yield Slip(change.kind, change.meant, change.written, code, function, whole, changed)


def _compiled(tree: ast.Module, namespace: dict[str, Any]) -> Callable[..., Any]:
    name, names = cast(ast.FunctionDef, tree.body[0]).name, dict(namespace)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # an index of a number, where a slip has made one of a list
        exec(compile(tree, f"<a version of {name}>", "exec"), names)
    return names[name]


def _exchanged(tree: Any, old: ast.AST, new: ast.AST) -> Any:
    """The tree with ``new`` in the place of ``old``: the nodes around it are copied, all others are shared."""
    if tree is old:
        return new
    for name, field in ast.iter_fields(tree):
        for index, part in enumerate(field if isinstance(field, list) else [field]):
            changed = _exchanged(part, old, new) if isinstance(part, ast.AST) else part
            if changed is not part:
                around = copy.copy(tree)
                setattr(around, name, [*field[:index], changed, *field[index + 1 :]] if part is not field else changed)
                return around
    return tree


def _statements(definition: ast.FunctionDef) -> Iterator[ast.stmt]:
    """The statements of a function, those in loops and branches too, without the docstring."""
    for node in ast.walk(definition):
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.stmt) and node is not definition and not is_text:
            yield node


def _nodes_of(statement: ast.stmt) -> Iterator[ast.AST]:
    """The statement and its expressions, without the statements inside it."""
    yield statement
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, ast.stmt):
            nodes = list(ast.walk(child))
            # An axis and keepdims have changes of their own.
            settled = [
                node.value for node in nodes if isinstance(node, ast.keyword) and node.arg in ("axis", "keepdims")
            ]
            for node in nodes:
                if isinstance(node, ast.expr | ast.comprehension) and node not in settled:
                    yield node


def _visible_names(definition: ast.FunctionDef) -> dict[int, list[str]]:
    """For every name that is read: the variables that could stand there."""
    loops = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
    inside: dict[int, set[str]] = {}
    for loop in (node for node in ast.walk(definition) if isinstance(node, loops)):
        for node in ast.walk(loop):
            inside.setdefault(id(node), set()).update(_assigned(loop))
    parameters = {argument.arg: 0 for argument in definition.args.args}
    first = {
        node.id: node.lineno
        for node in reversed(list(ast.walk(definition)))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in inside
    }
    lines = {**first, **parameters}
    owner = {
        id(argument): call.func.value.id
        for call in ast.walk(definition)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
        for argument in call.args
    }  # a list that is appended to itself is endless
    return {
        id(node): sorted(
            {name for name, line in lines.items() if line < node.lineno and name != owner.get(id(node))}
            | inside.get(id(node), set())
        )
        for node in ast.walk(definition)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _assigned(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _changes(node: ast.AST, visible: dict[int, list[str]], matrix_products: bool) -> Iterator[_Change]:
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
            if isinstance(node.op, ast.MatMult) or (matrix_products and isinstance(node.op, ast.Mult)):
                yield from _of_matrix_product(node)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield _Change("sign", node.operand, ast.unparse(node), ast.unparse(node.operand))
        case ast.Compare(ops=[_]):
            yield from _of_comparison(node)
        case ast.BoolOp():
            yield from _of_logic(node)
        case ast.Constant():
            yield from _of_constant(node)
        case ast.Name(ctx=ast.Load()):
            for name in visible[id(node)] if node.id in visible[id(node)] else []:
                yield _Change("name", ast.Name(name, ast.Load()), node.id, name)
        case ast.Attribute(attr="T"):
            yield _Change("transpose", node.value, ast.unparse(node), ast.unparse(node.value))
        case ast.Attribute(ctx=ast.Load()):
            for attribute in {"shape": ["size"], "size": ["shape[0]"], "ndim": ["size"]}.get(node.attr, []):
                other = ast.parse(f"{ast.unparse(node.value)}.{attribute}", mode="eval").body
                yield _Change("attribute", other, ast.unparse(node), ast.unparse(other))
        case ast.Call():
            yield from _of_call(node, visible)
        case ast.Subscript():
            yield from _of_index(node)
        case ast.IfExp():
            yield _Change("branch", ast.IfExp(node.test, node.orelse, node.body), "", "the other branch")
            yield _Change("branch", node.body, ast.unparse(node), ast.unparse(node.body))
            yield _Change("branch", node.orelse, ast.unparse(node), ast.unparse(node.orelse))
        case ast.Tuple(ctx=ast.Load()) | ast.List(ctx=ast.Load()):
            for first, second in zip(range(len(node.elts)), range(1, len(node.elts))):
                values = list(node.elts)
                values[first], values[second] = values[second], values[first]
                yield _replaced("order", node, type(node)(values, ast.Load()))
        case ast.comprehension(ifs=[condition, *_]):
            fewer = ast.comprehension(node.target, node.iter, node.ifs[1:], node.is_async)
            yield _Change("condition", fewer, ast.unparse(condition), "")
        case ast.stmt():
            yield from _of_statement(node)


def _far_changes(node: ast.AST, visible: dict[int, list[str]]) -> Iterator[_Change]:
    match node:
        case ast.BinOp():
            for operator in FAR_OPERATORS.get(type(node.op), []):
                yield _replaced("another operator", node, ast.BinOp(node.left, operator(), node.right))
            if isinstance(node.op, ast.Mult):
                factors = _factors(node)
                for end in range(1, len(factors) - 1):  # a product cut in two, and both parts added
                    cut = ast.BinOp(_product(factors[:end]), ast.Add(), _product(factors[end:]))
                    yield _replaced("another operator", node, cut)
        case ast.AugAssign():
            for operator in FAR_OPERATORS.get(type(node.op), []):
                yield _replaced("another operator", node, ast.AugAssign(node.target, operator(), node.value))
        case ast.Call():
            for change in _of_function(node, visible, FAR_NEIGHBOURS):
                yield change._replace(kind="another function")
            yield from _of_nested_steps(node, visible)


def _of_nested_steps(node: ast.Call, visible: dict[int, list[str]]) -> Iterator[_Change]:
    """The square of the sum in the place of the sum of squares: two steps, of which the second comes first."""
    function = node.func
    if not isinstance(function, ast.Attribute):
        return
    is_method = _is_value(function.value, visible)
    inner = function.value if is_method else next(iter(node.args), None)
    name = _name_of(function)

    def later(value: ast.expr) -> ast.expr:
        """The outer step, on another value."""
        if is_method:
            return ast.Call(ast.Attribute(value, name, ast.Load()), node.args, node.keywords)
        return ast.Call(function, [value, *node.args[1:]], node.keywords)

    match inner:
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant() as right):
            step = "square" if right.value == 2 else "power"
            yield _Change("another order", ast.BinOp(later(left), ast.Pow(), right), step, name)
        case ast.Call(func=ast.Attribute() as step, args=[value, *rest], keywords=keywords):
            if not _is_value(step.value, visible):
                swapped = ast.Call(step, [later(value), *rest], keywords)
                yield _Change("another order", swapped, _name_of(step), name)


def _factors(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), node.right]
    return [node]


def _product(factors: list[ast.expr]) -> ast.expr:
    return reduce(lambda left, right: ast.BinOp(left, ast.Mult(), right), factors)


def _of_operation(node: ast.BinOp) -> Iterator[_Change]:
    left, right = node.left, node.right
    for operator in OPERATORS.get(type(node.op), []):
        yield _replaced("operator", node, ast.BinOp(left, operator(), right))
    match node.op:
        case ast.Add() | ast.Sub():
            yield _Change("term", left, ast.unparse(right), "")
            rest = right if isinstance(node.op, ast.Add) else ast.UnaryOp(ast.USub(), right)
            yield _Change("term", rest, ast.unparse(left), "")
        case ast.Mult() | ast.MatMult() | ast.Div():
            rest = ast.BinOp(ast.Constant(1), node.op, right) if isinstance(node.op, ast.Div) else right
            if not _is_one(right):
                yield _Change("factor", left, ast.unparse(right), "")
            if not _is_one(left):
                yield _Change("factor", rest, ast.unparse(left), "")
        case ast.Pow():
            yield _Change("power", left, ast.unparse(node), ast.unparse(left))
    if isinstance(node.op, ast.Sub | ast.Div):
        yield _replaced("order", node, ast.BinOp(right, node.op, left))


def _of_matrix_product(node: ast.BinOp) -> Iterator[_Change]:
    left, right = node.left, node.right
    yield _replaced("order", node, ast.BinOp(right, node.op, left))
    if isinstance(left, ast.Name):
        turned = ast.Attribute(left, "T", ast.Load())
        yield _Change("transpose", ast.BinOp(turned, node.op, right), ast.unparse(left), ast.unparse(turned))
    if isinstance(right, ast.Name):
        turned = ast.Attribute(right, "T", ast.Load())
        yield _Change("transpose", ast.BinOp(left, node.op, turned), ast.unparse(right), ast.unparse(turned))


def _of_comparison(node: ast.Compare) -> Iterator[_Change]:
    for other in COMPARISONS.get(type(node.ops[0]), []):
        yield _replaced("comparison", node, ast.Compare(node.left, [other()], node.comparators))


def _of_logic(node: ast.BoolOp) -> Iterator[_Change]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    yield _replaced("logic", node, ast.BoolOp(other, node.values))
    for value in node.values:
        yield _replaced("logic", node, value)


def _of_constant(node: ast.Constant) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield _replaced("constant", node, ast.Constant(not value))
    elif isinstance(value, int | float):
        half = value // 2 if value % 2 == 0 else value / 2
        for other in (value + 1, value - 1, 2 * value, half):
            if other != value:
                yield _replaced("constant", node, _number(other))


def _of_call(node: ast.Call, visible: dict[int, list[str]]) -> Iterator[_Change]:
    yield from _of_function(node, visible, NEIGHBOURS)
    function, name = node.func, _name_of(node.func)
    owner = function.value if isinstance(function, ast.Attribute) else None
    of_value = owner if owner is not None and _is_value(owner, visible) else None
    kept = of_value if of_value is not None else next(iter(node.args), None)
    if kept is not None and name not in CONVERSIONS and not isinstance(kept, ast.Starred):
        yield _Change("call", kept, ast.unparse(node), ast.unparse(kept))
    for index, keyword in enumerate(node.keywords):
        others = node.keywords[:index] + node.keywords[index + 1 :]
        yield _Change(keyword.arg or "keyword", ast.Call(function, node.args, others), ast.unparse(keyword), "")
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant) and keyword.value.value is not None:
            turned = ast.keyword("axis", ast.Constant(1 - ast.literal_eval(keyword.value)))
            version = ast.Call(function, node.args, [*node.keywords[:index], turned, *node.keywords[index + 1 :]])
            yield _Change("axis", version, ast.unparse(keyword), ast.unparse(turned))
    if name == "where" and len(node.args) == 3:
        condition, yes, no = node.args
        yield _replaced("branch", node, ast.Call(function, [condition, no, yes], node.keywords))
        yield _replaced("branch", node, yes)
        yield _replaced("branch", node, no)
    elif len(node.args) == 2 and name not in COMMUTATIVE:
        yield _replaced("order", node, ast.Call(function, node.args[::-1], node.keywords))
    if name == "range":
        for index, argument in enumerate(node.args):
            for one in (ast.Add(), ast.Sub()):
                moved = [*node.args[:index], ast.BinOp(argument, one, ast.Constant(1)), *node.args[index + 1 :]]
                yield _replaced("bound", node, ast.Call(function, moved, []))
        if len(node.args) == 1:
            yield _replaced("bound", node, ast.Call(function, [ast.Constant(1), *node.args], []))


def _of_function(node: ast.Call, visible: dict[int, list[str]], neighbours: dict[str, list[str]]) -> Iterator[_Change]:
    function, name = node.func, _name_of(node.func)
    if not isinstance(function, ast.Attribute):
        return
    for other in neighbours.get(name, []):
        if other in ARRAY_METHODS or not _is_value(function.value, visible):
            exchanged = ast.Attribute(function.value, other, ast.Load())
            yield _Change("function", ast.Call(exchanged, node.args, node.keywords), f"{name}", f"{other}")


def _of_index(node: ast.Subscript) -> Iterator[_Change]:
    if isinstance(node.ctx, ast.Load):
        yield _Change("index", node.value, ast.unparse(node), ast.unparse(node.value))
    is_tuple = isinstance(node.slice, ast.Tuple)
    entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for position, entry in enumerate(entries):
        for moved in _moved(entry):
            changed = [*entries[:position], moved, *entries[position + 1 :]]
            index = ast.Tuple(changed, ast.Load()) if is_tuple else moved
            yield _replaced("index", node, ast.Subscript(node.value, index, node.ctx))
    if is_tuple and len(entries) == 2:
        yield _replaced("order", node, ast.Subscript(node.value, ast.Tuple(entries[::-1], ast.Load()), node.ctx))


def _moved(entry: ast.expr) -> Iterator[ast.expr]:
    """An index that is off by one, or a slice with one end that is."""
    one = ast.Constant(1)
    if isinstance(entry, ast.Slice):
        if entry.step is not None:
            yield ast.Slice(entry.lower, entry.upper, None)
            return
        lower = [one] if entry.lower is None else [None, *_beside(entry.lower)]
        upper = [ast.UnaryOp(ast.USub(), one)] if entry.upper is None else [None, *_beside(entry.upper)]
        yield from (ast.Slice(low, entry.upper, None) for low in lower)
        yield from (ast.Slice(entry.lower, high, None) for high in upper)
    elif isinstance(entry, ast.Name | ast.BinOp):
        yield from _beside(entry)


def _beside(value: ast.expr) -> list[ast.expr]:
    if isinstance(value, ast.Constant | ast.UnaryOp):
        return []  # constants have changes of their own
    return [ast.BinOp(value, sign, ast.Constant(1)) for sign in (ast.Add(), ast.Sub())]


def _of_statement(node: ast.stmt) -> Iterator[_Change]:
    match node:
        case ast.Return(value=ast.expr() as value):
            parts = value.elts if isinstance(value, ast.Tuple) else [value]
            for part in parts:
                if not isinstance(part, ast.UnaryOp | ast.Constant):
                    minus = ast.UnaryOp(ast.USub(), part)
                    yield _Change("sign", _exchanged(node, part, minus), ast.unparse(part), ast.unparse(minus))
        case ast.AugAssign():
            for operator in OPERATORS.get(type(node.op), []):
                yield _replaced("operator", node, ast.AugAssign(node.target, operator(), node.value))
            yield _replaced("operator", node, ast.Assign([node.target], node.value, lineno=0))
            yield _left_out(node)
        case ast.Assign():
            if _assigned(node) & _read(node):  # else the name is not defined, which Python says
                yield _left_out(node)
        case ast.Expr() | ast.Break() | ast.Continue():
            yield _left_out(node)
        case ast.For() | ast.While():
            yield _left_out(node)
            yield _Change("loop", _ended_after_one_turn(node), "", "break")
        case ast.If():
            head = f"if {ast.unparse(node.test)}"
            nothing: list[ast.stmt] = [ast.Pass()]
            yield _Change("condition", ast.If(ast.Constant(True), node.body, node.orelse), head, "")
            yield _Change("condition", ast.If(ast.Constant(False), node.body, node.orelse), head, "if False")
            yield _Change("condition", ast.If(node.test, node.orelse or nothing, node.body), head, "else")


def _ended_after_one_turn(loop: Any) -> Any:
    """A ``return`` or a computation moved into the loop ends it after its first turn."""
    ended = copy.copy(loop)
    ended.body = [*loop.body, ast.Break()]
    return ended


def _left_out(node: ast.stmt) -> _Change:
    return _Change("statement", ast.Pass(), ast.unparse(node).splitlines()[0], "")


def _replaced(kind: str, old: ast.AST, new: ast.AST) -> _Change:
    return _Change(kind, new, ast.unparse(old), ast.unparse(new))


def _number(value: float) -> ast.expr:
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))


def _is_one(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 1


def _is_value(node: ast.expr, visible: dict[int, list[str]]) -> bool:
    """Whether this is a value of the function and not a module, such as ``np`` or ``np.linalg``."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return not isinstance(node, ast.Name) or node.id in visible[id(node)]


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _read(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}
