"""The files of a simulated Pi, under a directory of its own: the paths a real one has, as far as cameras are concerned."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from hil.catalog import Board
from hil.sim.tools import facts as hosts
from hil.sim.tools import pipeline_files
from hil.sim.tools.facts import HostFacts
from hil.sim.tools.sensor import HostCamera

_BASE = "sys/firmware/devicetree/base"
_I2C = "sys/devices/platform/i2c"
_AFTER_BOOT = {"trigger_mode": 0, "dpc_enable": 1}
"""Module parameters: no trigger; IMX477 corrects defective pixels. Roles are written by whoever needs them."""


class Tree:
    """A root directory being filled; paths are given without the leading slash."""

    def __init__(self, root: Path) -> None:
        """`root`: an existing directory."""
        self.root = root

    def write(self, path: str, content: str | bytes) -> None:
        """A file with that content, its directories made."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def link(self, path: str, target: str) -> None:
        """A symbolic link to another path of the tree, relative as sysfs makes them."""
        link = self.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(target, start=Path(path).parent))

    def open_file(self, process: int, device: str) -> None:
        """A process's open descriptor, as /proc/PID/fd shows it: a link to the path as the process knows it."""
        link = self.root / f"proc/{process}/fd/7"
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(device)


def build(tree: Tree, name: str, board: Board, facts: HostFacts, cameras: tuple[HostCamera, ...], overlay: str = "") -> None:
    """Write the whole tree. Sensors without a driver have their device-tree node, as on a real Pi, and nothing else.

    `overlay`: the one that config.txt loads, "" for those that the cameras need.
    """
    _identity(tree, name, facts)
    _board(tree, name, facts)
    tree.write("boot/firmware/config.txt", config_txt(board, cameras, overlay))
    pipeline_files.write(tree.root)
    for camera in cameras:
        if _overlay_loaded(board, cameras, camera):
            _device_tree_node(tree, camera)
        if camera.bound:
            _sensor(tree, camera, board.platform)
        for process in camera.holders:
            # Who it is, is the twin's assumption; that somebody holds the camera is the point.
            tree.write(f"proc/{process}/comm", "rpicam-vid\n")
            tree.open_file(process, f"/dev/media{camera.media}")


def _identity(tree: Tree, name: str, facts: HostFacts) -> None:
    tree.write("etc/hostname", f"{name}\n")
    tree.write("etc/os-release", hosts.os_release(facts.os))
    tree.write("proc/version", hosts.proc_version(facts))
    tree.write("proc/sys/kernel/osrelease", f"{facts.release}\n")
    tree.write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n")
    tree.write("sys/class/thermal/thermal_zone0/temp", f"{facts.millidegrees}\n")


def _board(tree: Tree, name: str, facts: HostFacts) -> None:
    tree.write(f"{_BASE}/model", f"{facts.model}\0")
    serial = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
    tree.write(f"{_BASE}/serial-number", f"{serial}\0")
    tree.link("proc/device-tree", _BASE)


def explicit_overlays(board: Board, cameras: tuple[HostCamera, ...]) -> bool:
    """Whether config.txt must name the cameras: Compute Modules do not detect them, nor does detection take parameters."""
    return board.name.startswith("Compute Module") or any(_parameters(camera) for camera in cameras)


def _overlay_loaded(board: Board, cameras: tuple[HostCamera, ...], camera: HostCamera) -> bool:
    """Firmware that detects cameras loads no overlay for one that is not there; config.txt is believed."""
    return camera.overlaid and (camera.spec.present or explicit_overlays(board, cameras))


def _parameters(camera: HostCamera) -> list[str]:
    found = []
    if camera.link_frequency_hz != camera.sensor.link_freq_default_hz:
        found.append(f"link-frequency={camera.link_frequency_hz}")
    if camera.spec.always_on:
        found.append("always-on")
        if camera.spec.sync in ("source", "sink") and camera.sensor.name == "imx477":
            found.append(f"sync-{camera.spec.sync}")
    return found


