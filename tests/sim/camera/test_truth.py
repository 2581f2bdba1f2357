"""The hidden truth: keyed, within what is assumed, and not the catalog."""

import statistics

import pytest

from hil import catalog
from hil.rig.spec import TwinCamera, TwinHost, TwinLight
from hil.sim import truth

HQ = catalog.module("HQ Camera (CS)")
IMX477 = catalog.sensor("imx477")


def drawn(seed, device="pi/hq"):
    return truth.device_truth(seed, device, IMX477, HQ)


def test_the_same_device_of_the_same_seed_is_the_same_and_every_other_differs():
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert drawn(1) != drawn(1, "pi/other")


def test_crystals_are_within_30_ppm_and_spread_over_it():
    crystals = [drawn(seed).crystal_ppm for seed in range(300)]

    assert max(map(abs, crystals)) <= 30
    assert 8 < statistics.pstdev(crystals) < 16


@pytest.mark.parametrize("sensor", [sensor.name for sensor in catalog.sensors()])
def test_a_unit_differs_from_an_average_one_by_a_few_percent(sensor):
    found = catalog.sensor(sensor)
    module = next(module for module in catalog.modules() if module.sensor == sensor)
    nominal = truth.nominal_pixel(found)
    unit = truth.device_truth(5, "pi/cam", found, module).pixel

    assert unit.conversion_dn16_per_e == pytest.approx(nominal.conversion_dn16_per_e, rel=0.061)
    assert unit.black_dn16 == pytest.approx(found.black_level16, abs=20)
    assert unit != nominal


def test_a_derived_line_time_may_be_any_that_prints_the_same_rate():
    generation = IMX477.generation("current")
    mode = generation.mode("4056x3040-12")

    lengths = {truth.line_pix(seed, IMX477, generation, mode) for seed in range(60)}

    assert len(lengths) > 8
    for pix in lengths:
        frame_us = int(mode.frame_length_min * pix * 1e6 / mode.pixel_rate_hz)
        assert round(1e6 / frame_us, 2) == 11.72


def test_an_exact_line_time_is_never_touched():
    generation = IMX477.generation("legacy")
    mode = generation.mode("4056x3040")

    assert {truth.line_pix(seed, IMX477, generation, mode) for seed in range(20)} == {24000}


def test_hosts_have_clocks_of_their_own():
    clocks = {truth.host_truth(3, TwinHost(name, "Raspberry Pi 5")) for name in ("a", "b")}

    assert len(clocks) == 2
    assert all(abs(clock.clock_ppm) <= 40 and clock.uptime_ns > 0 for clock in clocks)


def test_a_declared_light_is_a_uniform_panel_of_about_that_level():
    camera = TwinCamera("hq", "pi", "CAM1", HQ.name, "current", 450_000_000)

    seen = truth.scene(4, camera, TwinLight("steady", ("hq",), 800.0))

    assert seen.content == "flat"
    assert seen.light.lux == pytest.approx(800, rel=0.16)
    assert seen.light.steady_over(0, 10**12)


def test_without_a_light_of_its_own_a_camera_sees_a_room_under_lamps():
    camera = TwinCamera("hq", "pi", "CAM1", HQ.name, "current", 450_000_000)

    seen = truth.scene(4, camera, TwinLight("steady", ("other",), 800.0))

    assert seen.content == "room"
    assert seen.light.lamps[0].depth > 0


def test_darkness_is_dark():
    camera = TwinCamera("hq", "pi", "CAM1", HQ.name, "current", 450_000_000)

    assert truth.scene(4, camera, TwinLight("steady", ("hq",), 0.0)).light.lux == 0.0


def test_every_assumption_is_listed_with_its_source():
    listed = truth.assumptions()

    assert len(listed) > 25
    assert all(assumption.source for assumption in listed)
    assert {"device.crystal_ppm", "limits.pads", "pixel.imx477"} <= {assumption.name for assumption in listed}
