"""The exposure window of a global shutter, by a strobe whose delay is swept across it.

A pulse of known width, fired at a delay after a reference edge (the falling edge of XTR), lights the frame by as much of it as falls into
the window. The signal over the delay is a trapezoid whose ramps are as wide as the pulse: rising where the pulse's end comes to lie in
the window, falling where it reaches the window's end. Start, end, brightness, ambient light and the LED's rise and fall are fitted, and
the uncertainty is taken from what the fit leaves, reading by reading (heteroscedasticity-consistent, HC3: MacKinnon and White 1985), so
that neither shot noise nor a flickering LED has to be known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hil.measure import _pooled
from hil.measure._pulse import SHORTEST_US, SPREAD, USUAL, Led, collected
from hil.measure.budget import rectangular, type_a, type_b
from hil.measure.errors import EstimatorError
from hil.measure.measurement import Measurement, Series

Floats = NDArray[np.float64]

FEWEST: Final = 12
"""Readings of a scan: six parameters are fitted."""

ON_RAMP: Final = 3
"""Readings on each ramp without which its place is a guess."""

VISIBLE: Final = 8.0

CLIPPING: Final = 0.9
"""Part of the range above which a mean hides clipped pixels."""

LED_DELAY_US: Final = 0.2
"""Half width assumed for the time from the reference edge's driver to the first light beyond the delay asked for: drivers, wire and
junction are tens of ns each (type B, rectangular). It shifts start and end alike, never the length."""

SLOWEST_US: Final = 10.0
"""Longest rise or fall that is believed of an LED."""


class NoWindow(EstimatorError):
    """The scan shows no window: no signal, or no edge of it."""


class WindowOutside(EstimatorError):
    """The scan begins after the window's start or ends before its end."""


class WindowClipped(EstimatorError):
    """Readings at full scale: the plateau and the ramps are cut."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a global shutter is open, us after the reference edge."""

    start: Measurement
    """"exposure_start"."""
    stop: Measurement
    """"exposure_stop"."""
    length: Measurement
    """"exposure_by_strobe"."""
    plateau: Measurement
    """"strobe_signal" in DN of a pulse wholly inside."""
    led: Led


def exposure_window(
    delay_us: ArrayLike,
    signal_dn: ArrayLike,
    width_us: float,
    *,
    full_scale_dn: float | None = None,
    led_delay_us: float = LED_DELAY_US,
) -> Window:
    """Start, stop and length of the window from a strobe scan.

    `delay_us`: start of each pulse after the reference edge, in any order; `signal_dn`: mean level of the frame it fell into, black and
    ambient light included or not; `width_us`: of all pulses; `led_delay_us`: half width of what is unknown of the delay.
    """
    delay, signal = _scan(delay_us, signal_dn, width_us)
    if full_scale_dn is not None and signal.max() > CLIPPING * full_scale_dn:
        raise WindowClipped(f"readings up to {signal.max():.4g} of {full_scale_dn:g} DN: less light, or a shorter pulse")
    first = _first_guess(delay, signal, width_us)
    values, jacobian, left = _fit(delay, signal, width_us, first)
    for name, edge in (("start", values[0]), ("end", values[0] + values[1])):
        ramp = (delay > edge - width_us - 1.0) & (delay < edge + 1.0)
        if np.count_nonzero(ramp) < ON_RAMP:
            raise NoWindow(
                f"{np.count_nonzero(ramp)} readings on the ramp at the window's {name}, at least {ON_RAMP} are needed: finer steps"
            )
    covariance = _covariance(jacobian, left, known=2)
    return _window(values, covariance, len(delay), led_delay_us, Series(tuple(delay), tuple(signal), (), "delay, us", "signal, DN"))


def length_by_width(width_us: ArrayLike, signal_dn: ArrayLike, steady_dn: float, u_steady_dn: float = 0.0) -> Measurement:
    """The exposure from brightness alone, in us: the signal of a strobe that stays on, over the signal per us of pulses inside the window.

    The cross-check of `Window.length`: it knows no edges. `signal_dn`: at different widths, pulses wholly inside the window; `steady_dn`:
    with the strobe on all the time, ambient light and black taken off (the line's offset takes them off the pulses).
    """
    width, signal = _finite("widths", width_us), _finite("signals", signal_dn)
    if len(width) != len(signal) or len(width) < 4 or np.ptp(width) <= 0:
        raise EstimatorError(f"{len(width)} widths and {len(signal)} signals: at least 4 of each, at different widths, are needed")
    basis = np.column_stack([np.ones_like(width), width])
    (_, slope), *_ = np.linalg.lstsq(basis, signal, rcond=None)
    if slope <= 0:
        raise NoWindow("the signal does not grow with the pulse's width")
    left = signal - basis @ np.linalg.lstsq(basis, signal, rcond=None)[0]
    u_slope = math.sqrt(float(_covariance(basis, left)[1, 1]))
    value = steady_dn / float(slope)
    budget = (
        type_a("slope of the signal over the width", value * u_slope / float(slope)),
        type_b("steady signal", u_steady_dn / float(slope)),
    )
    method = "steady strobe over signal per us of pulse"
    return Measurement.of("exposure_by_width", value, "us", budget, len(width), method)


def _scan(delay_us: ArrayLike, signal_dn: ArrayLike, width_us: float) -> tuple[Floats, Floats]:
    delay, signal = _finite("delays", delay_us), _finite("signals", signal_dn)
    if len(delay) != len(signal):
        raise EstimatorError(f"{len(delay)} delays but {len(signal)} signals")
    if len(delay) < FEWEST:
        raise EstimatorError(f"{len(delay)} readings, at least {FEWEST} are needed")
    if not (width_us > 0 and math.isfinite(width_us)):
        raise EstimatorError(f"pulses of {width_us} us are none")
    order = np.argsort(delay, kind="stable")
    return delay[order], signal[order]


