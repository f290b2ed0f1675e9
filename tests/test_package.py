"""dlmath as a package: what it needs, how fast it loads, what it ships and how it is documented."""

import ast
import importlib
import inspect
import os
import pkgutil
import re
import shutil
import statistics
import subprocess
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

import dlmath

PACKAGE = Path(dlmath.__file__).parent
ROOT = PACKAGE.parent

# Layers from below: what each may import from elsewhere. A module that is not named is numerical.
NUMERICAL, SYMBOLIC, SHOWN = 0, 1, 2
LAYERS = {
    "printing": SYMBOLIC,
    "symbolic": SYMBOLIC,
    "proof": SYMBOLIC,
    "derive": SYMBOLIC,
    "falsify": SYMBOLIC,
    "verify": SYMBOLIC,
    "display": SYMBOLIC,
    "plotting": SHOWN,
    "diagrams": SHOWN,
    "_stacking": SHOWN,
    "_svg": SHOWN,
    "live": SHOWN,
    "exercises": SHOWN,
}
LIBRARIES = {
    NUMERICAL: {"numpy"},
    SYMBOLIC: {"numpy", "sympy", "mpmath"},
    SHOWN: {"numpy", "sympy", "mpmath", "matplotlib", "PIL", "ipywidgets", "IPython"},
}
SOURCES = ["dlmath", "exercises", "_ext", "benchmarks", "classroom", "editions", "tests"]
"""The folders with Python."""
FILES = sorted(file for file in PACKAGE.rglob("*.py"))
MODULES = sorted(module.name for module in pkgutil.walk_packages(dlmath.__path__, "dlmath."))
PUBLIC = [name for name in MODULES if name.count(".") == 1 and "._" not in name]

ONLY_NUMPY = """
import sys

class OnlyNumPy:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names | {"numpy", "dlmath"} and not top.startswith("__editable__"):
            raise ModuleNotFoundError(f"refused: {name}", name=name)

sys.meta_path.insert(0, OnlyNumPy())
"""


def layer(module: str) -> int:
    """The layer of ``dlmath.x.y`` or of the file ``x/y.py``."""
    return LAYERS.get(module, NUMERICAL)


def run(program: str, **environment: str) -> str:
    result = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_numerical_modules_need_numpy_alone():
    numerical = [name for name in MODULES if layer(name.split(".")[1]) == NUMERICAL]
    assert "dlmath.losses" in numerical
    run(ONLY_NUMPY + "import dlmath\n" + "\n".join(f"import {name}" for name in numerical))


def test_the_refusal_of_other_libraries_works():
    assert "refused: sympy" in run(
        ONLY_NUMPY + "try:\n    import dlmath.printing\nexcept ModuleNotFoundError as e: print(e)"
    )


def test_importing_adds_less_than_a_fifth_of_a_second_to_numpy(tmp_path):
    program = "import numpy, time; begin = time.process_time(); import dlmath; print(time.process_time() - begin)"
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(tmp_path)}
    run(program, **compiled)  # compiles
    assert statistics.median(float(run(program, **compiled)) for _ in range(5)) < 0.2


