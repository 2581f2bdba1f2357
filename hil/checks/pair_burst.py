"""A pair's burst as a test takes it: complete and in step, or an error that names what is wrong; with the offset by clock and by light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hil import catalog
from hil.checks import pair_facts, sync_light
from hil.checks.diagnosis import blame, diagnose
from hil.checks.pair_facts import Aligned
from hil.checks.pairs import Pair, PairShots
from hil.checks.sync_light import ByLight, Lit
from hil.errors import RigError, UserError
from hil.measure import EstimatorError, Measurement
from hil.measure.sync import offset_by_clock

if TYPE_CHECKING:
    from hil.drivers.frames import Burst
    from hil.drivers.roles import RoleHeld


@dataclass(frozen=True)
class PairBurst:
    """Frames of two cameras in step."""

    pair: Pair
    shots: PairShots
    aligned: Aligned | None
    lit: Lit | None

    @property
    def source(self) -> Burst:
        """The source's frames."""
        return self.shots.source.burst

    @property
    def sink(self) -> Burst:
        """The sink's frames."""
        return self.shots.sink.burst

    @cached_property
    def sync_offset_by_clock_us(self) -> Measurement:
        """Median of how much later the sink reads out, by timestamps. UserError where the two have no common clock."""
        if self.aligned is None:
            raise UserError("the sync offset by clock asked for", "two hosts and no [clock] wire", "a strobe, or a [clock] wire")
        return by_clock(self.aligned)

    @cached_property
    def sync_offset_by_light_us(self) -> Measurement:
        """Median of how much later the sink exposes, by flashes; of global shutters the starts. UserError for a burst without flashes."""
        return self._by_light.start

    @cached_property
    def sync_offset_of_ends_by_light_us(self) -> Measurement:
        """The same of the ends of the exposures, which global shutters show by themselves. UserError for rolling ones."""
        if self._by_light.stop is None:
            raise UserError(
                "the sync offset of the exposures' ends asked for", "rolling shutters: start and end of a row are one measurement"
            )
        return self._by_light.stop

    @cached_property
    def _by_light(self) -> ByLight:
        if self.lit is None:
            raise UserError("the sync offset by light asked for", "no flashes", "with strobe.in_every_frame(of=pair, width_us=200):")
        return sync_light.offset(self.pair, self.lit, line_us(self.pair))


def burst(pair: Pair, frames: int) -> PairBurst:
    """Record with both, and with flashes if they are asked for. RigError or UnitFault where the recordings are not in step."""
    if pair.flash is None:
        lit, shots = None, pair.record(frames)
    else:
        lit = sync_light.record(pair, *pair.flash, frames)
        shots = lit.lit
    return PairBurst(pair, shots, in_step(pair, shots, ()), lit)


def in_step(pair: Pair, shots: PairShots, held: Sequence[RoleHeld]) -> Aligned | None:
    """The recordings in one time base, None where there is none. RigError or UnitFault with the named cause where they are not in step."""
    aligned, why = None, None
    try:
        aligned = pair_facts.align(shots)
    except EstimatorError as error:
        why = error
    facts = pair_facts.gather(pair, shots, aligned, pair_facts.alive(pair, shots))
    named = diagnose("pair", facts, pair_facts.seen(pair, shots, held, facts))
    if named is not None:
        raise blame(named, pair.station.rig.unit)
    if why is not None:
        raise not_bridged(pair, why) from why
    return aligned


def by_clock(aligned: Aligned) -> Measurement:
    """The median offset of the sink behind the source by timestamps."""
    latency = {"latency_us": 0.0} if aligned.u_us == 0.0 else {}
    found = offset_by_clock(aligned.source_ns, aligned.sink_ns, aligned.pairs, u_bridge_us=aligned.u_us, **latency)
    return found.median.named("sync_offset_by_clock")


def line_us(pair: Pair) -> float:
    """The line time of the mode that the pair is in, as the host reckons with it."""
    assert pair.asked is not None, "configured"
    mode = pair.asked.mode
    sensor = catalog.sensor(catalog.module(pair.station.rig.cameras[pair.sink_name].module).sensor)
    known = next(m for g in sensor.generations for m in g.modes if (m.size, m.bits) == (mode.size, mode.bits))
    # Half a microsecond: what is printed is cut to whole ones.
    return (mode.frame_duration_min_us + 0.5) / known.frame_length_min


def not_bridged(pair: Pair, error: EstimatorError) -> RigError:
    """The clock wire's stamps give no time base."""
    asked = f"a common time base of {' and '.join(pair.hosts)} asked for"
    hint = "look at the clock wire, and whether another program uses its pins"
    return RigError(asked, str(error), hint, where="clock", cause="clocks not bridged")
