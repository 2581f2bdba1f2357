"""ControlId, ControlInfo, and the `controls` and `properties` namespaces, from data/ids.json."""

# Names are the binding's, and so are the docstrings of its methods (data/signatures.json); slots are private to this room.
# ruff: noqa: D102, N815

from __future__ import annotations

from typing import Any

from hil.sim.libcamera import _signatures
from hil.sim.libcamera._casters import Caster, Mismatch, boolean, float32, int32, int64, string, uint8
from hil.sim.libcamera._enums import ControlType, enumeration
from hil.sim.libcamera._pybind import make, pybind11_object, pybind11_type, readonly
from hil.sim.libcamera.geometry import copy_point, copy_rectangle, copy_size

ANY_SIZE = (1 << 64) - 1  # SIZE_MAX: an array of as many elements as are given


class ControlId(pybind11_object):
    """The identity of a control or property; there is one object for each, so `is`, `==` and hashing agree."""

    _id: int
    _name: str
    _vendor: str
    _type: Any
    _isArray: bool
    _size: int
    _enumerators: dict[int, str]
    _cast: Caster
    id: int = readonly()
    name: str = readonly()
    vendor: str = readonly()
    type: Any = readonly()
    isArray: bool = readonly()
    size: int = readonly()

    def enumerators(self) -> dict[int, str]:
        return dict(self._enumerators)

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        size = "n" if self._size == ANY_SIZE else self._size
        array = f"[{size}]" if self._isArray else ""
        return f"libcamera.ControlId({self._id}, {self._vendor}.{self._name}{array}, {self._type})"


class ControlInfo(pybind11_object):
    """The range of a control; `None` where libcamera has no value."""

    _min: Any
    _max: Any
    _default: Any
    _values: tuple[Any, ...]
    min: Any = readonly()
    max: Any = readonly()
    default: Any = readonly()

    @property
    def values(self) -> list[Any]:
        return list(self._values)

    def __str__(self) -> str:
        return f"[{_shown(self._min)}..{_shown(self._max)}]"

    def __repr__(self) -> str:
        return f"libcamera.ControlInfo({self})"


def control_info(minimum: Any, maximum: Any, default: Any = None, values: tuple[Any, ...] = ()) -> ControlInfo:
    """A ControlInfo for a backend to advertise; `values`: the allowed ones, if they are listed."""
    return make(ControlInfo, _min=minimum, _max=maximum, _default=default, _values=tuple(values))


def _shown(value: Any) -> str:
    """A control value as libcamera prints it."""
    if value is None:
        return "<ValueType Error>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:f}"
    if isinstance(value, (tuple, list)):
        return f"[ {', '.join(_shown(element) for element in value)} ]"
    return str(value)


# C++ type of one element: its caster, its name in error texts, whether lists are taken.
_KINDS: dict[str, tuple[Caster, str, bool]] = {
    "Bool": (boolean, "bool", False),
    "Byte": (uint8, "unsigned char", True),
    "Integer32": (int32, "int", True),
    "Integer64": (int64, "long", True),
    "Float": (float32, "float", True),
    "String": (string, "std::basic_string_view<char, std::char_traits<char> >", False),
    "Rectangle": (copy_rectangle, "libcamera::Rectangle", True),
    "Size": (copy_size, "libcamera::Size", False),
    "Point": (copy_point, "libcamera::Point", True),
}


def _control_caster(kind: str) -> Caster:
    """Python value -> control value, as the binding's pyToControlValue: lists and tuples become arrays."""
    element, cpp, arrays = _KINDS[kind]

    def cast(value: Any) -> Any:
        several = arrays and isinstance(value, (list, tuple))
        try:
            return tuple([element(one) for one in value]) if several else element(value)
        except Mismatch:
            wanted = f"std::vector<{cpp}, std::allocator<{cpp}> >" if several else cpp
            raise RuntimeError(f"Unable to cast Python instance of type {type(value)} to C++ type '{wanted}'") from None

    return cast


_CASTERS = {kind: _control_caster(kind) for kind in _KINDS}


def _control_id(path: str, entry: dict[str, Any]) -> ControlId:
    vendor, _, name = path.rpartition(".")
    size = entry.get("size", 0)
    return make(
        ControlId,
        _id=entry["id"],
        _name=name,
        _vendor=vendor or "libcamera",
        _type=getattr(ControlType, entry["type"]),
        _isArray="size" in entry,
        _size=ANY_SIZE if size == "n" else size,
        _enumerators=dict(entry.get("enum", {}).values()),
        _cast=_CASTERS[entry["type"]],
    )


def _namespace(title: str, vendors: tuple[str, ...]) -> Any:
    """The class `title` with an attribute per id and enumeration, and one nested class per vendor."""
    root: Any = pybind11_type(title, (pybind11_object,), {"__qualname__": title})
    for vendor in vendors:
        setattr(root, vendor, pybind11_type(vendor, (pybind11_object,), {"__qualname__": f"{title}.{vendor}"}))
    for path, entry in _signatures.data("ids.json")[title].items():
        vendor, _, name = path.rpartition(".")
        holder = getattr(root, vendor) if vendor else root
        setattr(holder, name, _control_id(path, entry))
        if "enum" in entry:
            members = {member: value for member, (value, _) in entry["enum"].items()}
            setattr(holder, f"{name}Enum", enumeration(f"{title}.{path}Enum", members, scoped=False))
    return root


controls = _namespace("controls", ("debug", "draft", "rpi"))
properties = _namespace("properties", ("draft",))
