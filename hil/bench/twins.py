"""The simulated twin of a rig, put into this process and, for hosts that are reached over ssh, into processes beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hil.bench.processes import HostProcesses, apart
from hil.rig import Rig, TwinSpec
from hil.rig import overrides as override
from hil.sim.twin import Twin


class RigTwin(Twin):
    """The twin of a rig as `hil.bench` opens it: its host processes begin and end with it."""

    def __init__(self, spec: TwinSpec, seed: int, here: Iterable[str], processes: HostProcesses) -> None:
        """`processes`: started, with nothing in them yet."""
        super().__init__(spec, seed, here)
        self.processes = processes

    def close(self) -> None:
        """End the host processes, and put this one back into real time."""
        super().close()
        self.processes.end()


def open_twin(rig: Rig, seed: int, overrides: Sequence[str], processes: HostProcesses) -> Twin:
    """The simulated twin of `rig`, put into this process: from here on `import picamera2` finds simulated cameras.

    `processes`: of its hosts that are reached over ssh, started already.
    """
    names = apart(rig)
    try:
        spec = override.twin_spec(rig, [override.parse(text) for text in overrides])
        twin = RigTwin(spec, seed, [name for name in rig.hosts if name not in names], processes)
        if names:
            processes.join(twin)
        twin.install()
    except BaseException:
        processes.end()
        raise
    return twin
