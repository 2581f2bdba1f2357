"""Frames in virtual time: what arrives, when, in which order, with what missing."""

import itertools
import statistics

import pytest

from hil import catalog
from hil.sim.camera.timing import ModeTiming

OK, ERROR, CANCELLED, STARTUP = 0, 1, 2, 3
ALL_MODES = [
    pytest.param(sensor.name, generation.name, mode, id=f"{sensor.name}-{generation.name}-{mode.key_bits}")
    for sensor in catalog.sensors()
    for generation in sensor.generations
    for mode in generation.modes
]


def stamps_ns(taken):
    return [frame["SensorTimestamp"] for frame in taken]


def periods_ns(taken):
    stamps = stamps_ns(taken)
    return [after - before for before, after in itertools.pairwise(stamps)]


def true_rate(camera):
    """True time per time on the sensor's clock, and on the host's."""
    return 1 / (1 + camera.device.truth.crystal_ppm * 1e-6), 1 + camera.device.clock.ppm * 1e-6


@pytest.mark.parametrize(("sensor", "generation", "mode"), ALL_MODES)
def test_every_mode_runs_at_its_shortest_frame_seen_through_both_crystals(bench, sensor, generation, mode):
    camera = bench(sensor, generation, hdr=mode.hdr)
    camera.configure(mode.size, mode.bits)
    camera.start_manual(exposure_us=1000, frame_us=100)

    period = statistics.median(periods_ns(camera.take(60)))

    sensor_time, host_time = true_rate(camera)
    line_ns = ModeTiming(camera.device.sensor, camera.device.generation, mode, camera.device._timing(mode).line_min_pix).line_min_ns
    assert period == pytest.approx(mode.frame_length_min * line_ns * sensor_time * host_time, rel=5e-6, abs=2000)


@pytest.mark.parametrize("sensor", ["ov5647", "imx219", "imx708", "imx477", "imx296"])
def test_a_new_exposure_shows_after_the_sensors_delays_with_its_frame_length(bench, sensor):
    camera = bench(sensor, board="Raspberry Pi 5")
    mode = min(camera.device.generation.modes, key=lambda m: m.size[0] if not m.hdr else 9999)
    camera.configure(mode.size, mode.bits)
    camera.start_manual(exposure_us=2000, frame_us=(50_000, 100_000), buffers=1)
    before = camera.take(8)
    camera.take(1, ExposureTime=90_000)

    after = camera.take(12)

    delay = max(getattr(camera.device.sensor.delays, name) for name in ("exposure", "gain", "vblank", "hblank"))
    changed = next(n for n, frame in enumerate(after) if frame["ExposureTime"] > 80_000)
    carried = after[0].sequence
    assert after[changed].sequence - carried == delay + 1
    assert {frame["ExposureTime"] for frame in before} == {after[0]["ExposureTime"]}
    assert periods_ns(after)[changed - 1] > 89e6 > periods_ns(after)[changed - 2]


@pytest.mark.parametrize(
    ("sensor", "marked"),
    [
        ("ov5647", [ERROR] * 2 + [STARTUP] * 8),
        ("imx219", [STARTUP] * 7),
        ("imx708", [STARTUP] * 7),
        ("imx477", [STARTUP] * 7),
        ("imx296", [STARTUP] * 7),
    ],
)
def test_a_cold_start_marks_its_first_frames_and_a_second_start_only_hidden_ones(bench, sensor, marked):
    camera = bench(sensor)
    mode = camera.device.generation.modes[0]
    camera.configure(mode.size, mode.bits)
    camera.start()
    first = [frame.status for frame in camera.take(14)]
    camera.stop()
    camera.start()

    second = [frame.status for frame in camera.take(14)]

    assert first == marked + [OK] * (14 - len(marked))
    assert second == [ERROR] * marked.count(ERROR) + [OK] * (14 - marked.count(ERROR))


def test_nothing_is_marked_when_exposure_gain_and_colours_are_fixed(bench):
    camera = bench("imx477")
    camera.configure((1332, 990), 10)
    camera.start_manual(exposure_us=2000)

    assert {frame.status for frame in camera.take(10)} == {OK}


def test_hdr_hides_one_frame(bench):
    camera = bench("imx708", hdr=True)
    camera.configure((2304, 1296))
    camera.start_manual(exposure_us=2000)

    assert [frame.status for frame in camera.take(3)] == [ERROR, OK, OK]


def test_requests_that_come_too_late_cost_frames_and_the_sequence_tells(bench):
    camera = bench("imx296")
    camera.configure((1456, 1088))
    camera.start_manual(exposure_us=2000, frame_us=20_000, buffers=2)
    camera.take(4)
    held = [camera.finished(), camera.finished()]
    camera.world.at(camera.world.now_ns + 205_000_000, lambda: [(r.reuse(), camera.camera.queue_request(r)) for r in held])

    late = camera.take(3)

    assert [frame.sequence for frame in late] == [17, 18, 19]
    assert camera.device.dropped == 11
    assert periods_ns(late)[0] == pytest.approx(20e6, rel=1e-3)


def test_without_a_raw_stream_the_pipelines_own_buffers_hold_four_old_frames(bench):
    camera = bench("imx296")
    camera.configure((1456, 1088), raw=False)
    camera.start_manual(exposure_us=2000, frame_us=20_000, buffers=2)
    camera.take(4)
    held = [camera.finished(), camera.finished()]
    camera.world.at(camera.world.now_ns + 205_000_000, lambda: [(r.reuse(), camera.camera.queue_request(r)) for r in held])

    late = camera.take(6)

    assert [frame.sequence for frame in late[:4]] == [6, 7, 8, 9]
    assert late[4].sequence > 14


