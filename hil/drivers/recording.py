"""A recording in H.264, made by the encoder that picamera2 itself chooses on this board.

That is the V4L2 codec up to the Pi 4 and libx264 through libav on a Pi 5 (picamera2/encoders/__init__.py). The encoder is handed
exactly the frames that are counted, so that a recording of 300 frames holds 300 pictures or says how many it lost.
"""

from __future__ import annotations

import io
import re
import tempfile
from typing import Any

import numpy as np

from hil.drivers.frames import Encoded
from hil.errors import MissingPackage, RigError

_SLICE = re.compile(rb"\x00\x00\x01([\x00-\xff])([\x00-\xff])", re.DOTALL)
_IN_MEMORY = 1 << 24
"""Octets of a recording that are kept out of the file system: 16 s at the 7 Mbit/s of picamera2's medium quality."""


class Recording:
    """An encoder that runs, and the bytes that it has written."""

    def __init__(self, picam2: Any, fps: float) -> None:
        """Encodes the main stream of the present configuration; `fps`: for the encoder's rate control only."""
        from picamera2.encoders import H264Encoder
        from picamera2.outputs import FileOutput

        stream = picam2.camera_configuration()["main"]
        try:
            self._encoder = H264Encoder(framerate=max(1, round(fps)))
        except ImportError as missing:
            raise MissingPackage("a recording needs an H.264 encoder", str(missing), "sudo apt install python3-av") from missing
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - it lives as long as the recording
        self._stamps = io.StringIO()
        self._encoder.name, self._encoder.size = "main", tuple(stream["size"])
        self._encoder.format, self._encoder.stride = stream["format"], stream["stride"]
        self._encoder.output = FileOutput(_Written(self._file), pts=self._stamps)
        try:
            self._encoder.start()
        except OSError as refused:
            self._file.close()
            hint = "end whatever else encodes video, or ls -l /dev/video11"
            raise RigError("a recording asked for", f"the encoder does not start: {refused}", hint, cause="no encoder") from refused

    def take(self, request: Any) -> None:
        """Encode one frame."""
        self._encoder.encode("main", request)

    def finish(self, first_ns: int) -> Encoded:
        """Flush the encoder; what was recorded. `first_ns`: SensorTimestamp of the first frame, which encoders count from."""
        self._stop()
        self._file.seek(0)
        data = self._file.read()
        self.close()
        return Encoded(pictures(data), len(data), first_ns // 1000 * 1000 + np.array(self._stamps_us(), dtype=np.int64) * 1000)

    def close(self) -> None:
        """Stop the encoder, give back the frames that it holds and drop what it wrote; nothing if that is done."""
        try:
            self._stop()
        finally:
            self._file.close()

    def _stop(self) -> None:
        if self._encoder.running:
            self._encoder.stop()

    def _stamps_us(self) -> list[int]:
        """Microseconds from the lines that picamera2 writes, milliseconds with three decimals (outputs/output.py)."""
        return [int(line.replace(".", "")) for line in self._stamps.getvalue().split()]


class _Written(io.BufferedIOBase):
    """The kind of file that FileOutput takes; it writes on into another."""

    def __init__(self, file: Any) -> None:
        self._into = file

    def write(self, data: Any) -> int:
        return int(self._into.write(data))


def pictures(stream: bytes) -> int:
    """Pictures in an H.264 byte stream (ITU-T H.264, annex B).

    A picture may come in several slices; the first has first_mb_in_slice = 0, an Exp-Golomb code of the one bit "1". Types 1 and 5
    are the slices of non-IDR and IDR pictures.
    """
    return sum(1 for found in _SLICE.finditer(stream) if found[1][0] & 0x1F in (1, 5) and found[2][0] & 0x80)
