"""Two synchronised cameras as one: the sink is armed first, then the source starts, and both recordings come back with one time base."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from hil import catalog
from hil.checks import roles
from hil.checks.station import Station, pin_of
from hil.checks.strobes import Strobe
from hil.errors import UserError

if TYPE_CHECKING:
    from hil.drivers.camera import Camera
    from hil.drivers.frames import SensorMode, Shots
    from hil.drivers.roles import RoleHeld
    from hil.rig import Rig

ARMED_S = 0.5
"""The sink streams for so long before the source starts; a frame in this time was made without the source."""

START_S = 1.0
"""What the source takes at most from being started to its first frame, beyond one frame."""

SINK_FASTER = 1.04
"""The sink's own frame is shorter than the source's by this factor, so that it waits for every pulse and misses none."""

CLOCK_HZ = 20.0
CLOCK_WIDTH_US = 500.0

SWEEP, SWEEP_GLOBAL = 0.9, 1.05
"""A flash's place moves through this part of a frame period during a burst. Rows lie side by side: most of it will do. A global shutter
is told by the flashes across its two edges alone, which may lie anywhere: through all of it, and the few frames that do not come."""


def names_of(rig: Rig) -> tuple[str, str] | None:
    """The rig's source and sink; None where it has not one of each."""
    roles = {camera.sync: name for name, camera in rig.cameras.items()}
    return (roles["source"], roles["sink"]) if {"source", "sink"} <= roles.keys() else None


def flash_period_us(frame_us: float, frames: int, *, global_shutter: bool) -> float:
    """From flash to flash: a flash moves a little from frame to frame, through `SWEEP` of a frame in so many, and never stands still."""
    return frame_us * (1.0 + (SWEEP_GLOBAL if global_shutter else SWEEP) / frames)


@dataclass(frozen=True)
class Stamps:
    """Edges of the clock wire as both hosts stamped them."""

    source: Any
    sink: Any

    @property
    def at_source(self) -> int:
        """Rising edges stamped beside the source."""
        return _rising(self.source)

    @property
    def at_sink(self) -> int:
        """Rising edges stamped beside the sink."""
        return _rising(self.sink)


def _rising(edges: Any) -> int:
    return int(np.count_nonzero(edges.rising)) if edges is not None else 0


@dataclass(frozen=True)
class PairShots:
    """What both cameras recorded, complete or not."""

    source: Shots
    sink: Shots
    names: tuple[str, str]
    """Of source and sink."""
    period_us: float
    """As granted to the source."""
    before_start: int
    """Frames of the sink that were there before the source was started."""
    stamps: Stamps | None
    """None where both cameras are on one host, or no wire joins the hosts' clocks."""
    one_clock: bool
    """Both cameras are on one host."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a pair was configured for."""

    mode: SensorMode
    fps: float
    exposure_us: float
    gain: float

    @property
    def full_scale_dn(self) -> int:
        """The largest code of the mode."""
        return (1 << self.mode.bits) - 1


