"""While a program waits for a person or a signal the camera goes on, in real time."""

import os
import signal
import subprocess
import sys
import time

import pytest

SOON = "import sys, time; time.sleep(0.5); "


@pytest.fixture
def seen(cameras):
    """The frames that a camera's callback has seen: it streams, and its event loop is the only other thread."""
    from picamera2 import Picamera2

    frames = []
    with Picamera2() as picam2:
        picam2.post_callback = lambda request: frames.append(request.get_metadata()["SensorTimestamp"])
        picam2.start()
        yield frames


def test_the_camera_goes_on_until_enter_is_pressed(seen, monkeypatch):
    with subprocess.Popen([sys.executable, "-c", SOON + "print('yes')"], stdout=subprocess.PIPE, text=True) as person:
        monkeypatch.setattr(sys, "stdin", person.stdout)
        before, frames = time.monotonic(), len(seen)

        assert input() == "yes"

        assert time.monotonic() > before
        assert len(seen) > frames


def test_the_camera_goes_on_until_a_signal_comes(seen, monkeypatch):
    heard = []
    former = signal.signal(signal.SIGUSR1, lambda *_: heard.append(len(seen)))
    with subprocess.Popen([sys.executable, "-c", SOON + f"import os; os.kill({os.getpid()}, {int(signal.SIGUSR1)})"]):
        signal.pause()
    signal.signal(signal.SIGUSR1, former)

    assert heard[0] > 0


def test_a_line_that_is_there_already_takes_no_time(seen, monkeypatch, tmp_path):
    (tmp_path / "lines").write_text("one\ntwo\n")
    before = time.monotonic()
    with (tmp_path / "lines").open() as lines:
        monkeypatch.setattr(sys, "stdin", lines)

        assert [input(), input()] == ["one", "two"]

    assert time.monotonic() == before


@pytest.fixture
def rung():
    """When SIGALRM came, on the program's clock."""
    times = []
    former = signal.signal(signal.SIGALRM, lambda *_: times.append(time.monotonic()))
    yield times
    signal.signal(signal.SIGALRM, former)


def test_an_alarm_comes_when_its_time_is_up_in_the_world(seen, rung):
    begin = time.monotonic()
    signal.alarm(10)
    time.sleep(15)

    assert rung == [pytest.approx(begin + 10)]
    assert time.monotonic() == pytest.approx(begin + 15)


def test_a_program_that_pauses_until_its_alarm_gets_the_frames_of_that_time(seen, rung):
    begin = time.monotonic()
    signal.setitimer(signal.ITIMER_REAL, 5.0)
    signal.pause()

    assert rung == [pytest.approx(begin + 5)]
    assert len(seen) > 100


def test_a_timer_rings_again_until_it_is_taken_back(simulated, rung):
    signal.setitimer(signal.ITIMER_REAL, 2.0, 1.0)
    time.sleep(4.5)

    assert signal.getitimer(signal.ITIMER_REAL) == pytest.approx((0.5, 1.0))
    assert signal.alarm(0) == 1
    time.sleep(10)
    assert len(rung) == 3
