"""What leaves a Pico's console: newlines as the port sends them, and whether the REPL that prints is the raw one."""

from __future__ import annotations

import re

_RAW, _FRIENDLY = b"raw REPL; CTRL-B to exit\r\n", b">>> "
_LONE_NEWLINE = re.compile(rb"(?<!\r)\n")


class Console:
    """The console from one reset to the next."""

    def __init__(self) -> None:
        """A Pico starts with its program, else in the friendly REPL."""
        self.raw = False
        """Whether the raw REPL had the last word: a soft reset then comes back to it."""
        self._tail = b""

    def show(self, printed: bytes) -> bytes:
        """What the host gets for what was printed: ports/rp2 puts a carriage return before each newline."""
        self._tail = (self._tail + printed)[-64:]
        raw, friendly = self._tail.rfind(_RAW), self._tail.rfind(_FRIENDLY)
        if raw >= 0 or friendly >= 0:
            self.raw = raw > friendly
        return _LONE_NEWLINE.sub(b"\r\n", printed)
