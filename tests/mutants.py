"""Mutation testing: change the package in small ways, one at a time, and see whether a test notices.

    python tests/mutants.py                           all modules but those that pyproject.toml excludes
    python tests/mutants.py losses exercises.engine     these modules only
    python tests/mutants.py --ending 27 verify          of each function every fifth mutant: 2, 7, 12, 17, ...
    python tests/mutants.py --again losses              those that survived last time, with the tests as they are now

mutmut does the work, in a copy of the project below ``_build/mutants``, with the tests of the module alone. It leaves
decorated functions out; so in the copy a decorator is written as an assignment after the function, which is the same.
The table of results and the list of survivors, ``tests/mutants.md``, are written here; the reasons why a survivor is
right are in ``tests/survivors.toml``. A survivor without a reason, a reason without a survivor, and a module of which
less than 90 % is killed are reported, and end this with 1.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPIES = ROOT / "_build" / "mutants"
TABLE = ROOT / "tests" / "mutants.md"
REASONS = ROOT / "tests" / "survivors.toml"
LEAST_KILLED = 0.9
TESTS_OF = {
    "display": ["tests/test_display.py", "tests/test_source.py"],
    "exercises.definition": ["tests/exercises/test_definitions.py"],
    "exercises.running": ["tests/exercises/test_running.py", "tests/exercises/test_engine.py"],
    "live.explorer": ["tests/live/test_explore.py"],
    "live.page": ["tests/live/test_explore.py", "tests/live/test_page.py"],
}
"""Where it is not the file that has the name of the module."""
KEPT_DECORATORS = {"staticmethod", "classmethod", "overload"}

# mutmut runs the tests several times in one process, which Hypothesis takes for a mistake; and what a function
# remembers of earlier runs would hide that it is changed now.
SETTINGS_OF_THE_COPY = """

import functools
import gc

from hypothesis import HealthCheck
from sympy.core.cache import clear_cache

settings.register_profile(
    "mutants", parent=settings.get_profile("repeatable"), suppress_health_check=[HealthCheck.differing_executors]
)
settings.load_profile("mutants")


@pytest.fixture(scope="session", autouse=True)
def nothing_is_remembered():
    clear_cache()
    for remembers in gc.get_objects():
        if isinstance(remembers, functools._lru_cache_wrapper) and (remembers.__module__ or "").startswith("dlmath"):
            remembers.cache_clear()
"""

HEAD = """\
# Mutants that no test notices

Written by `python tests/mutants.py` (mutmut 3), which changes the package in small ways and runs the tests of the
module on each change. The reasons are kept in `tests/survivors.toml`. A mutant that never ends counts as killed.
"120 of 600" is a sample: of each function those mutants whose number ends in a certain digit.

| module | mutants | killed | |
|---|---|---|---|
"""


def modules() -> list[str]:
    """All modules that are mutated, such as ``losses`` and ``exercises.engine``."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    files = sorted(path.relative_to(ROOT) for path in (ROOT / "dlmath").rglob("*.py"))
    kept = [path for path in files if not any(fnmatch(str(path), pattern) for pattern in settings["do_not_mutate"])]
    return [".".join(path.with_suffix("").parts[1:]) for path in kept]


def tests_of(module: str) -> list[str]:
    """The files with the tests of a module."""
    if module in TESTS_OF:
        return TESTS_OF[module]
    *package, name = module.split(".")
    return ["/".join(["tests", *package, f"test_{name.removeprefix('_')}.py"])]


def without_decorators(source: str) -> str:
    """Write ``@decorator`` above a function as ``function = decorator(function)`` below it."""
    lines = source.splitlines()
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for function in sorted(functions, key=lambda node: node.lineno, reverse=True):
        decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
        if not decorators or set(decorators) & KEPT_DECORATORS:
            continue
        decorated = function.name
        for decorator in reversed(decorators):
            decorated = f"{decorator}({decorated})"
        indent = " " * function.col_offset
        lines.insert(function.end_lineno, f"{indent}{function.name} = {decorated}")
        del lines[function.decorator_list[0].lineno - 1 : function.lineno - 1]
    return "\n".join(lines) + "\n"


