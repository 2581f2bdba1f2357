"""The steps with power: hosts answer, overlays, reboot, cameras there, levels by power state, signals, light, first frames."""

from __future__ import annotations

from collections.abc import Iterator

from hil import catalog
from hil.checks import wiring
from hil.checks.pairs import names_of
from hil.drivers.overlays import CONFIG_FILES
from hil.drivers.roles import Role
from hil.rig import Rig
from hil.rig.electrical.model import Model
from hil.rig.model import Camera
from hil.rig.roles import Roles
from hil.rig.tasks import Edit, Power, Reboot
from hil.rig.words import listed
from hil.setup.readings import at_rest, of_supplies
from hil.setup.steps import Answers, Booted, FirstFrames, Follows, Levels, Lights, Reached, Step, Written


def steps(rig: Rig) -> Iterator[Step]:
    """In the order in which one thing needs the other."""
    yield _power_on(rig)
    edited = {host: lines for host in rig.hosts if (lines := config_lines(rig, host))}
    for host, lines in edited.items():
        yield _overlay(rig, host, lines)
    if edited:
        title = f"reboot {listed(edited)}"
        yield Step("reboot", title, act=Reboot(tuple(edited)), checks=tuple(Booted(host) for host in edited))
    yield _there(rig)
    yield from _levels(rig)
    yield from _signals(rig)
    yield from _frames(rig)


def _power_on(rig: Rig) -> Step:
    far = {name: host.connect.removeprefix("ssh:") for name, host in rig.hosts.items() if host.connect != "local"}
    do = tuple(f"{name} is reached by   ssh {address}   without a password (ssh-copy-id {address})" for name, address in far.items())
    reached = tuple(Reached(host) for host in rig.hosts)
    return Step("power on", "power on", do, act=Power(tuple(rig.hosts), on=True), checks=(*of_supplies(rig), *reached))


# -- config.txt -------------------------------------------------------------------------------------------------------


def config_lines(rig: Rig, host: str) -> tuple[str, ...]:
    """What config.txt of a host must have for its cameras; nothing where they are detected as they are to be."""
    cameras = rig.cameras_on(host)
    board = catalog.board(rig.hosts[host].board)
    lines = tuple(_overlay_line(name, camera) for name, camera in cameras.items())
    spi = ("dtparam=spi=on",) if any(adc.host == host for adc in rig.adcs.values()) else ()
    if not board.name.startswith("Compute Module") and not any("," in line.replace(",cam0", "") for line in lines):
        return spi
    return ("camera_auto_detect=0", *lines, *spi)


def _overlay_line(name: str, camera: Camera) -> str:
    sensor = catalog.sensor(catalog.module(camera.module).sensor)
    parameters = []
    if camera.link_frequency_mhz and round(camera.link_frequency_mhz * 1e6) != sensor.link_freq_default_hz:
        parameters.append(f"link-frequency={round(camera.link_frequency_mhz * 1e6)}")
    if camera.always_on:
        role = Role(name, sensor.name, "", camera.sync or "", always_on=True)
        parameters += role.overlay.parameters
    port = ["cam0"] if camera.port == "CAM0" else []
    return ",".join([f"dtoverlay={sensor.overlay}", *parameters, *port])


def _overlay(rig: Rig, host: str, lines: tuple[str, ...]) -> Step:
    file = CONFIG_FILES[0]
    goes = "; camera_auto_detect=1 goes" if "camera_auto_detect=0" in lines else ""
    do = (f"lines of {file}, in its section [all]{goes}:", *(f"    {line}" for line in lines))
    return Step(f"overlay of {host}", f"config.txt of {host}", do, act=Edit(host, file, lines), checks=(Written(host, lines),))


# -- what is there ----------------------------------------------------------------------------------------------------


def _there(rig: Rig) -> Step:
    what = listed([*rig.cameras, *rig.picos])
    do = tuple(f"a new {name} needs its firmware once:   hil pico deploy RIG" for name in rig.picos)
    return Step("devices", f"{what} answer{'' if len(rig.cameras) + len(rig.picos) > 1 else 's'}", do, checks=(Answers(),))


def _levels(rig: Rig) -> Iterator[Step]:
    model = Model(rig)
    read = {line.net for line in wiring.lines(rig)}
    for net in read:
        yield Step(f"levels on {net}", f"levels on {net}, by its ADC", checks=(Levels(net),))
    by_hand: dict[str, str] = {}
    for pad in model.roles.pads:
        by_hand.setdefault(model.net_of(pad), pad)
    for net, pad in by_hand.items():
        cameras = [other.partition(".")[0] for other in model.roles.pads_with(pad)]
        if net not in read and not pad.endswith(".XTR") and all(rig.cameras[name].always_on for name in cameras):
            yield Step(f"level on {net}", f"level on {net}, by hand", checks=(at_rest(rig, net, pad),))


def _signals(rig: Rig) -> Iterator[Step]:
    if rig.clock is not None:
        checks = (Follows(rig.clock.drive, rig.clock.stamp),)
        yield Step("clock wire", f"clock wire from {rig.clock.drive} to {listed(rig.clock.stamp)}", checks=checks)
    if rig.strobe is not None:
        led = next(
            (part.name for line in rig.lines if rig.strobe.drive in map(str, line.pins) for part in line.parts if part.kind == "LED"), ""
        )
        if led:
            yield Step("strobe", f"{led} lights", checks=(Lights(rig.strobe.drive, led),))


def _frames(rig: Rig) -> Iterator[Step]:
    pair = names_of(rig)
    if pair is not None:
        yield _first("pair", pair)
    driven = tuple(name for name in rig.cameras if rig.cameras[name].sync == "trigger" and Roles(rig).trigger_pin(name))
    if driven:
        yield _first("trigger", driven)
    for name, camera in rig.cameras.items():
        if camera.sync is None:
            yield _first("free", (name,))


def _first(how: str, cameras: tuple[str, ...]) -> Step:
    said = {"pair": "both in step", "trigger": "one a pulse", "free": "by itself"}[how]
    return Step(f"first frames of {'+'.join(cameras)}", f"first frames of {listed(cameras)}, {said}", checks=(FirstFrames(how, cameras),))
