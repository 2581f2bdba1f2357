"""Rigs and plans as written down: load them, look at them, and say what the twin of a rig is made of.

    rig = load("camera-module-3")            # or a path
    plan = load_plan("quick")
    spec = twin_spec(rig, ['cameras.cm3.present=false'])

Names are imported when they are first used: a host process that needs `hil.rig.spec` alone does not load pydantic.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hil.rig.loader import load as load
    from hil.rig.model import Adc as Adc
    from hil.rig.model import Camera as Camera
    from hil.rig.model import Clock as Clock
    from hil.rig.model import Host as Host
    from hil.rig.model import Light as Light
    from hil.rig.model import Pico as Pico
    from hil.rig.model import Rig as Rig
    from hil.rig.model import Shifter as Shifter
    from hil.rig.model import Strobe as Strobe
    from hil.rig.model import Target as Target
    from hil.rig.overrides import Override as Override
    from hil.rig.overrides import twin_spec as twin_spec
    from hil.rig.plan import LimitOverride as LimitOverride
    from hil.rig.plan import Plan as Plan
    from hil.rig.plan import load_plan as load_plan
    from hil.rig.spec import TwinCamera as TwinCamera
    from hil.rig.spec import TwinHost as TwinHost
    from hil.rig.spec import TwinLight as TwinLight
    from hil.rig.spec import TwinSpec as TwinSpec

_HOME = {
    "load": "loader",
    **dict.fromkeys(("Adc", "Camera", "Clock", "Host", "Light", "Pico", "Rig", "Shifter", "Strobe", "Target"), "model"),
    **dict.fromkeys(("Override", "twin_spec"), "overrides"),
    **dict.fromkeys(("LimitOverride", "Plan", "load_plan"), "plan"),
    **dict.fromkeys(("TwinCamera", "TwinHost", "TwinLight", "TwinSpec"), "spec"),
}
_MODULES = ("loader", "model", "overrides", "plan", "schema", "spec", "wiring")

__all__ = [
    "Adc", "Camera", "Clock", "Host", "Light", "LimitOverride", "Override", "Pico", "Plan", "Rig", "Shifter", "Strobe", "Target",
    "TwinCamera", "TwinHost", "TwinLight", "TwinSpec", "load", "load_plan", "twin_spec",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"hil.rig.{_HOME[name]}"), name)
    if name in _MODULES:
        return importlib.import_module(f"hil.rig.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
