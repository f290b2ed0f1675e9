"""A formula in a line keeps room for itself before it is typeset, so that the text around it does not move then.

MathJax comes with the page and typesets what stands there in TeX, which is longer than the formula. The width that the
formula will have is estimated from its TeX, and the style sheet keeps it free until the formula is there.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

SMALL = 0.71
"""the size of an index or exponent, relative to the line"""
WIDE = {"=": 1.33, "<": 1.33, ">": 1.33, "+": 1.22, "-": 1.22, ",": 0.45, ".": 0.28, "(": 0.39, ")": 0.39, "|": 0.28}
COMMANDS = {
    **dict.fromkeys(
        ("le", "ge", "ne", "approx", "to", "mapsto", "in", "sim", "propto", "equiv", "mid", "leftarrow"), 1.45
    ),
    **dict.fromkeys(("cdot", "times", "odot", "pm", "circ"), 0.9),
    **dict.fromkeys(("sum", "int", "prod"), 1.2),
    "quad": 1.0,
    "sqrt": 0.85,
    **dict.fromkeys(("dots", "ldots", "cdots"), 1.3),
    **dict.fromkeys((",", ";", ":", " "), 0.2),
    **dict.fromkeys(("{", "}"), 0.5),
    **dict.fromkeys(("lVert", "rVert", "|"), 0.5),
    **dict.fromkeys(("mathbf", "mathrm", "mathcal", "boldsymbol", "operatorname", "text", "mathit", "mathbb"), 0.0),
    **dict.fromkeys(("hat", "tilde", "bar", "overline", "vec", "left", "right", "bigl", "bigr", "Bigl", "Bigr"), 0.0),
    **dict.fromkeys(("!", "limits", "displaystyle", "textstyle", "bigl", "big", "Big"), 0.0),
    **{name: 0.5 * len(name) for name in ("sin", "cos", "tan", "tanh", "log", "ln", "exp", "max", "min", "arg", "det")},
}
LETTER, CAPITAL, GREEK = 0.52, 0.72, 0.58
LARGER = 1.08
"""MathJax's font, relative to that of the text"""


def room(tex: str) -> float:
    """The width of a formula in a line, estimated from its TeX, in units of its font's size."""
    width, rest = _row(re.findall(r"\\[A-Za-z]+|\\.|[^\s]", tex))
    return LARGER * width + (room("".join(rest[1:])) if rest else 0)  # after a brace too many


def setup(app: Sphinx) -> dict[str, bool]:
    app.setup_extension("sphinx.ext.mathjax")
    renderers = app.registry.html_inline_math_renderers
    visit, depart = renderers["mathjax"]

    def visit_with_room(self: HTML5Translator, node: nodes.math) -> None:
        start = len(self.body)
        try:
            visit(self, node)
        finally:
            style = f'<span style="--room:{room(node.astext()):.1f}em"'
            self.body[start] = self.body[start].replace("<span", style, 1)

    renderers["mathjax"] = (visit_with_room, depart)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _row(tokens: list[str]) -> tuple[float, list[str]]:
    """The width of what stands in a row up to a closing brace, and the tokens from there on."""
    width = 0.0
    while tokens and tokens[0] != "}":
        if tokens[0] in ("_", "^"):
            raised, tokens = _part(tokens[1:])
            if tokens and tokens[0] in ("_", "^"):  # both stand one above the other
                other, tokens = _part(tokens[1:])
                raised = max(raised, other)
            width += SMALL * raised
            continue
        part, tokens = _part(tokens)
        width += part
    return width, tokens


def _part(tokens: list[str]) -> tuple[float, list[str]]:
    """The width of the next symbol or group, and the tokens behind it."""
    if not tokens:
        return 0.0, tokens
    first, rest = tokens[0], tokens[1:]
    if first == "{":
        width, rest = _row(rest)
        return width, rest[1:]
    if first in (r"\frac", r"\tfrac", r"\dfrac"):
        above, rest = _part(rest)
        below, rest = _part(rest)
        return SMALL * max(above, below) + 0.24, rest
    if first.startswith("\\"):
        return COMMANDS.get(first[1:], GREEK), rest
    return WIDE.get(first, CAPITAL if first.isupper() else LETTER), rest
