"""The pages as EPUB 3: XHTML with MathML and SVG, which a reading device can enlarge, recolour and read aloud."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from urllib.parse import quote, urldefrag, urljoin

import yaml

from dlmath import __version__
from editions.pages import BOOK, HERE, Page

ALLOWED = ":/?#[]@!$&'()*+,;=%~"
"""What an address may have in it besides letters and digits; a DOI can have more."""

CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="book/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="epub.css"/></head>
<body>
{body}
</body>
</html>
"""
PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:dlmath:book:{version}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:rights>Text and figures: CC BY 4.0. Code: MIT.</dc:rights>
<meta property="dcterms:modified">{modified}</meta>
<meta property="schema:accessMode">textual</meta>
<meta property="schema:accessMode">visual</meta>
<meta property="schema:accessModeSufficient">textual</meta>
<meta property="schema:accessibilityFeature">MathML</meta>
<meta property="schema:accessibilityFeature">alternativeText</meta>
<meta property="schema:accessibilityFeature">structuralNavigation</meta>
<meta property="schema:accessibilityFeature">tableOfContents</meta>
<meta property="schema:accessibilityHazard">none</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="css" href="epub.css" media-type="text/css"/>
{items}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def write(pages: Iterable[Page], output: Path) -> None:
    """Put the pages together, in their order."""
    pages = list(pages)
    book = yaml.safe_load((BOOK / "_config.yml").read_text(encoding="utf-8"))
    contents = {file_name(page): xhtml(page.title, body) for page, body in zip(pages, with_links_inside(pages))}
    items = "\n".join(item(name, text) for name, text in contents.items())
    package = PACKAGE.format(
        version=__version__,
        title=html.escape(book["title"]),
        author=html.escape(book["author"]),
        modified=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        items=items,
        spine="\n".join(f'<itemref idref="{name.removesuffix(".xhtml")}"/>' for name in contents),
    )
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("book/package.opf", package)
        archive.writestr("book/nav.xhtml", navigation(pages, book["title"]))
        archive.writestr("book/epub.css", (HERE / "epub.css").read_text(encoding="utf-8"))
        for name, text in contents.items():
            archive.writestr(f"book/{name}", text)


def file_name(page: Page) -> str:
    """The name of a page in the archive.

    Example:
        >>> file_name(Page("chapters/math/loss", "Part I", "The loss", "", b""))
        'math-loss.xhtml'
    """
    return page.name.removeprefix("chapters/").replace("/", "-") + ".xhtml"


def xhtml(title: str, body: str) -> str:
    return PAGE.format(title=html.escape(title), body=body)


def item(name: str, text: str) -> str:
    """The line of the package about a page, with what a device must be able to show."""
    shown = " ".join(name for name, mark in (("mathml", "<math"), ("svg", "<svg")) if mark in text)
    properties = f' properties="{shown}"' if shown else ""
    return f'<item id="{name.removesuffix(".xhtml")}" href="{name}" media-type="application/xhtml+xml"{properties}/>'


def with_links_inside(pages: list[Page]) -> list[str]:
    """The contents, with links that lead to pages of the book or to the web; a link to anything else becomes text."""
    files = {page.address: file_name(page) for page in pages}
    bodies = {page.address: page.content.decode() for page in pages}
    places = {address: set(re.findall(r'\sid="([^"]*)"', body)) for address, body in bodies.items()}

    def link(page: str, before: str, target: str) -> str:
        address, place = urldefrag(urljoin(page, html.unescape(target)))
        if address.startswith(("https:", "http:", "mailto:")):
            return f'{before} href="{html.escape(quote(html.unescape(target), safe=ALLOWED))}"'
        if address not in files or (address == page and place not in places[page]):
            return before
        found = f"#{place}" if place in places[address] else ""
        return f'{before} href="{"" if address == page else files[address]}{found}"'

    return [
        re.sub(r'(<a\b[^>]*?) href="([^"]*)"', lambda found: link(address, *found.groups()), body)  # noqa: B023
        for address, body in bodies.items()
    ]


def navigation(pages: list[Page], title: str) -> str:
    """The table of contents, part by part."""
    rows = []
    for part, chapters in groupby(pages, key=lambda page: page.part):
        entries = "\n".join(f'<li><a href="{file_name(page)}">{html.escape(page.title)}</a></li>' for page in chapters)
        rows.append(f"<li><span>{html.escape(part)}</span>\n<ol>\n{entries}\n</ol></li>" if part else entries)
    listed = "\n".join(rows)
    return xhtml(
        "Contents", f'<nav epub:type="toc" id="toc"><h1>{html.escape(title)}</h1>\n<ol>\n{listed}\n</ol></nav>'
    )
