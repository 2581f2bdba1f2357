"""The simulated host's tools, in the real ones' words."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any

import pytest

from hil import catalog
from hil.completed import Completed
from hil.drivers import v4l2
from hil.sim.host import SimHost
from hil.sim.libcamera import BackendError
from hil.sim.tools.controls import LINK_FREQUENCY, WIDE_DYNAMIC_RANGE
from hil.sim.tools.sensor import Idle

Pi = Callable[..., SimHost]

# As raspberrypi/documentation shows it, with the bits and colours that rpicam-apps has added since.
LISTING = """\
Available cameras
-----------------
0 : imx708_wide [4608x2592 10-bit RGGB] (/base/axi/pcie@1000120000/rp1/i2c@88000/imx708@1a)
    Modes: 'SRGGB10_CSI2P' : 1536x864 [120.13 fps - (768, 432)/3072x1728 crop]
                             2304x1296 [56.03 fps - (0, 0)/4608x2592 crop]
                             4608x2592 [14.35 fps - (0, 0)/4608x2592 crop]

"""
LINK_FREQUENCY_LINE = (
    "\nImage Processing Controls\n\n"
    "                 link_frequency 0x009f0901 (intmenu): min=0 max=0 default=0 value=0 (450000000 0x1ad27480) flags=read-only\n"
)


def test_rpicam_lists_a_camera_as_on_a_real_pi(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3 Wide", port="CAM0"))
    assert host.run(["rpicam-hello", "--list-cameras"]) == Completed(LISTING)


def test_no_camera_is_one_line_and_status_0(pi: Pi) -> None:
    assert pi().run(["rpicam-hello", "--list-cameras"]) == Completed("No cameras available!\n")


def test_formats_come_in_libcamera_s_order(pi: Pi, camera: Any) -> None:
    listing = pi(camera("HQ Camera (CS)", driver="current")).run(["rpicam-hello", "--list-cameras"]).stdout
    formats = [line.split("'")[1] for line in listing.splitlines() if "'" in line]
    assert formats == ["SRGGB10_CSI2P", "SRGGB12_CSI2P", "SRGGB8"]
    assert "4056x3040 [11.72 fps - (0, 0)/4056x3040 crop]" in listing


def test_another_link_frequency_changes_the_rates_of_imx477_s_current_driver(pi: Pi, camera: Any) -> None:
    listing = pi(camera("HQ Camera (CS)", driver="current", link_mhz=453)).run(["rpicam-hello", "--list-cameras"]).stdout
    assert "1332x990 [102.35 fps" in listing


def test_hdr_shows_its_one_mode_and_listing_again_switches_it_off(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", hdr=True))
    listed = host.run(["rpicam-hello", "--list-cameras", "--hdr", "sensor"]).stdout
    assert "Modes: 'SRGGB10_CSI2P' : 2304x1296 [30.00 fps - (0, 0)/4608x2592 crop]\n\n" in listed
    assert host.camera("cam").hdr
    assert "4608x2592 [14.35 fps" in host.run(["rpicam-hello", "--list-cameras"]).stdout
    assert not host.camera("cam").hdr


def test_versions_are_printed_as_rpicam_prints_them(pi: Pi) -> None:
    first, second, third = pi().run(["rpicam-still", "--version"]).stdout.splitlines()
    assert first.startswith("rpicam-apps build: v1.")
    assert second == "rpicam-apps capabilites: egl:1 qt:1 drm:1 libav:1"
    assert third == "libcamera build: v0.7.1+rpt20260429"


def test_v4l2_ctl_prints_the_link_frequency_in_brackets(pi: Pi, camera: Any) -> None:
    printed = pi(camera("Camera Module 3")).run(["v4l2-ctl", "-d", "/dev/v4l-subdev2", "-l"]).stdout
    assert LINK_FREQUENCY_LINE in printed
    assert "\nCamera Controls\n\n             wide_dynamic_range 0x009a0915 (bool)   : default=0 value=0\n" in printed


def test_v4l2_ctl_lists_menu_entries_when_asked(pi: Pi, camera: Any) -> None:
    printed = pi(camera("Camera Module 3", link_mhz=453)).run(["v4l2-ctl", "-d", "/dev/v4l-subdev2", "--list-ctrls-menus"]).stdout
    assert "\t\t\t\t0: 453000000 (0x1b003b40)\n" in printed
    assert "\t\t\t\t1: Color Bars\n" in printed


def test_v4l2_ctl_sets_and_gets(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3"))
    done = host.run(["v4l2-ctl", "-d", "/dev/v4l-subdev2", "--set-ctrl", "wide_dynamic_range=1", "--get-ctrl=wide_dynamic_range"])
    assert done == Completed("wide_dynamic_range: 1\n")
    assert [mode.key for mode in host.camera("cam").modes] == ["2304x1296 HDR"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-d", "/dev/v4l-subdev9", "-l"], "Cannot open device /dev/v4l-subdev9, exiting.\n"),
        (["-d", "/dev/v4l-subdev2", "--get-ctrl", "brightness"], "unknown control 'brightness'\n"),
        (
            ["-d", "/dev/v4l-subdev2", "-c", "link_frequency=1"],
            "VIDIOC_S_EXT_CTRLS: failed: Permission denied\nlink_frequency: Permission denied\n",
        ),
        (["-d", "/dev/v4l-subdev2", "--list-devices"], "v4l2-ctl: --list-devices is not modelled by the simulated host\n"),
    ],
)
def test_v4l2_ctl_refuses_in_words(pi: Pi, camera: Any, arguments: list[str], said: str) -> None:
    done = pi(camera("Camera Module 3")).run(["v4l2-ctl", *arguments])
    assert done.stderr == said
    assert done.returncode != 0


def test_hdr_is_grabbed_while_the_camera_streams(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3"))
    host.camera("cam").state = Idle(running=True)
    with pytest.raises(OSError, match="Device or resource busy") as refused:
        host.set_ctrl(2, WIDE_DYNAMIC_RANGE, 1)
    assert refused.value.errno == errno.EBUSY
    assert (
        "wide_dynamic_range 0x009a0915 (bool)   : default=0 value=0 flags=grabbed"
        in host.run(["v4l2-ctl", "-d", "/dev/v4l-subdev2", "-l"]).stdout
    )


def test_ioctls_fail_as_the_kernel_s_do(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)"))
    for number, control, expected in (
        (2, WIDE_DYNAMIC_RANGE, errno.EINVAL),
        (0, LINK_FREQUENCY, errno.EINVAL),
        (7, LINK_FREQUENCY, errno.ENOENT),
    ):
        with pytest.raises(OSError, match=r".") as refused:
            host.get_ctrl(number, control)
        assert refused.value.errno == expected


def test_the_mode_that_is_configured_shows_in_the_controls(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3"))
    cam = host.camera("cam")
    cam.mode = cam.generation.mode("1536x864")
    printed = host.run(["v4l2-ctl", "-d", "/dev/v4l-subdev2", "--get-ctrl", "vertical_blanking,horizontal_blanking,pixel_rate"]).stdout
    assert printed == "vertical_blanking: 40\nhorizontal_blanking: 3680\npixel_rate: 566400000\n"


def test_the_drivers_read_the_link_frequency_both_ways(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)", link_mhz=456))
    subdev = v4l2.subdev_of(host, host.camera("cam").id)
    assert subdev == "/dev/v4l-subdev2"
    assert v4l2.link_frequency_hz(host, subdev) == 456_000_000
    assert v4l2.device_tree_link_frequencies_hz(host, host.camera("cam").id) == (456_000_000,)


def test_an_unsupported_link_frequency_makes_the_camera_vanish_and_the_kernel_says_why(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", link_mhz=460))
    assert host.run(["rpicam-hello", "--list-cameras"]).stdout == "No cameras available!\n"
    log = host.run(["dmesg"]).stdout
    assert "imx708 11-001a: Link frequency not supported: 460000000\n" in log
    assert "imx708: probe of 11-001a failed with error -22\n" in log


def test_a_silent_sensor_that_config_txt_names_is_missed_by_its_driver(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", link_mhz=453, present=False), board="Raspberry Pi 4")
    assert "imx708 10-001a: failed to read chip id 708, with error -121\n" in host.run(["dmesg"]).stdout


@pytest.mark.parametrize(("product", "word"), [("Camera Module 3", "0301"), ("Camera Module 3 Wide NoIR", "0382")])
def test_the_kernel_tells_variants_of_camera_module_3_apart(pi: Pi, camera: Any, product: str, word: str) -> None:
    assert f"camera module ID 0x{word}\n" in pi(camera(product)).run(["dmesg"]).stdout


def test_who_holds_a_camera_can_be_asked(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", held_by=1234))
    done = host.run(["fuser", "/dev/media0"])
    assert done.stdout.split() == ["1234"]
    assert host.run(["cat", "/proc/1234/comm"]).stdout == "rpicam-vid\n"
    assert host.camera("cam").holders == {1234}


def test_nobody_holding_it_is_status_1(pi: Pi, camera: Any) -> None:
    assert pi(camera("Camera Module 3")).run(["fuser", "/dev/media0"]) == Completed(returncode=1)


def test_an_unknown_tool_is_127_with_the_shell_s_words(pi: Pi) -> None:
    assert pi().run(["rpicam-dance"]) == Completed(stderr="bash: rpicam-dance: command not found\n", returncode=127)


def test_what_is_not_modelled_is_said(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3"))
    for argv in (["rpicam-still", "-o", "x.jpg"], ["rpicam-hello"], ["vcgencmd", "measure_volts"], ["dmesg", "-w"], ["uname", "--help"]):
        done = host.run(argv)
        assert "is not modelled by the simulated host" in done.stderr
        assert done.returncode == 1


def test_small_tools_answer_in_their_own_words(pi: Pi) -> None:
    host = pi()
    assert host.run(["vcgencmd", "get_throttled"]).stdout == "throttled=0x0\n"
    assert host.run(["vcgencmd", "measure_temp"]).stdout == "temp=48.2'C\n"
    assert host.run(["/usr/bin/uname", "-a"]).stdout == (
        "Linux pi 6.12.75+rpt-rpi-2712 #1 SMP PREEMPT Debian 1:6.12.75-1+rpt1 (2026-03-11) aarch64 GNU/Linux\n"
    )
    assert host.run(["cat", "/nowhere"]) == Completed("", "cat: /nowhere: No such file or directory\n", 1)


@pytest.mark.parametrize("name", [sensor.name for sensor in catalog.sensors()])
def test_every_sensor_lists_controls_within_their_ranges(pi: Pi, camera: Any, name: str) -> None:
    sensor = catalog.sensor(name)
    product = next(module.name for module in catalog.modules() if module.sensor == name)
    host = pi(camera(product, link_mhz=sensor.link_freq_default_hz // 1_000_000))
    found = host.subdev_controls(host.camera("cam").subdev or 0)
    assert [control.id for control in found] == sorted({control.id for control in found})
    assert all(control.minimum <= control.value <= control.maximum for control in found)


def test_a_kernel_number_of_the_camera_itself_reaches_the_caller(pi: Pi, camera: Any) -> None:
    class Refusing(Idle):
        def set_hdr(self, *, on: bool) -> None:
            raise BackendError(errno.EIO)

    host = pi(camera("Camera Module 3"))
    host.camera("cam").state = Refusing()
    with pytest.raises(OSError, match="Input/output error"):
        host.set_ctrl(2, WIDE_DYNAMIC_RANGE, 1)


def test_the_current_driver_of_imx477_takes_other_link_frequencies_too(pi: Pi, camera: Any) -> None:
    assert "19.53 fps" in pi(camera("HQ Camera (CS)", driver="current", link_mhz=750)).run(["rpicam-hello", "--list-cameras"]).stdout
