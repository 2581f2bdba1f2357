"""What a broken rig or a faulty unit means, as the journal keeps it."""

from __future__ import annotations

from hil.checks.diagnosis import Diagnosed, UnitFault
from hil.errors import RigError
from hil.report import events


def diagnosis(error: RigError | UnitFault, test: str) -> events.Event:
    """A cause for the journal, told in full where a procedure reasoned about it; else as far as the error's own lines go."""
    if isinstance(error, Diagnosed | UnitFault):
        named = error.diagnosis
        return events.diagnosis(
            named.cause,
            severity="fail" if isinstance(error, UnitFault) else "error",
            says=named.says,
            where=named.where,
            seen=named.seen,
            so=named.so,
            so_not=named.so_not,
            do=named.do,
            evidence=named.seen,
            test=test,
        )
    found = [error.found] if error.found else []
    return events.diagnosis(
        error.cause,
        severity="error",
        says=error.asked,
        where=error.where,
        seen=found,
        evidence=found,
        do=[error.hint] if error.hint else [],
        test=test,
    )
