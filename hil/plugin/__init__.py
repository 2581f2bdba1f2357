"""The pytest plugin: options, markers, hooks and fixtures. It registers; the work is done in the modules beside it.

Everything is imported where it is used, so that a pytest run without a rig pays next to nothing for having it installed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from hil.plugin.fixtures import bench, camera, host, measure, notebook, pair, person, plan, rig, strobe, trigger

if TYPE_CHECKING:
    from hil.plugin.run import Run
    from hil.plugin.session import Session

__all__ = ["bench", "camera", "host", "measure", "notebook", "pair", "person", "plan", "rig", "strobe", "trigger"]

SESSION: pytest.StashKey[Session] = pytest.StashKey()

MARKERS = (
    'camera("name", ...): run this test for these cameras of the rig only',
    'needs("light", "strobe", "pair", "reboot", ...): what the rig must have, or be allowed; else the test is skipped with the reason',
    "check(name): the check of the plan that this module performs (shipped suite)",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of FACE: one rig, real or simulated, one unit, one plan."""
    group = parser.getgroup("hil", "Raspberry Pi cameras (hil)")
    group.addoption("--rig", metavar="RIG", help="rig file, or the name of a shipped rig (hil rigs); default: ini key hil_rig")
    group.addoption("--sim", action="store_true", help="run on the simulated twin of the rig; never chosen silently")
    group.addoption("--sim-seed", type=int, default=0, metavar="N", help="seed of the twin's hidden truth and noise (default 0)")
    group.addoption(
        "--set",
        action="append",
        default=[],
        dest="hil_set",
        metavar="KEY=VALUE",
        help="change the twin, not the rig file: cameras.cm3.present=false",
    )
    group.addoption("--unit", metavar="SERIAL", help="serial number of the unit under test")
    group.addoption("--plan", default="quick", metavar="PLAN", help="plan file, or a shipped plan: quick (default), full, line")
    group.addoption("--report", dest="hil_report", metavar="DIR", help="write the record and its reports into this new or empty folder")
    group.addoption(
        "--allow-reboot", action="store_true", help='run tests marked needs("reboot"): hosts may be rebooted, config.txt changed'
    )
    group.addoption("--wait-for-start", action="store_true", help="begin when the start button of the rig's [station] is pressed")
    parser.addini("hil_rig", "rig file or name of a shipped rig, when --rig is not given")


def pytest_configure(config: pytest.Config) -> None:
    """Read the rig and the plan; with --sim, test modules that import picamera2 get the twin's cameras."""
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    chosen = config.getoption("--rig") or config.getini("hil_rig")
    if not chosen and not config.getoption("--sim"):
        return
    from hil.errors import HilError
    from hil.plugin.session import start

    if config.getoption("numprocesses", None) or hasattr(config, "workerinput"):
        raise pytest.UsageError("one rig, one process: -n is for tests without a rig; several rigs: hil accept RIG RIG -n 2")
    try:
        if config.getoption("--sim") and not config.getoption("collectonly"):
            from hil.sim.needs import require_picamera2

            require_picamera2()
        session = config.stash[SESSION] = start(config, chosen)
        config.pluginmanager.register(session.listener, "hil-listener")
        # picamera2's own preview calls it; nobody who runs a test can do anything about it.
        config.addinivalue_line("filterwarnings", "ignore:setDaemon:DeprecationWarning")
    except HilError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_unconfigure(config: pytest.Config) -> None:
    """Put the process back as it was."""
    if SESSION in config.stash:
        config.stash[SESSION].dismantle()


def pytest_report_header(config: pytest.Config) -> str | None:
    """Says on which rig, and that it is simulated."""
    return config.stash[SESSION].headline() if SESSION in config.stash else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item per camera of the rig, or per case of the plan."""
    from hil.plugin import collect

    collect.parametrize(metafunc, metafunc.config.stash.get(SESSION, None))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what the plan does not ask for, and write the plan down before anything is driven."""
    if SESSION not in config.stash:
        return
    from hil.plugin import collect

    collect.select(config, items)
    if not config.getoption("collectonly"):
        from hil.plugin.run import Run

        run = config.stash[SESSION].run = Run(config.stash[SESSION])
        run.write_plan(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """From the first test on, the twin is in place."""
    if run := _run(session.config):
        run.prepare()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, Any]:
    """Tell the journal that a test begins."""
    if run := _run(item.config):
        run.begin(item)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with the reason, what this rig cannot do."""
    from hil.plugin import collect

    collect.skip_unless_possible(item, item.config.stash.get(SESSION, None))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """After the test's own end, fail it once with everything that was measured outside its limits."""
    result = yield
    book: Any = pyfuncitem.funcargs.get("notebook")
    if book is not None:
        book.settle()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Our errors are messages, not tracebacks; and the journal hears how the test ended."""
    report = yield
    from hil.plugin import outcomes

    outcomes.shorten(report, call)
    if run := _run(item.config):
        run.heard(item, call, report)
    return report


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the record."""
    if run := _run(session.config):
        run.finish()


def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """What was measured, and the verdict."""
    if run := _run(config):
        run.summarise(terminalreporter)


def _run(config: pytest.Config) -> Run | None:
    session = config.stash.get(SESSION, None)
    return session.run if session is not None else None
