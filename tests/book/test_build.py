"""What the build promises, on books of two small chapters: it is strict, parallel, cached, and never stale."""

from __future__ import annotations

import os
import re
import signal
import time

import pytest
from support import CERTIFICATE, SmallBook

VERSION = "import dlmath\n\ndlmath.__version__"
# Each of two chapters waits for the other one to begin: one after the other they would never end.
MEET = """\
from pathlib import Path
from time import monotonic, sleep

with open("{here}.runs", "a") as runs:
    runs.write("x")
begin = monotonic()
while not Path("{there}.runs").exists():
    assert monotonic() - begin < 30, "alone"
    sleep(0.05)
"""


def executed(output: str) -> set[str]:
    return set(re.findall(r"^\[\d+/\d+\] chapters/(\S+) ", output, flags=re.MULTILINE))


def test_a_book_through_its_edits(tmp_path, root):
    book = SmallBook(
        tmp_path,
        root,
        one=["# One\n\nFirst prose.", MEET.format(here="one", there="two"), CERTIFICATE],
        two=["# Two", MEET.format(here="two", there="one"), VERSION],
    )

    # Chapters run at the same time, each once, and the build says so with times.
    output = book.build()
    assert executed(output) == {"one", "two"}
    assert re.search(r"chapters/one +\d+\.\d s", output)
    assert "WARNING" not in output
    assert [(tmp_path / f"chapters/{name}.runs").read_text() for name in ("one", "two")] == ["x", "x"]
    assert "certificate-line" in book.page("one")

    # Edited prose shows, a new title in every sidebar, and nothing is executed again.
    book.replace("chapters/one.ipynb", "# One", "# Uno")
    book.replace("chapters/one.ipynb", "First prose.", "Second prose.")
    output = book.build()
    assert executed(output) == set()
    assert "Second prose." in book.page("one")
    assert "Uno" in book.page("two")

    # An edited package executes everything again, and no page is older than it.
    assert "'1.0.0-edited'" not in book.page("two")
    book.replace("dlmath/__init__.py", '__version__ = "', '__version__ = "1.0.0-edited"  # "')
    assert executed(book.build()) == {"one", "two"}
    assert "1.0.0-edited" in book.page("two")

    # A flipped sign in the equation: the build fails and names certificate and chapter, also when it is run again.
    book.replace("chapters/one.ipynb", "2 / N * (P - Y)", "2 / N * (Y - P)")
    for _ in range(2):
        output = book.build(succeeds=False)
        assert "certificate 'mse-gradient' does not hold" in output
        assert re.search(r"chapters/one +FAILED", output)
        assert executed(output) == {"one"}

    # The same in the function behind it.
    book.replace("chapters/one.ipynb", "2 / N * (Y - P)", "2 / N * (P - Y)")
    book.replace("dlmath/losses.py", "return (2 / len(predictions))", "return -(2 / len(predictions))")
    output = book.build(succeeds=False)
    assert "certificate 'mse-gradient' does not hold" in output
    assert "dlmath.losses.mse_grad" in output
    assert re.search(r"chapters/one +FAILED", output)

    # A chapter that is gone leaves no page.
    book.replace("dlmath/losses.py", "return -(2 / len(predictions))", "return (2 / len(predictions))")
    (tmp_path / "chapters/two.ipynb").unlink()
    book.replace("chapters/one.ipynb", "two.runs", "one.runs")
    book.toc("one")
    book.build()
    assert "Uno" in book.page("one")
    assert not (tmp_path / "_build/html/chapters/two.html").exists()
    assert not (tmp_path / "_build/html/_sources/chapters/two.ipynb").exists()


def test_a_cell_that_writes_to_stderr_fails_the_build_every_time(tmp_path, root):
    book = SmallBook(tmp_path, root, one=["# One", "import warnings\n\nwarnings.warn('careful')"])
    for _ in range(2):
        assert "stderr" in book.build(succeeds=False)


@pytest.mark.skipif(os.name == "nt", reason="signals are different on Windows")
def test_ctrl_c_ends_the_build_and_its_kernels(tmp_path, root):
    cell = "import os, time\n\nopen('{}.pid', 'w').write(str(os.getpid()))\ntime.sleep(100)"
    chapters = {name: [f"# {name}", cell.format(name)] for name in ("one", "two", "three")}
    book = SmallBook(tmp_path, root, **chapters)
    process = book.start()
    try:
        running = wait_for(
            lambda: [file for file in (tmp_path / "chapters").glob("*.pid") if file.read_text()], count=2
        )
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode != 0
    assert "interrupted" in output
    assert "Traceback" not in output
    pids = [int(file.read_text()) for file in running]
    wait_for(lambda: [pid for pid in pids if not is_alive(pid)], count=len(pids))


def wait_for(look, count, seconds=60):
    end = time.monotonic() + seconds
    while len(look()) < count:
        assert time.monotonic() < end, look()
        time.sleep(0.1)
    return look()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
