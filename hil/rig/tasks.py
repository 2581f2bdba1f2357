"""What somebody with a soldering iron and a meter can be asked or told to do, as data that reads as a sentence.

A person reads the sentence; the twin's person looks at the fields and answers from its world. The standard library is enough to
import this. Points are pins as the rig file writes them, "source.XVS", or the joint of two parts, "R4/LED1".
"""

from __future__ import annotations

from dataclasses import dataclass

JOINT = "/"
"""Between the names of two parts: where they are soldered to each other."""


def place(point: str) -> str:
    """A point in words."""
    one, joint, other = point.partition(JOINT)
    return f"the joint of {one} and {other}" if joint else point


@dataclass(frozen=True, slots=True)
class Ohms:
    """Read the resistance between two points, everything without power. Ohm; infinite where nothing passes."""

    a: str
    b: str

    def __str__(self) -> str:
        return f"meter on ohms: {place(self.a)} to {place(self.b)}"


@dataclass(frozen=True, slots=True)
class Volts:
    """Read a direct voltage. V."""

    red: str
    black: str

    def __str__(self) -> str:
        return f"meter on volts: red on {place(self.red)}, black on {place(self.black)}"


@dataclass(frozen=True, slots=True)
class Fitted:
    """See what is on a camera's board: transistor Q2, resistor R11, the pads MAS."""

    camera: str
    part: str

    def __str__(self) -> str:
        return f"look at the board of {self.camera}: {self.part} is"


@dataclass(frozen=True, slots=True)
class Glow:
    """See whether an LED is lit: "lit" or "dark"."""

    led: str

    def __str__(self) -> str:
        return f"look at {self.led}: it is"


@dataclass(frozen=True, slots=True)
class Solder:
    """Solder a line of `[wiring]`, by its name."""

    line: str

    def __str__(self) -> str:
        return f"solder {self.line}"


@dataclass(frozen=True, slots=True)
class Plug:
    """Plug in every ribbon and USB cable of the rig; until then they join no grounds."""

    def __str__(self) -> str:
        return "plug everything together"


@dataclass(frozen=True, slots=True)
class Power:
    """Give hosts their supply, or take it from them and all that hangs on them."""

    hosts: tuple[str, ...]
    on: bool

    def __str__(self) -> str:
        who = " and ".join(self.hosts)
        return f"plug in the supply of {who}, and wait until they have booted" if self.on else f"shut down {who}, and pull the plug"


@dataclass(frozen=True, slots=True)
class Edit:
    """Have lines in the config.txt of a host."""

    host: str
    file: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"on {self.host}, edit {self.file} (sudo nano {self.file})"


@dataclass(frozen=True, slots=True)
class Reboot:
    """Boot hosts anew."""

    hosts: tuple[str, ...]

    def __str__(self) -> str:
        return f"reboot {' and '.join(self.hosts)} (sudo reboot), and wait until they are back"


@dataclass(frozen=True, slots=True)
class Again:
    """Something is not as it should be: put it right and look again, or stop here."""

    asked: str
    found: str
    hint: str

    def __str__(self) -> str:
        lines = [f"NOT YET  {self.asked}", *(f"  {word:5}  {text}" for word, text in (("found", self.found), ("do", self.hint)) if text)]
        return "\n       ".join([*lines, "then"])


AGAIN, STOP = "again", "stop"
"""The answers to that."""
