"""Paragraphs with code, bold words, formulas and links, as HTML: for what a notebook shows without Sphinx."""

from __future__ import annotations

import html
import re


def to_html(text: str) -> str:
    r"""Turn paragraphs with ``code``, **bold** and formulas between dollar signs into HTML.

    Example:
        >>> to_html("**Why** is `a < b`, with $N < 2$?")
        '<p><strong>Why</strong> is <code>a &lt; b</code>, with \\(N &lt; 2\\)?</p>'
    """
    return "".join(f"<p>{inline(paragraph)}</p>" for paragraph in re.split(r"\n\s*\n", text.strip()))


def inline(text: str) -> str:
    r"""Turn one paragraph into HTML.

    Example:
        >>> inline("See [the next chapter](weight-update.ipynb).")
        'See <a href="weight-update.ipynb">the next chapter</a>.'
    """

    def convert(match: re.Match[str]) -> str:
        code, display, formula, bold, link, address = match.groups()
        if code is not None:
            return f"<code>{html.escape(code)}</code>"
        if display is not None:
            return rf"\[{html.escape(display)}\]"
        if formula is not None:
            return rf"\({html.escape(formula)}\)"
        if bold is not None:
            return f"<strong>{inline(bold)}</strong>"
        return f'<a href="{html.escape(address)}">{inline(link)}</a>'

    parts, end = [], 0
    for match in re.finditer(
        r"`([^`]+)`|\$\$(.+?)\$\$|\$([^$]+)\$|\*\*(.+?)\*\*|\[([^]]+)\]\(([^)\s]+)\)", text, flags=re.S
    ):
        parts += [html.escape(text[end : match.start()]), convert(match)]
        end = match.end()
    return "".join([*parts, html.escape(text[end:])])
