"""The notation: every chapter's table is on its page, and no displayed formula has a letter that no table explains."""

import re
from collections import defaultdict
from functools import cache

import bs4
import pytest
from building import SmallBook

CHAPTERS = re.compile(r"chapters/(math|equations|forward)/")
NOTATION = "chapters/appendix/notation"
COLUMNS = ["symbol", "meaning", "shape", "in the code"]

WORDS = re.compile(
    r"\\(?:text\w*|operatorname\*?|begin\{array\}|begin|end)\s*\{[^{}]*\}"
    r"|\\mathrm\{\w\w+\}"  # \mathrm{relu}
    r"|_\{(?:in|out)\}"  # n_{in}, as SymPy writes it
)
TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\S", flags=re.DOTALL)
LETTER = re.compile(
    r"[A-Za-z]|\\(?:var)?(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau"
    r"|upsilon|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega|ell)"
)
DRESS = {rf"\{name}": name for name in ("mathbf", "mathcal", "mathbb", "mathrm", "hat", "bar", "tilde", "dot")} | {
    r"\boldsymbol": "mathbf",
    r"\widehat": "hat",
    r"\overline": "bar",
    r"\widetilde": "tilde",
}


def letters(tex: str) -> set[str]:
    r"""The letters of a formula with what they wear: ``\hat{\mathbf y}_i = 2x`` has ``hat mathbf y``, ``i`` and ``x``.

    Those in an index or an exponent count like all others. Words are no letters, nor are the commands for operators,
    relations and layout.
    """
    found, tokens = set(), iter(TOKEN.findall(WORDS.sub(" ", tex)))

    def read(token: str, worn: frozenset[str]) -> None:
        if token == "{":
            while (inside := next(tokens, "}")) != "}":
                read(inside, worn)
        elif token in DRESS:
            read(next(tokens, ""), worn | {DRESS[token]})
        elif LETTER.fullmatch(token):
            found.add(" ".join([*sorted(worn), token.lstrip("\\")]))

    for token in tokens:
        read(token, frozenset())
    return found


def test_letters_of_a_formula():
    assert letters(r"\hat{\mathbf y}_i = \tfrac12 x") == {"hat mathbf y", "i", "x"}
    assert letters(r"\mathbf{\hat{Y}} \odot \boldsymbol\theta^T") == {"hat mathbf Y", "mathbf theta", "T"}
    assert letters(r"\begin{aligned} \frac{\partial\mathcal L}{\partial W_{ab}} &\le 2 \\ 3 \end{aligned}") == {
        *("mathcal L", "W", "a", "b")
    }
    assert letters(r"\mathrm{relu}(z) + \operatorname{tr}\left(v_\text{He}\right) \sin n_{in}") == {"z", "v", "n"}


@pytest.fixture(scope="module")
def parsed(html):
    article = bs4.SoupStrainer("article")

    @cache
    def of(page):
        return bs4.BeautifulSoup((html / f"{page}.html").read_text(encoding="utf-8"), "html.parser", parse_only=article)

    return of


def tables(soup):
    return [
        table for table in soup.select("article table") if [cell.text for cell in table.select("thead th")] == COLUMNS
    ]


def explained(tables):
    """The letters in the first column of tables, and the plain ones that are entries of a bold one."""
    cells = [formula for table in tables for formula in table.select("tbody td:first-child .math")]
    found = set().union(*(letters(cell.text) for cell in cells))
    return found | {letter.replace("mathbf ", "") for letter in found}


def displayed(soup):
    """The formulas on lines of their own, without those of the document, which stand directly in "As printed"."""
    for formula in soup.select("article div.math"):
        if not (formula.parent.get("id") or "").startswith("as-printed"):
            for number in formula.select(".eqno"):
                number.extract()
            yield formula.text


def test_every_letter_of_a_formula_is_explained(parsed, pages):
    """In the chapter's own table, in one of an earlier chapter, or in the table for all chapters."""
    notation = parsed(NOTATION)
    known = explained([table for table in tables(notation) if not table.find_parent(id="chapter-by-chapter")])
    assert {"mathbf M", "mathcal L", "i"} <= known
    gaps = defaultdict(list)
    for page in filter(CHAPTERS.match, pages):
        soup = parsed(page)
        own = tables(soup)
        assert own, f"{page} has no table with the columns {COLUMNS}"
        known |= explained(own)
        for formula in displayed(soup):
            for letter in letters(formula) - known:
                gaps[page, letter].append(" ".join(formula.split()))
    assert not gaps, "no table of symbols says what these are:\n" + "\n".join(
        f"{page}: {letter} in {formulas[0]}" for (page, letter), formulas in gaps.items()
    )


def test_every_table_of_a_chapter_is_on_the_page(parsed, pages):
    notation = parsed(NOTATION)
    shown = {row_text(row)[:2] for table in tables(notation) for row in table.select("tbody tr")}
    for page in filter(CHAPTERS.match, pages):
        rows = [row_text(row) for table in tables(parsed(page)) for row in table.select("tbody tr")]
        assert len(rows) > 4, page
        assert {row[:2] for row in rows} <= shown, page


def row_text(row):
    return tuple(" ".join(cell.text.split()) for cell in row.select("td"))


TABLE = "# {}\n\n| symbol | meaning | shape | in the code |\n|---|---|---|---|\n| $N$ | samples | | `len(X)` |\n"


def test_a_row_is_shown_once_and_the_page_follows_the_chapters(tmp_path, root):
    book = SmallBook(
        tmp_path,
        root,
        one=[TABLE.format("One")],
        two=[TABLE.format("II.3 Two") + "| $N$ | [neurons](one.ipynb) | | |\n| $\\gamma,\\ \\mathbf W$ | both | | |\n"],
        three=[TABLE.format("Three")],
    )
    (tmp_path / "chapters/appendix").mkdir()
    (tmp_path / f"{NOTATION}.md").write_text(
        "# Notation\n\n## By letter\n\n```{symbol-index}\n```\n\n## Chapter by chapter\n\n```{symbols}\n```\n",
        encoding="utf-8",
    )
    book.toc("one", "two", "three", "appendix/notation")
    book.build()
    page = bs4.BeautifulSoup(book.page("appendix/notation"), "html.parser")
    assert [heading.a["href"] for heading in page.select("article h3")] == ["../one.html", "../two.html"]
    assert [[row_text(row)[1] for row in table.select("tbody tr")] for table in tables(page)] == [
        ["samples"],
        ["neurons", "both"],
    ]
    letters = [" ".join(line.text.split()) for line in page.select("#by-letter p")]
    assert letters == [r"\(N\) One, II.3.", r"\(\mathbf W\) II.3.", r"\(\gamma\) II.3."]
    for link in page.select("#by-letter p a"):
        place = page.find(id=link["href"].removeprefix("#"))
        section = place if place.name == "section" else place.find_parent("section")
        assert section.find("h3", recursive=False).text.startswith(link.text), link
    assert page.find("a", string="neurons")["href"] == "../one.html"

    # The page itself was not touched.
    book.replace("chapters/three.ipynb", "| samples |", "| sensors |")
    book.build()
    assert "../three.html" in book.page("appendix/notation")
    assert "sensors" in book.page("appendix/notation")
