"""The examples of pipeline configuration files that libcamera's package puts under /usr/share, as far as they matter here.

Source: libcamera v0.7.1, src/libcamera/pipeline/rpi/{pisp,vc4}/data. Their other settings are left out.
"""

from __future__ import annotations

from pathlib import Path

_FOLDER = "usr/share/libcamera/pipeline/rpi"
_TEXT = """# SPDX-License-Identifier: CC0-1.0
{
        "version": 1.0,
        "target": "%s",

        "pipeline_handler":
        {
                # Custom timeout value (in ms) for camera to use. This overrides
                # the value computed by the pipeline handler based on frame
                # durations.
                #
                # Set this value to 0 to use the pipeline handler computed
                # timeout value.
                #
                # "camera_timeout_value_ms": 0,
        }
}
"""
_FILES = {"pisp/example.yaml": "pisp", "vc4/example.yaml": "bcm2835", "vc4/rpi_apps.yaml": "bcm2835"}


def write(root: Path) -> None:
    """Write them into a host's tree."""
    for name, target in _FILES.items():
        file = root / _FOLDER / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_TEXT % target, encoding="utf-8")
