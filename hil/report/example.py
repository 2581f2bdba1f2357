"""`python -m hil.report.example DIR`: a PASS and a FAIL as they look, of simulated rigs, with a station that exists only for this.

Made for reports/example. The station's key is thrown away with its folder; its public half lies beside the reports, so that
`hil verify --key station.pub` says what holds.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from hil.report.files import replace

KEPT = ("certificate.pdf", "record.json", "report.html", "table.csv", "junit.xml", "wiring.svg")
RUNS = {
    "pass": ["hq-pair", "--unit", "HQ-0001", "--part", "CAM-HQ-PAIR/B", "--batch", "2026-47", "--serial", "lens-source=L-2041"],
    "fail": ["gs-trigger", "--unit", "GS-0007", "--part", "CAM-GS/A", "--set", "cameras.gs.R11=fitted"],
}
EQUIPMENT = """
[environment]
temperature_c = 23.1
humidity_percent = 41
light = "closed box"

[[equipment]]
id = "EQ-1"
name = "Thermo-hygrometer"
serial = "TH-5521"
calibrated = 2026-03-02
due = 2099-03-02
certificate = "an example"
"""


def main(argv: list[str]) -> int:
    """Write both runs below the folder of `argv`; 0 if they came out as they should."""
    out = Path(argv[0])
    with tempfile.TemporaryDirectory(prefix="hil-example-") as scratch:
        station = Path(scratch) / "station"
        _hil(
            "station",
            "init",
            "--id",
            "EX-01",
            "--station",
            str(station),
            "--name",
            "Example bench",
            "--issuer",
            "Example Optics",
            "--place",
            "Hall 2",
        )
        with (station / "station.toml").open("a", encoding="utf-8") as file:
            file.write(EQUIPMENT)
        ended = [_run(name, Path(scratch), station) for name in RUNS]
        for name in RUNS:
            _keep(Path(scratch) / name, out / name)
        replace(out / "station.pub", (station / "station.pub").read_bytes())
    return 0 if ended == [0, 1] else 1


def _run(name: str, scratch: Path, station: Path) -> int:
    words = ["--operator", "operator 7", "--order", "PO-4711", "--sim", "--reports", str(scratch / name), "--station", str(station)]
    return _hil("accept", *RUNS[name], *words)


def _keep(reports: Path, out: Path) -> None:
    [folder] = [path.parent for path in reports.glob("*/*/record.json")]
    out.mkdir(parents=True, exist_ok=True)
    for file in KEPT:
        replace(out / file, (folder / file).read_bytes())


def _hil(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", "hil", *words], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
