"""Hashes of many records, by several processes: checking a record takes longer than filing it."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any

from hil.history.seals import sealed

LINES = 50
"""Of one task."""
AHEAD = 4
"""Tasks waiting for each process, so that a file of any size is never in memory as a whole."""
Checked = tuple[str, str] | None
"""The hash, and what the seal says; None for what is no JSON object."""


def checked(lines: Iterable[bytes], *, many: bool) -> Iterator[tuple[bytes, Checked]]:
    """Each line with its hash, in order. `many`: worth the half second that other processes take to begin."""
    cores = len(os.sched_getaffinity(0))
    if not many or cores < 2:
        for line in lines:
            yield line, _one(line)
        return
    source = iter(lines)
    waiting: deque[tuple[list[bytes], Future[list[Checked]]]] = deque()
    with ProcessPoolExecutor(cores, multiprocessing.get_context("spawn")) as pool:
        while True:
            while len(waiting) < AHEAD * cores and (some := list(islice(source, LINES))):
                waiting.append((some, pool.submit(_several, some)))
            if not waiting:
                return
            some, done = waiting.popleft()
            yield from zip(some, done.result(), strict=True)


def _several(lines: list[bytes]) -> list[Checked]:
    return [_one(line) for line in lines]


def _one(line: bytes) -> Checked:
    try:
        record: Any = json.loads(line)
        whole = sealed(record, line) if isinstance(record, dict) else None
    except (ValueError, TypeError, RecursionError):
        return None
    return (whole.sha256, whole.stated) if whole else None
