"""The glossary and the index."""

import re

import pytest

ENTRY = re.compile(r"^(?! |#|`)(.+?)(?: : \w)?\n  (.+)$", flags=re.MULTILINE)


@pytest.fixture(scope="module")
def entries(root):
    return ENTRY.findall((root / "chapters/appendix/glossary.md").read_text(encoding="utf-8"))


def test_is_in_the_order_of_the_alphabet(entries):
    terms = [term.lower().replace("ε", "epsilon") for term, _ in entries]
    assert len(terms) > 60
    assert terms == sorted(set(terms))


def test_says_each_term_shortly_and_where_it_is_explained(entries, pages):
    for term, text in entries:
        said, chapter = re.fullmatch(r"(.+\.) → \{doc\}`/(.+)`", text).groups()
        assert chapter in pages, term
        assert len(said) < 220, term


def test_the_index_has_the_terms_and_the_functions(entries, html):
    index = (html / "genindex.html").read_text(encoding="utf-8")
    for term, _ in entries:
        assert f"<strong>{term}</strong></a>" in index, term
    for function in ("losses.mse_grad", "attention.attention", "verify.certify"):
        assert f"chapters/appendix/api/{function.split('.')[0]}.html#dlmath.{function}" in index, function
