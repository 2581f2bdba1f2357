"""pyserial in a simulated world: real ports are the twin's ptys, waits on them park, timeouts run on the host's clock.

pyserial itself stays as it is. mpremote needs nothing of its own: it reads `time`, which is the host's already, and pyserial.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

from hil.sim.edge.hosttime import HostTime
from hil.sim.edge.imports import AfterImport
from hil.sim.edge.patches import Patches, Seam
from hil.sim.edge.polling import Polling
from hil.sim.edge.threads import Threads
from hil.sim.pico.device import PID, VID, PicoDevice

_select = select.select  # the real one: `polling` changes the module's later
_WHY = "a Pico answers in simulated time"
SEAMS = (
    Seam("serial.serialposix:select", "looks, and parks", _WHY),
    Seam(
        "serial.serialposix:Serial.write",
        "waits until the bytes are through the pty",
        "the kernel's own time must not show",
        ("self", "data"),
    ),
    Seam("serial.serialutil:Timeout.TIME", "the simulated host's clock", _WHY),
    Seam("serial.tools.list_ports:comports", "the twin's Picos", "a pty has no USB ids", ("include_links",)),
)


class SerialPorts:
    """What pyserial sees of the Picos that hang on this host."""

    def __init__(self, threads: Threads, host: HostTime, polling: Polling, picos: Callable[[], Iterable[PicoDevice]]) -> None:
        """`picos()`: the simulated ones of this host."""
        self._threads, self._host, self._polling, self._picos = threads, host, polling, picos

    def install(self, after: AfterImport, patches: Patches) -> None:
        """Change pyserial, now or when it is imported."""
        after.change("serial.serialutil", lambda module: self._change_timeout(module, patches))
        after.change("serial.serialposix", lambda module: self._change_posix(module, patches))
        after.change("serial.tools.list_ports", lambda module: patches.attribute(module, "comports", self._comports))

    def _change_timeout(self, module: ModuleType, patches: Patches) -> None:
        patches.attribute(module.Timeout, "TIME", staticmethod(lambda: self._host.now_ns() / 1e9))

    def _change_posix(self, module: ModuleType, patches: Patches) -> None:
        real_write: Callable[[Any, Any], int | None] = module.Serial.write

        def write(self_: Any, data: Any) -> int | None:
            port = self._port_of(self_.fd)
            if port is None:
                return real_write(self_, data)
            before = port.incoming()
            written = real_write(self_, data)
            port.await_incoming(before + (written or 0))
            return written

        patches.attribute(module, "select", SimpleNamespace(select=self._select, poll=select.poll, error=select.error))
        patches.attribute(module.Serial, "write", write)

    def _port_of(self, fd: int | None) -> Any:
        """The twin's port that `fd` is open on, if any."""
        if fd is None:
            return None
        device = os.fstat(fd).st_rdev
        return next((pico.port for pico in self._picos() if pico.port is not None and pico.port.device == device), None)

    def _select(self, rlist: Sequence[Any], wlist: Sequence[Any], xlist: Sequence[Any], timeout: float | None = None) -> Any:
        """What pyserial waits with: for a port of the twin time need not keep pace with the real world."""
        if not self._polling.parks(sys._getframe(1), timeout):  # noqa: SLF001
            return _select(rlist, wlist, xlist, timeout)
        return self._polling.wait(lambda: _select(rlist, wlist, xlist, 0), ([], [], []), timeout, ())

    def _comports(self, include_links: bool = False) -> list[Any]:
        from serial.tools.list_ports_common import ListPortInfo

        return [_described(ListPortInfo(pico.device), pico) for pico in self._picos() if pico.plugged]


def _described(info: Any, pico: PicoDevice) -> Any:
    info.vid, info.pid, info.serial_number = VID, PID, pico.id
    info.manufacturer, info.product, info.location = "MicroPython", "Board in FS mode", "1-1"
    info.apply_usb_info()
    return info
