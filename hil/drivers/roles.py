"""Who is source, sink or triggered: what makes it so on each sensor, and whether it is so.

`trigger_mode` means something else on each sensor: imx477 0 standalone, 1 source, 2 sink; imx296 0 standalone, 1 external trigger on
XTR, and for XVS it stays 0 (drivers/media/i2c/imx477.c and imx296.c of raspberrypi/linux). A module parameter is one for all
sensors of that kind on a host and is read when a stream starts; the device-tree property `trigger-mode` of an imx477 is its own and wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hil.drivers.host import Host
from hil.drivers.overlays import Overlay, config_file, device_tree_u32, overlays
from hil.errors import RigError, UserError

PARAMETER = "trigger_mode"

_MODES = {
    "imx477": {"": 0, "source": 1, "sink": 2},
    "imx296": {"": 0, "source": 0, "sink": 0, "trigger": 1},
}


@dataclass(frozen=True, slots=True)
class Role:
    """What the rig says of one camera of a host."""

    camera: str
    sensor: str
    """"imx477", "imx296", ...: also the name of its kernel module and of its overlay."""
    id: str
    """libcamera's id of it, the path of its device-tree node."""
    sync: str = ""
    """"source", "sink", "trigger" or ""."""
    always_on: bool = False
    port: str = ""
    """"CAM0", "CAM1", or the only connector's name."""

    @property
    def mode(self) -> int | None:
        """The trigger mode that makes it so; None for a sensor that has none."""
        modes = _MODES.get(self.sensor)
        if modes is None or self.sync not in modes:
            if self.sync:
                raise UserError(f'{self.camera}: sync = "{self.sync}" asked for', f"it has an {self.sensor}")
            return None
        return modes[self.sync]

    @property
    def overlay(self) -> Overlay:
        """The overlay that it needs in config.txt, if its supply is to be always on."""
        of_477 = [f"sync-{self.sync}"] if self.sensor == "imx477" and self.sync else []
        return Overlay(self.sensor, ("always-on", *of_477, *(["cam0"] if self.port == "CAM0" else [])))


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """A camera that is what the rig says, and by what."""

    camera: str
    mode: int
    """Its trigger mode."""
    by: str
    """"device tree" or "module parameter"."""
    note: str = ""
    """What to bear in mind, in words."""


def by_device_tree(host: Host, role: Role) -> int | None:
    """The trigger mode that the device tree gives a camera; None where the module's parameter decides."""
    return device_tree_u32(host, role.id, "trigger-mode") if role.sensor == "imx477" else None


def faults(host: Host, roles: Sequence[Role]) -> list[RigError]:
    """What the host was booted with and should not have been; nothing is changed."""
    found = [_fault(host, role) for role in roles]
    return [fault for fault in found if fault is not None]


def _fault(host: Host, role: Role) -> RigError | None:
    found = by_device_tree(host, role)
    if found != role.mode and (found is not None or (role.sensor == "imx477" and role.always_on and role.sync)):
        there = "has no trigger-mode" if found is None else f"says trigger-mode {found}, {_meaning(role.sensor, found)}"
        return _another_overlay(host, role, f"the device tree of {role.id} {there}", "another role in the device tree")
    listed = overlays(host)
    if not role.always_on or listed is None:
        return None
    mine = [overlay for overlay in listed if overlay.name == role.sensor and ("cam0" in overlay.parameters) == (role.port == "CAM0")]
    if any("always-on" in overlay.parameters for overlay in mine):
        return None
    there = ", ".join(overlay.line for overlay in mine) or f"no dtoverlay={role.sensor} for this connector"
    return _another_overlay(host, role, f"{config_file(host)} has {there}", "not always on")


def _another_overlay(host: Host, role: Role, found: str, cause: str) -> RigError:
    how = "with its supply always on" if role.always_on else f"by the module's {PARAMETER}"
    asked = f"{role.camera}: {role.sync or 'standalone'} {how} asked for"
    file = config_file(host) or "/boot/firmware/config.txt"
    if role.always_on:
        hint = f"in {file}: camera_auto_detect=0 and {role.overlay.line}; then reboot"
    else:
        hint = f"take sync-source and sync-sink off dtoverlay={role.sensor} in {file}, then reboot; or always_on = true in the rig file"
    return RigError(asked, found, hint, where=role.camera, cause=cause)


def _meaning(sensor: str, mode: int) -> str:
    words = {"imx477": ("standalone", "source", "sink"), "imx296": ("standalone", "trigger")}.get(sensor, ())
    return words[mode] if mode < len(words) else "unknown"


def parameter_values(host: Host, roles: Sequence[Role]) -> dict[str, int]:
    """Sensor -> the trigger_mode that its module must have on this host. UserError where two cameras need different ones."""
    wanted: dict[str, tuple[int, str]] = {}
    for role in roles:
        if role.mode is None or by_device_tree(host, role) is not None:
            continue
        value, first = wanted.setdefault(role.sensor, (role.mode, role.camera))
        if value != role.mode:
            way_out = "give them their roles in the device tree: " + "; ".join(r.overlay.line for r in roles if r.sensor == role.sensor)
            raise UserError(
                f"{host.name}: {first} as {_meaning(role.sensor, value)} and {role.camera} as {_meaning(role.sensor, role.mode)} asked for",
                f"{PARAMETER} of {role.sensor} is one for all of them on a host",
                way_out if role.sensor == "imx477" else "hang one of them on another host",
            )
    return {sensor: value for sensor, (value, _) in wanted.items()}


def note_on(host: Host, role: Role) -> str:
    """What to bear in mind of a role."""
    if role.always_on and config_file(host) is None:
        return "no config.txt can be read: always-on is not verified"
    if role.sensor == "imx296" and role.sync == "trigger":
        # CTRL0B TRIGEN is only cleared by the sensor's reset, which runtime power management may not do (linux PR #5560, review).
        kept = "always-on keeps the sensor powered, so it" if role.always_on else "it"
        return f"{kept} may stay in trigger mode afterwards on old kernels, until a reboot"
    return ""
