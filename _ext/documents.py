"""``{documents}``: every formula of the two documents and what they claim in words, with a verdict on each.

``{verdicts}`` counts the verdicts.

The list is ``documents.yml`` beside the page. What was verified is not written there: it is printed from the records of
the certificates that the list names, and a name without a certificate is a warning, which fails a strict build.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
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

VERDICTS = {
    "right": "as it stands",
    "incomplete": "right under a condition, or with an addition, that is not given",
    "wrong": "false, or a product that does not exist",
    "damaged": "no longer a formula: its LaTeX was damaged before it was printed, or nothing is printed",
    "definition": "says what a letter stands for, so that there is nothing to verify",
}


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("documents", Documents)
    app.add_directive("verdicts", Verdicts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Documents(SphinxDirective):
    """The list of a file, formula by formula."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        certificates = {entry.certificate.name: entry.certificate for entry in all_entries(self.env)}
        text: list[str] = []
        for document in listed(self):
            text.append(f"## {document['document']}")
            for section in document["sections"]:
                text.append(f"### {section['section']}")
                for formula in section["formulas"]:
                    text += self.row(section | formula, certificates)
                for claim in section.get("claims", []):
                    text += self.claim(claim)
        return self.parse_text_to_nodes("\n\n".join(text), allow_section_headings=True)

    def row(self, formula: dict[str, Any], certificates: dict[str, Certificate]) -> Iterator[str]:
        unknown = set(formula["certificates"]) - set(certificates)
        if unknown:
            logger.warning("there is no certificate %s", ", ".join(sorted(unknown)), location=self.env.docname)
        verified = [certificates[name] for name in formula["certificates"] if name in certificates]
        yield "::::{div} printed-formula"
        yield ":::{div} as-printed\nAs printed"
        if formula.get("text"):
            yield f"```text\n{formula['printed']}\n```"
        elif formula["printed"]:
            yield f"$$\n{gathered(printed_lines(**formula))}\n$$"
        yield ":::"
        yield f"**{formula['verdict'].capitalize()}.** {formula.get('found', '')}"
        if formula["verdict"] != "definition":
            for certificate in verified[:1]:
                yield f":::{{div}} as-verified\nVerified\n\n$$\n{with_definitions(certificate)}\n$$\n:::"
        links = ", ".join(f"{{eq}}`{certificate.name}`" for certificate in verified)
        used = "Used" if formula["verdict"] == "definition" else "Derived"
        yield f"{used} in {{doc}}`/chapters/{formula['chapter']}`. Certificates: {links}."
        yield "::::"

    def claim(self, claim: dict[str, Any]) -> Iterator[str]:
        yield "::::{div} printed-formula"
        yield f":::{{div}} as-said\nIn words: “{claim['said']}”\n:::"
        yield f"**{claim['verdict'].capitalize()}.** {claim['found']}"
        yield f"Examined in {{doc}}`/chapters/{claim['chapter']}`."
        yield "::::"


class Verdicts(SphinxDirective):
    """How often each verdict is given in the list of a file, and what it means."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        sections = [section for document in listed(self) for section in document["sections"]]
        formulas = Counter(formula["verdict"] for section in sections for formula in section["formulas"])
        claims = Counter(claim["verdict"] for section in sections for claim in section.get("claims", []))
        if unknown := {*formulas, *claims} - set(VERDICTS):
            logger.warning("there is no verdict %s", ", ".join(sorted(unknown)), location=self.env.docname)
        rows = [f"| **{name}** | {text} | {formulas[name]} | {claims[name]} |" for name, text in VERDICTS.items()]
        rows.append(f"| all | | {formulas.total()} | {claims.total()} |")
        header = ["| verdict | meaning | formulas | claims in words |", "|---|---|---|---|"]
        return self.parse_text_to_nodes("\n".join([*header, *rows]))


def listed(directive: SphinxDirective) -> list[dict[str, Any]]:
    """The documents in the file that a directive names."""
    name, path = directive.env.relfn2path(directive.arguments[0])
    directive.env.note_dependency(name)
    return yaml.safe_load(Path(path).read_text(encoding="utf-8"))


def printed_lines(printed: str, breaks: Sequence[str] = (), **_: Any) -> list[str]:
    r"""The lines of a printed formula: its own, and a new one before the last place of each of ``breaks``.

    Example:
        >>> printed_lines("f = a + b + c", breaks=["+ c"])
        ['f = a + b', '\\qquad + c']
    """
    if breaks:
        for part in breaks:
            before, found, after = printed.rpartition(part)
            printed = f"{before.rstrip()} \\\\ \\qquad {found}{after}" if found else printed
        return printed.split(r" \\ ")
    return [printed] if r"\begin" in printed else printed.split(r" \\ ")
