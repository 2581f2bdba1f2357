"""A stand-in for python-prctl, which has no wheel: the calls that camera programs make, by prctl(2) itself."""

from __future__ import annotations

import ctypes
import os
from types import ModuleType

from hil.sim.edge.patches import Seam

SEAMS = (Seam("sys:modules['prctl']", "prctl(2) by ctypes, where python-prctl is not installed", "FfmpegOutput imports it"),)
PR_SET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME = 1, 15, 16  # linux/prctl.h


def _prctl(option: int, argument: int | bytes | ctypes.Array[ctypes.c_char]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, argument, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def set_pdeathsig(signal: int) -> None:
    """Have the kernel send `signal` to this process when its parent dies."""
    _prctl(PR_SET_PDEATHSIG, int(signal))


def set_name(name: str) -> None:
    """Name the calling thread; the kernel keeps 15 bytes."""
    _prctl(PR_SET_NAME, name.encode())


def get_name() -> str:
    """The calling thread's name."""
    name = ctypes.create_string_buffer(16)
    _prctl(PR_GET_NAME, name)
    return name.value.decode()


def module() -> ModuleType:
    """Module `prctl` for `sys.modules`."""
    made = ModuleType("prctl", "Stand-in for python-prctl in a simulated run.")
    made.__dict__.update(set_pdeathsig=set_pdeathsig, set_name=set_name, get_name=get_name)
    return made
