"""Platform and encoders: which Pi picamera2 believes to run on, and software for its hardware encoders."""

from __future__ import annotations

from typing import Any

from hil.sim.edge.patches import Patches, Seam

_H264 = ("bitrate", "repeat", "iperiod", "framerate", "enable_sps_framerate", "qp", "profile")  # of the V4L2 encoder
SEAMS = (
    Seam("picamera2.platform:_platform", "the simulated board's", "picamera2 asks /dev/video* for it"),
    Seam("picamera2.encoders:H264Encoder", "libav's, when a Pi 4 or older is simulated", "there is no V4L2 encoder", _H264),
    Seam("picamera2.encoders:MJPEGEncoder", "likewise", "likewise", ("bitrate",)),
    Seam("picamera2.encoders:_hw_encoder_available", "False", "likewise"),
)


def change_platform(module: Any, platform: str, patches: Patches) -> None:
    """Module `picamera2.platform`; `platform` is "vc4" or "pisp"."""
    patches.attribute(module, "_platform", module.Platform[platform.upper()])


def change_encoders(module: Any, platform: str, patches: Patches) -> None:
    """Module `picamera2.encoders`: the hardware encoders of a Pi 4 by name and arguments, libav's inside."""
    if platform != "vc4":
        return
    h264, mjpeg = module.LibavH264Encoder, module.LibavMjpegEncoder

    class H264Encoder(h264):  # type: ignore[misc,valid-type]
        """H.264 by libx264 in place of the V4L2 encoder; a rate written into the stream changes nothing here."""

        def __init__(
            self,
            bitrate: int | None = None,
            repeat: bool = True,
            iperiod: int | None = None,
            framerate: float | None = None,
            enable_sps_framerate: bool = False,
            qp: int | None = None,
            profile: str | None = None,
        ) -> None:
            super().__init__(bitrate, repeat, iperiod or 30, framerate or 30, qp, profile)

    class MJPEGEncoder(mjpeg):  # type: ignore[misc,valid-type]
        """MJPEG by libav in place of the V4L2 encoder."""

        def __init__(self, bitrate: int | None = None) -> None:
            super().__init__(bitrate)

    for encoder in (H264Encoder, MJPEGEncoder):
        patches.attribute(module, encoder.__name__, encoder)
    patches.attribute(module, "_hw_encoder_available", False)
