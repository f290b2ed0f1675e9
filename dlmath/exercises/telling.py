"""A slip in a sentence: what was lost, exchanged or turned round, without the line that is right.

A student knows the arguments by their names, and the functions of NumPy; the other names of a solution are its own. So
a part of it is told by the arguments that it is made of: "the part with `Q` and `K`".
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from dlmath.exercises.slips import Slip

Known = Mapping[str, ast.AST | None]
"""What the names of a solution stand for: None for an argument, and for the others what they are made of."""


def names_of(definition: ast.FunctionDef) -> dict[str, ast.AST | None]:
    """What every name of a function stands for.

    Example:
        >>> known = names_of(ast.parse("def f(x, y):\\n    z = 2 * x\\n    return z + y").body[0])
        >>> known["x"], ast.unparse(known["z"])
        (None, '2 * x')
    """
    known: dict[str, ast.AST | None] = {argument.arg: None for argument in definition.args.args}
    for node in ast.walk(definition):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                pairs = list(zip(targets, values))
            case ast.Assign(targets=[target], value=value):
                pairs = [(target, value)]
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                pairs = [(target, value)]
            case _:
                continue
        for target, value in pairs:
            for name in _stored(target):
                known.setdefault(name, value)
    return known


def told(slip: Slip, known: Known) -> str:
    """What the slip has done, in a sentence that does not hold the right line."""
    place, meant, written = (_parsed(code) for code in (slip.place, slip.meant, slip.written))
    teller = TELLERS.get(slip.kind, _other)
    return teller(slip, place, meant, written, lambda node: _part(node, known))


def _made_of(node: ast.AST, known: Known, depth: int = 0) -> list[str]:
    """The arguments in a part of the solution, also through its other names."""
    found = []
    for name in _loaded(node):
        if name in known:
            value = known[name]
            found += [name] if value is None else _made_of(value, known, depth + 1) if depth < 5 else []
    return list(dict.fromkeys(found))


Part = Callable[[ast.AST | None], str]


def _sign(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    if slip.meant.startswith("not "):
        return f"A `not` is lost: the condition with {part(written)} is the wrong way round."
    if slip.meant.startswith("-"):
        return f"A minus sign is lost, before {part(written)}."
    return f"The sign of {part(meant)} is turned."


def _operator(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    match meant, written:
        case ast.BinOp(right=right, op=ast.Add()), _:
            return f"A sign: {part(right)} is subtracted where it should be added."
        case ast.BinOp(right=right, op=ast.Sub()), _:
            return f"A sign: {part(right)} is added where it should be subtracted."
        case ast.BinOp(right=right, op=ast.Mult()), _:
            return f"{_capital(part(right))} divides where it should multiply."
        case ast.BinOp(right=right, op=ast.Div()), _:
            return f"{_capital(part(right))} multiplies where it should divide."
        case ast.BinOp(left=left, right=right, op=ast.MatMult()), _:
            return (
                f"{_capital(part(left))} and {part(right)} are multiplied entry by entry (`*`), not as matrices (`@`)."
            )
        case ast.BinOp(left=left, op=ast.Pow()), _:
            return f"{_capital(part(left))} is multiplied by the exponent: a power is meant."
        case ast.BinOp(op=ast.FloorDiv()), _:
            return "A division `/` stands where the quotient is to be a whole number (`//`)."
        case ast.BinOp(op=ast.Mod()), _:
            return "The quotient `//` stands where the rest (`%`) is meant."
        case ast.AugAssign(op=op), ast.Assign():
            terms = {ast.Sub: "subtracted (`-=`)", ast.Mult: "multiplied (`*=`)"}.get(type(op), "added up (`+=`)")
            return f"In the loop the new value replaces what came before: the terms of all turns should be {terms}."
        case ast.AugAssign(op=ast.Add(), value=value), _:
            return f"A sign: {part(value)} is subtracted where it should be added."
        case ast.AugAssign(value=value), _:
            return f"A sign: {part(value)} is added where it should be subtracted."
    return _other(slip, place, meant, written, part)


def _another_operator(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    match meant, written:
        case ast.BinOp(op=one), ast.BinOp(left=left, op=other, right=right):
            first, second = sorted([part(left), part(right)], key=lambda words: not words.startswith("`"))
            both = first.replace("the part", "two parts") if first == second else f"{first} and {second}"
            return f"{_capital(both)} are {DONE[type(other)]} where they should be {DONE[type(one)]}."
        case ast.AugAssign(op=one), ast.AugAssign(op=other):
            return f"The terms of the loop are {DONE[type(other)]} where they should be {DONE[type(one)]}."
    return _other(slip, place, meant, written, part)


def _nested(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    first = f"the {slip.meant}" if slip.meant in ("square", "power") else f"`{slip.meant}`"
    return f"Two steps are in the wrong order: `{slip.written}` comes before {first}, and should come after it."


DONE = {
    ast.Add: "added",
    ast.Sub: "subtracted",
    ast.Mult: "multiplied",
    ast.Div: "divided",
    ast.MatMult: "multiplied as matrices",
}
"""What an operator does with two parts."""


def _term(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    if not isinstance(place, ast.BinOp):
        return _other(slip, place, meant, written, part)
    is_right = slip.meant == ast.unparse(place.right)
    rest = part(place.left if is_right else place.right)
    if is_right and isinstance(place.op, ast.Sub):
        return f"What should be subtracted from {rest} is missing: {part(meant)}."
    beside = "" if rest == part(meant) else f", beside {rest}"
    return f"A term of a sum is missing{beside}: {part(meant)}."


def _factor(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    if isinstance(place, ast.BinOp) and isinstance(place.op, ast.Div) and slip.meant == ast.unparse(place.right):
        return f"A division is missing, by {part(meant)}."
    return f"A factor is missing: {part(meant)}."


def _power(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    match meant:
        case ast.BinOp(left=left, right=ast.Constant(value=2)):
            return f"A square is missing: {part(left)} is not squared."
        case ast.BinOp(left=left):
            return f"A power is missing: {part(left)} has an exponent."
    return _other(slip, place, meant, written, part)


def _transpose(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    if slip.meant.endswith(".T"):
        return f"A transpose is missing, of {part(written)}."
    return f"A transpose is too much: {part(meant)} stands the other way round."


def _axis(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    function = _function(place)
    if not slip.written:
        return f"The {function} runs over all entries: it should run over one axis only."
    axis = slip.written.removeprefix("axis=")
    lines = {"0": "down the columns", "1": "along the rows", "-1": "along the rows"}.get(axis, "")
    return f"The {function} runs over the wrong axis, `{slip.written}`" + f" ({lines})" * bool(lines) + "."


def _keepdims(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return (
        f"The {_function(place)} loses an axis (`keepdims`), and what is left is matched with the wrong axis. "
        "Compare the shapes."
    )


def _keyword(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return f"An argument of {_function(place)} is missing: `{slip.meant.split('=')[0]}`."


def _name(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    one, other = part(written), part(meant)
    if one == other:
        return f"A value stands where another one is meant, and both are {one}: an earlier or a later one."
    return f"{_capital(one)} stands where {other} is meant."


def _constant(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    number = f"`{slip.written}`"
    if slip.written in ("True", "False"):
        return f"{number} stands where `{slip.meant}` is meant."
    match place:
        case ast.BinOp(op=ast.Pow(), left=left):
            return f"The exponent of {part(left)} is wrong: it is not {number}."
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            other = right if ast.unparse(left) == slip.meant else left
            return f"The factor of {part(other)} is wrong: it is not {number}."
        case ast.BinOp(op=ast.Div(), right=right) if ast.unparse(right) == slip.meant:
            return f"The number by which {part(place.left)} is divided is wrong: it is not {number}."
        case ast.BinOp(op=ast.Add() | ast.Sub(), left=left, right=right):
            other = right if ast.unparse(left) == slip.meant else left
            return f"In a sum or a difference the number beside {part(other)} is not {number}. Is it off by one?"
        case ast.Subscript(value=value):
            return f"The index of {part(value)} is off by one, or counts from another end."
        case ast.Slice():
            return "A slice begins or ends at the wrong place."
        case ast.Call():
            return f"A number in {_function(place)} is wrong: it is not {number}."
        case ast.Compare():
            return f"What is compared is off: the bound is not {number}."
    return f"A number is wrong: {number} stands where another one is meant."


def _called(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return f"A function is left out: `{_function_name(meant)}` of {part(written)}."


def _exchanged_function(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return f"`{slip.written}` is taken where `{slip.meant}` is meant."


def _attribute(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return f"Something else is counted than should be: `{slip.written}` is not the length that is meant."


def _index(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    value = place.value if isinstance(place, ast.Subscript) else meant
    if not isinstance(written, ast.Subscript) or ast.unparse(written) == ast.unparse(value):
        return f"All of {part(value)} is taken where a part of it is meant: an index is missing."
    return f"An index or a slice of {part(value)} is off by one."


def _order(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    match place:
        case ast.BinOp(op=ast.Sub(), left=left, right=right):
            return f"A difference is the wrong way round, and so its sign: that of {part(left)} and {part(right)}."
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            return (
                f"A fraction is upside down: numerator and denominator, {part(left)} and {part(right)}, are exchanged."
            )
        case ast.BinOp(left=left, right=right):
            return f"A product is in the wrong order: {part(left)} and {part(right)} are exchanged."
        case ast.Call():
            return f"The arguments of {_function(place)} are exchanged."
        case ast.Subscript(value=value):
            return f"Two indices of {part(value)} are exchanged: row and column."
        case ast.Tuple(elts=old) | ast.List(elts=old) if isinstance(written, ast.Tuple | ast.List):
            moved = [one for one, new in zip(old, written.elts) if ast.unparse(one) != ast.unparse(new)]
            return f"Two values are exchanged: {' and '.join(map(part, moved[:2]))}."
    return "Two things are exchanged."


def _comparison(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    signs = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
    if not isinstance(meant, ast.Compare) or not isinstance(written, ast.Compare) or type(meant.ops[0]) not in signs:
        return "A comparison is the wrong way round."
    one, other = (signs[type(each.ops[0])] for each in (written, meant))
    about = f"the comparison of {part(meant.left)} with {part(meant.comparators[0])}"
    if one.rstrip("=") == other.rstrip("=") and "!" not in one + other and one[0] in "<>":
        return f"In {about} the case that both are equal is treated wrongly: `{one}` where `{other}` is meant."
    return f"{_capital(about)} is the wrong way round: `{one}`."


def _logic(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    if isinstance(written, ast.BoolOp):
        return "`and` and `or` are exchanged."
    return f"One of two conditions is missing: only {part(written)} is asked."


def _branch(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    condition = place.test if isinstance(place, ast.IfExp) else place.args[0] if isinstance(place, ast.Call) else None
    if (
        isinstance(written, ast.Call | ast.IfExp)
        and type(written) is type(place)
        and len(slip.written) >= len(slip.meant)
    ):
        return f"Two branches are exchanged: the condition with {part(condition)} is the wrong way round."
    if slip.written == "the other branch":
        return f"Two branches are exchanged: the condition with {part(condition)} is the wrong way round."
    return f"One branch is used for all: there are two cases, told by {part(condition)}."


def _bound(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return "The loop makes one turn too many or too few: look at its `range`, at the first and the last turn."


def _loop(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return "Only the first turn of a loop counts. Is a `return` inside the loop?"


def _condition(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    asked = _parsed(slip.meant.removeprefix("if "))
    if slip.written == "else":
        return f"A condition is the wrong way round: {part(asked)}."
    if slip.written == "if False":
        return f"A case is never treated: {part(asked)}."
    return f"A case is not told from the others: nothing asks about {part(asked)}."


def _statement(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    match place:
        case ast.For() | ast.While():
            return "A loop is left out."
        case ast.Break():
            return "A loop does not stop where it should."
        case ast.Continue():
            return "A case is not passed over."
        case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.Expr(value=value):
            return f"A step is left out: {part(value)}."
    return "A step is left out."


def _other(slip: Slip, place: ast.AST, meant: ast.AST, written: ast.AST, part: Part) -> str:
    return f"Something is left out or exchanged in {part(place)}."


TELLERS: dict[str, Callable[[Slip, ast.AST, ast.AST, ast.AST, Part], str]] = {
    "sign": _sign,
    "operator": _operator,
    "term": _term,
    "factor": _factor,
    "power": _power,
    "transpose": _transpose,
    "axis": _axis,
    "keepdims": _keepdims,
    "keyword": _keyword,
    "ddof": _keyword,
    "name": _name,
    "constant": _constant,
    "call": _called,
    "function": _exchanged_function,
    "attribute": _attribute,
    "index": _index,
    "order": _order,
    "comparison": _comparison,
    "logic": _logic,
    "branch": _branch,
    "bound": _bound,
    "loop": _loop,
    "condition": _condition,
    "statement": _statement,
    "another order": _nested,
    "another operator": _another_operator,
    "another function": _exchanged_function,
}
"""The kinds of slips, in the order in which they are told if several make the same result."""


def _part(node: ast.AST | None, known: Known) -> str:
    """A part of the solution as a student may know it."""
    match node:
        case None:
            return "one part"
        case ast.Constant():
            return f"`{ast.unparse(node)}`"
        case ast.UnaryOp(op=ast.USub(), operand=operand) | ast.Attribute(attr="T", value=operand):
            return _part(operand, known)
        case ast.Name(id=name) if name in known:
            value = known[name]
            return (
                f"`{name}`"
                if value is None
                else _part(value, {**known, name: None} if name in _loaded(value) else known)
            )
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name()]) | ast.Subscript(value=ast.Name()):
            if len(ast.unparse(node)) <= 20 and not any(map(known.get, _loaded(node))):
                return f"`{ast.unparse(node)}`"
    functions = [f"`{name}`" for name in dict.fromkeys(map(_function_name, _calls(node))) if name in TELLING]
    arguments = [f"`{name}`" for name in _made_of(node, known)[:3]]
    if not arguments:
        return f"the part with {_and(functions[:2])}" if functions else "one part"
    if functions:
        return f"the part with {_and(functions[:2])} of {_and(arguments)}"
    return f"the part with {_and(arguments)}"


TELLING = {
    "abs",
    "all",
    "any",
    "argmax",
    "cos",
    "cumprod",
    "cumsum",
    "diagonal",
    "eigvals",
    "eigvalsh",
    "exp",
    "hypot",
    "log",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "norm",
    "outer",
    "prod",
    "sigma",
    "sin",
    "solve",
    "sqrt",
    "std",
    "sum",
    "tanh",
    "var",
    "where",
}
"""Functions whose names help to find a part."""


def _parsed(code: str) -> ast.AST:
    try:
        statement = ast.parse(code).body[0]
    except (SyntaxError, IndexError):
        return ast.Pass()
    return statement.value if isinstance(statement, ast.Expr) else statement


def _loaded(node: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)]


def _stored(node: ast.AST) -> list[str]:
    return [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]


def _calls(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]


def _function_name(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else node
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "function")


def _function(node: ast.AST) -> str:
    return f"`{_function_name(node)}`"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
