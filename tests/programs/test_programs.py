"""Short programs as people write them, unmodified, under `hil sim run`: what they leave behind is looked at."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import piexif
import pytest
import rawpy
from PIL import Image

HERE = Path(__file__).parent
PAIR = str(HERE / "pair.toml")
RUNNER = "import sys; from hil.sim import run; sys.exit(run.main(sys.argv[1], int(sys.argv[2]), (), sys.argv[3], sys.argv[4:]))"


@pytest.fixture
def run(tmp_path):
    """Run a program of this folder in an empty one; gives its standard output, which must be all it says."""

    def run_program(name, *argv, rig="hq-m12", seed=1, folder=tmp_path):
        command = [sys.executable, "-W", "ignore", "-c", RUNNER, rig, str(seed), str(HERE / f"{name}.py"), *argv]
        environment = os.environ | {"PYTHONPATH": str(HERE.parents[1])}
        done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run_program


def video_times(path):
    """When each frame of a video is shown, in s."""
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]


def test_minutes_of_sleeping_are_minutes_on_the_rigs_clock(run, tmp_path):
    assert run("timelapse").splitlines()[-1] == "720.000 s"
    assert [path.name for path in sorted(tmp_path.glob("*.jpg"))] == [f"minute{minute}.jpg" for minute in ("00", "03", "06", "09")]


def test_jpeg_png_and_arrays_have_their_sizes_and_jpeg_its_exif(run, tmp_path):
    exposure_us, shapes = run("stills").splitlines()

    assert Image.open(tmp_path / "a.png").size == Image.open(tmp_path / "a.jpg").size == (1920, 1080)
    assert Image.open(tmp_path / "small.jpg").size == (192, 108)
    assert shapes == "(1080, 1920, 3) (360, 384) 2"
    exif = piexif.load(str(tmp_path / "a.jpg"))
    assert Fraction(*exif["Exif"][piexif.ExifIFD.ExposureTime]) == Fraction(int(exposure_us), 1_000_000)
    assert exif["0th"][piexif.ImageIFD.DateTime].startswith(b"2026:01:01")


def test_an_mp4_has_its_frames_and_its_duration(run, tmp_path):
    encoded = int(run("video"))
    times = video_times(tmp_path / "video.mp4")

    assert len(times) == encoded
    assert 80 <= encoded <= 90  # 3 s, less the frames in which the exposure settles
    assert np.allclose(np.diff(times), 1 / 30, atol=2e-4)
    assert 27 <= (tmp_path / "video.mjpeg").read_bytes().count(b"\xff\xd8\xff") <= 31


@pytest.mark.parametrize("rig", ["hq-m12", "camera-module-2", str(HERE / "pi4.toml"), str(HERE / "gs_in_a_room.toml")])
def test_dngs_open_in_libraw_with_the_right_levels_and_exposure(run, tmp_path, rig):
    lines = run("raws", "2500000", rig=rig).splitlines()
    width, height = map(int, lines[0].split()[2:])

    for name in ("packed", "unpacked", "long"):
        with rawpy.imread(str(tmp_path / f"{name}.dng")) as raw:
            pixels = raw.raw_image_visible
            assert pixels.shape == (height, width)
            assert raw.white_level in (1023, 4095, 65535)
            assert raw.black_level_per_channel[0] / (raw.white_level + 1) == pytest.approx(0.0625, abs=0.005)
            assert np.median(pixels) > raw.black_level_per_channel[0]
            assert pixels.max() <= raw.white_level
            assert raw.postprocess(half_size=True).shape == (height // 2, width // 2, 3)
    exif = piexif.load(str(tmp_path / "long.dng"))
    assert Fraction(*exif["Exif"][piexif.ExifIFD.ExposureTime]) == Fraction(int(lines[2]), 1_000_000)
    assert int(lines[2]) == pytest.approx(2_500_000, rel=1e-3)
    assert exif["0th"][piexif.ImageIFD.Make] == b"Raspberry Pi"


def test_every_mode_is_reached_while_the_camera_runs(run, tmp_path):
    lines = run("modes").splitlines()

    assert set(lines[:-1]) == {"True True"}
    assert lines[-1] == "(640, 480)"
    assert Image.open(tmp_path / "still.jpg").size == (640, 480)


def test_what_a_callback_draws_is_in_the_array_and_in_the_video(run, tmp_path):
    assert run("overlay") == "[[255, 0, 255, 255]]\n"

    with av.open(str(tmp_path / "overlay.mp4")) as container:
        frame = next(container.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(frame[20:80, 20:80].reshape(-1, 3).mean(axis=0) - (255, 0, 255)).max() < 12


def test_two_threads_with_two_cameras_give_the_same_bytes_in_every_run(run, tmp_path):
    seen = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        said = run("two_cameras", rig=PAIR, seed=5, folder=folder)
        seen.append((said, *((folder / f"camera{camera}.mp4").read_bytes() for camera in range(2))))

    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0].count("\n") == 80


def test_another_seed_gives_another_recording(run, tmp_path):
    first = run("two_cameras", rig=PAIR, seed=5)
    one = (tmp_path / "camera0.mp4").read_bytes()

    assert run("two_cameras", rig=PAIR, seed=6) != first
    assert (tmp_path / "camera0.mp4").read_bytes() != one


def test_jobs_are_done_in_order_and_time_out(run):
    assert run("jobs") == "True\n(480, 640, 3) True\ntimed out\n"


def test_persistent_buffers_stay_and_libcameras_own_show_pixels(run):
    assert run("allocators") == "True\nTrue\nTrue\nTrue True\nTrue\n"


def test_another_process_sees_the_same_pixels(run):
    assert run("remote") == "True True\n" * 3


def test_a_server_streams_over_a_real_socket(run):
    assert run("server") == "5\n"


def test_one_line_helpers_and_circular_buffers_work(run, tmp_path):
    run("helpers")

    assert len(list(tmp_path.glob("burst*.jpg"))) == 3
    assert video_times(tmp_path / "short.mp4")[-1] == pytest.approx(2, abs=0.1)
    assert 2 <= video_times(tmp_path / "before.mp4")[-1] <= 4.1


def test_asyncio_programs_run_beside_the_camera(run):
    assert run("async_capture") == "True True True\n"


def test_bad_rigs_are_told_before_the_program_runs(tmp_path):
    (tmp_path / "program.py").write_text("print('ran')")
    command = [sys.executable, "-c", RUNNER, "no-such-rig", "1", "program.py"]
    done = subprocess.run(
        command,
        check=False,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert "ran" not in done.stdout
    assert "no-such-rig" in done.stderr
    assert done.returncode == 1
