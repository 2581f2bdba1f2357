"""A Global Shutter Camera whose frames are made by pulses on XTR."""

import itertools

import pytest

from hil.sim import truth

LOW_NS, PERIOD_NS, READOUT_NS = 6_000_000, 33_333_000, 16_563_000
CANCELLED = 2


def running(triggered, **given):
    """An armed camera with many buffers."""
    camera = triggered(**given)
    camera.start_manual(3000, 20_000, buffers=80)
    camera.world.sleep(0.05)
    return camera


def seed_with(policy):
    """A seed whose rig treats pulses that come too early like this."""
    return next(seed for seed in range(50) if int(truth.draw(seed, "rig", "trigger", "too_early")) == policy)


def test_without_pulses_there_are_no_frames(triggered, capsys):
    camera = running(triggered)

    assert int(camera.finished().status) == CANCELLED
    assert "Camera frontend has timed out!" in capsys.readouterr().err


def test_a_frame_per_pulse_exposed_for_the_low_level_and_14_us(triggered):
    camera = running(triggered)

    camera.pulses("pico.GP28", 20, LOW_NS, PERIOD_NS)

    frames = camera.collected()
    exposures = {frame.shot.frame.exposure_ns for frame in frames}
    assert len(frames) == 20
    assert len(exposures) == 1
    assert exposures.pop() - LOW_NS == pytest.approx(14_260, abs=180)


def test_the_window_opens_within_a_microsecond_of_the_falling_edge(triggered):
    camera = running(triggered)
    fell_ns = camera.world.now_ns

    camera.pulses("pico.GP28", 1, LOW_NS, PERIOD_NS)

    frame = camera.collected()[0].shot.frame
    assert 0 < frame.first_row_start_ns - fell_ns < 1000
    assert frame.global_shutter


def test_metadata_echo_the_request_not_the_pulse(triggered):
    camera = running(triggered)

    camera.pulses("pico.GP28", 3, LOW_NS, PERIOD_NS)

    for frame in camera.collected():
        assert frame["ExposureTime"] == pytest.approx(3000, abs=20)
        assert frame["FrameDuration"] == pytest.approx(20_000, abs=20)


def test_a_trigger_that_nobody_drives_is_asserted_and_exposes_until_it_rises(triggered):
    camera = triggered()
    camera.wires.drive("pico.GP28", None)
    camera.start_manual(3000, 20_000)
    camera.world.sleep(0.5)
    assert camera.wires.volts("gs.XTR") < 0.1

    camera.wires.drive("pico.GP28", 3.3)
    camera.world.sleep(0.1)

    (frame,) = camera.collected()
    assert frame.shot.frame.exposure_ns == pytest.approx(0.49e9, rel=0.02)


def test_r11_beside_q2_keeps_every_pulse_away(triggered):
    camera = running(triggered, R11="fitted")

    camera.pulses("pico.GP28", 10, LOW_NS, PERIOD_NS)

    assert camera.collected() == []
    assert camera.wires.volts("gs.XTR") == pytest.approx(1.78, abs=0.04)


def test_a_divider_that_is_too_low_or_missing_makes_no_pulse(triggered):
    for pulse in ("pico.GP28 -- R1 1.5k 1% -- XTR -- R2 18 1% -- GND", None):
        camera = triggered(lines={"pulse": pulse})
        camera.start_manual(3000, 20_000, buffers=80)

        camera.pulses("pico.GP28", 10, LOW_NS, PERIOD_NS)

        assert camera.collected() == []


def test_every_second_pulse_ignored_halves_the_rate(triggered):
    camera = running(triggered, ignores_every=2)

    camera.pulses("pico.GP28", 20, LOW_NS, PERIOD_NS)

    assert len(camera.collected()) == 10


