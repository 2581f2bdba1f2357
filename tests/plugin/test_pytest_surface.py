"""The plugin, tested by running pytest in pytest: what a user writes, on the twin of a shipped rig."""

import json

import pytest

from hil import shipped

RIG = ("--rig", "gs", "--sim")
BARE = ("--rig", "hq-m12", "--sim")


@pytest.fixture
def run(pytester):
    """Write a test file, run pytest on it in a process of its own."""

    def run_file(text, *args):
        pytester.makepyfile(test_mine=text)
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:xdist", *args)

    return run_file


def test_a_measurement_inside_its_limits_passes(run):
    result = run(
        """
        def test_holds_30_frames_a_second(camera, measure):
            camera.configure(fps=30, exposure_us=2_000, gain=1.0)
            burst = camera.burst(frames=60)
            measure(burst.frame_rate_hz, within=(29.98, 30.02))
            measure(burst.dropped_frames, at_most=0)
        """,
        *RIG,
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["rig: gs (simulated, seed 0), plan quick/*", "*frame rate*30.0*29.9800 .. 30.0200*Hz*PASS*"])


def test_a_parameter_of_ones_own_may_be_called_case(run):
    result = run(
        """
        import pytest

        @pytest.mark.parametrize("case", ["dark", "bright"])
        def test_mine(camera, measure, case):
            measure(1.0, name=case, within=(0, 2))
        """,
        *RIG,
    )
    result.assert_outcomes(passed=2)


def test_a_host_process_that_ends_while_the_twin_is_built_is_an_error_of_the_rig(run, pytester):
    pytester.makeconftest("""
        import hil.bench
        from hil.errors import RigError

        def gone(*given):
            raise RigError("host pi-a is gone", "its process ended", "look at it", where="pi-a", cause="host process ended")

        hil.bench.open_twin = gone
        """)
    result = run("def test_mine(camera): pass", *RIG, "--report", "out")
    (record,) = [json.loads(path.read_text()) for path in pytester.path.rglob("record.json")]
    assert (result.ret, record["verdict"]) == (3, "ERROR")
    assert [(one["cause"], one["where"]) for one in record["diagnoses"]] == [("host process ended", "pi-a")]
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_a_rig_that_is_refused_is_a_bad_file(run, pytester):
    short = shipped.find("rigs", "gs-trigger").read_text().replace("R1 1.5k 1%", "R1 15 1%")
    pytester.path.joinpath("short.toml").write_text(short)
    result = run("def test_mine(camera): pass", "--rig", "short.toml", "--sim")
    assert result.ret == 2
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    result.stdout.fnmatch_lines(["*short.toml:17*pico.GP28 puts too much on gs.XTR*"])


