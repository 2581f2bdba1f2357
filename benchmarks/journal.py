"""What a recorded measurement costs, in microseconds, early and late in a run of 10,000."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from hil.judge import Limit, judge
from hil.measure.measurement import Measurement, Series
from hil.report import Journal, build, events
from hil.report.journal import read

RUN, WINDOW = 10_000, 1_000
LIMIT = Limit(9.0, 11.0, "Hz", "benchmark")
CURVE = Series(tuple(map(float, range(200))), tuple(17850.0 + 0.01 * step for step in range(200)), (), "frame", "interval, us")


def main() -> None:
    """Print a line for short measurements and one for measurements with a curve of 200 points."""
    for what, series in (("without a curve", None), ("with a curve of 200 points", CURVE)):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            path = Path(folder) / "journal.jsonl"
            windows = recorded(path, series)
            begun = time.perf_counter()
            count = build(read(path).events)["counts"]["measured"]
            took = time.perf_counter() - begun
            size = path.stat().st_size / 1e6
        first, last, worst = (1e6 * seconds / WINDOW for seconds in (windows[0], windows[-1], max(windows)))
        print(f"{what}: {first:.0f} us each in the first thousand, {last:.0f} us in the last, {worst:.0f} us in the worst", end="; ")
        print(f"{count} measurements, {size:.1f} MB, read and built in {took:.2f} s")


def recorded(path: Path, series: Series | None) -> list[float]:
    """Seconds that each window of WINDOW measurements took to be judged and written, syncs included."""
    windows = []
    with Journal(path) as journal:
        for start in range(0, RUN, WINDOW):
            begun = time.perf_counter()
            for index in range(start, start + WINDOW):
                made = Measurement("frame_rate", 10.0 + index * 1e-6, "Hz", 0.001, 200, "benchmark", series)
                journal.write(
                    events.measurement(made, judge(made, LIMIT), LIMIT, test="test_rate", subject="cm3", conditions={"step": index})
                )
            windows.append(time.perf_counter() - begun)
    return windows


if __name__ == "__main__":
    main()
