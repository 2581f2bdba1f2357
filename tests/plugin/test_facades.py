"""Pairs, triggers and strobes as a user's test takes them, on the twins of shipped rigs."""

import pytest


@pytest.fixture
def run(pytester):
    """Write a test file, run pytest on it in a process of its own on the twin of a rig."""

    def run_file(rig, text, *args):
        pytester.makepyfile(test_mine=text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", "--rig", rig, "--sim", *args)

    return run_file


def test_two_cameras_are_in_step_by_clock_and_by_light(run):
    result = run(
        "hq-pair-pi5",
        """
        def test_both_cameras_open_within_30_us(pair, strobe, measure):
            pair.configure(size=(2028, 1080), fps=40, exposure_us=2_000, gain=1.0)
            with strobe.in_every_frame(of=pair, width_us=200):
                burst = pair.burst(frames=24)
            measure(burst.sync_offset_by_light_us, within=(-30, 30))
            measure(burst.sync_offset_by_clock_us, within=(-30, 30))
        """,
    )
    result.assert_outcomes(passed=1)


def test_one_test_after_another_may_use_the_pair(run):
    result = run(
        "hq-pair-pi5",
        """
        import pytest

        @pytest.mark.parametrize("turn", [1, 2])
        def test_in_step(pair, turn):
            pair.configure(size=(1332, 990), fps=40, exposure_us=2_000)
            assert pair.burst(frames=12).sink.frames == 12
        """,
    )
    result.assert_outcomes(passed=2)


def test_a_burst_without_flashes_says_that_it_has_no_offset_by_light(run):
    result = run(
        "hq-pair-pi5",
        """
        def test_one(pair):
            pair.configure(size=(1332, 990), fps=40, exposure_us=2_000)
            pair.burst(frames=12).sync_offset_by_light_us
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*the sync offset by light asked for*"])


def test_a_sink_that_misses_every_pulse_is_an_error_that_names_the_wire(run):
    result = run(
        "hq-pair-pi5",
        """
        def test_one(pair):
            pair.configure(size=(1332, 990), fps=40, exposure_us=2_000)
            pair.burst(frames=12)
        """,
        "--set",
        "wiring.XVS=off",
    )
    result.stdout.fnmatch_lines(["*no XVS pulse reaches sink*"])


def test_every_pulse_of_a_described_train_makes_a_frame(run):
    result = run(
        "gs-trigger",
        """
        def test_twenty_pulses(camera, trigger, measure):
            camera.configure(exposure_us=3_000, gain=1.0)
            shots = [camera.capture(pulses=trigger.burst(20, low_us=low, rate_hz=30)) for low in (100, 8_000)]
            assert [taken.burst.frames for taken in shots] == [20, 20]
        """,
    )
    result.assert_outcomes(passed=1)


def test_steady_light_of_the_strobe_is_off_again_after_it(run):
    result = run(
        "gs-trigger",
        """
        def test_light(camera, strobe):
            camera.configure(exposure_us=200, gain=1.0)
            dark = camera.raw(1, settle=2).pixels.mean()
            with strobe.on():
                lit = camera.raw(1, settle=2).pixels.mean()
            camera.stop()
            assert lit > dark + 50
            assert abs(camera.raw(1, settle=2).pixels.mean() - dark) < 5
        """,
    )
    result.assert_outcomes(passed=1)


def test_one_test_after_another_may_describe_pulses(run):
    result = run(
        "gs-trigger",
        """
        def test_first(trigger): trigger.burst(5, low_us=100, rate_hz=30)
        def test_second(trigger): trigger.burst(5, low_us=100, rate_hz=30)
        """,
    )
    result.assert_outcomes(passed=2)


def test_pulses_that_would_overlap_are_refused(run):
    result = run("gs-trigger", "def test_one(trigger): trigger.burst(5, low_us=40_000, rate_hz=30)")
    result.stdout.fnmatch_lines(["*pulses of 40000 us at 30 Hz asked for*"])
