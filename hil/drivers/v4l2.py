"""The sensor's V4L2 sub-device: which one it is, and its controls through v4l2-ctl.

`link_frequency` is an integer menu with one entry, so its value is always 0: the frequency is the number in brackets.
Source: drivers/media/i2c/imx708.c and imx477.c of raspberrypi/linux, and v4l2-ctl's own output.
"""

from __future__ import annotations

import re
from pathlib import Path

from hil.drivers.host import Host, at_its_host, read_bytes
from hil.errors import RigError


@at_its_host
def subdev_of(host: Host, camera_id: str) -> str | None:
    """The `/dev/v4l-subdevN` whose device-tree node is `camera_id`; None if the kernel has none."""
    for link in sorted(host.root.glob("sys/class/video4linux/v4l-subdev*/device/of_node")):
        if camera_id in str(link.readlink() if link.is_symlink() else link.resolve()):
            return f"/dev/{_entry(link)}"
    return None


def _entry(link: Path) -> str:
    return link.parent.parent.name


@at_its_host
def control_text(host: Host, subdev: str) -> str:
    """What `v4l2-ctl --list-ctrls-menus` prints for that sub-device. RigError if the tool fails."""
    done = host.run(["v4l2-ctl", "-d", subdev, "--list-ctrls-menus"])
    if done.returncode != 0:
        hint = "sudo apt install v4l-utils" if done.returncode == 127 else "is the user in group video?"
        raise RigError(
            f"{host.name}: controls of {subdev} asked for",
            (done.stderr or done.stdout).strip(),
            hint,
            where=host.name,
            cause="v4l2-ctl fails",
        )
    return done.stdout


@at_its_host
def set_control(host: Host, subdev: str, name: str, value: int) -> None:
    """Set one integer control and read it back. RigError if it does not hold."""
    done = host.run(["v4l2-ctl", "-d", subdev, "--set-ctrl", f"{name}={value}"])
    found = get_control(host, subdev, name) if done.returncode == 0 else None
    if found != value:
        text = f"it reads back {found}" if done.returncode == 0 else (done.stderr or done.stdout).strip()
        raise RigError(
            f"{host.name}: {name}={value} on {subdev} asked for", text, "v4l2-ctl -l", where=host.name, cause="control does not hold"
        )


@at_its_host
def get_control(host: Host, subdev: str, name: str) -> int | None:
    """The value of one integer control; None if the sub-device has none of that name."""
    done = host.run(["v4l2-ctl", "-d", subdev, "--get-ctrl", name])
    found = re.search(rf"^{re.escape(name)}: (-?\d+)", done.stdout, re.MULTILINE)
    return int(found[1]) if found else None


@at_its_host
def link_frequency_hz(host: Host, subdev: str) -> int | None:
    """The CSI-2 link frequency in Hz as the driver states it; None if it states none."""
    text = control_text(host, subdev)
    found = re.search(r"link_frequency\b[^\n]*?value=\d+ \((\d+) ", text) or re.search(r"link_frequency\b[^\n]*\n\s+\d+: (\d+) ", text)
    return int(found[1]) if found else None


@at_its_host
def device_tree_link_frequencies_hz(host: Host, camera_id: str) -> tuple[int, ...]:
    """The endpoint's `link-frequencies` from the live device tree, big-endian u64; empty if there is none."""
    for base in ("sys/firmware/devicetree/base", "proc/device-tree"):
        node = host.root / base / camera_id.removeprefix("/base").lstrip("/")
        data = read_bytes(host, str((node / "port/endpoint/link-frequencies").relative_to(host.root)))
        if data:
            return tuple(int.from_bytes(data[i : i + 8], "big") for i in range(0, len(data) - 7, 8))
    return ()
