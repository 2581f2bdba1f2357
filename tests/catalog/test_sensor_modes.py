"""Modes against what real tools print, and against the arithmetic that leads there."""

import pytest

from hil import catalog

MODES = [
    pytest.param(sensor, generation, mode, id=f"{sensor.name}-{generation.name}-{mode.key_bits}")
    for sensor in catalog.sensors()
    for generation in sensor.generations
    for mode in generation.modes
]


@pytest.mark.parametrize(("sensor", "generation", "mode"), MODES)
def test_the_printed_rate_is_that_of_a_frame_time_cut_to_microseconds(sensor, generation, mode):
    frame_us = int(mode.frame_time_min_ns / 1e3)

    assert round(1e6 / frame_us, 2) == mode.fps_reported


@pytest.mark.parametrize(("sensor", "generation", "mode"), MODES)
def test_a_mode_lies_within_its_sensor(sensor, generation, mode):
    left, top, width, height = mode.crop

    assert left + width <= sensor.active_size[0]
    assert top + height <= sensor.active_size[1]
    assert (mode.size[0] * mode.binning[0], mode.size[1] * mode.binning[1]) <= (width, height)
    assert mode.bits in sensor.bit_depths
    assert mode.frame_length_min > mode.size[1]


@pytest.mark.parametrize(("sensor", "generation", "mode"), MODES)
def test_only_a_derived_line_time_widens_the_limits_on_rates(sensor, generation, mode):
    rounding_ppm = 0.005 / mode.fps_reported * 1e6

    assert (mode.fps_tolerance_ppm == 0) == mode.line_time.judged
    assert mode.line_time.judged or rounding_ppm < mode.fps_tolerance_ppm < rounding_ppm + 80


def test_imx477s_derived_line_times_agree_with_one_rule_of_its_link_clock():
    sensor = catalog.sensor("imx477")
    for mode in sensor.generation("current").modes:
        rule_ns = (mode.size[0] * mode.bits + 1070) / (4 * sensor.link_freq_default_hz) * 1e9
        one_pixel_ppm = 1e6 / mode.line_length_pix
        assert abs(mode.line_time_ns / rule_ns - 1) * 1e6 < mode.fps_tolerance_ppm + one_pixel_ppm


@pytest.mark.parametrize("sensor", catalog.sensors(), ids=lambda sensor: sensor.name)
def test_generations_and_their_modes_have_names_of_their_own(sensor):
    names = [generation.name for generation in sensor.generations]

    assert len(set(names)) == len(names)
    assert sensor.usual_generation in names
    for generation in sensor.generations:
        keys = [mode.key_bits for mode in generation.modes]
        assert len(set(keys)) == len(keys)
        assert generation.told_by or len(names) == 1


@pytest.mark.parametrize("sensor", catalog.sensors(), ids=lambda sensor: sensor.name)
def test_no_two_generations_print_the_same(sensor):
    def printed(generation):
        return {(mode.key_bits, mode.fps_reported, mode.exposure_max_reported_us) for mode in generation.modes}

    listings = [frozenset(printed(generation)) for generation in sensor.generations]
    assert len(set(listings)) == len(listings)


def test_a_mode_is_found_by_size_with_hdr_or_with_bits():
    imx708, imx219 = catalog.sensor("imx708").usual, catalog.sensor("imx219").generation("newer")

    assert imx708.mode("2304x1296").hdr is False
    assert imx708.mode("2304x1296 HDR").fps_reported == 30.0
    assert imx219.mode("1640x1232").bits == 10
    assert imx219.mode("1640x1232-8").fps_reported == 83.7
    with pytest.raises(KeyError, match="has no mode '1x1'; it has 1536x864-10"):
        imx708.mode("1x1")


def test_only_imx477s_current_driver_follows_the_link_frequency():
    imx477, imx708 = catalog.sensor("imx477"), catalog.sensor("imx708")
    legacy, current = imx477.generations

    faster = imx477.at_link(current, current.mode("4056x3040-12"), 750_000_000)

    assert faster.fps_reported == pytest.approx(19.53, abs=0.02)
    assert not faster.line_time.judged
    for sensor, generation in ((imx477, legacy), (imx708, imx708.usual)):
        assert sensor.at_link(generation, generation.modes[0], 453_000_000) is generation.modes[0]
