"""What the simulated chip does for the firmware: the requests of the MicroPython modules in `shim/`, answered from the world.

A request is a list: its name, then plain arguments. Only some have answers; the rest are writes to registers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hil.sim import chance, truth
from hil.sim.agenda import Event
from hil.sim.pico.block import Pio
from hil.sim.pico.clock import PicoClock
from hil.sim.pico.pads import HIGH_V, PWM, SIO, Pads
from hil.sim.pico.pio import Program
from hil.sim.pico.pwm import Levels, Slice
from hil.sim.world import World


class Board:
    """The peripherals of one Pico from one reset to the next."""

    def __init__(self, world: World, clock: PicoClock, pads: Pads, true: truth.PicoTruth, name: str, scratch: list[int]) -> None:
        """As a reset leaves them; `true`: this Pico as it really is; `scratch`: the watchdog's registers, which a reset keeps."""
        self._world, self.clock, self._pads, self._true, self._name = world, clock, pads, true, name
        pads.clock = clock
        self.pio = Pio(world, clock, pads)
        self._slices = [Slice() for _ in range(8)]
        self._slice_events: list[Event | None] = [None] * 8
        self._conversions = 0
        self._scratch_words = scratch
        self._requests: dict[str, Callable[..., Any]] = {
            "pin": self._pin,
            "write": self._write,
            "read": pads.level,
            "scratch": self._scratch,
            "pwm": self._pwm,
            "pwm_off": self._pwm_off,
            "adc_pin": self._adc_pin,
            "adc": self._adc,
            "sm_init": self._sm_init,
            "sm_on": self._sm_on,
            "sm_put": self.pio.put,
            "sm_get": self._sm_get,
            "sm_exec": self._sm_exec,
            "sm_level": self._sm_level,
        }
        self.answering = frozenset({"scratch", "read", "adc", "sm_put", "sm_get", "sm_level"})
        """The requests that wait for an answer."""

    def do(self, request: list[Any]) -> Any:
        """Carry a request out; what it answers, if it is one of `answering`."""
        return self._requests[request[0]](*request[1:])

    def stop(self) -> None:
        """What MicroPython's soft reset does: state machines and PWM stop, pins stay as they are."""
        self.pio.stop()
        for event in self._slice_events:
            if event is not None:
                self._world.cancel(event)
        for one in self._slices:
            one.stop()

    # -- pins

    def _pin(self, gpio: int, output: bool, pull: str, value: int | None) -> None:
        if value is not None:
            self._pads.output(SIO, gpio, value)
        if output:
            if value is None and self._pads.function(gpio) != SIO:
                self._pads.output(SIO, gpio, 0)
            self._pads.select(gpio, SIO)
        else:
            self._pads.select(gpio, "none")
        self._pads.pull(gpio, pull)

    def _write(self, gpio: int, value: int) -> None:
        self._pads.output(SIO, gpio, value)

    def _scratch(self, number: int, word: int | None) -> int:
        if word is not None:
            self._scratch_words[number] = word
        return self._scratch_words[number]

    # -- PWM

    def _pwm(self, gpio: int, div16: int, top: int, cc: tuple[int, int]) -> None:
        """Write the registers of the pin's slice, then give it the pin; `top` 0: the slice stays stopped, its output low."""
        number = (gpio >> 1) & 7
        if top:
            self._slices[number].write(Levels(div16, top, (cc[0], cc[1])), self.clock.tick(self._world.now_ns))
            self._show(number)
        else:
            self._pads.output(PWM, gpio, 0)
        self._pads.select(gpio, PWM)

    def _pwm_off(self, gpio: int) -> None:
        """Stop the slice's counter; its outputs stay."""
        number = (gpio >> 1) & 7
        self._slices[number].stop()
        event = self._slice_events[number]
        if event is not None:
            self._world.cancel(event)

    def _show(self, number: int) -> None:
        tick = self.clock.tick(self._world.now_ns)
        for channel, level in enumerate(self._slices[number].outputs(tick)):
            for gpio in range(2 * number + channel, 30, 16):
                self._pads.output(PWM, gpio, level)
        event = self._slice_events[number]
        if event is not None:
            self._world.cancel(event)
        due = self._slices[number].next_change(tick)
        self._slice_events[number] = None if due is None else self._world.at(self.clock.ns(due), self._show, number)

    # -- PIO

    def _sm_init(self, number: int, given: dict[str, Any]) -> None:
        given["words"], given["initial"] = tuple(given["words"]), tuple((gpio, level) for gpio, level in given["initial"])
        self.pio.load(number, Program(**given))

    def _sm_on(self, number: int, on: bool) -> None:
        self.pio.machines[number].enable(on)

    def _sm_get(self, number: int) -> int | None:
        rx = self.pio.machines[number].machine.rx
        return rx.popleft() if rx else None

    def _sm_exec(self, number: int, word: int) -> None:
        running = self.pio.machines[number]
        running.machine.execute(word)
        running.drive()

    def _sm_level(self, number: int) -> int:
        return len(self.pio.machines[number].machine.tx)

    # -- ADC

    def _adc_pin(self, gpio: int) -> None:
        """As adc_gpio_init does: no digital function and no pulls; what is left is the converter's own input resistance."""
        self._pads.select(gpio, "none")
        self._pads.load(gpio, self._true.adc_input_ohms)

    def _adc(self, gpio: int) -> int:
        self._conversions += 1
        noise = chance.normal(self._world.seed, self._name, "adc", self._conversions, sigma=self._true.adc_noise_v)
        volts = self._pads.volts(gpio) * (1 + self._true.adc_gain) + self._true.adc_offset_v + noise
        return min(max(round(volts / HIGH_V * 4096 - 0.5), 0), 4095)
