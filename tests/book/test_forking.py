"""Kernels that are forked: a chapter finds in one what it finds in a new one, and its outputs are the same."""

import json
import re
import sys
import time
from contextlib import closing

import pytest
from nbformat.v4 import new_code_cell, new_notebook
from support import ROOT

sys.path.insert(0, str(ROOT / "_ext"))
from forking import ForkServer
from parallel_execution import Executions, read

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux alone")

# What a cell can see of its process, but for what differs between any two kernels.
STATE = """
import gc, json, os, random, re, signal, sys, threading, warnings
names = sorted(globals())
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, sympy as sp
from dlmath.live import explorer
own = ("JPY_PARENT_PID", "JPY_SESSION_NAME")
print(json.dumps({
    "names": names,
    "main": [__name__, sys.modules["__main__"].__dict__ is globals()],
    "folder": [os.getcwd(), sys.path, sys.argv[0]],
    "environment": {name: value for name, value in os.environ.items() if name not in own},
    "signals": {number.name: str(signal.getsignal(number)).split(" at ")[0] for number in signal.Signals},
    "threads": sorted(re.sub(r"\\W.*|-?\\d+", "", each.name) for each in threading.enumerate()),
    "warnings": sorted(str(each) for each in warnings.filters),
    "style": {name: str(value) for name, value in mpl.rcParams.items()},
    "figures": [plt.get_fignums(), mpl.get_backend(), plt.isinteractive(), dict(explorer._names)],
    "numpy": [np.geterr(), {name: str(value) for name, value in np.get_printoptions().items()}],
    "leader": os.getsid(0) == os.getpid(),
    "collected": gc.isenabled(),
}))
"""
DRAWN = "import random, numpy as np\nprint(random.random(), np.random.random())"


@pytest.fixture(scope="module")
def server():
    with closing(ForkServer()) as server:
        yield server


def run(server, folder, *cells):
    """The notebook of these cells, and why it failed."""
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    return notebook, Executions(60, server).run(notebook, folder / "notebook.ipynb")[1]


def printed(server, folder, *cells):
    notebook, error = run(server, folder, *cells)
    assert error is None
    return notebook.cells[-1].outputs[0].text


def test_a_forked_kernel_is_like_a_new_one(server, tmp_path):
    forked, new = (json.loads(printed(each, tmp_path, STATE)) for each in (server, None))
    assert forked["folder"][0] == str(tmp_path)
    assert forked.keys() == new.keys()
    for name, value in new.items():
        assert forked[name] == value, name


def test_it_was_forked(server, tmp_path):
    parent = "import os\nprint(os.getppid())"
    assert int(printed(server, tmp_path, parent)) == server._process.pid
    assert int(printed(None, tmp_path, parent)) != server._process.pid


def test_random_numbers_are_its_own(server, tmp_path):
    one, other = (printed(server, tmp_path, DRAWN).split() for _ in range(2))
    assert not set(one) & set(other)


def test_a_chapter_has_the_same_outputs(server, monkeypatch):
    monkeypatch.setenv("DLMATH_BOOK", "1")
    path = ROOT / "chapters" / "math" / "activation-function.ipynb"
    both = [read(path), read(path)]
    for notebook, forking in zip(both, (server, None)):
        assert Executions(120, forking).run(notebook, path)[1] is None
    forked, new = ([cell.get("outputs") for cell in notebook.cells] for notebook in both)
    assert sum(map(len, filter(None, new))) > 20
    assert forked == new


def test_a_kernel_that_dies_is_noticed(server, tmp_path):
    _, error = run(server, tmp_path, "import os\nos.kill(os.getpid(), 9)")
    assert re.search("DeadKernelError|died", error)
    assert printed(server, tmp_path, "print(1)") == "1\n"


def test_kernels_end_with_their_server(tmp_path):
    server = ForkServer()
    kernel = server.fork(["-f", str(tmp_path / "connection.json")], str(tmp_path), {})
    assert kernel.poll() is None
    server.close()
    assert wait_for(lambda: kernel.poll() is not None)


def test_without_a_server_kernels_are_new(tmp_path):
    server = ForkServer()
    server._process.kill()
    server._process.wait()
    assert printed(server, tmp_path, "print(1)") == "1\n"
    server.close()


def wait_for(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()
