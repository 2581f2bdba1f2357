"""A user's own tests in the same plan, record and report: what goes in, and what is said when it does not."""

import json
import subprocess
import sys

import pytest

PLAN = 'name = "short"\nversion = 1\ntitle = "identity"\nbudget_s = 45\n[checks]\nidentity = {}\n'


@pytest.fixture
def accept(tmp_path):
    """`accept(text)`: the short plan on the twin of "gs" with a user's test file; its output, status and record."""
    (tmp_path / "short.toml").write_text(PLAN)

    def run(text, *args, rig="gs"):
        (tmp_path / "test_mine.py").write_text(text)
        argv = ["accept", rig, "--sim", "--plan", "short.toml", "--tests", "test_mine.py", "--json", "out.json", *args]
        done = subprocess.run([sys.executable, "-m", "hil", *argv], capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)
        assert "Traceback" not in done.stdout + done.stderr
        return done, (json.loads((tmp_path / "out.json").read_text())[0] if (tmp_path / "out.json").exists() else None)

    return run


def test_its_measurements_are_in_the_record(accept):
    done, record = accept("def test_rate(camera, measure): measure(camera.burst(30).frame_rate_hz, within=(60, 61))")
    assert (done.returncode, record["verdict"]) == (0, "PASS")
    mine = [m for m in record["measurements"] if m["test"].startswith("test_mine.py::test_rate")]
    assert [m["name"] for m in mine] == ["frame_rate"]


def test_its_failure_fails_the_unit(accept):
    done, record = accept("def test_rate(camera, measure): measure(camera.burst(30).frame_rate_hz, at_least=100)")
    assert (done.returncode, record["verdict"]) == (1, "FAIL")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def test_too_fast(camera): camera.configure(fps=600)", "1456x1088-10 runs at most 60.38"),
        ("def test_boom(camera): raise ValueError('boom')", "ValueError: boom"),
        ("def test_fixture(nosuch): pass", "nosuch"),
        ("import nosuchmodule", "nosuchmodule"),
        ("x = 1", "test_mine.py has no test"),
    ],
)
def test_what_is_wrong_with_it_is_said(accept, text, said):
    done, record = accept(text)
    assert (done.returncode, record["verdict"]) == (3, "ERROR")
    assert said in done.stdout.replace("\n", " ")


def test_a_host_that_goes_ends_the_run_at_once(accept):
    done, record = accept("def test_one(bench): bench.hosts['pi-b'].end()\ndef test_two(camera): camera.burst(2)", rig="hq-pair")
    assert (done.returncode, record["verdict"]) == (3, "ERROR")
    assert "host pi-b is gone" in done.stdout
    assert [one["outcome"] for one in record["tests"] if "test_two" in one["test"]] == ["not run", "not run"]


def test_a_syntax_error_is_found_before_anything_is_driven(accept, tmp_path):
    done, record = accept("def test_one(:")
    assert (done.returncode, record) == (2, None)
    assert "test_mine.py:1" in done.stderr
    assert not (tmp_path / "reports").exists()


def test_a_process_that_dies_is_named_with_the_test_it_died_in(accept):
    done, record = accept("import os\ndef test_exit(camera): os._exit(7)")
    assert (done.returncode, record["verdict"]) == (3, "ERROR")
    assert record["diagnoses"][-1]["cause"] == "process died"
    assert "test_mine.py::test_exit" in str(record["diagnoses"][-1]["evidence"])
