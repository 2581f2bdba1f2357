"""Everything that is put around an unmodified picamera2 0.3.38, so that it and whoever uses it live in a simulated world.

`install` before the program imports picamera2; `uninstall` puts everything back and forgets picamera2, so that one
process may see several worlds, one after the other. `SEAMS` lists every name that is touched, what for, and why.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType

from hil.errors import RigError, UserError
from hil.sim import libcamera
from hil.sim.edge import (
    alarms,
    buffers,
    calendar,
    codecs,
    ending,
    eventloop,
    gpio,
    hosttime,
    kms,
    people,
    pidng,
    polling,
    prctl,
    previews,
    processes,
    threads,
    tuning,
)
from hil.sim.edge.imports import AfterImport
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.serial import SEAMS as SERIAL_SEAMS
from hil.sim.edge.serial import SerialPorts
from hil.sim.libcamera.backend import CameraBackend
from hil.sim.pico.device import PicoDevice
from hil.sim.world import World

PICAMERA2 = "0.3.38"
SEAMS: tuple[Seam, ...] = (
    Seam("sys:modules['libcamera']", "our own libcamera", "the edge of the simulation"),
    Seam("os:register_at_fork", "a child lives in real time", "it shares descriptors with the world and must not drive it"),
    *(*kms.SEAMS, *prctl.SEAMS, *pidng.SEAMS, *processes.SEAMS),
    *(*buffers.SEAMS, *codecs.SEAMS, *previews.SEAMS, *eventloop.SEAMS, *tuning.SEAMS),
    *(*threads.SEAMS, *hosttime.SEAMS, *calendar.SEAMS, *polling.SEAMS, *people.SEAMS, *alarms.SEAMS, *gpio.SEAMS, *SERIAL_SEAMS),
)


_CHANGED_BY_PICAMERA2 = tuple(getattr(libcamera.modules()["libcamera"], name) for name in ("Size", "Rectangle", "Transform", "ColorSpace"))
"""picamera2/utils.py gives libcamera's own classes methods of its own; they go with it."""


def keep_classes(patches: Patches) -> None:
    """Have the binding's classes put back as they are now."""
    for changed in _CHANGED_BY_PICAMERA2:
        patches.call(partial(_restore, changed, dict(vars(changed))))


def _restore(changed: type, before: dict[str, object]) -> None:
    for name in set(vars(changed)) - set(before):
        delattr(changed, name)
    for name, value in before.items():
        if vars(changed).get(name) is not value:
            setattr(changed, name, value)


