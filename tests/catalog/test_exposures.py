"""Longest and shortest exposures: the arithmetic of drivers and libcamera against figures from real listings."""

import pytest

from hil import catalog

LISTED = {  # (sensor, generation, mode): ExposureTime's maximum in us as picamera2's sensor_modes printed it on real boards
    ("ov5647", "old", "2592x1944"): 1064891,
    ("ov5647", "old", "1920x1080"): 969249,
    ("ov5647", "old", "1296x972"): 760636,
    ("ov5647", "old", "640x480"): 1103219,
    ("ov5647", "faster", "1920x1080"): 3066979,
    ("imx219", "newer", "3280x2464"): 11766829,
    ("imx219", "newer", "640x480"): 5883414,
    ("imx708", "only", "4608x2592"): 220416802,
    ("imx708", "only", "2304x1296"): 112015096,
    ("imx708", "only", "1536x864"): 77208145,
    ("imx477", "legacy", "4056x3040"): 694422939,
    ("imx477", "legacy", "2028x1520"): 674181621,
    ("imx477", "legacy", "1332x990"): 667234896,
    ("imx296", "only", "1456x1088"): 15534385,
}
TRUE_S = {  # formula: lines x line length / pixel rate
    ("imx708", "only", "4608x2592"): (65500 * 2**7 - 48) * 15648 / 595.2e6,
    ("imx708", "only", "2304x1296"): (65500 * 2**7 - 48) * 7824 / 585.6e6,
    ("imx708", "only", "1536x864"): (65500 * 2**7 - 48) * 5216 / 566.4e6,
    ("imx219", "older", "3280x2464"): 65531 * 32752 / 182.4e6,
    ("imx219", "newer", "1640x1232-8"): 65531 * 32752 / 364.8e6,
    ("ov5647", "old", "1920x1080"): 32763 * 2416 / 81666700,
    ("ov5647", "new", "1920x1080"): 32763 * 8191 / 81666700,
    ("imx477", "legacy", "4056x3040"): (65500 * 2**7 - 22) * 65520 / 840e6,
    ("imx296", "only", "1456x1088"): 1048571 * 1760 / 118.8e6 + 14.26e-6,
}


def mode(sensor, generation, key):
    return catalog.sensor(sensor).generation(generation).mode(key)


@pytest.mark.parametrize(("where", "listed_us"), LISTED.items(), ids=map("-".join, LISTED))
def test_the_advertised_maximum_is_what_real_boards_print(where, listed_us):
    assert mode(*where).exposure_max_reported_us == listed_us


@pytest.mark.parametrize(("where", "seconds"), TRUE_S.items(), ids=map("-".join, TRUE_S))
def test_the_longest_exposure_is_what_the_registers_hold(where, seconds):
    assert mode(*where).exposure_max_us == pytest.approx(seconds * 1e6, rel=1e-12)


@pytest.mark.parametrize("generation", ["legacy", "current"])
def test_nobody_asks_an_imx477_for_more_than_650_s(generation):
    for each in catalog.sensor("imx477").generation(generation).modes:
        assert each.exposure_max_tested_us == 650e6 < each.exposure_max_us < 653.951e6 < each.exposure_max_reported_us
        assert not each.facts["exposure_max_us"].judged


def test_others_are_tested_to_their_maximum():
    for sensor in catalog.sensors():
        for each in (each for generation in sensor.generations for each in generation.modes if sensor.name != "imx477"):
            assert each.exposure_max_tested_us == each.exposure_max_us


@pytest.mark.parametrize(
    ("sensor", "key", "shortest_us", "step_us", "advertised_us"),
    [
        ("imx708", "4608x2592", 210.32, 26.29, 26),
        ("imx708", "2304x1296", 53.44, 26.72, 13),
        ("imx708", "1536x864", 36.84, 18.42, 9),
        ("imx708", "2304x1296 HDR", 858.60, 214.65, 6),
        ("imx296", "1456x1088", 29.07, 14.81, 29),
        ("imx219", "3280x2464", 75.61, 18.90, 75),
        ("ov5647", "1920x1080", 118.33, 29.58, 118),
    ],
)
def test_the_shortest_exposure_is_the_drivers_not_the_advertised_one(sensor, key, shortest_us, step_us, advertised_us):
    found = catalog.sensor(sensor).usual.mode(key)

    assert (round(found.exposure_min_us, 2), round(found.exposure_step_us, 2)) == (shortest_us, step_us)
    assert found.exposure_min_reported_us == advertised_us
