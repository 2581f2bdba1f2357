"""The end of a simulated world in a process that goes on, as that of a pytest run: what becomes of the threads that it leaves.

At its exit Python waits for every thread that is no daemon, so none of them may stay behind where time no longer moves.
Whoever only needs time gets it, in the last act of the world. Whoever waits for somebody lives on in real time, as long as
the process does, and is ended and named when nothing else is left that could end its wait.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from _thread import get_ident
from collections.abc import Callable

from hil.errors import RigError
from hil.sim import blame
from hil.sim.edge.threads import Threads
from hil.sim.participant import Participant, WorldEnded

LOOKS = 20_000
"""So often, at most, time moves for the threads that are left: an hour of one that looks around every 200 ms."""

_left: list[Threads] = []


def end(run: Threads) -> None:
    """The world of `run` is about to be taken out of the process."""
    if run.host.in_child:
        return
    with contextlib.suppress(RigError):
        _last_act(run)
    lasting = _lasting(run)
    for thread in lasting:
        thread._invoke_excepthook = _named(thread._invoke_excepthook)  # type: ignore[attr-defined]  # noqa: SLF001
    run.executive.dissolve({one: None if one.deadline_ns is None else WorldEnded() for one in lasting.values()})
    if any(one.deadline_ns is None for one in lasting.values()):
        if not _left:
            atexits: list[Callable[[], None]] = threading._threading_atexits  # type: ignore[attr-defined]  # noqa: SLF001
            atexits.insert(0, _at_exit)  # called in reverse: after the executors have told their workers to end
        _left.append(run)


def _last_act(run: Threads) -> None:
    executive, looks = run.executive, 0
    if get_ident() in executive.foreign:
        return

    def enough() -> bool:
        nonlocal looks
        looks += 1
        return looks > LOOKS or not _need_time(run)

    while _lasting(run):
        executive.wait(_never, 0, "the other threads")  # whoever can go on as it is does
        if enough():
            return
        executive.wait(enough, None, "the other threads")


def _never() -> bool:
    return False


def _need_time(run: Threads) -> bool:
    return any(one.deadline_ns is not None for one in _lasting(run).values())


def _lasting(run: Threads) -> dict[threading.Thread, Participant]:
    """Those for whom Python will wait, and who wait here."""
    parked = set(run.executive.parked)
    return {thread: one for thread, one in list(run.participants.items()) if not thread.daemon and one in parked}


def _named(hook: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    """What a thread calls with whatever ended it; `hook`: for all but the end of its world."""

    def told(thread: threading.Thread) -> None:
        error = sys.exception()
        if not isinstance(error, WorldEnded):
            return hook(thread)
        where = blame.origin(error)
        sys.stderr.write(f"hil: thread {thread.name} outlived the simulated world{where} and is ended; join it, or make it a daemon\n")
        return None

    return told


def _at_exit() -> None:
    for run in _left:
        run.executive.pace.exits = True
