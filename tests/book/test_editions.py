"""A chapter of the built book as EPUB and as PDF."""

import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from pypdf import PdfReader

CHAPTER = "chapters/math/loss"
MATH = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module", params=["epub", "pdf"])
def edition(request, browser, html, root, tmp_path_factory):  # browser: skipped where there is no Chromium
    """The file, made by the command, for Playwright cannot be started twice in a process."""
    output = tmp_path_factory.mktemp("edition") / f"book.{request.param}"
    command = [sys.executable, "-m", "editions", request.param, CHAPTER, "--html", str(html), "--output", str(output)]
    result = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 0, result.stderr
    return output


def test_it_has_formulas_figures_sentences_and_answers(edition):
    if edition.suffix == ".pdf":
        pages = PdfReader(edition).pages
        text = "\n".join(page.extract_text() for page in pages)
        assert len(pages) > 5
        assert "/Annots" in pages[0]
    else:
        with zipfile.ZipFile(edition) as archive:
            chapter = ElementTree.fromstring(archive.read("book/math-loss.xhtml"))
        text = "".join(chapter.itertext())
        formulas = list(chapter.iter(f"{MATH}math"))
        assert len(formulas) > 50
        assert all(formula.get("alttext") and len(formula) for formula in formulas)
        assert not list(chapter.iter(f"{MATH}merror"))
        assert len(list(chapter.iter(f"{SVG}svg"))) >= 5
        assert "var(--" not in ElementTree.tostring(chapter, encoding="unicode")
        assert r"\(" not in text
    assert "Answer at the end of the chapter" in text
    assert "the mean area is" in " ".join(text.split())  # the sentence of its first live figure
    assert "not attempted" not in text
