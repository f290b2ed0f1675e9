"""What a student defines stands in nobody's way: no other cell of the chapter uses the names of an answer.

Whoever has answered an exercise and runs a cell above again, or one below, gets what the chapter means.
"""

import ast
import symtable

import nbformat
import pytest
from support import ROOT

from dlmath.exercises.definition import chapters


def tables(table):
    yield table
    for child in table.get_children():
        yield from tables(child)


def names(source):
    """The global names that a cell binds and those that it uses."""
    top = symtable.symtable(source, "<cell>", "exec")
    bound = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used = {symbol.get_name() for symbol in top.get_symbols() if symbol.is_referenced()}
    for table in tables(top):
        if table is not top:
            used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return bound, used


def imported(source):
    statements = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    return {(alias.asname or alias.name).split(".")[0] for node in statements for alias in node.names}


def in_the_way(chapter, cells):
    """Each name of an answer that another cell uses, with the numbers of both."""
    found = []
    for exercise in chapter.exercises:
        start, check, end = (
            next(index for index, cell in enumerate(cells) if cell.startswith(f'{function}("{exercise.name}"'))
            for function in ("exercise", "check", "solution")
        )
        given = names(cells[check - 1])[0] - imported(cells[check - 1]) - {exercise.answer}
        for index, cell in enumerate(cells):
            if start <= index <= end or not cell:
                continue
            bound, used = names(cell)
            if exercise.answer in bound | used:
                found.append((exercise.name, exercise.answer, index))
            if index > end:
                found += [(exercise.name, name, index) for name in sorted(given & (used - bound))]
    return found


@pytest.mark.parametrize("name", chapters())
def test_no_other_cell_uses_the_names_of_an_answer(name):
    notebook = nbformat.read(ROOT / "chapters" / f"{name}.ipynb", 4)
    cells = [cell.source if cell.cell_type == "code" else "" for cell in notebook.cells]
    assert not in_the_way(chapters()[name], cells)


def test_a_name_in_the_way_is_found():
    chapter = chapters()["math/loss"]
    exercise = chapter.exercises[-1]
    own = [
        [f'exercise("{each.name}")', each.stub, f'check("{each.name}", {each.answer})', f'solution("{each.name}")']
        for each in chapter.exercises
    ]
    cells = [cell for four in own for cell in four]
    assert not in_the_way(chapter, cells)
    for cell in (f"def f():\n    return {exercise.answer}()", f"{exercise.answer} = 1", f"import {exercise.answer}"):
        assert in_the_way(chapter, [cell, *cells]) == [(exercise.name, exercise.answer, 0)]
    assert not in_the_way(chapter, [f"def f({exercise.answer}):\n    return {exercise.answer}", *cells])
