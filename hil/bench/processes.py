"""The host processes of a rig: one for each Pi that is reached over ssh, on it on the bench, beside this process in the twin.

All are execnet gateways, and the same agent serves in them. On the bench it finds the Pi it runs on, with code that was shipped
there; in the twin it finds a simulated one, whose world is linked to this process's.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import execnet

from hil.bench import programs, ssh
from hil.bench.shipment import deliver
from hil.drivers.agent import ABANDONED_S, ALIVE_EVERY_S
from hil.drivers.remote import SILENCE_S, RemoteHost
from hil.errors import RigError, RigFaults
from hil.rig import Rig

if TYPE_CHECKING:
    from hil.sim.twin import Twin

END_WITHIN_S = 10.0
"""Real time that a process has to leave its Pi safe and end, when its controlling process is done with it; in the twin, less."""

AT_ONCE = 8
"""Pis that are connected to at the same time: one that is off takes seconds to be given up."""


def apart(rig: Rig) -> list[str]:
    """The hosts whose devices are in processes of their own."""
    return [name for name, host in rig.hosts.items() if host.connect != "local"]


def _address(rig: Rig, name: str) -> str:
    return rig.hosts[name].connect.removeprefix("ssh:")


class HostProcesses:
    """The host processes of one rig."""

    def __init__(self) -> None:
        """None is started yet."""
        self._group = execnet.Group()
        self._gateways: dict[str, Any] = {}
        self._channels: dict[str, Any] = {}
        self.hosts: dict[str, RemoteHost] = {}
        self._end_within_s = END_WITHIN_S
        self._await: Callable[[], None] = lambda: None

    # -- on the bench -------------------------------------------------------------------------------------------------

    @classmethod
    def over_ssh(cls, rig: Rig) -> HostProcesses:
        """Started on the Pis themselves. RigError, or RigFaults, for those that do not answer."""
        processes, refused = cls.reaching(rig)
        if refused:
            processes.end()
            faults = tuple(refused.values())
            raise faults[0] if len(faults) == 1 else RigFaults(faults)
        return processes

    @classmethod
    def reaching(cls, rig: Rig) -> tuple[HostProcesses, dict[str, RigError]]:
        """Started on those that answer, all asked at once; and by name, why the others do not."""
        processes, names = cls(), apart(rig)
        try:
            if len(names) > 1:
                with ThreadPoolExecutor(AT_ONCE) as threads:
                    errors = list(threads.map(partial(processes._reached, rig), names))
            else:
                errors = [processes._reached(rig, name) for name in names]  # here Ctrl-C is heard at once
        except BaseException:
            processes.end()
            raise
        processes.hosts = {name: processes.hosts[name] for name in names if name in processes.hosts}
        return processes, {name: error for name, error in zip(names, errors, strict=True) if error is not None}

    def _reached(self, rig: Rig, name: str) -> RigError | None:
        try:
            self._reach(rig, name)
        except RigError as error:
            return error
        return None

    def _reach(self, rig: Rig, name: str) -> None:
        gateway = self._gateways[name] = ssh.gateway(self._group, name, _address(rig, name), ssh.config(ssh.CONFIG))
        serving = programs.landing_text(programs.real_host, name=name, alive_every_s=ALIVE_EVERY_S, silence_s=ABANDONED_S)
        channel = deliver(gateway, serving, name)
        why = partial(self._why, name, channel)
        self.hosts[name] = RemoteHost(name, channel, alive_every_s=ALIVE_EVERY_S, silence_s=SILENCE_S, why=why)

    def again(self, rig: Rig, name: str) -> RemoteHost:
        """The process of a host that has rebooted, started anew. RigError while it does not answer."""
        with contextlib.suppress(Exception):
            self._gateways.pop(name).exit()
        self._reach(rig, name)
        return self.hosts[name]

    # -- in the twin --------------------------------------------------------------------------------------------------

    @classmethod
    def beside(cls, rig: Rig, order: Sequence[str] = ()) -> HostProcesses:
        """Started on this machine, in `order` if not the rig's, waiting for `join`; through ssh, if the environment says so."""
        processes = cls()
        processes._end_within_s = 2.0
        through, here = ssh.config(ssh.TWIN), {"path": list(sys.path)}
        try:
            for name in order or apart(rig):
                if through is None:
                    gateway = processes._gateways[name] = processes._group.makegateway(f"popen//id={name}")
                    processes._channels[name] = gateway.remote_exec(programs.text(programs.twin_host, name=name, **here))
                else:
                    processes._reach_here(rig, name, through, here)
        except BaseException:
            processes.end()
            raise
        return processes

    def _reach_here(self, rig: Rig, name: str, through: str, here: dict[str, list[str]]) -> None:
        gateway = self._gateways[name] = ssh.gateway(self._group, name, _address(rig, name), through, sys.executable)
        simulator = str(Path(__file__).resolve().parents[1])
        serving = programs.landing_text(programs.twin_host, name=name, simulator=simulator, **here)
        self._channels[name] = deliver(gateway, serving, name)

    def join(self, twin: Twin) -> None:
        """Give each its host of `twin`; they get ready side by side."""
        assert twin.hub is not None
        hub, spec = twin.hub, pickle.dumps(twin.spec)
        for name, channel in self._channels.items():
            channel.send((spec, twin.seed, str(twin.folder)))
            self.hosts[name] = RemoteHost(name, channel, counter=hub, why=partial(self._why, name, channel))
        hub.on_end = lambda name, error: self.hosts[name].end(error)
        self._await = lambda: hub.await_all(self._check)

    # -- both ---------------------------------------------------------------------------------------------------------

    def await_all(self) -> None:
        """Return once all are there. RigError names one that ended instead."""
        self._await()

    def _check(self) -> None:
        for host in self.hosts.values():
            host.check()

    def _why(self, name: str, channel: Any) -> RigError:
        """What is known of the end of a process."""
        error = channel._getremoteerror()  # noqa: SLF001 - execnet shows it only to a thread that would wait for it
        said = "its process ended, or the connection to it did"
        if isinstance(error, execnet.RemoteError):
            said = error.formatted.strip().splitlines()[-1]
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = _process(self._gateways[name]).wait(1.0)
                lost = ssh.lost(name, status)
                if lost is not None:
                    return lost
                said = ssh.ending(status)
        hint = "what it said last is in the log, with its name before each line"
        return RigError(f"host {name} is gone", said, hint, where=name, cause="host process ended")

    def end(self) -> None:
        """End them all; those that do not want to are killed."""
        for gateway in self._gateways.values():
            with contextlib.suppress(Exception):
                gateway.exit()
        for gateway in self._gateways.values():
            process = _process(gateway)
            try:
                process.wait(self._end_within_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            gateway.join(self._end_within_s)
        self._gateways.clear()


def _process(gateway: Any) -> subprocess.Popen[bytes]:
    """The Python of a popen gateway, the ssh of one that is reached through it."""
    process: subprocess.Popen[bytes] = gateway._io.popen  # noqa: SLF001 - execnet has no public way to its process
    return process
