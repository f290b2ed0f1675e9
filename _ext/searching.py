"""What a reader may call a thing: terms and synonyms lead the search, and the index, to the page that explains it.

They stand in ``search-terms.yml`` beside this file: for each page its terms, each with a word of the heading of the
section that it leads to, or with none for the page itself. A page or heading that does not exist is a warning, which
fails a strict build.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

TERMS = Path(__file__).with_name("search-terms.yml")

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_transform(SearchTerms)
    app.connect("env-check-consistency", check_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


@cache
def terms() -> dict[str, dict[str, str | None]]:
    return {f"chapters/{page}": found for page, found in yaml.safe_load(TERMS.read_text(encoding="utf-8")).items()}


class SearchTerms(SphinxTransform):
    """Put an entry of the index before each section that a term leads to."""

    default_priority = 800  # before the index is collected

    def apply(self) -> None:
        sections = list(self.document.findall(nodes.section))
        for term, word in terms().get(self.env.docname, {}).items():
            named = [section for section in sections if word is None or word in section[0].astext()]
            if not named:
                logger.warning("no heading has the word %r, to which %r leads", word, term, location=self.env.docname)
                continue
            entry = ("single", term, named[0]["ids"][0], "main", None)
            named[0].parent.insert(named[0].parent.index(named[0]), addnodes.index(entries=[entry]))


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    missing = set(terms()) - env.found_docs
    if len(missing) > len(terms()) / 2:  # not this book, but a small one
        return
    for page in sorted(missing):
        logger.warning("%s has search terms, but is no page", page)
