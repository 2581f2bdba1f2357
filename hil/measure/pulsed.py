"""Exposures that pulses from outside decide, as a straight line over the pulses' length: what is added to every pulse, and pulses lost.

Under steady light the level of a frame is black and the light's rate times the exposure. Where that line meets black lies what a sensor
adds to the pulse. Responses bend, by less than 1 % but by enough to matter: colours that see more of the light bend more, which shows
how much. Frames that saturate say nothing about exposures and are left out; pulses are counted in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from hil.measure.budget import Contribution, type_a, type_b
from hil.measure.errors import EstimatorError
from hil.measure.looks import Levels, PlaneLevels
from hil.measure.measurement import Measurement, Series

Floats = NDArray[np.float64]

FEWEST: Final = 2
"""Different pulses whose frames do not saturate, in one colour."""

SATURATED: Final = 0.96
"""Part of full scale above which the mean of a colour is near where pixels saturate."""

AT_TOP: Final = 1e-3
"""Part of a colour's pixels at one and the same brightest code above which it is cut there."""

BLACK_DN: Final = 0.25
"""Half width of the true black level, in DN of 10 bits, about what libcamera states (type B, rectangular)."""

BEND: Final = (0.005, 0.005)
"""Loss at full scale against a straight line: usual value and standard uncertainty, before the colours show it."""

DRIFT: Final = 5e-4
"""Standard uncertainty of the light's change from one train of pulses to the next, relative (type B)."""

LEAST_DN: Final = 0.01
"""No mean level is known better: column patterns, rounding."""

VISIBLE_DN: Final = 8.0
"""Light raises the level by at least so much, in DN of 10 bits."""

NEAR: Final = 0.25
"""A frame belongs to a pulse if it is no farther from its place than this part of a period."""


@dataclass(frozen=True)
class SentPulses:
    """Pulses as they were sent."""

    times_us: Floats
    """When each began, after the first."""
    low_us: float
    """How long each lasted."""


class Pulsed(Protocol):
    """Frames captured for pulses: `hil.drivers.frames.Shots`."""

    @property
    def burst(self) -> Any:
        """Its `timestamps_ns`."""

    @property
    def reduced(self) -> list[Any]:
        """`PlaneLevels` of every frame."""

    @property
    def achieved(self) -> Any:
        """`black_dn` and `bits`; None without a frame."""

    @property
    def pulses(self) -> SentPulses | None:
        """What was sent."""


@dataclass(frozen=True)
class ExposureLine:
    """Trains of pulses of different lengths, each with the frames that it made."""

    shots: Sequence[Pulsed] = field(repr=False)

    @cached_property
    def lost_pulses(self) -> Measurement:
        """Pulses of all trains that made no frame."""
        sent = [_pulses(shot) for shot in self.shots]
        lost = sum(len(pulses.times_us) - _on_pulses(shot, pulses) for shot, pulses in zip(self.shots, sent, strict=True))
        count = sum(len(pulses.times_us) for pulses in sent)
        return Measurement("lost_pulses", float(lost), "frames", n=count, method="frames placed on the pulses by time")

    @cached_property
    def offset_us(self) -> Measurement:
        """What is added to every pulse, in us. EstimatorError where fewer than two lengths leave a colour unsaturated."""
        return _offset([_Train.of(shot) for shot in self.shots])

    @property
    def saturated_us(self) -> tuple[float, ...]:
        """Pulses whose frames saturate in every colour, so that they do not count for `offset_us`."""
        return tuple(train.low_us for train in map(_Train.of, self.shots) if not np.any(train.usable))


def exposure_line(shots: Sequence[Pulsed]) -> ExposureLine:
    """The exposures of `camera.capture(pulses=trigger.burst(...))` at different lengths, under one steady light."""
    if not shots:
        raise EstimatorError("no captures")
    return ExposureLine(tuple(shots))


@dataclass(frozen=True)
class _Train:
    """The four colours of the frames of one train, in DN of 10 bits."""

    low_us: float
    level: Floats
    u: Floats
    usable: NDArray[np.bool_]

    @classmethod
    def of(cls, shot: Pulsed) -> _Train:
        looks = [look for look in shot.reduced if isinstance(look, PlaneLevels)]
        if not looks or shot.achieved is None:
            raise EstimatorError(f"a capture without levels: no frame came, or it was reduced by something other than {Levels.__name__}")
        full = float((1 << shot.achieved.bits) - 1)
        scale = 1023.0 / full
        means = np.stack([look.means_dn.ravel() for look in looks])
        top = np.max([look.at_top.ravel() for look in looks], axis=0)
        level = means.mean(axis=0)
        scatter = means.std(axis=0, ddof=1) if len(looks) > 1 else np.full(4, LEAST_DN)
        u = np.hypot(scatter / np.sqrt(len(looks)), LEAST_DN) * scale
        usable = (level < SATURATED * full) & ((top < AT_TOP) | (level < 0.5 * full))
        return cls(_pulses(shot).low_us, (level - shot.achieved.black_dn) * scale, u, usable)


