"""Whose time is simulated: everybody's, but for those who supervise real processes and real files.

A test runner measures its own seconds, `multiprocessing` waits for a real process, `subprocess` for a real tool: their
clocks and their waits stay real. User programs, picamera2 and all other packages live in simulated time.
"""

from __future__ import annotations

from types import FrameType

from hil.sim.blame import outermost_caller

_SUPERVISORS = """
    multiprocessing subprocess selectors select socket socketserver ssl signal importlib _frozen_importlib
    tempfile random uuid pdb bdb cmd cProfile profile pstats trace tracemalloc faulthandler
    pytest _pytest pluggy execnet xdist pytest_timeout coverage allure_pytest allure_commons rich typer click
    hil.plugin hil.cli hil.bench hil.report hil.sim
"""
OUTSIDE = frozenset(_SUPERVISORS.split())
_known: dict[str, bool] = {}


def is_outside(module: str) -> bool:
    """Whether code of this module lives in real time."""
    known = _known.get(module)
    if known is None:
        parts = module.split(".")
        known = _known[module] = any(".".join(parts[: n + 1]) in OUTSIDE for n in range(len(parts)))
    return known


def lives_outside(frame: FrameType) -> bool:
    """Whether the code of this frame lives in real time."""
    return is_outside(frame.f_globals.get("__name__", ""))


def starts_outside(frame: FrameType) -> bool:
    """Whether a thread that this frame starts lives in real time; a server's threads run the program's handlers."""
    return lives_outside(frame) and not frame.f_globals.get("__name__", "").startswith("socketserver")


def waits_outside(frame: FrameType | None) -> bool:
    """The same for whoever waits in `frame` by way of Python's threading, queue and future classes."""
    caller = outermost_caller(frame)
    return caller is not None and lives_outside(caller)
