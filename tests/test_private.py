"""What is private to other libraries and used here all the same: one list, and each is where it was."""

import ast
import importlib.metadata
import inspect
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pypdf
import pytest
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.mathtext import MathTextParser
from sklearn.neural_network import MLPRegressor
from sphinx.registry import SphinxComponentRegistry
from support import ROOT
from sympy.printing.latex import LatexPrinter

MIXED = MixedModeRenderer(Figure(), 1, 1, 72, RendererSVG(1, 1, io.StringIO()))

USED = [
    # the library, an object of it, its private part, the file that uses it, and what for
    ("matplotlib", RendererSVG, "_get_clip_attrs", "dlmath/_svg.py", "dots are clipped as markers are"),
    ("matplotlib", RendererSVG, "_make_flip_transform", "dlmath/_svg.py", "the y axis of SVG points down"),
    ("matplotlib", RendererSVG(1, 1, io.StringIO()), "_text2path", "dlmath/_svg.py", "glyphs are kept between frames"),
    ("matplotlib", MathTextParser, "_parse_cached", "dlmath/_svg.py", "formulas are kept between frames"),
    ("matplotlib", MIXED, "_rasterizing", "dlmath/_svg.py", "pixels are drawn within their piece"),
    ("matplotlib", MIXED, "_raster_depth", "dlmath/_svg.py", "pixels are drawn within their piece"),
    ("numpy", np.linalg.inv, "_implementation", "tests/exercises/test_signals.py", "a processor is silent"),
    ("sympy", LatexPrinter, "_as_ordered_terms", "dlmath/printing.py", "what is subtracted is written last"),
    ("pypdf", pypdf.PdfWriter, "_add_object", "editions/pdf.py", "a page of the PDF gets its number"),
    ("sphinx", SphinxComponentRegistry(), "html_inline_math_renderers", "_ext/rooms.py", "formulas keep their room"),
    ("scikit-learn", MLPRegressor, "_validate_params", "benchmarks/network.py", "its network is timed"),
    ("scikit-learn", MLPRegressor, "_initialize", "benchmarks/network.py", "its network is timed"),
]

DOCUMENTED = {"_asdict", "_fields", "_replace", "_exit", "_getframe", "_print"}
"""Named tuples have the first three, ``os`` and ``sys`` the next two; SymPy documents how its printers are extended."""

SET = {"_random_state"}
"""Set here, on scikit-learn's network, before ``_initialize`` reads it."""


@pytest.mark.parametrize(("library", "owner", "name", "file", "purpose"), USED, ids=[f"{u[0]}-{u[2]}" for u in USED])
def test_it_is_where_it_was(library, owner, name, file, purpose):
    version = importlib.metadata.version(library)
    owner_name = owner.__name__ if inspect.isclass(owner) else type(owner).__name__
    assert hasattr(owner, name), f"{library} {version} has no {owner_name}.{name}: {file} uses it, so that {purpose}"
    assert name in (ROOT / file).read_text(encoding="utf-8"), f"{file} no longer uses {name}: take it off the list"


def files() -> Iterator[Path]:
    for folder in ("dlmath", "exercises", "_ext", "classroom", "editions", "benchmarks", "tests"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def is_private(name: object) -> bool:
    return isinstance(name, str) and name.startswith("_") and not name.startswith("__") and name != "_"


def defined(tree: ast.AST) -> Iterator[str]:
    """The names that a file defines, those of attributes of ``self`` among them."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(ast.Name("self"), name, ast.Store()):
                yield name


def read(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The private names that a file reads: as an attribute, by ``getattr``, or by an import."""
    for node in ast.walk(tree):
        names: list[object] = []
        match node:
            case ast.Attribute(attr=name):
                names = [name]
            case ast.Call(ast.Name("getattr" | "setattr" | "hasattr"), [_, ast.Constant(name), *_]):
                names = [name]
            case ast.ImportFrom(module=str(module), names=imported):
                names = [*module.split("."), *(alias.name for alias in imported)]
        yield from ((node.lineno, name) for name in names if is_private(name))


def test_nothing_else_private_is_used():
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files()}
    ours = {name for tree in trees.values() for name in defined(tree)} | {file.stem for file in trees}
    known = ours | DOCUMENTED | SET | {name for _, _, name, *_ in USED}
    unknown = [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file, tree in trees.items()
        for line, name in read(tree)
        if name not in known
    ]
    assert not unknown, "private to a library, and not in the list above"


@pytest.mark.parametrize(
    "source",
    ["axes._gridOn", "getattr(axes, '_gridOn', None)", "from matplotlib._api import warn", "from a import _gridOn"],
)
def test_every_way_to_reach_a_private_part_is_seen(source):
    assert [name for _, name in read(ast.parse(source))]
