"""The ledger: every certificate that the executed chapters left, on a page that a doubter can follow.

The records lie in the metadata of the notebooks' outputs, and are read before Sphinx reads the pages. ``{ledger}``
lists them all, ``{certificates}`` counts them, and the reference page of a function names the formulas that it was
compared with. The line under a formula is linked to its entry in the ledger and to the function. A strict build fails
if a chapter has no certificate, if one is not shown, if two share a name, or if one would also pass with a wrong
formula and the ledger does not say why.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from docutils import nodes
from docutils.parsers.rst import directives
from jupyter_cache import get_cache
from parallel_execution import computed_with
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from dlmath.verify import RECORD, Certificate

LEDGER = "chapters/appendix/ledger"
REFERENCE = "chapters/appendix/api/"
MUST_HAVE_CERTIFICATES = re.compile(r"chapters/(math|equations|forward)/")
FUNCTION = re.compile(r"dlmath(?:\.\w+)+")

logger = logging.getLogger(__name__)


class Entry(NamedTuple):
    """A certificate, where it is shown and when it was made."""

    chapter: str
    date: str
    certificate: Certificate


class Records(NamedTuple):
    """What was found in the executed chapters, in the order of the book."""

    entries: list[Entry]
    uses: dict[str, list[str]]
    """The chapters that use each function of the package."""
    titles: dict[str, str]
    versions: list[str]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("ledger", Ledger)
    app.add_directive("survivors", Survivors)
    app.add_role("certificates", Count())
    app.connect("env-get-outdated", collect, priority=600)  # when the chapters have been executed
    app.connect("autodoc-process-docstring", name_formulas_and_chapters)
    app.connect("doctree-read", own_nodes)
    app.connect("env-check-consistency", check_survivors)
    app.connect("doctree-resolved", link_certificates)
    app.connect("doctree-resolved", link_sources)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def collect(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> list[str]:
    """Read the records of all chapters; if they are others than before, the pages that show them are read again."""
    if hasattr(env, "ledger") and not (added or changed or removed or env.executed):
        return []  # reading all results takes a second
    cache, entries = get_cache(env.mystnb_config.execution_cache_path), []
    uses, titles = defaultdict(list), {}
    for docname in in_order(app.config.external_site_map):
        path = Path(env.doc2path(docname))
        if path.suffix != ".ipynb":
            continue
        source = nbformat.read(path, as_version=4)
        titles[docname] = title(source)
        executed = cache.match_cache_notebook(source)
        certificates = list(recorded(cache.get_cache_bundle(executed.pk).nb))
        entries += [Entry(docname, f"{executed.created:%Y-%m-%d}", certificate) for certificate in certificates]
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
    versions = computed_with().splitlines()[1:]
    before, env.ledger = getattr(env, "ledger", None), Records(entries, dict(uses), titles, versions)
    shown_on = getattr(env, "ledger_pages", set()) | {page for page in env.found_docs if page.startswith(REFERENCE)}
    return [] if env.ledger == before else sorted(shown_on & env.found_docs)


def in_order(site_map: Any, page: str | None = None) -> Iterator[str]:
    """The pages in the order of the table of contents."""
    document = site_map.root if page is None else site_map[page]
    yield document.docname
    for subtree in document.subtrees:
        for item in subtree.items:
            if item in site_map:
                yield from in_order(site_map, item)


def title(notebook: nbformat.NotebookNode) -> str:
    """The first heading. A link in a heading needs it: the page's contents repeat the heading, but not as a link."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    heading = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
    return heading[1] if heading else "Untitled"


def parsed(code: str) -> ast.AST:
    try:
        return ast.parse(code)
    except SyntaxError:  # a cell with a magic command
        return ast.Module([], [])


def recorded(notebook: nbformat.NotebookNode) -> Iterator[Certificate]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if RECORD in output.get("metadata", {}):
                yield Certificate(**output.metadata[RECORD])


