"""`import libcamera` in a process that a simulated program has started.

This folder is on such a process's path (see `hil.sim.edge.processes`); nothing else ever finds it.
"""

from hil.sim.edge.processes import arrive

arrive()
