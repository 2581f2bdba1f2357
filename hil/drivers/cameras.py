"""The cameras of one host: found, opened, reopened for HDR and closed together.

picamera2 keeps one camera manager per process, and libcamera reads the list of modes only when the manager is made.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from typing import Any

from hil.drivers.camera import Camera, Progress
from hil.drivers.host import Host, read_text
from hil.drivers.v4l2 import set_control, subdev_of
from hil.errors import CameraBusy, MissingPackage, RigError

HDR_CONTROL = "wide_dynamic_range"
"""V4L2_CID_WIDE_DYNAMIC_RANGE of the IMX708; it outlives the process, so it is put back on close."""


@dataclass(frozen=True, slots=True)
class Found:
    """A camera that libcamera lists on this host."""

    model: str
    id: str
    index: int
    """Its place in picamera2's own order."""


@dataclass
class CameraSet:
    """Opens cameras of one host. Leaves them closed and out of HDR."""

    host: Host
    progress: Progress | None = None
    _open: dict[str, tuple[Camera, Found]] = field(default_factory=dict)
    _hdr: set[str] = field(default_factory=set)

    def found(self) -> list[Found]:
        """What is connected, in picamera2's order."""
        listed = _picamera2_class(self.host).global_camera_info()
        return [Found(info["Model"], info["Id"], index) for index, info in enumerate(listed)]

    def open(self, name: str, camera: Found) -> Camera:
        """Open one camera under the rig's name for it. CameraBusy names who holds it."""
        driver = Camera(name, self.host, self._acquire(name, camera), lambda on: self.set_hdr(name, on=on), self.progress)
        self._open[name] = (driver, camera)
        return driver

    def _acquire(self, name: str, camera: Found) -> Any:
        with _quiet_picamera2():
            try:
                return _picamera2_class(self.host)(camera.index)
            except RuntimeError as refused:
                raise self._refusal(name, camera, refused) from refused

    def _refusal(self, name: str, camera: Found, refused: Exception) -> RigError:
        holders = holders_of_media(self.host)
        asked = f"{name}: the {camera.model} does not open"
        if holders or "busy" in _chain(refused):
            who = ", ".join(holders) or "another program"
            return CameraBusy(asked, f"it is in use by {who}", "end that program, then try again", where=name)
        reason = f"{type(refused).__name__}: {refused}, at {camera.id}"
        return RigError(asked, reason, "rpicam-hello --list-cameras", where=name, cause="camera does not open")

    def close_left_open(self) -> None:
        """Close cameras that somebody in this process opened and left open: a test that calls Picamera2() itself, most likely."""
        for left_open in list(_picamera2_class(self.host)._cm.cameras.values()):  # noqa: SLF001 - picamera2 has no public list
            left_open.close()

    def lend(self) -> None:
        """Close the cameras, keeping their names, until `take_back`."""
        for camera, _ in self._open.values():
            camera.stop()
            camera.picam2.close()

    def take_back(self) -> None:
        """Open them again."""
        self.close_left_open()
        for name, (camera, found) in self._open.items():
            camera.reopened(self._acquire(name, found))

    def set_hdr(self, name: str, *, on: bool) -> None:
        """Switch the sensor's HDR readout: every camera is closed, the control set, and all are reopened."""
        self.lend()
        self._set_hdr_control(name, self._open[name][1], on=on)
        self.take_back()

    def _set_hdr_control(self, name: str, found: Found, *, on: bool) -> None:
        subdev = subdev_of(self.host, found.id)
        if subdev is None:
            raise RigError(
                f"{name}: HDR asked for",
                f"no v4l-subdev has the node {found.id}",
                "v4l2-ctl --list-devices",
                where=name,
                cause="no sub-device",
            )
        set_control(self.host, subdev, HDR_CONTROL, int(on))
        (self._hdr.add if on else self._hdr.discard)(name)

    def close(self) -> None:
        """Close every camera and put HDR back; safe to call twice and after a failure."""
        for camera, _ in self._open.values():
            with contextlib.suppress(Exception):
                camera.stop()
            with contextlib.suppress(Exception):
                camera.picam2.close()
        for name in sorted(self._hdr):
            with contextlib.suppress(RigError):
                self._set_hdr_control(name, self._open[name][1], on=False)
        self._open.clear()


def holders_of_media(host: Host) -> list[str]:
    """Processes that have a media device open, as "python3 (pid 1234)"; those we may not look into are not seen."""
    holders = []
    for entry in sorted(host.root.glob("proc/[0-9]*"), key=lambda p: int(p.name)):
        with contextlib.suppress(OSError):
            if any("/dev/media" in os.readlink(link) for link in (entry / "fd").iterdir()):  # noqa: PTH115 - links may dangle
                holders.append(f"{read_text(host, f'/proc/{entry.name}/comm') or 'a process'} (pid {entry.name})")
    return holders


def _chain(error: BaseException | None) -> str:
    words = []
    while error is not None:
        words.append(str(error))
        error = error.__cause__ or error.__context__
    return " ".join(words).lower()


def _picamera2_class(host: Host) -> Any:
    try:
        from picamera2 import Picamera2
    except ImportError as missing:
        raise MissingPackage(
            f"{host.name}: a camera needs picamera2",
            f"it does not import: {missing}",
            "on a Raspberry Pi: sudo apt install python3-picamera2; without a camera: add --sim",
            where=host.name,
        ) from missing
    return Picamera2


@contextlib.contextmanager
def _quiet_picamera2() -> Any:
    """picamera2 logs an error and raises another; ours says both in one line."""
    import logging

    log = logging.getLogger("picamera2.picamera2")
    before, log.disabled = log.disabled, True
    try:
        yield
    finally:
        log.disabled = before
