"""The hidden truth of a simulated rig: drawn per seed and device around what is assumed, never shown to checks or estimators.

Every quantity is keyed by (seed, device, its name), so none depends on another or on the order of asking. What is assumed,
with its source, is data: hil/sim/camera/data/assumptions.toml; `assumptions()` lists it for reports and readers.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from itertools import count
from typing import Any

from hil.catalog import Generation, Mode, Module, Sensor
from hil.rig.spec import TwinCamera, TwinHost, TwinLight, TwinStrobe
from hil.sim import chance
from hil.sim.frame import Pixel, Scene
from hil.sim.light import Lamp, Light

_FULL_SCALE16 = 65536.0


@dataclass(frozen=True, slots=True)
class Assumption:
    """One thing that the twin assumes."""

    name: str
    """ "device.crystal_ppm"."""
    text: str
    """How it is drawn, or what holds: "normal, mean 0, sigma 12, within 30 ppm"."""
    source: str


@dataclass(frozen=True, slots=True)
class DeviceTruth:
    """One camera as it really is. Times in true ns."""

    crystal_ppm: float
    """By how much its clock is fast."""
    interrupt_latency_ns: float
    """From the frame's start to the time stamp, at least."""
    interrupt_jitter_ns: float
    """Mean of what is added to it from frame to frame."""
    interrupt_late_every: float
    """One frame in so many is stamped late."""
    interrupt_late_ns: float
    """Mean of that delay."""
    wake_ns: float
    temperature_c: float
    warming_c: float
    focus_dpt: float
    """Where its lens would have to stand, in dioptres."""
    pixel: Pixel


@dataclass(frozen=True, slots=True)
class HostTruth:
    """The clock of one simulated host."""

    clock_ppm: float
    uptime_ns: int
    """What CLOCK_MONOTONIC shows when the world begins."""


@dataclass(frozen=True, slots=True)
class PicoTruth:
    """One Raspberry Pi Pico as it really is."""

    crystal_ppm: float
    """By how much clk_sys is fast."""
    boot_us: float
    """From power-on or reset to the first statement of boot.py, on its own timer."""
    answer_us: float
    """From a byte's arrival at the host's end of USB to the firmware's answer there."""
    adc_offset_v: float
    adc_gain: float
    """Relative error of the converter and its reference."""
    adc_noise_v: float
    """Standard deviation of one conversion."""
    adc_input_ohms: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """How frames travel from the sensor to a finished request."""

    isp_ns: int
    isp_ns_per_pixel: float
    internal_raw_buffers: int


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("hil.sim.camera").joinpath("data/assumptions.toml").read_text())


def assumptions() -> tuple[Assumption, ...]:
    """Everything the twin assumes, in the order of the data file."""
    return tuple(_listed())


def _listed() -> Iterator[Assumption]:
    for section, entries in _data().items():
        for name, entry in entries.items():
            if name == "source":
                continue
            if isinstance(entry, str):
                yield Assumption(f"{section}.{name}", entry, "not simulated, or assumed")
            elif "source" in entries:
                yield Assumption(f"{section}.{name}", _spoken(entry), entries["source"])
            else:
                yield Assumption(f"{section}.{name}", _spoken(entry), entry["source"])


def _spoken(entry: Any) -> str:
    """How a quantity is drawn, or what it is."""
    if not isinstance(entry, dict):
        return f"{entry}"
    unit = f" {entry['unit']}" if entry.get("unit", "1") not in ("", "1") else ""
    if "uniform" in entry:
        low, high = entry["uniform"]
        return f"uniform, {low:,.10g} to {high:,.10g}{unit}"
    if "normal" in entry:
        mean, sigma, limit = entry["normal"]
        return f"normal, mean {mean:,.10g}, sigma {sigma:,.10g}, within {limit:,.10g}{unit}"
    return ", ".join(f"{key} {value:,.10g}" for key, value in entry.items() if key != "source")


def draw(seed: int, device: str, section: str, name: str, *number: int) -> float:
    """A truth of a device, `[section.name]` of the data file; `number` tells repeated draws apart."""
    entry = _data()[section][name]
    key: tuple[str | int, ...] = (device, section, name, *number)
    if "uniform" in entry:
        low, high = entry["uniform"]
        return chance.uniform(seed, *key, low=low, high=high)
    mean, sigma, limit = entry["normal"]
    return float(min(max(chance.normal(seed, *key, mean=mean, sigma=sigma), mean - limit), mean + limit))


def drawn(seed: int, device: str, section: str) -> dict[str, float]:
    """Every quantity of a section of the assumptions, for one device."""
    return {name: draw(seed, device, section, name) for name in _data()[section]}


def device_truth(seed: int, device: str, sensor: Sensor, module: Module) -> DeviceTruth:
    """The truth of the camera `device` (a key unique in the twin), which is a `module`."""
    drawn = {name: draw(seed, device, "device", name) for name in _data()["device"]}
    fields = DeviceTruth.__dataclass_fields__
    return DeviceTruth(pixel=_pixel(drawn, sensor, module), **{name: value for name, value in drawn.items() if name in fields})


