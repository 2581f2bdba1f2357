"""Sensors and their driver generations from data/sensors/*.toml."""

from __future__ import annotations

from typing import Any

from hil.catalog._modes import modes
from hil.catalog._toml import Table, facts, load, names
from hil.catalog.facts import Facts
from hil.catalog.gain import GainModel
from hil.catalog.sensor_types import Delays, ExposureModel, Generation, Sensor, Startup


def sensors() -> tuple[Sensor, ...]:
    """All sensors, by name."""
    return tuple(_sensor(load("sensors", name)) for name in names("sensors"))


def _sensor(table: Table) -> Sensor:
    known = facts(table["name"], {key: value for key, value in table.items() if key not in ("generation", "modes", "usual_generation")})
    left, top = known.integers("active_left_top")
    return Sensor(
        name=table["name"],
        title=table["title"],
        libcamera_models=known.strings("libcamera_models"),
        shutter=known.text("shutter"),
        active_size=known.size("active_size"),
        native_size=known.size("native_size"),
        active_left_top=(left, top),
        unit_cell_um=known.number("unit_cell_um"),
        cfa=known.text("cfa"),
        bit_depths=known.integers("bit_depths"),
        i2c_addr=known.integer("i2c_addr"),
        rotation_dt=known.integer("rotation_dt_deg"),
        overlay=known.text("overlay"),
        link_freq_default_hz=known.integer("link.default_hz"),
        link_freqs_hz=known.integers("link.choices_hz"),
        link_freq_selectable=known.flag("link.selectable"),
        embedded_data=known.flag("embedded_data"),
        module_params=known.strings("module_params"),
        black_level16=known.integer("black_level_16"),
        gain=_gain(known),
        delays=_delays(known),
        startup=_startup(known),
        generations=tuple(_generation(table, entry) for entry in table["generation"]),
        usual_generation=table["usual_generation"],
        facts=known,
    )


def _gain(known: Facts) -> GainModel:
    code_max = known.integer("gain.code_max")
    return GainModel(known.text("gain.formula"), known.integer("gain.code_min"), code_max, known.integer("gain.code_cap", code_max))


def _delays(known: Facts) -> Delays:
    return Delays(*(known.integer(f"delays.{name}_frames") for name in ("exposure", "gain", "vblank", "hblank")))


def _startup(known: Facts) -> Startup:
    fields = ("hide_frames", "hide_frames_hdr", "hide_frames_mode_switch", "mistrust_frames", "mistrust_frames_mode_switch")
    return Startup(*(known.integer(f"startup.{name}") for name in fields))


def _generation(sensor: Table, entry: dict[str, Any]) -> Generation:
    where = f"{sensor['name']} {entry['name']}"
    inherited = {"source": sensor["source"], "evidence": sensor["evidence"]}
    known = facts(where, inherited | entry | {"exposure": sensor["exposure"] | entry.get("exposure", {})})
    model = _exposure(known)
    return Generation(
        sensor=sensor["name"],
        name=entry["name"],
        title=entry["title"],
        told_by=entry["told_by"],
        modes=modes(sensor, entry["name"], model),
        exposure=model,
        link_changes_timing=known.flag("link_changes_timing"),
        facts=known,
    )


def _exposure(known: Facts) -> ExposureModel:
    return ExposureModel(
        min_lines=known.integer("exposure.min_lines"),
        step_lines=known.integer("exposure.step_lines"),
        offset_us=known.number("exposure.offset_us", 0.0),
        frame_integration_diff=known.integer("exposure.frame_integration_diff_lines"),
        frame_length_max=known.integer("exposure.frame_length_max_lines"),
        long_exp_shift_max=known.integer("exposure.long_exp_shift_max"),
        line_length_max=known.integer("exposure.line_length_max_pix", 0),
        hblank_max=known.integer("exposure.hblank_max_pix", 0),
        longest_tested_us=known.number("exposure.longest_tested_us", 0.0),
    )
