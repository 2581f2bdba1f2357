"""The fixtures a test may ask for. Looking for bench hardware? That is in the top-level folder `fixtures/`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from hil.bench import Bench
    from hil.drivers.camera import Camera
    from hil.drivers.host import Host
    from hil.plugin.book import Measure, Notebook
    from hil.plugin.run import Run
    from hil.plugin.session import Session
    from hil.rig import Plan, Rig


def _session(request: pytest.FixtureRequest) -> Session:
    from hil.plugin import SESSION

    session = request.config.stash.get(SESSION, None)
    if session is None:
        pytest.skip("no rig: give --rig NAME (and --sim for its twin), or the ini key hil_rig")
    return session


def _run(request: pytest.FixtureRequest) -> Run:
    run = _session(request).run
    assert run is not None, "a fixture is only asked for in a run"
    return run


@pytest.fixture(scope="session")
def rig(request: pytest.FixtureRequest) -> Rig:
    """The rig as written down (hil.rig.Rig): names, boards, modules, wires. Opens nothing."""
    return _session(request).rig


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> Plan:
    """The plan as written down (hil.rig.Plan): checks, their options, limits."""
    return _session(request).plan


@pytest.fixture(scope="session")
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """The open rig (hil.bench.Bench): `bench.cameras["cm3"]`, `bench.hosts["pi5"]`, `bench.clock`, `bench.simulated`.

    Opened once per run, with every fault reported at once; left safe at the end whatever happens.
    """
    run = _run(request)
    yield run.open()
    run.close()


@pytest.fixture
def camera(request: pytest.FixtureRequest) -> Camera:
    """A camera of the rig, ready to use (hil.drivers.camera.Camera); the test runs once for each of them.

    `camera.configure(size=(1332, 990), fps=90, exposure_us=2_000, gain=1.0)`, then `camera.burst(frames=300)` or
    `camera.raw()`. `@pytest.mark.camera("sink")` picks one by its name in the rig.
    """
    name = getattr(request, "param", None)
    if name is None:
        case: Any = request.node.callspec.params.get("case") if hasattr(request.node, "callspec") else None
        name = case.camera if case is not None else next(iter(_session(request).rig.cameras))
    opened: Bench = request.getfixturevalue("bench")
    return opened.cameras[name]


def _not_driven(request: pytest.FixtureRequest, need: str) -> None:
    from hil.plugin import collect

    rig = _session(request).rig
    what = collect.in_words(need)
    pytest.skip(f"{what} is not driven by this version" if collect.has(rig, need) else f"{rig.name} has no {what}")


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> None:
    """Two synchronised cameras as one. This version does not drive them yet: the test is skipped, with the reason."""
    _not_driven(request, "pair")


@pytest.fixture
def trigger(request: pytest.FixtureRequest) -> None:
    """The Pico that triggers. This version does not drive it yet: the test is skipped, with the reason."""
    _not_driven(request, "picos")


@pytest.fixture
def strobe(request: pytest.FixtureRequest) -> None:
    """The timed light. This version does not drive it yet: the test is skipped, with the reason."""
    _not_driven(request, "strobe")


@pytest.fixture
def host(request: pytest.FixtureRequest) -> Host:
    """The Pi that the test's camera hangs on, else the rig's first: its files, `run([...])` and clock."""
    opened: Bench = request.getfixturevalue("bench")
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    name = params.get("camera")
    return opened.hosts[opened.rig.cameras[name].host] if name else next(iter(opened.hosts.values()))


@pytest.fixture
def notebook(request: pytest.FixtureRequest) -> Notebook:
    """What procedures write into (hil.checks.Notebook): measurements, findings, what is not said. Tests use `measure`."""
    return _run(request).notebook(request.node)


@pytest.fixture
def measure(notebook: Notebook) -> Measure:
    """Record a measurement, then judge it: `measure(burst.frame_rate_hz, within=(89.9, 90.1))`.

    Also `at_least=`, `at_most=`, `limit=` (hil.judge.Limit), `agrees_with=` another measurement, `mode=`, `conditions=`,
    `subject=`, `name=`. The test goes on and fails once at its end, listing every value outside its limits; `stop=True` stops.
    Without limits the value is recorded and not judged.
    """
    from hil.plugin.book import Measure

    return Measure(notebook)
