"""The twin's tuning files, in libcamera's own format (version 2.0), for programs that read one and change a number.

They hold the figures that the simulated algorithms go by, nothing more: a real tuning file has lens shading tables and
noise profiles besides. Format: libcamera src/ipa/rpi/controller/controller.cpp.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hil import catalog
from hil.sim.camera.agc import tuning as figures_of_the_twin

IDENTITY = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]


def write(root: Path, platform: str) -> Path:
    """Write a file for every catalogued sensor below `root`, where Raspberry Pi OS has them; returns the folder."""
    folder = root / "usr/share/libcamera/ipa/rpi" / platform
    folder.mkdir(parents=True)
    for sensor in catalog.sensors():
        text = json.dumps(_tuning(sensor.name, sensor.black_level16, platform), indent=4)
        for name in dict.fromkeys((*sensor.libcamera_models, sensor.name, f"{sensor.name}_noir")):
            (folder / f"{name}.json").write_text(text)
    return folder


def _tuning(sensor: str, black_level: int, platform: str) -> dict[str, Any]:
    figures = figures_of_the_twin()
    modes = {**figures[platform], **figures[platform].get(sensor, {})}
    profiles = {name: {"shutter": modes[name]["us"], "gain": modes[name]["gain"]} for name in ("normal", "short", "long") if name in modes}
    agc = {
        "metering_modes": {"centre-weighted": {"weights": [1] * 15}},
        "exposure_modes": profiles,
        "y_target": [0, figures["agc"]["y_target"]],
    }
    algorithms: list[dict[str, Any]] = [
        {"rpi.black_level": {"black_level": black_level}},
        {"rpi.awb": {"bayes": 1, "speed": figures["awb"]["speed"]}},
        {"rpi.agc": {"channels": [{**agc, "speed": figures["agc"]["speed"]}]}},
        {"rpi.contrast": {"ce_enable": 0}},
        {"rpi.ccm": {"ccms": [{"ct": 5000, "ccm": IDENTITY}]}},
        {"rpi.sharpen": {}},
    ]
    return {"version": 2.0, "target": "bcm2835" if platform == "vc4" else "pisp", "algorithms": algorithms}
