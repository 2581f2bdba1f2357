"""MicroPython. What the port does at start: wait for power, run boot.py, then main.py unless the REPL is in raw mode."""

import os
import sys

import _world


def _run(name):
    try:
        source = open(name)
    except OSError:
        return
    with source:
        code = compile(source.read(), name, "exec")
    exec(code, globals())


_world.park(None, False)
sys.path[:] = [os.getenv("HIL_PICO_SHIM"), "", ".frozen", "/lib"]
_run("boot.py")
if os.getenv("HIL_PICO_MAIN"):
    _run("main.py")
