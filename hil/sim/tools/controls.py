"""V4L2 controls of a sensor's sub-device: which there are, their ranges and present values.

Which controls a driver registers, in v4l2-ctl's order (by number), and their numbers are the kernel's
(include/uapi/linux/v4l2-controls.h); ranges come from the catalog's sensor and the present mode.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass

from hil.sim.tools.sensor import HostCamera

EXPOSURE, HFLIP, VFLIP = 0x00980911, 0x00980914, 0x00980915
WIDE_DYNAMIC_RANGE, ORIENTATION, ROTATION = 0x009A0915, 0x009A0922, 0x009A0923
VBLANK, HBLANK, ANALOGUE_GAIN = 0x009E0901, 0x009E0902, 0x009E0903
LINK_FREQUENCY, PIXEL_RATE, TEST_PATTERN, DIGITAL_GAIN = 0x009F0901, 0x009F0902, 0x009F0903, 0x009F0905

CLASSES = {0x98: "User Controls", 0x9A: "Camera Controls", 0x9E: "Image Source Controls", 0x9F: "Image Processing Controls"}
_DIGITAL_GAIN = {"imx219": (256, 4095), "imx477": (256, 65535), "imx708": (256, 65535)}
_TEST_PATTERNS = {
    "imx219": ("Disabled", "Color Bars", "Solid Color", "Grey Color Bars", "PN9"),
    "imx477": ("Disabled", "Color Bars", "Solid Color", "Grey Color Bars", "PN9"),
    "imx708": ("Disabled", "Color Bars", "Solid Color", "Grey Color Bars", "PN9"),
    "imx296": (
        "Disabled",
        "Multiple Pixels",
        "Sequence 1",
        "Sequence 2",
        "Gradient",
        "Row",
        "Column",
        "Cross",
        "Stripe",
        "Checks",
    ),
    "ov5647": ("Disabled", "Color Bars", "Color Squares", "Random Data"),
}


@dataclass(frozen=True, slots=True)
class Control:
    """One control as VIDIOC_QUERYCTRL and VIDIOC_G_CTRL show it."""

    id: int
    name: str
    """As v4l2-ctl spells it."""
    kind: str
    """"int", "int64", "bool", "menu" or "intmenu"."""
    minimum: int
    maximum: int
    default: int
    value: int
    step: int = 1
    flags: tuple[str, ...] = ()
    menu: tuple[str | int, ...] = ()

    @property
    def read_only(self) -> bool:
        """Whether the driver refuses to set it."""
        return "read-only" in self.flags


def controls_of(camera: HostCamera, written: dict[int, int]) -> tuple[Control, ...]:
    """The controls of that sensor, in order of their numbers; `written`: values programs have set by number."""
    return tuple(sorted(_all(camera, written), key=lambda control: control.id))


def _all(camera: HostCamera, written: dict[int, int]) -> Iterator[Control]:
    yield from _sensor_settings(camera, written)
    yield from _timing(camera, written)
    yield from _fixed(camera)
    if camera.sensor.name == "imx708":
        grabbed = ("grabbed",) if camera.state.running else ()
        yield Control(WIDE_DYNAMIC_RANGE, "wide_dynamic_range", "bool", 0, 1, 0, int(camera.hdr), flags=grabbed)


def _sensor_settings(camera: HostCamera, written: dict[int, int]) -> Iterator[Control]:
    gain, name = camera.sensor.gain, camera.sensor.name
    for number, text in ((HFLIP, "horizontal_flip"), (VFLIP, "vertical_flip")):
        flags = ("grabbed", "modify-layout") if camera.state.running else ("modify-layout",)
        yield Control(number, text, "bool", 0, 1, 0, written.get(number, 0), flags=flags)
    low, high = gain.code_min, gain.code_max
    yield Control(ANALOGUE_GAIN, "analogue_gain", "int", low, high, low, written.get(ANALOGUE_GAIN, low))
    if name in _DIGITAL_GAIN:
        low, high = _DIGITAL_GAIN[name]
        yield Control(DIGITAL_GAIN, "digital_gain", "int", low, high, low, written.get(DIGITAL_GAIN, low))
    patterns = _TEST_PATTERNS[name]
    yield Control(TEST_PATTERN, "test_pattern", "menu", 0, len(patterns) - 1, 0, written.get(TEST_PATTERN, 0), menu=patterns)


def _timing(camera: HostCamera, written: dict[int, int]) -> Iterator[Control]:
    mode, exposure = camera.present_mode, camera.generation.exposure
    (width, height), blank = mode.size, mode.frame_length_min - mode.size[1]
    longest = (exposure.frame_length_max << exposure.long_exp_shift_max) - height
    vblank = written.get(VBLANK, blank)
    lines = height + vblank - exposure.frame_integration_diff
    default = min(1600, lines)
    shown = written.get(EXPOSURE, default)
    yield Control(EXPOSURE, "exposure", "int", mode.exposure_min_lines, lines, default, shown, mode.exposure_step_lines)
    yield Control(VBLANK, "vertical_blanking", "int", blank, longest, blank, vblank)
    hblank = mode.line_length_pix - width
    stretchable = exposure.hblank_max or (exposure.line_length_max - width if exposure.line_length_max else 0)
    flags = () if stretchable else ("read-only",)
    yield Control(HBLANK, "horizontal_blanking", "int", hblank, stretchable or hblank, hblank, written.get(HBLANK, hblank), flags=flags)


def _fixed(camera: HostCamera) -> Iterator[Control]:
    rate, rotation, link = camera.present_mode.pixel_rate_hz, camera.sensor.rotation_dt, camera.link_frequency_hz
    fixed = ("read-only",)
    yield Control(ORIENTATION, "camera_orientation", "menu", 0, 2, 2, 2, flags=fixed, menu=("Front", "Back", "External"))
    yield Control(ROTATION, "camera_sensor_rotation", "int", rotation, rotation, rotation, rotation, flags=fixed)
    yield Control(LINK_FREQUENCY, "link_frequency", "intmenu", 0, 0, 0, 0, flags=fixed, menu=(link,))
    yield Control(PIXEL_RATE, "pixel_rate", "int64", rate, rate, rate, rate, flags=fixed)


def refusal(number: int) -> OSError:
    """The error of an ioctl that ends with that errno."""
    return OSError(number, os.strerror(number))


def checked(control: Control, value: int) -> int:
    """`value` as the kernel would store it; OSError where it refuses."""
    if control.read_only:
        raise refusal(errno.EACCES)
    if "grabbed" in control.flags:
        raise refusal(errno.EBUSY)
    if control.kind == "bool":
        return int(bool(value))
    if control.kind in ("menu", "intmenu") and not control.minimum <= value <= control.maximum:
        raise refusal(errno.ERANGE)
    low, high, step = control.minimum, control.maximum, control.step
    steps = (min(max(value, low), high) - low + step // 2) // step
    return min(low + steps * step, high)
