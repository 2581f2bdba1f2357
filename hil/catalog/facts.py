"""A fact: a value with its unit, where it was read and how much that is worth.

Every number of the catalog is one of these, so that a limit, a report or a simulated sensor can say where it comes from.
Keys of sources are resolved by `hil.catalog.source`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

Value = int | float | str | bool | tuple["Value", ...]

EVIDENCE: Final = ("driver", "listing", "page", "docs", "datasheet", "derived", "general", "measured")
"""What stands behind a fact.

driver: read in a kernel driver, an overlay or libcamera; listing: seen in the output of the real tools; page: the documentation page;
docs: other official documentation, threads of the makers included; datasheet: the maker's; derived: arithmetic on the former;
general: common knowledge nobody looked up; measured: on real hardware, by somebody who published it.
"""

NOT_JUDGED: Final = frozenset({"derived", "general"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One value with its provenance."""

    value: Value
    unit: str
    """"" for counts, names and flags."""
    source: str
    """A key of `hil.catalog.sources()`."""
    evidence: str
    """One of `EVIDENCE`."""
    text: str = ""
    """The source's own words, where they say more than the value: "Around 25 × 24 × 9 mm"."""
    note: str = ""
    """What a reader should know before leaning on it."""

    @property
    def judged(self) -> bool:
        """Whether a unit may fail by this fact; derived and general facts are measured and recorded only."""
        return self.evidence not in NOT_JUDGED

    def __str__(self) -> str:
        return self.text or " ".join(filter(None, (plain(self.value), self.unit)))


def plain(value: Value) -> str:
    """The value in words: (4608, 2592) is "4608 x 2592"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return (" x " if all(isinstance(part, int | float) for part in value) else ", ").join(plain(part) for part in value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


class Facts(Mapping[str, Fact]):
    """The facts of one subject by dotted name ("exposure.min_lines"), with typed reading of their values.

    Reading a name that is not there is a KeyError, one of another type a TypeError: both are faults of the data files.
    """

    def __init__(self, subject: str, facts: Mapping[str, Fact]) -> None:
        """`subject`: what they are about, for messages."""
        self.subject = subject
        self._facts = dict(facts)

    def __getitem__(self, name: str) -> Fact:
        try:
            return self._facts[name]
        except KeyError:
            raise KeyError(f"{self.subject} has no fact {name!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def __hash__(self) -> int:
        return hash((self.subject, tuple(self._facts)))

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number; `default` where the fact is absent."""
        if default is not None and name not in self._facts:
            return default
        value = self[name].value
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "a whole number")
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A real number; `default` where the fact is absent."""
        if default is not None and name not in self._facts:
            return default
        value = self[name].value
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._wrong(name, "a number")
        return float(value)

    def text(self, name: str, default: str | None = None) -> str:
        """A string; `default` where the fact is absent."""
        if default is not None and name not in self._facts:
            return default
        value = self[name].value
        if not isinstance(value, str):
            raise self._wrong(name, "a string")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        """True or false; `default` where the fact is absent."""
        if default is not None and name not in self._facts:
            return default
        value = self[name].value
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def integers(self, name: str) -> tuple[int, ...]:
        """Whole numbers, such as a crop; empty where the fact is absent."""
        return tuple(part for part in self._parts(name) if self._is(name, part, int))  # type: ignore[misc]

    def strings(self, name: str) -> tuple[str, ...]:
        """Strings; empty where the fact is absent."""
        return tuple(part for part in self._parts(name) if self._is(name, part, str))  # type: ignore[misc]

    def size(self, name: str) -> tuple[int, int]:
        """Width and height in pixels."""
        width, height = self.integers(name)
        return width, height

    def _parts(self, name: str) -> tuple[Value, ...]:
        value = self._facts[name].value if name in self._facts else ()
        if not isinstance(value, tuple):
            raise self._wrong(name, "a list")
        return value

    def _is(self, name: str, part: Value, kind: type) -> bool:
        if not isinstance(part, kind):
            raise self._wrong(name, f"a list of {kind.__name__}")
        return True

    def _wrong(self, name: str, wanted: str) -> TypeError:
        return TypeError(f"{self.subject}: {name} is {self[name].value!r}, not {wanted}")
