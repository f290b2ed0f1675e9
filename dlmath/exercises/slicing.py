"""Of the cells of a chapter, the statements that one cell needs: what defines its names, what defines theirs, and on.

So a check of a chapter is repeated without its figures and experiments.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterator, Sequence


def needed(cells: Sequence[str], code: str) -> str:
    """The statements of the cells that define what the code uses, in their order.

    Example:
        >>> print(needed(["import math, time", "x = math.e", "y = 2", "def f(x):\\n    return x + y", "y = 5"], "f(x)"))
        import math
        x = math.e
        def f(x):
            return x + y
        y = 5
    """
    statements = [statement for cell in cells for statement in _statements(cell)]
    uses = [_read(ast.unparse(statement)) for statement in statements]
    defines = [_bound(statement) for statement in statements]
    kept: dict[int, set[str]] = {}

    def want(name: str, before: int) -> None:
        """Keep the last definition of the name before a statement, and what only changes it after that."""
        for index in reversed(range(before)):
            if name not in defines[index]:
                continue
            if name in kept.setdefault(index, set()):
                return
            kept[index].add(name)
            if len(kept[index]) == 1:
                at_once, later = uses[index]
                for other in at_once:
                    want(other, index)
                for other in later:  # a function looks its names up when it is called
                    want(other, len(statements))
            if _replaces(statements[index]):
                return

    for name in set.union(*_read(code)):
        want(name, len(statements))
    return "\n".join(_only(statements[index], kept[index]) for index in sorted(kept))


def _statements(cell: str) -> list[ast.stmt]:
    try:
        return ast.parse(cell).body
    except SyntaxError:  # a magic command
        return []


def _read(code: str) -> tuple[set[str], set[str]]:
    """The names from outside that code reads at once, and those that its functions read when they are called."""
    table = _names(code)
    at_once = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    later: set[str] = set()
    inside = [(child, _is_generator(child)) for child in table.get_children()]
    while inside:
        scope, immediate = inside.pop()
        names = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        (at_once if immediate else later).update(names)
        inside += [(child, immediate and _is_generator(child)) for child in scope.get_children()]
    return at_once, later


def _names(code: str) -> symtable.SymbolTable:
    """The names of code. Since Python 3.12 the variables of a list comprehension are in the table of what is around it,
    as if they were bound there; those of a generator never are."""
    return symtable.symtable(ast.unparse(_Generators().visit(ast.parse(code))), "", "exec")


class _Generators(ast.NodeTransformer):
    """Every comprehension as a generator, which has the same names."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        match node:
            case ast.ListComp(element, generators) | ast.SetComp(element, generators):
                return ast.GeneratorExp(element, generators)
            case ast.DictComp(key, value, generators):
                return ast.GeneratorExp(ast.Tuple([key, value], ast.Load()), generators)
        return node


def _is_generator(scope: symtable.SymbolTable) -> bool:
    return scope.get_name() == "genexpr"


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement defines, or changes: ``x[0] = 1`` changes ``x``."""
    return set(_names_bound(statement))


def _names_bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        yield from map(_name, statement.names)
    elif not isinstance(statement, ast.Expr):
        for symbol in _names(ast.unparse(statement)).get_symbols():
            if symbol.is_assigned() or symbol.is_imported():
                yield symbol.get_name()
        for node in ast.walk(statement):
            if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
                owner: ast.expr = node
                while isinstance(owner, ast.Subscript | ast.Attribute):
                    owner = owner.value
                if isinstance(owner, ast.Name):
                    yield owner.id


def _name(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]


def _only(statement: ast.stmt, names: set[str]) -> str:
    """The statement as code; of an import, what is needed of it."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        statement.names = [alias for alias in statement.names if _name(alias) in names]
    return ast.unparse(statement)


def _replaces(statement: ast.stmt) -> bool:
    """Whether what the names were before no longer matters."""
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    return isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)
