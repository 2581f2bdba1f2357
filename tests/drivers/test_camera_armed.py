"""Cameras that are armed before their frames come: arm, let somebody else do something, collect."""

import pickle

import numpy as np
import pytest

from hil.drivers.settings import Settings
from hil.errors import CameraTimeout, UserError
from hil.measure.raw import ClippedShare, RegionMean, RowMeans, Together

PAIR = """name = "two"
unit = ["left", "right"]
[hosts]
pi5 = { board = "Raspberry Pi 5" }
[cameras]
left  = { module = "GS Camera", host = "pi5", port = "CAM0" }
right = { module = "Camera Module 3", host = "pi5", port = "CAM1" }
"""


@pytest.fixture
def pair(opened, tmp_path):
    """Two cameras on one Pi 5, at 10 frames a second."""
    (tmp_path / "two.toml").write_text(PAIR)
    bench = opened(str(tmp_path / "two.toml"))
    for camera in bench.cameras.values():
        camera.configure(fps=10, exposure_us=2_000, gain=2.0)
    return bench


@pytest.fixture
def at_30(gs):
    """The Global Shutter Camera at 30 frames a second."""
    gs.configure(fps=30, exposure_us=2_000, gain=1.0)
    return gs


def test_arming_waits_for_no_frame_and_loses_none(at_30):
    begun = at_30.host.clock.now_ns()
    at_30.arm(20)
    armed = at_30.host.clock.now_ns()
    assert at_30.armed
    assert at_30.streaming
    assert (armed - begun) / 1e9 < 0.03
    shots = at_30.collect()
    assert shots.complete
    assert shots.why == ""
    assert shots.burst.frames == 20
    assert shots.burst.sequence[0] == at_30.burst(1).sequence[0]
    assert set(np.diff(shots.burst.sequence)) == {1}


def test_two_cameras_of_one_host_are_armed_side_by_side(pair):
    left, right = pair.cameras.values()
    left.arm(8, reduce=RegionMean())
    right.arm(8)
    of_left, of_right = left.collect(), right.collect()
    assert of_left.complete
    assert of_right.complete
    assert len(of_left.reduced) == 8
    assert abs(int(of_left.burst.timestamps_ns[0] - of_right.burst.timestamps_ns[0])) < 1e9


def test_what_came_before_a_camera_fell_silent_can_be_counted(opened, at_30):
    at_30.arm(30, expect_gap_s=2.0)
    at_30.host.clock.sleep(0.5)
    opened.twin.cameras["gs"].stall()
    begun = at_30.host.clock.now_ns()
    shots = at_30.collect()
    assert not shots.complete
    assert 5 < shots.burst.frames < 20
    assert shots.why.startswith(f"{shots.burst.frames} of 30 came, then none for")
    assert (at_30.host.clock.now_ns() - begun) / 1e9 < 10


def test_libcamera_giving_up_is_told_from_mere_silence(opened, at_30):
    at_30.arm(30)
    opened.twin.cameras["gs"].stall()
    shots = at_30.collect()
    assert shots.gave_up
    assert shots.burst.frames == 0
    assert "0 of 30 came, then libcamera gave up" in shots.why


def test_a_camera_that_libcamera_has_given_up_no_longer_streams(opened, at_30):
    at_30.arm(30)
    opened.twin.cameras["gs"].stall()
    at_30.host.clock.sleep(2)
    assert at_30.running
    assert not at_30.streaming


def test_a_camera_that_libcamera_has_given_up_is_started_again_for_the_next_frames(opened):
    camera = opened("gs-trigger").cameras["gs"]
    settings = Settings(camera.host)
    settings.set_parameter("imx296", "trigger_mode", 1)
    camera.configure(fps=30, exposure_us=2_000, gain=1.0)
    with pytest.raises(CameraTimeout, match="then libcamera gave up"):
        camera.burst(5)
    settings.close()
    assert camera.burst(5).frames == 5


def test_a_burst_of_a_camera_that_libcamera_has_given_up_says_so(opened, at_30):
    at_30.burst(2)
    opened.twin.cameras["gs"].stall()
    with pytest.raises(CameraTimeout, match="then libcamera gave up"):
        at_30.burst(200)


@pytest.mark.parametrize("rig", ["gs", "hq-cs"])
def test_a_recording_holds_every_frame_that_was_counted(opened, rig):
    (camera,) = opened(rig).cameras.values()
    camera.configure(fps=30, exposure_us=2_000, gain=1.0) if rig == "gs" else camera.configure((2028, 1080), fps=30, exposure_us=2_000)
    camera.arm(12, encode=True)
    shots = camera.collect()
    assert shots.encoded.frames == shots.burst.frames == 12
    assert shots.encoded.bytes > 1_000
    assert np.abs(shots.encoded.timestamps_ns - shots.burst.timestamps_ns).max() < 2_000