def test_up_to_exposure_and_readout_no_pulse_is_lost(triggered):
    for seed in range(4):
        camera = running(triggered, seed=seed)

        camera.pulses("pico.GP28", 40, LOW_NS, LOW_NS + READOUT_NS + 30_000)

        camera.world.sleep(0.1)
        assert len(camera.collected()) == 40


OVERLAPPED, IGNORED, STRETCHED = range(3)


def too_fast(triggered, policy, low_ns, period_ns):
    """Exposures of 40 pulses that come before the readout is over."""
    camera = running(triggered, seed=seed_with(policy))
    camera.pulses("pico.GP28", 40, low_ns, period_ns)
    camera.world.sleep(0.1)
    return [frame.shot.frame.exposure_ns for frame in camera.collected()]


def test_above_that_rate_a_rig_may_expose_during_the_readout(triggered):
    exposures = too_fast(triggered, OVERLAPPED, LOW_NS, 17_000_000)

    assert len(exposures) == 40
    assert max(exposures) == pytest.approx(LOW_NS + 14_260, abs=200)


def test_above_that_rate_a_rig_may_ignore_every_second_pulse(triggered):
    exposures = too_fast(triggered, IGNORED, LOW_NS, 17_000_000)

    assert len(exposures) == 20
    assert max(exposures) == pytest.approx(LOW_NS + 14_260, abs=200)


def test_above_that_rate_a_rig_may_expose_until_the_readout_is_over(triggered):
    exposures = too_fast(triggered, STRETCHED, 1_000_000, 16_200_000)

    assert len(exposures) == 40
    assert exposures[0] == pytest.approx(1_014_260, abs=200)
    assert exposures == sorted(exposures)
    assert exposures[5] == pytest.approx(1_014_260 + 5 * 363_000, rel=0.01)


def test_stretching_further_than_to_the_next_pulse_loses_that_one(triggered):
    exposures = too_fast(triggered, STRETCHED, 1_000_000, 9_000_000)

    assert len(exposures) < 25
    assert max(exposures) < 20_000_000


def test_a_pulse_of_a_microsecond_is_not_seen(triggered):
    camera = running(triggered)

    camera.pulses("pico.GP28", 10, 1000, PERIOD_NS)

    assert camera.collected() == []


def test_old_kernels_hand_a_frame_over_with_the_next_pulse_and_keep_the_last(triggered):
    camera = running(triggered, hosts={"kernel": "6.6.20+rpt-rpi-2712"})
    fell_ns = camera.world.now_ns

    camera.pulses("pico.GP28", 10, LOW_NS, PERIOD_NS)

    frames = camera.collected()
    assert len(frames) == 9
    assert frames[0].shot.frame.first_row_start_ns - fell_ns < 1000
    assert frames[8].shot.frame.first_row_start_ns - fell_ns == pytest.approx(8 * PERIOD_NS, abs=2000)


def test_an_old_kernel_does_not_leave_trigger_mode_while_the_sensor_keeps_its_supply(triggered):
    def free_frames(**given):
        camera = running(triggered, **given)
        camera.stop()
        (camera.twin.hosts["pi"].root / "sys/module/imx296/parameters/trigger_mode").write_text("0\n")
        camera.world.sleep(2.0)
        camera.start_manual(3000, 20_000)
        camera.world.sleep(0.5)
        return len(camera.collected())

    assert free_frames(always_on=True, hosts={"kernel": "6.6.20+rpt-rpi-2712"}) == 0
    assert free_frames(always_on=False, hosts={"kernel": "6.6.20+rpt-rpi-2712"}) > 3
    assert free_frames(always_on=True) > 3


def test_time_stamps_follow_the_pulses(triggered):
    camera = running(triggered)

    camera.pulses("pico.GP28", 20, LOW_NS, PERIOD_NS)

    stamps = [frame["SensorTimestamp"] for frame in camera.collected()]
    steps = [after - before for before, after in itertools.pairwise(stamps)]
    assert all(step == pytest.approx(PERIOD_NS, abs=100_000) for step in steps)
