"""MicroPython. `select.poll` for standard input, the USB console; a wait is a wait in the simulated world."""

import uselect
import _world

POLLIN = uselect.POLLIN
POLLOUT = uselect.POLLOUT
POLLERR = uselect.POLLERR
POLLHUP = uselect.POLLHUP


class poll:
    def __init__(self):
        self._real = uselect.poll()

    def register(self, stream, mask=POLLIN | POLLOUT):
        self._real.register(stream, mask)

    def unregister(self, stream):
        self._real.unregister(stream)

    def poll(self, timeout_ms=-1):
        until = None if timeout_ms < 0 else _world.now_us + int(timeout_ms) * 1000
        while True:
            ready = self._real.poll(0)
            if ready or timeout_ms == 0 or (until is not None and _world.now_us >= until):
                return ready
            _world.park(until, True)
