"""The hub: the controlling process's end of the link. It decides whose turn it is."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.sim.agenda import Event
from hil.sim.exchange import Hearers, Told, told
from hil.sim.link import FAR_NS, LINK, STUCK_AFTER_S, Connection, Count, LinkEnded, Report
from hil.sim.participant import SimStuck
from hil.sim.supervision import unserved_s
from hil.sim.world import World

LOOK_S = 0.05
"""How often, while host processes start, it is looked whether they still live."""

ENOUGH = 0.1
"""Part of its time that a process must have waited for a processor, to be given that much more."""


@dataclass
class Remote:
    """A host process as the hub sees it."""

    name: str
    connection: Connection | None = None
    """None before it has called, and after it has ended."""
    pid: int = 0
    running: bool = False
    """Whether it was let go and has not reported."""
    turn: Event | None = None
    """When something is next due there."""
    outbox: list[Told] = field(default_factory=list)
    calls: int = 0
    calls_told: int = 0
    """Of `calls`, those it knows of."""
    replies: Count = field(default_factory=Count)


class Hub(Hearers):
    """Lets the processes of one twin go, one after the other, in the order of what is due; the exchange of the hub's world."""

    def __init__(self, world: World, folder: Path, names: Sequence[str], stuck_after_s: float = STUCK_AFTER_S) -> None:
        """`folder`: where the socket is; `names`: of the host processes, in the rig's order; `stuck_after_s`: real time."""
        super().__init__()
        self._world, self._stuck_after_s = world, stuck_after_s
        self._remotes = {name: Remote(name) for name in names}
        self.path = folder / LINK
        """Where host processes find the hub."""
        self.on_end: Callable[[str, SimStuck | None], None] = lambda _name, _error: None
        """Called when a host process has ended, or was given up with an error that says so."""
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._door.bind(str(self.path))
        self._door.listen(len(self._remotes))
        world.exchange = self

    def await_all(self, check: Callable[[], None]) -> None:
        """Wait in real time until every host process has called. `check()` raises if one of them is gone meanwhile."""
        self._door.settimeout(LOOK_S)
        waited_s = 0.0
        while missing := [one.name for one in self._remotes.values() if one.connection is None]:
            try:
                sock, _ = self._door.accept()
            except TimeoutError:
                check()
                waited_s += LOOK_S
                if waited_s >= self._stuck_after_s:
                    raise self._stuck(missing[0]) from None
                continue
            self._welcome(Connection(sock))

    def _welcome(self, connection: Connection) -> None:
        name, pid = connection.receive(self._stuck_after_s)
        remote = self._remotes[name]
        remote.connection, remote.pid, remote.running = connection, pid, True
        self._turn_at(remote, self._world.now_ns)

    # -- whose turn it is

    def _turn_at(self, remote: Remote, t_ns: int | None) -> None:
        """The remote's turn is at `t_ns`; None: when somebody tells it something or calls it."""
        if remote.turn is not None:
            self._world.cancel(remote.turn)
            remote.turn = None
        if t_ns is not None and remote.connection is not None:
            remote.turn = self._world.at(t_ns, self._take_turn, remote)

    def _take_turn(self, remote: Remote) -> None:
        remote.turn = None
        try:
            if not remote.running:
                self._let_go(remote)
            report = self._report(remote)
        except (LinkEnded, TimeoutError) as error:
            self._end(remote, self._stuck(remote.name) if isinstance(error, TimeoutError) else None)
            return
        except BaseException:  # Ctrl-C: its report is still to come
            self._turn_at(remote, self._world.now_ns)
            raise
        self._world.now_ns = max(self._world.now_ns, report.now_ns)
        self._turn_at(remote, self._world.now_ns if remote.outbox or remote.calls > remote.calls_told else report.due_ns)
        for one in report.told:
            self._spread(one, but=remote)
            self.pass_on(one)

    def _let_go(self, remote: Remote) -> None:
        """Let it go up to what is due elsewhere; those due at this very instant go at the same time, up to it."""
        now_ns = self._world.now_ns
        others = [one for one in self._remotes.values() if one.turn is not None and one.turn.t_ns <= now_ns and not one.running]
        self._grant(remote, now_ns if others else max(self._horizon_ns() - 1, now_ns))
        for one in others:
            try:
                self._grant(one, now_ns)
            except LinkEnded:  # it is that one's end, not the end of the one whose turn it is
                self._end(one, None)

    def _horizon_ns(self) -> int:
        """When something is next due anywhere else, or somebody's patience here ends."""
        due_ns, limit_ns = self._world.next_due_ns(), self._world.executive.limit_ns
        return min(FAR_NS if due_ns is None else due_ns, FAR_NS if limit_ns is None else limit_ns)

    def _grant(self, remote: Remote, upto_ns: int) -> None:
        assert remote.connection is not None
        outbox, remote.outbox, remote.calls_told = remote.outbox, [], remote.calls
        remote.connection.send(self._world.now_ns, upto_ns, remote.calls, outbox)
        remote.running = True

    def _report(self, remote: Remote) -> Report:
        assert remote.connection is not None
        executive = self._world.executive
        executive.away = True
        try:
            report = Report(*self._next(remote, remote.connection))
            if not remote.replies.await_all(report.replies, self._stuck_after_s):
                raise TimeoutError
        finally:
            executive.away = False
        remote.running = False
        return report

    def _next(self, remote: Remote, connection: Connection) -> tuple[Any, ...]:
        """Its next message. TimeoutError once it has had its time; what it waited for a processor of a loaded machine does not count."""
        with contextlib.suppress(TimeoutError):
            return connection.receive(ENOUGH * self._stuck_after_s)
        left_s, before = (1.0 - ENOUGH) * self._stuck_after_s, unserved_s(remote.pid)
        while True:
            try:
                return connection.receive(left_s)
            except TimeoutError:
                now = unserved_s(remote.pid)
                left_s = max((waited_s - before.get(task, 0.0) for task, waited_s in now.items()), default=0.0)
                if left_s < ENOUGH * self._stuck_after_s:
                    raise
                before = now

    # -- the end of a process

    def _end(self, remote: Remote, error: SimStuck | None) -> None:
        if remote.connection is not None:
            remote.connection.close()
            remote.connection = None
        remote.running = False
        self._turn_at(remote, None)
        self.on_end(remote.name, error)

    def _stuck(self, name: str) -> SimStuck:
        return SimStuck(
            f"host {name} has not waited once in {self._stuck_after_s:g} s of real time, and the simulated world waits for it",
            "its process is there, and computes or is stopped",
            "a loop that polls must sleep a little: simulated time passes only while everybody waits",
            where=name,
        )

    def close(self) -> None:
        """Close all connections: host processes end when they find out."""
        for remote in self._remotes.values():
            if remote.connection is not None:
                remote.connection.close()
                remote.connection = None
            self._turn_at(remote, None)
        self._door.close()

    # -- what the world's devices use

    def tell(self, topic: str, payload: Any) -> None:
        """Tell all host processes, now."""
        self._spread(told(topic, payload))

    def _spread(self, one: Told, but: Remote | None = None) -> None:
        for remote in self._remotes.values():
            if remote is not but and remote.connection is not None:
                remote.outbox.append(one)
                self._turn_at(remote, self._world.now_ns)

    # -- what the callers of host processes use

    def called(self, name: str) -> None:
        """A call was sent to that host process."""
        remote = self._remotes[name]
        remote.calls += 1
        self._turn_at(remote, self._world.now_ns)

    def heard(self, name: str) -> None:
        """An answer of that host process has come; told by the thread that receives them."""
        self._remotes[name].replies.one_more()

    def gone(self, name: str) -> None:
        """Nothing more will come from that host process; told by the thread that receives."""
        remote = self._remotes[name]
        remote.replies.no_more()
        if remote.connection is not None:
            remote.connection.abort()
