"""A live figure as HTML that needs no kernel: every picture is in it, and a script that shows the right one."""

from __future__ import annotations

import gzip
import html
import json
from importlib import resources
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from dlmath import _svg, plotting
from dlmath.live.controls import Control, label_text
from dlmath.live.drawing import Drawing, Frame

Positions = tuple[int, ...]
"""Which value each control has, by its index."""

_PLAY_ICON = (
    '<svg viewBox="0 0 10 10" aria-hidden="true"><path class="dl-live-play" d="M2 0L10 5L2 10z"/>'
    '<path class="dl-live-pause" d="M1 0H4V10H1zM6 0H9V10H6z"/></svg>'
)


def live_page(
    name: str,
    description: str,
    controls: dict[str, Control],
    together: dict[str, set[str]],
    drawing: Drawing,
    frames: dict[Positions, Frame],
    first_of_page: bool = True,
) -> str:
    """The figure with all of its frames, its controls and the script.

    Args:
        name: what the figure is called in the address of the page.
        description: what is said to those who do not see the picture.
        controls: the controls by name.
        together: for each control the names of those that it was combined with.
        drawing: the figure.
        frames: the frame for each combination of positions of the controls.
        first_of_page: whether it brings the script and the style, which the figures below it share.
    """
    first = frames[tuple(control.start for control in controls.values())]
    layers = _layers(frames)
    fragments = {piece: None for layer in layers.values() for piece in layer}
    sentences = {frame.sentence: None for frame in frames.values()}
    names = list(controls)
    data = {
        "name": name,
        "controls": [
            {
                "name": named,
                "label": label_text(named, control),
                "texts": control.texts,
                "written": control.written,
                "start": control.start,
                "with": sorted(map(names.index, together[named])),
            }
            for named, control in controls.items()
        ],
        "states": {_number(positions, controls): state for state, positions in enumerate(frames)},
        "layers": [_indices(layer, fragments) for layer in layers.values()],
        "fragments": [plotting.with_page_colours(piece) for piece in fragments],
        "sentence": _indices([frame.sentence for frame in frames.values()], sentences),
        "sentences": list(sentences),
    }
    state = list(frames.values()).index(first)
    body = _body(drawing, frames, first, {place: layer[state] for place, layer in layers.items()})
    # Glyphs that only a later frame needs must be there too.
    svg = _svg.picture(drawing.figure, drawing.definitions.markup("".join([body, *fragments])) + body)
    return _html(
        drawing.container(plotting.with_description(plotting.with_page_colours(svg), description)),
        _svg.shown_width(drawing.figure),
        first.sentence,
        longest=max(sentences, key=len),
        controls="".join(_control_html(f"{name}-{named}", named, control) for named, control in controls.items()),
        script=f'<script type="application/json">{_json(data)}</script>'
        f"<script>{source('live.js') if first_of_page else 'window.dlmathLive?.()'}</script>",
        style=first_of_page,
        note=any(len(each) < len(controls) for each in together.values()),
    )


def still_page(picture: str, width: int, sentence: str) -> str:
    """The figure as it starts, for where nothing can move it."""
    return _html(picture, width, sentence, longest=sentence)


def compressed_size(page: str) -> int:
    """Bytes as a server sends them."""
    return len(gzip.compress(page.encode(), 6, mtime=0))


def _layers(frames: dict[Positions, Frame]) -> dict[tuple[Artist | None, int], list[str]]:
    """What moves, layer by layer: each has a piece for every frame.

    A layer has its place below an artist that stays, or on top of all, and may be one of several there.
    """
    layers: dict[tuple[Artist | None, int], list[str]] = {}
    for state, frame in enumerate(frames.values()):
        below: list[str] = []
        for artist in [*frame.order, None]:
            if artist in frame.moving:
                below.append(frame.moving[artist])
                continue
            for depth, piece in enumerate(below):
                layers.setdefault((artist, depth), [""] * len(frames))[state] = piece
            below = []
    return layers


