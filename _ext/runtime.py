"""Python for the pages: Pyodide and its packages, found, verified, and laid into the built book.

A page that is opened from disk may load scripts and nothing else, so every file comes as a script, which assigns it as
text: compressed, in base64. Over http the same scripts are served: they are smaller than the files themselves, and the
book holds them once. The files are looked for in the folder that ``PYODIDE`` names, or else in ``.pyodide``, as they
are or inside a wheel. Each must have the SHA-256 that the official distribution states. If there are none, the pages
take Pyodide from its public distribution, after they have told the reader.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import wheels
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

HERE = Path(__file__).parent
PUBLIC = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/"
LOCK = json.loads((HERE / "pyodide-lock.json").read_text(encoding="utf-8"))
"""The official lock file, without what no page needs: what matplotlib has for PDF (fonttools) and for pandas (pytz)."""

CORE = {
    "pyodide.js": "b4cb23a53aba19c221659b9fb40a2f18281d685691dc06647fb0afd0681baf98",
    "pyodide.asm.js": "6b4c90de5b7172873f04f21884d0e9d2274e305fe32116558fe3e4fbe3618d51",
    "pyodide.asm.wasm": "a50dd1843f805a0b7c45b61037ee0d7b26dfe85efe0e18ef95a34ad24e401f5f",
    "python_stdlib.zip": "16611534726e5d8ac2bd8f926410b2dcb8d6f49aa24913463533b457a2115c16",
}
"""What has no entry in the lock file, with the SHA-256 of the release."""

PUBLIC_MEGABYTES = 17
"""How much a reader loads where the files are not in the book."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", lay_in)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def lay_in(app: Sphinx, error: Exception | None) -> None:
    """Write the scripts, and one that lists them, which a page loads first."""
    if error is not None or app.builder.format != "html":
        return
    target, made = Path(app.outdir, "_static/python"), Path(app.outdir).parent / "python"
    contents = {wheel.name: wheel.read_bytes() for wheel in wheels.build(made)}
    contents["pyodide-lock.json"] = (HERE / "pyodide-lock.json").read_bytes()
    place = Path(os.environ.get("PYODIDE") or Path(app.srcdir, ".pyodide"))
    pinned = CORE | {package["file_name"]: package["sha256"] for package in LOCK["packages"].values()}
    distribution = dict(verified(place, pinned))
    files: dict[str, Any] = {}
    for name, content in (contents | distribution).items():
        script = f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.js"
        if not (made / script).exists():
            (made / script).write_text(as_script(name, content), encoding="utf-8")
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made / script, target / script)
        files[name] = {"script": script}
    for name in pinned.keys() - files.keys():
        digest = base64.b64encode(bytes.fromhex(pinned[name])).decode()
        files[name] = {"url": PUBLIC + name, "integrity": f"sha256-{digest}"}
    bundle = {"files": files, "worker": (HERE / "worker.js").read_text(encoding="utf-8")}
    if not distribution:
        bundle["public"] = {"host": PUBLIC.split("/")[2], "megabytes": PUBLIC_MEGABYTES}
        print(f"Pyodide is not in {place}: the pages take it from {PUBLIC} when a reader asks for Python", flush=True)
    (target / "bundle.js").write_text(f"dlPython.bundle = {json.dumps(bundle)};\n", encoding="utf-8")


def verified(place: Path, pinned: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """The files of the distribution that are in a place, if it has any: then it must have all, and the right ones."""
    there = dict(held(place))
    if not there.keys() & pinned.keys():
        if "PYODIDE" in os.environ:
            raise ExtensionError(f"PYODIDE={place} has no files of Pyodide; expected are {', '.join(CORE)}, …")
        return
    for name, expected in pinned.items():
        if name not in there:
            raise ExtensionError(f"{place} lacks {name} of Pyodide")
        content = there[name].read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != expected:
            raise ExtensionError(f"{there[name]} is not the file of the official distribution: its SHA-256 is {digest}")
        yield name, content


def held(place: Path) -> Iterator[tuple[str, Any]]:
    """The files in a folder and inside its wheels, by name."""
    for file in sorted(place.rglob("*")) if place.is_dir() else ():
        yield file.name, file
        if file.suffix == ".whl" and zipfile.is_zipfile(file):
            inside = zipfile.Path(file)
            for name in inside.root.namelist():
                yield name.rsplit("/", 1)[-1], inside / name


def as_script(name: str, content: bytes) -> str:
    """A script that gives a page the file."""
    text = base64.b64encode(gzip.compress(content, 9, mtime=0)).decode()
    return f"dlPython.arrived({json.dumps(name)}, {json.dumps(text)});\n"
