"""The part of a module's page that its sensor writes: facts, modes of every driver generation, rates, link clock."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from hil import catalog
from hil.catalog._show_parts import cells, section, tag
from hil.catalog._units import figures, mhz, seconds
from hil.catalog.facts import Fact, Facts
from hil.catalog.rf import BYTE_CLOCK_DIVISOR
from hil.catalog.sensor_types import Crop, Generation, Mode, Sensor
from hil.catalog.types import Module, PageRate

SHOWN = {
    "active_size": "active pixels", "unit_cell_um": "pixel", "image_area_mm": "image area", "cfa": "colour filter", "bit_depths": "bits",
    "lanes": "CSI-2 lanes", "i2c_addr": "I2C address", "overlay": "overlay", "rotation_dt_deg": "rotation in the device tree",
    "embedded_data": "embedded data", "module_params": "module parameters", "black_level_16": "black level", "noir_told_by": "NoIR told by",
    "xvs_available": "XVS pad", "xtr_available": "XTR pad", "full_well_e": "full well", "read_noise_e": "read noise",
    "trigger_mode.values": "trigger_mode", "af.lens_range_dpt": "focus range", "af.lens_range_wide_dpt": "focus range, Wide",
}  # fmt: skip


def sections(module: Module, sensor: Sensor) -> list[RenderableType]:
    """The sections of one module's sensor."""
    drivers = [part for generation in sensor.generations for part in _generation(sensor, generation)]
    several = f": {len(sensor.generations)} generations" if len(sensor.generations) > 1 else ""
    return [
        section(f"Sensor {sensor.title}", _facts(sensor)),
        section(f"Modes by driver{several}", *drivers),
        section("Rates that the page claims", _rates(module, sensor)),
        section("Link clock and GPS L1", *_link(sensor)),
    ]


def _facts(sensor: Sensor) -> Table:
    table = cells("", "", "")
    table.show_header = False
    for name, title in SHOWN.items():
        if name in sensor.facts:
            _row(table, title, sensor.facts[name], _value(name, sensor.facts[name]))
    gain = sensor.gain
    said = f"{gain.min:.4g} .. {gain.max:.4g}, {gain.text}" + (
        f"; advertised to {gain.max_reported:.4g}" if gain.max_reported > gain.max else ""
    )
    _row(table, "analogue gain", sensor.facts["gain.formula"], said)
    late = sensor.delays
    said = f"exposure {late.exposure}, gain {late.gain}, vblank {late.vblank}, hblank {late.hblank} frames"
    _row(table, "controls act after", sensor.facts["delays.exposure_frames"], said)
    return table


def _row(table: Table, title: str, fact: Fact, value: str) -> None:
    note = Text(f"  {fact.note}" if fact.note else "", style="dim")
    table.add_row(Text(title, style="dim"), Text.assemble(value, note), tag(fact))


def _value(name: str, fact: Fact) -> str:
    if name == "i2c_addr":
        return f"{fact.value:#04x}"
    if isinstance(fact.value, tuple) and name in ("bit_depths", "module_params", "af.lens_range_dpt", "af.lens_range_wide_dpt"):
        return ", ".join(str(part) for part in fact.value) + (f" {fact.unit}" if fact.unit else "") if fact.value else "none"
    return str(fact) or "not at all"


# -- modes -------------------------------------------------------------------------------------------------------------


def _generation(sensor: Sensor, generation: Generation) -> Iterator[RenderableType]:
    usual = "  assumed unless the rig or the host says otherwise" if generation is sensor.usual and len(sensor.generations) > 1 else ""
    yield Text.assemble((generation.name if generation.name != "only" else sensor.name, "bold"), "  ", generation.title, (usual, "dim"))
    if generation.told_by:
        yield Text(f"told by {generation.told_by}", style="dim")
    yield _modes(sensor, generation)
    yield from (Text(line, style="dim") for line in _footnotes(sensor, generation))
    if generation is not sensor.generations[-1]:
        yield Text("")


def _modes(sensor: Sensor, generation: Generation) -> Table:
    headers = ("mode", "line us", "lines", "rate Hz", "printed", "min us", "step us", "max s", "skew ms")
    table = cells(*headers, right=tuple(range(1, len(headers))), gap=1)
    for column in table.columns:
        column.no_wrap = True
    for mode in generation.modes:
        name = mode.key_bits if len(sensor.bit_depths) > 1 else mode.key
        table.add_row(Text(name, style="bold"), *_figures(mode))
    return table


def _figures(mode: Mode) -> tuple[str, ...]:
    line = ("" if mode.line_time.judged else "~") + f"{mode.line_time_ns / 1e3:.4f}"
    longest = figures(mode.exposure_max_tested_us / 1e6) + (" " if mode.facts["exposure_max_us"].judged else "†")
    return (
        line, str(mode.frame_length_min), f"{mode.nominal_fps:.4f}", f"{mode.fps_reported:.2f}",
        figures(mode.exposure_min_us), f"{mode.exposure_step_us:.2f}", longest, f"{mode.readout_us / 1e3:.2f}",
    )  # fmt: skip


