"""Processes that a simulated program starts.

A forked child lives in real time: it shares descriptors with the world and never drives it. A spawned one, or another
Python program, is a fresh interpreter; if it imports libcamera it gets a world of its own, a twin of the same rig from
the same seed, when `hil sim run` announced one in the environment, and else libcamera's types and no cameras.
"""

from __future__ import annotations

import base64
import multiprocessing.spawn
import os
import pickle
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from hil.sim import libcamera
from hil.sim.edge import kms, pidng, prctl
from hil.sim.edge.hosttime import HostTime
from hil.sim.edge.patches import Patches, Seam

CHILD_PATH = str(Path(__file__).parent / "child")
TWIN = "HIL_SIM_TWIN"
SEAMS = (
    Seam(
        "multiprocessing.spawn:get_preparation_data",
        "our libcamera is on a spawned child's sys.path",
        "it imports picamera2",
        ("name",),
    ),
)


def standins(host: HostTime | None = None) -> dict[str, ModuleType]:
    """Modules for `sys.modules`: libcamera and kms always, prctl and pidng where the real ones are not installed."""
    made = {**libcamera.modules(), "kms": kms.module()}
    if find_spec("prctl") is None:
        made["prctl"] = prctl.module()
    if find_spec("pidng") is None:
        made |= pidng.modules(host)
    return made


def install(patches: Patches) -> None:
    """Let spawned children find our libcamera."""
    original = multiprocessing.spawn.get_preparation_data

    def get_preparation_data(name: str) -> dict[str, Any]:
        data = original(name)
        data["sys_path"] = [*data["sys_path"], CHILD_PATH]
        return data

    patches.attribute(multiprocessing.spawn, "get_preparation_data", get_preparation_data)


def announce(spec: object, seed: int) -> None:
    """Have every Python program started from now on find the same rig's cameras; `spec` is a TwinSpec."""
    os.environ[TWIN] = base64.b64encode(pickle.dumps((spec, seed))).decode()
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), CHILD_PATH]))


def arrive() -> None:
    """The first `import libcamera` of a process that was started so."""
    sys.modules.pop("libcamera", None)
    announced = os.environ.get(TWIN)
    if announced is None:
        sys.modules.update(standins())
        return
    from hil.sim.twin import open_twin

    open_twin(*pickle.loads(base64.b64decode(announced))).install()
