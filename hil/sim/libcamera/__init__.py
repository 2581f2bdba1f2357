"""A pure-Python stand-in for libcamera's Python binding (v0.7.1): its types and manners, no camera.

Cameras stand behind `CameraBackend`. `modules()` gives what a simulated run puts into `sys.modules`; nothing here does.
"""

from __future__ import annotations

from types import ModuleType

from hil.sim.libcamera.backend import BackendError, CameraBackend, install_backends

__all__ = ["BackendError", "CameraBackend", "install_backends", "modules"]


def modules() -> dict[str, ModuleType]:
    """Package `libcamera` and its extension module `libcamera._libcamera`, ready for `sys.modules`."""
    from hil.sim.libcamera import _libcamera as binding

    package, extension = ModuleType("libcamera"), ModuleType("libcamera._libcamera")
    for name in binding.__all__:
        setattr(package, name, getattr(binding, name))
        setattr(extension, name, getattr(binding, name))
    setattr(package, "_libcamera", extension)  # noqa: B010 - as the import system does it
    package.__path__ = []
    return {"libcamera": package, "libcamera._libcamera": extension}
