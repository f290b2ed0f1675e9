"""Say where the book is and what comes next: ``python _ext/opening.py built|lab|serve [PORT]``, for the Makefile."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
PORTS = range(8000, 8020)


def built() -> str:
    """What is said when the book is built. The address is one that a browser takes, whatever the folder is called."""
    return (
        f"The book is built. Open {(HTML / 'index.html').as_uri()} in a browser.\n"
        "It needs no server: the folder _build/html can be copied anywhere. What comes next:\n"
        "  make serve   the same pages from a server on this machine\n"
        "  make lab     the chapters as notebooks, in JupyterLab\n"
        "  make test    all checks"
    )


def lab() -> str:
    return (
        "JupyterLab opens in the browser with the book's chapters; start with math/introduction.ipynb.\n"
        "If no window opens, follow the address that is printed next. What you change stays in chapters/.\n"
        "Ctrl+C, twice, ends JupyterLab."
    )


def serve(port: int | None = None) -> None:
    """Serve the built book to this machine alone, on the given port or the first that is free."""
    server = listening(port)
    print(f"The book is at http://localhost:{server.server_port}/. Ctrl+C ends the server.", flush=True)
    with server, suppress(KeyboardInterrupt):
        server.serve_forever()


def listening(port: int | None = None) -> ThreadingHTTPServer:
    """A server of the book: on the port that is asked for, else on the first free one of ``PORTS``, else on any."""
    handler = partial(Quiet, directory=HTML)
    for candidate in (*([port] if port else []), *PORTS):
        try:
            return Server(("127.0.0.1", candidate), handler)
        except OSError:
            print(f"Port {candidate} is taken by another program; trying the next.", flush=True)
    return Server(("127.0.0.1", 0), handler)


class Server(ThreadingHTTPServer):
    allow_reuse_address = sys.platform != "win32"  # there it would share a port that is in use
    daemon_threads = True


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing of what went well, and what scripts and WebAssembly are, whatever the system believes."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        if str(getattr(code, "value", code)) >= "400":
            super().log_request(code, size)


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "serve":
        if not (HTML / "index.html").exists():
            sys.exit("There is no book in _build/html yet: make book builds it.")
        serve(int(rest[0]) if rest else None)
    else:
        print({"built": built, "lab": lab}[command]())
