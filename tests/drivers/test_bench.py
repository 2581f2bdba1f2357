"""Opening a rig: everything is connected, or all that is wrong is said at once."""

import pytest

from hil.errors import CameraAbsent, CameraBusy, RigError, RigFaults

PAIR = """name = "two"
unit = ["left", "right"]
[hosts]
pi5 = { board = "Raspberry Pi 5" }
[cameras]
left  = { module = "GS Camera", host = "pi5", port = "CAM0" }
right = { module = "Camera Module 3", host = "pi5", port = "CAM1" }
"""


@pytest.fixture
def pair(tmp_path):
    (tmp_path / "two.toml").write_text(PAIR)
    return str(tmp_path / "two.toml")


def test_two_cameras_on_one_host_are_told_apart_by_their_ports(opened, pair):
    bench = opened(pair)
    assert [camera.identity().model for camera in bench.cameras.values()] == ["imx296", "imx708"]
    assert bench.cameras["left"].burst(3).frames == bench.cameras["right"].burst(3).frames == 3


def test_all_faults_of_a_rig_are_reported_at_once(opened, pair):
    with pytest.raises(RigFaults) as found:
        opened(pair, "cameras.left.present=false", "cameras.right.held_by=77")
    assert [type(fault) for fault in found.value.faults] == [CameraAbsent, CameraBusy]
    assert "only imx708 on CAM1" in str(found.value)
    assert "pid 77" in str(found.value)


def test_another_module_is_named_with_what_would_be_right(opened):
    with pytest.raises(RigError, match="Camera Module 2") as found:
        opened("gs", "cameras.gs.module=Camera Module 2")
    assert (found.value.cause, found.value.where) == ("wrong module", "gs")


def test_a_vanished_camera_is_explained_by_the_kernel_log(opened):
    with pytest.raises(CameraAbsent, match=r"[Ll]ink frequency not supported"):
        opened("camera-module-3", "cameras.cm3.link_frequency_mhz=460")


def test_closing_puts_hdr_back(opened):
    bench = opened("camera-module-3")
    bench.cameras["cm3"].sensor_modes(hdr=True)
    host = bench.hosts["pi5"]
    assert bench.close() == ["cameras closed"]
    subdev = next(path.name for path in (host.root / "sys/class/video4linux").iterdir() if "imx708" in (path / "name").read_text())
    assert "wide_dynamic_range: 0" in host.run(["v4l2-ctl", "-d", f"/dev/{subdev}", "--get-ctrl", "wide_dynamic_range"]).stdout
