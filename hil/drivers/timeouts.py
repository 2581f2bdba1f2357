"""How long libcamera waits for a frame before it gives up, chosen for the gaps that a capture expects.

By itself the Raspberry Pi pipeline waits the longer of 1 s and five of the longest recent frames. `camera_timeout_value_ms` in the
file that LIBCAMERA_RPI_CONFIG_FILE names replaces that rule; a value of 0 leaves it. The variable and the file are read for each
camera when the camera manager of the process comes up (CameraData::loadPipelineConfiguration, called by registerCamera, in
libcamera/src/libcamera/pipeline/rpi/common/pipeline_base.cpp), so a change takes effect with the next camera manager: every camera
of the process has to be closed first.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hil.drivers.host import Host, read_text
from hil.errors import RigError

VARIABLE = "LIBCAMERA_RPI_CONFIG_FILE"
KEY = "camera_timeout_value_ms"

AUTOMATIC_S = 1.0
"""The least that libcamera waits by its own rule, whatever the frame rate (setCameraTimeout in vc4.cpp and pisp.cpp)."""

MARGIN = 2.0
"""A timeout is at least so many times the longest silence that is expected."""

LEAST_MS = 60_000
"""What Raspberry Pi's documentation of external triggers writes into the file."""

_LEAST = """{{
        "version": 1.0,
        "target": "{target}",

        "pipeline_handler":
        {{
        }}
}}
"""
"""What libcamera's own example files are without their settings."""

_VALUE = re.compile(rf'^([^#\n]*"?{KEY}"?\s*:\s*)(\d+)', re.MULTILINE)
_COMMENTED = re.compile(rf'^(\s*)#\s*("{KEY}"\s*:\s*)\d+', re.MULTILINE)
_SECTION = re.compile(r'("pipeline_handler"\s*:\s*\{)')
_BCM2712 = re.compile(r"Raspberry Pi (5|500|Compute Module 5)\b")


@dataclass
class DequeueTimeout:
    """The timeout of this process's camera managers. `restore` puts the environment back."""

    host: Host
    _folder: Path | None = None
    _before: str | None = None

    @property
    def file(self) -> Path | None:
        """The pipeline file that we wrote; None while libcamera is left as it was found."""
        return None if self._folder is None else self._folder / "pipeline.yaml"

    def allows(self, gap_s: float, *, paced: bool = False) -> bool:
        """Whether a silence of `gap_s` is waited for. `paced`: the sensor paces its frames itself, which libcamera's own rule follows."""
        now_ms = in_effect_ms()
        if now_ms == 0:
            return paced or MARGIN * gap_s <= AUTOMATIC_S
        return now_ms >= MARGIN * gap_s * 1000

    def choose(self, gap_s: float) -> int:
        """Have the next camera manager wait at least twice `gap_s`; what it will wait, in ms."""
        chosen_ms = max(LEAST_MS, math.ceil(MARGIN * gap_s * 1000))
        text = with_timeout(self._base(), chosen_ms)
        if self._folder is None:
            self._before = os.environ.get(VARIABLE)
            self._folder = Path(tempfile.mkdtemp(prefix="hil-pipeline-"))
        assert self.file is not None
        self.file.write_text(text)
        os.environ[VARIABLE] = str(self.file)
        return chosen_ms

    def _base(self) -> str:
        """The file that would be read without us, for everything else that is in it."""
        named = os.environ.get(VARIABLE)
        if named and Path(named).is_file():
            return Path(named).read_text()
        platform = platform_of(self.host)
        for folder in ("usr/local/share", "usr/share"):  # in picamera2's order (picamera2/__init__.py)
            for name in ("rpi_apps.yaml", "example.yaml"):
                text = read_text(self.host, f"/{folder}/libcamera/pipeline/rpi/{platform}/{name}")
                if text is not None:
                    return text + "\n"
        return _LEAST.format(target={"vc4": "bcm2835"}.get(platform, platform))

    def verify(self) -> None:
        """RigError if something has put another file in the place of ours since: picamera2, when it was imported."""
        now = os.environ.get(VARIABLE)
        if self.file is None or now == str(self.file):
            return
        raise RigError(
            f"{self.host.name}: {VARIABLE}={self.file} asked for",
            f"it is {now or 'not set'} now; picamera2 before 0.3.30 overwrites it when it is imported (picamera2 #1288)",
            "sudo apt update && sudo apt install python3-picamera2",
            where=self.host.name,
            cause="picamera2 overwrites the timeout",
        )

    def restore(self) -> None:
        """Put the environment back and remove our file; nothing if nothing was chosen."""
        if self._folder is None:
            return
        if self._before is None:
            os.environ.pop(VARIABLE, None)
        else:
            os.environ[VARIABLE] = self._before
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder = self._before = None


def in_effect_ms() -> int:
    """What a camera manager of this process is told to wait for a frame, in ms; 0 for libcamera's own rule."""
    named = os.environ.get(VARIABLE)
    if not named or not Path(named).is_file():
        return 0
    found = _VALUE.search(Path(named).read_text())
    return int(found[2]) if found else 0


def waits() -> str:
    """The same in words: how long libcamera should wait for a frame."""
    told_ms = in_effect_ms()
    return f"{told_ms / 1000:g} s" if told_ms else "the longer of 1 s and five frames"


def with_timeout(text: str, milliseconds: int) -> str:
    """A pipeline file with that timeout and everything else as it was, comments too. RigError for a file of another shape."""
    value = _VALUE.search(text)
    if value is not None:
        return text[: value.start(2)] + str(milliseconds) + text[value.end(2) :]
    commented = _COMMENTED.search(text)
    if commented is not None:
        return f"{text[: commented.start()]}{commented[1]}{commented[2]}{milliseconds}{text[commented.end() :]}"
    # Some packages lack even the comment (raspberrypi/documentation #4135).
    if _SECTION.search(text) is None:
        raise RigError(
            f'a pipeline file of libcamera with "{KEY}": {milliseconds} asked for',
            f'{os.environ.get(VARIABLE, "the file of this system")} has no "pipeline_handler": {{',
            f"unset {VARIABLE}, or write the key into that file",
            cause="strange pipeline file",
        )
    return _SECTION.sub(rf'\1\n                "{KEY}": {milliseconds},', text, count=1)


def platform_of(host: Host) -> str:
    """The name of the host's pipeline in libcamera: "pisp" on a BCM2712, else "vc4"."""
    return "pisp" if _BCM2712.search(read_text(host, "/sys/firmware/devicetree/base/model") or "") else "vc4"
