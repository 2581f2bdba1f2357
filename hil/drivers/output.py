"""What a host process and its libraries print: kept, on stderr, each line with the host's name before it."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
import threading
from typing import BinaryIO


def say_who(name: str) -> None:
    """From now on everything that this process writes to its standard output or error comes out of stderr as "name: line"."""
    kept = os.fdopen(os.dup(2), "wb", buffering=0)
    faulthandler.enable(kept)  # a crash says what it has to say without the thread below
    reading, writing = os.pipe()
    for number in (1, 2):
        os.dup2(writing, number)
    os.close(writing)
    sys.stdout = os.fdopen(1, "w", buffering=1, errors="replace", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="replace", closefd=False)
    threading.Thread(target=_pass_on, args=(os.fdopen(reading, "rb"), kept, f"{name}: ".encode()), name="output", daemon=True).start()


def _pass_on(lines: BinaryIO, kept: BinaryIO, prefix: bytes) -> None:
    for line in lines:
        with contextlib.suppress(OSError):  # the connection is lost: whoever writes here must not be held up by that
            kept.write(prefix + line)
