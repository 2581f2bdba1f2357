"""Modes: which the host's driver offers, and a raw frame of each looked at.

The list of modes is the kernel's and tells the driver's generation; it never fails a unit. A frame of the wrong shape is the
pipeline's fault, one that is dark or clipped the bench's; one without a picture in it, stuck or frozen, is the unit's.
"""

from __future__ import annotations

from collections.abc import Sequence

from hil import catalog
from hil.checks import generation as generations
from hil.checks.case import START_S, Case, Expected
from hil.checks.notebook import Notebook
from hil.drivers.camera import Camera
from hil.drivers.frames import RawFrames
from hil.errors import RigError
from hil.judge import Limit
from hil.judge.limits import characteristic
from hil.measure import Content, EstimatorError, Measurement, content, frozen

SETTLE_FRAMES = 3
"""Frames that pass while exposure and gain arrive at the sensor."""


def forecast(case: Case) -> Expected:
    """Mean, noise and faults of a frame; with the camera's last mode, how many modes there are."""
    mode = case.expected_mode()
    seconds = START_S + (SETTLE_FRAMES + int(case.options["frames"]) + 8) / (mode.nominal_fps if mode else 30.0)
    names = ("frame_mean", "frame_noise", "frame_faults")
    return Expected((*names, "modes_offered") if case.last else names, seconds)


def run(camera: Camera, case: Case, notebook: Notebook) -> None:
    """Identify the driver's generation, then look at frames of the case's mode."""
    resolved = generations.resolve(camera, case, notebook)
    if case.last:
        _offered(camera, case, notebook)
    if resolved is None:
        return
    _, mode = resolved
    with notebook.step(f"a raw frame of {case.mode}"):
        camera.configure(size=mode.size, bits=mode.bits, hdr=mode.hdr)
        frames = camera.raw(int(case.options["frames"]), settle=SETTLE_FRAMES)
    _look(frames, mode, case, notebook)


def _offered(camera: Camera, case: Case, notebook: Notebook) -> None:
    generation = generations.of(camera, case)
    listed = camera.sensor_modes()
    known = sum(not mode.hdr for mode in generation.modes)
    count = Measurement("modes_offered", len(listed), "modes", method=f"libcamera's list, driver {generation.sensor} {generation.name}")
    limit = Limit(
        known, known, "modes", f"driver {generation.sensor} {generation.name}: {generation.title}", "simple", "modes offered", "host"
    )
    named = "" if generation.name == "only" else f" ({generation.name})"
    notebook.text("modes", in_words([mode for mode in generation.modes if not mode.hdr]), subject=case.camera)
    notebook.text("driver", f"{generation.sensor} driver{named}; none unknown", subject=case.camera)
    notebook.measure(count, limit, subject=case.camera, conditions={"driver": generation.name})


def in_words(modes: Sequence[catalog.Mode]) -> str:
    """Modes by size, the largest first: "2304x1296 · 1536x864"; bit depths are told where a size has several."""
    depths: dict[tuple[int, int], list[int]] = {}
    for mode in sorted(modes, key=lambda m: (-m.size[0] * m.size[1], m.bits)):
        depths.setdefault(mode.size, []).append(mode.bits)
    sizes = [f"{width}x{height}" for width, height in depths]
    if len({tuple(bits) for bits in depths.values()}) > 1:
        return " · ".join(f"{size}-{'/'.join(map(str, bits))}" for size, bits in zip(sizes, depths.values(), strict=True))
    several = next(iter(depths.values()), [])
    return " · ".join(sizes) + (f", each in {', '.join(map(str, several[:-1]))} and {several[-1]} bits" if len(several) > 1 else "")


def _look(frames: RawFrames, mode: catalog.Mode, case: Case, notebook: Notebook) -> None:
    looks = [_content(frame, frames, mode, case) for frame in frames.pixels]
    faults = [fault for look in looks for fault in look.stuck] + _frozen(frames)
    count = Measurement(
        "frame_faults", len(faults), "faults", 0.0, len(looks), "; ".join(faults) or "rows differ, neighbours differ, frames differ"
    )
    for m in (looks[0].mean, looks[0].noise, count):
        notebook.measure(m, characteristic(m.name).limit(), subject=case.camera, mode=case.mode)


def _content(frame: object, frames: RawFrames, mode: catalog.Mode, case: Case) -> Content:
    try:
        look = content(frame, frames.bits, frames.black_dn, mode.size)  # type: ignore[arg-type]
    except EstimatorError as error:
        raise _no_picture(case, str(error), "is picamera2 older than the driver? its raw formats may have changed") from error
    if look.rig:
        raise _no_picture(case, "; ".join(look.rig), "take the cap off, point the camera at something lit, and keep the sun out of it")
    return look


def _frozen(frames: RawFrames) -> list[str]:
    return ["two frames are the same to the last pixel"] if len(frames.pixels) > 1 and frozen(frames.pixels[0], frames.pixels[1]) else []


def _no_picture(case: Case, found: str, hint: str) -> RigError:
    return RigError(
        f"{case.camera}: a raw frame of {case.mode} with a picture in it asked for", found, hint, where=case.camera, cause="no picture"
    )
