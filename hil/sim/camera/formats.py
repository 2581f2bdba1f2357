"""Names and memory layout of stream formats: Bayer orders and flips, raw packings, strides and frame sizes.

Sources: libcamera v0.7.1 bayer_format.cpp, pipeline/rpi; the kernel's format tables (data/formats.toml).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

ORDERS = ("RGGB", "GRBG", "GBRG", "BGGR", "MONO")
"""In the numbering of the ColorFilterArrangement property, but MONO."""

_RAW = re.compile(r"S?(?P<order>RGGB|GRBG|GBRG|BGGR|R)(?P<bits>8|10|12|14|16)(?P<packing>_CSI2P)?$")
_COMPRESSED = re.compile(r"(?P<order>RGGB|GRBG|GBRG|BGGR|MONO)_PISP_COMP1$")


@dataclass(frozen=True, slots=True)
class Raw:
    """A raw format: "SRGGB10_CSI2P" is RGGB, 10 bits, packing "CSI2"."""

    order: str
    bits: int
    packing: str
    """"", "CSI2" or "PISP1"."""

    @property
    def name(self) -> str:
        """Libcamera's name; where a depth has no packed variant (8 bits), the unpacked one."""
        if self.packing == "PISP1":
            return f"{self.order}_PISP_COMP1"
        letters = "R" if self.order == "MONO" else f"S{self.order}"
        packed = "_CSI2P" if self.packing == "CSI2" and self.bits in (10, 12, 14) else ""
        return f"{letters}{self.bits}{packed}"

    @property
    def bits_in_memory(self) -> int:
        """Bits a pixel takes in a buffer."""
        if self.packing == "PISP1":
            return 8
        return self.bits if self.packing == "CSI2" or self.bits == 8 else 16


def raw(name: str) -> Raw | None:
    """The raw format of that name; None for RGB, YUV and unknown names."""
    if found := _COMPRESSED.match(name):
        return Raw(found["order"], 16, "PISP1")
    if found := _RAW.match(name):
        order = "MONO" if found["order"] == "R" else found["order"]
        return Raw(order, int(found["bits"]), "CSI2" if found["packing"] else "")
    return None


def is_yuv(name: str) -> bool:
    """Whether an output format carries luma and chroma."""
    return name.startswith(("Y", "NV", "UYVY", "VYUY"))


def flipped(order: str, *, hflip: bool, vflip: bool) -> str:
    """The Bayer order after flips (BayerFormat::transform)."""
    if order == "MONO":
        return order
    rows = [order[:2], order[2:]]
    if vflip:
        rows.reverse()
    return "".join(row[::-1] if hflip else row for row in rows)


@cache
def platform(name: str) -> Platform:
    """The pipeline "vc4" or "pisp"."""
    table: dict[str, Any] = tomllib.loads(resources.files(__package__).joinpath("data/formats.toml").read_text())[name]
    outputs = {key: (int(bits), int(align), float(factor)) for key, (bits, align, factor) in table["outputs"].items()}
    return Platform(name, outputs, table["raw_align"], tuple(table["size_min"]), tuple(table["crop_min"]))


@dataclass(frozen=True, slots=True)
class Platform:
    """Formats and memory layout of one Raspberry Pi pipeline."""

    name: str
    outputs: dict[str, tuple[int, int, float]]
    raw_align: int
    size_min: tuple[int, int]
    crop_min: tuple[int, int]

    @property
    def is_pisp(self) -> bool:
        """Raspberry Pi 5's pipeline."""
        return self.name == "pisp"

    def raw_format(self, asked: Raw, sensor_bits: int) -> Raw:
        """What a raw stream becomes: PiSP delivers 16 bits, compressed where packing was asked for (platformValidate)."""
        if not self.is_pisp:
            return replace(asked, bits=sensor_bits, packing="" if asked.packing == "" or sensor_bits == 8 else "CSI2")
        if asked.packing == "CSI2" or asked.bits != 16:
            return replace(asked, bits=16, packing="PISP1" if asked.packing == "CSI2" else "")
        return asked

    def raw_layout(self, fmt: Raw, size: tuple[int, int], stride: int) -> tuple[int, int]:
        """(stride, frame size) of a raw buffer, honouring a longer stride asked for."""
        # PiSP compresses blocks of 8 samples.
        width = _up(size[0], 8) if fmt.packing == "PISP1" else size[0]
        stride = _up(max(stride, -(-width * fmt.bits_in_memory // 8)), self.raw_align)
        return stride, stride * size[1]

    def output_layout(self, fmt: str, size: tuple[int, int], stride: int) -> tuple[int, int]:
        """(stride of the first plane, frame size) of an ISP output buffer, honouring a longer stride asked for."""
        bits, align, factor = self.outputs[fmt]
        stride = _up(max(stride, size[0] * bits // 8), align)
        return stride, int(stride * size[1] * factor)


def _up(value: int, align: int) -> int:
    return -(-value // align) * align
