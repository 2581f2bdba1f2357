"""`hil accept`: one pytest process and one record per rig, simulated rigs side by side, and what they print together.

This is process supervision: the one place outside `hil.clock` where real time is waited on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from hil import shipped
from hil.clock import RealClock, utc_now
from hil.errors import UserError
from hil.report import Followed, Live, Record, exit_status, run_dir, worst_status, write_all
from hil.report.files import write_json
from hil.report.jsontext import document
from hil.rig import Rig, load, load_plan

POLL_S = 0.05
GRACE_S = 60.0
"""How long a rig may take to be left safe after Ctrl-C before its process is killed."""


@dataclass(frozen=True)
class Options:
    """What `hil accept` was asked for, the same for all its rigs."""

    sim: bool
    unit: str | None
    plan: str
    seed: int
    tests: Sequence[Path]
    changes: Sequence[str]
    reports: Path
    jobs: int


@dataclass
class Run:
    """One rig's pytest process."""

    rig: Rig
    given: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None
    closed: bool = False

    @property
    def journal(self) -> Path:
        """Where the process writes what happens."""
        return self.folder / "journal.jsonl"


def chosen_rigs(names: Sequence[str], *, every: bool) -> list[str]:
    """The rigs of a call; UserError for none, or for both names and --all."""
    if every and names:
        raise UserError("hil accept: --all and rigs are given", ", ".join(names), "one of the two")
    if not every and not names:
        raise UserError("hil accept: a rig asked for", "none is given", "a rig file, a name from `hil rigs`, or --all")
    return list(shipped.names("rigs")) if every else list(names)


def run(names: Sequence[str], options: Options, json_file: str | None) -> int:
    """Accept every rig; the exit status is the worst over them. Any fault in a file: UserError, and nothing is driven."""
    rigs = [load(name) for name in names]
    _check(rigs, options)
    console = Console(stderr=json_file == "-", highlight=False)
    runs = [_prepare(rig, name, options) for rig, name in zip(rigs, names, strict=True)]
    records = _supervise(runs, options, console)
    if json_file is not None:
        _write_json(records, json_file)
    return worst_status([exit_status(record) for record in records])


def _check(rigs: Sequence[Rig], options: Options) -> None:
    load_plan(options.plan)
    for tests in options.tests:
        if not tests.exists():
            raise UserError(f"--tests {tests} asked for", "no such file")
    if options.changes and not options.sim:
        raise UserError("--set changes the twin", "no --sim was given", "add --sim, or change the rig itself")
    if options.sim:
        from hil.cli.simulate import require_picamera2
        from hil.rig import overrides

        require_picamera2()
        for rig in rigs:
            overrides.twin_spec(rig, [overrides.parse(text) for text in options.changes])


def _prepare(rig: Rig, given: str, options: Options) -> Run:
    return Run(rig, given, run_dir(options.reports, unit=options.unit, rig=rig.name, started=utc_now()))


def _command(run: Run, options: Options) -> list[str]:
    suite = shipped.path("acceptance")
    argv = [sys.executable, "-P", "-m", "pytest", "-c", str(suite / "pytest.ini"), f"--rootdir={suite}", "-p", "no:cacheprovider"]
    argv += ["-p", "no:xdist", str(suite), *(str(path.resolve()) for path in options.tests)]
    # pytest rewrites the assertions of every module of a plugin's distribution, all of hil: only a user's tests gain by that.
    argv += [] if options.tests else ["--assert=plain"]
    argv += ["--rig", run.given if run.given in shipped.names("rigs") else str(run.rig.path.resolve()), "--plan", _absolute(options.plan)]
    argv += ["--report", str(run.folder.resolve()), "--alluredir", str(run.folder.resolve() / "allure-results")]
    if options.unit is not None:
        argv += ["--unit", options.unit]
    if options.sim:
        argv += ["--sim", "--sim-seed", str(options.seed), *(f"--set={change}" for change in options.changes)]
    return argv


def _absolute(plan: str) -> str:
    return plan if plan in shipped.names("plans") else str(Path(plan).resolve())


def _start(run: Run, options: Options) -> None:
    log = (run.folder / "pytest.log").open("wb")
    # An installed pytest configuration of the user's must not reach the shipped suite.
    env = {key: value for key, value in os.environ.items() if key not in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTHONPATH")}
    env["PYTHONHASHSEED"] = "0"
    if not _installed():
        env["PYTHONPATH"] = str(Path(shipped.__file__).parent.parent)
    with log:
        run.process = subprocess.Popen(_command(run, options), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)


def _installed() -> bool:
    from importlib import metadata

    with contextlib.suppress(metadata.PackageNotFoundError):
        metadata.version("rpi-camera-hil")
        return True
    return False


def _supervise(runs: list[Run], options: Options, console: Console) -> list[Record]:
    with Live([Followed(run.rig.name, run.journal) for run in runs], console) as live, _sigterm_is_ctrl_c():
        try:
            _work_off(runs, options, live)
        except KeyboardInterrupt:
            # Every process, in our group, heard it too and is leaving its rig safe.
            for index, run in enumerate(runs):
                _stop(run)
                _reap(run, index, live, "interrupted before it began")
        return live.finish()


def _work_off(runs: list[Run], options: Options, live: Live) -> None:
    side_by_side = (options.jobs or len(os.sched_getaffinity(0))) if options.sim else 1
    clock = RealClock()
    while not all(run.closed for run in runs):
        running = [run for run in runs if run.process is not None and not run.closed]
        waiting = [run for run in runs if run.process is None and not run.closed]
        for run in waiting[: side_by_side - len(running)]:
            _start(run, options)
        live.poll()
        for index, run in enumerate(runs):
            _reap(run, index, live)
        clock.sleep(POLL_S)


def _reap(run: Run, index: int, live: Live, interrupted: str = "") -> None:
    if run.closed or (run.process is None and not interrupted) or (run.process is not None and run.process.poll() is None):
        return
    run.closed = True
    note = ""
    if not run.journal.exists():
        note = interrupted or _last_words(run)
    elif not (run.folder / "record.json").exists():
        # The process died before it could write its record; the journal has what it measured.
        write_all(run.folder)
    live.closed(index, note)


def _last_words(run: Run) -> str:
    log = run.folder / "pytest.log"
    said = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip(" ^~")]
    status = run.process.returncode if run.process else "?"
    return f"{said[-1].removeprefix('ERROR: ')}  (all of it: {log})" if said else f"pytest ended with status {status} and said nothing"


@contextlib.contextmanager
def _sigterm_is_ctrl_c() -> Iterator[None]:
    """SIGTERM reaches this process alone, Ctrl-C the whole group: `_stop` makes them the same."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(run: Run) -> None:
    """Wait until the process has left its rig safe; a second Ctrl-C, or `GRACE_S`, ends the patience."""
    if run.process is None or run.process.poll() is not None:
        return
    run.process.send_signal(signal.SIGTERM)
    try:
        run.process.wait(GRACE_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        run.process.kill()
        run.process.wait()


def _write_json(records: list[Record], target: str) -> None:
    if target == "-":
        sys.stdout.write(document(records))
    else:
        write_json(Path(target), records)
