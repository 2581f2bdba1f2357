"""A camera that holds its rate."""


def test_holds_90_frames_a_second_at_1332x990(camera, measure):
    camera.configure(size=(1332, 990), bits=10, fps=90, exposure_us=2_000, gain=1.0)

    burst = camera.burst(frames=900)

    measure(burst.frame_rate_hz, within=(89.9, 90.1))
    measure(burst.dropped_frames, at_most=0)
