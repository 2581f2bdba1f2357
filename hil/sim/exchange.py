"""How the processes of one twin hear of each other. One process alone has nobody to tell.

Every process keeps the same wires; what a device of one process does to a wire is told to all others, and they hear it at
the same instant of true time, before anything later happens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

Hearer = Callable[[Any], None]
"""Called at the instant at which the other process told it; the payload is plain data (pickled on its way)."""


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
