"""What the reports of a run cost, each in a fresh process: seconds of processor and wall time, peak memory, size."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

RIG, PLAN = "hq-pair", "quick"
VIEWS = {
    "certificate (PDF/A-3)": "from hil.report.pdf import certificate as make",
    "page (HTML)": "from hil.report.html import html as make",
    "table (CSV)": "from hil.report.csvtable import csv_table as make",
    "JUnit": "from hil.report.junit import junit as make",
    "all of them": "from hil.report.files import views as make",
}
ONE = """
import json, resource, sys, time
from pathlib import Path
folder = Path(sys.argv[1])
record = json.loads((folder / "record.json").read_text())
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
wall, cpu = time.perf_counter(), time.process_time()
{make}
made = make(record, folder) if sys.argv[2] in ("certificate (PDF/A-3)", "page (HTML)", "all of them") else make(record)
told = {{"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "size": len(made)}}
told |= {{"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "before": before / 1024}}
print(json.dumps(told))
"""


def main() -> None:
    """Print a line for each view of a run of a pair, and for the certificate of a record of 600 rows."""
    with tempfile.TemporaryDirectory() as scratch:
        argv = [sys.executable, "-m", "hil", "accept", RIG, "--sim", "--unit", "HQ-0001", "--plan", PLAN, "--reports", scratch]
        subprocess.run(argv, check=True, capture_output=True)
        [folder] = [path.parent for path in Path(scratch).glob("*/*/record.json")]
        measured(folder)
        lengthened(folder)
        measured(folder, "certificate (PDF/A-3)")


def measured(folder: Path, *only: str) -> None:
    """Print the cost of each view."""
    count = len(json.loads((folder / "record.json").read_text())["measurements"])
    print(f"{count} measurements, record of {(folder / 'record.json').stat().st_size / 1e6:.2f} MB")
    for name in only or VIEWS:
        argv = [sys.executable, "-c", ONE.format(make=VIEWS[name]), str(folder), name]
        runs = [json.loads(subprocess.run(argv, check=True, capture_output=True, text=True).stdout) for _ in range(3)]
        best = min(runs, key=lambda one: one["wall"])
        size = f", {best['size'] / 1e3:.0f} kB" if name != "all of them" else ""
        told = f"{best['wall']:.2f} s ({best['cpu']:.2f} s of processor){size}, peak {best['mb']:.0f} MB"
        print(f"  {name:22} {told}, imports included")


def lengthened(folder: Path) -> None:
    """Make the record one of hundreds of rows in the table: its frame rates again and again."""
    record = json.loads((folder / "record.json").read_text())
    rates = [one for one in record["measurements"] if one["name"] == "frame_rate"]
    again = [{**one, "mode": f"{one['mode']} again {number}", "series": None} for number in range(1, 12) for one in rates]
    record["measurements"] += [{**one, "name": f"frame_rate_{index % 4}"} for index, one in enumerate(again * 4)]
    (folder / "record.json").write_text(json.dumps(record))


if __name__ == "__main__":
    main()
