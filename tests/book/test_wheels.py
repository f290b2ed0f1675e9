"""The wheels that Python in the browser imports: what they hold, and that a package installer takes them."""

import hashlib
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from support import ROOT

sys.path.insert(0, str(ROOT / "_ext"))
import wheels

WHEEL = f"dlmath-{version('dlmath')}-py3-none-any.whl"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    wheels.build(folder)
    return folder


def test_it_holds_this_tree(folder):
    with zipfile.ZipFile(folder / WHEEL) as archive:
        names = set(archive.namelist())
        for package in ("dlmath", "exercises"):
            tracked = subprocess.run(
                ["git", "ls-files", package], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
            )
            assert set(tracked.stdout.split()) <= names
        assert archive.read("dlmath/layers.py") == (ROOT / "dlmath/layers.py").read_bytes()
    assert not any("__pycache__" in name for name in names)


def test_the_same_files_make_the_same_wheel(folder, tmp_path):
    wheels.write(tmp_path / WHEEL, "dlmath")
    assert (tmp_path / WHEEL).read_bytes() == (folder / WHEEL).read_bytes()


def test_they_install_and_run_alone(folder, tmp_path):
    paths = [str(path) for path in folder.glob("*.whl")]
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(tmp_path)]
    subprocess.run([*install, *paths], check=True)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import sympy, mpmath, dlmath, exercises; "
        "print(sympy.__file__, mpmath.__file__, dlmath.__file__, exercises.__file__); "
        "x = sympy.Symbol('x'); print(sympy.simplify(sympy.sin(x)**2 + sympy.cos(x)**2)); "
        "dlmath.datasets.digits()"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd="/", capture_output=True, encoding="utf-8")
    assert done.stdout.count(str(tmp_path)) == 4, done.stderr
    assert not list(Path(tmp_path).rglob("tests"))


def test_released_versions_are_not_made_again(folder):
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()}
    times = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    wheels.build(folder)
    after = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert [name for name in after if after[name] != times[name]] == [WHEEL]
    assert {path.name: hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir()} == before
