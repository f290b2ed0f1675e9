"""The exercises in the chapters are those of the definitions: same stub, own chapter, checked, with their solution."""

import ast
import json
import re

import nbformat
import pytest
from support import ROOT, chapter_files

from classroom.chapters import written
from dlmath.exercises.definition import chapters, exercises

CHAPTERS = ROOT / "chapters"
NOTEBOOKS = chapter_files()
SHOWING = ("exercise", "check", "solution")


def calls(source, function):
    """The first arguments of the calls of a function in a cell."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a magic command
        return []
    return [
        node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function
    ]


def problems(chapter, cells):
    """What is wrong with the exercises among the code cells of a chapter, as a list of sentences."""
    if not any(re.search(r"^from dlmath\.exercises import", cell, flags=re.M) for cell in cells):
        return [f"{chapter} has no exercises"]
    if chapter not in chapters():
        return [f"{chapter} imports dlmath.exercises, but has no definitions"]
    found = []
    places = {
        function: {name: index for index, cell in enumerate(cells) for name in calls(cell, function)}
        for function in (*SHOWING, "quiz")
    }
    own = [exercise.name for exercise in chapters()[chapter].exercises]
    for function in SHOWING:
        found += [f"{function}({name!r}) is not of this chapter" for name in places[function] if name not in own]
        found += [f"{function}({name!r}) is missing" for name in own if name not in places[function]]
    if list(places["quiz"]) != [chapter]:
        found.append(f"quiz({chapter!r}) is missing, or there is another one")
    try:
        as_defined = written(notebook_of(cells), chapters()[chapter])
    except ValueError as error:
        return [*found, str(error)]
    found += [f"the stub of {name!r} is there twice" for name in own if cells.count(exercises()[name].stub) > 1]
    if found:
        return found
    pairs = zip(cells, sources_of(as_defined), strict=True)
    return [f"{part_of(source)} must be\n{source}" for cell, source in pairs if cell != source]


def notebook_of(cells):
    return json.dumps({"cells": [{"cell_type": "code", "source": [cell]} for cell in cells]})


def sources_of(notebook):
    return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]


def part_of(source):
    """Which cell of which exercise this is."""
    for exercise in exercises().values():
        if source == exercise.stub:
            return f"the stub of {exercise.name!r}"
    return "the {} of {!r}".format(*re.match(r'(\w+)\("([\w-]+)"', source).groups())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(CHAPTERS)))
def test_a_chapter_s_exercises_are_those_of_its_definitions(path):
    chapter = str(path.relative_to(CHAPTERS).with_suffix(""))
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert problems(chapter, cells) == []


def chapter_cells(name):
    """The code cells of a chapter as they should be."""
    cells = ["from dlmath.exercises import check, exercise, quiz, solution", f'quiz("{name}")']
    for exercise in chapters()[name].exercises:
        cells += [f'exercise("{exercise.name}")', exercise.stub, f'check("{exercise.name}", {exercise.answer})']
        cells += [f'solution("{exercise.name}")']
    return cells


@pytest.mark.parametrize("name", chapters())
def test_a_chapter_as_it_should_be_has_no_problems(name):
    assert problems(name, chapter_cells(name)) == []


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("def mse_gradient(predictions, targets)", "def mse_gradient(outputs, targets)", "the stub of 'mse-gradient'"),
        ('    """The gradient of the loss', '    """Gradient of the loss', "the stub of 'mse-gradient'"),
        ('check("mse-gradient", mse_gradient)', 'check("mse-gradient", mse)', "the check of 'mse-gradient'"),
        ('check("mse-gradient", mse_gradient)', "", "check('mse-gradient') is missing"),
        ('check("mse-gradient", mse_gradient)', 'check("descend", descend)', "not of this chapter"),
        ('solution("mse-gradient")', "", "solution('mse-gradient') is missing"),
        ('exercise("mse-gradient")', "", "exercise('mse-gradient') is missing"),
        ('quiz("math/loss")', 'quiz("math/introduction")', "quiz('math/loss')"),
    ],
)
def test_every_departure_is_found(old, new, word):
    cells = chapter_cells("math/loss")
    changed = [cell.replace(old, new) for cell in cells]
    assert changed != cells
    assert any(word in problem for problem in problems("math/loss", changed))


def test_the_order_matters():
    cells = chapter_cells("math/loss")
    assert any("must come as" in problem for problem in problems("math/loss", [cells[0], cells[1], *cells[:1:-1]]))


def test_a_stub_that_is_there_twice_is_found():
    cells = chapter_cells("math/loss")
    assert problems("math/loss", [*cells, exercises()["mse-gradient"].stub]) == [
        "the stub of 'mse-gradient' is there twice"
    ]


def test_a_chapter_without_exercises_is_found():
    assert problems("math/loss", ["import numpy as np"]) == ["math/loss has no exercises"]
