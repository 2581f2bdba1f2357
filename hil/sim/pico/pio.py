"""One PIO state machine, cycle by cycle as the RP2040 data sheet, 3.2 and 3.4, has it, but leaping over its counting loops.

`advance` runs the program up to the next instant at which somebody else could notice or must act: a pin changes, or it
stalls. So a pulse costs some ten steps whatever its length. Not modelled: autopush, autopull and side-set of pin directions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

WORD = 0xFFFFFFFF
SYNC_TICKS = 2
"""Inputs pass a two flip-flop synchroniser (data sheet 3.5.6.3)."""
_SPINNING = 100_000  # so many instructions without an edge or a stall: a loop that nobody will ever notice

JMP, WAIT, IN, OUT, PUSH_PULL, MOV, IRQ, SET = range(8)


class Step(NamedTuple):
    """Where `advance` stopped: the state machine's cycle, and why."""

    cycle: int
    why: str
    """"pins" (outputs changed in this cycle), "tx" (empty), "rx" (full), "pin", "irq" (waits), "spin"."""


@dataclass(frozen=True)
class Program:
    """What `StateMachine.init` loads; pin numbers are GPIOs."""

    words: tuple[int, ...]
    wrap_target: int
    wrap: int
    side_count: int = 0
    side_optional: bool = False
    div256: int = 256
    """Clock divider in 1/256."""
    bases: Mapping[str, int] = field(default_factory=dict)
    """"sideset", "set", "out", "in", "jmp": first GPIO of each group."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """"set" and "out": how many pins."""
    initial: Sequence[tuple[int, int]] = ()
    """(GPIO, level) that init drives before the pin is handed over."""
    out_right: bool = False
    in_right: bool = False
    tx_depth: int = 4
    rx_depth: int = 4


class StateMachine:
    """Registers, FIFOs and outputs of one state machine."""

    def __init__(self, program: Program, read: Callable[[int], int], come: Callable[[int], bool], irqs: set[int]) -> None:
        """`read(gpio)`: an input as it is seen now; `come(cycle)`: whether that cycle is not in the future; `irqs`: the block's flags."""
        self.program, self._read, self._come, self.irqs = program, read, come, irqs
        self.pc = 0
        self.x = self.y = self.isr = self.osr = 0
        self.tx: deque[int] = deque()
        self.rx: deque[int] = deque()
        self.cycle = 0
        self.pins = dict(program.initial)
        self._entered = False
        self._irq_raised = False

    def advance(self) -> Step:
        """Run until a pin changes or the program stalls; calling again goes on from there."""
        for _ in range(_SPINNING):
            word = self.program.words[self.pc]
            delay, side = self._delay_and_side(word)
            if not self._entered:
                self._entered = True
                if side is not None and self._drive("sideset", self.program.side_count, side):
                    return Step(self.cycle, "pins")
            before = self.cycle
            stall, changed, target = self._execute(word, delay)
            if stall:
                return Step(self.cycle, stall)
            self.cycle += 1 + delay
            self._entered = False
            self.pc = self._next() if target is None else target
            if changed:
                return Step(before, "pins")
        return Step(self.cycle, "spin")

    def execute(self, word: int) -> None:
        """SMx_INSTR: an instruction from the processor, at once, whatever the program waits for."""
        _, _, target = self._execute(word, 0)
        if target is not None:
            self.pc, self._entered = target, False

    def _next(self) -> int:
        return self.program.wrap_target if self.pc == self.program.wrap else self.pc + 1

    def _delay_and_side(self, word: int) -> tuple[int, int | None]:
        bits, sides = (word >> 8) & 31, self.program.side_count + self.program.side_optional
        delay = bits & ((1 << (5 - sides)) - 1)
        if not self.program.side_count:
            return delay, None
        side = bits >> (5 - sides)
        if self.program.side_optional:
            return delay, side & ((1 << self.program.side_count) - 1) if side >> self.program.side_count else None
        return delay, side

    def _drive(self, group: str, count: int, value: int) -> bool:
        base, changed = self.program.bases.get(group), False
        if base is None:
            return False
        for bit in range(count):
            level = (value >> bit) & 1
            if self.pins.get(base + bit) != level:
                self.pins[base + bit], changed = level, True
        return changed

    # -- the instructions: (stalled for what, did pins change, jump target)

    def _execute(self, word: int, delay: int) -> tuple[str, bool, int | None]:
        kind, argument = word >> 13, word & 0xFF
        if kind == JMP:
            return self._jmp(argument >> 5, argument & 31, delay)
        if kind == WAIT:
            return self._wait(argument)
        if kind == PUSH_PULL:
            return self._push_pull(argument), False, None
        if kind == MOV:
            value = self._source(argument & 7)
            if (argument >> 3) & 3 == 1:
                value ^= WORD
            elif (argument >> 3) & 3 == 2:
                value = int(f"{value:032b}"[::-1], 2)
            return self._put(argument >> 5, value, "mov")
        if kind == IN:
            self._in(argument >> 5, argument & 31 or 32)
            return "", False, None
        if kind == OUT:
            return self._put(argument >> 5, self._out(argument & 31 or 32), "out")
        if kind == SET:
            destination = {0: 0, 1: 1, 2: 2}.get(argument >> 5)
            return ("", False, None) if destination is None else self._put(destination, argument & 31, "set")
        return self._irq(argument), False, None

    def _jmp(self, condition: int, target: int, delay: int) -> tuple[str, bool, int | None]:
        if condition in (2, 4):
            name = "x" if condition == 2 else "y"
            value = getattr(self, name)
            if target == self.pc and value:  # counts down here, one cycle and the delay each: leap to the last one
                self.cycle += value * (1 + delay)
                value = 0
            setattr(self, name, (value - 1) & WORD)
            return "", False, target if value else None
        taken = (
            True,
            self.x == 0,
            False,
            self.y == 0,
            False,
            self.x != self.y,
            condition == 6 and bool(self._read(self.program.bases.get("jmp", 0))),
            True,
        )[condition]
        return "", False, target if taken else None

    def _wait(self, argument: int) -> tuple[str, bool, int | None]:
        polarity, source, index = argument >> 7, (argument >> 5) & 3, argument & 31
        if source == 2:
            if (index & 7 in self.irqs) != bool(polarity):
                return "irq", False, None
            if polarity:
                self.irqs.discard(index & 7)
            return "", False, None
        seen = self._come(self.cycle) and self._read(self.waits_for(argument)) == polarity
        return ("" if seen else "pin"), False, None

    def waits_for(self, argument: int | None = None) -> int:
        """The GPIO that the present WAIT instruction looks at."""
        bits = self.program.words[self.pc] & 0xFF if argument is None else argument
        return (bits & 31) + (self.program.bases.get("in", 0) if (bits >> 5) & 3 == 1 else 0)

    def _push_pull(self, argument: int) -> str:
        block = bool(argument & 0x20)
        if argument & 0x80:
            if not self.tx:
                if block:
                    return "tx"
                self.osr = self.x
            else:
                self.osr = self.tx.popleft()
            return ""
        if len(self.rx) < self.program.rx_depth:
            self.rx.append(self.isr)
        elif block:
            return "rx"
        self.isr = 0
        return ""

    def _source(self, source: int) -> int:
        if source == 0:
            base = self.program.bases.get("in", 0)
            return sum(self._read((base + bit) % 32) << bit for bit in range(32))
        return (0, self.x, self.y, 0, 0, 0, self.isr, self.osr)[source]

    def _put(self, destination: int, value: int, group: str) -> tuple[str, bool, int | None]:
        if destination == 0:
            name = "out" if group == "mov" else group
            return "", self._drive(name, self.program.counts.get(name, 0), value), None
        if destination == 5 and group != "set":
            return "", False, value & 31
        if destination in (1, 2):
            setattr(self, "x" if destination == 1 else "y", value)
        elif destination == 6:
            self.isr = value
        elif destination == 7 and group == "mov":
            self.osr = value
        return "", False, None

    def _in(self, source: int, count: int) -> None:
        bits = self._source(source) & ((1 << count) - 1)
        if self.program.in_right:
            self.isr = (self.isr >> count) | (bits << (32 - count))
        else:
            self.isr = ((self.isr << count) | bits) & WORD

    def _out(self, count: int) -> int:
        if self.program.out_right:
            bits, self.osr = self.osr & ((1 << count) - 1), self.osr >> count
        else:
            bits, self.osr = self.osr >> (32 - count), (self.osr << count) & WORD
        return bits

    def _irq(self, argument: int) -> str:
        flag = argument & 7
        if argument & 0x40:
            self.irqs.discard(flag)
        elif not self._irq_raised:
            self.irqs.add(flag)
            if argument & 0x20:
                self._irq_raised = True
                return "irq"
        elif flag in self.irqs:
            return "irq"
        else:
            self._irq_raised = False
        return ""
