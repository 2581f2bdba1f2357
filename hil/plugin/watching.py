"""The hosts of a run, looked at between tests: evidence for the journal, and a finding where something happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hil.bench import Bench
from hil.checks.meanwhile import Watch
from hil.report import events


@dataclass
class Watching:
    """Writes down how the hosts of an open bench are doing."""

    watch: Watch
    write: Callable[[events.Event], None]

    @classmethod
    def of(cls, bench: Bench, write: Callable[[events.Event], None]) -> Watching:
        """Begins with a first look."""
        watching = cls(Watch(bench.hosts, bench.clock), write)
        watching.look("")
        return watching

    def look(self, test: str, *, anyway: bool = False) -> None:
        """Before `test`; "" before the first and after the last. `anyway`: however little time has passed."""
        for seen in self.watch.look(anyway=anyway):
            vitals = seen.vitals
            self.write(
                events.monitor(
                    seen.host,
                    throttled=vitals.throttled,
                    temperature_c=vitals.temperature_c,
                    load=vitals.load,
                    kernel=vitals.kernel,
                    test=test,
                )
            )
            for one in seen.happened:
                told = events.diagnosis(one.cause, says=one.says, where=one.host, seen=one.seen, do=one.do, evidence=one.seen, test=test)
                self.write(told)
