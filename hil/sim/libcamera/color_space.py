"""ColorSpace and its four enumerations (libcamera color_space.h)."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, N802, N815

from __future__ import annotations

from typing import Any

from hil.sim.libcamera import _enums
from hil.sim.libcamera._casters import Mismatch, instance
from hil.sim.libcamera._pybind import constructor_refuses, convert, field, pybind11_object

_Primaries = _enums.named("ColorSpace.Primaries")
_TransferFunction = _enums.named("ColorSpace.TransferFunction")
_YcbcrEncoding = _enums.named("ColorSpace.YcbcrEncoding")
_Range = _enums.named("ColorSpace.Range")
_CASTERS = tuple(instance(kind) for kind in (_Primaries, _TransferFunction, _YcbcrEncoding, _Range))
_ARGUMENTS = ("primaries", "transferFunction", "ycbcrEncoding", "range")

# What libcamera calls them when it prints, where that differs from the member's name.
_PRINTED = {"Raw": "RAW", "Srgb": "sRGB", "Sycc": "sYCC", "Smpte170m": "SMPTE170M", "Null": "None"}
_STANDARD = {
    "Raw": ("Raw", "Linear", "Null", "Full"),
    "Srgb": ("Rec709", "Srgb", "Null", "Full"),
    "Sycc": ("Rec709", "Srgb", "Rec601", "Full"),
    "Smpte170m": ("Smpte170m", "Rec709", "Rec601", "Limited"),
    "Rec709": ("Rec709", "Rec709", "Rec709", "Limited"),
    "Rec2020": ("Rec2020", "Rec709", "Rec2020", "Limited"),
}


class ColorSpace(pybind11_object):
    """Primaries, transfer function, encoding and range. No `__eq__`: picamera2 adds one."""

    _primaries: Any
    _transferFunction: Any
    _ycbcrEncoding: Any
    _range: Any
    Primaries = _Primaries
    TransferFunction = _TransferFunction
    YcbcrEncoding = _YcbcrEncoding
    Range = _Range
    primaries: Any = field(_CASTERS[0])
    transferFunction: Any = field(_CASTERS[1])
    ycbcrEncoding: Any = field(_CASTERS[2])
    range: Any = field(_CASTERS[3])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) == 1 and isinstance(args[0], ColorSpace) and not kwargs:
            fields = list(args[0]._fields())
        else:
            fields = self._arguments(args, kwargs)
        self._primaries, self._transferFunction, self._ycbcrEncoding, self._range = fields

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        merged = dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
        try:
            if len(args) + len(kwargs) != len(merged) or set(merged) != set(_ARGUMENTS):
                raise Mismatch
            return convert(tuple(merged[name] for name in _ARGUMENTS), {}, _CASTERS)
        except Mismatch:
            constructor_refuses(self, args, kwargs)

    def _fields(self) -> tuple[Any, Any, Any, Any]:
        return self._primaries, self._transferFunction, self._ycbcrEncoding, self._range

    @staticmethod
    def Raw() -> ColorSpace:
        return _standard("Raw")

    @staticmethod
    def Srgb() -> ColorSpace:
        return _standard("Srgb")

    @staticmethod
    def Sycc() -> ColorSpace:
        return _standard("Sycc")

    @staticmethod
    def Smpte170m() -> ColorSpace:
        return _standard("Smpte170m")

    @staticmethod
    def Rec709() -> ColorSpace:
        return _standard("Rec709")

    @staticmethod
    def Rec2020() -> ColorSpace:
        return _standard("Rec2020")

    def __str__(self) -> str:
        return f"<libcamera.ColorSpace '{name_of(self)}'>"


def _standard(name: str) -> ColorSpace:
    primaries, transfer, encoding, full = _STANDARD[name]
    return ColorSpace(
        getattr(_Primaries, primaries), getattr(_TransferFunction, transfer), getattr(_YcbcrEncoding, encoding), getattr(_Range, full)
    )


def name_of(space: ColorSpace | None) -> str:
    """What libcamera prints: a standard name, else the four parts; "Unset" without one."""
    if space is None:
        return "Unset"
    members = tuple(member.name for member in space._fields())
    for name, parts in _STANDARD.items():
        if parts == members:
            return _PRINTED.get(name, name)
    return "/".join(_PRINTED.get(name, name) for name in members)


def copy_color_space(value: Any) -> ColorSpace:
    """Caster: a ColorSpace, copied as C++ copies values."""
    return ColorSpace(instance(ColorSpace)(value))
