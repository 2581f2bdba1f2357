"""One simulated camera behind the libcamera binding: a sensor of the catalog on a Raspberry Pi's pipeline."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hil.catalog import Mode
from hil.sim.camera import advertised, formats
from hil.sim.camera.advertised import Kind
from hil.sim.camera.configuration import Configurator, Plan
from hil.sim.camera.crops import Crops
from hil.sim.camera.ipa import Ipa
from hil.sim.camera.shots import Geometry, Optics, Target, Unit
from hil.sim.camera.streaming import Setup, StampNoise, Streaming
from hil.sim.camera.sync import Network
from hil.sim.camera.timing import ModeTiming
from hil.sim.edge.hosttime import EPOCH_NS
from hil.sim.frame import Scene
from hil.sim.libcamera.backend import BackendError, Deliver
from hil.sim.libcamera.buffers import plane_lengths
from hil.sim.libcamera.color_space import name_of
from hil.sim.libcamera.geometry import Rectangle, Size
from hil.sim.libcamera.ids import ControlId, ControlInfo, properties
from hil.sim.libcamera.request import Request
from hil.sim.libcamera.stream import CameraConfiguration, Stream, stream
from hil.sim.tools.sensor import HostCamera
from hil.sim.truth import DeviceTruth, device_truth, line_pix, nominal_pixel, pipeline
from hil.sim.world import HostClock, World

_EXTERNAL = 2
"""Location property: the overlays say orientation 2."""


class CameraDevice:
    """A `CameraBackend`. It lives as long as the world; acquiring and configuring it leaves traces, as on a real host."""

    def __init__(self, world: World, clock: HostClock, wired: HostCamera, platform: str, scene: Scene, network: Network) -> None:
        """`wired`: what its host's kernel knows of it, shared with the host's files and tools; `clock`: of that host.

        `platform`: "vc4" or "pisp"; `scene`: what it looks at; `network`: of software synchronisation, one for all hosts.
        """
        self.world, self.clock, self.wired, self.scene = world, clock, wired, scene
        self.module, self.sensor, self.generation, self.id = wired.module, wired.sensor, wired.generation, wired.id
        module, sensor, self.key = wired.module, wired.sensor, f"{wired.spec.host}/{wired.name}"
        self.hdr = wired.hdr
        wired.state = self
        self.platform = formats.platform(platform)
        self.truth: DeviceTruth = device_truth(world.seed, self.key, sensor, module)
        self.streams: Sequence[Stream] = (stream(), stream(), stream())
        lens = ("wide" if module.wide else "standard") if wired.lens_entity else ""
        self._kind, self._network = Kind(platform, sensor.cfa == "MONO", lens), network
        self._setup: Setup | None = None
        self._streaming: Streaming | None = None
        self._frames = self._runs = 0
        self._stalled = False
        self.enumerate()

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
        """Libcamera looks for cameras anew: modes as the sensor offers them now, nothing configured, algorithms that know nothing yet."""
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
            self._streaming.stalled = True
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
        crops = Crops(self.platform, plan.mode, [_size(entries[index]) for index in sorted(plan.outputs)])
        used = self._assigned(plan)
        unit = Unit(self.world.seed, self.key, self.truth, self.scene, nominal_pixel(self.sensor))
        optics = Optics(unit, timing, Geometry(plan.cfa, plan.hflip, plan.vflip))
        self._ipa.configure(timing, optics.scenery)
        self.wired.mode = plan.mode
        self._advertise(plan, timing, crops)
        whole = {where: _target(entry) for where, entry in zip(used, entries, strict=True)}
        shows = {used[index]: order for order, index in enumerate(sorted(plan.outputs))}
        self._setup = self._prepared(plan, optics, crops, lambda: _cropped(whole, shows, crops))
        return used

    def start(self, controls: dict[ControlId, Any], deliver: Deliver) -> None:
        """Stream on."""
        assert self._setup is not None  # the binding starts configured cameras only
        self._runs += 1
        noise = StampNoise(self.truth, self.world.seed, self.key, "interrupt", self._runs)
        self._streaming = Streaming(self._setup, controls, deliver, self._frames, noise)
        self._streaming.stalled = self._stalled

    def stop(self) -> None:
        """Stream off; what is queued comes back cancelled."""
        if self._streaming is not None:
            self._streaming.stop()
            self._frames += self._streaming.frames

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
            isp_ns=pipe.isp_ns + int(pipe.isp_ns_per_pixel * pixels),
            delay_frames=max(delays.exposure, delays.gain, delays.vblank, delays.hblank),
        )


def _devices(pisp: bool) -> tuple[int, ...]:
    """SystemDevices: device numbers of the video nodes, character major 81 (assumed minors)."""
    first = 81 << 8
    return tuple(first + minor for minor in (range(20, 38) if pisp else range(8)))


def _size(entry: Any) -> tuple[int, int]:
    return entry.size.width, entry.size.height


def _target(entry: Any) -> Target:
    """How a stream shows a whole frame."""
    return Target(
        format=str(entry.pixel_format),
        width=entry.size.width,
        height=entry.size.height,
        stride=entry.stride,
        crop=None,
        colour_space=name_of(entry.color_space),
        bytes_used=(entry.frame_size,),
        plane_bytes=tuple(plane_lengths(entry)),
    )


def _cropped(whole: dict[Stream, Target], outputs: dict[Stream, int], crops: Crops) -> dict[Stream, Target]:
    """The same with the crops of now; `outputs`: which crop is whose."""
    return whole | {where: replace(whole[where], crop=crops.native(number)) for where, number in outputs.items()}
