"""A commented rig file: of what was found, or after a shipped one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hil.rig import Rig
from hil.rig.words import listed, quoted, written
from hil.setup.found import FoundCamera, FoundHost
from hil.setup.shopping import shopping

_SHORT = {"imx477": "hq", "imx296": "gs", "imx708": "cm3", "imx219": "cm2", "ov5647": "cm1"}
"""What cameras are called that nobody has named yet, by sensor."""

_COLUMN = 32
_SECTIONS = {
    "hosts": 'connect: "local" is the machine the tests run on; "ssh:" and a name that ssh knows without a password',
    "cameras": "port as printed on the board; lens, Q2, R11, MAS: what no software can see",
    "picos": 'found on USB; id = "E66141..." where a host has several',
    "adcs": "on SPI0 of the host; it reads levels on sync and trigger wires",
    "wiring": "each line reads as you solder it; a name on the left is a net",
    "clock": "one edge that several Pis time-stamp: their frames get one time base",
    "strobe": "the cameras look at this LED, through one sheet of paper",
}
"""What a section is for, where its line does not say it already."""


# -- of what was found ------------------------------------------------------------------------------------------------


def of_found(hosts: Sequence[FoundHost], name: str) -> str:
    """A rig file of everything that was found. Whoever reads it fills in what no software can see."""
    named = _named(hosts)
    lines = [f"# {name}: what was found on {listed(host.name for host in hosts)}. Every key is explained in rigs/README.md."]
    lines += [f"# {note}" for host in hosts for note in host.notes]
    lines += [f"name = {quoted(name)}", _said(f"unit = {written(_unit(named))}", "what is under test; everything else is the rig")]
    lines += ["", _said("[hosts]", _SECTIONS["hosts"])]
    lines += [f"{host.name} = {written({'board': host.board.name, 'connect': host.connect})}" for host in hosts]
    lines += ["", _said("[cameras]", _SECTIONS["cameras"])]
    lines += [_camera_line(camera_name, host, camera) for camera_name, host, camera in named]
    picos = [(host, number) for host in hosts for number in host.picos]
    if picos:
        lines += ["", _said("[picos]", _SECTIONS["picos"]), *_pico_lines(picos)]
    return "\n".join([*lines, "", *_further(named, bool(picos))]) + "\n"


def _named(hosts: Sequence[FoundHost]) -> list[tuple[str, FoundHost, FoundCamera]]:
    """Every camera with a name: its role where config.txt gives one, else its sensor, counted where there are several."""
    found = [(_called(camera), host, camera) for host in hosts for camera in host.cameras]
    names = [name for name, _, _ in found]
    counted = [name if names.count(name) == 1 else f"{name}-{names[:index].count(name) + 1}" for index, name in enumerate(names)]
    return [(name, host, camera) for name, (_, host, camera) in zip(counted, found, strict=True)]


def _called(camera: FoundCamera) -> str:
    sync = _sync(camera)
    return sync or (_SHORT[camera.modules[0].sensor] if camera.modules else re.sub(r"\W", "-", camera.model))


def _sync(camera: FoundCamera) -> str:
    parameters = camera.overlay.parameters if camera.overlay else ()
    return next((parameter.removeprefix("sync-") for parameter in parameters if parameter in ("sync-source", "sync-sink")), "")


def _unit(named: Sequence[tuple[str, FoundHost, FoundCamera]]) -> str | list[str]:
    names = [name for name, _, _ in named]
    return names[0] if len(names) == 1 else names


def _camera_line(name: str, host: FoundHost, camera: FoundCamera) -> str:
    module = camera.modules[0] if camera.modules else None
    keys: dict[str, object] = {"module": module.name if module else camera.model, "host": host.name}
    if camera.port:
        keys["port"] = camera.port
    parameters = camera.overlay.parameters if camera.overlay else ()
    for parameter in parameters:
        if parameter.startswith("link-frequency="):
            keys["link_frequency_mhz"] = int(parameter.partition("=")[2]) / 1e6
    if _sync(camera):
        keys["sync"] = _sync(camera)
    if "always-on" in parameters:
        keys["always_on"] = True
    remarks = [f"or {listed((m.name for m in camera.modules[1:]), 'or')}, which no software can tell"] if len(camera.modules) > 1 else []
    if module and module.mounts:
        remarks.append('lens = "6mm", if that is on it')
    if module is None:
        remarks.append("the catalog has no camera of this model")
    line = f"{name} = {written(keys)}"
    return f"{line}   # {'; '.join(remarks)}" if remarks else line


def _pico_lines(picos: Sequence[tuple[FoundHost, str]]) -> Iterator[str]:
    for index, (host, number) in enumerate(picos):
        name = "pico" if len(picos) == 1 else f"pico-{index + 1}"
        several = sum(other.name == host.name for other, _ in picos) > 1
        keys = {"host": host.name} | ({"id": number} if several else {})
        yield f"{name} = {written(keys)}   # serial number {number}"


def _further(named: Sequence[tuple[str, FoundHost, FoundCamera]], pico: bool) -> Iterator[str]:
    sensors = [camera.modules[0].sensor for _, _, camera in named if camera.modules]
    yield "# Wires, an ADC, a light or a strobe cannot be seen by software. Nearest rigs to copy their sections from:"
    if sensors.count("imx477") >= 2:
        yield "#   two HQ Cameras in step      hil new --from hq-pair   (both on one Raspberry Pi 5: hq-pair-pi5)"
    if "imx296" in sensors:
        yield f"#   GS Camera, every frame triggered by a Pico{'' if pico else ' (none is plugged in)'}   hil new --from gs-trigger"
    if sensors.count("imx296") >= 2:
        yield "#   two GS Cameras in step      hil new --from gs-pair, or gs-trigger-pair"
    yield "# A light in front of a camera lets its exposure be measured:"
    yield "# [light]"
    yield '# kind = "steady"'


def _said(line: str, remark: str) -> str:
    return f"{line:{_COLUMN}}# {remark}"


# -- after a shipped rig ----------------------------------------------------------------------------------------------


def after(rig: Rig, name: str, picture: str) -> str:
    """The file of a shipped rig under another name, with what to buy at its head and what each section is for."""
    head = [f"# {name}: {_first_comment(rig)}", f"# Made with `hil new --from {rig.name}`. To build it: hil setup {name}.toml", "#"]
    head += ["# What it takes:", *(f"#   {item}" for item in shopping(rig))]
    head += ["#", f"# The picture to solder by: {picture}"] if picture else []
    body = [line for line in rig.text.splitlines() if not line.startswith("# rigs/")]
    return "\n".join([*head, *(_commented(_renamed(line, name)) for line in body)]) + "\n"


def _first_comment(rig: Rig) -> str:
    first = rig.text.splitlines()[0]
    return first.partition(": ")[2] or rig.name


def _renamed(line: str, name: str) -> str:
    return re.sub(r'^name\s*=\s*".*?"', f"name = {quoted(name)}", line)


def _commented(line: str) -> str:
    section = re.fullmatch(r"\[(\w+)\]", line.strip())
    return _said(line, _SECTIONS[section[1]]) if section and section[1] in _SECTIONS else line
