"""The notation: the tables of symbols of all chapters, collected on one page.

A chapter says in a table with the columns of ``COLUMNS`` what its letters mean. ``{symbols}`` shows the rows of these
tables in the order of the book, each under the chapter that has it first. ``{symbol-index}`` lists them by letter.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import nbformat
from docutils import nodes
from parallel_execution import Chapter, recall, remember
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

COLUMNS = ("symbol", "meaning", "shape", "in the code")
HEADER = "| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS) + "\n"
NUMBER = re.compile(r"I{1,3}\.\d+")
# What a letter wears, such as the bold of a matrix, does not change its place in the alphabet.
DRESS = re.compile(
    r"\\(?:mathbf|mathcal|mathrm|boldsymbol|hat|bar|tilde|dot|partial|frac|sqrt|left|right|text)(?![A-Za-z])"
)
GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
LETTER = re.compile(rf"\\(?:var)?({'|'.join(GREEK)}|ell)(?![a-z])|([a-z])", re.IGNORECASE)
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
    app.add_directive("symbol-index", SymbolIndex)
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


class SymbolIndex(SphinxDirective):
    """Every symbol of the tables by its letter, each with the chapters whose tables have it."""

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes("\n\n".join(index_lines(recall(self.env, "symbols"))))


def index_lines(tables: list[tuple[str, str, list[Row]]]) -> Iterator[str]:
    """One paragraph per letter, the Latin ones first."""
    chapters: dict[str, dict[str, bool]] = defaultdict(dict)
    for chapter, title, found in tables:
        number = NUMBER.match(title)
        link = f"[{number[0] if number else title}](#{target(chapter)})"
        for symbol in (symbol for row in found for symbol in symbols(Row(*row).symbol)):
            chapters[symbol][link] = True
    letters = defaultdict(list)
    for symbol in chapters:
        if place := letter(symbol):
            letters[place].append(symbol)
    for place in sorted(letters):
        ordered = sorted(letters[place], key=lambda symbol: (len(symbol), symbol))
        yield "; ".join(f"${symbol}$ {', '.join(chapters[symbol])}" for symbol in ordered) + "."


def symbols(cell: str) -> list[str]:
    """The symbols in a cell: its formulas, divided where a comma or a semicolon separates symbols.

    Example:
        >>> symbols(r"$s_j,\\ \\mathbf u_j$, $f(x, y)$")
        ['s_j', '\\\\mathbf u_j', 'f(x, y)']
    """
    return [
        symbol for formula in re.findall(r"\$([^$]+)\$", cell) for symbol in re.split(r"[,;]\\ ", formula) if symbol
    ]


def letter(symbol: str) -> tuple[int, int] | None:
    """The place of a symbol's first letter: in the alphabet of Latin letters, or in the Greek one that follows it."""
    found = LETTER.search(DRESS.sub(" ", symbol))
    if not found:
        return None
    greek, latin = found.groups()
    if latin or greek.lower() == "ell":
        return 0, ord((latin or "l").lower())
    return 1, GREEK.index(greek.lower())


def target(chapter: str) -> str:
    """The name of a chapter's table on the page."""
    return "symbols-" + chapter.removeprefix("chapters/").replace("/", "-")


def table(chapter: str, heading: str, found: list[Row]) -> str:
    """A chapter's heading and table, with its relative links made absolute."""
    folder = posixpath.dirname(chapter)
    text = HEADER + "\n".join("| " + " | ".join(row) + " |" for row in found)
    return f"### {{doc}}`{heading} </{chapter}>`\n\n({target(chapter)})=\n\n" + RELATIVE_LINK.sub(
        lambda link: f"](/{posixpath.normpath(posixpath.join(folder, link[1]))})", text
    )
