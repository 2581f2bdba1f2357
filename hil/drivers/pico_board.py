"""Putting our firmware on a Pico, and resetting one: the only module that knows mpremote, whose interface is not stable.

Checked against mpremote 1.29.0 (MicroPython's own tool). Files that are there already are left alone, and nothing here lets go
of the trigger pin but `reset`: a soft reset keeps what the pins drive.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil import shipped
from hil.drivers.pico_errors import PicoLost, PicoRefused, PicoSilent
from hil.drivers.pico_line import find
from hil.errors import MissingPackage, RigError

MPREMOTE = "mpremote==1.29.0"
_SOFT_RESET = b"\x04"


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment did."""

    device: str
    written: tuple[str, ...]
    same: tuple[str, ...]
    """Files that were there already."""


def firmware() -> dict[str, bytes]:
    """The files of fixtures/pico that go onto a Pico, by name."""
    return {file.name: file.read_bytes() for file in sorted((shipped.path("fixtures") / "pico").glob("*.py"))}


def deploy(name: str, id: str | None = None, *, streaming: Callable[[], bool]) -> Deployed:  # noqa: A002
    """Write the firmware and start it. PicoRefused while a camera is streaming: the trigger would stop under it."""
    refuse_while(streaming, name, "deploy")
    with _repl(name, find(name, id)) as board:
        files = firmware()
        same = tuple(file for file in files if _is_there(board, file, files[file]))
        written = tuple(file for file in files if file not in same)
        for file in written:
            board.fs_writefile(file, files[file])
            if not _is_there(board, file, files[file]):
                raise PicoRefused(f"{name}: {file} does not stay on its flash", "it reads back otherwise", "try another Pico", where=name)
        device = str(board.device_name)
        board.exit_raw_repl()
        board.serial.write(_SOFT_RESET)
    return Deployed(device, written, same)


def reset(name: str, id: str | None = None, *, streaming: Callable[[], bool]) -> None:  # noqa: A002
    """Reset the processor. All pins are let go until boot.py drives them: a divider asserts the trigger for that long."""
    refuse_while(streaming, name, "reset")
    with _repl(name, find(name, id)) as board:
        board.exec_raw_no_follow("import machine; machine.reset()")


def refuse_while(streaming: Callable[[], bool], name: str, what: str) -> None:
    """PicoRefused while a camera is streaming."""
    if streaming():
        hint = "stop the cameras first: it stops the trigger, and a reset asserts it"
        raise PicoRefused(f"{name}: no {what} while a camera is streaming", "", hint, where=name)


def _is_there(board: Any, file: str, data: bytes) -> bool:
    """Whether the Pico has this file with this content."""
    try:
        return bytes(board.fs_hashfile(file, "sha256")) == hashlib.sha256(data).digest()
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _repl(name: str, device: str) -> Iterator[Any]:
    """The Pico's raw REPL, whatever ran there; mpremote's errors in our names."""
    import termios

    import serial

    try:
        from mpremote.transport import TransportError
        from mpremote.transport_serial import SerialTransport
    except ImportError as error:
        raise MissingPackage("deploying to a Pico needs mpremote", "it is not installed", f"pip install {MPREMOTE}") from error
    board: Any = None
    try:
        board = SerialTransport(str(Path(device)))
        with contextlib.redirect_stdout(io.StringIO()):  # it prints what it did not expect
            board.enter_raw_repl()
        yield board
    except RigError:
        raise
    except TransportError as error:
        hint = "pull its plug and put it back; is MicroPython on it?"
        raise PicoSilent(f"{name}: its MicroPython does not answer", str(error).strip().splitlines()[-1], hint, where=name) from error
    except (serial.SerialException, OSError, termios.error) as error:
        raise PicoLost(f"{name}: lost while it was written to", str(error), "look at its plug and cable", where=name) from error
    finally:
        if board is not None:
            with contextlib.suppress(Exception):  # after unplug, mpremote's own close raises EIO
                board.close()
