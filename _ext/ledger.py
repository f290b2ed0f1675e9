"""The ledger: every certificate that the executed chapters left, on a page that a doubter can follow.

The records lie in the metadata of the notebooks' outputs. ``{ledger}`` lists them all, ``{certificates}`` counts them,
and the reference page of a function names the formulas that it was compared with. The line under a formula is linked to
its entry in the ledger and to the function. A strict build fails if a chapter has no certificate, if one is not shown
or not derived, if two share a name, or if one would also pass with a wrong formula and the ledger does not say why.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, NamedTuple

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from parallel_execution import Chapter, recall, remember, versions
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.viewcode import OUTPUT_DIRNAME as SOURCES
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.util.nodes import make_refnode

from dlmath import derive, falsify
from dlmath.printing import gathered
from dlmath.verify import RECORD, Certificate

LEDGER = "chapters/appendix/ledger"
REFERENCE = "chapters/appendix/api/"
MUST_HAVE_CERTIFICATES = re.compile(r"chapters/(math|equations|forward)/")

logger = logging.getLogger(__name__)


class Entry(NamedTuple):
    """A certificate, where it is shown and when it was made."""

    chapter: str
    date: str
    certificate: Certificate


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("parallel_execution")
    app.add_directive("ledger", Ledger)
    app.add_directive("survivors", Survivors)
    app.add_directive("slips", Slips)
    app.add_role("certificates", Count())
    for role in ("in-ledger", "in-reference", "in-source"):
        app.add_role(role, Link())
    app.connect("chapters-executed", collect)
    app.connect("autodoc-process-docstring", name_formulas_and_chapters)
    app.connect("doctree-read", own_nodes)
    app.connect("env-check-consistency", check_survivors)
    app.connect("missing-reference", link)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def collect(app: Sphinx, chapters: list[Chapter]) -> None:
    """Read the records of all chapters."""
    entries: list[Entry] = []
    uses = defaultdict(list)
    for docname, source, executed, date in chapters:
        certificates = list(recorded(executed))
        entries += [Entry(docname, date, certificate) for certificate in certificates]
        calls = [node for cell in source.cells if cell.cell_type == "code" for node in ast.walk(parsed(cell.source))]
        for function in used(calls):
            uses[function].append(docname)
        shown = {certificate.name for certificate in certificates}
        if MUST_HAVE_CERTIFICATES.match(docname) and not shown:
            logger.warning("the chapter has no certificate", location=docname)
        for name in sorted(called_for(calls) - shown):
            logger.warning("the certificate %r left no record: show what certify returns", name, location=docname)
    for name, count in Counter(entry.certificate.name for entry in entries).items():
        if count > 1:
            logger.warning("there are %d certificates with the name %r", count, name)
    for entry in entries:
        if entry.certificate.derived == derive.NOT_DERIVED:
            logger.warning(
                "SymPy did not derive %r: give certify the loss, of= and wrt=, or the reason, underived=",
                entry.certificate.name,
                location=entry.chapter,
            )
    formulas = defaultdict(list)
    for entry in entries:
        formulas[entry.certificate.code].append(entry.certificate.name)
    remember(app, "ledger", [(chapter, date, asdict(certificate)) for chapter, date, certificate in entries])
    remember(app, "titles", {chapter.docname: chapter.title for chapter in chapters})
    remember(app, "functions", {"formulas": formulas, "uses": uses})


def recorded(notebook: nbformat.NotebookNode) -> Iterator[Certificate]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if RECORD in output.get("metadata", {}):
                yield Certificate(**output.metadata[RECORD])


def all_entries(env: BuildEnvironment) -> list[Entry]:
    """What was found in the executed chapters, in the order of the book."""
    return [Entry(chapter, date, Certificate(**record)) for chapter, date, record in recall(env, "ledger")]


def parsed(code: str) -> ast.AST:
    try:
        return ast.parse(code)
    except SyntaxError:  # a cell with a magic command
        return ast.Module([], [])


def called_for(code: list[ast.AST]) -> set[str]:
    """The names in the calls of ``certify``, where they are written out."""
    calls = [node for node in code if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "certify"]
    return {str(call.args[0].value) for call in calls if call.args and isinstance(call.args[0], ast.Constant)}


def used(code: list[ast.AST]) -> set[str]:
    """The functions of the package that a chapter names, in full."""
    names = set()
    for node in code:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names.add(f"dlmath.{node.value.id}.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dlmath."):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


class Ledger(SphinxDirective):
    """Every certificate of the book, chapter by chapter."""

    def run(self) -> list[nodes.Node]:
        chapters: dict[str, list[Entry]] = defaultdict(list)
        for entry in all_entries(self.env):
            chapters[entry.chapter].append(entry)
        return [
            node
            for chapter, entries in chapters.items()
            for node in self.parse_text_to_nodes(self.chapter_text(chapter, entries), allow_section_headings=True)
        ]

    def chapter_text(self, chapter: str, entries: list[Entry]) -> str:
        heading = f"### {{doc}}`{recall(self.env, 'titles')[chapter]} </{chapter}>`"
        return "\n\n".join([heading, f"Run on {entries[0].date}.", *map(entry_text, entries)])


def entry_text(entry: Entry) -> str:
    certificate = entry.certificate
    refused = certificate.wrong_versions - certificate.uncomputable - len(certificate.survivors)
    verdicts = [f"{refused} disagree", f"{certificate.uncomputable} cannot be computed"]
    verdicts += [f"{len(certificate.survivors)} pass"] * bool(certificate.survivors)
    code = f"{{in-reference}}`{certificate.code}`" + f" ({{in-source}}`{certificate.code}`)" * (
        "._" not in certificate.code
    )
    return (
        f"(ledger-{certificate.name})=\n\n```{{math}}\n{with_definitions(certificate)}\n```\n\n"
        f"```{{div}} certificate-line\n{{eq}}`{certificate.name}` {certificate.summary(code=code)}\n```\n\n"
        f"```{{div}} certificate-detail\n{certificate.details()} "
        f"Of {certificate.wrong_versions} wrong versions {', '.join(verdicts)}.\n```"
    )


def with_definitions(certificate: Certificate) -> str:
    """The formula, and below it what its symbols are."""
    if not certificate.definitions:
        return certificate.formula
    return gathered([certificate.formula, r"\text{with}", *certificate.definitions])


class Slips(SphinxDirective):
    """The ways in which every formula is made wrong."""

    def run(self) -> list[nodes.Node]:
        slips = [*falsify.SLIPS, *falsify.SLIPS_OF_THE_WHOLE]
        return self.parse_text_to_nodes("\n".join(f"- *{slip.name}*: {slip.sentence}" for slip in slips))


class Survivors(SphinxDirective):
    """Wrong versions that passed the check of the formulas that ``of`` names, with the reason as the content."""

    has_content = True
    required_arguments = 1  # how many there are
    option_spec = {"of": directives.unchanged_required}  # noqa: RUF012 (as docutils wants it)

    def run(self) -> list[nodes.Node]:
        names = self.options["of"].split()
        found = [entry.certificate for entry in all_entries(self.env) if entry.certificate.name in names]
        survivors = [formula for certificate in found for formula in certificate.survivors]
        if len(survivors) != int(self.arguments[0]) or not all(certificate.survivors for certificate in found):
            logger.warning(
                "%s wrong versions pass, not %s", len(survivors), self.arguments[0], location=self.env.docname
            )
        self.env.metadata[self.env.docname].setdefault("explained", []).extend(names)
        formulas = gathered(list(dict.fromkeys(survivors)))
        of = ", ".join(f"{{eq}}`{name}`" for name in names)
        return self.parse_text_to_nodes(
            f"{of}: " + "\n".join(self.content) + f"\n\n::::{{dropdown}} Show them\n$$\n{formulas}\n$$\n::::"
        )


class Count(SphinxRole):
    """A number of the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        return [nodes.Text(counted(self.env, self.text))], []


