"""Whether what a step asks for is so: by a meter in somebody's hand, by files of the hosts, or by the rig's own drivers and checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hil import catalog
from hil.drivers import overlays
from hil.drivers import roles as role_rules
from hil.drivers.host import read_text
from hil.drivers.person import Person
from hil.drivers.roles import Role
from hil.errors import RigError, RigFaults
from hil.rig import Rig
from hil.setup import driven, steps
from hil.setup.readings import Reading, shown
from hil.setup.site import Site


def check(checks: Sequence[steps.Check], rig: Rig, site: Site, person: Person) -> Iterator[str]:
    """What was found, in words, if it is as it should be. RigError, with what to do, if not; of several readings by the worst."""
    wrong: list[tuple[Reading, float]] = []
    for one in checks:
        if isinstance(one, Reading):
            value = _read(one, site, person)
            if one.fits(value):
                yield f"{shown(value, one.unit)}, {one.band}"
            else:
                wrong.append((one, value))
        else:
            yield _HOW[type(one)](one, rig, site, person)
    if wrong:
        raise _out_of_band(wrong)


# -- by a person ------------------------------------------------------------------------------------------------------


def _read(one: Reading, site: Site, person: Person) -> float:
    if one.unit == "V":
        site.hosts()  # with its power on
    return person.ask_number(one.of, one.unit)


def _out_of_band(wrong: Sequence[tuple[Reading, float]]) -> RigError:
    """By the reading that is furthest out, which is most likely the cause of the others."""
    worst, value = max(wrong, key=lambda pair: pair[0].out_by(pair[1]))
    others = "".join(f"; {other.of}: {shown(read, other.unit)}, not {other.band}" for other, read in wrong if other is not worst)
    asked = f"{worst.of}: {worst.band} asked for"
    return RigError(asked, shown(value, worst.unit) + others, worst.wrong(value), cause="reading out of its band")


def _board(one: steps.Board, rig: Rig, site: Site, person: Person) -> str:
    seen = person.ask_choice(one.of, one.options)
    if seen != one.is_:
        where = one.of.camera
        raise RigError(
            f"{one.of.part} of {where} {one.is_} asked for", f"it is {seen}", one.amiss, where=where, cause=f"{one.of.part} {seen}"
        )
    return f"{one.of.part} is {seen}"


# -- by files of a host -----------------------------------------------------------------------------------------------


def _reached(one: steps.Reached, rig: Rig, site: Site, person: Person) -> str:
    model = read_text(site.hosts()[one.host], "/sys/firmware/devicetree/base/model")
    wanted = catalog.board(rig.hosts[one.host].board)
    if model is None or not model.startswith(wanted.model_text):
        hint = f'connect = "ssh:..." of {one.host} leads elsewhere, or board = "..." in the rig file is another'
        raise RigError(
            f"{one.host}: a {wanted.name} asked for", f"it says: {model or 'nothing'}", hint, where=one.host, cause="another board"
        )
    return f"{one.host} answers: {model}"


def _written(one: steps.Written, rig: Rig, site: Site, person: Person) -> str:
    host = site.hosts()[one.host]
    file = overlays.config_file(host)
    text = [line.strip() for line in (read_text(host, file) or "").splitlines()] if file else []
    there = overlays.overlays(host) or []
    missing = [line for line in one.lines if not _has(line, there, text)]
    if missing:
        found = ", ".join(overlay.line for overlay in there) or "no dtoverlay line"
        raise RigError(
            f"{file or overlays.CONFIG_FILES[0]} of {one.host}: {', '.join(missing)} asked for",
            found,
            "write it there, with no blanks",
            where=one.host,
            cause="overlay missing",
        )
    return f"{file} of {one.host} has {'it' if len(one.lines) == 1 else 'them'}"


def _has(line: str, there: Sequence[overlays.Overlay], text: Sequence[str]) -> bool:
    key, _, value = line.partition("=")
    if key != "dtoverlay":
        return line in text and f"{key}=1" not in text[text.index(line) :]
    name, *parameters = value.split(",")
    return any(
        overlay.name == name and set(parameters) <= set(overlay.parameters) and ("cam0" in overlay.parameters) == ("cam0" in parameters)
        for overlay in there
    )


def _booted(one: steps.Booted, rig: Rig, site: Site, person: Person) -> str:
    host = site.hosts()[one.host]
    board = catalog.board(rig.hosts[one.host].board)
    prefixes = {port.name: port.id_prefix for port in board.connectors}
    wanted = []
    for name, camera in rig.cameras_on(one.host).items():
        sensor = catalog.sensor(catalog.module(camera.module).sensor)
        node = f"{prefixes[camera.port]}/{sensor.name}@{sensor.i2c_addr:x}"
        wanted.append(Role(name, sensor.name, node, camera.sync or "", camera.always_on, camera.port))
    faults = role_rules.faults(host, wanted)
    if faults:
        raise faults[0] if len(faults) == 1 else RigFaults(faults)
    return f"{one.host} was booted with the overlays of {', '.join(role.camera for role in wanted)}"


_HOW: Mapping[type, Callable[..., str]] = {
    steps.Board: _board,
    steps.Reached: _reached,
    steps.Written: _written,
    steps.Booted: _booted,
    steps.Answers: driven.answers,
    steps.Levels: driven.levels,
    steps.Follows: driven.follows,
    steps.Lights: driven.lights,
    steps.FirstFrames: driven.first_frames,
}
