"""The wheel as a stranger meets it: `python tests/wheel/check_wheel.py SCRATCH`, which `tox run -e dist` calls.

Builds it, installs it with pip as the README says into a clean environment, makes site-packages read-only, and from an empty
folder inside a project with a hostile pytest configuration runs plan quick on one rig of each kind. Last, a dry resolution for
64-bit ARM from wheels alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
ONE_OF_EACH_KIND = ("camera-module-1", "camera-module-2", "camera-module-3", "hq-cs", "gs")
PINS = [option for name in ("run", "sim", "factory") for option in ("-c", str(ROOT / f"requirements/{name}.txt"))]


def main(scratch: Path) -> None:
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    wheel = build(scratch)
    lands_alone(wheel)
    python = install(wheel, scratch)
    before = seal(python)
    accepts_from_a_hostile_project(python, scratch)
    assert listing(python) == before, "something was written into site-packages"
    resolves_for_arm(python, wheel, scratch)


def build(scratch: Path) -> Path:
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", scratch / "dist", ROOT])
    return next((scratch / "dist").glob("*.whl"))


def lands_alone(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"hil"}, tops
    for needed in (
        "hil/py.typed",
        "hil/_shipped/rigs/gs.toml",
        "hil/_shipped/acceptance/plans/quick.toml",
        "hil/_shipped/acceptance/pytest.ini",
        "hil/_shipped/examples/product/.github/workflows/cameras.yml",
    ):
        assert needed in names, f"the wheel lacks {needed}"
    print(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size / 1024:.0f} KiB")


def install(wheel: Path, scratch: Path) -> Path:
    venv.create(scratch / "venv", with_pip=True)
    python = scratch / "venv/bin/python"
    run([python, "-m", "pip", "install", "--quiet", f"{wheel}[sim,factory]", *PINS])
    told = run([scratch / "venv/bin/hil", "accept", "gs", "--sim"], status=2)
    assert told.count("\n") == 1, f"without picamera2 one line is enough:\n{told}"
    assert "hil sim install" in told, told
    run([scratch / "venv/bin/hil", "sim", "install"])
    return python


def seal(python: Path) -> list[tuple[str, int]]:
    for path in site_packages(python).rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    return listing(python)


def accepts_from_a_hostile_project(python: Path, scratch: Path) -> None:
    project = scratch / "project"
    (project / "empty").mkdir(parents=True)
    (project / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\npython_files = nothing\n")
    (project / "conftest.py").write_text("raise SystemExit('the conftest of a stranger was read')\n")
    (project / "empty" / "hil.py").write_text("raise SystemExit('a file of a stranger was imported')\n")
    hil = python.parent / "hil"
    run([hil, "accept", *ONE_OF_EACH_KIND, "--sim", "--unit", "DIST-1", "--plan", "quick"], cwd=project / "empty")
    run([hil, "catalog", "gs camera"], cwd=project / "empty", quiet=True)
    reports = list((project / "empty/reports").glob("DIST-1/*/report.html"))
    assert len(reports) == len(ONE_OF_EACH_KIND), reports


def resolves_for_arm(python: Path, wheel: Path, scratch: Path) -> None:
    platforms = [
        option
        for glibc in ("2_28", "2_17", "2014")
        for option in ("--platform", f"manylinux{'' if glibc == '2014' else '_'}{glibc}_aarch64")
    ]
    argv = [
        python,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--quiet",
        "--ignore-installed",
        "--only-binary",
        ":all:",
        "--target",
        scratch / "arm",
    ]
    run([*argv, *platforms, "--python-version", "3.11", *needed_on_arm(wheel), *PINS])
    print("resolves for aarch64 from wheels alone")


def needed_on_arm(wheel: Path) -> list[str]:
    """What the wheel requires on a Pi, worked out here: pip evaluates markers for the machine it runs on, whatever --platform says."""
    metadata = zipfile.ZipFile(wheel).read(next(n for n in zipfile.ZipFile(wheel).namelist() if n.endswith(".dist-info/METADATA")))
    wanted = [Requirement(each) for each in Parser().parsestr(metadata.decode()).get_all("Requires-Dist", [])]
    there = {"platform_machine": "aarch64", "sys_platform": "linux", "python_version": "3.11", "extra": "sim"}
    return [f"{each.name}{each.specifier}" for each in wanted if each.marker is None or each.marker.evaluate(there)]


def site_packages(python: Path) -> Path:
    return next((python.parent.parent / "lib").glob("python*/site-packages"))


def listing(python: Path) -> list[tuple[str, int]]:
    """Names and sizes: root may write into read-only folders, so that is looked at too."""
    return sorted((str(path), path.lstat().st_size) for path in site_packages(python).rglob("*") if "__pycache__" not in path.parts)


def run(argv: list[object], *, status: int = 0, cwd: Path | None = None, quiet: bool = False) -> str:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run([str(word) for word in argv], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if not quiet or done.returncode != status:
        print(done.stdout + done.stderr, end="", flush=True)
    assert done.returncode == status, f"{' '.join(str(word) for word in argv)}: status {done.returncode}, {status} expected"
    return done.stdout + done.stderr


if __name__ == "__main__":
    main(Path(sys.argv[1]))
