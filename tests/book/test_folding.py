"""Code that verifies or draws is folded under what it shows, and the notebook's own order stays in the rest."""

import json
import re

from building import CERTIFICATE, SmallBook

PICTURE = """
import matplotlib.pyplot as plt

from dlmath import plotting

figure, axes = plt.subplots()
plotting.show(figure, "An empty pair of axes.")
"""
SENTENCE = """
from dlmath.display import say

say("Two and two make four.")
"""


def cell(page, text):
    """The HTML of the cell that has a text in it."""
    (found,) = [part for part in re.split(r'(?=<div class="cell )', page) if text in part]
    return found


def test_what_is_shown_comes_first_and_its_code_is_one_click_away(tmp_path, root):
    book = SmallBook(tmp_path, root, one=["# One", CERTIFICATE, PICTURE, SENTENCE, "2 + 2  # in sight"])
    path = tmp_path / "chapters" / "one.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for each in notebook["cells"]:
        if any(word in "".join(each["source"]) for word in ("plotting", "say(")):
            each["metadata"]["tags"] = ["hide-input"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    book.build()
    page = book.page("one")

    certificate = cell(page, "certificate-line")
    assert certificate.index("certificate-line") < certificate.index("How this was checked")
    assert certificate.index("How this was checked") < certificate.index("Largest relative difference")
    assert certificate.index("Largest relative difference") < certificate.index("certify")

    picture = cell(page, "dl-figure")
    assert picture.index("dl-figure") < picture.index("<summary>Code of the figure</summary>")
    assert picture.index("<summary>Code") < picture.index("subplots")

    sentence = cell(page, "Two and two make four.</p>")
    assert sentence.index("make four.</p>") < sentence.index("<summary>Code</summary>")

    open_code = cell(page, "in sight")
    assert "dl-fold" not in open_code
