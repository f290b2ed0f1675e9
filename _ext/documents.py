"""``{documents}``: every formula of the two documents, as they print it and as it was verified.

The list is ``documents.yml`` beside the page. What was verified is not written there: it is printed from the records of
the certificates that the list names, and a name without a certificate is a warning, which fails a strict build.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from ledger import all_entries, with_definitions
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from dlmath.printing import gathered
from dlmath.verify import Certificate

logger = logging.getLogger(__name__)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("documents", Documents)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Documents(SphinxDirective):
    """The list of a file, formula by formula."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(name)
        certificates = {entry.certificate.name: entry.certificate for entry in all_entries(self.env)}
        text: list[str] = []
        for document in yaml.safe_load(Path(path).read_text(encoding="utf-8")):
            text.append(f"## {document['document']}")
            for section in document["sections"]:
                text.append(f"### {section['section']}")
                for formula in section["formulas"]:
                    text += self.row(section | formula, certificates)
        return self.parse_text_to_nodes("\n\n".join(text), allow_section_headings=True)

    def row(self, formula: dict[str, Any], certificates: dict[str, Certificate]) -> Iterator[str]:
        unknown = set(formula["certificates"]) - set(certificates)
        if unknown:
            logger.warning("there is no certificate %s", ", ".join(sorted(unknown)), location=self.env.docname)
        verified = [certificates[name] for name in formula["certificates"] if name in certificates]
        yield "::::{div} printed-formula"
        yield ":::{div} as-printed"
        if formula.get("text"):
            yield f"```text\n{formula['printed']}\n```"
        elif formula["printed"]:
            lines = [formula["printed"]] if r"\begin" in formula["printed"] else formula["printed"].split(r" \\ ")
            yield f"$$\n{gathered(lines)}\n$$"
        yield ":::"
        yield formula["found"]
        for certificate in verified[:1]:
            yield f":::{{div}} as-verified\n\n$$\n{with_definitions(certificate)}\n$$\n:::"
        links = ", ".join(f"{{eq}}`{certificate.name}`" for certificate in verified)
        yield f"Derived in {{doc}}`/chapters/{formula['chapter']}`. Certificates: {links}."
        yield "::::"
