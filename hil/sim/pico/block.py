"""The two PIO blocks of a Pico in the world: each state machine's next edge is one event of the agenda, made when the last one was."""

from __future__ import annotations

from collections.abc import Callable

from hil.sim.agenda import Event
from hil.sim.pico.clock import PicoClock
from hil.sim.pico.pads import PIO0, PIO1, Pads
from hil.sim.pico.pio import SYNC_TICKS, Program, StateMachine
from hil.sim.world import World


class Running:
    """A state machine with its place in time: cycle n is at tick `tick0 + n * div256 // 256`."""

    def __init__(self, pio: Pio, number: int, program: Program) -> None:
        """Loaded, its pins driven as init says, not yet enabled."""
        self._pio, self.block = pio, PIO0 if number < 4 else PIO1
        self.machine = StateMachine(program, pio.pads.level, self._has_come, pio.irqs[number // 4])
        self.tick0 = 0
        self.enabled = False
        self.stalled = ""
        self._event: Event | None = None
        self._div256 = program.div256
        self.drive()

    def drive(self) -> None:
        """Show the pads what the state machine drives now."""
        for gpio, level in self.machine.pins.items():
            self._pio.pads.output(self.block, gpio, level)

    def _tick(self, cycle: int) -> int:
        return self.tick0 + cycle * self._div256 // 256

    def _has_come(self, cycle: int) -> bool:
        return self._tick(cycle) <= self._pio.tick()

    def enable(self, on: bool) -> None:
        """Start or stop the clock of the state machine."""
        if on and not self.enabled:
            self.tick0 = self._pio.tick() + 1 - self.machine.cycle * self._div256 // 256
            self.enabled = True
            self.go_on()
        elif not on:
            self.stop()

    def stop(self) -> None:
        """Stop here; outputs stay."""
        self.enabled = False
        if self._event is not None:
            self._pio.world.cancel(self._event)

    def wake(self, ticks_later: int = 1) -> None:
        """What it was stalled for has come: its next cycle is no earlier than so many ticks from now."""
        if self.enabled:
            tick = self._pio.tick() + ticks_later
            missing = -(-(tick - self._tick(self.machine.cycle)) * 256 // self._div256)
            self.machine.cycle += max(missing, 0)
            self._later(self.machine.cycle, self.go_on)

    def _later(self, cycle: int, what: Callable[[], None]) -> None:
        if self._event is not None:
            self._pio.world.cancel(self._event)
        self._event = self._pio.world.at(self._pio.clock.ns(self._tick(cycle)), what)

    def _edge(self) -> None:
        self.drive()
        self.go_on()

    def go_on(self) -> None:
        """Run up to the next edge or stall, and put that on the agenda."""
        flags = frozenset(self.machine.irqs)
        step = self.machine.advance()
        self.stalled = "" if step.why == "pins" else step.why
        if step.why == "pins":
            self._later(step.cycle, self._edge)
        elif step.why == "pin" and not self._has_come(step.cycle):
            self._later(step.cycle, self.go_on)
        elif step.why == "pin":
            settles_in = self._pio.pads.settles_in(self.machine.waits_for())
            if settles_in > 0:
                self.wake(settles_in)
        if flags != self.machine.irqs:
            self._pio.irq_changed(self)


class Pio:
    """Eight state machines, numbered as MicroPython numbers them."""

    def __init__(self, world: World, clock: PicoClock, pads: Pads) -> None:
        """Nothing is loaded."""
        self.world, self.clock, self.pads = world, clock, pads
        self.irqs: tuple[set[int], set[int]] = (set(), set())
        self.machines: dict[int, Running] = {}
        pads.changed = self._pin_changed

    def tick(self) -> int:
        """The tick of clk_sys now."""
        return self.clock.tick(self.world.now_ns)

    def load(self, number: int, program: Program) -> None:
        """`StateMachine.init`: the pins start at their initial levels and only then belong to the block."""
        if number in self.machines:
            self.machines[number].stop()
        running = self.machines[number] = Running(self, number, program)
        for gpio, _ in program.initial:
            self.pads.select(gpio, running.block)

    def put(self, number: int, word: int) -> bool:
        """Write to the TX FIFO; False if it is full."""
        running = self.machines[number]
        if len(running.machine.tx) >= running.machine.program.tx_depth:
            return False
        running.machine.tx.append(word & 0xFFFFFFFF)
        if running.stalled == "tx":
            running.wake()
        return True

    def _pin_changed(self, gpio: int) -> None:
        for running in list(self.machines.values()):
            if running.stalled == "pin" and running.machine.waits_for() == gpio:
                running.wake(SYNC_TICKS)

    def irq_changed(self, by: Running) -> None:
        """A state machine has changed its block's flags."""
        for running in list(self.machines.values()):
            if running is not by and running.block == by.block and running.stalled == "irq":
                running.wake()

    def stop(self) -> None:
        """Reset: all state machines stop, nothing is loaded."""
        for running in self.machines.values():
            running.stop()
        self.machines.clear()
