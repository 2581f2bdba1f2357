"""Where a rig is being built: the person there, its hosts and, once it is far enough, the open bench. Real, or the twin.

What is open is kept until the power goes or a host reboots; the next who asks opens it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from hil.bench import Bench, open_rig, open_twin
from hil.bench.processes import HostProcesses, apart
from hil.drivers.host import Host, LocalHost
from hil.drivers.person import Person
from hil.rig import Rig, twin_spec
from hil.rig.tasks import Plug, Power, Reboot, Solder
from hil.sim.person import SimPerson

if TYPE_CHECKING:
    from hil.bench.twins import RigTwin
    from hil.setup.steps import Act


class Site(Protocol):
    """What a walk through the steps needs."""

    person: Person

    def hosts(self) -> dict[str, Host]:
        """The Pis, reached. RigError for one that does not answer."""

    def bench(self) -> Bench:
        """The open rig. RigError, or RigFaults, for whatever is missing."""

    def done(self, acts: Iterable[Act]) -> None:
        """These were done to its hosts in an earlier session."""

    def close(self) -> None:
        """Close what is open, leaving it safe."""


class RealSite:
    """A bench."""

    def __init__(self, rig: Rig, person: Person) -> None:
        """`person`: who stands at it."""
        self.rig, self.person = rig, person
        self._processes: HostProcesses | None = None
        self._bench: Bench | None = None

    def hosts(self) -> dict[str, Host]:
        """The local machine, and a process on each of the others."""
        if self._bench is not None:
            return self._bench.hosts
        if self._processes is None and apart(self.rig):
            self._processes = HostProcesses.over_ssh(self.rig)
        far = self._processes.hosts if self._processes else {}
        return {name: far.get(name) or LocalHost(name) for name in self.rig.hosts}

    def bench(self) -> Bench:
        """The open rig."""
        if self._bench is None:
            self.close()
            self._bench = open_rig(self.rig)
        return self._bench

    def done(self, acts: Iterable[Act]) -> None:
        """The bench remembers."""

    def close(self) -> None:
        """Close the bench, and end what runs on the hosts."""
        if self._bench is not None:
            self._bench.close()
        if self._processes is not None:
            self._processes.end()
        self._bench = self._processes = None


class TwinSite:
    """The twin of a bench, with the person who stands at it. Its Pis come with a fresh config.txt."""

    def __init__(self, rig: Rig, seed: int, changes: Sequence[str], seen_as: Callable[[Person], Person] = lambda person: person) -> None:
        """`changes`: what is otherwise than the rig file says once all is built; `seen_as`: wraps the person, to show what is answered."""
        self.rig, self.seed, self._changes = rig, seed, tuple(changes)
        self._simulated = SimPerson(twin_spec(rig, changes), seed)
        self.person: Person = seen_as(self._simulated)
        self._twin: RigTwin | None = None
        self._bench: Bench | None = None

    def hosts(self) -> dict[str, Host]:
        """The simulated Pis."""
        if self._bench is not None:
            return self._bench.hosts
        twin = self._opened()
        twin.processes.await_all()
        return {name: twin.processes.hosts.get(name) or twin.hosts[name] for name in self.rig.hosts}

    def bench(self) -> Bench:
        """The open rig."""
        if self._bench is None:
            self._bench = open_rig(self.rig, twin=self._opened())
        return self._bench

    def _opened(self) -> RigTwin:
        from hil.bench.twins import RigTwin

        if self._twin is None:
            twin = open_twin(self.rig, self.seed, (*self._fresh(), *self._changes_now()))
            assert isinstance(twin, RigTwin)
            self._twin = self._simulated.twin = twin
        return self._twin

    def _fresh(self) -> list[str]:
        """Overlays that nobody has written yet, or no reboot has loaded, do not hold."""
        return [f"cameras.{name}.always_on=false" for name, camera in self.rig.cameras.items() if camera.always_on and self._is_fresh(name)]

    def _is_fresh(self, camera: str) -> bool:
        return self.rig.cameras[camera].host not in self._simulated.rebooted

    def _changes_now(self) -> list[str]:
        fresh = tuple(f"cameras.{name}.always_on" for name in self.rig.cameras if self._is_fresh(name))
        return [change for change in self._changes if change.partition("=")[0].strip() not in fresh]

    def done(self, acts: Iterable[Act]) -> None:
        """Have the person of the twin do them, unseen."""
        for act in acts:
            self._simulated.ask_ready(act)

    def built(self) -> None:
        """As if all had been done."""
        self.done([*(Solder(line.name) for line in self.rig.lines), Plug(), Reboot(tuple(self.rig.hosts))])

    def close(self) -> None:
        """Close the twin."""
        try:
            if self._bench is not None:
                self._bench.close()
        finally:
            if self._twin is not None:
                self._twin.close()
            self._bench = self._twin = self._simulated.twin = None


def closes(act: object) -> bool:
    """Whether what is open on the hosts ends with it."""
    return isinstance(act, (Power, Reboot))