def test_every_value_outside_its_limits_is_listed_in_one_failure(run):
    result = run(
        """
        def test_is_too_demanding(camera, measure):
            camera.configure(fps=30)
            burst = camera.burst(frames=30)
            measure(burst.frame_rate_hz, within=(31, 32))
            measure(burst.frame_period_us, at_most=10)
            measure(burst.dropped_frames, at_most=0)
        """,
        *RIG,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*frame_rate: 30.0* is outside 31 .. 32 Hz*", "*frame_period: *is outside at most 10 us*"])


def test_stop_ends_the_test_at_once(run):
    result = run(
        """
        def test_stops(camera, measure):
            measure(camera.burst(frames=30).dropped_frames, at_least=1, stop=True)
            print("not reached")
        """,
        *RIG,
    )
    result.assert_outcomes(failed=1)
    result.stdout.no_fnmatch_line("not reached*")


def test_a_program_that_calls_picamera2_itself_runs_in_virtual_time(run):
    result = run(
        """
        import time
        from picamera2 import Picamera2

        def test_takes_a_picture(tmp_path):
            begun = time.monotonic()
            with Picamera2() as camera:
                camera.start()
                time.sleep(100)
                camera.capture_file(str(tmp_path / "one.jpg"))
            assert time.monotonic() - begun > 99
            assert (tmp_path / "one.jpg").stat().st_size > 1000
        """,
        *RIG,
    )
    result.assert_outcomes(passed=1)


def test_what_the_mode_cannot_do_names_the_limit(run):
    result = run("def test_too_fast(camera): camera.configure(fps=90)", *RIG)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*gs: 90 frames a second asked for*", "*1456x1088-10 runs at most 60.38*"])


def test_without_a_camera_one_clear_line_is_said(run):
    result = run("def test_one(camera): pass\ndef test_two(camera): pass", "--rig", "gs")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*a camera needs picamera2*"])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_collecting_opens_nothing(run):
    absent = ("--set", "cameras.gs.present=false")
    result = run("def test_one(camera): raise SystemExit('it ran')", "--collect-only", "-q", *RIG, *absent)
    result.stdout.fnmatch_lines(["*test_one?gs?*"])
    assert result.ret == 0


def test_without_picamera2_a_simulated_run_says_so_before_it_loads_a_test(run, pytester):
    pytester.makepyfile(
        bare="import importlib.util as u\nfound = u.find_spec\nu.find_spec = lambda n, *p: None if n == 'picamera2' else found(n, *p)"
    )
    result = run("from picamera2 import Picamera2", "-p", "bare", *BARE)
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: --sim runs the real picamera2, and picamera2 is not installed; try  hil sim install"])


def test_a_run_without_a_rig_imports_nothing_of_it(run):
    result = run(
        """
        import sys
        import pytest

        def test_passes(): pass

        def test_skips(): pytest.skip("not today")

        def test_the_rooms_of_the_house_are_not_loaded():
            heavy = ("hil.bench", "hil.catalog", "hil.checks", "hil.measure", "hil.report", "hil.rig", "numpy", "pydantic")
            assert [name for name in heavy if name in sys.modules] == []
        """
    )
    result.assert_outcomes(passed=2, skipped=1)


def test_needs_skips_with_what_the_rig_lacks(run):
    result = run(
        """
        import pytest

        @pytest.mark.needs("strobe")
        def test_flash(camera): raise SystemExit("it ran")

        @pytest.mark.needs("pair")
        def test_both(bench): raise SystemExit("it ran")
        """,
        "-rs",
        *BARE,
    )
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*hq-m12 has no ?strobe?*", "*hq-m12 has no second camera*"])


def test_a_camera_that_the_rig_lacks_is_refused(run):
    result = run("import pytest\n@pytest.mark.camera('sink')\ndef test_one(camera): pass", *RIG)
    result.stdout.fnmatch_lines(['*camera("sink"); gs has gs*'])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert result.ret != 0


OWN = """
from picamera2 import Picamera2

def test_own{n}():
    camera = Picamera2()
    camera.start()
    assert camera.capture_metadata()["SensorTimestamp"] > 0
"""

FIXTURE = """
def test_fixture{n}(camera, measure):
    measure(camera.burst(5).dropped_frames, at_most=0)
"""


def test_programs_and_fixtures_take_turns_on_the_cameras(run):
    text = "".join(part.format(n=n) for n, part in enumerate((OWN, FIXTURE, OWN, FIXTURE)))
    run(text, *RIG).assert_outcomes(passed=4)


@pytest.mark.parametrize(("fixture", "reason"), [("pair", "source and sink"), ("trigger", "Pico on XTR"), ("strobe", "[strobe]")])
def test_what_the_rig_lacks_is_skipped_with_the_reason(run, fixture, reason):
    result = run(f"def test_one({fixture}): raise SystemExit('it ran')", "-rs", *BARE)
    result.assert_outcomes(skipped=1)
    assert f"hq-m12 has no {reason}" in result.stdout.str()


def test_one_rig_is_driven_by_one_process(pytester):
    pytester.makepyfile("def test_one(camera): pass")
    result = pytester.runpytest_subprocess("-n", "2", *RIG)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*hil accept RIG RIG -n 2*"])


def test_without_a_rig_camera_tests_are_skipped_with_the_reason(run):
    result = run("def test_one(camera): pass", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*no rig: give --rig NAME*"])


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--rig", "nope", "--sim"), "*nope*"),
        (("--rig", "gs", "--sim", "--plan", "quik"), "*quick*"),
        (("--rig", "gs", "--sim", "--set", "cameras.gz.present=false"), "*gs*"),
        (("--rig", "gs", "--set", "cameras.gs.present=false"), "*--set changes the twin*"),
    ],
)
def test_a_bad_option_is_a_usage_error(run, args, words):
    result = run("def test_one(): pass", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([words])
    result.stderr.no_fnmatch_line("*Traceback*")


def test_the_rig_may_come_from_the_ini_file(pytester):
    pytester.makeini("[pytest]\nhil_rig = gs\n")
    pytester.makepyfile("def test_name(rig): assert rig.name == 'gs'")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_fixtures_are_documented(pytester):
    result = pytester.runpytest_subprocess("--fixtures", "-q", "-p", "no:cacheprovider")
    for name in ("rig", "plan", "bench", "camera", "host", "measure", "notebook"):
        result.stdout.fnmatch_lines([f"{name}* -- *"])
    result.stdout.no_fnmatch_line("*no docstring available*hil*")


def test_the_record_is_written_where_it_was_asked_for(run, pytester):
    run("def test_rate(camera, measure): measure(camera.burst(30).frame_rate_hz)", *RIG, "--report", "out", "--unit", "GS-1")
    assert {path.name for path in (pytester.path / "out").iterdir()} >= {"journal.jsonl", "record.json", "report.html", "junit.xml"}


REBOOTS = """
    import pytest

    @pytest.mark.needs("reboot")
    def test_comes_back(bench):
        bench.reboot("pi5")
        assert bench.cameras["gs"].burst(frames=2).frames == 2
    """


def test_a_test_that_reboots_is_skipped_unless_that_is_allowed(run):
    result = run(REBOOTS, *RIG, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*it reboots a host; --allow-reboot was not given*"])


def test_it_runs_where_reboots_are_allowed(run):
    run(REBOOTS, *RIG, "--allow-reboot").assert_outcomes(passed=1)
