"""Blocks of rows of an image, spread over the machine's cores.

Built on `_thread` alone: in a simulated run the classes of `threading` keep virtual time, and work on pixels must never wait
for the simulated world. The threads live for one call, so a fork finds none of them.
"""

from __future__ import annotations

import _thread
import itertools
import os
from collections.abc import Callable

ROWS = 192
"""Rows in a block.

Every pass of numpy gives the interpreter's lock away and fetches it again, so threads that make few long passes hinder each other less:
two of them render and pack 12 megapixels in 49 ms with blocks of 64 rows, in 35 with 128, in 32 with 192 and in 30 with 256. Still
larger blocks would leave too few to share: 1080 rows are 6 blocks.

Even, and part of how simulated noise is keyed: with another number frames would be other frames.
"""

_SMALL = 2_000_000
"""Pixels below which starting a thread is not worth it (measured: 60 us a thread, 8 ms a core for these pixels)."""


def cores_for(pixels: int) -> int:
    """How many threads a frame of so many pixels deserves on this machine."""
    if pixels < _SMALL:
        return 1
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def over_blocks(height: int, work: Callable[[int, int, int], None], threads: int) -> None:
    """Call `work(block, first_row, stop_row)` for every block of `ROWS` rows; the first exception is raised here."""
    blocks = range(-(-height // ROWS))
    if threads <= 1 or len(blocks) == 1:
        for block in blocks:
            work(block, block * ROWS, min(height, (block + 1) * ROWS))
        return
    _share(len(blocks), lambda block: work(block, block * ROWS, min(height, (block + 1) * ROWS)), min(threads, len(blocks)))


def _share(blocks: int, work: Callable[[int], None], threads: int) -> None:
    turn, failures = itertools.count(), list[BaseException]()

    def take_turns() -> None:
        try:
            while not failures and (block := next(turn)) < blocks:
                work(block)
        except BaseException as failure:  # carried to the caller's thread
            failures.append(failure)

    def helper(done: _thread.LockType) -> None:
        take_turns()
        done.release()

    waiting = [_thread.allocate_lock() for _ in range(threads - 1)]
    for lock in waiting:
        lock.acquire()
        _thread.start_new_thread(helper, (lock,))
    take_turns()
    for lock in waiting:
        lock.acquire()
    if failures:
        raise failures[0]
