"""Frames of a figure: what stays is drawn once, what moves is drawn anew, and nothing may change unsaid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import BboxTransformFrom, IdentityTransform

from dlmath import _stacking, _svg
from dlmath._written import written_numbers

Values = dict[str, Any]


class Frame(NamedTuple):
    """One state of the figure: the piece of SVG of each artist that moves, and the sentence that says what is seen."""

    moving: dict[Artist, str]
    order: list[Artist]
    sentence: str

    def still(self) -> list[Artist]:
        """The artists that do not move, in the order in which they are drawn."""
        return [artist for artist in self.order if artist not in self.moving]


class Drawing:
    """A figure and the function that changes it: draws frame by frame only what the function returns."""

    def __init__(self, update: Callable[..., Any], figure: Figure, start: Values, name: str) -> None:
        self.figure = figure
        self.definitions = _svg.Definitions(f"dl-{name}")
        # Weak, because an artist that update replaced should not stay in memory for as long as the figure does.
        self.moving: WeakSet[Artist] = WeakSet()
        self._panels: WeakKeyDictionary[Artist, int | None] = WeakKeyDictionary()
        self._update = update
        figure.dpi = _svg.POINTS_PER_INCH
        _, returned = self._call(start)
        _freeze_layout(figure)
        self.stack = _stacking.stack_of(figure)
        for artist in returned:
            # Marked as animated, as for a FuncAnimation, it would be left out when the whole figure is drawn.
            artist.set_animated(False)
        self.moving.update(self._drawn_artists(returned))
        self._draw_background()

    def frame(self, values: Values) -> Frame:
        """Draw the figure for some values of the controls.

        Args:
            values: the value of each control.

        Raises:
            ValueError: ``update`` changed something that it did not return.
            TypeError: ``update`` returned something that is neither an artist nor a sentence.
        """
        sentence, returned = self._call(values)
        self.moving.update(self._drawn_artists(returned))
        order = _svg.draw_order(self.figure, self.moving)
        self._settle(order)
        moving = [artist for artist in order if artist in self.moving]
        frame = Frame(_svg.pieces(self.figure, moving, self.definitions), order, sentence)
        self._note_panels(moving)
        self._check_limits(values)
        if any(artist.stale for artist in self._watched(order)):
            self.check(frame, values)
        return frame

    def check(self, frame: Frame, values: Values, whole: bool = False) -> None:
        """Draw what should have stayed as it was, now that the frame is drawn, and compare.

        Args:
            frame: the frame that was drawn last.
            values: the values of the controls that it was drawn for.
            whole: whether the whole figure is drawn as matplotlib does it, which is slow, or only the artists that may
                have changed: those that say so, and those that hold data.

        Raises:
            ValueError: something changed that ``update`` did not return.
        """
        if whole:
            now = _svg.all_pieces(self.figure, self.definitions, self.moving)
        else:
            now = _svg.pieces(self.figure, list(filter(_could_have_changed, frame.still())), self.definitions)
        then = self.background | frame.moving
        for artist, piece in now.items():
            if piece != then.get(artist, ""):
                raise ValueError(
                    f"{_name(self._update)}({text_of(values)}) changed {_describe(artist)} and did not return it: "
                    f"return {_what_to_return(artist)}"
                )
        still = set(frame.still())
        if [a for a in self.background if a in still] != [a for a in frame.still() if a in self.background]:
            raise ValueError(f"{_name(self._update)}({text_of(values)}) changed the order in which artists are drawn")
        for artist in self._watched(frame.order):
            artist.stale = False

    def svg(self, frame: Frame) -> str:
        """The whole picture of a frame: its moving artists between those that were drawn once."""
        pieces = self.background | frame.moving
        body = self.in_panels((artist, pieces.get(artist, "")) for artist in frame.order)
        return _svg.picture(self.figure, self.definitions.markup(body) + body)

    def _note_panels(self, artists: Iterable[Artist]) -> None:
        """Remember where artists are: one that is replaced later no longer knows its axes."""
        for artist in artists:
            if artist not in self._panels:
                self._panels[artist] = _stacking.panel_of(self.figure, self.stack, artist)

    def in_panels(self, pieces: Iterable[tuple[Artist | None, str]]) -> str:
        """Pieces of the picture, joined in their order."""
        return _stacking.in_panels(
            self.stack, [(None if artist is None else self._panels.get(artist), piece) for artist, piece in pieces]
        )

    def container(self, svg: str) -> str:
        """The element of the page that holds the picture."""
        return _stacking.container(self.figure, self.stack, svg)

    def _call(self, values: Values) -> tuple[str, list[Artist]]:
        try:
            result = self._update(**values)
        except Exception as error:
            error.add_note(f"raised by {_name(self._update)}({text_of(values)})")
            raise
        parts = list(_flat(result))
        sentences = [part for part in parts if isinstance(part, str)]
        artists = [part for part in parts if not isinstance(part, str)]
        for artist in artists:
            if not isinstance(artist, Artist):
                raise TypeError(
                    f"{_name(self._update)} must return the artists that it changed, and a sentence if it likes, "
                    f"got {type(artist).__name__} {artist!r}"
                )
        if not artists:
            raise ValueError(f"{_name(self._update)} must return the artists that it changed, got none")
        if len(sentences) > 1:
            raise ValueError(f"{_name(self._update)} must return one sentence at most, got {sentences!r}")
        return written_numbers("".join(sentences)), artists

    def _drawn_artists(self, artists: Iterable[Artist]) -> list[Artist]:
        """For each artist the one that the figure draws, which it is itself or is part of."""
        drawn = dict.fromkeys(_svg.draw_order(self.figure))
        return [self._drawn_artist(artist, drawn) for artist in artists]

    def _drawn_artist(self, artist: Artist, drawn: Mapping[Artist, None]) -> Artist:
        axes = artist.axes
        # What lies in front in three dimensions is decided by the axes, for all of their artists together.
        if axes is not None and hasattr(axes, "get_zlim"):
            artist = axes
        if artist in drawn:
            return artist
        for owner in drawn:
            if not isinstance(owner, Figure | Axes) and artist in owner.findobj():
                return owner
        raise ValueError(f"{_name(self._update)} returned {_describe(artist)}, which is not in the figure")

    def _draw_background(self) -> None:
        self.background = _svg.all_pieces(self.figure, self.definitions, self.moving)
        self._note_panels(self.background)
        self._known = set(_svg.draw_order(self.figure, self.moving))
        self._limits = _limits(self.figure)
        for artist in self._watched(self._known):
            artist.stale = False

    def _settle(self, order: list[Artist]) -> None:
        """Take note of artists that came or went: what goes moves, and what comes must be returned."""
        for artist in self._known.difference(order):
            self.moving.add(artist)
        for artist in order:
            if artist not in self._known and artist not in self.moving:
                raise ValueError(
                    f"{_name(self._update)} added {_describe(artist)} to the figure and did not return it; "
                    "return it, and remove the one it replaces"
                )
        self._known.intersection_update(order)

    def _watched(self, artists: Iterable[Artist]) -> list[Artist]:
        """What should stay as it is, and would tell matplotlib if it did not."""
        still = [artist for artist in artists if artist not in self.moving and not isinstance(artist, Figure | Axes)]
        return [artist.label if isinstance(artist, Axis) else artist for artist in still]

    def _check_limits(self, values: Values) -> None:
        for axes, limits in _limits(self.figure).items():
            if axes in self._limits and axes not in self.moving and limits != self._limits[axes]:
                raise ValueError(
                    f"{_name(self._update)}({text_of(values)}) changed the limits of {_describe(axes)}: "
                    f"set them once, before explore, or return the axes to have all of it drawn anew"
                )


def _flat(result: Any) -> list[Any]:
    """The returned things one by one, out of lists and out of containers such as those of bars and error bars."""
    if isinstance(result, list | tuple):
        return [part for parts in result if parts is not None for part in _flat(parts)]
    return [] if result is None else [result]


def _could_have_changed(artist: Artist) -> bool:
    """Whether an artist says that it changed, or holds arrays that may have been written into without its knowledge."""
    if isinstance(artist, Figure | Axes):
        return False  # its parts are looked at one by one
    if isinstance(artist, Axis):
        return artist.label.stale
    return artist.stale or isinstance(artist, Line2D | Collection | Patch | AxesImage)


def _freeze_layout(figure: Figure) -> None:
    """Find the places of axes and legends once: if they moved a little with every frame, all would change."""
    legends = figure.findobj(Legend)
    if legends:
        figure.draw_without_rendering()  # only then do they know where they lie
    else:
        _svg.lay_out(figure)
    figure.set_layout_engine("none")
    for legend in legends:
        corner, area = legend.get_window_extent().min, (legend.axes or figure).bbox
        legend.set_bbox_to_anchor(area, IdentityTransform())
        legend.set_loc(tuple(BboxTransformFrom(area).transform(corner)))


def _limits(figure: Figure) -> dict[Axes, tuple[tuple[float, float], ...]]:
    return {axes: (axes.get_xlim(), axes.get_ylim()) for axes in figure.axes}


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)


def text_of(values: Values) -> str:
    """The values as in a call: ``learning_rate=0.1, activation='tanh'``."""
    return ", ".join(f"{name}={value!r}" for name, value in values.items())


def _describe(artist: Artist) -> str:
    if isinstance(artist, mpl.text.Text):
        return f"the text {artist.get_text()!r}"
    if isinstance(artist, Axes):
        return f"the axes {artist.get_title() or artist.get_ylabel() or artist.get_xlabel()!r}"
    return f"a {type(artist).__name__} ({artist})"


def _what_to_return(artist: Artist) -> str:
    if isinstance(artist, Axis | mpl.spines.Spine):
        return "its axes, to have all of them drawn anew"
    return "it too"
