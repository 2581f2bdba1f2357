"""rpicam-hello and its kin: --list-cameras and --version, in the text of rpicam-apps 1.12 (core/options.cpp).

Listing has a side effect on a real Pi, and so here: the sensor's HDR of the camera with index 0 is switched off first, if it is a
Camera Module 3 ("--hdr sensor" switches it on). Without any camera it prints one line and still exits with status 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.camera import formats
from hil.sim.libcamera.formats import PixelFormat, format_key
from hil.sim.tools import facts
from hil.sim.tools.controls import WIDE_DYNAMIC_RANGE
from hil.sim.tools.sensor import HostCamera
from hil.sim.tools.words import not_modelled

if TYPE_CHECKING:
    from hil.sim.host import SimHost

_HDR = ("off", "auto", "sensor", "single-exp")


def answer(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Run the tool; it can list cameras and tell its version, the rest is picamera2's business in the twin."""
    options = dict(_pairs(arguments))
    unknown = set(options) - {"--list-cameras", "--version", "--camera", "--hdr", "-n", "--nopreview"}
    if unknown:
        return not_modelled(tool, sorted(unknown)[0])
    if "--version" in options:
        return Completed(version())
    if "--list-cameras" not in options:
        return not_modelled(tool, "taking pictures")
    hdr = options.get("--hdr", "off") or "auto"
    if hdr not in _HDR:
        return Completed(stderr=f"ERROR: *** Invalid HDR option provided: {hdr} ***\n", returncode=255)
    _set_hdr(host, int(options.get("--camera") or 0), on=hdr in ("auto", "sensor"))
    return Completed(listing(host))


def _pairs(arguments: list[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for argument in arguments:
        if argument.startswith("-"):
            option, _, value = argument.partition("=")
            found.append((option, value))
        elif found:
            found[-1] = (found[-1][0], argument)
    return found


def version() -> str:
    """What --version prints (the misspelling is the program's)."""
    software = facts.table()["software"]
    return (
        f"rpicam-apps build: {software['rpicam_apps']}\n"
        f"rpicam-apps capabilites: {software['capabilities']}\n"
        f"libcamera build: {software['libcamera']}\n"
    )


def _set_hdr(host: SimHost, index: int, *, on: bool) -> None:
    cameras = host.bound if host.may_capture else ()
    if index >= len(cameras) or cameras[index].sensor.name != "imx708":
        return
    camera = cameras[index]
    if camera.subdev is not None and not camera.state.running:
        host.set_ctrl(camera.subdev, WIDE_DYNAMIC_RANGE, int(on))


def listing(host: SimHost) -> str:
    """What --list-cameras prints."""
    cameras = host.bound if host.may_capture else ()
    if not cameras:
        return "No cameras available!\n"
    return "Available cameras\n-----------------\n" + "".join(_camera(index, camera) for index, camera in enumerate(cameras))


def _camera(index: int, camera: HostCamera) -> str:
    width, height = camera.sensor.active_size
    # The table of rpicam-apps that says "10-bit" knows no 8-bit formats, and none of its names is "BGGR".
    bits = max(mode.bits for mode in camera.modes)
    cfa = "" if camera.sensor.cfa == "BGGR" else f" {camera.sensor.cfa}"
    head = f"{index} : {camera.model} [{width}x{height} {bits}-bit{cfa}] ({camera.id})\n"
    return head + "    Modes: " + "           ".join(_format(name, rows) for name, rows in _by_format(camera)) + "\n"


def _by_format(camera: HostCamera) -> list[tuple[str, list[str]]]:
    """Format name -> its modes as printed, formats in libcamera's order (fourcc, modifier), sizes from small to large."""
    depths = {mode.bits for mode in camera.modes}
    names = {formats.Raw(camera.sensor.cfa, bits, "CSI2").name: bits for bits in depths}
    ordered = sorted(names, key=lambda name: format_key(PixelFormat(name)))
    return [(name, _rows(camera, names[name])) for name in ordered]


def _rows(camera: HostCamera, bits: int) -> list[str]:
    modes = sorted((mode for mode in camera.modes if mode.bits == bits), key=lambda mode: mode.size[0] * mode.size[1])
    rows = []
    for mode in modes:
        left, top, width, height = mode.crop
        rows.append(f"{mode.size[0]}x{mode.size[1]} [{mode.fps_reported:.2f} fps - ({left}, {top})/{width}x{height} crop]")
    return rows


def _format(name: str, rows: list[str]) -> str:
    head = f"'{name}' : "
    return head + ("\n" + " " * (len(head) + 11)).join(rows) + "\n"
