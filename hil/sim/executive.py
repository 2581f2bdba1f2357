"""The cooperative executive: exactly one participant runs at a time, and time moves only when all of them wait.

Whoever waits drives. The thread that parks looks, in this order, for a participant whose wait is over (longest parked
first), for deliveries that are ready now (`serve`), and for the next event of the agenda; whatever it finds, it does,
on its own stack, so that a program with one thread never switches threads. The right to run is a baton (`_holder`).

A participant in a real system call (a socket, a subprocess) is taken for outside by `supervision`; as long as somebody
is outside, or waits for a file descriptor of the real world, simulated time keeps pace with real time, because whatever
that somebody waits for does. If nobody but service threads is left to wait, time stands still.
"""

from __future__ import annotations

import _thread
import sys
import threading
from _thread import get_ident
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from hil.sim import blame
from hil.sim.agenda import Agenda
from hil.sim.pace import Pace
from hil.sim.participant import Participant, SimDeadlock, SimStuck, always
from hil.sim.supervision import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator

Predicate = Callable[[], object]


class Gate(Protocol):
    """Keeps the world of one process from running ahead of the others'."""

    def hold(self, target_ns: int | None) -> bool:
        """Whether time may not move to `target_ns` (None: nothing is due) yet; returns once it is worth looking again."""


UNNOTICED_EVENTS = 500_000  # 35 minutes of a 120 Hz camera that nobody listens to, computed in some 15 s


