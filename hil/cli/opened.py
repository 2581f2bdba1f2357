"""An open rig for a command that pokes at it, left safe at its end."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hil.bench import Bench, open_rig, open_twin
from hil.errors import UserError
from hil.rig import Rig, load, overrides


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rig that a command was given, and on what."""

    rig: str
    sim: bool
    seed: int
    changes: Sequence[str]

    def load(self) -> Rig:
        """The rig file; UserError for `--set` without `--sim`."""
        overrides.refuse_without_twin(self.changes, simulated=self.sim)
        return load(self.rig)


@contextlib.contextmanager
def opened(chosen: Chosen, rig: Rig | None = None) -> Iterator[Bench]:
    """`chosen`, open; `rig`: loaded already."""
    rig = rig or chosen.load()
    with contextlib.ExitStack() as stack:
        twin = None
        if chosen.sim:
            from hil.sim.needs import require_picamera2

            require_picamera2()
            twin = open_twin(rig, chosen.seed, chosen.changes)
            stack.callback(twin.close)
        yield stack.enter_context(open_rig(rig, twin=twin))


def camera_named(rig: Rig, wanted: str | None) -> str:
    """The camera to look through: the one of that name, else the first; UserError if there is none of that name."""
    if wanted is None:
        return next((name for name, fitted in rig.cameras.items() if fitted.sync != "sink"), next(iter(rig.cameras)))
    if wanted not in rig.cameras:
        raise UserError(f"--camera {wanted} asked for", f"{rig.name} has {', '.join(rig.cameras)}")
    return wanted
