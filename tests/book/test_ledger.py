"""The ledger: on small books, what it shows and what it refuses; and the ledger of the book itself."""

import re

import pytest
from building import CERTIFICATE, SmallBook

LEDGER = (
    "# The ledger\n\n{certificates}`formulas` checks, {certificates}`survivors` pass.\n\n## All\n\n```{ledger}\n```\n"
)
REFERENCE = "# Losses\n\n```{eval-rst}\n.. automodule:: dlmath.losses\n```\n"
# Where targets are zero their sign cannot be seen.
BLIND = CERTIFICATE.replace("inputs=[P, Y]", "inputs={P: None, Y: lambda rng, shape: 0 * rng.random(shape)}")


def small_book(folder, root, **chapters):
    book = SmallBook(folder, root, **{name.replace("_", "/"): cells for name, cells in chapters.items()})
    (folder / "chapters/appendix/api").mkdir(parents=True)
    (folder / "chapters/appendix/ledger.md").write_text(LEDGER, encoding="utf-8")
    (folder / "chapters/appendix/api/losses.md").write_text(REFERENCE, encoding="utf-8")
    book.toc(*(name.replace("_", "/") for name in chapters), "appendix/ledger", "appendix/api/losses")
    return book


def test_from_a_formula_to_its_check_to_the_code_and_back(tmp_path, root):
    book = small_book(
        tmp_path, root, math_one=["# One", CERTIFICATE, "from dlmath.display import source\n\nsource(losses.mse)"]
    )
    book.build()
    chapter, ledger = book.page("math/one"), book.page("appendix/ledger")
    assert 'href="../appendix/ledger.html#ledger-mse-gradient"' in chapter
    assert 'href="../appendix/api/losses.html#dlmath.losses.mse_grad"' in chapter
    assert 'href="../appendix/api/losses.html#dlmath.losses.mse"' in chapter  # under its source
    assert 'id="ledger-mse-gradient"' in ledger
    assert 'href="../math/one.html#equation-mse-gradient"' in ledger
    assert 'href="api/losses.html#dlmath.losses.mse_grad"' in ledger
    assert 'href="../../_modules/dlmath/losses.html#mse_grad"' in ledger
    assert "1 checks, 0 pass." in ledger
    reference = book.page("appendix/api/losses")
    assert 'href="../../math/one.html#equation-mse-gradient"' in reference
    assert re.search(r'Used in: <a[^>]*href="../../math/one.html"', reference)
    assert "../../../_modules/dlmath/losses.html#mse_grad" in reference

    # A changed certificate is a changed ledger, though neither the ledger's page nor the reference was touched.
    book.replace("chapters/math/one.ipynb", "mse-gradient", "slope-of-the-error")
    book.build()
    assert 'id="ledger-slope-of-the-error"' in book.page("appendix/ledger")
    assert "#equation-slope-of-the-error" in book.page("appendix/api/losses")


def test_what_a_strict_build_refuses(tmp_path, root):
    book = small_book(
        tmp_path,
        root,
        math_one=["# One", CERTIFICATE, "certificate = " + CERTIFICATE.splitlines()[-1].replace("mse-", "hidden-")],
        math_two=["# Two", BLIND.replace("mse-", "blind-")],
        forward_three=["# Three", "1 + 1"],
        forward_four=["# Four", CERTIFICATE.replace('"mse-gradient"', 'name := "mse-gradient"')],
    )
    # The name is taken twice: MyST says so of the labels as well.
    output = book.build(succeeds=False)
    assert re.search(r"math/one.*: the certificate 'hidden-gradient' left no record", output)
    assert "wrong versions of 'blind-gradient' pass its check, and the ledger does not say why" in output
    assert re.search(r"forward/three.*: the chapter has no certificate", output)
    assert "there are 2 certificates with the name 'mse-gradient'" in output

    # Explained, it may pass; but only as many as were explained.
    survivors = "\n```{{survivors}} {}\n:of: blind-gradient\nThere is no other target.\n```\n"
    for count, accepted in [(2, False), (3, True)]:
        (tmp_path / "chapters/appendix/ledger.md").write_text(LEDGER + survivors.format(count), encoding="utf-8")
        output = book.build(succeeds=False)
        assert "wrong versions of 'blind-gradient' pass" not in output
        assert (re.search(r"\d+ wrong versions pass, not", output) is None) == accepted


@pytest.fixture(scope="module")
def ledger(html):
    return (html / "chapters/appendix/ledger.html").read_text(encoding="utf-8")


def test_every_certificate_of_the_book_is_in_the_ledger_and_can_fail(html, pages, ledger):
    verdicts = []
    for page in pages:
        text = (html / f"{page}.html").read_text(encoding="utf-8")
        for name in re.findall(r'href="[./]*appendix/ledger\.html#ledger-([a-z0-9-]+)"', text):
            entry = re.search(rf'id="ledger-{name}".*?Of (\d+) wrong versions (\d+) disagree', ledger, flags=re.DOTALL)
            assert entry, f"{name} is not in the ledger"
            verdicts.append((name, *map(int, entry.groups())))
    assert len(verdicts) > 90
    vacuous = [name for name, tried, refused in verdicts if tried < 2 or refused < 2]
    assert not vacuous, f"no wrong version of {', '.join(vacuous)} was computed and refused"


def test_the_landing_page_has_the_totals(html, ledger):
    count = len(re.findall(r'id="ledger-[a-z0-9-]+"', ledger))
    assert f"{count} formulas" in (html / "index.html").read_text(encoding="utf-8")
