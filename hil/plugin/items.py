"""What a collected test is about: for the first lines of the journal."""

from __future__ import annotations

import pytest

from hil.checks import Planned
from hil.plugin.collect import case_of, params_of
from hil.report import PlannedTest


def label(item: pytest.Item) -> str:
    """The test's name in the record: its node id, without the folders of the machine it ran on."""
    _, _, rest = item.nodeid.partition("::")
    return f"{item.path.name}::{rest}"


def about(item: pytest.Item) -> tuple[str, str, str]:
    """Check, subject and mode of a test."""
    case = case_of(item)
    if case is not None:
        return case.check, case.subject, case.mode
    return "", params_of(item).get("camera", ""), ""


def planned_test(item: pytest.Item, expected: dict[tuple[str, str], list[Planned]]) -> PlannedTest:
    """What the plan says of a test; `expected`: measurements by check and case."""
    check, subject, mode = about(item)
    case = case_of(item)
    wanted = expected.get((check, case.id), []) if case is not None else []
    required = not wanted or any(planned.required for planned in wanted)
    return PlannedTest(
        test=label(item),
        check=check,
        subject=subject,
        mode=mode,
        # Where some are required, only those are demanded: the others are measured or said not to be measurable.
        measurements=tuple(planned.name for planned in wanted if planned.required or not required),
        optional=tuple(planned.name for planned in wanted if required and not planned.required),
        seconds=sum(planned.seconds for planned in wanted),
        required=required,
    )
