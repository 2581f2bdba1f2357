"""A Pi's header, on gpiozero: pulse trains, levels, time-stamped edges, and an MCP3008's voltages.

Edges are stamped by the kernel on CLOCK_MONOTONIC, which also stamps frames; lgpio hands the stamps on. What a train really was is known
from stamps alone: a program's pulses are as late as its scheduler likes. Closing leaves every pin low first, then an input.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hil.drivers import adc
from hil.drivers.host import Host
from hil.drivers.pin_factory import device_on
from hil.drivers.pulse_player import Player
from hil.drivers.stamping import Edges, Recorder
from hil.errors import UserError
from hil.measure import Measurement

__all__ = ["Edges", "Gpio", "RemoteGpio", "Train"]

TRAINS = 8
"""Trains kept for `wait`; who starts more without waiting has lost the oldest."""


@dataclass(frozen=True)
class Train:
    """A pulse train that is being played; it plays on whether anybody waits or not, and ends by itself."""

    gpio: Gpio | RemoteGpio = field(repr=False)
    number: int
    pulses: int

    def wait(self) -> None:
        """Until the last pulse has been; RigError if the pin failed meanwhile, or its thread is long overdue."""
        self.gpio.wait(self.number)

    def stop(self) -> None:
        """After the pulse that is under way, if any, no more."""
        self.gpio.stop(self.number)


class Gpio:
    """The header of one host. Pins are "GPIO17" (also "pi-a.GPIO17", as the rig file writes it)."""

    def __init__(self, host: Host, adcs: Mapping[str, adc.Wired] | None = None) -> None:
        """`adcs`: converters on its SPI, by the rig's names. Nothing is touched before something is asked for."""
        self.host = host
        self._adcs = dict(adcs or {})
        self._outputs: dict[str, Any] = {}
        self._recorders: dict[str, Recorder] = {}
        self._players: dict[int, Player] = {}
        self._played = 0

    # -- what it drives -----------------------------------------------------------------------------------------------

    def level(self, pin: str, on: bool) -> None:
        """Drive `pin` high or low, until told otherwise or closed; a train on it is stopped."""
        self._stop_trains_on(self._name(pin))
        self._output(pin).value = on

    def pulse_train(self, pin: str, starts_us: Sequence[float], width_us: float) -> Train:
        """Play one high pulse of `width_us` at each of `starts_us` from now, in a thread of its own; returns at once.

        UserError if they overlap or run backwards. A pulse that its thread comes too late for is played late, none is left out.
        """
        return Train(self, self.play(pin, starts_us, width_us), len(starts_us))

    def play(self, pin: str, starts_us: Sequence[float], width_us: float) -> int:
        """The same; the number by which `wait` and `stop` know the train."""
        _refuse_overlaps(pin, starts_us, width_us)
        name = self._name(pin)
        self._stop_trains_on(name)
        self._played += 1
        player = Player(f"{self.host.name}.{name}", self.host.clock, self._output(pin), tuple(starts_us), width_us)
        self._players[self._played] = player
        for number in list(self._players)[:-TRAINS]:
            self._players.pop(number).stop()
        player.start()
        return self._played

    def wait(self, train: int) -> None:
        """Until that train has ended; at once if it is forgotten already."""
        if train in self._players:
            self._players[train].wait()

    def stop(self, train: int) -> None:
        """End that train after the present pulse."""
        if train in self._players:
            self._players[train].stop()

    # -- what it reads ------------------------------------------------------------------------------------------------

    def read(self, pin: str) -> bool:
        """The level of a pin; one that is not used yet becomes an input without a pull."""
        name = self._name(pin)
        if name in self._outputs:
            return bool(self._outputs[name].value)
        if name in self._recorders:
            return self._recorders[name].level()
        with device_on(self.host, name, "InputDevice", pull_up=None, active_state=True) as device:
            return bool(device.value)

    def stamp(self, pins: Sequence[str]) -> None:
        """From now on stamp all edges of these pins; edges of an earlier `stamp` of them are forgotten."""
        for pin in pins:
            name = self._name(pin)
            if name in self._outputs:
                raise UserError(
                    f"{self.host.name}.{name}: edges asked for", "this program drives that pin", "the pin at the wire's other end"
                )
            if name in self._recorders:
                self._recorders.pop(name).close()
            self._recorders[name] = Recorder(self.host, pin, name)

    def stamps(self) -> dict[str, Edges]:
        """The edges since `stamp`, by pin as it was written there. RigError if they are not on CLOCK_MONOTONIC, or a pin rattled."""
        return {recorder.written: recorder.edges() for recorder in self._recorders.values()}

    def adc_v(self, name: str, channel: int) -> Measurement:
        """The voltage at a channel of the converter `name`, in V. UserError if there is none of that name or channel."""
        if name not in self._adcs:
            known = ", ".join(self._adcs) or "none"
            raise UserError(f"{name} on host {self.host.name}: a voltage asked for", f"converters there: {known}")
        return adc.read(self.host, name, self._adcs[name], channel)

    # -- the end ------------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Stop trains and stamps, drive every output low, then make it an input."""
        for player in self._players.values():
            player.stop()
        self._players.clear()
        for recorder in self._recorders.values():
            recorder.close()
        self._recorders.clear()
        for device in self._outputs.values():
            # One pin that cannot be closed must not keep the others from being left low.
            with contextlib.suppress(Exception):
                device.off()
            with contextlib.suppress(Exception):
                device.close()
        self._outputs.clear()

    def __enter__(self) -> Gpio:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _name(self, pin: str) -> str:
        device, dot, name = pin.rpartition(".")
        if dot and device != self.host.name:
            raise UserError(
                f"{pin} asked for on host {self.host.name}", f"that pin is {device}'s", f'"{self.host.name}.GPIO17" or "GPIO17"'
            )
        if not (name.startswith("GPIO") and name[4:].isdigit() and int(name[4:]) <= 27):
            raise UserError(f"{self.host.name}.{name} asked for", "no GPIO of the 40-pin header", "GPIO0 to GPIO27")
        return name

    def _output(self, pin: str) -> Any:
        name = self._name(pin)
        if name in self._recorders:
            raise UserError(f"{self.host.name}.{name} asked to be driven", "its edges are being stamped", "another pin")
        if name not in self._outputs:
            self._outputs[name] = device_on(self.host, name, "DigitalOutputDevice", initial_value=False)
        return self._outputs[name]

    def _stop_trains_on(self, name: str) -> None:
        for player in self._players.values():
            if player.pin == f"{self.host.name}.{name}":
                player.stop()


