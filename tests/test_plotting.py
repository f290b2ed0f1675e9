"""The book's style of figures: one picture with its description, in the colours of the page."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from support import refuses

from dlmath import plotting

CSS = (Path(__file__).parents[1] / "_static" / "book.css").read_text(encoding="utf-8")


@pytest.fixture
def figure():
    with mpl.rc_context():
        plotting.use_style()
        figure, axes = plt.subplots()
        for i in range(3):
            axes.plot(np.arange(5), np.arange(5) * i, label=f"line {i}")
        axes.legend()
        axes.set(xlabel="$x$", ylabel="y")
        yield figure
        plt.close(figure)


def variables(css):
    return dict(re.findall(r"(--dl-[\w]+): (#\w{6})", css))


def luminance(colour):
    """Relative luminance as the Web Content Accessibility Guidelines 2.2 define it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_a_picture_is_one_svg_with_its_description(figure):
    picture = plotting.show(figure, 'Three lines, "steeper" & <steeper>.')
    root = ET.fromstring(picture.svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'Three lines, "steeper" & <steeper>.'
    assert picture._repr_html_().count("<svg") == 1
    assert repr(picture) == "Picture('Three lines, \"steeper\" & <steeper>.')"


def test_a_shown_figure_is_closed(figure):
    plotting.show(figure, "Three lines.")
    assert figure.number not in plt.get_fignums()


def test_the_picture_has_no_style_that_would_reach_the_page_and_no_date(figure):
    svg = plotting.render(figure, "a")
    assert "<style" not in svg
    assert "<metadata" not in svg
    assert svg == plotting.render(figure, "a")


def test_two_pictures_on_a_page_have_no_name_in_common(figure):
    one, other = (set(re.findall(r' id="([^"]*)"', plotting.render(figure, salt))) for salt in ("a", "b"))
    assert one
    assert not one & other


def test_every_colour_of_the_style_is_a_variable_with_itself_as_fallback(figure):
    svg = plotting.render(figure, "a")
    for colour in (plotting.INK, plotting.GRID, *plotting.PALETTE[:3]):
        assert colour in svg
        assert not re.search(rf"(?<!, ){colour}", svg), f"{colour} stands without a variable"


def test_the_style_sheet_has_the_same_colours_and_a_dark_one_for_each():
    light, dark = CSS.split('html[data-theme="dark"]', 1)
    light, dark = variables(light), variables(dark.split("}", 1)[0])
    own = {"--dl-ink": plotting.INK, "--dl-grid": plotting.GRID, "--dl-paper": plotting.PAPER}
    own |= {"--dl-muted": plotting.MUTED}
    own |= {f"--dl-{i}": colour for i, colour in enumerate(plotting.PALETTE, start=1)}
    assert light == own
    assert dark.keys() == light.keys()
    assert all(light[name] != dark[name] for name in light)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_text_and_lines_stand_out_from_the_paper(mode):
    colours = variables(CSS.split('html[data-theme="dark"]', 1)[mode].split("}\n.", 1)[0])
    assert contrast(colours["--dl-ink"], colours["--dl-paper"]) >= 7
    lines = {name: colour for name, colour in colours.items() if re.fullmatch(r"--dl-(\d|muted)", name)}
    assert len(lines) == 7
    # The page is a little lighter, or darker, than the paper of the figures.
    for paper in (colours["--dl-paper"], ["#ffffff", "#121212"][mode]):
        assert min(contrast(colour, paper) for colour in lines.values()) >= 3


# What a dichromat sees of linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.
DICHROMATS = {
    "deuteranope": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanope": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("reader", DICHROMATS)
def test_neighbours_in_the_palette_are_told_apart_without_red_or_green(reader, mode):
    colours = variables(CSS.split('html[data-theme="dark"]', 1)[mode].split("}\n.", 1)[0])
    seen = []
    for i in range(1, 7):
        parts = np.array(mpl.colors.to_rgb(colours[f"--dl-{i}"]))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        seen.append(np.clip(DICHROMATS[reader] @ linear, 0, 1) ** (1 / 2.2))
    assert min(np.linalg.norm(one - other) for one, other in pairwise(seen)) > 0.2


@pytest.mark.parametrize("description", ["", "  \n"])
def test_a_picture_without_a_description_is_refused(figure, description):
    refuses(lambda: plotting.show(figure, description), "description", "empty", error=ValueError)


def test_labels_of_one_and_of_several_axes():
    figure, axes = plt.subplots(1, 2)
    plotting.label_axes(list(axes), "x", "y")
    plotting.label_axes(axes[0], "z", "y")
    assert [each.get_xlabel() for each in axes] == ["z", "x"]
    plt.close(figure)
