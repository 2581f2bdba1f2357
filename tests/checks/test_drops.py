"""Missing frames, and whose doing it is."""

import numpy as np
import pytest

from hil.checks import drops, frame_rate
from hil.drivers.frames import Burst, Encoded


def burst(lost_by_sensor=(), lost_by_host=(), frames=100):
    places = np.arange(frames)
    sequence = places - np.searchsorted(lost_by_sensor, places)
    kept = ~np.isin(places, (*lost_by_sensor, *lost_by_host))
    other = np.ones(kept.sum())
    return Burst((places * 25_000_000)[kept], sequence[kept], other, other, other)


def encoded(frames):
    return Encoded(frames, 1000 * frames, np.arange(frames, dtype=np.int64))


def test_nobody_lost_any():
    assert drops.of_recording(burst(), encoded(100)).total == 0


@pytest.mark.parametrize(
    ("given", "pictures", "says"),
    [
        (burst(lost_by_sensor=(40, 41)), 98, "2 frames are missing of hq: the sensor paused"),
        (burst(lost_by_host=(40,)), 99, "1 frame is missing of hq: the host fetched too few"),
        (burst(), 97, "3 frames are missing of hq: the encoder left some out"),
        (
            burst(lost_by_host=(10,), lost_by_sensor=(40,)),
            97,
            "the sensor paused and the host fetched too few and the encoder left some out",
        ),
    ],
)
def test_each_is_named(given, pictures, says):
    found = drops.of_recording(given, encoded(pictures))
    assert says in found.says("hq")
    assert len(found.evidence) == (found.sensor > 0) + (found.host > 0) + (found.encoder > 0)


def test_frames_without_a_steady_period_blame_nobody():
    assert drops.of_recording(burst(frames=1), None) is None


def test_the_frame_rate_check_says_it(fake_camera, case, book):
    frame_rate.run(fake_camera(drop_by_host=(30, 31)), case("frame_rate", mode="2304x1296", rates=(1.0,)), book)
    ((cause, where, evidence),) = {one[0]: one for one in book.findings}.values()
    assert (cause, where) == ("frames dropped", "cam")
    assert evidence[1] == "2 by the host: missing in the frame counter, while the sensor kept its period"
