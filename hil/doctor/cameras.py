"""Whether each camera is where the rig says, is what the rig says, and what the kernel says where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hil import catalog
from hil.checks import generation
from hil.doctor import kernel_log, listing
from hil.doctor.kernel_log import Complaint
from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.listing import Listed
from hil.doctor.view import View
from hil.drivers import roles, v4l2
from hil.drivers.host import names_in
from hil.drivers.overlays import Overlay
from hil.drivers.roles import Role
from hil.errors import HilError, RigError
from hil.rig import Camera


def cameras(view: View) -> Iterator[Line]:
    """All about the cameras of a host; nothing on a board that can have none, which is said already."""
    if view.boards and all(board.why_not for board in view.boards):
        return
    left_on = listing.hdr_left_on(view)
    for subdev in left_on:
        text = f"{subdev}: somebody left the HDR of a Camera Module 3 on, and listing cameras would switch it off: they are not listed"
        yield repair("hdr", text, f"v4l2-ctl -d {subdev} --set-ctrl wide_dynamic_range=0")
    if left_on:
        return
    found, complaints = listing.listed(view), kernel_log.complaints(view)
    if view.rig is None:
        yield from _whatever_is_there(view, found, complaints)
    else:
        yield from _at_once(view)
        said: set[str] = set()
        for name, fitted in view.cameras.items():
            for line in _camera(view, name, fitted, found, complaints):
                said |= {complaint.text for complaint in complaints if complaint.text in line.text}
                yield line
        for complaint in complaints:
            if complaint.text not in said:
                yield note("kernel log", f'the kernel says "{complaint.text}": {complaint.meaning.cause}', *complaint.fix(view))
    yield from _held(view)


def _whatever_is_there(view: View, found: Sequence[Listed], complaints: Sequence[Complaint]) -> Iterator[Line]:
    for camera in found:
        port = view.board.port_of(camera.id) if view.board else None
        yield _found(view, camera, camera.model + (f" on {port}" if port else ""))
    yield from (_complaint(view, "a camera", complaint) for complaint in complaints)
    if not view.may_capture:
        yield note("camera", _unseen(view))
    elif not found and not complaints:
        text = "no camera: firmware detected none, and the kernel log names none"
        yield note("camera", text, kernel_log.reseat(view.board))


def _unseen(view: View) -> str:
    return f"not seen: user {view.user} may not open cameras"


def _at_once(view: View) -> Iterator[Line]:
    if view.board is not None and len(view.cameras) > view.board.cameras_at_once > 0:
        text = f"{', '.join(view.cameras)}: a {view.board.name} runs {view.board.cameras_at_once} camera at once"
        yield repair("camera", text, "hang the others on boards of their own")


def _camera(view: View, name: str, fitted: Camera, found: Sequence[Listed], complaints: Sequence[Complaint]) -> Iterator[Line]:
    board = view.board or catalog.board(view.declared.board if view.declared else "")
    module = catalog.module(fitted.module)
    there = [camera for camera in found if board.port_of(camera.id) in (fitted.port, None)]
    if not there:
        yield _absent(view, name, fitted, found, complaints)
        return
    camera = there[0]
    if camera.model != module.libcamera_model:
        text = f"{name}: the rig says {module.name} ({module.libcamera_model}) on {fitted.port}; there is an {camera.model}"
        yield repair("camera", text, f"connect the {module.name}, or correct module of {name} in the rig file")
        return
    yield _found(view, camera, f"{name}: {camera.model} on {fitted.port}, as the rig says", fitted.driver)
    yield from _link(view, name, fitted, camera)
    yield from _role(view, name, fitted, camera)


def _found(view: View, camera: Listed, where: str, stated: str | None = None) -> Line:
    """A camera that is there, with the generation of its driver; `stated`: the one that the rig has to have."""
    model = next((module for module in catalog.modules() if module.libcamera_model == camera.model), None)
    if model is None:
        return note("camera", f"{where}; the catalog does not know it")
    sensor = catalog.sensor(model.sensor)
    link_hz = next(iter(v4l2.device_tree_link_frequencies_hz(view.host, camera.id)), sensor.link_freq_default_hz)
    try:
        shown = generation.identify(camera.modes, sensor, link_hz=link_hz, stated=stated, where=camera.model)
    except RigError as fault:
        level = repair if fault.cause == "another driver generation" else note
        return level("driver", f"{where}; {fault.asked}, but {fault.found}", fault.hint)
    said = f"driver {shown.name!r}, {shown.title}" if len(sensor.generations) > 1 else "modes as in the catalog"
    return ok("camera", f"{where}; {said}")


def _absent(view: View, name: str, fitted: Camera, found: Sequence[Listed], complaints: Sequence[Complaint]) -> Line:
    sensor = view.sensor(fitted)
    others = ", ".join(f"{camera.model} on {(view.board and view.board.port_of(camera.id)) or camera.id}" for camera in found)
    here = f"only {others}" if others else "no camera"
    if moved := _elsewhere(view, fitted, found):
        fix = (f"shut down, move the cable to {fitted.port}", f'or in the rig file: port = "{moved}" of {name}')
        return repair("camera", f"{name}: its cable is in {moved}, the rig says {fitted.port}", *fix)
    mine = _of_port(view, fitted, complaints)
    if mine is not None:
        text = f'{name}: {here}; the kernel says "{mine.text}": {mine.meaning.cause}'
        named = catalog.sensor(mine.sensor)
        if named.name != sensor.name:
            text = f'{name}: {here}; config.txt names {named.overlay}, and the kernel says "{mine.text}": the rig has an {sensor.name}'
            wanted = Role(name, sensor.name, "", fitted.sync or "", fitted.always_on, fitted.port)
            return repair("camera", text, *view.in_config("camera_auto_detect=0", _line(wanted)))
        return repair("camera", text, *mine.fix(view, sensor))
    if not view.may_capture:
        return note("camera", f"{name}: {_unseen(view)}")
    text = f"{name}: {here}; firmware detected none on {fitted.port}: not connected, the wrong way round, or the cable is dead"
    return repair("camera", text, kernel_log.reseat(view.board))


def _elsewhere(view: View, fitted: Camera, found: Sequence[Listed]) -> str | None:
    """The connector on which there is such a camera where the rig has none."""
    model, taken = catalog.module(fitted.module).libcamera_model, {camera.port for camera in view.cameras.values()}
    ports = [view.board.port_of(camera.id) for camera in found if camera.model == model] if view.board else []
    return next((port for port in ports if port is not None and port not in taken), None)


def _line(role: Role) -> str:
    overlay = role.overlay if role.always_on else Overlay(role.sensor, ("cam0",) if role.port == "CAM0" else ())
    return overlay.line


def _of_port(view: View, fitted: Camera, complaints: Sequence[Complaint]) -> Complaint | None:
    """The complaint about a camera's connector: of its sensor, or where the host has one camera, any."""
    sensor = view.sensor(fitted).name
    same = [complaint for complaint in complaints if complaint.sensor == sensor]
    if len(view.cameras) == 1:
        return next(iter(same or complaints), None)
    buses = sorted({complaint.bus for complaint in complaints})
    ports = sorted(camera.port for camera in view.cameras.values())
    if len(buses) == len(ports):
        return next((complaint for complaint in complaints if complaint.bus == buses[ports.index(fitted.port)]), None)
    return next(iter(same or complaints), None)