def counted(env: BuildEnvironment, what: str) -> str:
    """A number of the ledger by its name, as it is written."""
    entries = all_entries(env)
    certificates = [entry.certificate for entry in entries]
    wrong = sum(certificate.wrong_versions for certificate in certificates)
    uncomputable = sum(certificate.uncomputable for certificate in certificates)
    survivors = sum(len(certificate.survivors) for certificate in certificates)
    numbers: dict[str, int | str] = {
        "formulas": len(certificates),
        "functions": len({certificate.code for certificate in certificates}),
        "draws": sum(certificate.draws for certificate in certificates),
        "wrong": wrong,
        "uncomputable": uncomputable,
        "survivors": survivors,
        "refused": wrong - uncomputable - survivors,
        "gradients": sum(bool(certificate.of) for certificate in certificates),
        "proved": sum(bool(certificate.of) and certificate.derived == "proved" for certificate in certificates),
        "digits": sum(bool(certificate.of) and certificate.derived != "proved" for certificate in certificates),
        "underived": sum(certificate.derived.startswith("not possible") for certificate in certificates),
        "versions": ", ".join(versions()),
        "date": max((entry.date for entry in entries), default="never"),
    }
    value = numbers[what]
    return f"{value:,}" if isinstance(value, int) else value


def check_survivors(app: Sphinx, env: BuildEnvironment) -> None:
    if LEDGER not in env.found_docs:
        return
    explained = {name for metadata in env.metadata.values() for name in metadata.get("explained", [])}
    for entry in all_entries(env):
        if entry.certificate.survivors and entry.certificate.name not in explained:
            logger.warning(
                "wrong versions of %r pass its check, and the ledger does not say why:\n%s",
                entry.certificate.name,
                "\n".join(entry.certificate.survivors),
                location=entry.chapter,
            )


