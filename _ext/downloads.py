"""The notebook that a reader downloads: what plain Jupyter shows, and a first cell that says what is missing.

The notebooks of the book are written in MyST, which plain Jupyter prints as it stands. So the copies that the pages
offer are translated when the book is built: directives become HTML or bold titles, references get the words and the
numbers of the page, captions stand under their figures, what the page folds is folded. The sources stay as they are.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import nbformat
from ledger import counted
from publishing import WHEEL, Place, placed
from pybtex.backends.markdown import Backend
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

NEEDED = ("dlmath", "exercises", "sympy", "matplotlib", "ipywidgets")
FOLDED = {"hide-input", "remove-input", "remove-cell"}
COLOURS = {"note": "info", "tip": "success", "important": "success", "warning": "warning", "danger": "danger"}
FENCE = re.compile(r"(?P<fence>:{3,}|`{3,}|~{3,})[ ]*(?:\{(?P<name>[\w:-]+)\}[ ]*(?P<title>.*)|[^`:]*)")
OPTION = re.compile(r":[\w-]+:.*")
ROLE = re.compile(r"\{([\w:-]+)\}(`+)(.+?)\2", flags=re.DOTALL)
# In the strings of code, where braces are doubled if they are formatted.
ROLE_IN_CODE = re.compile(r"\{{1,2}(eq|numref|cite:[pt])\}{1,2}`([^`]+)`")
LINK = re.compile(r"\[(?P<text>(?:[^][]|\[[^][]*\])*)\]\((?P<path>[^)\s#:]+)\.(?P<kind>ipynb|md)(?P<place>#[^)\s]*)?\)")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("build-finished", write_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_downloads(app: Sphinx, error: Exception | None) -> None:
    """Replace Sphinx's copies of the notebooks, all of them: a number may have changed that another page shows."""
    if error is not None or app.builder.name != "html":
        return
    for docname in sorted(app.env.found_docs):
        path = Path(app.env.doc2path(docname))
        if path.suffix == ".ipynb":
            notebook = downloaded(nbformat.read(path, as_version=4), docname, app.env, placed(app.config))
            copy = Path(app.outdir, "_sources", f"{docname}.ipynb")
            copy.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(notebook, copy)


def downloaded(
    notebook: nbformat.NotebookNode, docname: str, env: BuildEnvironment, place: Place
) -> nbformat.NotebookNode:
    """The notebook of a page, as it is given away."""
    page = Page(docname, env, place.site)
    cells = [first_cell(place)]
    for cell in notebook.cells:
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if cell.cell_type == "markdown":
            cell.source = plain(cell.source, page)
        else:
            cell.source = linked(ROLE_IN_CODE.sub(lambda match: page.role(match[1], match[2]), cell.source), page)
            if FOLDED & set(cell.metadata.get("tags", [])):
                cell.metadata["jupyter"] = {"source_hidden": True}
        cell.metadata.pop("mystnb", None)
        cells.append(cell)
        if figure:
            caption = f"*{page.figure(figure.get('name', ''))}.* {plain(figure.get('caption', ''), page)}"
            cells.append(nbformat.v4.new_markdown_cell(caption, id=f"caption-{len(cells)}"))
    if page.cited:
        cells.append(nbformat.v4.new_markdown_cell("\n\n".join(page.references()), id="references"))
    notebook.cells = cells
    return notebook


def first_cell(place: Place) -> nbformat.NotebookNode:
    """A cell that looks for what the notebook needs: on Colab and in the browser it installs it, elsewhere says how."""
    wheel = Path(WHEEL).name
    if place.site:
        requirement, told = f"dlmath[book] @ {place.wheel}", "Run"
    else:
        requirement = f"./{wheel}[book]"
        told = f"Take {wheel} from the page 'Run this book', put it beside this notebook, and run"
    code = FIRST_CELL.format(needed=json.dumps(NEEDED), requirement=requirement, told=told)
    return nbformat.v4.new_code_cell(code, id="get-what-is-missing")


FIRST_CELL = """\
# From "The Mathematics of Deep Learning". Run this cell first: it looks for what the other cells import.
import sys
from importlib.util import find_spec

missing = [name for name in {needed} if find_spec(name) is None]
if missing and "google.colab" in sys.modules:
    %pip install --quiet "{requirement}"
elif missing and sys.platform == "emscripten":
    %pip install --quiet dlmath sympy matplotlib ipywidgets
elif missing:
    raise ModuleNotFoundError(
        f"This notebook needs {{', '.join(missing)}}. {told}\\n\\n"
        '    %pip install "{requirement}"\\n\\n'
        "in a cell of its own, then this cell again."
    )
"""


