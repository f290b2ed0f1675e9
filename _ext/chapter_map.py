"""The map of the book: ``{map} math`` lists the chapters of a folder, what each answers and on which ones it builds.

The question that a chapter answers is in the metadata of its notebook. It builds on the chapters that it names where it
says what the reader needs.
"""

from __future__ import annotations

import posixpath
import re

from docutils import nodes
from notation import NUMBER
from parallel_execution import Chapter, recall, remember
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

NEEDS = re.compile(r"^\*\*You need\*\*.*", flags=re.MULTILINE)
LINK = re.compile(r"\]\(([^)]+)\.ipynb\)")

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("parallel_execution")
    app.add_directive("map", Map)
    app.connect("chapters-executed", collect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def collect(app: Sphinx, chapters: list[Chapter]) -> None:
    """Each chapter in the order of the book: its page, number, question, and the pages that it builds on."""
    entries = []
    for chapter in chapters:
        number = NUMBER.match(chapter.title)
        question = chapter.source.metadata.get("question", "")
        entries.append((chapter.docname, number[0] if number else chapter.title, question, builds_on(chapter)))
    remember(app, "map", entries)


def builds_on(chapter: Chapter) -> list[str]:
    """The chapters to which the paragraph leads that says what the reader needs."""
    text = "\n".join(cell.source for cell in chapter.source.cells if cell.cell_type == "markdown")
    paragraph = NEEDS.search(text)
    folder = posixpath.dirname(chapter.docname)
    links = LINK.findall(paragraph[0]) if paragraph else []
    return [posixpath.normpath(posixpath.join(folder, link)) for link in links]


class Map(SphinxDirective):
    """A table of the chapters in a folder."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        entries = recall(self.env, "map")
        rows = ["| chapter | the question it answers | builds on |", "|---|---|---|"]
        for docname, _, question, needed in entries:
            if docname.startswith(f"chapters/{self.arguments[0]}/"):
                if not question:
                    logger.warning("%s has no question in its metadata", docname, location=self.env.docname)
                links = [f"{{doc}}`{number} </{other}>`" for other, number, *_ in entries if other in needed]
                rows.append(f"| {{doc}}`/{docname}` | {question} | {', '.join(links)} |")
        return self.parse_text_to_nodes("\n".join(rows))