def _pulses(shot: Pulsed) -> SentPulses:
    if shot.pulses is None:
        raise EstimatorError("a capture that was made for no counted pulses: camera.capture(pulses=trigger.burst(...))")
    return shot.pulses


def _on_pulses(shot: Pulsed, pulses: SentPulses) -> int:
    """How many pulses made a frame, at the shift in time at which most did."""
    frames = np.asarray(shot.burst.timestamps_ns, dtype=np.float64) / 1e3
    if len(frames) == 0:
        return 0
    times = pulses.times_us
    near = NEAR * float(np.min(np.diff(times))) if len(times) > 1 else np.inf
    # The delay from pulse to frame is one and the same: each pulse may be the one of the first frame.
    found = [np.abs(frames[:, None] - frames[0] + start - times[None, :]).min(axis=0) < near for start in times]
    return max(int(np.count_nonzero(on)) for on in found)


def _offset(trains: Sequence[_Train]) -> Measurement:
    usable = np.stack([train.usable for train in trains])
    lows = np.array([train.low_us for train in trains])
    colours = [c for c in range(4) if len(np.unique(lows[usable[:, c]])) >= FEWEST]
    if not colours:
        clear = np.unique(lows[usable.any(axis=1)])
        raise EstimatorError(
            f"pulses of {len(clear)} lengths do not saturate the frames, at least {FEWEST} are needed: shorter ones, less light"
        )
    points = [(i, c) for c in colours for i in range(len(trains)) if usable[i, c]]
    index, colour = np.array([i for i, _ in points]), np.array([colours.index(c) for _, c in points])
    level, u = (np.array([getattr(trains[i], name)[c] for i, c in points]) for name in ("level", "u"))
    if level.max() < VISIBLE_DN:
        raise EstimatorError(f"the longest pulse rises {level.max():.2g} DN above black: no light on the camera?")
    fit = _Fit(lows[index], index, colour, level, u, len(trains), len(colours))
    value, parts = fit.solved()
    left_out = sorted(set(lows.tolist()) - set(lows[index].tolist()))
    method = f"levels of {len(set(lows[index].tolist()))} pulse lengths" + (f", {len(left_out)} that saturate left out" if left_out else "")
    series = Series(tuple(lows[index].tolist()), tuple(level.tolist()), tuple(u.tolist()), "pulse, us", "level over black, DN")
    return Measurement.of("exposure_offset", value, "us", parts, len(points), method, series)


@dataclass(frozen=True)
class _Fit:
    """Offset, bend, black and drifts common to all colours, and each colour's rate; known beforehand: bend, black and drifts."""

    low: Floats
    train: NDArray[np.int64]
    colour: NDArray[np.int64]
    level: Floats
    u: Floats
    trains: int
    colours: int

    def _model(self, p: Floats) -> Floats:
        offset, bend, black = p[:3]
        rate, drift = p[3 : 3 + self.colours][self.colour], p[3 + self.colours :][self.train]
        light = rate * (1.0 + drift) * (self.low + offset)
        bent: Floats = black + light - bend * light**2 / 1023.0
        return bent

    def solved(self) -> tuple[float, tuple[Contribution, ...]]:
        """The offset and what makes up its uncertainty."""
        rate = [float(np.median(self.level[self.colour == c] / self.low[self.colour == c])) for c in range(self.colours)]
        p = np.array([0.0, BEND[0], 0.0, *rate, *np.zeros(self.trains)])
        known = np.array([BEND[1], BLACK_DN / np.sqrt(3.0), *np.full(self.trains, DRIFT)])
        which = np.array([1, 2, *range(3 + self.colours, len(p))])
        prior = p[which].copy()
        steps = np.array([1e-3, 1e-6, 1e-4, *np.full(self.colours, 1e-6), *np.full(self.trains, 1e-7)])
        rows = np.zeros((len(which), len(p)))
        rows[np.arange(len(which)), which] = 1.0 / known
        for _ in range(12):
            now = self._model(p)
            slopes = np.column_stack([(self._model(p + step) - now) / step.sum() for step in np.diag(steps)])
            jacobian = np.vstack([slopes / self.u[:, None], rows])
            left = np.concatenate([(self.level - now) / self.u, (prior - p[which]) / known])
            p = p + np.linalg.lstsq(jacobian, left, rcond=None)[0]
        # How each reading, and each thing known beforehand, moves the offset.
        influence = np.linalg.pinv(jacobian)[0]
        n = len(self.level)
        misfit = max(1.0, float(np.sqrt(np.sum(left**2) / max(len(left) - len(p), 1))))
        return float(p[0]), (
            type_a("scatter of the levels", misfit * float(np.linalg.norm(influence[:n]))),
            type_b("bend of the response", abs(float(influence[n]))),
            type_b(f"black level, +/- {BLACK_DN:g} DN of 10 bits assumed", abs(float(influence[n + 1]))),
            type_b(f"drift of the light, {DRIFT:.2%} assumed", float(np.linalg.norm(influence[n + 2 :]))),
        )