def nominal_pixel(sensor: Sensor) -> Pixel:
    """What one would expect of a sensor's pixels, before any unit differs."""
    given = {name: value for name, value in _data()["pixel"][sensor.name].items() if name != "source"}
    black = float(sensor.black_level16)
    return Pixel(conversion_dn16_per_e=(_FULL_SCALE16 - black) / given["full_well_e"], black_dn16=black, **given)


def _pixel(drawn: dict[str, float], sensor: Sensor, module: Module) -> Pixel:
    nominal = nominal_pixel(sensor)
    return replace(
        nominal,
        responsivity_e_per_lux_s=nominal.responsivity_e_per_lux_s * drawn["responsivity_scale"],
        conversion_dn16_per_e=nominal.conversion_dn16_per_e * drawn["conversion_scale"],
        full_well_e=nominal.full_well_e * drawn["full_well_scale"],
        read_noise_e=nominal.read_noise_e * drawn["read_noise_scale"],
        black_dn16=nominal.black_dn16 + drawn["black_offset_dn16"],
        prnu=drawn["prnu"],
        nonlinearity=drawn["nonlinearity"],
        noir=module.noir,
    )


def host_truth(seed: int, host: TwinHost) -> HostTruth:
    """The clock of a host."""
    return HostTruth(draw(seed, host.name, "host", "clock_ppm"), round(draw(seed, host.name, "host", "uptime_s") * 1e9))


def slews(seed: int, host: TwinHost) -> Iterator[tuple[int, float]]:
    """When NTP changes the rate of a host's clock, for ever: (true ns, ppm more than its crystal's)."""
    poll_ns = round(draw(seed, host.name, "ntp", "first_s") * 1e9)
    for number in count():
        length_ns = round(draw(seed, host.name, "ntp", "slew_s", number) * 1e9)
        yield poll_ns, draw(seed, host.name, "ntp", "slew_ppm", number)
        yield poll_ns + length_ns, 0.0
        poll_ns += round(draw(seed, host.name, "ntp", "poll_s", number) * 1e9)


def pico_truth(seed: int, name: str) -> PicoTruth:
    """The truth of the Pico of that name."""
    return PicoTruth(**{field: draw(seed, name, "pico", field) for field in PicoTruth.__dataclass_fields__})


def pipeline(platform: str) -> Pipeline:
    """Frame delivery of "vc4" or "pisp"."""
    given = _data()["pipeline"]
    return Pipeline(given["isp_ns"][platform], given["isp_ns_per_pixel"][platform], given["internal_raw_buffers"])


def line_pix(seed: int, sensor: Sensor, generation: Generation, mode: Mode) -> int:
    """The line length that the driver really uses.

    Where the catalog derives it from a printed rate, any length that prints the same may be the true one: one is drawn, the same for every
    unit of a seed, for it is the driver's. `mode`: at the link frequency of the camera.
    """
    exact = mode.line_length_pix
    if not mode.fps_tolerance_ppm:
        return exact
    choices = [pix for pix in range(exact - 40, exact + 41) if _prints(mode, pix) == mode.fps_reported] or [exact]
    return choices[int(chance.uniform(seed, sensor.name, generation.name, mode.key_bits, mode.fps_reported, "line_pix") * len(choices))]


def _prints(mode: Mode, pix: int) -> float:
    """The rate that `sensor_modes` would show with such lines."""
    return round(1e6 / int(mode.frame_length_min * (pix * 1e6 / mode.pixel_rate_hz)), 2)


def scene(seed: int, camera: TwinCamera, light: TwinLight | None, strobe: TwinStrobe | None = None) -> Scene:
    """What the camera looks at: a uniform panel under a declared light, the strobe's sheet, else a picture of a room under its lamps."""
    if light is not None and camera.name in light.seen_by:
        return Scene("flat", _panel(seed, light))
    if strobe is not None and camera.name in strobe.seen_by:
        ambient = Lamp(draw(seed, "sheet", "sheet", "lux"), 100.0, draw(seed, "sheet", "sheet", "flicker_depth"), 0.0)
        return Scene("flat", Light(0.0, draw(seed, "sheet", "sheet", "temperature_k"), (ambient,)))
    lux = draw(seed, "room", "room", "lux")
    lamps = (Lamp(lux, 100.0, draw(seed, "room", "room", "flicker_depth"), chance.uniform(seed, "room", "phase", high=6.283)),)
    return Scene("room", Light(0.0, draw(seed, "room", "room", "temperature_k"), lamps))


def _panel(seed: int, light: TwinLight) -> Light:
    lux, temperature = light.lux * draw(seed, "light", "light", "level_scale"), draw(seed, "light", "light", "temperature_k")
    if light.flicker_hz:
        return Light(0.0, temperature, (Lamp(lux, light.flicker_hz, light.flicker_depth),))
    return Light(lux, temperature)