def test_a_recording_that_is_cut_short_says_how_much_of_it_there_is(opened, at_30):
    at_30.arm(30, encode=True)
    at_30.host.clock.sleep(0.5)
    opened.twin.cameras["gs"].stall()
    shots = at_30.collect()
    assert 0 < shots.encoded.frames == shots.burst.frames < 30


def test_frames_are_reduced_as_they_come_and_travel_as_plain_data(opened):
    camera = opened("hq-cs").cameras["hq"]
    camera.configure((2028, 1080), bits=12, fps=30, exposure_us=2_000, gain=1.0)
    reduction = pickle.loads(pickle.dumps(Together((RowMeans(), RegionMean((10, 20, 30, 40)), ClippedShare(4095)))))
    camera.arm(3, reduce=reduction)
    shots = pickle.loads(pickle.dumps(camera.collect()))
    rows, mean, clipped = shots.reduced[0]
    assert rows.shape == (1080,)
    assert 256 < mean < 4095
    assert clipped == 0
    assert shots.achieved.black_dn == 256


def test_an_armed_camera_does_nothing_else(at_30):
    at_30.arm(5)
    for other in (lambda: at_30.burst(1), lambda: at_30.arm(5)):
        with pytest.raises(UserError, match="it is armed and waits"):
            other()
    assert at_30.collect().complete
    with pytest.raises(UserError, match="not armed"):
        at_30.collect()


def test_stopping_forgets_what_was_armed(at_30):
    at_30.arm(5, encode=True)
    at_30.stop()
    assert not at_30.armed
    assert not at_30.running
    assert at_30.burst(2).frames == 2


def test_a_failing_reduction_is_raised_where_frames_are_collected(at_30):
    at_30.arm(3, reduce=RowMeans((0, 0, 9_999, 1)))
    with pytest.raises(ValueError, match="crop"):
        at_30.collect()
    assert not at_30.running


def test_pulses_are_sent_once_the_camera_is_armed(at_30):
    class Sent:
        frames, longest_gap_s = 4, 0.1
        armed = None

        def send(self):
            self.armed = at_30.armed

        def sent(self):
            return None

    pulses = Sent()
    assert at_30.capture(pulses).burst.frames == 4
    assert pulses.armed


@pytest.fixture
def sync_pair(opened):
    """An HQ Camera that makes XVS pulses and one that follows them, on one Pi 5."""
    bench = opened("hq-pair-pi5")
    source, sink = bench.cameras["source"], bench.cameras["sink"]
    for camera in (source, sink):
        camera.configure((2028, 1080), bits=12, fps=40, exposure_us=5_000, gain=1.0)
        camera.expect_gap(5.0, False)
    return source, sink


def test_a_sink_waits_for_its_first_pulse_and_both_record_as_many_frames(sync_pair):
    source, sink = sync_pair
    sink.arm(40, encode=True, expect_gap_s=5.0)
    sink.host.clock.sleep(4.0)
    source.arm(40, encode=True)
    of_source, of_sink = source.collect(), sink.collect()
    assert of_source.encoded.frames == of_sink.encoded.frames == 40
    assert np.abs(of_source.burst.timestamps_ns - of_sink.burst.timestamps_ns).max() < 1e6


def test_a_sink_without_pulses_brings_no_frame_and_no_error(sync_pair):
    _, sink = sync_pair
    sink.arm(40, expect_gap_s=5.0)
    shots = sink.collect()
    assert (shots.burst.frames, shots.complete, shots.gave_up) == (0, False, False)


def test_a_timeout_that_does_not_hold_is_told_by_what_it_was_to_be(opened):
    camera = opened("hq-pair-pi5", "hosts.pi5.camera_timeout_ms=1500").cameras["sink"]
    camera.configure((2028, 1080), bits=12, fps=40, exposure_us=5_000, gain=1.0)
    camera.arm(40, expect_gap_s=5.0)
    shots = camera.collect()
    assert shots.gave_up
    assert shots.why.endswith("it was to wait 60 s for a frame")


def test_cameras_of_one_model_given_one_rate_have_one_frame_length(opened, tmp_path):
    (tmp_path / "two.toml").write_text(PAIR.replace("Camera Module 3", "GS Camera"))
    cameras = opened(str(tmp_path / "two.toml")).cameras.values()
    for camera in cameras:
        camera.configure(fps=47, exposure_us=5_000, gain=1.0)
    assert len({camera.achieved.frame_duration_us for camera in cameras}) == 1
