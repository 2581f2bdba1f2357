"""Which generation of the driver a host has: never the unit's fault."""

from dataclasses import replace

import pytest

from hil import catalog
from hil.checks import generation
from hil.drivers.frames import SensorMode
from hil.errors import RigError

ALL = [(sensor, each) for sensor in catalog.sensors() for each in sensor.generations]


def listing(each, ratio=1.0):
    """A generation's modes as a host prints them."""
    scale = ratio if each.link_changes_timing else 1.0
    found = []
    for m in (m for m in each.modes if not m.hdr):
        shortest = int(m.frame_time_min_ns / scale / 1e3)
        ends = (m.exposure_min_reported_us, m.exposure_max_reported_us)
        found.append(SensorMode(m.size, m.bits, m.crop, round(1e6 / shortest, 2), *ends, "SRGGB10_CSI2P", shortest, int(m.exposure_max_us)))
    return found


@pytest.mark.parametrize(("sensor", "each"), ALL, ids=lambda x: x.name)
def test_every_catalogued_generation_is_told_by_its_list_of_modes(sensor, each):
    assert generation.identify(listing(each), sensor, link_hz=sensor.link_freq_default_hz) is each


@pytest.mark.parametrize("link_hz", [450_000_000, 453_000_000, 750_000_000])
def test_line_times_that_follow_the_link_are_expected_to(link_hz):
    sensor = catalog.sensor("imx477")
    current = sensor.generation("current")
    assert generation.identify(listing(current, link_hz / 450e6), sensor, link_hz=link_hz) is current


def test_a_list_that_no_generation_has_names_the_nearest_and_the_differences():
    sensor = catalog.sensor("imx219")
    shown = [replace(m, fps=90.0) if m.size == (640, 480) else m for m in listing(sensor.generation("newer"))]
    with pytest.raises(RigError) as error:
        generation.identify(shown, sensor, link_hz=sensor.link_freq_default_hz, where="cm2")
    assert error.value.cause == "driver generation unknown"
    assert "640x480-10 at 90.00, not 206.65" in str(error.value)
    assert "nearest is 'newer'" in str(error.value)


def test_missing_additional_and_differently_cropped_modes_are_named():
    sensor = catalog.sensor("imx296")
    only = listing(sensor.usual)
    strange = [replace(only[0], size=(728, 544)), replace(only[0], crop=(4, 4, 1448, 1080))]
    assert generation.differences(strange, sensor.usual) == [
        "728x544-10 besides",
        "1456x1088-10 cropped (4, 4, 1448, 1080), not (0, 0, 1456, 1088)",
    ]


def test_a_rig_that_states_another_generation_than_the_host_shows_is_told_both():
    sensor = catalog.sensor("imx477")
    with pytest.raises(RigError) as error:
        generation.identify(listing(sensor.generation("current")), sensor, link_hz=450_000_000, stated="legacy", where="hq")
    assert error.value.cause == "another driver generation"
    assert "driver = 'legacy'" in str(error.value)
    assert "the host shows 'current'" in str(error.value)


def test_exposures_decide_where_modes_and_rates_fit_two_generations():
    sensor = catalog.sensor("ov5647")
    neither = [replace(m, exposure_max_us=2_000_000) for m in listing(sensor.generation("old"))]
    with pytest.raises(RigError, match="fit 'old' and 'new', the longest exposures neither"):
        generation.identify(neither, sensor, link_hz=sensor.link_freq_default_hz)


def test_a_mode_that_only_another_driver_has_is_not_said_instead_of_failed(fake_camera, case, book):
    older = fake_camera("HQ Camera (CS)", "legacy")
    for mode in ("4056x2160-12", "2028x1080-8"):
        assert generation.resolve(older, case("frame_rate", "HQ Camera (CS)", mode=mode), book) is None
    assert book.said_not == ["cam: modes that only other imx477 drivers offer (this host's: four modes, line times fixed in the driver)"]


def test_a_link_that_is_not_the_rigs_does_not_make_the_driver_unknown(fake_camera, case, host_with_link):
    there = fake_camera("HQ Camera (CS)", host=host_with_link(453_000_000, 453_000_000))
    there.sensor_modes = lambda hdr=False: listing(there.generation, 453 / 450)
    found = generation.of(there, case("frame_rate", "HQ Camera (CS)", mode="1332x990-10", link=450.0))
    assert found.name == "current"
    assert found.mode("1332x990-10").nominal_fps == pytest.approx(120.4927 * 453 / 450, rel=1e-6)
