"""What the build promises, on books of two small chapters: it is strict, parallel, cached, and never stale."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time

import nbformat
import pytest
import yaml
from building import CERTIFICATE, SmallBook
from jupyter_book.config import get_final_config
from parallel_execution import Executions

VERSION = "import dlmath\n\nprint('version', flush=True)\nprint('again')\n\ndlmath.__version__"
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
    assert [(tmp_path / f"chapters/{name}.runs").read_text(encoding="utf-8") for name in ("one", "two")] == ["x", "x"]
    assert "certificate-line" in book.page("one")
    assert re.search(r"version\s+again", book.page("two"))  # in one box

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


def test_what_fails_is_named_and_what_ran_is_kept(tmp_path, root):
    book = SmallBook(
        tmp_path,
        root,
        good=["# Good", "1 + 1"],
        careless=["# Careless", "import warnings\n\nwarnings.warn('careful')"],
        slow=["# Slow", "import time\n\ntime.sleep(60)"],
        merged=["# Merged", "'ours'"],
        foreign=["# Foreign", "'a kernel'"],
        dying=["# Dying", "import os\n\nos._exit(1)"],
    )
    book.replace(
        "chapters/merged.ipynb", """    "'ours'"\n""", """<<<<<<< HEAD\n    "'ours'"\n=======\n>>>>>>> theirs\n"""
    )
    book.replace("chapters/foreign.ipynb", '"name": "python3"', '"name": "elvish"')
    for run in ({"good", "careless", "slow", "foreign", "dying"}, {"careless", "slow", "foreign", "dying"}):
        output = book.build(succeeds=False, CELL_SECONDS="5")
        assert executed(output) == run
        for chapter, *texts in [
            ("careless", "wrote to stderr", "UserWarning: careful"),
            ("slow", "after 5 seconds", "make book CELL_SECONDS=600", "timeout in _config.yml"),
            ("merged", "chapters/merged.ipynb is '<<<<<<< HEAD'"),
            ("foreign", "No such kernel named elvish"),
            ("dying", "Kernel died"),
        ]:
            (message,) = re.findall(rf"^chapters/{chapter}:\n(.*?)(?=^chapters/|\Z)", output, flags=re.M | re.S)
            assert all(text in message for text in texts), message


@pytest.mark.parametrize(("failures", "error"), [(1, None), (9, "died before replying")])
def test_a_kernel_that_ends_at_its_start_is_started_once_more(tmp_path, monkeypatch, failures, error):
    starts = tmp_path / "starts"
    code = (
        f"import pathlib, runpy, sys; starts = pathlib.Path({str(starts)!r}); starts.open('a').write('x'); "
        f"len(starts.read_text()) > {failures} or sys.exit(1); "
        "runpy.run_module('ipykernel_launcher', run_name='__main__')"
    )
    spec = tmp_path / "kernels" / "hesitant" / "kernel.json"
    spec.parent.mkdir(parents=True)
    argv = [sys.executable, "-c", code, "-f", "{connection_file}"]
    spec.write_text(json.dumps({"argv": argv, "display_name": "hesitant", "language": "python"}), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    notebook.metadata.kernelspec = {"name": "hesitant", "display_name": "hesitant"}
    _, found = Executions(60).run(notebook, tmp_path / "chapter.ipynb")
    assert starts.read_text(encoding="utf-8") == "xx"
    if error is None:
        assert found is None
        assert notebook.cells[0].outputs[0].data["text/plain"] == "2"
    else:
        assert error in found


def test_what_a_chapter_is_computed_with(tmp_path, root):
    """Its exercises are its own; the package is everyone's; nothing else executes anything."""
    book = SmallBook(tmp_path, root, **{"gradient-descent": ["# Descent", "1"], "loss": ["# Loss", "2"]})
    assert executed(book.build()) == {"gradient-descent", "loss"}
    for file, expected in [
        ("exercises/gradient_descent.py", {"gradient-descent"}),
        ("exercises/forward/diffusion.py", set()),
        ("_static/book.css", set()),
        ("_ext/documents.py", set()),
        ("dlmath/exercises/engine.py", {"gradient-descent", "loss"}),
    ]:
        with open(tmp_path / file, "a", encoding="utf-8") as source:
            source.write("\n")
        assert executed(book.build()) == expected, file


def test_chapters_with_the_same_code_share_one_result(tmp_path, root):
    """Whether both have exercises, one has or none has, and whatever else they say."""
    book = SmallBook(
        tmp_path,
        root,
        **{
            "loss": ["# Loss", "6 * 7"],
            "gradient-descent": ["# Descent", "6 * 7"],
            "other": ["# Other", "6 * 7"],
            "prose": ["# Prose"],
            "optimizers": ["# Optimizers"],
        },
    )
    output = book.build()
    assert "WARNING" not in output
    assert executed(output) == {"loss", "prose"}
    assert executed(book.build()) == set()
    for chapter in ("loss", "gradient-descent", "other"):
        assert ">42\n<" in book.page(chapter)

    (tmp_path / "exercises/gradient_descent.py").write_text("", encoding="utf-8")
    assert executed(book.build()) == {"loss"}
    book.replace("chapters/other.ipynb", "6 * 7", "6 * 8")
    assert executed(book.build()) == {"loss", "other"}
    assert ">48\n<" in book.page("other")
    assert ">42\n<" in book.page("loss")


def test_a_page_that_is_not_in_the_table_of_contents_is_named(tmp_path, root):
    book = SmallBook(tmp_path, root, one=["# One", "1"], two=["# Two", "2"])
    book.toc("one")
    for _ in range(2):
        output = book.build(succeeds=False)
        assert "WARNING: chapters/two.ipynb is not in the table of contents" in output
        assert output.count("WARNING") == 1
    book.toc("one", "two")
    book.build()


def test_the_list_of_extensions_follows_jupyter_book(root):
    """_config.yml replaces the list that Jupyter Book has; two of it are left out."""
    configured = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]["extensions"]
    stock = get_final_config(sourcedir=root, user_yaml={}, cli_config={"latex_individualpages": False})[0]["extensions"]
    # Jupyter Book appends these two to our list as well.
    stock = [name for name in stock if name not in ("sphinx_jupyterbook_latex", "sphinx_multitoc_numbering")]
    left_out = {"sphinx_thebe", "sphinx.ext.intersphinx"}
    missing, gone = set(stock) - left_out - set(configured), left_out - set(stock)
    assert not missing, f"Jupyter Book now loads {missing}: add it to the list in _config.yml, or leave it out here"
    assert not gone, f"Jupyter Book no longer loads {gone}, which _config.yml says that it leaves out"


@pytest.mark.skipif(os.name == "nt", reason="signals are different on Windows")
def test_ctrl_c_ends_the_build_and_its_kernels(tmp_path, root):
    cell = "import os, time\n\nopen('{}.pid', 'w').write(str(os.getpid()))\ntime.sleep(100)"
    chapters = {name: [f"# {name}", cell.format(name)] for name in ("one", "two", "three")}
    book = SmallBook(tmp_path, root, **chapters)
    process = book.start()
    try:
        running = wait_for(
            lambda: [file for file in (tmp_path / "chapters").glob("*.pid") if file.read_text(encoding="utf-8")],
            count=2,
        )
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode != 0
    assert "interrupted" in output
    assert "Traceback" not in output
    pids = [int(file.read_text(encoding="utf-8")) for file in running]
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
