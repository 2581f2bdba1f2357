"""A person as a driver: told what to do, asked what a meter shows. One at a terminal, and the twin's, answer to the same protocol.

What is asked is anything that reads as a sentence: a text, or one of `hil.rig.tasks`, which the twin's person understands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Person(Protocol):
    """Somebody at the bench."""

    def tell(self, text: str) -> None:
        """Say something that needs no answer."""

    def ask_ready(self, what: object) -> None:
        """Have something done; returns when they say that it is."""

    def ask_number(self, what: object, unit: str) -> float:
        """Have something read, in `unit`; infinite where a meter shows overload ("OL")."""

    def ask_choice(self, what: object, options: Sequence[str]) -> str:
        """Have one of `options` chosen."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody was asked and answered: evidence."""

    asked: str
    answer: str | float
    unit: str = ""


def _nobody(_: Answer) -> None:
    """Nobody else is told."""


@dataclass
class Witness:
    """A person whose answers are kept."""

    person: Person
    on_answer: Callable[[Answer], object] = _nobody
    """Told of each as it is given."""
    answers: list[Answer] = field(default_factory=list)
    """In the order in which they were given."""

    def tell(self, text: str) -> None:
        """Say something."""
        self.person.tell(text)

    def ask_ready(self, what: object) -> None:
        """Have something done."""
        self.person.ask_ready(what)
        self._keep(Answer(str(what), "done"))

    def ask_number(self, what: object, unit: str) -> float:
        """Have something read."""
        read = self.person.ask_number(what, unit)
        self._keep(Answer(str(what), read, unit))
        return read

    def ask_choice(self, what: object, options: Sequence[str]) -> str:
        """Have something chosen."""
        chosen = self.person.ask_choice(what, options)
        self._keep(Answer(str(what), chosen))
        return chosen

    def _keep(self, answer: Answer) -> None:
        self.answers.append(answer)
        self.on_answer(answer)
