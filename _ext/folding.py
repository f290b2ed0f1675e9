"""The idea in front, the code behind it: code that verifies or draws is folded under what it shows.

A cell that certifies shows its formula first, and its code behind "how this was checked". A cell with the tag
``hide-input`` shows its output first, and its code behind "code". Nothing is hidden in the notebook itself, and a
switch at the head of every page opens all folds.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

CHECKED, FIGURE, CODE = "How this was checked", "Code of the figure", "Code"


class Fold(nodes.container):
    """Code behind a summary."""


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(Fold, html=(open_fold, close_fold), latex=(unfolded, unfolded), text=(unfolded, unfolded))
    app.connect("doctree-read", fold_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def fold_code(app: Sphinx, doctree: nodes.document) -> None:
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code" or not cell.children:
            continue
        source, *outputs = cell.children
        if source.get("nb_element") != "cell_code_source":
            continue
        certificate = bool(with_class(cell, "certificate-line"))
        if not certificate and cell.get("hide_mode") != "input":
            continue
        cell.attributes.pop("hide_mode", None)
        summary = CHECKED if certificate else FIGURE if has_picture(outputs) else CODE
        cell["classes"].append("folded")
        details = with_class(cell, "certificate-detail")
        for part in details:
            part.parent.remove(part)
        cell.children = []
        cell.extend([*outputs, Fold("", *details, source, summary=summary, classes=["dl-fold"])])


def with_class(cell: nodes.Element, name: str) -> list[nodes.Element]:
    return [part for part in cell.findall(nodes.container) if name in part.get("classes", ())]


def has_picture(outputs: list[nodes.Node]) -> bool:
    raw = (part.astext() for output in outputs for part in output.findall(nodes.raw))
    return any("dl-figure" in text for text in raw)


def open_fold(self, node: Fold) -> None:
    self.body.append(f'<details class="{" ".join(node["classes"])}"><summary>{node["summary"]}</summary>')


def close_fold(self, node: Fold) -> None:
    self.body.append("</details>")


def unfolded(self, node: Fold) -> None:
    """Where nothing folds, as in print, the code stands as it is."""
