"""Modes of a driver generation: what the data files say, and what follows from it by arithmetic.

line time = line length / pixel rate; where no driver source was read, the line time is derived from the printed frame rate,
which comes from a frame time truncated to whole microseconds and rounded to 0.01: nominal frame time = 1e6 / fps + 0.5 us.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hil.catalog._toml import Table, fact
from hil.catalog.facts import Fact, Facts
from hil.catalog.sensor_types import Crop, ExposureModel, Mode

FPS_ROUNDING = 0.005
"""Half of the last digit that the tools print."""
FRAME_TRUNCATION_US = 0.5
"""Half of the microsecond that libcamera truncates."""


def modes(sensor: Table, generation: str, model: ExposureModel) -> tuple[Mode, ...]:
    """The modes of one generation in the order of the listings."""
    groups = [group for group in sensor["modes"] if generation in group["generations"]]
    return tuple(_mode(sensor, group, entry, model) for group in groups for entry in group["list"])


def _mode(sensor: Table, group: Table, entry: dict[str, Any], model: ExposureModel) -> Mode:
    known = dict(_stated(sensor, group, entry))
    known["line_time_ns"], tolerance_ppm = _line_time(known, group.get("line_time_from", ""))
    subject = f"{sensor['name']} {'x'.join(map(str, entry['size']))}"
    return _finish(Facts(subject, known), model, tolerance_ppm, group)


def _stated(sensor: Table, group: Table, entry: dict[str, Any]) -> Iterator[tuple[str, Fact]]:
    source, evidence = group.get("source", sensor["source"]), group.get("evidence", sensor["evidence"])
    lines = {f"exposure_{key}": sensor["exposure"][key] for key in ("min_lines", "step_lines")}
    for key, raw in ({"hdr": False, "sensitivity": 1.0} | lines | entry).items():
        yield key, fact(key, raw, *group.get("provenance", {}).get(key, (source, evidence)))


def _line_time(known: dict[str, Fact], derived_from: str) -> tuple[Fact, float]:
    facts = Facts("mode", known)
    if not derived_from:
        ns = facts.integer("line_length_pix") / facts.integer("pixel_rate_hz") * 1e9
        rate = known["pixel_rate_hz"]
        return Fact(ns, "ns", rate.source, rate.evidence, note="line length / pixel rate"), 0.0
    fps = facts.number(derived_from)
    frame_us = 1e6 / fps + FRAME_TRUNCATION_US
    tolerance_ppm = (FPS_ROUNDING / fps + FRAME_TRUNCATION_US / frame_us) * 1e6
    ns = frame_us * 1e3 / facts.integer("frame_length_min_lines")
    return Fact(ns, "ns", "arithmetic", "derived", note=f"from the printed rate, known to {tolerance_ppm:.0f} ppm"), tolerance_ppm


def _finish(facts: Facts, model: ExposureModel, tolerance_ppm: float, group: Table) -> Mode:
    size, crop = facts.size("size"), _crop(facts, "crop")
    line_ns, rate = facts.number("line_time_ns"), facts.integer("pixel_rate_hz")
    length = facts.integer("line_length_pix", round(line_ns * rate / 1e9))
    longest_us = longest_exposure_us(model, length, rate)
    mode = Mode(
        size=size,
        bits=facts.integer("bits"),
        crop=crop,
        crop_also_seen=_crop(facts, "crop_also_seen") if "crop_also_seen" in facts else None,
        hdr=facts.flag("hdr"),
        binning=(round(crop[2] / size[0]), round(crop[3] / size[1])),
        line_time_ns=line_ns,
        frame_length_min=facts.integer("frame_length_min_lines"),
        frame_length_step=facts.integer("frame_length_step_lines", 1),
        fps_reported=facts.number("fps_reported"),
        fps_tolerance_ppm=tolerance_ppm,
        pixel_rate_hz=rate,
        line_length_pix=length,
        sensitivity=facts.number("sensitivity"),
        exposure_min_lines=facts.integer("exposure_min_lines"),
        exposure_step_lines=facts.integer("exposure_step_lines"),
        exposure_offset_us=model.offset_us,
        exposure_max_us=longest_us,
        exposure_max_tested_us=min(longest_us, model.longest_tested_us or longest_us),
        exposure_min_reported_us=facts.integer("exposure_min_reported_us", int(facts.integer("exposure_min_lines") * line_ns / 1e3)),
        exposure_max_reported_us=facts.integer("exposure_max_reported_us", reported_exposure_us(model, size[0], length, rate)),
        facts=facts,
    )
    return replace(mode, facts=_with_results(mode, group))


def longest_exposure_us(model: ExposureModel, line_length_pix: int, pixel_rate_hz: int) -> float:
    """Longest exposure the registers can hold: all lines of the longest frame but the integration difference, on the longest line."""
    lines = (model.frame_length_max << model.long_exp_shift_max) - model.frame_integration_diff
    return lines * max(line_length_pix, model.line_length_max) / pixel_rate_hz * 1e6 + model.offset_us


def reported_exposure_us(model: ExposureModel, width: int, line_length_pix: int, pixel_rate_hz: int) -> int:
    """What libcamera advertises as the longest exposure; with a large HBLANK one pixel short of its end (getBlanking truncates)."""
    length = width + model.hblank_max - 1 if model.hblank_max else max(line_length_pix, model.line_length_max)
    lines = (model.frame_length_max << model.long_exp_shift_max) - model.frame_integration_diff
    return int(lines * length / pixel_rate_hz * 1e6)


def _crop(facts: Facts, name: str) -> Crop:
    left, top, width, height = facts.integers(name)
    return left, top, width, height


def _with_results(mode: Mode, group: Table) -> Facts:
    """The facts of a mode with those that follow: exposures inherit the line time's provenance unless the data file says otherwise."""
    line, stated = mode.line_time, group.get("provenance", {})
    results: dict[str, float | int] = {
        "nominal_fps_hz": mode.nominal_fps,
        "exposure_min_us": mode.exposure_min_us,
        "exposure_step_us": mode.exposure_step_us,
        "exposure_max_us": mode.exposure_max_us,
        "readout_us": mode.readout_us,
    }
    reported = {"exposure_min_reported_us": mode.exposure_min_reported_us, "exposure_max_reported_us": mode.exposure_max_reported_us}
    more = {key: fact(key, value, *stated.get(key, (line.source, line.evidence))) for key, value in results.items()}
    guessed = {key: fact(key, value, "arithmetic", "derived") for key, value in reported.items() if key not in mode.facts}
    return Facts(mode.facts.subject, dict(mode.facts) | more | guessed)
