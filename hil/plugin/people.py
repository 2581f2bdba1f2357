"""Who answers when a test asks a person: whoever sits at the terminal, or the twin's; answers go into the record."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hil.drivers.person import Answer, Person, Witness
from hil.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hil.plugin.book import Notebook
    from hil.plugin.session import Session

TERMINAL = "/dev/tty"
"""pytest keeps standard input and output for itself."""


def at(session: Session, notebook: Notebook) -> Witness:
    """Somebody at the bench of this run, whose answers `notebook` keeps."""
    twin = session.twin()
    if twin is None:
        return Witness(AtTerminal(), lambda answer: _write(answer, notebook))
    from hil.sim.person import SimPerson

    return Witness(SimPerson(twin.spec, twin.seed, twin), lambda answer: _write(answer, notebook))


def _write(answer: Answer, notebook: Notebook) -> None:
    notebook.text("person", f"{answer.asked}: {answer.answer} {answer.unit}".strip(), subject=notebook.subject)


class AtTerminal:
    """Somebody at the terminal that this process was started from; it is opened when there is something to say."""

    def tell(self, text: str) -> None:
        """Say something."""
        with _terminal() as person:
            person.tell(text)

    def ask_ready(self, what: object) -> None:
        """Wait for Enter."""
        with _terminal() as person:
            person.ask_ready(what)

    def ask_number(self, what: object, unit: str) -> float:
        """A number."""
        with _terminal() as person:
            return person.ask_number(what, unit)

    def ask_choice(self, what: object, options: Sequence[str]) -> str:
        """One of the options."""
        with _terminal() as person:
            return person.ask_choice(what, options)


@contextmanager
def _terminal() -> Iterator[Person]:
    from rich.console import Console

    from hil.cli.person import Terminal

    try:
        # Two files: a terminal cannot be sought in, as one that is read and written would have to be.
        with open(TERMINAL, encoding="utf-8") as typed, open(TERMINAL, "w", encoding="utf-8") as shown:  # noqa: PTH123 - a device
            yield Terminal(Console(file=shown, highlight=False), typed)
    except OSError as error:
        raise UserError(
            "a person asked for", f"this run has no terminal ({error.strerror})", "run it in a terminal, or with --sim"
        ) from error
