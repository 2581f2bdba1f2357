"""One simulated camera behind the libcamera binding: a sensor of the catalog on a Raspberry Pi's pipeline."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hil.catalog import Mode
from hil.sim import chance
from hil.sim.agenda import Event
from hil.sim.camera import advertised, formats
from hil.sim.camera.advertised import Kind
from hil.sim.camera.clocks import Rhythm
from hil.sim.camera.configuration import Configurator, Plan
from hil.sim.camera.crops import Crops
from hil.sim.camera.ipa import Ipa
from hil.sim.camera.outputs import cropped, size_of, target_of
from hil.sim.camera.roles import TRIGGERED, SyncPads
from hil.sim.camera.shots import Geometry, Optics, Target, Unit
from hil.sim.camera.stamps import StampNoise
from hil.sim.camera.streaming import Run, Setup, Streaming
from hil.sim.camera.sync import Network
from hil.sim.camera.timeout import configured_ms
from hil.sim.camera.timing import ModeTiming
from hil.sim.edge.hosttime import EPOCH_NS
from hil.sim.frame import Scene
from hil.sim.host import SimHost
from hil.sim.led import Flashes
from hil.sim.libcamera.backend import BackendError, Deliver
from hil.sim.libcamera.geometry import Rectangle, Size
from hil.sim.libcamera.ids import ControlId, ControlInfo, properties
from hil.sim.libcamera.request import Request
from hil.sim.libcamera.stream import CameraConfiguration, Stream, stream
from hil.sim.tools.sensor import HostCamera
from hil.sim.truth import DeviceTruth, device_truth, line_pix, nominal_pixel, pipeline
from hil.sim.wires import Wires
from hil.sim.world import HostClock, World

_EXTERNAL = 2
_SEATED_FRAMES, _SEATED_RUNS = 1_000_000, 1_000
"""What a camera has made before it is put in anew: more than any run makes, so that no noise comes twice."""
"""Location property: the overlays say orientation 2."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What the cameras of a rig have in common."""

    wires: Wires
    network: Network
    """Of software synchronisation, one for all hosts."""
    strobe_seen_by: tuple[str, ...] = ()

    def flashes_for(self, camera: str) -> Flashes | None:
        """The strobe's light, for a camera that looks at it."""
        return self.wires.flashes if camera in self.strobe_seen_by else None


