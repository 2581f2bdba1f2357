"""The hosts of a rig for somebody who only looks: nothing is opened, and a host that cannot be reached hides no other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hil.bench.processes import HostProcesses, apart
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
        if twinned is None:
            yield {name: _reach(rig, name, stack) for name in rig.hosts}
        else:
            yield _simulated(rig, twinned, stack)


def _reach(rig: Rig, name: str, stack: contextlib.ExitStack) -> Host | RigError:
    if name not in apart(rig):
        return LocalHost(name)
    try:
        processes = HostProcesses.over_ssh(rig.model_copy(update={"hosts": {name: rig.hosts[name]}}))
    except RigError as error:
        return error
    stack.callback(processes.end)
    return processes.hosts[name]


def _simulated(rig: Rig, twinned: Twinned, stack: contextlib.ExitStack) -> dict[str, Host | RigError]:
    # Wiring that is refused is looked at too: nobody drives it.
    processes = HostProcesses.beside(rig)  # before the simulator is loaded here, see hil.bench.open_twin
    from hil.bench import twins

    twin = twins.open_twin(rig, twinned.seed, twinned.overrides, processes)
    stack.callback(twin.close)
    processes.await_all()
    here = dict(twin.hosts)
    return {name: processes.hosts.get(name) or here[name] for name in rig.hosts}
