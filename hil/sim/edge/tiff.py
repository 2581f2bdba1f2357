"""A little-endian TIFF writer, as much as a DNG needs: directories of tags and one strip of image data.

TIFF revision 6.0 (Adobe, 1992), sections 2 and 8; EXIF's sub-directory hangs on tag 34665.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

BYTE, ASCII, SHORT, LONG, RATIONAL, SRATIONAL = 1, 2, 3, 4, 5, 10
EXIF_IFD = 34665
_CODE = {BYTE: "B", SHORT: "H", LONG: "I", RATIONAL: "II", SRATIONAL: "ii"}
_U32, _I32 = 2**32 - 1, 2**31 - 1


@dataclass(frozen=True)
class Tag:
    """One tag of a directory: number, type (see the constants) and values."""

    number: int
    kind: int
    values: tuple[Any, ...]

    @property
    def count(self) -> int:
        """How many values the directory states; characters for text."""
        return len(self.packed()) if self.kind == ASCII else len(self.values)

    def packed(self) -> bytes:
        """The values as bytes."""
        if self.kind == ASCII:
            return str(self.values[0]).encode("ascii", "replace") + b"\0"
        flat = [part for value in self.values for part in (_ratio(value, self.kind) if self.kind in (RATIONAL, SRATIONAL) else (value,))]
        return struct.pack(f"<{_CODE[self.kind] * len(self.values)}", *flat)


def tag(number: int, kind: int, *values: Any) -> Tag:
    """A tag with these values."""
    return Tag(number, kind, values)


def _ratio(value: Fraction | float, kind: int) -> tuple[int, int]:
    """The nearest ratio that fits the type: exact for whole microseconds up to 4294 s."""
    exact, most = Fraction(value), _I32 if kind == SRATIONAL else _U32
    bound = most
    near = exact.limit_denominator(bound)
    while max(abs(near.numerator), near.denominator) > most:
        bound //= 2
        near = exact.limit_denominator(max(bound, 1))
    return near.numerator, near.denominator


def document(directory: Iterable[Tag], exif: Iterable[Tag], strip: bytes) -> bytes:
    """A whole file: header, main directory (StripOffsets and EXIF are added to it), EXIF directory, image strip."""
    main, sub = list(directory), sorted(exif, key=lambda one: one.number)
    main += [tag(273, LONG, 0), tag(279, LONG, len(strip)), tag(EXIF_IFD, LONG, 0)]
    main.sort(key=lambda one: one.number)
    exif_at = 8 + len(_directory(main, 8))
    strip_at = exif_at + len(_directory(sub, exif_at))
    known = {273: strip_at, EXIF_IFD: exif_at}
    main = [tag(one.number, LONG, known[one.number]) if one.number in known else one for one in main]
    return b"".join([struct.pack("<2sHI", b"II", 42, 8), _directory(main, 8), _directory(sub, exif_at), strip])


def _directory(tags: list[Tag], at: int) -> bytes:
    """A directory and the values that do not fit into it, for file offset `at`; always an even number of bytes."""
    entries, overflow = [], b""
    overflow_at = at + 2 + 12 * len(tags) + 4
    for one in tags:
        data = one.packed()
        if len(data) > 4:
            place = struct.pack("<I", overflow_at + len(overflow))
            overflow += data + b"\0" * (len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        entries.append(struct.pack("<HHI", one.number, one.kind, one.count) + place)
    return struct.pack("<H", len(tags)) + b"".join(entries) + struct.pack("<I", 0) + overflow
