"""What the Makefile says of the built book, and how it serves it."""

import subprocess
import sys
import threading
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urlsplit

import opening
import pytest
from support import ROOT


@pytest.fixture
def book(tmp_path, monkeypatch) -> Path:
    """A built book in a folder whose name has spaces and letters that are not of English."""
    html = tmp_path / "Bücher und mehr" / "_build" / "html"
    html.mkdir(parents=True)
    (html / "index.html").write_text("<p>Über Netze", encoding="utf-8")
    (html / "module.mjs").write_text("", encoding="utf-8")
    (html / "core.wasm").write_bytes(b"\0asm")
    monkeypatch.setattr(opening, "HTML", html)
    return html


def test_the_address_of_the_built_book_is_one_that_a_browser_takes(book):
    (address,) = (word for word in opening.built().split() if word.startswith("file:"))
    assert " " not in address
    assert address.isascii()
    assert Path(unquote(urlsplit(address).path)) == book / "index.html"


def test_every_command_that_is_named_exists(book):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = [line.split()[1] for line in opening.built().splitlines() if line.strip().startswith("make ")]
    assert len(named) >= 3
    assert [name for name in named if f"\n{name}:" not in makefile] == []


def test_two_servers_find_a_port_each(book, capsys):
    with opening.listening() as first, opening.listening(first.server_port) as second:
        assert first.server_port != second.server_port
        assert f"Port {first.server_port} is taken" in capsys.readouterr().out
        threading.Thread(target=second.serve_forever, daemon=True).start()
        address = f"http://localhost:{second.server_port}"
        with urllib.request.urlopen(f"{address}/index.html") as page:
            assert "Über Netze" in page.read().decode()
        for name, kind in [("module.mjs", "text/javascript"), ("core.wasm", "application/wasm")]:
            with urllib.request.urlopen(f"{address}/{name}") as file:
                assert file.headers["Content-Type"] == kind
        second.shutdown()


def test_a_port_that_is_asked_for_is_taken_if_it_is_free(book):
    with opening.listening() as server:
        free = server.server_port
    with opening.listening(free) as server:
        assert server.server_port == free


def test_without_a_book_serving_says_how_to_build_one(tmp_path):
    script = tmp_path / "a book" / "_ext" / "opening.py"
    script.parent.mkdir(parents=True)
    script.write_bytes((ROOT / "_ext" / "opening.py").read_bytes())
    result = subprocess.run([sys.executable, script, "serve"], capture_output=True, encoding="utf-8", check=False)
    assert result.returncode != 0
    assert result.stderr == "There is no book in _build/html yet: make book builds it.\n"
