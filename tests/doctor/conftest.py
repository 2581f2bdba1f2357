"""Doctor on simulated hosts without a world: files and tools are all it looks at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil.doctor import Examination, examine, look_around
from hil.drivers.host import Host
from hil.rig import load, twin_spec
from hil.sim.host import SimHost
from hil.sim.pico.device import serial_number


class StillClock:
    """A clock that never moves: nothing here waits."""

    def now_ns(self) -> int:
        return 0

    def sleep(self, seconds: float) -> None:
        raise AssertionError("doctor sleeps")


@pytest.fixture
def hosts(tmp_path: Path) -> Callable[..., dict[str, Host]]:
    """The simulated hosts of a shipped rig, with what `--set` changes."""

    def build(rig: str, *changes: str) -> dict[str, Host]:
        spec = twin_spec(load(rig), changes)
        folder = tmp_path / f"{spec.rig}{len(list(tmp_path.iterdir()))}"
        made: dict[str, Host] = {}
        for host in spec.hosts:
            root = folder / host.name
            root.mkdir(parents=True)
            picos = [(pico, serial_number(0, pico)) for pico in spec.picos if pico.host == host.name]
            made[host.name] = SimHost(host, spec.cameras_on(host.name), root, StillClock(), picos)
        return made

    return build


@pytest.fixture
def doctor(hosts: Callable[..., dict[str, Host]]) -> Callable[..., Examination]:
    """`doctor("hq-pair", "hosts.pi-a.cma_mb=64")`: what it finds on the twin."""
    return lambda rig, *changes: examine(load(rig), hosts(rig, *changes))


@pytest.fixture
def around(hosts: Callable[..., dict[str, Host]]) -> Callable[..., Examination]:
    """What it finds on the first host of a rig that it is not told of."""
    return lambda rig, *changes: look_around(next(iter(hosts(rig, *changes).values())))
