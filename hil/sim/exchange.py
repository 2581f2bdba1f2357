"""How the processes of one twin hear of each other. One process alone has nobody to tell.

Every process keeps the same wires; what a device of one process does to a wire is told to all others, and they hear it at
the same instant of true time, before anything later happens.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, Protocol

Hearer = Callable[[Any], None]
"""Called at the instant at which the other process told it; the payload is plain data (pickled on its way)."""

Told = tuple[str, bytes]
"""A topic and its pickled payload, on its way."""


class Exchange(Protocol):
    """What a world offers its devices to tell those of other processes."""

    def tell(self, topic: str, payload: Any) -> None:
        """Tell all other processes, now; not the calling one."""

    def hear(self, topic: str, hearer: Hearer) -> None:
        """Have `hearer(payload)` called for whatever another process tells under `topic`."""


class Alone:
    """The exchange of a world that is one process."""

    def tell(self, topic: str, payload: Any) -> None:
        """Nobody hears it."""

    def hear(self, topic: str, hearer: Hearer) -> None:
        """Nobody tells anything."""


class Hearers:
    """Who hears what, in one process of several."""

    def __init__(self) -> None:
        """Nobody hears anything yet."""
        self._hearers: dict[str, list[Hearer]] = {}

    def hear(self, topic: str, hearer: Hearer) -> None:
        """Have `hearer(payload)` called for whatever another process tells under `topic`."""
        self._hearers.setdefault(topic, []).append(hearer)

    def pass_on(self, told: Told) -> None:
        """Let whoever hears that topic have it, in the order in which they asked."""
        topic, payload = told
        hearers = self._hearers.get(topic)
        if hearers:
            said = pickle.loads(payload)
            for hearer in hearers:
                hearer(said)


def told(topic: str, payload: Any) -> Told:
    """What travels."""
    return topic, pickle.dumps(payload, pickle.HIGHEST_PROTOCOL)
