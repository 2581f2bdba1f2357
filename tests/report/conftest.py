"""Runs as a bench would tell them: the events of a PASS, a FAIL, an ERROR and an interrupted run, for the tests of their views."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement, Series
from hil.report import PlannedTest, events
from hil.report.events import Event

STARTED = "2026-11-22T14:03:11Z"
MODES = {
    "4608x2592": (14.3535, 0.00043),
    "2304x1296": (56.0229, 0.0017),
    "1536x864": (120.1312, 0.0036),
    "2304x1296 HDR": (30.0121, 0.0009),
}


@pytest.fixture
def story() -> SimpleNamespace:
    """Every run told below, by name."""
    return SimpleNamespace(
        passing=passing,
        failing=failing,
        failing_with_a_cause=failing_with_a_cause,
        broken=broken,
        interrupted=interrupted,
        many=many,
        opening=opening,
    )


def opening(
    rig: str = "camera-module-3", unit: str | None = "CM3-0042", parts: tuple[str, ...] = ("cm3",), *, simulated: bool = False
) -> Event:
    return events.run(
        rig=rig,
        unit=unit,
        unit_parts=parts,
        simulated=simulated,
        seed=1 if simulated else None,
        plan={"name": "quick", "version": 1, "sha256": "5f0c" * 16, "budget_s": 60},
        started=STARTED,
        versions={"hil": "0.1.0", "python": "3.11.7", "picamera2": "0.3.38", "libcamera": "0.5.2"},
        rig_file={"path": f"{rig}.toml", "sha256": "9a31" * 16},
    )


def passing(*, simulated: bool = False) -> list[Event]:
    """A Camera Module 3 in which all is well."""
    rates = [one for mode, (hz, u) in MODES.items() for one in _rate_test(mode, hz, hz * 1.00001, u)]
    return [
        opening(simulated=simulated),
        events.planned([_plan("identity"), _plan("modes"), *(_plan("frame_rate", mode) for mode in MODES), _plan("exposure", "2304x1296")]),
        *_words("identity", "Camera Module 3, not Wide, not NoIR", "imx708, link 450 MHz"),
        *_words("modes", " · ".join(MODES), "none unknown"),
        *rates,
        *_exposure_test(),
        events.not_said("exposure by light (this rig has no [strobe])"),
        events.not_said("the 112 s exposure (plan full, +16 min)"),
        events.end(rig_s=47.0, wall_s=0.9 if simulated else 47.2, left_safe=["cameras closed"]),
    ]


def failing() -> list[Event]:
    """One mode runs at another rate than it should; nobody knows why."""
    told = [one for one in passing() if one.get("test") != _node("frame_rate", "2304x1296")]
    at = next(index for index, one in enumerate(told) if one.get("test") == _node("frame_rate", "1536x864"))
    return [*told[:at], *_rate_test("2304x1296", 56.0229, 55.9012, 0.0017, "failed"), *told[at:]]


def failing_with_a_cause() -> list[Event]:
    """A Global Shutter Camera whose R11 is still fitted."""
    name = _node("trigger", "")
    planned = [_plan("identity", subject="gs"), PlannedTest(name, "trigger", "gs", "", ("triggered_frames",) * 13, 30.0)]
    made = Measurement("triggered_frames", 0.0, "frames", n=100, method="frames per 100 pulses")
    limit = Limit(100.0, None, "frames")
    return [
        opening("gs-trigger", "GS-0007", ("gs",)),
        events.planned(planned),
        *_words("identity", "GS Camera", "imx296", subject="gs"),
        events.started(name),
        events.measurement(made, judge(made, limit), limit, test=name, subject="gs"),
        events.diagnosis(
            "R11 fitted",
            severity="fail",
            says="R11 is still fitted: the camera runs free, but no trigger pulse makes a frame",
            where="gs",
            seen=["100 pulses sent, 0 frames", "XTR at the camera's pad swings 0.01 .. 1.79 V", "free run 60.376 Hz"],
            so_not=["the Pico, the divider or the wire (the pad swings)", "trigger_mode (reads back 1)", "the ribbon (it runs free)"],
            do=["take R11 off (needed where Q2 is fitted):   hil wiring rigs/gs-trigger.toml --show gs"],
            test=name,
        ),
        events.outcome(name, "failed", reason="triggered_frames", wall_s=20.0),
        events.end(rig_s=31.0, wall_s=31.4, left_safe=["cameras closed", "flash off"]),
    ]


def broken() -> list[Event]:
    """Two HQ Cameras; the XVS wire between them is open."""
    name = _node("sync", "2028x1080")
    return [
        opening("hq-pair", "HQ-0017", ("source", "sink")),
        events.planned([PlannedTest(name, "sync", "source+sink", "2028x1080", ("sync_offset_us",), 20.0)]),
        events.started(name),
        events.diagnosis(
            "no XVS",
            severity="error",
            says="no XVS pulse reaches the sink",
            where="sink",
            seen=["sink 0 frames in 20 s", "source 600 frames", "roles read back: source 1, sink 2", "sink alone runs free at 50.03 Hz"],
            so="the XVS wire between the boards is open (or a pad is dead); not ground: the clock pulses reach pi-b",
            do=["both Pis off, meter on ohms: source.XVS to sink.XVS; under 1 ohm"],
            test=name,
        ),
        events.outcome(name, "error", reason="no XVS pulse reaches the sink", wall_s=21.0),
        events.end(rig_s=24.0, wall_s=24.1, left_safe=["cameras closed", "flash off"]),
    ]


def interrupted() -> list[Event]:
    """Ctrl-C in the middle of the frame rates."""
    told = passing()
    at = next(index for index, one in enumerate(told) if one.get("test") == _node("frame_rate", "1536x864"))
    return [*told[:at], events.end(rig_s=12.0, wall_s=12.3, interrupted=True, left_safe=["cameras closed"])]


def many(count: int) -> Iterable[Event]:
    """A run of `count` measurements."""
    limit = Limit(0.0, 2.0, "V")
    yield opening()
    yield events.planned([PlannedTest(_node("volts", ""), "volts", "cm3", "", ("volts",) * count, 1.0)])
    for index in range(count):
        made = Measurement("volts", 1.0 + index * 1e-6, "V", u=1e-4)
        yield events.measurement(made, judge(made, limit), limit, test=_node("volts", ""), subject="cm3", conditions={"step": index})
    yield events.outcome(_node("volts", ""), "passed", wall_s=1.0)
    yield events.end(rig_s=10.0, wall_s=10.0)


def _node(check: str, mode: str) -> str:
    return f"test_{check}.py::test_{check}[{mode}]"


def _plan(check: str, mode: str = "", subject: str = "cm3") -> PlannedTest:
    names = {"frame_rate": ("frame_rate", "dropped_frames"), "exposure": ("exposure_longest", "exposure_linearity")}.get(check, (check,))
    return PlannedTest(_node(check, mode), check, subject, mode, names, 7.0)


def _words(check: str, text: str, detail: str, subject: str = "cm3") -> list[Event]:
    name, made, limit = _node(check, ""), Measurement(check, 1.0, ""), Limit(1.0, 1.0, "", rule="simple")
    return [
        events.started(name),
        events.measurement(made, judge(made, limit), limit, test=name, subject=subject),
        events.statement(text, check=check, subject=subject, detail=detail),
        events.outcome(name, "passed", wall_s=0.5),
    ]


def _rate_test(mode: str, nominal: float, hz: float, u: float, outcome: str = "passed") -> list[Event]:
    name = _node("frame_rate", mode)
    period_us = 1e6 / hz
    bins = tuple(period_us + step * 0.5 for step in range(-8, 9))
    counts = tuple(float(max(0, round(40 * 2.0 ** (-(step * step) / 6)))) for step in range(-8, 9))
    rate = Measurement(
        "frame_rate", hz, "Hz", u, 200, "median of SensorTimestamp differences", Series(bins, counts, (), "interval, us", "frames")
    )
    dropped = Measurement("dropped_frames", 0.0, "frames", n=200, method="gaps of SensorTimestamp")
    limit, none_lost = Limit(nominal * (1 - 2e-4), nominal * (1 + 2e-4), "Hz", "driver imx708, 200 ppm"), Limit(None, 0.0, "frames")
    return [
        events.started(name),
        events.progress(f"frame rate {mode}", done=1, of=2, noun="burst", elapsed_s=1.0, expected_s=7.0),
        events.measurement(rate, judge(rate, limit), limit, test=name, subject="cm3", mode=mode, conditions={"frames": 200}),
        events.measurement(dropped, judge(dropped, none_lost), none_lost, test=name, subject="cm3", mode=mode, conditions={"frames": 200}),
        events.outcome(name, outcome, reason="" if outcome == "passed" else "frame_rate", wall_s=7.1),
    ]


def _exposure_test() -> list[Event]:
    name = _node("exposure", "2304x1296")
    set_us = tuple(100.0 * 1.9**step for step in range(9))
    seen = tuple(0.021 * us + 0.35 * ((-1) ** step) for step, us in enumerate(set_us))
    line = Measurement(
        "exposure_linearity",
        0.12,
        "%",
        0.03,
        9,
        "straight line through means of raw frames",
        Series(set_us, seen, (0.4,) * 9, "exposure set, us", "level, DN"),
    )
    longest = Measurement("exposure_longest", 0.50013, "s", 0.00002, 2, "frame interval")
    limit = Limit(0.49995, 0.50035, "s", "driver imx708")
    return [
        events.started(name),
        events.measurement(longest, judge(longest, limit), limit, test=name, subject="cm3", mode="2304x1296", conditions={"gain": 1.0}),
        events.measurement(line, judge(line, None), test=name, subject="cm3", mode="2304x1296", conditions={"gain": 1.0}),
        events.outcome(name, "passed", wall_s=3.0),
    ]
