"""The cooperative executive: exactly one participant runs at a time, and time moves only when all of them wait.

Whoever waits drives. The thread that parks looks, in this order, for a participant whose wait is over (longest parked
first), for deliveries that are ready now (`serve`), and for the next event of the agenda; whatever it finds, it does,
on its own stack, so that a program with one thread never switches threads. The right to run is a baton (`hil.sim.baton`).

A participant in a real system call (a socket, a subprocess) is taken for outside by `supervision`; as long as somebody
is outside, or waits for a file descriptor of the real world, simulated time keeps pace with real time, because whatever
that somebody waits for does. If nobody but service threads is left to wait, time stands still.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from hil.sim import blame
from hil.sim.agenda import Agenda
from hil.sim.baton import Baton, Predicate
from hil.sim.participant import Participant, SimDeadlock

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gate(Protocol):
    """Keeps the world of one process from running ahead of the others'."""

    def hold(self, target_ns: int | None) -> bool:
        """Whether time may not move to `target_ns` (None: nothing is due) yet; returns once it is worth looking again."""


UNNOTICED_EVENTS = 500_000  # 35 minutes of a 120 Hz camera that nobody listens to, computed in some 15 s


class Executive(Baton):
    """The participants of one world, and how its time moves."""

    def __init__(self, agenda: Agenda, stuck_after_s: float = 30.0) -> None:
        """Threads that exist already, but for the caller's, stay foreign: they live in real time."""
        super().__init__(agenda, stuck_after_s)
        self._services: tuple[Callable[[], bool], ...] = ()
        self.gate: Gate | None = None
        """Who else decides when time moves: the link to other processes of the same twin."""
        self.limit_ns: int | None = None
        """While an event happens: the earliest deadline of anybody who waits."""
        self.called: tuple[Participant, Callable[[], object]] | None = None
        """Something that one participant has to do before time moves on, whatever he waits for."""
        self._unnoticed = 0

    # -- waiting

    def wait(self, predicate: Predicate, deadline_ns: int | None = None, what: str = "something", *, paced: bool = False) -> bool:
        """Park the calling thread until `predicate()` is true (True) or true time reaches the deadline (False).

        `predicate` is called by whichever thread drives; if it has a side effect, that happens once, for this wait.
        `paced`: what is waited for may come from the real world, so time must not run ahead of it.
        """
        me = self._holder
        if me is None or me.ident != get_ident():
            entered = self._enter()
            if entered is None:
                return self.pace.wait_outside(predicate, deadline_ns)
            me = entered
        me.beats += 1
        self._unnoticed = 0
        if not paced:
            return bool(predicate()) or self._drive(me, predicate, deadline_ns, what)
        with self.pace.kept():
            return bool(predicate()) or self._drive(me, predicate, deadline_ns, what)

    def _drive(self, me: Participant, predicate: Predicate, deadline_ns: int | None, what: str) -> bool:
        parked = self.parked
        while not self.pace.over:
            if self.called is not None:
                who, act = self.called
                if who is me:
                    self.called = None
                    act()
                elif who in parked:
                    me.park(predicate, deadline_ns, what)
                    who.outcome = None
                    outcome = self._pass_on(me, who)
                    if outcome is not None:
                        return outcome
                    continue
            kept = self.pace.kept_by  # before it is looked who is ready: whoever comes back inside after that has not been seen
            if parked:
                ready = self._ready()
                if ready is not None:
                    me.park(predicate, deadline_ns, what)
                    outcome = self._pass_on(me, ready)
                    if outcome is not None:
                        return outcome
                    continue
            if predicate():
                return True
            for service in self._services:
                if service():
                    break
            else:
                outcome = self._advance(me, predicate, deadline_ns, what, kept)
                if outcome is not None:
                    return outcome
        return self.pace.wait_outside(predicate, deadline_ns)

    def _advance(self, me: Participant, predicate: Predicate, deadline_ns: int | None, what: str, kept: int) -> bool | None:
        """Let the next thing happen; None to look again, or the outcome of my wait if the baton came back with one."""
        agenda = self._agenda
        due_ns, limit_ns = agenda.next_due_ns(), deadline_ns
        for one in self.parked:
            if one.deadline_ns is not None and (limit_ns is None or one.deadline_ns < limit_ns):
                limit_ns = one.deadline_ns
        event_first = due_ns is not None and (limit_ns is None or due_ns <= limit_ns)
        target_ns = due_ns if event_first else limit_ns
        if self.gate is not None and self.gate.hold(target_ns):
            return None
        if kept and self.pace.hold(target_ns):
            return None
        if event_first:
            if limit_ns is None and self.gate is None and not kept:
                self._unnoticed += 1
                if self._unnoticed > UNNOTICED_EVENTS:
                    me.park(predicate, deadline_ns, what)
                    return self._deadlock(me, "only devices move, and nobody is left to notice")
            self.limit_ns = limit_ns
            agenda.step()
        elif limit_ns is not None:
            agenda.now_ns = max(limit_ns, agenda.now_ns)
            return self._expire(me, predicate, deadline_ns, what)
        elif not self.pace.idle(self.stuck_after_s if self._strangers() else 0.0, (me, me.beats)):
            me.park(predicate, deadline_ns, what)
            return self._deadlock(me, "everybody waits and nothing is due")
        return None

    def _expire(self, me: Participant, predicate: Predicate, deadline_ns: int | None, what: str) -> bool | None:
        """A deadline has come, after everything else that was due: tell whoever has waited longest."""
        now_ns = self._agenda.now_ns
        for one in self.parked:
            if one.deadline_ns is not None and one.deadline_ns <= now_ns:
                one.outcome = False
                me.park(predicate, deadline_ns, what)
                return self._pass_on(me, one)
        return False

    @contextmanager
    def outside(self) -> Iterator[None]:
        """For a wait in the real world that is known to be one: time keeps pace with it meanwhile, and cameras go on.

        Unlike a blocked system call that `supervision` finds out, this has services driven too, if nobody else is there.
        """
        me = self._enter()
        if me is None:
            yield
            return
        with self._mutex:
            me.outside = True
            self.pace.keep()
            self._have_driven()
            if self._holder is None and self.parked:
                service = self._holder = self.parked.pop(0)
                service.outcome = None
                self._give_baton(service)
        try:
            yield
        finally:
            self._enter()

    def serve(self, deliver: Callable[[], bool]) -> None:
        """Have `deliver()` called whenever all wait, before time moves; it returns whether it did anything."""
        self._services = (*self._services, deliver)

    def dissolve(self, released: Mapping[Participant, BaseException | None]) -> None:
        """The world is over. Of those who wait, the released ones go on in real time, or with an error; the others never do."""
        with self._mutex:
            self.pace.end()
            self._holder = self._suspect = None
            for one, error in released.items():
                if one in self.parked:
                    self.parked.remove(one)
                    one.outcome = error
                    one.gate.release()

    def close(self) -> None:
        """Stop supervising; called when the world is torn down."""
        self._supervisor.stop()

    # -- when nothing is left

    def _strangers(self) -> bool:
        """Whether a thread of the real world, started during this run, may yet end somebody's wait."""
        known = self.members.keys() | self._older | {self._supervisor.ident}
        return bool(set(sys._current_frames()) - known)  # noqa: SLF001

    def _deadlock(self, me: Participant, why: str) -> bool | None:
        self._unnoticed = 0
        waiting = [one for one in (me, *self.parked) if not one.service]
        waiting.sort(key=list(self.members.values()).index)
        victim = min(waiting or [me], key=lambda one: one.patient)
        error = SimDeadlock(
            f"this wait would never end: {why}",
            "\n         ".join(blame.lines(waiting or [me])),
            "a real rig would hang here too; start what is waited for, or give the wait a timeout",
            where=victim.name,
        )
        if victim is me:
            raise error
        victim.outcome = error
        return self._pass_on(me, victim)

    @contextmanager
    def patience(self) -> Iterator[None]:
        """For a wait for everybody else (at exit): in a deadlock the others are told first."""
        me = self.members.get(get_ident())
        if me is not None:
            me.patient = True
        yield
        if me is not None:
            me.patient = False
