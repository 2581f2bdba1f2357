"""v4l2-ctl (v4l-utils 1.30) on the sensors' sub-devices: lists, gets and sets controls.

Layout of its lines as in public listings of real Raspberry Pis; error texts from its source, utils/v4l2-ctl.
"""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from hil.completed import Completed
from hil.sim.tools.controls import CLASSES, Control
from hil.sim.tools.words import not_modelled

if TYPE_CHECKING:
    from hil.sim.host import SimHost

_VERSION = "v4l2-ctl 1.30.1\n"
_WITH_VALUE = {"-d": "device", "--device": "device", "-C": "get", "--get-ctrl": "get", "-c": "set", "--set-ctrl": "set"}
_FLAGS = {"-l": "list", "--list-ctrls": "list", "-L": "menus", "--list-ctrls-menus": "menus"}


@dataclass(slots=True)
class _Call:
    device: str = "/dev/video0"
    actions: list[tuple[str, str]] = field(default_factory=list)
    unknown: str = ""


def _parsed(arguments: list[str]) -> _Call:
    call, rest = _Call(), list(arguments)
    while rest and not call.unknown:
        option, _, value = rest.pop(0).partition("=") if rest[0].startswith("--") else (rest.pop(0), "", "")
        if option in _FLAGS:
            call.actions.append((_FLAGS[option], ""))
        elif option in _WITH_VALUE and (value or rest):
            value = value or rest.pop(0)
            _take(call, _WITH_VALUE[option], value)
        else:
            call.unknown = option
    return call


def _take(call: _Call, what: str, value: str) -> None:
    if what == "device":
        call.device = f"/dev/video{value}" if value.isdigit() else value
    else:
        call.actions.extend((what, part) for part in value.split(","))


def answer(host: SimHost, tool: str, arguments: list[str]) -> Completed:
    """Run the tool; options the twin does not model are named."""
    if "--version" in arguments:
        return Completed(_VERSION)
    call = _parsed(arguments)
    if call.unknown:
        return not_modelled(tool, call.unknown)
    if not (host.root / call.device.lstrip("/")).exists() or not host.may_capture:
        return Completed(stderr=f"Cannot open device {call.device}, exiting.\n", returncode=1)
    number = re.fullmatch(r"/dev/v4l-subdev(\d+)", call.device)
    if number is None:
        return not_modelled(tool, f"device {call.device}")
    return _act(host, int(number[1]), call.actions)


def _act(host: SimHost, number: int, actions: list[tuple[str, str]]) -> Completed:
    """The real tool's order: it sets, then gets, then lists, whatever the order on the command line."""
    printed = ""
    for wanted, what in sorted(actions, key=lambda action: ("set", "get", "list", "menus").index(action[0])):
        if wanted == "set":
            failed = _set(host, number, what)
            if failed:
                return failed
        elif wanted == "get":
            found = _named(host, number, what)
            if found is None:
                return Completed(printed, f"unknown control '{what}'\n", 1)
            printed += f"{found.name}: {_get_text(found)}\n"
        else:
            printed += listing(host.subdev_controls(number), menus=wanted == "menus")
    return Completed(printed)


def _named(host: SimHost, number: int, name: str) -> Control | None:
    return next((control for control in host.subdev_controls(number) if control.name == name), None)


def _set(host: SimHost, number: int, assignment: str) -> Completed | None:
    name, _, text = assignment.partition("=")
    control = _named(host, number, name)
    if control is None:
        return Completed(stderr=f"unknown control '{name}'\n", returncode=1)
    try:
        host.set_ctrl(number, control.id, int(text, 0))
    except ValueError:
        return Completed(stderr=f"Invalid value '{text}' for '{name}'\n", returncode=1)
    except OSError as refused:
        return _refused(control, refused.errno or errno.EIO)
    return None


def _refused(control: Control, number: int) -> Completed:
    words = os.strerror(number)
    return Completed(stderr=f"VIDIOC_S_EXT_CTRLS: failed: {words}\n{control.name}: {words}\n", returncode=255)


def listing(controls: tuple[Control, ...], *, menus: bool) -> str:
    """The whole listing, a heading for each class of controls; `menus`: with the entries of menus."""
    printed = ""
    for number, members in groupby(controls, key=lambda control: control.id >> 16 & 0xFF):
        printed += f"\n{CLASSES[number]}\n\n"
        for control in members:
            printed += _line(control) + (_menu(control) if menus else "")
    return printed


def _line(control: Control) -> str:
    flags = f" flags={', '.join(control.flags)}" if control.flags else ""
    kind = f"({control.kind})".ljust(9)
    return f"{control.name:>31} {control.id:#010x} {kind}: {_range(control)}{flags}\n"


def _range(control: Control) -> str:
    ends = f"min={control.minimum} max={control.maximum} "
    held = f"default={control.default} value={control.value}"
    if control.kind == "bool":
        return held
    if control.kind in ("int", "int64"):
        return f"{ends}step={control.step} {held}"
    return f"{ends}{held} ({_entry(control, control.value)})"


def _entry(control: Control, index: int) -> str:
    entry = control.menu[index]
    return f"{entry} {entry:#x}" if isinstance(entry, int) else entry


def _menu(control: Control) -> str:
    lines = (f"{entry} ({entry:#x})" if isinstance(entry, int) else entry for entry in control.menu)
    return "".join(f"\t\t\t\t{index}: {line}\n" for index, line in enumerate(lines))


def _get_text(control: Control) -> str:
    return f"{control.value} ({_entry(control, control.value)})" if control.menu else str(control.value)
