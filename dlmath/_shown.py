"""What a notebook shows, in the forms that its readers take: a notebook, the book, and plain text."""

from __future__ import annotations

from typing import Any


class Shown:
    """Something to show: plain text, Markdown for the book, and HTML for notebooks (each if it differs)."""

    def __init__(self, plain: str, html: str | None = None, markdown: str | None = None) -> None:
        self.plain = plain
        self.html = html
        self.markdown = markdown

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        forms = {"text/plain": self.plain, "text/html": self.html, "text/markdown": self.markdown}
        return {kind: form for kind, form in forms.items() if form is not None}

    def __repr__(self) -> str:
        return self.plain