def config_txt(board: Board, cameras: tuple[HostCamera, ...], overlay: str = "") -> str:
    """/boot/firmware/config.txt: detection, or an overlay line for each camera, with another overlay than its own if one is given."""
    if not overlay and not explicit_overlays(board, cameras):
        return "# For more options and information see\n# http://rptl.io/configtxt\n\ncamera_auto_detect=1\n\n[all]\n"
    lines = ["# For more options and information see", "# http://rptl.io/configtxt", "", "camera_auto_detect=0", "", "[all]"]
    for camera in cameras:
        port = ["cam0"] if camera.port == "CAM0" else []
        named = [camera.sensor.overlay, *_parameters(camera)] if camera.overlaid else [overlay]
        lines.append("dtoverlay=" + ",".join([*named, *port]))
    return "\n".join(lines) + "\n"


def _u32(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "big") for value in values)


def _device_tree_node(tree: Tree, camera: HostCamera) -> None:
    sensor, node = camera.sensor, f"{_BASE}/{camera.id.removeprefix('/base/')}"
    maker = "ovti" if sensor.name == "ov5647" else "sony"
    tree.write(f"{node}/name", f"{sensor.name}\0")
    tree.write(f"{node}/compatible", f"{maker},{sensor.name}\0")
    tree.write(f"{node}/status", "okay\0")
    tree.write(f"{node}/reg", _u32(sensor.i2c_addr))
    if sensor.rotation_dt:
        tree.write(f"{node}/rotation", _u32(sensor.rotation_dt))
    tree.write(f"{node}/orientation", _u32(2))
    if any(parameter.startswith("sync-") for parameter in _parameters(camera)):
        tree.write(f"{node}/trigger-mode", _u32(1 if camera.spec.sync == "source" else 2))
    lanes = _u32(1) if sensor.name == "imx296" else _u32(1, 2)
    tree.write(f"{node}/port/endpoint/data-lanes", lanes)
    tree.write(f"{node}/port/endpoint/link-frequencies", camera.link_frequency_hz.to_bytes(8, "big"))


def _sensor(tree: Tree, camera: HostCamera, platform: str) -> None:
    """The sensor's I2C device with its driver, its sub-device, and those of the receiver before it."""
    assert camera.subdev is not None
    sensor, device = camera.sensor, f"{_I2C}-{camera.bus}/{camera.address}"
    tree.write(f"{device}/name", f"{sensor.name}\n")
    tree.link(f"{device}/of_node", f"{_BASE}/{camera.id.removeprefix('/base/')}")
    _driver(tree, f"sys/bus/i2c/drivers/{sensor.name}", device, sensor.name)
    for parameter in sensor.module_params:
        if not (tree.root / _parameter_path(sensor.name, parameter)).exists():
            tree.write(_parameter_path(sensor.name, parameter), f"{_AFTER_BOOT[parameter]}\n")
    _subdev(tree, camera.subdev, camera.entity, device)
    if camera.lens_entity:
        lens = f"{_I2C}-{camera.bus}/{camera.lens_entity.split()[1]}"
        _driver(tree, "sys/bus/i2c/drivers/dw9807", lens, "dw9807_vcm")
        _subdev(tree, camera.subdev + 1, camera.lens_entity, lens)
    receiver = hosts.table()["receiver"][platform]
    before = f"sys/devices/platform/{camera.receiver}"
    if receiver["subdevs"]:
        _driver(tree, f"sys/bus/platform/drivers/{receiver['driver']}", before, receiver["driver"].replace("-", "_"))
    for number, name in enumerate(receiver["subdevs"], camera.subdev - len(receiver["subdevs"])):
        _subdev(tree, number, name, before)
    tree.write(f"dev/media{camera.media}", "")


def _parameter_path(module: str, parameter: str) -> str:
    return f"sys/module/{module}/parameters/{parameter}"


def _driver(tree: Tree, driver: str, device: str, module: str) -> None:
    (tree.root / f"sys/module/{module}").mkdir(parents=True, exist_ok=True)
    if not (tree.root / driver / "module").is_symlink():
        tree.link(f"{driver}/module", f"sys/module/{module}")
    tree.link(f"{device}/driver", driver)


def _subdev(tree: Tree, number: int, name: str, device: str) -> None:
    node = f"{device}/video4linux/v4l-subdev{number}"
    tree.write(f"{node}/name", f"{name}\n")
    tree.link(f"{node}/device", device)
    tree.link(f"sys/class/video4linux/v4l-subdev{number}", node)
    tree.write(f"dev/v4l-subdev{number}", "")
