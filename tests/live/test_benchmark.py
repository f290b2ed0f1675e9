"""The benchmark of live figures runs, and what it measures that does not depend on the machine is within its limits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_benchmark_runs_and_sizes_are_within_their_limits():
    pytest.importorskip("threadpoolctl")
    root = Path(__file__).parents[2]
    environment = os.environ | {"MPLBACKEND": "agg"}
    command = [sys.executable, "-W", "error", "-m", "benchmarks.live_figures", "--smoke"]
    run = subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    assert run.returncode == 0, run.stderr
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in run.stdout.splitlines() if line.startswith("|")
    ]
    sizes = [row for row in rows if "gzip" in row[0]]
    assert len(sizes) == 3
    assert all(row[3] == "yes" for row in sizes), sizes
    assert sum("in a kernel" in row[0] for row in rows) == 2
