"""Enumerations as `py::enum_` makes them: not int subclasses, any value allowed, "???" for one without a name.

Those of unscoped C++ enums compare equal to integers, the others only to their own kind (pybind11.h, enum_base).
"""

# The docstrings of methods are the binding's own, set from data/signatures.json; private slots are private to this room.

from __future__ import annotations

from typing import Any, ClassVar

from hil.sim.libcamera import _signatures
from hil.sim.libcamera._casters import Mismatch, uint32
from hil.sim.libcamera._pybind import StaticProperty, pybind11_object, pybind11_type, readonly


class Enumeration(pybind11_object):
    """One value of an enumeration."""

    _value: int
    _names: ClassVar[dict[int, str]] = {}

    def __init__(self, value: int) -> None:
        """`value`: any number of 32 bits, named or not."""
        try:
            self._value = uint32(value)
        except Mismatch:
            signature = f"(self: {_signatures.MODULE}.{type(self).__qualname__}, value: int) -> None"
            raise _signatures.constructor_mismatch(type(self).__qualname__, [signature], (value,), {}) from None

    value = readonly()

    @property
    def name(self) -> str:
        """The member's name."""
        return self._names.get(self._value, "???")

    def __int__(self) -> int:
        return self._value

    __index__ = __int__
    __hash__ = __int__

    def __repr__(self) -> str:
        return f"<{type(self).__name__}.{self.name}: {self._value}>"

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    def __reduce__(self) -> tuple[type[Enumeration], tuple[int]]:
        return type(self), (self._value,)


class Scoped(Enumeration):
    """Of a C++ `enum class`: equal to its own kind only."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._value == other._value

    __hash__ = Enumeration.__hash__


class Unscoped(Enumeration):
    """Of a plain C++ `enum`: equal to the same number, too."""

    def __eq__(self, other: object) -> bool:
        if type(other) is type(self):
            return self._value == other._value
        return self._value == other

    __hash__ = Enumeration.__hash__


def enumeration(path: str, members: dict[str, int], *, scoped: bool) -> Any:
    """The class of enumeration `path` ("ColorSpace.Range") with its members as attributes."""
    base = Scoped if scoped else Unscoped
    names = {value: name for name, value in members.items()}
    made: Any = pybind11_type(path.rpartition(".")[2], (base,), {"__qualname__": path, "_names": names})
    instances = {name: made(value) for name, value in members.items()}
    for name, member in instances.items():
        setattr(made, name, member)
    made.__members__ = StaticProperty(instances)
    return made


_TABLES = _signatures.data("enums.json")


def named(path: str) -> Any:
    """The enumeration `path` of data/enums.json."""
    scoped = path in _TABLES["scoped"]
    return enumeration(path, _TABLES["scoped" if scoped else "unscoped"][path], scoped=scoped)


StreamRole = named("StreamRole")
ControlType = named("ControlType")
Orientation = named("Orientation")