class Installed:
    """One simulated run of this process."""

    def __init__(
        self,
        world: World,
        platform: str,
        clock: hosttime.Clock,
        tuning_folder: Path | None,
        header: gpio.Header | None,
        picos: Mapping[str, PicoDevice],
    ) -> None:
        """`platform`: "vc4" or "pisp"; `clock`: the simulated host's CLOCK_MONOTONIC; `tuning_folder`: its tuning files."""
        self.world, self.platform, self.tuning_folder, self.header, self.picos = world, platform, tuning_folder, header, picos
        self.patches = Patches()
        self.host = hosttime.HostTime(world, clock)
        self.after = AfterImport()
        self._pins: gpio.InstalledHeader | None = None

    def install(self) -> None:
        """Put everything in place."""
        patches = self.patches
        self.threads = running = threads.install(self.world.executive, self.host, patches)
        looks = polling.install(running, patches)
        people.install(running, alarms.install(self.world, running, patches), patches)
        hosttime.install(self.host, patches)
        calendar.install(self.host, patches)
        self._modules()
        delivery = eventloop.Delivery(running)
        self.world.serve(delivery.deliver)
        self._changes(delivery, looks)
        SerialPorts(running, self.host, looks, self.picos.values).install(self.after, patches)
        if self.header is not None:
            self._pins = gpio.install(self.header, running, self.after, patches)
        sys.meta_path.insert(0, self.after)
        patches.call(lambda: sys.meta_path.remove(self.after))

    def close_devices(self) -> None:
        """Close what the program left open, while time still moves."""
        _close_cameras()
        if self._pins is not None:
            self._pins.close()

    def _modules(self) -> None:
        keep_classes(self.patches)
        processes.install(self.patches)
        for name, module in processes.standins(self.host).items():
            self.patches.module(name, module)

    def _changes(self, delivery: eventloop.Delivery, looks: polling.Polling) -> None:
        patches, change = self.patches, self.after.change
        looking, plain = buffers.Looking(), delivery.plain_kinds
        change("picamera2.platform", lambda module: codecs.change_platform(module, self.platform, patches))
        change("picamera2.dma_heap", lambda module: buffers.change_dma_heap(module, patches))
        change("picamera2.allocators.dmaallocator", lambda module: buffers.change_dmaallocator(module, looking, patches))
        change("picamera2.remote", lambda module: buffers.change_remote(module, patches))
        change("picamera2.encoders", lambda module: codecs.change_encoders(module, self.platform, patches))
        change("picamera2.previews.qt_previews", lambda module: previews.change(module, plain, patches))
        change("picamera2.previews.drm_preview", lambda module: previews.change(module, plain, patches))
        change("picamera2.previews.q_picamera2", lambda module: previews.change_q_picamera2(module, self.world, patches))
        change("picamera2.previews.qt", lambda module: previews.change_qt(module, patches))
        change("picamera2.previews.null_preview", lambda module: eventloop.change_null_preview(module, delivery, patches))
        change("picamera2.job", lambda module: eventloop.change_job(module, delivery, patches))
        change("picamera2.picamera2", lambda module: self._change_picamera2(module, delivery, looks))
        change("pidng.camdefs", lambda module: pidng.adapt_camdefs(module, patches))
        change("pidng.core", lambda module: pidng.adapt_core(module, patches))

    def _change_picamera2(self, module: ModuleType, delivery: eventloop.Delivery, looks: polling.Polling) -> None:
        eventloop.change_picamera2(module, delivery, looks, self.patches)
        if self.tuning_folder is not None:
            tuning.change(module, self.tuning_folder, self.patches)


_installed: Installed | None = None
_watching_forks = False


def install(
    world: World,
    *,
    backends: Callable[[], Iterable[CameraBackend]],
    platform: str,
    clock: hosttime.Clock,
    tuning_folder: Path | None = None,
    header: gpio.Header | None = None,
    picos: Mapping[str, PicoDevice] | None = None,
) -> None:
    """Put this process into `world`: `backends` says which cameras the host has, whenever libcamera looks.

    `platform`: "vc4" or "pisp", what picamera2 takes the board for; `clock`: the host's CLOCK_MONOTONIC; `tuning_folder`:
    where the host has its tuning files; `header`: its GPIO, if it has any; `picos`: on its USB.
    The calling thread takes part from now on, and so does every thread that it starts.
    UserError if picamera2 is imported already.
    """
    global _installed, _watching_forks  # noqa: PLW0603 - a process lives in one world at a time
    if _installed is not None:
        raise UserError("this process lives in a simulated world already", "", "close that one first")
    early = sorted(name for name in sys.modules if name in ("picamera2.platform", "libcamera"))
    if early:
        raise UserError("the simulation must begin before picamera2 is imported", f"imported: {', '.join(early)}", "import it later")
    if not _watching_forks:
        os.register_at_fork(after_in_child=_in_child)
        _watching_forks = True
    libcamera.install_backends(backends)
    _installed = Installed(world, platform, clock, tuning_folder, header, picos or {})
    _installed.install()


def uninstall() -> None:
    """Put everything back; picamera2's modules are forgotten, so that the next import of them starts afresh."""
    global _installed  # noqa: PLW0603
    if _installed is None:
        return
    try:
        with contextlib.suppress(RigError):  # the threads of a world that has gone wrong are left in it, and ended below
            _installed.close_devices()
        ending.end(_installed.threads)
    finally:
        _installed.patches.undo()
        for name in [name for name in sys.modules if name.partition(".")[0] == "picamera2"]:
            del sys.modules[name]
        libcamera.install_backends(tuple)
        _installed = None


def _close_cameras() -> None:
    main = sys.modules.get("picamera2.picamera2")
    if main is not None:
        for camera in list(main.Picamera2._cm.cameras.values()):  # noqa: SLF001
            # A camera whose start broke off half way may not close; what it holds is forgotten with its module.
            with contextlib.suppress(Exception):
                camera.close()


def _in_child() -> None:
    if _installed is not None:
        _installed.host.in_child = True
