"""What a procedure may write down. The pytest plugin implements it on the journal; tests use one in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from hil.judge import Limit, Outcome
from hil.measure import Measurement


class Notebook(Protocol):
    """Where a procedure's results go: recorded first, judged second."""

    def measure(
        self,
        m: Measurement,
        limit: Limit | None = None,
        *,
        subject: str,
        mode: str = "",
        conditions: Mapping[str, object] | None = None,
    ) -> Outcome:
        """Record `m` of the part `subject`, then judge it; without a limit it is recorded only. Never raises for a bad value."""

    def finding(self, cause: str, where: str, evidence: Sequence[str], *, says: str = "", do: Sequence[str] = ()) -> None:
        """Record something to know that fails nothing by itself; `says`: the sentence shown, the cause if there is none."""

    def not_said(self, text: str) -> None:
        """Record what this rig or plan cannot show; equal texts count once."""

    def text(self, name: str, value: str, *, subject: str, mode: str = "") -> None:
        """Record a fact that is no number."""

    def step(self, title: str, seconds: float = 0.0) -> AbstractContextManager[None]:
        """A part of the procedure, `seconds` long on the rig's clock; 0 for short."""
