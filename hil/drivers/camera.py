"""The camera driver, on picamera2: identity, modes, limits, configure, timed bursts, raw frames.

It never clamps silently: what the mode cannot do is a `UserError` naming the limit. It never hangs: every wait has a
deadline that scales with the frame interval, and a camera that delivers nothing is a `CameraTimeout`.
"""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hil.drivers.frames import Achieved, Burst, Identity, RawFrames, SensorMode
from hil.drivers.host import Host
from hil.errors import CameraTimeout, RigError, UserError
from hil.measure.raw import unpack_csi2p

GRACE_S = 3.0
"""What a wait may last beyond the frames themselves: start-up, ISP and a busy host."""

BUFFERS = 6
"""picamera2's own default for video: enough that a host which is 5 frames late loses none."""


class Progress(Protocol):
    """Called while something long runs."""

    def __call__(self, what: str, done: int, of: int, elapsed_s: float, expected_s: float) -> None:
        """`what` goes on; frame `done` of `of`; seconds on the rig's clock."""


@dataclass(frozen=True, slots=True)
class Request:
    """What `configure` was asked for, kept for messages and for the record."""

    mode: SensorMode
    fps: float | None
    exposure_us: float | None
    gain: float | None
    frame_duration_us: tuple[int, int]


@dataclass
class Camera:
    """One camera of a rig. Made by `hil.drivers.cameras.CameraSet`, which opens and closes it."""

    name: str
    host: Host
    picam2: Any
    set_hdr: Callable[[bool], None]
    """Switches the sensor's HDR readout; the camera system is reopened, so `picam2` is another object afterwards."""
    progress: Progress | None = None
    _modes: dict[bool, list[SensorMode]] = field(default_factory=dict, repr=False)
    _hdr: bool = False
    _request: Request | None = field(default=None, repr=False)
    _achieved: Achieved | None = field(default=None, repr=False)

    # -- who it is, what it can do ------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """Model, id and the properties that libcamera reports."""
        props = self.picam2.camera_properties
        info = next(i for i in self.picam2.global_camera_info() if i["Num"] == self.picam2.camera_idx)
        return Identity(
            model=props.get("Model", ""),
            id=info["Id"],
            index=info["Num"],
            rotation=props.get("Rotation"),
            pixel_array_size=props.get("PixelArraySize"),
            colour_filter=props.get("ColorFilterArrangement"),
        )

    def controls(self) -> dict[str, tuple[Any, Any, Any]]:
        """Advertised controls of the present configuration: name to (min, max, default)."""
        return dict(self.picam2.camera_controls)

    def sensor_modes(self, *, hdr: bool = False) -> list[SensorMode]:
        """Every mode libcamera lists, with the limits it advertises in that mode. Stops the camera."""
        self._switch_hdr(hdr)
        if hdr not in self._modes:
            self.stop()
            self._modes[hdr] = [self._mode(listed) for listed in self.picam2.sensor_modes]
        return self._modes[hdr]

    def mode(self, size: tuple[int, int], bits: int | None = None, *, hdr: bool = False) -> SensorMode:
        """The mode of that size (and bit depth; the deepest if None). UserError lists what there is."""
        listed = self.sensor_modes(hdr=hdr)
        fits = [m for m in listed if m.size == tuple(size) and bits in (None, m.bits)]
        if not fits:
            there = ", ".join(f"{m.size[0]}x{m.size[1]}-{m.bits}" for m in listed)
            raise UserError(f"{self.name}: mode {size[0]}x{size[1]}{'' if bits is None else f'-{bits}'} asked for", f"modes {there}")
        return max(fits, key=lambda m: m.bits)

    def _mode(self, listed: dict[str, Any]) -> SensorMode:
        low, *rest = listed["exposure_limits"]
        config = self.picam2.create_preview_configuration(raw={"format": str(listed["format"]), "size": listed["size"]})
        self.picam2.configure(config)
        shortest_us, longest_us, _ = self.picam2.camera_controls["FrameDurationLimits"]
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

    # -- configure ----------------------------------------------------------------------------------------------------

    def configure(
        self,
        size: tuple[int, int] | None = None,
        bits: int | None = None,
        fps: float | None = None,
        exposure_us: float | None = None,
        gain: float | None = None,
        *,
        hdr: bool = False,
        packed: bool = False,
    ) -> None:
        """Choose a mode and fix rate, exposure and analogue gain; the camera starts with the first frame asked for.

        `fps` None: the mode's fastest, or as slow as `exposure_us` needs. `gain` and `exposure_us` None: left to AEC/AGC.
        White balance is fixed and the lens parked, so that nothing else changes from frame to frame. UserError if the
        mode cannot do it, naming the limit.
        """
        mode = self.mode(size, bits, hdr=hdr) if size else max(self.sensor_modes(hdr=hdr), key=lambda m: (m.size[0] * m.size[1], m.bits))
        self.stop()
        durations = self._durations(mode, fps, exposure_us)
        self._check_exposure(mode, exposure_us, durations[1])
        raw_format = mode.format if packed else mode.format.split("_")[0]
        config = self.picam2.create_video_configuration(
            main={"size": (640, 480), "format": "YUV420"},
            raw={"size": mode.size, "format": raw_format},
            sensor={"output_size": mode.size, "bit_depth": mode.bits},
            buffer_count=BUFFERS,
            queue=False,
        )
        self.picam2.configure(config)
        self._check_gain(gain)
        self._request = Request(mode, fps, exposure_us, gain, durations)
        self.picam2.set_controls(self._controls(durations, exposure_us, gain))

    def _durations(self, mode: SensorMode, fps: float | None, exposure_us: float | None) -> tuple[int, int]:
        shortest, longest = mode.frame_duration_min_us, mode.frame_duration_max_us
        if fps is None:
            # The pipeline stretches the frame as far as the exposure needs, within these limits.
            return (shortest, shortest) if exposure_us is None else (shortest, longest)
        if fps <= 0:
            raise UserError(f"{self.name}: {fps:g} frames a second asked for", "", "a rate above 0")
        # libcamera's limits are whole microseconds; one more is still at least this rate's frame.
        duration = int(1e6 / fps)
        where = f"{mode.size[0]}x{mode.size[1]}-{mode.bits}"
        if duration < shortest:
            raise UserError(f"{self.name}: {fps:g} frames a second asked for", f"{where} runs at most {1e6 / shortest:.2f}")
        if duration > longest:
            raise UserError(f"{self.name}: {fps:g} frames a second asked for", f"{where} runs at least {1e6 / longest:.6f}")
        if exposure_us is not None and exposure_us > duration:
            raise UserError(
                f"{self.name}: exposure {exposure_us:g} us at {fps:g} frames a second asked for",
                f"a frame lasts {duration} us",
                "a slower rate",
            )
        return duration, duration

    def _check_exposure(self, mode: SensorMode, exposure_us: float | None, longest_frame_us: int) -> None:
        if exposure_us is None:
            return
        top = mode.exposure_max_us if mode.exposure_max_us is not None else longest_frame_us
        if not mode.exposure_min_us <= exposure_us <= top:
            where = f"{mode.size[0]}x{mode.size[1]}-{mode.bits}"
            raise UserError(f"{self.name}: exposure {exposure_us:g} us asked for", f"{where} takes {mode.exposure_min_us} .. {top} us")

    def _check_gain(self, gain: float | None) -> None:
        if gain is None:
            return
        low, high, _ = self.picam2.camera_controls["AnalogueGain"]
        # 1.0 is what a person writes for "least": the IMX708 starts at 1.123 and `achieved` says so.
        if not min(low, 1.0) <= gain <= high * (1 + 1e-6):
            raise UserError(f"{self.name}: gain {gain:g} asked for", f"{low:.4g} .. {high:.4g} are advertised")

    def _controls(self, durations: tuple[int, int], exposure_us: float | None, gain: float | None) -> dict[str, Any]:
        chosen: dict[str, Any] = {"FrameDurationLimits": durations}
        if exposure_us is not None:
            chosen["ExposureTime"] = int(exposure_us)
        if gain is not None:
            chosen["AnalogueGain"] = float(gain)
        fixed = {"AwbEnable": False, "ColourGains": (1.0, 1.0), "AfMode": 0, "LensPosition": 1.0, "NoiseReductionMode": 0}
        known = self.picam2.camera_controls
        return {k: v for k, v in fixed.items() if k in known} | chosen

    @property
    def achieved(self) -> Achieved:
        """What the sensor really does after `configure`: whole lines, real gain. Starts the camera if need be."""
        if self._achieved is None:
            self.burst(1)
        assert self._achieved is not None
        return self._achieved

    # -- frames -------------------------------------------------------------------------------------------------------

    def burst(self, frames: int, *, settle: int = 0) -> Burst:
        """The next `frames` frames as arrays, after letting `settle` frames pass. CameraTimeout if they do not come."""
        rows = self._collect(frames, settle, lambda request: None)
        return _burst([row for row, _ in rows])

    def raw(self, frames: int = 1, *, settle: int = 0) -> RawFrames:
        """The next `frames` raw frames, uint16 [n, height, width] in DN of the mode's bit depth."""
        rows = self._collect(frames, settle, self._raw_pixels)
        config = self.picam2.camera_configuration()["raw"]
        return RawFrames(
            pixels=np.stack([pixels for _, pixels in rows]),
            bits=self._bits(),
            cfa=_bayer_order(config["format"]),
            black_dn=self.achieved.black_dn,
            burst=_burst([row for row, _ in rows]),
        )

    def reduce_raw(self, reduction: Callable[[NDArray[np.uint16]], Any], frames: int = 1, *, settle: int = 0) -> tuple[Burst, list[Any]]:
        """Reduce each of the next `frames` raw frames as it arrives, so that none is kept. Returns burst and results."""
        rows = self._collect(frames, settle, lambda request: reduction(self._raw_pixels(request)))
        return _burst([row for row, _ in rows]), [result for _, result in rows]

    def _bits(self) -> int:
        assert self._request is not None
        return self._request.mode.bits

    def _raw_pixels(self, request: Any) -> NDArray[np.uint16]:
        config = request.config["raw"]
        width, height = config["size"]
        # picamera2 hands raw buffers over as bytes [height, stride]; the copy is ours to keep.
        data = request.make_array("raw")
        if config["format"].endswith("_CSI2P"):
            return unpack_csi2p(data, width, self._bits())
        if config["format"].endswith("_PISP_COMP1"):
            data = request.picam2.helpers.decompress(data)
        pixels: NDArray[np.uint16] = data.view(np.uint16)[:height, :width] if data.dtype == np.uint8 else data[:height, :width]
        if _container_bits(config["format"]) == 16:
            # PiSP left-aligns every bit depth in 16 bits.
            return pixels >> np.uint16(16 - self._bits())
        return pixels

    def _collect(self, frames: int, settle: int, look: Callable[[Any], Any]) -> list[tuple[tuple[float, ...], Any]]:
        rows: list[tuple[tuple[float, ...], Any]] = []
        left = settle

        def take() -> tuple[bool, None]:
            nonlocal left
            waiting = self.picam2.completed_requests
            while waiting and len(rows) < frames:
                request = waiting.pop(0)
                try:
                    if left > 0:
                        left -= 1
                    else:
                        rows.append((self._row(request), look(request)))
                finally:
                    request.release()
            return len(rows) >= frames, None

        self._start()
        with self._deadline(frames + settle) as wait:
            wait(self.picam2.dispatch_functions([take], wait=False), lambda: len(rows))
        return rows

    def _row(self, request: Any) -> tuple[float, ...]:
        metadata = request.get_metadata()
        sequence = next(iter(request.request.buffers.values())).metadata.sequence
        if self._achieved is None:
            self._achieved = self._achievement(request, metadata)
        return metadata["SensorTimestamp"], sequence, metadata["ExposureTime"], metadata["AnalogueGain"], metadata["FrameDuration"]

    def _achievement(self, request: Any, metadata: dict[str, Any]) -> Achieved:
        config = request.config["raw"]
        bits = self._bits()
        return Achieved(
            size=tuple(config["size"]),
            bits=bits,
            frame_duration_us=metadata["FrameDuration"],
            exposure_us=metadata["ExposureTime"],
            gain=metadata["AnalogueGain"],
            digital_gain=metadata.get("DigitalGain", 1.0),
            format=config["format"],
            stride=config["stride"],
            black_dn=metadata["SensorBlackLevels"][0] / (1 << (16 - bits)),
        )

    @contextmanager
    def _deadline(self, frames: int) -> Iterator[Callable[[Any, Callable[[], int]], None]]:
        assert self._request is not None
        interval_s = self._expected_interval_s()
        # Two intervals more than the frames: the first exposure has yet to begin, and the pipeline adds part of one.
        total_s = (frames + 2) * interval_s
        limit_s = 1.5 * total_s + GRACE_S

        def wait(job: Any, done: Callable[[], int]) -> None:
            begun_ns = self.host.clock.now_ns()
            slice_s = max(0.5, interval_s / 20)
            while True:
                spent_s = (self.host.clock.now_ns() - begun_ns) / 1e9
                if spent_s >= limit_s:
                    self.picam2.cancel_all_and_flush()
                    raise self._silence(frames, done(), limit_s)
                try:
                    job.get_result(timeout=min(slice_s, limit_s - spent_s))
                except (TimeoutError, concurrent.futures.TimeoutError):
                    if self.progress is not None:
                        self.progress(self._activity(), min(done() + 1, frames), frames, spent_s, total_s)
                else:
                    return

        yield wait

    def _expected_interval_s(self) -> float:
        assert self._request is not None
        shortest, longest = self._request.frame_duration_us
        if self._request.exposure_us is None:
            return longest / 1e6
        return max(shortest, min(longest, self._request.exposure_us * 1.01 + 1000)) / 1e6

    def _activity(self) -> str:
        assert self._request is not None
        exposure_us = self._request.exposure_us
        return f"exposure {exposure_us / 1e6:.4g} s" if exposure_us and exposure_us >= 1e5 else "capturing"

    def _silence(self, frames: int, got: int, limit_s: float) -> RigError:
        return CameraTimeout(
            f"{self.name}: the camera delivers no more frames",
            f"{got} of {frames} came in {limit_s:.3g} s",
            "look for 'Camera frontend has timed out' in this log and reseat the ribbon; a camera set to sync or trigger waits for pulses",
            where=self.name,
        )

    # -- start, stop, leave safe --------------------------------------------------------------------------------------

    def _start(self) -> None:
        if self._request is None:
            self.configure()
        if not self.picam2.started:
            self._achieved = None
            self.picam2.start()

    def stop(self) -> None:
        """Stop streaming; nothing if it is not."""
        self._achieved = None
        if self.picam2.started:
            self.picam2.stop()

    def reopened(self, picam2: Any) -> None:
        """Go on with a new picamera2 object on the same camera; what was configured is to be configured again."""
        self.picam2, self._request, self._achieved = picam2, None, None

    def rest(self) -> None:
        """Stop, and leave HDR: the camera is as it was found."""
        self.stop()
        self._switch_hdr(False)

    def _switch_hdr(self, hdr: bool) -> None:
        if hdr == self._hdr:
            return
        self.stop()
        self.set_hdr(hdr)
        self._hdr = hdr


def _burst(rows: list[tuple[float, ...]]) -> Burst:
    stamp, sequence, exposure, gain, duration = (list(column) for column in zip(*rows, strict=True)) if rows else ([],) * 5
    return Burst(
        timestamps_ns=np.array(stamp, dtype=np.int64),
        sequence=np.array(sequence, dtype=np.int64),
        exposure_us=np.array(exposure, dtype=np.float64),
        gain=np.array(gain, dtype=np.float64),
        frame_duration_us=np.array(duration, dtype=np.float64),
    )


def _bayer_order(raw_format: str) -> str:
    return "".join(c for c in raw_format.split("_")[0] if c in "RGB")[:4] or "MONO"


def _container_bits(raw_format: str) -> int:
    name = raw_format.split("_")[0]
    digits = name.lstrip("SRGB")
    return int(digits) if digits else 16
