"""Transform: flips and a transposition in the plane, libcamera's bits and names (transform.h)."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, SLF001

from __future__ import annotations

from typing import Any

from hil.sim.libcamera._casters import Mismatch, boolean, instance, int32
from hil.sim.libcamera._pybind import accepts, constructor_refuses, convert, pybind11_object
from hil.sim.libcamera._signatures import mismatch, setter

HFLIP, VFLIP, TRANSPOSE = 1, 2, 4
_NAMES = ("identity", "hflip", "vflip", "hvflip", "transpose", "rot270", "rot90", "rot180transpose")
_ROTATIONS = {0: 0, 90: TRANSPOSE | VFLIP, 180: HFLIP | VFLIP, 270: TRANSPOSE | HFLIP}
_ARGUMENTS = ("rotation", "hflip", "vflip", "transpose")


def _transform(value: Any) -> Transform:
    return instance(Transform)(value)


def _bit(name: str, mask: int) -> Any:
    def read(self: Transform) -> bool:
        return bool(self._bits & mask)

    def write(self: Transform, value: Any) -> None:
        try:
            wanted = boolean(value)
        except Mismatch:
            raise mismatch("", [setter(f"Transform.{name}")], (self, value)) from None
        self._bits = self._bits | mask if wanted else self._bits & ~mask

    return property(read, write)


class Transform(pybind11_object):
    """A transpose, then flips. No `__eq__`: picamera2 adds one and needs the identity hash that comes without."""

    _bits: int
    hflip: bool = _bit("hflip", HFLIP)
    vflip: bool = _bit("vflip", VFLIP)
    transpose: bool = _bit("transpose", TRANSPOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if len(args) == 1 and isinstance(args[0], Transform) and not kwargs:
            self._bits = args[0]._bits
            return
        self._bits = self._combined(*self._arguments(args, kwargs))

    def _arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
        merged = dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
        ordered = tuple(merged.get(name, False if number else 0) for number, name in enumerate(_ARGUMENTS))
        try:
            if len(args) + len(kwargs) != len(merged) or not set(merged) <= set(_ARGUMENTS):
                raise Mismatch
            return convert(ordered, {}, (int32, boolean, boolean, boolean))
        except Mismatch:
            constructor_refuses(self, args, kwargs)

    @staticmethod
    def _combined(rotation: int, hflip: bool, vflip: bool, transpose: bool) -> int:
        if rotation % 90:
            raise ValueError("Invalid rotation")
        return _ROTATIONS[rotation % 360] ^ (hflip * HFLIP | vflip * VFLIP | transpose * TRANSPOSE)

    def _inverse(self) -> int:
        # Every one undoes itself but the quarter turns, which undo each other: their flips change places.
        return _swapped(self._bits) if self._bits & TRANSPOSE else self._bits

    def inverse(self) -> Transform:
        result = Transform()
        result._bits = self._inverse()
        return result

    def invert(self) -> None:
        self._bits = self._inverse()

    @accepts(_transform)
    def compose(self, other: Transform) -> None:
        first = _swapped(other._bits) if self._bits & TRANSPOSE else other._bits
        self._bits ^= first

    def __str__(self) -> str:
        return f"<libcamera.Transform '{_NAMES[self._bits]}'>"


def _swapped(bits: int) -> int:
    """The same with horizontal and vertical exchanged, as seen from the other side of a transposition."""
    return bits & TRANSPOSE | (VFLIP if bits & HFLIP else 0) | (HFLIP if bits & VFLIP else 0)
