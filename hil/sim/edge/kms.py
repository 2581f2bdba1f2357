"""A stand-in for `kms`, which picamera2 imports for its DRM preview: names of pixel formats, and no card.

Raspberry Pi OS has it in a package of its own. PyPI's `kms` is something unrelated, so a simulated run never looks there.
"""

from __future__ import annotations

from types import ModuleType, SimpleNamespace

from hil.sim.edge.patches import Seam

SEAMS = (Seam("sys:modules['kms']", "pixel formats and no card", "picamera2 imports it unconditionally; PyPI's is unrelated"),)
FORMATS = ("RGB888", "BGR888", "XRGB8888", "XBGR8888", "ARGB8888", "ABGR8888", "YUV420", "YVU420", "NV12", "NV21", "YUYV", "UYVY")


def card(*_: object) -> None:
    """There is no graphics card to open."""
    raise OSError("the simulated rig has no DRM device")


def module() -> ModuleType:
    """Module `kms` for `sys.modules`."""
    made = ModuleType("kms", "Stand-in for kms in a simulated run.")
    formats = SimpleNamespace(**{name: name for name in FORMATS})
    made.PixelFormats = made.PixelFormat = formats  # type: ignore[attr-defined]
    made.Card = made.ResourceManager = card  # type: ignore[attr-defined]
    return made
