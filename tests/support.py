"""What the tests share: PyTorch as a reference, gradients in random directions, and a table of bad input."""

from __future__ import annotations

import base64
import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

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
