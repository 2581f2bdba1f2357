"""What this product demands of its cameras, beyond what every camera must do.

At the bench: `pytest`. On the twin: `pytest --sim`. `pytest --fixtures` documents what there is.
"""


def test_ten_seconds_of_video_lose_no_frame(camera, measure):
    camera.configure(size=(1536, 864), fps=30)

    burst = camera.burst(frames=300)

    measure(burst.frame_rate_hz, within=(29.9, 30.1))
    measure(burst.dropped_frames, at_most=0)
