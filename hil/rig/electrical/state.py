"""A state of the rig: which cameras have no supply, and what the pins that can drive do."""

from __future__ import annotations

from dataclasses import dataclass

from hil.rig.words import listed


@dataclass(frozen=True, slots=True)
class State:
    """`State()` is at rest: every camera powered, sources silent, trigger outputs high, all other outputs low."""

    off: tuple[str, ...] = ()
    """Cameras without supply: those that do not stream and are not always on."""
    pins: tuple[tuple[str, bool | None], ...] = ()
    """Pins that do something else than at rest: ("pico.GP28", False) is driven low, None is let go with its reset pull."""

    def does(self, pin: str, otherwise: bool | None) -> bool | None:
        """What a pin does in this state."""
        return dict(self.pins).get(pin, otherwise)

    def __str__(self) -> str:
        doing = {True: "high", False: "low", None: "in reset"}
        said = [f"{pin} {doing[level]}" for pin, level in self.pins]
        said += [f"{listed(self.off)} off"] if self.off else []
        return ", ".join(said) or "at rest"
