"""What the prose may not say: a place is named, for a reader may have come by a link and see one section."""

import re

import nbformat

SHOWN = r"formula|equation|figure|picture|plot|table|code|cell|block|list|proof|derivation|example|section|rule"
SAID = r"see|shown?|explain(?:ed|s)?|prove[dns]?|derived?|describe[ds]?|define[ds]?|discuss(?:ed)?|built|given|taken up"
POINTERS = re.compile(
    rf"\b(?:{SHOWN})s? (?:above|below)\b"
    rf"|\b(?:{SAID}) (?:above|below)\b"
    # "the landscape below is", but neither "the layer below" nor "the pixel below it"
    r"|\bthe (?!layer)\w+ (?:above|below)(?! (?:it|its|that|the|left|right|zero|one)\b)(?! ?[$\d])"
    r"|\b(?:as|of|by hand) (?:above|below)\b(?! ?[$\d])"
    r"|, (?:above|below)[.:)]"
    r"|\b(?:last|previous|preceding) (?:formula|equation|figure|table)\b"
    r"|\b(?:formula|equation|figure|table) before\b",
    re.IGNORECASE,
)


def prose(root, page):
    """The Markdown of a page, whether it is a notebook or not."""
    file = root / f"{page}.ipynb"
    if not file.exists():
        return (root / f"{page}.md").read_text(encoding="utf-8")
    cells = nbformat.read(file, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def pointers(text):
    return [match.group() for match in POINTERS.finditer(text)]


def test_points_by_name_and_not_by_place(root, page):
    found = pointers(prose(root, page))
    assert not found, f"{page} points at a place on the page: {found}"


def test_what_counts_as_pointing():
    for sentence in (
        "By the formula above it is zero.",
        "The proof above is for two classes.",
        "The recursion below says which.",
        "The landscape below is a bowl.",
        "Why is shown below.",
        "It has to be derived, and is, below.",
        "By hand above: 20.",
        "The 98% of above.",
        "In the last figure it converges.",
    ):
        assert pointers(sentence), sentence
    for sentence in (
        "A threshold above 2, and a slope below $0.01$.",
        "One per cent below it the loss falls, one per cent above: it grows.",
        "The signal of the layer below.",
        "The surface is on the left, seen from above, with its height as colour.",
        "The number below it is what the agent can expect.",
        "It subtracts the pixel below right.",
        "Below, the signal vanishes; above, it settles.",
    ):
        assert not pointers(sentence), sentence
