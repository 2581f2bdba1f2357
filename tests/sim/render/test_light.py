"""The light of a row is the integral of the light over its exposure, whatever shines."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from hil.sim.frame import Frame, Scene, row_exposure_integral
from hil.sim.light import Lamp, Light, Pulse, channel_response

START = 5_000_000_000
LIGHTS = {
    "steady": Light(300.0),
    "flicker": Light(0.0, lamps=(Lamp(500.0, 100.0, 0.8, 0.3),)),
    "deep 120 Hz on daylight": Light(50.0, lamps=(Lamp(500.0, 120.0, 1.0),)),
    "ideal pulse": Light(pulses=(Pulse(START + 3_000_000, START + 4_500_000, 1000.0),)),
    "soft pulses": Light(
        20.0,
        pulses=(Pulse(START + 1_000_000, START + 2_000_000, 900.0, 2e5, 4e5), Pulse(START + 9_900_000, START + 10_100_000, 400.0, 5e4)),
    ),
    "still falling": Light(pulses=(Pulse(START - 500_000, START - 100_000, 800.0, 1e5, 1e6),)),
}


def level(light: Light, t_ns: np.ndarray) -> np.ndarray:
    """Illuminance at instants, written as one would say it."""
    total = np.full(t_ns.shape, light.lux)
    for lamp in light.lamps:
        total += lamp.lux * (1 - lamp.depth + lamp.depth * 2 * np.sin(math.pi * lamp.frequency_hz * t_ns * 1e-9 + lamp.phase_rad / 2) ** 2)
    for pulse in light.pulses:
        rise = 1 - np.exp(-(t_ns - pulse.start_ns) / pulse.rise_ns) if pulse.rise_ns else np.ones_like(t_ns)
        end = 1 - math.exp(-(pulse.stop_ns - pulse.start_ns) / pulse.rise_ns) if pulse.rise_ns else 1.0
        fall = end * np.exp(-(t_ns - pulse.stop_ns) / pulse.fall_ns) if pulse.fall_ns else np.zeros_like(t_ns)
        total += pulse.lux * np.where(t_ns < pulse.start_ns, 0.0, np.where(t_ns < pulse.stop_ns, rise, fall))
    return total


@pytest.mark.parametrize("name", LIGHTS)
def test_the_integral_of_a_row_is_that_of_brute_force(frame: Frame, name: str) -> None:
    exposed = replace(frame, scene=Scene("flat", LIGHTS[name]), height=6, line_time_ns=1.3e6, exposure_ns=4e6)
    steps = (np.arange(400_000) + 0.5) / 400_000
    brute = [np.mean(level(LIGHTS[name], START + 1.3e6 * row + 4e6 * steps)) * 4e-3 for row in range(6)]
    assert row_exposure_integral(exposed) == pytest.approx(brute, rel=1e-4, abs=1e-7)


def test_a_global_shutter_exposes_all_rows_together(frame: Frame) -> None:
    flash = Light(pulses=(Pulse(START + 2_000_000, START + 2_100_000, 1e4),))
    rows = row_exposure_integral(replace(frame, scene=Scene("flat", flash), global_shutter=True))
    assert np.all(rows == rows[0])
    assert rows[0] == pytest.approx(1.0)


def test_a_flash_reaches_just_the_rows_that_are_exposing(frame: Frame) -> None:
    flash = Light(pulses=(Pulse(START + 2_000_000, START + 2_010_000, 1e5),))
    rows = row_exposure_integral(replace(frame, scene=Scene("flat", flash), exposure_ns=1e6))
    assert np.flatnonzero(rows).tolist() == list(range(51, 101))  # row n exposes from 20 n to 20 n + 1000 us


def test_a_microsecond_counts_fully_in_an_exposure_of_ten_minutes(frame: Frame) -> None:
    flash = Light(pulses=(Pulse(START + 300_000_000_000, START + 300_000_001_000, 1e6),))
    rows = row_exposure_integral(replace(frame, scene=Scene("flat", flash), exposure_ns=650e9))
    assert rows == pytest.approx(np.ones(480), rel=1e-6)


def test_flicker_keeps_its_phase_after_a_week(frame: Frame) -> None:
    week = replace(frame, scene=Scene("flat", LIGHTS["flicker"]), first_row_start_ns=7 * 86_400_000_000_000 + 1_234_567)
    today = replace(week, first_row_start_ns=1_234_567)
    assert row_exposure_integral(week) == pytest.approx(row_exposure_integral(today), rel=1e-12)


def test_tungsten_is_red_daylight_is_blue_and_infrared_is_pink() -> None:
    (red, green, blue), (cool_red, cool_green, cool_blue) = channel_response(2800.0), channel_response(6500.0)
    assert red / blue > 3 * cool_red / cool_blue
    assert green == cool_green == 1.0
    bare = channel_response(2800.0, noir=True)
    assert bare[0] / bare[1] > red / green * 0.8
    assert bare[2] / bare[1] > 1.5 * blue / green


def test_a_light_knows_when_it_is_steady() -> None:
    light = LIGHTS["ideal pulse"]
    assert light.steady_over(START + 4_500_000, START + 9_000_000)
    assert not light.steady_over(START + 4_400_000, START + 9_000_000)
    assert not LIGHTS["flicker"].steady_over(START, START + 1)