def called_for(code: list[ast.AST]) -> set[str]:
    """The names in the calls of ``certify``, where they are written out."""
    calls = [node for node in code if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "certify"]
    return {call.args[0].value for call in calls if call.args and isinstance(call.args[0], ast.Constant)}


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
        remember_page(self.env)
        chapters: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.env.ledger.entries:
            chapters[entry.chapter].append(entry)
        return [
            node
            for chapter, entries in chapters.items()
            for node in self.parse_text_to_nodes(self.chapter_text(chapter, entries), allow_section_headings=True)
        ]

    def chapter_text(self, chapter: str, entries: list[Entry]) -> str:
        heading = f"### {{doc}}`{self.env.ledger.titles[chapter]} </{chapter}>`"
        return "\n\n".join([heading, f"Run on {entries[0].date}.", *map(entry_text, entries)])


def entry_text(entry: Entry) -> str:
    certificate = entry.certificate
    refused = certificate.wrong_versions - certificate.uncomputable - len(certificate.survivors)
    verdicts = [f"{refused} disagree", f"{certificate.uncomputable} cannot be computed"]
    verdicts += [f"{len(certificate.survivors)} pass"] * bool(certificate.survivors)
    return (
        f"(ledger-{certificate.name})=\n\n```{{math}}\n{with_definitions(certificate)}\n```\n\n"
        f"```{{div}} certificate-line\n{{eq}}`{certificate.name}` {certificate.summary()}. "
        f"Of {certificate.wrong_versions} wrong versions {', '.join(verdicts)}.\n```"
    )


def with_definitions(certificate: Certificate) -> str:
    """The formula, and below it what its symbols are."""
    if not certificate.definitions:
        return certificate.formula
    return gathered([certificate.formula, r"\text{with}", *certificate.definitions])


def gathered(formulas: list[str]) -> str:
    """Formulas one below the other."""
    return "\\begin{gathered}\n" + " \\\\\n".join(formulas) + "\n\\end{gathered}"


class Survivors(SphinxDirective):
    """Wrong versions that passed the check of the formulas that ``of`` names, with the reason as the content."""

    has_content = True
    required_arguments = 1  # how many there are
    option_spec = {"of": directives.unchanged_required}  # noqa: RUF012 (as docutils wants it)

    def run(self) -> list[nodes.Node]:
        remember_page(self.env)
        names = self.options["of"].split()
        found = [entry.certificate for entry in self.env.ledger.entries if entry.certificate.name in names]
        survivors = [formula for certificate in found for formula in certificate.survivors]
        if len(survivors) != int(self.arguments[0]) or not all(certificate.survivors for certificate in found):
            logger.warning(
                "%s wrong versions pass, not %s", len(survivors), self.arguments[0], location=self.env.docname
            )
        self.env.explained = getattr(self.env, "explained", set()) | set(names)
        formulas = gathered(list(dict.fromkeys(survivors)))
        of = ", ".join(f"{{eq}}`{name}`" for name in names)
        return self.parse_text_to_nodes(
            f"{of}: " + "\n".join(self.content) + f"\n\n::::{{dropdown}} Show them\n$$\n{formulas}\n$$\n::::"
        )


