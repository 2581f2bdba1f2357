"""Opens a rig, real or simulated: connects everything, reports all faults at once, leaves it safe.

The only room that knows both worlds. What it hands out is the same in both, and the same for hosts in this process and in others:
hosts, and drivers by the rig's names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hil.bench.opened import Bench
from hil.bench.opening import open_rig, refuse_what_cannot_be_opened
from hil.bench.processes import HostProcesses
from hil.rig import Rig

if TYPE_CHECKING:
    from hil.sim.twin import Twin

__all__ = ["Bench", "open_rig", "open_twin", "refuse_what_cannot_be_opened"]


def open_twin(rig: Rig, seed: int, overrides: Sequence[str] = (), *, start_order: Sequence[str] = ()) -> Twin:
    """The simulated twin of `rig`, put into this process: from here on `import picamera2` finds simulated cameras.

    `start_order`: of the processes of hosts that are reached over ssh, if not the rig's; nothing measured may depend on it.
    """
    refuse_what_cannot_be_opened(rig)
    # Before the simulator is loaded here, as they load it too; and before there is a world, for the gateways' threads are not of it.
    processes = HostProcesses.beside(rig, start_order)
    from hil.bench import twins

    return twins.open_twin(rig, seed, overrides, processes)
