"""What is joined that must not be, and what is not joined that must be: XVS, XHS, XTR, ground, MAS, Q2 and R11."""

from __future__ import annotations

from collections.abc import Iterator

from hil import catalog
from hil.rig.electrical.finding import Finding, at_camera, at_line
from hil.rig.electrical.levels import signal_nets
from hil.rig.electrical.model import Model
from hil.rig.words import listed


def findings(model: Model) -> Iterator[Finding]:
    """Every camera and every net of pads."""
    for pad, pads in signal_nets(model):
        yield from _two_sources(model, pad, pads)
        yield from _mixed_pads(model, pad, pads)
        yield from _grounds(model, pad, pads)
    for camera, fitted in model.rig.cameras.items():
        if fitted.sync == "sink":
            yield from _sink(model, camera)
        if fitted.sync == "source":
            yield from _source(model, camera)
        if fitted.sync == "trigger":
            yield from _trigger(model, camera)
        elif f"{camera}.XTR" in model.roles.pads:
            what = f'{camera}.XTR is wired, but {camera} has no sync = "trigger"'
            yield at_line(
                model, "note", model.named_in(f"{camera}.XTR"), what, "", f'write sync = "trigger" at {camera} if it is to be triggered'
            )


def _sensor(model: Model, camera: str) -> str:
    return catalog.module(model.rig.cameras[camera].module).sensor


def _cameras(pads: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(pad.partition(".")[0] for pad in pads))


def _two_sources(model: Model, pad: str, pads: tuple[str, ...]) -> Iterator[Finding]:
    sources = [camera for camera in _cameras(pads) if model.rig.cameras[camera].sync == "source"]
    if len(sources) > 1:
        what = f"{listed(sources)} are sources on one {pad.partition('.')[2]}: their outputs would drive against each other"
        yield at_line(model, "refuse", model.named_in(pad), what, "", 'give all but one sync = "sink"')


def _mixed_pads(model: Model, pad: str, pads: tuple[str, ...]) -> Iterator[Finding]:
    if len({_sensor(model, camera) for camera in _cameras(pads)}) > 1:
        kinds = listed(f"{camera} ({model.rig.cameras[camera].module})" for camera in _cameras(pads))
        yield at_line(model, "refuse", model.named_in(pad), f"{kinds} cannot be synchronised with each other", "", "join like with like")
    names = {name.partition(".")[2] for name in pads}
    if len(names) > 1:
        yield at_line(model, "refuse", model.named_in(pad), f"{listed(sorted(names))} are joined", "", "each pad goes to its like only")


def _grounds(model: Model, pad: str, pads: tuple[str, ...]) -> Iterator[Finding]:
    """A signal without a common ground is none."""
    first = pad.partition(".")[0]
    ends = [*_cameras(pads), *(pin.partition(".")[0] for pin in model.roles.drivers_of(pad))]
    apart = [device for device in dict.fromkeys(ends) if not model.circuit.same_ground(first, device)]
    if apart:
        what = f"{model.net_of(pad)} joins {first} and {listed(apart)}, which have no ground in common"
        yield at_line(model, "refuse", model.named_in(pad), what, "", f'GND = "{first}.GND -- {apart[0]}.GND"')


def _sink(model: Model, camera: str) -> Iterator[Finding]:
    if not _source_on(model, f"{camera}.XVS"):
        what = f"no wire joins {camera}.XVS to a source"
        yield at_camera(
            model, "warn", camera, what, "", f'XVS = "...XVS -- {camera}.XVS"; unless it hangs on something that is not in this file'
        )
        return
    if _sensor(model, camera) != "imx296":
        return
    if not _source_on(model, f"{camera}.XHS"):
        what = f"{camera}.XHS is not joined with the source's; GS Cameras need XVS and XHS"
        yield at_camera(model, "refuse", camera, what, "", f'XHS = "...XHS -- {camera}.XHS"')
    mas = model.rig.cameras[camera].MAS
    if mas != "bridged":
        what = f"{camera} follows a source only with its MAS pad bridged" + ("" if mas else ", and the file does not say")
        yield at_camera(model, "refuse" if mas else "warn", camera, what, "", 'bridge it and write MAS = "bridged"')


def _source(model: Model, camera: str) -> Iterator[Finding]:
    if model.rig.cameras[camera].MAS == "bridged":
        what = f"{camera} is the source, and its MAS pad is bridged: it waits for pulses itself"
        yield at_camera(model, "refuse", camera, what, "", 'open it and write MAS = "open"')


def _source_on(model: Model, pad: str) -> bool:
    if pad not in model.roles.pads:
        return False
    others = _cameras(model.roles.pads_with(pad))
    return any(model.rig.cameras[other].sync == "source" for other in others) or bool(model.roles.drivers_of(pad))


def _trigger(model: Model, camera: str) -> Iterator[Finding]:
    fitted = model.rig.cameras[camera]
    if f"{camera}.XTR" not in model.roles.pads:
        yield at_camera(model, "warn", camera, f"no wire goes to {camera}.XTR", "", f'pulse = "pico.GP28 -- R1 1.5k 1% -- {camera}.XTR"')
    if fitted.Q2 == "fitted" and fitted.R11 == "fitted":
        what = f"R11 of {camera} is fitted beside Q2: the board's level shifter holds XTR, and no pulse arrives"
        yield at_camera(model, "refuse", camera, what, "", 'take R11 off and write R11 = "removed"')
    elif fitted.Q2 != "absent" and fitted.R11 != "removed":
        what = f"whether {camera} can be triggered depends on Q2 and R11, and the file does not say both"
        yield at_camera(model, "warn", camera, what, "", "look at the board; where Q2 is fitted, R11 must go")
    elif fitted.Q2 == "absent" and fitted.R11 == "removed":
        yield at_camera(model, "note", camera, f"R11 of {camera} is removed though Q2 is absent; only beside Q2 it has to go")
