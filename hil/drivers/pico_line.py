"""The serial line to a Pico: one line out, one line back, and everything that can go wrong with a plug as a named error."""

from __future__ import annotations

import contextlib
import errno
import re
from collections.abc import Iterator
from typing import Any

from hil.drivers.pico_errors import PicoAbsent, PicoBusy, PicoForbidden, PicoGarbled, PicoLost, PicoRefused, PicoSilent
from hil.errors import MissingPackage, RigError

VID, PID = 0x2E8A, 0x0005
"""USB ids of MicroPython on a Raspberry Pi Pico (ports/rp2)."""
ANSWER_S = 2.0
"""An answer takes some ms, a boot up to half a second."""
_NO_ERROR = '0,"No error"'
_SYNC, _SYNC_ANSWER = "SYST:VERS?", "1999.0"
_LINES_OF_NONSENSE = 20
_ANSWER = re.compile(r'(?P<answer>[ -:<-~]*);(?P<said>-?\d+,"[^"]*")')  # an error's text has a semicolon of its own


def find(name: str, serial_number: str | None) -> str:
    """The device of the Pico `name`; `serial_number`: its beginning, where several are plugged in. PicoAbsent with none."""
    try:
        from serial.tools import list_ports
    except ImportError as error:
        raise MissingPackage(
            f"{name}: a Pico is driven with pyserial", "it is not installed", "pip install pyserial", where=name
        ) from error
    picos = [port for port in list_ports.comports() if (port.vid, port.pid) == (VID, PID)]
    chosen = [port for port in picos if (port.serial_number or "").upper().startswith((serial_number or "").upper())]
    if len(chosen) == 1:
        return str(chosen[0].device)
    there = ", ".join(f"{port.serial_number} on {port.device}" for port in picos) or "no Pico with MicroPython on USB"
    if chosen:
        hint = f'in the rig file: {name} = {{ ..., id = "{chosen[0].serial_number}" }}'
        raise PicoAbsent(f"{name}: several Picos fit", there, hint, where=name)
    wanted = f" whose serial number begins with {serial_number}" if serial_number else ""
    raise PicoAbsent(f"{name}: no Pico{wanted}", there, "plug it in; a new one needs MicroPython first, then hil pico deploy", where=name)


class Line:
    """An open line. Every method raises PicoLost once the plug is out."""

    def __init__(self, name: str, device: str) -> None:
        """Open `device` and get into step with whatever runs there."""
        self._name, self.device = name, device
        with self._watching("open"):
            self._serial = self._open()
        try:
            self.synchronise()
        except BaseException:
            self.close()
            raise

    def _open(self) -> Any:
        import serial

        try:
            return serial.Serial(self.device, 115200, timeout=ANSWER_S, write_timeout=ANSWER_S, exclusive=True)
        except serial.SerialException as error:
            if error.errno in (errno.EAGAIN, errno.EBUSY):
                hint = f"end the other one; fuser {self.device} names it"
                raise PicoBusy(f"{self._name}: another program has its port open", self.device, hint, where=self._name) from error
            if error.errno == errno.EACCES:
                hint = "sudo adduser $USER dialout, then log in again"
                raise PicoForbidden(f"{self._name}: no permission to open its port", self.device, hint, where=self._name) from error
            raise

    @contextlib.contextmanager
    def _watching(self, what: str) -> Iterator[None]:
        import termios

        import serial

        try:
            yield
        except RigError:
            raise
        except serial.SerialTimeoutException as error:
            raise self._silent(what) from error
        except (serial.SerialException, OSError, termios.error) as error:  # termios.error is no OSError
            found = str(error) or type(error).__name__
            raise PicoLost(f"{self._name}: lost while asked for {what}", found, "look at its plug and cable", where=self._name) from error

    def _silent(self, what: str) -> PicoSilent:
        hint = "hil pico deploy, or pull its plug and put it back"
        return PicoSilent(f"{self._name}: no answer to {what}", f"nothing in {ANSWER_S:g} s on {self.device}", hint, where=self._name)

    def synchronise(self) -> None:
        """Throw away what was on its way: its errors, and all lines up to the answer to a question that nobody asks otherwise."""
        with self._watching("synchronising"):
            self._serial.reset_input_buffer()
            self._serial.write(f"\n*CLS;*OPC?\n{_SYNC}\n".encode())  # half a line may stick to the first answer
            try:
                for _ in range(_LINES_OF_NONSENSE):
                    if self._read_line(_SYNC) == _SYNC_ANSWER:
                        return
            except PicoGarbled:
                pass
        raise PicoGarbled(
            f"{self._name}: something else than our firmware runs there", f"on {self.device}", "hil pico deploy", where=self._name
        )

    def _read_line(self, asked: str) -> str:
        raw: bytes = self._serial.readline()
        if not raw.endswith(b"\n"):
            if raw:
                raise PicoGarbled(
                    f"{self._name}: half an answer to {asked}", repr(raw[-60:]), "look at its plug and cable", where=self._name
                )
            raise self._silent(asked)
        return raw.decode("ascii", "replace").strip()

    def _exchange(self, command: str) -> str:
        with self._watching(command):
            self._serial.write(command.encode() + b"\n")
            return self._read_line(command)

    def ask(self, query: str, fields: int = 1) -> list[str]:
        """The `fields` values that answer `query`."""
        both = self._exchange(f"{query};:SYST:ERR?")
        found = _ANSWER.fullmatch(both)
        if found is None:
            raise self._garbled(query, both)
        self._refuse(query, found["said"])
        values = found["answer"].split(",")
        if len(values) != fields:
            raise self._garbled(query, found["answer"])
        return values

    def tell(self, command: str) -> None:
        """Carry out `command`; PicoRefused with its reason if it does not."""
        self._refuse(command, self._exchange(f"{command};:SYST:ERR?"))

    def _refuse(self, asked: str, said: str) -> None:
        if said == _NO_ERROR:
            return
        code, _, text = said.partition(",")
        if not code.lstrip("-").isdigit():
            raise self._garbled(asked, said)
        with contextlib.suppress(RigError):
            self.synchronise()
        raise PicoRefused(f"{self._name}: refuses {asked}", text.strip('"') + f" ({code})", where=self._name)

    def _garbled(self, asked: str, answer: str) -> PicoGarbled:
        return PicoGarbled(f"{self._name}: no answer to {asked}", f"but {answer[:80]!r}", "look at its plug and cable", where=self._name)

    def close(self) -> None:
        """Close the port, whatever state it is in."""
        with contextlib.suppress(Exception):
            self._serial.close()
