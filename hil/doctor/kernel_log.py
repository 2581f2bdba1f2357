"""What the kernel's messages about cameras usually mean.

Texts are those of drivers/media/i2c/{imx219,imx296,imx477,imx708,ov5647}.c and the CSI-2 receivers of raspberrypi/linux.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hil import catalog
from hil.doctor.lines import Line, note
from hil.doctor.view import View

SENSORS = ("imx219", "imx296", "imx477", "imx708", "ov5647")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind of message."""

    pattern: str
    cause: str
    line: str = ""
    """What config.txt should have instead; "" where it is a matter of cables."""


_MEANINGS = (
    Meaning(r"failed to read chip id|Error reading|read reg failed", "cable, port or power"),
    Meaning(r"chip id mismatch", "the overlay in config.txt is another sensor's", "dtoverlay={sensor}"),
    Meaning(
        r"[Ll]ink frequency not supported",
        "the driver does not take the overlay's link-frequency",
        "dtoverlay={sensor},link-frequency={link_hz}",
    ),
    Meaning(
        r"xclk frequency not supported",
        "the overlay is for a module with another crystal",
        "dtoverlay={sensor}   without parameters of its clock",
    ),
    Meaning(
        r"only \d data lanes are currently supported",
        "the overlay asks for more lanes than the driver takes",
        "dtoverlay={sensor}   without 4lane",
    ),
    Meaning(r"[Ff]ailed to (?:get|enable) regulators?", "the camera's supply does not come up"),
)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A message about one sensor."""

    sensor: str
    bus: int
    text: str
    meaning: Meaning

    def fix(self, view: View, wanted: catalog.Sensor | None = None) -> tuple[str, ...]:
        """What to do about it on this host; `wanted`: the sensor that should be there."""
        if not self.meaning.line:
            return (reseat(view.board),)
        sensor = wanted or catalog.sensor(self.sensor)
        return view.in_config("camera_auto_detect=0", self.meaning.line.format(sensor=sensor.overlay, link_hz=sensor.link_freq_default_hz))


def reseat(board: catalog.Board | None) -> str:
    """What to do about a camera that does not answer."""
    return f"shut down, reseat both ends of the cable ({contacts(board)}), try another cable, boot, run this again"


def contacts(board: catalog.Board | None) -> str:
    """Which way round a cable goes in. The page says it of 15-pin connectors only."""
    if board is not None and board.connector_pins == 22:
        return "the 22-pin cable, contacts as the board's guide shows"
    return "contacts towards HDMI"


def complaints(view: View) -> list[Complaint]:
    """What drivers of camera sensors complain of, each kind once."""
    found: dict[tuple[str, int, str], Complaint] = {}
    for line in view.log_lines:
        said = re.match(rf"({'|'.join(SENSORS)}) (\d+)-[0-9a-f]{{4}}: (.*)", line)
        meaning = next((meaning for meaning in _MEANINGS if said and re.search(meaning.pattern, said[3])), None)
        if said and meaning:
            found.setdefault((said[1], int(said[2]), meaning.cause), Complaint(said[1], int(said[2]), line, meaning))
    return list(found.values())


def readable(view: View) -> Iterator[Line]:
    """Whether it can be read at all."""
    done = view.kernel_log
    if done.returncode != 0:
        text = f"the kernel log cannot be read: {(done.stderr or done.stdout).strip()}"
        yield note("kernel log", text, f"sudo adduser {view.user} adm; sudo sysctl kernel.dmesg_restrict=0")
