"""What a host was booted with: device-tree overlays as config.txt asks for them, and properties of the live device tree.

A harness reads both and writes neither: they only change with a reboot. The overlays' parameters are those of
arch/arm/boot/dts/overlays/README of raspberrypi/linux: `always-on` keeps the sensor's supply up, `sync-source` and `sync-sink` set
the IMX477's property `trigger-mode`, `cam0` is for connector CAM0 of boards that have two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hil.drivers.host import Host, read_bytes, read_text

CONFIG_FILES = ("/boot/firmware/config.txt", "/boot/config.txt")
"""Where firmware configuration is since Raspberry Pi OS 12, and where it was."""

_MODELS = {
    "pi3": r"Raspberry Pi 3",
    "pi4": r"Raspberry Pi (4|400|Compute Module 4)",
    "pi5": r"Raspberry Pi (5|500|Compute Module 5)",
    "pi0": r"Raspberry Pi Zero",
    "pi02": r"Raspberry Pi Zero 2",
    "pi400": r"Raspberry Pi 400",
    "pi500": r"Raspberry Pi 500",
    "cm4": r"Raspberry Pi Compute Module 4",
    "cm5": r"Raspberry Pi Compute Module 5",
}
"""Conditional sections of config.txt that name a model, and the models' own text."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """One `dtoverlay=` line with the `dtparam=` lines that follow it."""

    name: str
    parameters: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """As config.txt has it on one line."""
        return "dtoverlay=" + ",".join((self.name, *self.parameters))


def config_file(host: Host) -> str | None:
    """The path of the host's config.txt; None if it has none that can be read."""
    return next((path for path in CONFIG_FILES if read_text(host, path) is not None), None)


def overlays(host: Host) -> list[Overlay] | None:
    """The overlays that config.txt loads on this model, in its order; None without a config.txt."""
    lines = assignments(host)
    if lines is None:
        return None
    found: list[Overlay] = []
    for key, value in lines:
        if key == "dtoverlay" and value:
            name, *parameters = value.split(",")
            found.append(Overlay(name, tuple(parameters)))
        elif key == "dtparam" and found:
            found[-1] = Overlay(found[-1].name, (*found[-1].parameters, *value.split(",")))
    return found


def assignments(host: Host) -> list[tuple[str, str]] | None:
    """The `key=value` lines of config.txt that count on this model, in its order; None without a config.txt."""
    path = config_file(host)
    if path is None:
        return None
    model = read_text(host, "/sys/firmware/devicetree/base/model") or ""
    found: list[tuple[str, str]] = []
    applies = True
    for line in (read_text(host, path) or "").splitlines():
        key, _, value = line.strip().partition("=")
        if section := re.fullmatch(r"\[([\w-]+)\]", line.strip()):
            applies = _applies(section[1], model)
        elif applies and value and not key.startswith("#"):
            found.append((key, value))
    return found


def _applies(section: str, model: str) -> bool:
    """Whether lines of a section count on that model; those that filter by something else are believed."""
    return section != "none" and re.match(_MODELS.get(section, ""), model) is not None


def device_tree_u32(host: Host, camera_id: str, name: str) -> int | None:
    """A property of a camera's node in the live device tree, big-endian u32; None if the node has none. `camera_id`: libcamera's."""
    for base in ("/sys/firmware/devicetree/base", "/proc/device-tree"):
        data = read_bytes(host, f"{base}/{camera_id.removeprefix('/base').lstrip('/')}/{name}")
        if data is not None and len(data) >= 4:
            return int.from_bytes(data[:4], "big")
    return None
