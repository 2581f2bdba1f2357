"""What a simulated host says of its user, memory, disk, date and packages: the real tools' texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hil.completed import Completed
from hil.rig.spec import TwinPico
from hil.sim.host import SimHost

Pi = Callable[..., SimHost]
DPKG = ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package} ${Version}\n"]


def test_df_s_columns_add_up(pi: Pi) -> None:
    head, row = pi(disk_free_mb=20).run(["df", "-Pk", "/"]).stdout.splitlines()
    assert head.split() == ["Filesystem", "1024-blocks", "Used", "Available", "Capacity", "Mounted", "on"]
    device, size, used, free, capacity, place = row.split()
    assert (device, int(free), capacity, place) == ("/dev/mmcblk0p2", 20480, "100%", "/")
    assert int(used) + int(free) < int(size)


def test_the_date_is_that_of_the_host_s_clock(pi: Pi) -> None:
    said = pi().run(["timedatectl", "show"]).stdout
    assert "NTPSynchronized=yes\nTimeUSec=Thu 2026-01-01 00:00:00 UTC\n" in said


def test_a_clock_that_nobody_set_has_no_server(pi: Pi) -> None:
    host = pi(clock_set=False)
    assert "NTPSynchronized=no\n" in host.run(["timedatectl", "show"]).stdout
    assert "Offset" not in host.run(["timedatectl", "timesync-status"]).stdout


def test_sudo_lists_what_it_lets_its_user_do(pi: Pi) -> None:
    assert pi().run(["sudo", "-n", "-l"]).stdout.endswith("    (ALL : ALL) ALL\n    (ALL) NOPASSWD: ALL\n")


def test_sudo_that_wants_a_password_says_so(pi: Pi) -> None:
    assert pi(sudo=False).run(["sudo", "-n", "-l"]) == Completed(stderr="sudo: a password is required\n", returncode=1)


def test_vcgencmd_is_for_group_video(pi: Pi) -> None:
    host = pi(groups="pi adm", throttled=0x50005)
    assert host.run(["id", "-nG"]).stdout == "pi adm\n"
    assert host.run(["vcgencmd", "get_throttled"]).stderr.startswith("Can't open device file: /dev/vcio\n")


def test_under_voltage_is_in_the_firmware_s_bits_and_in_the_kernel_log(pi: Pi) -> None:
    host = pi(throttled=0x50000)
    assert host.run(["vcgencmd", "get_throttled"]).stdout == "throttled=0x50000\n"
    last = [line.split("] ")[1] for line in host.run(["dmesg"]).stdout.splitlines()[-2:]]
    assert last == ["hwmon hwmon1: Undervoltage detected!", "hwmon hwmon1: Voltage normalised"]


@pytest.mark.parametrize(("board", "kb"), [("Raspberry Pi 4", 524288), ("Raspberry Pi 5", 65536), ("Raspberry Pi Zero 2 W", 262144)])
def test_contiguous_memory_is_the_board_s(pi: Pi, board: str, kb: int) -> None:
    assert f"\nCmaTotal:       {kb:>8} kB\n" in (pi(board=board).root / "proc/meminfo").read_text()


def test_packages_are_in_dpkg_s_list_and_on_the_disk(pi: Pi) -> None:
    host = pi(os="bookworm", picamera2="pip")
    done = host.run([*DPKG, "python3-numpy", "python3-picamera2"])
    assert done.stdout == "ii python3-numpy 1:1.24.2-1+deb12u1\n"
    assert done.stderr == "dpkg-query: no packages found matching python3-picamera2\n"
    folder = host.root / "usr/local/lib/python3.11/dist-packages"
    assert (next(folder.glob("picamera2-*.dist-info")) / "INSTALLER").read_text() == "pip\n"


def test_another_overlay_leaves_the_camera_without_driver(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)"), overlay="imx219")
    assert host.bound == ()
    assert "dtoverlay=imx219\n" in (host.root / "boot/firmware/config.txt").read_text()
    assert "imx219 11-0010: failed to read chip id 219, with error -5\n" in host.run(["dmesg"]).stdout


def test_a_camera_that_fell_silent_is_missed_by_its_driver(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)", i2c_error=True))
    assert host.run(["rpicam-hello", "--list-cameras"]).stdout == "No cameras available!\n"
    assert "imx477 11-001a: failed to read chip id 477, with error -5\n" in host.run(["dmesg"]).stdout


def test_a_board_without_connectors_has_no_cameras(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)"), board="Raspberry Pi 400")
    assert host.cameras == ()
    assert (host.root / "proc/device-tree/model").read_text() == "Raspberry Pi 400 Rev 1.0\0"


def test_a_pico_is_on_usb(pi: Pi, tmp_path: Any) -> None:
    root = tmp_path / "other"
    root.mkdir()
    made = pi()
    host = SimHost(made.spec, [], root, made.clock, [(TwinPico("pico", "pi"), "E66141")])
    device = host.root / "sys/bus/usb/devices/1-1"
    assert [(device / name).read_text() for name in ("idVendor", "idProduct", "serial")] == ["2e8a\n", "0005\n", "E66141\n"]
