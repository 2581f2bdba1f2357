"""Records as a station files them, made through the events of a run, and sealed."""

from hil.history.flat import instant
from hil.judge import Limit, judge
from hil.measure.measurement import Measurement
from hil.report import PlannedTest, build, events
from hil.station.seal import BLANK, content_of, sha256_of

START = 1_795_000_000
"""2026-11-18, in seconds since 1970."""
TEST = "test_frame_rate.py::test_rate[cm3]"
LIMIT = Limit(55.0, 57.0, "Hz", "driver imx708")


def record(unit="CM3-0001", value=56.0, *, at=START, mode="2304x1296", u=0.01, limit=LIMIT, **more):
    """A run that measured one frame rate, or several: `value` may be a list. `more`: simulated, station, sequence, diagnosis, ..."""
    simulated, interrupted = more.pop("simulated", False), more.pop("interrupted", False)
    values = value if isinstance(value, list | tuple) else [value]
    told = [
        events.run(
            rig=more.pop("rig", "camera-module-3"), unit=unit, unit_parts=["cm3"], simulated=simulated, seed=1 if simulated else None,
            plan={"name": more.pop("plan", "quick"), "version": 2, "sha256": "5f0c" * 16}, started=instant(at), versions={},
            rig_file={"path": "", "sha256": "9a31" * 16},
        ),
        events.planned([PlannedTest(TEST, "frame_rate", "cm3", mode, ("frame_rate",) * len(values), 7.0)]),
    ]  # fmt: skip
    for one in values:
        measured = Measurement("frame_rate", one, "Hz", u, 200, "SensorTimestamp")
        verdict = judge(measured, limit)
        told.append(events.measurement(measured, verdict, limit, test=TEST, subject="cm3", mode=mode, conditions={"lines": 1336}))
    told += [events.diagnosis(test=TEST, **one) for one in more.pop("diagnoses", [])]
    told += [events.outcome(TEST, "passed", wall_s=7.1), events.end(rig_s=12.0, wall_s=12.3, interrupted=interrupted, left_safe=[])]
    station, sequence = more.pop("station", None), more.pop("sequence", None)
    made = build(told) | more
    if station is not None:
        made["station"] = {"id": station}
    return seal(made, station, sequence)


def seal(made, station=None, sequence=None):
    """With the hashes that a station gives it; unsigned."""
    if station is not None and not made["certificate"]["number"]:
        made = made | {"certificate": {"number": f"{station}-{sequence:06d}", "refused": ""}}
    bare = {**BLANK, "station": station, "sequence": sequence, "content": content_of(made)}
    return {**made, "seal": {**bare, "sha256": sha256_of({**made, "seal": bare})}}
