"""config.txt, changed for a test: kept, booted with, and put back at the end, after a crash and after a reboot in between."""

import json

import pytest

from hil.bench.reboot import RebootNeeded
from hil.drivers.boot_config import BootConfig, add_lines, put_back, recover
from hil.errors import RigError

LINE = "dtoverlay=imx296,always-on"
FILE = "boot/firmware/config.txt"


@pytest.fixture
def pi(twin_of):
    """A simulated Pi."""
    _, twin = twin_of()
    return twin.hosts["pi5"]


def text(pi):
    return (pi.root / FILE).read_text()


def killed(pi):
    """As if the process that changed it had been killed: no such process is there."""
    journal = BootConfig(pi).journal.path
    kept = json.loads(journal.read_text())
    journal.write_text(json.dumps(kept | {"pid": 999_999_999}))


def test_a_line_is_added_and_taken_out_again(pi):
    before = text(pi)
    assert add_lines(pi, [LINE])
    assert text(pi).endswith(f"{LINE}\n")
    assert text(pi).startswith(before.rstrip("\n"))
    assert put_back(pi) == ["config.txt of pi5 as it was"]
    assert text(pi) == before
    assert put_back(pi) == []


def test_after_the_reboot_it_is_in_effect_and_nothing_is_to_be_done(pi):
    add_lines(pi, [LINE])
    pi.restart()
    assert not add_lines(pi, [LINE])
    assert put_back(pi) == ["config.txt of pi5 as it was, from its next boot on"]


def test_a_line_that_is_there_needs_nothing(pi):
    (pi.root / FILE).write_text(f"{LINE}\n")
    assert not add_lines(pi, [LINE])
    assert not BootConfig(pi).changed


def test_two_changes_are_taken_out_together(pi):
    before = text(pi)
    add_lines(pi, [LINE])
    add_lines(pi, ["dtparam=spi=on"])
    put_back(pi)
    assert text(pi) == before


def test_what_a_killed_process_left_is_put_back(pi):
    before = text(pi)
    add_lines(pi, [LINE])
    killed(pi)
    assert recover(pi) == ["config.txt of pi5 as it was"]
    assert text(pi) == before


def test_what_was_killed_before_it_wrote_is_forgotten(pi):
    before = text(pi)
    add_lines(pi, [LINE])
    (pi.root / FILE).write_text(before)
    killed(pi)
    assert recover(pi) == []
    assert not BootConfig(pi).changed


def test_after_a_reboot_it_stays_for_the_tests_that_go_on(pi):
    add_lines(pi, [LINE])
    killed(pi)
    pi.restart()
    assert recover(pi) == []
    assert LINE in text(pi)
    assert not add_lines(pi, [LINE])


def test_another_process_that_still_runs_is_not_overruled(pi):
    add_lines(pi, [LINE])
    (pi.root / "proc/999999999").mkdir(parents=True)
    killed(pi)
    with pytest.raises(RigError, match="another process has changed it"):
        add_lines(pi, ["dtparam=spi=on"])
    assert recover(pi) == []


def test_what_somebody_else_wrote_since_is_not_overwritten(pi):
    add_lines(pi, [LINE])
    with (pi.root / FILE).open("a") as file:
        file.write("dtparam=audio=off\n")
    with pytest.raises(RigError, match="somebody else has changed it since"):
        put_back(pi)
    assert "dtparam=audio=off" in text(pi)


def test_an_open_rig_boots_with_it_and_leaves_it_as_it_was(bench_of):
    bench, twin = bench_of()
    before, boots = text(twin.hosts["pi5"]), twin.hosts["pi5"].boots
    bench.allow_reboot = True
    bench.boot_with("pi5", [LINE])
    assert twin.hosts["pi5"].boots == boots + 1
    assert bench.cameras["gs"].burst(2).frames == 2
    assert "config.txt of pi5 as it was, from its next boot on" in bench.close()
    assert text(twin.hosts["pi5"]) == before


def test_the_machine_the_tests_run_on_is_rebooted_by_a_person_and_the_run_goes_on(bench_of):
    bench, twin = bench_of()
    bench.allow_reboot, bench.simulated = True, False
    with pytest.raises(RebootNeeded, match="sudo reboot, then the same command again"):
        bench.boot_with("pi5", [LINE])
    bench.close()
    assert LINE in text(twin.hosts["pi5"])
    killed(twin.hosts["pi5"])
    twin.hosts["pi5"].restart()
    again, _ = bench_of.again(bench.rig, twin)
    again.allow_reboot, again.simulated = True, False
    again.boot_with("pi5", [LINE])
    again.close()
    assert LINE not in text(twin.hosts["pi5"])


def test_a_note_that_breaks_off_is_of_somebody_who_had_changed_nothing(pi):
    before = text(pi)
    add_lines(pi, [LINE])
    (pi.root / FILE).write_text(before)
    BootConfig(pi).journal.path.write_text('{"boot": ')
    assert recover(pi) == []
    assert add_lines(pi, [LINE])
