"""The camera driver, on real picamera2 over simulated cameras."""

import numpy as np
import pytest

from hil.errors import CameraTimeout, UserError


def test_it_lists_modes_with_the_limits_of_each(opened):
    modes = opened("camera-module-3").cameras["cm3"].sensor_modes()
    assert [(m.size, m.bits, m.fps) for m in modes] == [((1536, 864), 10, 120.13), ((2304, 1296), 10, 56.03), ((4608, 2592), 10, 14.35)]
    assert modes[1].exposure_max_us == 112_015_096


def test_hdr_is_switched_on_for_its_mode_and_off_again(opened):
    camera = opened("camera-module-3").cameras["cm3"]
    assert [m.fps for m in camera.sensor_modes(hdr=True)] == [30.0]
    assert len(camera.sensor_modes()) == 3


def test_a_burst_is_consecutive_frames_at_the_rate_asked_for(gs):
    gs.configure(fps=30, exposure_us=2_000, gain=1.0)
    burst = gs.burst(frames=50)
    assert burst.frames == 50
    assert set(np.diff(burst.sequence)) == {1}
    assert float(burst.frame_rate_hz) == pytest.approx(30.0, rel=1e-3)


def test_what_was_achieved_is_in_whole_lines(gs):
    gs.configure(fps=30, exposure_us=2_000, gain=2.0)
    lines = (gs.achieved.exposure_us + 0.5 - 14.26) / 14.8148
    assert lines == pytest.approx(round(lines), abs=0.05)
    assert gs.achieved.exposure_us <= 2_000
    assert gs.achieved.size == (1456, 1088)


def test_the_least_gain_of_a_camera_module_3_is_not_one(opened):
    camera = opened("camera-module-3").cameras["cm3"]
    camera.configure(size=(1536, 864), fps=30, exposure_us=1_000, gain=1.0)
    assert camera.achieved.gain == pytest.approx(1.1228, abs=1e-3)


@pytest.mark.parametrize("packed", [False, True])
def test_raw_frames_are_in_units_of_the_modes_bit_depth(opened, packed):
    camera = opened("hq-cs").cameras["hq"]
    camera.configure(size=(2028, 1080), bits=12, fps=30, exposure_us=100, gain=1.0, packed=packed)
    raw = camera.raw(frames=2)
    assert raw.pixels.shape == (2, 1080, 2028)
    assert raw.black_dn == 256
    assert 250 < raw.pixels.mean() < 4095


def test_reductions_see_every_frame_and_keep_none(gs):
    gs.configure(fps=30, exposure_us=2_000, gain=1.0)
    burst, means = gs.reduce_raw(lambda pixels: float(pixels.mean()), frames=5)
    assert burst.frames == len(means) == 5
    assert len(set(means)) == 5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"fps": 90}, "runs at most 60.38"),
        ({"fps": 0}, "a rate above 0"),
        ({"fps": 1e-3}, "runs at least"),
        ({"exposure_us": 5}, "takes 29 .. "),
        ({"exposure_us": 20e6}, "takes 29 .. "),
        ({"fps": 60, "exposure_us": 20_000}, "a frame lasts"),
        ({"gain": 1000.0}, "are advertised"),
        ({"size": (640, 480)}, "modes 1456x1088-10"),
        ({"size": (1456, 1088), "bits": 12}, "modes 1456x1088-10"),
    ],
)
def test_it_never_clamps_silently(gs, asked, said):
    with pytest.raises(UserError, match=said):
        gs.configure(**asked)


def test_a_long_exposure_reports_progress_on_the_rigs_clock(opened):
    told = []
    camera = opened("gs", progress=lambda *line: told.append(line)).cameras["gs"]
    camera.configure(exposure_us=10e6, gain=1.0)
    camera.burst(2)
    assert told[0][0] == "exposure 10 s"
    assert [elapsed for *_, elapsed, _ in told] == sorted(elapsed for *_, elapsed, _ in told)


def test_a_camera_that_falls_silent_is_a_named_error_in_bounded_time(opened):
    bench = opened("gs")
    camera = bench.cameras["gs"]
    camera.configure(fps=30, exposure_us=1_000, gain=1.0)
    camera.burst(3)
    opened.twin.cameras["gs"].stall()
    begun = bench.clock.now_ns()
    with pytest.raises(CameraTimeout, match=r"gs: the camera delivers no more frames\n  found  \d+ of 30 came, then libcamera gave up"):
        camera.burst(30)
    assert (bench.clock.now_ns() - begun) / 1e9 < 6
