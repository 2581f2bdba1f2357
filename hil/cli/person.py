"""A person at this terminal, and how the answers of the twin's person are shown in it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from hil.drivers.person import Person
from hil.errors import UserError
from hil.rig.tasks import Again

_NUMBER = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*([mkM]?)\s*(?:ohms?|V|Ω)?$")
_SCALE = {"m": 1e-3, "": 1.0, "k": 1e3, "M": 1e6}
_OVERLOAD = ("ol", "o.l", "open", "inf")


def number(text: str) -> float | None:
    """What somebody reads off a meter: "1.78", "1,78", "10.1k", "OL"; None for anything else."""
    if text.strip().lower() in _OVERLOAD:
        return math.inf
    read = _NUMBER.match(text.strip())
    return float(read[1].replace(",", ".")) * _SCALE[read[2]] if read else None


class Terminal:
    """Somebody who reads the terminal and types."""

    def __init__(self, console: Console, typed: TextIO | None = None) -> None:
        """`console`: where prompts are written; `typed`: where answers are read, if not from standard input."""
        self._console, self._typed = console, typed

    def tell(self, text: str) -> None:
        """Say something."""
        self._console.print(escape(text))

    def ask_ready(self, what: object) -> None:
        """Wait for Enter."""
        self._read(f"       {what}, then press Enter ")

    def ask_number(self, what: object, unit: str) -> float:
        """A number, asked for again until it is one."""
        while True:
            read = number(self._read(f"       {what}   {unit} (OL where it shows overload): "))
            if read is not None:
                return read
            self.tell("       a number as the meter shows it: 1.78, 10.1k, or OL")

    def ask_choice(self, what: object, options: Sequence[str]) -> str:
        """One of the options; a beginning of one will do."""
        while True:
            said = self._read(f"       {what}   {' or '.join(options)}: ").strip().lower()
            fitting = [option for option in options if said and option.lower().startswith(said)]
            if len(fitting) == 1:
                return fitting[0]
            self.tell(f"       one of {', '.join(options)}")

    def _read(self, prompt: str) -> str:
        try:
            read = self._console.input(escape(prompt), stream=self._typed)
            if self._typed is not None and not read:  # a stream ends with an empty line, Enter is a new line
                raise EOFError
        except EOFError as end:
            raise UserError("an answer asked for", "the input has ended", "run it in a terminal, or with --sim") from end
        return read


class Shown:
    """Somebody else, whose answers are shown."""

    def __init__(self, person: Person, console: Console) -> None:
        """`person`: who answers."""
        self._person, self._console = person, console

    def tell(self, text: str) -> None:
        """Shown, and told."""
        self._console.print(escape(text))
        self._person.tell(text)

    def ask_ready(self, what: object) -> None:
        """Shown, and asked."""
        self._person.ask_ready(what)
        self._console.print(escape(f"       {what}: done"))

    def ask_number(self, what: object, unit: str) -> float:
        """Shown with the answer."""
        read = self._person.ask_number(what, unit)
        self._console.print(escape(f"       {what}: {'OL' if read == math.inf else f'{read:g}'} {unit}"))
        return read

    def ask_choice(self, what: object, options: Sequence[str]) -> str:
        """Shown with the answer."""
        chosen = self._person.ask_choice(what, options)
        if not isinstance(what, Again):  # an error says that
            self._console.print(escape(f"       {what}: {chosen}"))
        return chosen
