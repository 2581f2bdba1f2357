"""Which lens fits which camera, and when the C-CS adapter is needed.

C and CS lenses share a thread; a C lens wants the sensor 5 mm further away (back focal lengths on the page: 17.53 and 7.53 mm for the two
recommended ones), which the C-CS ring adds. M12 is another thread altogether.
"""

from __future__ import annotations

from dataclasses import dataclass

from hil.catalog.types import Lens, Module


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a lens goes on a camera as given."""

    ok: bool
    adapter_needed: bool
    """Whether this pair needs the C-CS adapter, present or not."""
    reason: str
    """"" where it fits; else one sentence without a full stop."""


def fit(module: Module, lens: Lens, adapter: bool = False) -> Fit:
    """Whether `lens` goes on `module` with or without the C-CS adapter."""
    needed = lens.mount == "C" and "CS" in module.mounts
    return Fit(not (reason := _reason(module, lens, adapter, needed)), needed, reason)


def _reason(module: Module, lens: Lens, adapter: bool, needed: bool) -> str:
    if not module.mounts:
        return f"the lens of a {module.name} is part of the module; it takes no other"
    if not needed and lens.mount not in module.mounts:
        return f"the {lens.name} lens has {_a(lens.mount)} mount, the {module.name} {_a(module.mounts[0])} mount"
    if needed and not adapter:
        return f"the {lens.name} lens has a C mount: on the CS mount of the {module.name} it needs the C-CS adapter"
    if adapter and not needed:
        return f"the {lens.name} lens has {_a(lens.mount)} mount: with the C-CS adapter it sits 5 mm too far from the sensor to focus"
    return ""


def _a(mount: str) -> str:
    return f"an {mount}" if mount == "M12" else f"a {mount}"
