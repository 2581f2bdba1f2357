"""Text as paper can show it: what the certificate's font draws stays as it is, all else becomes its code point, "‹U+4E2D›".

A glyph that is missing would be an empty box or nothing at all, and a mark that turns text around or joins letters would make two serial
numbers look alike. So only letters that stand for themselves are drawn; the record embedded in the PDF has them all as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

FONT = "Inter"
"""Inter 4.1 by The Inter Project Authors (https://rsms.me/inter), SIL Open Font License 1.1: two weights, cut to Latin, Greek, Cyrillic."""
LONG = 24
"""A word of more letters than this may be broken anywhere."""
_RANGES = (
    *((0x20, 0x7E), (0xA1, 0xAC), (0xAE, 0x148), (0x14A, 0x1C3), (0x1C5, 0x24F), (0x386, 0x38A), (0x38C, 0x38C), (0x38E, 0x3A1)),
    *((0x3A3, 0x3CE), (0x400, 0x45F), (0x490, 0x491), (0x1E80, 0x1E85), (0x1E9E, 0x1E9E), (0x1EF2, 0x1EF3), (0x2010, 0x2015)),
    *((0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2070, 0x2071)),
    *((0x2074, 0x208E), (0x20AC, 0x20AC), (0x2116, 0x2116), (0x2122, 0x2122), (0x2126, 0x2126), (0x2190, 0x2195), (0x21D2, 0x21D2)),
    *((0x2202, 0x2202), (0x2206, 0x2206), (0x2211, 0x2212), (0x221A, 0x221A), (0x221E, 0x221E), (0x2248, 0x2248), (0x2260, 0x2260)),
    *((0x2264, 0x2265), (0x25CF, 0x25CF), (0x2713, 0x2713), (0x2717, 0x2717)),
)
DRAWN = frozenset(chr(code) for low, high in _RANGES for code in range(low, high + 1))
"""Characters that the font draws and that cannot be taken for another arrangement of characters."""
_UNDRAWN = re.compile("[^" + "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in _RANGES) + "]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_BLANKS = {ord(blank): " " for blank in "\t\n\r\u2007\u2009\u200a"}


def drawn(text: str) -> str:
    """`text` with a code point for each character that would not be seen as what it is."""
    text = text.translate(_BLANKS)
    if text.isascii() and text.isprintable():
        return text
    return _UNDRAWN.sub(lambda char: f"‹U+{ord(char.group()):04X}›", text)


def visible(text: str) -> str:
    """`text` for a page of HTML, which draws all scripts: a code point for what would not be seen, or would turn text around."""
    return _UNSEEN.sub(lambda char: f"‹U+{ord(char.group()):04X}›", text)


def harmless(text: str) -> str:
    """`text` for a terminal, as long as it was: what a terminal would obey, or turn around, is a picture of it."""
    return _UNSEEN.sub(lambda char: chr(0x2400 + ord(char.group())) if char.group() < " " else "\ufffd", text)


def on_paper(value: Any) -> Any:
    """All texts of a structure as they are drawn; one with a long word as its pieces, between which a line may end."""
    if isinstance(value, str):
        return _pieces(drawn(value))
    if isinstance(value, Mapping):
        return {key: on_paper(item) for key, item in value.items()}
    return [on_paper(item) for item in value] if isinstance(value, list | tuple) else value


def _pieces(text: str) -> str | dict[str, list[str]]:
    if len(text) <= LONG or all(len(word) <= LONG for word in text.split(" ")):
        return text
    pieces: list[str] = []
    for word in text.split(" "):
        step = 4 if len(word) > LONG else len(word) or 1
        cut = [word[at : at + step] for at in range(0, len(word), step)] or [""]
        pieces += [*cut[:-1], f"{cut[-1]} "]
    return {"pieces": [*pieces[:-1], pieces[-1][:-1]]}
