"""Draws a layout with schemdraw: an SVG that a technician can solder by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from hil.rig.electrical import Level
from hil.rig.picture.layout import Box, Layout, Placed, Row, Track
from hil.rig.picture.lean import elements, schemdraw, segments
from hil.rig.picture.place import HEAD, NOTE, place

_BOX, _SLOT, _PART, _LEAD, _TRACK = 5.2, 2.9, 1.9, 1.3, 2.3
"""Widths: a box, a place for a part, the part in it, the wire before the first, the distance of tracks."""
_INK, _SOFT, _FILL, _GROUND, _WARN = "#1b1f24", "#5b6470", "#f4f6f8", "#1b1f24", "#b3261e"
_COLOURS = ("#0b5cad", "#b3541e", "#1d7a46", "#7b3fa0", "#8a6d00", "#a01c4b")
"""Of the nets, dark enough to tell apart in print."""
_ELEMENTS: dict[str, Any] = {"R": elements.ResistorIEC, "C": elements.Capacitor, "D": elements.Diode, "LED": elements.LED}
_Align = Literal["left", "center", "right"]
_FONT = "DejaVu Sans, Helvetica, Arial, sans-serif"
_BOLD = "HilBold"
"""Stands for the heavier type until the SVG is made: schemdraw has no key for it."""


def svg(layout: Layout, title: str, subtitle: str, levels: Iterable[Level], net_volts: dict[str, str], notes: Iterable[str] = ()) -> bytes:
    """The picture. `net_volts`: what stands under the name of a net; `levels`: the table below; `notes`: lines under it."""
    lowest = place(layout)
    sheet = _Sheet(layout, lowest)
    sheet.boxes()
    sheet.tracks(net_volts)
    sheet.rows()
    sheet.title(title, subtitle)
    sheet.notes(list(notes), sheet.table(list(levels)))
    data: bytes = sheet.drawing.get_imagedata("svg")
    return data.replace(f'font-family="{_BOLD}"'.encode(), f'font-family="{_FONT}" font-weight="bold"'.encode())


class _Sheet:
    def __init__(self, layout: Layout, lowest: float) -> None:
        schemdraw.use("svg")
        schemdraw.svgconfig.text = "text"
        self.layout, self.lowest = layout, lowest
        self.drawing = schemdraw.Drawing(show=False)
        self.drawing.config(unit=_PART, font=_FONT, fontsize=11, color=_INK, lw=1.6, margin=0.3, bgcolor="white")
        self.first = _BOX + _LEAD + layout.places * _SLOT + (0.4 if layout.places else 0.0)
        self.x = {track.node: self.first + index * _TRACK for index, track in enumerate(layout.tracks)}
        self.far = self.first + max(len(layout.tracks) - 1, 0) * _TRACK + 1.7
        signals = [track for track in layout.tracks if not _is_ground(track)]
        self.colour = {track.node: _COLOURS[index % len(_COLOURS)] for index, track in enumerate(signals)}
        self.top = max(box.top for box in (*layout.left, *layout.right))

    def boxes(self) -> None:
        for side, boxes in ((0.0, self.layout.left), (self.far, self.layout.right)):
            for box in boxes:
                self._box(box, side)

    def _box(self, box: Box, x: float) -> None:
        corners = [(x, box.top), (x + _BOX, box.top), (x + _BOX, box.bottom), (x, box.bottom)]
        self._add(segments.SegmentPoly(corners, closed=True, fill=_FILL, color=_INK, lw=1.4, zorder=0))
        self._text(x + 0.2, box.top - HEAD * 0.62, box.name, 13, weight=True)
        for index, note in enumerate(box.notes):
            self._text(x + 0.2, box.top - HEAD - NOTE * (index + 0.45), note, 9.5, _SOFT)
        for row in box.rows:
            if row.pin:
                self._pin(row, x)

    def _pin(self, row: Row, x: float) -> None:
        left = x == 0.0
        edge = x + _BOX if left else x
        name = row.pin.partition(".")[2]
        self._text(edge + (-0.18 if left else 0.18), row.y, name, 11, align="right" if left else "left")
        if row.hole:
            self._text(edge + 0.12, row.y + 0.2, f"pin {row.hole}", 8, _SOFT)
        self._add(segments.SegmentCircle((edge, row.y), 0.07, fill="white", color=_INK, lw=1.2, zorder=3))

    def tracks(self, net_volts: dict[str, str]) -> None:
        for track in self.layout.tracks:
            ends = [row.y for row in self._all_rows() if row.track == track.node]
            x, colour = self.x[track.node], self.colour.get(track.node, _GROUND)
            self._line([(x, self.top + 0.15), (x, min(ends))], colour, 2.0)
            self._text(x, self.top + 0.75, track.name, 12, colour, "center", weight=True)
            self._text(x, self.top + 0.4, "0 V" if _is_ground(track) else net_volts.get(track.name, ""), 9.5, colour, "center")

    def rows(self) -> None:
        for box in self.layout.left:
            for row in box.rows:
                self._left_row(row)
        for box in self.layout.right:
            for row in box.rows:
                if row.track is not None:
                    self._to_track(row, self.far, row.y)

    def _left_row(self, row: Row) -> None:
        x, colour = _BOX + _LEAD, self.colour.get(row.track, _INK) if row.track is not None else _INK
        start = _BOX if row.pin else x
        for index, placed in enumerate(row.parts):
            left = x + (row.skip + index) * _SLOT
            self._line([(start, row.y), (left, row.y)], _INK if row.pin else colour, 1.6)
            self._part(placed, left, row.y)
            start = left + _PART
        if row.joins is not None:
            turn = x - 0.35 if row.ends_left else x + row.reach * _SLOT - _SLOT + _PART + 0.4
            self._turn(row, row.joins, start if not row.ends_left else x, turn)
        if row.track is not None:
            self._to_track(row, start, row.y)

    def _turn(self, row: Row, far: Row, start: float, turn: float) -> None:
        """From the end of a row's parts into another row."""
        self._line([(start, row.y), (turn, row.y), (turn, far.y)], _INK, 1.6)
        if far.parts or far.track is not None:
            if far.pin:
                self._dot(turn, far.y, _INK)
            else:
                self._line([(turn, far.y), (_BOX + _LEAD, far.y)], _INK, 1.6)
        else:
            self._line([(turn, far.y), (_BOX, far.y)], _INK, 1.6)

    def _part(self, placed: Placed, left: float, y: float) -> None:
        ends = [(left, y), (left + _PART, y)]
        element = _ELEMENTS[placed.part.kind]().endpoints(*(ends if placed.forward else reversed(ends)))
        self.drawing += element.color(_INK).fill("white") if placed.part.kind == "R" else element.color(_INK)
        aside = -0.42 if placed.part.kind == "LED" else 0.42  # the arrows of an LED are above it
        self._text(left + _PART / 2, y + aside, str(placed.part), 9.5, _INK, "center")

    def _to_track(self, row: Row, start: float, y: float) -> None:
        assert row.track is not None
        x, colour = self.x[row.track], self.colour.get(row.track, _GROUND)
        self._line([(start, y), (x, y)], colour, 2.0)
        self._dot(x, y, colour)

    def title(self, title: str, subtitle: str) -> None:
        self._text(0.0, self.top + 2.15, title, 17, _INK, weight=True)
        self._text(0.0, self.top + 1.65, subtitle, 10, _SOFT)

    def notes(self, notes: list[str], y: float) -> None:
        """Lines of text below everything."""
        for index, note in enumerate(notes):
            self._text(0.0, y - 0.6 - index * 0.5, note, 9.5, _WARN if note.startswith("REFUSED") else _INK)

    def table(self, levels: list[Level]) -> float:
        """Levels to expect with a meter; returns where it ends."""
        if not levels:
            return self.lowest
        columns, y = (0.0, 2.6, 7.4, 9.7), self.lowest - 0.9
        for x, heading in zip(columns, ("net", "levels to expect", "typical", "worst case"), strict=True):
            self._text(x, y, heading, 9.5, _SOFT)
        self._line([(0.0, y - 0.25), (13.2, y - 0.25)], "#c9ced4", 1.0)
        last = ""
        for index, level in enumerate(levels, start=1):
            at = y - 0.1 - index * 0.45
            cells = ("" if level.net == last else level.net, str(level.state), f"{level.volts.typical:.2f} V")
            for x, cell in zip(columns, (*cells, f"{level.volts.low:.2f} to {level.volts.high:.2f} V"), strict=True):
                self._text(x, at, cell, 9.5)
            last = level.net
        return y - 0.1 - len(levels) * 0.45

    def _all_rows(self) -> Iterable[Row]:
        return (row for box in (*self.layout.left, *self.layout.right) for row in box.rows)

    def _line(self, points: list[tuple[float, float]], colour: str, width: float) -> None:
        self._add(segments.Segment(points, color=colour, lw=width, zorder=1))

    def _dot(self, x: float, y: float, colour: str) -> None:
        self._add(segments.SegmentCircle((x, y), 0.085, fill=colour, color=colour, zorder=4))

    def _text(
        self, x: float, y: float, text: str, size: float, colour: str = _INK, align: _Align = "left", *, weight: bool = False
    ) -> None:
        font = _BOLD if weight else _FONT
        self._add(segments.SegmentText((x, y), text, align=(align, "center"), fontsize=size, color=colour, font=font, zorder=5))

    def _add(self, *parts: Any) -> None:
        element = elements.Element()
        element.segments.extend(parts)
        self.drawing += element.at((0, 0)).right()


def _is_ground(track: Track) -> bool:
    return track.name == "GND" or track.pin.endswith(".GND")
