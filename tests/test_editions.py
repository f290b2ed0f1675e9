"""The book as PDF and as EPUB, from small pages: what is moved, what is left out, and where links lead."""

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import IndirectObject
from support import ROOT

from editions import epub, pdf
from editions.pages import LEFT_OUT, Page, named_in

SCRIPT = (ROOT / "editions" / "pages.js").read_text(encoding="utf-8")
CHAPTER = """
<html style="--dl-1: #0072b2"><body><main><article class="bd-article"><section id="loss">
<h1>The loss<a class="headerlink" href="#loss">#</a></h1>
<div class="dl-live"><div class="dl-live-controls"><input type="range"><button>Play</button></div>
<svg xmlns="http://www.w3.org/2000/svg">
<path style="stroke: var(--dl-1, black); fill: var(--dl-9, var(--jp-9, red))"></path></svg>
<p class="dl-live-sentence">The loss is 0.5.</p><script>run()</script></div>
<h2 id="look">Look</h2><p>Which slope is zero?</p>
<details class="sd-dropdown"><summary>Answers</summary><p>The middle one.</p></details>
<details class="dl-fold"><summary>Code</summary><pre>plot()</pre></details>
<h2 id="exercises">Exercises</h2>
<div class="dl-quiz"><ol><li><p>One?</p><div role="group">
<details class="dl-wrong"><summary><b>A</b> no</summary><p>Not so.</p></details>
<details class="dl-right"><summary><b>B</b> yes</summary><p>It is so.</p></details></div></li></ol></div>
<div class="exercise" id="ex-1"><p class="admonition-title">Exercise 1</p></div>
<div class="cell"><pre>check("mse", mse)</pre><div class="dl-feedback">not attempted yet</div></div>
<details class="sd-dropdown"><summary>Solution</summary><pre id="solved">return 1</pre></details>
</section></article></main></body></html>
"""


@pytest.fixture(scope="module")
def ready(browser):
    """The chapter, made ready for a reading device."""
    tab = browser.new_page()
    tab.set_content(CHAPTER)
    title = tab.evaluate(SCRIPT, "epub")
    text = tab.evaluate("() => window.editionXHTML")
    tab.close()
    assert title == "The loss"
    return text


def text_of(part):
    return " ".join(" ".join(part.itertext()).split())


class TestPagesInTheBrowser:
    def test_nothing_can_be_pressed_or_run(self, ready):
        tags = {part.tag.rpartition("}")[2] for part in ElementTree.fromstring(ready).iter()}
        assert not tags & {"script", "button", "input", "select", "details", "summary"}
        assert "not attempted" not in ready
        assert "plot()" not in ready

    def test_a_live_figure_keeps_its_picture_and_its_sentence(self, ready):
        assert "<svg" in ready
        assert "The loss is 0.5." in ready

    def test_colours_are_numbers(self, ready):
        assert "var(--" not in ready
        assert "stroke: #0072b2; fill: red" in ready

    def test_answers_are_at_the_end_in_their_order_and_lead_back(self, ready):
        root = ElementTree.fromstring(ready)
        parts = list(root.iter())
        places = {part.get("id"): place for place, part in enumerate(parts) if part.get("id")}
        assert places["ex-1"] < places["edition-answers"] < places["answer-1"] < places["answer-2"] < places["solved"]
        answers = [text_of(part) for part in parts if part.get("class") == "edition-answer"]
        assert answers[0] == "Look The middle one."
        assert answers[1].startswith("Quiz B It is so.")
        assert answers[2] == "Exercise 1 return 1"
        targets = [part.get("href") for part in parts if part.get("href")]
        assert {"#look", "#ex-1", "#answer-1", "#answer-2", "#answer-3"} <= set(targets)
        assert {target.removeprefix("#") for target in targets} <= set(places)

    def test_a_question_shows_its_options_and_not_which_is_right(self, ready):
        before = ready.partition("edition-answers")[0]
        assert "no" in before
        assert "yes" in before
        assert "It is so." not in before
        assert "dl-right" not in before


PAGES = [
    Page(
        "index",
        "",
        "The book",
        "file:///b/index.html",
        b'<article id="top"><a href="chapters/a.html#one">A</a></article>',
    ),
    Page(
        "chapters/a",
        "Part I & more",
        "A < B",
        "file:///b/chapters/a.html",
        b'<article id="one"><math xmlns="http://www.w3.org/1998/Math/MathML"/><a class="x" href="../index.html">up</a>'
        b'<a href="#gone">gone</a><a href="ledger.html">ledger</a><a href="https://doi.org/1&lt;2">out</a></article>',
    ),
]


