"""A host's supply switched by a command or a relay, and a host that reboots while its rig is open."""

import pytest

from hil.completed import Completed
from hil.drivers.power import CommandPower, cycle
from hil.drivers.reboot import boot_id
from hil.errors import RigError, UserError

PAIR = """name = "two"
unit = "gs"
[hosts]
pi-a = { board = "Raspberry Pi 5", connect = "local" }
pi-b = { board = "Raspberry Pi 5", connect = "ssh:pi-b.local", power = { relay = "pi-a.GPIO5" } }
[cameras]
gs = { module = "GS Camera", host = "pi-b", port = "CAM1", lens = "6mm" }
"""


def test_a_command_is_called_with_the_word_in_its_place():
    asked = []
    power = CommandPower("pi5", "uhubctl -p 2 -a {on|off}", lambda argv: asked.append(argv) or Completed())
    power.switch(on=False)
    power.switch(on=True)
    assert asked == [["uhubctl", "-p", "2", "-a", "off"], ["uhubctl", "-p", "2", "-a", "on"]]


def test_a_command_that_fails_says_what_it_said():
    power = CommandPower("pi5", "usb {on|off}", lambda argv: Completed(stderr="no such hub\n", returncode=1))
    with pytest.raises(RigError, match="`usb on` ended with status 1: no such hub"):
        power.switch(on=True)


def test_a_cycle_that_is_broken_off_leaves_the_supply_on():
    words = []

    class Interrupted:
        def sleep(self, seconds):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cycle(CommandPower("pi5", "x {on|off}", lambda argv: words.append(argv[-1]) or Completed()), Interrupted())
    assert words == ["off", "on"]


def test_a_reboot_closes_and_opens_the_devices_again(bench_of):
    bench, _ = bench_of()
    bench.allow_reboot = True
    before = boot_id(bench.hosts["pi5"])
    bench.settings["pi5"].set_parameter("imx296", "trigger_mode", 1)
    bench.reboot("pi5")
    assert boot_id(bench.hosts["pi5"]) != before
    assert bench.settings["pi5"].parameter("imx296", "trigger_mode") == 0
    assert bench.cameras["gs"].burst(3).frames == 3


def test_a_host_may_be_rebooted_by_its_supply(bench_of):
    bench, twin = bench_of()
    bench.allow_reboot = True
    before, begun = boot_id(bench.hosts["pi5"]), twin.world.now_ns
    bench.reboot("pi5", by_power=True)
    assert boot_id(bench.hosts["pi5"]) != before
    assert twin.world.now_ns - begun > 5e9


def test_a_relay_switches_the_host_that_hangs_on_it(bench_of):
    bench, twin = bench_of(text=PAIR)
    bench.allow_reboot = True
    bench.power["pi-b"].switch(on=True)
    before = boot_id(bench.hosts["pi-b"])
    bench.reboot("pi-b", by_power=True)
    assert boot_id(bench.hosts["pi-b"]) != before
    assert bench.cameras["gs"].burst(2).frames == 2
    assert twin.wires.volts("pi-a.GPIO5") > 2.0


def test_nothing_is_rebooted_that_nobody_allowed(bench_of):
    bench, _ = bench_of()
    with pytest.raises(UserError, match="--allow-reboot"):
        bench.reboot("pi5")
    with pytest.raises(UserError, match="--allow-reboot"):
        bench.boot_with("pi5", ["dtoverlay=imx296,always-on"])


def test_a_host_without_a_switch_cannot_be_switched(bench_of):
    bench, _ = bench_of(text=PAIR)
    bench.allow_reboot = True
    with pytest.raises(UserError, match="does not say how"):
        bench.reboot("pi-a", by_power=True)
