"""Preview windows without a screen: the event loop runs, nothing is shown, and that is said once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from hil.sim.edge.patches import Patches, Seam

QT = ("QtPreview", "QtGlPreview", "QtGlPreviewDirect", "QtGlPreviewWayland", "QtGlPreviewWaylandDirect")
_WHY = "a simulated rig has no screen"
SEAMS = (
    *(Seam(f"picamera2.previews.qt_previews:{name}", "a NullPreview", _WHY) for name in QT),
    Seam("picamera2.previews.drm_preview:DrmPreview", "a NullPreview", _WHY),
)


def tell(name: str) -> None:
    """Say on stderr that a window was asked for and there is none."""
    sys.stderr.write(f"hil: no screen in the simulation; {name} runs without a window\n")


def headless(name: str, null_preview: type[Any], said: Callable[[str], None] = tell) -> type[Any]:
    """A preview class called `name` that takes a window's arguments and shows nothing."""

    def begin(self: Any, x: Any = None, y: Any = None, width: Any = None, height: Any = None, transform: Any = None, **_: Any) -> None:
        null_preview.__init__(self, x, y, width, height, transform)
        said(name)

    return type(name, (null_preview,), {"__init__": begin, "__doc__": "A preview without a window."})


def change(module: Any, plain_kinds: set[type], patches: Patches) -> None:
    """Module `picamera2.previews.qt_previews` or `.drm_preview`."""
    from picamera2.previews.null_preview import NullPreview

    for name in (*QT, "DrmPreview"):
        if hasattr(module, name):
            kind = headless(name, NullPreview)
            plain_kinds.add(kind)
            patches.attribute(module, name, kind)
