"""PixelFormat and the table of formats, from data/formats.json."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: SLF001

from __future__ import annotations

from typing import Any

from hil.sim.libcamera import _signatures
from hil.sim.libcamera._casters import instance, string, uint32, uint64
from hil.sim.libcamera._pybind import overload, pybind11_object, pybind11_type, readonly

_BY_NAME: dict[str, tuple[int, int]] = {
    name: (code, modifier) for name, (code, modifier) in _signatures.data("formats.json")["formats"].items()
}
_NAMES = {key: name for name, key in _BY_NAME.items()}
_INVALID = (0, 0)


class PixelFormat(pybind11_object):
    """A DRM fourcc and a modifier; unknown names give the invalid format, as in libcamera."""

    _fourcc: int
    _modifier: int
    fourcc: int = readonly()
    modifier: int = readonly()

    def __init__(self, *args: Any) -> None:
        given = overload(self, args, (), (uint32, uint64), (string,))
        if len(given) == 1:
            given = list(_BY_NAME.get(given[0], _INVALID))
        self._fourcc, self._modifier = given or _INVALID

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PixelFormat):
            return NotImplemented
        return self._key() == other._key()

    __hash__ = None  # type: ignore[assignment]

    def _key(self) -> tuple[int, int]:
        return self._fourcc, self._modifier

    def __str__(self) -> str:
        return _NAMES.get(self._key()) or _unnamed(self._fourcc, self._modifier)

    def __repr__(self) -> str:
        return f"libcamera.PixelFormat('{self}')"


def _unnamed(fourcc: int, modifier: int) -> str:
    if (fourcc, modifier) == _INVALID:
        return "<INVALID>"
    letters = (chr(fourcc >> shift & 0xFF) for shift in (0, 8, 16, 24))
    return "<" + "".join(letter if " " <= letter <= "~" else "." for letter in letters) + ">"


def copy_format(value: Any) -> PixelFormat:
    """Caster: a PixelFormat, copied as C++ copies values."""
    return PixelFormat(*instance(PixelFormat)(value)._key())


def format_key(value: PixelFormat) -> tuple[int, int]:
    """Fourcc and modifier, for use as a dictionary key (a PixelFormat itself cannot be hashed)."""
    return value._key()


def _table() -> Any:
    members = {name: PixelFormat(*key) for name, key in _BY_NAME.items()}
    return pybind11_type("formats", (pybind11_object,), {"__qualname__": "formats", **members})


formats = _table()
