"""Platform and encoders: which Pi picamera2 believes to run on, and software for its hardware encoders."""

from __future__ import annotations

from typing import Any

from hil.sim.edge.hosttime import HostTime
from hil.sim.edge.patches import Patches, Seam

SEAMS = (
    Seam("picamera2.platform:_platform", "the simulated board's", "picamera2 asks /dev/video* for it"),
    Seam("picamera2.encoders:H264Encoder", "the libav encoder, when a Pi 4 or older is simulated", "there is no V4L2 encoder"),
    Seam("picamera2.encoders:MJPEGEncoder", "likewise", "likewise"),
    Seam("picamera2.encoders:_hw_encoder_available", "False", "likewise"),
    Seam("picamera2.request:datetime", "`now` is the simulated host's date", "EXIF"),
)


def change_platform(module: Any, platform: str, patches: Patches) -> None:
    """Module `picamera2.platform`; `platform` is "vc4" or "pisp"."""
    patches.attribute(module, "_platform", module.Platform[platform.upper()])


def change_encoders(module: Any, patches: Patches) -> None:
    """Module `picamera2.encoders`."""
    patches.attribute(module, "H264Encoder", module.LibavH264Encoder)
    patches.attribute(module, "MJPEGEncoder", module.LibavMjpegEncoder)
    patches.attribute(module, "_hw_encoder_available", False)


def change_request(module: Any, host: HostTime, patches: Patches) -> None:
    """Module `picamera2.request`, which uses `datetime.now` and nothing else of datetime."""

    class Datetime(module.datetime):  # type: ignore[misc]
        """`datetime` whose now is the simulated host's."""

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            """The simulated host's date and time."""
            return host.today() if tz is None else host.today().astimezone(tz)

    patches.attribute(module, "datetime", Datetime)