class Executive:
    """The participants of one world and the baton that passes between them."""

    def __init__(self, agenda: Agenda, stuck_after_s: float = 30.0) -> None:
        """Threads that exist already, but for the caller's, stay foreign: they live in real time."""
        self._agenda = agenda
        self.stuck_after_s = stuck_after_s
        self._holder: Participant | None = None
        self._suspect: Participant | None = None
        self._mutex = _thread.allocate_lock()
        self.parked: list[Participant] = []
        self.members: dict[int, Participant] = {}
        self.foreign: set[int] = set(sys._current_frames()) - {get_ident()}  # noqa: SLF001 - documented, and the only way
        self._older = frozenset(self.foreign)
        self._services: tuple[Callable[[], bool], ...] = ()
        self.pace = Pace(agenda)
        self.gate: Gate | None = None
        """Who else decides when time moves: the link to other processes of the same twin."""
        self.limit_ns: int | None = None
        """While an event happens: the earliest deadline of anybody who waits."""
        self.away = False
        """Whether the holder of the baton waits for another process of the twin."""
        self._unnoticed = 0
        self._supervisor = Supervisor(self)

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
        while True:
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
                outcome = self._advance(me, predicate, deadline_ns, what)
                if outcome is not None:
                    return outcome

    def _ready(self) -> Participant | None:
        for one in self.parked:
            if one.predicate():
                one.outcome = True
                return one
        return None

    def _advance(self, me: Participant, predicate: Predicate, deadline_ns: int | None, what: str) -> bool | None:
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
        if self.pace.kept_by and self.pace.hold(target_ns):
            return None
        if event_first:
            if limit_ns is None and self.gate is None:
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

    # -- the baton

    def _pass_on(self, me: Participant, other: Participant) -> bool | None:
        """Hand the baton to `other`, park, and return once it is back: with the outcome of my wait, or None to drive on."""
        with self._mutex:
            self.parked.remove(other)
            self.parked.append(me)
            self._holder = other
        other.gate.release()
        return self._await_turn(me)

    def _await_turn(self, me: Participant) -> bool | None:
        try:
            me.gate.acquire()
        except BaseException:  # Ctrl-C, which Python raises in the main thread: still, one runs at a time
            me.park(always, None, "its turn to raise an interrupt")
            self.pace.ring()
            me.gate.acquire()
            raise
        if isinstance(me.outcome, BaseException):
            raise me.outcome
        return me.outcome

    def _enter(self) -> Participant | None:
        """The calling thread as holder of the baton: waits for it if need be; None for a foreign thread."""
        ident = get_ident()
        me = self.members.get(ident)
        if me is None:
            if ident in self.foreign:
                return None
            me = self._adopt()
        with self._mutex:
            if self._suspect is me:
                self._suspect, self._holder = None, me
                return me
            if self._holder is me:
                return me
            free = self._holder is None and self._suspect is None
            if free:
                self._holder = me
            else:
                me.park(always, None, "its turn")
                self.parked.append(me)
            self._back_inside(me)
        if not free:
            self.pace.ring()
            self._await_turn(me)
        return me

    def _back_inside(self, me: Participant) -> None:
        if me.outside:
            me.outside = False
            self.pace.release()

    # -- who takes part

    def enrol(self, name: str, *, service: bool = False) -> Participant:
        """Announce a thread that is about to start: from now on time waits for it, and its turn comes after those who wait."""
        if self.members.get(get_ident()) is None and get_ident() not in self.foreign:
            self._enter()
        newcomer = Participant(name, service=service)
        newcomer.park(always, None, "its first turn")
        with self._mutex:
            free = self._holder is None and self._suspect is None
            if free:
                self._holder = newcomer
            else:
                self.parked.append(newcomer)
        if free:
            newcomer.gate.release()
        return newcomer

    def begin(self, me: Participant) -> None:
        """Called by the announced thread itself: it becomes a member and waits for its first turn."""
        me.ident, me.native_id = get_ident(), threading.get_native_id()
        self.foreign.discard(me.ident)
        self.members[me.ident] = me
        if sum(not one.service for one in list(self.members.values())) > 1:
            self._supervisor.start()
        self._await_turn(me)

    def withdraw(self, me: Participant) -> None:
        """Take back an announcement: the thread could not be started."""
        with self._mutex:
            if me in self.parked:
                self.parked.remove(me)

    def leave(self) -> None:
        """Called by a thread that ends: whoever is next gets the baton."""
        with self._mutex:
            me = self.members.pop(get_ident(), None)
            if me is not None:
                self._back_inside(me)
            held = me is not None and self._holder is me
            if self._suspect is me:
                held, self._suspect = True, None
        if held:
            self.appoint_driver()

    def _adopt(self) -> Participant:
        me = Participant(threading.current_thread().name)
        me.ident, me.native_id = get_ident(), threading.get_native_id()
        self.members[me.ident] = me
        return me

    def knows(self, ident: int) -> bool:
        """Whether the thread takes part (a foreign thread or one never seen does not)."""
        return ident in self.members

    def appoint_driver(self) -> None:
        """Give the baton to somebody whose wait is over, else to somebody to drive; nobody, if only services are left."""
        ready = self._ready()
        with self._mutex:
            chosen = ready or next((one for one in self.parked if not one.service), None)
            self._holder = chosen
            if chosen is None:
                return
            self.parked.remove(chosen)
            if ready is None:
                chosen.outcome = None
        chosen.gate.release()

    def serve(self, deliver: Callable[[], bool]) -> None:
        """Have `deliver()` called whenever all wait, before time moves; it returns whether it did anything."""
        self._services = (*self._services, deliver)

    def close(self) -> None:
        """Stop supervising; called when the world is torn down."""
        self._supervisor.stop()

    # -- what supervision does

    def holder_to_watch(self) -> Participant | None:
        """Who holds the baton while at least one thread that is no service waits for its turn."""
        return self._holder if not self.away and any(not one.service for one in list(self.parked)) else None

    def suspect(self, holder: Participant, still: Callable[[], bool]) -> None:
        """Take the baton from a holder that is blocked outside, proven by `still()` after it can no longer act unseen."""
        with self._mutex:
            if self._holder is not holder:
                return
            self._holder, self._suspect = None, holder
        blocked = still()
        with self._mutex:
            if self._suspect is not holder:
                return
            self._suspect = None
            if not blocked:
                self._holder = holder
                return
            holder.outside = True
            self.pace.keep()
        self.appoint_driver()

    def give_up_on(self, holder: Participant, error: SimStuck) -> None:
        """Raise `error` in the thread that has waited longest, and let the world go on without the holder."""
        with self._mutex:
            victim = next((one for one in self.parked if not one.service), None)
            if self._holder is not holder or victim is None:
                return
            holder.outside = True
            self.pace.keep()
            self.parked.remove(victim)
            self._holder, victim.outcome = victim, error
        victim.gate.release()

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
