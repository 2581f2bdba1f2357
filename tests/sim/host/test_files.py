"""The simulated host's files: where programs look for cameras, boards and kernels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hil import catalog
from hil.sim.host import SimHost

Pi = Callable[..., SimHost]


def text(host: SimHost, path: str) -> str:
    return (host.root / path).read_text()


def test_the_board_says_what_it_is(pi: Pi) -> None:
    host = pi(board="Raspberry Pi 4")
    assert text(host, "proc/device-tree/model") == "Raspberry Pi 4 Model B Rev 1.0\0"
    assert text(host, "proc/version").startswith("Linux version 6.12.75+rpt-rpi-v8 (")
    assert "VERSION_CODENAME=trixie\n" in text(host, "etc/os-release")


def test_a_driver_of_an_older_generation_means_an_older_kernel(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)", driver="legacy"))
    assert host.run(["uname", "-r"]).stdout == "6.12.34+rpt-rpi-2712\n"
    assert "VERSION_CODENAME=bookworm\n" in text(host, "etc/os-release")


def test_a_kernel_that_the_rig_names_is_reported(pi: Pi) -> None:
    assert pi(kernel="6.18.2+rpt-rpi-2712").run(["uname", "-r"]).stdout == "6.18.2+rpt-rpi-2712\n"


def test_the_sensor_is_found_the_way_picamera2_and_rpicam_apps_look_for_it(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3"))
    cam = host.camera("cam")
    device = host.root / f"sys/class/video4linux/v4l-subdev{cam.subdev}/device"
    assert "imx708" in str((device / "driver/module").readlink())
    assert cam.id in str((device / "of_node").readlink())
    assert (device / "driver/module").exists()
    assert (host.root / f"dev/v4l-subdev{cam.subdev}").exists()


def test_the_device_tree_holds_link_frequency_and_rotation_big_endian(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", link_mhz=453))
    node = host.root / ("sys/firmware/devicetree" + host.camera("cam").id)
    assert (node / "port/endpoint/link-frequencies").read_bytes() == (453_000_000).to_bytes(8, "big")
    assert (node / "rotation").read_bytes() == (180).to_bytes(4, "big")


def test_detection_serves_plain_cameras_and_overlays_the_others(pi: Pi, camera: Any) -> None:
    assert "camera_auto_detect=1" in text(pi(camera("Camera Module 3")), "boot/firmware/config.txt")


def test_a_chosen_link_frequency_and_port_are_in_config_txt(pi: Pi, camera: Any) -> None:
    lines = text(pi(camera("Camera Module 3", port="CAM0", link_mhz=453)), "boot/firmware/config.txt").splitlines()
    assert "camera_auto_detect=0" in lines
    assert "dtoverlay=imx708,link-frequency=453000000,cam0" in lines


def test_a_role_kept_in_the_device_tree_is_there_to_read(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)", sync="sink", always_on=True))
    node = host.root / ("sys/firmware/devicetree" + host.camera("cam").id)
    assert "dtoverlay=imx477,always-on,sync-sink" in text(host, "boot/firmware/config.txt")
    assert (node / "trigger-mode").read_bytes() == (2).to_bytes(4, "big")


@pytest.mark.parametrize(("module", "driver"), [("HQ Camera (CS)", "imx477"), ("GS Camera", "imx296")])
def test_trigger_mode_is_a_file_that_can_be_written(pi: Pi, camera: Any, module: str, driver: str) -> None:
    host = pi(camera(module, link_mhz=catalog.sensor(driver).link_freq_default_hz // 1_000_000))
    assert host.module_parameter(driver, "trigger_mode") == 0
    (host.root / f"sys/module/{driver}/parameters/trigger_mode").write_text("1\n")
    assert host.module_parameter(driver, "trigger_mode") == 1


def test_each_sensor_comes_after_its_receiver_s_own_sub_devices(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", name="a"), camera("HQ Camera (CS)", name="b", port="CAM0"))
    names = [text(host, f"sys/class/video4linux/v4l-subdev{number}/name").strip() for number in range(7)]
    assert names == ["csi2", "pisp-fe", "imx477 10-001a", "csi2", "pisp-fe", "imx708", "dw9807 11-000c"]
    assert [camera.name for camera in host.bound] == ["b", "a"]


@pytest.mark.parametrize("product", [module.name for module in catalog.modules()])
def test_every_module_is_bound_on_every_board_that_takes_it(pi: Pi, camera: Any, product: str) -> None:
    sensor = catalog.sensor(catalog.module(product).sensor)
    host = pi(camera(product, link_mhz=sensor.link_freq_default_hz // 1_000_000), board="Raspberry Pi 4")
    assert [found.model for found in host.bound] == [catalog.module(product).libcamera_model]
    assert host.bound[0].id == f"/base/soc/i2c0mux/i2c@1/{sensor.name}@{sensor.i2c_addr:x}"


def test_a_camera_that_is_not_there_leaves_no_device(pi: Pi, camera: Any) -> None:
    host = pi(camera("Camera Module 3", present=False))
    assert host.bound == ()
    assert not (host.root / "sys/class/video4linux").exists()
    assert "imx708" not in host.run(["dmesg"]).stdout


def test_roles_of_an_always_on_pair_are_in_config_txt_and_device_tree(pi: Pi, camera: Any) -> None:
    roles = {"source": {"port": "CAM0", "sync": "source"}, "sink": {"port": "CAM1", "sync": "sink"}}
    host = pi(*(camera("HQ Camera (CS)", name=name, always_on=True, **role) for name, role in roles.items()))

    lines = text(host, "boot/firmware/config.txt").splitlines()

    assert lines[-2:] == ["dtoverlay=imx477,always-on,sync-source,cam0", "dtoverlay=imx477,always-on,sync-sink"]
    assert [host.device_tree_u32(host.camera(name), "trigger-mode") for name in roles] == [1, 2]


def test_a_role_without_always_on_is_left_to_the_module_parameter(pi: Pi, camera: Any) -> None:
    host = pi(camera("HQ Camera (CS)", sync="source"))
    assert host.device_tree_u32(host.camera("cam"), "trigger-mode") is None
    assert host.module_parameter("imx477", "trigger_mode") == 0


def test_the_examples_of_pipeline_files_are_where_libcameras_package_puts_them(pi: Pi) -> None:
    host = pi()
    for name in ("pisp/example.yaml", "vc4/example.yaml", "vc4/rpi_apps.yaml"):
        assert '# "camera_timeout_value_ms": 0' in text(host, f"usr/share/libcamera/pipeline/rpi/{name}")
