"""Each fault of a host is named with its fix, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hil import shipped
from hil.doctor import Examination, Line, examine
from hil.drivers.host import Host
from hil.errors import RigError
from hil.rig import load

Doctor = Callable[..., Examination]

RESEAT = "reseat both ends of the cable"
TRIGGER_MODE = "/sys/module/imx477/parameters/trigger_mode"
FAULTS = {
    "no camera": ("camera-module-3", ["cameras.cm3.present=false"], "camera", "cm3: no camera; firmware detected none on CAM1", RESEAT),
    "i2c error": (
        "hq-pair",
        ["cameras.sink.i2c_error=true"],
        "camera",
        'the kernel says "imx477 10-001a: failed to read chip id 477, with error -121": cable, port or power',
        RESEAT,
    ),
    "wrong overlay": (
        "hq-pair",
        ["hosts.pi-a.overlay=imx219"],
        "camera",
        'config.txt names imx219, and the kernel says "imx219 10-0010: failed to read chip id 219, with error -121"',
        "in /boot/firmware/config.txt, then sudo reboot: ·   camera_auto_detect=0 ·   dtoverlay=imx477,always-on,sync-source",
    ),
    "another sensor's overlay at the same address": (
        "camera-module-3",
        ["hosts.pi5.overlay=imx477"],
        "camera",
        "chip id mismatch: 477!=708",
        "dtoverlay=imx708",
    ),
    "role missing in the overlay": (
        "hq-pair",
        ["cameras.sink.always_on=false"],
        "role",
        "sink: sink with its supply always on asked for",
        "dtoverlay=imx477,always-on,sync-sink; then reboot",
    ),
    "no permission": (
        "hq-pair",
        ["hosts.pi-b.groups=pi adm"],
        "groups",
        "user pi is not in video and gpio: no access to cameras and the header's pins",
        "sudo usermod -aG video,gpio pi, then log in again",
    ),
    "in the other connector": (
        "camera-module-3",
        ["cameras.cm3.port=CAM0"],
        "camera",
        "cm3: its cable is in CAM0, the rig says CAM1",
        "move the cable to CAM1",
    ),
    "no sudo": (
        "hq-pair-page",
        ["hosts.pi-a.sudo=false"],
        "trigger_mode",
        "only root may write trigger_mode of imx477, and sudo asks pi for a password",
        f"echo 'pi ALL=(root) NOPASSWD: /usr/bin/tee {TRIGGER_MODE}' | sudo tee /etc/sudoers.d/hil-imx477-trigger_mode",
    ),
    "CMA": (
        "hq-pair",
        ["hosts.pi-a.cma_mb=64"],
        "memory",
        'CMA: 64 MiB of contiguous memory; 6 frames need 137: "Failed to allocate buffers"',
        "dtoverlay=vc4-kms-v3d,cma-192",
    ),
    "throttled": (
        "camera-module-3",
        ["hosts.pi5.throttled=0x50005"],
        "power",
        "under-voltage now, and the processor is slowed down (throttled=0x50005)",
        "use the 27 W USB-C supply",
    ),
    "too hot": ("camera-module-3", ["hosts.pi5.temperature_c=84"], "temperature", "84 °C", "fit a heat sink or a fan"),
    "disk full": ("camera-module-3", ["hosts.pi5.disk_free_mb=20"], "disk", "disk /: 20 MiB free", "sudo apt clean"),
    "clock unset": (
        "camera-module-3",
        ["hosts.pi5.clock_set=false"],
        "clock",
        "clock not set: it shows 2025-06-15, and its kernel was built on 2026-03-11",
        "sudo timedatectl set-ntp true",
    ),
    "pip's picamera2 with apt's NumPy": (
        "camera-module-3",
        ["hosts.pi5.os=bookworm", "hosts.pi5.picamera2=pip"],
        "picamera2",
        "pip's simplejpeg, which picamera2 imports, was built for NumPy 2 and finds apt's 1.24.2",
        "sudo python3 -m pip uninstall -y --break-system-packages picamera2 simplejpeg",
    ),
    "no picamera2": (
        "camera-module-3",
        ["hosts.pi5.picamera2=nobody"],
        "picamera2",
        "picamera2 is not installed",
        "sudo apt install -y python3-picamera2",
    ),
    "unsupported board": (
        "camera-module-3",
        ["hosts.pi5.board=Raspberry Pi 400"],
        "board",
        "Raspberry Pi 400 Rev 1.0: it has no CSI connector",
        "use a Raspberry Pi 5",
    ),
    "another board than the rig's": (
        "hq-pair",
        ["hosts.pi-a.board=Raspberry Pi 3"],
        "board",
        "the rig says Raspberry Pi 4; this is a Raspberry Pi 3 Model Rev 1.0",
        'pi-a = { board = "Raspberry Pi 3", ... }',
    ),
    "a driver that refuses the link": (
        "camera-module-3",
        ["cameras.cm3.link_frequency_mhz=460"],
        "camera",
        "Link frequency not supported: 460000000",
        "dtoverlay=imx708,link-frequency=450000000",
    ),
    "another module": (
        "camera-module-3",
        ["cameras.cm3.module=Camera Module 2"],
        "camera",
        "the rig says Camera Module 3 (imx708) on CAM1; there is an imx219",
        "connect the Camera Module 3, or correct module of cm3 in the rig file",
    ),
    "HDR left on": (
        "camera-module-3",
        ["cameras.cm3.hdr=true"],
        "hdr",
        "somebody left the HDR of a Camera Module 3 on",
        "v4l2-ctl -d /dev/v4l-subdev2 --set-ctrl wide_dynamic_range=0",
    ),
}


def to_fix(found: Examination) -> list[Line]:
    return [line for line in found.lines() if line.level == "FIX"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_fix_and_brings_no_other(doctor: Doctor, fault: str) -> None:
    rig, changes, topic, text, fix = FAULTS[fault]

    found = doctor(rig, *changes)

    assert {line.topic for line in to_fix(found)} == {topic}
    assert any(text in line.text and fix in " · ".join(line.fix) for line in to_fix(found)), to_fix(found)
    assert found.status == 3


def test_all_faults_are_said_at_once(doctor: Doctor) -> None:
    changes = ["hosts.pi-a.cma_mb=64", "hosts.pi-a.disk_free_mb=20", "hosts.pi-b.throttled=0x50000", "cameras.sink.present=false"]

    found = doctor("hq-pair", *changes)

    assert [[line.topic for line in host.lines if line.level == "FIX"] for host in found.hosts] == [["memory", "disk"], ["camera", "power"]]
    assert found.verdict == "4 to fix, 2 notes. Nothing was changed."


@pytest.mark.parametrize("rig", [name for name in shipped.names("rigs") if "trigger" not in name])
def test_nothing_is_to_fix_on_the_twin_of_a_shipped_rig(doctor: Doctor, rig: str) -> None:
    found = doctor(rig)
    assert to_fix(found) == []
    assert found.status == 0
    assert found.can


def test_a_camera_that_may_not_be_opened_is_not_said_to_be_missing(doctor: Doctor, around: Doctor) -> None:
    found = [line.text for line in doctor("hq-pair", "hosts.pi-b.groups=pi adm").hosts[1].lines if line.level == "note"]
    assert found[0] == "sink: not seen: user pi may not open cameras"
    (line,) = [line for line in around("camera-module-3", "hosts.pi5.groups=pi").lines() if line.topic == "camera"]
    assert (line.level, line.text) == ("note", "not seen: user pi may not open cameras")


def test_what_happened_since_boot_is_told_from_what_happens_now(doctor: Doctor) -> None:
    (now,) = [line.text for line in to_fix(doctor("camera-module-3", "hosts.pi5.throttled=0x50005"))]
    (then,) = [line.text for line in to_fix(doctor("hq-cs", "hosts.pi5.throttled=0x50000"))]
    assert now.startswith("under-voltage now")
    assert then.startswith("under-voltage since boot (")


def test_an_old_heat_is_only_a_note(doctor: Doctor) -> None:
    found = doctor("camera-module-3", "hosts.pi5.throttled=0xe0000")
    assert [line.topic for line in found.lines() if line.level == "note"] == ["power"]


def test_pip_s_picamera2_beside_a_numpy_that_fits_is_only_a_note(doctor: Doctor) -> None:
    (line,) = [line for line in doctor("camera-module-3", "hosts.pi5.picamera2=pip").lines() if line.topic == "picamera2"]
    assert line.level == "note"
    assert line.text.startswith("picamera2 0.3.38 (pip), NumPy 2.2.4 (apt)")


def test_somebody_who_holds_a_camera_is_named(doctor: Doctor) -> None:
    (line,) = [line for line in doctor("camera-module-3", "cameras.cm3.held_by=1234").lines() if line.level == "note"]
    assert line.text == "rpicam-vid (process 1234) has /dev/media0 open: no test can use it meanwhile"


def test_of_two_cameras_the_missing_one_is_named(doctor: Doctor) -> None:
    (line,) = to_fix(doctor("hq-pair-pi5", "cameras.source.i2c_error=true"))
    assert line.text.startswith('source: only imx477 on CAM1; the kernel says "imx477 10-001a: failed to read chip id 477')


def test_looking_changes_nothing(hosts: Callable[..., dict[str, Host]], tmp_path: Path) -> None:
    def state() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}

    there = hosts("hq-pair", "cameras.sink.present=false")
    before = state()
    examine(load("hq-pair"), there)
    assert state() == before


def test_a_host_that_is_not_reached_hides_no_other(hosts: Callable[..., dict[str, Host]]) -> None:
    gone = RigError("pi-b: no answer from pi-b.local", "ssh does not get there", "ssh pi-b.local python3 --version")
    found = examine(load("hq-pair"), {**hosts("hq-pair"), "pi-b": gone})

    assert found.hosts[1].lines == (
        Line("FIX", "host", "pi-b: no answer from pi-b.local: ssh does not get there", ("ssh pi-b.local python3 --version",)),
    )
    assert found.hosts[0].headline.startswith("Raspberry Pi 4 Model B")


def test_without_a_rig_file_whatever_is_there_is_told(around: Doctor) -> None:
    told = [line.text for line in around("camera-module-3").lines()]
    assert "imx708 on CAM1; modes as in the catalog" in told
    assert "config.txt: cameras are detected by firmware" in told


def test_without_a_rig_file_a_silent_camera_is_told_too(around: Doctor) -> None:
    (line,) = to_fix(around("hq-pair", "cameras.source.i2c_error=true"))
    assert 'failed to read chip id 477, with error -121": cable, port or power' in line.text


def test_a_pico_without_firmware_of_ours_is_told_without_a_rig_file(around: Doctor) -> None:
    (line,) = [line for line in around("gs-trigger").lines() if line.topic == "pico"]
    assert line.text.startswith("a Pico with MicroPython, ")


def test_a_driver_that_the_rig_must_not_have_is_to_fix(doctor: Doctor, tmp_path: Path) -> None:
    rig = tmp_path / "mine.toml"
    rig.write_text(load("hq-cs").text.replace('lens = "6mm"', 'lens = "6mm", driver = "legacy"'))

    (line,) = to_fix(doctor(str(rig), "cameras.hq.driver=current"))

    assert "the rig file says driver = 'legacy'" in line.text
    assert "the host shows 'current'" in line.text


def test_a_stated_link_frequency_is_held_against_the_device_tree(doctor: Doctor) -> None:
    (line,) = to_fix(doctor("hq-cs", "cameras.hq.link_frequency_mhz=453"))

    assert line.text == "hq: its link runs at 453 MHz, the rig says 450 MHz"
    assert line.fix[1:] == ("  camera_auto_detect=0", "  dtoverlay=imx477,link-frequency=450000000")
