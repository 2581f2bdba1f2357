"""Two cameras that open together, by light and by clock."""


def test_both_cameras_open_within_20_us(pair, strobe, measure):
    pair.configure(size=(2028, 1080), fps=40, exposure_us=5_000, gain=1.0)

    with strobe.in_every_frame(of=pair, width_us=200):
        burst = pair.burst(frames=300)  # sink first, wait until armed, then source

    measure(burst.sync_offset_by_light_us, within=(-20, 20))
    measure(burst.sync_offset_by_clock_us, agrees_with=burst.sync_offset_by_light_us)