def _first_guess(delay: Floats, signal: Floats, width_us: float) -> Floats:
    low, high = (float(np.percentile(signal, part)) for part in (2, 98))
    noise = float(np.median(np.abs(np.diff(signal)))) / (0.6745 * math.sqrt(2.0))
    if high - low < VISIBLE * noise or high <= low:
        raise NoWindow(f"the signal changes by {high - low:.3g} DN over the scan, its noise is {noise:.3g} DN")
    lit = signal > 0.5 * (low + high)
    inside = np.flatnonzero(lit)
    first, last = int(inside[0]), int(inside[-1])
    if first == 0 or last == len(delay) - 1:
        raise WindowOutside(f"the signal is at half its height at the {'first' if first == 0 else 'last'} delay: scan further")
    if np.count_nonzero(~lit[first:last]) > 0.2 * (last - first):
        raise NoWindow("the signal is no plateau: readings and delays do not belong together")
    # At half height half of the pulse is inside.
    start, stop = 0.5 * (delay[first - 1] + delay[first] + width_us), 0.5 * (delay[last] + delay[last + 1] + width_us)
    return np.array([start, max(stop - start, 0.1 * width_us), high - low, low])


def _fit(delay: Floats, signal: Floats, width_us: float, first: Floats) -> tuple[Floats, Floats, Floats]:
    """Start, length, plateau, ambient, rise, fall; their Jacobian and what is left, each with two rows for what is known of LEDs."""

    def model(own: Floats, shared: Floats) -> Floats:
        start, length, plateau, ambient = (own[:, i : i + 1] for i in range(4))
        length = np.maximum(length, 0.01 * width_us)
        light = collected(start - delay, start + length - delay, width_us, Led(*shared.tolist()))
        values: Floats = ambient + plateau * light / np.minimum(width_us, length)
        return values

    prior, spread = np.array([USUAL.rise_us, USUAL.fall_us]), np.array([SPREAD.rise_us, SPREAD.fall_us])
    steps = np.array([1e-3, 1e-3, 1e-4 * first[2], 1e-4 * first[2]])
    shared = _pooled.Shared(prior, prior, spread, np.full(2, SHORTEST_US), np.full(2, SLOWEST_US), np.full(2, 1e-3))
    own = _pooled.Own(first[None], steps, np.zeros(4))
    scatter = 0.02 * float(first[2])
    for _ in range(3):
        pooled = _pooled.fit(model, signal[None], np.full((1, len(delay)), 1.0 / scatter), own, shared)
        own, shared = replace(own, start=pooled.own), replace(shared, start=pooled.shared)
        scatter = float(np.sqrt(np.mean((pooled.residuals * scatter) ** 2))) + 1e-9 * float(first[2])
    now = model(own.start, shared.start)[0]
    by_own = [(model(own.start + np.eye(4)[i] * steps[i], shared.start)[0] - now) / steps[i] for i in range(4)]
    by_led = [(model(own.start, shared.start + np.eye(2)[i] * 1e-3)[0] - now) / 1e-3 for i in range(2)]
    known = np.hstack([np.zeros((2, 4)), np.diag(scatter / spread)])
    jacobian = np.vstack([np.column_stack([*by_own, *by_led]), known])
    # For the two rows: what they may be off by, not what they happen to be.
    return np.concatenate([own.start[0], shared.start]), jacobian, np.concatenate([signal - now, [scatter, scatter]])


def _covariance(jacobian: Floats, left: Floats, known: int = 0) -> Floats:
    """HC3: every reading's own residual, grown by its leverage; the last `known` rows are no readings, theirs is as wide as it is."""
    bread = np.linalg.pinv(jacobian.T @ jacobian, hermitian=True)
    leverage = np.clip(np.einsum("ni,ij,nj->n", jacobian, bread, jacobian), 0.0, 0.95)
    leverage[len(left) - known :] = 0.0
    meat = jacobian * (left / (1.0 - leverage))[:, None]
    covariance: Floats = bread @ (meat.T @ meat) @ bread
    return covariance


def _window(values: Floats, covariance: Floats, n: int, led_delay_us: float, series: Series) -> Window:
    delay = rectangular("delay of the LED and its driver, assumed", led_delay_us)

    def measured(name: str, along: tuple[float, ...], shared: bool) -> Measurement:
        direction = np.zeros(len(values))
        direction[: len(along)] = along
        parts = [type_a("scatter about the fit", math.sqrt(float(direction @ covariance @ direction)))]
        budget = [*parts, delay] if shared else parts
        return Measurement.of(
            name, float(direction @ values), "us", budget, n, "strobe scan, fitted; in the strobe's own microseconds", series
        )

    return Window(
        start=measured("exposure_start", (1.0,), True),
        stop=measured("exposure_stop", (1.0, 1.0), True),
        length=measured("exposure_by_strobe", (0.0, 1.0), False),
        plateau=Measurement("strobe_signal", float(values[2]), "DN", math.sqrt(float(covariance[2, 2])), n, "strobe scan, fitted"),
        led=Led(float(values[4]), float(values[5])),
    )


def _finite(what: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise EstimatorError(f"no {what}" if array.size == 0 else f"{what} in {array.ndim} dimensions, not one")
    if not np.all(np.isfinite(array)):
        raise EstimatorError(f"{what} are not all finite")
    return array