def _complaint(view: View, who: str, complaint: Complaint) -> Line:
    return repair("camera", f'{who}: the kernel says "{complaint.text}": {complaint.meaning.cause}', *complaint.fix(view))


def _link(view: View, name: str, fitted: Camera, camera: Listed) -> Iterator[Line]:
    if fitted.link_frequency_mhz is None:
        return
    wanted = round(fitted.link_frequency_mhz * 1e6)
    real = v4l2.device_tree_link_frequencies_hz(view.host, camera.id)
    if real and wanted not in real:
        line = f"dtoverlay={view.sensor(fitted).overlay},link-frequency={wanted}{',cam0' if fitted.port == 'CAM0' else ''}"
        text = f"{name}: its link runs at {real[0] / 1e6:g} MHz, the rig says {fitted.link_frequency_mhz:g} MHz"
        yield repair("link frequency", text, *view.in_config("camera_auto_detect=0", line))


def _role(view: View, name: str, fitted: Camera, camera: Listed) -> Iterator[Line]:
    role = Role(name, view.sensor(fitted).name, camera.id, fitted.sync or "", fitted.always_on, fitted.port)
    try:
        faults = roles.faults(view.host, [role])
    except HilError as wrong:
        yield repair("role", wrong.asked, wrong.hint)
        return
    for fault in faults:
        yield repair("role", f"{fault.asked}; {fault.found}", fault.hint)
    if fitted.sync and not faults and (bear := roles.note_on(view.host, role)):
        yield note("role", f"{name}: {bear}")


def _held(view: View) -> Iterator[Line]:
    """Whoever has a camera open now."""
    for device in (name for name in names_in(view.host, "/dev") if name.startswith("media")):
        for process in view.run("fuser", f"/dev/{device}").stdout.split():
            who = view.run("cat", f"/proc/{process}/comm").stdout.strip() or "a process"
            yield note("camera", f"{who} (process {process}) has /dev/{device} open: no test can use it meanwhile", f"kill {process}")