def test_stopping_cancels_what_is_queued_in_order(bench):
    camera = bench("imx219")
    camera.configure((1640, 1232), 10)
    camera.start_manual(exposure_us=2000, buffers=5)
    camera.take(3)

    back = camera.stop()

    order = [camera.requests.index(request) for request in back]
    assert [int(request.status) for request in back] == [CANCELLED] * 5
    assert order == [3, 4, 0, 1, 2]
    assert {int(buffer.metadata.status) for request in back for buffer in request.buffers.values()} == {CANCELLED}


def test_frame_duration_limits_are_clamped_without_a_word(bench):
    camera = bench("imx477", "legacy")
    camera.configure((4056, 3040))
    camera.start_manual(exposure_us=2000, frame_us=(1000, 2000))
    camera.take(4)

    frames = camera.take(6, FrameDurationLimits=(10, 20))

    told = [frame["FrameDurationLimits"] for frame in frames if "FrameDurationLimits" in frame]
    assert told == [(100000, 100000)]
    assert frames[-1]["FrameDuration"] == 100000


def test_a_manual_exposure_is_shortened_to_fit_the_frame_and_made_up_by_digital_gain(bench):
    camera = bench("imx477", "legacy")
    camera.configure((2028, 1080))
    camera.start_manual(exposure_us=40_000, frame_us=25_000)

    frame = camera.take(3)[-1]

    assert frame["ExposureTime"] == int(1626 * 15.1666667)
    assert frame["DigitalGain"] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("sensor", "size", "seconds"), [("imx708", (2304, 1296), 112.0), ("imx708", (4608, 2592), 220.4), ("imx477", (4056, 3040), 650.0)]
)
def test_exposures_of_minutes_are_really_that_long(bench, sensor, size, seconds):
    camera = bench(sensor)
    camera.configure(size)
    camera.start_manual(exposure_us=int(seconds * 1e6), frame_us=(100, 700_000_000), buffers=2)

    frames = camera.take(3)

    sensor_time, _ = true_rate(camera)
    assert frames[0].shot.frame.exposure_ns == pytest.approx(seconds * 1e9 * sensor_time, rel=1e-4)
    assert all(period == pytest.approx(seconds * 1e9, rel=2e-4) for period in periods_ns(frames))
    assert frames[0]["ExposureTime"] == pytest.approx(seconds * 1e6, rel=1e-4)


def test_an_imx477_exposure_beyond_its_line_register_is_reported_but_not_made(bench):
    camera = bench("imx477", "legacy")
    camera.configure((4056, 3040))
    camera.start_manual(exposure_us=680_000_000, frame_us=(100, 700_000_000), buffers=2)

    frames = camera.take(3)

    assert frames[0]["ExposureTime"] == pytest.approx(680e6, rel=1e-4)
    assert frames[0].shot.frame.exposure_ns < 300e9
    assert max(periods_ns(frames)) < 300e9


def test_the_exposure_of_the_first_row_ends_where_its_readout_begins(bench):
    camera = bench("imx219")
    camera.configure((1640, 1232), 10)
    camera.start_manual(exposure_us=5000)

    taken = camera.take(5)[-1]

    frame = taken.shot.frame
    stamped = camera.device.clock.to_true(taken["SensorTimestamp"])
    assert 0 < stamped - (frame.first_row_start_ns + frame.exposure_ns) < 200_000
    assert frame.line_time_ns == pytest.approx(18903.5, rel=1e-4)
    assert not frame.global_shutter


def test_stamps_lag_the_frame_by_a_latency_that_jitters(bench):
    camera = bench("imx219")
    camera.configure((1640, 1232), 10)
    camera.start_manual(exposure_us=5000)

    taken = camera.take(400)

    lags = [camera.device.clock.to_true(frame["SensorTimestamp"]) - frame.shot.readout_ns for frame in taken]
    assert min(lags) >= camera.device.truth.interrupt_latency_ns - 1
    assert 300 < statistics.pstdev(lags) < 20_000


def test_the_wall_clock_runs_beside_the_monotonic_one(bench):
    camera = bench("imx219")
    camera.configure((1640, 1232), 10)
    camera.start_manual(exposure_us=5000)

    apart = {frame["FrameWallClock"] - frame["SensorTimestamp"] for frame in camera.take(5)}

    assert len(apart) == 1


def run(bench, seed):
    camera = bench("imx708", seed=seed)
    camera.configure((2304, 1296))
    camera.start()
    return [(frame.sequence, frame["SensorTimestamp"], frame["ExposureTime"], frame["Lux"]) for frame in camera.take(40)]


def test_the_same_seed_gives_the_same_frames_and_another_seed_others(bench):
    assert run(bench, 7) == run(bench, 7)
    assert run(bench, 7) != run(bench, 8)


def test_a_camera_that_falls_silent_is_given_up_after_libcameras_timeout(bench, capsys):
    camera = bench("imx296")
    camera.configure((1456, 1088))
    camera.start_manual(exposure_us=2000, frame_us=20_000)
    camera.take(5)
    camera.device.stall()
    silent_from = camera.world.now_ns
    camera.take(1)

    request = camera.finished()

    assert int(request.status) == CANCELLED
    assert camera.world.now_ns - silent_from == pytest.approx(1.03e9, rel=0.03)
    assert "Camera frontend has timed out!" in capsys.readouterr().err


def test_a_long_exposure_stretches_the_timeout(bench):
    camera = bench("imx708")
    camera.configure((2304, 1296))
    camera.start_manual(exposure_us=2_000_000, frame_us=(100, 10_000_000))
    camera.device.stall()

    assert int(camera.finished().status) == CANCELLED
    assert camera.world.now_ns == pytest.approx(5 * 2.0e9, rel=0.01)
