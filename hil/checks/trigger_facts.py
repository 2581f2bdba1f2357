"""What a train of trigger pulses that lost frames shows, as facts for `causes.toml` [trigger]; and what else is asked of the rig then."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.checks import roles, wiring
from hil.checks.station import Station
from hil.errors import RigError

if TYPE_CHECKING:
    from hil.checks.trigger import Outcome
    from hil.checks.wiring import Line

SWING_V = 0.7
"""XTR high less XTR low: 0.7 x 1.8 V must be reached and 0.3 x 1.8 V undercut for a pulse."""

FREE_FRAMES = 10
FEW_LOST = 0.05
"""Part of the pulses that is lost at random at most when a pattern is spoken of."""

_ORDINAL = {2: "second", 3: "third", 4: "fourth", 5: "fifth"}


def suspicious(outcome: Outcome) -> bool:
    """Whether pulses are missing, or frames too many."""
    book = outcome.ledger
    return book is None or bool(book.missed or book.doubled or book.extra) or outcome.shots.gave_up


def gather(
    station: Station, outcome: Outcome, all_cameras: Sequence[Outcome], before: Sequence[Outcome]
) -> tuple[dict[str, Any], list[str]]:
    """Facts, and the observations in words. Asks the camera to run free and reads XTR, if no frame came at all."""
    name, book, shots = outcome.camera, outcome.ledger, outcome.shots
    fitted = station.rig.cameras[name]
    settings, sensor = station.settings[fitted.host], roles.sensor_of(station, name)
    frames = shots.burst.frames
    mode_read = settings.parameter(sensor, roles.PARAMETER)
    facts: dict[str, Any] = {
        "camera": name,
        "host": fitted.host,
        "rig_file": station.rig.name,
        "pulse_line": station.rig.wiring.get("pulse", "the trigger's line in [wiring]"),
        "silent": frames == 0,
        "pulses": outcome.sent,
        "pulses_sent": outcome.sent >= outcome.pulses.pulses,
        "gave_up": shots.gave_up and frames > 0,
        "timeout_ms": "60000 or more",
        "mode_read": mode_read,
        "mode_reads_back": mode_read == 1,
        "needs_r11_removed": fitted.Q2 == "fitted",
        "fast_ok": any(not suspicious(one) for one in before if one.camera == name) or None,
        "rate_allowed": True,
        "none_unfetched": bool(np.all(np.diff(shots.burst.sequence) == 1)) if frames > 1 else None,
    }
    seen = [f"{outcome.sent} pulses sent at {outcome.rate_hz:.4g} Hz, {frames} frames", f"trigger_mode reads back {mode_read}"]
    if shots.why:
        seen.append(shots.why)
    facts |= _losses(outcome) | _partner(outcome, all_cameras)
    if frames == 0:
        more, told = _further(station, name)
        facts |= more
        seen += told
    elif book is not None and book.missed:
        seen.append(f"without a frame: pulses {_few(book.missed)}")
    return facts, seen


def _losses(outcome: Outcome) -> dict[str, Any]:
    book, frames = outcome.ledger, outcome.shots.burst.frames
    facts: dict[str, Any] = {"runs_free": frames > 0 and book is not None and len(book.extra) > frames // 2}
    every = _pattern(outcome)
    missed = len(book.missed) if book else outcome.sent - frames
    return facts | {"regular_loss": every > 1, "every": _ORDINAL.get(every, f"{every}th"), "missed": missed, "lossy": missed > 0}


def _pattern(outcome: Outcome) -> int:
    """n, where every n-th pulse makes no frame; 0 for no such pattern."""
    book = outcome.ledger
    if book is None:
        # Every second pulse ignored hides the mark from a ledger only where few pulses are left.
        ratio = outcome.sent / max(outcome.shots.burst.frames, 1)
        return 2 if outcome.shots.burst.frames >= FREE_FRAMES // 2 and abs(ratio - 2.0) < FEW_LOST * outcome.sent else 0
    steps = np.diff(book.missed)
    if len(steps) < 2:
        return 0
    usual = int(np.bincount(steps).argmax())
    return usual if usual > 1 and float(np.mean(steps == usual)) > 1 - FEW_LOST else 0


def _partner(outcome: Outcome, all_cameras: Sequence[Outcome]) -> dict[str, Any]:
    partners = [one for one in all_cameras if one.camera != outcome.camera]
    if not partners:
        return {}
    return {"partner": partners[0].camera, "partner_complete": not suspicious(partners[0])}


def _further(station: Station, name: str) -> tuple[dict[str, Any], list[str]]:
    """Whether the camera lives without a trigger, and whether its pad swings."""
    facts, seen = {}, []
    camera = station.cameras[name]
    with ExitStack() as held:
        held.enter_context(roles.held(station, (name,), ""))
        held.callback(camera.stop)
        try:
            rate = camera.burst(FREE_FRAMES, settle=1).frame_rate_hz
        except RigError:
            facts["alive"] = False
            seen.append("it does not run free either")
        else:
            facts["alive"] = True
            seen.append(f"free run {rate.value:.3f} Hz")
    line = _line(station, name)
    if line is not None:
        low, high = wiring.swing(station, line)
        swings, shared = high - low > SWING_V, len(line.cameras) > 1
        # Where several pads hang on the wire, the one that is read may be another's.
        facts["line_swings" if swings and shared else "pad_swings"] = swings
        where = "on the wire of both cameras" if shared else "at the camera's pad"
        seen.append(f"XTR {where} swings {max(low, 0.0):.2f} .. {high:.2f} V")
    return facts, seen


def _line(station: Station, name: str) -> Line | None:
    return next((line for line in wiring.lines(station.rig) if line.is_trigger and name in line.cameras), None)


def _few(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:4]))
    return f"{shown} and {len(numbers) - 4} more" if len(numbers) > 4 else shown
