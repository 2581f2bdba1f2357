"""Which part a sensor plays when its stream starts, and the clock that follows from it.

Sampled at stream-on, as the drivers do: imx477.c takes the device-tree property `trigger-mode` before the module parameter
`trigger_mode` (0 alone, 1 source, 2 sink); imx296.c knows only the parameter (1: exposure by XTR), and the strap MAS makes
its sensor a slave of XVS and XHS. Kernels before linux #6010 do not write the register that leaves trigger mode, so a
sensor that keeps its supply stays in it (assumed for the same kernels; see data/assumptions.toml).
"""

from __future__ import annotations

from hil.sim import chance, truth
from hil.sim.camera.clocks import FrameClock, FreeRunning, Rhythm
from hil.sim.camera.pads import InputPad
from hil.sim.camera.trigger import Shutter, Triggered
from hil.sim.camera.xvs import Follower, Sink, Source
from hil.sim.host import SimHost
from hil.sim.tools.sensor import HostCamera
from hil.sim.wires import Wires

ALONE, SOURCE, SINK, SLAVE, TRIGGERED = "alone", "source", "sink", "slave", "triggered"
_IMX477 = {0: ALONE, 1: SOURCE, 2: SINK}
_ENDS_TRIGGERED_FRAMES, _NO_BLANK_FRAMES = (6, 6, 22), (6, 12, 30)
_AUTOSUSPEND_NS = {"imx296": 1_000_000_000}
"""How long a driver keeps a sensor's supply after its stream ended; others let it go at once."""


class SyncPads:
    """A sensor's pads, its supply and its part in a synchronised capture."""

    def __init__(self, host: SimHost, wired: HostCamera, wires: Wires, seed: int) -> None:
        """`host`: whose kernel drives it."""
        self._host, self._wired, self._wires, self._seed = host, wired, wires, seed
        self._name, self._sensor = wired.name, wired.sensor.name
        self._xvs, self._xtr = InputPad(wires, f"{wired.name}.XVS"), InputPad(wires, f"{wired.name}.XTR")
        self._latched = False
        self.suspend_after_ns = _AUTOSUSPEND_NS.get(self._sensor, 0)

    # -- supply -------------------------------------------------------------------------------------------------------

    def power_on(self) -> None:
        """The driver resumes the sensor."""
        if not self._wired.spec.always_on:
            self._wires.power(self._name, on=True)
        self._xvs.reset()
        self._xtr.reset()

    def power_off(self) -> None:
        """The driver suspends it; the overlay's always-on keeps the supply up."""
        if not self._wired.spec.always_on:
            self._wires.power(self._name, on=False)
            self._latched = False

    # -- part ---------------------------------------------------------------------------------------------------------

    @property
    def hands_over_late(self) -> bool:
        """Whether the kernel hands a triggered frame over only when the next one begins."""
        return self._kernel < _ENDS_TRIGGERED_FRAMES

    @property
    def _kernel(self) -> tuple[int, ...]:
        numbers = self._host.facts.release.partition("+")[0].partition("-")[0].split(".")
        return tuple(int(number) for number in numbers if number.isdigit())

    def part(self) -> str:
        """The part it plays if its stream starts now."""
        if self._sensor == "imx477":
            given = self._host.device_tree_u32(self._wired, "trigger-mode")
            return _IMX477.get(self._host.module_parameter("imx477", "trigger_mode") if given is None else given, ALONE)
        if self._sensor != "imx296":
            return ALONE
        if self._host.module_parameter("imx296", "trigger_mode") == 1 or self._latched:
            self._latched = self.hands_over_late
            return TRIGGERED
        if self._wired.spec.MAS == "bridged":
            return SLAVE
        return SOURCE if self._wires.joined(f"{self._name}.XVS") else ALONE

    def clock(self, part: str, rhythm: Rhythm) -> FrameClock:
        """What begins its frames."""
        if part == SOURCE:
            pin = f"{self._name}.XVS"
            return Source(rhythm, self._wires, pin, self._drawn("sync", "drive_ohms"), self._drawn("sync", "pulse_lines"))
        if part in (SINK, SLAVE):
            return Sink(rhythm, self._xvs, self._slave() if part == SLAVE else self._sink(rhythm))
        if part == TRIGGERED:
            return Triggered(rhythm, self._xtr, self._shutter())
        return FreeRunning(rhythm)

    def _drawn(self, section: str, name: str) -> float:
        return truth.draw(self._seed, self._name, section, name)

    def _sink(self, rhythm: Rhythm) -> Follower:
        key = (self._name, "XVS", rhythm.world.now_ns)

        def at_next_line(edge_ns: int, _: int, line_ns: float) -> float:
            return -edge_ns % line_ns

        def anywhere(_: int, pulse: int, line_ns: float) -> float:
            return chance.uniform(self._seed, *key, pulse, "delay", high=line_ns)

        every = self._drawn("sync", "blank_every")

        def blank(pulse: int) -> bool:
            return chance.uniform(self._seed, *key, pulse, "blank") * every < 1.0

        # Like the overlap rule, how delays fall is a matter of the sensor's kind: one draw for the rig.
        sawtooth = truth.draw(self._seed, "rig", "sync", "sawtooth") < 0.5
        delay = at_next_line if sawtooth else anywhere
        early = self._drawn("sync", "early")
        return Follower(early, delay, blank=blank) if self._kernel < _NO_BLANK_FRAMES else Follower(early, delay)

    def _slave(self) -> Follower:
        """A Global Shutter sink counts the source's lines; the source's first pulse only brings it in step."""
        delay_ns = self._drawn("sync", "slave_delay_ns")
        in_step = any(pin.endswith(".XHS") for pin in self._wires.joined(f"{self._name}.XHS"))
        return Follower(self._drawn("sync", "early"), lambda *_: delay_ns, ignored_first=1, has_line_clock=in_step)

    def _shutter(self) -> Shutter:
        spec, readout = self._wired.spec, self._wired.present_mode
        return Shutter(
            offset_ns=self._drawn("trigger", "offset_ns"),
            delay_ns=self._drawn("trigger", "delay_ns"),
            readout_delay_lines=self._drawn("trigger", "readout_delay_lines"),
            least_low_ns=self._drawn("trigger", "least_low_ns"),
            too_early=int(truth.draw(self._seed, "rig", "trigger", "too_early")),
            busy_lines=readout.frame_length_min,
            ignores_every=spec.ignores_every,
            deaf=spec.R11 == "fitted" and spec.Q2 == "fitted",
        )
