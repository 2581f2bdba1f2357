"""The machine this process runs on: a tool that cannot be run is no tool."""

import pytest

from hil.drivers.host import LocalHost


@pytest.mark.parametrize("mode", [None, 0o644], ids=["not there", "no permission"])
def test_a_tool_that_cannot_be_run_is_status_127_as_in_a_shell(tmp_path, monkeypatch, mode):
    if mode is not None:  # as where PATH, inherited through su, names a folder of somebody else
        (tmp_path / "vcgencmd").touch(mode)
    monkeypatch.setenv("PATH", str(tmp_path))

    done = LocalHost("pi5").run(["vcgencmd", "get_throttled"])

    assert (done.returncode, done.stdout) == (127, "")
