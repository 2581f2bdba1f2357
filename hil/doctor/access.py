"""Whether the user may do what the rig needs: groups, and writing trigger_mode."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hil.doctor.lines import Line, ok, repair
from hil.doctor.view import View
from hil.drivers.host import read_text
from hil.drivers.roles import PARAMETER, Role
from hil.drivers.settings import TEE, parameter_path, sudo_rule

_WHY = {"video": "cameras", "gpio": "the header's pins", "spi": "ADCs", "dialout": "Picos on USB"}
_ROOT = "0"


def groups(view: View) -> Iterator[Line]:
    """Whether the user is in the groups whose devices the rig uses."""
    if view.run("id", "-u").stdout.strip() == _ROOT:
        return
    mine = view.run("id", "-nG").stdout.split()
    missing = [group for group in _needed(view) if group not in mine]
    if missing:
        text = f"user {view.user} is not in {_listed(missing)}: no access to {_listed([_WHY[group] for group in missing])}"
        yield repair("groups", text, f"sudo usermod -aG {','.join(missing)} {view.user}, then log in again")
    else:
        yield ok("groups", f"user {view.user} is in {_listed(_needed(view))}")


def _needed(view: View) -> list[str]:
    if view.rig is None:
        return ["video", "gpio", "dialout"]
    on_header = any(pin.startswith(f"{view.name}.GPIO") for line in view.rig.wiring.values() for pin in line.split())
    spi = any(adc.host == view.name for adc in view.rig.adcs.values())
    wanted = {"video": bool(view.cameras), "gpio": on_header, "spi": spi, "dialout": bool(view.picos)}
    return [group for group, needed in wanted.items() if needed]


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def trigger_mode(view: View) -> Iterator[Line]:
    """Whether the roles that are not in the device tree can be written to the modules' parameters."""
    for sensor in _written(view):
        path = parameter_path(sensor, PARAMETER)
        if read_text(view.host, path) is None or view.run("test", "-w", path).returncode == 0:
            continue  # without its module there is no camera, which is said elsewhere
        if _may_tee(view, path):
            yield ok("trigger_mode", f"{PARAMETER} of {sensor} can be written with sudo")
        else:
            text = f"only root may write {PARAMETER} of {sensor}, and sudo asks {view.user} for a password"
            yield repair("trigger_mode", text, sudo_rule(view.user, path))


def _written(view: View) -> list[str]:
    """The sensors whose modules' parameter is to be written here."""
    found = []
    for name, fitted in view.cameras.items():
        sensor = view.sensor(fitted).name
        by_tree = sensor == "imx477" and fitted.always_on
        if fitted.sync and not by_tree and Role(name, sensor, "", fitted.sync).mode:
            found.append(sensor)
    return list(dict.fromkeys(found))


def _may_tee(view: View, path: str) -> bool:
    done = view.run("sudo", "-n", "-l")
    free = re.findall(r"NOPASSWD: *(.*)", done.stdout) if done.returncode == 0 else []
    commands = [command.strip() for line in free for command in line.split(",")]
    return any(command in ("ALL", TEE, f"{TEE} {path}") for command in commands)