def imports(file: Path):
    """Each import of a module: line, absolute name, and whether it is done when the module is loaded."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    at_load = set()
    stack = list(tree.body)
    while stack:
        node = stack.pop()
        at_load.add(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            stack.extend(ast.iter_child_nodes(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name, node in at_load) for name in names)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_point_downwards(file):
    here = layer(file.relative_to(PACKAGE).with_suffix("").parts[0])
    wrong = []
    for line, name, at_load in imports(file):
        top, *rest = name.split(".")
        if top == "dlmath":
            if rest and layer(rest[0]) > here:
                wrong.append(f"line {line} imports {name}, of a layer above")
        elif top not in sys.stdlib_module_names and top not in LIBRARIES[here] and at_load:
            wrong.append(f"line {line} imports {name}, which this layer does not need")
    assert not wrong, f"{file.relative_to(ROOT)}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("folder", SOURCES)
def test_what_opens_a_text_names_its_encoding(folder):
    """Ruff sees to it where it knows that it looks at a path; here every method of the name counts."""
    opening = {"open", "read_text", "write_text"}
    calls = [
        (f"{file.relative_to(ROOT)}:{node.lineno}", ast.unparse(node.func), {keyword.arg for keyword in node.keywords})
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        if not (
            ast.unparse(node.func).endswith("read_text") and node.args
        )  # of a distribution, whose encoding is known
    ]
    assert calls
    assert not [
        f"{place}: {function}"
        for place, function, keywords in calls
        if function not in {"os.open", "Image.open"} and "encoding" not in keywords
        if function.split(".")[-1] in opening or (function.startswith("subprocess.") and "text" in keywords)
    ]


def test_all_numerical_modules_and_no_others_are_named_in_all():
    numerical = [name.removeprefix("dlmath.") for name in PUBLIC if layer(name.split(".")[1]) == NUMERICAL]
    assert dlmath.__all__ == sorted(numerical)
    assert all(inspect.ismodule(getattr(dlmath, name)) for name in dlmath.__all__)


def test_no_name_is_that_of_two_functions():
    homes = defaultdict(set)
    for name in PUBLIC:
        for key, value in vars(importlib.import_module(name)).items():
            if not key.startswith("_") and getattr(value, "__module__", "").startswith(name):
                homes[key].add(name)
    assert len(homes) > 150
    assert not {key: modules for key, modules in homes.items() if len(modules) > 1}


def test_the_wheel_has_every_file_of_the_package(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(PACKAGE, source / "dlmath", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, source]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if "Could not find a version that satisfies the requirement setuptools" in result.stderr:
        pytest.skip("a wheel cannot be built without a package index")
    assert result.returncode == 0, result.stderr
    (wheel,) = tmp_path.glob("*.whl")
    shipped = set(zipfile.ZipFile(wheel).namelist())
    files = {file.relative_to(source).as_posix() for file in (source / "dlmath").rglob("*") if file.is_file()}
    assert "dlmath/py.typed" in files
    assert files <= shipped, f"not in the wheel: {', '.join(sorted(files - shipped))}"
    assert not [name for name in shipped if name.startswith(("tests", "_ext", "chapters"))]
    imported = run(ONLY_NUMPY + "import dlmath; print(dlmath.__file__)", PYTHONPATH=str(wheel))
    assert imported.startswith(str(wheel))


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_is_documented_by_an_example(name):
    module = importlib.import_module(name)
    offenders = [
        f"{name}.{key}"
        for key, value in vars(module).items()
        if inspect.isfunction(value) and f"{value.__module__}.".startswith(f"{name}.") and not key.startswith("_")
        if "Example:" not in (value.__doc__ or "") or ">>> " not in (value.__doc__ or "")
    ]
    assert not offenders, f"no Example in the docstring: {', '.join(offenders)}"
    assert module.__doc__, f"{name} has no docstring"


WRITTEN = [
    file
    for folder in (*SOURCES, "_static", "chapters", ".github/workflows", ".")
    for file in sorted((ROOT / folder).glob("*" if folder == "." else "**/*"))
    if file.suffix in (".py", ".js", ".css", ".toml", ".yml", ".txt") or file.name == "Makefile"
]


def test_every_file_says_in_its_first_two_lines_what_it_is_for():
    silent = []
    for file in WRITTEN:
        begins = " ".join(file.read_text(encoding="utf-8").splitlines()[:2])
        comment = re.match(r"(#!\S+ )?(r?\"{3}|#|/\*|//)\s*(.*)", begins)
        if comment is None or len(comment.group(3).split()) < 3:
            silent.append(str(file.relative_to(ROOT)))
    assert len(WRITTEN) > 100
    assert not silent, silent
