"""Sensor timing against what real listings print and what drivers do."""

import pytest

from hil import catalog
from hil.sim.camera.timing import ModeTiming, Programmed

ALL_MODES = [
    pytest.param(sensor, generation, mode, id=f"{sensor.name}-{generation.name}-{mode.key_bits}")
    for sensor in catalog.sensors()
    for generation in sensor.generations
    for mode in generation.modes
]


def timing(sensor_name, key, generation=None):
    sensor = catalog.sensor(sensor_name)
    chosen = sensor.generation(generation) if generation else sensor.generations[-1]
    return ModeTiming(sensor, chosen, chosen.mode(key))


@pytest.mark.parametrize(("sensor", "generation", "mode"), ALL_MODES)
def test_every_mode_advertises_the_limits_that_a_real_pi_lists(sensor, generation, mode):
    made = ModeTiming(sensor, generation, mode)

    assert round(1e6 / int(made.frame_min_ns / 1e3), 2) == mode.fps_reported
    assert int(made.exposure_min_ns / 1e3) == mode.exposure_min_reported_us
    assert int(made.exposure_max_ns / 1e3) == mode.exposure_max_reported_us


@pytest.mark.parametrize(("sensor", "generation", "mode"), ALL_MODES)
def test_a_frame_is_a_whole_number_of_lines_and_never_longer_than_asked(sensor, generation, mode):
    made = ModeTiming(sensor, generation, mode)
    asked_ns = made.frame_min_ns * 1.37

    programmed, _ = made.programmed(made.exposure_min_ns, 1.0, asked_ns, asked_ns)

    assert programmed.frame_length == int(asked_ns / made.line_min_ns)
    assert 0 <= asked_ns - programmed.frame_length * made.line_min_ns < made.line_min_ns


@pytest.mark.parametrize(("sensor", "generation", "mode"), ALL_MODES)
def test_the_shortest_exposure_is_the_catalogs_whatever_libcamera_believes(sensor, generation, mode):
    made = ModeTiming(sensor, generation, mode)

    programmed, _ = made.programmed(1.0, 1.0, made.frame_min_ns, made.frame_min_ns)

    tolerance = 1e-9 + 1e-6 * mode.fps_tolerance_ppm
    assert made.readout(programmed).exposure_ns / 1e3 == pytest.approx(mode.exposure_min_us, rel=tolerance)


@pytest.mark.parametrize(
    ("key", "asked_us", "made_us"),
    [
        ("4608x2592", 100, 8 * 26.290323),
        ("4608x2592", 1000, 38 * 26.290323),
        ("2304x1296", 20, 4 * 13.360656),
        ("2304x1296", 1000, 74 * 13.360656),
        ("1536x864", 1000, 108 * 9.209040),
        ("2304x1296 HDR", 10, 128 * 6.707819),
        ("2304x1296 HDR", 2000, 288 * 6.707819),
    ],
)
def test_imx708_raises_to_its_minimum_and_rounds_down_to_its_step(key, asked_us, made_us):
    made = timing("imx708", key)

    programmed, _ = made.programmed(asked_us * 1e3, 2.0, made.frame_min_ns, 1e9)
    readout = made.readout(programmed)

    assert readout.exposure_ns / 1e3 == pytest.approx(made_us, rel=1e-6)
    assert readout.reported_exposure_us == int(readout.exposure_ns / 1e3)


def test_imx296_adds_its_offset_to_whole_lines():
    made = timing("imx296", "1456x1088")

    programmed, _ = made.programmed(10_000e3, 1.0, made.frame_min_ns, 1e9)

    assert programmed.exposure_lines == 674
    assert made.readout(programmed).exposure_ns == pytest.approx(674 * 14814.8148148 + 14260)


def test_an_exposure_is_cut_to_the_longest_frame_less_the_integration_gap():
    made = timing("imx477", "2028x1080-12", "legacy")

    programmed, got_ns = made.programmed(1e9, 1.0, 20e6, 20e6)

    assert programmed.frame_length == 1318
    assert programmed.exposure_lines == 1318 - 22
    assert got_ns == pytest.approx((1318 - 22) * made.line_min_ns)


@pytest.mark.parametrize(("seconds", "shift"), [(1.0, 0), (1.9, 1), (112.0, 6), (220.0, 7), (230.0, 7)])
def test_long_exposures_lose_the_bits_that_the_shift_pushes_out(seconds, shift):
    made = timing("imx477", "4056x3040-12", "legacy")

    programmed, _ = made.programmed(seconds * 1e9, 1.0, made.frame_min_ns, made.frame_max_ns)
    exact_ns, true_ns = programmed.exposure_lines * made.line_min_ns, made.readout(programmed).exposure_ns

    assert true_ns == (programmed.exposure_lines >> shift << shift) * made.line_min_ns
    assert 0 <= exact_ns - true_ns < (1 << shift) * made.line_min_ns


def test_beyond_the_longest_frame_the_line_is_stretched():
    made = timing("imx219", "1640x1232-10")

    programmed, _ = made.programmed(5e9, 1.0, made.frame_min_ns, made.frame_max_ns)

    assert programmed.frame_length == 65535
    assert programmed.line_pix > made.line_min_pix
    assert made.readout(programmed).exposure_ns == pytest.approx(5e9, rel=2e-4)


@pytest.mark.parametrize(("seconds", "right"), [(650.0, True), (653.9, True), (660.0, False), (690.0, False)])
def test_imx477_exposures_come_out_wrong_once_the_line_register_wraps(seconds, right):
    made = timing("imx477", "4056x3040-12", "legacy")

    programmed, believed_ns = made.programmed(seconds * 1e9, 1.0, made.frame_min_ns, made.frame_max_ns)
    readout = made.readout(programmed)

    assert believed_ns == pytest.approx(seconds * 1e9, rel=1e-4)
    assert readout.reported_exposure_us == pytest.approx(seconds * 1e6, rel=1e-4)
    assert (readout.exposure_ns == pytest.approx(seconds * 1e9, rel=1e-4)) is right


def test_imx219_counts_binned_modes_in_registers_of_two_lines():
    made = timing("imx219", "640x480-10")

    readout = made.readout(Programmed(frame_length=1057, line_pix=3448, exposure_lines=701, gain_code=0))

    assert readout.frame_ns == 1056 * made.line_min_ns
    assert readout.exposure_ns == 700 * made.line_min_ns
    assert readout.reported_frame_us == int(1057 * made.line_min_ns / 1e3)


def test_metadata_tells_the_embedded_truth_only_where_there_is_embedded_data():
    talks, echoes = timing("imx708", "2304x1296"), timing("ov5647", "1296x972")

    told = talks.readout(talks.programmed(20e3, 2.0, talks.frame_min_ns, 1e9)[0])
    echoed = echoes.readout(echoes.programmed(20e3, 2.0, echoes.frame_min_ns, 1e9)[0])

    assert told.reported_exposure_us == 53
    assert echoed.reported_exposure_us == 0
    assert echoed.exposure_ns == 4 * echoes.line_min_ns


def test_frame_duration_metadata_of_imx296_carries_the_exposure_offset_too():
    made = timing("imx296", "1456x1088")

    readout = made.readout(made.programmed(5e6, 1.0, made.frame_min_ns, made.frame_min_ns)[0])

    assert readout.reported_frame_us == 16577
    assert readout.frame_ns == pytest.approx(1118 * 14814.8148148)
