"""A simulated Raspberry Pi: a directory with the files a real one has, tools that answer in the real ones' words, sensors' kernel state.

Cameras, seams and the twin ask it what a kernel would know: which sensors are bound and under which numbers, whether HDR is on, what
trigger_mode says, who holds a camera.
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Sequence
from pathlib import Path

from hil import catalog
from hil.clock import Clock
from hil.completed import Completed
from hil.rig.spec import TwinCamera, TwinHost, TwinPico
from hil.sim.libcamera import BackendError
from hil.sim.tools import account, answers, controls, packages, plugged, system, tree
from hil.sim.tools.controls import Control
from hil.sim.tools.facts import host_facts, table
from hil.sim.tools.sensor import HostCamera, SensorState, host_camera

__all__ = ["Completed", "HostCamera", "SensorState", "SimHost"]

_UNDER_VOLTAGE = 0x50005
"""Under-voltage and throttled, now and since boot."""


class SimHost:
    """One simulated Pi. Its cameras are those the rig hangs on it, in the rig's order; some may not be bound to a driver."""

    def __init__(
        self, spec: TwinHost, cameras: Sequence[TwinCamera], root: Path, clock: Clock, picos: Sequence[tuple[TwinPico, str]] = ()
    ) -> None:
        """`root`: an existing, empty directory that becomes the host's `/`; `clock`: its CLOCK_MONOTONIC; `picos`: with serial numbers."""
        self.spec, self.name = spec, spec.name
        self.root = root
        self.clock = clock
        self.begun_ns = clock.now_ns()
        """On its clock, when the world began: it had been up for so long."""
        self.board = catalog.board(spec.board)
        # A cable has nowhere to go where the board has no such connector.
        self.cameras = tuple(host_camera(camera, self.board, spec.overlay) for camera in cameras if camera.port in self.board.ports)
        self.facts = host_facts(spec, self.board, [camera.spec for camera in self.cameras], [c.sensor.name for c in self.cameras])
        self._written: dict[int, dict[int, int]] = {}
        self._number()
        tree.build(tree.Tree(root), self.name, self.board, self.facts, self.cameras, spec.overlay)
        system.write(tree.Tree(root), self.facts)
        packages.write(tree.Tree(root), self.facts.os, spec.picamera2)
        plugged.write(tree.Tree(root), picos)
        self._parameters = {file: file.read_bytes() for file in sorted(root.glob("sys/module/*/parameters/*"))}
        self.boots = -1
        """Since the world began."""
        self.restart()

    def _number(self) -> None:
        """Give bound sensors their device numbers, in the order in which their receivers come up."""
        before = len(table()["receiver"][self.board.platform]["subdevs"])
        following = 0
        for media, camera in enumerate(sorted(self.bound, key=lambda camera: camera.receiver)):
            camera.subdev, camera.media = following + before, media
            following += before + 1 + bool(camera.lens_entity)

    def restart(self) -> None:
        """It boots anew: another boot id, and kernel modules as they are loaded."""
        self.boots += 1
        boot = hashlib.blake2b(f"{self.name} {self.boots}".encode(), digest_size=16).hexdigest()
        tree.Tree(self.root).write("proc/sys/kernel/random/boot_id", f"{boot[:8]}-{boot[8:12]}-{boot[12:16]}-{boot[16:20]}-{boot[20:]}\n")
        for file, first in self._parameters.items():
            file.write_bytes(first)

    @property
    def sagged(self) -> bool:
        """Whether its supply has been too weak since the run began."""
        at_s = self.spec.undervoltage_at_s
        return at_s > 0 and self.clock.now_ns() - self.begun_ns >= at_s * 1e9

    @property
    def throttled(self) -> int:
        """The firmware's bits, now and since boot."""
        return self.spec.throttled | (_UNDER_VOLTAGE if self.sagged else 0)

    @property
    def bound(self) -> tuple[HostCamera, ...]:
        """The cameras that libcamera finds, as rpicam-apps and picamera2 order them: by id, downwards."""
        return tuple(sorted((camera for camera in self.cameras if camera.bound), key=lambda camera: camera.id, reverse=True))

    @property
    def may_capture(self) -> bool:
        """Whether its user may open what cameras are behind: /dev/media*, /dev/video* and sub-devices are group video's."""
        return "video" in account.groups(self)

    def camera(self, name: str) -> HostCamera:
        """The camera of that name in the rig; KeyError if it hangs on another host."""
        return {camera.name: camera for camera in self.cameras}[name]

    def run(self, argv: Sequence[str]) -> Completed:
        """Answer as the tool `argv[0]` would; exit status 127 for one that a Pi does not have or the twin does not know."""
        return answers.answer(self, list(argv))

    def module_parameter(self, module: str, parameter: str) -> int:
        """A parameter as the module sees it now: whatever was last written to its file, 0 where there is no such file."""
        try:
            return int((self.root / f"sys/module/{module}/parameters/{parameter}").read_text().strip() or 0)
        except (OSError, ValueError):
            return 0

    def device_tree_u32(self, camera: HostCamera, name: str) -> int | None:
        """A property of the sensor's device-tree node; None where it has none."""
        node = self.root / "sys/firmware/devicetree" / camera.id.lstrip("/")
        try:
            return int.from_bytes((node / name).read_bytes()[:4], "big")
        except OSError:
            return None

    def subdev_controls(self, number: int) -> tuple[Control, ...]:
        """The controls of /dev/v4l-subdevN; none for one that is not a sensor. OSError(ENOENT) without such a device."""
        camera = self._camera_of(number)
        if camera is None:
            return ()
        return controls.controls_of(camera, self._written.get(number, {}))

    def _camera_of(self, number: int) -> HostCamera | None:
        if not (self.root / f"dev/v4l-subdev{number}").exists():
            raise controls.refusal(errno.ENOENT)
        return next((camera for camera in self.cameras if camera.subdev == number), None)

    def _control(self, number: int, control: int) -> Control:
        for found in self.subdev_controls(number):
            if found.id == control:
                return found
        raise controls.refusal(errno.EINVAL)

    def get_ctrl(self, number: int, control: int) -> int:
        """VIDIOC_G_CTRL on /dev/v4l-subdevN; `control`: its number (0x009a0915). OSError with the kernel's errno."""
        return self._control(number, control).value

    def set_ctrl(self, number: int, control: int, value: int) -> None:
        """VIDIOC_S_CTRL on /dev/v4l-subdevN: clamps as the kernel does. OSError with the kernel's errno (EBUSY while streaming)."""
        stored = controls.checked(self._control(number, control), value)
        camera = self._camera_of(number)
        if control == controls.WIDE_DYNAMIC_RANGE and camera is not None:
            self._set_hdr(camera, on=bool(stored))
        else:
            self._written.setdefault(number, {})[control] = stored

    @staticmethod
    def _set_hdr(camera: HostCamera, *, on: bool) -> None:
        """Another set of modes: what was configured is void."""
        try:
            camera.state.set_hdr(on=on)
        except BackendError as refused:
            raise controls.refusal(refused.errno) from None
        camera.mode = None
