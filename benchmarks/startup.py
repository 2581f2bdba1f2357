"""What having the package costs: `import hil`, and collection on top of a bare pytest."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 7
IMPORT = "import time; begun = time.perf_counter(); import hil; print(time.perf_counter() - begun)"


def seconds(argv: list[str], cwd: str) -> float:
    begun = time.perf_counter()
    subprocess.run(argv, cwd=cwd, check=False, capture_output=True)
    return time.perf_counter() - begun


def median(argv: list[str], cwd: str) -> float:
    return statistics.median(seconds(argv, cwd) for _ in range(REPEATS))


def main() -> None:
    """Print medians of several runs each."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_one.py").write_text("def test_one(): pass\n")
        imported = statistics.median(float(subprocess.check_output([sys.executable, "-c", IMPORT], text=True)) for _ in range(REPEATS))
        collect = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
        without = median([*collect, "-p", "no:hil"], folder)
        installed = median(collect, folder)
        with_rig = median([*collect, "--rig", "camera-module-3", "--sim"], folder)
    print(f"import hil                             {imported * 1e3:7.1f} ms   (target: under 100)")
    print(f"pytest --collect-only, without hil     {without * 1e3:7.1f} ms")
    print(f"  hil installed, no rig                {(installed - without) * 1e3:+7.1f} ms")
    print(f"  --rig camera-module-3 --sim          {(with_rig - without) * 1e3:+7.1f} ms   (target: at most +500)")


if __name__ == "__main__":
    main()
