"""The person at the twin's bench. Asked what a meter shows, it answers from what is really soldered; told to do something, it does it.

The meter has its own load and errors, drawn per seed. What it does to a host (config.txt, a reboot) it does as the twin's specification
has it: an overlay that is missing there stays missing, however often it was asked for.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hil import catalog
from hil.errors import UserError
from hil.rig.circuit import SUPPLIES, Circuit, Wired, ribbons
from hil.rig.network import Element
from hil.rig.resistance import between, node
from hil.rig.spec import TwinSpec
from hil.rig.tasks import STOP, Again, Edit, Fitted, Glow, Ohms, Plug, Power, Reboot, Solder, Volts
from hil.sim import soldered
from hil.sim.tools import tree
from hil.sim.tools.sensor import host_camera
from hil.sim.truth import draw

if TYPE_CHECKING:
    from hil.sim.twin import Twin

COUNTS = 6000
MOST_OHMS = 60e6
"""Its largest range; above it shows overload."""

LIT_A = 1e-3
"""Current from which an LED is seen to be lit (assumed)."""


class SimPerson:
    """Somebody who does as told, reads a meter rightly, and has soldered what the twin has."""

    def __init__(self, spec: TwinSpec, seed: int, twin: Twin | None = None) -> None:
        """`spec`: how everything really is once it was done as asked; `twin`: what stands there, built and powered. None: loose parts."""
        self._spec, self._seed, self.twin = spec, seed, twin
        self._powered = self._plugged = twin is not None
        self._soldered = [line.name for line in spec.wiring] if twin is not None else []
        self._edited: set[str] = set()
        self.rebooted: set[str] = set()
        """Hosts that were booted since their config.txt was edited."""

    # -- the protocol -------------------------------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """It listens."""

    def ask_ready(self, what: object) -> None:
        """It does what it can do in the twin; all else counts as done."""
        if isinstance(what, Power):
            self._powered = what.on
            self.rebooted |= set(what.hosts) & self._edited if what.on else set()
        elif isinstance(what, Reboot):
            self.rebooted |= set(what.hosts)
        elif isinstance(what, Edit):
            self._edit(what)
        elif isinstance(what, Solder):
            self._soldered.append(what.line)
        elif isinstance(what, Plug):
            self._plugged = True

    def ask_number(self, what: object, unit: str) -> float:
        """What the meter shows. UserError for what is not a reading of its meter."""
        if isinstance(what, Ohms):
            return self._shown(self._ohms(what.a, what.b))
        if isinstance(what, Volts):
            return self._shown(self._volts(what.red, what.black))
        raise UserError(f"{what} ({unit}): a number asked for", "the twin's person reads a multimeter only", "hil.rig.tasks.Ohms or Volts")

    def ask_choice(self, what: object, options: Sequence[str]) -> str:
        """What it sees. UserError for what the twin does not show."""
        if isinstance(what, Again):
            return STOP
        if isinstance(what, Fitted):
            return str(getattr(self._spec.camera(what.camera), what.part))
        if isinstance(what, Glow):
            return "lit" if self._lit(what.led) else "dark"
        raise UserError(
            f"{what}: one of {', '.join(options)} asked for", "the twin's person does not see that", "hil.rig.tasks.Fitted or Glow"
        )

    # -- config.txt ---------------------------------------------------------------------------------------------------

    def _edit(self, what: Edit) -> None:
        """Write what the host really gets: the overlays of its cameras as they are in the specification, and all other lines as asked."""
        self._edited |= {what.host}
        if self.twin is not None:
            board = catalog.board(self._spec.host(what.host).board)
            text = tree.config_txt(board, tuple(host_camera(camera, board) for camera in self._spec.cameras_on(what.host)))
            others = [line for line in what.lines if not line.startswith(("dtoverlay", "camera_auto_detect"))]
            (self.twin.folder / what.host / what.file.lstrip("/")).write_text("\n".join([text.rstrip(), *others, ""]))

    # -- the meter ----------------------------------------------------------------------------------------------------

    def _drawn(self, name: str) -> float:
        return draw(self._seed, "meter", "meter", name)

    @staticmethod
    def _shown(value: float) -> float:
        """Rounded to the display: 6000 counts."""
        if not math.isfinite(value) or value == 0:
            return value
        step = 10.0 ** math.ceil(math.log10(abs(value) / COUNTS))
        return round(round(value / step) * step, 9)

    def _volts(self, red: str, black: str) -> float:
        """Between boards without common ground a meter finds nothing."""
        if self.twin is None or not self._powered:
            return 0.0
        wires, device = self.twin.wires, red.partition(".")[0]
        if not wires.circuit.same_ground(device, black.partition(".")[0]):
            return 0.0
        rail = SUPPLIES.get(red.partition(".")[2])
        if red not in wires.circuit.nodes:
            return 0.0 if rail is None else rail.volts
        return wires.probed(red, self._drawn("input_mohm") * 1e6) * self._drawn("volts_gain")

    def _ohms(self, a: str, b: str) -> float:
        """As without power: rails have some resistance to ground, LEDs and pads none that such a meter finds."""
        if self._powered:
            return math.inf  # a meter that finds a voltage where it looks for ohms
        spec = self._spec
        hung: list[Wired] = [*spec.cameras, *(pico for pico in spec.picos if pico.present), *spec.adcs]
        so_far = [line for line in spec.wiring if line.name in self._soldered]
        circuit = Circuit(so_far, soldered.resistors(self._seed, so_far), ribbons(hung if self._plugged else ()))
        one, other = node(circuit, a), node(circuit, b)
        leads = self._drawn("leads_ohms") + draw(self._seed, f"{a} to {b}", "meter", "joint_ohms")
        if one is None or other is None:
            return math.inf
        found = between(circuit, one, other, self._rails(circuit))
        return math.inf if found > MOST_OHMS else found * self._drawn("ohms_gain") + leads

    def _rails(self, circuit: Circuit) -> Iterator[Element]:
        for pin in circuit.pins:
            device, _, name = pin.partition(".")
            ground = circuit.nodes.get(f"{device}.GND")
            if name in SUPPLIES and ground is not None:
                yield Element(circuit.nodes[pin], ground, 0.0, draw(self._seed, pin, "unpowered", "rail_ohms"))

    def _lit(self, led: str) -> bool:
        dead = self._spec.strobe is not None and self._spec.strobe.dead
        return self.twin is not None and not dead and self.twin.wires.amperes(led) > LIT_A
