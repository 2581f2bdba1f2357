"""What a serial number may be, and every other line of text that somebody types or scans for a record: operator, order, part."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from hil.errors import UserError

LONGEST = 128
"""Characters; it has to fit on a page and a label. Data Matrix labels of 26 x 26 hold 64."""
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")


def checked_serial(serial: str, option: str = "--unit") -> str:
    """The serial number itself, or UserError with the rule: one line, not too long, nothing that is not seen or turns it around."""
    return checked_line(serial, option, "a serial number", "it is kept as it is, only the folder's name is made safe")


def checked_line(text: str, option: str, what: str, more: str = "it is printed as it is") -> str:
    """The text itself, or UserError with the rule for `what` ("an operator")."""
    odd = next((char for before, char in pairwise(" " + text) if _is_odd(before, char)), None)
    found = ""
    if not text.strip():
        found = "nothing but blanks"
    elif odd is not None:
        found = f"the control character U+{ord(odd):04X}"
    elif len(text) > LONGEST:
        found = f"{len(text)} characters"
    elif text != text.strip():
        found = "a blank at its beginning or end"
    if found:
        shown = repr(text if len(text) <= LONGEST else f"{text[:40]}...")
        rule = f"{what} is one line of text of at most {LONGEST} characters, not blank, without blanks around it; {more}"
        raise UserError(f"{option} {shown} is not {what}", found, rule)
    return text


def _is_odd(before: str, char: str) -> bool:
    """What makes two texts that look alike, or that XML cannot hold. Joiners and tags are part of emoji and of some scripts."""
    if char in _BIDI or unicodedata.category(char) in _FORBIDDEN or ord(char) & 0xFFFE == 0xFFFE:
        return True
    part_of_it = (char in _JOINERS or 0xE0020 <= ord(char) <= 0xE007F) and not before.isascii()
    return unicodedata.category(char) == "Cf" and not part_of_it
