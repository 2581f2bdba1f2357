"""Gain codes as libcamera's camera helpers compute them."""

import math

import pytest

from hil import catalog

SENSORS = {sensor.name: sensor for sensor in catalog.sensors()}


@pytest.mark.parametrize(
    ("sensor", "gain", "code"),
    [
        ("ov5647", 1.0, 16),
        ("ov5647", 2.49, int(2.49 * 16)),
        ("imx219", 1.0, 0),
        ("imx219", 8.0, int(256 - 256 / 8)),
        ("imx477", 4.0, 768),
        ("imx708", 2.0, 512),
        ("imx296", 4.0, int(20 * math.log10(4.0) * 10)),
    ],
)
def test_a_gain_becomes_the_truncated_code(sensor, gain, code):
    assert SENSORS[sensor].gain.code(gain) == code


@pytest.mark.parametrize("name", SENSORS)
def test_a_code_and_its_gain_go_back_and_forth_within_one_code(name):
    model = SENSORS[name].gain

    for code in range(model.code_min, model.code_cap + 1):
        assert model.code(model.gain(code)) in (code, max(code - 1, model.code_min))


@pytest.mark.parametrize(
    ("name", "least", "most", "advertised"),
    [
        ("ov5647", 1.0, 63.9375, 63.9375),
        ("imx219", 1.0, 10.6667, 10.6667),
        ("imx296", 1.0, 15.6675, 251.1886),
        ("imx477", 1.0, 22.2609, 22.2609),
        ("imx708", 1.1228, 16.0, 16.0),
    ],
)
def test_the_range_applied_and_the_range_advertised(name, least, most, advertised):
    model = SENSORS[name].gain

    assert (round(model.min, 4), round(model.max, 4), round(model.max_reported, 4)) == (least, most, advertised)
    assert (model.nearest(0.5), model.nearest(1e6)) == (model.min, model.max)


@pytest.mark.parametrize("gain", [0.0, -1.0, math.inf, math.nan])
def test_what_is_no_gain_is_refused(gain):
    with pytest.raises(ValueError, match="a gain is a positive number"):
        SENSORS["imx219"].gain.code(gain)
