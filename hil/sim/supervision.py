"""Watching the participants from real time: who is blocked in a system call, and who never waits at all.

The facts are the kernel's (proc(5), /proc/self/task/TID/stat and status): a thread in a system call sleeps, and neither
its CPU time nor its voluntary switches move; a thread that waits for the interpreter lock switches every 5 ms. While any
thread of the process is runnable (a video encoder's workers, say), nobody is taken for outside, however loaded the machine.
"""

from __future__ import annotations

import _thread
import contextlib
from _thread import get_native_id
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

from hil.sim import blame
from hil.sim.participant import Participant, SimStuck

if TYPE_CHECKING:
    from hil.sim.baton import Baton

PERIOD_S = 0.02
STILL_LOOKS = 2  # so many looks in a row, 20 ms apart, must find the same counters
_TASKS = Path("/proc/self/task")


def vitals(native_id: int) -> tuple[str, int, int] | None:
    """(state letter, CPU ticks, voluntary switches) of a thread of this process, or None if it is gone."""
    try:
        fields = (_TASKS / str(native_id) / "stat").read_text().rpartition(")")[2].split()
        status = (_TASKS / str(native_id) / "status").read_text()
    except OSError:
        return None
    switches = status.partition("\nvoluntary_ctxt_switches:")[2].split("\n", 1)[0]
    return fields[0], int(fields[11]) + int(fields[12]), int(switches)


def unserved_s(pid: int) -> dict[str, float]:
    """For how long each thread of a process could have run in all, and got no processor; none where the kernel does not tell.

    The second figure of /proc/PID/task/TID/schedstat, in ns (Documentation/scheduler/sched-stats.rst of the kernel).
    """
    waited = {}
    for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with contextlib.suppress(OSError, IndexError):  # it has ended
            waited[task.parent.name] = int(task.read_text().split()[1]) / 1e9
    return waited


def tasks() -> frozenset[int]:
    """The kernel's numbers of this process's threads."""
    return frozenset(int(task.name) for task in _TASKS.iterdir()) if _TASKS.is_dir() else frozenset()


def has_ended(native_id: int) -> bool:
    """Whether a thread of this process is gone."""
    return not (_TASKS / str(native_id)).is_dir() and _TASKS.is_dir()


def anybody_runs(but: int) -> bool:
    """Whether a thread of this process, other than `but`, runs, could run, or waits for a disk."""
    for task in _TASKS.iterdir():
        if int(task.name) != but:
            seen = vitals(int(task.name))
            if seen is not None and seen[0] in "RD":
                return True
    return False


class Supervisor:
    """A thread outside the world that looks at the holder of the baton every 20 ms of real time."""

    def __init__(self, executive: Baton) -> None:
        """It starts when a second thread takes part: with one there is nobody to tell."""
        self._executive = executive
        self._running = False
        self.ident = 0
        self._watched: tuple[Participant, int, int] | None = None
        self._since = 0.0
        self._still = 0
        self._last: tuple[str, int, int] | None = None

    def start(self) -> None:
        """Start looking, if not yet."""
        if not self._running:
            self._running = True
            self.ident = _thread.start_new_thread(self._watch, ())

    def stop(self) -> None:
        """Look no more; the thread ends within one period."""
        self._running = False

    def _watch(self) -> None:
        own = get_native_id()
        while self._running:
            sleep(PERIOD_S)
            for one in list(self._executive.members.values()):
                if has_ended(one.native_id):
                    self._executive.bury(one)
            holder = self._executive.holder_to_watch()
            if holder is None:
                self._watched = None
            else:
                self._look(holder, own)

    def _look(self, holder: Participant, own: int) -> None:
        progress = self._executive.progress(holder)
        if self._watched != progress:
            self._watched, self._since, self._still, self._last = progress, monotonic(), 0, None
        seen = vitals(holder.native_id)
        self._still = self._still + 1 if seen is not None and seen == self._last and seen[0] == "S" else 0
        self._last = seen
        if self._still >= STILL_LOOKS and not anybody_runs(own):
            self._executive.suspect(holder, lambda: vitals(holder.native_id) == seen)
        elif monotonic() - self._since > self._executive.stuck_after_s and seen is not None and seen[0] != "S":
            self._executive.give_up_on(holder, self._complaint(holder))
            self._watched = None

    def _complaint(self, holder: Participant) -> SimStuck:
        seconds = self._executive.stuck_after_s
        return SimStuck(
            f"{holder.name} has not waited once in {seconds:.0f} s of real time, and the simulated world waits for it",
            f"it runs{blame.place(holder.ident)}",
            "a loop that polls must sleep a little: simulated time passes only while everybody waits",
            where=holder.name,
        )
