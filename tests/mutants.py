"""Mutation testing: change the package in small ways, one at a time, and see whether a test notices.

    python tests/mutants.py                           all modules but those that pyproject.toml excludes
    python tests/mutants.py losses exercises.engine     these modules only
    python tests/mutants.py --sample 60 verify          60 of its mutants, always the same ones
    python tests/mutants.py --sample 60 --seed b verify 60 others
    python tests/mutants.py --again losses              those that survived last time, with the tests as they are now

mutmut invents the changes. They are made here: pytest collects the tests of the module once, and for each mutant a
fork of that process gives the changed function its new code and runs the tests that reach it, the quickest first. So a
change is also seen where the package itself starts a process, and in functions that have decorators. What a module
does while it is imported is not changed.

The table of results, ``tests/mutants.md``, is written here; the reasons why a survivor is right are in
``tests/survivors.toml``. A survivor without a reason, a reason without a survivor, and a module of which less than
90 % is killed are reported, and end this with 1.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import difflib
import functools
import gc
import importlib
import json
import os
import random
import re
import resource
import signal
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, NamedTuple

import libcst as cst
import pytest
from mutmut.mutation.file_mutation import MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators
from mutmut.mutation.pragma_handling import IgnoredCode

ROOT = Path(__file__).parent.parent
LAST = ROOT / "_build" / "mutants"
TABLE = ROOT / "tests" / "mutants.md"
REASONS = ROOT / "tests" / "survivors.toml"
LEAST_KILLED = 0.9
TESTS_OF = {
    "_markup": ["tests/exercises/test_shown.py"],
    "_shown": ["tests/exercises/test_shown.py"],
    "_svg": ["tests/test_svg.py"],
    "display": ["tests/test_display.py", "tests/test_source.py"],
    "exercises.definition": ["tests/exercises/test_texts.py"],
    "exercises.running": ["tests/exercises/test_running.py", "tests/exercises/test_signals.py"],
    "exercises.engine": ["tests/exercises/test_engine.py", "tests/exercises/test_kinds.py"],
    "exercises.slicing": ["tests/exercises/test_slicing.py"],
    "exercises.slips": [f"tests/exercises/test_{name}.py" for name in ("slips", "nearby", "telling")],
    "exercises.telling": ["tests/exercises/test_telling.py"],
    "live.explorer": ["tests/live/test_explore.py"],
    "live.page": ["tests/live/test_page.py", "tests/live/test_explore.py"],
}
"""Where it is not the file that has the name of the module."""

OPTIONS = ["-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:terminalreporter"]
"""Of pytest, which would write the assertions of a module anew, so that its functions are not those of its file."""

HEAD = """\
# Mutants that no test notices

Written by `python tests/mutants.py`, which changes the package in small ways (those of mutmut 3) and runs the tests of
the module on each change. The reasons are kept in `tests/survivors.toml`. A mutant that never ends counts as killed.
"60 of 600" is a sample, drawn at random with a fixed seed.

| module | mutants | killed | |
|---|---|---|---|
"""


class Mutant(NamedTuple):
    function: str
    """The function that is changed, or ``Class.method``."""
    source: str
    """The module with the change."""
    change: str
    """In one line: the function, what was there, what is there now."""


class _EverywhereVisitor(MutationVisitor):
    """Functions that have decorators are changed too, for their decorators do not run again."""

    def _skip_node_and_children(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef):
            return any(
                isinstance(each.decorator, cst.Name) and each.decorator.value == "overload" for each in node.decorators
            )
        return bool(super()._skip_node_and_children(node))


def modules() -> list[str]:
    """All modules that are mutated, such as ``losses`` and ``exercises.engine``."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    files = sorted(path.relative_to(ROOT) for path in (ROOT / "dlmath").rglob("*.py"))
    kept = [path for path in files if not any(fnmatch(str(path), pattern) for pattern in settings["do_not_mutate"])]
    return [".".join(path.with_suffix("").parts[1:]) for path in kept]


