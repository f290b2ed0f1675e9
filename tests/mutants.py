"""Mutation testing: change the package in small ways, one at a time, and see whether a test notices.

    python tests/mutants.py                       all modules that [tool.mutmut] in pyproject.toml names
    python tests/mutants.py losses optimizers     these modules only

mutmut does the work, in a copy of the project in ``_build/mutants``. It leaves decorated functions out, and many of
ours are decorated with ``np.errstate``; so in the copy the decorator is written as a ``with`` statement, which is the
same. What survives is listed at the end, and explained in ``tests/mutants.md``.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPY = ROOT / "_build" / "mutants"

# mutmut runs the tests several times in one process, which Hypothesis takes for a mistake.
SETTINGS_OF_THE_COPY = """

from hypothesis import HealthCheck

settings.register_profile(
    "mutants", parent=settings.get_profile("repeatable"), suppress_health_check=[HealthCheck.differing_executors]
)
settings.load_profile("mutants")
"""


def without_errstate_decorators(source: str) -> str:
    """Write ``@np.errstate(...)`` above a function as ``with np.errstate(...):`` around its body."""
    lines = source.splitlines()
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    for function in reversed(functions):
        decorators = [ast.unparse(decorator) for decorator in function.decorator_list]
        if len(decorators) != 1 or not decorators[0].startswith("np.errstate("):
            continue
        first = function.body[1 if ast.get_docstring(function) is not None else 0].lineno - 1
        body = [f"    {line}" if line else line for line in lines[first : function.end_lineno]]
        lines[first : function.end_lineno] = [f"    with {decorators[0]}:", *body]
        del lines[function.decorator_list[0].lineno - 1]
    return "\n".join(lines) + "\n"


def main(modules: list[str]) -> int:
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for folder in ("dlmath", "tests"):
        shutil.copytree(ROOT / folder, COPY / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", COPY)
    for path in (COPY / "dlmath").glob("*.py"):
        path.write_text(without_errstate_decorators(path.read_text()))
    with (COPY / "tests" / "conftest.py").open("a") as conftest:
        conftest.write(SETTINGS_OF_THE_COPY)
    # Processes that are forked from one in which threads compute would wait for them for ever.
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    mutmut = [sys.executable, "-m", "mutmut"]
    filters = [f"dlmath.{module}.*" for module in modules]
    run = subprocess.run([*mutmut, "run", "--max-children", "1", *filters], cwd=COPY, env=environment)
    if run.returncode:
        return run.returncode
    print("\nThose that no test noticed (`mutmut show NAME` in _build/mutants shows the change):")
    results = subprocess.run(
        [*mutmut, "results"], cwd=COPY, env=environment, capture_output=True, text=True, check=True
    )
    print("\n".join(line for line in results.stdout.splitlines() if not line.endswith("not checked")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