class CameraDevice:
    """A `CameraBackend`. It lives as long as the world; acquiring and configuring it leaves traces, as on a real host."""

    def __init__(self, world: World, clock: HostClock, host: SimHost, wired: HostCamera, scene: Scene, bench: Bench) -> None:
        """`clock`: of its host; `wired`: what its host's kernel knows of it, shared with the host's files and tools."""
        self.world, self.clock, self.wired, self.scene, self._host = world, clock, wired, scene, host
        self.module, self.sensor, self.generation, self.id = wired.module, wired.sensor, wired.generation, wired.id
        module, sensor, self.key = wired.module, wired.sensor, f"{wired.spec.host}/{wired.name}"
        self.hdr = wired.hdr
        wired.state = self
        self.platform = formats.platform(host.board.platform)
        spec = wired.spec
        self._seed = chance.digest(world.seed, self.key, "specimen", spec.specimen) if spec.specimen else world.seed
        self.truth: DeviceTruth = device_truth(self._seed, self.key, sensor, module)
        self.streams: Sequence[Stream] = (stream(), stream(), stream())
        lens = ("wide" if module.wide else "standard") if wired.lens_entity else ""
        self._kind, self._network = Kind(self.platform.name, sensor.cfa == "MONO", lens), bench.network
        self._pads, self._strobe = SyncPads(host, wired, bench.wires, world.seed), bench.flashes_for(wired.name)
        self._setup: Setup | None = None
        self._streaming: Streaming | None = None
        self._suspend: Event | None = None
        self._frames, self._runs = spec.seating * _SEATED_FRAMES, spec.seating * _SEATED_RUNS
        self._stalled, self._timeout_ms = False, 0
        self._forget()

    # -- what it is ---------------------------------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether it streams."""
        return self._streaming is not None and self._streaming.running

    @property
    def dropped(self) -> int:
        """Frames of the present run for which there was no buffer."""
        return self._streaming.dropped if self._streaming else 0

    def enumerate(self) -> None:
        """Libcamera looks for cameras anew, and reads its configuration file."""
        self._forget()
        self._timeout_ms = self._host.spec.camera_timeout_ms or configured_ms(self._host.root)

    def _forget(self) -> None:
        """Modes as the sensor offers them now, nothing configured, algorithms that know nothing yet."""
        noir = self.module.libcamera_model.endswith("noir")
        self._ipa = Ipa(self._kind, self.sensor, noir=noir, focus_dpt=self.truth.focus_dpt, network=self._network)
        self._configurator = Configurator(self.platform, self.sensor, self.wired.modes)
        self._controls = advertised.before_configure(self._kind)
        self._later_properties: dict[ControlId, Any] = {properties.ScalerCropMaximum: Rectangle()}

    def set_hdr(self, *, on: bool) -> None:
        """The sensor's wide dynamic range control; BackendError(EBUSY) while streaming, EINVAL where it has none."""
        if self.running:
            raise BackendError(errno.EBUSY)
        if on and not any(mode.hdr for mode in self.generation.modes):
            raise BackendError(errno.EINVAL)
        self.hdr, self.wired.mode = on, None

    def stall(self) -> None:
        """Fault: from its next frame on the sensor delivers nothing."""
        if self._streaming is not None:
            self._streaming.stall()
        self._stalled = True

    def properties(self) -> dict[ControlId, Any]:
        """What libcamera says of the camera."""
        cell_nm, (left, top) = round(self.sensor.unit_cell_um * 1000), self.sensor.active_left_top
        fixed = {
            properties.Model: self.module.libcamera_model,
            properties.Location: _EXTERNAL,
            properties.Rotation: self.sensor.rotation_dt,
            properties.UnitCellSize: Size(cell_nm, cell_nm),
            properties.PixelArraySize: Size(*self.sensor.active_size),
            properties.PixelArrayActiveAreas: (Rectangle(left, top, *self.sensor.active_size),),
            properties.draft.ColorFilterArrangement: formats.ORDERS.index(self.sensor.cfa),
            properties.SystemDevices: _devices(self.platform.is_pisp),
        }
        return fixed | self._later_properties

    def controls(self) -> dict[ControlId, ControlInfo]:
        """Controls and their ranges in the present configuration."""
        return dict(self._controls)

    # -- libcamera's states -------------------------------------------------------------------------------------------

    def acquire(self) -> None:
        """EBUSY while another process holds it."""
        if self.wired.holders:
            raise BackendError(errno.EBUSY)

    def release(self) -> None:
        """Nothing to do: the binding keeps who has it."""

    def generate_configuration(self, roles: Sequence[Any]) -> CameraConfiguration | None:
        """A default configuration with a stream per role."""
        return self._configurator.generate(self, roles)

    def validate(self, config: CameraConfiguration) -> Any:
        """Adjust a configuration to what is possible."""
        return self._configurator.validate(config)

    def configure(self, config: CameraConfiguration) -> Sequence[Stream]:
        """Put a valid configuration into effect."""
        _, plan = self._configurator.plan(config)
        if plan is None:
            raise BackendError(errno.EINVAL)
        timing = self._timing(plan.mode)
        entries = list(config)
        crops = Crops(self.platform, plan.mode, [size_of(entries[index]) for index in sorted(plan.outputs)])
        used = self._assigned(plan)
        light_offset_ns = self.wired.spec.light_offset_ms * 1e6
        unit = Unit(self._seed, self.key, self.truth, self.scene, nominal_pixel(self.sensor), self._strobe, light_offset_ns)
        optics = Optics(unit, timing, Geometry(plan.cfa, plan.hflip, plan.vflip))
        self._ipa.configure(timing, optics.scenery)
        self.wired.mode = plan.mode
        self._advertise(plan, timing, crops)
        whole = {where: target_of(entry) for where, entry in zip(used, entries, strict=True)}
        shows = {used[index]: order for order, index in enumerate(sorted(plan.outputs))}
        self._setup = self._prepared(plan, optics, crops, lambda: cropped(whole, shows, crops))
        return used

    def start(self, controls: dict[ControlId, Any], deliver: Deliver) -> None:
        """Stream on: the sensor gets its supply and takes its part in synchronisation."""
        assert self._setup is not None  # the binding starts configured cameras only
        self._runs += 1
        if self._suspend is not None:
            self.world.cancel(self._suspend)
        self._pads.power_on()
        part, spec = self._pads.part(), self.wired.spec
        rhythm = Rhythm(self.world, round(self.truth.wake_ns + spec.late_s * 1e9), self._setup.optics.slow, spec.frame_stretch)
        noise = StampNoise(self.truth, self._seed, self.key, "interrupt", self._runs)
        run = Run(self._pads.clock(part, rhythm), self._frames, noise, part == TRIGGERED and self._pads.hands_over_late)
        self._streaming = Streaming(self._setup, run, controls, deliver)
        self._streaming.start(stalled=self._stalled)

    def stop(self) -> None:
        """Stream off; what is queued comes back cancelled, and the driver takes the sensor's supply away."""
        if self._streaming is not None:
            self._streaming.stop()
            self._frames += self._streaming.frames
            self._suspend = self.world.after(self._pads.suspend_after_ns, self._pads.power_off)

    def queue(self, request: Request) -> None:
        """Take a request. After a timeout libcamera refuses: the request comes back cancelled."""
        assert self._streaming is not None
        self._streaming.queue(request)

    # -- details of configure -----------------------------------------------------------------------------------------

    def _timing(self, mode: Mode) -> ModeTiming:
        return ModeTiming(self.sensor, self.generation, mode, line_pix(self.world.seed, self.sensor, self.generation, mode))

    def _assigned(self, plan: Plan) -> list[Stream]:
        """The camera's stream for each entry: 0 for raw; PiSP gives a single output, or the smaller of two, its second one."""
        raw, first, second = self.streams
        outputs = [second] if self.platform.is_pisp and len(plan.outputs) == 1 else [first, second]
        chosen = dict(zip(plan.outputs, outputs, strict=False)) | ({plan.raw: raw} if plan.raw is not None else {})
        return [chosen[index] for index in range(len(chosen))]

    def _advertise(self, plan: Plan, timing: ModeTiming, crops: Crops) -> None:
        self._controls = advertised.configured(self._kind, timing, self.sensor.gain) | crops.advertised()
        self._later_properties = {
            properties.ScalerCropMaximum: Rectangle(*plan.mode.crop),
            properties.SensorSensitivity: plan.mode.sensitivity,
        }

    def _prepared(self, plan: Plan, optics: Optics, crops: Crops, targets: Callable[[], dict[Stream, Target]]) -> Setup:
        pipe, delays = pipeline(self.platform.name), self.sensor.delays
        pixels = plan.mode.size[0] * plan.mode.size[1]
        return Setup(
            world=self.world,
            clock=self.clock,
            wall_offset_ns=EPOCH_NS,
            optics=optics,
            ipa=self._ipa,
            crops=crops,
            targets=targets,
            raw_requested=plan.raw is not None,
            internal_buffers=pipe.internal_raw_buffers,
            isp_ns=pipe.isp_ns + int(pipe.isp_ns_per_pixel * pixels + optics.light_offset_ns),
            delay_frames=max(delays.exposure, delays.gain, delays.vblank, delays.hblank),
            timeout_ns=self._timeout_ms * 1_000_000,
        )


def _devices(pisp: bool) -> tuple[int, ...]:
    """SystemDevices: device numbers of the video nodes, character major 81 (assumed minors)."""
    first = 81 << 8
    return tuple(first + minor for minor in (range(20, 38) if pisp else range(8)))
