"""What picamera2 says of a camera: who it is, its modes, and how it is configured for measuring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hil.drivers.frames import Identity, SensorMode
from hil.drivers.limits import Request, check_gain
from hil.errors import UserError

BUFFERS = 6
"""picamera2's own default for video: enough that a host which is 5 frames late loses none."""

PREVIEW = (640, 480)
"""The processed stream beside the raw one, and what a recording holds: rpicam-vid's own default size."""


def identity_of(picam2: Any) -> Identity:
    """Model, id and the properties that libcamera reports."""
    props = picam2.camera_properties
    info = next(i for i in picam2.global_camera_info() if i["Num"] == picam2.camera_idx)
    return Identity(
        model=props.get("Model", ""),
        id=info["Id"],
        index=info["Num"],
        rotation=props.get("Rotation"),
        pixel_array_size=props.get("PixelArraySize"),
        colour_filter=props.get("ColorFilterArrangement"),
    )


def modes_of(picam2: Any) -> list[SensorMode]:
    """Every mode that libcamera lists, with the limits it advertises in that mode; configures a stopped camera for each."""
    return [_mode(picam2, listed) for listed in picam2.sensor_modes]


def _mode(picam2: Any, listed: dict[str, Any]) -> SensorMode:
    low, *rest = listed["exposure_limits"]
    picam2.configure(picam2.create_preview_configuration(raw={"format": str(listed["format"]), "size": listed["size"]}))
    shortest_us, longest_us, _ = picam2.camera_controls["FrameDurationLimits"]
    return SensorMode(
        size=tuple(listed["size"]),
        bits=listed["bit_depth"],
        crop=tuple(listed["crop_limits"]),
        fps=listed["fps"],
        exposure_min_us=low,
        exposure_max_us=rest[0] if rest else None,
        format=str(listed["format"]),
        frame_duration_min_us=shortest_us,
        frame_duration_max_us=longest_us,
    )


def pick(camera: str, listed: Sequence[SensorMode], size: tuple[int, int], bits: int | None) -> SensorMode:
    """The mode of that size (and bit depth; the deepest if None). UserError lists what there is."""
    fits = [m for m in listed if m.size == tuple(size) and bits in (None, m.bits)]
    if not fits:
        there = ", ".join(f"{m.size[0]}x{m.size[1]}-{m.bits}" for m in listed)
        raise UserError(f"{camera}: mode {size[0]}x{size[1]}{'' if bits is None else f'-{bits}'} asked for", f"modes {there}")
    return max(fits, key=lambda m: m.bits)


def largest(listed: Sequence[SensorMode]) -> SensorMode:
    """The mode of the most pixels, and of those the deepest."""
    return max(listed, key=lambda m: (m.size[0] * m.size[1], m.bits))


def apply(camera: str, picam2: Any, request: Request) -> None:
    """Configure a stopped camera: raw frames of the mode, a small processed stream, everything else fixed."""
    mode = request.mode
    config = picam2.create_video_configuration(
        main={"size": PREVIEW, "format": "YUV420"},
        raw={"size": mode.size, "format": mode.format if request.packed else mode.format.split("_")[0]},
        sensor={"output_size": mode.size, "bit_depth": mode.bits},
        buffer_count=BUFFERS,
        queue=False,
    )
    picam2.configure(config)
    check_gain(camera, picam2.camera_controls["AnalogueGain"], request.gain)
    picam2.set_controls(_controls(request, picam2.camera_controls))


def _controls(request: Request, known: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {"FrameDurationLimits": request.frame_duration_us}
    if request.exposure_us is not None:
        chosen["ExposureTime"] = int(request.exposure_us)
    if request.gain is not None:
        chosen["AnalogueGain"] = float(request.gain)
    fixed = {"AwbEnable": False, "ColourGains": (1.0, 1.0), "AfMode": 0, "LensPosition": 1.0, "NoiseReductionMode": 0}
    return {k: v for k, v in fixed.items() if k in known} | chosen