class Count(SphinxRole):
    """A number of the ledger."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        remember_page(self.env)
        certificates = [entry.certificate for entry in self.env.ledger.entries]
        counted = {
            "formulas": len(certificates),
            "functions": len({certificate.code for certificate in certificates}),
            "draws": sum(certificate.draws for certificate in certificates),
            "wrong": sum(certificate.wrong_versions for certificate in certificates),
            "uncomputable": sum(certificate.uncomputable for certificate in certificates),
            "survivors": sum(len(certificate.survivors) for certificate in certificates),
            "versions": ", ".join(self.env.ledger.versions),
            "date": max((entry.date for entry in self.env.ledger.entries), default="never"),
        }
        counted["refused"] = counted["wrong"] - counted["uncomputable"] - counted["survivors"]
        value = counted[self.text]
        return [nodes.Text(f"{value:,}" if isinstance(value, int) else value)], []


def remember_page(env: BuildEnvironment) -> None:
    """The page shows records, and is read again when they change."""
    env.ledger_pages = getattr(env, "ledger_pages", set()) | {env.docname}


def check_survivors(app: Sphinx, env: BuildEnvironment) -> None:
    if LEDGER not in env.found_docs:
        return
    for entry in env.ledger.entries:
        if entry.certificate.survivors and entry.certificate.name not in getattr(env, "explained", set()):
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
    names = [entry.certificate.name for entry in app.env.ledger.entries if entry.certificate.code == name]
    lines += ["", "Certified: " + ", ".join(f":eq:`{formula}`" for formula in names) + "."] if names else []
    chapters = app.env.ledger.uses.get(name, [])
    lines += ["", "Used in: " + ", ".join(f":doc:`/{chapter}`" for chapter in chapters) + "."] if chapters else []


def own_nodes(app: Sphinx, doctree: nodes.document) -> None:
    """Make all nodes those of their page: what eval-rst parses belongs to a document of its own, through which a page
    of the reference would be saved with all of the environment, tens of megabytes."""
    for node in doctree.findall():
        node.document = doctree


def link_certificates(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """In the line under a formula, link the mark to the ledger and the functions to their reference."""
    for line in doctree.findall(lambda node: "certificate-line" in getattr(node, "attributes", {}).get("classes", [])):
        formulas = [node for node in line.parent.findall(nodes.math_block) if node.get("label")]
        for text in list(line.findall(nodes.Text)):
            if not isinstance(text.parent, nodes.reference):
                text.parent.replace(text, linked(app, docname, text.astext(), formulas))


def linked(app: Sphinx, docname: str, text: str, formulas: list[nodes.math_block]) -> list[nodes.Node]:
    parts: list[nodes.Node] = []
    for part in re.split(rf"(✓|{FUNCTION.pattern})", text):
        if part == "✓" and formulas and LEDGER in app.env.found_docs:
            target = f"{app.builder.get_relative_uri(docname, LEDGER)}#ledger-{formulas[-1]['label']}"
            parts.append(nodes.reference("", part, refuri=target, internal=True, reftitle="the check in the ledger"))
        else:
            parts.append(to_reference(app, docname, part) or nodes.Text(part))
            if docname == LEDGER and isinstance(parts[-1], nodes.reference):
                parts += [nodes.Text(" ("), to_code(app, docname, part), nodes.Text(")")]
    return parts


def to_reference(app: Sphinx, docname: str, function: str) -> nodes.reference | None:
    """The name of a function as a link to its place in the reference, if it has one."""
    found = app.env.domains["py"].objects.get(function)
    if found is None:
        return None
    target = f"{app.builder.get_relative_uri(docname, found.docname)}#{found.node_id}"
    return nodes.reference("", function, refuri=target, internal=True)


def to_code(app: Sphinx, docname: str, function: str) -> nodes.reference:
    """A link to the highlighted source of a function."""
    module, _, name = function.rpartition(".")
    page = app.builder.get_relative_uri(docname, f"_modules/{module.replace('.', '/')}")
    return nodes.reference("", "code", refuri=f"{page}#{name}", internal=True)


def link_sources(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Under the source of a function of the package, link to its place in the reference."""
    for block in list(doctree.findall(nodes.literal_block)):
        shown = re.match(rf"# ({FUNCTION.pattern})\n(?:@.*\n)*(?:def|class) (\w+)", block.astext())
        link = to_reference(app, docname, ".".join(shown.groups())) if shown else None
        if link:
            block.parent.insert(block.parent.index(block) + 1, nodes.paragraph("", "", link, classes=["source-link"]))