def tests_of(module: str) -> list[str]:
    """The files with the tests of a module, beside the examples in the module itself."""
    *package, name = module.split(".")
    return TESTS_OF.get(module) or ["/".join(["tests", *package, f"test_{name.removeprefix('_')}.py"])]


def file_of(module: str) -> Path:
    return ROOT / "dlmath" / Path(*module.split(".")).with_suffix(".py")


def mutants_of(module: str) -> list[Mutant]:
    """The changes of one module's functions and methods."""
    source = file_of(module).read_text(encoding="utf-8")
    wrapper = cst.MetadataWrapper(cst.parse_module(source))
    visitor = _EverywhereVisitor(
        mutation_operators, IgnoredCode(no_mutate_lines=set(), ignore_node_lines=set(), ignore_pattern_lines=set())
    )
    tree = wrapper.visit(visitor)
    names = {id(function): name for name, function in _functions(tree)}
    found = {}
    for mutation in visitor.mutations:
        function = mutation.contained_by_top_level_function
        if id(function) in names:
            name = names[id(function)]
            new = deep_replace(function, mutation.original_node, mutation.mutated_node)
            before, after = (tree.code_for_node(each) for each in (function, new))
            # The code of a method stands in the source with the indentation of its class.
            changed = source.replace(before, after, 1) if "." not in name else deep_replace(tree, function, new).code
            found[name, after] = Mutant(name, changed, change(name, before, after))
    return list(found.values())


def has_the_same_names_from_outside(module: str, mutant: Mutant) -> bool:
    """Whether the new code can be given to the function: it must use as many names of a scope around it."""
    path = str(file_of(module))
    before, after = (codes_of(source, path) for source in (file_of(module).read_text(encoding="utf-8"), mutant.source))
    return len(before[mutant.function, 0].co_freevars) == len(after[mutant.function, 0].co_freevars)


def _functions(tree: cst.Module) -> Iterator[tuple[str, cst.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, cst.FunctionDef):
            yield node.name.value, node
        elif isinstance(node, cst.ClassDef):
            for method in node.body.body:
                if isinstance(method, cst.FunctionDef):
                    yield f"{node.name.value}.{method.name.value}", method


def change(name: str, before: str, after: str) -> str:
    """A change in one line: the function, what was there, what is there now."""
    lines = [line for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)][2:]
    removed, added = (" ".join(line[1:].strip() for line in lines if line[0] == mark) for mark in "-+")
    return f"{name}: {removed} → {added}"


def codes_of(source: str | ast.Module, path: str) -> dict[tuple[str, int], CodeType]:
    """The code of each function, by its name and by which of that name it is."""
    found: dict[tuple[str, int], CodeType] = {}
    count: dict[str, int] = defaultdict(int)

    def collect(code: CodeType) -> None:
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                found[constant.co_qualname, count[constant.co_qualname]] = constant
                count[constant.co_qualname] += 1
                collect(constant)

    collect(compile(source, path, "exec", flags=0, dont_inherit=True))
    return found


def where(code: CodeType) -> tuple[object, ...]:
    """The place of a function in its file, by columns too: several lambdas may stand in a line."""
    return code.co_qualname, *code.co_positions()


def put_in(module: str, functions: list[FunctionType], changed: str | ast.Module) -> None:
    """Give the functions of an imported module the code that they have in another version of it."""
    path = file_of(module)
    before, after = (codes_of(each, str(path)) for each in (path.read_text(encoding="utf-8"), changed))
    place = {where(code): key for key, code in before.items()}
    for function in functions:
        code = function.__code__
        new = after.get(place.get(where(code), ("", 0)))
        if new is not None and len(new.co_freevars) == len(code.co_freevars):
            function.__code__ = new


