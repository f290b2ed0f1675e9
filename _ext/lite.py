"""JupyterLite inside the built book: every chapter as a notebook, with a Python that runs in the browser.

It is laid out from what the book has: the downloads of the chapters, the wheels of the package and of SymPy, and the
Pyodide of the pages. Nothing is loaded from elsewhere when a reader opens it.

    python _ext/lite.py FOLDER_OF_THE_ENVIRONMENT
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import lab
import runtime
import wheels

ROOT = Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
LITE = ROOT / "_build" / "lite"
"""What JupyterLite is built from."""

LOADED_FROM_PYODIDE = ("numpy", "matplotlib", "ipython", "jedi", "micropip", "packaging", "sqlite3", "ssl")
"""What the kernel and the chapters import, and what that needs."""
FROM_THE_INDEX = ("comm==0.2.3", "ipywidgets==8.1.7", "jupyterlab_widgets==3.0.15")
"""What the kernel lacks; without it a live figure has no controls."""
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
SETTINGS = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "The Mathematics of Deep Learning",
        "litePluginSettings": {KERNEL: {"disablePyPIFallback": True}},
    },
}


def build(environment: Path) -> Path:
    """Lay out the folder that JupyterLite is built from, build it, and return where it is."""
    if not (HTML / "index.html").exists():
        sys.exit("There is no book in _build/html yet: make book builds it.")
    shutil.rmtree(LITE, ignore_errors=True)
    lay_out_chapters(LITE / "files")
    lay_out_pyodide(LITE / "static" / "pyodide")
    wheels.build(LITE / "pypi")
    download(FROM_THE_INDEX, LITE / "pypi", environment)
    (LITE / "jupyter-lite.json").write_text(json.dumps(SETTINGS, indent=2), encoding="utf-8")
    lab.write(LITE / "overrides.json")
    output = HTML / "lite"
    shutil.rmtree(output, ignore_errors=True)
    jupyter_lite = environment / "bin" / "jupyter-lite"
    command = [str(jupyter_lite), "build", "--lite-dir", str(LITE), "--output-dir", str(output)]
    options = ["--apps", "lab", "--no-sourcemaps", "--no-unused-shared-packages"]
    result = subprocess.run([*command, *options], cwd=LITE, capture_output=True, encoding="utf-8", check=False)
    if result.returncode:
        sys.exit(f"JupyterLite could not be built:\n{result.stdout}\n{result.stderr}")
    return output


def lay_out_chapters(folder: Path) -> None:
    """The notebooks that the pages offer for download."""
    sources = HTML / "_sources" / "chapters"
    for notebook in sorted(sources.rglob("*.ipynb")):
        copy = folder / notebook.relative_to(sources)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook, copy)


def lay_out_pyodide(folder: Path) -> None:
    """Pyodide and the packages that are used, each with the SHA-256 that its list states."""
    place = Path(os.environ.get("PYODIDE") or ROOT / ".pyodide")
    there = dict(runtime.held(place))
    if "pyodide.asm.wasm" not in there:
        sys.exit(f"There is no Pyodide in {place}: make book downloads it, or PYODIDE=folder says where it is.")
    folder.mkdir(parents=True)
    lock = json.loads(there["pyodide-lock.json"].read_text(encoding="utf-8"))
    lock["packages"] = dict(needed(LOADED_FROM_PYODIDE, lock["packages"]))
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    expected = {package["file_name"]: package["sha256"] for package in lock["packages"].values()}
    for name, digest in (runtime.CORE | {"pyodide.mjs": None} | expected).items():
        content = there[name].read_bytes()
        if digest is not None and hashlib.sha256(content).hexdigest() != digest:
            sys.exit(f"{there[name]} is not the file that the list of packages names")
        (folder / name).write_bytes(content)


def needed(names: Iterable[str], packages: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The entries of packages and of all that they depend on.

    Example:
        >>> packages = {"a": {"depends": ["b"]}, "b": {"depends": []}, "c": {"depends": []}}
        >>> sorted(dict(needed(["a"], packages)))
        ['a', 'b']
    """
    for name in names:
        key = name.lower().replace("_", "-")
        yield key, packages[key]
        yield from needed(packages[key]["depends"], packages)


def download(requirements: Iterable[str], folder: Path, environment: Path) -> None:
    """Wheels of the package index, kept beside the environment."""
    kept = environment / "wheels"
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    if len(list(kept.glob("*.whl"))) < len(tuple(requirements)):
        subprocess.run([*pip, "download", "--no-deps", "--dest", str(kept), *requirements], check=True)
    for wheel in kept.glob("*.whl"):
        shutil.copy(wheel, folder)


if __name__ == "__main__":
    print(f"JupyterLite is in {build(Path(sys.argv[1]).resolve())}")
