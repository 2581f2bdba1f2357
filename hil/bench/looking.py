"""The hosts of a rig for somebody who only looks: nothing is opened, and a host that cannot be reached hides no other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hil.bench.processes import HostProcesses
from hil.drivers.host import Host, LocalHost
from hil.errors import RigError
from hil.rig import Rig


@dataclass(frozen=True, slots=True)
class Twinned:
    """That the twin is to be looked at, and which."""

    seed: int = 0
    overrides: Sequence[str] = ()


@contextlib.contextmanager
def reached(rig: Rig, twinned: Twinned | None = None) -> Iterator[dict[str, Host | RigError]]:
    """Every host of `rig`, in its order; instead of one that cannot be reached, the error that says why."""
    with contextlib.ExitStack() as stack:
        yield _reached(rig, stack) if twinned is None else _simulated(rig, twinned, stack)


def _reached(rig: Rig, stack: contextlib.ExitStack) -> dict[str, Host | RigError]:
    processes, refused = HostProcesses.reaching(rig)
    stack.callback(processes.end)
    return {name: processes.hosts.get(name) or refused.get(name) or LocalHost(name) for name in rig.hosts}


def _simulated(rig: Rig, twinned: Twinned, stack: contextlib.ExitStack) -> dict[str, Host | RigError]:
    # Wiring that is refused is looked at too: nobody drives it.
    processes = HostProcesses.beside(rig)  # before the simulator is loaded here, see hil.bench.open_twin
    from hil.bench import twins

    twin = twins.open_twin(rig, twinned.seed, twinned.overrides, processes)
    stack.callback(twin.close)
    processes.await_all()
    here = dict(twin.hosts)
    return {name: processes.hosts.get(name) or here[name] for name in rig.hosts}
