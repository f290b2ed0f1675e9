"""The printed pages as one PDF: with an outline, numbers on the pages, and links that stay in it."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    Destination,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
)

from editions.pages import Page


def write(pages: Iterable[Page], output: Path) -> None:
    """Put the pages together, in their order."""
    book = PdfWriter()
    starts: dict[str, int] = {}
    parts: dict[str, IndirectObject] = {}
    for page in pages:
        start = starts[page.address] = len(book.pages)
        chapter = PdfReader(io.BytesIO(page.content))
        book.append(chapter, import_outline=False)
        if page.part and page.part not in parts:
            parts[page.part] = book.add_outline_item(title=page.part, page_number=start)
        entry = book.add_outline_item(title=page.title, page_number=start, parent=parts.get(page.part))
        for heading in headings(chapter):
            number = start + page_of(chapter, heading)
            book.add_outline_item(title=heading.title, page_number=number, parent=entry)
        places = named_places(chapter, start)
        for sheet in book.pages[start:]:
            for link in links(sheet):
                if (name := str(link.get("/Dest"))) in places:
                    number, left, top = places[name]
                    lead_to(link, book.pages[number], left, top)
    for number, sheet in enumerate(book.pages, start=1):
        for link in links(sheet):
            address = link.get("/A", {}).get("/URI", "")
            if address.startswith("file:"):
                page_of_book = starts.get(address.partition("#")[0])
                lead_to(link, None if page_of_book is None else book.pages[page_of_book])
        write_number(book, sheet, number)
    book.root_object.pop("/Dests", None)  # the names of different chapters are the same
    book.root_object[NameObject("/PageMode")] = NameObject("/UseOutlines")
    book.add_metadata({"/Title": "The Mathematics of Deep Learning"})
    book.write(output)


def headings(chapter: PdfReader) -> list:
    """The headings of the second level, which Chromium lists under the first."""
    return [
        item for entry in chapter.outline if isinstance(entry, list) for item in entry if not isinstance(item, list)
    ]


def named_places(chapter: PdfReader, start: int) -> dict[str, tuple[int, float, float]]:
    """For each name of a place: the page in the book, and the left and upper end on it."""
    return {
        name: (start + page_of(chapter, place), float(place.left or 0), float(place.top or 842))
        for name, place in chapter.named_destinations.items()
    }


def page_of(chapter: PdfReader, place: Destination) -> int:
    """The page that a place of a chapter is on; the first, if it is on none."""
    return chapter.get_destination_page_number(place) or 0


def links(sheet: PageObject) -> list[DictionaryObject]:
    annotations = [reference.get_object() for reference in sheet.get("/Annots", [])]
    return [annotation for annotation in annotations if annotation.get("/Subtype") == "/Link"]


def lead_to(link: DictionaryObject, target: PageObject | None, left: float = 0, top: float = 842) -> None:
    """Let a link lead to a place in the book, or, to a page that is not in it, nowhere."""
    link.pop("/A", None)
    link.pop("/Dest", None)
    if target is not None:
        place = [target.indirect_reference, NameObject("/XYZ"), FloatObject(left), FloatObject(top), NullObject()]
        link[NameObject("/Dest")] = ArrayObject(place)


def write_number(book: PdfWriter, sheet: PageObject, number: int) -> None:
    """Write the number of a page in the middle of its foot, after what is on it."""
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    resources: Any = sheet["/Resources"].get_object()
    fonts = resources.setdefault(NameObject("/Font"), DictionaryObject()).get_object()
    fonts[NameObject("/PageNumber")] = DictionaryObject({NameObject(k): NameObject(v) for k, v in font.items()})
    before, after = DecodedStreamObject(), DecodedStreamObject()
    before.set_data(b"q\n")
    middle = float(sheet.mediabox.width) / 2
    after.set_data(
        f"\nQ BT /PageNumber 8 Tf 0.3 g {middle - 2.2 * len(str(number)):.1f} 30 Td ({number}) Tj ET".encode()
    )
    drawn = sheet.get("/Contents", ArrayObject())
    drawn = list(drawn) if isinstance(drawn, ArrayObject) else [sheet.raw_get("/Contents")]
    own = [book._add_object(stream) for stream in (before, after)]  # pypdf has no public way to add a stream
    sheet[NameObject("/Contents")] = ArrayObject([own[0], *drawn, own[1]])
