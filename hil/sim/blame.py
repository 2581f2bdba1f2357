"""Naming who waits where: the lines of a SimDeadlock or SimStuck message."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from traceback import walk_tb
from types import CodeType, FrameType

from hil.sim.participant import Participant

OURS = str(Path(__file__).resolve().parent)
_HIDDEN = {"threading", "queue", "concurrent.futures._base", "concurrent.futures.thread"}


def outermost_caller(frame: FrameType | None) -> FrameType | None:
    """The innermost frame that is neither the simulator's nor of Python's threading machinery."""
    while frame is not None and _is_hidden(frame):
        frame = frame.f_back
    return frame


def _is_hidden(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(OURS) or frame.f_globals.get("__name__") in _HIDDEN


def origin(error: BaseException) -> str:
    """` at file:line in function` where an error was raised, or nothing if that was in nobody's code."""
    steps = [(frame, line) for frame, line in walk_tb(error.__traceback__) if not _is_hidden(frame)]
    return _at(*steps[-1]) if steps else ""


def place(ident: int) -> str:
    """` at file:line in function` of a thread, or nothing if it is gone."""
    frame = outermost_caller(sys._current_frames().get(ident))  # noqa: SLF001 - documented, and the only way
    if frame is None:
        return ""
    return _at(frame, frame.f_lineno)


def _at(frame: FrameType, line: int) -> str:
    return f" at {Path(frame.f_code.co_filename).name}:{line} in {frame.f_code.co_name}"


def lines(waiting: Iterable[Participant]) -> list[str]:
    """One line for each: who waits where for what, until when."""
    return [one.describe(place(one.ident)) for one in waiting]


def is_inside(ident: int, code: CodeType) -> bool:
    """Whether a thread is carries out that code."""
    frame = sys._current_frames().get(ident)  # noqa: SLF001 - documented, and the only way
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame is not None
