"""Standard output, whoever reads it: a reader that leaves early or a narrow alphabet changes no verdict, a full disk is one message."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from hil.errors import RigError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Outlet(io.FileIO):
    """Where bytes leave this process; once nobody takes them, they are dropped."""

    def write(self, data: ReadableBuffer, /) -> int:
        """As `FileIO.write`; a closed pipe is no error, as with `head -1` behind it. RigError for a full disk."""
        try:
            return super().write(data)
        except OSError as refused:
            self._drop_what_follows()
            if isinstance(refused, BrokenPipeError):
                return memoryview(data).nbytes
            hint = "make room, or give it somewhere else to go"
            raise RigError("standard output cannot be written", str(refused.strerror), hint) from refused

    def _drop_what_follows(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def open_outlet() -> None:
    """Make `sys.stdout` one that never ends a command for its reader's sake; one that is no file is left alone."""
    old = sys.stdout
    if not isinstance(old, io.TextIOWrapper):  # closed
        return
    try:
        number = old.fileno()
    except OSError:  # a test's
        return
    buffered = io.BufferedWriter(_Outlet(number, "w", closefd=False))
    errors = old.errors if old.encoding == "utf-8" else "replace"
    sys.stdout = io.TextIOWrapper(buffered, old.encoding, errors, line_buffering=old.line_buffering, write_through=old.write_through)


def close_outlet() -> None:
    """Give a user's program the standard output that Python itself would give it."""
    if sys.__stdout__ is not None:
        sys.stdout.flush()
        sys.stdout = sys.__stdout__
