"""The steps without power: parts laid out, boards changed, lines soldered one by one, everything plugged together."""

from __future__ import annotations

from collections.abc import Iterator

from hil import catalog
from hil.rig import Rig
from hil.rig.model import Camera
from hil.rig.roles import PADS, Roles
from hil.rig.tasks import Fitted, Plug, Power, Solder
from hil.rig.wiring import Line
from hil.rig.words import listed
from hil.setup.netlist import hole, joined
from hil.setup.readings import of_line
from hil.setup.shopping import cable_of, lens_of, shopping
from hil.setup.steps import Board, Step

_OPTIONS = {"Q2": ("fitted", "absent"), "R11": ("fitted", "removed"), "MAS": ("bridged", "open")}
"""What is seen there, as the rig file has it."""

_SPI = (("CLK", "GPIO11"), ("DOUT", "GPIO9"), ("DIN", "GPIO10"))
"""SPI0 of the header and the legs of an MCP3008 (Microchip DS21295)."""


def steps(rig: Rig) -> Iterator[Step]:
    """In the order of the bench: nothing is soldered under power, ground comes first."""
    yield Step("parts", "lay out the parts", tuple(str(item) for item in shopping(rig)))
    yield Step("power off", "power off", mind=(page("static"),), act=Power(tuple(rig.hosts), on=False))
    for name, camera in rig.cameras.items():
        yield from _board(name, camera)
    before: list[Line] = []
    for line in in_order(rig):
        yield _solder(rig, line, before)
        before.append(line)
    for name in rig.adcs:
        yield _converter(rig, name)
    for name, camera in rig.cameras.items():
        if lens_of(camera):
            yield _lens(name, camera)
    yield Step("cables", "plug everything together", tuple(_cables(rig)), (page("cable"), page("film")), Plug())


def page(warning: str) -> str:
    """A warning of the documentation page, by its id in the catalog."""
    return {one.id: one.text for one in catalog.warnings()}[warning]


def in_order(rig: Rig) -> list[Line]:
    """Ground first, so that every later reading has it; then nets; then branches with parts."""
    grounds = {node for pin, node in Roles(rig).circuit.nodes.items() if pin.endswith(".GND")}
    nodes = Roles(rig).circuit.nodes

    def rank(line: Line) -> int:
        return 2 if not line.is_net else 0 if nodes.get(line.name) in grounds else 1

    return sorted(rig.lines, key=rank)


# -- cameras' boards --------------------------------------------------------------------------------------------------


def _board(name: str, camera: Camera) -> Iterator[Step]:
    if camera.Q2 is not None and camera.sync == "trigger":
        amiss = (
            f'write Q2 = "{"absent" if camera.Q2 == "fitted" else "fitted"}" for {name} in the rig file: R11 goes only where Q2 is fitted'
        )
        yield Step(f"Q2 of {name}", f"look for Q2 on {name}", checks=(_seen(name, "Q2", camera.Q2, amiss),))
    if camera.R11 == "removed":
        take = f"unsolder R11 from the board of {name}: it joins GP1 to XTR, and with it the camera does not trigger"
        keep = f"keep it: {name} is as it was sold only with it in its place"
        yield Step(
            f"R11 of {name}", f"take R11 off {name}", (take, keep), (page("smd"), _WARRANTY), checks=(_seen(name, "R11", "removed", take),)
        )
    if camera.MAS == "bridged":
        bridge = f"bridge the two halves of the pad MAS of {name} with solder: that makes it a sink"
        seen = _seen(name, "MAS", "bridged", bridge)
        yield Step(f"MAS of {name}", f"bridge MAS of {name}", (bridge,), (page("static"),), checks=(seen,))
    if camera.MAS == "open":
        seen = _seen(name, "MAS", "open", f"take the solder off the pad MAS of {name}: only a sink has it")
        yield Step(f"MAS of {name}", f"leave MAS of {name} open", checks=(seen,))


_WARRANTY = "Decide first whether you are willing to void the warranty of this camera."
"""The page says so of the other change to a board that it describes, the IR filter's removal."""


def _seen(camera: str, part: str, wanted: str, amiss: str) -> Board:
    return Board(Fitted(camera, part), wanted, _OPTIONS[part], amiss)


# -- wires ------------------------------------------------------------------------------------------------------------


def _solder(rig: Rig, line: Line, before: list[Line]) -> Step:
    pads = [pin for pin in line.pins if pin.device in rig.cameras]
    mind = [page("static") + " Take the plastic back cover off before soldering to the board of a camera."] if pads else []
    if _reaches_pad(rig, line):
        mind.append("The pads of the cameras are 1.8 V inputs and stand 2.1 V: 3.3 V must never reach one without its resistors.")
    do = (joined(rig, line), *(_part_said(part.kind, str(part)) for part in line.parts if part.kind in ("LED", "D")))
    return Step(f"solder {line.name}", f"solder {line.name}", do, tuple(mind), Solder(line.name), of_line(rig, line, before))


def _part_said(kind: str, part: str) -> str:
    long = "its long leg" if kind == "LED" else "its end without the ring"
    return f"{part}: {long} to the left of this line"


def _reaches_pad(rig: Rig, line: Line) -> bool:
    """Whether more than 1.8 V comes near a camera by this line."""
    names = {str(item) for item in line.items}
    pads = Roles(rig).pads
    nets = {other.name for other in rig.lines if other.is_net and any(str(pin) in pads for pin in other.pins)}
    driven = any(pin.device not in rig.cameras and pin.pin != "GND" for pin in line.pins)
    return driven and bool(names & {*pads, *nets}) and not (line.is_net and not line.parts and all(pin.pin in PADS for pin in line.pins))


def _converter(rig: Rig, name: str) -> Step:
    adc = rig.adcs[name]
    pins = {pin: f"{adc.host}.{pin}" for _, pin in _SPI}
    select = f"{adc.host}.GPIO{8 if adc.select == 0 else 7}"
    legs = [f"{leg} to {_hole(rig, pins[pin])}" for leg, pin in _SPI]
    legs.append(f"CS to {_hole(rig, select)}")
    legs.append(f"VDD and VREF to {_hole(rig, f'{adc.host}.3V3')}, AGND and DGND to {_hole(rig, f'{adc.host}.GND')}")
    return Step(f"wire {name}", f"wire {name}, an {adc.chip}, to SPI0 of {adc.host}", tuple(legs))


def _hole(rig: Rig, pin: str) -> str:
    from hil.rig.wiring import pin as parsed

    return hole(rig, parsed(pin))


# -- plugs ------------------------------------------------------------------------------------------------------------


def _lens(name: str, camera: Camera) -> Step:
    ring = "the C-CS ring, then " if camera.adapter else ""
    do = (f"screw {ring}the {lens_of(camera)} on {name}",)
    families = {"HQ", "GS"}
    module = catalog.module(camera.module)
    mind = (f"Leave the IR filter where it is. {page('filter-warranty')}",) if module.lens_family in families and not module.noir else ()
    return Step(f"lens of {name}", f"lens of {name}", do, mind)


def _cables(rig: Rig) -> Iterator[str]:
    for name, camera in rig.cameras.items():
        yield f"{name} to {camera.port} of {camera.host}: {cable_of(rig, camera)}"
    for name, pico in rig.picos.items():
        yield f"{name} to a USB port of {pico.host}"
    if rig.strobe is not None:
        yield f"the LED behind a sheet of paper, {listed(rig.strobe.seen_by)} looking at the other side of it"
