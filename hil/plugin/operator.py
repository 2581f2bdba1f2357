"""A run at a test station: it begins when somebody presses the start button, and its verdict is a lamp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hil.bench.panel import open_panel
from hil.clock import Clock
from hil.drivers.station import Showing, Station
from hil.errors import RigError
from hil.report import events

if TYPE_CHECKING:
    from hil.rig import Rig
    from hil.sim.twin import Twin

LOOK_S = 1.0
STUCK_S = 30.0
"""A button that is down for so long is stuck."""

SHOWN: dict[str, Showing] = {"PASS": "pass", "FAIL": "fail"}


@dataclass
class Operator:
    """The panel of a rig's station, during one run."""

    station: Station
    clock: Clock
    show_s: float
    has_button: bool

    @classmethod
    def at(cls, rig: Rig, twin: Twin | None) -> Operator | None:
        """At the panel of `rig`; None where it has none."""
        station = open_panel(rig, twin)
        if station is None or rig.station is None:
            return None
        return cls(station, station.host.clock, rig.station.show_s, rig.station.start is not None)

    def await_start(self, write: Callable[[events.Event], None]) -> None:
        """Until the start button is pressed, however long that takes. RigError if it is stuck."""
        self.station.show("ready")
        if not self.station.released(STUCK_S):
            asked, hint = "the start button should be up", "look at the button and its wire to ground"
            raise RigError(asked, f"it is down for {STUCK_S:g} s", hint, where="station", cause="start button stuck")
        write(events.progress("waiting for the start button"))
        while not self.station.pressed(LOOK_S):
            pass

    def begin(self) -> None:
        """Busy."""
        self.station.show("busy")

    def end(self, verdict: str) -> None:
        """Show the verdict for a while, or until the button is pressed, and leave everything off."""
        try:
            self.station.show(SHOWN.get(verdict, "error"))
            left_ns = self.clock.now_ns() + round(self.show_s * 1e9)
            self.station.released(min(LOOK_S, self.show_s))
            while (left_s := (left_ns - self.clock.now_ns()) / 1e9) > 0:
                if self.has_button and self.station.pressed(min(LOOK_S, left_s)):
                    return
                if not self.has_button:
                    self.clock.sleep(left_s)
        finally:
            self.station.close()