@dataclass
class Pair:
    """A source and a sink."""

    station: Station
    source_name: str
    sink_name: str
    flash: tuple[Strobe, float] | None = None
    """Set by `Strobe.in_every_frame`."""
    asked: Asked | None = field(default=None, repr=False)
    """What `configure` was asked for."""

    @classmethod
    def of(cls, station: Station) -> Self:
        """The rig's pair; UserError where it has none."""
        names = names_of(station.rig)
        if names is None:
            raise UserError(
                f"{station.rig.name}: a pair asked for", "no camera is the source, or none the sink", 'sync = "source" and "sink"'
            )
        return cls(station, *names)

    @property
    def source(self) -> Camera:
        """The camera that makes the pulses."""
        return self.station.cameras[self.source_name]

    @property
    def sink(self) -> Camera:
        """The camera that follows them."""
        return self.station.cameras[self.sink_name]

    @property
    def hosts(self) -> tuple[str, str]:
        """Of source and sink."""
        cameras = self.station.rig.cameras
        return cameras[self.source_name].host, cameras[self.sink_name].host

    @property
    def global_shutter(self) -> bool:
        """Whether it is a pair of GS Cameras: the source then records one frame more than the sink."""
        return catalog.module(self.station.rig.cameras[self.source_name].module).sensor == "imx296"

    def configure(self, size: tuple[int, int], *, fps: float, exposure_us: float, gain: float = 1.0, bits: int | None = None) -> None:
        """The same mode, exposure and gain on both; the sink's own frame a little shorter than the source's, if the mode allows it."""
        mode = self.sink.mode(size, bits)
        fastest = 1e6 / mode.frame_duration_min_us
        self.source.configure(size=size, bits=mode.bits, fps=fps, exposure_us=exposure_us, gain=gain)
        self.sink.configure(size=size, bits=mode.bits, fps=max(fps, min(fps * SINK_FASTER, fastest)), exposure_us=exposure_us, gain=gain)
        self.asked = Asked(mode, fps, exposure_us, gain)

    @property
    def _fps(self) -> float:
        if self.asked is None:
            raise UserError(
                "frames of a pair asked for", "it is not configured", "pair.configure(size=(2028, 1080), fps=40, exposure_us=5_000)"
            )
        return self.asked.fps

    @contextmanager
    def roles(self) -> Iterator[list[RoleHeld]]:
        """While inside, both have the roles of the rig file; RigError where the device tree says otherwise."""
        with roles.held(self.station, (self.source_name, self.sink_name)) as held:
            yield held

    def record(
        self, frames: int, *, encode: bool = False, reduce: Mapping[str, Callable[[NDArray[np.uint16]], Any]] | None = None
    ) -> PairShots:
        """Record with both: so many frames of the source, as many of the sink, or one less where they are GS Cameras.

        Never raises for frames that do not come: what came is returned. `reduce` by camera name, as for `Camera.arm`.
        """
        station, (_, sink_host) = self.station, self.hosts
        expected = frames - self.global_shutter
        looks = reduce or {}
        gap_s = ARMED_S + START_S + 2.0 / self._fps
        for camera in (self.source, self.sink):
            camera.expect_gap(gap_s, False)
        with ExitStack() as stopped:
            stopped.callback(self.source.stop)
            stopped.callback(self.sink.stop)
            clock = self._start_clock(gap_s + frames / self._fps)
            self.sink.arm(expected, encode=encode, expect_gap_s=gap_s, reduce=looks.get(self.sink_name))
            station.clock.sleep(ARMED_S)
            started_ns = station.hosts[sink_host].clock.now_ns()
            self.source.arm(frames, encode=encode, expect_gap_s=gap_s, reduce=looks.get(self.source_name))
            self._start_flashes(frames)
            # The source first: it stops with its last frame, and pulses that nobody counts would hide what the sink has missed.
            source = self.source.collect()
            sink = self.sink.collect()
        stamps = clock() if clock else None
        early = int(np.count_nonzero(sink.burst.timestamps_ns < started_ns))
        return PairShots(source, sink, (self.source_name, self.sink_name), 1e6 / self._fps, early, stamps, len(set(self.hosts)) == 1)

    def _start_flashes(self, frames: int) -> None:
        if self.flash is None:
            return
        strobe, width_us = self.flash
        period_us = flash_period_us(1e6 / self._fps, frames, global_shutter=self.global_shutter)
        strobe.train(width_us, period_us, frames + math.ceil(START_S * self._fps), delay_us=1_000.0)

    def _start_clock(self, seconds: float) -> Callable[[], Stamps] | None:
        """Have coded pulses played and stamped on the clock wire; the result fetches the stamps."""
        from hil.measure.bridge import code_gaps

        written = self.station.rig.clock
        if written is None or len(set(self.hosts)) == 1:
            return None
        at = {pin_of(pin)[0]: pin_of(pin)[1] for pin in written.stamp}
        if not set(self.hosts) <= at.keys():
            return None
        pulses = math.ceil(seconds * CLOCK_HZ) + 2
        starts_us = 1e6 / CLOCK_HZ * np.concatenate([[0.2], code_gaps(pulses)]).cumsum()
        for host in self.hosts:
            self.station.gpio[host].stamp([at[host]])
        device, pin = pin_of(written.drive)
        playing = self.station.gpio[device].pulse_train(pin, starts_us.tolist(), CLOCK_WIDTH_US)

        def fetch() -> Stamps:
            playing.wait()
            found = [self.station.gpio[host].stamps().get(at[host]) for host in self.hosts]
            return Stamps(*found)

        return fetch
