"""A simulated Pico: plugged in or not, powered, booting, running, resetting; its console behind USB, its pins on the wires.

It takes part in the world from outside: whenever everybody waits, bytes from USB are collected here; a byte's journey, an
end of a wait, and boot.py's first statement are events of the agenda, in which the MicroPython child runs until it parks.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hil import shipped
from hil.rig.spec import TwinPico
from hil.rig.wiring import Line
from hil.sim import chance, truth
from hil.sim.agenda import Event
from hil.sim.pico.board import Board
from hil.sim.pico.child import Child
from hil.sim.pico.clock import CLK_SYS_HZ, PicoClock
from hil.sim.pico.console import Console
from hil.sim.pico.pads import Pads, wired
from hil.sim.pico.usb import Port
from hil.sim.wires import Wires
from hil.sim.world import World

VID, PID = 0x2E8A, 0x0005
"""USB ids of MicroPython on an RP2040 (ports/rp2, Raspberry Pi)."""
_NS_PER_S = 1_000_000_000


class PicoDevice:
    """One Pico of the twin."""

    def __init__(
        self, world: World, wires: Wires, spec: TwinPico, wiring: tuple[Line, ...], folder: Path, *, deployed: bool = True
    ) -> None:
        """`folder`: for its flash and its port; `deployed`: whether our firmware is on it already."""
        self._world, self.spec, self.name = world, spec, spec.name
        self.true = truth.pico_truth(world.seed, spec.name)
        self.id = serial_number(world.seed, spec)
        self.pads = Pads(world, wires, spec.name, wired(spec.name, wiring))
        self.flash = folder / f"{spec.name}-flash"
        """Its file system, as a folder."""
        self.flash.mkdir()
        self._link = folder / f"ttyACM-{spec.name}"
        if deployed:
            for file in sorted((shipped.path("fixtures") / "pico").glob("*.py")):
                shutil.copy(file, self.flash)
            if spec.firmware:
                _say_version(self.flash / "main.py", spec.firmware)
        self.port: Port | None = None
        self._board: Board | None = None
        self._child: Child | None = None
        self._scratch: list[int] = []
        self._console = Console()
        self._timer: Event | None = None
        self.silent = False
        """Fault: it takes everything and answers nothing."""
        self.garbage = b""
        """Fault: sent in front of the next answer."""
        self.boots = 0
        self.requests = 0
        """How many its firmware has made to the chip."""
        world.serve(self._collect)
        if spec.present:
            self.plug()
        if spec.unplug_at_s:
            world.at(round(spec.unplug_at_s * _NS_PER_S), self.unplug)

    # -- the plug

    @property
    def device(self) -> str:
        """The port's path while it is plugged in."""
        return str(self._link)

    @property
    def plugged(self) -> bool:
        """Whether USB sees it."""
        return self.port is not None

    def plug(self) -> None:
        """Put it into the USB socket: power comes with it."""
        if self.port is None:
            self.port = Port(self._link)
            self.power_on()

    def unplug(self) -> None:
        """Pull it out."""
        if self.port is not None:
            self._halt()
            self.port.close()
            self.port = None
            self.pads.lose_power()

    def power_on(self) -> None:
        """Power comes: nothing is remembered, all pins are let go until boot.py drives them."""
        self._scratch = [0] * 8
        self.reset()

    def reset(self) -> None:
        """A reset of the processor (machine.reset, the watchdog): all pins are let go as well."""
        self._halt()
        self.pads.lose_power()
        clock = PicoClock(self._world.now_ns, self.true.crystal_ppm)
        self._board = Board(self._world, clock, self.pads, self.true, self.name, self._scratch)
        self._console = Console()
        self._boot(round(self.true.boot_us), main=True)

    def close(self) -> None:
        """End of the world."""
        self._halt()
        if self.port is not None:
            self.port.close()
            self.port = None

    def _halt(self) -> None:
        if self._timer is not None:
            self._world.cancel(self._timer)
            self._timer = None
        if self._board is not None:
            self._board.stop()
            self._board = None
        if self._child is not None:
            self._child.close()
            self._child = None

    # -- the processor

    def _boot(self, in_us: int, *, main: bool) -> None:
        assert self._board is not None
        facts = {"HIL_PICO_ID": self.id, "HIL_PICO_CLOCK": str(CLK_SYS_HZ)}
        self._child = Child(self.flash, self._request, self._board.answering, facts, main=main)
        self.boots += 1
        clock = self._board.clock
        self._timer = self._world.at(clock.at_us(clock.us(self._world.now_ns) + in_us), self._first_run)

    def _first_run(self) -> None:
        assert self._child is not None
        self._child.run()  # the interpreter's own start, up to where it waits for power
        self._resume("time")

    def _request(self, request: list[Any]) -> Any:
        self.requests += 1
        if request[0] in ("reset", "bootloader"):
            self._world.after(0, self.reset if request[0] == "reset" else self.unplug)
            return None
        return self._board.do(request) if self._board is not None else None

    def _resume(self, why: str) -> None:
        """End the firmware's wait and let it run until it waits again."""
        self._timer_off()
        if self._child is not None and self._board is not None:
            self._child.settle()
            self._child.wake(self._board.clock.us(self._world.now_ns), why)
            self._run()

    def _timer_off(self) -> None:
        if self._timer is not None:
            self._world.cancel(self._timer)
            self._timer = None

    def _run(self) -> None:
        child, board = self._child, self._board
        if child is None or board is None:
            return
        alive = child.run()
        self._say(child.take_output())
        if child is not self._child:
            return
        if not alive:
            self._soft_reset()
        elif child.until_us is not None:
            self._timer = self._world.at(board.clock.at_us(child.until_us), self._resume, "time")

    def _soft_reset(self) -> None:
        assert self._child is not None
        assert self._board is not None
        self._say(b"MPY: soft reboot\r\n")
        self._child.close()
        self._board.stop()
        raw = self._console.raw
        self._boot(1000, main=not raw)
        if raw:
            self._child.write(b"\x01")

    def _say(self, printed: bytes) -> None:
        shown = self._console.show(printed)
        if shown and self.port is not None and not self.silent:
            self.port.write(self.garbage + shown)
            self.garbage = b""

    # -- the console

    def _collect(self) -> bool:
        """Whenever everybody waits: bytes from the host set out for the firmware."""
        port = self.port
        if port is None:
            return False
        went = port.flush()
        data = port.read()
        if data:
            self._world.after(round(self.true.answer_us * 1000), self._arrive, port, data)
        return went or bool(data)

    def _arrive(self, port: Port, data: bytes) -> None:
        """Bytes come out of the cable that they went into, if it is still there."""
        if port is self.port:
            self._hear(data)

    def _hear(self, data: bytes) -> None:
        """Bytes reach the firmware: ^C interrupts it; whoever waits for input is woken."""
        child = self._child
        if child is None:
            return
        child.settle()
        if child.in_repl:
            command, end, rest = data.partition(b"\x04")  # ^D may end this child: what follows is for the next one
            child.write(command + end)
            self._run()
            if rest:
                self._hear(rest)
            return
        before, interrupt, after = data.partition(b"\x03")
        if interrupt and self._timer_is_boot():
            self._world.after(1_000_000, self._hear, data)
        elif interrupt:
            self._resume("interrupt")
            if after and self._child is not None:
                self._hear(after)
        else:
            child.write(before)
            if child.wants_input:
                self._resume("input")

    def _timer_is_boot(self) -> bool:
        return self._timer is not None and self._timer.fn == self._first_run


def serial_number(seed: int, spec: TwinPico) -> str:
    """The Pico's: the one that the rig asks for, or begins with, the rest drawn."""
    return (spec.id + f"{chance.digest(seed, spec.name, 'id'):032X}"[len(spec.id) :])[:16]


def _say_version(main: Path, version: str) -> None:
    """Somebody deployed another version: the firmware calls itself so."""
    main.write_text(re.sub(r'^VERSION = ".*"$', f'VERSION = "{version}"', main.read_text(), flags=re.MULTILINE))


def fit(world: World, wires: Wires, picos: tuple[TwinPico, ...], wiring: tuple[Line, ...], folder: Path) -> dict[str, PicoDevice]:
    """The Picos of one host, by name."""
    parent = Path(tempfile.mkdtemp(prefix="pico-", dir=folder))
    return {spec.name: PicoDevice(world, wires, spec, wiring, parent) for spec in picos}
