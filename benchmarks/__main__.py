"""`python -m benchmarks [NAME ...]`: run the named ones, or all, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys

NAMES = {
    "startup": "import hil, and what the plugin adds to a bare pytest run",
    "metadata": "capture_metadata() through real picamera2, per CPU second",
    "render": "raw and processed frames, rendered and read",
    "journal": "the cost of one recorded measurement",
    "sync": "how well light times cameras: bias, RMS, 95th percentile, honesty, photon bound",
    "bridge": "how well two hosts' clocks are bridged: bias, RMS, 95th percentile",
    "history": "10,000 units with 60 measurements: filed, imported, asked, drawn; on SQLite and PostgreSQL",
    "reports": "certificate, page and table of a run: time, peak memory, size",
    "honesty": "do the estimators' stated uncertainties hold?",
}


def main(chosen: list[str]) -> int:
    """Run them; the exit status is 0 unless one cannot run."""
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        print(f"no benchmark {unknown[0]}; there are {', '.join(NAMES)}")
        return 2
    status = 0
    for name in chosen or NAMES:
        print(f"\n# {name}: {NAMES[name]}", flush=True)
        status |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
