"""Ten thousand units that never were: records with 60 measurements, made from one and sealed, for the history's benchmark."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from hil.history.flat import instant
from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import PlannedTest, build, events
from hil.report.headline import headline
from hil.station import seal

MEASUREMENTS = 60
START = 1_780_000_000
"""2026-05-28."""
EVERY_S = 180
NAMES = ("frame_rate", "frame_jitter", "exposure_longest", "exposure_shortest", "line_time", "shutter_skew")
MODES = tuple(f"{width}x{width * 3 // 4}" for width in range(640, 4640, 400))
LOWER, UPPER = 55.0, 57.0


def fleet(units: int, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Records, one a unit; about 8 % fail one of three characteristics, then pass a second run; the process drifts a little."""
    rng = np.random.default_rng(seed)
    pattern = _pattern()
    for unit in range(units):
        values = 56.0 + 0.25 * rng.standard_normal(MEASUREMENTS) + 2e-6 * unit
        failing = rng.random() < 0.08
        if failing:
            values[int(rng.choice([0, 0, 0, 7, 7, 21]))] = 57.5
        yield _one(pattern, f"U-{unit:05d}", START + unit * EVERY_S, values, f"L{unit // 500:02d}", f"ST-{unit % 2 + 1}")


def _pattern() -> dict[str, Any]:
    told = [
        events.run(
            rig="camera-module-3",
            unit="U",
            unit_parts=["cm3"],
            simulated=True,
            seed=1,
            plan={"name": "line", "version": 1},
            started=instant(START),
        ),
        events.planned([PlannedTest("test_all.py::test_all", "all", "cm3", "", NAMES, 30.0)]),
    ]
    limit = Limit(LOWER, UPPER, "Hz", "benchmark")
    for number in range(MEASUREMENTS):
        made = Measurement(NAMES[number % len(NAMES)], 56.0, "Hz", 0.001, 200, "benchmark")
        mode = MODES[number // len(NAMES)]
        told.append(events.measurement(made, judge(made, limit), limit, test="test_all.py::test_all", subject="cm3", mode=mode))
    told += [
        events.outcome("test_all.py::test_all", "passed", wall_s=1.0),
        events.end(rig_s=30.0, wall_s=1.0, left_safe=["cameras closed"]),
    ]
    return build(told)


def _one(pattern: dict[str, Any], unit: str, at: int, values: np.ndarray, batch: str, station: str) -> dict[str, Any]:
    record = copy.copy(pattern)
    verdicts = ["PASS" if LOWER <= value <= UPPER else "FAIL" for value in values]
    rows = zip(pattern["measurements"], values.tolist(), verdicts, strict=True)
    record["measurements"] = [{**one, "value": value, "verdict": verdict} for one, value, verdict in rows]
    record |= {"unit": unit, "started": instant(at), "verdict": "FAIL" if "FAIL" in verdicts else "PASS"}
    record["headline"] = headline(record)
    record |= {"part": {"number": "P-1", "revision": "A", "batch": batch}, "station": {"id": station}}
    return seal(record)