def name_formulas_and_chapters(
    app: Sphinx, what: str, name: str, documented: Any, options: Any, lines: list[str]
) -> None:
    """On the reference page of a function: the formulas it was compared with, and the chapters that use it."""
    functions = recall(app.env, "functions")
    formulas, chapters = functions["formulas"].get(name, []), functions["uses"].get(name, [])
    lines += ["", "Certified: " + ", ".join(f":eq:`{formula}`" for formula in formulas) + "."] if formulas else []
    lines += ["", "Used in: " + ", ".join(f":doc:`/{chapter}`" for chapter in chapters) + "."] if chapters else []


def own_nodes(app: Sphinx, doctree: nodes.document) -> None:
    """Make all nodes those of their page: what eval-rst parses belongs to a document of its own, through which a page
    of the reference would be saved with all of the environment, tens of megabytes."""
    for node in doctree.findall():
        node.document = doctree


class Link(SphinxRole):
    """The mark under a formula, linked to the ledger; or a function, linked to the reference or to its source."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        shown = {"in-ledger": "✓", "in-reference": self.text, "in-source": "code"}[self.name]
        target = {"reftype": self.name, "reftarget": self.text, "refdoc": self.env.docname}
        return [pending_xref("", nodes.Text(shown), refdomain="", **target)], []


def link(app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Text) -> nodes.Node | None:
    """Resolve what ``Link`` left, once all pages are read. A book without ledger or reference shows the mere text."""

    def to(page: str, anchor: str, title: str | None = None) -> nodes.reference:
        return make_refnode(app.builder, node["refdoc"], page, anchor, shown, title)

    name, kind = node["reftarget"], node["reftype"]
    if kind == "in-ledger":
        entry = env.domains["std"].anonlabels.get(f"ledger-{name}")
        if LEDGER in env.found_docs:
            return to(*entry, "the check in the ledger") if entry else None
        return shown
    if kind in ("in-reference", "in-source"):
        found = env.domains["py"].objects.get(name)
        if found and kind == "in-reference":
            return to(found.docname, found.node_id)
        if found:
            module, _, function = name.rpartition(".")
            return to(f"{SOURCES}/{module.replace('.', '/')}", function)
        if "._" in name or not any(page.startswith(REFERENCE) for page in env.found_docs):
            return shown
    return None
