"""MicroPython. The line to the simulated world: requests out, answers in, and the two ways in which a program waits.

Time stands still while the program computes, so the world says what time it is only when a wait is over.
"""

import json
import os
import sys

_link = int(os.getenv("HIL_PICO_LINK"))
_out = open(_link, "wb")
_in = open(_link, "rb")
now_us = 0


def _answer():
    line = _in.readline()
    if not line:  # the world has gone, and with it this Pico
        sys.exit()
    return json.loads(line)


def tell(*request):
    _out.write((json.dumps(request) + "\n").encode())


def ask(*request):
    tell(*request)
    return _answer()


def park(until_us, wants_input):
    """Wait for a byte on standard input, if it is wanted, and until the timer shows `until_us`, if that is not None."""
    global now_us
    now_us, why = ask("park", until_us, wants_input)
    if why == "interrupt":
        raise KeyboardInterrupt
    return why
