"""The queue of delayed controls, against libcamera's own reckoning."""

from hil.sim.camera.delayed import DelayedControls


def test_settings_of_frame_n_show_delay_plus_one_frames_later():
    queue = DelayedControls(2, "start")

    shown = []
    for frame in range(8):
        queue.frame_started(frame)
        shown.append(queue.at(frame))
        queue.push(f"from {frame}")

    assert shown == ["start", "start", "start", "from 0", "from 1", "from 2", "from 3", "from 4"]


def test_frames_nobody_processes_repeat_the_last_settings():
    queue = DelayedControls(3, "start")
    queue.frame_started(0)
    queue.push("new")

    shown = []
    for frame in range(1, 100):
        queue.frame_started(frame)
        shown.append(queue.at(frame))

    assert shown[:3] == ["start"] * 3
    assert set(shown[3:]) == {"new"}


def test_the_next_frame_is_known_when_one_starts():
    queue = DelayedControls(2, "start")
    queue.frame_started(0)
    queue.push("new")
    queue.frame_started(1)
    queue.frame_started(2)

    ahead = queue.at(3)
    queue.push("too late for frame 3")

    assert ahead == queue.at(3) == "new"