class RemoteGpio:
    """The header of a host that has a process of its own: the same methods, asked for over there."""

    def __init__(self, ask: Callable[..., Any]) -> None:
        """`ask(method, *args)` calls the method of the `Gpio` there and returns its plain result."""
        self._ask = ask

    def level(self, pin: str, on: bool) -> None:
        """See `Gpio.level`."""
        self._ask("level", pin, on)

    def pulse_train(self, pin: str, starts_us: Sequence[float], width_us: float) -> Train:
        """See `Gpio.pulse_train`."""
        return Train(self, self._ask("play", pin, tuple(float(start) for start in starts_us), width_us), len(starts_us))

    def wait(self, train: int) -> None:
        """See `Gpio.wait`."""
        self._ask("wait", train)

    def stop(self, train: int) -> None:
        """See `Gpio.stop`."""
        self._ask("stop", train)

    def read(self, pin: str) -> bool:
        """See `Gpio.read`."""
        return bool(self._ask("read", pin))

    def stamp(self, pins: Sequence[str]) -> None:
        """See `Gpio.stamp`."""
        self._ask("stamp", tuple(pins))

    def stamps(self) -> dict[str, Edges]:
        """See `Gpio.stamps`."""
        found: dict[str, Edges] = self._ask("stamps")
        return found

    def adc_v(self, name: str, channel: int) -> Measurement:
        """See `Gpio.adc_v`."""
        found: Measurement = self._ask("adc_v", name, channel)
        return found

    def close(self) -> None:
        """See `Gpio.close`."""
        self._ask("close")


def _refuse_overlaps(pin: str, starts_us: Sequence[float], width_us: float) -> None:
    asked = f"{pin}: a train of {len(starts_us)} pulses of {width_us:g} us asked for"
    if not width_us > 0:
        raise UserError(asked, "a pulse must last some time")
    if not all(start >= 0 for start in starts_us):
        raise UserError(asked, "a pulse would have begun before now, or at no time", "times in us from now")
    for before, after in pairwise(starts_us):
        if after - before <= width_us:
            raise UserError(asked, f"the one at {after:g} us begins before the one at {before:g} us has ended", "pulses in order, apart")
