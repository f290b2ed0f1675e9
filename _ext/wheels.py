"""Wheels for Python in the browser: the package and the exercises of this tree, and SymPy and mpmath as installed here.

A wheel of pure Python is a zip file with a table of contents, so it is written here: a build needs no network, and the
same files make the same wheel, byte for byte. Tests of SymPy and mpmath are left out.

    python _ext/wheels.py FOLDER
"""

from __future__ import annotations

import base64
import hashlib
import importlib.metadata
import importlib.util
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

PACKAGES = {"dlmath": ("dlmath", "exercises"), "sympy": ("sympy",), "mpmath": ("mpmath",)}
"""The packages that each wheel holds."""

LEFT_OUT = {"__pycache__", "tests", "benchmarks"}

WHEEL = "Wheel-Version: 1.0\nGenerator: wheels\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def build(folder: Path) -> list[Path]:
    """Write all wheels into a folder; those of a released version that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    wheels = []
    for name in PACKAGES:
        wheel = folder / f"{name}-{importlib.metadata.version(name)}-py3-none-any.whl"
        if name == "dlmath" or not wheel.exists():
            write(wheel, name)
        wheels.append(wheel)
    return wheels


def write(wheel: Path, name: str) -> None:
    """Write the wheel of a distribution; whoever looks meanwhile sees the old one, or none."""
    installed = importlib.metadata.distribution(name)
    info = f"{name}-{installed.version}.dist-info"
    contents = dict(files(name))
    # Beside the sources of an editable installation it has its older name.
    metadata = installed.read_text("METADATA") or installed.read_text("PKG-INFO") or ""
    contents[f"{info}/METADATA"] = metadata.encode()
    contents[f"{info}/WHEEL"] = WHEEL.encode()
    record = [f"{path},{fingerprint(content)},{len(content)}\n" for path, content in contents.items()]
    contents[f"{info}/RECORD"] = "".join([*record, f"{info}/RECORD,,\n"]).encode()
    unfinished = wheel.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, content in contents.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED, 9)  # the date is always the same
    unfinished.replace(wheel)


def files(name: str) -> Iterator[tuple[str, bytes]]:
    """The files of a distribution's packages by their paths in the wheel, in a fixed order."""
    for package in PACKAGES[name]:
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(package)
        root = Path(found.origin).parent
        for file in sorted(root.rglob("*")):
            path = file.relative_to(root.parent)
            if file.is_file() and not LEFT_OUT.intersection(path.parts):
                yield path.as_posix(), file.read_bytes()


def fingerprint(content: bytes) -> str:
    """The SHA-256 as the table of contents of a wheel has it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
    return "sha256=" + digest.rstrip("=")


if __name__ == "__main__":
    for built in build(Path(sys.argv[1])):
        print(built)
