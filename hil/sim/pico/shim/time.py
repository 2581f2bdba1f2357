"""MicroPython. `time` on the simulated Pico's timer; ticks wrap at 2**30, as on every 32 bit port."""

import _world
from utime import gmtime, localtime, mktime  # noqa: F401

_PERIOD = 1 << 30


def ticks_us():
    return _world.now_us & (_PERIOD - 1)


def ticks_ms():
    return _world.now_us // 1000 & (_PERIOD - 1)


def ticks_add(ticks, delta):
    return (ticks + delta) & (_PERIOD - 1)


def ticks_diff(end, start):
    return ((end - start + _PERIOD // 2) & (_PERIOD - 1)) - _PERIOD // 2


def sleep_us(us):
    until = _world.now_us + int(us)
    while _world.now_us < until:
        _world.park(until, False)


def sleep_ms(ms):
    sleep_us(int(ms) * 1000)


def sleep(seconds):
    sleep_us(seconds * 1000000)
