"""Which cameras a host lists: rpicam-hello --list-cameras, read back.

Listing switches the HDR of the first Camera Module 3 off (core/options.cpp of rpicam-apps). Where somebody has left it on, nothing is
listed, since nothing is to be changed, and the kernel's sub-devices have to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hil.doctor.view import View
from hil.drivers import v4l2
from hil.drivers.frames import SensorMode
from hil.drivers.host import names_in, read_text

_CAMERA = re.compile(r"^\d+ : (\S+) \[.*\] \((/[^)]*)\)$")
_MODE = re.compile(r"(?:'(\w+)' : )?(\d+)x(\d+) \[([\d.]+) fps - \((\d+), (\d+)\)/(\d+)x(\d+) crop\]")
_SUBDEVS = "/sys/class/video4linux"


@dataclass(frozen=True, slots=True)
class Listed:
    """A camera that libcamera finds."""

    model: str
    id: str
    modes: tuple[SensorMode, ...]


def parse(text: str) -> list[Listed]:
    """The cameras of a listing."""
    found: list[Listed] = []
    for block in re.split(r"^(?=\d+ : )", text, flags=re.MULTILINE)[1:]:
        head, *rest = block.splitlines()
        if camera := _CAMERA.match(head):
            found.append(Listed(camera[1], camera[2], tuple(_modes("\n".join(rest)))))
    return found


def _modes(text: str) -> list[SensorMode]:
    modes: list[SensorMode] = []
    format_ = ""
    for name, *numbers in _MODE.findall(text):
        format_ = name or format_
        width, height, left, top, crop_width, crop_height = (int(number) for number in (*numbers[:2], *numbers[3:]))
        bits = re.search(r"\d+", format_)
        # The short listing tells no exposures and no frame durations.
        modes.append(
            SensorMode(
                (width, height),
                int(bits[0]) if bits else 0,
                (left, top, crop_width, crop_height),
                float(numbers[2]),
                0,
                None,
                format_,
                0,
                0,
            )
        )
    return modes


def hdr_left_on(view: View) -> list[str]:
    """The sub-devices of Camera Modules 3 whose HDR is on."""
    nodes = (name for name in names_in(view.host, _SUBDEVS) if name.startswith("v4l-subdev"))
    threes = (f"/dev/{name}" for name in nodes if (read_text(view.host, f"{_SUBDEVS}/{name}/name") or "").startswith("imx708"))
    return [subdev for subdev in threes if v4l2.get_control(view.host, subdev, "wide_dynamic_range") == 1]


def listed(view: View) -> list[Listed]:
    """What rpicam-hello lists; nothing without it."""
    done = view.run("rpicam-hello", "--list-cameras")
    return parse(done.stdout) if done.returncode == 0 else []
