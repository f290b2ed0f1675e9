"""Small books, and their builds: each in a fork of one process that has imported Jupyter Book and what it stands on.

A build from the command line imports for longer than it builds. Nothing of the project is imported before the fork:
what is built, and with what, is the folder's own.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import yaml
from sphinx.application import builtin_extensions

ROOT = Path(__file__).parents[1]
COMMAND = ["build", ".", "-W", "-n", "--keep-going", "-q"]
SECONDS = 300


def extensions_of_others() -> list[str]:
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]
    return [name for name in settings["config"]["extensions"] if name not in settings["local_extensions"]]


# What Jupyter Book imports when it begins to build.
LATE = ["jupyter_book.sphinx", "sphinx_external_toc.parsing", "sphinx.ext.mathjax", "myst_nb.sphinx_ext", "nbclient"]
FORKS = multiprocessing.get_context("forkserver" if hasattr(os, "fork") else "spawn")
FORKS.set_forkserver_preload(
    ["jupyter_book.cli.main", *builtin_extensions, *extensions_of_others(), *LATE, "pydata_sphinx_theme", "sympy"]
)


def build(folder: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Build the book in a folder; return the exit code, which is negative for a signal, and what was said."""
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as said:
        process = FORKS.Process(target=_be_the_command, args=(folder, environment, said.name))
        process.start()
        process.join(SECONDS)
        if process.is_alive():
            process.kill()
            raise TimeoutError(f"the build takes more than {SECONDS} seconds:\n{said.read()}")
        return process.exitcode, said.read()


def _be_the_command(folder: Path, environment: dict[str, str], said: str) -> None:
    from jupyter_book.cli.main import main

    output = os.open(said, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    ours = {"", *map(str, (ROOT, ROOT / "tests", ROOT / "_ext"))}
    sys.path[:] = [str(folder), *(place for place in sys.path if place not in ours)]
    sys.argv = ["jupyter-book", *COMMAND]
    main()


CERTIFICATE = """\
import sympy as sp

from dlmath import losses
from dlmath.symbolic import partial, sizes
from dlmath.verify import central_difference, certify

N, n = sizes("N n")
P, Y = sp.MatrixSymbol("P", N, n), sp.MatrixSymbol("Y", N, n)
equation = sp.Eq(partial("L", P), 2 / N * (P - Y))
loss = {"of": sp.Trace((P - Y).T * (P - Y)) / N, "wrt": P}
witness = central_difference(losses.mse, wrt=0)
certify("mse-gradient", equation, inputs=[P, Y], code=losses.mse_grad, witness=witness, **loss)
"""
"""A chapter's cell with a certificate."""


class SmallBook:
    """A copy of the project with chapters of its own, to be built. Where the project is published, it is not."""

    def __init__(self, folder: Path, root: Path, **chapters: list[str]) -> None:
        self.folder = folder
        for name in ("_ext", "_static", "dlmath", "exercises"):
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("_config.yml", "references.bib"):
            shutil.copy(root / name, folder)
        config = folder / "_config.yml"
        text = config.read_text(encoding="utf-8")
        config.write_text(re.sub(r"\burl: *[^\s,}]+", 'url: ""', text, count=1), encoding="utf-8")
        for name, cells in chapters.items():
            self.write(name, *cells)
        self.toc(*chapters)

    def toc(self, *chapters: str) -> None:
        files = "".join(f"- file: chapters/{chapter}\n" for chapter in chapters)
        (self.folder / "_toc.yml").write_text(f"format: jb-book\nroot: index\nchapters:\n{files}", encoding="utf-8")
        (self.folder / "index.md").write_text("# A small book\n", encoding="utf-8")

    def write(self, chapter: str, prose: str, *code: str) -> None:
        cells = [nbformat.v4.new_markdown_cell(prose), *map(nbformat.v4.new_code_cell, code)]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        path = self.folder / "chapters" / f"{chapter}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
        (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")

    def start(self, **environment: str) -> subprocess.Popen:
        """A build from the command line, as it runs."""
        return subprocess.Popen(
            [Path(sys.executable).with_name("jupyter-book"), *COMMAND],
            cwd=self.folder,
            env=self._environment(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def run(self, **environment: str) -> tuple[int, str]:
        """The exit code of a build, and what it said."""
        return build(self.folder, self._environment(environment))

    def build(self, succeeds: bool = True, **environment: str) -> str:
        code, output = self.run(**environment)
        assert (code == 0) == succeeds, output
        return output

    def _environment(self, changes: dict[str, str]) -> dict[str, str]:
        """With the copy of dlmath, not the installed one, and without the address of the repository."""
        return os.environ | {"REPOSITORY": ""} | changes | {"PYTHONPATH": str(self.folder)}

    def copied(self, folder: Path) -> SmallBook:
        """The book as it is, elsewhere, with the times of its files."""
        other = SmallBook.__new__(SmallBook)
        other.folder = shutil.copytree(self.folder, folder)
        return other

    def forget_pages(self) -> None:
        """Leave nothing of a build but the results of the chapters: the next one is a build from scratch."""
        for name in (".doctrees", "html", "jupyter_execute"):
            shutil.rmtree(self.folder / "_build" / name)

    def pages(self) -> dict[str, str]:
        html = self.folder / "_build/html"
        return {str(file.relative_to(html)): file.read_text(encoding="utf-8") for file in sorted(html.rglob("*.html"))}

    def page(self, chapter: str) -> str:
        return (self.folder / f"_build/html/chapters/{chapter}.html").read_text(encoding="utf-8")
