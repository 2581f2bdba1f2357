"""The supplies of simulated hosts: switched by a command, or by a relay on a pin; who loses it has booted anew when it returns.

The simulated processes of a host are those of the harness, so they live on; what a boot changes on a host is changed: its boot id, and
kernel settings that are only in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hil.completed import Completed
from hil.rig.spec import TwinSpec
from hil.sim.world import World

HIGH_V = 2.0
_TOPIC = "supply"


class Restarts(Protocol):
    """A host as its supply sees it."""

    def restart(self) -> None:
        """It boots anew."""


class Watches(Protocol):
    """The wires, as a relay's coil sees them."""

    def watch(self, pin: str, watcher: Any) -> None:
        """Have `watcher(t_ns, volts)` called at every change."""


class Supplies:
    """Of every host of a rig; those of other processes hear of theirs."""

    def __init__(self, world: World, wires: Watches, spec: TwinSpec, hosts: Mapping[str, Restarts]) -> None:
        """`hosts`: those in this process."""
        self._world, self._hosts = world, hosts
        self.on = {host.name: True for host in spec.hosts}
        world.exchange.hear(_TOPIC, lambda said: self._set(*said))
        for host in spec.hosts:
            if host.relay:
                wires.watch(host.relay, lambda _t_ns, volts, name=host.name: self._set(name, volts > HIGH_V))

    def command(self, name: str, argv: Sequence[str]) -> Completed:
        """Run the rig's power command for a host: its last word that is on or off counts."""
        words = [word for word in " ".join(argv).replace("=", " ").split() if word in ("on", "off")]
        if not words:
            return Completed(stderr=f"{argv[0]}: on or off?\n", returncode=2)
        self._set(name, words[-1] == "on")
        self._world.exchange.tell(_TOPIC, (name, words[-1] == "on"))
        return Completed()

    def _set(self, name: str, on: bool) -> None:
        before, self.on[name] = self.on[name], on
        if on and not before and name in self._hosts:
            self._hosts[name].restart()
