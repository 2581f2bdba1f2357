"""`hil setup`: from loose parts to first frames, one checked step after another."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from hil.cli.person import Shown, Terminal
from hil.rig import Rig, electrical, load, overrides
from hil.setup.site import RealSite, Site, TwinSite
from hil.setup.state import State, state_file
from hil.setup.walk import SetupStopped, Walk


def run(rig_name: str, *, sim: bool, seed: int, changes: Sequence[str], restart: bool) -> None:
    """Walk through the steps. SetupStopped where one is not as it should be; what is done is kept."""
    rig = load(rig_name)
    electrical.refuse(rig)
    overrides.refuse_without_twin(changes, simulated=sim)
    console = Console(highlight=False, soft_wrap=True)
    state = State.read(state_file(rig, simulated=sim), rig)
    walk = _walk(rig, _site(rig, console, sim=sim, seed=seed, changes=changes), _begun(state, console, restart=restart))
    where = f"simulated, seed {seed}" if sim else "real"
    console.print(escape(f"{rig.name} ({where}): {len(walk.steps)} steps; Ctrl-C breaks off, the same command goes on"))
    again = f"hil setup {rig_name}{' --sim' if sim else ''}"
    try:
        walk.run()
    except SetupStopped as stopped:
        console.print()
        stopped.hint = f"{stopped.hint}\n  then   {again}   goes on with this step"
        raise
    except KeyboardInterrupt:
        done = sum(state.is_done(step) for step in walk.steps)
        console.print(escape(f"\nbroken off; {done} of {len(walk.steps)} steps are done. {again}   goes on"))
        raise
    finally:
        walk.site.close()
    console.print(escape(f"\n{rig.name} is built: {len(walk.steps)} steps, the evidence is in {state.path}"))
    console.print(escape(f"next   hil accept {rig_name}{' --sim' if sim else ''}"))


def _begun(state: State, console: Console, *, restart: bool) -> State:
    if state.finished and not restart:
        console.print(escape(f"built on {state.finished}; once more from the beginning"))
    if state.finished or restart:
        state.restart()
    return state


def _site(rig: Rig, console: Console, *, sim: bool, seed: int, changes: Sequence[str]) -> Site:
    if not sim:
        return RealSite(rig, Terminal(console))
    from hil.sim.needs import require_picamera2

    require_picamera2()
    return TwinSite(rig, seed, changes, lambda person: Shown(person, console))


def _walk(rig: Rig, site: Site, state: State) -> Walk:
    return Walk(rig, site, state)
