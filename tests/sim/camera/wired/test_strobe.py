"""Flashes of the strobe land on the rows that are exposing at that instant."""

from dataclasses import replace

import numpy as np
import pytest

from hil.rig.spec import TwinStrobe
from hil.sim.frame import row_exposure_integral
from hil.sim.render import raw_dn

SEEN = TwinStrobe("pi-a.GPIO22", ("source", "sink"))


def lit(frame, share=0.5):
    """First and last row that a flash reached."""
    rows = np.flatnonzero(row_exposure_integral(frame) > share * row_exposure_integral(frame).max())
    return rows[0], rows[-1]


def flash(pair, begin_ns, length_ns):
    pair.world.at(begin_ns, pair.wires.drive, "pi-a.GPIO22", 3.3)
    pair.world.at(begin_ns + length_ns, pair.wires.drive, "pi-a.GPIO22", 0.0)


def with_flashes(hq_pair, **given):
    """A second of an HQ pair at 40 Hz, a flash of 200 us every 26 ms, which wanders through the frame; frames of both."""
    pair = hq_pair(**{"strobe": SEEN} | given)
    for number in range(60):
        flash(pair, pair.world.now_ns + 26_000_000 * number, 200_000)
    return pair, *pair.run(seconds=1.0, sink_first_s=0.1)


def flash_in(frame):
    """How long after the start of a frame its flash began, in ns; 0 where none did or it fell near an end."""
    into = [pulse.start_ns - frame.first_row_start_ns for pulse in frame.scene.light.pulses]
    return next((begun for begun in into if 4e6 < begun < 11e6), 0)


def well_lit(frames):
    """The number of a frame whose flash is well inside."""
    return next(number for number, frame in enumerate(frames) if flash_in(frame.shot.frame))


def test_the_lit_band_is_where_rows_are_exposing(hq_pair):
    _, source, _ = with_flashes(hq_pair)
    frame = source[well_lit(source)].shot.frame

    first, last = lit(frame)

    assert last == pytest.approx(flash_in(frame) / frame.line_time_ns, abs=8)
    assert last - first == pytest.approx(frame.exposure_ns / frame.line_time_ns, abs=12)


def test_both_cameras_see_the_same_flash_shifted_by_their_offset(hq_pair):
    _, source, sink = with_flashes(hq_pair)

    pairs = [(a.shot.frame, b.shot.frame) for a, b in zip(source, sink, strict=True) if flash_in(a.shot.frame)]
    assert len(pairs) > 5
    for a, b in pairs:
        assert 0 <= b.first_row_start_ns - a.first_row_start_ns < a.line_time_ns
        assert lit(a)[1] - lit(b)[1] in (0, 1)


def test_light_later_than_the_time_stamps_moves_the_band_and_nothing_else(hq_pair):
    _, _, straight = with_flashes(hq_pair)
    _, _, offset = with_flashes(hq_pair, sink={"light_offset_ms": 3.0})

    assert [frame["SensorTimestamp"] for frame in offset[:10]] == [frame["SensorTimestamp"] for frame in straight[:10]]
    number = well_lit(straight)
    moved = lit(straight[number].shot.frame)[1] - lit(offset[number].shot.frame)[1]
    assert moved == pytest.approx(3e6 / offset[number].shot.frame.line_time_ns, abs=2)


@pytest.mark.parametrize("given", [{"strobe": replace(SEEN, dead=True)}, {"flash": None}], ids=["dead", "unsoldered"])
def test_a_dead_led_or_an_open_wire_leaves_the_ambient_light(hq_pair, given):
    _, source, _ = with_flashes(hq_pair, **given)

    assert {frame.shot.frame.scene.light.pulses for frame in source} == {()}
    assert source[5].shot.frame.scene.content == "flat"


def test_a_camera_that_does_not_look_at_it_sees_its_room(hq_pair):
    _, source, sink = with_flashes(hq_pair, strobe=TwinStrobe("pi-a.GPIO22", ("source",)))

    assert well_lit(source)
    assert sink[5].shot.frame.scene.content == "room"


def test_a_frame_in_flight_takes_flashes_until_its_last_row_is_done(hq_pair):
    pair = hq_pair(strobe=SEEN)
    pair.source.start_manual(2_000_000, 2_100_000, buffers=3)
    pair.world.sleep(3.0)
    began_ns = pair.world.now_ns
    flash(pair, began_ns, 50_000)
    pair.world.sleep(2.0)

    frames = pair.source.collected()

    assert any(pulse.start_ns == began_ns for frame in frames for pulse in frame.shot.frame.scene.light.pulses)


def test_a_picture_looked_at_long_after_is_the_same(hq_pair):
    pair, source, _ = with_flashes(hq_pair)
    frame = source[well_lit(source)].shot
    before = row_exposure_integral(frame.frame)
    for number in range(6000):
        flash(pair, pair.world.now_ns + 1000 * number, 500)
    pair.world.sleep(1.0)

    assert np.array_equal(row_exposure_integral(frame.frame), before)


def test_flashes_that_no_frame_needs_any_more_are_forgotten(hq_pair):
    pair = hq_pair(strobe=SEEN)
    for number in range(20_000):
        flash(pair, 1000 * number, 500)
    pair.world.sleep(1.0)

    assert len(pair.wires.flashes._starts) < 5000


def test_a_global_shutter_sees_the_flash_in_all_rows_or_none(triggered):
    camera = triggered(strobe=TwinStrobe("pico.GP15", ("gs",)))
    camera.start_manual(3000, 20_000, buffers=20)
    camera.world.sleep(0.05)
    at = camera.world.now_ns
    camera.world.at(at + 500_000, camera.wires.drive, "pico.GP15", 3.3)
    camera.world.at(at + 520_000, camera.wires.drive, "pico.GP15", 0.0)

    camera.pulses("pico.GP28", 2, 1_000_000, 33_000_000)

    with_flash, without = (row_exposure_integral(frame.shot.frame) for frame in camera.collected())
    assert np.ptp(with_flash) == 0
    assert with_flash[0] > 100 * without[0]


def test_an_exposure_of_650_s_with_the_strobe_running_ends_well(hq_pair):
    pair = hq_pair(strobe=SEEN, size=(4056, 3040))
    for number in range(7000):
        flash(pair, pair.world.now_ns + 100_000_000 * number, 10_000)
    pair.source.start_manual(650_000_000, (100, 700_000_000), buffers=1)

    (one,) = pair.source.take(1)
    frame = one.shot.frame

    dose = row_exposure_integral(frame)
    assert len(frame.scene.light.pulses) < 10
    flashes = sum(pulse.lux * (pulse.stop_ns - pulse.start_ns) for pulse in frame.scene.light.pulses) * 1e-9
    assert dose[1500] - dose.min() < 0.01 * flashes
    assert flashes > 0.5 * dose[1500]


def test_a_blank_frame_is_black_and_a_flashed_one_shows_its_band(hq_pair):
    _, source, _ = with_flashes(hq_pair)
    frame = source[well_lit(source)].shot.frame
    first, last = lit(frame)

    pixels = raw_dn(frame)
    dark = raw_dn(replace(frame, exposure_ns=0.0))

    rows = pixels.mean(axis=1)
    assert rows[(first + last) // 2] > rows[0] + 100
    assert dark.mean() == pytest.approx(256, abs=2)
