"""The wires of the twin: who drives which pin, what level that makes everywhere, and who is told of it.

The circuit is what is really soldered (with each resistor's true value, drawn within its tolerance), solved by `hil.rig.circuit`.
Every process of a twin keeps the same wires: what one drives, the others hear through the world's exchange.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hil.rig.circuit import Attachment, Circuit, Clamp, Drive, Solution, ribbons
from hil.rig.spec import TwinShifter, TwinSpec
from hil.sim import soldered
from hil.sim.led import Flashes
from hil.sim.world import World

Watcher = Callable[[int, float], None]
"""Called with true time in ns and the new level in volts, after every change of the pin's level."""

SYNC_PADS = ("XVS", "XHS", "XTR")
OVDD_V = 1.8
"""Supply of a sensor's pads."""
_SHIFTER_OHMS = 100.0
_SAME_V = 1e-6
_TOPIC = "wire"


class Wires:
    """Everything that is soldered between the devices of a rig."""

    def __init__(self, world: World, spec: TwinSpec, seed: int) -> None:
        """`spec`: its wiring, cameras, hosts, Picos; nothing is driven yet, cameras without always-on are unpowered."""
        self._world, self._spec, self._seed = world, spec, seed
        plugged = [pico for pico in spec.picos if pico.present]
        self.circuit = Circuit(spec.wiring, soldered.resistors(seed, spec.wiring), ribbons((*spec.cameras, *plugged, *spec.adcs)))
        """What is joined to what, at the resistors' true values."""
        self._leds = tuple(branch.part.name for branch in self.circuit.branches if branch.part.kind == "LED")
        self.flashes = Flashes.of(seed, dead=spec.strobe is None or spec.strobe.dead)
        """The light of the strobe's LED."""
        self._solver = _Solver(self.circuit)
        self._watchers: dict[str, list[Watcher]] = {}
        self._levels: dict[str, float] = {}
        self._settling, self._again = False, False
        world.exchange.hear(_TOPIC, self._heard)
        for camera in spec.cameras:
            self._set_power(camera.name, on=camera.always_on)

    # -- what devices do ----------------------------------------------------------------------------------------------

    def drive(self, pin: str, volts: float | None, ohms: float = 40.0) -> None:
        """From now on `pin` ("pico.GP28") is driven to `volts` behind `ohms`; None lets it go (high impedance)."""
        self._attach(pin, "drive", volts, ohms)

    def pull(self, pin: str, volts: float | None, ohms: float = 50_000.0) -> None:
        """From now on a resistor inside the device pulls `pin`; None takes it away."""
        self._attach(pin, "pull", volts, ohms)

    def begin(self, pin: str, how: str, volts: float, ohms: float) -> None:
        """What drives ("drive") or pulls ("pull") a pin before anybody acts: every process knows it, so nobody is told."""
        self._solver.attach(pin, how, Drive(volts, ohms))

    def power(self, camera: str, *, on: bool) -> None:
        """The supply of a camera's sensor; unpowered, its pads are clamped to ground through its protection diodes."""
        self._set_power(camera, on=on)
        self._settle()
        self._world.exchange.tell(_TOPIC, ("power", camera, on))

    def _attach(self, pin: str, how: str, volts: float | None, ohms: float) -> None:
        if self._solver.attach(pin, how, None if volts is None else Drive(volts, ohms)):
            self._settle()
            self._world.exchange.tell(_TOPIC, (how, pin, volts, ohms))

    def _heard(self, payload: Any) -> None:
        """Another process of this twin did something to a pin or a camera."""
        how, name, *rest = payload
        if how == "power":
            self._set_power(name, on=rest[0])
        else:
            volts, ohms = rest
            self._solver.attach(name, how, None if volts is None else Drive(volts, ohms))
        self._settle()

    def _set_power(self, camera: str, *, on: bool) -> None:
        pad = soldered.pads(self._seed, camera)
        for name in SYNC_PADS:
            pin = f"{camera}.{name}"
            if pin in self.circuit.nodes:
                # One diode from the pad to its supply, whether that is there or not.
                self._solver.attach(pin, "diode", Clamp(pad.clamp_v + (OVDD_V if on else 0.0), pad.clamp_ohms))
                # An XTR pad has neither pull-up nor level shifter once R11 is off; XVS and XHS keep a weak pull-up while powered.
                self._solver.attach(pin, "weak", Drive(OVDD_V, pad.pull_up_ohms) if on and name != "XTR" else None)

    # -- what devices see ---------------------------------------------------------------------------------------------

    def volts(self, pin: str) -> float:
        """The level of `pin` now, against its own board's ground; 0 where it floats."""
        return self._solver.solution().volts.get(pin, 0.0)

    def probed(self, pin: str, ohms: float) -> float:
        """The level of `pin` while a meter of so many ohms hangs on it; it is taken off again, and nobody else notices."""
        self._solver.attach(pin, "meter", Drive(0.0, ohms))
        try:
            return self.volts(pin)
        finally:
            self._solver.attach(pin, "meter", None)

    def amperes(self, part: str) -> float:
        """The current through a part, from its left end to its right one; 0 for one that is not there."""
        return self._solver.solution().through.get(part, 0.0)

    def watch(self, pin: str, watcher: Watcher) -> None:
        """Have `watcher` called whenever the level of `pin` changes."""
        self._watchers.setdefault(pin, []).append(watcher)
        self._levels.setdefault(pin, self.volts(pin))

    def joined(self, pin: str) -> tuple[str, ...]:
        """The other pins on one wire with `pin`, of boards whose ground is joined to its board's."""
        device = pin.partition(".")[0]
        there = self.circuit.pins_with(pin)
        return tuple(other for other in there if other != pin and self.circuit.same_ground(device, other.partition(".")[0]))

    def _settle(self) -> None:
        """Work out the new levels and tell who watches; what a watcher does to a pin in turn is settled after all were told."""
        self._again = True
        if self._settling:
            return
        self._settling = True
        try:
            while self._again:
                self._again = False
                self._shift()
                solution = self._solver.solution()
                if self._leds:
                    self.flashes.current(self._world.now_ns, sum(max(solution.through[led], 0.0) for led in self._leds))
                self._tell_watchers(solution)
        finally:
            self._settling = False

    def _tell_watchers(self, solution: Solution) -> None:
        now_ns, volts = self._world.now_ns, solution.volts
        changed = [pin for pin, before in self._levels.items() if abs(volts.get(pin, 0.0) - before) > _SAME_V]
        for pin in changed:
            self._levels[pin] = volts.get(pin, 0.0)
        for pin in changed:
            for watcher in self._watchers[pin]:
                watcher(now_ns, volts.get(pin, 0.0))

    def _shift(self) -> None:
        """Level shifters and comparators follow their inputs; one may feed another."""
        for _ in self._spec.shifters:
            if sum(self._follow(shifter) for shifter in self._spec.shifters) == 0:
                return

    def _follow(self, shifter: TwinShifter) -> bool:
        high = self.volts(f"{shifter.name}.IN") > shifter.threshold_v
        return self._solver.attach(f"{shifter.name}.OUT", "drive", Drive(shifter.high_v if high else 0.0, _SHIFTER_OHMS))