def put_in_mutant(module: str, functions: list[FunctionType], mutant: Mutant) -> None:
    """``put_in``, with default values of arguments."""
    before, after = (
        _defaults(source, mutant.function) for source in (file_of(module).read_text(encoding="utf-8"), mutant.source)
    )
    if ast.dump(before) != ast.dump(after):
        expression = ast.fix_missing_locations(ast.Expression(after))
        usual, named = eval(compile(expression, "defaults", "eval"), vars(sys.modules[f"dlmath.{module}"]))
        for function in functions:
            if function.__code__.co_qualname == mutant.function:
                function.__defaults__, function.__kwdefaults__ = usual or None, named or None
    put_in(module, functions, mutant.source)


def that_tells(module: str) -> ast.Module:
    """The module with functions and methods that begin by telling their name to ``_reached_by_a_test``."""
    tree = ast.parse(file_of(module).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    for owner in [tree, *classes]:
        for node in owner.body:
            if isinstance(node, ast.FunctionDef):
                name = node.name if owner is tree else f"{owner.name}.{node.name}"
                begin = ast.get_docstring(node) is not None
                node.body.insert(int(begin), ast.parse(f"_reached_by_a_test({name!r})").body[0])
    return ast.fix_missing_locations(tree)


def functions_of(module: str) -> list[FunctionType]:
    path = str(file_of(module))
    return [each for each in gc.get_objects() if type(each) is FunctionType and each.__code__.co_filename == path]


def _defaults(source: str, name: str) -> ast.Tuple:
    """The default values of a function's arguments: those in order, and those by name."""
    node: Any = ast.parse(source)
    for part in name.split("."):
        named = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.ClassDef) and each.name == part]
        node = named[-1]
    pairs = [
        (ast.Constant(each.arg), value) for each, value in zip(node.args.kwonlyargs, node.args.kw_defaults) if value
    ]
    named_ones = ast.Dict(keys=[key for key, _ in pairs], values=[value for _, value in pairs])
    return ast.Tuple([ast.Tuple(node.args.defaults, ast.Load()), named_ones], ast.Load())


class Mutating:
    """A plugin of pytest: in the place of one run of the tests, a run for each mutant."""

    def __init__(self, module: str, mutants: list[Mutant]) -> None:
        self.module, self.mutants = module, mutants
        self.alive: list[str] = []
        self.label = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Interrupted("the tests cannot be collected")
        importlib.import_module(f"dlmath.{self.module}")
        self.functions, self.caches = functions_of(self.module), remembering("dlmath")
        own = remembering(f"dlmath.{self.module}")
        gc.freeze()  # looking through all objects would copy them in each fork
        reached, seconds = self._record(session, own)
        for number, mutant in enumerate(self.mutants, 1):
            labels = reached[mutant.function]
            chosen = [item for item in session.items if labels & {item.nodeid, *_fixtures(item)}]
            chosen.sort(key=lambda item: seconds[item.nodeid])
            limit = 10 + 5 * sum(seconds[item.nodeid] for item in chosen)
            survives = not chosen or in_a_fork(limit, lambda: self._run_mutant(session, mutant, chosen))  # noqa: B023
            if survives:
                self.alive.append(mutant.change)
            print(
                f"{number}/{len(self.mutants)} {'survives' if survives else 'killed'}: {mutant.change}",
                file=sys.__stderr__,
            )
        return True

    def _record(self, session: pytest.Session, own: list[Any]) -> tuple[dict[str, set[str]], dict[str, float]]:
        """Which tests reach which function, and how long each takes."""
        LAST.mkdir(parents=True, exist_ok=True)
        record = LAST / f"{self.module}.reached"
        record.unlink(missing_ok=True)
        seen = set()

        def reached_now(name: str) -> None:
            if (self.label, name) not in seen:
                seen.add((self.label, name))
                os.write(writing, (json.dumps([name, self.label]) + "\n").encode())

        def run() -> bool:
            vars(sys.modules[f"dlmath.{self.module}"])["_reached_by_a_test"] = reached_now
            put_in(self.module, self.functions, that_tells(self.module))
            for item, after in zip(session.items, [*session.items[1:], None]):
                for cache in own:
                    cache.cache_clear()
                self.label, start = item.nodeid, time.process_time()
                run_test(item, after)
                if session.testsfailed:
                    print(f"without any change fails {item.nodeid}", file=sys.__stderr__)
                    return False
                os.write(writing, (json.dumps([item.nodeid, time.process_time() - start]) + "\n").encode())
            return True

        writing = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        if not in_a_fork(3600, run):
            raise session.Interrupted("the tests fail without a change")
        os.close(writing)
        reached, seconds = defaultdict(set), defaultdict(float)
        for name, value in map(json.loads, record.read_text(encoding="utf-8").splitlines()):
            if isinstance(value, str):
                reached[name].add(value)
            else:
                seconds[name] = value
        return reached, seconds

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before, self.label = self.label, f"fixture {fixturedef.argname}"
        yield
        self.label = before

    def _forget(self) -> None:
        for cache in self.caches:
            cache.cache_clear()
        if "sympy" in sys.modules:
            sys.modules["sympy.core.cache"].clear_cache()

    def _run_mutant(self, session: pytest.Session, mutant: Mutant, items: list[pytest.Item]) -> bool:
        self._forget()
        put_in_mutant(self.module, self.functions, mutant)
        for item, after in zip(items, [*items[1:], None]):
            run_test(item, after)
            if session.testsfailed:
                return False
        return True


