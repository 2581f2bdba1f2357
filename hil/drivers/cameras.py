"""The cameras of one host: found, opened, reopened for HDR and closed together.

picamera2 keeps one camera manager per process, and libcamera reads the list of modes and its dequeue timeout only when the manager
is made.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Any

from hil.drivers.camera import Camera, Progress
from hil.drivers.host import Host, read_text
from hil.drivers.timeouts import DequeueTimeout, in_effect_ms, waits
from hil.drivers.v4l2 import set_control, subdev_of
from hil.errors import CameraBusy, MissingPackage, RigError, UserError

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
    """Opens cameras of one host. Leaves them closed and out of HDR, and libcamera's timeout as it was."""

    host: Host
    progress: Progress | None = None
    longest_gap_s: float | None = None
    """The longest time that a camera of this host will have to wait for a frame that pulses from outside make, where that is known
    before anything is opened; later it is said with `expect_gap`."""
    _open: dict[str, tuple[Camera, Found]] = field(default_factory=dict)
    _hdr: set[str] = field(default_factory=set)
    _timeout: DequeueTimeout = field(init=False)

    def __post_init__(self) -> None:
        self._timeout = DequeueTimeout(self.host)
        if self.longest_gap_s is not None and not self._timeout.allows(self.longest_gap_s):
            self._timeout.choose(self.longest_gap_s)

    @property
    def timeout_ms(self) -> int:
        """What libcamera was told to wait for a frame, in ms; 0 for its own rule, the longer of 1 s and five frames."""
        return in_effect_ms()

    @property
    def streaming(self) -> bool:
        """Whether any of them is."""
        return any(camera.running for camera, _ in self._open.values())

    def found(self) -> list[Found]:
        """What is connected, in picamera2's order. RigError if picamera2 overwrites the timeout that was chosen."""
        if self._timeout.file is not None:
            self._manager_anew()
        listed = self._picamera2().global_camera_info()
        return [Found(info["Model"], info["Id"], index) for index, info in enumerate(listed)]

    def open(self, name: str, camera: Found) -> Camera:
        """Open one camera under the rig's name for it. CameraBusy names who holds it."""
        driver = Camera(
            name,
            self.host,
            self._acquire(name, camera),
            lambda on: self.set_hdr(name, on=on),
            self.progress,
            lambda seconds, paced: self.expect_gap(seconds, paced=paced),
        )
        self._open[name] = (driver, camera)
        return driver

    def _acquire(self, name: str, camera: Found) -> Any:
        with _quiet_picamera2():
            try:
                return self._picamera2()(camera.index)
            except RuntimeError as refused:
                raise self._refusal(name, camera, refused) from refused

    def _picamera2(self) -> Any:
        found = _picamera2_class(self.host)
        self._timeout.verify()
        return found

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
        """Open them again; they are to be configured again."""
        self.close_left_open()
        self._open_again(())

    def _open_again(self, kept: Container[str]) -> None:
        for name, (camera, found) in self._open.items():
            camera.reopened(self._acquire(name, found), keep=name in kept)

    def expect_gap(self, seconds: float, *, paced: bool = False) -> None:
        """Have libcamera wait at least twice `seconds` for a frame. Cameras are reopened, configured as they were, if it would not.

        `paced`: the sensor makes its frames by itself, as in a long exposure; libcamera's own rule follows it. UserError if a camera is
        armed and would have to be closed for this.
        """
        if self._timeout.allows(seconds, paced=paced):
            return
        armed = [name for name, (camera, _) in self._open.items() if camera.armed]
        if armed:
            raise UserError(
                f"{self.host.name}: a silence of {seconds:g} s is to be waited for",
                f"libcamera waits {waits()}; that changes while all cameras are closed, and {', '.join(armed)} is armed",
                "say it before the first camera is armed: expect_gap(seconds), or CameraSet(..., longest_gap_s=)",
            )
        self.lend()
        self.close_left_open()
        self._timeout.choose(seconds)
        self._manager_anew()
        self._open_again(self._open)

    def _manager_anew(self) -> None:
        """While no camera is open: picamera2 may still hold the camera manager that it listed the cameras with."""
        self._picamera2()._cm.reset()  # noqa: SLF001 - picamera2 has no public way

    def set_hdr(self, name: str, *, on: bool) -> None:
        """Switch the sensor's HDR readout: every camera is closed, the control set, and all are reopened."""
        self.lend()
        self._set_hdr_control(name, self._open[name][1], on=on)
        self.close_left_open()
        self._open_again(set(self._open) - {name})

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
        """Close every camera, put HDR and libcamera's timeout back; safe to call twice and after a failure."""
        for camera, _ in self._open.values():
            with contextlib.suppress(Exception):
                camera.stop()
            with contextlib.suppress(Exception):
                camera.picam2.close()
        for name in sorted(self._hdr):
            with contextlib.suppress(RigError):
                self._set_hdr_control(name, self._open[name][1], on=False)
        self._open.clear()
        self._timeout.restore()


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