def _footnotes(sensor: Sensor, generation: Generation) -> Iterator[str]:
    modes = generation.modes
    if crops := {mode.key: mode.crop for mode in modes if mode.crop != (0, 0, *sensor.active_size)}:
        yield "cropped: " + ", ".join(f"{key} {_crop(crop)}" for key, crop in crops.items()) + "; others read the whole array"
    if others := {mode.key: mode.crop_also_seen for mode in modes if mode.crop_also_seen}:
        yield "also listed as: " + ", ".join(f"{key} {_crop(crop)}" for key, crop in others.items())
    if raised := [mode for mode in modes if int(mode.exposure_min_us) > mode.exposure_min_reported_us]:
        said = ", ".join(f"{mode.exposure_min_reported_us} us ({mode.key})" for mode in raised)
        yield f"libcamera advertises shorter exposures than the driver makes: {said}"
    if wrong := [mode for mode in modes if mode.exposure_max_reported_us > mode.exposure_max_us]:
        said = ", ".join(dict.fromkeys(seconds(mode.exposure_max_reported_us) for mode in wrong))
        yield f"libcamera advertises {said}, more than the {wrong[0].exposure_max_us / 1e6:.2f} s where the register wraps"
    if not all(mode.facts["exposure_max_us"].judged for mode in modes):
        yield "† derived, no source gives it: recorded, not judged"
    if tolerances := [mode.fps_tolerance_ppm for mode in modes if mode.fps_tolerance_ppm]:
        span = f"{min(tolerances):.0f} to {max(tolerances):.0f} ppm"
        yield f"~ derived from the printed rate, known to {span}; limits on rates widen by that"
    if generation.link_changes_timing:
        rule = generation.facts.text("line_time_rule", "")
        yield f"at {mhz(sensor.link_freq_default_hz)}; rates go with the link frequency: {rule}"


def _crop(crop: Crop) -> str:
    return f"({crop[0]}, {crop[1]})/{crop[2]}x{crop[3]}"


# -- rates and link ----------------------------------------------------------------------------------------------------


def _rates(module: Module, sensor: Sensor) -> Table:
    table = cells("at least", *(generation.name for generation in sensor.generations))
    table.show_header = len(sensor.generations) > 1
    for rate in module.page_rates:
        table.add_row(Text(rate.text, style="bold"), *(_reach(rate, generation) for generation in sensor.generations))
    return table


def _reach(rate: PageRate, generation: Generation) -> Text:
    if reached := rate.reached_by(generation):
        return Text(", ".join(dict.fromkeys(f"{mode.nominal_fps:.2f}" for mode in reached)))
    same = rate.modes(generation)
    return Text(f"{max(mode.nominal_fps for mode in same):.2f}, recorded" if same else "no mode, recorded", style="yellow")


def _link(sensor: Sensor) -> Iterator[RenderableType]:
    l1 = catalog.band("GPS L1")
    table = cells("link", "byte clock", "nearest harmonic", "from GPS L1", "", right=(0, 1, 2, 3))
    for hz in sensor.link_freqs_hz:
        near = catalog.harmonic_near(hz, l1.centre_hz)
        close = "red" if abs(near.distance_hz) < 1.023e6 else ""
        default = "default" if hz == sensor.link_freq_default_hz else ""
        away = Text(f"{near.distance_hz / 1e6:+.2f} MHz", style=close)
        table.add_row(mhz(hz), mhz(hz / BYTE_CLOCK_DIVISOR), f"{near.n} x = {near.mhz:.2f} MHz", away, default)
    yield table
    yield from (Text(line, style="dim") for line in _choosing(sensor.facts))


def _choosing(facts: Facts) -> Iterator[str]:
    if not facts.flag("link.selectable"):
        yield "fixed by the driver"
        return
    yield f"chosen in config.txt: camera_auto_detect=0 and {facts.text('link.overlay_param')}, then reboot"
    if facts["link.choices_hz"].note:
        yield facts["link.choices_hz"].note


def sources_of(module: Module) -> set[str]:
    """The keys of all sources behind a module's page."""
    sensor = catalog.sensor(module.sensor)
    facts = [*module.page.values(), *module.facts.values(), *sensor.facts.values()]
    facts += [fact for generation in sensor.generations for mode in generation.modes for fact in mode.facts.values()]
    facts += [fact for one in module.discrepancies for fact in (one.page, one.established)]
    facts += [fact for lens in catalog.lenses() if lens.mount in module.mounts for fact in lens.facts.values()]
    return {fact.source for fact in facts}
