"""Lines of a file as records that are ready to be filed, by several processes: making one ready takes longer than filing it."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any

from hil.history.ready import Ready, ready
from hil.history.seals import sealed
from hil.report.record import SCHEMA

LINES = 50
"""Of one task."""
AHEAD = 8
"""Tasks waiting for each process, so that a file of any size is never in memory as a whole."""


def checked(lines: Iterable[bytes], *, many: bool) -> Iterator[tuple[bytes, Ready | None]]:
    """Each line with its record, in order; None for what is none. `many`: worth the half second that other processes take to begin."""
    cores = len(os.sched_getaffinity(0))
    if not many or cores < 2:
        for line in lines:
            yield line, _one(line)
        return
    source = iter(lines)
    waiting: deque[tuple[list[bytes], Future[list[Ready | None]]]] = deque()
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn"), initializer=gc.disable) as pool:  # as in `exchange`
        while True:
            while len(waiting) < AHEAD * cores and (some := list(islice(source, LINES))):
                waiting.append((some, pool.submit(_several, some)))
            if not waiting:
                return
            some, done = waiting.popleft()
            yield from zip(some, done.result(), strict=True)


def _several(lines: list[bytes]) -> list[Ready | None]:
    return [_one(line) for line in lines]


def _one(line: bytes) -> Ready | None:
    try:
        record: Any = json.loads(line)
        if not isinstance(record, dict) or record.get("schema") != SCHEMA:
            return None
        return ready(record, sealed(record, line))
    except (ValueError, TypeError, RecursionError):
        return None