def _fixtures(item: Any) -> set[str]:
    return {f"fixture {name}" for name in item.fixturenames}


def run_test(item: pytest.Item, after: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)


def in_a_fork(seconds: float, work: Any) -> bool:
    """Whether ``work()`` is true, in a process of its own that may compute for so long and wait ten times as long."""
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 2))
        result = 1
        with contextlib.suppress(BaseException):
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, 0)
            result = int(not work())
        os._exit(result)
    give_up = time.monotonic() + 60 + 10 * seconds
    while time.monotonic() < give_up:
        finished, status = os.waitpid(child, os.WNOHANG)
        if finished:
            return status == 0
        time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def remembering(module: str) -> list[Any]:
    """Functions that remember what they returned, which would hide that they are changed now."""
    cached = type(functools.cache(remembering))
    caches = [each for each in gc.get_objects() if type(each) is cached]
    return [each for each in caches if (each.__module__ or "").startswith(module)]


def mutated(module: str, sample: int | None, seed: str, again: bool) -> tuple[int, int, list[str]]:
    """Run the mutants of one module: how many there are, how many were run, and the changes that no test noticed."""
    mutants = mutants_of(module)
    last = LAST / f"{module}.json"
    count, run, alive = len(mutants), len(mutants), None
    if again:
        run, alive = json.loads(last.read_text(encoding="utf-8"))
        mutants = [mutant for mutant in mutants if mutant.change in alive]
    elif sample is not None and sample < count:
        mutants = random.Random(module + seed).sample(mutants, sample)
    if not again:
        mutants = [mutant for mutant in mutants if has_the_same_names_from_outside(module, mutant)]
        run = len(mutants)
    plugin = Mutating(module, mutants)
    ended = pytest.main([*tests_of(module), str(file_of(module)), *OPTIONS], plugins=[plugin])
    if ended not in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"{module}: the tests cannot be run")
    LAST.mkdir(parents=True, exist_ok=True)
    last.write_text(json.dumps([run, plugin.alive], ensure_ascii=False), encoding="utf-8")
    return count, run, plugin.alive


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
    parser.add_argument("--sample", type=int, help="so many mutants of each module, drawn at random")
    parser.add_argument("--seed", default="", help="any word, for another sample")
    parser.add_argument("--again", action="store_true", help="only those that survived the last time")
    given = parser.parse_args()
    unknown = set(given.modules) - set(modules())
    if unknown:
        parser.error(f"not mutated, or no module of dlmath: {', '.join(sorted(unknown))}")
    os.chdir(ROOT)
    wrong = report(
        {module: mutated(module, given.sample, given.seed, given.again) for module in given.modules or modules()}
    )
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