class Page:
    """What a page calls the things that it refers to, on itself and on others."""

    def __init__(self, docname: str, env: BuildEnvironment, site: str) -> None:
        self.docname, self.env, self.site = docname, env, site
        self.cited: list[str] = []
        publications: Any = env.domains["cite"]
        self.citations = {citation.key: citation for citation in publications.citations}

    def role(self, name: str, text: str) -> str:
        known: dict[str, Callable[[str], str]] = {
            "eq": self.equation,
            "numref": self.figure,
            "doc": self.page,
            "cite:t": self.textual,
            "cite:p": self.parenthetical,
            "certificates": lambda text: counted(self.env, text),
        }
        return known.get(name, lambda text: text)(text)

    # What is not known has been a warning of the build already.

    def equation(self, label: str) -> str:
        """The number on the page and the name of the certificate, which the cell has that prints the formula."""
        docname, number = self.env.domains["math"].equations.get(label, (self.docname, "?"))
        return self.linked(f"({number}, `{label}`)", docname, f"#equation-{label}")

    def figure(self, label: str) -> str:
        docname, place, _ = self.env.domains["std"].labels.get(label, (self.docname, "", ""))
        number = self.env.toc_fignumbers.get(docname, {}).get("figure", {}).get(place)
        return f"Fig. {number[0]}" if number else "Figure"

    def page(self, path: str) -> str:
        docname = path.lstrip("/") if path.startswith("/") else urljoin(self.docname, path)
        title = self.env.titles[docname].astext()
        return (
            self.linked(title, docname)
            if self.site
            else f"[{title}]({posixpath.relpath(docname, posixpath.dirname(self.docname))}.ipynb)"
        )

    def linked(self, text: str, docname: str, place: str = "") -> str:
        return f"[{text}]({self.site}{docname}.html{place})" if self.site else text

    def link(self, text: str, path: str, kind: str, place: str) -> str:
        """A link to another page: to the published one, or to a notebook beside this one, or none."""
        if self.site:
            return self.linked(text, urljoin(self.docname, path), place)
        return f"[{text}]({path}.ipynb{place})" if kind == "ipynb" else text

    def textual(self, keys: str) -> str:
        return ", ".join(
            f"{names(self.cite(key).entry)} [{self.cite(key).formatted_entry.label}]" for key in keys.split(",")
        )

    def parenthetical(self, keys: str) -> str:
        return "[" + ", ".join(self.cite(key).formatted_entry.label for key in keys.split(",")) + "]"

    def cite(self, key: str):
        key = key.strip()
        if key not in self.cited:
            self.cited.append(key)
        return self.citations[key]

    def references(self) -> Iterator[str]:
        yield "**References**"
        cited = sorted((self.citations[key].formatted_entry for key in self.cited), key=lambda entry: entry.label)
        for entry in cited:
            yield f"[{entry.label}] {' '.join(entry.text.render(Backend()).split())}"


def names(entry) -> str:
    """The authors of an entry as they stand in a sentence."""
    people = [
        " ".join(str(part) for part in (*person.rich_prelast_names, *person.rich_last_names))
        for person in entry.persons.get("author") or entry.persons["editor"]
    ]
    if len(people) > 2:
        return f"{people[0]} et al."
    return " and ".join(people)


# From MyST to Markdown


def plain(text: str, page: Page) -> str:
    """Markdown as plain Jupyter shows it."""
    return "\n".join(translated(text.split("\n"), page)).strip("\n")


def translated(lines: list[str], page: Page) -> Iterator[str]:
    prose: list[str] = []
    rest = iter(lines)
    for line in rest:
        fence = FENCE.fullmatch(line.rstrip())
        if not fence:
            prose.append(line)
            continue
        yield from sentences(prose, page)
        prose = []
        inside = list(until_closed(rest, fence["fence"]))
        if fence["name"]:
            yield from directive(fence["name"], fence["title"].strip(), inside, page)
        elif fence["fence"].startswith(":"):
            yield from translated(inside, page)
        else:
            yield from (line, *inside, fence["fence"])
    yield from sentences(prose, page)


def until_closed(lines: Iterator[str], fence: str) -> Iterator[str]:
    for line in lines:
        if re.fullmatch(rf"{re.escape(fence)}{re.escape(fence[0])}*", line.strip()):
            return
        yield line


def directive(name: str, title: str, lines: list[str], page: Page) -> Iterator[str]:
    options = {}
    while lines and OPTION.fullmatch(lines[0]):
        _, key, value = lines.pop(0).split(":", 2)
        options[key] = value.strip()
    body = plain("\n".join(lines), page).split("\n")
    title = plain(title, page)
    if name in ("admonition", *COLOURS):
        kind = COLOURS.get(options.get("class", name), "info")
        yield from (
            "",
            f'<div class="alert alert-{kind}">',
            "",
            f"**{title or name.capitalize()}**",
            "",
            *body,
            "",
            "</div>",
            "",
        )
    elif name == "dropdown":
        yield from ("", f"<details><summary>{title}</summary>", "", *body, "", "</details>", "")
    elif name == "math":
        yield from ("", "$$", *lines, "$$", "")
    elif name == "button-ref":
        yield from ("", page.page(title), "")
    elif name == "exercise":
        yield from ("", f"**Exercise: {title}.**", "", *body, "")
    else:  # a frame, with or without a title
        yield from ("", *([f"**{title}**", ""] if title and not title[0].isdigit() else []), *body, "")


def sentences(lines: list[str], page: Page) -> Iterator[str]:
    text = "\n".join(lines)
    text = re.sub(r"^\([\w-]+\)=\n?", "", text, flags=re.MULTILINE)  # a place that links lead to
    text = re.sub(r"^\$\$ *\([\w-]+\)$", "$$", text, flags=re.MULTILINE)
    text = linked(text, page)
    if lines:
        yield from ROLE.sub(lambda match: page.role(match[1], match[3]), text).split("\n")


def linked(text: str, page: Page) -> str:
    return LINK.sub(lambda match: page.link(**match.groupdict("")), text)
