"""A triggered exposure, by light."""

from hil.measure import exposure_line


def test_exposure_is_the_low_pulse_plus_14_us(camera, trigger, strobe, measure):
    camera.configure(exposure_us=3_000, gain=1.0)  # only holds AGC still: the pulse decides

    with strobe.on():
        shots = [camera.capture(pulses=trigger.burst(20, low_us=low, rate_hz=30)) for low in (100, 500, 2_000, 8_000)]

    measure(exposure_line(shots).offset_us, within=(13.26, 15.26))
    measure(exposure_line(shots).lost_pulses, at_most=0)
