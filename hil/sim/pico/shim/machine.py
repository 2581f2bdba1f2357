"""MicroPython. `machine` of the simulated Pico: the registers that ports/rp2 v1.28 would write, sent to the world."""

import os

import _world

_F = int(os.getenv("HIL_PICO_CLOCK"))
PWRON_RESET = 1
WDT_RESET = 3


def freq(hz=None):
    if hz is not None:
        raise NotImplementedError("the simulated Pico keeps its clock")
    return _F


def unique_id():
    text = os.getenv("HIL_PICO_ID")
    return bytes(int(text[i : i + 2], 16) for i in range(0, len(text), 2))


def reset():
    _world.tell("reset")
    _world.park(None, False)


def bootloader():
    _world.tell("bootloader")
    _world.park(None, False)


def reset_cause():
    return PWRON_RESET


class _Registers:
    """The watchdog's eight scratch registers; nothing else of the address space is there."""

    def __getitem__(self, address):
        return _world.ask("scratch", self._number(address), None)

    def __setitem__(self, address, word):
        _world.ask("scratch", self._number(address), word & 0xFFFFFFFF)

    @staticmethod
    def _number(address):
        number, rest = divmod(address - 0x4005800C, 4)
        if rest or not 0 <= number < 8:
            raise NotImplementedError("the simulated Pico has no register at 0x%08x" % address)
        return number


mem32 = _Registers()


class Pin:
    IN = 0
    OUT = 1
    PULL_UP = 1
    PULL_DOWN = 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        self.id = id.id if isinstance(id, Pin) else id
        if mode != -1:
            self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None):
        pulls = {self.PULL_UP: "up", self.PULL_DOWN: "down"}
        _world.tell("pin", self.id, mode == self.OUT, pulls.get(pull, ""), None if value is None else int(bool(value)))

    def value(self, level=None):
        if level is None:
            return _world.ask("read", self.id)
        _world.tell("write", self.id, int(bool(level)))

    def irq(self, *args, **kwargs):
        raise NotImplementedError("the simulated Pico has no pin interrupts; count edges with PIO")


class ADC:
    def __init__(self, pin):
        self._gpio = pin.id if isinstance(pin, Pin) else pin
        if self._gpio < 4:
            self._gpio += 26
        _world.tell("adc_pin", self._gpio)

    def read_u16(self):
        raw = _world.ask("adc", self._gpio)  # 12 bits; ports/rp2/machine_adc.c fills the other four with the highest
        return raw << 4 | raw >> 8


class PWM:
    """ports/rp2/machine_pwm.c of v1.28, in its own integers."""

    _TOP_MAX = 65534
    _slices = {}  # number: [div16, top, [level a, level b], [duty a, duty b]]

    def __init__(self, pin, freq=-1, duty_u16=-1, duty_ns=-1, invert=-1):
        self._gpio = pin.id if isinstance(pin, Pin) else pin
        number, self._channel = (self._gpio >> 1) & 7, self._gpio & 1
        self._slice = self._slices.setdefault(number, [16, 0, [0, 0], [None, None]])
        self._has_pin = False
        if invert != -1:
            raise NotImplementedError("the simulated PWM does not invert")
        self.init(freq=freq, duty_u16=duty_u16, duty_ns=duty_ns)
        self._has_pin = True  # the slice is set up before it gets the pin, as since v1.25; without a rate and a duty that is low
        self._write()

    def init(self, freq=-1, duty_u16=-1, duty_ns=-1):
        if freq != -1:
            self.freq(freq)
        if duty_u16 != -1:
            self.duty_u16(duty_u16)
        if duty_ns != -1:
            self.duty_ns(duty_ns)

    def freq(self, f=None):
        one = self._slice
        if f is None:
            n = one[0] * (one[1] + 1)
            return (16 * _F + n // 2) // n if one[1] else 0
        if not isinstance(f, int):
            raise TypeError("can't convert %s to int" % type(f).__name__)
        if f < 1:
            raise ValueError("freq too small")
        if (_F + f // 2) // f < self._TOP_MAX:
            div16 = 16
            top = (_F + f // 2) // f - 1
        else:
            div16 = (16 * _F + self._TOP_MAX * f - 1) // (self._TOP_MAX * f)
            top = (16 * _F + div16 * f // 2) // (div16 * f) - 1
        if div16 < 16:
            raise ValueError("freq too large")
        if div16 >= 256 * 16:
            raise ValueError("freq too small")
        one[0], one[1] = div16, top
        for channel in (0, 1):  # the other channel keeps its duty, not its level
            self._level(channel)
        self._write()

    def duty_u16(self, d=None):
        if d is None:
            d = self._slice[3][self._channel]
            return d[0] if d and not d[1] else 0
        self._slice[3][self._channel] = (min(d, 65535), False)
        self._level(self._channel)
        self._write()

    def duty_ns(self, ns=None):
        if ns is None:
            d = self._slice[3][self._channel]
            return d[0] if d and d[1] else 0
        self._slice[3][self._channel] = (ns, True)
        self._level(self._channel)
        self._write()

    def _level(self, channel):
        div16, top, cc, duty = self._slice
        if duty[channel] is None or not top:
            return
        d, is_ns = duty[channel]
        if is_ns:
            hz = (16 * _F + div16 // 2) // div16
            cc[channel] = min((d * hz + 500000000) // 1000000000, top + 1)
        else:
            cc[channel] = (d * (top + 1) + 32767) // 65535

    def _write(self):
        if not self._has_pin:
            return
        div16, top, cc, duty = self._slice
        running = top if duty[self._channel] is not None else 0  # a slice runs once it has both a rate and a duty
        _world.tell("pwm", self._gpio, div16, running, cc)

    def deinit(self):
        self._slice[3][self._channel] = None
        _world.tell("pwm_off", self._gpio)
