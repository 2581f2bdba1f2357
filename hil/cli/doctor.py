"""`hil doctor`: what is in order on a rig or on this machine, and what to fix."""

from __future__ import annotations

import json
import platform
from typing import TYPE_CHECKING, Annotated

import typer

from hil.cli.options import Seed, Set, Sim
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.doctor import Examination


def doctor(
    rig: Annotated[str | None, typer.Argument(metavar="[RIG]", help="rig file, or name of a shipped rig; this machine if left out")] = None,
    sim: Sim = False,
    seed: Seed = 0,
    changes: Set = None,
    as_json: Annotated[bool, typer.Option("--json", help="as a JSON array")] = False,
) -> None:
    """Look at every host of a rig, its cameras, wiring and rights, and say what to fix and how. Changes nothing; exit status 3 if any."""
    found = _examined(rig, sim, seed, changes or [])
    if as_json:
        typer.echo(json.dumps([found.as_json()], indent=2, ensure_ascii=False))
    else:
        from hil.cli import doctor_tree

        doctor_tree.show(found)
    raise typer.Exit(found.status)


def _examined(rig_name: str | None, sim: bool, seed: int, changes: list[str]) -> Examination:
    if rig_name is None:
        return _this_machine(sim or bool(changes))
    from hil import doctor as doctors
    from hil.bench.looking import Twinned, reached
    from hil.rig import load, overrides

    overrides.refuse_without_twin(changes, simulated=sim)
    rig = load(rig_name)
    _one_local(rig_name, [name for name, host in rig.hosts.items() if host.connect == "local"])
    if sim:
        from hil.sim.needs import require_picamera2

        require_picamera2()
    with reached(rig, Twinned(seed, changes) if sim else None) as hosts:
        return doctors.examine(rig, hosts)


def _this_machine(twin: bool) -> Examination:
    if twin:
        raise UserError("a twin asked for", "no rig was named", "hil doctor camera-module-3 --sim")
    from hil import doctor as doctors
    from hil.drivers.host import LocalHost

    return doctors.look_around(LocalHost(platform.node() or "this machine"))


def _one_local(rig: str, local: list[str]) -> None:
    if len(local) > 1:
        raise UserError(f"{rig}: one local host asked for at most", ", ".join(local), 'connect = "ssh:..." for all but one')
