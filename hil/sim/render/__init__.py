"""Pixels of a finished frame: a pure function of the plain data in `hil.sim.frame.Frame`, in every format a Raspberry Pi offers.

The same frame gives the same bytes on every machine, in every process and for any number of threads; no two frames share noise.
"""

from __future__ import annotations

from hil.sim.render.into import FORMATS, buffer_bytes, line_bytes, render_into
from hil.sim.render.raw import raw_dn
from hil.sim.render.statistics import mean_signal

__all__ = ["FORMATS", "buffer_bytes", "line_bytes", "mean_signal", "raw_dn", "render_into"]