def _body(
    drawing: Drawing,
    frames: dict[Positions, Frame],
    frame: Frame,
    layers: dict[tuple[Artist | None, int], str],
) -> str:
    """The background with a group for each layer in its place."""
    owners: dict[tuple[Artist | None, int], Artist] = {}
    for each in frames.values():  # a layer may be empty in the first ones
        owners = _owners(each) | owners
    parts: list[tuple[Artist | None, str]] = []
    for artist in [*frame.still(), None]:
        for (above, depth), piece in layers.items():
            if above is artist:
                parts.append((owners.get((above, depth), above), f"<g data-layer>{piece}</g>"))
        parts.append((artist, "" if artist is None else drawing.background.get(artist, "")))
    return drawing.in_panels(parts)


def _owners(frame: Frame) -> dict[tuple[Artist | None, int], Artist]:
    """The artist that a layer shows in a frame."""
    owners: dict[tuple[Artist | None, int], Artist] = {}
    below: list[Artist] = []
    for artist in [*frame.order, None]:
        if artist in frame.moving:
            below.append(artist)
        else:
            owners |= {(artist, depth): owner for depth, owner in enumerate(below)}
            below = []
    return owners


def _number(positions: Positions, controls: dict[str, Control]) -> int:
    """The number of a combination among all that the controls can make, counted with the last control first."""
    return int(np.ravel_multi_index(positions, [len(control.values) for control in controls.values()]))


def _indices(pieces: list[str], distinct: dict[str, None]) -> list[int]:
    index = {piece: i for i, piece in enumerate(distinct)}
    return [index[piece] for piece in pieces]


def _control_html(identifier: str, name: str, control: Control) -> str:
    identifier, written = html.escape(identifier), html.escape(label_text(name, control))
    texts = tuple(map(html.escape, control.written))
    label, attributes = f'<label for="{identifier}">{written}</label>', f'id="{identifier}" autocomplete="off"'
    if control.kind == "choice":
        options = "".join(
            f"<option{' selected' * (i == control.start)}>{text}</option>" for i, text in enumerate(texts)
        )
        parts = f"{label}<select {attributes}>{options}</select>"
    elif control.kind == "switch":
        parts = f'{label}<input type="checkbox" {attributes}{" checked" * control.start}>'
    else:
        text, width = texts[control.start], max(map(len, control.written))
        button = f'<button type="button" aria-pressed="false" aria-label="play {written}">'
        parts = (
            f"{label}{f'{button}{_PLAY_ICON}</button>' if control.kind == 'play' else ''}"
            f'<input type="range" {attributes} min="0" max="{len(texts) - 1}" value="{control.start}" '
            f'aria-valuetext="{text}"><span aria-hidden="true" style="min-width: {width}ch">{text}</span>'
        )
    return f'<div class="dl-live-control">{parts}</div>'


def _html(
    picture: str,
    width: int,
    sentence: str,
    longest: str,
    controls: str = "",
    script: str = "",
    style: bool = True,
    note: bool = False,
) -> str:
    if controls:
        # Without the script there is nothing that they could do: it shows them.
        controls = (
            f'<div class="dl-live-controls" role="group" aria-label="Controls" hidden>{controls}'
            '<button type="button" class="dl-live-reset" disabled>Reset</button></div>'
        )
    if note:
        controls += '<p class="dl-live-note" aria-live="polite"></p>'
    if style:
        controls = f"<style>{source('live.css')}</style>{controls}"
    return (
        f'<div class="dl-live" style="max-width: max(30rem, {width}px)">'
        f"{controls}{picture}"
        f'<p class="dl-live-sentence" aria-live="polite" data-longest="{html.escape(longest)}">'
        f"<span>{html.escape(sentence)}</span></p>{script}</div>"
    )


def _json(data: Any) -> str:
    """JSON that can stand in a page: nothing in it ends the script that holds it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", "<\\/").replace("<!--", "\\u003c!--")


def source(file: str) -> str:
    """The text of the script or of the style sheet."""
    return resources.files("dlmath.live").joinpath(file).read_text(encoding="utf-8")
