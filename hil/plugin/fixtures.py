"""The fixtures a test may ask for. Looking for bench hardware? That is in the top-level folder `fixtures/`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from hil.plugin.collect import case_of, params_of

if TYPE_CHECKING:
    from hil.bench import Bench
    from hil.checks.ready import ReadyPair, ReadyTrigger
    from hil.checks.strobes import Strobe
    from hil.drivers.camera import Camera
    from hil.drivers.host import Host
    from hil.drivers.person import Person
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
    `camera.raw()`. `@pytest.mark.camera("sink")` picks one by its name in the rig. Skipped for a camera that makes no
    frame without another's pulses, unless the test asks for `pair` too.
    """
    from hil.checks.case import paced

    case: Any = case_of(request.node)
    name = getattr(request, "param", None)
    if name is None:
        name = case.camera if case is not None else next(iter(_session(request).rig.cameras))
    # A case of the plan is there only where it can be done: who a sink is can be asked without a frame.
    if case is None and paced(_session(request).rig, name) and "pair" not in request.fixturenames:
        pytest.skip(f"{name} makes frames only on the source's pulses: use the fixture pair")
    opened: Bench = request.getfixturevalue("bench")
    return opened.cameras[name]


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> ReadyPair:
    """The rig's source and sink as one (hil.checks.pairs.Pair), in their roles; skipped where the rig has none.

    `pair.configure(size=(2028, 1080), fps=40, exposure_us=5_000)`, then `pair.burst(frames=300)`: the sink is armed first, then the source
    starts. The burst has `sync_offset_by_clock_us`, and inside `strobe.in_every_frame(of=pair, width_us=200)` also
    `sync_offset_by_light_us`.
    """
    from hil.checks.pairs import names_of
    from hil.checks.ready import ReadyPair

    rig = _session(request).rig
    if names_of(rig) is None:
        pytest.skip(f"{rig.name} has no source and sink")
    return ReadyPair.of(request.getfixturevalue("bench"))


@pytest.fixture
def trigger(request: pytest.FixtureRequest) -> Iterator[ReadyTrigger]:
    """The Pico that triggers (hil.checks.triggers.Trigger); skipped where none leads to XTR.

    `trigger.burst(20, low_us=500, rate_hz=30)` describes pulses, and has its cameras wait for them until the test ends;
    `camera.capture(pulses=...)` arms, has them sent and collects. `hil.measure.exposure_line` of such captures, taken at
    different lengths under steady light, has `offset_us` and `lost_pulses`.
    """
    from hil.checks.ready import ReadyTrigger
    from hil.checks.triggers import drive_pin

    rig = _session(request).rig
    if drive_pin(rig) is None:
        pytest.skip(f"{rig.name} has no Pico on XTR")
    found = ReadyTrigger(request.getfixturevalue("bench"))
    found.idle()
    yield found
    found.release()


@pytest.fixture
def strobe(request: pytest.FixtureRequest) -> Iterator[Strobe]:
    """The timed light (hil.checks.strobes.Strobe); skipped where the rig has no [strobe], dark again after the test.

    `with strobe.on():` steady light; `with strobe.in_every_frame(of=pair, width_us=200):` a flash in about every frame.
    """
    from hil.checks.strobes import Strobe

    rig = _session(request).rig
    if rig.strobe is None:
        pytest.skip(f"{rig.name} has no [strobe]")
    found = Strobe(request.getfixturevalue("bench"))
    yield found
    found.off()


@pytest.fixture
def host(request: pytest.FixtureRequest) -> Host:
    """The Pi that the test's camera hangs on, else the rig's first: its files, `run([...])` and clock."""
    opened: Bench = request.getfixturevalue("bench")
    name = params_of(request.node).get("camera")
    return opened.hosts[opened.rig.cameras[name].host] if name else next(iter(opened.hosts.values()))


@pytest.fixture
def person(request: pytest.FixtureRequest, notebook: Notebook) -> Person:
    """Somebody at the bench (hil.drivers.person.Person): `person.ask_ready("put the cap on")`, `person.ask_number(what, "V")`.

    Asked at the terminal; on the twin somebody answers from what is really soldered (hil.rig.tasks). Answers go into the record.
    """
    from hil.plugin import people

    request.getfixturevalue("bench")
    return people.at(_session(request), notebook)


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
