"""Say how far the reading and writing of pages is, which takes a while and which ``-q`` keeps silent about."""

from __future__ import annotations

import time
from typing import Any

from sphinx.application import Sphinx

SECONDS = 5.0
"""At most one line in this time."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-before-read-docs", begin_reading)
    app.connect("env-check-consistency", begin_writing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def begin_reading(app: Sphinx, env: Any, docnames: list[str]) -> None:
    if docnames:
        reading = Progress("reading", len(docnames))
        app.connect("source-read", lambda app, docname, source: reading.step())


def begin_writing(app: Sphinx, env: Any) -> None:
    writing = Progress("writing", len(env.found_docs))
    app.connect("html-page-context", lambda app, page, template, context, doctree: writing.step() if doctree else None)


class Progress:
    """A line with a count, now and then, and one at the end."""

    def __init__(self, doing: str, total: int) -> None:
        self.doing, self.total, self.done = doing, total, 0
        self.said = time.monotonic()
        print(f"{doing} {total} pages", flush=True)

    def step(self) -> None:
        self.done += 1
        if time.monotonic() - self.said >= SECONDS:
            self.said = time.monotonic()
            print(f"[{self.done:{len(str(self.total))}}/{self.total}] {self.doing} pages", flush=True)
