"""The baton: the right to run, which exactly one participant of a world has.

- Only its holder takes anybody out of `parked` or gives the baton away (`_give_baton`, under the mutex, which opens the gate of the
  new holder); the supervisor does so in its place, as long as the holder is a member and, for `suspect`, does not drive.
- It is free (no holder, no suspect) only while nobody but services is parked: then whoever comes takes it. Whoever comes else
  parks himself, under the mutex, with a wait that is over.
- Predicates are called by the holder alone: one that takes a lock takes it for whoever gets the baton next.
"""

from __future__ import annotations

import _thread
import sys
import threading
from _thread import get_ident
from collections.abc import Callable

from hil.sim import blame
from hil.sim.agenda import Agenda
from hil.sim.pace import Pace
from hil.sim.participant import Participant, SimStuck, always
from hil.sim.supervision import Supervisor, tasks

Predicate = Callable[[], object]


class Baton:
    """Who takes part in a world, and which one of them runs."""

    def __init__(self, agenda: Agenda, stuck_after_s: float) -> None:
        """Threads that exist already, but for the caller's, stay foreign: they live in real time."""
        self._agenda, self.stuck_after_s = agenda, stuck_after_s
        self._holder: Participant | None = None
        self._suspect: Participant | None = None
        self._mutex = _thread.allocate_lock()
        self.parked: list[Participant] = []
        self.members: dict[int, Participant] = {}
        self.foreign: set[int] = set(sys._current_frames()) - {get_ident()}  # noqa: SLF001 - documented, and the only way
        self._older = frozenset(self.foreign)
        self._older_tasks = tasks() - {threading.get_native_id()}  # one that has not run yet has no frame, but is there
        self.pace = Pace(agenda)
        self.away = False
        """Whether the holder of the baton waits for another process of the twin."""
        self._supervisor = Supervisor(self)

    def _drive(self, me: Participant, predicate: Predicate, deadline_ns: int | None, what: str) -> bool:
        raise NotImplementedError

    def _ready(self) -> Participant | None:
        for one in self.parked:
            if one.predicate():
                one.outcome = True
                return one
        return None

    # -- the baton

    def _pass_on(self, me: Participant, other: Participant) -> bool | None:
        """Hand the baton to `other`, park, and return once it is back: with the outcome of my wait, or None to drive on."""
        with self._mutex:
            self.parked.remove(other)
            self.parked.append(me)
            self._give_baton(other)
        return self._await_turn(me)

    def _give_baton(self, other: Participant) -> None:
        """Under the mutex: who holds the baton finds its gate open, and nobody else does."""
        self._holder = other
        other.gate.release()

    def _await_turn(self, me: Participant) -> bool | None:
        try:
            me.gate.acquire()
        except BaseException:  # Ctrl-C, which Python raises in the main thread: still, one runs at a time
            with self._mutex:
                mine = self._holder is me
                me.park(always, None, "its turn to raise an interrupt")
            self.pace.ring()
            me.gate.acquire(not mine)  # it may have been passed, open or not, before the interrupt was heard
            raise
        if isinstance(me.outcome, BaseException):
            raise me.outcome
        return me.outcome

    def _enter(self) -> Participant | None:
        """The calling thread as holder of the baton: waits for it if need be; None for a foreign thread, and in a world that is over."""
        ident = get_ident()
        me = self.members.get(ident)
        if me is None:
            if threading.get_native_id() in self._older_tasks:
                self.foreign.add(ident)
            if ident in self.foreign:
                return None
            me = self._adopt()
        with self._mutex:
            if self.pace.over:
                return None
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
        return None if self.pace.over else me

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
                self._give_baton(newcomer)
            else:
                self.parked.append(newcomer)
        return newcomer

    def begin(self, me: Participant) -> None:
        """Called by the announced thread itself: it becomes a member and waits for its first turn."""
        self.foreign.discard(get_ident())
        self._join(me)
        self._await_turn(me)

    def withdraw(self, me: Participant) -> None:
        """Take back an announcement: the thread could not be started."""
        with self._mutex:
            held = self._holder is me
            if not held:
                self.parked.remove(me)
        if held:
            self.appoint_driver()

    def leave(self) -> None:
        """Called by a thread that ends: whoever is next gets the baton."""
        with self._mutex:
            me = self.members.pop(get_ident(), None)
            if me is None:
                return
            self._back_inside(me)
            if self._suspect is me:
                self._suspect, self._holder = None, me
            held = self._holder is me
        if held:
            self.appoint_driver()

    def _adopt(self) -> Participant:
        me = Participant(threading.current_thread().name)
        self._join(me)
        return me

    def _join(self, me: Participant) -> None:
        me.ident, me.native_id = get_ident(), threading.get_native_id()
        if me.ident in self.members:  # a new thread gets the number of one that has ended, maybe before supervision saw that
            self.bury(self.members[me.ident])
        self.members[me.ident] = me
        if sum(not one.service for one in list(self.members.values())) > 1:
            self._supervisor.start()

    def knows(self, ident: int) -> bool:
        """Whether the thread takes part (a foreign thread or one never seen does not)."""
        return ident in self.members

    def appoint_driver(self) -> None:
        """Give the baton to somebody whose wait is over, else to somebody to drive; nobody, if only services are left.

        Its holder, who is about to leave, calls it: until there is another one nobody else can take it.
        """
        ready = self._ready()
        with self._mutex:
            if ready is None:
                self._have_driven()
            else:
                self.parked.remove(ready)
                self._give_baton(ready)

    def _have_driven(self) -> None:
        """Under the mutex: whoever has waited longest drives, services excepted; nobody, if only they are left."""
        driver = self._holder = next((one for one in self.parked if not one.service), None)
        if driver is not None:
            self.parked.remove(driver)
            driver.outcome = None
            self._give_baton(driver)

    # -- what supervision does

    def bury(self, gone: Participant) -> None:
        """A thread has ended and did not leave, as that of a C library: the world goes on without it."""
        with self._mutex:
            if self.members.get(gone.ident) is gone:
                del self.members[gone.ident]
            self._back_inside(gone)
            if self._holder is gone:
                self._have_driven()

    def holder_to_watch(self) -> Participant | None:
        """Who holds the baton while at least one thread that is no service waits for its turn."""
        return self._holder if not self.away and any(not one.service for one in list(self.parked)) else None

    def progress(self, holder: Participant) -> tuple[Participant, int, int]:
        """What changes when the holder of the baton is another, has waited, or moves time: it may drive for as long as it likes."""
        return holder, holder.beats, self._agenda.now_ns

    def suspect(self, holder: Participant, still: Callable[[], bool]) -> None:
        """Take the baton from a holder that is blocked outside, proven by `still()` after it can no longer act unseen."""
        with self._mutex:
            if not self._holds(holder):
                return
            self._holder, self._suspect = None, holder
        # One that drives waits for the world's own business, a process that starts or ends: nobody else may drive meanwhile.
        blocked = still() and not blame.is_inside(holder.ident, self._drive.__code__)
        with self._mutex:
            if self._suspect is not holder:
                return
            self._suspect = None
            if not blocked:
                self._holder = holder
                return
            holder.outside = True
            self.pace.keep()
            self._have_driven()  # whether waits are over is for the driver to find out: predicates are not called here

    def _holds(self, holder: Participant) -> bool:
        """Under the mutex: whether it has the baton and is not leaving."""
        return self._holder is holder and self.members.get(holder.ident) is holder

    def give_up_on(self, holder: Participant, error: SimStuck) -> None:
        """Raise `error` in the thread that has waited longest, and let the world go on without the holder."""
        with self._mutex:
            victim = next((one for one in self.parked if not one.service), None)
            if victim is None or not self._holds(holder):
                return
            holder.outside = True
            self.pace.keep()
            self.parked.remove(victim)
            victim.outcome = error
            self._give_baton(victim)
