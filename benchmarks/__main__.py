"""Run every comparison and print one table: ``python -m benchmarks [--smoke] [--only a,b]``."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import benchmarks
from benchmarks.harness import FLOOR, LIMIT, Case, compare, peak_memory, table

HEADER = ["", "work", "against", "dlmath", "peer", "ratio", "must", "reached"]


def cases() -> Iterator[Case]:
    """The cases of every module in this folder that has some, by their letters."""
    imported = [importlib.import_module(f"benchmarks.{module.name}") for module in _topics()]
    modules = [module for module in imported if hasattr(module, "cases")]
    yield from sorted((case for module in modules for case in module.cases()), key=lambda case: case.item)


def rows_of(case: Case, *, rounds: int, seconds: float) -> tuple[list[list[str]], bool]:
    """The lines of a case in the table, and whether all of its limits were kept."""
    measured = compare(case.work, case.ours, case.peers, case.check, floor=case.floor, rounds=rounds, seconds=seconds)
    rows, kept = [], True
    for peer, ratio in measured.ratios.items():
        if peer not in case.peers and peer != FLOOR:
            continue
        limit = LIMIT if peer == FLOOR else case.must.get(peer)
        kept &= limit is None or ratio <= limit
        rows.append(
            [
                case.item,
                case.work,
                peer,
                _time(measured.ours),
                _time(measured.peers[peer]) if peer in measured.peers else "",
                f"{ratio:.2f}",
                "" if limit is None else f"≤ {limit:.3g}",
                "" if limit is None else _yes(ratio <= limit),
            ]
        )
    if case.memory is not None:
        peak = peak_memory(case.ours)
        kept &= peak <= case.memory
        limit = f"≤ {case.memory / 1e6:.1f} MB"
        rows.append(
            [case.item, case.work, "memory in use", f"{peak / 1e6:.1f} MB", "", "", limit, _yes(peak <= case.memory)]
        )
    return rows, kept


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=benchmarks.__doc__)
    parser.add_argument("--smoke", action="store_true", help="a few rounds only: that everything runs and agrees")
    parser.add_argument("--only", default="", help="letters of the items to run, such as a,b")
    options = parser.parse_args(arguments)
    rounds, seconds = (2, 0.0) if options.smoke else (51, 0.01)
    chosen = [case for case in cases() if not options.only or case.item in options.only.split(",")]
    rows, kept = [], True
    for case in chosen:
        case_rows, case_kept = rows_of(case, rounds=rounds, seconds=seconds)
        rows += case_rows
        kept &= case_kept
        print(f"{case.item}: {case.work}", file=sys.stderr)
    print(table(rows, HEADER))
    print(f"\n{time.strftime('%Y-%m-%d')}, {_machine()}; one thread, median of {rounds} rounds made in turn.")
    return 0 if kept or options.smoke else 1


def _topics() -> Iterator[pkgutil.ModuleInfo]:
    return (m for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in ("__main__", "harness"))


def _machine() -> str:
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    for name in ("torch", "sklearn", "autograd"):
        try:
            versions.append(f"{name} {importlib.import_module(name).__version__}")
        except (ImportError, AttributeError):
            continue
    return f"{_processor()}, {', '.join(versions)}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _time(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.1f} ms"


def _yes(kept: bool) -> str:
    return "yes" if kept else "no"


if __name__ == "__main__":
    sys.exit(main())
