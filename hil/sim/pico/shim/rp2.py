"""MicroPython. `rp2` of the simulated Pico: the PIO assembler, and state machines that the world runs cycle by cycle.

Encodings: RP2040 data sheet 3.4.
"""

import _world
import machine


class PIO:
    IN_LOW, IN_HIGH, OUT_LOW, OUT_HIGH = 0, 1, 2, 3
    SHIFT_LEFT, SHIFT_RIGHT = 0, 1
    JOIN_NONE, JOIN_TX, JOIN_RX = 0, 1, 2


_SOURCES = {"pins": 0, "x": 1, "y": 2, "null": 3, "status": 5, "isr": 6, "osr": 7}
_MOV_TO = {"pins": 0, "x": 1, "y": 2, "exec": 4, "pc": 5, "isr": 6, "osr": 7}
_OUT_TO = {"pins": 0, "x": 1, "y": 2, "null": 3, "pindirs": 4, "pc": 5, "isr": 6, "exec": 7}
_SET_TO = {"pins": 0, "x": 1, "y": 2, "pindirs": 4}
_IF = {"": 0, "not_x": 1, "x_dec": 2, "not_y": 3, "y_dec": 4, "x_not_y": 5, "pin": 6, "not_osre": 7}
_BLOCK, _NOBLOCK = 0x20, 0


class _Program:
    """The two passes of the assembler: the first finds labels and whether side-set is optional."""

    def __init__(self, settings):
        self.settings = settings
        side = settings.get("sideset_init")
        self.sides = [] if side is None else [side] if isinstance(side, int) else list(side)

    def assemble(self, function):
        names = {}
        for table in (_SOURCES, _MOV_TO, _OUT_TO, _SET_TO, _IF):
            for name in table:
                names[name] = name
        for name in ("jmp", "wait", "in_", "out", "push", "pull", "mov", "irq", "set", "nop", "label", "wrap_target", "wrap"):
            names[name] = getattr(self, name)
        names.update({"block": _BLOCK, "noblock": _NOBLOCK, "clear": 0x40, "gpio": 0, "invert": lambda source: (1, source)})
        names["reverse"] = lambda source: (2, source)
        names["rel"] = lambda number: number | 0x10
        scope = function.__globals__
        before = scope.copy()
        self.labels = {}
        self.optional = False
        try:
            scope.update(names)
            for self._final in (False, True):
                self.words, self._sided, self.wrap_to, self.wrap_at = [], 0, 0, None
                function()
                self.optional = bool(self.sides) and self._sided != len(self.words)
        finally:
            for name in names:
                if name in before:
                    scope[name] = before[name]
                else:
                    del scope[name]
        if self.wrap_at is None:
            self.wrap_at = len(self.words) - 1
        return self

    def _emit(self, word):
        self.words.append(word)
        return self

    def side(self, value):
        self._sided += 1
        bits = len(self.sides)
        self.words[-1] |= value << (13 - bits - self.optional) | (0x1000 if self.optional else 0)
        return self

    def delay(self, cycles):
        self.words[-1] |= cycles << 8
        return self

    __getitem__ = delay

    def label(self, name):
        self.labels[name] = len(self.words)

    def wrap_target(self):
        self.wrap_to = len(self.words)

    def wrap(self):
        self.wrap_at = len(self.words) - 1

    def jmp(self, condition, label=None):
        if label is None:
            condition, label = "", condition
        return self._emit(_IF[condition] << 5 | (self.labels[label] if self._final else 0))

    def wait(self, polarity, source, index):
        kind = source if isinstance(source, int) else {"pin": 1, "pins": 1, "irq": 2}[source]
        return self._emit(0x2000 | polarity << 7 | kind << 5 | index)

    def in_(self, source, count):
        return self._emit(0x4000 | _SOURCES[source] << 5 | count & 31)

    def out(self, to, count):
        return self._emit(0x6000 | _OUT_TO[to] << 5 | count & 31)

    def push(self, how=_BLOCK):
        return self._emit(0x8000 | how)

    def pull(self, how=_BLOCK):
        return self._emit(0x8080 | how)

    def mov(self, to, source):
        operation, source = source if isinstance(source, tuple) else (0, source)
        return self._emit(0xA000 | _MOV_TO[to] << 5 | operation << 3 | _SOURCES[source])

    def irq(self, how, number=None):
        return self._emit(0xC000 | (how if number is None else how | number))

    def set(self, to, value):
        return self._emit(0xE000 | _SET_TO[to] << 5 | value)

    def nop(self):
        return self._emit(0xA042)


def asm_pio(**settings):
    for name in settings:
        if name not in ("sideset_init", "set_init", "out_init", "out_shiftdir", "in_shiftdir", "fifo_join"):
            raise NotImplementedError("the simulated PIO has no " + name)
    return lambda function: _Program(settings).assemble(function)


def _levels(base, init):
    if init is None or base is None:
        return []
    return [(base.id + i, one & 1) for i, one in enumerate([init] if isinstance(init, int) else init)]


def _count(init):
    return 0 if init is None else 1 if isinstance(init, int) else len(init)


class StateMachine:
    def __init__(self, id, program=None, freq=-1, **pins):
        self._id = id
        if program is not None:
            self.init(program, freq, **pins)

    def init(self, program, freq=-1, *, in_base=None, out_base=None, set_base=None, jmp_pin=None, sideset_base=None):
        clock = machine.freq()
        div256 = 256 if freq == -1 else clock * 256 // freq
        if not 256 <= div256 <= 65536 * 256:
            raise ValueError("freq out of range")
        s = program.settings
        join = s.get("fifo_join", PIO.JOIN_NONE)
        bases = {"sideset": sideset_base, "set": set_base, "out": out_base, "in": in_base, "jmp": jmp_pin}
        initial = _levels(out_base, s.get("out_init")) + _levels(set_base, s.get("set_init"))
        initial += _levels(sideset_base, s.get("sideset_init"))
        self._full = False
        given = {"words": program.words, "wrap_target": program.wrap_to, "wrap": program.wrap_at, "div256": div256}
        given["side_count"] = len(program.sides)
        given["side_optional"] = program.optional
        given["bases"] = {name: pin.id for name, pin in bases.items() if pin is not None}
        given["counts"] = {"set": _count(s.get("set_init")), "out": _count(s.get("out_init"))}
        given["initial"] = initial
        given["out_right"] = s.get("out_shiftdir", 0) == PIO.SHIFT_RIGHT
        given["in_right"] = s.get("in_shiftdir", 0) == PIO.SHIFT_RIGHT
        given["tx_depth"] = 8 if join == PIO.JOIN_TX else 0 if join == PIO.JOIN_RX else 4
        given["rx_depth"] = 8 if join == PIO.JOIN_RX else 0 if join == PIO.JOIN_TX else 4
        _world.tell("sm_init", self._id, given)

    def active(self, on):
        _world.tell("sm_on", self._id, bool(on))

    def put(self, word, shift=0):
        while not _world.ask("sm_put", self._id, word << shift):
            _world.park(_world.now_us + 50, False)

    def get(self):
        while True:
            word = _world.ask("sm_get", self._id)
            if word is not None:
                return word
            _world.park(_world.now_us + 50, False)

    def tx_fifo(self):
        return _world.ask("sm_level", self._id)

    def exec(self, instruction):
        if isinstance(instruction, str):
            source = instruction

            def line():
                eval(source)

            instruction = _Program({}).assemble(line).words[0]
        _world.tell("sm_exec", self._id, instruction)
