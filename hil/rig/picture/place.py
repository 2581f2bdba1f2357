"""Heights of boxes and rows, and how far each track runs."""

from __future__ import annotations

from collections.abc import Sequence

from hil.rig.picture.layout import Box, Layout

STEP = 1.1
"""From row to row; schemdraw's units, in which a resistor is 1 long."""
HEAD, NOTE, GAP, FOOT = 0.55, 0.42, 0.9, 0.35
"""Height of a device's name, of a line of its notes, of the space between devices, and below the last row."""


def place(layout: Layout) -> float:
    """Give every box and row its height, from 0 downwards; returns that of the lowest box."""
    heights = [_height(layout.left), _height(layout.right)]
    lowest = max(heights)
    _stack(layout.left, (lowest - heights[0]) / 2, 0.0)
    _stack(layout.right, (lowest - heights[1]) / 2, STEP / 2)
    return min(box.bottom for box in (*layout.left, *layout.right))


def _box_height(box: Box) -> float:
    return HEAD + NOTE * len(box.notes) + STEP * len(box.rows) + FOOT


def _height(boxes: Sequence[Box]) -> float:
    return sum(_box_height(box) + GAP for box in boxes) - GAP


def _stack(boxes: Sequence[Box], start: float, shift: float) -> None:
    """Rows lie on whole steps, `shift` lower on one side, so that rows of both sides never meet."""
    top = -start
    for box in boxes:
        head = HEAD + NOTE * len(box.notes)
        first = _next_step(top - head - 0.45 * STEP, shift)
        for index, row in enumerate(box.rows):
            row.y = first - index * STEP
        box.top, box.bottom = first + 0.45 * STEP + head, first - (len(box.rows) - 1) * STEP - FOOT - 0.2
        top = box.bottom - GAP


def _next_step(y: float, shift: float) -> float:
    """The first whole step at or below `y`."""
    steps = int((-(y) - shift) / STEP)
    while -(steps * STEP + shift) > y + 1e-9:
        steps += 1
    return -(steps * STEP + shift)
