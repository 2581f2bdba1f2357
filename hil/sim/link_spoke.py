"""The spoke: a host process's end of the link. It keeps this process's world from running ahead of the others.

Once the hub has let go of it, it goes on alone, so that a host that nobody calls any more leaves its devices safe in its own time.
"""

from __future__ import annotations

import _thread
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from hil.sim.exchange import Hearers, Told, told
from hil.sim.link import STUCK_AFTER_S, Connection, Count, Grant, LinkEnded, Report
from hil.sim.world import World


class Spoke(Hearers):
    """The gate of this world's executive, and its exchange."""

    def __init__(self, world: World, name: str, path: Path, *, called: bool = False, at_end: Callable[[], object] | None = None) -> None:
        """`name`: the host's; `path`: where the hub listens; `called`: there is an agent, which says when no calls come any more.

        `at_end`: called last, where this process has outlived its hub.
        """
        super().__init__()
        self._world, self._path, self._at_end = world, path, at_end
        self._connection = Connection.to(path)
        self._hub_ends = self._connection.watch_peer()
        self._connection.send(name, os.getpid())
        self._told: list[Told] = []
        self._upto_ns = -1
        self._replies = 0
        self._calls = Count()
        self._called, self._alone = called, False
        self._called_no_more = _thread.allocate_lock()
        self._called_no_more.acquire()
        world.executive.gate = self
        world.exchange = self

    def hold(self, target_ns: int | None) -> bool:
        """Whether something else came first: the world may not move to `target_ns` (None: nothing is due) by itself."""
        if self._alone or (target_ns is not None and target_ns <= self._upto_ns):
            return False
        executive = self._world.executive
        executive.away = True
        try:
            grant = self._report(target_ns)
        except LinkEnded:
            self._go_on_alone()
            return True
        finally:
            executive.away = False
        self._world.now_ns = max(self._world.now_ns, grant.now_ns)
        self._upto_ns = grant.upto_ns
        for one in grant.told:
            self.pass_on(one)
        return True

    def _report(self, due_ns: int | None) -> Grant:
        report = Report(self._world.now_ns, due_ns, self._replies, self._told)
        self._told = []
        self._connection.send(report.now_ns, report.due_ns, report.replies, report.told)
        grant = Grant(*self._connection.receive())
        if not self._calls.await_all(grant.calls, STUCK_AFTER_S):
            raise LinkEnded
        return grant

    def _go_on_alone(self) -> None:
        """The hub has let go: nothing here moves until it is known that nobody will call either."""
        self._alone = True
        if not self._called or not self._called_no_more.acquire(timeout=STUCK_AFTER_S):
            self.leave()

    def leave(self) -> NoReturn:
        """End this process at once: nobody is left to whom anything here could matter."""
        try:
            if self._at_end is not None and self._path.exists() and self._hub_ends():
                self._at_end()
        finally:
            os._exit(0)

    # -- what the world's devices use

    def tell(self, topic: str, payload: Any) -> None:
        """Tell all other processes, now."""
        self._told.append(told(topic, payload))
        self._upto_ns = -1

    # -- what the agent uses

    def ended(self) -> None:
        """No call will come any more; told by the thread that receives them."""
        self._calls.no_more()
        self._called_no_more.release()

    def came(self) -> None:
        """A call has come; told by the thread that receives them."""
        self._calls.one_more()

    def answered(self) -> None:
        """An answer was sent: its receiver acts before anything else happens here."""
        self._replies += 1
        self._upto_ns = -1
