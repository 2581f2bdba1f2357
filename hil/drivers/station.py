"""The operator's panel on gpiozero: start button, lamps, buzzer, relay. Closing leaves everything off."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hil.drivers.host import Host
from hil.drivers.pin_factory import device_on

Showing = Literal["ready", "busy", "pass", "fail", "error"]
"""`error`: the rig is at fault, or something is missing; nothing is said of the unit."""

DEBOUNCE_S = 0.02
"""A button counts as pressed once its contact has stood so long."""

BLINK_S = 0.25
BEEP_S, PAUSE_S = 0.15, 0.15
BEEPS: Mapping[str, int] = {"pass": 1, "fail": 2, "error": 3}


@dataclass(frozen=True, slots=True)
class Panel:
    """What is at which pin: {"start": "GPIO5", "pass": "GPIO13", "buzzer": ...}; what is missing is not there."""

    pins: Mapping[str, str]

    def __contains__(self, what: str) -> bool:
        return what in self.pins


class Station:
    """The panel of one host."""

    def __init__(self, host: Host, panel: Panel) -> None:
        """Opens every pin of the panel; RigError if one is in use or GPIO is out of reach. Everything is off."""
        self.host, self.panel = host, panel
        self._devices: dict[str, Any] = {}
        try:
            for what, pin in panel.pins.items():
                self._devices[what] = self._open(what, pin)
        except BaseException:
            self.close()
            raise

    def _open(self, what: str, pin: str) -> Any:
        if what == "start":
            return device_on(self.host, pin, "Button", pull_up=True, bounce_time=DEBOUNCE_S)
        kind = {"buzzer": "Buzzer", "relay": "OutputDevice"}.get(what, "LED")
        return device_on(self.host, pin, kind, initial_value=False)

    def released(self, seconds: float) -> bool:
        """Whether the start button is up, or comes up within `seconds`; so that one that is stuck starts nothing."""
        button = self._devices.get("start")
        return button is None or bool(button.wait_for_release(seconds)) or not button.is_pressed

    def pressed(self, seconds: float) -> bool:
        """Whether the start button is down, or is pressed within `seconds`."""
        button = self._devices.get("start")
        return button is not None and (bool(button.wait_for_press(seconds)) or bool(button.is_pressed))

    def show(self, what: Showing) -> None:
        """Light the lamps for it, beep for a verdict, close the relay while busy and open it else."""
        for name in ("pass", "fail", "busy"):
            self._light(name, on=name == what, blink=name == "fail" and what == "error")
        if "relay" in self._devices:
            self._devices["relay"].value = what == "busy"
        if "buzzer" in self._devices and what in BEEPS:
            self._devices["buzzer"].beep(BEEP_S, PAUSE_S, n=BEEPS[what], background=True)

    def _light(self, name: str, *, on: bool, blink: bool) -> None:
        lamp = self._devices.get(name)
        if lamp is None:
            return
        if blink:
            lamp.blink(BLINK_S, BLINK_S)
        else:
            (lamp.on if on else lamp.off)()

    def close(self) -> None:
        """Everything off, every pin an input."""
        while self._devices:
            what, device = self._devices.popitem()
            # One pin that cannot be closed must not keep the others on.
            if what != "start":
                with contextlib.suppress(Exception):
                    device.off()
            with contextlib.suppress(Exception):
                device.close()
