"""Where Python for the pages comes from, and that no file of another origin gets into the book."""

import base64
import hashlib
import sys
import zipfile
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError
from support import ROOT, bundle, unpacked

sys.path.insert(0, str(ROOT / "_ext"))
import runtime

FILES = {"pyodide.js": b"core", "numpy.whl": b"numbers"}


@pytest.fixture
def pinned(monkeypatch):
    """A distribution of two small files."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    monkeypatch.setattr(runtime, "CORE", {"pyodide.js": digests["pyodide.js"]})
    package = {"file_name": "numpy.whl", "sha256": digests["numpy.whl"]}
    monkeypatch.setattr(runtime, "LOCK", {"packages": {"numpy": package}})
    monkeypatch.setattr(runtime.wheels, "build", lambda folder: folder.mkdir(parents=True, exist_ok=True) or [])
    monkeypatch.delenv("PYODIDE", raising=False)


def book(folder):
    (folder / "_build/html").mkdir(parents=True, exist_ok=True)
    return SimpleNamespace(builder=SimpleNamespace(format="html"), outdir=folder / "_build/html", srcdir=folder)


@pytest.mark.parametrize("kind", ["files", "wheel", "named folder"])
def test_the_files_are_found_and_come_out_as_they_went_in(pinned, tmp_path, monkeypatch, kind):
    place = tmp_path / (".pyodide" if kind != "named folder" else "elsewhere")
    (place / "deep").mkdir(parents=True)
    if kind == "wheel":
        with zipfile.ZipFile(place / "some.whl", "w") as archive:
            for name, content in FILES.items():
                archive.writestr(f"some/assets/{name}", content)
    else:
        for name, content in FILES.items():
            (place / "deep" / name).write_bytes(content)
    if kind == "named folder":
        monkeypatch.setenv("PYODIDE", str(place))
    runtime.lay_in(book(tmp_path), None)
    assert {name: unpacked(tmp_path / "_build/html", name) for name in FILES} == FILES
    assert "public" not in bundle(tmp_path / "_build/html")


def test_without_the_files_the_pages_know_where_they_are(pinned, tmp_path, capsys):
    runtime.lay_in(book(tmp_path), None)
    found = bundle(tmp_path / "_build/html")
    entry = found["files"]["numpy.whl"]
    assert entry["url"].startswith("https://cdn.jsdelivr.net/pyodide/v0.27.7/")
    assert base64.b64decode(entry["integrity"].removeprefix("sha256-")) == hashlib.sha256(FILES["numpy.whl"]).digest()
    assert found["public"]["host"] == "cdn.jsdelivr.net"
    assert "Pyodide is not in" in capsys.readouterr().out


def test_a_file_that_is_not_the_official_one_stops_the_build(pinned, tmp_path):
    (tmp_path / ".pyodide").mkdir()
    (tmp_path / ".pyodide/pyodide.js").write_bytes(b"something else")
    (tmp_path / ".pyodide/numpy.whl").write_bytes(FILES["numpy.whl"])
    with pytest.raises(ExtensionError, match=r"pyodide\.js is not the file of the official distribution"):
        runtime.lay_in(book(tmp_path), None)


def test_a_file_that_is_missing_stops_the_build(pinned, tmp_path):
    (tmp_path / ".pyodide").mkdir()
    (tmp_path / ".pyodide/pyodide.js").write_bytes(FILES["pyodide.js"])
    with pytest.raises(ExtensionError, match=r"lacks numpy\.whl"):
        runtime.lay_in(book(tmp_path), None)


def test_a_folder_that_was_named_must_have_them(pinned, tmp_path, monkeypatch):
    monkeypatch.setenv("PYODIDE", str(tmp_path))
    with pytest.raises(ExtensionError, match="has no files of Pyodide"):
        runtime.lay_in(book(tmp_path), None)


def test_what_is_unchanged_is_not_made_again(pinned, tmp_path):
    (tmp_path / ".pyodide").mkdir()
    for name, content in FILES.items():
        (tmp_path / ".pyodide" / name).write_bytes(content)
    runtime.lay_in(book(tmp_path), None)
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "_build/python").iterdir()}
    runtime.lay_in(book(tmp_path), None)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "_build/python").iterdir()} == made


def test_the_lock_file_has_all_that_its_packages_need():
    packages = runtime.LOCK["packages"]
    assert {need for package in packages.values() for need in package["depends"]} <= packages.keys()
    assert runtime.LOCK["info"]["version"] in runtime.PUBLIC
    assert {"numpy", "matplotlib"} <= packages.keys()
