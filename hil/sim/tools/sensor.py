"""A camera as the host's kernel has it: bound to its driver or not, its node's number, its controls' state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hil import catalog
from hil.catalog import Board, Generation, Mode, Module, Sensor
from hil.rig.spec import TwinCamera
from hil.sim.tools.facts import table

_PLL_STEP_HZ, _PLL_RANGE_HZ = 3_000_000, (300_000_000, 909_000_000)


def link_supported(sensor: Sensor, generation: Generation, link_hz: int) -> bool:
    """Whether the driver takes a link frequency from the device tree; if not, its probe fails and the camera is gone."""
    if link_hz in sensor.link_freqs_hz:
        return True
    # IMX477's current driver computes its PLL from any multiple of 3 MHz; 750 and 909 MHz are reported to work (linux #6798).
    return generation.link_changes_timing and link_hz % _PLL_STEP_HZ == 0 and _PLL_RANGE_HZ[0] <= link_hz <= _PLL_RANGE_HZ[1]


class SensorState(Protocol):
    """What the kernel's side of a sensor needs of the camera that acts: its HDR switch, and whether it streams."""

    @property
    def hdr(self) -> bool:
        """Whether the sensor's wide dynamic range control is on (IMX708 only)."""

    @property
    def running(self) -> bool:
        """Whether it streams: some controls are grabbed then."""

    def set_hdr(self, *, on: bool) -> None:
        """Switch HDR; BackendError with an errno where that is refused."""


@dataclass(slots=True)
class Idle:
    """The state of a sensor that no simulated camera has taken over."""

    hdr: bool = False
    running: bool = False

    def set_hdr(self, *, on: bool) -> None:
        """Switch HDR."""
        self.hdr = on


@dataclass(slots=True)
class HostCamera:
    """A camera on a connector. `state` is the simulated camera itself once the twin has put it there."""

    spec: TwinCamera
    module: Module
    sensor: Sensor
    generation: Generation
    id: str
    """Its libcamera id: the device-tree path of the sensor."""
    bus: int
    """Number of its I2C bus."""
    receiver: str
    """Device name of the CSI-2 receiver it is wired to."""
    subdev: int | None = None
    """N of its /dev/v4l-subdevN; None while no driver is bound to it."""
    media: int | None = None
    """N of the /dev/mediaN its receiver stands behind."""
    state: SensorState = field(default_factory=Idle)
    """Whoever knows HDR and streaming; assign the simulated camera here."""
    mode: Mode | None = None
    """The configured mode, for the controls to show; None: the driver's own first mode."""
    overlaid: bool = True
    """Whether config.txt has its overlay loaded, or firmware that detects cameras does; without, its driver knows nothing of it."""
    holders: set[int] = field(default_factory=set)
    """Process ids that have the camera open, foreign ones only."""

    @property
    def name(self) -> str:
        """The rig's name for it."""
        return self.spec.name

    @property
    def port(self) -> str:
        """The connector its ribbon cable is in."""
        return self.spec.port

    @property
    def model(self) -> str:
        """Its model as libcamera says it: "imx708_wide"."""
        return self.module.libcamera_model

    @property
    def link_frequency_hz(self) -> int:
        """What its device-tree node asks for."""
        return self.spec.link_frequency_hz

    @property
    def link_supported(self) -> bool:
        """Whether the driver takes that frequency; else its probe fails."""
        return link_supported(self.sensor, self.generation, self.link_frequency_hz)

    @property
    def hdr(self) -> bool:
        """Whether the sensor's HDR is on."""
        return self.state.hdr

    @property
    def bound(self) -> bool:
        """Whether libcamera can see it: a sensor that answers, with settings its driver takes."""
        return self.overlaid and self.answers and self.link_supported

    @property
    def answers(self) -> bool:
        """Whether it answers its driver on I2C."""
        return self.spec.present and not self.spec.i2c_error

    @property
    def address(self) -> str:
        """Its I2C device name: "10-001a"."""
        return f"{self.bus}-{self.sensor.i2c_addr:04x}"

    @property
    def entity(self) -> str:
        """The name of its sub-device; IMX708's driver writes the module's variant there, others their I2C address."""
        return self.model if self.sensor.name == "imx708" else f"{self.sensor.name} {self.address}"

    @property
    def lens_entity(self) -> str:
        """The name of its lens motor's sub-device; "" where the focus is not motorised."""
        return f"dw9807 {self.bus}-000c" if self.sensor.name == "imx708" else ""

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes it offers now, at its link frequency: with HDR on the HDR ones only, else the others."""
        offered = [mode for mode in self.generation.modes if mode.hdr == self.hdr]
        return tuple(self.sensor.at_link(self.generation, mode, self.link_frequency_hz) for mode in offered)

    @property
    def present_mode(self) -> Mode:
        """The mode whose blanking and pixel rate the controls show: the configured one, else the largest."""
        return self.mode or max(self.modes, key=lambda mode: (mode.size, mode.bits))


def host_camera(spec: TwinCamera, board: Board, overlay: str = "") -> HostCamera:
    """The camera of `spec` on its connector of `board`; `overlay`: the one that config.txt loads, "" for whichever it needs."""
    module = catalog.module(spec.module)
    sensor = catalog.sensor(module.sensor)
    prefix = {port.name: port.id_prefix for port in board.connectors}[spec.port]
    place = table()["port"][board.platform][spec.port]
    return HostCamera(
        spec=spec,
        module=module,
        sensor=sensor,
        generation=sensor.generation(spec.driver) if spec.driver else sensor.usual,
        id=f"{prefix}/{sensor.name}@{sensor.i2c_addr:x}",
        bus=place["bus"],
        receiver=place["receiver"],
        overlaid=overlay in ("", sensor.overlay),
        state=Idle(hdr=spec.hdr and sensor.name == "imx708"),
        holders={spec.held_by} if spec.held_by else set(),
    )