class _Solver:
    """The circuit under what is attached now; solutions are kept, because the states of a rig come again and again."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self._slots: dict[tuple[str, str], int] = {}
        self._codes: dict[Attachment | None, int] = {None: 0}
        self._attached: list[Attachment | None] = []
        self._state: list[int] = []
        self._known: dict[tuple[int, ...], Solution] = {}
        self._present: Solution | None = None

    def attach(self, pin: str, how: str, attachment: Attachment | None) -> bool:
        """Replace what hangs on `pin` in the way `how`; whether that changed anything."""
        slot = self._slots.setdefault((pin, how), len(self._slots))
        if slot == len(self._state):
            self._state.append(0)
            self._attached.append(None)
        code = self._codes.setdefault(attachment, len(self._codes))
        if self._state[slot] == code:
            return False
        self._state[slot], self._attached[slot], self._present = code, attachment, None
        return True

    def solution(self) -> Solution:
        """Levels and currents now."""
        if self._present is None:
            key = tuple(self._state)
            found = self._known.get(key)
            if found is None:
                found = self._known[key] = self._circuit.solve(self._by_pin())
            self._present = found
        return self._present

    def _by_pin(self) -> dict[str, list[Attachment]]:
        attached: dict[str, list[Attachment]] = {}
        for (pin, _), slot in self._slots.items():
            one = self._attached[slot]
            if one is not None:
                attached.setdefault(pin, []).append(one)
        return attached
