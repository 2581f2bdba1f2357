"""What makes a camera of a rig impossible: its place, lens, link frequency, driver or role. Facts come from the catalog."""

from __future__ import annotations

from collections.abc import Iterator

from hil import catalog
from hil.catalog import Board, Module, Sensor
from hil.errors import UserError
from hil.rig.document import Fault
from hil.rig.draft import Draft, module_of, unknown
from hil.rig.faults import UNKNOWN
from hil.rig.model import Camera
from hil.rig.words import a, listed, quoted

_ROLES = {"imx477": ("source", "sink"), "imx296": ("source", "sink", "trigger")}
"""Roles by sensor: only these have an XVS pad, only IMX296 has XTR (documentation page, "Synchronous captures", "External trigger")."""

Keyed = Iterator[tuple[str, str]]
"""A key of the camera in question, and what is wrong with it."""


def faults(draft: Draft) -> Iterator[Fault]:
    """Every reason why the cameras of this rig cannot be."""
    for name, camera in draft.rig.cameras.items():
        for key, message in _camera(draft, name, camera):
            yield draft.document.fault(("cameras", name, key), message)
    for host in draft.rig.hosts:
        board = draft.board(host)
        if board is not None and draft.rig.cameras_on(host):
            yield from _crowded(draft, host, board) if board.ports else _no_connector(draft, host, board)


def _camera(draft: Draft, name: str, camera: Camera) -> Keyed:
    module = module_of(camera)
    yield from _place(draft, name, camera)
    if module is not None:
        sensor = catalog.sensor(module.sensor)
        yield from _lens(camera, module)
        yield from _link(camera, sensor)
        yield from _driver(camera, sensor)
        yield from _roles(camera, module)
        yield from _parts(camera, module)
    elif camera.module != UNKNOWN:
        yield "module", unknown(camera.module, "camera module", catalog.modules())


def _place(draft: Draft, name: str, camera: Camera) -> Keyed:
    stranger = draft.stranger(camera.host)
    if stranger and camera.host != UNKNOWN:
        yield "host", stranger
    board = draft.board(camera.host)
    if board is None or not board.ports:
        return
    if draft.lacks(("cameras", name, "port")) and len(board.ports) > 1:
        yield "port", f'missing; {a(board.name)} has {listed(board.ports)}, write port = "{board.ports[-1]}"'
    elif camera.port and camera.port not in board.ports:
        yield "port", f"{quoted(camera.port)}; {a(board.name)} has {'only ' if len(board.ports) == 1 else ''}{listed(board.ports)}"


def _lens(camera: Camera, module: Module) -> Keyed:
    if not module.mounts:
        for key, value in (("lens", camera.lens), ("adapter", camera.adapter)):
            if value is not None:
                yield key, f"{quoted(value)}; the lens of {a(module.name)} is part of it, leave {key} out"
    elif camera.adapter and "CS" not in module.mounts:
        yield "adapter", f'"{camera.adapter}"; {a(module.name)} takes {listed(module.mounts)} lenses, which need no adapter'
    elif camera.lens is not None:
        yield from _mount(camera, module, camera.lens)


def _mount(camera: Camera, module: Module, name: str) -> Keyed:
    try:
        lens = catalog.lens(name)
    except UserError:
        yield "lens", unknown(name, "lens", catalog.lenses())
        return
    fit = catalog.fit(module, lens, adapter=camera.adapter is not None)
    if fit.ok:
        return
    if fit.adapter_needed:
        yield "lens", f'{quoted(name)} is {a(lens.mount)} lens; on the CS mount of {a(module.name)} it needs adapter = "C-CS"'
    elif lens.mount in module.mounts:
        yield "adapter", f'"{camera.adapter}"; {fit.reason}, take it off'
    else:
        yield "lens", f"{quoted(name)} is {a(lens.mount)} lens; {a(module.name)} has {a(module.mounts[0])} mount  ({_fitting(module)})"


def _fitting(module: Module) -> str:
    with_adapter = [lens for lens in catalog.lenses() if catalog.fit(module, lens, adapter=lens.mount == "C").ok]
    return "fitting: " + ", ".join(lens.name for lens in with_adapter)


def _link(camera: Camera, sensor: Sensor) -> Keyed:
    if camera.link_frequency_mhz is None or round(camera.link_frequency_mhz * 1e6) in sensor.link_freqs_hz:
        return
    allowed = [f"{hz / 1e6:g}" for hz in sorted(sensor.link_freqs_hz)]
    runs = "runs only at" if len(allowed) == 1 else "runs at"
    yield "link_frequency_mhz", f"{camera.link_frequency_mhz:g}; the link of {a(sensor.name.upper())} {runs} {listed(allowed, 'or')} MHz"


def _driver(camera: Camera, sensor: Sensor) -> Keyed:
    names = [generation.name for generation in sensor.generations]
    if camera.driver not in (None, *names):
        comes_as = f"the driver of {sensor.name} comes as {listed(map(quoted, names), 'or')}"
        yield "driver", f"{quoted(camera.driver)}; {comes_as}; or leave driver out"


def _roles(camera: Camera, module: Module) -> Keyed:
    roles = _ROLES.get(module.sensor, ())
    if camera.sync is not None and not roles:
        yield "sync", f'"{camera.sync}"; {a(module.name)} has no XVS or XTR pad, only HQ and GS Cameras synchronise'
    elif camera.sync is not None and camera.sync not in roles:
        yield "sync", f'"{camera.sync}"; {a(module.name)} has no XTR pad, write {listed(map(quoted, roles), "or")}'
    if camera.always_on and not roles:
        yield "always_on", f"true; the overlay of {a(module.name)} has no always-on option"


def _parts(camera: Camera, module: Module) -> Keyed:
    """Q2, R11 and MAS are on the Global Shutter Camera's board only."""
    for key in ("Q2", "R11", "MAS"):
        value = getattr(camera, key)
        if value is not None and module.sensor != "imx296":
            yield key, f"{quoted(value)}; only a GS Camera has {key}, this is {a(module.name)}"


def _no_connector(draft: Draft, host: str, board: Board) -> Iterator[Fault]:
    """Said once, of the board, however many cameras are to be on it."""
    cameras = listed(draft.rig.cameras_on(host))
    yield draft.document.fault(("hosts", host, "board"), f'"{board.name}" takes no camera ({cameras}): {board.why_not}')


def _crowded(draft: Draft, host: str, board: Board) -> Iterator[Fault]:
    """Cameras that take each other's connector, and more cameras than the board runs at once."""
    taken: dict[str, str] = {}
    for name, camera in draft.rig.cameras_on(host).items():
        port = camera.port or (board.ports[0] if len(board.ports) == 1 else "")
        if port not in board.ports:
            continue
        if port in taken:
            yield draft.document.fault(("cameras", name, "port" if camera.port else "host"), _port_taken(board, host, port, taken[port]))
        elif len(taken) >= board.cameras_at_once:
            yield draft.document.fault(("cameras", name, "host"), _too_many(board, host, list(taken.values())))
        taken.setdefault(port, name)


def _port_taken(board: Board, host: str, port: str, other: str) -> str:
    if len(board.ports) == 1:
        return f"{a(board.name)} has one camera connector, and {other} is on it"
    return f'"{port}" of {host} has {other} on it; a connector takes one camera'


def _too_many(board: Board, host: str, others: list[str]) -> str:
    at_once = f"{board.cameras_at_once} camera{'s' if board.cameras_at_once > 1 else ''} at once"
    return f"{a(board.name)} runs {at_once}, and {host} has {listed(others)}"
