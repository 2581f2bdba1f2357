"""Whether each Pico is plugged in, and runs this package's firmware."""

from __future__ import annotations

from collections.abc import Iterator

from hil.doctor.lines import Line, note, ok, repair
from hil.doctor.view import View
from hil.drivers import pico_look
from hil.drivers.pico import FIRMWARE, MAKER
from hil.errors import MissingPackage, RigError
from hil.rig.document import relative

_UF2 = "copy MicroPython's .uf2 onto it: https://www.raspberrypi.com/documentation/microcontrollers/micropython.html"


def picos(view: View) -> Iterator[Line]:
    """All about the Picos of a host."""
    plugged = pico_look.plugged(view.host)
    waiting = [pico_look.BOOTLOADERS[each.product] for each in plugged if each.product in pico_look.BOOTLOADERS]
    if view.rig is None:
        for each in plugged:
            if each.product == pico_look.MICROPYTHON:
                yield ok("pico", f"a Pico with MicroPython, {each.serial}")
    for name, pico in view.picos.items():
        yield from _pico(view, name, pico.id, waiting)
    if waiting and (view.rig is None or view.picos):
        yield note("pico", f"a Pico ({waiting[0]}) in BOOTSEL mode: it has no MicroPython yet", _UF2)


def _pico(view: View, name: str, serial: str | None, waiting: list[str]) -> Iterator[Line]:
    deploy = f"hil pico deploy {relative(view.rig.path) if view.rig else 'RIG'}"
    try:
        seen = pico_look.ask(view.host, name, serial)
    except MissingPackage as missing:
        yield repair("pico", f"{missing.asked}: {missing.found}", missing.hint)
        return
    except RigError as fault:
        fix = (_UF2, deploy) if waiting and fault.cause == "pico absent" else (fault.hint.replace("hil pico deploy", deploy),)
        yield repair("pico", f"{fault.asked}: {fault.found}", *fix)
        return
    if (seen.maker, seen.firmware) != (MAKER, FIRMWARE):
        yield repair("pico", f"{name}: it runs {seen.maker} {seen.firmware}, and {FIRMWARE} is needed", deploy)
    else:
        yield ok("pico", f"{name}: {seen.serial} on {seen.device}, firmware {seen.firmware}")
