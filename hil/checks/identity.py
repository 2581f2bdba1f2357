"""Identity: the right module on the right port, as far as hardware can tell.

The model string comes from the kernel driver, which reads the sensor's id and, on IMX708, the module id that tells Wide and
NoIR (register 0x0000). The other NoIR modules, and the two mounts of the HQ Camera, look alike to every register.
"""

from __future__ import annotations

from hil import catalog
from hil.checks.case import START_S, Case, Expected
from hil.checks.notebook import Notebook
from hil.drivers.camera import Camera
from hil.drivers.frames import Identity
from hil.errors import RigError
from hil.judge import Limit
from hil.measure import Measurement
from hil.rig import Camera as Fitted
from hil.rig.words import a


def forecast(case: Case) -> Expected:
    """One measurement: whether it is the module that the rig file names."""
    return Expected(("identity",), START_S)


def run(camera: Camera, case: Case, notebook: Notebook) -> None:
    """Compare model, connector and pixel array with the rig file. RigError naming asked and found if another camera is there."""
    identity = camera.identity()
    refuse_another_module(case.camera, case.fitted, identity.model, identity.id)
    check_port(identity, case)
    check_array(identity, case)
    notebook.text("module", _words(case), subject=case.camera)
    notebook.text("model", identity.model, subject=case.camera)
    same = Measurement("identity", 1.0, "", method=f"model {identity.model} at {identity.id}")
    limit = Limit(1.0, 1.0, "", f"rig file: {case.module.name} on {case.fitted.port}", "simple", "the module named in the rig file", "host")
    notebook.measure(same, limit, subject=case.camera, conditions={"model": identity.model, "port": case.fitted.port})
    for text in cannot_tell(case):
        notebook.not_said(text)


def refuse_another_module(name: str, fitted: Fitted, model: str, camera_id: str) -> None:
    """RigError unless `model`, as libcamera reports it, is what the rig's module shows. Said when the rig is opened, and here again."""
    wanted = catalog.module(fitted.module)
    if model == wanted.libcamera_model:
        return
    candidates = [m.name for m in catalog.modules() if m.libcamera_model == model]
    found = f"{model or 'no model'}{f', {a(_either(candidates))}' if candidates else ', which no catalogued module is'}"
    raise RigError(
        f"{name}: another camera than the {wanted.name} ({wanted.libcamera_model}) is on {fitted.host} {fitted.port}",
        f"{found}, at {camera_id}",
        f"swap the camera, or correct `module` of {name} in the rig file",
        where=name,
        cause="wrong module",
    )


def check_port(identity: Identity, case: Case) -> None:
    """RigError unless the camera hangs on the rig's connector. Only the bus is compared: the path before it changed with kernels."""
    buses = {port.name: port.bus for port in case.board.connectors}
    wanted = buses.get(case.fitted.port)
    if wanted is None or f"/{wanted}/" in identity.id:
        return
    on = case.board.port_of(identity.id)
    raise RigError(
        f"{case.camera}: the {case.module.name} is not on {case.fitted.port} ({wanted})",
        f"it is on {on or 'another connector'}: {identity.id}",
        f"move the ribbon cable, or correct `port` of {case.camera} in the rig file",
        where=case.camera,
        cause="wrong port",
    )


def check_array(identity: Identity, case: Case) -> None:
    """RigError unless the pixel array has the catalogued size, if libcamera states one."""
    size = identity.pixel_array_size
    if size is None or tuple(size) == case.sensor.active_size:
        return
    raise RigError(
        f"{case.camera}: the pixel array is not the {_pixels(case.sensor.active_size)} of an {case.sensor.name}",
        f"{identity.model} reports {_pixels(size)}",
        "is a modified driver or overlay loaded? see `dmesg | grep imx`",
        where=case.camera,
        cause="wrong pixel array",
    )


def cannot_tell(case: Case) -> list[str]:
    """What no register tells about this module, for the list of things not said."""
    twins = [m for m in catalog.modules() if m.libcamera_model == case.module.libcamera_model and m.name != case.module.name]
    said = []
    if any(m.noir != case.module.noir for m in twins):
        said.append(f"NoIR: it cannot be told apart by hardware on {case.sensor.name}")
    if any(m.mounts != case.module.mounts for m in twins):
        said.append(f"the mount: {_either([case.module.name, *(m.name for m in twins)])} cannot be told apart by hardware")
    return said


def _words(case: Case) -> str:
    if len({m.libcamera_model for m in catalog.modules() if m.sensor == case.module.sensor}) == 1:
        return case.module.name
    return f"{case.module.name}, {'' if case.module.wide else 'not '}Wide, {'' if case.module.noir else 'not '}NoIR"


def _either(names: list[str]) -> str:
    return " or ".join(names)


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
