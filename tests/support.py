"""What the tests share: PyTorch as a reference, gradients in random directions, and a table of bad input."""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

ROOT = Path(__file__).parents[1]


def chapter_files() -> list[Path]:
    """The notebooks of the book; not the copies that JupyterLab keeps in ``.ipynb_checkpoints``."""
    files = sorted((ROOT / "chapters").rglob("*.ipynb"))
    return [file for file in files if ".ipynb_checkpoints" not in file.parts]


def agrees_with_torch(
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    *arrays: np.ndarray,
    gradients: Callable[..., Any] | None = None,
    rtol: float = 1e-12,
    atol: float = 1e-13,
) -> None:
    """Compare shape, dtype and value, and the gradients of a random projection of the result, with PyTorch in float64.

    ``ours`` takes the arrays, ``theirs`` the same as tensors. ``gradients(grad_output, *arrays)`` returns the gradient
    with respect to each array (or to the first few of them, or ``None`` for one that is not compared).
    """
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(array, requires_grad=array.dtype.kind == "f") for array in arrays]
    expected = theirs(*tensors)
    result = np.asarray(ours(*arrays))
    reference = expected.detach().numpy()
    assert result.shape == reference.shape
    assert result.dtype == reference.dtype
    np.testing.assert_allclose(result, reference, rtol=rtol, atol=atol)
    if gradients is None:
        return
    grad_output = np.random.default_rng(1).standard_normal(reference.shape).astype(reference.dtype)
    expected.backward(torch.tensor(grad_output))
    computed = gradients(grad_output, *arrays)
    computed = computed if isinstance(computed, tuple | list) else (computed,)
    for index, (gradient, tensor) in enumerate(zip(computed, tensors)):
        if gradient is not None:
            assert gradient.shape == tuple(tensor.shape), f"gradient {index}"
            np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=rtol, atol=atol, err_msg=f"gradient {index}")


def assert_gradient(
    function: Callable[[np.ndarray], float], gradient: np.ndarray, at: np.ndarray, *, analytic: bool = False
) -> None:
    """Check a gradient in three random directions: v·∇f against a central difference, or the complex step."""
    rng = np.random.default_rng(2)
    assert gradient.shape == at.shape
    for _ in range(3):
        direction = rng.standard_normal(at.shape)
        expected = np.sum(direction * gradient)
        if analytic:
            measured, rtol = np.imag(function(at + 1e-30j * direction)) / 1e-30, 1e-12
        else:
            h = 1e-5
            measured, rtol = (function(at + h * direction) - function(at - h * direction)) / (2 * h), 1e-6
        np.testing.assert_allclose(measured, expected, rtol=rtol, atol=1e-8 if not analytic else 1e-13)


def assert_symmetric_second_derivatives(gradients: Callable[..., Sequence[np.ndarray]], *arrays: np.ndarray) -> None:
    """Differentiate the gradients of a scalar by the complex step: the matrix of second derivatives is symmetric.

    ``gradients(*arrays)`` returns one for each of the arrays. Checked is w·Hv = v·Hw in two random directions.
    """
    rng = np.random.default_rng(3)
    v, w = ([rng.standard_normal(array.shape) for array in arrays] for _ in range(2))

    def product(one: Sequence[np.ndarray], other: Sequence[np.ndarray]) -> float:
        moved = gradients(*(array + 1e-30j * direction for array, direction in zip(arrays, other)))
        return sum(np.sum(direction * np.imag(gradient) / 1e-30) for direction, gradient in zip(one, moved))

    assert abs(product(w, v)) > 1e-3
    np.testing.assert_allclose(product(w, v), product(v, w), rtol=1e-10)


def refuses(call: Callable[[], Any], argument: str, *expected: str, error: type[Exception] | None = None) -> None:
    """The call raises a ValueError or TypeError whose message names the argument and says what was expected."""
    with pytest.raises(error or (ValueError, TypeError)) as caught:
        call()
    message = str(caught.value)
    assert re.search(rf"(?<!\w){re.escape(argument)}(?!\w)", message), message
    for part in expected:
        assert part in message, message


NOT_NUMBERS: Sequence[Any] = (None, "text", ..., {"a": 1}, np.array(["a"]), np.array([None]))
"""Values that no function takes for an array."""


def leaves_arguments_alone(call: Callable[..., Any], *arrays: np.ndarray) -> None:
    """The call neither changes its arguments nor returns memory it shares with them."""
    before = [array.copy() for array in arrays]
    result = call(*arrays)
    for array, copy in zip(arrays, before):
        np.testing.assert_array_equal(array, copy)
    returned = result if isinstance(result, tuple | list) else [result]
    for part in returned:
        for array in arrays:
            assert not np.shares_memory(part, array)


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder over http on this machine alone, and give its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def bundle(html: Path) -> dict[str, Any]:
    """The files of Python in the pages: where a page finds each."""
    text = (html / "_static/python/bundle.js").read_text(encoding="utf-8")
    return json.loads(text.removeprefix("dlPython.bundle = ").rstrip(";\n"))


def unpacked(html: Path, name: str) -> bytes:
    """One of them as it was before it became a script."""
    script = html / "_static/python" / bundle(html)["files"][name]["script"]
    text = re.fullmatch(r"dlPython\.arrived\((.*)\);\n", script.read_text(encoding="utf-8"))[1]
    named, content = json.loads(f"[{text}]")
    assert named == name
    return gzip.decompress(base64.b64decode(content))


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
    """A copy of the project with chapters of its own, to be built."""

    def __init__(self, folder: Path, root: Path, **chapters: list[str]) -> None:
        self.folder = folder
        for name in ("_ext", "_static", "dlmath", "exercises"):
            shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("_config.yml", "references.bib"):
            shutil.copy(root / name, folder)
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
        command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "--keep-going", "-q"]
        return subprocess.Popen(
            command,
            cwd=self.folder,
            env=os.environ
            | environment
            | {"PYTHONPATH": str(self.folder)},  # the copy of dlmath, not the installed one
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def build(self, succeeds: bool = True, **environment: str) -> str:
        process = self.start(**environment)
        output, _ = process.communicate(timeout=300)
        assert (process.returncode == 0) == succeeds, output
        return output

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
