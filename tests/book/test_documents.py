"""No formula of the documents is missing from the page that shows them as printed and as verified."""

import re
from pathlib import Path

import pytest
import yaml

DOCUMENTS = "chapters/appendix/documents.yml"
# The formulas in their order, copied from the documents by a program: displayed ones, those in tables, and those in the
# text that have an equals sign. White space is folded.
PRINTED = (Path(__file__).parent / "formulas-of-the-documents.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def listed(root):
    return yaml.safe_load((root / DOCUMENTS).read_text(encoding="utf-8"))


def formulas(listed):
    return [formula for document in listed for section in document["sections"] for formula in section["formulas"]]


def test_every_printed_formula_is_listed_in_its_order(listed):
    found = []
    for document in listed:
        found.append(f"# {document['document']}")
        found += [formula["printed"] for formula in formulas([document]) if formula["printed"]]
    assert [re.sub(r"\s+", " ", line) for line in found] == PRINTED


VERDICTS = {"right", "incomplete", "wrong", "damaged", "definition"}


def claims(listed):
    return [claim for document in listed for section in document["sections"] for claim in section.get("claims", [])]


def test_every_formula_and_every_claim_has_a_verdict_with_a_reason(listed):
    for formula in formulas(listed):
        assert formula["verdict"] in VERDICTS, formula
        assert formula.get("found") or formula["verdict"] in ("right", "definition"), formula
        assert (formula["verdict"] == "damaged") == (formula.get("text", False) or not formula["printed"]), formula
    for claim in claims(listed):
        assert claim["verdict"] in VERDICTS - {"definition", "damaged"}, claim
        assert claim["said"], claim
        assert claim["found"].endswith("."), claim


def test_a_long_line_is_broken_where_it_says_and_loses_nothing(listed):
    for formula in formulas(listed):
        for part in formula.get("breaks", []):
            assert part in formula["printed"], formula


def test_every_formula_has_a_certificate_that_the_ledger_knows(listed, html):
    known = set(
        re.findall(r'id="ledger-([a-z0-9-]+)"', (html / "chapters/appendix/ledger.html").read_text(encoding="utf-8"))
    )
    for formula in formulas(listed):
        assert formula["certificates"], formula
        assert set(formula["certificates"]) <= known, formula


def test_the_page_has_a_row_for_each(listed, html):
    page = (html / "chapters/appendix/printed-and-verified.html").read_text(encoding="utf-8")
    definitions = [formula for formula in formulas(listed) if formula["verdict"] == "definition"]
    assert page.count("as-printed") == len(formulas(listed)) == 54
    assert page.count("as-verified") == 54 - len(definitions)
    assert page.count("as-said") == len(claims(listed)) > 20


def test_every_chapter_of_the_book_is_named(listed, pages):
    chapters = {
        page.removeprefix("chapters/") for page in pages if re.match("chapters/(math|equations|forward)/", page)
    }
    sections = [section for document in listed for section in document["sections"]]
    named = {formula.get("chapter", section["chapter"]) for section in sections for formula in section["formulas"]}
    assert {claim["chapter"] for claim in claims(listed)} <= chapters
    assert named == chapters
