"""What goes on at this moment, as one line: `exposure 112 s · frame 1 of 2 · 00:41 of 03:44`."""

from __future__ import annotations

from hil.clock import Clock
from hil.report.events import Event
from hil.report.figures import clock as counter
from hil.report.quantity import label

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Status:
    """Follows the events of one run and says where it is; the elapsed time goes on between two events."""

    def __init__(self, clock: Clock) -> None:
        """`clock` is the machine's, not the rig's: it only counts on from the last progress event."""
        self._clock = clock
        self._tests: dict[str, Event] = {}
        self._planned = self._measured = 0
        self._simulated = False
        self._test: Event = {}
        self._progress: Event | None = None
        self._since_ns = self._begun_ns = clock.now_ns()
        self._turn = 0

    def feed(self, event: Event) -> None:
        """Take one event."""
        kind = event["event"]
        if kind == "run":
            self._simulated = bool(event["simulated"])
        elif kind == "planned":
            self._tests = {test["test"]: test for test in event["tests"]}
            self._planned = sum(len(test["measurements"]) for test in event["tests"] if test["required"])
        elif kind == "measurement":
            self._measured += 1
        self._move(kind, event)

    def step(self) -> str:
        """What goes on, without the elapsed time: `exposure 112 s · frame 1 of 2`."""
        if self._progress is not None:
            of = self._progress["of"]
            frame = f"{self._progress['noun']} {self._progress['done']} of {of}" if of else ""
            return _joined(self._progress["what"], frame)
        check = label(self._test.get("check", "")) or self._test.get("test", "").rpartition("::")[2]
        return _joined(check, self._test.get("subject", ""), self._test.get("mode", ""))

    def text(self) -> str:
        """The whole line."""
        if self._progress is not None:
            expected_s = self._progress["expected_s"]
            elapsed = counter(self._progress["elapsed_s"] + self._elapsed_s(self._since_ns))
            return _joined(self.step(), f"{elapsed} of {counter(expected_s)}" if expected_s else elapsed)
        count = f"{self._measured} of {max(self._planned, self._measured)} measurements" if self._planned else ""
        return _joined(self.step() or "opening the rig", count, counter(self._elapsed_s(self._begun_ns, always=True)))

    def spinner(self) -> str:
        """The next picture of something that moves."""
        self._turn = (self._turn + 1) % len(SPINNER)
        return SPINNER[self._turn]

    def _move(self, kind: str, event: Event) -> None:
        if kind == "progress":
            self._progress, self._since_ns = event, self._clock.now_ns()
        elif kind in ("started", "outcome", "measurement", "end"):
            self._progress = None
        if kind == "started":
            self._test = self._tests.get(event["test"], event)

    def _elapsed_s(self, since_ns: int, *, always: bool = False) -> float:
        """Wall time since then; in a twin the rig's clock leaps, so nothing is added to what it said."""
        return 0.0 if self._simulated and not always else (self._clock.now_ns() - since_ns) / 1e9


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
