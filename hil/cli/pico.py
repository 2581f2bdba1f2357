"""`hil pico deploy|info|idle`: the Picos of a rig, without its cameras."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from hil.cli.options import RigName, Seed, Set, Sim
from hil.clock import Clock, RealClock
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.drivers.pico import Pico
    from hil.rig import Rig

app = typer.Typer(help="The Picos of a rig: put our firmware on them, ask them, stop them.", no_args_is_help=True)


@dataclass(frozen=True)
class There:
    """A Pico of the rig as this command finds it."""

    name: str
    id: str | None
    clock: Clock

    def open(self) -> Pico:
        """Connected; its firmware is checked."""
        from hil.drivers.pico import Pico

        return Pico(self.name, self.clock, self.id)


@app.command()
def deploy(rig: RigName, sim: Sim = False, seed: Seed = 0, changes: Set = None) -> None:
    """Write our firmware, start it, and ask it who it is. The trigger pin is held high throughout."""
    _each(rig, sim, seed, changes, _deploy)


@app.command()
def info(rig: RigName, sim: Sim = False, seed: Seed = 0, changes: Set = None) -> None:
    """Print serial number, firmware, clock, and for how long the trigger pin was let go at power-on."""
    _each(rig, sim, seed, changes, _info)


@app.command()
def idle(rig: RigName, sim: Sim = False, seed: Seed = 0, changes: Set = None) -> None:
    """Stop everything: trigger pins high, strobe dark."""
    _each(rig, sim, seed, changes, _idle)


def _each(rig_name: str, sim: bool, seed: int, changes: Sequence[str] | None, act: Callable[[There], None]) -> None:
    from hil.rig import load, overrides

    overrides.refuse_without_twin(changes or [], simulated=sim)
    rig = load(rig_name)
    if not rig.picos:
        raise UserError(f"{rig.name} has no Pico", "", "a rig says so in [picos]; gs-trigger has one")
    with _clocks(rig, sim=sim, seed=seed, changes=changes or []) as clock_of:
        for name, pico in rig.picos.items():
            act(There(name, pico.id, clock_of(pico.host)))


@contextlib.contextmanager
def _clocks(rig: Rig, *, sim: bool, seed: int, changes: Sequence[str]) -> Iterator[Callable[[str], Clock]]:
    """The clock of a host, while its Picos can be reached from this process."""
    for name, pico in rig.picos.items():
        if rig.hosts[pico.host].connect != "local":
            found = f"{name} is on the USB of {pico.host} ({rig.hosts[pico.host].connect})"
            raise UserError(
                f"{rig.name}: not all Picos are on this machine",
                found,
                f'run this command on {pico.host}, with connect = "local" in the rig file there',
            )
    if not sim:
        yield lambda host: RealClock()
        return
    from hil.bench import open_twin
    from hil.sim.needs import require_picamera2

    require_picamera2()
    twin = open_twin(rig, seed, changes)
    try:
        yield twin.clocks.__getitem__
    finally:
        twin.close()


def _deploy(there: There) -> None:
    from hil.drivers import pico_board

    done = pico_board.deploy(there.name, there.id, streaming=lambda: False)
    for file in done.written:
        typer.echo(f"{there.name}: wrote {file}")
    if done.same:
        typer.echo(f"{there.name}: {len(done.same)} files were there already")
    _info(there)


def _info(there: There) -> None:
    with contextlib.closing(there.open()) as pico:
        found = pico.info()
        device = pico.device
    runs = f"firmware {found.firmware} on MicroPython {found.micropython}"
    typer.echo(f"{there.name}: {found.id} on {device} · {runs} · {found.board} · clk_sys {found.clk_sys_hz / 1e6:g} MHz")
    if found.asserted_before_boot_us is not None:
        ms = found.asserted_before_boot_us / 1000
        typer.echo(
            f"{there.name}: at power-on the trigger pin was let go for {ms:.0f} ms; a divider to ground asserts the trigger for that long"
        )


def _idle(there: There) -> None:
    there.open().close()
    typer.echo(f"{there.name}: trigger high, strobe dark")