class TestEPUB:
    @pytest.fixture
    def archive(self, tmp_path):
        epub.write(PAGES, tmp_path / "book.epub")
        with zipfile.ZipFile(tmp_path / "book.epub") as archive:
            yield archive

    def test_it_says_what_it_is_before_anything_else(self, archive):
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert archive.read("mimetype") == b"application/epub+zip"

    def test_every_file_is_xml_and_in_the_manifest(self, archive):
        package = ElementTree.fromstring(archive.read("book/package.opf"))
        listed = {item.get("href") for item in package.iter("{http://www.idpf.org/2007/opf}item")}
        held = {name.removeprefix("book/") for name in archive.namelist() if name.startswith("book/")}
        assert held == listed | {"package.opf"}
        for name in held - {"epub.css"}:
            ElementTree.fromstring(archive.read(f"book/{name}"))

    def test_only_a_page_with_formulas_says_that_it_has_some(self, archive):
        package = archive.read("book/package.opf").decode()
        assert 'href="a.xhtml" media-type="application/xhtml+xml" properties="mathml"' in package
        assert 'href="index.xhtml" media-type="application/xhtml+xml"/>' in package

    def test_links_stay_in_the_book_or_lead_to_the_web(self, archive):
        assert '<a href="a.xhtml#one">' in archive.read("book/index.xhtml").decode()
        page = archive.read("book/a.xhtml").decode()
        assert '<a class="x" href="index.xhtml">up</a>' in page
        assert "<a>gone</a><a>ledger</a>" in page
        assert 'href="https://doi.org/1%3C2"' in page

    def test_the_contents_have_parts_and_chapters(self, archive):
        nav = archive.read("book/nav.xhtml").decode()
        assert nav.index("index.xhtml") < nav.index("Part I &amp; more") < nav.index('<a href="a.xhtml">A &lt; B</a>')


class TestPDF:
    @staticmethod
    def printed(sheets, link=None):
        writer = PdfWriter()
        for _ in range(sheets):
            writer.add_blank_page(595, 842)
        if link:
            writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url=link))
        title = writer.add_outline_item(title="the title", page_number=0)
        writer.add_outline_item(title="a heading", page_number=1, parent=title)
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()

    @pytest.fixture
    def book(self, tmp_path):
        first, second = PAGES
        pages = [
            first._replace(content=self.printed(2, "file:///b/chapters/a.html#one")),
            second._replace(content=self.printed(3, "file:///b/chapters/ledger.html")),
        ]
        pdf.write(pages, tmp_path / "book.pdf")
        return PdfReader(tmp_path / "book.pdf")

    def test_the_pages_follow_each_other_with_their_numbers(self, book):
        assert [page.extract_text().strip() for page in book.pages] == ["1", "2", "3", "4", "5"]
        # A stream that stands in the page itself is read by pypdf, and by nobody else: the page is empty.
        assert all(isinstance(part, IndirectObject) for page in book.pages for part in page["/Contents"])

    def test_the_outline_has_parts_chapters_and_headings(self, book):
        first, headings, part, (chapter, sections) = book.outline
        assert (first.title, part.title, chapter.title) == ("The book", "Part I & more", "A < B")
        assert headings[0].title == sections[0].title == "a heading"
        assert [book.get_destination_page_number(entry) for entry in (first, chapter, sections[0])] == [0, 2, 3]

    def test_a_link_leads_to_the_page_in_the_book_and_another_nowhere(self, book):
        inside, outside = (book.pages[number]["/Annots"][0].get_object() for number in (0, 2))
        assert inside["/Dest"][0].get_object() == book.pages[2]
        assert "/A" not in inside
        assert not {"/A", "/Dest"} & set(outside)


def test_an_edition_has_every_page_but_those_for_looking_up():
    names = [name for name, _ in named_in(ROOT / "_toc.yml")]
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    chapters = [chapter["file"] for part in parts for chapter in part["chapters"]]
    assert set(LEFT_OUT) < set(chapters)
    assert names == ["index", *(name for name in chapters if name not in LEFT_OUT)]
    assert not [name for name in LEFT_OUT if Path(name).name in names]
