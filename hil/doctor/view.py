"""One host as doctor looks at it: its files and tools' answers, each read once, and what the rig has there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hil import catalog
from hil.drivers.host import Host, in_group, read_text
from hil.drivers.overlays import CONFIG_FILES, config_file

if TYPE_CHECKING:
    from hil.completed import Completed
    from hil.rig import Camera, Pico, Rig
    from hil.rig.model import Host as Declared


@dataclass
class View:
    """A host; `rig` is None where nobody has said what should be there."""

    host: Host
    rig: Rig | None = None

    @property
    def name(self) -> str:
        """The rig's name for it."""
        return self.host.name

    @property
    def declared(self) -> Declared | None:
        """What the rig says of it."""
        return self.rig.hosts[self.name] if self.rig else None

    @property
    def cameras(self) -> dict[str, Camera]:
        """The cameras that should be there."""
        return self.rig.cameras_on(self.name) if self.rig else {}

    @property
    def picos(self) -> dict[str, Pico]:
        """The Picos that should be there."""
        return {name: pico for name, pico in self.rig.picos.items() if pico.host == self.name} if self.rig else {}

    def sensor(self, camera: Camera) -> catalog.Sensor:
        """The sensor of a camera of the rig."""
        return catalog.sensor(catalog.module(camera.module).sensor)

    # -- what it is ---------------------------------------------------------------------------------------------------

    @cached_property
    def model(self) -> str:
        """Its board with revision: "Raspberry Pi 5 Model B Rev 1.0"; "" if it is no Raspberry Pi."""
        text = read_text(self.host, "/sys/firmware/devicetree/base/model") or ""
        return text if text.startswith("Raspberry Pi") else ""

    @cached_property
    def boards(self) -> tuple[catalog.Board, ...]:
        """The boards that call themselves so; none that the catalog does not know."""
        fits = [board for board in catalog.boards() if self.model.startswith(board.model_text)] if self.model else []
        longest = max((len(board.model_text) for board in fits), default=0)
        return tuple(board for board in fits if len(board.model_text) == longest)

    @cached_property
    def board(self) -> catalog.Board | None:
        """The board, as the rig calls it where that fits."""
        if self.declared is not None and (stated := catalog.board(self.declared.board)) in self.boards:
            return stated
        return self.boards[0] if self.boards else None

    @cached_property
    def kernel(self) -> str:
        """Its release."""
        return read_text(self.host, "/proc/sys/kernel/osrelease") or ""

    @cached_property
    def os_release(self) -> dict[str, str]:
        """/etc/os-release."""
        pairs = (line.partition("=") for line in (read_text(self.host, "/etc/os-release") or "").splitlines())
        return {key: value.strip('"') for key, _, value in pairs}

    @property
    def os_number(self) -> int:
        """Debian's number: 12; 0 if it is not told."""
        number = self.os_release.get("VERSION_ID", "")
        return int(number) if number.isdigit() else 0

    @cached_property
    def config_file(self) -> str:
        """Where its config.txt is, or should be."""
        return config_file(self.host) or CONFIG_FILES[0]

    def in_config(self, *lines: str) -> tuple[str, ...]:
        """The steps that put lines into config.txt and into effect."""
        return (f"in {self.config_file}, then sudo reboot:", *(f"  {line}" for line in lines))

    # -- what its tools say, asked once -------------------------------------------------------------------------------

    def run(self, *argv: str) -> Completed:
        """Run a tool; 127 if it has none of that name."""
        return self.host.run(list(argv))

    @cached_property
    def kernel_log(self) -> Completed:
        """Of dmesg."""
        return self.run("dmesg")

    @cached_property
    def log_lines(self) -> tuple[str, ...]:
        """Its messages without their times."""
        return tuple(re.sub(r"^\[ *[\d.]+\] ", "", line) for line in self.kernel_log.stdout.splitlines())

    @cached_property
    def user(self) -> str:
        """Who looks."""
        return self.run("id", "-un").stdout.strip() or "pi"

    @cached_property
    def may_capture(self) -> bool:
        """Whether the user may open cameras; one who may not sees none."""
        return in_group(self.host, "video")

    @cached_property
    def debian_packages(self) -> dict[str, str]:
        """Version by name, of those that matter here and are installed."""
        names = ("python3", "python3-picamera2", "python3-numpy", "python3-simplejpeg", "python3-libcamera", "rpicam-apps")
        done = self.run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package} ${Version}\n", *names)
        found = (line.split() for line in done.stdout.splitlines() if line.startswith("ii"))
        return {words[1]: words[2] for words in found if len(words) == 3}
