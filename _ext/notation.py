"""The notation: the tables of symbols of all chapters, collected on one page.

A chapter says in a table with the columns of ``COLUMNS`` what its letters mean. ``{symbols}`` shows the rows of these
tables in the order of the book, each under the chapter that has it first.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

import nbformat
from docutils import nodes
from parallel_execution import Chapter, recall, remember
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

COLUMNS = ("symbol", "meaning", "shape", "in the code")
HEADER = "| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS) + "\n"
RELATIVE_LINK = re.compile(r"\]\((?![#/]|\w+:)([^)]+)\)")


class Row(NamedTuple):
    """What a chapter says about a symbol, in Markdown."""

    symbol: str
    meaning: str
    shape: str = ""
    code: str = ""


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("parallel_execution")
    app.add_directive("symbols", Symbols)
    app.connect("chapters-executed", collect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def collect(app: Sphinx, chapters: list[Chapter]) -> None:
    """Read the tables of all chapters."""
    remember(app, "symbols", new_rows(chapters))


def rows(notebook: nbformat.NotebookNode) -> Iterator[Row]:
    """The rows of the tables of symbols in a chapter."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for table in re.findall(rf"^{re.escape(HEADER)}((?:\|.*\n?)*)", cell.source, flags=re.MULTILINE):
                yield from map(row, table.splitlines())


def row(line: str) -> Row:
    return Row(*(cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]))


def new_rows(chapters: list[Chapter]) -> list[tuple[str, str, list[Row]]]:
    """Each chapter's name, title, and rows without those whose symbol and meaning an earlier chapter has."""
    seen: set[tuple[str, str]] = set()
    new = []
    for chapter in chapters:
        if found := [row for row in rows(chapter.source) if (row.symbol, row.meaning) not in seen]:
            new.append((chapter.docname, chapter.title, found))
            seen |= {(row.symbol, row.meaning) for row in found}
    return new


class Symbols(SphinxDirective):
    """Every symbol of the chapters, under the chapter of its first use."""

    def run(self) -> list[nodes.Node]:
        return [
            node
            for entry in recall(self.env, "symbols")
            for node in self.parse_text_to_nodes(table(*entry), allow_section_headings=True)
        ]


def table(chapter: str, heading: str, found: list[Row]) -> str:
    """A chapter's heading and table, with its relative links made absolute."""
    folder = posixpath.dirname(chapter)
    text = HEADER + "\n".join("| " + " | ".join(row) + " |" for row in found)
    return f"### {{doc}}`{heading} </{chapter}>`\n\n" + RELATIVE_LINK.sub(
        lambda link: f"](/{posixpath.normpath(posixpath.join(folder, link[1]))})", text
    )
