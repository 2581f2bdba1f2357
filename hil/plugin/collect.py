"""Which tests run, and for which camera or case: decided from the files alone, nothing is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hil.errors import HilError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hil.checks import Case, RigCase
    from hil.plugin.session import Session
    from hil.rig import Rig


def parametrize(metafunc: pytest.Metafunc, session: Session | None) -> None:
    """One item per case of the plan (shipped suite), else one per camera of the rig."""
    if "case" in metafunc.fixturenames and (check := metafunc.definition.get_closest_marker("check")):
        cases = _cases(session, check.args[0]) if session else []
        metafunc.parametrize("case", cases, ids=[case.id for case in cases])
    elif "camera" in metafunc.fixturenames and session is not None:
        names = _cameras(metafunc, session)
        metafunc.parametrize("camera", names, indirect=True, ids=names)


def _cases(session: Session, check: str) -> Sequence[Case | RigCase]:
    try:
        return session.cases(check)
    except HilError as error:
        raise pytest.Collector.CollectError(str(error)) from error


def _cameras(metafunc: pytest.Metafunc, session: Session) -> list[str]:
    there = list(session.rig.cameras)
    picked = metafunc.definition.get_closest_marker("camera")
    if picked is None:
        return there
    unknown = [name for name in picked.args if name not in there]
    if unknown:
        said = f'{metafunc.definition.name}: camera("{unknown[0]}"); {session.rig.name} has {", ".join(there)}'
        raise pytest.Collector.CollectError(said)
    return list(picked.args)


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the shipped tests of checks that the plan does not ask for; the others run in the order of the house, users' own last."""
    if not any(item.get_closest_marker("check") for item in items):
        return
    from hil.checks import CHECKS

    idle = [item for item in items if item.get_closest_marker("check") and not _asked_for(item)]
    if idle:
        config.hook.pytest_deselected(items=idle)
        items[:] = [item for item in items if item not in idle]
    items.sort(key=lambda item: CHECKS.index(marker.args[0]) if (marker := item.get_closest_marker("check")) else len(CHECKS))


def params_of(item: pytest.Item) -> dict[str, Any]:
    """What a test is parametrised with: "case", "camera" and its own; nothing where it is not."""
    return getattr(getattr(item, "callspec", None), "params", {})


def case_of(item: pytest.Item) -> Case | RigCase | None:
    """The plan's case that a shipped test runs; None for a user's, which may have a parameter of that name too."""
    case = params_of(item).get("case") if item.get_closest_marker("check") else None
    # pytest marks an empty parameter set by an object of its own, and would skip it.
    return case if hasattr(case, "check") else None


def _asked_for(item: pytest.Item) -> bool:
    return case_of(item) is not None


CAPABILITIES = ("light", "strobe", "clock", "picos", "wiring", "target", "pair")
"""What `needs(...)` may ask for: tables of the rig file, and "pair", two cameras."""

REBOOT = "reboot"
"""What `needs(...)` may ask for too: leave to reboot hosts."""


def skip_unless_possible(item: pytest.Item, session: Session | None) -> None:
    """Honour `@pytest.mark.needs(...)`: skip with what the rig lacks."""
    for marker in item.iter_markers("needs"):
        for need in marker.args:
            if need == REBOOT:
                if not item.config.getoption("--allow-reboot"):
                    pytest.skip("it reboots a host; --allow-reboot was not given")
                continue
            if need not in CAPABILITIES:
                raise pytest.UsageError(f'{item.nodeid}: needs("{need}"); there is {", ".join((*CAPABILITIES, REBOOT))}')
            if session is None or not has(session.rig, need):
                where = session.rig.name if session else "no rig was given; it"
                pytest.skip(f"{where} has no {in_words(need)}")


def has(rig: Rig, need: str) -> bool:
    """Whether a rig has one of `CAPABILITIES`."""
    return len(rig.cameras) >= 2 if need == "pair" else bool(getattr(rig, need))


def in_words(need: str) -> str:
    """What is missing where a rig lacks it: "second camera", "[strobe]"."""
    return "second camera" if need == "pair" else f"[{need}]"
