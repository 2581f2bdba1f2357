"""The tests that the documentation shows, on the twins of the rigs they are for."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent / "examples"


@pytest.fixture
def run(pytester):
    """Run an example, with fewer frames than it asks for, in a process of its own on the twin of a rig."""

    def run_example(name, rig, *args, frames=("", "")):
        text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8").replace(*frames)
        pytester.makepyfile(test_example=text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", "-rs", "--rig", rig, "--sim", *args)

    return run_example


def test_a_camera_holds_its_rate(run):
    run("frame_rate", "hq-cs", frames=("frames=900", "frames=60")).assert_outcomes(passed=1)


@pytest.mark.parametrize("rig", ["hq-pair", "hq-pair-pi5"])
def test_both_cameras_of_a_pair_open_together_by_light_and_by_clock(run, rig):
    run("pair", rig, frames=("frames=300", "frames=16")).assert_outcomes(passed=1)


def test_a_triggered_exposure_is_the_pulse_and_14_us(run):
    run("trigger", "gs-trigger").assert_outcomes(passed=1)


def test_a_sensor_that_ignores_pulses_fails_with_their_number(run):
    result = run("trigger", "gs-trigger", "--set", "cameras.gs.ignores_every=5")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*lost_pulses: * is outside at most 0 frames*"])


def test_a_camera_that_only_follows_pulses_is_skipped_with_the_reason(run):
    result = run("frame_rate", "hq-pair-pi5", frames=("frames=900", "frames=60"))
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines(["*sink makes frames only on the source's pulses: use the fixture pair*"])