def prepare(module: str) -> None:
    """A copy of the project in which mutmut changes one module and runs its tests."""
    copy = COPIES / module
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for folder in ("dlmath", "exercises"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    bring_tests(copy)
    path = "dlmath/" + module.replace(".", "/") + ".py"
    (copy / path).write_text(without_decorators((copy / path).read_text(encoding="utf-8")), encoding="utf-8")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    chosen = f'only_mutate = ["{path}"]\npytest_add_cli_args_test_selection = {tests_of(module)}'
    (copy / "pyproject.toml").write_text(
        settings.replace("[tool.mutmut]", f"[tool.mutmut]\n{chosen}"), encoding="utf-8"
    )


def bring_tests(copy: Path) -> None:
    shutil.copytree(ROOT / "tests", copy / "tests", ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    with (copy / "tests" / "conftest.py").open("a", encoding="utf-8") as conftest:
        conftest.write(SETTINGS_OF_THE_COPY)


def mutmut(copy: Path, *arguments: str, quiet: bool = False) -> str:
    # Processes that are forked from one in which threads compute would wait for them for ever.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "mutmut", *arguments]
    output = subprocess.PIPE if quiet else None
    return subprocess.run(command, cwd=copy, env=environment, stdout=output, encoding="utf-8", check=True).stdout or ""


def mutated(module: str, endings: str, again: bool) -> tuple[int, int, list[str]]:
    """Run the mutants of one module: how many there are, how many were run, and the changes that no test noticed."""
    copy = COPIES / module
    if again:
        bring_tests(copy)
        (copy / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)  # which test reaches what may have changed
        chosen = alive(statuses(copy))
    else:
        prepare(module)
        chosen = [f"*__mutmut_*{digit}" for digit in endings]
    if chosen or not again:
        mutmut(copy, "run", "--max-children", "1", *chosen)
    results = statuses(copy)
    run = [status for status in results.values() if status != "not checked"]
    return len(results), len(run), [change(name, mutmut(copy, "show", name, quiet=True)) for name in alive(results)]


def statuses(copy: Path) -> dict[str, str]:
    """What became of each mutant."""
    listed = mutmut(copy, "results", "--all", "true", quiet=True)
    return dict(re.findall(r"^\s*(\S+): ([\w ]+)$", listed, re.MULTILINE))


def alive(results: dict[str, str]) -> list[str]:
    return [name for name, status in results.items() if status in ("survived", "no tests", "suspicious")]


def change(name: str, diff: str) -> str:
    """A change in one line: the function, what was there, what is there now."""
    function = re.sub(r"__mutmut_\d+$", "", name.split(".")[-1]).replace("xǁ", "").replace("ǁ", ".").removeprefix("x_")
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "#"))]
    before, after = (" ".join(line[1:].strip() for line in lines if line.startswith(mark)) for mark in "-+")
    return f"{function}: {before} → {after}"


def reasons() -> dict[str, dict[str, str]]:
    """For each module the changes that are right, with the reason."""
    found: dict[str, dict[str, str]] = {}
    for entry in tomllib.loads(REASONS.read_text(encoding="utf-8"))["survivors"]:
        found.setdefault(entry["module"], {}).update(dict.fromkeys(entry["changes"], entry["reason"]))
    return found


def report(results: dict[str, tuple[int, int, list[str]]]) -> list[str]:
    """Write the table, keeping the rows of modules that were not run now, and say what is wrong."""
    known, wrong = reasons(), []
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (.*) \|$", TABLE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    for module, (count, run, changes) in results.items():
        killed = run - len(changes)
        sample = "" if run == count else f" of {count}"
        rows[module] = f"{run}{sample} | {killed} | {100 * killed / run:.1f} %"
        unknown = [each for each in changes if each not in known.get(module, {})]
        stale = [each for each in known.get(module, {}) if each not in changes and not sample]
        wrong += [f"{module} survives without a reason: {each}" for each in unknown]
        wrong += [f"{module} has a reason but does not survive: {each}" for each in stale]
        if killed < LEAST_KILLED * run:
            wrong.append(f"{module}: only {killed} of {run} are killed")
    table = "".join(f"| `{module}` | {row} |\n" for module, row in sorted(rows.items()))
    sections = [
        f"\n## `{module}`\n\n" + "".join(f"- {reason}\n" for reason in dict.fromkeys(known[module].values()))
        for module in sorted(known)
    ]
    TABLE.write_text(HEAD + table + "".join(sections), encoding="utf-8")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description="Change the package in small ways and count what the tests notice.")
    parser.add_argument("modules", nargs="*", help="such as losses or exercises.engine; all if none is given")
    parser.add_argument("--ending", default="", help="digits: only mutants whose number ends in one of them")
    parser.add_argument("--again", action="store_true", help="only those that survived the last time")
    given = parser.parse_args()
    unknown = set(given.modules) - set(modules())
    if unknown:
        parser.error(f"not mutated, or no module of dlmath: {', '.join(sorted(unknown))}")
    wrong = report({module: mutated(module, given.ending, given.again) for module in given.modules or modules()})
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
